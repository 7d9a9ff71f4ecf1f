//! Functions of strings. Lengths and positions count characters, as `len` does.

use super::lists::bounds;
use super::{Call, Run};
use crate::eval::value::Value;
use crate::pattern::{Pattern, Regex, searching, whole, why_none};

pub(super) const ALL: &[(&str, Run)] = &[
    ("camel", camel),
    ("chars", chars),
    ("contains", contains),
    ("count", count),
    ("endsWith", ends_with),
    ("find", find),
    ("findAll", find_all),
    ("findGroups", find_groups),
    ("indent", indent),
    ("indexOf", index_of),
    ("isEmpty", is_empty),
    ("kebab", kebab),
    ("len", len),
    ("lines", lines),
    ("lower", lower),
    ("matches", matches),
    ("padEnd", pad_end),
    ("padStart", pad_start),
    ("pascal", pascal),
    ("repeat", repeat),
    ("replace", replace),
    ("replacePattern", replace_pattern),
    ("reverse", reverse),
    ("shorten", shorten),
    ("slice", slice),
    ("snake", snake),
    ("split", split),
    ("startsWith", starts_with),
    ("trim", trim),
    ("trimEnd", trim_end),
    ("trimPrefix", trim_prefix),
    ("trimStart", trim_start),
    ("trimSuffix", trim_suffix),
    ("upper", upper),
];

fn lower<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    call.string(call.text(0)?.to_lowercase())
}

fn upper<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    call.string(call.text(0)?.to_uppercase())
}

fn trim<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    Some(Value::Str(call.text(0)?.trim()))
}

fn trim_start<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    Some(Value::Str(call.text(0)?.trim_start()))
}

fn trim_end<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    Some(Value::Str(call.text(0)?.trim_end()))
}

fn trim_prefix<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let text = call.text(0)?;
    Some(Value::Str(text.strip_prefix(call.text(1)?).unwrap_or(text)))
}

fn trim_suffix<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let text = call.text(0)?;
    Some(Value::Str(text.strip_suffix(call.text(1)?).unwrap_or(text)))
}

fn len<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    call.number(call.text(0)?.chars().count())
}

fn is_empty<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    Some(Value::Bool(call.text(0)?.is_empty()))
}

fn contains<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    Some(Value::Bool(call.text(0)?.contains(call.text(1)?)))
}

fn starts_with<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    Some(Value::Bool(call.text(0)?.starts_with(call.text(1)?)))
}

fn ends_with<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    Some(Value::Bool(call.text(0)?.ends_with(call.text(1)?)))
}

fn count<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    call.number(call.text(0)?.matches(call.text(1)?).count())
}

fn index_of<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let text = call.text(0)?;
    let before = text.find(call.text(1)?).and_then(|at| text.get(..at));
    before.map_or(Some(Value::Absent), |before| call.number(before.chars().count()))
}

fn slice<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let text = call.text(0)?;
    call.spend(text.len() / 16)?;
    let (start, end) = bounds(call, text.chars().count())?;
    let byte = |at: usize| text.char_indices().nth(at).map_or(text.len(), |(byte, _)| byte);
    Some(Value::Str(text.get(byte(start)..byte(end)).unwrap_or_default()))
}

fn reverse<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    call.string(call.text(0)?.chars().rev().collect::<String>())
}

fn chars<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    call.listed(characters(call.text(0)?))
}

fn characters<'a>(text: &'a str) -> impl Iterator<Item = Value<'a>> {
    let of = move |(at, c): (usize, char)| text.get(at..at + c.len_utf8()).unwrap_or_default();
    text.char_indices().map(of).map(Value::Str)
}

fn split<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let text = call.text(0)?;
    match call.text(1)? {
        "" => call.listed(characters(text)),
        by => call.listed(text.split(by).map(Value::Str)),
    }
}

fn lines<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    call.listed(call.text(0)?.lines().map(Value::Str))
}

fn replace<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let (text, from, to) = (call.text(0)?, call.text(1)?, call.text(2)?);
    // The result may be as long as the product of both.
    let count = if from.is_empty() { text.len() + 1 } else { text.matches(from).count() };
    call.fits_a_string(count.saturating_mul(to.len()).saturating_add(text.len()))?;
    call.string(text.replace(from, to))
}

fn repeat<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let (text, times) = (call.text(0)?, call.count(1)?);
    call.fits_a_string(text.len().saturating_mul(times))?;
    call.string(text.repeat(times))
}

fn pad_start<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let (text, padding) = (call.text(0)?, padding(call)?);
    call.string(padding + text)
}

fn pad_end<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let (text, padding) = (call.text(0)?, padding(call)?);
    call.string(text.to_owned() + &padding)
}

/// What is missing up to the width, filled with the third argument again and again.
fn padding(call: &Call<'_, '_>) -> Option<String> {
    let (text, width, fill) = (call.text(0)?, call.count(1)?, call.text(2)?);
    let missing = width.saturating_sub(text.chars().count());
    call.fits_a_string(missing.saturating_mul(fill.len()).saturating_add(text.len()))?;
    Some(fill.chars().cycle().take(missing).collect())
}

fn indent<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let (text, by) = (call.text(0)?, call.count(1)?);
    let lines = text.lines().count();
    call.fits_a_string(lines.saturating_mul(by).saturating_add(text.len()))?;
    let blanks = " ".repeat(by);
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        if !line.trim_end_matches(['\r', '\n']).is_empty() {
            out.push_str(&blanks);
        }
        out.push_str(line);
    }
    call.string(out)
}

fn kebab<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    name(call, "kebab", |words| joined(words, "-", str::to_ascii_lowercase))
}

fn snake<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    name(call, "snake", |words| joined(words, "_", str::to_ascii_lowercase))
}

fn pascal<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    name(call, "pascal", |words| joined(words, "", capitalized))
}

fn camel<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    name(call, "camel", |words| {
        let (first, rest) = words.split_first().map_or(("", words), |(first, rest)| (*first, rest));
        first.to_ascii_lowercase() + &joined(rest, "", capitalized)
    })
}

fn joined(words: &[&str], between: &str, each: impl Fn(&str) -> String) -> String {
    let words: Vec<String> = words.iter().map(|word| each(word)).collect();
    words.join(between)
}

fn capitalized(word: &str) -> String {
    let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
    first.to_ascii_uppercase() + &rest.to_ascii_lowercase()
}

fn name<'a>(
    call: &Call<'_, 'a>,
    function: &str,
    made: impl Fn(&[&str]) -> String,
) -> Option<Value<'a>> {
    let text = call.text(0)?;
    let words = words(text);
    if words.is_empty() {
        let printed = call.eval.printed(Value::Str(text));
        let message = format!("{printed} holds no letter or digit: {function} makes no name of it");
        return call.fail(308, message);
    }
    call.string(made(&words))
}

/// `emailWorker`, `email_worker` and `HTTPServer2` as words: they are told apart by capitals and by whatever is
/// neither letter nor digit of ASCII.
fn words(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let mut words = Vec::new();
    let mut start = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        if !byte.is_ascii_alphanumeric() {
            words.push(text.get(start..at).unwrap_or_default());
            start = at + 1;
        } else if byte.is_ascii_uppercase() && at > start {
            let before = at.checked_sub(1).and_then(|at| bytes.get(at)).copied().unwrap_or(0);
            let after = bytes.get(at + 1).copied().unwrap_or(0);
            let begins = before.is_ascii_lowercase()
                || before.is_ascii_digit()
                || (before.is_ascii_uppercase() && after.is_ascii_lowercase());
            if begins {
                words.push(text.get(start..at).unwrap_or_default());
                start = at;
            }
        }
    }
    words.push(text.get(start..).unwrap_or_default());
    words.retain(|word| !word.is_empty());
    words
}

/// A text that is too long is cut, and ends in eight digits of its hash, so that two that begin alike stay apart.
fn shorten<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let (text, most) = (call.text(0)?, call.count(1)?);
    if text.chars().count() <= most {
        return Some(Value::Str(text));
    }
    let hash = super::hashes::sha256_hex(text.as_bytes());
    let hash = hash.get(..8).unwrap_or_default();
    let kept: String = text.chars().take(most.saturating_sub(9)).collect();
    let kept = kept.trim_end_matches(|c: char| !c.is_alphanumeric());
    call.string(format!("{kept}-{hash}"))
}

fn matches<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let (text, pattern) = (call.text(0)?, call.text(1)?);
    let Some(pattern) = whole(pattern) else { return no_pattern(call) };
    search(call, text.len(), &pattern)?;
    Some(Value::Bool(pattern.regex.is_match(text)))
}

fn find<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let (text, pattern) = (call.text(0)?, call.text(1)?);
    let Some(pattern) = searching(pattern) else { return no_pattern(call) };
    search(call, text.len(), &pattern)?;
    let found = pattern.regex.find(text).and_then(|found| text.get(found.range()));
    Some(found.map_or(Value::Absent, Value::Str))
}

fn find_all<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let (text, pattern) = (call.text(0)?, call.text(1)?);
    let Some(pattern) = searching(pattern) else { return no_pattern(call) };
    let mut found = Vec::new();
    search(call, text.len(), &pattern)?;
    for part in pattern.regex.find_iter(text) {
        search(call, text.len() - part.end(), &pattern)?;
        found.push(Value::Str(text.get(part.range()).unwrap_or_default()));
    }
    call.listed(found)
}

fn find_groups<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let (text, pattern) = (call.text(0)?, call.text(1)?);
    let Some(pattern) = searching(pattern) else { return no_pattern(call) };
    search(call, text.len(), &pattern)?;
    let Some(found) = pattern.regex.captures(text) else { return Some(Value::Absent) };
    // A group that takes no part matched nothing, and is empty.
    call.listed(found.iter().map(|group| {
        Value::Str(group.and_then(|group| text.get(group.range())).unwrap_or_default())
    }))
}

fn replace_pattern<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let (text, pattern, to) = (call.text(0)?, call.text(1)?, call.text(2)?);
    let Some(pattern) = searching(pattern) else { return no_pattern(call) };
    // The names of the groups are looked through for each.
    let names = 1 + pattern.regex.captures_len() / 8;
    call.spend(to.matches('$').count().saturating_mul(names))?;
    let pieces = match replacement(to, &pattern.regex) {
        Ok(pieces) => pieces,
        Err(why) => {
            let printed = call.eval.printed(call.value(2));
            // What may not be shown is not shown in part either.
            let why = if call.eval.is_sealed() { String::new() } else { format!(": {why}") };
            return call.fail(314, format!("{printed} cannot stand for a match{why}"));
        }
    };
    let groups = pieces.iter().filter(|piece| matches!(piece, Piece::Group(_))).count();
    let mut out = String::new();
    let mut from = 0;
    search(call, text.len(), &pattern)?;
    for found in pattern.regex.captures_iter(text) {
        let Some(whole) = found.get(0) else { continue };
        search(call, text.len() - whole.end(), &pattern)?;
        out.push_str(text.get(from..whole.start()).unwrap_or_default());
        // No group is longer than the whole match.
        let most = to.len().saturating_add(groups.saturating_mul(whole.len()));
        call.fits_a_string(out.len().saturating_add(most))?;
        call.spend(pieces.len() / 4)?;
        for piece in &pieces {
            out.push_str(match *piece {
                Piece::Text(text) => text,
                Piece::Group(group) => found.get(group).map_or("", |group| group.as_str()),
            });
        }
        from = whole.end();
    }
    out.push_str(text.get(from..).unwrap_or_default());
    call.string(out)
}

/// A part of what stands for a match.
enum Piece<'t> {
    Text(&'t str),
    /// What the group of this number matched; nothing where it took no part.
    Group(usize),
}

/// The parts of a text with `$1`, `${name}` and `$$` in it, or why it has none: all that begins with a dollar means
/// something, so that a group that is not there is no silent nothing.
fn replacement<'t>(text: &'t str, regex: &Regex) -> Result<Vec<Piece<'t>>, String> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        pieces.push(Piece::Text(before));
        if let Some(after) = after.strip_prefix('$') {
            pieces.push(Piece::Text("$"));
            rest = after;
            continue;
        }
        let (name, behind) = match after.strip_prefix('{') {
            Some(inner) => inner.split_once('}').ok_or("a `${` in it has no `}`")?,
            None => {
                let digits = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
                after.split_at_checked(digits).unwrap_or((after, ""))
            }
        };
        if name.is_empty() {
            return Err("a dollar is written `$$`, and a group `$1` or `${name}`".to_owned());
        }
        let group = match name.parse::<usize>() {
            Ok(number) => Some(number).filter(|number| *number < regex.captures_len()),
            Err(_) => regex.capture_names().position(|known| known == Some(name)),
        };
        let none = || format!("the pattern has no group `{name}`");
        pieces.push(Piece::Group(group.ok_or_else(none)?));
        rest = behind;
    }
    pieces.push(Piece::Text(rest));
    Ok(pieces)
}

/// Counts a search through the rest of a text. The time is at most the product of text and pattern; a search for
/// all matches may take it again for each of them.
fn search(call: &Call<'_, '_>, rest: usize, pattern: &Pattern) -> Option<()> {
    let effort = usize::try_from(pattern.effort(rest)).unwrap_or(usize::MAX);
    call.spend(rest.saturating_mul(2).saturating_add(64).saturating_add(effort))
}

fn no_pattern<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let why = call.text(1).and_then(why_none).map(|why| format!(": {why}")).unwrap_or_default();
    call.fail(117, format!("{} is no regular expression{why}", call.eval.printed(call.value(1))))
}
