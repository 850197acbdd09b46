//! What a set of cases reached of every template that they could have reached.

use crate::resolver::{TemplateOrigin, Resolvers, Template};
use crate::syntax::Program;
use crate::trace::coverage::Coverage;
use indexmap::IndexMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// A template and what was reached of it.
#[derive(Clone, Debug)]
pub struct CoveredTemplate {
    /// The template.
    pub program: Arc<Program>,
    /// What the cases reached.
    pub coverage: Coverage,
    /// The file it is in, as seen from the working directory; `None` for a text that stands in a stack or a saved answer.
    pub file: Option<PathBuf>,
}

/// Coverage by the template's file, or by its name where it is in none.
#[derive(Clone, Debug, Default)]
pub struct Covered {
    templates: IndexMap<String, CoveredTemplate>,
}

impl Covered {
    /// The templates with the names that tell them apart.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &CoveredTemplate)> {
        self.templates.iter()
    }

    /// Every template that fields of this source run, reached or not: what no case reaches counts too.
    pub fn expect(&mut self, resolvers: &Resolvers, watch: &str) {
        for template in resolvers.templates() {
            if let Ok(program) = template.program()
                && !matches!(template.origin(), TemplateOrigin::StandIn | TemplateOrigin::Missing(_))
            {
                self.add(program, file(template), Coverage::of(program, watch));
            }
        }
    }

    /// Adds what runs reached of a template.
    pub fn add(&mut self, program: &Arc<Program>, file: Option<&Path>, coverage: Coverage) {
        let file = file.map(from_here);
        let name = file.as_ref().map_or_else(|| program.source.name.to_string(), |file| file.display().to_string());
        // Two texts may have one name (`template.vtl`): their counts are kept apart.
        let same =
            |key: &String| self.templates.get(key).is_none_or(|known| known.program.source.text == program.source.text);
        let names = std::iter::once(name.clone()).chain((2..).map(|at| format!("{name} ({at})")));
        let key = { names }.find(same).unwrap_or(name);
        let known = self.templates.entry(key).or_insert_with(|| CoveredTemplate {
            program: Arc::clone(program),
            coverage: Coverage::default(),
            file,
        });
        known.coverage.merge(coverage);
    }
}

/// The file of a template.
pub fn file(template: &Template) -> Option<&Path> {
    match template.origin() {
        TemplateOrigin::File(path) => Some(path),
        _ => None,
    }
}

/// A path without `.` and `..`, relative to the working directory where it is below: tools look for it there.
fn from_here(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(plain.components().next_back(), Some(Component::Normal(_))) => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    let below = std::env::current_dir().ok().and_then(|here| Some(plain.strip_prefix(here).ok()?.to_owned()));
    below.unwrap_or(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_as_seen_from_here() {
        let here = std::env::current_dir().unwrap();
        for (path, wanted) in [
            (here.join("cases/../resolvers/a.vtl"), "resolvers/a.vtl"),
            (PathBuf::from("./cases/../resolvers/a.vtl"), "resolvers/a.vtl"),
            (PathBuf::from("../other/a.vtl"), "../other/a.vtl"),
            (PathBuf::from("/elsewhere/./a.vtl"), "/elsewhere/a.vtl"),
        ] {
            assert_eq!(from_here(&path), Path::new(wanted));
        }
    }
}
