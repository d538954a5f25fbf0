//! The history of a team in PostgreSQL: two projects share it, and a run does with it what it does with a file.

use std::process::Command;

use manyi::runs::database::{Database, Place};
use serde_json::Value;

use super::{NOW, Site, codes};
use crate::support::postgres::Cluster;

#[test]
fn two_projects_share_a_database() {
    let Some(cluster) = Cluster::start() else { return };
    let url = cluster.url(Cluster::PASSWORD, "postgres");
    let call = |site: &Site, arguments: &[&str]| {
        let mut command: Command = site.command(NOW, arguments);
        let done = command.env("MANYI_HISTORY", &url).arg("--json").output().unwrap();
        let text = String::from_utf8_lossy(&done.stdout).into_owned();
        assert!(!text.contains(Cluster::PASSWORD), "{text}");
        (done.status.code(), serde_json::from_str::<Value>(&text).unwrap())
    };
    let sites = ["north", "south"].map(|name| {
        let site = Site::new(&format!("  name: {name}\n  history: {{ url: \"${{env:MANYI_HISTORY}}\" }}\n"));
        site.month("2026-01", 60, 7);
        site.month("2026-02", 60, 6);
        site
    });
    // A look at what a timer would do makes no tables.
    let place = Place::server(&url).unwrap();
    let has_tables = || Database::open(&place).unwrap().has_table("releases").unwrap();
    let (_, looked) = call(&sites[0], &["run", "--catch-up", "--dry-run"]);
    assert_eq!((&looked["runs"][0]["period"], &looked["runs"][0]["because"]), (&"2026-01".into(), &"due".into()));
    assert!(!has_tables());
    for site in &sites {
        for period in ["2026-01", "2026-02"] {
            let (code, printed) = call(site, &["run", "--period", period]);
            assert_eq!((code, printed["runs"][0]["outcome"].as_str()), (Some(0), Some("published")), "{printed:#}");
        }
        let (_, again) = call(site, &["run", "--period", "2026-02"]);
        assert_eq!(again["runs"][0]["outcome"], "unchanged", "{again:#}");
        let (_, printed) = call(site, &["history"]);
        assert_eq!(printed["releases"].as_array().unwrap().len(), 2, "{printed:#}");
    }
    assert!(has_tables());
    sites[0].month("2026-01", 60, 5);
    let (_, printed) = call(&sites[0], &["run", "--period", "2026-01"]);
    assert_eq!((printed["runs"][0]["revision"].as_u64(), codes(&printed)), (Some(2), vec!["M0973".to_owned()]));
    let series = |site: &Site| call(site, &["history", "csat_top2"]).1["series"][0]["estimate"].as_f64();
    assert_eq!((series(&sites[0]), series(&sites[1])), (Some(50.0), Some(70.0)));

    // Without the address nothing is run, and nothing is published.
    let (code, printed) = sites[1].run("2026-02", &["--force"]);
    assert_eq!((code, codes(&printed)), (Some(1), vec!["M0976".to_owned()]), "{printed:#}");
}
