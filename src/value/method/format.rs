//! `java.util.Formatter` for `$s.format("%05d", $n)`. Dates are refused by name.

use super::double::hex_string;
use super::scientific::{self, General};
use super::args::fits;
use super::{MethodOutcome, Stop, give, java_hash, to_text};
use crate::value::{JavaError, Number, Value};
use num_bigint::{BigInt, Sign};

/// One `%[argument$][flags][width][.precision]conversion`.
#[derive(Default)]
struct Spec {
    argument: Option<usize>,
    previous: bool,
    flags: String,
    width: Option<usize>,
    precision: Option<usize>,
    conversion: char,
}

impl Spec {
    fn has(&self, flag: char) -> bool {
        self.flags.contains(flag)
    }

    /// Reads what follows a `%`; what is left of the text.
    fn read(text: &str) -> Result<(Self, &str), Stop> {
        let mut spec = Self::default();
        let mut rest = text;
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        if let Some((number, after)) =
            rest.split_at_checked(digits(rest)).filter(|(number, _)| !number.starts_with('0'))
            && let Some(after) = after.strip_prefix('$')
        {
            (spec.argument, rest) = (number.parse().ok(), after);
        } else if let Some(after) = rest.strip_prefix('<') {
            (spec.previous, rest) = (true, after);
        }
        let flags = rest.bytes().take_while(|byte| b"-#+ 0,(".contains(byte)).count();
        spec.flags = rest[..flags].to_owned();
        if let Some(twice) = spec.flags.chars().find(|flag| spec.flags.matches(*flag).count() > 1) {
            return Err(thrown("DuplicateFormatFlagsException", format!("Flags = '{twice}'")));
        }
        rest = &rest[flags..];
        let count = digits(rest);
        (spec.width, rest) = (rest[..count].parse().ok(), &rest[count..]);
        if let Some(after) = rest.strip_prefix('.') {
            let count = digits(after);
            (spec.precision, rest) = (after[..count].parse().ok(), &after[count..]);
        }
        match rest.chars().next() {
            Some(conversion) if conversion.is_ascii_alphabetic() || conversion == '%' => {
                spec.conversion = conversion;
                Ok((spec, &rest[1..]))
            }
            _ => Err(thrown("UnknownFormatConversionException", "Conversion = '%'")),
        }
    }
}

fn thrown(class: &'static str, message: impl Into<String>) -> Stop {
    let class = match class {
        "UnknownFormatConversionException" => "java.util.UnknownFormatConversionException",
        "MissingFormatArgumentException" => "java.util.MissingFormatArgumentException",
        "MissingFormatWidthException" => "java.util.MissingFormatWidthException",
        "IllegalFormatPrecisionException" => "java.util.IllegalFormatPrecisionException",
        "IllegalFormatFlagsException" => "java.util.IllegalFormatFlagsException",
        "FormatFlagsConversionMismatchException" => "java.util.FormatFlagsConversionMismatchException",
        "DuplicateFormatFlagsException" => "java.util.DuplicateFormatFlagsException",
        "IllegalFormatWidthException" => "java.util.IllegalFormatWidthException",
        "IllegalFormatCodePointException" => "java.util.IllegalFormatCodePointException",
        "IllegalFormatConversionException" => "java.util.IllegalFormatConversionException",
        _ => "vtl_eval.UnsupportedFormat",
    };
    JavaError::new(class, message).into()
}

/// `String.format(format, args…)`
///
/// A single null among the arguments stands for their array: then every argument is null.
pub(super) fn format(format: &str, args: &[Value]) -> MethodOutcome {
    let args = match args {
        [Value::List(array)] if array.is_array() => &array.snapshot(),
        args => args,
    };
    let all_null = matches!(args, [Value::Null]);
    let mut out = String::new();
    let mut rest = format;
    let (mut next, mut last) = (0, None);
    while let Some((text, after)) = rest.split_once('%') {
        out.push_str(text);
        let (spec, after) = Spec::read(after)?;
        rest = after;
        let width = spec.width.unwrap_or(0);
        fits(out.len().saturating_add(width).saturating_add(spec.precision.unwrap_or(0)))?;
        if spec.width.is_none() && (spec.has('-') || spec.has('0') && spec.conversion != 'n') {
            return Err(thrown("MissingFormatWidthException", spec.flags));
        }
        if matches!(spec.conversion, 'n' | '%')
            && let Some(precision) = spec.precision
        {
            return Err(thrown("IllegalFormatPrecisionException", precision.to_string()));
        }
        if let (Some(width), 'n') = (spec.width, spec.conversion) {
            return Err(thrown("IllegalFormatWidthException", width.to_string()));
        }
        let shown = match spec.conversion {
            'n' => "\n".to_owned(),
            '%' => "%".to_owned(),
            _ => {
                let at = match (spec.argument, spec.previous) {
                    (Some(argument), _) => argument.checked_sub(1),
                    (None, true) => last,
                    (None, false) => {
                        next += 1;
                        Some(next - 1)
                    }
                };
                let missing = || thrown("MissingFormatArgumentException", "Format specifier");
                let value = at.and_then(|at| args.get(if all_null { 0 } else { at })).ok_or_else(missing)?;
                last = at;
                shown(&spec, value)?
            }
        };
        let blanks = " ".repeat(width.saturating_sub(shown.encode_utf16().count()));
        out.extend(if spec.has('-') { [shown, blanks] } else { [blanks, shown] });
        fits(out.len())?;
    }
    out.push_str(rest);
    fits(out.len())?;
    give(Value::string(out))
}

/// The flags that a conversion takes, and whether it takes a precision.
fn check(spec: &Spec, value: &Value) -> Result<(), Stop> {
    let conversion = spec.conversion.to_ascii_lowercase();
    match conversion {
        _ if spec.conversion.is_ascii_uppercase() && matches!(conversion, 'd' | 'o' | 'f') => {
            return Err(thrown("UnknownFormatConversionException", format!("Conversion = '{}'", spec.conversion)));
        }
        's' | 'b' | 'd' | 'x' | 'o' | 'f' | 'c' | 'e' | 'g' | 'a' | 'h' => {}
        't' => return Err(thrown("", format!("the conversion %{} is not supported here", spec.conversion))),
        _ => return Err(thrown("UnknownFormatConversionException", format!("Conversion = '{}'", spec.conversion))),
    }
    let fixed = matches!(value, Value::Number(Number::Integer(_) | Number::Long(_)));
    let refused = match conversion {
        's' | 'b' | 'c' | 'h' => "#+ 0,(",
        'x' | 'o' if fixed => ",+ (",
        'x' | 'o' => ",",
        'd' | 'g' => "#",
        'e' => ",",
        'a' => ",(",
        _ => "",
    };
    if spec.flags.contains(|flag| refused.contains(flag)) {
        let message = format!("Conversion = {conversion}, Flags = {}", spec.flags);
        return Err(thrown("FormatFlagsConversionMismatchException", message));
    }
    if matches!(conversion, 'd' | 'x' | 'o' | 'c')
        && let Some(precision) = spec.precision
    {
        return Err(thrown("IllegalFormatPrecisionException", precision.to_string()));
    }
    if spec.has('-') && spec.has('0') || spec.has('+') && spec.has(' ') {
        return Err(thrown("IllegalFormatFlagsException", format!("Flags = '{}'", spec.flags)));
    }
    Ok(())
}

fn shown(spec: &Spec, value: &Value) -> Result<String, Stop> {
    check(spec, value)?;
    let cut = |text: String| text.chars().take(spec.precision.unwrap_or(usize::MAX)).collect::<String>();
    let mismatch = || {
        let message = format!("{} != {}", spec.conversion, value.class_name());
        thrown("IllegalFormatConversionException", message)
    };
    let text = match (spec.conversion.to_ascii_lowercase(), value) {
        ('s', value) => cut(to_text(value)?.to_string()),
        ('b', Value::Boolean(value)) => cut(value.to_string()),
        ('b', value) => cut((!value.is_null()).to_string()),
        (_, Value::Null) => cut("null".to_owned()),
        ('h', value) => cut(format!("{:x}", java_hash(value)?)),
        ('c', Value::Number(Number::Integer(point))) => {
            let letter = u32::try_from(*point).ok().and_then(char::from_u32);
            let wrong = || thrown("IllegalFormatCodePointException", format!("Code point = 0x{point:x}"));
            letter.ok_or_else(wrong)?.to_string()
        }
        ('d', Value::Number(number)) => {
            let value = whole(number).ok_or_else(mismatch)?;
            signed(spec, value.sign() == Sign::Minus, &value.magnitude().to_string(), "")
        }
        ('x', Value::Number(number)) => bits(spec, number, 16).ok_or_else(mismatch)?,
        ('o', Value::Number(number)) => bits(spec, number, 8).ok_or_else(mismatch)?,
        ('f' | 'e' | 'g' | 'a', Value::Number(Number::Double(value))) => double(spec, *value),
        ('f' | 'e' | 'g', Value::Number(Number::BigDecimal(_))) => {
            return Err(thrown("", format!("%{} of a BigDecimal is not supported here", spec.conversion)));
        }
        _ => return Err(mismatch()),
    };
    Ok(if spec.conversion.is_ascii_uppercase() { text.to_uppercase() } else { text })
}

/// `%x` and `%o`: of an int or a long the bits are shown, of a BigInteger sign and size.
fn bits(spec: &Spec, number: &Number, radix: u32) -> Option<String> {
    let (digits, negative) = match (number, radix) {
        (Number::Integer(value), 16) => (format!("{value:x}"), false),
        (Number::Integer(value), _) => (format!("{value:o}"), false),
        (Number::Long(value), 16) => (format!("{value:x}"), false),
        (Number::Long(value), _) => (format!("{value:o}"), false),
        (number, radix) => {
            let value = whole(number)?;
            (value.magnitude().to_str_radix(radix), value.sign() == Sign::Minus)
        }
    };
    let prefix = match (spec.has('#'), radix) {
        (false, _) => "",
        (true, 16) => "0x",
        (true, _) => "0",
    };
    Some(around(spec, negative, prefix, &digits))
}

/// `%f`, `%e`, `%g` and `%a` of a double.
fn double(spec: &Spec, value: f64) -> String {
    if !value.is_finite() {
        return match (value.is_nan(), value < 0.0) {
            (true, _) => "NaN".to_owned(),
            (_, true) if spec.has('(') => "(Infinity)".to_owned(),
            (_, true) => "-Infinity".to_owned(),
            _ if spec.has('+') => "+Infinity".to_owned(),
            _ => "Infinity".to_owned(),
        };
    }
    let (negative, size) = (value.is_sign_negative(), value.abs());
    let exponential = |places| around(spec, negative, "", &scientific::exponential(size, places, spec.has('#')));
    let fixed = |places| {
        let (whole, fraction) = decimal(size, places);
        let fraction = if fraction.is_empty() && spec.has('#') { ".".to_owned() } else { fraction };
        signed(spec, negative, &whole, &fraction)
    };
    let places = spec.precision.unwrap_or(6);
    match spec.conversion.to_ascii_lowercase() {
        'f' => fixed(places),
        'e' => exponential(places),
        'g' => match scientific::general(size, places) {
            General::Fixed(places) => fixed(places),
            General::Exponential(places) => exponential(places),
        },
        _ => {
            let text = match spec.precision {
                Some(places) => scientific::hexadecimal(size, Some(places)),
                None => hex_string(size),
            };
            around(spec, negative, "0x", text.trim_start_matches("0x"))
        }
    }
}

fn whole(number: &Number) -> Option<BigInt> {
    match number {
        Number::Integer(value) => Some(BigInt::from(*value)),
        Number::Long(value) => Some(BigInt::from(*value)),
        Number::BigInteger(value) => Some((**value).clone()),
        _ => None,
    }
}

/// A decimal number, in groups of thousands where they are asked for.
fn signed(spec: &Spec, negative: bool, whole: &str, fraction: &str) -> String {
    let mut digits = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if spec.has(',') && at > 0 && (whole.len() - at).is_multiple_of(3) {
            digits.push(',');
        }
        digits.push(digit);
    }
    around(spec, negative, "", &(digits + fraction))
}

/// Digits with their sign, a prefix, and zeros that fill the width.
fn around(spec: &Spec, negative: bool, prefix: &str, digits: &str) -> String {
    let (before, after) = match negative {
        true if spec.has('(') => ("(", ")"),
        true => ("-", ""),
        false if spec.has('+') => ("+", ""),
        false if spec.has(' ') => (" ", ""),
        false => ("", ""),
    };
    let length = before.len() + prefix.len() + digits.len() + after.len();
    let missing = spec.width.filter(|_| spec.has('0')).unwrap_or(0).saturating_sub(length);
    [before, prefix, &"0".repeat(missing), digits, after].concat()
}

/// The whole part of a double, and its point and fraction: the digits of `Double.toString`, rounded half up.
fn decimal(value: f64, places: usize) -> (String, String) {
    let text = format!("{value}");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let up = fraction.as_bytes().get(places).is_some_and(|digit| *digit >= b'5');
    // A double has some hundred digits; further places are zeros.
    let own = places.min(fraction.len());
    let kept = &fraction[..own];
    let number = format!("{whole}{kept}").parse::<BigInt>().unwrap_or_default() + u8::from(up);
    let digits = format!("{:0>1$}", number.to_string(), own + 1);
    let (whole, fraction) = digits.split_at(digits.len() - own);
    let zeros = "0".repeat(places - own);
    (whole.to_owned(), if places == 0 { String::new() } else { format!(".{fraction}{zeros}") })
}
