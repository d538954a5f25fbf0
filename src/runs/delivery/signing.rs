//! Keyed digests that webhooks are signed with.

use ring::hmac;

use super::message::base64;
use crate::plugins::discovery::hex;

/// HMAC-SHA256 (RFC 2104, FIPS 198-1) of a text.
fn digest(key: &[u8], text: &[u8]) -> hmac::Tag {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text)
}

/// The digest in base64.
pub(super) fn hmac_base64(key: &str, text: &str) -> String {
    base64(digest(key.as_bytes(), text.as_bytes()).as_ref())
}

/// The digest in hexadecimal.
pub(super) fn hmac_hex(key: &str, text: &str) -> String {
    hex(digest(key.as_bytes(), text.as_bytes()).as_ref())
}

/// A text as a value in the query of an address: all but unreserved characters (RFC 3986, 2.3) as `%` and two digits.
pub(super) fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The second case of RFC 4231.
    #[test]
    fn digests_are_those_of_the_standard() {
        assert_eq!(
            hmac_hex("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert_eq!(hmac_base64("Jefe", "what do ya want for nothing?"), "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=");
        assert_eq!(percent_encoded("a+b/c=é~"), "a%2Bb%2Fc%3D%C3%A9~");
    }
}
