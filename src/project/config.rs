//! `vtl-eval.toml`: where the project is, and what is to be added to it.

use super::error::{Fault, ProjectError};
use crate::code::Code;
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The file's name.
pub const NAME: &str = "vtl-eval.toml";

/// What stands in the file; each key is the option of the same name, paths are relative to the file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Config {
    /// Where the project is.
    pub from: Option<PathBuf>,
    /// Which API, where there are several.
    pub api_name: Option<String>,
    /// The project's own `resolvers/`.
    pub overrides: Option<PathBuf>,
    /// The API's schema.
    pub schema: Option<PathBuf>,
    /// The schema with `@model` and `@auth`.
    pub model: Option<PathBuf>,
    /// The API's modes.
    pub api: Option<PathBuf>,
    /// IAM policies of the caller.
    pub policy: Vec<PathBuf>,
    /// Callers, rows and cases of the matrix.
    pub personas: Option<PathBuf>,
    /// Values that the source leaves open.
    pub parameters: Map<String, Json>,
    /// How `check` is run.
    pub check: CheckConfig,
}

/// `[check]`: what the project wants of `check`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct CheckConfig {
    /// The least severity that fails.
    pub fail_on: Option<CheckLevel>,
    /// Findings that are known.
    pub baseline: Option<PathBuf>,
    /// How bad findings of a code are here.
    pub severity: BTreeMap<Code, CheckLevel>,
}

/// How bad a finding is, or that it is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckLevel {
    /// See [`crate::code::Severity`].
    Error,
    /// See [`crate::code::Severity`].
    Warning,
    /// See [`crate::code::Severity`].
    Note,
    /// None.
    #[serde(alias = "never")]
    Off,
}

/// Settings of more bytes are none.
const LARGEST: usize = 1 << 20;

/// The repository that a folder is in; the folder itself where it is in none.
fn repository(folder: &Path) -> PathBuf {
    let whole = crate::files::real_or_same(folder);
    whole.ancestors().find(|above| above.join(".git").exists()).unwrap_or(&whole).to_owned()
}

/// What is wrong, and where. The line itself is not shown: it may hold what nobody should read.
fn why_not(text: &str, error: &toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start));
    let place = before.map_or_else(String::new, |before| format!("line {}: ", before.matches('\n').count() + 1));
    format!("not valid: {place}{}", error.message())
}

impl Config {
    /// Refuses files that lie outside of the repository which the file is in, or of its folder where that is in none.
    ///
    /// # Errors
    /// The first of them.
    pub fn check_inside(&self, folder: &Path) -> Result<(), ProjectError> {
        let root = repository(folder);
        let own = [&self.from, &self.overrides, &self.schema, &self.model, &self.api, &self.personas, &self.check.baseline];
        for path in own.into_iter().flatten().chain(&self.policy) {
            if crate::files::real(path).is_ok_and(|path| !path.starts_with(&root)) {
                return Err(ProjectError::new(path, Fault::Outside { root }));
            }
        }
        Ok(())
    }

    /// Reads the file of a folder, if there is one.
    ///
    /// # Errors
    /// It cannot be read, is not valid TOML, or has a key that does not exist: the message has the line.
    pub fn of(folder: &Path) -> Result<Option<Self>, ProjectError> {
        let path = folder.join(NAME);
        // A link to nothing, a folder or a device of this name is no silence: whoever put it there wanted settings.
        if path.symlink_metadata().is_err() {
            return Ok(None);
        }
        // An error has words of the file, and a link may lead to anything.
        if crate::files::real(&path).is_ok_and(|whole| !whole.starts_with(repository(folder))) {
            let why = "it is a link that leads out of its repository";
            return Err(ProjectError::new(&path, Fault::Unreadable(why.to_owned())));
        }
        let text = crate::files::read_ordinary(&path).map_err(|why| ProjectError::new(&path, Fault::Unreadable(why.to_string())))?;
        if text.len() > LARGEST {
            let why = format!("it holds {} bytes (at most {LARGEST})", text.len());
            return Err(ProjectError::new(&path, Fault::Unreadable(why)));
        }
        let mut config: Self = toml::from_str(&text)
            .map_err(|error| ProjectError::malformed(&path, why_not(&text, &error)))?;
        let own = [&mut config.from, &mut config.overrides, &mut config.schema, &mut config.model, &mut config.api];
        for path in own.into_iter().chain([&mut config.personas, &mut config.check.baseline]).flatten().chain(&mut config.policy) {
            *path = folder.join(&*path);
        }
        Ok(Some(config))
    }
}
