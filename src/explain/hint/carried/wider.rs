//! Rows that a filter keeps although it does not seem to mean them: by an OR, by a part of a text, by a beginning that was made
//! with nothing.

use super::Finished;
use super::bound::BoundSource;
use super::judged_term::{JudgedTerm, row_name, judged_term};
use crate::code::Code;
use crate::explain::hint::allow::is_whole;
use crate::explain::hint::whence::{absent_claim, is_client, subject};
use crate::finding::Finding;
use crate::message::{Message, Part, all_of};
use crate::records::verdict::{RowFate, RowVerdict, WriteVerdict};
use crate::records::{Carried, Comparator, Row, RowCondition, TermTest, Truth};
use crate::value::Value;

/// Rows named in one sentence.
const SHOWN: usize = 4;

/// The terms of a row.
fn terms<'j>(run: &Finished<'_>, carried: &Carried, row: &'j RowVerdict) -> Vec<JudgedTerm<'j>> {
    row.judged.terms().into_iter().map(|term| judged_term(run, carried, term)).collect()
}

/// What is wider about the rows that stay, each kind once.
pub(super) fn rows(run: &Finished<'_>, carried: &Carried, all: &[Row], kept: &[&RowVerdict]) -> Vec<Finding> {
    let mut found: Vec<Finding> = either(run, carried, all, kept).into_iter().collect();
    for row in kept.iter().filter(|row| row.fate == RowFate::Kept) {
        let judged = terms(run, carried, row);
        let name = || row_name(row.row, &all[row.row], carried);
        let loose = super::brackets::missing(run, carried, &row.judged, Some(name()));
        let each = [judged.iter().find_map(|term| chosen_by_client(run, term)), loose, part(&judged, name()), prefix(run, &judged, name()), open_prefix(&judged, name())];
        for finding in each.into_iter().flatten() {
            if found.iter().all(|known| known.code != finding.code) {
                found.push(finding);
            }
        }
    }
    found
}

/// A term about the caller fails, and a term that holds for whatever is absent or different lets rows in: OR asks for one.
fn either(run: &Finished<'_>, carried: &Carried, all: &[Row], kept: &[&RowVerdict]) -> Option<Finding> {
    if !matches!(carried.condition, RowCondition::Any(_)) {
        return None;
    }
    let negative = |term: &JudgedTerm<'_>| match &term.judgement.term.test {
        // Of a value that is there the row says itself that it is meant.
        TermTest::Compare { comparator: Comparator::NotEqual, .. } => matches!(term.row, Some((_, None))),
        TermTest::Exists { wanted, .. } => !wanted,
        _ => false,
    };
    let mut by: Option<(JudgedTerm<'_>, JudgedTerm<'_>)> = None;
    let mut names = Vec::new();
    let mut stored = Vec::new();
    for row in kept.iter().filter(|row| row.fate == RowFate::Kept) {
        let mut failed = None;
        let mut held = None;
        for term in terms(run, carried, row) {
            if failed.is_none() && term.judgement.truth == Truth::False && term.identity() {
                failed = Some(term);
            } else if held.is_none() && term.judgement.truth == Truth::True && negative(&term) {
                held = Some(term);
            }
        }
        let Some((failed, held)) = failed.zip(held) else { continue };
        // One sentence for the rows that the same term lets in.
        if by.as_ref().is_some_and(|(_, known)| known.judgement.term != held.judgement.term) {
            continue;
        }
        names.push(row_name(row.row, &all[row.row], carried));
        stored.push(failed.row_words());
        by.get_or_insert((failed, held));
    }
    let (failed, held) = by?;
    let message = match held.existence().zip(held.row.as_ref()).zip(failed.row.as_ref()) {
        Some(((false, (path, _)), (own, _))) if path == own => without_owner(path, &held, &names),
        _ => of_two(&failed, &held, &names, stored, names.len() == all.len()),
    };
    Some(Finding::new(Code::FilterKeepsAll, message).at(carried.place.as_str()))
}

/// `owner = :me OR attribute_not_exists(owner)`: AND would keep nothing, for the two never hold together.
fn without_owner(path: &str, held: &JudgedTerm<'_>, names: &[String]) -> Message {
    let has = if names.len() == 1 { "has" } else { "have" };
    let mut message = Message::of(
        "Wider than it looks: rows without {} are for everybody here. {} {} no {}, and",
        [Part::Name(path.to_owned()), Part::Value(all_of(names)), Part::Text(has.to_owned()), Part::Name(path.to_owned())],
    );
    message.and(held.term());
    message.and(Message::of(
        "keeps whatever has none. » If that is not meant, take `OR {}` out and give those rows their {}.",
        [Part::Code(held.judgement.term.text.to_string()), Part::Name(path.to_owned())],
    ));
    message
}

/// Two terms about different things, joined by OR.
fn of_two(failed: &JudgedTerm<'_>, held: &JudgedTerm<'_>, names: &[String], mut stored: Vec<String>, all: bool) -> Message {
    let (stay, them) = if names.len() == 1 { ("stays", "it") } else { ("stay", "them") };
    stored.truncate(SHOWN);
    let removes = if all { "the filter removes no row: " } else { "" };
    let mut message = Message::of(
        "Wider than it looks: {}{} {}, although",
        [Part::Text(removes.to_owned()), Part::Value(all_of(&names[..names.len().min(SHOWN)])), Part::Text(stay.to_owned())],
    );
    message.and(failed.term());
    message.and(Message::of(
        "does not hold on {} ({}, and {}):",
        [Part::Text(them.to_owned()), Part::Value(stored.join("; ")), Part::Value(failed.value_words())],
    ));
    message.and(held.term());
    match (held.existence(), held.row.as_ref()) {
        (None, Some((path, None))) => message.and(Message::from(format!("holds, for {path} is absent there, and `<>` holds for what is absent.")).cured(format!("Add `attribute_exists({path}) AND`, if a row without {path} is not for everybody, or give those rows one."))),
        _ => message.and("holds, and OR asks for one of the two only. » Write AND if both are meant."),
    }
    message
}

/// A value that is the caller's own only where the client sends none: who sends another's name passes as that one.
fn chosen_by_client(run: &Finished<'_>, term: &JudgedTerm<'_>) -> Option<Finding> {
    let by_client = |source: &BoundSource| source.whence.path.as_deref().is_some_and(|path| is_client(path) && (source.whence.identity || before_identity(run, path, &source.value)));
    let (bound, source) = term.values.iter().find(|(_, source)| by_client(source))?;
    if term.judgement.truth != Truth::True {
        return None;
    }
    let path = source.whence.path.clone()?;
    let mut message = Message::of("Wider than it looks:", []);
    message.and(term.term());
    message.and(Message::of(
        "holds by what the client sent: {} is {} ({}), and the caller's own only where that is left out, so whoever sends a name passes as that one. » Take the identity alone.",
        [Part::Name(bound.name.to_string()), Part::Value(crate::explain::hint::text::show(&source.value)), Part::Place(subject(&path))],
    ));
    Some(Finding::new(Code::ClientDecides, message).at(path))
}

/// Whether the template takes the identity only where the client sends nothing at this place:
/// `$util.defaultIfNull($ctx.args.owner, $ctx.identity.username)`, which gave what was sent.
fn before_identity(run: &Finished<'_>, path: &str, value: &Value) -> bool {
    run.recorder.index.references.iter().any(|reference| {
        let Some((Some(called), [sent, default])) = reference.last_call() else { return false };
        called.gives_default()
            && run.recorder.values.latest(reference).loosely_equals(value)
            && run.recorder.values.origins(sent).iter().any(|origin| origin.is_at(path))
            && run.recorder.values.origins(default).iter().any(|origin| origin.is_in("identity"))
    })
}

/// `contains` on a text of the row finds parts of longer names.
fn part(terms: &[JudgedTerm<'_>], name: String) -> Option<Finding> {
    terms.iter().find_map(|term| {
        let (TermTest::Contains { .. }, Truth::True) = (&term.judgement.term.test, term.judgement.truth) else { return None };
        let (path, Some(Value::String(text))) = term.row.as_ref()? else { return None };
        let part = term.values.first()?.1.value.as_str().map(str::to_owned)?;
        if is_whole(text, &part) {
            return None;
        }
        let mut message = Message::of("Wider than it looks: {} goes through by", [Part::Value(name.clone())]);
        message.and(term.term());
        message.and(Message::of(
            "although {} is the text {}, of which {} is only a part: on a text, contains looks anywhere inside it. » Store {} as a list or a string set, whose members are compared whole.",
            [
                Part::Name(path.clone()),
                Part::Value(crate::message::quoted(text.as_str()).to_string()),
                Part::Value(crate::message::quoted(part.as_str()).to_string()),
                Part::Name(path.clone()),
            ],
        ));
        Some(Finding::new(Code::SubstringMatch, message).at(format!("records[].{path}")).actual(text.as_str()).wanted(part))
    })
}

/// A beginning that ends in the caller's own value and in no delimiter is the beginning of longer names too.
fn open_prefix(terms: &[JudgedTerm<'_>], name: String) -> Option<Finding> {
    terms.iter().find_map(|term| {
        let (TermTest::BeginsWith { .. }, Truth::True) = (&term.judgement.term.test, term.judgement.truth) else { return None };
        let (path, Some(Value::String(text))) = term.row.as_ref()? else { return None };
        let (bound, source) = term.values.first()?;
        let prefix = source.value.as_str()?;
        let next = text.strip_prefix(prefix)?.chars().next()?;
        let last = prefix.chars().next_back()?;
        if !next.is_alphanumeric() || !last.is_alphanumeric() || !source.whence.identity {
            return None;
        }
        let mut message = Message::of("Wider than it looks: {} comes back by", [Part::Value(name.clone())]);
        message.and(term.term());
        message.and(Message::of(
            "because {} is {} and {} is {}: begins_with has no delimiter at its end there, so longer names fit as well. » Close the prefix with one, as the keys have it (\"{}#\").",
            [
                Part::Name(bound.name.to_string()),
                Part::Value(crate::message::quoted(prefix).to_string()),
                Part::Name(path.clone()),
                Part::Value(crate::message::quoted(text.as_str()).to_string()),
                Part::Text(prefix.to_owned()),
            ],
        ));
        Some(Finding::new(Code::PrefixWithoutEnd, message).at(format!("records[].{path}")).actual(text.as_str()).wanted(prefix.to_owned()))
    })
}

/// A write went through although its term about the caller fails: an OR let it.
pub(super) fn written(run: &Finished<'_>, carried: &Carried, verdict: &WriteVerdict) -> Option<Finding> {
    let terms: Vec<JudgedTerm<'_>> = verdict.judged.terms().into_iter().map(|term| judged_term(run, carried, term)).collect();
    if let Some(finding) = terms.iter().find_map(|term| chosen_by_client(run, term)).or_else(|| part(&terms, "this write".to_owned())) {
        return Some(finding);
    }
    if let Some(finding) = super::brackets::missing(run, carried, &verdict.judged, Some("the row".to_owned())) {
        return Some(finding);
    }
    let RowCondition::Any(_) = &carried.condition else { return None };
    let failed = terms.iter().find(|term| term.judgement.truth == Truth::False && term.identity())?;
    let held = || terms.iter().filter(|term| term.judgement.truth == Truth::True && !term.identity());
    let words = |term: &JudgedTerm<'_>| format!("`{}` ({})", term.judgement.term.text, term.row_words());
    let tested: Vec<String> = held().filter(|term| term.existence().is_none()).map(words).collect();
    // That the row is there is enough where nothing else held.
    let held = if tested.is_empty() { held().map(words).collect() } else { tested };
    let mut message = Message::of("Wider than it looks: the condition let this write through although", []);
    message.and(failed.term());
    message.and(Message::of(
        "does not hold ({}, and {}): {} holds, and anyone gets through by it. OR asks for one of them only. » Write AND if both are meant.",
        [Part::Value(failed.row_words()), Part::Value(failed.value_words()), Part::Value(all_of(&held))],
    ));
    Some(Finding::new(Code::FilterKeepsAll, message).at(carried.place.as_str()))
}

/// A beginning that was made with a value that is absent fits more rows.
fn prefix(run: &Finished<'_>, terms: &[JudgedTerm<'_>], name: String) -> Option<Finding> {
    terms.iter().find_map(|term| {
        let (TermTest::BeginsWith { .. }, Truth::True) = (&term.judgement.term.test, term.judgement.truth) else { return None };
        let (bound, source) = term.values.first()?;
        let absent = source.whence.absent.clone()?;
        let mut message = Message::of("Wider than it looks: {} comes back by", [Part::Value(name.clone())]);
        message.and(term.term());
        message.and(Message::of(
            "because {} is {}: {} is absent, so nothing stands in its place, and that beginning fits the rows of everybody ({}).",
            [
                Part::Name(bound.name.to_string()),
                Part::Value(crate::explain::hint::text::show(&source.value)),
                Part::Text(subject(&absent)),
                Part::Value(term.row_words()),
            ],
        ));
        message.and(absent_claim(run, &absent));
        message.and("» Refuse when it is null, before the request is made.");
        Some(Finding::new(Code::PrefixOfNothing, message).at(absent))
    })
}
