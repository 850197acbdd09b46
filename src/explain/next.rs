//! The next command, where one would settle more than the report does.

use super::Explanation;
use crate::code::Code;
use crate::trace::{DecisionKind, Verdict};

/// The parts of the context that have an option of their own in the commands that run templates.
const OPTIONS: [(&str, &str); 8] = [
    ("result", "--result FILE"),
    ("arguments", "--args FILE"),
    ("args", "--args FILE"),
    ("source", "--source FILE"),
    ("stash", "--stash FILE"),
    ("identity", "--claims TOKEN"),
    ("prev", "--prev FILE"),
    ("request", "--headers FILE"),
];

impl Explanation {
    /// What to type next; `None` where nothing would settle more.
    pub fn next(&self) -> Option<String> {
        if self.verdict == Verdict::Unknown {
            let options: Vec<_> = self.missing().into_iter().map(|(_, option)| option).collect();
            return (!options.is_empty())
                .then(|| format!("the same command with {} settles it", options.join(" ")));
        }
        let later = self.decision.kind == DecisionKind::NotSet && self.pipeline.is_none();
        if later && self.verdict == Verdict::Denied {
            return Some("`vtl-eval resolver TYPE.FIELD --from PATH` runs the templates that follow, which decide".to_owned());
        }
        None
    }

    /// The parts of the context that nobody gave and that decide, each with the option that gives it.
    pub(crate) fn missing(&self) -> Vec<(&'static str, &'static str)> {
        let hints = self.why.as_ref().map_or(&[][..], |why| &why.hints);
        let mut parts = Vec::new();
        for hint in hints.iter().filter(|hint| hint.code == Code::NotGiven) {
            let path = hint.path.as_deref().unwrap_or_default();
            let root = path.split(['.', '[']).next().unwrap_or_default();
            let part = OPTIONS.iter().find(|(part, _)| *part == root).copied();
            parts.extend(part.filter(|part| !parts.contains(part)));
        }
        parts
    }
}
