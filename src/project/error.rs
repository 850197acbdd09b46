//! Why a project could not be read.

use crate::message::{path as shown, quoted};
use std::path::{Path, PathBuf};

/// Why a project could not be read: which file, what is wrong with it, what to do.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}: {fault}", shown(path))]
pub struct ProjectError {
    /// The file or folder.
    pub path: PathBuf,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What is wrong with a file or folder.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// It does not exist: where its path ends.
    #[error("{0}")]
    NoSuchPath(String),
    /// `--overrides` is no folder.
    #[error("no such folder (--overrides wants the project's own `resolvers/`)")]
    NoOverrides,
    /// It exists and cannot be read.
    #[error("{0}")]
    Unreadable(String),
    /// It is too large.
    #[error("{size} bytes are too many (limit {limit})")]
    TooLarge {
        /// What it has.
        size: u64,
        /// What is read.
        limit: u64,
    },
    /// It lies outside the root.
    #[error("it lies outside of {}: --allow-outside reads it all the same", shown(root))]
    Outside {
        /// The root.
        root: PathBuf,
    },
    /// All files together are too large.
    #[error("the files of this project have more than {limit} bytes together (limit `project bytes`)")]
    Budget {
        /// What is read.
        limit: u64,
    },
    /// A value for something that the source does not have.
    #[error("nothing here has the name {} that --parameters gives{}", quoted(name), near.as_ref().map_or(String::new(), |near| format!("; did you mean {}?", quoted(near))))]
    UnknownParameter {
        /// As it was given.
        name: String,
        /// The nearest that there is.
        near: Option<String>,
    },
    /// Several APIs, and nobody said which.
    #[error("it has {} APIs ({}): --api-name picks one", names.len(), names.join(", "))]
    SeveralApis {
        /// Their names.
        names: Vec<String>,
    },
    /// No API of this name.
    #[error("it has no API {}; there is {}", quoted(name), names.join(", "))]
    NoSuchApi {
        /// As it was asked for.
        name: String,
        /// Those that there are.
        names: Vec<String>,
    },
    /// A project was seen and is not built.
    #[error("{what}, and nothing is built yet. This builds it ({needs}):\n\n    {command}\n")]
    NotBuilt {
        /// What was seen.
        what: &'static str,
        /// The one command.
        command: String,
        /// What it needs.
        needs: &'static str,
    },
    /// Nothing that could be a project.
    #[error(
        "no project here or above: --from names one (a build folder, CloudFormation templates, saved AWS answers, a folder of templates)"
    )]
    NotFound,
    /// There are too many files.
    #[error("more than {limit} files and folders are below it (limit `project files`): name the build's own folder")]
    TooMany {
        /// How many are looked at.
        limit: usize,
    },
    /// It is no JSON or YAML, or has another shape than its kind has.
    #[error("{0}")]
    Malformed(String),
    /// It is what it seems to be, and holds no resolvers.
    #[error("{0}")]
    NoResolvers(String),
    /// Nothing is wrong: the path just is no project.
    #[error("{0}")]
    NoProject(String),
}

impl ProjectError {
    /// An error about a path.
    pub(crate) fn new(path: &Path, fault: Fault) -> Self {
        Self { path: path.to_owned(), fault }
    }

    /// It cannot be understood.
    pub(crate) fn malformed(path: &Path, message: impl Into<String>) -> Self {
        Self::new(path, Fault::Malformed(message.into()))
    }

    /// It holds no resolvers.
    pub(crate) fn no_resolvers(path: &Path, message: impl Into<String>) -> Self {
        Self::new(path, Fault::NoResolvers(message.into()))
    }

    /// Whether the path just holds no project, with nothing wrong about it.
    pub fn is_nothing_there(&self) -> bool {
        matches!(self.fault, Fault::NoProject(_))
    }
}

/// A name that a project does not have.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UnknownName {
    /// No resolver for a field, though one of nearly the same name.
    #[error("no resolver for {field}; did you mean {near}?")]
    FieldNear {
        /// As it was asked for.
        field: String,
        /// The one that there is.
        near: String,
    },
    /// No resolver for a field.
    #[error("no resolver for {field}: {}", match others { 0 => "the project has none at all".to_owned(), 1 => format!("there is 1 other ({some})"), more => format!("there are {more} others (such as {some})") })]
    Field {
        /// As it was asked for.
        field: String,
        /// How many there are.
        others: usize,
        /// Some of them.
        some: String,
    },
    /// No function of a name to which a result was given.
    #[error("results: no function has the name {}{}", quoted(name), near.as_ref().map_or(String::new(), |near| format!("; did you mean {}?", quoted(near))))]
    Function {
        /// As it was given.
        name: String,
        /// The one that there is.
        near: Option<String>,
    },
}
