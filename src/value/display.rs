//! `toString()`: what a reference prints.

use super::{IDENTITY_HASH, JavaError, MAX_DEPTH, Value};
use std::fmt::{self, Display, Formatter, Write};

/// Members that a value may have as text.
pub(super) const MOST_MEMBERS: u32 = 1_000_000;

impl Display for Value {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let mut left = Left { members: MOST_MEMBERS, bytes: 64 << 20, deep: false };
        match write_value(self, out, 0, &mut left) {
            Err(_) if left.ran_out() => out.write_str("…"),
            written => written,
        }
    }
}

impl Value {
    /// Writes what [`Display`] does; but where that ends with `…`, because a value is too deep or endless, this fails.
    ///
    /// # Errors
    /// The limit that was met; `None` if the writer refused.
    pub fn write_text(&self, out: &mut impl Write) -> Result<(), Option<JavaError>> {
        let mut left = Left { members: MOST_MEMBERS, bytes: 64 << 20, deep: false };
        write_value(self, out, 0, &mut left).map_err(|_| match left.ran_out() {
            true if left.deep => Some(JavaError::too_deep()),
            true => Some(JavaError::too_large()),
            false => None,
        })
    }
}

/// What may still be written, so that lists which contain each other come to an end, and many of one long string too.
struct Left {
    members: u32,
    bytes: usize,
    deep: bool,
}

impl Left {
    fn ran_out(&self) -> bool {
        self.deep || self.members == 0 || self.bytes == 0
    }
}

fn write_value(value: &Value, out: &mut impl Write, depth: usize, left: &mut Left) -> fmt::Result {
    let bytes = value.as_str().map_or(0, str::len);
    left.members = left.members.saturating_sub(1);
    left.bytes = left.bytes.saturating_sub(bytes);
    left.deep = depth > MAX_DEPTH;
    if left.ran_out() {
        return Err(fmt::Error);
    }
    match value {
        Value::Null => out.write_str("null"),
        Value::Boolean(value) => write!(out, "{value}"),
        Value::Number(number) => write!(out, "{number}"),
        Value::String(text) => out.write_str(text),
        Value::List(list) if list.is_array() => write!(out, "{}@{IDENTITY_HASH:x}", list.class_name()),
        Value::List(list) => {
            let this = |item: &Value| matches!(item, Value::List(other) if other.same(list));
            write_items(&list.snapshot(), this, out, depth, left)
        }
        Value::Map(map) => {
            out.write_char('{')?;
            for (position, (key, value)) in map.snapshot().iter().enumerate() {
                if position > 0 {
                    out.write_str(", ")?;
                }
                for (part, separator) in [(key, "="), (value, "")] {
                    match part {
                        Value::Map(other) if other.same(map) => out.write_str("(this Map)")?,
                        _ => write_value(part, out, depth + 1, left)?,
                    }
                    out.write_str(separator)?;
                }
            }
            out.write_char('}')
        }
        Value::View(view) => write_items(&view.snapshot(), |_| false, out, depth, left),
        Value::Entry(entry) => {
            write_value(entry.key(), out, depth + 1, left)?;
            out.write_char('=')?;
            write_value(&entry.value(), out, depth + 1, left)
        }
        Value::Iterator(iter) => write!(out, "{}@{IDENTITY_HASH:x}", iter.class_name()),
        // A scope is a map of what templates put there.
        Value::Loop(each) if each.is_empty() => out.write_str("{}"),
        Value::Loop(each) => write_value(&Value::Map(each.members().clone()), out, depth, left),
        Value::LoopInfo(info) => write!(out, "{info}"),
        Value::Namespace(name) => out.write_str(name),
    }
}

fn write_items(
    items: &[Value],
    this: impl Fn(&Value) -> bool,
    out: &mut impl Write,
    depth: usize,
    left: &mut Left,
) -> fmt::Result {
    out.write_char('[')?;
    for (position, item) in items.iter().enumerate() {
        if position > 0 {
            out.write_str(", ")?;
        }
        if this(item) {
            out.write_str("(this Collection)")?;
        } else {
            write_value(item, out, depth + 1, left)?;
        }
    }
    out.write_char(']')
}
