//! The methods of `$foreach` and `$foreach.info`.

use super::Method as M;
use super::{MethodOutcome, give, int, map, object};
use crate::value::{Loop, LoopInfo, Value};
use std::rc::Rc;

pub(super) const METHODS: &[super::Entry] = &[
    (M::Clear, &[0]),
    (M::ContainsKey, &[1]),
    (M::ContainsValue, &[1]),
    (M::EntrySet, &[0]),
    (M::Equals, &[1]),
    (M::Get, &[1]),
    (M::GetCount, &[0]),
    (M::GetFirst, &[0]),
    (M::GetHasNext, &[0]),
    (M::GetIndex, &[0]),
    (M::GetInfo, &[0]),
    (M::GetLast, &[0]),
    (M::GetOrDefault, &[2]),
    (M::GetParent, &[0]),
    (M::GetReplaced, &[0]),
    (M::GetTopmost, &[0]),
    (M::HasNext, &[0]),
    (M::HashCode, &[0]),
    (M::IsEmpty, &[0]),
    (M::IsFirst, &[0]),
    (M::IsLast, &[0]),
    (M::KeySet, &[0]),
    (M::Put, &[2]),
    (M::PutAll, &[1]),
    (M::PutIfAbsent, &[2]),
    (M::Remove, &[1, 2]),
    (M::Replace, &[2, 3]),
    (M::Size, &[0]),
    (M::ToString, &[0]),
    (M::Values, &[0]),
];

pub(super) const INFO_METHODS: &[super::Entry] = &[
    (M::Equals, &[1]),
    (M::GetColumn, &[0]),
    (M::GetDepth, &[0]),
    (M::GetLine, &[0]),
    (M::GetName, &[0]),
    (M::GetTemplate, &[0]),
    (M::GetType, &[0]),
    (M::HashCode, &[0]),
    (M::ToString, &[0]),
];

pub(super) fn call(each: &Rc<Loop>, method: M, args: &[Value]) -> MethodOutcome {
    match (method, args) {
        (M::GetIndex, []) => int(each.index.get()),
        (M::GetCount, []) => int(each.index.get().saturating_add(1)),
        (M::HasNext | M::GetHasNext, []) => give(each.has_next.get()),
        (M::IsFirst | M::GetFirst, []) => give(each.index.get() < 1),
        (M::IsLast | M::GetLast, []) => give(!each.has_next.get()),
        (M::GetParent, []) => give(each.parent.clone()),
        (M::GetTopmost, []) => give(each.topmost()),
        (M::GetReplaced, []) => give(each.replaced()),
        (M::GetInfo, []) => give(Value::LoopInfo(LoopInfo(each.clone()))),
        (M::Clone, _) => Err(super::Stop::Missing),
        (M::Equals | M::HashCode | M::ToString, _) => object(&Value::Loop(each.clone()), method, args),
        _ => {
            let members = each.members();
            let before = members.len();
            let outcome = map::call(members, method, args);
            if members.len() > before {
                each.reorder();
            }
            outcome
        }
    }
}

pub(super) fn call_info(info: &LoopInfo, method: M, args: &[Value]) -> MethodOutcome {
    match method.name().strip_prefix("get").filter(|_| args.is_empty()).and_then(|name| info.get(name)) {
        Some(value) => give(value),
        None => object(&Value::LoopInfo(info.clone()), method, args),
    }
}
