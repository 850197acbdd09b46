//! Rendered requests: what they carry, and what becomes of rows and writes.

use super::{json, row};
use vtl_eval::records::request::{DataRequest, Handler};
use vtl_eval::records::verdict::{self, RowFate, WriteFate};
use vtl_eval::records::{Carried, CarriedForm, CarriedRole, DataOperation, DataRefusal, Row, RowSubject, Truth, read};

fn request(text: &str) -> DataRequest {
    read(&json(text))
}

fn only(text: &str) -> Carried {
    let mut carried = request(text).carried;
    assert_eq!(carried.len(), 1, "{text}");
    carried.remove(0)
}

fn rows(texts: &[&str]) -> Vec<Row> {
    texts.iter().map(|text| row(text)).collect()
}

#[test]
fn a_query_carries_its_key_condition_and_its_filter() {
    let query = request(
        r##"{"version":"2018-05-29","operation":"Query","index":"byOwner",
            "query":{"expression":"#o = :o","expressionNames":{"#o":"owner"},"expressionValues":{":o":{"S":"ann"}}},
            "filter":{"expression":"contains(#t,:t) AND size(notes) > :n","expressionNames":{"#t":"tags"},
                      "expressionValues":{":t":{"S":"x"},":n":{"N":0}}}}"##,
    );
    assert_eq!((&query.operation, query.version.as_deref()), (&DataOperation::Query, Some("2018-05-29")));
    let [key, filter] = query.carried.as_slice() else { panic!("{query:?}") };
    assert_eq!(
        (key.role, key.place.as_str(), key.index.as_deref()),
        (CarriedRole::KeyCondition, "query", Some("byOwner"))
    );
    assert_eq!(
        (filter.role, filter.form, filter.place.as_str()),
        (CarriedRole::Filter, CarriedForm::Expression, "filter")
    );
    assert!(key.refused.is_empty() && filter.refused.is_empty());

    let rows = rows(&[
        r#"{"owner":"ann","tags":["x"],"notes":["n"]}"#,
        r#"{"owner":"ann","tags":["y"],"notes":["n"]}"#,
        r#"{"owner":"bob","tags":["x"]}"#,
    ]);
    let fates = |carried: &Carried| verdict::rows(carried, &rows).iter().map(|row| row.fate).collect::<Vec<_>>();
    assert_eq!(fates(key), [RowFate::Kept, RowFate::Kept, RowFate::Dropped]);
    assert_eq!(fates(filter), [RowFate::Kept, RowFate::Dropped, RowFate::Dropped]);
    let verdicts = verdict::rows(filter, &rows);
    let deciding: Vec<_> = verdicts.iter().map(|row| row.deciding().unwrap().judgement.term.text.as_str()).collect();
    assert_eq!(deciding, ["contains(#t,:t)", "contains(#t,:t)", "size(notes) > :n"]);
}

/// DynamoDB's API has one `ExpressionAttributeNames` and one `ExpressionAttributeValues` for all expressions of a request.
#[test]
fn expressions_of_one_request_share_their_names() {
    let carried = request(
        r##"{"operation":"Query","query":{"expression":"#o = :o AND #d > :d","expressionNames":{"#o":"owner","#d":"day"},
            "expressionValues":{":o":{"S":"ann"}}},
            "filter":{"expression":"#o <> :x","expressionValues":{":x":{"S":"bob"},":d":{"N":1}}}}"##,
    )
    .carried;
    assert!(carried.iter().all(|carried| carried.refused.is_empty()), "{carried:?}");
    let rows = rows(&[r#"{"owner":"ann","day":2}"#]);
    assert!(carried.iter().all(|carried| verdict::rows(carried, &rows)[0].fate == RowFate::Kept));
}

/// <https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-resolver-mapping-template-reference-dynamodb-condition-expressions.html>:
/// its second example, and how a failed check is handled.
#[test]
fn a_failed_write_may_be_reported_as_success() {
    let put = |more: &str| {
        only(&format!(
            r#"{{"version":"2017-02-28","operation":"PutItem","key":{{"id":{{"S":"1"}}}},
                "attributeValues":{{"title":{{"S":"a"}},"version":{{"N":2}}}},
                "condition":{{"expression":"attribute_not_exists(id)"{more}}}}}"#
        ))
    };
    let carried = put("");
    assert!(carried.is_key_existence(carried.condition.terms()[0]));
    let fate = |carried: &Carried, subject: RowSubject<'_>| verdict::write(carried, subject).fate;
    assert_eq!(fate(&carried, RowSubject::NoRow), WriteFate::Written);
    let other = row(r#"{"id":"1","title":"b","version":2}"#);
    let WriteFate::Failed(failure) = fate(&carried, RowSubject::Row(&other)) else { panic!() };
    assert_eq!(failure.error_type(), "DynamoDB:ConditionalCheckFailedException");
    let same = row(r#"{"version":2,"title":"a","id":"1"}"#);
    assert_eq!(fate(&carried, RowSubject::Row(&same)), WriteFate::AlreadyAsWanted);
    let older = row(r#"{"version":1,"title":"a","id":"1"}"#);
    assert!(matches!(fate(&carried, RowSubject::Row(&older)), WriteFate::Failed(_)));
    assert_eq!(fate(&put(r#","equalsIgnore":["version"]"#), RowSubject::Row(&older)), WriteFate::AlreadyAsWanted);
    // Of a row that was given in part it is not known whether it is as wanted.
    let part = row(r#"{"id":"1"}"#).partial();
    assert_eq!(fate(&carried, RowSubject::Row(&part)), WriteFate::FailedOrAsWanted);
    assert_eq!(fate(&carried, RowSubject::NotGiven), WriteFate::Unknown);

    let custom =
        put(r#","consistentRead":false,"conditionalCheckFailedHandler":{"strategy":"Custom","lambdaArn":"arn:x"}"#);
    let write = custom.write.as_ref().unwrap();
    assert_eq!((write.consistent_read, &write.handler), (false, &Handler::Custom(Some("arn:x".into()))));
    assert_eq!(fate(&custom, RowSubject::Row(&other)), WriteFate::LambdaDecides(Some("arn:x".into())));
}

#[test]
fn deletes_and_updates() {
    let write = |operation: &str| {
        only(&format!(
            r##"{{"operation":"{operation}","key":{{"id":{{"S":"1"}}}},"update":{{"expression":"SET #n = :n"}},
                "condition":{{"expression":"attribute_exists(#id) AND #o = :o","expressionNames":{{"#id":"id","#o":"owner"}},
                "expressionValues":{{":o":{{"S":"ann"}}}}}}}}"##
        ))
    };
    let rows = rows(&[r#"{"id":"2","owner":"ann"}"#, r#"{"id":"1","owner":"bob"}"#]);
    for operation in ["DeleteItem", "UpdateItem"] {
        let carried = write(operation);
        assert!(carried.refused.is_empty(), "{:?}", carried.refused);
        let judged = verdict::write(&carried, carried.subject(&rows));
        assert!(matches!(judged.fate, WriteFate::Failed(_)), "{operation}");
        let decided = judged.deciding().unwrap().judgement;
        let sides: Vec<_> = decided.sides.iter().map(|side| format!("{}={}", side.text, side.found)).collect();
        assert_eq!((decided.term.text.as_str(), sides), ("#o = :o", vec!["owner=\"bob\"".into(), ":o=\"ann\"".into()]));
        let terms = carried.condition.terms();
        assert!(carried.is_key_existence(terms[0]) && !carried.is_key_existence(terms[1]));
        // Another row than the one that is written says nothing.
        assert_eq!(verdict::write(&carried, carried.subject(&rows[..1])).fate, WriteFate::Unknown);
    }
    // "If no item was returned, it treats the operation as successful": DeleteItem. UpdateItem cannot tell.
    assert_eq!(verdict::write(&write("DeleteItem"), RowSubject::NoRow).fate, WriteFate::AlreadyAsWanted);
    assert!(matches!(verdict::write(&write("UpdateItem"), RowSubject::NoRow).fate, WriteFate::Failed(_)));
}

/// <https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-resolver-mapping-template-reference-dynamodb-transaction-condition-expressions.html>:
/// its second example, with a check beside it.
#[test]
fn transactions() {
    let carried = request(
        r#"{"version":"2018-05-29","operation":"TransactWriteItems","transactItems":[
            {"table":"posts","operation":"PutItem","key":{"id":{"S":"9"}}},
            {"table":"posts","operation":"DeleteItem","key":{"id":{"S":"1"}},
             "condition":{"expression":"author = :author","expressionValues":{":author":{"S":"Chunyan"}}}},
            {"table":"members","operation":"ConditionCheck","key":{"id":{"S":"m"}},
             "condition":{"expression":"attribute_exists(id)"}}]}"#,
    )
    .carried;
    let places: Vec<_> = carried.iter().map(|carried| (carried.place.as_str(), carried.table.as_deref())).collect();
    assert_eq!(
        places,
        [("transactItems[1].condition", Some("posts")), ("transactItems[2].condition", Some("members"))]
    );
    assert_eq!(carried[1].operation, DataOperation::ConditionCheck);
    let post = row(r#"{"id":"1","author":"Bo"}"#);
    let WriteFate::Failed(failure) = verdict::write(&carried[0], RowSubject::Row(&post)).fate else { panic!() };
    assert_eq!(failure.error_type(), "DynamoDB:TransactionCanceledException");
    // AppSync does not look at the row again.
    assert!(matches!(verdict::write(&carried[1], RowSubject::NoRow).fate, WriteFate::Failed(_)));
}

/// The words are DynamoDB's own, as far as `Refusal` documents.
#[test]
fn what_dynamodb_refuses_before_it_looks_at_a_row() {
    let filter = |expression: &str, names: &str, values: &str| {
        only(&format!(
            r#"{{"operation":"Scan","filter":{{"expression":"{expression}","expressionNames":{names},"expressionValues":{values}}}}}"#
        ))
    };
    let cases = [
        ("owner = :o", "{}", r#"{":o":{"S":"a"}}"#, "attribute name is a reserved keyword: owner"),
        ("a.Status = :o", "{}", r#"{":o":{"S":"a"}}"#, "attribute name is a reserved keyword: Status"),
        ("#a = :o", "{}", r#"{":o":{"S":"a"}}"#, "used in the document path is not defined: #a"),
        ("a = :o", "{}", "{}", "attribute value used in expression is not defined: :o"),
        (
            "a = :o",
            r##"{"#a":"a"}"##,
            r#"{":o":{"S":"a"}}"#,
            "a name in expressionNames is not used in any expression: #a",
        ),
        (
            "a = :o1",
            "{}",
            r#"{":o1":{"S":"a"},":o":{"S":"a"}}"#,
            "a value in expressionValues is not used in any expression: :o",
        ),
        ("a = :o", "{}", r#"{":o":"ann"}"#, "the value of :o is a value without a DynamoDB type"),
        ("a = :o", "{}", r#"{":o":{"S":null}}"#, "the value of :o is a null under the type S"),
        ("((a = :o))", "{}", r#"{":o":{"S":"a"}}"#, "redundant parentheses"),
        ("a = ((:o))", "{}", r#"{":o":{"S":"a"}}"#, "redundant parentheses"),
        ("b = :o AND ((a = :o OR b = :o))", "{}", r#"{":o":{"S":"a"}}"#, "redundant parentheses"),
        ("a = #a", r##"{"#a":"a"}"##, "{}", "the first operand must be distinct"),
        ("a between :l and :h", "{}", r#"{":l":{"N":2},":h":{"N":1}}"#, "upper bound not less than the lower bound"),
        ("a between :l and :h", "{}", r#"{":l":{"N":2},":h":{"S":"3"}}"#, "bounds of the same type"),
        (
            "begins_with(a, :o)",
            "{}",
            r#"{":o":{"N":1}}"#,
            "incorrect operand type for operator or function begins_with: N",
        ),
        ("size(:o) > a", "{}", r#"{":o":{"NULL":true}}"#, "incorrect operand type for operator or function size: NULL"),
        ("attribute_type(a, :o)", "{}", r#"{":o":{"S":"String"}}"#, "invalid attribute type name: String"),
        ("a is :o", "{}", r#"{":o":{"N":1}}"#, "syntax error: `is` cannot stand here, at character 3"),
        ("", "{}", "{}", "the expression is empty"),
    ];
    for (expression, names, values, expected) in cases {
        let carried = filter(expression, names, values);
        let refused: Vec<_> = carried.refused.iter().map(ToString::to_string).collect();
        assert!(refused.len() == 1 && refused[0].contains(expected), "{expression}: {refused:?}");
        assert_eq!(verdict::rows(&carried, &rows(&[r#"{"a":1}"#]))[0].fate, RowFate::Refused, "{expression}");
    }
    for fine in ["(a = :o) AND (b = :o)", "((a = :o) AND b = :o)", "(a) = (:o)", "((a = :o) OR (b = :o))"] {
        assert_eq!(filter(fine, "{}", r#"{":o":{"S":"a"}}"#).refused, [], "{fine}");
    }
    assert_eq!(only(r#"{"operation":"Scan","filter":{"expressionValues":{}}}"#).refused, [DataRefusal::NoExpression]);
}

#[test]
fn key_conditions_are_narrower() {
    let query = |expression: &str| {
        let carried = only(&format!(
            r#"{{"operation":"Query","query":{{"expression":"{expression}",
                "expressionValues":{{":a":{{"S":"a"}},":b":{{"S":"b"}}}}}}}}"#
        ));
        carried.refused.iter().any(|refusal| matches!(refusal, DataRefusal::KeyCondition(_)))
    };
    for fine in
        ["a = :a AND b = :b", "a = :a and b between :a and :b", "(a = :a) and begins_with(b, :b)", "b > :b AND a = :a"]
    {
        assert!(!query(fine), "{fine}");
    }
    for wrong in [
        "a = :a OR b = :b",
        "a > :a AND b < :b",
        "a = :a AND b <> :b",
        "a = :a and contains(b, :b)",
        "NOT a = :a AND b = :b",
    ] {
        assert!(query(wrong), "{wrong}");
    }
}

#[test]
fn other_forms_and_other_sources() {
    let object = only(r#"{"operation":"Scan","filter":{"owner":{"eq":"ann"}}}"#);
    assert_eq!((object.form, object.expression.as_str()), (CarriedForm::Object, r#"{"owner":{"eq":"ann"}}"#));
    assert_eq!(object.condition.judge(RowSubject::Row(&row(r#"{"owner":"ann"}"#))).truth(), Truth::True);

    let search = only(
        r#"{"operation":"GET","path":"/post/_search","params":{"body":{"size":10,"query":{"bool":{"must":[
            {"term":{"owner.keyword":"ann"}},{"match":{"title":"x"}}]}}}}}"#,
    );
    assert_eq!((&search.operation, search.place.as_str()), (&DataOperation::Search, "params.body.query"));
    let fates = verdict::rows(&search, &rows(&[r#"{"owner":"ann"}"#, r#"{"owner":"bob"}"#]));
    assert_eq!((fates[0].fate, fates[1].fate), (RowFate::Unknown, RowFate::Dropped));

    let sql = request(
        r#"{"version":"2018-05-29","statements":["select * from p where owner = :OWNER","select 1"],
            "variableMap":{":OWNER":"ann"}}"#,
    );
    let [first, second] = sql.carried.as_slice() else { panic!("{sql:?}") };
    assert_eq!((first.expression.as_str(), first.values.len()), ("owner = :OWNER", 1));
    assert_eq!((second.place.as_str(), second.values.len()), ("statements[1]", 0));
    assert_eq!(verdict::rows(second, &rows(&[r#"{"id":1}"#]))[0].fate, RowFate::Kept);
    // The same text is the same in every collation; in another case it may be (PostgreSQL 24.2, MySQL 12.10).
    let fates = verdict::rows(
        first,
        &rows(&[r#"{"owner":"ann"}"#, r#"{"owner":"Ann"}"#, r#"{"owner":"bob"}"#, r#"{"owner":null}"#, r#"{"id":1}"#]),
    );
    let fates: Vec<RowFate> = fates.into_iter().map(|one| one.fate).collect();
    assert_eq!(fates, [RowFate::Kept, RowFate::Unknown, RowFate::Dropped, RowFate::Dropped, RowFate::Unknown]);

    for nothing in [
        r#"{"operation":"GetItem","key":{"id":{"S":"1"}}}"#,
        r#"{"operation":"BatchGetItem","tables":{}}"#,
        r#"{"operation":"Invoke","payload":{}}"#,
        r#"{"payload":{"condition":{"expression":"a"}}}"#,
        r#"{"operation":"Scan","filter":null}"#,
        "null",
        "[1]",
    ] {
        assert!(request(nothing).carried.is_empty(), "{nothing}");
    }
    assert_eq!(request(r#"{"operation":"Invoke"}"#).operation, DataOperation::Other("Invoke".into()));
}

/// What stands after WHERE, on a row: PostgreSQL 4.1.6 (NOT before AND before OR), 9.2 (null), 9.7.1 (LIKE).
#[test]
fn statements_of_sql_are_judged_as_far_as_they_are_read() {
    let row = row(r#"{"id":"p-1","owner":"ann","n":5,"gone":null,"open":true,"day":"2026-03-01T10:00:00Z"}"#);
    for (condition, wanted) in [
        ("owner = :ME", Truth::True),
        ("p.owner = :ME and `id` = 'p-1'", Truth::True),
        ("owner = 'bob' AND n = 5 OR n = :N", Truth::True),
        ("owner = 'bob' AND (n = 5 OR n = :N)", Truth::False),
        ("NOT (owner = 'bob' OR n = 6)", Truth::True),
        ("NOT (owner = 'ann' AND n = 5)", Truth::False),
        ("gone <> 'x'", Truth::False),
        ("NOT gone = 'x'", Truth::False),
        ("gone IS NULL AND owner IS NOT NULL", Truth::True),
        ("n BETWEEN 4 AND 5 AND n IN (1, 5)", Truth::True),
        ("n NOT IN (1, NULL)", Truth::False),
        ("n NOT BETWEEN NULL AND 4", Truth::Unknown),
        ("n >= 5 AND n < '6'", Truth::True),
        ("id LIKE 'p\\_%'", Truth::False),
        ("id LIKE 'p-_' AND id NOT LIKE '%2'", Truth::True),
        ("id LIKE 'P-%'", Truth::Unknown),
        ("id ILIKE 'P-%'", Truth::True),
        ("open AND NOT (open = false)", Truth::True),
        ("day > '2026-02-01' AND day < '2026-03-02 00:00:00'", Truth::True),
        ("owner > 'a'", Truth::Unknown),
        ("owner = :ME::text AND id = 'it''s'", Truth::False),
        ("lower(owner) = :ME", Truth::Unknown),
        ("lower(owner) = :ME OR n = 5", Truth::True),
        ("owner IN (SELECT name FROM crew WHERE open OR n = 1)", Truth::Unknown),
        ("EXISTS (SELECT 1 FROM crew) AND owner = 'bob'", Truth::False),
        ("owner = \"ann\"", Truth::Unknown),
        ("team = 'red'", Truth::Unknown),
        ("owner = :NOBODY", Truth::Unknown),
        ("owner = ", Truth::Unknown),
        (")", Truth::Unknown),
    ] {
        let escaped = condition.replace('\\', "\\\\").replace('"', "\\\"");
        let text = format!(
            r#"{{"version":"2018-05-29","statements":["select id from posts p where {escaped} order by id"],"variableMap":{{":ME":"ann",":N":5}}}}"#
        );
        let found = request(&text);
        assert_eq!(found.carried[0].condition.judge(RowSubject::Row(&row)).truth(), wanted, "{condition}");
    }
}
