//! What the log of a web ACL says of a request that it ended, and what to do about the rule that did.

mod rules;

use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part, all_of, thousands};
use crate::request::evidence::Evidence;
use crate::request::firewall_log::{FirewallAction, FirewallSays};

/// That the log of the web ACL shows it to have ended this request.
pub fn judge(evidence: &Evidence) -> Option<Finding> {
    let says = evidence.log.as_ref()?.firewall.as_ref()?;
    let did = match says.action {
        FirewallAction::Block => "blocked this request",
        FirewallAction::Captcha => "answered this request with a CAPTCHA",
        FirewallAction::Challenge => "answered this request with a challenge for browsers",
    };
    let of_group = says.group.as_ref().map_or_else(String::new, |group| format!(" of {group}"));
    let mut message = Message::of(
        "AWS WAF {} before AppSync looked at it: web ACL {},",
        [Part::Text(did.to_owned()), Part::Name(says.acl.clone())],
    );
    let (what, cure) = rules::of(says);
    let by = match what {
        Some(what) => Message::of("rule {}{}, {}.", [Part::Name(says.rule.clone()), Part::Name(of_group), Part::Text(what)]),
        None => Message::of(
            "rule {}{}, whose statement is not in the log (aws wafv2 get-web-acl shows it).",
            [Part::Name(says.rule.clone()), Part::Name(of_group)],
        ),
    };
    message.and(by);
    message.and(had(says));
    message.and("Neither the credential nor the schema was judged, and AppSync's own log has nothing of it.");
    let keep = match says.action {
        FirewallAction::Block if says.group.is_some() => "If this client cannot, let the owner override this one rule's action to Count (which lets everybody past it; a rule of one's own on its label can go on blocking all but this client), or keep this client out of the group by a scope-down statement; the rest of the web ACL stays as it is.",
        FirewallAction::Block => "If this client cannot, let the owner change this one rule's statement so that it leaves this client out; the rest of the web ACL stays as it is.",
        _ => "Let the owner take the API's path out of this one rule (a scope-down statement): a call of an API shows no page. Or let the app get a WAF token first, by WAF's JavaScript or mobile SDK, and send it (x-aws-waf-token).",
    };
    let cure = match (says.action, cure) {
        (FirewallAction::Block, Some(cure)) if says.is_by_default() || says.rate.is_some() => Message::default().cured(cure),
        (FirewallAction::Block, Some(cure)) => Message::default().cured(cure).with(keep),
        _ => Message::default().cured(keep),
    };
    Some(Finding::new(Code::Waf, message.with(cure)).at("log.firewall").actual(says.rule.as_str()).wanted("let on by the web ACL"))
}

/// What the request had, or lacked, of what the rule looks at.
fn had(says: &FirewallSays) -> Message {
    let mut message = Message::default();
    if rules::is_on_header(&says.rule) && !says.headers.is_empty() {
        message.and(Message::of("The request's headers are {}.", [Part::Name(all_of(&says.headers))]));
    }
    if let Some(size) = says.size.filter(|_| rules::is_on_body_size(&says.rule)) {
        let size = thousands(usize::try_from(size).unwrap_or(usize::MAX));
        message.and(Message::of("This one has {} bytes (content-length).", [Part::Value(size)]));
    }
    for (what, place) in says.found.iter().filter(|(what, place)| !what.is_empty() && !place.is_empty()) {
        message.and(Message::of("WAF found {} in {}.", [Part::Name(what.clone()), Part::Name(place.clone())]));
    }
    if !says.address.is_empty() && rules::is_on_address(says) {
        let country = if says.country.len() == 2 { format!(", country {}", says.country) } else { String::new() };
        message.and(Message::of("It came from {}{}.", [Part::Value(says.address.clone()), Part::Value(country)]));
    }
    message
}
