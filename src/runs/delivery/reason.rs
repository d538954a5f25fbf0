//! Why something was not delivered: a stable code for the outbox, words for people.

use crate::diagnostics::messages::delivery as messages;
use crate::diagnostics::{Diagnostic, Lang, Message, lang_texts};

/// The kind of a reason; kept in the outbox by its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReasonCode {
    /// The other side refuses for now.
    RefusedForNow,
    /// The other side refuses for good.
    Refused,
    /// The other side cannot be reached.
    Unreachable,
    /// The other side does not answer in time.
    TimedOut,
    /// The certificate of the other side is not valid, or signed by nobody that is trusted.
    BadCertificate,
    /// The port does not begin with TLS.
    NotTls,
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
    /// Somebody said that it arrived.
    Confirmed,
    /// Somebody said that it is not to be sent any more.
    Dropped,
}

impl ReasonCode {
    const ALL: [Self; 19] = [
        Self::RefusedForNow,
        Self::Refused,
        Self::Unreachable,
        Self::TimedOut,
        Self::BadCertificate,
        Self::NotTls,
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
        Self::Confirmed,
        Self::Dropped,
    ];

    /// True if nobody has to do anything about it: a newer revision went out, whom it was for is no recipient any more, or somebody said
    /// what became of it.
    pub fn is_settled(self) -> bool {
        matches!(self, Self::Superseded | Self::NoRecipient | Self::Confirmed | Self::Dropped)
    }

    /// The code in the outbox.
    pub fn code(self) -> &'static str {
        match self {
            Self::RefusedForNow => "refused_for_now",
            Self::Refused => "refused",
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timed_out",
            Self::BadCertificate => "bad_certificate",
            Self::NotTls => "not_tls",
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
            Self::Confirmed => "confirmed",
            Self::Dropped => "dropped",
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
            Self::TimedOut => &messages::TIMED_OUT,
            Self::BadCertificate => &messages::BAD_CERTIFICATE,
            Self::NotTls => &messages::NOT_TLS,
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
            Self::Confirmed => &messages::CONFIRMED,
            Self::Dropped => &messages::DROPPED,
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

    /// The same reason with the machine that it is about, `smtp.example.com:465`, if it came from there.
    #[must_use]
    pub fn at_machine(self, machine: &str) -> Self {
        use ReasonCode as Code;
        let from_there = matches!(
            self.code,
            Code::RefusedForNow
                | Code::Refused
                | Code::Unreachable
                | Code::TimedOut
                | Code::BadCertificate
                | Code::NotTls
                | Code::AnswerLost
        );
        match from_there && !machine.is_empty() {
            true => Self::new(self.code, format!("{machine}: {}", self.detail)),
            false => self,
        }
    }

    /// The reason as a warning about a test, which is not tried again.
    pub fn diagnostic_of_test(&self, recipient: &str) -> Diagnostic {
        use ReasonCode as Code;
        let hinted = self.diagnostic(recipient);
        match self.code {
            // What these advise is for messages of the outbox.
            Code::RefusedForNow | Code::Unreachable | Code::TimedOut | Code::NotWritten | Code::AnswerLost => {
                let texts = lang_texts(hinted.text(Lang::ZhCn), hinted.text(Lang::En));
                Diagnostic::warning(&messages::TEST_REASON).words("reason", texts)
            }
            _ => hinted,
        }
    }

    /// The reason as a warning about a recipient for whom nothing is tried any more.
    pub fn diagnostic_at_rest(&self, recipient: &str) -> Diagnostic {
        use ReasonCode as Code;
        if !matches!(self.code, Code::RefusedForNow | Code::Unreachable | Code::TimedOut | Code::NotWritten) {
            return self.diagnostic(recipient);
        }
        let detail = &self.detail;
        let given_up = lang_texts(format!("{detail}；已不再重试"), format!("{detail}; given up"));
        Diagnostic::warning(self.code.message()).arg("recipient", recipient).words("detail", given_up)
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

    #[test]
    fn every_reason_has_a_code_and_words() {
        for kind in ReasonCode::ALL {
            assert_eq!(ReasonCode::from_code(kind.code()), Some(kind));
            let reason = Reason::new(kind, "550\r\nno such user");
            for diagnostic in [reason.diagnostic("z***@example.com"), reason.diagnostic_of_test("z***@example.com")] {
                for lang in Lang::ALL {
                    let text = format!("{} {}", diagnostic.text(lang), diagnostic.hint(lang).unwrap_or_default());
                    assert!(!text.contains('{') && !text.contains('\r'), "{text}");
                }
            }
            let hint = reason.diagnostic_of_test("z***@example.com").hint(Lang::En).unwrap_or_default();
            assert!(!hint.contains("again by itself"), "{kind:?}: {hint}");
        }
    }

    /// After the last attempt nobody shall wait for another.
    #[test]
    fn what_is_given_up_is_said_to_be() {
        let said = |code| Reason::new(code, "no route").diagnostic_at_rest("z***@example.com").text(Lang::En);
        assert!(said(ReasonCode::Unreachable).ends_with("no connection (no route; given up)"));
        assert!(said(ReasonCode::Refused).ends_with("the other side refuses (no route)"));
    }

    #[test]
    fn the_machine_is_named_where_it_has_a_part_in_it() {
        let named = |code| Reason::new(code, "no").at_machine("smtp.example.com:465").detail;
        assert_eq!(named(ReasonCode::Unreachable), "smtp.example.com:465: no");
        assert_eq!(named(ReasonCode::FileChanged), "no");
        assert_eq!(Reason::new(ReasonCode::Refused, "no").at_machine("").detail, "no");
    }
}
