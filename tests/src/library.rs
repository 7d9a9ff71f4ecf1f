//! What the documentation of the library shows: the programs in it, and the objects that its components make.

use analysis::workspace::library;

/// A program in the documentation of an item.
pub struct Shown {
    /// `std.workload`.
    pub module: &'static str,
    /// The item that it documents: `schema Service`.
    pub item: String,
    pub text: String,
}

/// All programs in the documentation of the library. What a function shows of itself are expressions: see `functions`.
pub fn shown() -> Vec<Shown> {
    let mut shown = Vec::new();
    for module in library() {
        let mut doc: Vec<&str> = Vec::new();
        for line in module.text.lines() {
            if let Some(line) = line.strip_prefix("///") {
                doc.push(line.strip_prefix(' ').unwrap_or(line));
                continue;
            }
            let text = doc.join("\n") + "\n";
            for block in text.split("```dep\n").skip(1) {
                let block = block.split("```").next().unwrap();
                if block.starts_with("use ") {
                    let item = head(line);
                    shown.push(Shown { module: module.name, item, text: block.to_owned() });
                }
            }
            doc.clear();
        }
    }
    shown
}

/// `schema Service` of `schema Service extends Workload {`.
fn head(line: &str) -> String {
    let words: Vec<&str> = line.split([' ', '(']).take(2).collect();
    words.join(" ")
}

/// A component of the library: a schema that makes objects.
pub struct Component {
    pub module: &'static str,
    pub name: &'static str,
    /// Its fields that hold objects, those of its parents first, each with its type.
    pub objects: Vec<(&'static str, &'static str)>,
}

/// The schemas of the library that make objects.
pub fn components() -> Vec<Component> {
    let mut schemas: Vec<(Component, Option<&str>)> = Vec::new();
    for module in library() {
        for line in module.text.lines() {
            if let Some(rest) = line.strip_prefix("schema ") {
                let mut words = rest.split_whitespace();
                let name = words.next().unwrap();
                let parent = (words.next() == Some("extends")).then(|| words.next().unwrap());
                let component = Component { module: module.name, name, objects: Vec::new() };
                schemas.push((component, parent));
            } else if let Some(rest) = line.strip_prefix("  emit ") {
                let (name, ty) = rest.split_once(": ").unwrap();
                let name = name.trim_start_matches("derive ");
                let ty = ty.split(" =").next().unwrap();
                schemas.last_mut().unwrap().0.objects.push((name, ty));
            }
        }
    }
    let objects = |of: &str, module: &str| {
        let mut all = Vec::new();
        let mut next = Some(of);
        while let Some(name) = next {
            let same = |(one, _): &&(Component, Option<&str>)| one.name == name;
            // Two modules may have a schema of one name: that of the module itself goes first.
            let own = schemas.iter().filter(same).find(|(one, _)| one.module == module);
            let found = own.or_else(|| schemas.iter().find(same)).unwrap();
            all.splice(0..0, found.0.objects.iter().copied());
            next = found.1;
        }
        all
    };
    let all = schemas.iter().map(|(one, _)| Component {
        module: one.module,
        name: one.name,
        objects: objects(one.name, one.module),
    });
    all.filter(|component| !component.objects.is_empty()).collect()
}
