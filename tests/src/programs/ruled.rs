//! Objects that read nodes and each other, and rules over them.

use super::{int, risky_int};
use crate::Random;

/// How many objects there are, and as many rules.
pub const OBJECTS: usize = 2;

/// An object that reads nodes, and at times the other object.
pub fn object(random: &mut Random, n: usize) -> String {
    let other = 1 - n.min(1);
    let value = match random.below(4) {
        0 if n == 0 => format!("o{other}.metadata.labels[\"r\"] ?? \"none\""),
        1 => format!("str({})", int(random, 0)),
        _ => "\"x\"".to_owned(),
    };
    let allow = match random.below(4) {
        0 => "  allow \"r0\": \"it is so\"\n",
        _ => "",
    };
    let metadata = format!("metadata {{ name = \"o{n}\", labels {{ l = \"1\" }} }}");
    format!("o{n} = k8s.ConfigMap {{\n  {metadata}\n{allow}  data {{ A = {value} }}\n}}\n")
}

/// A rule over objects, which reads nodes and objects.
pub fn rule(random: &mut Random, n: usize) -> String {
    let other = random.below(OBJECTS);
    let condition = match random.below(4) {
        0 => format!(" where {} > 3", int(random, 0)),
        1 => format!(" where o.metadata.name == \"o{other}\""),
        2 => format!(" where o{other}.data[\"A\"] is set"),
        _ => String::new(),
    };
    let says = match random.below(6) {
        0 => format!("metadata.labels {{ r = str({}) }}", int(random, 0)),
        1 => format!("metadata.annotations {{ a{n} = o{other}.metadata.labels[\"l\"] }}"),
        2 => "override metadata.labels.l = \"2\"".to_owned(),
        3 => "check len(o.data) > 0: \"it is empty\"".to_owned(),
        4 => format!("data {{ C{n} = \"\\(o.data[\"A\"])!\" }}"),
        _ => "warn o.metadata.labels[\"r\"] is set: \"no label\"".to_owned(),
    };
    format!("every \"r{n}\" k8s.ConfigMap as o{condition} {{\n  {says}\n}}\n")
}

/// A rule that may be wrong, may contradict another, and may read what is not there; or such an object.
pub fn risky_rule(random: &mut Random) -> String {
    let n = random.below(OBJECTS + 1);
    let value = risky_int(random);
    let every = format!("every \"r{n}\" k8s.ConfigMap as o");
    match random.below(6) {
        0 => format!("{every} where {value} > 2 {{\n  data {{ B = \"b\" }}\n}}\n"),
        1 => format!(
            "every \"r{n}\" k8s.Object as o {{\n  metadata.labels {{ r = str({value}) }}\n}}\n"
        ),
        2 => format!("{every} {{\n  metadata.labels {{ l = \"{n}\" }}\n}}\n"),
        3 => format!("{every} {{\n  check {value} > 1: \"small\"\n}}\n"),
        4 => format!("{every} where o0.data[\"B\"] == \"b\" {{\n  final data.B = \"c\"\n}}\n"),
        _ => {
            let data = format!("data {{ A = str({value}), B = o0.data[\"A\"] }}");
            format!("o{n} = k8s.ConfigMap {{ metadata.name = \"o{n}\", {data} }}\n")
        }
    }
}
