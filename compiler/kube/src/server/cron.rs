//! Schedules of CronJobs, in the form that Kubernetes reads, and the time zones that it knows.

use crate::names::Why;
use crate::near::nearest;

/// What a field of a schedule may hold: least, most, and names for some of the numbers.
struct Field {
    least: u32,
    most: u32,
    names: &'static [&'static str],
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// Minute, hour, day of the month, month, day of the week.
const FIELDS: [Field; 5] = [
    Field { least: 0, most: 59, names: &[] },
    Field { least: 0, most: 23, names: &[] },
    Field { least: 1, most: 31, names: &[] },
    Field { least: 1, most: 12, names: &MONTHS },
    Field { least: 0, most: 6, names: &DAYS },
];

/// Whether a server can read the schedule.
pub(super) fn schedule(text: &str) -> Result<(), Why> {
    if text.contains("TZ") {
        return Err("must not set a time zone; `timeZone` is there for it");
    }
    if let Some(name) = text.strip_prefix('@') {
        return match name {
            "yearly" | "annually" | "monthly" | "weekly" | "daily" | "midnight" | "hourly" => {
                Ok(())
            }
            "reboot" => Err("cannot run when a machine starts"),
            _ => match name.strip_prefix("every ") {
                Some(duration) if is_duration(duration) => Ok(()),
                Some(_) => Err("needs a duration after @every, such as 1h30m"),
                None => Err(
                    "must be @yearly, @monthly, @weekly, @daily, @hourly or @every and a duration",
                ),
            },
        };
    }
    let parts: Vec<&str> = text.split_whitespace().collect();
    if parts.len() != FIELDS.len() {
        return Err(
            "must have five fields: minute, hour, day of the month, month, day of the week",
        );
    }
    for (part, field) in parts.iter().zip(&FIELDS) {
        bits(part, field)?;
    }
    Ok(())
}

/// Whether a schedule that can be read names a day that no year has, such as the 30th of February.
pub(super) fn never_fires(text: &str) -> bool {
    let parts: Vec<&str> = text.split_whitespace().collect();
    let [_, _, day, month, weekday] = parts.as_slice() else { return false };
    // Where both days are restricted, either is enough.
    if !weekday.starts_with(['*', '?']) {
        return false;
    }
    let [_, _, days_of, months_of, _] = &FIELDS;
    let (Ok(days), Ok(months)) = (bits(day, days_of), bits(month, months_of)) else { return false };
    let longest = |month: u32| match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let exists = (1..=12u32)
        .filter(|month| months >> month & 1 == 1)
        .any(|month| (1..=longest(month)).any(|day| days >> day & 1 == 1));
    !exists
}

/// The numbers that a field stands for, one bit each.
fn bits(text: &str, field: &Field) -> Result<u64, Why> {
    let mut all = 0;
    // Empty parts of a list are passed over, as servers do.
    for part in text.split(',').filter(|part| !part.is_empty()) {
        let mut pieces = part.split('/');
        let (range, step) = (pieces.next().unwrap_or_default(), pieces.next());
        if pieces.next().is_some() {
            return Err("has more than one `/` in a field");
        }
        let mut ends = range.split('-');
        let (first, last) = (ends.next().unwrap_or_default(), ends.next());
        if ends.next().is_some() {
            return Err("has more than one `-` in a range");
        }
        let (low, mut high) = if matches!(first, "*" | "?") {
            (field.least, field.most)
        } else {
            let low = number(first, field)?;
            (low, last.map_or(Ok(low), |last| number(last, field))?)
        };
        let step = match step {
            None => 1,
            Some(step) => {
                if last.is_none() {
                    high = field.most;
                }
                digits(step)?
            }
        };
        if low < field.least || high > field.most {
            return Err(
                "has a number that its field does not have: minutes 0-59, hours 0-23, days 1-31, months 1-12, weekdays 0-6",
            );
        }
        if low > high {
            return Err("has a range that begins above its end");
        }
        if step == 0 {
            return Err("has a step of 0");
        }
        let mut at = low;
        while at <= high {
            all |= 1u64 << at;
            at = at.saturating_add(step);
        }
    }
    Ok(all)
}

fn number(text: &str, field: &Field) -> Result<u32, Why> {
    let named = field.names.iter().position(|name| name.eq_ignore_ascii_case(text));
    match named {
        Some(at) => Ok(field.least + u32::try_from(at).unwrap_or(0)),
        None => digits(text),
    }
}

fn digits(text: &str) -> Result<u32, Why> {
    const NO_NUMBER: Why = "has something that is no number, range or name";
    let text = text.strip_prefix('+').unwrap_or(text);
    if text.is_empty() || !text.bytes().all(|c| c.is_ascii_digit()) {
        return Err(NO_NUMBER);
    }
    text.parse().map_err(|_| NO_NUMBER)
}

/// A duration such as `1h30m`, in Go's notation.
fn is_duration(text: &str) -> bool {
    let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    if rest == "0" {
        return true;
    }
    let mut count = 0;
    while !rest.is_empty() {
        let number = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (digits, after) = rest.split_at(number);
        if !digits.bytes().any(|c| c.is_ascii_digit()) || digits.matches('.').count() > 1 {
            return false;
        }
        let units = ["ns", "us", "µs", "ms", "s", "m", "h"];
        let Some(next) = units.into_iter().find_map(|unit| {
            // `m` must not be taken of `ms`.
            let next = after.strip_prefix(unit)?;
            (unit != "m" || !next.starts_with('s')).then_some(next)
        }) else {
            return false;
        };
        rest = next;
        count += 1;
    }
    count > 0
}

static ZONES: &str = include_str!("../../data/time-zones.txt");

/// Whether a server knows the time zone. Names are case-sensitive.
pub(super) fn time_zone(name: &str) -> Result<(), Why> {
    if name.is_empty() {
        return Err("must not be empty");
    }
    if name.eq_ignore_ascii_case("local") {
        return Err("must name a zone, such as Europe/Berlin or Etc/UTC");
    }
    if ZONES.lines().any(|zone| zone == name) {
        return Ok(());
    }
    Err("is not in the database of time zones")
}

/// The zone that is called so in other letters, or nearly.
pub(super) fn near_zone(name: &str) -> Option<&'static str> {
    let same = ZONES.lines().find(|zone| zone.eq_ignore_ascii_case(name));
    same.or_else(|| nearest(name, ZONES.lines()))
}
