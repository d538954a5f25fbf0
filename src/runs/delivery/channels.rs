//! From the project file to a message on its way: finds the channel of a row, fetches its secrets, hands the message over.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::message::Message;
use super::outbox::Deliver;
use super::recipient::{MAIL, Recipient};
use super::s3::Store;
use super::secrets::Secrets;
use super::webhook::Webhook;
use super::{Outcome, Reason, ReasonCode, folder, http, mail, s3, webhook};
use crate::config::raw::{ChannelKind, RawChannel, RawDelivery};
use crate::config::secret_text::SecretText;
use crate::diagnostics::Diagnostic;

/// The channels of a project.
#[derive(Debug)]
pub struct Channels<'a> {
    delivery: &'a RawDelivery,
    secrets: Secrets,
    root: std::path::PathBuf,
}

impl<'a> Channels<'a> {
    /// The channels of a project whose folder is `root`.
    pub fn new(delivery: &'a RawDelivery, secrets: Secrets, root: &std::path::Path) -> Self {
        Self { delivery, secrets, root: root.to_path_buf() }
    }

    /// Warnings about files of secrets that everybody on the machine may read.
    pub fn warnings(&self) -> Vec<Diagnostic> {
        self.secrets.open_files(self.delivery.secrets().into_iter().map(|(_, text)| text))
    }

    fn by_channel(
        &self,
        channel: &RawChannel,
        recipient: &Recipient,
        message: &Message,
        delivery: &str,
        now: DateTime<Utc>,
    ) -> Result<Outcome, Reason> {
        let required = |text: &Option<SecretText>, name: &str| match text {
            Some(text) => self.secrets.resolve(text),
            None => Err(Reason::new(ReasonCode::Unfit, name)),
        };
        let certificates = channel.certificates.as_ref().map(|file| self.secrets.file(file)).transpose()?;
        let timeout = Duration::from_secs(channel.timeout.into());
        Ok(match channel.kind {
            ChannelKind::Folder => {
                let path = channel.path.as_deref().ok_or_else(|| Reason::new(ReasonCode::Unfit, "path"))?;
                folder::deliver(&self.root.join(path), recipient, message, delivery)
            }
            ChannelKind::S3 => {
                let store = Store {
                    endpoint: channel.endpoint.clone().unwrap_or_default(),
                    region: channel.region.clone().unwrap_or_else(|| "us-east-1".to_owned()),
                    bucket: channel.bucket.clone().unwrap_or_default(),
                    prefix: channel.prefix.clone().unwrap_or_default(),
                    path_style: channel.path_style,
                    access_key: required(&channel.access_key, "access_key")?,
                    secret_key: required(&channel.secret_key, "secret_key")?,
                    timeout,
                    certificates,
                };
                let machine = http::machine_of(&store.endpoint);
                s3::deliver(&store, recipient, message, delivery).map_reason(|reason| reason.at_machine(&machine))
            }
            kind => {
                let secret = channel.secret.as_ref().map(|text| self.secrets.resolve(text)).transpose()?;
                let url = required(&channel.url, "url")?;
                let machine = http::machine_of(url.reveal());
                let hook = Webhook { kind, url, secret, timeout, certificates };
                let outcome = webhook::deliver(&hook, recipient, message, now);
                outcome.map_reason(|reason| reason.at_machine(&machine))
            }
        })
    }
}

impl Deliver for Channels<'_> {
    fn deliver(&mut self, recipient: &Recipient, message: &Message, delivery: &str, now: DateTime<Utc>) -> Outcome {
        let mut message = message.clone();
        message.attachments =
            message.attachments.into_iter().map(|attachment| attachment.found_from(&self.root)).collect();
        let message = &message;
        let none = || Outcome::Failed(Reason::new(ReasonCode::NoChannel, recipient.channel.clone()));
        if recipient.channel == MAIL {
            return match &self.delivery.mail {
                Some(server) => mail::deliver(server, &self.secrets, recipient, message, now),
                None => none(),
            };
        }
        match self.delivery.channels.get(&recipient.channel) {
            Some(channel) => {
                self.by_channel(channel, recipient, message, delivery, now).unwrap_or_else(Outcome::Failed)
            }
            None => none(),
        }
    }
}
