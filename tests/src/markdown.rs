//! Markdown as far as the tests need it: headings, and fenced blocks that can be rewritten in place.

/// A part of a page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Part {
    /// A heading and its level.
    Heading(usize, String),
    Block(Block),
}

/// A fenced block.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Block {
    /// The first word behind the fence: `dep`, `yaml`, …
    pub language: String,
    /// What stands behind it.
    pub title: String,
    /// The lines between the fences, each with its line break.
    pub text: String,
    /// The line of the page on which the opening fence stands, counted from 1.
    pub line: usize,
}

/// The headings and blocks of a page, in order.
pub fn parts(page: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut open: Option<(Block, String)> = None;
    for (number, line) in page.split_inclusive('\n').enumerate() {
        let content = line.trim_end();
        match &mut open {
            Some((block, fence)) => {
                if content == *fence {
                    parts.push(Part::Block(block.clone()));
                    open = None;
                } else {
                    block.text.push_str(line);
                }
            }
            None if content.starts_with("```") => {
                let fence: String = content.chars().take_while(|c| *c == '`').collect();
                let mut words = content.trim_start_matches('`').splitn(2, ' ');
                let block = Block {
                    language: words.next().unwrap_or_default().to_owned(),
                    title: words.next().unwrap_or_default().trim().to_owned(),
                    text: String::new(),
                    line: number + 1,
                };
                open = Some((block, fence));
            }
            None => {
                let level = content.chars().take_while(|c| *c == '#').count();
                if level > 0 {
                    parts.push(Part::Heading(
                        level,
                        content.trim_start_matches('#').trim().to_owned(),
                    ));
                }
            }
        }
    }
    assert!(open.is_none(), "a fence is not closed");
    parts
}

/// The page with other texts in some of its blocks, which are named by the lines of their fences.
pub fn rewritten(page: &str, texts: &[(usize, String)]) -> String {
    let mut out = String::new();
    let mut skipping: Option<String> = None;
    for (number, line) in page.split_inclusive('\n').enumerate() {
        if let Some(fence) = &skipping {
            if line.trim_end() == *fence {
                skipping = None;
                out.push_str(line);
            }
            continue;
        }
        out.push_str(line);
        if let Some((_, text)) = texts.iter().find(|(at, _)| *at == number + 1) {
            out.push_str(text);
            if !text.is_empty() && !text.ends_with('\n') {
                out.push('\n');
            }
            skipping = Some(line.chars().take_while(|c| *c == '`').collect());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_found_and_rewritten() {
        let page = "# A\n\n```dep x.dep\na = 1\n```\n\n```yaml\nold\n```\nend\n";
        let found = parts(page);
        assert_eq!(found[0], Part::Heading(1, "A".to_owned()));
        let Part::Block(block) = &found[1] else { panic!("no block") };
        assert_eq!(
            (block.language.as_str(), block.title.as_str(), block.text.as_str()),
            ("dep", "x.dep", "a = 1\n")
        );
        assert_eq!(
            rewritten(page, &[(7, "new\nnewer".to_owned())]),
            "# A\n\n```dep x.dep\na = 1\n```\n\n```yaml\nnew\nnewer\n```\nend\n"
        );
    }
}
