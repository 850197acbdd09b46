//! Which form a source of resolvers has.

use super::{Resolvers, amplify, cloudformation, manifest, saved, stack_files, yaml};
use crate::files::decode;
use crate::finding::Finding;
use serde_json::Value as Json;
use std::path::{Path, PathBuf};

/// Files larger than this are no templates.
const LARGEST: u64 = 64 << 20;

/// What a source needs beside its path.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    /// The project's own `resolvers/` (Amplify builds).
    pub overrides: Option<PathBuf>,
    /// Values of CloudFormation parameters.
    pub parameters: serde_json::Map<String, Json>,
}

/// Why a source could not be read.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}: {message}", path.display())]
pub struct LoadError {
    /// The file or folder.
    pub path: PathBuf,
    /// What is wrong, and what to do.
    pub message: String,
    /// Nothing is wrong: the path just holds no resolvers.
    pub nothing_there: bool,
}

impl LoadError {
    /// An error about a path.
    pub fn new(path: &Path, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), message: message.into(), nothing_there: false }
    }
}

impl LoadError {
    /// The path holds no resolvers.
    pub(super) fn nothing(path: &Path, message: impl Into<String>) -> Self {
        Self { nothing_there: true, ..Self::new(path, message) }
    }
}

/// Reads the resolvers of a path in whichever form it has.
///
/// # Errors
/// Nothing that holds resolvers is there, or it cannot be read.
pub fn load(path: &Path, options: &LoadOptions) -> Result<Resolvers, LoadError> {
    if let Some(folder) = options.overrides.as_deref().filter(|folder| !folder.is_dir()) {
        return Err(LoadError::new(folder, "no such folder (--overrides wants the project's own `resolvers/`)"));
    }
    if let Some(build) = amplify_build(path, options) {
        return amplify::load(&build, options);
    }
    let mut resolvers = source(path, options)?;
    if let Some(folder) = &options.overrides {
        amplify::replace_by_name(&mut resolvers, folder)?;
    }
    Ok(resolvers)
}

/// The folder of files `Type.field.slot.N.req.vtl`, if that is the form to read.
fn amplify_build(path: &Path, options: &LoadOptions) -> Option<PathBuf> {
    if amplify::is_build(path) && !path.join("manifest.json").is_file() {
        return Some(path.to_owned());
    }
    // The stacks of a build know more than its files do: data sources, the before template. But only files take new slots.
    options.overrides.as_ref()?;
    let folders = [path.join("resolvers"), path.join("build").join("resolvers")];
    folders.into_iter().find(|folder| amplify::is_build(folder) && !path.join("manifest.json").is_file())
}

/// Reads every form but Amplify's files with the project's own over them.
fn source(path: &Path, options: &LoadOptions) -> Result<Resolvers, LoadError> {
    if path.is_file() {
        return file(path, options);
    }
    if !path.is_dir() {
        return Err(LoadError::new(path, "no such file or folder"));
    }
    let manifest = path.join("manifest.json");
    if manifest.is_file() && is_pipeline_manifest(&manifest)? {
        return manifest::load(&manifest);
    }
    let stacks = stack_files::find(path).map_err(|error| LoadError::new(path, error.to_string()))?;
    let of_stacks = (!stacks.is_empty()).then(|| cloudformation::load(&stacks, options));
    if let Some(Ok(resolvers)) = of_stacks {
        return Ok(resolvers);
    }
    for folder in [path.join("resolvers"), path.join("build").join("resolvers")] {
        if amplify::is_build(&folder) {
            let mut resolvers = amplify::load(&folder, options)?;
            if let Some(Err(error)) = of_stacks {
                let message = format!("the stacks beside it were not used: {error}");
                resolvers.findings.push(Finding::new("stacks-not-used", message));
            }
            return Ok(resolvers);
        }
    }
    if saved::is_saved(path) {
        return saved::load(path);
    }
    if let Some(result) = of_stacks {
        return result;
    }
    Err(LoadError::nothing(
        path,
        "no resolvers found: neither an Amplify build folder (Type.field.slot.N.req.vtl), nor a manifest.json, nor CloudFormation templates, nor saved answers of `aws appsync list-resolvers`",
    ))
}

/// One file: what stands in it tells what it is.
fn file(path: &Path, options: &LoadOptions) -> Result<Resolvers, LoadError> {
    let text = read(path)?;
    let json = yaml::read(&text).map_err(|message| LoadError::new(path, message))?;
    if json.get("pipelines").is_some() {
        return manifest::load(path);
    }
    if json.get("Resources").is_some() {
        return cloudformation::load(&[path.to_owned()], options);
    }
    if ["resolvers", "functions"].iter().any(|name| json.get(*name).is_some_and(Json::is_array)) {
        return saved::load_files(path, &[path.to_owned()]);
    }
    Err(LoadError::new(
        path,
        "no resolvers in it: neither a pipeline manifest (`pipelines`), nor a CloudFormation template (`Resources`), nor a saved answer of `aws appsync list-resolvers` (`resolvers`)",
    ))
}

/// A `cdk.out` has a manifest.json of another kind.
fn is_pipeline_manifest(path: &Path) -> Result<bool, LoadError> {
    let json: Json =
        serde_json::from_str(&read(path)?).map_err(|error| LoadError::new(path, format!("no JSON: {error}")))?;
    Ok(json.get("pipelines").is_some())
}

/// Reads a file of text.
pub fn read(path: &Path) -> Result<String, LoadError> {
    let size = std::fs::metadata(path).map_err(|error| LoadError::new(path, error.to_string()))?.len();
    if size > LARGEST {
        return Err(LoadError::new(path, format!("{size} bytes are too many (limit {LARGEST})")));
    }
    let bytes = std::fs::read(path).map_err(|error| LoadError::new(path, error.to_string()))?;
    decode(bytes).map_err(|why| LoadError::new(path, why))
}

/// The files of a folder with this ending, in the order of their names.
pub fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let mut found: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|path| {
            path.is_file() && path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.ends_with(ending))
        })
        .collect();
    found.sort();
    found
}
