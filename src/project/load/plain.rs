//! Templates in folders, in the namings that people use, beside a schema that tells their types:
//! `Query.x.request.vtl`, `Query.x.req.vtl`, `Query-x-request-mapping-template.txt`, `x.request.vtl`, `request/Query.x.vtl`,
//! and the layout of Amplify in 2018, `resolvers/Query.x.request`.

use crate::message::{Message, Part};
use super::{LoadedHalf, Loader, SourcePlace, ProjectKind};
use crate::code::Code;
use crate::finding::Finding;
use crate::project::error::ProjectError;
use crate::project::{DataSource, DataSourceKind, ResolverFunction, Project, Resolver, Runtime, FieldNames, SchemaText, PipelineSlot, Template};
use indexmap::IndexMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Words of file names that say nothing of the field.
const NOISE: [&str; 9] =
    ["mapping", "template", "templates", "mappingtemplate", "resolver", "resolvers", "vtl", "vm", "graphql"];

const ROOTS: [&str; 3] = ["Query", "Mutation", "Subscription"];

/// Folders of templates.
pub struct Folders;

impl Loader for Folders {
    fn kind(&self) -> ProjectKind {
        ProjectKind::Plain
    }

    fn recognises(&self, place: &SourcePlace<'_>) -> Result<bool, ProjectError> {
        if !place.path.is_dir() {
            return Ok(false);
        }
        let schema = schema(place).as_ref().map(FieldNames::of);
        let files = place.root.below(place.path, &is_template)?;
        Ok(files.iter().any(|file| part(place.path, file, schema.as_ref()).is_some()))
    }

    fn load(&self, place: &SourcePlace<'_>) -> Result<Project, ProjectError> {
        let mut project = Project { schema: schema(place), ..Project::default() };
        let names = project.schema.as_ref().map(FieldNames::of);
        let mut fields: IndexMap<String, [Option<Arc<Template>>; 2]> = IndexMap::new();
        for file in place.root.below(place.path, &is_template)? {
            let own = file.strip_prefix(place.path).unwrap_or(&file).display().to_string();
            match part(place.path, &file, names.as_ref()) {
                Some((field, half)) => {
                    let template = place.template(own, &file, &mut project.findings)?;
                    let known = &mut fields.entry(field.clone()).or_default()[usize::from(half == LoadedHalf::Response)];
                    if let Some(other) = known.replace(template) {
                        let message = Message::of(
                            "{}: {} and {} are the same half; the last one is used",
                            [
                                Part::Name(field.to_string()),
                                Part::Name(other.name().to_string()),
                                Part::Text(file.display().to_string()),
                            ],
                        );
                        project.findings.push(Finding::new(Code::DuplicateField, message).at(field));
                    }
                }
                None => {
                    let message = Message::of(
                        "no field is known for {}: name it Type.field.request.vtl",
                        [Part::Text(own.to_string())],
                    );
                    project.findings.push(Finding::new(Code::UnusedTemplate, message).at(file.display().to_string()));
                }
            }
        }
        for (field, [request, response]) in fields {
            let data_source = DataSource::of(request.as_deref().map_or(DataSourceKind::Unknown, source));
            let (name, slot, index) = (field.clone(), PipelineSlot::Unit, 0);
            let (runtime, code) = (Runtime::Vtl, None);
            let function = ResolverFunction { name, slot, index, data_source, request, response, runtime, code };
            project.add(Resolver::unit(field, function));
        }
        if project.by_field.is_empty() {
            return Err(ProjectError::no_resolvers(place.path, "no template whose name tells its field"));
        }
        Ok(project)
    }
}

#[cfg(feature = "projects")]
/// Whether a schema stands in a folder (or in its folder `schema`), and templates whose names tell their fields beside it.
pub fn is_beside_a_schema(place: &SourcePlace<'_>) -> bool {
    let Some(schema) = schema_in(place, &[place.path.to_owned()]) else { return false };
    let schema = FieldNames::of(&schema);
    let usual = ["resolvers", "mapping-templates", "templates", "mapping_templates", "vtl"];
    let here = [".vtl", ".txt", ".request"].iter().flat_map(|ending| place.root.files(place.path, ending));
    let below = usual.iter().flat_map(|name| place.root.below(&place.path.join(name), &is_template).unwrap_or_default());
    here.chain(below).any(|file| part(place.path, &file, Some(&schema)).is_some())
}

fn is_template(name: &str) -> bool {
    let endings = [".vtl", ".vm", ".request", ".response"];
    endings.iter().any(|ending| name.ends_with(ending)) || (name.ends_with(".txt") && name.contains("template"))
}

/// The schema in the folder or one above it, inside the root: the one with the types of the templates.
fn schema(place: &SourcePlace<'_>) -> Option<SchemaText> {
    let near = [Some(place.path), place.path.parent()];
    schema_in(place, &near.into_iter().flatten().map(Path::to_owned).collect::<Vec<_>>())
}

/// The schema in one of these folders, or in what people put schemas into.
fn schema_in(place: &SourcePlace<'_>, folders: &[PathBuf]) -> Option<SchemaText> {
    let near = folders.iter().flat_map(|folder| {
        [".graphql", ".graphqls", ".gql"].iter().flat_map(|ending| place.root.files(folder, ending)).collect::<Vec<_>>()
    });
    let below = [place.path.join("schema"), place.path.join("graphql")];
    let below = below.iter().flat_map(|folder| place.root.files(folder, ".graphql"));
    let files: Vec<PathBuf> = near.chain(below).collect();
    files.into_iter().find_map(|file| {
        let text = place.root.text(&file).ok()?;
        (text.contains("type ") && !SchemaText::is_model(&text)).then(|| SchemaText::new(file, text))
    })
}

/// The field and the half that a file's name and folders tell.
fn part(folder: &Path, file: &Path, schema: Option<&FieldNames>) -> Option<(String, LoadedHalf)> {
    let own = file.strip_prefix(folder).ok()?.to_str()?;
    let stem = [".vtl", ".vm", ".txt"].iter().find_map(|ending| own.strip_suffix(ending)).unwrap_or(own);
    // `getNote/getNoteRequest.vtl`: the half is the end of the name.
    let split;
    let stem = match [("Request", ".request"), ("Response", ".response")].iter().find_map(|(end, half)| {
        Some((stem.strip_suffix(end).filter(|rest| rest.ends_with(char::is_alphanumeric))?, half))
    }) {
        Some((rest, half)) => {
            split = format!("{rest}{half}");
            split.as_str()
        }
        None => stem,
    };
    // A name of the field may hold what others separate by, so the coarsest separator that tells the half is taken.
    [&['.', '/'][..], &['.', '/', '-'], &['.', '/', '-', '_', ' ']].iter().find_map(|separators| {
        let parts: Vec<&str> = stem.split(*separators).filter(|part| !part.is_empty()).collect();
        let at = parts.iter().rposition(|part| half(part).is_some())?;
        let half = half(parts[at])?;
        let words = parts.iter().enumerate().filter(|(place, _)| *place != at).map(|(_, part)| *part);
        let words: Vec<&str> = words.filter(|word| !NOISE.contains(&word.to_lowercase().as_str())).collect();
        let (name, before) = words.split_last()?;
        // `getNote/getNote.request.vtl`: the folder says the same once more.
        let before = before.strip_suffix(&[*name]).unwrap_or(before);
        let parent = before.last().copied().and_then(|parent| type_named(parent, name, schema));
        let parent = parent.or_else(|| owner(name, schema))?;
        Some((format!("{parent}.{name}"), half))
    })
}

fn half(word: &str) -> Option<LoadedHalf> {
    match word.to_lowercase().as_str() {
        "request" | "req" | "requests" => Some(LoadedHalf::Request),
        "response" | "res" | "resp" | "responses" => Some(LoadedHalf::Response),
        _ => None,
    }
}

/// The type of this name: a root type in whatever case and number, or one of the schema.
fn type_named(word: &str, field: &str, schema: Option<&FieldNames>) -> Option<String> {
    let lower = word.to_lowercase();
    let plural = |root: &str| format!("{}s", root.to_lowercase()) == lower || lower == "queries" && root == "Query";
    if let Some(root) = ROOTS.iter().find(|root| root.to_lowercase() == lower || plural(root)) {
        return Some((*root).to_owned());
    }
    match schema {
        Some(schema) => schema.has(word, field).then(|| word.to_owned()),
        None => word.starts_with(|letter: char| letter.is_uppercase()).then(|| word.to_owned()),
    }
}

/// The root type that has a field of this name, if only one has.
fn owner(field: &str, schema: Option<&FieldNames>) -> Option<String> {
    let schema = schema?;
    let mut found = ROOTS.iter().filter(|root| schema.has(root, field));
    let only = found.next()?;
    found.next().is_none().then(|| (*only).to_owned())
}

/// What a request is for, as far as its text shows.
fn source(template: &Template) -> DataSourceKind {
    let text = template.text();
    let has = |word: &str| text.contains(word);
    match () {
        () if has("\"GetItem\"") || has("\"PutItem\"") || has("\"UpdateItem\"") || has("\"DeleteItem\"") => {
            DataSourceKind::DynamoDb
        }
        () if has("\"Query\"") || has("\"Scan\"") || has("TransactWriteItems") || has("BatchGetItem") => {
            DataSourceKind::DynamoDb
        }
        () if has("\"Invoke\"") || has("\"BatchInvoke\"") => DataSourceKind::Lambda,
        () if has("\"statements\"") => DataSourceKind::Relational,
        () if has("\"resourcePath\"") => DataSourceKind::Http,
        () if has("\"payload\"") => DataSourceKind::None,
        () => DataSourceKind::Unknown,
    }
}
