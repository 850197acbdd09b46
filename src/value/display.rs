//! `toString()`: what a reference prints.

use super::ledger::{self, Limit, Walk};
use super::{IDENTITY_HASH, JavaError, Value};
use std::fmt::{self, Display, Formatter, Write};

impl Display for Value {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let mut text = Writing::default();
        match text.write(self, out, 0) {
            Err(_) if text.limit.is_some() => out.write_str("…"),
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
        let mut text = Writing::default();
        text.write(self, out, 0).map_err(|_| text.limit.map(JavaError::from))
    }
}

/// A text on its way out, and the limit that ended it: an evaluation, too, ends there.
#[derive(Default)]
struct Writing {
    walk: Walk,
    limit: Option<Limit>,
}

impl Writing {
    fn visit(&mut self, value: &Value, depth: usize) -> fmt::Result {
        let bytes = value.as_str().map_or(0, str::len);
        let seen = self.walk.visit(depth).and_then(|()| if bytes > 0 { self.walk.text(bytes) } else { Ok(()) });
        seen.map_err(|limit| {
            ledger::spend(limit);
            self.limit = Some(limit);
            fmt::Error
        })
    }

    fn write(&mut self, value: &Value, out: &mut impl Write, depth: usize) -> fmt::Result {
        self.visit(value, depth)?;
        match value {
            Value::Null => out.write_str("null"),
            Value::Boolean(value) => write!(out, "{value}"),
            Value::Number(number) => {
                number.count();
                // Its digits are worked out.
                ledger::work(1);
                write!(out, "{number}")
            }
            Value::String(text) => out.write_str(text),
            Value::List(list) if list.is_array() => write!(out, "{}@{IDENTITY_HASH:x}", list.class_name()),
            Value::List(list) => {
                let this = |item: &Value| matches!(item, Value::List(other) if other.same(list));
                self.items(&list.snapshot(), this, out, depth)
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
                            _ => self.write(part, out, depth + 1)?,
                        }
                        out.write_str(separator)?;
                    }
                }
                out.write_char('}')
            }
            Value::View(view) => self.items(&view.snapshot(), |_| false, out, depth),
            Value::Entry(entry) => {
                self.write(entry.key(), out, depth + 1)?;
                out.write_char('=')?;
                self.write(&entry.value(), out, depth + 1)
            }
            Value::Iterator(iter) => write!(out, "{}@{IDENTITY_HASH:x}", iter.class_name()),
            // A scope is a map of what templates put there.
            Value::Loop(each) if each.is_empty() => out.write_str("{}"),
            Value::Loop(each) => self.write(&Value::Map(each.members().clone()), out, depth),
            Value::LoopInfo(info) => write!(out, "{info}"),
            Value::Namespace(name) => out.write_str(name),
        }
    }

    fn items(
        &mut self,
        items: &[Value],
        this: impl Fn(&Value) -> bool,
        out: &mut impl Write,
        depth: usize,
    ) -> fmt::Result {
        out.write_char('[')?;
        for (position, item) in items.iter().enumerate() {
            if position > 0 {
                out.write_str(", ")?;
            }
            if this(item) {
                out.write_str("(this Collection)")?;
            } else {
                self.write(item, out, depth + 1)?;
            }
        }
        out.write_char(']')
    }
}
