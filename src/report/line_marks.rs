//! What happened on each line of a template, beside the line.

use super::page::{code, escape};
use std::collections::BTreeMap;

/// The marks of a template's lines, by number.
#[derive(Debug, Default)]
pub struct LineMarks {
    marks: BTreeMap<u32, LineMark>,
    ran: BTreeMap<u32, bool>,
}

/// The class of a line, and what is said beside it.
#[derive(Debug, Default)]
struct LineMark {
    class: &'static str,
    notes: Vec<String>,
}

impl LineMarks {
    /// Marks a line: the first class counts, each note is told once.
    pub fn add(&mut self, line: u32, class: &'static str, note: String) {
        let mark = self.marks.entry(line).or_default();
        if mark.class.is_empty() {
            mark.class = class;
        }
        if !note.is_empty() && !mark.notes.contains(&note) {
            mark.notes.push(note);
        }
    }

    /// Says whether something of the line ran.
    pub fn ran(&mut self, line: u32, ran: bool) {
        *self.ran.entry(line).or_default() |= ran;
    }

    /// A line of the page.
    pub fn row(&self, number: u32, line: &str, prefix: &str) -> String {
        let mark = self.marks.get(&number);
        let class = mark.map_or("", |mark| mark.class);
        let aside = match mark.map_or(&[][..], |mark| mark.notes.as_slice()) {
            [] => String::new(),
            notes => format!("<span class=\"aside\">{}</span>", escape(&notes.join(" · "))),
        };
        let ran = match self.ran.get(&number) {
            Some(true) => " data-ran=\"yes\"",
            Some(false) => " data-ran=\"no\"",
            None => "",
        };
        format!("<li id=\"{prefix}L{number}\" class=\"{class}\"{ran}>{}{aside}</li>", code(line))
    }
}

/// How often a branch was taken and not.
pub fn branch(yes: u32, no: u32) -> String {
    match (yes, no) {
        (0, 0) => "branch not judged".to_owned(),
        (1, 0) => "branch taken".to_owned(),
        (0, 1) => "branch not taken".to_owned(),
        (0, no) => format!("branch not taken, {no} times"),
        (yes, 0) => format!("branch taken {yes} times"),
        (yes, no) => format!("branch taken {yes} times, not taken {no} times"),
    }
}
