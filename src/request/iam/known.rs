//! What is known of the keys of a condition.

/// What is known of a request's context key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// Its values.
    Known(Vec<String>),
    /// The request has it; its value is not known.
    Present,
    /// The request does not have it.
    Absent,
    /// Neither is known.
    Unknown,
}

impl Key {
    /// One value.
    pub fn one(value: impl Into<String>) -> Self {
        Self::Known(vec![value.into()])
    }
}
