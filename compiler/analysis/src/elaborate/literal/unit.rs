//! The units of quantities and durations, and which of them was meant by one that there is not.

use syntax::Node;

use super::super::Elaborator;
use crate::fits::base;
use crate::problem::{Edit, Part, Problem};
use crate::show::{nearest_of, type_name};
use crate::ty::Ty;

/// Nanoseconds in one of each unit of a duration, as Go's `time.ParseDuration` knows them, and days.
const DURATION_UNITS: &[(&str, i64)] = &[
    ("ns", 1),
    ("us", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
];

/// The suffixes of Kubernetes.
pub(super) const QUANTITY_UNITS: &[&str] =
    &["n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

/// How people write the units of a duration elsewhere.
const DURATION_WORDS: &[(&str, &[&str])] = &[
    ("ms", &["msec", "msecs", "milli", "millis", "millisecond", "milliseconds"]),
    ("s", &["sec", "secs", "second", "seconds"]),
    ("m", &["min", "mins", "minute", "minutes"]),
    ("h", &["hr", "hrs", "hour", "hours"]),
    ("d", &["day", "days"]),
];

/// What may have been meant by a unit that there is not.
enum Meant {
    /// The same unit in another spelling.
    Same(&'static str),
    /// The two of a letter: a power of ten, and one of two. Nothing says which, and `m` is never one of them: it is a
    /// thousandth, so that a change to it would make another value.
    Either(&'static str, &'static str),
    /// Bytes, which have no unit.
    Bytes,
}

impl Elaborator<'_> {
    pub(in crate::elaborate) fn unknown_unit(
        &self,
        node: Node<'_>,
        text: &str,
        suffix: &str,
        expected: Option<&Ty>,
    ) -> Problem {
        let wanted = expected.map(base);
        let what = match wanted {
            Some(ty @ (Ty::Quantity | Ty::Duration | Ty::Percent)) => type_name(self.db, ty),
            _ => "number with a unit".to_owned(),
        };
        let problem =
            self.problem(211, node, format!("`{text}` is no {what}: there is no unit `{suffix}`"));
        let meant = match wanted {
            Some(Ty::Quantity) => quantity_meant(suffix),
            Some(Ty::Duration) => duration_meant(suffix),
            Some(Ty::Percent) => None,
            _ => quantity_meant(suffix).or_else(|| duration_meant(suffix)),
        };
        let number = text.strip_suffix(suffix).unwrap_or_default();
        match meant {
            // Where anything may stand, a thousandth may be meant too.
            Some(Meant::Same("Mi"))
                if suffix.starts_with('m') && !matches!(expected, Some(Ty::Refined(_))) =>
            {
                problem.help(format!(
                    "write `{number}Mi`, in powers of 1024, or `{number}m`, in thousandths"
                ))
            }
            Some(Meant::Same(unit)) => {
                let whole = format!("{number}{unit}");
                let part = Part::Word(node.text().to_owned());
                let edit = Edit { place: problem.place, part, text: whole.clone() };
                let title = format!("write `{whole}`");
                problem.help(format!("did you mean `{unit}`?")).offer(title, true, edit)
            }
            Some(Meant::Either(ten, two)) => problem.help(either(number, ten, two)),
            Some(Meant::Bytes) => problem.help(format!("bytes have no unit: `{number}`")),
            None => {
                let quantities = QUANTITY_UNITS.iter().copied();
                let durations = DURATION_UNITS.iter().map(|(unit, _)| *unit);
                let units: Vec<&str> = match wanted {
                    Some(Ty::Quantity) => quantities.collect(),
                    Some(Ty::Duration) => durations.collect(),
                    Some(Ty::Percent) => vec!["%"],
                    _ => quantities.chain(durations).collect(),
                };
                if let Some(near) = nearest_of(suffix, units.iter().copied()) {
                    return problem.help(format!("did you mean `{number}{}`?", near.name));
                }
                problem.help(match units.as_slice() {
                    [only] => format!("the only unit is {only}"),
                    units => format!("the units are {}", units.join(", ")),
                })
            }
        }
    }
}

/// What was meant by a number and a unit in quotes, in whatever spelling.
pub(in crate::elaborate) enum United {
    /// As the type writes it: `512Mi` for `512mi`, `5m` for `5 min`.
    One(String),
    /// What to write, where nothing says which of two was meant.
    Either(String),
}

/// A number and a unit, in whatever spelling, as the type writes it.
pub(in crate::elaborate) fn unit_meant(text: &str, want: &Ty) -> Option<United> {
    let (number, suffix) = syntax::literal::unit_parts(text);
    let suffix = suffix.trim();
    number.parse::<f64>().ok()?;
    let known = match want {
        Ty::Quantity => QUANTITY_UNITS.contains(&suffix),
        _ => duration(&format!("{number}{suffix}")).is_some(),
    };
    if known {
        return Some(United::One(format!("{number}{suffix}")));
    }
    let meant = match want {
        Ty::Quantity => quantity_meant(suffix)?,
        _ => duration_meant(suffix)?,
    };
    match meant {
        Meant::Same(unit) => Some(United::One(format!("{number}{unit}"))),
        Meant::Either(ten, two) => Some(United::Either(either(number, ten, two))),
        Meant::Bytes => None,
    }
}

fn either(number: &str, ten: &str, two: &str) -> String {
    format!("write `{number}{two}`, in powers of 1024, or `{number}{ten}`, of 1000")
}

/// `KB` and `Gib` are habits, and near to what Kubernetes knows.
fn quantity_meant(suffix: &str) -> Option<Meant> {
    let plain = suffix.strip_suffix(['b', 'B']).unwrap_or(suffix);
    let same = |unit: &&&'static str| unit.eq_ignore_ascii_case(plain);
    let of_two = |unit: &&&'static str| unit.len() == 2;
    match plain.to_ascii_lowercase().as_str() {
        "" => Some(Meant::Bytes),
        letter if letter.len() == 1 => {
            let two = QUANTITY_UNITS.iter().filter(of_two);
            let two = two.into_iter().find(|unit| {
                unit.strip_suffix('i').is_some_and(|unit| unit.eq_ignore_ascii_case(letter))
            })?;
            let ten = QUANTITY_UNITS.iter().filter(|unit| **unit != "m").find(same)?;
            Some(Meant::Either(ten, two))
        }
        _ => QUANTITY_UNITS.iter().filter(of_two).find(same).map(|unit| Meant::Same(unit)),
    }
}

fn duration_meant(suffix: &str) -> Option<Meant> {
    let written = suffix.to_lowercase();
    let unit = DURATION_UNITS.iter().map(|(unit, _)| *unit).find(|unit| *unit == written);
    let word = || DURATION_WORDS.iter().find(|(_, words)| words.contains(&written.as_str()));
    unit.or_else(|| word().map(|(unit, _)| *unit)).map(Meant::Same)
}

/// `1h30m`, `1.5s` in nanoseconds.
pub(super) fn duration(text: &str) -> Option<i64> {
    let mut rest = text;
    let mut total: i64 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at_checked(digits)?;
        let letters = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, next) = after.split_at_checked(letters)?;
        let (_, nanos) = DURATION_UNITS.iter().find(|(name, _)| *name == unit)?;
        let part = match number.parse::<i64>() {
            Ok(whole) => whole.checked_mul(*nanos)?,
            Err(_) => {
                let value = number.parse::<f64>().ok()? * *nanos as f64;
                (value.abs() < 9.2e18).then_some(value.round() as i64)?
            }
        };
        total = total.checked_add(part)?;
        rest = next;
    }
    Some(total)
}
