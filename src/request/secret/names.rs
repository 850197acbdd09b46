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

/// How others of them begin.
const PASSWORD: &str = "password";

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
    let starts = letters(name.bytes()).take(PASSWORD.len()).eq(PASSWORD.bytes());
    (starts || ENDINGS.iter().any(|ending| ends(name, ending))) && !HARMLESS.iter().any(|harmless| ends(name, harmless))
}

/// The letters and digits of a name, small. Every name of a context is looked at: nothing is allocated.
fn letters(name: impl Iterator<Item = u8>) -> impl Iterator<Item = u8> {
    name.filter(u8::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase())
}

fn ends(name: &str, ending: &str) -> bool {
    letters(name.bytes().rev()).take(ending.len()).eq(ending.bytes().rev())
}

#[cfg(test)]
mod tests {
    use super::names_secret;

    #[test]
    fn dashes_and_capitals_do_not_count() {
        for name in ["newPassword", "PASSWORD_hint", "api-key", "Secret Access Key", "x-amz-security-token", "été_pwd"] {
            assert!(names_secret(name), "{name}");
        }
        for name in ["nextToken", "page-token", "word", "tokens", "pass", "", "é"] {
            assert!(!names_secret(name), "{name}");
        }
    }
}
