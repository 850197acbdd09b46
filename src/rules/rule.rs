//! One `@auth` rule, with what Amplify makes of what it leaves out (AMPLIFY-AUTH 4; Amplify documentation, "Customize your
//! auth rules").

use crate::appsync::AuthType;
use crate::message::quoted;
use std::fmt::Write as _;

/// Whom a rule lets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Allow {
    /// Whoever a field of the row names.
    Owner,
    /// Members of groups, named in the rule or in a field of the row.
    Groups,
    /// Everybody who is signed in.
    Private,
    /// Everybody.
    Public,
    /// Whoever the Lambda authorizer lets in.
    Custom,
}

impl Allow {
    const ALL: [(&'static str, Self); 5] = [
        ("owner", Self::Owner),
        ("groups", Self::Groups),
        ("private", Self::Private),
        ("public", Self::Public),
        ("custom", Self::Custom),
    ];

    /// The word in a schema.
    pub fn as_str(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, own)| *own == self).map_or("", |(word, _)| word)
    }

    pub(super) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(own, _)| *own == word).map(|(_, allow)| allow)
    }
}

/// How a caller must come for a rule to be about them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Provider {
    /// An API key.
    ApiKey,
    /// IAM by an identity pool: `identityPool`, formerly `iam`.
    IdentityPool,
    /// OpenID Connect.
    Oidc,
    /// A Cognito user pool.
    UserPools,
    /// A Lambda authorizer.
    Function,
}

impl Provider {
    /// The word in a schema.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ApiKey => "apiKey",
            Self::IdentityPool => "identityPool",
            Self::Oidc => "oidc",
            Self::UserPools => "userPools",
            Self::Function => "function",
        }
    }

    /// Both names of the identity pool are known.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "apiKey" => Self::ApiKey,
            "identityPool" | "iam" => Self::IdentityPool,
            "oidc" => Self::Oidc,
            "userPools" => Self::UserPools,
            "function" => Self::Function,
            _ => return None,
        })
    }

    /// What stands for it in AppSync.
    pub fn mode(self) -> AuthType {
        match self {
            Self::ApiKey => AuthType::ApiKey,
            Self::IdentityPool => AuthType::Iam,
            Self::Oidc => AuthType::Oidc,
            Self::UserPools => AuthType::UserPool,
            Self::Function => AuthType::Lambda,
        }
    }

    /// Where a rule names none.
    pub(super) fn default_of(allow: Allow) -> Self {
        match allow {
            Allow::Public => Self::ApiKey,
            Allow::Custom => Self::Function,
            Allow::Owner | Allow::Groups | Allow::Private => Self::UserPools,
        }
    }
}

/// What a caller does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operation {
    /// A row is written for the first time.
    Create,
    /// A row is changed.
    Update,
    /// A row is taken away; also what sets a field to null.
    Delete,
    /// One row is read.
    Get,
    /// Rows are read; queries of an index are this too.
    List,
    /// Rows are read from OpenSearch.
    Search,
    /// DataStore reads rows.
    Sync,
    /// A subscription.
    Listen,
}

impl Operation {
    /// All.
    pub const ALL: [Self; 8] = [
        Self::Create,
        Self::Update,
        Self::Delete,
        Self::Get,
        Self::List,
        Self::Search,
        Self::Sync,
        Self::Listen,
    ];

    /// What `read` stands for.
    pub const READ: [Self; 5] = [Self::Get, Self::List, Self::Search, Self::Sync, Self::Listen];

    /// The word in a schema.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Get => "get",
            Self::List => "list",
            Self::Search => "search",
            Self::Sync => "sync",
            Self::Listen => "listen",
        }
    }

    /// The operations behind a word of a schema.
    pub(super) fn parse(word: &str) -> Vec<Self> {
        if word == "read" {
            return Self::READ.to_vec();
        }
        Self::ALL.into_iter().filter(|operation| operation.as_str() == word).collect()
    }

    /// Whether it reads.
    pub fn reads(self) -> bool {
        Self::READ.contains(&self)
    }
}

/// A rule as Amplify reads it.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Unique in a model: `Post#1`, `Post.secret#2`.
    pub id: String,
    /// The type that it stands on.
    pub type_name: String,
    /// The field that it stands on.
    pub field: Option<String>,
    /// Its place among the rules of its type or field, from 1.
    pub number: usize,
    /// Its line in the schema.
    pub line: u32,
    /// Whom it lets in.
    pub allow: Allow,
    /// How they must come.
    pub provider: Provider,
    /// The provider as written.
    pub provider_written: Option<String>,
    /// The field that names the owner; of an owner rule.
    pub owner_field: String,
    /// The claim of the owner, if the rule names one: what Amplify takes otherwise rests on a feature flag.
    pub identity_claim: Option<String>,
    /// The groups that it names.
    pub groups: Vec<String>,
    /// The field that names the groups.
    pub groups_field: Option<String>,
    /// The claim that holds the caller's groups.
    pub group_claim: String,
    /// What it covers.
    pub operations: Vec<Operation>,
    /// The operations as written; none means all.
    pub operations_written: Option<Vec<String>>,
}

/// The field of an owner rule that names none.
pub const OWNER_FIELD: &str = "owner";
/// The field of a groups rule that names neither groups nor a field.
pub const GROUPS_FIELD: &str = "groups";
/// The claim of a groups rule that names none.
pub const GROUP_CLAIM: &str = "cognito:groups";

impl Rule {
    /// Whether it compares the caller with the row.
    pub fn is_dynamic(&self) -> bool {
        self.allow == Allow::Owner || self.groups_field.is_some()
    }

    /// The field of the row that it compares with.
    pub fn row_field(&self) -> Option<&str> {
        match self.allow {
            Allow::Owner => Some(&self.owner_field),
            _ => self.groups_field.as_deref(),
        }
    }

    /// What it stands on: `Post`, `Post.secret`.
    pub fn place(&self) -> String {
        self.field.as_ref().map_or_else(|| self.type_name.clone(), |field| format!("{}.{field}", self.type_name))
    }

    /// Whether it covers an operation.
    pub fn covers(&self, operation: Operation) -> bool {
        self.operations.contains(&operation)
    }

    /// The rule in words, without its operations: `allow owner, ownerField "editors"`.
    pub fn text(&self) -> String {
        let mut text = format!("allow {}", self.allow.as_str());
        if !self.groups.is_empty() {
            let _ = write!(text, " {}", list(&self.groups));
        }
        if self.allow == Allow::Owner && self.owner_field != OWNER_FIELD {
            let _ = write!(text, ", ownerField {}", quoted(&self.owner_field));
        }
        if let Some(field) = &self.groups_field {
            let _ = write!(text, ", groupsField {}", quoted(field));
        }
        if let Some(claim) = &self.identity_claim {
            let _ = write!(text, ", identityClaim {}", quoted(claim));
        }
        if self.allow == Allow::Groups && self.group_claim != GROUP_CLAIM {
            let _ = write!(text, ", groupClaim {}", quoted(&self.group_claim));
        }
        if self.provider != Provider::default_of(self.allow) {
            let _ = write!(text, ", provider {}", self.provider_written.as_deref().unwrap_or(self.provider.as_str()));
        }
        text
    }

    /// What it covers, in words.
    pub fn covers_text(&self) -> String {
        match &self.operations_written {
            None => "every operation".to_owned(),
            Some(words) if words.is_empty() => "no operation".to_owned(),
            Some(words) => words.join(", "),
        }
    }

    /// The roles that Amplify makes of it: one a group, else one.
    pub fn roles(&self) -> Vec<String> {
        let provider = self.provider.as_str();
        match self.allow {
            Allow::Groups if self.groups_field.is_none() => {
                let role = |group: &String| format!("{provider}:group:{group}:{}", self.group_claim);
                self.groups.iter().map(role).collect()
            }
            Allow::Groups => {
                let field = self.groups_field.as_deref().unwrap_or(GROUPS_FIELD);
                vec![format!("{provider}:groupsField:{field}:{}", self.group_claim)]
            }
            Allow::Owner => {
                let claim = self.identity_claim.as_deref().unwrap_or("");
                vec![format!("{provider}:owner:{}:{claim}", self.owner_field)]
            }
            Allow::Private | Allow::Public | Allow::Custom => vec![format!("{provider}:{}", self.allow.as_str())],
        }
    }
}

fn list(items: &[String]) -> String {
    let quoted: Vec<_> = items.iter().map(|item| quoted(item).to_string()).collect();
    format!("[{}]", quoted.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        let mut rule = Rule {
            id: "Post#1".into(),
            type_name: "Post".into(),
            field: None,
            number: 1,
            line: 1,
            allow: Allow::Groups,
            provider: Provider::UserPools,
            provider_written: None,
            owner_field: OWNER_FIELD.into(),
            identity_claim: None,
            groups: vec!["Admin".into()],
            groups_field: None,
            group_claim: GROUP_CLAIM.into(),
            operations: Operation::ALL.to_vec(),
            operations_written: None,
        };
        assert_eq!(rule.text(), "allow groups [\"Admin\"]");
        rule.allow = Allow::Owner;
        rule.groups.clear();
        rule.owner_field = "editors".into();
        assert_eq!(rule.text(), "allow owner, ownerField \"editors\"");
        rule.provider = Provider::Oidc;
        assert_eq!(rule.text(), "allow owner, ownerField \"editors\", provider oidc");
    }
}
