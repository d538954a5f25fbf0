//! What is delivered: one message about one revision of a report, or about an alarm, with its files.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use serde::{Deserialize, Serialize};

use super::recipient::Recipient;
use super::{Reason, ReasonCode};
pub use crate::config::raw::ALARM;
use crate::diagnostics::Lang;
use crate::output::manifest::sha256_hex;

/// Which delivery this is; the same key is never delivered twice to one recipient.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DeliveryKey {
    /// The project.
    pub project: String,
    /// The report, or [`ALARM`].
    pub report: String,
    /// The period, such as `2026-11`.
    pub period: String,
    /// The revision of the release, from 1.
    pub revision: i64,
}

impl DeliveryKey {
    /// True if it is about alarms, and its revision only a number that tells it from others.
    pub fn is_alarm(&self) -> bool {
        self.report == ALARM
    }
}

/// A message ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Which delivery it is.
    pub key: DeliveryKey,
    /// Its language.
    pub lang: Lang,
    /// One line.
    pub subject: String,
    /// The whole message as plain text.
    pub text: String,
    /// The same as HTML, for mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    /// Where the documents can be read, for channels that carry no files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
}

impl Message {
    /// What tells this message to this recipient from all others, the same for every attempt: 64 hexadecimal digits. Subject and text
    /// count too, since projects that have no name in a database are all called alike.
    pub fn identity(&self, recipient: &Recipient) -> String {
        let key = &self.key;
        let (revision, person) = (key.revision.to_string(), recipient.key());
        let parts =
            [&key.project, &key.report, &key.period, &revision, &recipient.channel, &person, &self.subject, &self.text];
        sha256_hex(parts.map(String::as_str).join("\0").as_bytes())
    }
}

/// A file of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// The name that the recipient sees; `GROUP/NAME` where the documents of several groups are in one message.
    pub name: String,
    /// The media type, such as `application/pdf`.
    pub media_type: String,
    /// The content.
    pub content: Content,
}

/// The content of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Content {
    /// Small content, kept in the outbox.
    #[serde(with = "in_base64")]
    Bytes(Vec<u8>),
    /// A file of a published release, and what it held when it was queued.
    File {
        /// The file.
        path: PathBuf,
        /// The SHA-256 of its content in hexadecimal.
        sha256: String,
    },
}

impl Attachment {
    /// A file of a release, as it is now; the media type follows from its ending.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn of_file(path: &Path, name: &str) -> Result<Self, Reason> {
        let bytes = read(path)?;
        let content = Content::File { path: path.to_path_buf(), sha256: sha256_hex(&bytes) };
        Ok(Self { name: name.to_owned(), media_type: media_type(name).to_owned(), content })
    }

    /// The same, its file named from a folder if it is inside: whoever sends it may work elsewhere, or see the folder in another place.
    #[must_use]
    pub fn relative_to(mut self, folder: &Path) -> Self {
        if let Content::File { path, .. } = &mut self.content
            && let (Ok(folder), Ok(whole)) = (std::path::absolute(folder), std::path::absolute(&*path))
        {
            *path = whole.strip_prefix(&folder).map_or_else(|_| whole.clone(), Path::to_path_buf);
        }
        self
    }

    /// The same, its file found from the folder that it was named from.
    #[must_use]
    pub fn found_from(mut self, folder: &Path) -> Self {
        if let Content::File { path, .. } = &mut self.content {
            let there = folder.join(&*path);
            if there.exists() || !path.exists() {
                *path = there;
            }
        }
        self
    }

    /// True if this is a file with this SHA-256 in hexadecimal.
    pub fn is(&self, wanted: &str) -> bool {
        matches!(&self.content, Content::File { sha256, .. } if sha256 == wanted)
    }

    /// Name and folder of the file, if it is in one.
    pub fn place(&self) -> (Option<&str>, &str) {
        match self.name.split_once('/') {
            Some((folder, name)) => (Some(folder), name),
            None => (None, &self.name),
        }
    }

    /// The bytes.
    ///
    /// # Errors
    /// The file is gone, or holds something else than when it was queued.
    pub fn bytes(&self) -> Result<Vec<u8>, Reason> {
        match &self.content {
            Content::Bytes(bytes) => Ok(bytes.clone()),
            Content::File { path, sha256 } => {
                let bytes = read(path)?;
                if sha256_hex(&bytes) == *sha256 {
                    return Ok(bytes);
                }
                Err(Reason::new(ReasonCode::FileChanged, format!("{}: SHA-256", path.display())))
            }
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Reason> {
    std::fs::read(path).map_err(|error| {
        let problem = crate::diagnostics::io_problem(&error);
        Reason::new(ReasonCode::FileChanged, format!("{}: {}", path.display(), problem.get(Lang::En)))
    })
}

/// What files are called where there are no folders, as in a mail: names that would stand twice get that of their folder before them.
pub fn bare_names(attachments: &[Attachment]) -> Vec<String> {
    let name = |(index, attachment): (usize, &Attachment)| {
        let (folder, bare) = attachment.place();
        let mut others = attachments.iter().enumerate().filter(|(other, _)| *other != index);
        let twice = others.any(|(_, other)| other.place().1 == bare);
        match folder.filter(|_| twice) {
            Some(folder) => format!("{folder}_{bare}"),
            None => bare.to_owned(),
        }
    };
    attachments.iter().enumerate().map(name).collect()
}

/// The media type of a document by the ending of its name.
pub fn media_type(name: &str) -> &'static str {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    match ending.as_str() {
        "pdf" => "application/pdf",
        "html" => "text/html; charset=utf-8",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "json" => "application/json",
        "csv" => "text/csv; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "zip" => "application/zip",
        "md" | "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// Bytes as base64, in JSON.
mod in_base64 {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&super::base64(bytes))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        STANDARD.decode(String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// Bytes as base64.
pub(super) fn base64(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_message_survives_the_outbox() {
        let key = DeliveryKey { project: "p".into(), report: "r".into(), period: "2026-11".into(), revision: 2 };
        let message = Message {
            key,
            lang: Lang::ZhTw,
            subject: "滿意度".into(),
            text: "正文".into(),
            html: None,
            link: None,
            attachments: vec![Attachment {
                name: "报告.txt".into(),
                media_type: "text/plain".into(),
                content: Content::Bytes(vec![0, 159, 146, 150]),
            }],
        };
        let text = serde_json::to_string(&message).unwrap();
        assert_eq!(serde_json::from_str::<Message>(&text).unwrap(), message);
    }

    /// Two projects without a name, one report and period, one reader: servers that drop repetitions deliver both.
    #[test]
    fn what_says_something_else_is_another_message() {
        let key =
            DeliveryKey { project: "project".into(), report: "plan".into(), period: "2026-11".into(), revision: 1 };
        let of = |subject: &str, text: &str| Message {
            key: key.clone(),
            lang: Lang::ZhCn,
            subject: subject.into(),
            text: text.into(),
            html: None,
            link: None,
            attachments: vec![],
        };
        let [wang, li] = ["wang@example.com", "li@example.com"].map(|to| Recipient::parse(to, Lang::ZhCn));
        let first = of("食堂 · 月报 2026-11", "满意度 83%").identity(&wang);
        assert_eq!(first, of("食堂 · 月报 2026-11", "满意度 83%").identity(&wang));
        assert_eq!(first.len(), 64);
        for other in [
            of("超市 · 月报 2026-11", "满意度 83%").identity(&wang),
            of("食堂 · 月报 2026-11", "满意度 84%").identity(&wang),
            of("食堂 · 月报 2026-11", "满意度 83%").identity(&li),
        ] {
            assert_ne!(first, other);
        }
    }

    #[test]
    fn a_file_that_changed_is_not_sent() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("报告.pdf");
        std::fs::write(&path, "one").unwrap();
        let attachment = Attachment::of_file(&path, "报告.pdf").unwrap();
        assert_eq!((attachment.media_type.as_str(), attachment.bytes().unwrap()), ("application/pdf", b"one".to_vec()));
        std::fs::write(&path, "two").unwrap();
        assert_eq!(attachment.bytes().unwrap_err().code, ReasonCode::FileChanged);
        std::fs::remove_file(&path).unwrap();
        assert_eq!(attachment.bytes().unwrap_err().code, ReasonCode::FileChanged);
    }

    /// The digest of "abc" is the first example of FIPS 180-4.
    #[test]
    fn digests_are_those_of_the_standard() {
        assert_eq!(sha256_hex(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(base64(b"foob"), "Zm9vYg==");
    }
}
