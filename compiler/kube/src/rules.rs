//! The rules across objects: over the [`Facts`] of a whole program, externals included.
//!
//! Each rule is one function; [`RULES`] names them all, and [`violations`] runs them. The ids are those of
//! `../shared/spec/kubernetes/rules.md`, and of this compiler where that has none. References are resolved
//! within the program: what is made elsewhere is declared as external.

mod absent;

mod program;

mod autoscalers;

mod access;

mod addresses;

mod budgets;

mod classes;

mod configs;

mod definitions;

mod environments;

mod gateways;

mod hooks;

mod hosts;

mod identities;

mod images;

mod ingresses;

mod monitors;

mod mounts;

mod namespaces;

mod nodes;

mod policies;

mod ports;

mod quotas;

mod security;

mod selectors;

mod served;

mod services;

mod tokens;

mod unused;

mod variables;

mod volumes;

mod ties;

use std::collections::BTreeSet;

use crate::facts::{Facts, Identity};
use crate::lints::Strictness;
use crate::near::did_you_mean;
use crate::tree::Step;

pub use absent::variable;
pub use program::{Program, Scaled};
pub use ties::{Ties, groups, ties};

/// How bad a violation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The object surely fails, or never works.
    Error,
    /// It is probably not what is meant.
    Warning,
    /// It is worth to be known.
    Note,
}

/// What breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The id of the rule.
    pub rule: &'static str,
    /// How bad it is.
    pub level: Level,
    /// Whether it says that the program lacks something: a mistake elsewhere may be why.
    pub absence: bool,
    /// What is not there, where it can be named.
    pub missing: Option<Identity>,
    /// It is about something to which many may refer: one mistake, whoever does.
    pub common: bool,
    /// The object at which it stands, by its position in the program.
    pub object: usize,
    /// Where in the object. What the path names may be missing there; the nearest above it is meant then.
    pub path: Vec<Step>,
    /// Where else the object says it: meant where nobody wrote what `path` names.
    pub instead: Option<Vec<Step>>,
    /// What is wrong.
    pub message: String,
    /// Other places that have to do with it: object, path, and why.
    pub related: Vec<(usize, Vec<Step>, String)>,
    /// What to do, as an imperative sentence.
    pub help: Option<String>,
}

/// A rule: it adds what breaks it.
pub type Rule = fn(&Program<'_>, &mut Vec<Violation>);

/// What a rule looks at to say something of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Objects that have [`Ties`] with it, directly or not, and whether its namespace is obscure: what such a rule says
    /// of a group of [`groups`] alone is what it says of the group in the whole program.
    Tied,
    /// Any object of the program.
    Program,
}

/// The id of the rule that two objects are one.
const DOUBLES: &str = "XR-001";

/// All rules, with the ids of what they report and how far they look.
pub const RULES: &[(&str, Reach, Rule)] = &[
    (DOUBLES, Reach::Tied, identities::doubles),
    ("XR-002", Reach::Program, namespaces::missing),
    ("XR-003", Reach::Program, namespaces::left_out),
    ("XR-004", Reach::Program, definitions::unserved),
    ("XR-010", Reach::Tied, services::without_pods),
    ("XR-011", Reach::Tied, services::shared),
    ("XR-012", Reach::Tied, ports::targets),
    ("XR-013", Reach::Tied, services::without_addresses),
    ("XR-014", Reach::Tied, services::of_stateful_sets),
    ("XR-015", Reach::Tied, environments::shadowed),
    ("XR-016", Reach::Program, addresses::doubles),
    ("XR-017", Reach::Tied, addresses::of_one_pod),
    ("XR-020", Reach::Program, ingresses::missing_backends),
    ("XR-021", Reach::Tied, ingresses::missing_certificates),
    ("XR-022", Reach::Program, ingresses::rivals),
    ("XR-023", Reach::Program, gateways::routes),
    ("XR-030", Reach::Tied, autoscalers::missing_targets),
    ("XR-031", Reach::Tied, autoscalers::missing_requests),
    ("XR-032", Reach::Tied, autoscalers::missing_containers),
    ("XR-033", Reach::Tied, autoscalers::fixed_replicas),
    ("XR-034", Reach::Tied, autoscalers::rivals),
    ("XR-035", Reach::Program, quotas::scaled),
    ("XR-040", Reach::Tied, budgets::pods),
    ("XR-041", Reach::Tied, budgets::blocking),
    ("XR-042", Reach::Tied, budgets::uncountable),
    ("XR-050", Reach::Program, configs::missing_config_maps),
    ("XR-051", Reach::Program, configs::missing_secrets),
    ("XR-052", Reach::Tied, mounts::missing_files),
    ("XR-053", Reach::Tied, variables::unexplained),
    ("XR-054", Reach::Program, unused::configs),
    ("XR-057", Reach::Tied, environments::overridden),
    ("XR-060", Reach::Program, volumes::missing_claims),
    ("XR-060", Reach::Tied, volumes::unshareable_claims),
    ("XR-061", Reach::Program, classes::of_storage),
    ("XR-061", Reach::Tied, mounts::of_another_mode),
    ("XR-063", Reach::Tied, mounts::unused_templates),
    ("XR-070", Reach::Tied, access::missing_accounts),
    ("XR-070", Reach::Program, access::missing_rights),
    ("XR-073", Reach::Tied, images::pull_secrets),
    ("XR-080", Reach::Tied, policies::doubtful),
    ("XR-081", Reach::Tied, policies::closed),
    ("XR-090", Reach::Program, classes::of_pods),
    ("XR-091", Reach::Program, nodes::unfit),
    ("XR-093", Reach::Program, security::enforced),
    ("XR-094", Reach::Program, quotas::bounds),
    ("XR-097", Reach::Tied, selectors::overlaps),
    ("XR-100", Reach::Program, hooks::services),
    ("XR-101", Reach::Tied, addresses::of_services),
    ("XR-102", Reach::Program, monitors::doubtful),
    ("XR-104", Reach::Program, hosts::shared_ports),
    ("XR-105", Reach::Program, images::versions),
    ("L-104", Reach::Tied, served::unready),
    ("L-108", Reach::Tied, served::single),
    ("L-109", Reach::Tied, served::unprotected),
    ("L-234", Reach::Tied, tokens::useless),
    ("L-235", Reach::Program, tokens::of_default),
    ("L-237", Reach::Tied, policies::uncovered),
    ("E0601", Reach::Tied, autoscalers::scaled_singletons),
];

/// Everything in a program that breaks a rule, by object and path, as strict as a project wants it.
pub fn violations(all: &[&Facts], strictness: &Strictness) -> Vec<Violation> {
    let program = Program::new(all);
    let mut found = violations_of(&program, &[Reach::Tied, Reach::Program], strictness, || {});
    // What is hidden may be what is missed.
    if all.iter().any(|facts| facts.hidden) {
        found.retain(|violation| !violation.absence);
    }
    found
}

/// What breaks the rules that look so far, by object and path. Where anything is hidden in the program, what says that
/// something is absent is not to be told. `between` is called before each rule.
pub fn violations_of(
    program: &Program<'_>,
    reach: &[Reach],
    strictness: &Strictness,
    between: impl Fn(),
) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut refused = false;
    for (id, far, rule) in RULES {
        if reach.contains(far) && strictness.asks(id) {
            between();
            let before = found.len();
            rule(program, &mut found);
            if program.was_refused() {
                refused = true;
                found.truncate(before);
            }
        }
    }
    if refused {
        found.extend(program.too_many_pairs());
    }
    without_followers(program, &mut found);
    for violation in &mut found {
        violation.level = strictness.level(violation.rule).unwrap_or(violation.level);
    }
    found.sort_by(|a, b| (a.object, &a.path, a.rule).cmp(&(b.object, &b.path, b.rule)));
    found
}

/// Takes out what is said of who selects or scales whom where one of them is made twice: that is the mistake.
fn without_followers(program: &Program<'_>, found: &mut Vec<Violation>) {
    let follows = |violation: &Violation| {
        ["XR-01", "XR-03", "XR-04", "XR-097", "L-10"]
            .iter()
            .any(|of| violation.rule.starts_with(of))
    };
    if !found.iter().any(follows) {
        return;
    }
    let mut doubles = Vec::new();
    identities::doubles(program, &mut doubles);
    let objects = |violation: &Violation| {
        let related: Vec<usize> = violation.related.iter().map(|(object, ..)| *object).collect();
        std::iter::once(violation.object).chain(related)
    };
    let doubled: BTreeSet<usize> = doubles.iter().flat_map(objects).collect();
    found.retain(|violation| {
        !follows(violation) || objects(violation).all(|object| !doubled.contains(&object))
    });
}

impl Violation {
    fn error(rule: &'static str, object: usize, path: Vec<Step>, message: String) -> Self {
        Violation {
            rule,
            level: Level::Error,
            absence: false,
            missing: None,
            common: false,
            object,
            path,
            instead: None,
            message,
            related: Vec::new(),
            help: None,
        }
    }

    fn warning(self) -> Self {
        Violation { level: Level::Warning, ..self }
    }

    fn note(self) -> Self {
        Violation { level: Level::Note, ..self }
    }

    /// It says that the program lacks something.
    fn absence(self) -> Self {
        Violation { absence: true, ..self }
    }

    /// It says that the program lacks an object.
    fn lacks(self, group: &str, kind: &str, namespace: &str, name: &str) -> Self {
        let own = str::to_owned;
        let (group, kind, namespace) = (own(group), own(kind), own(namespace));
        let missing = Some(Identity { group, kind, namespace, name: own(name) });
        Violation { absence: true, missing, ..self }.common()
    }

    /// It is about something to which many may refer.
    fn common(self) -> Self {
        Violation { common: true, ..self }
    }

    fn instead(self, path: Option<Vec<Step>>) -> Self {
        Violation { instead: path, ..self }
    }

    fn related(mut self, object: usize, path: Vec<Step>, message: impl Into<String>) -> Self {
        self.related.push((object, path, message.into()));
        self
    }

    /// That one of these names may have been meant by this one.
    fn meant<'c>(self, name: &str, known: impl IntoIterator<Item = &'c str>) -> Self {
        match did_you_mean(name, known) {
            Some(help) => self.help(help),
            None => self,
        }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// A path of keys.
fn keys(path: &[&str]) -> Vec<Step> {
    path.iter().map(|key| Step::Key((*key).to_owned())).collect()
}
