//! Which kind a source is of, and what reads it: one loader a kind, asked in order.

mod amplify;
mod beside;
mod cloudformation;
mod given;
mod manifest;
mod inside;
mod marks;
mod plain;
mod pulumi;
mod resources;
mod saved;
mod schemas;
mod serverless;
#[cfg(feature = "projects")]
mod terraform;

pub(crate) use cloudformation::expand_sam;
pub(crate) use pulumi::apis as pulumi_apis;
pub(crate) use resources::api_properties;
#[cfg(feature = "projects")]
pub(crate) use terraform::as_json as terraform_json;
pub(crate) use serverless::{api_alone as serverless_api, apis as serverless_apis};

use crate::message::{Message, Part};
use super::error::{Fault, ProjectError};
use super::root::Root;
use super::template::{TemplateOrigin, Template};
use super::{Api, Project, SchemaText, yaml};
use crate::code::Code;
use crate::finding::Finding;
use beside::Beside;
use given::GivenParameters;
use serde_json::Value as Json;
use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a source needs beside its path.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    /// The project's own `resolvers/` (Amplify builds).
    pub overrides: Option<PathBuf>,
    /// Values that the source leaves open: parameters, and whatever a report named.
    pub parameters: serde_json::Map<String, Json>,
    /// Which API, where the source has several.
    pub api_name: Option<String>,
    /// Take all APIs of the source together instead of asking which: for what looks at each template alone.
    pub every_api: bool,
    /// The API's schema, in place of the source's.
    pub schema: Option<PathBuf>,
    /// The schema with `@model` and `@auth`, in place of the source's.
    pub model: Option<PathBuf>,
    /// The API's modes by AWS's own names, in place of the source's.
    pub api: Option<Json>,
    /// IAM policies of the caller.
    pub policies: Vec<Json>,
    /// The folder that a search began in: what lies in it may be read.
    pub root: Option<PathBuf>,
    /// Follow references to files outside of the root.
    pub allow_outside: bool,
}

/// The kinds of projects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProjectKind {
    /// Files that Amplify generated: `Type.field.slot.N.req.vtl`.
    AmplifyFiles,
    /// `manifest.json` with its pipelines.
    Manifest,
    /// CloudFormation templates, whatever made them.
    CloudFormation,
    /// `serverless.yml` with the AppSync plugin.
    Serverless,
    /// Plans, states and configurations.
    Terraform,
    /// States of Pulumi and SST.
    Pulumi,
    /// Saved answers of the AWS CLI.
    Saved,
    /// Templates in folders, in one of the namings that people use.
    Plain,
}

impl ProjectKind {
    /// What it is called.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AmplifyFiles => "Amplify's generated files",
            Self::Manifest => "a pipeline manifest",
            Self::CloudFormation => "CloudFormation",
            Self::Serverless => "Serverless",
            Self::Terraform => "Terraform",
            Self::Pulumi => "Pulumi",
            Self::Saved => "saved answers of the AWS CLI",
            Self::Plain => "templates in a folder",
        }
    }
}

/// A source that may be a project.
#[derive(Debug)]
pub struct SourcePlace<'a> {
    /// The file or folder.
    pub path: &'a Path,
    /// Whether it is a file.
    is_file: bool,
    /// What may be read.
    pub root: &'a Root,
    /// What the user gave beside it.
    pub options: &'a LoadOptions,
    given: GivenParameters<'a>,
    beside: OnceCell<Beside>,
    document: OnceCell<Result<Json, ProjectError>>,
    documents: OnceCell<Vec<FolderDocument>>,
}

/// A file of JSON in a folder.
#[derive(Clone, Debug)]
struct FolderDocument {
    path: PathBuf,
    mentions_appsync: bool,
    json: Json,
    /// A key that stands twice.
    fault: Option<String>,
}

/// A half of a resolver or a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LoadedHalf {
    Request,
    Response,
}

impl LoadedHalf {
    /// The name of a template that has no file of its own.
    fn file(self, owner: &str) -> String {
        match self {
            Self::Request => format!("{owner}.req.vtl"),
            Self::Response => format!("{owner}.res.vtl"),
        }
    }
}

/// Files of JSON that no tool of AWS writes, and that are large.
const FOREIGN: [&str; 4] = ["package.json", "package-lock.json", "tsconfig.json", "composer.lock"];

/// Reads one kind of source.
pub trait Loader: Sync {
    /// The kind that it reads.
    fn kind(&self) -> ProjectKind;

    /// Whether a source is of this kind. It costs little, and says nothing of whether it is whole.
    ///
    /// # Errors
    /// Something in it cannot be read.
    fn recognises(&self, place: &SourcePlace<'_>) -> Result<bool, ProjectError>;

    /// Reads it.
    ///
    /// # Errors
    /// It cannot be read, or holds no resolvers.
    fn load(&self, place: &SourcePlace<'_>) -> Result<Project, ProjectError>;

    /// Whether it puts the project's own files into their slots itself.
    fn takes_overrides(&self) -> bool {
        false
    }
}

/// In the order in which they are asked. The stacks of an Amplify build know more than its files do (data sources, the
/// before template), so they come first; but only files take the project's own new slots.
const LOADERS: &[&dyn Loader] = &[
    &amplify::Files,
    &manifest::Manifests,
    &cloudformation::CloudFormationTemplates,
    &amplify::FilesBelow,
    &serverless::ServerlessConfigurations,
    &pulumi::States,
    #[cfg(feature = "projects")]
    &terraform::TerraformConfigurations,
    &saved::SavedAnswers,
    &plain::Folders,
];

impl<'a> SourcePlace<'a> {
    /// A source.
    pub fn new(path: &'a Path, root: &'a Root, options: &'a LoadOptions) -> Self {
        Self {
            path,
            is_file: path.is_file(),
            root,
            options,
            given: GivenParameters::new(&options.parameters),
            beside: OnceCell::new(),
            document: OnceCell::new(),
            documents: OnceCell::new(),
        }
    }

    /// What stands in the source, if it is a file of JSON or YAML; none if it is a folder.
    ///
    /// # Errors
    /// It cannot be read, or is neither.
    pub fn document(&self) -> Result<Option<&Json>, ProjectError> {
        if !self.is_file {
            return Ok(None);
        }
        let read = || {
            let text = self.root.text(self.path)?;
            // Of a key that stands twice, who reads it as a stack tells.
            let read = yaml::read_noting(&text).map(|(json, _)| json);
            read.map_err(|message| ProjectError::malformed(self.path, message))
        };
        self.document.get_or_init(read).as_ref().map(Some).map_err(Clone::clone)
    }

    /// What the project's tool has written down of its deployment.
    fn beside(&self, name: &str) -> Option<&Json> {
        self.beside.get_or_init(|| Beside::of(self.root, self.path)).value(name)
    }

    /// The template in a file, by a name that says more than the path. One that is there, and is no text, takes no other
    /// field with it: it is a finding, and its own fields say why they have no answer.
    fn template(
        &self,
        name: impl Into<Arc<str>>,
        path: &Path,
        findings: &mut Vec<Finding>,
    ) -> Result<Arc<Template>, ProjectError> {
        let name = name.into();
        match self.root.text(path) {
            Ok(text) => Ok(Template::new(name, text, TemplateOrigin::File(path.to_owned()))),
            Err(error) if self.root.has(path) => {
                let message = error.to_string();
                findings.push(Finding::new(Code::MissingTemplate, message.clone()).at(name.to_string()));
                Ok(Template::new(name, "", TemplateOrigin::Missing(message)))
            }
            Err(error) => Err(error),
        }
    }

    /// The files of JSON that are wanted: the source itself, or those in its folder. What is no JSON is left out here.
    fn documents(&self, wanted: &dyn Fn(&FolderDocument) -> bool) -> Result<Vec<(PathBuf, Json)>, ProjectError> {
        let read = |path: PathBuf| {
            let text = self.root.text(&path).ok()?;
            let mentions_appsync = text.contains("appsync");
            let json = serde_json::from_str(&text).ok()?;
            let fault = crate::json::check(&text).err().map(|error| format!("not valid JSON: {error}"));
            Some(FolderDocument { path, mentions_appsync, json, fault })
        };
        let all = self.documents.get_or_init(|| {
            let foreign = |path: &PathBuf| FOREIGN.iter().any(|name| path.ends_with(name));
            if self.is_file {
                return read(self.path.to_owned()).into_iter().collect();
            }
            let files = self.root.files(self.path, ".json").into_iter().filter(|path| !foreign(path));
            files.filter_map(read).collect()
        });
        if self.is_file && all.is_empty() {
            self.document()?;
        }
        let found = all.iter().filter(|document| wanted(document));
        let readable = |document: &FolderDocument| match &document.fault {
            Some(fault) => Err(ProjectError::malformed(&document.path, fault.as_str())),
            None => Ok((document.path.clone(), document.json.clone())),
        };
        found.map(readable).collect()
    }

    /// Which of several APIs: the only one, or the one that `--api-name` names; none where there is none, or where all are
    /// taken together.
    fn choose(&self, names: &[String]) -> Result<Option<usize>, ProjectError> {
        let failed = |fault| ProjectError::new(self.path, fault);
        if let Some(wanted) = &self.options.api_name {
            let at = names.iter().position(|name| name == wanted);
            let missing = || failed(Fault::NoSuchApi { name: wanted.clone(), names: names.to_vec() });
            return at.ok_or_else(missing).map(Some);
        }
        match names.len() {
            0 => Ok(None),
            1 => Ok(Some(0)),
            _ if self.options.every_api => Ok(None),
            _ => Err(failed(Fault::SeveralApis { names: names.to_vec() })),
        }
    }

    fn is_manifest_beside(&self) -> bool {
        !self.is_file && self.root.has(&self.path.join("manifest.json"))
    }
}

/// Reads the project at a path, of whichever kind it is.
///
/// # Errors
/// No project is there, or it cannot be read.
pub fn load(path: &Path, options: &LoadOptions) -> Result<Project, ProjectError> {
    if let Some(folder) = options.overrides.as_deref().filter(|folder| !folder.is_dir()) {
        return Err(ProjectError::new(folder, Fault::NoOverrides));
    }
    let root = Root::within(path, options.root.as_deref(), options.allow_outside)?;
    let place = SourcePlace::new(path, &root, options);
    let mut unused: Option<ProjectError> = None;
    for loader in LOADERS {
        if !loader.recognises(&place)? {
            continue;
        }
        match loader.load(&place) {
            Ok(mut project) => {
                if let Some(error) = unused {
                    let message = Message::of(
                        "the stacks beside it were not used: {}",
                        [Part::Text(error.to_string())],
                    );
                    project.findings.push(Finding::new(Code::StacksNotUsed, message));
                }
                if let Some(folder) = options.overrides.as_deref().filter(|_| !loader.takes_overrides()) {
                    amplify::replace_by_name(&place, &mut project, folder)?;
                }
                project.kind = Some(loader.kind());
                marks::take(&place, &mut project);
                place.given.all_known(path)?;
                project.findings.extend(place.beside.get().and_then(Beside::finding));
                schemas::add(&place, &mut project);
                add_given(&mut project, options)?;
                return Ok(project);
            }
            // What another loader makes of it is better than nothing.
            Err(error) if unused.is_none() && path.is_dir() => unused = Some(error),
            Err(error) => return Err(unused.unwrap_or(error)),
        }
    }
    Err(unused.unwrap_or_else(|| ProjectError::new(path, Fault::NoProject(nothing(path).to_owned()))))
}

#[cfg(feature = "projects")]
/// Whether a loader would read a path. What cannot be read is no project.
pub(super) fn is_project(path: &Path) -> bool {
    let options = LoadOptions::default();
    let Ok(root) = Root::of(path, false) else { return false };
    let place = SourcePlace::new(path, &root, &options);
    LOADERS.iter().any(|loader| loader.recognises(&place).unwrap_or(false))
}

#[cfg(feature = "projects")]
/// Whether a folder is a project without a look below it: every folder above a working directory is asked. Templates alone
/// are none, as many a folder has some; a schema has to stand beside them.
pub(super) fn is_project_of_itself(path: &Path) -> bool {
    let options = LoadOptions::default();
    let Ok(root) = Root::of(path, false) else { return false };
    let place = SourcePlace::new(path, &root, &options);
    let near: &[&dyn Loader] = &[
        &amplify::Files,
        &manifest::Manifests,
        &amplify::FilesBelow,
        &serverless::ServerlessConfigurations,
        &pulumi::States,
        &terraform::TerraformConfigurations,
        &saved::SavedAnswers,
    ];
    near.iter().any(|loader| loader.recognises(&place).unwrap_or(false)) || plain::is_beside_a_schema(&place)
}

#[cfg(feature = "projects")]
/// The CloudFormation templates with something of AppSync that stand in a folder itself.
pub(super) fn stacks_in(path: &Path) -> Vec<PathBuf> {
    let Ok(root) = Root::of(path, false) else { return Vec::new() };
    let endings = [".yaml", ".yml", ".json", ".template"];
    let files = endings.iter().flat_map(|ending| root.files(path, ending));
    let serverless = |file: &PathBuf| file.file_stem().is_some_and(|stem| stem == "serverless");
    files.filter(|file| !serverless(file) && cloudformation::files::is_template(&root, file)).collect()
}

#[cfg(feature = "projects")]
/// Whether a folder holds saved answers.
pub(super) fn is_saved(path: &Path) -> bool {
    let options = LoadOptions::default();
    let Ok(root) = Root::of(path, false) else { return false };
    saved::SavedAnswers.recognises(&SourcePlace::new(path, &root, &options)).unwrap_or(false)
}

/// Puts what the user gave into the place of what the source has.
fn add_given(project: &mut Project, options: &LoadOptions) -> Result<(), ProjectError> {
    let text = |path: &PathBuf| Root::of(path, true)?.text(path);
    for (given, own) in [(&options.schema, &mut project.schema), (&options.model, &mut project.model)] {
        if let Some(file) = given {
            *own = Some(SchemaText::new(file, text(file)?));
        }
    }
    if let Some(given) = &options.api {
        let api = given.get("graphqlApi").unwrap_or(given);
        project.api = Api { environment: std::mem::take(&mut project.api.environment), ..Api::read(api) };
    }
    project.policies.extend(options.policies.iter().cloned());
    Ok(())
}

fn nothing(path: &Path) -> &'static str {
    if path.is_dir() {
        "no resolvers found: neither an Amplify build folder (Type.field.slot.N.req.vtl), nor a manifest.json, nor CloudFormation templates, nor saved answers of `aws appsync list-resolvers`"
    } else {
        "no resolvers in it: neither a pipeline manifest (`pipelines`), nor a CloudFormation template (`Resources`), nor a saved answer of `aws appsync list-resolvers` (`resolvers`)"
    }
}
