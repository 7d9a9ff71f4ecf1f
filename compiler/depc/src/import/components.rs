//! Objects that a component of the library makes, and the component. What is written here is tried: where building it
//! does not give the same objects, they are written by their types.

mod program;

mod kinds;

use std::fmt::Write;

use kube::tree::Ref;

use super::typed::{key, string};
use program::Program;

/// A component that may stand for some objects.
pub struct Candidate {
    /// The objects, by number.
    pub objects: Vec<usize>,
    /// What it would be called.
    pub name: String,
    /// What it uses of the library.
    pub uses: Vec<(&'static str, &'static str)>,
    pub text: String,
}

/// The number of an object, and the object.
type Numbered<'t> = (usize, Ref<'t>);

/// The components that may stand for objects of these, each object in one of them at most.
pub fn candidates(objects: &[Numbered<'_>]) -> Vec<Candidate> {
    let all = objects.iter().filter_map(|object| match kind(object.1) {
        "Deployment" => workload(*object, objects),
        "StatefulSet" => kinds::stateful(*object, objects),
        "DaemonSet" => kinds::daemon(*object, objects),
        "Job" => kinds::job(*object, objects),
        "CronJob" => kinds::cron(*object, objects),
        "PersistentVolumeClaim" => claim(*object),
        "ConfigMap" => config(*object),
        _ => None,
    });
    all.collect()
}

fn kind(object: Ref<'_>) -> &str {
    text(object, &["kind"]).unwrap_or_default()
}

fn text<'t>(object: Ref<'t>, path: &[&str]) -> Option<&'t str> {
    object.at(path).and_then(Ref::as_str)
}

fn number(object: Ref<'_>, path: &[&str]) -> Option<i64> {
    object.at(path).and_then(Ref::as_int)
}

fn quoted(text: &str) -> String {
    string(text, 1)
}

/// Something with the name and namespace of another.
fn sibling<'t>(of: Ref<'_>, kind_wanted: &str, all: &[Numbered<'t>]) -> Option<Numbered<'t>> {
    let same = |path: &[&str], object: Ref<'_>| text(of, path) == text(object, path);
    all.iter().copied().find(|(_, object)| {
        kind(*object) == kind_wanted
            && same(&["metadata", "name"], *object)
            && same(&["metadata", "namespace"], *object)
    })
}

/// The text of a component as it grows: bindings, a line each.
struct Body {
    text: String,
}

impl Body {
    fn of(schema: &str) -> Self {
        Self { text: format!("{schema} {{\n") }
    }

    fn set(&mut self, name: &str, value: &str) {
        // Writing into a text does not fail.
        let _ = writeln!(self.text, "{name} = {value}");
    }

    fn line(&mut self, line: &str) {
        let _ = writeln!(self.text, "{line}");
    }

    /// Name, where the key does not say it, and namespace.
    fn named(&mut self, object: Ref<'_>, bound: &str) -> Option<()> {
        let name = text(object, &["metadata", "name"])?;
        if super::kebab(bound) != name {
            self.set("name", &quoted(name));
        }
        if let Some(namespace) = text(object, &["metadata", "namespace"]) {
            self.set("namespace", &quoted(namespace));
        }
        Some(())
    }

    fn map(&mut self, name: &str, map: &[(&str, String)], block: bool) {
        if map.is_empty() {
            return;
        }
        let entries: Vec<String> =
            map.iter().map(|(name, value)| format!("{} = {value}", key(name))).collect();
        let sign = if block { "" } else { "= " };
        let _ = writeln!(self.text, "{name} {sign}{{\n{}\n}}", entries.join("\n"));
    }

    fn end(mut self) -> String {
        self.text.push('}');
        self.text
    }
}

fn labels(object: Ref<'_>, path: &[&str], but: &[(&str, &str)]) -> Vec<(String, String)> {
    let entries = object.at(path).into_iter().flat_map(Ref::entries);
    let own = entries.filter(|(name, _)| !but.iter().any(|(other, _)| other == name));
    own.map(|(name, value)| (name.to_owned(), quoted(value.as_str().unwrap_or_default()))).collect()
}

fn further_labels(body: &mut Body, object: Ref<'_>, but: &[(&str, &str)]) {
    let own = labels(object, &["metadata", "labels"], but);
    let own: Vec<(&str, String)> =
        own.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    body.map("labels", &own, true);
}

/// The labels that components give.
fn given(name: &str) -> [(&str, &str); 2] {
    [("app.kubernetes.io/name", name), ("app.kubernetes.io/instance", name)]
}

fn claim((number, object): Numbered<'_>) -> Option<Candidate> {
    let name = text(object, &["metadata", "name"])?;
    let bound = super::camel(name);
    let mut body = Body::of("Claim");
    body.named(object, &bound)?;
    further_labels(&mut body, object, &given(name));
    body.set("access", &quoted(text(object, &["spec", "accessModes", "0"])?));
    body.set("size", &quoted(text(object, &["spec", "resources", "requests", "storage"])?));
    if let Some(class) = text(object, &["spec", "storageClassName"]) {
        body.set("storageClass", &quoted(class));
    }
    let uses = vec![("std.storage", "Claim")];
    Some(Candidate { objects: vec![number], name: bound, uses, text: body.end() })
}

fn config((number, object): Numbered<'_>) -> Option<Candidate> {
    let name = text(object, &["metadata", "name"])?;
    let bound = super::camel(name);
    let mut body = Body::of("Config");
    body.named(object, &bound)?;
    further_labels(&mut body, object, &given(name));
    let data = object.get("data")?.entries();
    let data: Option<Vec<(&str, String)>> =
        data.map(|(name, value)| Some((name, string(value.as_str()?, 2)))).collect();
    body.map("data", &data?, true);
    let uses = vec![("std.config", "Config")];
    Some(Candidate { objects: vec![number], name: bound, uses, text: body.end() })
}

fn workload(deployment: Numbered<'_>, all: &[Numbered<'_>]) -> Option<Candidate> {
    let object = deployment.1;
    let strategy = text(object, &["spec", "strategy", "type"])?;
    let service = sibling(object, "Service", all);
    let autoscaler = sibling(object, "HorizontalPodAutoscaler", all);
    let replicas = number(object, &["spec", "replicas"]);
    let is_singleton = strategy == "Recreate" && replicas == Some(1) && autoscaler.is_none();
    let schema = match (is_singleton, service) {
        (true, _) => "Singleton",
        (false, Some(_)) => "Service",
        (false, None) => "Workload",
    };
    let mut program = Program::of(schema, object, &["spec", "template", "spec"])?;
    match autoscaler {
        Some((_, scaler)) => {
            let (least, most) = (
                number(scaler, &["spec", "minReplicas"])?,
                number(scaler, &["spec", "maxReplicas"])?,
            );
            program.body.set("scale", &format!("{least}..{most}"));
            let target = ["spec", "metrics", "0", "resource", "target", "averageUtilization"];
            match number(scaler, &target)? {
                80 => {}
                target => program.body.set("cpuTarget", &format!("{target}%")),
            }
        }
        None if is_singleton => {}
        None => program.body.set("replicas", &replicas?.to_string()),
    }
    if strategy != "RollingUpdate" && !is_singleton {
        program.body.set("strategy", &quoted(strategy));
    }
    program.holds(all, None)?;
    program.asks([Some((2, 30)), Some((5, 3)), Some((20, 3))])?;
    let objects = std::iter::once(deployment.0)
        .chain(service.map(|(number, _)| number))
        .chain(autoscaler.map(|(number, _)| number));
    Some(program.candidate(objects.collect()))
}
