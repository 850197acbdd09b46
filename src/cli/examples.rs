//! What `--help` shows of each command: three lines that a test runs.

/// Of the command of this name; `TEMPLATE` is the main one.
pub const RESOLVER: &str = r#"Examples:
  vtl-eval resolver Query.listNotes --from templates/notes-api --groups Editors
  vtl-eval resolver Mutation.deleteNote --from templates/notes-api --username ann --result '{"owner": "ann"}'
  vtl-eval resolver Query.listNotes --from templates/notes-api --auth-type api-key --format json"#;
/// Of the command of this name; `TEMPLATE` is the main one.
pub const FIELDS: &str = r#"Examples:
  vtl-eval fields --from templates/notes-api
  vtl-eval fields Query --from templates/notes-api
  vtl-eval fields Query.listNotes --from templates/notes-api --verbose"#;
/// Of the command of this name; `TEMPLATE` is the main one.
pub const MATRIX: &str = r#"Examples:
  vtl-eval matrix --from templates/notes-api --personas templates/notes-api/personas.json
  vtl-eval matrix --from templates/notes-api --personas templates/notes-api/personas.json --verbose
  vtl-eval matrix --from templates/notes-api --personas templates/notes-api/personas.json --format csv"#;
/// Of the command of this name; `TEMPLATE` is the main one.
pub const TEST: &str = r#"Examples:
  vtl-eval test templates/notes-api
  vtl-eval test templates --coverage text
  vtl-eval test templates --filter owner --verbose"#;
/// Of the command of this name; `TEMPLATE` is the main one.
pub const CHECK: &str = r#"Examples:
  vtl-eval check templates
  vtl-eval check templates/owner/template.vtl --modes user-pool,iam
  vtl-eval check templates --format sarif"#;
/// Of the command of this name; `TEMPLATE` is the main one.
pub const DIAGNOSE: &str = r#"Examples:
  vtl-eval diagnose tests/inputs/har/c01-no-credential.har
  vtl-eval diagnose tests/inputs/har/c11-policy.har --policy tests/inputs/diagnose/policy.json
  vtl-eval diagnose '{"errors": [{"errorType": "UnauthorizedException", "message": "Token has expired."}]}'"#;
/// Of the command of this name; `TEMPLATE` is the main one.
pub const REPLAY: &str = r#"Examples:
  vtl-eval replay tests/inputs/replay/notes.log --from templates/notes-api/manifest.json
  vtl-eval replay tests/inputs/replay/notes.log --identities tests/inputs/replay/identities.json
  vtl-eval replay tests/inputs/replay/notes.log --ndjson"#;
/// Of the command of this name; `TEMPLATE` is the main one.
pub const TOKEN: &str = r#"Examples:
  vtl-eval token tests/inputs/diagnose/id-token.json --now 2026-01-01T00:00:00Z
  vtl-eval token '{"sub": "ann-1", "token_use": "access", "exp": 4102444800}'
  vtl-eval token tests/inputs/diagnose/id-token.json --audience another-client --format json"#;
/// Of the command of this name; `TEMPLATE` is the main one.
pub const BATCH: &str = r#"Examples:
  echo '{"id": 1, "template": "$ctx.args.n", "context": {"arguments": {"n": 5}}}' | vtl-eval batch
  echo '{"id": 2, "templateFile": "templates/owner/template.vtl"}' | vtl-eval batch --trace
  echo '{"id": 3, "template": "$util.unauthorized()"}' | vtl-eval batch --jobs 1 -"#;
/// Of the command of this name; `TEMPLATE` is the main one.
pub const EXPLAIN: &str = r#"Examples:
  vtl-eval explain group-case-mismatch
  vtl-eval explain Token has expired
  vtl-eval explain "Not Authorized to access listReports on type Query""#;
/// Of the command of this name; `TEMPLATE` is the main one.
pub const UTIL: &str = r#"Examples:
  vtl-eval util
  vtl-eval util isNull
  vtl-eval util time.nowISO8601"#;
/// Of the command of this name; `TEMPLATE` is the main one.
pub const MAN: &str = r#"Examples:
  vtl-eval man
  vtl-eval man diagnose
  vtl-eval man matrix"#;
/// Of the command of this name; `TEMPLATE` is the main one.
pub const INIT: &str = r#"Examples:
  vtl-eval init
  vtl-eval init --from amplify/backend/api/notes/build
  vtl-eval init --from cdk.out tests/authorization"#;
/// Of the command of this name; `TEMPLATE` is the main one.
pub const CONFIG: &str = r#"Examples:
  vtl-eval config --from templates/notes-api
  vtl-eval config --from templates/notes-api --format json
  vtl-eval config --from templates/notes-api/manifest.json"#;
/// Of the command of this name; `TEMPLATE` is the main one.
pub const RULES: &str = r#"Examples:
  vtl-eval rules --model tests/rules/stories/relation.graphql
  vtl-eval rules Letter --model tests/rules/stories/field.graphql
  vtl-eval rules --from tests/rules/stale --json"#;
/// Of the command of this name; `TEMPLATE` is the main one.
pub const COMPLETIONS: &str = r#"Examples:
  vtl-eval completions bash
  vtl-eval completions zsh
  vtl-eval completions fish"#;
/// Of the command of this name; `TEMPLATE` is the main one.
pub const TEMPLATE: &str = r#"Examples:
  vtl-eval templates/static-groups/template.vtl --groups Editors
  vtl-eval templates/owner/template.vtl --context templates/owner/case.json --username ann --format json
  vtl-eval templates/owner/template.vtl --username ann --result '{"owner": "ann"}' --why-allowed"#;
