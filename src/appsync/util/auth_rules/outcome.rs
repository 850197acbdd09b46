//! What a call of `$util.authRules` found out, rule by rule.

use crate::value::method::Method;
use crate::value::{List, Map, Value};
use ecow::EcoString;

/// One call of a function of `$util.authRules`, kept so that a reader can be told which rule did what.
#[derive(Clone, Debug)]
pub struct AuthRulesCall {
    /// `queryAuth`, `mutationAuth`, `subscriptionAuth` or `validateUsingSource`.
    pub function: Method,
    /// `create`, `update` or `delete`; `None` if the function takes none.
    pub operation: Option<EcoString>,
    /// Every rule, in the order in which the template gave them.
    pub rules: Vec<RuleOutcome>,
    /// Whether the caller may go on, be it with a filter.
    pub authorized: bool,
    /// Input fields that no granting rule allows.
    pub denied_fields: Vec<EcoString>,
    /// Why all was refused although a rule granted something, or although there was no rule to judge.
    pub reason: Option<String>,
    /// What the template was given.
    pub result: Value,
}

/// What became of one rule.
#[derive(Clone, Debug)]
pub struct RuleOutcome {
    /// Its place in the list, from 0.
    pub index: usize,
    /// The rule object as the template wrote it.
    pub rule: Value,
    /// Whether the rule is for callers who came the way this one did.
    pub applies: bool,
    /// Whether it grants; if `filters` is not empty, only what passes them.
    pub granted: bool,
    /// Conditions on a record, of which one must hold.
    pub filters: Vec<Value>,
    /// The owner field that the rule adds to the input of a create, and its value.
    pub injected: Option<(EcoString, Value)>,
    /// The input fields of a create or update that it allows; `None` is all.
    pub allowed_fields: Option<Vec<EcoString>>,
    /// Why, in one sentence.
    pub reason: String,
    /// The place in the context that decided.
    pub path: Option<String>,
    /// What stood there.
    pub actual: Value,
    /// What would have been right, or was.
    pub wanted: Value,
}

impl RuleOutcome {
    pub(super) fn new(granted: bool, reason: impl Into<String>) -> Self {
        Self {
            index: 0,
            rule: Value::Null,
            applies: true,
            granted,
            filters: Vec::new(),
            injected: None,
            allowed_fields: None,
            reason: reason.into(),
            path: None,
            actual: Value::Null,
            wanted: Value::Null,
        }
    }

    pub(super) fn granted(reason: impl Into<String>) -> Self {
        Self::new(true, reason)
    }

    pub(super) fn refused(reason: impl Into<String>) -> Self {
        Self::new(false, reason)
    }

    /// A rule that is for callers of another authorization mode, or that is not understood.
    pub(super) fn void(reason: impl Into<String>) -> Self {
        Self { applies: false, ..Self::refused(reason) }
    }

    pub(super) fn at(mut self, path: impl Into<String>, actual: &Value, wanted: impl Into<Value>) -> Self {
        self.path = Some(path.into());
        self.actual = kept(actual);
        self.wanted = wanted.into();
        self
    }

    /// The condition on a record, as the template gets it: `{or: […]}`.
    pub fn filter(&self) -> Option<Value> {
        (!self.filters.is_empty()).then(|| any_of(self.filters.clone()))
    }
}

/// `{or: […]}`
pub(super) fn any_of(filters: Vec<Value>) -> Value {
    let map = Map::new();
    map.put_str("or", List::new(filters));
    map.into()
}

/// `{field: {operator: value}}`
pub(super) fn condition(field: &str, operator: &str, value: Value) -> Value {
    let (inner, outer) = (Map::new(), Map::new());
    inner.put_str(operator, value);
    outer.put_str(field, inner);
    outer.into()
}

/// A copy that later changes by the template do not reach.
pub(super) fn kept(value: &Value) -> Value {
    // The evaluation ends where there is no whole copy.
    value.whole_copy().unwrap_or_default()
}

/// A value as a reason shows it.
pub(super) fn show(value: &Value) -> String {
    const LONGEST: usize = 160;
    let text = value.to_json().unwrap_or_else(|_| format!("a {}", value.type_name()));
    match text.char_indices().nth(LONGEST) {
        Some((cut, _)) => format!("{}…", text.get(..cut).unwrap_or_default()),
        None => text,
    }
}
