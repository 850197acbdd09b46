//! Members of the identity, and the modes in which they exist (APPSYNC-VTL 2.2).

use super::twin::Twin;
use super::test::Test;
use super::text::show;
use super::{Failed, Finished};
use crate::appsync::AuthType;
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part, all_of, quoted};
use crate::nearest::nearest;
use crate::syntax::{ExpressionKind, Reference, StepKind};
use super::allow::claim_asked;
use crate::value::method::Method;
use crate::value::Value;
use crate::trace::Verdict;
use crate::trace::candidate::Grant;
use crate::trace::condition::Operand;
use crate::trace::index::Node;

/// Which modes give a member: user pool, OIDC, IAM, Lambda. A key gives no identity at all.
const MEMBERS: [(&str, [bool; 4]); 17] = [
    ("sub", [true, true, false, false]),
    ("issuer", [true, true, false, false]),
    ("username", [true, false, true, false]),
    ("claims", [true, true, false, false]),
    ("groups", [true, false, false, false]),
    ("sourceIp", [true, false, true, false]),
    ("defaultAuthStrategy", [true, false, false, false]),
    ("accountId", [false, false, true, false]),
    ("cognitoIdentityPoolId", [false, false, true, false]),
    ("cognitoIdentityId", [false, false, true, false]),
    ("cognitoIdentityAuthType", [false, false, true, false]),
    ("cognitoIdentityAuthProvider", [false, false, true, false]),
    ("userArn", [false, false, true, false]),
    ("accessKey", [false, false, true, false]),
    ("caller", [false, false, true, false]),
    ("user", [false, false, true, false]),
    ("resolverContext", [false, false, false, true]),
];

/// The modes of [`MEMBERS`], in its order.
pub const MODES: [AuthType; 4] = [AuthType::UserPool, AuthType::Oidc, AuthType::Iam, AuthType::Lambda];

/// Every member of an identity, with the modes that have it, in the order of [`MODES`].
pub fn members() -> impl Iterator<Item = (&'static str, [bool; 4])> {
    MEMBERS.iter().copied()
}

/// Whether an identity of this mode has this member; `None` for a name that no identity has.
pub fn exists(member: &str, mode: AuthType) -> Option<bool> {
    let (_, modes) = MEMBERS.iter().find(|(name, _)| *name == member)?;
    Some(MODES.iter().position(|known| *known == mode).is_some_and(|at| modes[at]))
}

/// A member that identities of this mode do not have was looked at.
pub fn of_mode(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if run.verdict == Verdict::Allowed {
        return;
    }
    let Some(mode) = run.auth_type() else { return };
    for failed in run.failed() {
        for operand in failed.condition.operands.iter().filter(|operand| operand.value.is_null()) {
            let Some((path, value, _)) = operand.origins.context() else { continue };
            let Some(member) = member_of(path).filter(|_| value.is_null()) else {
                if path == "identity" && value.is_null() && mode == AuthType::ApiKey {
                    push(found, no_identity(run, failed, "identity"));
                }
                continue;
            };
            let member = member.as_str();
            match exists(member, mode) {
                Some(true) if member == "cognitoIdentityAuthProvider" && is_guest(run) => {
                    push(found, guest(run, failed, path));
                }
                // The right role under its other ARN is no stranger to the pool.
                Some(true) if found.iter().any(|hint| hint.code == Code::IamSessionArn) => {}
                Some(true) if mode == AuthType::Iam && member.starts_with("cognitoIdentity") && !is_guest(run) => {
                    if let Some(finding) = no_pool(run, failed, member) {
                        push(found, finding);
                    }
                }
                Some(true) if member == "username" && is_machine(run) => push(found, machine(run, failed)),
                Some(true) => {}
                _ if mode == AuthType::ApiKey => push(found, no_identity(run, failed, path)),
                Some(false) => push(found, not_in_mode(run, failed, member, mode)),
                None => push(found, no_member(run, failed, member)),
            }
        }
    }
}

/// The members that no identity has and that a test reads, each beside one of nearly the same name that this identity has.
pub fn twins(run: &Finished<'_>, failed: &Failed<'_>) -> Vec<Twin> {
    let of = |operand: &Operand| {
        let (path, ..) = operand.origins.context().filter(|_| operand.value.is_null() && !operand.origins.is_open())?;
        let member = member_of(path).filter(|member| is_unknown(member))?;
        let (near, _) = near_member(run, &member)?;
        Some(Twin { name: near.to_owned(), finding: no_member(run, failed, &member) })
    };
    failed.condition.operands.iter().filter_map(of).collect()
}

/// The member of nearly this name that the identity has, with its value.
fn near_member(run: &Finished<'_>, member: &str) -> Option<(&'static str, Value)> {
    let near = nearest(member, MEMBERS.iter().map(|(name, _)| *name))?;
    Some((near, run.context(&["identity", near]))).filter(|(_, value)| !value.is_null())
}

/// The member of the identity that a path leads to or through: `identity.sub`, `identity["cognito:groups"]`.
fn member_of(path: &str) -> Option<String> {
    if let Some(rest) = path.strip_prefix("identity.") {
        return Some(rest.split(['.', '[']).next().unwrap_or(rest).to_owned());
    }
    let quoted = path.strip_prefix("identity[")?;
    serde_json::from_str(quoted.get(..quoted.find(']')?)?).ok()
}

/// Whether an identity of this mode could have a value at a place: its own sub-place of a member that exists there.
pub fn possible(path: &str, mode: Option<AuthType>) -> bool {
    match (member_of(path), mode) {
        (Some(member), Some(mode)) => exists(&member, mode).is_some_and(|has| has),
        (Some(member), None) => !is_unknown(&member),
        (None, _) => true,
    }
}

/// Whether no identity has this member, whatever the mode.
pub fn is_unknown(member: &str) -> bool {
    !MEMBERS.iter().any(|(name, _)| *name == member)
}

/// Under IAM `username` names a role's session or a user of the account, never a person of a user pool.
pub fn no_person(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if run.verdict == Verdict::Allowed || run.auth_type() != Some(AuthType::Iam) {
        return;
    }
    for failed in run.failed() {
        let Test::Equal { left, right, equal: false } = &failed.test else { continue };
        let of = |operand: &Operand| operand.origins.iter().any(|origin| origin.is_at("identity.username"));
        let (name, other) = match (of(left), of(right)) {
            (true, false) => (left, right),
            (false, true) => (right, left),
            _ => continue,
        };
        let mut message = Message::of(
            "line {}: {} compares identity.username ({}) with {}. This request came by IAM, where username is the role's id and session, never a person's name, so it equals no user's.",
            [
                Part::Place(line(run, failed.condition)),
                Part::Code(format!("`{}`", run.text(failed.condition))),
                Part::Value(show(&name.value)),
                Part::Value(show(&other.value)),
            ],
        );
        message.and(in_place_of_name(run, &other.value));
        push(found, Finding::new(Code::MemberNotInMode, message).at("identity.username"));
    }
}

/// The user's sub at the end of a provider: `"…","cognito-idp.…:CognitoSignIn:SUB"`.
fn sub_of_provider(text: &str) -> Option<&str> {
    text.rsplit_once("CognitoSignIn:").map(|(_, sub)| sub.trim_end_matches('"'))
}

/// What a caller under IAM can be known by: the pool's id where a pool gave the credentials, else the role
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/resolver-context-reference.html>: the members of `cognitoIdentity` are
/// null without a pool).
fn in_place_of_name(run: &Finished<'_>, compared: &Value) -> Message {
    let member = |name: &str| run.context(&["identity", name]);
    let provider = member("cognitoIdentityAuthProvider");
    let sub = provider.as_str().and_then(sub_of_provider);
    if let Some(sub) = sub.filter(|sub| compared.as_str() == Some(sub)) {
        return Message::of(
            "That value is the user's sub, which stands at the end of identity.cognitoIdentityAuthProvider (\"…:CognitoSignIn:{}\"). » Compare that part of it (`$ctx.identity.cognitoIdentityAuthProvider.split(\"CognitoSignIn:\")[1].replace('\"', \"\")`), or call this field with the user-pool token and compare identity.sub.",
            [Part::Value(sub.to_owned())],
        );
    }
    if let Some(id) = Some(member("cognitoIdentityId")).filter(|id| !id.is_null()) {
        return match compared.as_str().is_some_and(super::owner::is_identity_id) {
            true => "» Compare identity.cognitoIdentityId, or call this field with the user-pool token.".into(),
            false => Message::of(
                "» Call this field with the user-pool token, which has the user's name. identity.cognitoIdentityId ({}) is no name either: it fits only rows that store that id.",
                [Part::Value(show(&id))],
            ),
        };
    }
    match member("userArn") {
        Value::Null => "» Call this field with the user-pool token.".into(),
        arn => Message::of(
            "The caller has no cognitoIdentityId either: no identity pool gave the credentials. » Call this field with the user-pool token; or, if this role may see every user's rows, give it a branch of its own by `$ctx.identity.userArn` ({}).",
            [Part::Value(show(&arn))],
        ),
    }
}

fn is_guest(run: &Finished<'_>) -> bool {
    run.context(&["identity", "cognitoIdentityAuthType"]).as_str() == Some("unauthenticated")
}

fn guest(run: &Finished<'_>, failed: &Failed<'_>, path: &str) -> Finding {
    let message = Message::of(
        "line {}: {} reads identity.cognitoIdentityAuthProvider, and the caller is a guest of the identity pool (cognitoIdentityAuthType is {}), who has none: it is null. » Sign the user in before the credentials are fetched (with Logins), or let guests pass by a rule of their own.",
        [
            Part::Place(line(run, failed.condition)),
            Part::Code(format!("`{}`", run.text(failed.condition))),
            Part::Value("\"unauthenticated\"".to_owned()),
        ],
    );
    Finding::new(Code::MemberNotInMode, message).at(path)
}

/// An identity without a pool: a role of its own or a user of the account signed the request.
fn no_pool(run: &Finished<'_>, failed: &Failed<'_>, member: &str) -> Option<Finding> {
    let arn = run.context(&["identity", "userArn"]);
    let arn = arn.as_str()?;
    let who = match super::iam::assumed_role(arn) {
        Some((role, session)) => format!("the role {role} (session {session})"),
        None => format!("{arn}, no role of a pool"),
    };
    let message = Message::of(
        "line {}: {} compares identity.{} with {}, and it is null: the request was signed by {}, and not with credentials of an identity pool, which alone fill it in. » Send it with the credentials of the user's own identity (a server passes them on, or calls with the user's token), or let a role that you trust pass by `$ctx.identity.userArn`.",
        [
            Part::Place(line(run, failed.condition)),
            Part::Code(format!("`{}`", run.text(failed.condition))),
            Part::Name(member.to_owned()),
            Part::Value(beside(failed)),
            Part::Name(who),
        ],
    );
    Some(Finding::new(Code::MemberNotInMode, message).at(format!("identity.{member}")))
}

/// Whether the token is a machine's: an access token of client credentials, which has a client and no user
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html>).
pub fn is_machine(run: &Finished<'_>) -> bool {
    let claims = ["username", "cognito:username", "cognito:groups"].iter().all(|claim| run.claim(claim).is_null());
    let client = run.claim("client_id");
    let own = client.is_null() || run.claim("sub").loosely_equals(&client);
    claims && own && !(client.is_null() && run.claim("sub").is_null()) && run.claim("token_use").as_str() == Some("access") && run.auth_type() == Some(AuthType::UserPool)
}

fn machine(run: &Finished<'_>, failed: &Failed<'_>) -> Finding {
    let message = Message::of(
        "line {}: {} reads identity.username, which is null: this is a machine's access token (client credentials; sub is {}), and such a token has a client and no user. » Let the check take a machine by `$ctx.identity.claims.get(\"client_id\")`, with the scope that it needs, or call as a user.",
        [
            Part::Place(line(run, failed.condition)),
            Part::Code(format!("`{}`", run.text(failed.condition))),
            Part::Value(show(&run.claim("sub"))),
        ],
    );
    Finding::new(Code::MemberNotInMode, message).at("identity.username")
}

fn push(found: &mut Vec<Finding>, finding: Finding) {
    if !found.iter().any(|known| known.path == finding.path && known.code == finding.code) {
        found.push(finding);
    }
}

fn line(run: &Finished<'_>, condition: &crate::trace::condition::Condition) -> String {
    run.program.line(condition.node).to_string()
}

/// What the member was compared with, for a sentence.
fn beside(failed: &Failed<'_>) -> String {
    let open = failed.condition.operands.iter().find(|operand| operand.origins.is_open());
    if let Some((path, ..)) = open.and_then(|operand| operand.origins.context()) {
        return format!("{path}, which was not given");
    }
    let other = failed.condition.operands.iter().find(|operand| {
        !operand.value.is_null() && !operand.origins.iter().any(|origin| origin.is_at("identity"))
    });
    other.map_or_else(|| "null".to_owned(), |operand| {
        let path = operand.origins.context().map_or(String::new(), |(path, ..)| format!(" ({path})"));
        show(&operand.value) + &path
    })
}

fn no_identity(run: &Finished<'_>, failed: &Failed<'_>, path: &str) -> Finding {
    let mut message = Message::of(
        "line {}: {} reads the caller's identity, and a request with an API key has none, so it is null.",
        [Part::Place(line(run, failed.condition)), Part::Code(format!("`{}`", run.text(failed.condition)))],
    );
    message.and(not_set(run, failed));
    message.and("» Call this field with a user-pool token (or another mode that says who calls).");
    Finding::new(Code::MemberNotInMode, message).at(path)
}

/// What the condition would have set, where the refusal looks at that and no statement has set it.
fn not_set(run: &Finished<'_>, failed: &Failed<'_>) -> Message {
    let set = failed.candidate.filter(|candidate| candidate.grant == Grant::Set && run.is_by_hand()).and_then(|candidate| match run.recorder.index.node(candidate.node)? {
        Node::Set(set) => Some((set, set.target.variable()?)),
        _ => None,
    });
    let Some((set, slot)) = set.filter(|(_, slot)| run.outcome.variable(*slot).is_none_or(Value::is_null)) else { return Message::default() };
    Message::of(
        "So `{}` (line {}) did not run, and ${} has no value when the refusal looks at it.",
        [
            Part::Code(run.program.one_line(set.node)),
            Part::Place(run.program.line(set.node).to_string()),
            Part::Name(run.program.name(slot).to_owned()),
        ],
    )
}

fn not_in_mode(run: &Finished<'_>, failed: &Failed<'_>, member: &str, mode: AuthType) -> Finding {
    let (_, modes) = MEMBERS.iter().find(|(name, _)| *name == member).unwrap_or(&MEMBERS[0]);
    let with: Vec<_> = MODES.iter().zip(modes).filter(|(_, has)| **has).map(|(mode, _)| mode.as_str()).collect();
    let mut message = Message::of(
        "line {}: {} compares identity.{} with {}, and this request came by {}, whose identity has no {} (only {} it): it is null for every such caller.",
        [
            Part::Place(line(run, failed.condition)),
            Part::Code(format!("`{}`", run.text(failed.condition))),
            Part::Name(member.to_owned()),
            Part::Value(beside(failed)),
            Part::Text(mode.as_str().to_owned()),
            Part::Name(member.to_owned()),
            Part::Text(format!("{} {}", all_of(&with), if with.len() == 1 { "has" } else { "have" })),
        ],
    );
    message.and(instead(run, failed, member, mode));
    Finding::new(Code::MemberNotInMode, message).at(format!("identity.{member}"))
}

/// The claim of this token that has the name which the template reads from `resolverContext`: `custom:tenant` for `tenant`.
fn same_claim(run: &Finished<'_>) -> Option<String> {
    let claims = run.context(&["identity", "claims"]);
    let names = claims.as_map()?.keys();
    let read: Vec<&str> = run.recorder.index.references.iter().filter_map(|reference| of_authorizer(reference)).collect();
    let same = |claim: &&str| read.iter().any(|name| claim.rsplit(':').next() == Some(name));
    names.iter().filter_map(|name| name.as_str()).find(same).map(str::to_owned)
}

/// The member of `identity.resolverContext` that a reference reads.
fn of_authorizer(reference: &Reference) -> Option<&str> {
    let mut names = reference.steps.iter().map_while(|step| match &step.kind {
        StepKind::Property(name) => Some(name.as_str()),
        _ => None,
    });
    (names.next() == Some("identity") && names.next() == Some("resolverContext")).then(|| names.next())?
}

/// A claim of the token that holds a list of groups.
fn group_claim(run: &Finished<'_>) -> Option<(String, Value)> {
    let claims = run.context(&["identity", "claims"]);
    claims.as_map()?.snapshot().into_iter().find_map(|(name, value)| {
        let name = name.as_str()?;
        let like = ["group", "role"].iter().any(|word| name.to_lowercase().contains(word));
        (like && value.as_list().is_some()).then(|| (name.to_owned(), value.clone()))
    })
}

/// What an OIDC token has in the place of a user name.
fn in_place_of_username(run: &Finished<'_>, failed: &Failed<'_>, sub: &Value) -> Message {
    // What it is compared with tells which of them the other side was written by.
    let same = |value: &Value| !value.is_null() && failed.condition.operands.iter().any(|operand| operand.value.loosely_equals(value));
    let claims = run.context(&["identity", "claims"]);
    let all = claims.as_map().map(|map| map.keys()).unwrap_or_default();
    let names = ["preferred_username", "email", "upn"].into_iter().chain(all.iter().filter_map(Value::as_str));
    if let Some(claim) = names.into_iter().find(|claim| same(&run.claim(claim))).filter(|_| !same(sub)) {
        return Message::from(format!("The caller's claim {claim} is that value:")).cured(format!("compare `$ctx.identity.claims.get(\"{claim}\")`. Where {claim} may change or be another's later, store and compare identity.sub ({}) in its place.", show(sub)));
    }
    if same(sub) {
        return Message::from("The caller's sub is that value:").cured("compare `$ctx.identity.sub`.");
    }
    let name = ["preferred_username", "email"].into_iter().find(|claim| !run.claim(claim).is_null());
    let name = name.map_or(String::new(), |claim| format!(" or claims.{claim} ({})", show(&run.claim(claim))));
    Message::from("No claim of the token has that value.").cured(format!("Store what the token has of its caller on the row, and compare that: identity.sub ({}){name}.", show(sub)))
}

/// What to do under IAM about what a user pool's token would have.
fn under_iam(run: &Finished<'_>) -> Message {
    let member = |name: &str| run.context(&["identity", name]);
    let arn = member("userArn");
    // No identity pool gave the credentials: it is a role that a program took, and no user's.
    let pool = !member("cognitoIdentityAuthProvider").is_null() || !member("cognitoIdentityId").is_null();
    if let Some(arn) = arn.as_str().filter(|arn| !pool && super::iam::assumed_role(arn).is_some()) {
        return Message::default().cured(format!("Let this role pass by `$ctx.identity.userArn` ({}), if it may; a person's rule wants a person's token.", quoted(arn)));
    }
    let provider = run.context(&["identity", "cognitoIdentityAuthProvider"]);
    let user = provider.as_str().and_then(sub_of_provider);
    let by = user.map_or(String::new(), |sub| {
        format!(", or take the user's sub ({sub}) from identity.cognitoIdentityAuthProvider, after \"CognitoSignIn:\"", sub = quoted(&sub))
    });
    Message::default().cured(format!("Call this field with the user-pool token{by}."))
}

/// What a token has in the place of what only IAM's identity has: a person's sub for his identity's id, and nothing for a role.
fn in_place_of_iam(failed: &super::Failed<'_>, member: &str, sub: &Value) -> Message {
    let stored = failed.condition.operands.iter().filter(|operand| !operand.literal).find_map(|operand| operand.origins.context().filter(|_| operand.value.as_str().is_some_and(super::owner::is_identity_id)));
    match (member, stored) {
        ("userArn" | "accountId", _) => {
            "A token has no role: » let these callers in by what it does have, a group or a claim, in a branch of their own, or have them sign with IAM, where the field takes that mode.".into()
        }
        (_, Some((path, ..))) => Message::of(
            "The row was written by a caller of an identity pool ({} is such an id), and no token has that: » write identity.sub ({}) on the row, old rows too, and compare that, or go on calling with the identity pool's credentials (IAM), where the field takes that mode.",
            [Part::Place(path.to_string()), Part::Value(show(sub))],
        ),
        _ => Message::default().cured(format!("Compare identity.sub ({}), or call with identity-pool credentials (IAM).", show(sub))),
    }
}

/// What this mode has in the place of a member.
fn instead(run: &Finished<'_>, failed: &Failed<'_>, member: &str, mode: AuthType) -> Message {
    let sub = run.claim("sub");
    if let Some((claim, value)) = (member == "groups").then(|| group_claim(run)).flatten() {
        return Message::from(format!("The token has the groups as claim {claim} ({}):", show(&value))).cured(format!("read `$ctx.identity.claims.get(\"{claim}\")`."));
    }
    match mode {
        AuthType::Oidc if member == "username" => in_place_of_username(run, failed, &sub),
        AuthType::Oidc | AuthType::UserPool if member == "resolverContext" => {
            let own = same_claim(run).map_or_else(|| " of this one".to_owned(), |claim| format!(", such as claim {claim} ({})", show(&run.claim(&claim))));
            Message::from("Only a Lambda authorizer fills resolverContext:").cured(format!("call with its token, or read a claim{own}."))
        }
        AuthType::Oidc if member == "groups" => Message::from("No claim of this token names groups either.").cured(
            "Have the provider put them into a claim and read that (`$ctx.identity.claims.get(\"groups\")`, by the name that it has there), or call with a token of the user pool.",
        ),
        AuthType::Oidc | AuthType::UserPool => in_place_of_iam(failed, member, &sub),
        AuthType::Iam => under_iam(run),
        AuthType::Lambda => {
            let context = run.context(&["identity", "resolverContext"]);
            let asked = claims_asked(run);
            let names = failed.condition.operands.iter().filter_map(|operand| last_name(run, operand)).chain(asked).chain([member]);
            let held = |name: &str| context.as_map().and_then(|map| map.get_str(name)).filter(|value| !value.is_null());
            // Under that name, or else under another one that has the very value which is wanted.
            let wanted = failed.condition.operands.iter().map(|operand| &operand.value).find(|value| value.as_str().is_some_and(|text| !text.is_empty()));
            let same = || {
                let all = context.as_map()?.snapshot();
                all.into_iter().find_map(|(name, value)| wanted.is_some_and(|wanted| wanted.loosely_equals(&value)).then(|| Some((name.as_str()?.to_owned(), value)))?)
            };
            match names.into_iter().find_map(|name| Some((name.to_owned(), held(name)?))).or_else(same) {
                None => "A Lambda authorizer gives only identity.resolverContext: » return the value there and compare that.".into(),
                // Only texts come through a Lambda authorizer: of a list its parts.
                Some((name, value)) if value.as_str().is_some_and(|text| text.contains(',')) => Message::of(
                    "The authorizer returned it as resolverContext.{}, which is {}: one text with several names, as only texts come through. » Compare each of its parts: `$ctx.identity.resolverContext.{}.split(\",\").contains(…)`.",
                    [Part::Name(name.clone()), Part::Value(show(&value)), Part::Name(name)],
                ),
                Some((name, value)) => Message::default()
                    .cured(format!("Compare `$ctx.identity.resolverContext.{name}`, which the authorizer returned and which is {} here.", show(&value))),
            }
        }
        _ => Message::default(),
    }
}

/// The claims that the template asks for by their names: `role` of `$ctx.identity.claims.get("role")`.
fn claims_asked<'p>(run: &Finished<'p>) -> Vec<&'p str> {
    let names = run.recorder.index.references.iter().filter_map(|reference| match &claim_asked(reference)?.kind {
        ExpressionKind::String(name) => Some(name.as_str()),
        _ => None,
    });
    names.collect()
}

/// The last name of a place in the identity, as the template reads it: `tenant` of `$ctx.identity.claims.tenant`.
fn last_name<'a>(run: &Finished<'a>, operand: &Operand) -> Option<&'a str> {
    let references = &run.recorder.index.references;
    // What a method is called on is the beginning of its chain.
    let around = |reference: &&crate::syntax::Reference| {
        let span = run.program.span(reference.node);
        span.start == operand.span.start && operand.span.end <= span.end
    };
    let reference = references.iter().copied().find(around)?;
    let names = |step: &'a StepKind| match step {
        StepKind::Property(name) => Some(name.as_str()),
        StepKind::Method { method: Some(Method::Get), args, .. } => match &args.first()?.kind {
            ExpressionKind::String(name) => Some(&**name),
            _ => None,
        },
        _ => None,
    };
    let first = reference.steps.first().and_then(|step| names(&step.kind));
    let inside = reference.steps.iter().filter(|step| run.program.span(step.node).end <= operand.span.end);
    let last = inside.last().and_then(|step| names(&step.kind));
    last.filter(|_| first == Some("identity") && reference.steps.len() > 2)
}

/// What an identity of this caller's has in its place.
fn no_such(run: &Finished<'_>) -> Message {
    let own: Vec<String> = ["sub", "username", "cognitoIdentityId", "userArn"]
        .iter()
        .filter_map(|name| Some((name, run.context(&["identity", name]))).filter(|(_, value)| !value.is_null()))
        .map(|(name, value)| format!("identity.{name} ({})", show(&value)))
        .collect();
    match own.is_empty() {
        true => "Claims stand in identity.claims.".into(),
        false => Message::from("Claims stand in identity.claims.").cured(format!("Read what names this caller: {}.", own.join(" or "))),
    }
}

/// A name that no identity has; as a claim it may be there.
fn no_member(run: &Finished<'_>, failed: &Failed<'_>, member: &str) -> Finding {
    let claim = run.claim(member);
    let instead = if let Some((near, value)) = near_member(run, member) {
        Message::default().cured(format!("Write identity.{near}, which is {} here: names are told apart by upper and lower case.", show(&value)))
    } else if claim.is_null() {
        no_such(run)
    } else {
        format!("It is a claim: identity.claims.get(\"{member}\") is {}.", show(&claim)).into()
    };
    let mut message = Message::of(
        "line {}: {} reads identity.{}, and no identity has such a member, so it is null and is compared with {}.",
        [
            Part::Place(line(run, failed.condition)),
            Part::Code(format!("`{}`", run.text(failed.condition))),
            Part::Name(member.to_owned()),
            Part::Value(beside(failed)),
        ],
    );
    message.and(instead);
    let identity: Result<crate::appsync::ContextPath, _> = "identity".parse();
    let path = identity.map_or_else(|_| format!("identity.{member}"), |path| path.join(&member.into()).to_string());
    Finding::new(Code::MemberNotInMode, message).at(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_belong_to_modes() {
        for (member, mode, wanted) in [
            ("sub", AuthType::UserPool, Some(true)),
            ("sub", AuthType::Iam, Some(false)),
            ("username", AuthType::Oidc, Some(false)),
            ("username", AuthType::Iam, Some(true)),
            ("cognitoIdentityId", AuthType::UserPool, Some(false)),
            ("resolverContext", AuthType::Lambda, Some(true)),
            ("resolverContext", AuthType::UserPool, Some(false)),
            ("sub", AuthType::ApiKey, Some(false)),
            ("email", AuthType::UserPool, None),
        ] {
            assert_eq!(exists(member, mode), wanted, "{member} under {mode}");
        }
    }
}
