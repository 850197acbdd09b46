//! Configurations: the `*.tf` files of a folder and of the modules beside it that it calls.

use super::super::SourcePlace;
use super::super::resources::{ResourceItem, ResourceKind, item, project};
use super::{DEEPEST, kind};
use crate::open::{OpenKind, OpenValue, OpenValues};
use crate::project::Project;
use crate::project::error::ProjectError;
use hcl::{Block, Body, Expression};
use serde_json::{Map, Value as Json};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

crate::message::sentence_error! {
    /// A text that nests too deep to be parsed.
    NestingError
}

/// Brackets in brackets in a configuration.
const NESTED: usize = 100;

/// Modules that are read.
const MOST: usize = 500;

/// A module by its place in [`Modules`].
pub type ModuleId = usize;

/// A folder of `*.tf`, and who calls it with what.
pub struct Module {
    /// Its folder.
    pub folder: PathBuf,
    /// `module.api.`, or nothing for the outermost one.
    pub prefix: String,
    pub blocks: Vec<(PathBuf, Block)>,
    /// The module that calls this one, and its arguments.
    pub caller: Option<(ModuleId, Body)>,
    /// Values from `terraform.tfvars`.
    pub values: HashMap<String, Expression>,
    /// The modules that it calls, by name.
    pub calls: HashMap<String, ModuleId>,
}

/// Every module of a configuration.
pub struct Modules<'a> {
    pub all: Vec<Module>,
    pub place: &'a SourcePlace<'a>,
    pub open: RefCell<OpenValues>,
    pub known: RefCell<HashMap<(ModuleId, String), Json>>,
    pub steps: Cell<u32>,
    /// Whether the template of a file is filled in.
    pub filling: Cell<bool>,
}

impl Module {
    /// The blocks of a kind with these labels.
    pub fn blocks<'m, 'l>(
        &'m self,
        kind: &'l str,
        labels: &'l [&'l str],
    ) -> impl Iterator<Item = &'m (PathBuf, Block)> + use<'m, 'l> {
        self.blocks.iter().filter(move |(_, block)| {
            block.identifier() == kind
                && labels
                    .iter()
                    .enumerate()
                    .all(|(at, label)| block.labels().get(at).is_some_and(|own| own.as_str() == *label))
        })
    }
}

/// An attribute of a body.
pub fn attribute<'b>(body: &'b Body, name: &str) -> Option<&'b Expression> {
    body.attributes().find(|attribute| attribute.key() == name).map(|attribute| attribute.expr())
}

/// Whether a source is a configuration with something of AppSync in it.
pub fn is_configuration(place: &SourcePlace<'_>) -> Result<bool, ProjectError> {
    let files = if place.path.is_dir() { place.root.files(place.path, ".tf") } else { vec![place.path.to_owned()] };
    let mut found = false;
    for file in files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "tf")) {
        let text = place.root.text(file)?;
        found |= text.contains("aws_appsync_") || text.contains("appsync");
    }
    Ok(found)
}

/// Reads the configuration of a folder.
pub fn load(place: &SourcePlace<'_>) -> Result<Project, ProjectError> {
    let folder = if place.path.is_dir() { place.path } else { place.path.parent().unwrap_or_else(|| Path::new(".")) };
    let mut modules =
        Modules { all: Vec::new(), place, open: RefCell::default(), known: RefCell::default(), steps: Cell::new(0), filling: Cell::new(false) };
    modules.read(folder, String::new(), None, 0)?;
    let mut items = Vec::new();
    for module in 0..modules.all.len() {
        modules.items(module, &mut items);
    }
    project(place, &items, modules.open.into_inner())
}

impl Modules<'_> {
    fn read(
        &mut self,
        folder: &Path,
        prefix: String,
        caller: Option<(ModuleId, Body)>,
        depth: usize,
    ) -> Result<ModuleId, ProjectError> {
        let mut blocks = Vec::new();
        for file in self.place.root.files(folder, ".tf") {
            let body = parse(&file, &self.place.root.text(&file)?)?;
            blocks.extend(body.into_blocks().map(|block| (file.clone(), block)));
        }
        let mut values = HashMap::new();
        let own = if caller.is_none() { self.place.root.files(folder, ".tfvars") } else { Vec::new() };
        for file in own {
            let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if name == "terraform.tfvars" || name.ends_with(".auto.tfvars") {
                let body = parse(&file, &self.place.root.text(&file)?)?;
                values.extend(body.into_attributes().map(|one| (one.key().to_owned(), one.expr().clone())));
            }
        }
        let folder = folder.to_owned();
        let id = self.all.len();
        self.all.push(Module { folder, prefix, blocks, caller, values, calls: HashMap::new() });
        let calls: Vec<Block> = self.all[id].blocks("module", &[]).map(|(_, block)| block.clone()).collect();
        for call in calls.into_iter().filter(|_| depth < DEEPEST) {
            if self.all.len() >= MOST {
                break;
            }
            let Some(name) = call.labels().first().map(|label| label.as_str().to_owned()) else { continue };
            let prefix = format!("{}module.{name}.", self.all[id].prefix);
            if let Some(folder) = self.source(id, &name, &call) {
                let child = self.read(&folder, prefix, Some((id, call.body().clone())), depth + 1)?;
                self.all[id].calls.insert(name, child);
            }
        }
        Ok(id)
    }

    /// The folder of a module: beside the caller, or where `terraform init` put it.
    fn source(&self, caller: ModuleId, name: &str, call: &Block) -> Option<PathBuf> {
        let Some(Expression::String(source)) = attribute(call.body(), "source") else { return None };
        let folder = &self.all[caller].folder;
        if source.starts_with('.') {
            return Some(folder.join(source)).filter(|folder| folder.is_dir());
        }
        let outer = &self.all[0].folder;
        let list = outer.join(".terraform/modules/modules.json");
        let json: Json = serde_json::from_str(&self.place.root.text(&list).ok()?).ok()?;
        let key = format!("{}{name}", self.all[caller].prefix.replace("module.", ""));
        let entry = json
            .get("Modules")?
            .as_array()?
            .iter()
            .find(|entry| entry.get("Key").and_then(Json::as_str) == Some(&key))?;
        Some(outer.join(entry.get("Dir")?.as_str()?)).filter(|folder| folder.is_dir())
    }

    /// The resources of AppSync in a module, one for each item of `for_each`.
    fn items(&self, module: ModuleId, items: &mut Vec<ResourceItem>) {
        let own = &self.all[module];
        for (file, block) in own.blocks("resource", &[]) {
            let [type_name, name] = [0, 1].map(|at| block.labels().get(at).map_or("", |label| label.as_str()));
            let Some(kind) = kind(type_name) else { continue };
            let address = format!("{}{type_name}.{name}", own.prefix);
            let body = block.body();
            if attribute(body, "count").is_some_and(|count| self.value(module, count, None) == 0) {
                continue;
            }
            match attribute(body, "for_each").map(|all| self.value(module, all, None)) {
                None => items.push(item(kind, address, &self.body(module, body, None), file)),
                Some(all) => {
                    for (key, value) in entries(&all) {
                        let each = serde_json::json!({"each": {"key": key, "value": value}});
                        let each = each.as_object().cloned().unwrap_or_default();
                        let values = self.body(module, body, Some(&each));
                        items.push(item(kind, format!("{address}[{key}]"), &values, file));
                    }
                }
            }
        }
        for (file, block) in own.blocks("module", &[]) {
            self.of_known_module(module, file, block, items);
        }
    }

    /// `terraform-aws-modules/appsync/aws`, the one that most people use, by its documented arguments
    /// (<https://registry.terraform.io/modules/terraform-aws-modules/appsync/aws/latest>): its own source is seldom here.
    fn of_known_module(&self, module: ModuleId, file: &Path, block: &Block, items: &mut Vec<ResourceItem>) {
        let source = attribute(block.body(), "source").map(|source| self.value(module, source, None));
        if !source
            .as_ref()
            .and_then(Json::as_str)
            .is_some_and(|source| source.contains("terraform-aws-modules/appsync"))
        {
            return;
        }
        let name = block.labels().first().map_or("", |label| label.as_str());
        if self.all[module].calls.contains_key(name) {
            return;
        }
        let values = self.body(module, block.body(), None);
        items.push(item(ResourceKind::Api, format!("module.{name}"), &values, file));
        let lists = [
            ("datasources", ResourceKind::DataSource),
            ("functions", ResourceKind::Function),
            ("resolvers", ResourceKind::Resolver),
        ];
        for (list, kind) in lists {
            for (key, value) in values.get(list).and_then(Json::as_object).into_iter().flatten() {
                let mut own = value.as_object().cloned().unwrap_or_default();
                if kind == ResourceKind::Resolver {
                    let (parent, field) = key.split_once('.').unwrap_or(("Query", key));
                    own.entry("type").or_insert_with(|| Json::from(parent));
                    own.entry("field").or_insert_with(|| Json::from(field));
                    if let Some(functions) = own.remove("functions") {
                        own.insert("pipeline_config".to_owned(), serde_json::json!({"functions": functions}));
                    }
                } else {
                    own.entry("name").or_insert_with(|| Json::from(key.as_str()));
                }
                items.push(item(kind, key, &own.into(), file));
            }
        }
    }

    /// A body as the values of its attributes and blocks.
    pub fn body(&self, module: ModuleId, body: &Body, scope: Option<&Map<String, Json>>) -> Json {
        let mut values = Map::new();
        for attribute in body.attributes() {
            values.insert(attribute.key().to_owned(), self.value(module, attribute.expr(), scope));
        }
        for block in body.blocks() {
            let (name, value) = match block.labels().first().filter(|_| block.identifier() == "dynamic") {
                // A dynamic block stands as often as its list has items; what it holds counts here, not how often.
                Some(label) => {
                    let content = block.body().blocks().find(|inner| inner.identifier() == "content");
                    (
                        label.as_str(),
                        content.map(|content| self.body(module, content.body(), scope)).unwrap_or_default(),
                    )
                }
                None => (block.identifier(), self.body(module, block.body(), scope)),
            };
            if let Json::Array(list) = values.entry(name.to_owned()).or_insert_with(|| Json::Array(Vec::new())) {
                list.push(value);
            }
        }
        values.into()
    }

    /// The text that holds an open value, or the value that the user gave for it.
    pub fn leave_open(&self, module: ModuleId, own: &str, kind: OpenKind) -> Json {
        let name = format!("{}{own}", self.all[module].prefix);
        let short = own.strip_prefix("var.").unwrap_or(own);
        if let Some(value) = self.place.given.value(&[&name, own, short]) {
            return value.clone();
        }
        let file = self.all[module].folder.clone();
        Json::from(self.open.borrow_mut().hold(OpenValue { name, kind, file }))
    }
}

/// The items that `for_each` goes through: those of a map, or of a set of texts.
pub fn entries(json: &Json) -> Vec<(String, Json)> {
    match json {
        Json::Object(map) => map.iter().map(|(key, value)| (key.clone(), value.clone())).collect(),
        Json::Array(items) => items.iter().filter_map(|item| Some((item.as_str()?.to_owned(), item.clone()))).collect(),
        _ => Vec::new(),
    }
}

/// A configuration's text in Terraform's JSON form, with its expressions as the texts that JSON would have (`${var.mode}`).
pub(crate) fn as_json(text: &str) -> Result<Json, ProjectError> {
    let file = Path::new("the configuration");
    let body = parse(file, text)?;
    hcl::from_body(body).map_err(|error| ProjectError::malformed(file, why_not(&error)))
}

/// Parses a configuration. The parser calls itself for every bracket, so they are counted first.
fn parse(file: &Path, text: &str) -> Result<Body, ProjectError> {
    check_nesting(text).map_err(|why| ProjectError::malformed(file, why))?;
    hcl::parse(text).map_err(|error| ProjectError::malformed(file, format!("not valid HCL: {}", why_not(&error))))
}

/// What is wrong, and where. The line itself is not shown: it may hold what nobody should read.
fn why_not(error: &hcl::Error) -> String {
    match error {
        hcl::Error::Parse(error) => {
            let at = error.location();
            format!("line {}, column {}: {}", at.line(), at.column(), error.message())
        }
        error => error.to_string(),
    }
}

/// Refuses brackets that nest too deep (limit `hcl depth`).
pub fn check_nesting(text: &str) -> Result<(), NestingError> {
    let mut depth = 0_usize;
    for letter in text.chars() {
        match letter {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > NESTED {
            return Err(format!("its brackets nest deeper than {NESTED} levels (limit `hcl depth`)").into());
        }
    }
    let operators = text.split(['\n', ';']).map(|line| line.matches(['!', '-', '?']).count()).max().unwrap_or(0);
    if operators > 2_000 {
        return Err("a line of it has more than 2000 operators (limit `hcl depth`)".into());
    }
    Ok(())
}
