//! `depc explain`: where a value comes from, and what an error means.

use std::fmt::Write as _;

use analysis::code::Strength;
use analysis::diagnostic::Diagnostic;
use analysis::explain::{self, Explained, Given, Known, Role, Sourced};
use analysis::show::nearest;
use analysis::workspace::{Loaded, Workspace};

use crate::arguments::Explain;
use crate::programs::place;
use crate::{FAILED, Io, WRONG, pages, print, programs, say};

/// Past this column, places beside a line of YAML are no longer aligned.
const COLUMN: usize = 56;

pub fn run(arguments: &Explain, io: &mut Io<'_>) -> u8 {
    if arguments.what.is_none()
        && let Some((_, page)) = pages::page(&arguments.subject)
    {
        return print(io, pages::plain(page).as_bytes());
    }
    let Some(disk) =
        programs::open_with(io, std::slice::from_ref(&arguments.subject), &arguments.given.paths())
    else {
        return FAILED;
    };
    if is_code(&arguments.subject) && !disk.path(&arguments.subject).exists() {
        return no_page(&arguments.subject, io);
    }
    let (workspace, loaded) =
        match programs::loaded(io, &disk, &arguments.subject, &arguments.given.options()) {
            Ok(loaded) => loaded,
            Err(code) => return code,
        };
    let (text, failed) = match text(&workspace, &loaded, arguments) {
        Ok(found) => found,
        Err(diagnostic) => {
            programs::refused(io, &diagnostic);
            return WRONG;
        }
    };
    if failed {
        // What has no value is no answer, though where it comes from shows why.
        say(io, &text);
        return WRONG;
    }
    programs::say_if_wrong(io, &workspace, &loaded, &arguments.subject);
    print(io, text.as_bytes())
}

/// What is asked for as text, and whether it is a value that cannot be computed.
fn text(
    workspace: &Workspace,
    loaded: &Loaded,
    arguments: &Explain,
) -> Result<(String, bool), Box<Diagnostic>> {
    let Some(what) = arguments.what.as_deref() else {
        return Ok((list(workspace, &explain::objects(workspace, loaded)?), false));
    };
    // A value of the program begins with the name of an item; what is behind it may hold anything.
    let name = what.find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '-'));
    let is_object = name
        .is_some_and(|end| what.get(end..).is_some_and(|rest| rest.starts_with('/')))
        || what.split('[').next().is_some_and(|head| head.contains('/'));
    let field = arguments.field.as_deref().filter(|field| !field.trim().is_empty());
    match field {
        None if is_object => {
            let (known, sourced) = explain::sourced(workspace, loaded, what)?;
            Ok((object(workspace, &known, &sourced), false))
        }
        Some(field) if is_object => explain::field(workspace, loaded, what, field)
            .map(|leaf| (chain(workspace, &leaf), leaf.failed)),
        field => {
            let path = match field {
                Some(field) => format!("{what}.{field}"),
                None => what.to_owned(),
            };
            explain::value(workspace, loaded, &path)
                .map(|leaf| (chain(workspace, &leaf), leaf.failed))
        }
    }
}

/// Whether a word is meant as the code of an error.
fn is_code(word: &str) -> bool {
    let Some((letters, rest)) =
        word.find(|c: char| !c.is_ascii_alphabetic()).map(|at| word.split_at(at))
    else {
        return false;
    };
    let digits = !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit());
    (letters.eq_ignore_ascii_case("E") && digits)
        || (matches!(letters.to_ascii_uppercase().as_str(), "XR" | "L" | "K")
            && rest.starts_with('-')
            && !rest.contains(['/', '.']))
}

/// Whether one code may be a slip of the finger for another. Two numbers are near only where one digit differs: more
/// would offer what has nothing to do with the error.
fn is_slip(code: &str, known: &str) -> bool {
    let digits = |code: &str| code.chars().filter(char::is_ascii_digit).collect::<String>();
    let (written, known) = (digits(code), digits(known));
    if written.is_empty() || known.is_empty() {
        return written.is_empty() && known.is_empty();
    }
    let width = known.len();
    let padded = format!("{written:0>width$}");
    let differ = padded.chars().zip(known.chars()).filter(|(one, other)| one != other).count();
    padded.len() == width && differ <= 1
}

fn no_page(code: &str, io: &mut Io<'_>) -> u8 {
    let mut diagnostic = Diagnostic::error(718, None, format!("there is no error `{code}`"));
    let near = nearest(code, pages::codes().filter(|known| is_slip(code, known)));
    diagnostic.help = near.map(|near| format!("did you mean `{near}`?"));
    programs::refused(io, &diagnostic);
    WRONG
}

/// All objects, with where they are made.
fn list(workspace: &Workspace, objects: &[Known]) -> String {
    let shown: Vec<(String, String)> =
        objects.iter().map(|object| (object.shown(), place(workspace, object.made))).collect();
    let width = shown.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
    shown.iter().map(|(name, place)| format!("{name:width$}  {place}\n")).collect()
}

/// The YAML of an object, each leaf with its place: the user's, and that of the library which passed it on.
fn object(workspace: &Workspace, known: &Known, sourced: &Sourced) -> String {
    let mut text = format!("# {}, made at {}\n", known.shown(), place(workspace, known.made));
    let mut leaves = sourced.leaves.iter().peekable();
    let mut offset = 0;
    for line in sourced.yaml.split_inclusive('\n') {
        offset += line.len();
        let line = line.trim_end_matches('\n');
        text.push_str(line);
        if let Some(leaf) = leaves.next_if(|leaf| leaf.offset < offset) {
            let from: Vec<String> = leaf.from.iter().map(|at| place(workspace, *at)).collect();
            let own = leaf.place.map(|at| place(workspace, at));
            let comment = match (from.is_empty(), own) {
                (true, own) => own.unwrap_or_default(),
                (false, None) => from.join(", "),
                (false, Some(own)) => format!("{} via {own}", from.join(", ")),
            };
            let blanks = COLUMN.saturating_sub(line.chars().count()).max(2);
            if !comment.is_empty() {
                let _ = write!(text, "{:blanks$}# {comment}", "");
            }
        }
        text.push('\n');
    }
    text
}

/// A value with its layers, and below it, further in, what it was computed from.
fn chain(workspace: &Workspace, leaf: &Explained) -> String {
    let mut text = String::new();
    if leaf.layers.is_empty() && leaf.value.is_empty() && leaf.from.is_empty() {
        return format!("{} is absent: nothing binds it\n", leaf.path);
    }
    write_chain(workspace, leaf, "", 0, &mut text);
    text
}

fn write_chain(
    workspace: &Workspace,
    leaf: &Explained,
    lead: &str,
    depth: usize,
    text: &mut String,
) {
    let indent = 2 * depth;
    let value = match leaf.value.as_str() {
        "" => "is absent".to_owned(),
        value => format!("= {value}"),
    };
    let again = if leaf.cut { "  (see above)" } else { "" };
    let _ = writeln!(text, "{:indent$}{lead}{} {value}{again}", "", leaf.path);
    let rows: Vec<[String; 4]> = leaf
        .layers
        .iter()
        .map(|layer| {
            [
                place(workspace, layer.place),
                strength(layer.strength).to_owned(),
                layer.text.clone(),
                role(layer),
            ]
        })
        .collect();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let (places, strengths, texts) = (width(0), width(1), width(2));
    for (layer, [place, strength, code, role]) in leaf.layers.iter().zip(&rows) {
        let mark = if layer.won && leaf.layers.len() > 1 { "→" } else { " " };
        let line = format!(
            "{:indent$}  {mark} {place:places$}  {strength:strengths$}  {code:texts$}  {role}",
            ""
        );
        let _ = writeln!(text, "{}", line.trim_end());
    }
    if !leaf.why.is_empty() {
        let _ = writeln!(text, "{:indent$}    because {}", "", leaf.why);
    }
    for from in &leaf.from {
        write_chain(workspace, from, "from ", depth + 2, text);
    }
}

fn strength(strength: Strength) -> &'static str {
    match strength {
        Strength::Default => "default",
        Strength::Set => "set",
        Strength::Override => "override",
        Strength::Final => "final",
    }
}

/// What a layer is, and whether it counts.
fn role(layer: &Given) -> String {
    let role = match &layer.role {
        Role::Body | Role::Input => String::new(),
        Role::Overlay => "overlay".to_owned(),
        Role::CommandLine => "command line".to_owned(),
        Role::Schema(name) => format!("schema {name}"),
        Role::Trait(name) => format!("trait {name}"),
        Role::Rule(id) => format!("rule {id:?}"),
        Role::Function(name) => format!("function {name}"),
        Role::Data => "data".to_owned(),
        Role::Link => "what it is to others".to_owned(),
        Role::Key => "key".to_owned(),
        Role::Spread => "spread".to_owned(),
    };
    match (role.is_empty(), layer.active) {
        (_, true) => role,
        (true, false) => "not active: its condition does not hold".to_owned(),
        (false, false) => format!("{role}, not active: its condition does not hold"),
    }
}
