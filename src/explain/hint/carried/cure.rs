//! What would let rows through that a filter leaves out.

use super::judged_term::{JudgedTerm, deciding_term, row_name};
use super::Finished;
use crate::appsync::AuthType;
use crate::explain::hint::one_item::has;
use crate::explain::hint::text::show;
use crate::explain::hint::whence::{absent_claim, held_by};
use crate::explain::hint::{claim_name, claim_of, is_group_like};
use crate::message::{Message, all_of, Part};
use crate::nearest::{letters, nearest};
use crate::records::verdict::RowVerdict;
use crate::records::{Carried, Comparator, Row, SqlHow, TermTest};
use crate::syntax::{Expression, ExpressionKind, Reference, StepKind};
use crate::value::Value;
use crate::value::method::Method;

/// What to do about the rows that are left out; empty where nothing is known.
pub(super) fn of_rows(run: &Finished<'_>, carried: &Carried, rows: &[Row], dropped: &[&RowVerdict], terms: &[JudgedTerm<'_>]) -> Message {
    if let Some(words) = misnamed(carried, rows, dropped, terms) {
        return words;
    }
    if let Some(words) = terms.iter().find_map(|term| term.printed(run)) {
        return words;
    }
    if let Some(words) = terms.iter().find_map(absent_is_not_null) {
        return words;
    }
    let absent = terms.iter().flat_map(|term| &term.values).find_map(|(_, source)| source.whence.absent.clone());
    if let Some(absent) = absent {
        let shared = if dropped.len() < rows.len() {
            "What it keeps was written by other callers without that claim, who all share the default: » refuse when the claim is absent, and repair those rows."
        } else {
            ""
        };
        let mut words = absent_claim(run, &absent);
        words.and(shared);
        return words;
    }
    let all: Vec<JudgedTerm<'_>> =
        dropped.iter().flat_map(|row| row.judged.deciding()).map(|term| deciding_term(run, carried, &term)).collect();
    // A filter that hides what names the caller does what it is for.
    if all.iter().any(|term| term.negated || term.forbids()) {
        return Message::default();
    }
    if let Some(words) = all.iter().find_map(|term| term.cure(run)) {
        return words;
    }
    one_of_list(run, &all)
        .or_else(|| ownerless(run, dropped, &all))
        .or_else(|| own(run, carried, rows, dropped))
        .or_else(|| no_group_terms(run, carried, rows, dropped))
        .or_else(|| of_others(run, rows, dropped, &all))
        .or_else(|| own_rows_only(run, &all))
        .unwrap_or_default()
}

/// A comparison with null, on a row without the attribute
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html>); in SQL with one
/// where it is null.
fn absent_is_not_null(term: &JudgedTerm<'_>) -> Option<Message> {
    let (path, stored) = term.row.as_ref()?;
    match (&term.judgement.term.test, stored) {
        (TermTest::Compare { comparator: Comparator::Equal, .. }, None) => {
            let (bound, _) = term.values.iter().find(|(_, source)| source.value.is_null())?;
            let written = term.judgement.term.text.split('=').next().unwrap_or(path).trim().to_owned();
            let message = Message::of("An absent {} is not equal to null, so that finds only the rows on which null is stored.", [Part::Name(path.clone())]);
            Some(message.cured(format!("Write `attribute_not_exists({written}) OR {written} = {}`.", bound.name)))
        }
        (TermTest::Exists { wanted: false, .. }, Some(Value::Null)) => {
            let message = Message::of("A null that is stored is an attribute of the type NULL, and so it exists.", []);
            Some(message.cured(format!(
                "Write `{text} OR attribute_type({written}, :nothing)` with \":nothing\": {{ \"S\": \"NULL\" }}, and leave {path} out when rows are written instead of writing null.",
                written = term.written(path),
                text = term.judgement.term.text
            )))
        }
        (TermTest::Sql { how, .. }, Some(Value::Null)) => {
            let (first, text) = (path, &term.judgement.term.text);
            let message = Message::from("In SQL a comparison with null is neither true nor false, so it finds no row where the column is null.");
            let cure = match how {
                SqlHow::Null | SqlHow::Truth => return None,
                SqlHow::Compare(Comparator::Equal) => format!("Give {first} a value on these rows, or write `({first} IS NULL OR {text})` if they are to come too."),
                _ => format!("Write `({first} IS NULL OR {text})` if these rows are to come too."),
            };
            Some(message.cured(cure))
        }
        _ => None,
    }
}

/// One item of a claim's list is asked for, and the row has another item of the same list.
fn one_of_list(run: &Finished<'_>, terms: &[JudgedTerm<'_>]) -> Option<Message> {
    let claims = run.context(&["identity", "claims"]);
    let claims = claims.as_map()?.snapshot();
    terms.iter().filter(|term| !term.negated && matches!(term.judgement.term.test, TermTest::Compare { comparator: Comparator::Equal, .. })).find_map(|term| {
        let (_, stored) = term.row.as_ref()?;
        let (_, asked) = term.values.first()?;
        let stored = stored.as_ref()?;
        // The value may be a literal, or the client's, and stand in that list by chance.
        if !run.recorder.index.references.iter().any(|reference| takes_one(reference) && run.recorder.values.latest(reference).loosely_equals(&asked.value)) {
            return None;
        }
        let (name, list) = claims.iter().find(|(_, held)| has(held, stored) && has(held, &asked.value))?;
        let words = Message::of(
            "The claim {} is {}: {} is another item of it, and only {} was asked for, by its place in the list.",
            [Part::Name(name.as_str()?.to_owned()), Part::Value(show(list)), Part::Value(show(stored)), Part::Value(show(&asked.value))],
        );
        Some(words.cured("Ask for each of them (one query each for a key, `IN` or one term each in a filter), or put the one that is meant into a claim of its own: the order of such a list says nothing."))
    })
}

/// `$groups[0]`, `$groups.get(0)`
fn takes_one(reference: &Reference) -> bool {
    match reference.steps.last().map(|step| &step.kind) {
        Some(StepKind::Index(index)) => matches!(index.kind, ExpressionKind::Number(_)),
        Some(StepKind::Method { method: Some(Method::Get), args, .. }) => matches!(args.as_slice(), [Expression { kind: ExpressionKind::Number(_), .. }]),
        _ => false,
    }
}

/// Rows of a generated model on which no owner stands: a create under another rule fills none in
/// (<https://docs.amplify.aws/gen1/javascript/build-a-backend/graphqlapi/customize-authorization-rules/>; the flag
/// populateOwnerFieldForStaticGroupAuth).
fn ownerless(run: &Finished<'_>, dropped: &[&RowVerdict], terms: &[JudgedTerm<'_>]) -> Option<Message> {
    let of_caller = |term: &&JudgedTerm<'_>| term.identity() || term.values.iter().any(|(_, source)| held_by(run, &source.value).is_some());
    let term = terms.iter().filter(of_caller).find(|term| matches!(term.row, Some((_, None))))?;
    let (path, _) = term.row.as_ref()?;
    let whom = term.values.first().map(|(_, source)| show(&source.value))?;
    let every = terms.iter().filter(|other| other.row.as_ref().is_some_and(|(other, _)| other == path)).all(|other| matches!(other.row, Some((_, None))));
    (run.is_generated() && every && !dropped.is_empty()).then(|| {
        Message::from(format!("No {path} stands on what is left out: a create that another rule let in (a group's, a signed-in user's, a function's) fills none in.")).cured(format!("Write {path} = {whom} into these rows, if they are his, and let the create fill it in (an owner rule with create; with static groups the feature flag populateOwnerFieldForStaticGroupAuth)."))
    })
}

/// A rule on the owner at work, and what gives every row to callers of another mode.
fn own_rows_only(run: &Finished<'_>, terms: &[JudgedTerm<'_>]) -> Option<Message> {
    if !run.is_generated() || !terms.iter().any(JudgedTerm::identity) {
        return None;
    }
    let other = run.why.candidates.iter().find_map(|candidate| {
        let mut leaves = Vec::new();
        candidate.blocker.as_ref()?.condition.leaves(&mut leaves);
        let mode = leaves.iter().flat_map(|leaf| &leaf.operands).find(|operand| operand.literal)?.value.as_str().and_then(AuthType::parse)?;
        (Some(mode) != run.auth_type()).then(|| (mode, crate::explain::hint::allow::line(run, candidate.node)))
    });
    let mode = run.auth_type().map_or("this mode", AuthType::as_str);
    let more = other.map_or_else(String::new, |(other, line)| {
        format!(" Callers with {} get every row (line {line}), so the answer changes with the mode that the client sends.", other.as_str())
    });
    Some(Message::from(format!("That is the rule at work: for a caller with {mode} it gives his own rows only.{more}")).cured(
        "If signed-in users may read all of them too, add `{ allow: private, operations: [read] }` to the model's rules (Gen 2: `allow.authenticated().to([\"read\"])`) and push.",
    ))
}

/// The rows name groups, and the loop that would have asked for them made no turn: the caller's token has none.
fn no_group_terms(run: &Finished<'_>, carried: &Carried, rows: &[Row], dropped: &[&RowVerdict]) -> Option<Message> {
    let read: Vec<String> = carried.condition.terms().iter().flat_map(|term| term.paths()).map(|path| path.to_string()).collect();
    run.recorder.index.loops().find_map(|each| {
        let (list, origins) = run.recorder.values.of(&each.list);
        let (claim, ..) = claim_of(&origins)?;
        if list.members().is_some_and(|all| !all.is_empty()) || !is_group_like(run, &claim) {
            return None;
        }
        let span = run.program.span(each.node);
        let body = run.program.source.text.get(span.end as usize..)?;
        let (_, rest) = body.split_once(".add({\"")?;
        let name = rest.split('"').next().filter(|name| !read.iter().any(|path| path == name))?;
        let named = dropped.iter().find_map(|one| {
            let row = rows.get(one.row)?;
            Some((row_name(one.row, row, carried), row.get(name)?.to_value()))
        })?;
        Some(Message::from(format!("No term asks for {name}, which is {} on {}: the claim {claim} is {}, so the loop on line {} made no turn.", show(&named.1), named.0, if list.is_null() || run.claim(&claim).is_null() { "absent" } else { "empty" }, run.program.source.place(span.start).line)).cured("Put the user into that group; if that was done, the token is older than it: sign in again, or refresh it (fetchAuthSession with forceRefresh)."))
    })
}

/// All rows are others': what would let this caller read them.
fn of_others(run: &Finished<'_>, rows: &[Row], dropped: &[&RowVerdict], terms: &[JudgedTerm<'_>]) -> Option<Message> {
    let of_caller = |term: &JudgedTerm<'_>| term.identity() || term.values.iter().any(|(_, source)| held_by(run, &source.value).is_some());
    if dropped.len() < rows.len() || !terms.iter().any(of_caller) {
        return None;
    }
    let source = run.context(&["source"]);
    let parent = terms.iter().find_map(|term| {
        let (path, _) = term.row.as_ref()?;
        let value = source.as_map()?.get_str(path)?;
        held_by(run, &value).map(|_| format!("That source.{path} is the caller does not count: the filter looks at the related rows, which are others'."))
    });
    let parent = Message::from(parent.unwrap_or_default());
    let groups = run.claim("cognito:groups");
    if run.is_generated() && groups.members().is_some_and(|all| !all.is_empty()) && !run.program.says("cognito:groups") {
        let words = format!("No statement of this template reads the caller's groups ({}): the model has no group rule for reading, so they count for nothing here.", show(&groups));
        return Some(parent.with(Message::from(words)).cured("If a group is meant to read all rows, add `read` to its rule (`{ allow: groups, groups: [\"…\"] }` without `operations`, or with read among them) and push."));
    }
    if run.is_generated() {
        return Some(parent.cured("If this caller should read them, give the model a rule that covers him (`allow: private` with read, or a group), or let the rows be written in his name."));
    }
    Some(parent.cured(to_be_read(terms)?))
}

/// What the rows or the caller would have to be like, where a template by hand compares the two.
fn to_be_read(terms: &[JudgedTerm<'_>]) -> Option<String> {
    let (term, (path, stored)) = terms.iter().find_map(|term| Some((term, term.row.as_ref()?)))?;
    let (_, source) = term.values.first()?;
    let wanted = show(&source.value);
    let claim = source.whence.path.as_deref().and_then(claim_name).filter(|claim| claim.starts_with("custom:"));
    Some(match (&term.judgement.term.test, claim, stored) {
        (TermTest::Compare { comparator: Comparator::Equal, .. }, Some(claim), Some(stored @ Value::String(_))) => format!(
            "If this caller should read them, {path} on these rows must be {wanted}, or the user's {claim} {} (the attribute, then a new token). Else the filter does what it is for.",
            show(stored)
        ),
        (TermTest::Compare { comparator: Comparator::Equal, .. }, ..) => format!("If this caller should read them, {path} on these rows must be {wanted}. Else the filter does what it is for."),
        (TermTest::Contains { .. }, ..) => format!("If this caller should read them, add {wanted} to {path} on these rows. Else the filter does what it is for."),
        _ => return None,
    })
}

/// The attribute that is read is on no row, and another one has the value or nearly the name.
fn misnamed(carried: &Carried, rows: &[Row], dropped: &[&RowVerdict], terms: &[JudgedTerm<'_>]) -> Option<Message> {
    let term = terms.first()?;
    let (path, None) = term.row.as_ref()? else { return None };
    if rows.iter().any(|row| row.get(path).is_some()) {
        return None;
    }
    let wanted = &term.values.first()?.1.value;
    let holder = dropped.iter().find_map(|one| {
        let row = rows.get(one.row)?;
        let (name, _) = row.attributes().find(|(_, value)| value.to_value().loosely_equals(wanted))?;
        Some((row_name(one.row, row, carried), name.to_owned()))
    });
    let names = || rows.iter().flat_map(Row::attributes).map(|(name, _)| name);
    let near = names().find(|name| letters(name) == letters(path)).or_else(|| nearest(path, names()));
    match (holder, near) {
        (Some((row, name)), _) => Some(Message::from(format!("No row has an attribute {path}, and a comparison with an absent one is false: {row} has that value under {name}.")).cured(format!("Write {name} in its place."))),
        (None, Some(name)) => {
            Some(Message::from(format!("No row has an attribute {path}; they have {name}.")).cured("Write that in its place."))
        }
        (None, None) => None,
    }
}

/// Whether a value of a row is the caller's, or a list that has him in it.
fn names_caller(run: &Finished<'_>, value: &Value) -> bool {
    value.members().map_or_else(|| held_by(run, value).is_some(), |all| all.iter().any(|one| held_by(run, one).is_some()))
}

/// Rows that are left out although they name the caller, in an attribute that no term reads.
fn own(run: &Finished<'_>, carried: &Carried, rows: &[Row], dropped: &[&RowVerdict]) -> Option<Message> {
    // The key condition asks too.
    let request = super::request(run.program, run.outcome, || run.rendered());
    let others = request.iter().flat_map(|request| &request.carried);
    let terms = others.chain([carried]).flat_map(|one| one.condition.terms());
    let read: Vec<String> = terms.flat_map(|term| term.paths()).map(|path| path.to_string()).collect();
    let mut found: Vec<(String, String)> = Vec::new();
    for one in dropped {
        let row = rows.get(one.row)?;
        let own = row
            .attributes()
            .find(|(name, value)| !read.iter().any(|path| path == name) && names_caller(run, &value.to_value()));
        if let Some((name, _)) = own {
            found.push((row_name(one.row, row, carried), name.to_owned()));
        }
    }
    let name = found.first()?.1.clone();
    let rows: Vec<String> = found.into_iter().filter(|(_, other)| *other == name).map(|(row, _)| row).collect();
    Some(Message::from(format!("{} name the caller in {name}, which no term reads:", all_of(&rows))).cured(format!("add a term on {name} if the caller's own rows should come too.")))
}
