//! A write's condition against the row that is there.

use super::judged_term::{JudgedTerm, deciding_term, judged_term, row_id};
use super::bounds::beyond;
use super::named::{key, what};
use super::own_row::of_caller;
use super::{Finished, is_judged};
use crate::code::Code;
use crate::explain::why::{Carrying, Fate};
use crate::explain::hint::allow::{line, slots_read, values};
use crate::explain::hint::json;
use crate::explain::hint::whence::held_by;
use crate::explain::why::guards;
use crate::syntax::Slot;
use crate::trace::recorder::Change;
use crate::explain::hint::text::show;
use crate::finding::Finding;
use crate::message::{Message, Part, all_of};
use crate::records::verdict::{WriteFate, WriteVerdict, write};
use crate::records::{Carried, Comparator, Judgement, DataOperation, Row, RowSubject, TermTest, Truth};
use crate::value::Value;

/// Judges the condition of a write.
pub(super) fn judge(run: &Finished<'_>, carried: &Carried, rows: &[Row], found: &mut Carrying) {
    if !is_judged(carried) {
        return super::refused::judge(run, carried, found);
    }
    let mut subject = carried.subject(rows);
    let given = !rows.is_empty() && !carried.is_of_other_tables(rows);
    if matches!(subject, RowSubject::NotGiven) && carried.key.is_some() && (given || run.table_is_empty) {
        // The rows were given to be judged on, and this one is not among them.
        subject = RowSubject::NoRow;
    }
    let verdict = write(carried, subject);
    match &verdict.fate {
        WriteFate::Failed(_) | WriteFate::FailedOrAsWanted => {
            found.fate(Fate::Refused);
            found.findings.push(failed(run, carried, &verdict, subject, rows));
        }
        WriteFate::Unknown | WriteFate::LambdaDecides(_) => {
            found.findings.extend(super::unique::beyond_key(run, carried, &verdict, rows));
            super::unsettled::judge(run, carried, &verdict, found);
        }
        WriteFate::Written => {
            super::held::if_failed(run, carried, &verdict, rows, found);
            found.findings.extend(super::replaced::let_through(run));
            found.findings.extend(super::wider::written(run, carried, &verdict));
            found.findings.extend(super::unique::beyond_key(run, carried, &verdict, rows));
        }
        WriteFate::AlreadyAsWanted | WriteFate::Refused => {}
    }
}

fn failed(
    run: &Finished<'_>,
    carried: &Carried,
    verdict: &WriteVerdict,
    subject: RowSubject<'_>,
    rows: &[Row],
) -> Finding {
    let decided = verdict.judged.deciding();
    let terms: Vec<JudgedTerm<'_>> = decided.iter().map(|term| deciding_term(run, carried, term)).collect();
    let deciding: Vec<&Judgement> = decided.iter().map(|term| term.judgement).collect();
    let mut message = Message::of(
        "DynamoDB refused the {} of {}: its condition fails, because",
        [Part::Text(what(&carried.operation).to_owned()), Part::Value(key(carried))],
    );
    for (at, term) in terms.iter().enumerate() {
        if at > 0 {
            message.and("Nor does the next hold:");
        }
        message.and(term.term());
        message.and(failing(term, subject, carried.is_key_existence(&term.judgement.term)));
    }
    message.and(others(run, carried, verdict, &deciding));
    if carried.place.starts_with("transactItems[") {
        // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html: all or nothing.
        message.and("DynamoDB cancels the whole transaction for it: none of its items is written.");
    }
    message.and(super::asked::asked_by(run, carried, terms.first()));
    let replaced = super::replaced::behind_failure(&[run]);
    let cure = unread_flag(run).filter(|_| terms.iter().any(JudgedTerm::identity)).unwrap_or_else(|| cure(run, carried, &terms, subject, rows));
    // Where another condition was meant, that the row could be changed is no cure.
    let general = replaced.is_some() && cure == Message::from(NOT_RIGHTS);
    message.and(replaced.unwrap_or_default());
    message.and(if general { Message::default() } else { cure });
    let mut finding = Finding::new(Code::ConditionTermFailed, message);
    if let Some(first) = terms.first() {
        if let Some((path, value)) = &first.row {
            finding = finding.at(format!("records.{path}")).actual(value.as_ref().map(json).unwrap_or_default());
        }
        if let Some((_, source)) = first.values.first() {
            finding = finding.wanted(json(&source.value));
        }
    }
    finding
}

/// Why a term fails, in words that follow its text.
fn failing(term: &JudgedTerm<'_>, subject: RowSubject<'_>, of_key: bool) -> String {
    if term.negated {
        let values = Some(term.value_words()).filter(|words| !words.is_empty()).map(|words| format!(", and {words}")).unwrap_or_default();
        return format!("is false, for `{}` holds: on the row {}{values}.", term.judgement.term.text, term.row_words());
    }
    match (term.existence(), subject) {
        (Some(true), RowSubject::NoRow) => "is false: no row with this key is there.".to_owned(),
        (Some(true), _) => format!("is false: {} on the row.", term.row_words()),
        (Some(false), _) if of_key => format!("is false: such a row exists already, {}.", term.row_words()),
        (Some(false), _) if matches!(term.row, Some((_, Some(Value::Null)))) => {
            format!("is false: {}, and an attribute with the value null does exist.", term.row_words())
        }
        (Some(false), _) => format!("is false: the row has that attribute, {}.", term.row_words()),
        (None, RowSubject::NoRow) => format!("is false: no row with this key is there, and {}.", term.value_words()),
        (None, _) => format!("is false: on the row {}, and {}.", term.row_words(), term.value_words()),
    }
}

/// The terms that hold, so that nobody looks at them.
fn others(run: &Finished<'_>, carried: &Carried, verdict: &WriteVerdict, deciding: &[&Judgement]) -> String {
    let rest: Vec<String> = verdict
        .judged
        .terms()
        .into_iter()
        .filter(|term| term.truth == Truth::True && !deciding.iter().any(|known| std::ptr::eq(*known, *term)))
        .map(|term| {
            let judged = judged_term(run, carried, term);
            match &judged.row {
                Some((_, Some(value))) if judged.existence().is_none() => {
                    format!("`{}` ({})", term.term.text, show(value))
                }
                _ => format!("`{}`", term.term.text),
            }
        })
        .collect();
    match rest.len() {
        0 => String::new(),
        1 => format!("The other term holds: {}.", all_of(&rest)),
        _ => format!("The other terms hold: {}.", all_of(&rest)),
    }
}

fn cure(run: &Finished<'_>, carried: &Carried, terms: &[JudgedTerm<'_>], subject: RowSubject<'_>, rows: &[Row]) -> Message {
    let existence = terms.iter().all(|term| term.existence().is_some());
    // Without a row no comparison holds: what is asked of it says nothing against the caller.
    if matches!(subject, RowSubject::NoRow) && !existence {
        if let Some(words) = under_another_value(run, carried, rows) {
            return words;
        }
        return if rows.is_empty() { first_write(run, carried, terms) } else { no_row(run, carried, terms, rows) };
    }
    if existence && matches!(subject, RowSubject::NoRow) {
        return of_no_row(run, carried, rows);
    }
    if let Some(words) = terms.iter().find_map(forbidden) {
        return words;
    }
    if let Some(words) = granted_all_the_same(run).filter(|_| terms.iter().any(JudgedTerm::identity)) {
        return words;
    }
    if existence && terms.iter().all(|term| carried.is_key_existence(&term.judgement.term)) {
        return taken(run, carried, rows);
    }
    if let Some(words) = terms.iter().find_map(|term| term.cure(run)) {
        return words;
    }
    let null = terms.iter().find(|term| term.existence() == Some(false) && matches!(term.row, Some((_, Some(Value::Null)))));
    if let Some((term, (path, _))) = null.and_then(|term| Some((term, term.row.as_ref()?))) {
        let written = term.written(path);
        return Message::default().cured(format!("Let null count as absent: add `OR attribute_type({written}, :null)` with \":null\": {{\"S\": \"NULL\"}}, or remove {path} from the rows where nobody is meant."));
    }
    let identity = terms.iter().find(|term| term.identity());
    if let Some(words) = named_by_caller(run, carried, terms).or_else(|| of_groups(terms)) {
        return words;
    }
    if let Some(words) = one_of(terms) {
        return words;
    }
    match identity.and_then(|term| Some((term, term.row.as_ref()?))) {
        Some((term, (path, Some(Value::List(_))))) => {
            let whom = term.values.first().map_or(String::new(), |(_, source)| show(&source.value));
            Message::default().cured(format!(
                "If this caller is meant to be let in, add {whom} to {path} on the row, or call as somebody who is in it."
            ))
        }
        Some((_, (path, None))) => Message::from(format!("The row has no {path}, so nobody passes:")).cured("write it when the row is created, and fill it in on this one."),
        Some((_, (path, _))) => Message::default().cured(format!("Only the one whom {path} names may do this: call as that user, or correct {path} if the row was handed over.")),
        None => stale(terms).or_else(|| terms.iter().find_map(beyond)).or_else(|| of_caller(run, carried, terms)).or_else(|| attribute(run, carried, terms)).unwrap_or_else(|| NOT_RIGHTS.into()),
    }
}

/// What can be said of every term that compares no value of the caller's.
const NOT_RIGHTS: &str = "The caller's rights are not what fails. » Change the row, or the value that it is compared with.";

/// A rule that keeps out whom the row names: what would let this caller through is that it names another.
fn forbidden(term: &JudgedTerm<'_>) -> Option<Message> {
    let (path, stored) = term.row.as_ref()?;
    if !term.forbids() {
        if term.negated && term.existence() == Some(true) {
            return Some(Message::default().cured(format!("The row has {path} already: write a new one under another key, or ask for what else the row must be.")));
        }
        return term.negated.then(|| Message::default().cured(format!("Take {path} off the row if it should not count any more.")));
    }
    let whom = term.values.first().map_or(String::new(), |(_, source)| show(&source.value));
    Some(match (term.identity(), stored) {
        (true, Some(Value::List(_))) => Message::from(format!("This rule keeps out whoever is in {path}:")).cured(format!("take {whom} off {path}, if that is not meant for this caller any more, or let somebody else do it.")),
        (true, _) => Message::from(format!("This rule keeps out the one whom {path} names, whoever else may do it:")).cured("let another user do it; it is no fault of the token."),
        (false, _) => Message::default().cured(format!("Change {path} on the row first, if it should not hold this any more.")),
    })
}

/// No row has this key, and that one exists is all that was asked.
fn of_no_row(run: &Finished<'_>, carried: &Carried, rows: &[Row]) -> Message {
    let given: Vec<String> = rows
        .iter()
        .filter_map(|row| key_of(row, carried))
        .take(3)
        .collect();
    let others =
        if given.is_empty() { String::new() } else { format!(" The rows given have another key: {}.", all_of(&given)) };
    if let Some(words) = under_another_value(run, carried, rows) {
        return words;
    }
    if let Some((name, place)) = key_of_caller(run, carried) {
        return Message::from(format!("The key names the caller ({name} is $ctx.{place}), so the caller has no such row:")).cured(format!("add it (a membership, a grant) if he should pass.{others}"));
    }
    let moved = if carried.operation == DataOperation::UpdateItem && rows.iter().any(|row| is_half_of(row, carried)) {
        " An update cannot change a key: where this value was to be a new one, delete the row and create another (in one transaction), or take that field out of the key."
    } else {
        ""
    };
    Message::from("Nothing about the caller is tested here:").cured(format!("send the key as it is stored.{others}{moved}"))
}

/// Amplify's check of groups let the caller in, and the owner's condition was put on the request all the same
/// (aws-amplify/amplify-cli#305: newer versions put it only where the groups did not).
fn granted_all_the_same(run: &Finished<'_>) -> Option<Message> {
    let flags = ["isStaticGroupAuthorized", "isDynamicGroupAuthorized"];
    let flag = flags.into_iter().find(|flag| run.program.slot(flag).and_then(|slot| run.outcome.variable(slot)).is_some_and(Value::is_true))?;
    let slot = run.program.slot(flag)?;
    let line = run.recorder.index.sets_of(slot).filter(|set| run.recorder.reached.began(set.node) > 0).last().map(|set| run.program.line(set.node))?;
    Some(
        Message::from(format!("The caller was let in by a group (${flag} is true, line {line}), and the owner's condition is put on the request all the same."))
            .cured(format!("Put it only where no group let the caller in (`#if( !${flag} )` around it), or upgrade Amplify and push: newer versions do that. The row and the group are right.")),
    )
}

/// The whole key of a row that was given, else what names it: `orderId "o-77" and status "PENDING"`.
fn key_of(row: &Row, carried: &Carried) -> Option<String> {
    let of_key: Option<Vec<String>> = carried.key.as_ref().and_then(|key| {
        key.attributes().map(|(name, _)| Some(format!("{name} {}", show(&row.get(name)?.to_value())))).collect()
    });
    of_key.map(|parts| all_of(&parts)).or_else(|| row_id(row, carried).map(|(name, value)| format!("{name} {}", show(&value))))
}

/// Whether a row has one part of the key that was asked for, and another value for the rest.
fn is_half_of(row: &Row, carried: &Carried) -> bool {
    let Some(key) = &carried.key else { return false };
    let alike = key.attributes().filter(|(name, value)| row.get(name).is_some_and(|own| own.same(value) == Some(true))).count();
    alike > 0 && alike < key.attributes().count()
}

/// The key names the caller by one value, and a row that was given names the same caller by another.
fn under_another_value(run: &Finished<'_>, carried: &Carried, rows: &[Row]) -> Option<Message> {
    let key = carried.key.as_ref()?;
    let (name, asked, place) = key.attributes().find_map(|(name, value)| {
        let value = value.to_value();
        Some((name.to_owned(), value.clone(), held_by(run, &value)?))
    })?;
    let others = |row: &Row| key.attributes().filter(|(part, _)| *part != name).all(|(part, value)| row.get(part).is_some_and(|own| own.same(value) == Some(true)));
    let (at, stored, own) = rows.iter().enumerate().filter(|(_, row)| others(row)).find_map(|(at, row)| {
        let stored = row.get(&name)?.to_value();
        Some((at, stored.clone(), held_by(run, &stored).filter(|own| *own != place)?))
    })?;
    let code = if own.contains([' ', '[']) { own.clone() } else { format!("$ctx.{own}") };
    Some(Message::from(format!(
        "The row is there under another of the caller's values: records[{at}] has {name} {}, which is {own}, and the key asks for {place} ({}).",
        show(&stored),
        show(&asked)
    ))
    .cured(format!("make the key of `{code}`, as the rows are written. Keep the check.")))
}

/// `members.#u.role`, where `#u` is the caller: who has no entry is no member.
fn named_by_caller(run: &Finished<'_>, carried: &Carried, terms: &[JudgedTerm<'_>]) -> Option<Message> {
    terms.iter().find_map(|term| {
        let (path, None) = term.row.as_ref()? else { return None };
        let (name, value) = carried.names.iter().find(|(name, _)| term.judgement.term.text.contains(name.as_str()))?;
        let place = held_by(run, &value.as_str().into())?;
        Some(Message::from(format!("{name} is {} ($ctx.{place}), so the row has no entry of this caller's at {path}:", show(&value.as_str().into()))).cured("give him one there, if he is meant to be let in, or call as somebody who has one."))
    })
}

/// The row names a group, and the caller is in others.
fn of_groups(terms: &[JudgedTerm<'_>]) -> Option<Message> {
    terms.iter().find_map(|term| {
        let (path, Some(stored @ Value::String(_))) = term.row.as_ref()? else { return None };
        let groups = |source: &super::bound::BoundSource| source.whence.path.as_deref().is_some_and(|path| path.contains("cognito:groups") || path.starts_with("identity.groups"));
        term.values.iter().any(|(_, source)| groups(source)).then(|| {
            Message::from(format!("{path} names a group, {}, that the caller is not in.", show(stored))).cured(format!("Call as a member of it, or put the user into {}; or correct {path} on the row.", show(stored)))
        })
    })
}

/// Several terms name the caller, and one would have been enough.
fn one_of(terms: &[JudgedTerm<'_>]) -> Option<Message> {
    let named: Vec<String> = terms
        .iter()
        .filter(|term| term.identity())
        .filter_map(|term| Some(if matches!(term.row.as_ref()?, (_, Some(Value::List(_)))) { format!("in {}", term.row.as_ref()?.0) } else { format!("named by {}", term.row.as_ref()?.0) }))
        .collect();
    (named.len() > 1).then(|| Message::from(format!("Who is {} may do this, and the caller is neither:", named.join(" or "))).cured("call as such a user, or correct the row if this caller should be one."))
}

/// A row that was deleted under conflict resolution: it is only marked, and kept until its time is over
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/conflict-detection-and-resolution.html>: versioned data sources, `_ttl`).
fn tombstone(row: &Row) -> Option<Message> {
    let deleted = row.get("_deleted").is_some_and(|value| value.to_value().is_true());
    let ttl = row.get("_ttl").map(|value| format!(", _ttl {}", show(&value.to_value()))).unwrap_or_default();
    deleted.then(|| {
        Message::from(format!("That row was deleted before: it is a tombstone (_deleted is true{ttl}), for with conflict resolution a delete only marks the row, and its key stays taken until the row expires. No rule of authorization refused."))
            .cured("Create it under another id and keep this name in a field of its own, or wait until the tombstone has expired, or take it out of the table by hand. Keep the condition: without it living rows are overwritten.")
    })
}

/// A create on a key that is in use.
fn taken(run: &Finished<'_>, carried: &Carried, rows: &[Row]) -> Message {
    let RowSubject::Row(row) = carried.subject(rows) else {
        return Message::from("No right of the caller is tested, the key is taken: » choose another key, or change that row instead.");
    };
    if let Some(words) = tombstone(row) {
        return words;
    }
    let owner = row.attributes().find_map(|(name, value)| held_by(run, &value.to_value()).map(|place| (name.to_owned(), value.to_value(), place)));
    let owner = owner.filter(|(name, ..)| carried.key.as_ref().is_none_or(|key| key.get(name).is_none()));
    let whose = match &owner {
        Some((name, value, place)) => format!(" by a row of the caller's own ({name} is {}, the caller's {place})", show(value)),
        None => stands_there(carried, rows),
    };
    let field = run.outcome.env.field_name.strip_prefix("create").filter(|rest| rest.starts_with(char::is_uppercase));
    let change = field.map_or_else(|| "Change that row instead (an update)".to_owned(), |rest| format!("Change that row with update{rest} instead"));
    Message::from(format!("No right of the caller is tested, the key is taken{whose}."))
        .cured(format!("{change}, or send another key if a second row is meant; where two sides create it (a trigger and the client, say), let only one do so."))
}

/// "Not if it is there", of an attribute that names a person, on a key that does not: a condition looks at the one row with that
/// key alone (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html>).
fn key_is_wider(run: &Finished<'_>, carried: &Carried, term: &JudgedTerm<'_>) -> Option<Message> {
    let (path, stored) = term.row.as_ref()?;
    let stored = stored.as_ref()?;
    let key = carried.key.as_ref().filter(|key| term.existence() == Some(false) && key.get(path).is_none())?;
    let written = run.rendered()?;
    let written = written.as_map()?.get_str("attributeValues")?.as_map()?.get_str(path)?;
    let mine = crate::records::Attribute::from_typed(&written).to_value();
    held_by(run, &mine)?;
    let names: Vec<String> = key.attributes().map(|(name, _)| name.to_owned()).collect();
    let names = crate::message::all_of(&names);
    if mine.loosely_equals(stored) {
        return Some(Message::from(format!("That is the caller's own ({path} is {}): he wrote it before.", show(stored))).cured("Change that row instead, if he may."));
    }
    Some(
        Message::from(format!("That is another's row: the key is {names} alone, and a condition looks only at the one row with that key, so whoever is first keeps it and all others are refused; {} has written none.", show(&mine)))
            .cured(format!("Make {path} a part of the key (the table's sort key, or {names} and {path} in one text), and keep the condition: without it the other's row would be overwritten.")),
    )
}

/// A mere test for an attribute that is no part of the key.
fn attribute(run: &Finished<'_>, carried: &Carried, terms: &[JudgedTerm<'_>]) -> Option<Message> {
    let term = terms.iter().find(|term| term.existence().is_some())?;
    let (path, _) = term.row.as_ref()?;
    if let Some(words) = key_is_wider(run, carried, term) {
        return Some(words);
    }
    Some(match term.existence()? {
        true => Message::default().cured(format!("Write {path} on the row, when it is created and on this one, if it should be there.")),
        false => Message::default().cured(format!("Remove {path} from the row if it should not count any more.")),
    })
}

/// A number that the client sent is behind the row's, as in a version that every change counts on.
fn stale(terms: &[JudgedTerm<'_>]) -> Option<Message> {
    terms.iter().find_map(|term| {
        let TermTest::Compare { comparator: Comparator::Equal, .. } = term.judgement.term.test else { return None };
        let (path, Some(stored @ Value::Number(_))) = term.row.as_ref()? else { return None };
        let (_, source) = term.values.iter().find(|(_, source)| source.whence.client && matches!(source.value, Value::Number(_)))?;
        let sent = source.whence.path.clone().unwrap_or_else(|| path.clone()).replace("args.", "");
        Some(Message::from("The caller's rights are not what fails: what the client sent is not what the row has now, so it was changed in between.").cured(format!("Read the row again, and send {sent} {} with the change.", show(stored))))
    })
}

/// The table has no row yet: a condition is asked before anything is written, and a comparison with what is absent never holds
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html>).
fn first_write(run: &Finished<'_>, carried: &Carried, terms: &[JudgedTerm<'_>]) -> Message {
    let name = carried.key.as_ref().and_then(|key| key.attributes().next().map(|(name, _)| name.to_owned()));
    if carried.operation == DataOperation::UpdateItem && !names_its_owner(run, carried, terms) {
        return only_there(terms);
    }
    let whole = carried.condition.terms().iter().map(|term| term.text.to_string()).collect::<Vec<_>>();
    let creates = matches!(carried.operation, DataOperation::PutItem | DataOperation::UpdateItem | DataOperation::TransactWriteItems);
    let Some(name) = name.filter(|_| creates) else {
        return Message::from("That says nothing against the caller:").cured("send the key of a row that is there.");
    };
    let first = match whole.as_slice() {
        [only] => format!("Write `attribute_not_exists({name}) OR {only}`"),
        _ => format!("Put `attribute_not_exists({name}) OR (…)` round it"),
    };
    Message::from("The condition is asked before anything is written, so what the same request stores comes too late, and the first save of such a row fails for everybody.").cured(format!("{first}: who saves first creates the row, and rows of others stay protected."))
}

/// Whether the row that this update would create says whose it is: the update itself writes what the condition compares, or
/// the caller stands in the key.
fn names_its_owner(run: &Finished<'_>, carried: &Carried, terms: &[JudgedTerm<'_>]) -> bool {
    let request = run.rendered();
    let update = request.as_ref().and_then(|request| request.as_map()?.get_str("update")?.as_map().cloned());
    let Some(update) = update else { return key_of_caller(run, carried).is_some() };
    let names = update.get_str("expressionNames");
    let full = |name: &str| {
        let given = names.as_ref().and_then(|names| names.as_map()?.get_str(name)?.as_str().map(str::to_owned));
        given.unwrap_or_else(|| name.to_owned())
    };
    let expression = update.get_str("expression");
    let written: Vec<String> = crate::records::set_by(expression.as_ref().and_then(Value::as_str).unwrap_or_default()).into_iter().map(full).collect();
    let asked = |term: &JudgedTerm<'_>| term.row.as_ref().is_some_and(|(path, _)| written.contains(path));
    terms.iter().any(asked) || key_of_caller(run, carried).is_some()
}

/// An update of what must be there already: one that creates would leave a row of nobody's.
fn only_there(terms: &[JudgedTerm<'_>]) -> Message {
    let asked = terms.iter().find_map(|term| term.row.as_ref()).map_or_else(String::new, |(path, _)| format!(", with its {path}"));
    Message::from("That says nothing against the caller: an update of a row that is not there fails for everybody.").cured(format!(
        "Send the key of a row that is there, or create the row first{asked}. Keep the condition: an update of a key without a row creates one, and this one writes into it nothing of what the condition asks for."
    ))
}

/// The key leads to no row: the rows that were given, the nearest first, and whether the comparison would hold there.
fn no_row(run: &Finished<'_>, carried: &Carried, terms: &[JudgedTerm<'_>], rows: &[Row]) -> Message {
    let Some(sought) = carried.key.as_ref() else { return Message::default() };
    let mut others: Vec<(usize, String, bool)> = Vec::new();
    for row in rows.iter().take(20) {
        let mut differ = Vec::new();
        for (name, value) in sought.attributes() {
            let (wanted, stored) = (value.to_value(), row.get(name).map(|value| value.to_value()).unwrap_or_default());
            if !stored.loosely_equals(&wanted) {
                differ.push(format!("{name} {}, and the request asks for {}", show(&stored), show(&wanted)));
            }
        }
        let mine = terms.iter().any(|term| {
            let name = term.judgement.sides.iter().find(|side| side.from_row).map(|side| side.text.to_string());
            name.and_then(|name| row.get(&name).map(|value| value.to_value())).is_some_and(|value| {
                term.values.iter().any(|(_, source)| source.value.loosely_equals(&value)) || held_by(run, &value).is_some()
            })
        });
        others.push((differ.len(), all_of(&differ), mine));
    }
    others.sort_by_key(|(differ, _, mine)| (!mine, *differ));
    let Some((_, first, mine)) = others.first() else { return Message::default() };
    let holds = if *mine { " There the comparison with the caller would hold." } else { "" };
    Message::from(format!("So this says nothing against the caller: the condition was asked of a row that is not there. The row that was given has {first}.{holds}"))
        .cured("Build the key as it is stored, on the lines that make it, and keep the condition, or the update would create a new row.")
}

/// The attribute of the key that holds a value of the caller's identity.
fn key_of_caller(run: &Finished<'_>, carried: &Carried) -> Option<(String, String)> {
    let key = carried.key.as_ref()?;
    key.attributes().find_map(|(name, value)| Some((name.to_owned(), held_by(run, &value.to_value())?)))
}

/// A flag that a rule set for the caller and that nothing reads, so that the condition is asked of him all the same.
fn unread_flag(run: &Finished<'_>) -> Option<Message> {
    let read = slots_read(run);
    let unread = |slot: Slot| !read.contains(&slot) && run.program.name(slot).to_lowercase().contains("authorized");
    let set = |change: &&Change| {
        let whole = change.container.is_none() && matches!(change.values.first(), Some(Value::Boolean(true)));
        whole && change.slot.is_some_and(unread)
    };
    let change = run.recorder.changes.iter().rfind(set)?;
    let name = run.program.name(change.slot?);
    let why = guards(run.recorder, change.node, false).into_iter().next()?;
    Some(Message::from(format!("That the caller passes another rule does not help: line {} set ${name} ({}), but nothing reads it, so this condition is asked anyway, of everyone.", line(run, change.node), values(run, &why.condition).join(", "))).cured(format!("Put the block that makes it into `#if( !${name} )`, as newer versions of Amplify do.")))
}

/// Another attribute of the row that has the key.
fn stands_there(carried: &Carried, rows: &[Row]) -> String {
    let RowSubject::Row(row) = carried.subject(rows) else { return String::new() };
    let in_key = |name: &str| carried.key.as_ref().is_some_and(|key| key.get(name).is_some());
    let other = row.attributes().find(|(name, _)| !in_key(name));
    other.map_or(String::new(), |(name, value)| format!(" by a row whose {name} is {}", show(&value.to_value())))
}
