//! What is built is imported again without a loss: the examples' expected objects, read as data, are the same objects.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use serde::Deserialize;
use std::collections::BTreeSet;
use tests::command::Folder;

fn documents(yaml: &str) -> Vec<serde_yaml::Value> {
    let documents = serde_yaml::Deserializer::from_str(yaml);
    documents.map(|document| serde_yaml::Value::deserialize(document).unwrap()).collect()
}

/// The Secrets that pods read.
fn named_secrets(value: &serde_yaml::Value, found: &mut BTreeSet<String>) {
    if let Some(map) = value.as_mapping() {
        for (key, inner) in map {
            if matches!(key.as_str(), Some("secretKeyRef" | "secretRef")) {
                found.extend(inner["name"].as_str().map(str::to_owned));
            }
            named_secrets(inner, found);
        }
    }
    value.as_sequence().into_iter().flatten().for_each(|inner| named_secrets(inner, found));
}

#[test]
fn objects_that_were_built_are_imported_as_the_same_objects() {
    let mut count = 0;
    for path in tests::files(&tests::root().join("tests/examples"), &[".yaml"]) {
        let yaml = std::fs::read_to_string(&path).unwrap();
        for cast in ["[k8s.Object]", "[k8s.Object by kind, name, namespace]"] {
            // What the examples take for granted.
            let objects = documents(&yaml);
            let namespaces = objects.iter().filter_map(|o| o["metadata"]["namespace"].as_str());
            let metadata = namespaces.max().map(|name| format!("namespace = {name:?}"));
            let metadata = metadata.unwrap_or_default();
            let mut after = yaml.lines().skip_while(|line| !line.contains("configMapRef:"));
            let settings = after.nth(1).and_then(|line| line.trim().strip_prefix("name: "));
            let settings = settings.unwrap_or("app-env");
            let program = format!(
                "all = import \"objects.yaml\" as {cast}\n\
                 env = external k8s.ConfigMap {{ metadata {{ name = {settings:?}, {metadata} }} }}\n"
            );
            let mut secrets = BTreeSet::new();
            for object in &objects {
                let mut names = BTreeSet::new();
                named_secrets(object, &mut names);
                let namespace = object["metadata"]["namespace"].as_str().map(str::to_owned);
                secrets.extend(names.into_iter().map(|name| (name, namespace.clone())));
            }
            let claims: BTreeSet<&str> =
                yaml.lines().filter_map(|line| line.trim().strip_prefix("claimName: ")).collect();
            let claims = claims.iter().enumerate().map(|(i, name)| {
                format!("c{i} = external k8s.PersistentVolumeClaim {{ metadata {{ name = {name:?}, {metadata} }} }}\n")
            });
            let secrets = secrets.iter().enumerate().map(|(i, (name, namespace))| {
                let namespace = namespace.as_ref().map(|name| format!(", namespace = {name:?}"));
                let namespace = namespace.unwrap_or_default();
                format!(
                    "s{i} = external k8s.Secret {{ metadata {{ name = {name:?}{namespace} }} }}\n"
                )
            });
            let roles = objects.iter().filter_map(|object| {
                let text = |value: &serde_yaml::Value| value.as_str().map(str::to_owned);
                let (kind, name) =
                    (text(&object["roleRef"]["kind"])?, text(&object["roleRef"]["name"])?);
                let made = |o: &&serde_yaml::Value| {
                    o["kind"].as_str() == Some(&*kind)
                        && o["metadata"]["name"].as_str() == Some(&*name)
                };
                if objects.iter().any(|o| made(&o)) {
                    return None;
                }
                let namespace = text(&object["metadata"]["namespace"]);
                let metadata =
                    namespace.map(|name| format!(", namespace = {name:?}")).unwrap_or_default();
                let label = name.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
                Some(format!(
                    "{label} = external k8s.{kind} {{ metadata {{ name = {name:?}{metadata} }} }}\n"
                ))
            });
            let program: String = std::iter::once(program.clone())
                .chain(claims)
                .chain(secrets)
                .chain(roles)
                .collect();
            let folder = Folder::new(&[("objects.yaml", &*yaml), ("main.dep", &*program)]);
            let output = folder.depc(&["build", "main.dep"]);
            // What the examples allow is told of the objects alone.
            assert_eq!(output.code, 0, "{}\n{}", path.display(), output.stderr);
            assert_eq!(documents(&output.stdout), objects, "{}", path.display());
        }
        count += 1;
    }
    assert!(count > 2, "there are only {count} examples");
}

/// Bad files end in an error soon, whatever is in them.
#[test]
fn hostile_data_is_refused() {
    let laughs: String = (0..30)
        .map(|i| match i {
            0 => "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned(),
            i => format!("a{i}: &a{i} [{}]\n", vec![format!("*a{}", i - 1); 10].join(", ")),
        })
        .collect();
    let large = "- name: x\n".repeat(600_000);
    let deep = format!("{}1{}", "[".repeat(5_000), "]".repeat(5_000));
    for (name, bytes, code) in [
        ("a.yaml", laughs.as_bytes(), "E0505"),
        ("a.yaml", large.as_bytes(), "E0505"),
        ("a.yaml", deep.as_bytes(), "E0504"),
        ("a.json", deep.as_bytes(), "E0504"),
        ("a.yaml", b"a: \xff", "E0702"),
        ("a.yaml", b"a: 1\na: 2\n", "E0251"),
        ("a.json", b"{\"a\": 1, \"a\": 2}", "E0251"),
        ("a.json", b"", "E0250"),
        ("a.yaml", b"a: \x00", "E0250"),
    ] {
        let folder =
            Folder::new(&[("main.dep", &*format!("let a = import \"{name}\" as {{Str: Any}}\n"))]);
        folder.write(name, bytes);
        let output = folder.depc(&["check", "main.dep"]);
        assert_eq!(output.code, 1, "{code}: {}", output.stderr);
        assert!(
            output.stderr.contains(code) || output.stdout.contains(code),
            "{code}: {}",
            output.stderr
        );
    }
}

#[test]
fn marks_and_line_breaks_of_other_systems_are_no_part_of_data() {
    let program = "let v = import \"v.yaml\" as { a: Str, b: Str }\n\nsettings = k8s.ConfigMap {\n  \
                   metadata { name = \"x\" }\n  data { a = v.a, b = v.b, c = embed \"c.txt\" }\n}\n";
    let folder = Folder::new(&[
        ("main.dep", program),
        ("v.yaml", "\u{feff}a: |\r\n  one\r\n  two\r\nb: x\r\n"),
        ("c.txt", "one\r\ntwo\r\n"),
    ]);
    let output = folder.depc(&["build", "main.dep"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    let data = documents(&output.stdout)[0]["data"].clone();
    assert_eq!(data["a"], "one\ntwo\n");
    assert_eq!(data["b"], "x");
    // What is embedded is kept as it is.
    assert_eq!(data["c"], "one\r\ntwo\r\n");
}
