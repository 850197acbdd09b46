//! The parser's pairs to the tree: one function for each grammar rule that has a node.

use super::error;
use super::{RowExpression, ExpressionError, MOST_IN, MOST_OPERATORS, Rule};
use crate::nearest::nearest;
use crate::records::condition::{Bound, Comparator, RowCondition, BoundValue, RowOperand, Path, PathStep, TermTest};
use crate::source::Span;
use ecow::{EcoString, eco_format};
use pest::iterators::{Pair, Pairs};

type ConvertedTerm<T> = Result<T, ExpressionError>;

/// The functions, and how many operands each takes.
const FUNCTIONS: [(&str, usize); 6] = [
    ("attribute_exists", 1),
    ("attribute_not_exists", 1),
    ("attribute_type", 2),
    ("begins_with", 2),
    ("contains", 2),
    ("size", 1),
];

/// Converts a whole expression.
pub(super) fn expression(text: &str, mut pairs: Pairs<'_, Rule>) -> ConvertedTerm<RowExpression> {
    let mut converter = ConditionConverter { text, redundant: Vec::new(), operators: 0 };
    let whole = pairs.next().and_then(|pair| pair.into_inner().next());
    let condition = match whole {
        Some(pair) => converter.any(pair)?,
        None => RowCondition::All(Vec::new()),
    };
    Ok(RowExpression { text: text.into(), condition, redundant: converter.redundant })
}

struct ConditionConverter<'t> {
    text: &'t str,
    redundant: Vec<Span>,
    operators: usize,
}

fn span(pair: &Pair<'_, Rule>) -> Span {
    let span = pair.as_span();
    Span::new(span.start(), span.start() + span.as_str().trim_ascii_end().len())
}

/// An operand as it was written: a function that gives no value is none.
enum WrittenOperand<'p> {
    Operand(RowOperand),
    Call(Pair<'p, Rule>),
}

impl<'p> ConditionConverter<'_> {
    fn error<T>(&self, pair: &Pair<'_, Rule>, message: impl Into<EcoString>, help: Option<EcoString>) -> ConvertedTerm<T> {
        Err(error::at(self.text, span(pair), message, help))
    }

    fn count(&mut self, pair: &Pair<'_, Rule>) -> ConvertedTerm<()> {
        self.operators += 1;
        if self.operators > MOST_OPERATORS {
            let message =
                eco_format!("the expression has more than {MOST_OPERATORS} operators, which is DynamoDB's limit");
            return self.error(pair, message, None);
        }
        Ok(())
    }

    fn any(&mut self, pair: Pair<'p, Rule>) -> ConvertedTerm<RowCondition> {
        let mut parts = Vec::new();
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::or => self.count(&inner)?,
                _ => parts.push(self.all(inner)?),
            }
        }
        Ok(alone_or(parts, RowCondition::Any))
    }

    fn all(&mut self, pair: Pair<'p, Rule>) -> ConvertedTerm<RowCondition> {
        let mut parts = Vec::new();
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::and => self.count(&inner)?,
                _ => parts.push(self.one(inner)?),
            }
        }
        Ok(alone_or(parts, RowCondition::All))
    }

    fn one(&mut self, pair: Pair<'p, Rule>) -> ConvertedTerm<RowCondition> {
        let mut negations = 0;
        let mut condition = RowCondition::All(Vec::new());
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::not => {
                    self.count(&inner)?;
                    negations += 1;
                }
                Rule::group => condition = self.group(inner)?,
                _ => condition = self.term(inner)?,
            }
        }
        Ok((0..negations).fold(condition, |inner, _| RowCondition::Not(Box::new(inner))))
    }

    fn group(&mut self, pair: Pair<'p, Rule>) -> ConvertedTerm<RowCondition> {
        let place = span(&pair);
        let Some(any) = pair.into_inner().next() else { return Ok(RowCondition::All(Vec::new())) };
        // `((a = :a))`: the inner parentheses are all that the outer ones have. Those of a term are an operand's.
        if has_parentheses_only(any.clone()) {
            self.redundant.push(place);
        }
        self.any(any)
    }

    fn term(&mut self, pair: Pair<'p, Rule>) -> ConvertedTerm<RowCondition> {
        let place = span(&pair);
        let whole = pair.clone();
        let text = pair.as_str().trim_ascii_end();
        let mut inner = pair.into_inner();
        let Some(first) = inner.next() else { return self.error(&whole, "a term is empty", None) };
        let test = match inner.next() {
            None => match self.written(first)? {
                WrittenOperand::Call(call) => self.function(call)?,
                WrittenOperand::Operand(operand) => {
                    let message = eco_format!("`{text}` is neither true nor false");
                    let help = match operand {
                        RowOperand::Size(_) => "compare the size with something, as in size(a) > :n",
                        _ => "compare it with something, as in a = :a, or ask attribute_exists(a)",
                    };
                    return self.error(&whole, message, Some(help.into()));
                }
            },
            Some(tail) => {
                self.count(&tail)?;
                let operand = self.operand(first)?;
                self.tail(operand, tail)?
            }
        };
        Ok(RowCondition::term(text, Some(place), test))
    }

    fn tail(&mut self, operand: RowOperand, tail: Pair<'p, Rule>) -> ConvertedTerm<TermTest> {
        let (rule, whole) = (tail.as_rule(), tail.clone());
        let sign = tail.clone().into_inner().next().map_or("", |sign| sign.as_str());
        let mut operands = Vec::new();
        for inner in tail.into_inner().filter(|inner| inner.as_rule() == Rule::operand) {
            operands.push(self.operand(inner)?);
        }
        if rule == Rule::membership {
            if operands.len() > MOST_IN {
                let message = eco_format!("IN has {} values; DynamoDB takes {MOST_IN}", operands.len());
                return self.error(&whole, message, None);
            }
            return Ok(TermTest::In { operand, list: operands });
        }
        let mut operands = operands.into_iter();
        match (rule, operands.next(), operands.next(), Comparator::from_sign(sign)) {
            (Rule::comparison, Some(right), None, Some(comparator)) => {
                Ok(TermTest::Compare { left: operand, comparator, right })
            }
            (Rule::between, Some(low), Some(high), _) => Ok(TermTest::Between { operand, low, high }),
            _ => self.error(&whole, "this comparison is not complete", None),
        }
    }

    /// An operand that gives a value.
    fn operand(&mut self, pair: Pair<'p, Rule>) -> ConvertedTerm<RowOperand> {
        match self.written(pair)? {
            WrittenOperand::Operand(operand) => Ok(operand),
            WrittenOperand::Call(call) => {
                let name = call.clone().into_inner().next().map_or("", |name| name.as_str());
                let message = eco_format!("{name} gives true or false, which is not a value");
                let help = "let it stand alone, and join it to other terms with AND or OR";
                self.error(&call, message, Some(help.into()))
            }
        }
    }

    fn written(&mut self, pair: Pair<'p, Rule>) -> ConvertedTerm<WrittenOperand<'p>> {
        let mut at = pair;
        let mut outer: Option<Span> = None;
        loop {
            match at.as_rule() {
                Rule::parenthesized => {
                    // `((a))`: nothing but these parentheses is in the outer ones.
                    self.redundant.extend(outer);
                    outer = Some(span(&at));
                }
                Rule::call => return self.call(at),
                Rule::value => {
                    let bound = Bound { name: at.as_str().into(), given: BoundValue::Undefined };
                    return Ok(WrittenOperand::Operand(RowOperand::Value(bound)));
                }
                Rule::path => return Ok(WrittenOperand::Operand(RowOperand::Path(self.path(at)?))),
                _ => {}
            }
            let whole = at.clone();
            match at.into_inner().next() {
                Some(inner) => at = inner,
                None => return self.error(&whole, "an operand is empty", None),
            }
        }
    }

    fn call(&mut self, pair: Pair<'p, Rule>) -> ConvertedTerm<WrittenOperand<'p>> {
        let (name, operands) = self.parts(&pair)?;
        if name != "size" {
            return Ok(WrittenOperand::Call(pair));
        }
        self.count(&pair)?;
        let mut inner = Vec::new();
        for operand in operands {
            inner.push(self.operand(operand)?);
        }
        match inner.pop() {
            Some(RowOperand::Size(_)) => self.error(&pair, "size takes a path or a value, and not a number", None),
            Some(operand) => Ok(WrittenOperand::Operand(RowOperand::Size(Box::new(operand)))),
            None => self.error(&pair, "size takes an operand", None),
        }
    }

    /// A call's name and operands, as many as the function takes.
    fn parts(&self, call: &Pair<'p, Rule>) -> ConvertedTerm<(&'static str, Vec<Pair<'p, Rule>>)> {
        let mut inner = call.clone().into_inner();
        let name = inner.next().map_or("", |name| name.as_str());
        let operands: Vec<_> = inner.collect();
        let Some((known, count)) = FUNCTIONS.into_iter().find(|(known, _)| *known == name) else {
            let like = |known: &&str| {
                known.as_bytes().first().map(u8::to_ascii_lowercase)
                    == name.bytes().next().map(|b| b.to_ascii_lowercase())
            };
            let near = nearest(name, FUNCTIONS.map(|(known, _)| known).into_iter().filter(like));
            let help = match near {
                Some(near) if near.eq_ignore_ascii_case(name) => {
                    eco_format!("write {near}: functions are in lower case")
                }
                Some(near) => eco_format!("did you mean {near}?"),
                None => eco_format!("there are {}", FUNCTIONS.map(|(known, _)| known).join(", ")),
            };
            return self.error(call, eco_format!("DynamoDB has no function {name}"), Some(help));
        };
        if operands.len() != count {
            let wanted = if count == 1 { "1 operand" } else { "2 operands" };
            let message = eco_format!("{name} takes {wanted}, and {} were given", operands.len());
            return self.error(call, message, None);
        }
        Ok((known, operands))
    }

    /// A function that is a term of its own.
    fn function(&mut self, call: Pair<'p, Rule>) -> ConvertedTerm<TermTest> {
        self.count(&call)?;
        let (name, operands) = self.parts(&call)?;
        let mut values = Vec::new();
        for operand in operands {
            values.push(self.operand(operand)?);
        }
        let mut values = values.into_iter();
        match (name, values.next(), values.next()) {
            ("attribute_exists" | "attribute_not_exists", Some(RowOperand::Path(path)), None) => {
                Ok(TermTest::Exists { path, wanted: name == "attribute_exists" })
            }
            ("attribute_exists" | "attribute_not_exists", ..) => {
                self.error(&call, eco_format!("{name} takes the name of an attribute"), None)
            }
            ("attribute_type", Some(operand), Some(name @ RowOperand::Value(_))) => Ok(TermTest::Type { operand, name }),
            ("attribute_type", ..) => {
                let help = "give the name of the type as a value such as :type";
                self.error(&call, "attribute_type takes the type as a placeholder", Some(help.into()))
            }
            ("begins_with", Some(operand), Some(head)) => Ok(TermTest::BeginsWith { operand, head }),
            ("contains", Some(operand), Some(part)) => Ok(TermTest::Contains { operand, part }),
            _ => self.error(&call, eco_format!("{name} cannot stand alone"), None),
        }
    }

    fn path(&self, pair: Pair<'p, Rule>) -> ConvertedTerm<Path> {
        let mut steps = Vec::new();
        for step in pair.into_inner() {
            steps.push(match step.as_rule() {
                Rule::index => {
                    let digits = step.as_str().trim_matches(['[', ']', ' ', '\t', '\r', '\n']);
                    match digits.parse() {
                        Ok(index) => PathStep::Index(index),
                        Err(_) => return self.error(&step, "this place in a list is too large", None),
                    }
                }
                _ => {
                    let written = EcoString::from(step.as_str());
                    let name = (!written.starts_with('#')).then(|| written.clone());
                    PathStep::Name { written, name }
                }
            });
        }
        Ok(Path { steps })
    }
}

fn alone_or(mut parts: Vec<RowCondition>, join: fn(Vec<RowCondition>) -> RowCondition) -> RowCondition {
    match parts.len() {
        1 => parts.remove(0),
        _ => join(parts),
    }
}

/// Whether this is one pair of parentheses and nothing else.
fn has_parentheses_only(any: Pair<'_, Rule>) -> bool {
    let mut at = any;
    loop {
        if matches!(at.as_rule(), Rule::group | Rule::parenthesized) {
            return true;
        }
        let mut inner = at.into_inner();
        match (inner.next(), inner.next()) {
            (Some(only), None) => at = only,
            _ => return false,
        }
    }
}
