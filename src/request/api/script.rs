//! A configuration's text: JSON, YAML, Terraform's language, or `aws-exports.js`, a script whose one object is JSON but for its
//! names, quotes and commas.

use serde_json::Value as Json;

crate::message::sentence_error! {
    /// What keeps a text from being read as an API's configuration.
    ScriptError
}

/// What is said of the CDK's own code and of the properties in it: which file has what that makes of them.
pub(super) const OF_CDK: &str = "is code of the CDK or its properties (authorizationConfig), which name constructs and not what is deployed: give cdk.out/tree.json or the synthesized template (cdk synth), or the answer of aws appsync get-graphql-api";

/// Reads a configuration's text: JSON, YAML, Terraform's configuration, or a script with one object.
///
/// # Errors
/// What is wrong with it.
pub fn to_json(text: &str) -> Result<Json, ScriptError> {
    let text = text.trim_start_matches('\u{FEFF}');
    if text.trim_start().starts_with(['{', '[']) {
        return crate::json::read(text).map_err(|error| format!("is not valid JSON: {error}").into());
    }
    if text.contains("resource \"aws_appsync_graphql_api\"") {
        return of_terraform(text);
    }
    if is_yaml(text) {
        return crate::project::yaml::read(text).map_err(|error| error.to_string().into());
    }
    if ["authorizationConfig", "authorization_config", "AuthorizationConfig"].iter().any(|name| text.contains(name)) {
        return Err(OF_CDK.into());
    }
    let begin = object(text).ok_or("holds no JSON and no script with an object, as aws-exports.js has it")?;
    let plain = plain(&text[begin..])?;
    crate::json::read(&plain).map_err(|error| format!("has an object that is not data alone: {error}").into())
}

#[cfg(feature = "projects")]
fn of_terraform(text: &str) -> Result<Json, ScriptError> {
    crate::project::terraform_json(text).map_err(|error| error.to_string().into())
}

#[cfg(not(feature = "projects"))]
fn of_terraform(_: &str) -> Result<Json, ScriptError> {
    Err("is a Terraform configuration, which is not read here: give what `terraform show -json` prints".into())
}

/// Whether the first line that is no comment is a key at the margin, or the mark of a document.
fn is_yaml(text: &str) -> bool {
    let first = text.lines().find(|line| !line.trim().is_empty() && !line.starts_with('#')).unwrap_or_default();
    let is_key = |(name, rest): (&str, &str)| {
        let plain = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '"' | '\'');
        !name.is_empty() && name.chars().all(plain) && (rest.is_empty() || rest.starts_with(char::is_whitespace))
    };
    first.trim_end() == "---" || first.starts_with("- ") || first.split_once(':').is_some_and(is_key)
}

/// Where the object begins: after `= ` or `export default`.
fn object(text: &str) -> Option<usize> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let code = line.trim_start();
        let comment = code.starts_with("//") || code.starts_with("/*") || code.starts_with('*');
        if !comment
            && (line.contains('=') || code.starts_with("export default"))
            && let Some(brace) = text[at..].find('{')
        {
            return Some(at + brace);
        }
        at += line.len();
    }
    None
}

/// A script's object, which the text begins with, as data.
///
/// # Errors
/// It is not data alone.
pub fn object_of_script(text: &str) -> Result<Json, ScriptError> {
    serde_json::from_str(&plain(text)?).map_err(|error| format!("are not data alone: {error}").into())
}

/// The object as JSON: names in quotes, single quotes made double, comments and trailing commas left out.
fn plain(text: &str) -> Result<String, ScriptError> {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    let mut depth = 0_u32;
    while let Some(letter) = letters.next() {
        match letter {
            '"' | '\'' => quoted(letter, &mut letters, &mut out),
            '/' if letters.peek() == Some(&'/') => letters.by_ref().take_while(|letter| *letter != '\n').for_each(drop),
            '/' if letters.peek() == Some(&'*') => {
                letters.next();
                let mut last = ' ';
                for letter in letters.by_ref() {
                    if last == '*' && letter == '/' {
                        break;
                    }
                    last = letter;
                }
            }
            '{' | '[' => {
                depth += 1;
                out.push(letter);
            }
            '}' | ']' => {
                let kept = out.trim_end().trim_end_matches(',').len();
                out.truncate(kept);
                out.push(letter);
                depth -= 1;
                if depth == 0 {
                    return Ok(out);
                }
            }
            letter if letter.is_alphabetic() || matches!(letter, '_' | '$') => {
                let mut word = String::from(letter);
                while let Some(more) = letters.next_if(|more| more.is_alphanumeric() || matches!(more, '_' | '$')) {
                    word.push(more);
                }
                if matches!(word.as_str(), "true" | "false" | "null") {
                    out.push_str(&word);
                } else {
                    out.push_str(&Json::from(word).to_string());
                }
            }
            other => out.push(other),
        }
    }
    Err("ends inside its object".into())
}

fn quoted(mark: char, letters: &mut std::iter::Peekable<std::str::Chars<'_>>, out: &mut String) {
    out.push('"');
    while let Some(letter) = letters.next() {
        match letter {
            letter if letter == mark => break,
            '\\' => match letters.next() {
                Some('\'') => out.push('\''),
                Some(other) => {
                    out.push('\\');
                    out.push(other);
                }
                None => break,
            },
            '"' => out.push_str("\\\""),
            other => out.push(other),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::to_json;

    // The form that `amplify push` writes: https://docs.amplify.aws/gen1/react/build-a-backend/graphqlapi/connect-to-api/
    #[test]
    fn a_script_is_read_as_data() {
        let text = "/* eslint-disable */\n// x = {\nconst awsmobile = {\n  \"aws_appsync_apiKey\": \"da2-a\", // the key\n  region: 'eu\"',\n  list: [1, 2,],\n};\nexport default awsmobile;\n";
        let json = to_json(text).expect("a script");
        assert_eq!(json, serde_json::json!({"aws_appsync_apiKey": "da2-a", "region": "eu\"", "list": [1, 2]}));
        assert!(to_json("const x = { a: ").is_err());
        assert!(to_json("hello").is_err());
        assert!(to_json("const x = { a: process.env.KEY }").is_err());
    }

    #[test]
    fn yaml_is_known_by_its_first_key() {
        let json = to_json("# the api\nappSync:\n  name: a\n  authentication:\n    type: API_KEY # a=${b}\n").expect("YAML");
        assert_eq!(json.pointer("/appSync/authentication/type").and_then(serde_json::Value::as_str), Some("API_KEY"));
        assert!(to_json("AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  A:\n    Type: !Sub x\n").is_ok());
    }

    #[cfg(feature = "projects")]
    #[test]
    fn a_terraform_configuration_is_read_as_its_json() {
        let text = "resource \"aws_appsync_graphql_api\" \"a\" {\n  authentication_type = var.mode\n  lambda_authorizer_config {\n    identity_validation_expression = \"^a$\"\n  }\n}\n";
        let json = to_json(text).expect("HCL");
        assert_eq!(json.pointer("/resource/aws_appsync_graphql_api/a/authentication_type"), Some(&"${var.mode}".into()));
    }
}
