//! The campus behind `samples/campus-canteen`: an invented population with known true values, random samples of it, and the
//! files of the sample. Coverage tests draw many samples; the committed files are one of them.

mod comments;
mod coverage;
mod files;
mod population;
mod respondents;

use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;

use calamine::{Reader, Xlsx};
pub use population::{Wave, truth};
pub use respondents::{Respondent, draw};

use crate::support;

/// Set to write the sample's files instead of comparing them.
const WRITE: &str = "MANYI_WRITE_SAMPLES";

#[test]
fn committed_files_are_what_the_generator_gives() {
    let folder = support::root().join("samples/campus-canteen/data");
    for (name, bytes) in files::files(&draw(files::SAMPLE_SEED)) {
        let path = folder.join(name);
        if std::env::var_os(WRITE).is_some() {
            fs::create_dir_all(&folder).unwrap();
            fs::write(&path, &bytes).unwrap();
        }
        let committed = fs::read(&path).unwrap_or_default();
        assert!(same(name, &committed, &bytes), "{name} differs from the generator; set {WRITE}=1 to write it again");
    }
}

/// Workbooks are compared cell by cell: their packing changes with the version of the compressor.
fn same(name: &str, committed: &[u8], generated: &[u8]) -> bool {
    if !name.ends_with(".xlsx") {
        return committed == generated;
    }
    let cells = |bytes: &[u8]| {
        let mut workbook: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes.to_vec())).ok()?;
        workbook.worksheet_range_at(0)?.ok()
    };
    let committed = cells(committed);
    committed.is_some() && committed == cells(generated)
}

/// Estimates of the committed sample by wave and metric, from its respondents.
pub fn sample_estimates() -> BTreeMap<(&'static str, &'static str), f64> {
    let sample = draw(files::SAMPLE_SEED);
    let mut all = BTreeMap::new();
    for wave in Wave::ALL {
        let people: Vec<&Respondent> = sample.iter().filter(|person| person.wave == wave).collect();
        all.extend(estimates(&people).into_iter().map(|(metric, value)| ((wave.name(), metric), value)));
    }
    all
}

/// Weighted share in percent (or net, for values of -1, 0, 1) by metric, the long way round.
fn estimates(people: &[&Respondent]) -> BTreeMap<&'static str, f64> {
    let mut sums: BTreeMap<&'static str, (f64, f64)> = BTreeMap::new();
    for person in people {
        let number = |answer: bool| if answer { 1.0 } else { 0.0 };
        let top = |points: Option<u8>| points.map(|points| number(points >= 4));
        let net = |points: u8| number(points >= 4) - number(points <= 2);
        let routed = |first: Option<bool>, second: Option<bool>| match (first, second) {
            (Some(true), second) => second,
            (first, _) => first,
        };
        let parts = [person.repurchased.map(number), top(person.return_intention), top(person.recommend)];
        let union = parts.iter().any(Option::is_some).then(|| number(parts.contains(&Some(1.0))));
        let values = [
            ("awareness", Some(true), person.aware.map(number)),
            ("awareness_unaided", Some(true), person.aware_unaided.map(number)),
            ("reputation", person.aware, top(person.praise)),
            ("reputation_net", person.aware, person.praise.map(net)),
            ("named_preference", person.category_buyer, person.first_choice.map(number)),
            (
                "named_preference_strict",
                person.category_buyer,
                routed(person.first_choice, person.strict_choice).map(number),
            ),
            ("return_rate", person.earlier_purchase, person.repurchased.map(number)),
            ("return_intention", person.customer, top(person.return_intention)),
            ("recommend_rate", person.customer, top(person.recommend)),
            ("return_union", person.customer, union),
            ("complaint_rate", person.customer, person.complained.map(number)),
            (
                "complaint_to_company",
                person.customer,
                routed(person.complained, person.complained_to_company).map(number),
            ),
            ("sales_power", person.aware, person.bought().map(number)),
            ("sales_power_proxy", person.customer, person.repurchase_intention.map(|points| number(points == 5))),
        ];
        for (metric, base, value) in values {
            if let (Some(true), Some(value)) = (base, value) {
                let sum = sums.entry(metric).or_default();
                sum.0 += 100.0 * person.weight * value;
                sum.1 += person.weight;
            }
        }
    }
    sums.into_iter().map(|(metric, (numerator, denominator))| (metric, numerator / denominator)).collect()
}

/// The mean of 300 samples lies within four of its standard errors of the truth, metric by metric.
#[test]
fn truth_is_what_samples_scatter_around() {
    const SAMPLES: u64 = 300;
    let mut sums: BTreeMap<(Wave, &'static str), (f64, f64)> = BTreeMap::new();
    for seed in 0..SAMPLES {
        let sample = draw(seed);
        for wave in Wave::ALL {
            let people: Vec<&Respondent> = sample.iter().filter(|person| person.wave == wave).collect();
            for (metric, estimate) in estimates(&people) {
                let sum = sums.entry((wave, metric)).or_default();
                sum.0 += estimate;
                sum.1 += estimate * estimate;
            }
        }
    }
    let n = SAMPLES as f64;
    for wave in Wave::ALL {
        let truth = truth(wave);
        assert_eq!(truth.len(), 15, "every metric of the plugin has a true value");
        for (metric, value) in truth.into_iter().filter(|(metric, _)| *metric != "csi") {
            let (sum, squares) = sums[&(wave, metric)];
            let mean = sum / n;
            let standard_error = ((squares / n - mean * mean) / (n - 1.0)).sqrt();
            let off = (mean - value).abs() / standard_error;
            // A ratio estimate has a bias of order 1/n, far below one standard error of a single sample.
            assert!(
                off < 4.0,
                "{metric} in {}: truth {value:.3}, mean of samples {mean:.3} ({off:.1} se)",
                wave.name()
            );
        }
    }
}
