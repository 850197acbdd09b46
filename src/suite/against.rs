//! Two readings of an API beside each other: what a build has and what is deployed, or an older build and a newer one.

use crate::open::{equal, is_open};
use crate::project::{ResolverFunction, Project, Resolver, Runtime, Template};
use serde::Serialize;
use std::sync::Arc;

/// What differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Differing {
    /// `Type.field`; null for what concerns the whole API.
    pub field: Option<String>,
    /// What it is.
    pub what: What,
    /// As it is here; null where it is only there.
    pub here: Option<String>,
    /// As it is there; null where it is only here.
    pub there: Option<String>,
}

/// What of an API differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// The modes, the default first.
    Modes,
    /// The schema.
    Schema,
    /// Whether a field has a resolver.
    Field,
    /// The functions of its pipeline.
    Functions,
    /// Where a request goes.
    DataSource,
    /// What a part is written in.
    Runtime,
    /// A template's text: the first line that differs.
    Template,
    /// The keys of its cache.
    Cache,
}

impl What {
    /// As a report calls it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Modes => "modes",
            Self::Schema => "schema",
            Self::Field => "resolver",
            Self::Functions => "functions",
            Self::DataSource => "data source",
            Self::Runtime => "runtime",
            Self::Template => "template",
            Self::Cache => "cache keys",
        }
    }
}

/// What differs between two readings, in the order of the fields here.
pub fn differing(here: &Project, there: &Project) -> Vec<Differing> {
    let mut found = FoundDifferences { list: Vec::new(), field: None };
    let modes = |project: &Project| {
        let names: Vec<_> = project.api.modes().map(|mode| mode.auth_type.as_str()).collect();
        (!names.is_empty()).then(|| names.join(", "))
    };
    // What a source does not say is no difference.
    if let (Some(here), Some(there)) = (modes(here), modes(there)) {
        found.texts(What::Modes, &here, &there);
    }
    if let (Some(here), Some(there)) = (&here.schema, &there.schema) {
        let words = |text: &str| -> Vec<String> { text.split_whitespace().map(str::to_owned).collect() };
        if words(&here.text) != words(&there.text) {
            found.lines(What::Schema, "schema", &here.text, &there.text);
        }
    }
    for resolver in here.by_field.values() {
        found.field = Some(resolver.field.clone());
        match there.by_field.get(&resolver.field) {
            Some(other) => found.resolver(resolver, other),
            None => found.add(What::Field, Some("has one".to_owned()), None),
        }
    }
    for field in there.by_field.keys().filter(|field| !here.by_field.contains_key(*field)) {
        found.field = Some(field.clone());
        found.add(What::Field, None, Some("has one".to_owned()));
    }
    found.list
}

struct FoundDifferences {
    list: Vec<Differing>,
    field: Option<String>,
}

impl FoundDifferences {
    fn add(&mut self, what: What, here: Option<String>, there: Option<String>) {
        self.list.push(Differing { field: self.field.clone(), what, here, there });
    }

    fn texts(&mut self, what: What, here: &str, there: &str) {
        if here != there {
            self.add(what, Some(here.to_owned()), Some(there.to_owned()));
        }
    }

    fn resolver(&mut self, here: &Resolver, there: &Resolver) {
        let names = |resolver: &Resolver| resolver.functions.iter().map(|one| one.name.clone()).collect::<Vec<_>>();
        let pipeline = here.functions.len() > 1 || there.functions.len() > 1;
        if pipeline && names(here) != names(there) {
            self.texts(What::Functions, &names(here).join(", "), &names(there).join(", "));
        }
        self.texts(What::Runtime, runtime(here.runtime), runtime(there.runtime));
        let keys = |resolver: &Resolver| resolver.caching_keys.as_ref().map(|keys| keys.join(", "));
        if keys(here) != keys(there) {
            self.add(What::Cache, keys(here), keys(there));
        }
        self.template("before", here.before.as_ref(), there.before.as_ref());
        let paired = here.functions.iter().enumerate().filter_map(|(at, own)| {
            let other = there.functions.iter().find(|other| other.name == own.name);
            Some((own, other.or_else(|| there.functions.get(at).filter(|_| !pipeline))?))
        });
        for (own, other) in paired.collect::<Vec<_>>() {
            self.function(own, other);
        }
        self.template("after", here.after.as_ref(), there.after.as_ref());
    }

    fn function(&mut self, here: &ResolverFunction, there: &ResolverFunction) {
        let name = &here.name;
        if here.runtime != there.runtime {
            let words = |one: &ResolverFunction| Some(format!("{name}: {}", runtime(one.runtime)));
            self.add(What::Runtime, words(here), words(there));
        }
        if here.data_source.kind != there.data_source.kind {
            let words = |one: &ResolverFunction| Some(format!("{name}: {}", one.data_source.kind.as_str()));
            self.add(What::DataSource, words(here), words(there));
        }
        self.template(&format!("{name}, request"), here.request.as_ref(), there.request.as_ref());
        self.template(&format!("{name}, response"), here.response.as_ref(), there.response.as_ref());
        self.template(&format!("{name}, code"), here.code.as_ref(), there.code.as_ref());
    }

    fn template(&mut self, name: &str, here: Option<&Arc<Template>>, there: Option<&Arc<Template>>) {
        let text = |template: Option<&Arc<Template>>| {
            template.filter(|template| template.missing().is_none()).map(|template| template.text().to_owned())
        };
        match (text(here), text(there)) {
            (Some(here), Some(there)) => self.lines(What::Template, name, &here, &there),
            (None, None) => {}
            // A half that answers with what it got is as good as none.
            (here, there) => {
                let words = |text: &Option<String>| text.as_ref().map(|_| format!("{name}: has one"));
                self.add(What::Template, words(&here), words(&there));
            }
        }
    }

    /// The first line that differs. Ends of lines, and blanks at their ends, are no difference, and an open value may be
    /// whatever stands in its place.
    fn lines(&mut self, what: What, name: &str, here: &str, there: &str) {
        let lines = |text: &str| -> Vec<String> { text.trim().lines().map(|line| line.trim_end().to_owned()).collect() };
        let (own, other) = (lines(here), lines(there));
        if is_open(here) || is_open(there) {
            let same = |text: &[String]| text.join("\n");
            if equal(&same(&own), &same(&other)) != Some(false) {
                return;
            }
        }
        let differs = |at: &usize| {
            let (one, other) = (own.get(*at), other.get(*at));
            match (one, other) {
                (Some(one), Some(other)) => one != other && equal(one, other).is_some(),
                (one, other) => one != other,
            }
        };
        let Some(at) = (0..own.len().max(other.len())).find(differs) else { return };
        let words = |lines: &[String]| {
            Some(match lines.get(at) {
                Some(line) => format!("{name}, line {}: {}", at + 1, line.trim()),
                None => format!("{name}: ends before line {}", at + 1),
            })
        };
        self.add(what, words(&own), words(&other));
    }
}

const fn runtime(runtime: Runtime) -> &'static str {
    match runtime {
        Runtime::Vtl => "VTL",
        Runtime::JavaScript => "APPSYNC_JS",
        Runtime::NotRead => "not read",
    }
}
