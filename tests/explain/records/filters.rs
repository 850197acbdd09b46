//! Filters as objects and as queries of OpenSearch.

use super::{deciding, json, row};
use vtl_eval::records::Truth::{self, False, True, Unknown};
use vtl_eval::records::{JudgedCondition, RowSubject, read_filter};

fn judge(filter: &str, record: &str) -> JudgedCondition {
    read_filter(&json(filter)).judge(RowSubject::Row(&row(record)))
}

fn check(cases: &[(&str, &str, Truth)]) {
    for (filter, record, expected) in cases {
        assert_eq!(judge(filter, record).truth(), *expected, "{filter} on {record}");
    }
}

/// The operators of `$util.transform.toDynamoDBFilterExpression`, APPSYNC-VTL 1.18.1, with DynamoDB's rules.
#[test]
fn objects() {
    let owner = r#"{"or":[{"owner":{"eq":"ann"}},{"group":{"in":["a","b"]}},{"groups":{"contains":"a"}}]}"#;
    check(&[
        (owner, r#"{"owner":"ann"}"#, True),
        (owner, r#"{"owner":"bob","group":"b"}"#, True),
        (owner, r#"{"groups":["c","a"]}"#, True),
        (owner, r#"{"groups":"cab"}"#, True),
        (owner, r#"{"owner":"Ann"}"#, False),
        (owner, r#"{"x":1}"#, False),
        (r#"{"and":[{"n":{"gt":1}},{"not":{"n":{"eq":3}}}]}"#, r#"{"n":2}"#, True),
        (r#"{"n":{"ge":1,"lt":3}}"#, r#"{"n":3}"#, False),
        (r#"{"n":{"between":[1,3]}}"#, r#"{"n":3}"#, True),
        (r#"{"n":{"eq":"7"}}"#, r#"{"n":7}"#, False),
        (r#"{"n":{"ne":"7"}}"#, r#"{"x":7}"#, True),
        (r#"{"n":{"notContains":"7"}}"#, r#"{"x":7}"#, True),
        (r#"{"n":{"beginsWith":"a"}}"#, r#"{"n":"abc"}"#, True),
        (r#"{"n":{"attributeExists":false}}"#, r#"{"x":7}"#, True),
        (r#"{"n":{"attributeType":"string"}}"#, r#"{"n":"x"}"#, True),
        (r#"{"n":{"size":{"ge":2,"le":3}}}"#, r#"{"n":"abc"}"#, True),
        (r#"{"or":{"n":{"eq":1}}}"#, r#"{"n":1}"#, True),
        (r#"{"filter":{"eq":"x"}}"#, r#"{"filter":"x"}"#, True),
        ("{}", r#"{"n":1}"#, True),
    ]);
    let judged = judge(owner, r#"{"owner":"bob","group":"c"}"#);
    assert_eq!(deciding(&judged), [r#"owner = "ann""#, r#"group IN ("a", "b")"#, r#"contains(groups, "a")"#]);
    let term = judged.terms()[1];
    let sides: Vec<_> = term.sides.iter().map(|side| format!("{} {}", side.text, side.found)).collect();
    assert_eq!(sides, [r#"group "c""#, r#"or[1].group.in[0] "a""#, r#"or[1].group.in[1] "b""#]);
}

#[test]
fn what_is_not_understood_is_named() {
    check(&[
        (r#"{"n":{"sounds":"7"}}"#, r#"{"n":7}"#, Unknown),
        (r#"{"n":{"sounds":"7","eq":8}}"#, r#"{"n":7}"#, False),
        (r#"{"n":"7"}"#, r#"{"n":"7"}"#, Unknown),
        (r#"{"or":[]}"#, r#"{"n":"7"}"#, Unknown),
        (r#"{"n":{"in":[]}}"#, r#"{"n":"7"}"#, Unknown),
        ("[]", r#"{"n":"7"}"#, Unknown),
        (r#"{"not":[]}"#, r#"{"n":"7"}"#, Unknown),
    ]);
    let judged = judge(r#"{"n":{"sounds":"7"}}"#, "{}");
    let why = judged.terms()[0].why.as_ref().unwrap().to_string();
    assert_eq!(why, "the operator `sounds` with \"7\" is not known here");
}

/// <https://docs.opensearch.org/latest/query-dsl/compound/bool/>; the second line is what Amplify's search resolvers send.
#[test]
fn queries() {
    let terms_set = r#"{"bool":{"should":[
        {"terms_set":{"owner.keyword":{"terms":["ann","s"],"minimum_should_match_script":{"source":"1"}}}},
        {"terms":{"groups.keyword":["a"]}}]}}"#;
    check(&[
        (terms_set, r#"{"owner":"s"}"#, True),
        (terms_set, r#"{"owner":"bob","groups":["b","a"]}"#, True),
        (terms_set, r#"{"owner":"bob","groups":["b"]}"#, False),
        (terms_set, r#"{"n":1}"#, False),
        (r#"{"bool":{"must":[{"term":{"a":1}}],"should":[{"term":{"b":1}}]}}"#, r#"{"a":1}"#, True),
        (
            r#"{"bool":{"must":[{"term":{"a":1}}],"should":[{"term":{"b":1}}],"minimum_should_match":1}}"#,
            r#"{"a":1}"#,
            False,
        ),
        (r#"{"bool":{"filter":{"term":{"a":1}},"must_not":[{"term":{"b":1}}]}}"#, r#"{"a":[2,1],"b":1}"#, False),
        (r#"{"bool":{"must_not":[{"exists":{"field":"b"}}]}}"#, r#"{"b":null}"#, True),
        (r#"{"match_all":{}}"#, r#"{"b":1}"#, True),
        (r#"{"match":{"a.keyword":{"query":"x y"}}}"#, r#"{"a":"x y"}"#, True),
        // How the index analyzes the field is not known.
        (r#"{"match":{"a":"x"}}"#, r#"{"a":"x"}"#, Unknown),
        (r#"{"term":{"a":"x"}}"#, r#"{"a":"x"}"#, Unknown),
        (r#"{"term":{"a.keyword":{"value":"x","case_insensitive":true}}}"#, r#"{"a":"X"}"#, Unknown),
        (r#"{"term":{"a":1}}"#, r#"{"a":"1"}"#, Unknown),
        (r#"{"terms_set":{"a.keyword":{"terms":["x","y"]}}}"#, r#"{"a":"x"}"#, Unknown),
        (r#"{"wildcard":{"a":"x*"}}"#, r#"{"a":"x"}"#, Unknown),
        (r#"{"bool":{"must":[{"match":{"a":"x"}},{"term":{"n":1}}]}}"#, r#"{"a":"x","n":2}"#, False),
    ]);
    let judged = judge(terms_set, r#"{"owner":"bob"}"#);
    assert_eq!(deciding(&judged)[0], r#"terms_set owner.keyword: ["ann", "s"]"#);
}
