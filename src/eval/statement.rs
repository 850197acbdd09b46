//! Statements.

use crate::message::{Message, Part};
use super::{Event, ExitKind, Flow, Interpreter, Observer, Run, WriteRecord};
use crate::code::Code;
use crate::syntax::{
    Block, Expression, ExpressionKind, Foreach, If, NodeId, Reference, Set, Slot, Statement, StepKind,
};
use crate::value::{Iter, List, Loop, Value, ledger};
use std::fmt::Write;
use std::rc::Rc;

/// Bytes of a written text that a report has beside the text itself, whatever it is.
const TOLD: usize = 4 << 10;

/// Letters of a value that a note shows.
const SHOWN: usize = 1_000;

impl<'p, O: Observer> Interpreter<'p, O> {
    pub(super) fn block(&mut self, block: &'p Block) -> Run<()> {
        for statement in block {
            self.begin(statement);
            match statement {
                Statement::Text(text) => self.out.push_str(text),
                Statement::Print(reference) => self.print(reference)?,
                Statement::Set(set) => self.set(set)?,
                Statement::If(branches) => self.choose(branches)?,
                Statement::Foreach(each) => self.foreach(each)?,
                Statement::Break { node, scope } => return Err(self.leave(*node, scope.as_ref())?),
                Statement::Stop { node } => {
                    self.emit(|| Event::Exit { node: *node, kind: ExitKind::Stop });
                    return Err(Flow::Stop);
                }
                Statement::Return { node, value } => {
                    let value = value.as_ref().map_or(Ok(Value::Null), |value| self.value(value))?;
                    self.emit(|| Event::Exit { node: *node, kind: ExitKind::Return });
                    return Err(Flow::Return(*node, value));
                }
            }
        }
        Ok(())
    }

    #[inline]
    fn begin(&mut self, statement: &Statement) {
        if self.observer.enabled()
            && !matches!(statement, Statement::If(_))
            && let Some(node) = statement.node()
        {
            ledger::aside(|| self.observer.event(Event::Statement { node }));
        }
    }

    fn print(&mut self, reference: &'p Reference) -> Run<()> {
        let value = self.reference(reference)?;
        let slashes = reference.backslashes as usize / 2;
        if reference.backslashes % 2 == 1 {
            let kept = if value.is_null() { slashes + 1 } else { slashes };
            self.out.extend(std::iter::repeat_n('\\', kept));
            self.out.push_str(&reference.literal);
        } else if value.is_null() {
            self.out.extend(std::iter::repeat_n('\\', slashes * 2));
            self.out.push_str(&reference.more);
            self.out.push_str(&reference.literal);
        } else {
            self.out.extend(std::iter::repeat_n('\\', slashes));
            self.out.push_str(&reference.more);
            match &value {
                Value::String(text) => self.out.push_str(text),
                Value::Number(_) | Value::Boolean(_) => {
                    value.count();
                    let _ = write!(self.out, "{value}");
                }
                value => {
                    let text = self.text_of(reference.node, value)?;
                    self.out.push_str(&text);
                }
            }
        }
        self.printed(reference.node)
    }

    /// Looks at the limit of output, after each reference and turn of a loop: text alone is no longer than the template.
    fn printed(&self, node: NodeId) -> Run<()> {
        if self.out.len() > self.limits.output {
            return Err(self.limit(node, "output", format_args!("{} bytes", self.limits.output)));
        }
        Ok(())
    }

    fn set(&mut self, set: &'p Set) -> Run<()> {
        self.step(set.node)?;
        let value = self.value(&set.value)?;
        let slot = set.target.root;
        if let ExpressionKind::Reference(Reference { function: Some(function), steps, node, .. }) = &set.value.kind
            && value.as_str() == Some("")
            && function.is_void()
            && matches!(steps.last().map(|step| &step.kind), Some(StepKind::Method { .. }))
        {
            // Printed, such a call is empty, where one that gives null would print its source text: so it is no null.
            self.note(Code::Unverified, *node, || {
                let (space, name) = (function.namespace, function.name);
                Message::of(
                    "what {} gives to a #set is not documented: an empty text is assumed, as any void method gives in Velocity 1.7",
                    [Part::Code(format!("${space}.{name}"))],
                )
            });
        }
        if value.is_null() {
            return self.kept(set);
        }
        if !set.target.steps.is_empty() {
            return self.write(&set.target, set.node, value);
        }
        if self.held.contains(&slot) {
            return Ok(());
        }
        let place = slot.0 as usize;
        if self.watched.contains(&slot) {
            let (old, iteration) = (self.frame[place].clone(), self.loops.clone());
            // A record stands in the list, which may have room for as many again, and in every report.
            // The text itself is live, and counts for itself; a report tells of so much of each.
            let length = value.as_str().map_or(0, str::len).min(TOLD);
            self.kept.grow(16 * size_of::<WriteRecord>() + size_of_val(&*iteration) + 2 * length);
            self.writes.push(WriteRecord { node: set.node, slot, old, new: value.clone(), iteration });
        }
        if self.observer.enabled() {
            let old = self.frame[place].as_ref();
            ledger::aside(|| self.observer.event(Event::Assign { node: set.node, slot, old, new: &value }));
        }
        self.frame[place] = Some(value);
        Ok(())
    }

    /// `#set` with null at its right side is ignored (VELOCITY-SEMANTICS, "#set"); what it kept is said.
    fn kept(&mut self, set: &'p Set) -> Run<()> {
        let target = &set.target;
        let old = if target.steps.is_empty() {
            self.variable(target.root).cloned()
        } else {
            Some(self.peek(target)?).filter(|value| !value.is_null())
        };
        if let Some(old) = &old {
            self.note(Code::NullSetKept, set.node, || {
                Message::of(
                    "the right side of this #set is null, so `{}` kept its old value {}: Velocity 1.7 ignores such a #set",
                    [Part::Code(target.literal.to_string()), Part::Value(shortened(old))],
                )
            });
        }
        self.emit(|| Event::Kept { node: set.node, slot: target.root, old: old.as_ref() });
        Ok(())
    }

    fn choose(&mut self, branches: &'p If) -> Run<()> {
        for branch in &branches.branches {
            self.emit(|| Event::Statement { node: branch.node });
            let taken = self.condition(&branch.condition)?;
            let condition = branch.condition.node;
            self.emit(|| Event::Branch { node: branch.node, condition, taken });
            if taken {
                return self.inner(branch.node, &branch.body);
            }
        }
        match &branches.otherwise {
            Some((node, body)) => self.inner(*node, body),
            None => Ok(()),
        }
    }

    fn inner(&mut self, node: NodeId, body: &'p Block) -> Run<()> {
        self.step(node)?;
        self.emit(|| Event::Enter { node });
        self.block(body)?;
        self.emit(|| Event::Leave { node });
        Ok(())
    }

    fn foreach(&mut self, each: &'p Foreach) -> Run<()> {
        let list = self.value(&each.list)?;
        let Some(items) = self.items(each, &list) else { return Ok(()) };
        // The old values stay visible until the first item replaces them.
        let saved = [Slot::VELOCITY_COUNT, Slot::VELOCITY_HAS_NEXT, each.item]
            .map(|slot| (slot, self.frame[slot.0 as usize].clone()));
        let source = &self.program.source;
        let place = source.place(self.program.span(each.node).start);
        // A column is counted from the beginning of its line, which may be the whole template.
        ledger::copied(place.column as usize);
        let previous = self.variable(Slot::FOREACH).cloned().unwrap_or_default();
        let scope = Rc::new(Loop::new(previous, ledger::taken() as u32, source.name.clone(), place));
        self.frame[Slot::FOREACH.0 as usize] = Some(Value::Loop(scope.clone()));
        self.loops.push(0);
        self.running.push(scope.id);
        self.emit(|| Event::Enter { node: each.node });
        let result = self.iterate(each, &items, &scope);
        self.emit(|| Event::Leave { node: each.node });
        self.loops.pop();
        self.running.pop();
        if !matches!(result, Ok(()) | Err(Flow::Break(_) | Flow::Stop)) {
            // `#return` and failures leave the loop's variables as they are.
            return result;
        }
        for (slot, value) in saved {
            self.frame[slot.0 as usize] = value;
        }
        self.leave_scope(each.node)?;
        match result {
            Err(Flow::Break(target)) if target.is_none_or(|id| id == scope.id) => Ok(()),
            result => result,
        }
    }

    /// After a loop `$foreach` is that of the loop around it, or what it was before; but what the template has `#set` it
    /// to stays (Velocity's `Directive.postRender`).
    fn leave_scope(&mut self, node: NodeId) -> Run<()> {
        let place = Slot::FOREACH.0 as usize;
        match &self.frame[place] {
            Some(Value::Loop(scope)) => {
                let after = if scope.parent.is_null() { scope.replaced() } else { scope.parent.clone() };
                self.frame[place] = Some(after).filter(|value| !value.is_null());
                Ok(())
            }
            Some(_) => Ok(()),
            None => {
                let message = "$foreach is gone at the end of its loop: no loop variable may have this name".to_owned();
                Err(self.failure(node, "NullPointerException", message, None))
            }
        }
    }

    /// What a loop walks. Whoever listens may say that a list which nobody gave has an item, of which nothing is known.
    fn items(&mut self, each: &Foreach, list: &Value) -> Option<Iter> {
        let items = Iter::over(list);
        if items.as_ref().is_some_and(Iter::has_next) || !self.observer.decide(each.list.node, false) {
            return items;
        }
        Iter::over(&List::new(vec![Value::Null]).into())
    }

    fn iterate(&mut self, each: &'p Foreach, items: &Iter, scope: &Loop) -> Run<()> {
        while items.has_next() {
            let index = (scope.index.get() + 1) as usize;
            if index >= self.limits.iterations {
                let bound = self.limits.iterations;
                self.note(Code::U24, each.node, || {
                    format!("this loop has more than {bound} items: AppSync's limit; the rest is cut off")
                });
                break;
            }
            self.step(each.node)?;
            let item = items.next().map_err(|error| self.changed_under(each.node, &error))?;
            scope.index.set(index as i32);
            scope.has_next.set(items.has_next());
            if let Some(count) = self.loops.last_mut() {
                *count = index as u32 + 1;
            }
            self.emit(|| Event::Iterate { node: each.node, index, item: &item });
            self.frame[Slot::VELOCITY_COUNT.0 as usize] = Some(Value::int(index as i32 + 1));
            self.frame[Slot::VELOCITY_HAS_NEXT.0 as usize] = Some(Value::Boolean(scope.has_next.get()));
            let held = item.is_null();
            // An outer loop over the same variable, whose item is null, keeps it null in here too.
            let dropped = held || self.held.contains(&each.item);
            self.frame[each.item.0 as usize] = (!dropped).then_some(item);
            if held {
                self.held.push(each.item);
            }
            let result = self.block(&each.body);
            if held {
                self.held.pop();
            }
            result?;
            self.printed(each.node)?;
        }
        Ok(())
    }

    fn leave(&mut self, node: NodeId, scope: Option<&'p Expression>) -> Run<Flow> {
        self.emit(|| Event::Exit { node, kind: ExitKind::Break });
        match scope.map(|scope| self.value(scope)).transpose()? {
            None => Ok(Flow::Break(None)),
            Some(Value::Loop(each)) if self.running.contains(&each.id) => Ok(Flow::Break(Some(each.id))),
            Some(Value::Loop(_)) => {
                let message = format!("the loop that #break names has ended, at {}", self.location(node));
                Err(self.failure(node, "StopCommand", message, None))
            }
            Some(_) => {
                let message = format!("the argument of #break is no $foreach at {}", self.location(node));
                Err(self.failure(node, "VelocityException", message, None))
            }
        }
    }
}

/// A value as JSON, cut where that is long.
fn shortened(value: &Value) -> String {
    let mut text = value.to_json().unwrap_or_else(|_| "…".into());
    if let Some((end, _)) = text.char_indices().nth(SHOWN) {
        text.truncate(end);
        text.push('…');
    }
    text
}
