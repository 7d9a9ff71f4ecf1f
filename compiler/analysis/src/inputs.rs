//! What a program lets its callers set: `depc inputs`.

use std::sync::Arc;

use bumpalo::Bump;
use kube::secrets::HIDDEN;
use syntax::NodeKind as K;

use crate::account::within;
use crate::db::{Item, ItemKind, Module, Origin, Program};
use crate::elaborate::signature;
use crate::eval::Eval;
use crate::eval::notation::Extent;
use crate::eval::value::Value;
use crate::parallel::on_deep_stack;
use crate::parse::parsed;
use crate::problem::Place;
use crate::resolve::{Target, brought};
use crate::show::type_name;
use crate::ty::Ty;
use crate::workspace::{Loaded, Workspace};

/// Something that callers may set.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Input {
    /// The path that sets it: `tag`, or `env.tag` of a file that is used as `env`.
    pub name: String,
    /// Its type, in the notation of the language.
    pub ty: String,
    /// Its default as it is written.
    pub default: Option<String>,
    /// What it is in this program, in the notation of the language; `None` where it has no value.
    pub value: Option<String>,
    /// Whether it has neither a default nor may be absent, so that somebody must set it.
    pub required: bool,
    /// Its doc comment.
    pub doc: String,
    /// Its declaration.
    pub place: Place,
    /// Where a layer above sets it.
    pub set: Option<Place>,
}

/// The inputs of the built file and of what it lies on, then those of the files that these use.
pub fn inputs(workspace: &Workspace, loaded: &Loaded) -> Vec<Input> {
    let db = workspace.db();
    let Some(program) = loaded.program else { return Vec::new() };
    let root = program.root(db);
    let stack: Vec<Module> =
        std::iter::once(root.base(db)).chain(root.overlays(db).iter().copied()).collect();
    let mut modules: Vec<(Arc<str>, Module)> =
        stack.iter().map(|module| (Arc::from(""), *module)).collect();
    for module in &stack {
        for used in &brought(db, *module).names {
            if let Target::Module(other) = used.target
                && other.origin(db) == Origin::File
                && !modules.iter().any(|(_, known)| *known == other)
            {
                modules.push((used.name.clone(), other));
            }
        }
    }
    let all = |program, valued| {
        let inputs = modules.iter().flat_map(|(prefix, module)| {
            let items = module.items(db).iter().filter(|item| item.kind(db) == ItemKind::Input);
            items.map(move |item| input(db, program, prefix, *item, valued))
        });
        inputs.collect()
    };
    on_deep_stack(|| {
        // What takes too much is listed as it is written.
        let listed = within(db, program, |program| all(program, true));
        listed.unwrap_or_else(|| all(program, false))
    })
}

fn input(
    db: &dyn salsa::Database,
    program: Program,
    prefix: &str,
    item: Item,
    valued: bool,
) -> Input {
    let parsed = parsed(db, item);
    let entry = parsed.tree().entry();
    let name = entry.child(K::Name);
    let default = entry.child(K::Set).and_then(|set| set.children().next());
    let arena = Bump::new();
    let eval = Eval::new(db, &arena, program, item).counted();
    let (file, slot) = eval.item_slot(item, false);
    let bound = slot.bindings.get();
    let value = match bound {
        Some(_) if valued => eval.whnf(eval.force(file, slot)),
        _ => Value::Absent,
    };
    let set = slot.origin.get().map(|spot| spot.place()).filter(|place| place.item != item);
    let ty = &signature(db, item).ty;
    let hidden = crate::sensitive::reaches_sensitive(db, ty);
    Input {
        name: match prefix {
            "" => item.name(db).to_owned(),
            prefix => format!("{prefix}.{}", item.name(db)),
        },
        ty: type_name(db, ty),
        default: default.map(|default| match hidden {
            true => HIDDEN.to_owned(),
            false => default.text().to_owned(),
        }),
        value: match value {
            Value::Absent | Value::Error => None,
            _ if hidden => Some(HIDDEN.to_owned()),
            value => Some(eval.notation(value, Extent::Whole)),
        },
        required: default.is_none() && !matches!(ty, Ty::Optional(_)),
        doc: parsed.tree().root().doc(),
        place: Place { item, node: name.map_or(0, |name| name.id()) },
        set,
    }
}
