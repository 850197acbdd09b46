//! `serverless.yml` as it stands, with serverless-appsync-plugin of version 1 (`custom.appSync`) or 2 (`appSync`), or with
//! AppSync's resources in `resources`. Packaged (`.serverless`), it is CloudFormation.

mod plugin;
mod variables;

use super::{Loader, SourcePlace, ProjectKind, cloudformation};
use crate::open::{OpenKind, OpenValue, OpenValues};
use crate::project::error::ProjectError;
use crate::project::{Project, yaml};
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};
use variables::Variables;

const NAMES: [&str; 3] = ["serverless.yml", "serverless.yaml", "serverless.json"];

/// Files of Serverless, and folders with one.
pub struct ServerlessConfigurations;

impl Loader for ServerlessConfigurations {
    fn kind(&self) -> ProjectKind {
        ProjectKind::Serverless
    }

    fn recognises(&self, place: &SourcePlace<'_>) -> Result<bool, ProjectError> {
        let Some(path) = file(place) else { return Ok(false) };
        let text = place.root.text(&path)?;
        Ok(text.contains("appSync") || text.contains("AWS::AppSync::"))
    }

    fn load(&self, place: &SourcePlace<'_>) -> Result<Project, ProjectError> {
        let Some(path) = file(place) else { return Err(ProjectError::no_resolvers(place.path, "no serverless.yml")) };
        let text = place.root.text(&path)?;
        let json = yaml::read(&text).map_err(|message| ProjectError::malformed(&path, message))?;
        let variables = Variables::new(place, &path, json);
        let whole = variables.whole();
        let apis = plugin::apis(&whole);
        if apis.is_empty() {
            let resources = plugin::resources(&whole);
            return cloudformation::read_template(place, &path, json!({ "Resources": resources }));
        }
        plugin::project(place, &path, &apis, variables.open.into_inner())
    }
}

/// The APIs alone of a file, by AWS's names; none where it is not the plugin's.
pub(crate) fn apis(json: &Json) -> Vec<Json> {
    plugin::apis(json).iter().map(|(version, api)| plugin::aws_names(*version, api)).collect()
}

/// An API of version 2 that stands by itself, without the file around it.
pub(crate) fn api_alone(json: &Json) -> Json {
    plugin::aws_names(plugin::Version::Two, json)
}

fn file(place: &SourcePlace<'_>) -> Option<PathBuf> {
    if place.path.is_dir() {
        // Some keep several files, `serverless.gql.yml`, and give one by `--config`.
        let other = || {
            let files = place.root.files(place.path, ".yml").into_iter();
            let own =
                |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("serverless."));
            files.filter(own).find(|path| place.root.text(path).is_ok_and(|text| text.contains("appSync:")))
        };
        return NAMES.iter().map(|name| place.path.join(name)).find(|path| place.root.has(path)).or_else(other);
    }
    let path = place.path.to_owned();
    // A file that the user names may have any name; what stands in it tells.
    let usual = NAMES.iter().any(|name| path.ends_with(name));
    let named = || {
        let json = place.document().ok().flatten();
        json.is_some_and(|json| json.get("appSync").is_some() || json.pointer("/custom/appSync").is_some())
    };
    (usual || named()).then_some(path)
}

/// The text that holds an open value, or the value that the user gave for it.
fn leave_open(place: &SourcePlace<'_>, open: &mut OpenValues, name: &str, kind: OpenKind, file: &Path) -> Json {
    let short = name.rsplit([':', '.']).next().unwrap_or(name);
    if let Some(value) = place.given.value(&[name, short]) {
        return value.clone();
    }
    Json::from(open.hold(OpenValue { name: name.to_owned(), kind, file: file.to_owned() }))
}
