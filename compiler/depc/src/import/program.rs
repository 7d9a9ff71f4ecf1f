//! The program that is made of objects: which form each has in it, found by building it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use analysis::build::{Format, built};
use analysis::workspace::{Options, Workspace};
use kube::crd::{Definition, definitions};
use kube::data::json;
use kube::facts::Identity;
use kube::manifests::{Finding, planted};
use kube::rules::Level;
use kube::tree::{Ref, Tree};
use kube::types::TypeId;

use super::camel;
use super::components::candidates;
use super::same::{Differences, same};
use super::typed::{key, string, value};
use crate::disk::{Disk, STDIN};
use crate::validate::Validated;

/// How often the program is built at most: each object changes its form twice at most, and most do at once.
const ROUNDS: usize = 8;

/// A program that gives objects back.
pub struct Imported {
    pub text: String,
    /// Objects that are not in it, and why.
    pub lost: Vec<(usize, String)>,
    /// What is written otherwise in an object, though it means the same.
    pub otherwise: Vec<(usize, Differences)>,
}

/// An item of the program.
struct Part {
    name: String,
    objects: Vec<usize>,
    form: Form,
}

#[derive(Clone, PartialEq)]
enum Form {
    /// A component of the library, with what it uses.
    Component(String, Vec<(&'static str, &'static str)>),
    /// By the types of its kind; of a custom kind with the number of the file that defines it.
    Typed(String, Option<usize>),
    /// What its file holds.
    Source,
    /// It cannot be written.
    Lost(String),
}

struct Making<'r> {
    read: &'r Validated,
    /// From where the paths of files are seen.
    from: &'r Path,
    folder: &'r Path,
    minor: u8,
    /// Files that define kinds, as `use crd` names them, and what they define.
    definitions: Vec<(String, Vec<Definition>)>,
    parts: Vec<Part>,
    /// What is not among the objects, and they refer to.
    missing: BTreeSet<Identity>,
    /// What rules across objects say of an object that cannot be mended by an external one.
    allowed: BTreeMap<usize, BTreeSet<&'static str>>,
}

impl Imported {
    /// A program for the objects that were read, by paths seen from `from`. It is to lie in `folder`.
    pub fn of(
        read: &Validated,
        across: &[Finding],
        (from, folder): (&Path, &Path),
        minor: u8,
    ) -> Self {
        let mut making = Making {
            read,
            from,
            folder,
            minor,
            definitions: Vec::new(),
            parts: Vec::new(),
            missing: BTreeSet::new(),
            allowed: BTreeMap::new(),
        };
        for finding in across.iter().filter(|one| one.level == Level::Error) {
            match &finding.missing {
                Some(missing) => {
                    making.missing.insert(missing.clone());
                }
                None => {
                    making.allowed.entry(finding.object).or_default().insert(finding.rule);
                }
            }
        }
        for text in &read.texts {
            let kinds = definitions(&text.data, minor).kinds;
            let path = relative(folder, &from.join(&*text.shown));
            if let Some(path) = path.filter(|_| !kinds.is_empty()) {
                making.definitions.push((path, kinds));
            }
        }
        making.first();
        for _ in 0..ROUNDS {
            let text = making.text();
            let (wrong, otherwise) = making.tried(&text);
            if wrong.is_empty() {
                let lost = making.parts.iter().filter_map(|part| match &part.form {
                    Form::Lost(why) => Some(part.objects.iter().map(|at| (*at, why.clone()))),
                    _ => None,
                });
                return Self { lost: lost.flatten().collect(), text, otherwise };
            }
            making.degrade(&wrong);
        }
        let why = "this cannot be imported: no form of it was found".to_owned();
        let lost = (0..read.manifests.objects().len()).map(|at| (at, why.clone())).collect();
        Self { text: String::new(), lost, otherwise: Vec::new() }
    }
}

impl Making<'_> {
    fn object(&self, number: usize) -> Option<Ref<'_>> {
        self.read.manifests.object(number)
    }

    /// Each object in the first form that is worth a try.
    fn first(&mut self) {
        let count = self.read.manifests.objects().len();
        let all: Vec<(usize, Ref<'_>)> =
            (0..count).filter_map(|at| Some((at, self.object(at)?))).collect();
        let mut taken = BTreeSet::new();
        let mut parts = Vec::new();
        for candidate in candidates(&all) {
            // What is exempt from a rule says so in its own text.
            let is_exempt = candidate.objects.iter().any(|at| self.allowed.contains_key(at));
            if !is_exempt && !candidate.objects.iter().any(|at| taken.contains(at)) {
                taken.extend(candidate.objects.iter().copied());
                let form = Form::Component(candidate.text, candidate.uses);
                parts.push(Part { name: candidate.name, objects: candidate.objects, form });
            }
        }
        for (at, _) in all.iter().filter(|(at, _)| !taken.contains(at)) {
            parts.push(self.typed(*at));
        }
        parts.sort_by_key(|part| part.objects.iter().min().copied());
        self.parts = parts;
        self.rename();
    }

    fn typed(&self, at: usize) -> Part {
        let Some(object) = self.object(at) else {
            return Part { name: String::new(), objects: vec![at], form: Form::Source };
        };
        let text = |path: &[&str]| object.at(path).and_then(Ref::as_str).unwrap_or_default();
        let name = camel(text(&["metadata", "name"])) + text(&["kind"]);
        let custom = self.custom(at);
        let module = custom.map(|(_, file)| module(file)).unwrap_or_default();
        let own = custom.map(|(ty, _)| (ty, module.as_str()));
        let form = match value(object, self.minor, own) {
            Ok(text) => Form::Typed(self.with_exemptions(at, text), custom.map(|(_, file)| file)),
            Err(_) => Form::Source,
        };
        Part { name, objects: vec![at], form }
    }

    /// The type of an object of a custom kind, and the number of the file that defines it.
    fn custom(&self, at: usize) -> Option<(TypeId, usize)> {
        let ty = self.read.manifests.kind(at)?;
        let defines = |(_, kinds): &(String, Vec<Definition>)| kinds.iter().any(|one| one.ty == ty);
        Some((ty, self.definitions.iter().position(defines)?))
    }

    fn with_exemptions(&self, at: usize, mut text: String) -> String {
        let rules = self.allowed.get(&at).into_iter().flatten();
        let lines: String =
            rules.map(|rule| format!("allow \"{rule}\": \"so it was before depc\"\n")).collect();
        if let Some(brace) = text.find('{') {
            text.insert_str(brace + 1, &format!("\n{lines}"));
        }
        text
    }

    /// Names tell parts apart.
    fn rename(&mut self) {
        let mut seen = BTreeSet::new();
        for part in &mut self.parts {
            let mut name = part.name.clone();
            let mut count = 1;
            while !seen.insert(name.clone()) {
                count += 1;
                name = format!("{}{count}", part.name);
            }
            part.name = name;
        }
    }

    /// Gives the next form to parts that do not give back what they stand for.
    fn degrade(&mut self, wrong: &BTreeMap<usize, String>) {
        let parts = std::mem::take(&mut self.parts);
        for (at, part) in parts.into_iter().enumerate() {
            let Some(why) = wrong.get(&at) else {
                self.parts.push(part);
                continue;
            };
            match part.form {
                Form::Component(..) => {
                    for object in &part.objects {
                        let typed = self.typed(*object);
                        self.parts.push(typed);
                    }
                }
                Form::Typed(..) => self.parts.push(Part { form: Form::Source, ..part }),
                Form::Source | Form::Lost(_) => {
                    self.parts.push(Part { form: Form::Lost(why.clone()), ..part });
                }
            }
        }
        self.parts.sort_by_key(|part| part.objects.iter().min().copied());
        self.rename();
    }

    /// The program as it is now.
    fn text(&self) -> String {
        let mut uses: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let (mut lets, mut items) = (String::new(), String::new());
        let mut sources = BTreeMap::new();
        let mut defining: BTreeSet<usize> = BTreeSet::new();
        for part in &self.parts {
            match &part.form {
                Form::Component(text, own) => {
                    for (module, name) in own {
                        uses.entry(module).or_default().insert(name);
                    }
                    items.push_str(&format!("{} = {text}\n\n", part.name));
                }
                Form::Typed(text, file) => {
                    defining.extend(file);
                    items.push_str(&format!("{} = {text}\n\n", part.name));
                }
                Form::Source => {
                    if let Some((source, name)) = self.source(part, &mut sources) {
                        items.push_str(&format!("{} = {source}.{}\n\n", part.name, key(&name)));
                    }
                }
                Form::Lost(_) => {}
            }
        }
        for (path, name) in &sources {
            let path = string(path, 0);
            lets.push_str(&format!("let {name} = import {path} as [k8s.Object by kind, name]\n"));
        }
        for missing in &self.missing {
            let Some((text, component)) = external(missing, self.minor) else { continue };
            lets.push_str(&text);
            if let Some(component) = component {
                uses.entry("std.config").or_default().insert(component);
            }
        }
        let mut head = String::new();
        for (module, names) in uses {
            let names: Vec<&str> = names.into_iter().collect();
            let names = match names.as_slice() {
                [one] => (*one).to_owned(),
                all => format!("{{{}}}", all.join(", ")),
            };
            head.push_str(&format!("use {module}.{names}\n"));
        }
        for file in defining {
            let Some((path, _)) = self.definitions.get(file) else { continue };
            head.push_str(&format!("use crd {} as {}\n", string(path, 0), module(file)));
        }
        let text: Vec<String> = [head, lets, items]
            .into_iter()
            .map(|part| part.trim().to_owned())
            .filter(|part| !part.is_empty())
            .collect();
        syntax::format(&(text.join("\n\n") + "\n")).text
    }

    /// The name of the import that holds what a part stands for, and its key there.
    fn source(
        &self,
        part: &Part,
        sources: &mut BTreeMap<String, String>,
    ) -> Option<(String, String)> {
        let at = self.read.manifests.objects().get(*part.objects.first()?)?;
        let text = self.read.texts.get(at.text)?;
        let object = self.object(*part.objects.first()?)?;
        let path = relative(self.folder, &self.from.join(&*text.shown))?;
        let count = sources.len() + 1;
        let name = sources.entry(path).or_insert_with(|| format!("source{count}")).clone();
        let word = |path: &[&str]| object.at(path).and_then(Ref::as_str);
        Some((name, format!("{}/{}", word(&["kind"])?, word(&["metadata", "name"])?)))
    }

    /// Builds the program: the parts that do not give back what they stand for, and why; and what is written otherwise.
    fn tried(&self, text: &str) -> (BTreeMap<usize, String>, Vec<(usize, Differences)>) {
        let disk = Disk::new(self.folder.to_owned(), Some(Ok(text.as_bytes().to_vec())));
        let mut workspace = Workspace::default();
        let options = Options { kubernetes: Some(self.minor), ..Options::default() };
        let loaded = workspace.load_with(&disk, STDIN, &options);
        let built = built(&workspace, &loaded, Format::Json);
        let mut wrong = BTreeMap::new();
        let errors = built.diagnostics.iter().filter(|found| found.is_error());
        for error in errors {
            let span = error.span.as_ref().filter(|span| &*span.file == STDIN);
            let part = span.and_then(|span| self.part_at(text, span.range.start));
            let why = format!("this cannot be imported: {}", error.message);
            match part {
                Some(part) => drop(wrong.insert(part, why)),
                // Nobody knows whose it is: all that is not as it was read may be.
                None => wrong.extend((0..self.parts.len()).map(|at| (at, why.clone()))),
            }
        }
        if !wrong.is_empty() {
            return (wrong, Vec::new());
        }
        let mut tree = Tree::new();
        for text in built.objects.iter().flat_map(|objects| objects.texts()) {
            let data = json(&String::from_utf8_lossy(text));
            data.documents.iter().for_each(|root| planted(&data, *root, &mut tree));
        }
        let mut left: Vec<Ref<'_>> = tree.roots().collect();
        let mut otherwise = Vec::new();
        for (number, part) in self.parts.iter().enumerate() {
            if matches!(part.form, Form::Lost(_)) {
                continue;
            }
            for at in &part.objects {
                let Some(object) = self.object(*at) else { continue };
                let mut differences = Differences::default();
                let custom = self.custom(*at).map(|(ty, _)| ty);
                let found = left.iter().position(|built| {
                    differences = Differences::default();
                    is_named_alike(object, *built)
                        && same(object, *built, (self.minor, custom), &mut differences)
                });
                match found {
                    Some(found) => {
                        left.swap_remove(found);
                        otherwise.push((*at, differences));
                    }
                    None => {
                        wrong.insert(number, why_not(part));
                    }
                }
            }
        }
        // What nobody asked for was made by a component.
        if !left.is_empty() && wrong.is_empty() {
            let components = self.parts.iter().enumerate();
            let components =
                components.filter(|(_, part)| matches!(part.form, Form::Component(..)));
            wrong.extend(components.map(|(at, _)| (at, "it makes more objects".to_owned())));
        }
        (wrong, otherwise)
    }

    /// The part whose item an offset of the text is in.
    fn part_at(&self, text: &str, offset: usize) -> Option<usize> {
        let before = text.get(..offset)?;
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let own = text.get(line_start..)?.lines().next();
        let mut lines = own.into_iter().chain(before.get(..line_start)?.lines().rev());
        lines.find_map(|line| {
            let (name, _) = line.split_once(" = ")?;
            self.parts.iter().position(|part| part.name == name)
        })
    }
}

/// By what name a program uses a file of definitions.
fn module(file: usize) -> String {
    if file == 0 { "crds".to_owned() } else { format!("crds{}", file + 1) }
}

fn why_not(part: &Part) -> String {
    let why = match part.form {
        Form::Source => "its kind is not built in, and no file of the program's folder holds it",
        _ => "building it gives another object",
    };
    format!("this cannot be imported: {why}")
}

fn is_named_alike(one: Ref<'_>, other: Ref<'_>) -> bool {
    [&["kind"][..], &["apiVersion"], &["metadata", "name"], &["metadata", "namespace"]]
        .iter()
        .all(|path| one.at(path).and_then(Ref::as_str) == other.at(path).and_then(Ref::as_str))
}

/// Declares what is there already, by a component where the library has one; with what it uses.
fn external(missing: &Identity, minor: u8) -> Option<(String, Option<&'static str>)> {
    let kind = kube::types::newest_at(&missing.kind, minor)?;
    if kind.info().group != missing.group {
        return None;
    }
    let component = match missing.kind.as_str() {
        "ConfigMap" => Some("Config"),
        "Secret" => Some("Secret"),
        _ => None,
    };
    let bound = camel(&missing.name) + &missing.kind;
    let namespace = match missing.namespace.as_str() {
        "" => String::new(),
        namespace => format!(", namespace = {}", string(namespace, 0)),
    };
    let name = string(&missing.name, 0);
    let text = match component {
        Some(schema) => format!("{bound} = external {schema} {{ name = {name}{namespace} }}\n"),
        None => {
            let kind = &missing.kind;
            format!("{bound} = external k8s.{kind} {{ metadata {{ name = {name}{namespace} }} }}\n")
        }
    };
    Some((text, component))
}

/// A file as `import` names it from a folder; `None` where that cannot be said.
fn relative(folder: &Path, file: &Path) -> Option<String> {
    let whole = std::fs::canonicalize(file).ok()?;
    let folder = std::fs::canonicalize(folder).ok()?;
    let below = whole.strip_prefix(folder).ok()?;
    Some(format!("./{}", below.to_str()?))
}
