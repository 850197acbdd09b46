//! `$foreach`: Velocity's `ForeachScope`, a map that also knows where its loop is.

use super::method::java_hash;
use super::release::Holds;
use super::{Map, Value};
use crate::source::Place;
use std::cell::{Cell, OnceCell};
use std::fmt::{self, Display, Formatter};
use std::rc::Rc;
use std::sync::Arc;

/// The state behind `$foreach`.
#[derive(Debug)]
pub struct Loop {
    /// The index of the current item, from 0.
    pub index: Cell<i32>,
    /// Whether another item follows.
    pub has_next: Cell<bool>,
    /// The `$foreach` of the loop around this one.
    pub parent: Value,
    /// What `$foreach` was before the loop, if it was no loop's: `$foreach.replaced`, and what it is again after it.
    pub replaced: Value,
    /// What templates put into it: `#set( $foreach.total = 1 )`.
    members: OnceCell<Map>,
    /// What `#break( $foreach.parent )` knows the loop by.
    pub id: u32,
    /// The template and the place of the `#foreach`: `$foreach.info`.
    at: (Arc<str>, Place),
}

impl Loop {
    /// The scope of a loop that begins at this place of this template, where `$foreach` had the value `previous`.
    pub fn new(previous: Value, id: u32, template: Arc<str>, place: Place) -> Self {
        let (parent, replaced) = match previous {
            Value::Loop(_) => (previous, Value::Null),
            _ => (Value::Null, previous),
        };
        Self {
            index: Cell::new(-1),
            has_next: Cell::new(false),
            parent,
            replaced,
            members: OnceCell::new(),
            id,
            at: (template, place),
        }
    }

    /// What templates put into it.
    pub fn members(&self) -> &Map {
        self.members.get_or_init(Map::new)
    }

    /// How many entries were put into it.
    pub fn len(&self) -> usize {
        self.members.get().map_or(0, Map::len)
    }

    /// Whether nothing was put into it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What `$foreach` was before the outermost loop; a loop inside has it from those around it.
    pub fn replaced(&self) -> Value {
        let mut each = self;
        while let (Value::Null, Value::Loop(parent)) = (&each.replaced, &each.parent) {
            each = parent;
        }
        each.replaced.clone()
    }

    /// The outermost loop around this one, itself if there is none.
    pub fn topmost(self: &Rc<Self>) -> Value {
        let mut outermost = self;
        while let Value::Loop(parent) = &outermost.parent {
            outermost = parent;
        }
        Value::Loop(outermost.clone())
    }

    fn depth(&self) -> i32 {
        let (mut each, mut depth) = (self, 1);
        while let Value::Loop(parent) = &each.parent {
            (each, depth) = (parent, depth + 1);
        }
        depth
    }

    /// Its entries stand in Java's `HashMap`, which orders them by their hash codes. To be called after one was added.
    pub fn reorder(&self) {
        let Some(map) = self.members.get() else { return };
        let mut entries = map.snapshot();
        let mut buckets = 16_u32;
        while (entries.len() as u32).saturating_mul(4) > buckets.saturating_mul(3) {
            buckets *= 2;
        }
        let bucket = |key: &Value| {
            let hash = java_hash(key).unwrap_or_default() as u32;
            (hash ^ (hash >> 16)) & (buckets - 1)
        };
        if !entries.is_sorted_by_key(|(key, _)| bucket(key)) {
            entries.sort_by_key(|(key, _)| bucket(key));
            map.clear();
            for (key, value) in entries {
                map.put(key, value);
            }
        }
    }
}

impl Holds for Loop {
    fn let_go(&mut self, pending: &mut Vec<Value>) {
        let held = [std::mem::take(&mut self.parent), std::mem::take(&mut self.replaced)];
        let members = self.members.take().map(Value::Map);
        pending.extend(held.into_iter().chain(members).filter(Value::holds_values));
    }

    fn clear(&mut self) {
        (self.parent, self.replaced) = (Value::Null, Value::Null);
        self.members.take();
    }
}

impl Drop for Loop {
    fn drop(&mut self) {
        self.drop_contents();
    }
}

/// `$foreach.info`: Velocity's `Scope.Info`.
#[derive(Clone, Debug)]
pub struct LoopInfo(pub Rc<Loop>);

impl LoopInfo {
    /// The property of this name, if it has one.
    pub fn get(&self, name: &str) -> Option<Value> {
        let (template, place) = &self.0.at;
        Some(match name {
            "name" | "Name" => "foreach".into(),
            "type" | "Type" => "block".into(),
            "depth" | "Depth" => Value::int(self.0.depth()),
            "template" | "Template" => Value::string(&**template),
            "line" | "Line" => Value::int(place.line as i32),
            "column" | "Column" => Value::int(place.column as i32),
            _ => return None,
        })
    }
}

impl Display for LoopInfo {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let (template, place) = &self.0.at;
        out.write_str("#foreach[type:block")?;
        if self.0.depth() > 1 {
            write!(out, " depth:{}", self.0.depth())?;
        }
        write!(out, " template:{template} line:{} column:{}]", place.line, place.column)
    }
}
