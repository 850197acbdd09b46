//! Java's `DateTimeFormatter` patterns over jiff: `yyyy-MM-dd'T'HH:mm:ss[XXX]` and the like (APPSYNC-VTL 1.9).

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ZonedDateTime};
use std::fmt::Write;

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

/// One piece of a pattern.
#[derive(Clone, Debug, PartialEq)]
enum Item {
    /// A letter and how often it stands there.
    Field(char, usize),
    /// Text as it is.
    Literal(String),
    /// `[ … ]`
    Optional(Vec<Item>),
}

/// A pattern, read. Errors are sentences.
#[derive(Debug)]
pub struct Pattern(Vec<Item>);

impl Pattern {
    /// Reads a pattern.
    pub fn parse(pattern: &str) -> Result<Self, String> {
        if pattern.len() > LONGEST {
            return Err(format!("the pattern is longer than {LONGEST} bytes"));
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
                        return Err("`]` without `[`".to_owned());
                    }
                    Item::Optional(inner)
                }
                '\'' => Item::Literal(quoted(&mut letters)?),
                '{' | '}' | '#' => return Err(format!("`{letter}` is reserved")),
                letter if letter.is_ascii_alphabetic() => {
                    let mut count = 1;
                    while letters.next_if_eq(&letter).is_some() {
                        count += 1;
                    }
                    if !"GuyYMLdDQqwWEeaHhKkmsSAnNVzOXxZ".contains(letter) || count > 9 && letter != 'S' {
                        return Err(format!("unknown pattern letter `{letter}` ({count} times)"));
                    }
                    Item::Field(letter, count)
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
                top.push(Item::Optional(inner));
            }
        }
        Ok(Self(stack.pop().unwrap_or_default()))
    }

    /// A time in this form. Errors: a letter that cannot be written.
    pub fn format(&self, time: &ZonedDateTime) -> Result<String, String> {
        let mut out = String::new();
        write_items(&self.0, time, &mut out)?;
        Ok(out)
    }

    /// Reads a time in this form; `zone` is used where the text has none.
    pub fn read(&self, text: &str, zone: Option<&TimeZone>) -> Result<Timestamp, String> {
        let mut found = Found::default();
        let rest = read_items(&self.0, text, &mut found)?;
        if !rest.is_empty() {
            return Err(format!("unparsed text {rest:?}"));
        }
        found.timestamp(zone)
    }
}

fn quoted(letters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<String, String> {
    let mut text = String::new();
    loop {
        match letters.next() {
            Some('\'') if letters.next_if_eq(&'\'').is_some() => text.push('\''),
            Some('\'') => return Ok(if text.is_empty() { "'".to_owned() } else { text }),
            Some(letter) => text.push(letter),
            None => return Err("a quote is not closed".to_owned()),
        }
    }
}

/// A zone such as `+08:00`, `-07:00:30`, `Z`, `UTC`, `Australia/Perth`.
pub fn zone(name: &str) -> Result<TimeZone, String> {
    let rest = name.strip_prefix("GMT").or_else(|| name.strip_prefix("UTC")).unwrap_or(name);
    if rest.is_empty() || rest == "Z" {
        return Ok(TimeZone::UTC);
    }
    if rest.starts_with(['+', '-']) {
        let (offset, left) = read_offset(rest, true).ok_or_else(|| format!("no zone offset: {name:?}"))?;
        return if left.is_empty() { Ok(TimeZone::fixed(offset)) } else { Err(format!("no zone offset: {name:?}")) };
    }
    TimeZone::get(name).map_err(|_| format!("unknown time zone {name:?}"))
}

fn write_items(items: &[Item], time: &ZonedDateTime, out: &mut String) -> Result<(), String> {
    for item in items {
        match item {
            Item::Literal(text) => out.push_str(text),
            Item::Optional(inner) => {
                let before = out.len();
                if write_items(inner, time, out).is_err() {
                    out.truncate(before);
                }
            }
            Item::Field(letter, count) => write_field(*letter, *count, time, out)?,
        }
    }
    Ok(())
}

fn write_field(letter: char, count: usize, time: &ZonedDateTime, out: &mut String) -> Result<(), String> {
    let mut number = |value: i64| {
        let _ = write!(out, "{value:0count$}");
    };
    let clock12 = |hour: i8| i64::from(if hour % 12 == 0 { 12 } else { hour % 12 });
    match letter {
        'y' | 'u' => year(i64::from(time.year()), count, out),
        'Y' => year(i64::from(time.date().iso_week_date().year()), count, out),
        'M' | 'L' => match count {
            3 => out.push_str(&month(time)[..3]),
            4 => out.push_str(month(time)),
            5 => out.push_str(&month(time)[..1]),
            _ => number(i64::from(time.month())),
        },
        'd' => number(i64::from(time.day())),
        'D' => number(i64::from(time.day_of_year())),
        'Q' | 'q' => {
            let quarter = i64::from((time.month() - 1) / 3 + 1);
            match count {
                3 => {
                    let _ = write!(out, "Q{quarter}");
                }
                4 => out.push_str(["1st quarter", "2nd quarter", "3rd quarter", "4th quarter"][quarter as usize - 1]),
                _ => number(quarter),
            }
        }
        'w' => number(i64::from(time.date().iso_week_date().week())),
        'E' => match count {
            4 => out.push_str(day(time)),
            5 => out.push_str(&day(time)[..1]),
            _ => out.push_str(&day(time)[..3]),
        },
        'e' => number(i64::from(time.weekday().to_sunday_one_offset())),
        'a' => out.push_str(if time.hour() < 12 { "AM" } else { "PM" }),
        'H' => number(i64::from(time.hour())),
        'k' => number(i64::from(if time.hour() == 0 { 24 } else { time.hour() })),
        'h' => number(clock12(time.hour())),
        'K' => number(i64::from(time.hour() % 12)),
        'm' => number(i64::from(time.minute())),
        's' => number(i64::from(time.second())),
        'S' => {
            let digits = format!("{:09}", time.subsec_nanosecond());
            let shown: String = digits.chars().chain(std::iter::repeat('0')).take(count).collect();
            out.push_str(&shown);
        }
        'n' => number(i64::from(time.subsec_nanosecond())),
        'A' => number(midnight_nanoseconds(time) / 1_000_000),
        'N' => number(midnight_nanoseconds(time)),
        'G' => out.push_str(if time.year() > 0 { "AD" } else { "BC" }),
        'V' => out.push_str(time.time_zone().iana_name().unwrap_or(&offset(time.offset(), 3, true))),
        'z' => match time.time_zone().iana_name() {
            Some(_) => out.push_str(time.strftime("%Z").to_string().as_str()),
            None => out.push_str(&offset(time.offset(), 3, true)),
        },
        'O' => {
            out.push_str("GMT");
            if !time.offset().is_zero() {
                out.push_str(&offset(time.offset(), 3, false));
            }
        }
        'X' => out.push_str(&offset(time.offset(), count, true)),
        'x' => out.push_str(&offset(time.offset(), count, false)),
        'Z' if count == 5 => out.push_str(&offset(time.offset(), 3, true)),
        'Z' if count == 4 => {
            out.push_str("GMT");
            out.push_str(&offset(time.offset(), 3, false));
        }
        'Z' => out.push_str(&offset(time.offset(), 2, false)),
        other => return Err(format!("pattern letter `{other}` is not supported here")),
    }
    Ok(())
}

fn year(year: i64, count: usize, out: &mut String) {
    let _ = if count == 2 { write!(out, "{:02}", year.rem_euclid(100)) } else { write!(out, "{year:0count$}") };
}

fn month(time: &ZonedDateTime) -> &'static str {
    MONTHS[time.month() as usize - 1]
}

fn day(time: &ZonedDateTime) -> &'static str {
    DAYS[time.weekday().to_monday_zero_offset() as usize]
}

fn midnight_nanoseconds(time: &ZonedDateTime) -> i64 {
    let seconds = i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second());
    seconds * 1_000_000_000 + i64::from(time.subsec_nanosecond())
}

/// Java's forms of `X`: 1 `+08`, 2 `+0800`, 3 `+08:00`, 4 `+080030`, 5 `+08:00:30`.
fn offset(offset: Offset, form: usize, z_for_zero: bool) -> String {
    let total = offset.seconds();
    if total == 0 && z_for_zero {
        return "Z".to_owned();
    }
    let sign = if total < 0 { '-' } else { '+' };
    let (hours, minutes, seconds) = (total.abs() / 3600, total.abs() / 60 % 60, total.abs() % 60);
    let colon = if matches!(form, 3 | 5) { ":" } else { "" };
    let mut text = format!("{sign}{hours:02}");
    if form > 1 || minutes != 0 {
        let _ = write!(text, "{colon}{minutes:02}");
    }
    if form > 3 && seconds != 0 {
        let _ = write!(text, "{colon}{seconds:02}");
    }
    text
}

/// What was read so far.
#[derive(Clone, Debug, Default)]
struct Found {
    year: Option<i64>,
    month: Option<i64>,
    day: Option<i64>,
    day_of_year: Option<i64>,
    hour: Option<i64>,
    half_hour: Option<i64>,
    afternoon: Option<bool>,
    minute: i64,
    second: i64,
    nanosecond: i64,
    weekday: Option<Weekday>,
    offset: Option<Offset>,
    zone: Option<TimeZone>,
}

impl Found {
    fn timestamp(self, zone: Option<&TimeZone>) -> Result<Timestamp, String> {
        let number = |value: i64| i8::try_from(value).map_err(|_| format!("{value} is out of range"));
        let year = self.year.ok_or("the text has no year")?;
        let year = i16::try_from(year).map_err(|_| format!("year {year} is out of range"))?;
        let date = match (self.day_of_year, self.month) {
            (Some(day), None) => {
                let day = i16::try_from(day).map_err(|_| "day of year is out of range".to_owned())?;
                Date::new(year, 1, 1).and_then(|date| date.with().day_of_year(day).build())
            }
            (_, month) => {
                let (month, day) = (month.ok_or("the text has no month")?, self.day.ok_or("the text has no day")?);
                Date::new(year, number(month)?, number(day)?)
            }
        };
        let date = date.map_err(|error| error.to_string())?;
        if self.weekday.is_some_and(|weekday| weekday != date.weekday()) {
            return Err("the day of the week does not fit the date".to_owned());
        }
        let hour = match (self.hour, self.half_hour, self.afternoon) {
            (Some(hour), ..) => hour,
            (None, Some(half), Some(afternoon)) => half % 12 + if afternoon { 12 } else { 0 },
            (None, Some(_), None) => return Err("the text has no AM or PM".to_owned()),
            (None, None, _) => return Err("the text has no hour".to_owned()),
        };
        let nanosecond = i32::try_from(self.nanosecond).map_err(|_| "the fraction is out of range".to_owned())?;
        let time = Time::new(number(hour)?, number(self.minute)?, number(self.second)?, nanosecond)
            .map_err(|error| error.to_string())?;
        let zone = match (self.offset, self.zone) {
            (Some(offset), _) => TimeZone::fixed(offset),
            (None, Some(zone)) => zone,
            (None, None) => zone.cloned().ok_or("neither the text nor the call has a zone")?,
        };
        let zoned = DateTime::from_parts(date, time).to_zoned_datetime(zone).map_err(|error| error.to_string())?;
        Ok(zoned.timestamp())
    }
}

fn read_items<'t>(items: &[Item], text: &'t str, found: &mut Found) -> Result<&'t str, String> {
    let mut rest = text;
    for (at, item) in items.iter().enumerate() {
        rest = match item {
            Item::Literal(literal) => {
                rest.strip_prefix(literal.as_str()).ok_or_else(|| format!("{literal:?} was expected at {rest:?}"))?
            }
            Item::Optional(inner) => {
                let mut attempt = found.clone();
                match read_items(inner, rest, &mut attempt) {
                    Ok(left) => {
                        *found = attempt;
                        left
                    }
                    Err(_) => rest,
                }
            }
            Item::Field(letter, count) => {
                let adjacent =
                    matches!(items.get(at + 1), Some(Item::Field(next, _)) if "yuMdDHhkKmsSnAN".contains(*next));
                read_field(*letter, *count, adjacent, rest, found)?
            }
        };
    }
    Ok(rest)
}

fn read_field<'t>(
    letter: char,
    count: usize,
    adjacent: bool,
    text: &'t str,
    found: &mut Found,
) -> Result<&'t str, String> {
    let wrong = || format!("`{}` was expected at {text:?}", letter.to_string().repeat(count));
    let most = match (letter, count, adjacent) {
        ('y' | 'u', 2, _) => 2,
        (_, count, true) => count,
        ('y' | 'u', _, false) => 10,
        ('D', ..) => 3,
        ('S', count, _) => count,
        ('n' | 'N' | 'A', ..) => 18,
        _ => 2,
    };
    let number = || -> Result<(i64, &'t str), String> {
        let digits = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
        let least = if matches!(letter, 'y' | 'u' | 'S') || count > 1 { count.min(most) } else { 1 };
        let value = text.get(..digits).filter(|_| digits >= least).and_then(|text| text.parse().ok());
        value.map(|value| (value, &text[digits..])).ok_or_else(wrong)
    };
    let name = |names: &[&'static str], short: bool| -> Result<(usize, &'t str), String> {
        let found = names.iter().enumerate().find_map(|(at, name)| {
            let name = if short { &name[..3] } else { name };
            Some((at, text.strip_prefix(name)?))
        });
        found.ok_or_else(wrong)
    };
    let rest;
    match letter {
        'y' | 'u' => {
            let (value, left) = number()?;
            found.year = Some(if count == 2 { 2000 + value } else { value });
            rest = left;
        }
        'M' | 'L' if count > 2 => {
            let (at, left) = name(&MONTHS, count == 3)?;
            (found.month, rest) = (Some(at as i64 + 1), left);
        }
        'M' | 'L' => (found.month, rest) = some(number()?),
        'd' => (found.day, rest) = some(number()?),
        'D' => (found.day_of_year, rest) = some(number()?),
        'E' => {
            let (at, left) = name(&DAYS, count < 4)?;
            (found.weekday, rest) = (Weekday::from_monday_zero_offset(at as i8).ok(), left);
        }
        'H' => (found.hour, rest) = some(number()?),
        'k' => {
            let (value, left) = number()?;
            (found.hour, rest) = (Some(value % 24), left);
        }
        'h' | 'K' => (found.half_hour, rest) = some(number()?),
        'a' => {
            let upper = text.get(..2).map(str::to_ascii_uppercase);
            found.afternoon = Some(match upper.as_deref() {
                Some("AM") => false,
                Some("PM") => true,
                _ => return Err(wrong()),
            });
            rest = &text[2..];
        }
        'm' => (found.minute, rest) = number()?,
        's' => (found.second, rest) = number()?,
        'S' => {
            let (value, left) = number()?;
            let digits = (text.len() - left.len()) as u32;
            found.nanosecond =
                if digits <= 9 { value * 10_i64.pow(9 - digits) } else { value / 10_i64.pow(digits - 9) };
            rest = left;
        }
        'n' => (found.nanosecond, rest) = number()?,
        'X' if text.starts_with('Z') => (found.offset, rest) = (Some(Offset::UTC), &text[1..]),
        'Z' if count == 5 && text.starts_with('Z') => (found.offset, rest) = (Some(Offset::UTC), &text[1..]),
        'X' | 'x' | 'Z' | 'O' => {
            let text = if letter == 'O' || letter == 'Z' && count == 4 {
                text.strip_prefix("GMT").ok_or_else(wrong)?
            } else {
                text
            };
            let colon = matches!((letter, count), ('X' | 'x', 3 | 5) | ('Z', 4 | 5) | ('O', _));
            let (offset, left) = match read_offset(text, colon) {
                Some(read) => read,
                None if letter == 'O' => (Offset::UTC, text),
                None => return Err(wrong()),
            };
            (found.offset, rest) = (Some(offset), left);
        }
        'V' | 'z' => {
            let end = text.find(|letter: char| !(letter.is_ascii_alphanumeric() || "/_+-:".contains(letter)));
            let (name, left) = text.split_at(end.unwrap_or(text.len()));
            (found.zone, rest) = (Some(zone(name)?), left);
        }
        other => return Err(format!("pattern letter `{other}` cannot be read")),
    }
    Ok(rest)
}

fn some((value, rest): (i64, &str)) -> (Option<i64>, &str) {
    (Some(value), rest)
}

/// `+08`, `+0800`, `+08:00`, with seconds too.
fn read_offset(text: &str, colon: bool) -> Option<(Offset, &str)> {
    let sign = match text.bytes().next()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let two = |text: &str| -> Option<i32> {
        let digits = text.get(..2).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
        digits.parse().ok()
    };
    let mut rest = text.get(1..)?;
    let mut total = two(rest)?.checked_mul(3600)?;
    rest = rest.get(2..)?;
    for unit in [60, 1] {
        let inner = if colon { rest.strip_prefix(':') } else { Some(rest) };
        let Some(value) = inner.and_then(two) else { break };
        total += value * unit;
        rest = inner?.get(2..)?;
    }
    Some((Offset::from_seconds(sign * total).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64, zone_name: &str) -> ZonedDateTime {
        Timestamp::from_millisecond(millis).unwrap().to_zoned_datetime(zone(zone_name).unwrap())
    }

    fn format(pattern: &str, millis: i64, zone: &str) -> String {
        Pattern::parse(pattern).unwrap().format(&at(millis, zone)).unwrap()
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
            let zone = name.map(|name| zone(name).unwrap());
            Pattern::parse(pattern).unwrap().read(text, zone.as_ref()).map(|time| time.as_millisecond())
        };
        assert_eq!(read("yyyy-MM-dd HH:mm:ssZ", "2018-02-02 01:19:22+0800", None), Ok(1_517_505_562_000));
        assert_eq!(read("yyyy-MM-dd HH:mm:ss", "2018-02-02 01:19:22", Some("+08:00")), Ok(1_517_505_562_000));
        assert!(read("yyyy-MM-dd HH:mm:ss", "2018-02-02 01:19:22", None).is_err());
        assert!(read("yyyy-MM-dd HH:mm:ss", "2018-02-30 01:19:22", Some("Z")).is_err());
        assert!(read("yyyy-MM-dd HH:mm", "2018-02-02 01:19 x", Some("Z")).is_err());
    }

    #[test]
    fn bad_patterns_are_refused() {
        for bad in ["]", "'open", "b", "{"] {
            assert!(Pattern::parse(bad).is_err(), "{bad}");
        }
        assert!(zone("Mars/Olympus").is_err());
    }

    #[test]
    fn what_is_written_can_be_read() {
        let pattern = Pattern::parse("EEE, dd MMM yyyy hh:mm:ss.SSS a XXX").unwrap();
        for millis in [0, 951_782_400_001, 1_700_000_000_123, 4_102_444_799_999] {
            for name in ["Z", "+05:30", "-11:00"] {
                let text = pattern.format(&at(millis, name)).unwrap();
                assert_eq!(pattern.read(&text, None).unwrap().as_millisecond(), millis, "{text}");
            }
        }
    }
}
