//! Whose rows come back, the client says himself: a term on the attribute that names whose a row is has what was sent, and nothing of
//! the template looks at the caller.

use super::judged_term::{JudgedTerm, judged_term, row_name};
use super::{Finished, is_lookup};
use crate::appsync::AuthType;
use crate::code::{Certainty, Code};
use crate::explain::hint::text::show;
use crate::explain::hint::whence::held_by;
use crate::finding::Finding;
use crate::message::{Message, Part, all_of};
use crate::records::request::DataRequest;
use crate::records::verdict::{RowFate, rows as judge_rows};
use crate::records::{Carried, Comparator, Row, RowSubject, TermTest};

/// The attributes, and arguments, that say whose a row is and not who wrote what everybody may read.
const WHOSE: [&str; 9] = ["owner", "ownerId", "ownerID", "owner_id", "userId", "userID", "user_id", "customerId", "customer_id"];

/// Rows named in one sentence.
const SHOWN: usize = 3;

/// The term by which the client chooses.
pub(super) fn judge(run: &Finished<'_>, request: &DataRequest, lists: &[&Carried], rows: &[Row]) -> Option<Finding> {
    let reads = |member: &str| run.recorder.index.references.iter().any(|reference| reference.passes(member));
    let asked = ["identity", "stash", "prev", "source"].into_iter().any(reads);
    // Behind an API key there is nobody whose rows they could be.
    let public = run.auth_type() == Some(AuthType::ApiKey) || run.context(&["identity"]).is_null();
    if asked || public || run.is_of_amplify() || run.is_subscription() || !is_lookup(&request.operation) {
        return None;
    }
    lists.iter().filter(|carried| super::is_judged(carried)).find_map(|carried| {
        let judged = carried.condition.judge(RowSubject::NotGiven);
        let terms = judged.terms();
        terms.iter().map(|term| judged_term(run, carried, term)).find_map(|term| finding(run, carried, &term, rows))
    })
}

fn finding(run: &Finished<'_>, carried: &Carried, term: &JudgedTerm<'_>, rows: &[Row]) -> Option<Finding> {
    let TermTest::Compare { comparator: Comparator::Equal, .. } = &term.judgement.term.test else { return None };
    let [(bound, source)] = term.values.as_slice() else { return None };
    let sent = source.whence.path.clone().filter(|path| source.whence.client && path.starts_with("args"))?;
    let attribute = term.judgement.term.paths().into_iter().next()?.to_string();
    let last = sent.rsplit('.').next().unwrap_or(&sent);
    if !WHOSE.contains(&attribute.as_str()) && !WHOSE.contains(&last) {
        return None;
    }
    let own = held_by(run, &source.value).is_some();
    let then = match own {
        true => "Here it is the caller's own, and another's is taken as well",
        false => "Whoever sends another's value reads his rows",
    };
    let kept = judge_rows(carried, rows).into_iter().filter(|row| row.fate == RowFate::Kept && !own);
    let shown: Vec<String> = kept.take(SHOWN).map(|row| row_name(row.row, &rows[row.row], carried)).collect();
    let here = if shown.is_empty() { String::new() } else { format!(" (here {})", all_of(&shown)) };
    let mut message = Message::of("Wider than it looks: the {}", [Part::Text(carried.role.to_string())]);
    message.and(term.term());
    message.and(Message::of(
        "asks for the rows whose {} is {}, which the client sent ({}), and nothing in this template looks at the caller. {}{}. » Unless a step before this one asks, or all may read all, take the caller's own value for {} (`$ctx.identity.username` or `$ctx.identity.sub`, whichever the rows hold), or refuse where what was sent is another.",
        [
            Part::Name(attribute),
            Part::Value(show(&source.value)),
            Part::Place(sent.replacen("args", "arguments", 1)),
            Part::Text(then.to_owned()),
            Part::Value(here),
            Part::Name(bound.name.to_string()),
        ],
    ));
    Some(Finding::new(Code::ClientDecides, message).at(sent).certainty(Certainty::Likely))
}
