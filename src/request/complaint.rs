//! What AppSync, or a data source, says of a request that it did not take: no rule refused the caller, the request itself is
//! not in order (<https://docs.aws.amazon.com/appsync/latest/devguide/troubleshooting-and-common-mistakes.html>; the texts
//! of DynamoDB are those of its ValidationException).

use crate::message::{Message, Part};
use super::evidence::Evidence;
use crate::nearest::nearest;
use super::observed::is_failed_condition;

/// A text, and what it means. `{x}` in the meaning is what the text names: an element, an operation, an attribute.
struct KnownComplaint {
    text: &'static str,
    meaning: &'static str,
}

/// What a complaint names, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// The member, operation or attribute that the text names.
    pub about: Option<String>,
    /// What it means, and what to do.
    pub meaning: Message,
}

/// The members of all kinds of requests that AppSync knows.
const MEMBERS: [&str; 44] = [
    "version", "operation", "key", "attributeValues", "condition", "customPartitionKey", "populateIndexFields", "_version",
    "update", "query", "index", "limit", "nextToken", "scanIndexForward", "select", "filter", "consistentRead",
    "totalSegments", "segment", "projection", "expression", "expressionNames", "expressionValues", "equalsIgnore",
    "conditionalCheckFailedHandler", "strategy", "lambdaArn", "tables", "transactItems", "keys", "payload",
    "invocationType", "resourcePath", "method", "params", "statements", "variableMap", "variableTypeHintMap", "headers",
    "body", "path", "from", "size", "lastSync",
];

/// The operations of all data sources that have operations.
pub const OPERATIONS: [&str; 16] = [
    "GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan", "Sync", "BatchGetItem", "BatchPutItem",
    "BatchDeleteItem", "TransactGetItems", "TransactWriteItems", "Invoke", "BatchInvoke", "GET", "POST",
];

/// The longest text that fits is meant.
const KNOWN: [KnownComplaint; 27] = [
    KnownComplaint { text: "Value for field '$[", meaning: "the rendered request has no `{x}`, which a request of this kind must have: » add it, or mend its name" },
    KnownComplaint { text: "Unsupported element '$[", meaning: "`{x}` is not a member that a request of this kind may have in that place: » remove it (a member of the same name may exist in another operation)" },
    KnownComplaint { text: "Unsupported operation '", meaning: "`{x}` is not an operation of this data source: » write one that it has" },
    KnownComplaint { text: "Datasource Versioning only supports", meaning: "the data source is versioned (conflict detection is on, as DataStore wants it), and a versioned source does not take `{x}`: » write the rows one by one (PutItem, UpdateItem, DeleteItem), use a second data source on the table without versioning, or turn conflict detection off where nothing syncs; a `_version` in the items does not help" },
    KnownComplaint { text: "Expected JSON object for attribute value '$[", meaning: "`{x}` is a bare value, and DynamoDB wants a typed one, such as {\"S\": \"a\"}: » write `$util.dynamodb.toDynamoDBJson(…)` there, without quotes" },
    KnownComplaint { text: "can't be empty", meaning: "the list of `{x}` is empty: end the template before (`#return([])`) where there is nothing to ask for" },
    KnownComplaint { text: "Transformation too large", meaning: "what the template rendered is over AppSync's limit of size: » select or send less" },
    KnownComplaint { text: "Error invoking method", meaning: "a Java method was called with something that it does not take, and the template ended there: » look at the call at the place that the message names" },
    KnownComplaint { text: "Error transforming the velocity template", meaning: "a call failed while the template ran, often on something that is null: » look at the calls on `$ctx.result` and `$ctx.args`" },
    KnownComplaint { text: "ExpressionAttributeValues must not be empty", meaning: "`expressionValues` of the request is the empty map `{}`, which DynamoDB does not take; a filter such as attributeExists has no value. » Leave the member out when it is empty (`$util.qr($filter.remove(\"expressionValues\"))`), or add a term that has a value" },
    KnownComplaint { text: "ExpressionAttributeNames must not be empty", meaning: "`expressionNames` of the request is the empty map `{}`, which DynamoDB does not take: » leave the member out when it is empty" },
    KnownComplaint { text: "ExpressionAttributeValues can only be specified when using expressions", meaning: "the request has `expressionValues` and no expression that uses them: » leave them out with it" },
    KnownComplaint { text: "can not be empty", meaning: "an expression of the request is the empty text: » leave its member out when there is nothing to test" },
    KnownComplaint { text: "The provided key element does not match the schema", meaning: "the key of the request is not the table's: other attribute names, another type, or the sort key is missing. » Give exactly the table's key attributes, or Query an index" },
    KnownComplaint { text: "Query condition missed key schema element", meaning: "the key condition lacks `{x}`, which is the partition key of the table or of the index that is queried: name it with `=`, or give the `index` that has your attribute as its key" },
    KnownComplaint { text: "Query key condition not supported", meaning: "the partition key is compared by `=` alone, and the sort key by one of =, <, <=, >, >=, BETWEEN, begins_with: anything else belongs in `filter`" },
    KnownComplaint { text: "does not have the specified index", meaning: "the index `{x}` does not exist on this table: » mend the name, or deploy the index" },
    KnownComplaint { text: "Condition parameter type does not match schema type", meaning: "a value of the key condition has another type than the key attribute (N where the table has S, or the reverse, or null): » convert it" },
    KnownComplaint { text: "Type mismatch for", meaning: "a key attribute has another type than the table's (N where the table has S, or the reverse, or null): » convert it" },
    KnownComplaint { text: "Missing the key", meaning: "the row that is written lacks the key attribute `{x}`: » put it into `key`" },
    KnownComplaint { text: "cannot contain an empty string value", meaning: "a key attribute is the empty text: » refuse an empty argument before" },
    KnownComplaint { text: "Filter Expression can only contain non-primary key attributes", meaning: "`{x}` is a key attribute, which a Query takes in `query` (the key condition) and not in `filter`: » put its test into `query`, or, where that has it, take it out of the filter" },
    KnownComplaint { text: "expression attribute value used in expression is not defined", meaning: "the expression uses `{x}`, and `expressionValues` does not have it: » add it there" },
    KnownComplaint { text: "expression attribute name used in the document path is not defined", meaning: "the expression uses `{x}`, and `expressionNames` does not have it: » add it there" },
    KnownComplaint { text: "unused in expressions", meaning: "`{x}` is given and no expression uses it: » take it out, or use it" },
    KnownComplaint { text: "reserved keyword", meaning: "`{x}` is a word of DynamoDB's own: » write `#{x}` in the expression, and name it in `expressionNames`" },
    KnownComplaint { text: "type mismatch error, expected type", meaning: "the response template answers with another shape than the schema's type: a list where an object is wanted, or the reverse" },
];

/// What the answer complains about; `None` where it does not.
pub fn read(evidence: &Evidence) -> Option<Complaint> {
    let (error, kind) = (evidence.error_message(), evidence.error_type());
    let of_data_source = kind.starts_with("DynamoDB:") && !is_failed_condition(kind);
    if !(kind.contains("MappingTemplate") || of_data_source || kind.is_empty() && !error.is_empty()) {
        return None;
    }
    match KNOWN.iter().filter(|known| error.contains(known.text)).max_by_key(|known| known.text.len()) {
        Some(known) => Some(meant(known, error)),
        None if kind.is_empty() => None,
        None if of_data_source => Some(plain("DynamoDB did not take the request: its message says what is wrong with it")),
        None => Some(plain("AppSync did not take what the template rendered: its message says where it stopped")),
    }
}

/// Whether a text is among those whose meaning is known.
pub fn is_known(error: &str) -> bool {
    KNOWN.iter().any(|known| error.contains(known.text))
}

fn plain(meaning: &'static str) -> Complaint {
    Complaint { about: None, meaning: meaning.into() }
}

fn meant(known: &KnownComplaint, error: &str) -> Complaint {
    let about = named(error);
    let mut meaning = meaning(known.meaning, about.as_deref());
    let name = about.as_deref().unwrap_or_default();
    let near = match known.text {
        "Unsupported element '$[" => nearest(name, MEMBERS),
        "Unsupported operation '" => nearest(name, OPERATIONS),
        _ => None,
    };
    match (known.text, name) {
        // The name is a member's, and of no request to a data source without operations.
        ("Unsupported element '$[", "operation") => {
            meaning = "`operation` is no member of a request to this resolver's data source, which has no operations (it is NONE, HTTP or a relational database, and the template is for another kind): » attach the resolver to the data source that the template is written for (DynamoDB, Lambda or OpenSearch)".into();
        }
        ("Unsupported element '$[", "returnValuesOnConditionCheckFailure") => {
            meaning = "`returnValuesOnConditionCheckFailure` belongs to the items of TransactWriteItems alone, not to the condition of a single write: » remove it".into();
        }
        _ => {
            if let Some(near) = near.filter(|near| *near != name) {
                let offer = Message::of(". Did you mean `{}`?", [Part::Code(near.to_owned())]);
                meaning = Message::joined("{}{}", [meaning, offer]);
            }
        }
    }
    Complaint { about, meaning }
}

/// The meaning of a known text, with the name that it gives.
fn meaning(words: &str, name: Option<&str>) -> Message {
    match name {
        // A meaning that names something has no braces of another sense.
        Some(name) if words.contains("{x}") => {
            let places = words.matches("{x}").count();
            Message::of(&words.replace("{x}", "{}"), std::iter::repeat_n(Part::Name(name.to_owned()), places))
        }
        Some(_) => Message::plain(words),
        None => Message::plain(&words.replace("`{x}`", "a member").replace("`#{x}`", "`#name`")),
    }
}

/// What a text names: the last part of `'$[a][b]'`, what stands in quotes, else what follows the last colon.
fn named(error: &str) -> Option<String> {
    if let Some((_, rest)) = error.split_once("'$[") {
        let path = rest.split('\'').next()?;
        return path.trim_end_matches(']').rsplit("][").next().map(str::to_owned);
    }
    if let Some(word) = error.split('\'').nth(1) {
        return Some(word.to_owned());
    }
    // DynamoDB: "…: missed key schema element: pk (Service: DynamoDb, …)", "… keys: {:x}", "attribute value: :x".
    let error = error.split(" (Service").next()?;
    if let Some((_, rest)) = error.split_once("Missing the key ") {
        return rest.split_whitespace().next().map(str::to_owned);
    }
    let (_, word) = error.rsplit_once(": ")?;
    let word = word.trim_matches(['{', '}', '.', ' ']);
    (!word.is_empty() && !word.contains(' ')).then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(kind: &str, message: &str) -> Option<Complaint> {
        let context = serde_json::json!({"observed": {"httpStatus": 200, "errorType": kind, "message": message}});
        read(&Evidence::read(&context, None))
    }

    // The texts: aws-appsync-community#217, #220; the troubleshooting page; DynamoDB's ValidationException.
    #[test]
    fn a_complaint_names_what_it_is_about() {
        for (kind, message, name, words) in [
            ("MappingTemplate", "Unsupported element '$[condition][returnValuesOnConditionCheckFailure]'.", "returnValuesOnConditionCheckFailure", "TransactWriteItems"),
            ("MappingTemplate", "Unsupported element '$[atributeValues]'.", "atributeValues", "Did you mean `attributeValues`?"),
            ("MappingTemplate", "Value for field '$[operation]' not found.", "operation", "has no `operation`"),
            ("MappingTemplate", "Unsupported operation 'BatchPutItem'. Datasource Versioning only supports the following operations (Scan)", "BatchPutItem", "versioned"),
            ("MappingTemplate", "Unsupported operation 'Getitem'.", "Getitem", "`GetItem`"),
            ("DynamoDB:DynamoDbException", "Query condition missed key schema element: pk (Service: DynamoDb, Status Code: 400)", "pk", "partition key"),
            ("DynamoDB:DynamoDbException", "Invalid FilterExpression: Attribute name is a reserved keyword; reserved keyword: name (Service: x)", "name", "`#name`"),
            ("DynamoDB:DynamoDbException", "Value provided in ExpressionAttributeValues unused in expressions: keys: {:a}", ":a", "no expression uses it"),
        ] {
            let complaint = about(kind, message).unwrap();
            assert_eq!(complaint.about.as_deref(), Some(name), "{message}");
            assert!(complaint.meaning.contains(words), "{message}: {}", complaint.meaning);
        }
    }

    #[test]
    fn a_refusal_is_no_complaint() {
        assert_eq!(about("Unauthorized", "Not Authorized to access x on type Query"), None);
        assert_eq!(about("DynamoDB:ConditionalCheckFailedException", "The conditional request failed"), None);
        assert!(about("DynamoDB:DynamoDbException", "something new").is_some());
        assert!(about("MappingTemplate", "something new").is_some());
    }
}
