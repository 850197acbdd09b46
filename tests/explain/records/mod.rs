//! What a request carries to its data source, judged on rows.

mod documentation;
mod expression;
mod filters;
mod random;
mod requests;

use vtl_eval::records::{Attribute, JudgedCondition, Row, RowCondition, RowSubject, Truth, expression::parse};
use vtl_eval::value::{Value, from_json_str};

fn json(text: &str) -> Value {
    from_json_str(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn row(text: &str) -> Row {
    Row::read(&json(text)).unwrap()
}

/// An expression with names and typed values, as a request has them.
fn bind(expression: &str, names: &str, values: &str) -> RowCondition {
    let parsed = parse(expression).unwrap_or_else(|error| panic!("{error}"));
    let members = |text: &str| json(text).as_map().unwrap().snapshot();
    let names = members(names).into_iter().map(|(key, name)| (key.to_string().into(), name.to_string().into()));
    let values =
        members(values).into_iter().map(|(key, value)| (key.to_string().into(), Attribute::from_typed(&value)));
    parsed.bind(&names.collect(), &values.collect())
}

fn judge(expression: &str, values: &str, record: &str) -> JudgedCondition {
    bind(expression, "{}", values).judge(RowSubject::Row(&row(record)))
}

fn truth(expression: &str, values: &str, record: &str) -> Truth {
    judge(expression, values, record).truth()
}

/// The texts of the terms that decided.
fn deciding(judged: &JudgedCondition) -> Vec<String> {
    judged.deciding().iter().map(|deciding| deciding.judgement.term.text.to_string()).collect()
}
