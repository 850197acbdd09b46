//! Members of the context that the template itself wrote another value over.

use super::Finished;
use super::allow::line;
use crate::trace::recorder::Change;
use crate::value::Value;

/// A member of the parent, or an argument, that the template wrote something else over.
#[derive(Clone, Debug)]
pub struct OverwrittenMember {
    /// The line that wrote.
    pub line: u32,
    /// Its path: `source.siteId`.
    pub path: String,
    /// What stood there.
    pub old: Value,
}

/// What stood in a member before the template wrote another value over it.
pub fn before(run: &Finished<'_>, path: &str) -> Option<OverwrittenMember> {
    let change = run.recorder.changes.iter().find(|change| target(change).as_deref() == Some(path))?;
    let new = change.values.get(1)?;
    let old = change.old.clone().filter(|old| !old.is_null() && old.as_str() != Some("") && !old.loosely_equals(new))?;
    Some(OverwrittenMember { line: line(run, change.node), path: path.to_owned(), old })
}

/// Where each change that was made in the context led to: `args.input.owner`.
pub fn target(change: &Change) -> Option<String> {
    Some(change.path.as_ref()?.join(change.values.first()?).to_string())
}
