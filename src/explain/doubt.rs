//! What nobody gave can have any value: where a test on such a part, coming out the other way, gives another verdict
//! (`readings`), there is none, and both readings are told.

use crate::value::method::Method;
use crate::code::Code;
use crate::eval::Outcome;
use crate::explain::hint::claim_name;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::open::is_open;
use crate::syntax::{ComparisonOperator, Expression, ExpressionKind as Kind, NodeId, Program, Reference, Slot, Step, StepKind};
use crate::trace::Verdict;
use crate::trace::derived::DEPLOYMENT;
use crate::trace::condition::{Condition, Operand, OperandRole};
use crate::trace::index::{Node, NodePart};
use crate::trace::judging::{judged, operand};
use crate::trace::origin::Origin;
use crate::trace::recorder::Recorder;
use crate::value::Value;

use super::hint::text::show;
use super::why::Reading;

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

/// What to tell: one hint for each reading. `of` gives the templates of the run.
pub fn findings<'a>(was: Verdict, readings: &[Reading], of: impl Fn(usize) -> Option<Recorded<'a>>) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    let mut ways: Vec<(Vec<Wanted>, Verdict)> = Vec::new();
    for reading in readings {
        if reading.tests.is_empty() {
            let words = "this reads parts of the context that were not given, and running it again for each takes more runs, or more steps (limit `steps`), than one report may: » give them.";
            found.push(Finding::new(Code::NotGiven, words));
            continue;
        }
        let wanted: Vec<_> = reading.tests.iter().filter_map(|(step, node)| of(*step)?.wanted(*node)).collect();
        let Some(first) = wanted.iter().find(|wanted| !wanted.path.is_empty() || !wanted.open.is_empty()) else {
            found.extend(reading.tests.iter().find_map(|(step, node)| Some(of(*step)?.rests_on(*node))));
            continue;
        };
        if let Some(finding) = after_deployment(was, reading, &wanted) {
            found.push(finding);
            continue;
        }
        if let Some(finding) = reading.tests.iter().find_map(|(step, _)| of(*step)?.by_auth_rules(first)) {
            found.push(finding);
            continue;
        }
        ways.push((wanted, reading.verdict));
    }
    let other = ways.first().and_then(|_| readings.first()?.tests.first()).and_then(|(step, _)| of(*step)).map(|run| run.open_loops(&ways));
    found.extend(all_readings(was, &ways, &other.unwrap_or_default()));
    found
}

/// All readings as one sentence: those that let the caller through first, and each of those is enough.
fn all_readings(was: Verdict, ways: &[(Vec<Wanted>, Verdict)], other: &[String]) -> Vec<Finding> {
    let all = || ways.iter().flat_map(|(wanted, _)| wanted).filter(|wanted| !wanted.path.is_empty());
    let Some(first) = all().next() else { return Vec::new() };
    let mut parts: Vec<(String, String)> = Vec::new();
    for part in all().map(|wanted| part(&wanted.path)) {
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    let names = super::hint::carried::and(parts.iter().map(|(name, _)| format!("`{name}`")).collect());
    let options: Vec<&str> = parts.iter().map(|(_, option)| option.as_str()).collect();
    // A mode alone opens the block whose tests are on the caller.
    let is = if first.path == "authType" { "may be" } else { "is" };
    let said = said(ways, is);
    let otherwise = if was == Verdict::Error { "answered with an error" } else { answer(was) };
    let mut message = Message::of(
        "this depends on {}, which {} not given. {}; otherwise it is {}.",
        [
            Part::Place(names),
            Part::Text(if parts.len() == 1 { "was" } else { "were" }.to_owned()),
            Part::Value(said.join("; ")),
            Part::Text(otherwise.to_owned()),
        ],
    );
    let mut known: Vec<&str> = Vec::new();
    for filled in all().filter_map(|wanted| filled_by(&wanted.path)) {
        if !known.contains(&filled) {
            known.push(filled);
            message.and(filled);
        }
    }
    if let Some(first) = other.first() {
        message.and(first.clone());
    }
    message.and(Message::of(
        "» Give {} in the report's context, or pass {}.",
        [Part::Text(if parts.len() == 1 { "it" } else { "them" }.to_owned()), Part::Code(options.join(" and "))],
    ));
    let mut found = vec![Finding::new(Code::NotGiven, message).at(first.path.clone()).wanted(first.value.clone())];
    let root = |path: &str| path.split(['.', '[']).next().unwrap_or_default().to_owned();
    let mut roots = vec![root(&first.path)];
    for other in all() {
        if !roots.contains(&root(&other.path)) {
            roots.push(root(&other.path));
            let words = Message::of("{} was not given either.", [Part::Place(format!("`{}`", other.path))]);
            found.push(Finding::new(Code::NotGiven, words).at(other.path.clone()).wanted(other.value.clone()));
        }
    }
    found
}

/// Each verdict that is possible, with all conditions that lead to it.
fn said(ways: &[(Vec<Wanted>, Verdict)], is: &str) -> Vec<String> {
    let mut said = Vec::new();
    let order: [&[Verdict]; 5] = [
        &[Verdict::Allowed, Verdict::Completed],
        &[Verdict::Filtered],
        &[Verdict::Denied],
        &[Verdict::Error],
        &[Verdict::Unknown],
    ];
    for same in order {
        let alike = ways.iter().filter(|(_, other)| same.contains(other));
        let verdict = same.first().copied().map_or("", answer);
        let conditions: Vec<String> = alike.map(|(wanted, _)| condition(wanted)).collect();
        if !conditions.is_empty() {
            let who = if said.is_empty() { format!("If {}, the request", conditions.join(", or if ")) } else { format!("if only {}, it", conditions.join(", or if ")) };
            said.push(format!("{who} {is} {verdict}"));
        }
    }
    said
}

/// What one reading takes, with the line that asks: `` `result.owner` is "ann" (line 3: `$ctx.result.owner == $me`) ``.
fn condition(wanted: &[Wanted]) -> String {
    let mut whens: Vec<_> = wanted.iter().map(|wanted| wanted.when.as_str()).collect();
    whens.dedup();
    let mut at: Vec<String> = Vec::new();
    for one in wanted.iter().map(|wanted| format!("line {}: `{}`", wanted.line, wanted.text)) {
        if !at.contains(&one) && at.len() < 2 {
            at.push(one);
        }
    }
    format!("{} ({})", whens.join(", and "), at.join(", "))
}

/// A reading that rests on values which only a deployment makes.
fn after_deployment(was: Verdict, reading: &Reading, wanted: &[Wanted]) -> Option<Finding> {
    let first = wanted.iter().find(|wanted| !wanted.open.is_empty())?;
    let mut names: Vec<String> = Vec::new();
    for letter in wanted.iter().flat_map(|wanted| wanted.open.chars()) {
        if !names.contains(&letter.to_string()) {
            names.push(letter.to_string());
        }
    }
    let (is, give) = match names.len() {
        1 => ("a value that is known only after a deployment", "it"),
        _ => ("values that are known only after a deployment", "them"),
    };
    let given: Vec<String> = names.iter().map(|name| format!("\"{name}\": …")).collect();
    let whens: Vec<_> = wanted.iter().map(|wanted| wanted.when.as_str()).collect();
    let message = Message::of(
        "this depends on {}, {}: » give {} with {}. If {}, the request is {}; otherwise it is {} (line {}: {}).",
        [
            Part::Place(names.join(" and ")),
            Part::Text(is.to_owned()),
            Part::Text(give.to_owned()),
            Part::Code(format!("--parameters '{{{}}}'", given.join(", "))),
            Part::Text(whens.join(", and ")),
            Part::Text(answer(reading.verdict).to_owned()),
            Part::Text(answer(was).to_owned()),
            Part::Place(first.line.to_string()),
            Part::Code(format!("`{}`", first.text)),
        ],
    );
    Some(Finding::new(Code::OpenValue, message).at(names.join(" ")).wanted(first.value.clone()))
}

fn answer(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allowed | Verdict::Completed => "allowed",
        Verdict::Filtered => "allowed with a filter",
        Verdict::Denied => "denied",
        Verdict::Error => "not refused there",
        Verdict::Unknown => "undecided",
    }
}

/// The part of the context that has to be given, and the option that gives it.
fn part(path: &str) -> (String, String) {
    let mut names = path.split(['.', '[']);
    let root = names.next().unwrap_or(path);
    let option = match root {
        "args" => return ("arguments".to_owned(), "--args".to_owned()),
        "authType" => return (root.to_owned(), "--auth-type, or --claims for a caller".to_owned()),
        "stash" => {
            let Some(name) = names.next() else { return (root.to_owned(), "--stash".to_owned()) };
            let name = name.trim_matches(['"', ']']);
            return (format!("stash.{name}"), format!("--stash '{{\"{name}\": …}}'"));
        }
        "identity" => match names.next().filter(|name| of_iam(name)) {
            Some(name) => return (format!("identity.{name}"), format!("it among the caller's members (--claims '{{\"{name}\": …, …}}')")),
            None => "--claims",
        },
        "request" => "--headers",
        "env" => "--context",
        root => return (root.to_owned(), format!("--{root}")),
    };
    (root.to_owned(), option.to_owned())
}

/// Whether an identity has this member under IAM, from STS or from an identity pool.
fn of_iam(name: &str) -> bool {
    name.starts_with("cognitoIdentity") || matches!(name, "userArn" | "accountId")
}

/// Where a part comes from that a reader may not think of.
fn filled_by(path: &str) -> Option<&'static str> {
    Some(match path.split(['.', '[']).next()? {
        "result" => "It is the row that the data source answers.",
        "stash" if path == "stash.hasAuth" => {
            "The stash is filled by the steps before: Amplify's auth step sets this member where the model has an @auth rule."
        }
        "stash" => "The stash is filled by the steps before this one.",
        "source" => "It is the parent object of the field.",
        "prev" => "It is what the function before answered.",
        "identity" if path.split(['.', '[']).nth(1).is_some_and(of_iam) => {
            "AppSync has it of every caller under IAM: of the role from STS, of an identity pool's session from the pool."
        }
        "identity" => "It is what AppSync makes of the caller's token.",
        _ => return None,
    })
}

/// What a test wants of what nobody gave.
struct Wanted {
    /// The values of a deployment that it looked at, a character each.
    open: String,
    /// In words, for a sentence that begins with "If".
    when: String,
    path: String,
    value: serde_json::Value,
    line: u32,
    text: String,
}

impl Recorded<'_> {
    /// What a test reads that nobody gave, where no value can be named that would turn it.
    fn rests_on(&self, node: NodeId) -> Finding {
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
    fn open_loops(&self, ways: &[(Vec<Wanted>, Verdict)]) -> Vec<String> {
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
        let path = super::hint::allow::static_path(walked)?.join(".");
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
        let mut known: Vec<String> = Vec::new();
        let mut of_variable = |reference: &Reference| {
            let slot = reference.variable().filter(|slot| *slot != each.item && reference.steps.is_empty());
            let value = slot.and_then(|slot| self.outcome.variable(slot));
            let words = value.map(|value| format!("{} is {}", self.program.text(reference.node), show(value)));
            known.extend(words.filter(|words| !known.contains(words)));
        };
        crate::trace::index::references(&branch.condition, &mut of_variable);
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

    /// `$util.authRules` decided on a row that was not given: which rules look at it.
    fn by_auth_rules(&self, wanted: &Wanted) -> Option<Finding> {
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
    fn wanted(&self, node: NodeId) -> Option<Wanted> {
        self.worded(node).or_else(|| self.not_come_to(node))
    }

    /// A test that the run did not come to, and which decides once another one comes out the other way.
    fn not_come_to(&self, node: NodeId) -> Option<Wanted> {
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
                collect(&super::hint::json(&operand.value).to_string(), &mut found);
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
        let Some(path) = open_path(open) else { return Some(self.unseen(sides)) };
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
            (false, None, more) => format!("`{path}` is anything but {}{from}", more.join(" or ")),
        };
        let wanted = if is { super::hint::json(&other.value) } else { serde_json::Value::Null };
        Some((path, when, wanted))
    }

    /// A comparison that only an item which nobody gave would come to: nothing is there, so it would have to be equal.
    fn unseen(&self, sides: &(Expression, Expression)) -> (String, String, serde_json::Value) {
        let [left, right] = [&sides.0, &sides.1].map(|side| (self.program.text(side.node), self.peek(side)));
        let (when, value) = match (left, right) {
            ((_, Some(value)), (code, None)) | ((code, None), (_, Some(value))) => {
                (format!("`{code}` is {}", show(&value)), super::hint::json(&value))
            }
            ((left, _), (right, _)) => (format!("`{left}` equals `{right}`"), serde_json::Value::Null),
        };
        (String::new(), when, value)
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
        if self.recorder.index.is_walked(node) {
            return Some((path.clone(), format!("`{path}` has items that pass"), serde_json::Value::Null));
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
            (false, _) => seen.join(" or "),
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
