//! The methods that Java's classes offer a template, called the way Velocity 1.7 calls them by reflection.
//!
//! Nothing is converted: an `Integer` is no `String`; an `int` widens to `long` and `double`; `null` fits any parameter
//! that is not primitive. A method that does not exist with this name, arity and these types is [`Called::Missing`],
//! with one oddity kept from Velocity 1.7: arguments to a method that takes none make Java refuse the call.

mod big;
mod boolean;
mod bytes;
mod double;
mod format;
mod integer;
mod lines;
mod list;
mod map;
mod number;
mod scientific;
mod scope;
mod string;
mod units;

pub(super) use bytes::bytes;
pub(super) use string::is_blank;
pub use units::by_units;

use super::ledger::{self, Limit, Walk};
use super::regex::RegexError;
use super::{IDENTITY_HASH, JavaError, List, Number, Value};
use ecow::EcoString;
use std::fmt::{self, Write};

/// The longest string that a method may make, in bytes (limit `string length`).
pub const MAX_STRING: usize = 10_000_000;

/// The longest list that a method may make (limit `list length`).
pub const MAX_ITEMS: usize = 1_000_000;

/// What came of a call.
#[derive(Clone, Debug)]
pub enum Called {
    /// The method returned this, possibly `null`.
    Value(Value),
    /// The method is a `void` one: the call renders as nothing.
    Void,
    /// There is no such method for these arguments: the call renders as its source text.
    Missing,
}

/// Why a call gave no value.
enum Stop {
    /// No overload takes these arguments.
    Missing,
    /// The method threw.
    Thrown(JavaError),
}

impl From<JavaError> for Stop {
    fn from(error: JavaError) -> Self {
        Self::Thrown(error)
    }
}

impl From<RegexError> for Stop {
    fn from(error: RegexError) -> Self {
        Self::Thrown(error.into())
    }
}

type Outcome = Result<Called, Stop>;

/// A method of a type and the argument counts that it takes.
type Entry = (Method, &'static [u8]);

macro_rules! methods {
    ($($variant:ident $name:literal,)*) => {
        /// The name of a method that some type has.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Method {
            $(#[doc = concat!("`", $name, "`")] $variant,)*
        }

        impl Method {
            /// The method of this name, if any type has one.
            pub fn parse(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant),)*
                    _ => None,
                }
            }

            /// The name as templates write it.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

methods! {
    Abs "abs", Add "add", AddAll "addAll", BitCount "bitCount", BooleanValue "booleanValue", ByteValue "byteValue",
    CharAt "charAt", Clear "clear", Clone "clone", CodePointAt "codePointAt", CodePointBefore "codePointBefore",
    CodePointCount "codePointCount", Compare "compare", CompareTo "compareTo",
    CompareToIgnoreCase "compareToIgnoreCase", CompareUnsigned "compareUnsigned", Concat "concat", Contains "contains",
    ContainsAll "containsAll", ContainsKey "containsKey", ContainsValue "containsValue", ContentEquals "contentEquals",
    Decode "decode", Divide "divide", DivideUnsigned "divideUnsigned", DoubleToLongBits "doubleToLongBits",
    DoubleToRawLongBits "doubleToRawLongBits", DoubleValue "doubleValue", EndsWith "endsWith",
    EnsureCapacity "ensureCapacity", FloatValue "floatValue", GetBytes "getBytes", TrimToSize "trimToSize",
 EntrySet "entrySet", Equals "equals", EqualsIgnoreCase "equalsIgnoreCase", Format "format", Formatted "formatted",
    Get "get", GetColumn "getColumn", GetCount "getCount", GetDepth "getDepth", GetFirst "getFirst",
    GetHasNext "getHasNext", GetIndex "getIndex", GetInfo "getInfo", GetKey "getKey", GetLast "getLast",
    GetLine "getLine", GetName "getName", GetReplaced "getReplaced", GetTemplate "getTemplate", GetType "getType",
    GetOrDefault "getOrDefault", GetParent "getParent", GetTopmost "getTopmost", GetValue "getValue",
    HasNext "hasNext", HashCode "hashCode", HighestOneBit "highestOneBit", Indent "indent", IndexOf "indexOf",
    IntValue "intValue", Intern "intern", IsBlank "isBlank", IsEmpty "isEmpty", IsFinite "isFinite", IsFirst "isFirst",
    IsInfinite "isInfinite", IsLast "isLast", IsNaN "isNaN", Iterator "iterator", Join "join", KeySet "keySet",
    LastIndexOf "lastIndexOf", Length "length", LogicalAnd "logicalAnd", LogicalOr "logicalOr", LogicalXor "logicalXor",
    LongBitsToDouble "longBitsToDouble", LongValue "longValue", LowestOneBit "lowestOneBit", Matches "matches",
    Max "max", Min "min", Mod "mod", Multiply "multiply", Negate "negate", Next "next",
    NumberOfLeadingZeros "numberOfLeadingZeros", NumberOfTrailingZeros "numberOfTrailingZeros",
    OffsetByCodePoints "offsetByCodePoints", ParseBoolean "parseBoolean", ParseDouble "parseDouble",
    ParseInt "parseInt", ParseLong "parseLong", ParseUnsignedInt "parseUnsignedInt",
    ParseUnsignedLong "parseUnsignedLong", Put "put", PutAll "putAll", PutIfAbsent "putIfAbsent",
    RegionMatches "regionMatches", Remainder "remainder", RemainderUnsigned "remainderUnsigned", Remove "remove",
    RemoveAll "removeAll", Repeat "repeat", Replace "replace", ReplaceAll "replaceAll", ReplaceFirst "replaceFirst",
    RetainAll "retainAll", Reverse "reverse", ReverseBytes "reverseBytes", RotateLeft "rotateLeft",
    RotateRight "rotateRight", Set "set", SetValue "setValue", ShortValue "shortValue", Signum "signum", Size "size",
    Sort "sort", Split "split", StartsWith "startsWith", Strip "strip", StripIndent "stripIndent",
    StripLeading "stripLeading", StripTrailing "stripTrailing", SubList "subList", SubSequence "subSequence",
    Substring "substring", Subtract "subtract", Sum "sum", ToArray "toArray", ToBinaryString "toBinaryString",
    ToCharArray "toCharArray", ToHexString "toHexString", ToLowerCase "toLowerCase", ToOctalString "toOctalString",
    ToString "toString", ToUnsignedLong "toUnsignedLong", ToUnsignedString "toUnsignedString",
    ToUpperCase "toUpperCase", TranslateEscapes "translateEscapes", Trim "trim",
    ValueOf "valueOf", Values "values",
}

/// Calls a method on a value.
///
/// # Errors
/// The method threw this exception.
pub fn call(receiver: &Value, method: Method, args: &[Value]) -> Result<Called, JavaError> {
    if let Value::String(_) | Value::Number(_) = receiver {
        receiver.count();
        args.iter().for_each(Value::count);
    }
    let outcome = match receiver {
        Value::String(text) => string::call(text, method, args),
        Value::List(list) => list::call(list, method, args),
        Value::Map(map) => map::call(map, method, args),
        Value::View(view) => map::call_view(view, method, args),
        Value::Entry(entry) => map::call_entry(entry, method, args),
        Value::Iterator(iter) => map::call_iterator(iter, method, args),
        Value::Loop(each) => scope::call(each, method, args),
        Value::LoopInfo(info) => scope::call_info(info, method, args),
        Value::Number(number) => number::call(number, method, args),
        Value::Boolean(value) => boolean::call(*value, method, args),
        Value::Null | Value::Namespace(_) => Err(Stop::Missing),
    };
    match outcome {
        Ok(called) => Ok(called),
        Err(Stop::Thrown(error)) => Err(error),
        // Velocity 1.7 takes a method without parameters for one that accepts any number of them; Java then objects.
        Err(Stop::Missing) if !args.is_empty() && arities(receiver, method).contains(&0) => {
            Err(JavaError::new("java.lang.IllegalArgumentException", "wrong number of arguments"))
        }
        Err(Stop::Missing) => Ok(Called::Missing),
    }
}

/// Whether the value's type has a method of this name.
pub fn exists(receiver: &Value, method: Method) -> bool {
    !arities(receiver, method).is_empty()
}

/// The argument counts that the method of the value's type takes; none if it has no such method.
pub fn arities(receiver: &Value, method: Method) -> &'static [u8] {
    table(receiver).iter().find(|(known, _)| *known == method).map_or(&[], |(_, counts)| counts)
}

/// "Did you mean": the method of the value's type whose name is closest to this one.
pub fn nearest(receiver: &Value, name: &str) -> Option<&'static str> {
    crate::nearest::nearest(name, table(receiver).iter().map(|(method, _)| method.name()))
}

fn table(receiver: &Value) -> &'static [Entry] {
    match receiver {
        Value::String(_) => string::METHODS,
        Value::List(_) => list::METHODS,
        Value::Map(_) => map::METHODS,
        Value::View(_) => map::VIEW_METHODS,
        Value::Entry(_) => map::ENTRY_METHODS,
        Value::Iterator(_) => map::ITERATOR_METHODS,
        Value::Loop(_) => scope::METHODS,
        Value::LoopInfo(_) => scope::INFO_METHODS,
        Value::Number(Number::Integer(_)) => integer::INTEGER_METHODS,
        Value::Number(Number::Long(_)) => integer::LONG_METHODS,
        Value::Number(Number::Double(_)) => double::METHODS,
        Value::Number(_) => big::METHODS,
        Value::Boolean(_) => boolean::METHODS,
        Value::Null | Value::Namespace(_) => &[],
    }
}

/// `toString()` of any value.
///
/// # Errors
/// The text is longer than [`MAX_STRING`], or the value is too deep or has too many members.
pub fn to_text(value: &Value) -> Result<EcoString, JavaError> {
    struct Limited(EcoString);
    impl Write for Limited {
        fn write_str(&mut self, part: &str) -> fmt::Result {
            if self.0.len() + part.len() > MAX_STRING {
                return Err(fmt::Error);
            }
            self.0.push_str(part);
            Ok(())
        }
    }
    if let Value::String(text) = value {
        return Ok(text.into());
    }
    let mut out = Limited(EcoString::new());
    value.write_text(&mut out).map_err(|error| error.unwrap_or_else(string_too_long))?;
    ledger::copied(out.0.len());
    Ok(out.0)
}

/// Java's `hashCode()`.
///
/// # Errors
/// The value nests deeper than [`super::MAX_DEPTH`], usually because it contains itself, or has too many members.
pub fn java_hash(value: &Value) -> Result<i32, JavaError> {
    hash(value, 0, &mut Walk::new()).map_err(ledger::spend)
}

fn hash(value: &Value, depth: usize, walk: &mut Walk) -> Result<i32, Limit> {
    walk.visit(depth)?;
    let pair = |key: &Value, value: &Value, walk: &mut Walk| {
        Ok::<i32, Limit>(hash(key, depth + 1, walk)? ^ hash(value, depth + 1, walk)?)
    };
    Ok(match value {
        Value::Null => 0,
        Value::Boolean(true) => 1231,
        Value::Boolean(false) => 1237,
        Value::Number(number) => number.java_hash(),
        Value::String(text) => {
            ledger::bytes(text.len());
            text.encode_utf16().fold(0i32, |sum, unit| sum.wrapping_mul(31).wrapping_add(i32::from(unit)))
        }
        Value::List(list) if list.is_array() => IDENTITY_HASH,
        Value::List(list) => {
            let mut sum = 1i32;
            for item in list.snapshot() {
                sum = sum.wrapping_mul(31).wrapping_add(hash(&item, depth + 1, walk)?);
            }
            sum
        }
        Value::Map(map) => {
            let mut sum = 0i32;
            for (key, value) in map.snapshot() {
                sum = sum.wrapping_add(pair(&key, &value, walk)?);
            }
            sum
        }
        Value::View(view) if view.kind == super::ViewKind::Values => IDENTITY_HASH,
        Value::View(view) => {
            let mut sum = 0i32;
            for item in view.snapshot() {
                sum = sum.wrapping_add(hash(&item, depth + 1, walk)?);
            }
            sum
        }
        Value::Entry(entry) => pair(entry.key(), &entry.value(), walk)?,
        Value::Iterator(_) | Value::LoopInfo(_) | Value::Namespace(_) => IDENTITY_HASH,
        Value::Loop(each) => hash(&Value::Map(each.members().clone()), depth, walk)?,
    })
}

/// What every object answers: `equals`, `hashCode`, `toString`.
fn object(receiver: &Value, method: Method, args: &[Value]) -> Outcome {
    match (method, args) {
        (Method::Equals, [other]) => give(receiver.java_equals(other)),
        (Method::HashCode, []) => int(java_hash(receiver)?),
        (Method::ToString, []) => match receiver {
            Value::String(_) => give(receiver.clone()),
            receiver => give(Value::string(to_text(receiver)?)),
        },
        _ => Err(Stop::Missing),
    }
}

fn give(value: impl Into<Value>) -> Outcome {
    Ok(Called::Value(value.into()))
}

fn int(value: i32) -> Outcome {
    give(Value::int(value))
}

/// A size as Java's `int`.
fn size(value: usize) -> Outcome {
    int(i32::try_from(value).unwrap_or(i32::MAX))
}

/// An argument for a parameter of type `int`.
fn int_arg(value: &Value) -> Result<i32, Stop> {
    match value {
        Value::Number(Number::Integer(value)) => Ok(*value),
        _ => Err(Stop::Missing),
    }
}

/// An argument for a parameter of type `String`; `None` is `null`.
fn text_arg(value: &Value) -> Result<Option<&str>, Stop> {
    match value {
        Value::String(text) => Ok(Some(text)),
        Value::Null => Ok(None),
        _ => Err(Stop::Missing),
    }
}

/// An argument for a parameter of type `Collection`; `None` is `null`. An array is no collection.
fn collection_arg(value: &Value) -> Result<Option<Vec<Value>>, Stop> {
    match value {
        Value::List(list) if !list.is_array() => {
            list.check()?;
            ledger::members(list.len());
            Ok(Some(list.snapshot()))
        }
        Value::View(view) => {
            ledger::members(view.map.len());
            Ok(Some(view.snapshot()))
        }
        Value::Null => Ok(None),
        _ => Err(Stop::Missing),
    }
}

/// The argument, or the `NullPointerException` that Java throws for `null`.
fn non_null<T>(value: Option<T>, message: &str) -> Result<T, JavaError> {
    value.ok_or_else(|| JavaError::new("java.lang.NullPointerException", message))
}

/// Where the first such item is. What is found after a limit was reached is never used.
fn position(items: &[Value], wanted: &Value) -> Option<usize> {
    ledger::members(items.len());
    items.iter().take_while(|_| ledger::spent().is_none()).position(|item| item.java_equals(wanted))
}

fn contains(items: &[Value], wanted: &Value) -> bool {
    position(items, wanted).is_some()
}

fn unsupported() -> Stop {
    JavaError::new("java.lang.UnsupportedOperationException", "").into()
}

/// The error of a text longer than [`MAX_STRING`].
pub fn string_too_long() -> JavaError {
    ledger::spend(Limit::StringLength(MAX_STRING))
}

/// Whether a list of so many items may be made; counts the work of it.
fn room_for(items: usize) -> Result<(), JavaError> {
    if items > MAX_ITEMS {
        return Err(ledger::spend(Limit::ListLength(MAX_ITEMS)));
    }
    ledger::members(items);
    ledger::check()
}

/// The `ClassCastException` of comparing with a value of another class.
fn class_cast(value: &Value, wanted: &str) -> JavaError {
    let class = value.class_name();
    let message = format!(
        "class {class} cannot be cast to class {wanted} \
         ({class} and {wanted} are in module java.base of loader 'bootstrap')"
    );
    JavaError::new("java.lang.ClassCastException", message)
}

/// The order of two things as Java's `compareTo` of numbers tells it.
fn sign(order: std::cmp::Ordering) -> i32 {
    order as i32
}

/// `toArray()` and `toArray(Object…)`: what fits into the array given is put there, with a null after it.
fn to_array(items: Vec<Value>, into: &[Value]) -> Outcome {
    let class = "[Ljava.lang.Object;";
    match into {
        [Value::List(array)] if array.is_array() => {
            if !items.iter().all(|item| array.takes(item)) {
                return Err(JavaError::new("java.lang.ArrayStoreException", "").into());
            }
            if items.len() > array.len() {
                return give(List::array_of(array.class_name(), items));
            }
            let end = std::iter::once(Value::Null).take(array.len() - items.len());
            for (at, item) in items.into_iter().chain(end).enumerate() {
                array.set(at, item);
            }
            give(array.clone())
        }
        [Value::Null] => Ok(non_null(None, "")?),
        into => to_array(items, &[List::array_of(class, into.to_vec()).into()]),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::value::{Map, View, ViewKind, from_json_str};

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
}
