//! What goes out and in without a check: rows of others, a client's text inside SQL, an answer of null beside the data.

use super::super::text::show;
use super::super::whence::{held_by, is_client};
use super::super::{Finished, json};
use super::Leaf;
use super::nobody::alone;
use super::words::{OWNERS, line, one_line};
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part, quoted};
use crate::trace::Verdict;
use crate::trace::index::Node;
use crate::value::{Map, Value};

/// Rows looked at, and levels of an answer.
const MOST: usize = 200;
const DEEPEST: usize = 6;

/// A template that looks at no caller gives back rows of others.
pub fn rows_of_others(run: &Finished<'_>, _: &[Leaf<'_>], found: &mut Vec<Finding>) {
    if run.verdict != Verdict::Completed || !alone(run) {
        return;
    }
    let Some(answer) = run.rendered() else { return };
    let mut rows = Vec::new();
    collect(&answer, String::new(), 0, &mut rows);
    let named = rows.iter().filter_map(|(place, row)| {
        let (name, value) = OWNERS.iter().find_map(|name| Some((*name, row.get_str(name).filter(|value| value.as_str().is_some())?)))?;
        Some((place, row, name, value))
    });
    let (mine, others): (Vec<_>, Vec<_>) = named.partition(|(.., value)| held_by(run, value).is_some());
    let Some((.., name, value)) = others.first() else { return };
    let me = run.context(&["identity", "username"]);
    let me = if me.is_null() { run.context(&["identity", "sub"]) } else { me };
    let from_data = ["result", "prev"].iter().any(|root| holds_text(&run.context(&[root]), value, 0));
    if me.is_null() || !from_data {
        return;
    }
    let shown: Vec<String> = others.iter().take(3).map(|(place, row, name, value)| {
        let id = row.get_str("id").filter(|id| !id.is_null()).map_or_else(|| place.to_string(), |id| show(&id));
        format!("{id} ({name} {})", show(value))
    }).collect();
    let also = if mine.is_empty() { "" } else { ", besides the caller's own" };
    let message = Message::of(
        "Wider than it looks: no statement of this template looks at the caller, and {} goes out to {}{}. Unless a step before it asks, compare {} with the caller here, or put a term on it into the request (a filter, a key condition), so that counts and pages are right too. With Amplify the model's rules leave this operation out (in transformer v1 an operation that no rule lists, such as read, is open to everybody): » add it to their `operations` and push.",
        [
            Part::Value(shown.join(", ")),
            Part::Value(show(&me)),
            Part::Text(also.to_owned()),
            Part::Name((*name).to_owned()),
        ],
    );
    found.push(Finding::new(Code::RowsNotChecked, message).at("result").actual(json(value)).wanted(json(&me)));
}

/// The objects of an answer.
fn collect(value: &Value, place: String, depth: usize, found: &mut Vec<(String, Map)>) {
    if depth > DEEPEST || found.len() >= MOST {
        return;
    }
    if let Some(map) = value.as_map() {
        found.push((place.clone(), map.clone()));
        for (key, inner) in map.snapshot() {
            collect(&inner, format!("{place}.{}", key.as_str().unwrap_or_default()), depth + 1, found);
        }
    }
    for (at, inner) in value.as_list().map(|list| list.snapshot()).unwrap_or_default().iter().enumerate().take(MOST) {
        collect(inner, format!("{place}[{at}]"), depth + 1, found);
    }
}

fn holds_text(value: &Value, wanted: &Value, depth: usize) -> bool {
    if depth > DEEPEST + 2 {
        return false;
    }
    if let Some(map) = value.as_map() {
        return map.snapshot().iter().take(MOST).any(|(_, inner)| holds_text(inner, wanted, depth + 1));
    }
    match value.as_list() {
        Some(list) => list.snapshot().iter().take(MOST).any(|inner| holds_text(inner, wanted, depth + 1)),
        None => value.loosely_equals(wanted),
    }
}

/// How a text ends the place in an SQL statement that it was meant for.
fn ends_early(text: &str) -> Option<&'static str> {
    let lower = text.to_lowercase();
    let word = |word: &str| lower.split(|letter: char| !letter.is_alphanumeric()).any(|one| one == word);
    if text.contains('\'') {
        Some("its quote ends the literal")
    } else if text.contains("--") || text.contains("/*") {
        Some("it begins a comment, which takes the rest of the statement away")
    } else if text.contains(';') {
        Some("it ends the statement")
    } else if lower.contains(' ') && (word("or") || word("union")) && text.contains(['=', '(']) {
        Some("it adds a condition of its own")
    } else {
        None
    }
}

/// A text of the client that ends an SQL literal stands in a statement as it was sent, or in a value of `variableMap`, which
/// AppSync put into the text as well until the end of 2023
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/resolver-mapping-template-reference-rds.html>; aws-appsync-community#212).
pub fn sql_injected(run: &Finished<'_>, _: &[Leaf<'_>], found: &mut Vec<Finding>) {
    let Some(request) = run.rendered() else { return };
    let Some(statements) = request.as_map().and_then(|map| map.get_str("statements")) else { return };
    let statements: Vec<Value> = statements.members().unwrap_or_default();
    let variables = request.as_map().and_then(|map| map.get_str("variableMap")).unwrap_or_default();
    let mut sent = Vec::new();
    texts(&run.context(&["args"]), "args".to_owned(), 0, &mut sent);
    for (path, text) in sent.into_iter().filter(|(path, text)| is_client(path) && ends_early(text).is_some()) {
        let in_text = statements.iter().find_map(|one| one.as_str().filter(|one| one.contains(&text)));
        let finding = match in_text {
            Some(statement) => in_statement(run, &path, &text, statement),
            None => in_variable(&path, &text, &statements, &variables),
        };
        if let Some(finding) = finding {
            found.push(finding);
            return;
        }
    }
}

fn in_statement(run: &Finished<'_>, path: &str, text: &str, statement: &str) -> Option<Finding> {
    let name = path.replacen("args", "arguments", 1);
    let last = path.rsplit('.').next().unwrap_or(path).to_owned();
    let place = run.program.source.text.find(&format!(".{last}")).map_or(String::new(), |at| {
        format!(" (line {})", run.program.source.place(at as u32).line)
    });
    let cut: String = statement.chars().take(240).collect();
    let message = Message::of(
        "Wider than it looks: {} is {} and stands in the SQL text as it was sent{}; {}, and what follows is read as SQL (an injection): {}. The other conditions limit nothing any more, so rows of others come back. » Never put an argument into the text: write a placeholder (:{}) and give the value in variableMap, and try it with a quote, for until the end of 2023 AppSync put those values into the text too; the `sql` tag of a JavaScript resolver binds them for certain.",
        [
            Part::Place(name),
            Part::Value(quoted(&text).to_string()),
            Part::Place(place),
            Part::Text(ends_early(text)?.to_owned()),
            Part::Code(format!("`{cut}`")),
            Part::Name(last),
        ],
    );
    Some(Finding::new(Code::SqlInjected, message).at(path).actual(text))
}

/// The value of a placeholder: whether it was bound or put into the text depends on when the request was made.
fn in_variable(path: &str, text: &str, statements: &[Value], variables: &Value) -> Option<Finding> {
    let variables = variables.as_map()?.snapshot();
    let (name, _) = variables.iter().find(|(_, value)| value.as_str() == Some(text))?;
    let name = format!(":{}", name.as_str()?.trim_start_matches(':'));
    let statement = statements.iter().find_map(|one| one.as_str().filter(|one| one.contains(&name)))?;
    let pasted: String = statement.replace(&name, &format!("'{text}'")).chars().take(240).collect();
    let message = Message::of(
        "Wider than it looks: {} is {} ({}), and a value of variableMap is no bound parameter: AppSync put it into the text of the statement until the end of 2023, so {}, and what follows is read as SQL (an injection): {}. The other conditions limit nothing then, so rows of others come back. » Let a JavaScript resolver bind it (its `sql` tag), or refuse a quote in {} before the request.",
        [
            Part::Name(name),
            Part::Value(quoted(&text).to_string()),
            Part::Place(path.replacen("args", "arguments", 1)),
            Part::Text(ends_early(text)?.to_owned()),
            Part::Code(format!("`{pasted}`")),
            Part::Place(path.replacen("args", "arguments", 1)),
        ],
    );
    Some(Finding::new(Code::SqlInjected, message).at(path).actual(text).certainty(Certainty::Likely))
}

/// The texts of a value, each with its place.
fn texts(value: &Value, place: String, depth: usize, found: &mut Vec<(String, String)>) {
    if depth > DEEPEST || found.len() >= MOST {
        return;
    }
    if let Some(text) = value.as_str() {
        found.push((place, text.to_owned()));
    } else if let Some(map) = value.as_map() {
        for (key, inner) in map.snapshot() {
            texts(&inner, format!("{place}.{}", key.as_str().unwrap_or_default()), depth + 1, found);
        }
    } else if let Some(list) = value.as_list() {
        for (at, inner) in list.snapshot().iter().enumerate().take(MOST) {
            texts(inner, format!("{place}[{at}]"), depth + 1, found);
        }
    }
}

/// The answer is null because a path leads nowhere, and the data stands beside it: under a key with a dot, or a near name.
pub fn null_answer(run: &Finished<'_>, _: &[Leaf<'_>], found: &mut Vec<Finding>) {
    if !matches!(run.verdict, Verdict::Completed | Verdict::Allowed) {
        return;
    }
    if is_empty_list(run) {
        found.extend(no_turn(run));
    }
    if run.outcome.output.trim_ascii().trim() != "null" {
        return;
    }
    for (node, statement) in &run.recorder.index.statements {
        let Node::Reference(_) = statement else { continue };
        if run.recorder.reached.began(*node) == 0 {
            continue;
        }
        let mut read = Vec::new();
        statement.reads(&mut |reference| read.extend(super::skipped::static_path(reference).filter(|path| path.len() > 1)));
        for path in read {
            let Some((parent, lost, near)) = beside(run, &path) else { continue };
            let code = format!("$ctx.{parent}.get(\"{near}\")");
            let message = Message::of(
                "No rule refused the caller: line {} answers null, because {} leads nowhere ({}.{} is absent), and {} has the key {}: the data is there.{} » Write {}.",
                [
                    Part::Place(line(run, *node).to_string()),
                    Part::Code(format!("`$ctx.{}`", path.join("."))),
                    Part::Place(parent.clone()),
                    Part::Name(lost),
                    Part::Place(parent.clone()),
                    Part::Value(quoted(&near).to_string()),
                    Part::Text(if near.contains('.') { " It is one key with a dot in it, and a path reads the dot as a step." } else { "" }.to_owned()),
                    Part::Code(format!("`{}`", one_line(&code))),
                ],
            );
            found.push(Finding::new(Code::AnswersNull, message).at(path.join(".")).wanted(near));
            return;
        }
    }
}

/// `[]`, or an object whose `items` are `[]`.
fn is_empty_list(run: &Finished<'_>) -> bool {
    let Some(value) = run.rendered() else { return false };
    let items = value.as_map().and_then(|map| map.get_str("items")).unwrap_or(value);
    items.as_list().is_some_and(|list| list.is_empty())
}

/// The loop that fills the answer made no turn, because its list leads nowhere, and the rows stand beside it.
fn no_turn(run: &Finished<'_>) -> Option<Finding> {
    run.recorder.index.loops().find_map(|each| {
        let (value, origins) = run.recorder.values.of(&each.list);
        let (node, (path, ..)) = (each.node, origins.context().filter(|_| value.is_null())?);
        let code = run.program.one_line(each.list.node);
        let names: Vec<&str> = code.trim_start_matches("$ctx.").trim_start_matches("$context.").split('.').collect();
        let (parent, lost, near) = beside(run, &names)?;
        let message = Message::of(
            "No rule refused the caller, and no row was tested: the loop on line {} made no turn, because {} leads nowhere ({}.{} is absent); the rows stand in {} under the key {}. » Write {}, or have the deployment put the right name there.",
            [
                Part::Place(line(run, node).to_string()),
                Part::Code(format!("`{code}`")),
                Part::Place(parent.clone()),
                Part::Name(lost),
                Part::Place(parent.clone()),
                Part::Value(quoted(&near).to_string()),
                Part::Code(format!("`$ctx.{parent}.get(\"{near}\")`")),
            ],
        );
        Some(Finding::new(Code::AnswersNull, message).at(path.to_string()).wanted(near))
    })
}

/// Where a path is lost: the holder, the name that it has not, and the key that was meant.
fn beside(run: &Finished<'_>, path: &[&str]) -> Option<(String, String, String)> {
    let mut value = Value::Map(run.outcome.context.clone());
    for (at, name) in path.iter().enumerate() {
        let map = value.as_map()?.clone();
        match map.get_str(name).filter(|value| !value.is_null()) {
            Some(inner) => value = inner,
            None if at == 0 || map.contains_str(name) => return None,
            None => {
                let keys: Vec<String> = map.keys().iter().filter_map(|key| key.as_str().map(str::to_owned)).collect();
                let rest = path[at..].join(".");
                let dotted = keys.iter().find(|key| key.contains('.') && (rest == **key || rest.starts_with(&format!("{key}."))));
                let near = dotted.cloned().or_else(|| crate::nearest::near_key(name, keys.iter().map(String::as_str)).map(str::to_owned))?;
                return Some((path[..at].join("."), (*name).to_owned(), near));
            }
        }
    }
    None
}

/// With the oldest version a response template does not run where nothing was found, and a subscription whose resolver raises no
/// error is accepted
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/resolver-mapping-template-reference-overview.html#version>).
pub fn response_skipped(run: &Finished<'_>, _: &[Leaf<'_>], found: &mut Vec<Finding>) {
    if !run.is_subscription() || run.verdict == Verdict::Filtered {
        return;
    }
    let Some(request) = run.rendered() else { return };
    let member = |name: &str| request.as_map().and_then(|map| map.get_str(name)).unwrap_or_default();
    let key = member("key");
    if member("version").as_str() != Some("2017-02-28") || member("operation").as_str() != Some("GetItem") || row_is_there(run, &key) {
        return;
    }
    let line = run.program.source.text.find("2017-02-28").map_or(1, |at| run.program.source.place(at as u32).line);
    let message = Message::of(
        "Wider than it looks: no row has the key {}, so GetItem gives null, and with `\"version\": \"2017-02-28\"` (line {}) the response template does not run then: a check that stands there never refuses, and a subscription that raises no error is accepted. » Set the version to \"2018-05-29\": then the response template runs with a null `$ctx.result` too (raise `$ctx.error` there, and refuse where the row is missing).",
        [Part::Value(show(&key)), Part::Place(line.to_string())],
    );
    found.push(Finding::new(Code::OldVersion, message).at("version").actual("2017-02-28"));
}

/// Whether a row with this key was given, or nobody said which rows there are.
fn row_is_there(run: &Finished<'_>, key: &Value) -> bool {
    if run.records.is_empty() {
        return !run.table_is_empty;
    }
    let Some(key) = crate::records::Row::read(key) else { return true };
    let rows = run.records.iter().filter_map(crate::records::Row::read);
    rows.into_iter().any(|row| key.attributes().all(|(name, value)| row.get(name).is_some_and(|stored| stored.to_value().loosely_equals(&value.to_value()))))
}
