//! Keys that a test asks a map for by name, `$claims.containsKey("custom:role")` or `$claims.keySet().contains("custom:role")`,
//! and that are not there.

use super::Finished;
use crate::appsync::ContextPath;
use crate::syntax::{Expression, ExpressionKind, NodeId, Reference, StepKind};
use crate::trace::condition::Condition;
use crate::trace::index::{Node, references};
use crate::value::method::Method;

/// A key that was asked for in vain.
pub struct AskedKey {
    /// The map, by its place in the context.
    pub holder: String,
    /// The key.
    pub key: String,
    /// The line of the call.
    pub line: u32,
    /// The call.
    pub text: String,
}

impl AskedKey {
    /// Whether it is the name of a claim.
    pub fn is_claim(&self) -> bool {
        self.holder == "identity.claims"
    }

    /// The place that the key would have in the context.
    pub fn path(&self) -> String {
        let plain = self.key.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        match (self.is_claim(), plain) {
            (true, _) => ContextPath::claim(&self.key).to_string(),
            (_, true) => format!("{}.{}", self.holder, self.key),
            _ => format!("{}[{}]", self.holder, crate::message::quoted(&self.key)),
        }
    }
}

/// The keys that a condition, or the variables that it looks at, asked for in vain.
pub fn in_vain(run: &Finished<'_>, condition: &Condition) -> Vec<AskedKey> {
    let mut calls: Vec<&Reference> = Vec::new();
    match run.recorder.index.node(condition.node) {
        Some(Node::Expression(expression)) => references(expression, &mut |reference| calls.push(reference)),
        Some(Node::Reference(reference)) => calls.push(reference),
        _ => {}
    }
    for slot in condition.operands.iter().filter_map(|operand| operand.slot) {
        if let Some(set) = run.recorder.index.sets_of(slot).next() {
            references(&set.value, &mut |reference| calls.push(reference));
        }
    }
    calls.into_iter().filter_map(|call| asked(run, call)).collect()
}

fn asked(run: &Finished<'_>, call: &Reference) -> Option<AskedKey> {
    let (called, [key]) = call.last_call()? else { return None };
    let (holder, origins) = match called? {
        Method::ContainsKey => run.recorder.values.receiver(call),
        Method::Contains => run.recorder.values.receiver_of(of_keys(call)?),
        // By a name that stands there, the place itself is known as absent.
        Method::Get if !matches!(key.kind, ExpressionKind::String(_)) => run.recorder.values.receiver(call),
        _ => return None,
    };
    let (map, key_of) = (holder.as_map()?, key);
    // Which claim is asked for, the client may choose: no claim of another name is meant.
    let sent = run.recorder.values.of(key_of).1.iter().any(|origin| origin.is_in("args"));
    if sent && origins.context().is_some_and(|(place, ..)| place.is_in("identity")) {
        return None;
    }
    let key = name(run, key)?;
    let (place, ..) = origins.context()?;
    (!map.contains_str(&key)).then(|| AskedKey {
        holder: place.to_string(),
        key,
        line: run.program.line(call.node),
        text: run.program.one_line(call.node),
    })
}

/// The step `.keySet()` before the last.
fn of_keys(call: &Reference) -> Option<NodeId> {
    let [.., step, _] = call.steps.as_slice() else { return None };
    matches!(&step.kind, StepKind::Method { method: Some(Method::KeySet), .. }).then_some(step.node)
}

fn name(run: &Finished<'_>, key: &Expression) -> Option<String> {
    let text = match &key.kind {
        ExpressionKind::String(text) => text.to_string(),
        _ => run.recorder.values.of(key).0.as_str()?.to_owned(),
    };
    (!text.is_empty()).then_some(text)
}
