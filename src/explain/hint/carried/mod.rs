//! What a template's request carries to its data source, judged on the rows that were given, and told: which term decided
//! on which row, with its two values, and what of the template put them there.

pub mod apart;
mod asked;
mod bound;
mod bounds;
mod brackets;
mod client_rows;
mod cure;
mod discarded;
mod dollar;
mod events;
pub mod filter;
mod held;
mod open;
mod overwritten;
mod joined;
mod judged_term;
mod named;
mod narrowed;
mod refused;
mod own_row;
pub mod replaced;
pub mod search;
mod table;
pub mod typed;
mod unique;
mod unresolved;
mod unsettled;
mod wider;
mod write;


use super::Finished;
use crate::code::Code;
use crate::explain::why::{Carrying, Fate};
use crate::eval::{End, Outcome};
use crate::records::request::DataRequest;
use crate::records::{Carried, CarriedForm, CarriedRole, DataOperation, DataRefusal, Row, read};
use crate::syntax::Program;
use crate::trace::Verdict;
use crate::value::Value;

/// Judges what a template's request carries.
pub(in crate::explain) fn judge(run: &Finished<'_>) -> Carrying {
    let mut found = Carrying::default();
    if matches!(run.verdict, Verdict::Denied | Verdict::Error) {
        return found;
    }
    events::judge(run, &mut found);
    let Some(request) = request(run.program, run.outcome, || run.rendered()) else {
        open::picked(run, &mut found);
        narrowed::judge(run, &mut found);
        return found;
    };
    found.findings.extend(table::unresolved(run));
    found.findings.extend(unresolved::written(run));
    found.findings.extend(dollar::in_key(run));
    let null = refused::null_key(run, &request).or_else(|| refused::null_value(run, &request)).or_else(|| refused::shared_placeholder(run));
    if let Some(finding) = null {
        found.findings.push(finding);
        // No row is read of a request that is refused whole.
        if request.carried.iter().all(|one| one.role != CarriedRole::Condition) {
            return found;
        }
    }
    if let Some(finding) = refused::key_in_filter(run, &request) {
        found.findings.push(finding);
        return found;
    }
    let rows: Vec<Row> = run.records.iter().filter_map(Row::read).collect();
    let (conditions, lists): (Vec<_>, Vec<_>) = request.carried.iter().partition(|one| one.role == CarriedRole::Condition);
    for carried in &conditions {
        write::judge(run, carried, &rows, &mut found);
    }
    found.findings.extend(lists.iter().find_map(|one| search::only_ranks(run, one, &rows)));
    if rows.is_empty() || lists.iter().any(|one| !is_settled(one, &rows)) {
        lists.iter().for_each(|one| open::judge(run, one, &rows, &mut found));
    } else if !lists.is_empty() {
        filter::judge(run, &request, &lists, &rows, &mut found);
    }
    if found.findings.is_empty() {
        found.findings.extend(client_rows::judge(run, &request, &lists, &rows));
    }
    // Whoever sends a filter of his own gets what it asks for: the rows that are left out, he chose away.
    let lost = discarded::by_set(run, &lists, &rows).map(|finding| (finding, &[Code::FilterLeavesOut, Code::RowsNotChecked][..]));
    if let Some((finding, moot)) = lost.or_else(|| Some((overwritten::by_client(run)?, &[Code::FilterLeavesOut][..]))) {
        found.findings.retain(|known| !moot.contains(&known.code));
        found.fate = if found.fate == Fate::Narrowed { Fate::Goes } else { found.fate };
        found.findings.insert(0, finding);
    }
    found
}

/// Whether the rows that were given are judged by a list's condition: what a data source makes of its own language may be open.
fn is_settled(carried: &Carried, rows: &[Row]) -> bool {
    !matches!(carried.form, CarriedForm::Search | CarriedForm::Sql)
        || crate::records::verdict::rows(carried, rows).iter().all(|one| one.fate != crate::records::verdict::RowFate::Unknown)
}

/// The request that a template rendered, if it is one that a data source understands.
fn request(program: &Program, outcome: &Outcome, rendered: impl FnOnce() -> Option<Value>) -> Option<DataRequest> {
    let value = match &outcome.end {
        End::Completed => rendered()?,
        End::Returned { value: Value::String(text), .. } => super::rendered::read(text).value()?,
        End::Returned { value, .. } => value.clone(),
        _ => return None,
    };
    let map = value.as_map()?;
    let mut request = (map.contains_str("operation") || map.contains_str("statements")).then(|| read(&value))?;
    // Where `$util.transform` makes an expression, its parentheses are ours: how AppSync writes them is not documented.
    let transforms = || program.references().iter().any(|one| one.function.is_some_and(|function| function.namespace == "util.transform"));
    let redundant = |refusal: &DataRefusal| matches!(refusal, DataRefusal::RedundantParentheses(_));
    if request.carried.iter().any(|one| one.refused.iter().any(redundant)) && transforms() {
        request.carried.iter_mut().for_each(|one| one.refused.retain(|refusal| !redundant(refusal)));
    }
    Some(request)
}

/// What the rendered request asks the data source for, if it is one.
pub fn operation(run: &Finished<'_>) -> Option<DataOperation> {
    request(run.program, run.outcome, || run.rendered()).map(|request| request.operation)
}

/// Whether the request, or what is known of the field, only reads.
pub fn reads(run: &Finished<'_>) -> bool {
    match operation(run) {
        Some(operation) => is_lookup(&operation),
        None => run.outcome.env.parent_type == "Query",
    }
}

/// Whether an operation only reads rows.
pub fn is_lookup(operation: &DataOperation) -> bool {
    use DataOperation as Of;
    matches!(operation, Of::GetItem | Of::Query | Of::Scan | Of::Sync | Of::BatchGetItem | Of::TransactGetItems | Of::Search)
}

/// Which of these rows a rendered list request keeps, for one caller; `None` where it filters nothing.
pub fn kept(program: &Program, outcome: &Outcome, records: &[Value]) -> Option<Vec<bool>> {
    let request = request(program, outcome, || super::rendered::read(&outcome.output).value())?;
    let rows: Vec<Row> = records.iter().map(Row::read).collect::<Option<_>>()?;
    let lists = request.carried.iter().filter(|one| one.role != CarriedRole::Condition && is_judged(one));
    let mut kept: Option<Vec<bool>> = None;
    for one in lists.filter(|one| !matches!(one.form, CarriedForm::Search | CarriedForm::Sql)) {
        let kept = kept.get_or_insert_with(|| vec![true; rows.len()]);
        for verdict in crate::records::verdict::rows(one, &rows) {
            kept[verdict.row] &= verdict.fate != crate::records::verdict::RowFate::Dropped;
        }
    }
    kept
}

impl Carrying {
    /// One more thing that became of the request; the worst counts.
    fn fate(&mut self, fate: Fate) {
        self.fate = self.fate.max(fate);
    }
}

/// Whether a condition was read at all.
fn is_judged(carried: &Carried) -> bool {
    carried.refused.is_empty()
}

/// A filter object such as that of the stash, as if a request carried it.
fn object(filter: &Value) -> Option<Carried> {
    let request = crate::value::Map::new();
    request.put_str("operation", "Scan");
    request.put_str("filter", filter.clone());
    read(&Value::Map(request)).carried.into_iter().next()
}
