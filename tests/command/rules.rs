//! `vtl-eval rules` on a project of our own (tests/rules/notes): what each rule became, by hand from Amplify's documentation.

use crate::support::command::{json, run, stderr, stdout};
use crate::support::files::temporary;
use serde_json::{Value as Json, json as value};

const NOTES: &str = "tests/rules/notes";

fn report() -> Json {
    json(&["rules", "--from", NOTES, "--json"], 0)
}

/// The rules of the statement of a template whose text holds these words.
fn behind(report: &Json, template: &str, words: &str) -> Json {
    let statements = report["statements"].as_array().unwrap();
    let text = |one: &&Json| one["text"].as_str().unwrap().contains(words);
    let found: Vec<&Json> = statements.iter().filter(|one| one["template"] == template).filter(text).collect();
    assert_eq!(found.len(), 1, "{template}: {words}: {found:#?}");
    value!([found[0]["rules"], found[0]["notFromRule"]])
}

#[test]
fn rules_are_read_with_their_lines_and_words() {
    let report = report();
    let rules = report["rules"].as_array().unwrap();
    let text =
        |one: &Json| format!("{}:{} {}", one["id"].as_str().unwrap(), one["at"]["line"], one["text"].as_str().unwrap());
    let found: Vec<String> = rules.iter().map(text).collect();
    assert_eq!(
        found,
        [
            "Note#1:7 allow groups [\"Keepers\"]",
            "Note#2:8 allow owner, ownerField \"writers\"",
            "Note#3:9 allow groups, groupsField \"circle\"",
            "Note#4:10 allow public",
            "Note#5:11 allow private, provider identityPool",
            "Note.price#1:18 allow groups [\"Keepers\", \"Clerks\"]",
            "Query.count#1:22 allow private",
            "Query.count#2:22 allow owner",
        ]
    );
    assert_eq!(rules[1]["operations"], value!(["read", "update"]));
    assert_eq!(rules[0]["operations"], Json::Null);
    assert!(rules[0]["at"]["file"].as_str().unwrap().ends_with("input.graphql"));
}

#[test]
fn statements_are_tied_to_the_rules_that_made_them() {
    let report = report();
    let tied = |template: &str, words: &str| behind(&report, template, words);
    let rule = |ids: &[&str]| value!([ids, null]);
    let get = "Query.getNote.auth.1.req.vtl";
    assert_eq!(tied(get, "#return"), value!([[], "admin-role"]));
    assert_eq!(tied(get, "staticGroupRoles"), rule(&["Note#1", "Note.price#1"]));
    assert_eq!(tied(get, "\"writers\""), rule(&["Note#2"]));
    assert_eq!(tied(get, "\"circle\""), rule(&["Note#3"]));
    assert_eq!(tied(get, "stash.put(\"authFilter\""), rule(&["Note#2", "Note#3"]));
    let create = "Mutation.createNote.auth.1.req.vtl";
    assert_eq!(tied(create, "#set( $allowedFields"), rule(&["Note#5"]));
    assert_eq!(tied(create, "allowedFields.addAll"), rule(&["Note#1", "Note.price#1"]));
    let update = "Mutation.updateNote.auth.1.res.vtl";
    assert_eq!(tied(update, "#set( $ownerAllowedFields0"), rule(&["Note#2"]));
    assert_eq!(tied(update, "allowedFields.addAll"), rule(&["Note#2"]));
    assert_eq!(tied(update, "#set( $isAuthorized = true )"), rule(&["Note#1", "Note.price#1"]));
    assert_eq!(tied("Note.price.req.vtl", "#set( $isAuthorized = true )"), rule(&["Note.price#1"]));
    assert_eq!(tied("Query.count.auth.req.vtl", "#set( $isAuthorized = true )"), rule(&["Query.count#1"]));
}

/// The model's owner may not delete, and no rule names a field `author`: that block is no rule's.
#[test]
fn a_block_that_no_rule_asks_for_is_none_s() {
    let report = report();
    let delete = report["statements"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["template"] == "Mutation.deleteNote.auth.1.res.vtl");
    let found: Vec<Json> = delete.map(|one| value!([one["effect"], one["rules"], one["notFromRule"]])).collect();
    let keepers = value!(["Note#1", "Note.price#1"]);
    assert_eq!(
        found,
        [value!(["groups", keepers, null]), value!(["allow", keepers, null]), value!(["allow", [], "override"])]
    );
}

#[test]
fn access_says_who_may_do_what() {
    let report = report();
    let of = |field: &str, mode: &str| -> Vec<String> {
        let rows = report["access"].as_array().unwrap().iter();
        let rows = rows.filter(|row| row["field"] == field && row["mode"] == mode);
        rows.map(|row| {
            format!("{} {} {}", row["rule"].as_str().unwrap(), row["effect"].as_str().unwrap(), row["fields"])
        })
        .collect()
    };
    let pool = "User Pool Authorization";
    assert_eq!(
        of("Query.getNote", pool),
        [
            r#"Note#1 allow ["id","text","writers","circle"]"#,
            r#"Note#2 filter ["id","text","writers","circle"]"#,
            r#"Note#3 filter ["id","text","writers","circle"]"#,
            r#"Note.price#1 allow ["price"]"#
        ]
    );
    assert_eq!(of("Query.getNote", "API Key Authorization"), [r#"Note#4 allow ["id","text","writers","circle"]"#]);
    assert_eq!(of("Mutation.createNote", "IAM Authorization"), [r#"Note#5 fields ["id","text","writers","circle"]"#]);
    assert_eq!(of("Mutation.updateNote", pool)[1], r#"Note#2 fields ["id","text","writers","circle"]"#);
    // To delete a row takes every field: Keepers by both rules, Clerks by one of them only.
    assert_eq!(of("Mutation.deleteNote", pool), ["Note#1 allow null", "Note.price#1 allow null"]);
    // A field of `Query` has no row to compare an owner with: the rule is dropped.
    assert_eq!(of("Query.count", pool), ["Query.count#1 allow null"]);
}

#[test]
fn a_model_alone_is_enough_and_names_filter_it() {
    let model = format!("{NOTES}/input.graphql");
    let all = json(&["rules", "--model", &model, "--json"], 0);
    assert_eq!(all["rules"].as_array().unwrap().len(), 8);
    assert_eq!(all["statements"], value!([]));
    assert!(all["access"].as_array().unwrap().iter().any(|row| row["field"] == "Query.listNotes"));
    let one = json(&["rules", "Note.price", "--model", &model, "--json"], 0);
    assert_eq!(one["rules"].as_array().unwrap().len(), 1);
    let unknown = run(&["rules", "Nota", "--model", &model]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(stderr(&unknown).contains("did you mean Note?"), "{}", stderr(&unknown));
    let text = stdout(&run(&["rules", "Note", "--from", NOTES]));
    assert!(text.contains("rule 2  allow owner, ownerField \"writers\"") && text.contains("read, update"), "{text}");
    // A relation is read by the rules of another model, which are named by it.
    let text = stdout(&run(&["rules", "Choir", "--model", "tests/rules/stories/relation.graphql"]));
    assert!(
        text.contains("Choir.singers") && text.contains("rule 1 of Singer") && !text.contains("Singer#1"),
        "{text}"
    );
}

/// Each cell that was let in names the rule that fits its caller, or what else it was.
#[test]
fn cells_name_the_rule_that_let_the_caller_in() {
    let file = temporary("rules.json");
    let claims = |groups: &[&str]| value!({"sub": "ann", "cognito:groups": groups});
    let person =
        |name: &str, groups: &[&str]| value!({"name": name, "authType": "user-pool", "claims": claims(groups)});
    let role =
        value!({"name": "admin", "authType": "iam", "identity": {"userArn": "arn:aws:sts::1:assumed-role/ops/x"}});
    let key = value!({"name": "key", "authType": "api-key", "identity": null});
    let case = |who: &str, field: &str, more: Json| {
        let mut case = value!({"persona": who, "field": field});
        case.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        case
    };
    let personas = value!({
        "personas": [person("keeper", &["Keepers"]), person("clerk", &["Clerks"]), person("ann", &[]), role, key],
        "cases": [
            case("keeper", "Query.getNote", value!({})),
            case("clerk", "Query.getNote", value!({})),
            case("ann", "Query.getNote", value!({})),
            case("key", "Query.getNote", value!({})),
            case("ann", "Mutation.updateNote", value!({"args": {"input": {"text": "x"}}, "result": {"writers": ["ann"]}})),
            case("ann", "Mutation.updateNote", value!({"args": {"input": {"text": "x"}}, "result": {"writers": ["bo"]}})),
            case("clerk", "Mutation.createNote", value!({"args": {"input": {"price": 1}}})),
            case("ann", "Mutation.deleteNote", value!({"args": {"input": {"id": "1"}}, "result": {"author": "ann"}})),
        ]
    });
    std::fs::write(&file, personas.to_string()).unwrap();
    let matrix = json(&["matrix", "--from", NOTES, "--personas", file.to_str().unwrap(), "--format", "json"], 0);
    std::fs::remove_file(&file).unwrap();
    let found: Vec<String> = matrix["cells"]
        .as_array()
        .unwrap()
        .iter()
        .map(|cell| {
            let rules: Vec<&str> =
                cell["rules"].as_array().unwrap().iter().map(|rule| rule["id"].as_str().unwrap()).collect();
            let other = cell["notFromRule"].as_str().unwrap_or("-");
            format!(
                "{} {} {} {other}",
                cell["persona"].as_str().unwrap(),
                cell["verdict"].as_str().unwrap(),
                rules.join("+")
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            "keeper allowed Note#1+Note.price#1 -",
            "clerk allowed Note.price#1 -",
            "ann filtered Note#2 -",
            "key allowed Note#4 -",
            "ann allowed Note#2 -",
            "ann denied  -",
            "clerk allowed Note.price#1 -",
            "ann allowed  override",
        ]
    );
    assert_eq!(matrix["cells"][4]["rules"][0]["operation"], "update");
    assert_eq!(matrix["cells"][4]["rules"][0]["at"]["line"], 8);
}

/// A report speaks of the rules first, and of changes of rules apart from those that were proved.
#[test]
fn a_refusal_is_told_in_the_words_of_the_rules() {
    let claims = r#"{"sub": "ann", "username": "ann", "cognito:groups": ["Clerks"]}"#;
    let row = r#"{"writers": ["ann"]}"#;
    let args = ["resolver", "Mutation.deleteNote", "--from", NOTES, "--claims", claims, "--result", row];
    let report = json(&[&args[..], &["--format", "json"]].concat(), 2);
    let by = &report["byRules"];
    let said: Vec<String> = by["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| format!("{} {}", rule["id"].as_str().unwrap(), rule["outcome"].as_str().unwrap()))
        .collect();
    assert_eq!(
        said,
        [
            "Note#1 not-this",
            "Note#2 not-covered",
            "Note#3 not-covered",
            "Note#4 not-covered",
            "Note#5 not-covered",
            "Note.price#1 some-fields"
        ]
    );
    let change = &by["ruleChanges"][0];
    assert_eq!(change["sdl"], r#"{ allow: owner, ownerField: "writers", operations: [read, update, delete] }"#);
    assert_eq!(change["typescript"], "allow.ownersDefinedIn('writers').to(['read', 'update', 'delete'])");
    assert_eq!(change["proof"], "rebuild and check");
    assert_eq!(by["ruleChanges"].as_array().unwrap().len(), 1, "no change for a rule that is about somebody else");
    assert_eq!(report["candidates"][0]["rules"][0]["id"], "Note#1");
    assert_eq!(report["suggestions"][0]["rules"][0]["id"], "Note#1");
    let text = stdout(&run(&args));
    let rules = text.find("rule 2").unwrap();
    assert!(rules < text.find("refused at").unwrap(), "{text}");
    assert!(text.contains("does not cover delete") && text.contains("rebuild and check"), "{text}");
}

/// What is wrong between rules and templates is told by `rules` and by `check`.
#[test]
fn what_is_wrong_is_found() {
    let codes = |args: &[&str], code: i32, list: &str| -> Vec<String> {
        let found = json(args, code);
        let mut codes: Vec<String> =
            found[list].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect();
        codes.dedup();
        codes
    };
    let model = |name: &str| format!("tests/rules/stories/{name}.graphql");
    assert_eq!(
        codes(&["rules", "--model", &model("field"), "--json"], 0, "findings"),
        ["field-rule-takes-away", "owner-reassignable"]
    );
    assert_eq!(codes(&["rules", "--model", &model("relation"), "--json"], 0, "findings"), ["relation-stricter"]);
    assert_eq!(codes(&["rules", "--from", "tests/rules/stale", "--json"], 0, "findings"), ["rule-not-built"]);
    assert_eq!(
        codes(&["rules", "--from", NOTES, "--json"], 0, "findings"),
        ["statement-without-rule", "rule-never-matters"]
    );
    assert!(
        codes(&["check", "tests/rules/stale", "--format", "json"], 2, "findings")
            .contains(&"rule-not-built".to_owned())
    );
}

/// One template is enough where the model schema is named: its name tells which field it is of, and which half.
#[test]
fn a_template_alone_speaks_of_rules() {
    let template = format!("{NOTES}/resolvers/Mutation.deleteNote.auth.1.res.vtl");
    let model = format!("{NOTES}/input.graphql");
    let claims = r#"{"sub": "ann", "username": "ann", "cognito:groups": ["Clerks"]}"#;
    let row = r#"{"writers": ["ann"]}"#;
    let args = [template.as_str(), "--model", &model, "--claims", claims, "--result", row];
    let report = json(&[&args[..], &["--format", "json"]].concat(), 2);
    let whole = ["resolver", "Mutation.deleteNote", "--from", NOTES, "--claims", claims, "--result", row];
    let whole = json(&[&whole[..], &["--format", "json"]].concat(), 2);
    assert_eq!(report["byRules"], whole["byRules"]);
    assert_eq!(report["byRules"]["rules"][1]["outcome"], "not-covered");
    assert_eq!(report["candidates"][0]["rules"][0]["id"], "Note#1");
    let text = stdout(&run(&args));
    assert!(text.find("rule 2").unwrap() < text.find("refused at").unwrap(), "{text}");
    // Whoever a rule lets in is told by which.
    let keeper = r#"{"sub": "kim", "username": "kim", "cognito:groups": ["Keepers"]}"#;
    let let_in = json(&[&template, "--model", &model, "--claims", keeper, "--result", row, "--format", "json"], 0);
    let granted: Vec<&str> =
        let_in["byRules"]["granted"].as_array().unwrap().iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    assert_eq!(granted, ["Note#1", "Note.price#1"]);
    // A name that tells no field: no rule can be found, and that is said.
    let unnamed = run(&["templates/owner/template.vtl", "--model", &model, "--claims", keeper]);
    assert_eq!(unnamed.status.code(), Some(1));
    assert!(stderr(&unnamed).contains("Query.listPosts.auth.1.req.vtl"), "{}", stderr(&unnamed));
}

#[test]
fn the_library_speaks_of_rules() {
    let project = vtl_eval::Project::open(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(NOTES)).unwrap();
    let caller = vtl_eval::Context::with_claims(r#"{"sub": "ann", "username": "ann"}"#).unwrap();
    let asked = caller.member("result", r#"{"writers": ["ann"]}"#).unwrap();
    let why = project.explain("Mutation.deleteNote", &asked).unwrap();
    let text = why.text(100, false);
    assert!(text.find("does not cover delete").unwrap() < text.find("refused at").unwrap(), "{text}");
    let report = serde_json::to_value(&why).unwrap();
    assert_eq!(report["byRules"]["rules"][1]["outcome"], "not-covered");
}

#[test]
fn replay_and_test_speak_of_rules() {
    let folder = crate::support::files::folder("rules-said", &[]);
    let context = value!({"identity": {"sub": "ann", "username": "ann", "claims": {"sub": "ann", "username": "ann", "cognito:groups": ["Clerks"]}},
        "arguments": {"input": {"id": "1"}}, "result": {"writers": ["ann"]}, "stash": {}});
    let entry = value!({"logType": "ResponseFunctionMapping", "requestId": "r1", "functionName": "MutationdeleteNoteauth", "fieldName": "deleteNote", "parentType": "Mutation",
        "path": ["deleteNote"], "resolverArn": "arn:aws:appsync:eu-west-1:1:apis/a/types/Mutation/fields/deleteNote", "context": context,
        "errors": ["Not Authorized to access deleteNote on type Mutation, errorType=Unauthorized"], "fieldInError": true});
    let log = folder.join("log.ndjson");
    std::fs::write(&log, format!("{}\n", value!({"timestamp": 1, "message": entry.to_string()}))).unwrap();
    let report = json(&["replay", log.to_str().unwrap(), "--from", NOTES, "--format", "json"], 0);
    let decision = &report["requests"][0]["decisions"][0];
    assert_eq!(
        decision["byRules"],
        "no rule of Note lets a signed-in user delete every field: those that are about the caller cover some"
    );
    assert!(decision["reason"].as_str().unwrap().starts_with("no rule of Note"), "{decision}");

    let cases = value!({"resolver": "Mutation.deleteNote", "from": NOTES, "cases": [
        {"name": "keeper", "claims": {"sub": "kim", "cognito:groups": ["Keepers"]}, "result": {"writers": []},
         "expect": {"verdict": "allowed", "rules": ["Note#1", "Note.price#1"]}},
        {"name": "clerk", "claims": {"sub": "ann", "cognito:groups": ["Clerks"]}, "result": {"writers": ["ann"]},
         "expect": {"verdict": "allowed"}}]});
    let cases = cases.to_string().replace(NOTES, &format!("{}/{NOTES}", env!("CARGO_MANIFEST_DIR")));
    let file = folder.join("note.vtltest.json");
    std::fs::write(&file, cases).unwrap();
    let ran = stdout(&run(&["test", file.to_str().unwrap(), "--allow-outside"]));
    assert!(ran.contains("1 passed, 1 failed") && ran.contains("does not cover delete"), "{ran}");
}

/// Each finding on a model of our own, and none of its kind on the one beside it that is right: in `rules` and in `check`.
#[test]
fn each_finding_has_an_example_and_a_counterexample() {
    let letter = |rules: &str, seal: &str| {
        format!("type Letter @model @auth(rules: [{rules}]) {{ id: ID! owner: String seal: String {seal} }}")
    };
    let kept = "type Letter @model @auth(rules: [{allow: owner}]) { id: ID! \
        owner: String @auth(rules: [{allow: owner, operations: [create, read, delete]}]) }";
    let choir = |rules: &str| {
        format!(
            "type Choir @model @auth(rules: [{{allow: private}}]) {{ id: ID! singers: [Singer] @hasMany }}\n\
             type Singer @model @auth(rules: [{rules}]) {{ id: ID! name: String }}"
        )
    };
    let owner = "{allow: owner}";
    let table = [
        (
            "field-rule-takes-away",
            letter(owner, "@auth(rules: [{allow: owner, operations: [read]}])"),
            letter(owner, "@auth(rules: [{allow: owner}])"),
        ),
        (
            "rule-never-matters",
            letter("{allow: private}, {allow: groups, groups: [\"A\"]}", ""),
            letter("{allow: private, operations: [read]}, {allow: groups, groups: [\"A\"]}", ""),
        ),
        (
            "relation-stricter",
            choir("{allow: groups, groups: [\"Lead\"]}"),
            choir("{allow: private, operations: [read]}"),
        ),
        ("model-without-rules", "type Letter @model { id: ID! }".to_owned(), letter(owner, "")),
        ("model-open", letter("{allow: public}", ""), letter("{allow: public, operations: [read]}", "")),
        (
            "subscription-wider",
            letter("{allow: private, operations: [listen]}", ""),
            letter("{allow: private, operations: [read]}", ""),
        ),
        ("owner-reassignable", letter(owner, ""), kept.to_owned()),
        ("rule-not-read", letter("{allow: everyone}", ""), letter(owner, "")),
    ];
    for (code, shows, silent) in table {
        for (model, wanted) in [(&shows, true), (&silent, false)] {
            let function = value!({"name": "Get", "slot": "main", "index": 1, "dataSource": {"name": "NONE_DS", "type": "NONE"},
                "request": {"file": "Query.getLetter.req.vtl"}, "response": null});
            let pipelines = value!({"Query.getLetter": {"kind": "UNIT", "functions": [function]}});
            let manifest = value!({"authModes": ["userPools", "apiKey"], "pipelines": pipelines}).to_string();
            let template = ("resolvers/Query.getLetter.req.vtl", "{}");
            let files = [("manifest.json", manifest.as_str()), ("input.graphql", model), template];
            let folder = crate::support::files::folder("rules-finding", &files);
            for command in [vec!["rules", "--from"], vec!["check"]] {
                let output = run(&[&command[..], &[folder.to_str().unwrap(), "--format", "json"]].concat());
                let found: Json = serde_json::from_str(&stdout(&output)).unwrap();
                let has = found["findings"].as_array().unwrap().iter().any(|one| one["code"] == code);
                assert_eq!(has, wanted, "{code} {command:?} {model}: {found:#}");
            }
            std::fs::remove_dir_all(&folder).unwrap();
        }
    }
}

/// An override of our own that lets one group in and forgets the other rules.
#[test]
fn an_override_that_drops_a_rule_is_found() {
    let own = "#set( $isAuthorized = false )\n#if( $util.authType() == \"User Pool Authorization\" )\n\
        #set( $staticGroupRoles = [{\"claim\": \"cognito:groups\", \"entity\": \"Keepers\"}] )\n\
        #foreach( $groupRole in $staticGroupRoles )\n\
        #if( $util.defaultIfNull($ctx.identity.claims.get($groupRole.claim), []).contains($groupRole.entity) )\n\
        #set( $isAuthorized = true )\n#end\n#end\n#end\n#if( !$isAuthorized )$util.unauthorized()#end\n{}";
    let folder = crate::support::files::folder("rules-override", &[("Query.getNote.auth.1.req.vtl", own)]);
    let overrides = folder.to_str().unwrap();
    for command in [vec!["rules", "--json"], vec!["check", "--format", "json"]] {
        let output = run(&[&command[..], &["--from", NOTES, "--overrides", overrides]].concat());
        let found: Json = serde_json::from_str(&stdout(&output)).unwrap();
        let dropped = found["findings"].as_array().unwrap().iter().filter(|one| one["code"] == "override-drops-rule");
        let rules: Vec<String> =
            dropped.map(|one| one["message"].as_str().unwrap().split(" (").next().unwrap().to_owned()).collect();
        assert_eq!(rules, ["rule 2 of Note", "rule 3 of Note", "rule 4 of Note"], "{command:?}");
    }
    // Who asks for the model is told what became of its rules.
    let text = stdout(&run(&["rules", "Note", "--from", NOTES, "--overrides", overrides]));
    assert!(text.contains("override-drops-rule"), "{text}");
}

/// In a deletion the transformer writes the rule for everybody who is signed in among the static groups, as a role without
/// claim and group: the list, and the loop over it, come from both rules.
#[test]
fn everybody_among_the_static_groups_is_a_rule_s() {
    let model = "type Choir @model @auth(rules: [{allow: private}, {allow: groups, groups: [\"Lead\"]}, {allow: owner}]) { id: ID! owner: String }";
    let template = "#set( $isAuthorized = false )\n#if( $util.authType() == \"User Pool Authorization\" )\n\
        #set( $isAuthorized = true )\n#if( !$isAuthorized )\n\
        #set( $staticGroupRoles = [{},{\"claim\":\"cognito:groups\",\"entity\":\"Lead\"}] )\n\
        #foreach( $role in $staticGroupRoles )\n\
        #if( $util.defaultIfNull($ctx.identity.claims.get($role.claim), []).contains($role.entity) )\n\
        #set( $isAuthorized = true ) ## of a group\n#end\n#end\n#end\n#end\n\
        #if( !$isAuthorized )$util.unauthorized()#end\n{}";
    let name = "resolvers/Mutation.deleteChoir.auth.1.res.vtl";
    let function = value!({"name": "Auth", "slot": "auth", "index": 1, "dataSource": {"name": "T", "type": "AMAZON_DYNAMODB"},
        "request": null, "response": {"file": "Mutation.deleteChoir.auth.1.res.vtl"}});
    let pipelines = value!({"Mutation.deleteChoir": {"kind": "PIPELINE", "functions": [function]}});
    let manifest = value!({"authModes": ["userPools"], "pipelines": pipelines}).to_string();
    let files = [("manifest.json", manifest.as_str()), ("input.graphql", model), (name, template)];
    let folder = crate::support::files::folder("rules-everybody", &files);
    let report = json(&["rules", "--from", folder.to_str().unwrap(), "--json"], 0);
    let found: Vec<Json> =
        report["statements"].as_array().unwrap().iter().map(|one| value!([one["line"], one["rules"]])).collect();
    std::fs::remove_dir_all(&folder).unwrap();
    let both = ["Choir#1", "Choir#2"];
    assert_eq!(found, [value!([3, ["Choir#1"]]), value!([5, both]), value!([8, both])]);
}

/// What the rules say of writes by fields, of relations, of keys and of fields beside models, each in the right words.
#[test]
fn what_rules_say_fits_the_request() {
    let model = "type Farm @model @auth(rules: [{allow: private, operations: [read]}, {allow: owner}]) { id: ID! \
        yield: Float @auth(rules: [{allow: groups, groups: [\"Office\"]}, {allow: owner, operations: [read]}]) \
        plots: [Plot] @hasMany @auth(rules: [{allow: groups, groups: [\"Agronomists\"]}, {allow: owner}]) owner: String }\n\
        type Plot @model @auth(rules: [{allow: groups, groupsField: \"crews\"}]) { id: ID! crews: [String] }\n\
        type Shed @model @auth(rules: [{allow: owner, ownerField: \"keeper\", identityClaim: \"sub\"}]) { keeper: ID! @primaryKey }\n\
        type Dock { cost: Float @auth(rules: [{allow: groups, groups: [\"Ops\"]}]) }";
    let refuses = "#set( $isAuthorized = false )#if( $util.authType() == \"none\" )#set( $isAuthorized = true )#end\n\
        #if( !$isAuthorized )$util.unauthorized()#end{}";
    let file = "resolvers/T.f.auth.1.req.vtl";
    let pipelines: serde_json::Map<String, Json> =
        ["Mutation.updateFarm", "Farm.plots", "Query.getShed", "Dock.cost", "Query.getFarm"]
            .into_iter()
            .map(|field| {
                let function = value!({"name": "Auth", "slot": "auth", "index": 1, "dataSource": {"name": "NONE_DS", "type": "NONE"},
                    "request": {"file": "T.f.auth.1.req.vtl"}, "response": null});
                let get = value!({"name": "Data", "slot": "main", "index": 1, "dataSource": {"name": "T", "type": "AMAZON_DYNAMODB"},
                    "request": null, "response": null});
                (field.to_owned(), value!({"kind": "PIPELINE", "functions": [function, get]}))
            })
            .collect();
    let manifest = value!({"authModes": ["userPools"], "pipelines": pipelines}).to_string();
    let files = [("manifest.json", manifest.as_str()), ("input.graphql", model), (file, refuses)];
    let folder = crate::support::files::folder("rules-says", &files);
    let claims = r#"{"sub": "ann-1", "username": "ann", "cognito:username": "ann"}"#;
    let ask = |field: &str, given: &[&str]| {
        let from = folder.to_str().unwrap();
        let args =
            [&["resolver", field, "--from", from, "--auth-type", "user-pool", "--claims", claims][..], given].concat();
        stdout(&run(&args))
    };
    let says =
        |text: &str, wanted: &[&str]| wanted.iter().for_each(|words| assert!(text.contains(words), "{words}: {text}"));
    let row = r#"{"id": "1", "owner": "ann-1::ann"}"#;
    let update = ask("Mutation.updateFarm", &["--args", r#"{"input": {"id": "1", "yield": 2}}"#, "--result", row]);
    says(
        &update,
        &[
            "rule 2            allow owner",
            "is about you, and covers id, owner alone",
            "rule 2 of .yield",
            "read             does not cover update",
        ],
    );
    assert!(update.contains("no rule of Farm lets a signed-in user update every field"), "{update}");
    let relation = ask("Farm.plots", &["--source", r#"{"id": "1", "owner": "bo-1::bo"}"#]);
    says(
        &relation,
        &[
            "no rule of Farm.plots that covers read is about this caller",
            "owner of the row is \"bo-1::bo\"",
            "rule 1 of Plot",
        ],
    );
    let shed = ask("Query.getShed", &["--args", r#"{"keeper": "bo-1"}"#]);
    says(&shed, &["keeper asked for is \"bo-1\""]);
    says(&ask("Dock.cost", &["--source", "{}"]), &["no rule of Dock.cost that covers read is about this caller"]);
    std::fs::remove_dir_all(&folder).unwrap();
}
