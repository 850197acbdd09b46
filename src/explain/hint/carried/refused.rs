//! A request that DynamoDB does not take, whoever asks: what is wrong with its expression, and what to write.

use super::Finished;
use crate::code::Code;
use crate::explain::hint::allow::line;
use crate::explain::why::{Carrying, guards};
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::records::{Carried, DataRefusal};
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
