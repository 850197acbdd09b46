//! What a program has where: made once, and shared by all runs that an explanation needs.

use super::index::Index;
use super::sites::Sites;
use crate::syntax::Program;
use std::cell::OnceCell;
use std::ops::Deref;

/// The places of all nodes of a program, and where it changes its variables.
#[derive(Debug)]
pub struct Places<'p> {
    index: Index<'p>,
    sites: OnceCell<Sites>,
}

impl<'p> Places<'p> {
    /// Those of this program.
    pub fn new(program: &'p Program) -> Self {
        Self { index: Index::new(program), sites: OnceCell::new() }
    }

    /// Where variables and the stash are changed: only what looks for candidates asks.
    pub fn sites(&self) -> &Sites {
        self.sites.get_or_init(|| Sites::new(&self.index))
    }
}

impl<'p> Deref for Places<'p> {
    type Target = Index<'p>;

    fn deref(&self) -> &Index<'p> {
        &self.index
    }
}
