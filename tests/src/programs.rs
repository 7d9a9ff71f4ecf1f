//! Random programs whose items read each other, and random edits of them: cycles among leaves, mistakes, and their
//! repair included.

use crate::Random;

/// How many items read each other.
const NODES: usize = 5;

/// A program as the texts of its items, and of an overlay on it.
#[derive(Clone, Debug)]
pub struct Program {
    base: Vec<String>,
    overlay: Vec<String>,
    services: bool,
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

impl Program {
    /// A program; one in four has services from the library too.
    pub fn new(random: &mut Random) -> Self {
        let services = random.below(4) == 0;
        let mut program = Self { base: Vec::new(), overlay: Vec::new(), services };
        for n in 0..NODES {
            program.base.push(node(random, n));
        }
        if services {
            for n in 0..2 {
                program.base.push(service(random, n));
            }
        }
        program
    }

    /// The text of the base.
    pub fn base(&self) -> String {
        let uses = if self.services { "use std.workload.Service\n" } else { "" };
        format!("{uses}{SCHEMA}\n{}", self.base.join("\n"))
    }

    /// The text of the overlay.
    pub fn overlay(&self) -> String {
        format!("overlay \"./app.dep\"\n\n{}", self.overlay.join("\n"))
    }

    /// Changes one thing, sometimes for the worse.
    pub fn edit(&mut self, random: &mut Random) {
        let on_overlay = random.below(4) == 0;
        let services = self.services;
        let items = if on_overlay { &mut self.overlay } else { &mut self.base };
        let at = random.below(items.len());
        let new = match (on_overlay, services && random.below(4) == 0) {
            (true, _) => layer(random),
            (false, true) => service_at(random),
            (false, false) => node_at(random),
        };
        match random.below(12) {
            0 => items.insert(at, new),
            1 if items.len() > 1 => {
                items.remove(at);
            }
            2 if !items.is_empty() => garble(random, &mut items[at]),
            3 => items.insert(at, "// A remark.\n".to_owned()),
            4 if items.len() > 1 => {
                let item = items.remove(at);
                let to = random.below(items.len());
                items.insert(to, item);
            }
            _ => match items.get_mut(at) {
                Some(item) => *item = new,
                None => items.push(new),
            },
        }
        items.truncate(12);
    }
}

fn node_at(random: &mut Random) -> String {
    let n = random.below(NODES);
    node(random, n)
}

fn service_at(random: &mut Random) -> String {
    let n = random.below(2);
    service(random, n)
}

fn node(random: &mut Random, n: usize) -> String {
    let mut text = format!("n{n} = Node {{\n");
    for field in ["a", "b"] {
        if random.below(3) > 0 {
            text.push_str(&format!("  {field} = {}\n", int(random)));
        }
    }
    match random.below(8) {
        0 => text.push_str(&format!("  c = \"\\({})\"\n", int(random))),
        1 => text.push_str(&format!("  d = {}\n", int(random))),
        2 => text.push_str(&format!("  m {{ y = {} }}\n", int(random))),
        3 => text.push_str(&format!("  when {} > 2 {{ d = 7 }}\n", int(random))),
        4 => text.push_str(&format!("  default b = {}\n", int(random))),
        _ => {}
    }
    text.push_str("}\n");
    text
}

fn service(random: &mut Random, n: usize) -> String {
    let other = 1 - n.min(1);
    let env = match random.below(4) {
        0 => format!("env {{ URL = s{other}.endpoints.http.url }}"),
        1 => format!("env {{ N = str({}) }}", int(random)),
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
    match random.below(5) {
        0 => format!("n{n}.a = {}\n", int(random)),
        1 => format!("override n{n}.b = {}\n", int(random)),
        2 => format!("n{n} {{ m {{ z = {} }} }}\n", int(random)),
        3 => format!("unset n{n}.d\n"),
        _ => format!("override n{n}.a = {}\n", int(random)),
    }
}

/// An expression for a number, which mostly is one.
fn int(random: &mut Random) -> String {
    let n = random.below(NODES);
    match random.below(14) {
        0..=3 => format!("n{n}.{}", random.pick(&["a", "b"])),
        4 => format!("n{n}.a + n{}.b", random.below(NODES)),
        5 => format!("(n{n}.d ?? {})", random.below(9)),
        6 => format!("(if n{n}.a > 3 then n{n}.b else {})", random.below(9)),
        7 => format!("n{n}.m.x"),
        8 => format!("n{n}.m[\"y\"] ?? 4"),
        9 => format!("len(n{n}.c)"),
        10 => (*random.pick(&["n9.a", "\"text\"", "n1.q", "5000000000000", "1 / 0", "b", "a"]))
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
