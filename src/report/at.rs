//! A place in a template, as JSON.

use crate::syntax::{NodeId, Program};
use serde::Serialize;

/// Where a node stands, and its text.
#[derive(Debug, Serialize)]
pub struct At<'a> {
    file: &'a str,
    line: u32,
    column: u32,
    text: &'a str,
}

impl<'a> At<'a> {
    /// The place of a node.
    pub fn new(program: &'a Program, node: NodeId) -> Self {
        let place = program.place(node);
        Self { file: &program.source.name, line: place.line, column: place.column, text: program.text(node) }
    }
}
