//! Random components that read each other, and derive from that.

use crate::Random;

/// How many components there are.
pub const PARTS: usize = 3;

/// What stands on top of a base that has some.
pub const SCHEMA: &str = r#"
use std.network.{Link, dependencies, dependents, objects}

fn shown(l: Link) -> Str = "\(l.name) \(join([p.name ?? "" for p in l.ports], ","))"

schema Part {
  name: DnsLabel = kebab(key)
  a: Int = 1
  reads: [Str] = []
  export host: Str = name
  export ports: {Str: Int} = { http = 8000 + a, admin = 9000 }
  emit pod: k8s.Pod = {
    metadata { name = name, labels { app = name } }
    spec { containers { app {
      image = "example.com/app:v1"
      args = reads
      ports { for n, p in ports { [str(p)] { name = n } } }
    } } }
  }
  derive readers: [Str] = [shown(d) for d in dependents()]
  derive count: Int & 0..5 = len(dependencies())
  emit derive said: k8s.ConfigMap? = if len(readers) > 0 then {
    metadata { name = "said-\(name)" }
    data { readers = join(readers, " "), count = str(count) }
  }
}

every "few" Part as p { check p.count < 3: "\(p.name) reads \(p.count)" }
every "said" k8s.ConfigMap as c { warn c.data["count"] is unset: "\(c.metadata.name) counts" }
"#;

/// A component that is right.
pub fn part(random: &mut Random, n: usize) -> String {
    let mut text = format!("c{n} = Part {{\n");
    if random.below(3) == 0 {
        text.push_str(&format!("  a = {}\n", random.below(9)));
    }
    if random.below(6) == 0 {
        text.push_str(&format!("  name = \"d{}\"\n", random.below(40)));
    }
    let reads: Vec<String> = (0..random.below(3)).map(|_| read(random, n)).collect();
    if !reads.is_empty() {
        text.push_str(&format!("  reads = [{}]\n", reads.join(", ")));
    }
    match random.below(8) {
        0 => text.push_str("  readers += [\"more\"]\n"),
        1 => text.push_str("  said.metadata.labels { n = str(len(dependents())) }\n"),
        2 => text.push_str("  when a > 4 { count = a - 4 }\n"),
        3 => text.push_str("  readers = [o.metadata.name ?? \"\" for o in objects()]\n"),
        4 if n + 1 < PARTS => text.push_str(&format!("  count = c{}.count\n", n + 1)),
        _ => {}
    }
    text.push_str("}\n");
    // A layer on the object needs that there is one.
    text.replace("  said.", "  said?.")
}

/// One that may read what it must not, or itself.
pub fn risky_part(random: &mut Random) -> String {
    let (n, m) = (random.below(PARTS), random.below(PARTS));
    match random.below(7) {
        0 => format!("c{n} = Part {{ a = c{m}.count }}\n"),
        1 => format!("c{n} = Part {{ count = c{m}.count + 1, reads = [c{m}.host] }}\n"),
        2 => format!("c{n} = Part {{ said.data {{ x = c{m}.said?.metadata?.name ?? \"\" }} }}\n"),
        3 => format!("c{n} = Part {{ reads = [1 / 0, c{m}.host] }}\n"),
        4 => format!("c{n} = external Part {{ reads = [c{m}.host] }}\n"),
        5 => format!("let c{n} = Part {{ reads = [c{m}.name] }}\n"),
        _ => format!("c{n} = c{m}\n"),
    }
}

/// A layer on one.
pub fn layer(random: &mut Random) -> String {
    let (n, m) = (random.below(PARTS), random.below(PARTS));
    match random.below(4) {
        0 => format!("c{n}.reads += [c{m}.name]\n"),
        1 => format!("c{n}.count = {}\n", random.below(4)),
        2 => format!("c{n} {{ said? {{ data {{ z = \"z\" }} }} }}\n"),
        _ => format!("c{n} {{ readers += [d.name for d in dependents()] }}\n"),
    }
}

/// Something of a component behind `n`, or of one before it, by a handle that is computed from nothing else.
fn read(random: &mut Random, n: usize) -> String {
    let m = (n + 1 + random.below(PARTS - 1)) % PARTS;
    match random.below(4) {
        0 => format!("c{m}.name"),
        1 => format!("str(c{m}.ports.http)"),
        2 => format!("str(c{m}.ports.admin)"),
        _ => format!("c{m}.host"),
    }
}
