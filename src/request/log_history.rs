//! The requests of a log, for what they prove of one of an archive.

use super::answer::LogSays;
use super::history::{Credential, MOST, Past};
use std::collections::HashMap;

/// How many are looked at on each side of a request: a log may hold tens of thousands.
const FARTHEST: usize = 500;

/// The requests of a log in order of time, those without a time behind them.
#[derive(Debug, Default)]
pub struct LogHistory {
    all: Vec<(String, Past)>,
}

impl LogHistory {
    /// Of what the log says of each.
    pub fn of<'a>(all: impl Iterator<Item = &'a LogSays>) -> Self {
        let mut all: Vec<(String, Past)> = all.map(|says| (says.id.clone(), Past::of_log(says))).collect();
        all.sort_by(|(id, one), (other_id, other)| {
            let key = |past: &Past| (past.at.is_none(), past.at);
            key(one).cmp(&key(other)).then_with(|| one.field.cmp(&other.field)).then_with(|| id.cmp(other_id))
        });
        Self { all }
    }

    /// What they prove of the request with this id, this credential and this time: the nearest of each kind, without itself.
    pub fn about(&self, id: &str, own: Option<&Credential>, now: Option<i64>) -> Vec<Past> {
        let mut counts = HashMap::new();
        let mut found = Vec::new();
        for (_, past) in self.nearest(now).into_iter().filter(|(other, _)| other != id) {
            let same = own.zip(past.credential.as_ref()).is_some_and(|(one, other)| one.is(other));
            let later = past.at.zip(now).is_some_and(|(at, now)| at > now);
            let count = counts.entry((same, past.passed, later)).or_insert(0);
            *count += 1;
            if *count <= MOST {
                found.push(Past { same, later, ..past.clone() });
            }
        }
        found
    }

    /// Those around a time, the nearest first; of two that are as near the earlier one.
    fn nearest(&self, now: Option<i64>) -> Vec<&(String, Past)> {
        let middle = now.map_or(0, |now| self.all.partition_point(|(_, past)| past.at.is_some_and(|at| at <= now)));
        let (before, after) = self.all.split_at(middle);
        let mut found: Vec<_> = before.iter().rev().take(FARTHEST).chain(after.iter().take(FARTHEST)).collect();
        found.sort_by_key(|(_, past)| past.at.zip(now).map_or(i64::MAX, |(at, now)| at.saturating_sub(now).saturating_abs()));
        found
    }

    /// The ids of those that are within so many milliseconds of one.
    pub fn ids_near(&self, now: i64, slack: i64) -> impl Iterator<Item = &str> {
        let begin = self.all.partition_point(|(_, past)| past.at.is_some_and(|at| at < now.saturating_sub(slack)));
        let rest = self.all.get(begin..).unwrap_or_default();
        rest.iter().take_while(move |(_, past)| past.at.is_some_and(|at| at <= now.saturating_add(slack))).map(|(id, _)| id.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(id: &str, time: Option<i64>, status: u64) -> LogSays {
        LogSays { id: id.to_owned(), time, status: Some(status), ..LogSays::default() }
    }

    #[test]
    fn the_nearest_of_each_kind_are_given_without_the_request_itself() {
        let all: Vec<LogSays> = (0..2_000).map(|at| says(&format!("r{at}"), Some(at), 200 + 200 * (at as u64 % 2))).collect();
        let history = LogHistory::of(all.iter().chain([&says("no-time", None, 200)]));
        let found: Vec<(Option<i64>, bool, bool)> =
            history.about("r1000", None, Some(1000)).iter().map(|past| (past.at, past.passed, past.later)).collect();
        let wanted = [
            (999, false, false), (1001, false, true), (998, true, false), (1002, true, true), (997, false, false), (1003, false, true),
            (996, true, false), (1004, true, true), (995, false, false), (1005, false, true), (994, true, false), (1006, true, true),
            (993, false, false), (1007, false, true), (992, true, false), (1008, true, true),
        ];
        assert_eq!(found, wanted.map(|(at, passed, later)| (Some(at), passed, later)));
        assert_eq!(history.about("x", None, None).first().map(|past| past.at), Some(Some(0)));
        assert_eq!(history.ids_near(5, 2).collect::<Vec<_>>(), ["r3", "r4", "r5", "r6", "r7"]);
    }
}
