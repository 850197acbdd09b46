//! Servers of others that stand before an API, by what they write into `server`.

/// The mark in lower case, and the name in a sentence.
const SERVERS: [(&str, &str); 15] = [
    ("awselb", "an Application Load Balancer"),
    ("akamaighost", "Akamai"),
    ("cloudflare", "Cloudflare"),
    ("kong", "Kong"),
    ("openresty", "nginx (openresty)"),
    ("nginx", "nginx"),
    ("envoy", "Envoy"),
    ("caddy", "Caddy"),
    ("apache", "Apache"),
    ("haproxy", "HAProxy"),
    ("vercel", "Vercel"),
    ("netlify", "Netlify"),
    ("google frontend", "Google's front end"),
    ("microsoft-azure-application-gateway", "Azure's Application Gateway"),
    ("microsoft-iis", "IIS"),
];

/// The server that a header `server` names.
pub fn named(header: &str) -> Option<&'static str> {
    let header = header.to_lowercase();
    SERVERS.iter().find(|(mark, _)| header.contains(mark)).map(|(_, name)| *name)
}
