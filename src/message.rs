//! A sentence for a reader, in parts: what is text, and what is a value, a claim, code or a place. Reports draw it, and no
//! other place turns it into bytes, so that every format says the same.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// A part of a sentence.
///
/// ```
/// use vtl_eval::{Message, Part};
///
/// let message = Message::of("claim {} is absent.", [Part::Name("email".to_owned())]);
/// assert_eq!(message.parts()[1].as_str(), "email");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Our own words.
    Text(String),
    /// A value of the request or its data, as JSON.
    Value(String),
    /// The name of a claim, header or member.
    Name(String),
    /// Code of a template, schema or policy.
    Code(String),
    /// A place: a line of a file, or a path in the context.
    Place(String),
}

impl Part {
    /// Its text, without any mark of its kind.
    pub fn as_str(&self) -> &str {
        let (Self::Text(text) | Self::Value(text) | Self::Name(text) | Self::Code(text) | Self::Place(text)) = self;
        text
    }

    /// The same, cut where it is longer than anybody reads: a name or a value of a request may have megabytes.
    fn shortened(self) -> Self {
        match self {
            Self::Text(text) => Self::Text(shortened(text)),
            Self::Value(text) => Self::Value(shortened(text)),
            Self::Name(text) => Self::Name(shortened(text)),
            Self::Code(text) => Self::Code(shortened(text)),
            Self::Place(text) => Self::Place(shortened(text)),
        }
    }
}

/// Bytes of a part that are shown whole, and the letters that are shown of a longer one.
const WHOLE: usize = 16 << 10;
const SHOWN: usize = 400;

/// A text that is not too long, or its beginning with how many characters it has.
fn shortened(text: String) -> String {
    if text.len() <= WHOLE { text } else { beginning(text) }
}

/// The same of what stands in a heading, which is to be taken in at a glance.
pub(crate) fn headed(text: &str) -> String {
    if text.len() <= 2 * SHOWN { text.to_owned() } else { beginning(text.to_owned()) }
}

fn beginning(mut text: String) -> String {
    let count = text.chars().count();
    let end = text.char_indices().nth(SHOWN).map_or(text.len(), |(at, _)| at);
    let quote = if text.starts_with('"') && text.ends_with('"') { "\"" } else { "" };
    text.truncate(end);
    format!("{text}…{quote} ({count} characters)")
}

/// Where the cure begins, in our own words: `"It is absent. » Add it."`. Only what stands in this program's text is read for it,
/// never a part or a text that was put together.
const CURE: &str = "» ";

/// A sentence or two: what is so, and then what to do about it. Two that read the same are equal, however they were put together.
///
/// ```
/// use vtl_eval::Message;
///
/// let message = Message::from("The claim is absent. » Add it.");
/// assert_eq!(message.to_string(), "The claim is absent. Add it.");
/// assert_eq!(message.cure().to_string(), "Add it.");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Message {
    parts: Vec<Part>,
    /// The part that the cure begins with.
    cure: Option<usize>,
}

impl PartialEq for Message {
    fn eq(&self, other: &Self) -> bool {
        let read = |message: &Self| message.parts.iter().flat_map(|part| part.as_str().bytes()).collect::<Vec<_>>();
        read(self) == read(other)
    }
}

impl Eq for Message {}

impl Message {
    /// A sentence with `{}` where each of the parts stands, and `»` where the cure begins. What is left over on either side is put
    /// at the end.
    pub fn of(words: &str, parts: impl IntoIterator<Item = Part>) -> Self {
        let (mut made, mut texts) = (Self::default(), words.split("{}"));
        made.words(texts.next().unwrap_or_default());
        for part in parts {
            made.parts.push(part.shortened());
            made.words(texts.next().unwrap_or_default());
        }
        let left = texts.next();
        debug_assert!(left.is_none(), "{words:?} has more places than there are parts");
        made
    }

    /// Words of this program that were chosen at run time, with `»` where the cure begins; braces are text.
    pub fn plain(words: &str) -> Self {
        let mut made = Self::default();
        made.words(words);
        made
    }

    /// As [`Message::of`], where each place is taken by a whole message.
    pub fn joined(words: &str, messages: impl IntoIterator<Item = Self>) -> Self {
        let (mut made, mut texts) = (Self::default(), words.split("{}"));
        made.words(texts.next().unwrap_or_default());
        for message in messages {
            made.append(message);
            made.words(texts.next().unwrap_or_default());
        }
        debug_assert!(texts.next().is_none(), "{words:?} has more places than there are messages");
        made
    }

    /// Messages in a row, with these words between them.
    pub fn list(messages: impl IntoIterator<Item = Self>, between: &str) -> Self {
        let mut made = Self::default();
        for (at, message) in messages.into_iter().enumerate() {
            if at > 0 {
                made.text(between);
            }
            made.append(message);
        }
        made
    }

    /// What is so: all that stands before the cure.
    #[must_use]
    pub fn cause(&self) -> Self {
        let mut made = Self { parts: self.parts[..self.cure.unwrap_or(self.parts.len())].to_vec(), cure: None };
        if let Some(Part::Text(last)) = made.parts.last_mut() {
            last.truncate(last.trim_end().len());
        }
        made
    }

    /// What to do about it; empty where it says nothing of that.
    #[must_use]
    pub fn cure(&self) -> Self {
        Self { parts: self.parts[self.cure.unwrap_or(self.parts.len())..].to_vec(), cure: Some(0) }
    }

    /// With another sentence after this one.
    #[must_use]
    pub fn with(mut self, more: impl Into<Self>) -> Self {
        self.and(more);
        self
    }

    /// With what to do about it, after all else.
    #[must_use]
    pub fn cured(mut self, cure: impl Into<Self>) -> Self {
        let cure = cure.into();
        if !cure.is_empty() {
            self.and(Self { cure: Some(0), ..cure });
        }
        self
    }

    /// The first place that it names.
    pub fn place(&self) -> Option<&str> {
        self.parts.iter().find_map(|part| if let Part::Place(place) = part { Some(place.as_str()) } else { None })
    }

    /// The first code that it names.
    pub fn code(&self) -> Option<&str> {
        self.parts.iter().find_map(|part| if let Part::Code(code) = part { Some(code.as_str()) } else { None })
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.parts.iter().all(|part| part.as_str().is_empty())
    }

    /// Its first sentence, on one line and without its full stop.
    #[must_use]
    pub fn first_sentence(&self) -> Self {
        let mut made = self.clone();
        made.edit(|text| {
            let (start, end) = (text.starts_with(char::is_whitespace), text.ends_with(char::is_whitespace));
            let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let (before, after) = (if start { " " } else { "" }, if end && !line.is_empty() { " " } else { "" });
            *text = format!("{before}{line}{after}");
        });
        let text = made.to_string();
        let begins = |at: &usize| text[at + 2..].starts_with(char::is_uppercase);
        let mut room = text.match_indices(". ").map(|(at, _)| at).find(begins).unwrap_or(usize::MAX);
        made.edit(|part| {
            part.truncate(room.min(part.len()));
            room = room.saturating_sub(part.len());
        });
        made.parts.retain(|part| !part.as_str().is_empty());
        made.cure = None;
        made
    }

    /// The parts, in order.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Another sentence after this one.
    pub fn and(&mut self, more: impl Into<Self>) {
        let more = more.into();
        if more.is_empty() {
            return;
        }
        if !self.parts.is_empty() {
            self.text(" ");
        }
        self.append(more);
    }

    /// Another message right behind it. What the first says to do stays where it begins.
    fn append(&mut self, more: Self) {
        self.cure = self.cure.or(more.cure.map(|at| at + self.parts.len()));
        self.parts.extend(more.parts);
    }

    /// Changes the text of every part: to take out what must not be shown.
    pub fn edit(&mut self, mut change: impl FnMut(&mut String)) {
        for part in &mut self.parts {
            let (Part::Text(text) | Part::Value(text) | Part::Name(text) | Part::Code(text) | Part::Place(text)) = part;
            change(text);
        }
    }

    /// Whether the sentence holds these words.
    pub fn contains(&self, words: &str) -> bool {
        self.to_string().contains(words)
    }

    /// Words of this program, in which the cure may begin.
    fn words(&mut self, words: &str) {
        let Some((before, after)) = words.split_once(CURE) else { return self.text(words) };
        self.text(before);
        self.cure = self.cure.or(Some(self.parts.len()));
        self.text(after);
    }

    fn text(&mut self, words: &str) {
        if !words.is_empty() {
            self.parts.push(Part::Text(words.to_owned()));
        }
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.iter().try_for_each(|part| f.write_str(part.as_str()))
    }
}

impl From<String> for Message {
    fn from(words: String) -> Self {
        Self { parts: vec![Part::Text(words)], cure: None }
    }
}

/// Words of this program, with `»` where the cure begins.
impl From<&'static str> for Message {
    fn from(words: &'static str) -> Self {
        Self::plain(words)
    }
}

impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What a report of ours said, read again: our words, for the kinds of its parts are not written.
impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

/// A text of the user's in quotation marks; what a reader could not see in it (spaces of width zero, control characters) is
/// written out.
pub const fn quoted<T: AsRef<str> + ?Sized>(text: &T) -> Quoted<'_, T> {
    Quoted(text)
}

/// Letters of a path that are shown: no file can have a longer one.
const LONGEST: usize = 4096;

/// A path as a sentence names it: on one line, whatever the name of the file has in it.
pub fn path(path: &std::path::Path) -> String {
    let mut name = path.display().to_string();
    if let Some((end, _)) = name.char_indices().nth(LONGEST) {
        name.truncate(end);
        name.push('…');
    }
    if !name.contains(char::is_control) {
        return name;
    }
    name.chars().fold(String::new(), |mut out, letter| {
        match letter.is_control() {
            true => out.extend(letter.escape_unicode()),
            false => out.push(letter),
        }
        out
    })
}

/// Texts of the user's in brackets, each in quotation marks.
pub fn quoted_list<T: AsRef<str>>(texts: &[T]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| quoted(text).to_string()).collect();
    format!("[{}]", texts.join(", "))
}

/// An error that is a sentence: each kind of thing that can go wrong has a type of its own.
macro_rules! sentence_error {
    ($(#[$doc:meta])* $name:ident $(: $($cause:ty),+)?) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
        #[error("{0}")]
        pub struct $name(String);

        impl From<String> for $name {
            fn from(sentence: String) -> Self {
                Self(sentence)
            }
        }

        impl From<&str> for $name {
            fn from(sentence: &str) -> Self {
                Self(sentence.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(error: $name) -> Self {
                error.0
            }
        }

        $($(impl From<$cause> for $name {
            fn from(error: $cause) -> Self {
                Self(error.to_string())
            }
        })+)?
    };
}
pub(crate) use sentence_error;

/// `8,482`
pub fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// How many: `1 template`, `2 templates`.
pub fn counted(number: impl TryInto<u64>, one: &str) -> String {
    match number.try_into().unwrap_or(u64::MAX) {
        1 => format!("1 {one}"),
        number if one.ends_with('y') => format!("{number} {}ies", &one[..one.len() - 1]),
        number => format!("{number} {one}s"),
    }
}

/// `a, b and c`
pub fn all_of<T: AsRef<str>>(items: &[T]) -> String {
    listed(items, "and")
}

/// `a, b or c`
pub fn any_of<T: AsRef<str>>(items: &[T]) -> String {
    listed(items, "or")
}

fn listed<T: AsRef<str>>(items: &[T], word: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} {word} {}", first.join(", "), last.as_ref())
        }
    }
}

/// With its first letter in upper case, where a sentence begins with it.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// See [`quoted`].
#[derive(Debug)]
pub struct Quoted<'a, T: ?Sized>(&'a T);

impl<T: AsRef<str> + ?Sized> fmt::Display for Quoted<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The one place that shows a text as Rust's Debug writes it.
        fmt::Debug::fmt(self.0.as_ref(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_that_nobody_reads_is_cut_and_its_length_said() {
        let said = |text: String| Message::of("the group {}.", [Part::Name(text)]).to_string();
        assert_eq!(said("ü".repeat(1_000_000)), format!("the group {}… (1000000 characters).", "ü".repeat(400)));
        assert_eq!(said(quoted(&"g".repeat(20_000)).to_string()), format!("the group \"{}…\" (20002 characters).", "g".repeat(399)));
        assert_eq!(said("g".repeat(16_000)).len(), 16_011);
    }

    #[test]
    fn parts_stand_in_their_places() {
        let mut message = Message::of("claim {} is {}.", [Part::Name("groups".into()), Part::Value("[]".into())]);
        assert_eq!(message.to_string(), "claim groups is [].");
        message.and("Sign in again.");
        assert_eq!(message.to_string(), "claim groups is []. Sign in again.");
        assert_eq!(message.parts().len(), 7);
        assert_eq!(message, Message::from("claim groups is []. Sign in again."));
        let (a, b) = (Message::of("{} a", [Part::Place("t.vtl".into())]), Message::from("b"));
        assert_eq!(a.place(), Some("t.vtl"));
        assert_eq!(Message::joined("<{}|{}>", [a.clone(), b.clone()]).to_string(), "<t.vtl a|b>");
        assert_eq!(Message::list([a, b], "; ").to_string(), "t.vtl a; b");
    }

    #[test]
    fn a_cure_begins_where_our_words_say() {
        let value = || Part::Value("a. » Delete it.".into());
        let mut message = Message::of("claim {} is absent. » Add {} to it.", [value(), value()]);
        message.and("» Then sign in again.");
        let whole = "claim a. » Delete it. is absent. Add a. » Delete it. to it. Then sign in again.";
        assert_eq!(message.to_string(), whole);
        assert_eq!(message.cause().to_string(), "claim a. » Delete it. is absent.");
        assert_eq!(message.cure().to_string(), "Add a. » Delete it. to it. Then sign in again.");
        let plain = Message::from("x » y".to_owned());
        assert_eq!((plain.cause(), plain.cure()), (plain.clone(), Message::default()));
        let joined = Message::joined("{} {}", [plain.clone().cured("Call."), plain]);
        assert_eq!(joined.cure().to_string(), "Call. x » y");
    }

    #[test]
    fn the_first_sentence_ends_where_another_begins() {
        let place = || Part::Place("a.vtl: 3".into());
        let message = Message::of("It ends at {}.\n Look at e.g. {}. Then again.", [place(), Part::Code("#if( true )".into())]);
        let first = message.first_sentence();
        assert_eq!(first.to_string(), "It ends at a.vtl: 3");
        assert_eq!(first.parts(), [Part::Text("It ends at ".into()), place()]);
        let whole = Message::of("One {}.", [Part::Value("\"a. B\"".into())]);
        assert_eq!(Message::from("No other. one.").first_sentence().to_string(), "No other. one.");
        assert_eq!(whole.first_sentence().to_string(), "One \"a");
        assert!(Message::default().first_sentence().is_empty());
    }

    #[test]
    fn what_is_counted_agrees_with_its_number() {
        let said = [0, 1, 2].map(|number| counted(number, "template"));
        assert_eq!(said, ["0 templates", "1 template", "2 templates"]);
        assert_eq!(counted(2, "entry"), "2 entries");
    }

    #[test]
    fn items_are_listed_as_in_a_sentence() {
        assert_eq!([all_of::<&str>(&[]), all_of(&["a"]), all_of(&["a", "b"]), any_of(&["a", "b", "c"])], ["", "a", "a and b", "a, b or c"]);
    }

    #[test]
    fn a_quoted_text_hides_nothing() {
        assert_eq!(quoted("it's \"so\"\u{200b}\n").to_string(), r#""it's \"so\"\u{200b}\n""#);
        assert_eq!(quoted_list(&["a", "b"]), r#"["a", "b"]"#);
    }
}
