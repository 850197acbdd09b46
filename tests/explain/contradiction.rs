//! Where what was seen contradicts what is computed: the reasons, the likeliest first.

use crate::support::callers::token;
use crate::support::command::command;
use crate::support::files::folder;
use serde_json::{Value as Json, json};
use vtl_eval::report::DiagnosisJson;
use vtl_eval::suite::{Refusal, diagnose};

fn compact(claims: &Json) -> String {
    token(claims, "c2lnbmF0dXJl")
}

fn claims(groups: &[&str]) -> Json {
    json!({"sub": "u", "token_use": "access", "iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_A", "username": "ann", "cognito:groups": groups, "exp": 1_800_000_000})
}

fn answer(report: &Json) -> Json {
    let refusal = Refusal::read(report).unwrap();
    let diagnosis = diagnose(&refusal, None).unwrap();
    serde_json::to_value(DiagnosisJson::new(&diagnosis, &refusal)).unwrap()
}

/// Name, template, parts of the context, what was seen, reasons.
type Row<'a> = (&'a str, &'a str, Vec<Json>, Json, &'a [&'a str]);

/// What speaks for each reason: facts that are known, then the message or missing input, then what is only likely.
#[test]
fn reasons_are_ranked() {
    let group = "#if( !$ctx.identity.claims.get(\"cognito:groups\").contains(\"Admin\") )$util.unauthorized()#end\n{}";
    let owner = "#if( $ctx.result.owner && $ctx.result.owner != $ctx.identity.sub )$util.unauthorized()#end\n{}";
    let custom = "#if( $ctx.identity.claims.get(\"cognito:groups\").isEmpty() )$util.error(\"Only members may do this\", \"Unauthorized\")#end\n{}";
    let denied = json!({"httpStatus": 200, "errorType": "Unauthorized", "message": "Not Authorized to access getNote on type Query"});
    let fine = json!({"httpStatus": 200});
    let schema = "type Query { getNote: Note } type Note { id: ID }";
    let api = json!({"default": "AMAZON_COGNITO_USER_POOLS"});
    let admin = json!({"identity": {"sub": "u", "claims": claims(&["Admin"])}});
    let member = json!({"identity": {"sub": "u", "claims": claims(&["admin"])}});
    let sent = |groups: &[&str]| json!({"headers": {"authorization": compact(&claims(groups))}, "now": 1_700_000_000});
    let closed = json!({"schema": "type Query { getNote: Note @aws_iam } type Note { id: ID }", "apiConfig": {"default": "AWS_IAM", "additional": ["AMAZON_COGNITO_USER_POOLS"]}});
    let rows: Vec<Row> = vec![
        // A refusal was seen; the template lets this caller in.
        (
            "all is known of it",
            group,
            vec![admin.clone(), json!({"request": sent(&["Admin"]), "schema": schema, "apiConfig": api})],
            denied.clone(),
            &["deployed-differs"],
        ),
        (
            "claims by hand",
            group,
            vec![admin.clone(), json!({"request": {"headers": {"host": "x"}}, "schema": schema, "apiConfig": api})],
            denied.clone(),
            &["refused-earlier", "other-token", "deployed-differs"],
        ),
        (
            "the identity is not the token's",
            group,
            vec![admin.clone(), json!({"request": sent(&["Users"]), "schema": schema, "apiConfig": api})],
            denied.clone(),
            &["other-token", "deployed-differs"],
        ),
        (
            "a row that was given",
            owner,
            vec![
                admin.clone(),
                json!({"request": sent(&["Admin"]), "schema": schema, "apiConfig": api, "result": {"owner": "u"}}),
            ],
            denied.clone(),
            &["input-differs", "deployed-differs"],
        ),
        (
            "words of another template",
            custom,
            vec![admin.clone(), json!({"request": sent(&["Admin"]), "schema": schema, "apiConfig": api})],
            json!({"httpStatus": 200, "errorType": "Unauthorized", "message": "You shall not pass"}),
            &["deployed-differs"],
        ),
        (
            "words of this template, by hand",
            custom,
            vec![admin.clone(), json!({"schema": schema, "apiConfig": api})],
            json!({"httpStatus": 200, "errorType": "Unauthorized", "message": "Only members may do this"}),
            &["other-token", "refused-earlier", "deployed-differs"],
        ),
        (
            "another field is meant",
            group,
            vec![admin.clone(), json!({"request": sent(&["Admin"]), "schema": schema, "apiConfig": api})],
            json!({"httpStatus": 200, "errorType": "Unauthorized", "message": "Not Authorized to access author on type Note"}),
            &["other-field", "deployed-differs"],
        ),
        // None was seen; a layer refuses.
        (
            "let through, claims by hand",
            group,
            vec![member.clone(), json!({"schema": schema, "apiConfig": api})],
            fine.clone(),
            &["other-token", "deployed-differs"],
        ),
        (
            "let through, with its own token",
            group,
            vec![member.clone(), json!({"request": sent(&["admin"]), "schema": schema, "apiConfig": api})],
            fine.clone(),
            &["deployed-differs"],
        ),
        (
            "let through, with another token",
            group,
            vec![member.clone(), json!({"request": sent(&["Admin"]), "schema": schema, "apiConfig": api})],
            fine.clone(),
            &["other-token", "deployed-differs"],
        ),
        (
            "let through a directive",
            group,
            vec![admin.clone(), closed, json!({"request": sent(&["Admin"])})],
            fine.clone(),
            &["schema-differs"],
        ),
    ];
    for (name, template, parts, observed, expected) in rows {
        let mut context = json!({"info": {"parentTypeName": "Query", "fieldName": "getNote"}, "observed": observed});
        for part in parts {
            context.as_object_mut().unwrap().extend(part.as_object().unwrap().clone());
        }
        let answer = answer(
            &json!({"authType": "User Pool Authorization", "template": template, "templateName": "Query.getNote.req.vtl", "context": context}),
        );
        assert_eq!(answer["observed"]["consistent"], false, "{name}: {answer}");
        let reasons: Vec<_> = answer["observed"]["reasons"]
            .as_array()
            .unwrap()
            .iter()
            .map(|reason| reason["code"].as_str().unwrap())
            .collect();
        assert_eq!(reasons, expected, "{name}");
        let first = answer["observed"]["reasons"][0]["message"].as_str().unwrap();
        let in_note = answer["notes"].to_string().contains(json!(first).to_string().trim_matches('"'));
        // What the template let through says so itself, and a report has one likeliest.
        let let_through = answer["verdict"] == "unknown" && answer["hints"][0]["code"] == "let-through";
        assert!(in_note != let_through, "{name}: the note or the cause names the likeliest: {answer}");
    }
}

/// A row that nobody gave: with one the template refuses, with another it does not, so a refusal fits (issue: a verdict that
/// agrees with what was seen is never said not to fit).
#[test]
fn of_several_readings_one_fits() {
    let template = "#if( $ctx.result.owner && $ctx.result.owner != $ctx.identity.sub )$util.unauthorized()#end\n{}";
    let observed = json!({"httpStatus": 200, "errorType": "Unauthorized", "message": "Not Authorized to access getNote on type Query"});
    let context = json!({"identity": {"sub": "u", "claims": claims(&["Admin"])}, "info": {"parentTypeName": "Query", "fieldName": "getNote"}, "observed": observed});
    let answer = answer(
        &json!({"authType": "User Pool Authorization", "template": template, "templateName": "Query.getNote.req.vtl", "context": context}),
    );
    assert_eq!((&answer["verdict"], &answer["observed"]["consistent"]), (&json!("unknown"), &json!(null)), "{answer}");
    assert_eq!(
        (&answer["observed"]["reasons"], &answer["hints"][0]["code"]),
        (&json!([]), &json!("not-given")),
        "{answer}"
    );
}

#[test]
fn policies_and_authorizers_that_differ() {
    let context = json!({"identity": {"userArn": "arn:aws:sts::111122223333:assumed-role/a/b", "accountId": "111122223333"}, "policy": {"Statement": []}, "info": {"parentTypeName": "Query", "fieldName": "x"}, "observed": {"httpStatus": 200}});
    let report = answer(&json!({"authType": "AWS_IAM", "context": context}));
    assert_eq!(report["observed"]["reasons"][0]["code"], "policy-differs", "{report}");
    let context = json!({"request": {"headers": {"authorization": "opaque"}}, "authorizerResponse": {"isAuthorized": false}, "apiConfig": {"default": "AWS_LAMBDA"}, "info": {"parentTypeName": "Query", "fieldName": "x"}, "observed": {"httpStatus": 200}});
    let report = answer(&json!({"authType": "AWS_LAMBDA", "context": context}));
    assert_eq!(report["observed"]["reasons"][0]["code"], "authorizer-differs", "{report}");
}

/// HTTP 401 comes before any template: that this one would refuse too is not the answer (4.7).
#[test]
fn a_401_is_not_the_templates() {
    let template = "$util.unauthorized()";
    let observed = json!({"httpStatus": 401, "errorType": "UnauthorizedException", "message": "Unauthorized"});
    for (headers, layer) in
        [(json!({"host": "x"}), "request"), (json!({"authorization": compact(&claims(&[]))}), "request")]
    {
        let context = json!({"identity": {"sub": "u", "claims": claims(&[])}, "request": {"headers": headers, "now": 1_700_000_000}, "info": {"parentTypeName": "Query", "fieldName": "x"}, "observed": observed});
        let report = answer(&json!({"authType": "User Pool Authorization", "template": template, "context": context}));
        assert_eq!((&report["verdict"], &report["layer"]), (&json!("denied"), &json!(layer)), "{report}");
    }
}

/// Text and page say the same as JSON.
#[test]
fn every_form_has_the_reasons() {
    let report = json!({"authType": "User Pool Authorization", "template": "{}", "templateName": "Query.x.req.vtl", "context": {"identity": {"sub": "u", "claims": claims(&[])}, "apiConfig": {"default": "AMAZON_COGNITO_USER_POOLS"}, "schema": "type Query { x: String }", "info": {"parentTypeName": "Query", "fieldName": "x"}, "observed": {"httpStatus": 200, "errorType": "Unauthorized", "message": "Not Authorized to access x on type Query"}}}).to_string();
    for format in ["text", "html", "json"] {
        let output = command().args(["diagnose", &report, "--format", format]).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let places: Vec<_> =
            ["refused-earlier", "other-token", "deployed-differs"].iter().map(|code| text.find(code)).collect();
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{format}: {text}");
    }
}

/// A project that nobody named lies where the command runs: its place is told, what rests on it is likely at most, and where
/// AppSync's answer cannot be that API's its modes are left out.
#[test]
fn a_project_that_was_found_by_itself_weighs_less_than_what_was_given() {
    const STACK: &str = r#"{"Resources": {
        "Api": {"Type": "AWS::AppSync::GraphQLApi", "Properties": {"Name": "ports", "AuthenticationType": "AWS_IAM"}},
        "Quays": {"Type": "AWS::AppSync::Resolver", "Properties": {"ApiId": {"Fn::GetAtt": ["Api", "ApiId"]}, "TypeName": "Query",
            "FieldName": "quays", "DataSourceName": "none", "RequestMappingTemplate": "{}", "ResponseMappingTemplate": "[]"}}}}"#;
    let report = |message: &str| {
        json!({"authType": "API Key Authorization", "context": {
            "request": {"headers": {"x-api-key": "da2-gyr74mbwjwp6ra4tzadg2ee7v6"}, "now": 1_775_990_000},
            "info": {"parentTypeName": "Query", "fieldName": "quays"},
            "observed": {"httpStatus": 401, "errorType": "UnauthorizedException", "message": message}}})
        .to_string()
    };
    let folder = folder(
        "found-by-itself",
        &[
            ("template.json", STACK),
            ("own.json", &report("You are not authorized to make this call.")),
            ("other.json", &report("No entry")),
        ],
    );
    let told = |args: &[&str]| {
        let output = command().args(args).current_dir(&folder).output().unwrap();
        String::from_utf8_lossy(&output.stdout).split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let disproved = told(&["diagnose", "own.json", "--color", "never"]);
    assert!(
        disproved.contains("key-or-authorizer-refused")
            && disproved.contains("template.json has an API with AWS_IAM only"),
        "{disproved}"
    );
    let open = told(&["diagnose", "other.json", "--color", "never"]);
    assert!(
        open.contains("mode-not-configured, likely") && open.contains("found from the working directory and not given"),
        "{open}"
    );
    let named = told(&["diagnose", "other.json", "--from", "template.json", "--color", "never"]);
    assert!(named.contains("[mode-not-configured]") && !named.contains("not given"), "{named}");
}
