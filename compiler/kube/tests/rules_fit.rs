//! Whether the rules of definitions and of policies fit what they are about, as servers ask when they are made.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod rules_report;

use kube::server::refusals;
use rules_report::planted;

const SCHEMA: &str = "{type: object, properties: {spec: {type: object, properties: { \
    n: {type: integer}, f: {type: number}, s: {type: string, maxLength: 99}, b: {type: boolean}, when: {type: string, format: date-time}, \
    items: {type: array, maxItems: 99, items: {type: string, maxLength: 99}}, labels: {type: object, maxProperties: 99, additionalProperties: {type: string}}, \
    'a-b': {type: integer}, any: {x-kubernetes-int-or-string: true}, \
    open: {type: object, x-kubernetes-preserve-unknown-fields: true}, \
    parts: {type: array, maxItems: 99, items: {type: object, properties: {name: {type: string, maxLength: 99}, size: {type: integer}}}}}}}, \
    x-kubernetes-validations: [RULE]}";

/// What is said of a rule at the root of the schema.
fn said(rule: &str, more: &str) -> Vec<String> {
    let rule = format!("{{rule: \"{rule}\"{more}}}");
    let schema = SCHEMA.replace("RULE", &rule);
    let definition = format!(
        "{{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {{name: as.example.com}}, spec: \
         {{group: example.com, scope: Namespaced, names: {{kind: A, plural: as}}, versions: [{{name: v1, served: true, \
         storage: true, schema: {{openAPIV3Schema: {schema}}}}}]}}}}"
    );
    let tree = planted(&definition);
    let found = refusals(tree.roots().next().unwrap(), 36);
    found.into_iter().map(|one| one.message).collect()
}

#[test]
fn sound_rules_are_taken() {
    for rule in [
        "self.spec.n > 1 && self.spec.s.startsWith('a')",
        "self.spec.n < 1.5",
        "has(self.spec.s) ? self.spec.s.size() <= 5 : true",
        "self.spec.items.all(x, x.matches('^a')) || size(self.spec.items) == 0",
        "self.spec.parts.exists(p, p.name == self.spec.s && p.size in [1, 2])",
        "self.spec.parts.map(p, p.name) == self.spec.items",
        "self.spec.parts.filter(p, p.size > 1).size() == 1",
        "self.spec.labels['a'] == 'b' && 'c' in self.spec.labels",
        "self.spec.labels.all(k, self.spec.labels[k] != '')",
        "self.spec.a__dash__b == 3",
        "self.spec.any == 'x' || self.spec.any == 1",
        "has(self.spec.open)",
        "self.metadata.name == self.spec.s && self.kind != ''",
        "self.spec.when > timestamp('2024-01-01T00:00:00Z')",
        "self.spec.when - self.spec.when < duration('1h')",
        "self.spec.n == oldSelf.spec.n",
        "self.spec.s + 'x' != self.spec.items.join(',')",
        "quantity(self.spec.s).isGreaterThan(quantity('1Gi'))",
        "!format.dns1123Label().validate(self.spec.s).hasValue()",
        "self.spec.?s.orValue('') == ''",
        "type(self.spec.any) == string",
    ] {
        assert_eq!(said(rule, ""), Vec::<String>::new(), "{rule}");
    }
    assert!(
        said("self.spec.n > 0", ", messageExpression: \"'at least ' + string(self.spec.n)\"")
            .is_empty()
    );
    assert!(said("!oldSelf.hasValue() || self.spec.n > 0", ", optionalOldSelf: true").is_empty());
}

#[test]
fn rules_that_no_server_takes_are_found() {
    for (rule, why) in [
        ("self.spec.m > 1", "the schema has no field `m` there"),
        ("self.metadata.labels['a'] == 'b'", "there is no field `labels`"),
        ("spec.n > 1", "nothing is called `spec` here"),
        ("self.spec.n", "it gives an int, and a bool is asked for"),
        ("self.spec.s > 1", "`>` does not take a string and an int"),
        ("self.spec.s == 1", "`==` does not take a string and an int"),
        ("self.spec.n + 1.5 > 2.0", "`+` does not take an int and a double"),
        ("self.spec.n.startsWith('a')", "`startsWith` does not take an int and a string"),
        ("self.spec.s.startWith('a')", "there is no function `startWith`"),
        ("self.spec.n.all(x, x > 1)", "a list or a map is asked for, and this is an int"),
        ("self.spec.items.all(x, x > 1)", "`>` does not take a string and an int"),
        ("self.spec.items.all(x, x)", "a condition is asked for, and this is a string"),
        ("self.spec.parts.exists(p, p.weight > 1)", "the schema has no field `weight` there"),
        ("self.spec.items['a'] == 'b'", "`[]` does not take a list of strings and a string"),
        ("self.spec.b && self.spec.s", "a condition is asked for, and this is a string"),
        ("1 in self.spec.items", "`in` does not take an int and a list of strings"),
        ("size(self.spec.n) > 1", "`size` does not take an int"),
        ("self.spec.open.whatever == 1", "the schema has no field `whatever` there"),
        ("self.spec.b ? self.spec.s : self.spec.n", "`?:` gives a string or an int"),
    ] {
        assert_eq!(said(rule, ""), [format!("`rule` does not fit the schema: {why}")], "{rule}");
    }
    let found = said("self.spec.n > 0", ", messageExpression: self.spec.n");
    assert_eq!(
        found,
        ["`messageExpression` does not fit the schema: it gives an int, and a string is asked for"]
    );
}

#[test]
fn policies_speak_of_what_they_have() {
    let of = |expression: &str| {
        let policy = format!(
            "{{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicy, metadata: {{name: a}}, spec: \
             {{matchConstraints: {{resourceRules: [{{apiGroups: [''], apiVersions: [v1], operations: [CREATE], \
             resources: [pods]}}]}}, variables: [{{name: most, expression: '5'}}], \
             validations: [{{expression: \"{expression}\"}}]}}}}"
        );
        let tree = planted(&policy);
        let found = refusals(tree.roots().next().unwrap(), 36);
        found.into_iter().map(|one| one.message).collect::<Vec<_>>()
    };
    assert!(
        of("object.spec.replicas <= variables.most && request.operation == 'CREATE'").is_empty()
    );
    assert_eq!(of("self.a"), ["`expression` does not fit: nothing is called `self` here"]);
    assert_eq!(of("variables.least > 1"), ["`expression` does not fit: there is no field `least`"]);
    assert_eq!(
        of("'a'"),
        ["`expression` does not fit: it gives a string, and a bool is asked for"]
    );
}

#[test]
fn a_pattern_can_be_read() {
    let of = |pattern: &str| {
        let with = format!("p: {{type: string, pattern: '{pattern}'}}, b: {{type");
        let schema = SCHEMA.replace("b: {type", &with);
        let tree = planted(&format!(
            "{{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {{name: as.example.com}}, spec: \
             {{group: example.com, scope: Namespaced, names: {{kind: A, plural: as}}, versions: [{{name: v1, served: true, \
             storage: true, schema: {{openAPIV3Schema: {}}}}}]}}}}",
            schema.replace("RULE", "{rule: 'true'}")
        ));
        refusals(tree.roots().next().unwrap(), 36).len()
    };
    for sound in
        ["^[a-z0-9]+$", "^(?i)a{1,63}$", "^[[:alpha:]]+$", "^[^\\p{L}]$", "^\\d+(\\.\\d+)?$"]
    {
        assert_eq!(of(sound), 0, "{sound}");
    }
    for bad in ["^[a-z", "(", "(?<!a)b", "^(?=a)"] {
        assert_eq!(of(bad), 1, "{bad}");
    }
}
