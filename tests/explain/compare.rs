//! "It works for her, not for me": what is said first of two callers, in every command that takes `--compare`.

use crate::support::callers::access_claims;
use crate::support::command::{command, json, run, stdout};
use crate::support::files::folder;
use serde_json::{Value as Json, json};

const NOTES: &str = "templates/notes-api/manifest.json";

fn claims(name: &str, more: Json) -> Json {
    access_claims(name, &more)
}

/// What the main command says of a template for these two, as JSON.
fn compared(template: &str, mine: &Json, theirs: &Json, code: i32) -> Json {
    let folder = folder("compare", &[("t.vtl", template)]);
    let file = folder.join("t.vtl").display().to_string();
    let (mine, theirs) = (mine.to_string(), theirs.to_string());
    let report = json(&[&file, "--claims", &mine, "--compare", &theirs, "--args", "{}", "--format", "json"], code);
    assert_eq!(report["hints"][0]["code"], "callers-differ", "{report:#}");
    assert_eq!(report["hints"][0]["message"], report["compare"]["message"]);
    report["compare"].clone()
}

#[track_caller]
fn says(compare: &Json, words: &[&str]) {
    let message = compare["message"].as_str().unwrap();
    for word in words {
        assert!(message.contains(word), "{word:?} is not in {message:?}");
    }
}

/// The branch in the loop comes first, with the group of each turn, and the claim behind it.
#[test]
fn a_group_in_a_loop() {
    let template = "#set($ok = false)\n#foreach($g in $ctx.identity.claims.get(\"cognito:groups\"))\n#if($g == \"Pilots\")\n#set($ok = true)\n#end\n#end\n#if(!$ok)\n$util.unauthorized()\n#end{}";
    let mine = claims("ida", json!({"cognito:groups": ["Crew", "Ground"]}));
    let theirs = claims("otto", json!({"cognito:groups": ["Pilots"]}));
    let found = compared(template, &mine, &theirs, 2);
    assert_eq!(found["first"]["at"]["line"], 3);
    assert_eq!(found["first"]["held"], json!([false, true]));
    assert_eq!(found["first"]["operands"][0]["values"], json!([["Crew", "Ground"], "Pilots"]));
    assert_eq!(found["sources"][0]["path"], "identity.claims[\"cognito:groups\"]");
    assert_eq!(
        found["callers"][1],
        json!({"name": "otto", "authType": "User Pool Authorization", "tokenUse": "access", "verdict": "allowed"})
    );
    says(&found, &["ida is denied, and otto (the other caller) is allowed", "Line 3", "[\"Crew\",\"Ground\"]"]);
    // A caller without the claim never enters the loop.
    let found = compared(template, &claims("eva", json!({})), &theirs, 2);
    assert_eq!((&found["first"]["kind"], &found["first"]["held"]), (&json!("loop"), &json!([false, true])));
    assert_eq!(found["sources"][0]["absent"], json!([true, false]));
    says(&found, &["The loop on line 2", "no turn for eva", "The claim cognito:groups is absent for eva"]);
}

/// What bears on the decision stands before a condition that differs and does not matter.
#[test]
fn what_does_not_matter_is_not_first() {
    let template = "#if($ctx.identity.claims.email)\n#set($greeting = \"hello\")\n#end\n#if($ctx.identity.claims.get(\"custom:team\") != \"red\")\n$util.unauthorized()\n#end{}";
    let mine = claims("ida", json!({"email": "ida@example.com", "custom:team": "blue"}));
    let found = compared(template, &mine, &claims("otto", json!({"custom:team": "red"})), 2);
    assert_eq!(found["first"]["at"]["line"], 4);
    says(&found, &["The claim custom:team is \"blue\" for ida and \"red\" for otto"]);
}

/// The kind of the token, the mode, and `$util.validate`.
#[test]
fn tokens_modes_and_validate() {
    let template = "#set($grown = $ctx.identity.claims.get(\"custom:age\") == \"18\")\n$util.validate($grown, \"no\", \"Unauthorized\"){}";
    let found = compared(
        template,
        &claims("ida", json!({})),
        &claims("otto", json!({"token_use": "id", "custom:age": "18"})),
        2,
    );
    assert_eq!(found["first"]["held"], json!([false, true]), "{found:#}");
    says(&found, &["ida sent an access token, otto an ID token", "send the ID token for ida"]);
    let template = "#if($util.authType() == \"IAM Authorization\")\n$util.unauthorized()\n#end{}";
    let iam = json!({"accountId": "111122223333", "userArn": "arn:aws:sts::111122223333:assumed-role/job/nightly"});
    let found = compared(template, &iam, &claims("otto", json!({})), 2);
    says(&found, &["nightly by IAM Authorization, otto by User Pool Authorization", "Line 1 went two ways"]);
}

/// Both get the same: that is said, with what differs all the same.
#[test]
fn the_same_verdict() {
    let template =
        "#set($who = $ctx.identity.username)\n#if($ctx.args.closed || !$ctx.args.closed)\n$util.unauthorized()\n#end";
    let found = compared(template, &claims("ida", json!({})), &claims("otto", json!({})), 2);
    assert_eq!(found["same"], true);
    says(
        &found,
        &["Ida".to_lowercase().as_str(), "get the same: both are denied", "\"ida\" for ida, \"otto\" for otto"],
    );
    let found = compared("#if(true)$util.unauthorized()#end", &claims("ida", json!({})), &claims("otto", json!({})), 2);
    assert_eq!(found["first"], Json::Null);
    says(&found, &["Nothing that the templates looked at went two ways."]);
}

/// A whole pipeline: the step that parted them is named; text and page have the table.
#[test]
fn of_a_pipeline() {
    let mine = claims("bob", json!({})).to_string();
    let theirs = claims("ann", json!({})).to_string();
    let base = ["resolver", "Mutation.deleteNote", "--from", NOTES, "--claims", &mine, "--compare", &theirs];
    let base = [&base[..], &["--args", "{\"id\": \"n1\"}", "--result", "{\"owner\": \"sub-ann\"}"]].concat();
    let report = json(&[&base[..], &["--format", "json"]].concat(), 2);
    let found = &report["compare"];
    assert_eq!(found["first"]["at"]["file"], "Mutation.deleteNote.auth.1.res.vtl");
    assert_eq!(found["first"]["at"]["line"], 9);
    assert_eq!(found["callers"][1]["verdict"], "allowed");
    says(found, &["Line 9 of Mutation.deleteNote.auth.1.res.vtl", "\"sub-bob\" for bob and \"sub-ann\" for ann"]);
    let text = stdout(&run(&base));
    assert!(text.contains("Two callers\n") && text.contains("identity.claims.sub"), "{text}");
    let page = stdout(&run(&[&base[..], &["--format", "html"]].concat()));
    assert!(page.contains("Two callers</h2>") && page.contains("sub-ann"), "{page}");
}

/// `diagnose`: by a second identity, report or HAR; the layer that parted them may come before the templates.
#[test]
fn of_a_refused_request() {
    let schema = "type Query { secret: String @aws_iam }";
    let api = json!({"default": "AMAZON_COGNITO_USER_POOLS", "additional": ["AWS_IAM"]});
    let iam = json!({"accountId": "111122223333", "userArn": "arn:aws:sts::111122223333:assumed-role/job/nightly",
        "username": "AROASAMPLE:nightly", "cognitoIdentityId": null});
    let report = json!({"templateName": "Query.secret.req.vtl", "template": "{}", "authType": "User Pool Authorization",
        "context": {"identity": {"claims": claims("ida", json!({})), "sub": "sub-ida", "username": "ida"},
            "arguments": {}, "schema": schema, "apiConfig": api, "request": {"headers": {"authorization": "x"}},
            "observed": {"httpStatus": 200, "errorType": "Unauthorized",
                "message": "Not Authorized to access secret on type Query"}}});
    let diagnosed = |report: &Json, more: &[&str]| -> Json {
        let output = command().args(["diagnose", &report.to_string(), "--format", "json"]).args(more).output().unwrap();
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
    };
    let found = diagnosed(&report, &["--compare", &iam.to_string()]);
    assert_eq!(found["layer"], "mode");
    assert_eq!(found["compare"]["layer"], "mode", "{:#}", found["compare"]);
    assert_eq!(found["layers"][1]["findings"][0]["code"], "callers-differ");
    says(&found["compare"], &["different modes", "At the layer mode ida was refused", "nightly passed"]);
    // A second report has its own row.
    let template = "#if($ctx.result.owner != $ctx.identity.sub)\n$util.unauthorized()\n#end{}";
    let owned = |name: &str, owner: &str| {
        json!({"templateName": "Query.secret.res.vtl", "template": template,
            "context": {"identity": {"claims": claims(name, json!({})), "sub": format!("sub-{name}"), "username": name},
                "arguments": {}, "result": {"owner": owner}, "request": {"headers": {}}}})
    };
    let (mut mine, theirs) = (owned("ida", "sub-otto"), owned("ida", "sub-ida"));
    let found = diagnosed(&mine, &["--compare", &theirs.to_string()]);
    says(
        &found["compare"],
        &["This caller is denied, and the other caller is allowed", "result.owner is \"sub-otto\""],
    );
    // As a member of the report.
    mine["compare"] = theirs;
    let found = diagnosed(&mine, &[]);
    assert_eq!(found["compare"]["callers"][1]["verdict"], "allowed");
    // What is no caller is an error, which does not repeat it.
    let output = command().args(["diagnose", &mine.to_string(), "--compare", "eyJhbGciOi.secret"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(!String::from_utf8_lossy(&output.stderr).contains("secret\n"));
}
