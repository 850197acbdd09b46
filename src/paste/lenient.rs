//! Objects as consoles print them and scripts write them: names without quotes, single quotes, `undefined`,
//! `[Function: toString]`, `CognitoUserSession { … }`, Node's maps and Ruby's hashes (`'name' => value`), Python's `True`, `None`
//! and `b'…'`. What a console shows folded (`{…}`,
//! `[Object]`) is kept as [`FOLDED`], and never taken for a value.

use super::error::PasteError;
use crate::value::{List, Map, Value, from_given};

/// What stands in the place of a part that the console did not show.
pub const FOLDED: &str = "\u{2026}(folded)";

const DEEPEST: usize = 64;

/// Objects that are read one after the other: a token has two, a console's listing a few dozen.
const MOST_VALUES: usize = 1_000;

/// The values of a text, one after the other.
///
/// # Errors
/// What cannot be read, and at which byte.
pub fn values(text: &str) -> Result<Vec<Value>, PasteError> {
    let mut reader = LenientReader { text, at: 0 };
    let mut found = Vec::new();
    loop {
        reader.space();
        reader.heading();
        if reader.rest().is_empty() {
            return Ok(found);
        }
        if found.len() == MOST_VALUES {
            return Err(format!("more than {MOST_VALUES} objects stand one after the other in it: give the claims alone").into());
        }
        let begins = matches!(reader.peek(), Some('{' | '['));
        match reader.value(0) {
            Ok(value) => found.push(value),
            // What follows the data, such as jwt.io's formula of the signature, is none.
            Err(_) if !found.is_empty() && !begins => return Ok(found),
            Err(error) => return Err(error),
        }
        reader.space();
        while reader.eat(';') || reader.eat(',') || reader.eat('.') {
            reader.space();
        }
    }
}

struct LenientReader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> LenientReader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn eat(&mut self, letter: char) -> bool {
        let found = self.peek() == Some(letter);
        if found {
            self.at += letter.len_utf8();
        }
        found
    }

    fn wrong<T>(&self, what: &str) -> Result<T, PasteError> {
        let line = self.text[..self.at].matches('\n').count() + 1;
        Err(format!("{what} in line {line}").into())
    }

    fn space(&mut self) {
        loop {
            self.at = self.text.len() - self.rest().trim_start().len();
            if self.rest().starts_with("//") {
                self.at += self.rest().find('\n').unwrap_or(self.rest().len());
            } else {
                return;
            }
        }
    }

    /// jwt.io's headings, and labels such as `Payload:`, stand on lines of their own.
    fn heading(&mut self) {
        // Only as far as the line is a heading: the end of a line may be megabytes away.
        while let Some(end) = self.rest().find(['\n', '{', '[', '\'', '"', '}'])
            && self.rest()[end..].starts_with('\n')
            && !self.rest()[..end].trim().is_empty()
        {
            self.at += end + 1;
            self.space();
        }
    }

    fn value(&mut self, depth: usize) -> Result<Value, PasteError> {
        if depth > DEEPEST {
            return self.wrong("objects are nested too deep");
        }
        self.space();
        match self.peek() {
            Some('{') => self.object(depth),
            Some('[') => self.list(depth),
            Some('"' | '\'' | '`') => self.string(),
            Some('\u{2026}') => {
                self.eat('\u{2026}');
                Ok(FOLDED.into())
            }
            _ => self.word(depth),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, PasteError> {
        self.eat('{');
        let map = Map::new();
        loop {
            self.space();
            if self.eat('}') {
                return Ok(map.into());
            }
            if self.rest().starts_with(['\u{2026}', '<']) || self.rest().starts_with("...") {
                let Some(end) = self.rest().find('}') else { return self.wrong("an object is not closed") };
                self.at += end + 1;
                return Ok(FOLDED.into());
            }
            let key = self.key()?;
            if map.contains_str(&key) {
                return self.wrong("an object has a name twice");
            }
            let value = self.value(depth + 1)?;
            map.put_str(&key, value);
            self.space();
            // The console's own rows have no commas.
            self.eat(',');
        }
    }

    /// A name up to its colon. Names of claims hold colons themselves: `cognito:groups: [ … ]`.
    fn key(&mut self) -> Result<String, PasteError> {
        if matches!(self.peek(), Some('"' | '\'')) {
            let key = self.string()?.as_str().unwrap_or_default().to_owned();
            self.space();
            let rocket = self.rest().starts_with("=>");
            self.at += if rocket { 2 } else { 0 };
            return if rocket || self.eat(':') { Ok(key) } else { self.wrong("a name has no `:` after it") };
        }
        let rest = self.rest();
        let end = rest.find(['{', '}', '"', '\'', ',', '\n']).unwrap_or(rest.len());
        let part = &rest[..end];
        let colon = part.find(": ").or_else(|| part.trim_end().strip_suffix(':').map(str::len)).or(part.find(':'));
        let Some(colon) = colon else { return self.wrong("a name with `:` after it is wanted") };
        self.at += colon + 1;
        Ok(part[..colon].trim().to_owned())
    }

    fn list(&mut self, depth: usize) -> Result<Value, PasteError> {
        if let Some(value) = self.bracketed() {
            return match value {
                Some(value) => Ok(value),
                // `[Object: null prototype] { … }`
                None => self.value(depth + 1),
            };
        }
        self.eat('[');
        let mut items = Vec::new();
        loop {
            self.space();
            if self.eat(']') {
                return Ok(List::new(items).into());
            }
            items.push(self.value(depth + 1)?);
            self.space();
            if !self.eat(',') && self.peek() != Some(']') {
                return self.wrong("a list is not closed");
            }
        }
    }

    /// `[Function: x]`, `[Object]`, `[Circular *1]`: what Node writes of what it does not write out.
    fn bracketed(&mut self) -> Option<Option<Value>> {
        let end = self.rest().find(']')?;
        let inside = &self.rest()[1..end];
        let value = match inside.split([' ', ':']).next().unwrap_or_default() {
            "Object" | "Array" if inside.contains("prototype") => None,
            "Object" | "Array" => Some(FOLDED.into()),
            "Function" | "AsyncFunction" | "class" | "Circular" | "Getter" | "Setter" | "Symbol" => Some(Value::Null),
            _ => return None,
        };
        self.at += end + 1;
        Some(value)
    }

    fn string(&mut self) -> Result<Value, PasteError> {
        let mut text = String::new();
        loop {
            self.piece(&mut text)?;
            // Node breaks a long text: 'first ' + 'second'.
            let at = self.at;
            self.space();
            if !(self.eat('+') && {
                self.space();
                matches!(self.peek(), Some('"' | '\'' | '`'))
            }) {
                self.at = at;
                return Ok(Value::string(text));
            }
        }
    }

    fn piece(&mut self, text: &mut String) -> Result<(), PasteError> {
        let Some(quote) = self.peek() else { return self.wrong("a text is wanted") };
        self.at += quote.len_utf8();
        loop {
            let Some(letter) = self.peek() else { return self.wrong("a text is not closed") };
            self.at += letter.len_utf8();
            if letter == quote {
                return Ok(());
            }
            if letter != '\\' {
                text.push(letter);
                continue;
            }
            let Some(escaped) = self.peek() else { return self.wrong("a text is not closed") };
            self.at += escaped.len_utf8();
            match escaped {
                'n' => text.push('\n'),
                't' => text.push('\t'),
                'r' => text.push('\r'),
                'u' => text.push(self.unit()?),
                other => text.push(other),
            }
        }
    }

    fn unit(&mut self) -> Result<char, PasteError> {
        let digits = self.rest().get(..4).unwrap_or_default();
        let code = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
        match code {
            Some(letter) => {
                self.at += 4;
                Ok(letter)
            }
            None => self.wrong("an escape is not four hexadecimal digits"),
        }
    }

    /// A word: a constant, a number, a date, the name of a class before its object, or something folded.
    fn word(&mut self, depth: usize) -> Result<Value, PasteError> {
        let rest = self.rest();
        let end = rest.find([',', '}', ']', '{', '[', '\n', '"', '\'']).unwrap_or(rest.len());
        let word = rest[..end].trim();
        let opens = rest[end..].starts_with(['{', '[']);
        let is_class = word.chars().next().is_some_and(|first| first.is_ascii_uppercase())
            && word.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '(' | ')' | ' '));
        self.at += end;
        match word {
            "true" | "True" => Ok(true.into()),
            "false" | "False" => Ok(false.into()),
            "null" | "undefined" | "None" | "nil" | "NaN" => Ok(Value::Null),
            // Python's `b'…'` and `u'…'`.
            "b" | "u" | "r" if rest[end..].starts_with(['"', '\'']) => self.string(),
            _ if opens && is_class => self.value(depth + 1),
            // Firefox and Chrome write a list's length before it: `(1) […]`.
            _ if opens && word.starts_with('(') && word.ends_with(')') => self.value(depth + 1),
            "Object" | "Array" => Ok(FOLDED.into()),
            _ if word.starts_with("Array(") || word.starts_with("Map(") => Ok(FOLDED.into()),
            _ if word.starts_with('\u{192}') || word.starts_with("function") || word.starts_with("async ") => {
                Ok(Value::Null)
            }
            _ => self.number(word),
        }
    }

    fn number(&self, word: &str) -> Result<Value, PasteError> {
        let plain = word.trim_end_matches('n');
        if plain.starts_with(|first: char| first.is_ascii_digit() || first == '-') {
            if let Ok(value) = from_given(plain) {
                return Ok(value);
            }
            if word.contains('T') && word.ends_with('Z') {
                return Ok(word.into());
            }
        }
        // A date as browsers print it: `Fri Nov 20 2026 12:00:00 GMT+0100 (…)`.
        if ["Mon ", "Tue ", "Wed ", "Thu ", "Fri ", "Sat ", "Sun "].iter().any(|day| word.starts_with(day)) {
            return Ok(word.into());
        }
        self.wrong("a value is neither a text in quotes nor a number, list, object, true, false or null")
    }
}
