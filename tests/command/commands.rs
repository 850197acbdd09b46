//! The commands as processes: what they print, and their exit codes.

use crate::support::command::{json, run};
use crate::support::files::temporary;
use base64::Engine as _;
use serde_json::{Value as Json, json};

const NOTES: &str = "templates/notes-api/manifest.json";
const PERSONAS: &str = "templates/notes-api/personas.json";

#[test]
fn a_pipeline_names_its_deciding_template() {
    let claims = r#"{"sub":"bob","token_use":"access","cognito:groups":["moderators"]}"#;
    let base = ["resolver", "Mutation.deleteNote", "--from", NOTES, "--claims", claims, "--args", r#"{"id":"n1"}"#];
    let report = json(&[&base[..], &["--result", r#"{"owner":"ann-1"}"#, "--format", "json"]].concat(), 2);
    assert_eq!(report["verdict"], "denied");
    assert_eq!(report["field"], "Mutation.deleteNote");
    assert_eq!(report["template"], "Mutation.deleteNote.auth.1.res.vtl");
    assert_eq!(report["decidedBy"]["half"], "response");
    assert_eq!(report["decision"]["at"]["line"], 14);
    assert_eq!(report["error"]["message"], "Not Authorized to access deleteNote on type Mutation");
    assert_eq!(report["hints"][0]["code"], "group-case-mismatch");
    // Every suggestion was proved: the first adds the group as the rule spells it.
    assert_eq!(report["suggestions"][0]["changes"][0]["value"], "Moderators");
    assert_eq!(report["suggestions"][0]["verdict"], "allowed");
    // Without the row there is no verdict: the owner may be the caller.
    let missing = json(&[&base[..], &["--format", "json"]].concat(), 3);
    assert_eq!(missing["verdict"], "unknown");
    assert_eq!(missing["suggestions"], serde_json::json!([]), "{missing:#}");
    assert!(missing["notes"].as_array().unwrap().iter().any(|note| note["code"] == "not-given"), "{missing:#}");
    // A part that nobody gave is the first thing said, and never taken for a row that is not there.
    assert_eq!(missing["hints"][0]["code"], "not-given");
    assert!(missing["hints"].as_array().unwrap().iter().all(|hint| hint["code"] != "row-missing"), "{missing:#}");
}

#[test]
fn a_filter_is_part_of_the_answer() {
    let claims = r#"{"sub":"ann-1","token_use":"access"}"#;
    let report = json(
        &[
            "resolver",
            "Query.listNotes",
            "--from",
            NOTES,
            "--claims",
            claims,
            "--result",
            r#"{"items":[]}"#,
            "--format",
            "json",
        ],
        0,
    );
    assert_eq!(report["verdict"], "filtered");
    assert_eq!(report["filter"], json!({"or": [{"owner": {"eq": "ann-1"}}]}));
    assert_eq!(report["template"], "Query.listNotes.auth.1.req.vtl");
}

#[test]
fn an_unknown_field_is_answered_with_a_near_one() {
    let output = run(&["resolver", "Query.listnotes", "--from", NOTES]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("did you mean Query.listNotes?"));
}

#[test]
fn the_matrix_says_who_may_do_what() {
    let matrix = json(&["matrix", "--from", NOTES, "--personas", PERSONAS, "--format", "json"], 0);
    let verdicts: Vec<_> =
        matrix["cells"].as_array().unwrap().iter().map(|cell| cell["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["filtered", "allowed", "denied", "allowed", "allowed", "denied", "denied", "completed"]);
    assert_eq!(matrix["cells"][5]["decidedBy"]["line"], 14);
    let csv = run(&["matrix", "--from", NOTES, "--personas", PERSONAS, "--format", "csv"]);
    assert_eq!(String::from_utf8_lossy(&csv.stdout).lines().count(), 9);
    let page = run(&["matrix", "--from", NOTES, "--personas", PERSONAS, "--format", "html"]);
    let page = String::from_utf8_lossy(&page.stdout).into_owned();
    assert!(
        page.contains("<table>") && !page.contains("http://") && !page.contains("https://"),
        "one file, no network"
    );
}

#[test]
fn a_diff_that_opens_something_exits_with_2() {
    let folder = temporary("diff");
    std::fs::create_dir_all(&folder).unwrap();
    let old = folder.join("old.json");
    let matrix = json(&["matrix", "--from", NOTES, "--personas", PERSONAS, "--format", "json"], 0);
    let path = old.to_str().unwrap();
    let diff =
        |code| json(&["matrix", "--from", NOTES, "--personas", PERSONAS, "--format", "json", "--diff", path], code);
    std::fs::write(&old, matrix.to_string()).unwrap();
    assert_eq!(diff(0)["diff"], json!([]));
    let mut stricter = matrix.clone();
    stricter["cells"][1]["verdict"] = json!("denied");
    std::fs::write(&old, stricter.to_string()).unwrap();
    assert_eq!(diff(2)["diff"][0]["change"], "opened");
    let mut laxer = matrix;
    laxer["cells"][2]["verdict"] = json!("allowed");
    std::fs::write(&old, laxer.to_string()).unwrap();
    assert_eq!(diff(0)["diff"][0]["change"], "closed");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn case_files_pass_and_fail() {
    let folder = temporary("cases");
    std::fs::create_dir_all(&folder).unwrap();
    let junit = folder.join("junit.xml");
    let output = run(&["test", "templates/notes-api", "--coverage", "text", "--junit", junit.to_str().unwrap()]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("4 passed, 0 failed"), "{text}");
    assert!(text.contains("Mutation.deleteNote.auth.1.res.vtl"), "{text}");
    let xml = std::fs::read_to_string(&junit).unwrap();
    assert!(xml.contains("tests=\"4\" failures=\"0\""), "{xml}");
    // A case file refers to what lies in its own root.
    let template = "template.vtl";
    std::fs::copy(
        format!("{}/templates/static-groups/template.vtl", env!("CARGO_MANIFEST_DIR")),
        folder.join(template),
    )
    .unwrap();
    let cases = json!({"template": template, "cases": [
        {"name": "wrong", "claims": {"sub": "1", "token_use": "access"}, "expect": {"verdict": "allowed"}},
        {"name": "right", "claims": {"sub": "1", "token_use": "access"}, "expect": {"hint": "no-groups"}},
    ]});
    let file = folder.join("a.vtltest.json");
    std::fs::write(&file, cases.to_string()).unwrap();
    let output = run(&["test", file.to_str().unwrap()]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains("verdict: expected \"allowed\", got \"denied\""), "{text}");
    assert!(text.contains("│ DENIED"), "the explanation stands below: {text}");
    let filtered = run(&["test", file.to_str().unwrap(), "--filter", "right"]);
    assert_eq!(filtered.status.code(), Some(0));
    assert_eq!(run(&["test", file.to_str().unwrap(), "--update"]).status.code(), Some(0));
    assert_eq!(run(&["test", file.to_str().unwrap()]).status.code(), Some(0), "what was decided is expected now");
    std::fs::remove_dir_all(&folder).unwrap();
}

/// What a case file or a personas file says wrongly is said, never taken as passed.
#[test]
fn misspelt_members_are_errors() {
    let folder = temporary("misspelt");
    std::fs::create_dir_all(&folder).unwrap();
    // A case file refers to what lies in its own root.
    let template = "template.vtl";
    std::fs::copy(
        format!("{}/templates/static-groups/template.vtl", env!("CARGO_MANIFEST_DIR")),
        folder.join(template),
    )
    .unwrap();
    let file = folder.join("a.vtltest.json");
    for (case, words) in [
        (json!({"name": "empty", "claims": {"sub": "1"}}), "expects nothing"),
        (json!({"name": "typo", "claims": {"sub": "1"}, "expect": {"verdit": "denied"}}), "unknown member \"verdit\""),
        (json!({"name": "typo", "claim": {"sub": "1"}, "expect": {"verdict": "denied"}}), "unknown member \"claim\""),
    ] {
        std::fs::write(&file, json!({"template": template, "cases": [case]}).to_string()).unwrap();
        let output = run(&["test", file.to_str().unwrap()]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.contains(words), "{text}");
    }
    let personas = folder.join("personas.json");
    std::fs::write(&personas, r#"{"personas": [{"name": "ann", "claim": {"sub": "1"}}]}"#).unwrap();
    let output = run(&["matrix", "--from", NOTES, "--personas", personas.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("did you mean \"claims\"?"));
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Programs read coverage from standard output alone; templates of one name are not mixed.
#[test]
fn coverage_for_programs() {
    let folder = temporary("coverage");
    std::fs::create_dir_all(&folder).unwrap();
    for (name, text) in [
        ("a", "#if($ctx.args.x)\nyes\n#else\n#if($ctx.args.y)\nno\n#end\n#end\n"),
        ("b", "#set($isAuthorized = true)\n"),
    ] {
        std::fs::create_dir_all(folder.join(name)).unwrap();
        std::fs::write(folder.join(name).join("template.vtl"), text).unwrap();
        let cases = json!({"template": "template.vtl", "cases": [{"args": {"x": true}, "expect": {"error": null}}]});
        std::fs::write(folder.join(name).join("x.vtltest.json"), cases.to_string()).unwrap();
    }
    let path = folder.to_str().unwrap();
    let report = json(&["test", path, "--coverage", "json"], 0);
    assert_eq!(report["templates"].as_array().unwrap().len(), 2);
    let conditions = &report["templates"][0]["conditions"];
    assert_eq!(conditions[0], json!({"line": 1, "true": 1, "false": 0}));
    let output = run(&["test", path, "--coverage", "lcov"]);
    let lcov = String::from_utf8_lossy(&output.stdout).into_owned();
    // The form of geninfo(1): a condition that was never judged has `-`.
    assert!(lcov.starts_with("TN:\nSF:"), "{lcov}");
    let lines: Vec<&str> = lcov.lines().collect();
    for line in ["BRDA:1,0,0,1", "BRDA:1,0,1,0", "BRDA:4,1,0,-", "BRDA:4,1,1,-", "BRF:4", "BRH:1"] {
        assert!(lines.contains(&line), "{line}: {lcov}");
    }
    for source in lines.iter().filter_map(|line| line.strip_prefix("SF:")) {
        assert!(std::path::Path::new(source).is_file(), "tools find the template: {source}");
    }
    // A pipeline: files as seen from here, the ones that no case reaches too, and sums that are those of their records.
    let output = run(&["test", "templates/notes-api", "--coverage", "lcov"]);
    let lcov = String::from_utf8_lossy(&output.stdout).into_owned();
    let records: Vec<&str> = lcov.split_terminator("end_of_record\n").collect();
    assert_eq!(records.len(), std::fs::read_dir("templates/notes-api/resolvers").unwrap().count());
    for record in records {
        let fields: Vec<(&str, &str)> = record.lines().filter_map(|line| line.split_once(':')).collect();
        let all =
            |name: &str| fields.iter().filter(|(key, _)| *key == name).map(|(_, value)| *value).collect::<Vec<_>>();
        let hit =
            |name: &str| all(name).iter().filter(|value| !matches!(value.rsplit(',').next(), Some("0" | "-"))).count();
        let sum = |name: &str| all(name)[0].parse::<usize>().unwrap();
        assert!(
            all("SF")[0].starts_with("templates/notes-api/resolvers/") && std::path::Path::new(all("SF")[0]).is_file()
        );
        assert_eq!((sum("LF"), sum("LH")), (all("DA").len(), hit("DA")), "{record}");
        assert_eq!((sum("BRF"), sum("BRH")), (all("BRDA").len(), hit("BRDA")), "{record}");
    }
    assert!(
        lcov.contains("SF:templates/notes-api/resolvers/Query.serverTime.req.vtl\nBRF:0\nBRH:0\nDA:1,0\n"),
        "{lcov}"
    );
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn each_layer_refuses_with_its_finding() {
    for (file, layer, code) in [
        ("expired-token", "request", "token-expired"),
        ("directive", "mode", "directive-excludes-mode"),
        ("iam", "iam", "iam-not-granted"),
        ("authorizer", "authorizer", "field-denied-by-authorizer"),
    ] {
        let report = json(&["diagnose", &format!("tests/inputs/diagnose/{file}.json"), "--format", "json"], 2);
        assert_eq!(report["verdict"], "denied", "{file}");
        assert_eq!(report["layer"], layer, "{file}");
        assert_eq!(report["hints"][0]["code"], code, "{file}: {report:#}");
        assert_eq!(report["observed"]["consistent"], true, "{file}");
    }
    let report = json(&["diagnose", "tests/inputs/diagnose/records.json", "--format", "json"], 0);
    assert_eq!((&report["verdict"], &report["layer"]), (&json!("filtered"), &json!("records")));
    // The term with its values first, then what the row lacks. The filter keeps a row, so that it does match something.
    let codes: Vec<_> = report["hints"].as_array().unwrap().iter().map(|hint| hint["code"].as_str().unwrap()).collect();
    assert_eq!(codes[..2], ["filter-leaves-out", "owner-absent"]);
}

#[test]
fn a_har_gives_one_verdict_a_field() {
    let report = json(&["diagnose", "tests/inputs/diagnose/requests.har", "--format", "json"], 2);
    let rows: Vec<_> = report["requests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["field"].as_str(), row["verdict"].as_str().unwrap(), row["layer"].as_str()))
        .collect();
    assert_eq!(
        rows,
        [
            // The alias `mine` stands for listNotes: its error is matched by path.
            (Some("Query.listNotes"), "denied", Some("resolver")),
            (Some("Query.serverTime"), "unknown", None),
            (Some("Query.serverTime"), "denied", Some("request")),
            (None, "denied", Some("request")),
        ]
    );
}

/// Nothing secret in any form of the report.
#[test]
fn secrets_are_never_printed() {
    let har =
        std::fs::read_to_string(format!("{}/tests/inputs/diagnose/requests.har", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let har: Json = serde_json::from_str(&har).unwrap();
    let token = har["log"]["entries"][1]["request"]["headers"][0]["value"].as_str().unwrap();
    let signature = token.rsplit('.').next().unwrap();
    assert!(signature.len() > 10);
    let files = ["requests.har", "expired-token.json", "authorizer.json"];
    for file in files {
        for format in ["text", "json", "html"] {
            let output =
                run(&["diagnose", &format!("tests/inputs/diagnose/{file}"), "--format", format, "--color", "never"]);
            let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
            for secret in [token, signature, "da2-aaaaaaaaaaaaaaaaaaaaaaaaaa", "my-own-scheme secret"] {
                assert!(!text.contains(secret), "{file} as {format} shows a secret");
            }
        }
    }
    let folder = temporary("token");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("token");
    std::fs::write(&file, token).unwrap();
    for format in ["text", "json", "html"] {
        let output = run(&["token", file.to_str().unwrap(), "--format", format, "--now", "1700000100"]);
        assert_eq!(output.status.code(), Some(0));
        assert!(!String::from_utf8_lossy(&output.stdout).contains(signature), "{format}");
    }
    let expired = json(&["token", file.to_str().unwrap(), "--format", "json", "--now", "1700003600"], 2);
    assert_eq!(expired["findings"][0]["code"], "token-expired");
    let other =
        json(&["token", file.to_str().unwrap(), "--format", "json", "--now", "1700000100", "--issuer", "https://x"], 2);
    assert_eq!(other["findings"][0]["code"], "issuer-mismatch");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn bad_input_is_an_error_and_never_a_panic() {
    for args in [
        &["diagnose", "Cargo.toml"][..],
        &["diagnose", "no-such-file"],
        &["matrix", "--from", "src", "--personas", PERSONAS],
        &["matrix", "--from", NOTES, "--personas", "Cargo.toml"],
        &["resolver", "Query.x", "--from", "Cargo.toml"],
        &["test", "Cargo.toml"],
        &["test", "src"],
        &["check", "docs"],
        &["token", "Cargo.toml"],
    ] {
        let output = run(args);
        assert_eq!(output.status.code(), Some(1), "{args:?}: {}", String::from_utf8_lossy(&output.stdout));
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(text.starts_with("error: ") && !text.contains("panicked"), "{args:?}: {text}");
    }
}

#[test]
fn the_page_needs_no_network() {
    let output = run(&[
        "templates/static-groups/template.vtl",
        "--context",
        "templates/static-groups/case.json",
        "--claims",
        "templates/static-groups/claims/deny-lower-case-group.json",
        "--format",
        "html",
    ]);
    assert_eq!(output.status.code(), Some(2));
    let page = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(page.starts_with("<!doctype html>") && page.trim_end().ends_with("</html>"));
    assert!(page.contains("id=\"L15\" class=\"decided\""), "the deciding line is marked");
    assert!(page.contains("id=\"claim-cognito:groups\" class=\"mattered\""), "the claim that decided is marked");
    for foreign in ["src=", "@import", "url(", "<script"] {
        assert!(!page.contains(foreign), "{foreign}");
    }
}

#[test]
fn the_form_of_aws() {
    let report =
        json(&["templates/owner/template.vtl", "--context", r#"{"identity":{"claims":{}}}"#, "--format", "aws"], 2);
    assert!(report["error"]["message"].is_string(), "{report:#}");
    assert!(report.get("evaluationResult").is_none(), "absent members are left out");
}

/// What a page says, without its marks.
fn words(page: &str) -> String {
    let mut out = String::new();
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        rest = rest[at..].find('>').map_or("", |end| &rest[at + end + 1..]);
    }
    out.push_str(rest);
    let signs = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    signs.iter().fold(out, |text, (from, to)| text.replace(from, to))
}

fn leaves(json: &Json, path: &str, found: &mut Vec<(String, String)>) {
    match json {
        Json::Object(map) => map.iter().for_each(|(key, value)| leaves(value, &format!("{path}.{key}"), found)),
        Json::Array(list) => list.iter().for_each(|value| leaves(value, path, found)),
        Json::String(text) => found.push((path.to_owned(), text.clone())),
        Json::Number(number) => found.push((path.to_owned(), number.to_string())),
        // How these are said differs by where they stand: `held`, `not taken`, `absent`.
        Json::Bool(_) | Json::Null => {}
    }
}

/// Every fact of the JSON report stands in the page, and the page is well formed.
#[test]
fn the_page_has_every_fact_of_the_json() {
    let claims = |folder: &str, name: &str| format!("templates/{folder}/claims/{name}.json");
    let sample = |folder: &str, name: &str| {
        let (template, case) = (format!("templates/{folder}/template.vtl"), format!("templates/{folder}/case.json"));
        vec![template, "--context".to_owned(), case, "--claims".to_owned(), claims(folder, name)]
    };
    let owned = |args: &[&str]| args.iter().map(|arg| (*arg).to_owned()).collect::<Vec<_>>();
    let folder = temporary("facts");
    std::fs::create_dir_all(&folder).unwrap();
    let token = folder.join("token");
    let part = |json: Json| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(json.to_string());
    let payload = json!({"sub": "bob", "token_use": "id", "iat": 1_699_996_400, "exp": 1_700_000_000,
        "aud": "client1", "iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab1",
        "cognito:username": "bob", "cognito:groups": ["editors"]});
    std::fs::write(&token, format!("{}.{}.c2ln", part(json!({"alg": "RS256", "kid": "k"})), part(payload))).unwrap();
    let commands = [
        sample("static-groups", "deny-lower-case-group"),
        [sample("static-groups", "allow-editor"), owned(&["--why-allowed"])].concat(),
        sample("list-filter", "filter-owner"),
        sample("field-lists", "deny-clerk-sends-price"),
        sample("iam-roles", "deny-guest"),
        sample("custom-group-claim", "deny-access-token"),
        owned(&[
            "resolver",
            "Mutation.deleteNote",
            "--from",
            NOTES,
            "--claims",
            r#"{"sub":"bob","token_use":"access"}"#,
        ]),
        owned(&["diagnose", "tests/inputs/diagnose/directive.json"]),
        owned(&["diagnose", "tests/inputs/diagnose/iam.json"]),
        owned(&["diagnose", "tests/inputs/diagnose/records.json"]),
        owned(&["diagnose", "tests/inputs/diagnose/requests.har"]),
        owned(&["matrix", "--from", NOTES, "--personas", PERSONAS]),
        owned(&["token", token.to_str().unwrap(), "--now", "1700000100"]),
        owned(&["replay", "tests/inputs/replay/notes.log"]),
        owned(&[
            "replay",
            "tests/inputs/replay/notes.log",
            "--from",
            NOTES,
            "--claims",
            "tests/inputs/replay/moderator.json",
        ]),
    ];
    let mut missing = Vec::new();
    for command in commands {
        let with = |format: &str| {
            let args: Vec<&str> = command.iter().map(String::as_str).chain(["--format", format]).collect();
            String::from_utf8(run(&args).stdout).unwrap()
        };
        let (json, page) = (with("json"), with("html"));
        let json: Json = serde_json::from_str(&json).unwrap_or_else(|error| panic!("{command:?}: {error}: {json}"));
        assert_eq!(page.matches("<!doctype html>").count(), 1, "{command:?}: one page");
        for tag in
            ["details", "summary", "section", "table", "tr", "ol", "ul", "li", "dl", "dd", "p", "code", "div", "a"]
        {
            let opened = page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
            assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "{command:?}: <{tag}> is balanced");
        }
        let text = words(&page).to_lowercase();
        let mut facts = Vec::new();
        leaves(&json, "", &mut facts);
        assert!(facts.len() > 10, "{command:?}");
        for (path, fact) in facts {
            let escaped = serde_json::to_string(&fact).unwrap();
            let said = [fact.trim(), escaped.trim_matches('"')].map(str::to_lowercase);
            // Where the link to a fact names it in words, its path stands in the page as the link.
            let linked = page.contains(&format!(
                "title=\"{}\"",
                fact.replace('&', "&amp;").replace('"', "&quot;").replace('\'', "&#39;")
            ));
            let is_change = path.contains(".changes.op") || path == ".schema";
            // The first finding is taken apart into cause and cure: then each of its sentences stands there.
            let stands = |fact: &str| text.contains(fact) || text.contains(&fact.replace('`', ""));
            let in_sentences = |fact: &String| fact.split(". ").all(|one| stands(one.trim_end_matches('.')));
            if !(is_change || linked || said.iter().any(|fact| stands(fact) || in_sentences(fact))) {
                missing.push(format!("{command:?}: {path}: {fact}"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Which lines ran and which branches were taken stands in every form, in the text with `--verbose`.
#[test]
fn what_ran_stands_in_every_form() {
    let sample = |name: &str| format!("templates/static-groups/{name}");
    let (template, case, claims) =
        (sample("template.vtl"), sample("case.json"), sample("claims/deny-lower-case-group.json"));
    let args = [template.as_str(), "--context", &case, "--claims", &claims];
    let report = json(&[&args[..], &["--format", "json"]].concat(), 2);
    // Read off the template: the condition in the loop fails for both rules, so lines 9, 10 and 17 are not reached.
    assert_eq!(report["ran"]["lines"], json!([2, 3, 4, 5, 6, 7, 8, 14, 15]));
    assert_eq!(report["ran"]["branches"][1], json!({"line": 8, "column": 5, "taken": 0, "notTaken": 2}));
    let text = |more: &[&str]| String::from_utf8(run(&[&args[..], more].concat()).stdout).unwrap();
    let verbose = text(&["--verbose"]);
    assert!(verbose.contains("lines 2, 3, 4, 5, 6, 7, 8, 14, 15\n"), "{verbose}");
    assert!(verbose.contains("8:5     taken 0, not taken 2  "), "{verbose}");
    assert!(!text(&[]).contains("not taken"));
}

/// Names and values from outside are text, wherever they stand.
#[test]
fn hostile_names_stay_text() {
    let folder = temporary("hostile");
    std::fs::create_dir_all(&folder).unwrap();
    let hostile = "</script></style><img src=x onerror='alert(1)'>\"&";
    let template = folder.join("a.vtl");
    let text = format!(
        "## {hostile}\n#set($isAuthorized = $ctx.identity.claims.get(\"{}\") == \"x\")\n#if(!$isAuthorized)$util.unauthorized()#end\n",
        hostile.replace('"', "\"\"")
    );
    std::fs::write(&template, text).unwrap();
    let claims =
        json!({"sub": hostile, "token_use": "access", "cognito:groups": [hostile], hostile: hostile}).to_string();
    let personas = folder.join("personas.json");
    let people = json!({"personas": [{"name": hostile, "authType": "API_KEY"}], "cases": [
        {"persona": hostile, "field": "Query.serverTime", "variant": hostile},
        {"persona": hostile, "field": format!("Query.{hostile}")},
    ]});
    std::fs::write(&personas, people.to_string()).unwrap();
    let report = folder.join("report.json");
    let refusal = json!({"template": hostile, "templateName": hostile, "context": {
        "identity": {"claims": {hostile: hostile}}, "info": {"fieldName": hostile, "parentTypeName": hostile},
        "observed": {"httpStatus": 200, "errorType": hostile, "message": hostile}}});
    std::fs::write(&report, refusal.to_string()).unwrap();
    for args in [
        &[template.to_str().unwrap(), "--claims", &claims][..],
        &["resolver", "Mutation.deleteNote", "--from", NOTES, "--claims", &claims, "--result", &claims],
        &["matrix", "--from", NOTES, "--personas", personas.to_str().unwrap()],
        &["diagnose", report.to_str().unwrap()],
    ] {
        let page = run(&[args, &["--format", "html"]].concat());
        let errors = String::from_utf8_lossy(&page.stderr).into_owned();
        let page = String::from_utf8(page.stdout).unwrap();
        assert!(page.contains("&lt;img src=x onerror=&#39;alert(1)&#39;&gt;"), "{args:?}: {errors}{page}");
        for tag in ["<img", "<script", "</script"] {
            assert!(!page.contains(tag), "{args:?}: {tag}");
        }
        assert_eq!(page.matches("</style>").count(), 1, "{args:?}");
        assert!(page.contains("content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'"), "{args:?}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

/// `--why-allowed` works for whole resolvers. Read off the template: a moderator needs the group, an owner the row's value
/// and the claim, and who is both needs neither.
#[test]
fn a_resolver_tells_what_an_allow_rests_on() {
    let rests = |groups: &str, owner: &str| {
        let claims = format!(r#"{{"sub":"ann-1","token_use":"access","cognito:groups":{groups}}}"#);
        let result = format!(r#"{{"id":"1","owner":"{owner}"}}"#);
        let args = ["resolver", "Mutation.deleteNote", "--from", NOTES, "--claims", &claims, "--result", &result];
        let report = json(&[&args[..], &["--why-allowed", "--format", "json"]].concat(), 0);
        let path = |fact: &Json| fact["changes"][0]["path"].as_str().unwrap().to_owned();
        let mut paths: Vec<_> = report["restsOn"].as_array().unwrap().iter().map(path).collect();
        paths.sort();
        paths
    };
    assert_eq!(rests("[\"Readers\",\"Moderators\"]", "zoe"), ["authType", "identity.claims[\"cognito:groups\"][1]"]);
    assert_eq!(rests("[]", "ann-1"), ["authType", "identity.claims.sub", "result.owner"]);
    assert_eq!(rests("[\"Moderators\"]", "ann-1"), ["authType"]);
}
