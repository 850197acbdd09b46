//! Listens to an evaluation and keeps what an explanation needs: where each value came from, how each condition was
//! judged, what was set and added. A value's origins are followed while it is computed; nothing is attached to values.

use super::condition::{Condition, Operand, Role, judged};
use super::index::{Index, Node, call_args};
use super::origin::{Origin, Origins, join};
use super::reached::Reached;
use crate::eval::{Event, Observer};
use crate::source::Span;
use crate::syntax::{Expression, ExpressionKind as Kind, NodeId, Program, Reference, Slot, Statement, StepKind};
use crate::value::{Map, Value};
use ecow::EcoString;
use rustc_hash::FxHashMap;

/// Records kept of one node: a loop over thousands of items shows its first ones.
const KEPT: usize = 64;
/// Containers and members copied to remember a value as it was.
const COPIED: usize = 400;
/// Containers and changes remembered in one run, so that a hostile template's trace stays small.
const REMEMBERED: usize = 100_000;

/// The indices of the loops around a moment, outermost first.
pub type Turns = Vec<u32>;

/// A branch's condition was judged.
#[derive(Clone, Debug)]
pub struct Judged {
    /// In which turn of the loops around it.
    pub turns: Turns,
    /// The condition.
    pub condition: Condition,
    /// Whether the branch ran.
    pub taken: bool,
}

/// A loop was begun.
#[derive(Clone, Debug)]
pub struct Walked {
    /// In which turn of the loops around it.
    pub turns: Turns,
    /// How many items it took.
    pub count: u32,
    /// What it walked.
    pub list: Operand,
}

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
    pub path: Option<EcoString>,
    /// The container, for identity.
    pub container: Option<usize>,
    /// The values given: the new one of a `#set`, the arguments of a call.
    pub values: Vec<Value>,
    /// Where they came from, one for each value.
    pub origins: Vec<Origins>,
}

#[derive(Clone, Debug, Default)]
struct Seen {
    value: Value,
    origins: Origins,
    receiver: Value,
    receiver_origins: Origins,
    /// Steps followed in the latest evaluation of a reference.
    reached: usize,
    fresh: bool,
    skipped: bool,
}

/// What outlives a template in a pipeline: whence the members of the context came.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    paths: FxHashMap<usize, (EcoString, Value)>,
    made: FxHashMap<usize, (Origins, Value)>,
    members: FxHashMap<(usize, EcoString), Origins>,
}

/// The observer.
#[derive(Debug)]
pub struct Recorder<'p> {
    program: &'p Program,
    /// The program's places.
    pub index: Index<'p>,
    seen: Vec<Seen>,
    slots: Vec<Origins>,
    memory: Memory,
    loops: Vec<(NodeId, u32)>,
    /// Judged conditions by branch.
    pub branches: FxHashMap<NodeId, Vec<Judged>>,
    /// Loops begun.
    pub walks: FxHashMap<NodeId, Vec<Walked>>,
    /// Everything that was set or added, in order.
    pub changes: Vec<Change>,
    /// `#set`s whose right side was null, by variable.
    pub kept: Vec<(NodeId, Slot)>,
    /// What the run came to.
    pub reached: Reached,
}

impl<'p> Recorder<'p> {
    /// A recorder for one run in this context (`$ctx` itself).
    pub fn new(program: &'p Program, root: &Map) -> Self {
        Self::after(program, root, Memory::default())
    }

    /// A recorder for the next template of a pipeline.
    pub fn after(program: &'p Program, root: &Map, mut memory: Memory) -> Self {
        memory.members.values_mut().for_each(|origins| *origins = origins.without_literals());
        memory.made.values_mut().for_each(|(origins, _)| *origins = origins.without_literals());
        memory.paths.insert(root.address(), (EcoString::new(), root.clone().into()));
        Self {
            program,
            index: Index::new(program),
            seen: vec![Seen::default(); program.spans.len()],
            slots: vec![Origins::default(); program.names.len()],
            memory,
            loops: Vec::new(),
            branches: FxHashMap::default(),
            walks: FxHashMap::default(),
            changes: Vec::new(),
            kept: Vec::new(),
            reached: Reached::new(program),
        }
    }

    /// What the next template of the pipeline must know.
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// Where a variable's value came from.
    pub fn variable(&self, slot: Slot) -> Origins {
        self.slots.get(slot.0 as usize).cloned().unwrap_or_default()
    }

    /// Where a member of a container came from.
    pub fn member(&self, map: &Map, key: &str) -> Origins {
        self.memory.members.get(&(map.address(), key.into())).cloned().unwrap_or_default()
    }

    /// How a condition was judged last; `None` if it was skipped.
    pub fn judged(&self, node: NodeId) -> Option<bool> {
        let seen = &self.seen[node.0 as usize];
        (!seen.skipped).then(|| seen.value.is_true())
    }

    /// An expression as it was last computed.
    pub fn operand(&self, expression: &Expression, role: Role) -> Operand {
        let seen = &self.seen[expression.node.0 as usize];
        let slot = match &expression.kind {
            Kind::Reference(reference) => reference.variable(),
            _ => None,
        };
        Operand {
            span: self.program.span(expression.node),
            value: seen.value.deep_copy(&mut COPIED.clone()),
            origins: self.with_contents(&seen.value, self.origins(expression)),
            slot,
            literal: is_literal(expression),
            role,
        }
    }

    /// What the last call of a chain was made on.
    pub fn receiver(&self, reference: &Reference, role: Role) -> Operand {
        let seen = &self.seen[reference.node.0 as usize];
        let last = reference.steps.len() - 1;
        let whole = self.program.span(reference.node);
        let end = match last.checked_sub(1).and_then(|at| reference.steps.get(at)) {
            Some(step) => self.program.span(step.node).end,
            None => {
                let name = self.program.name(reference.root).len() as u32;
                let text = self.program.text(reference.node);
                whole.start + text.bytes().take_while(|byte| b"$!{\\".contains(byte)).count() as u32 + name
            }
        };
        let (value, origins) = if seen.reached > last {
            let step = &self.seen[reference.steps[last].node.0 as usize];
            (
                step.receiver.deep_copy(&mut COPIED.clone()),
                self.with_contents(&step.receiver, step.receiver_origins.clone()),
            )
        } else {
            (Value::Null, seen.origins.clone())
        };
        Operand {
            span: Span { start: whole.start, end },
            value,
            origins,
            slot: reference.variable(),
            literal: false,
            role,
        }
    }

    fn origins(&self, expression: &Expression) -> Origins {
        let seen = &self.seen[expression.node.0 as usize];
        match &expression.kind {
            Kind::Reference(_) => seen.origins.clone(),
            Kind::Boolean(_) | Kind::Number(_) | Kind::String(_) => Origins::one(Origin::Literal(expression.node)),
            Kind::Null => Origins::default(),
            Kind::Interpolated { body, .. } => {
                let mut all = Origins::default();
                for statement in body {
                    if let Statement::Print(reference) = statement {
                        all.join(&self.seen[reference.node.0 as usize].origins);
                    }
                }
                all
            }
            Kind::List(items) => self.union(items),
            Kind::Map(entries) => {
                let mut all = Origins::default();
                entries.iter().for_each(|(_, value)| all.join(&self.origins(value)));
                if all.is_empty() { Origins::one(Origin::Literal(expression.node)) } else { all }
            }
            Kind::Not(inner) => self.origins(inner),
            Kind::Range(sides)
            | Kind::And(sides)
            | Kind::Or(sides)
            | Kind::Compare(_, sides)
            | Kind::Arithmetic(_, sides) => {
                let mut all = self.origins(&sides.0);
                all.join(&self.origins(&sides.1));
                all
            }
        }
    }

    fn union(&self, expressions: &[Expression]) -> Origins {
        let mut all = Origins::default();
        expressions.iter().for_each(|expression| all.join(&self.origins(expression)));
        all
    }

    fn change(&mut self, change: Change) {
        if self.changes.len() < REMEMBERED {
            self.changes.push(change);
        }
    }

    fn turns(&self) -> Turns {
        self.loops.iter().map(|(_, index)| *index).collect()
    }

    fn path(&self, container: &Value) -> Option<&EcoString> {
        self.memory.paths.get(&address(container)?).map(|(path, _)| path)
    }

    /// A container that the template made also comes from whatever was put into it.
    fn with_contents(&self, value: &Value, mut origins: Origins) -> Origins {
        if let Some((made, _)) = address(value).and_then(|address| self.memory.made.get(&address)) {
            origins.join(made);
        }
        origins
    }

    fn made(&mut self, value: &Value, origins: &Origins) {
        if self.memory.made.len() > REMEMBERED {
            return;
        }
        if let Some(address) = address(value).filter(|_| !origins.is_empty()) {
            self.memory.made.entry(address).or_insert_with(|| (Origins::default(), value.clone())).0.join(origins);
        }
    }

    /// One link of a chain: whence the value behind it comes.
    fn step(&mut self, node: NodeId, receiver: &Value, value: &Value) {
        let Some(Node::Step { reference, at }) = self.index.node(node) else { return };
        let base = match at.checked_sub(1) {
            Some(before) => self.seen[reference.steps[before].node.0 as usize].origins.clone(),
            None => self.slots[reference.root.0 as usize].clone(),
        };
        let (key, args): (Option<Value>, &[Expression]) = match &reference.steps[at].kind {
            StepKind::Property(name) => (Some(Value::String(name.clone())), &[]),
            StepKind::Index(index) => (Some(self.seen[index.node.0 as usize].value.clone()), &[]),
            StepKind::Method { name, args, .. } => match (name.as_str(), args.as_slice()) {
                ("get" | "getOrDefault", [key, ..]) => (Some(self.seen[key.node.0 as usize].value.clone()), args),
                (_, args) => (None, args),
            },
        };
        let origins = match (receiver, key) {
            (Value::Map(_) | Value::List(_), Some(key)) => self.lookup(receiver, &key, value, &base),
            (Value::Entry(entry), Some(_)) => {
                let receiver = Value::Map(entry.map().clone());
                self.lookup(&receiver, entry.key(), &entry.value(), &base)
            }
            _ => {
                let mut all = address(receiver)
                    .and_then(|address| self.memory.made.get(&address))
                    .map_or_else(|| base.clone(), |(origins, _)| origins.clone());
                if all.is_empty() {
                    all = base.clone();
                }
                all.join(&self.union(args));
                self.made(value, &all);
                all
            }
        };
        let seen = &mut self.seen[node.0 as usize];
        seen.receiver = receiver.clone();
        seen.receiver_origins = base;
        seen.origins = origins.clone();
        let whole = &mut self.seen[reference.node.0 as usize];
        (whole.origins, whole.reached, whole.fresh) = (origins, at + 1, true);
    }

    /// A member of a container.
    fn lookup(&mut self, container: &Value, key: &Value, value: &Value, base: &Origins) -> Origins {
        let Some(place) = address(container) else { return base.clone() };
        let path = self.memory.paths.get(&place).map(|(path, _)| join(path, key));
        let written = key.as_str().and_then(|name| self.memory.members.get(&(place, name.into()))).cloned();
        let Some(path) = path else {
            let made = written.or_else(|| self.memory.made.get(&place).map(|(origins, _)| origins.clone()));
            let origins = made.unwrap_or_else(|| base.clone());
            self.made(value, &origins);
            return origins;
        };
        if let Some(address) = address(value) {
            self.memory.paths.entry(address).or_insert_with(|| (path.clone(), value.clone()));
        }
        let absent = value.is_null()
            && match container {
                Value::Map(map) => !map.contains_key(key),
                _ => true,
            };
        let mut origins = Origins::one(Origin::Context { path, value: value.clone(), absent });
        if let Some(written) = written {
            origins.join(&written);
        }
        origins
    }

    /// A `$util` function gave a value.
    fn util(&mut self, node: NodeId, function: &str, args: &[Value], result: &Value) {
        let Some(Node::Step { reference, at }) = self.index.node(node) else { return };
        let Some((_, expressions)) = call_args(reference) else { return };
        let origins = match (function, expressions, args) {
            ("authType", ..) => Origins::one(Origin::AuthType(result.clone())),
            ("defaultIfNull" | "defaultIfNullOrEmpty" | "defaultIfNullOrBlank", [first, second, ..], [value, ..]) => {
                let mut origins = self.origins(first);
                if value.is_null() || !matches!(function, "defaultIfNull") {
                    origins.join(&self.origins(second));
                }
                origins
            }
            _ => self.union(expressions),
        };
        if self.path(result).is_none() {
            self.made(result, &origins);
        }
        self.seen[node.0 as usize].origins = origins.clone();
        let whole = &mut self.seen[reference.node.0 as usize];
        (whole.origins, whole.reached, whole.fresh) = (origins, at + 1, true);
    }

    fn computed(&mut self, node: NodeId, value: &Value) {
        let Some(Node::Expression(expression)) = self.index.node(node) else { return };
        let seen = &mut self.seen[node.0 as usize];
        (seen.value, seen.skipped) = (value.clone(), false);
        let Some(place) = address(value).filter(|_| self.memory.made.len() < REMEMBERED) else { return };
        if let Kind::Map(entries) = &expression.kind {
            for (key, member) in entries {
                if let Value::String(name) = self.seen[key.node.0 as usize].value.clone() {
                    let origins = self.origins(member);
                    self.memory.members.insert((place, name), origins);
                }
            }
        }
        let origins = self.origins(expression);
        self.memory.made.insert(place, (origins, value.clone()));
    }

    fn call(&mut self, node: NodeId, receiver: &Value, method: &str, args: &[Value]) {
        if !matches!(method, "add" | "addAll" | "put" | "putAll" | "remove" | "removeAll" | "set" | "clear") {
            return;
        }
        let Some(Node::Step { reference, at }) = self.index.node(node) else { return };
        let StepKind::Method { args: expressions, .. } = &reference.steps[at].kind else { return };
        let origins: Vec<_> = expressions.iter().map(|expression| self.origins(expression)).collect();
        if let (Some(place), "put", [Value::String(key), ..], Some(new)) =
            (address(receiver), method, args, origins.get(1))
        {
            self.memory.members.insert((place, key.clone()), new.clone());
        }
        for origins in &origins {
            self.made(receiver, origins);
        }
        self.change(Change {
            node,
            turns: self.turns(),
            slot: reference.variable(),
            path: self.path(receiver).cloned(),
            container: address(receiver),
            values: args.iter().map(|value| value.deep_copy(&mut COPIED.clone())).collect(),
            origins,
        });
    }

    fn assign(&mut self, node: NodeId, slot: Slot, new: &Value) {
        let Some(Node::Set(set)) = self.index.node(node) else { return };
        let origins = self.origins(&set.value);
        self.slots[slot.0 as usize] = origins.clone();
        self.change(Change {
            node,
            turns: self.turns(),
            slot: Some(slot),
            path: None,
            container: None,
            values: vec![new.deep_copy(&mut COPIED.clone())],
            origins: vec![origins],
        });
    }

    /// A `#set` with null at its right side: what was there stays, and where nothing was, nothing is, for a reason.
    fn keep(&mut self, node: NodeId, slot: Slot, old: Option<&Value>) {
        self.kept.push((node, slot));
        if let (true, Some(Node::Set(set))) = (old.is_none_or(Value::is_null), self.index.node(node)) {
            self.slots[slot.0 as usize] = self.origins(&set.value);
        }
    }

    fn write(&mut self, node: NodeId, receiver: &Value, key: &Value, new: &Value) {
        let Some(Node::Set(set)) = self.index.node(node) else { return };
        let origins = self.origins(&set.value);
        if let (Some(place), Value::String(name)) = (address(receiver), key) {
            self.memory.members.insert((place, name.clone()), origins.clone());
        }
        self.change(Change {
            node,
            turns: self.turns(),
            slot: set.target.variable(),
            path: self.path(receiver).cloned(),
            container: address(receiver),
            values: vec![key.clone(), new.deep_copy(&mut COPIED.clone())],
            origins: vec![Origins::default(), origins],
        });
    }

    fn iterate(&mut self, node: NodeId, index: usize, item: &Value) {
        if let Some(turn) = self.loops.last_mut() {
            turn.1 = index as u32;
        }
        let turns: Turns = self.loops.iter().rev().skip(1).rev().map(|(_, index)| *index).collect();
        let walks = self.walks.get_mut(&node).and_then(|walks| walks.iter_mut().rfind(|walk| walk.turns == turns));
        if let Some(walk) = walks {
            walk.count = index as u32 + 1;
        }
        let each = self.index.loop_at(node);
        let Some(each) = each else { return };
        let list = self.seen[each.list.node.0 as usize].clone();
        let origins = match (&list.value, item) {
            (_, Value::Entry(_)) => list.origins,
            (Value::List(_), item) => {
                let key = Value::int(index as i32);
                self.lookup(&list.value, &key, item, &list.origins)
            }
            (Value::Map(map), item) => match map.keys().get(index) {
                Some(key) => self.lookup(&list.value, key, item, &list.origins),
                None => list.origins,
            },
            _ => list.origins,
        };
        self.made(item, &origins);
        self.slots[each.item.0 as usize] = origins;
    }

    fn enter(&mut self, node: NodeId) {
        let Some(each) = self.index.loop_at(node) else { return };
        let walk = Walked { turns: self.turns(), count: 0, list: self.operand(&each.list, Role::Whole) };
        let walks = self.walks.entry(node).or_default();
        if walks.len() < KEPT {
            walks.push(walk);
        }
        self.loops.push((node, 0));
    }

    fn branch(&mut self, node: NodeId, taken: bool) {
        let Some(branch) = self.index.branch_at(node) else { return };
        let known = self.branches.get(&node).map_or(0, Vec::len);
        if known >= KEPT {
            return;
        }
        let record = Judged { turns: self.turns(), condition: judged(self, &branch.condition), taken };
        self.branches.entry(node).or_default().push(record);
    }
}

impl Observer for Recorder<'_> {
    fn event(&mut self, event: Event<'_>) {
        self.reached.event(event);
        match event {
            Event::Step { node, receiver, value } => self.step(node, receiver, value),
            Event::Util { node, function, args, result } => self.util(node, function, args, result),
            Event::Read { node, root, value } => {
                let slot = self.slots[root.0 as usize].clone();
                let seen = &mut self.seen[node.0 as usize];
                if !seen.fresh {
                    (seen.origins, seen.reached) = (slot, 0);
                }
                (seen.fresh, seen.skipped) = (false, false);
                seen.value = value.clone();
            }
            Event::Computed { node, value } => self.computed(node, value),
            Event::Branch { node, taken, .. } => self.branch(node, taken),
            Event::Iterate { node, index, item } => self.iterate(node, index, item),
            Event::Assign { node, slot, new, .. } => self.assign(node, slot, new),
            Event::Write { node, receiver, key, new } => self.write(node, receiver, key, new),
            Event::Kept { node, slot, old } => self.keep(node, slot, old),
            Event::Call { node, receiver, method, args, .. } => self.call(node, receiver, method, args),
            Event::Skipped { node } => self.seen[node.0 as usize].skipped = true,
            Event::Enter { node } => self.enter(node),
            Event::Leave { node } => {
                if self.loops.last().is_some_and(|(each, _)| *each == node) {
                    self.loops.pop();
                }
            }
            Event::Statement { .. } | Event::Exit { .. } => {}
        }
    }
}

fn address(value: &Value) -> Option<usize> {
    match value {
        Value::Map(map) => Some(map.address()),
        Value::List(list) => Some(list.address()),
        Value::View(view) => Some(view.map.address()),
        _ => None,
    }
}

/// Whether an expression is written out in the template.
pub fn is_literal(expression: &Expression) -> bool {
    match &expression.kind {
        Kind::Null | Kind::Boolean(_) | Kind::Number(_) | Kind::String(_) => true,
        Kind::List(items) => items.iter().all(is_literal),
        Kind::Map(entries) => entries.iter().all(|(_, value)| is_literal(value)),
        _ => false,
    }
}
