//! Mail against a real server (aiosmtpd), and against one that breaks off wherever it likes.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use chrono::{DateTime, Utc};
use manyi::config::raw::RawMail;
use manyi::diagnostics::Lang;
use manyi::runs::delivery::mail::{deliver, message_id};
use manyi::runs::delivery::recipient::Recipient;
use manyi::runs::delivery::secrets::Secrets;
use manyi::runs::delivery::{Outcome, ReasonCode};
use serde_json::{Value, json};

use super::message;
use super::python::{Server, python};
use crate::support::certificate::certificate;

fn now() -> DateTime<Utc> {
    "2026-11-22T08:00:00Z".parse().unwrap()
}

fn person(address: &str) -> Recipient {
    Recipient::parse(&format!("王芳，经理 <{address}>"), Lang::ZhCn)
}

fn secrets(folder: &Path) -> Secrets {
    Secrets::new(|name| (name == "SMTP_PASSWORD").then(|| "p ä$$".trim().to_owned()), folder)
}

fn raw(port: u16, more: Value) -> RawMail {
    let mut all = json!({"host": "localhost", "port": port, "from": "满意度报告 <reports@example.com>", "security": "none", "timeout": 10});
    for (key, value) in more.as_object().unwrap() {
        all[key] = value.clone();
    }
    serde_json::from_value(all).unwrap()
}

fn smtp_server(python: &Path, mode: &str, folder: &Path, password: Option<&str>) -> Server {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/runs_delivery/smtp_server.py");
    let mut command = Command::new(python);
    command.args(["-W", "ignore"]).arg(script).arg(mode).arg(folder.join("mails.jsonl"));
    command.args([folder.join("certificate.pem"), folder.join("key.pem")]).args(password);
    Server::start(&mut command)
}

fn mails(folder: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.join("mails.jsonl")).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn code(outcome: &Outcome) -> (&'static str, Option<ReasonCode>) {
    match outcome {
        Outcome::Sent(_) => ("sent", None),
        Outcome::Retry { reason, .. } => ("retry", Some(reason.code)),
        Outcome::Failed(reason) => ("failed", Some(reason.code)),
        Outcome::Unknown(reason) => ("unknown", Some(reason.code)),
    }
}

#[test]
fn a_server_gets_the_mail_as_it_is_and_its_answers_are_understood() {
    let Some(python) = python("a_server_gets_the_mail_as_it_is_and_its_answers_are_understood", "aiosmtpd") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let server = smtp_server(&python, "plain", folder.path(), None);
    let raw = raw(server.port, json!({"reply_to": "team@example.com"}));
    let send = |address: &str| deliver(&raw, &secrets(folder.path()), &person(address), &message(1), now());
    for (address, expected) in [
        ("wang@example.com", ("sent", None)),
        ("later@example.com", ("retry", Some(ReasonCode::RefusedForNow))),
        ("never@example.com", ("failed", Some(ReasonCode::Refused))),
        ("full@example.com", ("retry", Some(ReasonCode::RefusedForNow))),
        ("spam@example.com", ("failed", Some(ReasonCode::Refused))),
        ("lost@example.com", ("unknown", Some(ReasonCode::AnswerLost))),
    ] {
        let outcome = send(address);
        assert_eq!(code(&outcome), expected, "{address}: {outcome:?}");
    }
    let Outcome::Failed(reason) = send("never@example.com") else { panic!("taken") };
    assert!(reason.detail.contains("no such user"), "{reason:?}");

    // What Python's email package read is what was sent.
    let first = &mails(folder.path())[0];
    let sent = message(1);
    assert_eq!(first["subject"], json!(sent.subject));
    assert_eq!(first["sender"], "满意度报告 <reports@example.com>");
    assert_eq!(first["header_to"], "王芳，经理 <wang@example.com>");
    assert_eq!((&first["from"], &first["to"]), (&json!("reports@example.com"), &json!(["wang@example.com"])));
    assert_eq!(first["id"], json!(message_id(&sent, &person("wang@example.com"), "example.com")));
    assert_eq!((&first["defects"], &first["date"]), (&json!([]), &json!("Sun, 22 Nov 2026 08:00:00 +0000")));
    let parts = first["parts"].as_array().unwrap();
    let kinds: Vec<_> = parts.iter().map(|part| part["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["text/plain", "text/html", "application/pdf", "text/csv"]);
    assert_eq!(parts[0]["text"].as_str().unwrap().replace("\r\n", "\n"), sent.text);
    assert_eq!(parts[1]["text"].as_str().unwrap().trim_end(), sent.html.unwrap());
    assert_eq!(parts[2]["name"], json!(sent.attachments[0].name));
    let bytes = sent.attachments[0].bytes().unwrap();
    assert_eq!(parts[2]["text"], json!(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()));
    assert_eq!((&parts[3]["name"], &parts[3]["text"]), (&json!("plan.csv"), &json!("店,分\n朝阳,83\n")));
}

#[test]
fn encryption_is_kept_to_and_certificates_are_checked() {
    let Some(python) = python("encryption_is_kept_to_and_certificates_are_checked", "aiosmtpd") else { return };
    for mode in ["starttls", "tls"] {
        let folder = tempfile::tempdir().unwrap();
        if certificate(folder.path()).is_none() {
            return;
        }
        let server = smtp_server(&python, mode, folder.path(), Some("p ä$$"));
        let send = |more: Value| {
            let raw = raw(server.port, more);
            let outcome = deliver(&raw, &secrets(folder.path()), &person("wang@example.com"), &message(1), now());
            (code(&outcome).0, format!("{outcome:?}"))
        };
        let login = json!({"security": mode, "certificates": "certificate.pem", "user": "reports", "password": "${env:SMTP_PASSWORD}"});
        let with = |key: &str, value: Value| {
            let mut all = login.clone();
            all[key] = value;
            all
        };
        assert_eq!(send(login.clone()).0, "sent");
        let taken = mails(folder.path());
        assert_eq!(
            (taken.len(), &taken[0]["encrypted"], &taken[0]["user"]),
            (1, &json!(true), &json!("reports")),
            "{mode}"
        );

        // Signed by nobody we know; issued for another name; wrong password; no password; no encryption.
        let (state, said) = send(with("certificates", Value::Null));
        assert!(state == "failed" && said.contains("BadCertificate"), "{mode}: {said}");
        let (state, said) = send(with("host", json!("127.0.0.1")));
        assert!(state == "failed" && said.contains("certificate"), "{mode}: {said}");
        std::fs::write(folder.path().join("wrong"), "wrong").unwrap();
        let (state, said) = send(with("password", json!("${file:wrong}")));
        assert!(state == "failed" && said.contains("535"), "{mode}: {said}");
        let (state, said) = send(with("password", json!("${env:NOT_SET}")));
        assert!(state == "failed" && said.contains("NOT_SET"), "{mode}: {said}");
        // A port that begins with a greeting, spoken to as if it began with TLS.
        if mode == "starttls" {
            let (state, said) = send(with("security", json!("tls")));
            assert!(state != "sent" && said.contains("NotTls"), "{said}");
        }
        let (state, _) = send(with("security", json!("none")));
        assert_ne!(state, "sent", "{mode}");
        assert_eq!(mails(folder.path()).len(), 1, "{mode}");
    }
}

#[test]
fn a_server_without_starttls_gets_no_password() {
    let Some(python) = python("a_server_without_starttls_gets_no_password", "aiosmtpd") else { return };
    let folder = tempfile::tempdir().unwrap();
    let server = smtp_server(&python, "plain", folder.path(), None);
    let raw = raw(server.port, json!({"security": "starttls", "user": "reports", "password": "${env:SMTP_PASSWORD}"}));
    let outcome = deliver(&raw, &secrets(folder.path()), &person("wang@example.com"), &message(1), now());
    assert_eq!(code(&outcome), ("failed", Some(ReasonCode::Refused)), "{outcome:?}");
    assert!(mails(folder.path()).is_empty());
}

#[test]
fn nobody_listening_is_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let outcome =
        deliver(&raw(port, json!({})), &secrets(folder.path()), &person("wang@example.com"), &message(1), now());
    assert_eq!(code(&outcome), ("retry", Some(ReasonCode::Unreachable)), "{outcome:?}");
    assert!(format!("{outcome:?}").contains(&format!("localhost:{port}: ")), "{outcome:?}");
}

#[test]
fn a_silent_server_is_said_to_be_silent() {
    let folder = tempfile::tempdir().unwrap();
    // Connections are taken by the system, and nobody greets.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let raw = raw(listener.local_addr().unwrap().port(), json!({"timeout": 1}));
    let outcome = deliver(&raw, &secrets(folder.path()), &person("wang@example.com"), &message(1), now());
    assert_eq!(code(&outcome), ("retry", Some(ReasonCode::TimedOut)), "{outcome:?}");
}

/// A server that hangs up at a step of the conversation, counted in the commands that it was given; within the mail and after its end
/// it is told apart.
#[test]
fn a_connection_that_breaks_off_is_uncertain_only_after_the_end_of_the_mail() {
    #[derive(Clone, Copy, Debug)]
    enum End {
        AtCommand(&'static str),
        WithinMail,
        AfterMail,
        Babble,
    }
    let large = {
        let mut message = message(1);
        message.attachments[0] = super::file("large.bin", "application/octet-stream", &vec![7; 12_000_000]);
        message
    };
    for (end, expected) in [
        (End::AtCommand("EHLO"), "retry"),
        (End::AtCommand("MAIL"), "retry"),
        (End::AtCommand("RCPT"), "retry"),
        (End::AtCommand("DATA"), "retry"),
        (End::WithinMail, "retry"),
        (End::AfterMail, "unknown"),
        (End::Babble, "unknown"),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = std::thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            let mut out = stream.try_clone().unwrap();
            let mut lines = BufReader::new(stream);
            out.write_all(b"220 test\r\n").unwrap();
            loop {
                let mut line = String::new();
                lines.read_line(&mut line).unwrap();
                let command = line.get(..4).unwrap_or_default().to_uppercase();
                if matches!(end, End::AtCommand(at) if at == command) || command.is_empty() {
                    return;
                }
                match command.as_str() {
                    "EHLO" => out.write_all(b"250-test\r\n250 8BITMIME\r\n").unwrap(),
                    "DATA" => {
                        out.write_all(b"354 go on\r\n").unwrap();
                        break;
                    }
                    _ => out.write_all(b"250 ok\r\n").unwrap(),
                }
            }
            if matches!(end, End::WithinMail) {
                lines.read_exact(&mut [0; 1000]).unwrap();
                return;
            }
            let mut tail = Vec::new();
            while !tail.ends_with(b"\r\n.\r\n") {
                let some = lines.fill_buf().unwrap().to_vec();
                lines.consume(some.len());
                tail.extend_from_slice(&some);
                tail.drain(..tail.len().saturating_sub(5));
            }
            if matches!(end, End::Babble) {
                let _ = out.write_all(b"what?\r\n");
            }
        });
        let folder = tempfile::tempdir().unwrap();
        let message = if matches!(end, End::WithinMail) { &large } else { &message(1) };
        let outcome =
            deliver(&raw(port, json!({})), &secrets(folder.path()), &person("wang@example.com"), message, now());
        assert_eq!(code(&outcome).0, expected, "{end:?}: {outcome:?}");
        server.join().unwrap();
    }
}
