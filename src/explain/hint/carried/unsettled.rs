//! A write's condition where the row is not known: what depends on it, and what it must have been where the write is seen to
//! have failed.

use super::Finished;
use super::judged_term::{JudgedTerm, judged_term};
use super::named::{key, what};
use crate::code::Code;
use crate::explain::why::{Carrying, Fate, IfFailed};
use crate::finding::Finding;
use crate::message::{Message, Part, all_of};
use crate::records::verdict::WriteVerdict;
use crate::records::{Carried, Comparator, Judgement, RowCondition, TermTest, Truth, Unjudged};

/// What depends on a row that nobody gave.
pub(super) fn judge(run: &Finished<'_>, carried: &Carried, verdict: &WriteVerdict, found: &mut Carrying) {
    let terms = verdict.judged.terms();
    let unknown = terms.iter().filter(|term| term.truth == Truth::Unknown);
    let open: Vec<JudgedTerm<'_>> = unknown.map(|term| judged_term(run, carried, term)).collect();
    let beside_key: Vec<&JudgedTerm<'_>> = open.iter().filter(|term| !carried.is_key_existence(&term.judgement.term)).collect();
    if beside_key.iter().any(|term| term.identity()) {
        found.fate(Fate::Open);
        found.findings.push(depends(carried, &beside_key));
    } else if let Some(term) = terms.iter().find(|term| carried.is_key_existence(&term.term)) {
        found.findings.extend(existence(run, carried, term));
    }
    if !open.is_empty() {
        found.if_failed.push(IfFailed { place: carried.place.to_string(), held: false, finding: failed(carried, &open) });
    }
}

/// The terms that the row decides, and both ways that it may go.
fn depends(carried: &Carried, open: &[&JudgedTerm<'_>]) -> Finding {
    let why = match open.iter().find_map(|term| term.judgement.why.as_ref()) {
        Some(Unjudged::RowNotGiven) | None => "and the row was not given".to_owned(),
        Some(why) => format!("and {why}"),
    };
    let path = open.first().map_or_else(String::new, |term| path_of(term));
    let done = what(&carried.operation);
    let refuses = "DynamoDB refuses it with ConditionalCheckFailedException";
    let two_ways = match (open, &carried.condition) {
        ([_], condition) if is_plain(condition) => format!("If the row's {path} fits that value, the {done} is done; if it is another one or absent, {refuses}."),
        ([_], _) => format!("If `{}` as a whole holds on the row, the {done} is done; else {refuses}.", carried.expression),
        (_, RowCondition::Any(_)) => format!("If one of these holds on the row, the {done} is done; only if none does, {refuses}."),
        (_, RowCondition::All(_)) => format!("If all of these hold on the row, the {done} is done; if one does not, {refuses}."),
        _ => format!("If that holds on the row, the {done} is done; else {refuses}."),
    };
    let mut message = Message::of("The template lets the caller through, but DynamoDB then tests", []);
    message.and(tested(carried, open));
    message.and(Message::of(
        "on the row {}: {}, {}, so the answer is unknown. {} » Give the row (`records`) to settle it.",
        [Part::Value(key(carried)), Part::Value(values(open)), Part::Text(why), Part::Text(two_ways)],
    ));
    Finding::new(Code::ConditionOpen, message).at(format!("records.{path}"))
}

/// One term, or several that are all wanted: what one of them says, the whole does.
fn is_plain(condition: &RowCondition) -> bool {
    match condition {
        RowCondition::Term(_) => true,
        RowCondition::All(all) => all.iter().all(|one| matches!(one, RowCondition::Term(_))),
        _ => false,
    }
}

/// Whether a write fails where this term does (`true`), or where it holds; `None` where that hangs on others, too.
fn is_wanted(condition: &RowCondition, term: &crate::records::Term) -> Option<bool> {
    match condition {
        RowCondition::Term(own) => (**own == *term).then_some(true),
        RowCondition::All(all) => all.iter().find_map(|one| is_wanted(one, term)),
        RowCondition::Not(inner) => matches!(&**inner, RowCondition::Term(own) if **own == *term).then_some(false),
        RowCondition::Any(_) => None,
    }
}

/// One term, or the whole expression where several are open.
fn tested(carried: &Carried, open: &[&JudgedTerm<'_>]) -> Message {
    match open {
        [only] if is_plain(&carried.condition) => only.term(),
        _ => whole(carried, open),
    }
}

/// The expression with its line.
fn whole(carried: &Carried, open: &[&JudgedTerm<'_>]) -> Message {
    open.first().map_or_else(Message::default, |first| first.within(&carried.expression))
}

/// What the terms are held against, each once.
fn values(open: &[&JudgedTerm<'_>]) -> String {
    let mut all: Vec<String> = Vec::new();
    for words in open.iter().map(|term| term.value_words()).filter(|words| !words.is_empty()) {
        if !all.contains(&words) {
            all.push(words);
        }
    }
    all.join(", ")
}

/// The attribute that a term reads.
fn path_of(term: &JudgedTerm<'_>) -> String {
    let side = term.judgement.sides.iter().find(|side| side.from_row);
    side.map_or_else(|| "the attribute".to_owned(), |side| side.text.to_string())
}

/// The write is known to have failed: which of its terms did, as far as that can be told without the row.
fn failed(carried: &Carried, open: &[JudgedTerm<'_>]) -> Finding {
    let open: Vec<&JudgedTerm<'_>> = open.iter().collect();
    let mut message = Message::of("DynamoDB refused the {} of {}:", [Part::Text(what(&carried.operation).to_owned()), Part::Value(key(carried))]);
    let where_ = Some(values(&open)).filter(|words| !words.is_empty()).map(|words| format!(", where {words}")).unwrap_or_default();
    match (open.as_slice(), &carried.condition) {
        ([only], RowCondition::Term(_)) => {
            message.and("its only term");
            message.and(only.term());
            message.and(Message::of("failed{}, so {}.", [Part::Value(where_), Part::Value(must_be(carried, only))]));
            if carried.is_key_existence(&only.judgement.term) {
                message.and(nobody_refused(only.existence() == Some(true)));
                return Finding::new(Code::ConditionTermFailed, message);
            }
        }
        (terms, RowCondition::Any(_)) if terms.len() > 1 => {
            let texts: Vec<String> = terms.iter().map(|term| format!("`{}`", term.judgement.term.text)).collect();
            let line = terms.iter().find_map(|term| term.line).map_or_else(String::new, |line| format!(" (line {line})"));
            message.and(Message::of("none of {}{} holds{}.", [Part::Code(all_of(&texts)), Part::Place(line), Part::Value(where_)]));
            let musts: Vec<String> = terms.iter().map(|term| must_be(carried, term)).collect();
            message.and(format!("So {}.", musts.join(", and ")));
        }
        _ => {
            message.and("its condition");
            message.and(whole(carried, &open));
            message.and(Message::of("does not hold{}; which of its terms failed, only the row tells.", [Part::Value(where_)]));
        }
    }
    message.and(match open.iter().find_map(|term| term.judgement.why.as_ref()) {
        Some(Unjudged::RowNotGiven) | None => Message::from("The row was not given: » give it (`records`) to see which."),
        Some(why) => Message::from(format!("More cannot be told here: {why}.")),
    });
    let path = open.first().map_or_else(String::new, |term| path_of(term));
    Finding::new(Code::ConditionTermFailed, message).at(format!("records.{path}"))
}

/// What the row must be like where this term failed.
fn must_be(carried: &Carried, term: &JudgedTerm<'_>) -> String {
    let path = path_of(term);
    match (&term.judgement.term.test, term.existence()) {
        (_, Some(true)) if carried.is_key_existence(&term.judgement.term) => "no row with this key is there".to_owned(),
        (_, Some(false)) if carried.is_key_existence(&term.judgement.term) => "a row with this key is there already".to_owned(),
        (_, Some(true)) => format!("the row has no {path}, or no such row is there"),
        (_, Some(false)) => format!("the row has {path}"),
        (TermTest::Compare { comparator: Comparator::Equal, .. } | TermTest::In { .. }, _) => {
            format!("the row's {path} is another value or absent")
        }
        (TermTest::Contains { .. }, _) => format!("the row's {path} does not hold it, or is absent"),
        (TermTest::BeginsWith { .. }, _) => format!("the row's {path} begins with something else, or is absent"),
        _ => format!("it does not hold for the row's {path}"),
    }
}

fn nobody_refused(wanted: bool) -> Message {
    if wanted {
        "No right of the caller failed: » send the key as it is stored.".into()
    } else {
        "No right of the caller failed: » choose another key for a new row; for a change of one that is there write attribute_exists.".into()
    }
}

/// A test that only asks whether the row is there.
fn existence(run: &Finished<'_>, carried: &Carried, term: &Judgement) -> Option<Finding> {
    let wanted = is_wanted(&carried.condition, &term.term)?;
    let term = judged_term(run, carried, term);
    let mut message = Message::of("The {} has one more condition:", [Part::Text(what(&carried.operation).to_owned())]);
    message.and(if wanted { term.term() } else { term.within(&carried.expression) });
    message.and(match term.existence().map(|exists| exists == wanted) {
        Some(true) => format!("tests no right, it only fails if no row {} is there.", key(carried)),
        _ => format!("tests no right, it only fails if a row {} exists already.", key(carried)),
    });
    Some(Finding::new(Code::ConditionExistence, message))
}
