//! A request that does not fit the schema, or whose variables do not fit its own operation: GraphQL checks that before it runs
//! anything (<https://spec.graphql.org/October2021/#sec-Validation>, `#sec-Coercing-Variable-Values`), so no rule refused it.

use super::evidence::Evidence;
use super::operation;
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part, all_of, quoted};
use serde_json::Value as Json;

/// Members of a variable that are named at most.
const MOST: usize = 6;

/// Why GraphQL did not run the operation.
pub(super) fn judge(evidence: &Evidence) -> Option<Finding> {
    let error = evidence.error_message();
    let why = null(evidence, error).or_else(|| undefined_member(error)).or_else(|| invalid(error)).or_else(|| kind(error)).or_else(|| which(error))?;
    let cure = why.cure();
    Some(
        Finding::new(
            Code::RequestInvalid,
            Message::joined(
                "{} So AppSync did not run the operation: a validation error and no refusal, found before any directive, policy or template is looked at.",
                [why.cause()],
            )
            .cured(cure),
        )
        .at("request.body"),
    )
}

/// What stands between two texts.
fn between<'t>(text: &'t str, before: &str, after: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(before)?;
    Some(rest.split_once(after)?.0)
}

/// `Variable 'x' has coerced Null value for NonNull type 'ID!'`: the variable, or something in it, whatever the message says
/// (aws/aws-appsync-community#406).
fn null(evidence: &Evidence, error: &str) -> Option<Message> {
    let (before, rest) = error.split_once(" has coerced Null value for NonNull type ")?;
    let name = before.rsplit_once('\'')?.0.rsplit('\'').next().filter(|name| !name.is_empty())?;
    let wanted = rest.split('\'').nth(1)?;
    let body: Json = serde_json::from_str(evidence.body.as_deref().unwrap_or_default()).unwrap_or_default();
    let sent = body.get("variables").map(|variables| variables.get(name).cloned().unwrap_or(Json::Null));
    let declared = body.get("query").and_then(Json::as_str).and_then(|query| operation::declared(query, name));
    let of_member = rest.split_once("member '").and_then(|(_, rest)| rest.split('\'').next()).map(str::to_owned);
    let whole = declared.as_deref() == Some(wanted);
    Some(match sent {
        Some(Json::Null) => Message::of(
            "the variable ${} is null or was not sent, and its type is {}, which takes no null. » Send a value for it in variables (look at its name there, and whether the client's own value is there yet: an id of a row that is still loading is undefined, and is left out of the JSON).",
            [Part::Name(name.to_owned()), Part::Code(wanted.to_owned())],
        ),
        Some(value) if !whole => inside(name, wanted, &value, of_member),
        _ => Message::of(
            "the variable ${}, or a member inside it, is null or was not sent where the type {} takes no null{}. » Send a value there: look at each member of ${} whose type in the schema ends in `!`, those of inputs inside it too.",
            [
                Part::Name(name.to_owned()),
                Part::Code(wanted.to_owned()),
                Part::Name(of_member.map_or_else(String::new, |member| format!(" (the member {member})"))),
                Part::Name(name.to_owned()),
            ],
        ),
    })
}

/// The variable has a value: what is missing is a member of it, or of an input inside it.
fn inside(name: &str, wanted: &str, value: &Json, member: Option<String>) -> Message {
    let mut found = Vec::new();
    nulls(value, String::new(), &mut found, 0);
    let names = if member.is_some() { "" } else { "; AppSync's message names the variable and not the member" };
    let shown = match (member, found.is_empty()) {
        (Some(member), _) => format!(" (the member {member})"),
        (None, false) => format!(" (null was sent for {})", all_of(&found)),
        (None, true) => String::new(),
    };
    Message::of(
        "the variable ${} itself has a value, and a member inside it, whose type is {}, is null or was not sent{}{}. » Send a value for each member of its input type that ends in `!`, those of inputs inside it too.",
        [Part::Name(name.to_owned()), Part::Code(wanted.to_owned()), Part::Name(shown), Part::Text(names.to_owned())],
    )
}

/// The places inside a value where null was sent.
fn nulls(value: &Json, at: String, found: &mut Vec<String>, depth: usize) {
    match value {
        Json::Null if found.len() < MOST => found.push(at),
        Json::Object(map) if depth < 8 => {
            for (name, value) in map {
                nulls(value, if at.is_empty() { name.clone() } else { format!("{at}.{name}") }, found, depth + 1);
            }
        }
        Json::Array(list) if depth < 8 => list.iter().take(50).for_each(|value| nulls(value, format!("{at}[]"), found, depth + 1)),
        _ => {}
    }
}

/// A member that the input type does not have (aws/aws-appsync-community#273; amplify-swift#3438).
fn undefined_member(error: &str) -> Option<Message> {
    if !error.contains("is not defined for input object type") {
        return None;
    }
    let (before, rest) = error.split_once("is not defined for input object type")?;
    let name = between(before, "field name '", "'").map_or_else(|| "a member".to_owned(), |name| format!("the member {name}"));
    let input = rest.split('\'').nth(1).unwrap_or("the input type");
    Some(Message::of(
        "the variables hold {}, which the input type {} of the deployed schema does not have. » Leave it out of the variables (members that a query returned, such as __typename, createdAt, updatedAt or a related row, are the usual ones), or deploy the schema that has it, and generate the client's code anew.",
        [Part::Name(name), Part::Code(input.to_owned())],
    ))
}

/// `Variable 'x' has an invalid value.`
fn invalid(error: &str) -> Option<Message> {
    let name = between(error, "Variable '", "' has an invalid value")?;
    Some(Message::of(
        "the value of the variable ${} is not of the type that the operation declares for it. » Compare it with that type: a list is wanted for an object or the reverse, a number for a text, a date that is not in the scalar's form (AWSDateTime is 2026-01-31T08:00:00.000Z), a value that the enum does not have.",
        [Part::Name(name.to_owned())],
    ))
}

/// Kinds of validation errors, as graphql-java names them
/// (<https://github.com/graphql-java/graphql-java/blob/master/src/main/java/graphql/validation/ValidationErrorType.java>).
const KINDS: [(&str, &str, &str); 9] = [
    ("FieldUndefined", "the operation asks for a field that the deployed schema does not have", "Compare the name with the deployed schema (aws appsync get-introspection-schema): it is mistyped, not deployed yet, or the client talks to another API or environment"),
    ("UnknownArgument", "the operation gives a field an argument that the deployed schema does not have", "Compare the argument with the deployed schema; generate the client's code anew if the schema is newer or older than it"),
    ("MissingFieldArgument", "a field wants an argument that the operation does not give", "Give it the argument"),
    ("WrongType", "an argument's value is not of the type that the schema has for it", "Compare the value with the type: quotes, enums, lists and members that must be there"),
    ("VariableTypeMismatch", "a variable is declared with another type than the argument that it is given to", "Declare it with the argument's type, with its `!`"),
    ("UnknownType", "the operation names a type that the deployed schema does not have", "Compare the name with the deployed schema, and generate the client's code anew"),
    ("SubSelectionRequired", "a field that returns an object is asked for without its members", "Select members of it: field { id }"),
    ("FragmentCycle", "a fragment of the operation uses itself, alone or through others, which GraphQL forbids", "Take the inner spread out, or write out there as many levels as are wanted"),
    ("UndefinedVariable", "the operation uses a variable that it does not declare", "Declare it behind the operation's name: query Q($id: ID!)"),
];

/// `Validation error of type X: … @ 'path'`
fn kind(error: &str) -> Option<Message> {
    let (_, rest) = error.split_once("Validation error of type ")?;
    let kind = rest.split([':', ' ']).next().unwrap_or_default();
    let said = rest.split_once(':').map_or(rest, |(_, said)| said).trim();
    let known = KINDS.iter().find(|(name, ..)| name.eq_ignore_ascii_case(kind));
    let (why, cure) = known.map_or(("the operation does not fit the deployed schema", "Correct what the message names, or deploy the schema that has it"), |(_, why, cure)| (why, cure));
    Some(Message::of(
        "{}: {}. » {}.",
        [Part::Text(why.to_owned()), Part::Value(quoted(&said.trim_end_matches('.')).to_string()), Part::Text(cure.to_owned())],
    ))
}

/// Which operation of the document is meant
/// (<https://spec.graphql.org/October2021/#GetOperation()>).
fn which(error: &str) -> Option<Message> {
    if error.starts_with("Must provide operation name") {
        return Some("the document has several operations, and operationName does not say which. » Send operationName, or one operation alone.".into());
    }
    let name = between(error, "Unknown operation named '", "'")?;
    Some(Message::of(
        "operationName is {}, and the document has no operation of that name. » Send the name that stands behind query or mutation in the document, or leave operationName out.",
        [Part::Name(quoted(&name).to_string())],
    ))
}
