//! How numbers are written, in YAML and in JSON alike.

use std::io::Write as _;

/// Writes a whole number.
pub(crate) fn int(value: i64, out: &mut Vec<u8>) {
    let mut digits = [0u8; 20];
    let mut rest = value.unsigned_abs();
    let mut from = digits.len();
    for (at, digit) in digits.iter_mut().enumerate().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
        from = at;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(digits.get(from..).unwrap_or_default());
}

/// Writes a number so that every reader takes it for a float: YAML 1.1 wants a point before the
/// exponent and a sign after it (`1.0e+21`).
pub(crate) fn float(value: f64, out: &mut Vec<u8>) {
    let from = out.len();
    // Writing to a vector does not fail.
    let _ = write!(out, "{value:?}");
    let Some(at) = out.iter().skip(from).position(|byte| *byte == b'e').map(|at| from + at) else {
        return;
    };
    if out.get(at + 1) != Some(&b'-') {
        out.insert(at + 1, b'+');
    }
    if !out.iter().skip(from).any(|byte| *byte == b'.') {
        out.splice(at..at, *b".0");
    }
}
