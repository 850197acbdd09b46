//! Texts that are expressions, and texts that are none.

use super::{bind, json, row, truth};
use vtl_eval::records::Truth::{False, True, Unknown};
use vtl_eval::records::expression::parse;
use vtl_eval::records::{Attribute, Row, RowCondition, RowSubject, TermTest, Unjudged};

#[test]
fn spans_and_texts_are_those_of_the_source() {
    let text = " #a = :a\tAND (attribute_exists ( b . c [ 2 ] )or not size(d)>=:d) ";
    let parsed = parse(text).unwrap();
    let terms = parsed.condition.terms();
    let texts: Vec<_> = terms.iter().map(|term| term.text.as_str()).collect();
    assert_eq!(texts, ["#a = :a", "attribute_exists ( b . c [ 2 ] )", "size(d)>=:d"]);
    for term in &terms {
        let span = term.span.unwrap();
        assert_eq!(&text[span.start as usize..span.end as usize], term.text);
    }
    assert_eq!(terms[1].paths()[0].to_string(), "b.c[2]");
    assert!(matches!(&parsed.condition, RowCondition::All(parts) if matches!(&parts[1], RowCondition::Any(_))));
}

#[test]
fn keywords_in_either_case_and_tight_spelling() {
    let values = r#"{":a":{"N":"1"},":b":{"N":"3"}}"#;
    for expression in ["n BeTwEeN :a aNd :b", "n=:b oR n iN(:a,:b)", "NOT(n=:b)", "not n=:b", "(n)between(:a)and(:b)"] {
        assert_eq!(truth(expression, values, r#"{"n":{"N":"1"}}"#), True, "{expression}");
    }
    // Names that begin with a keyword.
    let item = r#"{"android":{"N":"1"},"order_":{"N":"1"},"inn":{"N":"1"},"nota":{"N":"1"}}"#;
    assert_eq!(truth("android=:a and order_=:a and inn in(:a) and not nota<>:a", values, item), True);
}

#[test]
fn errors_say_what_and_where() {
    let cases = [
        ("", "the expression is empty, at character 1"),
        ("owner = \"ann\"", "`\"ann\"` cannot stand here, at character 9"),
        ("n > 4", "`4` cannot stand here, at character 5"),
        ("n > -4", "`-` cannot stand here, at character 5"),
        ("a == :a", "`=` cannot stand here"),
        ("a != :a", "write <> for \"not equal\""),
        ("a = :a && b = :b", "write AND"),
        ("a = :a || b = :b", "write OR"),
        ("a-b = :a", "a name with a hyphen needs a placeholder"),
        ("ü = :a", "outside ASCII"),
        ("a = $ctx.identity.sub", "a template printed this reference as it stands"),
        ("(a = :a", "a parenthesis is not closed, at character 8"),
        ("a = :a AND", "the expression ends where something must follow"),
        ("a = :a)", "`)` cannot stand here, at character 7"),
        ("a in :b", "IN takes its values in parentheses"),
        ("a in (:b,)", "`)` cannot stand here"),
        ("a", "`a` is neither true nor false"),
        ("size(a)", "compare the size with something"),
        ("attribute_exists(:a)", "attribute_exists takes the name of an attribute"),
        ("attribute_exists(a, b)", "attribute_exists takes 1 operand, and 2 were given"),
        ("Begins_With(a, :b)", "write begins_with: functions are in lower case"),
        ("begin_with(a, :b)", "did you mean begins_with?"),
        ("like(a, :b)", "there are attribute_exists"),
        ("contains(a, :b) = :c", "contains gives true or false, which is not a value"),
        ("size(size(a)) > :b", "size takes a path or a value"),
        ("attribute_type(a, S)", "attribute_type takes the type as a placeholder"),
        ("a = : ", "a placeholder needs a name"),
        ("a[99999999999999999999] = :a", "too large"),
        ("AND a = :a", "`AND` cannot stand here, at character 1"),
        ("size(a).b > :a", "`.` cannot stand here"),
    ];
    for (text, expected) in cases {
        let error = parse(text).expect_err(text).to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }
}

#[test]
fn limits() {
    let open = |depth: usize| format!("{}a = :a{}", "(".repeat(depth), ")".repeat(depth));
    assert!(parse(&open(100)).is_ok());
    assert!(parse(&open(101)).unwrap_err().to_string().contains("limit `expression nesting`"));
    let values = |count: usize| format!("a IN ({})", vec![":a"; count].join(","));
    // "The list can contain up to 100 values."
    assert!(parse(&values(100)).is_ok());
    assert!(parse(&values(101)).unwrap_err().to_string().contains("DynamoDB takes 100"));
    let joined = |count: usize| vec!["a=:a"; count].join(" or ");
    assert!(parse(&joined(150)).is_ok());
    assert!(parse(&joined(151)).unwrap_err().to_string().contains("more than 300 operators"));
    assert!(parse(&"a".repeat(4097)).unwrap_err().to_string().contains("4097 bytes"));
    // Neither recursion nor backtracking may run away.
    assert!(parse(&"size(".repeat(90)).is_err());
    assert!(parse(&"not ".repeat(1_000)).is_err());
    assert!(parse(&format!("{}a=:a", "not ".repeat(290))).is_ok());
}

#[test]
fn three_values() {
    let values = r#"{":a":{"N":"1"}}"#;
    let condition = bind("a = :a", "{}", values);
    assert_eq!(condition.judge(RowSubject::NotGiven).truth(), Unknown);
    assert_eq!(condition.judge(RowSubject::NoRow).truth(), False);
    assert_eq!(bind("attribute_not_exists(a)", "{}", "{}").judge(RowSubject::NoRow).truth(), True);

    let part = row(r#"{"a":1}"#).partial();
    assert_eq!(condition.judge(RowSubject::Row(&part)).truth(), True);
    for (expression, expected) in [
        ("b = :a", Unknown),
        ("attribute_exists(b)", Unknown),
        ("b = :a AND a <> :a", False),
        ("b = :a OR a = :a", True),
        ("b = :a AND a = :a", Unknown),
        ("NOT b = :a", Unknown),
        ("a IN (b, :a)", True),
        ("a BETWEEN b AND :a", Unknown),
    ] {
        assert_eq!(bind(expression, "{}", values).judge(RowSubject::Row(&part)).truth(), expected, "{expression}");
    }
    let judged = bind("b = :a", "{}", values).judge(RowSubject::Row(&part));
    assert_eq!(judged.terms()[0].why, Some(Unjudged::AttributeNotGiven("b".into())));

    let mut unknown = bind("a = :a OR a IN (:a)", "{}", values);
    unknown.forget(&|name| name == ":a");
    let judged = unknown.judge(RowSubject::Row(&row(r#"{"a":1}"#)));
    assert_eq!((judged.truth(), judged.deciding().len()), (Unknown, 2));
    assert_eq!(judged.terms()[0].why, Some(Unjudged::ValueNotGiven(":a".into())));
    // An absent attribute decides whatever the value is.
    assert_eq!(unknown.judge(RowSubject::Row(&row(r#"{"b":1}"#))).truth(), False);
}

#[test]
fn terms_tell_their_names_and_values() {
    let condition = bind("#o = :o AND size(c) < :n AND attribute_exists(#i)", r##"{"#o":"owner","#i":"id"}"##, "{}");
    let terms = condition.terms();
    let paths: Vec<_> = terms.iter().flat_map(|term| term.paths()).map(|path| path.to_string()).collect();
    assert_eq!(paths, ["owner", "c", "id"]);
    let values: Vec<_> = terms.iter().flat_map(|term| term.values()).map(|bound| bound.name.to_string()).collect();
    assert_eq!(values, [":o", ":n"]);
    assert!(terms[0].existence().is_none());
    assert!(matches!(terms[2].existence(), Some((path, true)) if path.top_level() == Some("id")));
    assert!(matches!(&terms[2].test, TermTest::Exists { .. }));
}

#[test]
fn hostile_rows_are_bounded() {
    let mut deep = String::from("1");
    for _ in 0..100 {
        deep = format!("[{deep}]");
    }
    let value = json(&format!(r#"{{"a":{deep}}}"#));
    let record = Row::read(&value).unwrap();
    assert!(record.get("a").unwrap().to_string().starts_with('['), "what could be read is shown");
    let list = vtl_eval::value::List::new(Vec::new());
    list.push(list.clone().into());
    assert!(matches!(Attribute::from_plain(&list.into()), Attribute::List(_)));
    assert!(Row::read(&json("[]")).is_none());
}
