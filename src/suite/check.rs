//! Static findings: what is wrong with a template before anyone calls it.

use crate::appsync::AuthType;
use crate::source::Source;
use crate::syntax::{Block, NodeId};
use crate::syntax::{
    Comparison, Expression, ExpressionKind as Kind, Program, Reference, Slot, Statement, StepKind, parse,
};
use crate::trace::has_refusal;
use crate::trace::index::{Index, Node, inside, references};
use rustc_hash::FxHashSet;
use serde::Serialize;
use std::borrow::Cow;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It will not work.
    Error,
    /// It probably does something else than it says.
    Warning,
    /// Good to know.
    Note,
}

/// A finding and its place.
#[derive(Clone, Debug, Serialize)]
pub struct Spot {
    /// The file.
    pub file: String,
    /// The template, where it stands inside that file; line and column are then its own.
    pub template: Option<String>,
    /// From 1; none for what is about the whole source.
    pub line: Option<u32>,
    /// From 1.
    pub column: Option<u32>,
    /// How bad.
    pub severity: Severity,
    /// A stable code.
    pub code: Cow<'static, str>,
    /// What is wrong and what to do.
    pub message: String,
}

/// Checks a template; `modes` are the API's, if they are known.
pub fn check(source: &Source, modes: &[AuthType]) -> Vec<Spot> {
    let program = match parse(source) {
        Ok(program) => program,
        Err(diagnostic) => {
            let place = diagnostic.place();
            return vec![Spot {
                file: source.name.to_string(),
                template: None,
                line: Some(place.line),
                column: Some(place.column),
                severity: Severity::Error,
                code: "does-not-parse".into(),
                message: diagnostic.message.clone(),
            }];
        }
    };
    let mut checker = Checker { program: &program, index: Index::new(&program), found: Vec::new() };
    checker.calls();
    checker.variables();
    checker.conditions(&program.body);
    checker.modes(modes);
    checker.found.sort_by_key(|spot| (spot.line, spot.column));
    checker.found
}

struct Checker<'p> {
    program: &'p Program,
    index: Index<'p>,
    found: Vec<Spot>,
}

impl<'p> Checker<'p> {
    fn spot(&mut self, node: NodeId, severity: Severity, code: &'static str, message: String) {
        let place = self.program.source.place(self.program.span(node).start);
        let file = self.program.source.name.to_string();
        let (line, column) = (Some(place.line), Some(place.column));
        self.found.push(Spot { file, template: None, line, column, severity, code: code.into(), message });
    }

    /// Every reference of the program, those in conditions and arguments included.
    fn all_references(&self) -> Vec<&'p Reference> {
        let mut all = Vec::new();
        for node in (0..self.program.spans.len() as u32).map(NodeId) {
            if let Some(Node::Reference(reference)) = self.index.node(node)
                && reference.node == node
            {
                all.push(reference);
            } else if let Some(Node::Expression(Expression { kind: Kind::Reference(reference), .. })) =
                self.index.node(node)
            {
                all.push(reference);
            }
        }
        all
    }

    /// Functions and methods that AppSync does not have; `contains` on the text of a claim.
    fn calls(&mut self) {
        for reference in self.all_references() {
            let space = match reference.root {
                Slot::UTIL | Slot::UTILS => Some("util"),
                Slot::EXTENSIONS => Some("extensions"),
                _ => None,
            };
            if let Some(space) = space {
                let calls = reference.steps.iter().any(|step| matches!(step.kind, StepKind::Method { .. }));
                if reference.function.is_none() && calls {
                    let names: Vec<&str> = reference
                        .steps
                        .iter()
                        .map_while(|step| match &step.kind {
                            StepKind::Property(name) | StepKind::Method { name, .. } => Some(name.as_str()),
                            StepKind::Index(_) => None,
                        })
                        .collect();
                    let last = names.last().copied().unwrap_or_default();
                    let near = crate::appsync::util::nearest(space, last);
                    let hint = near.map_or(String::new(), |near| format!("; did you mean ${near}?"));
                    let name = names.join(".");
                    self.spot(
                        reference.node,
                        Severity::Error,
                        "unknown-function",
                        format!("AppSync has no ${space}.{name}{hint}"),
                    );
                }
                continue;
            }
            for step in &reference.steps {
                if let StepKind::Method { name, method: None, .. } = &step.kind {
                    let message = format!("no value of AppSync's has a method {name}: it gives null");
                    self.spot(step.node, Severity::Error, "unknown-method", message);
                }
            }
            self.substring(reference);
        }
    }

    fn substring(&mut self, reference: &'p Reference) {
        let Some(last) = reference.steps.last() else { return };
        let contains = matches!(&last.kind, StepKind::Method { name, .. } if name == "contains");
        let text = self.program.text(reference.node);
        let one_text = ["email", "phone_number", "scope", "client_id", "iss", "name", "cognito:username"];
        let claim = |name: &&str| {
            text.contains(&format!("claims.{name}.contains"))
                || text.contains(&format!("\"{name}\").contains"))
                || text.contains(&format!("\"{name}\"].contains"))
        };
        if contains
            && (one_text.iter().any(claim)
                || text.contains("custom:")
                || text.contains("userArn.contains")
                || text.contains(".username.contains")
                || text.contains(".sub.contains"))
        {
            self.spot(
                last.node,
                Severity::Warning,
                "substring-match",
                format!("`{text}` looks for a substring: a longer name that holds it matches too"),
            );
        }
    }

    /// Variables that are read and never set.
    fn variables(&mut self) {
        let mut set: FxHashSet<Slot> = FxHashSet::default();
        self.assigned(&self.program.body, &mut set);
        let mut told: FxHashSet<Slot> = FxHashSet::default();
        for reference in self.all_references() {
            let own = reference.root.0 as usize >= Slot::FIXED.len();
            if own && !set.contains(&reference.root) && told.insert(reference.root) {
                let name = self.program.name(reference.root).to_owned();
                self.spot(
                    reference.node,
                    Severity::Warning,
                    "never-set",
                    format!("${name} is read and never set: it is null, and printed as its own text"),
                );
            }
        }
    }

    fn assigned(&self, block: &Block, set: &mut FxHashSet<Slot>) {
        for statement in block {
            match statement {
                Statement::Set(one) => {
                    set.insert(one.target.root);
                }
                Statement::If(parts) => {
                    parts.branches.iter().for_each(|branch| self.assigned(&branch.body, set));
                    if let Some((_, body)) = &parts.otherwise {
                        self.assigned(body, set);
                    }
                }
                Statement::Foreach(each) => {
                    set.insert(each.item);
                    self.assigned(&each.body, set);
                }
                _ => {}
            }
        }
    }

    /// Statements behind one that always leaves the template: they can neither authorize nor refuse.
    fn unreachable(&mut self, block: &'p Block) {
        let ends = |statement: &Statement| match statement {
            Statement::Return { .. } | Statement::Stop { .. } => true,
            Statement::Print(reference) => {
                reference.function.is_some_and(|function| matches!(function.name, "unauthorized" | "error"))
                    && matches!(reference.root, Slot::UTIL | Slot::UTILS)
            }
            _ => false,
        };
        let mut rest = block.iter().skip_while(|statement| !ends(statement)).skip(1);
        let next = rest.find_map(|statement| match statement {
            Statement::Set(set) => Some(set.node),
            Statement::If(parts) => parts.branches.first().map(|branch| branch.condition.node),
            Statement::Print(reference) => Some(reference.node),
            Statement::Foreach(each) => Some(each.node),
            _ => None,
        });
        if let Some(node) = next {
            let message = "the template was left before this statement: it can neither authorize nor refuse".to_owned();
            self.spot(node, Severity::Warning, "never-reached", message);
        }
    }

    /// Conditions that can never hold, and so blocks that can never authorize.
    fn conditions(&mut self, block: &'p Block) {
        self.unreachable(block);
        for statement in block {
            match statement {
                Statement::If(parts) => {
                    for branch in &parts.branches {
                        if let Some((severity, message)) = self.never(&branch.condition) {
                            self.spot(branch.condition.node, severity, "never-holds", message);
                        }
                        self.conditions(&branch.body);
                    }
                    if let Some((_, body)) = &parts.otherwise {
                        self.conditions(body);
                    }
                }
                Statement::Foreach(each) => self.conditions(&each.body),
                _ => {}
            }
        }
    }

    fn never(&self, condition: &Expression) -> Option<(Severity, String)> {
        let text = self.program.text(condition.node);
        match &condition.kind {
            Kind::Boolean(false) => {
                Some((Severity::Warning, format!("`{text}` is always false: nothing in this block can run")))
            }
            Kind::String(_) | Kind::Number(_) | Kind::Arithmetic(..) | Kind::List(_) | Kind::Map(_) => {
                Some((Severity::Warning, format!("`{text}` is no condition: Velocity 1.7 takes it as false")))
            }
            Kind::And(sides) => self.never(&sides.0).or_else(|| self.never(&sides.1)),
            Kind::Compare(Comparison::Equal, sides) => {
                let mode = |call: &Expression, text: &Expression| match (&call.kind, &text.kind) {
                    (Kind::Reference(reference), Kind::String(name))
                        if reference.function.is_some_and(|function| function.name == "authType") =>
                    {
                        AuthType::parse(name)
                            .is_none_or(|mode| mode.as_str() != name.as_str())
                            .then(|| name.to_string())
                    }
                    _ => None,
                };
                let wrong = mode(&sides.0, &sides.1).or_else(|| mode(&sides.1, &sides.0))?;
                Some((
                    Severity::Error,
                    format!(
                        "$util.authType() is never {wrong:?}: the modes are \"API Key Authorization\", \"IAM Authorization\", \"User Pool Authorization\", \"Open ID Connect Authorization\" and \"Lambda Authorization\""
                    ),
                ))
            }
            _ => None,
        }
    }

    /// A refusal, and no branch for a mode that the API has.
    fn modes(&mut self, modes: &[AuthType]) {
        let text = &self.program.source.text;
        if !has_refusal(self.program) || !text.contains("authType") {
            return;
        }
        for mode in modes.iter().filter(|mode| !text.contains(mode.as_str())) {
            let node = self.refusal().unwrap_or(NodeId(0));
            self.spot(
                node,
                Severity::Warning,
                "mode-without-branch",
                format!("the API has {mode}, and no branch is for it: such callers are always refused here"),
            );
        }
    }

    fn refusal(&self) -> Option<NodeId> {
        self.index.statements.iter().rev().find_map(|(node, statement)| {
            let mut refuses = false;
            match statement {
                Node::Reference(reference) => {
                    inside(reference, &mut |inner| {
                        refuses |= inner.function.is_some_and(|function| function.name == "unauthorized")
                    });
                }
                Node::Set(set) => references(&set.value, &mut |_| {}),
                _ => {}
            }
            refuses.then_some(*node)
        })
    }
}
