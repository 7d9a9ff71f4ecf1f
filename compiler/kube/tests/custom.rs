//! Objects of custom kinds, and what a real API server said of each.
//!
//! `data/custom` has definitions, objects and verdicts; `cargo run -p depc-tests --bin customs` asks a server again.
//! `DEPC_CRDS`, or else `shared/crds` beside the project, may hold more of the same form, of public projects, which
//! are not copied into this one.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use kube::crd::{Definitions, Fault, definitions, refusals};
use kube::data::{Data, NodeId};
use kube::manifests::planted;
use kube::rules::Level;
use kube::server::{self, Refusal};
use kube::tree::{Ref, Step, Tree};
use kube::types::TypeId;
use serde_json::Value;

#[test]
fn verdicts_are_those_of_a_server() {
    let compared = compared(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/custom"));
    assert!(compared.objects > 200, "{} objects", compared.objects);
    assert!(compared.wrong.is_empty(), "{}", compared.wrong.join("\n"));
    assert!(compared.causes.is_empty(), "{}", compared.causes.join("\n"));
}

#[test]
fn public_definitions_are_read_without_a_false_warning() {
    let folder = std::env::var_os("DEPC_CRDS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/crds"),
        PathBuf::from,
    );
    if !folder.is_dir() {
        return println!("not run: there is no folder {}", folder.display());
    }
    let compared = compared(&folder);
    println!("{} files, {} objects", compared.files, compared.objects);
    assert!(compared.wrong.is_empty(), "{}", compared.wrong.join("\n"));
}

#[derive(Default)]
struct Compared {
    files: usize,
    objects: usize,
    /// Verdicts that differ, and what is said of sound definitions.
    wrong: Vec<String>,
    /// Causes that differ.
    causes: Vec<String>,
}

fn compared(folder: &Path) -> Compared {
    let mut compared = Compared::default();
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap().to_str().unwrap();
        let Some(stem) = name.strip_suffix(".yaml").filter(|stem| !stem.contains(".objects"))
        else {
            continue;
        };
        compared.files += 1;
        let data = kube::data::yaml(&std::fs::read_to_string(&path).unwrap());
        let defined = definitions(&data, 36);
        for problem in &defined.problems {
            compared.wrong.push(format!("{stem}: {problem:?}"));
        }
        assert!(!defined.kinds.is_empty(), "{stem} defines nothing");
        let verdicts = folder.join(format!("{stem}.verdicts.json"));
        if verdicts.is_file() {
            let objects = folder.join(format!("{stem}.objects.yaml"));
            let objects = kube::data::yaml(&std::fs::read_to_string(objects).unwrap());
            assert!(objects.problems.is_empty(), "{stem}: {:?}", objects.problems);
            let verdicts = std::fs::read_to_string(verdicts).unwrap();
            let verdicts: Value = serde_json::from_str(&verdicts).unwrap();
            for document in &objects.documents {
                object(stem, &defined, &objects, *document, &verdicts, &mut compared);
            }
        }
    }
    compared
}

fn object(
    stem: &str,
    defined: &Definitions,
    data: &Data,
    document: NodeId,
    verdicts: &Value,
    compared: &mut Compared,
) {
    let mut tree = Tree::new();
    planted(data, document, &mut tree);
    let root = tree.roots().next().unwrap();
    let id = root.at(&["metadata", "name"]).and_then(Ref::as_str).unwrap();
    let ty = kind_of(defined, root).unwrap_or_else(|| panic!("{stem}: {id} is of no kind"));
    let form = server::misshapen_as(root, ty, 36);
    // A server that cannot read an object says nothing else of it.
    let refused: Vec<Refusal> = match form.iter().any(|one| one.rule == "K-unknown-field") {
        true => form,
        false => server::refusals(root, 36).into_iter().chain(refusals(root, ty)).collect(),
    };
    compared.objects += 1;
    let verdict = &verdicts[id];
    assert!(verdict.is_object(), "{stem}: no verdict of {id}");
    let errors: Vec<&Refusal> =
        refused.iter().filter(|one| one.level == Level::Error && !one.stricter).collect();
    for one in refused.iter().filter(|one| one.rule == "K-not-checked") {
        compared.wrong.push(format!("{stem}: {id}: {}", one.message));
    }
    let taken = verdict["code"] == 201;
    if taken != errors.is_empty() {
        let said: Vec<String> = errors.iter().map(|one| shown(one)).collect();
        compared.wrong.push(format!("{stem}: {id}: the server says {verdict}, and we {said:?}"));
        return;
    }
    let Some(causes) = verdict["causes"].as_array() else { return };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    // Of alternatives, and of numbers that are too large, a server does not say where they stand.
    if causes.iter().any(|cause| cause[0] == "<nil>") {
        return;
    }
    let wanted: BTreeSet<(String, String)> =
        causes.iter().map(|cause| (text(&cause[0]), text(&cause[1]))).collect();
    let found: BTreeSet<(String, String)> = errors
        .iter()
        .map(|one| (path(&one.path), one.error.name().to_owned()))
        // A server names all labels where one is wrong.
        .map(|(path, error)| match path.starts_with("metadata.labels.") {
            true => ("metadata.labels".to_owned(), error),
            false => (path, error),
        })
        .collect();
    if wanted != found {
        compared.causes.push(format!("{stem}: {id}: the server says {wanted:?}, and we {found:?}"));
    }
}

fn kind_of(defined: &Definitions, object: Ref<'_>) -> Option<TypeId> {
    let text = |name| object.get(name).and_then(Ref::as_str).unwrap_or_default();
    let types = defined.kinds.iter().map(|one| one.ty);
    let mut found = types.filter(|ty| {
        let info = ty.kind().unwrap().info();
        (info.api_version(), info.kind) == (text("apiVersion").to_owned(), text("kind"))
    });
    found.next()
}

fn shown(refusal: &Refusal) -> String {
    format!("{} {} {}", refusal.rule, path(&refusal.path), refusal.message)
}

/// A path as servers write it.
fn path(steps: &[Step]) -> String {
    let mut out = String::new();
    for step in steps {
        match step {
            Step::Index(at) => out.push_str(&format!("[{at}]")),
            Step::Key(key) if out.is_empty() => out.push_str(key),
            Step::Key(key) => out.push_str(&format!(".{key}")),
        }
    }
    out
}

#[test]
fn no_rule_takes_long() {
    let of = |rule: &str| {
        format!(
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {{ name: as.e.com }}\nspec:\n  \
             group: e.com\n  scope: Cluster\n  names: {{ kind: A, plural: as }}\n  versions:\n  - name: v1\n    \
             served: true\n    storage: true\n    schema:\n      openAPIV3Schema:\n        type: object\n        \
             properties: {{ spec: {{ type: array, items: {{ type: string }}, x-kubernetes-validations: [{{ rule: '{rule}' }}] }} }}\n"
        )
    };
    let loops = "self.all(a, self.all(b, self.all(c, self.all(d, a + b + c + d != \"x\"))))";
    let grows =
        (0..40).fold("self.join(\"-\")".to_owned(), |all, _| format!("[{all}].map(x, x + x)[0]"));
    let pattern = "self.all(a, a.matches(\"(x+x+)+y(x*)*(x?){50}$\"))".to_owned();
    let deep = format!("{}true{}", "(".repeat(5000), ")".repeat(5000));
    let long = vec!["true"; 20_000].join(" && ");
    let item = "x".repeat(1000);
    let items: Vec<&str> = vec![&item; 200];
    let object = format!(
        "apiVersion: e.com/v1\nkind: A\nmetadata: {{ name: a }}\nspec: [{}]\n",
        items.join(", ")
    );
    for rule in [loops.to_owned(), grows + " == \"\"", pattern, deep, long] {
        let start = std::time::Instant::now();
        let defined = definitions(&kube::data::yaml(&of(&rule)), 36);
        let data = kube::data::yaml(&object);
        let mut tree = Tree::new();
        planted(&data, data.documents[0], &mut tree);
        let told = refusals(tree.roots().next().unwrap(), defined.kinds[0].ty);
        let unread =
            defined.problems.iter().any(|one| matches!(one.fault, Fault::Refused("K-schema")));
        let unchecked = told.iter().any(|one| one.rule == "K-not-checked");
        let holds = told.is_empty() && rule.starts_with("true");
        let refused = told.iter().any(|one| one.rule == "K-rule");
        assert!(unread || unchecked || holds || refused, "{}: {told:?}", rule.get(..40).unwrap());
        let most = if cfg!(debug_assertions) { 20 } else { 2 };
        assert!(
            start.elapsed().as_secs() < most,
            "{}: {:?}",
            rule.get(..40).unwrap(),
            start.elapsed()
        );
    }
}

#[test]
fn no_document_takes_long() {
    let name =
        r#""x-kubernetes-group-version-kind": [{"group": "e.com", "version": "v1", "kind": "A"}]"#;
    let path = r#""/apis/e.com/v1/as": {"post": {"x-kubernetes-group-version-kind": {"group": "e.com", "version": "v1", "kind": "A"}}}"#;
    let of = |schemas: &[String]| {
        format!(
            r#"{{"openapi": "3.0.0", "paths": {{{path}}}, "components": {{"schemas": {{{}}}}}}}"#,
            schemas.join(", ")
        )
    };
    let to = |at: usize| format!(r##"{{"$ref": "#/components/schemas/s{at}"}}"##);
    let record = |at: usize, parts: &[String]| {
        let names = if at == 0 { format!("{name}, ") } else { String::new() };
        let parts: Vec<String> =
            parts.iter().enumerate().map(|(at, part)| format!(r#""p{at}": {part}"#)).collect();
        format!(r#""s{at}": {{"type": "object", {names}"properties": {{{}}}}}"#, parts.join(", "))
    };
    // A long chain, a tree of three to the power of forty, and all that refer to all.
    let chain: Vec<String> = (0..20_000).map(|at| record(at, &[to(at + 1)])).collect();
    let tree: Vec<String> = (0..40).map(|at| record(at, &vec![to(at + 1); 3])).collect();
    let all: Vec<String> = (0..40).map(to).collect();
    let all: Vec<String> = (0..40).map(|at| record(at, &all)).collect();
    for schemas in [chain, tree, all] {
        let start = std::time::Instant::now();
        let data = kube::data::json(&of(&schemas));
        assert!(data.problems.is_empty(), "{:?}", data.problems);
        let defined = definitions(&data, 36);
        assert_eq!((defined.kinds.len(), defined.problems.len()), (1, 0));
        let most = if cfg!(debug_assertions) { 60 } else { 3 };
        assert!(start.elapsed().as_secs() < most, "{:?}", start.elapsed());
    }
}
