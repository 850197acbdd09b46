//! What all numbers answer. Their static methods, which a template can reach through a value (`$x.parseInt("5")`), stand in
//! the files of their classes.

use super::args::compare_doubles;
use super::Method as M;
use super::{MethodOutcome, big, class_cast, double, give, int, integer, non_null, object, sign};
use crate::value::{Number, Value};

pub(super) fn call(number: &Number, method: M, args: &[Value]) -> MethodOutcome {
    match (method, args) {
        (M::IntValue, []) => int(number.int_value()),
        (M::LongValue, []) => give(Value::long(number.long_value())),
        (M::DoubleValue, []) => give(Value::double(number.double_value())),
        // There is no Float here: the Double that prints alike.
        (M::FloatValue, []) => {
            let single = number.double_value() as f32;
            give(Value::double(format!("{single}").parse().unwrap_or(f64::from(single))))
        }
        // Java narrows a Double to an int first, all others bit by bit.
        (M::ByteValue, []) => int(i32::from(number.int_value() as i8)),
        (M::ShortValue, []) => int(i32::from(number.int_value() as i16)),
        (M::CompareTo, [other]) => compare_to(number, other),
        (M::Equals, [_]) | (M::HashCode | M::ToString, []) => object(&Value::Number(number.clone()), method, args),
        _ => match number {
            Number::Integer(_) => integer::integer(method, args),
            Number::Long(_) => integer::long(method, args),
            Number::Double(value) => double::double(*value, method, args),
            Number::BigInteger(value) => big::integer(value, method, args),
            Number::BigDecimal(value) => big::decimal(value, method, args),
        },
    }
}

fn compare_to(number: &Number, other: &Value) -> MethodOutcome {
    let parameter = match number {
        Number::Integer(_) => r#"Cannot read field "value" because "anotherInteger" is null"#,
        Number::Long(_) => r#"Cannot read field "value" because "anotherLong" is null"#,
        Number::Double(_) => r#"Cannot read field "value" because "anotherDouble" is null"#,
        Number::BigInteger(_) | Number::BigDecimal(_) => r#"Cannot read field "signum" because "val" is null"#,
    };
    match (number, other) {
        (_, Value::Null) => Ok(non_null(None, parameter)?),
        (Number::Integer(left), Value::Number(Number::Integer(right))) => int(sign(left.cmp(right))),
        (Number::Long(left), Value::Number(Number::Long(right))) => int(sign(left.cmp(right))),
        (Number::Double(left), Value::Number(Number::Double(right))) => int(sign(compare_doubles(*left, *right))),
        (Number::BigInteger(left), Value::Number(Number::BigInteger(right))) => int(sign(left.cmp(right))),
        (Number::BigDecimal(left), Value::Number(Number::BigDecimal(right))) => int(sign(left.cmp(right))),
        _ => Err(class_cast(other, number.class_name()).into()),
    }
}

#[cfg(test)]
mod tests {
    /// What Apache Velocity 1.7 on Java 17 answered.
    const ANSWERS: &str = include_str!("answers/number.txt");

    #[test]
    fn answers_as_java_does() {
        super::super::tests::check(ANSWERS);
    }
}
