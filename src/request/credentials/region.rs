//! A signature for another region than the API's, at a name that tells no region
//! (<https://docs.aws.amazon.com/appsync/latest/devguide/custom-domain-name.html>).

use super::super::evidence::Evidence;
use super::super::history::Past;
use super::super::messages;
use super::super::operation::appsync_host;
use super::around::PATH;
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part};
use serde_json::Value as Json;

/// Where the API is, and who says so.
struct KnownRegion {
    region: String,
    whence: String,
}

/// The API's region, by its configuration, or by a request with the same credential that passed at AppSync's own host.
fn known(evidence: &Evidence) -> Option<KnownRegion> {
    let by_hosts = || evidence.api.hosts.iter().find_map(|host| appsync_host(host)).map(|(_, region)| region.to_owned());
    if let Some(region) = evidence.api.region.clone().or_else(by_hosts) {
        return Some(KnownRegion { region, whence: evidence.api.whence() });
    }
    let passed = |past: &&Past| past.same && past.passed && appsync_host(&past.host).is_some();
    let past = evidence.others.iter().find(passed)?;
    let whence = format!("the request of {}, which passed with the same credential at {}", past.clock(), past.host);
    Some(KnownRegion { region: appsync_host(&past.host)?.1.to_owned(), whence })
}

/// The scope of a signature names this region, and the host is none of AppSync's own.
pub(super) fn judge(evidence: &Evidence, host: &str, region: &str) -> Option<Finding> {
    let of_scope = messages::find(evidence.error_message()).is_some_and(|known| known.code == Code::SignatureScope);
    let said = of_scope && evidence.error_message().contains("region");
    if host.is_empty() || evidence.status() == Some(200) {
        return None;
    }
    match known(evidence).filter(|known| known.region != region) {
        Some(known) => Some(by_default_region(host, region, &known, said)),
        None => said.then(|| unknown(evidence, host, region)),
    }
}

/// A signer that reads the region in the host's name takes its default where there is none.
fn by_default_region(host: &str, region: &str, known: &KnownRegion, said: bool) -> Finding {
    let says = if said { ", and AppSync says that it is signed for another" } else { "" };
    let message = Message::of(
        "the request is signed for the region {}, and the API is in {}, by {}{}. The host {} is a custom domain, whose name tells no region, so a signer that reads the region there takes its default. » Give the signer the region {} explicitly, and sign again for the same host{}.",
        [
            Part::Value(region.to_owned()),
            Part::Value(known.region.clone()),
            Part::Text(known.whence.clone()),
            Part::Text(says.to_owned()),
            Part::Name(host.to_owned()),
            Part::Code(known.region.clone()),
            // A wrong scope has a message of its own: where another came, the key and what was signed stay open.
            Part::Text(if said { "; key, policy and custom domain need no change" } else { "; if it is refused still, look at the key and at what was signed" }.to_owned()),
        ],
    );
    let certainty = if said { Certainty::Certain } else { Certainty::Possible };
    Finding::new(Code::SignatureScope, message).certainty(certainty).at(PATH).actual(region).wanted(known.region.as_str())
}

/// AppSync says that it is another region's, and which is the API's stands nowhere.
fn unknown(evidence: &Evidence, host: &str, region: &str) -> Finding {
    let policies = Json::from(evidence.documents.clone()).to_string();
    let mut regions = policies.split("arn:aws:appsync:").skip(1).filter_map(|rest| rest.split(':').next());
    let named = regions.find(|named| !named.is_empty() && *named != "*" && *named != region).map(str::to_owned);
    let named = named.map_or_else(String::new, |named| format!("; the policy that was given names {named}"));
    let message = Message::of(
        "the request is signed for {}, and AppSync says that this is not the API's region. The host {} is a custom domain, whose name tells no region, so a signer that reads the region there takes its default. » Give the signer the API's own region explicitly (aws appsync list-graphql-apis lists the APIs of a region{}), and sign again for the same host.",
        [Part::Value(region.to_owned()), Part::Name(host.to_owned()), Part::Text(named)],
    );
    Finding::new(Code::SignatureScope, message).at(PATH).actual(region)
}
