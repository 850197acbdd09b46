//! The APIs in a file that a tool wrote or reads, each under the names of AWS's answer to `get-graphql-api`; what only a
//! deployment knows stands there as `⟦…⟧`.

use super::{Form, terraform};
use crate::project::{camel, pulumi_apis, serverless_api, serverless_apis};
use serde_json::{Map, Value as Json};

/// CloudFormation's type of an API.
pub(super) const GRAPHQL_API: &str = "AWS::AppSync::GraphQLApi";
/// Constructs in constructs of a CDK app.
const DEEPEST: usize = 64;

/// What was found in such a file.
pub(super) struct ApisOfTool {
    pub form: Form,
    pub apis: Vec<Json>,
}

/// The APIs of a file of Terraform, Serverless, Pulumi or the CDK, or of a list of AWS's answers.
pub(super) fn read(json: &Json) -> Option<ApisOfTool> {
    let found = |form, apis: Vec<Json>| (!apis.is_empty()).then(|| ApisOfTool { form, apis: apis.iter().map(shown).collect() });
    if let Some(apis) = listed(json) {
        return found(Form::GraphqlApi, apis);
    }
    if terraform::is_terraform(json) {
        return Some(ApisOfTool { form: Form::Terraform, apis: terraform::apis(json).iter().map(shown).collect() });
    }
    let plugin = if is_plugins(json) { vec![serverless_api(json)] } else { serverless_apis(json) };
    found(Form::Serverless, plugin.into_iter().map(|api| of_plugin(&api)).collect())
        .or_else(|| found(Form::Pulumi, pulumi_apis(json)?.into_iter().map(with_id).collect()))
        .or_else(|| {
            let mut apis = Vec::new();
            of_tree(json.get("tree")?, &mut apis, 0);
            found(Form::Cdk, apis)
        })
}

/// The entries of `list-graphql-apis`, or of a list of answers.
fn listed(json: &Json) -> Option<Vec<Json>> {
    let list = json.as_array().or_else(|| json.get("graphqlApis")?.as_array())?;
    let inner = |one: &Json| camel(one.get("graphqlApi").or_else(|| one.get("GraphqlApi")).unwrap_or(one));
    let is_api = |one: &Json| one.get("authenticationType").is_some();
    Some(list.iter().map(inner).filter(is_api).collect())
}

/// Whether it is an API of the Serverless plugin by itself, whose modes stand under the names of version 2.
fn is_plugins(json: &Json) -> bool {
    json.pointer("/authentication/type").is_some() || json.get("additionalAuthentications").is_some_and(Json::is_array)
}

/// What the plugin calls otherwise than AWS does: its keys have names, and their values stand nowhere.
fn of_plugin(api: &Json) -> Json {
    let mut members = api.as_object().cloned().unwrap_or_default();
    let name = |key: &Json| match key {
        Json::String(name) => Json::Object(Map::from_iter([("name".to_owned(), Json::from(name.as_str()))])),
        other => other.clone(),
    };
    if let Some(Json::Array(keys)) = members.get_mut("apiKeys") {
        *keys = keys.iter().map(name).collect();
    }
    if members.get("introspection") == Some(&Json::Bool(false)) {
        members.insert("introspectionConfig".to_owned(), Json::from("DISABLED"));
    }
    let domain = members.get("domain").and_then(|domain| domain.get("name")).cloned();
    members.extend(domain.map(|domain| ("customDomain".to_owned(), domain)));
    members.into()
}

fn with_id(mut api: Json) -> Json {
    if let Some(members) = api.as_object_mut() {
        let id = members.remove("id");
        members.extend(id.map(|id| ("apiId".to_owned(), id)));
    }
    api
}

/// The APIs of `cdk.out/tree.json`, which has each construct with the properties of its resource.
fn of_tree(construct: &Json, found: &mut Vec<Json>, depth: usize) {
    let own = construct.get("attributes");
    let kind = own.and_then(|own| own.get("aws:cdk:cloudformation:type")).and_then(Json::as_str);
    if kind == Some(GRAPHQL_API) {
        found.extend(own.and_then(|own| own.get("aws:cdk:cloudformation:props")).map(camel));
    }
    let children = construct.get("children").and_then(Json::as_object).into_iter().flat_map(|map| map.values());
    children.filter(|_| depth < DEEPEST).for_each(|child| of_tree(child, found, depth + 1));
}

/// A text with an expression of the tool in it is known at a deployment alone.
fn shown(json: &Json) -> Json {
    match json {
        Json::String(text) if text.contains("${") && !text.contains('⟦') => Json::from(format!("⟦{}⟧", crate::open::plain(text))),
        Json::Array(items) => items.iter().map(shown).collect(),
        Json::Object(map) => Json::Object(map.iter().map(|(name, value)| (name.clone(), shown(value))).collect()),
        other => other.clone(),
    }
}
