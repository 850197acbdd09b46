//! GraphQL operations as a client sends them, and what AppSync makes of them for `$ctx.info` (APPSYNC-VTL 2.5).

use graphql_parser::query::{Definition, Document, OperationDefinition, Selection, SelectionSet};
use serde_json::{Map, Value as Json, json};
use std::collections::HashSet;

/// Operations nested deeper than this are not read.
const DEEPEST: usize = 64;

/// Fragments that use each other unfold into no more fields than this.
const MOST_FIELDS: usize = 20_000;

/// An operation's root fields.
#[derive(Clone, Debug)]
pub struct GraphqlOperation {
    /// `Query`, `Mutation` or `Subscription`.
    pub parent: String,
    /// What was selected at its root.
    pub fields: Vec<RootField>,
    /// The variables that came with it.
    pub variables: Json,
    /// Whether it was not read to its end: it has more fields, or levels, than are unfolded.
    pub cut: bool,
}

/// A field at the root of an operation.
#[derive(Clone, Debug)]
pub struct RootField {
    /// The name in the answer.
    pub alias: String,
    /// The name in the schema.
    pub name: String,
    /// Its arguments, variables put in.
    pub arguments: Json,
    /// What was selected of what it returns.
    pub selection: Vec<Selected>,
}

/// A selected field, fragments unfolded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selected {
    /// The name in the answer.
    pub alias: String,
    /// The name in the schema.
    pub name: String,
    /// The type that a fragment around it is on.
    pub on: Option<String>,
    /// What was selected below it.
    pub fields: Vec<Selected>,
}

/// Reads `{"query", "variables", "operationName"}`; none when the query does not parse.
pub fn read(body: &Json) -> Option<GraphqlOperation> {
    let document = parse(body.get("query")?.as_str()?)?;
    let wanted = body.get("operationName").and_then(Json::as_str).filter(|name| !name.is_empty());
    let variables = body.get("variables").cloned().unwrap_or_default();
    let mut chosen: Option<(&str, &SelectionSet<'_, String>)> = None;
    for definition in &document.definitions {
        let Definition::Operation(operation) = definition else { continue };
        let (parent, name, selection) = match operation {
            OperationDefinition::SelectionSet(selection) => ("Query", None, selection),
            OperationDefinition::Query(query) => ("Query", query.name.as_deref(), &query.selection_set),
            OperationDefinition::Mutation(mutation) => ("Mutation", mutation.name.as_deref(), &mutation.selection_set),
            OperationDefinition::Subscription(one) => ("Subscription", one.name.as_deref(), &one.selection_set),
        };
        if chosen.is_none() || wanted.is_some() && name == wanted {
            chosen = Some((parent, selection));
        }
    }
    let (parent, selection) = chosen?;
    let mut unfold = Unfold { document: &document, variables: &variables, left: MOST_FIELDS, cut: false };
    let mut fields = Vec::new();
    unfold.roots(selection, &mut fields, 0);
    let cut = unfold.cut;
    Some(GraphqlOperation { parent: parent.to_owned(), fields, variables, cut })
}

/// `__schema` or `__type`, where a document asks for it at its root.
pub fn introspects(query: &str) -> Option<&'static str> {
    let document = parse(query)?;
    let asked = document.definitions.iter().flat_map(|definition| match definition {
        Definition::Operation(OperationDefinition::SelectionSet(selection)) => selection.items.as_slice(),
        Definition::Operation(OperationDefinition::Query(query)) => query.selection_set.items.as_slice(),
        _ => &[],
    });
    let mut names = asked.filter_map(|item| match item {
        Selection::Field(field) => Some(field.name.as_str()),
        _ => None,
    });
    names.find_map(|name| ["__schema", "__type"].into_iter().find(|own| *own == name))
}

/// The type with which a document declares a variable, as it is written: `ID!`.
pub fn declared(query: &str, variable: &str) -> Option<String> {
    let document = parse(query)?;
    document.definitions.iter().find_map(|definition| {
        let Definition::Operation(operation) = definition else { return None };
        let variables = match operation {
            OperationDefinition::SelectionSet(_) => return None,
            OperationDefinition::Query(one) => &one.variable_definitions,
            OperationDefinition::Mutation(one) => &one.variable_definitions,
            OperationDefinition::Subscription(one) => &one.variable_definitions,
        };
        variables.iter().find(|one| one.name == variable).map(|one| one.var_type.to_string())
    })
}

/// Nesting is counted before the parser recurses.
pub(super) fn parse(query: &str) -> Option<Document<'_, String>> {
    let mut depth = 0_usize;
    for letter in query.chars() {
        match letter {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return None;
        }
    }
    graphql_parser::parse_query(query).ok()
}

struct Unfold<'a> {
    document: &'a Document<'a, String>,
    variables: &'a Json,
    left: usize,
    /// Whether something was left out.
    cut: bool,
}

impl<'a> Unfold<'a> {
    fn fragment(&self, name: &str) -> Option<(&'a str, &'a SelectionSet<'a, String>)> {
        self.document.definitions.iter().find_map(|definition| match definition {
            Definition::Fragment(fragment) if fragment.name == name => {
                let graphql_parser::query::TypeCondition::On(on) = &fragment.type_condition;
                Some((on.as_str(), &fragment.selection_set))
            }
            _ => None,
        })
    }

    fn roots(&mut self, selection: &'a SelectionSet<'a, String>, found: &mut Vec<RootField>, depth: usize) {
        self.cut |= depth >= 8;
        for item in selection.items.iter().filter(|_| depth < 8) {
            if !self.takes_one() {
                return;
            }
            match item {
                Selection::Field(field) if field.name.starts_with("__") => {}
                Selection::Field(field) => {
                    let arguments: Map<String, Json> = field
                        .arguments
                        .iter()
                        .map(|(name, value)| (name.clone(), argument(value, self.variables)))
                        .collect();
                    let mut selection = Vec::new();
                    self.fields(&field.selection_set, None, &mut selection, 0);
                    found.push(RootField {
                        alias: field.alias.clone().unwrap_or_else(|| field.name.clone()),
                        name: field.name.clone(),
                        arguments: arguments.into(),
                        selection,
                    });
                }
                Selection::InlineFragment(inner) => self.roots(&inner.selection_set, found, depth + 1),
                Selection::FragmentSpread(spread) => {
                    if let Some((_, inner)) = self.fragment(&spread.fragment_name) {
                        self.roots(inner, found, depth + 1);
                    }
                }
            }
        }
    }

    fn fields(
        &mut self,
        selection: &'a SelectionSet<'a, String>,
        on: Option<&str>,
        found: &mut Vec<Selected>,
        depth: usize,
    ) {
        if depth > DEEPEST {
            self.cut = true;
            return;
        }
        for item in &selection.items {
            if !self.takes_one() {
                return;
            }
            match item {
                Selection::Field(field) => {
                    let mut fields = Vec::new();
                    self.fields(&field.selection_set, None, &mut fields, depth + 1);
                    found.push(Selected {
                        alias: field.alias.clone().unwrap_or_else(|| field.name.clone()),
                        name: field.name.clone(),
                        on: on.map(str::to_owned),
                        fields,
                    });
                }
                Selection::InlineFragment(inner) => {
                    let condition = inner.type_condition.as_ref().map(|condition| {
                        let graphql_parser::query::TypeCondition::On(on) = condition;
                        on.as_str()
                    });
                    self.fields(&inner.selection_set, condition.or(on), found, depth + 1);
                }
                Selection::FragmentSpread(spread) => {
                    if let Some((condition, inner)) = self.fragment(&spread.fragment_name) {
                        self.fields(inner, Some(condition), found, depth + 1);
                    }
                }
            }
        }
    }

    /// Whether one more field or fragment is read: a fragment that uses itself never ends.
    fn takes_one(&mut self) -> bool {
        self.left = self.left.saturating_sub(1);
        self.cut |= self.left == 0;
        self.left > 0
    }
}

fn argument(value: &graphql_parser::query::Value<'_, String>, variables: &Json) -> Json {
    use graphql_parser::query::Value;
    match value {
        Value::Variable(name) => variables.get(name).cloned().unwrap_or_default(),
        Value::Int(number) => json!(number.as_i64()),
        Value::Float(number) => json!(number),
        Value::String(text) | Value::Enum(text) => json!(text),
        Value::Boolean(value) => json!(value),
        Value::Null => Json::Null,
        Value::List(items) => items.iter().map(|item| argument(item, variables)).collect(),
        Value::Object(map) => {
            map.iter().map(|(name, item)| (name.clone(), argument(item, variables))).collect::<Map<_, _>>().into()
        }
    }
}

/// The longest path of an operation, names from its root.
pub fn deepest(operation: &GraphqlOperation) -> Vec<String> {
    fn walk(selection: &[Selected]) -> Vec<String> {
        let below =
            selection.iter().map(|one| std::iter::once(one.name.clone()).chain(walk(&one.fields)).collect::<Vec<_>>());
        below.max_by_key(Vec::len).unwrap_or_default()
    }
    let roots = operation
        .fields
        .iter()
        .map(|field| std::iter::once(field.name.clone()).chain(walk(&field.selection)).collect::<Vec<_>>());
    roots.max_by_key(Vec::len).unwrap_or_default()
}

/// `$ctx.info.selectionSetList`: paths of aliases, in the order of the document, a parent before its children.
pub fn paths(selection: &[Selected]) -> Vec<String> {
    fn walk(selection: &[Selected], above: &str, seen: &mut HashSet<String>, found: &mut Vec<String>) {
        for one in selection {
            let path = if above.is_empty() { one.alias.clone() } else { format!("{above}/{}", one.alias) };
            if seen.insert(path.clone()) {
                found.push(path.clone());
            }
            walk(&one.fields, &path, seen, found);
        }
    }
    let mut found = Vec::new();
    walk(selection, "", &mut HashSet::new(), &mut found);
    found
}

/// `$ctx.info.selectionSetGraphQL`: the selection alone, indented by two; nothing for a scalar.
pub fn text(selection: &[Selected]) -> String {
    fn walk(selection: &[Selected], indent: usize, out: &mut String) {
        out.push_str("{\n");
        for one in selection {
            out.push_str(&" ".repeat(indent));
            if let Some(on) = &one.on {
                out.push_str(&format!("... on {on} {{ "));
            }
            if one.alias != one.name {
                out.push_str(&format!("{}: ", one.alias));
            }
            out.push_str(&one.name);
            if !one.fields.is_empty() {
                out.push(' ');
                walk(&one.fields, indent + 2, out);
            }
            out.push_str(if one.on.is_some() { " }\n" } else { "\n" });
        }
        out.push_str(&format!("{}}}", " ".repeat(indent - 2)));
    }
    let mut out = String::new();
    if !selection.is_empty() {
        walk(selection, 2, &mut out);
    }
    out
}

/// What was selected below a field, from the `info` of a context: from its text, or, where only that is given, from its list.
/// `again`: the type that the field returns has a field of the same name, which may be what was selected.
pub fn selection(info: &Json, field: &str, again: bool) -> Vec<Selected> {
    if let Some(query) = info.get("selectionSetGraphQL").and_then(Json::as_str)
        && let Some(read) = read_selection(query)
    {
        // AWS's documentation prints the whole field, real events its selection.
        return match read.as_slice() {
            [one] if one.name == field && !again && !one.fields.is_empty() => one.fields.clone(),
            _ => read,
        };
    }
    let list = info.get("selectionSetList").and_then(Json::as_array);
    let mut found = Vec::new();
    for path in list.into_iter().flatten().filter_map(Json::as_str).take(MOST_FIELDS) {
        let mut level = &mut found;
        for name in path.split('/').take(DEEPEST) {
            let at = level.iter().position(|one: &Selected| one.alias == name).unwrap_or_else(|| {
                level.push(Selected { alias: name.to_owned(), name: name.to_owned(), on: None, fields: Vec::new() });
                level.len() - 1
            });
            let Some(next) = level.get_mut(at) else { break };
            level = &mut next.fields;
        }
    }
    found
}

fn read_selection(query: &str) -> Option<Vec<Selected>> {
    let document = parse(query)?;
    let variables = Json::Null;
    let mut unfold = Unfold { document: &document, variables: &variables, left: MOST_FIELDS, cut: false };
    let selection = document.definitions.iter().find_map(|definition| match definition {
        Definition::Operation(OperationDefinition::SelectionSet(selection)) => Some(selection),
        _ => None,
    })?;
    let mut found = Vec::new();
    unfold.fields(selection, None, &mut found, 0);
    Some(found)
}

/// Label and region of a host of AppSync: `LABEL.appsync-api.REGION.amazonaws.com`, or that of the realtime endpoint.
pub fn appsync_host(host: &str) -> Option<(&str, &str)> {
    let (label, rest) = host.split_once(".appsync-api.").or_else(|| host.split_once(".appsync-realtime-api."))?;
    Some((label, rest.split('.').next().filter(|region| !region.is_empty())?))
}

/// The fields at the root of a query's operation, as `Type.field`; none when it does not parse.
pub fn fields(query: &str, name: Option<&str>) -> Vec<String> {
    let found = read(&json!({"query": query, "operationName": name}));
    let named =
        |found: GraphqlOperation| found.fields.iter().map(|field| format!("{}.{}", found.parent, field.name)).collect();
    found.map(named).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUERY: &str = "query Q($id: ID!) { mine: getNote(id: $id) { __typename id by: author { ...who ... on Bot { kind } } } ...more }
        fragment who on User { name friends { name } }
        fragment more on Query { serverTime }";

    #[test]
    fn aliases_and_fragments_unfold() {
        let read = read(&json!({"query": QUERY, "variables": {"id": "n1"}})).unwrap();
        assert!(!read.cut);
        let names: Vec<_> = read.fields.iter().map(|field| (field.alias.as_str(), field.name.as_str())).collect();
        assert_eq!(names, [("mine", "getNote"), ("serverTime", "serverTime")]);
        assert_eq!(read.fields[0].arguments, json!({"id": "n1"}));
        let selection = &read.fields[0].selection;
        assert_eq!(paths(selection), ["__typename", "id", "by", "by/name", "by/friends", "by/friends/name", "by/kind"]);
        // What is written can be read again, names and types included.
        assert_eq!(&self::selection(&json!({"selectionSetGraphQL": text(selection)}), "getNote", false), selection);
        assert_eq!(selection[2].fields[2].on.as_deref(), Some("Bot"));
        // A field below the called one may have its name.
        let info = json!({"selectionSetGraphQL": "{ getNote { id } }"});
        assert_eq!(self::selection(&info, "getNote", false)[0].name, "id");
        assert_eq!(self::selection(&info, "getNote", true)[0].name, "getNote");
        let listed = self::selection(&json!({"selectionSetList": paths(selection)}), "getNote", false);
        assert_eq!(paths(&listed), paths(selection));
    }

    /// Twenty levels of fragments, each used twice, are a million fields.
    #[test]
    fn fragments_that_multiply_are_bounded() {
        let mut query = "{ f { ...f0 } }".to_owned();
        for at in 0..20 {
            query.push_str(&format!(" fragment f{at} on T {{ a {{ ...f{} }} b {{ ...f{} }} }}", at + 1, at + 1));
        }
        query.push_str(" fragment f20 on T { c ...f20 }");
        let read = read(&json!({"query": query})).unwrap();
        assert!(read.cut);
        let count = count(&read.fields[0].selection);
        assert!((1_000..=MOST_FIELDS).contains(&count), "{count}");
    }

    /// A fragment of nothing but itself, twice, doubles at every level without a field.
    #[test]
    fn fragments_without_a_field_are_bounded_too() {
        let spread = "...f ".repeat(100);
        for query in ["{ f { ...f } }", "{ ...f }"] {
            let query = format!("{query} fragment f on Query {{ {spread} }}");
            let read = read(&json!({"query": query})).unwrap();
            assert!(read.fields.iter().all(|field| field.selection.is_empty()));
        }
    }

    fn count(selection: &[Selected]) -> usize {
        selection.iter().map(|one| 1 + count(&one.fields)).sum()
    }
}
