//! Whence containers and their members came: known by identity while they live, and handed on through a pipeline.

use super::origin::{Origin, Origins};
use crate::appsync::ContextPath;
use crate::value::ledger::Charge;
use crate::value::{Map, Value};
use ecow::EcoString;
use rustc_hash::FxHashMap;
use std::hash::BuildHasher;

/// Containers remembered in one run, so that a hostile template's trace stays small.
const REMEMBERED: usize = 100_000;

/// What an entry of a table costs, with its key, its origins and what the table has in reserve.
const ENTRY: usize = 160;

/// Bytes of a name that are kept; of a longer one its hash stands for it, so that a name of megabytes is not copied for each
/// member that is read.
const LONGEST: usize = 256;

/// A member's name, as it is remembered.
fn known(name: &str) -> EcoString {
    if name.len() <= LONGEST {
        return name.into();
    }
    ecow::eco_format!("…{:016x}", rustc_hash::FxBuildHasher.hash_one(name))
}

/// What outlives a template in a pipeline: whence the members of the context came.
///
/// Containers are known by their address; each is kept, so that no other takes its place.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    /// Containers that stand in the context, with their paths.
    paths: FxHashMap<usize, (ContextPath, Value)>,
    /// Containers that a template made, with what was put into them.
    made: FxHashMap<usize, (Origins, Value)>,
    /// Members that a template wrote, by their container: of most containers it wrote none.
    members: FxHashMap<usize, FxHashMap<EcoString, Origins>>,
    /// How many they are.
    written: usize,
    /// The members of `$ctx` that nobody gave.
    open: Vec<&'static str>,
    /// Whether there were any, for this template or one before it: else nothing can be open by whence it comes.
    pub(super) may_be_open: bool,
    /// Members of the stash that the template itself fills: what is not in them was left out for a reason.
    own: Vec<String>,
    /// Whence those containers came that found no room, as far as nobody gave it: any container that is not remembered may
    /// be one of them.
    lost: Origins,
    /// What all of it costs.
    held: Charge,
}

impl Memory {
    /// Before the next template of a pipeline runs in this context (`$ctx` itself).
    pub(super) fn enter(&mut self, root: &Map, open: Vec<&'static str>, own: Vec<String>) {
        self.may_be_open |= !open.is_empty();
        (self.open, self.own) = (open, own);
        let written = self.members.values_mut().flat_map(FxHashMap::values_mut);
        written.for_each(|origins| *origins = origins.without_literals());
        self.made.values_mut().for_each(|(origins, _)| *origins = origins.without_literals());
        self.paths.insert(root.address(), (ContextPath::default(), root.clone().into()));
    }

    /// The context path of a container, if it stands in the context.
    pub(super) fn path(&self, container: &Value) -> Option<&ContextPath> {
        self.paths.get(&address(container)?).map(|(path, _)| path)
    }

    /// What a container that a template made consists of.
    pub(super) fn contents(&self, container: &Value) -> Option<&Origins> {
        self.made.get(&address(container)?).map(|(origins, _)| origins)
    }

    /// A container that a template made also comes from whatever was put into it.
    pub(super) fn with_contents(&self, value: &Value, mut origins: Origins) -> Origins {
        if let Some(contents) = self.contents(value).or_else(|| self.forgotten(value)) {
            origins.join(contents);
        }
        origins
    }

    /// Whence a container may come of which nothing is remembered.
    fn forgotten(&self, container: &Value) -> Option<&Origins> {
        let place = address(container).filter(|_| !self.lost.is_empty())?;
        (!self.paths.contains_key(&place) && !self.made.contains_key(&place)).then_some(&self.lost)
    }

    /// A container found no room.
    fn lose(&mut self, origins: &Origins) {
        if origins.is_open() {
            self.lost.join(origins);
        }
    }

    /// A container was made anew.
    pub(super) fn make(&mut self, container: &Value, origins: Origins) {
        let Some(place) = address(container) else { return };
        if self.has_room() {
            self.held.grow(ENTRY);
            self.made.insert(place, (origins, container.clone()));
        } else {
            self.lose(&origins);
        }
    }

    /// A container was made of these, or they were put into it.
    pub(super) fn fill(&mut self, container: &Value, origins: &Origins) {
        let Some(place) = address(container).filter(|_| !origins.is_empty()) else { return };
        match self.made.get_mut(&place) {
            Some((known, _)) => known.join(origins),
            None => {
                let mut all = Origins::default();
                all.join(origins);
                self.make(container, all);
            }
        }
    }

    /// A member was written.
    pub(super) fn write(&mut self, container: &Value, name: &EcoString, origins: Origins) {
        let Some(place) = address(container) else { return };
        let name = known(name);
        if let Some(before) = self.members.get_mut(&place).and_then(|members| members.get_mut(&name)) {
            *before = origins;
        } else if self.written < REMEMBERED {
            self.held.grow(ENTRY + name.len());
            self.members.entry(place).or_default().insert(name, origins);
            self.written += 1;
        } else {
            self.lose(&origins);
        }
    }

    /// Whence a member of a container comes; `base` is whence the container does.
    pub(super) fn lookup(&mut self, container: &Value, key: &Value, value: &Value, base: &Origins) -> Origins {
        let Some(place) = address(container) else { return base.clone() };
        // A list has no member of such a name, and nobody counted the work of looking for it.
        if !matches!(container, Value::Map(_)) && key.as_str().is_some_and(|name| name.len() > LONGEST) {
            return base.clone();
        }
        let path = self.path(container).map(|path| path.join(key));
        let written = self.members.get(&place).and_then(|members| members.get(&known(key.as_str()?))).cloned();
        // A member that found no room may be this one.
        let full = !self.lost.is_empty() && self.written >= REMEMBERED;
        let written = written.or_else(|| full.then(|| self.lost.clone()));
        let Some(path) = path else {
            let origins = written.or_else(|| self.contents(container).cloned()).unwrap_or_else(|| {
                let mut origins = base.clone();
                if let Some(lost) = self.forgotten(container) {
                    origins.join(lost);
                }
                origins
            });
            self.fill(value, &origins);
            return origins;
        };
        if let Some(address) = address(value) {
            let held = &self.held;
            self.paths.entry(address).or_insert_with(|| {
                held.grow(ENTRY);
                (path.clone(), value.clone())
            });
        }
        let absent = value.is_null()
            && match container {
                Value::Map(map) => !map.contains_key(key),
                _ => true,
            };
        let open = absent && written.is_none() && self.is_open(&path);
        let mut origins = Origins::one(Origin::Context { path, value: value.clone(), absent, open });
        if let Some(written) = written {
            origins.join(&written);
        }
        origins
    }

    /// Whether a place belongs to a part of the context that nobody gave.
    pub(super) fn is_open(&self, path: &str) -> bool {
        if self.open.is_empty() {
            return false;
        }
        let mut names = path.split(['.', '[']);
        let root = names.next().unwrap_or(path);
        let member = names.next().map(|name| name.trim_matches(['"', ']']));
        let own = |member| self.own.iter().any(|own| own == member);
        let own = root == "stash" && member.is_some_and(own);
        !own && self.open.iter().any(|open| *open == root || *open == path || path.strip_prefix(open).is_some_and(|rest| rest.starts_with(['.', '['])))
    }

    pub(super) fn has_room(&self) -> bool {
        self.made.len() < REMEMBERED
    }
}

/// What tells a container from any other.
pub(super) fn address(value: &Value) -> Option<usize> {
    match value {
        Value::Map(map) => Some(map.address()),
        Value::List(list) => Some(list.address()),
        Value::View(view) => Some(view.map.address()),
        _ => None,
    }
}
