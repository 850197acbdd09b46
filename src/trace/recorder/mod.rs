//! Listens to an evaluation and keeps what an explanation needs: how each condition was judged, which loops were begun, what
//! was set and added. Whence values came, [`Values`] follows.

mod changes;
mod loops;

pub use changes::{Change, NullSet};
use loops::Turning;
pub use loops::{Turns, Walked};

use super::condition::Condition;
use super::index::Node;
use super::places::Places;
use super::judging::judged;
use super::reached::Reached;
use super::values::Values;
use crate::eval::{Event, Observer};
use crate::syntax::{ComparisonOperator, Expression, ExpressionKind as Kind, NodeId, Program, Reference};
use crate::value::Map;
use crate::value::ledger::Charge;
use rustc_hash::FxHashMap;
use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

pub use super::memory::Memory;

/// Records kept of one node: a loop over thousands of items shows its first ones.
const KEPT: usize = 64;

/// Tests on what nobody gave that are kept: more than one report can try.
const DOUBTS: usize = 256;

/// A branch's condition was judged.
#[derive(Clone, Debug)]
pub struct JudgedBranch {
    /// Its place among all conditions and loops of the run, in the order in which they were met.
    pub moment: u32,
    /// In which turn of the loops around it.
    pub turns: Turns,
    /// The condition, which whoever tells of it shares.
    pub condition: Rc<Condition>,
    /// Whether the branch ran.
    pub taken: bool,
}

/// What a recorder keeps of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keep {
    /// All that an explanation needs.
    #[default]
    All,
    /// Only which tests rest on what nobody gave.
    Doubts,
}

/// The observer.
#[derive(Debug)]
pub struct Recorder<'p> {
    /// The program's places.
    pub index: Arc<Places<'p>>,
    /// What each expression gave, and whence.
    pub values: Values<'p>,
    /// What the run came to.
    pub reached: Reached,
    /// The loops around this moment, each with its turn.
    loops: Vec<Turning>,
    /// Conditions judged and loops begun so far.
    moment: u32,
    /// Judged conditions by branch.
    pub branches: FxHashMap<NodeId, Vec<JudgedBranch>>,
    /// Loops begun.
    pub walks: FxHashMap<NodeId, Vec<Walked>>,
    /// Everything that was set or added, in order.
    pub changes: Vec<Change>,
    /// `#set`s whose right side was null, by variable.
    pub kept: Vec<NullSet>,
    /// Tests that rest on what nobody gave, each once, in the order in which they were made.
    pub doubts: Vec<NodeId>,
    /// Those of them that are to come out the other way.
    swayed: Vec<NodeId>,
    keep: Keep,
    /// Containers and members copied for the changes.
    copied: Cell<usize>,
    /// What the records cost; the values in them count for themselves.
    held: Charge,
}

/// What a record costs, with its operands and origins.
const RECORD: usize = 512;

impl<'p> Recorder<'p> {
    /// A recorder for one run in this context (`$ctx` itself).
    pub fn new(program: &'p Program, root: &Map) -> Self {
        Self::after(program, root, Memory::default(), Vec::new())
    }

    /// A recorder for the next template of a pipeline; `open` are the members of the context that nobody gave.
    pub fn after(program: &'p Program, root: &Map, memory: Memory, open: Vec<&'static str>) -> Self {
        Self::with(Arc::new(Places::new(program)), program, root, memory, open)
    }

    /// The same, where the program's places are known already.
    pub fn with(
        index: Arc<Places<'p>>,
        program: &'p Program,
        root: &Map,
        mut memory: Memory,
        open: Vec<&'static str>,
    ) -> Self {
        let own = if open.is_empty() { Vec::new() } else { index.stash().to_vec() };
        memory.enter(root, open, own);
        Self {
            index,
            values: Values::new(program, memory),
            reached: Reached::new(program),
            loops: Vec::new(),
            moment: 0,
            branches: FxHashMap::default(),
            walks: FxHashMap::default(),
            changes: Vec::new(),
            kept: Vec::new(),
            doubts: Vec::new(),
            swayed: Vec::new(),
            keep: Keep::All,
            copied: Cell::new(0),
            held: Charge::default(),
        }
    }

    /// With texts that may hold values which are known only after a deployment.
    #[must_use]
    pub fn open_texts(mut self, open: bool) -> Self {
        self.values.open_texts = open;
        self
    }

    /// With these tests coming out the other way, where they rest on what nobody gave.
    #[must_use]
    pub fn swayed(mut self, tests: Vec<NodeId>) -> Self {
        self.swayed = tests;
        self
    }

    /// Of which no more is kept than this.
    #[must_use]
    pub fn keeping(mut self, keep: Keep) -> Self {
        self.keep = keep;
        self
    }

    /// What the next template of the pipeline must know.
    pub fn memory(&self) -> &Memory {
        &self.values.memory
    }

    /// Whether a test rests on what nobody gave.
    fn is_open(&mut self, node: NodeId) -> bool {
        match self.index.node(node) {
            Some(Node::Expression(Expression { kind: Kind::Compare(comparison, sides), .. })) => {
                let equality = matches!(comparison, ComparisonOperator::Equal | ComparisonOperator::NotEqual);
                self.values.compares_open(node, sides)
                    && !(equality && self.values.texts_tell(&sides.0, &sides.1))
            }
            Some(Node::Expression(expression)) => self.values.is_open(expression),
            Some(Node::Reference(reference)) => self.values.reads_open(reference),
            _ => false,
        }
    }

    fn turns(&self) -> Turns {
        self.loops.iter().map(|turning| turning.turn).collect()
    }

    fn link(&self, node: NodeId) -> Option<(&'p Reference, usize)> {
        match self.index.node(node)? {
            Node::Step { reference, at } => Some((reference, at)),
            _ => None,
        }
    }

    /// Keeps how conditions were judged, and which loops were begun.
    fn blocks(&mut self, event: Event<'_>) {
        match event {
            Event::Branch { node, taken, .. } => self.branch(node, taken),
            Event::Enter { node } => self.enter(node),
            Event::Iterate { node, index, .. } => self.iterate(node, index),
            Event::Leave { node } => self.leave(node),
            _ => {}
        }
    }

    fn branch(&mut self, node: NodeId, taken: bool) {
        let Some(branch) = self.index.branch_at(node) else { return };
        self.moment = self.moment.saturating_add(1);
        if self.branches.get(&node).map_or(0, Vec::len) < KEPT {
            let condition = Rc::new(judged(&self.values, &branch.condition));
            let record = JudgedBranch { moment: self.moment, turns: self.turns(), condition, taken };
            self.held.grow(RECORD);
            self.branches.entry(node).or_default().push(record);
        }
    }
}

impl Observer for Recorder<'_> {
    fn event(&mut self, event: Event<'_>) {
        if self.keep == Keep::All {
            self.reached.event(event);
            self.blocks(event);
        }
        match event {
            Event::Step { node, receiver, value } => {
                if let Some((reference, at)) = self.link(node) {
                    self.values.step(reference, at, receiver, value);
                }
            }
            Event::Util { node, function, args, result } => {
                if let Some((reference, at)) = self.link(node) {
                    self.values.util(reference, at, function, args, result);
                }
            }
            Event::Read { node, root, value } => {
                let reference = match self.index.node(node) {
                    Some(Node::Reference(reference)) => Some(reference),
                    _ => None,
                };
                self.values.read(reference, node, root, value);
            }
            Event::Computed { node, value } => {
                if let Some(Node::Expression(expression)) = self.index.node(node) {
                    self.values.computed(expression, value);
                }
            }
            Event::Skipped { node } => self.values.skip(node),
            Event::Iterate { node, index, item } => {
                if let Some(each) = self.index.loop_at(node) {
                    self.values.item(each, index, item);
                }
            }
            Event::Assign { node, slot, new, .. } => self.assign(node, slot, new),
            Event::Write { node, receiver, key, old, new } => self.write(node, receiver, key, (old, new)),
            Event::Kept { node, slot, old } => self.keep(node, slot, old),
            Event::Call { node, receiver, method, args, result } => self.call(node, receiver, method, args, result),
            Event::Statement { .. } | Event::Branch { .. } | Event::Enter { .. } | Event::Leave { .. } | Event::Exit { .. } => {}
        }
    }

    fn decide(&mut self, node: NodeId, value: bool) -> bool {
        if !self.values.may_be_open() || !self.is_open(node) {
            return value;
        }
        if !self.doubts.contains(&node) && self.doubts.len() < DOUBTS {
            self.doubts.push(node);
        }
        value != self.swayed.contains(&node)
    }
}
