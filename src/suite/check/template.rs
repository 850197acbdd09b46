//! Static findings of one template: what is wrong with it before anyone calls it.

use super::sent::SentTypes;
use super::subject::CheckSubject;
use super::{Fix, Spot, allow, gateway, placeholder, rules};
use crate::appsync::AuthType;
use crate::code::{Code, Severity};
use crate::diagnostic::Diagnostic;
use crate::source::{Source, Span};
use crate::syntax::{Program, Reference, parse};

/// Checks a template; `modes` are the API's, if they are known.
pub fn check(source: &Source, modes: &[AuthType]) -> Vec<Spot> {
    check_own(source, modes, false, &SentTypes::default())
}

/// The same; somebody's `own` template is judged in its style too, though it was made from a generated one.
pub fn check_own(source: &Source, modes: &[AuthType], own: bool, types: &SentTypes) -> Vec<Spot> {
    let mut found = match read(source) {
        Ok(program) => {
            let mut subject = CheckSubject::new(&program, modes);
            subject.generated &= !own;
            subject.types = Some(types);
            let set = |reference: &Reference| subject.sets.contains_key(&reference.root);
            match gateway::place(&program, set) {
                Some(node) => vec![Spot::at(&program, node, Code::GatewayTemplate, gateway::MESSAGE)],
                None => rules::run(&subject),
            }
        }
        Err(diagnostic) => vec![gateway::stands_in(source).unwrap_or_else(|| unread(source, &diagnostic))],
    };
    found = allow::allowed(source, found);
    found.sort_by_key(|spot| (spot.line, spot.column, spot.code));
    found.dedup();
    found
}

/// The program: as it stands, or with names in the place of what a deployment puts in.
pub fn read(source: &Source) -> Result<Program, Box<Diagnostic>> {
    parse(source).or_else(|error| {
        let masked = placeholder::masked(&source.text).ok_or_else(|| error.clone())?;
        parse(&Source::new(source.name.clone(), masked)).map_err(|_| error)
    })
}

fn unread(source: &Source, diagnostic: &Diagnostic) -> Spot {
    let place = diagnostic.place();
    Spot {
        file: source.name.to_string(),
        template: None,
        line: Some(place.line),
        column: Some(place.column),
        severity: Severity::Error,
        code: Code::DoesNotParse,
        message: diagnostic.message.clone().into(),
        fix: comparison(source, diagnostic),
    }
}

/// `#if( $x = 1 )` is meant for `==`, and nothing else can be: so is `===`.
fn comparison(source: &Source, diagnostic: &Diagnostic) -> Option<Fix> {
    let span = diagnostic.labels.first()?.span;
    let wrong = match source.slice(span) {
        "===" => true,
        "=" => diagnostic.message.starts_with("a single `=`"),
        _ => false,
    };
    wrong.then(|| Fix { span: Span { ..span }, text: "==".to_owned() })
}
