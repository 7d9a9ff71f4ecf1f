//! What the rules are written with: a place in an object that knows its path, and the list of refusals.
//!
//! Places lie on the stack and point to those above them, so that a path costs something only where
//! something is refused.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use super::{FieldError, Refusal};
use crate::lints;
use crate::names::Why;
use crate::near::did_you_mean;
use crate::quantity::Quantity;
use crate::rules::Level;
use crate::tree::{Ref, Step, Value};

/// A place in an object; it may be empty. A null counts as nothing, as it does for servers.
#[derive(Clone, Copy)]
pub(crate) struct At<'t, 'p> {
    node: Option<Ref<'t>>,
    up: Option<&'p At<'t, 'p>>,
    hop: Hop<'t>,
}

#[derive(Clone, Copy)]
enum Hop<'t> {
    Root,
    Key(&'t str),
    Keys(&'static [&'static str]),
    Index(usize),
}

/// Collects what is refused.
pub(crate) struct Judge {
    /// The second number of the server's version.
    pub minor: u8,
    pub found: Vec<Refusal>,
    /// The lints that are asked for, by their places in the table of lints.
    hints: u64,
    /// Whether of each lint only the first place is wanted, and no words.
    places_only: bool,
}

impl<'t, 'p> At<'t, 'p> {
    pub fn root(object: Ref<'t>) -> Self {
        At { node: Some(object), up: None, hop: Hop::Root }
    }

    /// The entry of a map.
    pub fn get<'c>(&'c self, key: &'t str) -> At<'t, 'c> {
        self.below(self.node.and_then(|node| node.get(key)), Hop::Key(key))
    }

    /// What a path of keys leads to.
    pub fn to<'c>(&'c self, path: &'static [&'static str]) -> At<'t, 'c> {
        self.below(self.node.and_then(|node| node.at(path)), Hop::Keys(path))
    }

    /// The element of a list.
    pub fn index<'c>(&'c self, index: usize) -> At<'t, 'c> {
        self.below(self.node.and_then(|node| node.items().nth(index)), Hop::Index(index))
    }

    /// The elements of a list.
    pub fn items<'c>(&'c self) -> impl Iterator<Item = At<'t, 'c>> {
        let items = self.node.into_iter().flat_map(Ref::items);
        items.enumerate().map(|(index, item)| self.below(Some(item), Hop::Index(index)))
    }

    /// The numbers of the elements that have what one before them has, as this reads it.
    pub fn repeats<K: Ord>(&self, key: impl Fn(&At<'t, '_>) -> K) -> BTreeSet<usize> {
        let mut known = BTreeSet::new();
        let items = self.items().enumerate();
        items.filter(|(_, item)| !known.insert(key(item))).map(|(number, _)| number).collect()
    }

    /// The entries of a map.
    pub fn entries<'c>(&'c self) -> impl Iterator<Item = (&'t str, At<'t, 'c>)> {
        let entries = self.node.into_iter().flat_map(Ref::entries);
        entries.map(|(key, value)| (key, self.below(Some(value), Hop::Key(key))))
    }

    /// The place from which this one was reached.
    pub fn above(&self) -> Option<&'p At<'t, 'p>> {
        self.up
    }

    fn below<'c>(&'c self, node: Option<Ref<'t>>, hop: Hop<'t>) -> At<'t, 'c> {
        At { node: node.filter(|node| !node.is_null()), up: Some(self), hop }
    }

    /// Whether something is given.
    pub fn is_set(&self) -> bool {
        self.node.is_some()
    }

    /// Whether it is a list or a map with something in it.
    pub fn is_filled(&self) -> bool {
        self.node.is_some_and(|node| (node.is_list() || node.is_map()) && !node.is_hollow())
    }

    /// The number of elements of a list.
    pub fn count(&self) -> usize {
        self.node.map_or(0, |node| node.items().count())
    }

    /// The number of entries of a map.
    pub fn count_entries(&self) -> usize {
        self.node.map_or(0, |node| node.entries().count())
    }

    /// The text; empty where there is none.
    pub fn str(&self) -> &'t str {
        self.node.and_then(Ref::as_str).unwrap_or_default()
    }

    /// Text that is there, be it empty.
    pub fn as_str(&self) -> Option<&'t str> {
        self.node.and_then(Ref::as_str)
    }

    /// A number that is there.
    pub fn int(&self) -> Option<i64> {
        self.node.and_then(Ref::as_int)
    }

    /// The number; 0 where there is none.
    pub fn number(&self) -> i64 {
        self.int().unwrap_or(0)
    }

    /// Whether it is `true`.
    pub fn is_true(&self) -> bool {
        self.node.and_then(Ref::as_bool) == Some(true)
    }

    /// Whether it is `false`, and not absent.
    pub fn is_false(&self) -> bool {
        self.node.and_then(Ref::as_bool) == Some(false)
    }

    /// The amount, where it is one.
    pub fn quantity(&self) -> Option<Amount> {
        match self.node?.value() {
            Value::Str(text) => Amount::parse(text),
            Value::Int(value) => Some(Amount(Quantity::from_int(value).nanos())),
            Value::Float(value) => Amount::parse(&value.to_string()),
            _ => None,
        }
    }

    /// The node, where something is given.
    pub fn node(&self) -> Option<Ref<'t>> {
        self.node
    }

    /// The value as messages show it.
    pub fn shown(&self) -> String {
        match self.node.map(Ref::value) {
            Some(Value::Str(text)) => text.to_owned(),
            Some(Value::Int(value)) => value.to_string(),
            Some(Value::Float(value)) => value.to_string(),
            Some(Value::Bool(value)) => value.to_string(),
            _ => String::new(),
        }
    }

    /// The name of the field, or of the list in which the element is.
    pub fn field(&self) -> &'t str {
        match (self.hop, self.up) {
            (Hop::Key(key), _) => key,
            (Hop::Keys(keys), _) => keys.last().copied().unwrap_or_default(),
            (Hop::Index(_), Some(up)) => up.field(),
            _ => "",
        }
    }

    /// The way here from the root.
    pub fn path(&self) -> Vec<Step> {
        let mut path = self.up.map(At::path).unwrap_or_default();
        match self.hop {
            Hop::Root => {}
            Hop::Key(key) => path.push(Step::Key(key.to_owned())),
            Hop::Keys(keys) => path.extend(keys.iter().map(|key| Step::Key((*key).to_owned()))),
            Hop::Index(index) => path.push(Step::Index(index)),
        }
        path
    }
}

/// An amount in billionths. It may be below zero, where a [`Quantity`] may not.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Amount(pub i128);

impl Amount {
    pub fn parse(text: &str) -> Option<Amount> {
        match text.strip_prefix('-') {
            Some(rest) => Quantity::parse(rest).ok().map(|amount| Amount(-amount.nanos())),
            None => Quantity::parse(text).ok().map(|amount| Amount(amount.nanos())),
        }
    }

    pub fn is_whole(self) -> bool {
        self.0 % 1_000_000_000 == 0
    }

    /// The whole number that is at least this.
    pub fn rounded_up(self) -> i128 {
        -(-self.0).div_euclid(1_000_000_000)
    }
}

fn refusal(
    at: &At<'_, '_>,
    rule: &'static str,
    error: FieldError,
    message: impl Into<String>,
) -> Refusal {
    Refusal {
        rule,
        error,
        level: Level::Error,
        stricter: false,
        path: at.path(),
        of_key: false,
        within: None,
        message: message.into(),
        help: None,
        related: None,
        allowed: Vec::new(),
    }
}

impl Judge {
    pub fn new(minor: u8) -> Self {
        Judge::hinting(minor, 0)
    }

    /// One that is asked for these lints.
    pub fn hinting(minor: u8, hints: u64) -> Self {
        Judge { minor, found: Vec::new(), hints, places_only: false }
    }

    /// One that is asked where these lints have something to say, and not what.
    pub fn placing(minor: u8, hints: u64) -> Self {
        Judge { places_only: true, ..Judge::hinting(minor, hints) }
    }

    pub fn refuse(
        &mut self,
        at: &At<'_, '_>,
        rule: &'static str,
        error: FieldError,
        message: impl Into<String>,
    ) {
        self.found.push(refusal(at, rule, error, message));
    }

    /// That only these bytes of the text are wrong, of what this rule said last.
    pub fn only_bytes(&mut self, rule: &'static str, range: Range<usize>) {
        if let Some(last) = self.found.last_mut().filter(|last| last.rule == rule) {
            last.within = Some(range);
        }
    }

    /// Another place that has to do with what was refused last.
    pub fn related(&mut self, at: &At<'_, '_>, message: &str) {
        if let Some(last) = self.found.last_mut().filter(|_| at.is_set()) {
            last.related = Some((at.path(), message.to_owned()));
        }
    }

    /// That what was refused last may be one of these names, mistyped.
    pub fn meant<'c>(&mut self, name: &str, known: impl IntoIterator<Item = &'c str>) {
        if let Some(last) = self.found.last_mut() {
            last.help = did_you_mean(name, known);
        }
    }

    pub fn invalid(&mut self, at: &At<'_, '_>, rule: &'static str, message: impl Into<String>) {
        self.refuse(at, rule, FieldError::Invalid, message);
    }

    /// The name of an entry is refused.
    pub fn invalid_key(&mut self, at: &At<'_, '_>, rule: &'static str, message: impl Into<String>) {
        let refusal = refusal(at, rule, FieldError::Invalid, message);
        self.found.push(Refusal { of_key: true, ..refusal });
    }

    pub fn required(&mut self, at: &At<'_, '_>, message: impl Into<String>) {
        self.refuse(at, "K-required", FieldError::Required, message);
    }

    pub fn forbidden(&mut self, at: &At<'_, '_>, rule: &'static str, message: impl Into<String>) {
        self.refuse(at, rule, FieldError::Forbidden, message);
    }

    pub fn duplicate(&mut self, at: &At<'_, '_>, message: impl Into<String>) {
        self.refuse(at, "K-duplicate", FieldError::Duplicate, message);
    }

    pub fn too_many(&mut self, at: &At<'_, '_>, most: usize) {
        let message =
            format!("`{}` has {} entries; at most {most} are allowed", at.field(), at.count());
        self.refuse(at, "K-size", FieldError::TooMany, message);
    }

    /// What a server takes although it never works.
    pub fn broken(&mut self, at: &At<'_, '_>, rule: &'static str, message: impl Into<String>) {
        let refusal = refusal(at, rule, FieldError::Invalid, message);
        self.found.push(Refusal { stricter: true, ..refusal });
    }

    /// What a server takes, and which is probably not what is meant.
    pub fn warn(&mut self, at: &At<'_, '_>, rule: &'static str, message: impl Into<String>) {
        let refusal = refusal(at, rule, FieldError::Invalid, message);
        self.found.push(Refusal { level: Level::Warning, stricter: true, ..refusal });
    }

    /// What a lint says, with what to do. Of one that is not asked for, no word is put together.
    pub fn hint(
        &mut self,
        at: &At<'_, '_>,
        rule: &'static str,
        message: impl fmt::Display,
        help: &str,
    ) {
        let asked = lints::bit(rule);
        if self.hints & asked == 0 {
            return;
        }
        if self.places_only {
            self.hints &= !asked;
            self.warn(at, rule, String::new());
            return;
        }
        self.warn(at, rule, message.to_string());
        if let Some(last) = self.found.last_mut() {
            last.help = Some(help.to_owned());
        }
    }

    /// What a server drops without a word.
    pub fn dropped(&mut self, at: &At<'_, '_>, why: &str) {
        if at.is_set() {
            let message = format!("`{}` has no effect here: {why}", at.field());
            let refusal = refusal(at, "K-dropped", FieldError::Forbidden, message);
            self.found.push(Refusal { stricter: true, ..refusal });
        }
    }

    /// A name that is given follows the rule; where it is not, says whether that is a mistake.
    pub fn named(
        &mut self,
        at: &At<'_, '_>,
        rule: &'static str,
        what: &str,
        check: impl FnOnce(&str) -> Result<(), Why>,
    ) {
        let value = at.str();
        if value.is_empty() {
            self.required(at, format!("{what} must be given"));
        } else {
            self.well_formed(at, rule, what, check);
        }
    }

    /// A name that is given, be it empty, follows the rule.
    pub fn named_if_given(
        &mut self,
        at: &At<'_, '_>,
        rule: &'static str,
        what: &str,
        check: impl FnOnce(&str) -> Result<(), Why>,
    ) {
        if at.is_set() && at.str().is_empty() {
            self.invalid(at, rule, format!("{what} must not be empty, or is left out"));
        }
        self.well_formed(at, rule, what, check);
    }

    /// Text that is given and not empty follows the rule.
    pub fn well_formed(
        &mut self,
        at: &At<'_, '_>,
        rule: &'static str,
        what: &str,
        check: impl FnOnce(&str) -> Result<(), Why>,
    ) {
        let value = at.str();
        if !value.is_empty()
            && let Err(why) = check(value)
        {
            self.invalid(at, rule, format!("{what} `{value}` {why}"));
        }
    }

    /// Text that is not empty.
    pub fn needed(&mut self, at: &At<'_, '_>, what: &str) {
        if at.str().is_empty() {
            self.required(at, format!("{what} must be given"));
        }
    }

    /// Text that is given and not empty is one of these.
    pub fn one_of(&mut self, at: &At<'_, '_>, allowed: &[&str]) {
        let value = at.str();
        if !value.is_empty() && !allowed.contains(&value) {
            self.unsupported(at, value, allowed);
        }
    }

    /// Text that is given is one of these. A server takes the empty one for a value where the field may be left out.
    pub fn one_of_given(&mut self, at: &At<'_, '_>, allowed: &[&str]) {
        if at.is_set() && at.str().is_empty() {
            self.unsupported(at, "", allowed);
        }
        self.one_of(at, allowed);
    }

    pub fn unsupported(&mut self, at: &At<'_, '_>, value: &str, allowed: &[&str]) {
        let all = allowed.join(", ");
        let message = format!("`{value}` is no value of `{}`: {all}", at.field());
        let near = allowed.iter().find(|known| known.eq_ignore_ascii_case(value));
        let help = near.map(|near| format!("write `{near}`"));
        let refusal = refusal(at, "K-enum", FieldError::NotSupported, message);
        let allowed = allowed.iter().map(|&allowed| allowed.to_owned()).collect();
        self.found.push(Refusal { help, allowed, ..refusal });
    }

    /// A number that is given is not below zero.
    pub fn not_negative(&mut self, at: &At<'_, '_>) {
        if let Some(value) = at.int().filter(|value| *value < 0) {
            self.invalid(
                at,
                "K-range",
                format!("`{}` is {value}; it must not be below 0", at.field()),
            );
        }
    }

    /// A number that is given is from `least` to `most`.
    pub fn within(&mut self, at: &At<'_, '_>, least: i64, most: i64) {
        if let Some(value) = at.int().filter(|value| !(least..=most).contains(value)) {
            let message = format!("`{}` is {value}; it must be from {least} to {most}", at.field());
            self.invalid(at, "K-range", message);
        }
    }

    /// Of these fields at most one is given; each further one is refused. Returns how many there are.
    pub fn at_most_one(&mut self, at: &At<'_, '_>, fields: &[&'static str], what: &str) -> usize {
        let mut first = None;
        let mut count = 0;
        for field in fields {
            let place = at.get(field);
            if !place.is_set() {
                continue;
            }
            count += 1;
            match first {
                None => first = Some(*field),
                Some(first) => {
                    let message =
                        format!("{what} has `{first}` already, and takes only one of both");
                    self.forbidden(&place, "K-one-of", message);
                }
            }
        }
        count
    }
}
