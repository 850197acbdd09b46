//! Copies that share nothing: what a trace keeps of a moment, and what a second evaluation starts from.

use super::ledger::{self, Walk};
use super::{JavaError, List, MAX_DEPTH, Map, Value};

impl Value {
    /// A copy that later changes of this value do not reach, as far as `budget` containers and members go; what lies
    /// beyond (and cycles, which exhaust any budget) stays shared. Views and entries become lists and maps.
    pub fn deep_copy(&self, budget: &mut usize) -> Value {
        self.copied(0, budget)
    }

    /// A copy of all of it, for what an evaluation keeps.
    ///
    /// # Errors
    /// The limit that the copy would hit: then the evaluation ends.
    pub fn whole_copy(&self) -> Result<Value, JavaError> {
        self.fits_json()?;
        Ok(self.deep_copy(&mut (Walk::MEMBERS as usize)))
    }

    fn copied(&self, depth: usize, budget: &mut usize) -> Value {
        let inner = |items: &[Value], budget: &mut usize| -> Vec<Value> {
            items.iter().map(|item| item.copied(depth + 1, budget)).collect()
        };
        match self {
            _ if depth > MAX_DEPTH => self.clone(),
            Value::List(list) if spend(budget, list.len()) => {
                let items = list.read(|items| inner(items, budget));
                if list.is_array() { List::array_of(list.class_name(), items).into() } else { List::new(items).into() }
            }
            Value::Map(map) if spend(budget, map.len()) => copy(map, depth, budget).into(),
            Value::View(view) if spend(budget, view.map.len()) => List::new(inner(&view.snapshot(), budget)).into(),
            other => other.clone(),
        }
    }
}

impl Map {
    /// [`Value::deep_copy`] without a bound, for JSON that was read from a file and so holds no cycle.
    pub fn deep_copy(&self) -> Map {
        copy(self, 0, &mut usize::MAX.clone())
    }
}

fn copy(map: &Map, depth: usize, budget: &mut usize) -> Map {
    Map::of(map.read(|entries| entries.with_values(|value| value.copied(depth + 1, budget))))
}

fn spend(budget: &mut usize, members: usize) -> bool {
    let cost = members + 1;
    let enough = *budget >= cost;
    if enough {
        ledger::members(cost);
        *budget -= cost;
    }
    enough
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_does_not_see_later_changes() {
        let inner = List::new(vec![Value::int(1)]);
        let map = Map::new();
        map.put_str("list", inner.clone());
        let copied = Value::from(map.clone()).deep_copy(&mut 100);
        inner.push(Value::int(2));
        assert_eq!(copied.to_json().unwrap(), r#"{"list":[1]}"#);
        assert_eq!(Value::from(map).to_json().unwrap(), r#"{"list":[1,2]}"#);
    }

    #[test]
    fn a_cycle_ends_at_the_budget() {
        let list = List::new(Vec::new());
        list.push(list.clone().into());
        Value::from(list).deep_copy(&mut 100);
    }
}
