#![allow(clippy::unwrap_used)]
//! The history against a file in memory: what goes in comes out, and what is hidden never goes in.

use super::*;
use crate::metrics::{Reason, Unit};
use crate::runs::database::{Queries as _, Value};
use crate::runs::numbers::{FindingRecord, InputRecord, MetricRecord, Numbers};

fn runs() -> RawRuns {
    serde_json::from_value(serde_json::json!({ "timezone": "UTC" })).unwrap()
}

fn now() -> DateTime<Utc> {
    "2026-12-01T06:00:00Z".parse().unwrap()
}

fn estimate(metric: &str, group: Option<(&str, &str)>, value: Option<f64>) -> EstimateRecord {
    EstimateRecord {
        metric: metric.into(),
        module: "csat".into(),
        segment: group.map(|(column, value)| (column.to_owned(), value.to_owned())).into_iter().collect(),
        n: value.map(|_| 120),
        n_weighted: value.map(|_| 118.5),
        n_eff: value.map(|_| 99.25),
        estimate: value,
        se: value.map(|_| 1.5),
        ci: value.map(|value| [value - 3.0, value + 3.0]),
        df: value.map(|_| 119.0),
        unit: Unit::Percent,
        base: "asked".into(),
        suppressed: value.is_none(),
        flagged: false,
        reason: value.is_none().then_some(Reason::SmallBase),
    }
}

fn numbers(period: &str, value: f64) -> Numbers {
    Numbers {
        period: period.parse().unwrap(),
        inputs: vec![InputRecord { file: "data/a.csv".into(), sha256: "ab".into(), rows: 130 }],
        answers: 128,
        newest: "2026-11-29".parse().ok(),
        tables: Vec::new(),
        metrics: vec![MetricRecord {
            id: "satisfied".into(),
            module: "csat".into(),
            title: "满意率".into(),
            unit: Unit::Percent,
            better: None,
        }],
        estimates: vec![
            estimate("satisfied", None, Some(value)),
            estimate("satisfied", Some(("branch", "A;B=\\C")), Some(value + 1.0)),
            estimate("satisfied", Some(("branch", "D")), None),
        ],
        findings: vec![FindingRecord {
            id: "below_target:satisfied".into(),
            kind: "below_target".into(),
            metric: Some("satisfied".into()),
            group: None,
            severity: "high".into(),
            value: Some(value),
            gap: Some(4.0),
            rule: None,
        }],
        charts: Vec::new(),
        content: String::new(),
        own_content: String::new(),
        survey_content: String::new(),
        read_with: Vec::new(),
    }
}

#[test]
fn what_was_recorded_is_read_back_and_recording_twice_changes_nothing() {
    let mut history = History::open(&Place::Memory, &runs(), now()).unwrap();
    let first = numbers("2026-11", 71.0);
    assert!(history.record(&first, 1, "f1", &["plan".into()], now()).unwrap());
    assert!(!history.record(&first, 1, "f1", &["plan".into()], now()).unwrap());
    assert!(history.record(&numbers("2026-12", 74.0), 1, "f2", &["plan".into()], now()).unwrap());
    assert!(history.record(&numbers("2026-11", 72.5), 2, "f3", &["plan".into()], now()).unwrap());

    let listed = history.releases().unwrap();
    let keys: Vec<(String, u32)> = listed.iter().map(|held| (held.period.to_string(), held.revision)).collect();
    assert_eq!(keys, [("2026-11".into(), 1), ("2026-11".into(), 2), ("2026-12".into(), 1)]);
    let mut wanted = first.clone();
    wanted.findings.clear();
    assert_eq!(history.numbers(&listed[0]).unwrap(), wanted);

    let series = history.series("satisfied", &IndexMap::new()).unwrap();
    let values: Vec<(String, Option<f64>)> =
        series.iter().map(|entry| (entry.period.to_string(), entry.estimate.estimate)).collect();
    assert_eq!(values, [("2026-11".into(), Some(72.5)), ("2026-12".into(), Some(74.0))]);
    let odd = segment_of(&segment_text(&first.estimates[1].segment));
    assert_eq!(odd, first.estimates[1].segment);
    assert_eq!(history.series("satisfied", &odd).unwrap().len(), 2);
}

/// The total and the groups of the columns that are asked for, of the newest releases; `branch` is not `branch_old`.
#[test]
fn the_series_of_all_groups_are_read_at_once() {
    let mut history = History::open(&Place::Memory, &runs(), now()).unwrap();
    let with = |period: &str, value: f64| {
        let mut numbers = numbers(period, value);
        numbers.estimates.push(estimate("satisfied", Some(("branch_old", "A")), Some(1.0)));
        numbers.estimates.push(estimate("loyal", None, Some(2.0)));
        numbers
    };
    history.record(&with("2026-12", 74.0), 1, "f2", &[], now()).unwrap();
    history.record(&with("2026-11", 71.0), 1, "f1", &[], now()).unwrap();
    history.record(&with("2026-11", 72.5), 2, "f3", &[], now()).unwrap();
    let releases: Vec<Listed> = history.newest().unwrap().into_values().collect();
    let mut read = |metrics: &[&str], columns: &[&str], releases: &[Listed]| -> Vec<(String, String, Option<f64>)> {
        let found = history.series_of(metrics, columns, releases).unwrap();
        let one = |held: Entry| (held.period.to_string(), segment_text(&held.estimate.segment), held.estimate.estimate);
        let mut all: Vec<_> = found.into_iter().map(one).collect();
        all.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
        all
    };
    let group = segment_text(&numbers("2026-11", 0.0).estimates[1].segment);
    let of = |period: &str, group: &str, value: Option<f64>| (period.to_owned(), group.to_owned(), value);
    let totals = [of("2026-11", "", Some(72.5)), of("2026-12", "", Some(74.0))];
    assert_eq!(read(&["satisfied"], &[], &releases), totals);
    let wanted = [
        of("2026-11", "", Some(72.5)),
        of("2026-11", &group, Some(73.5)),
        of("2026-11", "branch=D", None),
        of("2026-12", "", Some(74.0)),
        of("2026-12", &group, Some(75.0)),
        of("2026-12", "branch=D", None),
    ];
    assert_eq!(read(&["satisfied"], &["branch"], &releases), wanted);
    assert_eq!(read(&["satisfied", "loyal"], &["branch", "branch_old"], &releases[..1]).len(), 5);
    assert_eq!(read(&["satisfied"], &["branch"], &[]), []);
    assert_eq!(read(&[], &["branch"], &releases), []);
}

#[test]
fn a_hidden_estimate_has_no_number_anywhere() {
    let hidden = crate::metrics::Estimate { suppressed: true, ..crate::metrics::Estimate::percent_of(12.5, 3.0, 7) };
    let record = EstimateRecord::of(&hidden);
    assert_eq!((record.n, record.n_eff, record.estimate, record.se, record.ci), (None, None, None, None, None));
    let text = serde_json::to_string(&record).unwrap();
    assert!(!text.contains("12.5") && !text.contains('7'), "{text}");

    let mut history = History::open(&Place::Memory, &runs(), now()).unwrap();
    history.record(&numbers("2026-11", 71.0), 1, "f1", &[], now()).unwrap();
    let columns = "n, n_weighted, n_eff, estimate, se, ci_low, ci_high, df";
    let sql = format!("SELECT {columns} FROM release_estimates WHERE suppressed = 1");
    let rows = history.database().query(&sql, &[]).unwrap();
    assert_eq!(rows.len(), 1);
    assert!(rows[0].values().iter().all(|value| *value == Value::Null));
}

#[test]
fn an_export_holds_every_estimate() {
    let mut history = History::open(&Place::Memory, &runs(), now()).unwrap();
    history.record(&numbers("2026-11", 71.0), 1, "f1", &[], now()).unwrap();
    let all = history.everything().unwrap();
    let csv = String::from_utf8(export::csv(&all).unwrap()).unwrap();
    assert_eq!(csv.lines().count(), 4);
    assert!(csv.starts_with("\u{feff}period,revision,metric"));
    let parquet = bytes_of(&export::parquet(&all).unwrap());
    assert_eq!(parquet, (3, 18));
}

/// Rows and columns of a Parquet file.
fn bytes_of(bytes: &[u8]) -> (i64, usize) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.parquet");
    std::fs::write(&path, bytes).unwrap();
    let reader = parquet::file::reader::SerializedFileReader::new(std::fs::File::open(&path).unwrap()).unwrap();
    let metadata = parquet::file::reader::FileReader::metadata(&reader).file_metadata();
    (metadata.num_rows(), metadata.schema_descr().num_columns())
}

fn attempt(at: &str, outcome: &str) -> Attempt {
    Attempt {
        period: "2026-11".parse().unwrap(),
        started_at: at.into(),
        ended_at: at.into(),
        outcome: outcome.into(),
        revision: None,
        codes: Vec::new(),
    }
}

/// A clock was ahead, and was put right.
#[test]
fn what_was_recorded_last_counts_whatever_the_clock_said() {
    let mut history = History::open(&Place::Memory, &runs(), now()).unwrap();
    history.note_attempt(&attempt("2026-12-20T06:00:00Z", "failed")).unwrap();
    assert_eq!(history.stopped().unwrap().len(), 1);
    history.note_attempt(&attempt("2026-12-01T06:00:00Z", "published")).unwrap();
    assert!(history.stopped().unwrap().is_empty());
    assert_eq!(history.attempts(1).unwrap()[0].outcome, "published");

    let ahead = now() + chrono::TimeDelta::days(20);
    history.record(&numbers("2026-11", 71.0), 1, "f1", &[], ahead).unwrap();
    history.record(&numbers("2026-10", 70.0), 1, "f2", &[], now()).unwrap();
    let listed = history.releases().unwrap();
    assert!(listed[0].recorded() > listed[1].recorded(), "{listed:?}");
}

/// What earlier versions wrote has the order of its times, before everything that comes now.
#[test]
fn a_history_of_an_earlier_version_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::File(folder.path().join("history.sqlite"));
    let mut old = Database::open(&place).unwrap();
    old.migrate(tables::COMPONENT, &tables::STEPS[..1], now()).unwrap();
    for (at, outcome) in [("2026-12-20T06:00:00Z", "failed"), ("2026-12-01T06:00:00Z", "published")] {
        let sql = "INSERT INTO attempts (project, period, started_at, process, ended_at, outcome, revision, codes)
            VALUES ('project', '2026-11', $1, 1, $2, $3, NULL, '')";
        old.execute(sql, &[at.into(), at.into(), outcome.into()]).unwrap();
    }
    drop(old);
    let mut history = History::open(&place, &runs(), now()).unwrap();
    assert_eq!(history.stopped().unwrap().len(), 1);
    history.note_attempt(&attempt("2026-11-30T06:00:00Z", "published")).unwrap();
    assert!(history.stopped().unwrap().is_empty());
}
