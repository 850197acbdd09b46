//! The same for each of many: on all threads for the command, one by one for a library without the feature `cli`.

/// What one thread does alone before others are begun: most runs of the command are over by then, and threads that are begun,
/// woken and put to sleep again cost more than they take over.
#[cfg(feature = "cli")]
const ALONE: std::time::Duration = std::time::Duration::from_millis(3);

/// What each item becomes, in order.
#[cfg(feature = "cli")]
pub fn each<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> R + Send + Sync) -> Vec<R> {
    use rayon::prelude::*;
    let mut items = items.into_iter();
    let mut done = alone(&mut items, &work);
    if items.len() > 0 {
        done.par_extend(items.collect::<Vec<_>>().into_par_iter().map(work));
    }
    done
}

/// The first of them, while there is time of which a process has some, once.
#[cfg(feature = "cli")]
fn alone<T, R>(items: &mut impl Iterator<Item = T>, work: &impl Fn(T) -> R) -> Vec<R> {
    use std::sync::atomic::{AtomicBool, Ordering};
    static OVER: AtomicBool = AtomicBool::new(false);
    static SPENT: std::sync::Mutex<std::time::Duration> = std::sync::Mutex::new(std::time::Duration::ZERO);
    let mut done = Vec::new();
    if OVER.load(Ordering::Relaxed) {
        return done;
    }
    let (begun, before) = (std::time::Instant::now(), SPENT.lock().map_or(ALONE, |spent| *spent));
    while before + begun.elapsed() < ALONE
        && let Some(item) = items.next()
    {
        done.push(work(item));
    }
    let spent = before + begun.elapsed();
    OVER.store(spent >= ALONE, Ordering::Relaxed);
    if let Ok(mut known) = SPENT.lock() {
        *known = spent;
    }
    done
}

/// What each item becomes, in order.
#[cfg(not(feature = "cli"))]
pub fn each<T, R>(items: Vec<T>, work: impl Fn(T) -> R) -> Vec<R> {
    items.into_iter().map(work).collect()
}
