//! Functions of addresses: URLs, IP addresses and networks.

use core::net::{IpAddr, Ipv6Addr};
use std::rc::Rc;

use super::eval::{Outcome, Run, Stop};
use super::value::Value;
use crate::crd::url::Url;

/// The functions of this file.
pub const NAMES: [&str; 25] = [
    "url",
    "isURL",
    "getScheme",
    "getHost",
    "getHostname",
    "getPort",
    "getEscapedPath",
    "getQuery",
    "ip",
    "isIP",
    "ip.isCanonical",
    "family",
    "isUnspecified",
    "isLoopback",
    "isLinkLocalMulticast",
    "isLinkLocalUnicast",
    "isGlobalUnicast",
    "cidr",
    "isCIDR",
    "containsIP",
    "containsCIDR",
    "masked",
    "prefixLength",
    "cidr.ip",
    "string",
];

/// What a function gives; `None` where it is not one of these, or not for such arguments.
pub fn called<'v>(
    _: &mut Run<'_>,
    name: &str,
    member: bool,
    values: &[Value<'v>],
) -> Option<Outcome<'v>> {
    use Value::{Cidr, Ip, Str};
    let truth = |value: bool| Some(Ok(Value::Bool(value)));
    let text = |value: &str| Some(Ok(Value::str(value)));
    let no = |what: &str, of: &str| Some(Err(Stop::Error(format!("`{of}` is no {what}"))));
    match (name, values) {
        ("url", [Str(of)]) if !member => match Url::parsed(of) {
            Some(url) => Some(Ok(Value::Url(Rc::new(url)))),
            None => no("URL", of),
        },
        ("isURL", [Str(of)]) => truth(Url::parsed(of).is_some()),
        ("getScheme", [Value::Url(url)]) => text(&url.scheme),
        ("getHost", [Value::Url(url)]) => text(&url.host),
        ("getHostname", [Value::Url(url)]) => text(url.hostname()),
        ("getPort", [Value::Url(url)]) => text(url.port()),
        ("getEscapedPath", [Value::Url(url)]) => text(&url.escaped_path()),
        ("getQuery", [Value::Url(url)]) => {
            let entry = |(key, values): (String, Vec<String>)| {
                let values = values.iter().map(|value| Value::str(value)).collect();
                (Value::str(&key), Value::list(values))
            };
            Some(Ok(Value::Map(Rc::new(url.values().into_iter().map(entry).collect()))))
        }
        ("ip", [Str(of)]) if !member => match address(of) {
            Some(address) => Some(Ok(Ip(address))),
            None => no("IP address", of),
        },
        ("isIP", [Str(of)]) => truth(address(of).is_some()),
        ("isIP", [Str(of), Value::Int(family)]) => {
            truth(address(of).is_some_and(|address| self::family(address) == *family))
        }
        ("ip.isCanonical", [Str(of)]) => match address(of) {
            Some(address) => truth(address.to_string() == **of),
            None => no("IP address", of),
        },
        ("family", [Ip(address)]) => Some(Ok(Value::Int(family(*address)))),
        ("isUnspecified", [Ip(address)]) => truth(address.is_unspecified()),
        ("isLoopback", [Ip(address)]) => truth(address.is_loopback()),
        ("isLinkLocalMulticast", [Ip(address)]) => truth(match address {
            IpAddr::V4(address) => address.octets().starts_with(&[224, 0, 0]),
            IpAddr::V6(address) => address.segments()[0] & 0xff0f == 0xff02,
        }),
        ("isLinkLocalUnicast", [Ip(address)]) => truth(is_link_local(*address)),
        ("isGlobalUnicast", [Ip(address)]) => truth(
            !address.is_unspecified()
                && !address.is_loopback()
                && !address.is_multicast()
                && !is_link_local(*address)
                && !matches!(address, IpAddr::V4(address) if address.is_broadcast()),
        ),
        ("cidr", [Str(of)]) if !member => match network(of) {
            Some((address, bits)) => Some(Ok(Cidr(address, bits))),
            None => no("CIDR", of),
        },
        ("isCIDR", [Str(of)]) => truth(network(of).is_some()),
        ("ip", [Cidr(address, _)]) => Some(Ok(Ip(*address))),
        ("prefixLength", [Cidr(_, bits)]) => Some(Ok(Value::Int(i64::from(*bits)))),
        ("masked", [Cidr(address, bits)]) => Some(Ok(Cidr(masked(*address, *bits), *bits))),
        ("containsIP", [Cidr(own, bits), other]) => {
            let other = match other {
                Ip(address) => *address,
                Str(of) => match address(of) {
                    Some(address) => address,
                    None => return no("IP address", of),
                },
                _ => return None,
            };
            truth(holds(*own, *bits, other))
        }
        ("containsCIDR", [Cidr(own, bits), other]) => {
            let (other, length) = match other {
                Cidr(address, length) => (*address, *length),
                Str(of) => match network(of) {
                    Some(found) => found,
                    None => return no("CIDR", of),
                },
                _ => return None,
            };
            truth(length >= *bits && holds(*own, *bits, other))
        }
        _ => None,
    }
}

fn is_link_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.segments()[0] & 0xffc0 == 0xfe80,
    }
}

/// An address, but none of IPv4 in the clothes of IPv6, and none with a zone.
fn address(text: &str) -> Option<IpAddr> {
    let found = text.parse::<IpAddr>().ok()?;
    let mapped = |address: &Ipv6Addr| address.to_ipv4_mapped().is_some();
    (!matches!(&found, IpAddr::V6(address) if mapped(address))).then_some(found)
}

fn network(text: &str) -> Option<(IpAddr, u8)> {
    let (start, bits) = text.split_once('/')?;
    let found = address(start)?;
    let most = if found.is_ipv4() { 32 } else { 128 };
    let plain = bits == "0" || !bits.starts_with(['0', '+']);
    let bits: u8 = bits.parse().ok()?;
    (plain && bits <= most).then_some((found, bits))
}

fn family(address: IpAddr) -> i64 {
    if address.is_ipv4() { 4 } else { 6 }
}

fn masked(address: IpAddr, bits: u8) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
            IpAddr::V4((u32::from(address) & mask).into())
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0);
            IpAddr::V6((u128::from(address) & mask).into())
        }
    }
}

fn holds(own: IpAddr, bits: u8, other: IpAddr) -> bool {
    own.is_ipv4() == other.is_ipv4() && masked(own, bits) == masked(other, bits)
}
