//! What a plain scalar of YAML is.
//!
//! This follows what kubectl and Helm do, which differs from YAML 1.2: `no` and `on` are truth values, `012` is ten, `1_000` is
//! a thousand. A test compares it with `kubectl`.

use super::Value;

/// The value of a scalar without quotes, or why it has none.
pub(super) fn plain(text: &str) -> Result<Value, &'static str> {
    Ok(match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "y" | "Y" => {
            Value::Bool(true)
        }
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" | "n" | "N" => {
            Value::Bool(false)
        }
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" | "-.inf" | "-.Inf" | "-.INF"
        | ".nan" | ".NaN" | ".NAN" => return Err("JSON has no such number"),
        _ => return number(text),
    })
}

/// A number, or the text where it is none.
fn number(text: &str) -> Result<Value, &'static str> {
    let as_text = || Ok(Value::Str(text.into()));
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
        return as_text();
    }
    let digits: String = match text.contains('_') && !text.starts_with('.') {
        true => text.chars().filter(|c| *c != '_').collect(),
        false => text.to_owned(),
    };
    match integer(&digits) {
        Some(Ok(value)) => return Ok(Value::Int(value)),
        Some(Err(())) => return Err("64 bits do not hold it"),
        None => {}
    }
    match decimal(&digits) {
        Some(value) => Ok(Value::Float(value)),
        None => as_text(),
    }
}

/// A whole number as Go reads one: `0x`, `0o` and `0b`, and `0` alone for octal.
fn integer(text: &str) -> Option<Result<i64, ()>> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, digits.get(2..)?),
        [b'0', b'o' | b'O', ..] => (8, digits.get(2..)?),
        [b'0', b'b' | b'B', ..] => (2, digits.get(2..)?),
        [b'0', _, ..] => (8, digits.get(1..)?),
        _ => (10, digits),
    };
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    let signed = if negative { format!("-{digits}") } else { digits.to_owned() };
    Some(i64::from_str_radix(&signed, radix).map_err(|_| ()))
}

fn decimal(text: &str) -> Option<f64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (number, exponent) = match digits.find(['e', 'E']) {
        Some(at) => (digits.get(..at)?, digits.get(at + 1..)?),
        None => (digits, "0"),
    };
    let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let no_digits = whole.is_empty() && part.is_empty() || exponent.is_empty();
    if no_digits || !all_digits(whole) || !all_digits(part) || !all_digits(exponent) {
        return None;
    }
    text.parse::<f64>().ok().filter(|value| value.is_finite())
}

/// What to say of a scalar without quotes that readers of YAML 1.2 take for something else than Kubernetes' do:
/// `no`, `012`, `1_000`. `None` where all agree.
pub fn differs(text: &str) -> Option<String> {
    let value = plain(text).ok()?;
    let shown = match &value {
        Value::Bool(value) if !text.eq_ignore_ascii_case(&value.to_string()) => value.to_string(),
        Value::Int(value) if value.to_string() != text.trim_start_matches('+') => value.to_string(),
        Value::Float(value) if text.contains('_') => value.to_string(),
        _ => return None,
    };
    Some(format!("kubectl and Helm take `{text}` for {shown}, and others for a text"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_are_what_kubectl_takes_them_for() {
        for (text, value) in [
            ("y", Value::Bool(true)),
            ("No", Value::Bool(false)),
            ("tRUE", Value::Str("tRUE".into())),
            ("012", Value::Int(10)),
            ("-012", Value::Int(-10)),
            ("0o14", Value::Int(12)),
            ("0b11", Value::Int(3)),
            ("0x1F", Value::Int(31)),
            ("1__0", Value::Int(10)),
            ("08", Value::Float(8.0)),
            ("0o8", Value::Str("0o8".into())),
            ("0x", Value::Str("0x".into())),
            ("_1", Value::Str("_1".into())),
            ("12:34:56", Value::Str("12:34:56".into())),
            ("2001-01-01", Value::Str("2001-01-01".into())),
            ("1e3", Value::Float(1000.0)),
            (".5", Value::Float(0.5)),
            ("+.5", Value::Float(0.5)),
            ("5.", Value::Float(5.0)),
            ("1_0.5", Value::Float(10.5)),
            ("1e400", Value::Str("1e400".into())),
            ("100e", Value::Str("100e".into())),
            ("-9223372036854775808", Value::Int(i64::MIN)),
            (".", Value::Str(".".into())),
            ("-", Value::Str("-".into())),
            ("--1", Value::Str("--1".into())),
            ("+-1", Value::Str("+-1".into())),
            ("=", Value::Str("=".into())),
        ] {
            assert_eq!(plain(text), Ok(value), "{text}");
        }
        assert!(plain("9223372036854775808").is_err());
        assert!(plain(".inf").is_err());
    }

    #[test]
    fn only_what_readers_differ_about_is_doubtful() {
        for text in ["no", "y", "012", "1_000", "0x1F", "0o14"] {
            assert!(differs(text).is_some(), "{text}");
        }
        for text in ["true", "False", "12", "-3", "+3", "1.5", "1e3", "null", "nothing", "1.10"] {
            assert_eq!(differs(text), None, "{text}");
        }
    }
}
