//! Stacks that belong together: each with its template, the stack that creates it, and those that it creates.

use crate::message::{Message, Part};
use super::super::SourcePlace;
use super::super::given::GivenParameters;
use super::files::{Assets, is_stack};
use crate::code::Code;
use crate::finding::Finding;
use crate::open::{OpenKind, OpenValue, OpenValues};
use crate::project::error::ProjectError;
use crate::project::yaml;
use serde_json::{Map, Value as Json};
use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// References followed from stack to stack.
const FARTHEST: usize = 32;

const STACK: &str = "AWS::CloudFormation::Stack";

/// A stack by its place in [`Stacks`].
pub type StackId = usize;

/// A template and its place among the others.
#[derive(Debug)]
pub struct Stack {
    /// Its file.
    pub file: PathBuf,
    /// Its logical ids from the outermost stack on, as `--parameters` has them: empty for an outermost one.
    pub path: String,
    template: Json,
    /// The stack that creates it, and with which parameters.
    parent: Option<(StackId, Map<String, Json>)>,
    /// The stacks that it creates, by logical id.
    nested: HashMap<String, StackId>,
}

impl Stack {
    /// A section of its template.
    pub fn section(&self, name: &str) -> Option<&Map<String, Json>> {
        self.template.get(name)?.as_object()
    }

    /// The resources of a type, in the order of the template.
    pub fn resources<'s>(&'s self, kind: &'s str) -> impl Iterator<Item = (&'s String, &'s Json)> {
        let all = self.section("Resources").into_iter().flatten();
        all.filter(move |(_, resource)| resource.get("Type").and_then(Json::as_str) == Some(kind))
    }

    /// A resource by its logical id.
    pub fn resource(&self, name: &str) -> Option<&Json> {
        self.section("Resources")?.get(name)
    }

    /// What an output is.
    fn output(&self, name: &str) -> Option<&Json> {
        self.section("Outputs")?.get(name)?.get("Value")
    }

    /// What reports call something in this stack.
    pub fn name_of(&self, own: &str) -> String {
        if self.path.is_empty() { own.to_owned() } else { format!("{}/{own}", self.path) }
    }
}

/// An output: the stack that reads it, or none of an export, and its name.
type OutputKey = (Option<StackId>, String);

/// Every stack of a source.
pub struct Stacks<'a> {
    /// In the order in which they were read, outer ones first.
    pub all: Vec<Stack>,
    /// The source.
    pub place: &'a SourcePlace<'a>,
    /// What lies beside the stacks.
    pub assets: Assets,
    /// Exports by name: the stack and the expression.
    exports: HashMap<String, (StackId, Json)>,
    /// What a user should know of the files.
    pub findings: Vec<Finding>,
    /// The values that nobody knows.
    pub open: RefCell<OpenValues>,
    pub(super) judged: RefCell<HashMap<(StackId, String), Option<bool>>>,
    pub(super) parameters: RefCell<HashMap<(StackId, String), Option<Json>>>,
    /// Outputs of nested stacks, by the stack that reads them, and exports; none while they are looked for.
    pub(super) outputs: RefCell<HashMap<OutputKey, Option<Json>>>,
}

impl<'a> Stacks<'a> {
    /// Reads these templates together, and those that they create.
    pub fn read(place: &'a SourcePlace<'a>, paths: &[PathBuf]) -> Result<Self, ProjectError> {
        let mut stacks = Self::none(place);
        for path in paths {
            match stacks.add(path) {
                Ok(_) => {}
                // One file that cannot be read is no reason to know nothing of the others.
                Err(error) if paths.len() > 1 => {
                    let message = Message::of(
                        "{}: it was left out",
                        [Part::Text(error.to_string())],
                    );
                    let finding = Finding::new(Code::StacksNotUsed, message).at(path.display().to_string());
                    stacks.findings.push(finding);
                }
                Err(error) => return Err(error),
            }
        }
        stacks.assets = Assets::beside(place.root, paths);
        stacks.together()
    }

    /// A template that stands inside this file.
    pub fn of(place: &'a SourcePlace<'a>, path: &Path, template: Json) -> Result<Self, ProjectError> {
        let mut stacks = Self::none(place);
        stacks.add_template(path, template)?;
        stacks.together()
    }

    fn none(place: &'a SourcePlace<'a>) -> Self {
        Self {
            all: Vec::new(),
            place,
            assets: Assets::default(),
            exports: HashMap::new(),
            findings: Vec::new(),
            open: RefCell::default(),
            judged: RefCell::default(),
            parameters: RefCell::default(),
            outputs: RefCell::default(),
        }
    }

    fn together(mut self) -> Result<Self, ProjectError> {
        self.nest()?;
        self.name();
        self.export();
        Ok(self)
    }

    /// A given value by the names that something of a stack has.
    pub fn given(&self) -> &GivenParameters<'a> {
        &self.place.given
    }

    fn add(&mut self, path: &Path) -> Result<StackId, ProjectError> {
        let text = self.place.root.text(path)?;
        let (template, twice) = yaml::read_noting(&text).map_err(|message| ProjectError::malformed(path, message))?;
        // CloudFormation takes the last one without a word.
        self.findings.extend(twice.into_iter().map(|message| {
            let message = Message::of(
                "{}, {}: the last one counts",
                [Part::Name(path.display().to_string()), Part::Text(message.to_string())],
            );
            Finding::new(Code::DuplicateKey, message).at(path.display().to_string())
        }));
        self.add_template(path, template)
    }

    fn add_template(&mut self, path: &Path, mut template: Json) -> Result<StackId, ProjectError> {
        super::sam::expand(&mut template);
        super::include::include(self.place, path, &mut template, 0)?;
        self.all.push(Stack {
            file: path.to_owned(),
            path: String::new(),
            template,
            parent: None,
            nested: HashMap::new(),
        });
        Ok(self.all.len() - 1)
    }

    /// Finds the template of each nested stack: among those read, or beside its parent's.
    fn nest(&mut self) -> Result<(), ProjectError> {
        let mut stack = 0;
        while stack < self.all.len() {
            let nested: Vec<(String, Json)> =
                self.all[stack].resources(STACK).map(|(name, resource)| (name.clone(), resource.clone())).collect();
            for (name, resource) in nested {
                let Some(child) = self.child(stack, &resource)? else { continue };
                if child == stack || self.is_above(child, stack) {
                    // Of an address in a bucket, the name of the file alone is known, and several may have it.
                    let url = resource.pointer("/Properties/TemplateURL").and_then(Json::as_str);
                    if url.is_none_or(|url| url.contains("://")) {
                        continue;
                    }
                    let (own, other) = (self.all[stack].file.display(), self.all[child].file.display());
                    let message = Message::of(
                        "{}: {} creates {}, which it is a part of: a stack cannot hold itself, and was read once",
                        [Part::Place(own.to_string()), Part::Name(name), Part::Place(other.to_string())],
                    );
                    let finding = Finding::new(Code::StacksNotUsed, message).at(own.to_string());
                    self.findings.push(finding);
                    continue;
                }
                if self.all[child].parent.is_some() {
                    continue;
                }
                let parameters = resource.pointer("/Properties/Parameters").and_then(Json::as_object).cloned();
                self.all[child].parent = Some((stack, parameters.unwrap_or_default()));
                self.all[stack].nested.insert(name, child);
            }
            stack += 1;
        }
        Ok(())
    }

    /// Whether a stack creates another, at whatever distance: a child must not become its own parent.
    fn is_above(&self, stack: StackId, other: StackId) -> bool {
        let mut at = other;
        for _ in 0..FARTHEST {
            match &self.all[at].parent {
                Some((parent, _)) if *parent == stack => return true,
                Some((parent, _)) => at = *parent,
                None => return false,
            }
        }
        true
    }

    /// The template of a nested stack: by the end of its URL, or by the path that the CDK writes into the metadata.
    fn child(&mut self, stack: StackId, resource: &Json) -> Result<Option<StackId>, ProjectError> {
        let url = resource.pointer("/Properties/TemplateURL").map(|url| self.text(stack, url)).unwrap_or_default();
        let file = url.rsplit('/').next().unwrap_or_default();
        let named = |stack: &Stack| stack.file.file_name().and_then(|name| name.to_str()) == Some(file);
        if let Some(known) = self.all.iter().position(named) {
            return Ok(Some(known));
        }
        let folder = self.all[stack].file.parent().unwrap_or_else(|| Path::new("")).to_owned();
        let asset = resource.pointer("/Metadata/aws:asset:path").and_then(Json::as_str).map(|path| folder.join(path));
        let local = self.assets.local(self.place.root, &self.all[stack].file, &url);
        for path in local.into_iter().chain(asset) {
            if let Some(known) = self.all.iter().position(|known| known.file == path) {
                return Ok(Some(known));
            }
            if self.place.root.has(&path) && is_stack(self.place.root, &path) {
                return self.add(&path).map(Some);
            }
        }
        Ok(None)
    }

    /// Gives each stack its path; outermost ones have names only where there are several.
    fn name(&mut self) {
        let outer: Vec<StackId> = (0..self.all.len()).filter(|stack| self.all[*stack].parent.is_none()).collect();
        let several = outer.len() > 1;
        for stack in outer {
            let file = self.all[stack].file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let stem = file.split('.').next().unwrap_or_default().to_owned();
            self.name_below(stack, if several { stem } else { String::new() }, 0);
        }
    }

    fn name_below(&mut self, stack: StackId, path: String, depth: usize) {
        let nested: Vec<(String, StackId)> =
            self.all[stack].nested.iter().map(|(name, child)| (name.clone(), *child)).collect();
        self.all[stack].path = path;
        for (name, child) in nested.into_iter().filter(|_| depth < FARTHEST) {
            let path = self.all[stack].name_of(&name);
            self.name_below(child, path, depth + 1);
        }
    }

    /// Collects what the stacks export.
    fn export(&mut self) {
        let mut found = HashMap::new();
        for (stack, own) in self.all.iter().enumerate() {
            for output in own.section("Outputs").into_iter().flat_map(Map::values) {
                let name = output.get("Export").and_then(|export| self.property(stack, export, "Name"));
                if let (Some(name), Some(value)) = (name, output.get("Value")) {
                    found.insert(name, (stack, value.clone()));
                }
            }
        }
        self.exports = found;
    }

    /// The expression that an export has, and the stack that it stands in.
    pub fn exported(&self, name: &str) -> Option<(StackId, &Json)> {
        self.exports.get(name).map(|(stack, value)| (*stack, value))
    }

    /// The expression of an output of a nested stack, and the stack that it stands in.
    pub fn output(&self, stack: StackId, nested: &str, attribute: &str) -> Option<(StackId, &Json)> {
        let child = *self.all[stack].nested.get(nested)?;
        Some((child, self.all[child].output(attribute.strip_prefix("Outputs.")?)?))
    }

    /// The expression that the creating stack passes for a parameter, and that stack.
    pub fn passed(&self, stack: StackId, parameter: &str) -> Option<(StackId, &Json)> {
        let (parent, parameters) = self.all[stack].parent.as_ref()?;
        Some((*parent, parameters.get(parameter)?))
    }

    /// Whether no other stack creates this one.
    pub fn is_outermost(&self, stack: StackId) -> bool {
        self.all[stack].parent.is_none()
    }

    /// The text that holds an open value of a stack, or the value that the user gave for it.
    pub fn leave_open(&self, stack: StackId, own: &str, kind: OpenKind) -> Json {
        let name = self.all[stack].name_of(own);
        if let Some(value) = self.given().value(&[&name, own]) {
            return value.clone();
        }
        if let Some(value) = self.place.beside(own) {
            return value.clone();
        }
        let file = self.all[stack].file.clone();
        Json::from(self.open.borrow_mut().hold(OpenValue { name, kind, file }))
    }

    /// A text for a reader, with the names of the open values in it.
    pub fn shown(&self, text: &str) -> String {
        self.open.borrow().shown(text).into_owned()
    }

    /// The resource that an expression names, through parameters, outputs and exports of other stacks.
    pub fn target(&self, stack: StackId, json: &Json) -> Option<(StackId, String)> {
        self.follow(stack, json, 0)
    }

    fn follow(&self, stack: StackId, json: &Json, depth: usize) -> Option<(StackId, String)> {
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
                let holds = self.condition(stack, parts.first()?.as_str()?)?;
                return self.follow(stack, parts.get(if holds { 1 } else { 2 })?, depth + 1);
            }
            ("Fn::ImportValue", name) => {
                let (other, value) = self.exported(&self.text(stack, name))?;
                return self.follow(other, value, depth + 1);
            }
            _ => return None,
        };
        if self.all[stack].nested.contains_key(name) {
            let (child, value) = self.output(stack, name, attribute)?;
            return self.follow(child, value, depth + 1);
        }
        if let Some((parent, value)) = self.passed(stack, name) {
            return self.follow(parent, value, depth + 1);
        }
        Some((stack, name.to_owned()))
    }
}
