//! Maps of many keys, of which others read some: what is said of them is what is said of maps of few.

use tests::executed::Session;

/// What is said of a map with so many keys besides, in each of its layers, and of what reads it.
fn said(keys: usize) -> Vec<String> {
    let more = |name: &str| -> String { (0..keys).map(|n| format!("  {name}{n} = 0\n")).collect() };
    let mut session = Session::default();
    session.write(
        "app.dep",
        &format!(
            "m: {{Str: Int}} = {{\n  a = b + 1\n  b = 1\n  ring = ring\n  bad = \"x\"\n  gone = 1\n{}}}\n\
             name = m.a\n\
             index = m[\"b\"]\n\
             ring: Int = m.ring\n\
             bad: Int = m.bad\n\
             none = m.c\n\
             gone = m.gone\n\
             all = m.a + len(m) - {}\n\
             check name == 0: \"\\(name) \\(index) \\(all)\"\n",
            more("x"),
            2 * keys
        ),
    );
    let overlay =
        format!("overlay \"./app.dep\"\nm {{\n  override b = 2\n  unset gone\n{}}}\n", more("y"));
    session.write("prod.dep", &overlay);
    let found = session.build("prod.dep").diagnostics;
    found.iter().map(|found| format!("{}: {}", found.code, found.message)).collect()
}

#[test]
fn one_key_of_many_is_as_one_of_few() {
    let few = said(1);
    let told = few.join("\n");
    assert!(told.contains("E0501: `m.ring`") && told.contains("E0307: 3 2 7"), "{told}");
    assert_eq!(said(100), few);
}
