//! An Amplify build folder: files `Type.field.slot.N.req.vtl`, put together in the order of the slots (AMPLIFY-AUTH 1).

use super::{Loader, SourcePlace, ProjectKind};
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::project::error::ProjectError;
use crate::project::root::Root;
use crate::project::{DataSource, DataSourceKind, ResolverFunction, TemplateOrigin, Project, Resolver, Runtime, PipelineSlot, Template};
use indexmap::IndexMap;
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Amplify's first template is never a file: it fills the stash from deployment parameters. This stands in for it.
const STAND_IN: &str = r#"$util.qr($ctx.stash.put("typeName", $ctx.info.parentTypeName))
$util.qr($ctx.stash.put("fieldName", $ctx.info.fieldName))
#if( !$ctx.stash.conditions )$util.qr($ctx.stash.put("conditions", []))#end
#if( !$ctx.stash.metadata )$util.qr($ctx.stash.put("metadata", {"dataSourceType": "AMAZON_DYNAMODB"}))#end
#if( !$ctx.stash.connectionAttributes )$util.qr($ctx.stash.put("connectionAttributes", {}))#end
$util.toJson({})
"#;

/// A file's place in a pipeline.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct SlotFile {
    field: String,
    slot: PipelineSlot,
    index: u32,
    response: bool,
}

/// A folder of such files; with the project's own over them, also the one that a build has.
pub struct Files;

impl Loader for Files {
    fn kind(&self) -> ProjectKind {
        ProjectKind::AmplifyFiles
    }

    fn takes_overrides(&self) -> bool {
        true
    }

    fn recognises(&self, place: &SourcePlace<'_>) -> Result<bool, ProjectError> {
        Ok(direct(place).is_some())
    }

    fn load(&self, place: &SourcePlace<'_>) -> Result<Project, ProjectError> {
        load(place, &direct(place).unwrap_or_else(|| place.path.to_owned()))
    }
}

/// The folder that a build has, where its stacks were of no use.
pub struct FilesBelow;

impl Loader for FilesBelow {
    fn kind(&self) -> ProjectKind {
        ProjectKind::AmplifyFiles
    }

    fn takes_overrides(&self) -> bool {
        true
    }

    fn recognises(&self, place: &SourcePlace<'_>) -> Result<bool, ProjectError> {
        Ok(below(place).is_some())
    }

    fn load(&self, place: &SourcePlace<'_>) -> Result<Project, ProjectError> {
        load(place, &below(place).unwrap_or_else(|| place.path.to_owned()))
    }
}

fn direct(place: &SourcePlace<'_>) -> Option<PathBuf> {
    if place.is_file || place.is_manifest_beside() {
        return None;
    }
    if is_build(place.root, place.path) {
        return Some(place.path.to_owned());
    }
    place.options.overrides.as_ref()?;
    below(place)
}

fn below(place: &SourcePlace<'_>) -> Option<PathBuf> {
    let folders = [place.path.join("resolvers"), place.path.join("build").join("resolvers")];
    folders.into_iter().find(|folder| is_build(place.root, folder))
}

/// Whether a folder holds such files: Amplify always fills some slot besides the data function's.
fn is_build(root: &Root, folder: &Path) -> bool {
    root.files(folder, ".vtl").iter().any(|path| place_of(path).is_some_and(|part| part.slot != PipelineSlot::Main))
}

/// Reads `Type.field.req.vtl`, `Type.field.slot.N.res.vtl`, `Type.field.slot.req.vtl`.
fn place_of(path: &Path) -> Option<SlotFile> {
    let name = path.file_name()?.to_str()?.strip_suffix(".vtl")?;
    let (stem, half) = name.rsplit_once('.')?;
    let response = match half {
        "req" => false,
        "res" => true,
        _ => return None,
    };
    let parts: Vec<&str> = stem.split('.').collect();
    let (slot, index) = match parts.as_slice() {
        [_, _] => (PipelineSlot::Main, 0),
        [_, _, slot] => (PipelineSlot::parse(slot)?, 1),
        [_, _, slot, index] => (PipelineSlot::parse(slot)?, index.parse().ok()?),
        _ => return None,
    };
    Some(SlotFile { field: format!("{}.{}", parts[0], parts[1]), slot, index, response })
}

/// Puts the project's own files in the place of templates of the same name.
pub fn replace_by_name(place: &SourcePlace<'_>, resolvers: &mut Project, folder: &Path) -> Result<(), ProjectError> {
    for path in own_files(folder) {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let own = read(place, &path)?;
        let mut replaced = false;
        let mut put = |half: &mut Option<Arc<Template>>| {
            if half.as_ref().is_some_and(|template| template.name() == name) {
                *half = Some(own.clone());
                replaced = true;
            }
        };
        for resolver in resolvers.by_field.values_mut() {
            put(&mut resolver.before);
            put(&mut resolver.after);
            for function in &mut resolver.functions {
                put(&mut function.request);
                put(&mut function.response);
            }
        }
        resolvers.findings.push(if replaced {
            let message = Message::of(
                "{} is used instead of the generated {}",
                [Part::Name(path.display().to_string()), Part::Name(name.to_string())],
            );
            Finding::new(Code::Override, message).at(path.display().to_string())
        } else {
            unused(&path)
        });
    }
    Ok(())
}

/// Reads a build folder, with the project's own files over it.
fn load(place: &SourcePlace<'_>, folder: &Path) -> Result<Project, ProjectError> {
    let mut resolvers = Project::default();
    let mut chosen: BTreeMap<SlotFile, PathBuf> = BTreeMap::new();
    let overrides = place.options.overrides.as_deref().map(own_files).unwrap_or_default();
    for path in place.root.files(folder, ".vtl") {
        match place_of(&path) {
            Some(part) => {
                chosen.insert(part, path);
            }
            None => resolvers.findings.push(unused(&path)),
        }
    }
    let generated: HashSet<String> = chosen.keys().map(|part| part.field.clone()).collect();
    for path in overrides {
        let own = place_of(&path).filter(|part| part.slot != PipelineSlot::Validate && generated.contains(&part.field));
        let Some(part) = own else {
            resolvers.findings.push(unused(&path));
            continue;
        };
        if let Some(generated) = chosen.insert(part, path.clone()) {
            resolvers.findings.push(shadow(&generated, &path));
        }
    }
    let before = Template::new("(the stash that Amplify's deployment fills)", STAND_IN, TemplateOrigin::StandIn);
    let mut fields: IndexMap<String, BTreeMap<(PipelineSlot, u32), ResolverFunction>> = IndexMap::new();
    for (part, path) in chosen {
        let template = read(place, &path)?;
        let functions = fields.entry(part.field.clone()).or_default();
        let function = functions.entry((part.slot, part.index)).or_insert_with(|| ResolverFunction {
            name: format!("{}.{}.{}", part.field, part.slot.as_str(), part.index),
            slot: part.slot,
            index: part.index,
            data_source: DataSource::of(DataSourceKind::None),
            request: None,
            response: None,
            runtime: Runtime::Vtl,
            code: None,
        });
        if part.response {
            function.response = Some(template);
        } else {
            function.request = Some(template);
        }
    }
    for (field, functions) in fields {
        let functions = functions.into_values().map(with_source).collect();
        let before = Some(before.clone());
        resolvers.add(Resolver { before, ..Resolver::pipeline(field, functions) });
    }
    Ok(resolvers)
}

/// Slots run on NONE, except `auth` of update and delete, which reads the row first; the data function has its own.
fn with_source(function: ResolverFunction) -> ResolverFunction {
    let reads = |template: &Option<Arc<Template>>| {
        template.as_ref().is_some_and(|template| {
            let text = template.text();
            text.contains("\"GetItem\"") || text.contains("\"operation\"")
        })
    };
    let data_source = match function.slot {
        PipelineSlot::Main | PipelineSlot::Auth if reads(&function.request) => DataSourceKind::DynamoDb,
        PipelineSlot::Main if function.response.is_some() => DataSourceKind::DynamoDb,
        _ => DataSourceKind::None,
    };
    ResolverFunction { data_source: DataSource::of(data_source), ..function }
}

/// The files of `--overrides`, which the user named: they are read wherever they lie.
fn own_files(folder: &Path) -> Vec<PathBuf> {
    Root::of(folder, true).map(|root| root.files(folder, ".vtl")).unwrap_or_default()
}

/// A generated file, or one of the project's own.
fn read(place: &SourcePlace<'_>, path: &Path) -> Result<Arc<Template>, ProjectError> {
    let own = place.options.overrides.as_deref().filter(|folder| path.starts_with(folder));
    let text = match own {
        Some(folder) => Root::of(folder, true)?.text(path)?,
        None => place.root.text(path)?,
    };
    Ok(Template::new(path.display().to_string(), text, TemplateOrigin::File(path.to_owned())))
}

fn unused(path: &Path) -> Finding {
    Finding::new(Code::UnusedTemplate, Message::of("no pipeline uses {}", [Part::Place(path.display().to_string())])).at(path.display().to_string())
}

/// The project's own file replaces that half only; a generated file that is newer has changes which it hides.
fn shadow(generated: &Path, own: &Path) -> Finding {
    let time = |path: &Path| std::fs::metadata(path).and_then(|data| data.modified()).ok();
    let newer = matches!((time(generated), time(own)), (Some(generated), Some(own)) if generated > own);
    let words = if newer { "; the generated file is newer, so its changes do not reach AppSync" } else { "" };
    let code = if newer { Code::OverrideShadowsNewer } else { Code::Override };
    Finding::new(code, Message::of("{} is used instead of {}{}", [Part::Place(own.display().to_string()), Part::Place(generated.display().to_string()), Part::Text(words.to_owned())]))
        .at(own.display().to_string())
}
