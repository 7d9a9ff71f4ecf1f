//! Type expressions as types.

mod api;
mod foreign;
mod parts;
mod refined;

pub use api::{format, kube_field_names, kube_type};
pub use refined::ends;
use refined::narrowed;

use std::borrow::Cow;
use std::sync::Arc;

use salsa::Database;
use syntax::{Node, NodeKind};

use crate::apart::alike;
use crate::chain::Level;
use crate::db::{Item, ItemKind, Module, Origin, target as minor_of};
use crate::fits::{declared_optional, optional};
use crate::limits;
use crate::parse::{Parsed, parsed};
use crate::problem::{Place, Problem};
use crate::resolve::{Target, declaration, kubernetes, no_such_item, resolve};
use crate::show::type_name;
use crate::ty::{Bound, FnTy, KeyedTy, Literal, RecordTy, RefinedTy, Ty, TypeParam};
use crate::unreadable::may_declare;
use crate::variant::{no_such_case, variant};

const PRIMITIVES: &[(&str, Ty)] = &[
    ("Any", Ty::Any),
    ("Bool", Ty::Bool),
    ("Duration", Ty::Duration),
    ("Float", Ty::Float),
    ("Int", Ty::Int),
    ("Never", Ty::Never),
    ("Null", Ty::Null),
    ("Percent", Ty::Percent),
    ("Quantity", Ty::Quantity),
    ("Str", Ty::Str),
];

/// Whether the language itself has a type of this name.
pub fn is_primitive(name: &str) -> bool {
    PRIMITIVES.iter().any(|(primitive, _)| *primitive == name)
}

/// Reads the type expressions of one item, and collects what is wrong with them.
pub struct TypeReader<'d> {
    pub db: &'d dyn Database,
    pub item: Item,
    pub problems: Vec<Problem>,
    /// The longest row of definitions that a name led to.
    pub deepest: u32,
    /// Parts of the type that is being read, how deep in it the reader is, and whether it was found too large.
    parts: u32,
    within: u32,
    too_large: bool,
}

/// What a name in the place of a type or of a record's head stands for.
pub enum Named {
    Type(Ty),
    Trait(Item),
    /// Something that is no type: a value, a function, a module.
    Other(Target),
    /// Reported already.
    Unknown,
}

/// The type of what is defined, and how many definitions in a row it took.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Typed {
    pub ty: Ty,
    pub depth: u32,
    /// Names and literals in it.
    pub parts: u32,
}

impl Default for Typed {
    fn default() -> Self {
        Self { ty: Ty::Error, depth: 0, parts: 0 }
    }
}

/// What a row of too many definitions ends in.
pub(crate) static TOO_DEEP: Typed =
    Typed { ty: Ty::Error, depth: limits::DEFINITIONS + 1, parts: 0 };

impl Typed {
    /// The type of a definition, of which the longest row that it leads on to has this length.
    pub(crate) fn new(ty: Ty, deepest: u32) -> Self {
        if deepest >= limits::DEFINITIONS {
            TOO_DEEP.clone()
        } else {
            Self { ty, depth: deepest + 1, parts: 1 }
        }
    }
}

/// The type that a `type` item names.
pub fn alias(db: &dyn Database, item: Item) -> &Typed {
    match Level::enter(db, Some(item)) {
        Some(_level) => alias_of(db, item),
        None => &TOO_DEEP,
    }
}

#[salsa::tracked(cycle_result = alias_cycle)]
fn alias_of(db: &dyn Database, item: Item) -> Typed {
    let parsed = parsed(db, item);
    let Some(node) = entry(&parsed).filter(|node| node.kind() == NodeKind::TypeAlias) else {
        return Typed::default();
    };
    let Some(written) = node.children().nth(1) else { return Typed::default() };
    let mut reader = TypeReader::new(db, item);
    let ty = reader.read(written);
    let name: Arc<str> = item.name(db).into();
    let ty = match ty {
        Ty::Refined(refined) => {
            Ty::Refined(Arc::new(RefinedTy { name: Some(name), ..(*refined).clone() }))
        }
        ty => ty,
    };
    Typed { parts: reader.parts, ..Typed::new(ty, reader.deepest) }
}

fn alias_cycle(_: &dyn Database, _: salsa::Id, _: Item) -> Typed {
    Typed::default()
}

/// The entry that an item is.
pub fn entry<'t>(parsed: &'t Parsed<'_>) -> Option<Node<'t>> {
    parsed.tree().root().children().next()
}

impl<'d> TypeReader<'d> {
    pub fn new(db: &'d dyn Database, item: Item) -> Self {
        Self { db, item, problems: Vec::new(), deepest: 0, parts: 0, within: 0, too_large: false }
    }

    fn module(&self) -> Module {
        self.item.module(self.db)
    }

    fn place(&self, node: Node<'_>) -> Place {
        Place { item: self.item, node: node.id() }
    }

    fn error(&mut self, code: u16, node: Node<'_>, message: impl Into<String>) -> &mut Problem {
        let problem = Problem::error(code, self.place(node), message);
        self.problems.push(problem);
        let last = self.problems.len() - 1;
        &mut self.problems[last]
    }

    /// The type that the node writes, whatever its size.
    fn read_written(&mut self, node: Node<'_>) -> Ty {
        let is_hole = |part: Node<'_>| matches!(part.kind(), NodeKind::Missing | NodeKind::Junk);
        if node.children().any(is_hole) {
            // A part of it cannot be read.
            return Ty::Error;
        }
        match node.kind() {
            NodeKind::TypeRef => self.reference(node),
            NodeKind::Int => match syntax::literal::int_value(node.text(), false) {
                Ok(value) => Ty::Literal(Literal::Int(value)),
                Err(_) => Ty::Error,
            },
            NodeKind::Bool => Ty::Literal(Literal::Bool(node.text() == "true")),
            NodeKind::Str => {
                Ty::Literal(Literal::Str(syntax::literal::string_value(node.text()).into()))
            }
            NodeKind::Negative => match crate::bounds::bound(node) {
                Some(Bound::Int(value)) => Ty::Literal(Literal::Int(value)),
                _ => Ty::Error,
            },
            NodeKind::Range => self.refined(Ty::Int, vec![self.between(node)]),
            NodeKind::ListType => {
                let mut children = node.children();
                let element = children.next().map_or(Ty::Error, |node| self.read(node));
                match node.child(NodeKind::By) {
                    Some(by) => Ty::Keyed(Arc::new(KeyedTy {
                        element,
                        keys: by
                            .children()
                            .filter(|name| name.kind() == NodeKind::Name)
                            .map(|name| Arc::from(name.text()))
                            .collect(),
                        default: None,
                    })),
                    None => Ty::List(Arc::new(element)),
                }
            }
            NodeKind::MapType => {
                let mut types = node.children().map(|node| self.read(node));
                let key = types.next().unwrap_or(Ty::Error);
                let value = types.next().unwrap_or(Ty::Error);
                Ty::Map(Arc::new((key, value)))
            }
            NodeKind::RecordType => self.record(node),
            NodeKind::UnionType => {
                let members: Vec<Ty> = node.children().map(|node| self.read(node)).collect();
                self.union(node, members)
            }
            NodeKind::Refined => self.intersection(node),
            NodeKind::OptionalType => {
                declared_optional(node.children().next().map_or(Ty::Error, |node| self.read(node)))
            }
            NodeKind::FnType => {
                let params = node.child(NodeKind::TypeParams).map_or_else(Vec::new, |params| {
                    params.children().map(|node| (Arc::from(""), self.read(node))).collect()
                });
                let result = node.children().last().map_or(Ty::Error, |node| self.read(node));
                Ty::Fn(Arc::new(FnTy { required: params.len(), params, result }))
            }
            NodeKind::ParenType => node.children().next().map_or(Ty::Error, |node| self.read(node)),
            NodeKind::Regex | NodeKind::TypeCall => {
                let told = self.problems.len();
                let refinement = self.refinement(node);
                match self.problems.len() > told {
                    true => Ty::Error,
                    false => self.refined(Ty::Str, refinement.into_iter().collect()),
                }
            }
            NodeKind::Float | NodeKind::Unit => {
                self.error(220, node, format!("`{}` is a value, not a type", node.text()));
                Ty::Error
            }
            _ => Ty::Error,
        }
    }

    /// What a dotted name stands for, where a type or the head of a record is meant.
    pub fn named(&mut self, segments: &[Node<'_>]) -> Named {
        let Some((first, rest)) = segments.split_first() else { return Named::Unknown };
        let name = first.text();
        if rest.is_empty()
            && let Some((_, ty)) = PRIMITIVES.iter().find(|(primitive, _)| *primitive == name)
        {
            return Named::Type(ty.clone());
        }
        if rest.is_empty()
            && self.module().origin(self.db) == Origin::Library
            && let Some((_, param)) = TypeParam::ALL.iter().find(|(param, _)| *param == name)
        {
            return Named::Type(Ty::Param(*param));
        }
        let Some(target) = resolve(self.db, self.module(), name) else {
            if may_declare(self.db, self.module(), name) {
                return Named::Unknown;
            }
            let problem = self.unknown_type(*first);
            self.problems.push(problem);
            return Named::Unknown;
        };
        match (target, rest) {
            (Target::Broken, _) => Named::Unknown,
            (Target::Kubernetes, [only]) if only.text() == "Object" => Named::Type(Ty::Object),
            (Target::Kubernetes, [_, ..]) => {
                let path: Vec<&str> = rest.iter().map(|node| node.text()).collect();
                match kubernetes(&path, minor_of(self.db)) {
                    Ok(ty) => Named::Type(Ty::Kube(ty)),
                    Err(none) => {
                        let place = self.place(*rest.last().unwrap_or(first));
                        self.problems.push(none.at(place));
                        Named::Unknown
                    }
                }
            }
            (Target::Definitions(module), [_, ..]) => {
                let path: Vec<&str> = rest.iter().map(|node| node.text()).collect();
                let place = self.place(*rest.last().unwrap_or(first));
                match crate::crd::kind(self.db, module, &path) {
                    Ok((ty, deprecated)) => {
                        self.problems
                            .extend(deprecated.map(|why| crate::crd::discouraged(place, ty, &why)));
                        Named::Type(Ty::Kube(ty))
                    }
                    Err(none) => {
                        self.problems.push(none.at(place));
                        Named::Unknown
                    }
                }
            }
            (Target::Module(module), [only]) => match declaration(self.db, module, only.text()) {
                Some(item) => self.named_item(item),
                None => {
                    let problem = no_such_item(self.db, module, only.text(), self.place(*only));
                    self.problems.push(problem);
                    Named::Unknown
                }
            },
            (Target::Module(module), [variant, case]) => {
                match declaration(self.db, module, variant.text()) {
                    Some(item) if item.kind(self.db) == ItemKind::Variant => {
                        self.named_case(item, *case)
                    }
                    _ => Named::Other(target),
                }
            }
            (Target::Item(item), []) => self.named_item(item),
            (Target::Item(item), [case]) if item.kind(self.db) == ItemKind::Variant => {
                self.named_case(item, *case)
            }
            (Target::Kube(ty), []) => Named::Type(Ty::Kube(ty)),
            (target, _) => Named::Other(target),
        }
    }

    fn named_item(&mut self, item: Item) -> Named {
        match item.kind(self.db) {
            ItemKind::Schema => Named::Type(Ty::Schema(item)),
            ItemKind::Variant => Named::Type(Ty::Variant(item)),
            ItemKind::Type => {
                let alias = alias(self.db, item);
                self.deepest = self.deepest.max(alias.depth);
                self.parts = self.parts.saturating_add(alias.parts);
                Named::Type(alias.ty.clone())
            }
            ItemKind::Trait => Named::Trait(item),
            _ => Named::Other(Target::Item(item)),
        }
    }

    /// `Placement.separate`.
    fn named_case(&mut self, item: Item, case: Node<'_>) -> Named {
        let info = variant(self.db, item);
        let Some(index) = info.case(case.text()) else {
            self.problems.push(no_such_case(info, case.text(), case, self.place(case)));
            return Named::Unknown;
        };
        Named::Type(Ty::Case(item, index))
    }

    fn reference(&mut self, node: Node<'_>) -> Ty {
        let names: Vec<Node<'_>> = node.children().filter(|n| n.kind() == NodeKind::Name).collect();
        let texts: Vec<&str> = names.iter().map(|name| name.text()).collect();
        if let Some(arguments) = node.child(NodeKind::TypeArgs) {
            let mut types = arguments.children().filter(|node| node.kind() != NodeKind::Missing);
            let argument = types.next().map_or(Ty::Error, |node| self.read(node));
            return match texts.as_slice() {
                ["Range"] => Ty::Range(Arc::new(argument)),
                ["Sensitive"] => Ty::Sensitive(Arc::new(argument)),
                _ => {
                    let name = texts.join(".");
                    let range = arguments.children().find_map(|ty| narrowed(&name, ty));
                    let list = arguments.text();
                    let place = self.place(node);
                    let message = format!("`{name}` takes no type in brackets");
                    let problem = self.error(103, node, message);
                    *problem = match range {
                        Some(whole) => problem
                            .clone()
                            .help(format!("a type is narrowed by `&`: `{whole}`"))
                            .fix(format!("write `{whole}`"), place, whole),
                        None => problem.clone().help(
                            foreign::of_another_language(&name).unwrap_or_else(|| {
                                match matches!(argument, Ty::Literal(_)) {
                                    true => format!("a default stands behind `=`: `= {list}`"),
                                    false => "only `Range[T]` and `Sensitive[T]` do".to_owned(),
                                }
                            }),
                        ),
                    };
                    Ty::Error
                }
            };
        }
        if let ["unique"] | ["format", _] = texts.as_slice() {
            let refinement = self.refinement(node);
            return self.refined(Ty::Str, refinement.into_iter().collect());
        }
        match self.named(&names) {
            Named::Type(ty) => ty,
            Named::Trait(item) => {
                let name = item.name(self.db);
                self.error(220, node, format!("`{name}` is a trait, which is no type")).help =
                    Some(format!("put it on an instance: `Service with {name} {{ … }}`"));
                Ty::Error
            }
            Named::Other(target) => {
                let what = match target {
                    Target::Module(_) | Target::Definitions(_) => "a module",
                    Target::Kubernetes => "the Kubernetes API",
                    Target::Item(item) if item.kind(self.db) == ItemKind::Fn => "a function",
                    Target::Item(_) | Target::Kube(_) | Target::Broken => "a value",
                };
                self.error(220, node, format!("`{}` is {what}, not a type", texts.join(".")));
                Ty::Error
            }
            Named::Unknown => Ty::Error,
        }
    }

    fn record(&mut self, node: Node<'_>) -> Ty {
        let mut fields = Vec::new();
        let mut names: Vec<Node<'_>> = Vec::new();
        for field in node.children().filter(|field| field.kind() == NodeKind::TypeField) {
            let Some(name) = field.children().next() else { continue };
            let ty = if let Some(annotation) = field.child(NodeKind::Annotation) {
                annotation.children().next().map_or(Ty::Error, |node| self.read(node))
            } else if let Some(record) = field.child(NodeKind::RecordType) {
                self.read(record)
            } else {
                Ty::Any
            };
            let ty =
                if field.child(NodeKind::Question).is_some() { declared_optional(ty) } else { ty };
            let key = key_text(name);
            if let Some(first) = names.iter().find(|first| key_text(**first) == key) {
                let first = self.place(*first);
                let message = format!("`{}` is declared twice", name.text());
                let problem = self.error(108, name, message);
                *problem = problem
                    .clone()
                    .related(first, "first declared here")
                    .help("rename one of them");
                continue;
            }
            names.push(name);
            fields.push((key, ty));
        }
        Ty::Record(Arc::new(RecordTy::new(fields, None)))
    }

    /// A union whose members a value tells apart by itself.
    fn union(&mut self, node: Node<'_>, members: Vec<Ty>) -> Ty {
        let mut flat: Vec<Ty> = Vec::new();
        let mut absent = false;
        for member in members {
            let member = match member {
                Ty::Optional(inner) => {
                    absent = true;
                    (*inner).clone()
                }
                member => member,
            };
            match member {
                Ty::Union(inner) => flat.extend(inner.iter().cloned()),
                Ty::Error => return Ty::Error,
                member => flat.push(member),
            }
        }
        for (at, a) in flat.iter().enumerate() {
            for b in flat.iter().skip(at + 1) {
                if alike(a, b) {
                    let (a, b) = (type_name(self.db, a), type_name(self.db, b));
                    self.error(
                        215,
                        node,
                        format!("`{a}` and `{b}` look the same, so no value says which it is"),
                    );
                    return Ty::Error;
                }
            }
        }
        let union = Ty::Union(flat.into());
        if absent { optional(union) } else { union }
    }
}

/// A name or a string that is a key, as the key that it is.
pub fn key_text(node: Node<'_>) -> Arc<str> {
    key_str(node).into()
}

/// As [`key_text`], where it is only looked at.
pub fn key_str(node: Node<'_>) -> Cow<'_, str> {
    match node.kind() {
        NodeKind::Str => syntax::literal::string_value(node.text()),
        _ => Cow::Borrowed(node.text()),
    }
}
