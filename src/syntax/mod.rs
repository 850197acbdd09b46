//! Text to [`Program`]: the grammar, the tree, and errors in a person's words. pest stays behind [`parse`].

mod ast;
mod convert;
mod error;
mod literal;
mod names;
mod nesting;
mod slip;
pub mod visit;

pub use ast::*;
pub use names::{negates, reads_member};

use crate::diagnostic::Diagnostic;
use crate::source::Source;
use pest::Parser as _;

/// Blocks and brackets nested deeper than this are refused before the parser recurses.
pub const MAX_NESTING: usize = 200;

#[allow(missing_docs, reason = "generated from the grammar, which is commented")]
mod grammar {
    #[derive(pest_derive::Parser)]
    #[grammar = "../grammar/vtl.pest"]
    pub struct Grammar;
}

use grammar::{Grammar, Rule};

/// Parses a template.
///
/// # Errors
/// One diagnostic that says what is wrong and where: a construct that Velocity 1.7 refuses, a directive that AppSync
/// has not, nesting beyond [`MAX_NESTING`], or a text that is no template at all, such as JavaScript or a schema.
pub fn parse(source: &Source) -> Result<Program, Box<Diagnostic>> {
    if let Some(error) = slip::whole(source) {
        return Err(Box::new(error));
    }
    let outline = nesting::outline(source)?;
    match Grammar::parse(Rule::template, &source.text) {
        Ok(pairs) => convert::program(source, pairs),
        Err(failure) => Err(Box::new(error::explain(source, &outline, &failure))),
    }
}
