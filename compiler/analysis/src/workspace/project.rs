//! `dep.toml`, which stands at a project's root: the version of Kubernetes, how strict the lints are, and the packages.

use std::ops::Range;

use kube::lints::{self, Profile, Strictness};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::{Diagnostic, Span};
use crate::show::did_you_mean;
use crate::workspace::lock::{Lock, locked};
use crate::workspace::plain::Plain;
use crate::workspace::text::{project_root, text_of_plain};
use crate::workspace::{Files, folder, joined, lies_in};

/// What a project says of all its programs.
#[derive(Clone, Debug, Default)]
pub struct Project {
    /// Canonical; nothing outside of it is read.
    pub root: String,
    /// The root as the user would write it; empty for the folder that paths are seen from.
    pub shown: String,
    /// The second number of the Kubernetes version.
    pub kubernetes: Option<u8>,
    /// How strict the lints are.
    pub strictness: Strictness,
    pub packages: Vec<Package>,
    /// The name of the package in which the built file lies.
    pub built_in: Option<String>,
    /// What is wrong with `dep.toml` and `dep.lock`.
    pub problems: Vec<Diagnostic>,
    /// The texts that they are shown in.
    pub texts: Vec<Plain>,
}

/// A folder whose modules are used by the name that `dep.toml` gives it.
#[derive(Clone, Debug)]
pub struct Package {
    /// `@example/queue`.
    pub name: String,
    /// Canonical, without a slash at its end; `None` where `dep.toml` is wrong about it.
    pub folder: Option<String>,
    /// What its files must be; `None` where `dep.lock` says nothing of it.
    pub lock: Option<Lock>,
    /// Where `dep.toml` names it.
    pub named: Span,
}

/// How strict the lints are.
pub const PROFILES: [&str; 3] = ["default", "prod", "restricted"];

impl Project {
    /// The package to which a file belongs, by its canonical path.
    pub fn package_of(&self, canonical: &str) -> Option<&Package> {
        self.packages.iter().find(|package| {
            package.folder.as_ref().is_some_and(|folder| lies_in(canonical, folder))
        })
    }

    pub fn package(&self, name: &str) -> Option<&Package> {
        self.packages.iter().find(|package| package.name == name)
    }
}

/// The project of a file, which the user knows as `display`. A root has what its `dep.toml` says, or nothing of it.
pub fn project(files: &dyn Files, display: &str, canonical: &str) -> Project {
    let root = project_root(files, canonical);
    // The root lies some folders above the file, also in the path that the user wrote.
    let below = folder(canonical).strip_prefix(root.as_str()).unwrap_or_default();
    let up = "../".repeat(below.split('/').filter(|part| !part.is_empty()).count());
    let shown = joined(folder(display), &up);
    let mut project = Project { root, shown, ..Project::default() };
    let at = joined(&project.root, "dep.toml");
    if !files.exists(&at) {
        return project;
    }
    let path = joined(&project.shown, "dep.toml");
    let text = match text_of_plain(files, &path, &at) {
        Ok(text) => text,
        Err(error) => {
            project.problems.push(Diagnostic::error(706, None, error.message));
            return project;
        }
    };
    let manifest = Plain::new(path, text);
    Reader { files, project: &mut project, manifest: &manifest, broken: false }.read();
    if !project.packages.is_empty() {
        locked(files, &mut project);
    }
    project.built_in = project.package_of(canonical).map(|package| package.name.clone());
    project.texts.push(manifest);
    project
}

/// The minor version that `text` names, `1.34`, or what is wrong with it.
pub fn kubernetes_version(text: &str) -> Result<u8, String> {
    use kube::types::{FIRST, LAST};
    let known = || format!("depc knows Kubernetes 1.{FIRST} to 1.{LAST}, written `1.{LAST}`");
    let minor = text.strip_prefix("1.").and_then(|minor| minor.parse::<u8>().ok());
    match minor {
        Some(minor) if (FIRST..=LAST).contains(&minor) && text == format!("1.{minor}") => Ok(minor),
        _ => Err(known()),
    }
}

struct Reader<'r> {
    files: &'r dyn Files,
    project: &'r mut Project,
    manifest: &'r Plain,
    /// It is no TOML throughout.
    broken: bool,
}

impl Reader<'_> {
    fn read(mut self) {
        let (table, errors) = DeTable::parse_recoverable(&self.manifest.text);
        // What a broken line seems to say is not told too.
        self.broken = !errors.is_empty();
        for error in errors {
            let range = error.span().unwrap_or_default();
            let message = error.message().lines().next().unwrap_or_default().to_owned();
            self.reported(range, message, None);
        }
        for (key, value) in in_order(table.get_ref()) {
            let range = key.span();
            match &**key.get_ref() {
                "kubernetes" => self.kubernetes(value),
                "profile" => self.profile(value),
                "lints" => self.lints(value),
                "registries" => self.registries(value),
                "packages" => self.packages(value),
                unknown => {
                    let names = ["kubernetes", "profile", "lints", "registries", "packages"];
                    self.unknown(range, "a project", unknown, &names);
                }
            }
        }
    }

    fn kubernetes(&mut self, value: &Spanned<DeValue<'_>>) {
        let DeValue::String(text) = value.get_ref() else {
            // As a number, 1.30 is 1.3.
            let written = self.manifest.text.get(value.span()).unwrap_or_default();
            let help = matches!(value.get_ref(), DeValue::Float(_) | DeValue::Integer(_))
                .then(|| format!("a version is a text: `kubernetes = \"{written}\"`"));
            self.expected("a version of Kubernetes, such as \"1.34\"", value, help);
            return;
        };
        match kubernetes_version(text) {
            Ok(minor) => self.project.kubernetes = Some(minor),
            Err(known) => {
                let message = format!("{text:?} is no version of Kubernetes that depc knows");
                self.report(value.span(), message, Some(known));
            }
        }
    }

    fn profile(&mut self, value: &Spanned<DeValue<'_>>) {
        let DeValue::String(text) = value.get_ref() else {
            self.expected("the name of a profile", value, None);
            return;
        };
        if let Some(profile) = Profile::named(text) {
            self.project.strictness.profile = profile;
            return;
        }
        let help = did_you_mean(text, PROFILES)
            .unwrap_or_else(|| format!("the profiles are {}", PROFILES.join(", ")));
        self.report(value.span(), format!("there is no profile {text:?}"), Some(help));
    }

    /// Lints that hold beyond those of the profile.
    fn lints(&mut self, value: &Spanned<DeValue<'_>>) {
        let DeValue::Array(ids) = value.get_ref() else {
            let help = "such as `lints = [\"L-103\"]`";
            self.expected("a list of lints", value, Some(help.to_owned()));
            return;
        };
        for id in ids.iter() {
            match id.get_ref() {
                DeValue::String(text) if lints::ids().any(|known| known == *text) => {
                    self.project.strictness.further.push(text.to_string());
                }
                DeValue::String(text) => {
                    let help = did_you_mean(text, lints::ids());
                    self.report(id.span(), format!("there is no lint {text:?}"), help);
                }
                _ => self.expected("the id of a lint", id, None),
            }
        }
        self.project.strictness.further.sort();
    }

    /// Where images may come from.
    fn registries(&mut self, value: &Spanned<DeValue<'_>>) {
        let help = || Some("such as `registries = [\"ghcr.io/your-org\"]`".to_owned());
        let DeValue::Array(names) = value.get_ref() else {
            self.expected("a list of registries", value, help());
            return;
        };
        for name in names.iter() {
            let DeValue::String(text) = name.get_ref() else {
                self.expected("the name of a registry", name, help());
                continue;
            };
            let host = text.split('/').next().unwrap_or_default();
            if !(host.contains(['.', ':']) || host == "localhost") || text.contains([' ', '@']) {
                let message = format!("{text:?} is no registry, and no folder of one");
                self.report(name.span(), message, help());
                continue;
            }
            self.project.strictness.registries.push(text.to_string());
        }
        self.project.strictness.registries.sort();
    }

    fn packages(&mut self, value: &Spanned<DeValue<'_>>) {
        let DeValue::Table(table) = value.get_ref() else {
            let help = "write `[packages]`, and a line for each below it";
            self.expected("a table of packages", value, Some(help.to_owned()));
            return;
        };
        for (name, value) in in_order(table) {
            let folder = self.package(name.get_ref(), value);
            let named = self.manifest.span(name.span());
            let name = name.get_ref().to_string();
            self.project.packages.push(Package { name, folder, lock: None, named });
        }
    }

    /// The folder of a package.
    fn package(&mut self, name: &str, value: &Spanned<DeValue<'_>>) -> Option<String> {
        let instead = format!(
            "a package is a folder of the project: `\"{name}\" = {{ path = \"packages/…\" }}`"
        );
        let DeValue::Table(table) = value.get_ref() else {
            let message = format!("{name} gives no path, and there is no registry to ask");
            self.report(value.span(), message, Some(instead));
            return None;
        };
        let mut folder = None;
        let mut known = true;
        for (key, value) in in_order(table) {
            match (&**key.get_ref(), value.get_ref()) {
                ("path", DeValue::String(path)) => folder = self.folder(path, value.span()),
                ("path", _) => self.expected("the path of a folder", value, None),
                ("version" | "git" | "registry" | "url" | "branch" | "tag" | "rev", _) => {
                    known = false;
                    let message = format!(
                        "{name} is to come from elsewhere, and there is no registry to ask"
                    );
                    self.report(key.span(), message, Some(instead.clone()));
                }
                (unknown, _) => {
                    known = false;
                    self.unknown(key.span(), "a package", unknown, &["path"]);
                }
            }
        }
        if known && !table.iter().any(|(key, _)| &**key.get_ref() == "path") {
            self.report(value.span(), format!("{name} gives no path"), Some(instead));
        }
        folder
    }

    fn folder(&mut self, path: &str, range: Range<usize>) -> Option<String> {
        let wanted = joined(&self.project.root, path);
        let found = self.files.canonical(&wanted);
        let root = &self.project.root;
        let inside = |path: &str| lies_in(path, root) && path != root;
        if path.starts_with('/') || !inside(&wanted) || !found.as_deref().is_none_or(inside) {
            let help = "a package is a folder below the one of dep.toml";
            self.report(
                range,
                format!("{path:?} lies outside of the project"),
                Some(help.to_owned()),
            );
            return None;
        }
        if found.is_none() {
            self.report(range, format!("there is no folder {path:?}"), None);
        }
        found
    }

    fn expected(&mut self, what: &str, found: &Spanned<DeValue<'_>>, help: Option<String>) {
        let kind = found.get_ref().type_str();
        self.report(found.span(), format!("expected {what}, found {} {kind}", article(kind)), help);
    }

    fn unknown(&mut self, range: Range<usize>, of: &str, name: &str, known: &[&str]) {
        let help = did_you_mean(name, known.iter().copied())
            .unwrap_or_else(|| format!("{of} has {}", known.join(", ")));
        self.report(range, format!("{of} has no setting `{name}`"), Some(help));
    }

    fn report(&mut self, range: Range<usize>, message: String, help: Option<String>) {
        if !self.broken {
            self.reported(range, message, help);
        }
    }

    fn reported(&mut self, range: Range<usize>, message: String, help: Option<String>) {
        let message = format!("dep.toml: {message}");
        let mut problem = Diagnostic::error(706, Some(self.manifest.span(range)), message);
        problem.help = help;
        self.project.problems.push(problem);
    }
}

/// The entries in the order of the file.
pub(super) fn in_order<'t, 'i>(
    table: &'t DeTable<'i>,
) -> Vec<(&'t Spanned<toml::de::DeString<'i>>, &'t Spanned<DeValue<'i>>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}
