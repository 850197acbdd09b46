//! Maps and the views of them: shared, mutable, in insertion order.

use super::Value;
use super::entries::Entries;
use super::ledger::Charge;
use super::release::Holds;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// A shared, mutable map in insertion order. Cloning copies the reference, as Java does.
#[derive(Clone, Debug)]
pub struct Map(Rc<MapCell>);

#[derive(Debug)]
struct MapCell {
    entries: RefCell<Entries>,
    changes: Cell<u32>,
    charge: Charge,
}

impl MapCell {
    fn new(entries: Entries) -> Self {
        let charge = Charge::new(size_of::<Self>() + entries.footprint());
        Self { entries: RefCell::new(entries), changes: Cell::new(0), charge }
    }
}

impl Holds for MapCell {
    fn let_go(&mut self, pending: &mut Vec<Value>) {
        self.entries.get_mut().drain_into(pending);
    }

    fn clear(&mut self) {
        self.entries.get_mut().clear();
    }
}

impl Drop for MapCell {
    fn drop(&mut self) {
        self.drop_contents();
    }
}

impl Default for Map {
    fn default() -> Self {
        Self::new()
    }
}

impl Map {
    /// An empty map.
    pub fn new() -> Self {
        Self::of(Entries::default())
    }

    /// An empty map with room for this many entries.
    pub fn with_capacity(count: usize) -> Self {
        Self::of(Entries::with_capacity(count))
    }

    /// A map of these entries.
    pub(super) fn of(entries: Entries) -> Self {
        Self(Rc::new(MapCell::new(entries)))
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

    /// The key at this place of the order.
    pub fn key_at(&self, index: usize) -> Option<Value> {
        self.read(|entries| entries.key_at(index).cloned())
    }

    /// Puts an entry and returns the value that it replaced.
    pub fn put(&self, key: Value, value: Value) -> Option<Value> {
        let mut entries = self.0.entries.borrow_mut();
        let old = entries.insert(key, value);
        if old.is_none() {
            self.0.charge.set(size_of::<MapCell>() + entries.footprint());
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
        // Dropped at the end: the old entries may hold this very map.
        let _old = self.0.entries.replace(Entries::default());
        self.0.charge.set(size_of::<MapCell>());
        self.changed();
    }

    /// Reads the entries in place. The reader must not change the map.
    pub(super) fn read<T>(&self, read: impl FnOnce(&Entries) -> T) -> T {
        read(&self.0.entries.borrow())
    }

    /// Looks at each key and value in place. Whoever looks must not change the map.
    pub fn each(&self, mut see: impl FnMut(&Value, &Value)) {
        self.read(|entries| entries.iter().for_each(|(key, value)| see(key, value)));
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
        Self::of(self.read(Entries::clone))
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
            ViewKind::Entries => {
                let entries = self.map.snapshot().into_iter();
                entries.map(|(key, value)| Value::Entry(MapEntry::new(&self.map, key, value))).collect()
            }
        }
    }
}

/// One entry of a map, writing through to it. Once it has left the map, it keeps its value to itself.
#[derive(Clone, Debug)]
pub struct MapEntry {
    map: Map,
    node: Rc<MapNode>,
}

#[derive(Debug)]
struct MapNode {
    key: Value,
    /// The value when it was last looked at.
    last: RefCell<Value>,
    _charge: Charge,
}

impl Holds for MapNode {
    fn let_go(&mut self, pending: &mut Vec<Value>) {
        let held = [std::mem::take(&mut self.key), self.last.take()];
        pending.extend(held.into_iter().filter(Value::holds_values));
    }

    fn clear(&mut self) {
        (self.key, *self.last.get_mut()) = (Value::Null, Value::Null);
    }
}

impl Drop for MapNode {
    fn drop(&mut self) {
        self.drop_contents();
    }
}

impl MapEntry {
    /// The entry of this map with this key and value.
    pub fn new(map: &Map, key: Value, value: Value) -> Self {
        Self {
            map: map.clone(),
            node: Rc::new(MapNode { key, last: RefCell::new(value), _charge: Charge::new(size_of::<MapNode>()) }),
        }
    }

    /// The map that the entry is or was in.
    pub fn map(&self) -> &Map {
        &self.map
    }

    /// The entry's key.
    pub fn key(&self) -> &Value {
        &self.node.key
    }

    /// The value as it is now.
    pub fn value(&self) -> Value {
        let now = self.map.get(&self.node.key).unwrap_or_else(|| self.node.last.borrow().clone());
        self.node.last.replace(now.clone());
        now
    }

    /// Gives the entry another value, and its map if it is still there. Returns the old one.
    pub fn set_value(&self, value: Value) -> Value {
        let old = self.value();
        if self.map.contains_key(&self.node.key) {
            self.map.put(self.node.key.clone(), value.clone());
        }
        self.node.last.replace(value);
        old
    }
}
