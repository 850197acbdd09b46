//! Rules as people write them: SDL for Gen 1, TypeScript for Gen 2 (Amplify documentation, "Customize your auth rules").

use super::rule::{Allow, GROUP_CLAIM, OWNER_FIELD, Provider, Rule};

impl Rule {
    /// `{ allow: owner, ownerField: "editors", operations: [read] }`
    pub fn sdl(&self) -> String {
        let mut parts = vec![format!("allow: {}", self.allow.as_str())];
        if !self.groups.is_empty() {
            parts.push(format!("groups: [{}]", quoted(&self.groups, '"')));
        }
        if self.allow == Allow::Owner && self.owner_field != OWNER_FIELD {
            parts.push(format!("ownerField: \"{}\"", self.owner_field));
        }
        parts.extend(self.groups_field.iter().map(|field| format!("groupsField: \"{field}\"")));
        parts.extend(self.identity_claim.iter().map(|claim| format!("identityClaim: \"{claim}\"")));
        if self.allow == Allow::Groups && self.group_claim != GROUP_CLAIM {
            parts.push(format!("groupClaim: \"{}\"", self.group_claim));
        }
        if self.provider != Provider::default_of(self.allow) {
            let written = self.provider_written.as_deref().unwrap_or(self.provider.as_str());
            parts.push(format!("provider: {written}"));
        }
        parts.extend(self.operations_written.iter().map(|words| format!("operations: [{}]", words.join(", "))));
        format!("{{ {} }}", parts.join(", "))
    }

    /// `allow.ownersDefinedIn('editors').to(['read'])`; `list` says whether the row's field is one.
    pub fn typescript(&self, list: bool) -> String {
        let provider = match self.provider {
            own if own == Provider::default_of(self.allow) => String::new(),
            own => format!("'{}'", own.as_str()),
        };
        let mut text = match self.allow {
            Allow::Owner if self.owner_field == OWNER_FIELD && !list => format!("allow.owner({provider})"),
            Allow::Owner if list => format!("allow.ownersDefinedIn('{}')", self.owner_field),
            Allow::Owner => format!("allow.ownerDefinedIn('{}')", self.owner_field),
            Allow::Groups => match (&self.groups_field, self.groups.as_slice()) {
                (Some(field), _) if list => format!("allow.groupsDefinedIn('{field}')"),
                (Some(field), _) => format!("allow.groupDefinedIn('{field}')"),
                (None, [one]) => format!("allow.group('{one}')"),
                (None, several) => format!("allow.groups([{}])", quoted(several, '\'')),
            },
            Allow::Private => format!("allow.authenticated({provider})"),
            Allow::Public if self.provider == Provider::IdentityPool => "allow.guest()".to_owned(),
            Allow::Public => "allow.publicApiKey()".to_owned(),
            Allow::Custom => "allow.custom()".to_owned(),
        };
        if let Some(claim) = &self.identity_claim {
            text += &format!(".identityClaim('{claim}')");
        }
        if self.allow == Allow::Groups && self.group_claim != GROUP_CLAIM {
            text += &format!(".withClaimIn('{}')", self.group_claim);
        }
        if let Some(words) = &self.operations_written {
            text += &format!(".to([{}])", quoted(words, '\''));
        }
        text
    }
}

fn quoted(items: &[String], mark: char) -> String {
    items.iter().map(|item| format!("{mark}{item}{mark}")).collect::<Vec<_>>().join(", ")
}
