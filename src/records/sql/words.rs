//! Words, variables, literals and signs of a statement.

/// What a part of a statement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SqlTokenKind {
    /// A name or a keyword.
    Word,
    /// A name between back quotes.
    Quoted,
    /// `:name`
    Variable,
    /// `'text'`
    Text,
    /// A number.
    Number,
    /// `=`, `(` and the like.
    Sign,
}

/// A part of a statement, and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SqlToken {
    /// What it is.
    pub kind: SqlTokenKind,
    /// Its first byte.
    pub from: usize,
    /// The byte behind it.
    pub to: usize,
}

impl SqlTokenKind {
    /// Whether it may be a keyword or a sign.
    pub(super) fn is_plain(self) -> bool {
        matches!(self, Self::Word | Self::Sign)
    }
}

/// The parts of a statement, without blanks and comments. Between double quotes stands a name in PostgreSQL and a text in MySQL:
/// that is a sign here, which nothing understands.
pub(super) fn tokens(text: &str) -> Vec<SqlToken> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(first) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let (kind, length) = token(&text[at..], first);
        if let Some(kind) = kind {
            found.push(SqlToken { kind, from: at, to: at + length });
        }
        at += length.max(1);
    }
    found
}

fn token(rest: &str, first: char) -> (Option<SqlTokenKind>, usize) {
    let part = |letter: char| letter.is_alphanumeric() || letter == '_';
    let word = |from: usize| rest[from..].find(|letter| !part(letter)).map_or(rest.len(), |end| from + end);
    match first {
        '\'' | '`' => {
            let kind = if first == '\'' { SqlTokenKind::Text } else { SqlTokenKind::Quoted };
            (Some(kind), quoted(rest, first))
        }
        '"' => (Some(SqlTokenKind::Sign), quoted(rest, first)),
        '-' if rest.starts_with("--") => (None, rest.find('\n').unwrap_or(rest.len())),
        '/' if rest.starts_with("/*") => (None, rest.find("*/").map_or(rest.len(), |end| end + 2)),
        ':' if rest.starts_with("::") => (Some(SqlTokenKind::Sign), 2),
        ':' if rest[1..].starts_with(part) => (Some(SqlTokenKind::Variable), word(1)),
        letter if letter.is_ascii_digit() || letter == '-' && rest[1..].starts_with(|next: char| next.is_ascii_digit()) => {
            let digits = |letter: char| letter.is_ascii_digit() || letter == '.';
            (Some(SqlTokenKind::Number), rest[1..].find(|letter| !digits(letter)).map_or(rest.len(), |end| end + 1))
        }
        letter if part(letter) => (Some(SqlTokenKind::Word), word(0)),
        letter if letter.is_whitespace() => (None, letter.len_utf8()),
        _ => {
            let two = ["<>", "!=", "<=", ">=", "||"].iter().any(|sign| rest.starts_with(sign));
            (Some(SqlTokenKind::Sign), if two { 2 } else { first.len_utf8() })
        }
    }
}

/// How long a part between quotes is; a doubled quote does not end it.
fn quoted(rest: &str, quote: char) -> usize {
    let mut at = 1;
    while let Some(end) = rest[at..].find(quote) {
        at += end + 1;
        if !rest[at..].starts_with(quote) {
            return at;
        }
        at += 1;
    }
    rest.len()
}
