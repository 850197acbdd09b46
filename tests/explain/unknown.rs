//! What nobody gave can have any value: where that decides, there is no verdict, and both readings are told.

use crate::support::files::read;
use serde::Deserialize;
use serde_json::Value as Json;
use vtl_eval::appsync::{AuthType, Given};
use vtl_eval::explain::{Absent, Depth, Question, Subject, explain};
use vtl_eval::source::Source;
use vtl_eval::syntax::parse;
use vtl_eval::trace::Verdict;
use vtl_eval::value::from_json_str;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    template: String,
    /// The members that were given; what is not in it is not given.
    context: Json,
    #[serde(rename = "authType")]
    auth_type: Option<String>,
    verdict: String,
    /// What the first hint says; empty where there is a verdict.
    #[serde(default)]
    says: Vec<String>,
}

fn cases() -> Vec<Case> {
    serde_json::from_str(&read("tests/inputs/hints/not-given.json")).unwrap()
}

fn ask(case: &Case, absent: Absent, depth: Depth) -> vtl_eval::explain::Explanation {
    let program = std::sync::Arc::new(parse(&Source::new("t.vtl", case.template.as_str())).unwrap());
    let members = from_json_str(&case.context.to_string()).unwrap();
    let mut given = Given::new(members.as_map().unwrap().clone());
    given.auth_type = case.auth_type.as_deref().map(|mode| AuthType::parse(mode).unwrap()).or(given.auth_type);
    explain(Subject::Template(&program), &given, &Question { absent, depth, ..Question::default() }).unwrap()
}

#[test]
fn both_readings_are_told_and_none_is_preferred() {
    for case in cases() {
        let told = ask(&case, Absent::Open, Depth::Proofs);
        let name = &case.name;
        assert_eq!(serde_json::to_value(told.verdict).unwrap(), case.verdict, "{name}: {told}");
        assert_eq!(ask(&case, Absent::Open, Depth::Verdict).verdict, told.verdict, "{name}: whatever is asked");
        let why = told.why.as_ref().unwrap();
        assert_eq!(why.readings.is_empty(), told.verdict != Verdict::Unknown, "{name}");
        if told.verdict == Verdict::Unknown {
            let first = why.hints[0].message.to_string();
            for words in &case.says {
                assert!(first.contains(words.as_str()), "{name}: {words:?} not in {first}");
            }
            assert!(why.suggestions.is_empty(), "{name}: inventing a value is no suggestion");
            assert!(!told.to_string().contains("is absent"), "{name}: not given is not absent: {told}");
        }
    }
}

#[test]
fn where_absent_is_null_there_is_always_a_verdict() {
    for case in cases() {
        assert_ne!(ask(&case, Absent::Null, Depth::Proofs).verdict, Verdict::Unknown, "{}", case.name);
    }
}
