//! The library, as its users have it: what its documentation shows is executed, the defaults pass the lints of
//! production, and every object that a component makes can be extended.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::{BTreeMap, BTreeSet};

use tests::command::{Folder, depc};
use tests::library::{Component, components, shown};

/// Schemas that others extend: their own examples are those of their children.
const FOR_OTHERS: [&str; 2] = ["Program", "Server"];

/// Objects that no documentation and no example makes.
const MORE: &str = r#"
use std.workload.{Daemon, Job, Singleton, Stateful, Workload}
use std.mcp.virtual.VirtualServer

grown = Workload { image = "ghcr.io/your-org/a:1.0.0", ports { http = 8080 }, scale = 2..4 }
alone = Singleton { image = "ghcr.io/your-org/a:1.0.0", ports { http = 8080 }, isolated = true, mayMiss = 1 }
migrate = Job { image = "ghcr.io/your-org/a:1.0.0", isolated = true }
agent = Daemon { image = "ghcr.io/your-org/a:1.0.0", isolated = true }
store = Stateful {
  image = "ghcr.io/your-org/a:1.0.0"
  ports { db = 5432 }
  size = 1Gi
  path = "/data"
  mayMiss = 1
}
gateway = VirtualServer {
  config { groupRef = "models" }
  namespace = "models"
  hmacKey = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
  allow "L-236": "a test"
}
"#;

/// Objects that are never made: a Secret of others, and what a singleton must not have.
const NEVER_MADE: [(&str, &str); 2] = [("Secret", "secret"), ("Singleton", "autoscaler")];

/// Whether a module makes the objects of one of these systems.
fn of_a_system(module: &str) -> bool {
    ["std.gitserver", "std.mcp", "std.topology"].iter().any(|of| module.starts_with(of))
}

#[test]
fn what_the_documentation_shows_holds_in_production() {
    let mut wrong = String::new();
    for example in shown() {
        let profile = if of_a_system(example.module) { "default" } else { "restricted" };
        let settings = format!("profile = \"{profile}\"\n");
        let folder = Folder::new(&[("main.dep", &example.text), ("dep.toml", &settings)]);
        let checked = folder.depc(&["check", "--deny", "warnings", "main.dep"]);
        let built = folder.depc(&["build", "main.dep"]);
        if checked.code != 0 || !built.stdout.contains("kind: ") {
            let (module, item) = (example.module, &example.item);
            wrong.push_str(&format!("{module}, {item}:\n{}{}\n", checked.stdout, checked.stderr));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_component_and_trait_shows_how_it_is_used() {
    let shown: BTreeSet<(&str, String)> =
        shown().into_iter().map(|example| (example.module, example.item)).collect();
    let mut without = Vec::new();
    for component in components().iter().filter(|one| !FOR_OTHERS.contains(&one.name)) {
        let item = format!("schema {}", component.name);
        if !shown.contains(&(component.module, item.clone())) {
            without.push(format!("{}: {item}", component.module));
        }
    }
    for module in analysis::workspace::library() {
        for line in module.text.lines().filter(|line| line.starts_with("trait ")) {
            let name = line.split_whitespace().nth(1).unwrap();
            // What a trait for containers does is shown with the pods that they are in.
            let named = |(_, item): &&(&str, String)| {
                **item == *format!("trait {name}") || name == "RestrictedContainer"
            };
            if !shown.iter().any(|one| named(&one)) {
                without.push(format!("{}: {line}", module.name));
            }
        }
    }
    assert!(without.is_empty(), "without an example: {without:#?}");
}

/// Whatever stands in a page of `depc doc` says what it is.
#[test]
fn every_item_and_field_of_the_library_is_documented() {
    let root = tests::root();
    let pages = depc(&root, &["doc", "std"]).stdout;
    assert!(pages.len() > 50_000);
    let mut silent = Vec::new();
    let mut module = "";
    let lines: Vec<&str> = pages.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        module = line.strip_prefix("# ").unwrap_or(module);
        let is_item = line.starts_with("## ");
        let next = lines.get(at + 2).copied().unwrap_or_default();
        if is_item && (next.starts_with(['#', '|', '-']) || next.is_empty())
            || line.starts_with("| `") && line.ends_with("|  |")
        {
            silent.push(format!("{module}: {line}"));
        }
    }
    assert!(silent.is_empty(), "{silent:#?}");
}

/// Each field that holds an object, of each component that the documentation or an example makes, gets an annotation by
/// an overlay; the object then has it.
#[test]
fn every_generated_object_can_be_extended() {
    let all = components();
    let mut programs: Vec<(String, Folder, String, String)> = shown()
        .into_iter()
        .map(|one| {
            let folder = Folder::new(&[("main.dep", &one.text)]);
            (format!("{}, {}", one.module, one.item), folder, "main.dep".to_owned(), one.text)
        })
        .collect();
    let more = Folder::new(&[("main.dep", MORE)]);
    programs.push(("what nobody shows".to_owned(), more, "main.dep".to_owned(), MORE.to_owned()));
    let root = tests::root().join("examples");
    for path in tests::files(&root, &[".dep"]) {
        let name = path.strip_prefix(&root).unwrap();
        if name.to_string_lossy().ends_with("_test.dep") {
            continue;
        }
        let example = name.iter().next().unwrap();
        let folder = Folder::new(&[]);
        let all = tests::files(&root.join(example), &[".dep", ".yaml", ".toml"]);
        let text = all.iter().filter(|file| file.extension().unwrap() == "dep");
        let text: String = text.map(|file| std::fs::read_to_string(file).unwrap()).collect();
        for file in &all {
            let inner = file.strip_prefix(root.join(example)).unwrap();
            folder.write(&inner.to_string_lossy(), std::fs::read(file).unwrap());
        }
        let inner = name.strip_prefix(example).unwrap().to_string_lossy().into_owned();
        // What others use makes nothing of its own.
        if !folder.depc(&["build", &inner]).stdout.is_empty() {
            programs.push((name.display().to_string(), folder, inner, text));
        }
    }
    let mut extended: BTreeSet<(&str, &str, &str)> = BTreeSet::new();
    for (shown, folder, main, text) in &programs {
        let bound = bound(text, &all);
        if bound.is_empty() {
            continue;
        }
        let mut overlay = format!("overlay \"./{main}\"\n");
        let mut notes: BTreeMap<String, (&str, &str, &str)> = BTreeMap::new();
        for (name, component) in &bound {
            for (field, ty) in &component.objects {
                let note = format!("{name}-{field}");
                let path = match ty.starts_with('{') {
                    // Of several objects, the first.
                    true => {
                        let keys = folder.depc(&[
                            "eval",
                            main,
                            &format!("keys({name}.{field})"),
                            "-o",
                            "json",
                        ]);
                        let keys: Vec<String> =
                            serde_json::from_str(&keys.stdout).unwrap_or_default();
                        let Some(key) = keys.first() else { continue };
                        format!("{name}.{field}.{key:?}")
                    }
                    false if ty.ends_with('?') => format!("{name}.{field}?"),
                    false => format!("{name}.{field}"),
                };
                overlay.push_str(&format!(
                    "{path} {{ metadata.annotations {{ \"example.com/note\" = {note:?} }} }}\n"
                ));
                notes.insert(note, (component.module, component.name, field));
            }
        }
        folder.write("extended.dep", &overlay);
        let built = folder.depc(&["build", "extended.dep"]);
        assert_eq!(built.code, 0, "{shown}\n{overlay}\n{}", built.stderr);
        for (note, field) in notes {
            if built.stdout.contains(&format!("example.com/note: {note}\n")) {
                extended.insert(field);
            }
        }
    }
    let mut missing = Vec::new();
    for component in all.iter().filter(|one| !FOR_OTHERS.contains(&one.name)) {
        for (field, _) in &component.objects {
            if !extended.contains(&(component.module, component.name, field))
                && !NEVER_MADE.contains(&(component.name, field))
            {
                missing.push(format!("{}.{}: {field}", component.module, component.name));
            }
        }
    }
    assert!(missing.is_empty(), "never extended: {missing:#?}");
}

/// The components that the items of a file make: `web = Service with Common {`.
fn bound<'a>(text: &str, all: &'a [Component]) -> Vec<(String, &'a Component)> {
    let mut bound = Vec::new();
    for line in text.lines() {
        let Some((name, value)) = line.split_once(" = ") else { continue };
        let schema = value.split([' ', '{']).next().unwrap();
        if name.contains([' ', '.', '/']) || value.starts_with("external ") {
            continue;
        }
        let module_used = |component: &&Component| {
            text.lines().any(|line| {
                line.starts_with(&format!("use {}.", component.module)) && line.contains(schema)
            })
        };
        let of_name = all.iter().filter(|component| component.name == schema);
        bound.extend(of_name.filter(module_used).map(|component| (name.to_owned(), component)));
    }
    bound
}

/// What the library makes where nothing is said has nothing to hear of the lints of production.
#[test]
fn examples_pass_the_lints_of_production() {
    let root = tests::root().join("examples");
    let folder = Folder::new(&[("dep.toml", "profile = \"prod\"\n")]);
    for path in tests::files(&root, &[".dep", ".yaml"]) {
        let inner = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
        folder.write(&inner, std::fs::read(&path).unwrap());
    }
    let mut checked = 0;
    for example in folder.names(".").iter().filter(|name| *name != "dep.toml") {
        let output = folder.depc(&["check", "--deny", "warnings", example]);
        assert_eq!(output.code, 0, "{example}: {}{}", output.stdout, output.stderr);
        checked += 1;
    }
    assert!(checked >= 7);
}

/// A program that mounts one volume twice, and one under another name.
const MOUNTED: &str = r#"
use std.config.{Config, Secret}
use std.storage.{Claim, Folder}
use std.workload.Service

data = Claim { size = 1Gi, access = "ReadWriteMany" }
settings = Config { data { A = "1" } }
login = Secret { stringData { user = "a" } }
web = Service {
  image = "ghcr.io/your-org/web:1.0.0"
  ports { http = 8080 }
  mounts {
    "/etc/a" = settings.files
    "/etc/b" = settings.files
    "/login/a" = login.files
    "/login/b" = login.files
    "/data" = data / "x"
    "/more" = Folder { claim = data.name, volume = "more", path = "y" }
  }
}
"#;

#[test]
fn what_is_mounted_at_several_paths_is_one_volume() {
    let folder = Folder::new(&[("main.dep", MOUNTED)]);
    let volumes = "[k for k, v in web.pod.volumes ?? {}]";
    let output = folder.depc(&["eval", "main.dep", volumes, "-o", "json"]);
    let names: Vec<String> = serde_yaml::from_str(&output.stdout).unwrap_or_default();
    assert_eq!(names, ["data", "more", "tmp", "settings", "login"], "{}", output.stderr);
    // Two claims cannot be one volume.
    let other =
        MOUNTED.replace("claim = data.name, volume = \"more\"", "claim = \"b\", volume = \"data\"");
    let output = Folder::new(&[("main.dep", &other)]).depc(&["check", "main.dep"]);
    assert!(output.code == 1 && output.stderr.contains("E0401"), "{}", output.stderr);
}
