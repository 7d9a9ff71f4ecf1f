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
        let folder = Folder::new(&[("app.dep", &program)]);
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
