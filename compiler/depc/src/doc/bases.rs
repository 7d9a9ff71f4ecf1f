//! The schemas that a schema extends, as far as they lie in its own file or in the library.

use std::collections::BTreeMap;

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

/// What modules declare and bring, by their names. Each is looked through once: of thousands of schemas each asks for those
/// that it extends.
#[derive(Default)]
pub struct Modules<'m>(BTreeMap<&'m str, Names<'m>>);

#[derive(Default)]
struct Names<'m> {
    /// The text of what is declared by a name, and where it begins in its file.
    declared: BTreeMap<&'m str, (usize, &'m str)>,
    /// The module from which a name is brought.
    brought: BTreeMap<&'m str, &'m str>,
}

impl<'m> Modules<'m> {
    /// What a schema of a module extends, the nearest first.
    pub fn bases(&mut self, module: &'m str, text: &'m str, schema: &str) -> Vec<Base<'m>> {
        let mut found: Vec<Base<'m>> = Vec::new();
        let (mut module, mut text, mut name) = (module, text, schema.to_owned());
        while found.len() < MOST {
            let Some((_, item)) = self.item_named(module, text, &name) else { break };
            let Some(base) = extended(item) else { break };
            let names = self.names(module, text);
            if !names.declared.contains_key(&*base) {
                let Some(from) = names.brought.get(&*base) else { break };
                let Some(other) = library().iter().find(|other| other.name == *from) else { break };
                (module, text) = (other.name, other.text);
            }
            name = base;
            found.push(Base { module, text, name: name.clone() });
        }
        found
    }

    /// The text of the schema, trait, function, … of that name, and where it begins in its file.
    pub fn item_named(
        &mut self,
        module: &'m str,
        text: &'m str,
        name: &str,
    ) -> Option<(usize, &'m str)> {
        self.names(module, text).declared.get(name).copied()
    }

    fn names(&mut self, module: &'m str, text: &'m str) -> &Names<'m> {
        self.0.entry(module).or_insert_with(|| Names::of(text))
    }
}

impl<'m> Names<'m> {
    fn of(text: &'m str) -> Self {
        let mut names = Self::default();
        for range in cut(text).items.into_iter().map(|span| span.range()) {
            let item = text.get(range.clone()).unwrap_or_default();
            names.brings(item);
            let parsed = Parsed::new(item);
            let entry = parsed.tree().entry();
            let declares = matches!(
                entry.kind(),
                K::Schema | K::Trait | K::Variant | K::TypeAlias | K::Fn | K::Input
            );
            let name = entry.child(K::Name).filter(|_| declares);
            if let Some(name) = name.and_then(|name| item.get(name.range())) {
                names.declared.entry(name).or_insert((range.start, item));
            }
        }
        names
    }

    fn brings(&mut self, item: &'m str) {
        let brought = item.trim().strip_prefix("use ");
        let Some((from, names)) = brought.and_then(|brought| brought.trim_end().rsplit_once('.'))
        else {
            return;
        };
        let names = names.trim().trim_start_matches('{').trim_end_matches('}');
        for name in names.split(',') {
            self.brought.entry(name.trim()).or_insert(from.trim());
        }
    }
}

/// The name of what a schema extends.
fn extended(schema: &str) -> Option<String> {
    let parsed = Parsed::new(schema);
    let extends = parsed.tree().entry().child(K::Extends)?;
    Some(extends.text().trim_start_matches("extends").trim().to_owned())
}
