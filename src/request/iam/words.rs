//! What the IAM layer says: the cause with both values, and a cure that works.

use super::known::Key;
use super::misfit::{misfit, plain_variable};
use super::difference::{Difference, closest};
use super::mfa;
use crate::request::grants::{NoDocument, Policies, PolicyFlaw, Unread};
use crate::request::grants::{PolicyKind, operator};
use crate::request::grants::IamCall;
use super::policy::{StatementDoubt, Hit, Open, Unmet};
use crate::request::grants::{Clause, Effect, ConditionTest, PolicyStatement};
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part, all_of};
use serde_json::Value as Json;

/// Lists in sentences end after this many.
const LISTED: usize = 8;

/// `A`, `B` and N more.
fn listed(patterns: &[String]) -> String {
    let mut text = patterns.iter().take(LISTED).cloned().collect::<Vec<_>>().join(", ");
    if patterns.len() > LISTED {
        text.push_str(&format!(" and {} more", patterns.len() - LISTED));
    }
    text
}

/// `NotAction` s3:*
fn clause(clause: &Clause, name: &str) -> String {
    format!("{}{name} {}", if clause.not { "Not" } else { "" }, listed(&clause.patterns))
}

/// The statement and, of a policy with a name, that too.
fn named(hit: &Hit) -> String {
    let kind = hit.kind.words();
    let unnamed = hit.policy.starts_with("policy ");
    if hit.kind == PolicyKind::Identity && (unnamed || hit.statement.starts_with("policy ")) {
        hit.statement.clone()
    } else if unnamed {
        format!("{} of the {kind}", hit.statement)
    } else {
        format!("{} of the {kind} {}", hit.statement, hit.policy)
    }
}

/// A condition as the policy has it.
fn test(test: &ConditionTest) -> String {
    format!("{} {} {}", test.operator, test.key, test.wanted.join(" or "))
}

/// The request's value for a condition; times as the policy writes them.
fn value(test: &ConditionTest, key: &Key) -> String {
    if test.key.eq_ignore_ascii_case("aws:CurrentTime")
        && let Key::Known(values) = key
        && let Some(seconds) = values.first().and_then(|value| value.parse().ok())
    {
        return crate::request::token::moment(seconds);
    }
    match key {
        Key::Known(values) => values.join(", "),
        Key::Present => "that key, with a value that is not known".to_owned(),
        Key::Absent => "no such key".to_owned(),
        Key::Unknown => "not known".to_owned(),
    }
}

/// The statement that allows it.
pub fn allowed(hit: &Hit, request: &IamCall) -> Finding {
    Finding::new(
        Code::IamAllowed,
        Message::of(
            "{} allows {} on {}.",
            [Part::Name(named(hit)), Part::Code(request.action.clone()), Part::Place(request.subject())],
        ),
    )
    .at("policy")
    .actual(hit.statement.as_str())
}

/// A deny wins over every allow (IAM user guide: "The difference between explicit and implicit denies").
pub fn denied(hit: &Hit, others: &[Hit], request: &IamCall, who: &str) -> Finding {
    let about = match (hit.action.not, hit.resource.not) {
        (true, _) => format!(
            "it denies by {}: every action except these, so {} too",
            clause(&hit.action, "Action"),
            request.action
        ),
        (_, true) => format!("it denies by {}: everything except that, so this too", clause(&hit.resource, "Resource")),
        _ => format!("it denies {} on {}", listed(&hit.action.patterns), listed(&hit.resource.patterns)),
    };
    let because: Vec<String> =
        hit.met.iter().map(|(one, actual)| format!("{}, and the request has {}", test(one), value(one, actual))).collect();
    let because =
        if because.is_empty() { String::new() } else { format!(", under the condition {}", because.join("; ")) };
    let cure = match (hit.kind, hit.action.not) {
        (PolicyKind::Control, _) => Message::default().cured(format!(
            "No policy of the account can lift it: the organization's administrator must exempt {} or change that condition, or the call must go to an API that the SCP leaves open (another region, if it is about regions).",
            request.action
        )),
        _ if hit.met.iter().any(|(one, actual)| one.operator.starts_with("ForAllValues:") && *actual == Key::Absent) => {
            let key = hit.met.iter().find(|(_, actual)| *actual == Key::Absent).map_or("", |(one, _)| one.key.as_str());
            Message::from("ForAllValues also holds where the request has no such key at all, and this one has none:").cured(format!("add \"Null\": {{\"{key}\": \"false\"}} to that condition, or write ForAnyValue, if only requests that have it were meant."))
        }
        _ if hit.met.iter().any(|(one, _)| one.key.eq_ignore_ascii_case("aws:MultiFactorAuthPresent")) => {
            // A long-term key carries no such key; a session from GetSessionToken or AssumeRole does
            // (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html>).
            Message::from("A long-term access key never has that, whoever uses it.").cured(format!("Sign with a session that was begun with MFA (aws sts get-session-token --serial-number ARN --token-code CODE, or assume a role with them), and keep the lock. Only a caller who cannot have MFA, a machine say, wants {} exempted from it.", request.action))
        }
        (_, true) => Message::default().cured(format!("{}{} {} to that NotAction list, which takes this action alone out of the deny.", except(hit), if except(hit).is_empty() { "Add" } else { "Or add" }, request.action)),
        _ if !except(hit).is_empty() => Message::default().cured(format!("{}If it is not, another role must make the call.", except(hit))),
        _ if others.is_empty() => "» If this caller is meant to make the call, narrow or remove that statement; if not, another role must make it.".into(),
        _ => "» If this caller is meant to make the call, narrow or remove each of these statements, as any one of them is enough to refuse it; if not, another role must make it.".into(),
    };
    let mut message = Message::of(
        "an explicit deny wins over every allow: {} refuses {}{} on {}: {}{}.",
        [
            Part::Name(named(hit)),
            Part::Text(who.to_owned()),
            Part::Code(request.action.clone()),
            Part::Place(request.arn()),
            Part::Text(about),
            Part::Text(because),
        ],
    );
    let plain = hit.met.iter().find_map(|(one, _)| plain_variable(one, hit.is_modern));
    match (plain.or_else(|| hit.met.iter().find_map(|(one, actual)| misfit(one, actual))), hit.kind) {
        (None, _) => message.and(cure),
        (Some(misfit), PolicyKind::Control) => message.and(misfit.cause().with(cure)),
        (Some(misfit), _) => message.and(misfit),
    }
    Finding::new(Code::IamExplicitDeny, message)
    .at("policy")
    .actual(hit.statement.as_str())
    .wanted(format!("Allow {} on {}", request.action, request.subject()))
}

/// Where several statements of a kind deny it, lifting one of them lifts nothing.
pub fn denied_too(mut finding: Finding, hit: &Hit, others: &[Hit]) -> Finding {
    if !others.is_empty() {
        // Two policies may have the same name for a statement.
        let name = |other: &Hit| {
            let alone = std::iter::once(hit).chain(others).filter(|one| named(one) == named(other)).count() == 1;
            if alone { named(other) } else { format!("{} (that with {})", named(other), clause(&other.resource, "Resource")) }
        };
        let names: Vec<String> = others.iter().take(LISTED).map(name).collect();
        let more = others.len().saturating_sub(LISTED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let (deny, each) = if others.len() == 1 { ("denies", "both must change") } else { ("deny", "all of them must change") };
        let words = Message::of(
            "{}{} {} it as well: if the call is to be allowed, {}.",
            [Part::Name(all_of(&names)), Part::Text(more), Part::Text(deny.to_owned()), Part::Text(each.to_owned())],
        );
        let cure = finding.message.cure();
        finding.message = finding.message.cause().with(words).cured(cure);
    }
    finding
}

/// A deny of everything but some values (`StringNotEquals` and its like): the value to be added to them.
fn except(hit: &Hit) -> String {
    let not = |operator: &str| operator.contains("NotEquals") || operator.contains("NotLike") || operator.contains("NotIpAddress");
    let Some((one, actual)) = hit.met.iter().find(|(one, actual)| not(&one.operator) && matches!(actual, Key::Known(_))) else {
        return String::new();
    };
    format!(
        "If {} is meant to be open too, add it to the values of that condition ({} {}), and wherever the same lock stands again, as in the organization's SCPs. ",
        value(one, actual), one.operator, one.key
    )
}

/// No statement of the caller's policies allows it: what comes closest, and the first part that differs.
pub fn not_granted(policies: &Policies, request: &IamCall, who: &str, keys: &dyn Fn(&str) -> Key) -> Finding {
    let message = without_value(policies, request, keys)
        .or_else(|| nearest_resource(policies, PolicyKind::Identity, request))
        .unwrap_or_else(|| no_action(policies, request));
    let who = if who.is_empty() { "the caller" } else { who.trim_end() };
    let mut whole = Message::of(
        "IAM does not grant {} the call:",
        [Part::Text(who.to_string())],
    );
    whole.and(message);
    // <https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html>
    if who.contains("AWSReservedSSO_") {
        whole.and("» That role is IAM Identity Center's own: change its permission set there, for a change of the role itself is not kept.");
    }
    Finding::new(Code::IamNotGranted, whole).at("policy").actual("not granted").wanted(format!(
        "Allow {} on {}",
        request.action,
        request.subject()
    ))
}

/// A variable that stays text under the policy's version, or has no value for this caller
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>).
fn without_value(policies: &Policies, request: &IamCall, keys: &dyn Fn(&str) -> Key) -> Option<Message> {
    let about = |pattern: &String| super::matches(&pattern.to_lowercase(), &request.action.to_lowercase());
    let all = policies.documents(PolicyKind::Identity).flat_map(|policy| policy.statements.iter().map(move |one| (policy, one)));
    let allows = all.filter(|(_, one)| one.effect == Effect::Allow && one.action.patterns.iter().any(about) != one.action.not);
    for (policy, one) in allows {
        for pattern in &one.resource.patterns {
            let Some((_, rest)) = pattern.split_once("${") else { continue };
            let Some((name, _)) = rest.split_once('}').filter(|(name, _)| name.len() > 1) else { continue };
            let parts = |why: Message| {
                let place = Message::of("the Resource of {} is\n{}", [Part::Name(one.name.clone()), Part::Code(pattern.clone())]);
                Message::joined("{}\nand {}", [place, why])
            };
            if !policy.is_modern {
                return Some(parts(Message::from(format!("the policy's Version is \"2008-10-17\" (or it has none, which is the same), in which `${{{name}}}` is no variable but plain text, so it matches nothing.")).cured("Write `\"Version\": \"2012-10-17\"`; then the variable's value decides.")));
            }
            let name = name.split(',').next().unwrap_or(name).trim();
            if keys(name) == Key::Absent && !rest.contains(", '") {
                let whose = match name.to_lowercase().as_str() {
                    "aws:username" => "which only IAM users have: the caller is the assumed role of a session, and a role has none",
                    _ => "which this caller does not have",
                };
                return Some(parts(Message::from(format!("`${{{name}}}` has no value, {whose}. So it matches nothing.")).cured(format!("Write {} into Resource, or a variable that the caller has (`aws:PrincipalTag/…`, `aws:userid`).", request.arn()))));
            }
        }
    }
    None
}

/// The resource of an allow for the action that comes closest to the request's.
fn nearest_resource(policies: &Policies, kind: PolicyKind, request: &IamCall) -> Option<Message> {
    let action = |pattern: &String| super::matches(&pattern.to_lowercase(), &request.action.to_lowercase());
    let all = policies.documents(kind).flat_map(|policy| policy.statements.iter().map(move |one| (policy, one)));
    let allows: Vec<_> = all
        .filter(|(_, one)| one.effect == Effect::Allow && one.action.patterns.iter().any(action) != one.action.not)
        .collect();
    let plain = allows.iter().filter(|(_, one)| !one.resource.not);
    let patterns: Vec<NearResource> = plain.flat_map(|(_, one)| candidates(one)).collect();
    if let Some((pattern, differences)) = closest(patterns.iter().map(|one| one.pattern.as_str()), request)
        && let Some(first) = differences.first()
        && let Some(found) = patterns.iter().find(|one| one.pattern == pattern)
    {
        let more: Vec<String> = differences[1..].iter().map(|one| one.words.clone()).collect();
        let mut more = if more.is_empty() { String::new() } else { format!(" Then: {}.", more.join("; ")) };
        // Another resource that was meant for this very field.
        let mut named = patterns.iter().map(|one| one.pattern.as_str()).filter(|other| *other != pattern && request.arn().rsplit('/').next().is_some_and(|field| field.len() > 1 && other.rsplit('/').next() == Some(field)));
        if let Some((other, difference)) = named.find_map(|other| Some((other, super::difference::differences(other, request).into_iter().next()?))) {
            more.push_str(&format!(" Nor does {other} match: {}.", difference.words));
        }
        let at = Message::of("the call is on\n{}\nand the Resource of {} is\n{}\n", [Part::Code(request.arn()), Part::Name(found.statement.clone()), Part::Code(found.shown.clone())]);
        let end = [Part::Text(first.words.clone()), Part::Text(more), Part::Text(resource_cure(request, found, &differences))];
        let differs = match first.theirs.as_str() {
            "" => Message::of("The policy's ARN ends where the call goes on with {}:", [Part::Value(format!("`{}`", first.ours))]),
            theirs => Message::of("The first part that differs is {} where the call has {}:", [Part::Value(format!("`{theirs}`")), Part::Value(format!("`{}`", first.ours))]),
        };
        return Some(Message::joined("{}{} {}", [at, differs, Message::of("{}.{} » {}", end)]));
    }
    let (_, except) = allows.into_iter().find(|(_, one)| one.resource.not)?;
    Some(Message::of(
        "{} allows {} by NotResource, that is on everything except {}, and the call is {}, which that excludes. » Write `Resource` instead of `NotResource` if just that was meant, or add a statement that allows {}.",
        [
            Part::Name(except.name.clone()),
            Part::Code(request.action.clone()),
            Part::Code(listed(&except.resource.patterns)),
            Part::Code(request.arn()),
            Part::Code(request.arn()),
        ],
    ))
}

/// A resource of an allow.
struct NearResource {
    statement: String,
    pattern: String,
    shown: String,
}

impl NearResource {
    /// Whether a template makes it.
    fn is_made(&self) -> bool {
        self.pattern != self.shown
    }
}

fn candidates(statement: &PolicyStatement) -> impl Iterator<Item = NearResource> + use<'_> {
    let plain = statement.resource.patterns.iter().map(|pattern| (pattern.clone(), pattern.clone()));
    let made = statement.resource.open.iter().map(|one| (one.arn(), one.shown.clone()));
    plain.chain(made).map(|(pattern, shown)| NearResource { statement: statement.name.clone(), pattern, shown })
}

/// What to write into `Resource`; of one that a template makes only what stands behind the API's id. What is right for another call
/// stays, and what is wrong in one part alone is not made narrower.
fn resource_cure(request: &IamCall, found: &NearResource, differences: &[Difference]) -> String {
    if found.is_made() {
        let wider = request.parent.as_ref().map_or_else(|| "/*".to_owned(), |parent| format!("/types/{parent}/*"));
        return format!("Write {wider} (or /{}) behind the API's id there, in the template, and deploy it; what it fills in is not in question.", request.subject());
    }
    let wider = match &request.parent {
        Some(parent) => format!("{}types/{parent}/*", request.api_arn()),
        None => format!("{}*", request.api_arn()),
    };
    let unknown = match request.api {
        Some(_) => "",
        None => {
            " The API's id is not in the material: `aws appsync list-graphql-apis` shows it; it is not the first label of the host."
        }
    };
    if let Some(mended) = super::difference::mended(&found.pattern, differences, request) {
        return format!("Write {mended} into Resource in its place; what it covers behind the API's id stays as it is.");
    }
    if differences.iter().any(Difference::is_of_another) {
        return format!("Put {} into Resource, beside what stands there (or {wider}).{unknown}", request.arn());
    }
    format!("Write {} into Resource (or {wider}).{unknown}", request.arn())
}

/// No allow is about the action at all.
fn no_action(policies: &Policies, request: &IamCall) -> Message {
    let grants = granted(policies, PolicyKind::Identity);
    let grants = if grants.is_empty() { "nothing".to_owned() } else { grants.join("; ") };
    let manages = request.action == "appsync:GraphQL" && ["appsync:Get", "appsync:List", "appsync:Create", "appsync:Update"].iter().any(|action| grants.contains(action));
    // A merged API's own role needs that one for its sources; whoever calls the merged API needs the other
    // (<https://docs.aws.amazon.com/appsync/latest/devguide/merged-api.html>).
    let source = request.action == "appsync:GraphQL" && grants.contains("appsync:SourceGraphQL");
    let manages = if source {
        " (appsync:SourceGraphQL is for a merged API's own execution role, on its source APIs: leave it there; whoever calls the merged API needs appsync:GraphQL on that)"
    } else if manages { " (the other actions of appsync are those of its management API; to run a query is appsync:GraphQL alone)" } else { "" };
    let grants = grants + &left_out(policies, PolicyKind::Identity, request);
    let unknown = request.unknown();
    let unknown = if unknown.is_empty() { String::new() } else { format!(" ({} not in the material)", verb(&unknown)) };
    Message::of(
        "no statement allows {} on {}. What the policies allow is {}{}. » Add a statement that allows {} on {}{} to the role that signs.",
        [
            Part::Code(request.action.clone()),
            Part::Place(request.name()),
            Part::Code(grants),
            Part::Text(manages.to_owned()),
            Part::Code(request.action.clone()),
            Part::Code(request.arn()),
            Part::Text(unknown),
        ],
    )
}

fn verb(parts: &[&str]) -> String {
    format!("{} {}", all_of(parts), if parts.len() == 1 { "is" } else { "are" })
}

/// What the policies of a kind allow, as `action on resource`.
fn granted(policies: &Policies, kind: PolicyKind) -> Vec<String> {
    let rows = policies.documents(kind).flat_map(|policy| &policy.statements);
    let rows = rows.filter(|one| one.effect == Effect::Allow).map(|one| {
        let part = |clause: &Clause| {
            let all: Vec<String> = clause.patterns.iter().cloned().chain(clause.open.iter().map(|one| one.shown.clone())).collect();
            format!("{}{}", if clause.not { "all but " } else { "" }, listed(&all))
        };
        format!("{} on {}", part(&one.action), part(&one.resource))
    });
    rows.take(LISTED).collect()
}

/// The `NotAction` by which an allow leaves the call out: the statement, and the pattern under which the action falls.
fn left_out(policies: &Policies, kind: PolicyKind, request: &IamCall) -> String {
    let about = |pattern: &&String| super::matches(&pattern.to_lowercase(), &request.action.to_lowercase());
    let all = policies.documents(kind).flat_map(|policy| &policy.statements);
    let mut allows = all.filter(|one| one.effect == Effect::Allow && one.action.not);
    let found = allows.find_map(|one| one.action.patterns.iter().find(about));
    found.map_or_else(String::new, |pattern| {
        format!(" (its NotAction has {pattern}, under which {} falls, so that leaves it out)", request.action)
    })
}

/// An allow that did not count, as its condition does not hold.
pub fn condition_failed(unmet: &Unmet, request: &IamCall) -> Finding {
    let actual = match &unmet.actual {
        Key::Known(values) => Some(values.join(", ")),
        _ => None,
    };
    Finding::new(
        Code::IamConditionFailed,
        Message::of(
            "{} allows {} on {} under the condition {}, and the request has {}: so it does not count, and no other statement allows the call.",
            [
                Part::Name(named(&unmet.hit)),
                Part::Code(request.action.clone()),
                Part::Place(request.subject()),
                Part::Code(test(&unmet.test)),
                Part::Value(value(&unmet.test, &unmet.actual)),
            ],
        )
        .with(plain_variable(&unmet.test, unmet.hit.is_modern).unwrap_or_else(|| condition_cure(&unmet.test, &unmet.actual))),
    )
    .at(format!("policy.{}.Condition", unmet.hit.statement))
    .actual(actual)
    .wanted(unmet.test.wanted.join(" or "))
}

fn condition_cure(test: &ConditionTest, actual: &Key) -> Message {
    if let Some(words) = misfit(test, actual) {
        return words;
    }
    match test.key.to_lowercase().as_str() {
        "aws:currenttime" | "aws:epochtime" => "The grant is for another time: » change its date in the policy, if the access is to go on.",
        "aws:sourceip" => {
            return Message::of(
                "» Call from one of those addresses, or add {} (or its range) to the condition beside the others.",
                [Part::Value(value(test, actual))],
            );
        }
        _ => "» Make the request meet it, or change the condition.",
    }
    .into()
}

/// A statement that depends on what is not known.
pub fn open(one: &Open, request: &IamCall, role: Option<&str>, pool: Option<&str>, signer: Option<&str>) -> Finding {
    let named = named(&one.hit);
    let what: Vec<String> = one.doubts.iter().map(|doubt| depends(doubt, request)).collect();
    let (effect, then) = match one.denies {
        true => (
            "denies",
            "If it holds, the call is denied whatever else allows it; if not, this statement is not an obstacle.",
        ),
        false => ("allows", "If it holds, this statement lets the call through; if not, it does not count."),
    };
    let look = taken_for_id(one, request).unwrap_or_else(|| Message::list(one.doubts.iter().map(|doubt| mfa::look_up(doubt, signer).unwrap_or_else(|| look_up(doubt, role, pool))), " "));
    Finding::new(
        Code::IamConditionNotJudged,
        Message::of(
            "{} {} {} on {} only depending on what is not known here: {}. {}",
            [
                Part::Name(named),
                Part::Text(effect.to_owned()),
                Part::Code(request.action.clone()),
                Part::Code(request.arn()),
                Part::Code(what.join("; ")),
                Part::Text(then.to_owned()),
            ],
        )
        .with(look),
    )
    .at("policy")
    .actual(Json::from(what))
}

/// The first label of the API's host in the place of its id, where the id was not given.
fn taken_for_id(one: &Open, request: &IamCall) -> Option<Message> {
    let label = request.mistaken.label.as_deref().filter(|_| one.doubts == [StatementDoubt::Place])?;
    let pattern = one.hit.resource.patterns.iter().find(|pattern| pattern.contains(&format!(":apis/{label}")))?;
    Some(Message::of(
        "Its Resource is {}, and {} is the first label of the API's host, which is not the API's id. » Write the id that `aws appsync list-graphql-apis` shows (apiId) in its place.",
        [Part::Code(pattern.clone()), Part::Value(label.to_owned())],
    ))
}

fn depends(doubt: &StatementDoubt, request: &IamCall) -> String {
    match doubt {
        StatementDoubt::Condition(one) if operator::is_known(&one.operator) => test(one),
        StatementDoubt::Condition(one) => {
            format!("{} (no operator that IAM has)", test(one))
        }
        StatementDoubt::Variable(name) => format!("the variable {name}"),
        StatementDoubt::Place => format!("whether its Resource is this API's, as {} not given", verb(&request.unknown())),
        StatementDoubt::Template(value) => format!("what {value} becomes when the template is deployed"),
    }
}

/// Where a reader finds what is missing.
fn look_up(doubt: &StatementDoubt, role: Option<&str>, pool: Option<&str>) -> Message {
    let key = match doubt {
        StatementDoubt::Condition(test) if !operator::is_known(&test.operator) => {
            let meant = operator::meant(&test.operator).map_or_else(String::new, |meant| format!(": {meant}"));
            return Message::default().cured(format!("Write the operator as IAM spells it{meant}."));
        }
        StatementDoubt::Condition(test) => test.key.to_lowercase(),
        StatementDoubt::Variable(name) => name.trim_matches(['$', '{', '}']).to_lowercase(),
        StatementDoubt::Place => return "» Give the answer of `aws appsync get-graphql-api` (--api), or compare the ARN by hand; the id is not the first label of the host.".into(),
        StatementDoubt::Template(_) => return "» Give the deployed policy (`aws iam get-role-policy`).".into(),
    };
    if key.starts_with("aws:principaltag/") {
        if let Some(pool) = pool {
            return Message::default().cured(format!(
                "Look it up: sessions of the identity pool {pool} have the tags that it maps from claims of the token (`aws cognito-identity get-principal-tag-attribute-map --identity-pool-id {pool} --identity-provider-name PROVIDER`), so compare that claim of the user's ID token with the policy's value; a change counts from the next credentials on."
            ));
        }
        let role = role.unwrap_or("ROLE");
        return Message::default().cured(format!("Look it up (`aws iam list-role-tags --role-name {role}`, or the session tags of AssumeRole); compare it with the policy's value."));
    }
    match key.as_str() {
        "aws:sourcevpce" | "aws:sourcevpc" | "aws:vpcsourceip" => "» Look at the route of the calling host, whether it goes through that VPC endpoint (over the internet the key is absent); CloudTrail shows the endpoint's id.",
        // <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html>
        "aws:tokenissuetime" => "This is how \"Revoke active sessions\" of a role (AWSRevokeOlderSessions) shuts out the sessions that were opened before that time. » Take new credentials (assume the role, or sign in, anew), and leave the statement as it is.",
        "aws:sourceip" => "» Give the caller's address (identity.sourceIp), as AppSync sees it.",
        // A path is o-…/r-…/ou-…/…/, from the organization's root down
        // (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgpaths>).
        "aws:principalorgpaths" | "aws:resourceorgpaths" => "» Look at where the caller's account stands in the organization: `aws organizations list-parents --child-id ACCOUNT`, again with each parent up to the root, gives the path that the policy's value is compared with.",
        "aws:principalorgid" | "aws:resourceorgid" => "» Look at the organization's id (`aws organizations describe-organization`).",
        "aws:currenttime" | "aws:epochtime" => "» Give the time of the request (--now).",
        "aws:requestedregion" => "» Give the API's region (--api).",
        _ => "» Give what it compares (identity, headers, request.now), or check it by hand.",
    }
    .into()
}

/// A policy without its document.
pub fn unread(one: &Unread, request: &IamCall, refused: bool) -> Finding {
    if let NoDocument::NotListed | NoDocument::CallerUnknown = one.why {
        return not_listed(one, request);
    }
    let kind = one.kind.words();
    let likely = if refused {
        "AppSync did answer \"Permission denied\", and nothing that was given refuses, so this is the likeliest place: "
    } else {
        ""
    };
    let (what, cure) = match one.why {
        // IAM does not read what is the organization's.
        NoDocument::NameOnly | NoDocument::NotAPolicy if one.kind == PolicyKind::Control => (
            if one.why == NoDocument::NameOnly { "only by its name or id, without its document" } else { "as something that is not a policy document" },
            format!("Let the organization's administrator read it (`aws organizations describe-policy --policy-id {}`) and give the document (scp)", if one.name.starts_with("p-") { one.name.as_str() } else { "ID" }),
        ),
        NoDocument::NameOnly if one.name.starts_with("arn:") => (
            "only by its ARN, without its document",
            format!("Read it (`aws iam get-policy --policy-arn {0}` shows the default version, `aws iam get-policy-version --policy-arn {0} --version-id VERSION` the document) and give it with --policy", one.name),
        ),
        NoDocument::NameOnly => ("only by its name, without its document", "Read it (`aws iam get-role-policy`, for a managed policy `aws iam get-policy-version`) and give it with --policy".to_owned()),
        NoDocument::OtherVersion => ("in a version that is not the default one, so not in force", "Give the default version (`aws iam get-policy` names it, `aws iam get-policy-version` reads it)".to_owned()),
        NoDocument::Trust => ("as a trust policy, which says who may take the role and grants nothing", "Give the policies that are attached to it (`aws iam list-attached-role-policies`, `aws iam list-role-policies`) with --policy".to_owned()),
        NoDocument::NotAPolicy => ("as something that is not a policy document", "Give the document (`aws iam get-policy-version`, `aws iam get-role-policy`) with --policy".to_owned()),
        NoDocument::TooMany | NoDocument::NotListed | NoDocument::CallerUnknown => ("among more policies than are read", "Give fewer".to_owned()),
    };
    // As a policy of the role's own it would grant what it only limits.
    let cure = if one.kind == PolicyKind::Boundary { cure.replace("give it with --policy", "give the document in its place (permissionsBoundary)") } else { cure };
    let wants = match one.kind {
        PolicyKind::Identity => "an Allow of it and no Deny",
        _ => "an Allow of it too, as it limits what the other policies grant",
    };
    Finding::new(
        Code::IamPolicyUnread,
        Message::of(
            "{}the {} {} is given {}: what it says of {} on {} cannot be told. It needs {}. » {}; add the action there if it is missing.",
            [
                Part::Text(likely.to_owned()),
                Part::Text(kind.to_owned()),
                Part::Name(one.name.clone()),
                Part::Text(what.to_owned()),
                Part::Code(request.action.clone()),
                Part::Code(request.arn()),
                Part::Text(wants.to_owned()),
                Part::Text(cure),
            ],
        ),
    )
    .at("policy")
    .actual(one.name.as_str())
}

/// The answer about the account is given, and of whom it speaks is not the caller, or not known.
fn not_listed(one: &Unread, request: &IamCall) -> Finding {
    let message = if one.why == NoDocument::CallerUnknown {
        Message::of(
            "the answer of get-account-authorization-details lists the policies of many, and which of them called is not known; another role's or user's policies do not count for the caller, so whether {} is allowed cannot be told. » Give the caller: `aws sts get-caller-identity` shows its ARN (identity.userArn, or --claims).",
            [Part::Code(request.action.clone())],
        )
    } else {
        Message::of(
            "the answer of get-account-authorization-details does not list {}, and the policies of others do not count for the caller, so what it may do is not known. » Take the answer from the caller's account and without a --filter that leaves it out, or give the policies themselves with --policy.",
            [Part::Name(one.name.clone())],
        )
    };
    Finding::new(Code::IamPolicyUnread, message).at("policy").actual(one.name.as_str())
}

/// A document that IAM would not accept.
pub fn flaw(label: &str, kind: PolicyKind, flaw: &PolicyFlaw) -> Finding {
    let label = match (kind, label.starts_with("policy ")) {
        (PolicyKind::Identity, true) => label.to_owned(),
        (_, true) => format!("the {}", kind.words()),
        _ => format!("the {} {label}", kind.words()),
    };
    Finding::new(
        Code::IamPolicyInvalid,
        Message::joined(
            "{} {}. IAM would not accept the document, and no verdict rests on it here.",
            [
                Message::of("{} is not valid, so it cannot be what decides a real call:", [Part::Name(label)]),
                flaw.message.clone(),
            ],
        ),
    )
    .at("policy")
}

/// A policy that limits does not allow it.
pub fn limited(policies: &Policies, kind: PolicyKind, request: &IamCall, role_allows: Option<&Hit>) -> Finding {
    let code = match kind {
        PolicyKind::Session => Code::IamSessionPolicy,
        PolicyKind::Control => Code::IamServiceControl,
        _ => Code::IamBoundary,
    };
    let grants = granted(policies, kind);
    let grants = if grants.is_empty() { "nothing".to_owned() } else { format!("only {}{}", grants.join("; "), left_out(policies, kind, request)) };
    let own = role_allows.map_or(String::new(), |hit| format!("{} does allow it, but ", named(hit)));
    let (whose, cure) = match kind {
        PolicyKind::Session => (
            "a session may do only what both its session policy and its role allow",
            Message::of(
                "» Allow {} on {} in the session policy that is passed when the role is assumed, and take new credentials, as a session that exists keeps its policy; a wider policy of the role does not help.",
                [Part::Code(request.action.clone()), Part::Code(request.arn())],
            ),
        ),
        PolicyKind::Control => (
            "an account may do only what its SCPs allow",
            "» The organization's administrator must add it; no policy of the account can.".into(),
        ),
        _ => (
            "a call must be allowed by both the policies and the permissions boundary",
            Message::of(
                "» Add Allow {} on {} to the boundary; adding more to the role's policies cannot help.",
                [Part::Code(request.action.clone()), Part::Code(request.arn())],
            ),
        ),
    };
    Finding::new(
        code,
        Message::of(
            "{}{}, and the {} allows {}: {} on {} is not in it.", [Part::Text(own), Part::Text(whose.to_owned()), Part::Text(kind.words().to_owned()), Part::Code(grants), Part::Code(request.action.clone()), Part::Code(request.arn())]).with(cure),
    )
    .at(match kind {
        PolicyKind::Session => "sessionPolicy",
        PolicyKind::Control => "scp",
        _ => "policy.permissionsBoundary",
    })
    .actual("not granted")
    .wanted(format!("Allow {} on {}", request.action, request.subject()))
}
