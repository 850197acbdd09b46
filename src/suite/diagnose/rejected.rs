//! What AppSync or the data source did not take of a rendered request, by its own words.

use crate::code::{Certainty, Code};
use super::{Refusal, shape};
use crate::explain::Explanation;
use crate::explain::hint::carried::typed;
use crate::finding::Finding;
use crate::message::{Message, Part, all_of, quoted};
use crate::trace::Verdict;
use crate::request::{Evidence, Member, Observed};
use crate::request::complaint::{self, Complaint};
use crate::request::layer::{Layer, LayerName, State};

/// The complaint that was seen is why the request ended: no rule refused.
pub fn judge(layers: &mut [Layer], resolver: Option<&Explanation>, refusal: &Refusal) {
    let evidence = &refusal.evidence;
    let Some(complaint) = complaint::read(evidence) else { return };
    let Some(layer) = layers.iter_mut().find(|layer| layer.layer == LayerName::Resolver) else { return };
    // What the templates themselves show is nearer than AppSync's words.
    if layer.state == State::Refused {
        if let Some(finding) = handed_on(resolver, refusal, &complaint) {
            layer.findings.insert(0, finding);
        }
        return;
    }
    if let Some(finding) = resolver.and_then(|explained| printed_nothing(explained, evidence).or_else(|| parses(explained, evidence))) {
        layer.refuse(finding);
        return;
    }
    let place = resolver.and_then(|explained| place(explained, &complaint));
    let shown = place.map_or_else(String::new, |line| format!(" (line {line})"));
    let about = complaint.about.clone().unwrap_or_else(|| evidence.error_message().to_owned());
    let judged = resolver.and_then(|explained| explained.hints().iter().find(|hint| hint.code == Code::ExpressionRefused));
    if let Some(judged) = judged.filter(|judged| complaint.about.as_deref().is_none_or(|name| judged.message.contains(name))) {
        let words = Message::joined("No rule refused the caller, and no row was looked at. {}", [judged.message.clone()]);
        layer.refuse(Finding::new(Code::RequestRejected, words).at("observed.message").actual(about));
        return;
    }
    let passed = resolver
        .and_then(|explained| explained.why.as_ref())
        .and_then(|why| why.let_through.clone())
        .map_or_else(Message::default, |words| Message::joined("The checks let the caller through: {}", [words]));
    let records = refusal.records().unwrap_or_default();
    let types = resolver.and_then(|explained| typed::differs(&explained.program, &explained.outcome, &records)).unwrap_or_default();
    let place = Message::of("{}", [Part::Place(shown)]);
    let shape = resolver.and_then(|explained| shape::judge(explained, evidence.error_message()));
    let complaint = Complaint { meaning: shape.unwrap_or(complaint.meaning), ..complaint };
    let words = match resolver.is_some_and(|explained| explained.program.source.is_response()) {
        true => Message::joined("No rule refused the caller: what the response template answers is not taken{}: {}.", [place, complaint.meaning]),
        false => Message::joined("No rule refused the caller, and no row was looked at: the request that the template renders is not taken{}: {}.", [place, complaint.meaning]),
    };
    let cure = words.cure();
    layer.refuse(
        Finding::new(
            Code::RequestRejected,
            words.cause().with(types).with(passed).cured(cure),
        )
        .at("observed.message")
        .actual(about),
    );
}

/// The template raised the data source's own error: what that says of the request is the cause.
fn handed_on(resolver: Option<&Explanation>, refusal: &Refusal, complaint: &Complaint) -> Option<Finding> {
    let said = refusal.evidence.error_message();
    let raised = refusal.request.given(Member::Error)?.get("message")?.as_str()? == said;
    resolver.filter(|explained| raised && explained.verdict == Verdict::Error && complaint::is_known(said))?;
    let rows = refusal.records().unwrap_or_default();
    let names = rows.first().and_then(|row| row.as_map()).map(|row| {
        row.snapshot().into_iter().filter_map(|(name, _)| name.as_str().map(str::to_owned)).take(8).collect::<Vec<_>>()
    });
    let names = names.filter(|_| said.contains("key")).map_or_else(String::new, |names| format!(" The row that was given has {}.", all_of(&names)));
    let message = Message::joined(
        "No rule refused the caller: the data source did not take the request before this template, which hands its error on, so what it checks behind that was not reached: {}{}",
        [complaint.meaning.cause(), Message::plain(&names)],
    )
    .cured(format!("{}.", complaint.meaning.cure()));
    Some(Finding::new(Code::RequestRejected, message).at("error.message").actual(said))
}

/// Nothing was seen, and the request is one that DynamoDB refuses, whoever asks.
pub fn foreseen(layers: &mut [Layer], resolver: Option<&Explanation>) {
    let Some(refused) = resolver.and_then(|explained| explained.hints().iter().find(|hint| hint.code == Code::ExpressionRefused)) else { return };
    let layer = layers.iter_mut().find(|layer| layer.layer == LayerName::Resolver && layer.state == State::Passed);
    if let Some(layer) = layer {
        let words = Message::joined("No rule refuses the caller. {}", [refused.message.clone()]);
        layer.refuse(Finding::new(Code::RequestRejected, words));
    }
}

/// The request is one that DynamoDB refuses, whoever asks, and an answer without an error was seen: only one of the two is of this
/// request, unless its response template drops the error.
pub fn answered(layers: &mut [Layer], resolver: Option<&Explanation>, evidence: &Evidence) {
    let Some(refused) = resolver.and_then(|explained| explained.hints().iter().find(|hint| hint.code == Code::ExpressionRefused)) else { return };
    let silent = |seen: &Observed| seen.error_type.is_none() && seen.message.is_none() && (seen.data.is_some() || seen.empty.is_some());
    if !evidence.observed.as_ref().is_some_and(silent) {
        return;
    }
    for layer in layers.iter_mut() {
        match layer.layer {
            LayerName::Resolver if layer.state == State::Passed => {
                let words = Message::joined(
                    "What was seen does not fit this request. {} That is an error of the field, and the client got an answer without one: another version is deployed, or the response template leaves `$ctx.error` aside.",
                    [refused.message.cause()],
                );
                let cure = Message::default().cured("Raise it there (`#if($ctx.error) $util.error($ctx.error.message, $ctx.error.type) #end`), and compare this template with the deployed one.");
                let words = words.with(refused.message.cure()).with(cure);
                layer.state = State::Unknown;
                layer.findings.insert(0, Finding::new(Code::RequestRejected, words).certainty(Certainty::Likely));
            }
            // What a request that DynamoDB refuses would leave out says nothing of an answer.
            LayerName::Records => {
                layer.state = State::Unknown;
                layer.findings.clear();
            }
            _ => {}
        }
    }
}

/// Whether [`answered`] found the request and the answer not to fit.
pub fn is_answered(layer: &Layer) -> bool {
    layer.layer == LayerName::Resolver && layer.state == State::Unknown && layer.findings.first().is_some_and(|first| first.code == Code::RequestRejected)
}

/// How Velocity's parser begins what it says, which AppSync hands on.
const PARSER: &str = "Encountered";

/// Why a template that refuses nobody renders nothing, and that AppSync takes that for an error.
fn printed_nothing(explained: &Explanation, evidence: &Evidence) -> Option<Finding> {
    if !explained.output().trim().is_empty() || explained.pipeline.is_some() || explained.verdict != Verdict::Completed {
        return None;
    }
    let source = &explained.program.source;
    let why = match (source.text.is_empty(), source.text.trim().is_empty()) {
        (true, _) => "the template is empty",
        (_, true) if source.text.chars().any(|letter| letter == '\u{a0}') => "the template has nothing but a no-break space (U+00A0)",
        (_, true) => "the template has nothing but blanks",
        _ => "no statement of the template prints anything",
    };
    let mut message = Message::of(
        "No rule refused the caller: {}, and for an empty output AppSync answers \"Template transformation yielded an empty response.\"",
        [Part::Text(why.to_owned())],
    );
    if evidence.error_message().starts_with(PARSER) {
        message.and("What was seen is a parse error, and this template parses: another version of it is deployed.");
    }
    message.and("» Print the request at its end (`{ \"version\": \"2018-05-29\", … }`), and `$util.toJson($ctx.result)` in a response template.");
    Some(Finding::new(Code::OutputNothing, message).at("output"))
}

/// AppSync could not parse what it ran, and this template parses.
fn parses(explained: &Explanation, evidence: &Evidence) -> Option<Finding> {
    let words = evidence.error_message();
    let of_template = explained.pipeline.is_none() && words.starts_with(PARSER);
    of_template.then(|| {
        let message = Message::of(
            "No rule refused the caller: AppSync could not parse the template that it ran ({}), and {} parses, so another version of it is deployed. » Compare it with what `aws appsync get-resolver` and `get-function` show, and deploy.",
            [Part::Value(quoted(&words).to_string()), Part::Place(explained.program.source.name.to_string())],
        );
        Finding::new(Code::RequestRejected, message).at("observed.message").actual(words)
    })
}

/// The line of the template where what is complained about stands.
fn place(explained: &Explanation, complaint: &Complaint) -> Option<u32> {
    let name = complaint.about.as_deref()?;
    let source = &explained.program.source;
    let at = source.text.find(&format!("\"{name}\"")).or_else(|| source.text.find(name))?;
    Some(source.place(at as u32).line)
}
