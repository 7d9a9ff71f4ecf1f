//! Parts of URLs, by RFC 3986.

use super::{Call, Run};
use crate::eval::value::Value;

pub(super) const ALL: &[(&str, Run)] = &[
    ("decode", decode),
    ("encode", encode),
    ("fragment", |call| optional(call, |url| url.fragment)),
    ("host", |call| text(call, |url| url.host())),
    ("join", join),
    ("path", |call| text(call, |url| url.path)),
    ("port", port),
    ("query", |call| optional(call, |url| url.query)),
    ("scheme", |call| text(call, |url| url.scheme)),
    ("user", |call| optional(call, |url| url.user())),
];

/// The ports of schemes, as they are written.
const PORTS: [(&str, &str); 11] = [
    ("amqp", "5672"),
    ("ftp", "21"),
    ("http", "80"),
    ("https", "443"),
    ("mysql", "3306"),
    ("postgres", "5432"),
    ("postgresql", "5432"),
    ("redis", "6379"),
    ("ssh", "22"),
    ("ws", "80"),
    ("wss", "443"),
];

/// A reference, cut into its parts as in appendix B of the RFC.
#[derive(Clone, Copy, Default)]
struct Url<'t> {
    scheme: &'t str,
    authority: Option<&'t str>,
    path: &'t str,
    query: Option<&'t str>,
    fragment: Option<&'t str>,
}

impl<'t> Url<'t> {
    fn of(text: &'t str) -> Self {
        let (rest, fragment) = cut(text, '#');
        let (rest, query) = cut(rest, '?');
        let scheme = rest.split_once(':').filter(|(scheme, _)| {
            scheme.starts_with(|c: char| c.is_ascii_alphabetic())
                && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
        });
        let (scheme, rest) = scheme.unwrap_or(("", rest));
        let (authority, path) = match rest.strip_prefix("//") {
            Some(rest) => {
                let end = rest.find('/').unwrap_or(rest.len());
                (rest.get(..end), rest.get(end..).unwrap_or_default())
            }
            None => (None, rest),
        };
        Self { scheme, authority, path, query, fragment }
    }

    fn user(self) -> Option<&'t str> {
        Some(self.authority?.rsplit_once('@')?.0)
    }

    fn host_and_port(self) -> (&'t str, Option<&'t str>) {
        let authority = self.authority.unwrap_or_default();
        let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
        match place.rsplit_once(':') {
            // The colons of an address of version 6 stand in brackets.
            Some((host, port)) if !port.contains(']') => (host, Some(port)),
            _ => (place, None),
        }
    }

    fn host(self) -> &'t str {
        self.host_and_port().0
    }

    fn text(self, path: &str) -> String {
        let mut text = String::new();
        if !self.scheme.is_empty() {
            text.push_str(self.scheme);
            text.push(':');
        }
        if let Some(authority) = self.authority {
            text.push_str("//");
            text.push_str(authority);
        }
        text.push_str(path);
        for (sign, part) in [('?', self.query), ('#', self.fragment)] {
            if let Some(part) = part {
                text.push(sign);
                text.push_str(part);
            }
        }
        text
    }
}

fn cut(text: &str, at: char) -> (&str, Option<&str>) {
    match text.split_once(at) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

fn text<'a>(call: &Call<'_, 'a>, part: impl Fn(Url<'a>) -> &'a str) -> Option<Value<'a>> {
    Some(Value::Str(part(Url::of(call.text(0)?))))
}

fn optional<'a>(
    call: &Call<'_, 'a>,
    part: impl Fn(Url<'a>) -> Option<&'a str>,
) -> Option<Value<'a>> {
    Some(part(Url::of(call.text(0)?)).map_or(Value::Absent, Value::Str))
}

/// The port that is written, or the usual one of the scheme.
fn port<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let url = Url::of(call.text(0)?);
    let written = url.host_and_port().1.filter(|port| !port.is_empty());
    let scheme = url.scheme.to_ascii_lowercase();
    let usual = PORTS.iter().find(|(known, _)| *known == scheme).map(|(_, port)| *port);
    match written.or(usual) {
        None => Some(Value::Absent),
        Some(port) => match port.parse::<u16>() {
            Ok(port) => Some(Value::Int(i64::from(port))),
            Err(_) => {
                let printed = call.eval.printed(call.value(0));
                call.fail(314, format!("{printed} names the port `{port}`, which is none"))
            }
        },
    }
}

/// The reference as it is meant on a page with the URL: section 5.2 of the RFC.
fn join<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let (base, reference) = (Url::of(call.text(0)?), Url::of(call.text(1)?));
    call.fits_a_string(call.text(0)?.len() + call.text(1)?.len())?;
    let Url { query, fragment, .. } = reference;
    let joined = if !reference.scheme.is_empty() {
        reference.text(&without_dots(reference.path))
    } else if reference.authority.is_some() {
        Url { scheme: base.scheme, ..reference }.text(&without_dots(reference.path))
    } else if reference.path.is_empty() {
        Url { query: query.or(base.query), fragment, ..base }.text(base.path)
    } else {
        let path = if reference.path.starts_with('/') {
            without_dots(reference.path)
        } else {
            let folder = base.path.rfind('/').and_then(|at| base.path.get(..=at));
            without_dots(&format!("{}{}", folder.unwrap_or("/"), reference.path))
        };
        Url { query, fragment, ..base }.text(&path)
    };
    call.string(joined)
}

/// A path without its `.` and `..`.
fn without_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut parts = path.split('/').peekable();
    while let Some(part) = parts.next() {
        let last = parts.peek().is_none();
        match part {
            "." | ".." => {
                // What is before the first slash stays.
                if part == ".." && kept.len() > 1 {
                    kept.pop();
                }
                if last {
                    kept.push("");
                }
            }
            part => kept.push(part),
        }
    }
    kept.join("/")
}

fn encode<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let text = call.text(0)?;
    call.fits_a_string(text.len())?;
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    call.string(encoded)
}

fn decode<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let mut bytes = Vec::new();
    let mut rest = call.text(0)?.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        match after {
            [high, low, after @ ..] => match (digit(high), digit(low)) {
                (Some(high), Some(low)) => {
                    bytes.push((high << 4 | low) as u8);
                    rest = after;
                }
                _ => return Some(Value::Absent),
            },
            _ => return Some(Value::Absent),
        }
    }
    match String::from_utf8(bytes) {
        Ok(text) => call.string(text),
        Err(_) => Some(Value::Absent),
    }
}
