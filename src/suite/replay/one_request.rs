//! One request, told as a refusal report, a HAR, a log, and partly by options: the same `Request`, and the same findings.

use super::headers;
use super::judge::Judge;
use super::request::LoggedRequest;
use crate::request::layer::{LayerName, State};
use crate::request::{Member, MemberOrigin, MemberValue, Request, har};
use crate::suite::diagnose::{Diagnosis, Refusal, diagnose};
use base64::Engine as _;
use serde_json::{Value as Json, json};

const SCHEMA: &str = "type Query { getNote(id: ID!): Note @aws_iam } type Note @aws_iam @aws_cognito_user_pools { id: ID }";
const HOST: &str = "abcdefghijklmnopqrstuvwxyz.appsync-api.eu-west-1.amazonaws.com";
const QUERY: &str = r#"query { getNote(id: "n1") { id } }"#;
/// 2023-11-14T22:14:20Z
const NOW: i64 = 1_700_000_060;

fn token() -> String {
    let part = |json: Json| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(json.to_string());
    let claims = json!({
        "sub": "11111111-2222-3333-4444-555555555555", "cognito:username": "ann", "token_use": "id", "aud": "client",
        "iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_aaaaaaaaa", "iat": NOW - 60, "exp": NOW + 3540,
    });
    format!("{}.{}.c2lnbmF0dXJl", part(json!({"alg": "RS256", "kid": "k"})), part(claims))
}

fn api() -> Json {
    json!({"default": "AMAZON_COGNITO_USER_POOLS", "additional": ["AWS_IAM"]})
}

/// What the command's options say of it.
fn with_options(mut request: Request) -> Request {
    request.set(Member::Schema, MemberValue::new(json!(SCHEMA), MemberOrigin::Option("schema")));
    request.set(Member::Api, MemberValue::new(api(), MemberOrigin::Option("api")));
    request
}

fn of_report() -> Request {
    let headers = json!({"Authorization": token(), "Host": HOST});
    let sent = json!({"authorization": token()});
    let identity = har::identity(sent.as_object().expect("it is an object")).expect("the token is whole");
    let report = json!({"context": {
        "identity": identity,
        "arguments": {"id": "n1"},
        "info": {"parentTypeName": "Query", "fieldName": "getNote"},
        "request": {"headers": headers, "now": NOW},
        "observed": {"httpStatus": 200, "errorType": "Unauthorized", "message": "Not Authorized to access getNote on type Query"},
        "schema": SCHEMA,
        "apiConfig": api(),
    }});
    Request::read(&report.to_string()).expect("it is a report")
}

fn of_har() -> Request {
    let error = json!({"path": ["getNote"], "errorType": "Unauthorized", "message": "Not Authorized to access getNote on type Query"});
    let entry = json!({
        "startedDateTime": "2023-11-14T22:14:20Z",
        "request": {
            "method": "POST",
            "url": format!("https://{HOST}/graphql"),
            "headers": [{"name": "authorization", "value": token()}],
            "postData": {"text": json!({"query": QUERY}).to_string()},
        },
        "response": {"status": 200, "headers": [], "content": {"text": json!({"data": {"getNote": null}, "errors": [error]}).to_string()}},
    });
    let mut found = Vec::new();
    let read = har::read(json!({"log": {"entries": [entry]}}).to_string().as_bytes(), None, &mut |request| {
        found.push(request);
        Ok(())
    });
    assert!(read.is_ok() && found.len() == 1);
    with_options(found.remove(0))
}

fn of_log() -> Request {
    let tail = &token()[token().len() - 6..];
    let mut logged = LoggedRequest::default();
    (logged.id, logged.status, logged.executed) = ("r".to_owned(), Some(200), true);
    logged.start = Some(NOW * 1000);
    logged.request_headers = Some(format!("Request Headers: {{authorization=[****{tail}], host=[{HOST}]}}"));
    logged.query = Some(format!("GraphQL Query: {QUERY}, Operation: null, Variables: {{}}"));
    let judge = Judge {
        tokens: [("*".to_owned(), token())].into(),
        known: with_options(Request::default()),
        ..Judge::default()
    };
    let mut sent = logged.request_headers.as_deref().map(headers::read);
    judge.unmask(&logged, sent.as_mut());
    let caller = judge.caller(&logged, sent, &[]);
    judge.request(&logged, &caller, Some("Query.getNote"))
}

fn judged(request: Request) -> (Refusal, Diagnosis) {
    let refusal = Refusal::of(request).expect("nothing of it is wrong");
    let diagnosis = diagnose(&refusal, None).expect("it has no template");
    (refusal, diagnosis)
}

#[test]
fn the_same_request_is_gathered_and_found_the_same() {
    let (report, expected) = judged(of_report());
    let early = |diagnosis: &Diagnosis| -> Vec<(LayerName, State, Vec<String>)> {
        let findings_of = |layer: &crate::request::Layer| {
            layer.findings.iter().map(|finding| format!("{}: {}", finding.code, finding.message)).collect()
        };
        let layers = diagnosis.layers.iter().filter(|layer| !matches!(layer.layer, LayerName::Resolver | LayerName::Records));
        layers.map(|layer| (layer.layer, layer.state, findings_of(layer))).collect()
    };
    assert_eq!(expected.layer, Some(LayerName::Mode));
    for (form, request) in [("HAR", of_har()), ("log", of_log())] {
        let (refusal, diagnosis) = judged(request);
        for member in [Member::Identity, Member::Schema, Member::Api] {
            assert_eq!(refusal.request.json(member), report.request.json(member), "{form}: {}", member.name());
        }
        for name in ["parentTypeName", "fieldName"] {
            assert_eq!(refusal.request.info(name), report.request.info(name), "{form}");
        }
        assert_eq!(refusal.request.headers(), report.request.headers(), "{form}");
        assert_eq!(refusal.evidence.now, report.evidence.now, "{form}");
        assert_eq!(early(&diagnosis), early(&expected), "{form}");
        assert_eq!((diagnosis.layer, diagnosis.verdict), (expected.layer, expected.verdict), "{form}");
    }
    assert_eq!(of_har().json(Member::Arguments), of_report().json(Member::Arguments));
}

#[test]
fn each_member_has_the_origin_of_its_form() {
    let origins = |request: Request| {
        [Member::Identity, Member::Info, Member::Schema].map(|member| request.get(member).map(MemberValue::origin))
    };
    let option = Some(MemberOrigin::Option("schema"));
    let report = Some(MemberOrigin::Report);
    assert_eq!(origins(of_report()), [report, report, report]);
    assert_eq!(origins(of_har()), [Some(MemberOrigin::Token), Some(MemberOrigin::Har), option]);
    assert_eq!(origins(of_log()), [Some(MemberOrigin::Log), Some(MemberOrigin::Log), option]);
}

// RFC 8259, section 6: a JSON integer has no limit of its own; Java reads one beyond 64 bits as a BigInteger.
#[test]
fn integers_beyond_64_bits_stay_whole_in_a_har() {
    let body = r#"{"query": "query q($n: Int) { getNote(id: $n) { id } }", "variables": {"n": 123456789012345678901234567890}}"#;
    let har = json!({"log": {"entries": [{
        "request": {"method": "POST", "url": format!("https://{HOST}/graphql"), "headers": [], "postData": {"text": body}},
        "response": {"status": 200, "headers": [], "content": {"text": "{}"}},
    }]}});
    let mut found = Vec::new();
    let read = har::read(har.to_string().as_bytes(), None, &mut |request| {
        found.push(request.get(Member::Arguments).map(|given| given.value().to_json().ok()));
        Ok(())
    });
    assert!(read.is_ok());
    assert_eq!(found, [Some(Some(r#"{"id":123456789012345678901234567890}"#.to_owned()))]);
}
