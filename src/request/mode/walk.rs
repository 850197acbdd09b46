//! Every field and type on the way that keeps a caller out: the field itself, and what was selected below it. Enums, inputs,
//! interfaces and unions need no directive.

use super::directives::{Gate, DirectiveSource, DirectiveVerdict};
use crate::appsync::AuthType;
use crate::request::operation::Selected;
use crate::request::schema::Schema;

/// More places than this are not listed.
const MOST: usize = 100;

/// More fields than this are not looked at: interfaces and unions unfold into their members at each level.
const MOST_FIELDS: usize = 20_000;

/// A place of the schema that carries directives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemaPlace {
    /// A field.
    Field(String, String),
    /// A type.
    Type(String),
}

impl SchemaPlace {
    /// `Query.getNote`, or `type Note`.
    pub fn words(&self) -> String {
        match self {
            Self::Field(parent, name) => format!("{parent}.{name}"),
            Self::Type(name) => format!("type {name}"),
        }
    }

    /// `Query.getNote`, or `Note`.
    pub fn path(&self) -> String {
        match self {
            Self::Field(parent, name) => format!("{parent}.{name}"),
            Self::Type(name) => name.clone(),
        }
    }
}

/// A place that keeps the caller out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// Where the directive belongs.
    pub place: SchemaPlace,
    /// The first field that is refused there.
    pub field: (String, String),
    /// What it says.
    pub verdict: DirectiveVerdict,
    /// Whose directives decide.
    pub source: DirectiveSource,
    /// Whether it is on the way for certain: what was selected is known, or it is the returned type.
    pub is_selected: bool,
}

impl Closed {
    /// A field below the root types that the user pool's default action closes: its type is the place for a directive.
    pub fn by_default_action(field: &(String, String)) -> Self {
        let (place, source) = (SchemaPlace::Type(field.0.clone()), DirectiveSource::Default);
        Self { place, field: field.clone(), verdict: DirectiveVerdict::DefaultDeny, source, is_selected: true }
    }
}

/// The object types that a field returns, and those that were selected below it, which carry no directive, nor have a field that does.
pub fn undirected(schema: &Schema, (parent, name): (&str, &str), selection: &[Selected]) -> Vec<String> {
    let mut found = Vec::new();
    let Some(field) = schema.types.get(parent).and_then(|object| object.fields.get(name)) else { return found };
    let mut open: Vec<(&str, &[Selected])> = vec![(field.returns.as_str(), selection)];
    while let Some((returned, selection)) = open.pop() {
        for name in schema.objects(returned) {
            let Some(object) = schema.types.get(name) else { continue };
            let words = SchemaPlace::Type(name.to_owned()).words();
            let bare = object.rules.is_empty() && object.fields.values().any(|field| field.rules.is_empty());
            if !bare || found.contains(&words) || found.len() >= LISTED {
                continue;
            }
            found.push(words);
            // What was selected is followed, or all of it where that is not known.
            let asked = |name: &String| selection.is_empty() || selection.iter().any(|one| one.name == *name);
            let below = |name: &String| selection.iter().find(|one| one.name == *name).map_or(&[][..], |one| &one.fields);
            open.extend(object.fields.iter().filter(|(name, _)| asked(name)).map(|(name, field)| (field.returns.as_str(), below(name))));
        }
    }
    found
}

/// Types without a directive are named up to this many.
const LISTED: usize = 12;

/// What keeps a caller out, from the field downwards.
pub fn closed(
    gate: &Gate<'_>,
    schema: &Schema,
    mode: AuthType,
    (parent, name): (&str, &str),
    selection: &[Selected],
) -> Vec<Closed> {
    let mut walk = SelectionWalk { gate, schema, mode, found: Vec::new(), left: MOST_FIELDS };
    let Some(field) = schema.types.get(parent).and_then(|object| object.fields.get(name)) else { return Vec::new() };
    walk.field(parent, name, true, true);
    if selection.is_empty() {
        walk.unknown_selection(&field.returns);
    } else {
        walk.selection(&field.returns, selection, 0);
    }
    walk.found
}

struct SelectionWalk<'a> {
    gate: &'a Gate<'a>,
    schema: &'a Schema,
    mode: AuthType,
    found: Vec<Closed>,
    left: usize,
}

impl SelectionWalk<'_> {
    /// One field; the place is its type where the directive is missing or stands there, but for a root field that was called.
    fn field(&mut self, parent: &str, name: &str, is_selected: bool, is_called: bool) {
        let Some(object) = self.schema.types.get(parent) else { return };
        let Some(field) = object.fields.get(name) else { return };
        let verdict = self.gate.allows(self.schema, parent, object, field, self.mode);
        if verdict == DirectiveVerdict::Allowed || self.found.len() >= MOST {
            return;
        }
        let (source, _) = self.gate.deciding(&field.rules, &object.rules, self.schema.is_root(parent));
        let place = match source {
            DirectiveSource::Object | DirectiveSource::Default if !is_called || !self.schema.is_root(parent) => {
                SchemaPlace::Type(parent.to_owned())
            }
            _ => SchemaPlace::Field(parent.to_owned(), name.to_owned()),
        };
        if self.found.iter().all(|known| known.place != place) {
            let field = (parent.to_owned(), name.to_owned());
            self.found.push(Closed { place, field, verdict, source, is_selected });
        }
    }

    fn selection(&mut self, parent: &str, selection: &[Selected], depth: usize) {
        if depth > 64 {
            return;
        }
        let schema = self.schema;
        for one in selection {
            for parent in schema.selected_on(parent, one.on.as_deref()) {
                let Some(field) = schema.types.get(parent).and_then(|object| object.fields.get(&one.name)) else {
                    continue;
                };
                self.left = self.left.saturating_sub(1);
                if self.left == 0 {
                    return;
                }
                self.field(parent, &one.name, true, false);
                self.selection(&field.returns, &one.fields, depth + 1);
            }
        }
    }

    /// What was selected is not known: the returned type, if it is closed as a whole, and those that can be reached.
    fn unknown_selection(&mut self, returned: &str) {
        let mut open: Vec<String> = self.schema.objects(returned).into_iter().map(str::to_owned).collect();
        let mut seen: Vec<String> = Vec::new();
        while let Some(name) = open.pop() {
            let Some(object) = self.schema.types.get(&name).filter(|_| !seen.contains(&name)) else { continue };
            if seen.len() >= MOST || object.fields.is_empty() {
                continue;
            }
            let mut fields: Vec<&String> = object.fields.keys().collect();
            fields.sort_unstable();
            let verdict =
                |field: &&String| self.gate.allows(self.schema, &name, object, &object.fields[*field], self.mode);
            if fields.iter().all(|field| verdict(field).is_closed()) {
                self.field(&name, fields[0], name == returned, false);
            }
            let below = fields.iter().flat_map(|field| self.schema.objects(&object.fields[*field].returns));
            open.extend(below.map(str::to_owned));
            seen.push(name);
        }
    }
}

/// One field by itself, as a message of AppSync names it.
pub fn only(gate: &Gate<'_>, schema: &Schema, mode: AuthType, (parent, name): &(String, String)) -> Vec<Closed> {
    let mut walk = SelectionWalk { gate, schema, mode, found: Vec::new(), left: MOST_FIELDS };
    walk.field(parent, name, true, false);
    walk.found
}
