//! Group rules (AMPLIFY-AUTH 4: static groups, dynamic groups).

use super::rule::RuleError;
use crate::message::{any_of, quoted};
use super::caller::Caller;
use crate::appsync::ContextPath;
use super::subject::RuleSubject;
use super::outcome::{RuleOutcome, condition, show};
use super::rule::RecordField;
use crate::value::{List, Value, from_json_str};
use ecow::EcoString;

/// AppSync's loops end here, and with them the groups that the DynamoDB templates look at.
const MOST_GROUPS: usize = 1_000;

/// A static rule: one of `groups` in the claim. A claim that is a text contains what is part of it.
pub(super) fn fixed(caller: &Caller, claim: &str, groups: &[EcoString]) -> RuleOutcome {
    let actual = caller.claim(claim);
    if actual.is_null() {
        return RuleOutcome { wanted: wanted(groups), ..caller.lacks(claim) };
    }
    let found = groups.iter().find(|group| match &actual {
        Value::String(text) => text.contains(group.as_str()),
        other => other.members().is_some_and(|members| members.iter().any(|one| one.as_str() == Some(group.as_str()))),
    });
    match found {
        Some(group) => {
            let how =
                if actual.as_str().is_some_and(|text| text != group.as_str()) { ", a part of its text" } else { "" };
            RuleOutcome::granted(format!("claim {claim} {} contains {group}{how}", show(&actual), group = quoted(&group))).at(
                ContextPath::claim(claim),
                &actual,
                group.as_str(),
            )
        }
        None => {
            let names: Vec<_> = groups.iter().map(|group| quoted(&group).to_string()).collect();
            caller.mismatch(claim, &actual, &format!("does not contain {}", any_of(&names)), wanted(groups))
        }
    }
}

fn wanted(groups: &[EcoString]) -> Value {
    match groups {
        [one] => one.as_str().into(),
        several => several.iter().map(|group| Value::string(group.clone())).collect::<List>().into(),
    }
}

/// A dynamic rule: a group of the claim in a field of the record.
pub(super) fn dynamic(caller: &Caller, claim: &str, field: &RecordField, subject: RuleSubject<'_>) -> RuleOutcome {
    let actual = caller.claim(claim);
    if actual.is_null() {
        return caller.lacks(claim);
    }
    let Some((entity, path)) = subject.field(&field.name) else {
        return filter(caller, claim, &actual, field, subject);
    };
    let groups = match groups(&actual) {
        Ok(groups) => groups,
        Err(what) => return caller.mismatch(claim, &actual, &what.to_string(), Value::Null),
    };
    let found = groups.iter().find(|group| {
        if field.is_list {
            entity.members().is_some_and(|members| members.iter().any(|one| one.java_equals(group)))
        } else {
            entity.loosely_equals(group)
        }
    });
    if let Some(group) = found {
        let reason = format!("{path} {} has {} of claim {claim}", show(&entity), show(group));
        return RuleOutcome::granted(reason).at(path, &entity, group.clone());
    }
    let shown = show(&List::new(groups).into());
    let reason = match &entity {
        Value::Null => format!("{path} is null: no group of claim {claim} {shown} can be in it"),
        entity if field.is_list && entity.members().is_none() => {
            format!("{path} {} is a {}, where the rule says \"string[]\"", show(entity), entity.type_name())
        }
        entity => format!("{path} {} has no group of claim {claim} {shown}", show(entity)),
    };
    RuleOutcome::refused(reason).at(path, &entity, actual)
}

/// The groups of a claim: a list, or a text that is a JSON list or one group. The error says what is wrong with it.
fn groups(actual: &Value) -> Result<Vec<Value>, RuleError> {
    let all = match actual {
        Value::String(text) => match from_json_str(text) {
            Ok(Value::List(list)) => list.snapshot(),
            _ => vec![actual.clone()],
        },
        other => other.members().ok_or_else(|| format!("is a {}, neither a list nor a text", other.type_name()))?,
    };
    if all.is_empty() {
        return Err("names no group".into());
    }
    Ok(all.into_iter().take(MOST_GROUPS).collect())
}

/// What a record must have, where there is none yet.
fn filter(caller: &Caller, claim: &str, actual: &Value, field: &RecordField, subject: RuleSubject<'_>) -> RuleOutcome {
    let query = matches!(subject, RuleSubject::Query);
    if query && field.is_list && actual.members().is_none() {
        // The DynamoDB template loops over the claim as it is.
        let what =
            format!("is a {}: a query by the list field {} does not look into it", actual.type_name(), field.name);
        return caller.mismatch(claim, actual, &what, Value::Null);
    }
    let groups = match groups(actual) {
        Ok(groups) => groups,
        Err(what) => return caller.mismatch(claim, actual, &what.to_string(), Value::Null),
    };
    let filters = match (query, field.is_list) {
        (true, true) => {
            let named = groups.into_iter().filter(|group| group.as_str().is_none_or(|text| !text.is_empty()));
            named.map(|group| condition(&field.name, "contains", group)).collect()
        }
        (false, true) => vec![condition(&field.name, "containsAny", List::new(groups).into())],
        (_, false) => vec![condition(&field.name, "in", List::new(groups).into())],
    };
    if filters.is_empty() {
        return caller.mismatch(claim, actual, "names no group", Value::Null);
    }
    let reason = format!("records whose {} has a group of claim {claim} {}", field.name, show(actual));
    RuleOutcome { filters, ..RuleOutcome::granted(reason).at(ContextPath::claim(claim), actual, Value::Null) }
}
