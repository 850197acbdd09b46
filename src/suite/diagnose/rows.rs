//! The last layer: what the data source makes of the request, on the rows that were given.

use super::Refusal;
use crate::code::Code;
use crate::explain::Explanation;
use crate::explain::why::{Carrying, Fate};
use crate::finding::Finding;
use crate::message::Message;
use crate::request::{Member, Observed};
use crate::request::layer::{Layer, LayerName, State};
use crate::trace::Verdict;
use serde_json::Value as Json;

/// The filter against the rows that were given.
pub fn layer(resolver: Option<&Explanation>, refusal: &Refusal) -> Layer {
    let observed = refusal.evidence.observed.clone().unwrap_or_default();
    let carrying = resolver.and_then(|explained| explained.why.as_ref()).map(|why| &why.carrying);
    if let Some(carrying) = carrying.filter(|carrying| matches!(carrying.fate, Fate::Refused | Fate::Narrowed)) {
        return carried(carrying, &observed);
    }
    if let Some(finding) = unraised(resolver, refusal) {
        let mut layer = Layer::new(LayerName::Records, State::Passed);
        layer.refuse(finding);
        return layer;
    }
    let failed = ["ConditionalCheckFailed", "TransactionCanceled"];
    if observed.error_type.as_deref().is_some_and(|kind| failed.iter().any(|name| kind.contains(name))) {
        let mut layer = Layer::new(LayerName::Records, State::Passed);
        if let Some(finding) = carrying.and_then(existence_alone) {
            layer.refuse(finding);
            return layer;
        }
        layer.refuse(
            Finding::new(
                Code::ConditionFailed,
                "a condition on the row did not hold: in older resolvers that is the check of owner or groups, else the version or the row's existence. » Compare the stored row with the caller.",
            )
            .at("observed.errorType")
            .actual(observed.error_type),
        );
        return layer;
    }
    if let Some(carrying) = carrying.filter(|carrying| carrying.fate == Fate::Open) {
        let mut layer = Layer::new(LayerName::Records, State::Unknown);
        layer.findings = carrying.findings.clone();
        return layer;
    }
    if let Some(empty) = &observed.empty
        && resolver.is_none()
        && observed.message.as_ref().is_none_or(String::is_empty)
    {
        return Layer::new(LayerName::Records, State::Unknown).with(
            Finding::new(
                Code::EmptyWithoutError,
                "the field came back empty and without an error: a filter that left the rows out, a redacted field, or no such row. » Give the templates (--from) and the rows.",
            )
            .at("observed.empty")
            .actual(empty.as_str()),
        );
    }
    // What the field asks of its data source is in its templates: without them, nothing was judged.
    let Some(explained) = resolver else { return Layer::new(LayerName::Records, State::Unknown) };
    match explained.verdict {
        Verdict::Filtered => filtered(explained, refusal),
        Verdict::Allowed | Verdict::Completed if asks(explained) => Layer::new(LayerName::Records, State::Passed),
        _ => Layer::new(LayerName::Records, State::Unknown),
    }
}

/// Whether it is known what was asked of the data source: of a response template alone it is not.
fn asks(explained: &Explanation) -> bool {
    let request = || serde_json::from_str::<Json>(explained.output()).unwrap_or_default();
    let name = explained.program.source.name.to_lowercase();
    let response = [".res.", ".response.", ".response-"].iter().any(|mark| name.contains(mark)) || name.ends_with(".response");
    explained.pipeline.is_some() || !response || ["operation", "statements", "version"].iter().any(|member| request().get(member).is_some())
}

/// A condition failed, its error stands in the context, and the template let it pass in silence.
fn unraised(resolver: Option<&Explanation>, refusal: &Refusal) -> Option<Finding> {
    let kind = refusal.request.given(Member::Error)?.get("type")?.as_str()?;
    let hint = resolver?.hints().iter().find(|hint| hint.code == Code::ErrorNotRaised)?;
    let condition = ["ConditionalCheckFailed", "TransactionCanceled"].iter().any(|name| kind.contains(name));
    let mut finding = Finding::new(Code::ConditionFailed, hint.message.clone()).at("error.type").actual(kind);
    finding.certainty = hint.certainty;
    condition.then_some(finding)
}

/// A filter that a rule adds, on the rows that were given.
fn filtered(explained: &Explanation, refusal: &Refusal) -> Layer {
    if explained.why.as_ref().is_some_and(|why| why.left_out.is_some()) {
        let mut layer = Layer::new(LayerName::Records, State::Refused);
        layer.findings = explained.hints().to_vec();
        return layer;
    }
    if refusal.request.given(Member::Records).and_then(Json::as_array).is_none_or(Vec::is_empty) {
        let mut layer = Layer::new(LayerName::Records, State::Unknown).with(Finding::new(
            Code::RecordsMissing,
            "the request is allowed with a filter on the rows: » give the rows (`records`) to see which of them it lets through.",
        ));
        layer.findings.extend(explained.hints().iter().cloned());
        return layer;
    }
    let rows = || explained.why.iter().flat_map(|why| &why.rows);
    let state = if rows().any(|row| row.matches == Some(false)) {
        State::Refused
    } else if rows().any(|row| row.matches.is_none()) {
        State::Unknown
    } else {
        State::Passed
    };
    let mut layer = Layer::new(LayerName::Records, state);
    layer.findings = explained.hints().to_vec();
    layer
}

/// The data source refuses what the request carries, or leaves rows out.
fn carried(carrying: &Carrying, observed: &Observed) -> Layer {
    let mut layer = Layer::new(LayerName::Records, State::Refused);
    layer.findings = carrying.findings.clone();
    // An error of the data source goes to the response template, which may drop it.
    let silent = observed.error_type.is_none() && observed.message.is_none();
    let shown = observed.status.is_some() || observed.empty.is_some();
    if let Some(first) = layer.findings.first_mut().filter(|_| carrying.fate == Fate::Refused && silent && shown) {
        first.message.and("The client saw no error, because under version 2018-05-29 it is only put into $ctx.error: the response template must raise it, `#if($ctx.error) $util.error($ctx.error.message, $ctx.error.type) #end`.");
    }
    layer
}

/// Where a condition asks for nothing but the row, that is what failed.
fn existence_alone(carrying: &Carrying) -> Option<Finding> {
    let [only] = carrying.findings.as_slice() else { return None };
    if only.code != Code::ConditionExistence {
        return None;
    }
    let mut message = Message::of("DynamoDB's condition failed, and this is all that it asks.", []);
    message.and(only.message.clone());
    message.and("So that is how it is, and no right of the caller failed: » for a new row write attribute_not_exists, for a change of a row attribute_exists, and send the key as it is stored.");
    let mut finding = Finding::new(Code::ConditionTermFailed, message);
    finding.path.clone_from(&only.path);
    Some(finding)
}
