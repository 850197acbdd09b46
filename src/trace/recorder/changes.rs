//! What was set and added, with where the new values came from.

use crate::value::method::Method;
use super::{Keep, RECORD, Recorder, Turns};
use crate::syntax::{NodeId, Set, Slot, StepKind};
use crate::trace::index::Node;
use crate::trace::judging::COPIED;
use crate::trace::memory::address;
use crate::appsync::ContextPath;
use crate::trace::origin::Origins;
use crate::value::Value;

/// Changes remembered in one run, so that a hostile template's trace stays small.
const REMEMBERED: usize = 100_000;

/// Containers and members copied for the changes of one run.
const MOST_COPIED: usize = 400_000;

/// A variable, a member or a list got a value.
#[derive(Clone, Debug)]
pub struct Change {
    /// The `#set`, or the step that called the method.
    pub node: NodeId,
    /// In which turn of the loops around it.
    pub turns: Turns,
    /// The variable at the beginning of what was changed.
    pub slot: Option<Slot>,
    /// The context path of the container, if it stands in the context.
    pub path: Option<ContextPath>,
    /// The container, for identity.
    pub container: Option<usize>,
    /// The values given: the new one of a `#set`, the arguments of a call.
    pub values: Vec<Value>,
    /// Where they came from, one for each value.
    pub origins: Vec<Origins>,
    /// What stood there before, where it is known: of `put` and `remove`, and of a member that was set.
    pub old: Option<Value>,
    /// After how many conditions and loops of the run.
    pub moment: u32,
}

/// A `#set` with null at its right side, which changed nothing.
#[derive(Clone, Debug)]
pub struct NullSet {
    /// The `#set`.
    pub node: NodeId,
    /// The variable that stayed as it was.
    pub slot: Slot,
    /// In which turn of the loops around it.
    pub turns: Turns,
    /// Where the null came from.
    pub origins: Origins,
    /// After how many conditions and loops of the run.
    pub moment: u32,
    /// After how many changes of the run.
    pub after: usize,
}

impl<'p> Recorder<'p> {
    /// A variable was set.
    pub(super) fn assign(&mut self, node: NodeId, slot: Slot, new: &Value) {
        let Some(set) = self.set(node) else { return };
        let origins = self.values.origins(&set.value);
        self.values.assign(slot, origins.clone());
        self.change(|recorder| Change {
            node,
            turns: recorder.turns(),
            slot: Some(slot),
            path: None,
            container: None,
            values: vec![recorder.as_it_was(new)],
            origins: vec![origins],
            old: None,
            moment: recorder.moment,
        });
    }

    /// A `#set` with null at its right side: what was there stays, and where nothing was, nothing is, for a reason.
    pub(super) fn keep(&mut self, node: NodeId, slot: Slot, old: Option<&Value>) {
        // Whoever asks wants to know whether one is there, and the first.
        let Some(set) = self.set(node) else { return };
        let origins = self.values.origins(&set.value);
        if self.kept.len() < REMEMBERED {
            self.kept.push(NullSet { node, slot, turns: self.turns(), origins: origins.clone(), moment: self.moment, after: self.changes.len() });
        }
        if old.is_none_or(Value::is_null) {
            self.values.assign(slot, origins);
        }
    }

    /// A property or an index was set.
    pub(super) fn write(&mut self, node: NodeId, receiver: &Value, key: &Value, (old, new): (&Value, &Value)) {
        let Some(set) = self.set(node) else { return };
        let origins = self.values.origins(&set.value);
        if let Value::String(name) = key {
            self.values.memory.write(receiver, &name.into(), origins.clone());
        }
        self.change(|recorder| Change {
            node,
            turns: recorder.turns(),
            slot: set.target.variable(),
            path: recorder.memory().path(receiver).cloned(),
            container: address(receiver),
            values: vec![key.clone(), recorder.as_it_was(new)],
            origins: vec![Origins::default(), origins],
            old: Some(recorder.as_it_was(old)),
            moment: recorder.moment,
        });
    }

    /// A method ran; some change what they are called on.
    pub(super) fn call(&mut self, node: NodeId, receiver: &Value, method: Option<Method>, args: &[Value], result: &Value) {
        let Some(method) = method.filter(|method| method.changes()) else { return };
        let Some((reference, at)) = self.link(node) else { return };
        let StepKind::Method { args: expressions, .. } = &reference.steps[at].kind else { return };
        let origins: Vec<_> = expressions.iter().map(|expression| self.values.origins(expression)).collect();
        let memory = &mut self.values.memory;
        if let (Method::Put, [Value::String(key), ..], Some(new)) = (method, args, origins.get(1)) {
            memory.write(receiver, &key.into(), new.clone());
        }
        origins.iter().for_each(|origins| memory.fill(receiver, origins));
        self.change(|recorder| Change {
            node,
            turns: recorder.turns(),
            slot: reference.variable(),
            path: recorder.memory().path(receiver).cloned(),
            container: address(receiver),
            values: args.iter().map(|arg| recorder.as_it_was(arg)).collect(),
            origins,
            old: matches!(method, Method::Put | Method::Remove).then(|| recorder.as_it_was(result)),
            moment: recorder.moment,
        });
    }

    fn set(&self, node: NodeId) -> Option<&'p Set> {
        match self.index.node(node)? {
            Node::Set(set) => Some(set),
            _ => None,
        }
    }

    /// A copy that later changes do not reach, counted: lists in lists are copied with each change anew.
    fn as_it_was(&self, value: &Value) -> Value {
        let mut left = COPIED;
        let copy = value.deep_copy(&mut left);
        self.copied.set(self.copied.get() + COPIED - left);
        copy
    }

    /// What is not remembered is not made: a copy of each value would cost more than the statement that set it.
    fn change(&mut self, change: impl FnOnce(&Self) -> Change) {
        if self.keep == Keep::All && self.changes.len() < REMEMBERED && self.copied.get() < MOST_COPIED {
            let change = change(self);
            self.held.grow(RECORD + change.turns.len() * size_of::<u32>());
            self.changes.push(change);
        }
    }
}
