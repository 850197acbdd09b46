//! What serverless-appsync-plugin takes: version 1's lists (<https://github.com/sid88in/serverless-appsync-plugin/tree/v1>)
//! and version 2's maps (<https://github.com/sid88in/serverless-appsync-plugin/tree/master/doc>).

use crate::message::{Message, Part};
use super::super::{LoadedHalf, SourcePlace};
use super::leave_open;
use crate::code::Code;
use crate::finding::Finding;
use crate::open::{OpenKind, OpenValues};
use crate::project::error::ProjectError;
use crate::project::{ResolverKind, 
    Api, DataSource, DataSourceKind, ResolverFunction, TemplateOrigin, Project, Resolver, Runtime, SchemaText, PipelineSlot, Template,
};
use serde_json::{Map, Value as Json};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The version of the plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    One,
    Two,
}

/// The APIs of a file.
pub fn apis(whole: &Json) -> Vec<(Version, Json)> {
    let list = |json: &Json| match json {
        Json::Array(items) => items.clone(),
        other => vec![other.clone()],
    };
    if let Some(own) = whole.get("appSync") {
        return list(own).into_iter().map(|api| (Version::Two, api)).collect();
    }
    let own = whole.pointer("/custom/appSync");
    own.map(list).unwrap_or_default().into_iter().map(|api| (Version::One, api)).collect()
}

/// CloudFormation's resources in a file: `resources`, or a list of such.
pub fn resources(whole: &Json) -> Json {
    let mut all = Map::new();
    let parts = match whole.get("resources") {
        Some(Json::Array(items)) => items.clone(),
        Some(one) => vec![one.clone()],
        None => Vec::new(),
    };
    for part in &parts {
        all.extend(part.get("Resources").and_then(Json::as_object).cloned().unwrap_or_default());
    }
    all.into()
}

/// Reads the API of a file.
pub fn project(
    place: &SourcePlace<'_>,
    path: &Path,
    apis: &[(Version, Json)],
    open: OpenValues,
) -> Result<Project, ProjectError> {
    let names: Vec<String> =
        apis.iter().map(|(_, api)| open.shown(&text(api, "name").unwrap_or_default()).into_owned()).collect();
    let chosen = place.choose(&names)?;
    let folder = path.parent().unwrap_or_else(|| Path::new(".")).to_owned();
    let mut project = Project::default();
    let mut open = Some(open);
    for (at, (version, api)) in apis.iter().enumerate() {
        if chosen.is_none_or(|chosen| chosen == at) {
            let taken = open.take().unwrap_or_else(|| std::mem::take(&mut project.open));
            let mut plugin = Plugin { place, path, folder: &folder, version: *version, api, project, open: taken };
            plugin.read()?;
            project = Project { open: plugin.open, ..plugin.project };
        }
    }
    if project.by_field.is_empty() && project.api.default.is_none() {
        let missing = apis.iter().find_map(|(_, api)| api.as_str().map(|text| project.open.shown(text).into_owned()));
        let message = match missing {
            Some(missing) => format!("its appSync is {missing}, which was not found"),
            None => "its appSync has no resolvers".to_owned(),
        };
        return Err(ProjectError::no_resolvers(path, message));
    }
    Ok(project)
}

/// An API of the plugin by AWS's names
/// (<https://github.com/sid88in/serverless-appsync-plugin/blob/master/doc/authentication.md>, `…/tree/v1.14.0`).
pub fn aws_names(version: Version, api: &Json) -> Json {
    let mut json = api.as_object().cloned().unwrap_or_default();
    if version == Version::Two {
        let own = json.remove("authentication");
        json.extend(own.as_ref().map(mode_of).unwrap_or_default());
        let more = json.remove("additionalAuthentications");
        let more: Vec<Json> = more.as_ref().map(list).unwrap_or_default().iter().map(|json| mode_of(json).into()).collect();
        json.insert("additionalAuthenticationProviders".to_owned(), more.into());
    }
    function_of(&mut json);
    let more = json.get_mut("additionalAuthenticationProviders").and_then(Json::as_array_mut);
    more.into_iter().flatten().filter_map(Json::as_object_mut).for_each(function_of);
    json.into()
}

/// A mode of version 2: its settings stand in `config`, whichever it is.
fn mode_of(json: &Json) -> Map<String, Json> {
    let kind = json.get("type").cloned().unwrap_or_default();
    let config = json.get("config").cloned().unwrap_or_default();
    let name = match kind.as_str() {
        Some("AMAZON_COGNITO_USER_POOLS") => "userPoolConfig",
        Some("OPENID_CONNECT") => "openIDConnectConfig",
        _ => "lambdaAuthorizerConfig",
    };
    Map::from_iter([("authenticationType".to_owned(), kind), (name.to_owned(), config)])
}

/// The authorizer of a mode, which the plugin takes as an ARN, or as a function of the same file, whose deployed name the file
/// does not have.
fn function_of(provider: &mut Map<String, Json>) {
    let Some(config) = provider.get_mut("lambdaAuthorizerConfig").and_then(Json::as_object_mut) else { return };
    let arn = ["functionArn", "lambdaFunctionArn"].iter().find_map(|name| config.remove(*name));
    config.extend(arn.map(|arn| ("authorizerUri".to_owned(), arn)));
    for own in ["function", "functionName", "functionAlias"] {
        config.remove(own);
    }
}

struct Plugin<'a> {
    place: &'a SourcePlace<'a>,
    path: &'a Path,
    folder: &'a Path,
    version: Version,
    api: &'a Json,
    project: Project,
    open: OpenValues,
}

impl Plugin<'_> {
    fn read(&mut self) -> Result<(), ProjectError> {
        self.read_api();
        let api = self.api;
        for (name, source) in named(api.get("dataSources")) {
            let kind = DataSourceKind::parse(&text(&source, "type").unwrap_or_default());
            self.project.data_sources.insert(name.clone(), DataSource { name: Some(name), kind });
        }
        let functions = match self.version {
            Version::One => named(api.get("functionConfigurations")),
            Version::Two => named(api.get("pipelineFunctions")),
        };
        let resolvers = match self.version {
            Version::One => api.get("mappingTemplates").map(list).unwrap_or_default(),
            Version::Two => {
                named(api.get("resolvers")).into_iter().map(|(key, resolver)| with_key(&key, resolver)).collect()
            }
        };
        for resolver in &resolvers {
            if let Some(resolver) = self.resolver(resolver, &functions)? {
                self.project.add(resolver);
            }
        }
        Ok(())
    }

    fn read_api(&mut self) {
        let json = aws_names(self.version, self.api);
        let mut api = Api::read(&self.shown(&json));
        api.environment = crate::project::api::environment(self.api.get("environment"));
        api.cache = self.api.get("caching").and_then(|caching| text(caching, "behavior"));
        self.project.api = api;
        let files: Vec<String> = match self.api.get("schema") {
            None => vec!["schema.graphql".to_owned()],
            Some(Json::Array(items)) => items.iter().filter_map(Json::as_str).map(str::to_owned).collect(),
            Some(one) => one.as_str().map(str::to_owned).into_iter().collect(),
        };
        let paths: Vec<PathBuf> = files.iter().flat_map(|file| self.glob(file)).collect();
        let texts: Vec<String> = paths.iter().filter_map(|path| self.place.root.text(path).ok()).collect();
        if let (Some(file), false) = (paths.first(), texts.is_empty()) {
            self.project.schema = Some(SchemaText::new(file, texts.join("\n")));
        }
    }

    /// A path, or those that `schema/*.graphql` stands for.
    fn glob(&self, pattern: &str) -> Vec<PathBuf> {
        match pattern.rsplit_once('/').unwrap_or((".", pattern)) {
            (folder, last) if last.contains('*') => {
                let folder = self.folder.join(folder.split('*').next().unwrap_or_default());
                let ending = last.rsplit('*').next().unwrap_or_default().to_owned();
                self.place.root.below(&folder, &|name| name.ends_with(&ending)).unwrap_or_default()
            }
            _ => vec![self.folder.join(pattern)],
        }
    }

    fn resolver(&mut self, json: &Json, functions: &[(String, Json)]) -> Result<Option<Resolver>, ProjectError> {
        let (Some(parent), Some(name)) = (text(json, "type"), text(json, "field")) else {
            let message = "a resolver has no type or no field".to_owned();
            self.project.findings.push(Finding::new(Code::IncompleteResolver, message));
            return Ok(None);
        };
        let field = self.open.shown(&format!("{parent}.{name}")).into_owned();
        // In version 2 a resolver is a pipeline unless it says UNIT; in version 1 the other way around.
        let usual = if self.version == Version::Two { ResolverKind::Pipeline } else { ResolverKind::Unit };
        let kind = text(json, "kind").and_then(|kind| ResolverKind::named(&kind)).unwrap_or(usual);
        if kind == ResolverKind::Unit {
            let function = self.function(&field, json, Some(PipelineSlot::Unit), 0, &field)?;
            return Ok(Some(Resolver::unit(field, function)));
        }
        let mut chain = Vec::new();
        for (at, own) in json.get("functions").map(list).unwrap_or_default().iter().enumerate() {
            let (name, own) = match own {
                Json::String(name) => {
                    (name.clone(), functions.iter().find(|(known, _)| known == name).map(|(_, json)| json.clone()))
                }
                inline => (format!("{field}.{at}"), Some(inline.clone())),
            };
            match own {
                Some(own) => chain.push(self.function(&name, &own, None, at as u32, &name)?),
                None => {
                    chain.push(ResolverFunction::not_read(&name, at as u32));
                    let message = Message::of(
                        "{}: there is no function {}: what it decides is unknown",
                        [Part::Name(field.to_string()), Part::Name(name.to_string())],
                    );
                    self.project.findings.push(Finding::new(Code::MissingFunction, message).at(field.clone()));
                }
            }
        }
        let runtime = runtime(json);
        let before = self.half(json, LoadedHalf::Request, &field, false)?;
        let after = self.half(json, LoadedHalf::Response, &field, false)?;
        let code = self.code(json, &field);
        Ok(Some(Resolver { before, after, runtime, code, ..Resolver::pipeline(field, chain) }))
    }

    fn function(
        &mut self,
        name: &str,
        json: &Json,
        slot: Option<PipelineSlot>,
        index: u32,
        owner: &str,
    ) -> Result<ResolverFunction, ProjectError> {
        let data_source = match json.get("dataSource") {
            Some(Json::String(source)) => {
                self.project.data_sources.get(source).cloned().unwrap_or_else(|| DataSource::named(source))
            }
            Some(inline) => DataSource::of(DataSourceKind::parse(&text(inline, "type").unwrap_or_default())),
            None => DataSource::of(DataSourceKind::None),
        };
        let request = self.half(json, LoadedHalf::Request, owner, true)?;
        let response = self.half(json, LoadedHalf::Response, owner, true)?;
        let (runtime, code) = (runtime(json), self.code(json, owner));
        let slot = slot.or_else(|| PipelineSlot::of_function(name)).unwrap_or(PipelineSlot::Main);
        Ok(ResolverFunction { name: name.to_owned(), slot, index, data_source, request, response, runtime, code })
    }

    fn code(&self, json: &Json, owner: &str) -> Option<Arc<Template>> {
        let path = self.folder.join(text(json, "code")?);
        let text = self.place.root.text(&path).ok()?;
        Some(Template::new(format!("{owner}.js"), text, TemplateOrigin::File(path)))
    }

    /// A half: the file that is named, or in version 1 that of `defaultMappingTemplates`, else the one of the usual name
    /// (<https://github.com/sid88in/serverless-appsync-plugin/tree/v1.14.0#configuring-the-plugin>).
    fn half(
        &mut self,
        json: &Json,
        half: LoadedHalf,
        owner: &str,
        of_source: bool,
    ) -> Result<Option<Arc<Template>>, ProjectError> {
        let (name, ending) = match half {
            LoadedHalf::Request => ("request", "request.vtl"),
            LoadedHalf::Response => ("response", "response.vtl"),
        };
        let named = match json.get(name) {
            Some(Json::Bool(false)) => return Ok(None),
            Some(Json::String(named)) => Some(named.clone()),
            _ => match self.api.get("defaultMappingTemplates").and_then(|usual| usual.get(name)) {
                Some(Json::Bool(false)) if self.version == Version::One => return Ok(None),
                Some(Json::String(usual)) if self.version == Version::One => Some(usual.clone()),
                _ => None,
            },
        };
        let in_code = runtime(json) == Runtime::JavaScript;
        let file = match (self.version, named) {
            _ if in_code => return Ok(None),
            (Version::One, named) => {
                let default =
                    text(self.api, "mappingTemplatesLocation").unwrap_or_else(|| "mapping-templates".to_owned());
                let folder = match text(self.api, "functionConfigurationsLocation") {
                    Some(own) if of_source && json.get("field").is_none() => own,
                    _ => default,
                };
                let own = named.unwrap_or_else(|| format!("{owner}.{ending}"));
                format!("{folder}/{own}")
            }
            (Version::Two, Some(named)) => named,
            (Version::Two, None) => return Ok(None),
        };
        let path = self.folder.join(&file);
        let shown = self.open.shown(&file).into_owned();
        let own = self.substitutions(json);
        match self.place.root.text(&path) {
            Ok(text) => {
                let text = self.substitute(&text, &own);
                Ok(Some(Template::new(shown, text, TemplateOrigin::File(path))))
            }
            // A pipeline of version 1 without templates of its own has AppSync's `{}` and `$util.toJson($ctx.result)`.
            Err(_) if json.get(name).is_none() && !of_source => Ok(None),
            Err(error) => {
                let message = Message::of("{}: {}", [Part::Name(owner.to_owned()), Part::Text(error.to_string())]);
                let missing = TemplateOrigin::Missing(message.to_string());
                self.project.findings.push(Finding::new(Code::MissingTemplate, message).at(owner));
                Ok(Some(Template::new(shown, "", missing)))
            }
        }
    }

    fn substitutions(&self, json: &Json) -> Map<String, Json> {
        let mut all = Map::new();
        for own in [self.api.get("substitutions"), json.get("substitutions")] {
            all.extend(own.and_then(Json::as_object).cloned().unwrap_or_default());
        }
        all
    }

    /// The plugin's substitutions: `${name}` in a template, for names that it has.
    fn substitute(&mut self, template: &str, own: &Map<String, Json>) -> String {
        own.iter().fold(template.to_owned(), |template, (name, value)| {
            let pattern = format!("${{{name}}}");
            if !template.contains(&pattern) {
                return template;
            }
            let value = match value {
                Json::String(text) => text.clone(),
                Json::Number(_) | Json::Bool(_) => value.to_string(),
                _ => {
                    let open =
                        leave_open(self.place, &mut self.open, &open_name(name, value), OpenKind::Resource, self.path);
                    open.as_str().map_or_else(|| open.to_string(), str::to_owned)
                }
            };
            template.replace(&pattern, &value)
        })
    }

    fn shown(&self, json: &Json) -> Json {
        match json {
            Json::String(text) => Json::from(self.open.shown(text).into_owned()),
            Json::Array(items) => items.iter().map(|item| self.shown(item)).collect(),
            Json::Object(map) => map.iter().map(|(name, value)| (name.clone(), self.shown(value))).collect(),
            other => other.clone(),
        }
    }
}

/// What a reader calls a value of CloudFormation: `Table`, `Table.Arn`, or the substitution's own name.
fn open_name(name: &str, value: &Json) -> String {
    match value.as_object().and_then(|map| map.iter().next()) {
        Some((function, Json::String(target))) if function == "Ref" => target.clone(),
        Some((function, Json::Array(parts))) if function == "Fn::GetAtt" => {
            parts.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(".")
        }
        _ => name.to_owned(),
    }
}

fn runtime(json: &Json) -> Runtime {
    Runtime::named(json.get("code").filter(|code| !code.is_null()).map(|_| "APPSYNC_JS"))
}

fn text(json: &Json, name: &str) -> Option<String> {
    json.get(name)?.as_str().map(str::to_owned)
}

/// A list, with lists in it taken apart: `- ${file(a.yml)}` gives a list in a list.
fn list(json: &Json) -> Vec<Json> {
    match json {
        Json::Array(items) => items.iter().flat_map(list).collect(),
        Json::Null => Vec::new(),
        other => vec![other.clone()],
    }
}

/// Things by their names: a map, a list of maps, or a list of things that hold their name.
fn named(json: Option<&Json>) -> Vec<(String, Json)> {
    let mut found = Vec::new();
    for part in json.map(list).unwrap_or_default() {
        let name =
            text(&part, "name").filter(|_| part.as_object().is_some_and(|map| !map.values().all(Json::is_object)));
        match (name, part) {
            (Some(name), part) => found.push((name, part)),
            (None, Json::Object(map)) => found.extend(map),
            _ => {}
        }
    }
    found
}

/// `Query.user: {…}` names the type and field where the resolver does not.
fn with_key(key: &str, resolver: Json) -> Json {
    let mut map = resolver.as_object().cloned().unwrap_or_default();
    if let Json::String(source) = &resolver {
        map.insert("dataSource".to_owned(), Json::from(source.as_str()));
        map.insert("kind".to_owned(), Json::from("UNIT"));
    }
    if let Some((parent, field)) = key.split_once('.') {
        map.entry("type").or_insert_with(|| Json::from(parent));
        map.entry("field").or_insert_with(|| Json::from(field));
    }
    map.into()
}
