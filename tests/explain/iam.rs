//! IAM policies: documents, conditions and variables against AWS's user guide, decisions against a naive evaluator.

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use vtl_eval::report::DiagnosisJson;
use vtl_eval::request::iam::{Aside, Decision, Key, Request, holds, judge_policies, plain};
use vtl_eval::suite::{Refusal, diagnose};

const ARN: &str = "arn:aws:appsync:eu-west-1:111122223333:apis/abcdefghijklmnopqrstuvwxyz/types/Query/fields/getNote";

fn request(action: &'static str) -> Request<'static> {
    Request {
        action,
        region: Some("eu-west-1"),
        account: Some("111122223333"),
        api: Some("abcdefghijklmnopqrstuvwxyz"),
        parent: "Query",
        field: "getNote",
    }
}

/// The plainest matcher there is.
fn naive(pattern: &[char], text: &[char]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, None) => true,
        (Some(('*', rest)), _) => (0..=text.len()).any(|at| naive(rest, &text[at..])),
        (Some((letter, rest)), Some((mine, left))) => (*letter == '?' || letter == mine) && naive(rest, left),
        _ => false,
    }
}

proptest! {
    #[test]
    fn wildcards_match_as_a_naive_matcher_does(pattern in "[ab*?:/]{0,10}", text in "[ab:/]{0,12}") {
        let letters = |text: &str| text.chars().collect::<Vec<_>>();
        proptest::prop_assert_eq!(vtl_eval::request::iam::matches(&pattern, &text), naive(&letters(&pattern), &letters(&text)));
    }
}

/// The resources that AWS documents for `appsync:GraphQL`, and the mistake with `resolvers`.
#[test]
fn documented_resources() {
    use vtl_eval::request::iam::matches;
    let arn =
        |of: &str, field: &str| format!("arn:aws:appsync:eu-west-1:111122223333:apis/api1/types/{of}/fields/{field}");
    for (pattern, of, field, covered) in [
        ("arn:aws:appsync:eu-west-1:111122223333:apis/api1/*", "Query", "a", true),
        ("arn:aws:appsync:eu-west-1:111122223333:apis/api1/types/Query/*", "Query", "a", true),
        ("arn:aws:appsync:eu-west-1:111122223333:apis/api1/types/Query/*", "Mutation", "a", false),
        (
            "arn:aws:appsync:eu-west-1:111122223333:apis/api1/types/Mutation/fields/create*",
            "Mutation",
            "createNote",
            true,
        ),
        (
            "arn:aws:appsync:eu-west-1:111122223333:apis/api1/types/Mutation/fields/create*",
            "Mutation",
            "updateNote",
            false,
        ),
        ("arn:aws:appsync:*:111122223333:apis/*", "Note", "id", true),
        (
            "arn:aws:appsync:eu-west-1:111122223333:apis/api1/types/Mutation/resolvers/createNote",
            "Mutation",
            "createNote",
            false,
        ),
        ("arn:aws:appsync:eu-west-1:111122223333:apis/api1/types/query/fields/a", "Query", "a", false),
        ("arn:aws:appsync:eu-west-1:111122223333:apis/api1", "Query", "a", false),
    ] {
        assert_eq!(matches(pattern, &arn(of, field)), covered, "{pattern} on {of}.{field}");
    }
}

/// Actions and resources that cover the request, nearly cover it, and do not.
fn elements() -> (impl Strategy<Value = Vec<String>>, impl Strategy<Value = Vec<String>>) {
    let actions = [
        "appsync:GraphQL",
        "appsync:*",
        "*",
        "appsync:Get*",
        "s3:*",
        "APPSYNC:graphql",
        "appsync:Graph??",
        "appsync:G?aphQL",
    ];
    // The partition is not known of a request: it is taken from the policy.
    let cut = (8..ARN.len(), 8..ARN.len(), prop::sample::select(vec!["*", "?", "", "x"]))
        .prop_map(|(one, other, put)| format!("{}{put}{}", &ARN[..one.min(other)], &ARN[one.max(other)..]));
    let resource = prop_oneof![
        Just("*".to_owned()),
        Just(ARN.to_owned()),
        Just(ARN.replace("getNote", "get*")),
        Just(ARN.replace("Query/fields/getNote", "Mutation/*")),
        Just(ARN.replace("111122223333", "*")),
        cut,
    ];
    let action = prop::sample::select(actions.to_vec()).prop_map(str::to_owned);
    (prop::collection::vec(action, 1..3), prop::collection::vec(resource, 1..3))
}

fn policy() -> impl Strategy<Value = Json> {
    let (actions, resources) = elements();
    let statement = (any::<bool>(), any::<bool>(), actions, any::<bool>(), resources).prop_map(
        |(allow, not_action, actions, not_resource, resources)| {
            let (action, resource) = (
                if not_action { "NotAction" } else { "Action" },
                if not_resource { "NotResource" } else { "Resource" },
            );
            json!({"Effect": if allow { "Allow" } else { "Deny" }, action: actions, resource: resources})
        },
    );
    prop::collection::vec(statement, 0..4)
        .prop_map(|statements| json!({"Version": "2012-10-17", "Statement": statements}))
}

/// IAM's decision in the plainest words, on `*` and `?` only.
fn naive_decision(policies: &[Json]) -> &'static str {
    let fits = |patterns: &Json, text: &str, fold: bool| {
        patterns.as_array().unwrap().iter().any(|pattern| {
            let letters = |text: &str| {
                if fold { text.to_lowercase().chars().collect() } else { text.chars().collect::<Vec<_>>() }
            };
            // An ARN with fewer than six parts is completed with wildcards.
            let pattern = pattern.as_str().unwrap();
            let missing = 6_usize.saturating_sub(pattern.split(':').count()) * usize::from(pattern.starts_with("arn:"));
            naive(&letters(pattern), &letters(text))
                || naive(&letters(&(pattern.to_owned() + &":*".repeat(missing))), &letters(text))
        })
    };
    let covers = |statement: &Json| {
        let action = match statement.get("Action") {
            Some(patterns) => fits(patterns, "appsync:GraphQL", true),
            None => !fits(&statement["NotAction"], "appsync:GraphQL", true),
        };
        action
            && match statement.get("Resource") {
                Some(patterns) => fits(patterns, ARN, false),
                None => !fits(&statement["NotResource"], ARN, false),
            }
    };
    let any = |effect: &str| {
        policies.iter().any(|policy| {
            policy["Statement"].as_array().unwrap().iter().any(|one| one["Effect"] == effect && covers(one))
        })
    };
    match (any("Deny"), any("Allow")) {
        (true, _) => "denied",
        (_, true) => "allowed",
        _ => "implicit",
    }
}

fn word(decision: &Decision) -> &'static str {
    match decision {
        Decision::Allowed(_) => "allowed",
        Decision::Denied(_) => "denied",
        Decision::Implicit => "implicit",
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn decisions_are_those_of_a_naive_evaluator(policies in prop::collection::vec(policy(), 1..3)) {
        let mut aside = Aside::default();
        let decision = judge_policies(&policies, &request("appsync:GraphQL"), &|_| Key::Unknown, &mut aside);
        prop_assert_eq!(word(&decision), naive_decision(&policies));
        prop_assert!(aside.open.is_empty() && aside.unmet.is_empty());
    }

    /// A boundary grants nothing; what it does not allow does not count.
    #[test]
    fn boundaries_are_those_of_a_naive_evaluator(policies in prop::collection::vec(policy(), 1..3), boundary in policy()) {
        let expected = naive_decision(&policies) == "allowed" && naive_decision(std::slice::from_ref(&boundary)) == "allowed";
        let layer = layer(&json!({"policies": policies, "permissionsBoundary": boundary}), &json!({}), &json!({}));
        prop_assert_eq!(layer["state"] == "passed", expected, "{}", layer);
        prop_assert_ne!(&layer["state"], "unknown");
    }
}

/// The IAM layer of a request by these policies, with what is added to identity and request.
fn layer(policy: &Json, identity: &Json, request: &Json) -> Json {
    let mut caller = json!({"accountId": "111122223333", "userArn": "arn:aws:sts::111122223333:assumed-role/fn-role/fn", "username": "AROAEXAMPLE:fn"});
    caller.as_object_mut().unwrap().extend(identity.as_object().unwrap().clone());
    let mut sent = json!({"headers": {"authorization": "AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE/20260101/eu-west-1/appsync/aws4_request, SignedHeaders=host, Signature=00", "x-amz-security-token": "t"}});
    sent.as_object_mut().unwrap().extend(request.as_object().unwrap().clone());
    let report = json!({"authType": "AWS_IAM", "context": {
        "identity": caller, "request": sent, "policy": policy, "stash": {"metadata": {"apiId": "abcdefghijklmnopqrstuvwxyz"}},
        "info": {"parentTypeName": "Query", "fieldName": "getNote"}}});
    let refusal = Refusal::read(&report).unwrap();
    let diagnosis = diagnose(&refusal, None).unwrap();
    serde_json::to_value(DiagnosisJson::new(&diagnosis, &refusal)).unwrap()["layers"][2].clone()
}

/// Examples of the IAM user guide: "Condition operators", "Multivalued context key examples", "Condition".
#[test]
fn documented_conditions() {
    let one = |value: &str| Key::one(value);
    let many = |values: &[&str]| Key::Known(values.iter().map(|value| (*value).to_owned()).collect());
    let tags = ["environment", "webserver"];
    let rows: &[(&str, Key, &[&str], Option<bool>)] = &[
        // Strings.
        ("StringEquals", one("john"), &["john"], Some(true)),
        ("StringEquals", one("John"), &["john"], Some(false)),
        ("StringEqualsIgnoreCase", one("John"), &["john"], Some(true)),
        ("StringNotEquals", one("John"), &["john", "ann"], Some(true)),
        ("StringNotEquals", one("ann"), &["john", "ann"], Some(false)),
        ("StringNotEqualsIgnoreCase", one("John"), &["john"], Some(false)),
        ("StringEquals", one("home/ann"), &["home/*"], Some(false)),
        ("StringLike", one("home/ann"), &["", "home/", "home/ann*"], Some(true)),
        ("StringNotLike", one("home/ann"), &["home/?nn"], Some(false)),
        // Numbers: `s3:max-keys`.
        ("NumericLessThanEquals", one("10"), &["10"], Some(true)),
        ("NumericLessThanEquals", one("11"), &["10"], Some(false)),
        ("NumericEquals", one("10.0"), &["10"], Some(true)),
        ("NumericNotEquals", one("9"), &["10"], Some(true)),
        ("NumericGreaterThan", one("10"), &["10"], Some(false)),
        ("NumericGreaterThanEquals", one("10"), &["10"], Some(true)),
        ("NumericLessThan", one("many"), &["10"], Some(false)),
        // Dates, as ISO 8601 and as epoch time.
        ("DateGreaterThan", one("2020-04-02T00:00:00Z"), &["2020-04-01T00:00:00Z"], Some(true)),
        ("DateLessThan", one("2020-07-01T00:00:00Z"), &["2020-06-30T23:59:59Z"], Some(false)),
        ("DateLessThan", one("1593475200"), &["2020-06-30T23:59:59Z"], Some(true)),
        ("DateEquals", one("1593475200"), &["2020-06-30"], Some(true)),
        ("DateNotEquals", one("1593475200"), &["2020-06-30"], Some(false)),
        ("DateLessThanEquals", one("2020-06-30T02:00:00+02:00"), &["1593475200"], Some(true)),
        // Booleans, addresses.
        ("Bool", one("true"), &["true"], Some(true)),
        ("Bool", one("true"), &["False"], Some(false)),
        ("IpAddress", one("203.0.113.7"), &["203.0.113.0/24"], Some(true)),
        ("IpAddress", one("203.0.114.7"), &["203.0.113.0/24", "203.0.114.7"], Some(true)),
        ("IpAddress", one("198.51.100.7"), &["203.0.113.0/24"], Some(false)),
        ("NotIpAddress", one("198.51.100.7"), &["192.0.2.0/24", "203.0.113.0/24"], Some(true)),
        ("IpAddress", one("2001:db8:1234:5678::1"), &["2001:DB8:1234:5678::/64"], Some(true)),
        ("IpAddress", one("2001:db8:1234:5679::1"), &["2001:DB8:1234:5678::/64"], Some(false)),
        ("IpAddress", one("203.0.113.7"), &["0.0.0.0/0"], Some(true)),
        ("IpAddress", one("203.0.113.7"), &["::/0"], Some(false)),
        // ARNs: each of the six parts by itself.
        ("ArnLike", one("arn:aws:iam::111122223333:role/app/fn"), &["arn:aws:iam::111122223333:role/*"], Some(true)),
        ("ArnEquals", one("arn:aws:iam::111122223333:role/fn"), &["arn:aws:iam::*:role/f?"], Some(true)),
        ("ArnLike", one("arn:aws:iam::111122223333:role/fn"), &["arn:aws:*:role/fn"], Some(false)),
        ("ArnNotLike", one("arn:aws:iam::111122223333:role/fn"), &["arn:aws:iam::444455556666:*"], Some(true)),
        // A key that the request does not have.
        ("StringEquals", Key::Absent, &["x"], Some(false)),
        ("StringNotEquals", Key::Absent, &["x"], Some(true)),
        ("NotIpAddress", Key::Absent, &["203.0.113.0/24"], Some(true)),
        ("StringLikeIfExists", Key::Absent, &["t1.*", "t2.*", "m3.*"], Some(true)),
        ("StringLikeIfExists", one("t2.micro"), &["t1.*", "t2.*", "m3.*"], Some(true)),
        ("StringLikeIfExists", one("c5.large"), &["t1.*", "t2.*", "m3.*"], Some(false)),
        ("BoolIfExists", Key::Absent, &["false"], Some(true)),
        ("Null", Key::Absent, &["true"], Some(true)),
        ("Null", Key::Present, &["true"], Some(false)),
        ("Null", one("x"), &["false"], Some(true)),
        ("Null", many(&[]), &["false"], Some(false)),
        // Sets.
        ("ForAllValues:StringEquals", many(&["environment", "webserver"]), &tags, Some(true)),
        ("ForAllValues:StringEquals", many(&["environment"]), &tags, Some(true)),
        ("ForAllValues:StringEquals", many(&["environment", "storage"]), &tags, Some(false)),
        ("ForAllValues:StringEquals", Key::Absent, &tags, Some(true)),
        ("ForAllValues:StringEquals", many(&[]), &tags, Some(true)),
        ("ForAllValues:StringNotLike", many(&["key1:hr", "key1:personnel"]), &["key1*"], Some(false)),
        ("ForAllValues:StringNotLike", many(&["key2:audit"]), &["key1*"], Some(true)),
        ("ForAnyValue:StringEquals", many(&["environment", "storage"]), &tags, Some(true)),
        ("ForAnyValue:StringEquals", many(&["storage"]), &tags, Some(false)),
        ("ForAnyValue:StringEquals", Key::Absent, &tags, Some(false)),
        ("ForAnyValue:StringNotEquals", many(&["environment", "storage"]), &tags, Some(true)),
        // What is not known is not judged, and no operator is guessed.
        ("StringEquals", Key::Unknown, &["x"], None),
        ("StringEquals", Key::Present, &["x"], None),
        ("StringEqualsIfExists", Key::Unknown, &["x"], None),
        ("Null", Key::Unknown, &["true"], None),
        ("StringMatches", one("x"), &["x"], None),
        ("ForSomeValues:StringEquals", one("x"), &["x"], None),
    ];
    for (operator, key, wanted, expected) in rows {
        let wanted: Vec<_> = wanted.iter().map(|text| plain(text)).collect();
        assert_eq!(holds(operator, key, &wanted), *expected, "{operator} {key:?}");
    }
}

/// "Policy evaluation logic", "Permissions boundaries", NotAction, NotResource, variables.
#[test]
fn documented_decisions() {
    let allow_all = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
    let boundary = json!([{"Effect": "Allow", "Action": ["s3:*", "cloudwatch:*", "ec2:*"], "Resource": "*"}]);
    let prefix = |value: &str| json!([{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringLike": {"s3:prefix": [value]}}}]);
    let mfa = json!([allow_all.clone(), {"Effect": "Deny", "NotAction": ["iam:CreateVirtualMFADevice", "sts:GetSessionToken"], "Resource": "*", "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}]);
    let rows: &[(&str, &'static str, Json, &str)] = &[
        ("all requests are denied by default", "s3:GetObject", json!([]), "implicit"),
        ("an allow", "s3:GetObject", json!([allow_all.clone()]), "allowed"),
        (
            "an explicit deny wins, wherever it stands",
            "s3:GetObject",
            json!([{"Effect": "Deny", "Action": "s3:Get*", "Resource": "*"}, allow_all.clone()]),
            "denied",
        ),
        (
            "a deny of something else",
            "ec2:RunInstances",
            json!([allow_all.clone(), {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]),
            "allowed",
        ),
        ("a boundary's services", "s3:GetObject", boundary.clone(), "allowed"),
        ("what a boundary does not have", "iam:CreateUser", boundary, "implicit"),
        (
            "NotAction with Allow: all but",
            "s3:GetObject",
            json!([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}]),
            "allowed",
        ),
        (
            "NotAction with Allow does not deny",
            "iam:CreateUser",
            json!([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}]),
            "implicit",
        ),
        ("NotAction with Deny, MFA absent", "s3:GetObject", mfa.clone(), "denied"),
        ("NotAction with Deny, the action that is left", "sts:GetSessionToken", mfa, "allowed"),
        (
            "NotResource with Deny: all but this",
            "s3:GetObject",
            json!([allow_all.clone(), {"Effect": "Deny", "Action": "s3:*", "NotResource": ["arn:aws:s3:::HRBucket/Payroll", "arn:aws:s3:::HRBucket/Payroll/*"]}]),
            "denied",
        ),
        (
            "NotResource with Deny: this",
            "s3:GetObject",
            json!([allow_all.clone(), {"Effect": "Deny", "Action": "s3:*", "NotResource": ARN}]),
            "allowed",
        ),
        (
            "an ARN that is cut short stands for all",
            "s3:GetObject",
            json!([{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:appsync"}]),
            "allowed",
        ),
        (
            "effects have their exact case",
            "s3:GetObject",
            json!([{"Effect": "allow", "Action": "*", "Resource": "*"}]),
            "implicit",
        ),
        // The request asks for the prefix `ann/2026`, by the user ann without the tag `team`.
        ("a variable", "s3:ListBucket", prefix("${aws:username}/*"), "allowed"),
        ("names of keys in any case", "s3:ListBucket", prefix("${AWS:UserName}/*"), "allowed"),
        ("a variable's default", "s3:ListBucket", prefix("${aws:PrincipalTag/team, 'ann'}/*"), "allowed"),
        ("a variable without a value equals nothing", "s3:ListBucket", prefix("${aws:PrincipalTag/team}*"), "implicit"),
        ("a character itself", "s3:ListBucket", prefix("ann/${*}"), "implicit"),
        (
            "several conditions are all wanted",
            "s3:ListBucket",
            json!([{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringLike": {"s3:prefix": "ann/*", "aws:username": "bob"}}}]),
            "implicit",
        ),
    ];
    let keys = |name: &str| match name.to_lowercase().as_str() {
        "aws:username" => Key::one("ann"),
        "s3:prefix" => Key::one("ann/2026"),
        _ => Key::Absent,
    };
    for (name, action, statements, expected) in rows {
        let policy = json!({"Version": "2012-10-17", "Statement": statements});
        let mut aside = Aside::default();
        let decision = judge_policies(&[policy], &request(action), &keys, &mut aside);
        assert_eq!(word(&decision), *expected, "{name}");
        assert!(aside.open.is_empty(), "{name}: {:?}", aside.open);
    }
    // Variables came with the version 2012-10-17; before, they are text.
    for old in [
        json!({"Version": "2008-10-17", "Statement": prefix("${aws:username}/*")}),
        json!({"Statement": prefix("${aws:username}/*")}),
    ] {
        let decision = judge_policies(&[old], &request("s3:ListBucket"), &keys, &mut Aside::default());
        assert_eq!(word(&decision), "implicit");
    }
}

/// What is known of a request is judged, what is not is named.
#[test]
fn conditions_on_what_was_given() {
    let user = json!({"userArn": "arn:aws:iam::111122223333:user/staff/ann", "username": "AIDAEXAMPLE", "sourceIp": ["203.0.113.7"]});
    let at = json!({"now": "2026-01-01T10:00:00Z"});
    let none = json!({});
    let on = |effect: &str, condition: Json| json!({"Sid": "S", "Effect": effect, "Action": "appsync:GraphQL", "Resource": "*", "Condition": condition});
    let allow = |condition: Json| json!({"Version": "2012-10-17", "Statement": [on("Allow", condition)]});
    let deny = |condition: Json| json!({"Version": "2012-10-17", "Statement": [{"Sid": "A", "Effect": "Allow", "Action": "*", "Resource": "*"}, on("Deny", condition)]});
    let resource = |resource: &str| json!({"Version": "2012-10-17", "Statement": [{"Sid": "S", "Effect": "Allow", "Action": "appsync:GraphQL", "Resource": resource}]});
    let rows: Vec<(&str, Json, &Json, &Json, &str, &str)> = vec![
        (
            "address inside",
            allow(json!({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}})),
            &user,
            &none,
            "passed",
            "iam-allowed",
        ),
        (
            "address outside",
            allow(json!({"IpAddress": {"aws:SourceIp": ["198.51.100.0/24"]}})),
            &user,
            &none,
            "refused",
            "iam-condition-failed",
        ),
        (
            "address not known",
            allow(json!({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}})),
            &none,
            &none,
            "unknown",
            "iam-not-granted",
        ),
        (
            "deny but from the office",
            deny(json!({"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}})),
            &user,
            &none,
            "refused",
            "iam-explicit-deny",
        ),
        (
            "deny, address not known",
            deny(json!({"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}})),
            &none,
            &none,
            "unknown",
            "iam-allowed",
        ),
        (
            "time over",
            allow(json!({"DateLessThan": {"aws:CurrentTime": "2025-12-31T23:59:59Z"}})),
            &none,
            &at,
            "refused",
            "iam-condition-failed",
        ),
        (
            "time left",
            allow(json!({"DateLessThan": {"aws:EpochTime": 1_800_000_000}})),
            &none,
            &at,
            "passed",
            "iam-allowed",
        ),
        (
            "time not known",
            allow(json!({"DateLessThan": {"aws:CurrentTime": "2025-12-31T23:59:59Z"}})),
            &none,
            &none,
            "unknown",
            "iam-not-granted",
        ),
        ("TLS", deny(json!({"Bool": {"aws:SecureTransport": false}})), &none, &none, "passed", "iam-allowed"),
        (
            "the role, not its session",
            allow(json!({"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/fn-role"}})),
            &none,
            &none,
            "passed",
            "iam-allowed",
        ),
        (
            "another role",
            allow(json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/other-*"}})),
            &none,
            &none,
            "refused",
            "iam-condition-failed",
        ),
        (
            "a role's path is not known",
            allow(json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/team/fn-role"}})),
            &none,
            &none,
            "unknown",
            "iam-not-granted",
        ),
        (
            "user id",
            allow(json!({"StringLike": {"aws:userid": "AROAEXAMPLE:*"}})),
            &none,
            &none,
            "passed",
            "iam-allowed",
        ),
        (
            "region",
            allow(json!({"StringEquals": {"aws:RequestedRegion": ["us-east-1", "eu-west-1"]}})),
            &none,
            &none,
            "passed",
            "iam-allowed",
        ),
        (
            "temporary keys",
            deny(json!({"Null": {"aws:TokenIssueTime": "true"}})),
            &none,
            &none,
            "passed",
            "iam-allowed",
        ),
        (
            "a service's key",
            allow(json!({"StringEquals": {"aws:SourceAccount": "111122223333"}})),
            &none,
            &none,
            "refused",
            "iam-condition-failed",
        ),
        (
            "if it exists",
            allow(json!({"ArnLikeIfExists": {"aws:SourceArn": "arn:aws:s3:::b"}})),
            &none,
            &none,
            "passed",
            "iam-allowed",
        ),
        (
            "a tag is not known",
            allow(json!({"StringEquals": {"aws:PrincipalTag/team": "a"}})),
            &none,
            &none,
            "unknown",
            "iam-not-granted",
        ),
        (
            "one that fails beside one that is not known",
            allow(json!({"StringEquals": {"aws:PrincipalTag/team": "a", "aws:PrincipalAccount": "444455556666"}})),
            &none,
            &none,
            "refused",
            "iam-condition-failed",
        ),
        (
            "a user's name in the resource",
            resource(&ARN.replace("getNote", "${aws:username}*")),
            &user,
            &none,
            "refused",
            "iam-not-granted",
        ),
        (
            "the same, for its own field",
            resource(&ARN.replace("getNote", "getN${aws:principaltype, 'x'}").replace("getNUser", "getNote")),
            &none,
            &none,
            "refused",
            "iam-not-granted",
        ),
        (
            "a tag in the resource is not known",
            resource(&ARN.replace("getNote", "${aws:PrincipalTag/prefix}Note")),
            &none,
            &none,
            "unknown",
            "iam-not-granted",
        ),
        (
            "a tag in a resource of another type",
            resource(&ARN.replace("Query", "${aws:PrincipalTag/prefix}Mutation")),
            &none,
            &none,
            "refused",
            "iam-not-granted",
        ),
        (
            "the account in the resource",
            resource("arn:aws:appsync:*:${aws:PrincipalAccount}:*"),
            &none,
            &none,
            "passed",
            "iam-allowed",
        ),
    ];
    for (name, policy, identity, request, state, code) in rows {
        let layer = layer(&policy, identity, request);
        assert_eq!((&layer["state"], &layer["findings"][0]["code"]), (&json!(state), &json!(code)), "{name}: {layer}");
        let open =
            layer["findings"].as_array().unwrap().iter().find(|finding| finding["code"] == "iam-condition-not-judged");
        assert_eq!(open.is_some(), state == "unknown", "{name}: {layer}");
        if let Some(open) = open {
            // Statement and condition are named, so that a person can judge them.
            assert!(open["message"].as_str().unwrap().contains("S ("), "{name}: {open}");
        }
    }
    // A boundary with such a condition is not judged either.
    let bounded = json!({"policies": [allow(json!({}))], "permissionsBoundary": allow(json!({"StringEquals": {"aws:SourceVpce": "vpce-1"}}))});
    let bounded = layer(&bounded, &none, &none);
    assert_eq!(bounded["state"], "unknown", "{bounded}");
    assert!(bounded.to_string().contains("aws:SourceVpce vpce-1"), "{bounded}");
}
