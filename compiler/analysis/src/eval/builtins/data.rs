//! Values written as JSON and YAML text: records with their fields as declared, maps with their keys in order of first
//! appearance, what is absent left out, and null where it was meant.

use kube::encode::{Layout, json as encode};
use kube::tree::Tree;

use super::{Call, Run};
use crate::eval::value::{Kind, MapOf, Rec, Slot, Value};
use crate::limits;

/// Blanks by which YAML is indented, list items with their keys included.
const YAML_INDENT: usize = 4;

pub(super) const ALL: &[(&str, Run)] = &[("json", json), ("yaml", yaml)];

fn json<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let style = Style::of(call)?;
    let tree = style.tree(call, style.indent)?;
    let mut out = Vec::new();
    if let Some(root) = tree.roots().next() {
        let layout = Layout { indent: style.indent, html: style.html };
        encode(root, layout, &mut out);
    }
    call.string(String::from_utf8_lossy(&out))
}

fn yaml<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let tree = Style::of(call)?.tree(call, YAML_INDENT)?;
    let mut out = Vec::new();
    if let Some(root) = tree.roots().next() {
        kube::yaml::data(root, &mut out);
    }
    call.string(String::from_utf8_lossy(&out))
}

/// The first argument as JSON that two equal values have in common, whatever the order of their keys.
pub(super) fn canonical(call: &Call<'_, '_>) -> Option<Vec<u8>> {
    let tree = Style { indent: 0, html: false, sorted: Sorted::All }.tree(call, 0)?;
    let mut out = Vec::new();
    if let Some(root) = tree.roots().next() {
        encode(root, Layout { indent: 0, html: false }, &mut out);
    }
    Some(out)
}

/// What the second argument says.
struct Style {
    indent: usize,
    html: bool,
    sorted: Sorted,
}

/// Whose keys are written in the order of their characters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sorted {
    Nothing,
    /// Of what has no declaration to be in the order of.
    Maps,
    All,
}

impl Style {
    fn of(call: &Call<'_, '_>) -> Option<Self> {
        let mut style = Style { indent: 0, html: false, sorted: Sorted::Nothing };
        let Value::Rec(rec) = call.eval.localized(call.value(1)) else { return Some(style) };
        for slot in call.eval.slots(rec).iter() {
            match (slot.name, call.eval.whnf(call.eval.force(rec, slot))) {
                (_, Value::Error) => return None,
                ("indent", Value::Int(value)) => {
                    style.indent = usize::try_from(value).unwrap_or(0);
                }
                ("escapeHtml", Value::Bool(value)) => style.html = value,
                ("sortKeys", Value::Bool(true)) => style.sorted = Sorted::Maps,
                _ => {}
            }
        }
        Some(style)
    }

    /// The value as a tree, of which a text is made that indents each level so much.
    fn tree(&self, call: &Call<'_, '_>, indent: usize) -> Option<Tree> {
        let (mut tree, sorted) = (Tree::new(), self.sorted);
        let mut writer =
            Writer { call, tree: &mut tree, sorted, indent, depth: 0, path: Vec::new(), bytes: 0 };
        writer.value(call.value(0))?;
        Some(tree)
    }
}

struct Writer<'w, 'e, 'a> {
    call: &'w Call<'e, 'a>,
    tree: &'w mut Tree,
    sorted: Sorted,
    indent: usize,
    depth: u32,
    /// The names and numbers that lead to what is being written.
    path: Vec<String>,
    /// Of texts and indentation so far. What is escaped takes up to six times as much.
    bytes: usize,
}

impl<'a> Writer<'_, '_, 'a> {
    fn value(&mut self, value: Value<'a>) -> Option<()> {
        self.call.spend(1)?;
        self.takes(1)?;
        match self.call.eval.localized(value) {
            Value::Error => return None,
            Value::Absent | Value::Null => {
                self.tree.null(0);
            }
            Value::Bool(value) => {
                self.tree.bool(value, 0);
            }
            Value::Int(value) => {
                self.tree.int(value, 0);
            }
            Value::Float(value) if value.is_finite() => {
                self.tree.float(value, 0);
            }
            Value::Float(_) => {
                return self.cannot("is no finite number, and JSON and YAML have no other");
            }
            Value::Str(text) | Value::Quantity(text) => self.text(text)?,
            value @ (Value::Duration(_) | Value::Percent(_)) => {
                let text = self.call.eval.scalar_text(value).unwrap_or_default();
                self.text(&text)?;
            }
            Value::List(elements) => {
                self.deeper()?;
                self.tree.begin_list(0);
                for (at, element) in elements.iter().enumerate() {
                    let value = self.call.eval.whnf(element.value);
                    if !value.is_absent() {
                        self.inner(format!("[{at}]"), value)?;
                    }
                }
                self.tree.end(false);
                self.depth -= 1;
            }
            Value::Rec(rec) => {
                self.deeper()?;
                self.record(rec)?;
                self.depth -= 1;
            }
            other @ (Value::Range(_) | Value::Fn(_) | Value::Handle(_)) => {
                let what = match other {
                    Value::Range(_) => format!("the range {}", self.call.eval.printed(other)),
                    other => self.call.eval.described(other),
                };
                return self.cannot(&format!("is {what}, which cannot be written as JSON or YAML"));
            }
        }
        Some(())
    }

    /// A value in a record or list, by its name or number there.
    fn inner(&mut self, step: String, value: Value<'a>) -> Option<()> {
        self.path.push(step);
        self.value(value)?;
        self.path.pop();
        Some(())
    }

    /// Reports what has no notation, by the way that leads to it.
    fn cannot(&self, why: &str) -> Option<()> {
        let path = self.path.concat();
        let path = path.strip_prefix('.').unwrap_or(&path);
        let what = if path.is_empty() { "this".to_owned() } else { format!("`{path}`") };
        self.call.fail(315, format!("{what} {why}"))
    }

    fn record(&mut self, rec: &'a Rec<'a>) -> Option<()> {
        let eval = self.call.eval;
        let mut slots = eval.keys(rec)?;
        // What is empty in an object of the API is not emitted, unless it is written so.
        let drop = matches!(rec.kind, Kind::Kube(_) | Kind::Map(MapOf::Kube(_)))
            && self.depth > 1
            && !rec.layers.iter().all(|layer| layer.body.entries.is_empty());
        if let Kind::Keyed(_) = rec.kind {
            self.tree.begin_list(0);
            for slot in slots {
                self.inner(named(slot.name), eval.force(rec, slot))?;
            }
            self.tree.end(false);
            return Some(());
        }
        let sorts = match self.sorted {
            Sorted::Nothing => false,
            Sorted::Maps => matches!(rec.kind, Kind::Map(_) | Kind::Open),
            Sorted::All => true,
        };
        if sorts {
            slots.sort_by_key(|slot| slot.name);
        }
        // What tells an element of a keyed list from others stands first in it.
        let given = |slot: &Slot<'a>| rec.given.iter().any(|(name, _)| *name == slot.name);
        slots.sort_by_key(|slot| !given(slot));
        self.tree.begin_map(0);
        if let Kind::Kube(ty) = rec.kind
            && let Some(kind) = ty.kind().map(|kind| kind.info())
        {
            for (name, text) in [("apiVersion", kind.api_version()), ("kind", kind.kind.to_owned())]
            {
                if !slots.iter().any(|slot| slot.name == name) {
                    self.tree.key(name);
                    self.text(&text)?;
                }
            }
        }
        for slot in slots {
            let value = eval.whnf(eval.force(rec, slot));
            match value {
                Value::Error => return None,
                Value::Absent => {}
                // A field that holds a function belongs to the program, not to the data.
                Value::Fn(_) if matches!(rec.kind, Kind::Schema(..)) => {}
                value => {
                    self.bytes += slot.name.len();
                    self.tree.key(slot.name);
                    self.inner(named(slot.name), value)?;
                }
            }
        }
        self.tree.end(drop);
        Some(())
    }

    fn text(&mut self, text: &str) -> Option<()> {
        self.bytes += text.len();
        // A text of several lines may become a block, each line indented.
        self.takes(text.bytes().filter(|byte| *byte == b'\n').count())?;
        self.tree.str(text, 0);
        Some(())
    }

    /// So many lines more.
    fn takes(&mut self, lines: usize) -> Option<()> {
        let line = self.indent.saturating_mul(self.depth as usize) + 1;
        self.bytes = self.bytes.saturating_add(lines.saturating_mul(line));
        self.call.fits_a_string(self.bytes)
    }

    fn deeper(&mut self) -> Option<()> {
        self.depth += 1;
        if self.depth > limits::NESTED {
            let message = format!("nested more than {} levels deep", limits::NESTED);
            return self.call.fail(504, message);
        }
        Some(())
    }
}

/// A name on the way to a value.
fn named(name: &str) -> String {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !name.is_empty();
    if plain { format!(".{name}") } else { format!(".{name:?}") }
}
