//! A run whose template takes all memory or all time: the release before stands as it was, somebody is told, the history knows, and
//! the run after the repair publishes.

use std::fs;

use serde_json::Value;

use super::{NOW, Site, codes};

const DELIVERY: &str = "delivery:
  channels: { board: { kind: folder, path: board } }
  errors: [board]
";

const DOUBLING: &str =
    "{% set x = \"ab\" %}{% for i in range(end=60) %}{% set_global x = x ~ x %}{% endfor %}{{ x | length }}\n";
const ENDLESS: &str = "{% for a in range(end=100000) %}{% for b in range(end=100000) %}{% endfor %}{% endfor %}\n";

fn history(site: &Site, more: &str) -> Value {
    serde_json::from_slice(&site.call(NOW, &["history", "--json", more]).stdout).unwrap()
}

#[test]
fn a_template_that_takes_too_much_fails_the_run_and_nothing_else() {
    for (text, code, limits) in [(DOUBLING, "M0568", ""), (ENDLESS, "M0569", "limits: { seconds: 5 }\n")] {
        let site = Site::new(&format!("{DELIVERY}{limits}"));
        site.month("2026-01", 60, 7);
        site.publish("2026-01", &[]);
        let (seen, good) = (site.seen(), fs::read_to_string(site.path("templates/brief/short.md.tera")).unwrap());
        site.write("templates/brief/short.md.tera", text);
        let (exit, printed) = site.run("2026-01", &[]);
        assert_eq!((exit, printed["runs"][0]["outcome"].as_str()), (Some(1), Some("failed")), "{printed:#}");
        assert_eq!(codes(&printed), [code], "{printed:#}");
        let found = printed["diagnostics"].as_array().unwrap().iter().find(|found| found["code"] == code).unwrap();
        assert_eq!(found["location"]["file"], "templates/brief/short.md.tera");
        assert_eq!(site.seen(), seen, "the release before stands as it was");
        assert!(!site.path("out/releases/2026-01/r2").exists());
        // Somebody is told, once, and the history knows why.
        assert_eq!(site.run("2026-01", &[]).0, Some(1));
        let told = history(&site, "-q");
        let deliveries = told["deliveries"].as_array().unwrap();
        assert_eq!(deliveries.len(), 1, "{told:#}");
        assert_eq!(deliveries[0]["state"], "sent", "{told:#}");
        let attempts = history(&site, "--attempts");
        let last = attempts["attempts"].as_array().unwrap().iter().find(|held| held["outcome"] == "failed").unwrap();
        assert_eq!(last["codes"][0], code, "{attempts:#}");
        // The repair is all it takes.
        site.write("templates/brief/short.md.tera", &format!("{good}\nrepaired\n"));
        assert_eq!(site.publish("2026-01", &[])["revision"], 2);
    }
}

/// What another limit allows is no other document: nothing is run again for it.
#[test]
fn limits_change_no_release() {
    let site = Site::new("");
    site.month("2026-01", 60, 7);
    site.publish("2026-01", &[]);
    let project = fs::read_to_string(site.path("manyi.yaml")).unwrap();
    site.write("manyi.yaml", &format!("{project}limits: {{ memory_mb: 1024, seconds: 60 }}\n"));
    assert_eq!(site.run("2026-01", &[]).1["runs"][0]["outcome"], "unchanged");
    site.write("manyi.yaml", &format!("{project}limits: {{ memory_mb: 1, seconds: 0 }}\n"));
    let (code, printed) = site.run("2026-01", &[]);
    assert_eq!((code, codes(&printed)), (Some(1), vec!["M0128".to_owned(); 2]), "{printed:#}");
}
