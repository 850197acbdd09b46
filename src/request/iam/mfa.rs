//! Conditions on multi-factor authentication, where nobody knows how the session was opened
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html>).

use super::condition;
use super::known::Key;
use super::policy::StatementDoubt;
use crate::request::grants::ConditionTest;
use crate::message::{Message, Part};

const OPENED: &str = "if it was opened with MFA (aws sts get-session-token --serial-number … --token-code …, or assume-role with both)";

/// Where a reader finds whether such a condition holds; `signer` is the access key id that signed.
pub(super) fn look_up(doubt: &StatementDoubt, signer: Option<&str>) -> Option<Message> {
    let StatementDoubt::Condition(test) = doubt else { return None };
    if !["aws:multifactorauthpresent", "aws:multifactorauthage"].contains(&test.key.to_lowercase().as_str()) {
        return None;
    }
    let long_lived = match holds_without(test)? {
        true => "a long-lived key (AKIA…) never has that key, and {} holds where it is absent, so the condition holds for it",
        false => "a long-lived key (AKIA…) never has that key, so the condition ({}) does not hold for it",
    };
    let operator = [Part::Code(test.operator.clone())];
    let long_lived = Message::of(long_lived, operator);
    Some(match signer {
        Some(key) if key.starts_with("ASIA") => Message::joined(
            "» Look at how the session was opened whose key signs ({}): {}. Of other keys, {}.",
            [Message::of("{}", [Part::Value("ASIA…".to_owned())]), Message::of("it has MFA {}", [Part::Text(OPENED.to_owned())]), long_lived],
        ),
        _ => Message::joined(
            "» Look at the access key id that signs: {}; {}.",
            [long_lived, Message::of("a session (ASIA…) has it {}", [Part::Text(OPENED.to_owned())])],
        ),
    })
}

/// Whether it holds for a request without that key.
fn holds_without(test: &ConditionTest) -> Option<bool> {
    if test.operator == "Null" {
        return Some(test.wanted.iter().any(|wanted| wanted.eq_ignore_ascii_case("true")));
    }
    condition::holds(&test.operator, &Key::Absent, &[])
}
