//! Beside the originals, Apache Velocity 1.7 and java.time: `cargo test --features oracle --test oracle`.
//!
//! Needs a JDK, Debian's `velocity` package, zsh and fish, and fails without them.

#[path = "../support/mod.rs"]
mod support;

mod constructs;
mod corners;
mod differential;
mod java_time;
mod methods;
mod numbers;
mod shells;
mod values;
mod velocity;
