//! The group that Cognito makes in a user pool for each external identity provider, `[user pool ID]_[IdP name]`. Every profile
//! that a sign-in through the provider made is in it, so it stands for everybody who has an account there
//! (<https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-user-groups.html>).

use crate::message::{Message, Part};

/// A provider's group among those of a caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderGroup {
    /// `eu-west-1_AbCdEf123_Google`
    pub group: String,
    /// `Google`, or the name of a SAML or OIDC provider.
    pub provider: String,
    /// The caller's username, where Cognito made it of the provider's name and an id.
    federated: Option<String>,
}

impl ProviderGroup {
    /// The first of these groups that is a provider's.
    pub fn of<'g>(groups: impl IntoIterator<Item = &'g str>, username: Option<&str>) -> Option<Self> {
        let (group, provider) = groups.into_iter().find_map(|group| Some((group, provider_of(group)?)))?;
        let own = |name: &&str| {
            let before = name.get(..provider.len()).zip(name.get(provider.len()..));
            before.is_some_and(|(before, rest)| before.eq_ignore_ascii_case(provider) && rest.starts_with('_'))
        };
        let federated = username.filter(own).map(str::to_owned);
        Some(Self { group: group.to_owned(), provider: provider.to_owned(), federated })
    }

    /// Whose group it is, and who the caller is.
    pub fn fact(&self) -> Message {
        let mut fact = Message::of(
            "{} is the group that Cognito makes for everyone who comes through {}.",
            [Part::Value(self.group.clone()), Part::Name(self.provider.clone())],
        );
        if let Some(user) = &self.federated {
            fact.and(Message::of(
                "The caller is the federated user {}, a profile of its own: an account with a password and the same e-mail is another user, with its own sub and groups.",
                [Part::Name(user.clone())],
            ));
        }
        fact
    }

    /// What to do in place of letting the group in (a linked identity must not have a profile yet:
    /// <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminLinkProviderForUser.html>).
    pub fn cure(&self, membership: &str, rule: &str) -> Message {
        let user = self.federated.as_ref().map_or_else(|| "the user".to_owned(), |user| format!("this user ({user})"));
        Message::default().cured(Message::of(
            "Add {} to {} (aws cognito-idp admin-add-user-to-group) and let them sign in again, as groups are fixed in the token when it is issued; or link the {} identity to the account that is in the group (admin-link-provider-for-user), which takes only an identity that has no profile yet, so that the profile it has must be deleted before. Leave {} out of {}: everyone who comes through {} would be let in.",
            [
                Part::Name(user),
                Part::Text(membership.to_owned()),
                Part::Name(self.provider.clone()),
                Part::Value(self.group.clone()),
                Part::Text(rule.to_owned()),
                Part::Name(self.provider.clone()),
            ],
        ))
    }
}

/// The provider whose group this is: of `REGION_ID_NAME` the name.
pub fn provider_of(group: &str) -> Option<&str> {
    let mut parts = group.splitn(3, '_');
    let (region, id, provider) = (parts.next()?, parts.next()?, parts.next()?);
    let words: Vec<&str> = region.split('-').collect();
    let is_region = words.len() >= 3
        && words.split_last().is_some_and(|(number, names)| {
            number.bytes().all(|byte| byte.is_ascii_digit()) && !number.is_empty()
                && names.iter().all(|name| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase()))
        });
    let is_id = id.len() >= 5 && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (is_region && is_id && !provider.is_empty()).then_some(provider)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_providers_group_is_told_from_others() {
        assert_eq!(provider_of("eu-west-1_Jx4Kp7Wn2_Google"), Some("Google"));
        assert_eq!(provider_of("us-gov-west-1_Jx4Kp7Wn2_corp_saml"), Some("corp_saml"));
        for other in ["Editors", "eu-west-1_Jx4Kp7Wn2", "team_a_b", "eu-west-1_x_", "EU-west-1_Jx4Kp7Wn2_Google"] {
            assert_eq!(provider_of(other), None, "{other}");
        }
    }
}
