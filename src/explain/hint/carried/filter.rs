//! The filter or key condition of a list, row by row.

use super::asked::asked_by;
use super::judged_term::{JudgedTerm, deciding_term, judged_term, row_name};
use super::{Finished, cure, is_judged, wider};
use crate::code::Code;
use crate::explain::why::{Carrying, Fate};
use crate::explain::hint::json;
use crate::explain::hint::whence::{absent_claim, held_by};
use crate::finding::Finding;
use crate::message::{Message, Part, all_of};
use crate::records::request::DataRequest;
use crate::records::verdict::{RowFate, RowVerdict, rows as judge_rows};
use crate::records::{Carried, CarriedForm, Comparator, DataOperation, CarriedRole, Row, RowCondition, TermTest, Truth};
use crate::value::Value;

/// Rows named in one sentence.
const SHOWN: usize = 4;

/// Judges every filter of a list on the rows.
pub(super) fn judge(run: &Finished<'_>, request: &DataRequest, lists: &[&Carried], rows: &[Row], found: &mut Carrying) {
    let judged: Vec<(&Carried, Vec<RowVerdict>)> = lists.iter().filter(|one| is_judged(one)).map(|one| (*one, judge_rows(one, rows))).collect();
    let drops = |verdicts: &[RowVerdict], row: usize| verdicts.iter().any(|one| one.row == row && one.fate == RowFate::Dropped);
    let kept: Vec<bool> = (0..rows.len()).map(|row| !judged.iter().any(|(_, verdicts)| drops(verdicts, row))).collect();
    lists.iter().filter(|one| !is_judged(one)).for_each(|one| super::refused::judge(run, one, found));
    for (carried, verdicts) in &judged {
        let carried = *carried;
        let other = judged.iter().map(|(one, _)| *one).find(|one| !std::ptr::eq(*one, carried));
        let (dropped, rest): (Vec<_>, Vec<_>) = verdicts.iter().partition(|one| one.fate == RowFate::Dropped);
        let wider = wider::rows(run, carried, rows, &rest);
        let is_wider = !wider.is_empty();
        let by_prefix = is_wider && wider.iter().all(|one| one.code == Code::PrefixWithoutEnd);
        if dropped.is_empty() {
            found.findings.extend(wider);
        } else {
            found.findings.splice(0..0, wider);
        }
        if request.operation == DataOperation::BatchGetItem {
            // Rows with other keys are not asked for.
            if rest.is_empty() {
                found.fate(Fate::Narrowed);
                found.findings.push(no_such_key(carried, rows));
            }
        } else if !dropped.is_empty() && !is_lookup(run, carried, &dropped, &rest) {
            // Where a prefix takes more than was meant, what it leaves out is not what is wrong.
            if !by_prefix {
                found.fate(Fate::Narrowed);
            }
            let (rest, gone) = rest.iter().copied().partition(|one| kept[one.row]);
            found.findings.push(left_out(run, carried, rows, &dropped, &KeptRows { rest, gone, by: other.map(|one| one.role) }));
        } else if !is_wider && rest.iter().all(|one| one.fate == RowFate::Kept) && carried.role == CarriedRole::Filter {
            found.findings.extend(removes_nothing(run, carried, rows, verdicts));
        }
    }
    if let Some(page) = page(run, request, lists, rows) {
        found.findings.insert(0, page);
    }
    found.findings.extend(unread(run, lists, rows, &kept));
}

/// Whether rows are left out because another key was asked for than theirs, by a value that is none of the caller's: they belong to
/// another list, and what was asked for comes back.
fn is_lookup(run: &Finished<'_>, carried: &Carried, dropped: &[&RowVerdict], kept: &[&RowVerdict]) -> bool {
    let terms = || dropped.iter().flat_map(|row| row.judged.deciding()).map(|term| deciding_term(run, carried, &term));
    let of_caller = |term: &JudgedTerm<'_>| term.identity() || term.values.iter().any(|(_, source)| held_by(run, &source.value).is_some());
    carried.role == CarriedRole::KeyCondition && !kept.is_empty() && !terms().any(|term| of_caller(&term))
}

/// None of the rows has a key that is asked for: each key without a row is a null in the answer
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-resolver-mapping-template-reference-dynamodb-batch-get-item.html>).
fn no_such_key(carried: &Carried, rows: &[Row]) -> Finding {
    let terms: Vec<String> = carried.condition.terms().iter().take(SHOWN).map(|term| format!("`{}`", term.text)).collect();
    let given: Vec<String> = rows.iter().enumerate().take(SHOWN).map(|(at, row)| row_name(at, row, carried)).collect();
    let message = Message::of(
        "BatchGetItem asks for the keys {}, and no row that was given has one of them ({}): there is null in the place of each, without an error. » Compare the keys that were sent with those of the rows.",
        [Part::Value(all_of(&terms)), Part::Value(given.join(", "))],
    );
    Finding::new(Code::FilterLeavesOut, message).at(carried.place.as_str())
}

/// The rows that a filter or a key condition leaves in.
#[derive(Default)]
pub struct KeptRows<'r> {
    /// Those that come back.
    rest: Vec<&'r RowVerdict>,
    /// Those that another part of the request leaves out.
    gone: Vec<&'r RowVerdict>,
    /// That part.
    by: Option<CarriedRole>,
}

impl KeptRows<'_> {
    fn words(&self, carried: &Carried, rows: &[Row], several: bool) -> String {
        let by = self.by.map_or_else(|| "other part".to_owned(), |by| by.to_string());
        let stays = |rest: &[&RowVerdict]| stays(carried, rows, rest, several);
        match (self.rest.as_slice(), self.gone.as_slice()) {
            ([], []) => "No row is kept.".to_owned(),
            (rest, []) => format!("It keeps {}.", stays(rest)),
            ([], gone) => format!("The others ({}) the {by} leaves out: no row comes back.", stays(gone)),
            (rest, gone) => format!("It keeps {}; {} the {by} leaves out.", stays(rest), stays(gone)),
        }
    }
}

/// What is left out, why, and what would change that. A filter of the stash is told by the same words.
pub fn left_out(
    run: &Finished<'_>,
    carried: &Carried,
    rows: &[Row],
    dropped: &[&RowVerdict],
    kept: &KeptRows<'_>,
) -> Finding {
    let deciding = deciding_terms(run, carried, dropped);
    let several = deciding.len() > 1 && carried.form == CarriedForm::Expression;
    let mut message = Message::of("The {}", [Part::Text(carried.role.to_string())]);
    if let Some(first) = deciding.first() {
        message.and(if several { first.within(&carried.expression) } else { first.term() });
    }
    let each: Vec<_> = dropped.iter().take(SHOWN).map(|row| on_row(run, carried, rows, row, several)).collect();
    let more = if dropped.len() > SHOWN { format!(" and {} more", dropped.len() - SHOWN) } else { String::new() };
    message.and(Message::of("leaves out {}{}.", [Part::Value(each.join("; ")), Part::Text(more)]));
    let words = held_against(&deciding);
    if !words.is_empty() {
        message.and(Message::of("Here {}.", [Part::Value(words)]));
    }
    message.and(asked_by(run, carried, deciding.first()));
    message.and(kept.words(carried, rows, several));
    message.and(of_sync(run).unwrap_or_default());
    message.and(cure::of_rows(run, carried, rows, dropped, &deciding));
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

/// The terms by which rows are left out, each once, in the order in which they are met.
fn deciding_terms<'j>(run: &Finished<'_>, carried: &Carried, dropped: &[&'j RowVerdict]) -> Vec<JudgedTerm<'j>> {
    let mut found: Vec<JudgedTerm<'j>> = Vec::new();
    for term in dropped.iter().flat_map(|row| row.judged.deciding()) {
        if found.iter().all(|known| known.judgement.term.span != term.judgement.term.span || known.judgement.term.text != term.judgement.term.text) {
            found.push(deciding_term(run, carried, &term));
        }
    }
    found
}

/// The values of all these terms, each once.
fn held_against(terms: &[JudgedTerm<'_>]) -> String {
    let mut all: Vec<String> = Vec::new();
    for words in terms.iter().map(JudgedTerm::value_words).filter(|words| !words.is_empty()) {
        if !all.contains(&words) {
            all.push(words);
        }
    }
    const ONE: &str = "the wanted value is ";
    let wanted: Vec<&str> = all.iter().filter_map(|words| words.strip_prefix(ONE)).collect();
    if wanted.len() == all.len() && wanted.len() > 1 { format!("the wanted values are {}", wanted.join(", ")) } else { all.join(", ") }
}

/// A sync hands over what changed: a row that it leaves out is not told as gone, so a device that has it keeps its older copy
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/conflict-detection-and-sync.html>).
fn of_sync(run: &Finished<'_>) -> Option<&'static str> {
    let field = &run.outcome.env.field_name;
    let is_sync = field.strip_prefix("sync").is_some_and(|model| model.starts_with(char::is_uppercase));
    is_sync.then_some("A sync says nothing of a row that it leaves out (it is not _deleted), so a device that has an older copy keeps it until its local store is cleared.")
}

/// The rows that stay; with the term that keeps each, where it is one of several.
fn stays(carried: &Carried, rows: &[Row], kept: &[&RowVerdict], several: bool) -> String {
    let of_any = matches!(carried.condition, RowCondition::Any(_)) && several;
    let each = kept.iter().take(SHOWN).map(|row| {
        let name = row_name(row.row, &rows[row.row], carried);
        match row.deciding().filter(|term| of_any && term.judgement.truth == Truth::True) {
            Some(term) => format!("{name} by `{}`", term.judgement.term.text),
            None => name,
        }
    });
    let more = if kept.len() > SHOWN { format!(" and {} more", kept.len() - SHOWN) } else { String::new() };
    format!("{}{more}", all_of(&each.collect::<Vec<_>>()))
}

/// `records[0] (id "r1"), where owner is "ann"`; with the term that decided, where rows fall by several.
fn on_row(run: &Finished<'_>, carried: &Carried, rows: &[Row], verdict: &RowVerdict, several: bool) -> String {
    let name = row_name(verdict.row, &rows[verdict.row], carried);
    let name = match verdict.judged.deciding().as_slice() {
        [only] if several => format!("{name} by `{}{}`", if only.negated { "NOT " } else { "" }, only.judgement.term.text),
        _ => name,
    };
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
    let gone: Vec<_> = first.iter().map(|row| on_row(run, filter, rows, row, false)).collect();
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
    let parent = parent_checked(run);
    let of_caller = names.find(|(_, value)| held_by(run, &value.to_value()).is_some()).map(|(name, _)| name.to_owned());
    // No row is the caller's: what the template asked of the parent may be what it means to ask of the rows.
    let asked = parent.as_ref().map(|(name, _)| name.clone()).filter(|name| !read.contains(name));
    let mine = of_caller.or(asked)?;
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
    let checked = parent.map(|(_, words)| words).or_else(|| rows_of_parent(run, lists)).unwrap_or_default();
    let cure = match carried.operation {
        DataOperation::BatchGetItem => format!("BatchGetItem takes no filter: compare {mine} of each row in the response template, and leave out what is another's, if that attribute says who may read a row."),
        _ => format!("Add a filter on {mine}, if that attribute says who may read a row."),
    };
    Some(
        Finding::new(
            Code::RowsNotChecked,
            Message::of(
                "Wider than it looks: {}no term of the request reads {} of the rows, so {} {} back to this caller as well.",
                [
                    Part::Text(checked),
                    Part::Name(mine.clone()),
                    Part::Value(all_of(&others)),
                    Part::Text(if others.len() == 1 { "comes" } else { "come" }.to_owned()),
                ],
            )
            .cured(cure),
        )
        .at(format!("records[].{mine}")),
    )
}

/// The member of the parent that was compared with the caller, if that is all that was checked.
fn parent_checked(run: &Finished<'_>) -> Option<(String, String)> {
    let mut leaves = Vec::new();
    let judged = run.recorder.branches.values().flatten();
    judged.for_each(|record| record.condition.leaves(&mut leaves));
    let path = |operand: &crate::trace::condition::Operand| operand.origins.context().map(|(path, ..)| path.to_string()).unwrap_or_default();
    leaves.iter().find_map(|leaf| {
        leaf.operands.iter().find(|operand| path(operand).starts_with("identity."))?;
        let parent = leaf.operands.iter().find(|operand| path(operand).starts_with("source."))?;
        let words = format!("the template checks the parent only ({} is {}), ", path(parent), crate::explain::hint::text::show(&parent.value));
        Some((path(parent).strip_prefix("source.")?.to_owned(), words))
    })
}

/// Nothing is asked of the caller: the rows are those of the parent.
fn rows_of_parent(run: &Finished<'_>, lists: &[&Carried]) -> Option<String> {
    let mut leaves = Vec::new();
    run.recorder.branches.values().flatten().for_each(|record| record.condition.leaves(&mut leaves));
    let of_caller = leaves.iter().flat_map(|leaf| &leaf.operands).any(|operand| operand.origins.iter().any(|origin| origin.is_in("identity")));
    let source = run.context(&["source"]);
    let held = |value: &Value| source.as_map()?.snapshot().into_iter().find(|(_, own)| own.loosely_equals(value)).and_then(|(name, _)| name.as_str().map(str::to_owned));
    let mut values = lists.iter().flat_map(|one| one.condition.terms()).flat_map(crate::records::Term::values);
    let (name, value) = values.find_map(|bound| {
        let value = super::bound::plain(&bound);
        held(&value).map(|name| (name, value))
    })?;
    (!of_caller).then(|| format!("nothing in this template looks at the caller, it takes the rows of the parent (source.{name} is {}), ", crate::explain::hint::text::show(&value)))
}

/// A filter of the stash, held against the rows.
pub fn of_stash(run: &Finished<'_>, filter: &Value, found: &mut Vec<Finding>) {
    let Some(carried) = super::object(filter) else { return };
    let rows: Vec<Row> = run.records.iter().filter_map(Row::read).collect();
    let verdicts = judge_rows(&carried, &rows);
    let (dropped, kept): (Vec<_>, Vec<_>) = verdicts.iter().partition(|one| one.fate == RowFate::Dropped);
    if !dropped.is_empty() {
        let mut finding = left_out(run, &carried, &rows, &dropped, &KeptRows { rest: kept.clone(), ..KeptRows::default() });
        if kept.is_empty() {
            finding.code = Code::FilterMatchesNothing;
        }
        found.push(finding);
    }
}
