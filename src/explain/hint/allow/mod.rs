//! Every allow explained, and the over-wide ones said unasked: which conditions let the caller through, and which of them
//! hold for more callers or rows than they seem to ask for.

mod claim_unread;
mod client;
mod data;
mod dropped;
mod identity;
mod kept_row;
mod loose;
mod lost;
mod nobody;
mod nothing_named;
mod nulls;
mod near_key;
mod placeholder;
mod pointed;
mod redacted;
mod replaces;
mod request_skipped;
mod skipped;
mod subscribed;
mod slips;
mod turns;
mod undone;
mod words;
mod unasked;
mod unread;
mod unread_list;
mod unset;
mod width;

pub use client::{decided_by, grants, sent_as};
pub use identity::{in_milliseconds, is_time, is_whole};
pub use lost::filled;
pub use nobody::{is_append, names_caller_in, slots_read};
pub use skipped::{claim_asked, static_path, static_path_before};
pub use slips::{clock_side, time_units};
pub use words::{OWNERS, condition, line, literal_or, name as operand_name, one_line, passage, skipped, state, text_behind, value as operand_value, values};
pub use turns::in_turn;
pub use width::{events, sentence};

use super::Finished;
use super::deciding::{self, Passed};
use super::test::Test;
use crate::finding::Finding;
use crate::message::Message;
use crate::trace::Verdict;
use crate::trace::condition::Condition;

/// A leaf of a condition that let the caller through.
#[derive(Clone, Copy, Debug)]
pub struct Leaf<'p> {
    /// The whole condition.
    pub passed: &'p Passed,
    /// The leaf, which was judged.
    pub condition: &'p Condition,
    /// What it tests.
    pub test: Test<'p>,
}

type AllowRule = fn(&Finished<'_>, &[Leaf<'_>], &mut Vec<Finding>);

const RULES: [AllowRule; 69] = [
    slips::case_differs,
    near_key::skipped,
    data::sql_injected,
    unasked::other_mode,
    unasked::client_filter,
    request_skipped::judge,
    undone::put_into_nothing,
    undone::events_not_filtered,
    undone::claim_left_to_client,
    width::term_not_sent,
    width::claim_not_compared,
    claim_unread::beside_argument,
    lost::discarded,
    lost::returned_only,
    lost::selection_not_listed,
    slips::null_is_not_false,
    nobody::appended_only,
    unset::without_parentheses,
    unset::never_set,
    unset::kept,
    kept_row::taken_for_own,
    nulls::both_null,
    nulls::null_in_list,
    nulls::both_printed,
    nulls::skipped,
    nulls::placeholder,
    placeholder::stored,
    subscribed::argument_put,
    subscribed::null_arguments,
    identity::part_of_text,
    loose::part_of_group,
    loose::guest_has_it,
    loose::scope_of_everybody,
    loose::always_holds,
    loose::one_row_for_all,
    identity::order_of_text,
    identity::default_strategy,
    slips::units,
    client::decides,
    slips::row_named_by_client,
    slips::ending_not_anchored,
    slips::address_not_verified,
    nobody::flag_not_read,
    unread::list_not_read,
    turns::last_decides,
    nobody::asked,
    nobody::signed_in_alone,
    nobody::own_name,
    replaces::row_replaced,
    identity::any_group,
    identity::any_principal,
    skipped::empty_loop,
    nulls::text_is_true,
    nulls::empty_is_true,
    lost::owner_not_filled,
    dropped::by_copy,
    lost::owner_reassigned,
    lost::owner_taken,
    nulls::absent_differs,
    nulls::absent_not_named,
    nulls::empty_of_nothing,
    lost::role_of_everybody,
    data::rows_of_others,
    data::null_answer,
    data::response_skipped,
    unread_list::beside,
    pointed::others_row,
    pointed::row_not_asked,
    redacted::set_to_null,
];

/// Those that look at the conditions of one way in alone.
const OF_ONE_WAY: [AllowRule; 16] = [
    slips::case_differs,
    nulls::both_null,
    nulls::null_in_list,
    nulls::both_printed,
    nulls::placeholder,
    placeholder::stored,
    identity::part_of_text,
    loose::part_of_group,
    loose::scope_of_everybody,
    loose::always_holds,
    identity::order_of_text,
    identity::default_strategy,
    client::decides,
    identity::any_group,
    identity::any_principal,
    nulls::text_is_true,
];

/// What is wider about an allow than it seems.
pub fn wide(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if !matches!(run.verdict, Verdict::Allowed | Verdict::Completed | Verdict::Filtered) {
        return;
    }
    let passed = run.passed();
    let leaves = leaves(run, passed);
    let chosen = deciding::chosen(run);
    let of_output = self::leaves(run, &chosen);
    nulls::text_is_true(run, &of_output, found);
    nulls::both_null(run, &of_output, found);
    for rule in RULES {
        rule(run, &leaves, found);
    }
    // What lets in more than was meant may hide behind a right way in.
    let others = deciding::other_ways(run);
    for way in &others {
        let leaves = self::leaves(run, way);
        for rule in OF_ONE_WAY {
            rule(run, &leaves, found);
        }
    }
    beside_right_way(run, &others, found);
    skipped::by_return(run, passed, found);
    skipped::every_caller(run, passed, found);
    skipped::whole_list(run, found);
    skipped::parent_only(run, found);
    nothing_named::passes(run, &leaves, found);
    identity::subscription(run, &leaves, found);
    identity::name_alone(run, &leaves, found);
}

/// Where the caller came by a right way in as well, the open one is no matter of his: that is said beside it.
fn beside_right_way(run: &Finished<'_>, others: &[Vec<Passed>], found: &mut [Finding]) {
    let (Some(first), false) = (found.first_mut(), others.is_empty()) else { return };
    let is_right = |way: &&[Passed]| {
        let (leaves, mut wide) = (leaves(run, way), Vec::new());
        OF_ONE_WAY.iter().for_each(|rule| rule(run, &leaves, &mut wide));
        wide.is_empty() && way.iter().any(|one| deciding::reads_caller(&one.condition))
    };
    let own = run.passed().iter().filter(|one| one.guards == deciding::Guards::Grant).cloned().collect::<Vec<_>>();
    let mut ways = std::iter::once(own.as_slice()).chain(others.iter().map(Vec::as_slice));
    if let Some(how) = ways.find(is_right).and_then(|way| words::how(run, way)) {
        first.message.and(Message::joined("This caller passes without it, too: {}.", [how]));
    }
}

/// The leaves that were judged.
pub fn leaves<'p>(run: &Finished<'_>, passed: &'p [Passed]) -> Vec<Leaf<'p>> {
    let mut found = Vec::new();
    for one in passed {
        let mut leaves = Vec::new();
        one.condition.leaves(&mut leaves);
        for leaf in leaves.into_iter().filter(|leaf| leaf.holds.is_some()) {
            found.push(Leaf { passed: one, condition: leaf, test: Test::of(run, leaf) });
        }
    }
    found
}
