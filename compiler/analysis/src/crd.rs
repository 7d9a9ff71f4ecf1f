//! Kinds that a file of CustomResourceDefinitions defines, for `use crd`.
//!
//! The types are those of [`kube::crd`], behind the handles that built-in kinds have. A handle stands for what a
//! definition says, so that an edit of the file is seen by those only who use what it changed.

use std::sync::Arc;

use kube::crd::{Fault, definitions};
use kube::data::Data;
use kube::types::{TypeId, preference};
use salsa::Database;
use syntax::{Node, NodeKind};

use crate::db::{Item, Module, target};
use crate::elaborate::Elaborated;
use crate::problem::{Code, Place, Problem, Severity};
use crate::resolve::{Brought, NoKind, Target, alias_of, file};
use crate::show::did_you_mean;

/// What a file defines, and what is wrong with it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Defined {
    pub kinds: Vec<Version>,
    pub problems: Vec<Problem>,
}

/// A version of a kind.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Version {
    pub ty: TypeId,
    /// Whether a server takes objects of it.
    pub served: bool,
    /// What its author says against using it.
    pub deprecated: Option<String>,
    /// Where it is defined.
    pub place: Place,
}

/// What a file of definitions defines.
#[salsa::tracked]
pub fn defined(db: &dyn Database, item: Item) -> Defined {
    let data = crate::data::read(db, item);
    let found = definitions(&data, target(db));
    let place = |node| Place { item, node };
    let problems = found.problems.into_iter().map(|one| {
        let mut problem = Problem::error(280, place(one.node), one.message);
        match one.fault {
            Fault::NoDefinition => {}
            Fault::Refused(rule) => problem.code = Code::Rule(rule),
            Fault::Doubtful(rule) => {
                problem.code = Code::Rule(rule);
                problem.severity = Severity::Warning;
            }
        }
        problem.help = one.help;
        problem
    });
    let problems: Vec<Problem> = match is_broken(&data) {
        // What cannot be read is said once, by whoever reads files of data.
        true => Vec::new(),
        false => problems.collect(),
    };
    let kinds = found.kinds.into_iter().map(|one| Version {
        ty: one.ty,
        served: one.served,
        deprecated: one.deprecated,
        place: place(one.node),
    });
    Defined { kinds: kinds.collect(), problems }
}

fn is_broken(data: &Data) -> bool {
    data.problems.iter().any(|problem| problem.fault != kube::data::Fault::Twice)
}

/// What is wrong with a file of definitions. It is no value, and has no code.
pub(crate) fn elaborated(db: &dyn Database, item: Item) -> Elaborated {
    let mut problems = crate::data::problems(item, &crate::data::read(db, item));
    problems.extend_from_slice(&defined(db, item).problems);
    Elaborated::of(item, Default::default(), problems)
}

/// All that the files of a module define: of one file, or of those in a folder.
pub(crate) fn versions(db: &dyn Database, module: Module) -> impl Iterator<Item = &Version> {
    module.items(db).iter().flat_map(|item| &defined(db, *item).kinds)
}

/// The kind that a path names behind the name of the module: `Certificate` is its newest version, `v1.Certificate`
/// that version, and `acme.v1.Order` one of several groups, by the first part of its name. Also what speaks against
/// using it.
pub(crate) fn kind(
    db: &dyn Database,
    module: Module,
    path: &[&str],
) -> Result<(TypeId, Option<String>), NoKind> {
    let name = path.last().copied().unwrap_or_default();
    let (group, version) = match path {
        [group, version, _] => (Some(*group), Some(*version)),
        [version, _] => (None, Some(*version)),
        [_] => (None, None),
        _ => return Err(unknown(db, module, path)),
    };
    let info = |one: &&Version| one.ty.kind().map(|kind| kind.info());
    let fits = |one: &&Version| {
        info(one).is_some_and(|info| {
            info.kind == name
                && version.is_none_or(|version| info.version == version)
                && group.is_none_or(|group| info.group.split('.').next() == Some(group))
        })
    };
    let found: Vec<&Version> = versions(db, module).filter(fits).collect();
    let best = found
        .iter()
        .max_by_key(|one| (one.served, info(one).map(|info| preference(info.version))))
        .ok_or_else(|| unknown(db, module, path))?;
    let of = |one: &&Version| info(one).map_or("", |info| info.group);
    if let Some(other) = found.iter().find(|one| of(one) != of(best)) {
        let (one, other) = (of(best), of(other));
        let first = |group: &str| group.split('.').next().unwrap_or_default().to_owned();
        let version = info(best).map_or("", |info| info.version);
        return Err(NoKind::new(
            282,
            format!("`{name}` is a kind of {one} and of {other}"),
            Some(format!("say which: `{}.{version}.{name}`", first(one))),
        ));
    }
    let version = info(best).map_or("", |info| info.version);
    let others = versions(db, module).filter(|one| {
        one.served && info(one).is_some_and(|info| info.kind == name && info.version != version)
    });
    let other = others
        .max_by_key(|one| info(one).map(|info| preference(info.version)))
        .and_then(|one| info(&one));
    let instead = other.map(|info| format!("use {}: `{}.{name}`", info.version, info.version));
    if !best.served {
        let message =
            format!("no server takes {name} of {version}: the definition says `served: false`");
        return Err(NoKind::new(283, message, instead));
    }
    Ok((best.ty, best.deprecated.clone()))
}

fn unknown(db: &dyn Database, module: Module, path: &[&str]) -> NoKind {
    let name = path.last().copied().unwrap_or_default();
    let mut known: Vec<String> = Vec::new();
    for info in versions(db, module).filter_map(|one| one.ty.kind()).map(|kind| kind.info()) {
        let names = [info.kind.to_owned(), format!("{}.{}", info.version, info.kind)];
        known.extend(names.into_iter().take(path.len().max(1)));
    }
    known.sort();
    known.dedup();
    let help = did_you_mean(&path.join("."), known.iter().map(String::as_str))
        .or_else(|| did_you_mean(name, known.iter().map(String::as_str)))
        .or_else(|| {
            (!known.is_empty() && known.len() <= 12).then(|| format!("it has {}", known.join(", ")))
        });
    let message = format!("{} defines nothing called `{}`", module.path(db), path.join("."));
    NoKind::new(281, message, help)
}

/// What `use crd` brings: the file or folder by a name, or without one each of its kinds, in its newest version.
pub(crate) fn bring(
    db: &dyn Database,
    module: Module,
    item: Item,
    node: Node<'_>,
    brought: &mut Brought,
) {
    let place = |node: Node<'_>| Place { item, node: node.id() };
    let Some(path) = node.child(NodeKind::Str) else { return };
    // What cannot be read is reported where files are loaded.
    let used = file(db, module, &definitions_key(&syntax::literal::string_value(path.text())));
    if let Some(alias) = alias_of(node) {
        let target = used.map_or(Target::Broken, Target::Definitions);
        return brought.name(db, alias.text(), target, place(alias));
    }
    let Some(used) = used else { return };
    let mut names: Vec<&str> =
        versions(db, used).filter_map(|one| Some(one.ty.kind()?.info().kind)).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let target = match kind(db, used, &[name]) {
            Ok((ty, _)) => Target::Kube(ty),
            // Of a version that no server takes nothing is said before somebody asks for it.
            Err(none) if none.code == 283 => continue,
            Err(mut none) => {
                none.help = Some("give the file a name: `use crd \"…\" as crds`".to_owned());
                brought.problems.push(none.at(place(path)));
                Target::Broken
            }
        };
        brought.name(db, name, target, place(path));
    }
}

/// By what the files of a module know a file or a folder of definitions.
pub fn definitions_key(path: &str) -> Arc<str> {
    format!("crd {path}").into()
}

/// The warning of a version that its author wants to be used no more.
pub(crate) fn discouraged(place: Place, ty: TypeId, why: &str) -> Problem {
    let info = ty.kind().map(|kind| kind.info());
    let shown =
        info.map(|info| format!("{} {}", info.api_version(), info.kind)).unwrap_or_default();
    let problem = Problem::error(284, place, format!("{shown} is deprecated"));
    let problem = problem.severity(Severity::Warning);
    if why.is_empty() { problem } else { problem.note(why.to_owned()) }
}
