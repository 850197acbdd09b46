//! Patterns of Java's `DateTimeFormatter` (APPSYNC-VTL 1.9) over jiff, as `DateTimeFormatterBuilder.appendPattern` of Java 17
//! reads them in the locale `en_US`: tests/oracle/java_time.rs compares with it.

mod read;
mod write;
mod zone;

pub use zone::Zone;

use jiff::ZonedDateTime;
use std::fmt;

crate::message::sentence_error! {
    /// A pattern, time or zone that Java would not take.
    PatternError
}

/// Patterns longer than this are refused.
const LONGEST: usize = 512;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const QUARTERS: [&str; 4] = ["1st quarter", "2nd quarter", "3rd quarter", "4th quarter"];

/// A pattern, read. Errors are sentences.
#[derive(Debug)]
pub struct Pattern(Vec<Item>);

/// One piece of a pattern.
#[derive(Clone, Debug, PartialEq)]
enum Item {
    Number(NumberField),
    /// A name: of a month `M`, a day `E`, a quarter `Q`, an era `G`, or the half of a day `a`.
    Text(char, FieldStyle),
    /// `+08`, `+0800`, `+08:00`, with seconds; the text of no offset.
    Offset(OffsetForm, &'static str),
    /// `GMT+8`, or in full `GMT+08:00`.
    Localized {
        full: bool,
    },
    /// `Australia/Perth`
    ZoneId,
    /// `AWST`; in full only the name of an offset, which is the offset.
    ZoneName {
        full: bool,
    },
    /// Text as it is.
    Literal(String),
    /// `[ … ]`
    Optional(Vec<Item>),
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Number(_) => "a number",
            Self::Text('M', _) => "the name of a month",
            Self::Text('E', _) => "the name of a day",
            Self::Text('Q', _) => "the name of a quarter",
            Self::Text('G', _) => "the name of an era",
            Self::Text(..) => "AM or PM",
            Self::Offset(..) | Self::Localized { .. } => "an offset",
            Self::ZoneId | Self::ZoneName { .. } => "a time zone",
            Self::Optional(_) => "an optional part",
            Self::Literal(text) => return crate::message::quoted(text).fmt(f),
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum FieldStyle {
    Short,
    Full,
    Narrow,
}

/// Java's offset patterns.
#[derive(Clone, Copy, Debug, PartialEq)]
enum OffsetForm {
    /// `+HHmm`: minutes if there are any.
    Hours,
    /// `+HHMM`, `+HH:MM`
    Minutes { colon: bool },
    /// `+HHMMss`, `+HH:MM:ss`: seconds if there are any.
    Seconds { colon: bool },
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Sign {
    /// A minus where it is needed.
    Normal,
    /// A plus too, where the number is wider than its padding.
    ExceedsPad,
    /// Not negative.
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct NumberField {
    /// Its letter; `S` is a fraction of a second.
    field: char,
    min: usize,
    max: usize,
    sign: Sign,
    /// `yy`: the last two digits of a year from 2000 on.
    reduced: bool,
    /// Digits that the numbers of fixed width right behind it need.
    reserved: usize,
}

impl Pattern {
    /// Reads a pattern.
    pub fn parse(pattern: &str) -> Result<Self, PatternError> {
        if pattern.len() > LONGEST {
            return Err(format!("the pattern is longer than {LONGEST} bytes").into());
        }
        let mut stack = vec![Vec::new()];
        let mut letters = pattern.chars().peekable();
        while let Some(letter) = letters.next() {
            let item = match letter {
                '[' => {
                    stack.push(Vec::new());
                    continue;
                }
                ']' => {
                    let inner = stack.pop().unwrap_or_default();
                    if stack.is_empty() {
                        return Err("`]` without `[`".into());
                    }
                    Item::Optional(adjacent(inner))
                }
                '\'' => Item::Literal(quoted(&mut letters)?),
                '{' | '}' | '#' => return Err(format!("`{letter}` is reserved").into()),
                letter if letter.is_ascii_alphabetic() => {
                    let mut count = 1;
                    while letters.next_if_eq(&letter).is_some() {
                        count += 1;
                    }
                    field(letter, count)?
                }
                other => Item::Literal(other.to_string()),
            };
            if let Some(top) = stack.last_mut() {
                top.push(item);
            }
        }
        // Java closes what is still open.
        while stack.len() > 1 {
            let inner = stack.pop().unwrap_or_default();
            if let Some(top) = stack.last_mut() {
                top.push(Item::Optional(adjacent(inner)));
            }
        }
        Ok(Self(adjacent(stack.pop().unwrap_or_default())))
    }

    /// A time in this form. Errors: a number that the form has no room for.
    pub fn format(&self, time: &ZonedDateTime, zone: &Zone) -> Result<String, PatternError> {
        let mut out = String::new();
        write::items(&self.0, time, zone, &mut out)?;
        Ok(out)
    }

    /// Reads a time in this form; `zone` is used where the text has none.
    pub fn read(&self, text: &str, zone: Option<&Zone>) -> Result<jiff::Timestamp, PatternError> {
        read::time(&self.0, text, zone)
    }
}

/// A letter that stands there `count` times: `DateTimeFormatterBuilder.parsePattern`.
fn field(letter: char, count: usize) -> Result<Item, PatternError> {
    let wrong = || Err(format!("the pattern letter `{letter}` does not stand {count} times").into());
    let number = |field, min, max, sign| Item::Number(NumberField { field, min, max, sign, reduced: false, reserved: 0 });
    let style = match count {
        3 => FieldStyle::Short,
        4 => FieldStyle::Full,
        _ => FieldStyle::Narrow,
    };
    Ok(match (letter, count) {
        ('y' | 'u' | 'Y', 2) => {
            Item::Number(NumberField { field: letter, min: 2, max: 2, sign: Sign::Never, reduced: true, reserved: 0 })
        }
        ('y' | 'u' | 'Y', 1 | 3) => number(letter, count, 19, Sign::Normal),
        ('y' | 'u' | 'Y', 4..=19) => number(letter, count, 19, Sign::ExceedsPad),
        ('E', 1 | 2) => Item::Text('E', FieldStyle::Short),
        ('E' | 'e' | 'c', 3..=5) => Item::Text('E', style),
        ('e', 1 | 2) | ('c', 1) => number('e', count, 2, Sign::Never),
        ('M' | 'L' | 'Q' | 'q', 1..=5) => {
            let field = letter.to_ascii_uppercase();
            let field = if field == 'L' { 'M' } else { field };
            match count {
                1 => number(field, 1, 19, Sign::Normal),
                2 => number(field, 2, 2, Sign::Never),
                _ => Item::Text(field, style),
            }
        }
        ('a', 1) => Item::Text('a', FieldStyle::Short),
        ('G', 1..=3) => Item::Text('G', FieldStyle::Short),
        ('G', 4 | 5) => Item::Text('G', style),
        ('S', 1..=9) => number(letter, count, count, Sign::Never),
        ('d' | 'h' | 'H' | 'k' | 'K' | 'm' | 's' | 'F', 1) => number(letter, 1, 19, Sign::Normal),
        ('d' | 'h' | 'H' | 'k' | 'K' | 'm' | 's', 2) => number(letter, 2, 2, Sign::Never),
        ('D', 1) => number(letter, 1, 19, Sign::Normal),
        ('D', 2 | 3) => number(letter, count, 3, Sign::Never),
        ('w', 1 | 2) | ('W', 1) => number(letter, count, 2, Sign::Never),
        ('g', 1..=19) => number(letter, count, 19, Sign::Normal),
        ('A' | 'n' | 'N', 1..=19) => number(letter, count, 19, Sign::Never),
        ('z', 1..=4) => Item::ZoneName { full: count == 4 },
        ('V', 2) => Item::ZoneId,
        ('O', 1) => Item::Localized { full: false },
        ('O' | 'Z', 4) => Item::Localized { full: true },
        ('Z', 1..=3) => Item::Offset(OffsetForm::Minutes { colon: false }, "+0000"),
        ('Z', 5) => Item::Offset(OffsetForm::Seconds { colon: true }, "Z"),
        ('X' | 'x', 1..=5) => iso_offset(letter, count),
        ('B' | 'v' | 'p', _) => return Err(format!("the pattern letter `{letter}` is not supported here").into()),
        ('E' | 'e' | 'c' | 'y' | 'u' | 'Y' | 'M' | 'L' | 'Q' | 'q' | 'a' | 'G' | 'S' | 'd' | 'h' | 'H', _) => {
            return wrong();
        }
        (
            'k' | 'K' | 'm' | 's' | 'F' | 'D' | 'w' | 'W' | 'g' | 'A' | 'n' | 'N' | 'z' | 'V' | 'O' | 'Z' | 'X' | 'x',
            _,
        ) => {
            return wrong();
        }
        _ => return Err(format!("unknown pattern letter `{letter}`").into()),
    })
}

/// `X` writes a zero offset as `Z`, `x` as digits.
fn iso_offset(letter: char, count: usize) -> Item {
    let (form, zero) = match count {
        1 => (OffsetForm::Hours, "+00"),
        2 => (OffsetForm::Minutes { colon: false }, "+0000"),
        3 => (OffsetForm::Minutes { colon: true }, "+00:00"),
        4 => (OffsetForm::Seconds { colon: false }, "+0000"),
        _ => (OffsetForm::Seconds { colon: true }, "+00:00"),
    };
    Item::Offset(form, if letter == 'X' { "Z" } else { zero })
}

/// Numbers side by side: the first leaves the digits that those of fixed width behind it need.
fn adjacent(mut items: Vec<Item>) -> Vec<Item> {
    let mut active = None;
    for at in 0..items.len() {
        let Item::Number(number) = items[at] else {
            active = None;
            continue;
        };
        let fixed = number.min == number.max && number.sign == Sign::Never;
        match active.and_then(|active: usize| items.get_mut(active)) {
            Some(Item::Number(first)) if fixed => first.reserved += number.max,
            Some(Item::Number(first)) => {
                first.reserved = 0;
                active = Some(at);
            }
            _ => active = Some(at),
        }
    }
    items
}

fn quoted(letters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<String, PatternError> {
    let mut text = String::new();
    loop {
        match letters.next() {
            Some('\'') if letters.next_if_eq(&'\'').is_some() => text.push('\''),
            Some('\'') => return Ok(if text.is_empty() { "'".to_owned() } else { text }),
            Some(letter) => text.push(letter),
            None => return Err("a quote is not closed".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    fn format(pattern: &str, millis: i64, zone: &str) -> String {
        let zone = Zone::parse(zone).unwrap();
        let time = Timestamp::from_millisecond(millis).unwrap().to_zoned_datetime(zone.rules.clone());
        Pattern::parse(pattern).unwrap().format(&time, &zone).unwrap()
    }

    #[test]
    fn examples_of_the_documentation() {
        assert_eq!(format("yyyy-MM-dd HH:mm:ssZ", 1_517_943_695_750, "Z"), "2018-02-06 19:01:35+0000");
        assert_eq!(format("yyyy-MM-dd HH:mm:ssZ", 1_517_943_695_750, "Australia/Perth"), "2018-02-07 03:01:35+0800");
        assert_eq!(format("yyyy-MM-dd HH:mm:ssZ", 1_517_943_695_750, "+08:00"), "2018-02-07 03:01:35+0800");
        // 2018-07-11T15:14:15-07:00:30
        let millis = (1_531_322_055 + 7 * 3600 + 30) * 1000;
        assert_eq!(format("yyyy-MM-dd[XXX]", millis, "-07:00:30"), "2018-07-11-07:00");
        assert_eq!(format("yyyy-MM-dd'T'HH:mm:ss[XXXXX]", millis, "-07:00:30"), "2018-07-11T15:14:15-07:00:30");
    }

    #[test]
    fn reading_examples_of_the_documentation() {
        let read = |pattern: &str, text: &str, name: Option<&str>| {
            let zone = name.map(|name| Zone::parse(name).unwrap());
            Pattern::parse(pattern).unwrap().read(text, zone.as_ref()).map(|time| time.as_millisecond())
        };
        assert_eq!(read("yyyy-MM-dd HH:mm:ssZ", "2018-02-02 01:19:22+0800", None), Ok(1_517_505_562_000));
        assert_eq!(read("yyyy-MM-dd HH:mm:ss", "2018-02-02 01:19:22", Some("+08:00")), Ok(1_517_505_562_000));
        assert!(read("yyyy-MM-dd HH:mm:ss", "2018-02-02 01:19:22", None).is_err());
        assert!(read("yyyy-MM-dd HH:mm:ss", "2018-02-32 01:19:22", Some("Z")).is_err());
        assert!(read("yyyy-MM-dd HH:mm", "2018-02-02 01:19 x", Some("Z")).is_err());
    }

    #[test]
    fn bad_patterns_are_refused() {
        for bad in ["]", "'open", "b", "{", "HHH", "VV V", "aa", "SSSSSSSSSS"] {
            assert!(Pattern::parse(bad).is_err(), "{bad}");
        }
        assert!(Zone::parse("Mars/Olympus").is_err());
    }
}
