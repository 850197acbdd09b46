//! Reads a model schema: SDL with `@model` and `@auth`, as Gen 1 has it in `schema.graphql` and Gen 2 in an asset.

use super::model::{ModelField, ModelFault, Model, ModelType, Names, Relation};
use super::rule::{Allow, GROUP_CLAIM, GROUPS_FIELD, OWNER_FIELD, Operation, Provider, Rule};
use crate::paste::{self, PastedKind};
use crate::project::SchemaText;
use graphql_parser::schema::{
    Definition, Directive, Document, Field as SdlField, Type, TypeDefinition, TypeExtension, Value,
};
use std::path::Path;

crate::message::sentence_error! {
    /// A model schema that cannot be read.
    ModelError
}

crate::message::sentence_error! {
    /// What of a rule is not understood.
    RuleError
}

/// Schemas larger or nested deeper than this are refused.
const LARGEST: usize = 16 << 20;
const DEEPEST: usize = 64;

/// `@auth` rules of one type, and of a schema, that are read. AWS's own samples have at most some twenty a type.
const MOST_OF_TYPE: usize = 300;
const MOST_RULES: usize = 10_000;

type DirectiveArgs<'a> = [(String, Value<'a, String>)];

impl Model {
    /// Reads SDL.
    ///
    /// # Errors
    /// A sentence that says why it is no schema.
    pub fn read(file: &Path, text: &str) -> Result<Self, ModelError> {
        let mut model = read(file, text)?;
        model.add_made_types();
        Ok(model)
    }

    /// Reads the model schema of a project.
    ///
    /// # Errors
    /// A sentence that says why it is no schema.
    pub fn of(schema: &SchemaText) -> Result<Self, ModelError> {
        let model = Self::read(&schema.file, &schema.text)?;
        Ok(Self { source: Some(schema.clone()), ..model })
    }
}

/// Reads SDL.
///
/// # Errors
/// A sentence with the parser's message.
fn read(file: &Path, text: &str) -> Result<Model, ModelError> {
    if text.len() > LARGEST {
        return Err(format!("the model schema has {} bytes (limit {LARGEST})", text.len()).into());
    }
    if deep(text) {
        return Err(format!("the model schema nests deeper than {DEEPEST} levels").into());
    }
    let document: Document<'_, String> =
        graphql_parser::parse_schema(text).map_err(|error| unread(file, text, &error.to_string()))?;
    let mut reader = ModelReader { text, model: Model { file: file.to_owned(), ..Model::default() } };
    for definition in &document.definitions {
        match definition {
            Definition::TypeDefinition(TypeDefinition::Object(object)) => {
                reader.object(&object.name, object.position.line, &object.directives, &object.fields);
            }
            Definition::TypeExtension(TypeExtension::Object(object)) => {
                reader.object(&object.name, object.position.line, &object.directives, &object.fields);
            }
            // `input AMPLIFY { globalAuthRule: AuthRule = { allow: public } }`: everything is open to the API key.
            Definition::TypeDefinition(TypeDefinition::InputObject(input)) if input.name.eq_ignore_ascii_case("amplify") => {
                reader.model.global_rule |=
                    input.fields.iter().any(|field| field.name.to_lowercase().starts_with("globalauthrule"));
            }
            _ => {}
        }
    }
    within_bounds(reader.model)
}

/// What was given in the place of a model schema; where it is one, what the parser says.
fn unread(file: &Path, text: &str, message: &str) -> ModelError {
    let kind = paste::kind(text);
    let why = match kind {
        PastedKind::Schema | PastedKind::Text | PastedKind::Template => {
            format!("the model schema does not parse: {}", message.trim())
        }
        _ => format!("no model schema (SDL with @model and @auth): {}", kind.sentence(&file.display().to_string())),
    };
    format!("{}: {why}", file.display()).into()
}

/// Each rule is compared with each other of its type.
fn within_bounds(model: Model) -> Result<Model, ModelError> {
    let all = model.rules.len();
    match model.types.values().find(|of| of.rules.len() > MOST_OF_TYPE) {
        Some(of) => Err(format!("{} has {} @auth rules (limit {MOST_OF_TYPE})", of.name, of.rules.len()).into()),
        None if all > MOST_RULES => Err(format!("the model schema has {all} @auth rules (limit {MOST_RULES})").into()),
        None => Ok(model),
    }
}

fn deep(text: &str) -> bool {
    let mut depth = 0_usize;
    text.chars().any(|letter| {
        match letter {
            '[' | '{' | '(' => depth += 1,
            ']' | '}' | ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > DEEPEST
    })
}

struct ModelReader<'t> {
    text: &'t str,
    model: Model,
}

impl ModelReader<'_> {
    /// The rule that a conversation has in its own directive.
    fn of_conversation(&mut self, type_name: &str, field: &SdlField<'_, String>) -> Option<usize> {
        let auth = conversation_auth(&field.directives).filter(|_| !has(&field.directives, "auth"))?;
        let member = |name: &str| match name {
            "allow" => auth.get("strategy"),
            "provider" => auth.get("provider"),
            _ => None,
        };
        let (rule, _) = rule(type_name, Some(&field.name), 1, field.position.line as u32, &member).ok()?;
        self.model.rules.push(rule);
        Some(self.model.rules.len() - 1)
    }

    fn object(
        &mut self,
        name: &str,
        line: usize,
        directives: &[Directive<'_, String>],
        fields: &[SdlField<'_, String>],
    ) {
        let rules = self.rules(name, None, directives);
        let of_fields: Vec<(ModelField, Vec<usize>)> = fields
            .iter()
            .map(|field| {
                let mut rules = self.rules(name, Some(&field.name), &field.directives);
                rules.extend(self.of_conversation(name, field));
                (read_field(field), rules)
            })
            .collect();
        let known = self.model.types.entry(name.to_owned()).or_insert_with(|| ModelType {
            name: name.to_owned(),
            line: line as u32,
            ..ModelType::default()
        });
        known.has_auth |= has(directives, "auth");
        known.rules.extend(rules);
        known.searchable |= has(directives, "searchable");
        known.versioned |= has(directives, "versioned");
        self.model.old |= has(directives, "versioned") || has(directives, "key");
        for directive in directives.iter().filter(|directive| directive.name == "key") {
            known.queries.extend(argument(&directive.arguments, "queryField").and_then(text));
        }
        if let Some(model) = directives.iter().find(|directive| directive.name == "model") {
            known.is_model = true;
            known.names = names(&model.arguments);
        }
        for (mut field, rules) in of_fields {
            self.model.old |= matches!(field.relation, Some(Relation::Connection));
            known.queries.append(&mut field.queries);
            field.rules = rules;
            known.fields.insert(field.name.clone(), field);
        }
    }

    /// The rules of the `@auth` directives of a type or field.
    fn rules(&mut self, type_name: &str, field: Option<&str>, directives: &[Directive<'_, String>]) -> Vec<usize> {
        let mut found = Vec::new();
        for directive in directives.iter().filter(|directive| directive.name == "auth") {
            let Some(Value::List(items)) = argument(&directive.arguments, "rules") else {
                self.model.faults.push(ModelFault::NoRules { place: place(type_name, field), line: directive.position.line as u32 });
                continue;
            };
            let lines = rule_lines(self.text, directive.position.line, directive.position.column);
            for (at, item) in items.iter().enumerate() {
                let Value::Object(members) = item else { continue };
                let line = lines.get(at).copied().unwrap_or(directive.position.line as u32);
                let known = self.model.types.get(type_name).map_or(0, |known| match field {
                    None => known.rules.len(),
                    Some(name) => known.fields.get(name).map_or(0, |field| field.rules.len()),
                });
                let number = known + found.len() + 1;
                match rule(type_name, field, number, line, &|name| members.get(name)) {
                    Ok((rule, old)) => {
                        self.model.old |= old;
                        found.push(self.model.rules.len());
                        self.model.rules.push(rule);
                    }
                    Err(what) => {
                        self.model.faults.push(ModelFault::NotRead { place: place(type_name, field), line, what: what.into() });
                    }
                }
            }
        }
        found
    }
}

/// `@conversation(auth: {strategy: owner, provider: userPools})`, as Gen 2 writes a conversation's `allow.owner()` (Amplify
/// documentation, "Conversation").
fn conversation_auth<'v, 'a>(directives: &'v [Directive<'a, String>]) -> Option<&'v std::collections::BTreeMap<String, Value<'a, String>>> {
    let own = directives.iter().find(|directive| directive.name == "conversation")?;
    match argument(&own.arguments, "auth")? {
        Value::Object(members) => Some(members),
        _ => None,
    }
}

fn place(type_name: &str, field: Option<&str>) -> String {
    field.map_or_else(|| type_name.to_owned(), |field| format!("{type_name}.{field}"))
}

/// A rule with Amplify's defaults, and whether only the old transformer knows its members.
fn rule<'v, 'a: 'v>(
    type_name: &str,
    field: Option<&str>,
    number: usize,
    line: u32,
    member: &dyn Fn(&str) -> Option<&'v Value<'a, String>>,
) -> Result<(Rule, bool), RuleError> {
    let word = |name: &str| member(name).and_then(text);
    let allow = word("allow").ok_or("the rule has no `allow`")?;
    let allow = Allow::parse(&allow).ok_or_else(|| format!("`allow: {allow}` is not known"))?;
    let provider_written = word("provider");
    let provider = match &provider_written {
        None => Provider::default_of(allow),
        Some(word) => Provider::parse(word).ok_or_else(|| format!("`provider: {word}` is not known"))?,
    };
    let groups = member("groups").map(texts).unwrap_or_default();
    let groups_field = (allow == Allow::Groups && groups.is_empty())
        .then(|| word("groupsField").unwrap_or_else(|| GROUPS_FIELD.to_owned()));
    let (operations_written, old) = operations(member);
    let operations = match &operations_written {
        None => Operation::ALL.to_vec(),
        Some(words) => words.iter().flat_map(|word| Operation::parse(word)).collect(),
    };
    let rule = Rule {
        id: format!("{}#{number}", place(type_name, field)),
        type_name: type_name.to_owned(),
        field: field.map(str::to_owned),
        number,
        line,
        allow,
        provider,
        provider_written,
        owner_field: word("ownerField").unwrap_or_else(|| OWNER_FIELD.to_owned()),
        identity_claim: word("identityClaim").or_else(|| word("identityField")),
        groups,
        groups_field,
        group_claim: word("groupClaim").unwrap_or_else(|| GROUP_CLAIM.to_owned()),
        operations,
        operations_written,
    };
    Ok((rule, old))
}

/// `operations`, or what the first `@auth` had instead: `queries` and `mutations`, of which the one that is left out means
/// all of its kind, and null none (Amplify documentation, `@auth`, "queries/mutations": deprecated).
fn operations<'v, 'a: 'v>(member: &dyn Fn(&str) -> Option<&'v Value<'a, String>>) -> (Option<Vec<String>>, bool) {
    if let Some(value) = member("operations") {
        return (Some(texts(value)), false);
    }
    let (queries, mutations) = (member("queries"), member("mutations"));
    if queries.is_none() && mutations.is_none() {
        return (None, false);
    }
    let all = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let mut words = queries.map_or_else(|| all(&["get", "list"]), texts);
    if !words.is_empty() {
        words.push("listen".to_owned());
    }
    words.extend(mutations.map_or_else(|| all(&["create", "update", "delete"]), texts));
    (Some(words), true)
}

/// The lines on which the rules of an `@auth` begin.
fn rule_lines(text: &str, line: usize, column: usize) -> Vec<u32> {
    let start = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum::<usize>();
    let mut at = line as u32;
    let (mut depth, mut quoted, mut escaped, mut comment, mut found) = (0_i32, false, false, false, Vec::new());
    let rest = text.get(start..).unwrap_or_default();
    for letter in rest.chars().skip(column.saturating_sub(1)) {
        match letter {
            '\n' => (at, comment) = (at + 1, false),
            _ if comment => {}
            _ if quoted => {
                quoted = escaped || letter != '"';
                escaped = letter == '\\' && !escaped;
            }
            '#' => comment = true,
            '"' => quoted = true,
            '{' if depth == 2 => {
                found.push(at);
                depth += 1;
            }
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        if depth <= 0 && letter == ')' {
            break;
        }
    }
    found
}

fn read_field(field: &SdlField<'_, String>) -> ModelField {
    let directives = &field.directives;
    let relation = directives.iter().find_map(|directive| match directive.name.as_str() {
        "hasMany" => Some(Relation::HasMany),
        "hasOne" => Some(Relation::HasOne),
        "belongsTo" => Some(Relation::BelongsTo),
        "manyToMany" => argument(&directive.arguments, "relationName").and_then(text).map(Relation::ManyToMany),
        "connection" => Some(Relation::Connection),
        _ => None,
    });
    let indexed = directives.iter().filter(|directive| matches!(directive.name.as_str(), "index" | "primaryKey"));
    let queries = indexed.filter_map(|directive| argument(&directive.arguments, "queryField").and_then(text)).collect();
    let (returns, is_list) = bare(&field.field_type);
    ModelField {
        name: field.name.clone(),
        line: field.position.line as u32,
        returns,
        is_list,
        is_required: matches!(field.field_type, Type::NonNullType(_)),
        is_key: has(directives, "primaryKey"),
        route: directives.iter().map(|directive| directive.name.as_str()).find(|name| ROUTES.contains(name)).map(str::to_owned),
        relation,
        queries,
        has_auth: has(directives, "auth") || conversation_auth(directives).is_some(),
        rules: Vec::new(),
    }
}

/// Directives that resolve a field elsewhere than in a model's table.
const ROUTES: [&str; 6] = ["function", "http", "sql", "conversation", "generation", "predictions"];

fn bare(of: &Type<'_, String>) -> (String, bool) {
    match of {
        Type::NamedType(name) => (name.clone(), false),
        Type::NonNullType(inner) => bare(inner),
        Type::ListType(inner) => (bare(inner).0, true),
    }
}

/// The names that `@model` gives its operations; null takes one away.
fn names(arguments: &DirectiveArgs<'_>) -> Names {
    let mut names = Names::default();
    for (group, own) in [("queries", &mut names.queries), ("mutations", &mut names.mutations)] {
        match argument(arguments, group) {
            None => {}
            Some(Value::Object(members)) => {
                let entry = |(key, value): (&String, &Value<'_, String>)| (key.clone(), text(value));
                *own = Some(members.iter().map(entry).collect());
            }
            Some(_) => *own = Some(Vec::new()),
        }
    }
    match argument(arguments, "subscriptions") {
        None => {}
        Some(Value::Object(members)) => {
            let word = members.get("level").and_then(text);
            names.subscriptions_off = word.as_deref() == Some("off");
            names.subscriptions_public = word.as_deref() == Some("public");
            names.subscriptions = members.iter().flat_map(|(key, value)| texts(value).into_iter().map(|name| (key.clone(), name))).collect();
        }
        Some(_) => names.subscriptions_off = true,
    }
    names
}

fn has(directives: &[Directive<'_, String>], name: &str) -> bool {
    directives.iter().any(|directive| directive.name == name)
}

fn argument<'v, 'a>(arguments: &'v DirectiveArgs<'a>, name: &str) -> Option<&'v Value<'a, String>> {
    arguments.iter().find(|(own, _)| own == name).map(|(_, value)| value)
}

/// A name, whether it is written as a text or as an enum.
fn text(value: &Value<'_, String>) -> Option<String> {
    match value {
        Value::String(text) | Value::Enum(text) => Some(text.clone()),
        _ => None,
    }
}

/// A list of names, or one.
fn texts(value: &Value<'_, String>) -> Vec<String> {
    match value {
        Value::List(items) => items.iter().filter_map(text).collect(),
        one => text(one).into_iter().collect(),
    }
}
