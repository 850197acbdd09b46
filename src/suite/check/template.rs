//! Static findings: what is wrong with a template before anyone calls it.

use crate::message::quoted;
use crate::appsync::AuthType;
use crate::code::{Code, Severity};
use crate::source::Source;
use crate::syntax::visit::{Visit, walk_block, walk_branch, walk_foreach, walk_set};
use crate::syntax::{
    Block, Comparison, Expression, ExpressionKind as Kind, Foreach, If, NodeId, Program, Reference, Set, Slot,
    Statement, StepKind, parse,
};
use crate::trace::{is_refusal, mentions};
use rustc_hash::FxHashSet;
use serde::Serialize;

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
    pub code: Code,
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
                code: Code::DoesNotParse,
                message: diagnostic.message.clone(),
            }];
        }
    };
    let mut checker = Checker { program: &program, found: Vec::new() };
    checker.calls();
    checker.variables();
    checker.program(&program);
    checker.modes(modes);
    checker.found.sort_by_key(|spot| (spot.line, spot.column));
    checker.found
}

struct Checker<'p> {
    program: &'p Program,
    found: Vec<Spot>,
}

impl<'p> Checker<'p> {
    fn spot(&mut self, node: NodeId, severity: Severity, code: Code, message: String) {
        let place = self.program.source.place(self.program.span(node).start);
        let file = self.program.source.name.to_string();
        let (line, column) = (Some(place.line), Some(place.column));
        self.found.push(Spot { file, template: None, line, column, severity, code, message });
    }

    /// Functions and methods that AppSync does not have; `contains` on the text of a claim.
    fn calls(&mut self) {
        for reference in self.program.references() {
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
                        Code::UnknownFunction,
                        format!("AppSync has no ${space}.{name}{hint}"),
                    );
                }
                continue;
            }
            for step in &reference.steps {
                if let StepKind::Method { name, method: None, .. } = &step.kind {
                    let message = format!("no value of AppSync's has a method {name}: it gives null");
                    self.spot(step.node, Severity::Error, Code::UnknownMethod, message);
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
                Code::SubstringMatch,
                format!("`{text}` looks for a substring: a longer name that holds it matches too"),
            );
        }
    }

    /// Variables that are read and never set.
    fn variables(&mut self) {
        let mut assigned = Assigned::default();
        assigned.program(self.program);
        let mut told: FxHashSet<Slot> = FxHashSet::default();
        for reference in self.program.references() {
            let own = reference.root.0 as usize >= Slot::FIXED.len();
            if own && !assigned.0.contains(&reference.root) && told.insert(reference.root) {
                let name = self.program.name(reference.root).to_owned();
                self.spot(
                    reference.node,
                    Severity::Warning,
                    Code::NeverSet,
                    format!("${name} is read and never set: it is null, and printed as its own text"),
                );
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
            self.spot(node, Severity::Warning, Code::NeverReached, message);
        }
    }

    /// Conditions that can never hold, and so blocks that can never authorize.
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
                        "$util.authType() is never {wrong}: the modes are \"API Key Authorization\", \"IAM Authorization\", \"User Pool Authorization\", \"Open ID Connect Authorization\" and \"Lambda Authorization\"", wrong = quoted(&wrong)
                    ),
                ))
            }
            _ => None,
        }
    }

    /// A refusal, and no branch for a mode that the API has.
    fn modes(&mut self, modes: &[AuthType]) {
        let refusal = self.program.references().into_iter().rfind(|reference| is_refusal(reference));
        let Some(refusal) = refusal.filter(|_| mentions(self.program, "authType")) else { return };
        for mode in modes.iter().filter(|mode| !mentions(self.program, mode.as_str())) {
            self.spot(
                refusal.node,
                Severity::Warning,
                Code::ModeWithoutBranch,
                format!("the API has {mode}, and no branch is for it: such callers are always refused here"),
            );
        }
    }
}

/// Conditions and blocks, wherever they stand.
impl<'p> Visit<'p> for Checker<'p> {
    fn block(&mut self, block: &'p Block) {
        self.unreachable(block);
        walk_block(self, block);
    }

    fn branch(&mut self, parts: &'p If, at: usize) {
        let branch = &parts.branches[at];
        if let Some((severity, message)) = self.never(&branch.condition) {
            self.spot(branch.condition.node, severity, Code::NeverHolds, message);
        }
        walk_branch(self, branch);
    }
}

/// Variables that some statement gives a value.
#[derive(Default)]
struct Assigned(FxHashSet<Slot>);

impl<'p> Visit<'p> for Assigned {
    fn set(&mut self, set: &'p Set) {
        self.0.insert(set.target.root);
        walk_set(self, set);
    }

    fn foreach(&mut self, each: &'p Foreach) {
        self.0.insert(each.item);
        walk_foreach(self, each);
    }
}
