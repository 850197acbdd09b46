//! Refusal reports of our own, with what decided each; the library in three lines; the text report as people see it.

use serde_json::Value as Json;
use std::path::PathBuf;
use vtl_eval::report::{DiagnosisJson, Layout, diagnosis_text};
use vtl_eval::suite::{Refusal, diagnose};
use vtl_eval::trace::Verdict;
use vtl_eval::{Context, Explanation, Template, explain};

fn input(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/inputs").join(name)
}

fn refusals() -> Vec<Json> {
    serde_json::from_str(&std::fs::read_to_string(input("refusals/reports.json")).unwrap()).unwrap()
}

/// Whether the answer's first facts name what decided, with its value.
fn explains(report: &Json) -> Result<(), String> {
    let refusal = Refusal::read(report).unwrap();
    let diagnosis = diagnose(&refusal, None).unwrap();
    let answer = serde_json::to_value(DiagnosisJson::new(&diagnosis, &refusal)).unwrap();
    let wanted = &report["expected"];
    let layer = answer["layer"].as_str();
    let layers: &[_] = match report["layer"].as_str().unwrap() {
        "filter" => &[Some("records"), Some("resolver")],
        _ if wanted["verdict"] == "allowed" || wanted["verdict"] == "unknown" => &[None],
        _ => &[Some("resolver")],
    };
    let shown =
        serde_json::json!([answer["resolver"]["decision"], answer["resolver"]["candidates"][0], answer["hints"],])
            .to_string();
    let name = wanted["name"].as_str().unwrap();
    let actual = wanted["actual"].to_string();
    let hints = answer["hints"].as_array().unwrap();
    let first = hints.first().map_or("none", |hint| hint["code"].as_str().unwrap());
    let checks = [
        ("verdict", answer["verdict"] == wanted["verdict"]),
        ("layer", layers.contains(&layer)),
        ("name", shown.contains(name)),
        ("value", wanted["actual"].is_null() || shown.contains(&actual)),
        ("first hint", wanted["hint"].as_str().is_none_or(|hint| hint == first)),
    ];
    let failed: Vec<_> = checks.iter().filter(|(_, holds)| !holds).map(|(what, _)| *what).collect();
    if failed.is_empty() { Ok(()) } else { Err(format!("{}: {failed:?}, first hint {first}", report["id"])) }
}

#[test]
fn refusals_are_explained() {
    let reports = refusals();
    let failed: Vec<_> = reports.iter().filter_map(|report| explains(report).err()).collect();
    println!("{} of {} refusals explained", reports.len() - failed.len(), reports.len());
    assert!(reports.len() >= 50);
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn a_test_is_three_lines() {
    let template = Template::parse("t.vtl", "#if(!$ctx.identity)$util.unauthorized()#end{}").unwrap();
    let context = Context::from_json(r#"{"identity": null}"#).unwrap();
    assert_eq!(explain(&template, &context).unwrap().verdict(), Verdict::Denied);
}

/// Runs one of our refusal reports through the library.
fn explained<T>(id: &str, then: impl Fn(&Explanation) -> T) -> T {
    let report = refusals().into_iter().find(|report| report["id"] == id).unwrap();
    let template = Template::parse(report["templateName"].as_str().unwrap(), report["template"].as_str().unwrap());
    let template = template.unwrap();
    let context = Context::from_json(&report["context"].to_string()).unwrap();
    then(&explain(&template, &context).unwrap())
}

#[test]
fn explanations_serialise_with_redactions() {
    explained("groups-case", |explanation| {
        insta::assert_json_snapshot!(explanation, {
            ".vars" => "[variables]",
            ".writes" => "[writes]",
            ".hints[].message" => "[words]",
            ".candidates[].blockedBy.operands[].origin[].value" => "[claim]",
        });
    });
}

#[test]
fn text_reports() {
    for id in
        ["groups-case", "owner-same-name", "iam-stage", "field-null", "filter-id-token", "groups-string-overmatch"]
    {
        explained(id, |explanation| insta::assert_snapshot!(id, explanation.to_string()));
    }
    explained("groups-case", |explanation| insta::assert_snapshot!("groups-case-verbose", format!("{explanation:#}")));
    explained("iam-stage", |explanation| insta::assert_snapshot!("iam-stage-narrow", explanation.text(60, false)));
}

/// Whether a line is longer than the terminal though it could have been folded: behind the marks that begin it stands
/// more than one word.
fn could_be_folded(line: &str, width: usize) -> bool {
    if line.chars().count() <= width {
        return false;
    }
    let mark = |word: &str| {
        matches!(word, "→" | "!" | "•" | "✗" | "because" | "and" | "not" | "log:")
            || word.split(':').all(|part| part.chars().all(|letter| letter.is_ascii_digit()))
    };
    let words: Vec<_> = line.split_whitespace().skip_while(|word| mark(word)).collect();
    words.len() > 1 || words.iter().any(|word| [",\"", ",{", ",["].iter().any(|end| word.contains(end)))
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    let mut seen = 0;
    for report in refusals() {
        let refusal = Refusal::read(&report).unwrap();
        let diagnosis = diagnose(&refusal, None).unwrap();
        for (width, verbose) in [(60, false), (60, true), (80, false), (80, true), (120, false), (120, true)] {
            let text = diagnosis_text(&diagnosis, &refusal, Layout { width, verbose });
            let text = anstream::adapter::strip_str(&text).to_string();
            // What the template printed is shown as it is.
            let printed = |line: &&str| !matches!(*line, "Output" | "Returned");
            for line in text.lines().take_while(printed) {
                assert!(!could_be_folded(line, width), "{} at {width}:\n{line}", report["id"]);
                seen += 1;
            }
        }
    }
    assert!(seen > 3_000, "{seen} lines");
}

/// The whole condition stands in each report, however it is written.
#[test]
fn conditions_are_shown_whole() {
    for (condition, shown) in [
        ("(!$ctx.args.a) || ($ctx.args.b == \"y\")", None),
        ("((!$ctx.args.a)) && (!($ctx.args.b))", None),
        ("!(($ctx.args.a && $ctx.args.b) || $ctx.args.c)", None),
        ("(1 + 1) == (2 * (3 - 2))", None),
        ("(!$ctx.args.a)", Some("!$ctx.args.a")),
        (
            "!$ctx.args.a &&\n     (!$ctx.args.b ||\n      $ctx.args.c)",
            Some("!$ctx.args.a && (!$ctx.args.b || $ctx.args.c)"),
        ),
    ] {
        let template = Template::parse("t.vtl", &format!("#if({condition})$util.unauthorized()#end")).unwrap();
        let context = Context::from_json("{\"identity\":null,\"arguments\":{}}").unwrap();
        let explanation = explain(&template, &context).unwrap();
        let shown = shown.unwrap_or(condition);
        let drawn = explanation.text(120, false);
        assert!(drawn.contains(&format!("because 1:1    {shown}\n")), "{condition}:\n{drawn}");
        let json = serde_json::to_value(&explanation).unwrap();
        let guard = json["decision"]["guards"][0]["condition"].as_str().unwrap();
        assert_eq!(guard.split_whitespace().collect::<Vec<_>>().join(" "), shown);
    }
}
