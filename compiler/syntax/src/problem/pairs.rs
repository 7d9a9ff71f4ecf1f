//! One slip that is found in two places: brackets of which one is missing, of another kind or written twice, and what
//! stands behind the first thing that cannot be read. It is told once.

use std::ops::Range;

use super::{FOREIGN, MISSING, Problem, UNCLOSED, UNEXPECTED, past};
use crate::token::TokenKind as K;
use crate::tree::Tree;

/// How the help begins that says which word was meant.
const WORD: &str = "did you mean `";

/// What is said of what stands behind quotes of which one is missing.
const QUOTE: &str =
    "a text ends with its quotes: look whether one is missing before this on its line";

/// Takes away of problems in the order of the text what is the other end of a slip that is told already.
pub(super) fn without_other_ends(tree: Tree<'_>, problems: &mut Vec<Problem>) {
    if problems.len() < 2 {
        return;
    }
    let lines = lines(tree.text(), problems);
    let line = |at: usize| lines.get(at);
    let mut gone = vec![false; problems.len()];
    let mut take = |gone_at: Option<usize>| {
        if let Some(gone) = gone_at.and_then(|at| gone.get_mut(at)) {
            *gone = true;
        }
    };
    // What may lack an opening bracket, and brackets that are never closed, of which none has its other end yet.
    let (mut lacking, mut unclosed): (Vec<usize>, Vec<usize>) = (Vec::new(), Vec::new());
    for at in 0..problems.len() {
        let Some(problem) = problems.get(at) else { break };
        match problem.code {
            UNCLOSED => unclosed.push(at),
            // What was read past is told on its line, so it goes with what stands there only.
            UNEXPECTED
                if is_doubled(tree, problem)
                    && unclosed.last().is_some_and(|open| line(*open) == line(at)) =>
            {
                take(unclosed.pop());
            }
            UNEXPECTED if is_behind_quote(tree, problem) => {
                while let Some(open) = unclosed.pop_if(|open| line(*open) == line(at)) {
                    take(Some(open));
                }
                if let Some(problem) = problems.get_mut(at) {
                    problem.help = Some(QUOTE.to_owned());
                    problem.mend = None;
                }
            }
            UNEXPECTED
                if goes_on(tree, problem)
                    && unclosed.last().is_some_and(|open| {
                        let bracket = problems.get(*open).map(|open| open.range.clone());
                        let bracket = bracket.and_then(|range| tree.text().get(range));
                        line(*open) == line(at) && bracket != Some("{")
                    }) =>
            {
                take(Some(at));
            }
            UNEXPECTED | MISSING => lacking.push(at),
            FOREIGN => {
                let Some(closing) = closes(tree, problem) else { continue };
                let other = |at: &usize| problems.get(*at);
                let begun = match is_excess(problem) {
                    true => None,
                    false => past::opening_of(tree, problem.range.start),
                };
                let is_other_end = |other: &Problem| match begun {
                    Some(begun) => {
                        end_of(tree, other) >= Some(begun)
                            && is_of_other_brackets(tree, other, closing)
                    }
                    _ => lacks(tree, other, closing) || is_of_other_brackets(tree, other, closing),
                };
                // What was read past has no other end on another line.
                let is_far = is_excess(problem) && problem.mend.is_none();
                let is_near = |other: &&usize| is_far || line(**other) == line(at);
                if lacking.last().filter(is_near).and_then(other).is_some_and(is_other_end) {
                    lacking.pop();
                    take(Some(at));
                    continue;
                }
                if !is_far {
                    continue;
                }
                let open = unclosed.last().and_then(other);
                let open = open.and_then(|open| tree.text().get(open.range.clone()));
                let Some((opening, meant)) = open.and_then(partner).filter(|(_, c)| *c != closing)
                else {
                    continue;
                };
                let first = unclosed.pop();
                // A bracket that closes another than the innermost one shows where that was to end.
                let shown = first.and_then(|first| problems.get(first)?.help.as_ref());
                if shown.is_some_and(|help| help.contains("before `")) {
                    take(Some(at));
                } else if first.is_some_and(|first| line(first) == line(at))
                    && let Some(problem) = problems.get_mut(at)
                {
                    take(first);
                    problem.message = format!("this `{closing}` does not close `{opening}`");
                    problem.help = Some(format!("write `{meant}`"));
                    problem.mend = None;
                }
            }
            _ => {}
        }
    }
    let mut gone = gone.into_iter();
    problems.retain(|_| !gone.next().unwrap_or_default());
    without_rest_of_entries(tree.text(), problems);
}

/// Takes away what cannot be read behind something else that cannot be read, where nothing ends the entry between them; of
/// a line that begins with a word which is nearly another, all.
fn without_rest_of_entries(text: &str, problems: &mut Vec<Problem>) {
    // How far the text behind the first is known to go on with it: within its lines, and within its entry.
    let mut first: Option<(Range<usize>, bool)> = None;
    problems.retain(|problem| {
        if !matches!(problem.code, MISSING | UNEXPECTED) {
            return true;
        }
        let at = problem.range.start;
        let follows = first.as_mut().is_some_and(|(known, word)| {
            // What cannot be read may itself go on in the next line.
            let since = text.get(known.start..at).unwrap_or_default();
            let between = text.get(known.end..at).unwrap_or_default();
            let follows = !since.contains('\n') && (*word || !between.contains([',', '{', '}']));
            *known = at..known.end.max(at);
            follows
        });
        let word = problem.help.as_ref().is_some_and(|help| help.starts_with(WORD));
        if !follows {
            first = Some((problem.range.clone(), word));
        }
        !follows
    });
}

/// A bracket, and the one that closes it.
fn partner(opening: &str) -> Option<(char, char)> {
    match opening {
        "{" => Some(('{', '}')),
        "[" => Some(('[', ']')),
        "(" => Some(('(', ')')),
        _ => None,
    }
}

/// The bracket that closes nothing, or not what is open, if a problem is about one.
fn closes(tree: Tree<'_>, problem: &Problem) -> Option<char> {
    let text = tree.text().get(problem.range.clone())?;
    text.chars().next().filter(|c| text.len() == 1 && matches!(c, '}' | ']' | ')'))
}

/// Whether a bracket is told to close nothing at all.
fn is_excess(problem: &Problem) -> bool {
    problem.message.ends_with("closes nothing")
}

/// The lines of problems that stand in the order of the text.
fn lines(text: &str, problems: &[Problem]) -> Vec<usize> {
    let (mut line, mut read) = (0, 0);
    let number = |problem: &Problem| {
        let next = text.get(read..problem.range.start).unwrap_or_default();
        line += next.bytes().filter(|byte| *byte == b'\n').count();
        read = read.max(problem.range.start);
        line
    };
    problems.iter().map(number).collect()
}

/// Whether what fits nowhere ends in the middle of a text: the quotes before it are those of other texts than they were to
/// be.
fn is_behind_quote(tree: Tree<'_>, problem: &Problem) -> bool {
    let text = tree.text().get(problem.range.clone()).unwrap_or_default();
    let first = text.lines().next().unwrap_or_default();
    !text.contains("\"\"\"") && first.matches('"').count() % 2 == 1
}

/// Whether what fits nowhere goes on with what stands before an opening bracket: that bracket is one too many, or the one
/// that closes it is missing before this.
fn goes_on(tree: Tree<'_>, problem: &Problem) -> bool {
    let first = token_of(tree, problem).and_then(|at| tree.tokens().kind(at));
    matches!(first, Some(K::Then | K::Else | K::Comma | K::Assign | K::Colon))
}

/// Whether something cannot be read because it stands in brackets of another kind than were meant, which `closing` closes:
/// they stand there, or what divides the parts of others does.
fn is_of_other_brackets(tree: Tree<'_>, problem: &Problem, closing: char) -> bool {
    let tokens = tree.tokens();
    let Some(at) = token_of(tree, problem) else { return false };
    match tokens.kind(at) {
        Some(K::LParen) => closing != ')',
        Some(K::LBracket) => closing != ']',
        Some(K::LBrace) => closing != '}',
        Some(K::Comma | K::Assign | K::Colon) => true,
        // Of the right kind it would have closed what is missing.
        _ => {
            problem.code == MISSING && tokens.span(at).range().is_empty()
                || lacks(tree, problem, closing)
        }
    }
}

/// The number of the first token that does not stand where it should, or before which something is missing.
fn token_of(tree: Tree<'_>, problem: &Problem) -> Option<usize> {
    Some(tree.node(problem.node)?.token_range().start)
}

/// Where that token ends.
fn end_of(tree: Tree<'_>, problem: &Problem) -> Option<usize> {
    Some(tree.tokens().span(token_of(tree, problem)?).end as usize)
}

/// Whether what fits nowhere begins with the very bracket behind which it stands: `{ {`.
fn is_doubled(tree: Tree<'_>, problem: &Problem) -> bool {
    let tokens = tree.tokens();
    let Some(at) = token_of(tree, problem) else { return false };
    let kind = tokens.kind(at);
    matches!(kind, Some(K::LBrace | K::LBracket | K::LParen))
        && at.checked_sub(1).is_some_and(|before| tokens.kind(before) == kind)
}

/// Whether the bracket that `closing` closes is what is missing where something cannot be read: an entry begins there that
/// was to stand in braces, or a call or key behind a name.
fn lacks(tree: Tree<'_>, problem: &Problem, closing: char) -> bool {
    let tokens = tree.tokens();
    let Some(at) = token_of(tree, problem) else { return false };
    let before = at.checked_sub(1).and_then(|before| tokens.kind(before));
    if closing != '}' {
        return matches!(before, Some(K::Name | K::Pascal));
    }
    let is_key = tokens.kind(at).is_some_and(|kind| kind.is_word() || kind == K::Str);
    is_key
        && matches!(
            tokens.kind(at + 1),
            Some(K::Assign | K::Colon | K::LBrace | K::Dot | K::Comma | K::Question)
        )
}
