//! What each expression gave when it was last computed, and whence that came. Values are followed while they are computed;
//! nothing is attached to them.

use super::derived;
use crate::value::method::Method;
use super::index::call_args;
use super::memory::{Memory, address};
use super::origin::{Origin, Origins};
use crate::appsync::ContextPath;
use crate::appsync::context::CALLERS_MODE;
use crate::open::{self, is_open};
use crate::syntax::{
    Expression, ExpressionKind as Kind, Foreach, NodeId, Program, Reference, Slot, Statement, Step, StepKind,
};
use crate::value::{Text, Value};

/// The latest value of each node of a program, and of each variable whence it came.
#[derive(Debug)]
pub struct Values<'p> {
    program: &'p Program,
    /// What was seen of each node that was evaluated; first what is known of one that was not.
    seen: SeenNodes,
    /// Where it stands, by node: a run evaluates few of a template's nodes, and each takes much room.
    places: Vec<u32>,
    slots: Vec<Origins>,
    /// Whence containers came.
    pub(super) memory: Memory,
    /// Whether texts may hold values that are known only after a deployment: looking for them costs their length.
    pub(super) open_texts: bool,
}

#[derive(Debug, Default)]
struct SeenNode {
    value: Value,
    origins: Origins,
    /// What the link of a chain was followed from.
    receiver: Value,
    receiver_origins: Origins,
    /// Links followed in the latest evaluation of a reference.
    reached: usize,
    /// A link was followed, and the reference is not read yet.
    fresh: bool,
    skipped: bool,
}

/// Nodes that were seen; the first, at 0, stands for all that were not. They stand in parts, which never move: a
/// list that grows copies all that it has, and each node takes much room.
#[derive(Debug)]
struct SeenNodes(Vec<Vec<SeenNode>>);

impl Default for SeenNodes {
    fn default() -> Self {
        let mut first = Vec::with_capacity(Self::PART);
        first.push(SeenNode::default());
        Self(vec![first])
    }
}

impl SeenNodes {
    const PART: usize = 32;

    fn at(&self, place: u32) -> &SeenNode {
        let place = place as usize;
        &self.0[place / Self::PART][place % Self::PART]
    }

    fn at_mut(&mut self, place: u32) -> &mut SeenNode {
        let place = place as usize;
        &mut self.0[place / Self::PART][place % Self::PART]
    }

    /// One more, and its place.
    fn add(&mut self) -> u32 {
        if self.0.last().is_none_or(|part| part.len() == Self::PART) {
            self.0.push(Vec::with_capacity(Self::PART));
        }
        let full = (self.0.len() - 1) * Self::PART;
        self.0.last_mut().map_or(0, |part| {
            part.push(SeenNode::default());
            (full + part.len() - 1) as u32
        })
    }
}

impl<'p> Values<'p> {
    pub(super) fn new(program: &'p Program, memory: Memory) -> Self {
        Self {
            program,
            seen: SeenNodes::default(),
            places: vec![0; program.spans.len()],
            slots: vec![Origins::default(); program.names.len()],
            memory,
            open_texts: false,
        }
    }

    /// The program.
    pub fn program(&self) -> &'p Program {
        self.program
    }

    /// Whether a condition held last; `None` if it was skipped.
    pub fn holds(&self, condition: NodeId) -> Option<bool> {
        let seen = self.at(condition);
        (!seen.skipped).then(|| seen.value.is_true())
    }

    /// What an expression gave last, and whence it came with all that is in it.
    pub fn of(&self, expression: &Expression) -> (&Value, Origins) {
        let value = &self.at(expression.node).value;
        (value, self.memory.with_contents(value, self.origins(expression)))
    }

    /// The latest value of a reference.
    pub fn latest(&self, reference: &Reference) -> Value {
        self.at(reference.node).value.clone()
    }

    /// Whence the latest value of a reference came.
    pub fn reference(&self, reference: &Reference) -> Origins {
        self.at(reference.node).origins.clone()
    }

    /// What the last link of a chain was followed from.
    pub fn receiver(&self, reference: &Reference) -> (Value, Origins) {
        let seen = self.at(reference.node);
        match reference.steps.last().filter(|_| seen.reached == reference.steps.len()) {
            Some(last) => {
                let step = self.at(last.node);
                let origins = self.memory.with_contents(&step.receiver, step.receiver_origins.clone());
                (step.receiver.clone(), origins)
            }
            None => (Value::Null, seen.origins.clone()),
        }
    }

    /// What a link of a chain was followed from.
    pub fn receiver_of(&self, step: NodeId) -> (Value, Origins) {
        let seen = self.at(step);
        (seen.receiver.clone(), seen.receiver_origins.clone())
    }

    /// Whence an expression's latest value came.
    pub fn origins(&self, expression: &Expression) -> Origins {
        let seen = self.at(expression.node);
        match &expression.kind {
            // What was made is known since: a list in a list in a list is not looked through at each level.
            Kind::List(_) | Kind::Map(_) if !seen.value.is_null() => seen.origins.clone(),
            Kind::Compare(..) if !seen.origins.is_empty() => seen.origins.clone(),
            _ => self.made_of(expression),
        }
    }

    /// Whence the parts of an expression came.
    fn made_of(&self, expression: &Expression) -> Origins {
        match &expression.kind {
            Kind::Reference(_) => self.at(expression.node).origins.clone(),
            Kind::Boolean(_) | Kind::Number(_) | Kind::String(_) => Origins::one(Origin::Literal(expression.node)),
            Kind::Null => Origins::default(),
            Kind::Interpolated { body, .. } => {
                let mut all = Origins::default();
                for statement in body {
                    if let Statement::Print(reference) = statement {
                        all.join(&self.at(reference.node).origins);
                    }
                }
                all
            }
            Kind::List(items) => self.union(items),
            Kind::Map(entries) => {
                let all = self.union(entries.iter().map(|(_, value)| value));
                if all.is_empty() { Origins::one(Origin::Literal(expression.node)) } else { all }
            }
            Kind::Not(inner) => self.origins(inner),
            Kind::Range(sides)
            | Kind::And(sides)
            | Kind::Or(sides)
            | Kind::Compare(_, sides)
            | Kind::Arithmetic(_, sides) => self.union([&sides.0, &sides.1]),
        }
    }

    fn union<'e>(&self, expressions: impl IntoIterator<Item = &'e Expression>) -> Origins {
        let mut all = Origins::default();
        expressions.into_iter().for_each(|expression| self.add(expression, &mut all));
        all
    }

    /// Adds whence an expression's latest value came. Most parts of a list or a call are literals, which stand nowhere yet.
    fn add(&self, expression: &Expression, all: &mut Origins) {
        match &expression.kind {
            Kind::Boolean(_) | Kind::Number(_) | Kind::String(_) => all.add(Origin::Literal(expression.node)),
            Kind::Reference(_) => all.join(&self.at(expression.node).origins),
            _ => all.join(&self.origins(expression)),
        }
    }

    /// A reference was read.
    pub(super) fn read(&mut self, reference: Option<&'p Reference>, node: NodeId, root: Slot, value: &Value) {
        let unfollowed = (!self.at(node).fresh).then(|| self.slots[root.0 as usize].clone());
        let seen = self.at_mut(node);
        if let Some(slot) = unfollowed {
            (seen.origins, seen.reached) = (slot, 0);
        }
        (seen.fresh, seen.skipped) = (false, false);
        seen.value = value.clone();
        if let Some(rest) = reference.and_then(|reference| reference.steps.get(seen.reached..))
            && seen.origins.is_open()
        {
            seen.origins = seen.origins.beyond(&rest.iter().map_while(literal_key).collect::<Vec<_>>());
        }
    }

    /// Whether anything can rest on what nobody gave: mostly all of it was given.
    pub(super) fn may_be_open(&self) -> bool {
        self.open_texts || self.memory.may_be_open
    }

    /// Whether what a reference gave last, or what its last call was made on, is not known.
    pub(super) fn reads_open(&self, reference: &Reference) -> bool {
        let (receiver, origins) = self.receiver(reference);
        let seen = self.at(reference.node);
        seen.origins.is_open() || origins.is_open() || self.is_open_text(&seen.value) || self.is_open_text(&receiver)
    }

    fn is_open_text(&self, value: &Value) -> bool {
        self.open_texts && is_open_text(value)
    }

    /// Whether what a comparison looks at rests on what nobody gave. Of comparisons of comparisons each remembers whence its
    /// sides came, so that the next one need not look through all of them again.
    pub(super) fn compares_open(&mut self, comparison: NodeId, (left, right): &(Expression, Expression)) -> bool {
        if matches!(left.kind, Kind::Compare(..) | Kind::And(_) | Kind::Or(_) | Kind::Not(_))
            || matches!(right.kind, Kind::Compare(..) | Kind::And(_) | Kind::Or(_) | Kind::Not(_))
        {
            self.at_mut(comparison).origins = self.union([left, right]);
        }
        self.is_open(left) || self.is_open(right)
    }

    /// Whether an expression's latest value rests on what nobody gave.
    pub(super) fn is_open(&self, expression: &Expression) -> bool {
        let (value, origins) = self.of(expression);
        origins.is_open() || self.is_open_text(value)
    }

    /// Whether two texts are equal or not, whatever the deployment's values in them will be.
    pub(super) fn texts_tell(&self, left: &Expression, right: &Expression) -> bool {
        let ((left, of_left), (right, of_right)) = (self.of(left), self.of(right));
        let (Some(left), Some(right)) = (left.as_str(), right.as_str()) else { return false };
        !of_left.is_open() && !of_right.is_open() && open::equal(left, right).is_some()
    }

    /// A condition was not needed.
    pub(super) fn skip(&mut self, node: NodeId) {
        self.at_mut(node).skipped = true;
    }

    /// One link of a chain was followed.
    pub(super) fn step(&mut self, reference: &'p Reference, at: usize, receiver: &Value, value: &Value) {
        let base = match at.checked_sub(1) {
            Some(before) => self.at(reference.steps[before].node).origins.clone(),
            None => self.slots[reference.root.0 as usize].clone(),
        };
        let (key, args) = self.key(&reference.steps[at].kind);
        let unknown = key.as_ref().and_then(|key| self.member_of_open_name(&base, key, value));
        let called = reference.steps[at].kind.call().map(|(called, _)| called);
        let derived = match (&key, called) {
            _ if !self.open_texts => None,
            (Some(key), _) => derived::of_member(receiver, key, value),
            (None, Some(called)) => derived::of_call(called, receiver, &self.values_of(args), value),
            (None, None) => None,
        };
        let origins = match (receiver, key) {
            _ if unknown.is_some() => unknown.unwrap_or_default(),
            (Value::Map(_) | Value::List(_), Some(key)) => self.memory.lookup(receiver, &key, value, &base),
            (Value::Entry(entry), Some(_)) => {
                let receiver = Value::Map(entry.map().clone());
                self.memory.lookup(&receiver, entry.key(), &entry.value(), &base)
            }
            _ => {
                let contents = self.memory.contents(receiver).filter(|origins| !origins.is_empty());
                let mut all = contents.unwrap_or(&base).clone();
                args.iter().for_each(|arg| self.add(arg, &mut all));
                self.memory.fill(value, &all);
                all
            }
        };
        let origins = with(origins, derived);
        let seen = self.at_mut(reference.steps[at].node);
        (seen.receiver, seen.receiver_origins) = (receiver.clone(), base);
        self.followed(reference, at, origins);
    }

    fn values_of(&self, args: &[Expression]) -> Vec<Value> {
        args.iter().map(|arg| self.at(arg.node).value.clone()).collect()
    }

    /// Whence a member comes whose name only a deployment knows: whatever stands there, nobody has said it.
    fn member_of_open_name(&self, base: &Origins, key: &Value, value: &Value) -> Option<Origins> {
        if !self.open_texts || !key.as_str().is_some_and(is_open) {
            return None;
        }
        let path = match base.context() {
            Some((path, ..)) => path.join(key),
            None => "stash".parse::<ContextPath>().ok()?.join(key),
        };
        Some(Origins::one(Origin::Context { path, value: value.clone(), absent: value.is_null(), open: true }))
    }

    /// The member that a link names, if it does; and its arguments.
    fn key<'k>(&self, kind: &'k StepKind) -> (Option<Value>, &'k [Expression]) {
        match kind {
            // The program has it, and pays for it.
            StepKind::Property(name) => (Some(Value::String(Text::constant(name.clone()))), &[]),
            StepKind::Index(index) => (Some(self.at(index.node).value.clone()), &[]),
            StepKind::Method { method, args, .. } => match (method, args.as_slice()) {
                (Some(Method::Get | Method::GetOrDefault), [key, ..]) => (Some(self.at(key.node).value.clone()), args),
                (_, args) => (None, args),
            },
        }
    }

    /// A `$util` function gave a value.
    pub(super) fn util(&mut self, reference: &'p Reference, at: usize, function: Option<Method>, args: &[Value], result: &Value) {
        let Some((_, expressions)) = call_args(reference) else { return };
        let origins = match (function, expressions, args) {
            // Who gave no mode, and no caller that tells it, did not say that there is none.
            (Some(Method::AuthType), ..) if result.is_null() && self.memory.is_open(CALLERS_MODE) => {
                let (path, value) = (ContextPath::AUTH_TYPE, Value::Null);
                Origins::one(Origin::Context { path, value, absent: true, open: true })
            }
            (Some(Method::AuthType), ..) => Origins::one(Origin::AuthType(result.clone())),
            (
                Some(called @ (Method::DefaultIfNull | Method::DefaultIfNullOrEmpty | Method::DefaultIfNullOrBlank)),
                [first, second, ..],
                [value, ..],
            ) => {
                let mut origins = self.origins(first);
                if value.is_null() || called != Method::DefaultIfNull {
                    origins.join(&self.origins(second));
                }
                origins
            }
            _ => self.union(expressions),
        };
        let derived = self.open_texts.then(|| derived::of_call(function, &Value::Null, args, result)).flatten();
        let origins = with(origins, derived);
        if self.memory.path(result).is_none() {
            self.memory.fill(result, &origins);
        }
        self.followed(reference, at, origins);
    }

    fn followed(&mut self, reference: &Reference, at: usize, origins: Origins) {
        self.at_mut(reference.steps[at].node).origins = origins.clone();
        let whole = self.at_mut(reference.node);
        (whole.origins, whole.reached, whole.fresh) = (origins, at + 1, true);
    }

    /// An operator or a literal gave a value.
    pub(super) fn computed(&mut self, expression: &'p Expression, value: &Value) {
        let seen = self.at_mut(expression.node);
        (seen.value, seen.skipped) = (value.clone(), false);
        if address(value).is_none() {
            return;
        }
        if let Kind::Map(entries) = &expression.kind
            && self.memory.has_room()
        {
            for (key, member) in entries {
                if let Value::String(name) = &self.at(key.node).value {
                    let (name, origins) = (name.into(), self.origins(member));
                    self.memory.write(value, &name, origins);
                }
            }
        }
        let origins = self.made_of(expression);
        self.at_mut(expression.node).origins = origins.clone();
        self.memory.make(value, origins);
    }

    /// A variable has a value that came from here.
    pub(super) fn assign(&mut self, slot: Slot, origins: Origins) {
        self.slots[slot.0 as usize] = origins;
    }

    /// A loop took its next item.
    pub(super) fn item(&mut self, each: &Foreach, index: usize, item: &Value) {
        let list = self.at(each.list.node);
        let (list, whence) = (list.value.clone(), list.origins.clone());
        let origins = match (&list, item) {
            (_, Value::Entry(_)) => whence,
            (Value::List(_), item) => {
                let key = Value::int(index as i32);
                self.memory.lookup(&list, &key, item, &whence)
            }
            // An item that nobody gave, of a list that nobody gave.
            (Value::Null, Value::Null) => whence.beyond(&[Value::int(index as i32)]),
            (Value::Map(map), item) => match map.key_at(index) {
                Some(key) => self.memory.lookup(&list, &key, item, &whence),
                None => whence,
            },
            _ => whence,
        };
        self.memory.fill(item, &origins);
        self.assign(each.item, origins);
    }

    fn at(&self, node: NodeId) -> &SeenNode {
        self.seen.at(self.places[node.0 as usize])
    }

    fn at_mut(&mut self, node: NodeId) -> &mut SeenNode {
        let place = &mut self.places[node.0 as usize];
        if *place == 0 {
            *place = self.seen.add();
        }
        self.seen.at_mut(*place)
    }
}

fn with(mut origins: Origins, derived: Option<Origins>) -> Origins {
    if let Some(derived) = derived {
        origins.join(&derived);
    }
    origins
}

/// The member that a link names, if it is written out.
fn literal_key(step: &Step) -> Option<Value> {
    let literal = |expression: &Expression| match &expression.kind {
        Kind::String(text) => Some(Value::string(text.clone())),
        Kind::Number(number) => Some(number.value().into()),
        _ => None,
    };
    match &step.kind {
        StepKind::Property(name) => Some(Value::string(name.clone())),
        StepKind::Index(index) => literal(index),
        StepKind::Method { method: Some(Method::Get | Method::GetOrDefault), args, .. } => {
            literal(args.first()?)
        }
        StepKind::Method { .. } => None,
    }
}

/// Whether a value is, or holds, a text with a part that is known only after a deployment.
fn is_open_text(value: &Value) -> bool {
    match value {
        Value::String(text) => is_open(text),
        Value::List(list) => list.snapshot().iter().any(|item| item.as_str().is_some_and(is_open)),
        _ => false,
    }
}
