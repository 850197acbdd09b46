//! A program drawn for a reader: a line for each node, indented, with the source text that it stands for.

use std::fmt::Display;
use std::fmt::Write;
use vtl_eval::syntax::{
    Block, Expression, ExpressionKind as Kind, NodeId, NumberLiteral, Program, Reference, Statement, StepKind,
};

/// Draws a program.
pub fn draw(program: &Program) -> String {
    let mut tree = Tree { program, out: String::new() };
    tree.block(0, &program.body);
    tree.out
}

struct Tree<'p> {
    program: &'p Program,
    out: String,
}

impl Tree<'_> {
    fn line(&mut self, depth: usize, node: NodeId, what: impl Display) {
        let text = self.program.text(node);
        let _ = writeln!(self.out, "{:1$}{what}  ⟵ {text:?}", "", depth * 2);
    }

    fn block(&mut self, depth: usize, block: &Block) {
        for statement in block {
            self.statement(depth, statement);
        }
    }

    fn statement(&mut self, depth: usize, statement: &Statement) {
        match statement {
            Statement::Text(text) => {
                let _ = writeln!(self.out, "{:1$}text {text:?}", "", depth * 2);
            }
            Statement::Print(reference) => self.reference(depth, "print ", reference),
            Statement::Set(set) => {
                self.line(depth, set.node, "set");
                self.reference(depth + 1, "", &set.target);
                self.expression(depth + 1, &set.value);
            }
            Statement::If(parts) => {
                self.line(depth, parts.node, "if");
                for branch in &parts.branches {
                    self.line(depth + 1, branch.node, "branch");
                    self.expression(depth + 2, &branch.condition);
                    self.block(depth + 2, &branch.body);
                }
                if let Some((node, body)) = &parts.otherwise {
                    self.line(depth + 1, *node, "else");
                    self.block(depth + 2, body);
                }
            }
            Statement::Foreach(each) => {
                self.line(depth, each.node, format_args!("foreach ${}", self.program.name(each.item)));
                self.expression(depth + 1, &each.list);
                self.block(depth + 1, &each.body);
            }
            Statement::Break { node, scope } => self.exit(depth, *node, "break", scope.as_ref()),
            Statement::Stop { node } => self.exit(depth, *node, "stop", None),
            Statement::Return { node, value } => self.exit(depth, *node, "return", value.as_ref()),
        }
    }

    fn exit(&mut self, depth: usize, node: NodeId, name: &str, value: Option<&Expression>) {
        self.line(depth, node, name);
        if let Some(value) = value {
            self.expression(depth + 1, value);
        }
    }

    fn reference(&mut self, depth: usize, role: &str, reference: &Reference) {
        let mut marks = String::new();
        for (is_set, mark) in [(reference.quiet, " quiet"), (reference.formal, " formal")] {
            marks += if is_set { mark } else { "" };
        }
        if reference.backslashes > 0 {
            let _ = write!(marks, " after {} backslashes", reference.backslashes);
        }
        if !reference.more.is_empty() {
            let _ = write!(marks, " after {:?}", reference.more);
        }
        if let Some(function) = reference.function {
            let _ = write!(marks, " of AppSync: {}.{}", function.namespace, function.name);
        }
        let name = self.program.name(reference.root);
        self.line(depth, reference.node, format_args!("{role}${name}{marks}"));
        for step in &reference.steps {
            match &step.kind {
                StepKind::Property(name) => self.line(depth + 1, step.node, format_args!("property {name}")),
                StepKind::Method { name, args, .. } => {
                    self.line(depth + 1, step.node, format_args!("method {name}"));
                    self.all(depth + 2, args);
                }
                StepKind::Index(index) => {
                    self.line(depth + 1, step.node, "index");
                    self.expression(depth + 2, index);
                }
            }
        }
    }

    fn all<'e>(&mut self, depth: usize, expressions: impl IntoIterator<Item = &'e Expression>) {
        for expression in expressions {
            self.expression(depth, expression);
        }
    }

    fn expression(&mut self, depth: usize, expression: &Expression) {
        let node = expression.node;
        match &expression.kind {
            Kind::Null => self.line(depth, node, "null"),
            Kind::Boolean(value) => self.line(depth, node, value),
            Kind::Number(NumberLiteral::Integer(value)) => self.line(depth, node, format_args!("integer {value}")),
            Kind::Number(NumberLiteral::Double(value)) => self.line(depth, node, format_args!("double {value:?}")),
            Kind::Number(NumberLiteral::Large(digits)) => self.line(depth, node, format_args!("large {digits}")),
            Kind::String(text) => self.line(depth, node, format_args!("string {text:?}")),
            Kind::Interpolated { body, .. } => {
                self.line(depth, node, "template");
                self.block(depth + 1, body);
            }
            Kind::Reference(reference) => self.reference(depth, "", reference),
            Kind::List(items) => {
                self.line(depth, node, "list");
                self.all(depth + 1, items);
            }
            Kind::Map(entries) => {
                self.line(depth, node, "map");
                self.all(depth + 1, entries.iter().flat_map(|(key, value)| [key, value]));
            }
            Kind::Range(sides) => self.sides(depth, node, "range", sides),
            Kind::Not(inner) => {
                self.line(depth, node, "not");
                self.expression(depth + 1, inner);
            }
            Kind::And(sides) => self.sides(depth, node, "and", sides),
            Kind::Or(sides) => self.sides(depth, node, "or", sides),
            Kind::Compare(comparison, sides) => self.sides(depth, node, &format!("{comparison:?}"), sides),
            Kind::Arithmetic(operator, sides) => self.sides(depth, node, &format!("{operator:?}"), sides),
        }
    }

    fn sides(&mut self, depth: usize, node: NodeId, what: &str, sides: &(Expression, Expression)) {
        self.line(depth, node, what);
        self.all(depth + 1, [&sides.0, &sides.1]);
    }
}
