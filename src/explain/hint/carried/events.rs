//! A subscription's filter against the events that were given (`records`): which of them it holds back, and why
//! (<https://docs.aws.amazon.com/appsync/latest/devguide/extensions.html>: filters of one group are joined by AND, groups by OR).

use super::Finished;
use crate::code::Code;
use crate::explain::filter::{self, FieldTest, RowMatch};
use crate::explain::hint::allow::names_caller_in;
use crate::explain::hint::one_item::has;
use crate::explain::hint::quiet;
use crate::explain::hint::text::show;
use crate::explain::hint::whence::held_by;
use crate::explain::why::{Carrying, Fate};
use crate::finding::Finding;
use crate::message::{Message, Part, all_of, any_of};
use crate::value::{List, Map, Value};

/// Events told of.
const SHOWN: usize = 4;

/// Judges the filter that a subscription ends up with.
pub(super) fn judge(run: &Finished<'_>, found: &mut Carrying) {
    let Some(filter) = quiet::events_filter(run) else { return };
    let groups = groups(&filter);
    found.findings.extend(groups.as_ref().and_then(|groups| another_way(run, groups)));
    if run.records.is_empty() {
        return;
    }
    let filter = groups.as_ref().map_or_else(|| filter.clone(), |groups| as_alternatives(groups));
    let all = filter::judge(&filter, run.records);
    let held: Vec<&RowMatch> = all.iter().filter(|row| row.matches == Some(false)).collect();
    let Some(first) = held.first() else { return };
    let passed: Vec<String> =
        all.iter().filter(|row| row.matches == Some(true)).take(SHOWN).map(|row| name(run, row.row)).collect();
    let each: Vec<String> = held.iter().take(SHOWN).map(|row| format!("{} is held back: {}", name(run, row.row), why(row))).collect();
    let passes = if passed.is_empty() { "No event passes.".to_owned() } else { format!("{} passes.", all_of(&passed)) };
    let message = Message::of(
        "The subscription is allowed, with a filter on its events. {}. {}",
        [
            Part::Value(each.join("; ")),
            Part::Value(passes),
        ],
    )
    .with(advice(groups.as_deref(), &held));
    found.fate(Fate::Narrowed);
    let failed = first.tests.iter().find(|test| test.holds == Some(false));
    let mut finding = Finding::new(Code::EventsHeldBack, message);
    if let Some(test) = failed {
        finding = finding.at(format!("records[{}].{}", first.row, test.field)).actual(super::super::json(&test.actual)).wanted(super::super::json(&test.wanted));
    }
    found.findings.push(finding);
}

/// The groups of AppSync's own form; `None` of Amplify's.
fn groups(filter: &Value) -> Option<Vec<Vec<Value>>> {
    let groups = filter.as_map()?.get_str("filterGroup")?.members()?;
    let filters = |group: &Value| group.as_map().and_then(|group| group.get_str("filters")).and_then(|list| list.members()).unwrap_or_default();
    Some(groups.iter().map(filters).collect())
}

/// `{"or": [{"and": [{field: {operator: value}}]}]}`
fn as_alternatives(groups: &[Vec<Value>]) -> Value {
    let one = |filter: &Value| {
        let test = Map::new();
        test.put(member(filter, "operator"), member(filter, "value"));
        let field = Map::new();
        field.put(member(filter, "fieldName"), Value::Map(test));
        Value::Map(field)
    };
    let wrapped = |name: &str, list: List| {
        let map = Map::new();
        map.put_str(name, list);
        Value::Map(map)
    };
    let alternatives: List = groups.iter().map(|group| wrapped("and", group.iter().map(one).collect())).collect();
    wrapped("or", alternatives)
}

/// An event of others passes by an entry that asks for no caller, for the entries of `filterGroup` are joined by OR.
fn another_way(run: &Finished<'_>, groups: &[Vec<Value>]) -> Option<Finding> {
    let of_caller = |filter: &&Value| names_caller(run, &member(filter, "value"));
    let own = groups.iter().find_map(|group| group.iter().find(of_caller))?;
    let mut others = groups.iter().filter(|group| !group.is_empty() && !group.iter().any(|filter| of_caller(&filter)));
    if run.records.is_empty() {
        return others.next().map(|by| any_event(run, own, by));
    }
    let judged = |filters: &[Value]| filter::judge(&as_alternatives(&[filters.to_vec()]), run.records);
    let asked = judged(std::slice::from_ref(own));
    let (row, by) = others.find_map(|group| {
        let passes = judged(group).into_iter().find(|row| row.matches == Some(true) && asked.get(row.row).is_some_and(|own| own.matches == Some(false)))?;
        Some((passes.row, group))
    })?;
    let test = asked.get(row)?.tests.first()?;
    let message = Message::of(
        "Wider than it looks: {} is delivered although its {} is {} and the caller's is {} ({}), because the entries of `filterGroup` are joined by OR and it meets another one, {}: whoever's an event is, that is enough. » If both must hold, put them into one group, the `filters` of one entry, which are joined by AND.",
        [
            Part::Value(name(run, row)),
            Part::Name(test.field.clone()),
            Part::Value(show(&test.actual)),
            Part::Value(show(&test.wanted)),
            Part::Place(held_by(run, &member(own, "value")).unwrap_or_default()),
            Part::Value(all_of(&by.iter().map(words).collect::<Vec<_>>())),
        ],
    );
    Some(Finding::new(Code::FilterKeepsAll, message).at(format!("records[{row}].{}", test.field)).actual(super::super::json(&test.actual)).wanted(super::super::json(&test.wanted)))
}

/// Whether a filter's value is the caller's, has him among others, is made of what his token says, or is a member of a claim's list.
fn names_caller(run: &Finished<'_>, value: &Value) -> bool {
    if let Some(members) = value.members() {
        return members.iter().any(|one| names_caller(run, one));
    }
    let claims = run.context(&["identity", "claims"]);
    let in_list = || claims.as_map().is_some_and(|map| map.values().iter().any(|claim| has(claim, value)));
    held_by(run, value).is_some() || value.as_str().is_some_and(|text| names_caller_in(run, text)) || in_list()
}

/// The same without an event at hand.
fn any_event(run: &Finished<'_>, own: &Value, by: &[Value]) -> Finding {
    let message = Message::of(
        "Wider than it looks: the entries of `filterGroup` are joined by OR, so any one of them is enough: an event is delivered where {}, whatever its {} is; the entry {} ({}) holds none of those back. » If both must hold, put them into one group, the `filters` of one entry, which are joined by AND.",
        [
            Part::Value(all_of(&by.iter().map(words).collect::<Vec<_>>())),
            Part::Name(member(own, "fieldName").to_string()),
            Part::Value(words(own)),
            Part::Place(held_by(run, &member(own, "value")).unwrap_or_default()),
        ],
    );
    Finding::new(Code::FilterKeepsAll, message).at("filter")
}

fn member(filter: &Value, name: &str) -> Value {
    filter.as_map().and_then(|filter| filter.get_str(name)).unwrap_or_default()
}

/// `severity ge 4`
fn words(filter: &Value) -> String {
    format!("{} {} {}", member(filter, "fieldName"), member(filter, "operator"), show(&member(filter, "value")))
}

fn name(run: &Finished<'_>, row: usize) -> String {
    let members = run.records.get(row).and_then(Value::as_map).map(|row| row.snapshot()).unwrap_or_default();
    let id = members.iter().find_map(|(key, value)| {
        let key = key.as_str().filter(|key| *key == "id" || key.ends_with("Id") || key.ends_with("ID"))?;
        (!value.is_null()).then(|| format!("{key} {}", show(value)))
    });
    id.map_or_else(|| format!("records[{row}]"), |id| format!("records[{row}] ({id})"))
}

/// The tests that an event fails, each field once.
fn why(row: &RowMatch) -> String {
    let mut fields: Vec<&str> = Vec::new();
    let failed: Vec<&FieldTest> = row.tests.iter().filter(|test| test.holds == Some(false)).collect();
    for test in &failed {
        if !fields.contains(&test.field.as_str()) {
            fields.push(&test.field);
        }
    }
    let described = fields.iter().map(|field| {
        let tests: Vec<&&FieldTest> = failed.iter().filter(|test| test.field == *field).collect();
        let is = match tests.first() {
            Some(test) if test.actual.is_null() && test.present => "null".to_owned(),
            Some(test) if test.actual.is_null() => "absent".to_owned(),
            Some(test) => show(&test.actual),
            None => String::new(),
        };
        let wants: Vec<String> = tests.iter().map(|test| format!("{} {}", test.operator, show(&test.wanted))).collect();
        format!("its {field} is {is}, and the filter wants {}", any_of(&wants))
    });
    all_of(&described.collect::<Vec<_>>())
}

/// What to do: groups of their own, or a mutation that selects what is compared.
fn advice(groups: Option<&[Vec<Value>]>, held: &[&RowMatch]) -> Message {
    let lacks = held.iter().flat_map(|row| &row.tests).find(|test| test.holds == Some(false) && test.actual.is_null());
    if let Some(test) = lacks {
        return Message::from("The filter sees only what the mutation's own answer selected; what the subscriber selects does not matter.")
            .cured(format!("Whoever publishes the event has to select {} in the mutation, and to write a value there.", test.field));
    }
    let joined = groups.is_some_and(|groups| groups.iter().any(|group| group.len() > 1));
    let half = held.iter().any(|row| row.tests.iter().any(|test| test.holds == Some(true)));
    if joined && half {
        return "Filters of one group are joined by AND, groups by OR: » where one of them is enough, put each filter into a group of its own.".into();
    }
    Message::default()
}
