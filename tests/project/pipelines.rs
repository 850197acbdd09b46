//! Pipelines of our own. What each must give is written from the reference of AppSync's runtime (APPSYNC-VTL), whose section
//! stands at each; nothing here was copied from a run.

use crate::support::command::command;
use crate::support::files::temporary;
use serde_json::{Value as Json, json};
use std::path::PathBuf;

/// A function: its name, slot, data source, request and response half.
type Function<'a> = (&'a str, &'a str, &'a str, Option<&'a str>, Option<&'a str>);

const PASS: Option<&str> = Some("$util.toJson($ctx.result)");

/// Writes a manifest with one field.
fn source(
    name: &str,
    field: &str,
    kind: &str,
    before: Option<&str>,
    functions: &[Function<'_>],
    after: Option<&str>,
) -> PathBuf {
    let folder = temporary(&format!("pipelines-{name}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(folder.join("resolvers")).unwrap();
    let file = |name: String, text: Option<&str>| match text {
        None => Json::Null,
        Some(text) => {
            std::fs::write(folder.join("resolvers").join(&name), text).unwrap();
            json!({"file": name})
        }
    };
    let list: Vec<Json> = functions
        .iter()
        .enumerate()
        .map(|(at, (name, slot, source, request, response))| {
            json!({"name": name, "slot": slot, "index": at, "dataSource": {"name": source, "type": source},
                "request": file(format!("{name}.req.vtl"), *request), "response": file(format!("{name}.res.vtl"), *response)})
        })
        .collect();
    let entry = json!({"kind": kind, "before": file("before.vtl".into(), before), "functions": list, "after": file("after.vtl".into(), after)});
    std::fs::write(folder.join("manifest.json"), json!({"pipelines": {field: entry}}).to_string()).unwrap();
    folder
}

/// The report of a run, which must end with this code.
fn report(folder: &PathBuf, field: &str, args: &[&str], code: i32) -> Json {
    let output =
        command().args(["resolver", field, "--format", "json", "--from"]).arg(folder).args(args).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{text}{said}");
    std::fs::remove_dir_all(folder).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The templates that ran.
fn ran(report: &Json) -> Vec<&str> {
    report["steps"].as_array().unwrap().iter().map(|step| step["template"].as_str().unwrap()).collect()
}

/// 3.9: a unit resolver on NONE is a local resolver: its result is the request's payload.
#[test]
fn a_unit_resolver_on_none_answers_with_its_payload() {
    let request =
        r#"{"version": "2018-05-29", "payload": {"sum": $util.toJson($ctx.args.a), "prev": $util.toJson($ctx.prev)}}"#;
    let folder = source("unit", "Query.f", "UNIT", None, &[("f", "unit", "NONE", Some(request), PASS)], None);
    let report = report(&folder, "Query.f", &["--args", r#"{"a": 3}"#], 0);
    assert_eq!((&report["verdict"], &report["result"]), (&json!("completed"), &json!({"sum": 3, "prev": null})));
    assert_eq!(ran(&report), ["f.req.vtl", "f.res.vtl"]);
}

/// 3.5 4: `#return` in a unit resolver's request half is the field's value; data source and response half are skipped.
#[test]
fn return_in_a_unit_request_skips_the_data_source() {
    let functions = [(
        "f",
        "unit",
        "AMAZON_DYNAMODB",
        Some("#return({\"early\": true})\n$util.error(\"no\")"),
        Some("$util.error(\"never\")"),
    )];
    let folder = source("unit-return", "Query.f", "UNIT", None, &functions, None);
    let report = report(&folder, "Query.f", &["--result", r#"{"row": 1}"#], 0);
    assert_eq!((&report["verdict"], &report["result"]), (&json!("completed"), &json!({"early": true})));
    assert_eq!(ran(&report), ["f.req.vtl"]);
}

/// 3.5 4: in the before template it ends the resolver, in the after template it is the field's value.
#[test]
fn return_before_and_after_the_functions() {
    let never = [("f", "main", "NONE", Some("$util.error(\"never\")"), None)];
    let folder = source(
        "before",
        "Query.f",
        "PIPELINE",
        Some("#return($util.toJson({\"n\": 1}))"),
        &never,
        Some("$util.error(\"never\")"),
    );
    let early = report(&folder, "Query.f", &[], 0);
    assert_eq!(
        (&early["result"], ran(&early)),
        (&json!({"n": 1}), vec!["before.vtl"]),
        "a text that is JSON is parsed"
    );
    let once = [("f", "main", "NONE", Some(r#"{"payload": [1, 2]}"#), PASS)];
    let after = "$util.qr($ctx.stash.put(\"seen\", $ctx.result))\n#return($ctx.stash.seen.size())\n\"text that counts no more\"";
    let folder = source("after", "Query.f", "PIPELINE", Some("{}"), &once, Some(after));
    let late = report(&folder, "Query.f", &[], 0);
    assert_eq!((&late["result"], ran(&late).len()), (&json!(2), 4));
}

/// 3.5 4, 3.9: in a function `#return` ends that function only, in either half, and the next one has its value as
/// `prev.result`; the before template's output is `prev.result` of the first.
#[test]
fn return_in_a_function_hands_its_value_on() {
    let functions = [
        (
            "one",
            "main",
            "AMAZON_DYNAMODB",
            Some("#return({\"n\": $ctx.prev.result.start})"),
            Some("$util.error(\"never\")"),
        ),
        (
            "two",
            "main",
            "NONE",
            Some(r#"{"payload": {"n": $ctx.prev.result.n}}"#),
            Some("#return({\"from\": \"two\", \"n\": $ctx.result.n})\nno JSON"),
        ),
        (
            "three",
            "main",
            "AMAZON_DYNAMODB",
            Some("{}"),
            Some(r#"{"prev": $util.toJson($ctx.prev.result), "own": $util.toJson($ctx.result)}"#),
        ),
    ];
    let folder = source(
        "functions",
        "Query.f",
        "PIPELINE",
        Some(r#"{"start": 7}"#),
        &functions,
        Some("$util.toJson($ctx.prev.result)"),
    );
    let report = report(&folder, "Query.f", &["--result", r#"{"row": 1}"#], 0);
    assert_eq!(report["result"], json!({"prev": {"from": "two", "n": 7}, "own": {"row": 1}}));
    assert_eq!(
        ran(&report),
        ["before.vtl", "one.req.vtl", "two.req.vtl", "two.res.vtl", "three.req.vtl", "three.res.vtl", "after.vtl"]
    );
}

/// 3.9: one stash and one map of arguments; `$ctx.result` of the after template is the last output.
#[test]
fn stash_and_arguments_are_shared_and_changed() {
    let functions = [
        (
            "one",
            "main",
            "NONE",
            Some("$util.qr($ctx.stash.seen.add(\"one\"))$util.qr($ctx.args.put(\"limit\", 5))\n{\"payload\": null}"),
            PASS,
        ),
        (
            "two",
            "main",
            "NONE",
            Some("{\"payload\": {\"limit\": $ctx.args.limit}}"),
            Some("$util.qr($ctx.stash.seen.add(\"two\"))$util.toJson($ctx.result)"),
        ),
    ];
    let before = "$util.qr($ctx.stash.put(\"seen\", []))\n{}";
    let after = r#"{"seen": $util.toJson($ctx.stash.seen), "last": $util.toJson($ctx.result), "prev": $util.toJson($ctx.prev.result)}"#;
    let folder = source("stash", "Mutation.f", "PIPELINE", Some(before), &functions, Some(after));
    let report = report(&folder, "Mutation.f", &["--args", r#"{"limit": 1}"#], 0);
    assert_eq!(report["result"], json!({"seen": ["one", "two"], "last": {"limit": 5}, "prev": {"limit": 5}}));
}

/// 3.9, 4.3: `$util.error` in a response half ends the field at once; later functions and the after template do not run.
#[test]
fn an_error_in_a_response_half_ends_the_field() {
    let functions = [
        ("one", "main", "NONE", Some(r#"{"payload": 1}"#), PASS),
        (
            "two",
            "main",
            "AMAZON_DYNAMODB",
            Some("{}"),
            Some("#if(!$ctx.result.ok)\n  $util.error(\"not now\", \"Conflict\", {}, {\"why\": \"state\"})\n#end\n{}"),
        ),
        ("three", "main", "NONE", Some("$util.error(\"never\")"), None),
    ];
    let folder = source("error", "Mutation.f", "PIPELINE", Some("{}"), &functions, Some("$util.error(\"never\")"));
    let report = report(&folder, "Mutation.f", &["--result", r#"{"ok": false}"#], 3);
    assert_eq!((&report["verdict"], &report["result"]), (&json!("error"), &Json::Null));
    assert_eq!(
        (&report["template"], &report["decidedBy"]["half"], &report["decidedBy"]["line"]),
        (&json!("two.res.vtl"), &json!("response"), &json!(2))
    );
    assert_eq!(
        (&report["error"]["errorType"], &report["error"]["errorInfo"], &report["error"]["path"]),
        (&json!("Conflict"), &json!({"why": "state"}), &json!(["f"]))
    );
    assert_eq!(ran(&report), ["before.vtl", "one.req.vtl", "one.res.vtl", "two.req.vtl", "two.res.vtl"]);
}

/// 4.2, 4.4, 3.9: appended errors of every template stand in the answer in the order of the calls, and the data is kept; a
/// refusal in the after template refuses the field.
#[test]
fn appended_errors_keep_the_data_and_a_late_refusal_does_not() {
    let functions = [(
        "one",
        "main",
        "NONE",
        Some("$util.appendError(\"first\", \"Soft\")\n{\"payload\": {\"n\": 1}}"),
        Some("$util.appendError(\"second\")\n$util.toJson($ctx.result)"),
    )];
    let folder = source(
        "append",
        "Query.f",
        "PIPELINE",
        Some("{}"),
        &functions,
        Some("$util.appendError(\"third\")\n$util.toJson($ctx.result)"),
    );
    let kept = report(&folder, "Query.f", &[], 0);
    let messages = |report: &Json| {
        report["errors"].as_array().unwrap().iter().map(|error| error["message"].clone()).collect::<Vec<_>>()
    };
    assert_eq!((&kept["verdict"], &kept["result"]), (&json!("completed"), &json!({"n": 1})));
    assert_eq!(messages(&kept), ["first", "second", "third"]);
    assert_eq!((&kept["errors"][0]["errorType"], &kept["errors"][1]["errorType"]), (&json!("Soft"), &Json::Null));
    let folder = source("late", "Query.f", "PIPELINE", Some("{}"), &functions, Some("{}\n$util.unauthorized()"));
    let refused = report(&folder, "Query.f", &[], 2);
    assert_eq!(
        (&refused["verdict"], &refused["decidedBy"]["half"], &refused["result"]),
        (&json!("denied"), &json!("after"), &Json::Null)
    );
    assert_eq!(messages(&refused), ["first", "second", "Not Authorized to access f on type Query"]);
}

/// 3.9: a data source's error reaches the response half as `$ctx.error`; if that half does not raise it, the pipeline goes on.
#[test]
fn a_data_source_error_that_is_not_raised_goes_on() {
    let functions = [
        ("one", "main", "AMAZON_DYNAMODB", Some("{}"), Some(r#"{"caught": $util.toJson($ctx.error.type)}"#)),
        (
            "two",
            "main",
            "NONE",
            Some(r#"{"payload": $util.toJson($ctx.prev.result)}"#),
            Some(r#"{"was": $util.toJson($ctx.result), "error": $util.toJson($ctx.error)}"#),
        ),
    ];
    let folder = source("caught", "Query.f", "PIPELINE", Some("{}"), &functions, Some("$util.toJson($ctx.result)"));
    let report = report(
        &folder,
        "Query.f",
        &["--error", r#"{"message": "m", "type": "DynamoDB:ConditionalCheckFailedException"}"#],
        0,
    );
    assert_eq!(report["result"], json!({"was": {"caught": "DynamoDB:ConditionalCheckFailedException"}, "error": null}));
}

/// 1.18.4, 1.19: the filter that a subscription sets, as `toSubscriptionFilter` expands it: a group for each way, the filters
/// of a group together.
#[test]
fn a_subscription_is_allowed_with_its_filter() {
    let auth = "#set($isAuthorized = false)\n#if($ctx.identity.claims.sub)#set($isAuthorized = true)#end\n#if(!$isAuthorized)$util.unauthorized()#end\n{\"payload\": null}";
    let set = "$extensions.setSubscriptionFilter($util.transform.toSubscriptionFilter({\"kind\": {\"ne\": \"draft\"}, \"or\": [{\"owner\": {\"eq\": $ctx.identity.sub}}, {\"open\": {\"eq\": true}}]}))\n$util.toJson(null)";
    let functions = [
        ("auth", "auth", "NONE", Some(auth), Some("{}")),
        ("subscribe", "main", "NONE", Some("{\"payload\": null}"), Some(set)),
    ];
    let folder = source(
        "subscription",
        "Subscription.onNote",
        "PIPELINE",
        Some("{}"),
        &functions,
        Some("$util.toJson($ctx.result)"),
    );
    let claims = ["--claims", r#"{"sub": "ann-1", "token_use": "access"}"#];
    let report = report(&folder, "Subscription.onNote", &claims, 0);
    let one =
        |field: &str, operator: &str, value: Json| json!({"fieldName": field, "operator": operator, "value": value});
    let groups = json!({"filterGroup": [
        {"filters": [one("kind", "ne", json!("draft")), one("owner", "eq", json!("ann-1"))]},
        {"filters": [one("kind", "ne", json!("draft")), one("open", "eq", json!(true))]},
    ]});
    assert_eq!((&report["verdict"], &report["filter"]), (&json!("allowed"), &groups));
    assert_eq!((&report["template"], &report["result"]), (&json!("auth.req.vtl"), &Json::Null));
}

/// A list: `authFilter` in the stash filters a query (deciding template: the one that put it); in an old resolver, a response
/// half that returns fewer items than its data source gave does.
#[test]
fn lists_are_filtered_by_the_stash_or_by_the_response_half() {
    let auth = "#set($isAuthorized = false)\n$util.qr($ctx.stash.put(\"authFilter\", {\"or\": [{\"owner\": {\"eq\": $ctx.identity.claims.sub}}]}))\n#if(!$isAuthorized && $util.isNull($ctx.stash.authFilter))$util.unauthorized()#end\n{\"payload\": null}";
    let functions = [
        ("auth", "auth", "NONE", Some(auth), Some("{}")),
        (
            "list",
            "main",
            "AMAZON_DYNAMODB",
            Some(
                r#"{"operation": "Scan", "filter": $util.transform.toDynamoDBFilterExpression($ctx.stash.authFilter)}"#,
            ),
            PASS,
        ),
    ];
    let rows = r#"{"items": [{"id": 1, "owner": "ann-1"}, {"id": 2, "owner": "bob-2"}, {"id": 3}]}"#;
    let claims = r#"{"sub": "ann-1", "token_use": "access"}"#;
    let folder = source("filter", "Query.notes", "PIPELINE", Some("{}"), &functions, Some("$util.toJson($ctx.result)"));
    let new = report(&folder, "Query.notes", &["--claims", claims, "--result", rows], 0);
    assert_eq!((&new["verdict"], &new["template"]), (&json!("filtered"), &json!("auth.req.vtl")));
    assert_eq!(new["filter"], json!({"or": [{"owner": {"eq": "ann-1"}}]}));
    // A request that does not carry it asks for all rows.
    let functions = [
        ("auth", "auth", "NONE", Some(auth), Some("{}")),
        ("list", "main", "AMAZON_DYNAMODB", Some(r#"{"operation": "Scan"}"#), PASS),
    ];
    let folder = source("unused", "Query.notes", "PIPELINE", Some("{}"), &functions, Some("$util.toJson($ctx.result)"));
    let unused = report(&folder, "Query.notes", &["--claims", claims, "--result", rows], 0);
    assert_eq!((&unused["verdict"], &unused["hints"][0]["code"]), (&json!("allowed"), &json!("filter-unused")));
    let response = "#set($kept = [])\n#foreach($item in $ctx.result.items)\n#if($item.owner == $ctx.identity.claims.sub)$util.qr($kept.add($item))#end\n#end\n{\"items\": $util.toJson($kept)}";
    let functions = [("list", "unit", "AMAZON_DYNAMODB", Some(r#"{"operation": "Scan"}"#), Some(response))];
    let folder = source("rows", "Query.notes", "UNIT", None, &functions, None);
    let old = report(&folder, "Query.notes", &["--claims", claims, "--result", rows], 0);
    assert_eq!((&old["verdict"], &old["template"]), (&json!("filtered"), &json!("list.res.vtl")));
    assert_eq!(old["result"], json!({"items": [{"id": 1, "owner": "ann-1"}]}));
    assert_eq!(old["decidedBy"]["half"], "response");
    // Nothing left out is nothing filtered.
    let folder = source("all-rows", "Query.notes", "UNIT", None, &functions, None);
    let all = report(
        &folder,
        "Query.notes",
        &["--claims", claims, "--result", r#"{"items": [{"id": 1, "owner": "ann-1"}]}"#],
        0,
    );
    assert_eq!(all["verdict"], "completed");
}

/// What a half renders: a comma before a closing bracket is read over, with a note (public templates rely on it); what is empty
/// or no JSON is told in AppSync's words (1.3, and verbose logs).
#[test]
fn what_is_rendered_is_taken_as_appsync_takes_it() {
    for (at, (request, response, code, words)) in [
        (
            "{\"version\": \"2018-05-29\", \"payload\": {\"a\": [1, 2,], },}",
            "$util.toJson($ctx.result)",
            "U25",
            "a comma before",
        ),
        (
            "{\"version\": \"2018-05-29\", \"payload\": {}}",
            "#if($ctx.result.none)x#end",
            "output-empty",
            "\"Template transformation yielded an empty response.\"",
        ),
        ("{\"version\": \"2018-05-29\", \"payload\": {}}", "{\"a\": 1,,}", "output-not-json", "not valid JSON"),
    ]
    .into_iter()
    .enumerate()
    {
        let functions = [("one", "dataFetch", "NONE", Some(request), Some(response))];
        let folder = source(&format!("rendered-{at}"), "Query.a", "UNIT", None, &functions, None);
        let report = report(&folder, "Query.a", &[], 0);
        let notes = report["notes"].as_array().unwrap();
        let told: Vec<_> = notes.iter().filter(|note| note["code"].as_str().unwrap().starts_with(['U', 'o'])).collect();
        assert!(
            matches!(told[..], [note] if note["code"] == code && note["message"].as_str().unwrap().contains(words)),
            "{notes:?}"
        );
    }
}
