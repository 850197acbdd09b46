//! Roles and what their policies say.

use serde_json::Value as Json;

/// Whose role it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoleKind {
    /// Guests of an identity pool.
    Unauthenticated,
    /// Users of an identity pool who have signed in.
    Authenticated,
    /// Members of a group of the user pool.
    Group,
    /// A Lambda function's.
    Function,
    /// The API's own, for its data sources and logs.
    Api,
    /// Nothing says whose.
    Other,
}

impl RoleKind {
    /// What reports call it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unauthenticated => "unauthenticated",
            Self::Authenticated => "authenticated",
            Self::Group => "group",
            Self::Function => "function",
            Self::Api => "api",
            Self::Other => "other",
        }
    }
}

/// A role.
#[derive(Clone, Debug, PartialEq)]
pub struct Role {
    /// Its name, or its name in the source where it gets one only at deployment.
    pub name: String,
    /// Whose it is.
    pub kind: RoleKind,
    /// The function or the group that has it.
    pub of: Option<String>,
    /// Whether `name` is the one that it has at AWS.
    pub is_named: bool,
    /// Its policies, inline and attached, as far as the source has them.
    pub policies: Vec<Json>,
    /// The permissions boundary, if there is one.
    pub boundary: Option<Json>,
}
