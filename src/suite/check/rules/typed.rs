//! A plain value where DynamoDB's request wants a typed one, `{"S": "…"}`
//! (<https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-resolver-mapping-template-reference-dynamodb-typed-values-request.html>).

use crate::value::method::Method;
use super::super::Spot;
use super::super::subject::CheckSubject;
use super::written::{WrittenRequest, printed};
use crate::code::Code;
use crate::syntax::{Reference, Slot};

/// Members of a request whose members are typed values.
const TYPED: [&str; 3] = ["key", "attributeValues", "expressionValues"];

/// DynamoDB's operations, as they stand in a request.
const OPERATIONS: [&str; 11] = [
    "GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan", "BatchGetItem", "BatchPutItem", "BatchDeleteItem",
    "TransactGetItems", "TransactWriteItems",
];

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    if subject.generated || !is_dynamodb(subject) {
        return;
    }
    printed(&subject.program.body, &mut |reference, at| {
        if is_bare_text(subject, reference, at) {
            let text = subject.program.one_line(reference.node);
            let message = format!(
                "`{text}` stands without quotes where `{{\"S\": …}}` wants a text, so the request is not JSON: write `$util.toJson({text})` there"
            );
            found.push(Spot::at(subject.program, reference.node, Code::UntypedValue, message));
            return;
        }
        let Some(function) = function(at) else { return };
        if !is_plain(subject, reference) {
            return;
        }
        let program = subject.program;
        let text = program.one_line(reference.node);
        let value = bare(&text);
        let (function, wanted) = match function {
            "toDynamoDBJson" => (function, "a typed value (`{\"S\": …}`)"),
            _ => (function, "typed values (`{\"name\": {\"S\": …}}`)"),
        };
        let message = format!(
            "`{text}` is a plain value where a request to DynamoDB wants {wanted}, so AppSync refuses the request: write `$util.dynamodb.{function}({value})`, without quotes around it"
        );
        found.push(Spot::at(program, reference.node, Code::UntypedValue, message));
    });
}

/// A text as it stands, without quotes, where its type is written beside it.
fn is_bare_text<'p>(subject: &CheckSubject<'p>, reference: &'p Reference, at: &WrittenRequest) -> bool {
    let typed = !at.inside() && at.whole_value().is_some_and(|(_, member)| member == "S");
    typed && reference.function.is_none() && is_plain(subject, reference)
}

/// Whether the place is one where a plain value is refused anyway.
pub fn is_typed(subject: &CheckSubject<'_>, at: &WrittenRequest) -> bool {
    function(at).is_some() && is_dynamodb(subject)
}

fn is_dynamodb(subject: &CheckSubject<'_>) -> bool {
    let writes = |word: &str| subject.program.writes_json(word);
    OPERATIONS.iter().any(|name| writes(name)) && !writes("Invoke") && !writes("statements")
}

/// The function whose answer belongs here.
fn function(at: &WrittenRequest) -> Option<&'static str> {
    let (around, member) = at.whole_value()?;
    if TYPED.contains(&around) {
        Some("toDynamoDBJson")
    } else {
        (TYPED.contains(&member) && !at.inside()).then_some("toMapValuesJson")
    }
}

/// What the caller sent, who he is, or a member of the parent: as it stands, or as plain JSON.
fn is_plain<'p>(subject: &CheckSubject<'p>, reference: &'p Reference) -> bool {
    let json = reference.function.is_none() || reference.called() == Some(Method::ToJson);
    let own = matches!(reference.root, Slot::CTX | Slot::CONTEXT | Slot::UTIL | Slot::UTILS);
    let path = subject.path_of(reference);
    let known = |path: &[&str]| !path.iter().any(|name| super::super::placeholder::is_mask(name));
    let sent = |path: Vec<&str>| path.len() > 1 && matches!(path[0], "arguments" | "identity" | "source") && known(&path);
    json && own && reference.backslashes == 0 && path.is_some_and(sent)
}

/// The value itself, out of `$util.toJson( … )`.
fn bare(text: &str) -> &str {
    let inner = text.split_once("toJson(").and_then(|(_, rest)| rest.strip_suffix(')'));
    inner.map_or(text, str::trim)
}
