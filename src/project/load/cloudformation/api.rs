//! The API of the stacks: its modes with their settings, its schema, its environment and cache.

use crate::message::{Message, Part};
use super::super::schemas;
use super::stacks::StackId;
use super::{StackReader, Resource, intrinsics};
use crate::code::Code;
use crate::finding::Finding;
use crate::project::error::{Fault, ProjectError};
use crate::project::{Api, SchemaText};
use serde_json::Value as Json;
use std::path::PathBuf;

const API: &str = "AWS::AppSync::GraphQLApi";
const SCHEMA: &str = "AWS::AppSync::GraphQLSchema";
const CACHE: &str = "AWS::AppSync::ApiCache";

/// An API by its resource.
pub(super) type ApiId = (StackId, String);

impl StackReader<'_> {
    /// The API that is read: the only one, the one that `--api-name` names, or none where no API is in the stacks.
    pub(super) fn choose_api(&mut self) -> Result<Option<ApiId>, ProjectError> {
        let apis = self.all(API);
        let name = |api: &Resource| {
            let own = self.text(api, "Name").unwrap_or_else(|| api.name.clone());
            self.stacks.shown(&own)
        };
        let names: Vec<String> = apis.iter().map(name).collect();
        let options = self.stacks.place.options;
        let failed = |fault| ProjectError::new(self.stacks.place.path, fault);
        if let Some(wanted) = &options.api_name {
            let at = apis.iter().zip(&names).position(|(api, name)| name == wanted || api.name == *wanted);
            let at = at.ok_or_else(|| failed(Fault::NoSuchApi { name: wanted.clone(), names: names.clone() }))?;
            return Ok(Some(apis[at].key()));
        }
        match &apis[..] {
            [only] => Ok(Some(only.key())),
            [] => Ok(None),
            _ if options.every_api => Ok(None),
            _ => {
                // An API without resolvers of its own (Amplify makes none, but people keep old ones) is no question.
                let resolvers = self.all(super::RESOLVER);
                let mut with: Vec<usize> = (0..apis.len())
                    .filter(|at| resolvers.iter().any(|resolver| self.is_of(resolver, Some(&apis[*at].key()))))
                    .collect();
                match (with.pop(), with.is_empty()) {
                    (Some(only), true) => Ok(Some(apis[only].key())),
                    _ => Err(failed(Fault::SeveralApis { names })),
                }
            }
        }
    }

    /// Whether a resolver is of this API. One whose API is not among those read may be.
    pub(super) fn is_of(&self, resource: &Resource, api: Option<&ApiId>) -> bool {
        let (Some(api), Some(id)) = (api, resource.properties.get("ApiId")) else { return true };
        let Some((stack, name)) = self.stacks.target(resource.stack, id) else { return true };
        self.stacks.kind_of(stack, &name) != Some(API) || (stack, name) == *api
    }

    /// Reads the API and what belongs to it.
    pub(super) fn read_api(&mut self, chosen: Option<&ApiId>) {
        let Some(api) = self.all(API).iter().find(|api| chosen.is_none_or(|chosen| api.key() == *chosen)).cloned()
        else {
            return;
        };
        let properties = self.stacks.value(api.stack, &api.properties);
        self.project.api = Api::read(&self.shown(&properties));
        let given = |name: &str| self.stacks.given().value(&[name]).map(intrinsics::text);
        self.project.api.region = given("AWS::Region");
        self.project.api.account = given("AWS::AccountId");
        self.project.api.environment = crate::project::api::environment(properties.get("EnvironmentVariables"));
        let cache = self.all(CACHE).iter().find(|cache| self.is_of(cache, Some(&api.key()))).cloned();
        self.project.api.cache = cache.and_then(|cache| self.text(&cache, "ApiCachingBehavior"));
        let schema = self.all(SCHEMA).iter().find(|schema| self.is_of(schema, Some(&api.key()))).cloned();
        if let Some(schema) = schema {
            self.project.schema = self.schema(&schema);
        }
        self.project.model = self.model();
    }

    /// A value for readers: settings are shown, never compared with what a template renders.
    fn shown(&self, json: &Json) -> Json {
        match json {
            Json::String(text) => Json::from(self.stacks.shown(text)),
            Json::Array(items) => items.iter().map(|item| self.shown(item)).collect(),
            Json::Object(map) => map.iter().map(|(name, value)| (name.clone(), self.shown(value))).collect(),
            other => other.clone(),
        }
    }

    fn schema(&mut self, resource: &Resource) -> Option<SchemaText> {
        let stack = self.stacks.all[resource.stack].file.clone();
        if let Some(text) = self.text(resource, "Definition") {
            return Some(SchemaText::new(stack, text));
        }
        let location = self.text(resource, "DefinitionS3Location")?;
        match self.stacks.assets.local(self.stacks.place.root, &stack, &location) {
            Some(file) => self.read_schema(file),
            None => {
                let shown = self.stacks.shown(&location);
                let message = Message::of(
                    "the schema at {} was not found beside {}",
                    [Part::Value(shown.to_string()), Part::Text(stack.display().to_string())],
                );
                self.project.findings.push(Finding::new(Code::MissingSchema, message));
                None
            }
        }
    }

    fn read_schema(&mut self, file: PathBuf) -> Option<SchemaText> {
        match self.stacks.place.root.text(&file) {
            Ok(text) => Some(SchemaText::new(file, text)),
            Err(error) => {
                self.project.findings.push(Finding::new(Code::MissingSchema, error.to_string()));
                None
            }
        }
    }

    /// Gen 2 has the model schema as an asset of its own beside the API's.
    fn model(&self) -> Option<SchemaText> {
        schemas::model_among(self.stacks.place, &self.stacks.assets.files(), self.project.schema.as_ref())
    }
}
