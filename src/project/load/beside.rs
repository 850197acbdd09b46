//! What the tools of a project have written down of its deployment: Amplify Gen 1's `amplify-meta.json`,
//! `team-provider-info.json` and `parameters.json`, SAM's `samconfig.toml`, the CDK's `cdk.context.json`. They fill what a
//! template leaves open where nobody gives it.

use crate::message::{Message, Part};
use crate::code::Code;
use crate::finding::Finding;
use crate::project::root::Root;
use serde_json::{Map, Value as Json};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Folders looked at above a source.
const FARTHEST: usize = 8;

/// Values by the name of a parameter, and the file that each is from.
#[derive(Debug, Default)]
pub struct Beside {
    values: Map<String, Json>,
    files: Map<String, Json>,
    used: RefCell<BTreeSet<String>>,
}

impl Beside {
    /// Reads the files in the folders of a source, the nearest first, inside the root.
    pub fn of(root: &Root, source: &Path) -> Self {
        let whole = crate::files::real_or_same(source);
        let mut found = Self::default();
        for folder in whole.ancestors().take(FARTHEST).take_while(|folder| folder.starts_with(root.folder())) {
            let read = |name: &str| {
                let file = folder.join(name);
                root.has(&file).then(|| root.text(&file).ok()).flatten().map(|text| (file, text))
            };
            if let Some((file, json)) = read("parameters.json").and_then(parsed) {
                found.parameters(&file, &json);
            }
            if let Some((file, json)) = read("amplify-meta.json").and_then(parsed) {
                found.amplify(&file, json.pointer("/providers/awscloudformation").unwrap_or(&Json::Null));
            }
            if let Some((file, json)) = read("team-provider-info.json").and_then(parsed) {
                found.team(&file, &json, folder);
            }
            #[cfg(feature = "projects")]
            if let Some((file, text)) = read("samconfig.toml") {
                found.sam(&file, &text);
            }
            if let Some((file, json)) = read("cdk.context.json").and_then(parsed) {
                found.cdk(&file, &json);
            }
        }
        found
    }

    /// The value of a name.
    pub fn value(&self, name: &str) -> Option<&Json> {
        let found = self.values.get(name)?;
        self.used.borrow_mut().insert(name.to_owned());
        Some(found)
    }

    /// Which values were of use, and the files that they are from.
    pub fn finding(&self) -> Option<Finding> {
        let used = self.used.borrow();
        let shown = |name: &String| {
            let value = self.values.get(name)?;
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            Some(format!("{name} is {value} ({})", self.files.get(name)?.as_str()?))
        };
        let words: Vec<String> = used.iter().filter_map(shown).collect();
        let message = Message::of(
            "read from what the project keeps of its deployment: {}",
            [Part::Text(words.join(", "))],
        );
        (!words.is_empty()).then(|| Finding::new(Code::ValueBeside, message))
    }

    fn add(&mut self, file: &Path, name: &str, value: &Json) {
        if (value.is_string() || value.is_number() || value.is_boolean()) && !self.values.contains_key(name) {
            self.values.insert(name.to_owned(), value.clone());
            self.files.insert(name.to_owned(), file.display().to_string().into());
        }
    }

    /// The parameters of Gen 1's own stack: texts are values, objects are functions of another stack.
    fn parameters(&mut self, file: &Path, json: &Json) {
        for (name, value) in json.as_object().into_iter().flatten() {
            self.add(file, name, value);
        }
    }

    /// What Gen 1 keeps of an environment's root stack.
    fn amplify(&mut self, file: &Path, provider: &Json) {
        let names = [
            ("AuthRoleName", "authRoleName"),
            ("UnauthRoleName", "unauthRoleName"),
            ("AuthRoleName", "AuthRoleName"),
            ("UnauthRoleName", "UnauthRoleName"),
            ("Region", "AWS::Region"),
            ("DeploymentBucketName", "S3DeploymentBucket"),
        ];
        for (theirs, ours) in names {
            self.add(file, ours, provider.get(theirs).unwrap_or(&Json::Null));
        }
        let account = ["AuthRoleArn", "UnauthRoleArn", "StackId"].iter().find_map(|name| provider.get(*name)?.as_str());
        if let Some(account) = account.and_then(|arn| arn.split(':').nth(4)).filter(|account| !account.is_empty()) {
            self.add(file, "AWS::AccountId", &account.into());
        }
        // `amplify-NAME-ENV-12345`
        let parts: Vec<&str> =
            provider.get("StackName").and_then(Json::as_str).map_or_else(Vec::new, |name| name.split('-').collect());
        if let ["amplify", .., env, number] = parts.as_slice()
            && number.chars().all(|letter| letter.is_ascii_digit())
        {
            self.add(file, "env", &(*env).into());
        }
    }

    /// Every environment has its own: the one that is checked out, or the only one.
    fn team(&mut self, file: &Path, json: &Json, folder: &Path) {
        let Some(all) = json.as_object() else { return };
        let local = folder.join(".config/local-env-info.json");
        let current = crate::files::read_ordinary(&local).ok().and_then(|text| serde_json::from_str::<Json>(&text).ok());
        let current = current.as_ref().and_then(|json| json.get("envName")?.as_str());
        let name = match (current, all.len()) {
            (Some(name), _) => Some(name.to_owned()),
            (None, 1) => all.keys().next().cloned(),
            _ => None,
        };
        let Some(name) = name else { return };
        if let Some(provider) = all.get(&name).and_then(|own| own.get("awscloudformation")) {
            self.add(file, "env", &name.as_str().into());
            self.amplify(file, provider);
        }
    }

    /// `[default.deploy.parameters]` with `parameter_overrides` and `region`, or those for all commands.
    #[cfg(feature = "projects")]
    fn sam(&mut self, file: &Path, text: &str) {
        let Ok(json) = toml::from_str::<Json>(text) else { return };
        for command in ["deploy", "global"] {
            let Some(parameters) = json.pointer(&format!("/default/{command}/parameters")) else { continue };
            if let Some(region) = parameters.get("region") {
                self.add(file, "AWS::Region", region);
            }
            let overrides = match parameters.get("parameter_overrides") {
                Some(Json::String(text)) => words(text),
                Some(Json::Array(list)) => list.iter().filter_map(Json::as_str).flat_map(words).collect(),
                _ => Vec::new(),
            };
            for (name, value) in overrides.iter().filter_map(|pair| pair.split_once('=')) {
                self.add(file, name.trim_matches('"'), &value.trim_matches('"').into());
            }
        }
    }

    /// Keys such as `availability-zones:account=1:region=eu-west-1` tell account and region, where they all agree.
    fn cdk(&mut self, file: &Path, json: &Json) {
        for (part, ours) in [("account=", "AWS::AccountId"), ("region=", "AWS::Region")] {
            let keys = json.as_object().into_iter().flatten().map(|(name, _)| name);
            let mut values: Vec<&str> = keys.filter_map(|key| key.split(':').find_map(|one| one.strip_prefix(part))).collect();
            values.dedup();
            if let [only] = values.as_slice() {
                self.add(file, ours, &(*only).into());
            }
        }
    }
}

fn parsed((file, text): (PathBuf, String)) -> Option<(PathBuf, Json)> {
    Some((file, serde_json::from_str(&text).ok()?))
}

/// Words between blanks; quotes hold them together.
#[cfg(feature = "projects")]
fn words(text: &str) -> Vec<String> {
    let (mut all, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for letter in text.chars() {
        match letter {
            '"' => quoted = !quoted,
            letter if letter.is_whitespace() && !quoted => {
                all.extend(Some(std::mem::take(&mut word)).filter(|word| !word.is_empty()));
            }
            letter => word.push(letter),
        }
    }
    all.extend(Some(word).filter(|word| !word.is_empty()));
    all
}
