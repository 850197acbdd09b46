//! Equality and hashing as Java has them.
//!
//! A comparison that reaches a limit spends the [`ledger`](super::ledger): its answer is never used.

use super::ledger::{self, Limit, Walk};
use super::method::to_text;
use super::{List, Map, Value, ViewKind};
use std::hash::{Hash, Hasher};

impl Value {
    /// Java's `equals`: type-strict (`1` is not `1L`, nor `"1"`), containers by their members.
    pub fn java_equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::String(left), Self::String(right)) => same_text(left, right),
            _ => equals(self, other, 0, &mut Walk::new()).unwrap_or_else(|limit| {
                ledger::spend(limit);
                false
            }),
        }
    }

    /// Velocity's `==`: numbers by value across types, values of one class by `equals`, all else by text
    /// (VELOCITY-SEMANTICS, "Comparison and logic").
    pub fn loosely_equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Null, _) | (_, Self::Null) => false,
            (Self::Number(left), Self::Number(right)) => left.compare(right).is_eq(),
            (Self::String(left), Self::String(right)) => same_text(left, right),
            (Self::Boolean(left), Self::Boolean(right)) => left == right,
            _ if self.class_name() == other.class_name() => self.java_equals(other),
            // A text that reaches a limit has spent the ledger.
            _ => matches!((to_text(self), to_text(other)), (Ok(left), Ok(right)) if same_text(&left, &right)),
        }
    }

    /// Feeds a hash that agrees with [`Value::java_equals`].
    pub(super) fn hash_into<H: Hasher>(&self, state: &mut H, depth: usize) {
        match self {
            Self::Null => state.write_u8(0),
            Self::Boolean(value) => state.write_u8(1 + u8::from(*value)),
            Self::Number(number) => number.hash(state),
            Self::String(text) => hash_text(text, state),
            Self::List(list) if list.is_array() => state.write_usize(list.address()),
            Self::List(list) => {
                // Lists in lists count by length only: a list may contain itself, more than once.
                state.write_usize(list.len());
                if depth < 2 {
                    ledger::members(list.len());
                    list.read(|items| items.iter().for_each(|item| item.hash_into(state, depth + 1)));
                }
            }
            // Maps and sets are equal in any order, so only their sizes may count.
            Self::Map(map) => state.write_usize(map.len()),
            Self::View(view) => state.write_usize(view.map.len()),
            Self::Entry(entry) => entry.key().hash_into(state, depth + 1),
            Self::Iterator(iter) => state.write_usize(iter.address()),
            Self::Loop(each) => state.write_usize(each.len()),
            Self::LoopInfo(info) => state.write_u32(info.0.id),
            Self::Namespace(name) => hash_text(name, state),
        }
    }
}

/// Hashes a string key, alike for owned and borrowed text.
pub(super) fn hash_text<H: Hasher>(text: &str, state: &mut H) {
    ledger::copied(text.len());
    state.write(text.as_bytes());
    state.write_u8(0xff);
}

/// Compares texts; the longer they are, the more it counts.
#[inline]
pub(super) fn same_text(left: &str, right: &str) -> bool {
    left.len() == right.len() && {
        ledger::copied(left.len());
        left == right
    }
}

/// The work of beginning to look into two containers, in steps.
const A_CONTAINER: u64 = 4;

type Compared = Result<bool, Limit>;

fn equals(left: &Value, right: &Value, depth: usize, walk: &mut Walk) -> Compared {
    Ok(match (left, right) {
        (Value::Null, Value::Null) => true,
        (Value::Boolean(left), Value::Boolean(right)) => left == right,
        (Value::Number(left), Value::Number(right)) => left.java_equals(right),
        (Value::String(left), Value::String(right)) => same_text(left, right),
        (Value::List(left), Value::List(right)) => {
            if left.same(right) {
                return Ok(true);
            }
            if left.is_array() || right.is_array() || left.len() != right.len() {
                return Ok(false);
            }
            ledger::work(A_CONTAINER);
            same_items(left, right, depth, walk)?
        }
        (Value::Map(left), Value::Map(right)) => {
            ledger::work(A_CONTAINER);
            left.same(right)
                || left.len() == right.len()
                    && same_entries(left, right, depth, walk)?
        }
        (Value::View(one), Value::View(two)) => match (one.kind, two.kind) {
            (ViewKind::Values, _) | (_, ViewKind::Values) => one.kind == two.kind && one.map.same(&two.map),
            _ => {
                let (left, right) = (one.snapshot(), two.snapshot());
                left.len() == right.len()
                    && all(left.iter(), walk, depth, |item, walk| {
                        for other in &right {
                            walk.visit(depth)?;
                            if equals(item, other, depth + 1, walk)? {
                                return Ok(true);
                            }
                        }
                        Ok(false)
                    })?
            }
        },
        (Value::Entry(left), Value::Entry(right)) => {
            walk.visit(depth)?;
            equals(left.key(), right.key(), depth + 1, walk)? && equals(&left.value(), &right.value(), depth + 1, walk)?
        }
        (Value::Iterator(left), Value::Iterator(right)) => left.address() == right.address(),
        // `AbstractMap.equals`
        (Value::Loop(each), Value::Map(_) | Value::Loop(_)) => {
            equals(&Value::Map(each.members().clone()), right, depth, walk)?
        }
        (Value::Map(_), Value::Loop(each)) => equals(left, &Value::Map(each.members().clone()), depth, walk)?,
        (Value::LoopInfo(left), Value::LoopInfo(right)) => std::rc::Rc::ptr_eq(&left.0, &right.0),
        (Value::Namespace(left), Value::Namespace(right)) => left == right,
        _ => false,
    })
}

/// Both are read in place: nothing that is compared changes.
fn same_items(left: &List, right: &List, depth: usize, walk: &mut Walk) -> Compared {
    left.read(|left| {
        right.read(|right| {
            all(left.iter().zip(right), walk, depth, |(left, right), walk| equals(left, right, depth + 1, walk))
        })
    })
}

fn same_entries(left: &Map, right: &Map, depth: usize, walk: &mut Walk) -> Compared {
    left.read(|left| {
        all(left.iter(), walk, depth, |(key, value), walk| {
            // The key is hashed.
            ledger::work(1);
            match right.get(key) {
                Some(other) => equals(value, &other, depth + 1, walk),
                None => Ok(false),
            }
        })
    })
}

/// Whether something holds for all members.
fn all<T>(
    members: impl Iterator<Item = T>,
    walk: &mut Walk,
    depth: usize,
    holds: impl Fn(T, &mut Walk) -> Compared,
) -> Compared {
    for member in members {
        walk.visit(depth)?;
        if !holds(member, walk)? {
            return Ok(false);
        }
    }
    Ok(true)
}
