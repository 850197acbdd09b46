//! The command as a process: exit codes, messages, and what is never printed.

use crate::support::command::{given, stderr};
use crate::support::files::temporary;
use serde_json::{Value as Json, json};
use std::process::Output;

fn run(args: &[&str], input: &str) -> Output {
    given(args, input.as_bytes())
}

fn rows(output: &Output) -> Vec<Json> {
    String::from_utf8_lossy(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_missing_file_is_named() {
    let output = run(&["no-such.vtl"], "");
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("cannot read no-such.vtl"), "{}", stderr(&output));
}

#[test]
fn what_was_mistyped_is_guessed() {
    let output = run(&["martix"], "");
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("did you mean the command `matrix`?"), "{}", stderr(&output));
    let output = run(&["resolver", "Query.listNote", "--from", "templates/notes-api"], "");
    assert!(stderr(&output).contains("did you mean Query.listNotes?"), "{}", stderr(&output));
    let output = run(&["util", "isNul"], "");
    assert!(stderr(&output).contains("did you mean $util.isNull?"), "{}", stderr(&output));
}

#[test]
fn files_of_other_editors_are_read_or_named() {
    let marked = temporary("marked.json");
    std::fs::write(&marked, "\u{FEFF}{\"id\": 7}").unwrap();
    let output = run(&["-", "--args", marked.to_str().unwrap()], "$ctx.args.id");
    assert!(String::from_utf8_lossy(&output.stdout).contains('7'), "{}", stderr(&output));
    std::fs::write(&marked, [0xFF, 0xFE, b'{', 0, b'}', 0]).unwrap();
    let output = run(&["-", "--args", marked.to_str().unwrap()], "x");
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("it is UTF-16"), "{}", stderr(&output));
}

#[test]
fn a_token_may_be_typed_as_claims() {
    let output = run(&["token", r#"{"sub":"ann-1","token_use":"access"}"#, "--format", "json"], "");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("ann-1"), "{text}{}", stderr(&output));
}

#[test]
fn a_parse_error_shows_its_place() {
    let output = run(&["-"], "#set( $a = 1 )\n#if( $a )\nyes\n");
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("this #if at 2:1 has no #end"), "{}", stderr(&output));
}

#[test]
fn common_mistakes_are_named() {
    let help = |template: &str| stderr(&run(&["-"], template));
    assert!(help("#if( $a )\n#else if( $b )\n").contains("write #elseif"));
    assert!(help("#set( $a = \"b\\\"c\" )").contains("a backslash escapes no quote"));
    assert!(help("#set( $a = $b ? 1 : 2 )").contains("VTL has no `? :`"));
    assert!(help("#if( $a AND $b )x#end").contains("operators are lower case"));
    assert!(help("#set( $a = 'open )").contains("this string is not closed"));
}

#[test]
fn bad_json_and_bad_tokens_are_errors_that_repeat_no_token() {
    let output = run(&["-", "--context", "{oops"], "x");
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("--context: not valid JSON"), "{}", stderr(&output));
    let output = run(&["-", "--claims", "eyJhbGciOi.c2VjcmV0c2VjcmV0!.sig"], "x");
    assert_eq!(output.status.code(), Some(1));
    assert!(!stderr(&output).contains("c2VjcmV0"), "{}", stderr(&output));
    let output = run(&["-", "--claims", "Bearer c2VjcmV0c2VjcmV0"], "x");
    assert_eq!(output.status.code(), Some(1));
    assert!(!stderr(&output).contains("c2VjcmV0"), "{}", stderr(&output));
}

#[test]
fn what_was_not_given_comes_first() {
    let output = run(
        &["-", "--auth-type", "iam", "--format", "json"],
        "#if( $ctx.identity.userArn == $ctx.stash.authRole )#set( $isAuthorized = true )#end",
    );
    let report: Json = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["notes"][0]["code"], "not-given");
    assert!(report["hints"][0]["message"].as_str().unwrap().contains("--"), "{report}");
}

#[test]
fn a_null_set_that_kept_a_value_is_said() {
    let given = ["-", "--args", "{}", "--format", "json"];
    let output = run(&given, "#set( $owner = 'ann' )#set( $owner = $ctx.args.owner )$owner");
    let report: Json = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["output"], "ann");
    assert_eq!(report["notes"][0]["code"], "null-set-kept");
}

#[test]
fn a_mistyped_method_is_said_with_the_nearest_name() {
    let output = run(&["-", "--format", "json"], "#set( $l = [1] )$l.contain(1)");
    let report: Json = serde_json::from_slice(&output.stdout).unwrap();
    let message = report["notes"][0]["message"].as_str().unwrap();
    assert!(message.contains("did you mean contains?"), "{message}");
    assert_eq!(run(&["-", "--strict"], "#set( $l = [1] )$l.contain(1)").status.code(), Some(3));
}

/// INTERFACES: `--strict` turns a verdict that passed an unverified point, an unknown function or a missing method into 3.
#[test]
fn strict_ends_with_3_after_every_kind_of_doubt() {
    for (code, template) in [
        ("U6", "#if($util.matches('b', 'abc'))x#end"),
        ("U7", "$util.isNullOrEmpty([])"),
        ("U8", "$util.isNull($util.parseJson('{'))"),
        ("U9", "$util.validate(true, 'm')#if($util.validate(false, 'm'))#end"),
        ("U11", "$util.transform.toDynamoDBFilterExpression({\"or\":[{\"a\":{\"eq\":1}}]})"),
        ("U13", "$util.rds.toJsonString('{\"sqlStatementResults\":[]}')"),
        ("U14", "$ctx.outErrors"),
        ("U18", "$!util.authType()"),
        ("U24", "#foreach($i in [1..1001])#end"),
        ("U32", "$util.math.roundNum(2.5)"),
        ("unverified", "#set($x = $util.qr(1))"),
        ("inferred", "$util.authRules.queryAuth([])"),
        ("unknown-function", "$util.nope()"),
        ("no-overload", "$util.matches('a', 1)"),
        ("missing-method", "#set($l = [1])$l.nope()"),
    ] {
        let output = run(&["-", "--format", "json"], template);
        let report: Json = serde_json::from_slice(&output.stdout).unwrap();
        let notes = report["notes"].as_array().unwrap();
        assert!(notes.iter().any(|note| note["code"] == code), "{code}: {notes:?}");
        assert_ne!((output.status.code(), code), (Some(3), "U8"), "without --strict a doubt changes nothing");
        assert_eq!(run(&["-", "--strict"], template).status.code(), Some(3), "{code}");
    }
    assert_eq!(run(&["-", "--strict"], "#set($l = [1])$l.size()").status.code(), Some(0));
    assert_eq!(run(&["-", "--strict"], "$util.unauthorized()").status.code(), Some(2));
}

/// A file with one part of the context alone is taken for that part, and the report says so.
#[test]
fn context_may_be_one_part_alone() {
    for (context, template, printed) in [
        (r#"{"claims": {"sub": "s1"}, "sub": "s1"}"#, "$ctx.identity.claims.sub", "s1"),
        (r#"{"userArn": "arn:x", "accountId": "1"}"#, "$ctx.identity.userArn", "arn:x"),
        (r#"{"fieldName": "f", "parentTypeName": "Query"}"#, "$ctx.info.fieldName", "f"),
        (r#"{"headers": {"x-a": "1"}}"#, "$ctx.request.headers.x-a", "1"),
    ] {
        let output = run(&["-", "--context", context, "--format", "json"], template);
        let report: Json = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["output"], printed, "{context}");
        assert_eq!(report["notes"][0]["code"], "context-part", "{context}");
    }
    let whole = r#"{"arguments": {"headers": 1}, "identity": {"claims": {}}}"#;
    let output = run(&["-", "--context", whole, "--format", "json"], "$ctx.args.headers");
    let report: Json = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report["output"], report["notes"].as_array().unwrap().len()), (&"1".into(), 0));
}

#[test]
fn batch_keeps_the_order_and_survives_bad_lines() {
    let lines = [
        json!({"id": 1, "template": "$ctx.args.n", "context": {"arguments": {"n": 5}}}).to_string(),
        "no json".to_owned(),
        json!({"id": 3, "template": "#if(true)"}).to_string(),
        json!({"id": 4, "template": "#set($l = [1])$l[3]"}).to_string(),
        json!({"id": 5, "template": "#return({\"a\": 1})"}).to_string(),
    ];
    let output = run(&["batch"], &lines.join("\n"));
    assert_eq!(output.status.code(), Some(0));
    let rows = rows(&output);
    assert_eq!(rows[0]["output"], "5");
    assert_eq!(rows[1]["failure"]["kind"], "input");
    assert_eq!(rows[2]["failure"]["kind"], "parse");
    assert_eq!(rows[3]["failure"]["kind"], "evaluation");
    assert_eq!(rows[4]["returned"], json!({"a": 1}));
    assert!(stderr(&output).contains("5 lines, 1 bad"), "{}", stderr(&output));
}

#[test]
fn batch_keeps_integers_beyond_64_bits_whole() {
    // What Velocity 1.7 prints for a BigInteger in the context.
    let line = r#"{"id":1,"template":"$ctx.args.n $util.parseJson('{\"a\":-9223372036854775809}').a #set($n = $ctx.args.n + 1)$n $ctx.args.l","context":{"arguments":{"n":99999999999999999999,"l":[18446744073709551616]}}}"#;
    let rows = rows(&run(&["batch"], line));
    assert_eq!(
        rows[0]["output"],
        "99999999999999999999 -9223372036854775809100000000000000000000 [18446744073709551616]"
    );
    let long = format!(r#"{{"template":"$ctx.args","context":{{"arguments":{{"n":{}}}}}}}"#, "9".repeat(2_000));
    assert_eq!(self::rows(&run(&["batch"], &long))[0]["failure"]["kind"], "input");
}

#[test]
fn hostile_templates_meet_a_limit_with_a_name() {
    let deep = format!("#if({}true{})x#end", "(".repeat(5_000), ")".repeat(5_000));
    let blocks = "#if(true)".repeat(5_000) + &"#end".repeat(5_000);
    let doubling = "#set($s = 'xxxxxxxxxxxxxxxx')#foreach($i in [1..60])#set($s = \"$s$s\")#end";
    let range = "#set($r = [1..2000000000])";
    let digits = format!("#set($n = {})", "9".repeat(1_000_000));
    let loops = "#foreach($a in [1..1000])#foreach($b in [1..1000])#foreach($c in [1..1000])#set($x = 1)#end#end#end";
    for (template, limit) in [
        (deep.as_str(), "nesting"),
        (&blocks, "nesting"),
        (doubling, "string length"),
        (range, "range"),
        (&digits, "number length"),
        (loops, "steps"),
    ] {
        let output = run(&["batch"], &json!({"id": 1, "template": template}).to_string());
        let message = rows(&output)[0]["failure"]["message"].as_str().unwrap_or("").to_owned();
        assert!(message.contains(limit), "{limit}: {message}");
    }
    let cyclic = "#set($m = {})$util.qr($m.put('self', $m))$m";
    assert_eq!(rows(&run(&["batch"], &json!({"template": cyclic}).to_string()))[0]["output"], "{self=(this Map)}");
}

/// Rows stand in the file of the context, as in a report, and are judged; they are no member that a template could read.
#[test]
fn rows_of_a_context_are_judged() {
    let template = r##"{"version": "2018-05-29", "operation": "Scan", "filter": {"expression": "ownerId = :me", "expressionValues": {":me": $util.dynamodb.toDynamoDBJson($ctx.identity.sub)}}, "seen": $util.isNull($ctx.records)}"##;
    let context = |records: &str| {
        format!(
            r#"{{"identity": {{"sub": "s1", "username": "ann", "claims": {{"sub": "s1"}}}}, "records": {records}}}"#
        )
    };
    let output = run(&["-", "--context", &context(r#"[{"id": "r1", "ownerId": "s2"}]"#), "--format", "json"], template);
    let report: Json = serde_json::from_slice(&output.stdout).unwrap();
    let first = &report["hints"][0];
    assert_eq!(
        (first["code"].as_str(), first["actual"].as_str()),
        (Some("filter-leaves-out"), Some("s2")),
        "{first:#}"
    );
    assert!(report["output"].as_str().unwrap().contains(r#""seen": true"#));
    let output = run(&["-", "--context", &context(r#""r1""#)], template);
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("`records` must be a list of rows, not a String"),
        "{output:?}"
    );
}
