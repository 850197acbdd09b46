//! The names of condition operators (IAM user guide: "IAM JSON policy elements: Condition operators").

use crate::nearest::nearest;

/// The operators without their qualifiers, as IAM spells them.
const OPERATORS: &[&str] = &[
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnLike",
    "ArnNotEquals",
    "ArnNotLike",
    "Null",
];

/// An operator without `ForAnyValue:` and `IfExists`; `None` where the qualifier is unknown.
fn base(operator: &str) -> Option<&str> {
    let base = match operator.split_once(':') {
        Some(("ForAllValues" | "ForAnyValue", base)) => base,
        Some(_) => return None,
        None => operator,
    };
    Some(base.strip_suffix("IfExists").unwrap_or(base))
}

/// Whether IAM has this operator.
pub fn is_known(operator: &str) -> bool {
    base(operator).is_some_and(|base| OPERATORS.contains(&base))
}

/// The operator that was most likely meant by one that IAM does not have.
pub fn meant(operator: &str) -> Option<String> {
    let (before, rest) = operator.split_once(':').unwrap_or(("", operator));
    let Some(name) = base(operator) else {
        return nearest(before, ["ForAllValues", "ForAnyValue"]).map(|meant| format!("{meant}:{rest}"));
    };
    let meant = nearest(name, OPERATORS.iter().copied()).filter(|_| !is_known(operator))?;
    Some(operator.replacen(name, meant, 1))
}

/// The same where it differs in more than case: whether IAM takes another case is not documented.
pub fn misspelt(operator: &str) -> Option<String> {
    meant(operator).filter(|meant| !meant.eq_ignore_ascii_case(operator))
}
