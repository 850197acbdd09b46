//! A request that DynamoDB does not take, whoever asks: what is wrong with its expression, and what to write.

use super::Finished;
use crate::code::{Certainty, Code};
use crate::explain::hint::allow::line;
use crate::explain::hint::text::show;
use crate::explain::hint::whence::{absent_claim, subject};
use crate::explain::why::{Carrying, guards};
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::records::request::DataRequest;
use crate::records::{Attribute, Bound, BoundValue, Carried, CarriedRole, DataOperation, DataRefusal, Term};
use crate::value::Value;

/// DynamoDB does not take the expression at all.
pub(super) fn judge(run: &Finished<'_>, carried: &Carried, found: &mut Carrying) {
    let Some(first) = carried.refused.first() else { return };
    let mut message = Message::of(
        "DynamoDB refuses the whole request, whoever asks: the {} {} is not valid ({}).",
        [
            Part::Text(carried.role.to_string()),
            Part::Code(format!("`{}`", carried.expression)),
            Part::Text(first.to_string()),
        ],
    );
    let statement = match first {
        DataRefusal::NameUnused(name) | DataRefusal::ValueUnused(name) => unused(run, name),
        _ => None,
    };
    let cure = || idle_name(carried, first).or_else(|| first.cure()).or_else(|| typed_twice(run, first)).unwrap_or_default();
    message.and(statement.unwrap_or_else(|| Message::default().cured(cure())));
    found.findings.push(Finding::new(Code::ExpressionRefused, message));
}

/// Where a name or a value was given and no expression uses it: the statement that would have, and why it did not run.
fn unused(run: &Finished<'_>, name: &str) -> Option<Message> {
    let text = |node| run.program.one_line(node);
    let given = run.recorder.changes.iter().find(|change| change.values.first().and_then(Value::as_str) == Some(name))?;
    let (node, _) = run.recorder.index.statements.iter().find(|(node, _)| {
        run.recorder.reached.began(*node) == 0 && text(*node).contains(name) && !text(*node).contains(&format!("\"{name}\""))
    })?;
    let why = match run.recorder.index.chain(*node).iter().rev().find_map(crate::trace::index::NodePart::as_loop) {
        Some(each) if run.recorder.reached.began(each.node) > 0 || run.recorder.walks.contains_key(&each.node) => {
            let list = crate::trace::judging::operand(&run.recorder.values, &each.list, crate::trace::condition::OperandRole::Whole);
            format!("the loop over `{}` (line {}) made no turn, for {}", text(each.list.node), line(run, each.node), crate::explain::hint::allow::operand_value(run, &list))
        }
        _ => {
            let guard = guards(run.recorder, *node, false).into_iter().find(|guard| !guard.value)?;
            format!("`{}` (line {}) did not hold", text(guard.condition.node), line(run, guard.node))
        }
    };
    Some(Message::from(format!("Line {} puts {name} in, and `{}` on line {}, which uses it, did not run: {why}.", line(run, given.node), text(*node), line(run, *node))).cured(format!("Put {name} in only if that statement runs (inside the same block); a template of Amplify's does so since the version that mended it: upgrade and push.")))
}

/// A name that is not defined, beside one that is and that nothing uses: one was meant.
fn idle_name(carried: &Carried, refusal: &DataRefusal) -> Option<String> {
    let DataRefusal::NameUndefined(name) = refusal else { return None };
    let mut idle = carried.names.keys().filter(|known| !carried.expression.contains(known.as_str()));
    let (only, None) = (idle.next()?, idle.next()) else { return None };
    Some(format!("Write {only} in the place of {name}: expressionNames has it, and nothing uses it."))
}

/// `{"S": {"S": "a"}}`: `$util.dynamodb.toDynamoDBJson` gives the type as well.
fn typed_twice(run: &Finished<'_>, refusal: &DataRefusal) -> Option<String> {
    let DataRefusal::Value(name, _) = refusal else { return None };
    let request = run.rendered()?;
    let members = |value: &Value| value.as_map().map(|map| map.snapshot()).unwrap_or_default();
    let values = members(&request).into_iter().find_map(|(_, one)| one.as_map()?.get_str("expressionValues"))?;
    let (outer, inner) = members(&values.as_map()?.get_str(name)?).into_iter().next()?;
    let (typed, _) = members(&inner).into_iter().next()?;
    let types = ["S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"];
    (types.contains(&outer.as_str()?) && types.contains(&typed.as_str()?)).then(|| {
        format!("{name} has its type twice, for `$util.dynamodb.toDynamoDBJson(…)` gives `{{\"{}\": …}}` already: write `\"{name}\": $util.dynamodb.toDynamoDBJson(…)` without the map around it.", typed)
    })
}

/// Whether the template read what was not given.
fn is_partly_given(run: &Finished<'_>) -> bool {
    run.outcome.notes.iter().any(|note| note.code == Code::NotGiven)
}

/// A key that is null, which no table takes: the template's reference had no value.
pub(super) fn null_key(run: &Finished<'_>, request: &DataRequest) -> Option<Finding> {
    // What nobody gave is not null.
    if is_partly_given(run) {
        return None;
    }
    let rendered = run.rendered()?;
    let key = rendered.as_map()?.get_str("key")?;
    let typed_null = |value: &Value| value.as_map().is_some_and(|typed| typed.contains_str("NULL"));
    let name = key.as_map()?.snapshot().into_iter().find(|(_, value)| typed_null(value))?.0;
    let name = name.as_str()?.to_owned();
    let dynamo = !matches!(request.operation, DataOperation::Sql | DataOperation::Search);
    let found = run.recorder.index.statements.iter().find_map(|(node, statement)| {
        let mut read = None;
        statement.reads(&mut |reference| {
            let (value, origins) = (run.recorder.values.latest(reference), run.recorder.values.reference(reference));
            if let Some((path, ..)) = origins.context().filter(|_| value.is_null() && reference.function.is_none()) {
                read = Some((path.to_string(), run.program.one_line(reference.node), *node));
            }
        });
        read
    });
    let (path, code, at) = found?;
    let message = Message::of(
        "DynamoDB refuses the whole request, whoever asks: its key {} is null, for {} has no value (line {}), and a key is of the table's own type.",
        [Part::Name(name), Part::Place(subject(&path)), Part::Place(line(run, at).to_string())],
    )
    .cured(format!("End before the request where it is null: `#if($util.isNull({code})) #return #end` (of a mutation: refuse)."));
    dynamo.then(|| Finding::new(Code::ExpressionRefused, message).at(path))
}

/// A value of a key condition that is null, which no key is.
pub(super) fn null_value(run: &Finished<'_>, request: &DataRequest) -> Option<Finding> {
    if is_partly_given(run) {
        return None;
    }
    let keys = request.carried.iter().filter(|one| one.role == CarriedRole::KeyCondition);
    keys.flat_map(|one| one.condition.terms()).find_map(|term| {
        let null = |bound: &Bound| matches!(bound.given, BoundValue::Value(Attribute::Null));
        let bound = term.values().into_iter().find(null)?;
        let source = super::bound::source(run, term, &bound);
        let absent = source.whence.absent.clone().or(source.whence.path.clone());
        let why = absent.as_ref().map_or_else(String::new, |path| format!(", for {} is absent", subject(path)));
        let at = source.line.map_or_else(String::new, |line| format!(" (line {line})"));
        let mut message = Message::of(
            "DynamoDB refuses the whole request, whoever asks: in the key condition {} the value {}{} is null{}, and a key is of the table's own type.",
            [Part::Code(format!("`{}`", term.text)), Part::Name(bound.name.to_string()), Part::Place(at), Part::Text(why)],
        );
        match absent.as_ref().map(|path| absent_claim(run, path)).filter(|words| !words.is_empty()) {
            Some(words) => message.and(words),
            None => message.and("» Refuse before the request where it is null."),
        }
        Some(Finding::new(Code::ExpressionRefused, message).at(absent.unwrap_or_else(|| "query".to_owned())))
    })
}

/// An attribute of the key condition in the filter of the same Query, which tests what is no key of the table or index alone
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.FilterExpression.html>).
pub(super) fn key_in_filter(run: &Finished<'_>, request: &DataRequest) -> Option<Finding> {
    let of = |role| request.carried.iter().find(|one| one.role == role && super::is_judged(one));
    let (key, filter) = (of(CarriedRole::KeyCondition)?, of(CarriedRole::Filter)?);
    if request.operation != DataOperation::Query {
        return None;
    }
    let attribute = |term: &Term| term.paths().iter().find_map(|path| path.top_level().map(str::to_owned));
    let (asked, tested, name) = filter.condition.terms().into_iter().find_map(|tested| {
        let name = attribute(tested)?;
        let asked = key.condition.terms().into_iter().find(|one| attribute(one).as_ref() == Some(&name))?;
        Some((asked, tested, name))
    })?;
    let place = super::bound::term_line(run, key, asked).map_or_else(String::new, |line| format!(" (line {line})"));
    let message = Message::of(
        "DynamoDB refuses the whole request, whoever asks: the filter tests {} ({}), a key attribute of the table or index that is queried (the key condition {}{} has it), and a filter takes none of these.",
        [Part::Name(name.clone()), Part::Code(format!("`{}`", tested.text)), Part::Code(format!("`{}`", asked.text)), Part::Place(place)],
    );
    let source = |term: &Term| term.values().first().map(|bound| super::bound::source(run, term, bound).whence);
    let cure = match (source(asked), source(tested)) {
        (Some(key), Some(own)) if key.path.is_some() && key.path == own.path => {
            let rest = if filter.condition.terms().len() == 1 { "leave `filter` out" } else { "and leave the rest" };
            format!("Take {name} out of the filter ({rest}): the key condition asks for the same value already, {}.", key.words)
        }
        (_, Some(own)) if own.identity => {
            format!("Make the key condition with that value ({}), and take {name} out of the filter. Taken out alone, everybody reads the rows of whoever is asked for.", own.words)
        }
        _ => format!("Take {name} out of the filter: what it tests belongs in the key condition, which one value of {name} fulfils."),
    };
    Some(Finding::new(Code::ExpressionRefused, message.cured(cure)).at("filter"))
}

/// One placeholder with a value in the update and another in the condition: a request has one set of values
/// (aws-appsync-community#162).
pub(super) fn shared_placeholder(run: &Finished<'_>) -> Option<Finding> {
    let rendered = run.rendered()?;
    let values = |part: &str| rendered.as_map()?.get_str(part)?.as_map()?.get_str("expressionValues")?.as_map().cloned();
    let (update, condition) = (values("update")?, values("condition")?);
    let (name, own) = update.snapshot().into_iter().find(|(name, _)| name.as_str().is_some_and(|name| condition.contains_str(name)))?;
    let name = name.as_str()?.to_owned();
    let other = condition.get_str(&name)?;
    let message = Message::of(
        "The placeholder {} stands in both, update.expressionValues ({}) and condition.expressionValues ({}): a request has one set of values, so AppSync does not take the second.",
        [Part::Name(name.clone()), Part::Value(show(&own)), Part::Value(show(&other))],
    )
    .cured(format!("Give the condition's value another name, {name}Before say, in its expression too."));
    Some(Finding::new(Code::ExpressionRefused, message).at("condition.expressionValues").certainty(Certainty::Likely))
}
