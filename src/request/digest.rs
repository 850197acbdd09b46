//! SHA-256 of a body, as SigV4's canonical request ends with it
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>).

/// The digest in hexadecimal; `None` where the library is built without `verify`.
#[cfg(feature = "verify")]
pub fn sha256(text: &str) -> Option<String> {
    use sha2::Digest as _;
    use std::fmt::Write as _;
    let mut out = String::with_capacity(64);
    for byte in sha2::Sha256::digest(text.as_bytes()) {
        let _ = write!(out, "{byte:02x}");
    }
    Some(out)
}

/// The digest in hexadecimal; `None` where the library is built without `verify`.
#[cfg(not(feature = "verify"))]
pub const fn sha256(_: &str) -> Option<String> {
    None
}

#[cfg(all(test, feature = "verify"))]
mod tests {
    // FIPS 180-2, appendix B.1.
    #[test]
    fn the_digest_is_that_of_the_standard() {
        let wanted = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(super::sha256("abc").as_deref(), Some(wanted));
    }
}
