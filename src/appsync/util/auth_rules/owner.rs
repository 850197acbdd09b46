//! Owner rules (AMPLIFY-AUTH 4, owner).

use super::caller::Caller;
use crate::appsync::ContextPath;
use super::subject::RuleSubject;
use super::outcome::{RuleOutcome, condition, show};
use super::rule::RecordField;
use crate::value::{List, Value};

/// What stands between the parts of a multi claim, in its name and in the stored value.
const DELIMITER: &str = "::";

/// What a caller may be called in an owner field.
struct OwnerNames<'a> {
    parts: Vec<(&'a str, Value)>,
}

impl<'a> OwnerNames<'a> {
    fn of(caller: &Caller, claim: &'a str) -> Self {
        Self { parts: claim.split(DELIMITER).map(|part| (part, caller.identity_claim(part))).collect() }
    }

    /// The part that the caller's token lacks.
    fn lacking(&self) -> Option<&'a str> {
        self.parts.iter().find(|(_, value)| value.is_null()).map(|(name, _)| *name)
    }

    /// The value that a new record gets; `None` if a part is missing.
    fn whole(&self) -> Option<Value> {
        match self.parts.as_slice() {
            _ if self.lacking().is_some() => None,
            [(_, value)] => Some(value.clone()),
            parts => {
                let texts: Vec<_> = parts.iter().map(|(_, value)| value.to_string()).collect();
                Some(Value::string(texts.join(DELIMITER)))
            }
        }
    }

    /// Every value that counts as the caller: the whole, and each part of a multi claim.
    fn all(&self) -> Vec<Value> {
        let alone = self.parts.len() > 1;
        let parts = self.parts.iter().filter(|(_, value)| alone && !value.is_null()).map(|(_, value)| value.clone());
        self.whole().into_iter().chain(parts).collect()
    }

    fn has(&self, entity: &Value) -> bool {
        let Some(whole) = self.whole() else { return false };
        whole.loosely_equals(entity)
            || self.parts.len() > 1 && self.parts.iter().any(|(_, value)| value.java_equals(entity))
    }

    fn path(&self) -> String {
        ContextPath::claim(self.parts.last().map_or("", |(name, _)| name)).into()
    }
}

/// Judges an owner rule.
pub(super) fn judge(caller: &Caller, claim: &str, field: &RecordField, subject: RuleSubject<'_>) -> RuleOutcome {
    let names = OwnerNames::of(caller, claim);
    let all = names.all();
    let operator = if field.is_list { "contains" } else { "eq" };
    let filters = match subject {
        // One part of a multi claim is enough here, as in the DynamoDB template.
        RuleSubject::Query => all.iter().map(|name| condition(&field.name, operator, name.clone())).collect(),
        // A mutation returns only the last part of a multi claim.
        RuleSubject::Subscription if names.lacking().is_none() => {
            let last = names.parts.last().map(|(_, value)| value.clone());
            last.into_iter().map(|name| condition(&field.name, operator, name)).collect()
        }
        _ => Vec::new(),
    };
    let shown = show(&List::new(all.clone()).into());
    if !filters.is_empty() {
        let actual = all.first().cloned().unwrap_or_default();
        let reason = format!("records whose {} names the caller: claim {claim} {shown}", field.name);
        return RuleOutcome { filters, ..RuleOutcome::granted(reason).at(names.path(), &actual, Value::Null) };
    }
    let Some((whole, (entity, path))) = names.whole().zip(subject.field(&field.name)) else {
        return caller.lacks(names.lacking().unwrap_or(claim));
    };
    if let RuleSubject::Input(input) = subject
        && !input.contains_str(&field.name)
    {
        let value = if field.is_list { List::new(vec![whole]).into() } else { whole };
        let reason = format!("the input has no {}: it is set to the caller, {}", field.name, show(&value));
        let outcome = RuleOutcome::granted(reason).at(path, &Value::Null, value.clone());
        return RuleOutcome { injected: Some((field.name.clone(), value)), ..outcome };
    }
    let found = match (field.is_list, entity.members()) {
        (true, Some(members)) => members.into_iter().find(|one| names.has(one)),
        (true, None) => None,
        (false, _) => names.has(&entity).then(|| entity.clone()),
    };
    if let Some(name) = found {
        let reason = format!("{path} {} names the caller: claim {claim} {shown}", show(&entity));
        return RuleOutcome::granted(reason).at(path, &entity, name);
    }
    let reason = match &entity {
        Value::Null => format!("{path} is null, not one of claim {claim} {shown}"),
        entity if field.is_list && entity.members().is_none() => {
            format!("{path} {} is a {}, where the rule says \"string[]\"", show(entity), entity.type_name())
        }
        entity => format!("{path} {} does not name the caller: claim {claim} {shown}", show(entity)),
    };
    RuleOutcome::refused(reason).at(path, &entity, whole)
}

/// The owner argument of a subscription: whether it names the caller, `None` if it was not given or cannot be judged.
pub(super) fn argument(caller: &Caller, claim: &str, argument: &Value) -> Option<bool> {
    let empty = match argument {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        other => other.members().is_some_and(|members| members.is_empty()),
    };
    let names = OwnerNames::of(caller, claim);
    (!empty && names.lacking().is_none()).then(|| names.has(argument))
}
