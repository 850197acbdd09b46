//! What Java's `BigDecimal` computes and how decimals are written.

use bigdecimal::BigDecimal;
use num_bigint::BigInt;
use num_traits::{Signed, Zero};
use std::fmt::{self, Formatter};

/// `new BigDecimal(double)`: the exact value of the bits.
pub(super) fn exact_decimal(value: f64) -> Option<BigDecimal> {
    if !value.is_finite() {
        return None;
    }
    let bits = value.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i32;
    let fraction = bits & ((1 << 52) - 1);
    let (mut mantissa, mut power) =
        if exponent == 0 { (fraction, -1074) } else { (fraction | 1 << 52, exponent - 1075) };
    if mantissa == 0 {
        return Some(BigDecimal::zero());
    }
    let zeros = mantissa.trailing_zeros();
    mantissa >>= zeros;
    power += zeros as i32;
    let signed = if value < 0.0 { -BigInt::from(mantissa) } else { BigInt::from(mantissa) };
    Some(if power >= 0 {
        BigDecimal::new(signed << power as u32, 0)
    } else {
        BigDecimal::new(signed * BigInt::from(5).pow(power.unsigned_abs()), i64::from(-power))
    })
}

/// Adds or subtracts digits in the larger of both scales, which the result keeps.
pub(super) fn aligned(left: &BigDecimal, right: &BigDecimal, combine: fn(BigInt, BigInt) -> BigInt) -> BigDecimal {
    let scale = left.fractional_digit_count().max(right.fractional_digit_count());
    let digits = |value: &BigDecimal| value.with_scale(scale).into_bigint_and_exponent().0;
    BigDecimal::new(combine(digits(left), digits(right)), scale)
}

/// `left.divide(right, ROUND_HALF_DOWN)`: in the scale of the left operand.
pub(super) fn divide_half_down(left: &BigDecimal, right: &BigDecimal) -> BigDecimal {
    let (mut dividend, scale) = left.as_bigint_and_exponent();
    let (mut divisor, other) = right.as_bigint_and_exponent();
    // left / right = dividend / divisor * 10^(other - scale), wanted as digits * 10^-scale.
    if other >= 0 {
        dividend *= BigInt::from(10).pow(other as u32);
    } else {
        divisor *= BigInt::from(10).pow(other.unsigned_abs() as u32);
    }
    let (quotient, rest) = (&dividend / &divisor, &dividend % &divisor);
    let away = rest.magnitude() * 2_u32 > *divisor.magnitude();
    let unit = if dividend.is_negative() == divisor.is_negative() { 1 } else { -1 };
    BigDecimal::new(if away { quotient + unit } else { quotient }, scale)
}

/// `BigDecimal.toString`.
pub(super) fn write_decimal(value: &BigDecimal, out: &mut Formatter<'_>) -> fmt::Result {
    let (unscaled, scale) = value.as_bigint_and_exponent();
    let digits = unscaled.magnitude().to_string();
    let sign = if unscaled.is_negative() { "-" } else { "" };
    let adjusted = digits.len() as i64 - 1 - scale;
    if scale == 0 {
        return write!(out, "{sign}{digits}");
    }
    if scale > 0 && adjusted >= -6 {
        let point = digits.len() as i64 - scale;
        return if point > 0 {
            let (whole, fraction) = digits.split_at(point as usize);
            write!(out, "{sign}{whole}.{fraction}")
        } else {
            write!(out, "{sign}0.{}{digits}", "0".repeat(point.unsigned_abs() as usize))
        };
    }
    let (first, rest) = digits.split_at(1);
    let point = if rest.is_empty() { "" } else { "." };
    write!(out, "{sign}{first}{point}{rest}E{adjusted:+}")
}

/// `Double.toString`.
pub(super) fn write_double(value: f64, out: &mut Formatter<'_>) -> fmt::Result {
    if value.is_nan() {
        return out.write_str("NaN");
    }
    if value.is_infinite() {
        return out.write_str(if value < 0.0 { "-Infinity" } else { "Infinity" });
    }
    let size = value.abs();
    if size == 0.0 || (1e-3..1e7).contains(&size) {
        let text = value.to_string();
        return if text.contains('.') { out.write_str(&text) } else { write!(out, "{text}.0") };
    }
    let text = format!("{value:E}");
    // Java gives two digits where one would do: 4.9E-324.
    if text.contains('.') { out.write_str(&text) } else { write!(out, "{value:.1E}") }
}
