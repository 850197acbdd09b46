//! `Fn::Transform` with `AWS::Include`: a part of a template that stands in a file of its own
//! (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/create-reusable-transform-function-snippets-and-add-to-your-template-with-aws-include-transform.html>).

use super::super::SourcePlace;
use super::files::Assets;
use crate::project::error::ProjectError;
use crate::project::yaml;
use serde_json::Value as Json;
use std::path::Path;

/// Includes in includes.
const DEEPEST: usize = 8;

/// Puts what is included into the place of the transforms. One whose file is not here stays, and its names with it.
pub fn include(place: &SourcePlace<'_>, stack: &Path, json: &mut Json, depth: usize) -> Result<(), ProjectError> {
    if depth > DEEPEST {
        return Ok(());
    }
    match json {
        Json::Array(items) => items.iter_mut().try_for_each(|item| include(place, stack, item, depth)),
        Json::Object(map) => {
            if let Some(location) = map.get("Fn::Transform").and_then(location).map(str::to_owned)
                && let Some(path) = Assets::default().local(place.root, stack, &location)
            {
                let text = place.root.text(&path)?;
                let mut part = yaml::read(&text).map_err(|message| ProjectError::malformed(&path, message))?;
                include(place, &path, &mut part, depth + 1)?;
                map.shift_remove("Fn::Transform");
                // What was included is not gone through again: where it includes itself, that would have no end.
                map.values_mut().try_for_each(|value| include(place, stack, value, depth))?;
                if let Json::Object(part) = part {
                    map.extend(part);
                }
                return Ok(());
            }
            map.values_mut().try_for_each(|value| include(place, stack, value, depth))
        }
        _ => Ok(()),
    }
}

fn location(transform: &Json) -> Option<&str> {
    let named = transform.get("Name").and_then(Json::as_str) == Some("AWS::Include");
    transform.pointer("/Parameters/Location").and_then(Json::as_str).filter(|_| named)
}
