//! The files around CloudFormation templates: which are templates, and what lies beside them for a place in a bucket.

use crate::project::error::ProjectError;
use crate::project::root::Root;
use serde_json::Value as Json;
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

/// The CloudFormation templates in a folder and those below it, the outer ones first.
pub fn find(root: &Root, folder: &Path) -> Result<Vec<PathBuf>, ProjectError> {
    let ending = |name: &str| [".json", ".yaml", ".yml", ".template"].iter().any(|ending| name.ends_with(ending));
    let mut found = root.below(folder, &ending)?;
    let own: BTreeSet<PathBuf> = found.iter().filter(|path| is_template(root, path)).cloned().collect();
    // Beside them stand the stacks that create them, with the roles, and those whose outputs they read.
    let folders: BTreeSet<&Path> = own.iter().filter_map(|path| path.parent()).collect();
    let beside = |path: &PathBuf| path.parent().is_some_and(|folder| folders.contains(folder));
    found.retain(|path| own.contains(path) || beside(path) && is_stack(root, path));
    found.sort_by_key(|path| path.components().count());
    Ok(found)
}

/// Whether a file is such a template with something of AppSync in it.
pub fn is_template(root: &Root, path: &Path) -> bool {
    root.text(path).is_ok_and(|text| {
        (text.contains("AWS::AppSync::") || text.contains("AWS::Serverless::GraphQLApi")) && text.contains("Resources")
    })
}

/// Whether a file is a template of CloudFormation, with whatever in it.
pub fn is_stack(root: &Root, path: &Path) -> bool {
    root.text(path).is_ok_and(|text| text.contains("Resources") && text.contains("AWS::"))
}

/// Files by the name that they get in the bucket, as the CDK lists them beside its stacks: `files.HASH.source.path`.
#[derive(Default)]
pub struct Assets(HashMap<String, PathBuf>);

impl Assets {
    /// Reads the lists `*.assets.json` beside these stacks.
    pub fn beside(root: &Root, stacks: &[PathBuf]) -> Self {
        let mut assets = Self::default();
        let folders: BTreeSet<&Path> = stacks.iter().filter_map(|file| file.parent()).collect();
        for list in folders.iter().flat_map(|folder| root.files(folder, ".assets.json")) {
            let json: Json =
                root.text(&list).ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
            for (hash, file) in json.get("files").and_then(Json::as_object).into_iter().flatten() {
                let path = file.pointer("/source/path").and_then(Json::as_str);
                if let (Some(path), Some(folder)) = (path, list.parent()) {
                    assets.0.insert(hash.clone(), folder.join(path));
                }
            }
        }
        assets
    }

    /// All of them, in the order of their names.
    pub fn files(&self) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> = self.0.values().cloned().collect();
        files.sort();
        files
    }

    /// The local file of an S3 location: a listed one, or one with the last parts of its key, near the stack.
    pub fn local(&self, root: &Root, stack: &Path, location: &str) -> Option<PathBuf> {
        // What `aws cloudformation package` has not uploaded yet is a path beside the stack.
        if !location.contains("://")
            && let Some(path) = stack.parent().map(|folder| folder.join(location)).filter(|path| root.has(path))
        {
            return Some(path);
        }
        let mut parts: Vec<&str> = location.split('/').filter(|part| !part.is_empty()).collect();
        let file = parts.pop()?;
        let inside = parts.last().copied().unwrap_or("resolvers");
        let stem = file.split('.').next().unwrap_or(file);
        if let Some(path) = self.0.get(stem).filter(|path| root.has(path)) {
            return Some(path.clone());
        }
        let mut folder = stack.parent();
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
            if let Some(path) = names.into_iter().find(|path| root.has(path)) {
                return Some(path);
            }
            folder = here.parent();
        }
        None
    }
}
