//! Operational tables beside the survey, columns looked up in them, and brands rated side by side, from the project file to
//! the numbers. Expected values are worked out by hand in the comments.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{close, find, manyi, metrics};

const PROJECT: &str = "manyi: 1
project: { title: Branches, lang: en, date: \"2026-11-30\" }
data:
  sources: [{ file: answers.csv }]
  wave: { column: wave }
columns:
  wave: { type: single }
  branch: { type: single }
  member: { type: text }
  satisfied: { type: boolean }
  visits: { type: number, lookup: { table: purchases, key: member, on: card, take: count } }
segments: [branch]
tables:
  tickets:
    title: { zh-CN: 工单, en: Service tickets }
    data: { sources: [{ file: tickets.csv }], id: ticket, wave: { column: opened, by: month } }
    columns:
      ticket: { type: text }
      opened: { type: date }
      branch: { type: single }
      hours: { type: number }
      possible: { type: number }
    segments: [branch]
  purchases:
    data: { sources: [{ file: purchases.csv }] }
    columns: { card: { type: text }, amount: { type: number } }
  ratings:
    data:
      sources: [{ file: answers.csv }]
      wave: { column: wave }
      stack: { into: brand, rows: { us: { stars: stars_us }, rival: { stars: stars_rival } } }
      design: { cluster: member }
    columns:
      wave: { type: single }
      member: { type: text }
      brand: { type: single, labels: { us: us, rival: rival } }
      stars: { type: number, from: stars, range: [1, 5] }
    segments: [brand]
plugins:
  survey-part: { inputs: { satisfied: satisfied, visits: visits } }
  ticket-part: { inputs: { hours: hours } }
  purchase-part: { inputs: { amount: amount } }
  brand-part: { table: ratings, inputs: { stars: stars } }
settings: { suppress_below: 0, flag_below: 0 }
";

const ANSWERS: &str = "wave,branch,member,satisfied,stars_us,stars_rival
2026-10,north,a,1,4,3
2026-10,south,b,0,5,5
2026-11,north,a,1,4,2
2026-11,north,b,1,5,4
2026-11,south,c,0,3,3
2026-11,south,d,1,4,1
";

const TICKETS: &str = "ticket,opened,branch,hours
t1,2026-10-03,north,10
t2,2026-10-20,north,30
t3,2026-11-02,north,20
t4,2026-11-05,west,40
t5,2026-11-09,west,5
t6,2026-12-01,west,1
";

const PURCHASES: &str = "card,amount\na,10\na,30\nc,5\n";

fn plugin(id: &str, table: &str, input: &str, metric: &str) -> String {
    format!(
        "manifest: 1\nid: {id}\nversion: 1.0.0\ntitle: {{ zh-CN: 甲, en: A }}\n{table}inputs:\n{input}\nmetrics:\n{metric}\n"
    )
}

fn project(text: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("manyi.yaml", text);
    write("answers.csv", ANSWERS);
    write("tickets.csv", TICKETS);
    write("purchases.csv", PURCHASES);
    let plugins = [
        (
            "survey-part",
            "",
            "  satisfied: { type: boolean }\n  visits: { type: number }",
            "  - { id: satisfaction, title: Satisfied, estimator: proportion, of: satisfied }
  - { id: visits_mean, title: Visits, estimator: mean, of: visits }",
        ),
        (
            "ticket-part",
            "table: tickets\n",
            "  hours: { type: number }\n  possible: { type: number, optional: true }",
            "  - { id: in_a_day, title: Within a day, estimator: proportion, of: hours <= 24 }
  - { id: spread, title: Spread, estimator: mean, of: \"row_max(hours, possible) - row_min(hours, possible)\" }",
        ),
        (
            "purchase-part",
            "table: purchases\n",
            "  amount: { type: number }",
            "  - { id: basket, title: Basket, estimator: mean, of: amount }",
        ),
        (
            "brand-part",
            "table: brand_ratings\n",
            "  stars: { type: number }",
            "  - { id: stars, title: Stars, estimator: mean, of: stars }",
        ),
    ];
    for (id, table, input, metric) in plugins {
        write(&format!("plugins/{id}/plugin.yaml"), &plugin(id, table, input, metric));
    }
    folder
}

fn without_possible() -> String {
    PROJECT.replace("      possible: { type: number }\n", "")
}

fn estimate(results: &Value, metric: &str, wave: &str, segment: Option<(&str, &str)>) -> f64 {
    find(results, metric, Some(wave), segment)["estimate"].as_f64().unwrap()
}

#[test]
fn every_plugin_is_computed_from_its_own_table() {
    let folder = project(&without_possible());
    let results = metrics(folder.path());
    // The only ticket of December has a value and no standard error.
    assert!(find(&results, "in_a_day", Some("2026-12"), None)["se"].is_null());
    assert!(close(estimate(&results, "satisfaction", "2026-11", None), 75.0, 1e-12));
    // Two of the three tickets of November took longer than a day or not: 20 and 5 hours did not, 40 did.
    assert!(close(estimate(&results, "in_a_day", "2026-11", None), 200.0 / 3.0, 1e-12));
    assert!(close(estimate(&results, "in_a_day", "2026-11", Some(("branch", "west"))), 50.0, 1e-12));
    assert!(close(estimate(&results, "in_a_day", "2026-10", None), 50.0, 1e-12));
    // A wave that the survey does not have stays in the numbers.
    assert!(close(estimate(&results, "in_a_day", "2026-12", None), 100.0, 1e-12));
    // A table without waves counts to the newest wave of the survey.
    assert!(close(estimate(&results, "basket", "2026-11", None), 15.0, 1e-12));
    // Member a bought twice, b never, c once, d never.
    assert!(close(estimate(&results, "visits_mean", "2026-11", None), 0.75, 1e-12));
    // The item that no column feeds leaves its row functions: a single value has no spread.
    assert!(close(estimate(&results, "spread", "2026-11", None), 0.0, 1e-12));
    let codes: Vec<&str> =
        results["diagnostics"].as_array().unwrap().iter().map(|found| found["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["M0339", "M0337"]);
}

#[test]
fn brands_rated_by_the_same_people_are_compared_in_pairs() {
    let folder = project(&without_possible());
    let measured = manyi::pipeline::measure(folder.path(), &mut manyi::diagnostics::Diagnostics::new()).unwrap();
    let results = &measured.indicators.results;
    let us = results.find("stars", Some("2026-11"), Some(("brand", "us"))).unwrap();
    assert!(close(us.estimate.unwrap(), 4.0, 1e-12));
    let found = results.group_differences.iter().find(|held| held.metric == "stars").unwrap();
    // Differences of the four people: 2, 1, 0, 3. Mean 1.5, variance 5/3, standard error sqrt(5/3 / 4).
    assert!(close(found.delta, 1.5, 1e-12));
    assert!(close(found.se, (5.0_f64 / 12.0).sqrt(), 1e-12));
}

#[test]
fn explain_follows_a_metric_to_its_table() {
    let folder = project(&without_possible());
    let output = manyi().arg("explain").arg("in_a_day").arg(folder.path()).args(["--lang", "en"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("tickets.csv") && !text.contains("answers.csv"), "{text}");
}

#[test]
fn mistakes_about_tables_are_named_at_their_place() {
    let codes = |text: &str| -> Vec<(String, String)> {
        let folder = project(text);
        let output = manyi().arg("check").arg(folder.path()).arg("--json").output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let found: Value = serde_json::from_slice(&output.stdout).unwrap();
        let errors = found["diagnostics"].as_array().unwrap().iter().filter(|found| found["level"] == "error");
        errors
            .map(|found| (found["code"].as_str().unwrap().to_owned(), found["key_path"].as_str().unwrap().to_owned()))
            .collect()
    };
    let error = |code: &str, path: &str| vec![(code.to_owned(), path.to_owned())];
    assert_eq!(codes(PROJECT), error("M0200", "tables.tickets.columns.possible"));
    let text = without_possible();
    assert_eq!(codes(&text.replace("table: ratings, ", "")), error("M0335", "plugins.brand-part"));
    assert_eq!(codes(&text.replace("table: ratings, ", "table: rating, ")), error("M0335", "plugins.brand-part.table"));
    assert_eq!(codes(&text.replace("id: ticket,", "id: tickt,")), error("M0121", "tables.tickets.data.id"));
    assert_eq!(codes(&text.replace("  purchases:\n", "  responses:\n"))[0], error("M0132", "tables.responses")[0]);
    assert_eq!(
        codes(&text.replace("stars_rival }", "stars_rivals }")),
        error("M0243", "tables.ratings.data.stack.rows.rival.stars")
    );
}
