//! What a program has where: made once, and shared by all runs that an explanation needs.

use super::index::{Index, Node};
use super::sites::Sites;
use super::stash::{stash_key, stash_put};
use super::verdict::is_refusal;
use crate::syntax::Program;
use std::cell::OnceCell;
use std::ops::Deref;

/// The places of all nodes of a program, and where it changes its variables.
#[derive(Debug)]
pub struct Places<'p> {
    index: Index<'p>,
    sites: OnceCell<Sites>,
    stash: OnceCell<Vec<String>>,
}

impl<'p> Places<'p> {
    /// Those of this program.
    pub fn new(program: &'p Program) -> Self {
        Self { index: Index::new(program), sites: OnceCell::new(), stash: OnceCell::new() }
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
