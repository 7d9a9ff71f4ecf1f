//! `depc explain`: what the pages do not show of it.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use tests::command::Folder;

const SHOP: &str = "use std.storage.Scratch
use std.workload.Service

namespace = \"shop\"

web = Service {
  image = \"ghcr.io/your-org/web:v1\"
  ports { http = 8080, ssh = 22 }
  mounts { \"/cache\" = Scratch {} }
  args += [\"--verbose\"]
  when replicas > 1 { runAs = 5 }
}
";

fn shop() -> Folder {
    Folder::new(&[("shop.dep", SHOP)])
}

fn said(folder: &Folder, arguments: &[&str]) -> String {
    let all: Vec<&str> = ["explain", "shop.dep"].iter().chain(arguments).copied().collect();
    let output = folder.depc(&all);
    assert_eq!((output.code, output.stderr.as_str()), (0, ""), "{output:?}");
    output.stdout
}

/// What is said of a program in which something else is wrong.
fn said_beside_errors(folder: &Folder, arguments: &[&str]) -> String {
    let all: Vec<&str> = ["explain", "shop.dep"].iter().chain(arguments).copied().collect();
    let output = folder.depc(&all);
    assert_eq!(output.code, 0, "{output:?}");
    assert!(output.stderr.ends_with(" in this program: `depc check shop.dep`\n"), "{output:?}");
    output.stdout
}

#[test]
fn a_leaf_of_the_library_names_the_place_of_the_user_behind_it() {
    let folder = shop();
    let text = said(&folder, &["deployment/web"]);
    let place = |line: &str| {
        let line = text.lines().find(|found| found.trim_start().starts_with(line));
        line.unwrap_or_else(|| panic!("{text}")).split_once(" # ").unwrap().1.to_owned()
    };
    assert!(place("image:").starts_with("shop.dep:7:11 via std.pods:"), "{text}");
    assert!(place("containerPort: 22").starts_with("shop.dep:8:30 via std.pods:"), "{text}");
    assert!(place("namespace:").starts_with("shop.dep:4:13"), "{text}");
    assert!(place("name: web").starts_with("shop.dep:6:15 via std.pods:"), "{text}");
    assert!(place("mountPath: /cache").starts_with("shop.dep:9:3 via std.pods:"), "{text}");
    assert!(place("- \"--verbose\"").starts_with("shop.dep:10:12"), "{text}");
    // No line of a leaf is without a place.
    for line in text.lines().filter(|line| !line.ends_with(':') && *line != "---") {
        assert!(line.contains("# "), "{line}");
    }
}

#[test]
fn elements_are_found_by_key_number_and_in_lists() {
    let folder = shop();
    let port = "spec.template.spec.containers[web].ports";
    for key in ["[22]", "[22/TCP]", "[1]"] {
        let text = said(&folder, &["deploy/web", &format!("{port}{key}.name")]);
        assert!(
            text.starts_with(&format!("Deployment/web {port}{key}.name = \"ssh\"\n")),
            "{text}"
        );
    }
    let text = said(&folder, &["deployments/web", ".spec.template.spec.containers[0].args[0]"]);
    assert!(text.contains("shop.dep:10:12"), "{text}");
    let text = said(&folder, &["web.args[0]"]);
    assert!(
        text.starts_with("web.args[0] = \"--verbose\"\n") && text.contains("shop.dep:10:12"),
        "{text}"
    );
    assert_eq!(said(&folder, &["web", "replicas"]), said(&folder, &["web.replicas"]));
}

#[test]
fn a_layer_whose_condition_does_not_hold_is_shown_as_that() {
    let folder = shop();
    let text = said(&folder, &["web.runAs"]);
    assert!(text.contains("not active: its condition does not hold"), "{text}");
    let text = said(&folder, &["web.runAs", "--set", "web.replicas=2"]);
    assert!(text.starts_with("web.runAs = 5\n"), "{text}");
    assert!(!text.contains("not active"), "{text}");
}

#[test]
fn what_cannot_be_explained_ends_with_1_or_2() {
    let folder = shop();
    for (arguments, code, part) in [
        (&["explain", "no.dep"][..], 2, "no such file"),
        (&["explain", "shop.dep", "web.image.x"], 1, "is Str"),
        (
            &["explain", "shop.dep", "deploy/web", "spec.template.spec.containers[7]"],
            1,
            "it has web",
        ),
        (&["explain", "shop.dep", "secret/web"], 1, "E0715"),
        (&["explain", "E0000"], 1, "E0718"),
        (&["explain", "XR-999"], 1, "E0718"),
        (&["explain"], 2, "FILE|CODE"),
    ] {
        let output = folder.depc(arguments);
        assert_eq!((output.code, output.stdout.as_str()), (code, ""), "{arguments:?}: {output:?}");
        assert!(output.stderr.contains(part), "{arguments:?}: {}", output.stderr);
    }
}

#[test]
fn a_broken_program_is_explained_as_far_as_it_goes() {
    let folder = Folder::new(&[("shop.dep", "a: Int = 1\nb: Int = \"x\"\nc: Int = a + b\n")]);
    assert!(said_beside_errors(&folder, &["a"]).starts_with("a = 1\n"));
    let output = folder.depc(&["explain", "shop.dep", "c"]);
    assert_eq!((output.code, output.stdout.as_str()), (1, ""), "{output:?}");
    assert!(output.stderr.starts_with("c = an error\n"), "{output:?}");
}

#[test]
fn values_that_depend_on_themselves_end() {
    let folder =
        Folder::new(&[("shop.dep", "a: Int = b\nb: Int = a\nr: {Str: Any} = { x = r }\n")]);
    let output = folder.depc(&["explain", "shop.dep", "a"]);
    assert_eq!(output.code, 1, "{output:?}");
    assert!(output.stderr.starts_with("a = an error\n"), "{output:?}");
    said_beside_errors(&folder, &["r"]);
    said_beside_errors(&folder, &["r.x.x.x.x"]);
}

#[test]
fn every_page_of_an_error_is_shown_without_marks() {
    let folder = Folder::new(&[]);
    for path in tests::files(&tests::root().join("tests/errors"), &[".md"]) {
        let code = path.file_stem().unwrap().to_string_lossy().into_owned();
        if code == "README" {
            continue;
        }
        let output = folder.depc(&["explain", &code]);
        assert_eq!(output.code, 0, "{code}");
        assert!(output.stdout.starts_with(&format!("{code}: ")), "{}", output.stdout);
        assert!(
            !output.stdout.contains("```") && !output.stdout.contains("// error: "),
            "{}",
            output.stdout
        );
    }
}

#[test]
fn secrets_are_not_shown() {
    let folder = Folder::new(&[(
        "shop.dep",
        "input password: Str = \"hunter2\"\ncreds = k8s.Secret {\n  metadata { name = \"creds\", labels { app = \"x\" } }\n  stringData { password = password, other = \"hunter2\" }\n}\n",
    )]);
    let text = said(&folder, &["secret/creds"]);
    assert!(text.contains("(hidden)") && text.contains("app: x"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
    for key in ["password", "other"] {
        let text = said(&folder, &["secret/creds", &format!("stringData.{key}")]);
        assert!(text.contains("(hidden)") && text.contains("shop.dep:4:"), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
    }
    assert!(!said(&folder, &["creds.stringData.password"]).contains("hunter2"));
}
