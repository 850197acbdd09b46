//! References: following a chain, calling methods and functions, writing through a chain.

use crate::message::{Message, Part, any_of};
use super::{Event, Flow, Interpreter, MissingCall, Observer, Run};
use crate::appsync::util::{self, Function, Status, UtilError};
use crate::code::Code;
use crate::syntax::{Expression, NodeId, Reference, Slot, Step, StepKind};
use crate::value::method::{self, Called, Method};
use crate::value::{Text, Value, ledger, property};
use smallvec::SmallVec;

/// Evaluated arguments. Few calls have more than four, so that most need no allocation.
type Args = SmallVec<[Value; 4]>;

impl<'p, O: Observer> Interpreter<'p, O> {
    pub(super) fn reference(&mut self, reference: &'p Reference) -> Run<Value> {
        let value = self.follow(reference, reference.steps.len())?;
        self.emit(|| Event::Read { node: reference.node, root: reference.root, value: &value });
        Ok(value)
    }

    /// The value that a target has now, without telling anyone.
    pub(super) fn peek(&mut self, reference: &'p Reference) -> Run<Value> {
        self.follow(reference, reference.steps.len())
    }

    /// Follows the first `count` links of a chain.
    fn follow(&mut self, reference: &'p Reference, count: usize) -> Run<Value> {
        self.step(reference.node)?;
        let Some(mut value) = self.variable(reference.root).cloned() else { return Ok(Value::Null) };
        let mut steps = &reference.steps[..count];
        // Each link is looked up, and told to whoever listens.
        ledger::work(steps.len() as u64);
        if let (Some(function), Value::Namespace(_)) = (reference.function, &value) {
            let at = steps.iter().position(|step| matches!(step.kind, StepKind::Method { .. }));
            let Some(at) = at else { return Ok(Value::Null) };
            value = self.function(&steps[at], function)?;
            // Velocity breaks off a chain at the first null: nothing after it is called, no argument evaluated.
            if value.is_null() {
                return Ok(Value::Null);
            }
            steps = &steps[at + 1..];
        }
        let in_context = matches!(reference.root, Slot::CTX | Slot::CONTEXT);
        for (at, step) in steps.iter().enumerate() {
            let mut next = self.link(&value, step)?;
            let first = in_context && at == 0;
            if next.is_null() && first {
                next = self.appended(step);
            }
            self.emit(|| Event::Step { node: step.node, receiver: &value, value: &next });
            // What is there is certain, but for the errors appended so far.
            if in_context && at < 2 && next.is_null() || first && member_name(step) == Some("outErrors") {
                self.uncertain(&value, step);
            }
            if next.is_null() {
                self.not_given(&value, step);
                return Ok(Value::Null);
            }
            value = next;
        }
        Ok(value)
    }

    fn link(&mut self, receiver: &Value, step: &'p Step) -> Run<Value> {
        match &step.kind {
            StepKind::Property(name) => match receiver {
                Value::Map(map) if name != "class" => Ok(map.get_str(name).unwrap_or_default()),
                Value::Namespace(space) => Ok(self.namespace(space, name, step.node)),
                receiver => Ok(property::get(receiver, name).unwrap_or_default()),
            },
            StepKind::Method { name, method, args } => {
                // Of a variable that holds a namespace, `#set($ddb = $util.dynamodb)`.
                let held = if let Value::Namespace(space) = receiver { util::find(space, name) } else { None };
                if let Some(function) = held {
                    return self.function(step, function);
                }
                let args = self.args(args)?;
                self.call(receiver, step.node, name, *method, &args)
            }
            StepKind::Index(index) => {
                let index = self.value(index)?;
                self.index(receiver, step.node, index)
            }
        }
    }

    fn args(&mut self, args: &'p [Expression]) -> Run<Args> {
        let mut values = Args::new();
        for arg in args {
            values.push(self.value(arg)?);
        }
        Ok(values)
    }

    fn namespace(&mut self, space: &'static str, name: &str, node: NodeId) -> Value {
        let full = format!("{space}.{name}");
        if let Some(known) = util::namespaces().iter().find(|known| **known == full) {
            return Value::Namespace(known);
        }
        self.unknown_function(space, name, node);
        Value::Null
    }

    fn unknown_function(&mut self, space: &str, name: &str, node: NodeId) {
        if let Some(known) = util::find(space, name) {
            self.missing(Code::CallWithoutParentheses, node, || {
                let arguments = if known.overloads.iter().any(|overload| overload.params.is_empty()) { "" } else { "…" };
                MissingCall::NotCalled { function: format!("${space}.{name}"), call: format!("${space}.{name}({arguments})") }
            });
            return;
        }
        self.missing(Code::UnknownFunction, node, || {
            MissingCall::Function { call: format!("${space}.{name}"), near: util::nearest(space, name) }
        });
    }

    fn function(&mut self, step: &'p Step, function: &'static Function) -> Run<Value> {
        let StepKind::Method { args, method, .. } = &step.kind else { return Ok(Value::Null) };
        let args = self.args(args)?;
        let Some(overload) = function.overload(&args) else {
            self.missing(Code::NoOverload, step.node, || {
                let types: Vec<_> = args.iter().map(Value::type_name).collect();
                let known: Vec<_> = function.overloads.iter().map(|overload| overload.signature).collect();
                MissingCall::Overload {
                    function: format!("${}.{}", function.namespace, function.name),
                    given: types.join(", "),
                    takes: any_of(&known),
                }
            });
            return Ok(Value::Null);
        };
        for arg in &args {
            arg.count();
        }
        let result = (overload.call)(&mut self.env, &args);
        self.settle(step.node)?;
        for raised in std::mem::take(&mut self.env.notes) {
            self.note(raised.code, step.node, || raised.message);
        }
        if function.status == Status::Inferred {
            self.note(Code::Inferred, step.node, || {
                let name = format!("${}.{}", function.namespace, function.name);
                Message::of(
                    "what {} does is inferred: AppSync's own implementation is not public",
                    [Part::Code(name)],
                )
            });
        }
        match result {
            Ok(value) => {
                self.emit(|| Event::Util { node: step.node, function: *method, args: &args, result: &value });
                Ok(value)
            }
            Err(UtilError::Thrown(error)) => Err(Flow::Thrown(step.node, error)),
            Err(UtilError::Java(error)) => Err(self.thrown_by(step.node, function.name, "Util", &error)),
        }
    }

    fn call(
        &mut self,
        receiver: &Value,
        node: NodeId,
        name: &str,
        method: Option<Method>,
        args: &[Value],
    ) -> Run<Value> {
        if let Value::Namespace(space) = receiver {
            self.unknown_function(space, name, node);
            return Ok(Value::Null);
        }
        let called = match method {
            Some(method) => {
                let called = method::call(receiver, method, args);
                self.settle(node)?;
                called.map_err(|error| self.thrown_by(node, name, receiver.class_name(), &error))?
            }
            None => Called::Missing,
        };
        let result = match called {
            Called::Value(value) => value,
            Called::Void => Value::string(""),
            Called::Missing => {
                self.missing_method(receiver, node, name, args);
                Value::Null
            }
        };
        self.emit(|| Event::Call { node, receiver, method, args, result: &result });
        Ok(result)
    }

    fn missing_method(&mut self, receiver: &Value, node: NodeId, name: &str, args: &[Value]) {
        self.missing(Code::MissingMethod, node, || {
            let types: Vec<_> = args.iter().map(Value::type_name).collect();
            MissingCall::Method {
                receiver: receiver.type_name(),
                call: format!("{name}({})", types.join(", ")),
                near: method::nearest(receiver, name).filter(|near| *near != name),
            }
        });
    }

    /// `receiver[index]`: Velocity calls `get`, after adding the size to a negative `Integer`.
    fn index(&mut self, receiver: &Value, node: NodeId, index: Value) -> Run<Value> {
        let index = self.counted_from_end(receiver, node, index)?;
        let class = index.class_name();
        let called = method::call(receiver, Method::Get, &[index]);
        self.settle(node)?;
        match called {
            Ok(Called::Value(value)) => Ok(value),
            Ok(_) => Ok(Value::Null),
            Err(error) => {
                let place = self.location(node);
                let message = format!("Error invoking method 'get({class})' in {} at {place}", receiver.class_name());
                Err(self.failure(node, "VelocityException", message, Some(error.class)))
            }
        }
    }

    fn counted_from_end(&mut self, receiver: &Value, node: NodeId, index: Value) -> Run<Value> {
        let negative = match &index {
            Value::Number(crate::value::Number::Integer(at)) if *at < 0 => *at,
            _ => return Ok(index),
        };
        let size = match receiver {
            Value::List(list) => list.len(),
            Value::Map(map) => map.len(),
            Value::Loop(each) => each.len(),
            Value::View(view) => view.map.len(),
            receiver => {
                let (class, place) = (receiver.class_name(), self.location(node));
                let message = format!(
                    "A 'size()' method required for negative value {negative} does not exist for class '{class}' at {place}"
                );
                return Err(self.failure(node, "VelocityException", message, None));
            }
        };
        Ok(Value::int(negative.wrapping_add(size as i32)))
    }

    /// `#set( $a.b = value )`, `#set( $a[0] = value )`. A missing parent makes it a silent no-op in Velocity; here it is said.
    pub(super) fn write(&mut self, target: &'p Reference, node: NodeId, value: Value) -> Run<()> {
        let Some((last, _)) = target.steps.split_last() else { return Ok(()) };
        let receiver = self.follow(target, target.steps.len() - 1)?;
        let key = match &last.kind {
            StepKind::Property(name) | StepKind::Method { name, .. } => Value::String(Text::constant(name.clone())),
            StepKind::Index(index) => {
                let index = self.value(index)?;
                if receiver.is_null() { index } else { self.counted_from_end(&receiver, last.node, index)? }
            }
        };
        let args = [key, value];
        let mut old = Value::Null;
        let written = match (&receiver, &last.kind) {
            (Value::Null, _) => false,
            (Value::Map(map), _) => {
                old = map.put(args[0].clone(), args[1].clone()).unwrap_or_default();
                true
            }
            (Value::Loop(each), StepKind::Index(_)) => {
                each.members().put(args[0].clone(), args[1].clone());
                each.reorder();
                true
            }
            (receiver, StepKind::Index(_)) => match method::call(receiver, Method::Set, &args) {
                Ok(called) => !matches!(called, Called::Missing),
                Err(error) => {
                    let (index, new) = (args[0].class_name(), args[1].class_name());
                    let (class, place) = (receiver.class_name(), self.location(last.node));
                    let message = format!("Exception calling method 'set({index},{new})' in  class {class} at {place}");
                    return Err(self.failure(last.node, "MethodInvocationException", message, Some(error.class)));
                }
            },
            (receiver, StepKind::Property(name)) => property::set(receiver, name, args[1].clone()).is_some(),
            _ => false,
        };
        self.settle(node)?;
        if written {
            self.emit(|| Event::Write { node, receiver: &receiver, key: &args[0], old: &old, new: &args[1] });
        } else {
            self.note(Code::SetWithoutEffect, node, || {
                let what =
                    if receiver.is_null() { "what it is set on is null" } else { "its value takes no such member" };
                let target = Part::Code(target.literal.to_string());
                Message::of("this #set of `{}` has no effect: {}", [target, Part::Text(what.to_owned())])
            });
        }
        Ok(())
    }

    /// `$ctx.outErrors` of a context that came without: the errors appended so far.
    fn appended(&self, step: &'p Step) -> Value {
        match member_name(step) {
            Some("outErrors") => self.env.appended.clone().into(),
            _ => Value::Null,
        }
    }

    /// A member of the context that no source settles was read.
    fn uncertain(&mut self, receiver: &Value, step: &'p Step) {
        let (Some(name), Value::Map(map)) = (member_name(step), receiver) else { return };
        if let Some((code, message)) = self.context.uncertain(map, name, self.env.auth_type) {
            self.note(code, step.node, || message);
        }
    }

    /// "Not given is not null": a part of the context that nobody supplied was read.
    fn not_given(&mut self, receiver: &Value, step: &'p Step) {
        let Some(name) = member_name(step) else { return };
        let Value::Map(map) = receiver else { return };
        if let Some(note) = self.context.missing(map, name) {
            self.note(Code::NotGiven, step.node, || note);
        }
    }
}

/// The name in `.name`, `["name"]` or `.get("name")`.
fn member_name(step: &Step) -> Option<&str> {
    use crate::syntax::ExpressionKind::String;
    match &step.kind {
        StepKind::Property(name) => Some(name),
        StepKind::Method { method: Some(Method::Get), args, .. } => match args.as_slice() {
            [Expression { kind: String(key), .. }] => Some(key),
            _ => None,
        },
        StepKind::Index(Expression { kind: String(key), .. }) => Some(key),
        _ => None,
    }
}
