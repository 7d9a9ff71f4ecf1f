//! Files of data that random programs read: imported, embedded, and as definitions of kinds.

use super::garble;
use crate::Random;

/// How many items read data.
pub(super) const DATA: usize = 4;

/// What brings the files into scope.
pub(super) const HEAD: &str = "\
use crd \"./kinds.yaml\" as kinds
let values = import \"values.yaml\"
let list = import \"list.json\"
schema Site { host: Str, port: Port, zones: [Str] }
schema Entry { name: Str, count: Int = 1 }
fn config(name: Str, value: Str) -> k8s.ConfigMap = k8s.ConfigMap {
  metadata { name = name }
  data { A = value }
}
";

/// The texts of the files.
#[derive(Clone, Debug, Default)]
pub(super) struct Data {
    values: String,
    list: String,
    text: String,
    kinds: String,
}

impl Data {
    pub fn new(random: &mut Random) -> Self {
        Self {
            values: values(random),
            list: list(random),
            text: text(random),
            kinds: kinds(random),
        }
    }

    pub fn files(&self) -> [(&'static str, String); 4] {
        [
            ("values.yaml", self.values.clone()),
            ("list.json", self.list.clone()),
            ("text.conf", self.text.clone()),
            ("kinds.yaml", self.kinds.clone()),
        ]
    }

    /// Changes one file for one that those who read it can read.
    pub fn change(&mut self, random: &mut Random) {
        match random.below(8) {
            0 => self.text = text(random),
            1 => self.kinds = kinds(random),
            2 | 3 => self.list = list(random),
            4 => self.values.insert_str(0, "# A remark.\n"),
            5 => self.values = self.values.replace("# A remark.\n", ""),
            _ => self.values = values(random),
        }
    }

    /// Changes one file for one that may be wrong.
    pub fn risk(&mut self, random: &mut Random) {
        let wrong = *random.pick(&["many", "null", "[1]", "{ a: 1 }", "~", "1.5", "99999"]);
        match random.below(8) {
            0 => garble(random, &mut self.values),
            1 => garble(random, &mut self.list),
            2 => garble(random, &mut self.kinds),
            3 => garble(random, &mut self.text),
            4 => self.values = self.values.replace("port: 8", &format!("port: {wrong} # 8")),
            5 => self.values = self.values.replace("host", "hsot"),
            6 => self.list = self.list.replace("\"count\": ", "\"count\": [], \"count\": "),
            _ => self.kinds = self.kinds.replace("integer", "string"),
        }
    }
}

/// An item that reads one of the files, and may read nodes besides.
pub(super) fn reader(random: &mut Random, n: usize) -> String {
    let value = match n {
        0 => match random.below(4) {
            0 => "config(\"v0\", values.site.host as Str)".to_owned(),
            1 => "config(\"v0\", str((values.site.port as Port) + n4.a))".to_owned(),
            2 => "config(\"v0\", join((values.site as Site).zones, \",\"))".to_owned(),
            _ => "k8s.ConfigMap { metadata { name = \"v0\" }, data { ...values.extra as {Str: Str}, A = \"a\" } }"
                .to_owned(),
        },
        1 => match random.below(3) {
            0 => "config(\"v1\", str(len(list as [Any])))".to_owned(),
            1 => "config(\"v1\", join([e.name for e in list as [Entry]], \" \"))".to_owned(),
            _ => "config(\"v1\", str(sum([e.count for e in list as [Entry]])))".to_owned(),
        },
        2 => "config(\"v2\", embed \"text.conf\")".to_owned(),
        _ => match random.below(2) {
            0 => format!("kinds.Thing {{ metadata {{ name = \"v3\", namespace = \"a\" }}, spec {{ size = {} }} }}", random.below(9)),
            _ => "kinds.Thing { metadata { name = \"v3\", namespace = \"a\" }, spec { size = n3.a } }".to_owned(),
        },
    };
    format!("v{n} = {value}\n")
}

fn values(random: &mut Random) -> String {
    let (host, port) = (random.below(3), 8000 + random.below(3));
    let zones = ["[]", "[a]", "[a, b]"][random.below(3)];
    let extra = ["B: b", "B: c", "B: b, C: c"][random.below(3)];
    format!(
        "site:\n  host: h{host}.example.com\n  port: {port}\n  zones: {zones}\nextra: {{ {extra} }}\n"
    )
}

fn list(random: &mut Random) -> String {
    let entries: Vec<String> = (0..random.below(4))
        .map(|n| format!("  {{ \"name\": \"e{n}\", \"count\": {} }}", random.below(5)))
        .collect();
    format!("[\n{}\n]\n", entries.join(",\n"))
}

fn text(random: &mut Random) -> String {
    format!("listen {};\n", random.below(9))
}

fn kinds(random: &mut Random) -> String {
    let least = random.below(2);
    let more = ["", "\n              color: { type: string, default: red }"][random.below(2)];
    format!(
        "\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{ name: things.example.com }}
spec:
  group: example.com
  scope: Namespaced
  names: {{ kind: Thing, plural: things }}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties:
              size: {{ type: integer, minimum: {least} }}{more}
"
    )
}
