//! Reading a time in a pattern, as Java does by default: strict about the text, smart about the fields.

use super::PatternError;
use crate::message::quoted;
use super::{DAYS, OffsetForm, Item, MONTHS, NumberField, QUARTERS, Sign, FieldStyle, Zone, write};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use std::collections::BTreeMap;

/// What was read so far.
#[derive(Clone, Debug, Default)]
struct Found {
    /// Values by letter.
    fields: BTreeMap<char, i64>,
    offset: Option<Offset>,
    zone: Option<TimeZone>,
}

pub(super) fn time(items: &[Item], text: &str, zone: Option<&Zone>) -> Result<Timestamp, PatternError> {
    let mut found = Found::default();
    let rest = read_items(items, text, &mut found)?;
    if !rest.is_empty() {
        return Err(format!("unparsed text {rest}", rest = quoted(&rest)).into());
    }
    let (date, time) = (found.date()?, found.time()?);
    let (time, next_day) = time;
    let local = DateTime::from_parts(date, time);
    // Fields that say the same in other words must fit; those that Java bends are left out.
    let bent = |field: char| field == 'd' || next_day && "HkhKa".contains(field) || matches!(field, 'h' | 'k');
    for (field, value) in &found.fields {
        if !bent(*field) && write::value(*field, &local) != *value {
            return Err(format!("the pattern letter `{field}` gives {value}, which does not fit {local}").into());
        }
    }
    let local = if next_day { local.tomorrow().map_err(|error| error.to_string())? } else { local };
    let rules = match (found.offset, found.zone) {
        (Some(offset), _) => TimeZone::fixed(offset),
        (None, Some(zone)) => zone,
        (None, None) => zone.map(|zone| zone.rules.clone()).ok_or("neither the text nor the call has a zone")?,
    };
    let zoned = local.to_zoned_datetime(rules).map_err(|error| error.to_string())?;
    Ok(zoned.timestamp())
}

impl Found {
    fn put(&mut self, field: char, value: i64) -> Result<(), PatternError> {
        match self.fields.insert(field, value) {
            Some(old) if old != value => Err(format!("the pattern letter `{field}` gives {old} and {value}").into()),
            _ => Ok(()),
        }
    }

    fn get(&self, field: char, least: i64, most: i64) -> Result<Option<i64>, PatternError> {
        match self.fields.get(&field).copied() {
            Some(value) if !(least..=most).contains(&value) => Err(format!("{value} is not a value of `{field}`").into()),
            value => Ok(value),
        }
    }

    fn date(&self) -> Result<Date, PatternError> {
        let of_era = self.get('y', 1, 9999)?;
        let era = self.fields.get(&'G').copied();
        let year = match (self.fields.get(&'u').copied(), of_era, era) {
            (Some(year), ..) => year,
            (None, Some(year), Some(0)) => 1 - year,
            (None, Some(year), _) => year,
            (None, None, _) => return Err("the text has no year".into()),
        };
        let year = i16::try_from(year).map_err(|_| format!("year {year} is out of range"))?;
        let date = match (self.get('M', 1, 12)?, self.get('d', 1, 31)?, self.get('D', 1, 366)?) {
            (Some(month), Some(day), _) => {
                let first = Date::new(year, month as i8, 1).map_err(|error| error.to_string())?;
                // February 30 is the last of February.
                Date::new(year, month as i8, (day as i8).min(first.days_in_month()))
            }
            (None, _, Some(day)) => Date::new(year, 1, 1).and_then(|date| date.with().day_of_year(day as i16).build()),
            _ => return Err("the text has no whole date".into()),
        };
        date.map_err(|error| error.to_string().into())
    }

    /// The time of day, and whether it is 24:00.
    fn time(&self) -> Result<(Time, bool), PatternError> {
        const DAY: i64 = 86_400_000_000_000;
        let whole = match (self.get('N', 0, DAY - 1)?, self.get('A', 0, DAY / 1_000_000 - 1)?) {
            (Some(nanoseconds), _) => Some(nanoseconds),
            (None, millis) => millis.map(|millis| millis * 1_000_000),
        };
        if let Some(left) = whole {
            let (seconds, fraction) = (left / 1_000_000_000, left % 1_000_000_000);
            let time =
                Time::new((seconds / 3600) as i8, (seconds / 60 % 60) as i8, (seconds % 60) as i8, fraction as i32);
            return Ok((time.map_err(|error| error.to_string())?, false));
        }
        let half = match (self.get('h', 0, 12)?, self.get('K', 0, 11)?) {
            (Some(hour), _) => Some(hour % 12),
            (None, hour) => hour,
        };
        let hour = match (self.get('H', 0, 24)?, self.get('k', 0, 24)?, half, self.fields.get(&'a')) {
            (Some(hour), ..) => hour,
            (None, Some(hour), ..) => hour % 24,
            (None, None, Some(half), Some(afternoon)) => half + 12 * afternoon,
            (None, None, Some(_), None) => return Err("the text has no AM or PM".into()),
            (None, None, None, _) => return Err("the text has no hour".into()),
        };
        let (minute, second) = (self.get('m', 0, 59)?, self.get('s', 0, 59)?);
        let fraction = self.get('n', 0, 999_999_999)?;
        if minute.is_none() && (second.is_some() || fraction.is_some()) || second.is_none() && fraction.is_some() {
            return Err("the text has no whole time".into());
        }
        let (minute, second, fraction) = (minute.unwrap_or(0), second.unwrap_or(0), fraction.unwrap_or(0));
        let next_day = (hour, minute, second, fraction) == (24, 0, 0, 0);
        let hour = if next_day { 0 } else { hour };
        let time = Time::new(hour as i8, minute as i8, second as i8, fraction as i32);
        Ok((time.map_err(|error| error.to_string())?, next_day))
    }
}

fn read_items<'t>(items: &[Item], text: &'t str, found: &mut Found) -> Result<&'t str, PatternError> {
    let mut rest = text;
    for item in items {
        let wrong = || format!("{item} was expected at {}", quoted(rest));
        rest = match item {
            Item::Literal(literal) => rest.strip_prefix(literal.as_str()).ok_or_else(wrong)?,
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
            Item::Number(number) => {
                let (value, left) = read_number(number, rest).ok_or_else(wrong)?;
                let (field, value) = of_field(number, value)?;
                found.put(field, value)?;
                left
            }
            Item::Text(field, style) => {
                let (value, left) = read_name(*field, *style, rest).ok_or_else(wrong)?;
                found.put(*field, value)?;
                left
            }
            Item::Offset(form, zero) => {
                let (total, left) = match rest.strip_prefix(zero) {
                    Some(left) => (0, left),
                    None => read_offset(*form, rest).ok_or_else(wrong)?,
                };
                found.offset = Some(Offset::from_seconds(total).map_err(|error| error.to_string())?);
                left
            }
            Item::Localized { full } => {
                let (total, left) = read_localized(*full, rest).ok_or_else(wrong)?;
                found.offset = Some(Offset::from_seconds(total).map_err(|error| error.to_string())?);
                left
            }
            Item::ZoneId if rest.starts_with(['+', '-']) => {
                let (total, left) = read_offset(OffsetForm::Seconds { colon: true }, rest).ok_or_else(wrong)?;
                found.zone = Some(Offset::from_seconds(total).map_err(|error| error.to_string())?.to_time_zone());
                left
            }
            Item::ZoneId | Item::ZoneName { .. } => {
                let (zone, left) = read_zone(rest).ok_or_else(wrong)?;
                found.zone = Some(zone.rules);
                left
            }
        };
    }
    Ok(rest)
}

/// What a number says of which field: a fraction counts nanoseconds, two digits of a year this century.
fn of_field(number: &NumberField, value: i64) -> Result<(char, i64), PatternError> {
    let (field, value) = match number.field {
        'S' => ('n', value * 10_i64.pow(9 - number.max.min(9) as u32)),
        field if number.reduced => (field, 2000 + value),
        field => (field, value),
    };
    if "YwWFeg".contains(field) {
        return Err(format!("the pattern letter `{field}` cannot be read here").into());
    }
    Ok((field, value))
}

/// The longest name of a zone that the text begins with.
fn read_zone(text: &str) -> Option<(Zone, &str)> {
    let end = text.find(|letter: char| !(letter.is_ascii_alphanumeric() || "/_+-:~.".contains(letter)));
    let most = end.unwrap_or(text.len());
    (1..=most).rev().find_map(|end| Some((Zone::parse(text.get(..end)?).ok()?, &text[end..])))
}

/// `NumberPrinterParser.parse`, strict.
fn read_number<'t>(number: &NumberField, text: &'t str) -> Option<(i64, &'t str)> {
    let fixed = number.min == number.max;
    let (sign, rest) = match text.as_bytes().first()? {
        b'+' => (Some('+'), &text[1..]),
        b'-' => (Some('-'), &text[1..]),
        _ => (None, text),
    };
    let allowed = match (sign, number.sign) {
        (None, _) | (Some('-'), Sign::Normal) | (Some(_), Sign::ExceedsPad) => true,
        (Some(_), Sign::Normal | Sign::Never) => false,
    };
    let most = number.max + number.reserved;
    let digits = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let digits = if number.reserved > 0 { digits.saturating_sub(number.reserved).max(number.min) } else { digits };
    if !allowed || digits < number.min || rest.len() < digits || fixed && digits != number.max {
        return None;
    }
    let value: i64 = rest[..digits].parse().ok()?;
    match (sign, number.sign) {
        (Some('-'), _) if value == 0 => None,
        (Some('-'), _) => Some((-value, &rest[digits..])),
        (Some(_), Sign::ExceedsPad) if digits <= number.min => None,
        (None, Sign::ExceedsPad) if digits > number.min => None,
        _ => Some((value, &rest[digits..])),
    }
}

fn read_name(field: char, style: FieldStyle, text: &str) -> Option<(i64, &str)> {
    let of = |names: &[&str], first: i64| {
        let shown = |name: &str| match (field, style) {
            ('M' | 'E', FieldStyle::Short) => name[..3].to_owned(),
            _ => name.to_owned(),
        };
        let known = names.iter().enumerate().filter_map(|(at, name)| {
            let name = shown(name);
            Some((at as i64 + first, name.len(), text.strip_prefix(name.as_str())?))
        });
        known.max_by_key(|(_, length, _)| *length).map(|(value, _, rest)| (value, rest))
    };
    match (field, style) {
        // `J` is more than one month.
        ('M' | 'E', FieldStyle::Narrow) => None,
        ('M', _) => of(&MONTHS, 1),
        ('E', _) => of(&DAYS, 1),
        ('Q', FieldStyle::Full) => of(&QUARTERS, 1),
        ('Q', FieldStyle::Short) => of(&["Q1", "Q2", "Q3", "Q4"], 1),
        ('Q', FieldStyle::Narrow) => of(&["1", "2", "3", "4"], 1),
        ('G', FieldStyle::Full) => of(&["Before Christ", "Anno Domini"], 0),
        ('G', FieldStyle::Short) => of(&["BC", "AD"], 0),
        ('G', FieldStyle::Narrow) => of(&["B", "A"], 0),
        _ => of(&["AM", "PM"], 0),
    }
}

fn two(text: &str, most: i32) -> Option<(i32, &str)> {
    let digits = text.get(..2).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    let value = digits.parse().ok().filter(|value| *value <= most)?;
    Some((value, &text[2..]))
}

fn sign(text: &str) -> Option<(i32, &str)> {
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    Some((sign, &text[1..]))
}

fn read_offset(form: OffsetForm, text: &str) -> Option<(i32, &str)> {
    let (sign, rest) = sign(text)?;
    let (hours, rest) = two(rest, 18)?;
    let part = |rest| -> Option<(i32, _)> {
        let colon = matches!(form, OffsetForm::Minutes { colon: true } | OffsetForm::Seconds { colon: true });
        two(if colon { str::strip_prefix(rest, ':')? } else { rest }, 59)
    };
    let (minutes, rest) = match (part(rest), form) {
        (Some(read), _) => read,
        (None, OffsetForm::Hours) => (0, rest),
        (None, _) => return None,
    };
    let (seconds, rest) = match form {
        OffsetForm::Seconds { .. } => part(rest).unwrap_or((0, rest)),
        _ => (0, rest),
    };
    Some((sign * (hours * 3600 + minutes * 60 + seconds), rest))
}

fn read_localized(full: bool, text: &str) -> Option<(i32, &str)> {
    let text = text.strip_prefix("GMT")?;
    let Some((sign, rest)) = sign(text) else { return Some((0, text)) };
    let (hours, rest) = match two(rest, 18) {
        Some(read) => read,
        None if full => return None,
        None => {
            let digit = rest.chars().next()?.to_digit(10)?;
            (digit as i32, &rest[1..])
        }
    };
    let part =
        |rest: &'_ str| rest.strip_prefix(':').and_then(|rest| two(rest, 59)).map(|(value, left)| (value, left.len()));
    let (minutes, rest) = match part(rest) {
        Some((value, left)) => (value, &rest[rest.len() - left..]),
        None if full => return None,
        None => return Some((sign * hours * 3600, rest)),
    };
    let (seconds, rest) = match part(rest) {
        Some((value, left)) => (value, &rest[rest.len() - left..]),
        None => (0, rest),
    };
    Some((sign * (hours * 3600 + minutes * 60 + seconds), rest))
}
