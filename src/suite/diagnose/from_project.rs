//! What a project adds to a refusal report: the schema, the modes, the policies of the caller's role.

use crate::project::Project;
use crate::suite::matrix::policies_of;
use serde_json::{Map, Value as Json};

/// Adds what the report itself does not say.
pub fn add(project: &Project, context: &mut Map<String, Json>) {
    let absent = |context: &Map<String, Json>, name: &str| context.get(name).is_none_or(Json::is_null);
    if let Some(schema) = project.schema.as_ref().filter(|_| absent(context, "schema")) {
        context.insert("schema".to_owned(), Json::from(schema.text.as_str()));
    }
    if absent(context, "apiConfig") && project.api.default.is_some() {
        context.insert("apiConfig".to_owned(), project.api.to_json());
    }
    if absent(context, "policy") {
        let identity = context.get("identity").cloned().unwrap_or_default();
        let found = policies_of(project, &identity);
        for (name, value) in found.as_ref().and_then(Json::as_object).into_iter().flatten() {
            context.entry(name.clone()).or_insert_with(|| value.clone());
        }
    }
}
