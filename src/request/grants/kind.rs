//! What a policy is for.

/// What a policy limits or grants (IAM user guide: "Policy evaluation logic").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PolicyKind {
    /// Of the user, group or role: it grants.
    #[default]
    Identity,
    /// A permissions boundary: it limits.
    Boundary,
    /// Passed to `AssumeRole`: it limits.
    Session,
    /// A service control policy of the organization: it limits.
    Control,
}

impl PolicyKind {
    /// As a sentence calls it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Identity => "policy",
            Self::Boundary => "permissions boundary",
            Self::Session => "session policy",
            Self::Control => "service control policy (SCP)",
        }
    }
}
