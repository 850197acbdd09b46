//! What Java would have: the values that templates compute with.
//!
//! [`Value`] is cheap to clone, and a clone of a container *is* Java's reference copy: both names see every change.
//! No borrow of a container's contents leaves this module, so a template that changes a list while it walks it,
//! or puts a map into itself, cannot make the interpreter panic.

#![cfg_attr(not(test), warn(clippy::indexing_slicing))]

mod compare;
mod copy;
mod decimal;
mod display;
mod entries;
mod iterator;
mod json;
pub mod ledger;
pub mod turns;
mod list;
mod map;
pub mod method;
mod number;
pub mod property;
pub mod regex;
mod release;
mod scope;
mod text;

use std::rc::Rc;

pub use iterator::Iter;
pub use json::{JsonError, from_given, from_json_str, from_rendered, given, has_long_integer};
pub use list::List;
pub use map::{MapEntry, Map, View, ViewKind};
pub use number::{Arithmetic, Number};
pub use scope::{Loop, LoopInfo};
pub use text::Text;

use ledger::Limit;

/// Containers nested deeper than this are refused by rendering, equality, hashing and JSON (cycles end here).
pub const MAX_DEPTH: usize = 200;

/// `hashCode()` of what Java tells apart by identity only, such as arrays. One number for all, so that a run can be repeated.
pub(crate) const IDENTITY_HASH: i32 = 0x1b28_cdfa;

/// A Java value as a template sees it.
#[derive(Clone, Debug, Default)]
pub enum Value {
    /// Java's `null`, and what an undefined reference evaluates to.
    #[default]
    Null,
    /// `java.lang.Boolean`
    Boolean(bool),
    /// `Integer`, `Long`, `Double`, `BigInteger` or `BigDecimal`
    Number(Number),
    /// `java.lang.String`
    String(Text),
    /// `java.util.ArrayList`, or an array such as `split` returns
    List(List),
    /// `java.util.LinkedHashMap`
    Map(Map),
    /// A live view of a map: `keySet()`, `values()`, `entrySet()`
    View(View),
    /// `java.util.Map.Entry`
    Entry(MapEntry),
    /// `java.util.Iterator`
    Iterator(Iter),
    /// `$foreach`
    Loop(Rc<Loop>),
    /// `$foreach.info`
    LoopInfo(LoopInfo),
    /// `$util`, or a namespace of it such as `time`
    Namespace(&'static str),
}

const _: () = assert!(size_of::<Value>() <= 24);

/// An exception that a Java method would throw.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{class}: {message}")]
pub struct JavaError {
    /// Fully qualified Java class, such as `java.lang.StringIndexOutOfBoundsException`.
    pub class: &'static str,
    /// Java's message.
    pub message: String,
}

impl JavaError {
    /// An exception of this class with this message.
    pub fn new(class: &'static str, message: impl Into<String>) -> Self {
        Self { class, message: message.into() }
    }

    /// The error for containers nested deeper than [`MAX_DEPTH`], cyclic ones included.
    pub fn too_deep() -> Self {
        Limit::ValueDepth(MAX_DEPTH).into()
    }
}

impl Value {
    /// An `Integer`.
    pub fn int(value: i32) -> Self {
        Self::Number(Number::Integer(value))
    }

    /// A `Long`.
    pub fn long(value: i64) -> Self {
        Self::Number(Number::Long(value))
    }

    /// A `Double`.
    pub fn double(value: f64) -> Self {
        Self::Number(Number::Double(value))
    }

    /// A `String`.
    pub fn string(value: impl Into<Text>) -> Self {
        Self::String(value.into())
    }

    /// Whether this is Java's `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The text, if this is a `String`.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The map, if this is a `Map`.
    pub fn as_map(&self) -> Option<&Map> {
        match self {
            Self::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The list, if this is a `List` or an array.
    pub fn as_list(&self) -> Option<&List> {
        match self {
            Self::List(list) => Some(list),
            _ => None,
        }
    }

    /// The condition of an `#if` as Velocity 1.7 judges a *reference*: only `null` and `false` are false.
    pub fn is_true(&self) -> bool {
        !matches!(self, Self::Null | Self::Boolean(false))
    }

    /// The Java class, as error messages and `getClass` of Velocity name it.
    pub fn class_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean(_) => "java.lang.Boolean",
            Self::Number(number) => number.class_name(),
            Self::String(_) => "java.lang.String",
            Self::List(list) => list.class_name(),
            Self::Map(_) => "java.util.LinkedHashMap",
            Self::View(view) => match view.kind {
                ViewKind::Keys => "java.util.LinkedHashMap$LinkedKeySet",
                ViewKind::Values => "java.util.LinkedHashMap$LinkedValues",
                ViewKind::Entries => "java.util.LinkedHashMap$LinkedEntrySet",
            },
            Self::Entry(_) => "java.util.LinkedHashMap$Entry",
            Self::Iterator(iter) => iter.class_name(),
            Self::Loop(_) => "org.apache.velocity.runtime.directive.ForeachScope",
            Self::LoopInfo(_) => "org.apache.velocity.runtime.directive.Scope$Info",
            Self::Namespace(_) => "com.amazonaws.deepdish.transform.util.TransformUtils",
        }
    }

    /// The word people use for the value's type: `String`, `List`, `null` …
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean(_) => "Boolean",
            Self::Number(number) => number.class_name().rsplit('.').next().unwrap_or("Number"),
            Self::String(_) => "String",
            Self::List(_) => "List",
            Self::Map(_) => "Map",
            Self::View(view) => match view.kind {
                ViewKind::Keys | ViewKind::Entries => "Set",
                ViewKind::Values => "Collection",
            },
            Self::Entry(_) => "Map.Entry",
            Self::Iterator(_) => "Iterator",
            Self::Loop(_) => "Loop",
            Self::LoopInfo(_) => "Loop info",
            Self::Namespace(_) => "Namespace",
        }
    }

    /// The exception that Java throws for looking into the part of a list that changed since.
    ///
    /// # Errors
    /// `ConcurrentModificationException`
    pub fn check(&self) -> Result<(), JavaError> {
        self.as_list().map_or(Ok(()), List::check)
    }

    /// Counts the work that nearly every method and function does: it looks through the texts that it is given. What goes
    /// through the items of a list or a map counts them itself.
    #[inline]
    pub fn count(&self) {
        match self {
            // Letters that are not ASCII are looked at more slowly.
            Self::String(text) if text.len() > 256 && !text.is_ascii() => ledger::bytes(4 * text.len()),
            Self::String(text) => ledger::bytes(text.len()),
            Self::Number(number) => number.count(),
            _ => {}
        }
    }

    /// The members, if Java would call this a `Collection` or an array. A snapshot: later changes do not show.
    pub fn members(&self) -> Option<Vec<Value>> {
        match self {
            Self::List(list) => Some(list.snapshot()),
            Self::View(view) => Some(view.snapshot()),
            _ => None,
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl From<Number> for Value {
    fn from(value: Number) -> Self {
        Self::Number(value)
    }
}

impl From<List> for Value {
    fn from(value: List) -> Self {
        Self::List(value)
    }
}

impl From<Map> for Value {
    fn from(value: Map) -> Self {
        Self::Map(value)
    }
}

impl From<View> for Value {
    fn from(value: View) -> Self {
        Self::View(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::String(value.into())
    }
}
