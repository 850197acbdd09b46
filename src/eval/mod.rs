//! Program and context to outcome, telling an observer on the way.

mod expression;
mod limits;
mod missing;
mod observe;
mod outcome;
mod reference;
mod statement;

pub use limits::Limits;
pub use missing::MissingCall;
pub use observe::{Event, ExitKind, Observer};
pub use outcome::{End, Failure, Note, Outcome, WriteRecord};

use crate::message::Message;
use crate::appsync::{Context, Env, ThrownError};
use crate::code::Code;
use crate::syntax::{NodeId, Program, Slot, TemplateSlip};
use crate::value::ledger::{self, Charge, Session};
use crate::value::{JavaError, Value};
use rustc_hash::FxHashSet;

/// Room for output at the beginning: glibc tidies its heap at each allocation of a kilobyte or more.
const FIRST_OUTPUT: usize = 1_000;

/// Runs a program with the default [`Limits`].
pub fn evaluate(program: &Program, context: Context, env: &Env, observer: &mut impl Observer) -> Outcome {
    evaluate_within(program, context, env, &Limits::default(), observer)
}

/// Runs a program. Watched for writes are the variables in [`Context::watched`].
pub fn evaluate_within(
    program: &Program,
    context: Context,
    env: &Env,
    limits: &Limits,
    observer: &mut impl Observer,
) -> Outcome {
    let session = Session::open(limits.steps, limits.memory);
    let mut frame = vec![None; program.names.len()];
    frame[Slot::CTX.0 as usize] = Some(Value::Map(context.root.clone()));
    frame[Slot::CONTEXT.0 as usize] = Some(Value::Map(context.root.clone()));
    frame[Slot::UTIL.0 as usize] = Some(Value::Namespace("util"));
    frame[Slot::UTILS.0 as usize] = Some(Value::Namespace("util"));
    frame[Slot::EXTENSIONS.0 as usize] = Some(Value::Namespace("extensions"));
    let watched = context.watched.iter().filter_map(|name| program.slot(name)).collect();
    let mut interpreter = Interpreter {
        program,
        limits,
        frame,
        context,
        env: env.clone(),
        observer,
        out: String::with_capacity(program.source.text.len().min(FIRST_OUTPUT)),
        loops: Vec::new(),
        running: Vec::new(),
        held: Vec::new(),
        notes: program.slips.iter().map(slip).collect(),
        noted: program.slips.iter().map(slip).map(|note| (note.code, note.node)).collect(),
        watched,
        writes: Vec::new(),
        kept: Charge::default(),
    };
    let ran = interpreter.block(&program.body);
    let end = match ran.and_then(|()| interpreter.settle(NodeId(0))) {
        Ok(()) | Err(Flow::Break(_) | Flow::Stop) => End::Completed,
        Err(Flow::Return(node, value)) => End::Returned { node, value },
        Err(Flow::Thrown(node, error)) => {
            interpreter.emit(|| Event::Exit { node, kind: ExitKind::Thrown });
            End::Thrown { node, error }
        }
        Err(Flow::Failed(failure)) => {
            interpreter.emit(|| Event::Exit { node: failure.node, kind: ExitKind::Failed });
            End::Failed(failure)
        }
    };
    let Interpreter { frame, context, env, out, notes, writes, .. } = interpreter;
    drop(session);
    Outcome { output: out, end, frame, context: context.root, env, notes, writes }
}

/// What was meant otherwise than Velocity reads it is said wherever the template went.
fn slip(slip: &TemplateSlip) -> Note {
    Note { node: Some(slip.node), ..Note::new(Code::Slip, Message::from(format!("{}:", slip.what)).cured(slip.help.to_string())) }
}

/// Why control leaves a block early.
enum Flow {
    /// `#break`: out of the innermost loop, or of the loop with this id.
    Break(Option<u32>),
    Stop,
    Return(NodeId, Value),
    Thrown(NodeId, Box<ThrownError>),
    Failed(Box<Failure>),
}

type Run<T> = Result<T, Flow>;

struct Interpreter<'p, O> {
    program: &'p Program,
    limits: &'p Limits,
    frame: Vec<Option<Value>>,
    context: Context,
    env: Env,
    observer: &'p mut O,
    out: String,
    /// `$foreach.count` of the running loops, outermost first.
    loops: Vec<u32>,
    /// What `#break( … )` knows the running loops by.
    running: Vec<u32>,
    /// Loop variables whose item is null: Velocity drops what is set to them.
    held: Vec<Slot>,
    notes: Vec<Note>,
    /// What was noted, by code and place.
    noted: FxHashSet<(Code, Option<NodeId>)>,
    watched: Vec<Slot>,
    writes: Vec<WriteRecord>,
    /// What the records of writes take.
    kept: Charge,
}

impl<'p, O: Observer> Interpreter<'p, O> {
    #[inline]
    fn emit<'a>(&mut self, event: impl FnOnce() -> Event<'a>) {
        if self.observer.enabled() {
            ledger::aside(|| self.observer.event(event()));
        }
    }

    #[inline]
    fn step(&mut self, node: NodeId) -> Run<()> {
        ledger::step().map_err(|limit| self.failure(node, "Limit", limit.to_string(), None))
    }

    /// Before an answer is used: one that was given after a limit was reached says nothing.
    #[inline]
    fn settle(&self, node: NodeId) -> Run<()> {
        match ledger::spent() {
            None => Ok(()),
            Some(limit) => Err(self.failure(node, "Limit", limit.to_string(), None)),
        }
    }

    #[inline]
    fn variable(&self, slot: Slot) -> Option<&Value> {
        self.frame[slot.0 as usize].as_ref()
    }

    fn note<M: Into<Message>>(&mut self, code: Code, node: NodeId, message: impl FnOnce() -> M) {
        // A point of the register is said once, wherever else it is passed.
        let once = code.is_open_point();
        if !self.noted.insert((code, (!once).then_some(node))) {
            return;
        }
        let note = Note { node: Some(node), ..Note::new(code, message()) };
        // What no source settles is the same at each place: one sentence for seven fields that are null.
        if code == Code::Unverified && self.notes.iter().any(|known| known.code == code && known.message == note.message) {
            return;
        }
        self.notes.push(note);
    }

    /// A call that AppSync does not have.
    fn missing(&mut self, code: Code, node: NodeId, call: impl FnOnce() -> MissingCall) {
        if self.noted.insert((code, Some(node))) {
            let call = call();
            self.notes.push(Note { node: Some(node), missing: Some(call.clone()), ..Note::new(code, call.note()) });
        }
    }

    fn limit(&self, node: NodeId, name: &str, bound: impl std::fmt::Display) -> Flow {
        self.failure(node, "Limit", format!("limit `{name}` of {bound} reached"), None)
    }

    fn failure(&self, node: NodeId, class: &'static str, message: String, cause: Option<&'static str>) -> Flow {
        Flow::Failed(Box::new(Failure { class, message, cause, node }))
    }

    /// `velocity[line L, column C]`, as Velocity's messages name a place.
    fn location(&self, node: NodeId) -> String {
        let place = self.program.place(node);
        format!("velocity[line {}, column {}]", place.line, place.column)
    }

    /// Before a value is printed or compared: a part of a list may have lost its list.
    #[inline]
    fn look_into(&self, node: NodeId, value: &Value) -> Run<()> {
        value.check().map_err(|error| self.changed_under(node, &error))
    }

    fn changed_under(&self, node: NodeId, error: &JavaError) -> Flow {
        let message = format!("{} at {}", error.class, self.location(node));
        self.failure(node, "ConcurrentModificationException", message, Some(error.class))
    }

    /// A Java method threw.
    fn thrown_by(&self, node: NodeId, method: &str, class: &str, error: &JavaError) -> Flow {
        if error.class == "java.lang.StackOverflowError" || error.class == "java.lang.OutOfMemoryError" {
            return self.failure(node, "Limit", error.message.clone(), Some(error.class));
        }
        let message = format!(
            "Invocation of method '{method}' in  class {class} threw exception {error} at {}",
            self.location(node)
        );
        self.failure(node, "MethodInvocationException", message, Some(error.class))
    }
}
