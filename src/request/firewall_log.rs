//! AWS WAF's own log of a request that it ended: which rule of which web ACL
//! (<https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html>). Of headers their names are kept, no values.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// What a web ACL did in the place of passing the request on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum FirewallAction {
    /// It refused it.
    #[default]
    Block,
    /// It asked for a puzzle.
    Captcha,
    /// It asked for a proof of the browser's own.
    Challenge,
}

impl FirewallAction {
    fn read(text: &str) -> Option<Self> {
        Some(match text.to_uppercase().as_str() {
            "BLOCK" => Self::Block,
            "CAPTCHA" => Self::Captcha,
            "CHALLENGE" => Self::Challenge,
            _ => return None,
        })
    }

    /// The status that WAF answers with, unless the rule has one of its own
    /// (<https://docs.aws.amazon.com/waf/latest/developerguide/waf-captcha-and-challenge-actions.html>).
    fn status(self) -> u64 {
        match self {
            Self::Block => 403,
            Self::Captcha => 405,
            Self::Challenge => 202,
        }
    }
}

/// A rate-based rule that acted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FirewallRate {
    /// How many are let through.
    pub limit: Option<u64>,
    /// Within so many seconds.
    pub seconds: Option<u64>,
    /// What is counted by, `IP` say.
    pub key: String,
}

/// A request that a web ACL ended, by its log.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FirewallSays {
    /// The web ACL's name.
    pub acl: String,
    /// What it did.
    pub action: FirewallAction,
    /// The rule that ended it; within a rule group that group's own.
    pub rule: String,
    /// The rule group that it is of.
    pub group: Option<String>,
    /// The status that was sent.
    pub status: u64,
    /// Where the request came from.
    pub address: String,
    /// The country of the address.
    pub country: String,
    /// The names of its headers, in lower case.
    pub headers: Vec<String>,
    /// Its content-length.
    pub size: Option<u64>,
    /// What was found, and where: `XSS` in `BODY`.
    pub found: Vec<(String, String)>,
    /// The rate-based rule.
    pub rate: Option<FirewallRate>,
}

impl FirewallSays {
    /// Reads a line of the log; `None` of a request that the web ACL let on.
    pub fn read(json: &Json) -> Option<Self> {
        let text = |json: &Json, name: &str| json.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
        let list = |name: &str| json.get(name).and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
        let action = FirewallAction::read(&text(json, "action"))?;
        let sent = json.get("httpRequest")?;
        // A web ACL may stand before other services, too.
        if json.get("httpSourceName").and_then(Json::as_str).is_some_and(|source| source != "APPSYNC") {
            return None;
        }
        // A group's own rule that was overridden stands in the list as well, and ended nothing.
        let by_group = text(json, "terminatingRuleType").ends_with("GROUP");
        let inner = list("ruleGroupList").iter().find_map(|group| {
            let rule = group.pointer("/terminatingRule/ruleId")?.as_str().filter(|_| by_group)?;
            Some((rule.to_owned(), text(group, "ruleGroupId").rsplit(['#', '/']).next().unwrap_or_default().to_owned()))
        });
        let (rule, group) = match inner {
            Some((rule, group)) => (rule, Some(group)),
            None => (text(json, "terminatingRuleId"), None),
        };
        let headers = sent.get("headers").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
        let length = headers.iter().find(|header| text(header, "name").eq_ignore_ascii_case("content-length"));
        let found = list("terminatingRuleMatchDetails").iter().take(MOST);
        let is_rate = text(json, "terminatingRuleType").eq_ignore_ascii_case("RATE_BASED");
        Some(Self {
            acl: name_of(&text(json, "webaclId")),
            action,
            rule,
            group: group.filter(|group| !group.is_empty()),
            status: json.get("responseCodeSent").and_then(Json::as_u64).unwrap_or_else(|| action.status()),
            address: text(sent, "clientIp"),
            country: text(sent, "country"),
            headers: headers.iter().take(MOST_HEADERS).map(|header| text(header, "name").to_lowercase()).collect(),
            size: length.and_then(|header| text(header, "value").parse().ok()),
            found: found.map(|one| (text(one, "conditionType"), text(one, "location"))).collect(),
            rate: is_rate.then(|| list("rateBasedRuleList").first().map(rate).unwrap_or_default()),
        })
    }
}

/// What was found in a request is told up to this many times.
const MOST: usize = 3;
/// Headers that are kept of one request.
const MOST_HEADERS: usize = 60;

fn rate(json: &Json) -> FirewallRate {
    let number = |name: &str| json.get(name).and_then(|value| value.as_u64().or_else(|| value.as_str()?.parse().ok()));
    let key = json.get("limitKey").and_then(Json::as_str).unwrap_or_default().to_owned();
    FirewallRate { limit: number("maxRateAllowed"), seconds: number("evaluationWindowSec"), key }
}

/// `recipes-acl` of `arn:aws:wafv2:…:regional/webacl/recipes-acl/6a0d…`
fn name_of(acl: &str) -> String {
    let name = acl.split_once("/webacl/").and_then(|(_, rest)| rest.split('/').next());
    name.unwrap_or(acl).to_owned()
}

impl FirewallSays {
    /// Whether no rule decided.
    pub fn is_by_default(&self) -> bool {
        self.rule == "Default_Action"
    }
}
