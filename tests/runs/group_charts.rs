//! Control charts in documents about groups: each of the group's own periods, with limits of its own, as another program computes them
//! (tests/oracle/control/make_groups.py).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use manyi::analysis::IndicatorChart;
use manyi::diagnostics::Diagnostics;
use manyi::document::material::Subject;
use manyi::metrics::BoundTables;
use manyi::pipeline::batch::measure_subject;
use manyi::pipeline::{self, Measured};
use manyi::runs::Session;
use manyi::runs::scope::Scope;
use serde_json::Value;

use super::Site;

const CONTROL: &str = "  control: { metrics: { csat_top2: p, csat_mean: xmr } }\n";

/// A moment after all of the months.
const NOW: &str = "2027-03-05T06:00:00+08:00";

fn expected() -> Value {
    serde_json::from_str(include_str!("../oracle/control/expected_groups.json")).unwrap()
}

/// A document for each branch that says what is urgent.
fn site(control: &str, expected: &Value) -> Site {
    let site = Site::new(control);
    let project = fs::read_to_string(site.path("manyi.yaml")).unwrap();
    site.write("manyi.yaml", &project.replace("id: brief, pack: brief,", "id: brief, pack: brief, for_each: branch,"));
    site.write(
        "templates/brief/short.md.tera",
        "# {{ project.title }}\n\n{% for one in urgent %}{{ one.kind }}: {{ one.sentence }}\n\n{% endfor %}\n",
    );
    for (month, branches) in expected["answers"].as_object().unwrap() {
        let mut text = "id,day,branch,satisfaction\n".to_owned();
        for (branch, counts) in branches.as_object().unwrap() {
            let [happy, asked] = [0, 1].map(|at| counts[at].as_u64().unwrap());
            for number in 0..asked {
                let score = if number < happy { 5 } else { 2 };
                writeln!(text, "{month}-{branch}-{number},{month}-{:02},{branch},{score}", number % 28 + 1).unwrap();
            }
        }
        site.write(&format!("data/{month}/answers.csv"), &text);
    }
    site
}

/// The charts of each branch in a document of its own.
fn charts(measured: &Measured) -> BTreeMap<String, Vec<IndicatorChart>> {
    let mut diagnostics = Diagnostics::new();
    let metrics = BoundTables::bind(&measured.project, &measured.plugins, &measured.tables, &mut diagnostics).unwrap();
    let segment = measured.indicators.results.segments.iter().find(|held| held.column == "branch").unwrap();
    let branch = |(value, title): &(String, manyi::diagnostics::Localized)| {
        let (column, parameters) = ("branch".to_owned(), BTreeMap::new());
        let subject = Subject { column, value: value.clone(), title: title.clone(), parameters };
        let own = measure_subject((measured, &measured.indicators), &metrics, None, &subject, &mut Diagnostics::new());
        (value.clone(), own.unwrap().controls)
    };
    segment.groups.iter().map(branch).collect()
}

fn check(found: &BTreeMap<String, Vec<IndicatorChart>>, expected: &Value) {
    // Tables print 1.128 for d2 of two; the program takes 2/√π.
    let exact = 1.128 / std::f64::consts::FRAC_2_SQRT_PI;
    let mut fired = 0;
    for wanted in expected["charts"].as_array().unwrap() {
        let (branch, metric) = (wanted["branch"].as_str().unwrap(), wanted["metric"].as_str().unwrap());
        let chart = found[branch].iter().find(|held| held.metric == metric).unwrap();
        let months: Vec<String> = chart.points.iter().map(|point| point.period.to_string()).collect();
        assert_eq!(Value::from(months), wanted["months"], "{branch} {metric}");
        let numbers = |key: &str| -> Vec<f64> {
            wanted[key].as_array().unwrap().iter().map(|held| held.as_f64().unwrap()).collect()
        };
        let scale = if wanted["chart"] == "p" { 1.0 } else { exact };
        let (values, centre, lower, upper) = (numbers("values"), numbers("centre"), numbers("lower"), numbers("upper"));
        for (at, point) in chart.points.iter().enumerate() {
            let limits = point.limits.unwrap();
            let near = |found: f64, wanted: f64| (found - wanted).abs() <= 1e-9 * wanted.abs().max(1.0);
            let scaled = |limit: f64| centre[at] + (limit - centre[at]) * scale;
            let name = format!("{branch} {metric} {}: {point:?}", point.period);
            assert!(near(point.value, values[at]) && near(limits.centre, centre[at]), "{name}");
            assert!(near(limits.lower, scaled(lower[at])) && near(limits.upper, scaled(upper[at])), "{name}");
            for (rule, places) in wanted["signals"].as_object().unwrap() {
                let fires = point.rules.iter().any(|held| serde_json::to_value(held).unwrap() == rule.as_str());
                assert_eq!(fires, places.as_array().unwrap().contains(&at.into()), "{rule} of {name}");
                fired += usize::from(fires);
            }
        }
    }
    assert!(fired > 5, "{fired}");
}

/// All months at once, as `manyi build` sees them, and the last month with what the history has of the others.
#[test]
fn charts_of_groups_are_those_of_another_program() {
    let expected = expected();
    let site = site(CONTROL, &expected);
    let mut diagnostics = Diagnostics::new();
    check(&charts(&pipeline::measure(site.root(), &mut diagnostics).unwrap()), &expected);

    let months: Vec<&String> = expected["answers"].as_object().unwrap().keys().collect();
    let (last, earlier) = months.split_last().unwrap();
    for month in earlier {
        let done = site.call(NOW, &["run", "--period", month, "--json"]);
        assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stdout));
        fs::remove_dir_all(site.path("data").join(month)).unwrap();
    }
    let now = chrono::DateTime::parse_from_rfc3339(NOW).unwrap().to_utc();
    let session = Session::open(site.root(), None, &mut diagnostics).unwrap();
    let mut history = session.history(false, now, &mut diagnostics).unwrap();
    let period = last.parse().unwrap();
    let scope = Scope::of(&session.project, period, Some(&mut history), &mut diagnostics).unwrap();
    let measured = scope.measure(site.root(), &mut diagnostics).unwrap();
    assert_eq!(measured.indicators.survey().results.waves, [last.as_str()], "only the last month is read");
    check(&charts(&measured), &expected);
    drop(history);

    let done = site.call(NOW, &["run", "--period", last, "--json"]);
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stdout));
    // What Markdown would take for markup is escaped.
    let text = |branch: &str| {
        let folder = site.path("out").join(last).join("brief").join(branch);
        let mut files = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path());
        let file = files.find(|file| file.extension().is_some_and(|end| end == "md")).unwrap();
        fs::read_to_string(file).unwrap().replace('\\', "")
    };
    for (branch, side, kind, periods) in [("North", "upper", "control_improved", 14), ("South", "lower", "control", 13)]
    {
        let charts = expected["charts"].as_array().unwrap().iter();
        let mut chart = charts.filter(|held| held["branch"] == branch && held["metric"] == "csat_top2");
        let chart = chart.next().unwrap();
        let newest = |key: &str| format!("{:.1}", chart[key].as_array().unwrap().last().unwrap().as_f64().unwrap());
        let (centre, lower, upper) = (newest("centre"), newest("lower"), newest("upper"));
        let limit =
            format!("the {side} control limit of {}% (centre {centre}, limits {lower} to {upper}", newest(side));
        let wanted = format!("{limit}, from the {periods} periods");
        let text = text(branch);
        assert!(text.contains(&format!("{kind}: ")) && text.contains(&wanted), "{wanted}: {text}");
    }
    assert!(!text("East").contains("control limit"), "{}", text("East"));
}

/// South and East may not be shown in May: no point, and no part of the limits. Too few periods have none.
#[test]
fn what_is_hidden_is_no_point_and_no_part_of_limits() {
    let expected = expected();
    let of = |control: &str| {
        let site = site(control, &expected);
        charts(&pipeline::measure(site.root(), &mut Diagnostics::new()).unwrap())
    };
    let all = of(CONTROL);
    let few = of(&CONTROL.replace("xmr }", "xmr }, least: 14"));
    for (branch, points) in [("North", 14), ("South", 13), ("East", 13)] {
        for chart in &all[branch] {
            assert_eq!((chart.points.len(), chart.baseline.unwrap().periods), (points, points), "{branch}");
            let shown = chart.points.iter().any(|point| point.period.to_string() == "2026-05");
            assert_eq!(shown, branch == "North");
        }
        assert!(few[branch].iter().all(|chart| chart.baseline.is_some() == (points == 14)), "{branch}");
    }
}
