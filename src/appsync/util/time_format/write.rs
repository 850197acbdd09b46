//! Writing a time in a pattern.

use super::PatternError;
use super::{DAYS, OffsetForm, Item, MONTHS, NumberField, QUARTERS, Sign, FieldStyle, Zone};
use jiff::ZonedDateTime;
use jiff::civil::{Date, DateTime};
use std::fmt::Write;

pub(super) fn items(items: &[Item], time: &ZonedDateTime, zone: &Zone, out: &mut String) -> Result<(), PatternError> {
    for item in items {
        match item {
            Item::Literal(text) => out.push_str(text),
            // Whatever has a date, a time and a zone has every field.
            Item::Optional(inner) => self::items(inner, time, zone, out)?,
            Item::Number(number) => write_number(number, &time.datetime(), out)?,
            Item::Text(field, style) => out.push_str(name(*field, *style, &time.datetime())),
            Item::Offset(form, zero) => offset(*form, zero, time.offset().seconds(), out),
            Item::Localized { full } => localized(*full, time.offset().seconds(), out),
            Item::ZoneId => out.push_str(&zone.id),
            Item::ZoneName { .. } if !zone.is_region() => out.push_str(&zone.id),
            Item::ZoneName { full: true } => return Err("full names of zones are not supported here".into()),
            Item::ZoneName { full: false } => out.push_str(&abbreviation(time)),
        }
    }
    Ok(())
}

/// `CET`; Java knows no local mean time and says the zone's standard time instead.
fn abbreviation(time: &ZonedDateTime) -> String {
    let shown = time.strftime("%Z").to_string();
    let standard = || {
        let of = |month| {
            let moment = jiff::civil::date(2000, month, 1).to_zoned_datetime(time.time_zone().clone()).ok()?;
            let info = time.time_zone().to_offset_info(moment.timestamp());
            (!info.dst().is_dst()).then(|| info.abbreviation().to_owned())
        };
        of(1).or_else(|| of(7))
    };
    if shown == "LMT" { standard().unwrap_or(shown) } else { shown }
}

fn write_number(number: &NumberField, time: &DateTime, out: &mut String) -> Result<(), PatternError> {
    if number.field == 'S' {
        let digits = format!("{:09}", time.subsec_nanosecond());
        out.push_str(&digits[..number.max.min(9)]);
        return Ok(());
    }
    let value = value(number.field, time);
    let shown = if number.reduced { value.abs() % 100 } else { value };
    let digits = shown.unsigned_abs().to_string();
    if digits.len() > number.max || shown < 0 && number.sign == Sign::Never {
        return Err(format!("{shown} does not fit the pattern letter `{}`", number.field).into());
    }
    if shown < 0 {
        out.push('-');
    } else if number.sign == Sign::ExceedsPad && digits.len() > number.min {
        out.push('+');
    }
    let _ = write!(out, "{digits:0>width$}", width = number.min);
    Ok(())
}

/// The value of a field, by its letter.
pub(super) fn value(field: char, time: &DateTime) -> i64 {
    let date = time.date();
    let year = i64::from(date.year());
    let hour = i64::from(time.hour());
    let sunday = i64::from(date.weekday().to_sunday_zero_offset());
    let since_midnight = (hour * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second())) * 1_000_000_000
        + i64::from(time.subsec_nanosecond());
    let or_twelve = |hour: i64| if hour % 12 == 0 { 12 } else { hour % 12 };
    // Weeks in the United States begin on Sunday, and the week with January 1 is the first.
    let next_year = date.month() == 12 && i64::from(date.day()) - sunday + 6 > 31;
    let first = |first: Date| i64::from(first.weekday().to_sunday_zero_offset());
    match field {
        'y' if year > 0 => year,
        'y' => 1 - year,
        'u' => year,
        'Y' => year + i64::from(next_year),
        'M' => i64::from(date.month()),
        'd' => i64::from(date.day()),
        'D' => i64::from(date.day_of_year()),
        'Q' => i64::from((date.month() - 1) / 3 + 1),
        'w' if next_year => 1,
        'w' => (i64::from(date.day_of_year()) - 1 + first(date.first_of_year())) / 7 + 1,
        'W' => (i64::from(date.day()) - 1 + first(date.first_of_month())) / 7 + 1,
        'F' => (i64::from(date.day()) - 1) % 7 + 1,
        'e' => sunday + 1,
        'E' => i64::from(date.weekday().to_monday_one_offset()),
        'g' => days(date) + 40_587,
        'G' => i64::from(year > 0),
        'a' => i64::from(hour >= 12),
        'H' => hour,
        'k' if hour == 0 => 24,
        'k' => hour,
        'h' => or_twelve(hour),
        'K' => hour % 12,
        'm' => i64::from(time.minute()),
        's' => i64::from(time.second()),
        'A' => since_midnight / 1_000_000,
        'N' => since_midnight,
        _ => i64::from(time.subsec_nanosecond()),
    }
}

/// Days since 1970.
fn days(date: Date) -> i64 {
    let year = i64::from(date.year()) - 1;
    let before = year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    before + i64::from(date.day_of_year()) - 719_163
}

fn name(field: char, style: FieldStyle, time: &DateTime) -> &'static str {
    let cut = |name: &'static str| match style {
        FieldStyle::Short => &name[..3],
        FieldStyle::Full => name,
        FieldStyle::Narrow => &name[..1],
    };
    let at = value(field, time) as usize;
    match (field, style) {
        ('M', _) => cut(MONTHS[at - 1]),
        ('E', _) => cut(DAYS[at - 1]),
        ('Q', FieldStyle::Full) => QUARTERS[at - 1],
        ('Q', FieldStyle::Short) => ["Q1", "Q2", "Q3", "Q4"][at - 1],
        ('Q', FieldStyle::Narrow) => ["1", "2", "3", "4"][at - 1],
        ('G', FieldStyle::Full) => ["Before Christ", "Anno Domini"][at],
        ('G', FieldStyle::Short) => ["BC", "AD"][at],
        ('G', FieldStyle::Narrow) => ["B", "A"][at],
        _ => ["AM", "PM"][at],
    }
}

fn offset(form: OffsetForm, zero: &str, total: i32, out: &mut String) {
    let (sign, left) = (if total < 0 { '-' } else { '+' }, total.abs());
    let (hours, minutes, seconds) = (left / 3600, left / 60 % 60, left % 60);
    let (colon, with_minutes, with_seconds) = match form {
        OffsetForm::Hours => ("", minutes != 0, false),
        OffsetForm::Minutes { colon } => (if colon { ":" } else { "" }, true, false),
        OffsetForm::Seconds { colon } => (if colon { ":" } else { "" }, true, seconds != 0),
    };
    if hours == 0 && !(with_minutes && minutes != 0) && !(with_seconds && seconds != 0) {
        out.push_str(zero);
        return;
    }
    let _ = write!(out, "{sign}{hours:02}");
    if with_minutes {
        let _ = write!(out, "{colon}{minutes:02}");
    }
    if with_seconds {
        let _ = write!(out, "{colon}{seconds:02}");
    }
}

fn localized(full: bool, total: i32, out: &mut String) {
    out.push_str("GMT");
    if total == 0 {
        return;
    }
    let (sign, left) = (if total < 0 { '-' } else { '+' }, total.abs());
    let (hours, minutes, seconds) = (left / 3600, left / 60 % 60, left % 60);
    let _ = if full { write!(out, "{sign}{hours:02}:{minutes:02}") } else { write!(out, "{sign}{hours}") };
    if !full && (minutes != 0 || seconds != 0) {
        let _ = write!(out, ":{minutes:02}");
    }
    if seconds != 0 {
        let _ = write!(out, ":{seconds:02}");
    }
}
