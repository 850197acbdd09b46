//! Letting go of values. Rust drops what a value holds by recursion; a template can nest values a million deep, so
//! containers take their contents apart one by one.

use super::Value;

/// A container's cell, which holds values.
pub(super) trait Holds {
    /// Moves the values that may hold others to `pending`.
    fn let_go(&mut self, pending: &mut Vec<Value>);

    /// Drops the contents, however deep they nest. What `Drop` of a cell calls.
    fn drop_contents(&mut self) {
        let mut pending = Vec::new();
        self.let_go(&mut pending);
        while let Some(value) = pending.pop() {
            match value {
                Value::List(list) => list.let_go(&mut pending),
                Value::Map(map) => map.let_go(&mut pending),
                Value::View(view) => view.map.let_go(&mut pending),
                Value::Entry(entry) => entry.let_go(&mut pending),
                Value::Iterator(iter) => iter.let_go(&mut pending),
                _ => {}
            }
        }
    }
}

impl Value {
    /// Whether dropping the value may drop others.
    pub(super) fn holds_values(&self) -> bool {
        matches!(self, Self::List(_) | Self::Map(_) | Self::View(_) | Self::Entry(_) | Self::Iterator(_))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Entry, Iter, List, Map, View, ViewKind};
    use super::*;

    #[test]
    fn a_value_a_million_deep_goes_away() {
        let nest: [fn(Value) -> Value; 6] = [
            |inner| List::new(vec![inner]).into(),
            |inner| Map::from_iter([("a".into(), inner)]).into(),
            |inner| View { map: Map::from_iter([(inner, Value::Null)]), kind: ViewKind::Keys }.into(),
            |inner| Value::Entry(Entry::new(&Map::new(), inner.clone(), inner)),
            |inner| List::new(vec![inner]).part(0..1).unwrap().into(),
            |inner| Value::Iterator(Iter::over(&List::new(vec![inner]).into()).unwrap()),
        ];
        for nest in nest {
            let mut value = Value::Null;
            for _ in 0..1_000_000 {
                value = nest(value);
            }
            drop(value);
        }
    }
}
