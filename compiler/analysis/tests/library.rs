//! The built-in library and the examples have no problems of their own, whatever uses them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use analysis::db::{Library, Module};
use analysis::elaborate::elaborate;
use analysis::resolve::brought;
use analysis::workspace::{Memory, Workspace};

fn problems(workspace: &Workspace, module: Module) -> Vec<String> {
    let db = workspace.db();
    let mut all: Vec<String> = Vec::new();
    let mut show = |item: analysis::db::Item, problem: &analysis::problem::Problem| {
        let parsed = analysis::parse::parsed(db, problem.place.item);
        let text = parsed.tree().node(problem.place.node).map(|node| node.text().to_owned());
        all.push(format!(
            "{} {}: {} {} — at `{}`{}",
            module.path(db),
            item.name(db),
            problem.code,
            problem.message,
            text.unwrap_or_default().chars().take(60).collect::<String>(),
            problem.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default(),
        ));
    };
    for problem in &brought(db, module).problems {
        show(problem.place.item, problem);
    }
    for item in module.items(db) {
        for problem in &elaborate(db, *item).problems {
            show(*item, problem);
        }
    }
    all
}

#[test]
fn the_library_elaborates_without_a_problem() {
    let mut files = Memory::default();
    let names =
        analysis::workspace::library().iter().map(|module| format!("use {}\n", module.name));
    files.write("/app.dep", names.collect::<String>());
    let mut workspace = Workspace::default();
    workspace.load(&files, "/app.dep", &[]);
    let db = workspace.db();
    let library = Library::try_get(db).unwrap();
    let all: Vec<String> =
        library.modules(db).iter().flat_map(|(_, module)| problems(&workspace, *module)).collect();
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn the_examples_elaborate_without_a_problem() {
    let mut files = Memory::default();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/backend");
    for name in ["app.dep", "environment.dep", "prod.dep"] {
        files.write(&format!("/{name}"), std::fs::read(format!("{folder}/{name}")).unwrap());
    }
    let mut workspace = Workspace::default();
    let loaded = workspace.load(&files, "/prod.dep", &[]);
    assert!(loaded.problems.is_empty(), "{:#?}", loaded.problems);
    let all: Vec<String> =
        loaded.modules.iter().flat_map(|module| problems(&workspace, *module)).collect();
    assert!(all.is_empty(), "{}", all.join("\n"));
}
