//! Addresses as Go reads those of requests.

/// The parts of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url {
    pub scheme: String,
    /// With the port.
    pub host: String,
    pub path: String,
    pub query: String,
}

impl Url {
    /// An absolute address, or a path that begins with a slash.
    pub fn parsed(text: &str) -> Option<Url> {
        if text.is_empty() || text.chars().any(|c| c.is_control() || c == ' ') {
            return None;
        }
        let scheme_end = text.find(|c: char| !c.is_ascii_alphanumeric() && !"+-.".contains(c));
        let scheme = match scheme_end {
            Some(end) if text.get(end..=end) == Some(":") && end > 0 => text.get(..end)?,
            _ => "",
        };
        if scheme.starts_with(|c: char| !c.is_ascii_alphabetic()) {
            return None;
        }
        let rest = if scheme.is_empty() { text } else { text.get(scheme.len() + 1..)? };
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let scheme = scheme.to_ascii_lowercase();
        if !rest.starts_with('/') {
            // `mailto:a@b` is one, and `a/b` none.
            let opaque = !scheme.is_empty();
            let url = Url { scheme, host: String::new(), path: String::new(), query: query.into() };
            return opaque.then_some(url);
        }
        let (host, path) = match rest.strip_prefix("//") {
            Some(after) if !scheme.is_empty() || !rest.starts_with("///") => {
                let end = after.find('/').unwrap_or(after.len());
                (after.get(..end)?, after.get(end..)?)
            }
            _ => ("", rest),
        };
        let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
        let host = unescaped(host)?;
        is_host_with_port(&host).then_some(())?;
        Some(Url { scheme, host, path: unescaped(path)?, query: query.to_owned() })
    }

    /// Without the port, and without the brackets of an IPv6 address.
    pub fn hostname(&self) -> &str {
        let host = self.host.as_str();
        match host.strip_prefix('[') {
            Some(rest) => rest.split(']').next().unwrap_or_default(),
            None => host.split(':').next().unwrap_or_default(),
        }
    }

    pub fn port(&self) -> &str {
        let after = self.host.rsplit(']').next().unwrap_or_default();
        after.rsplit_once(':').map_or("", |(_, port)| port)
    }

    /// As a path with its escapes.
    pub fn escaped_path(&self) -> String {
        let mut out = String::new();
        for byte in self.path.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => out.push(char::from(byte)),
                b'-' | b'_' | b'.' | b'~' | b'$' | b'&' | b'+' | b',' | b'/' | b':' | b';'
                | b'=' | b'@' | b'!' | b'\'' | b'(' | b')' | b'*' => out.push(char::from(byte)),
                _ => out.push_str(&format!("%{byte:02X}")),
            }
        }
        out
    }

    /// The values of each key of the query, by key.
    pub fn values(&self) -> Vec<(String, Vec<String>)> {
        let mut all: Vec<(String, Vec<String>)> = Vec::new();
        for part in self.query.split('&').filter(|part| !part.is_empty() && !part.contains(';')) {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            let plain = |text: &str| unescaped(&text.replace('+', " "));
            let (Some(key), Some(value)) = (plain(key), plain(value)) else { continue };
            match all.iter_mut().find(|(known, _)| *known == key) {
                Some((_, values)) => values.push(value),
                None => all.push((key, vec![value])),
            }
        }
        all.sort();
        all
    }
}

fn is_host_with_port(host: &str) -> bool {
    let port = match host.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((_, port)) => port,
            None => return false,
        },
        None => match host.find(':') {
            Some(at) => host.get(at..).unwrap_or_default(),
            None => "",
        },
    };
    port.is_empty()
        || port.strip_prefix(':').is_some_and(|digits| digits.bytes().all(|c| c.is_ascii_digit()))
}

/// The text behind `%41`; none where an escape is broken.
fn unescaped(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || char::from(rest.next()?).to_digit(16);
        let (high, low) = (digit()?, digit()?);
        bytes.push((high * 16 + low) as u8);
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}
