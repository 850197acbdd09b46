//! Fragments that use each other in a circle, which GraphQL forbids
//! (<https://spec.graphql.org/October2021/#sec-Fragment-spreads-must-not-form-cycles>).

use super::operation::parse;
use graphql_parser::query::{Definition, FragmentDefinition, Selection, SelectionSet};
use std::collections::HashMap;

/// The names on the shortest way round that is met first, the first again at its end; nothing where no fragment uses itself.
pub fn find(query: &str) -> Option<Vec<String>> {
    let document = parse(query)?;
    let fragments: HashMap<&str, &FragmentDefinition<'_, String>> = document
        .definitions
        .iter()
        .filter_map(|definition| match definition {
            Definition::Fragment(fragment) => Some((fragment.name.as_str(), fragment)),
            Definition::Operation(_) => None,
        })
        .collect();
    let uses: HashMap<&str, Vec<&str>> = fragments.iter().map(|(name, fragment)| (*name, spreads(&fragment.selection_set))).collect();
    let names = document.definitions.iter().filter_map(|definition| match definition {
        Definition::Fragment(fragment) => Some(fragment.name.as_str()),
        Definition::Operation(_) => None,
    });
    names.take(MOST).find_map(|name| way_round(name, &uses))
}

/// Fragments that are looked at: each is a search of its own.
const MOST: usize = 100;

/// The shortest way from a fragment back to itself.
fn way_round(name: &str, uses: &HashMap<&str, Vec<&str>>) -> Option<Vec<String>> {
    let mut before: HashMap<&str, &str> = HashMap::new();
    let mut next = std::collections::VecDeque::from([name]);
    while let Some(one) = next.pop_front() {
        for used in uses.get(one).into_iter().flatten().copied() {
            if used == name {
                let mut way = vec![name.to_owned(), one.to_owned()];
                let mut at = one;
                while let Some(earlier) = before.get(at).copied().filter(|_| at != name) {
                    way.push(earlier.to_owned());
                    at = earlier;
                }
                if way.last().is_some_and(|last| last != name) {
                    way.push(name.to_owned());
                }
                way.dedup();
                way.reverse();
                // A fragment that uses itself alone stands at both ends.
                return Some(if way.len() == 1 { vec![name.to_owned(), name.to_owned()] } else { way });
            }
            if used != name && !before.contains_key(used) {
                before.insert(used, one);
                next.push_back(used);
            }
        }
    }
    None
}

/// The fragments that a selection uses, those inside its fields too.
fn spreads<'d>(selection: &'d SelectionSet<'_, String>) -> Vec<&'d str> {
    let mut found = Vec::new();
    let mut left = vec![selection];
    while let Some(selection) = left.pop() {
        for item in &selection.items {
            match item {
                Selection::Field(field) => left.push(&field.selection_set),
                Selection::InlineFragment(inner) => left.push(&inner.selection_set),
                Selection::FragmentSpread(spread) => found.push(spread.fragment_name.as_str()),
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn the_way_round_is_named() {
        let way = |query: &str| find(query).map(|way| way.join(" "));
        assert_eq!(way("{ a { ...f } } fragment f on T { b { ...f } }").as_deref(), Some("f f"));
        assert_eq!(way("{ a { ...f } } fragment f on T { b { ...g } } fragment g on T { ... on T { b { ...f } } }").as_deref(), Some("f g f"));
        assert_eq!(way("{ a { ...e } } fragment e on T { ...f } fragment f on T { ...g } fragment g on T { ...h } fragment h on T { ...f }").as_deref(), Some("f g h f"));
        // One in another, also twice, is no circle; nor is a field of a fragment's name.
        assert_eq!(way("{ a { ...f ...g } } fragment f on T { g ...g } fragment g on T { f }"), None);
        assert_eq!(way("{ a { ...f } }"), None);
        assert_eq!(way("{ a "), None);
    }
}
