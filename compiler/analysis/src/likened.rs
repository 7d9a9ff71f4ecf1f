//! Keys that a layer adds to a map, each one slip of the hand away from a key that the layers below gave it.
//!
//! Maps take any key, so `web.ports.htp = 8081` above `http` is a second port, and nothing else would say so.

use syntax::NodeKind;

use crate::code::{EntryKind, Key, Strength};
use crate::eval::Eval;
use crate::eval::value::{Binding, Kind, Rec, Slot, What};
use crate::parse::parsed;
use crate::problem::{Edit, Part, Problem, Severity};

/// Names of no more letters than this are told apart by single letters on purpose: `a` and `b`, `ro` and `rw`.
const SHORT: usize = 3;

/// Keys of a map that are compared with each other: who writes thousands of them has a program write them.
const COMPARED: usize = 1_000;

/// Protocols that have a second name for the same over TLS, with an `s` at the end.
const OVER_TLS: [&str; 16] = [
    "amqp", "coap", "ftp", "grpc", "http", "imap", "irc", "ldap", "mqtt", "nntp", "pop", "redis",
    "sip", "smtp", "stomp", "telnet",
];

/// Warns of keys of a map that nobody but the layers above its lowest bind, where one that was there below differs in a
/// slip of the hand. A key in brackets is meant.
pub(crate) fn check_likened<'a>(eval: &Eval<'a>, rec: &'a Rec<'a>) {
    if rec.layers.len() < 2 || !matches!(rec.kind, Kind::Map(_) | Kind::Keyed(_)) {
        return;
    }
    let elements = matches!(rec.kind, Kind::Keyed(_));
    let slots = eval.slots(rec);
    if slots.iter().nth(COMPARED).is_some() {
        return;
    }
    for slot in slots.iter() {
        let Some(added) = added(eval, slot) else { continue };
        let below = |other: &&'a Slot<'a>| {
            let lowest = bindings(other).last();
            lowest.is_some_and(|lowest| lowest.order < added.order)
                && !bindings(other).any(|binding| binding.layer.id == added.layer.id)
        };
        let is_near = |other: &&'a Slot<'a>| {
            is_slip(slot.name, other.name) || (elements && is_slip_in_short(slot.name, other.name))
        };
        let near = slots.iter().find(|other| is_near(other) && below(other));
        let Some(near) = near else { continue };
        if is_in_brackets(eval, added) {
            continue;
        }
        let place = added.spot().place();
        let map = rec.owner.get().map(|(owner, name)| eval.path(owner, name));
        let of = map.map(|map| format!(" of `{map}`")).unwrap_or_default();
        let message = format!("`{}` is a new key{of}, beside `{}`", slot.name, near.name);
        let mut problem = Problem::error(330, place, message)
            .severity(Severity::Warning)
            .label("nothing below has this key")
            .help(format!(
                "did you mean `{}`? If it is one more, say so by brackets: `[{:?}]`",
                near.name, slot.name
            ));
        if let Some(lowest) = bindings(near).last().filter(|lowest| !lowest.layer.source.library) {
            problem = problem.related(lowest.spot().place(), format!("`{}` is here", near.name));
        }
        let part = Part::Word(slot.name.to_owned());
        let edit = Edit { place, part, text: near.name.to_owned() };
        eval.report(problem.offer(format!("write `{}`", near.name), false, edit));
    }
}

/// The lowest binding of a key, if a layer of the user's adds it under a name that is written out.
fn added<'a>(eval: &Eval<'a>, slot: &'a Slot<'a>) -> Option<&'a Binding<'a>> {
    let lowest = bindings(slot).filter(|binding| !matches!(binding.what, What::Given(_))).last()?;
    let source = lowest.layer.source;
    let by_user = !source.schema && !source.library && !source.rule && !source.data;
    // An `override` of what is not there is an error, which says what is near.
    let new = eval.strength_of(lowest) != Strength::Override && names(lowest);
    (by_user && lowest.order > 0 && new).then_some(lowest)
}

/// Whether a binding gives the key by a name that is written out.
fn names(binding: &Binding<'_>) -> bool {
    let What::Entry(entry) = binding.what else { return false };
    matches!(
        entry.kind,
        EntryKind::Set { key: Key::Static { .. }, .. }
            | EntryKind::Block { key: Key::Static { .. }, .. }
    )
}

/// The bindings of a slot, topmost first.
fn bindings<'a>(slot: &'a Slot<'a>) -> impl Iterator<Item = &'a Binding<'a>> {
    std::iter::successors(slot.bindings.get(), |binding| binding.below.get())
}

/// Whether a key stands in brackets, which on the command line are read as quotes.
fn is_in_brackets(eval: &Eval<'_>, binding: &Binding<'_>) -> bool {
    let place = binding.spot().place();
    let parsed = parsed(eval.db, place.item);
    let kind = parsed.tree().node(place.node).map(|node| node.kind());
    match binding.layer.source.command_line {
        true => kind == Some(NodeKind::Str),
        false => kind == Some(NodeKind::Computed),
    }
}

/// Whether a name of an element is that of another without one of its letters, which is no other word: `ap` beside `app`.
fn lacks_a_letter(one: &str, other: &str) -> bool {
    let letters = |name: &str| name.chars().all(char::is_alphabetic);
    let without = |at: usize| {
        let mut left = other.chars().enumerate().filter(|(index, _)| *index != at).map(|(_, c)| c);
        left.by_ref().eq(one.chars())
    };
    other.chars().count() == SHORT && letters(one) && letters(other) && (0..SHORT).any(without)
}

/// Whether a short name of an element is that of another in which a letter is missing, or two changed their places: `wbe` beside `web`.
fn is_slip_in_short(one: &str, other: &str) -> bool {
    let exchanged = match (one.as_bytes(), other.as_bytes()) {
        ([a, b, c], [x, y, z]) => {
            one.chars().all(char::is_alphabetic)
                && (a == x && b == z && c == y && b != c || a == y && b == x && c == z && a != b)
        }
        _ => false,
    };
    exchanged || lacks_a_letter(one, other)
}

/// Whether two names differ in one letter that is missing, added, or another, or in two that changed places, and not in
/// a way in which names differ on purpose: by a number, by case, by short words of their own, or as protocols do.
fn is_slip(one: &str, other: &str) -> bool {
    // Most names differ in more than two letters, which are of one byte each or of up to four.
    let (x, y) = (one.as_bytes(), other.as_bytes());
    let longest = if x.is_ascii() && y.is_ascii() { 1 } else { 4 };
    if x.len().abs_diff(y.len()) > longest || x == y {
        return false;
    }
    let before = x.iter().zip(y).take_while(|(x, y)| x == y).count();
    let after = x.iter().rev().zip(y.iter().rev()).take_while(|(x, y)| x == y).count();
    if before + after + 2 * longest < x.len().max(y.len()) {
        return false;
    }
    let (a, b): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let start = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let (rest_a, rest_b) = (a.get(start..).unwrap_or_default(), b.get(start..).unwrap_or_default());
    let end = rest_a.iter().rev().zip(rest_b.iter().rev()).take_while(|(a, b)| a == b).count();
    let in_a = rest_a.get(..rest_a.len() - end).unwrap_or_default();
    let in_b = rest_b.get(..rest_b.len() - end).unwrap_or_default();
    let slip = match (in_a, in_b) {
        ([_], []) | ([], [_]) => true,
        ([a], [b]) => !a.to_lowercase().eq(b.to_lowercase()),
        ([a, b], [c, d]) => a == d && b == c,
        _ => false,
    };
    if !slip || in_a.iter().chain(in_b).any(char::is_ascii_digit) {
        return false;
    }
    let (word_a, word_b) = (word(&a, start, in_a.len()), word(&b, start, in_b.len()));
    word_a.len().max(word_b.len()) > SHORT && !is_over_tls(word_a, word_b)
}

/// The word of a name in which `length` letters from `start` on stand: words are told apart by what is no letter, and by
/// a capital behind a small one.
fn word(name: &[char], start: usize, length: usize) -> &[char] {
    let begins = |at: usize| match (at.checked_sub(1).and_then(|at| name.get(at)), name.get(at)) {
        (Some(before), Some(letter)) => {
            !before.is_alphabetic() || (before.is_lowercase() && letter.is_uppercase())
        }
        _ => true,
    };
    let mut from = start;
    while from > 0 && (from == name.len() || !begins(from)) {
        from -= 1;
    }
    let mut to = start + length;
    while to < name.len()
        && !begins(to)
        && name.get(to).is_some_and(|letter| letter.is_alphabetic())
    {
        to += 1;
    }
    name.get(from..to).unwrap_or_default()
}

fn is_over_tls(one: &[char], other: &[char]) -> bool {
    let text = |word: &[char]| word.iter().collect::<String>().to_lowercase();
    let (one, other) = (text(one), text(other));
    let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
    long.strip_suffix('s').is_some_and(|plain| plain == short) && OVER_TLS.contains(&&*short)
}

#[cfg(test)]
mod tests {
    use super::{is_slip, is_slip_in_short, lacks_a_letter};

    #[test]
    fn a_slip_of_the_hand_is_one() {
        for (one, other) in [
            ("htp", "http"),
            ("htttp", "http"),
            ("htpt", "http"),
            ("hhtp", "http"),
            ("metric", "metrics"),
            ("LOG_LEVL", "LOG_LEVEL"),
            ("LOGLEVEL", "LOG_LEVEL"),
            ("/data/repo", "/data/repos"),
            ("grpc-gatewya", "grpc-gateway"),
        ] {
            assert!(is_slip(one, other), "{one} {other}");
            assert!(is_slip(other, one), "{other} {one}");
        }
    }

    #[test]
    fn an_element_may_lack_a_letter() {
        assert!(lacks_a_letter("ap", "app") && lacks_a_letter("wb", "web"));
        assert!(!lacks_a_letter("app", "ap") && !lacks_a_letter("api", "app"));
        assert!(!lacks_a_letter("v1", "v12"));
    }

    #[test]
    fn two_letters_of_a_short_element_may_have_changed_places() {
        assert!(is_slip_in_short("wbe", "web") && is_slip_in_short("pap", "app"));
        assert!(!is_slip_in_short("dev", "web") && !is_slip_in_short("v12", "v21"));
        assert!(!is_slip_in_short("web", "web"));
    }

    #[test]
    fn names_that_differ_on_purpose_are_none() {
        for (one, other) in [
            ("http", "http2"),
            ("port1", "port2"),
            ("a", "b"),
            ("web", "wep"),
            ("blue", "green"),
            ("http", "https"),
            ("my-grpc", "my-grpcs"),
            ("db-ro", "db-rw"),
            ("zoneA", "zoneB"),
            ("worker-a", "worker-b"),
            ("eu-west-1a", "eu-west-1b"),
            ("DB_URL", "DB_URI"),
            ("http_proxy", "HTTP_PROXY"),
            ("Accept", "accept"),
            ("http", "http"),
            ("http", "metrics"),
        ] {
            assert!(!is_slip(one, other), "{one} {other}");
            assert!(!is_slip(other, one), "{other} {one}");
        }
    }
}
