//! An Amplify build folder: files `Type.field.slot.N.req.vtl`, put together in the order of the slots (AMPLIFY-AUTH 1).

use super::load::{LoadError, LoadOptions, files};
use super::{Function, Kind, Origin, Resolver, Resolvers, Template};
use crate::finding::Finding;
use indexmap::IndexMap;
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Slots before and after the data function, in order; `validate` belongs to Amplify alone.
const BEFORE: [&str; 8] =
    ["init", "preAuth", "auth", "postAuth", "validate", "preUpdate", "preDataLoad", "preSubscribe"];
const AFTER: [&str; 3] = ["postDataLoad", "postUpdate", "finish"];

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
struct Place {
    field: String,
    slot: String,
    index: u32,
    response: bool,
}

/// Whether a folder holds such files.
pub fn is_build(folder: &Path) -> bool {
    files(folder, ".vtl").iter().any(|path| place(path).is_some())
}

/// Reads `Type.field.req.vtl`, `Type.field.slot.N.res.vtl`, `Type.field.slot.req.vtl`.
fn place(path: &Path) -> Option<Place> {
    let name = path.file_name()?.to_str()?.strip_suffix(".vtl")?;
    let (stem, half) = name.rsplit_once('.')?;
    let response = match half {
        "req" => false,
        "res" => true,
        _ => return None,
    };
    let parts: Vec<&str> = stem.split('.').collect();
    let (slot, index) = match parts.as_slice() {
        [_, _] => ("main", 0),
        [_, _, slot] => (*slot, 1),
        [_, _, slot, index] => (*slot, index.parse().ok()?),
        _ => return None,
    };
    let known = slot == "main" || BEFORE.contains(&slot) || AFTER.contains(&slot);
    known.then(|| Place { field: format!("{}.{}", parts[0], parts[1]), slot: slot.to_owned(), index, response })
}

/// The slot in a file's name.
pub fn slot_of_file(name: &str) -> Option<&'static str> {
    let slot = name.split('.').nth(2)?;
    BEFORE.iter().chain(&AFTER).find(|known| **known == slot).copied()
}

/// The slot in the name of a function that Amplify made: `QuerylistTodosauth0Function`. Names can end alike
/// (`preAuth` holds no `auth`, `postAuth` neither), so the longest one counts.
pub fn slot_of_name(name: &str) -> Option<&'static str> {
    let stem = name.split("Function").next()?.trim_end_matches(|letter: char| letter.is_ascii_digit());
    if !name.contains("Function") || stem.len() == name.split("Function").next()?.len() {
        return None;
    }
    BEFORE.iter().chain(&AFTER).filter(|slot| stem.ends_with(**slot)).max_by_key(|slot| slot.len()).copied()
}

/// Puts the project's own files in the place of templates of the same name.
pub fn replace_by_name(resolvers: &mut Resolvers, folder: &Path) -> Result<(), LoadError> {
    for path in files(folder, ".vtl") {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let own = Template::read(path.display().to_string(), &path)?;
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
            let message = format!("{} is used instead of the generated {name}", path.display());
            Finding::new("override", message).at(path.display().to_string())
        } else {
            unused(&path)
        });
    }
    Ok(())
}

/// Reads a build folder, with the project's own files over it.
pub fn load(folder: &Path, options: &LoadOptions) -> Result<Resolvers, LoadError> {
    let mut resolvers = Resolvers::default();
    let mut chosen: BTreeMap<Place, PathBuf> = BTreeMap::new();
    let overrides = options.overrides.as_deref().map(|folder| files(folder, ".vtl")).unwrap_or_default();
    for path in files(folder, ".vtl") {
        match place(&path) {
            Some(place) => {
                chosen.insert(place, path);
            }
            None => resolvers.findings.push(unused(&path)),
        }
    }
    let generated: HashSet<String> = chosen.keys().map(|place| place.field.clone()).collect();
    for path in overrides {
        let own = place(&path).filter(|place| place.slot != "validate" && generated.contains(&place.field));
        let Some(place) = own else {
            resolvers.findings.push(unused(&path));
            continue;
        };
        if let Some(generated) = chosen.insert(place, path.clone()) {
            resolvers.findings.push(shadow(&generated, &path));
        }
    }
    let before = Template::new("(the stash that Amplify's deployment fills)", STAND_IN, Origin::StandIn);
    let mut fields: IndexMap<String, BTreeMap<(usize, u32), Function>> = IndexMap::new();
    for (place, path) in chosen {
        let template = Template::read(path.display().to_string(), &path)?;
        let functions = fields.entry(place.field.clone()).or_default();
        let function = functions.entry((order(&place.slot), place.index)).or_insert_with(|| Function {
            name: format!("{}.{}.{}", place.field, place.slot, place.index),
            slot: place.slot.clone(),
            index: place.index,
            data_source: String::new(),
            request: None,
            response: None,
            runtime: None,
        });
        if place.response {
            function.response = Some(template);
        } else {
            function.request = Some(template);
        }
    }
    for (field, functions) in fields {
        let functions = functions.into_values().map(with_source).collect();
        let before = Some(before.clone());
        resolvers.add(Resolver { field, kind: Kind::Pipeline, before, after: None, functions, runtime: None });
    }
    Ok(resolvers)
}

/// Slots run on NONE, except `auth` of update and delete, which reads the row first; the data function has its own.
fn with_source(function: Function) -> Function {
    let reads = |template: &Option<Arc<Template>>| {
        template.as_ref().is_some_and(|template| {
            let text = &template.source.text;
            text.contains("\"GetItem\"") || text.contains("\"operation\"")
        })
    };
    let data_source = match function.slot.as_str() {
        "main" if reads(&function.request) => "AMAZON_DYNAMODB",
        "auth" if reads(&function.request) => "AMAZON_DYNAMODB",
        "main" if function.response.is_some() => "AMAZON_DYNAMODB",
        _ => "NONE",
    };
    Function { data_source: data_source.to_owned(), ..function }
}

fn order(slot: &str) -> usize {
    let before = BEFORE.iter().position(|known| *known == slot);
    let after = AFTER.iter().position(|known| *known == slot).map(|at| BEFORE.len() + 1 + at);
    before.or(after).unwrap_or(BEFORE.len())
}

fn unused(path: &Path) -> Finding {
    Finding::new("unused-template", format!("no pipeline uses {}", path.display())).at(path.display().to_string())
}

/// The project's own file replaces that half only; a generated file that is newer has changes which it hides.
fn shadow(generated: &Path, own: &Path) -> Finding {
    let time = |path: &Path| std::fs::metadata(path).and_then(|data| data.modified()).ok();
    let newer = matches!((time(generated), time(own)), (Some(generated), Some(own)) if generated > own);
    let words = if newer { "; the generated file is newer, so its changes do not reach AppSync" } else { "" };
    let code = if newer { "override-shadows-newer" } else { "override" };
    Finding::new(code, format!("{} is used instead of {}{words}", own.display(), generated.display()))
        .at(own.display().to_string())
}
