//! Each cause of a refusal names what the deciding path looked at: an operand of a condition that stood around the decision,
//! or of one that kept a granting statement from running.

use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use vtl_eval::appsync::{AuthType, ContextPath, Given};
use vtl_eval::code::{Code, Kind};
use vtl_eval::explain::{Explanation, Question, Subject, explain};
use vtl_eval::finding::Finding;
use vtl_eval::source::Source;
use vtl_eval::suite::{Refusal, diagnose};
use vtl_eval::syntax::parse;
use vtl_eval::trace::Verdict;
use vtl_eval::trace::candidate::looked_at;
use vtl_eval::trace::condition::Condition;
use vtl_eval::value::Value;

/// Causes that name something else than an operand, each with what that is.
const OTHERS: [(Code, &str); 5] = [
    (Code::EmptyBlock, "no condition stands in the block of the caller's mode"),
    (Code::AuthRule, "a rule that `$util.authRules` judged: no condition of the template looked"),
    (Code::AuthRulesEmpty, "there is no rule that `$util.authRules` could have judged"),
    (Code::AuthRulesOverruled, "the argument that `$util.authRules` judged"),
    (Code::UnknownFunction, "a call of a `#set`, which gave nothing that a condition could have looked at"),
];

/// What the deciding path looked at: places of the context, texts of the template, and lines.
struct Looked {
    places: Vec<ContextPath>,
    texts: BTreeSet<String>,
}

impl Looked {
    fn of(explained: &Explanation) -> Self {
        let mut looked = Self { places: Vec::new(), texts: BTreeSet::new() };
        let Some(why) = &explained.why else { return looked };
        let causes = why.guards.iter().flat_map(|guard| &guard.causes).flat_map(|cause| &cause.guards);
        let guards = why.guards.iter().chain(causes).map(|guard| &*guard.condition);
        let blockers = why.candidates.iter().flat_map(|candidate| candidate.blocker.iter().chain(&candidate.items));
        for condition in guards.chain(blockers.map(|blocker| &blocker.condition)) {
            looked.add(explained, condition);
        }
        looked
    }

    fn add(&mut self, explained: &Explanation, condition: &Condition) {
        for operand in looked_at(condition) {
            self.places.extend(operand.origins.iter().filter_map(|origin| origin.path().cloned()));
            let text = explained.program.source.slice(operand.span).trim_matches(['"', '\'', ' ']);
            self.texts.extend((text.len() > 2).then(|| text.to_owned()));
            let words = |value: &Value| value.as_str().filter(|text| text.len() > 2).map(str::to_owned);
            self.texts.extend(words(&operand.value));
            self.texts.extend(operand.value.members().into_iter().flatten().filter_map(|item| words(&item)));
        }
    }

    /// Whether a hint names one of them, by its place or in its words.
    fn names(&self, hint: &Finding) -> bool {
        let words = hint.message.to_string();
        let same = |place: &ContextPath| {
            let place = place.to_string();
            let beside = |path: &str| path.starts_with(&place) || place.starts_with(path);
            hint.path.as_deref().is_some_and(beside) || words.contains(&place)
        };
        self.places.iter().any(same) || self.texts.iter().any(|text| words.contains(text.as_str()))
    }
}

/// What is shown to explain, with a name, and the report that it was told in.
fn explained() -> Vec<(String, Explanation, Json)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let read = |path: &Path| -> Json { serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap() };
    let mut all = Vec::new();
    for (at, case) in read(&folder.join("inputs/hints/cases.json")).as_array().unwrap().iter().enumerate() {
        let Some(template) = case["template"].as_str() else { continue };
        let program = parse(&Source::new("case.vtl", template)).unwrap();
        let mode = AuthType::parse(case["mode"].as_str().unwrap_or("User Pool Authorization"));
        let given = Given { auth_type: mode, ..Given::new(Value::from(&case["shown"]).as_map().unwrap().clone()) };
        let records = case["records"].as_array().map(|rows| rows.iter().map(Value::from).collect());
        let question = Question { records, ..Question::default() };
        let done = explain(Subject::Template(&program.into()), &given, &question).unwrap();
        all.push((format!("case {at}, {}", case["hint"].as_str().unwrap()), done, Json::Null));
    }
    for file in std::fs::read_dir(folder.join("reports/resolver")).unwrap().map(|entry| entry.unwrap().path()) {
        let report = read(&file);
        if report["template"].is_string()
            && let Some(done) = Refusal::read(&report).ok().and_then(|refusal| diagnose(&refusal, None).ok()?.resolver)
        {
            all.push((file.file_stem().unwrap().to_string_lossy().into_owned(), done, report));
        }
    }
    all
}

/// All reports are explained once, for they are many.
#[test]
fn hints_of_all_reports() {
    let all = explained();
    causes_name_an_operand_of_the_deciding_path(&all);
    a_hint_of_another_run_names_no_operand(&all);
    super::nearness::nearness_alone_would_tell_less_first(&all);
}

fn causes_name_an_operand_of_the_deciding_path(all: &[(String, Explanation, Json)]) {
    let excepted = |code: Code| OTHERS.iter().any(|(other, _)| *other == code);
    let mut without: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let (mut named, mut needed) = (0, BTreeSet::new());
    for (name, explained, _) in all {
        let looked = Looked::of(explained);
        if explained.verdict != Verdict::Denied || looked.texts.is_empty() && looked.places.is_empty() {
            continue;
        }
        for hint in explained.hints().iter().filter(|hint| hint.code.entry().kind == Kind::Cause) {
            match (looked.names(hint), excepted(hint.code)) {
                (true, _) => named += 1,
                (false, true) => drop(needed.insert(hint.code.as_str())),
                (false, false) => {
                    without.entry(hint.code.as_str()).or_default().push(format!("{name}: {}", hint.message))
                }
            }
        }
    }
    assert!(without.is_empty(), "causes that name no operand of the deciding path: {without:#?}");
    assert!(named > 150, "only {named} causes");
    let idle: Vec<&str> = OTHERS.iter().map(|(code, _)| code.as_str()).filter(|code| !needed.contains(code)).collect();
    assert!(idle.is_empty(), "exceptions that nothing needs: {idle:?}");
}

/// The test can fail: a hint of one explanation names no operand of another, most often.
fn a_hint_of_another_run_names_no_operand(all: &[(String, Explanation, Json)]) {
    let (mut strange, mut tried) = (0, 0);
    for pair in all.windows(2) {
        let looked = Looked::of(&pair[0].1);
        for hint in pair[1].1.hints().iter().filter(|hint| hint.code.entry().kind == Kind::Cause) {
            tried += 1;
            strange += usize::from(!looked.names(hint));
        }
    }
    assert!(tried > 150 && strange * 2 > tried, "{strange} of {tried}");
}
