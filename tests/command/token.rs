//! `vtl-eval token`, and `--claims` with `--jwks`, as a process. The tokens and keys were made by OpenSSL's algorithms
//! (tests/inputs/token/make.py); what AppSync takes is written down from the facts (2.6, 4.7, 7.1).

use crate::support::command::run;
use crate::support::files::temporary;
use serde_json::{Value as Json, json};
use std::path::PathBuf;

const IN_TIME: &str = "1790001000";
const POOL: &str = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01";
const KEYS: &str = "tests/inputs/token/jwks.json";

fn token(name: &str) -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/inputs/token/tokens.json");
    let tokens: Json = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    tokens[name].as_str().unwrap().to_owned()
}

fn file(name: &str, text: &str) -> PathBuf {
    let folder = temporary("token-test");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// The report of a token in a file, its exit code, and all that was printed in any form.
fn judged(label: &str, text: &str, options: &[&str]) -> (Json, Option<i32>, String) {
    let path = file(label, text);
    let mut all = String::new();
    let mut last = None;
    for format in ["text", "html", "json"] {
        let mut args = vec!["token", path.to_str().unwrap(), "--format", format];
        args.extend(options);
        if !options.contains(&"--now") {
            args.extend(["--now", IN_TIME]);
        }
        let output = run(&args);
        all.push_str(&String::from_utf8_lossy(&output.stdout));
        all.push_str(&String::from_utf8_lossy(&output.stderr));
        last = Some(output);
    }
    let output = last.unwrap();
    (serde_json::from_slice(&output.stdout).unwrap_or_default(), output.status.code(), all)
}

fn codes(report: &Json) -> Vec<&str> {
    report["findings"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

/// Token, options, whether AppSync refuses it, what is said of the signature, a code that must (or with `!` must not) be there.
#[test]
fn what_appsync_makes_of_it() {
    let oidc = "https://tenant.example.auth0.com";
    let slashed = format!("{oidc}/");
    let rows: &[(&str, &[&str], bool, &str, &str)] = &[
        ("id", &[], false, "not checked", "id-token"),
        ("id", &["--issuer", POOL, "--audience", "client-a", "--jwks", KEYS], false, "valid", "!client-mismatch"),
        ("access", &["--issuer", POOL, "--audience", "client-a", "--jwks", KEYS], false, "valid", "access-token"),
        // A slash at the end of an issuer is told and refuses nothing: AWS wants an exact match (OpenIDConnectConfig: issuer), and
        // AppSync was seen to compare it once there is a second mode (aws-appsync-community#30).
        ("oidc", &["--issuer", oidc, "--audience", "client-o", "--jwks", KEYS], false, "valid", "issuer-mismatch"),
        // `azp` counts for OIDC, as does each of a list in `aud`.
        ("oidc", &["--issuer", &slashed, "--audience", "client-o", "--jwks", KEYS], false, "valid", "!issuer-mismatch"),
        ("oidc", &["--audience", "https://api.example.com"], false, "not checked", "!client-mismatch"),
        // The API's setting is a pattern.
        ("id", &["--audience", "^client-.*$"], false, "not checked", "!client-mismatch"),
        ("id", &["--audience", "client-b"], true, "not checked", "client-mismatch"),
        ("access", &["--audience", "client-b"], true, "not checked", "client-mismatch"),
        ("oidc", &["--audience", "client-a"], true, "not checked", "client-mismatch"),
        (
            "id",
            &["--issuer", "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other"],
            true,
            "not checked",
            "issuer-mismatch",
        ),
        ("changed-claims", &["--jwks", KEYS], true, "invalid", "signature-invalid"),
        ("other-key", &["--jwks", KEYS], true, "invalid", "signature-invalid"),
        ("unknown-kid", &["--jwks", KEYS], true, "invalid", "key-not-in-set"),
        ("no-kid", &["--jwks", KEYS], true, "invalid", "token-without-kid"),
        ("alg-rs512", &["--jwks", KEYS], true, "invalid", "algorithm-mismatch"),
        // The public key taken as an HMAC secret: the oldest forgery.
        ("alg-hs256-with-public-key", &["--jwks", KEYS], true, "invalid", "algorithm-mismatch"),
        ("alg-none", &["--jwks", KEYS], true, "invalid", "algorithm-refused"),
        ("alg-none", &[], true, "not checked", "algorithm-refused"),
        ("not-before", &[], true, "not checked", "token-not-yet-valid"),
        ("not-before", &["--now", "1790002000"], false, "not checked", "!token-not-yet-valid"),
        ("id", &["--now", "1790003600"], true, "not checked", "token-expired"),
        ("id", &["--now", "1790003599"], false, "not checked", "!token-expired"),
        ("id", &["--now", "2026-09-21T12:00:00Z"], true, "not checked", "token-issued-later"),
    ];
    for (name, options, refused, signature, code) in rows {
        let compact = token(name);
        let secret = compact.rsplit('.').next().unwrap();
        for (form, text) in [
            ("bare", compact.clone()),
            ("bearer", format!("Bearer {compact}")),
            ("lower", format!("bearer  {compact}\n")),
            ("quoted", format!("\"{compact}\"\r\n")),
        ] {
            let label = format!("{name} {form} {options:?}");
            let (report, exit, all) = judged(&format!("{name}-{form}"), &text, options);
            assert_eq!(exit, Some(if *refused { 2 } else { 0 }), "{label}: {all}");
            assert_eq!((&report["refused"], &report["signature"]), (&json!(refused), &json!(signature)), "{label}");
            let found = codes(&report);
            match code.strip_prefix('!') {
                Some(absent) => assert!(!found.contains(&absent), "{label}: {found:?}"),
                None => assert!(found.contains(code), "{label}: {found:?}"),
            }
            assert_eq!(found.contains(&"bearer-prefix"), matches!(form, "bearer" | "lower"), "{label}");
            assert!(secret.is_empty() || !all.contains(secret), "{label}: the signature is shown");
            assert!(!all.contains(&compact), "{label}: the token is shown");
        }
    }
}

/// The claims by themselves say the same as the token that holds them.
#[test]
fn claims_and_compact_form_agree() {
    use base64::Engine as _;
    for name in ["id", "access", "oidc"] {
        let compact = token(name);
        let payload = compact.split('.').nth(1).unwrap();
        let claims =
            String::from_utf8(base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
        let (of_token, ..) = judged("compact", &compact, &[]);
        let (of_claims, exit, _) = judged("claims", &claims, &[]);
        assert_eq!(exit, Some(0));
        for part in ["kind", "claims", "authType", "identity", "expires", "findings"] {
            assert_eq!(of_token[part], of_claims[part], "{name}: {part}");
        }
        assert_eq!((&of_token["keyId"].is_string(), &of_claims["keyId"]), (&true, &Json::Null));
        // Inline, and by standard input.
        assert_eq!(run(&["token", &claims, "--now", IN_TIME]).status.code(), Some(0));
    }
    let identity = |name: &str| judged("identity", &token(name), &[]).0["identity"].clone();
    // 2.6: an ID token's cognito:username, an access token's username; OIDC has neither username nor groups.
    assert_eq!((&identity("id")["username"], &identity("access")["username"]), (&json!("ann"), &json!("ann")));
    assert_eq!(identity("id")["groups"], json!(["Editors"]));
    let oidc = identity("oidc");
    assert_eq!((&oidc["sub"], oidc.get("username"), oidc.get("groups")), (&json!("auth0|5f7c"), None, None));
}

/// Exit code 1: the tool could not do its work. No message repeats a token.
#[test]
fn what_cannot_be_read() {
    let refresh = token("refresh-like");
    let id = token("id");
    let cut = &id[..id.len() / 2];
    let no_keys = file("no-keys.json", "{\"kids\": []}");
    let broken = file("broken.json", "{\"keys\": [");
    let claims = "{\"sub\": \"s\", \"exp\": 1790003600}";
    for (text, options, told) in [
        (refresh.as_str(), vec![], "refresh token"),
        (cut, vec![], "three parts"),
        ("{\"sub\": ", vec![], "neither a JWT nor claims: not valid JSON"),
        ("", vec![], "neither a JWT nor claims"),
        ("a.b.c", vec![], "neither a JWT nor claims"),
        (id.as_str(), vec!["--jwks", no_keys.to_str().unwrap()], "no list `keys`"),
        (id.as_str(), vec!["--jwks", broken.to_str().unwrap()], "not a key set"),
        (id.as_str(), vec!["--jwks", "/nowhere/keys.json"], "cannot read"),
        (id.as_str(), vec!["--now", "yesterday"], "--now"),
        (claims, vec!["--jwks", KEYS], "without a signature"),
    ] {
        let (_, exit, all) = judged("unreadable", text, &options);
        assert_eq!(exit, Some(1), "{text} {options:?}: {all}");
        assert!(all.contains(told), "{told}: {all}");
        assert!(text.len() < 40 || !all.contains(&text[30..]), "repeats the token: {all}");
    }
    let output = run(&["token", "/nowhere/token.txt"]);
    assert_eq!(output.status.code(), Some(1));
}

/// The main command with `--claims` and `--jwks`.
#[test]
fn a_template_is_run_for_a_verified_token_only() {
    let template = file(
        "groups.vtl",
        "#if( $ctx.identity.claims.get(\"cognito:groups\").contains(\"Admins\") )yes#else$util.unauthorized()#end",
    );
    let template = template.to_str().unwrap();
    let with = |name: &str, options: &[&str]| {
        let compact = token(name);
        let path = file(&format!("claims-{name}"), &compact);
        let mut seen = Vec::new();
        for claims in [compact.as_str(), path.to_str().unwrap()] {
            let mut args = vec![template, "--claims", claims, "--now", IN_TIME, "--format", "json"];
            args.extend(options);
            let output = run(&args);
            let told = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
            assert!(!told.contains(compact.rsplit('.').next().unwrap()), "{name}: the signature is shown");
            seen.push((output.status.code(), told));
        }
        assert_eq!(seen[0], seen[1], "typed and from a file");
        seen.remove(0)
    };
    // Without keys the claims count as they are.
    assert_eq!(with("changed-claims", &[]).0, Some(0));
    assert_eq!(with("id", &[]).0, Some(2));
    let (exit, told) = with("id", &["--jwks", KEYS]);
    assert_eq!(exit, Some(2));
    assert!(told.contains("the signature is that of the key"), "{told}");
    for (name, code) in [
        ("changed-claims", "signature-invalid"),
        ("other-key", "signature-invalid"),
        ("unknown-kid", "key-not-in-set"),
        ("alg-hs256-with-public-key", "algorithm-mismatch"),
    ] {
        let (exit, told) = with(name, &["--jwks", KEYS]);
        assert_eq!(exit, Some(1), "{name}");
        assert!(told.contains(code) && told.contains("before any template runs"), "{name}: {told}");
    }
    assert_eq!(run(&[template, "--claims", "{\"sub\": \"s\"}", "--jwks", KEYS]).status.code(), Some(1));
    assert_eq!(run(&[template, "--jwks", KEYS]).status.code(), Some(1));
}

/// A token of this header and these claims, with a signature that is none.
fn made(header: &str, claims: &str) -> String {
    use base64::Engine as _;
    let encode = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
    format!("{}.{}.{}", encode(header), encode(claims), encode("not a signature"))
}

/// Header, `exp`, `refused`, `unknown`, the word of the text, and the exit codes without and with `--strict`.
/// `crit`: RFC 7515, section 4.1.11; `exp`: seconds, RFC 7519, section 2.
#[test]
fn what_could_not_be_judged_is_a_member_of_the_report() {
    let plain = r#"{"kid":"rsa-1","alg":"RS256"}"#;
    let critical = r#"{"kid":"rsa-1","alg":"RS256","crit":["exp2"]}"#;
    for (header, exp, refused, unknown, word, exits) in [
        (plain, "1790003600", false, json!([]), "ACCEPTABLE", (0, 0)),
        (critical, "1790003600", false, json!(["token-critical"]), "UNKNOWN", (0, 3)),
        (plain, "1790003600000", false, json!(["expiry-unknown"]), "UNKNOWN", (0, 3)),
        (critical, "1790000600", true, json!(["token-critical"]), "REFUSED", (2, 2)),
    ] {
        let claims = format!(
            r#"{{"iss":"{POOL}","token_use":"access","client_id":"client-a","username":"ann","iat":1790000000,"exp":{exp}}}"#
        );
        let text = made(header, &claims);
        let (report, exit, all) = judged("not-judged", &text, &[]);
        assert_eq!((&report["refused"], &report["unknown"]), (&json!(refused), &unknown), "{header} {exp}");
        assert!(all.contains(word), "{word}: {all}");
        let (_, strict, _) = judged("not-judged", &text, &["--strict"]);
        assert_eq!((exit, strict), (Some(exits.0), Some(exits.1)), "{header} {exp}");
    }
}
