//! A policy's ARN beside the request's: the first part that differs, and what it looks like (AppSync developer guide:
//! "AWS_IAM authorization" has the form `arn:aws:appsync:REGION:ACCOUNT:apis/ID/types/TYPE/fields/FIELD`; the slips are those of
//! public threads, such as amplify-category-api#2457 for `resolvers/`).

use super::pattern::{is_part, matches, which};
use crate::request::grants::IamCall;
use crate::nearest::nearest;

/// One part in which two ARNs differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The policy's part.
    pub theirs: String,
    /// The request's.
    pub ours: String,
    /// What it is, in words.
    pub words: String,
    /// How many parts agree before it.
    pub agreed: usize,
}

/// The parts in which a resource differs from the request's ARN, the first one first; those of the path are compared until
/// they no longer stand side by side. Empty where every part that is known fits.
pub fn differences(pattern: &str, request: &IamCall) -> Vec<Difference> {
    if let Some(found) = blank(pattern, request) {
        return vec![found];
    }
    let parts: Vec<&str> = pattern.splitn(6, ':').collect();
    if parts[0] != "arn" {
        return vec![Difference {
            theirs: pattern.to_owned(),
            ours: request.arn(),
            words: "it is no ARN".to_owned(),
            agreed: 0,
        }];
    }
    let ours = [
        ("partition", request.partition.as_deref()),
        ("service", Some("appsync")),
        ("region", request.region.as_deref()),
        ("account", request.account.as_deref()),
    ];
    let mut found = Vec::new();
    for (at, (name, ours)) in ours.into_iter().enumerate() {
        let theirs = parts.get(at + 1).copied().unwrap_or_default();
        let Some(ours) = ours.filter(|ours| !matches(theirs, ours)) else { continue };
        let words = match name {
            "service" => format!("the service, which is `appsync` in the ARN of an API, not `{theirs}`"),
            "region" => format!("the region: the policy names {}, the API is in {ours}", or_none(theirs)),
            "account" => format!("the account: the policy names {}, the API is in {ours}", or_none(theirs)),
            _ => format!("the partition: the policy names {}, the API's region is of {ours}", or_none(theirs)),
        };
        found.push(Difference { theirs: theirs.to_owned(), ours: ours.to_owned(), words, agreed: at + 1 });
    }
    path(parts.get(5).copied().unwrap_or_default(), request, &mut found);
    found
}

/// Blanks around an ARN that fits without them: letters like any other.
fn blank(pattern: &str, request: &IamCall) -> Option<Difference> {
    let plain = pattern.trim();
    if plain == pattern || !differences(plain, request).is_empty() {
        return None;
    }
    let behind = pattern.trim_end() != pattern;
    let part = if behind { plain.rsplit('/').next() } else { plain.split(':').next() }.unwrap_or(plain);
    let (theirs, place) = if behind { (format!("{part} "), "ends in") } else { (format!(" {part}"), "begins with") };
    let words = format!("the policy's ARN {place} a blank, which counts like any letter: take it out");
    Some(Difference { theirs, ours: part.to_owned(), words, agreed: 11 })
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}

/// The part behind the account.
fn path(theirs: &str, request: &IamCall, found: &mut Vec<Difference>) {
    let mut segments: Vec<&str> = theirs.split('/').collect();
    if segments.len() > 1 && segments[0].is_empty() {
        found.push(Difference {
            theirs: "/apis".to_owned(),
            ours: "apis".to_owned(),
            words: "a slash stands before `apis`, where the ARN has none".to_owned(),
            agreed: 5,
        });
        segments.remove(0);
    }
    let ours = [
        Some("apis"),
        request.api.as_deref(),
        Some("types"),
        request.parent.as_deref(),
        Some("fields"),
        request.field.as_deref(),
    ];
    for (at, mine) in ours.iter().enumerate() {
        let Some(theirs) = segments.get(at).copied() else {
            return found.push(ends_early(at, &ours, request));
        };
        // A star at the end takes all that follows.
        let last = segments.len() == at + 1;
        let rest = || ours[at..].iter().map(|part| part.unwrap_or("x")).collect::<Vec<_>>().join("/");
        if last && theirs.contains('*') && matches(theirs, &rest()) {
            return;
        }
        let Some(mine) = mine.filter(|mine| !matches(theirs, mine)) else { continue };
        found.push(Difference {
            theirs: theirs.to_owned(),
            ours: mine.to_owned(),
            words: segment(at, theirs, mine, &segments, request),
            agreed: 5 + at,
        });
        // Behind another API's id the rest may well fit; behind any other part it does not stand side by side.
        if at != 1 {
            return;
        }
    }
    if segments.len() > ours.len() {
        let more = segments[ours.len()..].join("/");
        found.push(Difference {
            theirs: format!("/{more}"),
            ours: "nothing".to_owned(),
            words: format!("`/{more}` stands after the field's name, where the ARN ends: write it without `/{more}`"),
            agreed: 11,
        });
    }
}

fn ends_early(at: usize, ours: &[Option<&str>], request: &IamCall) -> Difference {
    let rest: Vec<&str> = ours[at..].iter().map_while(|part| *part).collect();
    let rest = if rest.is_empty() { "/*".to_owned() } else { format!("/{}", rest.join("/")) };
    let words = match at {
        2 => "that covers the API and none of its fields: `/*` is missing".to_owned(),
        _ if rest == "/*" => format!("the field is missing, `/*` or the rest of `{}`", request.subject()),
        _ => format!("the field is missing, `/*` or `{rest}`"),
    };
    Difference { theirs: String::new(), ours: rest, words, agreed: 5 + at }
}

fn segment(at: usize, theirs: &str, mine: &str, segments: &[&str], request: &IamCall) -> String {
    match at {
        0 if theirs.eq_ignore_ascii_case("api") || theirs == "graphqlapis" => format!("it is `apis`, not `{theirs}`"),
        1 => api_id(theirs, mine, request),
        2 if matches!(theirs, "fields" | "resolvers") => {
            format!(
                "`types/{}` belongs there, before `fields`: the type is missing",
                request.parent.as_deref().unwrap_or("TYPE")
            )
        }
        2 => format!("it is `types`, not `{theirs}`"),
        3 if theirs.eq_ignore_ascii_case(mine) => format!("the type is written `{mine}`: case counts"),
        3 if nearest(theirs, [mine]).is_some() => format!("the type is `{mine}`, not `{theirs}`"),
        3 if OPERATIONS.iter().any(|one| one.eq_ignore_ascii_case(theirs)) => format!(
            "`{theirs}` is an operation, as Amplify's CLI lists them, and no type of GraphQL: there stands the type of the field, `{mine}`, so this ARN covers nothing"
        ),
        3 => format!("the policy is about the type {theirs}, the call about {mine}"),
        4 if theirs == "resolvers" => "it has `resolvers` where an ARN of AppSync has `fields`".to_owned(),
        4 if segments.len() == 5 => "`fields/` is missing before the field's name".to_owned(),
        4 => format!("it is `fields`, not `{theirs}`"),
        5 if is_part(theirs) => format!("`{theirs}` covers every field whose name {}, and the call is about {mine}", which(theirs)),
        5 if theirs.eq_ignore_ascii_case(mine) => format!("the field is written `{mine}`: case counts"),
        5 if nearest(theirs, [mine]).is_some() => format!("the field is `{mine}`, not `{theirs}`"),
        5 => format!("the policy is about the field {theirs}, the call about {mine}"),
        _ => format!("it is `{mine}`, not `{theirs}`"),
    }
}

/// Operations that were written in the place of a type (aws-amplify/amplify-cli#6595: a function's access as older versions
/// of the CLI asked for it).
const OPERATIONS: [&str; 9] = ["create", "read", "update", "delete", "get", "list", "sync", "listen", "search"];

fn is_api_id(text: &str) -> bool {
    text.len() == 26 && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

/// The id is 26 letters and digits; its name and the host's first label are often written in its place.
fn api_id(theirs: &str, mine: &str, request: &IamCall) -> String {
    let is_id = is_api_id(theirs);
    if request.mistaken.label.as_deref() == Some(theirs) {
        format!("`{theirs}` is the first label of the host, not the API's id, which is {mine}")
    } else if request.mistaken.name.as_deref() == Some(theirs) || !is_id {
        format!("`{theirs}` is a name; the ARN has the API's id, {mine}, instead of it")
    } else {
        format!("the API's id: the policy names another API, {theirs}, than the one that was called, {mine}")
    }
}

impl Difference {
    /// Whether it names another API, type or field: that is mostly about something else, and no slip.
    pub fn is_of_another(&self) -> bool {
        let name = self.agreed == 6 && is_api_id(&self.theirs) || matches!(self.agreed, 8 | 10);
        name && !self.theirs.eq_ignore_ascii_case(&self.ours) && nearest(&self.theirs, [self.ours.as_str()]).is_none()
    }
}

/// The same ARN with region, account and id of the API that was called, where nothing else of it is wrong; nothing where it may be
/// another API's on purpose.
pub fn mended(pattern: &str, differences: &[Difference], request: &IamCall) -> Option<String> {
    let label = |one: &Difference| request.mistaken.label.as_deref() == Some(&one.theirs);
    let slip = |one: &Difference| !one.theirs.is_empty() && matches!(one.agreed, 1..=4 | 6) && (label(one) || !one.is_of_another());
    let mut parts: Vec<String> = pattern.splitn(6, ':').map(str::to_owned).collect();
    let mut path: Vec<String> = parts.pop()?.split('/').map(str::to_owned).collect();
    if path.first().map(String::as_str) != Some("apis") || path.len() < 3 || !differences.iter().all(slip) {
        return None;
    }
    for one in differences {
        let part = if one.agreed == 6 { path.get_mut(1)? } else { parts.get_mut(one.agreed)? };
        part.clone_from(&one.ours);
    }
    Some(format!("{}:{}", parts.join(":"), path.join("/")))
}

/// How far a resource is from the call: a part that is wrong counts once, one that names another API, type or field twice, for
/// that is mostly a statement about something else, and no slip.
fn weight(differences: &[Difference]) -> usize {
    let strange = differences.iter().filter(|one| one.agreed == 0 || one.agreed == 2).count();
    differences.len() + differences.iter().filter(|one| one.is_of_another()).count() + 4 * strange
}

/// Which of several resources was most likely meant: the one of which the fewest parts differ, then the one that agrees longest,
/// then the one that is most alike.
pub fn closest<'a>(
    patterns: impl IntoIterator<Item = &'a str>,
    request: &IamCall,
) -> Option<(&'a str, Vec<Difference>)> {
    let all = patterns.into_iter().map(|pattern| (pattern, differences(pattern, request)));
    let parts = |arn: &str| arn.split([':', '/']).map(str::to_owned).collect::<Vec<_>>();
    let ours = parts(&request.arn());
    let unlike = |pattern: &str| parts(pattern).iter().zip(&ours).filter(|(theirs, mine)| !matches(theirs, mine)).count();
    let far = |(pattern, differences): &(&str, Vec<Difference>)| {
        differences.first().map_or((0, 0, 0, 0), |first| {
            (
                weight(differences),
                12 - first.agreed.min(12),
                unlike(pattern),
                strsim::osa_distance(first.theirs.get(..60).unwrap_or(&first.theirs), &first.ours),
            )
        })
    };
    all.min_by_key(far)
}
