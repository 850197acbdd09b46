//! What a case leaves to arguments and rows: what they decide, and what stands whatever they are.

use super::asked::{Arguments, CellRequest, Settled, need};
use super::{CellLayer, Need, all_rows};
use crate::appsync::Given;
use crate::explain::why::Why;
use crate::explain::{Depth, Pipeline};
use crate::message::Message;
use crate::resolver::Answers;
use crate::trace::origin::Origin;
use crate::trace::{Absent, Verdict};
use crate::value::Value;
use serde_json::Value as Json;

const ALL_ROWS: &str = "the request has no filter, so whatever row there is is given";

impl CellRequest<'_, '_> {
    /// What stands whatever row there is, where the request asks for every row and the templates look into none.
    pub(super) fn whatever_row(&self, settled: &Settled, pipeline: Option<&Pipeline>) -> Option<Settled> {
        if settled.verdict != Verdict::Unknown || settled.needs != [Need::Row] || self.answers.result.is_some() {
            return None;
        }
        let verdict = |answer: &Json| {
            let answers = Answers { result: Some(Value::from(answer)), ..Answers::default() };
            let asked = CellRequest { answers: &answers, ..*self };
            asked.ask(Depth::Verdict, Absent::Open).ok().map(|done| done.verdict)
        };
        let answers = |pipeline: &Pipeline| all_rows::answers(self.resolver, pipeline);
        let [none, one] = answers(pipeline?).or_else(|| answers(&self.with_source()?))?;
        let (none, one) = (verdict(&none)?, verdict(&one)?);
        let settled = Settled { verdict: one, layer: Some(CellLayer::Resolver), needs: Vec::new(), reason: ALL_ROWS.into() };
        (none == one && one == Verdict::Allowed).then_some(settled)
    }

    /// The run for some row of the field: without one, a relation has nothing to ask for.
    fn with_source(&self) -> Option<Pipeline> {
        if self.given.members.contains_str("source") {
            return None;
        }
        let members = self.given.members.deep_copy();
        members.put_str("source", Value::from(&all_rows::source(self.resolver)));
        let given = Given { members, ..self.given.clone() };
        self.ask_with(&given, Depth::Verdict, Absent::Null).ok()?.pipeline
    }

    /// What arguments decide that the case leaves out. A call without any is refused for want of them, or let through
    /// though no such call is valid: neither says anything of the caller.
    pub(super) fn left_to_arguments(&self, settled: &Settled) -> Option<Settled> {
        let refused = matches!(settled.verdict, Verdict::Denied | Verdict::Error);
        let asks = match self.arguments {
            Arguments::Given | Arguments::Empty => false,
            Arguments::Left => refused,
            Arguments::Wanted => settled.verdict != Verdict::Unknown,
        };
        if !asks {
            return None;
        }
        let members = self.given.members.deep_copy();
        members.remove(&Value::string("arguments"));
        let given = Given { members, ..self.given.clone() };
        let open = self.ask_with(&given, Depth::Refusals, Absent::Open).ok()?;
        // With an argument that passes the first test, what follows may still lack others.
        if open.verdict == Verdict::Error && self.arguments == Arguments::Wanted {
            let why = self.ask_with(&given, Depth::Reasons, Absent::Null).ok()?.why?;
            let reason = no_arguments(settled.reason.clone());
            return rests_on_arguments(&why).then(|| Settled::unknown(vec![Need::Args], reason));
        }
        if open.verdict != Verdict::Unknown {
            return None;
        }
        let hints = open.why.unwrap_or_default().hints;
        let hint = hints.iter().find(|hint| need(hint) == Some(Need::Args))?;
        let mut needs: Vec<Need> = hints.iter().filter_map(need).collect();
        needs.sort_unstable();
        needs.dedup();
        Some(Settled::unknown(needs, hint.message.clone()))
    }
}

/// Why a call without arguments ended, which says nothing of its caller.
pub fn no_arguments(reason: Message) -> Message {
    Message::joined("{}: the case gives no arguments", [reason])
}

/// Whether a condition around the decision looked at an argument.
fn rests_on_arguments(why: &Why) -> bool {
    let mut leaves = Vec::new();
    why.guards.iter().for_each(|guard| guard.condition.leaves(&mut leaves));
    let origins = leaves.iter().flat_map(|leaf| &leaf.operands).flat_map(|operand| operand.origins.iter());
    origins.filter_map(Origin::path).any(|path| matches!(path.root(), "args" | "arguments"))
}
