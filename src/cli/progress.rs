//! How far a long command is: on a terminal, once it takes more than a second; silent everywhere else.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// What is drawn after a second.
pub struct Progress {
    bar: ProgressBar,
    since: Instant,
    may_show: bool,
    shown: AtomicBool,
}

impl Progress {
    /// Of so many things, such as `cells`.
    pub fn new(count: usize, things: &str) -> Self {
        let bar = ProgressBar::with_draw_target(Some(count as u64), ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template(&format!("{{bar:30}} {{pos}}/{{len}} {things}")) {
            bar.set_style(style);
        }
        let may_show = std::io::stderr().is_terminal();
        Self { bar, since: Instant::now(), may_show, shown: AtomicBool::new(false) }
    }

    /// One more is done.
    pub fn done(&self) {
        let late = self.may_show && self.since.elapsed() > Duration::from_secs(1);
        if late && !self.shown.swap(true, Ordering::Relaxed) {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.inc(1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
