//! DynamoDB's operations.

use super::{Carried, CarriedForm, Handler, DataOperation, CarriedRole, Write, json, text};
use crate::records::attribute::Attribute;
use crate::records::condition::{RowCondition, TermTest};
use crate::records::expression;
use crate::records::object;
use crate::records::refusal::{self, DataRefusal};
use crate::records::row::Row;
use crate::value::{List, Map, Value};
use ecow::{EcoString, eco_format};
use indexmap::IndexMap;

/// A transaction has at most 100 items; more are not read.
const MOST_ITEMS: usize = 100;

/// What the request asks for, and what it carries.
pub(super) fn read(request: &Map) -> (DataOperation, Vec<Carried>) {
    let operation = operation(text(request, "operation").as_deref().unwrap_or(""));
    let carried = match operation {
        DataOperation::TransactWriteItems => transaction(request),
        DataOperation::Query | DataOperation::Scan | DataOperation::Sync => lists(request, &operation),
        DataOperation::PutItem | DataOperation::UpdateItem | DataOperation::DeleteItem => {
            written(request, &operation, "", false).into_iter().collect()
        }
        DataOperation::BatchGetItem => keys(request).into_iter().collect(),
        _ => Vec::new(),
    };
    (operation, carried)
}

fn operation(name: &str) -> DataOperation {
    match name {
        "GetItem" => DataOperation::GetItem,
        "PutItem" => DataOperation::PutItem,
        "UpdateItem" => DataOperation::UpdateItem,
        "DeleteItem" => DataOperation::DeleteItem,
        "ConditionCheck" => DataOperation::ConditionCheck,
        "Query" => DataOperation::Query,
        "Scan" => DataOperation::Scan,
        "Sync" => DataOperation::Sync,
        "BatchGetItem" => DataOperation::BatchGetItem,
        "BatchPutItem" => DataOperation::BatchPutItem,
        "BatchDeleteItem" => DataOperation::BatchDeleteItem,
        "TransactGetItems" => DataOperation::TransactGetItems,
        "TransactWriteItems" => DataOperation::TransactWriteItems,
        other => DataOperation::Other(other.into()),
    }
}

/// The conditions of a transaction, each with what the items of other tables have in common with it.
fn transaction(request: &Map) -> Vec<Carried> {
    let items = request.get_str("transactItems").and_then(|items| items.members()).unwrap_or_default();
    let items: Vec<Value> = items.into_iter().take(MOST_ITEMS).collect();
    let key_of = |item: &Map| item.get_str("key").and_then(|key| Some(Row::typed(key.as_map()?)));
    let keys: Vec<_> = items.iter().filter_map(Value::as_map).map(|item| (text(item, "table"), key_of(item))).collect();
    let mut found: Vec<Carried> = items.iter().enumerate().filter_map(|(at, item)| transacted(item, at)).collect();
    for one in &mut found {
        let others: Vec<_> = keys.iter().filter(|(table, _)| *table != one.table).map(|(_, key)| key).collect();
        if let Some(write) = &mut one.write {
            write.other_tables = !others.is_empty();
            write.shared_key = one.key.is_some() && others.iter().any(|key| **key == one.key);
            write.other_keys = others.into_iter().flatten().cloned().collect();
        }
    }
    found
}

fn transacted(item: &Value, at: usize) -> Option<Carried> {
    let item = item.as_map()?;
    let operation = operation(text(item, "operation").as_deref().unwrap_or(""));
    written(item, &operation, &format!("transactItems[{at}]."), true)
}

/// The condition of a write.
fn written(item: &Map, operation: &DataOperation, before: &str, in_transaction: bool) -> Option<Carried> {
    let condition = item.get_str("condition").filter(|condition| !condition.is_null())?;
    let update = item.get_str("update");
    let mut carried = carried(&condition, operation, CarriedRole::Condition, update.as_slice());
    carried.place = eco_format!("{before}condition");
    carried.table = text(item, "table");
    let key = item.get_str("key").and_then(|key| Some(Row::typed(key.as_map()?)));
    let attributes = item.get_str("attributeValues").and_then(|values| Some(Row::typed(values.as_map()?)));
    let wanted = match operation {
        DataOperation::PutItem => key.as_ref().map(|key| attributes.map_or_else(|| key.clone(), |own| key.with(&own))),
        _ => None,
    };
    carried.key = key;
    carried.write = Some(write(condition.as_map(), wanted, in_transaction));
    Some(carried)
}

fn write(condition: Option<&Map>, wanted: Option<Row>, in_transaction: bool) -> Write {
    let get = |key: &str| condition.and_then(|condition| condition.get_str(key));
    let ignored = get("equalsIgnore").and_then(|list| list.members()).unwrap_or_default();
    let handler = get("conditionalCheckFailedHandler");
    let handler = handler.as_ref().and_then(Value::as_map);
    let strategy = handler.map(|handler| text(handler, "strategy").unwrap_or_default());
    Write {
        in_transaction,
        other_tables: false,
        shared_key: false,
        other_keys: Vec::new(),
        wanted,
        equals_ignore: ignored.iter().filter_map(|name| name.as_str().map(Into::into)).collect(),
        consistent_read: !matches!(get("consistentRead"), Some(Value::Boolean(false))),
        handler: match strategy.as_deref() {
            None | Some("Reject") => Handler::Reject,
            Some("Custom") => Handler::Custom(handler.and_then(|handler| text(handler, "lambdaArn"))),
            Some(other) => Handler::NotKnown(other.into()),
        },
    }
}

/// The key condition and the filter of an operation that gives many rows.
fn lists(request: &Map, operation: &DataOperation) -> Vec<Carried> {
    let roles = [("query", CarriedRole::KeyCondition), ("filter", CarriedRole::Filter)];
    let read = |(place, role): (&str, CarriedRole)| {
        let value = request.get_str(place).filter(|value| !value.is_null())?;
        let beside = ["query", "filter", "projection"].into_iter().filter(|other| *other != place);
        let beside: Vec<_> = beside.filter_map(|other| request.get_str(other)).collect();
        let mut carried = carried(&value, operation, role, &beside);
        carried.place = place.into();
        carried.index = text(request, "index");
        Some(carried)
    };
    roles.into_iter().filter_map(read).collect()
}

/// The keys that a BatchGetItem asks one table for, as a condition that the rows with these keys fulfil
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-resolver-mapping-template-reference-dynamodb-batch-get-item.html>).
/// Of several tables it is not known which a given row is of.
fn keys(request: &Map) -> Option<Carried> {
    let tables = request.get_str("tables")?;
    let all = tables.as_map()?.snapshot();
    let [(name, table)] = all.as_slice() else { return None };
    let keys = table.as_map()?.get_str("keys")?.members().filter(|keys| !keys.is_empty())?;
    let plain: List = keys.iter().take(MOST_ITEMS).filter_map(plain_key).collect();
    let whole = Map::new();
    whole.put_str("or", Value::List(plain));
    let mut carried = carried(&Value::Map(whole), &DataOperation::BatchGetItem, CarriedRole::KeyCondition, &[]);
    carried.place = eco_format!("tables.{name}.keys");
    carried.table = name.as_str().map(Into::into);
    Some(carried)
}

/// `{"id": {"S": "1"}}` as `{"id": {"eq": "1"}}`.
fn plain_key(key: &Value) -> Option<Value> {
    let plain = Map::new();
    for (name, value) in key.as_map()?.snapshot() {
        let equal = Map::new();
        equal.put_str("eq", Attribute::from_typed(&value).to_value());
        plain.put_str(name.as_str()?, Value::Map(equal));
    }
    Some(Value::Map(plain))
}

/// Reads `{"expression", "expressionNames", "expressionValues"}`, or a filter object in its place. `beside` are the other
/// expressions of the same request: DynamoDB has one set of names and values for all of them.
fn carried(value: &Value, operation: &DataOperation, role: CarriedRole, beside: &[Value]) -> Carried {
    let mut carried = Carried {
        operation: operation.clone(),
        role,
        form: CarriedForm::Expression,
        place: EcoString::new(),
        expression: EcoString::new(),
        names: IndexMap::new(),
        values: IndexMap::new(),
        condition: RowCondition::All(Vec::new()),
        refused: Vec::new(),
        table: None,
        index: None,
        key: None,
        write: None,
    };
    let map = value.as_map();
    match map.and_then(|map| text(map, "expression")) {
        Some(expression) => {
            carried.expression = expression;
            carried.names = names(map);
            carried.values = values(map);
            parse(&mut carried, beside);
        }
        None if map.is_some_and(is_object) => {
            carried.form = CarriedForm::Object;
            carried.expression = json(value);
            carried.condition = object::read(value);
        }
        None => {
            carried.expression = json(value);
            refuse(&mut carried, DataRefusal::NoExpression);
        }
    }
    carried
}

/// A filter object has no member of an expression.
fn is_object(map: &Map) -> bool {
    !map.is_empty() && !["expression", "expressionNames", "expressionValues"].iter().any(|key| map.contains_str(key))
}

fn parse(carried: &mut Carried, beside: &[Value]) {
    let (mut all_names, mut all_values) = (carried.names.clone(), carried.values.clone());
    let mut texts = vec![carried.expression.clone()];
    for other in beside.iter().filter_map(Value::as_map) {
        texts.extend(text(other, "expression"));
        // Those of the expression itself come first.
        let (mut more_names, mut more_values) = (names(Some(other)), values(Some(other)));
        more_names.extend(all_names);
        more_values.extend(all_values);
        (all_names, all_values) = (more_names, more_values);
    }
    match expression::parse(&carried.expression) {
        Ok(expression) => {
            carried.condition = expression.bind(&all_names, &all_values);
            carried.refused = refusal::of_expression(&expression, &carried.condition, carried.role);
            carried.refused.extend(refusal::unused(&carried.names, &carried.values, &texts));
        }
        Err(error) => refuse(carried, DataRefusal::Syntax(error)),
    }
}

fn refuse(carried: &mut Carried, refusal: DataRefusal) {
    let test = TermTest::NotRead(refusal.why());
    carried.condition = RowCondition::term(carried.expression.clone(), None, test);
    carried.refused = vec![refusal];
}

fn names(map: Option<&Map>) -> IndexMap<EcoString, EcoString> {
    let names = map.and_then(|map| map.get_str("expressionNames"));
    let names = names.as_ref().and_then(Value::as_map).map(Map::snapshot).unwrap_or_default();
    names.into_iter().filter_map(|(key, name)| Some((key.as_str()?.into(), name.as_str()?.into()))).collect()
}

fn values(map: Option<&Map>) -> IndexMap<EcoString, Attribute> {
    let values = map.and_then(|map| map.get_str("expressionValues"));
    let values = values.as_ref().and_then(Value::as_map).map(Map::snapshot).unwrap_or_default();
    values.into_iter().filter_map(|(key, value)| Some((key.as_str()?.into(), Attribute::from_typed(&value)))).collect()
}
