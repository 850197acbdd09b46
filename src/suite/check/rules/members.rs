//! Members that a request to DynamoDB cannot have: AppSync ends with "Unsupported element '$[limits]'"
//! (<https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-resolver-mapping-template-reference-dynamodb.html>, one
//! page an operation).

use super::super::Spot;
use super::super::placeholder;
use super::super::subject::CheckSubject;
use super::written::{WrittenMember, members};
use crate::code::{Code, Severity};
use crate::message::{Message, Part};
use crate::nearest::nearest;
use crate::request::complaint::OPERATIONS as DATA_SOURCES;
use crate::syntax::Program;

/// What Query or Scan may have. Templates that are in use give `scanIndexForward` to a Scan, so the two are not reported apart.
const LIST: [&str; 11] = [
    "query", "filter", "index", "nextToken", "limit", "scanIndexForward", "consistentRead", "select", "projection",
    "totalSegments", "segment",
];

/// What each operation may have beside `version` and `operation`. A versioned data source adds `_version` to writes.
pub(super) const OPERATIONS: [(&str, &[&str]); 13] = [
    ("GetItem", &["key", "consistentRead", "projection"]),
    ("PutItem", &["key", "attributeValues", "condition", "customPartitionKey", "populateIndexFields", "_version"]),
    ("UpdateItem", &["key", "update", "condition", "customPartitionKey", "populateIndexFields", "_version"]),
    ("DeleteItem", &["key", "condition", "customPartitionKey", "populateIndexFields", "_version"]),
    ("Query", &LIST),
    ("Scan", &LIST),
    ("Sync", &["basePartitionKey", "deltaIndexName", "limit", "nextToken", "lastSync", "filter"]),
    ("BatchGetItem", &["tables"]),
    ("BatchPutItem", &["tables"]),
    ("BatchDeleteItem", &["tables"]),
    ("TransactGetItems", &["transactItems"]),
    ("TransactWriteItems", &["transactItems"]),
    // A Lambda function's, with which a template may share its text.
    ("Invoke", &["payload", "invocationType"]),
];

/// What an expression has.
const EXPRESSION: [&str; 3] = ["expression", "expressionNames", "expressionValues"];
/// What a condition has besides.
const CONDITION: [&str; 6] =
    ["expression", "expressionNames", "expressionValues", "equalsIgnore", "consistentRead", "conditionalCheckFailedHandler"];

/// Names of DynamoDB's own API, which AppSync calls otherwise.
const API_NAMES: [(&str, &str); 12] = [
    ("expressionattributenames", "expressionNames"),
    ("expressionattributevalues", "expressionValues"),
    ("item", "attributeValues"),
    ("attributes", "attributeValues"),
    ("conditionexpression", "condition"),
    ("filterexpression", "filter"),
    ("filters", "filter"),
    ("keyconditionexpression", "query"),
    ("updateexpression", "update"),
    ("projectionexpression", "projection"),
    ("indexname", "index"),
    ("exclusivestartkey", "nextToken"),
];

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    if subject.generated {
        return;
    }
    let all = members(&subject.program.body);
    let Some(operation) = operation(&all) else { return };
    no_operation(subject, &all, &operation, found);
    let Some((_, own)) = OPERATIONS.iter().find(|(name, _)| *name == operation).filter(|(name, _)| *name != "Invoke") else {
        return;
    };
    table_mark(subject, &all, found);
    let mut reported: Vec<&str> = Vec::new();
    for member in &all {
        let Some(near) = wrong(member, own) else { continue };
        if reported.contains(&member.name.as_str()) {
            continue;
        }
        reported.push(&member.name);
        push(subject, &operation, member, near, found);
    }
}

/// `"operation": "QueryItem"`: AppSync ends with "Unsupported operation 'QueryItem'".
fn no_operation(subject: &CheckSubject<'_>, all: &[WrittenMember], operation: &str, found: &mut Vec<Spot>) {
    let top = |names: &[&str]| all.iter().any(|member| member.around.len() == 1 && names.contains(&member.name.as_str()));
    let word = !operation.is_empty() && operation.chars().all(|letter| letter.is_ascii_alphabetic());
    let dynamodb = top(&["key", "attributeValues", "update", "query", "tables", "transactItems"]) && !top(&["payload", "path", "params"]);
    if !word || !dynamodb || DATA_SOURCES.contains(&operation) || placeholder::is_mask(operation) {
        return;
    }
    let longest = OPERATIONS.iter().map(|(name, _)| *name).filter(|name| operation.starts_with(name)).max_by_key(|name| name.len());
    let near = longest.or_else(|| nearest(operation, OPERATIONS.iter().map(|(name, _)| *name)));
    let name = Part::Code(operation.to_owned());
    let message = match near {
        Some(near) => Message::of(
            "DynamoDB has no operation {} in AppSync, which refuses the request (\"Unsupported operation\"): write {}",
            [name, Part::Code(near.to_owned())],
        ),
        None => Message::of(
            "DynamoDB has no operation {} in AppSync, which refuses the request (\"Unsupported operation\"): write one that it has, such as {}",
            [name, Part::Code("GetItem".to_owned())],
        ),
    };
    found.push(Spot::at_text(subject.program, &format!("\"{operation}\""), Code::UnsupportedElement, message));
}

/// `"table": "{Notes}"`: no table can have such a name, so the `$` of a deployment's `${Notes}` is missing
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html>).
fn table_mark(subject: &CheckSubject<'_>, all: &[WrittenMember], found: &mut Vec<Spot>) {
    let name = |member: &WrittenMember| match member.around.last().map(String::as_str) {
        Some("tables") => Some(member.name.clone()),
        Some("transactItems") | Some("") if member.name == "table" => member.text.clone().filter(|_| member.constant),
        _ => None,
    };
    let word = |text: &str| !text.is_empty() && text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    let marked = |name: &String| name.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).is_some_and(word);
    let mut marked_tables: Vec<String> = Vec::new();
    for name in all.iter().filter_map(name).filter(marked) {
        if marked_tables.contains(&name) {
            continue;
        }
        let message = format!("no table can be called {name}, and a deployment puts nothing there: write ${name} if it should");
        found.push(Spot::at_text(subject.program, &format!("\"{name}\""), Code::Slip, message).severity(Severity::Error));
        marked_tables.push(name);
    }
}

/// The one operation that the template asks for.
pub(super) fn operation(all: &[WrittenMember]) -> Option<String> {
    let mut operations = all.iter().filter(|member| member.around.len() == 1 && member.name == "operation");
    let first = operations.next()?.text.clone()?;
    operations.all(|other| other.text.as_ref() == Some(&first)).then_some(first)
}

/// Whether a template asks DynamoDB for a page of rows.
pub fn asks_for_page(program: &Program) -> bool {
    operation(&members(&program.body)).is_some_and(|operation| matches!(operation.as_str(), "Query" | "Scan"))
}

/// Whether a member cannot stand where it does; with what it may be meant for.
fn wrong(member: &WrittenMember, own: &[&'static str]) -> Option<Option<&'static str>> {
    let name = member.name.as_str();
    let plain = !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    if !plain || placeholder::is_mask(name) {
        return None;
    }
    let (known, top): (&[&'static str], bool) = match member.around.as_slice() {
        [_] if matches!(name, "version" | "operation") => return None,
        [_] => (own, true),
        [_, part] if matches!(part.as_str(), "query" | "update" | "filter") => (&EXPRESSION, false),
        [_, part] if part == "projection" => (&EXPRESSION[..2], false),
        [_, part] if part == "condition" => (&CONDITION, false),
        _ => return None,
    };
    if known.contains(&name) {
        return None;
    }
    let small = name.to_ascii_lowercase();
    let api = API_NAMES.iter().find(|(other, _)| *other == small).map(|(_, ours)| *ours);
    let near = api.or_else(|| nearest(name, known.iter().copied())).filter(|near| known.contains(near));
    // Inside of a part, a name that is like none may be one of a filter object.
    (top || near.is_some()).then_some(near)
}

fn push(subject: &CheckSubject<'_>, operation: &str, member: &WrittenMember, near: Option<&str>, found: &mut Vec<Spot>) {
    let part = member.around.get(1).map_or_else(|| operation.to_owned(), |part| format!("{part} of {operation}"));
    let elsewhere = OPERATIONS.iter().find(|(_, own)| own.contains(&member.name.as_str())).map(|(name, _)| *name);
    let (name, part) = (Part::Code(member.name.clone()), Part::Text(part));
    let message = match (near, elsewhere) {
        (Some(near), _) => Message::of(
            "{} has no member {}, so AppSync refuses the request (\"Unsupported element\"): write {}",
            [part, name, Part::Code(near.to_owned())],
        ),
        (None, Some(other)) if member.around.len() == 1 => Message::of(
            "{} has no member {} ({} has it), so AppSync refuses the request (\"Unsupported element\"): remove it",
            [part, name, Part::Text(other.to_owned())],
        ),
        _ => Message::of(
            "{} has no member {}, so AppSync refuses the request (\"Unsupported element\"): remove it",
            [part, name],
        ),
    };
    let quoted = format!("\"{}\"", member.name);
    found.push(Spot::at_text(subject.program, &quoted, Code::UnsupportedElement, message));
}
