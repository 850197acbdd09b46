//! Values that the user gives for what a source leaves open, and which of them were of use.

use super::super::error::{Fault, ProjectError};
use crate::nearest::nearest;
use crate::open::plain;
use serde_json::{Map, Value as Json};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::Path;

/// `--parameters`, by logical id, by path (`Stack/Nested/Param`), or by the name that a report printed.
#[derive(Debug)]
pub struct GivenParameters<'a> {
    values: &'a Map<String, Json>,
    /// Every name that a value may be given to.
    known: RefCell<BTreeSet<String>>,
}

impl<'a> GivenParameters<'a> {
    /// These values, none of them used yet.
    pub fn new(values: &'a Map<String, Json>) -> Self {
        Self { values, known: RefCell::default() }
    }

    /// The value of what has these names, the most exact first.
    pub fn value(&self, names: &[&str]) -> Option<&'a Json> {
        let names: Vec<String> = names.iter().map(|name| plain(name)).collect();
        let found = names.iter().find_map(|name| self.values.get(name).or_else(|| self.values.get(&format!("⟦{name}⟧"))));
        self.known.borrow_mut().extend(names);
        found
    }

    /// Whether each value was for something.
    ///
    /// # Errors
    /// A value for a name that the source does not have.
    pub fn all_known(&self, path: &Path) -> Result<(), ProjectError> {
        let known = self.known.borrow();
        // A report prints `⟦Name⟧`.
        let bare = |name: &String| name.trim_start_matches('⟦').trim_end_matches('⟧').to_owned();
        let Some(odd) = self.values.keys().find(|name| !known.contains(&bare(name))) else { return Ok(()) };
        let near = nearest(odd, known.iter().map(String::as_str)).map(str::to_owned);
        Err(ProjectError::new(path, Fault::UnknownParameter { name: odd.clone(), near }))
    }
}
