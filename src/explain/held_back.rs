//! What holds a request back that its templates would let through: the data source's own condition on a row that was given, or a
//! filter that keeps none of them.

use super::hint::{Finished, Watched, carried};
use super::why::{Carrying, Fate, Why};
use crate::code::Code;
use crate::eval::Outcome;
use crate::finding::Finding;
use crate::message::Message;
use crate::syntax::Program;
use crate::trace::Conclusion;
use crate::trace::recorder::Recorder;

/// What holds back the request that a recorded run rendered, in words that follow "with it,".
pub(super) fn by_data(
    program: &Program,
    outcome: &Outcome,
    recorder: &Recorder<'_>,
    concluded: Conclusion,
    watched: Watched<'_>,
) -> Option<Message> {
    let records = watched.records.filter(|records| !records.is_empty())?;
    let why = Why::default();
    let Carrying { fate, findings, .. } = carried::judge(&Finished::new(program, outcome, recorder, concluded, watched, &why));
    let refused = |finding: &&Finding| finding.code == Code::ConditionTermFailed;
    let left_out = |finding: &&Finding| finding.code == Code::FilterLeavesOut;
    let keeps_none = || carried::kept(program, outcome, records).is_some_and(|kept| !kept.contains(&true));
    let (goes, because) = match fate {
        Fate::Refused => ("the template lets the request through, and this would follow:", findings.iter().find(refused)?),
        Fate::Narrowed if keeps_none() => ("the template lets the request through, and no row that was given would come back:", findings.iter().find(left_out)?),
        _ => return None,
    };
    Some(Message::from(goes).with(because.message.cause()))
}
