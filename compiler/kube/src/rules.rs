//! The rules across objects: over the [`Facts`] of a whole program, externals included.
//!
//! Each rule is one function; [`RULES`] names them all, and [`violations`] runs them. The ids are those of
//! `../shared/spec/kubernetes/rules.md`, and of this compiler where that has none. References are resolved
//! within the program: what is made elsewhere is declared as external.

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

use crate::facts::{Facts, Identity};
use crate::lints::Strictness;
use crate::tree::Step;

pub use program::{Program, Scaled};

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
    /// The object at which it stands, by its position in the program.
    pub object: usize,
    /// Where in the object. What the path names may be missing there; the nearest above it is meant then.
    pub path: Vec<Step>,
    /// What is wrong.
    pub message: String,
    /// Other places that have to do with it: object, path, and why.
    pub related: Vec<(usize, Vec<Step>, String)>,
    /// What to do, as an imperative sentence.
    pub help: Option<String>,
}

/// A rule: it adds what breaks it.
pub type Rule = fn(&Program<'_>, &mut Vec<Violation>);

/// All rules, with the ids of what they report.
pub const RULES: &[(&str, Rule)] = &[
    ("XR-001", identities::doubles),
    ("XR-002", namespaces::missing),
    ("XR-003", namespaces::left_out),
    ("XR-004", definitions::unserved),
    ("XR-010", services::without_pods),
    ("XR-011", services::shared),
    ("XR-012", ports::targets),
    ("XR-013", services::without_addresses),
    ("XR-014", services::of_stateful_sets),
    ("XR-015", environments::shadowed),
    ("XR-016", addresses::doubles),
    ("XR-017", addresses::of_one_pod),
    ("XR-020", ingresses::missing_backends),
    ("XR-021", ingresses::missing_certificates),
    ("XR-022", ingresses::rivals),
    ("XR-023", gateways::routes),
    ("XR-030", autoscalers::missing_targets),
    ("XR-031", autoscalers::missing_requests),
    ("XR-032", autoscalers::missing_containers),
    ("XR-033", autoscalers::fixed_replicas),
    ("XR-034", autoscalers::rivals),
    ("XR-035", quotas::scaled),
    ("XR-040", budgets::pods),
    ("XR-041", budgets::blocking),
    ("XR-042", budgets::uncountable),
    ("XR-050", configs::missing_config_maps),
    ("XR-051", configs::missing_secrets),
    ("XR-052", mounts::missing_files),
    ("XR-053", variables::unexplained),
    ("XR-054", unused::configs),
    ("XR-057", environments::overridden),
    ("XR-060", volumes::unshareable_claims),
    ("XR-061", classes::of_storage),
    ("XR-061", mounts::of_another_mode),
    ("XR-063", mounts::unused_templates),
    ("XR-070", access::missing_accounts),
    ("XR-073", images::pull_secrets),
    ("XR-080", policies::doubtful),
    ("XR-081", policies::closed),
    ("XR-090", classes::of_pods),
    ("XR-091", nodes::unfit),
    ("XR-093", security::enforced),
    ("XR-094", quotas::bounds),
    ("XR-097", selectors::overlaps),
    ("XR-100", hooks::services),
    ("XR-101", addresses::of_services),
    ("XR-102", monitors::doubtful),
    ("XR-104", hosts::shared_ports),
    ("XR-105", images::versions),
    ("L-104", served::unready),
    ("L-108", served::single),
    ("L-109", served::unprotected),
    ("L-234", tokens::useless),
    ("L-235", tokens::of_default),
    ("L-237", policies::uncovered),
    ("E0601", autoscalers::scaled_singletons),
];

/// Everything in a program that breaks a rule, by object and path, as strict as a project wants it.
pub fn violations(all: &[&Facts], strictness: &Strictness) -> Vec<Violation> {
    let program = Program::new(all);
    let mut found = Vec::new();
    for (id, rule) in RULES {
        if strictness.asks(id) {
            rule(&program, &mut found);
        }
    }
    for violation in &mut found {
        violation.level = strictness.level(violation.rule).unwrap_or(violation.level);
    }
    // What is hidden may be what is missed.
    if all.iter().any(|facts| facts.hidden) {
        found.retain(|violation| !violation.absence);
    }
    found.sort_by(|a, b| (a.object, &a.path, a.rule).cmp(&(b.object, &b.path, b.rule)));
    found
}

impl Violation {
    fn error(rule: &'static str, object: usize, path: Vec<Step>, message: String) -> Self {
        Violation {
            rule,
            level: Level::Error,
            absence: false,
            missing: None,
            object,
            path,
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
        Violation { absence: true, missing, ..self }
    }

    fn related(mut self, object: usize, path: Vec<Step>, message: impl Into<String>) -> Self {
        self.related.push((object, path, message.into()));
        self
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
