//! Which form a source of resolvers has.

use super::{Resolvers, amplify, cloudformation, manifest, saved};
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
}

impl LoadError {
    /// An error about a path.
    pub fn new(path: &Path, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), message: message.into() }
    }
}

/// Reads the resolvers of a path in whichever form it has.
///
/// # Errors
/// Nothing that holds resolvers is there, or it cannot be read.
pub fn load(path: &Path, options: &LoadOptions) -> Result<Resolvers, LoadError> {
    if path.is_file() {
        return match path.file_name().and_then(|name| name.to_str()) {
            Some("manifest.json") => manifest::load(path),
            _ => cloudformation::load(&[path.to_owned()], options),
        };
    }
    if !path.is_dir() {
        return Err(LoadError::new(path, "no such file or folder"));
    }
    if path.join("manifest.json").is_file() && is_pipeline_manifest(&path.join("manifest.json")) {
        return manifest::load(&path.join("manifest.json"));
    }
    if amplify::is_build(path) {
        return amplify::load(path, options);
    }
    // The stacks of a build know more than its files do: data sources, the before template. Overrides replace files.
    let stacks = cloudformation::find(path);
    let of_stacks = (!stacks.is_empty()).then(|| cloudformation::load(&stacks, options));
    if let Some(Ok(resolvers)) = of_stacks.as_ref().filter(|_| options.overrides.is_none())
        && !resolvers.by_field.is_empty()
    {
        return of_stacks.unwrap_or_else(|| Ok(Resolvers::default()));
    }
    for folder in [path.join("resolvers"), path.join("build").join("resolvers")] {
        if amplify::is_build(&folder) {
            return amplify::load(&folder, options);
        }
    }
    if saved::is_saved(path) {
        return saved::load(path);
    }
    if let Some(result) = of_stacks {
        return result;
    }
    Err(LoadError::new(
        path,
        "no resolvers found: neither an Amplify build folder (Type.field.slot.N.req.vtl), nor a manifest.json, nor CloudFormation templates, nor saved answers of `aws appsync list-resolvers`",
    ))
}

/// A `cdk.out` has a manifest.json of another kind.
fn is_pipeline_manifest(path: &Path) -> bool {
    read(path).is_ok_and(|text| serde_json::from_str::<Json>(&text).is_ok_and(|json| json.get("pipelines").is_some()))
}

/// Reads a file of text.
pub fn read(path: &Path) -> Result<String, LoadError> {
    let size = std::fs::metadata(path).map_err(|error| LoadError::new(path, error.to_string()))?.len();
    if size > LARGEST {
        return Err(LoadError::new(path, format!("{size} bytes are too many (limit {LARGEST})")));
    }
    std::fs::read_to_string(path).map_err(|error| LoadError::new(path, error.to_string()))
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
