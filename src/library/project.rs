//! A project: the fields of an API and what resolves them.

use super::explanation::Setting;
use super::{Context, Error, ErrorKind, Explanation, Matrix};
use crate::appsync::Given;
use crate::explain::{Question, Subject, explain};
use crate::open::OpenValues;
use crate::project::{LoadOptions, Project as Loaded, load};
use crate::resolver::Answers;
use crate::rules::Ties;
use crate::suite::{Matrix as Cells, Personas};
use std::path::Path;
use std::sync::Arc;

/// An API as its project has it: an Amplify build, a `cdk.out`, CloudFormation, Serverless, Terraform, saved AWS answers …
///
/// ```no_run
/// use vtl_eval::{Context, Project};
///
/// let project = Project::open("amplify/backend/api/blog/build")?;
/// let caller = Context::with_claims(r#"{"sub": "ann-1", "username": "ann"}"#)?;
/// let why = project.explain("Query.getPost", &caller.member("arguments", r#"{"id": "7"}"#)?)?;
/// println!("{why}");
/// # Ok::<(), vtl_eval::Error>(())
/// ```
#[derive(Debug)]
pub struct Project {
    loaded: Loaded,
    open: Arc<OpenValues>,
    rules: Option<Arc<Ties>>,
}

impl Project {
    /// Reads a project from a file or folder.
    ///
    /// # Errors
    /// [`ErrorKind::Project`]: which file, what is wrong with it, what to do.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let read = load(path.as_ref(), &LoadOptions::default());
        let loaded = read.map_err(|error| Error::new(ErrorKind::Project, error.to_string()))?;
        let open = Arc::new(loaded.open.clone());
        // A model schema that cannot be read leaves the templates as they are: they decide, not the rules.
        let rules = Ties::of_project(&loaded).and_then(Result::ok).map(Arc::new);
        Ok(Self { loaded, open, rules })
    }

    /// The fields that have a resolver, as `Type.field`.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.loaded.by_field.keys().map(String::as_str)
    }

    /// Runs the pipeline of a field and explains what it decided. `result` of the context answers every data source.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownField`] names the nearest field; [`ErrorKind::NothingToRun`] where no template resolves it.
    pub fn explain(&self, field: &str, context: &Context) -> Result<Explanation, Error> {
        let resolver =
            self.loaded.get(field).map_err(|error| Error::new(ErrorKind::UnknownField, error.to_string()))?;
        let given: Given = context.given.clone().for_field(&resolver.field);
        let answers = Answers { result: given.members.get_str("result"), ..Answers::default() };
        let rules = self.rules.clone();
        let question = Question { open_values: !self.open.is_empty(), rules, ..context.question.clone() };
        let done = explain(Subject::Resolver(resolver, &answers), &given, &question)?;
        let sources = self.loaded.about(&resolver.field).into_iter().cloned().collect();
        Ok(Explanation::new(done, &context.notes).within(Setting { open: Arc::clone(&self.open), sources }))
    }

    /// Every field by every persona of a personas file (docs/resolvers.md); `now_millis` is the time of the requests.
    ///
    /// # Errors
    /// [`ErrorKind::Input`]: what is wrong with the file.
    pub fn matrix(&self, personas: impl AsRef<Path>, now_millis: i64) -> Result<Matrix, Error> {
        let personas = Personas::read(personas.as_ref()).map_err(Error::input)?;
        let cells = Cells::run(&self.loaded, &personas, now_millis, &|| {}).map_err(Error::input)?;
        Ok(Matrix { cells, open: Arc::clone(&self.open) })
    }
}
