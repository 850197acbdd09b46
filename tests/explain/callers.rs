//! What an answer of AWS does not tell of a caller is not given, and decides nothing.

use crate::support::command::{command, stdout};
use crate::support::files::temporary;

/// The verdict of a template that lets in whom this condition lets in, for this caller.
fn first_line(condition: &str, caller: &str) -> String {
    let template = format!("#if(!({condition}))$util.unauthorized()#end{{}}");
    let folder = temporary("callers");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("t.vtl");
    std::fs::write(&file, template).unwrap();
    let told = stdout(&command().arg(&file).args(["--claims", caller]).output().unwrap());
    told.split_whitespace().next().unwrap_or_default().to_owned()
}

/// STS names the session of an identity pool's caller `CognitoIdentityCredentials`, and tells nothing of the pool; the pool's own
/// answer (`get-id`, `get-credentials-for-identity`) tells nothing of the role. Anybody else has no identity of a pool: null.
#[test]
fn what_sts_and_an_identity_pool_do_not_tell_is_open() {
    let arn = |who: &str| format!(r#"{{"UserId": "AROA1:s", "Account": "123456789012", "Arn": "arn:aws:{who}"}}"#);
    let pool = arn("sts::123456789012:assumed-role/app-authRole/CognitoIdentityCredentials");
    let (role, user) = (arn("sts::123456789012:assumed-role/deploy/ci"), arn("iam::123456789012:user/ann"));
    let identity = r#"{"IdentityId": "eu-west-1:11111111-2222-3333-4444-555555555555"}"#;
    let whole = r#"{"userArn": "arn:aws:sts::123456789012:assumed-role/app-authRole/CognitoIdentityCredentials", "accountId": "123456789012", "username": "AROA1:s",
        "cognitoIdentityId": null, "cognitoIdentityPoolId": null, "cognitoIdentityAuthType": null, "cognitoIdentityAuthProvider": null}"#;
    let (by_pool, by_role) = (
        r#"$ctx.identity.cognitoIdentityAuthType == "authenticated""#,
        r#"$ctx.identity.userArn.contains("authRole")"#,
    );
    for (condition, caller, wanted) in [
        (by_pool, pool.as_str(), "UNKNOWN"),
        (by_pool, role.as_str(), "DENIED"),
        (by_pool, user.as_str(), "DENIED"),
        (by_pool, whole, "DENIED"),
        (by_role, pool.as_str(), "ALLOWED"),
        (by_role, role.as_str(), "DENIED"),
        (by_role, identity, "UNKNOWN"),
    ] {
        assert_eq!(first_line(condition, caller), wanted, "{condition}: {caller}");
    }
}

/// Claims that a token of either kind may have tell no mode: what a block for one mode would say decides nothing.
#[test]
fn claims_without_issuer_and_use_tell_no_mode() {
    let of_pool = r#"$util.authType() == "User Pool Authorization" && $ctx.identity.sub == "a""#;
    for (claims, wanted) in [
        (r#"{"sub": "a"}"#, "UNKNOWN"),
        (r#"{"sub": "b"}"#, "DENIED"),
        (r#"{"sub": "a", "token_use": "access"}"#, "ALLOWED"),
        (r#"{"sub": "a", "cognito:groups": []}"#, "ALLOWED"),
        (r#"{"sub": "a", "iss": "https://example.eu.auth0.com/"}"#, "DENIED"),
    ] {
        assert_eq!(first_line(of_pool, claims), wanted, "{claims}");
    }
}
