//! Bounds on what a template may use. Each has a name that its error gives.

use crate::value::method::{MAX_ITEMS, MAX_STRING};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Bytes that live at one time where nobody asked for another bound.
const MEMORY: usize = 256 << 20;

/// Steps of one evaluation where nobody asked for another bound.
const STEPS: u64 = 5_000_000;

/// What [`Limits::default`] gives in this process: a command's user may ask for more or less.
static DEFAULT_MEMORY: AtomicUsize = AtomicUsize::new(MEMORY);
static DEFAULT_STEPS: AtomicU64 = AtomicU64::new(STEPS);

/// Bounds on one evaluation.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Iterations of one `#foreach`; AppSync has 1,000 (APPSYNC-VTL 3.7). More are cut off with note U24.
    pub iterations: usize,
    /// Statements and expressions evaluated in all; a method that does more work than one of them counts as several.
    pub steps: u64,
    /// Bytes of texts, lists and maps that live at one time, beyond those that were given. What is shared counts once.
    pub memory: usize,
    /// Bytes of output.
    pub output: usize,
    /// Bytes of one string.
    pub string: usize,
    /// Items of one range.
    pub range: usize,
}

impl Limits {
    /// Makes these the default of the whole process; `None` leaves a bound as it is.
    pub fn set_defaults(memory: Option<usize>, steps: Option<u64>) {
        if let Some(bytes) = memory {
            DEFAULT_MEMORY.store(bytes, Ordering::Relaxed);
        }
        if let Some(steps) = steps {
            DEFAULT_STEPS.store(steps, Ordering::Relaxed);
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            iterations: 1_000,
            steps: DEFAULT_STEPS.load(Ordering::Relaxed),
            memory: DEFAULT_MEMORY.load(Ordering::Relaxed),
            output: 16 << 20,
            string: MAX_STRING,
            range: MAX_ITEMS,
        }
    }
}
