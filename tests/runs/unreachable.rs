//! A history in PostgreSQL that is stopped: nothing is published, and somebody is told although the outbox is in the database.

use std::fs;

use super::Site;
use crate::support::postgres::Cluster;

const MORE: &str = "  name: site
  history: { url: \"${env:MANYI_HISTORY}\" }
delivery:
  channels: { board: { kind: folder, path: board } }
  errors: [board]
";

#[test]
fn a_stopped_database_is_told_once_and_so_is_its_return() {
    let Some((cluster, port)) = Cluster::start_on_port(None) else { return };
    let url = format!("postgresql://manyi:{}@localhost:{port}/postgres?sslmode=disable", Cluster::PASSWORD);
    let site = Site::new(MORE);
    for period in ["2026-01", "2026-02"] {
        site.month(period, 60, 7);
    }
    let call = |now: &str, arguments: &[&str]| {
        let done = site.command(now, arguments).env("MANYI_HISTORY", &url).output().unwrap();
        let text = [done.stdout, done.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        assert!(!text.contains(Cluster::PASSWORD) && !text.contains("p@ss"), "{text}");
        (done.status.code(), text)
    };
    let at = |hour: u32| format!("2026-03-02T{hour:02}:00:00+08:00");
    let messages = |kind: &str| -> Vec<String> {
        let folder = site.path("board/alarm").join(kind);
        let mut names: Vec<String> = fs::read_dir(folder)
            .map(|entries| entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect())
            .unwrap_or_default();
        names.sort();
        names
    };
    let (code, text) = call(&at(6), &["run", "--period", "2026-01"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(!site.path("out/.manyi/unreachable.sqlite").exists(), "nothing was to be told");
    let seen = site.seen();

    cluster.stop("fast");
    // The board is blocked: what cannot be sent waits.
    site.write("board", "a file where the folder should be");
    let (code, text) = call(&at(7), &["run", "--period", "2026-02"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("M09"), "{text}");
    assert_eq!(site.seen(), seen, "nothing is published");
    fs::remove_file(site.path("board")).unwrap();
    let (code, text) = call(&at(9), &["watch"]);
    let first = messages("2026-03-02");
    assert_eq!((code, first.len()), (Some(1), 1), "{text}");
    let said =
        fs::read_dir(site.path("board/alarm/2026-03-02").join(&first[0])).unwrap().map(|file| file.unwrap().path());
    let said: String = said.filter_map(|file| fs::read_to_string(file).ok()).collect();
    assert!(said.contains("M09") && said.contains("localhost"), "{said}");
    for arguments in [&["run", "--catch-up"][..], &["watch"], &["serve-schedule", "--rounds", "1"], &["run"]] {
        assert_eq!(call(&at(10), arguments).0, Some(1), "{arguments:?}");
    }
    assert_eq!(messages("2026-03-02"), first, "quiet while it stays so");
    let (_, text) = call(&at(10), &["watch", "--json"]);
    let printed: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(printed["missing"].is_null() && !super::codes(&printed).is_empty(), "{printed:#}");

    cluster.start_again(port);
    let (code, text) = call(&at(11), &["run", "--catch-up"]);
    assert_eq!((code, messages("2026-03-02").len()), (Some(0), 2), "{text}");
    let (code, text) = call(&at(12), &["watch"]);
    assert_eq!((code, messages("2026-03-02").len()), (Some(0), 2), "{text}");
    assert!(site.seen().keys().any(|name| name.starts_with("2026-02/")), "February is published");
    // The second time is another time.
    cluster.stop("fast");
    assert_eq!((call(&at(13), &["watch"]).0, messages("2026-03-02").len()), (Some(1), 3));
}
