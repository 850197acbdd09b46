//! IAM policies: documents, conditions and variables against AWS's user guide, decisions against a naive evaluator.

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use vtl_eval::report::DiagnosisJson;
use vtl_eval::request::iam::{IamCall, Judged, Key, Policy, PolicyKind, differences, holds, judge_policies, plain};
use vtl_eval::suite::{Refusal, diagnose};

const ARN: &str = "arn:aws:appsync:eu-west-1:111122223333:apis/abcdefghijklmnopqrstuvwxyz/types/Query/fields/getNote";

fn request(action: &str) -> IamCall {
    let some = |text: &str| Some(text.to_owned());
    IamCall {
        action: action.to_owned(),
        partition: some("aws"),
        region: some("eu-west-1"),
        account: some("111122223333"),
        api: some("abcdefghijklmnopqrstuvwxyz"),
        parent: some("Query"),
        field: some("getNote"),
        ..IamCall::default()
    }
}

/// How many random policies are judged: 2,000, or as many as `IAM_CASES` says.
fn cases() -> u32 {
    std::env::var("IAM_CASES").ok().and_then(|count| count.parse().ok()).unwrap_or(2000)
}

/// Documents as they are judged.
fn read(policies: &[Json]) -> Vec<Policy> {
    let one =
        |(at, policy): (usize, &Json)| Policy::read(policy.as_object().unwrap(), PolicyKind::Identity, None, at + 1);
    policies.iter().enumerate().map(one).collect()
}

fn decided(policies: &[Json], request: &IamCall, keys: &dyn Fn(&str) -> Key) -> Judged {
    judge_policies(read(policies).iter().filter(|policy| policy.flaws.is_empty()), request, keys)
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

fn word(judged: &Judged) -> &'static str {
    match (&judged.denied, &judged.allowed) {
        (Some(_), _) => "denied",
        (None, Some(_)) => "allowed",
        (None, None) => "implicit",
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn decisions_are_those_of_a_naive_evaluator(policies in prop::collection::vec(policy(), 1..3)) {
        let judged = decided(&policies, &request("appsync:GraphQL"), &|_| Key::Unknown);
        prop_assert_eq!(word(&judged), naive_decision(&policies));
        prop_assert!(judged.open.is_empty() && judged.unmet.is_empty());
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
    let mut sent = json!({"headers": {"host": "lbl.appsync-api.eu-west-1.amazonaws.com", "authorization": "AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE/20260101/eu-west-1/appsync/aws4_request, SignedHeaders=host, Signature=00", "x-amz-security-token": "t"}});
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
        let judged = decided(&[policy], &request(action), &keys);
        assert_eq!(word(&judged), *expected, "{name}");
        assert!(judged.open.is_empty(), "{name}: {:?}", judged.open);
    }
    // Variables came with the version 2012-10-17; before, they are text.
    for old in [
        json!({"Version": "2008-10-17", "Statement": prefix("${aws:username}/*")}),
        json!({"Statement": prefix("${aws:username}/*")}),
    ] {
        assert_eq!(word(&decided(&[old], &request("s3:ListBucket"), &keys)), "implicit");
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
            "iam-condition-not-judged",
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
            "iam-condition-not-judged",
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
            "iam-condition-not-judged",
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
            "iam-condition-not-judged",
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
            "iam-condition-not-judged",
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
            "iam-condition-not-judged",
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
            assert!(open["message"].as_str().unwrap().contains("S "), "{name}: {open}");
        }
    }
    // A boundary with such a condition is not judged either.
    let bounded = json!({"policies": [allow(json!({}))], "permissionsBoundary": allow(json!({"StringEquals": {"aws:SourceVpce": "vpce-1"}}))});
    let bounded = layer(&bounded, &none, &none);
    assert_eq!(bounded["state"], "unknown", "{bounded}");
    assert!(bounded.to_string().contains("aws:SourceVpce vpce-1"), "{bounded}");
}

/// What a random statement is about: the request or not, and under a condition that holds, does not hold, or cannot be told.
fn any_statement() -> impl Strategy<Value = Json> {
    let effect = prop::sample::select(vec!["Allow", "Allow", "Allow", "Deny", "Alow", "allow"]);
    let action = prop::sample::select(vec!["appsync:GraphQL", "appsync:*", "s3:*", "*"]);
    let resource = prop_oneof![
        3 => Just(ARN.to_owned()),
        2 => Just("*".to_owned()),
        2 => Just(ARN.replace("Query", "Mutation")),
        1 => Just(ARN.replace("getNote", "${aws:PrincipalTag/field}")),
    ];
    // Known and met, known and not met, absent, not known.
    let condition = prop::sample::select(vec![
        json!(null),
        json!(null),
        json!({"StringEquals": {"aws:PrincipalAccount": "111122223333"}}),
        json!({"StringEquals": {"aws:PrincipalAccount": "444455556666"}}),
        json!({"StringEquals": {"aws:SourceAccount": "111122223333"}}),
        json!({"StringNotEqualsIfExists": {"aws:SourceAccount": "111122223333"}}),
        json!({"StringEquals": {"aws:PrincipalTag/crew": "a"}}),
        json!({"ForAnyValue:StringEquals": {"aws:PrincipalTag/crew": ["a", "b"]}}),
        json!({"Matches": {"aws:PrincipalAccount": "111122223333"}}),
    ]);
    (effect, any::<bool>(), action, any::<bool>(), resource, condition).prop_map(
        |(effect, not_action, action, not_resource, resource, condition)| {
            let mut one = json!({"Effect": effect});
            one[if not_action { "NotAction" } else { "Action" }] = json!(action);
            one[if not_resource { "NotResource" } else { "Resource" }] = json!(resource);
            if !condition.is_null() {
                one["Condition"] = condition;
            }
            one
        },
    )
}

fn any_policy() -> impl Strategy<Value = Json> {
    let version = prop::sample::select(vec!["2012-10-17", "2012-10-17", "2012-10-17", "2008-10-17", "2012-10-18"]);
    (version, prop::collection::vec(any_statement(), 1..3))
        .prop_map(|(version, statements)| json!({"Version": version, "Statement": statements}))
}

/// Yes, no, or it cannot be told: the plainest logic there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Told {
    No,
    Open,
    Yes,
}

/// Whether a statement counts: the least of what its parts say.
fn naive_counts(statement: &Json, modern: bool) -> Told {
    let turn = |told: Told, not: bool| match (told, not) {
        (Told::Yes, true) => Told::No,
        (Told::No, true) => Told::Yes,
        (told, _) => told,
    };
    let of = |plain: &str, not: &str| match statement.get(plain) {
        Some(given) => (given.as_str().unwrap(), false),
        None => (statement[not].as_str().unwrap(), true),
    };
    let (action, not) = of("Action", "NotAction");
    let action = turn(if action == "s3:*" { Told::No } else { Told::Yes }, not);
    let (resource, not) = of("Resource", "NotResource");
    let resource = match resource {
        "*" => Told::Yes,
        variable if variable.contains("${") => {
            if modern {
                Told::Open
            } else {
                Told::No
            }
        }
        arn if arn == ARN => Told::Yes,
        _ => Told::No,
    };
    let resource = turn(resource, not);
    let condition = match statement.get("Condition").map(Json::to_string).as_deref() {
        None => Told::Yes,
        Some(text) if text.contains("Matches") || text.contains("PrincipalTag") => Told::Open,
        Some(text) if text.contains("444455556666") => Told::No,
        Some(text) if text.contains("SourceAccount") => {
            if text.contains("IfExists") {
                Told::Yes
            } else {
                Told::No
            }
        }
        Some(_) => Told::Yes,
    };
    action.min(resource).min(condition)
}

/// What the policies of one kind say: denied, allowed, and whether one of them is none that IAM would accept.
fn naive_kind(policies: &[&Json]) -> (Told, Told, bool) {
    let (mut denied, mut allowed, mut broken) = (Told::No, Told::No, false);
    for policy in policies {
        let statements = policy["Statement"].as_array().unwrap();
        let known = |one: &Json| one["Effect"] == "Allow" || one["Effect"] == "Deny";
        if policy["Version"] == "2012-10-18" || !statements.iter().all(known) {
            broken = true;
            continue;
        }
        for one in statements {
            let told = naive_counts(one, policy["Version"] == "2012-10-17");
            if one["Effect"] == "Deny" { denied = denied.max(told) } else { allowed = allowed.max(told) }
        }
    }
    (denied, allowed, broken)
}

/// The layer in the plainest words: a deny anywhere; what the role's policies do not allow; what a limit does not allow;
/// else, if anything is open, unknown.
fn naive_layer(identity: &[&Json], limits: &[&[&Json]]) -> &'static str {
    let own = naive_kind(identity);
    let limits: Vec<_> = limits.iter().filter(|limit| !limit.is_empty()).map(|limit| naive_kind(limit)).collect();
    let all = || std::iter::once(&own).chain(&limits);
    if all().any(|(denied, ..)| *denied == Told::Yes) {
        return "refused";
    }
    if all().any(|(_, allowed, broken)| *allowed == Told::No && !broken) {
        return "refused";
    }
    let open = all().any(|(denied, allowed, broken)| *denied == Told::Open || *allowed == Told::Open || *broken);
    if open { "unknown" } else { "passed" }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]
    /// Policies, a boundary and a session policy, some of them not valid, some with what is not known.
    #[test]
    fn layers_are_those_of_a_naive_evaluator(
        own in prop::collection::vec(any_policy(), 1..3),
        boundary in prop::option::weighted(0.4, any_policy()),
        session in prop::option::weighted(0.3, any_policy()),
        encoded in any::<bool>(),
    ) {
        let mut given = json!({"policies": own});
        if encoded {
            // As IAM's API returns a document.
            let plain = own[0].to_string();
            let text: String = plain.bytes().map(|byte| format!("%{byte:02X}")).collect();
            given["policies"][0] = json!({"PolicyName": "p", "PolicyDocument": text});
        }
        if let Some(boundary) = &boundary {
            given["permissionsBoundary"] = boundary.clone();
        }
        if let Some(session) = &session {
            given["sessionPolicy"] = session.clone();
        }
        let layer = layer(&given, &json!({}), &json!({}));
        let own: Vec<&Json> = own.iter().collect();
        let (boundary, session): (Vec<&Json>, Vec<&Json>) = (boundary.iter().collect(), session.iter().collect());
        let expected = naive_layer(&own, &[&boundary, &session]);
        // An open allow beside one that counts changes nothing; the plain words above say so by their maximum.
        prop_assert_eq!(layer["state"].as_str().unwrap(), expected, "{} {}", given, layer);
    }

    /// A part of the ARN that is not known: what is said holds whatever stands there.
    #[test]
    fn what_is_not_known_is_whatever_it_may_be(policies in prop::collection::vec(policy(), 1..3), which in 0..3_usize, other in "[a-z0-9]{8,26}") {
        let mut open = request("appsync:GraphQL");
        let known = {
            let part = [&mut open.region, &mut open.account, &mut open.api].into_iter().nth(which).unwrap();
            part.take().unwrap()
        };
        let told = decided(&policies, &open, &|_| Key::Unknown);
        for fill in [known, other] {
            let mut full = open.clone();
            *[&mut full.region, &mut full.account, &mut full.api].into_iter().nth(which).unwrap() = Some(fill);
            let sure = decided(&policies, &full, &|_| Key::Unknown);
            prop_assert!(told.denied.is_none() || sure.denied.is_some(), "{:?}", policies);
            prop_assert!(told.may_deny() || told.denied.is_some() || sure.denied.is_none());
            prop_assert!(told.allowed.is_none() || sure.allowed.is_some(), "{:?}", policies);
            prop_assert!(told.may_allow() || told.allowed.is_some() || sure.allowed.is_none());
        }
    }
}

/// The slips that public threads show, and what is said to be the first part that differs.
#[test]
fn the_first_part_that_differs() {
    let api = "arn:aws:appsync:eu-west-1:111122223333:apis/abcdefghijklmnopqrstuvwxyz";
    let mut request = request("appsync:GraphQL");
    request.mistaken.name = Some("Notes".to_owned());
    request.mistaken.label = Some("zyxwvutsrqponmlkjihgfedcba".to_owned());
    for (pattern, theirs, ours, words) in [
        (
            "arn:aws:appsync:eu-west-1:111122223333:/apis/abcdefghijklmnopqrstuvwxyz/*".to_owned(),
            "/apis",
            "apis",
            "slash",
        ),
        (
            "arn:aws:appsync:eu-west-1:111122223333:apis/Notes/*".to_owned(),
            "Notes",
            "abcdefghijklmnopqrstuvwxyz",
            "is a name",
        ),
        (
            "arn:aws:appsync:eu-west-1:111122223333:apis/zyxwvutsrqponmlkjihgfedcba/*".to_owned(),
            "zyxwvutsrqponmlkjihgfedcba",
            "abcdefghijklmnopqrstuvwxyz",
            "first label of the host",
        ),
        (
            "arn:aws:appsync:eu-west-1:111122223333:apis/aaaaaaaaaaaaaaaaaaaaaaaaaa/*".to_owned(),
            "aaaaaaaaaaaaaaaaaaaaaaaaaa",
            "abcdefghijklmnopqrstuvwxyz",
            "another API",
        ),
        ("arn:aws:appsync:us-east-1:111122223333:apis/*".to_owned(), "us-east-1", "eu-west-1", "the region"),
        ("arn:aws:appsync:eu-west-1:444455556666:apis/*".to_owned(), "444455556666", "111122223333", "the account"),
        ("arn:aws-cn:appsync:eu-west-1:111122223333:apis/*".to_owned(), "aws-cn", "aws", "the partition"),
        ("arn:aws:execute-api:eu-west-1:111122223333:abc/*".to_owned(), "execute-api", "appsync", "the service"),
        (format!("{api}/fields/getNote"), "fields", "types", "the type is missing"),
        (format!("{api}/types/query/*"), "query", "Query", "case counts"),
        (format!("{api}/types/Querys/*"), "Querys", "Query", "not `Querys`"),
        (format!("{api}/types/Mutation/*"), "Mutation", "Query", "about the type Mutation"),
        (format!("{api}/types/Query/resolvers/getNote"), "resolvers", "fields", "where an ARN of AppSync has `fields`"),
        (format!("{api}/types/Query/getNote"), "getNote", "fields", "`fields/` is missing"),
        (format!("{api}/types/Query/fields/getNotes"), "getNotes", "getNote", "not `getNotes`"),
        (format!("{api}/types/Query/fields/getNote/*"), "/*", "nothing", "after the field's name"),
        // What agrees to its end differs in nothing but that it ends.
        (api.to_owned(), "", "/types/Query/fields/getNote", "`/*` is missing"),
        (format!("{api}/types/Query"), "", "/fields/getNote", "the field is missing"),
        (format!("{api}/types/Query/fields/getNote "), "getNote ", "getNote", "ends in a blank"),
    ] {
        let found = differences(&pattern, &request);
        let first = found.first().unwrap_or_else(|| panic!("{pattern}: no difference"));
        assert_eq!((first.theirs.as_str(), first.ours.as_str()), (theirs, ours), "{pattern}");
        assert!(first.words.contains(words), "{pattern}: {}", first.words);
    }
    assert!(differences(&format!("{api}/types/Query/*"), &request).is_empty());
    assert!(differences("arn:aws:appsync:*:*:apis/*", &request).is_empty());
}

/// Answers of IAM's and Organizations' commands: what they hold is read, and what they only name is said to be missing.
#[test]
fn policies_as_people_have_them() {
    let allow = json!({"Version": "2012-10-17", "Statement": [{"Sid": "S", "Effect": "Allow", "Action": "appsync:GraphQL", "Resource": "*"}]});
    let deny = json!({"Version": "2012-10-17", "Statement": {"Sid": "D", "Effect": "Deny", "Action": "appsync:*", "Resource": "*"}});
    let none = json!({});
    let boundary = |document: Json| json!({"policies": allow, "permissionsBoundary": document});
    for (name, policy, state, code) in [
        (
            "get-role-policy",
            json!({"RoleName": "r", "PolicyName": "p", "PolicyDocument": allow}),
            "passed",
            "iam-allowed",
        ),
        (
            "get-policy-version",
            json!({"PolicyVersion": {"Document": allow, "VersionId": "v2", "IsDefaultVersion": true}}),
            "passed",
            "iam-allowed",
        ),
        (
            "an old version",
            json!({"PolicyVersion": {"Document": allow, "VersionId": "v1", "IsDefaultVersion": false}}),
            "unknown",
            "iam-policy-unread",
        ),
        (
            "get-policy",
            json!({"Policy": {"PolicyName": "p", "Arn": "arn:aws:iam::111122223333:policy/p", "DefaultVersionId": "v1"}}),
            "unknown",
            "iam-policy-unread",
        ),
        (
            "list-attached-role-policies",
            json!({"AttachedPolicies": [{"PolicyName": "p", "PolicyArn": "arn:aws:iam::111122223333:policy/p"}]}),
            "unknown",
            "iam-policy-unread",
        ),
        (
            "AWS's own",
            json!({"AttachedPolicies": [{"PolicyName": "AWSAppSyncInvokeFullAccess", "PolicyArn": "arn:aws:iam::aws:policy/AWSAppSyncInvokeFullAccess"}]}),
            "passed",
            "iam-allowed",
        ),
        ("list-role-policies", json!({"PolicyNames": ["p"]}), "unknown", "iam-policy-unread"),
        (
            "a trust policy",
            json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}),
            "unknown",
            "iam-policy-unread",
        ),
        (
            "get-role",
            json!({"Role": {"RoleName": "r", "Arn": "arn:aws:iam::111122223333:role/r", "AssumeRolePolicyDocument": allow}}),
            "unknown",
            "iam-policy-unread",
        ),
        (
            "a boundary by ARN",
            boundary(
                json!({"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": "arn:aws:iam::111122223333:policy/b"}),
            ),
            "unknown",
            "iam-policy-unread",
        ),
        (
            "an SCP that denies",
            json!([allow, {"Policy": {"PolicySummary": {"Name": "n", "Type": "SERVICE_CONTROL_POLICY"}, "Content": deny.to_string()}}]),
            "refused",
            "iam-explicit-deny",
        ),
        (
            "an SCP that allows less",
            json!([allow, {"scp": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}}]),
            "refused",
            "iam-service-control-policy",
        ),
        (
            "a session policy",
            json!([allow, {"sessionPolicy": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}}]),
            "refused",
            "iam-session-policy",
        ),
        (
            "a template's function",
            json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "appsync:GraphQL", "Resource": {"Fn::Sub": "${Api.Arn}/*"}}]}),
            "unknown",
            "iam-condition-not-judged",
        ),
        (
            "a misspelt element",
            json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Actions": "*", "Resource": "*"}]}),
            "unknown",
            "iam-policy-invalid",
        ),
        ("no policy", json!("hello"), "unknown", "iam-policy-unread"),
    ] {
        let layer = layer(&policy, &none, &none);
        assert_eq!((&layer["state"], &layer["findings"][0]["code"]), (&json!(state), &json!(code)), "{name}: {layer}");
    }
    // A known id that is not the policy's refuses; one that is not known decides nothing.
    let mine = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "appsync:GraphQL", "Resource": "arn:aws:appsync:eu-west-1:111122223333:apis/aaaaaaaaaaaaaaaaaaaaaaaaaa/*"}]});
    assert_eq!(layer(&mine, &none, &none)["state"], "refused");
}
