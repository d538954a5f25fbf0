//! A message as a mail: headers that hold one line each, plain text and HTML, files with names in any script (RFC 2047, RFC 2231),
//! and a Message-ID that stays the same however often it is sent, so that mail programs show it once.

use std::time::Duration;

use chrono::{DateTime, Utc};
use lettre::address::{Address, Envelope};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment as Part, Mailbox, MultiPart, SinglePart};

use super::message::{Message, bare_names};
use super::recipient::Recipient;
use super::secrets::Secrets;
use super::smtp::{self, Server};
use super::{Outcome, Reason, ReasonCode};
use crate::config::raw::{MailSecurity, RawMail, is_address, mailbox};
use crate::output::manifest::sha256_hex;

/// A mail as it goes over the line.
#[derive(Debug, Clone)]
pub struct Mail {
    envelope: Envelope,
    bytes: Vec<u8>,
}

impl Mail {
    /// The bytes of the mail, headers first.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Sends a message to one recipient; `now` is what its `Date` says.
pub fn deliver(
    raw: &RawMail,
    secrets: &Secrets,
    recipient: &Recipient,
    message: &Message,
    now: DateTime<Utc>,
) -> Outcome {
    let prepared = compose(raw, recipient, message, now).and_then(|mail| Ok((mail, server(raw, secrets)?)));
    match prepared {
        Ok((mail, server)) => smtp::send(&server, &mail.envelope, &mail.bytes),
        Err(reason) => Outcome::Failed(reason),
    }
}

fn server(raw: &RawMail, secrets: &Secrets) -> Result<Server, Reason> {
    let login = match (&raw.user, &raw.password) {
        (Some(user), Some(password)) => Some((user.clone(), secrets.resolve(password)?)),
        _ => None,
    };
    let certificates = match &raw.certificates {
        Some(file) => Some(secrets.file(file)?),
        None => None,
    };
    let port = raw.port.unwrap_or(match raw.security {
        MailSecurity::Tls => 465,
        MailSecurity::Starttls => 587,
        MailSecurity::None => 25,
    });
    let timeout = Duration::from_secs(raw.timeout.into());
    Ok(Server { host: raw.host.clone(), port, security: raw.security, login, certificates, timeout })
}

/// The identity of a mail, made of what is delivered and to whom: the same for every attempt.
pub fn message_id(message: &Message, recipient: &Recipient, domain: &str) -> String {
    format!("<manyi.{}@{domain}>", &message.identity(recipient)[..32])
}

/// Makes the mail.
///
/// # Errors
/// A control character or line break in what becomes a header, an address that is none, a file that is gone or changed, too many
/// megabytes.
pub fn compose(raw: &RawMail, recipient: &Recipient, message: &Message, now: DateTime<Utc>) -> Result<Mail, Reason> {
    let from = sender(&raw.from)?;
    let to = mailbox_of(recipient.name.as_deref(), &recipient.address)?;
    let subject = one_line("subject", &message.subject)?;
    let id = message_id(message, recipient, from.email.domain());
    let fixed =
        |name: &'static str, value: &str| HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned());
    let mut builder = lettre::Message::builder()
        .from(from.clone())
        .to(to.clone())
        .subject(subject)
        .message_id(Some(id.clone()))
        .date(now.into())
        // RFC 3834: no machine answers a machine.
        .raw_header(fixed("Auto-Submitted", "auto-generated"))
        .raw_header(fixed("Content-Language", message.lang.tag()));
    if let Some(reply_to) = &raw.reply_to {
        builder = builder.reply_to(sender(reply_to)?);
    }

    let plain = SinglePart::plain(message.text.clone());
    // "=_" stands in no body that is encoded as base64 or quoted-printable.
    let boundary = |part: &str| format!("=_manyi_{part}_{}", &sha256_hex(id.as_bytes())[..24]);
    let files = parts(message, u64::from(raw.most_megabytes) * 1_000_000)?;
    let text = message.html.as_ref().map(|html| {
        MultiPart::alternative()
            .boundary(boundary("text"))
            .singlepart(plain.clone())
            .singlepart(SinglePart::html(html.clone()))
    });
    let built = if files.is_empty() {
        match text {
            Some(text) => builder.multipart(text),
            None => builder.singlepart(plain),
        }
    } else {
        let whole = MultiPart::mixed().boundary(boundary("files"));
        let whole = match text {
            Some(text) => whole.multipart(text),
            None => whole.singlepart(plain),
        };
        builder.multipart(files.into_iter().fold(whole, MultiPart::singlepart))
    };
    let unfit = |problem: String| Reason::new(ReasonCode::Unfit, problem);
    let built = built.map_err(|error| unfit(error.to_string()))?;
    let envelope = Envelope::new(Some(from.email), vec![to.email]).map_err(|error| unfit(error.to_string()))?;
    Ok(Mail { envelope, bytes: built.formatted() })
}

/// The files as parts of the mail.
fn parts(message: &Message, most: u64) -> Result<Vec<SinglePart>, Reason> {
    let mut total = 0;
    let mut parts = Vec::with_capacity(message.attachments.len());
    for (attachment, name) in message.attachments.iter().zip(bare_names(&message.attachments)) {
        let name = one_line("attachment", &name)?;
        let bytes = attachment.bytes()?;
        total += bytes.len() as u64;
        if total > most {
            return Err(Reason::new(ReasonCode::TooLarge, format!("> {} MB", most / 1_000_000)));
        }
        let kind = one_line("media type", &attachment.media_type)?;
        let kind = ContentType::parse(&kind).map_err(|_| Reason::new(ReasonCode::Unfit, kind))?;
        let body =
            lettre::message::Body::new_with_encoding(bytes, lettre::message::header::ContentTransferEncoding::Base64)
                .map_err(|_| Reason::new(ReasonCode::Unfit, name.clone()))?;
        parts.push(Part::new(name).body(body, kind));
    }
    Ok(parts)
}

fn sender(text: &str) -> Result<Mailbox, Reason> {
    let (name, address) = mailbox(text).ok_or_else(|| Reason::new(ReasonCode::Unfit, "from"))?;
    mailbox_of(name, address)
}

fn mailbox_of(name: Option<&str>, address: &str) -> Result<Mailbox, Reason> {
    let name = name.map(|name| one_line("name", name)).transpose()?;
    let unfit = || Reason::new(ReasonCode::Unfit, "address");
    if !is_address(address) {
        return Err(unfit());
    }
    Ok(Mailbox::new(name, address.parse::<Address>().map_err(|_| unfit())?))
}

/// The text, if it is fit for a header: what could end a line or hide something is refused, not repaired.
fn one_line(what: &str, text: &str) -> Result<String, Reason> {
    let refused = |character: &char| {
        character.is_control()
            || matches!(character, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    };
    match text.chars().find(refused) {
        Some(found) => Err(Reason::new(ReasonCode::Unfit, format!("{what}: U+{:04X}", u32::from(found)))),
        None => Ok(text.to_owned()),
    }
}

#[cfg(test)]
#[path = "mail_tests.rs"]
mod tests;
