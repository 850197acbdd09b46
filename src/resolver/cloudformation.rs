//! CloudFormation templates, single or nested: `AWS::AppSync::Resolver` and `FunctionConfiguration` with their templates
//! inline or in files beside them.

use super::intrinsics::Scope;
use super::load::{LoadError, LoadOptions, files, read};
use super::{Function, Kind, Resolver, Resolvers, Template, yaml};
use crate::finding::Finding;
use serde_json::Value as Json;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Folders looked into below a path.
const DEEPEST: usize = 6;

/// The CloudFormation templates in a folder and those below it.
pub fn find(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    walk(folder, 0, &mut found);
    found
}

fn walk(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    for ending in [".json", ".yaml", ".yml", ".template"] {
        found.extend(files(folder, ending).into_iter().filter(|path| is_template(path)));
    }
    if depth < DEEPEST {
        let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
        let mut folders: Vec<_> = entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
        folders.sort();
        folders.iter().for_each(|path| walk(path, depth + 1, found));
    }
}

fn is_template(path: &Path) -> bool {
    read(path).is_ok_and(|text| text.contains("AWS::AppSync::") && text.contains("Resources"))
}

/// A resource of one of the stacks.
struct Resource {
    stack: usize,
    name: String,
    properties: Json,
}

struct Stacks<'a> {
    files: Vec<PathBuf>,
    scopes: Vec<Scope>,
    resources: HashMap<&'static str, Vec<Resource>>,
    templates: HashMap<String, Arc<Template>>,
    findings: Vec<Finding>,
    options: &'a LoadOptions,
}

const KINDS: [&str; 3] = ["AWS::AppSync::Resolver", "AWS::AppSync::FunctionConfiguration", "AWS::AppSync::DataSource"];

/// Reads the resolvers of these templates together.
pub fn load(paths: &[PathBuf], options: &LoadOptions) -> Result<Resolvers, LoadError> {
    let mut stacks = Stacks {
        files: Vec::new(),
        scopes: Vec::new(),
        resources: HashMap::new(),
        templates: HashMap::new(),
        findings: Vec::new(),
        options,
    };
    for path in paths {
        stacks.read(path)?;
    }
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
    Ok(resolvers)
}

impl Stacks<'_> {
    fn read(&mut self, path: &Path) -> Result<(), LoadError> {
        let json = yaml::read(&read(path)?).map_err(|message| LoadError::new(path, message))?;
        let stack = self.scopes.len();
        self.scopes.push(Scope::new(&json, &self.options.parameters));
        self.files.push(path.to_owned());
        for (name, resource) in json.get("Resources").and_then(Json::as_object).into_iter().flatten() {
            let Some(kind) = KINDS.into_iter().find(|kind| resource.get("Type").and_then(Json::as_str) == Some(kind))
            else {
                continue;
            };
            let properties = resource.get("Properties").cloned().unwrap_or_default();
            let resource = Resource { stack, name: name.clone(), properties };
            self.resources.entry(kind).or_default().push(resource);
        }
        Ok(())
    }

    fn resolver(&mut self, resource: &Resource) -> Result<Option<Resolver>, LoadError> {
        let text = |name: &str| resource.properties.get(name).map(|value| self.scopes[resource.stack].text(value));
        let (Some(parent), Some(name)) = (text("TypeName"), text("FieldName")) else {
            self.findings.push(Finding::new(
                "incomplete-resolver",
                format!("{}: TypeName or FieldName is missing", resource.name),
            ));
            return Ok(None);
        };
        let field = format!("{parent}.{name}");
        let runtime = runtime(&resource.properties);
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
        let target = logical_name(id).unwrap_or_else(|| self.scopes[stack].text(id));
        let found = self.resources.get(KINDS[1]).and_then(|list| {
            let same = |resource: &&Resource| resource.name == target;
            list.iter()
                .filter(same)
                .find(|resource| resource.stack == stack)
                .or_else(|| list.iter().find(same))
                .or_else(|| {
                    // A nested stack gets the id as a parameter whose name holds that of the function.
                    list.iter().find(|resource| target.contains(&resource.name))
                })
        });
        let Some(found) = found else { return Ok(None) };
        let resource = Resource { stack: found.stack, name: found.name.clone(), properties: found.properties.clone() };
        let name = resource.properties.get("Name").map(|name| self.scopes[resource.stack].text(name));
        let name = name.unwrap_or_else(|| resource.name.clone());
        let request = self.half(&resource, "Request", &name)?;
        let response = self.half(&resource, "Response", &name)?;
        let data_source = self.data_source(resource.stack, resource.properties.get("DataSourceName"));
        let runtime = runtime(&resource.properties);
        let slot = slot(&name, request.as_deref().or(response.as_deref()));
        Ok(Some(Function { name, slot, index, data_source, request, response, runtime }))
    }

    /// The type of a data source; unknown ones are not NONE.
    fn data_source(&self, stack: usize, name: Option<&Json>) -> String {
        let Some(name) = name else { return "NONE".to_owned() };
        let target = logical_name(name).unwrap_or_else(|| self.scopes[stack].text(name));
        let sources = self.resources.get(KINDS[2]).map_or(&[][..], Vec::as_slice);
        let named = |resource: &&Resource| {
            let own = resource.properties.get("Name").map(|name| self.scopes[resource.stack].text(name));
            resource.name == target || own.as_deref() == Some(&target)
        };
        let found = sources.iter().filter(named).find_map(|resource| resource.properties.get("Type")?.as_str());
        match found {
            Some(kind) => kind.to_owned(),
            None if target.to_ascii_uppercase().contains("NONE") => "NONE".to_owned(),
            None => "UNKNOWN".to_owned(),
        }
    }

    /// `RequestMappingTemplate` inline, or `RequestMappingTemplateS3Location` as a file.
    fn half(&mut self, resource: &Resource, half: &str, owner: &str) -> Result<Option<Arc<Template>>, LoadError> {
        let scope = &self.scopes[resource.stack];
        if let Some(inline) = resource.properties.get(format!("{half}MappingTemplate")) {
            let text = scope.text(inline);
            let name = format!("{owner}.{}.vtl", if half == "Request" { "req" } else { "res" });
            let key = format!("{name}\0{text}");
            return Ok(Some(self.templates.entry(key).or_insert_with(|| Template::new(name, text)).clone()));
        }
        let Some(location) = resource.properties.get(format!("{half}MappingTemplateS3Location")) else {
            return Ok(None);
        };
        let location = scope.text(location);
        let Some(path) = self.local(resource.stack, &location) else {
            let message = format!(
                "{owner}: the template at {location} was not found beside {}",
                self.files[resource.stack].display()
            );
            return Err(LoadError::new(&self.files[resource.stack], message));
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
        let template = Template::new(name, read(&path)?);
        self.templates.insert(key, template.clone());
        Ok(Some(template))
    }

    /// The local file of an S3 location: the last parts of its key, near the template.
    fn local(&self, stack: usize, location: &str) -> Option<PathBuf> {
        let mut parts: Vec<&str> = location.split('/').filter(|part| !part.is_empty()).collect();
        let file = parts.pop()?;
        let inside = parts.last().copied().unwrap_or("resolvers");
        let stem = file.split('.').next().unwrap_or(file);
        let mut folder = self.files[stack].parent();
        for _ in 0..4 {
            let here = folder?;
            let names = [
                here.join(inside).join(file),
                here.join("resolvers").join(file),
                here.join(file),
                here.join(format!("asset.{file}")),
                here.join(format!("asset.{stem}")),
                here.join(format!("asset.{stem}.vtl")),
            ];
            if let Some(path) = names.into_iter().find(|path| path.is_file()) {
                return Some(path);
            }
            folder = here.parent();
        }
        None
    }
}

/// `{"Ref": N}` and `{"Fn::GetAtt": [N, …]}` lead to N.
fn logical_name(json: &Json) -> Option<String> {
    let map = json.as_object()?;
    let name = map.get("Ref").or_else(|| map.get("Fn::GetAtt").and_then(|parts| parts.get(0)));
    name.and_then(Json::as_str).map(str::to_owned)
}

fn runtime(properties: &Json) -> Option<String> {
    let name = properties.get("Runtime").and_then(|runtime| runtime.get("Name")).and_then(Json::as_str);
    name.map(str::to_owned).or_else(|| properties.get("Code").map(|_| "APPSYNC_JS".to_owned()))
}

/// Amplify names functions `QuerylistTodosauth0Function` and their files `Query.listTodos.auth.1.req.vtl`.
fn slot(name: &str, template: Option<&Template>) -> String {
    let slots = [
        "preAuth",
        "postAuth",
        "auth",
        "init",
        "validate",
        "preUpdate",
        "postUpdate",
        "preDataLoad",
        "postDataLoad",
        "preSubscribe",
        "finish",
    ];
    let file = template.map_or("", Template::name);
    let known = |slot: &&&str| file.contains(&format!(".{slot}.")) || name.contains(&format!("{slot}0Function"));
    slots.iter().find(known).map_or_else(|| "main".to_owned(), |slot| (*slot).to_owned())
}
