//! `$value.name`: getters, map keys and boolean getters, in Velocity's order.

use super::{LoopInfo, Number, Value};

/// The property's value; `None` if the value has no such property, which Velocity treats as `null`.
///
/// Velocity asks for `getName()` first, then a map for the key, then for `isName()`.
pub fn get(receiver: &Value, name: &str) -> Option<Value> {
    if matches!(name, "class" | "Class") && !receiver.is_null() {
        return Some(Value::string(format!("class {}", receiver.class_name())));
    }
    match receiver {
        Value::Map(map) => map.get_str(name),
        Value::Entry(entry) => match name {
            "key" | "Key" => Some(entry.key().clone()),
            "value" | "Value" => Some(entry.value()),
            _ => None,
        },
        Value::String(text) => match name {
            "empty" | "Empty" => Some(text.is_empty().into()),
            "blank" | "Blank" => Some(super::method::is_blank(text).into()),
            "bytes" | "Bytes" => Some(super::method::bytes(text.bytes())),
            _ => None,
        },
        Value::List(list) if !list.is_array() => is_empty(name, list.is_empty()),
        Value::View(view) => is_empty(name, view.map.is_empty()),
        Value::Number(Number::Double(number)) => match name {
            "naN" | "NaN" => Some(number.is_nan().into()),
            "infinite" | "Infinite" => Some(number.is_infinite().into()),
            _ => None,
        },
        Value::Loop(each) => match name {
            "index" | "Index" => Some(Value::int(each.index.get())),
            "count" | "Count" => Some(Value::int(each.index.get().saturating_add(1))),
            "hasNext" | "HasNext" => Some(each.has_next.get().into()),
            "first" | "First" => Some((each.index.get() < 1).into()),
            "last" | "Last" => Some((!each.has_next.get()).into()),
            "parent" | "Parent" => Some(each.parent.clone()),
            "topmost" | "Topmost" => Some(each.topmost()),
            "replaced" | "Replaced" => Some(each.replaced()),
            "info" | "Info" => Some(Value::LoopInfo(LoopInfo(each.clone()))),
            _ => each.members().get_str(name),
        },
        Value::LoopInfo(info) => info.get(name),
        _ => None,
    }
}

fn is_empty(name: &str, empty: bool) -> Option<Value> {
    matches!(name, "empty" | "Empty").then(|| empty.into())
}

/// Sets a property: a map takes any key, an entry its `value`. `None` if the value has no such property to set;
/// otherwise what it replaced.
pub fn set(receiver: &Value, name: &str, value: Value) -> Option<Option<Value>> {
    match (receiver, name) {
        (Value::Map(map), _) => Some(map.put(Value::string(name), value)),
        (Value::Loop(each), _) => {
            let old = each.members().put(Value::string(name), value);
            each.reorder();
            Some(old)
        }
        (Value::Entry(entry), "value" | "Value") => Some(Some(entry.set_value(value))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{MapEntry, List, Map, View, ViewKind};
    use super::*;

    fn text(receiver: &Value, name: &str) -> Option<String> {
        get(receiver, name).map(|value| value.to_string())
    }

    #[test]
    fn asks_getters_then_keys_then_boolean_getters() {
        let map = Map::new();
        let root = Value::Map(map.clone());
        assert_eq!(text(&root, "empty"), None);
        for name in ["class", "empty", "size"] {
            map.put_str(name, Value::string(name.to_uppercase()));
        }
        assert_eq!(text(&root, "class").as_deref(), Some("class java.util.LinkedHashMap"));
        assert_eq!(text(&root, "empty").as_deref(), Some("EMPTY"));
        assert_eq!(text(&root, "size").as_deref(), Some("SIZE"));
        let entry = Value::Entry(MapEntry::new(&map, "size".into(), "SIZE".into()));
        assert_eq!(text(&entry, "key").as_deref(), Some("size"));
        assert_eq!(text(&entry, "Value").as_deref(), Some("SIZE"));
        assert_eq!(text(&entry, "name"), None);
        assert_eq!(text(&Value::View(View { map, kind: ViewKind::Keys }), "empty").as_deref(), Some("false"));
    }

    #[test]
    fn knows_the_few_properties_of_plain_values() {
        let list = Value::List(List::new(vec![]));
        assert_eq!(text(&list, "empty").as_deref(), Some("true"));
        assert_eq!(text(&list, "size"), None);
        assert_eq!(text(&Value::List(List::array(vec![])), "empty"), None);
        let string = Value::from(" ");
        assert_eq!(text(&string, "empty").as_deref(), Some("false"));
        assert_eq!(text(&string, "blank").as_deref(), Some("true"));
        assert_eq!(text(&string, "length"), None);
        assert_eq!(text(&Value::double(1.5), "naN").as_deref(), Some("false"));
        assert_eq!(text(&Value::double(f64::INFINITY), "infinite").as_deref(), Some("true"));
        assert_eq!(text(&Value::int(1), "infinite"), None);
        assert_eq!(text(&Value::Null, "class"), None);
    }

    #[test]
    fn sets_keys_and_the_value_of_an_entry() {
        let map = Map::new();
        let root = Value::Map(map.clone());
        assert!(matches!(set(&root, "a", Value::int(1)), Some(None)));
        let entry = Value::Entry(MapEntry::new(&map, "a".into(), Value::int(1)));
        assert!(matches!(set(&entry, "value", Value::int(2)), Some(Some(_))));
        assert!(set(&entry, "key", Value::int(2)).is_none());
        assert!(set(&"abc".into(), "x", Value::int(2)).is_none());
        assert_eq!(root.to_string(), "{a=2}");
        map.remove(&"a".into());
        assert_eq!(text(&entry, "value").as_deref(), Some("2"));
        set(&entry, "value", Value::int(3));
        assert!(map.is_empty());
        assert_eq!(text(&entry, "value").as_deref(), Some("3"));
    }
}
