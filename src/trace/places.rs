//! What a program has where: made once, and shared by all runs that an explanation needs.

use super::index::{Index, Node};
use super::sites::Sites;
use super::stash::{stash_key, stash_put};
use super::verdict::is_refusal;
use crate::syntax::Program;
use rustc_hash::FxHashMap;
use std::ops::Deref;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// The places of all nodes of a program, and where it changes its variables.
#[derive(Debug)]
pub struct Places<'p> {
    index: Index<'p>,
    sites: OnceLock<Sites>,
    stash: OnceLock<Vec<String>>,
}

impl<'p> Places<'p> {
    /// Those of this program.
    pub fn new(program: &'p Program) -> Self {
        Self { index: Index::new(program), sites: OnceLock::new(), stash: OnceLock::new() }
    }

    /// Where variables and the stash are changed: only what looks for candidates asks.
    pub fn sites(&self) -> &Sites {
        self.sites.get_or_init(|| Sites::new(&self.index))
    }

    /// The members of the stash that the template fills. A filter is what an auth template answers, whether it puts one or not;
    /// to a template that refuses nobody it is given.
    pub fn stash(&self) -> &[String] {
        self.stash.get_or_init(|| stash_members(&self.index))
    }
}

/// The places of each program of many runs, by its address: of all personas who ask for a field, of all runs of an explanation.
#[derive(Debug, Default)]
pub struct KnownPlaces<'p>(Mutex<FxHashMap<usize, Arc<Places<'p>>>>);

impl<'p> KnownPlaces<'p> {
    /// Those of this program.
    pub fn of(&self, program: &'p Program) -> Arc<Places<'p>> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(std::ptr::from_ref(program).addr()).or_insert_with(|| Arc::new(Places::new(program))))
    }
}

impl<'p> Deref for Places<'p> {
    type Target = Index<'p>;

    fn deref(&self) -> &Index<'p> {
        &self.index
    }
}

fn stash_members(index: &Index<'_>) -> Vec<String> {
    let (mut found, mut refuses) = (Vec::new(), false);
    for (_, statement) in &index.statements {
        if let Node::Set(set) = statement {
            found.extend(stash_key(&set.target).map(str::to_owned));
        }
        statement.reads(&mut |reference| {
            refuses |= is_refusal(reference);
            found.extend(stash_put(reference).map(str::to_owned));
        });
    }
    found.extend(refuses.then(|| "authFilter".to_owned()));
    found
}
