//! What `check` looks at: template files, and the templates of resolver sources.

mod across;
mod allow;
mod baseline;
mod fix;
mod gateway;
mod path;
mod placeholder;
mod rules;
mod schemas;
mod sent;
mod spot;
mod subject;
mod template;

pub use across::caches;
pub use baseline::{Baseline, Fresh};
pub use fix::mended;
pub use spot::{Fix, Spot};
pub use template::check;

use crate::appsync::AuthType;
use crate::code::Code;
use crate::files::{TextError, below, read_ordinary, read_text};
use crate::finding::Finding;
use crate::project::{ProjectError, ProjectKind, Root, SchemaText};
use crate::resolver::{LoadOptions, TemplateOrigin, Resolvers, Template, load};
use crate::rules::{Ties, findings};
use crate::source::Source;
use sent::SentTypes;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::rc::Rc;

crate::message::sentence_error! {
    /// What kept a path from being checked.
    UnreadError: TextError, ProjectError
}

/// What was found, and in how many templates it was looked for.
#[derive(Debug, Default)]
pub struct Checked {
    /// How many templates there were.
    pub templates: usize,
    /// The findings, in the order of the files.
    pub found: Vec<Spot>,
    /// Where the user's own templates are that take the place of generated ones.
    pub overrides: Option<PathBuf>,
    /// What could not be read, and why; the rest was checked.
    pub unread: Vec<String>,
    seen: HashSet<PathBuf>,
    /// What the schemas of the path at hand say of arguments.
    types: SentTypes,
}

impl Checked {
    /// Checks a path: a template, the templates below a folder, and those of the resolvers that a file or folder has. What
    /// cannot be read, or is a file that holds no templates, is listed.
    pub fn path(&mut self, path: &Path, options: &LoadOptions, modes: &[AuthType]) {
        if let Err(error) = self.try_path(path, options, modes) {
            self.unread.push(error.into());
        }
    }

    fn try_path(&mut self, path: &Path, options: &LoadOptions, modes: &[AuthType]) -> Result<(), UnreadError> {
        if !path.is_dir() {
            return match ending(path) {
                Some("json" | "yaml" | "yml" | "template") => {
                    self.source(path, &load(path, options)?, modes);
                    Ok(())
                }
                _ => {
                    let root = Root::within(path, options.root.as_deref(), options.allow_outside);
                    let folder = path.parent().unwrap_or(path);
                    self.types = root.map_or_else(|_| SentTypes::default(), |root| SentTypes::around(folder, Rc::new(root)));
                    self.file(path, read_text, modes)
                }
            };
        }
        let root = Rc::new(Root::within(path, options.root.as_deref(), options.allow_outside)?);
        self.types = SentTypes::around(path, Rc::clone(&root));
        let files = below(path, &|name| name.ends_with(".vtl"));
        for file in files.map_err(|error| format!("{}: {error}", path.display()))? {
            let inside = root.check(&file).map_err(UnreadError::from);
            if let Err(error) = inside.and_then(|()| self.file(&file, read_ordinary, modes)) {
                self.unread.push(error.into());
            }
        }
        match load(path, options) {
            Ok(resolvers) => self.source(path, &resolvers, modes),
            Err(error) if error.is_nothing_there() => {}
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// Checks a text of this name.
    pub fn text(&mut self, name: &str, text: &str, modes: &[AuthType]) {
        self.templates += 1;
        let own = self.is_own(Path::new(name));
        self.found.extend(template::check_own(&Source::new(name, text), modes, own, &self.types));
    }

    fn is_own(&self, file: &Path) -> bool {
        let whole = |path: &Path| crate::files::real_or_same(path);
        self.overrides.as_deref().is_some_and(|folder| whole(file).starts_with(whole(folder)))
    }

    /// A template; `read` reads what was named, or what was found in a folder.
    fn file(
        &mut self,
        path: &Path,
        read: fn(&Path) -> Result<String, TextError>,
        modes: &[AuthType],
    ) -> Result<(), UnreadError> {
        if self.seen.insert(crate::files::real_or_same(path)) {
            self.text(&path.display().to_string(), &read(path)?, modes);
        }
        Ok(())
    }

    /// Checks a project: its templates, each of them beside the others, with its own modes where none are given.
    pub fn project(&mut self, path: &Path, project: &Resolvers, modes: &[AuthType]) {
        self.source(path, project, modes);
    }

    /// The templates of a source that are no file seen before, and what its loader had to say.
    fn source(&mut self, path: &Path, resolvers: &Resolvers, modes: &[AuthType]) {
        let own: Vec<AuthType> = resolvers.api.modes().map(|mode| mode.auth_type).collect();
        let modes = if modes.is_empty() { &own } else { modes };
        for schema in [&resolvers.schema, &resolvers.model].into_iter().flatten() {
            self.types.add(&schema.text);
        }
        for template in resolvers.templates() {
            let (file, place) = match template.origin() {
                TemplateOrigin::File(file) if !self.seen.insert(crate::files::real_or_same(file)) => {
                    continue;
                }
                TemplateOrigin::File(file) => (file, None),
                TemplateOrigin::Inline(file) => (file, Some(template.name().to_owned())),
                TemplateOrigin::StandIn | TemplateOrigin::Missing(_) => continue,
            };
            self.templates += 1;
            let here = |spot| Spot { file: file.display().to_string(), template: place.clone(), ..spot };
            let own = self.is_own(file);
            let found = template::check_own(&source_of(template), modes, own, &self.types);
            self.found.extend(found.into_iter().map(here));
        }
        self.found.extend(across::run(resolvers, modes));
        // Where templates merely lie in folders, nothing says which field has which, and a name says little.
        let plain = resolvers.kind == Some(ProjectKind::Plain);
        let guessed = |code| plain && matches!(code, Code::UnusedTemplate | Code::DuplicateField);
        let stated = resolvers.findings.iter().filter(|finding| !guessed(finding.code));
        self.found.extend(stated.map(|finding| about_source(path, finding)));
        self.model(resolvers);
    }

    /// What is wrong with the project's rules, and between them and the templates.
    fn model(&mut self, project: &Resolvers) {
        if project.model.as_ref().is_some_and(SchemaText::declares_its_operations) {
            return;
        }
        let Some(Ok(ties)) = Ties::of_project(project) else { return };
        let built = Some(project).filter(|project| !project.by_field.is_empty());
        for found in findings(&ties, built) {
            let place = ties.model.place(found.line);
            self.found.push(Spot {
                file: place.file,
                template: None,
                line: Some(place.line),
                column: None,
                severity: found.code.entry().severity,
                code: found.code,
                message: found.message,
                fix: None,
            });
        }
    }
}

fn source_of(template: &Template) -> Source {
    Source::new(template.name(), template.text())
}

fn about_source(path: &Path, finding: &Finding) -> Spot {
    let file = finding.path.as_deref().map(Path::new).filter(|file| file.is_file()).unwrap_or(path);
    Spot {
        file: file.display().to_string(),
        template: None,
        line: None,
        column: None,
        severity: finding.code.entry().severity,
        code: finding.code,
        message: finding.message.clone(),
        fix: None,
    }
}

fn ending(path: &Path) -> Option<&str> {
    path.extension()?.to_str()
}
