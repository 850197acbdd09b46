//! `$util` by examples: each file of tests/inputs/util holds calls, what they give, and the source of that.

use crate::support::clock::{ENOUGH, timed};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use vtl_eval::appsync::util::{self, Function, Type};
use vtl_eval::appsync::{AuthType, Context, Env};
use vtl_eval::eval::{End, Outcome, evaluate};
use vtl_eval::source::Source;
use vtl_eval::syntax::{Program, parse};
use vtl_eval::value::{Value, from_json_str};

/// 2018-02-06T19:01:35.750Z, the documentation's moment.
const NOW: i64 = 1_517_943_695_750;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn run(template: &str, context: &Json, auth_type: Option<AuthType>) -> Outcome {
    let program = parse(&Source::new("call", template)).unwrap_or_else(|error| panic!("{template}: {error}"));
    run_program(&program, context, auth_type)
}

fn run_program(program: &Program, context: &Json, auth_type: Option<AuthType>) -> Outcome {
    run_in(program, &from_json_str(&context.to_string()).unwrap(), auth_type)
}

fn run_in(program: &Program, members: &Value, auth_type: Option<AuthType>) -> Outcome {
    let context = match members.as_map() {
        Some(map) => Context::from_members(map).unwrap(),
        None => Context::empty(),
    };
    let mut env = Env { now_millis: NOW, ..Env::default() };
    context.prepare(&mut env, auth_type);
    evaluate(program, context, &env, &mut ())
}

fn as_json(value: &Value) -> Json {
    serde_json::from_str(&value.to_json().unwrap()).unwrap()
}

/// One call of tests/inputs/util.
struct Case {
    file: PathBuf,
    json: Json,
}

impl Case {
    fn text(&self, member: &str) -> &str {
        self.json[member].as_str().unwrap_or("")
    }

    /// The function that the case is about, such as `util.time.nowISO8601`, and the number of its arguments.
    fn function(&self) -> (String, usize) {
        let whole = format!("{} {}", self.text("setup"), self.text("call"));
        let wanted = self.text("name");
        let calls = calls(&whole);
        let found = calls.iter().rev().find(|(name, _)| *name == wanted);
        found.or_else(|| calls.iter().find(|_| true)).cloned().unwrap_or_else(|| panic!("{whole} calls nothing"))
    }

    /// What differs from what the case says.
    fn difference(&self) -> Option<String> {
        let template = format!("{}#return({})", self.text("setup"), self.text("call"));
        let auth_type = self.json["authType"].as_str().map(|name| AuthType::parse(name).unwrap());
        let outcome = run(&template, &self.json["context"], auth_type);
        let mut told = json!({});
        let mut wanted = json!({});
        match &outcome.end {
            End::Returned { value, .. } => told["gives"] = as_json(value),
            End::Thrown { error, .. } => {
                told["throws"] = as_json(&error.entry(None).into());
                for member in ["path", "locations"] {
                    told["throws"].as_object_mut().unwrap().remove(member);
                }
            }
            End::Failed(failure) => told["fails"] = failure.class.into(),
            other => panic!("{template}: {other:?}"),
        }
        let ends = ["throws", "fails"].into_iter().find(|member| !self.json[*member].is_null()).unwrap_or("gives");
        wanted[ends] = self.json[ends].clone();
        if let Some(notes) = self.json["notes"].as_array() {
            let raised: BTreeSet<_> =
                outcome.notes.iter().map(|note| note.code.as_str()).filter(|code| *code != "not-given").collect();
            told["notes"] = json!(raised);
            wanted["notes"] = notes.clone().into();
        }
        if !self.json["logs"].is_null() {
            (told["logs"], wanted["logs"]) = (json!(outcome.env.logs), self.json["logs"].clone());
        }
        if !self.json["errors"].is_null() {
            (told["errors"], wanted["errors"]) =
                (as_json(&outcome.env.appended.clone().into()), self.json["errors"].clone());
        }
        (told != wanted).then(|| {
            format!(
                "{} ({}, {})\n    got    {told}\n    wanted {wanted}",
                template,
                self.text("source"),
                self.file.display()
            )
        })
    }
}

/// Every `$util.…(…)` in a text, outermost first, with the number of its arguments.
fn calls(text: &str) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices('$') {
        let rest = &text[at + 1..];
        let end = rest.find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '.')).unwrap_or(rest.len());
        let name = &rest[..end];
        if (name.starts_with("util.") || name.starts_with("extensions.")) && rest[end..].starts_with('(') {
            found.push((name.to_owned(), arguments(&rest[end + 1..])));
        }
    }
    found
}

/// The number of arguments up to the closing bracket.
fn arguments(text: &str) -> usize {
    let (mut depth, mut quote, mut commas, mut some) = (0, None, 0, false);
    for letter in text.chars() {
        match (quote, letter) {
            (Some(open), letter) if letter == open => quote = None,
            (Some(_), _) => {}
            (None, ')') if depth == 0 => break,
            (None, '"' | '\'') => quote = Some(letter),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth -= 1,
            (None, ',') if depth == 0 => commas += 1,
            _ => {}
        }
        some |= !letter.is_whitespace();
    }
    commas + usize::from(some)
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for file in std::fs::read_dir(root().join("tests/inputs/util")).unwrap() {
        let file = file.unwrap().path();
        let read: Vec<Json> = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        cases.extend(read.into_iter().map(|json| Case { file: file.clone(), json }));
    }
    cases
}

#[test]
fn calls_give_what_the_sources_say() {
    let cases = cases();
    let wrong: Vec<_> = cases.iter().filter_map(Case::difference).collect();
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    for case in &cases {
        assert!(!case.text("source").is_empty(), "{} has no source", case.text("call"));
        assert!(["example", "null", "type"].contains(&case.text("kind")), "{} is of no kind", case.text("call"));
    }
}

/// The names of the specification's tables with their section.
fn names() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(root().join("tests/inputs/util_names.txt")).unwrap();
    let pair = |line: &str| line.split_once(' ').map(|(name, section)| (name.to_owned(), section.to_owned())).unwrap();
    text.lines().map(pair).collect()
}

#[test]
fn every_name_of_the_specification_is_in_the_table_with_tests() {
    let full = |function: &Function| format!("{}.{}", function.namespace, function.name);
    let table: BTreeMap<_, _> = util::all().map(|function| (full(function), function)).collect();
    let names = names();
    let (listed, known): (BTreeSet<_>, BTreeSet<_>) = (names.keys().collect(), table.keys().collect());
    assert_eq!(listed, known, "the table and tests/inputs/util_names.txt name different functions");
    let cases = cases();
    let mut lacking = Vec::new();
    for (name, function) in &table {
        // Its own table of rules: tests/language/util_auth_rules.rs.
        if function.namespace == "util.authRules" {
            continue;
        }
        let about: Vec<_> =
            cases.iter().map(|case| (case, case.function())).filter(|(_, (of, _))| of == name).collect();
        let has = |kind: &str| about.iter().any(|(case, _)| case.text("kind") == kind);
        for overload in function.overloads.iter().filter(|overload| !overload.variadic) {
            let count = overload.params.len();
            if !about.iter().any(|(case, (_, arguments))| case.text("kind") == "example" && *arguments == count) {
                lacking.push(format!("{name}{}: no example", overload.signature));
            }
        }
        let takes_some = function.overloads.iter().any(|overload| !overload.params.is_empty());
        if takes_some && !has("null") {
            lacking.push(format!("{name}: no case for null"));
        }
        let is_typed = function.overloads.iter().any(|overload| overload.params.iter().any(|of| *of != Type::Any));
        if is_typed && !has("type") {
            lacking.push(format!("{name}: no case for a wrong type"));
        }
    }
    assert!(lacking.is_empty(), "{}", lacking.join("\n"));
}

/// The list is the specification's own, where that is at hand.
#[test]
fn the_list_of_names_is_that_of_the_specification() {
    let Ok(text) = std::fs::read_to_string(root().join("../shared/spec/APPSYNC-VTL.md")) else { return };
    let names = names();
    let (mut section, mut space, mut seen) = (String::new(), String::new(), BTreeSet::new());
    for line in text.lines().take_while(|line| !line.starts_with("## 2.")) {
        if let Some(title) = line.strip_prefix("### ") {
            section = title.split(' ').next().unwrap().to_owned();
            space = title.split('`').nth(1).unwrap_or("$util").trim_start_matches('$').to_owned();
        }
        let is_table = section.starts_with("1.") && section != "1.20" && section != "1.21";
        let cell = line.strip_prefix("| `").and_then(|row| row.split('|').next());
        for call in cell.filter(|_| is_table).unwrap_or_default().split(['`', ',']) {
            let name = call.trim().trim_start_matches('$');
            let name =
                name.split('(').next().filter(|short| name.contains('(') && !short.is_empty()).unwrap_or_default();
            let is_name =
                !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '.');
            let full = if name.starts_with("util.") { name.to_owned() } else { format!("{space}.{name}") };
            if is_name && name.chars().next().is_some_and(|letter| letter.is_ascii_lowercase()) {
                seen.insert(full);
            }
        }
        seen.extend(calls(line).into_iter().map(|(name, _)| name));
    }
    // A function of emulators only, and a misprint of the documentation (1.12, 1.14).
    let no_functions = ["util.math.equals", "util.toStringJson"];
    let unknown: Vec<_> =
        seen.iter().filter(|name| !names.contains_key(*name) && !no_functions.contains(&name.as_str())).collect();
    assert!(unknown.is_empty(), "the specification has also {unknown:?}");
    assert!(seen.len() > 70, "only {} names were found: {seen:?}", seen.len());
}

#[test]
fn errors_appended_so_far_can_be_read() {
    let outcome = run(
        "$ctx.outErrors.size()$util.appendError(\"m\", \"T\")$ctx.outErrors.size() $ctx.outErrors[0].type",
        &json!({}),
        None,
    );
    assert_eq!(outcome.output, "01 T");
    assert!(outcome.notes.iter().any(|note| note.code.as_str() == "U14"), "{:?}", outcome.notes);
}

/// A verbose log of AppSync's shows `{message, type}`; data and errorInfo stand there where they were given.
#[test]
fn entries_of_out_errors_have_a_message_and_a_type() {
    let template = "$util.appendError(\"m\", \"T\")$util.appendError(\"n\", \"T\", {\"a\": 1}, {\"b\": 2})$util.toJson($ctx.outErrors)";
    let told: Json = serde_json::from_str(&run(template, &json!({}), None).output).unwrap();
    let second = json!({"message": "n", "type": "T", "data": {"a": 1}, "errorInfo": {"b": 2}});
    assert_eq!(told, json!([{"message": "m", "type": "T"}, second]));
}

/// AppSync refuses a bare null as an argument of `#return` (tests/language/slips.rs); elsewhere no source settles it.
#[test]
fn a_bare_null_is_evaluated_and_noted() {
    for (template, printed) in [
        ("#set($x = null)[$!x]", "[]"),
        ("#if(null)T#{else}F#end", "F"),
        ("#if($ctx.args.a == null)T#end", "T"),
        ("#set($x = [null, {\"a\": null}])$x", "[null, {a=null}]"),
    ] {
        let outcome = run(template, &json!({}), None);
        assert_eq!(outcome.output, printed, "{template}");
        assert_eq!(outcome.notes.iter().filter(|note| note.code.as_str() == "U1").count(), 1, "{template}");
    }
    assert!(!run("$util.defaultIfNull(null, 1)", &json!({}), None).notes.iter().any(|note| note.code.as_str() == "U1"));
}

#[test]
fn a_point_of_the_register_is_said_once() {
    let outcome = run("$util.isNullOrEmpty([])#foreach($i in [1..9])$util.isNullOrBlank({})#end", &json!({}), None);
    assert_eq!(outcome.notes.iter().filter(|note| note.code.as_str() == "U7").count(), 1);
}

#[test]
fn members_that_no_source_settles_are_notes() {
    let codes = |template: &str, context: Json, auth_type| -> Vec<_> {
        run(template, &context, auth_type).notes.iter().map(|note| note.code.as_str()).collect()
    };
    let oidc = json!({"identity": {"sub": "s", "issuer": "i", "claims": {"a": 1}}});
    assert_eq!(codes("$ctx.identity.username", oidc.clone(), Some(AuthType::Oidc)), ["U16"]);
    assert_eq!(codes("$ctx.identity.sub", oidc, Some(AuthType::Oidc)), [""; 0]);
    let pool = json!({"identity": {"username": "ann", "claims": {}}});
    assert_eq!(codes("$ctx.identity.defaultAuthStrategy", pool, Some(AuthType::UserPool)), ["U15"]);
    let guest = json!({"identity": {"cognitoIdentityId": "i", "cognitoIdentityAuthType": "unauthenticated"}});
    assert_eq!(codes("$ctx.identity.cognitoIdentityAuthProvider", guest, Some(AuthType::Iam)), ["U17"]);
    assert_eq!(codes("$ctx.data", json!({}), None), ["unknown-member"]);
    assert_eq!(codes("$ctx.args.x", json!({}), None), ["not-given"]);
    assert_eq!(codes("$ctx.args.x", json!({"args": {}}), None), [""; 0]);
}

/// What hostile arguments end in: text or a failure, with little work.
fn hostile(name: &str, template: &str, context: &Value) -> Result<String, String> {
    let program = parse(&Source::new("call", template)).unwrap();
    let (outcome, took) = timed(|| run_in(&program, context, None));
    assert!(took < ENOUGH, "{name} took {took:?} of the processor");
    match outcome.end {
        End::Failed(failure) => Err(format!("{}: {}", failure.class, failure.message)),
        _ => Ok(outcome.output),
    }
}

#[test]
fn hostile_input_ends_with_a_named_limit() {
    // Read once: a megabyte takes longer to read than most functions take with it.
    let value = |json: Json| from_json_str(&json.to_string()).unwrap();
    let big = value(json!({"args": {"big": "a".repeat(1 << 20)}}));
    let limit = |name: &str, template: &str, context: &Value, word: &str| {
        let message = hostile(name, template, context).expect_err(name);
        assert!(message.contains(&format!("limit `{word}`")) || message.contains("acktrack"), "{name}: {message}");
    };
    limit("replace", "$util.str.toReplace($ctx.args.big, 'a', $ctx.args.big)", &big, "string length");
    limit(
        "json",
        "#set($l = [])#foreach($i in [1..999])$util.qr($l.add($ctx.args.big))#end$util.toJson($l)",
        &big,
        "value size",
    );
    limit("itself", "#set($m = {})$util.qr($m.put('m', $m))$util.toJson($m)", &value(json!({})), "value depth");
    limit(
        "itself, typed",
        "#set($m = {})$util.qr($m.put('m', $m))$util.dynamodb.toMapJson($m)",
        &value(json!({})),
        "value depth",
    );
    limit("regex", "$util.matches('(a+)+b\\1', $ctx.args.big)", &big, "steps");
    limit(
        "xml",
        "$util.xml.toMap($ctx.args.deep)",
        &value(json!({"args": {"deep": "<a>".repeat(10_000)}})),
        "xml depth",
    );
    for template in [
        "urlEncode",
        "urlDecode",
        "base64Encode",
        "base64Decode",
        "escapeJavaScript",
        "toJson",
        "parseJson",
        "isNullOrBlank",
        "str.toUpper",
        "str.normalize",
        "time.parseISO8601ToEpochMilliSeconds",
        "dynamodb.toStringJson",
        "rds.toJsonObject",
        "xml.toMap",
    ] {
        let second = if template == "str.normalize" { ", 'nfd'" } else { "" };
        let _ = hostile(template, &format!("$util.{template}($ctx.args.big{second})"), &big);
    }
    let deep = value(json!({"args": {"deep": "[".repeat(10_000) + &"]".repeat(10_000)}}));
    // A limit is never taken for null: `#if(!$util.parseJson(…))` would refuse by it.
    limit("deep", "#return($util.parseJson($ctx.args.deep))", &deep, "json depth");
    let wide = value(json!({"args": {"wide": "1e400"}}));
    limit("wide", "#return($util.parseJson($ctx.args.wide))", &wide, "json number");
    // Mixed and endless lists are sorted or left, and never end the process.
    let mixed: Vec<Json> =
        (0..900).map(|at| if at % 3 == 0 { json!(at.to_string()) } else { json!(900 - at) }).collect();
    assert!(
        hostile("sort", "$util.list.sortList($ctx.args.l, false, 'x')", &value(json!({"args": {"l": mixed}}))).is_ok()
    );
}

mod round_trips {
    use super::{Program, Source, as_json, json, parse, run};
    use proptest::prelude::*;
    use serde_json::Value as Json;
    use std::sync::LazyLock;

    fn value(template: &str, context: Json) -> Json {
        match run(&format!("#return({template})"), &context, None).end {
            super::End::Returned { value, .. } => as_json(&value),
            other => panic!("{template}: {other:?}"),
        }
    }

    fn any_json() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::from),
            any::<i64>().prop_map(Json::from),
            (-1e9..1e9_f64).prop_map(Json::from),
            ".{0,12}".prop_map(Json::from),
        ];
        leaf.prop_recursive(4, 32, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Json::from),
                prop::collection::btree_map(".{0,6}", inner, 0..5)
                    .prop_map(|map| map.into_iter().collect::<serde_json::Map<_, _>>().into()),
            ]
        })
    }

    /// The plain value of a typed one.
    fn plain(typed: &Json) -> Json {
        let (kind, value) = typed.as_object().unwrap().iter().next().unwrap();
        match kind.as_str() {
            "L" => value.as_array().unwrap().iter().map(plain).collect(),
            "M" => value
                .as_object()
                .unwrap()
                .iter()
                .map(|(key, value)| (key.clone(), plain(value)))
                .collect::<serde_json::Map<_, _>>()
                .into(),
            _ => value.clone(),
        }
    }

    /// Every function with one, two and three arguments, parsed once.
    static CALLS: LazyLock<Vec<Program>> = LazyLock::new(|| {
        let lists = ["$ctx.args.a", "$ctx.args.a, $ctx.args.b", "$ctx.args.a, $ctx.args.b, $ctx.args.c"];
        let calls = super::util::all()
            .flat_map(|function| lists.map(|args| format!("${}.{}({args})", function.namespace, function.name)));
        calls.map(|call| parse(&Source::new("call", call)).unwrap()).collect()
    });

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

        #[test]
        fn codecs_give_back_what_they_were_given(text in ".{0,40}") {
            let context = json!({"args": {"text": text}});
            for (code, decode) in [("urlEncode", "urlDecode"), ("base64Encode", "base64Decode"), ("toJson", "parseJson")] {
                prop_assert_eq!(value(&format!("$util.{decode}($util.{code}($ctx.args.text))"), context.clone()), json!(text));
            }
        }

        #[test]
        fn json_and_dynamodb_forms_keep_the_value(whole in any_json()) {
            let context = json!({"args": {"v": whole}});
            prop_assert_eq!(&value("$util.parseJson($util.toJson($ctx.args.v))", context.clone()), &whole);
            let typed = value("$util.dynamodb.toDynamoDB($ctx.args.v)", context.clone());
            prop_assert_eq!(&plain(&typed), &whole);
            prop_assert_eq!(value("$util.parseJson($util.dynamodb.toDynamoDBJson($ctx.args.v))", context), typed);
        }

        #[test]
        fn times_keep_their_moment(millis in -62_000_000_000_000..253_000_000_000_000_i64, zone in prop_oneof![Just("Z"), Just("+05:30"), Just("-11:00")]) {
            let context = json!({"args": {"t": millis, "z": zone}});
            let iso = "$util.time.parseISO8601ToEpochMilliSeconds($util.time.epochMilliSecondsToISO8601($ctx.args.t))";
            prop_assert_eq!(value(iso, context.clone()), json!(millis));
            let written = "$util.time.epochMilliSecondsToFormatted($ctx.args.t, \"yyyy-MM-dd'T'HH:mm:ss.SSSXXX\", $ctx.args.z)";
            let read = format!("$util.time.parseFormattedToEpochMilliSeconds({written}, \"yyyy-MM-dd'T'HH:mm:ss.SSSXXX\")");
            prop_assert_eq!(value(&read, context), json!(millis));
        }

        #[test]
        fn no_argument_makes_a_function_panic(first in any_json(), second in any_json(), third in any_json()) {
            let context = json!({"args": {"a": first, "b": second, "c": third}});
            for program in CALLS.iter() {
                super::run_program(program, &context, None);
            }
        }
    }
}
