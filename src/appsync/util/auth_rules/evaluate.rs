//! From the outcome of each rule to the answer of the function.

use crate::value::method::Method;
use super::rule::RuleError;
use super::caller::{Caller, member};
use super::judge::{judge, placed};
use super::subject::RuleSubject;
use super::outcome::{AuthRulesCall, RuleOutcome, any_of, kept, show};
use super::owner;
use super::rule::{self, RuleKind, AuthRule};
use crate::value::{List, Map, Value, ledger};
use ecow::EcoString;

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub enum AuthRequest<'a> {
    /// `queryAuth`
    Query,
    /// `subscriptionAuth`
    Subscription,
    /// `mutationAuth`
    Mutation {
        /// `create`, `update` or `delete`
        operation: &'a Value,
        /// `$ctx.args.input`
        input: &'a Value,
        /// The stored record; null for a create.
        record: &'a Value,
        /// The record's place in the context.
        path: &'static str,
    },
    /// `validateUsingSource`
    Record {
        /// The record.
        record: &'a Value,
        /// Its place in the context.
        path: &'static str,
    },
}

/// The work of judging one rule, in steps.
const A_RULE: u64 = 40;

/// The rules with what was understood of each, and the role ARNs that they name.
struct JudgedRules {
    read: Vec<(Value, Result<AuthRule, RuleError>)>,
    pool_roles: Vec<Value>,
}

/// Judges all rules. A pure function of its arguments.
pub fn evaluate(caller: &Caller, rules: &Value, request: AuthRequest<'_>) -> AuthRulesCall {
    let function = match request {
        AuthRequest::Query => Method::QueryAuth,
        AuthRequest::Subscription => Method::SubscriptionAuth,
        AuthRequest::Mutation { .. } => Method::MutationAuth,
        AuthRequest::Record { .. } => Method::ValidateUsingSource,
    };
    let mut call = AuthRulesCall {
        function,
        operation: None,
        rules: Vec::new(),
        authorized: false,
        denied_fields: Vec::new(),
        reason: None,
        result: Value::Null,
    };
    let mut extra = None;
    match rules.members() {
        None => call.reason = Some(format!("the rules are a {}, not a list: nothing is granted", rules.type_name())),
        Some(members) => {
            let rules = JudgedRules::read(members);
            if rules.read.is_empty() {
                call.reason = Some("the list of rules is empty: nobody is granted this".to_owned());
            }
            extra = match request {
                AuthRequest::Query => query(caller, &rules, &mut call),
                AuthRequest::Subscription => subscription(caller, &rules, &mut call),
                AuthRequest::Mutation { operation, input, record, path } => {
                    mutation(caller, &rules, operation, input, RuleSubject::Record { record, path }, &mut call)
                }
                AuthRequest::Record { record, path } => {
                    call.rules = rules.judge(caller, RuleSubject::Record { record, path });
                    call.authorized = call.rules.iter().any(|rule| rule.granted);
                    None
                }
            };
        }
    }
    call.result = match request {
        AuthRequest::Record { .. } => call.authorized.into(),
        _ => {
            let map = Map::new();
            map.put_str("authorized", call.authorized);
            if let Some((key, value)) = extra {
                map.put_str(key, value);
            }
            map.into()
        }
    };
    call
}

impl JudgedRules {
    fn read(members: Vec<Value>) -> Self {
        ledger::work(8 * members.len() as u64);
        let read: Vec<_> = members.into_iter().map(|rule| (rule.clone(), rule::read(&rule))).collect();
        let arn = |rule: &AuthRule| match &rule.kind {
            RuleKind::Role { arn, .. } => Some(arn.clone()),
            _ => None,
        };
        let pool_roles = read.iter().filter_map(|(_, rule)| arn(rule.as_ref().ok()?)).collect();
        Self { read, pool_roles }
    }

    fn one(&self, index: usize, caller: &Caller, subject: RuleSubject<'_>) -> Option<RuleOutcome> {
        ledger::work(A_RULE);
        ledger::check().ok()?;
        let (value, rule) = self.read.get(index)?;
        let outcome = match rule {
            Ok(rule) => judge(rule, caller, subject, &self.pool_roles),
            Err(reason) => RuleOutcome::void(format!("{reason}: the rule is taken to grant nothing")),
        };
        Some(placed(index, value, outcome))
    }

    fn judge(&self, caller: &Caller, subject: RuleSubject<'_>) -> Vec<RuleOutcome> {
        (0..self.read.len()).filter_map(|index| self.one(index, caller, subject)).collect()
    }
}

/// What goes into the answer besides `authorized`.
type Extra = Option<(&'static str, Value)>;

fn auth_filter(rules: &[RuleOutcome]) -> Extra {
    let filters: Vec<_> = rules.iter().flat_map(|rule| rule.filters.iter().cloned()).collect();
    (!filters.is_empty()).then(|| ("authFilter", any_of(filters)))
}

/// Whether a rule grants without looking at the record.
fn is_static(rule: &RuleOutcome) -> bool {
    rule.granted && rule.filters.is_empty()
}

fn query(caller: &Caller, rules: &JudgedRules, call: &mut AuthRulesCall) -> Extra {
    call.rules = rules.judge(caller, RuleSubject::Query);
    call.authorized = call.rules.iter().any(|rule| rule.granted);
    if call.rules.iter().any(is_static) { None } else { auth_filter(&call.rules) }
}

/// Static rules first; an owner argument must name the caller; else the filters (AMPLIFY-AUTH 4, subscription).
fn subscription(caller: &Caller, rules: &JudgedRules, call: &mut AuthRulesCall) -> Extra {
    call.rules = rules.judge(caller, RuleSubject::Subscription);
    call.authorized = call.rules.iter().any(|rule| rule.granted);
    if call.rules.iter().any(is_static) {
        return None;
    }
    let owners = rules.read.iter().filter_map(|(_, rule)| match rule {
        Ok(AuthRule { mode, kind: RuleKind::Owner { claim, field }, .. }) if caller.auth_type == Some(*mode) => {
            Some((claim, field))
        }
        _ => None,
    });
    let mut named = false;
    for (claim, field) in owners {
        let argument = member(&caller.arguments, &field.name);
        match owner::argument(caller, claim, &argument) {
            None => {}
            Some(true) => {
                named = true;
                break;
            }
            Some(false) => {
                call.authorized = false;
                let (name, given) = (&field.name, show(&argument));
                call.reason =
                    Some(format!("the argument {name} is {given}, which does not name the caller (claim {claim})"));
                return None;
            }
        }
    }
    let is_filtered = match member(&caller.arguments, "filter") {
        Value::Map(map) => !map.is_empty(),
        other => !other.is_null(),
    };
    let count: usize = call.rules.iter().map(|rule| rule.filters.len()).sum();
    // AppSync itself compares the argument with each event, so one filter more would say the same.
    if named && count == 1 && !is_filtered { None } else { auth_filter(&call.rules) }
}

fn mutation(
    caller: &Caller,
    rules: &JudgedRules,
    operation: &Value,
    input: &Value,
    stored: RuleSubject<'_>,
    call: &mut AuthRulesCall,
) -> Extra {
    call.operation = operation.as_str().map(EcoString::from);
    let Some(name @ ("create" | "update" | "delete")) = operation.as_str() else {
        let shown = show(operation);
        call.reason =
            Some(format!("the operation is {shown}, not \"create\", \"update\" or \"delete\": nothing is granted"));
        return None;
    };
    let Value::Map(given) = input else {
        call.reason = Some(format!("the input is a {}, not a map: nothing is granted", input.type_name()));
        return None;
    };
    let input = given.shallow_copy();
    if name == "create" {
        for index in 0..rules.read.len() {
            let Some(outcome) = rules.one(index, caller, RuleSubject::Input(&input)) else { continue };
            if let Some((field, value)) = &outcome.injected {
                input.put_str(field, kept(value));
            }
            call.rules.push(outcome);
        }
    } else {
        call.rules = rules.judge(caller, stored);
    }
    call.authorized = call.rules.iter().any(|rule| rule.granted);
    // A delete names a record, no fields: Amplify gives it only rules that may delete every field (AMPLIFY-AUTH 4, field).
    if call.authorized && name != "delete" {
        call.denied_fields = denied_fields(given, &call.rules);
    }
    if !call.denied_fields.is_empty() {
        call.authorized = false;
        let fields = show(&call.denied_fields.iter().cloned().map(Value::string).collect::<List>().into());
        call.reason = Some(format!("no rule that grants the {name} allows the input fields {fields}"));
    }
    call.authorized.then(|| ("authorizedInput", input.into()))
}

/// The input's fields that no granting rule allows, in the input's order.
fn denied_fields(input: &Map, rules: &[RuleOutcome]) -> Vec<EcoString> {
    let granting: Vec<_> = rules.iter().filter(|rule| rule.granted).collect();
    let is_allowed = |name: &EcoString| {
        granting.iter().any(|rule| rule.allowed_fields.as_ref().is_none_or(|fields| fields.contains(name)))
    };
    let names = input.keys().into_iter().map(|key| EcoString::from(key.to_string()));
    names.filter(|name| !is_allowed(name)).collect()
}
