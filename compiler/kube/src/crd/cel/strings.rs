//! Functions of texts, regular expressions among them.

use std::rc::Rc;

use super::eval::{Outcome, Run, Stop};
use super::value::Value;

/// The functions of this file.
pub const NAMES: [&str; 21] = [
    "contains",
    "startsWith",
    "endsWith",
    "matches",
    "find",
    "findAll",
    "charAt",
    "indexOf",
    "lastIndexOf",
    "lowerAscii",
    "upperAscii",
    "replace",
    "split",
    "substring",
    "trim",
    "join",
    "reverse",
    "format",
    "strings.quote",
    "quote",
    "sort",
];

/// What a function gives; `None` where it is not one of these, or not for such arguments.
pub fn called<'v>(
    run: &mut Run<'_>,
    name: &str,
    _: bool,
    values: &[Value<'v>],
) -> Option<Outcome<'v>> {
    use Value::{Int, Str};
    let truth = |value: bool| Some(Ok(Value::Bool(value)));
    let text = |value: String| Some(Ok(Str(Rc::from(value))));
    match (name, values) {
        ("contains", [Str(of), Str(part)]) => truth(of.contains(&**part)),
        ("startsWith", [Str(of), Str(part)]) => truth(of.starts_with(&**part)),
        ("endsWith", [Str(of), Str(part)]) => truth(of.ends_with(&**part)),
        ("matches", [Str(of), Str(wanted)]) => {
            Some(run.regex(wanted, of.len()).map(|regex| Value::Bool(regex.is_match(of))))
        }
        ("find", [Str(of), Str(wanted)]) => Some(
            run.regex(wanted, of.len())
                .map(|regex| Value::str(regex.find(of).map_or("", |found| found.as_str()))),
        ),
        ("findAll", [Str(of), Str(wanted)]) => found_all(run, of, wanted, usize::MAX),
        ("findAll", [Str(of), Str(wanted), Int(most)]) => {
            found_all(run, of, wanted, usize::try_from(*most).unwrap_or(usize::MAX))
        }
        ("charAt", [Str(of), Int(at)]) => {
            let count = of.chars().count();
            Some(match usize::try_from(*at).ok().filter(|at| *at <= count) {
                Some(at) => Ok(Str(of.chars().skip(at).take(1).collect::<String>().into())),
                None => Err(out_of_range(*at)),
            })
        }
        ("indexOf", [Str(of), Str(part)]) => Some(Ok(Int(index(of, part, 0)))),
        ("indexOf", [Str(of), Str(part), Int(from)]) => {
            Some(match usize::try_from(*from).ok().filter(|at| *at <= of.chars().count()) {
                Some(from) => Ok(Int(index(of, part, from))),
                None => Err(out_of_range(*from)),
            })
        }
        ("lastIndexOf", [Str(of), Str(part)]) => {
            let at = of.rfind(&**part);
            Some(Ok(Int(at.map_or(-1, |at| chars_before(of, at)))))
        }
        ("lastIndexOf", [Str(of), Str(part), Int(to)]) => {
            let Ok(to) = usize::try_from(*to) else { return Some(Err(out_of_range(*to))) };
            let found = of.match_indices(&**part).map(|(at, _)| chars_before(of, at));
            Some(Ok(Int(found.filter(|at| *at <= to as i64).last().unwrap_or(-1))))
        }
        ("lowerAscii", [Str(of)]) => text(of.to_ascii_lowercase()),
        ("upperAscii", [Str(of)]) => text(of.to_ascii_uppercase()),
        ("trim", [Str(of)]) => text(of.trim().to_owned()),
        ("reverse", [Str(of)]) => text(of.chars().rev().collect()),
        ("replace", [Str(of), Str(from), Str(to)]) => replaced(run, of, from, to, usize::MAX),
        ("replace", [Str(of), Str(from), Str(to), Int(most)]) => {
            replaced(run, of, from, to, usize::try_from(*most).unwrap_or(usize::MAX))
        }
        ("split", [Str(of), Str(sign)]) => Some(parts(run, of, sign, -1)),
        ("split", [Str(of), Str(sign), Int(most)]) => Some(parts(run, of, sign, *most)),
        ("substring", [Str(of), Int(from)]) => Some(cut(of, *from, of.chars().count() as i64)),
        ("substring", [Str(of), Int(from), Int(to)]) => Some(cut(of, *from, *to)),
        ("join", [list]) => joined(run, list, ""),
        ("join", [list, Str(sign)]) => joined(run, list, sign),
        ("format", [Str(of), list]) => Some(formatted(run, of, &list.items()?)),
        ("strings.quote" | "quote", [Str(of)]) => text(quoted(of)),
        _ => None,
    }
}

fn out_of_range(at: i64) -> Stop {
    Stop::Error(format!("index out of range: {at}"))
}

fn chars_before(of: &str, at: usize) -> i64 {
    of.get(..at).map_or(0, |before| before.chars().count()) as i64
}

fn index(of: &str, part: &str, from: usize) -> i64 {
    let start = of.char_indices().nth(from).map_or(of.len(), |(at, _)| at);
    let found = of.get(start..).and_then(|rest| rest.find(part));
    found.map_or(-1, |at| chars_before(of, start + at))
}

fn found_all<'v>(run: &mut Run<'_>, of: &str, wanted: &str, most: usize) -> Option<Outcome<'v>> {
    let all = run.regex(wanted, of.len()).map(|regex| {
        let found = regex.find_iter(of).take(most).map(|one| Value::str(one.as_str()));
        Value::list(found.collect())
    });
    Some(all)
}

fn replaced<'v>(
    run: &mut Run<'_>,
    of: &str,
    from: &str,
    to: &str,
    most: usize,
) -> Option<Outcome<'v>> {
    let count = of.matches(from).count().min(most);
    if let Err(stop) = run.pay(of.len() + count * to.len()) {
        return Some(Err(stop));
    }
    Some(Ok(Value::Str(Rc::from(of.replacen(from, to, count)))))
}

fn parts<'v>(run: &mut Run<'_>, of: &str, sign: &str, most: i64) -> Outcome<'v> {
    run.pay(of.len() * 4)?;
    let all: Vec<Value<'v>> = match (usize::try_from(most), sign) {
        (Ok(0), _) => Vec::new(),
        (Ok(most), "") => {
            let head = of.chars().take(most - 1).map(|c| Value::str(c.encode_utf8(&mut [0; 4])));
            let mut all: Vec<Value<'v>> = head.collect();
            let rest: String = of.chars().skip(most - 1).collect();
            all.extend((!rest.is_empty()).then(|| Value::str(&rest)));
            all
        }
        (Err(_), "") => of.chars().map(|c| Value::str(c.encode_utf8(&mut [0; 4]))).collect(),
        (Ok(most), _) => of.splitn(most, sign).map(Value::str).collect(),
        (Err(_), _) => of.split(sign).map(Value::str).collect(),
    };
    Ok(Value::list(all))
}

fn cut<'v>(of: &str, from: i64, to: i64) -> Outcome<'v> {
    let count = of.chars().count() as i64;
    if from < 0 || from > count {
        return Err(out_of_range(from));
    }
    if to < from || to > count {
        return Err(out_of_range(to));
    }
    let inner = of.chars().skip(from as usize).take((to - from) as usize);
    Ok(Value::Str(inner.collect::<String>().into()))
}

fn joined<'v>(run: &mut Run<'_>, list: &Value<'v>, sign: &str) -> Option<Outcome<'v>> {
    let items = list.items()?;
    let mut texts: Vec<&str> = Vec::with_capacity(items.len());
    for item in &items {
        match item {
            Value::Str(text) => texts.push(text),
            _ => return None,
        }
    }
    let size: usize = texts.iter().map(|text| text.len() + sign.len()).sum();
    if let Err(stop) = run.pay(size) {
        return Some(Err(stop));
    }
    Some(Ok(Value::Str(Rc::from(texts.join(sign)))))
}

fn quoted(of: &str) -> String {
    let mut out = String::from("\"");
    for c in of.chars() {
        match c {
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{b}' => out.push_str("\\v"),
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// `"%s is %d".format([a, b])`
fn formatted<'v>(run: &mut Run<'_>, of: &str, values: &[Value<'v>]) -> Outcome<'v> {
    let mut out = String::new();
    let mut values = values.iter();
    let mut rest = of;
    while let Some(at) = rest.find('%') {
        out.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at + 1..).unwrap_or_default();
        if let Some(after) = rest.strip_prefix('%') {
            out.push('%');
            rest = after;
            continue;
        }
        let precision = rest.strip_prefix('.').map(|after| {
            let digits = after.bytes().take_while(u8::is_ascii_digit).count();
            (after.get(..digits).and_then(|n| n.parse::<usize>().ok()).unwrap_or(6), digits + 1)
        });
        rest = rest.get(precision.map_or(0, |(_, length)| length)..).unwrap_or_default();
        let precision = precision.map_or(6, |(digits, _)| digits.min(100));
        let verb = rest.chars().next().unwrap_or(' ');
        rest = rest.get(verb.len_utf8().min(rest.len())..).unwrap_or_default();
        let Some(value) = values.next() else {
            return Err(Stop::Error("a text to be formatted has too few values".to_owned()));
        };
        run.pay(super::eval::weight(value) * 16)?;
        let number = match value {
            Value::Int(value) => Some(*value as f64),
            Value::Uint(value) => Some(*value as f64),
            Value::Double(value) => Some(*value),
            _ => None,
        };
        match (verb, value, number) {
            ('s', value, _) => out.push_str(&plain(value)),
            ('d', Value::Int(_) | Value::Uint(_) | Value::Double(_), _) => {
                out.push_str(&value.shown());
            }
            ('f', _, Some(number)) => out.push_str(&format!("{number:.precision$}")),
            ('e', _, Some(number)) => {
                // Go writes at least two digits of the exponent, and its sign.
                let text = format!("{number:.precision$e}");
                let (head, exponent) = text.split_once('e').unwrap_or((&text, "0"));
                let exponent: i32 = exponent.parse().unwrap_or(0);
                let sign = if exponent < 0 { '-' } else { '+' };
                out.push_str(&format!("{head}e{sign}{:02}", exponent.abs()));
            }
            ('b', Value::Int(value), _) => out.push_str(&signed(*value, |n| format!("{n:b}"))),
            ('b', Value::Bool(value), _) => out.push(if *value { '1' } else { '0' }),
            ('o', Value::Int(value), _) => out.push_str(&signed(*value, |n| format!("{n:o}"))),
            ('x', Value::Int(value), _) => out.push_str(&signed(*value, |n| format!("{n:x}"))),
            ('X', Value::Int(value), _) => out.push_str(&signed(*value, |n| format!("{n:X}"))),
            ('x', Value::Str(text), _) => {
                out.extend(text.bytes().map(|byte| format!("{byte:02x}")));
            }
            ('X', Value::Str(text), _) => {
                out.extend(text.bytes().map(|byte| format!("{byte:02X}")));
            }
            (verb, value, _) => {
                let why = format!("%{verb} cannot format a {}", value.type_name());
                return Err(Stop::Error(why));
            }
        }
    }
    out.push_str(rest);
    run.pay(out.len())?;
    Ok(Value::Str(Rc::from(out)))
}

fn signed(value: i64, write: fn(u64) -> String) -> String {
    let sign = if value < 0 { "-" } else { "" };
    format!("{sign}{}", write(value.unsigned_abs()))
}

/// A value as `%s` writes it.
fn plain(value: &Value<'_>) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Time(nanos) => super::time::written(*nanos),
        Value::Duration(nanos) => super::time::written_duration(*nanos),
        Value::Type(name) => (*name).to_owned(),
        Value::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        other => match (other.items(), other.entries()) {
            (Some(items), _) => {
                let items: Vec<String> = items.iter().map(plain).collect();
                format!("[{}]", items.join(", "))
            }
            (None, Some(entries)) => {
                let mut entries: Vec<String> = entries
                    .iter()
                    .map(|(key, value)| format!("{}: {}", plain(key), plain(value)))
                    .collect();
                entries.sort();
                format!("{{{}}}", entries.join(", "))
            }
            (None, None) => other.shown(),
        },
    }
}
