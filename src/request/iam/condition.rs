//! Condition operators (IAM user guide: "IAM JSON policy elements: Condition operators", "Single-valued vs. multivalued
//! context keys").

use super::known::Key;
use super::pattern::{Piece, arn_fits, fits, literal};
use crate::request::evidence;
use serde_json::json;
use std::net::IpAddr;

/// `ForAllValues:` and `ForAnyValue:`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum SetQuantifier {
    Single,
    All,
    Any,
}

/// Whether a condition holds; `None` where that depends on what is not known, or on an operator that is not known here.
pub fn holds(operator: &str, key: &Key, wanted: &[Vec<Piece>]) -> Option<bool> {
    let (set, base) = match operator.split_once(':') {
        Some(("ForAllValues", base)) => (SetQuantifier::All, base),
        Some(("ForAnyValue", base)) => (SetQuantifier::Any, base),
        Some(_) => return None,
        None => (SetQuantifier::Single, operator),
    };
    if base == "Null" {
        let is_null = match key {
            Key::Known(values) => values.is_empty(),
            Key::Present => false,
            Key::Absent => true,
            Key::Unknown => return None,
        };
        return Some(wanted.iter().any(|wanted| literal(wanted).eq_ignore_ascii_case(&is_null.to_string())));
    }
    let (base, if_exists) = base.strip_suffix("IfExists").map_or((base, false), |base| (base, true));
    let (test, negated) = test(base)?;
    let values = match key {
        Key::Known(values) => values.as_slice(),
        Key::Absent => &[],
        Key::Present | Key::Unknown => return None,
    };
    if values.is_empty() {
        // A key that is not there fits nothing, so that "not equal" holds; a set of none is wholly inside every other.
        return Some(if_exists || set == SetQuantifier::All || set == SetQuantifier::Single && negated);
    }
    // What is no date, number or address in the policy is not understood.
    if wanted.iter().any(|wanted| !is_readable(base, &literal(wanted))) {
        return None;
    }
    let fits = |value: &String| wanted.iter().any(|wanted| test(wanted, value)) != negated;
    Some(match set {
        SetQuantifier::All => values.iter().all(fits),
        SetQuantifier::Any => values.iter().any(fits),
        SetQuantifier::Single if negated => values.iter().all(fits),
        SetQuantifier::Single => values.iter().any(fits),
    })
}

/// Whether a policy's value is one that the operator compares.
fn is_readable(base: &str, wanted: &str) -> bool {
    let family = |name: &str| base.starts_with(name);
    match base {
        "IpAddress" | "NotIpAddress" => {
            let network = wanted.split_once('/').map_or(wanted, |(network, _)| network);
            network.parse::<IpAddr>().is_ok() && in_range(wanted, network).is_some()
        }
        _ if family("Numeric") => wanted.parse::<f64>().is_ok(),
        _ if family("Date") => date(wanted).is_some(),
        _ => true,
    }
}

type OperatorTest = fn(&[Piece], &str) -> bool;

/// An operator's test, and whether it is negated.
fn test(base: &str) -> Option<(OperatorTest, bool)> {
    let string: OperatorTest = |wanted, value| literal(wanted) == value;
    let ignore_case: OperatorTest = |wanted, value| literal(wanted).to_lowercase() == value.to_lowercase();
    let address: OperatorTest = |wanted, value| in_range(&literal(wanted), value) == Some(true);
    Some(match base {
        "StringEquals" | "BinaryEquals" => (string, false),
        "StringNotEquals" => (string, true),
        "StringEqualsIgnoreCase" | "Bool" => (ignore_case, false),
        "StringNotEqualsIgnoreCase" => (ignore_case, true),
        "StringLike" => (fits, false),
        "StringNotLike" => (fits, true),
        "ArnLike" | "ArnEquals" => (arn_fits, false),
        "ArnNotLike" | "ArnNotEquals" => (arn_fits, true),
        "IpAddress" => (address, false),
        "NotIpAddress" => (address, true),
        _ => {
            let date = base.starts_with("Date");
            let order = base.strip_prefix("Numeric").or_else(|| base.strip_prefix("Date"))?;
            let test: OperatorTest = match (date, order) {
                (false, "Equals" | "NotEquals") => |wanted, value| numbers(wanted, value, |a, b| a == b),
                (false, "LessThan") => |wanted, value| numbers(wanted, value, |a, b| a < b),
                (false, "LessThanEquals") => |wanted, value| numbers(wanted, value, |a, b| a <= b),
                (false, "GreaterThan") => |wanted, value| numbers(wanted, value, |a, b| a > b),
                (false, "GreaterThanEquals") => |wanted, value| numbers(wanted, value, |a, b| a >= b),
                (true, "Equals" | "NotEquals") => |wanted, value| dates(wanted, value, |a, b| a == b),
                (true, "LessThan") => |wanted, value| dates(wanted, value, |a, b| a < b),
                (true, "LessThanEquals") => |wanted, value| dates(wanted, value, |a, b| a <= b),
                (true, "GreaterThan") => |wanted, value| dates(wanted, value, |a, b| a > b),
                (true, "GreaterThanEquals") => |wanted, value| dates(wanted, value, |a, b| a >= b),
                _ => return None,
            };
            (test, order == "NotEquals")
        }
    })
}

fn numbers(wanted: &[Piece], value: &str, order: fn(f64, f64) -> bool) -> bool {
    match (value.parse(), literal(wanted).parse()) {
        (Ok(value), Ok(wanted)) => order(value, wanted),
        _ => false,
    }
}

fn dates(wanted: &[Piece], value: &str, order: fn(i64, i64) -> bool) -> bool {
    match (date(value), date(&literal(wanted))) {
        (Some(value), Some(wanted)) => order(value, wanted),
        _ => false,
    }
}

/// Seconds since 1970, or one of the forms of ISO 8601 that W3C's note has.
fn date(text: &str) -> Option<i64> {
    let day = || text.parse::<jiff::civil::Date>().ok()?.at(0, 0, 0, 0).to_zoned_datetime(jiff::tz::TimeZone::UTC).ok();
    evidence::time(&json!(text)).or_else(|| Some(day()?.timestamp().as_second()))
}

/// Whether an address is in a range such as `203.0.113.0/24`, or the same.
fn in_range(range: &str, address: &str) -> Option<bool> {
    let (network, bits) = range.split_once('/').map_or((range, None), |(network, bits)| (network, Some(bits)));
    let bits = bits.map(str::parse::<u32>).transpose().ok()?;
    Some(match (network.parse().ok()?, address.parse().ok()?) {
        (IpAddr::V4(network), IpAddr::V4(address)) => {
            let shift = 32_u32.checked_sub(bits.unwrap_or(32))?;
            u64::from(u32::from(network)) >> shift == u64::from(u32::from(address)) >> shift
        }
        (IpAddr::V6(network), IpAddr::V6(address)) => {
            let shift = 128_u32.checked_sub(bits.unwrap_or(128))?;
            shift == 128 || u128::from(network) >> shift == u128::from(address) >> shift
        }
        _ => false,
    })
}
