//! Addresses and ranges of addresses, as the server reads them. From 1.36 on it reads them strictly: no
//! leading zeros, no IPv4 within IPv6, no bits beyond the prefix.

use core::net::{IpAddr, Ipv4Addr};

use crate::names::Why;

/// The first minor that is strict.
const STRICT: u8 = 36;

/// An address.
pub(super) fn address(text: &str, minor: u8) -> Result<IpAddr, Why> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return match address {
            IpAddr::V6(v6) if v6.to_ipv4_mapped().is_some() && minor >= STRICT => {
                Err("must not be an IPv4 address within an IPv6 one")
            }
            _ => Ok(address),
        };
    }
    match relaxed_v4(text) {
        Some(_) if minor >= STRICT => Err("must not have leading zeros"),
        Some(v4) => Ok(IpAddr::V4(v4)),
        None => Err("must be an IP address, such as 10.9.8.7 or 2001:db8::ffff"),
    }
}

/// A range: its first address, and how many bits are fixed.
pub(super) fn range(text: &str, minor: u8) -> Result<(IpAddr, u8), Why> {
    const FORM: Why = "must be a range of addresses, such as 10.9.8.0/24 or 2001:db8::/64";
    let (ip, bits) = text.split_once('/').ok_or(FORM)?;
    let ip = match ip.parse::<IpAddr>() {
        Ok(IpAddr::V6(v6)) if v6.to_ipv4_mapped().is_some() && minor >= STRICT => {
            return Err("must not be an IPv4 address within an IPv6 one");
        }
        Ok(ip) => ip,
        Err(_) => match relaxed_v4(ip) {
            Some(_) if minor >= STRICT => return Err("must not have leading zeros"),
            Some(v4) => IpAddr::V4(v4),
            None => return Err(FORM),
        },
    };
    let width = if ip.is_ipv4() { 32 } else { 128 };
    if bits.is_empty() || !bits.bytes().all(|c| c.is_ascii_digit()) || bits.len() > 4 {
        return Err(FORM);
    }
    let size: u8 = bits.parse().ok().filter(|size| *size <= width).ok_or(FORM)?;
    if minor >= STRICT {
        if bits.len() > 1 && bits.starts_with('0') {
            return Err("must not have leading zeros");
        }
        if first_of(ip, size) != number(ip) {
            return Err("must not have bits set beyond its prefix");
        }
    }
    Ok((ip, size))
}

/// Whether one range lies within another and is smaller.
pub(super) fn is_strictly_within(inner: (IpAddr, u8), outer: (IpAddr, u8)) -> bool {
    inner.0.is_ipv4() == outer.0.is_ipv4()
        && inner.1 > outer.1
        && first_of(inner.0, outer.1) == first_of(outer.0, outer.1)
}

/// Why an address cannot be that of something outside, if it cannot.
pub(super) fn special(ip: IpAddr) -> Option<Why> {
    if ip.is_unspecified() {
        return Some("must not be the unspecified address");
    }
    if ip.is_loopback() {
        return Some("must not be a loopback address");
    }
    let (link_local, link_local_multicast) = match ip {
        IpAddr::V4(v4) => (v4.is_link_local(), matches!(v4.octets(), [224, 0, 0, _])),
        IpAddr::V6(v6) => {
            let first = v6.segments().first().copied().unwrap_or(0);
            (first & 0xffc0 == 0xfe80, first & 0xff0f == 0xff02)
        }
    };
    if link_local {
        return Some("must not be a link-local address");
    }
    link_local_multicast.then_some("must not be a link-local multicast address")
}

/// Four decimal numbers, with or without leading zeros.
fn relaxed_v4(text: &str) -> Option<Ipv4Addr> {
    let mut parts = text.split('.').map(|part| {
        let digits = !part.is_empty() && part.bytes().all(|c| c.is_ascii_digit());
        if digits && part.len() <= 16 { part.parse::<u64>().ok()?.try_into().ok() } else { None }
    });
    let mut next = || parts.next().flatten();
    let address = Ipv4Addr::new(next()?, next()?, next()?, next()?);
    parts.next().is_none().then_some(address)
}

fn number(ip: IpAddr) -> u128 {
    match ip {
        IpAddr::V4(v4) => u128::from(v4.to_bits()),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

/// The first address of the range of this size that the address is in.
fn first_of(ip: IpAddr, size: u8) -> u128 {
    let width: u8 = if ip.is_ipv4() { 32 } else { 128 };
    let free = u32::from(width.saturating_sub(size));
    number(ip).checked_shr(free).and_then(|kept| kept.checked_shl(free)).unwrap_or(0)
}
