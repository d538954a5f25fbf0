//! Index hierarchies, retention, concentration and integrity against R and Python; `README.md` here says who computed what.
//! Closed forms agree to 1e-9, relative.

mod weights;

use std::fs;
use std::path::PathBuf;

use manyi::models::concentration::{Concentration, Rule, concentration};
use manyi::models::funnel::{Funnel, FunnelLevels, FunnelSignal, binomial_limits, mean_funnel, share_funnel};
use manyi::models::integrity::{BurstRule, StraightLineRule, bursts, duplicates, speeding, straight_lines};
use manyi::models::lifetime::{Timing, customer_value};
use manyi::models::logrank::log_rank;
use manyi::models::retention::{SurvivalInterval, SurvivalVariance, kaplan_meier};
use manyi::models::wilson::weighted_share;
use serde_json::Value;

use crate::support;

fn folder() -> PathBuf {
    support::root().join("tests/oracle/hierarchy")
}

fn expected(name: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(folder().join(name)).unwrap()).unwrap()
}

/// A CSV file by columns.
struct Columns(Vec<(String, Vec<String>)>);

impl Columns {
    fn load(name: &str) -> Self {
        let mut reader = csv::Reader::from_path(folder().join(name)).unwrap();
        let mut columns: Vec<(String, Vec<String>)> =
            reader.headers().unwrap().iter().map(|name| (name.to_owned(), Vec::new())).collect();
        for record in reader.records().map(Result::unwrap) {
            columns.iter_mut().zip(&record).for_each(|(column, cell)| column.1.push(cell.to_owned()));
        }
        Self(columns)
    }

    fn text(&self, name: &str) -> &[String] {
        &self.0.iter().find(|column| column.0 == name).unwrap().1
    }

    /// Empty cells are `None`.
    fn optional(&self, name: &str) -> Vec<Option<f64>> {
        self.text(name).iter().map(|cell| (!cell.is_empty()).then(|| cell.parse().unwrap())).collect()
    }

    fn numbers(&self, name: &str) -> Vec<f64> {
        self.optional(name).into_iter().map(Option::unwrap).collect()
    }

    fn flags(&self, name: &str) -> Vec<bool> {
        self.numbers(name).iter().map(|value| *value == 1.0).collect()
    }
}

/// Collects what differs and counts what was compared.
#[derive(Default)]
struct Comparison {
    compared: usize,
    wrong: Vec<String>,
}

impl Comparison {
    fn number(&mut self, what: &str, wanted: &Value, found: f64) {
        self.optional(what, wanted, Some(found));
    }

    /// Null is expected to be no number.
    fn optional(&mut self, what: &str, wanted: &Value, found: Option<f64>) {
        self.compared += 1;
        let same = match (wanted.as_f64(), found) {
            (Some(wanted), Some(found)) => support::close(wanted, found, 1e-9),
            (None, None) => true,
            _ => false,
        };
        if !same {
            self.wrong.push(format!("{what}: expected {wanted}, found {found:?}"));
        }
    }

    fn numbers(&mut self, what: &str, wanted: &Value, found: impl IntoIterator<Item = f64>) {
        self.optionals(what, wanted, found.into_iter().map(Some));
    }

    fn optionals(&mut self, what: &str, wanted: &Value, found: impl IntoIterator<Item = Option<f64>>) {
        let found: Vec<Option<f64>> = found.into_iter().collect();
        let wanted = wanted.as_array().unwrap_or_else(|| panic!("no numbers for {what}"));
        assert_eq!(wanted.len(), found.len(), "{what}");
        for (place, (wanted, found)) in wanted.iter().zip(found).enumerate() {
            self.optional(&format!("{what} {place}"), wanted, found);
        }
    }

    fn finish(self, least: usize) {
        let Self { compared, wrong } = self;
        assert!(compared >= least, "only {compared} numbers were compared");
        assert!(wrong.is_empty(), "{} of {compared} numbers differ:\n{}", wrong.len(), wrong.join("\n"));
    }
}

#[test]
fn survival_agrees_with_r() {
    let (expected, data) = (expected("expected_r.json"), Columns::load("customers.csv"));
    let (times, lost, weights) = (data.numbers("time"), data.flags("lost"), data.numbers("weight"));
    let equal = vec![1.0; times.len()];
    let mut comparison = Comparison::default();
    for (name, weights, scale, variance) in [
        ("equal_loglog", &equal, SurvivalInterval::LogLog, SurvivalVariance::Greenwood),
        ("equal_plain", &equal, SurvivalInterval::Plain, SurvivalVariance::Greenwood),
        ("weighted_loglog", &weights, SurvivalInterval::LogLog, SurvivalVariance::Jackknife),
        ("weighted_plain", &weights, SurvivalInterval::Plain, SurvivalVariance::Jackknife),
    ] {
        let wanted = &expected["curves"][name];
        let found = kaplan_meier(&times, &lost, weights, scale, 0.95).unwrap();
        assert_eq!(found.variance, variance);
        let steps = || found.steps.iter();
        comparison.numbers(name, &wanted["time"], steps().map(|step| step.time));
        comparison.numbers(name, &wanted["at_risk"], steps().map(|step| step.at_risk));
        comparison.numbers(name, &wanted["lost"], steps().map(|step| step.lost));
        comparison.numbers(name, &wanted["survival"], steps().map(|step| step.survival));
        comparison.optionals(&format!("{name} se"), &wanted["se"], steps().map(|step| step.standard_error));
        let limits = |step: &manyi::models::retention::SurvivalStep| step.interval;
        let lower = steps().map(|step| limits(step).map(|limits| limits.lower));
        comparison.optionals(&format!("{name} lower"), &wanted["lower"], lower);
        let upper = steps().map(|step| limits(step).map(|limits| limits.upper));
        comparison.optionals(&format!("{name} upper"), &wanted["upper"], upper);

        let given = &wanted["given"];
        for (place, time) in given["time"].as_array().unwrap().iter().enumerate() {
            let step = found.at(time.as_f64().unwrap()).unwrap();
            comparison.number(name, &given["survival"][place], step.survival);
            comparison.optional(name, &given["lower"][place], limits(step).map(|limits| limits.lower));
            comparison.optional(name, &given["upper"][place], limits(step).map(|limits| limits.upper));
        }
        let quantiles = &wanted["quantiles"];
        for (place, probability) in quantiles["probability"].as_array().unwrap().iter().enumerate() {
            let probability = probability.as_f64().unwrap();
            let (lower, upper) = found.quantile_interval(probability);
            let what = format!("{name} quantile {probability}");
            comparison.optional(&what, &quantiles["time"][place], found.quantile(probability));
            comparison.optional(&what, &quantiles["lower"][place], lower);
            comparison.optional(&what, &quantiles["upper"][place], upper);
        }
    }
    comparison.finish(500);
}

#[test]
fn the_log_rank_test_agrees_with_r() {
    let (expected, data) = (expected("expected_r.json"), Columns::load("customers.csv"));
    let mut comparison = Comparison::default();
    for (name, kept) in [("abc", "abc"), ("ab", "ab")] {
        let rows: Vec<usize> =
            (0..data.text("group").len()).filter(|row| kept.contains(&data.text("group")[*row])).collect();
        let times: Vec<f64> = rows.iter().map(|row| data.numbers("time")[*row]).collect();
        let lost: Vec<bool> = rows.iter().map(|row| data.flags("lost")[*row]).collect();
        let groups: Vec<usize> = rows.iter().map(|row| kept.find(&data.text("group")[*row]).unwrap()).collect();
        let found = log_rank(&times, &lost, &groups).unwrap();
        let wanted = &expected["tests"][name];
        comparison.numbers(name, &wanted["observed"], found.groups.iter().map(|group| group.observed));
        comparison.numbers(name, &wanted["expected"], found.groups.iter().map(|group| group.expected));
        comparison.number("statistic", &wanted["statistic"], found.statistic);
        comparison.number("degrees", &wanted["degrees"], found.degrees as f64);
        comparison.number("p", &wanted["p"], found.p_value);
    }
    comparison.finish(16);
}

/// Share of the profit of the customers with the least profit, by tenths.
fn deciles(profits: &[f64], weights: &[f64]) -> Vec<f64> {
    let share = |tenth: i32| {
        let rule = Rule { worst: f64::from(tenth) / 10.0, ..Rule::default() };
        concentration(profits, weights, rule).unwrap().worst.share.unwrap()
    };
    (1..10).map(share).collect()
}

#[test]
fn concentration_agrees_with_r() {
    let (expected, data) = (expected("expected_r.json"), Columns::load("customers.csv"));
    let (profits, counts, weights) = (data.numbers("profit"), data.numbers("count"), data.numbers("weight"));
    let single = vec![1.0; profits.len()];
    let mut comparison = Comparison::default();
    for (name, weights) in [("single", &single), ("repeated", &counts), ("weighted", &weights)] {
        let wanted = &expected["concentration"][name];
        let found = concentration(&profits, weights, Rule::default()).unwrap();
        let Concentration { best, worst, peak, .. } = found;
        let reached = found.reached.unwrap();
        for (key, value) in [
            ("customers", found.customers),
            ("total", found.total),
            ("gains", found.gains),
            ("losses", found.losses),
            ("loss_makers", found.loss_makers),
            ("best_profit", best.profit),
            ("best_share", best.share.unwrap()),
            ("worst_profit", worst.profit),
            ("worst_share", worst.share.unwrap()),
            ("lost_again", found.lost_again.unwrap()),
            ("peak_profit", peak.profit),
            ("peak_customers", peak.customers),
            ("gini", found.gini.unwrap()),
            ("gini_normalised", found.gini_normalised.unwrap()),
        ] {
            comparison.number(&format!("{name} {key}"), &wanted[key], value);
        }
        // A row that stands for several customers is reached as a whole.
        if name != "repeated" {
            comparison.number("reached rows", &wanted["reached_rows"], reached.rows as f64);
            comparison.number("reached customers", &wanted["reached_customers"], reached.customers);
        }
        comparison.numbers(&format!("{name} deciles"), &wanted["deciles"], deciles(&profits, weights));
    }
    comparison.finish(70);
}

#[test]
fn funnels_agree_with_r() {
    let (expected, data) = (expected("expected_r.json"), Columns::load("interviews.csv"));
    let interviewers: Vec<usize> = data.text("interviewer").iter().map(|cell| cell.parse().unwrap()).collect();
    let levels = FunnelLevels::default();
    let means = mean_funnel(&data.numbers("score"), &interviewers, levels).unwrap();
    let shares = share_funnel(&data.flags("yes"), &interviewers, levels).unwrap();
    let mut comparison = Comparison::default();
    for (name, found) in [("mean_funnel", means), ("share_funnel", shares)] {
        let wanted = &expected[name];
        let Funnel { target, deviation, dispersion, units } = found;
        comparison.number(name, &wanted["target"], target);
        comparison.number(name, &wanted["deviation"], deviation);
        comparison.number(name, &wanted["dispersion"], dispersion);
        comparison.numbers(name, &wanted["answers"], units.iter().map(|unit| unit.answers as f64));
        comparison.numbers(name, &wanted["value"], units.iter().map(|unit| unit.value));
        comparison.numbers(name, &wanted["z"], units.iter().map(|unit| unit.z));
        comparison.numbers(name, &wanted["warning_lower"], units.iter().map(|unit| unit.warning.lower));
        comparison.numbers(name, &wanted["warning_upper"], units.iter().map(|unit| unit.warning.upper));
        comparison.numbers(name, &wanted["alarm_lower"], units.iter().map(|unit| unit.alarm.lower));
        comparison.numbers(name, &wanted["alarm_upper"], units.iter().map(|unit| unit.alarm.upper));
        // The verdict follows from R's limits.
        for (place, unit) in units.iter().enumerate() {
            let beyond = |lower: &str, upper: &str| {
                unit.value < wanted[lower][place].as_f64().unwrap()
                    || unit.value > wanted[upper][place].as_f64().unwrap()
            };
            let signal = match (beyond("warning_lower", "warning_upper"), beyond("alarm_lower", "alarm_upper")) {
                (_, true) => FunnelSignal::Alarm,
                (true, false) => FunnelSignal::Warning,
                _ => FunnelSignal::Inside,
            };
            assert_eq!(unit.signal, signal, "{name} {place}");
        }
    }
    for wanted in expected["limits"].as_array().unwrap() {
        let (share, level) = (wanted["share"].as_f64().unwrap(), wanted["level"].as_f64().unwrap());
        let found = binomial_limits(wanted["answers"].as_u64().unwrap(), share, level).unwrap();
        comparison.number(&wanted.to_string(), &wanted["lower"], found.lower);
        comparison.number(&wanted.to_string(), &wanted["upper"], found.upper);
    }
    comparison.finish(198);
}

#[test]
fn integrity_checks_agree_with_r() {
    let (expected, data) = (expected("expected_r.json"), Columns::load("answers.csv"));
    let items: Vec<Vec<Option<f64>>> = (1..=8).map(|item| data.optional(&format!("q{item}"))).collect();
    let block: Vec<&[Option<f64>]> = items.iter().map(Vec::as_slice).collect();
    let wanted = &expected["checks"];
    let mut comparison = Comparison::default();
    let flags = |flags: &[bool]| flags.iter().map(|flag| Value::Bool(*flag)).collect::<Vec<_>>();

    let lines = straight_lines(&block, StraightLineRule::default()).unwrap();
    comparison.numbers("answered", &wanted["answered"], lines.iter().map(|line| line.answered as f64));
    comparison.numbers("longest run", &wanted["longest_run"], lines.iter().map(|line| line.longest_run as f64));
    comparison.optionals("deviation", &wanted["sd"], lines.iter().map(|line| line.standard_deviation));
    let straight: Vec<bool> = lines.iter().map(|line| line.flagged).collect();
    assert_eq!(wanted["straight"], Value::Array(flags(&straight)));

    let hasty = speeding(&data.optional("duration"), 1.0 / 3.0).unwrap();
    comparison.number("median", &wanted["median"], hasty.median);
    comparison.number("threshold", &wanted["threshold"], hasty.threshold);
    assert_eq!(wanted["hasty"], Value::Array(flags(&hasty.flags)));

    let copies: Vec<bool> = duplicates(&block, 5).unwrap().pattern.iter().map(Option::is_some).collect();
    assert_eq!(wanted["copies"], Value::Array(flags(&copies)));

    let rule = BurstRule { answers: 3, seconds: 120.0 };
    let moments = data.optional("moment");
    assert_eq!(wanted["bursts"], Value::Array(flags(&bursts(&moments, None, rule).unwrap())));
    let sources: Vec<Option<usize>> =
        data.optional("source").iter().map(|source| source.map(|source| source as usize)).collect();
    let by_source = bursts(&moments, Some(&sources), rule).unwrap();
    assert_eq!(wanted["bursts_by_source"], Value::Array(flags(&by_source)));
    for found in [straight, hasty.flags, copies, by_source] {
        assert!(found.iter().filter(|flag| **flag).count() >= 2, "the data have too few cases");
    }
    comparison.finish(200);
}

#[test]
fn customer_values_agree_with_sums_of_years() {
    let expected = expected("expected_r.json");
    let mut comparison = Comparison::default();
    for wanted in expected["values"].as_array().unwrap() {
        let (retention, discount) = (wanted["retention"].as_f64().unwrap(), wanted["discount"].as_f64().unwrap());
        for (key, years, timing) in [
            ("ever_start", None, Timing::StartOfYear),
            ("ever_end", None, Timing::EndOfYear),
            ("five_start", Some(5), Timing::StartOfYear),
            ("five_end", Some(5), Timing::EndOfYear),
        ] {
            let found = customer_value(120.0, retention, discount, years, timing);
            comparison.optional(&format!("{key} {retention} {discount}"), &wanted[key], found);
        }
    }
    comparison.finish(48);
}

#[test]
fn churn_agrees_with_r() {
    let (expected, data) = (expected("expected_r.json"), Columns::load("customers.csv"));
    let (joined, left, weights) = (data.numbers("joined"), data.optional("left"), data.numbers("weight"));
    let mut comparison = Comparison::default();
    for wanted in expected["churn"].as_array().unwrap() {
        let period = (wanted["start"].as_f64().unwrap(), wanted["end"].as_f64().unwrap());
        // Customers at the start, and which of them had left by the end.
        let there = |row: &usize| joined[*row] <= period.0 && left[*row].is_none_or(|left| left >= period.0);
        let customers: Vec<usize> = (0..joined.len()).filter(there).collect();
        let lost: Vec<bool> = customers.iter().map(|row| left[*row].is_some_and(|left| left < period.1)).collect();
        let of_customers: Vec<f64> = customers.iter().map(|row| weights[*row]).collect();
        let plain = weighted_share(&lost, &vec![1.0; lost.len()], 0.95).unwrap();
        comparison.number("cases", &wanted["cases"], plain.cases as f64);
        comparison.number("share", &wanted["share"], plain.share);
        comparison.number("lower", &wanted["lower"], plain.interval.lower);
        comparison.number("upper", &wanted["upper"], plain.interval.upper);
        let weighted = weighted_share(&lost, &of_customers, 0.95).unwrap();
        comparison.number("weighted share", &wanted["weighted_share"], weighted.share);
        comparison.number("effective cases", &wanted["effective"], weighted.effective_cases);
        comparison.number("weighted lower", &wanted["weighted_lower"], weighted.interval.lower);
        comparison.number("weighted upper", &wanted["weighted_upper"], weighted.interval.upper);
    }
    comparison.finish(16);
}
