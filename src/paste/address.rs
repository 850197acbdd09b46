//! The address of AppSync's WebSocket, which carries the credential of its handshake.

use crate::value::{Value, from_given};
use base64::Engine as _;

/// The headers of a handshake: `wss://…/graphql?header=BASE64&payload=e30=`
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/real-time-websocket-client.html>).
pub fn header(text: &str) -> Option<Value> {
    let (address, query) = text.trim().split_once('?')?;
    if !address.starts_with("wss://") && !address.starts_with("https://") || text.trim().contains(char::is_whitespace) {
        return None;
    }
    let encoded = query.split('&').find_map(|pair| pair.strip_prefix("header="))?;
    let plain = encoded.replace("%3D", "=").replace("%3d", "=").replace("%2B", "+").replace("%2F", "/");
    let plain = plain.trim_end_matches('=').replace('-', "+").replace('_', "/");
    let bytes = base64::engine::general_purpose::STANDARD_NO_PAD.decode(plain).ok()?;
    from_given(&String::from_utf8(bytes).ok()?).ok()
}
