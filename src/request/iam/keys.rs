//! The context keys of a request, as far as what was given tells them (IAM user guide: "AWS global condition context keys").

use super::known::Key;
use crate::request::grants::IamCall;
use crate::request::evidence::Evidence;
use crate::request::scope::CredentialScope;
use serde_json::Value as Json;

/// The keys of a request to AppSync that is signed for IAM.
pub fn of<'a>(evidence: &'a Evidence, request: &IamCall) -> impl Fn(&str) -> Key + use<'a> {
    let identity = evidence.identity.clone().unwrap_or_default();
    let scope = evidence.header("authorization").and_then(CredentialScope::of);
    let access_key = scope.map(|scope| scope.key.chars().take(4).collect::<String>()).unwrap_or_default();
    let (region, account) = (request.region.clone(), request.account.clone());
    move |name| {
        let text = |member: &str| identity.get(member).and_then(Json::as_str).map(str::to_owned);
        let known = |value: Option<String>| value.map_or(Key::Unknown, Key::one);
        let header = |name: &str| known(evidence.header(name).map(str::to_owned));
        let arn = text("userArn");
        let name = name.to_lowercase();
        match name.as_str() {
            "aws:principalarn" => known(arn.as_deref().map(principal)),
            "aws:principalaccount" => known(text("accountId")),
            "aws:userid" => known(text("username").or_else(|| text("user"))),
            "aws:username" => match arn.as_deref() {
                Some(arn) if arn.contains(":user/") => known(arn.rsplit('/').next().map(str::to_owned)),
                Some(_) => Key::Absent,
                None => Key::Unknown,
            },
            "aws:principaltype" => match arn.as_deref() {
                Some(arn) if arn.contains(":user/") => Key::one("User"),
                Some(arn) if arn.contains(":assumed-role/") => Key::one("AssumedRole"),
                _ => Key::Unknown,
            },
            "aws:sourceip" => source_ip(evidence, &identity),
            "aws:requestedregion" => known(region.clone()),
            "aws:resourceaccount" => known(account.clone()),
            "aws:currenttime" | "aws:epochtime" => known(evidence.now.map(|now| now.to_string())),
            "aws:useragent" => header("user-agent"),
            "aws:referer" => header("referer"),
            // AppSync has no endpoint without TLS, and a client calls it itself.
            "aws:securetransport" => Key::one("true"),
            "aws:viaawsservice" => Key::one("false"),
            // Only calls that tag a resource have them.
            "aws:tagkeys" => Key::Absent,
            name if name.starts_with("aws:requesttag/") => Key::Absent,
            "aws:calledvia" | "aws:calledviafirst" | "aws:calledvialast" | "aws:sourceaccount" | "aws:sourcearn"
            | "aws:sourceorgid" => Key::Absent,
            // Long-lived keys (AKIA) have no session; temporary ones (ASIA) do.
            "aws:tokenissuetime" if access_key == "ASIA" || is_session(arn.as_deref()) => Key::Present,
            "aws:tokenissuetime" | "aws:multifactorauthpresent" | "aws:multifactorauthage" if access_key == "AKIA" => {
                Key::Absent
            }
            "cognito-identity.amazonaws.com:amr" => signed_in(&text),
            "cognito-identity.amazonaws.com:aud" => known(text("cognitoIdentityPoolId")),
            "cognito-identity.amazonaws.com:sub" => known(text("cognitoIdentityId")),
            _ => Key::Unknown,
        }
    }
}

/// Whether the caller is a session of a role, which has temporary credentials alone
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-tokenissuetime>).
fn is_session(arn: Option<&str>) -> bool {
    arn.is_some_and(|arn| [":assumed-role/", ":federated-user/"].iter().any(|kind| arn.contains(kind)))
}

/// `amr` of an identity pool's session: `unauthenticated` alone of a guest, else `authenticated` and the providers
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html>).
fn signed_in(text: &dyn Fn(&str) -> Option<String>) -> Key {
    match text("cognitoIdentityAuthType").as_deref() {
        Some("unauthenticated") => Key::one("unauthenticated"),
        Some("authenticated") => match text("cognitoIdentityAuthProvider") {
            Some(providers) => {
                let named = providers.split(',').map(|one| one.trim().trim_matches('"').to_owned());
                Key::Known(std::iter::once("authenticated".to_owned()).chain(named).collect())
            }
            None => Key::Unknown,
        },
        _ => Key::Unknown,
    }
}

/// `aws:PrincipalArn` of a session is its role's ARN, not the session's. A path of the role is not known from it.
fn principal(arn: &str) -> String {
    let Some((head, rest)) = arn.split_once(":assumed-role/") else { return arn.to_owned() };
    let role = rest.split('/').next().unwrap_or(rest);
    format!("{}:role/{role}", head.replace(":sts:", ":iam:"))
}

fn source_ip(evidence: &Evidence, identity: &Json) -> Key {
    let first = match identity.get("sourceIp") {
        Some(Json::Array(list)) => list.first().and_then(Json::as_str).map(str::to_owned),
        Some(Json::String(one)) => Some(one.clone()),
        _ => None,
    };
    let forwarded = || evidence.header("x-forwarded-for")?.split(',').next().map(|one| one.trim().to_owned());
    first.or_else(forwarded).map_or(Key::Unknown, Key::one)
}
