//! CloudFormation's intrinsic functions: evaluated where the templates say enough, else an open value.

use super::stacks::{StackId, Stacks};
use crate::open::{OpenKind, is_open};
use crate::project::TOO_MUCH;
use crate::source::FilledValue;
use crate::open::substitution::{SubPiece, pieces};
use base64::Engine as _;
use serde_json::{Map, Value as Json};

/// Expressions nested deeper than this stay open.
const DEEPEST: usize = 100;

/// Marks of one text that are looked at for the parameters behind them.
const MOST_FILLED: usize = 1_000;

/// What stands for a property that is to be left out: no character that a template or a value has.
const NO_VALUE: &str = "\u{10FFFD}AWS::NoValue";

impl Stacks<'_> {
    /// A value with its functions evaluated.
    pub fn value(&self, stack: StackId, json: &Json) -> Json {
        self.eval(stack, json, 0)
    }

    /// A value as text; maps and lists as JSON.
    pub fn text(&self, stack: StackId, json: &Json) -> String {
        text(&self.value(stack, json))
    }

    /// A property as text; `AWS::NoValue` is none.
    pub fn property(&self, stack: StackId, properties: &Json, name: &str) -> Option<String> {
        let value = self.value(stack, properties.get(name)?);
        (!value.is_null() && value != NO_VALUE).then(|| text(&value))
    }

    /// The parameters whose values `Fn::Sub` puts into a text, where the text has no such word of its own in quotes.
    pub fn filled(&self, stack: StackId, property: Option<&Json>) -> Vec<FilledValue> {
        let pattern = property.and_then(|property| property.get("Fn::Sub")).and_then(|argument| match argument {
            Json::Array(parts) => parts.first()?.as_str(),
            pattern => pattern.as_str(),
        });
        let names = pattern.into_iter().flat_map(pieces).filter_map(|piece| match piece {
            SubPiece::Name(name) => Some(name),
            SubPiece::Text(_) | SubPiece::Literal(_) => None,
        });
        let names = names.take(MOST_FILLED);
        let own = |value: &str| ['"', '\''].iter().any(|quote| pattern.is_some_and(|text| text.contains(&format!("{quote}{value}{quote}"))));
        let mut found: Vec<FilledValue> = Vec::new();
        for name in names.filter(|name| self.is_parameter(stack, name) && !self.is_hidden(stack, name)) {
            let Some(Json::String(value)) = self.parameter(stack, name, 0) else { continue };
            let default = self.all[stack].section("Parameters").and_then(|all| all.get(name)?.get("Default"));
            if !value.is_empty() && !is_open(&value) && !own(&value) && !found.iter().any(|known| known.value == value) {
                let is_default = default.and_then(Json::as_str) == Some(&value);
                found.push(FilledValue { name: name.to_owned(), value, is_default });
            }
        }
        found
    }

    fn eval(&self, stack: StackId, json: &Json, depth: usize) -> Json {
        if depth > DEEPEST {
            return self.leave_open(stack, "an expression that nests too deep", OpenKind::Expression);
        }
        if self.place.root.is_expanded() {
            return self.leave_open(stack, TOO_MUCH, OpenKind::Expression);
        }
        match json {
            Json::Array(items) => self.all_of(stack, items, depth).into(),
            Json::Object(map) => match (map.len(), map.iter().next()) {
                (1, Some((name, argument))) if name == "Ref" || name.starts_with("Fn::") => {
                    let made = self.function(stack, name, argument, depth + 1);
                    self.within(stack, made)
                }
                _ => map
                    .iter()
                    .map(|(key, value)| (key.clone(), self.eval(stack, value, depth + 1)))
                    .filter(|(_, value)| value != NO_VALUE)
                    .collect::<Map<_, _>>()
                    .into(),
            },
            other => self.within(stack, other.clone()),
        }
    }

    /// A value that was put in the place of an expression, within the budget of the project.
    fn within(&self, stack: StackId, made: Json) -> Json {
        self.place
            .root
            .expanded(made)
            .unwrap_or_else(|| self.leave_open(stack, TOO_MUCH, OpenKind::Expression))
    }

    fn all_of(&self, stack: StackId, list: &[Json], depth: usize) -> Vec<Json> {
        list.iter().map(|item| self.eval(stack, item, depth + 1)).filter(|item| item != NO_VALUE).collect()
    }

    fn list(&self, stack: StackId, argument: &Json, depth: usize) -> Vec<Json> {
        match argument {
            Json::Array(items) => items.iter().map(|item| self.eval(stack, item, depth)).collect(),
            other => vec![self.eval(stack, other, depth)],
        }
    }

    fn function(&self, stack: StackId, name: &str, argument: &Json, depth: usize) -> Json {
        let known = match name {
            "Ref" => Some(self.reference(stack, argument.as_str().unwrap_or_default(), depth)),
            "Fn::Sub" => self.substitute(stack, argument, depth),
            "Fn::GetAtt" => Some(self.attribute(stack, argument, depth)),
            "Fn::ImportValue" => Some(self.import(stack, argument, depth)),
            "Fn::If" => self.choose(stack, argument, depth),
            "Fn::FindInMap" => self.find_in_map(stack, argument, depth),
            "Fn::Base64" => match self.eval(stack, argument, depth) {
                Json::String(plain) if !is_open(&plain) => {
                    Some(Json::from(base64::engine::general_purpose::STANDARD.encode(plain)))
                }
                _ => None,
            },
            "Fn::ToJsonString" => Some(Json::from(self.eval(stack, argument, depth).to_string())),
            "Fn::Length" => self.eval(stack, argument, depth).as_array().map(|items| Json::from(items.len())),
            "Fn::Join" | "Fn::Select" | "Fn::Split" => {
                let list = self.list(stack, argument, depth);
                match list.as_slice() {
                    [Json::String(separator), Json::Array(items)]
                        if !self.place.root.may_join(items.len(), separator.len()) =>
                    {
                        Some(self.leave_open(stack, TOO_MUCH, OpenKind::Expression))
                    }
                    list => of_lists(name, list),
                }
            }
            _ => None,
        };
        known.unwrap_or_else(|| {
            let what = name.trim_start_matches("Fn::");
            let (kind, about) = match (name, argument) {
                ("Fn::If", Json::Array(parts)) => (OpenKind::Condition, parts.first().map(text).unwrap_or_default()),
                // Two expressions must not have one name: a value given for it would be for both.
                (_, other) => (OpenKind::Expression, text(other).chars().take(60).collect()),
            };
            self.leave_open(stack, format!("{what} {about}").trim_end(), kind)
        })
    }

    fn reference(&self, stack: StackId, name: &str, depth: usize) -> Json {
        if let Some(value) = self.parameter(stack, name, depth) {
            return value;
        }
        match name {
            "AWS::NoValue" => Json::from(NO_VALUE),
            // The partition of all regions but those of China and of governments.
            "AWS::Partition" => self.given().value(&[name]).cloned().unwrap_or_else(|| Json::from("aws")),
            "AWS::URLSuffix" => self.given().value(&[name]).cloned().unwrap_or_else(|| Json::from("amazonaws.com")),
            _ if name.starts_with("AWS::") => self.pseudo(stack, name),
            _ if self.is_parameter(stack, name) => self.leave_open(stack, name, OpenKind::Parameter),
            _ => self.own_name(stack, name, depth).unwrap_or_else(|| {
                let is_role = self.kind_of(stack, name) == Some("AWS::IAM::Role");
                self.leave_open(stack, name, if is_role { OpenKind::Role } else { OpenKind::Resource })
            }),
        }
    }

    /// The account and region are the same in all stacks of a source; a stack's own name and id are not.
    fn pseudo(&self, stack: StackId, name: &str) -> Json {
        if matches!(name, "AWS::StackName" | "AWS::StackId") {
            return self.leave_open(stack, name, OpenKind::Pseudo);
        }
        let first = self.all.iter().position(|stack| stack.path.is_empty()).unwrap_or(stack);
        self.leave_open(first, name, OpenKind::Pseudo)
    }

    fn is_parameter(&self, stack: StackId, name: &str) -> bool {
        self.all[stack].section("Parameters").is_some_and(|all| all.contains_key(name))
    }

    /// A parameter's value: given, passed by the creating stack, or its default. Data: no functions stand in it.
    fn parameter(&self, stack: StackId, name: &str, depth: usize) -> Option<Json> {
        let key = (stack, name.to_owned());
        if let Some(known) = self.parameters.borrow().get(&key) {
            return known.clone();
        }
        // While it is looked for, it is none: a parameter that leads to itself stays open.
        self.parameters.borrow_mut().insert(key.clone(), None);
        let own = &self.all[stack];
        let found = if self.is_parameter(stack, name) {
            self.given().value(&[&own.name_of(name), name]).cloned().or_else(|| match self.passed(stack, name) {
                Some((parent, value)) => Some(self.eval(parent, value, depth + 1)),
                None if self.place.beside(name).is_some() => self.place.beside(name).cloned(),
                None => own
                    .section("Parameters")?
                    .get(name)?
                    .get("Default")
                    .filter(|_| !self.looks_up(stack, name))
                    .cloned(),
            })
        } else {
            None
        };
        if let Some(value) = &found {
            self.place.root.fill_in(name, value, self.is_hidden(stack, name));
        }
        self.parameters.borrow_mut().insert(key, found.clone());
        found
    }

    /// `NoEcho`, as a truth value or as a text.
    fn is_hidden(&self, stack: StackId, name: &str) -> bool {
        let declared = self.all[stack].section("Parameters").and_then(|all| all.get(name)?.get("NoEcho"));
        declared.is_some_and(|hidden| hidden.as_bool().unwrap_or_else(|| hidden.as_str().is_some_and(|text| text.eq_ignore_ascii_case("true"))))
    }

    /// `AWS::SSM::Parameter::Value<…>`: the default is the name of a parameter in SSM, not its value.
    fn looks_up(&self, stack: StackId, name: &str) -> bool {
        let declared = self.all[stack].section("Parameters").and_then(|all| all.get(name)?.get("Type")?.as_str());
        declared.is_some_and(|kind| kind.starts_with("AWS::SSM::Parameter::Value"))
    }

    /// The name that a resource gets by its own literal: `Ref` of these types is their name.
    fn own_name(&self, stack: StackId, name: &str, depth: usize) -> Option<Json> {
        let resource = self.all[stack].resource(name)?;
        let property = match resource.get("Type")?.as_str()? {
            "AWS::DynamoDB::Table" | "AWS::DynamoDB::GlobalTable" | "Custom::AmplifyDynamoDBTable" => "TableName",
            "AWS::IAM::Role" => "RoleName",
            "AWS::Lambda::Function" | "AWS::Serverless::Function" => "FunctionName",
            "AWS::S3::Bucket" => "BucketName",
            "AWS::Cognito::UserPoolGroup" => "GroupName",
            _ => return None,
        };
        let value = self.eval(stack, resource.get("Properties")?.get(property)?, depth + 1);
        value.as_str().is_some_and(|text| text != NO_VALUE).then_some(value)
    }

    fn attribute(&self, stack: StackId, argument: &Json, depth: usize) -> Json {
        let parts: Vec<String> = match argument {
            Json::String(both) => both.splitn(2, '.').map(str::to_owned).collect(),
            other => self.list(stack, other, depth).iter().map(text).collect(),
        };
        let own = parts.join(".");
        let [resource, attribute] = parts.as_slice() else {
            return self.leave_open(stack, &own, OpenKind::Attribute);
        };
        if let Some((child, value)) = self.output(stack, resource, attribute) {
            let value = self.once((Some(stack), own.clone()), || self.eval(child, value, depth + 1));
            return value.unwrap_or_else(|| self.leave_open(stack, &own, OpenKind::Attribute));
        }
        // A data source's and a function's name is the one that the template gives it.
        let named = match (self.kind_of(stack, resource), attribute.as_str()) {
            (Some("AWS::AppSync::DataSource" | "AWS::AppSync::FunctionConfiguration"), "Name") => "Name",
            (Some("AWS::Lambda::Function"), "FunctionName") => "FunctionName",
            _ => return self.leave_open(stack, &own, OpenKind::Attribute),
        };
        let properties = self.all[stack].resource(resource).and_then(|resource| resource.get("Properties"));
        let value = properties.and_then(|all| all.get(named)).map(|value| self.eval(stack, value, depth + 1));
        value.unwrap_or_else(|| self.leave_open(stack, &own, OpenKind::Attribute))
    }

    /// The type of a resource.
    pub fn kind_of(&self, stack: StackId, resource: &str) -> Option<&str> {
        self.all[stack].resource(resource)?.get("Type")?.as_str()
    }

    fn import(&self, stack: StackId, argument: &Json, depth: usize) -> Json {
        let name = text(&self.eval(stack, argument, depth));
        match self.exported(&name) {
            Some((other, value)) => self.once((None, name.clone()), || self.eval(other, value, depth + 1)),
            None => None,
        }
        .unwrap_or_else(|| {
            let shown = self.shown(&name);
            self.leave_open(stack, &format!("ImportValue {shown}"), OpenKind::Import)
        })
    }

    /// The value of an output, worked out once; none where it leads to itself.
    fn once(&self, key: (Option<StackId>, String), work_out: impl FnOnce() -> Json) -> Option<Json> {
        if let Some(known) = self.outputs.borrow().get(&key) {
            return known.clone();
        }
        self.outputs.borrow_mut().insert(key.clone(), None);
        let value = work_out();
        self.outputs.borrow_mut().insert(key, Some(value.clone()));
        Some(value)
    }

    fn choose(&self, stack: StackId, argument: &Json, depth: usize) -> Option<Json> {
        let [condition, yes, no] = argument.as_array()?.as_slice() else { return None };
        let holds = self.condition_at(stack, condition.as_str()?, depth)?;
        Some(self.eval(stack, if holds { yes } else { no }, depth))
    }

    fn find_in_map(&self, stack: StackId, argument: &Json, depth: usize) -> Option<Json> {
        let list = self.list(stack, argument, depth);
        let keys: Vec<String> = list.iter().take(3).map(text).collect();
        let [map, first, second] = keys.as_slice() else { return None };
        let found = self.all[stack].section("Mappings").and_then(|maps| maps.get(map)?.get(first)?.get(second));
        if let Some(found) = found {
            return Some(found.clone());
        }
        // A key that is open may be any of those in the map.
        if !keys.iter().any(|key| is_open(key))
            && let Some(default) = list.get(3).and_then(|last| last.get("DefaultValue"))
        {
            return Some(default.clone());
        }
        let shown = self.shown(&keys.join("."));
        Some(self.leave_open(stack, &format!("FindInMap {shown}"), OpenKind::Expression))
    }

    fn substitute(&self, stack: StackId, argument: &Json, depth: usize) -> Option<Json> {
        let (pattern, own) = match argument {
            Json::String(pattern) => (pattern.as_str(), None),
            Json::Array(parts) => (parts.first()?.as_str()?, parts.get(1).and_then(Json::as_object)),
            _ => return None,
        };
        let mut out = String::new();
        for piece in pieces(pattern) {
            let name = match piece {
                SubPiece::Text(plain) => {
                    out.push_str(plain);
                    continue;
                }
                SubPiece::Literal(name) => {
                    out.push_str(&format!("${{{name}}}"));
                    continue;
                }
                SubPiece::Name(name) => name,
            };
            let value = match own.and_then(|own| own.get(name)) {
                Some(value) => self.eval(stack, value, depth),
                None if name.contains('.') => self.attribute(stack, &Json::from(name), depth),
                None => self.reference(stack, name, depth),
            };
            out.push_str(&text(&value));
        }
        Some(Json::from(out))
    }

    /// Whether a named condition holds; none if that stays open.
    pub fn condition(&self, stack: StackId, name: &str) -> Option<bool> {
        self.condition_at(stack, name, 0)
    }

    fn condition_at(&self, stack: StackId, name: &str, depth: usize) -> Option<bool> {
        let key = (stack, name.to_owned());
        if let Some(known) = self.judged.borrow().get(&key) {
            return *known;
        }
        let holds = self.holds(stack, self.all[stack].section("Conditions")?.get(name)?, depth + 1);
        self.judged.borrow_mut().insert(key, holds);
        holds
    }

    fn holds(&self, stack: StackId, condition: &Json, depth: usize) -> Option<bool> {
        if depth > DEEPEST {
            return None;
        }
        let (name, argument) = condition.as_object()?.iter().next()?;
        let parts = argument.as_array().map_or(&[][..], Vec::as_slice);
        // One side that settles it is enough, whatever stays open beside it.
        let settled_by = |wanted: bool| {
            let sides: Vec<_> = parts.iter().map(|part| self.holds(stack, part, depth + 1)).collect();
            if sides.contains(&Some(wanted)) {
                return Some(wanted);
            }
            (!sides.contains(&None)).then_some(!wanted)
        };
        match name.as_str() {
            "Condition" => self.condition_at(stack, argument.as_str()?, depth),
            "Fn::Equals" => match parts {
                [left, right] => {
                    let side = |part: &Json| text(&self.eval(stack, part, depth + 1));
                    let (left, right) = (side(left), side(right));
                    (!is_open(&left) && !is_open(&right)).then_some(left == right)
                }
                _ => None,
            },
            "Fn::Not" => self.holds(stack, parts.first()?, depth + 1).map(|holds| !holds),
            "Fn::And" => settled_by(false),
            "Fn::Or" => settled_by(true),
            _ => None,
        }
    }
}

/// The functions of lists and texts alone. What is taken out of an open text stays open.
fn of_lists(name: &str, list: &[Json]) -> Option<Json> {
    match (name, list) {
        ("Fn::Join", [Json::String(separator), Json::Array(items)]) => {
            Some(Json::from(items.iter().map(text).collect::<Vec<_>>().join(separator)))
        }
        ("Fn::Select", [index, Json::Array(items)]) => items.get(text(index).parse::<usize>().ok()?).cloned(),
        // A part of what nobody knows stands for the whole: neither is ever compared, and who gives the whole gives both.
        ("Fn::Select" | "Fn::Split", [_, Json::String(whole)]) if is_open(whole) => {
            Some(whole.chars().filter(|letter| is_open(letter.encode_utf8(&mut [0; 4]))).collect::<String>().into())
        }
        ("Fn::Split", [Json::String(separator), Json::String(whole)]) if !separator.is_empty() => {
            Some(whole.split(separator.as_str()).map(Json::from).collect())
        }
        _ => None,
    }
}

/// A value as text.
pub fn text(json: &Json) -> String {
    match json {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::{LoadOptions, SourcePlace};
    use super::*;
    use crate::project::Root;
    use serde_json::json;

    #[test]
    fn functions_as_cloudformation_documents_them() {
        let template = json!({
            "Outputs": {"Shared": {"Value": "from another stack", "Export": {"Name": {"Fn::Sub": "${env}-shared"}}}},
            "Parameters": {"env": {"Default": "dev"}, "open": {}},
            "Mappings": {"Regions": {"eu-west-1": {"short": "ew1"}}},
            "Conditions": {"IsDev": {"Fn::Equals": [{"Ref": "env"}, "dev"]}, "Not": {"Fn::Not": [{"Condition": "IsDev"}]},
                "Open": {"Fn::Equals": [{"Ref": "open"}, "x"]},
                "Both": {"Fn::And": [{"Condition": "Open"}, {"Condition": "Not"}]},
                "Any": {"Fn::Or": [{"Condition": "Open"}, {"Condition": "IsDev"}]},
                "Loop": {"Fn::Equals": [{"Fn::If": ["Loop", "a", "b"]}, "a"]}},
        });
        let folder = std::env::temp_dir().join(format!("vtl-eval-intrinsics-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("stack.json"), template.to_string()).unwrap();
        let options = LoadOptions::default();
        let root = Root::of(&folder, false).unwrap();
        let place = SourcePlace::new(&folder, &root, &options);
        let stacks = Stacks::read(&place, &[folder.join("stack.json")]).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
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
            let value = stacks.value(0, &expression).to_string();
            assert_eq!(stacks.open.borrow().shown(&value), wanted.to_string(), "{expression}");
        }
    }
}
