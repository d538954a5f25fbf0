//! Why something was not delivered: a stable code for the outbox, words for people.

use crate::diagnostics::messages::delivery as messages;
use crate::diagnostics::{Diagnostic, Lang, LocalizedTexts, Message, lang_texts};

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
        let detail = answered(&self.detail).unwrap_or_else(|| lang_texts(&self.detail, &self.detail));
        let given_up = lang_texts(
            format!("{}；已不再重试", detail.get(Lang::ZhCn)),
            format!("{}; given up", detail.get(Lang::En)),
        );
        Diagnostic::warning(self.code.message()).arg("recipient", recipient).words("detail", given_up)
    }

    /// The reason as a warning about a recipient.
    pub fn diagnostic(&self, recipient: &str) -> Diagnostic {
        let problem = Diagnostic::warning(self.code.message()).arg("recipient", recipient);
        match answered(&self.detail) {
            Some(words) => problem.words("detail", words),
            None => problem.arg("detail", &self.detail),
        }
    }
}

/// How the mail library begins what a server refuses for good, and what it refuses for now.
const REFUSALS: [(&str, &str, &str); 2] = [
    ("permanent error (", "服务器永久拒绝，", "refused for good by the server, "),
    ("transient error (", "服务器暂时拒绝，", "refused for now by the server, "),
];

/// The frequent answers of mail servers (RFC 5321, 4.2.3; RFC 4954, 6) in words.
const ANSWERS: [(&str, &str, &str); 14] = [
    ("421", "服务暂不可用", "the service is not available"),
    ("450", "邮箱暂不可用", "the mailbox is busy or not available"),
    ("451", "服务器处理出错", "an error of the server"),
    ("452", "服务器空间不足", "no room on the server"),
    ("454", "暂时无法登录", "no login for now"),
    ("530", "需要先登录", "a login is needed"),
    ("534", "登录方式强度不足", "the way of login is too weak"),
    ("535", "用户名或密码错误", "wrong user or password"),
    ("550", "邮箱不存在或不可用", "no such mailbox, or not to be used"),
    ("551", "收件人不在该服务器", "the recipient is not on this server"),
    ("552", "邮箱已满或邮件过大", "the mailbox is full, or the mail too large"),
    ("553", "不接受该地址", "the address is not accepted"),
    ("554", "邮件被拒收", "the mail is refused"),
    ("556", "该域名不收邮件", "the domain takes no mail"),
];

/// What a mail server answered in words, if that is what is known; what it said itself stays as it is.
fn answered(detail: &str) -> Option<LocalizedTexts> {
    REFUSALS.iter().find_map(|(begin, zh, en)| {
        let (machine, rest) = detail.split_once(begin)?;
        let (code, answer) = rest.split_once(')')?;
        let known = ANSWERS.iter().find(|(held, _, _)| *held == code);
        let (said_zh, said_en) =
            known.map_or((String::new(), String::new()), |(_, zh, en)| (format!(" {zh}"), format!(" {en}")));
        let place = machine.trim_end().trim_end_matches(':');
        let (zh_place, en_place) = match place.is_empty() {
            true => (String::new(), String::new()),
            false => (format!("{place}："), format!("{place}: ")),
        };
        let answer = answer.trim_start_matches(':').trim();
        let (zh_answer, en_answer) = match answer.is_empty() {
            true => (String::new(), String::new()),
            false => (format!("：{answer}"), format!(": {answer}")),
        };
        Some(lang_texts(
            format!("{zh_place}{zh}{code}{said_zh}{zh_answer}"),
            format!("{en_place}{en}{code}{said_en}{en_answer}"),
        ))
    })
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

    /// What a server says is its own; what its number means is said in the reader's language.
    #[test]
    fn answers_of_mail_servers_are_put_into_words() {
        for (detail, zh, en) in [
            (
                "mx:25: permanent error (550): 5.1.1 no such user",
                "mx:25：服务器永久拒绝，550 邮箱不存在或不可用：5.1.1 no such user",
                "mx:25: refused for good by the server, 550 no such mailbox, or not to be used: 5.1.1 no such user",
            ),
            (
                "transient error (451)",
                "服务器暂时拒绝，451 服务器处理出错",
                "refused for now by the server, 451 an error of the server",
            ),
            ("permanent error (599): no", "服务器永久拒绝，599：no", "refused for good by the server, 599: no"),
        ] {
            let said = answered(detail).unwrap();
            assert_eq!((said.get(Lang::ZhCn), said.get(Lang::En)), (zh, en));
        }
        assert_eq!(answered("Connection refused"), None);
    }

    #[test]
    fn the_machine_is_named_where_it_has_a_part_in_it() {
        let named = |code| Reason::new(code, "no").at_machine("smtp.example.com:465").detail;
        assert_eq!(named(ReasonCode::Unreachable), "smtp.example.com:465: no");
        assert_eq!(named(ReasonCode::FileChanged), "no");
        assert_eq!(Reason::new(ReasonCode::Refused, "no").at_machine("").detail, "no");
    }
}
