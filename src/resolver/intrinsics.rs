//! CloudFormation's intrinsic functions: evaluated where the template says enough, else a named placeholder such as
//! `⟦Table.Arn⟧`: not `${…}`, which would be a reference in VTL.

use base64::Engine as _;
use serde_json::{Map, Value as Json};
use std::cell::RefCell;
use std::collections::HashMap;

/// Expressions nested deeper than this stay as placeholders.
const DEEPEST: usize = 100;

/// What the functions are evaluated in.
#[derive(Debug, Default)]
pub struct Scope {
    /// Parameter values: those given, else the defaults.
    pub parameters: Map<String, Json>,
    /// What other stacks export, by name.
    pub exports: Map<String, Json>,
    mappings: Map<String, Json>,
    conditions: Map<String, Json>,
    /// Conditions that were judged: each once, however often it is named.
    judged: RefCell<HashMap<String, Option<bool>>>,
}

/// What stands for a property that is to be left out.
const NO_VALUE: &str = "⟦AWS::NoValue⟧";

impl Scope {
    /// The scope of a template with these parameters.
    pub fn new(template: &Json, given: &Map<String, Json>) -> Self {
        let section = |name: &str| template.get(name).and_then(Json::as_object).cloned().unwrap_or_default();
        let mut parameters = Map::new();
        for (name, declared) in section("Parameters") {
            if let Some(value) = given.get(&name).or_else(|| declared.get("Default")) {
                parameters.insert(name, value.clone());
            }
        }
        for (name, value) in given {
            parameters.entry(name.clone()).or_insert_with(|| value.clone());
        }
        let (mappings, conditions) = (section("Mappings"), section("Conditions"));
        Self { parameters, mappings, conditions, ..Self::default() }
    }

    /// A value with its functions evaluated.
    pub fn value(&self, json: &Json) -> Json {
        self.eval(json, 0)
    }

    /// A value as text; maps and lists as JSON.
    pub fn text(&self, json: &Json) -> String {
        text(&self.value(json))
    }

    /// A property as text; `AWS::NoValue` is none.
    pub fn property(&self, properties: &Json, name: &str) -> Option<String> {
        let value = self.value(properties.get(name)?);
        (!value.is_null() && value != NO_VALUE).then(|| text(&value))
    }

    fn eval(&self, json: &Json, depth: usize) -> Json {
        if depth > DEEPEST {
            return placeholder("nested too deep");
        }
        let all = |list: &[Json]| {
            list.iter().map(|item| self.eval(item, depth + 1)).filter(|item| item != NO_VALUE).collect::<Vec<_>>()
        };
        match json {
            Json::Array(items) => all(items).into(),
            Json::Object(map) => match (map.len(), map.iter().next()) {
                (1, Some((name, argument))) if name == "Ref" || name.starts_with("Fn::") => {
                    self.function(name, argument, depth + 1)
                }
                _ => map
                    .iter()
                    .map(|(key, value)| (key.clone(), self.eval(value, depth + 1)))
                    .filter(|(_, value)| value != NO_VALUE)
                    .collect::<Map<_, _>>()
                    .into(),
            },
            other => other.clone(),
        }
    }

    fn function(&self, name: &str, argument: &Json, depth: usize) -> Json {
        let list = || match argument {
            Json::Array(items) => items.iter().map(|item| self.eval(item, depth)).collect(),
            other => vec![self.eval(other, depth)],
        };
        match name {
            "Ref" => self.reference(argument.as_str().unwrap_or_default()),
            "Fn::Sub" => self.substitute(argument, depth),
            "Fn::Join" => match list().as_slice() {
                [Json::String(separator), Json::Array(items)] => {
                    Json::from(items.iter().map(text).collect::<Vec<_>>().join(separator))
                }
                _ => placeholder("Join"),
            },
            "Fn::GetAtt" => {
                let parts: Vec<String> = list().iter().map(text).collect();
                placeholder(&parts.join("."))
            }
            "Fn::FindInMap" => {
                let list = list();
                let keys: Vec<String> = list.iter().take(3).map(text).collect();
                let default = list.get(3).and_then(|last| last.get("DefaultValue")).cloned();
                let found = match keys.as_slice() {
                    [map, first, second] => self.mappings.get(map).and_then(|map| map.get(first)?.get(second)),
                    _ => None,
                };
                found.cloned().or(default).unwrap_or_else(|| placeholder(&format!("FindInMap {}", keys.join("."))))
            }
            "Fn::If" => match argument.as_array().map(Vec::as_slice) {
                Some([condition, yes, no]) => match self.condition(condition.as_str().unwrap_or_default(), depth) {
                    Some(holds) => self.eval(if holds { yes } else { no }, depth),
                    None => placeholder(&format!("If {}", text(condition))),
                },
                _ => placeholder("If"),
            },
            "Fn::Select" => match list().as_slice() {
                [index, Json::Array(items)] => {
                    let index = text(index).parse::<usize>().ok();
                    index.and_then(|index| items.get(index)).cloned().unwrap_or_else(|| placeholder("Select"))
                }
                _ => placeholder("Select"),
            },
            "Fn::Split" => match list().as_slice() {
                [Json::String(separator), Json::String(whole)] if !separator.is_empty() => {
                    whole.split(separator.as_str()).map(Json::from).collect()
                }
                _ => placeholder("Split"),
            },
            "Fn::ImportValue" => {
                let name = text(&self.eval(argument, depth));
                self.exports.get(&name).cloned().unwrap_or_else(|| placeholder(&format!("ImportValue {name}")))
            }
            "Fn::Base64" => match self.eval(argument, depth) {
                Json::String(plain) if !is_open(&plain) => {
                    Json::from(base64::engine::general_purpose::STANDARD.encode(plain))
                }
                open => placeholder(&format!("Base64 {}", text(&open))),
            },
            "Fn::ToJsonString" => Json::from(self.eval(argument, depth).to_string()),
            "Fn::Length" => match self.eval(argument, depth) {
                Json::Array(items) => Json::from(items.len()),
                _ => placeholder("Length"),
            },
            other => placeholder(other.trim_start_matches("Fn::")),
        }
    }

    fn reference(&self, name: &str) -> Json {
        // A parameter's value is data: no functions stand in it.
        self.parameters.get(name).cloned().unwrap_or_else(|| placeholder(name))
    }

    fn substitute(&self, argument: &Json, depth: usize) -> Json {
        let (pattern, own) = match argument {
            Json::String(pattern) => (pattern.as_str(), None),
            Json::Array(parts) => {
                (parts.first().and_then(Json::as_str).unwrap_or_default(), parts.get(1).and_then(Json::as_object))
            }
            _ => return placeholder("Sub"),
        };
        let mut out = String::new();
        let mut rest = pattern;
        while let Some((before, after)) = rest.split_once("${") {
            out.push_str(before);
            let Some((name, left)) = after.split_once('}') else {
                out.push_str("${");
                rest = after;
                continue;
            };
            rest = left;
            if let Some(literal) = name.strip_prefix('!') {
                out.push_str(&format!("${{{literal}}}"));
            } else if let Some(value) = own.and_then(|own| own.get(name)) {
                out.push_str(&text(&self.eval(value, depth)));
            } else {
                out.push_str(&text(&self.reference(name)));
            }
        }
        out.push_str(rest);
        Json::from(out)
    }

    /// Whether a named condition holds; none if that stays open.
    pub fn condition(&self, name: &str, depth: usize) -> Option<bool> {
        if let Some(known) = self.judged.borrow().get(name) {
            return *known;
        }
        let holds = self.holds(self.conditions.get(name)?, depth + 1);
        self.judged.borrow_mut().insert(name.to_owned(), holds);
        holds
    }

    fn holds(&self, condition: &Json, depth: usize) -> Option<bool> {
        if depth > DEEPEST {
            return None;
        }
        let (name, argument) = condition.as_object()?.iter().next()?;
        let parts = argument.as_array().map_or(&[][..], Vec::as_slice);
        // One side that settles it is enough, whatever stays open beside it.
        let settled_by = |wanted: bool| {
            let sides: Vec<_> = parts.iter().map(|part| self.holds(part, depth + 1)).collect();
            if sides.contains(&Some(wanted)) {
                return Some(wanted);
            }
            (!sides.contains(&None)).then_some(!wanted)
        };
        match name.as_str() {
            "Condition" => self.condition(argument.as_str()?, depth),
            "Fn::Equals" => match parts {
                [left, right] => {
                    let (left, right) = (text(&self.eval(left, depth + 1)), text(&self.eval(right, depth + 1)));
                    let open = is_open(&left) || is_open(&right);
                    (!open || left == right).then_some(left == right)
                }
                _ => None,
            },
            "Fn::Not" => self.holds(parts.first()?, depth + 1).map(|holds| !holds),
            "Fn::And" => settled_by(false),
            "Fn::Or" => settled_by(true),
            _ => None,
        }
    }
}

fn placeholder(name: &str) -> Json {
    Json::from(format!("⟦{name}⟧"))
}

/// A placeholder stands in it.
fn is_open(text: &str) -> bool {
    text.contains('⟦')
}

fn text(json: &Json) -> String {
    match json {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn functions_as_cloudformation_documents_them() {
        let template = json!({
            "Parameters": {"env": {"Default": "dev"}, "open": {}},
            "Mappings": {"Regions": {"eu-west-1": {"short": "ew1"}}},
            "Conditions": {"IsDev": {"Fn::Equals": [{"Ref": "env"}, "dev"]}, "Not": {"Fn::Not": [{"Condition": "IsDev"}]},
                "Open": {"Fn::Equals": [{"Ref": "open"}, "x"]},
                "Both": {"Fn::And": [{"Condition": "Open"}, {"Condition": "Not"}]},
                "Any": {"Fn::Or": [{"Condition": "Open"}, {"Condition": "IsDev"}]},
                "Loop": {"Fn::Equals": [{"Fn::If": ["Loop", "a", "b"]}, "a"]}},
        });
        let mut scope = Scope::new(&template, &Map::new());
        scope.exports.insert("dev-shared".to_owned(), json!("from another stack"));
        for (expression, wanted) in [
            (json!({"Ref": "env"}), json!("dev")),
            (json!({"Ref": "open"}), json!("⟦open⟧")),
            (json!({"Fn::Sub": "a-${env}-${!x}-${Table.Arn}"}), json!("a-dev-${x}-⟦Table.Arn⟧")),
            (json!({"Fn::Sub": ["${a}", {"a": {"Ref": "env"}}]}), json!("dev")),
            (json!({"Fn::Join": ["/", ["a", {"Ref": "env"}]]}), json!("a/dev")),
            (json!({"Fn::GetAtt": ["Api", "ApiId"]}), json!("⟦Api.ApiId⟧")),
            (json!({"Fn::FindInMap": ["Regions", "eu-west-1", "short"]}), json!("ew1")),
            (json!({"Fn::If": ["IsDev", "yes", "no"]}), json!("yes")),
            (json!({"Fn::If": ["Not", "yes", "no"]}), json!("no")),
            (json!({"Fn::If": ["Open", "yes", "no"]}), json!("⟦If Open⟧")),
            (json!({"Fn::If": ["Both", "yes", "no"]}), json!("no")),
            (json!({"Fn::If": ["Any", "yes", "no"]}), json!("yes")),
            (json!({"Fn::If": ["Loop", "yes", "no"]}), json!("⟦If Loop⟧")),
            (json!({"a": {"Fn::If": ["Not", "x", {"Ref": "AWS::NoValue"}]}, "b": 1}), json!({"b": 1})),
            (json!({"Fn::FindInMap": ["Regions", "eu-west-1", "long", {"DefaultValue": "d"}]}), json!("d")),
            (json!({"Fn::FindInMap": ["Regions", "x", "short"]}), json!("⟦FindInMap Regions.x.short⟧")),
            (json!({"Fn::Base64": "hello"}), json!("aGVsbG8=")),
            (json!({"Fn::GetAZs": ""}), json!("⟦GetAZs⟧")),
            (json!({"Ref": "AWS::Region"}), json!("⟦AWS::Region⟧")),
            (json!({"Fn::ImportValue": {"Fn::Sub": "${env}-shared"}}), json!("from another stack")),
            (json!({"Fn::Select": ["1", {"Fn::Split": ["|", "a|b"]}]}), json!("b")),
            (json!({"Fn::ImportValue": {"Fn::Sub": "${env}-id"}}), json!("⟦ImportValue dev-id⟧")),
        ] {
            assert_eq!(scope.value(&expression), wanted, "{expression}");
        }
    }
}
