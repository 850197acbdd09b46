//! An access token and an ID token that stand together, and which of the two is taken.

use crate::message::{Message, Part};
use super::error::PasteError;
use super::found::{PastedCaller, FoundCaller, FoundStep};
use super::lenient::FOLDED;
use super::members::{first, folded, has, member, object};
use super::{Ask, jwt};
use crate::code::Code;
use crate::value::{Map, Value};

/// Which of a user's two tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenUse {
    /// The access token: what Amplify sends to AppSync.
    Access,
    /// The ID token.
    Id,
}

impl TokenUse {
    /// Its name in a sentence.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Access => "access token",
            Self::Id => "ID token",
        }
    }

    /// Its name as `--token-use` takes it.
    pub const fn option(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Id => "id",
        }
    }

    const fn other(self) -> Self {
        match self {
            Self::Access => Self::Id,
            Self::Id => Self::Access,
        }
    }

    /// The kind that a token's claims say.
    pub fn of_claims(claims: &Value) -> Option<Self> {
        match claims.as_map()?.get_str("token_use")?.as_str()? {
            "access" => Some(Self::Access),
            "id" => Some(Self::Id),
            _ => None,
        }
    }
}

/// What stands in the place of a token.
#[derive(Clone, Debug)]
enum StandsFor {
    Found(FoundCaller),
    /// A text that is no JWT: some providers' access tokens are for themselves alone.
    Opaque,
    Encrypted,
    /// The console did not show it.
    Folded,
}

/// The two tokens of a session or an answer.
#[derive(Clone, Debug, Default)]
pub struct Pair {
    access: Option<StandsFor>,
    id: Option<StandsFor>,
}

const ACCESS: [&str; 3] = ["AccessToken", "access_token", "accessToken"];
const ID: [&str; 3] = ["IdToken", "id_token", "idToken"];

impl Pair {
    /// The pair of an object that has its tokens under one of their names.
    pub fn of(map: &Map) -> Option<Self> {
        has(map, &ACCESS).then_some(()).or_else(|| has(map, &ID).then_some(()))?;
        Some(Self { access: first(map, &ACCESS).map(standing), id: first(map, &ID).map(standing) })
    }

    /// A pair of these two values.
    pub fn from_values(access: Option<Value>, id: Option<Value>) -> Self {
        Self { access: access.map(standing), id: id.map(standing) }
    }

    /// The token that is wanted, and what is said of the other.
    ///
    /// # Errors
    /// None of the two can be used, or the one that was asked for is not there.
    pub fn take(self, asked: &Ask<'_>, whence: &str) -> Result<PastedCaller, PasteError> {
        let wanted = asked.token_use.unwrap_or(TokenUse::Access);
        let (first, second) = match wanted {
            TokenUse::Access => (self.access, self.id),
            TokenUse::Id => (self.id, self.access),
        };
        match (first, second) {
            (Some(StandsFor::Found(found)), other) => {
                let mut caller = PastedCaller::new(found);
                if other.is_some() {
                    caller.notes.push((Code::TwoTokens, two_tokens(whence, wanted)));
                } else if !whence.is_empty() {
                    caller.say(format!("{whence}: its {} is taken", wanted.name()));
                }
                Ok(caller)
            }
            (first, _) if asked.token_use.is_some() => Err(format!(
                "{whence}: --token-use {} asks for its {}, {}",
                wanted.option(),
                wanted.name(),
                why_not(first.as_ref())
            ).into()),
            (first, Some(StandsFor::Found(found))) => {
                let mut caller = PastedCaller::new(found);
                caller.say(format!(
                    "{whence}: its {} is taken, for of an {} {}",
                    wanted.other().name(),
                    wanted.name(),
                    why_not(first.as_ref())
                ));
                Ok(caller)
            }
            (first, second) => Err(neither(whence, first.as_ref(), second.as_ref()).into()),
        }
    }
}

fn two_tokens(whence: &str, taken: TokenUse) -> Message {
    let place = if whence.is_empty() { String::new() } else { format!("{whence}: ") };
    let other = taken.other();
    let why = if taken == TokenUse::Access { ", as Amplify sends it" } else { "" };
    Message::of(
        "{}two tokens are there. The {} is taken{}; `--token-use {}` takes the {}",
        [
            Part::Text(place),
            Part::Text(taken.name().to_owned()),
            Part::Text(why.to_owned()),
            Part::Code(other.option().to_owned()),
            Part::Text(other.name().to_owned()),
        ],
    )
}

fn why_not(standing: Option<&StandsFor>) -> &'static str {
    match standing {
        None => "there is none",
        Some(StandsFor::Found(_)) => "there is one",
        Some(StandsFor::Opaque) => {
            "there is an opaque one: not a JWT, so AppSync cannot read it (ask the provider for an audience)"
        }
        Some(StandsFor::Encrypted) => "there is an encrypted one, which nobody but its issuer can read",
        Some(StandsFor::Folded) => "the console shows one folded",
    }
}

fn neither(whence: &str, first: Option<&StandsFor>, second: Option<&StandsFor>) -> String {
    let both = [first, second];
    if both.iter().flatten().any(|standing| matches!(standing, StandsFor::Folded)) {
        return format!("{whence}: {}", unfold("the tokens"));
    }
    format!(
        "{whence}: neither of its tokens can be read: {}",
        both.into_iter().flatten().map(|one| why_not(Some(one))).collect::<Vec<_>>().join("; ")
    )
}

/// What to do about a part that a console did not show.
pub fn unfold(what: &str) -> String {
    format!(
        "the console shows {what} folded, so the values are not in the text. Print them whole: `console.log(JSON.stringify((await fetchAuthSession()).tokens, null, 2))` (Amplify 6), or give the token itself"
    )
}

/// What stands under a token's name: a compact token, or an object with it or its payload.
fn standing(value: Value) -> StandsFor {
    if let Some(text) = value.as_str() {
        return match text {
            FOLDED => StandsFor::Folded,
            text if text.split('.').count() == 5 => StandsFor::Encrypted,
            text if jwt::claims(jwt::bare(text).0).is_ok() => StandsFor::Found(FoundCaller::Token(jwt::bare(text).0.to_owned())),
            _ => StandsFor::Opaque,
        };
    }
    let Some(map) = value.as_map() else { return StandsFor::Opaque };
    // Amplify 5 and Okta keep the text beside the claims; Amplify 6 shows the payload alone.
    for name in ["jwtToken", "accessToken", "idToken", "token"] {
        if let Some(inner) = member(map, name)
            && let StandsFor::Found(found) = standing(inner)
        {
            return StandsFor::Found(found);
        }
    }
    let payload = object(map, "payload").or_else(|| object(map, "claims"));
    match payload {
        Some(payload) if folded(&payload.clone().into()).is_none() => StandsFor::Found(FoundCaller::Claims(payload.into())),
        _ if folded(&value).is_some() => StandsFor::Folded,
        Some(_) => StandsFor::Folded,
        None => StandsFor::Opaque,
    }
}

/// The tokens of a text that is no data: by what their claims say, else by the name before each.
pub fn of_text(text: &str, asked: &Ask<'_>) -> Option<FoundStep> {
    let found = super::tokens::find(text);
    let [one] = found.as_slice() else {
        return (!found.is_empty()).then(|| FoundStep::Done(several(&found, asked)));
    };
    Some(FoundStep::Within(one.token.into(), None))
}

fn several(found: &[super::tokens::Located<'_>], asked: &Ask<'_>) -> Result<PastedCaller, PasteError> {
    let (mut access, mut id, mut count) = (None, None, 0);
    for one in found {
        let Ok(claims) = jwt::claims(one.token) else { continue };
        let name = one.before.to_lowercase();
        let last = |word: &str| name.rfind(word);
        let named = match (last("access"), last("id_token").max(last("idtoken"))) {
            (Some(access), id) if id.is_none_or(|id| id < access) => Some(TokenUse::Access),
            (_, Some(_)) => Some(TokenUse::Id),
            _ => None,
        };
        count += 1;
        match TokenUse::of_claims(&claims).or(named) {
            Some(TokenUse::Access) if access.is_none() => access = Some(Value::from(one.token)),
            Some(TokenUse::Id) if id.is_none() => id = Some(Value::from(one.token)),
            _ => return Err(format!("{} tokens are in it, and which one is meant cannot be told: give one", found.len()).into()),
        }
    }
    match count {
        0 => Err("its tokens cannot be read: they are encrypted, or letters were lost; copy one whole".into()),
        _ => Pair::from_values(access, id).take(asked, ""),
    }
}
