//! Time zones by Java's names: `ZoneId.of`.

use super::PatternError;
use crate::message::quoted;
use jiff::tz::{Offset, TimeZone};

/// A zone, with the name that Java gives it.
#[derive(Clone, Debug)]
pub struct Zone {
    /// `Z`, `+08:00`, `UTC+08:00`, `Australia/Perth`
    pub id: String,
    /// Its offsets.
    pub rules: TimeZone,
}

impl Zone {
    /// A zone such as `+08:00`, `-07:00:30`, `Z`, `UTC`, `Australia/Perth`.
    pub fn parse(name: &str) -> Result<Self, PatternError> {
        let offset = |text: &str| {
            let offset = offset(text).ok_or_else(|| format!("no zone offset: {name}", name = quoted(&name)))?;
            Ok::<_, String>((offset_id(offset), TimeZone::fixed(offset)))
        };
        if name == "Z" || name.starts_with(['+', '-']) {
            let (id, rules) = offset(name)?;
            return Ok(Self { id, rules });
        }
        for prefix in ["UTC", "GMT", "UT"] {
            match name.strip_prefix(prefix) {
                Some("") => return Ok(Self { id: name.to_owned(), rules: TimeZone::UTC }),
                Some(rest) if rest.starts_with(['+', '-']) => {
                    let (id, rules) = offset(rest)?;
                    let id = if id == "Z" { prefix.to_owned() } else { format!("{prefix}{id}") };
                    return Ok(Self { id, rules });
                }
                _ => {}
            }
        }
        let rules = TimeZone::get(name).ok().filter(|zone| zone.iana_name() == Some(name));
        Ok(Self { id: name.to_owned(), rules: rules.ok_or_else(|| format!("unknown time zone {name}", name = quoted(&name)))? })
    }

    /// Whether it is a zone of the world rather than an offset.
    pub fn is_region(&self) -> bool {
        self.id != "Z" && !self.id.starts_with(['+', '-'])
    }
}

/// `ZoneOffset.of`: `Z`, `+h`, `+hh`, `+hh:mm`, `+hhmm`, `+hh:mm:ss`, `+hhmmss`.
fn offset(text: &str) -> Option<Offset> {
    if text == "Z" {
        return Some(Offset::UTC);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let rest = text.get(1..)?;
    let digits: String = rest.chars().filter(|letter| *letter != ':').collect();
    let colons = [2, 5].iter().filter(|at| rest.as_bytes().get(**at) == Some(&b':')).count();
    let shape = (digits.len(), colons, rest.len());
    let fits = matches!(shape, (1, 0, 1) | (2, 0, 2) | (4, 0, 4) | (6, 0, 6) | (4, 1, 5) | (6, 2, 8));
    if !fits || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let part = |at: usize, most: i32| -> Option<i32> {
        let value = digits.get(at..(at + 2).min(digits.len())).filter(|text| !text.is_empty());
        value.map_or(Some(0), |text| text.parse().ok()).filter(|value| *value <= most)
    };
    let total = part(0, 18)? * 3600 + part(2, 59)? * 60 + part(4, 59)?;
    Offset::from_seconds(sign * total).ok().filter(|_| total <= 18 * 3600)
}

/// `ZoneOffset.getId()`
fn offset_id(offset: Offset) -> String {
    let total = offset.seconds();
    if total == 0 {
        return "Z".to_owned();
    }
    let (sign, total) = (if total < 0 { '-' } else { '+' }, total.abs());
    let seconds = if total % 60 == 0 { String::new() } else { format!(":{:02}", total % 60) };
    format!("{sign}{:02}:{:02}{seconds}", total / 3600, total / 60 % 60)
}
