//! A channel of an Event API that lets more in than the one whose it is: a mode says who may subscribe at all, and only a handler
//! of the namespace compares the channel with the caller
//! (<https://docs.aws.amazon.com/appsync/latest/eventapi/channel-namespace-handlers.html>: handlers run after the mode;
//! aws/aws-appsync-community#398: a wildcard is accepted where nothing refuses it).

use super::evidence::Evidence;
use super::heard::Heard;
use super::{mode, token};
use crate::appsync::AuthType;
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part};
use serde_json::Value as Json;

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

/// Somebody else's events came over a channel that was accepted.
pub fn judge(evidence: &Evidence) -> Option<Finding> {
    let socket = evidence.socket.as_ref().filter(|socket| socket.is_event())?;
    let mode = mode::selected(evidence).filter(|mode| matches!(mode, AuthType::UserPool | AuthType::Oidc))?;
    let token = token::read(evidence.authorization()?.0).ok()?;
    let mine: Vec<&str> = OWN.iter().filter_map(|claim| token.text(claim)).collect();
    let OthersEvent { heard, member, owner } = socket.heard.iter().find_map(|heard| foreign(heard, &mine))?;
    let parts: Vec<&str> = heard.channel.trim_matches('/').split('/').collect();
    let at = parts.iter().position(|part| *part == "*" || *part == owner)?;
    let wildcard = parts.last() == Some(&"*");
    let namespace = parts.first().copied().unwrap_or_default();
    let others = if wildcard { ", the wildcard too" } else { "" };
    let caller = mine.first().copied().unwrap_or_default();
    let compare = format!("if (ctx.info.channel.segments[{at}] !== ctx.identity.sub) util.unauthorized()");
    let refuses = if wildcard { ", which refuses the wildcard as well" } else { "" };
    let message = Message::of(
        "nothing was refused, and that is too wide if each user is to hear their own events alone: the subscription to {} was accepted for {}, and an event came over it whose {} is {}. The namespace {} asks for {} alone, so any signed-in user may subscribe to any of its channels{}: no handler (onSubscribe) compared the channel with the caller, or it would have refused this. » Give the namespace a handler onSubscribe that does: {}{}. Another token changes nothing.",
        [
            Part::Name(heard.channel.clone()),
            Part::Value(caller.to_owned()),
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

/// An event that names another than the caller, on a wildcard or on a channel that names that other.
fn foreign<'h>(heard: &'h Heard, mine: &[&str]) -> Option<OthersEvent<'h>> {
    let parts: Vec<&str> = heard.channel.trim_matches('/').split('/').collect();
    let named = |event: &'h Json| {
        OWNERS.into_iter().find_map(|member| {
            let owner = event.get(member)?.as_str().filter(|owner| !owner.is_empty() && !mine.contains(owner))?;
            Some(OthersEvent { heard, member, owner })
        })
    };
    let of_other = |one: &OthersEvent<'_>| parts.last() == Some(&"*") || parts.contains(&one.owner);
    heard.events.iter().find_map(named).filter(of_other)
}
