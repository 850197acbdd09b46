//! What the other requests of a file tell of the session: whose credentials an identity pool gave out, and in what the token
//! that passed differs from the one that was refused.

use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part, quoted};
use crate::request::Evidence;
use crate::request::history::{Credential, CredentialKind, Past};
use crate::request::layer::LayerName;
use crate::request::scope::CredentialScope;

/// A signature by credentials that the same file shows to be a guest's
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/role-based-access-control.html>: without logins an identity pool
/// gives the role of those who did not sign in; credentials that a client holds stay what they were).
pub(super) fn judge(evidence: &Evidence, layer: LayerName, code: Code) -> Option<Finding> {
    if layer != LayerName::Iam || !matches!(code, Code::IamPermissionDenied | Code::IamNotGranted | Code::IamElsewhere) {
        return None;
    }
    let (value, _) = evidence.authorization()?;
    let key = CredentialScope::of(value)?.key;
    let given = evidence.others.iter().find(|past| !past.later && past.issued.as_ref().is_some_and(|one| one.key == key))?;
    if !given.issued.as_ref()?.guest {
        return None;
    }
    let signed_in = evidence.others.iter().find(|past| past.signed_in && !past.later && past.at >= given.at);
    let subject = evidence.field_path();
    let parts = [Part::Value(key.to_owned()), Part::Value(given.clock())];
    let message = match signed_in {
        Some(past) => Message::of(
            "the request was signed with a guest's credentials, although somebody had signed in: the access key {} was given out at {} without Logins (GetCredentialsForIdentity), so for the identity pool's guest role, the sign-in came at {}, and no credentials were fetched after it. » Fetch them anew after the sign-in, with the ID token in Logins, and sign with those (Amplify 6: fetchAuthSession({ forceRefresh: true }), before that Auth.currentCredentials() anew, not an object that was kept); leave the guest role as it is. The role of signed-in users then needs appsync:GraphQL on {}.",
            parts.into_iter().chain([Part::Value(past.clock()), Part::Name(subject)]),
        ),
        None => Message::of(
            "the request was signed with a guest's credentials: the access key {} was given out at {} without Logins (GetCredentialsForIdentity), so for the identity pool's guest role, which may not call {}. » If the field is for users who signed in, sign in first and fetch credentials with the ID token in Logins; only if guests are to have it, allow appsync:GraphQL on it in the guest role.",
            parts.into_iter().chain([Part::Name(subject)]),
        ),
    };
    Some(Finding::new(Code::IamPermissionDenied, message).at("others").actual(key).wanted("credentials of a user who signed in"))
}

/// The same field that answered another credential of the same file: in what the two differ, where neither schema nor templates
/// tell what refused.
pub(super) fn compared(evidence: &Evidence) -> Option<Message> {
    let own = Credential::of(&evidence.headers)?;
    let wanted = evidence.field_path();
    let other = |past: &&Past| {
        !past.same && past.passed && past.field.as_deref() == Some(&wanted) && past.host == evidence.url_host()
    };
    let past = evidence.others.iter().find(other)?;
    let theirs = past.credential.as_ref()?;
    let begin = [Part::Name(wanted.clone()), Part::Value(theirs.shown.clone()), Part::Value(past.clock())];
    if theirs.kind != own.kind {
        return Some(Message::of(
            "{} answered {} at {}, so most likely a directive of the schema lets that mode in and not this one.",
            begin,
        ));
    }
    // Of two users of two apps, that they are two users says more than the apps do.
    let of_app = |name: &str| matches!(name, "client_id" | "aud" | "azp") && !own.is_of_same_user(theirs);
    let mut differs = own.differences(theirs);
    differs.retain(|(name, ..)| !of_app(name));
    let each: Vec<String> =
        differs.iter().take(3).map(|(name, mine, had)| format!("{name}, {} here and {} there", shown(*mine), shown(*had))).collect();
    (!each.is_empty()).then(|| {
        Message::of(
            "{} answered {} at {}; the two tokens differ in {}, which is most likely what the directive or the template asks for.",
            begin.into_iter().chain([Part::Value(each.join("; "))]),
        )
    })
}

/// A claim's value, or that there is none.
fn shown(value: Option<&str>) -> String {
    value.map_or_else(|| "nothing".to_owned(), |text| quoted(text).to_string())
}

/// A Lambda authorizer whose answer is not known took another token: what differs between the two is most likely why.
pub(super) fn other_token(evidence: &Evidence, layer: LayerName, first: &Finding) -> Option<Finding> {
    if layer != LayerName::Authorizer || first.code != Code::AuthorizerRefused || first.certainty == Certainty::Certain {
        return None;
    }
    let own = Credential::of(&evidence.headers)?;
    let other = |past: &&Past| {
        let token = past.came_with(CredentialKind::Token);
        !past.same && past.passed && token && past.host == evidence.url_host()
    };
    let past = evidence.others.iter().find(other)?;
    let theirs = past.credential.as_ref()?;
    let differs = own.differences(theirs);
    let (name, mine, had) = differs.first()?;
    let value = |text: &Option<&str>| shown(*text);
    let rest: Vec<String> =
        differs.iter().skip(1).map(|(name, mine, had)| format!("{name} {} and {}", value(mine), value(had))).collect();
    let rest = if rest.is_empty() { String::new() } else { format!(" (also {})", rest.join(", ")) };
    let at = evidence.now.map_or_else(String::new, |now| format!(" at {}", crate::request::history::clock(now)));
    let cure = if *name == "token_use" {
        "Send the same kind of token here too, or, if the function needs claims of this kind, let it accept both"
    } else {
        "Send a token like that one, or let the function accept this one as well, if it belongs here"
    };
    Some(
        Finding::new(
            Code::AuthorizerRefused,
            Message::of(
                "the Lambda authorizer let {} in at {} and refused {}: they differ in {}, {} here and {} there{}, so most likely the function takes only tokens like the other. » {}; its own log{} tells its reason.",
                [
                    Part::Value(theirs.shown.clone()),
                    Part::Value(past.clock()),
                    Part::Value(own.shown.clone()),
                    Part::Name((*name).to_owned()),
                    Part::Value(value(mine)),
                    Part::Value(value(had)),
                    Part::Value(rest),
                    Part::Text(cure.to_owned()),
                    Part::Value(at),
                ],
            ),
        )
        .certainty(Certainty::Likely)
        .at(format!("token.{name}"))
        .actual(value(mine))
        .wanted(value(had)),
    )
}
