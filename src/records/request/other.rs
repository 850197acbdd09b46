//! Requests to data sources other than DynamoDB.

use super::{Carried, CarriedForm, DataOperation, CarriedRole, json, text};
use crate::records::attribute::Attribute;
use crate::records::condition::RowCondition;
use crate::records::{object, opensearch, sql};
use crate::value::{Map, Value};
use ecow::{EcoString, eco_format};
use indexmap::IndexMap;

/// What the request asks for, if not of DynamoDB.
pub(super) fn operation(request: &Map) -> Option<DataOperation> {
    if request.contains_str("statements") {
        return Some(DataOperation::Sql);
    }
    let name = text(request, "operation");
    match name.as_deref() {
        None => Some(DataOperation::Other(EcoString::new())),
        Some("Invoke" | "BatchInvoke" | "PutEvents") => name.map(DataOperation::Other),
        Some("GET" | "POST" | "PUT" | "HEAD" | "DELETE") if request.contains_str("path") => Some(DataOperation::Search),
        Some(_) => None,
    }
}

fn carried(operation: DataOperation, form: CarriedForm, place: EcoString, expression: EcoString, condition: RowCondition) -> Carried {
    Carried {
        operation,
        role: CarriedRole::Filter,
        form,
        place,
        expression,
        names: IndexMap::new(),
        values: IndexMap::new(),
        condition,
        refused: Vec::new(),
        table: None,
        index: None,
        key: None,
        write: None,
    }
}

/// The query in the body of a search, and its `post_filter`.
pub(super) fn search(request: &Map) -> Vec<Carried> {
    let inside = |value: Option<Value>, key: &str| value.and_then(|value| value.as_map()?.get_str(key));
    let body = inside(request.get_str("params"), "body");
    let read = |key: &str| {
        let query = inside(body.clone(), key).filter(|query| !query.is_null())?;
        let condition = match &query {
            Value::Map(_) => opensearch::read(&query),
            other => object::read(other),
        };
        let mut found =
            carried(DataOperation::Search, CarriedForm::Search, eco_format!("params.body.{key}"), json(&query), condition);
        found.index = text(request, "path");
        Some(found)
    };
    ["query", "post_filter"].into_iter().filter_map(read).collect()
}

/// The condition of each statement.
pub(super) fn sql(request: &Map) -> Vec<Carried> {
    let variables = request.get_str("variableMap");
    let variables = variables.as_ref().and_then(Value::as_map).map(Map::snapshot).unwrap_or_default();
    let variables = variables.into_iter().filter_map(|(key, value)| Some((key.as_str()?.into(), value)));
    let variables: IndexMap<EcoString, Attribute> =
        variables.map(|(key, value)| (key, Attribute::from_value(&value))).collect();
    let statements = request.get_str("statements").and_then(|list| list.members()).unwrap_or_default();
    let read = |(at, statement): (usize, &Value)| {
        let found = sql::read(statement.as_str()?, &variables);
        if found.adds {
            return None;
        }
        let place = eco_format!("statements[{at}]");
        let mut carried = carried(DataOperation::Sql, CarriedForm::Sql, place, found.text.clone(), found.condition());
        carried.values = found.values;
        Some(carried)
    };
    statements.iter().enumerate().filter_map(read).collect()
}
