//! What AWS answers: Cognito's `initiate-auth`, identity pools, STS, and the events of API Gateway and Lambda authorizers.

use super::Ask;
use super::error::PasteError;
use super::found::{PastedCaller, FoundCaller, FoundStep};
use super::kind::is_arn;
use super::members::{has, member, object, text};
use super::pair::Pair;
use crate::value::{List, Map, Value};

/// What is said of a user's attributes.
pub const ATTRIBUTES: &str = "these are the attributes of a user of the pool, not a token: what AppSync sees are a token's claims. Give the answer of `aws cognito-idp admin-initiate-auth`, or try without a token: --groups, --username, --sub";

/// The IAM caller of an ARN alone, or of `sts get-caller-identity --output text` (account, ARN, id).
pub fn of_arn(text: &str) -> Option<PastedCaller> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let arn = words.iter().find(|word| is_arn(word)).filter(|_| words.len() <= 3)?;
    let identity = Map::new();
    if let Some(account) = arn.split(':').nth(4) {
        identity.put_str("accountId", account);
    }
    identity.put_str("userArn", *arn);
    let id = words.iter().find(|word| ["AIDA", "AROA"].iter().any(|begin| word.starts_with(begin)));
    identity.put_str("username", id.map_or(Value::Null, |id| Value::from(*id)));
    let mut caller = PastedCaller::new(FoundCaller::Identity(identity.into()));
    let missing = if id.is_some() { "" } else { ". Its unique id (username) is not in an ARN, and is null here" };
    caller.say(format!("the ARN of an IAM caller: {arn}{missing}"));
    Some(caller)
}

/// The caller of an answer or event of AWS; `None` where the object is something else.
pub fn caller(map: &Map, asked: &Ask<'_>) -> Option<FoundStep> {
    answer(map, asked).or_else(|| credentials(map)).map(FoundStep::Done).or_else(|| event(map))
}

/// What Cognito answers.
fn answer(map: &Map, asked: &Ask<'_>) -> Option<Result<PastedCaller, PasteError>> {
    if let Some(name) = text(map, "ChallengeName") {
        return Some(Err(format!(
            "this is Cognito's answer with a challenge ({name}): nobody is signed in yet. `aws cognito-idp respond-to-auth-challenge` answers it, and then gives the tokens"
        ).into()));
    }
    if let Some(result) = object(map, "AuthenticationResult") {
        return Some(match Pair::of(&result) {
            Some(pair) => pair.take(asked, "the answer of initiate-auth"),
            None => Err("this is Cognito's answer without tokens: sign in again".into()),
        });
    }
    if has(map, &["UserAttributes", "Attributes"]) && has(map, &["Username"]) {
        return Some(Err("this is a user of the pool (admin-get-user), not a token: what AppSync sees are a token's claims. Give the answer of `aws cognito-idp admin-initiate-auth`, or try without a token: --groups, --username, --sub".into()));
    }
    if let Some(groups) = groups(map) {
        return Some(Err(groups.into()));
    }
    if has(map, &["signInDetails"]) && has(map, &["userId"]) {
        return Some(Err("this is what getCurrentUser() gives: a user's name, without claims. Print `(await fetchAuthSession()).tokens.accessToken.payload`, or try without a token: --groups, --username, --sub".into()));
    }
    None
}

/// The groups of a user: `admin-list-groups-for-user`, and the event of the trigger that makes tokens.
fn groups(map: &Map) -> Option<String> {
    let named = |list: &List, name: Option<&str>| {
        let of = |item: &Value| match name {
            Some(name) => item.as_map().and_then(|map| text(map, name)),
            None => item.as_str().map(str::to_owned),
        };
        list.snapshot().iter().filter_map(of).collect::<Vec<_>>()
    };
    let (what, groups) = if has(map, &["triggerSource"]) && has(map, &["userPoolId"]) {
        let request = object(map, "request").unwrap_or_default();
        let listed = object(&request, "groupConfiguration").and_then(|groups| member(&groups, "groupsToOverride"));
        let groups = listed.and_then(|list| list.as_list().map(|list| named(list, None))).unwrap_or_default();
        ("the event of a Cognito trigger", groups)
    } else {
        let list = member(map, "Groups")?.as_list().cloned()?;
        ("the groups of a user (admin-list-groups-for-user)", named(&list, Some("GroupName")))
    };
    if groups.is_empty() {
        return Some(format!("this is {what}, not a token, and it names no group: give the answer of `aws cognito-idp admin-initiate-auth`, or try without a token: --username, --sub"));
    }
    let word = super::describe::shell_word(&groups.join(","));
    Some(format!("this is {what}, not a token: `--groups {word}` tries such a caller, and the answer of `aws cognito-idp admin-initiate-auth` has the token itself"))
}

/// An identity of IAM from what STS and identity pools answer.
fn credentials(map: &Map) -> Option<Result<PastedCaller, PasteError>> {
    let identity = Map::new();
    if let Some(id) = text(map, "IdentityId") {
        identity.put_str("cognitoIdentityId", id.as_str());
        let mut caller = PastedCaller::new(FoundCaller::Identity(identity.into()));
        caller.say("the answer of an identity pool: it tells the identity's id alone. Account and role (userArn) are not in it: `aws sts get-caller-identity` with these credentials tells them".to_owned());
        return Some(Ok(caller));
    }
    if let (Some(arn), Some(account)) = (text(map, "Arn"), text(map, "Account")) {
        identity.put_str("accountId", account.as_str());
        identity.put_str("userArn", arn.as_str());
        identity.put_str("username", member(map, "UserId").unwrap_or_default());
        let mut caller = PastedCaller::new(FoundCaller::Identity(identity.into()));
        let whose = if arn.ends_with("/CognitoIdentityCredentials") {
            ". The session is of an identity pool, and its members (cognitoIdentityId …) are not in this answer"
        } else {
            ""
        };
        caller.say(format!("the answer of sts get-caller-identity: the caller is {arn}{whose}"));
        return Some(Ok(caller));
    }
    let role = object(map, "AssumedRoleUser")?;
    let arn = text(&role, "Arn")?;
    if let Some(account) = arn.split(':').nth(4) {
        identity.put_str("accountId", account);
    }
    identity.put_str("userArn", arn.as_str());
    identity.put_str("username", member(&role, "AssumedRoleId").unwrap_or_default());
    let mut caller = PastedCaller::new(FoundCaller::Identity(identity.into()));
    caller.say(format!("the answer of sts assume-role: the caller is {arn}"));
    Some(Ok(caller))
}

/// The event of a Lambda authorizer, or API Gateway's, whole or its `requestContext` alone.
fn event(map: &Map) -> Option<FoundStep> {
    if let Some(token) = member(map, "authorizationToken")
        && token.as_str().is_some_and(|token| token.contains('.'))
    {
        let said = "the event of a Lambda authorizer: its authorizationToken is taken";
        return Some(FoundStep::Within(token, Some(said.to_owned())));
    }
    let context = object(map, "requestContext").or_else(|| {
        let own = has(map, &["authorizer"]) && has(map, &["apiId", "stage", "requestId", "identity"]);
        own.then(|| map.clone())
    })?;
    let said = |mut caller: PastedCaller, what: &str| {
        caller.say(format!("API Gateway's requestContext: {what} taken, as if AppSync had been called"));
        FoundStep::Done(Ok(caller))
    };
    let authorizer = object(&context, "authorizer").unwrap_or_default();
    let jwt = object(&authorizer, "jwt").unwrap_or_default();
    if let Some(claims) = object(&authorizer, "claims").or_else(|| object(&jwt, "claims")) {
        let listed = super::gateway::groups_as_list(&claims);
        let what = if listed {
            "its claims are (cognito:groups, which API Gateway writes as one text, is made a list again)"
        } else {
            "its claims are"
        };
        return Some(said(PastedCaller::new(FoundCaller::Claims(claims.into())), what));
    }
    let identity = object(&context, "identity").filter(|identity| has(identity, &["userArn", "cognitoIdentityId"]))?;
    Some(said(PastedCaller::new(FoundCaller::Identity(identity.into())), "its identity is"))
}
