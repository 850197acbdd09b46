//! A key that a refusal waits for, `$claims.containsKey("Suspended")`, and that stands there in other letters: the refusal is skipped.

use super::super::deciding::Guards;
use super::super::keys::in_vain;
use super::super::text::show;
use super::super::{Finished, json};
use super::Leaf;
use super::words::{line, one_line};
use crate::appsync::ContextPath;
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part, quoted};

/// The guard asked for a key that differs in upper and lower case, blanks aside, from one that is there.
pub fn skipped(run: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    for leaf in leaves.iter().filter(|leaf| leaf.passed.guards == Guards::Refusal && leaf.condition.holds == Some(false)) {
        for asked in in_vain(run, leaf.condition) {
            let Ok(place) = asked.holder.parse::<ContextPath>() else { continue };
            let holder = place.lookup(&run.outcome.context);
            let Some(map) = holder.as_map() else { continue };
            let keys = map.keys();
            let near = keys.iter().filter_map(|key| key.as_str()).find(|key| key.trim().eq_ignore_ascii_case(asked.key.trim()));
            let Some(near) = near else { continue };
            let value = map.get_str(near).unwrap_or_default();
            let statement = leaf.passed.statement;
            let message = Message::of(
                "Wider than it looks: `{}` on line {} did not run, because {} (line {}) is false: {} has the key {} ({}), and {} is looked for; they differ in upper and lower case, and keys are compared exactly. » Ask for {}.",
                [
                    Part::Code(one_line(run.program.text(statement))),
                    Part::Place(line(run, statement).to_string()),
                    Part::Code(format!("`{}`", asked.text)),
                    Part::Place(asked.line.to_string()),
                    Part::Place(asked.holder.clone()),
                    Part::Name(quoted(near).to_string()),
                    Part::Value(show(&value)),
                    Part::Name(quoted(&asked.key).to_string()),
                    Part::Name(quoted(near).to_string()),
                ],
            );
            found.push(Finding::new(Code::CheckSkipped, message).at(asked.path()).actual(json(&value)).wanted(asked.key));
            return;
        }
    }
}
