//! A map's entries in insertion order: a plain list while there are few, hashed when there are many.

use super::Value;
use super::compare::same_text;
use indexmap::{Equivalent, IndexMap};
use smallvec::SmallVec;
use std::hash::{Hash, Hasher};

/// Up to this many entries are looked through one by one, which is faster than hashing: the members of a context are no more.
const FEW: usize = 12;
/// So many of them stand in the map itself: most maps of a template have no more.
const INLINE: usize = 3;

/// A map key: any value, compared as Java's `equals` does.
#[derive(Clone, Debug)]
pub struct MapKey(Value);

impl PartialEq for MapKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.java_equals(&other.0)
    }
}
impl Eq for MapKey {}
impl Hash for MapKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash_into(state, 0);
    }
}

/// A string key to look up without making a [`Value`] of it.
struct Name<'a>(&'a str);
impl Hash for Name<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        super::compare::hash_text(self.0, state);
    }
}
impl Equivalent<MapKey> for Name<'_> {
    #[inline]
    fn equivalent(&self, key: &MapKey) -> bool {
        matches!(&key.0, Value::String(text) if text == self.0)
    }
}

struct ValueKey<'a>(&'a Value);
impl Hash for ValueKey<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash_into(state, 0);
    }
}
impl Equivalent<MapKey> for ValueKey<'_> {
    fn equivalent(&self, key: &MapKey) -> bool {
        self.0.java_equals(&key.0)
    }
}

/// Where a key stands among few. Nearly every key is a text, and no text equals what is none.
fn position(list: &[(MapKey, Value)], wanted: &Value) -> Option<usize> {
    match wanted {
        Value::String(wanted) => {
            let wanted = wanted.as_str();
            list.iter().position(|(key, _)| matches!(&key.0, Value::String(key) if same_text(wanted, key)))
        }
        wanted => list.iter().position(|(key, _)| ValueKey(wanted).equivalent(key)),
    }
}

type Listed = SmallVec<[(MapKey, Value); INLINE]>;
type Hashed = IndexMap<MapKey, Value, foldhash::fast::RandomState>;

/// The entries.
#[derive(Clone, Debug)]
pub enum Entries {
    /// In a list.
    Few(Listed),
    /// Hashed.
    Many(Box<Hashed>),
}

impl Default for Entries {
    fn default() -> Self {
        Self::Few(Listed::new())
    }
}

impl Entries {
    /// Room for this many.
    pub fn with_capacity(count: usize) -> Self {
        if count <= FEW {
            Self::Few(Listed::with_capacity(count))
        } else {
            Self::Many(Box::new(Hashed::with_capacity_and_hasher(count, foldhash::fast::RandomState::default())))
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Few(list) => list.len(),
            Self::Many(map) => map.len(),
        }
    }

    /// Bytes that the entries take beside this.
    pub fn footprint(&self) -> usize {
        match self {
            Self::Few(list) if !list.spilled() => 0,
            Self::Few(list) => list.capacity() * size_of::<(MapKey, Value)>(),
            // A hash beside each entry, and two places for each in the table of hashes.
            Self::Many(map) => map.capacity() * (size_of::<(MapKey, Value)>() + 3 * size_of::<usize>()),
        }
    }

    /// The value under a string key.
    pub fn get_str(&self, name: &str) -> Option<&Value> {
        match self {
            Self::Few(list) => list.iter().find(|(key, _)| Name(name).equivalent(key)).map(|(_, value)| value),
            Self::Many(map) => map.get(&Name(name)),
        }
    }

    /// The value under any key.
    pub fn get(&self, wanted: &Value) -> Option<&Value> {
        match self {
            Self::Few(list) => position(list, wanted).and_then(|at| list.get(at)).map(|(_, value)| value),
            Self::Many(map) => map.get(&ValueKey(wanted)),
        }
    }

    /// The key at this place of the order.
    pub fn key_at(&self, index: usize) -> Option<&Value> {
        match self {
            Self::Few(list) => list.get(index).map(|(key, _)| &key.0),
            Self::Many(map) => map.get_index(index).map(|(key, _)| &key.0),
        }
    }

    /// Puts an entry; the old value if there was one.
    pub fn insert(&mut self, key: Value, value: Value) -> Option<Value> {
        match self {
            Self::Few(list) => {
                if let Some((_, old)) = position(list, &key).and_then(|at| list.get_mut(at)) {
                    return Some(std::mem::replace(old, value));
                }
                if list.len() < FEW {
                    list.push((MapKey(key), value));
                } else {
                    let mut map: Hashed = std::mem::take(list).into_iter().collect();
                    map.insert(MapKey(key), value);
                    *self = Self::Many(Box::new(map));
                }
                None
            }
            Self::Many(map) => map.insert(MapKey(key), value),
        }
    }

    /// Takes an entry away, keeping the order of the others.
    pub fn remove(&mut self, wanted: &Value) -> Option<Value> {
        match self {
            Self::Few(list) => {
                let at = position(list, wanted)?;
                Some(list.remove(at).1)
            }
            Self::Many(map) => map.shift_remove(&ValueKey(wanted)),
        }
    }

    /// Entries under the same keys, which are known to be different, with these values made of the old ones.
    pub fn with_values(&self, mut value_of: impl FnMut(&Value) -> Value) -> Self {
        match self {
            Self::Few(list) => {
                Self::Few(list.iter().map(|(key, value)| (key.clone(), value_of(value))).collect())
            }
            Self::Many(map) => {
                let mut made = map.clone();
                made.values_mut().for_each(|value| *value = value_of(value));
                Self::Many(made)
            }
        }
    }

    /// Drops the entries.
    pub fn clear(&mut self) {
        match self {
            Self::Few(list) => list.clear(),
            Self::Many(map) => map.clear(),
        }
    }

    /// Empties the map, moving the keys and values that may hold others to `pending`.
    pub fn drain_into(&mut self, pending: &mut Vec<Value>) {
        let mut keep =
            |(key, value): (MapKey, Value)| pending.extend([key.0, value].into_iter().filter(Value::holds_values));
        match std::mem::take(self) {
            Self::Few(list) => list.into_iter().for_each(&mut keep),
            Self::Many(map) => map.into_iter().for_each(keep),
        }
    }

    /// The keys and values in order.
    pub fn iter(&self) -> EntryIter<'_> {
        match self {
            Self::Few(list) => EntryIter::Few(list.iter()),
            Self::Many(map) => EntryIter::Many(map.iter()),
        }
    }
}

/// A walk over the entries.
pub enum EntryIter<'a> {
    /// Of a list.
    Few(std::slice::Iter<'a, (MapKey, Value)>),
    /// Of hashed entries.
    Many(indexmap::map::Iter<'a, MapKey, Value>),
}

impl<'a> Iterator for EntryIter<'a> {
    type Item = (&'a Value, &'a Value);

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Few(list) => list.next().map(|(key, value)| (&key.0, value)),
            Self::Many(map) => map.next().map(|(key, value)| (&key.0, value)),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Self::Few(list) => list.size_hint(),
            Self::Many(map) => map.size_hint(),
        }
    }
}
