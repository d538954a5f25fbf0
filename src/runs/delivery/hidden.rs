//! What the other side may repeat in its answers and nobody may read in the outbox: addresses of webhooks with their keys, passwords,
//! and the addresses of recipients.

use regex::{NoExpand, Regex, RegexBuilder};

/// Shorter texts are no keys, and stand in every sentence.
const SHORTEST_KEY: usize = 4;

/// Parts of the paths of well-known services, which are no keys.
const NO_KEYS: [&str; 10] =
    ["services", "webhook", "webhooks", "cgi-bin", "robot", "send", "open-apis", "workflows", "triggers", "hooks"];

/// Texts to be hidden in what the other side says.
#[derive(Debug, Clone, Default)]
pub(super) struct Hidden {
    /// What to look for, with what is shown in its place; in the order in which it is looked for.
    found: Vec<(Regex, String)>,
}

impl Hidden {
    /// Hides an address and everything in it that may be a key: its path, its query, and their parts, as written and decoded.
    pub fn of_url(url: &str) -> Self {
        let mut hidden = Self::default();
        hidden.hide(url, "***");
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let (before, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = before.split_once('/').unwrap_or((before, ""));
        let user = authority.rsplit_once('@').map_or("", |(user, _)| user);
        let mut parts = vec![query, path];
        parts.extend(user.split(':'));
        parts.extend(path.split('/').filter(|part| !NO_KEYS.contains(part)));
        parts.extend(query.split(['&', '#']).map(|pair| pair.split_once('=').map_or(pair, |(_, value)| value)));
        // The longest first, so that no piece of one is left.
        parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
        for part in parts.into_iter().filter(|part| part.len() >= SHORTEST_KEY) {
            hidden.hide(part, "***");
            let decoded = decoded(part);
            if decoded != part {
                hidden.hide(&decoded, "***");
            }
        }
        hidden
    }

    /// Hides one more text, whatever its capitals.
    pub fn hide(&mut self, text: &str, shown: &str) {
        let pattern = RegexBuilder::new(&regex::escape(text)).case_insensitive(true).build();
        if let (true, Ok(pattern)) = (text.len() >= SHORTEST_KEY, pattern) {
            self.found.push((pattern, shown.to_owned()));
        }
    }

    /// What the other side said, without what is hidden.
    pub fn redact(&self, said: &str) -> String {
        // JSON may write a slash with a backslash, pages write `&` with its name.
        let mut said = said.replace("\\/", "/").replace("&amp;", "&");
        for (pattern, shown) in &self.found {
            said = pattern.replace_all(&said, NoExpand(shown)).into_owned();
        }
        said
    }
}

/// The text with its `%2B` decoded.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let digits = bytes.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        let value = digits.and_then(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
        plain.push(value.unwrap_or(bytes[at]));
        at += if value.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&plain).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_part_of_an_address_comes_back() {
        let slack = Hidden::of_url("https://hooks.slack.com/services/T000AB/B000CD/TOPSECRETKEY99");
        for said in [
            "<p>The requested URL /services/T000AB/B000CD/TOPSECRETKEY99 was not found</p>",
            "\"\\/services\\/T000AB\\/B000CD\\/TOPSECRETKEY99\"",
            "no token topsecretkey99 in team T000AB",
        ] {
            let shown = slack.redact(said).to_lowercase();
            assert!(!shown.contains("topsecretkey99") && !shown.contains("t000ab"), "{shown}");
        }
        let url = "https://u:pass9@oapi.dingtalk.com/robot/send?access_token=0a1b2c&timestamp=1790000000000&sign=aB%2Bc%3D%3D";
        let shown = Hidden::of_url(url).redact(
            "GET /robot/send?access_token=0a1b2c&amp;timestamp=1790000000000&amp;sign=aB%2Bc%3D%3D: token 0a1b2c, sign aB+c==, pass9",
        );
        assert_eq!(shown, "GET /***?***: token ***, sign ***, ***");
        assert_eq!(Hidden::of_url("https://h.example.com/services/x").redact("no services here"), "no services here");
    }

    #[test]
    fn an_address_of_a_person_is_masked_in_any_capitals() {
        let mut hidden = Hidden::default();
        hidden.hide("wang.fang@example.com", "w***@example.com");
        hidden.hide("", "***");
        let said = "550 5.1.1 <Wang.Fang@Example.com>: Recipient address rejected";
        assert_eq!(hidden.redact(said), "550 5.1.1 <w***@example.com>: Recipient address rejected");
    }
}
