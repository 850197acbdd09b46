//! Lists, maps and the views of them: shared, mutable, in insertion order.

use super::entries::Entries;
use super::{JavaError, Value};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// A shared, mutable list. Cloning copies the reference, as Java does.
#[derive(Clone, Debug)]
pub struct List(Rc<ListCell>);

#[derive(Debug)]
struct ListCell {
    items: RefCell<Vec<Value>>,
    /// Counts structural changes, so that a walk can tell that the list changed under it.
    changes: Cell<u32>,
    array: bool,
}

impl List {
    /// An `ArrayList` of these items.
    pub fn new(items: Vec<Value>) -> Self {
        Self(Rc::new(ListCell { items: RefCell::new(items), changes: Cell::new(0), array: false }))
    }

    /// A Java array: fixed size, but Velocity lets it be read like a list.
    pub fn array(items: Vec<Value>) -> Self {
        Self(Rc::new(ListCell { items: RefCell::new(items), changes: Cell::new(0), array: true }))
    }

    /// Whether this is an array: `add` and `remove` do not exist on it.
    pub fn is_array(&self) -> bool {
        self.0.array
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        self.0.items.borrow().len()
    }

    /// Whether there is no item.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The item at this index.
    pub fn get(&self, index: usize) -> Option<Value> {
        self.0.items.borrow().get(index).cloned()
    }

    /// A copy of the items as they are now.
    pub fn snapshot(&self) -> Vec<Value> {
        self.0.items.borrow().clone()
    }

    /// Replaces an item and returns the old one; `None` if the index is out of range.
    pub fn set(&self, index: usize, value: Value) -> Option<Value> {
        self.0.items.borrow_mut().get_mut(index).map(|item| std::mem::replace(item, value))
    }

    /// Appends an item.
    pub fn push(&self, value: Value) {
        self.0.items.borrow_mut().push(value);
        self.changed();
    }

    /// Inserts before `index`; false if the index is out of range.
    pub fn insert(&self, index: usize, value: Value) -> bool {
        if index > self.len() {
            return false;
        }
        self.0.items.borrow_mut().insert(index, value);
        self.changed();
        true
    }

    /// Appends all items.
    pub fn extend(&self, values: Vec<Value>) {
        self.0.items.borrow_mut().extend(values);
        self.changed();
    }

    /// Removes the item at this index.
    pub fn remove(&self, index: usize) -> Option<Value> {
        if index >= self.len() {
            return None;
        }
        self.changed();
        Some(self.0.items.borrow_mut().remove(index))
    }

    /// Replaces all items.
    pub fn replace(&self, values: Vec<Value>) {
        *self.0.items.borrow_mut() = values;
        self.changed();
    }

    /// Whether a test holds for every item. It must not change the list.
    pub(super) fn all(&self, test: &mut dyn FnMut(&Value) -> bool) -> bool {
        self.0.items.borrow().iter().all(test)
    }

    /// A number that grows with every structural change.
    pub fn changes(&self) -> u32 {
        self.0.changes.get()
    }

    /// Whether both names mean the same list.
    pub fn same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// The list's identity, stable while a clone of it is held.
    pub fn address(&self) -> usize {
        Rc::as_ptr(&self.0) as *const () as usize
    }

    fn changed(&self) {
        self.0.changes.set(self.0.changes.get().wrapping_add(1));
    }
}

impl FromIterator<Value> for List {
    fn from_iter<T: IntoIterator<Item = Value>>(items: T) -> Self {
        Self::new(items.into_iter().collect())
    }
}

/// A shared, mutable map in insertion order. Cloning copies the reference, as Java does.
#[derive(Clone, Debug)]
pub struct Map(Rc<MapCell>);

#[derive(Debug, Default)]
struct MapCell {
    entries: RefCell<Entries>,
    changes: Cell<u32>,
}

impl Default for Map {
    fn default() -> Self {
        Self::new()
    }
}

impl Map {
    /// An empty map.
    pub fn new() -> Self {
        Self(Rc::default())
    }

    /// An empty map with room for this many entries.
    pub fn with_capacity(count: usize) -> Self {
        let entries = RefCell::new(Entries::with_capacity(count));
        Self(Rc::new(MapCell { entries, changes: Cell::new(0) }))
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.0.entries.borrow().len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value under a string key.
    pub fn get_str(&self, key: &str) -> Option<Value> {
        self.0.entries.borrow().get_str(key).cloned()
    }

    /// The value under any key.
    pub fn get(&self, key: &Value) -> Option<Value> {
        self.0.entries.borrow().get(key).cloned()
    }

    /// Whether the key is there, be its value null.
    pub fn contains_key(&self, key: &Value) -> bool {
        self.0.entries.borrow().get(key).is_some()
    }

    /// Whether the string key is there, be its value null.
    pub fn contains_str(&self, key: &str) -> bool {
        self.0.entries.borrow().get_str(key).is_some()
    }

    /// Puts an entry and returns the value that it replaced.
    pub fn put(&self, key: Value, value: Value) -> Option<Value> {
        let old = self.0.entries.borrow_mut().insert(key, value);
        if old.is_none() {
            self.changed();
        }
        old
    }

    /// Puts an entry under a string key.
    pub fn put_str(&self, key: &str, value: impl Into<Value>) -> Option<Value> {
        self.put(Value::string(key), value.into())
    }

    /// Removes an entry, keeping the order of the others.
    pub fn remove(&self, key: &Value) -> Option<Value> {
        let old = self.0.entries.borrow_mut().remove(key);
        if old.is_some() {
            self.changed();
        }
        old
    }

    /// Removes every entry.
    pub fn clear(&self) {
        *self.0.entries.borrow_mut() = Entries::default();
        self.changed();
    }

    /// Whether a test holds for every value. It must not change the map.
    pub(super) fn all(&self, test: &mut dyn FnMut(&Value) -> bool) -> bool {
        self.0.entries.borrow().iter().all(|(_, value)| test(value))
    }

    /// Copies the keys and values as they are now.
    pub fn snapshot(&self) -> Vec<(Value, Value)> {
        self.0.entries.borrow().iter().map(|(key, value)| (key.clone(), value.clone())).collect()
    }

    /// The keys as they are now.
    pub fn keys(&self) -> Vec<Value> {
        self.0.entries.borrow().iter().map(|(key, _)| key.clone()).collect()
    }

    /// The values as they are now.
    pub fn values(&self) -> Vec<Value> {
        self.0.entries.borrow().iter().map(|(_, value)| value.clone()).collect()
    }

    /// A new map with the same entries (Java's `new LinkedHashMap<>(map)`).
    pub fn shallow_copy(&self) -> Self {
        Self(Rc::new(MapCell { entries: RefCell::new(self.0.entries.borrow().clone()), changes: Cell::new(0) }))
    }

    /// A number that grows with every structural change.
    pub fn changes(&self) -> u32 {
        self.0.changes.get()
    }

    /// Whether both names mean the same map.
    pub fn same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// The map's identity, stable while a clone of it is held.
    pub fn address(&self) -> usize {
        Rc::as_ptr(&self.0) as *const () as usize
    }

    fn changed(&self) {
        self.0.changes.set(self.0.changes.get().wrapping_add(1));
    }
}

impl FromIterator<(Value, Value)> for Map {
    fn from_iter<T: IntoIterator<Item = (Value, Value)>>(entries: T) -> Self {
        let map = Self::new();
        for (key, value) in entries {
            map.put(key, value);
        }
        map
    }
}

/// Which part of a map a [`View`] shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViewKind {
    /// `keySet()`
    Keys,
    /// `values()`
    Values,
    /// `entrySet()`
    Entries,
}

/// A live view of a map.
#[derive(Clone, Debug)]
pub struct View {
    /// The map that is viewed.
    pub map: Map,
    /// Which part of it.
    pub kind: ViewKind,
}

impl View {
    /// The members as they are now.
    pub fn snapshot(&self) -> Vec<Value> {
        match self.kind {
            ViewKind::Keys => self.map.keys(),
            ViewKind::Values => self.map.values(),
            ViewKind::Entries => self
                .map
                .keys()
                .into_iter()
                .map(|key| Value::Entry(Entry { map: self.map.clone(), key: Rc::new(key) }))
                .collect(),
        }
    }
}

/// One entry of a map, writing through to it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The map that the entry belongs to.
    pub map: Map,
    /// The entry's key.
    pub key: Rc<Value>,
}

impl Entry {
    /// The value as it is now.
    pub fn value(&self) -> Value {
        self.map.get(&self.key).unwrap_or_default()
    }
}

/// A `java.util.Iterator`: walks a container once and notices changes under it.
#[derive(Clone, Debug)]
pub struct Iter(Rc<RefCell<IterState>>);

#[derive(Debug)]
struct IterState {
    source: Value,
    /// What remained when the walk began, reversed; a list is read live instead.
    items: Vec<Value>,
    position: usize,
    changes: u32,
}

impl Iter {
    /// An iterator over what `#foreach` would walk: a list, an array, a view, or a map's values. `None` for anything else.
    pub fn over(source: &Value) -> Option<Self> {
        let items = match source {
            Value::Iterator(iter) => return Some(iter.clone()),
            Value::List(_) => Vec::new(),
            Value::View(view) => view.snapshot(),
            Value::Map(map) => map.values(),
            _ => return None,
        };
        let state = IterState { items, position: 0, changes: changes_of(source), source: source.clone() };
        Some(Self(Rc::new(RefCell::new(state))))
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

    /// The next item. Errors: the container changed since the walk began; no item is left.
    pub fn next(&self) -> Result<Value, JavaError> {
        let mut state = self.0.borrow_mut();
        if changes_of(&state.source) != state.changes {
            return Err(JavaError::new("java.util.ConcurrentModificationException", ""));
        }
        let item = match &state.source {
            Value::List(list) => list.get(state.position),
            _ => state.items.get(state.position).cloned(),
        };
        state.position += 1;
        item.ok_or_else(|| JavaError::new("java.util.NoSuchElementException", ""))
    }

    /// The iterator's identity.
    pub fn address(&self) -> usize {
        Rc::as_ptr(&self.0) as *const () as usize
    }
}

fn changes_of(source: &Value) -> u32 {
    match source {
        Value::List(list) => list.changes(),
        Value::Map(map) => map.changes(),
        Value::View(view) => view.map.changes(),
        _ => 0,
    }
}

/// The state behind `$foreach`.
#[derive(Debug)]
pub struct Loop {
    /// The index of the current item, from 0.
    pub index: Cell<i32>,
    /// Whether another item follows.
    pub has_next: Cell<bool>,
    /// The `$foreach` of the loop around this one.
    pub parent: Value,
    /// What `#break( $foreach.parent )` knows the loop by.
    pub id: u32,
}
