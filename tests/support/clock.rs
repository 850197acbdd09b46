//! Processor time: what a busy machine does not stretch.

use cpu_time::ThreadTime;
use std::time::Duration;

/// More than any input may take: a hundred times what a debug build needs, and a fraction of what a loop that does not
/// end takes.
pub const ENOUGH: Duration = Duration::from_secs(60);

/// What a piece of work gives, and the processor time that it took of this thread.
pub fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = ThreadTime::now();
    let done = work();
    (done, start.elapsed())
}
