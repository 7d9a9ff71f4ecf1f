//! What a schema declares again of what it inherits.

use syntax::NodeKind;

use super::Elaborator;
use crate::fits::{Fit, fits, present};
use crate::parse::parsed;
use crate::problem::Problem;
use crate::schema::{FieldInfo, SchemaInfo};
use crate::show::type_name;
use crate::ty::Ty;
use crate::types::TypeReader;

impl Elaborator<'_> {
    /// A child's field must be a narrower form of its parent's.
    pub(super) fn narrowings(&mut self, parent: &SchemaInfo, child: &SchemaInfo) {
        for (above, field) in parent.fields.iter().zip(&child.fields) {
            self.derived_only_here(above, field);
            let ty = self.declared_type(field);
            if field.place.item == self.item
                && ty != Ty::Never
                && (fits(self.db, &ty, &above.ty) != Fit::Yes
                    || (field.optional && !above.optional))
            {
                let wide = type_name(self.db, &above.ty);
                let narrow = type_name(self.db, &ty);
                self.report(
                    Problem::error(
                        213,
                        field.place,
                        if field.optional && !above.optional {
                            format!(
                                "`{}` is always there above, and cannot become optional here",
                                field.name
                            )
                        } else {
                            format!(
                                "`{}` is {wide} above, and cannot become {narrow} here",
                                field.name
                            )
                        },
                    )
                    .related(above.place, "declared here")
                    .help("a child schema may only narrow what it inherits"),
                );
            }
        }
    }

    /// The type of a field as it is written, also where nothing is known of its values because of it.
    fn declared_type(&self, field: &FieldInfo) -> Ty {
        if field.ty != Ty::Error || field.place.item != self.item {
            return field.ty.clone();
        }
        let parsed = parsed(self.db, self.item);
        let name = parsed.tree().node(field.place.node);
        let binding = name.and_then(|name| {
            name.ancestors().into_iter().find(|node| node.kind() == NodeKind::Binding)
        });
        let written = binding
            .and_then(|binding| binding.child(NodeKind::Annotation))
            .and_then(|annotation| annotation.children().next());
        let read = |written| TypeReader::new(self.db, self.item).read(written);
        written.map_or(Ty::Error, |written| present(&read(written)).clone())
    }
}
