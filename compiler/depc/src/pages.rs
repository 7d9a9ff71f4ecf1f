//! The pages of the errors, as `depc explain E0102` prints them: those that the tests execute, without what only
//! the tests need to know.

include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// How far examples are moved to the right.
const INDENT: &str = "    ";

/// The code as it is written, and its page; in any case of letters.
pub fn page(code: &str) -> Option<(&'static str, &'static str)> {
    PAGES.iter().find(|(name, _)| name.eq_ignore_ascii_case(code)).copied()
}

/// All codes that have a page.
pub fn codes() -> impl Iterator<Item = &'static str> {
    PAGES.iter().map(|(code, _)| *code)
}

/// A page as a terminal shows it: headings underlined, examples indented, marks and links reduced to what they say.
pub fn plain(page: &str) -> String {
    let mut out = String::new();
    let mut code = false;
    for line in page.lines() {
        if let Some(info) = line.strip_prefix("```") {
            code = !code;
            if let Some((_, title)) = info.split_once(' ') {
                out.push_str(&format!("{title}:\n\n"));
            }
        } else if code {
            let line = unmarked(line);
            out.push_str(if line.is_empty() { "" } else { INDENT });
            out.push_str(&line);
            out.push('\n');
        } else if line.starts_with('#') {
            let title = line.trim_start_matches('#').trim();
            let rule = if line.starts_with("# ") { "=" } else { "-" };
            out.push_str(&format!("{title}\n{}\n", rule.repeat(title.chars().count())));
        } else {
            out.push_str(&without_links(line));
            out.push('\n');
        }
    }
    out
}

/// A line of an example: of `// error: E0102 "text"`, which says to the tests what to look for, the code stays.
fn unmarked(line: &str) -> String {
    for severity in ["error", "warning", "note"] {
        if let Some((code, mark)) = line.split_once(&format!("// {severity}: ")) {
            let id = mark.split_whitespace().next().unwrap_or_default();
            return format!("{code}// {severity} {id}");
        }
    }
    line.to_owned()
}

/// `[text](address)` as `text`.
fn without_links(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some((before, link)) = rest.split_once('[') {
        let target = link.split_once("](").and_then(|(text, after)| {
            (!text.contains('`') || text.matches('`').count() % 2 == 0)
                .then(|| after.split_once(')').map(|(_, rest)| (text, rest)))?
        });
        // What stands in backticks is code.
        let backticks = out.matches('`').count() + before.matches('`').count();
        match target.filter(|_| backticks.is_multiple_of(2)) {
            Some((text, after)) => {
                out.push_str(before);
                out.push_str(text);
                rest = after;
            }
            None => {
                out.push_str(before);
                out.push('[');
                rest = link;
            }
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_the_tests_need_is_left_out() {
        let page = "# E1: a [title](x.md)\n\nUse `a[0](b)` or [b](c).\n\n```dep x.dep\na = 1 // error: E1 \"a\"\n\n}\n```\n";
        let plain = plain(page);
        assert_eq!(
            plain,
            "E1: a [title](x.md)\n===================\n\nUse `a[0](b)` or b.\n\nx.dep:\n\n    a = 1 // error E1\n\n    }\n"
        );
    }

    #[test]
    fn codes_are_found_however_they_are_typed() {
        assert_eq!(page("e0102").map(|(code, _)| code), Some("E0102"));
        assert_eq!(page("xr-050").map(|(code, _)| code), Some("XR-050"));
        assert_eq!(page("E9999"), None);
    }
}
