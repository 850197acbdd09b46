//! One rule, or one family of them, a file. A rule reads a template and says what it finds.

mod admin_return;
mod calls;
mod carried;
mod chained;
mod chosen;
mod client_rows;
mod contains;
mod enforce;
mod error_type;
mod filter;
mod headers;
mod identity;
mod injected;
mod java_text;
mod json;
mod list_text;
mod loose;
mod members;
mod missing;
mod modes;
mod names_denied;
mod never_holds;
mod never_reached;
mod never_set;
mod nothing_named;
mod null_in_loop;
mod other_place;
mod overwritten;
mod owner;
mod parent;
mod picked;
mod refused;
mod replaced;
mod return_first;
mod slipped;
mod slips;
mod sql;
mod tainted;
mod terms;
pub mod truth;
mod typed;
mod undone;
mod unmeant;
mod wide;
mod written;

pub use enforce::decides;
pub use members::asks_for_page;

use super::Spot;
use super::subject::CheckSubject;
use crate::code::Code;

/// What reads a template and adds what it finds.
type CheckRule = fn(&CheckSubject<'_>, &mut Vec<Spot>);

/// All rules about one template.
const RULES: &[CheckRule] = &[
    slips::find,
    calls::find,
    admin_return::find,
    chained::find,
    chosen::find,
    contains::find,
    enforce::find,
    error_type::find,
    filter::find,
    headers::find,
    identity::find,
    injected::find,
    java_text::find,
    json::find,
    list_text::find,
    loose::find,
    members::find,
    modes::find,
    missing::find,
    missing::subscription,
    names_denied::find,
    never_holds::find,
    never_reached::find,
    never_set::find,
    null_in_loop::find,
    owner::find,
    other_place::find,
    overwritten::find,
    parent::find,
    picked::find,
    refused::find,
    replaced::find,
    return_first::find,
    slipped::find,
    terms::find,
    truth::find,
    typed::find,
    undone::find,
    unmeant::find,
    wide::find,
    nothing_named::find,
    client_rows::find,
];

/// What the rules find in a template.
pub fn run(subject: &CheckSubject<'_>) -> Vec<Spot> {
    let mut found = Vec::new();
    for rule in RULES {
        rule(subject, &mut found);
    }
    // An expression that a quote cuts short is no JSON either, which is told on its line.
    let broken: Vec<_> = found.iter().filter(|spot| spot.code == Code::NeverJson).map(|spot| spot.line).collect();
    found.retain(|spot| spot.code != Code::ExpressionRefused || !broken.contains(&spot.line));
    found
}
