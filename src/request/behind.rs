//! Refusals behind the caller's: AppSync had let the request in, and a data source refused AppSync's own role
//! (<https://docs.aws.amazon.com/appsync/latest/devguide/attaching-a-data-source.html>: each data source has a service role;
//! serverless/serverless-graphql#235, #351).

use super::evidence::Evidence;
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part};

/// What AWS's message names: `User: arn:…:assumed-role/ROLE/SESSION is not authorized to perform: ACTION on resource: ARN`
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>).
struct DeniedAction<'a> {
    role: Option<&'a str>,
    session: Option<&'a str>,
    action: &'a str,
    resource: Option<&'a str>,
}

impl<'a> DeniedAction<'a> {
    fn read(message: &'a str) -> Option<Self> {
        let (before, after) = message.split_once("is not authorized to perform: ")?;
        let word = |text: &'a str| text.split([' ', ',']).next().map(|word| word.trim_end_matches('.'));
        let action = word(after)?;
        let (_, rest) = before.split_once(":assumed-role/").unzip();
        let mut parts = rest.unwrap_or_default().trim().split('/').filter(|part| !part.is_empty());
        let resource = after.split_once("on resource: ").and_then(|(_, rest)| word(rest));
        Some(Self { role: parts.next(), session: parts.next(), action, resource })
    }
}

/// Why a data source was not asked, or would not answer.
pub fn judge(evidence: &Evidence) -> Option<Finding> {
    let error = evidence.error_message();
    if matches!(evidence.status(), Some(401 | 403)) {
        return None;
    }
    if error.contains("Unable to assume role") {
        return Some(not_assumed(error));
    }
    let denied = DeniedAction::read(error)?;
    // AppSync's own actions are the caller's, or a merged API's.
    let service = denied.action.split(':').next().filter(|service| *service != "appsync")?;
    let own = denied.session == Some("APPSYNC_ASSUME_ROLE") || evidence.error_type().contains("AccessDenied");
    let (whose, rest) = if own {
        ("the data source's role", "the caller had been let through to the data source, so token and schema are in order")
    } else {
        ("a role behind the data source", "the caller had been let through, and what the data source runs (a function, say) was refused with its own role")
    };
    let role = denied.role.map_or_else(String::new, |role| format!(" {role}"));
    let resource = denied.resource.map_or_else(String::new, |arn| format!(" on {arn}"));
    let explicit = if error.contains("explicit deny") {
        " An explicit deny stands in the way: adding an allow does not help before that is gone."
    } else {
        ""
    };
    let more = match service {
        "dynamodb" if error.contains("/index/") => " (an index has an ARN of its own beside the table's: allow both)",
        "dynamodb" => " (with /index/* behind it for the table's indexes)",
        "lambda" => " (with :* behind it for versions and aliases); it is not the authorizer that failed",
        _ => "",
    };
    Some(
        Finding::new(
            Code::DataSourceRefused,
            Message::of(
                "not the caller was refused but {}{}, which may not {}{}: {}. » Add {} on that resource to the role's policy{}.{}",
                [
                    Part::Text(whose.to_string()),
                    Part::Name(role.to_string()),
                    Part::Code(denied.action.to_string()),
                    Part::Text(resource.to_string()),
                    Part::Text(rest.to_string()),
                    Part::Code(denied.action.to_string()),
                    Part::Text(more.to_string()),
                    Part::Text(explicit.to_string()),
                ],
            ),
        )
        .at("observed.message")
        .actual(denied.role.unwrap_or("not named"))
        .wanted(format!("Allow {}{resource}", denied.action)),
    )
}

/// The data source's role could not be taken.
fn not_assumed(error: &str) -> Finding {
    let arn = error.split_whitespace().find(|word| word.starts_with("arn:")).unwrap_or("its serviceRoleArn");
    Finding::new(
        Code::DataSourceRefused,
        Message::of(
            "AppSync could not assume the data source's service role ({}), so the data source was never asked; the caller was not refused. The role is missing, or its trust policy does not let AppSync in: » let it allow sts:AssumeRole to the service appsync.amazonaws.com, and look whether serviceRoleArn names a role of this account.",
            [
                Part::Code(arn.trim_end_matches(['.', ',']).to_string()),
            ],
        ),
    )
    .at("observed.message")
    .wanted("a role that trusts appsync.amazonaws.com")
}
