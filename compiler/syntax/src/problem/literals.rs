//! Mistakes in strings, regular expressions and numbers.

use super::past::{foreign_sign, put_in};
use super::{ESCAPE, FOREIGN, LINES, Mend, NUMBER, OPEN_STRING, Reader, mend};
use crate::literal::{self, Notation, NumberFault};
use crate::node::NodeKind;
use crate::scan::regex_close;
use crate::tree::Node;

impl Reader {
    pub(super) fn string(&mut self, node: Node<'_>) {
        let text = node.text();
        let start = node.range().start;
        let whole = node.kind() == NodeKind::Str;
        if whole && is_plain(text) {
            return;
        }
        if whole && let Some(told) = self.of_another_language(node) {
            return told;
        }
        if whole || node.kind() == NodeKind::StrTail {
            let notation = match node.kind() {
                NodeKind::StrTail => node
                    .parent()
                    .and_then(|template| template.children().next())
                    .map_or(Notation::Line, |head| Notation::of(head.text())),
                _ => Notation::of(text),
            };
            if !literal::is_closed(text, notation, whole) {
                let help = match notation {
                    Notation::Line => {
                        "a string in `\"` ends on its line; one over several lines stands in `\"\"\"`"
                    }
                    Notation::Block => "close it with `\"\"\"`",
                    Notation::Raw => "close it with `\"#`",
                    Notation::RawBlock => "close it with `\"\"\"#`",
                };
                let line = text.find('\n').unwrap_or(text.len());
                let mend = mend::unclosed(text.get(..line), notation, start + line);
                self.push(
                    OPEN_STRING,
                    node,
                    start..start + line,
                    "this string is never closed".to_owned(),
                    Some(help.to_owned()),
                );
                return self.offer(mend);
            }
        }
        for fault in literal::escape_faults(text) {
            let range = start + fault.range.start..start + fault.range.end;
            let message = format!("`{}` is not an escape", fault.written);
            let help = match fault.written.as_ref() {
                "\\{" => "what is computed stands in `\\(…)`: `\"web:\\(tag)\"`",
                _ => {
                    "escapes are `\\n`, `\\t`, `\\r`, `\\\"`, `\\\\`, `\\u{…}` and `\\(…)`; a backslash itself is `\\\\`, and a text with many of them is written `#\"…\"#`"
                }
            };
            self.push(ESCAPE, node, range, message, Some(help.to_owned()));
        }
    }

    /// Tells of a text that is read as one, and is none of this language: in other quotes, over several lines in `"`, or
    /// put in by a template.
    fn of_another_language(&mut self, node: Node<'_>) -> Option<()> {
        let (text, start) = (node.text(), node.range().start);
        if text.starts_with('"') && (text.starts_with("\"\"\"") || !text.contains('\n')) {
            return None;
        }
        let quotes = ["{{", "'''", "''", "'", "\""];
        let quotes = quotes.into_iter().find(|sign| text.starts_with(sign))?;
        // An empty text in single quotes looks like the quotes of a block.
        let quotes = if text == "''" { "'" } else { quotes };
        if quotes == "'" {
            let help = "strings stand in double quotes".to_owned();
            self.push(FOREIGN, node, node.range(), foreign_sign(quotes), Some(help));
            let inner = text.strip_prefix(quotes).and_then(|text| text.strip_suffix(quotes))?;
            self.offer(Some(Mend {
                title: "write double quotes",
                safe: true,
                range: node.range(),
                text: format!("\"{inner}\""),
            }));
            return Some(());
        }
        let first = text.lines().next().unwrap_or_default();
        let range = start..start + first.len();
        if quotes == "{{" {
            let (message, help) = (foreign_sign(text), put_in(text));
            self.push(FOREIGN, node, range, message, Some(help));
            return Some(());
        }
        let (code, message) = match quotes {
            "\"" => (OPEN_STRING, "this text goes over several lines".to_owned()),
            _ => (FOREIGN, foreign_sign(quotes)),
        };
        self.push(code, node, range, message, Some(LINES.to_owned()));
        let inner = text.strip_prefix(quotes).and_then(|text| text.strip_suffix(quotes))?;
        let plain = !inner.contains("\"\"\"") && (quotes == "\"" || !inner.contains('\\'));
        self.offer(plain.then(|| Mend {
            title: "write `\"\"\"`",
            safe: false,
            range: node.range(),
            text: format!("\"\"\"{inner}\"\"\""),
        }));
        Some(())
    }

    pub(super) fn regex(&mut self, node: Node<'_>) {
        let text = node.text();
        if regex_close(text.as_bytes(), 0) != Some(text.len()) {
            let message = "this regular expression is never closed".to_owned();
            let help = match text.ends_with('/') && text.contains('[') {
                true => "a `[` in it is never closed, and the `/` behind that is one of its signs",
                false => "close it with `/` on its line",
            };
            self.push(OPEN_STRING, node, node.range(), message, Some(help.to_owned()));
        }
    }

    pub(super) fn number(&mut self, node: Node<'_>, fault: Option<NumberFault>) {
        let text = node.text();
        let (message, help) = match fault {
            None => return,
            Some(NumberFault::TooLarge) => (format!("`{text}` does not fit into 64 bits"), None),
            Some(NumberFault::Malformed)
                if text.len() > 1
                    && text.starts_with('0')
                    && text.bytes().all(|byte| byte.is_ascii_digit()) =>
            {
                (
                    format!("`{text}` begins with a zero, which some readers take for octal"),
                    Some(format!(
                        "write `{0}`, or `0o{0}` for octal",
                        text.trim_start_matches('0')
                    )),
                )
            }
            Some(NumberFault::Malformed) => (format!("`{text}` is not a number"), None),
        };
        self.push(NUMBER, node, node.range(), message, help);
    }
}

/// Whether a text is in quotes, on one line, and without a sign that may be an escape or a quote, as most are.
fn is_plain(text: &str) -> bool {
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    inner.is_some_and(|inner| !inner.bytes().any(|byte| matches!(byte, b'"' | b'\\' | b'\n')))
}
