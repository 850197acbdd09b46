//! The schemas that stand around what was read: the API's own beside generated files, and the one with `@model` and
//! `@auth` that Amplify made it from.

use super::SourcePlace;
use crate::project::{Project, SchemaText};
use std::path::{Path, PathBuf};

/// Folders of a build, below that of the API.
const BUILT: [&str; 3] = ["build", "resolvers", "stacks"];

/// Adds those that the source itself does not have.
pub fn add(place: &SourcePlace<'_>, project: &mut Project) {
    let folders = folders(place);
    if project.schema.is_none() {
        let files = folders.iter().map(|folder| folder.join("schema.graphql"));
        project.schema = files.into_iter().find_map(|file| read(place, &file).filter(|text| !is_model(text)));
    }
    if project.model.is_none() {
        project.model = folders.iter().find_map(|folder| model_in(place, folder));
    }
}

/// The folder of the source, and those above it that its build stands in.
fn folders<'p>(place: &SourcePlace<'p>) -> Vec<&'p Path> {
    let own = if place.path.is_dir() { Some(place.path) } else { place.path.parent() };
    let mut found = Vec::new();
    for folder in own.into_iter().flat_map(Path::ancestors) {
        found.push(folder);
        if !folder.file_name().and_then(|name| name.to_str()).is_some_and(|name| BUILT.contains(&name)) {
            break;
        }
    }
    found
}

/// A model schema of a folder: one file, or those of Gen 1's folder `schema`.
fn model_in(place: &SourcePlace<'_>, folder: &Path) -> Option<SchemaText> {
    let usual = ["input.graphql", "schema.graphql"].map(|name| folder.join(name));
    if let Some(one) = usual.iter().find_map(|file| read(place, file).filter(is_model)) {
        return Some(one);
    }
    let inside = folder.join("schema");
    if !inside.is_dir() {
        return None;
    }
    let files = place.root.below(&inside, &|name| name.ends_with(".graphql")).ok()?;
    let texts = files.into_iter().filter_map(|file| Some((place.root.text(&file).ok()?, file)));
    SchemaText::join(texts.map(|(text, file)| (file, text))).filter(is_model)
}

/// The model schemas among the assets of a CDK app: files, or folders that hold one, as Gen 2 has them.
pub fn model_among(place: &SourcePlace<'_>, assets: &[PathBuf], api: Option<&SchemaText>) -> Option<SchemaText> {
    let inside = |asset: &PathBuf| match asset.is_dir() {
        true => place.root.files(asset, ".graphql"),
        false => vec![asset.clone()],
    };
    let files = assets.iter().flat_map(inside).filter(|file| file.extension().is_some_and(|end| end == "graphql"));
    let mut models = files.filter_map(|file| read(place, &file).filter(is_model));
    let first = models.next()?;
    if is_of(&first, api) {
        return Some(first);
    }
    // Several APIs have several: the one whose types the API has.
    models.find(|model| is_of(model, api)).or(Some(first))
}

/// Whether an API has the first type of a model schema.
fn is_of(model: &SchemaText, api: Option<&SchemaText>) -> bool {
    let Some(api) = api else { return true };
    let name = model.text.split("type ").nth(1).and_then(|rest| rest.split_whitespace().next());
    name.is_none_or(|name| api.text.contains(&format!("type {name} ")))
}

fn read(place: &SourcePlace<'_>, file: &Path) -> Option<SchemaText> {
    place.root.has(file).then(|| place.root.text(file).ok()).flatten().map(|text| SchemaText::new(file, text))
}

fn is_model(schema: &SchemaText) -> bool {
    SchemaText::is_model(&schema.text)
}
