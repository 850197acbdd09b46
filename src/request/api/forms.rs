//! The forms in which people have an API's configuration, each read into the same type.

use super::{ApiConfig, Events, Form, Merged, ApiProvider, known, mode, written};
use super::written::{ApisOfTool, GRAPHQL_API};
use crate::request::operation::appsync_host;
use crate::appsync::AuthType;
use crate::project::{ModeSettings, camel, expand_sam};
use serde_json::Value as Json;

/// Which form it is, by the members that only it has.
pub(super) fn form(json: &Json) -> Form {
    form_beside(json, written::read(json).as_ref())
}

/// The same, with what was read of it as a tool's file.
fn form_beside(json: &Json, written: Option<&ApisOfTool>) -> Form {
    let has = |name: &str| json.get(name).is_some();
    let exports = || json.as_object().is_some_and(|map| map.keys().any(|name| name.starts_with("aws_appsync_")));
    if has("graphqlApi") || has("GraphqlApi") {
        Form::GraphqlApi
    } else if json.pointer("/api/eventConfig").is_some() {
        Form::EventApi
    } else if let Some(written) = written {
        written.form
    } else if has("serviceConfiguration") {
        Form::CliInputs
    } else if !auth_configs(json).is_empty() {
        Form::BackendConfig
    } else if has("Resources") || is_api(json) || json.as_object().is_some_and(|map| map.values().any(is_api)) {
        Form::CloudFormation
    } else if has("data") && (has("version") || has("auth")) || has("auth") && has("version") {
        Form::Outputs
    } else if exports() || json.pointer("/api/plugins/awsAPIPlugin").is_some() || has("aws_user_pools_id") {
        Form::Exports
    } else if !has("default") && (has("authenticationType") || has("AuthenticationType")) {
        Form::GraphqlApi
    } else {
        Form::Short
    }
}

/// Whether it is CloudFormation's resource of an API by itself, or SAM's.
fn is_api(json: &Json) -> bool {
    matches!(json.get("Type").and_then(Json::as_str), Some(GRAPHQL_API | "AWS::Serverless::GraphQLApi"))
}

/// Reads a configuration; of several APIs the one at the host that was called.
pub(super) fn read(json: &Json, host: &str) -> ApiConfig {
    let written = written::read(json);
    let form = form_beside(json, written.as_ref());
    if let Some(written) = written.filter(|written| written.form == form) {
        return ApiConfig { form, ..one_of(&written.apis, host) };
    }
    let mut api = match form {
        Form::Short => short(json),
        // A project's is written as AWS answers it.
        Form::GraphqlApi | Form::Project => {
            let inner = json.get("graphqlApi").or_else(|| json.get("GraphqlApi")).unwrap_or(json);
            let mut api = graphql_api(&camel(inner));
            api.keys = api.keys.or_else(|| keys(json.get("apiKeys")));
            api
        }
        Form::EventApi => event_api(json),
        Form::Outputs => outputs(json),
        Form::Exports => exports(json),
        Form::CliInputs => cli_inputs(json),
        Form::BackendConfig => of_amplify(json, host),
        Form::CloudFormation => template(json),
        // Those were written by a tool.
        Form::Terraform | Form::Serverless | Form::Pulumi | Form::Cdk => ApiConfig::default(),
    };
    api.form = form;
    api.ignored.extend(known::ignored(form, json));
    api
}

fn text(json: &Json, name: &str) -> Option<String> {
    json.get(name).and_then(Json::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn number(json: Option<&Json>) -> Option<i64> {
    let json = json?;
    let number = json.as_i64().or_else(|| json.as_f64().map(|number| number as i64)).or_else(|| json.as_str()?.parse().ok());
    number.map(crate::json::bounded_time)
}

fn list(json: &Json, names: &[&str]) -> Vec<String> {
    match names.iter().find_map(|name| json.get(*name)) {
        Some(Json::String(one)) => vec![one.clone()],
        Some(Json::Array(items)) => items.iter().filter_map(Json::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

fn keys(json: Option<&Json>) -> Option<Vec<Json>> {
    json.and_then(Json::as_array).cloned()
}

/// The issuer of a user pool, whose id begins with its region
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html>).
pub fn pool_issuer(pool: &str, region: Option<&str>) -> Option<String> {
    let own = pool.split_once('_').map(|(region, _)| region).filter(|region| region.contains('-'));
    let region = own.or(region.filter(|_| pool.contains('_')))?;
    let partition = if region.starts_with("cn-") { ".cn" } else { "" };
    Some(format!("https://cognito-idp.{region}.amazonaws.com{partition}/{pool}"))
}

/// Our own form; the members of AWS's may stand beside it.
fn short(json: &Json) -> ApiConfig {
    let own = graphql_api(json);
    let mut providers = own.providers;
    let client = json.get("clientId").or_else(|| json.get("appIdClientRegex"));
    let ttl = |name: &str| number(json.get(name));
    if ttl("iatTTL").is_some() || ttl("authTTL").is_some() {
        providers.push(ApiProvider {
            mode: Some(AuthType::Oidc),
            issuer: text(json, "issuer"),
            client: client.and_then(Json::as_str).map(str::to_owned),
            iat_ttl: ttl("iatTTL"),
            auth_ttl: ttl("authTTL"),
            is_whole: false,
        });
    }
    let mut issuers = list(json, &["issuer", "issuers"]);
    issuers.extend(text(json, "userPoolId").and_then(|pool| pool_issuer(&pool, json.get("region").and_then(Json::as_str))));
    issuers.dedup();
    ApiConfig {
        default: text(json, "default").as_deref().and_then(mode).or_else(|| event_modes(json).first().copied()),
        additional: list(json, &["additional"]).iter().filter_map(|name| mode(name)).chain(event_modes(json).into_iter().skip(1)).collect(),
        issuers: if issuers.is_empty() { own.issuers } else { issuers },
        audiences: list(json, &["audience", "audiences", "clientId", "appIdClientRegex"]),
        providers,
        keys: keys(json.get("apiKeys")),
        default_action: text(json, "defaultAction").or(own.default_action),
        token_pattern: text(json, "identityValidationExpression").or(own.token_pattern),
        authorizer: text(json, "authorizerUri").or(own.authorizer),
        authorizer_ttl: number(json.get("authorizerResultTtlInSeconds")).or(own.authorizer_ttl),
        events: events(json),
        ..own
    }
}

/// An Event API's modes, in `eventConfig` as AWS writes them, or beside our own members.
fn events(json: &Json) -> Option<Events> {
    let own = ["connectionAuthModes", "defaultPublishAuthModes", "defaultSubscribeAuthModes", "channelNamespaces"];
    let config = json.get("eventConfig").or_else(|| own.iter().any(|name| json.get(name).is_some()).then_some(json))?;
    Some(Events::read(config, json.get("channelNamespaces")))
}

/// The modes of an Event API's `authProviders`: objects as AWS writes them, or their names.
fn event_modes(json: &Json) -> Vec<AuthType> {
    let list = json.get("authProviders").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    let name = |one: &Json| one.as_str().map(str::to_owned).or_else(|| text(one, "authType"));
    list.iter().filter_map(|one| mode(&name(one)?)).collect()
}

/// What `get-graphql-api` says of an API, with names that begin with a small letter
/// (<https://docs.aws.amazon.com/appsync/latest/APIReference/API_GraphqlApi.html>).
fn graphql_api(json: &Json) -> ApiConfig {
    let mut api = ApiConfig::default();
    let additional = json.get("additionalAuthenticationProviders").and_then(Json::as_array);
    for (at, one) in std::iter::once(json).chain(additional.into_iter().flatten()).enumerate() {
        let own = text(one, "authenticationType").as_deref().and_then(mode);
        match (at, own) {
            (0, own) => api.default = own,
            (_, Some(own)) => api.additional.push(own),
            _ => {}
        }
        // Names begin with a small letter here.
        let is_nothing = one.get("ref").and_then(Json::as_str) == Some("AWS::NoValue");
        if own.is_none() && !is_nothing && (at > 0 || one.get("authenticationType").is_some()) {
            api.open.push(if at == 0 { "authenticationType" } else { "additionalAuthenticationProviders" });
        }
        for settings in ModeSettings::all(&with_open_client(one)) {
            demanded(settings, at == 0, &mut api);
        }
    }
    if json.get("additionalAuthenticationProviders").is_some_and(|list| !list.is_array() && !list.is_null() && list.get("ref").is_none_or(|name| name != "AWS::NoValue")) {
        api.open.push("additionalAuthenticationProviders");
    }
    api.open.dedup();
    let action = json.pointer("/userPoolConfig/defaultAction");
    api.open_action = action.is_some_and(|action| action.as_str().map_or(!action.is_null(), crate::open::is_unknown));
    place(json, &mut api);
    limits(json, &mut api);
    let merged = text(json, "apiType").as_deref() == Some("MERGED") || json.get("mergedApiExecutionRoleArn").is_some();
    if merged {
        let sources = json.get("sourceApis").and_then(Json::as_array).into_iter().flatten();
        api.merged = Some(Merged {
            role: text(json, "mergedApiExecutionRoleArn"),
            sources: sources.filter_map(|one| text(one, "sourceApiArn")).collect(),
        });
    }
    api.keys = keys(json.get("apiKeys"));
    api
}

/// A provider whose client is an expression of the template: it is set, and only a deployment knows to what.
fn with_open_client(provider: &Json) -> Json {
    let mut provider = provider.clone();
    for client in ["/userPoolConfig/appIdClientRegex", "/openIDConnectConfig/clientId"] {
        if let Some(expression) = provider.pointer_mut(client).filter(|one| one.is_object()) {
            *expression = Json::from("⟦expression⟧");
        }
    }
    provider
}

/// What a mode's settings demand of tokens, and of whom the API asks about them.
fn demanded(settings: ModeSettings, is_default: bool, api: &mut ApiConfig) {
    let whole = |number: Option<u64>| number.and_then(|number| i64::try_from(number).ok());
    let provider = match settings {
        ModeSettings::None => return,
        ModeSettings::UserPool { pool, region, client_pattern, default_action } => {
            if is_default {
                api.default_action = default_action;
            }
            ApiProvider {
                mode: Some(AuthType::UserPool),
                issuer: pool.and_then(|pool| pool_issuer(&pool, region.as_deref())),
                client: client_pattern,
                ..ApiProvider::default()
            }
        }
        ModeSettings::Oidc { issuer, client, iat_ttl, auth_ttl } => {
            let ttl = |ttl| whole(ttl).filter(|ttl| *ttl > 0);
            ApiProvider { mode: Some(AuthType::Oidc), issuer, client, iat_ttl: ttl(iat_ttl), auth_ttl: ttl(auth_ttl), is_whole: true }
        }
        ModeSettings::Lambda { function, token_pattern, ttl } => {
            let token_pattern = token_pattern.filter(|pattern| !crate::open::is_unknown(pattern));
            (api.authorizer, api.token_pattern, api.authorizer_ttl) = (function, token_pattern, whole(ttl));
            return;
        }
    };
    // What only a deployment knows is no issuer or client to compare with, and is set all the same.
    let known = |text: &String| !crate::open::is_unknown(text);
    let (issuer, client) = (provider.issuer.filter(known), provider.client.clone().filter(known));
    let is_whole = provider.is_whole && client == provider.client;
    let provider = ApiProvider { issuer, client, is_whole, ..provider };
    api.issuers.extend(provider.issuer.clone().filter(|issuer| !api.issuers.contains(issuer)));
    api.providers.push(provider);
}

/// Id, region and account, from members or from the ARN, and the hosts of its endpoints.
fn place(json: &Json, api: &mut ApiConfig) {
    let arn = text(json, "arn").or_else(|| text(json, "apiArn")).unwrap_or_default();
    let part = |at: usize| arn.split(':').nth(at).filter(|part| !part.is_empty()).map(str::to_owned);
    let id = part(5).and_then(|rest| rest.strip_prefix("apis/").map(str::to_owned));
    api.id = text(json, "apiId").or(id);
    api.region = text(json, "region").or_else(|| part(3));
    api.account = text(json, "accountId").or_else(|| part(4));
    let endpoints =
        ["uris", "dns"].into_iter().filter_map(|name| json.get(name)?.as_object()).flat_map(|map| map.values());
    let domains = ["customDomain", "domainName"].into_iter().filter_map(|name| json.get(name));
    api.hosts = endpoints.chain(domains).filter_map(Json::as_str).map(host).collect();
    if api.region.is_none() {
        api.region = api.hosts.iter().find_map(|host| region_of(host));
    }
}

/// A URL's host, or the host itself.
fn host(url: &str) -> String {
    url.split("//").last().unwrap_or(url).split('/').next().unwrap_or_default().to_owned()
}

/// The region in the name of AppSync's own endpoints.
fn region_of(host: &str) -> Option<String> {
    appsync_host(host).map(|(_, region)| region.to_owned())
}

fn limits(json: &Json, api: &mut ApiConfig) {
    let limit = |name: &str| json.get(name).and_then(Json::as_u64).filter(|limit| *limit > 0);
    api.private = text(json, "visibility").map(|visibility| visibility == "PRIVATE");
    api.introspection_off = text(json, "introspectionConfig").as_deref() == Some("DISABLED");
    api.depth_limit = limit("queryDepthLimit");
    api.resolver_limit = limit("resolverCountLimit");
    api.web_acl = text(json, "wafWebAclArn");
}

fn event_api(json: &Json) -> ApiConfig {
    let inner = json.get("api").unwrap_or(json);
    let config = inner.get("eventConfig").cloned().unwrap_or_default();
    let mut api =
        ApiConfig { events: Some(Events::read(&config, json.get("channelNamespaces"))), ..ApiConfig::default() };
    let providers = config.get("authProviders").and_then(Json::as_array).cloned().unwrap_or_default();
    for (at, one) in providers.iter().enumerate() {
        let Some(own) = text(one, "authType").as_deref().and_then(mode) else { continue };
        if at == 0 {
            api.default = Some(own)
        } else {
            api.additional.push(own)
        }
        let mut renamed = one.clone();
        if let (Some(config), Some(members)) = (one.get("cognitoConfig"), renamed.as_object_mut()) {
            members.insert("userPoolConfig".to_owned(), config.clone());
        }
        for settings in ModeSettings::all(&renamed) {
            demanded(settings, false, &mut api);
        }
    }
    place(inner, &mut api);
    api
}

/// Amplify Gen 2's `amplify_outputs.json`
/// (<https://docs.amplify.aws/react/reference/amplify_outputs/>).
fn outputs(json: &Json) -> ApiConfig {
    let at = |pointer: &str| json.pointer(pointer).and_then(Json::as_str);
    let mut api =
        ApiConfig { default: at("/data/default_authorization_type").and_then(mode), ..ApiConfig::default() };
    let more = json.pointer("/data/authorization_types").and_then(Json::as_array);
    api.additional = more.into_iter().flatten().filter_map(Json::as_str).filter_map(mode).collect();
    api.additional.retain(|one| Some(*one) != api.default);
    let pool = at("/auth/user_pool_id").and_then(|pool| pool_issuer(pool, at("/auth/aws_region")));
    user_pool(pool, &mut api);
    api.keys = at("/data/api_key").map(|key| vec![Json::from(key)]);
    api.hosts = at("/data/url").map(host).into_iter().collect();
    api.region = at("/data/aws_region").map(str::to_owned);
    api
}

/// A user pool that issues the API's tokens, where the API has that mode.
fn user_pool(issuer: Option<String>, api: &mut ApiConfig) {
    if let Some(issuer) = issuer.filter(|_| api.modes().contains(&AuthType::UserPool)) {
        api.issuers.push(issuer.clone());
        api.providers.push(ApiProvider { mode: Some(AuthType::UserPool), issuer: Some(issuer), ..ApiProvider::default() });
    }
}

/// Amplify Gen 1's `aws-exports.js` and `amplifyconfiguration.json`: the client's mode, which is the API's default, and
/// nothing of its additional ones.
fn exports(json: &Json) -> ApiConfig {
    let plugin = json.pointer("/api/plugins/awsAPIPlugin").and_then(Json::as_object);
    let plugin = plugin.and_then(|apis| apis.values().next()).cloned().unwrap_or_default();
    let named = |own: &str, other: &str| text(json, own).or_else(|| text(&plugin, other));
    let pool = text(json, "aws_user_pools_id").or_else(|| {
        json.pointer("/auth/plugins/awsCognitoAuthPlugin/CognitoUserPool/Default/PoolId")?.as_str().map(str::to_owned)
    });
    let mut api = ApiConfig {
        default: named("aws_appsync_authenticationType", "authorizationType").as_deref().and_then(mode),
        keys: named("aws_appsync_apiKey", "apiKey").map(|key| vec![Json::from(key)]),
        hosts: named("aws_appsync_graphqlEndpoint", "endpoint").as_deref().map(host).into_iter().collect(),
        region: named("aws_appsync_region", "region"),
        ..ApiConfig::default()
    };
    user_pool(pool.and_then(|pool| pool_issuer(&pool, None)), &mut api);
    api
}

/// Amplify Gen 1's `cli-inputs.json` of the API category; a key's expiry stands there and not the key, a user pool stands there by the name of its resource.
fn cli_inputs(json: &Json) -> ApiConfig {
    let service = json.get("serviceConfiguration").cloned().unwrap_or_default();
    let own = |one: &Json| text(one, "mode").as_deref().and_then(mode);
    let more = service.get("additionalAuthTypes").and_then(Json::as_array).cloned().unwrap_or_default();
    let default = service.get("defaultAuthType").cloned().unwrap_or_default();
    let mut api =
        ApiConfig { default: own(&default), additional: more.iter().filter_map(own).collect(), ..ApiConfig::default() };
    for one in std::iter::once(&default).chain(&more) {
        let issuer = text(one, "openIDIssuerURL");
        if own(one) == Some(AuthType::Oidc) {
            api.issuers.extend(issuer.clone());
            api.providers.push(ApiProvider {
                mode: Some(AuthType::Oidc),
                issuer,
                client: text(one, "openIDClientID"),
                iat_ttl: number(one.get("openIDIatTTL")).filter(|ttl| *ttl > 0),
                auth_ttl: number(one.get("openIDAuthTTL")).filter(|ttl| *ttl > 0),
                is_whole: true,
            });
        }
        if own(one) == Some(AuthType::Lambda) {
            // Amplify CLI's GraphQL headless schema: `ttlSeconds`, as text or number.
            api.authorizer_ttl = number(one.get("ttlSeconds"));
        }
        if own(one) == Some(AuthType::ApiKey)
            && let Some(expires) = one.get("apiKeyExpirationDate")
        {
            api.keys = Some(vec![serde_json::json!({"expires": expires})]);
        }
        let issuer = text(one, "cognitoUserPoolId").and_then(|pool| pool_issuer(&pool, None));
        user_pool(issuer, &mut api);
    }
    api
}

/// An API of Amplify Gen 1's files: its name, its `authConfig`, and what was deployed of it.
struct AmplifyApi<'a> {
    name: &'a str,
    config: &'a Json,
    output: &'a Json,
}

/// The `authConfig`s of Amplify Gen 1's `backend-config.json` and `amplify-meta.json`, whole or one by itself.
fn auth_configs(json: &Json) -> Vec<AmplifyApi<'_>> {
    let is_config = |one: &&Json| one.get("defaultAuthentication").is_some();
    let own = Some(json).filter(is_config).or_else(|| json.get("authConfig").filter(is_config));
    if let Some(config) = own {
        return vec![AmplifyApi { name: "", config, output: json }];
    }
    let apis = json.get("api").and_then(Json::as_object).into_iter().flatten();
    let found = apis.filter_map(|(name, api)| {
        let output = api.get("output")?;
        Some(AmplifyApi { name, config: output.get("authConfig").filter(is_config)?, output })
    });
    found.collect()
}

/// The only API of Amplify's file, or of several the one at the host that was called; else nothing tells which was.
fn of_amplify(json: &Json, called: &str) -> ApiConfig {
    let apis = auth_configs(json);
    let endpoint = |api: &AmplifyApi<'_>| text(api.output, "GraphQLAPIEndpointOutput").map(|url| host(&url));
    let is_called = |api: &&AmplifyApi<'_>| !called.is_empty() && endpoint(api).is_some_and(|own| own.eq_ignore_ascii_case(called));
    let only = match apis.as_slice() {
        [only] => Some(only),
        _ => apis.iter().find(is_called),
    };
    match only {
        Some(one) => {
            let (id, hosts) = (text(one.output, "GraphQLAPIIdOutput"), endpoint(one).into_iter().collect());
            ApiConfig { id, hosts, ..graphql_api(&as_answered(one.config)) }
        }
        None => ApiConfig { several: apis.iter().map(|api| api.name.to_owned()).collect(), ..ApiConfig::default() },
    }
}

/// An `authConfig` under the names of AWS's answer to `get-graphql-api`
/// (<https://docs.amplify.aws/gen1/react/tools/cli-legacy/config-params/>: `issuerUrl` is what AWS calls `issuer`).
fn as_answered(config: &Json) -> Json {
    let mut api = config.get("defaultAuthentication").and_then(Json::as_object).cloned().unwrap_or_default();
    let more = config.get("additionalAuthenticationProviders").cloned();
    api.extend(more.map(|more| ("additionalAuthenticationProviders".to_owned(), more)));
    let mut api = Json::from(api);
    let rename = |one: &mut Json| {
        if let Some(settings) = one.get_mut("openIDConnectConfig").and_then(Json::as_object_mut) {
            let issuer = settings.remove("issuerUrl");
            settings.extend(issuer.map(|issuer| ("issuer".to_owned(), issuer)));
        }
    };
    rename(&mut api);
    api.get_mut("additionalAuthenticationProviders").and_then(Json::as_array_mut).into_iter().flatten().for_each(rename);
    api
}

/// The API of a template, if it has one, and its keys: a key's value is not in a template.
fn template(json: &Json) -> ApiConfig {
    let mut whole = match json.get("Resources") {
        Some(_) => json.clone(),
        None if is_api(json) => serde_json::json!({"Resources": {"Api": json}}),
        None => serde_json::json!({"Resources": json}),
    };
    expand_sam(&mut whole);
    let resources = whole.get("Resources").and_then(Json::as_object);
    let of = |kind: &str| -> Vec<(&String, Json)> {
        let found = resources.into_iter().flatten();
        let found = found.filter(|(_, one)| one.get("Type").and_then(Json::as_str) == Some(kind));
        found.map(|(name, one)| (name, plain(&camel(one.get("Properties").unwrap_or(&Json::Null))))).collect()
    };
    let apis = of(GRAPHQL_API);
    if apis.len() > 1 {
        // Which of them was called the template does not tell.
        let several = apis.iter().map(|(name, _)| (*name).clone()).collect();
        return ApiConfig { several, ..ApiConfig::default() };
    }
    let mut api = apis.first().map(|(_, api)| graphql_api(api)).unwrap_or_default();
    if let Some((_, own)) = apis.first() {
        api.ignored = known::of_one(own);
    }
    let keys: Vec<Json> = of("AWS::AppSync::ApiKey").into_iter().map(|(_, key)| key).collect();
    if !keys.is_empty() {
        api.keys = Some(keys);
    }
    api
}

/// The only API, or the one at the host that was called; else nothing tells which was.
fn one_of(apis: &[Json], host: &str) -> ApiConfig {
    let is_at = |api: &&Json| !host.is_empty() && graphql_api(api).hosts.iter().any(|own| own.eq_ignore_ascii_case(host));
    let called: Vec<&Json> = apis.iter().filter(is_at).collect();
    let one = |api: &Json| ApiConfig { ignored: known::of_one(api), ..graphql_api(api) };
    match (apis, called.as_slice()) {
        ([only], _) => one(only),
        (_, [only]) => one(only),
        ([], _) => ApiConfig::default(),
        (many, _) => {
            let named = |(at, one): (usize, &Json)| text(one, "name").unwrap_or_else(|| format!("number {}", at + 1));
            ApiConfig { several: many.iter().enumerate().map(named).collect(), ..ApiConfig::default() }
        }
    }
}

/// A `Fn::Sub` without a variable is the text that it holds.
fn plain(json: &Json) -> Json {
    match json {
        Json::Object(map) => match map.get("Fn::Sub").or_else(|| map.get("fn::Sub")) {
            Some(Json::String(text)) if map.len() == 1 && !text.contains("${") => Json::from(text.as_str()),
            _ => Json::Object(map.iter().map(|(name, value)| (name.clone(), plain(value))).collect()),
        },
        Json::Array(items) => items.iter().map(plain).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use crate::request::ApiConfig;
    use serde_json::json;

    #[test]
    fn what_only_a_deployment_knows_is_compared_with_nothing() {
        let of = |client: serde_json::Value, issuer: &str| {
            let config = json!({"Issuer": issuer, "ClientId": client});
            let properties = json!({"AuthenticationType": "OPENID_CONNECT", "OpenIDConnectConfig": config});
            ApiConfig::read(&json!({"Type": "AWS::AppSync::GraphQLApi", "Properties": properties}))
        };
        let api = of(json!({"Ref": "Client"}), "https://⟦Domain⟧/realms/a");
        assert!(api.issuers.is_empty(), "{:?}", api.issuers);
        assert!(api.providers[0].client.is_none() && !api.providers[0].is_whole, "{:?}", api.providers);
        let api = of(json!("web"), "https://id.example/realms/a");
        assert_eq!(api.issuers, ["https://id.example/realms/a"]);
        assert!(api.providers[0].is_whole && api.providers[0].client.as_deref() == Some("web"), "{:?}", api.providers);
    }
}
