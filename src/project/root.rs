//! What may be read: ordinary files inside the root of a project, up to a budget.

use super::error::{Fault, ProjectError};
use crate::files::{bounded, decode, missing, unread};
use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Files larger than this are no templates.
const LARGEST: u64 = 64 << 20;

/// All files of a project together.
const BUDGET: u64 = 512 << 20;

/// Folders looked into below a folder.
const DEEPEST: usize = 16;

/// Files and folders looked at below a folder.
const MOST: usize = 200_000;

/// Bytes that substitutions of all kinds may make in one project, and values that they may go through: a few lines can mean
/// billions (limit `expansion`).
const EXPANDED: u64 = 128 << 20;

/// Files that mark the root of a project.
const MARKS: [&str; 2] = ["vtl-eval.toml", ".git"];

/// The nearest folder at or above a source that holds `vtl-eval.toml` or `.git`, else the source's own folder. Nothing
/// outside is read unless the user allows it: a template that came with a mail must not read the rest of the disk.
#[derive(Debug)]
pub struct Root {
    folder: PathBuf,
    /// The source itself: the user named it.
    source: PathBuf,
    allow_outside: bool,
    /// The folder of the file that was asked for last, and where it really leads: most files stand in one.
    last: RefCell<Option<(PathBuf, PathBuf)>>,
    left: Cell<u64>,
    expansion: Cell<u64>,
    filled_in: Cell<usize>,
}

/// A value that the source itself gives to a parameter or a variable, and that may stand in templates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilledIn {
    /// What the source calls it.
    pub name: String,
    /// Its text, or its number as text.
    pub value: String,
    /// Whether the source says that it is not to be shown: `NoEcho`, `sensitive`.
    pub is_hidden: bool,
}

/// Values that are told so, at most.
const MOST_FILLED_IN: usize = 10_000;

static TOLD: OnceLock<fn(&FilledIn)> = OnceLock::new();

/// From here on this is told each value that a source gives to a parameter or a variable, as it is read: who reports knows
/// which are secrets before anything is said of the source, also where it cannot be read to its end.
pub fn tell_filled_in(see: fn(&FilledIn)) {
    let _ = TOLD.set(see);
}

/// How far a walk has come.
struct RootWalk {
    left: usize,
    seen: HashSet<PathBuf>,
}

impl Root {
    /// The root of a source.
    ///
    /// # Errors
    /// The source does not exist.
    pub fn of(source: &Path, allow_outside: bool) -> Result<Self, ProjectError> {
        Self::within(source, None, allow_outside)
    }

    /// The root of a source that was found in a folder which the user named or stands in.
    ///
    /// # Errors
    /// The source does not exist.
    pub fn within(source: &Path, outer: Option<&Path>, allow_outside: bool) -> Result<Self, ProjectError> {
        let failed = |error: std::io::Error| match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => ProjectError::new(source, Fault::NoSuchPath(missing(source, "file or folder"))),
            _ => ProjectError::new(source, Fault::Unreadable(unread(source, error).to_string())),
        };
        let whole = crate::files::real(source).map_err(failed)?;
        let own = if whole.is_dir() { whole.as_path() } else { whole.parent().unwrap_or(&whole) };
        let marked = |folder: &&Path| MARKS.iter().any(|mark| folder.join(mark).exists());
        let really = |outer: &Path| if outer == source { Some(whole.clone()) } else { crate::files::real(outer).ok() };
        let outer = outer.and_then(really).filter(|outer| own.starts_with(outer));
        let nearest = outer.as_deref().unwrap_or(own);
        let folder = own.ancestors().find(marked).unwrap_or(nearest).to_owned();
        let (left, expansion) = (Cell::new(BUDGET), Cell::new(EXPANDED));
        Ok(Self { folder, source: whole, allow_outside, last: RefCell::default(), left, expansion, filled_in: Cell::new(0) })
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether what lies outside may be read too.
    pub fn is_open(&self) -> bool {
        self.allow_outside
    }

    /// Whether a path leads, through all links, to something that may be read.
    fn allows(&self, path: &Path) -> bool {
        self.allow_outside
            || self.real(path).is_ok_and(|whole| whole.starts_with(&self.folder) || whole.starts_with(&self.source))
    }

    /// Where a path leads, through all links: of the files of one folder, the way to it is gone once. Elsewhere than on Linux
    /// a name may be written in several ways.
    fn real(&self, path: &Path) -> std::io::Result<PathBuf> {
        let (Some(folder), Some(name), true) = (path.parent(), path.file_name(), cfg!(target_os = "linux")) else {
            return crate::files::real(path);
        };
        let mut last = self.last.borrow_mut();
        let way = match last.take().filter(|(known, _)| known == folder) {
            Some(way) => way,
            None if folder.as_os_str().is_empty() => (folder.to_owned(), crate::files::real(Path::new("."))?),
            None => (folder.to_owned(), crate::files::real(folder)?),
        };
        let (_, really) = last.insert(way);
        let whole = really.join(name);
        if whole.symlink_metadata()?.is_symlink() { crate::files::real(&whole) } else { Ok(whole) }
    }

    /// Refuses what lies outside.
    ///
    /// # Errors
    /// It does. That it is not there is for its reader to say.
    pub fn check(&self, path: &Path) -> Result<(), ProjectError> {
        match path.exists() && !self.allows(path) {
            true => Err(ProjectError::new(path, Fault::Outside { root: self.folder.clone() })),
            false => Ok(()),
        }
    }

    /// Counts what a substitution made; false where the project has no more of it.
    pub fn expand(&self, made: usize) -> bool {
        let left = self.expansion.get().checked_sub(made as u64);
        self.expansion.set(left.unwrap_or(0));
        left.is_some()
    }

    /// Tells of a value that was put in the place of a parameter.
    pub fn fill_in(&self, name: &str, value: &serde_json::Value, is_hidden: bool) {
        let Some(see) = TOLD.get() else { return };
        let value = match value {
            serde_json::Value::String(text) if !crate::open::is_open(text) => text.clone(),
            serde_json::Value::Number(number) => number.to_string(),
            _ => return,
        };
        let count = self.filled_in.get();
        if count < MOST_FILLED_IN {
            self.filled_in.set(count + 1);
            see(&FilledIn { name: name.to_owned(), value, is_hidden });
        }
    }

    /// Whether nothing more may be substituted: who goes through expressions stops.
    pub fn is_expanded(&self) -> bool {
        self.expansion.get() == 0
    }

    /// The budget of files anew: for one that has many rows, each of which may read one.
    pub fn refill(&self) {
        self.left.set(BUDGET);
    }

    /// Whether an ordinary file that may be read is there.
    pub fn has(&self, path: &Path) -> bool {
        path.is_file() && self.allows(path)
    }

    /// Whether a file is there and may not be read.
    pub fn hides(&self, path: &Path) -> bool {
        path.is_file() && !self.allows(path)
    }

    /// Reads a file of text.
    ///
    /// # Errors
    /// It is not there, no ordinary file, outside, too large, or no UTF-8.
    pub fn text(&self, path: &Path) -> Result<String, ProjectError> {
        let failed = |fault| ProjectError::new(path, fault);
        let unreadable = |error: std::io::Error| failed(Fault::Unreadable(unread(path, error).to_string()));
        let data = std::fs::metadata(path).map_err(unreadable)?;
        if !data.is_file() {
            return Err(failed(Fault::Unreadable("not an ordinary file".to_owned())));
        }
        if !self.allows(path) {
            return Err(failed(Fault::Outside { root: self.folder.clone() }));
        }
        let size = data.len();
        if size > LARGEST {
            return Err(failed(Fault::TooLarge { size, limit: LARGEST }));
        }
        let left = self.left.get().checked_sub(size);
        self.left.set(left.ok_or_else(|| failed(Fault::Budget { limit: BUDGET }))?);
        crate::files::reading(path);
        let file = std::fs::File::open(path).map_err(unreadable)?;
        let bytes = bounded(file, size).map_err(unreadable)?;
        decode(bytes).map_err(|why| failed(Fault::Unreadable(why.to_string())))
    }

    /// The files of a folder with this ending, in the order of their names.
    pub fn files(&self, folder: &Path, ending: &str) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok).take(MOST);
        let wanted = |path: &PathBuf| {
            path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.ends_with(ending)) && self.has(path)
        };
        let mut found: Vec<_> = entries.map(|entry| entry.path()).filter(wanted).collect();
        found.sort();
        found
    }

    /// The files in a folder and those below it whose names are wanted, in the order of their names. Hidden folders,
    /// `node_modules` and Gen 1's second copy `#current-cloud-backend` are left out.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub fn below(&self, folder: &Path, wanted: &dyn Fn(&str) -> bool) -> Result<Vec<PathBuf>, ProjectError> {
        let mut found = Vec::new();
        let mut walk = RootWalk { left: MOST, seen: HashSet::new() };
        self.walk(folder, 0, wanted, &mut walk, &mut found)?;
        Ok(found)
    }

    fn walk(
        &self,
        folder: &Path,
        depth: usize,
        wanted: &dyn Fn(&str) -> bool,
        state: &mut RootWalk,
        found: &mut Vec<PathBuf>,
    ) -> Result<(), ProjectError> {
        // Links may lead in a circle, or many times to one folder.
        if !state.seen.insert(crate::files::real_or_same(folder)) {
            return Ok(());
        }
        let failed = |error: std::io::Error| ProjectError::new(folder, Fault::Unreadable(unread(folder, error).to_string()));
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(failed)? {
            state.left = state.left.checked_sub(1).ok_or_else(|| ProjectError::new(folder, Fault::TooMany { limit: MOST }))?;
            paths.push(entry.map_err(failed)?.path());
        }
        paths.sort();
        for path in paths {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if !path.is_dir() {
                if wanted(name) && self.has(&path) {
                    found.push(path);
                }
            } else if depth < DEEPEST && !name.starts_with(['.', '#']) && name != "node_modules" && self.allows(&path) {
                self.walk(&path, depth + 1, wanted, state, found)?;
            }
        }
        Ok(())
    }
}
