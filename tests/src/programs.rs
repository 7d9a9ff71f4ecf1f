//! Random programs whose items read each other, and random edits of them: cycles among leaves, mistakes, and their
//! repair included.

mod data;

mod derived;

mod ruled;

use crate::Random;
use data::{DATA, Data, HEAD, reader};
use derived::{PARTS, SCHEMA as DERIVED, layer as layer_of_part, part, risky_part};
use ruled::{OBJECTS, object, risky_rule, rule};

/// How many items read each other.
const NODES: usize = 5;
/// How many fields the file has that they read besides.
const USED: usize = 3;

/// A program as the texts of its items, of an overlay on it, and of a file that it uses.
#[derive(Clone, Debug)]
pub struct Program {
    parts: Parts,
    services: bool,
    /// It has objects, and rules over them.
    rules: bool,
    /// It has components that derive fields from who reads whom.
    derives: bool,
    /// It has items that read files of data.
    reads: bool,
    /// What it was before something wrong was done to it.
    before: Option<Parts>,
}

#[derive(Clone, Debug, Default)]
struct Parts {
    base: Vec<String>,
    overlay: Vec<String>,
    used: Vec<String>,
    data: Data,
    /// The base says what it calls the used file.
    uses: bool,
}

/// What stands on top of every base: a schema that gives no more than leaves to read.
const SCHEMA: &str = "\
schema Node {
  a: Int & 0..1000 = 1
  b: Int = 2
  c: Str = \"c\\(a)\"
  d?: Int
  m: {Str: Int} = { x = 1 }
  check b < 5000: \"b is \\(b)\"
}
";

/// A file below the one that is used, which an overlay reaches through both.
const DEEP: &str = "input d0: Int = 5\nd1 = d0 + 1\n";

impl Program {
    /// A program; one in four has services from the library too, one in three objects with rules, one in three components
    /// that derive, and one in three files of data.
    pub fn new(random: &mut Random) -> Self {
        let services = random.below(4) == 0;
        let mut parts = Parts { uses: true, ..Parts::default() };
        for n in 0..NODES {
            parts.base.push(node(random, n));
        }
        if services {
            for n in 0..2 {
                parts.base.push(service(random, n));
            }
        }
        let rules = random.below(3) == 0;
        if rules {
            for n in 0..OBJECTS {
                parts.base.push(object(random, n));
                parts.base.push(rule(random, n));
            }
        }
        let derives = random.below(3) == 0;
        if derives {
            for n in 0..PARTS {
                parts.base.push(part(random, n));
            }
        }
        for n in 0..USED {
            parts.used.push(used(random, n));
        }
        let reads = random.below(3) == 0;
        if reads {
            parts.data = Data::new(random);
            for n in 0..DATA {
                parts.base.push(reader(random, n));
            }
        }
        Self { parts, services, rules, derives, reads, before: None }
    }

    /// The files by their names. `app.dep` and `prod.dep`, an overlay on it, can be built.
    pub fn files(&self) -> Vec<(&'static str, String)> {
        let services = if self.services { "use std.workload.Service\n" } else { "" };
        let derived = if self.derives { DERIVED } else { "" };
        let used = if self.parts.uses { "use \"./env.dep\" as env\n" } else { "" };
        let head = if self.reads { HEAD } else { "" };
        let base = self.parts.base.join("\n");
        let mut files = vec![
            ("app.dep", format!("{services}{used}{head}{SCHEMA}{derived}\n{base}")),
            ("prod.dep", format!("overlay \"./app.dep\"\n\n{}", self.parts.overlay.join("\n"))),
            (
                "env.dep",
                format!(
                    "use \"./app.dep\" as app\nuse \"./deep.dep\" as deep\n{}",
                    self.parts.used.join("\n")
                ),
            ),
            ("deep.dep", DEEP.to_owned()),
        ];
        if self.reads {
            files.extend(self.parts.data.files());
        }
        files
    }

    /// Changes one thing: mostly for something else that is right, at times for something that may be wrong, which is
    /// undone some edits later.
    pub fn edit(&mut self, random: &mut Random) {
        if self.before.is_some() && random.below(3) == 0 {
            if let Some(parts) = self.before.take() {
                self.parts = parts;
            }
        } else if random.below(4) == 0 {
            self.before.get_or_insert_with(|| self.parts.clone());
            self.risk(random);
        } else {
            self.change(random);
        }
    }

    /// A change that leaves what was right right.
    fn change(&mut self, random: &mut Random) {
        let Parts { base, overlay, used: items, data, .. } = &mut self.parts;
        let at = random.below(base.len().min(NODES));
        if self.derives && random.below(3) == 0 {
            let n = random.below(PARTS);
            let name = format!("c{n} ");
            if random.below(4) == 0 {
                *overlay = vec![layer_of_part(random)];
            } else if let Some(item) = base.iter_mut().find(|item| item.starts_with(&name)) {
                *item = part(random, n);
            }
            return;
        }
        if self.reads && random.below(3) == 0 {
            let n = random.below(DATA);
            let name = format!("v{n} ");
            if random.below(4) > 0 {
                data.change(random);
            } else if let Some(item) = base.iter_mut().find(|item| item.starts_with(&name)) {
                *item = reader(random, n);
            }
            return;
        }
        match random.below(10) {
            0 => *overlay = vec![layer_of_map(random)],
            1 => base.rotate_left(at),
            2 => base.insert(at, "// A remark.\n".to_owned()),
            3 => base.retain(|item| !item.starts_with("//")),
            4 if self.services => {
                let n = random.below(2);
                let name = format!("s{n} ");
                if let Some(item) = base.iter_mut().find(|item| item.starts_with(&name)) {
                    *item = service(random, n);
                }
            }
            7 | 8 if self.rules => {
                let n = random.below(OBJECTS);
                let (name, new) = match random.below(2) {
                    0 => (format!("o{n} "), object(random, n)),
                    _ => (format!("every \"r{n}\""), rule(random, n)),
                };
                if let Some(item) = base.iter_mut().find(|item| item.starts_with(&name)) {
                    *item = new;
                }
            }
            5 => *overlay = vec![layer_of_used(random)],
            6 => {
                let n = random.below(items.len().clamp(1, USED));
                if let Some(item) = items.get_mut(n) {
                    *item = used(random, n);
                }
            }
            _ => {
                let n = random.below(NODES);
                let name = format!("n{n} ");
                if let Some(item) = base.iter_mut().find(|item| item.starts_with(&name)) {
                    *item = node(random, n);
                }
            }
        }
        base.truncate(20);
    }

    /// A change after which anything may be wrong.
    fn risk(&mut self, random: &mut Random) {
        if random.below(16) == 0 {
            self.parts.uses = !self.parts.uses;
            return;
        }
        if self.reads && random.below(3) == 0 {
            self.parts.data.risk(random);
            return;
        }
        let (items, new) = match random.below(8) {
            0 | 1 => (&mut self.parts.overlay, layer(random)),
            2 | 3 => (&mut self.parts.used, risky_used(random)),
            4 | 5 if self.rules => (&mut self.parts.base, risky_rule(random)),
            6 | 7 if self.derives => (&mut self.parts.base, risky_part(random)),
            _ => (&mut self.parts.base, risky_node(random)),
        };
        let at = random.below(items.len());
        match random.below(8) {
            0 => items.insert(at, new),
            1 if items.len() > 1 => {
                items.remove(at);
            }
            2 if !items.is_empty() => garble(random, &mut items[at]),
            _ => match items.get_mut(at) {
                Some(item) => *item = new,
                None => items.push(new),
            },
        }
        items.truncate(20);
    }
}

/// A field of the file that is used.
fn used(random: &mut Random, n: usize) -> String {
    let value = match random.below(4) {
        0 if n + 1 < USED => format!("e{} + 1", n + 1),
        1 => "deep.d1".to_owned(),
        _ => random.below(9).to_string(),
    };
    match random.below(3) {
        0 => format!("input e{n}: Int = {value}\n"),
        1 => format!("default e{n} = {value}\n"),
        _ => format!("e{n} = {value}\n"),
    }
}

/// One that may read what uses it.
fn risky_used(random: &mut Random) -> String {
    let (n, value) = (random.below(USED), risky_int(random));
    match random.below(3) {
        0 => format!("e{n} = app.n{}.a\n", random.below(NODES)),
        1 => format!("final e{n} = {}\n", random.below(9)),
        _ => format!("input e{n}: Int = {value}\n"),
    }
}

fn layer_of_used(random: &mut Random) -> String {
    let (n, value) = (random.below(USED), random.below(9));
    match random.below(3) {
        0 => format!("env.deep.d0 = {value}\n"),
        1 => format!("env {{ deep {{ d0 = {value} }} }}\n"),
        _ => format!("override env.e{n} = {value}\n"),
    }
}

fn risky_layer_of_used(random: &mut Random) -> String {
    let (n, value) = (random.below(USED), risky_int(random));
    match random.below(6) {
        0 => format!("env.e{n} = {value}\n"),
        1 => format!("env {{ e{n} = {value}, deep.d0 = {value} }}\n"),
        2 => format!("override env.deep.d1 = {value}\n"),
        3 => format!("unset env.e{n}\n"),
        4 => format!("env.app.n{n}.b = {value}\n"),
        _ => format!("override env.e{n} = {value}\n"),
    }
}

/// A node that may read any other, itself, and what is not there.
fn risky_node(random: &mut Random) -> String {
    let n = random.below(NODES);
    let (a, b) = (risky_int(random), risky_int(random));
    match random.below(4) {
        0 => format!("n{n} = Node {{\n  a = {a}\n  d = {b}\n}}\n"),
        1 => format!("n{n} = Node {{ a = {a}, b = {b} }}\n"),
        2 => format!("n{n} = Node {{\n  when {a} > 2 {{ d = {b} }}\n}}\n"),
        _ => format!("n{n} = Node {{\n  a = {a}\n  m {{ y = {b} }}\n}}\n"),
    }
}

fn layer_of_map(random: &mut Random) -> String {
    let n = random.below(NODES);
    format!("n{n} {{ m {{ z = {} }} }}\n", int(random, n))
}

fn node(random: &mut Random, n: usize) -> String {
    let mut text = format!("n{n} = Node {{\n");
    for field in ["a", "b"] {
        if random.below(3) > 0 {
            text.push_str(&format!("  {field} = {}\n", int(random, n)));
        }
    }
    match random.below(8) {
        0 => text.push_str(&format!("  c = \"\\({})\"\n", int(random, n))),
        1 => text.push_str(&format!("  d = {}\n", int(random, n))),
        2 => text.push_str(&format!("  m {{ y = {} }}\n", int(random, n))),
        3 => text.push_str(&format!("  when {} > 2 {{ d = 7 }}\n", int(random, n))),
        4 => text.push_str(&format!("  default b = {}\n", int(random, n))),
        _ => {}
    }
    text.push_str("}\n");
    text
}

fn service(random: &mut Random, n: usize) -> String {
    let other = 1 - n.min(1);
    let env = match random.below(4) {
        0 => format!("env {{ URL = s{other}.endpoints.http.url }}"),
        1 => format!("env {{ N = str({}) }}", int(random, 0)),
        2 => format!("env {{ NAME = s{other}.name }}"),
        _ => String::new(),
    };
    let port = 8000 + random.below(5);
    format!(
        "s{n} = Service {{\n  image = \"example.com/s{n}:1.0.0\"\n  ports {{ http = {port} }}\n  {env}\n}}\n"
    )
}

fn layer(random: &mut Random) -> String {
    let n = random.below(NODES);
    match random.below(8) {
        0 => format!("n{n}.a = {}\n", risky_int(random)),
        5..=7 => risky_layer_of_used(random),
        1 => format!("override n{n}.b = {}\n", risky_int(random)),
        2 => format!("n{n} {{ m {{ z = {} }} }}\n", risky_int(random)),
        3 => format!("unset n{n}.d\n"),
        _ => format!("override n{n}.a = {}\n", risky_int(random)),
    }
}

/// A small number: a literal, or read from nodes behind `n`, so that nothing goes in a circle.
fn int(random: &mut Random, n: usize) -> String {
    if n + 1 >= NODES {
        return random.below(9).to_string();
    }
    let n = n + 1 + random.below(NODES - n - 1);
    match random.below(11) {
        9 | 10 => format!("env.e{}", random.below(USED)),
        0..=2 => format!("n{n}.{}", random.pick(&["a", "b"])),
        3 => format!("n{n}.a + 1"),
        4 => format!("(n{n}.d ?? {})", random.below(9)),
        5 => format!("(if n{n}.a > 3 then n{n}.b else {})", random.below(9)),
        6 => format!("n{n}.m.x"),
        7 => format!("len(n{n}.c)"),
        _ => random.below(9).to_string(),
    }
}

/// An expression that reads any node, or is wrong.
fn risky_int(random: &mut Random) -> String {
    let n = random.below(NODES);
    match random.below(11) {
        10 => format!("env.e{}", random.below(USED)),
        0..=3 => format!("n{n}.{}", random.pick(&["a", "b"])),
        4 => format!("(n{n}.d ?? {})", random.below(9)),
        5 => format!("(if n{n}.a > 3 then n{n}.b else {})", random.below(9)),
        6 => format!("n{n}.m[\"y\"] ?? 4"),
        7 => format!("len(n{n}.c)"),
        8 => (*random.pick(&["n9.a", "\"text\"", "n1.q", "5000000000000", "1 / 0", "b", "a"]))
            .to_owned(),
        _ => random.below(2000).to_string(),
    }
}

/// Takes a character away, or puts one in.
fn garble(random: &mut Random, text: &mut String) {
    let boundaries: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let Some(at) = boundaries.get(random.below(boundaries.len())).copied() else { return };
    if random.below(2) == 0 {
        text.remove(at);
    } else {
        text.insert(at, *random.pick(&['{', '}', '"', '(', '=', '.', 'x', '\n', '?']));
    }
}
