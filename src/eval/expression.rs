//! Expressions: as a value, and as a condition.

use super::{Event, Flow, Interpreter, Observer, Run};
use crate::code::Code;
use crate::syntax::{Block, ComparisonOperator, Expression, ExpressionKind as Kind, NodeId, Operator};
use crate::value::ledger::{self, Charge};
use crate::value::method::to_text;
use crate::value::{List, Map, Number, Text, Value};
use ecow::EcoString;
use std::cmp::Ordering;

/// Output that waits while a text inside it is made counts from this length on.
const LONG: usize = 4 << 10;

impl<'p, O: Observer> Interpreter<'p, O> {
    pub(super) fn value(&mut self, expression: &'p Expression) -> Run<Value> {
        self.step(expression.node)?;
        let value = match &expression.kind {
            Kind::Null => {
                self.bare_null(expression.node);
                Value::Null
            }
            Kind::Boolean(value) => Value::Boolean(*value),
            Kind::Number(number) => number.value().into(),
            Kind::String(text) => Value::String(Text::constant(text.clone())),
            Kind::Reference(reference) => {
                let value = self.reference(reference)?;
                return Ok(match value {
                    Value::Boolean(is) if reference.is_call() => self.observer.decide(expression.node, is).into(),
                    value => value,
                });
            }
            Kind::Interpolated { body, trim } => self.interpolated(expression.node, body, *trim)?,
            Kind::List(items) => {
                let mut list = Vec::with_capacity(items.len());
                for item in items {
                    list.push(self.value(item)?);
                }
                List::new(list).into()
            }
            Kind::Map(entries) => {
                let map = Map::with_capacity(entries.len());
                for (key, value) in entries {
                    let key = self.value(key)?;
                    let value = self.value(value)?;
                    map.put(key, value);
                }
                self.settle(expression.node)?;
                map.into()
            }
            Kind::Range(bounds) => self.range(expression.node, bounds)?,
            Kind::Not(_) | Kind::And(_) | Kind::Or(_) | Kind::Compare(..) => {
                Value::Boolean(self.condition(expression)?)
            }
            Kind::Arithmetic(operator, sides) => self.arithmetic(expression.node, *operator, sides)?,
        };
        self.emit(|| Event::Computed { node: expression.node, value: &value });
        Ok(value)
    }

    /// AppSync is said to take a bare `null`, and no public source shows it (U1).
    fn bare_null(&mut self, node: NodeId) {
        if self.program.bare_nulls.contains(&node) {
            self.note(Code::U1, node, || {
                "a bare `null` is taken for null: Velocity 1.7 itself refuses it outside of a call's arguments, where \
                 templates write $null or another name that nothing sets"
            });
        }
    }

    /// An expression in an `#if`: literals and arithmetic are always false in 1.7 (VELOCITY-SEMANTICS, "Truthiness").
    pub(super) fn condition(&mut self, expression: &'p Expression) -> Run<bool> {
        self.step(expression.node)?;
        let holds = match &expression.kind {
            Kind::Boolean(value) => *value,
            Kind::Reference(reference) => {
                let holds = self.reference(reference)?.is_true();
                return Ok(self.observer.decide(expression.node, holds));
            }
            Kind::Not(inner) => !self.condition(inner)?,
            Kind::And(sides) => {
                let left = self.condition(&sides.0)?;
                if left { self.condition(&sides.1)? } else { self.skipped(&sides.1, false) }
            }
            Kind::Or(sides) => {
                let left = self.condition(&sides.0)?;
                if left { self.skipped(&sides.1, true) } else { self.condition(&sides.1)? }
            }
            Kind::Compare(comparison, sides) => {
                let left = self.value(&sides.0)?;
                let right = self.value(&sides.1)?;
                self.look_into(sides.0.node, &left)?;
                self.look_into(sides.1.node, &right)?;
                if let (Value::Number(left), Value::Number(right)) = (&left, &right) {
                    left.comparable(right).map_err(|error| self.arithmetic_failed(expression.node, &error))?;
                }
                let holds = compare(*comparison, &left, &right);
                self.settle(expression.node)?;
                self.observer.decide(expression.node, holds)
            }
            Kind::Null => {
                self.bare_null(expression.node);
                false
            }
            _ => false,
        };
        let value = Value::Boolean(holds);
        self.emit(|| Event::Computed { node: expression.node, value: &value });
        Ok(holds)
    }

    fn skipped(&mut self, side: &Expression, result: bool) -> bool {
        self.emit(|| Event::Skipped { node: side.node });
        result
    }

    fn interpolated(&mut self, node: NodeId, body: &'p Block, trim: bool) -> Run<Value> {
        let outside = std::mem::take(&mut self.out);
        let _waiting = (outside.len() > LONG).then(|| Charge::new(outside.capacity()));
        let result = self.block(body);
        let mut text = std::mem::replace(&mut self.out, outside);
        result?;
        if trim {
            text.pop();
        }
        ledger::copied(text.len());
        if text.len() > self.limits.string {
            return Err(self.limit(node, "string length", format_args!("{} bytes", self.limits.string)));
        }
        Ok(Value::string(text))
    }

    fn range(&mut self, node: NodeId, bounds: &'p (Expression, Expression)) -> Run<Value> {
        let (Value::Number(from), Value::Number(to)) = (self.value(&bounds.0)?, self.value(&bounds.1)?) else {
            return Ok(Value::Null);
        };
        let (from, to) = (from.int_value(), to.int_value());
        if from.abs_diff(to) as usize >= self.limits.range {
            return Err(self.limit(node, "range", format_args!("{} items", self.limits.range)));
        }
        ledger::members(from.abs_diff(to) as usize);
        let up: Vec<_> = (from.min(to)..=from.max(to)).map(Value::int).collect();
        Ok(List::new(if from <= to { up } else { up.into_iter().rev().collect() }).into())
    }

    fn arithmetic(&mut self, node: NodeId, operator: Operator, sides: &'p (Expression, Expression)) -> Run<Value> {
        let left = self.value(&sides.0)?;
        let right = self.value(&sides.1)?;
        if operator == Operator::Add && (left.as_str().is_some() || right.as_str().is_some()) {
            // A null side joins as its source text.
            let text = |value: &Value, side: &Expression| match value {
                Value::Null => Ok(self.program.literal(side).into()),
                value => self.text_of(side.node, value),
            };
            let joined = text(&left, &sides.0)? + &*text(&right, &sides.1)?;
            if joined.len() > self.limits.string {
                return Err(self.limit(node, "string length", format_args!("{} bytes", self.limits.string)));
            }
            ledger::copied(joined.len());
            return Ok(Value::string(joined));
        }
        let (Value::Number(left), Value::Number(right)) = (&left, &right) else { return Ok(Value::Null) };
        let result = match operator {
            Operator::Add => left.add(right).map(Some),
            Operator::Subtract => left.subtract(right).map(Some),
            Operator::Multiply => left.multiply(right).map(Some),
            Operator::Divide => left.divide(right),
            Operator::Modulo => left.modulo(right),
        };
        match result {
            Ok(number) => Ok(number.map_or(Value::Null, Value::Number)),
            Err(error) => Err(self.arithmetic_failed(node, &error)),
        }
    }

    /// `toString()` of a value, which may be endless.
    pub(super) fn text_of(&self, node: NodeId, value: &Value) -> Run<EcoString> {
        self.look_into(node, value)?;
        let text = to_text(value);
        self.settle(node)?;
        text.map_err(|error| self.thrown_by(node, "toString", value.class_name(), &error))
    }

    fn arithmetic_failed(&self, node: NodeId, error: &crate::value::Arithmetic) -> Flow {
        self.failure(node, error.class_name(), format!("{error} at {}", self.location(node)), None)
    }
}

/// Velocity's comparisons: `==` across types, ordering for numbers only.
fn compare(comparison: ComparisonOperator, left: &Value, right: &Value) -> bool {
    let ordering = |wanted: fn(Ordering) -> bool| match (left, right) {
        (Value::Number(left), Value::Number(right)) => wanted(Number::compare(left, right)),
        _ => false,
    };
    match comparison {
        ComparisonOperator::Equal => left.loosely_equals(right),
        ComparisonOperator::NotEqual => !left.loosely_equals(right),
        ComparisonOperator::Less => ordering(Ordering::is_lt),
        ComparisonOperator::LessEqual => ordering(Ordering::is_le),
        ComparisonOperator::Greater => ordering(Ordering::is_gt),
        ComparisonOperator::GreaterEqual => ordering(Ordering::is_ge),
    }
}
