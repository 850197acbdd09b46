//! Methods against recorded answers of Java.

use super::*;
use crate::value::{List, Map, View, ViewKind, from_json_str};

/// Checks lines of `receiver ¦ path ¦ method ¦ arguments ¦ <answer> ¦ <receiver afterwards, if it changed>`.
pub(in crate::value) fn check(answers: &str) {
    let mut wrong = Vec::new();
    for line in answers.replace("\n    ¦", " ¦").lines().filter(|line| !line.is_empty()) {
        let parts: Vec<&str> = line.split(" ¦ ").collect();
        let json = |text: &str| from_json_str(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let root = json(parts[0]);
        let before = root.to_string();
        let receiver = walk(&root, parts[1]);
        let args = json(&format!("[{}]", parts[3])).members().unwrap();
        let (answer, after) = match Method::parse(parts[2]) {
            None => ("none".to_owned(), String::new()),
            Some(method) => {
                let called = call(&receiver, method, &args);
                let after = match parts[1] {
                    "split" => Value::List(List::new(receiver.members().unwrap())).to_string(),
                    _ => root.to_string(),
                };
                (describe(called), after)
            }
        };
        let wanted = parts[4].trim_start_matches('<').trim_end_matches('>');
        let same = match wanted.strip_suffix('…') {
            Some(start) => answer.starts_with(start),
            None => answer == wanted,
        };
        if !same {
            wrong.push(format!("{line}\n     got {answer}"));
        }
        let expected = parts.get(5).map_or(before, |state| state.replace(['<', '>'], ""));
        if !wanted.starts_with('!') && parts[1] != "split" && !after.is_empty() && after != expected {
            wrong.push(format!("{line}\n     left {after}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn walk(root: &Value, path: &str) -> Value {
    let view = |kind| Value::View(View { map: root.as_map().unwrap().clone(), kind });
    let first = |value: Value, method| match call(&value, method, &[]) {
        Ok(Called::Value(value)) => value,
        other => panic!("{other:?}"),
    };
    match path {
        "keySet" => view(ViewKind::Keys),
        "values" => view(ViewKind::Values),
        "entrySet" => view(ViewKind::Entries),
        "entry" => first(first(view(ViewKind::Entries), Method::Iterator), Method::Next),
        "iterator" => first(view(ViewKind::Values), Method::Iterator),
        "split" => List::array(root.as_str().unwrap().split(',').map(Value::from).collect()).into(),
        _ => root.clone(),
    }
}

fn describe(called: Result<Called, JavaError>) -> String {
    let text = match called {
        Err(error) => format!("!{}: {}", error.class, error.message),
        Ok(Called::Void) => "String:".to_owned(),
        Ok(Called::Missing | Called::Value(Value::Null)) => "none".to_owned(),
        Ok(Called::Value(Value::List(list))) if list.is_array() => {
            format!("Array:{}", Value::List(List::new(list.snapshot())))
        }
        Ok(Called::Value(value)) => {
            let class = value.class_name();
            let class = ["java.lang.", "java.util.", "java.math."]
                .iter()
                .fold(class, |name, package| name.strip_prefix(package).unwrap_or(name));
            format!("{class}:{value}")
        }
    };
    let named = [('\n', "\\n"), ('\t', "\\t"), ('\u{1}', "\\u0001"), ('\u{a0}', "\\u00a0")];
    let named = named.into_iter().chain([('\u{3000}', "\\u3000"), ('\u{2003}', "\\u2003")]);
    named.fold(text, |text, (character, name)| text.replace(character, name))
}

fn list(items: &[i32]) -> List {
    items.iter().copied().map(Value::int).collect()
}

#[test]
fn tells_null_void_and_missing_apart() {
    let map = Value::Map(Map::new());
    let receiver = Value::List(list(&[1]));
    let answer = |receiver: &Value, method, args: &[Value]| call(receiver, method, args).unwrap();
    assert!(matches!(answer(&map, Method::Get, &["a".into()]), Called::Value(Value::Null)));
    assert!(matches!(answer(&map, Method::Put, &["a".into(), Value::int(1)]), Called::Value(Value::Null)));
    assert!(matches!(answer(&map, Method::PutAll, &[Map::new().into()]), Called::Void));
    assert!(matches!(answer(&map, Method::Clear, &[]), Called::Void));
    assert!(matches!(answer(&map, Method::Get, &[]), Called::Missing));
    assert!(matches!(answer(&map, Method::Add, &[Value::Null]), Called::Missing));
    assert!(matches!(answer(&receiver, Method::Add, &[Value::int(0), Value::Null]), Called::Void));
    assert!(matches!(answer(&Value::Null, Method::ToString, &[]), Called::Missing));
    assert_eq!(Method::parse("getClass"), None);
    assert_eq!(Method::parse("forName"), None);
}

#[test]
fn survives_containers_that_contain_themselves() {
    let own = list(&[1]);
    let value = Value::List(own.clone());
    for method in [Method::Add, Method::Contains, Method::IndexOf, Method::AddAll, Method::ContainsAll] {
        call(&value, method, std::slice::from_ref(&value)).unwrap();
    }
    call(&value, Method::Add, std::slice::from_ref(&value)).unwrap();
    assert_eq!(call(&value, Method::HashCode, &[]).unwrap_err().class, "java.lang.StackOverflowError");
    call(&value, Method::ToString, &[]).unwrap();
    let other = Value::List(List::new(own.snapshot()));
    call(&value, Method::Equals, &[other]).unwrap();
    call(&value, Method::RemoveAll, std::slice::from_ref(&value)).unwrap();
    assert!(own.is_empty());
    let map = Map::new();
    map.put_str("m", map.clone());
    let map = Value::Map(map);
    assert!(call(&map, Method::HashCode, &[]).is_err());
    call(&map, Method::PutAll, std::slice::from_ref(&map)).unwrap();
    call(&map, Method::ContainsValue, std::slice::from_ref(&map)).unwrap();
}

#[test]
fn stops_at_limits() {
    let text = Value::from("abcdefghij");
    let error = call(&text, Method::Repeat, &[Value::int(i32::MAX)]).unwrap_err();
    assert_eq!(error.class, "java.lang.OutOfMemoryError");
    assert!(error.message.contains("`string length`"));
    let long = Value::string("a".repeat(10_000));
    let error = call(&long, Method::Replace, &["a".into(), long.clone()]).unwrap_err();
    assert_eq!(error.class, "java.lang.OutOfMemoryError");
    assert!(call(&long, Method::Replace, &["".into(), long.clone()]).is_err());
    let items = Value::List(list(&[0; 1000]));
    let doubled = (0..20).find_map(|_| call(&items, Method::AddAll, std::slice::from_ref(&items)).err());
    assert_eq!(doubled.unwrap().class, "java.lang.OutOfMemoryError");
    // 2^40 words if it were written out.
    let mut nested = Value::List(list(&[1]));
    for _ in 0..40 {
        nested = Value::List(List::new(vec![nested.clone(), nested]));
    }
    assert!(call(&nested, Method::ToString, &[]).is_err());
}

#[test]
fn suggests_a_near_name() {
    let text = Value::from("");
    assert_eq!(nearest(&text, "subString"), Some("substring"));
    assert_eq!(nearest(&text, "toLowercase"), Some("toLowerCase"));
    assert_eq!(nearest(&text, "lenght"), Some("length"));
    assert_eq!(nearest(&text, "size"), None);
    assert_eq!(nearest(&Value::Map(Map::new()), "containKey"), Some("containsKey"));
    assert_eq!(nearest(&Value::Null, "size"), None);
    assert_eq!(nearest(&text, &"x".repeat(100_000)), None);
    assert!(exists(&text, Method::Length) && !exists(&text, Method::Size));
    assert_eq!(arities(&text, Method::Substring), [1, 2]);
}

#[test]
fn every_listed_method_can_be_called() {
    let map = Map::new();
    map.put_str("a", Value::int(1));
    let root = Value::Map(map);
    let mut receivers =
        vec![Value::from("a,b"), List::new(vec![Value::int(1)]).into(), root.clone(), Value::int(5)];
    receivers.extend([Value::long(5), Value::double(1.5), Number::parse_integer("99999999999999999999").into()]);
    receivers.extend([Value::Boolean(true)]);
    receivers.extend(["keySet", "values", "entrySet", "entry", "iterator"].map(|path| walk(&root, path)));
    let samples = [
        "x".into(),
        Value::int(0),
        Value::int(2),
        Value::Boolean(true),
        Value::double(1.0),
        root.clone(),
        Value::Null,
    ];
    let samples =
        samples.into_iter().chain([Value::List(list(&[1])), Number::parse_integer("99999999999999999999").into()]);
    let samples: Vec<Value> = samples.collect();
    for receiver in &receivers {
        for (method, counts) in table(receiver) {
            for count in *counts {
                let mut tried = match count {
                    0 => vec![vec![]],
                    1 => samples.iter().map(|one| vec![one.clone()]).collect(),
                    2 => samples
                        .iter()
                        .flat_map(|one| samples.iter().map(|two| vec![one.clone(), two.clone()]))
                        .collect(),
                    count if *method == Method::RegionMatches => {
                        let fold = (*count == 5).then_some(Value::Boolean(true));
                        let rest = [Value::int(0), "a".into(), Value::int(0), Value::int(1)];
                        vec![fold.into_iter().chain(rest).collect()]
                    }
                    count => vec![vec!["x".into(); usize::from(*count)]],
                }
                .into_iter();
                let known =
                    tried.any(|args: Vec<Value>| !matches!(call(receiver, *method, &args), Ok(Called::Missing)));
                assert!(known, "{} of {receiver} with {count}", method.name());
            }
        }
    }
}
