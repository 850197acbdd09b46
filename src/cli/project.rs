//! The project of a command: named, or found.

use super::args::FromArgs;
use super::exit::CommandError;
use super::input;
use super::say;
use crate::appsync::AuthType;
use crate::code::Severity;
use crate::paste::{self, PastedKind};
use crate::project::{Config, FilledIn, FoundProject, LoadOptions, Project, find, find_upward, load};
use crate::request::ApiConfig;
use crate::request::secret::names_secret;
use crate::suite::caches;
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};

/// A project that was read.
pub struct Opened {
    /// Where it is.
    pub path: PathBuf,
    /// What it holds.
    pub project: Project,
    /// What `vtl-eval.toml` says, if there is one.
    pub config: Option<Config>,
    /// What it was read with.
    pub options: LoadOptions,
}

impl FromArgs {
    /// Whether nothing of it was typed.
    pub fn is_empty(&self) -> bool {
        let paths = [&self.path, &self.overrides, &self.schema, &self.model];
        paths.iter().all(|path| path.is_none())
            && self.api_name.is_none()
            && self.parameters.is_none()
            && self.api.is_none()
            && self.policy.is_empty()
    }

    /// Finds and reads the project; says what else is there.
    pub fn load(&self) -> Result<(PathBuf, Project), CommandError> {
        let opened = self.open_in(Path::new("."))?;
        Ok((opened.path, opened.project))
    }

    /// The same with every API of it.
    pub fn load_every(&self) -> Result<(PathBuf, Project), CommandError> {
        let (found, _) = self.found(Path::new("."))?;
        let options = LoadOptions { every_api: true, ..self.options(&found)? };
        let project = load(&found.path, &options).map_err(|error| named(error, &found.path))?;
        learn_templates(&project);
        Ok((found.path, project))
    }

    /// What the options add to a project.
    pub fn given(&self, every_api: bool) -> Result<LoadOptions, CommandError> {
        Ok(LoadOptions { every_api, ..self.typed()? })
    }

    /// The same from another folder upward.
    pub fn open_in(&self, directory: &Path) -> Result<Opened, CommandError> {
        let (found, _) = self.found(directory)?;
        self.open(found)
    }

    /// The project of a command that can do without one: none where nothing is named and nothing found.
    pub fn optional(&self) -> Result<Option<Opened>, CommandError> {
        self.no_address()?;
        let found = find_upward(self.path.as_deref(), Path::new(".")).map_err(words)?;
        let Some(found) = found else {
            return match &self.path {
                Some(_) => self.open_in(Path::new(".")).map(Some),
                None => Ok(None),
            };
        };
        self.tell(&found);
        // What judges a request without a project as well, such as `--api`, does not ask for one.
        let asks =
            self.path.is_some() || self.overrides.is_some() || self.parameters.is_some() || self.api_name.is_some();
        let (path, asked) = (found.path.clone(), asks || found.config.is_some());
        let by_itself = self.path.is_none() && found.config.is_none();
        match self.open(found) {
            Ok(mut opened) => {
                opened.project.found = by_itself.then(|| opened.path.display().to_string());
                Ok(Some(opened))
            }
            Err(error) if asked => Err(error),
            // Nobody asked for it: what was given is judged without it.
            Err(CommandError::Message(why)) => {
                say::say(format!(
                    "note: {} is left out: {}",
                    path.display(),
                    why.chars().take(300).collect::<String>()
                ));
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Where the project is, and the file that says so.
    pub fn found(&self, directory: &Path) -> Result<(FoundProject, Option<PathBuf>), CommandError> {
        self.no_address()?;
        let found = find(self.path.as_deref(), directory).map_err(words)?;
        self.tell(&found);
        let file = found.file.clone();
        Ok((found, file))
    }

    fn open(&self, found: FoundProject) -> Result<Opened, CommandError> {
        let options = self.options(&found)?;
        let project = load(&found.path, &options).map_err(|error| named(error, &found.path))?;
        learn_templates(&project);
        Ok(Opened { path: found.path, project, config: found.config, options })
    }

    /// What was typed, over what `vtl-eval.toml` says.
    pub fn options(&self, found: &FoundProject) -> Result<LoadOptions, CommandError> {
        let given = self.typed()?;
        let own = found.config.as_ref();
        if let (Some(config), Some(folder), false) =
            (own, found.file.as_ref().and_then(|file| file.parent()), given.allow_outside)
        {
            config.check_inside(folder).map_err(words)?;
        }
        let api_file = own.and_then(|config| config.api.as_ref()).filter(|_| given.api.is_none());
        let policies = own.map(|config| config.policy.as_slice()).filter(|_| given.policies.is_empty());
        let from_file = |path: &PathBuf| path.display().to_string();
        let api = api_file.map(|path| api(&from_file(path))).transpose()?;
        let policies = policies.into_iter().flatten().map(|path| policy(&from_file(path)));
        let policies = policies.collect::<Result<Vec<_>, _>>()?;
        let given = LoadOptions {
            api: given.api.or(api),
            policies: given.policies.into_iter().chain(policies).collect(),
            ..given
        };
        Ok(found.options(given))
    }

    /// What was typed.
    pub fn typed(&self) -> Result<LoadOptions, CommandError> {
        Ok(LoadOptions {
            overrides: self.overrides.clone(),
            parameters: input::parameters(self.parameters.as_deref())?,
            api_name: self.api_name.clone(),
            schema: self.schema.clone(),
            model: self.model.clone(),
            api: self.api.as_deref().map(api).transpose()?,
            policies: self.policy.iter().map(|option| policy(option)).collect::<Result<_, _>>()?,
            allow_outside: self.allow_outside,
            ..LoadOptions::default()
        })
    }

    /// Nothing is fetched from a network.
    fn no_address(&self) -> Result<(), CommandError> {
        let Some(path) = &self.path else { return Ok(()) };
        let name = path.to_string_lossy();
        let address = ["https://", "http://", "git@", "ssh://"].iter().any(|begin| name.starts_with(begin));
        if name.starts_with("s3://") {
            return Err(CommandError::new(format!(
                "--from {name}: nothing is fetched from a network: `aws s3 cp --recursive {name} FOLDER`, then --from FOLDER"
            )));
        }
        if address && !path.exists() {
            return Err(CommandError::new(format!(
                "--from {name}: nothing is fetched from a network: clone the repository (`git clone {name} FOLDER`), then --from FOLDER"
            )));
        }
        Ok(())
    }

    fn tell(&self, found: &FoundProject) {
        if self.path.as_ref() != Some(&found.path) {
            say::say(format!("note: the project is {}", found.path.display()));
        }
        for other in &found.others {
            say::say(format!("note: {} was not read; --from names it", other.display()));
        }
    }
}

fn words(error: impl std::fmt::Display) -> CommandError {
    CommandError::new(error.to_string())
}

/// The API's modes by AWS's own names, from whichever form they have.
fn api(option: &str) -> Result<Json, CommandError> {
    let json = input::api(option)?;
    let own = json.get("graphqlApi").unwrap_or(&json);
    if own.get("authenticationType").is_some() {
        return Ok(json);
    }
    let config = ApiConfig::read(&json);
    let Some(default) = config.default else { return Ok(json) };
    let name = |mode: AuthType| mode.api_name();
    let more: Vec<Json> = config.additional.iter().map(|mode| json!({"authenticationType": name(*mode)})).collect();
    let mut api = json!({"authenticationType": name(default), "additionalAuthenticationProviders": more});
    if default == AuthType::UserPool
        && let Some(action) = &config.default_action
    {
        api["userPoolConfig"] = json!({"defaultAction": action});
    }
    Ok(api)
}

/// A policy, or an answer of AWS that holds some.
fn policy(option: &str) -> Result<Json, CommandError> {
    crate::json::read(&input::option_text(option)?).map_err(|error| {
        let name = if input::is_inline(option) { "the typed JSON" } else { option };
        CommandError::new(format!("{name}: not valid JSON: {error}"))
    })
}

/// Says what a user should know of the source.
pub fn tell(project: &Project) {
    for finding in &project.findings {
        let word = if finding.code.entry().severity == Severity::Error { "error" } else { "note" };
        say::say(format!("{word}: {}", project.open.shown(&finding.message.to_string())));
    }
    for spot in caches(project) {
        say::say(format!("error: {} [{}]", spot.message, spot.code));
    }
}

/// Remembers what the templates of a project write out themselves that is named as a secret.
fn learn_templates(project: &Project) {
    project.templates().for_each(|template| super::secrets::learn_template(template.text()));
}

/// Remembers a value of a project that is a secret: what it declares so (`NoEcho`, `sensitive`), and what has such a name.
pub fn learn(one: &FilledIn) {
    if one.is_hidden {
        super::secrets::learn_declared(&one.value);
    } else if names_secret(&one.name) {
        super::secrets::learn(&one.value);
    }
}

/// Why a path is no project, and what it is instead.
fn named(error: impl std::fmt::Display, path: &Path) -> CommandError {
    CommandError::new(format!("{error}{}", instead(path)))
}

/// What a path is that holds no resolvers.
fn instead(path: &Path) -> String {
    let name = path.display().to_string();
    if input::is_token(&name) {
        return format!("; {}", PastedKind::Token.sentence("FILE"));
    }
    // What a stack holds inline is not what the stack is.
    let is_source = path.extension().is_some_and(|ending| ["yaml", "yml", "tf"].iter().any(|known| ending == *known));
    if is_source {
        return String::new();
    }
    if path.is_file() {
        return match crate::files::read_text(path).map(|text| paste::kind(&text)) {
            Ok(
                PastedKind::Json
                | PastedKind::Text
                | PastedKind::Yaml
                | PastedKind::Manifest
                | PastedKind::SavedList
                | PastedKind::CloudFormation,
            )
            | Err(_) => String::new(),
            Ok(kind) => format!("; {}", kind.sentence(&name)),
        };
    }
    let wanted = |name: &str| name.ends_with(".har");
    match crate::files::below(path, &wanted).ok().and_then(|found| found.into_iter().find(|har| har.is_file())) {
        Some(har) => {
            format!("; it holds HARs: `vtl-eval diagnose {}` judges one", paste::shell_word(&har.display().to_string()))
        }
        None => String::new(),
    }
}
