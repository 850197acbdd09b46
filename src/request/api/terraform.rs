//! An API as Terraform has it: a resource of `terraform show -json` or of a state, with the provider's names
//! (<https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/appsync_graphql_api>; `terraform show -json`:
//! <https://developer.hashicorp.com/terraform/internals/json-format>).

use serde_json::{Map, Value as Json};

/// Terraform's type of an API.
const API: &str = "aws_appsync_graphql_api";
/// Modules in modules.
const DEEPEST: usize = 32;

/// The values of every API in it, each under the names of AWS's answer to `get-graphql-api`.
pub(super) fn apis(json: &Json) -> Vec<Json> {
    let mut found = Vec::new();
    find(json, &mut found, 0);
    found.iter().map(|values| plain(values)).collect()
}

/// Whether it is of Terraform.
pub(super) fn is_terraform(json: &Json) -> bool {
    let own = json.get("authentication_type").is_some() || json.get("type").and_then(Json::as_str) == Some(API);
    let whole = json.get("terraform_version").is_some() || json.get("format_version").is_some();
    own || whole && !apis(json).is_empty()
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

/// Terraform's names as AWS's, and its blocks, which are lists of one, as what they hold.
fn plain(values: &Json) -> Json {
    let members = values.as_object().into_iter().flatten();
    let member = |(name, value): (&String, &Json)| match (name.as_str(), value) {
        ("id", value) => Some(("apiId".to_owned(), value.clone())),
        ("additional_authentication_provider", Json::Array(many)) => Some(("additionalAuthenticationProviders".to_owned(), many.iter().map(plain).collect())),
        (name, Json::Array(block)) if name.ends_with("_config") => Some((camel(name), plain(block.first()?))),
        ("uris" | "tags", value) => Some((name.clone(), value.clone())),
        (_, Json::Null) => None,
        (name, value) => Some((camel(name), value.clone())),
    };
    Json::Object(members.filter_map(member).collect::<Map<_, _>>())
}

/// `authentication_type` as `authenticationType`.
fn camel(name: &str) -> String {
    match name {
        "openid_connect_config" => return "openIDConnectConfig".to_owned(),
        "iat_ttl" => return "iatTTL".to_owned(),
        "auth_ttl" => return "authTTL".to_owned(),
        _ => {}
    }
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |mut all, part| {
        let mut letters = part.chars();
        all.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        all + letters.as_str()
    })
}
