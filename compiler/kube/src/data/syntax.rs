//! What is wrong with YAML that its parser cannot read, in the words of who wrote it.
//!
//! The parser says what it was about to do. What people do wrong are few things: a blank is missing after a colon, text
//! needs quotes, a line is indented otherwise than the one before it, a bracket or a quotation mark is not closed.

/// What is wrong, and what to do.
#[derive(Clone, Copy)]
pub(super) struct Wording {
    /// What the parser says.
    info: &'static str,
    pub message: &'static str,
    pub help: &'static str,
    pub place: Place,
}

/// Where it is wrong, by where the parser noticed it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Here,
    /// The last line with text before that.
    LineBefore,
}

const fn here(info: &'static str, message: &'static str, help: &'static str) -> Wording {
    Wording { info, message, help, place: Place::Here }
}

const fn before(info: &'static str, message: &'static str, help: &'static str) -> Wording {
    Wording { info, message, help, place: Place::LineBefore }
}

const KEY: &str = "an entry of a map is written `key: value`, with a blank after the colon";
const INDENTED: &str = "entries of one map, or of one list, begin in the same column";
const QUOTED: &str = "write text that holds such signs in quotes";

const WORDINGS: &[Wording] = &[
    before("simple key expect ':'", "a `:` is missing in this line", KEY),
    before("simple key expected", "a `:` is missing in this line", KEY),
    here(
        "mapping values are not allowed in this context",
        "a key cannot stand here",
        "see that this line is indented as the one before it, that each `:` there has a blank after it, and that text with `: ` in it is in quotes",
    ),
    here("mapping keys are not allowed in this context", "a key cannot stand here", INDENTED),
    here("illegal placement of ':' indicator", "a key cannot stand here", KEY),
    here("':' must be followed by a valid YAML whitespace", "a blank is missing after `:`", KEY),
    here(
        "block sequence entries are not allowed in this context",
        "an entry of a list cannot stand here",
        "see that the list begins in a line of its own, below its key",
    ),
    here(
        "while parsing a block mapping, did not find expected key",
        "this line belongs neither to the map before it nor to one around it",
        INDENTED,
    ),
    here(
        "while parsing a block collection, did not find expected '-' indicator",
        "this line belongs neither to the list before it nor to what is around it",
        INDENTED,
    ),
    here("invalid indentation", "this line is indented as none before it", INDENTED),
    here(
        "invalid indentation in quoted scalar",
        "this text in quotes is not closed",
        "close it; where it goes on in the next lines, these are indented",
    ),
    here(
        "while scanning a quoted scalar, found unexpected end of stream",
        "this text in quotes is not closed",
        "write the quotation mark at its end",
    ),
    here(
        "invalid trailing content after double-quoted scalar",
        "nothing can follow the text in quotes",
        "write `\\\"` for a quotation mark within the text",
    ),
    here(
        "while parsing a quoted scalar, found unknown escape character",
        "no such sign follows a `\\` in double quotes",
        "write `\\\\` for a backslash, or take single quotes",
    ),
    here(
        "tabs disallowed within this context (block indentation)",
        "a tab cannot indent a line of YAML",
        "write blanks",
    ),
    here("tabs disallowed in this context", "a tab cannot indent a line of YAML", "write blanks"),
    here("tab cannot be used as indentation", "a tab cannot indent a line of YAML", "write blanks"),
    here("misplaced bracket", "no bracket is open that this one could close", QUOTED),
    here("unexpected character: `@'", "no value begins with `@`", QUOTED),
    here("unexpected character: `%'", "no value begins with `%`", QUOTED),
    here("unexpected character: ``'", "no value begins with a backtick", QUOTED),
    here(
        "plain scalar cannot start with '-' followed by ,[]{}",
        "no value begins with `-` and such a sign",
        QUOTED,
    ),
    here(
        "while parsing node, found unknown anchor",
        "nothing above is named so",
        "name what is to be repeated, as in `base: &name …`; text that begins with `*` is written in quotes",
    ),
    here(
        "while scanning an anchor or alias, did not find expected alphabetic or numeric character",
        "a name is missing after this sign",
        "text that begins with `*` or `&` is written in quotes",
    ),
    here(
        "while parsing a flow mapping, did not find expected ',' or '}'",
        "a `,` or a `}` is missing here",
        "",
    ),
    here(
        "while parsing a flow sequence, expected ',' or ']'",
        "a `,` or a `]` is missing here",
        "",
    ),
];

/// What to say where the parser says this, if it is one of the frequent mistakes.
pub(super) fn wording(info: &str) -> Option<&'static Wording> {
    WORDINGS.iter().find(|one| one.info == info)
}
