//! Recorded behaviour of Apache Velocity 1.7 (tests/conformance/velocity.jsonl): output, variables and failures.
//!
//! Two areas are not AppSync's: `macro` and `auth-macro-checks` must be refused by name where they use what AppSync
//! lacks. `exceptions.json` names every other record that we leave, with the reason.

use serde_json::Value as Json;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use vtl_eval::appsync::{AuthType, Context, Env};
use vtl_eval::eval::{End, Outcome, evaluate};
use vtl_eval::source::Source;
use vtl_eval::syntax::{Program, parse};
use vtl_eval::value::{Value, from_json_str};

/// Contexts by name, as text: serde_json's own numbers would lose integers beyond 64 bits.
type Contexts = BTreeMap<String, Box<RawValue>>;

fn read(name: &str) -> String {
    let path = format!("{}/tests/conformance/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn run(record: &Json, contexts: &Contexts) -> Result<(Program, Outcome), String> {
    let text = record["template"].as_str().unwrap();
    let program = parse(&Source::new("velocity", text)).map_err(|error| error.to_string())?;
    let context = &contexts[record["context"].as_str().unwrap()];
    let members = from_json_str(context.get()).unwrap();
    let context = Context::from_members(members.as_map().unwrap()).unwrap();
    let auth_type = record["authType"].as_str().and_then(AuthType::parse);
    let mut env = Env::default();
    context.prepare(&mut env, auth_type);
    let outcome = evaluate(&program, context, &env, &mut ());
    Ok((program, outcome))
}

fn as_json(value: &Value) -> Json {
    value.to_json().map_or(Json::Null, |text| serde_json::from_str(&text).unwrap())
}

/// What differs from the record; `None` if nothing does.
fn difference(record: &Json, contexts: &Contexts) -> Option<String> {
    let expected_class = record["expected_error_class"].as_str();
    let (program, outcome) = match (run(record, contexts), expected_class) {
        (Err(_), Some(class)) if class != "MethodInvocationException" && class != "VelocityException" => return None,
        (Err(error), _) => return Some(format!("does not parse: {error}")),
        (Ok(ran), _) => ran,
    };
    let failed = match &outcome.end {
        End::Thrown { .. } => Some("MethodInvocationException"),
        End::Failed(failure) => Some(failure.class),
        _ => None,
    };
    if failed != expected_class {
        return Some(format!("ended with {failed:?}, wanted {expected_class:?}; output {:?}", outcome.output));
    }
    if failed.is_some() {
        let partial = record["partial_output"].as_str().unwrap_or("");
        return (outcome.output != partial).then(|| format!("partial output {:?}, wanted {partial:?}", outcome.output));
    }
    let output = record["expected_output"].as_str().unwrap();
    if outcome.output != output {
        return Some(format!("output {:?}, wanted {output:?}", outcome.output));
    }
    if record["expected_is_returned"] == true {
        let returned = match &outcome.end {
            End::Returned { value, .. } => as_json(value),
            _ => return Some("did not return".to_owned()),
        };
        if returned != record["expected_returned"] {
            return Some(format!("returned {returned}, wanted {}", record["expected_returned"]));
        }
    }
    let vars: BTreeMap<_, _> =
        outcome.variables(&program).map(|(name, value)| (name.to_owned(), as_json(value))).collect();
    if let Some(expected) = record["expected_vars"].as_object() {
        let expected: BTreeMap<_, _> = expected.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        if vars != expected {
            return Some(format!("variables {vars:?}, wanted {expected:?}"));
        }
    }
    let stash = outcome.context.get_str("stash").map(|stash| as_json(&stash));
    if let (Some(expected), Some(stash)) = (record.get("expected_stash"), stash)
        && *expected != stash
    {
        return Some(format!("stash {stash}, wanted {expected}"));
    }
    let errors = outcome.env.out_errors.len();
    let expected = record["expected_errors"].as_array().map_or(0, Vec::len);
    (errors != expected).then(|| format!("{errors} appended errors, wanted {expected}"))
}

#[test]
fn agrees_with_velocity_1_7() {
    let contexts: Contexts = serde_json::from_str(&read("contexts.json")).unwrap();
    let exceptions: BTreeMap<String, String> = serde_json::from_str(&read("exceptions.json")).unwrap();
    assert!(exceptions.len() <= 20, "at most 20 records may be left out");
    // Results of the recorder's own `$util`, where our source for AppSync says otherwise.
    let overruled: BTreeMap<String, String> = serde_json::from_str(&read("overruled.json")).unwrap();
    let left = |id: &str| exceptions.contains_key(id) || overruled.contains_key(id);
    let (mut wrong, mut agreed, mut stale) = (Vec::new(), 0, Vec::new());
    for line in read("velocity.jsonl").lines() {
        let record: Json = serde_json::from_str(line).unwrap();
        let is_util = record["oracle"] == "harness-util";
        let (id, area) = (record["id"].as_str().unwrap(), record["area"].as_str().unwrap());
        assert!(is_util || !overruled.contains_key(id), "{id}: a record of the language is binding");
        if area == "macro" || area == "auth-macro-checks" {
            continue;
        }
        match difference(&record, &contexts) {
            None if left(id) => stale.push(id.to_owned()),
            None => agreed += 1,
            Some(_) if left(id) => {}
            Some(difference) => {
                wrong.push(format!("{id}: {:?}\n    {difference}", record["template"].as_str().unwrap()))
            }
        }
    }
    assert!(wrong.is_empty(), "{} records differ, {agreed} agree:\n{}", wrong.len(), wrong.join("\n"));
    assert!(stale.is_empty(), "these agree now, take them off the list: {stale:?}");
}

#[test]
fn macros_are_refused_by_name() {
    let mut refused = 0;
    for line in read("velocity.jsonl").lines() {
        let record: Json = serde_json::from_str(line).unwrap();
        let template = record["template"].as_str().unwrap();
        let is_macro = matches!(record["area"].as_str(), Some("macro" | "auth-macro-checks"));
        let uses = ["#macro(", "#macro ", "#define(", "#evaluate(", "#parse(", "#include(", "#@"]
            .iter()
            .any(|word| template.contains(word));
        if is_macro && uses && !template.contains("#[[") {
            let error = parse(&Source::new("velocity", template)).expect_err(template);
            assert!(error.message.starts_with("AppSync has no #"), "{template:?}: {}", error.message);
            refused += 1;
        }
    }
    assert!(refused > 20, "only {refused} records were looked at");
}
