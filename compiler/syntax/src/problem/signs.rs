//! What is told of the signs between a name or pattern and its value where others stand: a type and braces, a `?`, a `:` in place of `=>`.

use std::ops::Range;

use super::{Mend, Reader, UNEXPECTED, past};
use crate::node::NodeKind;
use crate::token::TokenKind;
use crate::tree::{Node, Tree};

impl Reader {
    /// Names that are brought are separated by commas.
    pub(super) fn names_apart(&mut self, names: Node<'_>) {
        let tokens = names.tree().tokens();
        let mut end = None;
        for name in names.children() {
            let range = name.token_range();
            if name.kind() == NodeKind::UseName && end == Some(range.start) {
                let message = format!("did not expect {} here", super::quoted(name.text()));
                let help = "elements are separated by a comma".to_owned();
                self.push(UNEXPECTED, name, name.range(), message, Some(help));
                let before = tokens.span(range.start - 1).end as usize;
                self.offer(Some(Mend {
                    title: "put a comma before it",
                    safe: true,
                    range: before..name.range().start,
                    text: ", ".to_owned(),
                }));
            }
            end = (name.kind() == NodeKind::UseName).then_some(range.end);
        }
    }

    /// Between brackets a comma stands behind an element.
    pub(super) fn gaps(&mut self, tree: Tree<'_>) {
        let tokens = tree.tokens();
        let kind = |at: usize| tokens.kind(at);
        // The last token that is no line break, and whether commas behind it are told already.
        let (mut before, mut told) = (None, false);
        for at in 0..tokens.len() {
            let kind = match kind(at) {
                Some(TokenKind::Newline) => continue,
                kind => kind,
            };
            let is_gap = kind == Some(TokenKind::Comma)
                && matches!(
                    before,
                    Some(
                        TokenKind::Comma
                            | TokenKind::LBrace
                            | TokenKind::LBracket
                            | TokenKind::LParen
                    )
                );
            if is_gap && !told {
                let range = tokens.span(at).range();
                let node = tree.node_at(range.start);
                // What fits nowhere as a whole is told as a whole.
                if node.kind() != NodeKind::Junk {
                    let message = "did not expect `,` here: no element stands before it".to_owned();
                    let help = "leave the comma out, or write the element that is missing";
                    self.push(UNEXPECTED, node, range.clone(), message, Some(help.to_owned()));
                    let (title, text) = ("leave `,` out", String::new());
                    self.offer(Some(Mend { title, safe: false, range, text }));
                }
            }
            (before, told) = (kind, is_gap);
        }
    }

    /// Traits are joined by `&`: a record that stands behind `with` without braces is no operand.
    pub(super) fn joined_traits(&mut self, node: Node<'_>) {
        let is_type = |part: &Node<'_>| {
            let head = part.children().next().filter(|_| part.kind() == NodeKind::Chain);
            let head = head.unwrap_or(*part);
            head.kind() == NodeKind::Name && head.first_token() == Some(TokenKind::Pascal)
        };
        let parts: Vec<Node<'_>> = node.children().collect();
        if let [schema, sign, record] = parts.as_slice()
            && matches!(sign.text(), "+" | "and")
            && schema.kind() == NodeKind::Name
            && is_type(schema)
            && is_type(record)
        {
            let message = format!("did not expect {} here", super::quoted(sign.text()));
            let help = "traits are put on by `with`: `Service with A & B { … }`".to_owned();
            self.push(UNEXPECTED, *sign, sign.range(), message, Some(help));
            let (range, text) = (sign.range(), "with".to_owned());
            return self.offer(Some(Mend { title: "write `with`", safe: true, range, text }));
        }
        let mut of_trait = false;
        for part in node.children() {
            if of_trait && part.kind() == NodeKind::BinaryOp && matches!(part.text(), "and" | "+") {
                let message = format!("did not expect {} here", super::quoted(part.text()));
                let help = "traits are joined by `&`: `Service with A & B { … }`".to_owned();
                self.push(UNEXPECTED, part, part.range(), message, Some(help));
                let (range, text) = (part.range(), "&".to_owned());
                self.offer(Some(Mend { title: "write `&`", safe: true, range, text }));
            }
            let last = part.children().last().filter(|_| part.kind() == NodeKind::Chain);
            of_trait = last.is_some_and(|last| {
                last.kind() == NodeKind::With && last.child(NodeKind::Body).is_none()
            });
        }
    }

    /// Schemas and traits take no arguments.
    pub(super) fn arguments_of_name(&mut self, node: Node<'_>, parent: Option<Node<'_>>) {
        use NodeKind as K;
        let of_name = |kind| matches!(kind, K::With | K::Layered | K::Extends | K::Target);
        let Some(arguments) = node.child(K::TypeParams) else { return };
        if !parent.is_some_and(|parent| of_name(parent.kind())) {
            return;
        }
        let message = "schemas and traits take no arguments".to_owned();
        let help = "what differs is set in the braces behind it, or made by a function: `fn name(a: T) -> U = Service { … }`";
        self.push(UNEXPECTED, node, arguments.range(), message, Some(help.to_owned()));
    }

    /// Arms have `=>`, and no word before them; in all of one `match` it is told once.
    pub(super) fn arms(&mut self, node: Node<'_>) {
        if let Some((range, help)) = node.children_of(NodeKind::Arm).find_map(of_typed_arm) {
            let found = node.tree().text().get(range.clone()).unwrap_or_default();
            let message = format!("did not expect `{found}` in a pattern");
            self.push(UNEXPECTED, node, range, message, Some(help));
            return;
        }
        if let Some((range, message, mend)) = of_arms(node) {
            let help = "an arm is written `pattern => value`".to_owned();
            self.push(UNEXPECTED, node, range, message, Some(help));
            self.offer(Some(mend));
        }
    }

    /// A `?` says that what is named need not be there, which is nothing to a value.
    pub(super) fn question(&mut self, binding: Node<'_>) {
        if let Some((question, help)) = of_question(binding) {
            let range = question.range();
            let message = "did not expect `?` before a value".to_owned();
            self.push(UNEXPECTED, question, range.clone(), message, Some(help));
            let text = String::new();
            self.offer(Some(Mend { title: "leave `?` out", safe: true, range, text }));
        }
    }

    /// A value is given with `=`, not with a type and braces behind it.
    pub(super) fn made_of_type(&mut self, binding: Node<'_>) {
        let Some(ty) = binding.child(NodeKind::Annotation) else { return };
        let Some(body) = binding.child(NodeKind::Body) else { return };
        let brace = body.token_range().start;
        let span = binding.tree().tokens().span(brace).range();
        // Of a brace that was supplied it is told with that.
        if span.is_empty() {
            return;
        }
        let declared = past::declared(binding.tree(), brace);
        let help = match &declared {
            _ if binding.child(NodeKind::ForClause).is_some() => {
                let name = binding.child(NodeKind::Path).map_or("k", Node::text);
                format!(
                    "a key that is computed stands in brackets, its value behind `=`: `[{name}] = …`"
                )
            }
            Some(line) => format!("a value is given with `=`: `{line} {{ … }}`"),
            None => "a value is given with `=`: `name = Schema { … }`".to_owned(),
        };
        let message = "expected `=` and a value, found a type and braces".to_owned();
        self.push(UNEXPECTED, binding, ty.range(), message, Some(help));
        let path = binding.child(NodeKind::Path).map_or(0, |path| path.range().start);
        self.offer(declared.map(|text| Mend {
            title: "give it with `=`",
            safe: true,
            range: path..ty.range().end,
            text,
        }));
    }
}

/// The `?` at the end of a path to which a binding gives a value, and what to write.
fn of_question(binding: Node<'_>) -> Option<(Node<'_>, String)> {
    let sets = |kind| matches!(kind, NodeKind::Set | NodeKind::Append | NodeKind::Prepend);
    let mut parts = binding.children().skip_while(|part| part.kind() != NodeKind::Path);
    let path = parts.next()?;
    let set = parts.next().filter(|set| sets(set.kind()))?;
    let before = set.token_range().start.checked_sub(1)?;
    if set.tree().tokens().kind(before) != Some(TokenKind::Question) {
        return None;
    }
    let question = path.children().last().filter(|last| last.kind() == NodeKind::Question)?;
    let sign = set.tree().text().get(set.tree().tokens().span(set.token_range().start).range())?;
    let name = path.text().trim_end_matches('?');
    let short = if name.len() <= 40 && !name.contains('\n') { name } else { "name" };
    Some((
        question,
        format!(
            "a value is given to the name alone: `{short} {sign} …`; `{short}?: T` declares a field that may be absent"
        ),
    ))
}

/// What is told of signs between patterns and values that are not `=>`, and of words before patterns, with a change that mends all of them in one `match`.
fn of_arms(node: Node<'_>) -> Option<(Range<usize>, String, Mend)> {
    let tokens = node.tree().tokens();
    let text = node.tree().text();
    let mut changes: Vec<(Range<usize>, &str)> = Vec::new();
    for arm in node.children_of(NodeKind::Arm) {
        let Some(pattern) = arm.child(NodeKind::Pattern) else { continue };
        let (first, own) = (arm.token_range().start, pattern.token_range());
        if own.start > first {
            let end = tokens.span(own.start).start as usize;
            changes.push((tokens.span(first).start as usize..end, ""));
        }
        let signs = [TokenKind::Colon, TokenKind::Assign, TokenKind::ThinArrow];
        if tokens.kind(own.end).is_some_and(|sign| signs.contains(&sign))
            && arm.token_range().end > own.end
        {
            let touches = tokens.span(own.end).start as usize == pattern.range().end;
            let sign = if touches { " =>" } else { "=>" };
            changes.push((tokens.span(own.end).range(), sign));
        }
    }
    let (first, written) = changes.first()?.clone();
    let end = changes.last()?.0.end;
    let mut mended = String::new();
    let mut at = first.start;
    for (range, written) in &changes {
        mended.push_str(text.get(at..range.start)?);
        mended.push_str(written);
        at = range.end;
    }
    let found = text.get(first.clone())?.trim_end();
    let message = match written.is_empty() {
        true => format!("did not expect `{found}` before a pattern"),
        false => format!("expected `=>` behind a pattern, found `{found}`"),
    };
    let mend = Mend { title: "write `=>`", safe: true, range: first.start..end, text: mended };
    Some((first.start..first.start + found.len(), message, mend))
}

/// The type behind the pattern of an arm, `n: Int => n`, which is read as a lambda behind a sign.
fn of_typed_arm(arm: Node<'_>) -> Option<(Range<usize>, String)> {
    let pattern = arm.child(NodeKind::Pattern).filter(|_| is_typed_arm(arm))?;
    let ty = arm.child(NodeKind::Lambda)?.children().next()?;
    let (first, second) = (pattern.text(), ty.text());
    let help = match first.starts_with(char::is_uppercase) {
        true => {
            format!("a pattern is a type, and then a name for the value: `{first} {second} => …`")
        }
        false => format!(
            "a pattern is a case or a type, and then a name for the value: `{first} value => …`, `{second} {first} => …`"
        ),
    };
    Some((pattern.range().end..ty.range().end, help))
}

/// Whether an arm has a type behind its pattern, so that nothing of it is read as it was meant.
pub fn is_typed_arm(arm: Node<'_>) -> bool {
    let Some(pattern) = arm.child(NodeKind::Pattern) else { return false };
    arm.tree().tokens().kind(pattern.token_range().end) == Some(TokenKind::Colon)
        && arm.child(NodeKind::Lambda).is_some()
}

/// The schema in `Common for Workload { … }`, if a binding is that.
pub(super) fn schema_of_trait(binding: Node<'_>) -> Option<&str> {
    binding.child(NodeKind::Missing)?;
    let clause = binding.child(NodeKind::ForClause)?;
    let tokens = binding.tree().tokens();
    let at = binding.token_range().start;
    let named = |at: usize| tokens.kind(at) == Some(TokenKind::Pascal);
    let braces = tokens.kind(at + 3) == Some(TokenKind::LBrace);
    (named(at) && named(at + 2) && braces).then(|| clause.children().next().map(Node::text))?
}
