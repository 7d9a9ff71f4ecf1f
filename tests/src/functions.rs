//! The functions that the library declares, as its texts say them: signature, documentation and examples.

/// A function that a module of the library declares.
pub struct Function {
    pub module: &'static str,
    pub name: String,
    /// `lower(text: Str) -> Str`.
    pub signature: String,
    /// The documentation without its examples.
    pub doc: String,
    /// Expressions that are true.
    pub examples: Vec<String>,
    /// Whether the evaluator computes it, instead of an expression.
    pub builtin: bool,
    /// Whether it is in scope everywhere.
    pub everywhere: bool,
}

/// All functions of the modules that hold nothing else, in the order of the modules' texts.
pub fn all() -> Vec<Function> {
    let modules = analysis::workspace::library().iter();
    modules.flat_map(|module| of_module(module.name, module.text)).collect()
}

/// The first paragraph of a module: what its functions are for.
pub fn about(module: &str) -> String {
    let module = analysis::workspace::library().iter().find(|known| known.name == module).unwrap();
    let lines = module.text.lines().map_while(|line| line.strip_prefix("//!"));
    lines.map(str::trim).collect::<Vec<_>>().join("\n")
}

fn of_module(module: &'static str, text: &'static str) -> Vec<Function> {
    let mut functions = Vec::new();
    let mut doc: Vec<&str> = Vec::new();
    for line in text.lines() {
        if let Some(line) = line.strip_prefix("///") {
            doc.push(line.strip_prefix(' ').unwrap_or(line));
            continue;
        }
        if let Some(rest) = line.strip_prefix("fn ") {
            let (signature, value) = split(rest);
            let (doc, examples) = examples(&doc);
            functions.push(Function {
                module,
                name: signature.split('(').next().unwrap().to_owned(),
                signature: signature.to_owned(),
                doc,
                examples,
                builtin: value == "builtin",
                everywhere: analysis::workspace::FUNCTIONS.contains(&module),
            });
        }
        doc.clear();
    }
    functions
}

/// The head of a function and its value, at the `=` that stands in no brackets.
fn split(text: &str) -> (&str, &str) {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '(' | '{' | '[' => depth += 1,
            ')' | '}' | ']' => depth -= 1,
            '=' if depth == 0 => return (text[..at].trim(), text[at + 1..].trim()),
            _ => {}
        }
    }
    (text.trim(), "")
}

/// What a documentation says, and the lines of its blocks of code.
fn examples(doc: &[&str]) -> (String, Vec<String>) {
    let mut inside = false;
    let mut said = Vec::new();
    let mut examples = Vec::new();
    for line in doc {
        if line.starts_with("```") {
            inside = !inside;
        } else if inside {
            examples.push((*line).to_owned());
        } else {
            said.push(*line);
        }
    }
    // A whole program is executed with those of components: see `tests/library.rs`.
    if examples.iter().any(|line| line.starts_with("use ")) {
        examples.clear();
    }
    (said.join("\n").trim().to_owned(), examples)
}
