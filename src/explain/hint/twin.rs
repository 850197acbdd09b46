//! A name that is read in vain, beside one of nearly the same name that is there.

use crate::finding::Finding;

/// What a test reads in vain, told, with the name that is there.
pub struct Twin {
    /// The name that is there.
    pub name: String,
    /// What to say of it.
    pub finding: Finding,
}
