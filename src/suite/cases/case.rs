//! Case files: what templates and resolvers are expected to decide (docs/testing.md).

use crate::message::{Message, path as shown, quoted};
use super::covered::{self, Covered};
use super::expect::{EXPECT, EXPECTED, compare, facts};
use crate::appsync::{AuthType, Given};
use crate::explain::{Explanation, Question, Subject, Unexplained, explain};
use crate::files::{below, missing, read_ordinary, unread};
use crate::project::Root;
use crate::resolver::{Answers, LoadOptions, TemplateOrigin, Resolvers, Template, load, yaml};
use crate::rules::Ties;
use crate::source::Source;
use crate::suite::guard::guarded;
use crate::suite::persona::{Case, Persona, Personas};
use crate::syntax::{Program, parse};
use crate::trace::Verdict;
use crate::trace::coverage::Coverage;
use crate::value::{Map, Value};
use serde_json::{Map as JsonMap, Value as Json, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

crate::message::sentence_error! {
    /// A case, or its file, that cannot be run.
    CaseError: crate::files::TextError, crate::suite::persona::PersonaError
}

/// A file of cases.
#[derive(Debug)]
pub struct CaseFile {
    /// The file.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
    /// Its content.
    pub json: Json,
    /// What it may refer to.
    pub root: Root,
    /// A case that expects nothing is no mistake: its `expect` is about to be written.
    pub may_lack_expect: bool,
    /// The clock of cases that give none, in seconds since 1970.
    pub now: Option<i64>,
    /// The seed of cases that give none.
    pub seed: u64,
    /// The project of cases that name a resolver without `from`, and what is added to any project.
    pub project: Option<(PathBuf, LoadOptions)>,
}

/// A case that ran.
#[derive(Debug)]
pub struct RanCase {
    /// The file.
    pub file: PathBuf,
    /// Its place among the cases of the file.
    pub at: usize,
    /// The case's name.
    pub name: String,
    /// Differences from what was expected; empty when it passed.
    pub differences: Vec<String>,
    /// Why it could not run at all.
    pub error: Option<String>,
    /// The facts that `expect` is compared with.
    pub facts: Json,
    /// How long it took.
    pub time: Duration,
    /// What is wrong with the caller's token: AppSync would refuse it before any template.
    pub notes: Vec<Message>,
    /// Why, if a template ran.
    pub explained: Option<Explanation>,
}

/// The case files at a path: itself, or those below a folder. A link that leads outside of the folder's root is an error in
/// its place, unless that is allowed.
///
/// # Errors
/// There is no such path.
pub fn discover(path: &Path, allow_outside: bool) -> Result<Vec<Result<PathBuf, CaseError>>, CaseError> {
    if path.is_file() {
        return Ok(vec![Ok(path.to_owned())]);
    }
    if !path.is_dir() {
        return Err(format!("{}: {}", shown(path), missing(path, "file or folder")).into());
    }
    let ending = |name: &str| [".vtltest.yaml", ".vtltest.yml", ".vtltest.json"].iter().any(|end| name.ends_with(end));
    let root = Root::of(path, allow_outside).map_err(|error| CaseError(error.to_string()))?;
    let found = below(path, &ending).map_err(|error| CaseError(format!("{}: {}", shown(path), unread(path, error))))?;
    let inside = |file: PathBuf| root.check(&file).map(|()| file).map_err(|error| CaseError(error.to_string()));
    Ok(found.into_iter().map(inside).collect())
}

/// The members of a case.
const MEMBERS: [&str; 23] = [
    "name",
    "claims",
    "claimsFile",
    "identity",
    "authType",
    "args",
    "arguments",
    "source",
    "result",
    "results",
    "stash",
    "prev",
    "error",
    "info",
    "headers",
    "request",
    "env",
    "context",
    "now",
    "seed",
    "watch",
    "records",
    "expect",
];

impl CaseFile {
    /// Reads a case file.
    ///
    /// # Errors
    /// It is neither JSON nor YAML, or lacks what a case file needs.
    pub fn read(path: &Path) -> Result<Self, CaseError> {
        Self::read_within(path, false)
    }

    /// The same, following references outside of the file's root where that is allowed.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn read_within(path: &Path, allow_outside: bool) -> Result<Self, CaseError> {
        let place = |message: String| CaseError(format!("{}: {message}", shown(path)));
        let text = read_ordinary(path)?;
        let root = Root::of(path, allow_outside).map_err(|error| place(error.to_string()))?;
        let json = yaml::read(&text).map_err(|why| place(why.into()))?;
        if json.get("cases").and_then(Json::as_array).is_none() {
            return Err(place("a case file has a list `cases`".to_owned()));
        }
        if json.get("template").is_none() && json.get("resolver").is_none() {
            return Err(place("a case file names a `template`, or a `resolver` with `from`".to_owned()));
        }
        let known = ["template", "resolver", "from", "overrides", "parameters", "defaults", "cases"];
        if let Some(odd) = json.as_object().and_then(|map| map.keys().find(|key| !known.contains(&key.as_str()))) {
            return Err(place(format!("unknown member {odd}; known are {}", known.join(", "), odd = quoted(&odd))));
        }
        Ok(Self { path: path.to_owned(), text, json, root, may_lack_expect: false, now: None, seed: 0, project: None })
    }

    /// Runs the cases whose name holds `filter`. `clock` tells the time since some moment: the library has none of its own,
    /// as a browser has none that it could read.
    pub fn run(&self, filter: Option<&str>, mut covered: Option<&mut Covered>, clock: &dyn Fn() -> Duration) -> Vec<RanCase> {
        let target = self.target();
        let defaults = self.json.get("defaults").cloned().unwrap_or_else(|| json!({}));
        let cases = self.json.get("cases").and_then(Json::as_array).cloned().unwrap_or_default();
        if let (Some(covered), Ok(target)) = (covered.as_deref_mut(), &target) {
            let watch = defaults.get("watch").and_then(Json::as_str).unwrap_or("isAuthorized").trim_start_matches('$');
            match target {
                Target::Template(program) => {
                    covered.add(program, Some(Path::new(&*program.source.name)), Coverage::of(program, watch));
                }
                Target::Resolver(resolvers, ..) => covered.expect(resolvers, watch),
            }
        }
        let mut done = Vec::new();
        for (at, case) in cases.iter().enumerate() {
            let name =
                case.get("name").and_then(Json::as_str).map_or_else(|| format!("case {}", at + 1), str::to_owned);
            if filter.is_some_and(|filter| !name.contains(filter)) {
                continue;
            }
            let begin = clock();
            let result = target
                .as_ref()
                .map_err(Clone::clone)
                .and_then(|target| {
                    guarded(|| self.one(target, &defaults, case, covered.as_deref_mut()))
                        .unwrap_or_else(|why| Err(why.to_string().into()))
                });
            let mut ran = match result {
                Ok(ran) => ran,
                Err(error) => RanCase {
                    file: self.path.clone(),
                    at,
                    name: String::new(),
                    differences: Vec::new(),
                    error: Some(error.to_string()),
                    facts: Json::Null,
                    time: Duration::ZERO,
                    notes: Vec::new(),
                    explained: None,
                },
            };
            ran.at = at;
            ran.name = name;
            ran.time = clock().saturating_sub(begin);
            done.push(ran);
        }
        done
    }

    fn beside(&self, path: &str) -> PathBuf {
        self.path.parent().map_or_else(|| PathBuf::from(path), |folder| folder.join(path))
    }

    fn target(&self) -> Result<Target, CaseError> {
        let text = |name: &str| self.json.get(name).and_then(Json::as_str);
        if let Some(template) = text("template") {
            let path = self.beside(template);
            let source = self.root.text(&path).map_err(|error| error.to_string())?;
            let program = parse(&Source::new(path.display().to_string(), source)).map_err(|diagnostic| {
                let place = diagnostic.place();
                format!("{template}:{}:{}: {}", place.line, place.column, diagnostic.message)
            })?;
            return Ok(Target::Template(Arc::new(program)));
        }
        let field = text("resolver").ok_or("`resolver` must be a text such as Query.listTodos")?.to_owned();
        let (from, given) = match (text("from"), &self.project) {
            (Some(from), Some((_, given))) => (self.beside(from), given.clone()),
            (Some(from), None) => (self.beside(from), LoadOptions::default()),
            (None, Some((from, given))) => (from.clone(), given.clone()),
            (None, None) => return Err("`resolver` wants `from`: where the resolvers are (or --from)".into()),
        };
        let overrides = text("overrides").map(|path| self.beside(path)).or(given.overrides.clone());
        for own in text("from").map(|_| &from).into_iter().chain(text("overrides").and(overrides.as_ref())) {
            self.root.check(own).map_err(|error| error.to_string())?;
        }
        let mut parameters = self.json.get("parameters").and_then(Json::as_object).cloned().unwrap_or_default();
        parameters.extend(given.parameters.clone());
        let resolvers =
            load(&from, &LoadOptions { overrides, parameters, ..given }).map_err(|error| error.to_string())?;
        resolvers.get(&field).map_err(|error| error.to_string())?;
        let rules = Ties::of_project(&resolvers).and_then(Result::ok).map(Arc::new);
        Ok(Target::Resolver(Box::new(resolvers), field, rules))
    }

    fn one(&self, target: &Target, defaults: &Json, case: &Json, covered: Option<&mut Covered>) -> Result<RanCase, CaseError> {
        self.check_members(defaults, case)?;
        let expect = case.get(EXPECT).and_then(Json::as_object);
        let (given, notes) = self.given(target, defaults, case)?;
        let member = |name: &str| case.get(name).or_else(|| defaults.get(name));
        let watch = member("watch").and_then(Json::as_str).unwrap_or("isAuthorized").trim_start_matches('$').to_owned();
        let records = member("records")
            .and_then(Json::as_array)
            .map(|rows| rows.iter().map(Value::from).collect());
        let rules = target.rules();
        let question = Question { watch, records, coverage: covered.is_some(), rules, ..Question::default() };
        let explained = match target {
            Target::Template(program) => Some(template(program, &given, &question, covered)?),
            Target::Resolver(resolvers, field, _) => {
                let results = member("results");
                let names = results.and_then(Json::as_object).into_iter().flat_map(JsonMap::keys);
                let names: Vec<_> = names.map(String::as_str).collect();
                resolvers.answer(&names).map_err(|error| error.to_string())?;
                let results = results.map(Value::from).and_then(|value| value.as_map().cloned()).unwrap_or_default();
                let answers = Answers { result: given.members.get_str("result"), by_function: results, ..Answers::default() };
                pipeline(resolvers, field, &given, &answers, &question, covered)?
            }
        };
        let facts = explained.as_ref().map_or_else(|| json!({"verdict": Verdict::Completed}), facts);
        let mut differences = Vec::new();
        compare("", case.get(EXPECT).unwrap_or(&Json::Null), &facts, &mut differences);
        if expect.is_none_or(JsonMap::is_empty) {
            differences.push(format!("verdict: nothing was expected, got {}", facts["verdict"]));
        }
        Ok(RanCase {
            file: self.path.clone(),
            at: 0,
            name: String::new(),
            differences,
            error: None,
            facts,
            time: Duration::ZERO,
            notes,
            explained,
        })
    }

    /// Whether a case and the defaults have members that are known, and a case expects something.
    fn check_members(&self, defaults: &Json, case: &Json) -> Result<(), CaseError> {
        for map in [defaults, case] {
            if let Some(odd) = map.as_object().and_then(|map| map.keys().find(|key| !MEMBERS.contains(&key.as_str()))) {
                return Err(format!("unknown member {odd}; known are {}", MEMBERS.join(", "), odd = quoted(&odd)).into());
            }
        }
        if !case.is_object() {
            return Err("a case is an object with `expect`".into());
        }
        let expect = case.get(EXPECT).and_then(Json::as_object);
        if !self.may_lack_expect && expect.is_none_or(JsonMap::is_empty) {
            return Err(format!("it expects nothing: add `expect` with some of {}", EXPECTED.join(", ")).into());
        }
        if let Some(odd) = expect.and_then(|map| map.keys().find(|key| !EXPECTED.contains(&key.as_str()))) {
            return Err(format!("unknown member {odd} of expect; known are {}", EXPECTED.join(", "), odd = quoted(&odd)).into());
        }
        Ok(())
    }

    /// What a case is evaluated with: its own members over the defaults.
    fn given(&self, target: &Target, defaults: &Json, case: &Json) -> Result<(Given, Vec<Message>), CaseError> {
        let member = |name: &str| case.get(name).or_else(|| defaults.get(name));
        let own_caller = ["claims", "claimsFile", "identity"].iter().any(|name| case.get(*name).is_some());
        let caller = |name: &str| if own_caller { case.get(name) } else { defaults.get(name) };
        let now = member("now").and_then(crate::request::evidence::time).or(self.now).unwrap_or(1_700_000_000);
        let persona = Persona {
            name: "caller".to_owned(),
            auth_type: member("authType").and_then(Json::as_str).map(str::to_owned),
            identity: caller("identity").cloned(),
            claims: caller("claims").cloned(),
            claims_file: caller("claimsFile").and_then(Json::as_str).map(|path| self.beside(path)),
            headers: member("headers").cloned().unwrap_or_else(|| json!({})),
            ..Persona::default()
        };
        let field = match target {
            Target::Resolver(_, field, _) => field.clone(),
            Target::Template(_) => "Query.field".to_owned(),
        };
        let call = Case { persona: "caller".to_owned(), field, ..Case::default() };
        let personas = Personas { personas: vec![persona], path: self.path.clone(), allow_outside: self.root.is_open(), ..Personas::default() };
        let read = personas.read_persona(&personas.personas[0])?;
        let (mut given, _) = personas.given(&call, &read.caller, now * 1000)?;
        let members = Map::new();
        for source in [defaults, case] {
            for (name, value) in source.get("context").and_then(Json::as_object).into_iter().flatten() {
                members.put_str(name, Value::from(value));
            }
        }
        if own_caller || !members.contains_str("identity") {
            members.put_str("identity", given.members.get_str("identity").unwrap_or_default());
        } else if given.auth_type_derived {
            given.auth_type = members.get_str("identity").and_then(|identity| AuthType::guess(&identity));
        }
        for name in ["source", "result", "stash", "prev", "error", "info", "env", "request"] {
            if let Some(value) = member(name) {
                members.put_str(name, Value::from(value));
            }
        }
        if let Some(args) = member("args").or_else(|| member("arguments")) {
            members.put_str("arguments", Value::from(args));
        }
        if !members.contains_str("request") {
            members.put_str("request", given.members.get_str("request").unwrap_or_default());
        }
        if matches!(target, Target::Resolver(..)) && !members.contains_str("info") {
            members.put_str("info", given.members.get_str("info").unwrap_or_default());
        }
        let seed = member("seed").and_then(Json::as_u64).unwrap_or(self.seed);
        let refusal = read.refusal(now * 1000).map(|words| Message::joined("caller: {}", [words.clone()]));
        Ok((Given { members, seed, ..given }, refusal.into_iter().collect()))
    }
}

enum Target {
    Template(Arc<Program>),
    Resolver(Box<Resolvers>, String, Option<Arc<Ties>>),
}

impl Target {
    /// The rules that the templates were made from, where the project has their model schema.
    fn rules(&self) -> Option<Arc<Ties>> {
        match self {
            Self::Template(_) => None,
            Self::Resolver(_, _, rules) => rules.clone(),
        }
    }
}

/// The explanation of one template; what it covered is added.
fn template(
    program: &Arc<Program>,
    given: &Given,
    question: &Question,
    covered: Option<&mut Covered>,
) -> Result<Explanation, CaseError> {
    let explanation = explain(Subject::Template(program), given, question).map_err(words)?;
    if let (Some(covered), Some(coverage)) = (covered, &explanation.coverage) {
        covered.add(program, Some(Path::new(&*program.source.name)), coverage.clone());
    }
    Ok(explanation)
}

/// Runs a pipeline; `None` where it has no template to run.
fn pipeline(
    resolvers: &Resolvers,
    field: &str,
    given: &Given,
    answers: &Answers,
    question: &Question,
    covered: Option<&mut Covered>,
) -> Result<Option<Explanation>, CaseError> {
    let resolver = resolvers.get(field).map_err(|error| error.to_string())?;
    let mut explanation = match explain(Subject::Resolver(resolver, answers), given, question) {
        Ok(explanation) => explanation,
        Err(Unexplained::NothingRan { .. }) => return Ok(None),
        Err(error) => return Err(error.to_string().into()),
    };
    if let (Some(covered), Some(ran)) = (covered, &mut explanation.pipeline) {
        for step in &mut ran.steps {
            let same = |template: &&Arc<Template>| template.program().is_ok_and(|own| Arc::ptr_eq(own, &step.program));
            if let Some(template) = resolver.templates().find(same)
                && *template.origin() != TemplateOrigin::StandIn
                && let Some(coverage) = step.coverage.take()
            {
                covered.add(&step.program, covered::file(template), coverage);
            }
        }
    }
    Ok(Some(explanation))
}

fn words(error: Unexplained) -> String {
    error.to_string()
}
