//! Numbers with Java's classes, Velocity 1.7's promotion, and Java's texts.

use super::decimal::{aligned, divide_half_down, exact_decimal, write_decimal, write_double};
use bigdecimal::BigDecimal;
use num_bigint::{BigInt, Sign};
use num_traits::{Signed, ToPrimitive, Zero};
use std::cmp::Ordering;
use std::fmt::{self, Display, Formatter};
use std::hash::{Hash, Hasher};
use std::rc::Rc;

/// `BigInteger` results with more bits than this are refused.
pub(super) const MAX_BITS: u64 = 100_000;

/// A Java number.
#[derive(Clone, Debug)]
pub enum Number {
    /// `java.lang.Integer`
    Integer(i32),
    /// `java.lang.Long`
    Long(i64),
    /// `java.lang.Double`
    Double(f64),
    /// `java.math.BigInteger`
    BigInteger(Rc<BigInt>),
    /// `java.math.BigDecimal`, which Velocity makes when a `BigInteger` meets a `Double`
    BigDecimal(Rc<BigDecimal>),
}

/// Why an operation has no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Arithmetic {
    /// `ArithmeticException` of `%` with a `BigDecimal`.
    #[error("Cannot calculate the modulo of BigDecimals.")]
    DecimalModulo,
    /// `BigInteger.mod` with a negative modulus.
    #[error("BigInteger: modulus not positive")]
    NegativeModulus,
    /// A `Double` that is no number, where a `BigDecimal` is needed.
    #[error("Infinite or NaN")]
    NotFinite,
    /// The result would be too long.
    #[error("limit `number length` of {MAX_BITS} bits reached")]
    TooLarge,
}

impl Arithmetic {
    /// The Java exception.
    pub fn class_name(&self) -> &'static str {
        match self {
            Self::NotFinite => "NumberFormatException",
            _ => "ArithmeticException",
        }
    }
}

/// What two operands are computed in.
enum Base {
    Long,
    Double,
    BigInteger,
    BigDecimal,
}

type Computed = Result<Number, Arithmetic>;

impl Number {
    /// Reads `-?digits`: an `Integer`, else a `Long`, else a `BigInteger`.
    pub fn parse_integer(digits: &str) -> Self {
        if let Ok(value) = digits.parse() {
            Self::Integer(value)
        } else if let Ok(value) = digits.parse() {
            Self::Long(value)
        } else {
            digits.parse().map_or(Self::Integer(0), |value| Self::BigInteger(Rc::new(value)))
        }
    }

    /// Reads `-?digits` of any length.
    ///
    /// # Errors
    /// There are more digits than a number may have.
    pub fn read_integer(digits: &str) -> Result<Self, Arithmetic> {
        if digits.len() as u64 > MAX_BITS / 3 { Err(Arithmetic::TooLarge) } else { Ok(Self::parse_integer(digits)) }
    }

    /// Counts the work that one operation with this number is: a big one costs the square of its length.
    pub fn count(&self) {
        let bits = match self {
            Self::Integer(_) | Self::Long(_) | Self::Double(_) => return,
            Self::BigInteger(value) => value.bits(),
            Self::BigDecimal(value) => {
                let (digits, scale) = value.as_bigint_and_scale();
                digits.bits() + 4 * scale.unsigned_abs()
            }
        };
        let words = bits / 64;
        super::ledger::work(words + words * words / 64);
    }

    /// The Java class.
    pub fn class_name(&self) -> &'static str {
        match self {
            Self::Integer(_) => "java.lang.Integer",
            Self::Long(_) => "java.lang.Long",
            Self::Double(_) => "java.lang.Double",
            Self::BigInteger(_) => "java.math.BigInteger",
            Self::BigDecimal(_) => "java.math.BigDecimal",
        }
    }

    /// Java's `intValue()`.
    pub fn int_value(&self) -> i32 {
        match self {
            Self::Integer(value) => *value,
            Self::Double(value) => *value as i32,
            _ => self.long_value() as i32,
        }
    }

    /// Java's `longValue()`.
    pub fn long_value(&self) -> i64 {
        match self {
            Self::Integer(value) => i64::from(*value),
            Self::Long(value) => *value,
            Self::Double(value) => *value as i64,
            Self::BigInteger(value) => low_bits(value),
            Self::BigDecimal(value) => low_bits(&value.with_scale(0).as_bigint_and_exponent().0),
        }
    }

    /// Java's `doubleValue()`.
    pub fn double_value(&self) -> f64 {
        match self {
            Self::Integer(value) => f64::from(*value),
            Self::Long(value) => *value as f64,
            Self::Double(value) => *value,
            Self::BigInteger(value) => value.to_f64().unwrap_or(f64::NAN),
            Self::BigDecimal(value) => value.to_f64().unwrap_or(f64::NAN),
        }
    }

    fn big_integer(&self) -> BigInt {
        match self {
            Self::BigInteger(value) => (**value).clone(),
            other => BigInt::from(other.long_value()),
        }
    }

    fn big_decimal(&self) -> Result<BigDecimal, Arithmetic> {
        match self {
            Self::BigDecimal(value) => Ok((**value).clone()),
            Self::BigInteger(value) => Ok(BigDecimal::from((**value).clone())),
            other => exact_decimal(other.double_value()).ok_or(Arithmetic::NotFinite),
        }
    }

    fn is_integer(&self) -> bool {
        matches!(self, Self::Integer(_) | Self::Long(_) | Self::BigInteger(_))
    }

    fn is_zero(&self) -> bool {
        match self {
            Self::Integer(value) => *value == 0,
            Self::Long(value) => *value == 0,
            Self::Double(value) => *value == 0.0,
            Self::BigInteger(value) => value.is_zero(),
            Self::BigDecimal(value) => value.is_zero(),
        }
    }

    fn base(&self, other: &Self) -> Base {
        let any = |wanted: fn(&Self) -> bool| wanted(self) || wanted(other);
        let is_big = |number: &Self| matches!(number, Self::BigInteger(_));
        let integers = self.is_integer() && other.is_integer();
        if any(|number| matches!(number, Self::BigDecimal(_))) || !integers && (is_big(self) || is_big(other)) {
            Base::BigDecimal
        } else if !integers {
            Base::Double
        } else if is_big(self) || is_big(other) {
            Base::BigInteger
        } else {
            Base::Long
        }
    }

    /// A `long` result in the larger class of its operands, or the next one that holds it.
    fn wrap(&self, other: &Self, value: i64) -> Self {
        match (self, other) {
            (Self::Integer(_), Self::Integer(_)) => i32::try_from(value).map_or(Self::Long(value), Self::Integer),
            _ => Self::Long(value),
        }
    }

    fn compute(
        &self,
        other: &Self,
        long: fn(i64, i64) -> Option<i64>,
        double: fn(f64, f64) -> f64,
        integer: fn(BigInt, BigInt) -> BigInt,
        decimal: fn(BigDecimal, BigDecimal) -> BigDecimal,
    ) -> Computed {
        self.count();
        other.count();
        match self.base(other) {
            Base::Long => match long(self.long_value(), other.long_value()) {
                Some(value) => Ok(self.wrap(other, value)),
                None => big(integer(self.big_integer(), other.big_integer())),
            },
            Base::Double => Ok(Self::Double(double(self.double_value(), other.double_value()))),
            Base::BigInteger => big(integer(self.big_integer(), other.big_integer())),
            Base::BigDecimal => {
                let value = decimal(self.big_decimal()?, other.big_decimal()?);
                if value.digits() > MAX_BITS / 3 || value.fractional_digit_count().unsigned_abs() > MAX_BITS {
                    return Err(Arithmetic::TooLarge);
                }
                Ok(Self::BigDecimal(Rc::new(value)))
            }
        }
    }

    /// `+`
    ///
    /// # Errors
    /// The result is too long, or a `Double` that is not finite meets a big number.
    pub fn add(&self, other: &Self) -> Computed {
        let decimal = |a: BigDecimal, b: BigDecimal| aligned(&a, &b, |a, b| a + b);
        self.compute(other, i64::checked_add, |a, b| a + b, |a, b| a + b, decimal)
    }

    /// `-`
    ///
    /// # Errors
    /// As for [`Number::add`].
    pub fn subtract(&self, other: &Self) -> Computed {
        let decimal = |a: BigDecimal, b: BigDecimal| aligned(&a, &b, |a, b| a - b);
        self.compute(other, i64::checked_sub, |a, b| a - b, |a, b| a - b, decimal)
    }

    /// `*`
    ///
    /// # Errors
    /// As for [`Number::add`].
    pub fn multiply(&self, other: &Self) -> Computed {
        let long = |a: i64, b: i64| match (a, b) {
            // Velocity's own check does not notice this overflow; it does with the operands the other way round.
            (i64::MIN, -1) => Some(i64::MIN),
            _ => a.checked_mul(b),
        };
        let decimal = |a: BigDecimal, b: BigDecimal| {
            let ((a, scale), (b, other)) = (a.into_bigint_and_exponent(), b.into_bigint_and_exponent());
            BigDecimal::new(a * b, scale + other)
        };
        self.compute(other, long, |a, b| a * b, |a, b| a * b, decimal)
    }

    /// `/`; `None` when the divisor is zero.
    ///
    /// # Errors
    /// As for [`Number::add`].
    pub fn divide(&self, other: &Self) -> Result<Option<Self>, Arithmetic> {
        if other.is_zero() {
            return Ok(None);
        }
        match self.base(other) {
            Base::BigDecimal => {
                self.count();
                other.count();
                let (left, right) = (self.big_decimal()?, other.big_decimal()?);
                Ok(Some(Self::BigDecimal(Rc::new(divide_half_down(&left, &right)))))
            }
            _ => self.compute(other, |a, b| Some(a.wrapping_div(b)), |a, b| a / b, |a, b| a / b, |a, _| a).map(Some),
        }
    }

    /// `%`; `None` when the divisor is zero.
    ///
    /// # Errors
    /// Java's `ArithmeticException`: a `BigDecimal`, or a negative modulus of a `BigInteger`.
    pub fn modulo(&self, other: &Self) -> Result<Option<Self>, Arithmetic> {
        if other.is_zero() {
            return Ok(None);
        }
        match self.base(other) {
            Base::BigDecimal => Err(Arithmetic::DecimalModulo),
            Base::BigInteger if other.big_integer().is_negative() => Err(Arithmetic::NegativeModulus),
            _ => {
                let modulo = |a: BigInt, b: BigInt| ((a % &b) + &b) % &b;
                self.compute(other, |a, b| Some(a.wrapping_rem(b)), |a, b| a % b, modulo, |a, _| a).map(Some)
            }
        }
    }

    /// Whether the numbers have an order at all.
    ///
    /// # Errors
    /// Java's `NumberFormatException`: a `Double` that is not finite meets a big number.
    pub fn comparable(&self, other: &Self) -> Result<(), Arithmetic> {
        let finite = |number: &Self| !matches!(number, Self::Double(value) if !value.is_finite());
        match self.base(other) {
            Base::BigDecimal if !finite(self) || !finite(other) => Err(Arithmetic::NotFinite),
            _ => Ok(()),
        }
    }

    /// Order by value across classes. As in Velocity, what is neither less nor greater (`NaN`) is equal.
    pub fn compare(&self, other: &Self) -> Ordering {
        match self.base(other) {
            Base::Long => self.long_value().cmp(&other.long_value()),
            Base::Double => self.double_value().partial_cmp(&other.double_value()).unwrap_or(Ordering::Equal),
            Base::BigInteger => self.big_integer().cmp(&other.big_integer()),
            Base::BigDecimal => match (self.big_decimal(), other.big_decimal()) {
                (Ok(left), Ok(right)) => left.cmp(&right),
                _ => Ordering::Less,
            },
        }
    }

    /// Java's `equals`: the same class and the same value.
    pub fn java_equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Integer(left), Self::Integer(right)) => left == right,
            (Self::Long(left), Self::Long(right)) => left == right,
            (Self::Double(left), Self::Double(right)) => bits(*left) == bits(*right),
            (Self::BigInteger(left), Self::BigInteger(right)) => left == right,
            (Self::BigDecimal(left), Self::BigDecimal(right)) => {
                left.as_bigint_and_exponent() == right.as_bigint_and_exponent()
            }
            _ => false,
        }
    }

    /// Java's `hashCode`.
    pub fn java_hash(&self) -> i32 {
        let fold = |bits: u64| (bits ^ (bits >> 32)) as i32;
        match self {
            Self::Integer(value) => *value,
            Self::Long(value) => fold(*value as u64),
            Self::Double(value) => fold(bits(*value)),
            Self::BigInteger(value) => big_hash(value),
            Self::BigDecimal(value) => {
                let (digits, scale) = value.as_bigint_and_exponent();
                big_hash(&digits).wrapping_mul(31).wrapping_add(scale as i32)
            }
        }
    }
}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // All of the number: many `Long`s have one hash in Java.
        match self {
            Self::Integer(value) => state.write_i32(*value),
            Self::Long(value) => state.write_i64(*value),
            Self::Double(value) => state.write_u64(bits(*value)),
            Self::BigInteger(_) | Self::BigDecimal(_) => {
                self.count();
                state.write_i32(self.java_hash());
            }
        }
    }
}

impl Display for Number {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(value) => write!(out, "{value}"),
            Self::Long(value) => write!(out, "{value}"),
            Self::Double(value) => write_double(*value, out),
            Self::BigInteger(value) => write!(out, "{value}"),
            Self::BigDecimal(value) => write_decimal(value, out),
        }
    }
}

fn bits(value: f64) -> u64 {
    if value.is_nan() { 0x7ff8_0000_0000_0000 } else { value.to_bits() }
}

fn low_bits(value: &BigInt) -> i64 {
    let low = value.magnitude().iter_u64_digits().next().unwrap_or(0);
    (if value.sign() == Sign::Minus { low.wrapping_neg() } else { low }) as i64
}

fn big_hash(value: &BigInt) -> i32 {
    let digits: Vec<_> = value.magnitude().iter_u32_digits().collect();
    let hash = digits.iter().rev().fold(0_i32, |hash, digit| hash.wrapping_mul(31).wrapping_add(*digit as i32));
    if value.sign() == Sign::Minus { hash.wrapping_neg() } else { hash }
}

fn big(value: BigInt) -> Computed {
    if value.bits() > MAX_BITS { Err(Arithmetic::TooLarge) } else { Ok(Number::BigInteger(Rc::new(value))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_print_as_java_prints_them() {
        // Java 17: Double.toString of each.
        let cases = [
            (1.0, "1.0"),
            (1e7, "1.0E7"),
            (9_999_999.0, "9999999.0"),
            (0.001, "0.001"),
            (0.0001, "1.0E-4"),
            (-0.0, "-0.0"),
            (1.25e-10, "1.25E-10"),
            (f64::NAN, "NaN"),
            (1e23, "1.0E23"),
            (f64::from_bits(1), "4.9E-324"),
            (f64::from_bits(4), "2.0E-323"),
            (123_456_789.5, "1.234567895E8"),
        ];
        for (value, text) in cases {
            assert_eq!(Number::Double(value).to_string(), text);
        }
    }

    #[test]
    fn results_grow_into_the_next_class() {
        let one = Number::Integer(1);
        assert!(matches!(Number::Integer(i32::MAX).add(&one), Ok(Number::Long(2_147_483_648))));
        assert_eq!(Number::Long(i64::MAX).add(&one).unwrap().to_string(), "9223372036854775808");
        assert!(matches!(Number::Integer(-7).divide(&Number::Integer(2)), Ok(Some(Number::Integer(-3)))));
        assert!(matches!(Number::Integer(7).divide(&Number::Double(0.0)), Ok(None)));
    }
}
