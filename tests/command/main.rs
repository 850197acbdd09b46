//! The command as a process: options, formats, exit codes, streams, and what the docs say of them.

#[path = "../support/mod.rs"]
mod support;

mod batch;
mod cli;
mod commands;
mod docs;
mod evidence;
mod follow;
mod front_door;
mod help;
mod interfaces;
mod packages;
mod readers;
mod rules;
mod terminal;
mod token;
