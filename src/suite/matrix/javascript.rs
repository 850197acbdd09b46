//! What JavaScript refuses, as far as its text shows: it is listed, never run.

use crate::message::{Message, Part};
use crate::project::{ResolverFunction, Resolver, Runtime, Template};

/// Refusals listed of one file.
const MOST: usize = 8;
/// Letters of a call that are looked through for its error type.
const LONGEST: usize = 400;

/// A part of a resolver that is JavaScript.
pub struct JavascriptPart {
    /// A sentence on it: where its text refuses.
    pub words: Message,
    /// Whether its text refuses anybody, or is not at hand.
    pub may_refuse: bool,
}

/// Each part of a resolver that is JavaScript.
pub fn javascript_parts(resolver: &Resolver) -> Vec<JavascriptPart> {
    let own = (resolver.runtime == Runtime::JavaScript).then_some((resolver.field.as_str(), resolver.code.as_deref()));
    let js = |function: &&ResolverFunction| function.runtime == Runtime::JavaScript;
    let functions = resolver.functions.iter().filter(js).map(|one| (one.name.as_str(), one.code.as_deref()));
    // A resolver with one data source has its code twice: as its own and as its only function's.
    let of_unit = own.is_some() && resolver.functions.iter().all(|function| function.code.is_some());
    let functions = functions.filter(|_| !(of_unit && resolver.before.is_none() && resolver.functions.len() == 1));
    own.into_iter().chain(functions).map(|(name, code)| sentence(name, code)).collect()
}

fn sentence(name: &str, code: Option<&Template>) -> JavascriptPart {
    let part = || Part::Name(name.to_owned());
    let Some(code) = code else {
        let words = Message::of("{} runs on APPSYNC_JS and was not evaluated; its code is not at hand", [part()]);
        return JavascriptPart { words, may_refuse: true };
    };
    let mut found = refusals(code.text());
    if found.is_empty() {
        let words = Message::of("{} runs on APPSYNC_JS and was not evaluated; its code names no refusal of its own", [part()]);
        return JavascriptPart { words, may_refuse: false };
    }
    let more = found.len().saturating_sub(MOST);
    found.truncate(MOST);
    let one = |(line, call)| Message::of("{}: {}", [Part::Place(format!("line {line}")), Part::Code(call)]);
    let lines = Message::list(found.into_iter().map(one), ", ");
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let runs = Message::of("{} runs on APPSYNC_JS and was not evaluated", [part()]);
    JavascriptPart { words: Message::joined("{}; it refuses in {}{}", [runs, lines, more.into()]), may_refuse: true }
}

/// The lines with `util.unauthorized()` and `util.error(…, 'Unauthorized')`, and these calls.
pub fn refusals(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("util.") {
        let line_start = code[..at].rfind('\n').map_or(0, |end| end + 1);
        let before = code[line_start..at].trim_start();
        if before.starts_with("//") || before.starts_with('*') || code[line_start..at].contains(" //") {
            continue;
        }
        let Some(call) = call(&code[at..]) else { continue };
        let refuses = call.starts_with("util.unauthorized(")
            || (call.starts_with("util.error(") || call.starts_with("util.appendError("))
                && ["Unauthorized", "UnauthorizedException"].iter().any(|kind| is_quoted(call, kind));
        if refuses {
            let line = 1 + code[..at].bytes().filter(|byte| *byte == b'\n').count();
            found.push((line, crate::source::one_line(call)));
        }
    }
    found
}

/// A call up to its closing bracket.
fn call(text: &str) -> Option<&str> {
    let mut depth = 0_usize;
    let mut quote = None;
    for (at, letter) in text.char_indices().take(LONGEST) {
        match (quote, letter) {
            (Some(open), letter) if open == letter => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'' | '`') => quote = Some(letter),
            (None, '(') => depth += 1,
            (None, ')') => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return text.get(..=at);
                }
            }
            (None, ';' | '\n') if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

fn is_quoted(call: &str, word: &str) -> bool {
    ['"', '\'', '`'].iter().any(|quote| call.contains(&format!("{quote}{word}{quote}")))
}

#[cfg(test)]
mod tests {
    use super::refusals;

    #[test]
    fn refusals_are_found_by_their_line() {
        let code = "import { util } from '@aws-appsync/utils';\n\
            export function request(ctx) {\n\
            \x20 if (!ctx.identity) util.unauthorized();\n\
            \x20 // util.unauthorized() was here\n\
            \x20 if (ctx.args.x) {\n\
            \x20   util.error(`no ${f(ctx)}`,\n      'Unauthorized');\n  }\n\
            \x20 util.error('Unauthorized is no type here', 'BadInput');\n\
            \x20 return util.unauthorizedly;\n}\n";
        let wanted = [(3, "util.unauthorized()"), (6, "util.error(`no ${f(ctx)}`, 'Unauthorized')")];
        assert_eq!(refusals(code), wanted.map(|(line, call)| (line, call.to_owned())));
    }
}
