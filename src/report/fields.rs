//! What a project holds: its fields with what resolves them, the API, and what stays open until a deployment.

use crate::message::counted;
use super::text::Layout;
use crate::appsync::AuthType;
use crate::finding::Finding;
use crate::project::{Api, ResolverFunction, ResolverKind, Mode, TemplateOrigin, Project, Resolver, Role, Runtime, Template};
use crate::request::schema::{DirectiveRule, Schema};
use super::style::{AnsiColor, Style};
use crate::suite::javascript_refusals;
use indexmap::IndexSet;
use serde::Serialize;
use std::fmt::Write;

const FAINT: Style = Style::new().dimmed();
const STRONG: Style = Style::new().bold();
const OPEN: Style = AnsiColor::Yellow.on_default();

/// A project for a program, and what the text is drawn from.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FieldsReport {
    schema: u32,
    /// What it was read from.
    source: SourceRow,
    api: ApiRow,
    fields: Vec<FieldRow>,
    data_sources: Vec<SourceOf>,
    roles: Vec<RoleRow>,
    /// What nobody knows before a deployment.
    open: Vec<OpenRow>,
    findings: Vec<Finding>,
}

#[derive(Debug, Serialize)]
struct SourceRow {
    path: String,
    kind: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct ApiRow {
    name: Option<String>,
    modes: Vec<&'static str>,
    environment: Vec<String>,
    cache: Option<String>,
    schema: Option<String>,
    model: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct FieldRow {
    field: String,
    kind: ResolverKind,
    /// The modes that its directives let in, or the API's default; null where no schema is known.
    modes: Option<Vec<String>>,
    runtime: Option<&'static str>,
    data_source: Option<SourceOf>,
    functions: Vec<FunctionRow>,
    before: Option<TemplateRow>,
    after: Option<TemplateRow>,
    code: Option<TemplateRow>,
    caching_keys: Option<Vec<String>>,
    /// The open values in its templates.
    open: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct FunctionRow {
    name: String,
    slot: &'static str,
    index: u32,
    data_source: SourceOf,
    runtime: Option<&'static str>,
    request: Option<TemplateRow>,
    response: Option<TemplateRow>,
    code: Option<TemplateRow>,
}

#[derive(Debug, Serialize)]
struct TemplateRow {
    template: String,
    file: Option<String>,
    /// Whether the file holds it among others.
    inline: bool,
    missing: bool,
    open: usize,
    /// The lines of `util.unauthorized()` and `util.error(…, 'Unauthorized')` in JavaScript.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    refusals: Vec<usize>,
}

#[derive(Clone, Debug, Serialize)]
struct SourceOf {
    name: Option<String>,
    r#type: &'static str,
}

#[derive(Debug, Serialize)]
struct RoleRow {
    name: String,
    kind: &'static str,
    of: Option<String>,
    policies: usize,
}

#[derive(Debug, Serialize)]
struct OpenRow {
    name: String,
    file: String,
    option: String,
}

impl FieldsReport {
    /// The fields of a project that a filter (`Type` or `Type.field`) lets through.
    pub fn new(path: &std::path::Path, project: &Project, wanted: &dyn Fn(&str) -> bool) -> Self {
        let schema = project.schema.as_ref().and_then(|schema| Schema::read(&schema.text).ok());
        let fields = project.by_field.values().filter(|resolver| wanted(&resolver.field));
        Self {
            schema: 1,
            source: SourceRow {
                path: path.display().to_string(),
                kind: project.kind.map(crate::project::ProjectKind::as_str),
            },
            api: ApiRow::new(project),
            fields: fields.map(|resolver| FieldRow::new(project, schema.as_ref(), resolver)).collect(),
            data_sources: project.data_sources.values().map(source_of).collect(),
            roles: project.roles.iter().map(role).collect(),
            open: project
                .open
                .iter()
                .map(|value| OpenRow {
                    name: value.name.clone(),
                    file: value.file.display().to_string(),
                    option: value.option(),
                })
                .collect(),
            findings: project.findings.clone(),
        }
    }
}

impl ApiRow {
    fn new(project: &Project) -> Self {
        let Api { name, environment, cache, .. } = &project.api;
        Self {
            name: name.clone(),
            modes: project.api.modes().map(|mode: &Mode| mode.auth_type.as_str()).collect(),
            environment: environment.keys().cloned().collect(),
            cache: cache.clone(),
            schema: project.schema.as_ref().map(|schema| schema.file.display().to_string()),
            model: project.model.as_ref().map(|schema| schema.file.display().to_string()),
        }
    }
}

impl FieldRow {
    fn new(project: &Project, schema: Option<&Schema>, resolver: &Resolver) -> Self {
        let row = |template: &std::sync::Arc<Template>| TemplateRow::new(project, template);
        let held = resolver.templates().flat_map(|template| project.open.in_text(template.text()));
        let open: IndexSet<&str> = held.map(|value| value.name.as_str()).collect();
        let unit = resolver.functions.first().filter(|_| resolver.kind == ResolverKind::Unit);
        Self {
            field: resolver.field.clone(),
            kind: resolver.kind,
            modes: modes(project, schema, &resolver.field),
            runtime: runtime(resolver.runtime),
            data_source: unit.map(|function| source_of(&function.data_source)),
            functions: resolver.functions.iter().map(|function| FunctionRow::new(project, function)).collect(),
            before: resolver.before.as_ref().map(row),
            after: resolver.after.as_ref().map(row),
            code: resolver.code.as_ref().map(row),
            caching_keys: resolver.caching_keys.clone(),
            open: open.into_iter().map(str::to_owned).collect(),
        }
    }

    fn is_javascript(&self) -> bool {
        self.runtime == Some(JAVASCRIPT) || self.functions.iter().any(|function| function.runtime == Some(JAVASCRIPT))
    }
}

const JAVASCRIPT: &str = "APPSYNC_JS";

/// AppSync's name of a runtime; null where the function was not read.
fn runtime(runtime: Runtime) -> Option<&'static str> {
    match runtime {
        Runtime::Vtl => Some("VTL"),
        Runtime::JavaScript => Some(JAVASCRIPT),
        Runtime::NotRead => None,
    }
}

impl FunctionRow {
    fn new(project: &Project, function: &ResolverFunction) -> Self {
        let row = |template: &std::sync::Arc<Template>| TemplateRow::new(project, template);
        Self {
            name: project.open.shown(&function.name).into_owned(),
            slot: function.slot.as_str(),
            index: function.index,
            data_source: source_of(&function.data_source),
            runtime: runtime(function.runtime),
            request: function.request.as_ref().map(row),
            response: function.response.as_ref().map(row),
            code: function.code.as_ref().map(row),
        }
    }
}

impl TemplateRow {
    fn new(project: &Project, template: &Template) -> Self {
        let (file, inline) = match template.origin() {
            TemplateOrigin::File(path) => (Some(path.display().to_string()), false),
            TemplateOrigin::Inline(path) => (Some(path.display().to_string()), true),
            TemplateOrigin::StandIn | TemplateOrigin::Missing(_) => (None, false),
        };
        Self {
            template: template.name().to_owned(),
            file,
            inline,
            missing: template.missing().is_some(),
            open: project.open.in_text(template.text()).len(),
            refusals: if template.name().ends_with(".js") { refusals(template.text()) } else { Vec::new() },
        }
    }

    fn place(&self) -> &str {
        self.file.as_deref().unwrap_or(if self.missing { "not found" } else { "" })
    }
}

/// The lines of JavaScript that refuse, by its text alone.
fn refusals(text: &str) -> Vec<usize> {
    javascript_refusals(text).into_iter().map(|(line, _)| line).collect()
}

fn source_of(source: &crate::project::DataSource) -> SourceOf {
    SourceOf { name: source.name.clone(), r#type: source.kind.as_str() }
}

fn role(role: &Role) -> RoleRow {
    RoleRow { name: role.name.clone(), kind: role.kind.as_str(), of: role.of.clone(), policies: role.policies.len() }
}

/// The modes that a field lets in by its own directives, else its type's, else the API's default.
fn modes(project: &Project, schema: Option<&Schema>, field: &str) -> Option<Vec<String>> {
    let (parent, name) = field.split_once('.')?;
    let object = schema?.types.get(schema?.type_name(parent))?;
    let own = &object.fields.get(name)?.rules;
    let rules = if own.is_empty() { &object.rules } else { own };
    if rules.is_empty() {
        return project.api.default.as_ref().map(|mode| vec![mode.auth_type.as_str().to_owned()]);
    }
    let shown = |rule: &DirectiveRule| match &rule.groups {
        Some(groups) => format!("{} ({})", rule.mode.as_str(), groups.join(", ")),
        None => rule.mode.as_str().to_owned(),
    };
    Some(rules.iter().map(shown).collect())
}

/// The name that people have for a mode, in a column.
fn short(mode: &str) -> String {
    let all = [AuthType::ApiKey, AuthType::Iam, AuthType::UserPool, AuthType::Oidc, AuthType::Lambda];
    let names = ["api-key", "iam", "user-pool", "oidc", "lambda"];
    let found = all.iter().zip(names).find(|(known, _)| mode.starts_with(known.as_str()));
    found.map_or_else(|| mode.to_owned(), |(known, name)| format!("{name}{}", &mode[known.as_str().len()..]))
}

/// The list for a terminal; of a single field, everything.
pub fn text(report: &FieldsReport, layout: Layout) -> String {
    let mut out = String::new();
    let kind = report.source.kind.unwrap_or("a project");
    let _ = writeln!(out, "{STRONG}{}{STRONG:#} {FAINT}{kind}{FAINT:#}", report.source.path);
    let modes: Vec<String> = report.api.modes.iter().map(|mode| short(mode)).collect();
    if let Some(name) = &report.api.name {
        let _ = writeln!(out, "API {name}: {}", modes.join(", "));
    } else if !modes.is_empty() {
        let _ = writeln!(out, "API: {}", modes.join(", "));
    }
    out.push('\n');
    let width = report.fields.iter().map(|row| row.field.chars().count()).max().unwrap_or(0);
    for row in &report.fields {
        line(&mut out, row, width);
        if report.fields.len() == 1 || layout.verbose {
            details(&mut out, row);
        }
    }
    let javascript = report.fields.iter().filter(|row| row.is_javascript()).count();
    let open: std::collections::BTreeSet<&String> = report.fields.iter().flat_map(|row| &row.open).collect();
    let _ = writeln!(out, "\n{}", counted(report.fields.len(), "field"));
    if javascript > 0 {
        let _ = writeln!(out, "{} with JavaScript, which is not evaluated", counted(javascript, "field"));
    }
    if !open.is_empty() {
        let _ = writeln!(out, "{OPEN}{} before a deployment:{OPEN:#}", counted(open.len(), "open value"));
        let most = if layout.verbose { usize::MAX } else { 12 };
        for name in open.iter().take(most) {
            let _ = writeln!(out, "  {name}");
        }
        if open.len() > most {
            let _ = writeln!(out, "  and {} more (--verbose)", open.len() - most);
        }
        if let Some(first) = report.open.iter().find(|row| open.contains(&row.name)) {
            let _ = writeln!(out, "  {FAINT}give them with {}{FAINT:#}", first.option);
        }
    }
    out
}

fn line(out: &mut String, row: &FieldRow, width: usize) {
    let modes: Vec<String> = row.modes.iter().flatten().map(|mode| short(mode)).collect();
    let what = match row.functions.as_slice() {
        _ if row.kind == ResolverKind::Unit => row.data_source.as_ref().map_or("", |source| source.r#type).to_owned(),
        functions => counted(functions.len(), "function"),
    };
    let mut marks = Vec::new();
    if row.is_javascript() {
        marks.push("JavaScript".to_owned());
    }
    if !row.open.is_empty() {
        marks.push(counted(row.open.len(), "open value"));
    }
    let modes = if modes.is_empty() { "-".to_owned() } else { modes.join(", ") };
    let own = format!("{:<width$}  {what:<18}  {modes:<24}  {OPEN}{}{OPEN:#}", row.field, marks.join(", "));
    let _ = writeln!(out, "{}", own.trim_end());
}

fn details(out: &mut String, row: &FieldRow) {
    for (what, template) in [("before", &row.before), ("code", &row.code)] {
        if let Some(template) = template.as_ref().filter(|_| row.kind != ResolverKind::Unit) {
            half(out, what, template);
        }
    }
    for function in &row.functions {
        functions(out, function);
    }
    if let Some(after) = &row.after {
        half(out, "after", after);
    }
    if let Some(keys) = &row.caching_keys {
        let _ = writeln!(out, "    cached by {}", if keys.is_empty() { "nothing".to_owned() } else { keys.join(", ") });
    }
    if !row.open.is_empty() {
        let _ = writeln!(out, "    {OPEN}open{OPEN:#}      {}", row.open.join(", "));
    }
}

fn half(out: &mut String, what: &str, template: &TemplateRow) {
    let within = if template.inline { "in " } else { "" };
    let lines: Vec<String> = template.refusals.iter().map(ToString::to_string).collect();
    let refusals = if lines.is_empty() { String::new() } else { format!("  refuses in line {}", lines.join(", ")) };
    let TemplateRow { template: name, .. } = template;
    let _ = writeln!(out, "    {what:<9} {name} {FAINT}{within}{}{FAINT:#}{refusals}", template.place());
}

fn functions(out: &mut String, function: &FunctionRow) {
    let FunctionRow { name, slot, data_source, .. } = function;
    let runtime = function.runtime.unwrap_or("not read");
    let source = data_source.name.as_deref().map_or(String::new(), |name| format!("{name} "));
    let _ = writeln!(
        out,
        "    {STRONG}{slot:<9}{STRONG:#} {name} {FAINT}{runtime} on {source}{}{FAINT:#}",
        data_source.r#type
    );
    for (what, template) in
        [("  request", &function.request), ("  response", &function.response), ("  code", &function.code)]
    {
        if let Some(template) = template {
            half(out, what, template);
        }
    }
}
