//! What an evaluation may use: steps of work, and bytes that live at one time.
//!
//! There is one ledger a thread. Whoever makes something large holds a [`Charge`] for it, so that what is shared counts
//! once, and what goes away is given back; whoever does more work than one step says how much ([`members`], [`bytes`], [`copied`]). When
//! a limit is reached the ledger is *spent*: comparisons and walks end at once with any answer at all, and the evaluator,
//! which looks before it uses an answer, ends with the limit. So a limit is never taken for "different" or "absent".
//!
//! Outside of a [`Session`] everything is counted and nothing is refused.

use super::JavaError;
use std::cell::Cell;
use std::fmt;

/// The longest string that a method may make, in bytes (limit `string length`).
pub const MAX_STRING: usize = 10_000_000;

/// The longest list that a method may make (limit `list length`).
pub const MAX_ITEMS: usize = 1_000_000;

/// How many members of a container are looked at in the time of a step.
const MEMBERS_A_STEP: usize = 4;

/// How many members of a container are walked through, or taken out of a map, in the time of a step: each is looked for
/// somewhere else in memory.
const WALKED_A_STEP: usize = 2;

/// How many bytes of text are looked at, letter by letter, in the time of a step.
const BYTES_A_STEP: usize = 64;

/// How many bytes of text are copied, or compared with others, in the time of a step.
const COPIED_A_STEP: usize = 512;

/// What an allocation costs beside its bytes: counts of references, and what the allocator keeps of it.
const OVERHEAD: usize = 32;

/// A bound that ended the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Work, counted in statements and expressions.
    Steps(u64),
    /// Bytes that live at one time.
    Memory(usize),
    /// Containers in containers.
    ValueDepth(usize),
    /// The same in a text of JSON.
    JsonDepth(usize),
    /// A number of a text of JSON that is beyond a `Double`.
    JsonNumber,
    /// Members of one value, all that are in its members included.
    ValueSize(u32),
    /// Bytes of one value as text.
    ValueBytes(usize),
    /// Bytes of one text.
    StringLength(usize),
    /// Items of one list.
    ListLength(usize),
}

impl fmt::Display for Limit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Steps(most) => write!(out, "limit `steps` of {most} reached"),
            Self::Memory(most) if most % (1 << 20) == 0 => write!(out, "limit `memory` of {} MB reached", most >> 20),
            Self::Memory(most) => write!(out, "limit `memory` of {most} bytes reached"),
            Self::ValueDepth(most) => write!(out, "value nested deeper than {most} levels (limit `value depth`)"),
            Self::JsonDepth(most) => write!(out, "nested deeper than {most} levels (limit `json depth`)"),
            Self::JsonNumber => out.write_str("number out of range (limit `json number`)"),
            Self::ValueSize(most) => write!(out, "value has more than {most} members (limit `value size`)"),
            Self::ValueBytes(most) => write!(out, "value has more than {most} bytes as text (limit `value size`)"),
            Self::StringLength(most) => write!(out, "a string longer than {most} bytes (limit `string length`)"),
            Self::ListLength(most) => write!(out, "a list longer than {most} items (limit `list length`)"),
        }
    }
}

impl From<Limit> for JavaError {
    fn from(limit: Limit) -> Self {
        let class = match limit {
            Limit::ValueDepth(_) | Limit::JsonDepth(_) => "java.lang.StackOverflowError",
            _ => "java.lang.OutOfMemoryError",
        };
        Self::new(class, limit.to_string())
    }
}

struct Ledger {
    /// Steps that are left.
    left: Cell<u64>,
    /// Bytes that live now, in or out of a session.
    live: Cell<usize>,
    /// The live bytes at which the session's memory is spent.
    ceiling: Cell<usize>,
    /// The live bytes at which somebody wants to be called, once.
    alarm: Cell<usize>,
    called: Cell<fn()>,
    /// What the session was opened with.
    steps: Cell<u64>,
    memory: Cell<usize>,
    /// The limit that was reached.
    spent: Cell<Option<Limit>>,
    /// Whether limits hold: in a session, and not [`aside`].
    open: Cell<bool>,
}

thread_local! {
    static LEDGER: Ledger = const {
        Ledger {
            left: Cell::new(u64::MAX),
            live: Cell::new(0),
            ceiling: Cell::new(usize::MAX),
            alarm: Cell::new(usize::MAX),
            called: Cell::new(|| {}),
            steps: Cell::new(u64::MAX),
            memory: Cell::new(usize::MAX),
            spent: Cell::new(None),
            open: Cell::new(false),
        }
    };
}

impl Ledger {
    fn spend(&self, limit: Limit) {
        // The first limit is the one that is told.
        if self.open.get() && self.spent.get().is_none() {
            self.spent.set(Some(limit));
            self.left.set(0);
        }
    }

    fn hold(&self, bytes: usize) {
        let live = self.live.get().wrapping_add(bytes);
        self.live.set(live);
        if live > self.ceiling.get() {
            self.spend(Limit::Memory(self.memory.get()));
        }
        if live > self.alarm.get() {
            self.alarm.set(usize::MAX);
            self.called.get()();
        }
    }

    fn give_back(&self, bytes: usize) {
        self.live.set(self.live.get().wrapping_sub(bytes));
    }
}

/// Has this called, once, when so many bytes live beyond those that do already.
pub fn call_from(bytes: usize, called: fn()) {
    LEDGER.with(|ledger| {
        ledger.alarm.set(ledger.live.get().saturating_add(bytes));
        ledger.called.set(called);
    });
}

/// Takes one step.
///
/// # Errors
/// The limit that is reached.
#[inline]
pub fn step() -> Result<(), Limit> {
    LEDGER.with(|ledger| match ledger.left.get() {
        0 => {
            let steps = Limit::Steps(ledger.steps.get());
            ledger.spend(steps);
            Err(ledger.spent.get().unwrap_or(steps))
        }
        left => {
            ledger.left.set(left - 1);
            Ok(())
        }
    })
}

/// Counts work.
#[inline]
pub fn work(steps: u64) {
    // Less than a step.
    if steps == 0 {
        return;
    }
    LEDGER.with(|ledger| match ledger.left.get().checked_sub(steps) {
        Some(left) => ledger.left.set(left),
        None => ledger.spend(Limit::Steps(ledger.steps.get())),
    });
}

/// Counts the work of looking at so many members.
#[inline]
pub fn members(count: usize) {
    work((count / MEMBERS_A_STEP) as u64);
}

/// Counts the work of taking so many entries out of a map, or of looking at each of them.
#[inline]
pub fn entries(count: usize) {
    work((count / WALKED_A_STEP) as u64);
}

/// Counts the work of copying so many bytes, or of comparing them with others.
#[inline]
pub fn copied(count: usize) {
    work((count / COPIED_A_STEP) as u64);
}

/// Counts the work of looking at so many bytes of text, letter by letter.
#[inline]
pub fn bytes(count: usize) {
    work((count / BYTES_A_STEP) as u64);
}

/// Counts the work of putting so many items in order, comparisons of one step.
pub fn sorting(count: usize) {
    work(count as u64 * u64::from(count.checked_ilog2().unwrap_or_default()) / MEMBERS_A_STEP as u64);
}

/// Ends the session: this limit is reached.
pub fn spend(limit: Limit) -> JavaError {
    LEDGER.with(|ledger| ledger.spend(limit));
    limit.into()
}

/// The limit that was reached, if one was.
#[inline]
pub fn spent() -> Option<Limit> {
    LEDGER.with(|ledger| ledger.spent.get())
}

/// Fails once a limit was reached: for loops that would go on for long.
///
/// # Errors
/// The limit.
#[inline]
pub fn check() -> Result<(), JavaError> {
    spent().map_or(Ok(()), |limit| Err(limit.into()))
}

/// Steps taken since the session began.
pub fn taken() -> u64 {
    LEDGER.with(|ledger| ledger.steps.get().saturating_sub(ledger.left.get()))
}

/// Runs what is no part of the evaluation, such as whoever listens to it. Its work does not count; what it keeps is memory
/// like any other.
pub fn aside<T>(run: impl FnOnce() -> T) -> T {
    let (left, spent, open) =
        LEDGER.with(|ledger| (ledger.left.replace(u64::MAX), ledger.spent.take(), ledger.open.replace(false)));
    let result = run();
    LEDGER.with(|ledger| {
        ledger.left.set(left);
        ledger.spent.set(spent);
        ledger.open.set(open);
        // While it ran, nothing was refused.
        ledger.hold(0);
    });
    result
}

/// An evaluation's account: until it is dropped, work and memory are bounded. One inside another is bounded by both.
#[derive(Debug)]
pub struct Session {
    steps: u64,
    left: u64,
    ceiling: usize,
    memory: usize,
    granted: u64,
    spent: Option<Limit>,
    open: bool,
}

impl Session {
    /// Opens an account with so many steps and so many bytes beyond those that live already.
    pub fn open(steps: u64, memory: usize) -> Self {
        LEDGER.with(|ledger| {
            let left = ledger.left.get();
            let granted = steps.min(left);
            let ceiling = ledger.live.get().saturating_add(memory);
            let outer = Self {
                steps: ledger.steps.replace(steps),
                left,
                ceiling: ledger.ceiling.replace(ceiling.min(ledger.ceiling.get())),
                memory: ledger.memory.replace(memory),
                granted,
                spent: ledger.spent.take(),
                open: ledger.open.replace(true),
            };
            ledger.left.set(granted);
            outer
        })
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        LEDGER.with(|ledger| {
            let taken = self.granted - ledger.left.get().min(self.granted);
            ledger.left.set(self.left - taken);
            ledger.steps.set(self.steps);
            ledger.ceiling.set(self.ceiling);
            ledger.memory.set(self.memory);
            ledger.spent.set(self.spent);
            ledger.open.set(self.open);
        });
    }
}

/// Bytes that live as long as this does.
#[derive(Debug, Default)]
pub struct Charge(Cell<usize>);

impl Charge {
    /// So many bytes in an allocation of their own.
    #[inline]
    pub fn new(bytes: usize) -> Self {
        let bytes = bytes + OVERHEAD;
        LEDGER.with(|ledger| ledger.hold(bytes));
        Self(Cell::new(bytes))
    }

    /// Adds bytes.
    pub fn grow(&self, bytes: usize) {
        self.0.set(self.0.get() + bytes);
        LEDGER.with(|ledger| ledger.hold(bytes));
    }

    /// Changes how many bytes there are.
    #[inline]
    pub fn set(&self, bytes: usize) {
        let bytes = bytes + OVERHEAD;
        let old = self.0.replace(bytes);
        if bytes != old {
            LEDGER.with(|ledger| {
                ledger.give_back(old);
                ledger.hold(bytes);
            });
        }
    }
}

impl Clone for Charge {
    fn clone(&self) -> Self {
        LEDGER.with(|ledger| ledger.hold(self.0.get()));
        Self(self.0.clone())
    }
}

impl Drop for Charge {
    #[inline]
    fn drop(&mut self) {
        LEDGER.with(|ledger| ledger.give_back(self.0.get()));
    }
}

/// A walk through everything that a value holds. Parts can share parts, and hold themselves, so that what is small in memory
/// is endless to walk: this is what may still be looked at.
#[derive(Debug)]
pub struct Walk {
    members: u32,
    bytes: usize,
}

impl Walk {
    /// Members that one walk looks at.
    pub const MEMBERS: u32 = 1_000_000;
    /// Bytes of text that one walk looks at.
    pub const BYTES: usize = 16 << 20;
    /// Levels that one walk goes down.
    pub const DEPTH: usize = super::MAX_DEPTH;

    /// A walk that begins.
    pub fn new() -> Self {
        Self { members: Self::MEMBERS, bytes: Self::BYTES }
    }

    /// Bytes of text that were looked at, and what members take around them.
    pub fn seen(&self) -> usize {
        let members = Self::MEMBERS.saturating_sub(self.members) as usize;
        Self::BYTES.saturating_sub(self.bytes).saturating_add(members.saturating_mul(4))
    }

    /// Looks at a member, so many levels down.
    ///
    /// # Errors
    /// The limit that is reached.
    #[inline]
    pub fn visit(&mut self, depth: usize) -> Result<(), Limit> {
        if depth > Self::DEPTH {
            return Err(Limit::ValueDepth(Self::DEPTH));
        }
        self.members = self.members.checked_sub(1).ok_or(Limit::ValueSize(Self::MEMBERS))?;
        if self.members.is_multiple_of(WALKED_A_STEP as u32) {
            step()?;
        }
        Ok(())
    }

    /// Looks at so many bytes of text.
    ///
    /// # Errors
    /// The limit that is reached.
    #[inline]
    pub fn text(&mut self, count: usize) -> Result<(), Limit> {
        self.bytes = self.bytes.checked_sub(count).ok_or(Limit::ValueBytes(Self::BYTES))?;
        copied(count);
        spent().map_or(Ok(()), Err)
    }
}

impl Default for Walk {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_back_can_be_used_again() {
        let _session = Session::open(100, 1000);
        for _ in 0..100 {
            let _charge = Charge::new(600);
        }
        assert_eq!(spent(), None);
        let _one = Charge::new(600);
        let _two = Charge::new(600);
        assert_eq!(spent(), Some(Limit::Memory(1000)));
        assert_eq!(step(), Err(Limit::Memory(1000)));
    }

    #[test]
    fn a_session_inside_another_is_bounded_by_both() {
        let _outer = Session::open(100, 1000);
        {
            let _inner = Session::open(60, usize::MAX);
            work(50);
            assert_eq!(taken(), 50);
            let _charge = Charge::new(2000);
            assert!(spent().is_some());
        }
        // A session that was ended by its memory has no step left, and leaves none of its own to the outer one.
        assert_eq!(spent(), None);
        work(40);
        assert_eq!(spent(), None);
        work(1);
        assert_eq!(spent(), Some(Limit::Steps(100)));
    }

    #[test]
    fn of_what_listens_the_work_is_not_counted() {
        let _session = Session::open(10, 1000);
        let _kept = aside(|| {
            work(1_000);
            Charge::new(500)
        });
        assert_eq!((spent(), taken()), (None, 0));
        let _more = aside(|| Charge::new(500));
        assert_eq!(spent(), Some(Limit::Memory(1000)));
    }
}
