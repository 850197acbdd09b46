//! What a browser holds: Amplify's sessions and storage, and that of other providers' libraries.

use super::Ask;
use super::error::PasteError;
use super::found::{PastedCaller, FoundStep};
use super::members::{member, names, object};
use super::pair::{Pair, unfold};
use super::lenient::FOLDED;
use crate::value::{Map, Value, from_given};

/// The caller of a session or of a browser's storage; `None` where the object is something else.
pub fn caller(map: &Map, asked: &Ask<'_>) -> Option<FoundStep> {
    if let Some(tokens) = map.get_str("tokens") {
        return Some(FoundStep::Done(session(&tokens, asked)));
    }
    // Amplify 5's user: the session is one of its members.
    if let Some(session) = object(map, "signInUserSession")
        && let Some(pair) = Pair::of(&session)
    {
        return Some(FoundStep::Done(pair.take(asked, "a user of Amplify 5")));
    }
    // Firebase keeps the token beside its claims.
    if map.contains_str("claims")
        && let Some(token) = member(map, "token").filter(|token| token.as_str().is_some())
    {
        return Some(FoundStep::Within(token, None));
    }
    // The cache of Auth0's library, and the frames of others.
    if let Some(body) = object(map, "body")
        && let Some(pair) = Pair::of(&body)
    {
        return Some(FoundStep::Done(pair.take(asked, "a session")));
    }
    if let Some(pair) = Pair::of(map) {
        return Some(FoundStep::Done(pair.take(asked, "a session")));
    }
    storage(map, asked).map(FoundStep::Done).or_else(|| elsewhere(map))
}

/// `fetchAuthSession()`.
fn session(tokens: &Value, asked: &Ask<'_>) -> Result<PastedCaller, PasteError> {
    match tokens {
        Value::Null => Err("this is a session without tokens: nobody is signed in, so Amplify calls with the guest's credentials or the API key. Give --auth-type api-key, or the answer of `aws sts get-caller-identity`".into()),
        Value::Map(tokens) => match Pair::of(tokens) {
            Some(pair) => pair.take(asked, "an Amplify session"),
            None => Err("this is a session, and its `tokens` hold neither an accessToken nor an idToken".into()),
        },
        value if value.as_str() == Some(FOLDED) => Err(unfold("the session").into()),
        _ => Err("this is a session, and its `tokens` are not an object".into()),
    }
}

const COGNITO: &str = "CognitoIdentityServiceProvider.";

/// `CognitoIdentityServiceProvider.CLIENT.USER.accessToken` and its sisters.
fn storage(map: &Map, asked: &Ask<'_>) -> Option<Result<PastedCaller, PasteError>> {
    // Cookies as a server prints them are objects with a name and a value.
    let value = |name: &str| {
        let value = member(map, name)?;
        value.as_map().map_or(Some(value.clone()), |row| member(row, "value"))
    };
    let keys: Vec<String> = names(map).into_iter().filter(|name| name.starts_with(COGNITO)).collect();
    if keys.is_empty() {
        return None;
    }
    let mut users: Vec<&str> = keys
        .iter()
        .filter_map(|key| key.strip_suffix(".accessToken").or_else(|| key.strip_suffix(".idToken")))
        .collect();
    users.sort_unstable();
    users.dedup();
    let last = keys.iter().find(|key| key.ends_with(".LastAuthUser")).and_then(|key| {
        let client = key.strip_suffix(".LastAuthUser")?;
        Some(format!("{client}.{}", value(key)?.as_str()?))
    });
    let user = match (users.as_slice(), &last) {
        ([], _) => return Some(Err("this is Amplify's storage, and no token is in it: nobody is signed in".into())),
        ([one], _) => (*one).to_owned(),
        (many, Some(last)) if many.contains(&last.as_str()) => last.clone(),
        (many, _) => {
            return Some(Err(format!("this is Amplify's storage of {} users: give the entries of one", many.len()).into()));
        }
    };
    let own = |name: &str| value(&format!("{user}.{name}"));
    let whence = match users.len() {
        1 => "Amplify's storage".to_owned(),
        many => format!("Amplify's storage of {many} users, of which the last one's is read"),
    };
    Some(Pair::from_values(own("accessToken"), own("idToken")).take(asked, &whence))
}

/// Auth0, Okta and oidc-client keep their tokens under one key, some as JSON in a text.
fn elsewhere(map: &Map) -> Option<FoundStep> {
    let ours = |name: &&String| {
        ["@@auth0spajs@@", "okta-token-storage", "oidc.user:"].iter().any(|begin| name.starts_with(begin))
    };
    let key = names(map).iter().find(ours).cloned()?;
    let value = member(map, &key)?;
    let value = match value.as_str().map(from_given) {
        Some(Ok(inner)) => inner,
        Some(Err(_)) => {
            return Some(FoundStep::Done(Err(format!("the entry {key} of a browser's storage is not valid JSON").into())));
        }
        None => value,
    };
    let inner = value.as_map().and_then(|map| object(map, "body")).map_or(value, Value::from);
    Some(FoundStep::Within(inner, None))
}
