//! What several files prove together, and what is told of files that are not read whole (issue of the cause before the resolver).

use crate::support::command::{run, stdout};
use serde_json::{Value as Json, json};

fn diagnosed(args: &[&str]) -> Json {
    let output = run(&[&["diagnose"], args, &["--format", "json"]].concat());
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{args:?}: {error}: {}", stdout(&output)))
}

fn codes(json: &Json) -> Vec<String> {
    let hints = json["requests"][0]["hints"].as_array().cloned().unwrap_or_default();
    hints.iter().map(|hint| hint["code"].as_str().unwrap_or_default().to_owned()).collect()
}

const HAR: &str = "tests/reports/before/096-log-proves-the-resolver.har";

// The id that AppSync puts on an answer (x-amzn-requestid) stands in its log: what that tells is of the same request.
#[test]
fn a_log_proves_what_the_browser_could_not_see() {
    let log = "tests/reports/before/096-log-proves-the-resolver-logs.log";
    let alone = diagnosed(&[HAR]);
    assert!(!codes(&alone).contains(&"log-proves".to_owned()), "{alone:#}");
    let joined = diagnosed(&[HAR, "--logs", log]);
    let found = codes(&joined);
    assert_eq!(found.first().map(String::as_str), Some("refused-by-resolver"), "{joined:#}");
    assert!(found.contains(&"log-proves".to_owned()), "{joined:#}");
    assert_eq!(joined["requests"][0]["layer"], "resolver");
    // Another request's log proves nothing of this one.
    let folder = std::env::temp_dir().join(format!("vtl-eval-evidence-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let id = serde_json::from_str::<Json>(&std::fs::read_to_string(HAR).unwrap()).unwrap();
    let headers = id.pointer("/log/entries/0/response/headers").and_then(Json::as_array).unwrap();
    let id = headers.iter().find(|one| one["name"] == "x-amzn-requestid").unwrap()["value"].as_str().unwrap().to_owned();
    let text = std::fs::read_to_string(log).unwrap();
    assert!(text.contains(&id), "the log is of this request");
    let other = folder.join("other.log");
    std::fs::write(&other, text.replace(&id, "00000000-0000-4000-8000-000000000000")).unwrap();
    let apart = diagnosed(&[HAR, "--logs", other.to_str().unwrap()]);
    assert!(!codes(&apart).contains(&"log-proves".to_owned()), "{apart:#}");
    std::fs::remove_dir_all(folder).unwrap();
}

// In AWS's own files what is not read is no error; where its name speaks of authorization, it is told.
#[test]
fn a_member_that_is_not_read_and_speaks_of_authorization_is_told() {
    let pool = json!({"userPoolId": "eu-west-1_Example01", "awsRegion": "eu-west-1", "defaultAction": "ALLOW"});
    let answer = json!({"graphqlApi": {
        "authenticationType": "AMAZON_COGNITO_USER_POOLS", "userPoolConfig": pool, "futureAuthorizationConfig": {"a": 1}, "tags": {},
    }});
    let outputs = json!({"version": "1.3", "auth": {"user_pool_id": "eu-west-1_Example01"}, "data": {
        "url": "https://x.appsync-api.eu-west-1.amazonaws.com/graphql",
        "default_authorization_type": "AMAZON_COGNITO_USER_POOLS",
        "authorization_rules_of_tomorrow": [],
    }});
    for (api, name) in [(answer, "futureAuthorizationConfig"), (outputs, "authorization_rules_of_tomorrow")] {
        let told = diagnosed(&[HAR, "--api", &api.to_string()]);
        let notes = told["requests"][0]["notes"].to_string();
        assert!(notes.contains(name), "{notes}");
        assert!(!notes.contains("tags"), "{notes}");
    }
}

/// Integers beyond 64 bits stay whole where a template can read them (RFC 8259, section 6; Jackson's BigInteger).
#[test]
fn long_integers_stay_whole_in_reports_hars_and_tokens() {
    use base64::Engine as _;
    const LONG: &str = "123456789012345678901234567890";
    let folder = std::env::temp_dir().join(format!("vtl-eval-long-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let template = "$util.error($util.toJson($ctx.args) + $util.toJson($ctx.identity.claims.ledger), \"Seen\")";
    let report = format!(
        r#"{{"template": {}, "context": {{"arguments": {{"n": {LONG}}}, "identity": {{"sub": "ann", "claims": {{"ledger": {LONG}}}}}, "request": {{"headers": {{}}}}}}}}"#,
        json!(template)
    );
    let said = stdout(&run(&["diagnose", &report]));
    assert!(said.matches(LONG).count() >= 2, "{said}");
    // A HAR's variables and the claims of its token.
    let part = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
    let claims = format!(
        r#"{{"sub":"ann","iss":"https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01","token_use":"id","exp":1900000000,"ledger":{LONG}}}"#
    );
    let token = format!("{}.{}.c2ln", part(r#"{"alg":"RS256","kid":"k"}"#), part(&claims));
    let body = format!(r#"{{"query":"query Q($n: Long) {{ bill(n: $n) {{ id }} }}","variables":{{"n":{LONG}}}}}"#);
    let har = json!({"log": {"entries": [{
        "startedDateTime": "2026-01-01T00:00:00Z",
        "request": {
            "method": "POST", "url": "https://x.appsync-api.eu-west-1.amazonaws.com/graphql",
            "headers": [{"name": "authorization", "value": token}], "postData": {"text": body},
        },
        "response": {"status": 200, "headers": [], "content": {"text": r#"{"data":{"bill":null},"errors":[{"path":["bill"],"errorType":"Unauthorized","message":"Not Authorized to access bill on type Query"}]}"#}},
    }]}});
    let (har_path, project) = (folder.join("x.har"), folder.join("m"));
    std::fs::write(&har_path, har.to_string()).unwrap();
    std::fs::create_dir_all(&project).unwrap();
    std::fs::write(project.join("bill.vtl"), template).unwrap();
    let manifest = json!({"pipelines": {"Query.bill": {"kind": "UNIT", "functions": [{
        "name": "bill", "slot": "unit", "index": 0,
        "dataSource": {"name": "NONE", "type": "NONE"}, "request": {"file": "bill.vtl"},
    }]}}});
    std::fs::write(project.join("manifest.json"), manifest.to_string()).unwrap();
    let manifest = project.join("manifest.json");
    let said = stdout(&run(&["diagnose", har_path.to_str().unwrap(), "--from", manifest.to_str().unwrap(), "--verbose"]));
    assert!(said.matches(LONG).count() >= 2, "{said}");
    std::fs::remove_dir_all(folder).unwrap();
}
