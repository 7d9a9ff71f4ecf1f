//! `depc doc`: what modules offer, as Markdown: each item with its comment, and the fields that users may set.

mod bases;

mod kubernetes;

use std::collections::BTreeSet;
use std::ops::Range;

use analysis::diagnostic::Diagnostic;
use analysis::mask::Shown;
use analysis::resolve::NoKind;
use analysis::show::nearest;
use analysis::workspace::{library, text::text_of_plain};
use syntax::{Node, NodeKind as K, Parsed, cut, file_doc};

use crate::arguments::Doc;
use crate::difference;
use crate::{FAILED, Io, print, programs};
use bases::Modules;

/// A default that is longer than this many characters, or takes several lines, is called computed.
const LONG_DEFAULT: usize = 60;

pub fn run(arguments: &Doc, io: &mut Io<'_>) -> u8 {
    let mut text = String::new();
    let mut files = Vec::new();
    if arguments.modules.is_empty() {
        return print(io, contents().as_bytes());
    }
    let all = || library().iter().map(|module| module.name);
    for path in &arguments.modules {
        let named = |name: &&str| **name == *path || name.starts_with(&format!("{path}."));
        if all().any(|name| named(&name)) {
            for module in library().iter().filter(|module| named(&module.name)) {
                page(module.name, &Shown::whole(module.text), module.text, &mut text);
            }
        } else if let Some(path) = path.strip_prefix("k8s.") {
            if let Err(NoKind { code, message, help }) = kubernetes::page(path, &mut text) {
                let problem = Diagnostic::error(code, None, message);
                programs::refused(io, &Diagnostic { help, ..problem });
                return FAILED;
            }
        } else if !page_of_one(path, &mut text) {
            files.push(path.clone());
        }
    }
    let Some(disk) = programs::open(io, &files) else { return FAILED };
    let Some(files) = programs::files(io, &disk, &files) else { return FAILED };
    for file in &files {
        let shown = if file == "-" { crate::disk::STDIN } else { file };
        match text_of_plain(&disk, shown, shown) {
            // It is read where many read, so that what is sensitive in it is as hidden as in a message.
            Ok(read) => {
                let masked = difference::shown(&disk, shown, None);
                let masked = masked.unwrap_or_else(|| Shown::whole(&read));
                page(shown, &masked, &read, &mut text);
            }
            Err(error) => {
                let items = items_beside(file);
                let near = nearest(file, all().chain(items.iter().map(String::as_str)));
                let near = near.map(|name| format!("did you mean `{name}`?"));
                let help = near.or(error.help);
                let problem = Diagnostic::error(error.code, None, error.message);
                programs::refused(io, &Diagnostic { help, ..problem });
                return FAILED;
            }
        }
    }
    print(io, text.as_bytes())
}

/// The modules of the library, each with what it says of itself first.
fn contents() -> String {
    let mut text = String::from("# The library\n\n");
    for module in library() {
        let doc = file_doc(module.text);
        let first = one_line(doc.split("\n\n").next().unwrap_or_default());
        text.push_str(&format!("- {}: {first}\n", code(module.name)));
    }
    text.push_str(
        "\n`depc doc MODULE` prints what one of them offers, `depc doc MODULE.NAME` one thing of it with all of its fields, and `depc doc k8s.KIND` the fields of a kind of Kubernetes.\n",
    );
    text
}

/// The page of one item of the library, `std.workload.Service`, with all fields of a schema; false if there is none.
fn page_of_one(path: &str, to: &mut String) -> bool {
    let Some((module, name)) = path.rsplit_once('.') else { return false };
    let Some(module) = library().iter().find(|own| own.name == module) else { return false };
    let mut modules = Modules::default();
    let Some((start, own)) = modules.item_named(module.name, module.text, name) else {
        return false;
    };
    if !to.is_empty() {
        to.push('\n');
    }
    to.push_str(&format!("# {path}\n"));
    let shown = Shown::whole(module.text);
    let parsed = Parsed::new(own);
    let entry = parsed.tree().entry();
    let mut told = BTreeSet::new();
    item(&Text { shown: &shown, start }, entry, parsed.tree().root().doc(), &mut told, to);
    for base in modules.bases(module.name, module.text, name) {
        let of = modules.item_named(base.module, base.text, &base.name);
        let Some((start, own)) = of else { break };
        let parsed = Parsed::new(own);
        let shown = Shown::whole(base.text);
        to.push_str(&format!("\n## Of {}\n", code(&format!("{}.{}", base.module, base.name))));
        let text = Text { shown: &shown, start };
        body(&text, parsed.tree().entry().child(K::Body), &mut told, to);
    }
    true
}

/// What the module of the library offers that a path begins with.
fn items_beside(path: &str) -> Vec<String> {
    let module = path.rsplit_once('.').map(|(module, _)| module);
    let Some(module) = library().iter().find(|own| Some(own.name) == module) else {
        return Vec::new();
    };
    let items = cut(module.text).items.into_iter();
    let items = items.filter_map(|span| {
        let parsed = Parsed::new(module.text.get(span.range())?);
        let name = parsed.tree().entry().child(K::Name)?;
        Some(format!("{}.{}", module.name, name.text()))
    });
    items.collect()
}

/// The fields that a schema has of others, by their names.
fn inherited<'m>(
    modules: &mut Modules<'m>,
    (module, text): (&'m str, &'m str),
    schema: &str,
    told: &BTreeSet<String>,
    to: &mut String,
) {
    let mut told = told.clone();
    let mut all = Vec::new();
    for base in modules.bases(module, text, schema) {
        let of = modules.item_named(base.module, base.text, &base.name);
        let Some((_, own)) = of else { break };
        let parsed = Parsed::new(own);
        let fields = fields(parsed.tree().entry().child(K::Body));
        let names = fields.into_iter().map(|field| parts(field).0);
        let names: Vec<String> =
            names.filter(|name| told.insert(plain(name))).map(|name| code(&name)).collect();
        if !names.is_empty() {
            let of = match base.module == module {
                true => code(&base.name),
                false => code(&format!("{}.{}", base.module, base.name)),
            };
            all.push(format!("those of {of}: {}", names.join(", ")));
        }
    }
    if !all.is_empty() {
        let asked = match library().iter().any(|own| own.name == module) {
            true => format!(" {} says what each is.", code(&format!("depc doc {module}.{schema}"))),
            false => String::new(),
        };
        paragraph(&format!("And {}.{asked}", all.join("; and ")), to);
    }
}

/// The page of one module: its text, and as it may be shown.
fn page(name: &str, shown: &Shown<'_>, text: &str, to: &mut String) {
    if !to.is_empty() {
        to.push('\n');
    }
    to.push_str(&format!("# {name}\n"));
    paragraph(&file_doc(text), to);
    let mut modules = Modules::default();
    for span in cut(text).items {
        let parsed = Parsed::new(text.get(span.range()).unwrap_or_default());
        let root = parsed.tree().root();
        let entry = parsed.tree().entry();
        let mut told = BTreeSet::new();
        item(&Text { shown, start: span.range().start }, entry, root.doc(), &mut told, to);
        if let Some(schema) = entry
            .child(K::Name)
            .filter(|_| entry.kind() == K::Schema && entry.child(K::Extends).is_some())
        {
            inherited(&mut modules, (name, text), schema.text(), &told, to);
        }
    }
}

/// The text of an item as it may be shown.
struct Text<'t> {
    shown: &'t Shown<'t>,
    /// Where the item begins in its file.
    start: usize,
}

impl Text<'_> {
    /// A stretch of the item, in one line.
    fn line(&self, range: Range<usize>) -> String {
        let range = self.start + range.start..self.start + range.end.max(range.start);
        one_line(self.shown.get(range).unwrap_or_default())
    }
}

/// One item. The names of its fields are added to what is told.
fn item(
    text: &Text<'_>,
    entry: Node<'_>,
    doc: String,
    told: &mut BTreeSet<String>,
    to: &mut String,
) {
    let name = entry.child(K::Name).map(|name| name.text()).unwrap_or_default();
    let title = match entry.kind() {
        K::Schema | K::Trait => {
            let body = entry.child(K::Body).map_or(entry.range().end, |body| body.range().start);
            text.line(entry.range().start..body)
        }
        K::Variant => format!("variant {name}"),
        K::TypeAlias | K::Input => text.line(entry.range()),
        K::Fn => {
            let end = entry.child(K::Set).map_or(entry.range().end, |set| set.range().start);
            text.line(entry.range().start..end)
        }
        // What a file makes of its own is told where it says for what.
        K::Binding if !doc.is_empty() => {
            let head = text.line(entry.range().start..binds_at(entry));
            head.trim_end_matches('=').trim_end().to_owned()
        }
        _ => return,
    };
    to.push_str(&format!("\n## {}\n", code(&title)));
    paragraph(&doc, to);
    match entry.kind() {
        K::Schema | K::Trait => body(text, entry.child(K::Body), told, to),
        K::Variant => cases(text, entry, to),
        _ => {}
    }
}

/// The cases of a variant, each with its fields.
fn cases(text: &Text<'_>, variant: Node<'_>, to: &mut String) {
    let cases = variant.child(K::Cases);
    for case in cases.iter().flat_map(|cases| cases.children()).filter(|one| one.kind() == K::Case)
    {
        let name = case.child(K::Name).map(|name| name.text()).unwrap_or_default();
        let doc = one_line(&case.doc());
        let colon = if doc.is_empty() { "" } else { ": " };
        to.push_str(&format!("\n- {}{colon}{doc}\n", code(name)));
        if let Some(fields) = case.child(K::Body) {
            body(text, Some(fields), &mut BTreeSet::new(), to);
        }
    }
}

/// The fields that a body declares.
fn fields(body: Option<Node<'_>>) -> Vec<Node<'_>> {
    let all = body.iter().flat_map(|body| body.children());
    let declared =
        all.filter(|entry| entry.kind() == K::Binding && entry.child(K::Annotation).is_some());
    declared.collect()
}

/// The name of a field without the mark that it may be absent.
fn plain(name: &str) -> String {
    name.trim_end_matches('?').to_owned()
}

/// The fields of a body that were not told yet: those that users set, and those that they read.
fn body(source: &Text<'_>, body: Option<Node<'_>>, told: &mut BTreeSet<String>, to: &mut String) {
    let mut all = fields(body);
    all.retain(|field| told.insert(plain(&parts(*field).0)));
    let fields = || all.iter().copied();
    let given = |field: &Node<'_>| {
        let of = |word: &str| {
            field.children().any(|child| child.kind() == K::Modifier && child.text() == word)
        };
        of("export") || of("emit")
    };
    if fields().any(|field| !given(&field)) {
        to.push_str("\n| field | type | default | |\n| --- | --- | --- | --- |\n");
        for field in fields().filter(|field| !given(field)) {
            let (name, ty, doc) = parts(field);
            let default = match field.child(K::Set).map(|set| set.children().next()) {
                Some(Some(value)) => match source.line(value.range()) {
                    text if text.chars().count() <= LONG_DEFAULT
                        && !value.text().contains('\n') =>
                    {
                        cell(&code(&text))
                    }
                    _ => "computed".to_owned(),
                },
                _ if name.ends_with('?') || ty == "Never" => String::new(),
                _ => "must be set".to_owned(),
            };
            to.push_str(&format!(
                "| {} | {} | {default} | {} |\n",
                cell(&code(&name)),
                cell(&code(&ty)),
                cell(&doc)
            ));
        }
    }
    if fields().any(|field| given(&field)) {
        to.push_str("\n| it gives | type | |\n| --- | --- | --- |\n");
        for field in fields().filter(given) {
            let (name, ty, doc) = parts(field);
            to.push_str(&format!(
                "| {} | {} | {} |\n",
                cell(&code(&name)),
                cell(&code(&ty)),
                cell(&doc)
            ));
        }
    }
}

/// The name of a field, its type, and its comment in one line.
fn parts(field: Node<'_>) -> (String, String, String) {
    let name = field.child(K::Path).map(|path| one_line(path.text())).unwrap_or_default();
    let ty = field.child(K::Annotation).and_then(|annotation| annotation.children().next());
    (name, ty.map(|ty| one_line(ty.text())).unwrap_or_default(), one_line(&field.doc()))
}

/// Where a binding's name and type end.
fn binds_at(entry: Node<'_>) -> usize {
    let binds =
        entry.children().find(|child| matches!(child.kind(), K::Set | K::Body | K::Layered));
    binds.map_or(entry.range().end, |binds| binds.range().start)
}

fn paragraph(doc: &str, to: &mut String) {
    if !doc.is_empty() {
        to.push_str(&format!("\n{}\n", doc.trim_end()));
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<&str>>().join(" ")
}

/// Code in Markdown.
fn code(text: &str) -> String {
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

/// Text within a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
