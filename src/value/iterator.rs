//! Walks: `java.util.Iterator`.

use super::ledger::{self, Charge};
use super::release::Holds;
use super::{JavaError, Value, View, ViewKind};
use std::cell::RefCell;
use std::rc::Rc;

/// A `java.util.Iterator`: walks a container once and notices changes under it.
#[derive(Clone, Debug)]
pub struct Iter(Rc<RefCell<IterState>>);

#[derive(Debug)]
struct IterState {
    source: Value,
    /// What a map's view had when the walk began; a list is read live instead.
    items: Vec<Value>,
    position: usize,
    /// How many items `remove` has taken away.
    removed: usize,
    /// Whether `next` has given an item that `remove` may take away.
    removable: bool,
    changes: u32,
    _charge: Charge,
}

impl Holds for IterState {
    fn let_go(&mut self, pending: &mut Vec<Value>) {
        pending.push(std::mem::take(&mut self.source));
        pending.extend(self.items.drain(..).filter(Value::holds_values));
    }

    fn clear(&mut self) {
        self.source = Value::Null;
        self.items.clear();
    }
}

impl Drop for IterState {
    fn drop(&mut self) {
        self.drop_contents();
    }
}

impl Iter {
    /// An iterator over what `#foreach` would walk: a list, an array, a view, or a map's values. `None` for anything else.
    pub fn over(source: &Value) -> Option<Self> {
        if let Value::View(View { map, .. }) | Value::Map(map) = source {
            ledger::entries(map.len());
        }
        let (source, items) = match source {
            Value::Iterator(iter) => return Some(iter.clone()),
            Value::List(_) => (source.clone(), Vec::new()),
            Value::View(view) => (source.clone(), view.snapshot()),
            Value::Map(map) => (View { map: map.clone(), kind: ViewKind::Values }.into(), map.values()),
            Value::Loop(each) => return Self::over(&Value::Map(each.members().clone())),
            _ => return None,
        };
        let changes = changes_of(&source);
        let charge = Charge::new(size_of::<IterState>() + items.capacity() * size_of::<Value>());
        Some(Self(Rc::new(RefCell::new(IterState {
            source,
            items,
            position: 0,
            removed: 0,
            removable: false,
            changes,
            _charge: charge,
        }))))
    }

    /// The Java class.
    pub fn class_name(&self) -> &'static str {
        match &self.0.borrow().source {
            Value::List(list) => match list.class_name() {
                "java.util.ArrayList" => "java.util.ArrayList$Itr",
                "java.util.ArrayList$SubList" => "java.util.ArrayList$SubList$1",
                "java.util.AbstractList$SubList" => "java.util.AbstractList$SubList$1",
                _ => "java.util.AbstractList$Itr",
            },
            Value::View(View { kind: ViewKind::Keys, .. }) => "java.util.LinkedHashMap$LinkedKeyIterator",
            Value::View(View { kind: ViewKind::Entries, .. }) => "java.util.LinkedHashMap$LinkedEntryIterator",
            _ => "java.util.LinkedHashMap$LinkedValueIterator",
        }
    }

    /// Whether `next` would give an item.
    pub fn has_next(&self) -> bool {
        let state = self.0.borrow();
        match &state.source {
            // java.util.ArrayList's iterator asks for inequality, so a list that shrank still "has" a next item.
            Value::List(list) => state.position != list.len(),
            _ => state.position < state.items.len(),
        }
    }

    /// The next item.
    ///
    /// # Errors
    /// The container changed since the walk began; no item is left.
    pub fn next(&self) -> Result<Value, JavaError> {
        let mut state = self.0.borrow_mut();
        state.check()?;
        let item = match &state.source {
            Value::List(list) => list.get(state.position),
            _ => state.items.get(state.position).cloned(),
        };
        state.position += 1;
        state.removable = true;
        item.ok_or_else(|| JavaError::new("java.util.NoSuchElementException", ""))
    }

    /// Removes the item that `next` gave last from the container.
    ///
    /// # Errors
    /// There is none; the container changed since; an array loses no item.
    pub fn remove(&self) -> Result<(), JavaError> {
        let mut state = self.0.borrow_mut();
        if !state.removable {
            return Err(JavaError::new("java.lang.IllegalStateException", ""));
        }
        state.check()?;
        if matches!(&state.source, Value::List(list) if list.is_fixed()) {
            return Err(JavaError::new("java.lang.UnsupportedOperationException", ""));
        }
        let last = state.position - 1;
        match &state.source {
            Value::List(list) => {
                // What stands behind it moves up.
                ledger::members(list.len().saturating_sub(last));
                list.remove(last);
                state.position = last;
            }
            Value::View(view) => {
                ledger::entries(view.map.len());
                if let Some(key) = view.map.key_at(last - state.removed) {
                    view.map.remove(&key);
                }
                state.removed += 1;
            }
            _ => {}
        }
        state.removable = false;
        state.changes = changes_of(&state.source);
        Ok(())
    }

    /// The iterator's identity.
    pub fn address(&self) -> usize {
        Rc::as_ptr(&self.0) as *const () as usize
    }
}

impl IterState {
    fn check(&self) -> Result<(), JavaError> {
        if let Value::List(list) = &self.source {
            list.check()?;
        }
        match changes_of(&self.source) == self.changes {
            true => Ok(()),
            false => Err(JavaError::new("java.util.ConcurrentModificationException", "")),
        }
    }
}

fn changes_of(source: &Value) -> u32 {
    match source {
        Value::List(list) => list.changes(),
        Value::View(view) => view.map.changes(),
        _ => 0,
    }
}
