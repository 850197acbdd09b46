//! The layer of the templates: the one that is known, or the field's pipeline.

use super::{Refusal, time_of_call};
use crate::appsync::{AuthType, Given};
use crate::code::{Certainty, Code};
use crate::diagnostic::Diagnostic;
use crate::explain::{Absent, Explanation, Question, Subject, Unexplained, explain};
use crate::finding::Finding;
use crate::message::{Message, Part, capital, quoted};
use crate::request::{Evidence, Member, MemberValue, Observed, Request};
use crate::request::layer::{Layer, LayerName, State};
use crate::resolver::{Answers, Resolver, Resolvers};
use crate::explain::rules::Rules;
use crate::project::SchemaText;
use crate::rules::{Model, Purpose, RuleSays, Saying, TemplateOf, Ties};
use crate::source::Source;
use crate::suite::matrix::javascript::javascript_parts;
use crate::syntax::{NodeId, Program, parse};
use crate::trace::{DecisionKind, Verdict};
use std::sync::Arc;

/// The explanation of the template that is known, or of the field's pipeline.
pub fn run_templates(
    refusal: &Refusal,
    resolvers: Option<&Resolvers>,
    mode: Option<AuthType>,
    field: Option<&str>,
    notes: &mut Vec<Message>,
) -> Result<Option<Explanation>, Box<Diagnostic>> {
    let Some(explained) = explained(refusal, resolvers, refusal.given(mode), field, notes) else { return Ok(None) };
    match explained {
        Ok(explanation) => {
            notes.extend(explanation.notes.iter().map(|note| note.message.clone()));
            let again = |now: i64| {
                let given = Given { now_millis: now.saturating_mul(1000), ..refusal.given(mode) };
                self::explained(refusal, resolvers, given, field, &mut Vec::new())?.ok()
            };
            Ok(Some(time_of_call::weigh(refusal, explanation, again)))
        }
        Err(Unexplained::Parse(diagnostic)) => Err(diagnostic),
        Err(Unexplained::NothingRan { notes: reasons, .. }) => {
            notes.extend(reasons.into_iter().map(|note| note.message));
            Ok(None)
        }
        Err(error) => {
            notes.push(error.to_string().into());
            Ok(None)
        }
    }
}

/// The explanation with these values; `None` where there is no template to run.
fn explained(
    refusal: &Refusal,
    resolvers: Option<&Resolvers>,
    given: Given,
    field: Option<&str>,
    notes: &mut Vec<Message>,
) -> Option<Result<Explanation, Unexplained>> {
    let question = question(refusal, resolvers);
    if let Some(text) = &refusal.request.template {
        let name = refusal.request.template_name.clone().unwrap_or_else(|| "template".to_owned());
        let program = match parse(&Source::new(name.clone(), text.as_str())) {
            Ok(program) => Arc::new(program),
            Err(diagnostic) => return Some(Err(Unexplained::Parse(diagnostic))),
        };
        let rules = question.rules.clone().or_else(|| of_model(refusal, field?, &name, &program));
        let given = match (&rules, field) {
            (Some(_), Some(field)) => Given { field: Some(field.to_owned()), ..given },
            _ => given,
        };
        let question = Question { rules, ..question };
        return Some(explain(Subject::Template(&program), &given, &question).map(Explanation::into_whole_field));
    }
    let (resolvers, field) = (resolvers?, field?);
    match resolvers.get(field) {
        Ok(resolver) => Some(explain(Subject::Resolver(resolver, &answers(refusal)), &given, &question)),
        Err(message) => {
            notes.push(message.to_string().into());
            None
        }
    }
}

/// What is asked of the templates.
fn question(refusal: &Refusal, resolvers: Option<&Resolvers>) -> Question {
    Question {
        records: refusal.records(),
        coverage: true,
        absent: Absent::Open,
        open_values: resolvers.is_some_and(|resolvers| !resolvers.open.is_empty()),
        rules: resolvers.and_then(Ties::of_project).and_then(Result::ok).map(Arc::new),
        ..Question::default()
    }
}

/// The rules of the schema that was given, where it is the model's (`@model`, `@auth`), tied to the one template.
fn of_model(refusal: &Refusal, field: &str, name: &str, program: &Arc<Program>) -> Option<Arc<Ties>> {
    let schema = refusal.request.given(Member::Schema)?.as_str().filter(|text| text.contains("@auth") && text.contains("@model"))?;
    let model = Model::of(&SchemaText::new("schema", schema.to_owned())).ok()?;
    let ties = Ties::of_template(model, field, TemplateOf::of_file(name), program);
    (!ties.purposes.is_empty()).then(|| Arc::new(ties))
}

/// A rule of the model that is about this caller, and of which the template has nothing; or no rule at all, and a template
/// that checks nobody.
pub fn against_model(layers: &mut [Layer], resolver: Option<&Explanation>) {
    let Some((explained, rules)) = resolver.and_then(|explained| Some((explained, explained.rules.as_ref()?))) else { return };
    let Some(saying) = &rules.saying else { return };
    let finding = match explained.verdict {
        Verdict::Denied | Verdict::Filtered => not_in_template(explained, rules, saying),
        Verdict::Completed => no_rule(explained, rules, saying),
        _ => None,
    };
    let Some(finding) = finding else { return };
    let decided = layers.iter().position(|layer| layer.state == State::Refused && layer.layer >= LayerName::Resolver);
    let own = layers.iter().position(|layer| layer.layer == LayerName::Resolver);
    if let Some(layer) = decided.or(own).and_then(|at| layers.get_mut(at)) {
        layer.findings.retain(|one| one.code != Code::LetThrough);
        layer.findings.insert(0, finding);
    }
}

/// What a rule is like that has no say for this caller.
const NO_SAY: [RuleSays; 4] = [RuleSays::NotCovered, RuleSays::OtherMode, RuleSays::NotThis, RuleSays::Dropped];

/// A rule that would be about this caller, of which no statement of a generated template knows.
fn not_in_template(explained: &Explanation, rules: &Rules, saying: &Saying) -> Option<Finding> {
    let text = &explained.program.source.text;
    if !text.contains("## [Start]") {
        return None;
    }
    if let Some(finding) = not_covering(explained, rules, saying) {
        return Some(finding);
    }
    let no_block = explained.hints().iter().any(|hint| hint.code == Code::NoBlockForMode);
    let (rule, what) = saying.rules.iter().filter(|judged| !NO_SAY.contains(&judged.outcome) && (no_block || judged.outcome != RuleSays::LetsIn)).find_map(|judged| {
        let rule = rules.ties.model.rules.get(judged.rule)?;
        let unread = rule.row_field().filter(|field| !text.contains(field));
        match unread {
            Some(field) => Some((rule, format!("looks at {field}"))),
            None if no_block => Some((rule, "is for callers of this mode".to_owned())),
            None => None,
        }
    })?;
    let message = Message::of(
        "The schema that was given has the rule {} on {}, which is about this caller, and no statement of this template {}: the template that is deployed is not what that schema makes. » It is older (compile and push again), or a copy of it in amplify/backend/api/<name>/resolvers takes the place of the generated one: bring that copy up to date, or remove it. A new token or another row changes nothing.",
        [
            Part::Code(format!("{{ {} }}", rule.text())),
            Part::Name(rule.place()),
            Part::Text(what),
        ],
    );
    Some(Finding::new(Code::RuleNotInTemplate, message).at(rule.place()))
}

/// The block of the caller's mode refuses everybody, and the rule for that mode does not name the operation.
fn not_covering(explained: &Explanation, rules: &Rules, saying: &Saying) -> Option<Finding> {
    let empty = [Code::ModeHasNoRule, Code::EmptyBlock, Code::NoRuleForOperation];
    explained.hints().iter().find(|hint| empty.contains(&hint.code))?;
    let rule = saying.rules.iter().filter(|judged| judged.outcome == RuleSays::NotCovered).find_map(|judged| {
        rules.ties.model.rules.get(judged.rule).filter(|rule| Some(rule.provider.mode()) == explained.auth_type)
    })?;
    let line = explained.decision.node.map_or(0, |node| explained.place(node).line);
    let message = Message::of(
        "The rule {} of {} names {} alone, and the field {} is another operation to Amplify, `{}` (a query of an index is `list`, whatever it answers), so the block of this mode refuses whoever comes (line {}). » Add `{}` to the operations of that rule where such callers may have all that it opens; else write a query of your own for the one row.",
        [
            Part::Code(format!("{{ {} }}", rule.text())),
            Part::Name(rule.place()),
            Part::Code(rule.covers_text()),
            Part::Name(rules.field.clone()),
            Part::Name(operation_of(rules).to_owned()),
            Part::Place(line.to_string()),
            Part::Name(operation_of(rules).to_owned()),
        ],
    );
    Some(Finding::new(Code::NoRuleForOperation, message).at(rule.place()))
}

/// The operation that a field is for, in the word of a rule.
fn operation_of(rules: &Rules) -> &'static str {
    match rules.ties.purposes.get(&rules.field) {
        Some(Purpose::Operation { operation, .. }) => operation.as_str(),
        _ => "read",
    }
}

/// No rule names the operation, and the template checks nobody.
fn no_rule(explained: &Explanation, rules: &Rules, saying: &Saying) -> Option<Finding> {
    let text = &explained.program.source.text;
    let uncovered = saying.rules.iter().all(|judged| judged.outcome == RuleSays::NotCovered) && !saying.rules.is_empty();
    // Transformer v2 marks what it writes, as v1 does, and checks in a template of its own; only v1 writes the oldest version.
    let second = text.contains("## [Start]") && !text.contains("\"2017-02-28\"");
    if !uncovered || second || explained.pipeline.is_some() {
        return None;
    }
    let named: Vec<String> = saying.rules.iter().filter_map(|judged| rules.ties.model.rules.get(judged.rule)).map(|rule| format!("{{ {}, operations: {} }}", rule.text(), rule.covers_text())).collect();
    let message = Message::of(
        "Nobody is checked here: no rule of {} names `{}` ({}), and this template has no condition on the caller. Amplify's transformer v1 protects only the operations that a rule names, so everybody whom the API admits gets this answer. » Name `{}` in a rule for those who may, and push; transformer v2 refuses what no rule allows.",
        [
            Part::Name(saying.of.clone()),
            Part::Name(saying.word.clone()),
            Part::Code(named.join(", ")),
            Part::Name(saying.word.clone()),
        ],
    );
    Some(Finding::new(Code::NoRuleChecked, message).at(saying.of.clone()))
}

/// What the data sources answer.
fn answers(refusal: &Refusal) -> Answers {
    let rows = refusal.request.get(Member::Records).map(MemberValue::value).and_then(|rows| rows.members()).unwrap_or_default();
    let silent_null = refusal.evidence.observed.as_ref().is_some_and(|seen| is_silent(seen) && seen.empty.as_deref() == Some("null"));
    Answers { result: refusal.request.get(Member::Result).map(MemberValue::value), rows, silent_null, ..Answers::default() }
}

/// Does something with the templates that are known; `None` where there are none, or where they cannot be read.
pub fn with_subject<T>(
    refusal: &Refusal,
    resolvers: Option<&Resolvers>,
    field: Option<&str>,
    then: impl FnOnce(Subject<'_>, &Question) -> T,
) -> Option<T> {
    let question = question(refusal, resolvers);
    if let Some(text) = &refusal.request.template {
        let name = refusal.request.template_name.clone().unwrap_or_else(|| "template".to_owned());
        let program = Arc::new(parse(&Source::new(name, text.as_str())).ok()?);
        return Some(then(Subject::Template(&program), &question));
    }
    let resolver = resolvers?.get(field?).ok()?;
    Some(then(Subject::Resolver(resolver, &answers(refusal)), &question))
}

/// The layer of the templates.
pub fn layer(resolver: Option<&Explanation>) -> Layer {
    let Some(explained) = resolver else {
        return Layer::new(LayerName::Resolver, State::Unknown).with(Finding::new(
            Code::TemplateMissing,
            "the field's templates are not known: » give them (--from an Amplify build, CloudFormation or saved AWS answers).",
        ));
    };
    let state = match explained.verdict {
        _ if explained.is_output_refused() => State::Refused,
        Verdict::Denied | Verdict::Error => State::Refused,
        Verdict::Unknown => State::Unknown,
        Verdict::Allowed | Verdict::Filtered | Verdict::Completed => State::Passed,
    };
    let mut layer = Layer::new(LayerName::Resolver, state);
    layer.findings = explained.hints().to_vec();
    if let Some(node) = explained.decision.node.filter(|_| state == State::Refused && layer.findings.is_empty()) {
        layer.findings.push(refused_by(explained, node));
    }
    layer
}

/// Whether the template failed rather than refused.
pub fn is_error(layer: &Layer) -> bool {
    let codes = [Code::OutputRefused, Code::SubscriptionFilterRefused, Code::OutputNothing, Code::DoesNotParse, Code::RequestRejected, Code::NullForNonNull, Code::ValueNotSerialized];
    layer.findings.iter().any(|finding| codes.contains(&finding.code))
}

/// A template that rendered nothing is refused where that is what was seen: an excerpt may end before its output.
pub fn printed_nothing(layers: &mut [Layer], evidence: &Evidence) {
    let seen = evidence.observed.as_ref().is_some_and(|seen| {
        seen.error_type.as_deref() == Some("MappingTemplate")
            || seen.message.as_deref().is_some_and(|words| words.contains("empty response"))
    });
    let resolver = layers.iter_mut().find(|layer| layer.layer == LayerName::Resolver);
    if let Some(layer) = resolver.filter(|layer| seen && layer.state == State::Passed) {
        layer.blame(Code::OutputNothing);
    }
}

/// AppSync was seen to refuse a bare `null`, which is accepted here otherwise, because no source settles it (U1).
pub fn bare_null(layers: &mut [Layer], resolver: Option<&Explanation>, evidence: &Evidence) {
    let seen = |seen: &crate::request::Observed| {
        seen.message.as_deref().is_some_and(|words| words.starts_with("Encountered \"null\""))
    };
    let Some(explained) = resolver.filter(|_| evidence.observed.as_ref().is_some_and(seen)) else { return };
    let Some(node) = explained.program.bare_nulls.first() else { return };
    let place = explained.program.place(*node);
    let message = Message::of(
        "{} does not parse, as AppSync itself said: on {} a bare `null` stands in an expression, and VTL has no such word. Nobody was refused by a rule. » Write `$util.isNull(…)` to ask for it, or $null, which nothing sets.",
        [Part::Place(explained.program.source.name.to_string()), Part::Place(format!("line {}", place.line))],
    );
    if let Some(layer) = layers.iter_mut().find(|layer| layer.layer == LayerName::Resolver) {
        layer.findings.clear();
        layer.refuse(Finding::new(Code::DoesNotParse, message));
    }
}

/// A response template would have raised an error on a null result, and the client saw none
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/resolver-mapping-template-changelog.html>).
fn not_run(layers: &mut [Layer], explained: &Explanation, request: &Request) {
    let nothing = request.json(Member::Result).is_some_and(serde_json::Value::is_null);
    let failed = matches!(explained.verdict, Verdict::Denied | Verdict::Error) && explained.pipeline.is_none();
    let (Some(node), Some(answer), true) = (explained.decision.node, explained.answer(), nothing && failed) else { return };
    let message = Message::of(
        "The template would have raised {} (line {}), and the client saw null without an error: likeliest the request template is of version 2017-02-28, under which the response template is not run when the data source found nothing. » Set the version of the request template to \"2018-05-29\": then this one runs with a null $ctx.result. If it is that already, another template is deployed: compare with aws appsync get-resolver.",
        [Part::Value(quoted(&answer).to_string()), Part::Place(explained.place(node).line.to_string())],
    );
    if let Some(layer) = layers.iter_mut().find(|layer| layer.layer == LayerName::Resolver) {
        layer.state = State::Unknown;
        layer.findings.insert(0, Finding::new(Code::OldVersion, message).at("version"));
    }
}

/// Whether an answer came back empty and without an error.
fn is_silent(seen: &Observed) -> bool {
    seen.empty.is_some() && seen.error_type.is_none() && !seen.is_refusal()
}

/// What the data source found was not given, and one reading of it refuses, which the null without an error excludes.
fn likely_not_run(layers: &mut [Layer], explained: &Explanation, seen: &Observed) {
    let open = |finding: &Finding| finding.code == Code::NotGiven && finding.path.as_deref().is_some_and(|path| path == "result" || path.starts_with("result."));
    // Read as absent, which is what it is where nothing was found.
    let refuses = explained.decision.kind == DecisionKind::Unauthorized;
    let layer = layers.iter_mut().find(|layer| layer.layer == LayerName::Resolver && layer.findings.iter().any(open));
    let null = seen.empty.as_deref() == Some("null") && explained.verdict == Verdict::Unknown;
    let Some(layer) = layer.filter(|_| null && refuses) else { return };
    let message = Message::of(
        "The client saw null without an error, so nothing in {} refused: a refusal is an error. Likeliest the data source found nothing and the request template is of version 2017-02-28, under which the response template is not run then. » Look for the row in the table (with the key of the request), and set that version to \"2018-05-29\": then the response template runs with a null `$ctx.result` too.",
        [Part::Place(explained.program.source.name.to_string())],
    );
    layer.findings.insert(0, Finding::new(Code::OldVersion, message).at("version").certainty(Certainty::Likely));
}

/// Whether a template alone is a pipeline function's: it is named `Type.field.function.res.vtl`, or there was a function before it.
fn is_function(explained: &Explanation, request: &Request) -> bool {
    let name = explained.program.source.name.trim_end_matches(".vtl").trim_end_matches(".req").trim_end_matches(".res");
    name.split('.').count() > 2 || request.json(Member::Prev).is_some_and(|prev| prev.get("result").is_some_and(|result| !result.is_null()))
}

/// A row that was given has the key that was asked for but for its case or a blank.
fn asked_otherwise(request: &serde_json::Value, rows: Option<&serde_json::Value>, asked: &str) -> Option<Message> {
    let text = |value: &serde_json::Value| value.as_object().and_then(|typed| typed.values().next()).unwrap_or(value).as_str().map(str::to_owned);
    let alike = |one: &str, other: &str| one.trim().to_lowercase() == other.trim().to_lowercase();
    let key = request["key"].as_object()?;
    let mut rows = rows?.as_array()?.iter();
    let stored = rows.find_map(|row| {
        let each = key.iter().map(|(name, value)| Some((name, text(value)?, text(&row[name])?)));
        let each: Vec<_> = each.collect::<Option<_>>()?;
        let near = !each.is_empty() && each.iter().all(|(_, wanted, stored)| alike(wanted, stored));
        near.then(|| each.iter().filter(|(_, wanted, stored)| wanted != stored).map(|(name, _, stored)| format!("{name} {}", quoted(stored))).collect::<Vec<_>>())
    });
    let stored = stored.filter(|stored| !stored.is_empty())?;
    Some(Message::of(
        "Nobody was refused: no row with the key {} was found. A row that was given has {}: they differ only in upper and lower case or in a blank, and keys are compared letter by letter. » Ask for it as it is stored.",
        [Part::Value(asked.to_owned()), Part::Value(crate::message::all_of(&stored))],
    ))
}

/// The oldest version does not run the response template where nothing was found.
pub fn old_version(layers: &mut [Layer], resolver: Option<&Explanation>, evidence: &Evidence, request: &Request) {
    let Some((explained, seen)) = resolver.zip(evidence.observed.as_ref().filter(|seen| is_silent(seen))) else { return };
    // The version that stands in a function's own template does not count: that of the function does, which is a later one
    // (<https://docs.aws.amazon.com/appsync/latest/devguide/resolver-mapping-template-changelog.html>).
    let of_function = is_function(explained, request);
    if explained.program.source.is_response() {
        if !of_function {
            likely_not_run(layers, explained, seen);
            not_run(layers, explained, request);
        }
        return;
    }
    let rows = request.json(Member::Records);
    let Some(Ok(request)) = Some(serde_json::from_str::<serde_json::Value>(explained.output())) else { return };
    if request["version"] != "2017-02-28" || request["operation"] != "GetItem" || of_function {
        return;
    }
    let line = explained.program.source.text.find("2017-02-28");
    let line = line.map_or(0, |at| explained.program.source.place(at as u32).line);
    let plain = |value: &serde_json::Value| value.as_object().and_then(|typed| typed.values().next()).unwrap_or(value).to_string();
    let key = request["key"].as_object().map(|key| key.iter().map(|(name, value)| format!("{name} {}", plain(value))).collect::<Vec<_>>()).unwrap_or_default();
    let key = crate::message::all_of(&key);
    let message = asked_otherwise(&request, rows, &key).unwrap_or_else(|| Message::of(
        "Nobody was refused: no row with the key {} was found, and with `\"version\": \"2017-02-28\"` ({}) the response template is not run when the data source found nothing, so the client sees null and none of its errors. » Set the version to \"2018-05-29\": then the response template runs with a null $ctx.result.",
        [Part::Value(key.clone()), Part::Place(format!("line {line}"))],
    ));
    if let Some(layer) = layers.iter_mut().find(|layer| layer.layer == LayerName::Resolver) {
        layer.findings.insert(0, Finding::new(Code::OldVersion, message).at("version").actual("2017-02-28"));
    }
}

/// Parts in JavaScript: named, with the lines that refuse; the layer is not known where the templates let the request through.
/// A field that was refused, where nothing that was evaluated refuses, was likeliest refused there.
pub fn javascript(resolver: &Resolver, layer: Option<&mut Layer>, evidence: &Evidence) {
    let parts = javascript_parts(resolver);
    let (Some(layer), false) = (layer, parts.is_empty()) else { return };
    layer.findings.retain(|finding| finding.code != Code::TemplateMissing);
    if layer.state != State::Refused {
        layer.state = State::Unknown;
    }
    let seen = evidence.status() == Some(200) && evidence.observed.as_ref().is_some_and(crate::request::Observed::is_refusal);
    let likeliest = seen && layer.state == State::Unknown;
    let (blamed, others): (Vec<_>, Vec<_>) = parts.into_iter().partition(|part| likeliest && part.may_refuse);
    let finding = |words: Message| Finding::new(Code::JavascriptFunction, words).at(resolver.field.clone());
    layer.findings.extend(others.into_iter().map(|part| finding(Message::joined("{}: what it decides is unknown, the layers before it are judged.", [part.words]))));
    for part in blamed.into_iter().rev() {
        let words = Message::joined("{}. The field was refused, and no template that was evaluated refuses it, so it was likeliest refused there.", [part.words]);
        let words = words.cured("Compare the condition at that place with the caller's identity; `aws appsync evaluate-code` runs it with a context of yours.");
        layer.findings.insert(0, finding(words).certainty(Certainty::Likely));
    }
}

/// A template that does not parse.
pub fn unread(diagnostic: &Diagnostic, evidence: &Evidence) -> Layer {
    let place = diagnostic.source.place(diagnostic.labels.first().map_or(0, |label| label.span.start));
    let name = Part::Place(diagnostic.source.name.to_string());
    let mut words = Message::of(
        "{} does not parse: {} (line {}).",
        [name, Part::Text(diagnostic.message.clone()), Part::Place(place.line.to_string())],
    );
    for label in diagnostic.labels.iter().skip(1).filter(|label| !label.message.is_empty()) {
        let line = diagnostic.source.place(label.span.start).line;
        words.and(Message::of(
            "{} on line {}: {}.",
            [
                Part::Code(diagnostic.source.slice(label.span).to_owned()),
                Part::Place(line.to_string()),
                Part::Text(label.message.clone()),
            ],
        ));
    }
    if diagnostic.is_unclosed {
        words.and("An #end is missing, the block is still open at the end.");
    }
    words.and("Nothing was evaluated, so no rule of it refused anybody.");
    if evidence.observed.as_ref().is_some_and(crate::request::Observed::is_refusal) {
        words.and("AppSync does not save such a template: the refusal that was seen came from an earlier version of it.");
    }
    if let Some(help) = &diagnostic.help {
        words.and(Message::of("» {}.", [Part::Text(capital(help.trim_end_matches('.')))]));
    }
    let at = format!("{}:{}:{}", diagnostic.source.name, place.line, place.column);
    let mut layer = Layer::new(LayerName::Resolver, State::Passed);
    layer.refuse(Finding::new(Code::DoesNotParse, words).at(at));
    layer
}

/// No hint fits: why the statement ran, or its place where nobody knows.
fn refused_by(explained: &Explanation, node: NodeId) -> Finding {
    if let Some(decided) = explained.why.as_ref().and_then(|why| why.decided.clone()) {
        return decided;
    }
    let program = &explained.program;
    let place = program.place(node);
    let at = format!("{}:{}:{}", program.source.name, place.line, place.column);
    let message = Message::of(
        "{} refused the request at line {}: no condition of the template stands around it. » Look at which rule wrote it.",
        [Part::Place(program.source.name.to_string()), Part::Place(place.line.to_string())],
    );
    Finding::new(Code::RefusedByTemplate, message).at(at).actual(program.text(node))
}
