//! What an evaluation tells whoever listens. Trace, coverage and profile are consumers of these events; none of their
//! logic stands in the evaluator, and `()` compiles to the bare interpreter.

use crate::value::method::Method;
use crate::syntax::{NodeId, Slot};
use crate::value::Value;

/// Listens to an evaluation.
pub trait Observer {
    /// Whether events are wanted at all.
    #[inline]
    fn enabled(&self) -> bool {
        true
    }
    /// One event. It borrows: whoever wants to keep a value clones it.
    fn event(&mut self, event: Event<'_>);
    /// A test was made: a comparison, the truth of a reference, a call that gives a boolean, or whether a loop's list
    /// has items. What is answered is what the evaluation goes on with.
    #[inline]
    fn decide(&mut self, _node: NodeId, value: bool) -> bool {
        value
    }
}

impl Observer for () {
    #[inline]
    fn enabled(&self) -> bool {
        false
    }
    #[inline]
    fn event(&mut self, _: Event<'_>) {}
}

impl<O: Observer + ?Sized> Observer for &mut O {
    fn enabled(&self) -> bool {
        (**self).enabled()
    }
    fn event(&mut self, event: Event<'_>) {
        (**self).event(event);
    }
    fn decide(&mut self, node: NodeId, value: bool) -> bool {
        (**self).decide(node, value)
    }
}

impl<A: Observer, B: Observer> Observer for (A, B) {
    fn enabled(&self) -> bool {
        self.0.enabled() || self.1.enabled()
    }
    fn event(&mut self, event: Event<'_>) {
        self.0.event(event);
        self.1.event(event);
    }
    fn decide(&mut self, node: NodeId, value: bool) -> bool {
        let value = self.0.decide(node, value);
        self.1.decide(node, value)
    }
}

/// How a template was left before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitKind {
    /// `#break`
    Break,
    /// `#stop`
    Stop,
    /// `#return`
    Return,
    /// An error for the client.
    Thrown,
    /// A failed evaluation.
    Failed,
}

/// Something that happened, with the node where it did.
#[allow(missing_docs, reason = "the variants say what their fields are")]
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// A statement begins. An `#if` has no beginning of its own: each of its conditions has, which is the branch's node.
    Statement { node: NodeId },
    /// A block begins: a branch's, an `#else`'s or a loop's node.
    Enter { node: NodeId },
    /// The block ended in the ordinary way, or the loop in any way.
    Leave { node: NodeId },
    /// A condition was judged; `node` is the branch.
    Branch { node: NodeId, condition: NodeId, taken: bool },
    /// A loop takes its next item.
    Iterate { node: NodeId, index: usize, item: &'a Value },
    /// A reference was evaluated.
    Read { node: NodeId, root: Slot, value: &'a Value },
    /// One link of a reference's chain was followed.
    Step { node: NodeId, receiver: &'a Value, value: &'a Value },
    /// An operator gave a value.
    Computed { node: NodeId, value: &'a Value },
    /// A variable was set.
    Assign { node: NodeId, slot: Slot, old: Option<&'a Value>, new: &'a Value },
    /// A property or an index was set; `old` is null where it is not known.
    Write { node: NodeId, receiver: &'a Value, key: &'a Value, old: &'a Value, new: &'a Value },
    /// `#set` had null at its right side and kept what was there.
    Kept { node: NodeId, slot: Slot, old: Option<&'a Value> },
    /// A method ran.
    Call { node: NodeId, receiver: &'a Value, method: Option<Method>, args: &'a [Value], result: &'a Value },
    /// A function of `$util` or `$extensions` ran.
    Util { node: NodeId, function: Option<Method>, args: &'a [Value], result: &'a Value },
    /// The right side of `&&` or `||` was not needed.
    Skipped { node: NodeId },
    /// The template, or a loop, was left.
    Exit { node: NodeId, kind: ExitKind },
}
