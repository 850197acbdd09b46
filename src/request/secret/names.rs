//! Which members hold a secret, by their names.

/// Headers whose values are credentials.
const HEADERS: [&str; 6] =
    ["authorization", "x-api-key", "cookie", "set-cookie", "x-amz-security-token", "proxy-authorization"];

/// How the names of secrets end, in small letters without `-` and `_`.
const ENDINGS: [&str; 15] = [
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
    "credential",
    // Each of several.
    "credentials",
];

/// How the names of lists and objects end in which each text is one.
const PLURALS: [&str; 9] = [
    "passwords",
    "secrets",
    "accesstokens",
    "refreshtokens",
    "idtokens",
    "sessiontokens",
    "apikeys",
    "privatekeys",
    "cookies",
];

/// What stands anywhere in others of them: `currentPasswordHash`. No part of it is its own beginning.
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
    let own = has_password(name) || is_short(name) || ENDINGS.iter().chain(&PLURALS).any(|ending| ends(name, ending));
    own && !HARMLESS.iter().any(|harmless| ends(name, harmless))
}

/// Whether every text in a list or an object of this name is a secret.
pub fn holds_secrets(name: &str) -> bool {
    PLURALS.iter().any(|plural| ends(name, plural))
}

/// Whether a member that names another one, as in `{"name": "password", "value": …}`, has such a name.
pub fn is_name(member: &str) -> bool {
    matches!(member, "name" | "Name" | "key" | "Key")
}

/// The member with its value.
pub fn is_value(member: &str) -> bool {
    matches!(member, "value" | "Value")
}

/// `pw` alone: as an ending it is in other words.
fn is_short(name: &str) -> bool {
    letters(name.bytes()).eq(*b"pw")
}

fn has_password(name: &str) -> bool {
    let mut met = 0;
    for letter in letters(name.bytes()) {
        let wanted = PASSWORD.as_bytes().get(met).copied();
        met = if wanted == Some(letter) { met + 1 } else { usize::from(letter == b'p') };
        if met == PASSWORD.len() {
            return true;
        }
    }
    false
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
        for name in ["newPassword", "PASSWORD_hint", "api-key", "Secret Access Key", "x-amz-security-token", "été_pwd", "currentPasswordHash", "ppassword", "pw"] {
            assert!(names_secret(name), "{name}");
        }
        for name in ["nextToken", "page-token", "word", "tokens", "pass", "", "é", "passwor", "spw"] {
            assert!(!names_secret(name), "{name}");
        }
    }
}
