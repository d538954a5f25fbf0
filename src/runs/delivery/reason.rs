//! Why something was not delivered: a stable code for the outbox, words for people.

use crate::diagnostics::messages::delivery as messages;
use crate::diagnostics::{Diagnostic, Message};

/// The kind of a reason; kept in the outbox by its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReasonCode {
    /// The other side refuses for now.
    RefusedForNow,
    /// The other side refuses for good.
    Refused,
    /// The other side cannot be reached.
    Unreachable,
    /// The connection was lost after everything was sent and before the answer.
    AnswerLost,
    /// The program ended while sending.
    Interrupted,
    /// A secret cannot be had.
    NoSecret,
    /// The message or recipient cannot be sent as it is.
    Unfit,
    /// A file to be sent is missing or changed.
    FileChanged,
    /// The message is larger than allowed.
    TooLarge,
    /// The folder or store cannot be written.
    NotWritten,
    /// The channel is no longer in the project file.
    NoChannel,
    /// The database that knew it was lost.
    RecordLost,
    /// A newer revision is sent instead.
    Superseded,
    /// Whom it was for is no recipient any more.
    NoRecipient,
}

impl ReasonCode {
    const ALL: [Self; 14] = [
        Self::RefusedForNow,
        Self::Refused,
        Self::Unreachable,
        Self::AnswerLost,
        Self::Interrupted,
        Self::NoSecret,
        Self::Unfit,
        Self::FileChanged,
        Self::TooLarge,
        Self::NotWritten,
        Self::NoChannel,
        Self::RecordLost,
        Self::Superseded,
        Self::NoRecipient,
    ];

    /// The code in the outbox.
    pub fn code(self) -> &'static str {
        match self {
            Self::RefusedForNow => "refused_for_now",
            Self::Refused => "refused",
            Self::Unreachable => "unreachable",
            Self::AnswerLost => "answer_lost",
            Self::Interrupted => "interrupted",
            Self::NoSecret => "no_secret",
            Self::Unfit => "unfit",
            Self::FileChanged => "file_changed",
            Self::TooLarge => "too_large",
            Self::NotWritten => "not_written",
            Self::NoChannel => "no_channel",
            Self::RecordLost => "record_lost",
            Self::Superseded => "superseded",
            Self::NoRecipient => "no_recipient",
        }
    }

    /// The kind with a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    fn message(self) -> &'static Message {
        match self {
            Self::RefusedForNow => &messages::REFUSED_FOR_NOW,
            Self::Refused => &messages::REFUSED,
            Self::Unreachable => &messages::UNREACHABLE,
            Self::AnswerLost => &messages::ANSWER_LOST,
            Self::Interrupted => &messages::INTERRUPTED,
            Self::NoSecret => &messages::NO_SECRET,
            Self::Unfit => &messages::UNFIT,
            Self::FileChanged => &messages::FILE_CHANGED,
            Self::TooLarge => &messages::TOO_LARGE,
            Self::NotWritten => &messages::NOT_DELIVERED_THERE,
            Self::NoChannel => &messages::NO_CHANNEL,
            Self::RecordLost => &messages::RECORD_LOST,
            Self::Superseded => &messages::SUPERSEDED,
            Self::NoRecipient => &messages::NO_RECIPIENT,
        }
    }
}

/// A reason with its particulars, such as the words of the other side; never a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Its kind.
    pub code: ReasonCode,
    /// What else is known, in the words of the system or server.
    pub detail: String,
}

impl Reason {
    /// A reason.
    pub fn new(code: ReasonCode, detail: impl Into<String>) -> Self {
        Self { code, detail: shortened(&detail.into()) }
    }

    /// The reason as a warning about a recipient.
    pub fn diagnostic(&self, recipient: &str) -> Diagnostic {
        Diagnostic::warning(self.code.message()).arg("recipient", recipient).arg("detail", &self.detail)
    }
}

/// One line of at most 300 characters: servers answer what they like.
fn shortened(text: &str) -> String {
    let line: String = text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect();
    line.trim().chars().take(300).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::diagnostics::Lang;

    #[test]
    fn every_reason_has_a_code_and_words() {
        for kind in ReasonCode::ALL {
            assert_eq!(ReasonCode::from_code(kind.code()), Some(kind));
            let diagnostic = Reason::new(kind, "550\r\nno such user").diagnostic("z***@example.com");
            for lang in Lang::ALL {
                let text = format!("{} {}", diagnostic.text(lang), diagnostic.hint(lang).unwrap_or_default());
                assert!(!text.contains('{') && !text.contains('\r'), "{text}");
            }
        }
    }
}
