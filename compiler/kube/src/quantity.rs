//! Resource quantities: `500m`, `1.5Gi`, `12e6`. Exact, compared by value, printed as a server would.
//!
//! Kubernetes' own parser takes `"Gi"` for 0, `" 1"` for 1 and a 1 with 21 zeros for 1. Accepted here is
//! only what means what it says: `+`? digits, perhaps a fraction, and one of the suffixes `n u m k M G T
//! P E Ki Mi Gi Ti Pi Ei` or an exponent (`e3`, `E-3`).

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

const NANOS: i128 = 1_000_000_000;
/// From 10²¹ on, servers print quantities without their suffix, which makes another value of them.
const LIMIT: i128 = 1_000_000_000_000_000_000_000 * NANOS;

/// An amount, exact to 10⁻⁹. Two are equal if their values are: `1024Mi` is `1Gi`.
#[derive(Debug, Clone, Copy)]
pub struct Quantity {
    nanos: i128,
    family: Family,
}

/// The notation in which a quantity was written; it is printed in the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// `k`, `M`, `G`: powers of 1000.
    Decimal,
    /// `e3`, `e6`: powers of 1000 as exponents.
    Exponent,
    /// `Ki`, `Mi`, `Gi`: powers of 1024.
    Binary,
}

/// Why a text is no quantity, or an amount cannot be held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// It does not begin with digits, or goes on after the suffix.
    Form,
    /// It is below zero.
    Negative,
    /// The suffix is not one of Kubernetes'; what was meant, where that is clear (`k` for `K`, `M` for `MB`).
    Suffix(Option<&'static str>),
    /// It is 10²¹ or more, or has more digits than can be computed with.
    Range,
}

impl Quantity {
    /// Reads a quantity; as [`str::parse`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        text.parse()
    }

    /// A whole number.
    pub fn from_int(value: i64) -> Self {
        Quantity { nanos: i128::from(value) * NANOS, family: Family::Decimal }
    }

    /// The value in billionths.
    pub fn nanos(self) -> i128 {
        self.nanos
    }

    /// The notation in which it is printed.
    pub fn family(self) -> Family {
        self.family
    }

    /// Whether it is a whole number: a fraction of a byte draws a warning from servers.
    pub fn is_whole(self) -> bool {
        self.nanos % NANOS == 0
    }

    /// The whole number that is nearest, halves up.
    pub fn rounded(self) -> Result<Self, Error> {
        let nanos = self.nanos.checked_add(NANOS / 2).ok_or(Error::Range)?;
        bounded(Some(nanos.div_euclid(NANOS) * NANOS), self.family)
    }

    /// Rounded up to thousandths, as servers do with what stands in `resources`.
    pub fn rounded_to_milli(self) -> Self {
        const MILLI: i128 = NANOS / 1000;
        let rest = self.nanos.rem_euclid(MILLI);
        Quantity { nanos: self.nanos + if rest == 0 { 0 } else { MILLI - rest }, ..self }
    }

    /// The sum, in the notation of the first that is not zero.
    pub fn plus(self, other: Quantity) -> Result<Self, Error> {
        let family = if self.nanos == 0 { other.family } else { self.family };
        bounded(self.nanos.checked_add(other.nanos), family)
    }

    /// The product with a whole number.
    pub fn times(self, factor: i64) -> Result<Self, Error> {
        bounded(self.nanos.checked_mul(i128::from(factor)), self.family)
    }

    /// The share `part / whole` of it, rounded up to a billionth; `whole` is above zero.
    pub fn share(self, part: i64, whole: i64) -> Result<Self, Error> {
        let whole = i128::from(whole.max(1));
        let scaled = self.nanos.checked_mul(i128::from(part)).ok_or(Error::Range)?;
        let rest = i128::from(scaled.rem_euclid(whole) != 0);
        bounded(Some(scaled.div_euclid(whole) + rest), self.family)
    }
}

impl FromStr for Quantity {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text.starts_with('-') {
            return Err(Error::Negative);
        }
        let unsigned = text.strip_prefix('+').unwrap_or(text);
        let (whole, rest) = digits(unsigned);
        let (fraction, suffix) = match rest.strip_prefix('.') {
            Some(rest) => digits(rest),
            None => ("0", rest),
        };
        if whole.is_empty() || fraction.is_empty() {
            return Err(Error::Form);
        }
        let (family, power) = meaning(suffix)?;
        let fraction = fraction.trim_end_matches('0');
        let mantissa = whole.bytes().chain(fraction.bytes()).try_fold(0i128, |sum, digit| {
            sum.checked_mul(10)?.checked_add(i128::from(digit - b'0'))
        });
        let mantissa = mantissa.ok_or(Error::Range)?;
        let (scaled, tens) = match family {
            Family::Binary => (mantissa.checked_mul(1i128 << power).ok_or(Error::Range)?, 0),
            _ => (mantissa, power),
        };
        bounded(shifted(scaled, tens + 9 - fraction.len() as i64), family)
    }
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Self) -> bool {
        self.nanos == other.nanos
    }
}

impl Eq for Quantity {}

impl PartialOrd for Quantity {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Quantity {
    fn cmp(&self, other: &Self) -> Ordering {
        self.nanos.cmp(&other.nanos)
    }
}

impl std::hash::Hash for Quantity {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.nanos.hash(state);
    }
}

/// The canonical form: the largest suffix with which the number is whole; binary ones from 1024 on, and
/// only for whole amounts.
impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.nanos == 0 {
            return f.write_str("0");
        }
        if self.family == Family::Binary && self.is_whole() && self.nanos.abs() >= 1024 * NANOS {
            let mut value = self.nanos / NANOS;
            for suffix in ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"] {
                if value % 1024 != 0 || suffix == "Ei" {
                    return write!(f, "{value}{suffix}");
                }
                value /= 1024;
            }
        }
        let (mut value, mut exponent) = (self.nanos, -9);
        while value % 1000 == 0 && exponent < 18 {
            value /= 1000;
            exponent += 3;
        }
        if self.family == Family::Exponent {
            return if exponent == 0 {
                write!(f, "{value}")
            } else {
                write!(f, "{value}e{exponent}")
            };
        }
        let suffixes = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
        let suffix = usize::try_from((exponent + 9) / 3).ok().and_then(|at| suffixes.get(at));
        write!(f, "{value}{}", suffix.unwrap_or(&""))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Form => f.write_str("a quantity is a number with a suffix, such as 500m, 2 or 1.5Gi"),
            Error::Negative => f.write_str("a quantity must not be below zero"),
            Error::Suffix(None) => {
                f.write_str("the suffix must be one of n u m k M G T P E, Ki Mi Gi Ti Pi Ei, or an exponent such as e3")
            }
            Error::Suffix(Some(meant)) => write!(f, "Kubernetes has no such suffix; `{meant}` is probably meant"),
            Error::Range => f.write_str("the quantity is too large, or has too many digits"),
        }
    }
}

impl std::error::Error for Error {}

fn digits(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().take_while(u8::is_ascii_digit).count())
}

/// The family of a suffix, and its power of two or ten.
fn meaning(suffix: &str) -> Result<(Family, i64), Error> {
    let decimal = |power| Ok((Family::Decimal, power));
    let binary = |power| Ok((Family::Binary, power));
    match suffix {
        "n" => decimal(-9),
        "u" => decimal(-6),
        "m" => decimal(-3),
        "" => decimal(0),
        "k" => decimal(3),
        "M" => decimal(6),
        "G" => decimal(9),
        "T" => decimal(12),
        "P" => decimal(15),
        "E" => decimal(18),
        "Ki" => binary(10),
        "Mi" => binary(20),
        "Gi" => binary(30),
        "Ti" => binary(40),
        "Pi" => binary(50),
        "Ei" => binary(60),
        _ => {
            if let Some(exponent) = suffix.strip_prefix(['e', 'E']) {
                let (sign, number) = match exponent.strip_prefix('-') {
                    Some(number) => (-1, number),
                    None => (1, exponent.strip_prefix('+').unwrap_or(exponent)),
                };
                let (number, rest) = digits(number);
                if !number.is_empty() && rest.is_empty() {
                    let power = number
                        .parse::<i64>()
                        .ok()
                        .filter(|power| *power <= 1000)
                        .ok_or(Error::Range)?;
                    return Ok((Family::Exponent, sign * power));
                }
            }
            Err(if suffix.starts_with(|c: char| c.is_ascii_alphabetic()) {
                Error::Suffix(meant(suffix))
            } else {
                Error::Form
            })
        }
    }
}

/// The suffix that somebody probably means who writes `K`, `MB` or `GiB`.
fn meant(suffix: &str) -> Option<&'static str> {
    let lower = suffix.to_ascii_lowercase();
    let bare = lower.strip_suffix('b').unwrap_or(&lower);
    ["k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(bare))
}

/// `value × 10^tens`, rounded up.
fn shifted(value: i128, tens: i64) -> Option<i128> {
    if value == 0 {
        return Some(0);
    }
    let power = u32::try_from(tens.unsigned_abs()).ok().and_then(|power| 10i128.checked_pow(power));
    match (power, tens >= 0) {
        (Some(power), true) => value.checked_mul(power),
        (Some(power), false) => Some(value / power + i128::from(value % power != 0)),
        (None, true) => None,
        (None, false) => Some(1),
    }
}

fn bounded(nanos: Option<i128>, family: Family) -> Result<Quantity, Error> {
    match nanos {
        Some(nanos) if nanos.abs() < LIMIT => Ok(Quantity { nanos, family }),
        _ => Err(Error::Range),
    }
}
