//! What is asked for, as an ARN: of which parts are known only those that something else than a policy or a signature tells
//! (AppSync developer guide: "AWS_IAM authorization"; service authorization reference: "Actions, resources, and condition
//! keys for AWS AppSync").

use crate::request::operation;
use serde_json::{Map, Value as Json};

/// An action on a field. `None` is not known.
#[derive(Clone, Debug, Default)]
pub struct IamCall {
    /// `appsync:GraphQL`
    pub action: String,
    /// `aws`, `aws-cn`, `aws-us-gov`: that of the region.
    pub partition: Option<String>,
    /// The API's region.
    pub region: Option<String>,
    /// The account.
    pub account: Option<String>,
    /// The API's id.
    pub api: Option<String>,
    /// The type.
    pub parent: Option<String>,
    /// The field.
    pub field: Option<String>,
    /// The API's name and the first label of its host, which are often taken for the id.
    pub mistaken: Mistaken,
}

/// What is taken for an API's id.
#[derive(Clone, Debug, Default)]
pub struct Mistaken {
    /// The name of the API.
    pub name: Option<String>,
    /// `LABEL.appsync-api.REGION.amazonaws.com`
    pub label: Option<String>,
}

/// A part of a text that is matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// This character.
    Letter(char),
    /// Something that is not known, without a colon or slash.
    Hole,
}

impl IamCall {
    /// The ARN, with a hole where a part is not known.
    pub fn units(&self) -> Vec<Unit> {
        let mut all = Vec::new();
        let mut put = |words: &str, part: &Option<String>| {
            all.extend(words.chars().map(Unit::Letter));
            match part {
                Some(text) => all.extend(text.chars().map(Unit::Letter)),
                None => all.push(Unit::Hole),
            }
        };
        put("arn:", &self.partition);
        put(":appsync:", &self.region);
        put(":", &self.account);
        put(":apis/", &self.api);
        put("/types/", &self.parent);
        put("/fields/", &self.field);
        all
    }

    /// The ARN as a reader is shown it: `<apiId>` where the id is not known.
    pub fn arn(&self) -> String {
        format!("{}{}", self.api_arn(), self.subject())
    }

    /// The API's ARN and a slash.
    pub fn api_arn(&self) -> String {
        let part = |known: &Option<String>, name: &str| known.clone().unwrap_or_else(|| name.to_owned());
        format!(
            "arn:{}:appsync:{}:{}:apis/{}/",
            part(&self.partition, "aws"),
            part(&self.region, "<region>"),
            part(&self.account, "<account>"),
            part(&self.api, "<apiId>")
        )
    }

    /// `types/T/fields/F`, or `*` where the field is not known.
    pub fn subject(&self) -> String {
        match (&self.parent, &self.field) {
            (Some(parent), Some(field)) => format!("types/{parent}/fields/{field}"),
            (Some(parent), None) => format!("types/{parent}/*"),
            _ => "*".to_owned(),
        }
    }

    /// `Query.getNote`, or a word for it.
    pub fn name(&self) -> String {
        match (&self.parent, &self.field) {
            (Some(parent), Some(field)) => format!("{parent}.{field}"),
            _ => "the API".to_owned(),
        }
    }

    /// The parts that are not known, in words.
    pub fn unknown(&self) -> Vec<&'static str> {
        let parts = [
            (&self.region, "the API's region"),
            (&self.account, "the account"),
            (&self.api, "the API's id"),
            (&self.field, "the field"),
        ];
        parts.into_iter().filter(|(known, _)| known.is_none()).map(|(_, name)| name).collect()
    }
}

/// Where the API is, as the report and the host tell it.
#[derive(Clone, Debug, Default)]
pub struct PolicyPlace {
    /// The region.
    pub region: Option<String>,
    /// The account.
    pub account: Option<String>,
    /// The id.
    pub api: Option<String>,
    /// What is taken for the id.
    pub mistaken: Mistaken,
}

impl PolicyPlace {
    /// From the API's configuration (our own form, or an answer of `get-graphql-api`), Amplify's stash, and the host.
    pub fn of(config: Option<&Json>, stash: Option<&Json>, headers: &Map<String, Json>) -> Self {
        let none = Json::Null;
        let config = config.unwrap_or(&none);
        let config = ["graphqlApi", "api"]
            .iter()
            .find_map(|name| config.get(*name))
            .filter(|api| api.is_object())
            .unwrap_or(config);
        let text = |names: &[&str]| names.iter().find_map(|name| config.get(*name)?.as_str()).map(str::to_owned);
        let arn = text(&["arn", "apiArn"]).unwrap_or_default();
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let part = |at: usize| parts.get(at).filter(|part| !part.is_empty()).map(|part| (*part).to_owned());
        let host = headers.get("host").and_then(Json::as_str).unwrap_or_default();
        let (label, region) = operation::appsync_host(host).unzip();
        let of_arn =
            parts.get(5).and_then(|rest| rest.strip_prefix("apis/")).map(|id| id.split('/').next().unwrap_or(id));
        let stash = stash.and_then(|stash| stash.pointer("/metadata/apiId")?.as_str()).filter(|id| id.len() == 26);
        Self {
            region: region.map(str::to_owned).or_else(|| part(3)).or_else(|| text(&["region"])),
            account: part(4).or_else(|| text(&["accountId", "account", "owner"])),
            api: of_arn.map(str::to_owned).or_else(|| text(&["apiId"])).or_else(|| stash.map(str::to_owned)),
            mistaken: Mistaken { name: text(&["name"]), label: label.map(str::to_owned) },
        }
    }
}

/// The partition of a region (AWS General Reference: "Amazon Resource Names").
pub fn partition(region: &str) -> &'static str {
    match region {
        _ if region.starts_with("cn-") => "aws-cn",
        _ if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}
