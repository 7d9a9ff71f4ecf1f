//! `import`, `embed`, and `as`, by which what they give gets its type.

use syntax::{Node, NodeKind};

use super::Elaborator;
use crate::code::{Expr, ExprId};
use crate::data::secrets;
use crate::db::ItemKind;
use crate::fits::{Fit, base, fits, present, widened};
use crate::problem::Problem;
use crate::show::type_name;
use crate::ty::Ty;

impl Elaborator<'_> {
    /// `import "f"`, `embed "f"`, of type `ty`. What cannot be read is reported where files are loaded.
    pub(super) fn file_of_data(&mut self, node: Node<'_>, kind: ItemKind, ty: Ty) -> (ExprId, Ty) {
        let Some(path) = node.child(NodeKind::Str) else {
            return (self.emit(node, Expr::Error), Ty::Error);
        };
        let path = syntax::literal::string_value(path.text());
        let known = self.module.data(self.db).iter();
        let mut items = known.filter(|(text, _)| **text == *path).map(|(_, item)| *item);
        match items.find(|item| item.kind(self.db) == kind) {
            Some(item) => {
                let known =
                    (kind == ItemKind::Data).then(|| secrets::secrets(self.db, item)).flatten();
                (self.emit(node, Expr::Data { item, documents: false }), known.unwrap_or(ty))
            }
            None => (self.emit(node, Expr::Error), Ty::Error),
        }
    }

    /// `value as T`.
    pub(super) fn cast(&mut self, node: Node<'_>, value: ExprId, found: &Ty) -> (ExprId, Ty) {
        let ty = node.children().next().map_or(Ty::Error, |ty| self.read_type(ty));
        if !says_nothing(found) {
            let shown = type_name(self.db, &widened(found));
            let help = self.instead_of_cast(found, &ty);
            self.report(self.problem(253, node, format!("this is {shown} already")).help(help));
            return (self.emit(node, Expr::Error), ty);
        }
        // A file of which only a part is sensitive is read by its type, which says of which.
        let value = match self.code.exprs.get(value as usize) {
            Some(Expr::Sealed(inner)) if self.is_file(*inner) => *inner,
            _ => value,
        };
        if let (Some(Expr::Data { documents, .. }), Ty::List(_) | Ty::Keyed(_)) =
            (self.code.exprs.get_mut(value as usize), base(&ty))
        {
            *documents = true;
        }
        let id = self.ty(ty.clone());
        (self.emit(node, Expr::Cast { value, ty: id }), secrets::cast(found, ty))
    }

    /// What to write for a cast of what has a type: nothing is converted by it.
    fn instead_of_cast(&self, found: &Ty, ty: &Ty) -> String {
        if fits(self.db, found, ty) != Fit::No {
            return "`as` gives a type to what has none, such as data that is imported: leave it out"
                .to_owned();
        }
        match (base(&widened(found)), base(ty)) {
            _ if let Some(advice) = self.advice(found, ty) => advice.help,
            (_, Ty::Str) => "`as` converts nothing: the text of a value is `str(value)`".to_owned(),
            (Ty::Str, Ty::Int) => {
                "`as` converts nothing: a text is read by `text.parseInt()`, with what holds where it is no number: `… ?? 0`".to_owned()
            }
            _ => "`as` converts nothing, and gives a type to what has none, such as data that is imported".to_owned(),
        }
    }

    fn is_file(&self, expr: ExprId) -> bool {
        matches!(self.code.exprs.get(expr as usize), Some(Expr::Data { .. }))
    }

    /// What has no type cannot stand where one is asked for, cannot be printed or compared.
    pub(super) fn without_a_type(&self, node: Node<'_>, want: Option<&Ty>, asked: &str) -> Problem {
        let problem = self.problem(252, node, format!("nothing says what this is, and {asked}"));
        let text = node.text();
        let short = !text.contains('\n') && text.len() <= 60;
        let simple = matches!(
            node.kind(),
            NodeKind::Name | NodeKind::Chain | NodeKind::Import | NodeKind::Paren | NodeKind::Lead
        );
        let want = want.map(present).filter(|ty| !matches!(ty, Ty::Any | Ty::Error));
        let name = want.map_or("T".to_owned(), |ty| type_name(self.db, ty));
        if !short || name.len() > 60 {
            return problem.help("say what it must be: `… as T`");
        }
        let cast = if simple { format!("{text} as {name}") } else { format!("({text}) as {name}") };
        let problem = problem.help(format!("say what it must be: `{cast}`"));
        match want {
            Some(_) => problem.fix(format!("write `{cast}`"), self.place(node), cast),
            None => problem,
        }
    }
}

/// Whether a cast can say more than the type does.
fn says_nothing(ty: &Ty) -> bool {
    match base(ty) {
        Ty::Any | Ty::Error | Ty::Never => true,
        Ty::List(element) | Ty::Range(element) => says_nothing(element),
        Ty::Keyed(keyed) => says_nothing(&keyed.element),
        Ty::Map(map) => says_nothing(&map.1),
        Ty::Union(members) => members.iter().any(says_nothing),
        Ty::Record(record) => {
            record.fields.iter().map(|(_, ty)| ty).chain(&record.rest).any(says_nothing)
        }
        _ => false,
    }
}
