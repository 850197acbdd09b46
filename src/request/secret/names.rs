//! Which members hold a secret, by their names.

/// Headers whose values are credentials.
const HEADERS: [&str; 6] =
    ["authorization", "x-api-key", "cookie", "set-cookie", "x-amz-security-token", "proxy-authorization"];

/// How the names of secrets end, in small letters without `-` and `_`.
const ENDINGS: [&str; 14] = [
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "passcode",
    "secret",
    "token",
    "apikey",
    "secretkey",
    "privatekey",
    "authorization",
    "cookie",
    "signature",
    "secretaccesskey",
];

/// Names that end so and hold none: places in a list, and marks against sending twice.
const HARMLESS: [&str; 8] = [
    "nexttoken",
    "pagetoken",
    "pagingtoken",
    "paginationtoken",
    "continuationtoken",
    "previoustoken",
    "clienttoken",
    "clientrequesttoken",
];

/// Whether a header's value is a credential.
pub fn is_secret_header(name: &str) -> bool {
    let name = name.to_lowercase();
    HEADERS.contains(&name.as_str()) || name.contains("token") || name.contains("secret")
}

/// Whether a member of the arguments, the stash or a row is named as a secret is.
pub fn names_secret(name: &str) -> bool {
    let letters = name.chars().filter(|letter| letter.is_ascii_alphanumeric());
    let bare: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
    let secret = ENDINGS.iter().any(|ending| bare.ends_with(ending)) || bare.starts_with("password");
    secret && !HARMLESS.iter().any(|harmless| bare.ends_with(harmless))
}
