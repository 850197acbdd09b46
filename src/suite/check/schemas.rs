//! Where the schemas stand that tell of the arguments of templates.

use crate::files::{below, read_ordinary};
use crate::project::Root;
use std::fs::DirEntry;
use std::path::{Path, PathBuf};

/// Entries of a folder above the templates that are looked at for a schema.
const NEAR: usize = 2_000;

/// The texts of the schemas that stand among the templates of a folder; else of those in the nearest folder above that has any,
/// itself or in its own folders, up to the root of the project: `graphql/schema.graphql` beside `resolvers/`.
pub fn around(path: &Path, root: &Root) -> Vec<String> {
    let is_schema = |name: &str| [".graphql", ".graphqls", ".gql"].iter().any(|ending| name.ends_with(ending));
    let mut files = below(path, &is_schema).unwrap_or_default();
    let whole = crate::files::real_or_same(path);
    let mut above = whole.ancestors().skip(1).take_while(|folder| folder.starts_with(root.folder()));
    while files.is_empty()
        && let Some(folder) = above.next()
    {
        files = near(folder, &is_schema);
    }
    files.iter().filter(|file| root.check(file).is_ok()).filter_map(|file| read_ordinary(file).ok()).collect()
}

/// The files of a folder and of its own folders that are wanted. Most entries are neither: what each is, is not asked of the
/// file system, and only those that are kept are put in order.
fn near(folder: &Path, wanted: &dyn Fn(&str) -> bool) -> Vec<PathBuf> {
    let named = |entry: &DirEntry, is: &dyn Fn(&str) -> bool| entry.file_name().to_str().is_some_and(is);
    let files = |folder: &Path| sorted(folder, &|entry| named(entry, wanted) && entry.path().is_file());
    let visible = |name: &str| !name.starts_with('.') && name != "node_modules";
    let folders = sorted(folder, &|entry| named(entry, &visible) && is_folder(entry));
    files(folder).into_iter().chain(folders.iter().flat_map(|folder| files(folder))).collect()
}

/// The paths of those entries of a folder that are wanted, in order.
fn sorted(folder: &Path, wanted: &dyn Fn(&DirEntry) -> bool) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().take(NEAR);
    let mut paths: Vec<_> = entries.filter(|entry| wanted(entry)).map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

/// Whether an entry is a folder, or a link to one.
fn is_folder(entry: &DirEntry) -> bool {
    entry.file_type().is_ok_and(|kind| kind.is_dir() || kind.is_symlink() && entry.path().is_dir())
}
