//! What the workspace sets on an edit, and what it says of files that cannot be had.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::db::{ItemKind, Origin};

fn memory(files: &[(&str, &str)]) -> Memory {
    let mut memory = Memory::default();
    for (path, text) in files {
        memory.write(path, *text);
    }
    memory
}

fn load(files: &[(&str, &str)], path: &str) -> (Workspace, Loaded) {
    let mut workspace = Workspace::default();
    let loaded = workspace.load(&memory(files), path, &[]);
    (workspace, loaded)
}

fn codes(loaded: &Loaded) -> Vec<String> {
    loaded.problems.iter().map(|problem| format!("{} {}", problem.code, problem.message)).collect()
}

fn items(workspace: &Workspace, module: Module) -> Vec<(ItemKind, String, String)> {
    let db = workspace.db();
    let all = module.items(db).iter();
    all.map(|item| (item.kind(db), item.name(db).to_owned(), item.text(db).to_owned())).collect()
}

/// The items of a file as a fresh workspace sees them must be those of one that was edited.
fn assert_as_if_new(workspace: &Workspace, module: Module) {
    let source = workspace.source(module).unwrap();
    let (fresh, loaded) = load(&[("/x.dep", source.text())], "/x.dep");
    let fresh_module = loaded.modules[0];
    assert_eq!(items(workspace, module), items(&fresh, fresh_module));
    let names = |workspace: &Workspace, module: Module| -> Vec<(String, Vec<usize>)> {
        let db = workspace.db();
        let all: Vec<Item> = module.items(db).to_vec();
        let at = |item: &Item| all.iter().position(|other| other == item).unwrap();
        module
            .names(db)
            .iter()
            .map(|(name, items)| (name.to_string(), items.iter().map(at).collect()))
            .collect()
    };
    assert_eq!(names(workspace, module), names(&fresh, fresh_module));
    for item in module.items(workspace.db()) {
        let range = workspace.item_range(*item).unwrap();
        assert_eq!(&source.text()[range], item.text(workspace.db()));
    }
}

#[test]
fn a_blank_line_on_top_sets_nothing() {
    let (mut workspace, loaded) = load(&[("/a.dep", "a = 1\nb = 2\n")], "/a.dep");
    let module = loaded.modules[0];
    let before = salsa::plumbing::current_revision(workspace.db());
    assert!(workspace.edit("/a.dep", "\n\n// why\na = 1\nb = 2\n"));
    assert_eq!(salsa::plumbing::current_revision(workspace.db()), before);
    assert_as_if_new(&workspace, module);
}

#[test]
fn a_changed_value_sets_one_text() {
    let (mut workspace, loaded) = load(&[("/a.dep", "a = 1\nb = 2\nc = 3\n")], "/a.dep");
    let module = loaded.modules[0];
    let before = module.items(workspace.db()).to_vec();
    workspace.edit("/a.dep", "a = 1\nb = 22\nc = 3\n");
    assert_eq!(module.items(workspace.db()), before);
    assert_as_if_new(&workspace, module);
}

#[test]
fn inserting_removing_and_renaming_keep_the_others() {
    let (mut workspace, loaded) = load(&[("/a.dep", "a = 1\nb = 2\nc = 3\n")], "/a.dep");
    let module = loaded.modules[0];
    let before = module.items(workspace.db()).to_vec();
    for text in [
        "a = 1\nx = 9\nb = 2\nc = 3\n",
        "a = 1\nc = 3\n",
        "a = 1\nbee = 2\nc = 3\n",
        "a = 1\nb = 2\nc = 3\n",
    ] {
        workspace.edit("/a.dep", text);
        assert_as_if_new(&workspace, module);
        let now = module.items(workspace.db());
        assert_eq!(now.first(), before.first());
        assert_eq!(now.last(), before.last());
    }
}

#[test]
fn random_edits_leave_the_items_that_a_new_cut_gives() {
    let pieces = [
        "a = 1\n",
        "b { c = \"x\" }\n",
        "{",
        "}",
        "\"\"\"",
        "// c\n",
        "/// d\n",
        "let q = 2\n",
        "\n",
        "check a > 1\n",
        "ü",
        "b.c = 4\n",
    ];
    let mut state = 7u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as usize % below
    };
    let (mut workspace, loaded) = load(&[("/a.dep", "a = 1\nb { c = 1 }\n")], "/a.dep");
    let module = loaded.modules[0];
    for _ in 0..400 {
        let mut text = workspace.text("/a.dep").unwrap().to_owned();
        let boundaries: Vec<usize> =
            (0..=text.len()).filter(|at| text.is_char_boundary(*at)).collect();
        let a = boundaries[random(boundaries.len())];
        let b = boundaries[random(boundaries.len())].max(a).min(a + 12);
        let b = (b..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap();
        text.replace_range(a..b, pieces[random(pieces.len())]);
        workspace.edit("/a.dep", &text);
        assert_as_if_new(&workspace, module);
    }
}

#[test]
fn overlays_and_uses_are_followed() {
    let (workspace, loaded) = load(
        &[
            ("/p/app.dep", "use \"./env.dep\" as env\nuse std.storage.Claim\na = 1\n"),
            ("/p/env.dep", "tag = 1\n"),
            ("/p/eu.dep", "overlay \"./app.dep\"\na = 2\n"),
            ("/p/top/prod.dep", "overlay \"../eu.dep\"\na = 3\n"),
            ("/p/dep.toml", ""),
        ],
        "/p/top/prod.dep",
    );
    assert_eq!(codes(&loaded), Vec::<String>::new());
    let db = workspace.db();
    let program = loaded.program.unwrap();
    let paths = |modules: &[Module]| {
        modules.iter().map(|module| module.path(db).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(
        paths(&loaded.modules),
        ["/p/top/prod.dep", "/p/eu.dep", "/p/app.dep", "/p/env.dep"]
    );
    let root = program.root(db);
    assert_eq!(root.base(db).path(db), "/p/app.dep");
    assert_eq!(paths(root.overlays(db)), ["/p/eu.dep", "/p/top/prod.dep"]);
    let library: Vec<_> = program
        .instances(db)
        .iter()
        .filter(|(module, _)| module.origin(db) == Origin::Library)
        .map(|(module, _)| module.path(db).to_owned())
        .collect();
    assert_eq!(library, ["std.prelude", "std.storage"]);
}

#[test]
fn settings_are_the_topmost_overlay() {
    let mut workspace = Workspace::default();
    let files = memory(&[("/a.dep", "a = 1\n")]);
    let settings = ["a=2".to_owned(), "b.c=d = 4".to_owned()];
    let loaded = workspace.load(&files, "/a.dep", &settings);
    let db = workspace.db();
    let top = *loaded.program.unwrap().root(db).overlays(db).last().unwrap();
    assert_eq!(top.origin(db), Origin::CommandLine);
    assert_eq!(
        items(&workspace, top)[1..],
        [
            (ItemKind::Set, "a".into(), "a=2".into()),
            (ItemKind::Set, "b".into(), "b.c=d = 4".into())
        ]
    );
    let span = workspace.span(Place { item: top.items(db)[2], node: 0 }).unwrap();
    assert_eq!((&*span.file, span.start.line), ("--set", 2));
}

#[test]
fn what_cannot_be_read_is_said_where_it_is_named() {
    let mut files = memory(&[
        (
            "/p/app.dep",
            "use \"./no.dep\" as no\nuse \"../out.dep\" as out\nuse \"./link.dep\" as link\nuse \"./bad.dep\" as bad\nuse \"./wide.dep\" as wide\nuse \"./folder\" as f\nuse \"./app.dep\" as me\n",
        ),
        ("/out.dep", ""),
        ("/p/folder/x.dep", ""),
    ]);
    files.write("/p/bad.dep", b"a\n \xff".to_vec());
    files.write("/p/wide.dep", b"\xff\xfea\0".to_vec());
    files.link("/p/link.dep", "/out.dep");
    let mut workspace = Workspace::default();
    let loaded = workspace.load(&files, "/p/app.dep", &[]);
    assert_eq!(
        codes(&loaded),
        [
            "E0104 there is no file \"./no.dep\"",
            "E0106 \"../out.dep\" lies outside of the project's root",
            "E0106 \"./link.dep\" is a link that leads outside of the project's root",
            "E0702 /p/bad.dep is not UTF-8: byte 0xff at line 2, column 2",
            "E0702 /p/wide.dep is UTF-16, and not UTF-8",
            "E0701 /p/folder is a directory",
            "E0107 the file \"./app.dep\" uses itself",
        ]
    );
    let span = loaded.problems[1].span.clone().unwrap();
    assert_eq!((span.start.line, span.start.column), (2, 5));
    assert!(loaded.program.is_some());
}

#[test]
fn circles_of_overlays_are_untied() {
    let files = [("/a.dep", "overlay \"./b.dep\"\n"), ("/b.dep", "overlay \"./a.dep\"\n")];
    let (workspace, loaded) = load(&files, "/a.dep");
    assert_eq!(
        codes(&loaded),
        [
            "E0107 these files stand on each other in a circle: /a.dep, /b.dep",
            "E0107 these files stand on each other in a circle: /a.dep, /b.dep"
        ]
    );
    for module in &loaded.modules {
        assert!(module.files(workspace.db()).is_empty());
    }
}

#[test]
fn files_may_use_each_other() {
    let files = [("/a.dep", "use \"./b.dep\" as b\n"), ("/b.dep", "use \"./a.dep\" as a\n")];
    let (_, loaded) = load(&files, "/a.dep");
    assert_eq!(codes(&loaded), Vec::<String>::new());
}

#[test]
fn the_built_file_itself_may_be_missing_or_broken() {
    let mut files = memory(&[("/d/x.dep", "")]);
    files.write("/bad.dep", b"\xff".to_vec());
    let mut workspace = Workspace::default();
    for (path, code, unreadable) in
        [("/no.dep", "E0701", true), ("/d", "E0701", true), ("/bad.dep", "E0702", false)]
    {
        let loaded = workspace.load(&files, path, &[]);
        assert_eq!((loaded.problems[0].code.as_str(), loaded.unreadable), (code, unreadable));
        assert!(loaded.program.is_none());
    }
}

#[test]
fn marks_and_line_breaks_of_other_systems_are_no_part_of_values() {
    let (workspace, loaded) =
        load(&[("/a.dep", "\u{feff}a = \"\"\"\r\n  x\r\n  \"\"\"\r\n")], "/a.dep");
    let text = items(&workspace, loaded.modules[0])[0].2.clone();
    assert_eq!(text, "a = \"\"\"\n  x\n  \"\"\"");
}

#[test]
fn stacks_have_a_limit() {
    let mut files = Memory::default();
    files.write("/0.dep", "a = 1\n");
    for n in 1..=limits_overlays() + 1 {
        files.write(&format!("/{n}.dep"), format!("overlay \"./{}.dep\"\n", n - 1));
    }
    let mut workspace = Workspace::default();
    let top = limits_overlays();
    assert_eq!(codes(&workspace.load(&files, &format!("/{top}.dep"), &[])), Vec::<String>::new());
    let loaded = workspace.load(&files, &format!("/{}.dep", top + 1), &[]);
    assert_eq!(codes(&loaded), ["E0505 more than 64 overlays stand on each other"]);
}

fn limits_overlays() -> usize {
    crate::limits::OVERLAYS
}

#[test]
fn a_new_use_is_followed_after_an_edit() {
    let files = memory(&[("/a.dep", "a = 1\n"), ("/b.dep", "b = 1\n")]);
    let mut workspace = Workspace::default();
    let first = workspace.load(&files, "/a.dep", &[]);
    workspace.edit("/a.dep", "use \"./b.dep\" as b\na = 1\n");
    let second = workspace.load(&files, "/a.dep", &[]);
    assert_eq!(first.program, second.program);
    assert_eq!(second.modules.len(), 2);
    assert_eq!(second.modules[0].files(workspace.db()).len(), 1);
}
