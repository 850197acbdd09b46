//! The key by which a row names the object of a relation.

use crate::value::Value;

/// The key of a relation beside the name of its object: `crewId` for `crew`, and `boatCrewId`, as Amplify names it
/// (<https://docs.amplify.aws/gen1/javascript/build-a-backend/graphqlapi/data-modeling/>: `projectTeamId`).
pub fn relation_key(container: &crate::value::Map, name: &str) -> Option<(String, Value)> {
    let ends = ["Id", "ID", "_id", "Ids", "IDs"];
    let amplify = || {
        let mut letters = name.chars();
        letters.next().map(|first| format!("{}{}", first.to_uppercase(), letters.as_str())).filter(|name| name.len() > 2)
    };
    let plain = |known: &str| known.strip_prefix(name).is_some_and(|rest| ends.contains(&rest));
    let behind = |known: &str| amplify().is_some_and(|name| ends.iter().any(|end| known.strip_suffix(end).is_some_and(|head| head.len() > name.len() && head.ends_with(&name))));
    let find = |is: &dyn Fn(&str) -> bool| {
        container.snapshot().into_iter().find_map(|(key, value)| key.as_str().filter(|known| is(known)).map(|known| (known.to_owned(), value)))
    };
    find(&plain).or_else(|| find(&behind))
}
