//! DynamoDB's expression language: text to a [`RowCondition`] whose names and values are still placeholders.
//!
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html>; the limits
//! are those of
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-expression-parameters>.

mod convert;
mod error;

use super::attribute::Attribute;
use super::condition::{RowCondition, BoundValue, PathStep};
use crate::source::Span;
use ecow::EcoString;
use indexmap::IndexMap;
use pest::Parser as _;

/// An expression has at most 4 KB.
pub const LONGEST: usize = 4096;

/// An expression has at most so many operators and functions.
pub const MOST_OPERATORS: usize = 300;

/// `IN` takes at most so many values.
pub const MOST_IN: usize = 100;

/// Parentheses nested deeper are refused before the parser recurses. The limit is our own.
pub const MAX_NESTING: usize = 100;

#[allow(missing_docs, reason = "generated from the grammar, which is commented")]
mod grammar {
    #[derive(pest_derive::Parser)]
    #[grammar = "../grammar/dynamodb.pest"]
    pub struct ExpressionGrammar;
}

use grammar::{ExpressionGrammar, Rule};

/// An expression that was parsed.
#[derive(Clone, Debug, PartialEq)]
pub struct RowExpression {
    /// The text.
    pub text: EcoString,
    /// Its terms.
    pub condition: RowCondition,
    /// Parentheses right around parentheses, which DynamoDB refuses.
    pub redundant: Vec<Span>,
}

/// Why a text is no expression.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}, at character {} of `{}`{}", .at + 1, shorten(.text), advice(.help.as_ref()))]
pub struct ExpressionError {
    /// What is wrong.
    pub message: EcoString,
    /// What to write instead.
    pub help: Option<EcoString>,
    /// Where, in the text.
    pub span: Span,
    /// How many characters stand before that place.
    pub at: usize,
    /// The text.
    pub text: EcoString,
}

fn advice(help: Option<&EcoString>) -> String {
    help.map_or_else(String::new, |help| format!(": {help}"))
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(200) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// Parses an expression.
///
/// # Errors
/// What is wrong and where: text that is none, a function that does not exist or takes something else, a limit.
pub fn parse(text: &str) -> Result<RowExpression, ExpressionError> {
    error::check_limits(text)?;
    match ExpressionGrammar::parse(Rule::expression, text) {
        Ok(pairs) => convert::expression(text, pairs),
        Err(failure) => Err(error::explain(text, &failure)),
    }
}

impl RowExpression {
    /// The condition with its names and values: `#owner` becomes what `names` has for it, `:owner` what `values` has.
    pub fn bind(&self, names: &IndexMap<EcoString, EcoString>, values: &IndexMap<EcoString, Attribute>) -> RowCondition {
        let mut condition = self.condition.clone();
        condition.terms_mut(&mut |term| {
            for path in term.paths_mut() {
                for step in &mut path.steps {
                    if let PathStep::Name { written, name } = step
                        && written.starts_with('#')
                    {
                        *name = names.get(written).cloned();
                    }
                }
            }
            term.bind_values(&|name| values.get(name).cloned().map_or(BoundValue::Undefined, BoundValue::Value));
        });
        condition
    }
}
