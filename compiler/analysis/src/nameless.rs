//! Files that are used without a name for any of it, `use "./base.dep"`, where something else was meant: `as base`, or an overlay on the file.

use salsa::Database;

use crate::db::{ItemKind, Module};
use crate::problem::{Place, Problem};
use crate::resolve::{brought, file, items_named};

/// That a name which stands at `reader` is that of a file to which its `use` gives none: `use "./base.dep"`. However often it is read, that is one mistake.
pub(crate) fn file_without_name(
    db: &dyn Database,
    module: Module,
    name: &str,
    reader: Place,
) -> Option<Problem> {
    let (path, place) = brought(db, module).nameless.iter().find(|(path, _)| {
        let file = path.trim_matches('"').rsplit('/').next();
        file.and_then(|file| file.strip_suffix(".dep")) == Some(name)
    })?;
    let message = format!("`{name}` is read, and no name is given to the file");
    let named = format!("{path} as {name}");
    Some(
        Problem::error(101, *place, message)
            .related(reader, "read here")
            .help(format!("give the file a name: `use {named}`"))
            .fix(format!("write `as {name}`"), *place, named),
    )
}

/// That a path below `name`, which a file that is used without a name declares, was meant for an overlay on that file.
pub(crate) fn used_for_overlay(
    db: &dyn Database,
    module: Module,
    name: &str,
    layer: Place,
) -> Option<Problem> {
    let declares = |path: &str| {
        let used = file(db, module, &syntax::literal::string_value(path))?;
        let mut items = items_named(db, used, name).iter();
        items.any(|item| matches!(item.kind(db), ItemKind::Binding | ItemKind::Input)).then_some(())
    };
    let mut nameless = brought(db, module).nameless.iter();
    let (path, place) = nameless.find(|(path, _)| declares(path).is_some())?;
    let message = format!("`{name}` is that of this file, which is used and not changed");
    Some(Problem::error(224, *place, message).related(layer, "changed here").help(format!(
        "a file that changes another begins with `overlay {path}`, in place of `use`"
    )))
}
