//! Letting go of values. Rust drops what a value holds by recursion, which is fast; but a template can nest values a million
//! deep, so below some levels containers take their contents apart one by one.

use super::Value;
use std::cell::{Cell, RefCell};

thread_local! {
    /// Values that wait to be dropped. One list for all, so that letting go of a value allocates nothing.
    static PENDING: RefCell<Vec<Value>> = const { RefCell::new(Vec::new()) };
    /// Whether a container up the stack is at work on them.
    static AT_WORK: Cell<bool> = const { Cell::new(false) };
    /// Containers up the stack that are dropping their contents by recursion.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// So many levels are dropped by recursion.
const SHALLOW: u32 = 32;

/// Room that the list keeps.
const KEPT: usize = 1 << 10;

/// A container's cell, which holds values.
pub(super) trait Holds {
    /// Moves the values that may hold others to `pending`.
    fn let_go(&mut self, pending: &mut Vec<Value>);

    /// Drops the contents where they stand.
    fn clear(&mut self);

    /// Drops the contents, however deep they nest. What `Drop` of a cell calls.
    #[inline]
    fn drop_contents(&mut self) {
        let depth = DEPTH.get();
        if depth < SHALLOW {
            DEPTH.set(depth + 1);
            self.clear();
            DEPTH.set(depth);
        } else {
            self.drop_deep();
        }
    }

    /// Drops the contents one by one.
    #[cold]
    fn drop_deep(&mut self) {
        // At the very end of a thread the list is gone: then Rust drops by recursion.
        let moved = PENDING.try_with(|pending| self.let_go(&mut pending.borrow_mut()));
        if moved.is_err() || AT_WORK.replace(true) {
            return;
        }
        while let Some(value) = PENDING.with_borrow_mut(Vec::pop) {
            drop(value);
        }
        PENDING.with_borrow_mut(|pending| pending.shrink_to(KEPT));
        AT_WORK.set(false);
    }
}

impl Value {
    /// Whether dropping the value may drop others.
    pub(super) fn holds_values(&self) -> bool {
        matches!(self, Self::List(_) | Self::Map(_) | Self::View(_) | Self::Entry(_) | Self::Iterator(_))
            || matches!(self, Self::Loop(_) | Self::LoopInfo(_))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{MapEntry, Iter, List, Loop, LoopInfo, Map, View, ViewKind};
    use super::*;
    use crate::source::Place;
    use std::rc::Rc;

    #[test]
    fn a_value_a_million_deep_goes_away() {
        fn each(previous: Value) -> Loop {
            Loop::new(previous, 0, "t".into(), Place { line: 1, column: 1 })
        }
        let nest: [fn(Value) -> Value; 8] = [
            |inner| List::new(vec![inner]).into(),
            |inner| Map::from_iter([("a".into(), inner)]).into(),
            |inner| View { map: Map::from_iter([(inner, Value::Null)]), kind: ViewKind::Keys }.into(),
            |inner| Value::Entry(MapEntry::new(&Map::new(), inner.clone(), inner)),
            |inner| List::new(vec![inner]).part(0..1).unwrap().into(),
            |inner| Value::Iterator(Iter::over(&List::new(vec![inner]).into()).unwrap()),
            |inner| Value::Loop(Rc::new(each(inner))),
            |inner| {
                let scope = each(Value::Null);
                scope.members().put_str("inner", inner);
                Value::LoopInfo(LoopInfo(Rc::new(scope)))
            },
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
