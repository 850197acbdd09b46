//! The same for each of many: on all threads for the command, one by one for a library without the feature `cli`.

/// What each item becomes, in order.
#[cfg(feature = "cli")]
pub fn each<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> R + Send + Sync) -> Vec<R> {
    use rayon::prelude::*;
    items.into_par_iter().map(work).collect()
}

/// What each item becomes, in order.
#[cfg(not(feature = "cli"))]
pub fn each<T, R>(items: Vec<T>, work: impl Fn(T) -> R) -> Vec<R> {
    items.into_iter().map(work).collect()
}
