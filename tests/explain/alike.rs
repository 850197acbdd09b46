//! One input, given to each command that runs a field's resolver: all say the same of it as the main command.

use crate::support::command::{command, fed, run, stdout};
use crate::support::files::{folder, read, read_json, root};
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};

/// Samples of our own, each of a kind.
const SAMPLES: [&str; 5] = ["static-groups", "owner", "list-filter", "custom-group-claim", "iam-roles"];
const REQUEST: &str = "6f1d2c3b-0000-4000-8000-000000000001";

/// One caller of a sample, as the request template of a project with one field.
struct Input {
    /// `Type.field`
    field: String,
    context: Json,
    claims: Json,
    folder: PathBuf,
    /// What the main command says of it.
    main: Json,
}

fn printed(args: &[&str]) -> Json {
    let output = run(args);
    let text = stdout(&output);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{args:?}: {error}: {text}"))
}

impl Input {
    fn new(sample: &str, claims: &Path) -> Self {
        let case = format!("templates/{sample}/case.json");
        let context = read_json(&case);
        let part = |name: &str| context["info"][name].as_str().unwrap();
        let field = format!("{}.{}", part("parentTypeName"), part("fieldName"));
        let function = json!({
            "name": "f", "slot": "unit", "index": 0, "dataSource": {"name": "NONE", "type": "NONE"}, "request": {"file": "t.vtl"},
        });
        let manifest = json!({"pipelines": {&field: {"kind": "UNIT", "functions": [function]}}});
        let template = read(&format!("templates/{sample}/template.vtl"));
        let text = std::fs::read_to_string(claims).unwrap();
        let files =
            [("manifest.json", manifest.to_string()), ("resolvers/t.vtl", template), ("claims.json", text.clone())];
        let folder = folder("alike", &files.each_ref().map(|(name, text)| (*name, text.as_str())));
        let file = |name: &str| folder.join(name).display().to_string();
        let args = [&file("resolvers/t.vtl"), "--context", &case, "--claims", &file("claims.json"), "--format", "json"];
        let main = printed(&args);
        Self { field, context, claims: serde_json::from_str(&text).unwrap(), folder, main }
    }

    fn file(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    fn write(&self, name: &str, json: &Json) -> String {
        std::fs::write(self.folder.join(name), json.to_string()).unwrap();
        self.file(name)
    }

    /// Why it was decided, how near every other way came, and what a reader must know.
    fn facts(&self, report: &Json) -> String {
        let facts = ["hints", "candidates", "suggestions", "decision", "notes"].map(|name| report[name].to_string());
        facts.join("\n").replace(&self.file("resolvers/t.vtl"), "t.vtl")
    }

    fn resolver(&self) {
        let context = self.write("context.json", &self.context);
        let (from, claims) = (self.file("manifest.json"), self.file("claims.json"));
        let args =
            ["resolver", &self.field, "--from", &from, "--context", &context, "--claims", &claims, "--format", "json"];
        assert_eq!(self.facts(&printed(&args)), self.facts(&self.main), "resolver: {}", self.claims);
    }

    fn test(&self) {
        let case = json!({
            "name": "c", "authType": self.main["authType"], "claims": self.claims, "context": self.context,
            "expect": {"verdict": self.main["verdict"]},
        });
        let file =
            self.write("a.vtltest.json", &json!({"resolver": self.field, "from": "manifest.json", "cases": [case]}));
        let ran = &printed(&["test", &file, "--format", "json"])["cases"][0];
        let codes: Vec<&Json> = self.main["hints"].as_array().unwrap().iter().map(|hint| &hint["code"]).collect();
        assert!(ran["passed"] == true, "test: {}: {ran}", self.claims);
        assert_eq!(ran["facts"]["hint"], json!(codes), "test: {}", self.claims);
    }

    /// The first hint's sentence is the reason of a refused cell.
    fn matrix(&self) {
        let persona = json!({"name": "p", "authType": self.main["authType"], "claims": self.claims});
        let mut case = json!({"field": self.field, "persona": "p"});
        for (name, part) in [("args", "arguments"), ("source", "source"), ("result", "result")] {
            if let Some(given) = self.context.get(part) {
                case[name] = given.clone();
            }
        }
        let personas = self.write("personas.json", &json!({"personas": [persona], "cases": [case]}));
        let args = ["matrix", "--from", &self.file("manifest.json"), "--personas", &personas, "--format", "json"];
        let cell = &printed(&args)["cells"][0];
        assert_eq!(cell["verdict"], self.main["verdict"], "matrix: {}", self.claims);
        if self.main["verdict"] == "denied" {
            assert_eq!(cell["reason"], self.main["hints"][0]["message"], "matrix: {}", self.claims);
        }
    }

    /// The first hint is the cause of a refusal in a log.
    fn replay(&self) {
        let (parent, field) = self.field.split_once('.').unwrap();
        let mut context = self.context.clone();
        context["outErrors"] = json!([]);
        let refused = self.main["verdict"] == "denied";
        let error = "CustomTemplateException(message=Not Authorized to access f on type T, errorType=Unauthorized, data=null, errorInfo=null)";
        let entry = json!({
            "logType": "RequestMapping", "path": [field], "fieldName": field, "requestId": REQUEST, "context": context,
            "resolverArn": format!("arn:aws:appsync:eu-west-1:111122223333:apis/abc/types/{parent}/fields/{field}"),
            "fieldInError": refused, "errors": if refused { json!([error]) } else { json!([]) },
            "parentType": parent, "graphQLAPIId": "abc",
        });
        let (log, known) = (self.write("a.log", &entry), self.write("identities.json", &json!({REQUEST: self.claims})));
        let args = ["replay", &log, "--from", &self.file("manifest.json"), "--identities", &known, "--ndjson"];
        let entry = &printed(&args)["entries"][0];
        assert_eq!(entry["local"], self.main["verdict"], "replay: {}", self.claims);
        if refused {
            let hint = &self.main["hints"][0];
            assert_eq!(
                (&entry["cause"], &entry["reason"]),
                (&hint["code"], &hint["message"]),
                "replay: {}",
                self.claims
            );
        }
    }
}

/// The same template and caller, given to what explains a template alone.
struct Alone<'a> {
    input: &'a Input,
    /// With the identity that the command makes of the claims.
    context: Json,
    mode: String,
    template: String,
}

impl<'a> Alone<'a> {
    fn of(input: &'a Input) -> Self {
        let printer = input.file("identity.vtl");
        std::fs::write(&printer, "$util.toJson($ctx.identity)").unwrap();
        let known = printed(&[&printer, "--claims", &input.file("claims.json"), "--format", "json"]);
        let mut context = input.context.clone();
        context["identity"] = serde_json::from_str(known["output"].as_str().unwrap()).unwrap();
        let template = std::fs::read_to_string(input.folder.join("resolvers/t.vtl")).unwrap();
        Self { input, context, mode: input.main["authType"].as_str().unwrap_or_default().to_owned(), template }
    }

    fn batch(&self) {
        let line = json!({
            "id": 1, "templateFile": self.input.file("resolvers/t.vtl"), "context": self.context, "authType": self.mode,
        });
        let rows = fed(command().args(["batch", "--trace", "--allow-outside"]), format!("{line}\n"));
        let row: Json = serde_json::from_str(rows.lines().next().unwrap()).unwrap();
        assert_eq!(self.input.facts(&row), self.input.facts(&self.input.main), "batch: {}", self.input.claims);
    }

    fn diagnose(&self) {
        let report = json!({
            "template": self.template, "templateName": "t.vtl", "context": self.context, "authType": self.mode,
        });
        let file = self.input.write("report.json", &report);
        let found = printed(&["diagnose", &file, "--format", "json"]);
        let own = &found["resolver"];
        assert_eq!(self.input.facts(own), self.input.facts(&self.input.main), "diagnose: {}", self.input.claims);
    }

    fn library(&self) {
        let template = vtl_eval::Template::parse("t.vtl", &self.template).unwrap();
        let mode = vtl_eval::AuthType::parse(&self.mode).unwrap();
        let context = vtl_eval::Context::from_json(&self.context.to_string()).unwrap().auth_type(mode);
        let why = vtl_eval::explain(&template, &context).unwrap();
        let said = |list: &str| -> Vec<(String, String)> {
            let text = |one: &Json, name: &str| one[name].as_str().unwrap_or_default().to_owned();
            self.input.main[list]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| (text(one, "code"), text(one, "message")))
                .collect()
        };
        let local = |text: String| text.replace(&self.input.file("resolvers/t.vtl"), "t.vtl");
        let main = |list: &str| said(list).into_iter().map(|(code, text)| (code, local(text))).collect::<Vec<_>>();
        let hints: Vec<_> = why.hints().iter().map(|hint| (hint.code.to_string(), hint.message.to_string())).collect();
        assert_eq!(hints, main("hints"), "library: {}", self.input.claims);
        let notes: Vec<_> = why.notes().iter().map(|note| (note.code.to_string(), note.message.to_string())).collect();
        assert_eq!(notes, main("notes"), "library: {}", self.input.claims);
        let counts = (why.candidates().len(), why.suggestions().len());
        let of_main = ["candidates", "suggestions"].map(|list| self.input.main[list].as_array().unwrap().len());
        assert_eq!([counts.0, counts.1], of_main, "library: {}", self.input.claims);
    }
}

#[test]
fn every_command_that_runs_a_resolver_explains_alike() {
    let (mut refused, mut logged, mut judged) = (0, 0, 0);
    for sample in SAMPLES {
        let mut claims: Vec<_> = std::fs::read_dir(root(&format!("templates/{sample}/claims"))).unwrap().collect();
        claims.sort_by_key(|entry| entry.as_ref().unwrap().path());
        for claims in claims {
            let input = Input::new(sample, &claims.unwrap().path());
            input.resolver();
            input.test();
            let alone = Alone::of(&input);
            alone.batch();
            alone.diagnose();
            alone.library();
            // The personas of a matrix have no stash, and who calls with a key has no identity that a log could be given.
            if input.context.get("stash").is_none() {
                input.matrix();
                judged += 1;
            }
            if !input.claims.is_null() {
                input.replay();
                logged += 1;
            }
            refused += usize::from(input.main["verdict"] == "denied");
        }
    }
    assert!(refused >= 8 && logged >= 12 && judged >= 10, "{refused} refused, {logged} logged, {judged} judged");
}
