//! Recipients: mail addresses with names and parameters, and the names of channels. In logs, addresses are masked.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::config::raw::{RawRecipient, mailbox};
use crate::diagnostics::Lang;

/// The channel of mail, which needs no entry of its own in the project file.
pub const MAIL: &str = "mail";

/// Who gets something, and what of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// The channel: [`MAIL`] or the name of one in the project file.
    pub channel: String,
    /// The mail address; empty where the channel itself is the recipient.
    pub address: String,
    /// The name beside the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Parameters such as the branch whose document this recipient gets.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, String>,
    /// The language of the message.
    #[serde(default)]
    pub lang: Lang,
}

impl Recipient {
    /// Reads `王芳 <wang@example.com>`, `wang@example.com` or the name of a channel.
    pub fn parse(to: &str, lang: Lang) -> Self {
        let empty = BTreeMap::new();
        match mailbox(to) {
            Some((name, address)) => {
                let name = name.map(str::to_owned);
                Self { channel: MAIL.to_owned(), address: normalised(address), name, parameters: empty, lang }
            }
            None => Self { channel: to.trim().to_owned(), address: String::new(), name: None, parameters: empty, lang },
        }
    }

    /// A recipient of the project file.
    pub fn of_project(raw: &RawRecipient, lang: Lang) -> Self {
        let mut recipient = Self::parse(&raw.to, raw.lang.unwrap_or(lang));
        recipient.parameters.clone_from(&raw.parameters);
        recipient
    }

    /// What tells recipients of a channel apart in the outbox: the address and the parameters, so that one person may get the
    /// documents of two branches.
    pub fn key(&self) -> String {
        let mut key = self.address.clone();
        for (at, (name, value)) in self.parameters.iter().enumerate() {
            key.push(if at == 0 { '?' } else { '&' });
            key.push_str(&format!("{name}={value}"));
        }
        key
    }

    /// The recipient for logs: `w***@example.com`, or the channel.
    pub fn masked(&self) -> String {
        if self.address.is_empty() { self.channel.clone() } else { masked_address(&self.address) }
    }

    /// The same after the name that the project has for the address: one mask may fit two people.
    pub fn named(&self) -> String {
        match &self.name {
            Some(name) => format!("{name} {}", self.masked()),
            None => self.masked(),
        }
    }
}

/// The domain of an address does not depend on capitals; what is before it may.
fn normalised(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((local, domain)) => format!("{local}@{}", domain.to_lowercase()),
        None => address.to_owned(),
    }
}

/// An address with all but the first letter of its local part hidden.
pub fn masked_address(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((local, domain)) => format!("{}***@{domain}", local.chars().next().unwrap_or('*')),
        None => "***".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_names_and_channels_are_told_apart() {
        let wang = Recipient::parse("王芳 <Wang@Example.COM>", Lang::ZhCn);
        assert_eq!(
            (wang.channel.as_str(), wang.address.as_str(), wang.name.as_deref()),
            ("mail", "Wang@example.com", Some("王芳"))
        );
        assert_eq!((wang.masked().as_str(), wang.named().as_str()), ("W***@example.com", "王芳 W***@example.com"));
        let group = Recipient::parse("group", Lang::ZhCn);
        assert_eq!((group.channel.as_str(), group.key().as_str(), group.masked().as_str()), ("group", "", "group"));
        let mut two = wang.clone();
        two.parameters.insert("branch".into(), "朝阳".into());
        assert_ne!(two.key(), wang.key());
    }
}
