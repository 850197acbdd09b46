//! The filter or key condition of a list, row by row.

use super::asked::asked_by;
use super::judged_term::{JudgedTerm, row_name, judged_term};
use super::{Finished, is_judged, wider};
use crate::code::Code;
use crate::explain::why::{Carrying, Fate};
use crate::explain::hint::text::show;
use crate::explain::hint::{claim_of, is_group_like, json};
use crate::explain::hint::whence::{absent_claim, held_by};
use crate::finding::Finding;
use crate::message::{Message, Part, all_of};
use crate::nearest::nearest;
use crate::records::request::DataRequest;
use crate::appsync::AuthType;
use crate::records::verdict::{RowFate, RowVerdict, rows as judge_rows};
use crate::records::{Carried, Comparator, DataOperation, CarriedRole, Row, SqlHow, TermTest, Truth};
use crate::value::Value;

/// Rows named in one sentence.
const SHOWN: usize = 4;

/// Judges every filter of a list on the rows.
pub(super) fn judge(run: &Finished<'_>, request: &DataRequest, lists: &[&Carried], rows: &[Row], found: &mut Carrying) {
    let mut kept: Vec<bool> = vec![true; rows.len()];
    for carried in lists.iter().filter(|carried| is_judged(carried)) {
        let verdicts = judge_rows(carried, rows);
        for verdict in &verdicts {
            if verdict.fate == RowFate::Dropped {
                kept[verdict.row] = false;
            }
        }
        let (dropped, rest): (Vec<_>, Vec<_>) = verdicts.iter().partition(|one| one.fate == RowFate::Dropped);
        let wider = wider::rows(run, carried, rows, &rest);
        let is_wider = !wider.is_empty();
        if dropped.is_empty() {
            found.findings.extend(wider);
        } else {
            found.findings.splice(0..0, wider);
        }
        if !dropped.is_empty() {
            found.fate(Fate::Narrowed);
            found.findings.push(left_out(run, carried, rows, &dropped, &rest));
        } else if !is_wider && rest.iter().all(|one| one.fate == RowFate::Kept) && carried.role == CarriedRole::Filter {
            found.findings.extend(removes_nothing(run, carried, rows, &verdicts));
        }
    }
    if let Some(page) = page(run, request, lists, rows) {
        found.findings.insert(0, page);
    }
    found.findings.extend(unread(run, lists, rows, &kept));
}

/// What is left out, why, and what would change that. A filter of the stash is told by the same words.
pub fn left_out(
    run: &Finished<'_>,
    carried: &Carried,
    rows: &[Row],
    dropped: &[&RowVerdict],
    kept: &[&RowVerdict],
) -> Finding {
    let deciding: Vec<JudgedTerm<'_>> =
        dropped.iter().filter_map(|row| Some(judged_term(run, carried, row.deciding()?.judgement))).collect();
    let mut message = Message::of("The {}", [Part::Text(carried.role.to_string())]);
    if let Some(first) = deciding.first() {
        message.and(first.term());
    }
    let each: Vec<_> = dropped.iter().take(SHOWN).map(|row| on_row(run, carried, rows, row)).collect();
    let more = if dropped.len() > SHOWN { format!(" and {} more", dropped.len() - SHOWN) } else { String::new() };
    message.and(Message::of("leaves out {}{}.", [Part::Value(each.join("; ")), Part::Text(more)]));
    if let Some(words) = deciding.first().map(JudgedTerm::value_words).filter(|words| !words.is_empty()) {
        message.and(Message::of("Here {}.", [Part::Value(words)]));
    }
    message.and(asked_by(run, carried, deciding.first()));
    let stays: Vec<_> = kept.iter().take(SHOWN).map(|row| row_name(row.row, &rows[row.row], carried)).collect();
    message.and(if stays.is_empty() { "No row is kept.".to_owned() } else { format!("It keeps {}.", all_of(&stays)) });
    message.and(cure(run, carried, rows, dropped, &deciding));
    let mut finding = Finding::new(Code::FilterLeavesOut, message);
    if let Some((term, row)) = deciding.first().zip(dropped.first()) {
        if let Some((path, value)) = &term.row {
            finding =
                finding.at(format!("records[{}].{path}", row.row)).actual(value.as_ref().map(json).unwrap_or_default());
        }
        if let Some((_, source)) = term.values.first() {
            finding = finding.wanted(json(&source.value));
        }
    }
    finding
}

/// `records[0] (id "r1"), where owner is "ann"`
fn on_row(run: &Finished<'_>, carried: &Carried, rows: &[Row], verdict: &RowVerdict) -> String {
    let name = row_name(verdict.row, &rows[verdict.row], carried);
    let words: Vec<String> = verdict
        .judged
        .deciding()
        .into_iter()
        .map(|term| judged_term(run, carried, term.judgement).row_words())
        .filter(|words| !words.is_empty())
        .fold(Vec::new(), |mut all, words| {
            if !all.contains(&words) {
                all.push(words);
            }
            all
        });
    if words.is_empty() { name } else { format!("{name}, where {}", all_of(&words)) }
}

fn cure(run: &Finished<'_>, carried: &Carried, rows: &[Row], dropped: &[&RowVerdict], terms: &[JudgedTerm<'_>]) -> Message {
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
        dropped.iter().flat_map(|row| row.judged.deciding()).map(|term| judged_term(run, carried, term.judgement)).collect();
    if let Some(words) = all.iter().find_map(|term| term.cure(run)) {
        return words;
    }
    ownerless(run, dropped, &all)
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
                "Write `{text} OR attribute_type({path}, :nothing)` with \":nothing\": {{ \"S\": \"NULL\" }}, and leave {path} out when rows are written instead of writing null.",
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
    Some(Message::from(parent.unwrap_or_default()).cured("If this caller should read them, give the model a rule that covers him (`allow: private` with read, or a group), or let the rows be written in his name."))
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
    let letters = |text: &str| text.replace(['_', '-'], "").to_lowercase();
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
    let request = super::request(run.outcome, || run.rendered());
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

/// A filter that every row passes: by a comparison that holds for whatever is absent, or with a default for an absent claim.
fn removes_nothing(run: &Finished<'_>, carried: &Carried, rows: &[Row], verdicts: &[RowVerdict]) -> Option<Finding> {
    let terms: Vec<JudgedTerm<'_>> =
        verdicts.iter().flat_map(|row| row.judged.deciding()).map(|term| judged_term(run, carried, term.judgement)).collect();
    let negative = |term: &JudgedTerm<'_>| match &term.judgement.term.test {
        TermTest::Compare { comparator: Comparator::NotEqual, .. } => true,
        TermTest::Exists { wanted, .. } => !wanted,
        _ => false,
    };
    let absent = terms.iter().flat_map(|term| &term.values).find_map(|(_, source)| source.whence.absent.clone());
    let first = terms.iter().find(|term| negative(term) || absent.is_some())?;
    let mut message = Message::of("Wider than it looks: the filter", []);
    message.and(first.term());
    let each = rows.iter().enumerate().take(SHOWN).map(|(at, row)| {
        let words = first.judgement.term.paths().first().map(|path| {
            let name = path.to_string();
            row.get(&name).map_or_else(|| format!("no {name}"), |value| format!("{name} {value}"))
        });
        format!("{}: {}", row_name(at, row, carried), words.unwrap_or_default())
    });
    message.and(Message::of(
        "removes nothing, every row is kept ({}), as all differ from what it is held against: {}.",
        [Part::Value(each.collect::<Vec<_>>().join("; ")), Part::Value(first.value_words())],
    ));
    if let Some(absent) = &absent {
        message.and(absent_claim(run, absent));
        message.and("» Refuse when it is absent instead of taking a default.");
    }
    Some(Finding::new(Code::FilterKeepsAll, message).at(carried.place.as_str()))
}

/// `limit` counts before the filter: a page without rows is not the end.
fn page(run: &Finished<'_>, request: &DataRequest, lists: &[&Carried], rows: &[Row]) -> Option<Finding> {
    if !matches!(request.operation, DataOperation::Scan | DataOperation::Query) {
        return None;
    }
    let value = run.rendered()?;
    let limit = match value.as_map()?.get_str("limit")? {
        Value::Number(limit) => usize::try_from(limit.int_value()).ok()?,
        _ => return None,
    };
    let filter = lists.iter().find(|one| one.role == CarriedRole::Filter && is_judged(one))?;
    let keys: Vec<Vec<RowVerdict>> =
        lists.iter().filter(|one| one.role == CarriedRole::KeyCondition).map(|one| judge_rows(one, rows)).collect();
    let read: Vec<RowVerdict> = judge_rows(filter, rows)
        .into_iter()
        .filter(|row| keys.iter().all(|key| key[row.row].fate == RowFate::Kept))
        .collect();
    let (first, later) = (read.get(..limit)?, read.get(limit..)?);
    let next = later.iter().find(|row| row.judged.truth() == Truth::True)?;
    if limit == 0 || first.iter().any(|row| row.fate != RowFate::Dropped) {
        return None;
    }
    let gone: Vec<_> = first.iter().map(|row| on_row(run, filter, rows, row)).collect();
    let term = judged_term(run, filter, first.first()?.deciding()?.judgement);
    let mut message = Message::of(
        "The page is empty, but it is not the end: DynamoDB counts limit {} before the filter, so it read {}, and the filter",
        [Part::Value(limit.to_string()), Part::Value(gone.join("; "))],
    );
    message.and(term.term());
    message.and(Message::of(
        "dropped them ({}). {} comes with the next page, which `nextToken` announces: » go on with nextToken, raise limit, or query an index on what the filter reads.",
        [Part::Value(term.value_words()), Part::Value(row_name(next.row, &rows[next.row], filter))],
    ));
    Some(Finding::new(Code::PageBeforeFilter, message).at("limit").actual(limit))
}

/// Rows that name somebody, in an attribute that no term reads, where another row names the caller there.
fn unread(run: &Finished<'_>, lists: &[&Carried], rows: &[Row], kept: &[bool]) -> Option<Finding> {
    let carried = lists.first()?;
    let read: Vec<String> = lists
        .iter()
        .flat_map(|one| one.condition.terms())
        .flat_map(|term| term.paths())
        .map(|path| path.to_string())
        .collect();
    let rows: Vec<(usize, &Row)> = rows.iter().enumerate().filter(|(at, _)| kept[*at]).collect();
    let mut names =
        rows.iter().flat_map(|(_, row)| row.attributes()).filter(|(name, _)| !read.iter().any(|path| path == name));
    let mine = names.find(|(_, value)| held_by(run, &value.to_value()).is_some())?.0.to_owned();
    let others: Vec<String> = rows
        .iter()
        .filter(|(_, row)| row.get(&mine).is_some_and(|value| held_by(run, &value.to_value()).is_none()))
        .map(|(at, row)| {
            let value = row.get(&mine).map(ToString::to_string).unwrap_or_default();
            format!("{} ({mine} {value})", row_name(*at, row, carried))
        })
        .take(SHOWN)
        .collect();
    if others.is_empty() {
        return None;
    }
    let checked = parent_checked(run);
    Some(
        Finding::new(
            Code::RowsNotChecked,
            Message::of(
                "Wider than it looks: {}no term of the request reads {} of the rows, so {} come back to this caller as well. » Add a filter on {}, if that attribute says who may read a row.",
                [
                    Part::Text(checked),
                    Part::Name(mine.clone()),
                    Part::Value(all_of(&others)),
                    Part::Name(mine.clone()),
                ],
            ),
        )
        .at(format!("records[].{mine}")),
    )
}

/// The check of the parent, if that is all that was checked.
fn parent_checked(run: &Finished<'_>) -> String {
    let mut leaves = Vec::new();
    let judged = run.recorder.branches.values().flatten();
    judged.for_each(|record| record.condition.leaves(&mut leaves));
    let of_source = |operand: &&crate::trace::condition::Operand| {
        operand.origins.context().is_some_and(|(path, ..)| path.starts_with("source."))
    };
    let parent = leaves.iter().flat_map(|leaf| &leaf.operands).find(of_source);
    let words = parent.and_then(|operand| {
        let (path, ..) = operand.origins.context()?;
        Some(format!(
            "the template checks the parent only ({path} is {}), ",
            crate::explain::hint::text::show(&operand.value)
        ))
    });
    words.unwrap_or_default()
}

/// A filter of the stash, held against the rows.
pub fn of_stash(run: &Finished<'_>, filter: &Value, found: &mut Vec<Finding>) {
    let Some(carried) = super::object(filter) else { return };
    let rows: Vec<Row> = run.records.iter().filter_map(Row::read).collect();
    let verdicts = judge_rows(&carried, &rows);
    let (dropped, kept): (Vec<_>, Vec<_>) = verdicts.iter().partition(|one| one.fate == RowFate::Dropped);
    if !dropped.is_empty() {
        let mut finding = left_out(run, &carried, &rows, &dropped, &kept);
        if kept.is_empty() {
            finding.code = Code::FilterMatchesNothing;
        }
        found.push(finding);
    }
}
