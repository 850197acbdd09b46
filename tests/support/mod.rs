//! What the tests share: one way to run the command, to read inputs, and to build contexts and templates.

#![allow(dead_code, reason = "each of the test programs uses its part")]

pub mod callers;
pub mod clock;
pub mod command;
pub mod files;
pub mod generator;
pub mod judge;
pub mod promised;
pub mod ran;
