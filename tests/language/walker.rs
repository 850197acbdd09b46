//! The tree as its derived `Debug` prints it: that knows every field of every node and nothing of `syntax::visit`.

use vtl_eval::syntax::visit::{
    Visit, walk_branch, walk_choice, walk_expression, walk_foreach, walk_reference, walk_set, walk_statement, walk_step,
};
use vtl_eval::syntax::{Block, Expression, Foreach, If, NodeId, Program, Reference, Set, Statement};

/// Every node, in the order in which it is printed.
pub fn printed(program: &Program) -> Vec<NodeId> {
    let tree = format!("{:?}", program.body);
    let numbers = tree.split("NodeId(").skip(1).map(|rest| rest.split(')').next().unwrap().parse().unwrap());
    numbers.map(NodeId).collect()
}

/// Whether the tree calls this function of `$util`.
pub fn prints_call(program: &Program, name: &str) -> bool {
    format!("{:?}", program.body).contains(&format!("function: Some(Function {{ namespace: \"util\", name: \"{name}\""))
}

/// Every node, in the order in which it is visited.
pub fn visited(program: &Program) -> Vec<NodeId> {
    let mut nodes = Nodes(Vec::new());
    nodes.program(program);
    nodes.0
}

struct Nodes(Vec<NodeId>);

impl<'p> Visit<'p> for Nodes {
    fn statement(&mut self, statement: &'p Statement) {
        if let Statement::Break { node, .. } | Statement::Stop { node } | Statement::Return { node, .. } = statement {
            self.0.push(*node);
        }
        walk_statement(self, statement);
    }

    fn set(&mut self, set: &'p Set) {
        self.0.push(set.node);
        walk_set(self, set);
    }

    fn choice(&mut self, parts: &'p If) {
        self.0.push(parts.node);
        walk_choice(self, parts);
    }

    fn branch(&mut self, parts: &'p If, at: usize) {
        self.0.push(parts.branches[at].node);
        walk_branch(self, &parts.branches[at]);
    }

    fn otherwise(&mut self, _: &'p If, node: NodeId, body: &'p Block) {
        self.0.push(node);
        self.block(body);
    }

    fn foreach(&mut self, each: &'p Foreach) {
        self.0.push(each.node);
        walk_foreach(self, each);
    }

    fn expression(&mut self, expression: &'p Expression) {
        self.0.push(expression.node);
        walk_expression(self, expression);
    }

    fn reference(&mut self, reference: &'p Reference) {
        self.0.push(reference.node);
        walk_reference(self, reference);
    }

    fn step(&mut self, reference: &'p Reference, at: usize) {
        self.0.push(reference.steps[at].node);
        walk_step(self, &reference.steps[at]);
    }
}
