//! What is said where the templates let the caller through: how they did, and what else can have refused.

use super::{filter_words, other_field};
use crate::appsync::AuthType;
use crate::code::{Code, Kind};
use crate::explain::hint::order::is_plain;
use crate::explain::hint::text::show;
use crate::explain::why::stash_filter;
use crate::explain::Explanation;
use crate::finding::Finding;
use crate::message::{Message, Part, quoted};
use crate::request::{Evidence, Observed};
use crate::request::layer::{Layer, LayerName, State};
use crate::syntax::{Expression, ExpressionKind, Reference, Statement};
use crate::trace::{Verdict, touches_filter};
use crate::trace::index::{Index, Node};
use crate::trace::stash::stash_put;
use crate::value::Value;
use crate::value::method::Method;

/// What is said of a template that ran to its end without a word on the caller.
fn refused_nobody(words: Option<Message>) -> Message {
    match words {
        Some(words) => Message::joined("This template refused nobody: {}", [words]),
        None => "This template refuses nobody, and no condition of it looks at the caller: whether this one may, a step before it, the schema, the request to the data source or the caller's policy says.".into(),
    }
}

/// That a template which ran to its end rendered nothing; empty where it did render something.
fn without_output(explained: &Explanation) -> &'static str {
    match explained.all_notes().any(|note| note.code == Code::OutputEmpty) {
        true => "It rendered nothing, and for that AppSync answers \"Template transformation yielded an empty response.\", unless it is the before template of a pipeline, or what was given ends before its output.",
        false => "",
    }
}

/// That a filter which was given in the stash holds no row back, for this template does not look at it; empty where it does.
fn unread_filter(explained: &Explanation) -> Message {
    let filter = stash_filter(&explained.outcome);
    if filter.is_null() || explained.pipeline.is_some() || touches_filter(&explained.program) {
        return Message::default();
    }
    Message::of("The filter that was given in the stash (authFilter, {}) holds no row back here: this template never reads it.", [Part::Value(show(&filter))])
}

/// Whether no condition of the template looks at the caller.
fn asks_nothing(explained: &Explanation) -> bool {
    explained.why.as_ref().is_none_or(|why| why.let_through.is_none())
}

/// The statement of the template that writes the very message that was seen: it did refuse then, by other values.
fn own_message(explained: &Explanation, evidence: &Evidence) -> Option<Message> {
    let said = evidence.observed.as_ref()?.message.as_deref()?.trim();
    if said.len() < 4 || said.contains("Not Authorized to access") || explained.pipeline.is_some() {
        return None;
    }
    let (index, program) = (Index::new(&explained.program), &explained.program);
    let refusal = index.statements.iter().find_map(|(node, statement)| match statement {
        Node::Reference(reference) if reference.util() == Some(Method::Error) && program.says_in(|visit| visit.reference(reference), &[&said.to_lowercase()]) => Some(*node),
        _ => None,
    })?;
    let how = explained.why.as_ref().and_then(|why| why.let_through.clone()).unwrap_or_default();
    let refused = Message::of(
        "The message that was seen is this template's own: `{}` on line {} wrote it, so in that request it did run. With the values given here it does not",
        [Part::Code(program.one_line(refusal)), Part::Place(program.line(refusal).to_string())],
    );
    let mut message = if how.is_empty() { Message::joined("{}.", [refused]) } else { Message::joined("{}: {}", [refused, how]) };
    message.and("» Compare them with that request's own: a token that is older than a change of groups or attributes, another caller, another row. Give the HAR with the token that was sent (--claims TOKEN).");
    Some(message)
}

/// Whether the error that was seen is what the function threw to which the template only hands the request.
pub fn function_threw(explained: &Explanation, evidence: &Evidence) -> bool {
    let kind = evidence.observed.as_ref().and_then(|seen| seen.error_type.as_deref());
    explained.verdict == Verdict::Completed && kind.is_some_and(|kind| kind.starts_with("Lambda:")) && decides_elsewhere(explained, evidence).is_some()
}

/// Where the decision lies, if the template alone only asks a data source: with the function that it calls, or with the half that
/// gets the row.
fn decides_elsewhere(explained: &Explanation, evidence: &Evidence) -> Option<Message> {
    let request: serde_json::Value = serde_json::from_str(explained.output()).ok()?;
    let seen = evidence.observed.as_ref()?;
    let said = seen.message.clone().unwrap_or_default();
    let name = &*explained.program.source.name;
    match request.get("operation").and_then(serde_json::Value::as_str)? {
        // <https://docs.aws.amazon.com/appsync/latest/devguide/resolver-mapping-template-reference-lambda.html>: `Lambda:Unhandled`
        // is what a function threw.
        "Invoke" | "BatchInvoke" if of_lambda_data_source(explained, seen) => Some(Message::of(
            "This template holds no check: it hands the request to a Lambda function. An answer with HTTP 200 and the type UnauthorizedException comes likeliest from that function: the Lambda data source failed with an error of this type, and AppSync puts {} in the place of its message. No directive answers so. What it tested is in its code, which is not in the material, so it stays unknown. » Look at that function's code, and at its CloudWatch log of this request, for what raises UnauthorizedException.",
            [Part::Value(quoted(&said).to_string())],
        )),
        "Invoke" | "BatchInvoke" => {
            let kind = seen.error_type.as_deref().filter(|kind| kind.starts_with("Lambda:"))?;
            Some(Message::of(
                "No template refused: this one hands the request to a Lambda function, and the function itself threw {} (errorType {}). What it tested is in its code, which is not in the material. » Look at that function's code, and at its CloudWatch log of this request: the stack there names the line that threw.",
                [Part::Value(quoted(&said).to_string()), Part::Value(kind.to_owned())],
            ))
        }
        operation @ ("GetItem" | "Query" | "Scan" | "BatchGetItem") if seen.is_refusal() && explained.verdict == Verdict::Completed && asks_nothing(explained) => {
            let other = name.strip_suffix(".req.vtl").map_or_else(|| "its response template".to_owned(), |stem| format!("{stem}.res.vtl"));
            Some(Message::of(
                "This template holds no check: it only asks for the row ({}) and refuses nobody. AppSync refused, and it stays unknown by what: its other half, {}, with the row as `$ctx.result`, or what comes before both, {}. None of these is in the material. » Give the schema with its directives (--schema), that template, and the stored row as `result`.",
                [Part::Code(operation.to_owned()), Part::Place(other), Part::Text(before_templates(evidence).to_owned())],
            ))
        }
        _ => None,
    }
}

/// What refuses a field before its templates run, in the caller's mode.
fn before_templates(evidence: &Evidence) -> &'static str {
    match evidence.auth_type {
        Some(AuthType::Lambda) => "a field or a type without @aws_lambda where that mode is not the API's default, or the authorizer's deniedFields",
        Some(AuthType::Iam) => "a field or a type without @aws_iam where that mode is not the API's default (what a policy refuses is said otherwise)",
        Some(AuthType::ApiKey) => "a field or a type without @aws_api_key where that mode is not the API's default",
        Some(AuthType::Oidc) => "a field or a type without @aws_oidc where that mode is not the API's default",
        Some(AuthType::UserPool) | None => "a directive of the schema that asks for a group, or a type without this mode's directive",
    }
}

/// Whether a refusal in a GraphQL answer is of the kind that a function as data source raises: a key, a token or an authorizer is refused
/// by 401, before any field, and a directive by the type Unauthorized
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/resolver-mapping-template-reference-lambda.html>).
fn of_lambda_data_source(explained: &Explanation, seen: &Observed) -> bool {
    let kind = seen.error_type.as_deref() == Some("UnauthorizedException");
    kind && seen.status == Some(200) && explained.verdict == Verdict::Completed && asks_nothing(explained)
}

/// What is known of a refusal that these templates, with these values, do not make: its own message, a function, the other half.
fn not_by_these(explained: &Explanation, evidence: &Evidence, refused: bool) -> Option<Message> {
    let by_itself = explained.pipeline.is_none() && (refused || function_threw(explained, evidence));
    let own = || other_field::refused(explained, evidence).or_else(|| own_message(explained, evidence)).filter(|_| refused);
    own().or_else(|| decides_elsewhere(explained, evidence).filter(|_| by_itself))
}

/// How the templates let the caller through, after what is wider about it than it seems.
pub fn let_through(layers: &mut [Layer], resolver: Option<&Explanation>, evidence: &Evidence, refused: bool, more_pages: bool) {
    let Some(explained) = resolver else { return };
    let closed_by_schema = layers.iter().any(|layer| layer.layer == LayerName::Mode && layer.state == State::Unknown);
    let unanswered = layers.iter().flat_map(|layer| &layer.findings).any(|finding| finding.code == Code::EmptyWithoutError);
    let Some(layer) = layers.iter_mut().find(|layer| layer.layer == LayerName::Resolver) else { return };
    if layer.state != State::Passed {
        return;
    }
    let words = explained.why.as_ref().and_then(|why| why.let_through.clone());
    if let Some(message) = not_by_these(explained, evidence, refused) {
        layer.findings.insert(0, Finding::new(Code::LetThrough, message));
        return;
    }
    if explained.verdict == Verdict::Completed && !refused {
        // Where a hint tells more, or the data source's rows are what is not known, that is enough.
        if layer.findings.is_empty() && explained.pipeline.is_none() && !unanswered {
            let mut message = refused_nobody(words);
            message.and(without_output(explained));
            message.and(unread_filter(explained));
            layer.findings.push(Finding::new(Code::LetThrough, message));
        }
        return;
    }
    let filter = stash_filter(&explained.outcome);
    let mut message = if explained.verdict == Verdict::Filtered && !filter.is_null() {
        with_a_filter(&filter, more_pages)
    } else if let Some(words) = words {
        let name = match explained.pipeline {
            Some(_) => explained.program.source.name.to_string(),
            None => "this template".to_owned(),
        };
        Message::joined("Allowed, {} lets the caller through: {}", [Message::of("{}", [Part::Place(name)]), words])
    } else if refused && explained.pipeline.is_none() {
        refused_nobody(None)
    } else {
        return;
    };
    message.and(unread_filter(explained));
    if refused {
        message.and(raised_here(explained, evidence).unwrap_or_else(|| elsewhere(explained, closed_by_schema)));
    }
    let at = if refused {
        0
    } else {
        let tells = |finding: &&Finding| (finding.code.entry().kind != Kind::Evidence || finding.code == Code::AdminReturn) && !is_plain(finding.code);
        layer.findings.iter().take_while(tells).count()
    };
    layer.findings.insert(at, Finding::new(Code::LetThrough, message));
}

/// That a filter decides which rows come back.
fn with_a_filter(filter: &Value, more_pages: bool) -> Message {
    let rows = if filter_words::is_search(filter) { "documents" } else { "rows" };
    let asked = filter_words::alternatives(filter).map_or_else(
        || format!("{}. Only {rows} that match it come back", show(filter)),
        |asked| format!("one comes back only where {asked}"),
    );
    let mut words = Message::of(
        "This template refuses nobody: it lets the caller through with a filter on the {}: {}, without an error for the others. Whether any does cannot be told without the {} as they are stored. » Give one that should have come (`records`).",
        [Part::Text(rows.to_owned()), Part::Value(asked), Part::Text(rows.to_owned())],
    );
    if more_pages {
        words.and("The page that came is empty, but nextToken says that there is more: DynamoDB counts `limit` before it filters. » Go on with nextToken until it is null, raise limit, or query an index on what the filter reads.");
    }
    words
}

/// The message that was seen is what a statement of this template raises, word for word: no directive and no policy answers so.
fn raised_here(explained: &Explanation, evidence: &Evidence) -> Option<Message> {
    let seen = evidence.error_message();
    let raises = |reference: &&&Reference| {
        let first = reference.last_call().and_then(|(_, args)| args.first());
        reference.util() == Some(Method::Error) && first.is_some_and(|first| says(first, seen))
    };
    let references = explained.program.references();
    let raised = references.iter().find(raises)?;
    Some(Message::of(
        "What was seen, {}, is what line {} raises, so it ran then: the claims, the row or the arguments of that request were others than those given here. » Give the token that was sent (a HAR with sensitive data; one that is older than a change of groups still lacks it), and the row as it is stored.",
        [Part::Value(quoted(&seen).to_string()), Part::Place(explained.program.line(raised.node).to_string())],
    ))
}

/// Whether a text of the template, with values in it or without, may be the one that was seen.
fn says(text: &Expression, seen: &str) -> bool {
    let body = match &text.kind {
        ExpressionKind::String(text) => return *text == *seen,
        ExpressionKind::Interpolated { body, .. } => body,
        _ => return false,
    };
    // What is printed between two texts may be anything; of its own words there must be some.
    let (mut rest, mut open, mut own) = (seen.trim(), false, 0);
    for (at, statement) in body.iter().enumerate() {
        match statement {
            Statement::Text(text) => {
                let text = if at + 1 == body.len() { text.trim_end() } else { text.as_str() };
                let found = if open { rest.find(text) } else { rest.starts_with(text).then_some(0) };
                let Some(found) = found else { return false };
                rest = &rest[found + text.len()..];
                own += text.len();
                open = open && text.is_empty();
            }
            Statement::Print(_) => open = true,
            _ => return false,
        }
    }
    own > 7 && (open || rest.is_empty())
}

/// Whether it is the first template of a pipeline of Amplify's, which fills the stash and checks nobody
/// (AMPLIFY-AUTH: `Query.getTodo.req.vtl` of transformer v2 and Gen 2).
fn is_first_of_pipeline(explained: &Explanation) -> bool {
    let put: Vec<&str> = explained.program.references().into_iter().filter_map(stash_put).collect();
    ["typeName", "fieldName", "metadata", "connectionAttributes"].iter().all(|name| put.contains(name))
}

/// AppSync refused what this template lets through: what else can have, likeliest first.
fn elsewhere(explained: &Explanation, schema_is_open: bool) -> Message {
    let mut others = Vec::new();
    // What Amplify writes checks in the functions behind this template, by the rules of the schema's `@auth`.
    let is_first = is_first_of_pipeline(explained);
    others.extend(is_first.then_some("the pipeline's auth function (`….auth.1.req.vtl`, …AuthFN), which compares the caller with the rules"));
    others.extend(schema_is_open.then_some("a directive in the schema (@aws_…)"));
    others.push(if is_first { "another function" } else { "a later step (a function of the pipeline)" });
    others.extend((!explained.program.source.is_response()).then_some("the response template"));
    let first = others.remove(0);
    let between = if others.len() > 1 { format!("{}, or", others.join(", ")) } else { others.iter().map(|one| format!("{one} or")).collect() };
    let rest = format!("{between} a deployed template that differs from this one");
    let mut message = Message::from(format!(
        "AppSync refused nevertheless, and what was given does not show where, so it stays unknown: likeliest is {first}, else {}.",
        rest.trim_start()
    ));
    message.and(if schema_is_open {
        "» Give the schema with its directives (--schema) and the remaining templates."
    } else {
        "» Give the remaining templates, and compare this one with what is deployed (aws appsync get-resolver, get-function)."
    });
    message
}
