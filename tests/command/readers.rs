//! Every reader of JSON: a key that stands twice in one object is an error (RFC 8259, section 4: readers differ in which of
//! the two counts). Integers beyond 64 bits stay whole.

use crate::support::command::{run, stderr, stdout};
use crate::support::files::temporary;
use std::path::PathBuf;

/// A folder of its own for a test's files.
fn folder(name: &str) -> PathBuf {
    let folder = temporary(&format!("readers-{name}"));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn token(header: &str, payload: &str) -> String {
    crate::support::callers::compact(header, payload, "c2ln")
}

const RS256: &str = r#"{"alg":"RS256","kid":"k"}"#;
const TWICE: &str = r#"{"sub": "ann", "roles": {"a": 1, "b": 2, "a": 3}}"#;
const REPORT: &str =
    r#"{"context": {"info": {"parentTypeName": "Query", "fieldName": "a"}, "request": {"headers": {}}}}"#;
const HAR: &str = r#"{"log": {"entries": [{"startedDateTime": "2026-01-01T00:00:00Z", "request": {"method": "POST", "url": "https://x.appsync-api.eu-west-1.amazonaws.com/graphql", "headers": [], "url": "https://y"}, "response": {"status": 401}}]}}"#;

#[test]
fn a_key_that_stands_twice_is_an_error_in_every_reader() {
    let folder = folder("twice");
    let path = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let template = path("t.vtl", "$util.toJson($ctx.args)");
    let report = path("report.json", REPORT);
    let twice = path("twice.json", TWICE);
    let payload = path("token.txt", &token(RS256, TWICE));
    let jwks = path("jwks.json", r#"{"keys": [{"kid": "k", "kid": "l"}]}"#);
    let good = path("good.txt", &token(RS256, r#"{"sub":"ann"}"#));
    let har = path("twice.har", HAR);
    let around = path("around.har", r#"{"log": {"version": "1.2", "version": "1.3", "entries": []}}"#);
    let case = path(
        "a.vtltest.json",
        r#"{"template": "t.vtl", "cases": [{"name": "x", "args": {"a": 1, "a": 2}, "expect": {}}]}"#,
    );
    let yaml = path("b.vtltest.yaml", "template: t.vtl\ncases:\n  - name: x\n    name: y\n    expect: {}\n");
    let manifest =
        path("m/manifest.json", r#"{"pipelines": {"Query.a": {"functions": [], "stash": {"k": 1, "k": 2}}}}"#);
    let stack = path(
        "s.json",
        r#"{"Resources": {"A": {"Type": "AWS::AppSync::Resolver", "Properties": {"TypeName": "Query", "TypeName": "Mutation", "FieldName": "a"}}}}"#,
    );
    let stacks = path("stacks/s.json", &std::fs::read_to_string(&stack).unwrap());
    let stacks = PathBuf::from(stacks).parent().unwrap().display().to_string();
    let personas = path("p.json", r#"{"personas": [{"name": "a", "name": "b"}], "cases": []}"#);
    let matrix = path("old.json", r#"{"schema": 1, "schema": 1, "cells": []}"#);
    let manifest_of = "templates/notes-api/manifest.json";
    let own = "templates/notes-api/personas.json";
    let log = path("empty.log", "");
    let readers: &[&[&str]] = &[
        &[&template, "--context", &twice],
        &[&template, "--context", TWICE],
        &[&template, "--args", TWICE],
        &[&template, "--headers", TWICE],
        &[&template, "--claims", TWICE],
        &[&template, "--claims", &payload],
        &["token", &payload],
        &["token", &twice],
        &["token", &good, "--jwks", &jwks],
        &["diagnose", &twice],
        &["diagnose", &har],
        &["diagnose", &around],
        &["diagnose", &report, "--api", TWICE],
        &["diagnose", &report, "--policy", &twice],
        &["diagnose", &report, "--authorizer", &twice],
        &["diagnose", &report, "--claims", &payload],
        &["replay", &log, "--identities", &twice],
        &["replay", &log, "--policy", &twice],
        &["test", &case],
        &["test", &yaml],
        &["fields", "--from", &manifest],
        &["fields", "--from", &stack],
        &["fields", "--from", &stacks],
        &["matrix", "--from", manifest_of, "--personas", &personas],
        &["matrix", "--from", manifest_of, "--personas", own, "--diff", &matrix],
        &["resolver", "Query.listNotes", "--from", manifest_of, "--results", TWICE],
    ];
    for args in readers {
        let output = run(args);
        let said = stderr(&output) + &stdout(&output);
        assert_eq!(output.status.code(), Some(1), "{args:?}: {said}");
        assert!(said.contains("twice") || said.contains("duplicate field"), "{args:?}: {said}");
    }
    std::fs::remove_dir_all(folder).unwrap();
}

/// A token whose header cannot be read, or names no algorithm that is taken, is told in the same words by `token` and by every
/// command that takes a caller; its claims are read. RFC 7515, sections 4.1.1 and 5.2.
#[test]
fn a_broken_header_is_told_by_every_command_that_takes_a_token() {
    let folder = folder("header");
    let template = folder.join("t.vtl");
    std::fs::write(&template, "$util.toJson($ctx.identity.sub)").unwrap();
    let template = template.to_str().unwrap();
    let claims = r#"{"sub":"ann","iss":"https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01","token_use":"access","username":"ann","exp":4102444800}"#;
    let good = token(RS256, claims);
    let log = folder.join("a.log");
    std::fs::write(&log, r#"{"logType":"RequestSummary","requestId":"r1","statusCode":401}"#).unwrap();
    let log = log.to_str().unwrap();
    for (text, code, words) in [
        (good.replacen('.', "A.", 1), "token-malformed", "first part, cannot be read"),
        (good.replacen("eyJ", "eyK", 1), "token-malformed", "first part, cannot be read"),
        (token("[1]", claims), "token-malformed", "first part, cannot be read"),
        (token(r#"{"kid":"k"}"#, claims), "token-without-algorithm", "names no algorithm"),
        (token(r#"{"alg":"HS256","kid":"k"}"#, claims), "algorithm-refused", "a user pool signs with RS256"),
        (token(r#"{"alg":"RS255","kid":"k"}"#, claims), "algorithm-refused", "signed with RS255"),
    ] {
        let path = folder.join("token.txt");
        std::fs::write(&path, &text).unwrap();
        let path = path.to_str().unwrap();
        let judged = run(&["token", path, "--format", "json"]);
        let said = stdout(&judged);
        assert_eq!(judged.status.code(), Some(2), "token, {code}: {said}{}", stderr(&judged));
        assert!(said.contains(code) && said.contains(words) && said.contains("\"ann\""), "token, {code}: {said}");
        let ran = run(&[template, "--claims", path, "--format", "json"]);
        let said = stdout(&ran);
        assert!(said.contains(code) && said.contains(words) && said.contains("ann"), "template, {code}: {said}");
        assert_eq!(run(&[template, "--claims", path, "--strict"]).status.code(), Some(3), "{code}");
        let compared = run(&[template, "--claims", "{\"sub\": \"bea\"}", "--compare", path]);
        assert!(stderr(&compared).contains(words), "compare, {code}: {}", stderr(&compared));
        for args in [vec!["replay", log, "--claims", path], vec!["diagnose", REPORT, "--claims", path]] {
            let output = run(&args);
            let said = stderr(&output) + &stdout(&output);
            assert!(said.contains(words), "{args:?}, {code}: {said}");
        }
    }
    std::fs::remove_dir_all(folder).unwrap();
}

/// A token that AppSync refuses is a doubt of `matrix` and `test` as well, whatever the templates decide.
#[test]
fn a_refused_token_is_a_doubt_of_matrix_and_test() {
    let folder = folder("strict-token");
    let path = |name: &str| folder.join(name).display().to_string();
    let (personas, case) = (path("personas.json"), path("t.vtltest.yaml"));
    // What a resolver renders has a version and a payload.
    let rendered = r#"{"version": "2018-05-29", "payload": {}}"#;
    std::fs::create_dir_all(folder.join("resolvers")).unwrap();
    std::fs::write(path("t.vtl"), rendered).unwrap();
    std::fs::write(path("resolvers/q.vtl"), rendered).unwrap();
    let (manifest, response) = (path("manifest.json"), path("resolvers/response.vtl"));
    std::fs::write(&manifest, r#"{"pipelines": {"Query.me": {"kind": "UNIT", "functions": [{"name": "f", "slot": "unit", "index": 0, "dataSource": {"name": "NONE", "type": "NONE"}, "request": {"file": "q.vtl"}, "response": {"file": "response.vtl"}}]}}}"#).unwrap();
    std::fs::write(response, "{}").unwrap();
    std::fs::write(&personas, r#"{"personas": [{"name": "ann", "claimsFile": "token.txt"}]}"#).unwrap();
    std::fs::write(
        &case,
        "template: t.vtl\ncases:\n  - name: a\n    claimsFile: token.txt\n    expect: {verdict: completed}\n",
    )
    .unwrap();
    let claims = r#"{"sub":"ann","iss":"https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01","token_use":"access","username":"ann","exp":4102444800}"#;
    for (header, strict) in
        [(RS256, 0), (r#"{"alg":"none"}"#, 3), (r#"{"alg":"RS256","kid":"k","crit":["x"],"x":1}"#, 3)]
    {
        std::fs::write(path("token.txt"), token(header, claims)).unwrap();
        let matrix = ["matrix", "--from", &manifest, "--personas", &personas];
        let test = ["test", &case];
        for args in [&matrix[..], &test[..]] {
            assert_eq!(run(args).status.code(), Some(0), "{args:?}, {header}");
            assert_eq!(run(&[args, &["--strict"]].concat()).status.code(), Some(strict), "{args:?} --strict, {header}");
        }
    }
    std::fs::remove_dir_all(folder).unwrap();
}

/// A file that is not there, is a folder, or is sought below a file: which path, why, and what to do, and nothing of the system's.
#[test]
fn what_cannot_be_read_is_told_in_our_words() {
    let folder = folder("unread");
    let path = |name: &str| folder.join(name).display().to_string();
    let (file, inner) = (path("file.json"), path("inner"));
    std::fs::create_dir_all(&inner).unwrap();
    std::fs::write(&file, REPORT).unwrap();
    let template = path("t.vtl");
    std::fs::write(&template, "{}").unwrap();
    let notes = "templates/notes-api/manifest.json";
    let (gone, below) = (path("gone.json"), path("file.json/x.json"));
    for bad in [&gone, &inner, &below] {
        let commands: &[&[&str]] = &[
            &[bad],
            &[&template, "--claims", bad],
            &[&template, "--context", bad],
            &[&template, "--compare", bad],
            &["token", bad],
            &["token", "{\"sub\":\"a\"}", "--jwks", bad],
            &["diagnose", bad],
            &["diagnose", &file, "--logs", bad],
            &["diagnose", &file, "--schema", bad],
            &["diagnose", &file, "--api", bad],
            &["diagnose", &file, "--policy", bad],
            &["diagnose", &file, "--authorizer", bad],
            &["diagnose", &file, "--claims", bad],
            &["replay", bad],
            &["replay", &file, "--identities", bad],
            &["batch", bad],
            &["rules", "--model", bad],
            &["matrix", "--from", notes, "--personas", bad],
            &["matrix", "--from", notes, "--diff", bad],
            &["resolver", "Query.listNotes", "--from", notes, "--claims", bad],
            &["check", bad],
            &["test", bad],
            &["fields", "--from", bad],
        ];
        for args in commands {
            let a_folder = *bad == inner;
            // These take a folder too.
            if a_folder
                && (matches!(args[0], "check" | "test" | "fields" | "replay") && args.len() < 4
                    || args.contains(&"--logs")
                    || args.len() == 1)
            {
                continue;
            }
            let output = run(args);
            let said = stderr(&output);
            assert_eq!(output.status.code(), Some(1), "{args:?}: {said}");
            let why = if a_folder { "it is a folder: name a file in it" } else { "no such file" };
            let where_to =
                if *bad == below { format!("{file} is a file, and no folder; check the path") } else { String::new() };
            assert!(said.contains(bad.as_str()) && said.contains(why) && said.contains(&where_to), "{args:?}: {said}");
            assert!(!said.contains("os error") && !said.contains("directory"), "{args:?}: {said}");
        }
    }
    std::fs::remove_dir_all(folder).unwrap();
}

/// An entry of a log whose context has a key twice is not compared: which of the two the template was given is not known.
#[test]
fn a_log_entry_with_a_key_twice_is_not_compared() {
    let folder = folder("log");
    let log = folder.join("a.log");
    let id = "11111111-2222-4333-8444-555555555555";
    let entry = format!(
        r#"{{"logType":"RequestMapping","requestId":"{id}","fieldName":"listNotes","parentType":"Query","path":["listNotes"],"context":{{"arguments":{{"a":1,"a":2}}}},"transformedTemplate":"x","fieldInError":false,"errors":[]}}"#
    );
    std::fs::write(&log, entry).unwrap();
    let output = run(&["replay", log.to_str().unwrap(), "--from", "templates/notes-api/manifest.json", "--ndjson"]);
    assert!(stdout(&output).contains("stands twice in one object"), "{}", stdout(&output));
    std::fs::remove_dir_all(folder).unwrap();
}

/// A line of a log in which a member of its own stands twice is named as that, not as one that was cut.
#[test]
fn a_log_line_with_a_key_twice_is_named_as_that() {
    let folder = folder("log-line");
    let log = folder.join("a.log");
    std::fs::write(&log, r#"{"logType":"RequestSummary","requestId":"r1","requestId":"r2","statusCode":401}"#).unwrap();
    let output = run(&["replay", log.to_str().unwrap()]);
    let said = stderr(&output) + &stdout(&output);
    assert!(said.contains("with a key twice in one object") && !said.contains("cut"), "{said}");
    std::fs::remove_dir_all(folder).unwrap();
}

/// RFC 8259, section 6: a JSON integer has no limit of its own.
#[test]
fn a_tokens_long_integers_stay_whole() {
    let folder = folder("whole");
    let path = folder.join("token.txt");
    let claims = r#"{"sub":"ann","iss":"https://login.example.com","exp":4102444800,"tenant":184467440737095516171}"#;
    std::fs::write(&path, token(RS256, claims)).unwrap();
    for format in ["text", "json", "html"] {
        let output = run(&["token", path.to_str().unwrap(), "--format", format]);
        let said = stdout(&output);
        assert!(said.matches("184467440737095516171").count() >= 2, "{format}: {said}");
        assert!(!said.contains("1.844"), "{format}: {said}");
    }
    std::fs::remove_dir_all(folder).unwrap();
}

/// `--api` takes a CloudFormation template in YAML, with its tags, and the resource of an API alone.
#[test]
fn an_api_is_read_from_cloudformation_as_people_have_it() {
    let folder = folder("api");
    let har = folder.join("r.har");
    let headers = r#"[{"name": "authorization", "value": "crew-1x"}]"#;
    let entry = format!(
        r#"{{"startedDateTime": "2026-01-01T00:00:00Z", "request": {{"method": "POST", "url": "https://x.appsync-api.eu-west-1.amazonaws.com/graphql", "headers": {headers}, "postData": {{"text": "{{\"query\": \"{{ a }}\"}}"}}}}, "response": {{"status": 401}}}}"#
    );
    std::fs::write(&har, format!(r#"{{"log": {{"entries": [{entry}]}}}}"#)).unwrap();
    let yaml = "Resources:\n  Api:\n    Type: AWS::AppSync::GraphQLApi\n    Properties:\n      Name: !Sub \"${AWS::StackName}-a\"\n      AuthenticationType: AWS_LAMBDA\n      LambdaAuthorizerConfig:\n        AuthorizerUri: !GetAtt Gate.Arn\n        IdentityValidationExpression: !Sub \"^crew-[0-9]+$\"\n";
    let alone = r#"{"Type": "AWS::AppSync::GraphQLApi", "Properties": {"AuthenticationType": "AWS_LAMBDA", "LambdaAuthorizerConfig": {"IdentityValidationExpression": "^crew-[0-9]+$"}}}"#;
    for (name, text) in [("template.yaml", yaml), ("api.json", alone)] {
        let api = folder.join(name);
        std::fs::write(&api, text).unwrap();
        let output = run(&["diagnose", har.to_str().unwrap(), "--api", api.to_str().unwrap()]);
        assert!(stdout(&output).contains("authorizer-token-pattern"), "{name}: {}{}", stdout(&output), stderr(&output));
    }
    std::fs::remove_dir_all(folder).unwrap();
}

/// What is odd about a token is told by every command that reads one, and counts under `--strict`.
#[test]
fn odd_tokens_are_named_in_all_commands() {
    let folder = folder("odd");
    let template = folder.join("t.vtl");
    std::fs::write(&template, "$util.toJson($ctx.identity.sub)").unwrap();
    let template = template.to_str().unwrap();
    let claims = r#"{"sub":"ann","iss":"https://login.example.com","exp":4102444800}"#;
    // RFC 7515, 4.1.11 and 3.6 of RFC 7518; RFC 7519, 5.2.
    for (header, code) in [
        (r#"{"alg":"RS256","crit":["exp2"]}"#, "token-critical"),
        (r#"{"alg":"RS256","cty":"JWT"}"#, "token-nested"),
        (r#"{"alg":"none"}"#, "algorithm-refused"),
        (r#"{"alg":"None"}"#, "algorithm-refused"),
    ] {
        let token = token(header, claims);
        let path = folder.join("token.txt");
        std::fs::write(&path, &token).unwrap();
        let path = path.to_str().unwrap();
        let judged = run(&["token", path, "--format", "json"]);
        assert!(stdout(&judged).contains(code), "token, {code}: {}", stdout(&judged));
        let ran = run(&[template, "--claims", path, "--format", "json"]);
        assert!(stdout(&ran).contains(code), "template, {code}: {}", stdout(&ran));
        assert_eq!(run(&[template, "--claims", path, "--strict"]).status.code(), Some(3), "{code}");
        let request = format!(
            r#"{{"context": {{"request": {{"headers": {{"authorization": "{token}"}}, "now": 1790001000}}, "observed": {{"httpStatus": 401}}}}}}"#
        );
        let diagnosed = run(&["diagnose", &request, "--format", "json"]);
        assert!(stdout(&diagnosed).contains(code), "diagnose, {code}: {}", stdout(&diagnosed));
    }
    // A token of five parts is encrypted, and says how (RFC 7516); one within another is named (RFC 7519, 5.2).
    let encrypted = token(r#"{"alg":"RSA-OAEP","enc":"A256GCM"}"#, "x") + ".YQ.YQ";
    let said = stderr(&run(&[template, "--claims", &encrypted]));
    assert!(said.contains("alg RSA-OAEP, enc A256GCM"), "{said}");
    let nested = token(RS256, &token(RS256, claims));
    assert!(stderr(&run(&["token", &nested])).contains("nested JWT"));
    // Padding and line breaks are taken, with a note (RFC 7515, 2: base64url without padding).
    let padded = token(RS256, claims).replace('.', "=.");
    let broken = token(RS256, claims).replace('.', ".\n");
    for text in [padded, broken] {
        let ran = run(&[template, "--claims", &text, "--format", "json"]);
        assert_eq!(ran.status.code(), Some(0), "{}", stderr(&ran));
        assert!(stdout(&ran).contains("token-has-extras"), "{}", stdout(&ran));
    }
    std::fs::remove_dir_all(folder).unwrap();
}
