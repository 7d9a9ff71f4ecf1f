//! The schemas that a schema extends, as far as they lie in its own file or in the library.

use analysis::workspace::library;
use syntax::{NodeKind as K, Parsed, cut};

/// How many schemas, each on the next, are told: nobody reads more, and a circle has no end.
const MOST: usize = 16;

/// A schema, by the module that it lies in.
pub struct Base<'m> {
    /// The name of the module.
    pub module: &'m str,
    pub text: &'m str,
    pub name: String,
}

/// What a schema of a module extends, the nearest first.
pub fn bases<'m>(module: &'m str, text: &'m str, schema: &str) -> Vec<Base<'m>> {
    let mut found: Vec<Base<'m>> = Vec::new();
    let (mut module, mut text, mut name) = (module, text, schema.to_owned());
    while found.len() < MOST {
        let Some(base) = extended(text, &name) else { break };
        if item_named(text, &base).is_none() {
            let Some(from) = brought_from(text, &base) else { break };
            let Some(other) = library().iter().find(|other| other.name == from) else { break };
            (module, text) = (other.name, other.text);
        }
        name = base;
        found.push(Base { module, text, name: name.clone() });
    }
    found
}

/// The text of the schema, trait, function, … of that name, and where it begins in its file.
pub fn item_named<'t>(text: &'t str, name: &str) -> Option<(usize, &'t str)> {
    let items = cut(text).items.into_iter().map(|span| span.range());
    let mut items = items.filter_map(|range| Some((range.start, text.get(range)?)));
    items.find(|(_, item)| {
        let parsed = Parsed::new(*item);
        let entry = parsed.tree().entry();
        let declares = matches!(
            entry.kind(),
            K::Schema | K::Trait | K::Variant | K::TypeAlias | K::Fn | K::Input
        );
        declares && entry.child(K::Name).is_some_and(|own| own.text() == name)
    })
}

/// The name of what a schema extends.
fn extended(text: &str, schema: &str) -> Option<String> {
    let (_, item) = item_named(text, schema)?;
    let parsed = Parsed::new(item);
    let extends = parsed.tree().entry().child(K::Extends)?;
    Some(extends.text().trim_start_matches("extends").trim().to_owned())
}

/// The module from which a file brings a name.
fn brought_from(text: &str, name: &str) -> Option<String> {
    let items = cut(text).items.into_iter().filter_map(|span| text.get(span.range()));
    let mut brings = items.filter_map(|item| {
        let brought = item.trim().strip_prefix("use ")?;
        let (from, names) = brought.trim_end().rsplit_once('.')?;
        let names = names.trim().trim_start_matches('{').trim_end_matches('}');
        names.split(',').any(|own| own.trim() == name).then(|| from.trim().to_owned())
    });
    brings.next()
}
