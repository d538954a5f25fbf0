//! One mail over SMTP, with the one distinction that ready-made transports do not make: whether the server may have taken the mail
//! although its answer was lost. The steps are taken one by one on the library's connection; from the moment when the last byte of
//! the mail has been handed over, everything but a proper answer is [`Outcome::Unknown`].

use std::cell::Cell;
use std::time::Duration;

use lettre::address::Envelope;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{Certificate, SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};

use super::hidden::Hidden;
use super::message::base64;
use super::recipient::masked_address;
use super::secrets::Secret;
use super::{Outcome, Reason, ReasonCode};
use crate::config::raw::MailSecurity;

/// RFC 5321, 4.5.3.2.6: how long a server may think after the end of a mail.
const AFTER_DATA: Duration = Duration::from_secs(600);

/// A mail server and how to speak to it.
#[derive(Debug, Clone)]
pub(super) struct Server {
    pub host: String,
    pub port: u16,
    pub security: MailSecurity,
    pub login: Option<(String, Secret)>,
    pub certificates: Option<Vec<u8>>,
    pub timeout: Duration,
}

/// Sends one mail to the recipients of its envelope.
pub(super) fn send(server: &Server, envelope: &Envelope, mail: &[u8]) -> Outcome {
    let machine = format!("{}:{}", server.host, server.port);
    attempt(server, envelope, mail).map_reason(|reason| explained(reason, server.timeout).at_machine(&machine))
}

/// The reason in words that say what to do, where the libraries speak of numbers of the system or of records of TLS.
fn explained(reason: Reason, timeout: Duration) -> Reason {
    let Reason { code, detail } = &reason;
    let silent = ["os error 11)", "timed out", "os error 10060)"].iter().any(|word| detail.contains(word));
    match code {
        ReasonCode::Unreachable if silent => Reason::new(ReasonCode::TimedOut, format!("{} s", timeout.as_secs())),
        ReasonCode::AnswerLost if silent => {
            Reason::new(*code, format!("no answer within {} s", timeout.max(AFTER_DATA).as_secs()))
        }
        ReasonCode::Refused | ReasonCode::Unreachable if detail.contains("InvalidContentType") => {
            Reason::new(ReasonCode::NotTls, "TLS")
        }
        ReasonCode::Refused if detail.contains("invalid peer certificate") => {
            Reason::new(ReasonCode::BadCertificate, detail.clone())
        }
        _ => reason,
    }
}

fn attempt(server: &Server, envelope: &Envelope, mail: &[u8]) -> Outcome {
    // Servers repeat whom they refuse.
    let mut hidden = Hidden::default();
    for address in envelope.to() {
        let address: &str = address.as_ref();
        hidden.hide(address, &masked_address(address));
    }
    if let Some((user, password)) = &server.login {
        hidden.hide(password.reveal(), "***");
        hidden.hide(&base64(password.reveal().as_bytes()), "***");
        hidden.hide(&base64(format!("\0{user}\0{}", password.reveal()).as_bytes()), "***");
    }
    let mut connection = match connect(server, &hidden) {
        Ok(connection) => connection,
        Err(outcome) => return outcome,
    };
    let outcome = hand_over(&mut connection, envelope, mail, server.timeout, &hidden);
    match outcome {
        Outcome::Sent(_) => {
            let _ = connection.quit();
        }
        _ => connection.abort(),
    }
    outcome
}

fn connect(server: &Server, hidden: &Hidden) -> Result<SmtpConnection, Outcome> {
    let tls = match server.security {
        MailSecurity::None => None,
        MailSecurity::Tls | MailSecurity::Starttls => Some(tls_parameters(server)?),
    };
    let early = |error| early(error, hidden);
    let hello = ClientId::default();
    let from_start = tls.as_ref().filter(|_| server.security == MailSecurity::Tls);
    let address = (server.host.as_str(), server.port);
    let mut connection =
        SmtpConnection::connect(address, Some(server.timeout), &hello, from_start, None).map_err(early)?;
    if let (MailSecurity::Starttls, Some(tls)) = (server.security, &tls) {
        if !connection.can_starttls() {
            connection.abort();
            return Err(Outcome::Failed(Reason::new(ReasonCode::Refused, "STARTTLS: not offered by the server")));
        }
        connection.starttls(tls, &hello).map_err(early)?;
    }
    if let Some((user, password)) = &server.login {
        let credentials = Credentials::new(user.clone(), password.reveal().to_owned());
        let answer = connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials);
        if let Err(error) = answer {
            connection.abort();
            return Err(early(error));
        }
    }
    Ok(connection)
}

fn tls_parameters(server: &Server) -> Result<TlsParameters, Outcome> {
    let unfit = |error: lettre::transport::smtp::Error| Outcome::Failed(Reason::new(ReasonCode::Unfit, words(&error)));
    let mut builder = TlsParameters::builder(server.host.clone());
    if let Some(pem) = &server.certificates {
        builder = builder.add_root_certificate(Certificate::from_pem(pem).map_err(unfit)?);
    }
    builder.build_rustls().map_err(unfit)
}

fn hand_over(
    connection: &mut SmtpConnection,
    envelope: &Envelope,
    mail: &[u8],
    timeout: Duration,
    hidden: &Hidden,
) -> Outcome {
    let early = |error| early(error, hidden);
    let mut options = Vec::new();
    let mut addresses = envelope.from().into_iter().chain(envelope.to());
    if addresses.any(|address| !address.to_string().is_ascii()) {
        if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Outcome::Failed(Reason::new(ReasonCode::Refused, "SMTPUTF8: not offered by the server"));
        }
        options.push(MailParameter::SmtpUtfEight);
    }
    if !mail.is_ascii() {
        if !connection.server_info().supports_feature(Extension::EightBitMime) {
            return Outcome::Failed(Reason::new(ReasonCode::Refused, "8BITMIME: not offered by the server"));
        }
        options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    if let Err(error) = connection.command(Mail::new(envelope.from().cloned(), options)) {
        return early(error);
    }
    for recipient in envelope.to() {
        if let Err(error) = connection.command(Rcpt::new(recipient.clone(), Vec::new())) {
            return early(error);
        }
    }
    match connection.command(Data) {
        Ok(answer) if answer.has_code(354) => {}
        Ok(answer) => return Outcome::Failed(Reason::new(ReasonCode::Refused, answer.code().to_string())),
        Err(error) => return early(error),
    }

    // The library asks for the next piece after it has written the one before, and then writes the end of the mail.
    let all_written = Cell::new(false);
    let pieces = mail.chunks(64 * 1024).map(Some).chain(std::iter::once_with(|| {
        all_written.set(true);
        None
    }));
    let _ = connection.set_timeout(Some(timeout.max(AFTER_DATA)));
    match connection.message_iter(pieces.map(Option::unwrap_or_default)) {
        Ok(answer) if answer.has_code(250) => {
            let said = hidden.redact(answer.message().next().unwrap_or_default());
            Outcome::Sent(said.chars().take(200).collect())
        }
        Ok(answer) => Outcome::Unknown(Reason::new(ReasonCode::AnswerLost, answer.code().to_string())),
        // A proper refusal is an answer, even after the end.
        Err(error) if error.is_transient() || error.is_permanent() => early(error),
        Err(error) if all_written.get() => {
            Outcome::Unknown(Reason::new(ReasonCode::AnswerLost, hidden.redact(&words(&error))))
        }
        Err(error) => early(error),
    }
}

/// What an error means before the whole mail was handed over: the server has nothing.
fn early(error: lettre::transport::smtp::Error, hidden: &Hidden) -> Outcome {
    let text = hidden.redact(&words(&error));
    // The TLS library refuses certificates while reading, so the mail library takes it for a failure of the network.
    if error.is_permanent() || text.contains("invalid peer certificate") {
        Outcome::Failed(Reason::new(ReasonCode::Refused, text))
    } else if error.is_transient() {
        Outcome::Retry { reason: Reason::new(ReasonCode::RefusedForNow, text), after: None }
    } else if error.is_client() || error.is_tls() {
        Outcome::Failed(Reason::new(ReasonCode::Refused, text))
    } else {
        Outcome::Retry { reason: Reason::new(ReasonCode::Unreachable, text), after: None }
    }
}

/// The error with its causes; it holds what the server said, which may repeat what we sent.
fn words(error: &lettre::transport::smtp::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text.push_str(": ");
            text.push_str(&inner_text);
        }
        cause = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_says_is_said_in_words() {
        let of = |code, detail: &str| {
            let told = explained(Reason::new(code, detail), Duration::from_secs(60));
            (told.code, told.detail)
        };
        let system = "network error: Resource temporarily unavailable (os error 11)";
        assert_eq!(of(ReasonCode::Unreachable, system), (ReasonCode::TimedOut, "60 s".into()));
        assert_eq!(of(ReasonCode::AnswerLost, system), (ReasonCode::AnswerLost, "no answer within 600 s".into()));
        let corrupt = "Connection error: received corrupt message of type InvalidContentType";
        assert_eq!(of(ReasonCode::Unreachable, corrupt).0, ReasonCode::NotTls);
        let unknown = "network error: invalid peer certificate: UnknownIssuer";
        assert_eq!(of(ReasonCode::Refused, unknown), (ReasonCode::BadCertificate, unknown.into()));
        let plain = "permanent error (550): no such user";
        assert_eq!(of(ReasonCode::Refused, plain), (ReasonCode::Refused, plain.into()));
    }
}
