//! Where the project is when nobody says: `vtl-eval.toml`, else what a tool has built, from the working directory upward.

use super::config::Config;
use super::error::{Fault, ProjectError};
use super::load::{LoadOptions, is_project, is_project_of_itself, is_saved, stacks_in};
use std::path::{Path, PathBuf};

/// Folders of an API that are looked into.
const MOST: usize = 64;

/// How deep, and in how many folders, a project is sought below the working directory.
const DEEPEST: usize = 5;
const BELOW: usize = 400;

/// A project that was found.
#[derive(Clone, Debug)]
pub struct FoundProject {
    /// Where it is.
    pub path: PathBuf,
    /// What else is there and was not taken.
    pub others: Vec<PathBuf>,
    /// The file that says so, if one does.
    pub config: Option<Config>,
    /// Where that file is.
    pub file: Option<PathBuf>,
    /// The folder that it was found in.
    pub root: PathBuf,
}

/// Finds the project: `from` if it is given (or what lies below it, where it is a repository of several parts), else by `vtl-eval.toml` or by what is built, in the working directory and the
/// folders above it up to the root of the repository.
///
/// # Errors
/// Nothing is there. If a kind of project was seen, the message has the command that builds it.
pub fn find(from: Option<&Path>, directory: &Path) -> Result<FoundProject, ProjectError> {
    match upward(from, directory)? {
        Ok(found) => Ok(found),
        Err(seen) => match (below(from.unwrap_or(directory), seen), from) {
            // Who reads what was named says what it is not.
            (Err(error), Some(from)) if matches!(error.fault, Fault::NotFound) => {
                around(from).unwrap_or_else(|| Ok(FoundProject::at(from, Vec::new())))
            }
            // The root of a repository may hold templates in folders of any name.
            (Err(error), None)
                if matches!(error.fault, Fault::NotFound) && directory.join(".git").exists() && is_project(directory) =>
            {
                Ok(FoundProject::at(directory, Vec::new()))
            }
            (found, _) => found,
        },
    }
}

/// The project whose sources were named, such as `amplify` or `amplify/data`: what it was built to, or the command that builds it.
fn around(from: &Path) -> Option<Result<FoundProject, ProjectError>> {
    let whole = crate::files::real(from).ok().filter(|whole| whole.is_dir())?;
    let (seen, folder) = whole.ancestors().skip(1).take(2).find_map(|folder| Some((unbuilt(folder)?, folder)))?;
    Some(match within(folder) {
        Some((path, others)) => Ok(FoundProject { path, others, config: None, file: None, root: folder.to_owned() }),
        None => Err(seen.error(folder)),
    })
}

/// The same without a look into the folders below, for what can do without a project.
///
/// # Errors
/// What the user named is not there, or `vtl-eval.toml` cannot be read.
pub fn find_upward(from: Option<&Path>, directory: &Path) -> Result<Option<FoundProject>, ProjectError> {
    Ok(upward(from, directory)?.ok())
}

/// What was seen of a project that is not built, and where.
type SeenUnbuilt = Option<(Unbuilt, PathBuf)>;

fn upward(from: Option<&Path>, directory: &Path) -> Result<Result<FoundProject, SeenUnbuilt>, ProjectError> {
    if let Some(from) = from {
        // Nothing stands below a file.
        if from.is_file() {
            return Ok(Ok(FoundProject::at(from, Vec::new())));
        }
        let (path, others) = within(from).unwrap_or_else(|| (from.to_owned(), Vec::new()));
        return match unbuilt(from) {
            Some(seen) if path == from && !is_project(from) => Err(seen.error(from)),
            None if path == from && from.is_dir() && !is_project(from) => Ok(Err(None)),
            _ => Ok(Ok(FoundProject { path, ..FoundProject::at(from, others) })),
        };
    }
    let whole = crate::files::real_or_same(directory);
    let mut seen: SeenUnbuilt = None;
    let is_marked = |folder: &Path| folder.join(".git").exists() || folder.join(super::config::NAME).exists();
    let in_repository = whole.ancestors().any(is_marked);
    for folder in whole.ancestors() {
        let config = Config::of(folder)?;
        let named = config.as_ref().and_then(|config| config.from.clone());
        if let Some(from) = named {
            let found = find(Some(&from), directory)?;
            return Ok(Ok(FoundProject { config, file: Some(folder.join(super::config::NAME)), ..found }));
        }
        // Above the working directory, what stands in other folders is other people's.
        let saved = if folder == whole { saved_in(folder) } else { None };
        // A stray template in /tmp or at home makes no project of all that lies below.
        let alone = if folder == whole || in_repository { is_project_alone(folder) } else { None };
        if let Some((path, others)) = within(folder).or(alone).or(saved) {
            let file = config.is_some().then(|| folder.join(super::config::NAME));
            return Ok(Ok(FoundProject { path, others, config, file, root: folder.to_owned() }));
        }
        seen = seen.or_else(|| unbuilt(folder).map(|seen| (seen, folder.to_owned())));
        if folder.join(".git").exists() || config.is_some() {
            break;
        }
    }
    Ok(Err(seen))
}

/// In a repository of several parts, the root of the project is one of the folders below: the nearest one that can be read,
/// else the nearest one that is not built.
fn below(directory: &Path, seen: SeenUnbuilt) -> Result<FoundProject, ProjectError> {
    if let Some((seen, folder)) = seen {
        return Err(seen.error(&folder));
    }
    let whole = crate::files::real_or_same(directory);
    let mut level = folders(&whole);
    let (mut left, mut nearest) = (BELOW, None);
    for _ in 0..DEEPEST {
        level.truncate(left);
        left -= level.len();
        let found = level.iter().filter_map(|folder| within(folder).or_else(|| is_project_alone(folder)));
        let mut found: Vec<PathBuf> = found.flat_map(|(path, others)| std::iter::once(path).chain(others)).collect();
        // Of folders that are equally near, what a tool has built comes first, in the order of the kinds.
        found.sort_by_key(|path| kind(path));
        if !found.is_empty() {
            return Ok(FoundProject { path: found.remove(0), others: found, config: None, file: None, root: whole });
        }
        nearest = nearest.or_else(|| level.iter().find_map(|folder| Some((unbuilt(folder)?, folder.clone()))));
        level = level.iter().flat_map(|folder| folders(folder)).collect();
    }
    Err(match nearest {
        Some((seen, folder)) => seen.error(&folder),
        None => ProjectError::new(directory, Fault::NotFound),
    })
}

/// What tools leave in the root of a project, in the order in which it is taken.
fn within(folder: &Path) -> Option<(PathBuf, Vec<PathBuf>)> {
    let mut places = vec![
        folder.join(".amplify/artifacts/cdk.out"),
        folder.join("cdk.out"),
        // What `sst build` leaves, of version 1 and of version 2.
        folder.join(".build/cdk.out"),
        folder.join(".sst/dist"),
        folder.join(".serverless"),
        folder.join(".aws-sam/build"),
    ];
    places.extend(folders(&folder.join("amplify/backend/api")).into_iter().map(|api| api.join("build")));
    let mut found: Vec<PathBuf> = places.into_iter().filter(|place| place.is_dir() && is_project(place)).collect();
    if found.is_empty() {
        // The layout of 2018 has no build folder: the resolvers and the schema stand in the API's own.
        let apis = folders(&folder.join("amplify/backend/api"));
        found = apis.into_iter().filter(|api| is_project(api)).collect();
    }
    if found.is_empty() {
        return None;
    }
    let path = found.remove(0);
    Some((path, found))
}

/// The place of a kind of project in the order in which they are taken; what no tool has built comes last.
fn kind(path: &Path) -> usize {
    let builds = [".amplify/artifacts/cdk.out", "cdk.out", ".sst/dist", ".serverless", ".aws-sam/build", "build"];
    builds.iter().position(|build| path.ends_with(build)).unwrap_or(builds.len())
}

/// A folder that is a project itself, without a build: saved answers, templates beside a schema, sources of a tool.
fn is_project_alone(folder: &Path) -> Option<(PathBuf, Vec<PathBuf>)> {
    let mut stacks = stacks_in(folder);
    if !stacks.is_empty() {
        return Some((stacks.remove(0), stacks));
    }
    is_project_of_itself(folder).then(|| (folder.to_owned(), Vec::new()))
}

/// Folders of saved answers in a folder.
fn saved_in(folder: &Path) -> Option<(PathBuf, Vec<PathBuf>)> {
    let mut below: Vec<PathBuf> = folders(folder).into_iter().filter(|folder| is_saved(folder)).collect();
    (!below.is_empty()).then(|| (below.remove(0), below))
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok).take(MOST);
    let hidden = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.starts_with(['.', '#']) || name == "node_modules"
    };
    let mut found: Vec<_> = entries.map(|entry| entry.path()).filter(|path| path.is_dir() && !hidden(path)).collect();
    found.sort();
    found
}

/// A project that was seen and is not built, or not to be read as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unbuilt {
    Gen2,
    Gen1,
    Cdk,
    ServerlessOld,
    Serverless,
    Sam,
    Terraform,
    Sst,
    /// Before version 3, an app of the CDK.
    SstOld,
    Pulumi,
}

fn unbuilt(folder: &Path) -> Option<Unbuilt> {
    let has = |name: &str| folder.join(name).exists();
    let any = |names: &[&str]| names.iter().any(|name| has(name));
    let serverless = ["serverless.yml", "serverless.yaml", "serverless.ts", "serverless.js", "serverless.json"];
    Some(match () {
        () if any(&["amplify/backend.ts", "amplify/backend.js"]) => Unbuilt::Gen2,
        () if has("amplify/backend/api") => Unbuilt::Gen1,
        () if any(&serverless) => {
            let own = serverless.iter().find_map(|name| crate::files::read_ordinary(&folder.join(name)).ok());
            let newer = own.is_some_and(|text| text.contains("frameworkVersion") && text.contains('4'));
            if newer { Unbuilt::Serverless } else { Unbuilt::ServerlessOld }
        }
        () if any(&["samconfig.toml", "samconfig.yaml"]) => Unbuilt::Sam,
        () if has("sst.json") => Unbuilt::SstOld,
        () if has("sst.config.ts") => {
            let own = crate::files::read_ordinary(&folder.join("sst.config.ts")).ok();
            if own.is_some_and(|text| text.contains("SSTConfig")) { Unbuilt::SstOld } else { Unbuilt::Sst }
        }
        () if any(&["Pulumi.yaml", "Pulumi.yml"]) => Unbuilt::Pulumi,
        () if has("cdk.json") => Unbuilt::Cdk,
        () if any(&["main.tf", "terraform.tf", ".terraform"]) => Unbuilt::Terraform,
        () => return None,
    })
}

impl Unbuilt {
    fn error(self, folder: &Path) -> ProjectError {
        let (what, command, needs) = match self {
            Self::Gen2 => (
                "an Amplify Gen 2 project",
                "CDK_OUTDIR=$PWD/cdk.out CDK_CONTEXT_JSON='{\"amplify-backend-namespace\":\"a\",\"amplify-backend-name\":\"b\",\"amplify-backend-type\":\"sandbox\"}' npx tsx amplify/backend.ts",
                "it needs no account and no network",
            ),
            Self::Gen1 => (
                "an Amplify Gen 1 project",
                "amplify api gql-compile",
                "it needs the project's environment on this machine (`amplify pull`)",
            ),
            Self::Cdk => {
                ("a CDK app", "npx cdk synth --quiet", "it needs an account only where the app looks values up")
            }
            Self::ServerlessOld => (
                "a Serverless project",
                "npx serverless@3 package",
                "it needs no account where the file looks nothing up",
            ),
            Self::Serverless => {
                ("a Serverless project", "npx serverless package", "version 4 needs to be signed in to Serverless")
            }
            Self::Sam => ("a SAM project", "sam build", "it needs no account"),
            Self::Terraform => (
                "a Terraform project",
                "terraform show -json > terraform-state.json",
                "it needs the state, or `terraform show -json PLAN` of a plan",
            ),
            Self::Sst => ("an SST app", "npx sst state export > sst-state.json", "it needs the deployed stage"),
            Self::SstOld => ("an SST app of the CDK", "npx sst build", "it needs an account"),
            Self::Pulumi => {
                ("a Pulumi project", "pulumi stack export --file pulumi-state.json", "it needs the deployed stack")
            }
        };
        ProjectError::new(folder, Fault::NotBuilt { what, command: command.to_owned(), needs })
    }
}

impl FoundProject {
    /// A place that was named. What `sam build` leaves refers to files of the project that it was built from.
    fn at(from: &Path, others: Vec<PathBuf>) -> Self {
        let built = from.ancestors().find(|folder| folder.ends_with(".aws-sam/build"));
        let root = match built.and_then(|folder| folder.ancestors().nth(2)) {
            Some(root) if root.as_os_str().is_empty() => PathBuf::from("."),
            Some(root) => root.to_owned(),
            None => from.to_owned(),
        };
        Self { path: from.to_owned(), others, config: None, file: None, root }
    }

    /// The options with what the file adds; what the user typed comes first.
    pub fn options(&self, given: LoadOptions) -> LoadOptions {
        let given = LoadOptions { root: Some(self.root.clone()), ..given };
        let Some(config) = self.config.clone() else { return given };
        let mut parameters = config.parameters;
        parameters.extend(given.parameters);
        LoadOptions {
            parameters,
            overrides: given.overrides.or(config.overrides),
            api_name: given.api_name.or(config.api_name),
            schema: given.schema.or(config.schema),
            model: given.model.or(config.model),
            ..given
        }
    }
}
