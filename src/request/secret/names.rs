//! Which members hold a secret, by their names.

/// Headers whose values are credentials.
const HEADERS: [&str; 6] =
    ["authorization", "x-api-key", "cookie", "set-cookie", "x-amz-security-token", "proxy-authorization"];

/// How the names of secrets end, in small letters without `-` and `_`.
const ENDINGS: [&str; 20] = [
    "passwd",
    "pwd",
    "passphrase",
    "passcode",
    "pincode",
    "mfacode",
    "verificationcode",
    "confirmationcode",
    "secret",
    "secrethash",
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

/// Whole names.
const SHORT: [&str; 4] = ["pw", "pin", "otp", "cvv"];

/// Those that nothing else has.
const ALWAYS: [&str; 13] = [
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "passcode",
    "secret",
    "secrethash",
    "accesstoken",
    "refreshtoken",
    "idtoken",
    "sessiontoken",
    "secretkey",
    "privatekey",
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

/// Whether a text is the name of such a header: which one was sent is no secret, and may be all that is wrong.
pub fn is_header(text: &str) -> bool {
    HEADERS.iter().any(|name| name.eq_ignore_ascii_case(text.trim()))
}

/// Whether a header's value is a credential.
pub fn is_secret_header(name: &str) -> bool {
    let name = name.to_lowercase();
    HEADERS.contains(&name.as_str()) || name.contains("token") || name.contains("secret")
}

/// Whether a member of the arguments, the stash or a row is named as a secret is.
pub fn names_secret(name: &str) -> bool {
    if !may_end_so(name) {
        return has_password(name);
    }
    let tail = Tail::of(name);
    let own = tail.is_short() || tail.is_any(&ENDINGS) || tail.is_any(&PLURALS) || has_password(name);
    own && !tail.is_any(&HARMLESS)
}

/// Whether what has this name is a secret in any text, whatever its letters: other names of secrets are words of other things too.
pub fn is_always_secret(name: &str) -> bool {
    Tail::of(name).is_any(&ALWAYS)
}

/// Whether every text in a list or an object of this name is a secret.
pub fn holds_secrets(name: &str) -> bool {
    may_end_so(name) && Tail::of(name).is_any(&PLURALS)
}

/// Whether a name ends in two letters in which the name of a secret may: most end otherwise.
fn may_end_so(name: &str) -> bool {
    let mut last = letters(name.bytes().rev());
    let Some(one) = last.next() else { return false };
    let Some(two) = last.next() else { return false };
    match one {
        b'd' => two == b'w',
        b'e' => matches!(two, b's' | b'd' | b'i' | b'r'),
        b't' => two == b'e',
        b'n' => matches!(two, b'e' | b'o' | b'i'),
        b'y' => two == b'e',
        b'h' => two == b's',
        b'l' => two == b'a',
        b'w' | b'p' | b'v' => matches!((two, one), (b'p', b'w') | (b't', b'p') | (b'v', b'v')),
        // Of several.
        b's' => matches!(two, b'd' | b't' | b'n' | b'y' | b'e' | b'l'),
        _ => false,
    }
}

/// Whether a member of an object that is named as a secret is holds the secret itself: its value, an operator of a filter
/// (`{password: {eq: …}}`), or a type of DynamoDB (`{"S": …}`).
pub fn is_inside(member: &str) -> bool {
    const INSIDE: [&str; 18] = [
        "value", "Value", "text", "raw", "plain", "plaintext", "current", "new", "old", "eq", "ne", "contains", "notContains", "beginsWith",
        "match", "like", "S", "$eq",
    ];
    INSIDE.contains(&member)
}

/// Whether a member of an entry of a list of secrets tells of the secret, and is none: when it ends, what it is for
/// (<https://docs.aws.amazon.com/appsync/latest/APIReference/API_ApiKey.html>: `description`, `expires`, `deletes`).
pub fn is_about(member: &str) -> bool {
    const ABOUT: [&str; 16] = [
        "description", "Description", "expires", "Expires", "expiresat", "expiresAt", "expiry", "expiration", "Expiration", "deletes",
        "created", "createdAt", "updatedAt", "comment", "status", "type",
    ];
    ABOUT.contains(&member)
}

/// Whether a member that names another one, as in `{"name": "password", "value": …}`, has such a name.
pub fn is_name(member: &str) -> bool {
    matches!(member, "name" | "Name" | "key" | "Key")
}

/// The member with its value.
pub fn is_value(member: &str) -> bool {
    matches!(member, "value" | "Value")
}

/// The last letters and digits of a name, small: as many as the longest ending has. Every name of a context is looked at,
/// so that nothing is allocated, and a name is gone through once for all endings.
struct Tail {
    letters: [u8; Self::LONGEST],
    start: usize,
}

impl Tail {
    /// `clientrequesttoken`
    const LONGEST: usize = 18;

    fn of(name: &str) -> Self {
        let mut tail = Self { letters: [0; Self::LONGEST], start: Self::LONGEST };
        for (place, letter) in tail.letters.iter_mut().rev().zip(letters(name.bytes().rev())) {
            *place = letter;
            tail.start -= 1;
        }
        tail
    }

    fn letters(&self) -> &[u8] {
        self.letters.get(self.start..).unwrap_or_default()
    }

    fn is_any(&self, endings: &[&str]) -> bool {
        let letters = self.letters();
        endings.iter().any(|ending| letters.ends_with(ending.as_bytes()))
    }

    /// What is the name of a secret alone: as an ending it is in other words.
    fn is_short(&self) -> bool {
        SHORT.iter().any(|name| self.letters() == name.as_bytes())
    }
}

/// Whether it is named as a password is.
pub fn names_password(name: &str) -> bool {
    has_password(name)
}

fn has_password(name: &str) -> bool {
    if name.len() < PASSWORD.len() || !name.bytes().any(|letter| matches!(letter, b'w' | b'W')) {
        return false;
    }
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

/// Those of these that are letters and digits, small.
fn letters(name: impl Iterator<Item = u8>) -> impl Iterator<Item = u8> {
    name.filter(u8::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::{ENDINGS, HARMLESS, PLURALS, SHORT, Tail, may_end_so, names_secret};

    #[test]
    fn no_ending_is_longer_than_what_is_looked_at() {
        let all = ENDINGS.iter().chain(&PLURALS).chain(&HARMLESS);
        assert_eq!(all.clone().map(|ending| ending.len()).max(), Some(Tail::LONGEST));
        assert!(all.into_iter().all(|ending| may_end_so(ending)) && SHORT.iter().all(|name| may_end_so(name)));
    }

    #[test]
    fn dashes_and_capitals_do_not_count() {
        for name in ["newPassword", "PASSWORD_hint", "api-key", "Secret Access Key", "x-amz-security-token", "été_pwd", "currentPasswordHash", "ppassword", "pw", "PIN", "otp", "mfa_code"] {
            assert!(names_secret(name), "{name}");
        }
        for name in ["nextToken", "page-token", "word", "tokens", "pass", "", "é", "passwor", "spw", "spin", "shippin"] {
            assert!(!names_secret(name), "{name}");
        }
    }
}
