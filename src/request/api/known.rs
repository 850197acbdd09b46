//! The members of a configuration that are read: others are an error in our own form, and told where they speak of
//! authorization in AWS's.

use super::{Form, mode};
use crate::message::quoted;
use crate::nearest::nearest;
use serde_json::Value as Json;

crate::message::sentence_error! {
    /// What of an API's configuration is not known, and the nearest that is.
    ApiError
}

/// The members of our own short form, and those of AWS's that may stand among them.
const KNOWN: [&str; 52] = [
    "default",
    "additional",
    "issuer",
    "issuers",
    "audience",
    "audiences",
    "apiKeys",
    "defaultAction",
    "identityValidationExpression",
    "apiId",
    "region",
    "accountId",
    "clientId",
    "appIdClientRegex",
    "iatTTL",
    "authTTL",
    "name",
    "arn",
    "uris",
    "dns",
    "tags",
    "owner",
    "visibility",
    "apiType",
    "authenticationType",
    "additionalAuthenticationProviders",
    "userPoolConfig",
    "userPoolId",
    "openIDConnectConfig",
    "lambdaAuthorizerConfig",
    "logConfig",
    "xrayEnabled",
    "wafWebAclArn",
    "introspectionConfig",
    "queryDepthLimit",
    "resolverCountLimit",
    "ownerContact",
    "mergedApiExecutionRoleArn",
    "sourceApis",
    "environmentVariables",
    "enhancedMetricsConfig",
    "authorizerUri",
    "authorizerResultTtlInSeconds",
    "eventConfig",
    "channelNamespaces",
    "apiArn",
    "customDomain",
    "domainName",
    "authProviders",
    "connectionAuthModes",
    "defaultPublishAuthModes",
    "defaultSubscribeAuthModes",
];

/// The members of the settings of each kind of provider
/// (<https://docs.aws.amazon.com/appsync/latest/APIReference/API_AdditionalAuthenticationProvider.html>).
const SETTINGS: [(&str, &[&str]); 4] = [
    ("userPoolConfig", &["userPoolId", "awsRegion", "defaultAction", "appIdClientRegex"]),
    ("cognitoConfig", &["userPoolId", "awsRegion", "appIdClientRegex"]),
    ("openIDConnectConfig", &["issuer", "clientId", "iatTTL", "authTTL", "iatTtl", "authTtl"]),
    ("lambdaAuthorizerConfig", &["authorizerUri", "authorizerResultTtlInSeconds", "identityValidationExpression"]),
];

/// Members of `aws-exports.js` that are read, or that concern the client's sign-in alone.
const EXPORTS: [&str; 8] = [
    "aws_appsync_authenticationType",
    "aws_appsync_apiKey",
    "aws_appsync_graphqlEndpoint",
    "aws_appsync_region",
    "aws_user_pools_id",
    "aws_user_pools_web_client_id",
    "oauth",
    "auth",
];

/// Whether a name speaks of authorization.
fn speaks(name: &str) -> bool {
    // `model_introspection` has no mode in it.
    let name = name.to_lowercase().replace("model", "");
    ["auth", "issuer", "userpool", "apikey", "token", "clientid", "mode", "provider", "audience", "action"].iter().any(|word| name.contains(word))
}

/// Members of AWS's forms that nothing here reads and whose names speak of authorization.
pub(super) fn ignored(form: Form, json: &Json) -> Vec<String> {
    let mut found = Vec::new();
    match form {
        Form::GraphqlApi | Form::Project => {
            let inner = ["graphqlApi", "GraphqlApi"].iter().find_map(|name| json.get(*name)).unwrap_or(json);
            of_api(&crate::project::camel(inner), &mut found);
        }
        Form::EventApi => {
            let config = json.pointer("/api/eventConfig");
            let providers = config.and_then(|config| config.get("authProviders")).and_then(Json::as_array);
            providers.into_iter().flatten().for_each(|one| settings(one, &mut found));
        }
        Form::Exports => {
            let names = json.as_object().into_iter().flat_map(|map| map.keys());
            let of_api = |name: &&String| name.starts_with("aws_appsync_") && speaks(name);
            found.extend(names.filter(of_api).filter(|name| !EXPORTS.contains(&name.as_str())).cloned());
        }
        // Of these each API was asked alone (`of_one`).
        Form::CloudFormation | Form::Terraform | Form::Serverless | Form::Pulumi | Form::Cdk => {}
        Form::Outputs => unread(json.get("data"), &OUTPUTS, &mut found),
        // What stands beside the modes there is of the build.
        Form::BackendConfig => {}
        Form::CliInputs => unread(json.get("serviceConfiguration"), &CLI_INPUTS, &mut found),
        // Those that speak of authorization, or that are nearly a known one, are an error (`check`).
        Form::Short => {
            let names = json.as_object().into_iter().flat_map(|map| map.keys());
            found.extend(names.filter(|name| !KNOWN.contains(&name.as_str())).cloned());
        }
    }
    found.dedup();
    found
}

/// The same of an API by AWS's names, and a setting that only a deployment knows and that decides here.
pub(super) fn of_one(api: &Json) -> Vec<String> {
    let mut found = Vec::new();
    of_api(api, &mut found);
    let more = api.get("additionalAuthenticationProviders").and_then(Json::as_array);
    for one in std::iter::once(api).chain(more.into_iter().flatten()) {
        for place in ["/lambdaAuthorizerConfig/identityValidationExpression", "/userPoolConfig/defaultAction"] {
            let is_open = |value: &Json| value.is_object() || value.as_str().is_some_and(crate::open::is_unknown);
            if one.pointer(place).is_some_and(is_open) {
                found.push(place.trim_start_matches('/').replace('/', "."));
            }
        }
    }
    found
}

/// Amplify Gen 2 (<https://docs.amplify.aws/react/reference/amplify_outputs/>) and Gen 1's inputs of the API category.
const OUTPUTS: [&str; 3] = ["api_key", "default_authorization_type", "authorization_types"];
const CLI_INPUTS: [&str; 2] = ["defaultAuthType", "additionalAuthTypes"];

/// Members beside those that are read whose names speak of authorization.
fn unread(json: Option<&Json>, read: &[&str], found: &mut Vec<String>) {
    let names = json.and_then(Json::as_object).into_iter().flat_map(|map| map.keys());
    found.extend(names.filter(|name| !read.contains(&name.as_str()) && speaks(name)).cloned());
}

fn of_api(json: &Json, found: &mut Vec<String>) {
    let names = json.as_object().into_iter().flat_map(|map| map.keys());
    found.extend(names.filter(|name| !KNOWN.contains(&name.as_str()) && speaks(name)).cloned());
    let more = json.get("additionalAuthenticationProviders").and_then(Json::as_array);
    std::iter::once(json).chain(more.into_iter().flatten()).for_each(|one| settings(one, found));
}

/// In a provider's own settings every member is about authorization.
fn settings(provider: &Json, found: &mut Vec<String>) {
    for (name, known) in SETTINGS {
        let own = provider.get(name).and_then(Json::as_object).into_iter().flat_map(|map| map.keys());
        found.extend(own.filter(|one| !known.contains(&one.as_str())).map(|one| format!("{name}.{one}")));
    }
}

/// The members of a key's entry (<https://docs.aws.amazon.com/appsync/latest/APIReference/API_ApiKey.html>), and ours.
const KEY: [&str; 10] = ["id", "key", "apiKey", "apiKeyId", "expires", "expiresAt", "expiry", "deletes", "description", "name"];

/// A member of a key's entry that is nearly a known one: misspelt, the key's end would go unread.
fn check_keys(json: &Json) -> Result<(), ApiError> {
    let entries = json.get("apiKeys").and_then(Json::as_array).into_iter().flatten();
    let mut names = entries.filter_map(Json::as_object).flat_map(|entry| entry.keys()).filter(|name| !KEY.contains(&name.as_str()));
    match names.find_map(|name| Some((name, nearest(name, KEY)?))) {
        None => Ok(()),
        Some((name, known)) => {
            Err(format!("apiKeys has the member {}, which is not known: did you mean {}?", quoted(name), quoted(known)).into())
        }
    }
}

/// An unknown member of our own short form is an error where it may bear on authorization, by its own name or by that of a known
/// one that it is nearly; others are told as not read. A mode that is none is an error too.
///
/// # Errors
/// The member, and the known one that is nearest.
pub(super) fn check(json: &Json) -> Result<(), ApiError> {
    if json.get("authorizationConfig").is_some() {
        return Err(super::script::OF_CDK.into());
    }
    let mut names = json.as_object().into_iter().flat_map(|map| map.keys());
    let meant = |name: &&String| !KNOWN.contains(&name.as_str()) && (speaks(name) || nearest(name, KNOWN).is_some());
    if let Some(name) = names.find(meant) {
        return Err(match nearest(name, KNOWN) {
            Some(known) => {
                format!("the API's configuration has the member {}, which is not known: did you mean {}?", quoted(name), quoted(known)).into()
            }
            None => format!(
                "the API's configuration has the member {}, which is not known: it knows {}",
                quoted(name),
                KNOWN[..12].join(", ")
            )
            .into(),
        });
    }
    check_keys(json)?;
    let more = json.get("additional").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    let modes = json.get("default").into_iter().chain(more).filter_map(Json::as_str);
    match modes.filter(|name| !name.is_empty()).find(|name| mode(name).is_none()) {
        None => Ok(()),
        Some(name) => {
            let all = ["API_KEY", "AWS_IAM", "AMAZON_COGNITO_USER_POOLS", "OPENID_CONNECT", "AWS_LAMBDA"];
            let near = nearest(name, all).map_or_else(String::new, |near| format!("did you mean {}? ", quoted(near)));
            Err(format!("the API's configuration names the mode {}, which is none: {near}the modes are {}", quoted(name), all.join(", ")).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use serde_json::json;

    #[test]
    fn a_misspelt_member_of_a_key_is_an_error() {
        let config = json!({"default": "API_KEY", "apiKeys": [{"id": "da2-a", "expire": 1_790_000_000}]});
        let why = check(&config).unwrap_err().to_string();
        assert!(why.contains("expire") && why.contains("expires"), "{why}");
        assert!(check(&json!({"default": "API_KEY", "apiKeys": [{"id": "da2-a", "expires": 1, "owner": "x"}]})).is_ok());
    }
}
