//! What is wrong with what the command line gives.

use std::collections::BTreeSet;

use super::{units, written};
use crate::account::within;
use crate::db::{ItemKind, Origin};
use crate::diagnostic::Diagnostic;
use crate::told::Found;
use crate::validate::validate;
use crate::workspace::{Loaded, Workspace};

/// What is wrong with what the command line gives, whatever else may be wrong with the program.
pub fn problems_of_given(workspace: &Workspace, loaded: &Loaded) -> Vec<Diagnostic> {
    let db = workspace.db();
    let given = loaded.modules.iter().filter(|module| module.origin(db) == Origin::CommandLine);
    let settings = given.flat_map(|module| module.items(db).iter());
    let settings = settings.copied().filter(|item| item.kind(db) == ItemKind::Set);
    let mut found: Vec<Found> = Vec::new();
    let mut names = BTreeSet::new();
    for item in settings {
        found.extend(written(db, item).iter().cloned().map(Found::from));
        names.insert(item.name(db));
    }
    // What may not be set shows where it is laid on what there is.
    if let Some(program) = loaded.program.filter(|_| !names.is_empty()) {
        let values = within(db, program, |program| {
            let set = units(db, program).iter().filter(|unit| names.contains(unit.name(db)));
            let found = set.flat_map(|unit| &validate(db, program, *unit).problems);
            found.filter(|problem| problem.place.item.kind(db) == ItemKind::Set).cloned().collect()
        });
        found.extend(values.into_iter().flat_map(|found: Vec<_>| found).map(Found::from));
    }
    let mut told = loaded.given.clone();
    told.extend(found.into_iter().map(|found| found.diagnostic(workspace)));
    told
}
