//! The kinds of tokens, each of which is one printable ASCII byte.
//!
//! A sequence of kinds is therefore a string, and pest parses that string. Words and operators that the grammar treats alike share a kind (`check`, `warn` and
//! `note`; all comparisons): the fewer kinds, the more items have the same shape, and a shape is parsed once. Which one stands there is told by the token's text.

/// Declares [`TokenKind`] with its byte, so that kind, byte and reverse mapping cannot disagree.
macro_rules! token_kinds {
    ($($(#[$doc:meta])* $name:ident = $byte:literal,)*) => {
        /// The kind of one token; its discriminant is the byte that stands for it in a sequence of kinds.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum TokenKind { $($(#[$doc])* $name = $byte,)* }

        impl TokenKind {
            /// Every kind, in the order of declaration.
            pub const ALL: &'static [TokenKind] = &[$(TokenKind::$name,)*];

            /// The kind that a byte stands for, if any.
            pub fn from_byte(byte: u8) -> Option<TokenKind> {
                match byte { $($byte => Some(TokenKind::$name),)* _ => None }
            }
        }
    };
}

token_kinds! {
    /// A name that is neither a keyword nor in PascalCase.
    Name = b'n',
    /// A name in PascalCase: a capital first and, unless it is one letter, some small letter (`LOG_LEVEL` is a [`TokenKind::Name`]). Tells `{Str: V}` from `{ a: V }`.
    Pascal = b'N',
    /// `1_000`, `0x1f`, `0o755`, `0b101`.
    Int = b'i',
    /// `1.5`, `1e3`.
    Float = b'f',
    /// A number with a unit: `200Ti`, `500m`, `30s`, `1h30m`, `70%`.
    Unit = b'u',
    /// `true` or `false`.
    Bool = b'b',
    /// A whole string without interpolation, in any notation: `"…"`, `"""…"""`, `#"…"#`. Also one that its line or the item ends too early.
    Str = b's',
    /// A string with interpolation, from its quotes up to and with its first `\(`.
    StrHead = b'h',
    /// From the `)` that ends one interpolation up to and with the next `\(`.
    StrMid = b'm',
    /// From the `)` that ends the last interpolation up to and with the closing quotes.
    StrTail = b't',
    /// `/[a-z]+/`, in types.
    Regex = b'x',
    /// What is no token: a run of foreign characters, or a closing bracket that closes nothing.
    Bad = b'!',
    /// The rest of an item from where brackets nest deeper than [`crate::limits::DEPTH`].
    Deep = b'%',
    /// `{`
    LBrace = b'{',
    /// `}`
    RBrace = b'}',
    /// `[`
    LBracket = b'[',
    /// `]`
    RBracket = b']',
    /// `(`
    LParen = b'(',
    /// `)`
    RParen = b')',
    /// `,`
    Comma = b',',
    /// A line break that separates (others are no tokens). Its range is empty, at the end of the token before it.
    Newline = b';',
    /// `=`
    Assign = b'=',
    /// `+=`
    Append = b'@',
    /// `=+`
    Prepend = b'#',
    /// `:`
    Colon = b':',
    /// `.` right after what it belongs to.
    Dot = b'.',
    /// `.` with a blank or line break, or an opening bracket or operator, before it: it may begin an expression.
    LeadDot = b'\'',
    /// `?`
    Question = b'?',
    /// `?.`
    OptDot = b'$',
    /// `??`
    Coalesce = b'^',
    /// `..`
    Dots = b'~',
    /// `...`
    Spread = b'_',
    /// `=>`
    FatArrow = b'>',
    /// `->`
    ThinArrow = b'`',
    /// `+`
    Plus = b'+',
    /// `-`
    Minus = b'-',
    /// `*`, `/` or `%`.
    Times = b'*',
    /// `==`, `!=`, `<`, `<=`, `>` or `>=`.
    Compare = b'<',
    /// `&`
    Amp = b'&',
    /// `|`
    Pipe = b'|',
    /// `use`
    Use = b'U',
    /// `overlay`
    Overlay = b'V',
    /// `input`
    Input = b'I',
    /// `let`
    Let = b'l',
    /// `fn`
    Fn = b'F',
    /// `type`
    Type = b'T',
    /// `schema`
    Schema = b'S',
    /// `open`
    Open = b'O',
    /// `extends`
    Extends = b'X',
    /// `variant`
    Variant = b'R',
    /// `trait`
    Trait = b'A',
    /// `for`
    For = b'4',
    /// `test`
    Test = b'Q',
    /// `fails`
    Fails = b'J',
    /// `because`
    Because = b'q',
    /// `assert`
    Assert = b'Z',
    /// `snapshot`
    Snapshot = b'B',
    /// `every`
    Every = b'E',
    /// `as`
    As = b'a',
    /// `where`
    Where = b'W',
    /// `check`, `warn` or `note`.
    Check = b'C',
    /// `allow`
    Allow = b'P',
    /// `default`, `override`, `final`, `derive`, `emit` or `export`.
    Modifier = b'D',
    /// `unset`
    Unset = b'0',
    /// `when`
    When = b'H',
    /// `if`
    If = b'1',
    /// `then`
    Then = b'2',
    /// `else`
    Else = b'3',
    /// `match`
    Match = b'j',
    /// `in`
    In = b'5',
    /// `and`
    And = b'6',
    /// `or`
    Or = b'7',
    /// `not`
    Not = b'8',
    /// `is`
    Is = b'9',
    /// `set`
    Set = b'G',
    /// `with`
    With = b'c',
    /// `external`
    External = b'k',
    /// `import`
    Import = b'd',
    /// `embed`
    Embed = b'e',
    /// `prev`
    Prev = b'p',
    /// `crd`
    Crd = b'K',
    /// `from`
    From = b'L',
    /// `by`
    By = b'Y',
}

impl TokenKind {
    /// Whether it is a word: a name, or a keyword that is a name again where no declaration can stand.
    pub fn is_word(self) -> bool {
        matches!(self, TokenKind::Name | TokenKind::Pascal) || self.is_keyword()
    }

    /// Whether it is a word that expressions and types read as a name.
    pub fn is_free(self) -> bool {
        self == TokenKind::Name || (self as u8).is_ascii_uppercase()
    }

    /// Whether it is a keyword, `true` and `false` among them.
    pub fn is_keyword(self) -> bool {
        // Capitals are the keywords that are names in expressions too; the others have digits and small letters.
        let byte = self as u8;
        byte.is_ascii_digit()
            || (byte.is_ascii_uppercase() && self != TokenKind::Pascal)
            || matches!(byte, b'a'..=b'e' | b'j'..=b'l' | b'p' | b'q')
    }
}

/// The kind of a word: its keyword's, or that of a name.
pub fn word_kind(word: &str) -> TokenKind {
    use TokenKind as K;
    match word {
        "true" | "false" => K::Bool,
        "use" => K::Use,
        "overlay" => K::Overlay,
        "input" => K::Input,
        "let" => K::Let,
        "fn" => K::Fn,
        "type" => K::Type,
        "schema" => K::Schema,
        "open" => K::Open,
        "extends" => K::Extends,
        "variant" => K::Variant,
        "trait" => K::Trait,
        "for" => K::For,
        "test" => K::Test,
        "fails" => K::Fails,
        "because" => K::Because,
        "assert" => K::Assert,
        "snapshot" => K::Snapshot,
        "every" => K::Every,
        "as" => K::As,
        "where" => K::Where,
        "check" | "warn" | "note" => K::Check,
        "allow" => K::Allow,
        "default" | "override" | "final" | "derive" | "emit" | "export" => K::Modifier,
        "unset" => K::Unset,
        "when" => K::When,
        "if" => K::If,
        "then" => K::Then,
        "else" => K::Else,
        "match" => K::Match,
        "in" => K::In,
        "and" => K::And,
        "or" => K::Or,
        "not" => K::Not,
        "is" => K::Is,
        "set" => K::Set,
        "with" => K::With,
        "external" => K::External,
        "import" => K::Import,
        "embed" => K::Embed,
        "prev" => K::Prev,
        "crd" => K::Crd,
        "from" => K::From,
        "by" => K::By,
        _ => {
            let bytes = word.as_bytes();
            let capital = bytes.first().is_some_and(u8::is_ascii_uppercase);
            if capital && (bytes.len() == 1 || bytes.iter().any(u8::is_ascii_lowercase)) {
                K::Pascal
            } else {
                K::Name
            }
        }
    }
}
