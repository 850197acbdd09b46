//! The methods that Java's classes offer a template, called the way Velocity 1.7 calls them by reflection.
//!
//! Nothing is converted: an `Integer` is no `String`; an `int` widens to `long` and `double`; `null` fits any parameter
//! that is not primitive. A method that does not exist with this name, arity and these types is [`Called::Missing`],
//! with one oddity kept from Velocity 1.7: arguments to a method that takes none make Java refuse the call.

mod args;
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

pub use args::string_too_long;
use args::{give, int, size, int_arg, text_arg, collection_arg, non_null, position, contains, unsupported, room_for, class_cast, sign, to_array};
pub(super) use bytes::bytes;
pub(super) use string::is_blank;
pub use units::by_units;

pub use super::ledger::{MAX_ITEMS, MAX_STRING};
use super::ledger::{self, Limit, Walk};
use super::regex::RegexError;
use super::{IDENTITY_HASH, JavaError, Number, Value};
use ecow::EcoString;
use std::fmt::{self, Write};

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

type MethodOutcome = Result<Called, Stop>;

/// A method of a type and the argument counts that it takes.
type Entry = (Method, &'static [u8]);

macro_rules! methods {
    (methods { $($variant:ident $name:literal,)* } functions { $($function:ident $called:literal,)* }) => {
        /// The name of a call: of a method that some type has, or of a function of `$util` or `$extensions` that means
        /// something to who explains a template. A name is looked up once, when a template is converted.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Method {
            $(#[doc = concat!("`", $name, "`")] $variant,)*
            $(#[doc = concat!("`", $called, "`")] $function,)*
        }

        impl Method {
            /// The method or function of this name.
            pub fn parse(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant),)*
                    $($called => Some(Self::$function),)*
                    _ => None,
                }
            }

            /// The name as templates write it.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                    $(Self::$function => $called,)*
                }
            }

            /// Whether no type has a method of this name: it is a function's.
            pub const fn is_function(self) -> bool {
                matches!(self, $(Self::$function)|*)
            }

            /// Whether a call of it, if the receiver has such a method, changes the receiver.
            pub const fn changes(self) -> bool {
                self.fills() || matches!(self, Self::Remove | Self::RemoveAll | Self::Set | Self::Clear)
            }

            /// Whether a call of it puts something into the receiver: `add`, `addAll`, `put`, `putAll`.
            pub const fn fills(self) -> bool {
                matches!(self, Self::Add | Self::AddAll | Self::Put | Self::PutAll)
            }

            /// Whether it gives its second argument where the first is null, or as good as null.
            pub const fn gives_default(self) -> bool {
                matches!(self, Self::DefaultIfNull | Self::DefaultIfNullOrEmpty | Self::DefaultIfNullOrBlank)
            }

            /// Whether it asks for null, or for what is as good as null.
            pub const fn asks_null(self) -> bool {
                matches!(self, Self::IsNull | Self::IsNullOrEmpty | Self::IsNullOrBlank)
            }
        }
    };
}

methods! {
methods {
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
functions {
    AppendError "appendError", AuthType "authType", DefaultIfNull "defaultIfNull",
    DefaultIfNullOrBlank "defaultIfNullOrBlank", DefaultIfNullOrEmpty "defaultIfNullOrEmpty", Error "error",
    EvictFromApiCache "evictFromApiCache", InvalidateSubscriptions "invalidateSubscriptions", IsBoolean "isBoolean", IsList "isList", IsMap "isMap",
    IsNumber "isNumber", IsString "isString", TypeOf "typeOf", IsNull "isNull",
    IsNullOrBlank "isNullOrBlank", IsNullOrEmpty "isNullOrEmpty", ParseJson "parseJson", Qr "qr", Quiet "quiet",
    MutationAuth "mutationAuth", NowEpochMilliSeconds "nowEpochMilliSeconds", NowEpochSeconds "nowEpochSeconds",
    QueryAuth "queryAuth", SubscriptionAuth "subscriptionAuth",
    SetSubscriptionFilter "setSubscriptionFilter",
    SetSubscriptionInvalidationFilter "setSubscriptionInvalidationFilter", ToJson "toJson", Unauthorized "unauthorized",
    Validate "validate", ValidateUsingSource "validateUsingSource",
}
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
fn object(receiver: &Value, method: Method, args: &[Value]) -> MethodOutcome {
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

#[cfg(test)]
pub(super) mod tests;
