//! Doubles in scientific and hexadecimal notation: `%e`, `%g`, `%a` and `Double.toHexString`.

/// The digits of `Double.toString` without point and leading zeros, and the power of ten of the first one.
fn digits(value: f64) -> (String, i32) {
    let text = format!("{:e}", value.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    (mantissa.replace('.', ""), exponent.parse().unwrap_or(0))
}

/// Those digits rounded half up to `count`, which is filled with zeros.
fn rounded(value: f64, count: usize) -> (String, i32) {
    let (digits, mut exponent) = digits(value);
    let up = digits.as_bytes().get(count).is_some_and(|digit| *digit >= b'5');
    let mut kept: Vec<u8> = digits.bytes().chain(std::iter::repeat(b'0')).take(count).collect();
    if up {
        let nines = kept.iter().rev().take_while(|digit| **digit == b'9').count();
        let end = kept.len() - nines;
        kept.iter_mut().skip(end).for_each(|digit| *digit = b'0');
        match end.checked_sub(1).and_then(|last| kept.get_mut(last)) {
            Some(last) => *last += 1,
            None => {
                kept.insert(0, b'1');
                kept.pop();
                exponent += 1;
            }
        }
    }
    (String::from_utf8(kept).unwrap_or_default(), exponent)
}

/// `%e` of a finite value without its sign: `1.500000e+00`.
pub(super) fn exponential(value: f64, places: usize, point: bool) -> String {
    let (digits, exponent) = if value == 0.0 { ("0".repeat(places + 1), 0) } else { rounded(value, places + 1) };
    let (whole, fraction) = digits.split_at(1);
    let point = if places > 0 || point { "." } else { "" };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{whole}{point}{fraction}e{sign}{:02}", exponent.abs())
}

/// How `%g` shows a value: with this many places after the point, or, where it is too small or too big for that, as `%e`
/// with so many.
pub(super) enum General {
    /// As `%f`.
    Fixed(usize),
    /// As `%e`.
    Exponential(usize),
}

/// What `%g` with this precision does with a finite value.
pub(super) fn general(value: f64, precision: usize) -> General {
    let precision = precision.max(1);
    if value == 0.0 {
        return General::Fixed(precision - 1);
    }
    let (_, exponent) = rounded(value, precision);
    match usize::try_from(exponent) {
        Ok(exponent) if exponent < precision => General::Fixed(precision - 1 - exponent),
        Err(_) if exponent >= -4 => General::Fixed(precision - 1 + exponent.unsigned_abs() as usize),
        _ => General::Exponential(precision - 1),
    }
}

/// `Double.toHexString` without its sign, with all digits or, for `%.Na`, rounded half even to `places`.
pub(super) fn hexadecimal(value: f64, places: Option<usize>) -> String {
    const FRACTION: u32 = 52;
    if value == 0.0 {
        return "0x0.0p0".to_owned();
    }
    let bits = value.abs().to_bits();
    let (mut fraction, mut exponent) = (bits & ((1 << FRACTION) - 1), (bits >> FRACTION) as i32 - 1023);
    let mut whole = u64::from(exponent > -1023);
    if whole == 0 {
        exponent = -1022;
    }
    if let Some(places) = places.map(|places| places.max(1)).filter(|places| *places < 13) {
        // Rounded, a subnormal value is shown as a normal one.
        if whole == 0 {
            let shift = fraction.leading_zeros() - (63 - FRACTION);
            fraction = (fraction << shift) & ((1 << FRACTION) - 1);
            (whole, exponent) = (1, exponent - shift as i32);
        }
        let cut = FRACTION - 4 * places as u32;
        let (kept, lost, half) = (fraction >> cut, fraction & ((1 << cut) - 1), 1_u64 << (cut - 1));
        fraction = (kept + u64::from(lost > half || lost == half && kept % 2 == 1)) << cut;
        if fraction >> FRACTION > 0 {
            (fraction, exponent) = (0, exponent + 1);
        }
    }
    let text = format!("{fraction:013x}");
    let text = text.trim_end_matches('0');
    format!("0x{whole}.{}p{exponent}", if text.is_empty() { "0" } else { text })
}
