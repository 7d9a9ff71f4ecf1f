//! What is meant by expressions that other languages write so: texts that are added, lists of dashes, shares of one.

use std::sync::Arc;

use kube::secrets::HIDDEN;
use syntax::literal::Notation;
use syntax::{Node, NodeKind};

use super::dollar::put_in;

/// `"web:\(tag)"` for `"web:" + tag` and `"web:" .. tag`; nothing where a part is not easily put into a text.
pub(super) fn joined(node: Node<'_>) -> Option<String> {
    let mut text = String::new();
    for (at, part) in node.children().enumerate() {
        if at % 2 == 1 {
            if !matches!(part.text(), "+" | "..") {
                return None;
            }
            continue;
        }
        let written = part.text();
        match part.kind() {
            NodeKind::Str | NodeKind::Template if Notation::of(written) == Notation::Line => {
                text.push_str(written.strip_prefix('"')?.strip_suffix('"')?);
            }
            NodeKind::Name | NodeKind::Chain if !written.contains(['\n', '"']) => {
                text.push_str(&format!("\\({written})"));
            }
            _ => return None,
        }
    }
    // What may be a password is not repeated.
    let plain = !(text.contains("://") && text.contains('@') || text.contains(HIDDEN));
    (plain && text.len() <= 80).then(|| format!("\"{text}\""))
}

/// `[...a, "b"]` for `a + ["b"]`; nothing where a part is long.
pub(super) fn spread(node: Node<'_>) -> Option<String> {
    let mut parts = Vec::new();
    for (at, part) in node.children().enumerate() {
        let written = part.text();
        match (at % 2, part.kind()) {
            (1, _) if written == "+" => {}
            (1, _) => return None,
            (_, NodeKind::List) => {
                let inner = written.strip_prefix('[')?.strip_suffix(']')?.trim();
                if !inner.is_empty() {
                    parts.push(inner.trim_end_matches(',').to_owned());
                }
            }
            _ => parts.push(format!("...{written}")),
        }
    }
    let text = format!("[{}]", parts.join(", "));
    // What may be a password is not repeated.
    let short = text.len() <= 80 && !["://", "\n", HIDDEN].iter().any(|part| text.contains(part));
    short.then_some(text)
}

/// What to write for a list of records with names, as objects of Kubernetes have them: `{ LEVEL = "info" }` for
/// `[{ name = "LEVEL", value = "info" }]`. The elements of a keyed list are told apart by its `keys`.
pub(super) fn by_key(list: Node<'_>, keys: &[Arc<str>]) -> Option<String> {
    let body = list.children().next().filter(|record| record.kind() == NodeKind::Body)?;
    let of = |name: &str| {
        let mut entries = body.children_of(NodeKind::Binding);
        let entry = entries.find(|entry| {
            entry.child(NodeKind::Path).is_some_and(|path| path.text().trim_matches('"') == name)
        })?;
        let value = entry.child(NodeKind::Set).or(entry.child(NodeKind::Annotation))?;
        value.children().next().map(Node::text).filter(|text| text.len() <= 40)
    };
    let (first, others) = keys.split_first().map_or(("name", keys), |(one, all)| (&**one, all));
    let name = of(first)?;
    let unquoted = |text: &str| text.trim_matches('"').to_owned();
    let further: Vec<String> = others.iter().map_while(|key| of(key)).map(unquoted).collect();
    if !further.is_empty() {
        let by: Vec<&str> = keys.iter().take(further.len() + 1).map(|key| &**key).collect();
        return Some(format!(
            "an entry is written by its {}: `{{ \"{}/{}\" {{ … }} }}`",
            by.join(" and "),
            unquoted(name),
            further.join("/")
        ));
    }
    let plain = name.strip_prefix('"').and_then(|name| name.strip_suffix('"'));
    let is_name = |name: &&str| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let key = match name.bytes().all(|byte| byte.is_ascii_digit()) {
        true => format!("\"{name}\""),
        false => plain.filter(is_name).unwrap_or(name).to_owned(),
    };
    let secret = |value: &&str| !value.contains("://") && !value.contains(HIDDEN);
    Some(match of("value").filter(secret) {
        Some(value) if keys.is_empty() => {
            format!("an entry is written by its name: `{{ {key} = {value} }}`")
        }
        _ if !keys.is_empty() => {
            format!("an entry is written by its {first}: `{{ {key} {{ … }} }}`")
        }
        _ => return None,
    })
}

/// What to write for a row of dashes behind `=`, as lists are written in YAML.
pub(super) fn list_of_dashes(negative: Node<'_>) -> Option<String> {
    let above = negative.ancestors();
    let binding = above.iter().find(|above| above.kind() == NodeKind::Binding)?;
    let name = binding.child(NodeKind::Path)?.text();
    Some(format!("the elements of a list stand in brackets: `{name} = [a, b]`"))
}

/// `80%`, for `0.8` and `80`.
pub(super) fn percent(node: Node<'_>) -> Option<String> {
    let number: f64 = node.text().parse().ok()?;
    let share = match node.kind() {
        NodeKind::Float if (0.0..=1.0).contains(&number) => number * 100.0,
        NodeKind::Int => number,
        _ => return None,
    };
    let rounded = (share * 1000.0).round() / 1000.0;
    Some(format!("{rounded}%"))
}

/// `["npm", "start"]`, for a command in one text.
pub(super) fn words(text: &str) -> Option<String> {
    let plain = |c: char| c.is_alphanumeric() || " -_./=:,@%+'".contains(c);
    // What stands in quotes is one word.
    let parts = text.split('\'').enumerate().flat_map(|(at, part)| match at % 2 {
        0 => part.split_whitespace().collect(),
        _ => vec![part],
    });
    let words: Vec<String> = parts.map(|word| format!("\"{word}\"")).collect();
    let few = (2..=8).contains(&words.len()) && text.chars().all(plain) && !text.contains("://");
    few.then(|| format!("[{}]", words.join(", ")))
}

/// What to write for what other languages put into texts: `${tag}`, `{{ .Values.tag }}`, `$tag`, `{tag}`.
pub fn interpolated(text: &str) -> Option<String> {
    let inner = |open: &str, close: &str| {
        let (_, rest) = text.split_once(open)?;
        Some(rest.split_once(close)?.0.trim().to_owned())
    };
    let named = || {
        let put_in = put_in(text)?;
        Some(put_in.first()?.path.to_owned())
    };
    let found = inner("{{", "}}").or_else(|| inner("${", "}")).or_else(named)?;
    let last = found.rsplit(['.', ' ']).next().unwrap_or_default();
    let plain = !last.is_empty() && last.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let name = if plain { last } else { "name" };
    Some(format!(
        "what is computed stands in `\\(…)`: `\\({name})`; what is given from outside is declared: `input {name}: Str`"
    ))
}

/// What to write for a variable as Kubernetes writes it, `URL { valueFrom { secretKeyRef { name = "db", key = "url" } } }`, by its record or by its name.
pub(super) fn variable(name: &str, block: Node<'_>) -> Option<String> {
    let body = match block.kind() {
        NodeKind::Body => block,
        _ => {
            let above = block.ancestors();
            let entry = above.into_iter().find(|above| above.kind() == NodeKind::Binding)?;
            entry.child(NodeKind::Body)?
        }
    };
    let paths = || {
        let within = (body.id()..body.id() + body.size()).take(LOOKED_AT);
        within.filter_map(|id| body.tree().node(id)).filter(|node| node.kind() == NodeKind::Path)
    };
    let names = |key: &str| paths().any(|path| path.text().split('.').any(|part| part == key));
    let of = |key: &str| {
        let path = paths().find(|path| path.text().rsplit('.').next() == Some(key))?;
        let set = path.parent()?.child(NodeKind::Set);
        let value = set.and_then(|set| set.children().next()).map(Node::text);
        Some(value.filter(|text| text.len() <= 40 && !text.contains("://")).unwrap_or("…"))
    };
    let (named, key) = (of("name").unwrap_or("…"), of("key").unwrap_or("…"));
    Some(if names("secretKeyRef") {
        format!("`{name} = secret({named}, {key})`, with `use std.config.secret`")
    } else if names("configMapKeyRef") {
        format!(
            "`{name} = ConfigRef {{ name = {named}, key = {key} }}`, with `use std.config.ConfigRef`"
        )
    } else if let Some(path) = of("fieldPath").filter(|_| names("fieldRef")) {
        format!("`{name} = podField({path})`, with `use std.config.podField`")
    } else {
        format!("a variable is given its value by its name: `{name} = {}`", of("value")?)
    })
}

/// How many nodes of a block are looked at for what it says.
const LOOKED_AT: usize = 200;
