//! The words of CEL, the language of validation rules.

/// A word and where it begins, in bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    pub kind: Kind,
    pub at: u32,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    Int(i64),
    /// A number that only fits with the minus sign before it: 2⁶³.
    IntMin,
    Uint(u64),
    Double(f64),
    Str(String),
    Bytes(Vec<u8>),
    Name(String),
    /// One of [`SIGNS`].
    Sign(&'static str),
    End,
}

/// The longer ones first.
const SIGNS: [&str; 26] = [
    "==", "!=", "<=", ">=", "&&", "||", "<", ">", "!", "+", "-", "*", "/", "%", "?", ":", "(", ")",
    "[", "]", "{", "}", ",", ".", "=", "&",
];

/// All words of an expression, [`Kind::End`] last.
pub fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut lexer = Lexer { text, at: 0 };
    let mut tokens = Vec::new();
    loop {
        lexer.blanks();
        let at = lexer.at as u32;
        let kind = lexer.next()?;
        let ended = kind == Kind::End;
        tokens.push(Token { kind, at });
        if ended {
            return Ok(tokens);
        }
    }
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn blanks(&mut self) {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start();
            self.at += rest.len() - trimmed.len();
            if !trimmed.starts_with("//") {
                return;
            }
            self.at += trimmed.find('\n').unwrap_or(trimmed.len());
        }
    }

    fn next(&mut self) -> Result<Kind, String> {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return Ok(Kind::End) };
        if first.is_ascii_digit()
            || first == '.' && rest.chars().nth(1).is_some_and(|c| c.is_ascii_digit())
        {
            return self.number();
        }
        let prefix = rest.chars().take_while(|c| matches!(c, 'r' | 'R' | 'b' | 'B')).count();
        if prefix <= 2 && rest.get(prefix..).is_some_and(|after| after.starts_with(['"', '\''])) {
            let marks = rest.get(..prefix).unwrap_or_default().to_ascii_lowercase();
            self.at += prefix;
            return self.string(marks.contains('r'), marks.contains('b'));
        }
        if first.is_ascii_alphabetic() || first == '_' {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            let name = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
            self.at += name.len();
            return Ok(Kind::Name(name.to_owned()));
        }
        let sign = SIGNS.iter().take(24).find(|sign| rest.starts_with(**sign));
        let sign = sign.ok_or_else(|| format!("`{first}` is no part of an expression"))?;
        self.at += sign.len();
        Ok(Kind::Sign(sign))
    }

    fn number(&mut self) -> Result<Kind, String> {
        let rest = self.rest();
        let hex = rest.strip_prefix("0x").or_else(|| rest.strip_prefix("0X"));
        if let Some(digits) = hex {
            let count = digits.bytes().take_while(u8::is_ascii_hexdigit).count();
            let digits = digits.get(..count).unwrap_or_default();
            self.at += 2 + count;
            let value =
                u64::from_str_radix(digits, 16).map_err(|_| "a number that is too large")?;
            return self.whole(value);
        }
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let mut end = digits(rest);
        let mut is_double = false;
        let after = rest.get(end..).unwrap_or_default();
        if let Some(fraction) = after.strip_prefix('.')
            && digits(fraction) > 0
        {
            end += 1 + digits(fraction);
            is_double = true;
        }
        let after = rest.get(end..).unwrap_or_default();
        if let Some(exponent) = after.strip_prefix(['e', 'E']) {
            let sign = usize::from(exponent.starts_with(['+', '-']));
            let count = digits(exponent.get(sign..).unwrap_or_default());
            if count > 0 {
                end += 1 + sign + count;
                is_double = true;
            }
        }
        let number = rest.get(..end).unwrap_or_default();
        self.at += end;
        if is_double {
            return number.parse().map(Kind::Double).map_err(|_| "a broken number".to_owned());
        }
        self.whole(number.parse().map_err(|_| "a number that is too large")?)
    }

    fn whole(&mut self, value: u64) -> Result<Kind, String> {
        if self.rest().starts_with(['u', 'U']) {
            self.at += 1;
            return Ok(Kind::Uint(value));
        }
        match i64::try_from(value) {
            Ok(value) => Ok(Kind::Int(value)),
            Err(_) if value == 1 << 63 => Ok(Kind::IntMin),
            Err(_) => Err("a number that is too large".to_owned()),
        }
    }

    fn string(&mut self, raw: bool, bytes: bool) -> Result<Kind, String> {
        let rest = self.rest();
        let quote = if rest.starts_with('"') { "\"" } else { "'" };
        let triple = quote.repeat(3);
        let (quote, long) = match rest.starts_with(&triple) {
            true => (triple.as_str(), true),
            false => (quote, false),
        };
        self.at += quote.len();
        let mut out: Vec<u8> = Vec::new();
        loop {
            let rest = self.rest();
            if rest.starts_with(quote) {
                self.at += quote.len();
                break;
            }
            let Some(c) = rest.chars().next().filter(|c| long || !matches!(c, '\n' | '\r')) else {
                return Err("a text is never closed".to_owned());
            };
            self.at += c.len_utf8();
            if c == '\\' && !raw {
                self.escape(bytes, &mut out)?;
            } else {
                out.extend(c.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
        if bytes {
            return Ok(Kind::Bytes(out));
        }
        String::from_utf8(out).map(Kind::Str).map_err(|_| "a text that is no Unicode".to_owned())
    }

    fn escape(&mut self, bytes: bool, out: &mut Vec<u8>) -> Result<(), String> {
        let broken = || "an escape that means nothing".to_owned();
        let c = self.rest().chars().next().ok_or_else(broken)?;
        self.at += c.len_utf8();
        let simple = match c {
            'a' => 7,
            'b' => 8,
            'f' => 12,
            'n' => b'\n',
            'r' => b'\r',
            't' => b'\t',
            'v' => 11,
            '\\' | '\'' | '"' | '`' | '?' => c as u8,
            _ => 0,
        };
        if simple != 0 {
            out.push(simple);
            return Ok(());
        }
        let (radix, count) = match c {
            'x' | 'X' => (16, 2),
            'u' => (16, 4),
            'U' => (16, 8),
            '0'..='3' => {
                self.at -= 1;
                (8, 3)
            }
            _ => return Err(broken()),
        };
        let digits = self.rest().get(..count).ok_or_else(broken)?;
        let value = u32::from_str_radix(digits, radix).map_err(|_| broken())?;
        self.at += count;
        match bytes && matches!(c, 'x' | 'X' | '0'..='3') {
            true => out.push(value as u8),
            false => {
                let c = char::from_u32(value).ok_or_else(broken)?;
                out.extend(c.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
        Ok(())
    }
}
