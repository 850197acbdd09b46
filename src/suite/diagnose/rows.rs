//! The last layer: what the data source makes of the request, on the rows that were given.

use super::{Refusal, conflict, page, unanswered};
use crate::code::Code;
use crate::explain::Explanation;
use crate::explain::why::{Carrying, Fate};
use crate::finding::Finding;
use crate::message::{Message, Part, all_of};
use crate::request::observed::is_failed_condition;
use crate::request::{Member, Observed};
use crate::request::layer::{Layer, LayerName, State};
use crate::trace::Verdict;
use serde_json::Value as Json;

/// Where a report has the error that the client saw.
const SEEN: &str = "observed.errorType";

/// The filter against the rows that were given.
pub fn layer(resolver: Option<&Explanation>, refusal: &Refusal) -> Layer {
    let observed = refusal.evidence.observed.clone().unwrap_or_default();
    let carrying = resolver.and_then(|explained| explained.why.as_ref()).map(|why| &why.carrying);
    if let Some(carrying) = carrying.filter(|carrying| matches!(carrying.fate, Fate::Refused | Fate::Narrowed)) {
        return came_back(carrying, refusal, &observed).unwrap_or_else(|| carried(carrying, &observed));
    }
    if let Some(finding) = unraised(resolver, refusal).or_else(|| conflict::judge(resolver, refusal, &observed)) {
        let mut layer = Layer::new(LayerName::Records, State::Passed);
        layer.refuse(finding);
        return layer;
    }
    if observed.error_type.as_deref().is_some_and(is_failed_condition) {
        let mut layer = Layer::new(LayerName::Records, State::Passed);
        if let Some(finding) = carrying.and_then(|carrying| known_to_have_failed(carrying, &observed)) {
            layer.refuse(finding);
            return layer;
        }
        layer.refuse(
            Finding::new(
                Code::ConditionFailed,
                "a condition on the row did not hold: in older resolvers that is the check of owner or groups, else the version or the row's existence. » Compare the stored row with the caller.",
            )
            .at(SEEN)
            .actual(observed.error_type),
        );
        return layer;
    }
    if let Some(carrying) = carrying.filter(|carrying| carrying.fate == Fate::Open) {
        let mut layer = Layer::new(LayerName::Records, State::Unknown);
        layer.findings = carrying.findings.clone();
        if let Some(finding) = resolver.and_then(|explained| page::announced(explained, &observed)) {
            // It says what the filter left out, and asks for rows as well.
            layer.findings.retain(|one| one.code != Code::FilterOpen);
            layer.findings.insert(0, finding);
        }
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
    if let Some(finding) = resolver.and_then(|explained| unanswered::judge(explained, refusal, &observed)) {
        return Layer::new(LayerName::Records, State::Unknown).with(finding);
    }
    // What the field asks of its data source is in its templates: without them, nothing was judged.
    let Some(explained) = resolver else { return Layer::new(LayerName::Records, State::Unknown) };
    passed(explained, refusal)
}

/// What is known of the rows where nothing of the request refuses.
fn passed(explained: &Explanation, refusal: &Refusal) -> Layer {
    match explained.verdict {
        Verdict::Filtered => filtered(explained, refusal),
        // What stands before it in JavaScript may have ended the request, or changed it.
        Verdict::Allowed | Verdict::Completed if explained.all_notes().any(|note| matches!(note.code, Code::JavascriptFunction | Code::MissingFunction)) => Layer::new(LayerName::Records, State::Unknown),
        // What a function answers, and a request that DynamoDB refuses whole, nobody judged here.
        Verdict::Allowed | Verdict::Completed if explained.pipeline.is_none() && (invokes(explained) || explained.hints().iter().any(|hint| matches!(hint.code, Code::ExpressionRefused | Code::RequestRejected))) => Layer::new(LayerName::Records, State::Unknown),
        Verdict::Allowed | Verdict::Completed if several_tables(explained).is_some() => {
            let layer = Layer::new(LayerName::Records, State::Unknown);
            match several_tables(explained).filter(|_| refusal.request.given(Member::Records).is_some()) {
                Some(finding) => layer.with(finding),
                None => layer,
            }
        }
        // Without a row, only what asks nothing of one was left to go on.
        Verdict::Allowed | Verdict::Completed if asks(explained) => {
            Layer { is_idle: refusal.request.given(Member::Records).is_none(), ..Layer::new(LayerName::Records, State::Passed) }
        }
        _ => Layer::new(LayerName::Records, State::Unknown),
    }
}

/// A row that the request leaves out stands in the answer that was seen: that answer is not this request's, so what these
/// templates make of it is no cause (<https://docs.aws.amazon.com/appsync/latest/devguide/enabling-caching.html>: caching keys).
fn came_back(carrying: &Carrying, refusal: &Refusal, observed: &Observed) -> Option<Layer> {
    let data = observed.data.as_ref()?;
    let records = refusal.request.given(Member::Records)?.as_array()?;
    let (finding, id) = carrying.findings.iter().filter(|finding| finding.code == Code::FilterLeavesOut).find_map(|finding| {
        let at: usize = finding.path.as_deref()?.strip_prefix("records[")?.split(']').next()?.parse().ok()?;
        let row = records.get(at)?.as_object()?;
        let (name, value) = row.iter().find(|(name, value)| (name.as_str() == "id" || name.ends_with("Id")) && value.as_str().is_some_and(|id| id.len() > 1))?;
        holds(data, name, value, 0).then(|| (finding, value.clone()))
    })?;
    let mut layer = Layer::new(LayerName::Records, State::Unknown);
    let message = Message::of(
        "The client saw {}, a row that this request leaves out, so what came back is not the answer of this template to this caller. Likeliest is the resolver's cache: one whose caching keys hold nothing of the identity gives a caller what another one got before. Else another template is deployed, or the row was changed since. » Look at the resolver's cachingKeys (aws appsync get-resolver) and put `$context.identity.sub` among them, empty the cache (aws appsync flush-api-cache), and compare the deployed template with this one.",
        [Part::Value(id.to_string())],
    );
    layer.findings.push(Finding::new(Code::ObservedElsewhere, message).at("observed.data").actual(id));
    layer.findings.push(finding.clone());
    Some(layer)
}

/// Takes out what was told as open of a write's condition, where it is known that it failed, as its finding says; which codes.
pub fn without_moot(layers: &mut [Layer]) -> &'static [Code] {
    // Whoever saw the error knows that it is no silent null.
    let seen = |layer: &Layer| layer.findings.first().is_some_and(|first| first.code == Code::ConditionFailed && first.path.as_deref() == Some(SEEN));
    if layers.iter().any(|layer| layer.layer == LayerName::Records && layer.state == State::Refused && seen(layer)) {
        layers.iter_mut().for_each(|layer| layer.findings.retain(|finding| finding.code != Code::ErrorNotRaised));
        return &[Code::ErrorNotRaised];
    }
    let failed = |layer: &Layer| layer.state == State::Refused && layer.findings.first().is_some_and(|first| first.code == Code::ConditionTermFailed);
    if !layers.iter().any(|layer| layer.layer == LayerName::Records && failed(layer)) {
        return &[];
    }
    let moot = &[Code::ConditionExistence, Code::ConditionOpen];
    layers.iter_mut().for_each(|layer| layer.findings.retain(|finding| !moot.contains(&finding.code)));
    moot
}

/// That the answer is another one's comes before what the templates make of the request.
pub fn not_its_answer(layers: &mut [Layer]) {
    let found = layers.iter_mut().find_map(|layer| {
        let at = layer.findings.iter().position(|finding| finding.code == Code::ObservedElsewhere)?;
        Some(layer.findings.remove(at))
    });
    let resolver = layers.iter_mut().find(|layer| layer.layer == LayerName::Resolver);
    if let (Some(finding), Some(layer)) = (found, resolver) {
        layer.findings.insert(0, finding);
    }
}

/// Whether an object of this answer has this member with this value.
fn holds(data: &Json, name: &str, value: &Json, depth: usize) -> bool {
    depth < 16
        && match data {
            Json::Object(members) => members.get(name) == Some(value) || members.values().any(|inner| holds(inner, name, value, depth + 1)),
            Json::Array(items) => items.iter().any(|inner| holds(inner, name, value, depth + 1)),
            _ => false,
        }
}

/// Whether it is known what was asked of the data source: of a response template alone it is not.
fn asks(explained: &Explanation) -> bool {
    let request = || serde_json::from_str::<Json>(explained.output()).unwrap_or_default();
    let response = explained.program.source.is_response();
    explained.pipeline.is_some() || !response || ["operation", "statements", "version"].iter().any(|member| request().get(member).is_some())
}

/// Whether the request goes to a Lambda function.
fn invokes(explained: &Explanation) -> bool {
    let request: Json = serde_json::from_str(explained.output()).unwrap_or_default();
    request.get("operation").and_then(Json::as_str).is_some_and(|operation| matches!(operation, "Invoke" | "BatchInvoke"))
}

/// A request that reads rows of several tables by their keys: rows that were given do not say of which table they are.
fn several_tables(explained: &Explanation) -> Option<Finding> {
    let request: Json = serde_json::from_str(explained.output()).ok()?;
    let names: Vec<String> = match request.get("operation")?.as_str()? {
        "BatchGetItem" => request.get("tables")?.as_object()?.keys().cloned().collect(),
        "TransactGetItems" => request.get("transactItems")?.as_array()?.iter().filter_map(|item| Some(item.get("table")?.as_str()?.to_owned())).collect(),
        _ => return None,
    };
    let first = names.first()?;
    let message = Message::of(
        "the request reads rows of several tables by their keys ({}), and the rows that were given do not say of which table they are: which come back is not judged here. » Give the answer (`result`) with the response template, which sees them by table.",
        [Part::Name(all_of(&names))],
    );
    names.iter().any(|name| name != first).then(|| Finding::new(Code::RecordsMissing, message))
}

/// A condition failed, its error stands in the context, and the template let it pass in silence.
fn unraised(resolver: Option<&Explanation>, refusal: &Refusal) -> Option<Finding> {
    let kind = refusal.request.given(Member::Error)?.get("type")?.as_str()?;
    let hint = resolver?.hints().iter().find(|hint| hint.code == Code::ErrorNotRaised)?;
    let seen = refusal.evidence.observed.as_ref().and_then(|seen| seen.error_type.as_deref()).is_some_and(|seen| seen.contains(kind));
    let (message, place) = if seen { (added_by_itself(refusal, kind), SEEN) } else { (hint.message.clone(), "error.type") };
    let mut finding = Finding::new(Code::ConditionFailed, message).at(place).actual(kind);
    finding.certainty = hint.certainty;
    is_failed_condition(kind).then_some(finding)
}

/// The client saw the error of a condition, and no line of the response template raises it: only the oldest version of a unit
/// resolver's request adds it by itself
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/resolver-mapping-template-changelog.html>).
fn added_by_itself(refusal: &Refusal, kind: &str) -> Message {
    let said = refusal.request.given(Member::Error).and_then(|error| error.get("message")).and_then(Json::as_str).unwrap_or_default();
    Message::of(
        "No rule of this template refused the caller: the condition that the request template puts on the write did not hold for the stored row, and nothing was written ({}: {}). That the client saw the error though no line here raises it says that the request template is of version 2017-02-28, where AppSync adds the error by itself (of a later one an error that is not raised is a silent null). » Read the `condition` of the request template, and compare it with the stored row: owner or groups, the row's existence, its version.",
        [Part::Name(kind.to_owned()), Part::Value(said.to_owned())],
    )
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

/// What must have failed, by the message and the conditions that the request carries: of a transaction the item that DynamoDB's
/// reasons point at (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>: one reason
/// for each item, in order).
fn known_to_have_failed(carrying: &Carrying, observed: &Observed) -> Option<Finding> {
    let reasons = observed.message.as_deref().and_then(|words| words.rsplit_once('[')?.1.split_once(']')).map(|(reasons, _)| reasons);
    let item = reasons.and_then(|reasons| reasons.split(',').position(|reason| reason.trim() == "ConditionalCheckFailed"));
    let of_item = item.and_then(|item| carrying.if_failed.iter().find(|one| one.place.starts_with(&format!("transactItems[{item}]"))));
    // What could not be judged failed rather than what holds.
    let only = |held: bool| {
        let mut all = carrying.if_failed.iter().filter(|one| one.held == held);
        all.next().filter(|_| all.next().is_none())
    };
    let open = carrying.if_failed.iter().any(|one| !one.held);
    of_item.or_else(|| only(!open)).map(|one| one.finding.clone())
}
