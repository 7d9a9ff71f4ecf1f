//! The cases of a variant, each with fields of its own.

use std::sync::Arc;

use salsa::Database;
use syntax::{Node, NodeKind};

use crate::db::Item;
use crate::limits;
use crate::parse::parsed;
use crate::problem::{Place, Problem, meant_beside};
use crate::schema::{CaseOf, SchemaInfo, declare};
use crate::ty::Ty;
use crate::types::{TypeReader, entry};

/// What a value of a variant is one of.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct VariantInfo {
    pub name: Arc<str>,
    /// In the order in which they are declared, which is how types and code number them.
    pub cases: Vec<Case>,
}

/// A case: a tag, and the record that comes with it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Case {
    pub name: Arc<str>,
    /// Its fields, as if it were a schema called `Placement.separate`.
    pub info: SchemaInfo,
    /// Its name in the declaration.
    pub place: Place,
}

impl VariantInfo {
    /// The number of a case.
    pub fn case(&self, name: &str) -> Option<u16> {
        self.cases.iter().position(|case| *case.name == *name).and_then(|at| u16::try_from(at).ok())
    }
}

/// The cases of the variant that the item declares.
#[salsa::tracked]
pub fn variant(db: &dyn Database, item: Item) -> VariantInfo {
    let parsed = parsed(db, item);
    let Some(node) = entry(&parsed).filter(|node| node.kind() == NodeKind::Variant) else {
        return VariantInfo::default();
    };
    let mut reader = TypeReader::new(db, item);
    let mut info = VariantInfo { name: item.name(db).into(), cases: Vec::new() };
    for (written, name) in cases(node) {
        let Ok(index) = u16::try_from(info.cases.len()) else { break };
        if info.cases.len() >= limits::CASES {
            break;
        }
        let text: Arc<str> = name.text().into();
        if info.case(&text).is_some() {
            // Declared twice, which is reported with the item.
            continue;
        }
        let mut fields = SchemaInfo {
            name: format!("{}.{text}", info.name).into(),
            ancestors: vec![item],
            case: Some(CaseOf { index, name: text.clone() }),
            ..SchemaInfo::default()
        };
        let body = written.child(NodeKind::Body);
        for binding in body.iter().flat_map(|body| body.children()) {
            if binding.kind() == NodeKind::Binding {
                declare(&mut fields, item, binding, &mut reader);
            }
        }
        fields.index();
        info.cases.push(Case { name: text, info: fields, place: Place { item, node: name.id() } });
    }
    info
}

/// The cases that a declaration writes, with their names.
pub fn cases<'t>(node: Node<'t>) -> impl Iterator<Item = (Node<'t>, Node<'t>)> {
    node.child(NodeKind::Cases)
        .into_iter()
        .flat_map(|cases| cases.children_of(NodeKind::Case))
        .filter_map(|case| Some((case, case.child(NodeKind::Name)?)))
}

/// The fields of a case that a type names.
pub fn case(db: &dyn Database, item: Item, index: u16) -> Option<&Case> {
    variant(db, item).cases.get(usize::from(index))
}

/// The types of the cases of a variant.
pub fn case_types(db: &dyn Database, item: Item) -> Vec<Ty> {
    let count = u16::try_from(variant(db, item).cases.len()).unwrap_or(u16::MAX);
    (0..count).map(|index| Ty::Case(item, index)).collect()
}

/// The variant of which a type is all or one case.
pub fn variant_of(ty: &Ty) -> Option<Item> {
    match ty {
        Ty::Variant(item) | Ty::Case(item, _) => Some(*item),
        _ => None,
    }
}

/// The problem of a name that is no case of a variant, and stands at a node of the item of `place`.
pub fn no_such_case(info: &VariantInfo, name: &str, node: Node<'_>, place: Place) -> Problem {
    let problem = Problem::error(226, place, format!("{} has no case `{name}`", info.name));
    let mut problem = meant_beside(problem, node, name, info.cases.iter().map(|case| &*case.name));
    problem.help.get_or_insert_with(|| {
        let names: Vec<&str> = info.cases.iter().map(|case| &*case.name).collect();
        format!("its cases are {}", crate::show::values(&names, None))
    });
    problem
}
