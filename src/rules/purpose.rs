//! What a field of the API is for: which operation on which model, by the names that Amplify gives (Amplify documentation,
//! `@model`, "Rename generated queries, mutations, and subscriptions"; `@index`, `queryField`).

use super::model::{Model, ModelType, Relation, upper};
use super::rule::Operation;
use crate::project::Project;
use indexmap::IndexMap;

/// What a field is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// An operation on a model.
    Operation {
        /// The model.
        model: String,
        /// What is done.
        operation: Operation,
    },
    /// A field that leads to another model.
    Relation {
        /// The type of the field.
        parent: String,
        /// The field.
        field: String,
        /// The model that it leads to.
        model: String,
    },
    /// A field of a row.
    Field {
        /// The type of the field.
        parent: String,
        /// The field.
        field: String,
    },
    /// A field of `Query`, `Mutation` or `Subscription` of the project's own.
    Custom {
        /// `Query`, `Mutation` or `Subscription`.
        parent: String,
        /// The field.
        field: String,
    },
}

/// What each field is for, by `Type.field`.
pub type Purposes = IndexMap<String, Purpose>;

const ROOTS: [&str; 3] = ["Query", "Mutation", "Subscription"];

/// Finds what each field of a model's API is for; with a project, for each of its resolvers too.
pub fn purposes(model: &Model, project: Option<&Project>) -> Purposes {
    let mut found = Purposes::new();
    for of in model.types.values() {
        if ROOTS.contains(&of.name.as_str()) {
            for field in of.fields.values() {
                let purpose = Purpose::Custom { parent: of.name.clone(), field: field.name.clone() };
                found.insert(format!("{}.{}", of.name, field.name), purpose);
            }
        } else if of.is_model && !of.made {
            operations(model, of, &mut found);
        }
    }
    for of in model.types.values().filter(|of| !ROOTS.contains(&of.name.as_str())) {
        of_rows(model, of, &mut found);
    }
    let Some(project) = project else { return found };
    let returns = Returns::new(project);
    let mut known = Purposes::new();
    for field in project.by_field.keys() {
        let purpose = found.shift_remove(field).or_else(|| guessed(model, &returns, field));
        known.extend(purpose.map(|purpose| (field.clone(), purpose)));
    }
    // What has no resolver here, by names that may be others in truth, is left out, but for what a schema names itself.
    let named = |(field, purpose): &(String, Purpose)| {
        matches!(purpose, Purpose::Custom { .. }) || project.by_field.is_empty() || returns.has(field)
    };
    known.extend(found.into_iter().filter(named));
    known
}

/// What one field is for, where nothing but the model and the field's name is known.
pub(super) fn purpose_of(model: &Model, field: &str) -> Option<Purpose> {
    let known = purposes(model, None).shift_remove(field);
    known.or_else(|| guessed(model, &Returns(IndexMap::new()), field))
}

fn operations(model: &Model, of: &ModelType, found: &mut Purposes) {
    let mut add = |root: &str, name: String, operation: Operation| {
        found.insert(format!("{root}.{name}"), Purpose::Operation { model: of.name.clone(), operation });
    };
    let name = &of.name;
    let named = |given: &Option<Vec<(String, Option<String>)>>, key: &str, own: String| match given {
        None => Some(own),
        Some(given) => given.iter().find(|(word, _)| word == key).and_then(|(_, name)| name.clone()),
    };
    let plural = if model.old { format!("{name}s") } else { plural(name) };
    let queries = &of.names.queries;
    let get = named(queries, "get", format!("get{}", upper(name)));
    let list = named(queries, "list", format!("list{}", upper(&plural)));
    get.into_iter().for_each(|query| add("Query", query, Operation::Get));
    list.into_iter().for_each(|query| add("Query", query, Operation::List));
    of.queries.iter().for_each(|query| add("Query", query.clone(), Operation::List));
    if of.searchable {
        add("Query", format!("search{}", upper(&plural)), Operation::Search);
    }
    let writes = [("create", Operation::Create), ("update", Operation::Update), ("delete", Operation::Delete)];
    for (word, operation) in writes {
        let Some(mutation) = named(&of.names.mutations, word, format!("{word}{}", upper(name))) else { continue };
        add("Mutation", mutation, operation);
        if !of.names.subscriptions_off {
            let key = format!("on{}", upper(word));
            let own: Vec<String> =
                of.names.subscriptions.iter().filter(|(given, _)| *given == key).map(|(_, name)| name.clone()).collect();
            let subscriptions = if own.is_empty() { vec![format!("{key}{}", upper(name))] } else { own };
            subscriptions.into_iter().for_each(|name| add("Subscription", name, Operation::Listen));
        }
    }
}

/// Relations, and fields with rules of their own.
fn of_rows(model: &Model, of: &ModelType, found: &mut Purposes) {
    for field in of.fields.values() {
        let key = format!("{}.{}", of.name, field.name);
        let (parent, name) = (of.name.clone(), field.name.clone());
        let other = match &field.relation {
            None => None,
            Some(Relation::ManyToMany(between)) => Some(upper(between)),
            Some(_) => Some(field.returns.clone()),
        };
        match other.filter(|other| model.types.contains_key(other)) {
            Some(model) => found.insert(key, Purpose::Relation { parent, field: name, model }),
            None if field.has_auth => found.insert(key, Purpose::Field { parent, field: name }),
            None => None,
        };
    }
}

/// What the fields of the API's own schema give.
struct Returns(IndexMap<String, String>);

impl Returns {
    fn new(project: &Project) -> Self {
        let schema = project.schema.as_ref().and_then(|schema| Model::read(&schema.file, &schema.text).ok());
        let mut returns = IndexMap::new();
        for of in schema.iter().flat_map(|schema| schema.types.values()) {
            for field in of.fields.values() {
                returns.insert(format!("{}.{}", of.name, field.name), field.returns.clone());
            }
        }
        Self(returns)
    }

    fn has(&self, field: &str) -> bool {
        self.0.contains_key(field)
    }
}

/// A resolver whose name is not the one that a model's names give: by what the API's schema says that it gives, else by the
/// words of its name.
fn guessed(model: &Model, returns: &Returns, field: &str) -> Option<Purpose> {
    let (parent, name) = field.split_once('.')?;
    let returned = returns.0.get(field).map(String::as_str);
    let operation = |of: &ModelType, operation| Some(Purpose::Operation { model: of.name.clone(), operation });
    if !ROOTS.contains(&parent) {
        return of_row(model, returned, parent, name);
    }
    let of = returned.and_then(|name| returned_model(model, name)).or_else(|| named_model(model, name))?;
    match parent {
        "Subscription" if name.starts_with("on") => operation(of, Operation::Listen),
        "Mutation" => {
            let word = ["create", "update", "delete"].into_iter().find(|word| name.starts_with(word))?;
            operation(of, *Operation::parse(word).first()?)
        }
        "Query" if name.starts_with("sync") => operation(of, Operation::Sync),
        "Query" if name.starts_with("search") => operation(of, Operation::Search),
        "Query" if name.starts_with("get") && !returned.is_some_and(|name| name.ends_with("Connection")) => {
            operation(of, Operation::Get)
        }
        "Query" => operation(of, Operation::List),
        _ => None,
    }
}

fn of_row(model: &Model, returned: Option<&str>, parent: &str, name: &str) -> Option<Purpose> {
    let of = model.types.get(parent)?;
    let (parent, field) = (parent.to_owned(), name.to_owned());
    // Both sides of a type that Amplify made lead on to the models that it joins.
    if of.made
        && let Some(other) = returned.and_then(|name| returned_model(model, name)).or_else(|| named_model(model, name))
        && name != "owner"
    {
        return Some(Purpose::Relation { parent, field, model: other.name.clone() });
    }
    Some(Purpose::Field { parent, field })
}

/// `Post`, `ModelPostConnection`, `SearchablePostConnection`
fn returned_model<'m>(model: &'m Model, name: &str) -> Option<&'m ModelType> {
    let inner = name.strip_suffix("Connection").map(|name| {
        name.strip_prefix("Model").or_else(|| name.strip_prefix("Searchable")).unwrap_or(name)
    });
    model.types.get(inner.unwrap_or(name)).filter(|of| of.is_model)
}

/// The model in a name: `listPostsByAuthor`, `postsByAuthor`, `onCreatePost`.
fn named_model<'m>(model: &'m Model, name: &str) -> Option<&'m ModelType> {
    let verbs = ["onCreate", "onUpdate", "onDelete", "create", "update", "delete", "get", "list", "sync", "search"];
    let rest = verbs.iter().find_map(|verb| name.strip_prefix(verb)).unwrap_or(name);
    let models = model.types.values().filter(|of| of.is_model);
    let begins = |of: &&ModelType| {
        let forms = [of.name.clone(), plural(&of.name), format!("{}s", of.name)];
        forms.iter().any(|form| {
            let lower = rest.to_lowercase();
            lower.strip_prefix(&form.to_lowercase()).is_some_and(|rest| rest.is_empty() || rest.starts_with("by"))
        })
    };
    models.filter(begins).max_by_key(|of| of.name.len())
}

/// The plural as Amplify has it, by the `pluralize` package: its common rules.
pub(super) fn plural(name: &str) -> String {
    let lower = name.to_lowercase();
    let same = ["settings", "series", "species", "news", "sheep", "fish", "deer", "information", "equipment", "data"];
    if same.iter().any(|word| lower.ends_with(word)) {
        return name.to_owned();
    }
    let ends = |endings: &[&str]| endings.iter().any(|ending| lower.ends_with(ending));
    let cut = |count: usize, more: &str| format!("{}{more}", &name[..name.len().saturating_sub(count)]);
    if !name.is_ascii() {
        return format!("{name}s");
    }
    match lower.as_str() {
        _ if ends(&["person"]) => cut(4, "ople"),
        _ if ends(&["child"]) => format!("{name}ren"),
        _ if ends(&["man"]) && !ends(&["human", "german"]) => cut(2, "en"),
        _ if ends(&["mouse"]) => cut(4, "ice"),
        _ if ends(&["thesis", "analysis", "basis", "crisis", "diagnosis", "hypothesis", "synopsis", "axis"]) => {
            cut(2, "es")
        }
        _ if ends(&["index", "matrix", "vertex"]) => cut(2, "ices"),
        _ if ends(&["life", "knife", "wife"]) => cut(2, "ves"),
        _ if ends(&["half", "shelf", "leaf", "wolf", "self", "thief", "loaf", "calf"]) => cut(1, "ves"),
        _ if ends(&["ay", "ey", "iy", "oy", "uy"]) => format!("{name}s"),
        _ if ends(&["y"]) => cut(1, "ies"),
        _ if ends(&["hero", "potato", "tomato", "echo", "veto", "cargo"]) => format!("{name}es"),
        _ if ends(&["ss", "sh", "ch", "x", "z", "us", "as", "is"]) => format!("{name}es"),
        _ if ends(&["s"]) => name.to_owned(),
        _ => format!("{name}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn names_of_operations() {
        let sdl = r#"type Story @model(queries: {get: "oneStory"}) @auth(rules: [{allow: owner}]) { id: ID! }
            type Bus @model(subscriptions: {level: off}) { id: ID! line: String @index(name: "l", queryField: "busesByLine") }
            type Query { ping: String }"#;
        let model = Model::read(Path::new("m"), sdl).unwrap();
        let found = purposes(&model, None);
        let get = |field: &str| found.get(field).cloned();
        let of = |model: &str, operation| Some(Purpose::Operation { model: model.to_owned(), operation });
        assert_eq!(get("Query.oneStory"), of("Story", Operation::Get));
        assert_eq!(get("Query.listStories"), None, "`queries` names what there is");
        assert_eq!(get("Mutation.updateStory"), of("Story", Operation::Update));
        assert_eq!(get("Subscription.onDeleteStory"), of("Story", Operation::Listen));
        assert_eq!(get("Query.listBuses"), of("Bus", Operation::List));
        assert_eq!(get("Query.busesByLine"), of("Bus", Operation::List));
        assert_eq!(get("Subscription.onCreateBus"), None);
        assert!(matches!(get("Query.ping"), Some(Purpose::Custom { .. })));
    }
}
