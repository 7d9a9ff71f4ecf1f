//! What is said of a field that a type does not have.

use syntax::{Node, NodeKind};

use super::advice::{FEW, MANY};
use super::nearby::akin;
use super::{Elaborator, fields};
use crate::db::{Item, ItemKind};
use crate::fits::base;
use crate::parse::parsed;
use crate::problem::{Edit, Part, meant_beside};
use crate::schema::{lacks_parent, schema};
use crate::show::{listed, type_name};
use crate::ty::Ty;
use crate::types::entry;
use crate::unreadable::is_declared_in_part;

impl Elaborator<'_> {
    /// Reports a field that a type does not have.
    pub(super) fn unknown_field(&mut self, node: Node<'_>, ty: &Ty, name: &str) {
        if let Ty::Kube(kube) = base(ty)
            && let Some(field) = kube.field_at(name, self.minor)
        {
            let target = self.minor;
            let when = if field.until <= target {
                format!("was removed in Kubernetes 1.{}", field.until)
            } else {
                format!("exists from Kubernetes 1.{}", field.since)
            };
            let mut problem =
                self.problem(113, node, format!("`{name}` {when}, and this is for 1.{target}"));
            problem.help = (field.since > target).then(|| crate::resolve::choose(field.since));
            self.report(problem);
            return;
        }
        let undeclared =
            |item: Item| undeclared(self.db, item).binary_search_by(|n| (**n).cmp(name));
        if matches!(base(ty), Ty::Schema(item) if *item != self.item && undeclared(*item).is_ok()) {
            // The schema meant to declare it, and is told so.
            return;
        }
        if matches!(base(ty), Ty::Schema(item) if lacks_parent(self.db, *item)) {
            return;
        }
        let names = self.field_names(ty);
        let mut problem = match base(ty) {
            Ty::Record(_) => self.problem(204, node, format!("this record has no key `{name}`")),
            ty => {
                let ty = type_name(self.db, ty);
                self.problem(102, node, format!("{ty} has no field `{name}`"))
            }
        };
        let near = self.fields_near(ty, name);
        if self.heads_only || !self.seeks(near.len()) {
            return self.report(problem);
        }
        let own = matches!(base(ty), Ty::Schema(item) | Ty::Case(item, _) if *item == self.item);
        let has = |field: &str| names.contains(&field);
        let elsewhere = fields::of_field(name, &has).filter(|_| !own);
        problem = match &elsewhere {
            Some(fields::Elsewhere::Called(field)) => {
                let edit = Edit {
                    place: problem.place,
                    part: Part::Word(name.to_owned()),
                    text: (*field).to_owned(),
                };
                problem.help(format!("it is called `{field}` here")).offer(
                    format!("write `{field}`"),
                    false,
                    edit,
                )
            }
            Some(fields::Elsewhere::Said(help)) => problem.help(*help),
            None => meant_beside(problem, node, name, near),
        };
        if problem.help.is_some() {
            // What was meant is said.
        } else if own {
            problem = problem.help(format!(
                "a field is declared with its type: `{name}: T`, or `{name}: T = …`"
            ));
        } else if self.is_object_of_rule(name) {
            problem =
                problem.help("the braces of a rule are those of its object: leave the name out");
        } else if let Some(path) = self.field_within(ty, name) {
            problem = problem.help(format!("it stands further in: `{path}`"));
        } else {
            let akin: Vec<String> = akin(name, &names).map(|name| format!("`{name}`")).collect();
            if (1..=FEW).contains(&akin.len()) {
                problem = problem.help(format!("fields that sound like it: {}", listed(&akin)));
            }
            let (plain, objects) = self.plain_fields(ty, &names);
            if (1..=FEW).contains(&names.len()) || (!objects.is_empty() && plain.len() <= MANY) {
                let (shown, more) = plain.split_at(plain.len().min(FEW));
                let more = match more.len() {
                    0 => String::new(),
                    more => format!(", and {more} more"),
                };
                problem = problem.note(format!("it has {}{more}", shown.join(", ")));
            }
            if !objects.is_empty() {
                let objects = objects.join(", ");
                problem = problem.note(format!("and the objects that it makes: {objects}"));
            }
        }
        if let Ty::Schema(item) | Ty::Case(item, _) = base(ty)
            && problem.fix.is_none()
            && is_declared_in_part(self.db, *item)
        {
            return;
        }
        self.is_harmless = self.kind == ItemKind::Set && self.is_plainly_meant(ty, name);
        self.report(problem);
        self.is_harmless = false;
    }
}

/// The names that the body of a schema binds and no field has, in order. Kept, because whoever mistypes a field asks.
#[salsa::tracked(returns(deref))]
pub(super) fn undeclared(db: &dyn salsa::Database, item: Item) -> Vec<Box<str>> {
    let parsed = parsed(db, item);
    let body = entry(&parsed).and_then(|schema| schema.child(NodeKind::Body));
    let bindings = body.into_iter().flat_map(|body| body.children());
    let paths = bindings.filter_map(|binding| binding.child(NodeKind::Path));
    let info = schema(db, item);
    let names = paths.map(|path| path.text()).filter(|name| info.slot(name).is_none());
    let mut names: Vec<Box<str>> = names.map(Box::from).collect();
    names.sort();
    names
}
