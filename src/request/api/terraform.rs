//! An API as Terraform has it: a resource of `terraform show -json`, of a state or of a configuration, with the provider's names
//! (<https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/appsync_graphql_api>; `terraform show -json`:
//! <https://developer.hashicorp.com/terraform/internals/json-format>; configurations in JSON:
//! <https://developer.hashicorp.com/terraform/language/syntax/json>).

use crate::project::api_properties;
use serde_json::Value as Json;

/// Terraform's type of an API.
const API: &str = "aws_appsync_graphql_api";
/// Modules in modules.
const DEEPEST: usize = 32;

/// The values of every API in it, each under the names of AWS's answer to `get-graphql-api`.
pub(super) fn apis(json: &Json) -> Vec<Json> {
    let mut found = Vec::new();
    match json.get("resource") {
        Some(resources) => configured(resources, &mut found),
        None => find(json, &mut found, 0),
    }
    found.iter().map(|values| plain(values)).collect()
}

/// Whether it is of Terraform.
pub(super) fn is_terraform(json: &Json) -> bool {
    let own = json.get("authentication_type").is_some() || json.get("type").and_then(Json::as_str) == Some(API);
    let whole = ["terraform_version", "format_version", "resource"].iter().any(|name| json.get(*name).is_some());
    own || whole && !apis(json).is_empty()
}

/// The APIs of a configuration: `{TYPE: {NAME: {…}}}`, and a list wherever a block may stand more than once.
fn configured<'j>(resources: &'j Json, found: &mut Vec<&'j Json>) {
    let named = blocks(resources).into_iter().filter_map(|one| one.get(API)).flat_map(blocks);
    let own = named.filter_map(Json::as_object).flat_map(|named| named.values());
    found.extend(own.flat_map(blocks).filter(|block| block.is_object()));
}

fn blocks(json: &Json) -> Vec<&Json> {
    match json {
        Json::Array(many) => many.iter().collect(),
        one => vec![one],
    }
}

fn find<'j>(json: &'j Json, found: &mut Vec<&'j Json>, depth: usize) {
    if json.get("authentication_type").is_some() {
        found.push(json);
        return;
    }
    let is_api = json.get("type").and_then(Json::as_str).is_none_or(|kind| kind == API);
    let inner = ["values", "attributes", "planned_values", "root_module", "child_modules", "resources", "instances"];
    for value in inner.iter().filter_map(|name| json.get(*name)).filter(|_| is_api && depth < DEEPEST) {
        match value {
            Json::Array(many) => many.iter().for_each(|one| find(one, found, depth + 1)),
            one => find(one, found, depth + 1),
        }
    }
}

/// Terraform's names as AWS's, and its own id as the API's.
fn plain(values: &Json) -> Json {
    let mut plain = api_properties(values);
    if let Some(members) = plain.as_object_mut() {
        members.retain(|_, value| !value.is_null());
        let id = members.remove("id");
        members.extend(id.map(|id| ("apiId".to_owned(), id)));
    }
    plain
}
