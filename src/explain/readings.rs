//! Which tests on what nobody gave decide: the subject is run again with them coming out the other way, alone, together, and one
//! behind the other, and what gives another verdict is a reading.

use super::rerun_budget;
pub(super) use super::why::{Doubt, Reading};
use crate::trace::Verdict;

/// Tests tried alone.
const SINGLE: usize = 8;
/// Evaluations spent on one report.
const TRIES: usize = 96;
/// Readings told.
const MOST: usize = 3;

/// What a run came to: its verdict, and the tests on what nobody gave that it made.
pub type SwayedRun = (Verdict, Vec<Doubt>);

/// The same run with some tests coming out the other way.
pub trait Sway {
    /// What it comes to.
    fn swayed(&self, tests: &[Doubt]) -> Option<SwayedRun>;
}

/// The readings that give another verdict than `was`, each with as few tests as it needs.
pub fn readings(was: Verdict, doubts: &[Doubt], rerun: &impl Sway) -> Vec<Reading> {
    // Without any of them it is the run that is asked about.
    let ran = vec![(Vec::new(), (was, doubts.to_vec()))];
    let mut search = ReadingSearch { was, rerun, tries: TRIES, past: None, ran };
    let mut met = doubts.to_vec();
    let mut found = Vec::new();
    for doubt in doubts.iter().take(SINGLE) {
        let Some((reading, more)) = search.run(vec![*doubt]) else { break };
        met.extend(more.into_iter().filter(|other| !met.contains(other)).collect::<Vec<_>>());
        found.extend(reading);
    }
    if found.is_empty() {
        found.extend(search.together(met));
    }
    // All at once, one may stand in the way of another.
    for doubt in doubts {
        if found.is_empty() {
            found.extend(search.onward(*doubt, doubts));
        }
    }
    // What is refused in both readings of one test may be let through behind it, by the next.
    if !lets_through(was) && !found.is_empty() && !found.iter().any(|reading| lets_through(reading.verdict)) {
        let behind = found.iter().filter(|reading| reading.tests.len() == 1).find_map(|reading| search.through(reading.tests.clone()));
        found.splice(0..0, behind);
    }
    // What refuses once a part is there may let through again by what that part holds.
    if lets_through(was) && found.iter().all(|reading| reading.verdict == Verdict::Denied) {
        let again = found.iter().filter(|reading| reading.tests.len() == 1).find_map(|reading| search.again(reading.tests.clone()));
        found.splice(0..0, again);
    }
    found.truncate(MOST);
    // A refusal that another value passes, and what then fails has not all that it reads either.
    if found.is_empty() {
        found.extend(search.past.take());
    }
    // What could not be tried to its end may have come out otherwise.
    if found.is_empty() && !doubts.is_empty() && (search.tries == 0 || rerun_budget::is_spent()) {
        found.push(Reading { tests: Vec::new(), verdict: Verdict::Unknown });
    }
    found
}

struct ReadingSearch<'a, S> {
    was: Verdict,
    rerun: &'a S,
    tries: usize,
    /// The first run that passed a refusal and failed further on.
    past: Option<Reading>,
    /// What each run came to, by its tests: alone, one behind the other and again, the same are asked for.
    ran: Vec<(Vec<Doubt>, SwayedRun)>,
}

impl<S: Sway> ReadingSearch<'_, S> {
    /// What a run with these tests comes to: no run is made twice.
    fn swayed(&mut self, tests: &[Doubt]) -> Option<SwayedRun> {
        if let Some((_, known)) = self.ran.iter().find(|(known, _)| known == tests) {
            return Some(known.clone());
        }
        self.tries = self.tries.checked_sub(1)?;
        let result = self.rerun.swayed(tests)?;
        self.ran.push((tests.to_vec(), result.clone()));
        Some(result)
    }

    /// One run: the reading, if it is another verdict, and the tests that it made.
    fn run(&mut self, tests: Vec<Doubt>) -> Option<(Option<Reading>, Vec<Doubt>)> {
        let (verdict, met) = self.swayed(&tests)?;
        if self.was == Verdict::Denied && verdict == Verdict::Error && self.past.is_none() {
            self.past = Some(Reading { tests: tests.clone(), verdict });
        }
        Some((differs(self.was, verdict).then_some(Reading { tests, verdict }), met))
    }

    /// All tests at once, with those that come up on the way; then those left out that are not needed.
    fn together(&mut self, tests: Vec<Doubt>) -> Option<Reading> {
        let mut reading = self.follow(tests, &[])?;
        for doubt in reading.tests.clone() {
            let fewer: Vec<_> = reading.tests.iter().copied().filter(|other| *other != doubt).collect();
            if let Some((Some(found), _)) = self.run(fewer) {
                reading = found;
            }
        }
        Some(reading)
    }

    /// One test, and those that come up only because of it, without any of the others.
    fn onward(&mut self, test: Doubt, others: &[Doubt]) -> Option<Reading> {
        self.follow(vec![test], others)
    }

    /// These tests, and one after another those that come up only because of them, until the caller is let through.
    fn through(&mut self, mut tests: Vec<Doubt>) -> Option<Reading> {
        loop {
            let (found, met) = self.run(tests.clone())?;
            if let Some(reading) = found.filter(|reading| lets_through(reading.verdict)) {
                return Some(reading);
            }
            let before = tests.len();
            tests.extend(met);
            tests = once(tests);
            if tests.len() == before {
                return None;
            }
        }
    }

    /// These tests, and those that come up only because of them, where the caller is let through by another way than at first.
    fn again(&mut self, mut tests: Vec<Doubt>) -> Option<Reading> {
        for _ in 0..SINGLE {
            let (verdict, met) = self.swayed(&tests)?;
            if lets_through(verdict) {
                return Some(Reading { tests, verdict });
            }
            let before = tests.len();
            tests.extend(met);
            tests = once(tests);
            if tests.len() == before {
                return None;
            }
        }
        None
    }

    /// Some tests, and one after another those that come up on the way, but for these.
    fn follow(&mut self, mut tests: Vec<Doubt>, but: &[Doubt]) -> Option<Reading> {
        while !tests.is_empty() {
            let (found, met) = self.run(tests.clone())?;
            if found.is_some() {
                return found;
            }
            let before = tests.len();
            tests.extend(met.into_iter().filter(|doubt| !but.contains(doubt)));
            tests = once(tests);
            if tests.len() == before {
                break;
            }
        }
        None
    }
}

/// Each once, in order.
fn once(tests: Vec<Doubt>) -> Vec<Doubt> {
    let mut seen = Vec::with_capacity(tests.len());
    for test in tests {
        if !seen.contains(&test) {
            seen.push(test);
        }
    }
    seen
}

fn lets_through(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Allowed | Verdict::Filtered | Verdict::Completed)
}

/// Whether two verdicts are two answers to the caller. What another value could make fail is no other answer.
fn differs(was: Verdict, now: Verdict) -> bool {
    let answer = |verdict| match verdict {
        Verdict::Allowed | Verdict::Filtered | Verdict::Completed => 0,
        Verdict::Denied => 1,
        Verdict::Error | Verdict::Unknown => 2,
    };
    answer(was) != answer(now) && answer(now) != 2
}
