//! The `Credential` of a SigV4 header
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>).

/// `KEY/DATE/REGION/SERVICE/aws4_request`, as far as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CredentialScope<'a> {
    /// The access key id.
    pub key: &'a str,
    /// The day: `20260501`.
    pub date: Option<&'a str>,
    /// The region that it was signed for.
    pub region: Option<&'a str>,
    /// The service that it was signed for.
    pub service: Option<&'a str>,
    /// How many parts it has between slashes; none where it is empty.
    pub parts: usize,
}

impl<'a> CredentialScope<'a> {
    /// Of an `Authorization` header; none where it has no `Credential`.
    pub fn of(header: &'a str) -> Option<Self> {
        let (_, rest) = header.split_once("Credential=")?;
        let credential = rest.split([',', ' ']).next().unwrap_or_default();
        let mut parts = credential.split('/');
        Some(Self {
            key: parts.next().unwrap_or_default(),
            date: parts.next(),
            region: parts.next(),
            service: parts.next(),
            parts: if credential.is_empty() { 0 } else { credential.split('/').count() },
        })
    }
}

/// The time of a signature, `20261102T060618Z`, in seconds since 1970.
pub fn amz_date(text: &str) -> Option<i64> {
    let parsed = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?;
    parsed.to_zoned_datetime(jiff::tz::TimeZone::UTC).ok().map(|time| time.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_read_as_far_as_it_goes() {
        let whole = "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20260501/eu-west-1/appsync/aws4_request, SignedHeaders=host";
        let scope = CredentialScope::of(whole).unwrap();
        assert_eq!((scope.key, scope.date, scope.region), ("AKIAEXAMPLE", Some("20260501"), Some("eu-west-1")));
        assert_eq!((scope.service, scope.parts), (Some("appsync"), 5));
        let cut = CredentialScope::of("AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20260501,SignedHeaders=host").unwrap();
        assert_eq!((cut.key, cut.region, cut.parts), ("AKIAEXAMPLE", None, 2));
        let empty = CredentialScope::of("AWS4-HMAC-SHA256 Credential=, SignedHeaders=host").unwrap();
        assert_eq!((empty.key, empty.parts), ("", 0));
        assert_eq!(CredentialScope::of("AWS4-HMAC-SHA256 SignedHeaders=host"), None);
    }
}
