//! Lists: `ArrayList`, arrays, and the live part of a list that `subList` gives.

use super::ledger::Charge;
use super::release::Holds;
use super::{JavaError, Value};
use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::rc::Rc;

/// A shared, mutable list. Cloning copies the reference, as Java does.
#[derive(Clone, Debug)]
pub struct List(Rc<ListCell>);

#[derive(Debug)]
struct ListCell {
    /// Empty in a part, whose items are those of its root.
    items: RefCell<Vec<Value>>,
    /// Counts structural changes, so that a walk can tell that the list changed under it. In a part: the count of its root
    /// when they last agreed.
    changes: Cell<u32>,
    kind: ListKind,
    charge: Charge,
}

/// What a list of this capacity holds.
fn footprint(capacity: usize) -> usize {
    size_of::<ListCell>() + capacity * size_of::<Value>()
}

#[derive(Debug)]
enum ListKind {
    List,
    /// An array of this class.
    Array(&'static str),
    Part(SubList),
}

impl Holds for ListCell {
    fn let_go(&mut self, pending: &mut Vec<Value>) {
        pending.extend(self.items.get_mut().drain(..).filter(Value::holds_values));
        if let ListKind::Part(part) = std::mem::replace(&mut self.kind, ListKind::List) {
            pending.extend([Some(part.root), part.outer].into_iter().flatten().map(Value::List));
        }
    }

    fn clear(&mut self) {
        self.items.get_mut().clear();
        self.kind = ListKind::List;
    }
}

impl Drop for ListCell {
    fn drop(&mut self) {
        self.drop_contents();
    }
}

/// Where in another list a `subList` lies.
#[derive(Debug)]
struct SubList {
    /// The list or array that holds the items.
    root: List,
    /// The part that this is a part of, if it is not the root's own.
    outer: Option<List>,
    start: usize,
    len: Cell<usize>,
    depth: usize,
}

impl List {
    /// An `ArrayList` of these items.
    pub fn new(items: Vec<Value>) -> Self {
        Self::of(items, ListKind::List)
    }

    /// A Java array of strings: fixed size, but Velocity lets it be read like a list.
    pub fn array(items: Vec<Value>) -> Self {
        Self::array_of("[Ljava.lang.String;", items)
    }

    /// A Java array of this class.
    pub fn array_of(class: &'static str, items: Vec<Value>) -> Self {
        Self::of(items, ListKind::Array(class))
    }

    fn of(items: Vec<Value>, kind: ListKind) -> Self {
        let charge = Charge::new(footprint(items.capacity()));
        Self(Rc::new(ListCell { items: RefCell::new(items), changes: Cell::new(0), kind, charge }))
    }

    /// The live part of this list that `subList` gives: what is written to one shows in the other. The range must lie
    /// within the list. `None` if it were a part of a part of a part … beyond [`super::MAX_DEPTH`].
    pub fn part(&self, range: Range<usize>) -> Option<Self> {
        let (root, outer, start, depth) = match &self.0.kind {
            ListKind::Part(part) => (&part.root, Some(self.clone()), part.start + range.start, part.depth + 1),
            _ => (self, None, range.start, 0),
        };
        let part = SubList { root: root.clone(), outer, start, len: Cell::new(range.len()), depth };
        let changes = root.0.changes.clone();
        let cell =
            ListCell { items: RefCell::default(), changes, kind: ListKind::Part(part), charge: Charge::new(footprint(0)) };
        (depth < super::MAX_DEPTH).then(|| Self(Rc::new(cell)))
    }

    /// Whether this is an array: `add` and `remove` do not exist on it.
    pub fn is_array(&self) -> bool {
        matches!(self.0.kind, ListKind::Array(_))
    }

    /// Whether items can neither be added nor removed: an array or a part of one.
    pub fn is_fixed(&self) -> bool {
        self.root().is_array()
    }

    /// The Java class.
    pub fn class_name(&self) -> &'static str {
        match self.0.kind {
            ListKind::List => "java.util.ArrayList",
            ListKind::Array(class) => class,
            ListKind::Part(_) if self.is_fixed() => "java.util.AbstractList$SubList",
            ListKind::Part(_) => "java.util.ArrayList$SubList",
        }
    }

    /// Whether this, an array or a part of one, may hold the item.
    pub fn takes(&self, item: &Value) -> bool {
        match self.root().0.kind {
            ListKind::Array("[Ljava.lang.String;") => matches!(item, Value::String(_) | Value::Null),
            // Of Java's `char` and `byte`, which no template has.
            ListKind::Array("[C" | "[B") => false,
            _ => true,
        }
    }

    /// The list that holds the items.
    fn root(&self) -> &Self {
        match &self.0.kind {
            ListKind::Part(part) => &part.root,
            _ => self,
        }
    }

    /// Whether this is a part of a list that was changed by another name since.
    pub fn is_stale(&self) -> bool {
        self.changes() != self.root().changes()
    }

    /// The exception that Java throws for every use of a stale part.
    pub fn check(&self) -> Result<(), JavaError> {
        match self.is_stale() {
            true => Err(JavaError::new("java.util.ConcurrentModificationException", "")),
            false => Ok(()),
        }
    }

    /// Reads the items in place. The reader must not change the list.
    pub(super) fn read<T>(&self, read: impl FnOnce(&[Value]) -> T) -> T {
        let items = self.root().0.items.borrow();
        match &self.0.kind {
            ListKind::Part(part) => read(items.get(part.start..part.start + part.len.get()).unwrap_or_default()),
            _ => read(&items),
        }
    }

    /// Changes the structure of the list: the items of the root and the range of them that this list has.
    fn restructure<T>(&self, change: impl FnOnce(&mut Vec<Value>, Range<usize>) -> T) -> T {
        let root = self.root();
        let mut items = root.0.items.borrow_mut();
        let before = items.len();
        let range = match &self.0.kind {
            ListKind::Part(part) => part.start.min(before)..(part.start + part.len.get()).min(before),
            _ => 0..before,
        };
        let result = change(&mut items, range);
        let after = items.len();
        root.0.charge.set(footprint(items.capacity()));
        let changes = root.changes().wrapping_add(1);
        root.0.changes.set(changes);
        let mut inner = Some(self);
        while let Some(Self(cell)) = inner
            && let ListKind::Part(part) = &cell.kind
        {
            part.len.set((part.len.get() + after).saturating_sub(before));
            cell.changes.set(changes);
            inner = part.outer.as_ref();
        }
        result
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        self.read(<[Value]>::len)
    }

    /// Whether there is no item.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The item at this index.
    pub fn get(&self, index: usize) -> Option<Value> {
        self.read(|items| items.get(index).cloned())
    }

    /// A copy of the items as they are now.
    pub fn snapshot(&self) -> Vec<Value> {
        self.read(<[Value]>::to_vec)
    }

    /// Replaces an item and returns the old one; `None` if the index is out of range.
    pub fn set(&self, index: usize, value: Value) -> Option<Value> {
        let start = match &self.0.kind {
            ListKind::Part(part) if index < part.len.get() => part.start,
            ListKind::Part(_) => return None,
            _ => 0,
        };
        let mut items = self.root().0.items.borrow_mut();
        items.get_mut(start + index).map(|item| std::mem::replace(item, value))
    }

    /// Appends an item.
    pub fn push(&self, value: Value) {
        self.restructure(|items, range| items.insert(range.end, value));
    }

    /// Inserts before `index`; false if the index is out of range.
    pub fn insert(&self, index: usize, value: Value) -> bool {
        let fits = index <= self.len();
        if fits {
            self.restructure(|items, range| items.insert(range.start + index, value));
        }
        fits
    }

    /// Appends all items.
    pub fn extend(&self, values: Vec<Value>) {
        self.restructure(|items, range| drop(items.splice(range.end..range.end, values)));
    }

    /// Removes the item at this index.
    pub fn remove(&self, index: usize) -> Option<Value> {
        (index < self.len()).then(|| self.restructure(|items, range| items.remove(range.start + index)))
    }

    /// Replaces all items.
    pub fn replace(&self, values: Vec<Value>) {
        // Dropped outside: the old items may hold this very list.
        let _old: Vec<Value> = self.restructure(|items, range| items.splice(range, values).collect());
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
}

impl FromIterator<Value> for List {
    fn from_iter<T: IntoIterator<Item = Value>>(items: T) -> Self {
        Self::new(items.into_iter().collect())
    }
}
