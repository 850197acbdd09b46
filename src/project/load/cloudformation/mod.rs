//! CloudFormation templates, single or nested, whatever made them: the resolvers and functions of an API with their
//! templates inline or in files beside them, the API, its schema, and the roles.

mod access;
mod api;
pub(super) mod files;
mod include;
mod intrinsics;
mod sam;
mod stacks;

pub(crate) use sam::expand as expand_sam;

use crate::message::{Message, Part};
use super::{LoadedHalf, Loader, SourcePlace, ProjectKind};
use crate::code::Code;
use crate::finding::Finding;
use crate::project::error::ProjectError;
use crate::project::{ResolverKind, DataSource, DataSourceKind, ResolverFunction, TemplateOrigin, Project, Resolver, Runtime, PipelineSlot, Template};
use serde_json::Value as Json;
use stacks::{StackId, Stacks};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

const RESOLVER: &str = "AWS::AppSync::Resolver";
const FUNCTION: &str = "AWS::AppSync::FunctionConfiguration";
const DATA_SOURCE: &str = "AWS::AppSync::DataSource";

/// Templates, and folders with some.
pub struct CloudFormationTemplates;

impl Loader for CloudFormationTemplates {
    fn kind(&self) -> ProjectKind {
        ProjectKind::CloudFormation
    }

    fn recognises(&self, place: &SourcePlace<'_>) -> Result<bool, ProjectError> {
        match place.document()? {
            Some(json) => Ok(json.get("Resources").is_some_and(Json::is_object)),
            None => Ok(!files::find(place.root, place.path)?.is_empty()),
        }
    }

    fn load(&self, place: &SourcePlace<'_>) -> Result<Project, ProjectError> {
        let paths =
            if place.path.is_dir() { files::find(place.root, place.path)? } else { vec![place.path.to_owned()] };
        read(place, &paths)
    }
}

/// Reads the API of these templates together.
pub(super) fn read(place: &SourcePlace<'_>, paths: &[PathBuf]) -> Result<Project, ProjectError> {
    read_stacks(place, Stacks::read(place, paths)?)
}

/// Reads the API of a template that stands inside something else.
pub(super) fn read_template(place: &SourcePlace<'_>, path: &Path, template: Json) -> Result<Project, ProjectError> {
    read_stacks(place, Stacks::of(place, path, template)?)
}

fn read_stacks<'a>(place: &'a SourcePlace<'a>, stacks: Stacks<'a>) -> Result<Project, ProjectError> {
    let mut reader = StackReader {
        stacks,
        templates: HashMap::new(),
        used: HashSet::new(),
        resources: HashMap::new(),
        project: Project::default(),
        api: None,
    };
    let chosen = reader.choose_api()?;
    reader.api.clone_from(&chosen);
    for resource in reader.all(RESOLVER).iter() {
        if reader.is_of(resource, chosen.as_ref())
            && let Some(resolver) = reader.resolver(resource)?
        {
            reader.project.add(resolver);
        }
    }
    reader.read_api(chosen.as_ref());
    if reader.project.by_field.is_empty() && reader.project.api.default.is_none() {
        return Err(ProjectError::no_resolvers(place.path, "no AWS::AppSync::Resolver in it"));
    }
    reader.project.findings.append(&mut reader.stacks.findings);
    reader.read_data_sources();
    reader.project.roles = reader.roles();
    reader.name_unused_functions();
    let StackReader { stacks, mut project, .. } = reader;
    project.open = stacks.open.into_inner();
    Ok(project)
}

/// A resource of one of the stacks.
#[derive(Clone)]
struct Resource {
    stack: StackId,
    name: String,
    properties: Json,
}

impl Resource {
    fn key(&self) -> (StackId, String) {
        (self.stack, self.name.clone())
    }
}

struct StackReader<'a> {
    stacks: Stacks<'a>,
    templates: HashMap<String, Arc<Template>>,
    /// The functions that pipelines led to.
    used: HashSet<(StackId, String)>,
    resources: HashMap<&'static str, Rc<[Resource]>>,
    project: Project,
    /// The API that is read.
    api: Option<api::ApiId>,
}

fn property(half: LoadedHalf) -> &'static str {
    match half {
        LoadedHalf::Request => "RequestMappingTemplate",
        LoadedHalf::Response => "ResponseMappingTemplate",
    }
}

impl StackReader<'_> {
    /// The resources of a type whose conditions hold, or stay open.
    fn all(&mut self, kind: &'static str) -> Rc<[Resource]> {
        if let Some(known) = self.resources.get(kind) {
            return known.clone();
        }
        let found: Rc<[Resource]> = self.holding(kind).into();
        self.resources.insert(kind, found.clone());
        found
    }

    fn holding(&mut self, kind: &'static str) -> Vec<Resource> {
        let mut found = Vec::new();
        for (stack, own) in self.stacks.all.iter().enumerate() {
            for (name, resource) in own.resources(kind) {
                let condition = resource.get("Condition").and_then(Json::as_str);
                match condition.map(|condition| (condition, self.stacks.condition(stack, condition))) {
                    Some((_, Some(false))) => continue,
                    Some((condition, None)) => {
                        let message =
                            Message::of(
                                "{}: whether {} holds is not known; it is taken as if it did",
                                [Part::Name(name.to_string()), Part::Text(condition.to_string())],
                            );
                        let finding = Finding::new(Code::OpenCondition, message).at(name.clone());
                        if !self.project.findings.contains(&finding) {
                            self.project.findings.push(finding);
                        }
                    }
                    _ => {}
                }
                let properties = resource.get("Properties").cloned().unwrap_or_default();
                found.push(Resource { stack, name: name.clone(), properties });
            }
        }
        found
    }

    fn text(&self, resource: &Resource, name: &str) -> Option<String> {
        self.stacks.property(resource.stack, &resource.properties, name)
    }

    fn resolver(&mut self, resource: &Resource) -> Result<Option<Resolver>, ProjectError> {
        let (Some(parent), Some(name)) = (self.text(resource, "TypeName"), self.text(resource, "FieldName")) else {
            let message = Message::of(
                "{}: TypeName or FieldName is missing",
                [Part::Code(resource.name.to_string())],
            );
            self.project.findings.push(Finding::new(Code::IncompleteResolver, message));
            return Ok(None);
        };
        let field = format!("{parent}.{name}");
        let runtime = self.runtime(resource);
        let request = self.half(resource, LoadedHalf::Request, &field)?;
        let response = self.half(resource, LoadedHalf::Response, &field)?;
        let caching_keys = self.caching_keys(resource);
        let code = self.code(resource, runtime, &field)?;
        if self.text(resource, "Kind").as_deref().and_then(ResolverKind::named) != Some(ResolverKind::Pipeline) {
            let data_source = self.data_source(resource.stack, resource.properties.get("DataSourceName"));
            let (name, slot, index) = (resource.name.clone(), PipelineSlot::Unit, 0);
            let function = ResolverFunction { name, slot, index, data_source, request, response, runtime, code };
            return Ok(Some(Resolver { caching_keys, ..Resolver::unit(field, function) }));
        }
        let ids = resource.properties.get("PipelineConfig").and_then(|config| config.get("Functions"));
        let ids = ids.and_then(Json::as_array).cloned().unwrap_or_default();
        let mut functions = Vec::new();
        for (at, id) in ids.iter().enumerate() {
            if let Some(function) = self.function(resource.stack, id, at as u32)? {
                functions.push(function);
                continue;
            }
            let id = self.stacks.shown(&self.stacks.text(resource.stack, id));
            functions.push(ResolverFunction::not_read(&id, at as u32));
            let message = Message::of(
                "{}: function {} is in none of the templates that were read: what it decides is unknown",
                [Part::Name(field.to_string()), Part::Text(id.to_string())],
            );
            self.project.findings.push(Finding::new(Code::MissingFunction, message).at(field.clone()));
        }
        let (before, after) = (request, response);
        Ok(Some(Resolver { before, after, runtime, code, caching_keys, ..Resolver::pipeline(field, functions) }))
    }

    fn caching_keys(&self, resource: &Resource) -> Option<Vec<String>> {
        let config = self.stacks.value(resource.stack, resource.properties.get("CachingConfig")?);
        let keys = config.get("CachingKeys").and_then(Json::as_array);
        Some(keys.into_iter().flatten().map(intrinsics::text).collect())
    }

    /// The function that `Fn::GetAtt [Name, FunctionId]`, a `Ref` to a parameter or a name leads to.
    fn function(&mut self, stack: StackId, id: &Json, index: u32) -> Result<Option<ResolverFunction>, ProjectError> {
        let Some(found) = self.find_function(stack, id) else { return Ok(None) };
        self.used.insert(found.key());
        let name = self.text(&found, "Name").unwrap_or_else(|| found.name.clone());
        let request = self.half(&found, LoadedHalf::Request, &name)?;
        let response = self.half(&found, LoadedHalf::Response, &name)?;
        let data_source = self.data_source(found.stack, found.properties.get("DataSourceName"));
        let runtime = self.runtime(&found);
        let code = self.code(&found, runtime, &name)?;
        // Amplify names functions `QuerylistTodosauth0Function` and their files `Query.listTodos.auth.1.req.vtl`.
        let file = request.as_deref().or(response.as_deref()).map_or("", Template::name);
        let slot = PipelineSlot::of_file(file).or_else(|| PipelineSlot::of_function(&name)).unwrap_or(PipelineSlot::Main);
        Ok(Some(ResolverFunction { name, slot, index, data_source, request, response, runtime, code }))
    }

    fn find_function(&mut self, stack: StackId, id: &Json) -> Option<Resource> {
        let text = self.stacks.text(stack, id);
        let target = self.stacks.target(stack, id);
        let list = self.all(FUNCTION);
        let is_target = |resource: &&Resource| target.as_ref().is_some_and(|target| *target == resource.key());
        let named = |resource: &&Resource| self.text(resource, "Name").is_some_and(|name| name == text);
        // Read without its parent, a nested stack has the id as a parameter whose name holds the function's.
        let alone = || {
            let (stack, name) = target.as_ref()?;
            let outermost = self.stacks.is_outermost(*stack);
            let holds = |resource: &&Resource| outermost && name.contains(&resource.name);
            list.iter().filter(holds).max_by_key(|resource| resource.name.len())
        };
        list.iter().find(is_target).or_else(|| list.iter().find(named)).or_else(alone).cloned()
    }

    /// A data source by what names it; unknown ones are not NONE.
    fn data_source(&mut self, stack: StackId, name: Option<&Json>) -> DataSource {
        let Some(name) = name else { return DataSource::of(DataSourceKind::None) };
        let text = self.stacks.text(stack, name);
        let target = self.stacks.target(stack, name);
        let sources = self.all(DATA_SOURCE);
        let leads_to = |resource: &&Resource| {
            target.as_ref().is_some_and(|target| *target == resource.key())
                || self.text(resource, "Name").as_deref() == Some(&text)
        };
        match sources.iter().find(leads_to) {
            Some(found) => self.source_of(found),
            None => {
                let shown = self.stacks.shown(&text);
                DataSource::named(&shown)
            }
        }
    }

    fn source_of(&self, resource: &Resource) -> DataSource {
        let kind = self.text(resource, "Type").map_or(DataSourceKind::Unknown, |kind| DataSourceKind::parse(&kind));
        let name = self.text(resource, "Name").unwrap_or_else(|| resource.name.clone());
        DataSource { name: Some(self.stacks.shown(&name)), kind }
    }

    fn read_data_sources(&mut self) {
        for resource in self.all(DATA_SOURCE).iter() {
            let source = self.source_of(resource);
            self.project.data_sources.insert(source.name.clone().unwrap_or_default(), source);
        }
    }

    fn name_unused_functions(&mut self) {
        for function in self.all(FUNCTION).iter() {
            if !self.used.contains(&function.key()) {
                let message =
                    Message::of(
                        "no pipeline uses the function {}: its templates were not looked at",
                        [Part::Name(function.name.to_string())],
                    );
                self.project.findings.push(Finding::new(Code::UnusedFunction, message).at(function.name.clone()));
            }
        }
    }

    /// `RequestMappingTemplate` inline, or `RequestMappingTemplateS3Location` as a file.
    fn half(&mut self, resource: &Resource, half: LoadedHalf, owner: &str) -> Result<Option<Arc<Template>>, ProjectError> {
        if let Some(text) = self.text(resource, property(half)) {
            let name = half.file(owner);
            let key = format!("{name}\0{text}");
            let origin = TemplateOrigin::Inline(self.stacks.all[resource.stack].file.clone());
            let filled = || self.stacks.filled(resource.stack, resource.properties.get(property(half)));
            let template = self.templates.entry(key).or_insert_with(|| Template::filled(name, text, origin, filled()));
            return Ok(Some(template.clone()));
        }
        match self.text(resource, &format!("{}S3Location", property(half))) {
            None => Ok(None),
            Some(location) => self.file(resource, &location, owner, &half.file(owner)).map(Some),
        }
    }

    /// The JavaScript of a function or resolver, to be looked at, never to be run.
    fn code(
        &mut self,
        resource: &Resource,
        runtime: Runtime,
        owner: &str,
    ) -> Result<Option<Arc<Template>>, ProjectError> {
        if runtime != Runtime::JavaScript {
            return Ok(None);
        }
        let name = format!("{owner}.js");
        if let Some(text) = self.text(resource, "Code") {
            let origin = TemplateOrigin::Inline(self.stacks.all[resource.stack].file.clone());
            return Ok(Some(Template::new(name, text, origin)));
        }
        let Some(location) = self.text(resource, "CodeS3Location") else { return Ok(None) };
        let stack = &self.stacks.all[resource.stack].file;
        // Bundles of JavaScript are often left out; nothing of the answer rests on them.
        let found = self.stacks.assets.local(self.stacks.place.root, stack, &location);
        found.map(|path| self.stacks.place.template(name, &path, &mut self.project.findings)).transpose()
    }

    /// The template at a place in a bucket, as a file beside the stack.
    fn file(
        &mut self,
        resource: &Resource,
        location: &str,
        owner: &str,
        name: &str,
    ) -> Result<Arc<Template>, ProjectError> {
        let stack = &self.stacks.all[resource.stack].file;
        let Some(path) = self.stacks.assets.local(self.stacks.place.root, stack, location) else {
            // One field less is no reason to know nothing of the others; who runs this one is told.
            let shown = self.stacks.shown(location);
            let message = Message::of(
                "{}: the template at {} was not found beside {}",
                [
                    Part::Name(owner.to_owned()),
                    Part::Place(shown.to_string()),
                    Part::Place(stack.display().to_string()),
                ],
            );
            self.project.findings.push(Finding::new(Code::MissingTemplate, message.clone()).at(owner));
            let message = message.to_string();
            let file = shown.rsplit('/').next().unwrap_or_default().to_owned();
            return Ok(Template::new(file, "", TemplateOrigin::Missing(message)));
        };
        let key = path.display().to_string();
        if let Some(known) = self.templates.get(&key) {
            return Ok(known.clone());
        }
        let own = path.file_name().map_or_else(|| key.clone(), |name| name.to_string_lossy().into_owned());
        // A CDK asset's file is named by its hash: the owner says more.
        let is_asset = own.starts_with("asset.") || !own.contains('.') || own.len() > 70;
        let name = if is_asset { name } else { own.as_str() };
        let template = self.stacks.place.template(name, &path, &mut self.project.findings)?;
        self.templates.insert(key, template.clone());
        Ok(template)
    }

    fn runtime(&self, resource: &Resource) -> Runtime {
        let runtime = resource.properties.get("Runtime");
        let name = runtime.and_then(|runtime| self.stacks.property(resource.stack, runtime, "Name"));
        let code = ["Code", "CodeS3Location"].iter().any(|name| resource.properties.get(*name).is_some());
        Runtime::named(name.as_deref().or_else(|| code.then_some("APPSYNC_JS")))
    }
}
