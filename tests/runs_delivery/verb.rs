//! `manyi resend` after a run whose messages could not be sent: what waits is listed, sent on request, and then waits no more.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;

use serde_json::Value;

use crate::runs::Site;

/// Later than any run of the site.
const LATER: &str = "2027-06-01T00:00:00Z";

/// Takes requests for ever and says yes; its address.
fn receiver() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/hook", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap());
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                lines.read_line(&mut head).unwrap();
            }
            let length =
                head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
            lines.read_exact(&mut vec![0; length.unwrap()]).unwrap();
            stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").unwrap();
        }
    });
    address
}

fn resend(site: &Site, hook: Option<&str>, more: &[&str]) -> (Option<i32>, Value) {
    let mut command = site.command(LATER, &["resend", "--json"]);
    command.args(more).env_remove("HOOK").envs(hook.map(|hook| ("HOOK", hook)));
    let done = command.output().unwrap();
    let printed = serde_json::from_slice(&done.stdout);
    (done.status.code(), printed.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&done.stderr))))
}

#[test]
fn what_failed_waits_for_a_decision_and_is_sent_on_request() {
    let site = Site::new(
        "delivery:\n  channels: { hook: { kind: json, url: \"${env:HOOK}\" } }\n  recipients: [{ to: hook }]\n  errors: [hook]\n",
    );
    assert_eq!(resend(&site, None, &[]).1["deliveries"], serde_json::json!([]), "nothing was ever queued");
    site.month("2026-01", 60, 7);
    let (code, run) = site.run("2026-01", &[]);
    assert_eq!((code, run["runs"][0]["outcome"].as_str()), (Some(1), Some("published")), "{run:#}");

    let (code, waiting) = resend(&site, None, &[]);
    let rows = waiting["deliveries"].as_array().unwrap();
    assert_eq!((code, rows.len()), (Some(0), 2), "{waiting:#}");
    for row in rows {
        assert_eq!((row["state"].as_str(), row["reason"]["code"].as_str()), (Some("failed"), Some("no_secret")));
        assert!(row["reason"]["text"]["en"].as_str().unwrap().contains("env:HOOK"), "{row:#}");
    }

    let hook = receiver();
    let (code, tested) = resend(&site, Some(&hook), &["--test", "hook"]);
    assert_eq!((code, &tested["sent"]), (Some(0), &Value::Bool(true)), "{tested:#}");
    let (code, tested) = resend(&site, None, &["--test", "hook"]);
    assert_eq!((code, &tested["sent"]), (Some(1), &Value::Bool(false)), "{tested:#}");

    // The project may be named first, as with other verbs; whoever does not exist is said not to.
    let folder = site.root().to_str().unwrap().to_owned();
    let (code, tested) = resend(&site, Some(&hook), &[&folder, "--test", "hook"]);
    assert_eq!((code, &tested["sent"]), (Some(0), &Value::Bool(true)), "{tested:#}");
    let (code, nobody) = resend(&site, Some(&hook), &["--test", "nobody"]);
    assert_eq!((code, nobody["diagnostics"][0]["code"].as_str()), (Some(1), Some("M0935")), "{nobody:#}");
    let (code, no_mail) = resend(&site, Some(&hook), &["--test", "a@b.example"]);
    assert_eq!((code, no_mail["diagnostics"][0]["code"].as_str()), (Some(1), Some("M0936")), "{no_mail:#}");
    assert_eq!(resend(&site, None, &[&folder]).1["deliveries"], waiting["deliveries"]);

    let first = rows[0]["id"].as_str().unwrap();
    let (code, sent) = resend(&site, Some(&hook), &[first]);
    assert_eq!((code, sent["deliveries"][0]["state"].as_str()), (Some(0), Some("sent")), "{sent:#}");
    let (_, left) = resend(&site, None, &[]);
    assert_eq!(left["deliveries"].as_array().unwrap().len(), 1, "{left:#}");
    assert_ne!(left["deliveries"][0]["id"], *first);
    let (code, unknown) = resend(&site, Some(&hook), &["0123456789abcdef"]);
    assert_eq!((code, unknown["diagnostics"][0]["code"].as_str()), (Some(1), Some("M0948")), "{unknown:#}");
}
