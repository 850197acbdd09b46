//! Another token of the same user, in another entry of the file, that has the group which the refused one lacks.

use crate::message::{Message, Part, any_of};
use crate::request::evidence::Evidence;
use crate::request::history::{Credential, Past};

/// What is so, and what to do.
pub struct OtherToken {
    /// Which token has the group.
    pub fact: Message,
    /// To send that one; `None` where it says nothing of what the user is in by now.
    pub cure: Option<Message>,
}

/// How another token of the same user stands to the refused one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stands {
    /// Of the same kind, and issued later.
    Newer,
    /// Of the same kind, and issued before: the group was taken away since.
    Older,
    /// Of the other kind.
    OtherKind,
    /// Of another app of the pool: a trigger may give each app's tokens groups of its own.
    OtherApp,
}

impl Stands {
    fn of(own: &Credential, other: &Credential) -> Self {
        match (own.token_use() == other.token_use(), own.issued.zip(other.issued)) {
            _ if own.is_of_other_app(other) => Self::OtherApp,
            (false, _) => Self::OtherKind,
            (true, Some((own, other))) if other < own => Self::Older,
            (true, _) => Self::Newer,
        }
    }
}

/// An ID token and an access token of one sign-in may differ in their groups: a trigger of version 1 changes the ID token alone
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html>; aws-amplify/amplify-js#12679).
pub fn judge(evidence: &Evidence, wanted: &[String]) -> Option<OtherToken> {
    let own = Credential::of_token(evidence.authorization()?.0);
    let (past, other) = evidence.others.iter().find_map(|past| with_group(past, &own, wanted))?;
    let stands = Stands::of(&own, other);
    let has: Vec<&String> = wanted.iter().filter(|group| other.groups().contains(group)).collect();
    let passed = if past.passed { " and passed" } else { "" };
    let call = past.field.as_deref().map_or_else(String::new, |field| format!(" ({field})"));
    let (lead, is) = match stands {
        Stands::OtherKind => (format!("It is {}; {}", own.shown, other.shown), "is the same user's (sub)"),
        Stands::Newer => (format!("It is {}; another one of the same user (sub)", own.shown), "is newer"),
        Stands::OtherApp => (format!("It is {}; another one of the same user (sub)", own.shown), "is of another app client, to whose tokens a trigger may give other groups,"),
        Stands::Older => (format!("It is {}; another one of the same user (sub)", own.shown), "is older, so the user was in the group then and most likely is in it no more (unless a trigger put the group there, and does so no longer); it"),
    };
    let fact = Message::of(
        "{}, with which the request of {}{} came{}, {} {} {}.",
        [
            Part::Name(lead),
            Part::Value(past.clock()),
            Part::Name(call),
            Part::Text(passed.to_owned()),
            Part::Text(is.to_owned()),
            Part::Text(if stands == Stands::Older { "has" } else { "and has" }.to_owned()),
            Part::Value(any_of(&has)),
        ],
    );
    let cure = (!matches!(stands, Stands::Older | Stands::OtherApp)).then(|| cure(evidence, (&own, other), stands));
    Some(OtherToken { fact, cure })
}

fn with_group<'p>(past: &'p Past, own: &Credential, wanted: &[String]) -> Option<(&'p Past, &'p Credential)> {
    let other = past.credential.as_ref().filter(|other| own.is_of_same_user(other))?;
    wanted.iter().any(|group| other.groups().contains(group)).then_some((past, other))
}

fn cure(evidence: &Evidence, (own, other): (&Credential, &Credential), stands: Stands) -> Message {
    let place = if evidence.socket.is_some() {
        "on the WebSocket too: in header= of the handshake and in extensions.authorization of each start frame (a header that the client sets for its queries need not reach them)"
    } else {
        "with this request too"
    };
    let or = match (own.token_use(), other.token_use()) {
        _ if stands == Stands::Newer => " Let the client ask for the current token at each call, in the place of one that was kept: groups are fixed in a token when it is issued.",
        (Some("access"), Some("id")) => " Or, if access tokens are to carry the group, let a pre token generation trigger put it there (its event version V2_0; version 1 changes the ID token alone).",
        _ => "",
    };
    let what = if stands == Stands::Newer { "that token".to_owned() } else { other.shown.clone() };
    // An older token of the other kind says nothing of the present.
    let older = own.issued.zip(other.issued).is_some_and(|(own, other)| other < own);
    let sure = if older { "" } else { " The user is in the group, and the directive needs no change." };
    Message::default().cured(Message::of(
        "Send {} {}.{}{}",
        [
            Part::Name(what),
            Part::Text(place.to_owned()),
            Part::Text(or.to_owned()),
            Part::Text(sure.to_owned()),
        ],
    ))
}
