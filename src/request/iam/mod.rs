//! The IAM layer: policies judged for `appsync:GraphQL` on a field (APPSYNC-VTL 7.4). What is not understood makes it
//! unknown, never passed; a deny anywhere wins.

mod condition;
mod difference;
mod exception;
mod guests;
mod keys;
mod known;
mod mfa;
mod misfit;
mod pattern;
mod policy;
mod star;
mod words;

pub use condition::holds;
pub use known::Key;
pub use difference::{Difference, differences};
pub use pattern::{matches, plain};
pub use super::grants::{
    Effect, Mistaken, NoDocument, Policies, Policy, PolicyKind, PolicyPlace, PolicyStatement, IamCall, Unread,
};
pub use policy::{StatementDoubt, Hit, Judged, Open, Unmet, judge_policies};

use super::evidence::{Evidence, may_be};
use super::layer::{Layer, LayerName, State};
use super::scope::CredentialScope;
use crate::appsync::AuthType;
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part, all_of, quoted};
use serde_json::Value as Json;

/// What AppSync says when the signature was accepted and the policies did not allow the call.
pub const PERMISSION_DENIED: &str = "Permission denied";

/// What is blamed first where AppSync said so and no more is known.
pub const BLAMED: [Code; 4] =
    [Code::IamConditionNotJudged, Code::IamPolicyUnread, Code::IamPolicyInvalid, Code::IamNotGranted];

/// Judges the IAM layer of a request.
pub fn judge(evidence: &Evidence, mode: Option<AuthType>) -> Layer {
    let mut layer = Layer::new(LayerName::Iam, State::Passed);
    let denied_text = evidence.error_message().contains(PERMISSION_DENIED);
    let is_iam = mode == Some(AuthType::Iam) || denied_text || mode.is_none() && !evidence.iam.is_empty();
    if !is_iam {
        // Where nobody knows the mode, it may have been this one.
        if mode.is_none() && may_be(evidence, AuthType::Iam) {
            layer.state = State::Unknown;
        }
        return layer;
    }
    // An Event API has actions of its own (`event.rs`); what was asked of it is not known here.
    if evidence.api.events.is_some() {
        layer.state = State::Unknown;
        return layer;
    }
    let request = request(evidence, denied_text);
    if let Some(finding) = other_account(evidence) {
        layer.refuse(finding);
        return layer;
    }
    if evidence.iam.is_empty() {
        missing(evidence, &request, denied_text, &mut layer);
        return layer;
    }
    decide(evidence, &request, denied_text, &mut layer);
    layer
}

/// What is asked for. Region and id are never those of the policy or the signature that is judged, but an accepted signature has
/// the API's own region, and where AppSync said that a policy refused, a statement on this API's own id tells it, which
/// [`elsewhere`] says.
fn request(evidence: &Evidence, accepted: bool) -> IamCall {
    let place = evidence.place.clone();
    let identity = evidence.identity.as_ref();
    let account = || identity?.get("accountId")?.as_str().map(str::to_owned);
    let signed = || CredentialScope::of(evidence.header("authorization")?)?.region.map(str::to_owned);
    let region = place.region.or_else(|| signed().filter(|_| accepted)).or_else(|| named_region(evidence).filter(|_| accepted));
    let known = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    IamCall {
        action: "appsync:GraphQL".to_owned(),
        partition: region.as_deref().map(|region| super::grants::partition(region).to_owned()),
        region,
        account: place.account.or_else(account),
        api: place.api,
        parent: known(&evidence.parent_type).filter(|_| !evidence.field.is_empty()),
        field: known(&evidence.field),
        mistaken: place.mistaken,
    }
}

/// The caller is of another account than the API: its own policies cannot open another account's resource, and a GraphQL API
/// has no policy of its own (aws-appsync-community#157;
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html>).
fn other_account(evidence: &Evidence) -> Option<Finding> {
    let arn = evidence.identity.as_ref()?.get("userArn").and_then(Json::as_str).unwrap_or_default();
    let number = |text: &&str| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    let own = evidence.identity.as_ref()?.get("accountId").and_then(Json::as_str).filter(number);
    let own = own.or_else(|| arn.split(':').nth(4).filter(number))?;
    let named = named_account(evidence);
    let theirs = evidence.place.account.as_deref().or(named.as_deref()).filter(number)?;
    if own == theirs {
        return None;
    }
    if evidence.place.account.is_none() {
        return by_policys_account(evidence, own, theirs);
    }
    Some(
        Finding::new(
            Code::IamOtherAccount,
            Message::of(
                "the caller is of another account: {} is in {}, and the API is in account {}. Policies of the caller's account cannot open another account's API, and a GraphQL API has no resource policy that could let it in, so what they allow does not count. » Make a role in {} that may call appsync:GraphQL on the field and trusts this caller, let the caller assume it (sts:AssumeRole), and sign with that role's credentials.",
                [
                    Part::Name(if arn.is_empty() { "it".to_owned() } else { arn.to_owned() }),
                    Part::Value(own.to_owned()),
                    Part::Value(theirs.to_owned()),
                    Part::Value(theirs.to_owned()),
                ],
            ),
        )
        .at("identity.accountId")
        .actual(own)
        .wanted(theirs),
    )
}

/// The one thing that names another account is the policy that is judged: a slip in its ARN, or an API of another account.
fn by_policys_account(evidence: &Evidence, own: &str, theirs: &str) -> Option<Finding> {
    // One that names another region than the API's as well is no ARN of this API.
    let known = evidence.place.region.as_deref();
    let fits = own_places(evidence).iter().any(|(region, account)| account == theirs && known.is_none_or(|known| matches(region, known)));
    let message = Message::of(
        "the policy names this API's id in account {}, and the caller is in {}. Either that part of the ARN is a slip: then write {} there; or the API is in {}, and then no policy of the caller's account opens it: » compare with the API's own ARN (aws appsync get-graphql-api, arn). If it is another account's, make a role there that may call appsync:GraphQL on the field and trusts this caller, and let him assume it.",
        [Part::Value(theirs.to_owned()), Part::Value(own.to_owned()), Part::Value(own.to_owned()), Part::Value(theirs.to_owned())],
    );
    fits.then(|| Finding::new(Code::IamOtherAccount, message).certainty(Certainty::Likely).at("policy").actual(theirs).wanted(own))
}

/// Regions and accounts under which policies name this very API, whose id something else told: an id belongs to one of each.
fn own_places(evidence: &Evidence) -> Vec<(String, String)> {
    let Some(id) = &evidence.place.api else { return Vec::new() };
    let path = format!(":apis/{id}");
    let texts: Vec<String> = evidence.documents.iter().map(Json::to_string).collect();
    let before = texts.iter().flat_map(|text| text.match_indices(&path).map(|(at, _)| &text[..at]));
    let place = |before: &str| {
        let mut parts = before.rsplit(':');
        let (account, region) = (parts.next()?, parts.next()?);
        Some((region.to_owned(), account.to_owned()))
    };
    before.filter_map(place).collect()
}

/// The one account in which policies name this API.
fn named_account(evidence: &Evidence) -> Option<String> {
    only(own_places(evidence).into_iter().map(|(_, account)| account))
}

/// The one region in which policies name this API: one that names another would be a slip, so it is said with the answer.
fn named_region(evidence: &Evidence) -> Option<String> {
    only(own_places(evidence).into_iter().map(|(region, _)| region)).filter(|region| region.contains('-') && !region.contains('*'))
}

/// What all of these are, if they are alike.
fn only(mut all: impl Iterator<Item = String>) -> Option<String> {
    let first = all.next()?;
    all.all(|one| one == first).then_some(first)
}

/// No policy was given.
fn missing(evidence: &Evidence, request: &IamCall, denied_text: bool, layer: &mut Layer) {
    layer.state = State::Unknown;
    layer.findings.push(Finding::new(
        Code::PolicyMissing,
        "the caller's IAM policies are not known: » give them (--policy) to see whether they allow appsync:GraphQL on the field.",
    ));
    if !denied_text {
        return;
    }
    let unknown = request.unknown();
    let unknown = match unknown.as_slice() {
        [] => String::new(),
        [one] => format!(" ({one} is not in the material)"),
        many => format!(" ({} are not in the material; the id is not the first label of the host)", many.join(", ")),
    };
    layer.refuse(
        Finding::new(
            Code::IamPermissionDenied,
            Message::of(
                "AppSync's {} means that the signature was accepted and that the permissions of {} do not allow {} on {}. » Allow it on {}{} in the policies of the role that signs, and, where it has them, in its permissions boundary, the organization's SCPs and the session policy, or look there for a deny: none of them was given (--policy).",
                [
                    Part::Value(quoted(evidence.error_message()).to_string()),
                    Part::Text(who(evidence).unwrap_or_else(|| "the caller".to_owned())),
                    Part::Code(request.action.clone()),
                    Part::Name(request.name()),
                    Part::Code(request.arn()),
                    Part::Text(unknown),
                ],
            ),
        )
        .at("observed.message")
        .actual(evidence.error_message())
        .wanted(format!("Allow {} on {}", request.action, request.subject())),
    );
}

/// Deny anywhere, then what grants, then what limits; whatever is not known stands behind what is.
fn decide(evidence: &Evidence, request: &IamCall, denied_text: bool, layer: &mut Layer) {
    let policies = &evidence.iam;
    let keys = keys::of(evidence, request);
    let well_formed = |kind| policies.documents(kind).filter(|policy| policy.flaws.is_empty());
    let kinds = [PolicyKind::Identity, PolicyKind::Boundary, PolicyKind::Session, PolicyKind::Control];
    let judged = kinds.map(|kind| (kind, judge_policies(well_formed(kind), request, &keys)));
    let who = caller(evidence);
    for (_, one) in &judged {
        if let Some(hit) = &one.denied {
            layer.refuse(words::denied_too(words::denied(hit, &one.denied_too, request, &who), hit, &one.denied_too));
        }
    }
    if denied_text && layer.state != State::Refused {
        likely_deny(&judged, request, &who, layer);
    }
    let [(_, identity), limits @ ..] = &judged;
    grants(evidence, identity, request, &who, layer);
    for (kind, one) in limits {
        limit(policies, *kind, one, request, identity.allowed.as_ref(), layer);
    }
    doubts(evidence, &judged, request, denied_text, layer);
    let refused = layer.state == State::Refused || evidence.observed.as_ref().is_some_and(crate::request::Observed::is_refusal);
    let own = || policies.documents(PolicyKind::Identity).flat_map(|policy| &policy.statements);
    if let Some(finding) = exception::misses(own(), request).or_else(|| guests::wide(evidence, own(), request)).or_else(|| star::wide(evidence, own(), request)).filter(|_| !refused) {
        layer.findings.insert(0, finding);
    }
    if denied_text
        && layer.state == State::Passed
        && let Some(finding) = sibling(evidence, request, &who)
    {
        layer.refuse(finding);
    }
    if denied_text && layer.state == State::Passed {
        layer.refuse(elsewhere(evidence, identity.allowed.as_ref(), request));
    }
}

/// Another root field of the same operation, which the policies do not allow: AppSync's one answer is for all (APPSYNC-VTL 7.4).
fn sibling(evidence: &Evidence, request: &IamCall, who: &str) -> Option<Finding> {
    let operation = evidence.operation().filter(|operation| operation.parent == evidence.parent_type)?;
    let keys = keys::of(evidence, request);
    let refused = |field: &str| {
        let call = IamCall { field: Some(field.to_owned()), ..request.clone() };
        let documents = evidence.iam.documents(PolicyKind::Identity);
        let judged = judge_policies(documents, &call, &keys);
        let finding = match &judged.denied {
            Some(hit) => words::denied(hit, &judged.denied_too, &call, who),
            None if judged.allowed.is_none() && !judged.may_allow() => words::not_granted(&evidence.iam, &call, who, &keys),
            None => return None,
        };
        Some((call, finding))
    };
    let (call, mut finding) = operation.fields.iter().filter(|root| root.name != evidence.field).find_map(|root| refused(&root.name))?;
    finding.message = Message::joined(
        "{} {}",
        [
            Message::of(
                "the same request selects {} beside {}, and one that may not be called refuses the whole request:",
                [Part::Name(call.name()), Part::Name(request.name())],
            ),
            finding.message,
        ],
    );
    Some(finding)
}

/// AppSync refused, and a deny fits but for the API's id or region, which nobody gave: that it is this API's is most likely.
fn likely_deny(judged: &[(PolicyKind, Judged)], request: &IamCall, who: &str, layer: &mut Layer) {
    let mut open = judged.iter().flat_map(|(_, one)| &one.open);
    if let Some(deny) = open.find(|open| open.denies && open.doubts == [StatementDoubt::Place]) {
        let mut finding = words::denied(&deny.hit, &[], request, who).certainty(Certainty::Likely);
        let unknown = all_of(&request.unknown());
        finding
            .message
            .and(Message::of(
                "That its Resource is this API's is taken for granted: {} was not given (--api).",
                [Part::Text(unknown.to_string())],
            ));
        layer.refuse(finding);
    }
}

/// Whether something of this kind is given that was not read.
fn has_gaps(policies: &Policies, kind: PolicyKind) -> bool {
    let unread = policies.unread.iter().any(|one| one.kind == kind);
    unread || policies.documents(kind).any(|policy| !policy.flaws.is_empty())
}

/// Where AWS_IAM stands beside user pools or OIDC, a user who signed in need not sign: the client may send the token
/// (<https://docs.amplify.aws/react/build-a-backend/data/connect-to-API/>, authMode). A guest has none, nor has a function.
fn other_mode(evidence: &Evidence) -> Option<String> {
    let member = |name: &str| evidence.identity.as_ref()?.get(name)?.as_str();
    let guest = member("cognitoIdentityAuthType") == Some("unauthenticated");
    let arn = member("userArn").unwrap_or_default();
    let function = !arn.is_empty() && !arn.ends_with("/CognitoIdentityCredentials");
    // Where nothing tells who called, a browser or Amplify may have a user who signed in.
    let agent = evidence.header("x-amz-user-agent").or_else(|| evidence.header("user-agent")).unwrap_or_default();
    let function = function || arn.is_empty() && !agent.contains("Mozilla") && !agent.contains("aws-amplify");
    let (token, mode) = match evidence.api.default? {
        AuthType::UserPool => ("the user pool token", "userPool"),
        AuthType::Oidc => ("the provider's token", "oidc"),
        _ => return None,
    };
    (evidence.api.is_known() && !guest && !function).then(|| {
        format!(
            "If the caller is a user who signed in, the client need not sign: the API's default mode is {}, so let it send {token} instead (in Amplify authMode {}).",
            evidence.api.default.unwrap_or(AuthType::UserPool).api_name(),
            quoted(mode)
        )
    })
}

/// The policies of the role itself.
fn grants(evidence: &Evidence, identity: &Judged, request: &IamCall, who: &str, layer: &mut Layer) {
    let policies = &evidence.iam;
    if let Some(hit) = &identity.allowed {
        layer.findings.push(words::allowed(hit, request));
        return;
    }
    let refused = layer.state == State::Refused;
    let open = identity.may_allow() || has_gaps(policies, PolicyKind::Identity) || !policies.has(PolicyKind::Identity);
    let found = identity.unmet.iter().map(|unmet| words::condition_failed(unmet, request)).next();
    if open {
        layer.findings.extend(found.filter(|_| !identity.may_allow()));
        if !refused {
            layer.state = State::Unknown;
        }
    } else if !refused {
        let mut finding = found.unwrap_or_else(|| words::not_granted(policies, request, who, &keys::of(evidence, request)));
        if let Some(mode) = other_mode(evidence) {
            finding.message.and(mode);
        }
        layer.refuse(finding);
    }
}

/// A boundary, session policy or SCP: what it does not allow does not count.
fn limit(
    policies: &Policies,
    kind: PolicyKind,
    judged: &Judged,
    request: &IamCall,
    role_allows: Option<&Hit>,
    layer: &mut Layer,
) {
    if judged.allowed.is_some() || judged.denied.is_some() || policies.documents(kind).next().is_none() {
        return;
    }
    // SCPs that only deny stand beside FullAWSAccess, which every organization has at first.
    let allows = |policy: &Policy| policy.statements.iter().any(|one| one.effect == Effect::Allow);
    if kind == PolicyKind::Control && !policies.documents(kind).any(allows) {
        return;
    }
    let earlier = layer.state == State::Refused;
    if judged.may_allow() || has_gaps(policies, kind) {
        if !earlier {
            layer.state = State::Unknown;
        }
    } else if !earlier {
        layer.refuse(words::limited(policies, kind, request, role_allows));
    }
}

/// What is not known, and could change the answer.
fn doubts(evidence: &Evidence, judged: &[(PolicyKind, Judged)], request: &IamCall, denied_text: bool, layer: &mut Layer) {
    let policies = &evidence.iam;
    let arn = evidence.identity.as_ref().and_then(|identity| identity.get("userArn")).and_then(Json::as_str);
    let role = arn.and_then(|arn| arn.split_once(":assumed-role/")).and_then(|(_, rest)| rest.split('/').next());
    let member = |name: &str| evidence.identity.as_ref()?.get(name)?.as_str();
    let pool = member("cognitoIdentityPoolId").filter(|_| arn.is_some_and(|arn| arn.ends_with("/CognitoIdentityCredentials")));
    let refused = layer.state == State::Refused;
    let signer = evidence.header("authorization").and_then(CredentialScope::of).map(|scope| scope.key);
    let mut found = Vec::new();
    for policy in &policies.documents {
        found.extend(policy.flaws.iter().map(|flaw| words::flaw(&policy.label(), policy.kind, flaw)));
    }
    for (_, one) in judged {
        let counts = |open: &&Open| open.denies || one.allowed.is_none();
        found.extend(one.open.iter().filter(counts).map(|open| words::open(open, request, role, pool, signer)));
    }
    found.extend(policies.unread.iter().map(|one| words::unread(one, request, denied_text && !refused)));
    if found.is_empty() || refused {
        layer.findings.extend(found);
        return;
    }
    layer.state = State::Unknown;
    // What is not known comes before what is found to allow.
    found.append(&mut layer.findings);
    layer.findings = found;
}

/// The VPC endpoint that the call came through, by its own name in the URL or a header: its policy counts too
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/using-private-apis.html>;
/// <https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html>).
fn vpc_endpoint(evidence: &Evidence) -> Option<String> {
    let named = |text: &str| {
        let at = text.find("vpce-")?;
        let name: String = text[at..].chars().take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '-').collect();
        // A host goes on with more parts behind the id.
        let id = name.split('-').take(2).collect::<Vec<_>>().join("-");
        (id.len() > "vpce-".len() + 7).then_some(id)
    };
    named(evidence.url_host()).or_else(|| evidence.headers.values().find_map(|value| named(value.as_str()?)))
}

/// All that was given allows the call, and AppSync refused it.
fn elsewhere(evidence: &Evidence, allowed: Option<&Hit>, request: &IamCall) -> Finding {
    let statement = allowed.map_or_else(String::new, |hit| hit.statement.clone());
    let by_policy = named_region(evidence).filter(|region| evidence.place.region.is_none() && request.region.as_ref() == Some(region));
    let proviso = by_policy.map_or_else(String::new, |region| {
        format!("That the API with this id is in {region} stands in the policy alone: compare it with `aws appsync get-graphql-api`.")
    });
    if let Some(endpoint) = vpc_endpoint(evidence) {
        let message = Message::of(
            "{} does allow {} on {}, and nothing that was given denies it; yet AppSync answered \"Permission denied\". The call came through the VPC endpoint {}, and the endpoint's own policy must allow it as well: that policy is not in the material, nor are a permissions boundary, an SCP or a session policy, so which of them refused is not settled. » Look at the endpoint policy first (`aws ec2 describe-vpc-endpoints`: it must allow appsync:GraphQL on this API), then at the role's boundary (`aws iam get-role`).",
            [Part::Name(statement), Part::Code(request.action.clone()), Part::Code(request.arn()), Part::Value(endpoint)],
        );
        return Finding::new(Code::IamElsewhere, message).at("policy");
    }
    if let Some(merged) = evidence.api.merged.as_ref().filter(|_| evidence.status() == Some(200)) {
        let role = merged.role.as_deref().map_or("its own role (mergedApiExecutionRoleArn)", |role| role.rsplit('/').next().unwrap_or(role));
        // <https://docs.aws.amazon.com/appsync/latest/devguide/merged-api.html>
        let message = Message::of(
            "{} does allow {} on {}, and nothing that was given denies it; yet AppSync answered \"Permission denied\", with HTTP 200 and for this field alone. The API is a merged one and calls its source APIs as {}: most likely that role may not call the field's source; else a boundary, an SCP or a session policy of the caller refuses. » Allow appsync:SourceGraphQL on the source API's ARN and on the same with /* in the policy of {} (aws appsync list-source-api-associations names the sources), and only then look at the caller's boundary (`aws iam get-role`).",
            [Part::Name(statement), Part::Code(request.action.clone()), Part::Code(request.arn()), Part::Name(role.to_owned()), Part::Name(role.to_owned())],
        );
        return Finding::new(Code::IamElsewhere, message).at("policy");
    }
    Finding::new(
        Code::IamElsewhere,
        Message::of(
            "{} does allow {} on {}, and nothing that was given denies it; yet AppSync answered \"Permission denied\". What refuses is not in the material: an SCP of the organization (one that closes regions, say), a permissions boundary, a session policy, another policy of the role with a deny, or the call was signed by another role. » Look which role signed (`aws sts get-caller-identity`) and at its boundary (`aws iam get-role`).",
            [Part::Name(statement), Part::Code(request.action.clone()), Part::Code(request.arn())],
        )
        .with(proviso),
    )
    .at("policy")
}

/// Who called, as far as the identity's ARN tells: Amplify's guest and user roles by these names. Ends in a blank.
fn caller(evidence: &Evidence) -> String {
    who(evidence).map_or_else(String::new, |who| who + " ")
}

fn who(evidence: &Evidence) -> Option<String> {
    let arn = evidence.identity.as_ref()?.get("userArn")?.as_str()?;
    let amplify =
        ["unauthRole", "authRole"].into_iter().find(|name| evidence.roles.get(*name).is_some_and(|role| role == arn));
    let role = arn.split_once(":assumed-role/").and_then(|(_, rest)| rest.split_once('/'));
    Some(match (amplify, role) {
        (Some(name), Some((role, _))) => format!("the {name} ({role})"),
        (None, Some((role, session))) => format!("the role {role} (session {session})"),
        _ => arn.to_owned(),
    })
}
