//! The schemas of an API, as text: its own, and the one with `@model` and `@auth` that Amplify made it from.

use graphql_parser::schema::{Definition, Field, TypeDefinition, TypeExtension};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Schemas larger or nested deeper than this are not read for the names of fields.
const LARGEST: usize = 16 << 20;
const DEEPEST: usize = 64;

/// The fields of object types by the type's name.
#[derive(Clone, Debug, Default)]
pub struct FieldNames(HashMap<String, Vec<String>>);

impl FieldNames {
    /// Of a schema. One that does not parse has none.
    pub fn of(schema: &SchemaText) -> Self {
        let mut names = Self::default();
        if schema.text.len() > LARGEST || depth(&schema.text) > DEEPEST {
            return names;
        }
        let Ok(document) = graphql_parser::parse_schema::<String>(&schema.text) else { return names };
        for definition in document.definitions {
            match definition {
                Definition::TypeDefinition(TypeDefinition::Object(object)) => names.add(object.name, &object.fields),
                Definition::TypeExtension(TypeExtension::Object(object)) => names.add(object.name, &object.fields),
                _ => {}
            }
        }
        names
    }

    fn add(&mut self, name: String, fields: &[Field<'_, String>]) {
        self.0.entry(name).or_default().extend(fields.iter().map(|field| field.name.clone()));
    }

    /// Whether a type has a field.
    pub fn has(&self, name: &str, field: &str) -> bool {
        self.0.get(name).is_some_and(|fields| fields.iter().any(|known| known == field))
    }
}

/// Whether a schema nests deeper than any that is read.
pub fn nests_deeper(text: &str) -> bool {
    depth(text) > DEEPEST
}

fn depth(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for letter in text.bytes() {
        match letter {
            b'[' | b'{' | b'(' => depth += 1,
            b']' | b'}' | b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// A schema in SDL, of one file or of several one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaText {
    /// Its file; of several the first.
    pub file: PathBuf,
    /// Its text.
    pub text: String,
    /// The further files: the line of the text on which each begins, counted from 1.
    rest: Vec<(u32, PathBuf)>,
}

impl SchemaText {
    /// Of one file.
    pub fn new(file: impl Into<PathBuf>, text: impl Into<String>) -> Self {
        Self { file: file.into(), text: text.into(), rest: Vec::new() }
    }

    /// Of several files, in this order; none of no file.
    pub fn join(files: impl IntoIterator<Item = (PathBuf, String)>) -> Option<Self> {
        let mut files = files.into_iter();
        let (file, text) = files.next()?;
        let mut whole = Self::new(file, text);
        for (file, text) in files {
            if !whole.text.ends_with('\n') {
                whole.text.push('\n');
            }
            let line = whole.text.bytes().filter(|byte| *byte == b'\n').count() + 1;
            whole.rest.push((line as u32, file));
            whole.text.push_str(&text);
        }
        Some(whole)
    }

    /// The file of a line of the text, and the line in that file; both counted from 1.
    pub fn place(&self, line: u32) -> (&Path, u32) {
        match self.rest.iter().rfind(|(first, _)| *first <= line) {
            Some((first, file)) => (file, line - first + 1),
            None => (&self.file, line),
        }
    }

    /// Whether a text is a schema that Amplify makes an API from: its directives, which no API's own schema has.
    pub fn is_model(text: &str) -> bool {
        let ends = |rest: &str| !rest.starts_with(|letter: char| letter.is_alphanumeric() || letter == '_');
        let has = |word: &str| text.match_indices(word).any(|(at, _)| ends(&text[at + word.len()..]));
        ["@model", "@auth", "@function"].into_iter().any(has)
    }

    /// Whether its `@model` is a word alone: it declares the mutations of such a type itself, which Amplify would generate and
    /// no two fields may share.
    pub fn declares_its_operations(&self) -> bool {
        let models = self.text.lines().filter_map(|line| {
            let (name, rest) = line.trim_start().strip_prefix("type ")?.trim_start().split_once(char::is_whitespace)?;
            let (_, behind) = rest.split_once("@model")?;
            (!behind.trim_start().starts_with('(')).then_some(name)
        });
        let fields = FieldNames::of(self);
        models.into_iter().any(|name| ["create", "update", "delete"].into_iter().any(|verb| fields.has("Mutation", &format!("{verb}{name}"))))
    }
}

#[cfg(test)]
mod tests {
    use super::{FieldNames, SchemaText};
    use std::path::Path;

    #[test]
    fn a_line_of_several_files_is_one_of_its_own() {
        let files = [("a", "type A {\n  id: ID\n}"), ("b", "type B {\n"), ("c", "type C")];
        let whole = SchemaText::join(files.map(|(file, text)| (file.into(), text.to_owned()))).unwrap();
        assert_eq!(whole.text, "type A {\n  id: ID\n}\ntype B {\ntype C");
        assert_eq!(whole.place(3), (Path::new("a"), 3));
        assert_eq!(whole.place(4), (Path::new("b"), 1));
        assert_eq!(whole.place(5), (Path::new("c"), 1));
    }

    #[test]
    fn fields_are_known_however_the_schema_is_laid_out() {
        let text = "type A implements B { id: ID! note(n: Int): [String] }\nextend type A\n{\n late: Int\n}\ninput C { no: ID }";
        let names = FieldNames::of(&SchemaText::new("a", text));
        assert!(names.has("A", "id") && names.has("A", "note") && names.has("A", "late"));
        assert!(!names.has("A", "n") && !names.has("C", "no") && !names.has("D", "id"));
        assert!(!FieldNames::of(&SchemaText::new("a", "type A {")).has("A", "id"));
    }

    #[test]
    fn appsync_s_own_directives_make_no_model() {
        assert!(SchemaText::is_model("type A @model @auth(rules: []) { id: ID }"));
        assert!(!SchemaText::is_model("type A @aws_auth(cognito_groups: []) { id: ID } # @modelled"));
    }
}
