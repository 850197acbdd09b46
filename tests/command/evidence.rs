//! What several files prove together, and what is told of files that are not read whole (issue of the cause before the resolver).

use crate::support::command::{run, stdout};
use crate::support::files::temporary;
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
    let folder = temporary("evidence");
    std::fs::create_dir_all(&folder).unwrap();
    let id = serde_json::from_str::<Json>(&std::fs::read_to_string(HAR).unwrap()).unwrap();
    let headers = id.pointer("/log/entries/0/response/headers").and_then(Json::as_array).unwrap();
    let id =
        headers.iter().find(|one| one["name"] == "x-amzn-requestid").unwrap()["value"].as_str().unwrap().to_owned();
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
