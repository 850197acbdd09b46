//! Java's regular expressions over fancy-regex: what Java writes otherwise is translated, what cannot run is named.

use super::method::MAX_STRING;
use fancy_regex::{Captures, Regex, RegexBuilder};

/// Steps of backtracking before a match is given up.
const BACKTRACK_LIMIT: usize = 1_000_000;

/// Why a pattern or a replacement does not work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegexError {
    /// Java's `PatternSyntaxException`.
    #[error("{0}")]
    Syntax(String),
    /// Valid in Java, not runnable here.
    #[error("{0}")]
    Unsupported(String),
    /// Java's `IllegalArgumentException`: a replacement that cannot be read.
    #[error("{0}")]
    Replacement(String),
    /// Java's `IndexOutOfBoundsException`: a group that does not exist.
    #[error("No group {0}")]
    Group(String),
    /// The match backtracked too often.
    #[error("limit `regex backtracking` of {BACKTRACK_LIMIT} steps reached")]
    BacktrackLimit,
    /// What was replaced grew too long.
    #[error("a string longer than {MAX_STRING} bytes (limit `string length`)")]
    TooLong,
}

/// A compiled Java pattern.
#[derive(Clone, Debug)]
pub struct JavaRegex {
    anywhere: Regex,
    whole: Regex,
}

/// Compiles a Java pattern.
///
/// # Errors
/// The pattern is none in Java, or uses what this engine lacks.
pub fn compile(pattern: &str) -> Result<JavaRegex, RegexError> {
    let translated = translate(pattern)?;
    let build = |pattern: &str| {
        RegexBuilder::new(pattern)
            .backtrack_limit(BACKTRACK_LIMIT)
            .build()
            .map_err(|error| RegexError::Syntax(format!("{error} in pattern {pattern}")))
    };
    Ok(JavaRegex { anywhere: build(&translated)?, whole: build(&format!("\\A(?:{translated})\\z"))? })
}

impl JavaRegex {
    /// `String.matches`: the whole text.
    ///
    /// # Errors
    /// The backtracking limit.
    pub fn matches_whole(&self, text: &str) -> Result<bool, RegexError> {
        self.whole.is_match(text).map_err(|_| RegexError::BacktrackLimit)
    }

    /// `Matcher.find`: anywhere in the text.
    ///
    /// # Errors
    /// The backtracking limit.
    pub fn find(&self, text: &str) -> Result<bool, RegexError> {
        self.anywhere.is_match(text).map_err(|_| RegexError::BacktrackLimit)
    }

    /// `String.replaceAll`, with Java's `$1`, `${name}` and `\$` in the replacement.
    ///
    /// # Errors
    /// The backtracking limit, a bad replacement, a group that does not exist.
    pub fn replace_all(&self, text: &str, replacement: &str) -> Result<String, RegexError> {
        self.replace(text, replacement, usize::MAX)
    }

    /// `String.replaceFirst`.
    ///
    /// # Errors
    /// As for [`JavaRegex::replace_all`].
    pub fn replace_first(&self, text: &str, replacement: &str) -> Result<String, RegexError> {
        self.replace(text, replacement, 1)
    }

    fn replace(&self, text: &str, replacement: &str, count: usize) -> Result<String, RegexError> {
        let (mut out, mut copied) = (String::with_capacity(text.len()), 0);
        let mut at = Some(0);
        for _ in 0..count {
            let Some(from) = at else { break };
            let found = self.anywhere.captures_from_pos(text, from).map_err(|_| RegexError::BacktrackLimit)?;
            let Some(captures) = found else { break };
            let Some(whole) = captures.get(0) else { break };
            at = next_search(text, whole.start(), whole.end());
            out.push_str(&text[copied..whole.start()]);
            expand(replacement, &captures, &mut out)?;
            copied = whole.end();
        }
        out.push_str(&text[copied..]);
        Ok(out)
    }

    /// `String.split`: with a limit of 0 trailing empty parts are dropped, a match of no width at the start gives no
    /// part, and a text without a match is one part.
    ///
    /// # Errors
    /// The backtracking limit.
    pub fn split(&self, text: &str, limit: i32) -> Result<Vec<String>, RegexError> {
        let (mut parts, mut from) = (Vec::new(), 0);
        let mut at = Some(0);
        while let Some(start) = at {
            let found = self.anywhere.find_from_pos(text, start).map_err(|_| RegexError::BacktrackLimit)?;
            let Some(found) = found else { break };
            at = next_search(text, found.start(), found.end());
            if limit > 0 && parts.len() as i32 >= limit - 1 {
                break;
            }
            if found.end() == 0 {
                continue;
            }
            parts.push(text[from..found.start()].to_owned());
            from = found.end();
        }
        if from == 0 && parts.is_empty() {
            return Ok(vec![text.to_owned()]);
        }
        parts.push(text[from..].to_owned());
        while limit == 0 && parts.last().is_some_and(String::is_empty) {
            parts.pop();
        }
        Ok(parts)
    }
}

/// Where Java looks for the next match: at the end of the last, even for an empty one, and one further if that was
/// empty itself. fancy-regex's iterators skip an empty match right after another.
fn next_search(text: &str, start: usize, end: usize) -> Option<usize> {
    if start < end {
        return Some(end);
    }
    text.get(end..)?.chars().next().map(|character| end + character.len_utf8())
}

fn expand(replacement: &str, captures: &Captures<'_, str>, out: &mut String) -> Result<(), RegexError> {
    let mut letters = replacement.chars().peekable();
    while let Some(letter) = letters.next() {
        if out.len() > MAX_STRING {
            return Err(RegexError::TooLong);
        }
        match letter {
            '\\' => match letters.next() {
                Some(escaped) => out.push(escaped),
                None => return Err(RegexError::Replacement("character to be escaped is missing".into())),
            },
            '$' => match letters.peek().copied() {
                Some('{') => {
                    letters.next();
                    let name: String = letters.by_ref().take_while(|letter| *letter != '}').collect();
                    let group = captures.name(&name);
                    let group =
                        group.ok_or_else(|| RegexError::Replacement(format!("No group with name {{{name}}}")))?;
                    out.push_str(group.as_str());
                }
                Some(digit) if digit.is_ascii_digit() => {
                    letters.next();
                    let mut number = digit as usize - '0' as usize;
                    if number >= captures.len() {
                        return Err(RegexError::Group(number.to_string()));
                    }
                    // Further digits belong to the group as long as such a group exists.
                    while let Some(next) = letters.peek().and_then(|letter| letter.to_digit(10)) {
                        let longer = number * 10 + next as usize;
                        if longer >= captures.len() {
                            break;
                        }
                        number = longer;
                        letters.next();
                    }
                    out.push_str(captures.get(number).map_or("", |group| group.as_str()));
                }
                Some(_) => return Err(RegexError::Replacement("Illegal group reference".into())),
                None => return Err(RegexError::Replacement("Illegal group reference: group index is missing".into())),
            },
            letter => out.push(letter),
        }
    }
    Ok(())
}

/// Writes a Java pattern as fancy-regex understands it: Java's classes are ASCII unless it is told otherwise.
fn translate(pattern: &str) -> Result<String, RegexError> {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut rest = pattern;
    let mut depth = 0_usize;
    while let Some(letter) = rest.chars().next() {
        rest = &rest[letter.len_utf8()..];
        match letter {
            '\\' => rest = escape(rest, depth > 0, &mut out)?,
            '[' => {
                depth += 1;
                out.push('[');
                if let Some(after) = rest.strip_prefix('^') {
                    out.push('^');
                    rest = after;
                }
                if let Some(after) = rest.strip_prefix(']') {
                    out.push_str("\\]");
                    rest = after;
                }
            }
            ']' if depth > 0 => {
                depth -= 1;
                out.push(']');
            }
            ']' => out.push_str("\\]"),
            '.' if depth == 0 => out.push_str("[^\\n\\r\\u{85}\\u{2028}\\u{2029}]"),
            '$' if depth == 0 => out.push_str("(?=\\n?\\z)"),
            '{' if depth == 0 && !is_quantifier(rest) => return Err(RegexError::Syntax("Illegal repetition".into())),
            // Set operators of Rust's classes that Java does not have.
            '-' | '~' if depth > 0 && rest.starts_with(letter) => {
                out.push('\\');
                out.push(letter);
            }
            letter => out.push(letter),
        }
    }
    Ok(out)
}

fn is_quantifier(rest: &str) -> bool {
    let inside = rest.split_once('}').map_or("", |(inside, _)| inside);
    inside.starts_with(|letter: char| letter.is_ascii_digit())
        && inside.chars().all(|letter| letter.is_ascii_digit() || letter == ',')
}

/// Translates what follows a backslash; returns what is left.
fn escape<'p>(rest: &'p str, in_class: bool, out: &mut String) -> Result<&'p str, RegexError> {
    let Some(letter) = rest.chars().next() else {
        return Err(RegexError::Syntax("Unexpected internal error: a pattern ends in a backslash".into()));
    };
    let after = &rest[letter.len_utf8()..];
    let mut class = |members: &str, negated: bool| {
        if in_class && !negated {
            out.push_str(members);
        } else {
            out.push_str(if negated { "[^" } else { "[" });
            out.push_str(members);
            out.push(']');
        }
    };
    match letter {
        'd' | 'D' => class("0-9", letter == 'D'),
        'w' | 'W' => class("a-zA-Z0-9_", letter == 'W'),
        's' | 'S' => class("\\t\\n\\x0B\\x0C\\r ", letter == 'S'),
        'h' | 'H' => {
            class(" \\t\\u{A0}\\u{1680}\\u{180e}\\u{2000}-\\u{200a}\\u{202f}\\u{205f}\\u{3000}", letter == 'H')
        }
        'p' | 'P' => {
            let (name, after) = match after.strip_prefix('{') {
                Some(long) => {
                    long.split_once('}').ok_or_else(|| RegexError::Syntax("Unclosed character family".into()))?
                }
                None => {
                    after.split_at_checked(1).ok_or_else(|| RegexError::Syntax("Unknown character family".into()))?
                }
            };
            let members = match name {
                "Lower" => "a-z",
                "Upper" => "A-Z",
                "ASCII" => "\\x00-\\x7F",
                "Alpha" => "a-zA-Z",
                "Digit" => "0-9",
                "Alnum" => "a-zA-Z0-9",
                "Punct" => "!-/:-@\\[-`{-~",
                "Graph" => "!-~",
                "Print" => " -~",
                "Blank" => " \\t",
                "Cntrl" => "\\x00-\\x1F\\x7F",
                "XDigit" => "0-9a-fA-F",
                "Space" => "\\t\\n\\x0B\\x0C\\r ",
                "javaLowerCase" => "\\p{Lowercase}",
                "javaUpperCase" => "\\p{Uppercase}",
                "javaWhitespace" => "\\p{White_Space}",
                name if name.starts_with("java") => {
                    return Err(RegexError::Unsupported(format!("\\p{{{name}}} is valid Java but not supported here")));
                }
                name => {
                    let plain = name.trim_start_matches("Is").trim_start_matches("In");
                    class(&format!("\\p{{{plain}}}"), letter == 'P');
                    return Ok(after);
                }
            };
            class(members, letter == 'P');
            return Ok(after);
        }
        'Q' => {
            let (literal, after) = after.split_once("\\E").unwrap_or((after, ""));
            out.push_str(&fancy_regex::escape(literal));
            return Ok(after);
        }
        'E' => {}
        'b' if !in_class => out.push_str("(?-u:\\b)"),
        'B' if !in_class => out.push_str("(?-u:\\B)"),
        'Z' => out.push_str("(?=\\n?\\z)"),
        'R' => out.push_str("(?:\\r\\n|[\\n\\x0B\\x0C\\r\\u{85}\\u{2028}\\u{2029}])"),
        'X' | 'N' => return Err(RegexError::Unsupported(format!("\\{letter} is valid Java but not supported here"))),
        'e' => out.push_str("\\x1B"),
        'u' => {
            let (digits, after) = after.split_at_checked(4).unwrap_or(("", ""));
            if u32::from_str_radix(digits, 16).is_err() {
                return Err(RegexError::Syntax("Illegal Unicode escape sequence".into()));
            }
            out.push_str(&format!("\\u{{{digits}}}"));
            return Ok(after);
        }
        '0' => {
            let length = after.bytes().take(3).take_while(|byte| (b'0'..=b'7').contains(byte)).count();
            let (digits, after) = after.split_at(length);
            let code = u32::from_str_radix(digits, 8)
                .map_err(|_| RegexError::Syntax("Illegal octal escape sequence".into()))?;
            out.push_str(&format!("\\u{{{code:x}}}"));
            return Ok(after);
        }
        'c' => {
            let (control, after) = after.split_at_checked(1).unwrap_or(("@", ""));
            out.push_str(&format!("\\x{:02X}", control.as_bytes()[0] ^ 64));
            return Ok(after);
        }
        // Java takes a backslash before any character that is no letter for that character.
        letter if letter.is_ascii_alphanumeric() => {
            out.push('\\');
            out.push(letter);
        }
        letter => out.push_str(&fancy_regex::escape(letter.encode_utf8(&mut [0; 4]))),
    }
    Ok(after)
}

#[cfg(test)]
mod tests {
    use super::compile;

    #[test]
    fn java_rules() {
        let matches = |pattern: &str, text: &str| compile(pattern).unwrap().matches_whole(text).unwrap();
        assert!(matches("^[^@]+@[^@]+$", "a@b"));
        assert!(!matches("\\d", "٣"), "\\d is ASCII in Java");
        assert!(matches("\\p{Alpha}+\\Q.+\\E", "ab.+"));
        assert!(compile("a{").is_err());
        assert_eq!(compile(",").unwrap().split("a,b,,", 0).unwrap(), ["a", "b"]);
        assert_eq!(compile("").unwrap().split("ab", 0).unwrap(), ["a", "b"]);
        assert_eq!(compile("(a)(b)").unwrap().replace_all("ab", "$2$1\\$").unwrap(), "ba$");
    }
}
