//! Moments: read, written, and taken apart. All of them in UTC, or at a fixed distance from it.

use std::fmt::Write as _;

const SECOND: i128 = 1_000_000_000;
const DAY: i128 = 86_400 * SECOND;

/// A moment as RFC 3339 writes it, in nanoseconds since 1970.
pub fn parsed(text: &str) -> Option<i128> {
    if !crate::server::is_time(text) {
        return None;
    }
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i128>().ok();
    let days = days_of(number(0, 4)? as i64, number(5, 7)? as i64, number(8, 10)? as i64);
    let clock = number(11, 13)? * 3600 + number(14, 16)? * 60 + number(17, 19)?;
    let rest = text.get(19..)?;
    let zone_at = rest.find(['Z', '+', '-'])?;
    let fraction = rest.get(1..zone_at).unwrap_or_default();
    let nanos: i128 = match fraction.get(..fraction.len().min(9)) {
        Some(digits) if !digits.is_empty() => {
            digits.parse::<i128>().ok()? * 10i128.pow(9 - digits.len() as u32)
        }
        _ => 0,
    };
    let zone = offset(rest.get(zone_at..)?)?;
    Some(i128::from(days) * DAY + (clock - zone) * SECOND + nanos)
}

/// The distance of a zone from UTC in seconds: `Z`, `UTC`, `+02:00`, `-08:00`.
pub fn offset(zone: &str) -> Option<i128> {
    if matches!(zone, "Z" | "UTC") {
        return Some(0);
    }
    let (sign, rest) = match zone.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, zone.strip_prefix('+').unwrap_or(zone)),
    };
    let (hours, minutes) = rest.split_once(':')?;
    let number = |text: &str| (text.len() == 2).then(|| text.parse::<i128>().ok()).flatten();
    Some(sign * (number(hours)? * 3600 + number(minutes)? * 60))
}

/// As RFC 3339 writes a moment.
pub fn written(nanos: i128) -> String {
    let parts = Parts::of(nanos, 0);
    let mut out = format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
        parts.year, parts.month, parts.day, parts.hour, parts.minute, parts.second
    );
    out.push_str(&fraction(parts.nanos));
    out.push('Z');
    out
}

fn fraction(nanos: i128) -> String {
    if nanos == 0 {
        return String::new();
    }
    format!(".{nanos:09}").trim_end_matches('0').to_owned()
}

/// A duration as CEL writes it: `90s`.
pub fn written_duration(nanos: i128) -> String {
    let mut out = String::new();
    if nanos < 0 {
        out.push('-');
    }
    let size = nanos.abs();
    let _ = write!(out, "{}{}s", size / SECOND, fraction(size % SECOND));
    out
}

/// A moment taken apart.
pub struct Parts {
    pub year: i64,
    /// From 1.
    pub month: i64,
    /// From 1.
    pub day: i64,
    /// From 0.
    pub day_of_year: i64,
    /// From 0, which is Sunday.
    pub day_of_week: i64,
    pub hour: i128,
    pub minute: i128,
    pub second: i128,
    pub nanos: i128,
}

impl Parts {
    /// At a distance of so many seconds from UTC.
    pub fn of(nanos: i128, offset: i128) -> Parts {
        let local = nanos + offset * SECOND;
        let days = local.div_euclid(DAY) as i64;
        let rest = local.rem_euclid(DAY);
        let (year, month, day) = date_of(days);
        Parts {
            year,
            month,
            day,
            day_of_year: days - days_of(year, 1, 1),
            day_of_week: (days + 4).rem_euclid(7),
            hour: rest / (3600 * SECOND),
            minute: rest / (60 * SECOND) % 60,
            second: rest / SECOND % 60,
            nanos: rest % SECOND,
        }
    }
}

/// The days from 1970 to a date.
fn days_of(year: i64, month: i64, day: i64) -> i64 {
    // Years begin in March here, so that a leap day is the last of its year.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_and_written() {
        for text in ["1970-01-01T00:00:00Z", "2024-02-29T23:59:59.5Z", "1969-12-31T23:59:59Z"] {
            assert_eq!(parsed(text).map(written).as_deref(), Some(text));
        }
        assert_eq!(parsed("2024-03-01T01:00:00+02:00"), parsed("2024-02-29T23:00:00Z"));
        let parts = Parts::of(parsed("2026-11-21T12:34:56Z").unwrap_or_default(), 0);
        assert_eq!((parts.day_of_week, parts.day_of_year, parts.hour), (6, 324, 12));
    }
}
