//! What the step before the functions puts into the stash: Amplify's has the names of its roles, tables and modes.

use super::{Project, Resolver, Template};
use crate::appsync::Given;
use crate::eval::evaluate;
use crate::value::Map;
use indexmap::IndexMap;
use serde_json::Value as Json;
use std::sync::Arc;

/// Resolvers whose stash is looked at; in what tools generate, they are all alike.
const MOST: usize = 64;

impl Project {
    /// The stash after the step before the functions, of all fields together: the first that fills a member counts. Texts
    /// hold open values where the deployment fills them.
    pub fn stash(&self) -> IndexMap<String, Json> {
        let mut found = IndexMap::new();
        let mut seen: Vec<&Arc<Template>> = Vec::new();
        for before in self.by_field.values().filter_map(|resolver: &Resolver| resolver.before.as_ref()) {
            if seen.len() >= MOST || seen.iter().any(|known| known.text() == before.text()) {
                continue;
            }
            seen.push(before);
            for (name, value) in filled(before).unwrap_or_default() {
                found.entry(name).or_insert(value);
            }
        }
        found
    }
}

/// The stash that a template leaves behind when it begins empty.
fn filled(template: &Template) -> Option<serde_json::Map<String, Json>> {
    let program = template.program().ok()?;
    let given = Given::new(Map::new());
    let (context, env) = given.context().ok()?;
    let outcome = evaluate(program, context, &env, &mut ());
    let stash = outcome.context.get_str("stash")?.to_json().ok()?;
    serde_json::from_str(&stash).ok()
}
