//! What is said of an object that others name, and that is not there: XR-050, XR-051 and XR-060.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use super::{Program, Violation, keys};
use crate::facts::{Facts, Identity};
use crate::near::nearest;
use crate::tree::Step;

/// The objects of one kind of the core group.
pub(super) struct Absent<'p, 'f> {
    program: &'p Program<'f>,
    rule: &'static str,
    kind: &'static str,
    /// The first of each name, in whatever namespace. It is made when the first is missed.
    anywhere: OnceCell<BTreeMap<&'f str, (usize, &'f Identity)>>,
}

impl<'p, 'f> Absent<'p, 'f> {
    pub(super) fn new(program: &'p Program<'f>, rule: &'static str, kind: &'static str) -> Self {
        Absent { program, rule, kind, anywhere: OnceCell::new() }
    }

    /// What breaks the rule at the place where pods name an object that is not there.
    pub(super) fn named(&self, name: &str, by: (usize, &Facts), path: Vec<Step>) -> Violation {
        let (object, facts) = by;
        let namespace = &facts.identity.namespace;
        let message = format!("no {} `{name}` in this program", self.kind);
        let violation = Violation::error(self.rule, object, path, message);
        let anywhere = self.anywhere();
        let violation = match anywhere.get(name) {
            Some((there, other)) => {
                let lies = |namespace: &str| match namespace {
                    "" => "in no namespace".to_owned(),
                    name => format!("in the namespace `{name}`"),
                };
                let label = format!("this one is {}", lies(&other.namespace));
                let help = format!(
                    "the pods are {}, and read only what is there: set `namespace` alike",
                    lies(namespace)
                );
                let violation = violation.related(*there, Vec::new(), label).help(help);
                match namespace.is_empty() {
                    true => violation,
                    false => violation.related(
                        object,
                        keys(&["metadata", "namespace"]),
                        "the pods are where this says",
                    ),
                }
            }
            None => violation.help(match nearest(name, anywhere.keys().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => make_or_declare(self.kind, name),
            }),
        };
        violation.lacks("", self.kind, namespace, name)
    }

    fn anywhere(&self) -> &BTreeMap<&'f str, (usize, &'f Identity)> {
        self.anywhere.get_or_init(|| {
            let mut by_name = BTreeMap::new();
            for (at, facts) in self.program.objects() {
                if facts.identity.group.is_empty() && facts.identity.kind == self.kind {
                    by_name.entry(facts.identity.name.as_str()).or_insert((at, &facts.identity));
                }
            }
            by_name
        })
    }
}

/// What to do about an object that is not there.
pub(super) fn make_or_declare(kind: &str, name: &str) -> String {
    format!("make it, or, where it is made elsewhere, declare it: {}", declared(kind, name))
}

/// How a program declares what is made elsewhere.
pub(super) fn declared(kind: &str, name: &str) -> String {
    let variable = variable(name);
    format!("`{variable} = external k8s.{kind} {{ metadata {{ name = \"{name}\" }} }}`")
}

/// A name of a program for what the cluster calls so.
pub fn variable(name: &str) -> String {
    let mut variable = String::new();
    let mut upper = false;
    for c in name.chars() {
        if !c.is_ascii_alphanumeric() {
            upper = !variable.is_empty();
        } else if variable.is_empty() && c.is_ascii_digit() {
            variable.extend(['n', c]);
        } else if std::mem::take(&mut upper) {
            variable.push(c.to_ascii_uppercase());
        } else {
            variable.push(c);
        }
    }
    variable
}
