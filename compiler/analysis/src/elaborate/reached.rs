//! What an overlay binds in the files that its base uses: `env.tag = …`, `env { tag = … }`.
//!
//! A file is a record, so a path leads through the names of files as through those of fields. Each name that is bound
//! at its end is checked as the same binding in an overlay on that file would be; names in its value are those of
//! the overlay it is written in.

use std::sync::Arc;

use syntax::{Node, NodeKind};

use super::path::{Bound, Segment, bound, segments};
use super::{Elaborator, signature};
use crate::code::{Entry, Reached, Root, Strength};
use crate::db::{ItemKind, Module, Origin};
use crate::problem::Problem;
use crate::reach::{module_names, used_as};
use crate::resolve::{Target, brought, declaration};
use crate::types::key_text;

/// The entries so far, by the file and the name that they bind.
type Found = Vec<(Module, Arc<str>, Vec<Entry>)>;

impl Elaborator<'_> {
    /// An item of an overlay whose first name is that of a file.
    pub(super) fn reaching_item(&mut self, node: Node<'_>, file: Module) {
        let Some(path) = node.child(NodeKind::Path) else { return };
        let segments = segments(path);
        let mut found = Found::new();
        let strength = self.strength(node);
        self.in_file(node, &segments, file, strength, &mut found);
        let layers = found.into_iter().map(|(module, name, entries)| {
            let body = self.body_of(false, entries);
            Reached { module, name, body }
        });
        self.code.root = Root::Reached(layers.collect());
    }

    /// What a path binds whose first segment stands for a file.
    fn in_file(
        &mut self,
        node: Node<'_>,
        path: &[Segment<'_>],
        file: Module,
        strength: Strength,
        found: &mut Found,
    ) {
        let Some((module, rest)) = path.split_first() else { return };
        if module.optional {
            self.report(self.problem(
                116,
                module.node,
                "`?` says nothing here: what is used is there",
            ));
        }
        if file.origin(self.db) == Origin::Library {
            let path = file.path(self.db);
            self.report(
                self.problem(409, module.node, format!("{path} is of the library, which no layer changes"))
                    .help("layer what is made of it: the fields of a service, or a trait that is put on several"),
            );
            return;
        }
        if rest.is_empty() {
            self.whole_file(node, module.node, file, strength, found);
        } else {
            self.name_in_file(node, rest, file, strength, found);
        }
    }

    /// `env { … }`, and what cannot be said of a whole file.
    fn whole_file(
        &mut self,
        node: Node<'_>,
        name: Node<'_>,
        file: Module,
        strength: Strength,
        found: &mut Found,
    ) {
        let called = key_text(name);
        let body = match bound(node) {
            Bound::Block(owner, body) if owner.kind() != NodeKind::Layered => body,
            Bound::Nothing => return,
            other => {
                let what = match other {
                    Bound::Block(..) => "takes no traits",
                    Bound::Removal => "cannot be removed",
                    _ => "is no value",
                };
                let path = file.path(self.db);
                self.report(
                    self.problem(409, name, format!("`{called}` is the file {path}, which {what}"))
                        .help(format!("layer what is in it: `{called}.… = …`")),
                );
                return;
            }
        };
        self.bound_twice(body);
        for entry in body.children() {
            match entry.kind() {
                NodeKind::Binding | NodeKind::Removal => {
                    let Some(path) = entry.child(NodeKind::Path) else { continue };
                    let own = self.strength(entry);
                    let strength = if own == Strength::Set { strength } else { own };
                    self.name_in_file(entry, &segments(path), file, strength, found);
                }
                NodeKind::Missing | NodeKind::Junk | NodeKind::TooDeep => {}
                _ => {
                    let word = entry.text().split_whitespace().next().unwrap_or_default();
                    let message = format!("`{word}` cannot stand in a block on a file");
                    let help = "the top of a file has no conditions: put this on what it binds";
                    self.report(self.problem(116, entry, message).help(help));
                }
            }
        }
    }

    /// What a path binds whose first segment is a name of a file.
    fn name_in_file(
        &mut self,
        node: Node<'_>,
        path: &[Segment<'_>],
        file: Module,
        strength: Strength,
        found: &mut Found,
    ) {
        let Some(first) = path.first() else { return };
        let name = key_text(first.node);
        let declared = match first.node.kind() {
            // No name; told as everywhere at the top of a file.
            NodeKind::Computed => None,
            _ => {
                let Some(item) = declaration(self.db, file, &name) else {
                    match used_as(self.db, file, &name) {
                        Some(Target::Module(inner)) => {
                            self.in_file(node, path, inner, strength, found);
                        }
                        Some(_) => {}
                        None => {
                            self.nothing_called(first.node, &name, file);
                            self.names_in(&bound(node));
                        }
                    }
                    return;
                };
                if !matches!(item.kind(self.db), ItemKind::Binding | ItemKind::Input) {
                    let problem = self.not_for_layers(first.node, item);
                    self.report(problem);
                    return;
                }
                if let Some(annotation) = node.child(NodeKind::Annotation) {
                    let problem = self.keeps_its_type(annotation, item);
                    self.report(problem);
                    return;
                }
                Some(item)
            }
        };
        let ty = declared.map(|item| signature(self.db, item).ty.clone());
        let mut entries = Vec::new();
        self.path_at_the_top(node, path, strength, ty, &mut entries);
        let module = declared.map_or(file, |item| item.module(self.db));
        match found.iter_mut().find(|(of, bound, _)| *of == module && *bound == name) {
            Some((.., known)) => known.append(&mut entries),
            None => found.push((module, name, entries)),
        }
    }

    /// What a file that is no overlay says of one that it uses.
    pub(super) fn used_in_plain_file(&self, node: Node<'_>, name: &str) -> Option<Problem> {
        let used = brought(self.db, self.module).named(name)?;
        let Target::Module(file) = used.target else { return None };
        let path = file.path(self.db);
        Some(
            self.problem(409, node, format!("`{name}` is {path}, and files that use it do not change it"))
                .related(used.place, "used here")
                .help("an overlay layers what is in it, for everything that reads it: put this line there"),
        )
    }

    fn nothing_called(&mut self, node: Node<'_>, name: &str, file: Module) {
        let message = format!("{} has nothing called `{name}`", file.path(self.db));
        let mut names = module_names(self.db, file);
        names.extend(file.names(self.db).iter().map(|(name, _)| name.clone()));
        let problem = self.problem(406, node, message);
        let mut problem = problem.meant(name, names.iter().map(|name| &**name));
        problem.help.get_or_insert_with(|| "what is new is declared in that file".to_owned());
        self.report(problem);
    }
}
