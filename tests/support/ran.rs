//! What a template does here, in the form in which tests/oracle/velocity.rs tells what it does in Velocity 1.7.

use vtl_eval::appsync::{Context, Env};
use vtl_eval::eval::{End, Outcome, evaluate};
use vtl_eval::source::Source;
use vtl_eval::syntax::{Program, parse};
use vtl_eval::value::from_json_str;

/// `$ctx`, as Harness.java builds it too.
const CONTEXT: &str = r#"{"args": {"s": "abc", "e": "", "i": 5, "big": 3000000000, "d": 1.5, "t": true, "f": false,
    "n": null, "l": [1, 2, 3], "m": {"a": 1, "b": "two"}}}"#;

/// What a template did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ran {
    /// `ok`, `return`, `parse` or `error:` with the exception behind it, without its package.
    pub end: String,
    /// What was printed; nothing of a template that does not parse, for then Velocity's writer is not asked.
    pub output: String,
    /// `name = text` of every variable that the template set, sorted; nothing of one that failed.
    pub variables: Vec<String>,
}

/// Runs a template here, in the context that Harness.java gives too.
pub fn run(template: &str) -> Option<(Program, Outcome)> {
    let program = parse(&Source::new("velocity", template)).ok()?;
    let members = from_json_str(CONTEXT).unwrap();
    let context = Context::from_members(members.as_map().unwrap()).unwrap();
    let outcome = evaluate(&program, context, &Env::default(), &mut ());
    Some((program, outcome))
}

/// What a template does here.
pub fn ours(template: &str) -> Ran {
    let Some((program, outcome)) = run(template) else { return Ran { end: "parse".into(), ..Ran::default() } };
    let end = match &outcome.end {
        End::Completed => "ok".to_owned(),
        End::Returned { .. } => "return".to_owned(),
        End::Thrown { error, .. } => format!("error:{error:?}"),
        End::Failed(failure) => {
            let class = failure.cause.unwrap_or(failure.class);
            format!("error:{}", class.rsplit(['.', '$']).next().unwrap_or(class))
        }
    };
    let variables = if end.starts_with("error") { Vec::new() } else { variables(&program, &outcome) };
    Ran { end, output: outcome.output, variables }
}

/// `name = text` of every variable that the template set, sorted.
pub fn variables(program: &Program, outcome: &Outcome) -> Vec<String> {
    let named = outcome.variables(program).filter(|(_, value)| !value.is_null());
    let mut variables: Vec<_> = named.map(|(name, value)| format!("{name} = {value}")).collect();
    variables.sort();
    variables
}
