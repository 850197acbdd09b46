//! Ids (APPSYNC-VTL 1.3): from the seeded generator and the clock of the environment, so they can be repeated.

use super::{Call, Env, Function, Overload, Status, UtilError, overload};
use crate::value::Value;

pub(super) static FUNCTIONS: &[Function] = &[
    function("autoId", &[form(uuid)], "A random UUID (version 4).", "$util.autoId() -> random"),
    function("autoUlid", &[form(ulid)], "A ULID: 26 characters that sort by time.", "$util.autoUlid() -> random"),
    function("autoKsuid", &[form(ksuid)], "A KSUID: 27 characters that sort by time.", "$util.autoKsuid() -> random"),
];

const fn form(call: Call) -> Overload {
    overload("() -> String", &[], call)
}

const fn function(
    name: &'static str,
    overloads: &'static [Overload],
    summary: &'static str,
    example: &'static str,
) -> Function {
    Function { namespace: "util", name, overloads, summary, example, status: Status::Documented, source: "1.3" }
}

fn random_bytes(env: &mut Env) -> u128 {
    u128::from(env.random()) << 64 | u128::from(env.random())
}

fn uuid(env: &mut Env, _: &[Value]) -> Result<Value, UtilError> {
    Ok(Value::string(uuid::Builder::from_random_bytes(random_bytes(env).to_be_bytes()).into_uuid().to_string()))
}

fn ulid(env: &mut Env, _: &[Value]) -> Result<Value, UtilError> {
    let value = (env.now_millis as u128) << 80 | random_bytes(env) >> 48;
    Ok(Value::string(digits(value, 26, b"0123456789ABCDEFGHJKMNPQRSTVWXYZ")))
}

fn ksuid(env: &mut Env, _: &[Value]) -> Result<Value, UtilError> {
    // Seconds since 2014-05-13T16:53:20Z, then 128 random bits: 160 bits in base 62.
    let seconds = (env.now_millis / 1000 - 1_400_000_000).clamp(0, i64::from(u32::MAX)) as u32;
    let mut number = seconds.to_be_bytes().to_vec();
    number.extend(random_bytes(env).to_be_bytes());
    let mut text = [b'0'; 27];
    for place in text.iter_mut().rev() {
        let mut rest = 0_u32;
        for byte in &mut number {
            let value = rest << 8 | u32::from(*byte);
            *byte = (value / 62) as u8;
            rest = value % 62;
        }
        *place = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[rest as usize];
    }
    Ok(Value::string(String::from_utf8_lossy(&text).into_owned()))
}

fn digits(mut value: u128, length: usize, alphabet: &[u8; 32]) -> String {
    let mut text = vec![b'0'; length];
    for place in text.iter_mut().rev() {
        *place = alphabet[(value % 32) as usize];
        value /= 32;
    }
    String::from_utf8_lossy(&text).into_owned()
}
