//! Differences for people.

use clap::builder::styling::{AnsiColor, Style};
use similar::{ChangeTag, TextDiff};

use super::{Sort, Told, ToldLeaf, ToldSide, named, summary};

pub(super) fn text(told: &[Told], color: bool) -> String {
    let mut page = Page { text: String::new(), color };
    for object in told {
        page.object(object);
    }
    page.line(None, &summary(told));
    page.text
}

struct Page {
    text: String,
    color: bool,
}

impl Page {
    fn object(&mut self, object: &Told) {
        let (sign, color) = match object.change {
            Sort::Added => ("+", AnsiColor::Green),
            Sort::Removed => ("-", AnsiColor::Red),
            Sort::Changed => ("~", AnsiColor::Yellow),
        };
        let place = placed(object.place.as_deref());
        self.line(Some(color), &format!("{sign} {}{place}", named(object)));
        self.consequence("  ", object.consequence.as_deref());
        for leaf in &object.leaves {
            self.leaf(leaf);
        }
        self.line(None, "");
    }

    fn leaf(&mut self, leaf: &ToldLeaf) {
        self.line(None, &format!("  {}", leaf.path));
        match (&leaf.old, &leaf.new) {
            (Some(old), Some(new)) if old.text.contains('\n') && new.text.contains('\n') => {
                self.lines(old, new);
            }
            (old, new) => {
                self.side("-", AnsiColor::Red, old.as_ref());
                self.side("+", AnsiColor::Green, new.as_ref());
            }
        }
        self.consequence("    ", leaf.consequence.as_deref());
    }

    fn side(&mut self, sign: &str, color: AnsiColor, side: Option<&ToldSide>) {
        let Some(side) = side else { return };
        for (count, line) in side.text.lines().enumerate() {
            let place = if count == 0 { placed(side.place.as_deref()) } else { String::new() };
            self.line(Some(color), &format!("    {sign} {line}{place}"));
        }
    }

    /// What differs between texts of several lines, with a line around each change.
    fn lines(&mut self, old: &ToldSide, new: &ToldSide) {
        let difference = TextDiff::from_lines(&old.text, &new.text);
        let mut place = placed(new.place.as_deref());
        for group in difference.grouped_ops(1) {
            self.line(None, &format!("    ⋮{}", std::mem::take(&mut place)));
            for change in group.iter().flat_map(|op| difference.iter_changes(op)) {
                let (sign, color) = match change.tag() {
                    ChangeTag::Delete => ("-", Some(AnsiColor::Red)),
                    ChangeTag::Insert => ("+", Some(AnsiColor::Green)),
                    ChangeTag::Equal => (" ", None),
                };
                self.line(color, &format!("    {sign} {}", change.value().trim_end_matches('\n')));
            }
        }
    }

    fn consequence(&mut self, indent: &str, consequence: Option<&str>) {
        if let Some(consequence) = consequence {
            self.line(Some(AnsiColor::Yellow), &format!("{indent}! {consequence}"));
        }
    }

    fn line(&mut self, color: Option<AnsiColor>, line: &str) {
        let style = Style::new().fg_color(color.filter(|_| self.color).map(Into::into));
        self.text.push_str(&format!("{style}{line}{style:#}\n"));
    }
}

fn placed(place: Option<&str>) -> String {
    place.map(|place| format!("    # {place}")).unwrap_or_default()
}
