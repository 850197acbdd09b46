//! What the rules of AWS's managed groups look for, and what to change about a request that they end
//! (<https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html>;
//! <https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-ip-rep.html>;
//! <https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-bot.html>).

use crate::request::firewall_log::FirewallSays;

/// A rule, or those whose names begin so: what it looks for, and what to do.
type ManagedRule = (&'static str, &'static str, &'static str);

/// The longer names first. `{}` is the place that the name ends with.
const MANAGED: [ManagedRule; 22] = [
    ("NoUserAgent_HEADER", "which refuses requests without a User-Agent header, as this one is", "Send a User-Agent header (any of the client's own, such as `my-client/1.0`)."),
    ("UserAgent_BadBots_HEADER", "which looks for a User-Agent of known scanners", "Send a User-Agent of the client's own."),
    ("SizeRestrictions_BODY", "which refuses bodies of more than 8 KB (8,192 bytes)", "Send less in one request: fewer items at a time, and large texts or files another way (to S3, say)."),
    ("SizeRestrictions_QUERYSTRING", "which refuses query strings of more than 2,048 bytes", "Send queries in the body of a POST, and the credential of a WebSocket by its sub-protocol (`header-` and the header as Base64URL) in the place of `header=`."),
    ("SizeRestrictions_Cookie", "which refuses cookies of more than 10,240 bytes", "Leave the cookies out: AppSync reads none."),
    ("SizeRestrictions_URIPATH", "which refuses paths of more than 1,024 bytes", "Call the API's own path."),
    ("CrossSiteScripting_", "which looks for markup that a page would run (cross-site scripting) in {}", "Send such text encoded, or without the script."),
    ("SQLi", "which looks for SQL in {}; quotes, comment signs and words of SQL in a GraphQL text or a variable can look like it", "Send such a value as a variable, encoded or without the signs that it does not need."),
    ("EC2MetaDataSSRF_", "which looks for the address of EC2's metadata service in {}", "Leave that address out of what is sent."),
    ("GenericLFI_", "which looks for steps out of a folder (`../`) in {}", "Send paths without such steps, or encoded."),
    ("GenericRFI_", "which looks for a URL with an IPv4 address in {}", "Write the host's name in the place of its address."),
    ("RestrictedExtensions_", "which looks for endings of files that a server keeps to itself (such as .log or .ini) in {}", "Leave such names out, or send them encoded."),
    ("Log4JRCE_", "which looks for lookups of Log4j (`${jndi:…`) in {}", "Leave such text out of what is sent, or send it encoded."),
    ("JavaDeserializationRCE_", "which looks for serialized Java objects and their classes in {}", "Leave such text out of what is sent, or send it encoded."),
    ("Host_localhost_HEADER", "which looks for a Host header with localhost", "Send the API's own host."),
    ("AWSManagedIPReputationList", "which refuses addresses that Amazon's threat intelligence lists", "Call from another address, if this one is shared or was somebody else's before."),
    ("AWSManagedReconnaissanceList", "which refuses addresses that Amazon's threat intelligence lists", "Call from another address, if this one is shared or was somebody else's before."),
    ("AnonymousIPList", "which refuses addresses of VPNs, proxies and other anonymizers", "Call without them."),
    ("HostingProviderIPList", "which refuses addresses of hosting and cloud providers, as a server of one's own has", "Call from an address that is no provider's."),
    ("CategoryHttpLibrary", "which looks for programs that call by an HTTP library", "Let the owner count this client among the verified ones, by an address or header that only it has."),
    ("SignalNonBrowserUserAgent", "which looks for a User-Agent that is no browser's", "Let the owner count this client among the verified ones, by an address or header that only it has."),
    ("AdminProtection_URIPATH", "which looks for paths of administration pages", "Call the API's own path."),
];

/// What the rule that ended a request looks for, and what to change about it; neither of one that is not AWS's.
pub(super) fn of(says: &FirewallSays) -> (Option<String>, Option<String>) {
    if says.is_by_default() {
        let what = "the default action: no rule of the web ACL let the request in, and without one it is blocked";
        let cure = "Come from where a rule of the web ACL lets callers in (its addresses, countries or hosts), or let the owner add this client to that rule; the default action stays.";
        return (Some(what.to_owned()), Some(cure.to_owned()));
    }
    if let Some(rate) = &says.rate {
        let key = if rate.key.is_empty() || rate.key == "IP" { "one address".to_owned() } else { format!("one {}", rate.key) };
        let limit = match (rate.limit, rate.seconds) {
            (Some(limit), Some(seconds)) => format!("more than {limit} requests of {key} within {seconds} seconds"),
            (Some(limit), None) => format!("more than {limit} requests of {key} within its window"),
            _ => format!("too many requests of {key} within its window"),
        };
        let cure = "Send fewer calls, and back off after a 403: it ends by itself once the rate falls. Or let the owner raise that rule's limit, or count by another key where many share an address; keep the rule.";
        return (Some(format!("a rate-based one: {limit}")), Some(cure.to_owned()));
    }
    let Some((_, what, cure)) = managed(&says.rule) else {
        let cure = "Compare the rule's statement with the request, and change what it matches.";
        return (None, Some(cure.to_owned()));
    };
    (Some(what.replace("{}", place(&says.rule))), Some((*cure).to_owned()))
}

fn managed(rule: &str) -> Option<&'static ManagedRule> {
    MANAGED.iter().find(|(name, ..)| rule.starts_with(name))
}

/// The place that a managed rule's name ends with.
fn place(rule: &str) -> &'static str {
    match rule.rsplit('_').next().unwrap_or_default().to_uppercase().as_str() {
        "BODY" | "RC" => "the body",
        "QUERYARGUMENTS" | "QUERYSTRING" => "the query string",
        "COOKIE" => "the cookies",
        "URIPATH" => "the path",
        "HEADER" => "a header",
        _ => "the request",
    }
}

/// Whether the names of the headers show why it ended the request.
pub(super) fn is_on_header(rule: &str) -> bool {
    rule == "NoUserAgent_HEADER"
}

/// Whether the size of the body does.
pub(super) fn is_on_body_size(rule: &str) -> bool {
    rule == "SizeRestrictions_BODY"
}

/// Whether the address may: of AWS's own rules on content it does not.
pub(super) fn is_on_address(says: &FirewallSays) -> bool {
    says.rate.is_some() || managed(&says.rule).is_none() || says.rule.ends_with("List")
}
