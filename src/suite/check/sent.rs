//! The types that a schema gives to arguments: what a number or a date is holds no quote
//! (<https://docs.aws.amazon.com/appsync/latest/devguide/scalars.html>).

use super::schemas;
use crate::project::{Root, nests_deeper};
use graphql_parser::schema::{Definition, Field, InputValue, Type, TypeDefinition, TypeExtension};
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Scalars whose values AppSync has looked over: none of them holds a quote or a word.
const PLAIN: [&str; 8] =
    ["Int", "Float", "Boolean", "AWSDate", "AWSTime", "AWSDateTime", "AWSTimestamp", "AWSIPAddress"];

/// Schemas larger than this are not read.
const LARGEST: usize = 4 << 20;

/// Names with their types, of a field's arguments or of an input.
type TypesByName = HashMap<String, String>;

/// What is known of an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SentKind {
    /// A number, a date, a name of a list: nothing that ends a text or begins a word.
    Plain,
    /// It may hold any text.
    Text,
    /// No schema tells of it.
    Unknown,
}

/// What the schemas beside templates say of what callers send. They are looked for and read once somebody asks: of most
/// templates nobody does.
#[derive(Debug, Default)]
pub struct SentTypes {
    unread: RefCell<Vec<UnreadSchemas>>,
    known: RefCell<KnownTypes>,
}

/// Schemas that nobody asked for yet.
#[derive(Debug)]
enum UnreadSchemas {
    /// Those that stand around templates in this folder.
    Around(PathBuf, Rc<Root>),
    /// One that is at hand.
    Text(String),
}

impl SentTypes {
    /// What those around a folder of templates say.
    pub fn around(folder: &Path, root: Rc<Root>) -> Self {
        Self { unread: RefCell::new(vec![UnreadSchemas::Around(folder.to_owned(), root)]), ..Self::default() }
    }

    /// Takes a schema in.
    pub fn add(&mut self, sdl: &str) {
        self.unread.get_mut().push(UnreadSchemas::Text(sdl.to_owned()));
    }

    /// What the argument at a path is, `arguments` in front: by the field that a template is named after, else by all fields
    /// that have such an argument.
    pub fn kind(&self, template: &str, path: &[&str]) -> SentKind {
        for unread in self.unread.take() {
            let texts = match unread {
                UnreadSchemas::Around(folder, root) => schemas::around(&folder, &root),
                UnreadSchemas::Text(text) => vec![text],
            };
            texts.iter().for_each(|text| self.known.borrow_mut().add(text));
        }
        self.known.borrow().kind(template, path)
    }
}

/// What the schemas that were read say.
#[derive(Debug, Default)]
struct KnownTypes {
    /// The arguments of each field, once for each type that has such a field.
    fields: HashMap<String, Vec<TypesByName>>,
    inputs: HashMap<String, TypesByName>,
    enums: HashSet<String>,
}

impl KnownTypes {
    /// Takes a schema in. What does not parse says nothing.
    fn add(&mut self, sdl: &str) {
        if sdl.len() > LARGEST || nests_deeper(sdl) {
            return;
        }
        let Ok(document) = graphql_parser::parse_schema::<String>(sdl) else { return };
        for definition in document.definitions {
            match definition {
                Definition::TypeDefinition(TypeDefinition::Object(object)) => self.fields(&object.fields),
                Definition::TypeExtension(TypeExtension::Object(object)) => self.fields(&object.fields),
                Definition::TypeDefinition(TypeDefinition::InputObject(input)) => {
                    self.inputs.insert(input.name.clone(), typed(&input.fields));
                }
                Definition::TypeDefinition(TypeDefinition::Enum(list)) => {
                    self.enums.insert(list.name.clone());
                }
                _ => {}
            }
        }
    }

    fn fields(&mut self, fields: &[Field<'_, String>]) {
        for field in fields.iter().filter(|field| !field.arguments.is_empty()) {
            self.fields.entry(field.name.clone()).or_default().push(typed(&field.arguments));
        }
    }

    fn kind(&self, template: &str, path: &[&str]) -> SentKind {
        let [_, path @ ..] = path else { return SentKind::Unknown };
        let words: HashSet<&str> = template.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').collect();
        let named = self.fields.iter().filter(|(name, _)| words.contains(name.as_str())).flat_map(|(_, all)| all);
        match self.judged(named.filter_map(|arguments| self.of_path(arguments, path))) {
            SentKind::Unknown => self.judged(self.fields.values().flatten().filter_map(|arguments| self.of_path(arguments, path))),
            known => known,
        }
    }

    fn judged<'a>(&self, types: impl Iterator<Item = &'a str>) -> SentKind {
        types.fold(SentKind::Unknown, |known, name| match known {
            SentKind::Text => known,
            _ if PLAIN.contains(&name) || self.enums.contains(name) => SentKind::Plain,
            _ => SentKind::Text,
        })
    }

    fn of_path<'a>(&'a self, arguments: &'a TypesByName, path: &[&str]) -> Option<&'a str> {
        let (first, rest) = path.split_first()?;
        let name = arguments.get(*first)?;
        rest.iter().try_fold(name.as_str(), |name, member| self.inputs.get(name)?.get(*member).map(String::as_str))
    }
}

fn typed(values: &[InputValue<'_, String>]) -> TypesByName {
    values.iter().map(|value| (value.name.clone(), bare(&value.value_type))).collect()
}

fn bare(of: &Type<'_, String>) -> String {
    match of {
        Type::NamedType(name) => name.clone(),
        Type::ListType(inner) | Type::NonNullType(inner) => bare(inner),
    }
}
