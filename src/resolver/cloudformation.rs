//! CloudFormation templates, single or nested: `AWS::AppSync::Resolver` and `FunctionConfiguration` with their templates
//! inline or in files beside them.

use super::intrinsics::Scope;
use super::load::{LoadError, LoadOptions, read};
use super::stack_files::{Assets, is_template};
use super::{Function, Kind, Origin, Resolver, Resolvers, Template, amplify, yaml};
use crate::finding::Finding;
use serde_json::{Map, Value as Json};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A resource of one of the stacks.
struct Resource {
    stack: usize,
    name: String,
    properties: Json,
}

/// A stack that another one creates: with which values of its parameters.
struct Parent {
    stack: usize,
    parameters: Map<String, Json>,
}

struct Stacks<'a> {
    files: Vec<PathBuf>,
    scopes: Vec<Scope>,
    outputs: Vec<Map<String, Json>>,
    /// `AWS::CloudFormation::Stack`, by the stack that has it and its name there: the stack that it creates.
    nested: HashMap<(usize, String), usize>,
    parents: Vec<Option<Parent>>,
    /// The values of exports and the stack that has them.
    exports: HashMap<String, (usize, Json)>,
    resources: HashMap<&'static str, Vec<Resource>>,
    templates: HashMap<String, Arc<Template>>,
    /// The functions that pipelines led to: stack and name.
    used: HashSet<(usize, String)>,
    assets: Assets,
    findings: Vec<Finding>,
    options: &'a LoadOptions,
}

const KINDS: [&str; 4] = [
    "AWS::AppSync::Resolver",
    "AWS::AppSync::FunctionConfiguration",
    "AWS::AppSync::DataSource",
    "AWS::CloudFormation::Stack",
];

/// References followed from stack to stack.
const FARTHEST: usize = 32;

/// Reads the resolvers of these templates together.
pub fn load(paths: &[PathBuf], options: &LoadOptions) -> Result<Resolvers, LoadError> {
    let mut stacks = Stacks {
        files: Vec::new(),
        scopes: Vec::new(),
        outputs: Vec::new(),
        nested: HashMap::new(),
        parents: Vec::new(),
        exports: HashMap::new(),
        resources: HashMap::new(),
        templates: HashMap::new(),
        used: HashSet::new(),
        assets: Assets::default(),
        findings: Vec::new(),
        options,
    };
    for path in paths {
        stacks.read(path)?;
    }
    stacks.assets = Assets::beside(&stacks.files);
    stacks.nest()?;
    stacks.pass_values();
    let mut resolvers = Resolvers::default();
    let list = stacks.resources.remove(KINDS[0]).unwrap_or_default();
    for resource in &list {
        if let Some(resolver) = stacks.resolver(resource)? {
            resolvers.add(resolver);
        }
    }
    if resolvers.by_field.is_empty() {
        let path = paths.first().map_or_else(|| Path::new("."), PathBuf::as_path);
        return Err(LoadError::new(path, "no AWS::AppSync::Resolver in it"));
    }
    resolvers.findings.append(&mut stacks.findings);
    let functions = stacks.resources.get(KINDS[1]).into_iter().flatten();
    let unused = functions.filter(|function| !stacks.used.contains(&(function.stack, function.name.clone())));
    resolvers.findings.extend(unused.map(|function| {
        let message = format!("no pipeline uses the function {}: its templates were not looked at", function.name);
        Finding::new("unused-function", message).at(function.name.clone())
    }));
    Ok(resolvers)
}

impl Stacks<'_> {
    fn read(&mut self, path: &Path) -> Result<(), LoadError> {
        let json = yaml::read(&read(path)?).map_err(|message| LoadError::new(path, message))?;
        let stack = self.scopes.len();
        self.scopes.push(Scope::new(&json, &self.options.parameters));
        self.files.push(path.to_owned());
        self.outputs.push(json.get("Outputs").and_then(Json::as_object).cloned().unwrap_or_default());
        self.parents.push(None);
        for (name, resource) in json.get("Resources").and_then(Json::as_object).into_iter().flatten() {
            let Some(kind) = KINDS.into_iter().find(|kind| resource.get("Type").and_then(Json::as_str) == Some(kind))
            else {
                continue;
            };
            match resource.get("Condition").and_then(Json::as_str) {
                Some(condition) if self.scopes[stack].condition(condition, 0) == Some(false) => continue,
                Some(condition) if self.scopes[stack].condition(condition, 0).is_none() => {
                    let message = format!("{name}: whether {condition} holds is not known; it is taken as if it did");
                    self.findings.push(Finding::new("open-condition", message).at(name.clone()));
                }
                _ => {}
            }
            let properties = resource.get("Properties").cloned().unwrap_or_default();
            let resource = Resource { stack, name: name.clone(), properties };
            self.resources.entry(kind).or_default().push(resource);
        }
        Ok(())
    }

    /// Finds the template of each nested stack: among those read, or beside its parent's.
    fn nest(&mut self) -> Result<(), LoadError> {
        let mut at = 0;
        loop {
            let Some((stack, name, properties)) = self
                .resources
                .get(KINDS[3])
                .and_then(|list| list.get(at).map(|found| (found.stack, found.name.clone(), found.properties.clone())))
            else {
                return Ok(());
            };
            at += 1;
            let url = self.scopes[stack].property(&properties, "TemplateURL").unwrap_or_default();
            let file = url.rsplit('/').next().unwrap_or_default().to_owned();
            // A nested stack of the CDK is a file whose name the URL does not have; it holds that of the resource.
            let same = |path: &&PathBuf| path.file_name().and_then(|name| name.to_str()) == Some(&file);
            let mut child = self.files.iter().position(|path| same(&path));
            if child.is_none()
                && let Some(path) = self.assets.local(&self.files[stack], &url).filter(|path| is_template(path))
            {
                child = Some(self.known_or_read(&path)?);
            }
            if child.is_none() {
                child = self.asset(stack, &name)?;
            }
            let Some(child) = child.filter(|child| *child != stack && self.parents[*child].is_none()) else { continue };
            let parameters = properties.get("Parameters").and_then(Json::as_object).cloned().unwrap_or_default();
            self.parents[child] = Some(Parent { stack, parameters });
            self.nested.insert((stack, name), child);
        }
    }

    /// The template of a nested stack by the path that the CDK writes into the resource's metadata.
    fn asset(&mut self, stack: usize, name: &str) -> Result<Option<usize>, LoadError> {
        let json = yaml::read(&read(&self.files[stack])?).unwrap_or_default();
        let metadata =
            json.get("Resources").and_then(|all| all.get(name)?.get("Metadata")?.get("aws:asset:path")?.as_str());
        let Some(path) = metadata.and_then(|file| Some(self.files[stack].parent()?.join(file))) else {
            return Ok(None);
        };
        if !path.is_file() || !is_template(&path) {
            return Ok(None);
        }
        self.known_or_read(&path).map(Some)
    }

    fn known_or_read(&mut self, path: &Path) -> Result<usize, LoadError> {
        if let Some(known) = self.files.iter().position(|known| known == path) {
            return Ok(known);
        }
        self.read(path)?;
        Ok(self.files.len() - 1)
    }

    /// Gives nested stacks the values of their parameters, and every stack what the others export.
    fn pass_values(&mut self) {
        let depth = |mut stack: usize| {
            let mut depth = 0;
            while let Some(parent) = self.parents[stack].as_ref().filter(|_| depth < FARTHEST) {
                stack = parent.stack;
                depth += 1;
            }
            depth
        };
        let mut order: Vec<usize> = (0..self.files.len()).collect();
        order.sort_by_key(|stack| depth(*stack));
        for stack in order {
            let Some(parent) = &self.parents[stack] else { continue };
            let values: Vec<_> = parent
                .parameters
                .iter()
                .filter(|(name, _)| !self.options.parameters.contains_key(*name))
                .map(|(name, value)| (name.clone(), self.scopes[parent.stack].value(value)))
                .collect();
            self.scopes[stack].parameters.extend(values);
        }
        let mut values = Map::new();
        for (stack, outputs) in self.outputs.iter().enumerate() {
            for output in outputs.values() {
                let name = output.get("Export").and_then(|export| self.scopes[stack].property(export, "Name"));
                if let (Some(name), Some(value)) = (name, output.get("Value")) {
                    values.insert(name.clone(), self.scopes[stack].value(value));
                    self.exports.insert(name, (stack, value.clone()));
                }
            }
        }
        for scope in &mut self.scopes {
            scope.exports.clone_from(&values);
        }
    }

    /// The resource that an expression names, through parameters, outputs and exports of other stacks.
    fn target(&self, stack: usize, json: &Json, depth: usize) -> Option<(usize, String)> {
        if depth > FARTHEST {
            return None;
        }
        let (function, argument) = json.as_object()?.iter().next()?;
        let (name, attribute) = match (function.as_str(), argument) {
            ("Ref", Json::String(name)) => (name.as_str(), ""),
            ("Fn::GetAtt", Json::Array(parts)) => (parts.first()?.as_str()?, parts.get(1)?.as_str()?),
            ("Fn::GetAtt", Json::String(both)) => both.split_once('.')?,
            ("Fn::Sub", Json::String(pattern)) => {
                let inner = pattern.strip_prefix("${")?.strip_suffix('}')?;
                inner.split_once('.').unwrap_or((inner, ""))
            }
            ("Fn::If", Json::Array(parts)) => {
                let holds = self.scopes[stack].condition(parts.first()?.as_str()?, 0)?;
                return self.target(stack, parts.get(if holds { 1 } else { 2 })?, depth + 1);
            }
            ("Fn::ImportValue", name) => {
                let (other, value) = self.exports.get(&self.scopes[stack].text(name))?;
                return self.target(*other, value, depth + 1);
            }
            _ => return None,
        };
        if let Some(child) = self.nested.get(&(stack, name.to_owned())) {
            let value = self.outputs[*child].get(attribute.strip_prefix("Outputs.")?)?.get("Value")?;
            return self.target(*child, value, depth + 1);
        }
        if let Some(parent) = &self.parents[stack]
            && let Some(value) = parent.parameters.get(name)
        {
            return self.target(parent.stack, value, depth + 1);
        }
        Some((stack, name.to_owned()))
    }

    fn resolver(&mut self, resource: &Resource) -> Result<Option<Resolver>, LoadError> {
        let text = |name: &str| self.scopes[resource.stack].property(&resource.properties, name);
        let (Some(parent), Some(name)) = (text("TypeName"), text("FieldName")) else {
            self.findings.push(Finding::new(
                "incomplete-resolver",
                format!("{}: TypeName or FieldName is missing", resource.name),
            ));
            return Ok(None);
        };
        let field = format!("{parent}.{name}");
        let runtime = self.runtime(resource);
        let pipeline = text("Kind").as_deref() == Some("PIPELINE");
        let request = self.half(resource, "Request", &field)?;
        let response = self.half(resource, "Response", &field)?;
        if !pipeline {
            let data_source = resource.properties.get("DataSourceName");
            let function = Function {
                name: resource.name.clone(),
                slot: "unit".to_owned(),
                index: 0,
                data_source: self.data_source(resource.stack, data_source),
                request,
                response,
                runtime: runtime.clone(),
            };
            let functions = vec![function];
            return Ok(Some(Resolver { field, kind: Kind::Unit, before: None, after: None, functions, runtime }));
        }
        let ids = resource.properties.get("PipelineConfig").and_then(|config| config.get("Functions"));
        let mut functions = Vec::new();
        for (at, id) in ids.and_then(Json::as_array).into_iter().flatten().enumerate() {
            match self.function(resource.stack, id, at as u32)? {
                Some(function) => functions.push(function),
                None => {
                    let id = self.scopes[resource.stack].text(id);
                    functions.push(Function::not_read(&id, at as u32));
                    self.findings.push(
                        Finding::new(
                            "missing-function",
                            format!("{field}: function {id} is in none of the templates that were read: what it decides is unknown"),
                        )
                        .at(field.clone()),
                    );
                }
            }
        }
        Ok(Some(Resolver { field, kind: Kind::Pipeline, before: request, after: response, functions, runtime }))
    }

    /// The function that `Fn::GetAtt [Name, FunctionId]`, a `Ref` to a parameter or a name leads to.
    fn function(&mut self, stack: usize, id: &Json, index: u32) -> Result<Option<Function>, LoadError> {
        let text = self.scopes[stack].text(id);
        let target = self.target(stack, id, 0);
        let found = self.resources.get(KINDS[1]).and_then(|list| {
            list.iter()
                .find(|resource| {
                    target.as_ref().is_some_and(|(stack, name)| resource.stack == *stack && resource.name == *name)
                })
                .or_else(|| {
                    let named = |resource: &&Resource| {
                        self.scopes[resource.stack]
                            .property(&resource.properties, "Name")
                            .is_some_and(|name| name == text)
                    };
                    list.iter().find(named)
                })
                .or_else(|| {
                    // Read without its parent, a nested stack has the id as a parameter whose name holds the function's.
                    let (stack, name) = target.as_ref()?;
                    let alone = self.parents[*stack].is_none();
                    list.iter()
                        .filter(|resource| alone && name.contains(&resource.name))
                        .max_by_key(|resource| resource.name.len())
                })
        });
        let Some(found) = found else { return Ok(None) };
        let resource = Resource { stack: found.stack, name: found.name.clone(), properties: found.properties.clone() };
        self.used.insert((resource.stack, resource.name.clone()));
        let name = self.scopes[resource.stack].property(&resource.properties, "Name");
        let name = name.unwrap_or_else(|| resource.name.clone());
        let request = self.half(&resource, "Request", &name)?;
        let response = self.half(&resource, "Response", &name)?;
        let data_source = self.data_source(resource.stack, resource.properties.get("DataSourceName"));
        let runtime = self.runtime(&resource);
        let slot = slot(&name, request.as_deref().or(response.as_deref()));
        Ok(Some(Function { name, slot, index, data_source, request, response, runtime }))
    }

    /// The type of a data source; unknown ones are not NONE.
    fn data_source(&self, stack: usize, name: Option<&Json>) -> String {
        let Some(name) = name else { return "NONE".to_owned() };
        let text = self.scopes[stack].text(name);
        let target = self.target(stack, name, 0);
        let sources = self.resources.get(KINDS[2]).map_or(&[][..], Vec::as_slice);
        let leads_to = |resource: &&Resource| {
            let own = self.scopes[resource.stack].property(&resource.properties, "Name");
            target.as_ref().is_some_and(|(stack, name)| resource.stack == *stack && resource.name == *name)
                || own.as_deref() == Some(&text)
        };
        let found = sources
            .iter()
            .find(leads_to)
            .and_then(|resource| self.scopes[resource.stack].property(&resource.properties, "Type"));
        match found {
            Some(kind) => kind,
            None if text.to_ascii_uppercase().contains("NONE") => "NONE".to_owned(),
            None => "UNKNOWN".to_owned(),
        }
    }

    /// `RequestMappingTemplate` inline, or `RequestMappingTemplateS3Location` as a file.
    fn half(&mut self, resource: &Resource, half: &str, owner: &str) -> Result<Option<Arc<Template>>, LoadError> {
        let scope = &self.scopes[resource.stack];
        if let Some(text) = scope.property(&resource.properties, &format!("{half}MappingTemplate")) {
            let name = format!("{owner}.{}.vtl", if half == "Request" { "req" } else { "res" });
            let key = format!("{name}\0{text}");
            let origin = Origin::Inline(self.files[resource.stack].clone());
            return Ok(Some(self.templates.entry(key).or_insert_with(|| Template::new(name, text, origin)).clone()));
        }
        let Some(location) = scope.property(&resource.properties, &format!("{half}MappingTemplateS3Location")) else {
            return Ok(None);
        };
        let Some(path) = self.assets.local(&self.files[resource.stack], &location) else {
            // One field less is no reason to know nothing of the others; who runs this one is told.
            let message = format!(
                "{owner}: the template at {location} was not found beside {}",
                self.files[resource.stack].display()
            );
            self.findings.push(Finding::new("missing-template", message.clone()).at(owner));
            let name = location.rsplit('/').next().unwrap_or_default().to_owned();
            return Ok(Some(Template::new(name, "", Origin::Missing(message))));
        };
        let key = path.display().to_string();
        if let Some(known) = self.templates.get(&key) {
            return Ok(Some(known.clone()));
        }
        let name = path.file_name().map_or_else(|| key.clone(), |name| name.to_string_lossy().into_owned());
        // A CDK asset's file is named by its hash: the owner says more.
        let name = if name.starts_with("asset.") || !name.contains('.') || name.len() > 70 {
            format!("{owner}.{}.vtl", if half == "Request" { "req" } else { "res" })
        } else {
            name
        };
        let template = Template::read(name, &path)?;
        self.templates.insert(key, template.clone());
        Ok(Some(template))
    }

    fn runtime(&self, resource: &Resource) -> Option<String> {
        let runtime = resource.properties.get("Runtime");
        let name = runtime.and_then(|runtime| self.scopes[resource.stack].property(runtime, "Name"));
        let code = ["Code", "CodeS3Location"].iter().any(|name| resource.properties.get(*name).is_some());
        name.or_else(|| code.then(|| "APPSYNC_JS".to_owned()))
    }
}

/// Amplify names functions `QuerylistTodosauth0Function` and their files `Query.listTodos.auth.1.req.vtl`.
fn slot(name: &str, template: Option<&Template>) -> String {
    let file = template.map_or("", Template::name);
    let slot = amplify::slot_of_file(file).or_else(|| amplify::slot_of_name(name));
    slot.unwrap_or("main").to_owned()
}
