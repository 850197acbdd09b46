//! Java's regular expressions, by the semantics of JDK 17: `parse` reads them, `write` says the same to fancy-regex in its
//! plainest words. What is not read there, or what JDKs mean different things by, is not evaluated, and says so.
//!
//! Texts without line terminators and of ASCII are most: `$` is the end in the first, and `\b` is the same in every JDK in
//! the second. Only where a text has them is the longer way gone, or the answer refused.

mod class;
mod parse;
mod sets;
mod tree;
mod write;

use super::JavaError;
use super::ledger::{self, Limit, MAX_ITEMS, MAX_STRING};
use fancy_regex::{Captures, Regex, RegexBuilder};
use tree::{GroupKind, RegexNode, RegexTree};
use std::cell::{OnceCell, RefCell};
use std::rc::Rc;
use write::Ends;

/// How often a search may backtrack, one try after the other, and what a try counts in steps. Most searches need few.
const TRIES: [(usize, u64); 3] = [(1_000, 40), (50_000, 20_000), (BACKTRACK_LIMIT, 400_000)];

/// Steps of backtracking before a match is given up.
const BACKTRACK_LIMIT: usize = 1_000_000;

/// Repetitions that `{n}` may ask for.
const MOST_REPEATED: u32 = 1_000;

/// How large an automaton may be, in parts.
const MOST_PARTS: u64 = 20_000;

/// What a part of an automaton counts in steps when it is built.
const A_PART: u64 = 20;

/// Patterns that are kept built: a loop asks for the same one again.
const KEPT: usize = 16;

/// Why a pattern or a replacement does not work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegexError {
    /// Java's `PatternSyntaxException`.
    #[error("{0}")]
    Syntax(String),
    /// Valid in Java, and not evaluated here.
    #[error("this regular expression was not evaluated: {0} is not supported")]
    Unsupported(String),
    /// JDKs give different answers for this text.
    #[error("this regular expression was not evaluated: for a text that is not ASCII its answer depends on the JDK")]
    NotAscii,
    /// Java's `IllegalArgumentException`: a replacement that cannot be read.
    #[error("{0}")]
    Replacement(String),
    /// Java's `IndexOutOfBoundsException`: a group that does not exist.
    #[error("No group {0}")]
    Group(String),
    /// The match backtracked too often.
    #[error("limit `regex backtracking` of {BACKTRACK_LIMIT} steps reached")]
    BacktrackLimit,
    /// The automaton would be too large.
    #[error("limit `regex size` of {MOST_PARTS} parts reached")]
    TooLarge,
    /// Another limit was reached.
    #[error("{0}")]
    Limit(String),
}

impl From<JavaError> for RegexError {
    fn from(error: JavaError) -> Self {
        Self::Limit(error.message)
    }
}

impl From<RegexError> for JavaError {
    /// The exception that Java throws for this, or one of our own for what only we cannot do.
    fn from(error: RegexError) -> Self {
        let class = match &error {
            RegexError::Syntax(_) => "java.util.regex.PatternSyntaxException",
            RegexError::Replacement(_) => "java.lang.IllegalArgumentException",
            RegexError::Group(_) => "java.lang.IndexOutOfBoundsException",
            RegexError::Unsupported(_) | RegexError::NotAscii => "vtl_eval.UnsupportedRegex",
            RegexError::BacktrackLimit | RegexError::TooLarge | RegexError::Limit(_) => "java.lang.OutOfMemoryError",
        };
        Self::new(class, error.to_string())
    }
}

/// A Java pattern.
#[derive(Debug)]
pub struct JavaRegex {
    tree: RegexTree,
    weight: u64,
    /// Whether the engine backtracks for it.
    hard: bool,
    /// The most characters of a match, if there is a bound.
    width: Option<u64>,
    plain: Forms,
    lines: Forms,
}

/// A pattern built: to be found, and to match the whole; for each number of tries.
#[derive(Debug, Default)]
struct Forms {
    anywhere: [OnceCell<Regex>; 3],
    whole: [OnceCell<Regex>; 3],
}

thread_local! {
    static BUILT: RefCell<Vec<(Box<str>, Rc<JavaRegex>)>> = const { RefCell::new(Vec::new()) };
}

/// Reads a Java pattern.
///
/// # Errors
/// The pattern is none in Java, or uses what is not evaluated here.
pub fn compile(pattern: &str) -> Result<Rc<JavaRegex>, RegexError> {
    ledger::bytes(pattern.len());
    let known =
        BUILT.with_borrow(|built| built.iter().find(|(known, _)| **known == *pattern).map(|(_, regex)| regex.clone()));
    if let Some(known) = known {
        ledger::work(1);
        return Ok(known);
    }
    ledger::work(pattern.len() as u64);
    ledger::check()?;
    let tree = parse::parse(pattern)?;
    let weight = tree.root.weight();
    if weight > MOST_PARTS {
        return Err(RegexError::TooLarge);
    }
    let hard = tree.root.any(&|node| {
        let possessive = matches!(node, RegexNode::Repeat { kind: GroupKind::Possessive, .. });
        possessive || matches!(node, RegexNode::Back(_) | RegexNode::Look { .. } | RegexNode::Atomic(_))
    });
    let width = tree.root.width().1;
    let regex = JavaRegex { tree, weight, hard, width, plain: Forms::default(), lines: Forms::default() };
    let regex = Rc::new(regex);
    BUILT.with_borrow_mut(|built| {
        if built.len() >= KEPT {
            built.remove(0);
        }
        built.push((pattern.into(), regex.clone()));
    });
    Ok(regex)
}

impl JavaRegex {
    /// `String.matches`: the whole text.
    ///
    /// # Errors
    /// A limit, or a text that JDKs differ about.
    pub fn matches_whole(&self, text: &str) -> Result<bool, RegexError> {
        self.halves(text, true)?;
        let ends = self.ends(text)?;
        self.search(text, 0, ends, true, |regex| regex.is_match(text))
    }

    /// `Matcher.find`: anywhere in the text.
    ///
    /// # Errors
    /// As for [`JavaRegex::matches_whole`].
    pub fn find(&self, text: &str) -> Result<bool, RegexError> {
        self.halves(text, false)?;
        let ends = self.ends(text)?;
        self.search(text, 0, ends, false, |regex| regex.is_match(text))
    }

    /// `String.replaceAll`, with Java's `$1`, `${name}` and `\$` in the replacement.
    ///
    /// # Errors
    /// A limit, a bad replacement, a group that does not exist.
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
        self.halves(text, false)?;
        let ends = self.ends(text)?;
        let (mut out, mut copied) = (String::with_capacity(text.len()), 0);
        let mut at = Some(0);
        for _ in 0..count {
            let Some(from) = at else { break };
            let found = self.search(text, from, ends, false, |regex| regex.captures_from_pos(text, from))?;
            let Some(captures) = found else { break };
            let Some(whole) = captures.get(0) else { break };
            self.looked_at(whole.end() - from);
            at = next_search(text, whole.start(), whole.end())?;
            out.push_str(&text[copied..whole.start()]);
            expand(replacement, &captures, &mut out)?;
            copied = whole.end();
        }
        out.push_str(&text[copied..]);
        if out.len() > MAX_STRING {
            return Err(ledger::spend(Limit::StringLength(MAX_STRING)).into());
        }
        ledger::copied(out.len());
        Ok(out)
    }

    /// `String.split`: with a limit of 0 trailing empty parts are dropped, a match of no width at the start gives no
    /// part, and a text without a match is one part.
    ///
    /// # Errors
    /// A limit, or a text that JDKs differ about.
    pub fn split(&self, text: &str, limit: i32) -> Result<Vec<String>, RegexError> {
        self.halves(text, false)?;
        let ends = self.ends(text)?;
        let (mut parts, mut from) = (Vec::new(), 0);
        let mut at = Some(0);
        while let Some(start) = at {
            let found = self.search(text, start, ends, false, |regex| regex.find_from_pos(text, start))?;
            let Some(found) = found else { break };
            self.looked_at(found.end() - start);
            at = next_search(text, found.start(), found.end())?;
            if limit > 0 && parts.len() as i32 >= limit - 1 {
                break;
            }
            if found.end() == 0 {
                continue;
            }
            if parts.len() >= MAX_ITEMS {
                return Err(ledger::spend(Limit::ListLength(MAX_ITEMS)).into());
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

    /// Java looks between the halves of a letter beyond U+FFFF too: a half alone may be what a class takes although it does not
    /// take the letter, and a lookaround sees other letters from there. Such a pattern is left alone on such a text.
    fn halves(&self, text: &str, whole: bool) -> Result<(), RegexError> {
        if text.bytes().all(|byte| byte < 0xf0) {
            return Ok(());
        }
        let beyond = |set: &class::CodePoints| text.chars().any(|letter| letter.len_utf16() == 2 && !set.has(letter));
        let differs = |node: &RegexNode| match node {
            RegexNode::Look { behind, .. } => *behind || !whole,
            RegexNode::Class(set) => !whole && set.has_halves() && beyond(set),
            _ => false,
        };
        match self.tree.root.any(&differs) {
            true => Err(RegexError::Unsupported("this pattern beside a letter beyond U+FFFF".to_owned())),
            false => Ok(()),
        }
    }

    /// What `$` means in this text.
    fn ends(&self, text: &str) -> Result<Ends, RegexError> {
        if self.tree.ascii && !text.is_ascii() {
            return Err(RegexError::NotAscii);
        }
        let last = self.tree.root.any(&|node| matches!(node, RegexNode::LastLine));
        let lines = last && text.contains(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']);
        Ok(if lines { Ends::Lines } else { Ends::Plain })
    }

    /// A match of bounded width is found by looking at no more than what lies before its end.
    fn looked_at(&self, bytes: usize) {
        if self.width.is_some() && !self.hard {
            ledger::bytes(bytes);
        }
    }

    /// Searches a text from a place on, and counts the work of it.
    fn search<T>(
        &self,
        text: &str,
        from: usize,
        ends: Ends,
        whole: bool,
        run: impl Fn(&Regex) -> fancy_regex::Result<T>,
    ) -> Result<T, RegexError> {
        let rest = text.len() - from;
        let hard = self.hard || ends == Ends::Lines;
        match (hard, self.width) {
            // From each place on the rest may be looked at.
            (true, _) => ledger::work(10 + (rest as u64).saturating_mul(rest as u64) / 256),
            (false, Some(_)) if !whole => ledger::work(4),
            (false, _) => ledger::work(4 + rest as u64 / 64),
        }
        for (at, (most, steps)) in TRIES.into_iter().enumerate() {
            if hard {
                ledger::work(steps);
            }
            ledger::check()?;
            match run(self.built(ends, whole, at, most)?) {
                Ok(found) => return Ok(found),
                Err(_) if hard => {}
                Err(_) => return Err(RegexError::BacktrackLimit),
            }
        }
        Err(RegexError::BacktrackLimit)
    }

    fn built(&self, ends: Ends, whole: bool, at: usize, backtracks: usize) -> Result<&Regex, RegexError> {
        let forms = if ends == Ends::Plain { &self.plain } else { &self.lines };
        let cells = if whole { &forms.whole } else { &forms.anywhere };
        let cell = cells.get(at).ok_or(RegexError::BacktrackLimit)?;
        if let Some(built) = cell.get() {
            return Ok(built);
        }
        ledger::work(self.weight.saturating_mul(A_PART));
        ledger::check()?;
        let mut pattern = String::new();
        write::write(&self.tree.root, ends, &mut pattern);
        if whole {
            pattern = format!("\\A(?:{pattern})\\z");
        }
        let built = RegexBuilder::new(&pattern)
            .backtrack_limit(backtracks)
            .delegate_size_limit(4 << 20)
            .delegate_dfa_size_limit(1 << 20)
            .build()
            .map_err(|_| RegexError::TooLarge)?;
        Ok(cell.get_or_init(|| built))
    }
}

/// Where Java looks for the next match: at the end of the last, even for an empty one, and one further if that was
/// empty itself. fancy-regex's iterators skip an empty match right after another.
/// Between the halves of a surrogate pair, where Java looks too, there is nothing here.
fn next_search(text: &str, start: usize, end: usize) -> Result<Option<usize>, RegexError> {
    if start < end {
        return Ok(Some(end));
    }
    match text.get(end..).unwrap_or_default().chars().next() {
        None => Ok(None),
        Some(letter) if letter.len_utf16() == 2 => {
            Err(RegexError::Unsupported("a match of no width beside a letter beyond U+FFFF".to_owned()))
        }
        Some(letter) => Ok(Some(end + letter.len_utf8())),
    }
}

fn expand(replacement: &str, captures: &Captures<'_, str>, out: &mut String) -> Result<(), RegexError> {
    let mut letters = replacement.chars().peekable();
    while let Some(letter) = letters.next() {
        if out.len() > MAX_STRING {
            return Err(ledger::spend(Limit::StringLength(MAX_STRING)).into());
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

#[cfg(test)]
mod tests {
    use super::compile;

    /// Of JDK 17: `replaceAll("é?+(?<!.)", "<>")` on `-😀` finds a place inside of the letter, and `[é-\uffff]` half of it.
    #[test]
    fn between_the_halves_of_a_letter_nothing_is_answered() {
        for pattern in ["é?+(?<!.)", "(?!\\p{L})a", "[é-\\uffff]", "[^\\x{1f600}]"] {
            let compiled = compile(pattern).unwrap();
            assert!(compiled.replace_all("-\u{1f600}", "").is_err(), "{pattern}");
            assert!(compiled.replace_all("-a", "").is_ok(), "{pattern}");
        }
        for pattern in ["[^a]", ".", "[a-z]", "-"] {
            assert!(compile(pattern).unwrap().replace_all("-\u{1f600}", "").is_ok(), "{pattern}");
        }
        assert!(compile("(?<!a).").unwrap().matches_whole("\u{1f600}").is_err());
        assert!(compile("(?=.).").unwrap().matches_whole("\u{1f600}").unwrap());
    }

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
