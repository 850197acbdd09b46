//! DynamoDB expressions in the form that AppSync was seen to give.

use super::FilterError;
use super::DEEPEST;
use crate::appsync::util::dynamodb;
use crate::value::{Map, Value, ledger};

struct ExpressionWriter {
    names: Map,
    values: Map,
    guessed: bool,
}

/// `{"expression", "expressionNames", "expressionValues"}`, and whether a placeholder has a name that no source settles (U11). Errors: an unknown operator.
pub fn of(filter: &Map) -> Result<(Map, bool), FilterError> {
    let mut writer = ExpressionWriter { names: Map::new(), values: Map::new(), guessed: false };
    let expression = writer.all(filter, "", 0)?;
    let result = Map::new();
    result.put_str("expression", expression.as_str());
    result.put_str("expressionNames", writer.names);
    result.put_str("expressionValues", writer.values);
    Ok((result, writer.guessed))
}

impl ExpressionWriter {
    fn all(&mut self, filter: &Map, prefix: &str, depth: usize) -> Result<String, FilterError> {
        if depth > DEEPEST {
            return Err(format!("the filter nests deeper than {DEEPEST} levels (limit `filter depth`)").into());
        }
        let mut parts = Vec::new();
        for (key, value) in filter.snapshot() {
            ledger::check().map_err(|limit| limit.message)?;
            ledger::work(1);
            let key = key.to_string();
            match key.as_str() {
                "and" | "or" => {
                    self.guessed = true;
                    let members = match &value {
                        Value::Map(map) => vec![Value::Map(map.clone())],
                        value => value.members().ok_or_else(|| format!("`{key}` wants a list"))?,
                    };
                    let mut inner = Vec::new();
                    for (at, member) in members.iter().enumerate() {
                        let Value::Map(map) = member else { return Err(format!("`{key}` wants a list of maps").into()) };
                        inner.push(self.all(map, &format!("{prefix}{key}_{at}_"), depth + 1)?);
                    }
                    inner.retain(|part| !part.is_empty());
                    if !inner.is_empty() {
                        let inner: Vec<_> = inner.iter().map(|part| format!("({part})")).collect();
                        parts.push(format!("({})", inner.join(if key == "and" { " AND " } else { " OR " })));
                    }
                }
                "not" => {
                    self.guessed = true;
                    let Value::Map(map) = &value else { return Err("`not` wants a map".into()) };
                    let inner = self.all(map, &format!("{prefix}not_"), depth + 1)?;
                    if !inner.is_empty() {
                        parts.push(format!("(NOT ({inner}))"));
                    }
                }
                field => {
                    let Value::Map(operators) = &value else {
                        return Err(format!("field `{field}` wants a map of operators").into());
                    };
                    for (operator, operand) in operators.snapshot() {
                        parts.push(self.field(field, &operator.to_string(), &operand, prefix)?);
                    }
                }
            }
        }
        let joined = parts.join(" AND ");
        ledger::bytes(joined.len());
        Ok(joined)
    }

    fn field(&mut self, field: &str, operator: &str, operand: &Value, prefix: &str) -> Result<String, FilterError> {
        let name = format!("#{field}");
        self.names.put_str(&name, field);
        let place = format!(":{prefix}{field}_{operator}");
        let put = |place: &str, value: &Value| {
            self.values.put_str(place, dynamodb::in_typed_form(value));
            place.to_owned()
        };
        let compared = |sign: &str, place: String| format!("({name} {sign} {place})");
        Ok(match operator {
            "eq" => compared("=", put(&place, operand)),
            "ne" => compared("<>", put(&place, operand)),
            "lt" => compared("<", put(&place, operand)),
            "le" => compared("<=", put(&place, operand)),
            "gt" => compared(">", put(&place, operand)),
            "ge" => compared(">=", put(&place, operand)),
            "contains" => format!("(contains({name},{}))", put(&place, operand)),
            "notContains" => format!("(NOT contains({name},{}))", put(&place, operand)),
            "beginsWith" => format!("(begins_with({name},{}))", put(&place, operand)),
            "between" => {
                self.guessed = true;
                let bounds = operand.members().unwrap_or_default();
                let [from, to] = bounds.as_slice() else { return Err("`between` wants two values".into()) };
                let (from, to) = (put(&format!("{place}_1"), from), put(&format!("{place}_2"), to));
                format!("({name} BETWEEN {from} AND {to})")
            }
            "in" => {
                self.guessed = true;
                let items = operand.members().ok_or("`in` wants a list")?;
                let places: Vec<_> =
                    items.iter().enumerate().map(|(at, item)| put(&format!("{place}_{at}"), item)).collect();
                format!("({name} IN ({}))", places.join(","))
            }
            "attributeExists" => match operand {
                Value::Boolean(true) => format!("(attribute_exists({name}))"),
                _ => format!("(attribute_not_exists({name}))"),
            },
            "attributeType" => {
                let code = attribute_type(operand.as_str().unwrap_or_default())?;
                format!("(attribute_type({name},{}))", put(&place, &code.into()))
            }
            "size" => {
                let Value::Map(inner) = operand else { return Err("`size` wants a map".into()) };
                let mut parts = Vec::new();
                for (operator, operand) in inner.snapshot() {
                    let part = self.field(field, &operator.to_string(), &operand, &format!("{prefix}size_"))?;
                    parts.push(part.replacen(&name, &format!("size({name})"), 1));
                }
                parts.join(" AND ")
            }
            other => return Err(format!("unknown operator `{other}` of field `{field}`").into()),
        })
    }
}

fn attribute_type(name: &str) -> Result<&'static str, FilterError> {
    Ok(match name {
        "_null" => "NULL",
        "string" => "S",
        "stringSet" => "SS",
        "number" => "N",
        "numberSet" => "NS",
        "binary" => "B",
        "binarySet" => "BS",
        "bool" | "boolean" => "BOOL",
        "list" => "L",
        "map" => "M",
        other => return Err(format!("unknown attribute type `{other}`").into()),
    })
}
