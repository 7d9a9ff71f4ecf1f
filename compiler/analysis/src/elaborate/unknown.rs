//! Names that nothing has: what is said of them, and which names in scope can have been meant.

use std::sync::Arc;

use syntax::{Node, NodeKind};

use super::Elaborator;
use super::bare::{host_around, named_by_loops};
use super::lacking::undeclared;
use super::library::of_another_language;
use super::secret::Concealed;
use crate::db::ItemKind;
use crate::elaborate::signature;
use crate::fits::{Fit, base, fits, present};
use crate::in_scope::{names_of_everybody, names_of_files_near};
use crate::nameless::file_without_name;
use crate::offered::{with_elsewhere, with_nearly_elsewhere};
use crate::problem::{Edit, Part, Problem};
use crate::resolve::{Target, resolve};
use crate::schema::lacks_parent;
use crate::show::{differs_in_one_place, nearest_that};
use crate::ty::Ty;
use crate::types::is_primitive;
use crate::unreadable::{has_nameless, is_declared_in_part, may_declare, may_declare_within};

impl Elaborator<'_> {
    /// Reports a name that nothing has.
    pub(super) fn unknown_name(&mut self, node: Node<'_>, expected: Option<&Ty>) {
        let name = node.text();
        if is_primitive(name) {
            self.not_a_value(node, "a type");
            return;
        }
        let of_own = self.own.as_ref().is_some_and(|own| match base(&own.ty) {
            Ty::Error => true,
            Ty::Schema(item) => lacks_parent(self.db, *item),
            _ => false,
        });
        let is_undeclared = self.own.as_ref().is_some_and(|own| match base(&own.ty) {
            Ty::Schema(item) => undeclared(self.db, *item).iter().any(|other| **other == *name),
            _ => false,
        });
        // Of what is not known it may be a case, too.
        let is_case =
            self.names_only && expected == Some(&Ty::Error) && name.starts_with(char::is_uppercase);
        let may_be_own = of_own && !self.is_hardly_own(node);
        let may_be_declared = may_declare(self.db, self.module, name)
            || may_declare_within(self.db, self.item, node.range().start, name);
        if may_be_own || is_undeclared || is_case || may_be_declared {
            // It may be a field of what is not known here, which is told.
            return;
        }
        let unread = self.binding.as_deref() == Some(name)
            && self.own.as_ref().is_some_and(|own| self.field_of(&own.ty, name).is_some());
        if unread {
            self.report(
                self.problem(101, node, format!("nothing around this is called `{name}`"))
                    .note(format!("the value of `{name}` cannot be read in that very value"))
                    .help("what the layers below give it is called `prev`"),
            );
            return;
        }
        if let Some(problem) = self.is_let_below(node) {
            self.report(problem);
            return;
        }
        if self.is_of_nameless_object(name) {
            let help = format!("the object of a rule is named by `as`: `… as x where x.{name} …`");
            let told = |problem: &Problem| {
                problem.help.as_ref().is_some_and(|help| help.starts_with("the object of a rule"))
            };
            if !self.problems.iter().any(told) {
                let message = format!("nothing here is called `{name}`");
                self.report(self.problem(101, node, message).help(help));
            }
            return;
        }
        if self.is_full() || self.crowded {
            // Nobody reads so many.
            return;
        }
        if self.concealed == Concealed::Nothing && self.bare_text(node, expected) {
            return;
        }
        if let Some(problem) = file_without_name(self.db, self.module, name, self.place(node)) {
            return self.report(problem);
        }
        let mut candidates: Vec<Arc<str>> =
            self.locals.iter().map(|(name, _)| name.clone()).collect();
        if let Some(own) = &self.own {
            candidates.extend(own.keys.iter().cloned());
            candidates.extend(self.field_names(&own.ty).into_iter().map(Arc::from));
        }
        let files = names_of_files_near(self.db, self.module, name);
        let everybody = names_of_everybody(self.db);
        let scope = || files.iter().chain(&everybody).copied();
        let is_sought = !self.heads_only && self.seeks(candidates.len() + files.len());
        if !is_sought && self.concealed == Concealed::Nothing {
            return self.report(self.problem(
                101,
                node,
                format!("nothing here is called `{name}`"),
            ));
        }
        let mut names = candidates.iter().map(|name| &**name).chain(scope());
        let schema = names.find(|other| other.eq_ignore_ascii_case(name));
        let in_setting = self.kind == ItemKind::Set;
        if self.concealed != Concealed::Nothing || (in_setting && !self.hidden.is_empty()) {
            // It may be what is sensitive, without its quotes.
            let problem = self.problem(101, node, "nothing here has this name");
            let names = candidates.iter().map(|name| &**name).chain(scope());
            let problem = problem.meant_that(name, names, |name| !self.is_type(name));
            let quotes = problem.help.is_none().then(|| "a text stands in quotes".to_owned());
            self.hide(node);
            self.report(Problem { help: problem.help.clone().or(quotes), fix: None, ..problem });
            return;
        }
        let mut problem = self.problem(101, node, format!("nothing here is called `{name}`"));
        let near = {
            let own = candidates.iter().map(|name| &**name).chain(files.iter().copied());
            nearest_that(name, own, |name| self.may_stand(node, name, expected)).is_some()
        };
        let own_is_cut = || match self.own.as_ref().map(|own| base(&own.ty)) {
            Some(Ty::Schema(item) | Ty::Case(item, _)) => is_declared_in_part(self.db, *item),
            _ => false,
        };
        if !near && (has_nameless(self.db, self.module) || own_is_cut()) {
            // It may be what was to be declared there.
            return;
        }
        problem.help = match name {
            // What the file has is meant rather than what other languages have.
            _ if near => None,
            "True" | "False" | "TRUE" | "FALSE" => Some(format!("write `{}`", name.to_lowercase())),
            "self" | "this" => Some("a field of the item stands by its name alone".to_owned()),
            "sprintf" | "printf" | "format" | "concat" => {
                Some("texts are joined by interpolation: `\"web:\\(tag)\"`".to_owned())
            }
            "std" => Some(
                "what a module of the library has is brought by `use`: `use std.workload.Service`".to_owned(),
            ),
            "env" | "getenv" | "environ" | "process" => Some(
                "nothing is read from the environment: what is given from outside is declared, `input name: Str`"
                    .to_owned(),
            ),
            "read" | "readFile" | "file" | "load" | "open" => Some(
                "data is read by `import \"./data.yaml\"`, a text by `embed \"./file.txt\"`".to_owned(),
            ),
            "Math" | "math" | "Strings" | "strings" | "lists" => Some(
                "functions of the library stand by their names: `max(a, b)`, `text.upper()`".to_owned(),
            ),
            "emptyDir" => Some(
                "a folder of the pod's own is `Scratch {}`, with `use std.storage.Scratch`".to_owned(),
            ),
            "persistentVolumeClaim" | "pvc" => Some(
                "a folder of a volume is `claim / \"folder\"`, where `claim` is a `Claim { … }`: `use std.storage.Claim`"
                    .to_owned(),
            ),
            "secretKeyRef" => Some("it is `secret(\"db\", \"password\")` here".to_owned()),
            "assert" | "error" | "throw" | "fail" => {
                Some("what must hold is said by `check c: \"message\"`".to_owned())
            }
            "int" | "parseInt" | "toInt" | "tonumber" | "to_number" if called(node) => Some(
                "a text is read by `text.parseInt()`, with what holds where it is no number: `… ?? 0`"
                    .to_owned(),
            ),
            "var" | "Values" | "values" | "params" | "parameters" => Some(
                "what is given from outside is declared, `input tag: Str`, and read by its name alone"
                    .to_owned(),
            ),
            _ if is_nothing(name) => {
                Some("what is not there is left out, or taken back with `unset`".to_owned())
            }
            _ => None,
        };
        // A function that is not called is hardly meant.
        let called = node.parent().is_some_and(|above| above.child(NodeKind::Call).is_some());
        let may_be = called || name.starts_with(|c: char| c.is_ascii_uppercase());
        if problem.help.is_none() && may_be {
            problem = with_elsewhere(self.db, self.module, name, self.minor, problem);
        }
        if problem.help.is_none()
            && called
            && !near
            && let Some(here) = of_another_language(name)
            && self.library_function(here).is_some()
        {
            problem.help = Some(format!("it is called `{here}` here"));
        }
        if matches!(name, "True" | "False" | "TRUE" | "FALSE") {
            let text = name.to_lowercase();
            problem = problem.fix(format!("write `{text}`"), self.place(node), text);
        }
        if in_setting && node.parent().is_some_and(|above| above.kind() == NodeKind::List) {
            problem.help = Some(format!("a text in a list stands in quotes: `[\"{name}\"]`"));
        }
        let word = if problem.help.is_none() { self.word_meant(name, expected) } else { None };
        let made = |above: Node<'_>| {
            above.child(NodeKind::Amend).or(above.child(NodeKind::With)).is_some()
        };
        if problem.help.is_none() && node.parent().is_some_and(made) {
            problem = problem.meant(name, schema);
            if problem.help.is_none() && name.starts_with(char::is_uppercase) {
                problem = problem.meant_that(name, scope(), |name| self.makes_records(name));
            }
            if problem.help.is_none() {
                problem = with_nearly_elsewhere(self.db, self.module, name, problem);
            }
        }
        if problem.help.is_none() && !word.as_ref().is_some_and(|word| word.certain) {
            // What the file has is meant rather than what everybody has.
            let own = || candidates.iter().map(|name| &**name).chain(files.iter().copied());
            let fits = |name: &str| self.may_stand(node, name, expected);
            let everybody = everybody.iter().copied();
            problem = problem.meant_that(name, own(), fits);
            if problem.help.is_none() {
                problem = problem.meant_that(name, everybody.clone(), fits);
            } else if let Some(fix) = &mut problem.fix
                && fix.safe
            {
                let all = own().chain(everybody);
                fix.safe = nearest_that(name, all, fits).is_some_and(|near| near.alone);
            }
        }
        if problem.help.is_none() && called {
            problem = with_nearly_elsewhere(self.db, self.module, name, problem);
        }
        if problem.help.is_none() && expected.is_none_or(|want| *base(present(want)) == Ty::Bool) {
            problem = problem.meant(name, ["true", "false"]);
        }
        if problem.help.is_none() && !word.as_ref().is_some_and(|word| word.certain) {
            problem.help = named_by_loops(node);
        }
        if problem.help.is_none()
            && let Some(word) = word
        {
            problem.help = Some(word.help);
            if let Some(text) = word.instead {
                let edit = Edit { place: problem.place, part: Part::Whole, text };
                problem = problem.offer("write it as a value", word.certain, edit);
            }
        }
        if problem.help.is_none()
            && let Some(host) = host_around(node)
        {
            problem.help = Some(format!("a text stands in quotes: `\"{host}\"`"));
        }
        if problem.help.is_none()
            && node.parent().is_some_and(|above| above.kind() == NodeKind::Set)
        {
            problem = problem.help(format!("a text stands in quotes: `\"{name}\"`"));
        }
        self.report(problem);
    }

    /// Whether a name in the braces of what is not known is hardly that of one of its fields: what is called in braces is
    /// a function of the file or of the library, and of what one letter tells apart from something in scope that was
    /// meant, unless the letter is that of the plural or a number.
    fn is_hardly_own(&mut self, node: Node<'_>) -> bool {
        let name = node.text();
        let next = node.parent().and_then(|chain| chain.children().nth(1));
        if next.is_some_and(|next| next.kind() == NodeKind::Call) {
            return true;
        }
        let files = names_of_files_near(self.db, self.module, name);
        let beside = self.own.as_ref().map_or(0, |own| own.keys.len());
        if self.heads_only || !self.seeks(self.locals.len() + beside + files.len()) {
            return false;
        }
        let locals = self.locals.iter().map(|(name, _)| &**name);
        let keys = self.own.iter().flat_map(|own| own.keys.iter().map(|key| &**key));
        let all = locals.chain(keys).chain(files);
        let stem =
            |name: &str| name.trim_end_matches(|c: char| c == 's' || c.is_ascii_digit()).to_owned();
        nearest_that(name, all, |near| {
            near.len() >= 4
                && differs_in_one_place(near, name)
                && stem(near) != stem(name)
                && self.binding.as_deref() != Some(near)
                && !self.is_type(near)
        })
        .is_some_and(|near| near.alone)
    }

    /// Whether something in scope can be what was meant by a name that stands here: not what is being bound, nor what is
    /// no value, nor a function where none is called or asked for.
    fn may_stand(&self, node: Node<'_>, name: &str, expected: Option<&Ty>) -> bool {
        if self.is_type(name) {
            return false;
        }
        // Of what is read further, another type is asked for than that of the whole.
        let whole = node
            .parent()
            .is_none_or(|above| !matches!(above.kind(), NodeKind::Chain | NodeKind::Binary));
        let want = expected.map(present).filter(|_| whole);
        let suits = |ty: &Ty| want.is_none_or(|want| fits(self.db, present(ty), want) != Fit::No);
        if let Some((_, ty)) = self.locals.iter().find(|(local, _)| **local == *name) {
            return suits(ty);
        }
        if let Some(own) = &self.own
            && let Some(field) = self.field_of(&own.ty, name)
            && !suits(&field.ty)
        {
            return false;
        }
        let found = resolve(self.db, self.module, name);
        if let Some(Target::Item(item)) = found
            && matches!(item.kind(self.db), ItemKind::Input | ItemKind::Let | ItemKind::Binding)
            && item != self.item
            && !suits(&signature(self.db, item).ty)
        {
            return false;
        }
        if self.binding.as_deref() == Some(name) {
            return matches!(found, Some(Target::Item(item)) if item != self.item);
        }
        let called = node.parent().is_some_and(|above| above.child(NodeKind::Call).is_some());
        let operand = |above: Node<'_>| {
            matches!(above.kind(), NodeKind::Range | NodeKind::Binary | NodeKind::Unary)
        };
        let plain = node.parent().is_some_and(operand)
            || expected.is_some_and(|want| {
                !matches!(base(present(want)), Ty::Fn(_) | Ty::Any | Ty::Error | Ty::Param(_))
            });
        let function = match found {
            Some(Target::Item(item)) => item.kind(self.db) == ItemKind::Fn,
            Some(_) => false,
            None => self.library_function(name).is_some(),
        };
        !(function && plain && !called)
    }

    /// Whether values are made of a type of this name: `Name { … }`.
    fn makes_records(&self, name: &str) -> bool {
        match resolve(self.db, self.module, name) {
            Some(Target::Item(item)) => item.kind(self.db) == ItemKind::Schema,
            Some(Target::Kube(_)) => true,
            _ => false,
        }
    }

    /// Whether a name in scope stands for a type, which is never meant where a value is read.
    fn is_type(&self, name: &str) -> bool {
        name.starts_with(char::is_uppercase)
            && match resolve(self.db, self.module, name) {
                Some(Target::Item(item)) => matches!(
                    item.kind(self.db),
                    ItemKind::Schema | ItemKind::Trait | ItemKind::Variant | ItemKind::Type
                ),
                Some(Target::Kube(_)) => true,
                _ => false,
            }
    }
}

/// Whether something is called by a name.
fn called(name: Node<'_>) -> bool {
    name.parent().is_some_and(|above| above.child(NodeKind::Call).is_some())
}

/// Whether a name is that of nothing elsewhere.
pub(crate) fn is_nothing(name: &str) -> bool {
    matches!(name, "unset" | "undefined")
        || matches!(name.to_ascii_lowercase().as_str(), "null" | "nil" | "none")
}
