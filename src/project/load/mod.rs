//! Which kind a source is of, and what reads it: one loader a kind, asked in order.

mod amplify;
mod cloudformation;
mod given;
mod manifest;
mod saved;

use super::error::{Fault, ProjectError};
use super::root::Root;
use super::template::{Origin, Template};
use super::{Project, yaml};
use crate::code::Code;
use crate::finding::Finding;
use given::Given;
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
    /// Saved answers of the AWS CLI.
    Saved,
}

/// A source that may be a project.
#[derive(Debug)]
pub struct Place<'a> {
    /// The file or folder.
    pub path: &'a Path,
    /// What may be read.
    pub root: &'a Root,
    /// What the user gave beside it.
    pub options: &'a LoadOptions,
    given: Given<'a>,
    document: OnceCell<Result<Json, ProjectError>>,
}

/// Reads one kind of source.
pub trait Loader: Sync {
    /// The kind that it reads.
    fn kind(&self) -> ProjectKind;

    /// Whether a source is of this kind. It costs little, and says nothing of whether it is whole.
    ///
    /// # Errors
    /// Something in it cannot be read.
    fn recognises(&self, place: &Place<'_>) -> Result<bool, ProjectError>;

    /// Reads it.
    ///
    /// # Errors
    /// It cannot be read, or holds no resolvers.
    fn load(&self, place: &Place<'_>) -> Result<Project, ProjectError>;

    /// Whether it puts the project's own files into their slots itself.
    fn takes_overrides(&self) -> bool {
        false
    }
}

/// In the order in which they are asked. The stacks of an Amplify build know more than its files do (data sources, the
/// before template), so they come first; but only files take the project's own new slots.
const LOADERS: [&dyn Loader; 5] =
    [&amplify::Files, &manifest::Manifests, &cloudformation::Templates, &amplify::FilesBelow, &saved::Answers];

impl<'a> Place<'a> {
    /// A source.
    pub fn new(path: &'a Path, root: &'a Root, options: &'a LoadOptions) -> Self {
        Self { path, root, options, given: Given::new(&options.parameters), document: OnceCell::new() }
    }

    /// What stands in the source, if it is a file of JSON or YAML; none if it is a folder.
    ///
    /// # Errors
    /// It cannot be read, or is neither.
    pub fn document(&self) -> Result<Option<&Json>, ProjectError> {
        if !self.path.is_file() {
            return Ok(None);
        }
        let read = || {
            let text = self.root.text(self.path)?;
            yaml::read(&text).map_err(|message| ProjectError::malformed(self.path, message))
        };
        self.document.get_or_init(read).as_ref().map(Some).map_err(Clone::clone)
    }

    /// The template in a file, by a name that says more than the path.
    fn template(&self, name: impl Into<Arc<str>>, path: &Path) -> Result<Arc<Template>, ProjectError> {
        Ok(Template::new(name, self.root.text(path)?, Origin::File(path.to_owned())))
    }

    fn is_manifest_beside(&self) -> bool {
        self.root.has(&self.path.join("manifest.json"))
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
    let root = Root::of(path, options.allow_outside)?;
    let place = Place::new(path, &root, options);
    let mut unused: Option<ProjectError> = None;
    for loader in LOADERS {
        if !loader.recognises(&place)? {
            continue;
        }
        match loader.load(&place) {
            Ok(mut project) => {
                if let Some(error) = unused {
                    let message = format!("the stacks beside it were not used: {error}");
                    project.findings.push(Finding::new(Code::StacksNotUsed, message));
                }
                if let Some(folder) = options.overrides.as_deref().filter(|_| !loader.takes_overrides()) {
                    amplify::replace_by_name(&place, &mut project, folder)?;
                }
                project.kind = Some(loader.kind());
                place.given.all_known(path)?;
                return Ok(project);
            }
            // What another loader makes of it is better than nothing.
            Err(error) if unused.is_none() && path.is_dir() => unused = Some(error),
            Err(error) => return Err(unused.unwrap_or(error)),
        }
    }
    Err(unused.unwrap_or_else(|| ProjectError::new(path, Fault::NoProject(nothing(path).to_owned()))))
}

fn nothing(path: &Path) -> &'static str {
    if path.is_dir() {
        "no resolvers found: neither an Amplify build folder (Type.field.slot.N.req.vtl), nor a manifest.json, nor CloudFormation templates, nor saved answers of `aws appsync list-resolvers`"
    } else {
        "no resolvers in it: neither a pipeline manifest (`pipelines`), nor a CloudFormation template (`Resources`), nor a saved answer of `aws appsync list-resolvers` (`resolvers`)"
    }
}
