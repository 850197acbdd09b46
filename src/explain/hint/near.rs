//! A member that a test reads and that is absent, where the value stands under a name or at a place nearby.

use super::text::show;
use super::test::Test;
use super::{Failed, Finished, json};
use super::allow::one_line;
use super::keys;
use super::twin::Twin;
use crate::appsync::ContextPath;
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part, all_of, quoted};
use crate::nearest::{letters, nearest};
use crate::trace::Verdict;
use crate::trace::condition::Operand;
use crate::value::{Map, Value};

/// A member that is absent, beside one of nearly the same name.
pub fn member(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if run.verdict == Verdict::Allowed {
        return;
    }
    for failed in run.failed() {
        key(run, failed, found);
        for operand in &failed.condition.operands {
            let Some((path, _, true)) = operand.origins.context() else { continue };
            // What the identity has is a matter of its mode, its token and its authorizer.
            if path.starts_with("identity") || found.iter().any(|known| known.path.as_deref() == Some(path)) {
                continue;
            }
            let Some((name, near, why)) = nested(run, path, operand).or_else(|| in_list(run, path)).or_else(|| one_deeper(run, path)).or_else(|| beside(run, path)).or_else(|| other_answer(run, path)) else {
                found.extend(same_value(run, failed, operand).or_else(|| nothing_handed_on(run, path)));
                continue;
            };
            found.push(instead(run, failed, path, (name, near, why)));
        }
    }
}

/// The members that a test reads in vain, each beside one of nearly the same name in the same place.
pub fn twins(run: &Finished<'_>, failed: &Failed<'_>) -> Vec<Twin> {
    let of = |operand: &Operand| {
        let (path, ..) = operand.origins.context().filter(|(path, _, absent)| *absent && !path.starts_with("identity") && !operand.origins.is_open())?;
        let near = beside(run, path)?;
        let (_, name) = split(&near.1.0)?;
        Some(Twin { name, finding: instead(run, failed, path, near) })
    };
    failed.condition.operands.iter().filter_map(of).collect()
}

/// `$ctx.request.headers.containsKey("X-Site")`: a key that is not there, beside one of nearly the same name.
fn key(run: &Finished<'_>, failed: &Failed<'_>, found: &mut Vec<Finding>) {
    // A claim is a matter of the token.
    for asked in keys::in_vain(run, failed.condition).into_iter().filter(|asked| !asked.holder.starts_with("identity")) {
        let path = asked.path();
        let known = found.iter().any(|known| known.path.as_deref() == Some(&path));
        if let Some(near) = beside(run, &path).filter(|_| !known) {
            found.push(instead(run, failed, &path, near));
        }
    }
}

fn instead(run: &Finished<'_>, failed: &Failed<'_>, path: &str, (name, (there, value), why): Near) -> Finding {
    let place = run.program.line(failed.condition.node);
    let mut message = Message::of(
        "line {}: {} reads {}, which is absent; there is {} ({}) instead.",
        [
            Part::Place(place.to_string()),
            Part::Code(format!("`{}`", run.text(failed.condition))),
            Part::Place(path.to_string()),
            Part::Place(there),
            Part::Value(show(&value)),
        ],
    );
    message.and(why);
    Finding::new(Code::MemberNameNear, message).at(path).actual(json(&value)).wanted(name)
}

/// The step before answered with an empty map: what it read is in no later step's `prev`.
fn nothing_handed_on(run: &Finished<'_>, path: &str) -> Option<Finding> {
    let member = path.strip_prefix("prev.result.")?;
    container(run, "prev.result").filter(Map::is_empty)?;
    let message = Message::of(
        "$ctx.prev.result is {}: the step just before this one handed nothing on (Amplify's own check reads the row and answers with an empty map), so {} is absent here whatever the stored row holds. » Read the row in this step (GetItem on the table's data source, the check in its response template), let an earlier step put {} into the stash, or make it a condition of the write.",
        [Part::Value("{}".to_owned()), Part::Name(member.to_owned()), Part::Name(member.to_owned())],
    );
    Some(Finding::new(Code::PrevEmpty, message).at(path))
}

/// The name that was sought, what is there instead, and what to do.
type Near = (String, (String, Value), Message);

/// The place of a member, and its name.
fn split(path: &str) -> Option<(&str, String)> {
    if let Some(at) = path.rfind("[\"").filter(|_| path.ends_with(']')) {
        return Some((&path[..at], serde_json::from_str(path.get(at + 1..path.len() - 1)?).ok()?));
    }
    path.rsplit_once('.').map(|(parent, name)| (parent, name.to_owned()))
}

fn container(run: &Finished<'_>, place: &str) -> Option<Map> {
    let place: ContextPath = place.parse().ok()?;
    place.lookup(&run.outcome.context).as_map().cloned()
}

/// The member stands in a map of the same holder, under its own name: a payload that was wrapped once more.
fn one_deeper(run: &Finished<'_>, path: &str) -> Option<Near> {
    let (parent, name) = split(path).filter(|(parent, _)| ["result", "prev.result"].contains(parent))?;
    let inside = container(run, parent)?.snapshot().into_iter().find_map(|(key, inner)| {
        let value = inner.as_map()?.get_str(&name).filter(|value| !value.is_null())?;
        Some((key.as_str()?.to_owned(), value))
    });
    let (key, value) = inside?;
    let sent = run.context(&["args", &key]).as_map().and_then(|map| map.get_str(&name)).is_some_and(|own| own.loosely_equals(&value));
    let mut why = Message::of("It stands one level deeper, inside {}.", [Part::Name(key.clone())]);
    if sent {
        why.and(Message::of(
            "Mind that this is what the client itself sent (arguments.{}.{}), so comparing it protects nothing: » read the stored value in a step before, and compare that; to read this one, write `$ctx.{}.{}.{}`.",
            [Part::Name(key.clone()), Part::Name(name.clone()), Part::Name(parent.to_owned()), Part::Name(key.clone()), Part::Name(name.clone())],
        ));
    } else {
        why.and(Message::of("» Read `$ctx.{}.{}.{}`.", [Part::Name(parent.to_owned()), Part::Name(key.clone()), Part::Name(name.clone())]));
    }
    Some((name.clone(), (format!("{parent}.{key}.{name}"), value), why))
}

/// A name that differs in case, dashes or a letter.
fn beside(run: &Finished<'_>, path: &str) -> Option<Near> {
    let (parent, name) = split(path)?;
    let container = container(run, parent)?;
    let names = container.keys();
    let names = || names.iter().filter_map(Value::as_str).filter(|known| *known != name);
    if parent == "request.headers" {
        let near = names().find(|known| known.eq_ignore_ascii_case(&name))?;
        let there = format!("request.headers[{}]", quoted(near));
        let value = container.get_str(near).unwrap_or_default();
        return Some((name, (there, value), "AppSync keeps the names of headers in lower case: » read it so.".into()));
    }
    // A relation that was not loaded is no misspelt name of its key.
    if super::relation::relation_key(&container, &name).is_some() {
        return None;
    }
    let near = names().find(|known| letters(known) == letters(&name)).or_else(|| nearest(&name, names())).or_else(|| names().find(|known| asks_alike(known, &name)))?;
    let value = container.get_str(near).unwrap_or_default();
    let there = format!("{parent}.{near}");
    let holder = if parent.starts_with("args") { "the arguments name" } else if parent.starts_with("stash") { "the step before named" } else { "the data names" };
    let how = if near.eq_ignore_ascii_case(&name) { "Names are told apart by upper and lower case." } else { "Names are compared letter by letter." };
    let why = Message::from(how).cured(format!("Read {near} in the place of {name}, as {holder} it."));
    Some((name, (there, value), why))
}

/// One flag under two names: `public` and `isPublic`.
fn asks_alike(one: &str, other: &str) -> bool {
    let is = |name: &str| letters(name).strip_prefix("is").map(str::to_owned);
    is(one).is_some_and(|rest| rest == letters(other)) || is(other).is_some_and(|rest| rest == letters(one))
}

/// The input object that is not there, or the argument that stands inside it.
fn nested(run: &Finished<'_>, path: &str, operand: &Operand) -> Option<Near> {
    let arguments = container(run, "args")?;
    let field = path.strip_prefix("args.")?;
    if field.contains(['.', '[']) {
        return None;
    }
    let inside = |holder: &str| {
        let found = arguments.get_str(holder)?.as_map()?.get_str(field)?;
        Some((field.to_owned(), (format!("arguments.{holder}.{field}"), found), Message::default().cured(format!("Read `$ctx.args.{holder}.{field}`."))))
    };
    if let Some(near) = ["input", "filter", "where"].into_iter().find_map(inside) {
        return Some(near);
    }
    // `$ctx.args.input.teamId`, where the call sends `teamId` by itself.
    let text = one_line(run.program.source.slice(operand.span));
    let (_, rest) = text.split_once(&format!(".{field}."))?;
    let name = rest.split(['.', '(', '[', '}']).next()?;
    let value = arguments.get_str(name)?;
    Some((name.to_owned(), (format!("arguments.{name}"), value), Message::from("The argument was sent by itself.").cured(format!("Read `$ctx.args.{name}`."))))
}

/// The member is asked of a list, and stands on its rows.
fn in_list(run: &Finished<'_>, path: &str) -> Option<Near> {
    let (parent, name) = split(path)?;
    let place: ContextPath = parent.parse().ok()?;
    let rows = place.lookup(&run.outcome.context).members()?;
    let value = rows.first()?.as_map()?.get_str(&name)?;
    let why = Message::of(
        "{} is a list, and a list has no member {}: its rows have. » Read it of a row (`$ctx.{}[0].{}`), and refuse when the list is empty.",
        [Part::Place(parent.to_owned()), Part::Name(name.clone()), Part::Place(parent.to_owned()), Part::Name(name.clone())],
    );
    Some((name.clone(), (format!("{parent}[0].{name}"), value), why))
}

/// The member is in what another function answered, or in the parent object.
fn other_answer(run: &Finished<'_>, path: &str) -> Option<Near> {
    let (root, name) = path.rsplit_once('.')?;
    let member = |holder: &str| container(run, holder)?.get_str(name).filter(|value| !value.is_null());
    let found_in = |holder: &str, why: &'static str| {
        let value = member(holder)?;
        Some((name.to_owned(), (format!("{holder}.{name}"), value), why.into()))
    };
    match root {
        "result" | "prev.result" | "source" if in_items(run, root).is_some_and(|row| row.contains_str(name)) => {
            let value = in_items(run, root)?.get_str(name)?;
            Some((name.to_owned(), (format!("{root}.items[0].{name}"), value), "The answer of a Query or Scan holds its rows in `items`: » read the member of a row there, and refuse when the list is empty.".into()))
        }
        "prev.result" if !container(run, root)?.is_empty() => {
            let held: Vec<String> = container(run, root)?.keys().iter().filter_map(|key| key.as_str().map(str::to_owned)).take(5).collect();
            Some((name.to_owned(), ("prev.result".to_owned(), Value::Map(container(run, root)?)), Message::of(
                "$ctx.prev.result is what the function just before this one answered, and that has {} only: a function that was put between, or another order, changes what stands there. » Let the function that reads {} put it into the stash (`$ctx.stash.put(\"{}\", …)`), and read it from there.",
                [Part::Value(all_of(&held)), Part::Name(name.to_owned()), Part::Name(name.to_owned())],
            )))
        }
        "result" => found_in(
            "prev.result",
            "$ctx.result is what this function's own data source gave; what the function before it answered stands in $ctx.prev.result: » read it there.",
        )
        // A row's own owner and its parent's are two.
        .or_else(|| found_in("source", "The parent object is $ctx.source: » read it there.").filter(|_| is_nothing(run, "result"))),
        "source" => found_in("result", "What the data source gave is $ctx.result: » read it there.").filter(|_| is_nothing(run, "source")),
        _ => None,
    }
}

/// The first row of a list that a data source gave.
fn in_items(run: &Finished<'_>, root: &str) -> Option<Map> {
    let items = container(run, root)?.get_str("items")?.members()?;
    items.first()?.as_map().cloned()
}

fn is_nothing(run: &Finished<'_>, root: &str) -> bool {
    container(run, root).is_none_or(|map| map.is_empty())
}

/// What an absent member was compared with stands beside it, under another name.
fn same_value(run: &Finished<'_>, failed: &Failed<'_>, operand: &Operand) -> Option<Finding> {
    let Test::Equal { left, right, equal: false } = &failed.test else { return None };
    let (path, ..) = operand.origins.context()?;
    let other = [left, right].into_iter().find(|side| side.span != operand.span)?;
    let text = other.value.as_str().filter(|text| !text.is_empty())?;
    let (parent, member) = path.rsplit_once('.')?;
    // Another operator of a list's argument is another question: reading it would let in what it asks for.
    if super::decided::is_operator(member) && path.starts_with("args.") {
        return None;
    }
    let same = container(run, parent)?.snapshot().into_iter().find(|(_, value)| value.as_str() == Some(text));
    let name = same.and_then(|(name, _)| name.as_str().map(str::to_owned))?;
    let place = run.program.line(failed.condition.node);
    let message = Message::of(
        "line {}: {} reads {}, which is absent, and {} is {}, the very value that it is compared with. » Read {}, or write {} where {} is written.",
        [
            Part::Place(place.to_string()),
            Part::Code(format!("`{}`", run.text(failed.condition))),
            Part::Place(path.to_string()),
            Part::Place(format!("{parent}.{name}")),
            Part::Value(quoted(text).to_string()),
            Part::Name(name.clone()),
            Part::Place(path.to_string()),
            Part::Name(name),
        ],
    );
    Some(Finding::new(Code::ValueElsewhere, message).at(path).actual(text).wanted(json(&other.value)))
}
