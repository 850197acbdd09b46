//! Saved answers of the AWS CLI, as they are: `aws appsync` list- and get-resolver(s), -function(s), -data-source(s),
//! list-types, get-graphql-api, get-introspection-schema, get-api-cache, and the policies of roles.

use crate::message::{Message, Part};
use super::{LoadedHalf, Loader, SourcePlace, ProjectKind};
use crate::code::Code;
use crate::finding::Finding;
use crate::project::api::environment;
use crate::project::error::ProjectError;
use crate::project::{ResolverKind, 
    Api, DataSource, DataSourceKind, ResolverFunction, TemplateOrigin, Project, Resolver, Role, RoleKind, Runtime, SchemaText, PipelineSlot,
    Template,
};
use indexmap::IndexMap;
use serde_json::Value as Json;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Folders of saved answers, and single ones.
pub struct SavedAnswers;

impl Loader for SavedAnswers {
    fn kind(&self) -> ProjectKind {
        ProjectKind::Saved
    }

    fn recognises(&self, place: &SourcePlace<'_>) -> Result<bool, ProjectError> {
        if let Some(json) = place.document()? {
            return Ok(is_answer(json));
        }
        Ok(place.root.files(place.path, ".json").iter().any(|path| {
            let text = place.root.text(path).ok().filter(|text| may_be_answer(text));
            text.and_then(|text| serde_json::from_str::<Json>(&text).ok()).is_some_and(|json| is_answer(&json))
        }))
    }

    fn load(&self, place: &SourcePlace<'_>) -> Result<Project, ProjectError> {
        if place.path.is_dir() {
            load(place, &place.root.files(place.path, ".json"))
        } else {
            load(place, &[place.path.to_owned()])
        }
    }
}

/// The members that answers of AppSync have, by which they are known: lists, and single ones.
const LISTS: [&str; 5] = ["resolvers", "functions", "types", "dataSources", "graphqlApis"];
const SINGLES: [&str; 4] = ["resolver", "functionConfiguration", "graphqlApi", "dataSource"];

/// Whether a text may be such an answer, without a tree of it: all files of JSON in the folders around are asked. A name may be
/// written with escapes.
fn may_be_answer(text: &str) -> bool {
    LISTS.iter().chain(&SINGLES).any(|name| text.contains(name)) || text.contains("\\u")
}

fn is_answer(json: &Json) -> bool {
    let of_appsync =
        |name: &str, list: &Vec<Json>| name != "types" || list.iter().any(|one| one.get("definition").is_some());
    LISTS.iter().any(|name| json.get(*name).and_then(Json::as_array).is_some_and(|list| of_appsync(name, list)))
        || SINGLES.iter().any(|name| json.get(*name).is_some_and(Json::is_object))
}

/// What the files say together.
#[derive(Default)]
struct Answered<'p> {
    resolvers: IndexMap<String, Saved<'p>>,
    functions: HashMap<String, Saved<'p>>,
    sources: IndexMap<String, DataSource>,
    /// The SDL of the types, as `list-types` has it.
    types: Vec<(&'p Path, String)>,
    api: Option<Json>,
    apis: Vec<Json>,
    environment: Option<Json>,
    cache: Option<Json>,
    roles: IndexMap<String, Role>,
    findings: Vec<Finding>,
}

fn load(place: &SourcePlace<'_>, paths: &[PathBuf]) -> Result<Project, ProjectError> {
    let mut all = Answered::default();
    for path in paths {
        let text = place.root.text(path)?;
        let json = crate::json::read(&text)
            .map_err(|error| ProjectError::malformed(path, format!("not valid JSON: {error}")))?;
        all.read(path, &json);
    }
    let mut project = Project { data_sources: std::mem::take(&mut all.sources), ..Project::default() };
    project.findings.append(&mut all.findings);
    all.api(place, &mut project)?;
    project.roles = std::mem::take(&mut all.roles).into_values().collect();
    all.schema(place, &mut project);
    all.resolve(&mut project);
    if project.by_field.is_empty() {
        return Err(ProjectError::no_resolvers(
            place.path,
            "no resolvers in the saved answers: save `aws appsync list-resolvers --type-name Query` (and the other types)",
        ));
    }
    Ok(project)
}

impl<'p> Answered<'p> {
    fn read(&mut self, path: &'p Path, json: &Json) {
        let list = |name: &str| json.get(name).and_then(Json::as_array).cloned().unwrap_or_default();
        let both = |many: &str, one: &str| list(many).into_iter().chain(json.get(one).cloned());
        // The CLI writes the service's `nextToken` with --no-paginate, its own `NextToken` with --max-items.
        if ["nextToken", "NextToken"].iter().any(|name| json.get(name).is_some_and(Json::is_string)) {
            let message = Message::of(
                "{} has a nextToken: more pages follow, save it again without --max-items and --no-paginate",
                [Part::Name(path.display().to_string())],
            );
            self.findings.push(Finding::new(Code::IncompleteAnswer, message).at(path.display().to_string()));
        }
        for saved in both("resolvers", "resolver") {
            let field = format!("{}.{}", text(&saved, "typeName"), text(&saved, "fieldName"));
            self.resolvers.insert(field, Saved { file: path, saved });
        }
        for saved in both("functions", "functionConfiguration") {
            self.functions.insert(text(&saved, "functionId"), Saved { file: path, saved });
        }
        for source in both("dataSources", "dataSource") {
            let (name, kind) = (text(&source, "name"), DataSourceKind::parse(&text(&source, "type")));
            self.sources.insert(name.clone(), DataSource { name: Some(name), kind });
        }
        let definitions = both("types", "type").filter_map(|one| Some(one.get("definition")?.as_str()?.to_owned()));
        self.types.extend(definitions.map(|definition| (path, definition)));
        self.apis.extend(list("graphqlApis"));
        self.api = json.get("graphqlApi").cloned().or(self.api.take());
        self.environment = json.get("environmentVariables").cloned().or(self.environment.take());
        self.cache = json.get("apiCache").cloned().or(self.cache.take());
        self.role(json);
        if json.get("evaluationResult").is_some() {
            let message = Message::of(
                "{} is an answer of evaluate-mapping-template: it has a result and no template",
                [Part::Name(path.display().to_string())],
            );
            self.findings.push(Finding::new(Code::NoTemplate, message).at(path.display().to_string()));
        }
        if json.get("__schema").or_else(|| json.pointer("/data/__schema")).is_some() {
            let message = Message::of(
                "{} is an introspection, which has no directives: save `aws appsync get-introspection-schema --format SDL --include-directives`",
                [Part::Name(path.display().to_string())],
            );
            self.findings.push(Finding::new(Code::SchemaWithoutDirectives, message).at(path.display().to_string()));
        }
    }

    /// `iam get-role`, `get-role-policy` and `get-policy-version`, and `cognito-identity get-identity-pool-roles`.
    fn role(&mut self, json: &Json) {
        let new = |name: &str| Role {
            name: name.to_owned(),
            kind: RoleKind::Other,
            of: None,
            is_named: true,
            policies: Vec::new(),
            boundary: None,
        };
        if let (Some(name), Some(policy)) = (json.get("RoleName").and_then(Json::as_str), json.get("PolicyDocument")) {
            self.roles.entry(name.to_owned()).or_insert_with(|| new(name)).policies.push(policy.clone());
        }
        if let Some(document) = json.pointer("/PolicyVersion/Document") {
            // Whose it is, the answer does not say; the file that it was saved in may.
            let name = json.get("RoleName").and_then(Json::as_str).unwrap_or("attached policies");
            self.roles.entry(name.to_owned()).or_insert_with(|| new(name)).policies.push(document.clone());
        }
        let pool = [("authenticated", RoleKind::Authenticated), ("unauthenticated", RoleKind::Unauthenticated)];
        for (name, kind) in pool {
            let arn = json.get("Roles").and_then(|roles| roles.get(name)?.as_str());
            if let Some(own) = arn.and_then(|arn| arn.rsplit('/').next()) {
                self.roles.entry(own.to_owned()).or_insert_with(|| new(own)).kind = kind;
            }
        }
    }

    fn api(&mut self, place: &SourcePlace<'_>, project: &mut Project) -> Result<(), ProjectError> {
        let names: Vec<String> = self.apis.iter().map(|api| text(api, "name")).collect();
        let chosen = if self.api.is_some() { None } else { place.choose(&names)?.map(|at| self.apis[at].clone()) };
        if let Some(api) = self.api.take().or(chosen) {
            project.api = Api::read(&api);
        }
        project.api.environment = environment(self.environment.as_ref());
        project.api.cache = self.cache.as_ref().map(|cache| text(cache, "apiCachingBehavior"));
        Ok(())
    }

    /// The schema: a file of SDL beside the answers, else the types that were saved.
    fn schema(&self, place: &SourcePlace<'_>, project: &mut Project) {
        let folder = if place.path.is_dir() { Some(place.path) } else { place.path.parent() };
        let endings = [".graphql", ".graphqls", ".gql", ".sdl"];
        let files =
            folder.into_iter().flat_map(|folder| endings.iter().flat_map(|ending| place.root.files(folder, ending)));
        for file in files {
            let Ok(text) = place.root.text(&file) else { continue };
            let is_model = SchemaText::is_model(&text);
            let own = Some(SchemaText::new(file, text));
            if is_model { project.model = own } else { project.schema = own }
        }
        if let (None, Some((file, _))) = (&project.schema, self.types.first()) {
            let text = self.types.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("\n");
            project.schema = Some(SchemaText::new(*file, text));
        }
    }

    fn resolve(&self, project: &mut Project) {
        let mut used = HashSet::new();
        for (field, own) in &self.resolvers {
            let field = field.clone();
            let caching = own.saved.get("cachingConfig").filter(|config| !config.is_null());
            let caching_keys = caching.map(|config| {
                let keys = config.get("cachingKeys").and_then(Json::as_array).into_iter().flatten();
                keys.filter_map(Json::as_str).map(str::to_owned).collect()
            });
            if ResolverKind::named(&text(&own.saved, "kind")) != Some(ResolverKind::Pipeline) {
                let function = function_of(own, field.clone(), Some(PipelineSlot::Unit), 0, &project.data_sources);
                project.add(Resolver { caching_keys, ..Resolver::unit(field, function) });
                continue;
            }
            let ids = own.saved.pointer("/pipelineConfig/functions").and_then(Json::as_array);
            let mut chain = Vec::new();
            for (at, id) in ids.into_iter().flatten().filter_map(Json::as_str).enumerate() {
                if let Some(function) = self.functions.get(id) {
                    used.insert(id);
                    let name = text(&function.saved, "name");
                    chain.push(function_of(function, name, None, at as u32, &project.data_sources));
                    continue;
                }
                chain.push(ResolverFunction::not_read(id, at as u32));
                let message = Message::of(
                    "{}: function {} is not in the saved answers: save `aws appsync list-functions` beside them",
                    [Part::Name(field.to_string()), Part::Text(id.to_string())],
                );
                project.findings.push(Finding::new(Code::MissingFunction, message).at(field.clone()));
            }
            let (before, after) = (half(own, LoadedHalf::Request, &field), half(own, LoadedHalf::Response, &field));
            let (runtime, code) = (runtime(&own.saved), code(own, &field));
            project.add(Resolver { before, after, runtime, code, caching_keys, ..Resolver::pipeline(field, chain) });
        }
        let unused = self.functions.iter().filter(|(id, _)| !used.contains(id.as_str()));
        let mut unused: Vec<String> = unused.map(|(_, function)| text(&function.saved, "name")).collect();
        unused.sort_unstable();
        project.findings.extend(unused.into_iter().map(|name| {
            let message = Message::of(
                "no pipeline uses the function {}: its templates were not looked at",
                [Part::Name(name.to_string())],
            );
            Finding::new(Code::UnusedFunction, message).at(name)
        }));
    }
}

/// A resolver or function, and the answer that it is in.
struct Saved<'p> {
    file: &'p Path,
    saved: Json,
}

fn function_of(
    own: &Saved<'_>,
    name: String,
    slot: Option<PipelineSlot>,
    index: u32,
    sources: &IndexMap<String, DataSource>,
) -> ResolverFunction {
    let source = text(&own.saved, "dataSourceName");
    let data_source = match sources.get(&source) {
        Some(known) => known.clone(),
        None if source.is_empty() => DataSource::of(DataSourceKind::None),
        None => DataSource::named(&source),
    };
    let slot = slot.or_else(|| PipelineSlot::of_function(&name)).unwrap_or(PipelineSlot::Main);
    let [request, response] = [LoadedHalf::Request, LoadedHalf::Response].map(|side| half(own, side, &name));
    let (runtime, code) = (runtime(&own.saved), code(own, &name));
    ResolverFunction { name, slot, index, data_source, request, response, runtime, code }
}

fn half(own: &Saved<'_>, half: LoadedHalf, owner: &str) -> Option<Arc<Template>> {
    let member = match half {
        LoadedHalf::Request => "requestMappingTemplate",
        LoadedHalf::Response => "responseMappingTemplate",
    };
    let text = own.saved.get(member)?.as_str()?;
    Some(Template::new(half.file(owner), text, TemplateOrigin::Inline(own.file.to_owned())))
}

fn code(own: &Saved<'_>, owner: &str) -> Option<Arc<Template>> {
    let code = own.saved.get("code")?.as_str()?;
    Some(Template::new(format!("{owner}.js"), code, TemplateOrigin::Inline(own.file.to_owned())))
}

fn runtime(saved: &Json) -> Runtime {
    let name = saved.pointer("/runtime/name").and_then(Json::as_str);
    Runtime::named(name.or_else(|| saved.get("code").map(|_| "APPSYNC_JS")))
}

fn text(json: &Json, name: &str) -> String {
    json.get(name).and_then(Json::as_str).unwrap_or_default().to_owned()
}
