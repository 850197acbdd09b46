//! A channel of an Event API that lets more in than the one whose it is: a mode says who may subscribe at all, and only a handler
//! of the namespace compares the channel with the caller
//! (<https://docs.aws.amazon.com/appsync/latest/eventapi/channel-namespace-handlers.html>: handlers run after the mode;
//! aws/aws-appsync-community#398: a wildcard is accepted where nothing refuses it).

use super::evidence::Evidence;
use super::heard::Heard;
use super::token::Token;
use super::{mode, token};
use crate::appsync::AuthType;
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part};
use serde_json::Value as Json;
use std::collections::HashSet;

/// Members of an event that name whose it is.
const OWNERS: [&str; 9] = ["owner", "ownerId", "owner_id", "userId", "user_id", "user", "sub", "customerId", "recipientId"];
/// Claims that name the caller.
const OWN: [&str; 5] = ["sub", "username", "cognito:username", "email", "preferred_username"];

/// Whose an event is, where it is not the caller's.
struct OthersEvent<'h> {
    heard: &'h Heard,
    member: &'static str,
    owner: &'h str,
}

/// Owners that are no person.
const NOBODY: [&str; 24] = [
    "admin", "administrator", "all", "anonymous", "anyone", "api", "backend", "bot", "cron", "everybody", "everyone", "guest", "job", "nobody",
    "none", "null", "public", "root", "scheduler", "server", "service", "system", "unknown", "worker",
];

/// What a name of a user is made of: an owner of another make is perhaps the caller's own, by a name that the token does not have.
#[derive(Clone, Copy, PartialEq, Eq)]
enum NameMake {
    /// A UUID, as Cognito makes them for `sub`.
    Uuid,
    /// An address for mail.
    Mail,
    /// A word: whether it has letters, and digits.
    Word { letters: bool, digits: bool },
}

impl NameMake {
    fn of(name: &str) -> Self {
        let is_hex = |(at, byte): (usize, u8)| if matches!(at, 8 | 13 | 18 | 23) { byte == b'-' } else { byte.is_ascii_hexdigit() };
        if name.len() == 36 && name.bytes().enumerate().all(is_hex) {
            return Self::Uuid;
        }
        if name.contains('@') {
            return Self::Mail;
        }
        Self::Word { letters: name.contains(char::is_alphabetic), digits: name.contains(|letter: char| letter.is_ascii_digit()) }
    }
}

/// What a token says of who hears the events.
struct EventCaller {
    /// Every text of its claims, in small letters.
    texts: HashSet<String>,
    /// What the names of its user are made of.
    makes: Vec<NameMake>,
}

impl EventCaller {
    fn of(token: &Token, names: &[&str]) -> Self {
        let mut texts = HashSet::new();
        token.claims.values().for_each(|claim| claim_texts(claim, &mut texts, 0));
        Self { texts, makes: names.iter().map(|name| NameMake::of(name)).collect() }
    }

    /// Whether an owner is surely somebody else: of the make of the caller's own names, and none of the token's texts. Amplify writes
    /// an owner as `sub::username`
    /// (<https://docs.amplify.aws/react/build-a-backend/data/customize-authz/per-user-per-owner-data-access/>).
    fn is_another_person(&self, owner: &str) -> bool {
        let mine = |part: &str| self.texts.contains(&part.to_lowercase());
        let nobody = NOBODY.contains(&owner.to_lowercase().as_str());
        let first = owner.split("::").next().unwrap_or_default();
        !first.is_empty() && !nobody && !mine(owner) && !owner.split("::").any(mine) && self.makes.contains(&NameMake::of(first))
    }
}

/// The texts of a claim, those inside lists and objects too: `identities` has the provider's id of the user.
fn claim_texts(claim: &Json, found: &mut HashSet<String>, depth: usize) {
    match claim {
        Json::String(text) => drop(found.insert(text.to_lowercase())),
        Json::Number(number) => drop(found.insert(number.to_string())),
        Json::Array(list) if depth < 4 => list.iter().for_each(|one| claim_texts(one, found, depth + 1)),
        Json::Object(map) if depth < 4 => map.values().for_each(|one| claim_texts(one, found, depth + 1)),
        _ => {}
    }
}

/// Somebody else's events came over a channel that was accepted.
pub fn judge(evidence: &Evidence) -> Option<Finding> {
    let socket = evidence.socket.as_ref().filter(|socket| socket.is_event())?;
    let mode = mode::selected(evidence).filter(|mode| matches!(mode, AuthType::UserPool | AuthType::Oidc))?;
    let token = token::read(evidence.authorization()?.0).ok()?;
    let mine: Vec<&str> = OWN.iter().filter_map(|claim| token.text(claim)).collect();
    let caller = EventCaller::of(&token, &mine);
    let OthersEvent { heard, member, owner } = socket.heard.iter().find_map(|heard| foreign(heard, &caller))?;
    let parts: Vec<&str> = heard.channel.trim_matches('/').split('/').collect();
    let at = parts.iter().position(|part| *part == "*" || *part == owner)?;
    let wildcard = parts.last() == Some(&"*");
    let namespace = parts.first().copied().unwrap_or_default();
    let others = if wildcard { ", the wildcard too" } else { "" };
    let shown = mine.first().copied().unwrap_or_default();
    let compare = format!("if (ctx.info.channel.segments[{at}] !== {}) util.unauthorized()", own_name(&token, owner, mode));
    let refuses = if wildcard { ", which refuses the wildcard as well" } else { "" };
    let message = Message::of(
        "nothing was refused, and that is too wide if each user is to hear their own events alone: the subscription to {} was accepted for {}, and an event came over it whose {} is {}. The namespace {} asks for {} alone, so any signed-in user may subscribe to any of its channels{}: no handler (onSubscribe) compared the channel with the caller, or it would have refused this. » Give the namespace a handler onSubscribe that does: {}{}. Another token changes nothing.",
        [
            Part::Name(heard.channel.clone()),
            Part::Value(shown.to_owned()),
            Part::Name(member.to_owned()),
            Part::Value(owner.to_owned()),
            Part::Name(namespace.to_owned()),
            Part::Name(mode.api_name().to_owned()),
            Part::Text(others.to_owned()),
            Part::Code(compare),
            Part::Text(refuses.to_owned()),
        ],
    );
    Some(Finding::new(Code::EventWide, message).certainty(Certainty::Likely).at("socket.channel").actual(heard.channel.as_str()).wanted("a channel of the caller's own"))
}

/// The member of the handler's identity that is of the make of an event's owner: a channel that is named by the user's name would be shut
/// to its owner by a comparison with `sub`.
fn own_name(token: &Token, owner: &str, mode: AuthType) -> String {
    let make = NameMake::of(owner.split("::").next().unwrap_or_default());
    let claim = OWN.into_iter().find(|claim| token.text(claim).is_some_and(|name| NameMake::of(name) == make)).unwrap_or("sub");
    match claim {
        "sub" => "ctx.identity.sub".to_owned(),
        "username" | "cognito:username" if mode == AuthType::UserPool => "ctx.identity.username".to_owned(),
        "cognito:username" => "ctx.identity.claims[\"cognito:username\"]".to_owned(),
        claim => format!("ctx.identity.claims.{claim}"),
    }
}

/// An event that names another than the caller, on a wildcard or on a channel that names that other.
fn foreign<'h>(heard: &'h Heard, caller: &EventCaller) -> Option<OthersEvent<'h>> {
    let parts: Vec<&str> = heard.channel.trim_matches('/').split('/').collect();
    let named = |event: &'h Json| {
        OWNERS.into_iter().find_map(|member| {
            let owner = event.get(member)?.as_str().filter(|owner| caller.is_another_person(owner))?;
            Some(OthersEvent { heard, member, owner })
        })
    };
    // Behind a part that names neither, the star is of a room or a topic that several share.
    let of_other = |one: &OthersEvent<'_>| matches!(parts[..], [_, "*"]) || parts.contains(&one.owner);
    // A channel that names the caller is the caller's own, and what comes over it is sent to them.
    if parts.iter().skip(1).any(|part| caller.texts.contains(&part.to_lowercase())) {
        return None;
    }
    heard.events.iter().find_map(named).filter(of_other)
}
