//! IAM callers: roles, session names, the list of administrators (AMPLIFY-AUTH 4).

use crate::message::{Message, Part, quoted};
use super::text::show;
use super::{Finished, json};
use crate::appsync::AuthType;
use crate::code::Code;
use crate::finding::Finding;
use crate::trace::Verdict;

/// The role in `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`, and the session's name.
pub fn assumed_role(arn: &str) -> Option<(&str, &str)> {
    let (_, rest) = arn.split_once(":assumed-role/")?;
    rest.split_once('/')
}

fn caller(run: &Finished<'_>) -> Option<String> {
    let denied = run.verdict != Verdict::Allowed && run.auth_type() == Some(AuthType::Iam);
    let arn = run.context(&["identity", "userArn"]);
    arn.as_str().filter(|_| denied).map(str::to_owned)
}

/// Whether anything that went against the caller looked at this part of the stash.
fn reads(run: &Finished<'_>, member: &str) -> bool {
    let path = format!("stash.{member}");
    run.failed()
        .iter()
        .flat_map(|failed| &failed.condition.operands)
        .flat_map(|operand| operand.origins.iter())
        .any(|origin| origin.path().is_some_and(|seen| seen.starts_with(&path)))
}

/// The right role, but not the session name that Cognito identity pools give.
pub fn session_name(run: &Finished<'_>, found: &mut Vec<Finding>) {
    let Some(arn) = caller(run) else { return };
    let Some((role, session)) = assumed_role(&arn) else { return };
    for member in ["authRole", "unauthRole"] {
        let wanted = run.context(&["stash", member]);
        let Some((known, name)) = wanted.as_str().and_then(assumed_role) else { continue };
        if known == role && name != session {
            found.push(
                Finding::new(
                    Code::IamSessionName,
                    Message::of(
                        "identity.userArn has the role {}, which is the {}, but its session is named {}: only sessions that a Cognito identity pool opened ({}) are accepted. » Take credentials from the identity pool; a function or a script that assumes a role itself must be one of stash.adminRoles.",
                        [
                            Part::Text(role.to_string()),
                            Part::Name(member.to_string()),
                            Part::Value(quoted(session).to_string()),
                            Part::Value(quoted(name).to_string()),
                        ],
                    ),
                )
                .at("identity.userArn")
                .actual(arn.as_str())
                .wanted(json(&wanted)),
            );
        }
    }
}

/// A guest where a signed-in user is wanted, the other way round, or a group's role.
pub fn other_cognito_role(run: &Finished<'_>, found: &mut Vec<Finding>) {
    let Some(arn) = caller(run) else { return };
    for (wanted, other, words, cure) in [
        (
            "authRole",
            "unauthRole",
            "a guest of the identity pool, and the rule wants a signed-in user",
            "Sign in before the call (the credentials were fetched without a session), or add a rule for guests (allow: public, provider: iam).",
        ),
        (
            "unauthRole",
            "authRole",
            "a signed-in user of the identity pool, and the rule wants a guest: `public` under IAM is for guests only",
            "Add a rule for signed-in users beside it (allow: private, provider: iam).",
        ),
    ] {
        let role = run.context(&["stash", wanted]);
        if run.context(&["stash", other]).as_str() == Some(arn.as_str()) && reads(run, wanted) {
            let message = Message::of(
                "the caller is {}: identity.userArn is stash.{} ({}), and it is compared with stash.{} ({}). » {}",
                [
                    Part::Text(words.to_owned()),
                    Part::Name(other.to_owned()),
                    Part::Value(quoted(&arn).to_string()),
                    Part::Name(wanted.to_owned()),
                    Part::Value(show(&role)),
                    Part::Text(cure.to_owned()),
                ],
            );
            found.push(Finding::new(Code::IamOtherRole, message).at("identity.userArn").actual(arn.as_str()).wanted(json(&role)));
        }
    }
    let from_pool = !run.context(&["identity", "cognitoIdentityId"]).is_null();
    let roles = ["authRole", "unauthRole"].map(|member| run.context(&["stash", member]));
    let own = roles.iter().any(|role| role.as_str() == Some(arn.as_str()));
    let session = found.iter().any(|hint| hint.code == Code::IamSessionName);
    // Without an authRole in the stash there is none that the caller's could differ from.
    if from_pool && !own && !session && !roles[0].is_null() && reads(run, "authRole") {
        let role = assumed_role(&arn).map_or(arn.as_str(), |(role, _)| role);
        found.push(
            Finding::new(
                Code::IamGroupRole,
                Message::of(
                    "the caller came through the identity pool with the role {}, probably a user pool group's, not the pool's authRole: the rule compares the authRole exactly. » Call with the user-pool token, if a rule covers it, take the role off the group (or let the identity pool use its default role), or upgrade Amplify and push: newer templates take every signed-in identity of the pool. Name it in custom-roles.json (adminRoleNames) only if whoever has it may pass every rule of every model.",
                    [
                        Part::Text(role.to_string()),
                    ],
                ),
            )
            .at("identity.userArn")
            .actual(arn.as_str())
            .wanted(json(&roles[0])),
        );
    }
}

/// Another role than the rules are for: one that should be an administrator comes first where there are any.
pub fn other_role(run: &Finished<'_>, found: &mut Vec<Finding>) {
    let any = run.context(&["stash", "adminRoles"]).members().is_some_and(|list| !list.is_empty())
        || run.program.slot("adminRoles").is_some();
    let order: [fn(&Finished<'_>, &mut Vec<Finding>); 2] =
        if any { [not_admin, not_of_the_pool] } else { [not_of_the_pool, not_admin] };
    order.into_iter().for_each(|rule| rule(run, found));
}

/// Neither of the identity pool's roles, where a rule wants one of them.
fn not_of_the_pool(run: &Finished<'_>, found: &mut Vec<Finding>) {
    let Some(arn) = caller(run) else { return };
    if found.iter().any(|hint| matches!(hint.code, Code::IamSessionName | Code::IamOtherRole | Code::IamGroupRole)) {
        return;
    }
    for member in ["authRole", "unauthRole"] {
        let role = run.context(&["stash", member]);
        if reads(run, member) && !role.is_null() && role.as_str() != Some(arn.as_str()) {
            let kind = if member == "authRole" { "signed-in users" } else { "guests" };
            found.push(
                Finding::new(
                    Code::IamRoleMismatch,
                    Message::of(
                        "the rule is for {} of the identity pool ({}), the caller is {}: another role, which must be one of stash.adminRoles, or a rule must be for it.",
                        [
                            Part::Text(kind.to_string()),
                            Part::Value(show(&role)),
                            Part::Text(arn.to_string()),
                        ],
                    ),
                )
                .at("identity.userArn")
                .actual(arn.as_str())
                .wanted(json(&role)),
            );
        }
    }
}

/// No entry of `stash.adminRoles` is in the caller's ARN.
fn not_admin(run: &Finished<'_>, found: &mut Vec<Finding>) {
    let Some(arn) = caller(run) else { return };
    if !reads(run, "adminRoles") && !run.program.says("adminroles") {
        return;
    }
    let from_pool = !run.context(&["identity", "cognitoIdentityId"]).is_null();
    // Older templates have the list in a variable of their own.
    let own = || run.program.slot("adminRoles").and_then(|slot| run.outcome.variable(slot).cloned());
    let stash = run.context(&["stash", "adminRoles"]);
    let (admins, holder) = if stash.is_null() || !reads(run, "adminRoles") { (own().unwrap_or_default(), "$adminRoles") } else { (stash, "stash.adminRoles") };
    // The right role under its other ARN has been told.
    if from_pool || admins.is_null() || found.iter().any(|hint| hint.code == Code::IamSessionArn) {
        return;
    }
    let role = assumed_role(&arn).map_or(arn.as_str(), |(role, _)| role);
    let list = match admins.members() {
        Some(list) if list.is_empty() => format!("{holder} is empty"),
        _ => format!("no entry of {holder} {} is in its ARN (identity.userArn is {})", show(&admins), quoted(&arn)),
    };
    let entries = admins.members().unwrap_or_default();
    let (case, cure) = entries.iter().find_map(|entry| by_arn_of_iam(&arn, entry.as_str()?)).unwrap_or_else(|| {
        (entries.iter().find_map(|entry| near(&arn, entry.as_str()?)).unwrap_or_default(), how_admitted(run))
    });
    found.push(
        Finding::new(
            Code::IamRoleNotAdmin,
            Message::of(
                "the caller is the role {}; {}.{} » {}",
                [
                    Part::Text(role.to_string()),
                    Part::Text(list.to_string()),
                    Part::Text(case.to_string()),
                    Part::Text(cure),
                ],
            ),
        )
        .at("stash.adminRoles")
        .actual(json(&admins))
        .wanted(role),
    );
}

/// Where the role's name is put: Amplify writes the list, or the template's author did.
fn how_admitted(run: &Finished<'_>) -> String {
    let own = run.program.slot("adminRoles").and_then(|slot| run.recorder.index.sets_of(slot).next());
    match own.filter(|_| !run.is_generated()) {
        Some(set) => format!("If that role should pass, write its name, as it stands between `assumed-role/` and the session, into `$adminRoles` on line {} (a name that holds the environment's is another one in each environment).", run.program.line(set.node)),
        None => "Add the role's name to custom-roles.json (adminRoleNames), or give the function access to the API and push again.".to_owned(),
    }
}

/// An entry that is the very role's own ARN: who signs with a role has the ARN of a session, which never contains that
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>).
fn by_arn_of_iam(arn: &str, entry: &str) -> Option<(String, String)> {
    let name = entry.split_once(":role/")?.1.rsplit('/').next()?;
    let (own, _) = assumed_role(arn).filter(|(own, _)| *own == name)?;
    let words = format!(" {} is this role, by its ARN of IAM, and the ARN of its sessions (assumed-role/{own}/…) never contains that.", quoted(entry));
    Some((words, format!("Write the name alone into that entry, {} (custom-roles.json, adminRoleNames), and push again.", quoted(name))))
}

/// How an entry of the list is nearly in the ARN.
fn near(arn: &str, entry: &str) -> Option<String> {
    if entry.is_empty() || arn.contains(entry) {
        return None;
    }
    if arn.to_lowercase().contains(&entry.to_lowercase()) {
        return Some(format!(" {entry} differs in case only.", entry = quoted(&entry)));
    }
    if let Some(((role, _), (own, _))) = assumed_role(entry).zip(assumed_role(arn)) {
        let alike = own.starts_with(role) || role.starts_with(own);
        return alike.then(|| format!(" The list has the role {}, the caller's is {}.", quoted(role), quoted(own)));
    }
    let (stem, environment) = entry.rsplit_once('-').filter(|(_, last)| !last.contains('/'))?;
    // A name of the same environment that begins alike is another function's.
    let elsewhere = |name: &&str| name.starts_with(stem) && name.rsplit('-').next() != Some(environment);
    let named = stem.len() > 2 && arn.split(['/', ':']).any(|name| elsewhere(&name));
    named.then(|| format!(" {entry} is the same name in another environment ({environment}).", entry = quoted(&entry)))
}
