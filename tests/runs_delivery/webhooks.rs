//! Webhooks against a receiver that says what it is told to say, or hangs up.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::thread::JoinHandle;
use std::time::Duration;

use chrono::DateTime;
use manyi::config::raw::ChannelKind;
use manyi::diagnostics::Lang;
use manyi::runs::delivery::recipient::Recipient;
use manyi::runs::delivery::secrets::Secret;
use manyi::runs::delivery::webhook::{Webhook, deliver};
use manyi::runs::delivery::{Outcome, ReasonCode};

use super::message;

/// What a receiver does with a request.
#[derive(Clone)]
enum Answer {
    Say(String),
    HangUpBeforeReading,
    HangUpAfterReading,
    Silence(Duration),
}

/// Takes one request; its head and body.
fn receiver(answer: Answer) -> (u16, JoinHandle<(String, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let work = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        if matches!(answer, Answer::HangUpBeforeReading) {
            return (String::new(), String::new());
        }
        let mut lines = BufReader::new(stream.try_clone().unwrap());
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            lines.read_line(&mut head).unwrap();
        }
        let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
        let mut body = vec![0; length.unwrap()];
        lines.read_exact(&mut body).unwrap();
        match answer {
            Answer::Say(text) => stream.write_all(text.as_bytes()).unwrap(),
            Answer::Silence(time) => std::thread::sleep(time),
            Answer::HangUpAfterReading | Answer::HangUpBeforeReading => {}
        }
        (head, String::from_utf8(body).unwrap())
    });
    (port, work)
}

fn say(status: &str, more: &str, body: &str) -> Answer {
    Answer::Say(format!("HTTP/1.1 {status}\r\n{more}content-length: {}\r\nconnection: close\r\n\r\n{body}", body.len()))
}

fn send(kind: ChannelKind, port: u16) -> Outcome {
    let url = format!("http://127.0.0.1:{port}/robot/send?access_token=GEHEIM");
    let hook = Webhook {
        kind,
        url: Secret::new(url),
        secret: Some(Secret::new("SEC123")),
        timeout: Duration::from_secs(1),
        certificates: None,
    };
    let recipient = Recipient::parse("group", Lang::ZhCn);
    deliver(&hook, &recipient, &message(1), DateTime::from_timestamp(1_599_360_473, 0).unwrap())
}

fn name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Sent(_) => "sent",
        Outcome::Retry { .. } => "retry",
        Outcome::Failed(_) => "failed",
        Outcome::Unknown(_) => "unknown",
    }
}

#[test]
fn a_robot_gets_its_message_and_its_answer_is_understood() {
    let (port, work) = receiver(say("200 OK", "", r#"{"errcode":0,"errmsg":"ok"}"#));
    assert_eq!(name(&send(ChannelKind::Dingtalk, port)), "sent");
    let (head, body) = work.join().unwrap();
    let first = head.lines().next().unwrap();
    assert!(first.starts_with("POST /robot/send?access_token=GEHEIM&timestamp=1599360473000&sign="), "{first}");
    assert!(head.to_lowercase().contains("content-type: application/json; charset=utf-8"));
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert!(body["text"]["content"].as_str().unwrap().starts_with("食堂满意度"));

    let too_often = r#"{"code":11232,"msg":"frequency limited"}"#;
    let (port, work) = receiver(say("200 OK", "", too_often));
    assert_eq!(name(&send(ChannelKind::Feishu, port)), "retry");
    work.join().unwrap();
}

#[test]
fn breakdowns_are_uncertain_where_a_message_may_have_arrived() {
    let slow = Duration::from_millis(2500);
    for (kind, answer, expected) in [
        (ChannelKind::Slack, say("200 OK", "", "ok"), "sent"),
        (ChannelKind::Slack, say("429 Too Many Requests", "retry-after: 30\r\n", "rate_limited"), "retry"),
        (ChannelKind::Slack, say("502 Bad Gateway", "", ""), "unknown"),
        (ChannelKind::Slack, Answer::HangUpAfterReading, "unknown"),
        (ChannelKind::Slack, Answer::Silence(slow), "unknown"),
        (ChannelKind::Json, Answer::HangUpAfterReading, "retry"),
        (ChannelKind::Json, Answer::HangUpBeforeReading, "retry"),
        (ChannelKind::Json, Answer::Silence(slow), "retry"),
        (ChannelKind::Json, say("204 No Content", "", ""), "sent"),
        (ChannelKind::Wecom, say("200 OK", "", "not json"), "unknown"),
    ] {
        let (port, work) = receiver(answer);
        let outcome = send(kind, port);
        assert_eq!(name(&outcome), expected, "{outcome:?}");
        assert!(!format!("{outcome:?}").contains("GEHEIM"), "{outcome:?}");
        if let Outcome::Retry { reason, after } = outcome {
            assert!(after.is_none_or(|after| after.as_secs() == 30), "{after:?}");
            // Its words say that it is sent again on request only.
            assert_ne!(reason.code, ReasonCode::AnswerLost);
        }
        work.join().unwrap();
    }
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let outcome = send(ChannelKind::Slack, free);
    assert_eq!(name(&outcome), "retry", "{outcome:?}");
}

#[test]
fn a_redirect_is_not_followed_with_the_secret() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    other.set_nonblocking(true).unwrap();
    let target = format!("location: http://127.0.0.1:{}/\r\n", other.local_addr().unwrap().port());
    for status in ["301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let (port, work) = receiver(say(status, &target, ""));
        let outcome = send(ChannelKind::Slack, port);
        assert_eq!(name(&outcome), "failed", "{status}: {outcome:?}");
        work.join().unwrap();
    }
    assert!(other.accept().is_err(), "somebody followed");
}

/// An answer that is far longer than all that waits in buffers of the system: whoever reads no more than it wants leaves the rest there.
#[test]
fn a_flood_of_an_answer_is_cut_off() {
    const WHOLE: usize = 256 << 20;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let work = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut lines = BufReader::new(stream.try_clone().unwrap());
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            lines.read_line(&mut head).unwrap();
        }
        let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
        lines.read_exact(&mut vec![0; length.unwrap()]).unwrap();
        write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {WHOLE}\r\nconnection: close\r\n\r\n").unwrap();
        let block = vec![b'x'; 64 << 10];
        (0..WHOLE).step_by(block.len()).take_while(|_| stream.write_all(&block).is_ok()).count() * block.len()
    });
    let outcome = send(ChannelKind::Slack, port);
    assert_eq!(name(&outcome), "sent");
    let taken = work.join().unwrap();
    assert!(taken < WHOLE / 4, "{taken} bytes were read");
}
