//! What a test wants of a part that nobody gave, so that it comes out the other way.

use super::{part, role_claims};
use crate::value::method::Method;
use crate::appsync::ContextPath;
use crate::code::Code;
use crate::eval::Outcome;
use crate::explain::hint::allow::{claim_asked, static_path, static_path_before};
use crate::explain::hint::claim_name;
use crate::finding::Finding;
use crate::message::{Message, Part, any_of};
use crate::open::is_open;
use crate::syntax::{ComparisonOperator, Expression, ExpressionKind as Kind, NodeId, Program, Reference, Slot, Step, StepKind};
use crate::trace::Verdict;
use crate::trace::derived::DEPLOYMENT;
use crate::trace::condition::{Condition, Operand, OperandRole};
use crate::trace::index::{Node, NodePart, references};
use crate::trace::judging::{judged, operand};
use crate::trace::origin::Origin;
use crate::trace::recorder::Recorder;
use crate::value::Value;
use crate::explain::hint::text::show;

/// A template of the run, as it was recorded.
#[derive(Clone, Copy, Debug)]
pub struct Recorded<'a> {
    /// The template.
    pub program: &'a Program,
    /// What became of it.
    pub outcome: &'a Outcome,
    /// What was recorded.
    pub recorder: &'a Recorder<'a>,
}

/// What a test wants of what nobody gave.
pub(super) struct Wanted {
    /// The values of a deployment that it looked at, a character each.
    pub open: String,
    /// In words, for a sentence that begins with "If".
    pub when: String,
    /// The part that it reads.
    pub path: String,
    /// A value of it that turns the test.
    pub value: serde_json::Value,
    /// The line of the test.
    pub line: u32,
    /// Its text.
    pub text: String,
}

impl Recorded<'_> {
    /// What a test reads that nobody gave, where no value can be named that would turn it.
    pub(super) fn rests_on(&self, node: NodeId) -> Finding {
        let place = self.program.line(node).to_string();
        let code = format!("`{}`", self.program.one_line(node));
        if let Some((asked, path)) = self.each_item(node) {
            let (name, option) = part(&path);
            let message = Message::of(
                "this depends on {}, which was not given. The loop on line {} asks each of its items {}. » Give it in the report's context, or pass {}{}.",
                [
                    Part::Place(format!("`{path}`")),
                    Part::Place(place),
                    Part::Code(asked),
                    Part::Code(option),
                    Part::Text(if name == "info" { ", or the query that was sent" } else { "" }.to_owned()),
                ],
            );
            return Finding::new(Code::NotGiven, message).at(path);
        }
        let message = Message::of(
            "this depends on what {} (line {}) reads, which was not given: with another value the request may be answered otherwise. » Give that part of the context.",
            [Part::Code(code), Part::Place(place)],
        );
        Finding::new(Code::NotGiven, message)
    }

    /// The loops over parts that nobody gave, which no reading names: what they ask counts too.
    pub(super) fn open_loops(&self, ways: &[(Vec<Wanted>, Verdict)]) -> Vec<String> {
        let named = |path: &str| ways.iter().flat_map(|(wanted, _)| wanted).any(|wanted| wanted.path.starts_with(path));
        let loops = self.recorder.index.loops().filter(|each| self.recorder.values.origins(&each.list).is_open());
        loops
            .filter_map(|each| {
                let (asked, path) = self.each_item(each.list.node).filter(|(_, path)| !named(path))?;
                Some(format!("`{path}` was not given either, and the loop on line {} asks each of its items {asked}.", self.program.line(each.node)))
            })
            .collect()
    }

    /// What a loop over a part that nobody gave asks each item, and what then runs; with the part.
    fn each_item(&self, list: NodeId) -> Option<(String, String)> {
        let each = self.recorder.index.loops().find(|each| each.list.node == list || each.node == list)?;
        let Kind::Reference(walked) = &each.list.kind else { return None };
        let path = static_path(walked)?.join(".");
        let inside = |part: &&NodePart<'_>| match part {
            NodePart::Branch { parts, at } => {
                let around = self.recorder.index.chain(parts.branches[*at].node);
                around.iter().any(|part| part.node() == each.node)
            }
            _ => false,
        };
        let NodePart::Branch { parts, at } = self.recorder.index.parts().find(inside)? else { return None };
        let branch = &parts.branches[*at];
        let statements = self.recorder.index.statements.iter().find(|(node, _)| {
            self.recorder.index.chain(*node).last().is_some_and(|part| part.node() == branch.node)
        })?;
        let known = self.known_of(&branch.condition, each.item);
        let known = if known.is_empty() { String::new() } else { format!("; {}", known.join(", ")) };
        let asked = format!(
            "`{}` (line {}{known}): for one that meets it, line {} runs `{}`; where none does, it does not",
            self.program.one_line(branch.condition.node),
            self.program.line(branch.node),
            self.program.line(statements.0),
            self.program.one_line(statements.0),
        );
        Some((asked, path))
    }

    /// What a condition in a loop compares its item with, as far as it is known: variables, and members of the identity.
    fn known_of(&self, condition: &Expression, item: Slot) -> Vec<String> {
        let mut known: Vec<String> = Vec::new();
        let mut of_reference = |reference: &Reference| {
            let slot = reference.variable().filter(|slot| *slot != item && reference.steps.is_empty());
            let words = match slot.and_then(|slot| self.outcome.variable(slot)) {
                Some(value) => Some(format!("{} is {}", self.program.text(reference.node), show(value))),
                None => self.of_identity(reference),
            };
            known.extend(words.filter(|words| !known.contains(words)));
        };
        crate::trace::index::references(condition, &mut of_reference);
        known
    }

    /// `identity.userArn is "arn:…"`, where a reference reads that member, or calls something on it.
    fn of_identity(&self, reference: &Reference) -> Option<String> {
        let members = static_path(reference).or_else(|| static_path_before(reference))?;
        let (_, inner) = members.split_first().filter(|(first, inner)| **first == "identity" && !inner.is_empty())?;
        let mut value = self.outcome.context.get_str("identity")?;
        for name in inner {
            value = value.as_map()?.get_str(name)?;
        }
        Some(format!("{} is {}", members.join("."), show(value.as_str().map(|_| &value)?)))
    }

    /// `$util.authRules` decided on a row that was not given: which rules look at it.
    pub(super) fn by_auth_rules(&self, wanted: &Wanted) -> Option<Finding> {
        let call = self.outcome.env.auth_rules.last().filter(|_| wanted.path.split(['.', '[']).next() == Some("result"))?;
        let member = |rule: &Value, name: &str| rule.as_map().and_then(|map| map.get_str(name)).unwrap_or_default();
        let mut looks = Vec::new();
        for rule in call.rules.iter().filter(|rule| rule.applies) {
            let field = ["ownerFieldName", "groupsField", "groupsFieldName"].into_iter().map(|name| member(&rule.rule, name)).find(|name| !name.is_null());
            let words = match field {
                Some(field) => format!("rule {} compares the row's {} with the caller ({})", rule.index + 1, show(&field).replace('"', ""), self.caller()),
                None => format!("rule {}: {}", rule.index + 1, rule.reason),
            };
            looks.push(words);
        }
        let at = self.program.source.text.find(call.function.name()).map_or(0, |at| self.program.source.place(at as u32).line);
        let message = Message::of(
            "this depends on {}, the row as it is stored, which was not given: `$util.authRules.{}` (line {}) judges it: {}. If one of these holds on the row, the request is allowed; otherwise it is denied. » Give the row (--result).",
            [
                Part::Place("`result`".to_owned()),
                Part::Name(call.function.name().to_owned()),
                Part::Place(at.to_string()),
                Part::Value(looks.join("; ")),
            ],
        );
        Some(Finding::new(Code::NotGiven, message).at("result"))
    }

    /// The caller as owners are stored: `sub::username`.
    fn caller(&self) -> String {
        let identity = self.outcome.context.get_str("identity").unwrap_or_default();
        let member = |name: &str| identity.as_map().and_then(|map| map.get_str(name)).and_then(|value| value.as_str().map(str::to_owned));
        match (member("sub"), member("username")) {
            (Some(sub), Some(name)) if sub != name => format!("{sub}::{name}, or one of its halves"),
            (Some(one), _) | (None, Some(one)) => one,
            _ => "who was not given".to_owned(),
        }
    }

    /// What would make a test come out the other way.
    pub(super) fn wanted(&self, node: NodeId) -> Option<Wanted> {
        self.worded(node).or_else(|| self.not_come_to(node))
    }

    /// A test that the run did not come to, and which decides once another one comes out the other way.
    fn not_come_to(&self, node: NodeId) -> Option<Wanted> {
        if let Node::Expression(Expression { kind: Kind::Compare(ComparisonOperator::Equal | ComparisonOperator::NotEqual, sides), .. }) = self.recorder.index.node(node)? {
            let (path, when, value) = self.unseen(node, sides);
            let (line, text) = (self.program.line(node), self.program.one_line(node));
            return Some(Wanted { open: String::new(), when, path, value, line, text });
        }
        let reference = match self.recorder.index.node(node)? {
            Node::Reference(reference) => reference,
            Node::Expression(Expression { kind: Kind::Reference(reference), .. }) => reference,
            _ => return None,
        };
        if !self.records(node).is_empty() || self.recorder.index.is_walked(node) {
            return None;
        }
        let text = self.program.one_line(node);
        let value = reference.variable().and_then(|slot| Some((slot, self.outcome.variable(slot)?))).filter(|(_, value)| !value.is_null());
        let is = value.map_or_else(String::new, |(slot, value)| format!(" (${} is {})", self.program.name(slot), show(value)));
        let line = self.program.line(node);
        Some(Wanted { open: String::new(), when: format!("`{text}` holds{is}"), path: String::new(), value: serde_json::Value::Null, line, text })
    }

    fn worded(&self, node: NodeId) -> Option<Wanted> {
        let text = self.program.one_line(node);
        let mut open = self.open_values(node);
        let line = self.program.line(node);
        let (path, when, value) = match self.recorder.index.node(node)? {
            Node::Expression(Expression { kind: Kind::Compare(comparison, sides), .. }) => {
                self.compared(node, *comparison, sides)?
            }
            Node::Reference(reference) => self.read(node, reference).or_else(|| turned(&text, &open))?,
            Node::Expression(_) if !open.is_empty() => turned(&text, &open)?,
            Node::Expression(expression) => {
                let (_, origins) = self.recorder.values.of(expression);
                let path = origins.iter().find(|origin| origin.is_open())?.path()?.to_string();
                let when = format!("`{path}` makes `{text}` come out the other way");
                (path, when, serde_json::Value::Null)
            }
            _ => return None,
        };
        // A member whose name only the deployment knows, or what was computed from such a value.
        collect(&path, &mut open);
        let (path, when, value) = match path.starts_with(DEPLOYMENT) {
            true => turned(&text, &open)?,
            false => (path, when, value),
        };
        Some(Wanted { open, when, path, value, line, text })
    }

    /// The values of a deployment that stand in what a test looked at.
    fn open_values(&self, node: NodeId) -> String {
        let leaves = self.records(node).into_iter().chain(self.judged(node));
        let mut found = String::new();
        for operand in leaves.flat_map(|leaf| leaf.operands) {
            if let Some(text) = operand.value.as_str() {
                collect(text, &mut found);
            } else if operand.value.members().is_some() || operand.value.as_map().is_some() {
                collect(&crate::explain::hint::json(&operand.value).to_string(), &mut found);
            }
        }
        // A call whose answer was kept for later stands in no branch.
        if let (true, Some(Node::Reference(reference))) = (found.is_empty(), self.recorder.index.node(node)) {
            let (receiver, _) = self.recorder.values.receiver(reference);
            collect(receiver.as_str().unwrap_or_default(), &mut found);
            let origins = self.recorder.values.reference(reference);
            origins.iter().filter_map(Origin::path).for_each(|path| collect(path, &mut found));
        }
        found
    }

    /// `a == b` with one side open.
    fn compared(
        &self,
        node: NodeId,
        comparison: ComparisonOperator,
        sides: &(Expression, Expression),
    ) -> Option<(String, String, serde_json::Value)> {
        let leaf = self.judged(node)?;
        let [left, right] =
            [OperandRole::Left, OperandRole::Right].map(|role| leaf.operands.iter().find(|operand| operand.role == role));
        let (left, right) = (left?, right?);
        let (open, other, code) = if open_path(left).is_some() {
            (left, right, self.program.text(sides.1.node))
        } else {
            (right, left, self.program.text(sides.0.node))
        };
        let Some(path) = open_path(open) else { return Some(self.unseen(node, sides)) };
        let held = leaf.holds?;
        let other_values = self.values_of(node, other);
        let is = match comparison {
            ComparisonOperator::Equal => !held,
            ComparisonOperator::NotEqual => held,
            _ => {
                let when =
                    format!("`{path}` makes `{}` {}", self.program.text(node), if held { "false" } else { "true" });
                return Some((path, when, serde_json::Value::Null));
            }
        };
        let from = from(other).map_or(String::new(), |from| format!(", the value of {from}"));
        let when = match (is, open_path(other), other_values.as_slice()) {
            (true, Some(second), _) => format!("`{path}` equals `{second}`"),
            (false, Some(second), _) => format!("`{path}` and `{second}` differ"),
            (true, None, []) => format!("`{path}` has the same value as `{code}`"),
            (true, None, [one]) if one == "null" => format!("`{path}` is absent or null, as `{code}` is"),
            (true, None, [one]) => format!("`{path}` is {one}{from}"),
            (true, None, more) => format!("`{path}` is one of {}", more.join(", ")),
            (false, None, [one]) if one == "null" => format!("`{path}` has a value (`{code}` is null)"),
            (false, None, more) => format!("`{path}` is anything but {}{from}", any_of(more)),
        };
        let wanted = if is { crate::explain::hint::json(&other.value) } else { serde_json::Value::Null };
        Some((path, when, wanted))
    }

    /// A comparison that only an item which nobody gave would come to: nothing is there, so it would have to be equal.
    fn unseen(&self, node: NodeId, sides: &(Expression, Expression)) -> (String, String, serde_json::Value) {
        let [left, right] = [&sides.0, &sides.1].map(|side| (self.program.text(side.node), self.peek(side)));
        let (when, value) = match (left, right) {
            ((_, Some(value)), (code, None)) | ((code, None), (_, Some(value))) => {
                (format!("`{code}` is {}", show(&value)), crate::explain::hint::json(&value))
            }
            ((left, _), (right, _)) => (format!("`{left}` equals `{right}`"), serde_json::Value::Null),
        };
        (String::new(), when + &self.terms_beside(node, sides), value)
    }

    /// The other terms that ask the same item, where all of them must hold.
    fn terms_beside(&self, node: NodeId, sides: &(Expression, Expression)) -> String {
        let variable = |side: &Expression| match &side.kind {
            Kind::Reference(reference) => reference.variable(),
            _ => None,
        };
        let Some(slot) = variable(&sides.0).or_else(|| variable(&sides.1)) else { return String::new() };
        let conditions = self.recorder.index.parts().filter_map(|part| match part {
            NodePart::Branch { parts, at } => Some(&parts.branches[*at].condition),
            _ => None,
        });
        let mut beside: Vec<String> = Vec::new();
        for condition in conditions {
            let mut terms = Vec::new();
            all_terms(condition, &mut terms);
            if !terms.iter().any(|term| term.node == node) {
                continue;
            }
            for term in terms.into_iter().filter(|term| term.node != node) {
                let mut asks = false;
                references(term, &mut |reference: &Reference| asks |= reference.root == slot);
                let text = format!(" and `{}` holds", self.program.one_line(term.node));
                if asks && !beside.contains(&text) {
                    beside.push(text);
                }
            }
        }
        beside.truncate(3);
        beside.concat()
    }

    /// A call that gives a boolean, the truth of a reference, or a loop's list.
    fn read(&self, node: NodeId, reference: &Reference) -> Option<(String, String, serde_json::Value)> {
        let leaf = self.judged(node)?;
        let open = leaf.operands.iter().find_map(|operand| Some((operand, open_path(operand)?)));
        let (operand, path) = open.or_else(|| {
            let (_, origins) = self.recorder.values.receiver(reference);
            let path = origins.iter().find(|origin| origin.is_open())?.path()?.to_string();
            Some((leaf.operands.first()?, path))
        })?;
        let path = if path == "identity.claims" { self.only_claim().unwrap_or(path) } else { path };
        if self.recorder.index.is_walked(node) {
            return Some((path.clone(), format!("`{path}` has items"), serde_json::Value::Null));
        }
        let held = leaf.holds.unwrap_or(false);
        let last = reference.steps.last().and_then(|step| match &step.kind {
            StepKind::Method { name, method, args } => Some((*method, name, args.first())),
            _ => None,
        });
        let when = match last {
            Some((Some(Method::Contains | Method::ContainsKey | Method::ContainsValue), _, Some(item))) => {
                let value = self.item(node, item);
                let list = leaf.operands.iter().find(|operand| operand.role == OperandRole::Receiver);
                match (open_path(operand), list) {
                    (Some(_), Some(list)) if operand.role == OperandRole::Argument && open_path(list).is_none() => {
                        format!("`{path}` is {}one of {}", not(held), show(&list.value))
                    }
                    _ => format!("`{path}` {} {value}", if held { "does not hold" } else { "holds" }),
                }
            }
            Some((Some(Method::Equals | Method::EqualsIgnoreCase), _, Some(item))) => {
                format!("`{path}` is {}{}", not(held), self.item(node, item))
            }
            Some((Some(called), ..)) if called.asks_null() || called == Method::IsEmpty => {
                format!("`{path}` {}", if held { "has a value" } else { "is empty" })
            }
            Some((_, name, _)) => format!("`{path}` makes `{name}` {}", if held { "false" } else { "true" }),
            None => format!("`{path}` {}", if held { "is absent or false" } else { "is there and not false" }),
        };
        Some((path, when, serde_json::Value::Null))
    }

    /// The one claim that the template asks for by a name that it computed, where no claims were given.
    fn only_claim(&self) -> Option<String> {
        let mut names: Vec<String> = Vec::new();
        for reference in self.program.references() {
            let Some(name) = claim_asked(reference) else { continue };
            let Some(name) = self.recorder.values.of(name).0.as_str().map(str::to_owned) else { continue };
            if !names.contains(&name) {
                names.push(name);
            }
        }
        if names.is_empty() {
            names = role_claims::of(self.program);
        }
        <[String; 1]>::try_from(names).ok().map(|[name]| ContextPath::claim(&name).to_string())
    }

    /// A leaf as it was judged first.
    fn judged(&self, node: NodeId) -> Option<Condition> {
        let all = self.records(node);
        match all.into_iter().next() {
            Some(first) => Some(first),
            None => match self.recorder.index.node(node)? {
                Node::Expression(expression) => Some(judged(&self.recorder.values, expression)),
                Node::Reference(reference) => {
                    let origins = self.recorder.values.receiver(reference).1;
                    let operands = vec![Operand {
                        span: self.program.span(node),
                        value: Value::Null,
                        origins,
                        slot: reference.variable(),
                        literal: false,
                        role: OperandRole::Receiver,
                    }];
                    let shape = crate::trace::condition::Shape::Leaf;
                    Some(Condition {
                        node,
                        shape,
                        holds: self.recorder.values.holds(node),
                        parts: Vec::new(),
                        operands,
                    })
                }
                _ => None,
            },
        }
    }

    /// Every time that a leaf was judged in a branch's condition.
    fn records(&self, node: NodeId) -> Vec<Condition> {
        let mut found = Vec::new();
        for record in self.recorder.branches.values().flatten() {
            let mut leaves = Vec::new();
            record.condition.leaves(&mut leaves);
            found.extend(leaves.into_iter().filter(|leaf| leaf.node == node && leaf.holds.is_some()).cloned());
        }
        found
    }

    /// The values that the other side of a comparison had, each once.
    fn values_of(&self, node: NodeId, other: &Operand) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        let records = self.records(node);
        let others = records.iter().flat_map(|leaf| &leaf.operands).filter(|operand| operand.role == other.role);
        for value in others.map(|operand| &operand.value).chain([&other.value]) {
            let value = show(value);
            if !found.contains(&value) {
                found.push(value);
            }
        }
        if found.len() > 1 {
            found.retain(|value| value != "null");
        }
        found
    }

    /// The argument of a call: its values, or what it would have been, or its text.
    fn item(&self, node: NodeId, item: &Expression) -> String {
        let mut seen: Vec<String> = Vec::new();
        for leaf in self.records(node) {
            let arguments = leaf.operands.iter().filter(|operand| operand.role == OperandRole::Argument);
            for value in arguments.filter(|operand| !operand.value.is_null()).map(|operand| show(&operand.value)) {
                if !seen.contains(&value) {
                    seen.push(value);
                }
            }
        }
        match (seen.is_empty(), self.peek(item)) {
            (false, _) => any_of(&seen),
            (true, Some(value)) => show(&value),
            (true, None) => format!("`{}`", self.program.text(item.node)),
        }
    }

    /// What an argument would have been, had it been looked at: a call on null is not made.
    fn peek(&self, expression: &Expression) -> Option<Value> {
        let Kind::Reference(reference) = &expression.kind else {
            let seen = operand(&self.recorder.values, expression, OperandRole::Argument);
            return match &expression.kind {
                Kind::String(text) => Some(Value::string(text.clone())),
                Kind::Boolean(value) => Some(Value::Boolean(*value)),
                Kind::Number(number) => Some(number.value().into()),
                _ => Some(seen.value).filter(|value| !value.is_null()),
            };
        };
        let mut value = match reference.root {
            Slot::CTX | Slot::CONTEXT => Value::Map(self.outcome.context.clone()),
            _ => self.outcome.variable(reference.root)?.clone(),
        };
        for step in &reference.steps {
            let key = key(step)?;
            value = value.as_map()?.get(&key)?;
        }
        Some(value)
    }
}

/// The terms of a condition that must all hold.
fn all_terms<'p>(expression: &'p Expression, found: &mut Vec<&'p Expression>) {
    match &expression.kind {
        Kind::And(sides) => {
            all_terms(&sides.0, found);
            all_terms(&sides.1, found);
        }
        _ => found.push(expression),
    }
}

/// Open values of a text, each once.
fn collect(text: &str, found: &mut String) {
    if is_open(text) {
        found.extend(text.chars().filter(|letter| is_open(letter.encode_utf8(&mut [0; 4]))));
        let mut seen = Vec::new();
        found.retain(|letter| {
            let is_new = !seen.contains(&letter);
            seen.push(letter);
            is_new
        });
    }
}

/// A test on open values alone, of which nothing more is known.
fn turned(text: &str, open: &str) -> Option<(String, String, serde_json::Value)> {
    let when = format!("`{text}` comes out the other way");
    (!open.is_empty()).then_some((String::new(), when, serde_json::Value::Null))
}

fn key(step: &Step) -> Option<Value> {
    let text = |expression: &Expression| match &expression.kind {
        Kind::String(text) => Some(Value::string(text.clone())),
        _ => None,
    };
    match &step.kind {
        StepKind::Property(name) => Some(Value::string(name.clone())),
        StepKind::Index(index) => text(index),
        StepKind::Method { method: Some(Method::Get), args, .. } => text(args.first()?),
        StepKind::Method { .. } => None,
    }
}

fn not(held: bool) -> &'static str {
    if held { "not " } else { "" }
}

/// The place of which nobody said what stands there.
fn open_path(operand: &Operand) -> Option<String> {
    operand.origins.iter().find(|origin| origin.is_open()).and_then(Origin::path).map(ToString::to_string)
}

/// Where a known value comes from, in a few words.
fn from(operand: &Operand) -> Option<String> {
    let (path, value, _) = operand.origins.context()?;
    (!value.is_null()).then(|| claim_name(path).map_or_else(|| format!("`{path}`"), |claim| format!("claim {claim}")))
}
