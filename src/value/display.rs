//! `toString()`: what a reference prints.

use super::{IDENTITY_HASH, MAX_DEPTH, Value};
use std::fmt::{self, Display, Formatter, Write};

impl Display for Value {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        write_value(self, out, 0, &mut 10_000_000)
    }
}

/// `left` counts down the values still to write, so that lists which contain each other come to an end.
fn write_value(value: &Value, out: &mut Formatter<'_>, depth: usize, left: &mut u32) -> fmt::Result {
    *left = left.saturating_sub(1);
    if depth > MAX_DEPTH || *left == 0 {
        return out.write_str("…");
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
        Value::Loop(each) => write!(out, "ForeachScope@{:x}", each.id),
        Value::Namespace(name) => out.write_str(name),
    }
}

fn write_items(
    items: &[Value],
    this: impl Fn(&Value) -> bool,
    out: &mut Formatter<'_>,
    depth: usize,
    left: &mut u32,
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
