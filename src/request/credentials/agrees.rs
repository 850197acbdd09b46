//! A token in which nothing that can be compared is wrong: what agrees, and what is left.

use super::super::evidence::Evidence;
use super::super::token;
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part};

/// A refusal before any field, of a token that is of the API's issuer and whose end is ahead.
pub(super) fn nothing_wrong(evidence: &Evidence) -> Option<Finding> {
    let token = token::read(evidence.authorization()?.0).ok()?;
    let issuer = token.text("iss").filter(|issuer| evidence.api.issuers.iter().any(|own| own == issuer))?;
    let exp = token.time("exp")?;
    let ahead = evidence.now.map(|now| exp - now).filter(|ahead| *ahead > 0)?;
    let message = Message::of(
        "HTTP {} says that the request was refused before any field was resolved, and what can be compared agrees: the token's iss, {}, is the API's, and its exp ({}) was still {} ahead. What is left is its signature, which is not checked here (a token that was changed, or signed by keys that the issuer has not any more), or an API that is deployed otherwise than was given.",
        [
            Part::Value(evidence.status().unwrap_or(401).to_string()),
            Part::Value(issuer.to_owned()),
            Part::Value(token::moment(exp)),
            Part::Value(token::span(ahead)),
        ],
    );
    let cure = "Check the signature against the issuer's keys (`vtl-eval token TOKEN --jwks FILE`), compare the end of Authorization in AppSync's log (verbose, masked) with this token's, and what was given with what is deployed (aws appsync get-graphql-api).";
    Some(Finding::new(Code::RefusedBeforeGraphql, message.cured(cure)).actual(evidence.status()))
}
