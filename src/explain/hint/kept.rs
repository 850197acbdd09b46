//! A response that picks rows in a loop: for each row whether it was kept, by which comparison, with both values.

use crate::value::method::Method;
use crate::message::{Message, Part, any_of, quoted};
use super::Finished;
use super::allow::{is_whole, line, one_line};
use super::test::Test;
use super::text::show;
use super::whence::slip;
use crate::code::Code;
use crate::explain::why::guards;
use crate::finding::Finding;
use crate::syntax::{Foreach, NodeId, Slot, };
use crate::trace::Verdict;
use crate::trace::condition::{Condition, Operand};
use crate::trace::index::{Node, NodePart};
use crate::trace::recorder::{JudgedBranch, Walked};
use crate::value::Value;

/// Rows told of.
const MOST: usize = 4;

/// A row of the loop.
struct LoopRow {
    at: usize,
    name: String,
    kept: bool,
    /// The condition that stands around the `add`, as it was judged in this turn.
    judged: Option<JudgedBranch>,
}

/// Rows that a loop left out or kept for a reason that a reader would not guess.
pub fn rows(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if matches!(run.verdict, Verdict::Denied | Verdict::Error) {
        return;
    }
    for (statement, _) in &run.recorder.index.statements {
        let Some(add) = added(run, *statement) else { continue };
        let chain = run.recorder.index.chain(*statement);
        let Some(each) = chain.iter().find_map(NodePart::as_loop) else { continue };
        let walks = run.recorder.walks.get(&each.node).map_or(&[][..], Vec::as_slice);
        let Some(walk) = walks.first().filter(|walk| walk.turns.is_empty() && of_rows(walk)) else { continue };
        let branches: Vec<NodeId> =
            chain.iter().filter(|part| matches!(part, NodePart::Branch { .. })).map(NodePart::node).collect();
        let items = items(run, walk, &branches, add);
        let before = found.len();
        found.extend(by_part(run, each, &items));
        found.extend(wider(run, each, &items));
        found.extend(left(run, each, &items));
        if found.len() > before || items.iter().any(|item| !item.kept) {
            return;
        }
    }
}

/// `$list.add($item)`
fn added(run: &Finished<'_>, statement: NodeId) -> Option<NodeId> {
    let mut found = None;
    let node = run.recorder.index.statements.iter().find(|(node, _)| *node == statement)?;
    node.1.reads(&mut |reference| {
        if let Some(last) = reference.steps.last()
            && last.kind.calls(Method::Add)
        {
            found = Some(last.node);
        }
    });
    found
}

fn of_rows(walk: &Walked) -> bool {
    let items = walk.list.value.members().unwrap_or_default();
    items.len() > 1
        && items.iter().any(|item| item.as_map().is_some())
        && walk.list.origins.context().is_none_or(|(path, ..)| path.starts_with("result") || path.starts_with("prev"))
}

fn items(run: &Finished<'_>, walk: &Walked, branches: &[NodeId], add: NodeId) -> Vec<LoopRow> {
    let rows = walk.list.value.members().unwrap_or_default();
    let turn = |at: usize| move |turns: &[u32]| turns.first() == Some(&(at as u32));
    let item = |(at, row): (usize, &Value)| {
        let in_turn = turn(at);
        let kept = run.recorder.changes.iter().any(|change| change.node == add && in_turn(&change.turns));
        let judged = branches.iter().find_map(|branch| {
            let records = run.recorder.branches.get(branch)?;
            let of_turn = || records.iter().filter(|record| in_turn(&record.turns));
            of_turn().find(|record| !record.taken).or_else(|| of_turn().next_back()).cloned()
        });
        LoopRow { at, name: name(at, row, &rows), kept, judged }
    };
    rows.iter().enumerate().take(64).map(item).collect()
}

/// `items[1] (id "r2")`, by an id that no other row has.
fn name(at: usize, row: &Value, rows: &[Value]) -> String {
    let entries = row.as_map().map(crate::value::Map::snapshot).unwrap_or_default();
    let own = |key: &str, value: &Value| rows.iter().filter(|other| other.as_map().and_then(|other| other.get_str(key)).is_some_and(|other| other.loosely_equals(value))).count() < 2;
    let ids = || entries.iter().filter(|(key, _)| key.as_str().is_some_and(|key| key.eq_ignore_ascii_case("id") || key.ends_with("Id") || key.ends_with("ID")));
    let id = ids().find(|(key, value)| key.as_str().is_some_and(|key| own(key, value))).or_else(|| ids().next());
    id.map_or_else(|| format!("items[{at}]"), |(key, value)| format!("items[{at}] ({key} {})", show(value)))
}

fn leaves(condition: &Condition) -> Vec<&Condition> {
    let mut found = Vec::new();
    condition.leaves(&mut found);
    found.into_iter().filter(|leaf| leaf.holds.is_some()).collect()
}

/// Rows that were kept because the caller's value is a part of a longer name in a text.
fn by_part(run: &Finished<'_>, each: &Foreach, items: &[LoopRow]) -> Option<Finding> {
    let mut rows = Vec::new();
    let mut first: Option<(&Condition, &Operand, &Operand)> = None;
    for item in items.iter().filter(|item| item.kept) {
        let Some(judged) = &item.judged else { continue };
        let mut decisive = Vec::new();
        judged.condition.decisive(true, &mut decisive);
        let part = decisive.into_iter().find_map(|leaf| match Test::of(run, leaf) {
            Test::Contains { list, item, found: true } if of_item(run, each, list) => {
                let (text, part) = (list.value.as_str()?, item.value.as_str()?);
                (!part.is_empty() && !is_whole(text, part)).then_some((leaf, list, item))
            }
            _ => None,
        });
        if let Some((leaf, list, wanted)) = part {
            let field = one_line(run.program.source.slice(list.span));
            rows.push(format!("{} ({field} is the text {})", item.name, show(&list.value)));
            first = first.or(Some((leaf, list, wanted)));
        }
    }
    let (leaf, list, wanted) = first?;
    rows.truncate(MOST);
    let code = one_line(run.program.source.slice(list.span));
    let from = super::allow::operand_name(run, wanted);
    let message = Message::of(
        "Wider than it looks: `{}` (line {}) keeps {}, of which {} ({}) is only a part of a longer name: on a text, contains looks anywhere inside it. » Store a list there, whose members are compared whole, or split the text (`{}.split(\",\")`) and compare each part with `==`.",
        [
            Part::Code(one_line(run.text(leaf))),
            Part::Place(line(run, leaf.node).to_string()),
            Part::Value(rows.join(", ")),
            Part::Value(show(&wanted.value)),
            Part::Name(from),
            Part::Code(code),
        ],
    );
    Some(Finding::new(Code::SubstringMatch, message).at("result.items").wanted(super::json(&wanted.value)))
}

/// Rows that were kept because nothing stands in them, or because of the row before.
fn wider(run: &Finished<'_>, each: &Foreach, items: &[LoopRow]) -> Option<Finding> {
    if let Some(finding) = stale(run, each, items) {
        return Some(finding);
    }
    let mut rows = Vec::new();
    let mut code = None;
    for item in items.iter().filter(|item| item.kept) {
        let judged = item.judged.as_ref()?;
        // The term that let the row in comes before those that only look at nothing.
        let all = leaves(&judged.condition);
        let (held, rest): (Vec<&Condition>, Vec<&Condition>) = all.into_iter().partition(|leaf| leaf.holds == Some(true));
        let of_row = |operand: &&Operand| operand.value.is_null() && of_item(run, each, operand);
        let null = held.into_iter().chain(rest).find_map(|leaf| Some((leaf, leaf.operands.iter().find(of_row)?)));
        if let Some((leaf, operand)) = null {
            rows.push(format!(
                "{} ({} is {}{})",
                item.name,
                one_line(run.program.source.slice(operand.span)),
                super::allow::state(operand),
                equals_nothing(run, leaf, operand)
            ));
            code = code.or_else(|| Some((judged.condition.clone(), operand.clone())));
        }
    }
    let (condition, operand) = code?;
    rows.truncate(MOST);
    let rest: Vec<String> = items
        .iter()
        .filter(|item| !item.kept)
        .take(2)
        .filter_map(|item| {
            Some(format!(
                "{} ({})",
                item.name,
                item.judged.as_ref().map(|judged| super::allow::values(run, &judged.condition).join(", "))?
            ))
        })
        .collect();
    let rest = if rest.is_empty() { String::new() } else { format!(" {} is left out.", rest.join(", ")) };
    Some(
        Finding::new(
            Code::NullRowsKept,
            Message::of(
                "Wider than it looks: `{}` (line {}) keeps rows in which nothing stands, for every caller: {}.{} » If such rows are not meant for everybody, require that {} is there (`!$util.isNull(…)`) before it is compared.",
                [
                    Part::Code(one_line(run.text(&condition)).to_string()),
                    Part::Place(line(run, condition.node).to_string()),
                    Part::Text(rows.join(", ")),
                    Part::Text(rest.to_string()),
                    Part::Text(one_line(run.program.source.slice(operand.span)).to_string()),
                ],
            ),
        )
        .at("result.items"),
    )
}

/// That the other side of a comparison is nothing too.
fn equals_nothing(run: &Finished<'_>, leaf: &Condition, operand: &Operand) -> String {
    let other = leaf.operands.iter().find(|other| other.span != operand.span && other.value.is_null() && !other.literal);
    other.filter(|_| leaf.holds == Some(true)).map_or_else(String::new, |other| {
        format!(", and so is {}: null equals null", one_line(run.program.source.slice(other.span)))
    })
}

/// Whether an operand reads the loop's own item.
fn of_item(run: &Finished<'_>, each: &Foreach, operand: &Operand) -> bool {
    let text = run.program.source.slice(operand.span);
    let name = run.program.name(each.item);
    text.trim_start_matches(['$', '!', '{'])
        .strip_prefix(name)
        .is_some_and(|rest| rest.starts_with('.') || rest.starts_with('['))
}

/// A variable of the row before: `#set` with null left it as it was.
fn stale(run: &Finished<'_>, each: &Foreach, items: &[LoopRow]) -> Option<Finding> {
    for crate::trace::recorder::NullSet { node, slot, .. } in &run.recorder.kept {
        let inside = run.recorder.index.chain(*node).iter().any(|part| part.node() == each.node);
        let Some(Node::Set(set)) = run.recorder.index.node(*node).filter(|_| inside) else { continue };
        let source = run.program.one_line(set.value.node);
        let field = source.rsplit('.').next().unwrap_or_default().trim_end_matches('}').to_owned();
        let written_in = |at: usize| {
            run.recorder.changes.iter().any(|change| {
                change.slot == Some(*slot) && change.node == *node && change.turns.first() == Some(&(at as u32))
            })
        };
        let rows = items.iter().filter_map(|item| {
            let (read, operand) = read_in_turn(run, item.at, *slot)?;
            (!written_in(item.at) && item.at > 0 && !operand.value.is_null()).then_some(StaleRead { item, operand, read })
        });
        let all: Vec<StaleRead<'_>> = rows.collect();
        let Some(stale) = all.iter().find(|stale| stale.item.kept).or_else(|| all.first()) else { continue };
        let before = items.iter().rfind(|other| other.at < stale.item.at && written_in(other.at))?;
        let also: Vec<&str> = all
            .iter()
            .filter(|other| other.item.at != stale.item.at)
            .map(|other| other.item.name.as_str())
            .collect();
        let also = if also.is_empty() { String::new() } else { format!(" The same happens to {}.", also.join(", ")) };
        let set = KeptSet { node: *node, name: run.program.name(*slot), field, source: source.to_string() };
        return Some(
            Finding::new(Code::NullSetKept, stale.words(run, &set, before, also))
                .at(format!("result.items[{}]", stale.item.at)),
        );
    }
    None
}

/// A row in whose turn a variable still had the value of a row before.
struct StaleRead<'i> {
    item: &'i LoopRow,
    /// What was read.
    operand: Operand,
    /// The test that read it.
    read: NodeId,
}

/// The `#set` that left a variable as it was.
struct KeptSet<'p> {
    node: NodeId,
    name: &'p str,
    /// The field of the row that is null.
    field: String,
    /// The right side.
    source: String,
}

impl StaleRead<'_> {
    fn words(&self, run: &Finished<'_>, set: &KeptSet<'_>, before: &LoopRow, also: String) -> Message {
        let kept = self.item.kept;
        Message::of(
            "{}{} has no {}, and `#set(${} = {})` (line {}) with null keeps the old value: ${} is still {} from {}, the row before, so `{}` (line {}) {} and the row is {}.{} » Write `#set(${} = $util.defaultIfNull({}, {}))`.",
            [
                Part::Text((if kept { "Wider than it looks: " } else { "" }).to_owned()),
                Part::Name(self.item.name.to_string()),
                Part::Name(set.field.clone()),
                Part::Name(set.name.to_owned()),
                Part::Text(set.source.clone()),
                Part::Place(line(run, set.node).to_string()),
                Part::Name(set.name.to_owned()),
                Part::Value(show(&self.operand.value)),
                Part::Name(before.name.to_string()),
                Part::Code(run.program.one_line(self.read).to_string()),
                Part::Place(line(run, self.read).to_string()),
                Part::Text((if kept { "holds" } else { "does not hold" }).to_owned()),
                Part::Text((if kept { "returned" } else { "left out" }).to_owned()),
                Part::Text(also),
                Part::Name(set.name.to_owned()),
                Part::Text(set.source.clone()),
                Part::Value((if self.operand.value.members().is_some() { "[]" } else { "\"\"" }).to_owned()),
            ],
        )
    }
}

/// The test that read a variable in a turn, the deciding one last, with what it read.
fn read_in_turn(run: &Finished<'_>, at: usize, slot: Slot) -> Option<(NodeId, Operand)> {
    let in_turn = |record: &&JudgedBranch| record.turns.first() == Some(&(at as u32));
    let records = run.recorder.branches.values().flatten().filter(in_turn);
    let mut found: Vec<(bool, NodeId, Operand)> = Vec::new();
    for record in records {
        for leaf in leaves(&record.condition) {
            let of = |operand: &&Operand| operand.slot == Some(slot) && !operand.value.is_null();
            if let Some(operand) = leaf.operands.iter().find(of) {
                let compares = leaf.operands.len() > 1;
                found.push((compares && leaf.holds == Some(true), leaf.node, operand.clone()));
            }
        }
    }
    found.sort_by_key(|(compares, node, _)| (!compares, *node));
    found.into_iter().next().map(|(_, node, operand)| (node, operand))
}

/// Rows that were left out, with what was compared.
fn left(run: &Finished<'_>, each: &Foreach, items: &[LoopRow]) -> Option<Finding> {
    if run.why.left_out.is_none() {
        return by_slip(run, each, items);
    }
    let mut words_of_items = Vec::new();
    let mut advice = None;
    let none: Vec<&LoopRow> = items.iter().filter(|item| !item.kept).collect();
    if let Some(finding) = never_kept(run, each, &none) {
        return Some(finding);
    }
    for item in none.into_iter().take(MOST) {
        let (words, slip) = compared(run, each, item);
        words_of_items.push(format!("{} is left out, {words}", item.name));
        advice = advice.or(slip);
    }
    if words_of_items.is_empty() {
        return None;
    }
    let advice = advice.or_else(|| lacking(run, each, items).map(|(_, words)| words));
    let kept: Vec<&str> = items.iter().filter(|item| item.kept).map(|item| item.name.as_str()).take(MOST).collect();
    let kept = if kept.is_empty() { "No row stays".to_owned() } else { format!("{} stays", kept.join(", ")) };
    let mut message = Message::of(
        "Filtered in the response, without an error: {}. {}.",
        [Part::Text(words_of_items.join("; ")), Part::Text(kept)],
    );
    message.and(advice.map(|words| Message::joined("{}.", [words])).unwrap_or_default());
    message.and(page(run, items.len()));
    Some(Finding::new(Code::RowsPicked, message).at("result.items"))
}

/// A list that kept some is an answer like any other, but not where a row fell because of how a value is written.
fn by_slip(run: &Finished<'_>, each: &Foreach, items: &[LoopRow]) -> Option<Finding> {
    let left: Vec<(&LoopRow, String, Option<Message>)> = items
        .iter()
        .filter(|item| !item.kept)
        .map(|item| {
            let (words, slip) = compared(run, each, item);
            (item, words, slip)
        })
        .collect();
    let slipped = left.iter().find_map(|(first, _, slip)| Some((*first, slip.clone()?)));
    let (first, advice) = slipped.or_else(|| lacking(run, each, items))?;
    let judged = first.judged.as_ref()?;
    let each: Vec<String> = left.iter().take(MOST).map(|(item, words, _)| format!("{} is left out, {words}", item.name)).collect();
    let kept: Vec<&str> = items.iter().filter(|item| item.kept).map(|item| item.name.as_str()).take(MOST).collect();
    let mut message = Message::of(
        "Filtered in the response, without an error, because {} did not hold: {}.",
        [Part::Code(super::allow::condition(run, &judged.condition)), Part::Text(each.join("; "))],
    );
    if !kept.is_empty() {
        message.and(Message::of("{} {}.", [Part::Text(kept.join(", ")), Part::Text(if kept.len() == 1 { "stays" } else { "stay" }.to_owned())]));
    }
    message.and(Message::joined("{}.", [advice]));
    Some(Finding::new(Code::RowsPicked, message).at("result.items"))
}

/// Rows that lack what others of the list have, where the caller is compared with it: they come to nobody.
fn lacking<'i>(run: &Finished<'_>, each: &Foreach, items: &'i [LoopRow]) -> Option<(&'i LoopRow, Message)> {
    let kept = items.iter().find(|item| item.kept)?;
    items.iter().filter(|item| !item.kept).find_map(|item| {
        let all = leaves(&item.judged.as_ref()?.condition);
        let lacks = |leaf: &&Condition| {
            let of_caller = leaf.operands.iter().any(|operand| operand.origins.iter().any(|origin| origin.is_in("identity")));
            leaf.operands.iter().find(|operand| of_caller && operand.value.is_null() && of_item(run, each, operand)).cloned()
        };
        let operand = all.iter().find_map(lacks)?;
        let text = run.program.source.slice(operand.span);
        let field = text.trim_end_matches('}').rsplit('.').next()?.to_owned();
        let words = format!("What stands nowhere equals no caller, so such rows come to nobody, whoever asks: in {} {field} is {}, and {} has one:", item.name, super::allow::state(&operand), kept.name);
        Some((item, Message::from(words).cured(format!("write {field} into those rows as well, when they are created and into these"))))
    })
}

/// The loop keeps a row where a flag is set, and no statement sets it: no rule of this list looks at the rows.
fn never_kept(run: &Finished<'_>, each: &Foreach, left: &[&LoopRow]) -> Option<Finding> {
    let judged = left.first()?.judged.as_ref()?;
    let all = leaves(&judged.condition);
    let set = |slot: Slot| run.recorder.index.sets_of(slot).next().is_some();
    let operands = || all.iter().flat_map(|leaf| &leaf.operands).filter(|operand| !operand.literal);
    if operands().next().is_none() || !operands().all(|operand| operand.value.is_null() && operand.slot.is_some_and(|slot| !set(slot))) {
        return None;
    }
    let names: Vec<String> = operands().map(|operand| one_line(run.program.source.slice(operand.span))).collect();
    let rows: Vec<&str> = left.iter().map(|item| item.name.as_str()).take(MOST).collect();
    let gate = guards(run.recorder, each.node, false).into_iter().find(|guard| guard.condition.operands.iter().chain(guard.condition.parts.iter().flat_map(|part| &part.operands)).any(|operand| matches!(operand.value, Value::Boolean(_))));
    let gate = gate.map_or_else(String::new, |guard| {
        format!(" The loop runs for everybody for whom `{}` (line {}) holds: only who passes the rule before it sees rows.", one_line(run.text(&guard.condition)), line(run, guard.node))
    });
    let groups: Vec<String> = run.recorder.index.loops().filter(|other| other.node != each.node).flat_map(|other| super::group::asked_in_loop(run, other.list.node)).map(|name| show(&name)).collect();
    let gate = match groups.as_slice() {
        [] => gate,
        names => format!("{gate} That rule asks for the group {} (claim cognito:groups is {}).", any_of(names), show(&run.claim("cognito:groups"))),
    };
    let rule = if run.is_generated() { "In Amplify: no owner or dynamic group rule of the model has `read` among its operations. » Add it there (`operations: [create, read, update, delete]`, or no `operations` at all) and push." } else { "" };
    let mut message = Message::of(
        "Filtered in the response, without an error: {} {} left out, whoever they belong to, because {} (line {}) never holds: no statement of this template sets {}, so no rule of it looks at the rows themselves.{}",
        [
            Part::Text(rows.join(", ")),
            Part::Text((if rows.len() == 1 { "is" } else { "are" }).to_owned()),
            Part::Code(format!("`{}`", one_line(run.text(&judged.condition)))),
            Part::Place(line(run, judged.condition.node).to_string()),
            Part::Name(any_of(&names)),
            Part::Text(gate),
        ],
    );
    message.and(rule);
    Some(Finding::new(Code::RowsPicked, message).at("result.items"))
}

/// That rows were picked after the data source had counted its limit.
fn page(run: &Finished<'_>, given: usize) -> Message {
    let result = run.context(&["result"]);
    let more = !run.context(&["result", "nextToken"]).is_null();
    let hits = result.as_map().and_then(|map| map.get_str("hits")).unwrap_or_default();
    let total = hits.as_map().and_then(|map| map.get_str("total")).unwrap_or_default();
    let total = total.as_map().and_then(|map| map.get_str("value")).unwrap_or(total);
    let total = match &total {
        Value::Number(number) if number.double_value() > given as f64 => format!(" of {}", show(&total)),
        _ if more => String::new(),
        _ => return Message::default(),
    };
    Message::from(format!("The template picks after the data source has counted its limit: these are {given} rows{total}, and more that the caller may read can be on later pages.")).cured(if hits.is_null() {
        "Page on with nextToken until it is null. So that others' rows are not read at all, let the request query an index on that attribute (in Amplify an `@index` on it, and its query field): a filter of DynamoDB counts after the limit as well."
    } else {
        "Put the condition into the request itself (a term on that attribute), so that limits and pages count behind it, or page on with nextToken."
    })
}

/// What a row was compared with, over all conditions of its turn.
fn compared(run: &Finished<'_>, each: &Foreach, item: &LoopRow) -> (String, Option<Message>) {
    let mut words = Vec::new();
    let mut found = None;
    let fields = fields_of(run, each);
    let row =
        run.recorder.walks.get(&each.node).and_then(|walks| walks.first()?.list.value.members()?.get(item.at).cloned());
    for path in &fields {
        let (Some((name, holders)), field) = (path.split_last(), path.join(".")) else { continue };
        let holder = holders.iter().try_fold(row.clone().unwrap_or_default(), |value, holder| value.as_map()?.get_str(holder));
        let map = holder.as_ref().and_then(Value::as_map);
        let value = map.and_then(|map| map.get_str(name));
        let state = match (&value, map.is_some_and(|map| map.contains_str(name))) {
            (Some(Value::Null) | None, true) => "null".to_owned(),
            (None | Some(Value::Null), false) => "absent".to_owned(),
            (Some(value), _) => show(value),
        };
        words.push(format!("its {field} is {state}"));
        let Some(stored) = value.as_ref().and_then(Value::as_str) else { continue };
        let of_turn = |record: &&JudgedBranch| record.turns.first() == Some(&(item.at as u32));
        for record in run.recorder.branches.values().flatten().filter(of_turn) {
            for operand in leaves(&record.condition).into_iter().flat_map(|leaf| &leaf.operands) {
                if let Some(wanted) = operand.value.as_str().filter(|_| !operand.literal)
                    && let Some(slip) = slip(stored, wanted)
                {
                    words.push(format!(
                        "and the caller's is {wanted} (line {})",
                        run.program.source.place(operand.span.start).line, wanted = quoted(&wanted)
                    ));
                    found = found.or_else(|| Some(Message::from(format!("{} and {}: {slip}, and they are compared exactly:", quoted(&stored), quoted(&wanted))).cured("write both alike")));
                }
            }
        }
    }
    for (stored, other, name) in differing(run, item) {
        words.push(match stored.as_list() {
            Some(_) => format!("which {} ({name}) is not in", show(&other)),
            None => format!("and is compared with {} ({name})", show(&other)),
        });
        let mut each = stored.members().unwrap_or_else(|| vec![stored.clone()]).into_iter();
        let near = each.find_map(|one| Some((slip(one.as_str()?, other.as_str()?)?, one)));
        if let (None, Some((how, one))) = (&found, near) {
            found = Some(Message::from(format!("{} and {}: {how}, and they are compared exactly:", show(&one), show(&other))).cured("write both alike"));
        }
        if let (None, Some(words)) = (&found, other.as_str().and_then(federated)) {
            found = Some(words);
        }
        if let (None, Some(place)) = (&found, super::whence::held_by(run, &stored)) {
            let place = place.trim_start_matches("identity.").to_owned();
            found = Some(Message::from(format!("{} is the caller's own {place}, and the template compares another of the caller's values:", show(&stored))).cured(format!("compare that one (in Amplify the rule's identityClaim), or write {} into the rows", show(&other))));
        }
    }
    words.dedup();
    (words.join(", "), found)
}

/// The username of somebody who signed in through another provider: Cognito makes it of the provider's name and an id
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-identity-federation.html>).
fn federated(name: &str) -> Option<Message> {
    let (provider, id) = name.split_once('_')?;
    let known = ["google", "facebook", "loginwithamazon", "signinwithapple"];
    if !known.contains(&provider.to_lowercase().as_str()) || id.is_empty() {
        return None;
    }
    let words = format!("{} is the username that Cognito gives to whoever signs in through {provider}, and no name that people store:", quoted(&name));
    Some(Message::from(words).cured("store the sub in the rows and compare that, or link the provider's identity to the existing user (AdminLinkProviderForUser) before its first sign-in"))
}

/// The comparisons of a row's turn that should have come out equal: the row's value, the other, and what that is called.
fn differing(run: &Finished<'_>, item: &LoopRow) -> Vec<(Value, Value, String)> {
    let of_turn = |record: &&JudgedBranch| record.turns.first() == Some(&(item.at as u32));
    let mut found: Vec<(Value, Value, String)> = Vec::new();
    for record in run.recorder.branches.values().flatten().filter(of_turn) {
        for leaf in leaves(&record.condition) {
            let (left, right) = match super::test::Test::of(run, leaf) {
                super::test::Test::Equal { left, right, equal: false } => (left, right),
                super::test::Test::Contains { list, item, found: false } => (list, item),
                _ => continue,
            };
            let of_row = |operand: &Operand| operand.origins.iter().any(|origin| origin.is_in("result"));
            let (row, other) = match (of_row(left), of_row(right)) {
                (true, false) => (left, right),
                (false, true) => (right, left),
                _ => continue,
            };
            let new = |(known, ..): &(Value, Value, String)| !known.loosely_equals(&row.value);
            let shown = row.value.as_str().is_some() || row.value.as_list().is_some();
            if shown && !other.literal && found.iter().all(new) {
                found.push((row.value.clone(), other.value.clone(), super::allow::operand_name(run, other)));
            }
        }
    }
    found.truncate(2);
    found
}

/// The fields of the loop's item that the loop reads, without its id: each with the maps on the way to it.
fn fields_of(run: &Finished<'_>, each: &Foreach) -> Vec<Vec<String>> {
    // The span of a loop ends with its head.
    let start = run.program.span(each.node).start as usize;
    let text = run.program.source.text.get(start..).unwrap_or_default();
    let mark = format!("${}.", run.program.name(each.item));
    let mut found: Vec<Vec<String>> = Vec::new();
    for (at, _) in text.match_indices(&mark) {
        let path = members_of(&text[at + mark.len()..]);
        if !path.is_empty() && !found.contains(&path) && path != ["id"] {
            found.push(path);
        }
    }
    found.truncate(3);
    found
}

/// The members of a chain up to its first method: `_source.orgId` and `get("_source").get("orgId")` name the same two.
fn members_of(chain: &str) -> Vec<String> {
    let mut path = Vec::new();
    let mut rest = chain;
    loop {
        let end = rest.find(|letter: char| !(letter.is_alphanumeric() || letter == '_')).unwrap_or(rest.len());
        let (name, behind) = rest.split_at(end);
        let got = behind.strip_prefix("(\"").filter(|_| Method::parse(name) == Some(Method::Get)).and_then(|behind| behind.split_once("\")"));
        let behind = match got {
            Some((member, behind)) => {
                path.push(member.to_owned());
                behind
            }
            None if name.is_empty() || behind.starts_with('(') => return path,
            None => {
                path.push(name.to_owned());
                behind
            }
        };
        match behind.strip_prefix('.') {
            Some(next) => rest = next,
            None => return path,
        }
    }
}
