//! IP addresses and networks in the notation of CIDR, of both versions.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Call, Run};
use crate::eval::value::Value;

pub(super) const ALL: &[(&str, Run)] = &[
    ("contains", contains),
    ("containsNetwork", contains_network),
    ("host", host),
    ("last", last),
    ("mask", mask),
    ("network", first),
    ("overlap", overlap),
    ("prefix", prefix),
    ("subnet", subnet),
    ("version", version),
];

/// A network. Addresses are numbers of `bits` bits.
#[derive(Clone, Copy)]
pub(crate) struct Network {
    address: u128,
    prefix: u32,
    bits: u32,
}

impl Network {
    /// The network that a text writes as `10.0.0.0/8` or `fd00::/8`.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        let (address, bits) = number(address.parse().ok()?);
        let plain = prefix.bytes().all(|byte| byte.is_ascii_digit())
            && (prefix == "0" || !prefix.starts_with('0'));
        let prefix = prefix.parse().ok().filter(|prefix| plain && *prefix <= bits)?;
        Some(Self { address, prefix, bits })
    }

    /// The bits that tell its addresses from each other.
    fn inner(self) -> u128 {
        u128::MAX.checked_shr(128 - (self.bits - self.prefix)).unwrap_or(0)
    }

    fn first(self) -> u128 {
        self.address & !self.inner()
    }

    fn last(self) -> u128 {
        self.address | self.inner()
    }

    fn has(self, (address, bits): (u128, u32)) -> bool {
        bits == self.bits && (self.first()..=self.last()).contains(&address)
    }
}

fn number(address: IpAddr) -> (u128, u32) {
    match address {
        IpAddr::V4(address) => (u128::from(address.to_bits()), 32),
        IpAddr::V6(address) => (address.to_bits(), 128),
    }
}

fn written(address: u128, bits: u32) -> String {
    match bits {
        32 => Ipv4Addr::from_bits(address as u32).to_string(),
        _ => Ipv6Addr::from_bits(address).to_string(),
    }
}

fn network(call: &Call<'_, '_>, at: usize) -> Option<Network> {
    let text = call.text(at)?;
    match Network::parse(text) {
        Some(network) => Some(network),
        None => call.fail(305, format!("{text:?} is no network in the notation of CIDR")),
    }
}

fn address(call: &Call<'_, '_>, at: usize) -> Option<(u128, u32)> {
    let text = call.text(at)?;
    match text.parse() {
        Ok(address) => Some(number(address)),
        Err(_) => call.fail(305, format!("{text:?} is no IP address")),
    }
}

fn version<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let (_, bits) = address(call, 0)?;
    Some(Value::Int(if bits == 32 { 4 } else { 6 }))
}

fn contains<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    Some(Value::Bool(network(call, 0)?.has(address(call, 1)?)))
}

fn contains_network<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let (outer, inner) = (network(call, 0)?, network(call, 1)?);
    let both = outer.has((inner.first(), inner.bits)) && outer.has((inner.last(), inner.bits));
    Some(Value::Bool(both))
}

fn overlap<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let (a, b) = (network(call, 0)?, network(call, 1)?);
    Some(Value::Bool(a.has((b.first(), b.bits)) || b.has((a.first(), a.bits))))
}

fn first<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let network = network(call, 0)?;
    call.string(written(network.first(), network.bits))
}

fn last<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let network = network(call, 0)?;
    call.string(written(network.last(), network.bits))
}

fn mask<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let network = network(call, 0)?;
    let all = u128::MAX >> (128 - network.bits);
    call.string(written(all & !network.inner(), network.bits))
}

fn prefix<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    Some(Value::Int(i64::from(network(call, 0)?.prefix)))
}

fn host<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let (network, number) = (network(call, 0)?, call.int(1)?);
    let away = u128::from(number.unsigned_abs());
    let found = if number < 0 {
        network.last().checked_sub(away.saturating_sub(1))
    } else {
        network.first().checked_add(away)
    };
    match found.filter(|address| network.has((*address, network.bits))) {
        Some(address) => call.string(written(address, network.bits)),
        None => call.fail(314, format!("{} has no address {number}", call.text(0)?)),
    }
}

fn subnet<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let (network, prefix, number) = (network(call, 0)?, call.count(1)?, call.count(2)?);
    let text = call.text(0)?;
    let prefix = u32::try_from(prefix).ok().filter(|prefix| *prefix <= network.bits);
    let Some(prefix) = prefix.filter(|prefix| *prefix >= network.prefix) else {
        let wanted = call.int(1)?;
        let (from, to) = (network.prefix, network.bits);
        return call
            .fail(314, format!("{text} has subnets of {from} to {to} bits, not of {wanted}"));
    };
    let away = (number as u128).checked_shl(network.bits - prefix);
    let steps = away.filter(|away| {
        // Nothing was shifted out, unless there is but one.
        away.checked_shr(network.bits - prefix).unwrap_or(0) == number as u128
    });
    let found = match number {
        0 => Some(network.first()),
        _ => steps.and_then(|steps| network.first().checked_add(steps)),
    };
    match found.filter(|address| network.has((*address, network.bits))) {
        Some(address) => call.string(format!("{}/{prefix}", written(address, network.bits))),
        None => call.fail(314, format!("{text} has no subnet {number} of {prefix} bits")),
    }
}
