//! Filters against rows.

use crate::message::{Message, Part, any_of, quoted};
use super::owner::explain;
use super::text::show;
use super::{Finished, claim_of, json};
use crate::code::Code;
use super::carried::filter;
use super::carried::search::{is_cut, own_values, whole_values};
use crate::explain::filter::{FieldTest, RowMatch};
use crate::explain::why::stash_filter;
use crate::finding::Finding;
use crate::syntax::reads_member;
use crate::trace::Verdict;
use crate::trace::index::Node;
use crate::value::{List, Value};

/// What the request carries to its data source, and what becomes of it there.
pub fn carried(run: &Finished<'_>, found: &mut Vec<Finding>) {
    found.extend(run.why.carrying.findings.iter().cloned());
}

/// A response left out rows that the data source gave, without an error.
pub fn left_out(run: &Finished<'_>, found: &mut Vec<Finding>) {
    let Some(left) = run.why.left_out else { return };
    let line = run.program.line(left.node);
    let puts = matches!(run.recorder.index.node(left.node), Some(Node::Set(_)));
    let message = Message::of(
        "the data source gave {} rows and {} stayed: line {} {} ${}{}, which has only the rows that a rule grants the caller. Nothing tells the client.",
        [
            Part::Value(left.given.to_string()),
            Part::Text(left.kept.to_string()),
            Part::Place(line.to_string()),
            Part::Text((if puts { "puts" } else { "answers with" }).to_owned()),
            Part::Name(run.program.name(left.slot).to_string()),
            Part::Text((if puts { " in the place of $ctx.result.items" } else { "" }).to_owned()),
        ],
    );
    found.push(Finding::new(Code::ItemsLeftOut, message).at("result.items").actual(left.kept).wanted(left.given));
}

/// A row that the filter holds back: why each alternative does.
pub fn filter_misses(run: &Finished<'_>, found: &mut Vec<Finding>) {
    // Where the response refused for it, that has told of the row.
    if found.iter().any(|hint| hint.code == Code::RowFilteredOut) && !run.records.is_empty() {
        return;
    }
    if !run.why.rows.is_empty() {
        filter::of_stash(run, &stash_filter(run.outcome), found);
    }
    // The summary has told of the first field.
    let summary = |hint: &&Finding| matches!(hint.code, Code::FilterMatchesNothing | Code::FilterLeavesOut);
    let first = found.last().filter(summary).and_then(|hint| hint.path.clone());
    for row in run.why.rows.iter().filter(|row| row.matches == Some(false)) {
        let mut fields: Vec<&str> = row.tests.iter().map(|test| test.field.as_str()).collect();
        fields.sort_unstable();
        fields.dedup();
        for field in fields {
            let tests: Vec<_> = row.tests.iter().filter(|test| test.field == field).collect();
            // Amplify's rule asks for `sub::username` and each half: no half by itself is what is missing.
            let missed = missed(run, row.row, field, &tests);
            let half = |hint: &Finding| {
                tests.len() > 1 && hint.code == Code::OwnerFormatMismatch
                    || hint.code == Code::OwnerAbsent && tests.iter().any(|test| test.operator != "eq")
            };
            let same = |hint: &Finding| {
                hint.code == Code::FilterMatchesNothing && (fields_named(row) == 1 || hint.path == first)
            };
            let again = |hint: &Finding| hint.code == Code::OwnerOtherSub && found.iter().any(|known| known.code == hint.code);
            let missed = missed.filter(|hint| !same(hint) && !half(hint) && !again(hint));
            found.extend(missed);
        }
    }
}

/// A search by whole values on a text field, which OpenSearch cuts into words in lower case: no value of several words, or
/// with capitals, is among them (<https://docs.aws.amazon.com/opensearch-service/>: `text` and `keyword`; Amplify's own
/// templates ask `owner.keyword`).
pub fn analysed(run: &Finished<'_>, found: &mut Vec<Finding>) {
    let mut terms = Vec::new();
    whole_values(&stash_filter(run.outcome), 0, &mut terms);
    let Some((field, value)) = terms.into_iter().find(is_cut) else {
        found.extend(in_own_body(run));
        return;
    };
    let message = Message::of(
        "The search asks for whole values of {} ({}), and by default OpenSearch indexes a text field as analysed words: cut at hyphens, colons and the like, and in lower case, so this value is among none of them and no document is found, whoever owns it. » Ask {} in its place (override the template, or upgrade Amplify), or map the field as keyword and index anew.",
        [
            Part::Name(field.clone()),
            Part::Value(quoted(&value).to_string()),
            Part::Name(format!("{field}.keyword")),
        ],
    );
    found.push(Finding::new(Code::SearchAnalysed, message).at(format!("stash.authFilter.{field}")).actual(value));
}

/// The same in a search that a template writes itself, on a value of the caller's: there the mapping may be another one.
fn in_own_body(run: &Finished<'_>) -> Option<Finding> {
    if !matches!(run.verdict, Verdict::Allowed | Verdict::Completed) || !run.records.is_empty() {
        return None;
    }
    let (field, value) = own_values(run)?.into_iter().find(is_cut)?;
    let message = Message::of(
        "This template refuses nobody; its search asks for the whole value of {} ({}), and what that finds depends on the index, which is not in the material: a text field, as OpenSearch maps strings by default, is analysed (cut into words, in lower case), and such a term finds nothing there; on a keyword field the documents hold other values. » Look at the mapping (GET _mapping) and at one document; ask {} if the field is analysed.",
        [Part::Name(field.clone()), Part::Value(quoted(&value).to_string()), Part::Name(format!("{field}.keyword"))],
    );
    Some(Finding::new(Code::SearchAnalysed, message).at(format!("params.body.{field}")).actual(value))
}

/// How many fields a filter reads.
fn fields_named(row: &RowMatch) -> usize {
    row.tests.iter().map(|test| test.field.as_str()).collect::<std::collections::BTreeSet<_>>().len()
}

fn missed(run: &Finished<'_>, row: usize, field: &str, tests: &[&FieldTest]) -> Option<Finding> {
    let first = tests.first()?;
    let path = format!("records[{row}].{field}");
    let wanted = List::new(tests.iter().map(|test| test.wanted.clone()).collect());
    if first.actual.is_null() {
        return Some(without_owner(path, first, wanted));
    }
    if let Some(known) = tests.iter().find_map(|test| known_difference(&path, first.actual.as_str()?, test)) {
        return Some(known);
    }
    let source = source_of(run, tests);
    let tests: Vec<String> = tests.iter().map(|test| format!("{} {}", test.operator, show(&test.wanted))).collect();
    Some(
        Finding::new(
            Code::FilterMatchesNothing,
            Message::of(
                "{} is {}, and the filter wants {}{}: this row is left out without an error.",
                [
                    Part::Place(path.clone()),
                    Part::Value(show(&first.actual)),
                    Part::Value(any_of(&tests)),
                    Part::Text(source),
                ],
            ),
        )
        .at(path)
        .actual(json(&first.actual))
        .wanted(json(&wanted.into())),
    )
}

/// The row has nobody in the field that the filter asks for.
fn without_owner(path: String, test: &FieldTest, wanted: List) -> Finding {
    let state = if test.present { "null" } else { "absent" };
    Finding::new(
        Code::OwnerAbsent,
        Message::of(
            "{} is {}, and the filter wants {}: no caller is filled in for rows that a Lambda with IAM, an API key or an import wrote. » Write it when the row is created.",
            [
                Part::Place(path.clone()),
                Part::Text(state.to_owned()),
                Part::Value(show(&wanted.clone().into())),
            ],
        ),
    )
    .at(path)
    .wanted(json(&wanted.into()))
}

/// The two texts differ in a way that has a name: another case, another sub, a name in another form.
fn known_difference(path: &str, stored: &str, test: &FieldTest) -> Option<Finding> {
    let mine = test.wanted.as_str()?;
    let (code, words) = explain(stored, mine)?;
    let (actual, claim) = match code {
        Code::OwnerOtherSub => {
            let sub = mine.split_once("::").map_or(mine, |(sub, _)| sub);
            (serde_json::Value::from(sub), "identity.claims.sub")
        }
        _ => (serde_json::Value::from(stored), path),
    };
    let theirs = stored.split_once("::").map_or(stored, |(sub, _)| sub);
    Some(
        Finding::new(
            code,
            Message::of(
                "{} is {}, the filter wants {}:", [Part::Place(path.to_owned()), Part::Value(quoted(&stored).to_string()), Part::Value(quoted(&mine).to_string())]).with(words),
        )
        .at(claim)
        .actual(actual)
        .wanted(if code == Code::OwnerOtherSub { theirs } else { mine }),
    )
}

fn source_of(run: &Finished<'_>, tests: &[&FieldTest]) -> String {
    let claims = run.why.filter_parts.iter().flat_map(|part| part.origins.iter().filter_map(claim_of));
    let used = |value: &Value| {
        tests.iter().any(|test| {
            test.wanted.loosely_equals(value)
                || test.wanted.members().is_some_and(|list| list.iter().any(|item| item.loosely_equals(value)))
        })
    };
    claims.into_iter().find(|(.., value)| used(value)).map_or(String::new(), |(claim, ..)| format!(" (claim {claim})"))
}

/// What the first row that the stash's filter leaves out has in the fields that it asks for, and a value that is nearly the wanted one.
fn terms_of_row(run: &Finished<'_>) -> Option<RowTerms> {
    let rows = crate::explain::filter::judge(&stash_filter(run.outcome), run.records);
    let row = rows.into_iter().find(|row| row.matches == Some(false))?;
    let mut fields: Vec<String> = Vec::new();
    for test in &row.tests {
        let has = if test.present { show(&test.actual) } else { "absent".to_owned() };
        let words = format!("{} {has}", test.field);
        if !fields.contains(&words) {
            fields.push(words);
        }
    }
    let near = row.tests.iter().find_map(|test| {
        let wanted = test.wanted.as_str()?;
        let values = test.actual.members().unwrap_or_else(|| vec![test.actual.clone()]);
        values.iter().find_map(|value| {
            let stored = value.as_str()?;
            Some((test, stored.to_owned(), wanted, super::group::how_near(stored, wanted)?))
        })
    });
    let has = format!(" The row has {}, which meets no term of it.", fields.join(", "));
    let Some((test, stored, wanted, how)) = near else { return Some(RowTerms { has, cure: None }) };
    let cure = Message::of(
        "Write {} into {} of the row, in the place of {} ({}), or have the claim carry the stored name.",
        [Part::Value(quoted(wanted).to_string()), Part::Name(test.field.clone()), Part::Value(quoted(&stored).to_string()), Part::Text(how.to_owned())],
    );
    Some(RowTerms { has, cure: Some(cure) })
}

/// What a row that was left out has, in words.
#[derive(Default)]
struct RowTerms {
    /// Its fields that the filter asks for.
    has: String,
    /// What to write where, if one of them is nearly what is wanted.
    cure: Option<Message>,
}

/// The filter of the stash, and what of the parent names the row.
fn filter_and_key(run: &Finished<'_>) -> String {
    let filter = stash_filter(run.outcome);
    let shown = if filter.is_null() { String::new() } else { format!(" The filter is {}.", show(&filter)) };
    let source = run.context(&["source"]);
    let keys: Vec<String> = source.as_map().map_or_else(Vec::new, |map| {
        let named = |(key, value): &(Value, Value)| {
            let name = key.as_str()?;
            (name.ends_with("Id") || name.ends_with("ID")).then(|| format!("source.{name} {}", show(value)))
        };
        map.snapshot().iter().filter_map(named).take(3).collect()
    });
    if keys.is_empty() { shown } else { format!("{shown} The parent names it by {}.", keys.join(", ")) }
}

/// The data source found a row, and the filter took it away (AMPLIFY-AUTH 3, D10).
pub fn filtered_out(run: &Finished<'_>, found: &mut Vec<Finding>) {
    let empty = matches!(run.context(&["result", "items"]), Value::List(list) if list.is_empty());
    let scanned = run.context(&["result", "scannedCount"]);
    let reads = run.why.guards.iter().any(|guard| {
        run.expression(&guard.condition).is_some_and(|asked| reads_member(asked, "scannedCount"))
    });
    if run.verdict != Verdict::Denied || !empty || !reads {
        return;
    }
    let caller: Vec<String> = ["sub", "username", "cognito:username", "email"]
        .iter()
        .filter_map(|claim| run.claim(claim).as_str().map(|value| format!("{claim} {value}")))
        .collect();
    let stored = run.records.iter().find_map(|row| row.as_map()?.get_str("owner"));
    let mine = [run.claim("sub"), run.context(&["identity", "username"])];
    let mine = mine.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("::");
    // How the two belong together says more than that a rule is missing.
    if let Some((_, words)) = stored.as_ref().and_then(|owner| explain(owner.as_str()?, &mine)) {
        let message = Message::of(
            "the row exists (scannedCount is {}), and the filter of the auth template took it away: its owner is {}, the caller is {}:", [Part::Text(scanned.to_string()), Part::Value(stored.as_ref().map(show).unwrap_or_default()), Part::Value(quoted(&mine).to_string())]).with(words);
        let finding = Finding::new(Code::RowFilteredOut, message).at("result").actual(json(&run.context(&["result"])));
        found.push(finding.wanted("items not empty"));
        return;
    }
    let owner = stored.map(|owner| format!(" The row's owner is {}, the caller is {}.", show(&owner), caller.join(", ")));
    let terms = if owner.is_some() { RowTerms::default() } else { terms_of_row(run).unwrap_or_default() };
    let message = Message::of(
        "the row exists (scannedCount is {}), but the filter that the auth template set took it away, so items is empty: the caller may not read this row. For a row that does not exist the answer would be null.{}{}{}",
        [
            Part::Text(scanned.to_string()),
            Part::Text(owner.unwrap_or_default()),
            Part::Value(filter_and_key(run)),
            Part::Value(terms.has),
        ],
    );
    let cure = terms.cure.unwrap_or_else(|| "Give the model of this row a rule that covers the caller (an owner field that names him, a group, or `allow: private` with read); that he may read the parent does not count here.".into());
    found.push(
        Finding::new(Code::RowFilteredOut, message.cured(cure))
            .at("result")
            .actual(json(&run.context(&["result"])))
            .wanted("items not empty"),
    );
}
