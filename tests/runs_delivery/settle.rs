//! What somebody decides about messages that did not arrive, or of which nobody knows, and when those who were told of them hear that it
//! is over.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;

use serde_json::Value;
use walkdir::WalkDir;

use crate::runs::{NOW, Site, codes};

/// Readers have a hook of which nobody knows the address; alarms go into a folder.
const DELIVERY: &str = "delivery:
  channels: { board: { kind: folder, path: board }, hook: { kind: json, url: \"${env:HOOK}\" } }
  recipients: [{ to: hook, reports: [brief] }]
  errors: [board]
";

/// When February is due and published; March is not due until all is over.
const RAN: &str = "2026-03-02T06:00:00+08:00";

/// Days after that.
fn later(days: u32) -> String {
    format!("2026-03-{:02}T06:00:00+08:00", days + 2)
}

fn call(site: &Site, now: &str, hook: Option<&str>, arguments: &[&str]) -> (Option<i32>, Value) {
    let mut command = site.command(now, arguments);
    let done = command.arg("--json").env_remove("HOOK").envs(hook.map(|hook| ("HOOK", hook))).output().unwrap();
    let printed = serde_json::from_slice(&done.stdout);
    (done.status.code(), printed.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&done.stderr))))
}

/// The messages about reports, by period: id, revision, state and the code of the reason.
fn messages(site: &Site) -> Vec<(String, String, u64, String, Option<String>)> {
    let (_, printed) = call(site, NOW, None, &["history", "--deliveries"]);
    let own = printed["deliveries"].as_array().unwrap().iter().filter(|held| held["report"] != "alarm");
    let text = |held: &Value, key: &str| held[key].as_str().unwrap().to_owned();
    let mut found: Vec<_> = own
        .map(|held| {
            let reason = held["reason"]["code"].as_str().map(str::to_owned);
            (text(held, "period"), text(held, "id"), held["revision"].as_u64().unwrap(), text(held, "state"), reason)
        })
        .collect();
    found.sort();
    found
}

/// The subjects of the alarms that stand.
fn standing(site: &Site) -> Vec<String> {
    let (_, printed) = call(site, NOW, None, &["history"]);
    let alarms = printed["alarms"].as_array().unwrap().iter();
    alarms.map(|held| held["subject"].as_str().unwrap().to_owned()).collect()
}

/// The texts of the alarms that arrived, in the order of their numbers.
fn arrived(site: &Site) -> Vec<String> {
    let files = WalkDir::new(site.path("board/alarm")).into_iter().filter_map(Result::ok);
    let mut said: Vec<(u64, String)> = files
        .filter(|file| file.file_type().is_file())
        .map(|file| {
            let number = file.path().parent().unwrap().file_name().unwrap().to_string_lossy()[1..].parse().unwrap();
            (number, fs::read_to_string(file.path()).unwrap())
        })
        .collect();
    said.sort();
    said.into_iter().map(|(_, text)| text).collect()
}

/// Takes requests for ever and answers each with the same status; its address.
fn receiver(status: &'static str) -> String {
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
            write!(stream, "HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
        }
    });
    address
}

/// A site whose message about February failed, and its id.
fn failed() -> (Site, String) {
    let site = Site::new(DELIVERY);
    let project = fs::read_to_string(site.path("manyi.yaml")).unwrap();
    site.write("manyi.yaml", &project.replace("  from: 2026-01\n", "  from: 2026-02\n"));
    site.month("2026-02", 60, 7);
    assert_eq!(call(&site, RAN, None, &["run", "--period", "2026-02"]).0, Some(1));
    let id = messages(&site)[0].1.clone();
    assert_eq!(standing(&site), std::slice::from_ref(&id));
    (site, id)
}

#[test]
fn what_somebody_settled_waits_no_more_and_its_alarm_ends_at_once() {
    for (flag, state, reason, said) in
        [("--arrived", "sent", "confirmed", "confirmed as arrived: "), ("--dropped", "failed", "dropped", "dropped: ")]
    {
        let (site, id) = failed();
        assert_eq!(call(&site, &later(1), None, &["watch"]).0, Some(1));
        let ended = call(&site, RAN, None, &["resend"]).1["deliveries"][0]["since"].clone();

        let (code, printed) = call(&site, &later(2), None, &["settle", &id, flag]);
        assert_eq!((code, codes(&printed)), (Some(0), vec![]), "{printed:#}");
        let row = &printed["deliveries"][0];
        assert_eq!((row["state"].as_str(), row["reason"]["code"].as_str()), (Some(state), Some(reason)), "{row:#}");
        assert_eq!(row["since"], ended, "it is forgotten no later");
        assert!(standing(&site).is_empty());
        let told = arrived(&site);
        assert!(told.len() == 2 && told[1].contains(said), "{told:?}");
        // Why it had not arrived is past.
        let why = "was not served";
        assert!(
            told[0].contains(why) && told[1].contains("2026-02 r1 brief (hook)") && !told[1].contains(why),
            "{told:?}"
        );
        assert_eq!(call(&site, &later(3), None, &["watch"]).0, Some(0));
        assert_eq!(call(&site, &later(3), None, &["resend"]).1["deliveries"], serde_json::json!([]));

        // It is listed all the same, and can be sent.
        assert_eq!(messages(&site)[0].4.as_deref(), Some(reason));
        let text = site.call(&later(3), &["history", "--deliveries"]);
        let text = String::from_utf8_lossy(&text.stdout).into_owned();
        assert!(text.contains(&id) && text.contains(reason), "{text}");
        let hook = receiver("204 No Content");
        let (code, sent) = call(&site, &later(4), Some(&hook), &["resend", &id]);
        assert_eq!((code, sent["deliveries"][0]["state"].as_str()), (Some(0), Some("sent")), "{sent:#}");
        assert!(sent["deliveries"][0]["reason"].is_null(), "{sent:#}");
        assert_eq!(arrived(&site).len(), 2, "nothing new to be told");
    }
}

#[test]
fn what_is_not_open_is_not_settled() {
    let (site, id) = failed();
    let settle = |more: &[&str]| {
        let (code, printed) = call(&site, &later(2), None, &[&["settle"][..], more].concat());
        (code, codes(&printed))
    };
    let one = |code: &str| (Some(1), vec![code.to_owned()]);
    assert_eq!(settle(&["--arrived"]), one("M1004"));
    assert_eq!(settle(&["0123456789abcdef", "--dropped"]), one("M1003"));
    let left = vec!["M1010".to_owned(), "M1011".to_owned()];
    assert_eq!(settle(&["--period", "2026-02", "--arrived"]), (Some(0), left.clone()), "nothing of it is uncertain");
    let (code, printed) = call(&site, &later(2), None, &["resend", "--period", "2026-02"]);
    assert_eq!((code, codes(&printed)), (Some(0), left), "{printed:#}");
    assert!(
        printed["diagnostics"][1]["hint"].as_str().unwrap().contains(&format!("`manyi resend {id}`")),
        "{printed:#}"
    );
    assert_eq!(settle(&["--period", "2026-01", "--dropped"]), (Some(0), vec!["M1010".to_owned()]));
    assert_eq!(standing(&site), std::slice::from_ref(&id));
    assert_eq!(settle(&[&id, "--arrived"]), (Some(0), vec![]));
    let (code, printed) = call(&site, &later(2), None, &["settle", &id, "--dropped"]);
    assert_eq!((code, codes(&printed)), (Some(1), vec!["M1002".to_owned()]), "{printed:#}");
    assert!(printed["diagnostics"][0]["message"].as_str().unwrap().contains("it is confirmed"), "{printed:#}");
    // One of the two has to be said.
    for wrong in [&["settle", &id][..], &["settle", &id, "--arrived", "--dropped"]] {
        assert_eq!(site.call(&later(2), wrong).status.code(), Some(1), "{wrong:?}");
    }
}

/// With the history it is lost who got what: whoever knows says it of whole periods.
#[test]
fn a_period_is_settled_as_a_whole() {
    let site = Site::new(DELIVERY);
    let hook = receiver("204 No Content");
    for period in ["2026-01", "2026-02"] {
        site.month(period, 60, 7);
        assert_eq!(call(&site, RAN, Some(&hook), &["run", "--period", period]).0, Some(0));
    }
    for file in ["history.sqlite", "history.sqlite-wal", "history.sqlite-shm"] {
        let _ = fs::remove_file(site.path(file));
    }
    call(&site, &later(1), Some(&hook), &["run", "--period", "2026-02"]);
    let states = |site: &Site| messages(site).into_iter().map(|held| (held.3, held.4)).collect::<Vec<_>>();
    let pair = |state: &str, reason: &str| (state.to_owned(), Some(reason.to_owned()));
    let lost = pair("unknown", "record_lost");
    assert_eq!(states(&site), [lost.clone(), lost.clone()]);
    assert_eq!(standing(&site).len(), 2, "nobody knows whether they arrived");
    assert_eq!(call(&site, &later(2), Some(&hook), &["watch"]).0, Some(1));

    let (code, printed) = call(&site, &later(3), Some(&hook), &["settle", "--period", "2026-01", "--arrived"]);
    assert_eq!((code, printed["deliveries"].as_array().unwrap().len()), (Some(0), 1), "{printed:#}");
    assert_eq!(states(&site), [pair("sent", "confirmed"), lost]);
    let (code, printed) = call(&site, &later(4), Some(&hook), &["resend", "--period", "2026-02"]);
    assert_eq!((code, printed["deliveries"].as_array().unwrap().len()), (Some(0), 1), "{printed:#}");
    assert_eq!(states(&site), [pair("sent", "confirmed"), ("sent".to_owned(), None)]);
    assert!(standing(&site).is_empty());
    assert!(arrived(&site).last().unwrap().contains("has arrived now: "), "{:?}", arrived(&site));
    assert_eq!(call(&site, &later(5), Some(&hook), &["watch"]).0, Some(0));
}

/// Sent again on request and refused for now: nothing has arrived, so that nobody reads that it is over.
#[test]
fn an_alarm_ends_when_the_message_has_arrived() {
    let (site, id) = failed();
    let busy = receiver("503 Service Unavailable");
    let (_, printed) = call(&site, &later(2), Some(&busy), &["resend", &id]);
    assert_eq!(printed["deliveries"][0]["state"], "retry", "{printed:#}");
    assert_eq!((standing(&site), arrived(&site).len()), (vec![id.clone()], 1));
    let (code, listed) = call(&site, &later(2), None, &["resend"]);
    assert_eq!((code, codes(&listed)), (Some(0), vec!["M0991".to_owned()]), "it waits, though for nobody");
    assert_eq!(listed["deliveries"], serde_json::json!([]));
    let hook = receiver("204 No Content");
    assert_eq!(call(&site, &later(3), Some(&hook), &["watch"]).0, Some(0));
    assert!(standing(&site).is_empty());
    let told = arrived(&site);
    assert!(told.len() == 2 && told[1].contains("has arrived now: "), "{told:?}");
}

/// The month after went well: the one before is not forgotten for it, nor is its correction.
#[test]
fn every_period_is_looked_at() {
    let (site, first) = failed();
    let hook = receiver("204 No Content");
    site.month("2026-03", 60, 7);
    call(&site, NOW, Some(&hook), &["run", "--period", "2026-03"]);
    assert_eq!(standing(&site), [first]);
    assert_eq!(arrived(&site).len(), 1);
    site.month("2026-02", 80, 7);
    call(&site, NOW, None, &["run", "--period", "2026-02"]);
    let second = messages(&site).into_iter().find(|held| held.0 == "2026-02" && held.2 == 2).unwrap();
    assert_eq!(standing(&site), [second.1], "the first revision is nobody's concern any more");
}

/// A quarter of the past comes after every month in the order of the history, and is no period of the project any more.
#[test]
fn periods_of_another_length_are_looked_at_no_more() {
    let site = Site::new(DELIVERY);
    let months = fs::read_to_string(site.path("manyi.yaml")).unwrap();
    site.write("manyi.yaml", &months.replace("  from: 2026-01\n", "  every: quarter\n"));
    site.month("2026-03", 60, 7);
    fs::rename(site.path("data/2026-03"), site.path("data/2026-Q1")).unwrap();
    assert_eq!(call(&site, NOW, None, &["run", "--period", "2026-Q1"]).0, Some(1));
    let quarter = messages(&site)[0].1.clone();
    assert_eq!(standing(&site), [quarter]);
    site.write("manyi.yaml", &months);
    site.month("2026-04", 60, 7);
    call(&site, NOW, None, &["run", "--period", "2026-04"]);
    let month = messages(&site).into_iter().find(|held| held.0 == "2026-04").unwrap();
    assert_eq!(standing(&site), [month.1]);
}

/// A history of a backup, in which the first revision waits, and the second on the disk: the first must not come after it.
#[test]
fn an_older_history_sends_no_older_revision() {
    let delivery = DELIVERY.replace("{ to: hook, reports: [brief] }", "{ to: board, reports: [brief] }");
    let site = Site::new(&delivery);
    let files = ["history.sqlite", "history.sqlite-wal", "history.sqlite-shm"];
    site.month("2026-01", 60, 7);
    site.write("board", "a file where the folder should be");
    call(&site, NOW, None, &["run", "--period", "2026-01"]);
    assert_eq!(messages(&site)[0].3, "retry");
    for file in files {
        let _ = fs::copy(site.path(file), site.path(&format!("backup-{file}")));
    }
    fs::remove_file(site.path("board")).unwrap();
    site.month("2026-01", 80, 7);
    site.publish("2026-01", &[]);
    for file in files {
        let _ = fs::remove_file(site.path(file));
        let _ = fs::rename(site.path(&format!("backup-{file}")), site.path(file));
    }
    call(&site, &later(1), None, &["run", "--period", "2026-01"]);
    let mut states: Vec<_> = messages(&site).into_iter().map(|held| (held.2, held.3, held.4)).collect();
    states.sort();
    let row = |revision: u64, state: &str, reason: &str| (revision, state.to_owned(), Some(reason.to_owned()));
    assert_eq!(states, [row(1, "failed", "superseded"), row(2, "unknown", "record_lost")]);
    assert!(!site.path("board/brief/2026-01/r1").exists(), "the first came after the second");
}

/// An alarm waits for somebody who is taken off `errors` meanwhile.
#[test]
fn who_hears_of_errors_no_more_gets_no_alarm_that_waits() {
    let delivery = "delivery:
  channels: { board: { kind: folder, path: board }, desk: { kind: folder, path: desk } }
  errors: [board, desk]
";
    let site = Site::new(delivery);
    site.write("desk", "a file where the folder should be");
    assert_eq!(call(&site, NOW, None, &["run", "--period", "2026-01"]).0, Some(1), "there are no data");
    let project = fs::read_to_string(site.path("manyi.yaml")).unwrap();
    site.write("manyi.yaml", &project.replace("errors: [board, desk]", "errors: [board]"));
    fs::remove_file(site.path("desk")).unwrap();
    call(&site, &later(1), None, &["watch"]);
    let (_, printed) = call(&site, NOW, None, &["history", "--deliveries"]);
    let all = printed["deliveries"].as_array().unwrap();
    let desk: Vec<&Value> = all.iter().filter(|held| held["recipient"] == "desk").collect();
    assert_eq!(desk.len(), 1, "{printed:#}");
    assert_eq!((desk[0]["state"].as_str(), desk[0]["reason"]["code"].as_str()), (Some("failed"), Some("no_recipient")));
    assert!(!site.path("desk").exists(), "it was sent");
}

/// What the hint of M0959 offers, the verb has.
#[test]
fn a_verb_waits_for_a_run_if_it_is_told_to() {
    let (site, id) = failed();
    let lock = fs::File::options().read(true).write(true).open(site.path("out/.manyi/run.lock")).unwrap();
    lock.lock().unwrap();
    let (code, printed) = call(&site, &later(2), None, &["settle", &id, "--arrived"]);
    assert_eq!((code, codes(&printed)), (Some(1), vec!["M0959".to_owned()]), "{printed:#}");
    let hint = printed["diagnostics"][0]["hint"].as_str().unwrap();
    assert!(hint.contains("--wait SECONDS") && hint.contains("`settle`"), "{hint}");
    let freed = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_secs(1));
        drop(lock);
    });
    let (code, printed) = call(&site, &later(2), None, &["settle", &id, "--arrived", "--wait", "60"]);
    freed.join().unwrap();
    assert_eq!((code, codes(&printed)), (Some(0), vec![]), "{printed:#}");
}
