//! No output shows what is sensitive: programs whose secrets carry a mark, run through every command that prints
//! something about a program, with mistakes of every kind around them.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use tests::command::Folder;

/// Whatever is sensitive in these programs holds this, in some case.
const MARK: &str = "xyzzy";

/// Mistakes, each of which speaks of a sensitive value.
const MISTAKES: &[&str] = &[
    "check password == \"other\": \"it is another one\"",
    "check len(password) > 99 and user == \"b\": \"too short\"",
    "check not (password == \"xyzzy-0\" or pin > 9): \"never\"",
    "check password.contains(\"XYZZY\"): \"never\"",
    "check upper(password) == user: \"never\"",
    "check pin + 9223372036854775807 > 0: \"never\"",
    "check [password].contains(user): \"never\"",
    "check tokens[\"zz\"] == user: \"never\"",
    "narrow: Sensitive[Str & len(90..)] = password",
    "matched: Sensitive[Str & /[0-9]+/] = \"\\(password)!\"",
    "chosen: Sensitive[\"a\" | \"b\"] = password",
    "list: [Sensitive[Str]] & unique = [password, password]",
    "listed: Sensitive[[Str] & unique] = [password, password]",
    "number: Sensitive[Int] = int(password)",
    "wait: Sensitive[Int] = len(password) / (len(password) - len(password))",
    "quantity: Sensitive[Quantity] = password",
    "name: Sensitive[Str] = kebab(\"_\") ?? password",
    "index: Sensitive[Str] = [password][3]",
    "pattern: Sensitive[Bool] = matches(user, \"(\\(password)\")",
    "settings = k8s.ConfigMap { metadata { name = \"s\" }, data { A = password } }",
    "settings = k8s.ConfigMap { metadata { name = password }, data { A = shout(password) } }",
    "settings = k8s.ConfigMap { metadata { name = \"s\" }, data { [password] = \"a\" } }",
    "settings = k8s.ConfigMap { metadata { name = \"s\" }, data { A = json(credentials) } }",
    "settings = k8s.ConfigMap { metadata { name = \"s\" }, data { A = yaml([credentials]) } }",
    "object: k8s.Object = credentials\nsettings = k8s.ConfigMap { metadata { name = \"s\" }, data { A = json(object) } }",
    "anything: Any = credentials",
    "main = Database { password = \"xyzzy-2\" }\nmain.password = \"xyzzy-3\"",
    "main = Database with One & Two { user = \"u\" }",
    "main = Database { final password = \"xyzzy-2\" }\nother = main { password = \"xyzzy-3\" }",
    "main = Database { password = \"xyzzy-2\", password = \"xyzzy-3\" }",
    "main = Database { passwrod = \"xyzzy-2\" }",
    "main = Database { password = 5 }\ncheck main.password == \"xyzzy-2\": \"never\"",
    "main = Database { password = \"XYZZY 1\" }",
    "loop = k8s.Secret { metadata { name = \"l\" }, stringData { a = .b, b = .a, c = password } }",
    "keyed = [password].keyBy(x => x)\nread = keyed.zz",
    "let keyed = [password, password].keyBy(x => x)\nread = keyed.zz",
    "keyed: Sensitive[{Str: Int & 1..2}] = [password].keyBy(x => x).mapValues(x => len(x))",
    "keyed = k8s.Secret { metadata { name = \"k\" }, stringData { [password] = \"a\" } }",
    "list: [Sensitive[Str]] = { a = \"xyzzy\" }",
    "map: {Str: Sensitive[Str]} = [\"xyzzy\"]",
    "whole: Sensitive[{ a: Int }] = { a = \"xyzzy\", b = \"xyzzy\" }",
    "whole: Sensitive[[Int]] = [\"xyzzy\", xyzzy]",
    "part: { a: Sensitive[Int], b: Int } = { a = if user == \"a\" then \"xyzzy\" else 1, b = 2, c = \"xyzzy\" }",
    "up = import \"./up.yaml\" as [k8s.Object]",
    "let up = import \"./up.yaml\"\nread = up.stringData.password as Int",
    "let up = import \"./up.yaml\"\nread = up.stringData as {Str: \"a\" | \"b\"}",
    "let up = import \"./up.yaml\"\nread = up as { data: {Str: Int & 1..2} }",
    "main = Database { password = \"xyzzy-2\" + \"-3\" }",
    "main = Database { password = 'xyzzy-5' }",
    "main = Database { password = \"xyzzy-5\", 6 }",
    "deep: Sensitive[{ a: Str & len(90..) }] = { a = \"xyzzy\\(user)\" }",
    "test \"it\" { assert password == \"other\" }",
    "test \"it\" { fails Database { password = \"XYZZY\" } because \"something else\" }",
];

const PROGRAM: &str = r#"
input password: Sensitive[Str] = "xyzzy-0"
input pin: Sensitive[Int] = 4
input user: Str = "app"
input tokens: {Str: Sensitive[Str]} = { a = "xyzzy-1" }

schema Database {
  user: Str = "app"
  password: Sensitive[Str & /[a-z0-9-]+/] = "xyzzy-4"
}
trait One for Database { password = "xyzzy-5" }
trait Two for Database { password = "xyzzy-6" }
fn shout(text: Str) -> Str = upper(text)

credentials = k8s.Secret {
  metadata { name = "credentials" }
  stringData { password = password, twice = shout("\(password)\(password)"), plain = "xyzzy-7" }
}
database = Database { password = "xyzzy-8" }
record = { user = user, password = password, all = [password] }
"#;

/// A file of objects with a Secret in it.
const UP: &str = r#"
apiVersion: v1
kind: Secret
metadata: { name: up, labels: { a: "-" } }
stringData: { password: xyzzy, number: 5, list: [xyzzy] }
data: { x: "xyzzy is no base64" }
"#;

/// Commands that print what they find, and no Secret.
const COMMANDS: &[&[&str]] = &[
    &["check", "app.dep"],
    &["check", "app.dep", "--set", "password=xyzzy 9"],
    &["check", "app.dep", "--set", "pin=xyzzy"],
    &["check", "app.dep", "--set", "database.password=XYZZY 9"],
    &["check", "app.dep", "--set", "database.pasword=xyzzy"],
    &["test", "app.dep"],
    &["inputs", "app.dep"],
    &["inputs", "app.dep", "--set", "password=xyzzy-9"],
    &["explain", "app.dep", "password"],
    &["explain", "app.dep", "password", "--set", "password=xyzzy-9"],
    &["explain", "app.dep", "tokens"],
    &["explain", "app.dep", "tokens.a"],
    &["explain", "app.dep", "database"],
    &["explain", "app.dep", "database.password"],
    &["explain", "app.dep", "record.password"],
    &["explain", "app.dep", "record.all"],
    &["explain", "app.dep", "credentials.stringData.twice"],
    &["explain", "app.dep", "secret/credentials"],
    &["explain", "app.dep", "secret/credentials", "stringData.password"],
    &["explain", "app.dep", "secret/credentials", "stringData.plain"],
    &["doc", "app.dep"],
    &["eval", "app.dep", "password"],
    &["eval", "app.dep", "\"<\\(password)>\""],
    &["eval", "app.dep", "database"],
    &["eval", "app.dep", "record"],
    &["eval", "app.dep", "record.all"],
    &["eval", "app.dep", "tokens"],
    &["eval", "app.dep", "credentials"],
    &["eval", "app.dep", "json(credentials)"],
    &["eval", "app.dep", "sha256(yaml([credentials]))"],
    &["eval", "app.dep", "{ all = [credentials], deep.down = credentials }"],
    &["eval", "app.dep", "database", "--json"],
];

/// In which forms what is wrong with a program is told.
const FORMATS: [&str; 7] = ["text", "concise", "json", "sarif", "github", "gitlab", "junit"];

/// An overlay that sets what is sensitive, rightly and wrongly.
const PROD: &str = r#"overlay "./app.dep"

password = "xyzzy-prod"
tokens.b = "xyzzy-b"
database.password = "xyzzy-twice"
override database.user = "prod"
override credentials.stringData.plain = "xyzzy-plain"
credentials.stringData { added = "xyzzy-\(user)" }
database.passwrod = "xyzzy-mistyped"
override record.password = "xyzzy-record"
pin = "xyzzy-pin"
"#;

/// Files of values and of texts, right ones and wrong ones.
const GIVEN: &[(&str, &str)] = &[
    ("right.yaml", "password: xyzzy-v\ntokens: {b: xyzzy-b}\ndatabase: {password: xyzzy-w}\n"),
    ("wrong.yaml", "pin: xyzzy-v\ndatabase: {password: XYZZY V}\ntokens: [xyzzy-a, xyzzy-b]\n"),
    ("lost.yaml", "pasword: xyzzy-v\ndatabase: {pasword: xyzzy}\ntokens: {c: {d: xyzzy}}\n"),
    ("broken.json", "{\"password\": \"xyzzy\", \"password\": \"xyzzy-2\", \"pin\": null}"),
    ("torn.yaml", "password: \"xyzzy\n"),
    ("text.txt", "XYZZY of a file\nxyzzy\n"),
];

/// What is given on the command line besides a program.
const OPTIONS: &[&[&str]] = &[
    &["-f", "right.yaml"],
    &["-f", "wrong.yaml"],
    &["-f", "lost.yaml"],
    &["-f", "broken.json"],
    &["-f", "torn.yaml"],
    &["-f", "right.yaml", "-f", "wrong.yaml"],
    &["-f", "right.yaml", "--set", "password=xyzzy-s"],
    &["--set", "password=xyzzy \\(x"],
    &["--set", "pin=xyzzy"],
    &["--set", "pin=-xyzzy"],
    &["--set", "pin=)xyzzy"],
    &["--set", "pin="],
    &["--set", "tokens=xyzzy"],
    &["--set", "tokens={ a = \"xyzzy\" }"],
    &["--set", "tokens[a.b]=xyzzy"],
    &["--set", "tokens.a.b=xyzzy"],
    &["--set", "tokens[0]=xyzzy"],
    &["--set", "database={ user = 5, password = \"xyzzy\" }"],
    &["--set", "database={ pasword = \"xyzzy\" }"],
    &["--set", "database={ password = xyzzy }"],
    &["--set", "database=xyzzy"],
    &["--set", "databse.password=xyzzy and more"],
    &["--set", "database.password[=]=)xyzzy"],
    &["--set", "unset password=xyzzy"],
    &["--set", "credentials.stringData[new]=xyzzy"],
    &["--set", "credentials.stringData=xyzzy"],
    &["--set-file", "password=text.txt"],
    &["--set-file", "pin=text.txt"],
    &["--set-file", "database.password=text.txt"],
    &["--set-file", "databse.password=text.txt"],
];

fn printed(folder: &Folder, arguments: &[&str]) -> String {
    let output = folder.depc(arguments);
    output.stdout + &output.stderr
}

fn assert_hidden(printed: &str, program: &str, arguments: &[&str]) {
    // What is given on the command line is repeated by nothing, and what is wrong with the program by no message.
    assert!(
        !printed.to_lowercase().contains(MARK),
        "depc {arguments:?} shows it for\n{program}\n{printed}"
    );
}

#[test]
fn nothing_that_is_printed_of_a_program_shows_its_secrets() {
    let folder = Folder::new(&[("app.dep", PROGRAM)]);
    for arguments in COMMANDS {
        let printed = printed(&folder, arguments);
        assert_hidden(&printed, "the program", arguments);
    }
    // It is the mark that would be seen: the Secret itself holds it.
    assert!(printed(&folder, &["build", "app.dep"]).contains(MARK));
}

#[test]
fn no_mistake_shows_what_is_sensitive() {
    for mistake in MISTAKES {
        let program = format!("{PROGRAM}\n{mistake}\n");
        let folder = Folder::new(&[("app.dep", &program), ("up.yaml", UP)]);
        for command in ["check", "build", "test"] {
            if command == "build" && mistake.starts_with("test") {
                // It builds, and prints the Secret.
                continue;
            }
            let printed = printed(&folder, &[command, "app.dep"]);
            if command == "check" && !mistake.starts_with("test") {
                assert!(printed.contains("error["), "{mistake} is no mistake:\n{printed}");
            }
            assert_hidden(&printed, mistake, &[command, "app.dep"]);
        }
    }
}

#[test]
fn no_form_of_a_report_shows_what_is_sensitive() {
    for mistake in MISTAKES {
        let program = format!("{PROGRAM}\n{mistake}\n");
        let folder = Folder::new(&[("app.dep", &program), ("up.yaml", UP)]);
        for format in FORMATS {
            let command = ["check", "app.dep", "--format", format];
            assert_hidden(&printed(&folder, &command), mistake, &command);
        }
        for command in [
            &["test", "app.dep", "--format", "junit"][..],
            &["check", "--matrix", "app.dep"],
            &["check", "--diff", "app.dep"],
            &["check", "--diff", "--unsafe-fixes", "app.dep"],
            &["graph", "app.dep"],
            &["doc", "app.dep"],
            &["fmt", "--diff", "app.dep"],
            &["inputs", "app.dep", "-o", "json"],
            &["explain", "app.dep", "main"],
            &["explain", "app.dep", "cm/settings"],
            &["explain", "app.dep", "cm/s", "data"],
            &["eval", "app.dep", "settings", "-o", "json"],
            &["eval", "app.dep", "main"],
        ] {
            assert_hidden(&printed(&folder, command), mistake, command);
        }
    }
}

#[test]
fn neither_overlays_nor_what_the_command_line_gives_are_shown() {
    let folder = Folder::new(&[("app.dep", PROGRAM), ("prod.dep", PROD)]);
    for (path, text) in GIVEN {
        folder.write(path, text);
    }
    for format in FORMATS {
        let command = ["check", "prod.dep", "--format", format];
        let said = printed(&folder, &command);
        assert!(said.contains("E0402") && said.contains("E0102"), "{said}");
        assert_hidden(&said, "the overlay", &command);
    }
    for command in COMMANDS {
        let command: Vec<&str> =
            command.iter().map(|word| if *word == "app.dep" { "prod.dep" } else { word }).collect();
        assert_hidden(&printed(&folder, &command), "the overlay", &command);
    }
    let mut wrong = 0;
    for given in OPTIONS {
        let mut found = false;
        for format in FORMATS {
            let command = [&["check", "app.dep", "--format", format], *given].concat();
            let said = printed(&folder, &command);
            found |= said.contains("E07");
            assert_hidden(&said, "the program", &command);
        }
        wrong += usize::from(found);
        for asked in [
            &["check", "--matrix", "app.dep"][..],
            &["check", "--diff", "app.dep"],
            &["test", "app.dep"],
            &["test", "app.dep", "--format", "junit"],
            &["explain", "app.dep"],
            &["explain", "app.dep", "password"],
            &["explain", "app.dep", "database"],
            &["explain", "app.dep", "database.password"],
            &["explain", "app.dep", "tokens"],
            &["explain", "app.dep", "record"],
            &["explain", "app.dep", "secret/credentials"],
            &["explain", "app.dep", "secret/credentials", "stringData.password"],
            &["inputs", "app.dep"],
            &["inputs", "app.dep", "-o", "json"],
            &["graph", "app.dep", "--format", "json"],
            &["eval", "app.dep", "database"],
            &["eval", "app.dep", "tokens", "-o", "yaml"],
            &["eval", "app.dep", "record", "-o", "json"],
        ] {
            let command = [asked, given].concat();
            assert_hidden(&printed(&folder, &command), "the program", &command);
        }
    }
    assert!(wrong > 15, "only {wrong} of these are wrong");
}

#[test]
fn what_cannot_be_read_as_a_program_is_not_shown_where_it_holds_secrets() {
    for broken in [
        "input password: Sensitive[Str] = \"xyzzy\n",
        "input password: Sensitive[Str] = \"xyzzy\" \"xyzzy\"\n",
        "input password: Sensitive[Str] = \"\"\"\n  xyzzy\n",
        "input password: Sensitive[Str] = \"xyzzy\\q\"\n",
        "input password: Sensitive[Str] = \"xyzzy\"; input b: Int = 1\n",
        "schema D { password: Sensitive[Str] }\nd = D { password = \"xyzzy\" }}\n",
        "schema D { password: Sensitive[Str] }\nd = D { password = \"xyzzy\", }, 5\n",
        "schema D { password: Sensitive[Str] }\nd = D { password: \"xyzzy\" }\n",
        "schema D { password: Sensitive[Str] }\nd = D { password  =  \"xyzzy\"\n",
        "c = k8s.Secret { metadata { name = \"c\" }, stringData { a = \"xyzzy\" b = \"xyzzy\" } }\n",
        "c = k8s.Secret { metadata { name = \"c\" }, stringData { a: \"xyzzy\" } }\n",
    ] {
        let folder = Folder::new(&[("app.dep", broken)]);
        for format in FORMATS {
            let command = ["check", "app.dep", "--format", format];
            let said = printed(&folder, &command);
            assert!(said.contains("E0") || said.contains("K-"), "{broken}\n{said}");
            assert_hidden(&said, broken, &command);
        }
        for command in [
            &["build", "app.dep"][..],
            &["fmt", "app.dep"],
            &["fmt", "--check", "app.dep"],
            &["fmt", "--diff", "app.dep"],
            &["check", "--diff", "app.dep"],
            &["test", "app.dep"],
            &["explain", "app.dep", "password"],
        ] {
            assert_hidden(&printed(&folder, command), broken, command);
        }
    }
}

#[test]
fn all_that_is_hidden_is_as_wide() {
    let said = |length: usize, place: usize| {
        let secret = "xyzzy ".repeat(length);
        let number = "9".repeat(length);
        let program = format!(
            "input a: Sensitive[Str & /[0-9]/] = \"{secret}\"\ninput b: [Sensitive[Int & 1..3]] = [-{number}, {number}]\n"
        );
        let folder = Folder::new(&[("app.dep", &program)]);
        let said = printed(&folder, &["check", "app.dep"]);
        assert_hidden(&said, &program, &["check"]);
        // Where it stands is said, so that editors find it.
        let found = said.contains(&format!("app.dep:2:{place}"));
        assert!(found, "{said}");
        said.replace(&format!("app.dep:2:{place}"), "")
    };
    let short = said(1, 41);
    assert_eq!(short, said(9, 49));
    assert!(short.contains("[*****, *****]"), "{short}");
}

#[test]
fn differences_and_maps_of_sources_hide_it_too() {
    let program = format!("{PROGRAM}\ndb = Database {{ passwrod = \"xyzzy-9\" ,  user=\"a\" }}\n");
    let folder = Folder::new(&[("app.dep", &program), ("fine.dep", PROGRAM)]);
    for command in [
        &["fmt", "--diff", "app.dep"][..],
        &["check", "--diff", "app.dep"],
        &["check", "--diff", "--unsafe-fixes", "app.dep"],
    ] {
        let said = printed(&folder, command);
        assert!(said.contains("+db = Database"), "{command:?}\n{said}");
        assert_hidden(&said, &program, command);
    }
    let map = ["build", "fine.dep", "--source-map", "map.json", "-o", "out"];
    assert_hidden(&printed(&folder, &map), PROGRAM, &map);
    assert_hidden(&folder.read("map.json").unwrap(), PROGRAM, &map);
}
