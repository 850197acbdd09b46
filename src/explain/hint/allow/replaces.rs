//! A PutItem without a condition under a key that the client sent, or a BatchPutItem, which knows none: DynamoDB replaces the row that has
//! the key already, whoever's it is
//! (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html>).

use super::super::test::Test;
use super::super::text::show;
use super::super::whence::{held_by, is_client};
use super::super::{Finished, json};
use super::Leaf;
use super::nobody::{handed_on, names_caller_in};
use super::width::everybody_has;
use super::words::{OWNERS, condition};
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part, all_of};
use crate::records::{CarriedRole, Row, RowCondition, is_reserved};
use crate::trace::Verdict;
use crate::value::{Map, Value};

/// Members of the arguments that are looked at.
const MOST: usize = 500;

/// The request replaces whatever row has the key.
pub fn row_replaced(run: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    let goes_on = matches!(run.verdict, Verdict::Allowed | Verdict::Completed);
    if !goes_on || handed_on(run) {
        return;
    }
    let Some((put, other)) = ChosenPut::of(run) else { return };
    // Amplify's own templates let only callers with a rule come here, and ask for the row by its key.
    if run.is_of_amplify() && put.idle.is_none() {
        return;
    }
    // Whoever is let in as a member of a group, say, may be meant to write everybody's rows.
    if other.is_none() && !(found.is_empty() && leaves.iter().filter(|leaf| of_caller(leaf)).all(presence)) {
        return;
    }
    let finding = Finding::new(Code::RowReplaced, put.message(run, leaves, other.as_ref())).at(put.path.clone()).actual(json(&put.sent));
    let everybody = leaves.iter().filter(|leaf| of_caller(leaf)).all(presence);
    found.push(if other.is_some() && everybody { finding.certainty(Certainty::Certain) } else { finding });
}

fn of_caller(leaf: &Leaf<'_>) -> bool {
    leaf.condition.operands.iter().any(|side| side.origins.iter().any(|origin| origin.is_in("identity")))
}

fn presence(leaf: &Leaf<'_>) -> bool {
    matches!(leaf.test, Test::Missing { what, .. } | Test::Truth(what) if everybody_has(what))
}

/// A PutItem whose key the client chose.
struct ChosenPut {
    /// Whether it is one of a batch.
    batch: bool,
    line: u32,
    key: Row,
    attributes: Row,
    /// The attribute that its condition wants to be absent, and that no row has.
    idle: Option<String>,
    /// The parts of the key that were sent: `recipeId "r-88" (arguments.recipeId)`.
    chosen: Vec<String>,
    path: String,
    sent: Value,
}

/// The row that has the key, and whose it is.
struct RowOfOther {
    name: String,
    field: String,
    words: String,
}

impl ChosenPut {
    /// The first that replaces the row of another, as far as rows are known; else the first.
    fn of(run: &Finished<'_>) -> Option<(Self, Option<RowOfOther>)> {
        let request = run.rendered()?;
        let request = request.as_map()?;
        let batch = batched(request);
        let is_batch = !batch.is_empty();
        let puts = if is_batch { batch } else { puts(run, request) };
        let places: Vec<usize> = run.program.source.text.match_indices(PUT).map(|(at, _)| at).collect();
        let mut chosen: Vec<_> = puts
            .iter()
            .enumerate()
            .filter_map(|(nth, put)| {
                let at = places.get(nth).filter(|_| places.len() == puts.len()).or_else(|| places.first());
                let one = Self { batch: is_batch, ..Self::of_one(run, put, at.map_or(1, |at| run.program.source.place(*at as u32).line))? };
                let other = one.row_of_other(run);
                Some((one, other))
            })
            .collect();
        let at = chosen.iter().position(|(_, other)| other.is_some()).unwrap_or(0);
        (at < chosen.len()).then(|| chosen.swap_remove(at))
    }

    fn of_one(run: &Finished<'_>, put: &Map, line: u32) -> Option<Self> {
        let given = put.get_str("key")?;
        // The row whose key is made of the caller is his own.
        if names_caller_in(run, &show(&given)) {
            return None;
        }
        let key = Row::typed(given.as_map()?);
        let (mut chosen, mut first) = (Vec::new(), None);
        for (name, value) in key.attributes() {
            let value = value.to_value();
            let of_template = || value.as_str().is_some_and(|text| run.program.writes(text));
            match sent_as(run, &value).filter(|_| !of_template()) {
                Some(path) => {
                    chosen.push(format!("{name} {} ({})", show(&value), path.replacen("args", "arguments", 1)));
                    first.get_or_insert((path, value));
                }
                // What the template writes there itself is the same for everybody; what it makes is new each time.
                None if of_template() => {}
                None => return None,
            }
        }
        let (path, sent) = first?;
        let idle = absent_everywhere(put);
        let attributes = put.get_str("attributeValues").and_then(|all| Some(Row::typed(all.as_map()?))).unwrap_or_else(|| Row::plain(&Map::new()));
        Some(Self { batch: false, line, key, attributes, idle, chosen, path, sent })
    }

    /// The row that was given under this key, where it names another than the caller: by the attribute into which the request writes
    /// the caller, else by one that people call so.
    fn row_of_other(&self, run: &Finished<'_>) -> Option<RowOfOther> {
        let rows = run.records.iter().enumerate().filter_map(|(at, row)| Some((at, Row::read(row)?)));
        let (at, row) = rows.into_iter().find(|(_, row)| row.has_key(&self.key))?;
        let written = self.attributes.attributes().find_map(|(field, value)| {
            let place = held_by(run, &value.to_value())?;
            Some((field.to_owned(), place))
        });
        let by_custom = || {
            let field = OWNERS.iter().find(|field| row.get(field).is_some() && self.key.get(field).is_none())?;
            Some(((*field).to_owned(), "identity.username".to_owned()))
        };
        let (field, place) = written.or_else(by_custom)?;
        // Who changed it last is no owner, and a row that names the caller is no other's.
        let edits = ["updat", "edit", "modif", "chang", "last"];
        let own = |name: &&str| row.get(name).is_some_and(|value| held_by(run, &value.to_value()).is_some());
        if edits.iter().any(|part| field.to_lowercase().contains(part)) || OWNERS.iter().any(own) {
            return None;
        }
        let stored = row.get(&field)?.to_value();
        stored.as_str()?;
        let me = run.context(&place.split('.').collect::<Vec<_>>());
        let words = match held_by(run, &stored) {
            Some(_) => return None,
            None if me.is_null() => format!("its {field} is {}, not the caller", show(&stored)),
            None => format!("its {field} is {}, and the caller's {place} is {}", show(&stored), show(&me)),
        };
        Some(RowOfOther { name: format!("records[{at}]"), field, words })
    }

    fn message(&self, run: &Finished<'_>, leaves: &[Leaf<'_>], other: Option<&RowOfOther>) -> Message {
        let asked = leaves.iter().find(|leaf| of_caller(leaf));
        let who = match asked.filter(|leaf| presence(leaf)) {
            Some(leaf) => format!("everybody who is signed in ({} asks for no more)", condition(run, leaf.condition)),
            None => asked.map_or_else(|| "whoever may call the field".to_owned(), |leaf| format!("whoever passes the check {}", condition(run, &leaf.passed.condition))),
        };
        let what = match self.batch {
            _ if self.idle.is_some() => "Wider than it looks: the PutItem (line {}) asks of no attribute of its key, and the client chooses that key: {}. PutItem replaces the row that has the key, whoever's it is, so {} can overwrite another's.",
            true => "Wider than it looks: BatchPutItem (line {}) takes no conditions, and the client chooses the keys of its rows: {}. It replaces the row that has the key, whoever's it is, so {} can overwrite another's.",
            false => "Wider than it looks: the PutItem (line {}) has no condition, and the client chooses its key: {}. PutItem replaces the row that has the key, whoever's it is, so {} can overwrite another's.",
        };
        let mut message = Message::of(what, [Part::Place(self.line.to_string()), Part::Value(all_of(&self.chosen)), Part::Text(who)]);
        if let Some(name) = &self.idle {
            message.and(Message::of(
                "Its condition, `attribute_not_exists({})`, is always true: {} is no part of the key, and no row that is written here has it.",
                [Part::Name(name.clone()), Part::Name(name.clone())],
            ));
        }
        if let Some(other) = other {
            message.and(Message::of("Here {} has that key: {}.", [Part::Place(other.name.clone()), Part::Value(other.words.clone())]));
        }
        let name = self.key.attributes().next().map_or_else(String::new, |(name, _)| name.to_owned());
        let owner = other.map_or("owner", |other| &other.field);
        let owner = if is_reserved(owner) { format!("#{owner}") } else { owner.to_owned() };
        let field = run.outcome.env.field_name.as_str();
        let changes = ["update", "edit", "change"].iter().any(|verb| field.starts_with(verb));
        let cure = match changes {
            _ if self.batch => format!("Write the rows by TransactWriteItems, each PutItem with a condition (`attribute_not_exists({name}) OR {owner} = :me`, :me the caller as the rows hold it); or make the keys here (`$util.autoId()`)."),
            true => format!("Write a condition, `{owner} = :me` with the row's owner and the caller (`$ctx.identity.sub` or `$ctx.identity.username`, as the rows hold it); an UpdateItem would keep the other attributes as well. A create wants `attribute_not_exists({name})`."),
            false if self.idle.is_some() => format!("Write the condition with the key, `attribute_not_exists({name})`: a create under a key that is taken is refused then."),
            false => format!("Write a condition, `attribute_not_exists({name})`, with ` OR {owner} = :me` where the owner may write the row again (:me the caller, as the rows hold it); or make the key here (`$util.autoId()`)."),
        };
        if self.idle.is_some() || leaves.iter().filter(|leaf| of_caller(leaf)).all(presence) {
            return message.cured(cure);
        }
        message.cured(format!("If such callers are meant to write everybody's rows, nothing; else: {}{}", cure[..1].to_lowercase(), &cure[1..]))
    }
}

const PUT: &str = "PutItem";

/// The keys of a table whose schema nobody gave, by the names that people give them.
const KEYS: [&[&str]; 3] = [&["id"], &["pk", "sk"], &["PK", "SK"]];

/// The rows of a BatchPutItem as if each were put by itself: those that have a key by its usual name
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-resolver-mapping-template-reference-dynamodb-batch-put-item.html>: it has
/// no condition).
fn batched(request: &Map) -> Vec<Map> {
    if request.get_str("operation").as_ref().and_then(Value::as_str) != Some("BatchPutItem") {
        return Vec::new();
    }
    let tables = request.get_str("tables").and_then(|tables| Some(tables.as_map()?.values())).unwrap_or_default();
    let rows = tables.iter().filter_map(Value::members).flatten().take(MOST);
    let put = |row: Value| {
        let row = row.as_map()?;
        let names = KEYS.iter().find(|names| names.iter().all(|name| row.contains_str(name)))?;
        let (key, put) = (Map::new(), Map::new());
        for name in *names {
            key.put_str(name, row.get_str(name).unwrap_or_default());
        }
        put.put_str("key", Value::Map(key));
        put.put_str("attributeValues", Value::Map(row.clone()));
        Some(put)
    };
    rows.filter_map(put).collect()
}

/// The request, where it puts a row, or the items of a transaction that do: a condition of any item refuses all of them. One that asks
/// neither for the row that is put nor for the caller keeps nobody from it.
fn puts(run: &Finished<'_>, request: &Map) -> Vec<Map> {
    let has_condition = |item: &Map| item.get_str("condition").is_some_and(|condition| !condition.is_null()) && absent_everywhere(item).is_none();
    let does = |item: &Map, operation: &str| item.get_str("operation").is_some_and(|value| value.as_str() == Some(operation));
    let items: Vec<Map> = match does(request, "TransactWriteItems") {
        true => request.get_str("transactItems").and_then(|items| items.members()).unwrap_or_default().iter().filter_map(|item| item.as_map().cloned()).collect(),
        false => vec![request.clone()],
    };
    let of_caller = |item: &Map| {
        let condition = item.get_str("condition").unwrap_or_default();
        names_caller_in(run, &show(&condition)) || item.get_str("key").is_some_and(|key| names_caller_in(run, &show(&key)))
    };
    let of_row = |item: &Map, put: &Map| ["table", "key"].iter().all(|name| same(item.get_str(name), put.get_str(name)));
    let conditional: Vec<&Map> = items.iter().filter(|item| has_condition(item)).collect();
    if conditional.iter().any(|item| of_caller(item)) {
        return Vec::new();
    }
    let unasked = |put: &&Map| does(put, PUT) && !conditional.iter().any(|item| of_row(item, put));
    items.iter().filter(unasked).cloned().collect()
}

/// The attribute of a condition that is `attribute_not_exists(name)` alone, where neither the key nor what is written has it.
fn absent_everywhere(put: &Map) -> Option<String> {
    let request = crate::records::read(&Value::Map(put.clone()));
    let RowCondition::Term(term) = &request.carried.iter().find(|one| one.role == CarriedRole::Condition)?.condition else { return None };
    let (path, false) = term.existence()? else { return None };
    let name = path.top_level()?.to_owned();
    let has = |member: &str| put.get_str(member).is_some_and(|value| value.as_map().is_some_and(|map| map.contains_str(&name)));
    (!has("key") && !has("attributeValues")).then_some(name)
}

fn same(left: Option<Value>, right: Option<Value>) -> bool {
    json(&left.unwrap_or_default()) == json(&right.unwrap_or_default())
}

/// The argument that has this very value.
fn sent_as(run: &Finished<'_>, value: &Value) -> Option<String> {
    let mut left = MOST;
    let args = run.context(&["args"]);
    within(run, &args, value, "args", &mut left).filter(|path| is_client(path))
}

fn within(run: &Finished<'_>, from: &Value, value: &Value, path: &str, left: &mut usize) -> Option<String> {
    *left = left.checked_sub(1)?;
    if let Some(map) = from.as_map() {
        return map.snapshot().into_iter().find_map(|(key, member)| within(run, &member, value, &format!("{path}.{}", key.as_str()?), left));
    }
    if let Some(members) = from.members() {
        return members.iter().enumerate().find_map(|(at, member)| within(run, member, value, &format!("{path}[{at}]"), left));
    }
    // `"NOTE#n-1"`, made of an argument and what stands in the template.
    let composed = || {
        let before = value.as_str()?.strip_suffix(from.as_str().filter(|part| part.len() > 2)?)?;
        Some(!before.is_empty() && run.program.writes(before))
    };
    let is_it = !from.is_null() && from.loosely_equals(value) || composed() == Some(true);
    is_it.then(|| path.to_owned())
}
