//! `$util.authRules`, which Amplify's SQL models call. AppSync's code for it is not public: the rule objects are judged
//! by what Amplify's DynamoDB templates spell out (APPSYNC-VTL 1.20, AMPLIFY-AUTH 4), and every result says so.

mod rule;

use super::{Env, Function, Overload, Status, Type, UtilError, overload};
use crate::value::{List, Map, Value};
pub use rule::{AuthRulesCall, RuleOutcome};
use rule::{Row, Rules};

pub(super) static FUNCTIONS: &[Function] = &[
    function(
        "queryAuth",
        &[overload("(List) -> Map", &[Type::List], query)],
        "Judges the rules for a query: `authorized`, and `authFilter` when only a filter on the rows grants it.",
        r#"$util.authRules.queryAuth([{"type":"public","provider":"apiKey"}]) -> {authorized=true}"#,
    ),
    function(
        "mutationAuth",
        &[overload("(List, String, Map, Map) -> Map", &[Type::List, Type::String, Type::Map, Type::Map], mutation)],
        "Judges the rules for create, update or delete with the input and the stored row: `authorized`, `authorizedInput`.",
        r#"$util.authRules.mutationAuth([], "create", {}, null) -> {authorized=false}"#,
    ),
    function(
        "subscriptionAuth",
        &[overload("(List) -> Map", &[Type::List], query)],
        "Judges the rules for a subscription: as queryAuth.",
        r#"$util.authRules.subscriptionAuth([]) -> {authorized=false}"#,
    ),
    function(
        "validateUsingSource",
        &[overload("(List, Map) -> Boolean", &[Type::List, Type::Map], source)],
        "Whether a rule grants this row.",
        r#"$util.authRules.validateUsingSource([], {}) -> false"#,
    ),
];

const fn function(
    name: &'static str,
    overloads: &'static [Overload],
    summary: &'static str,
    example: &'static str,
) -> Function {
    let (namespace, status) = ("util.authRules", Status::Inferred);
    Function { namespace, name, overloads, summary, example, status, source: "1.20" }
}

fn judged(env: &mut Env, function: &'static str, rules: Vec<RuleOutcome>, authorized: bool) {
    env.note(
        "inferred",
        format!("$util.authRules.{function}: AppSync's own implementation is not public; the decision is inferred"),
    );
    env.auth_rules.push(AuthRulesCall { function, rules, authorized });
}

fn query(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    let rules: Vec<_> = Rules::of(env, &args[0]).map(|rule| rule.filter()).collect();
    let fully = rules.iter().any(|rule| rule.granted && rule.filter.is_null());
    let filters: Vec<_> =
        rules.iter().filter(|rule| rule.granted && !rule.filter.is_null()).map(|rule| rule.filter.clone()).collect();
    let result = Map::new();
    let authorized = fully || !filters.is_empty();
    result.put_str("authorized", authorized);
    if !fully && authorized {
        let filter = Map::new();
        filter.put_str("or", List::new(filters));
        result.put_str("authFilter", filter);
    }
    judged(env, "queryAuth", rules, authorized);
    Ok(result.into())
}

fn mutation(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    let operation = super::text(args, 1).to_owned();
    let input = args[2].as_map().cloned().unwrap_or_default();
    let row = match operation.as_str() {
        "create" => Row::Input(input.clone()),
        _ => Row::Stored(args[3].as_map().cloned().unwrap_or_default()),
    };
    let mut rules: Vec<_> = Rules::of(env, &args[0]).map(|rule| rule.on(&row)).collect();
    let authorized_input = input.shallow_copy();
    for (key, value) in rules.iter().filter(|rule| rule.granted).filter_map(|rule| rule.inject.clone()) {
        if !authorized_input.contains_key(&key) {
            authorized_input.put(key, value);
        }
    }
    let granted = rules.iter().any(|rule| rule.granted);
    let everything = rules.iter().any(|rule| rule.granted && rule.allowed_fields.is_none());
    let allowed: Vec<Value> = rules
        .iter()
        .filter(|rule| rule.granted)
        .flat_map(|rule| rule.allowed_fields.clone().unwrap_or_default())
        .collect();
    let is_allowed = |field: &Value| allowed.iter().any(|known| known.java_equals(field));
    let denied: Vec<Value> = if everything || operation == "delete" {
        Vec::new()
    } else {
        input.keys().into_iter().filter(|field| !is_allowed(field)).collect()
    };
    let authorized = granted && denied.is_empty();
    if granted && !denied.is_empty() {
        let list = Value::from(List::new(denied));
        for rule in rules.iter_mut().filter(|rule| rule.granted) {
            rule.granted = false;
            rule.reason = format!("the rule grants the caller, but not the fields {list}");
            rule.path = Some("args.input".into());
            rule.actual = list.clone();
            rule.wanted = List::new(rule.allowed_fields.clone().unwrap_or_default()).into();
        }
    }
    let result = Map::new();
    result.put_str("authorized", authorized);
    if authorized {
        result.put_str("authorizedInput", authorized_input);
    }
    judged(env, "mutationAuth", rules, authorized);
    Ok(result.into())
}

fn source(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    let row = Row::Stored(args[1].as_map().cloned().unwrap_or_default());
    let rules: Vec<_> = Rules::of(env, &args[0]).map(|rule| rule.on(&row)).collect();
    let authorized = rules.iter().any(|rule| rule.granted);
    judged(env, "validateUsingSource", rules, authorized);
    Ok(authorized.into())
}
