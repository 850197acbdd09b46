//! A template from whatever holds one: VTL itself, VTL as a text of JSON, the answer of `get-resolver` or `get-function`.

use super::data;
use super::error::PasteError;
use super::kind::{PastedKind, kind};
use super::members::{member, object, text};
use crate::value::{Map, Value};
use std::fmt::{self, Display};

/// The half of a resolver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TemplateHalf {
    /// Before the data source.
    Request,
    /// After it.
    Response,
}

impl Display for TemplateHalf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Request => "request",
            Self::Response => "response",
        })
    }
}

/// A template that was found.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    /// VTL.
    pub text: String,
    /// The half of a saved resolver, and of no other form.
    pub half: Option<TemplateHalf>,
    /// `Type.field` of a saved resolver.
    pub field: Option<String>,
    /// What it was found in.
    pub said: Option<String>,
}

/// Finds the template of a text; `name` is the file's, `half` the one that was asked for.
///
/// # Errors
/// What the text is instead, and what takes it.
pub fn take(given: &str, name: &str, half: Option<TemplateHalf>) -> Result<Taken, PasteError> {
    let plain = || Taken { text: given.to_owned(), ..Taken::default() };
    let text = given.trim();
    if text.starts_with('"')
        && let Some(Ok(values)) = data::read(text)
        && let [Value::String(inner)] = values.as_slice()
    {
        return escaped(inner.as_str(), name, half);
    }
    let kind = kind(text);
    let taken = match kind {
        PastedKind::SavedResolver => saved(text, name, half)?,
        // What is no other thing is VTL: any text is a template.
        PastedKind::Template | PastedKind::Text | PastedKind::Yaml | PastedKind::Url | PastedKind::ErrorText | PastedKind::Json | PastedKind::RequestBody => {
            plain()
        }
        PastedKind::Answer | PastedKind::Xml | PastedKind::Undefined | PastedKind::Arn => plain(),
        other => return Err(other.sentence(name).into()),
    };
    match (half, taken.half) {
        (Some(half), None) => Err(format!(
            "--half {half}: there is one template in it, and no request and response half to choose from; leave --half out"
        ).into()),
        _ => Ok(taken),
    }
}

fn escaped(inner: &str, name: &str, half: Option<TemplateHalf>) -> Result<Taken, PasteError> {
    let mut taken = take(inner, name, half)?;
    taken.said = Some("the template stands in a text of JSON, and is taken out of it: lines and columns are those of the template".to_owned());
    Ok(taken)
}

fn saved(text_of: &str, name: &str, half: Option<TemplateHalf>) -> Result<Taken, PasteError> {
    let values = data::read(text_of).unwrap_or_else(|| Ok(Vec::new()))?;
    let whole = values.first().and_then(|value| value.as_map().cloned()).unwrap_or_default();
    let one = object(&whole, "resolver").or_else(|| object(&whole, "functionConfiguration")).unwrap_or(whole);
    let field = text(&one, "fieldName").map(|field| format!("{}.{field}", text(&one, "typeName").unwrap_or_default()));
    let halves = |half: TemplateHalf| {
        text(&one, &format!("{half}MappingTemplate")).filter(|template| !template.trim().is_empty())
    };
    let (request, response) = (halves(TemplateHalf::Request), halves(TemplateHalf::Response));
    if request.is_none() && response.is_none() {
        return Err(without(&one).into());
    }
    let chosen = match (half, &request, &response) {
        (Some(half), ..) => half,
        (None, _, None) => TemplateHalf::Request,
        (None, None, Some(_)) => TemplateHalf::Response,
        (None, Some(request), Some(response)) => match (decides(request), decides(response)) {
            (true, _) => TemplateHalf::Request,
            (false, true) => TemplateHalf::Response,
            (false, false) => {
                return Err(format!(
                    "this is {}: neither its request nor its response template authorizes anything. Say which to run: `vtl-eval {name} --half request` or `--half response`",
                    PastedKind::SavedResolver.noun()
                ).into());
            }
        },
    };
    let both = request.is_some() && response.is_some();
    let found = if chosen == TemplateHalf::Request { request } else { response };
    let Some(found) = found else { return Err(format!("--half {chosen}: it has no {chosen} template").into()) };
    let other = if chosen == TemplateHalf::Request { TemplateHalf::Response } else { TemplateHalf::Request };
    let said = match (half.is_none() && both, decides(&found)) {
        (true, true) => format!("of the resolver's two templates the {chosen} half is run, which authorizes; `--half {other}` runs the other"),
        _ => format!("the {chosen} half of the saved resolver is run"),
    };
    Ok(Taken { text: found, half: Some(chosen), field, said: Some(said) })
}

/// Whether a template authorizes: it refuses, or sets what later templates ask.
fn decides(template: &str) -> bool {
    ["unauthorized(", "isAuthorized", "authFilter", "Unauthorized", "identity", "authType("]
        .iter()
        .any(|word| template.contains(word))
}

fn without(one: &Map) -> String {
    if member(one, "code").is_some() || member(one, "runtime").is_some() {
        return PastedKind::JavaScript.sentence("");
    }
    "it is a saved resolver without templates: a direct Lambda resolver, or a pipeline whose functions have them (save `aws appsync list-resolvers` and `list-functions` in a folder, and give it with `vtl-eval resolver TYPE.FIELD --from FOLDER`)".to_owned()
}
