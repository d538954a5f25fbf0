//! Do 95% intervals hold the true value in 95 of 100 samples? Samples of the campus go through the metrics of `enterprise-csi`
//! with their weights; a wrong standard error, base or weight shows as too many or too few hits.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BooleanArray, Float64Array};
use manyi::config::raw::RawSettings;
use manyi::metrics::MetricResults;

use super::population::{Wave, truth};
use super::respondents::{Respondent, draw};
use crate::support::memory::{Answers, compute};

const SAMPLES: u64 = 400;
const CONFIDENCE: f64 = 0.95;

type YesNo = fn(&Respondent) -> Option<bool>;
type Points = fn(&Respondent) -> Option<u8>;

fn answers(people: &[Respondent]) -> Answers {
    let yes_no: [(&'static str, YesNo); 11] = [
        ("aware", |person| person.aware),
        ("aware_unaided", |person| person.aware_unaided),
        ("category_buyer", |person| person.category_buyer),
        ("first_choice", |person| person.first_choice),
        ("strict_choice", |person| person.strict_choice),
        ("earlier_purchase", |person| person.earlier_purchase),
        ("repurchased", |person| person.repurchased),
        ("customer", |person| person.customer),
        ("complained", |person| person.complained),
        ("complained_to_company", |person| person.complained_to_company),
        ("bought", Respondent::bought),
    ];
    let scales: [(&'static str, Points); 4] = [
        ("praise", |person| person.praise),
        ("return_intention", |person| person.return_intention),
        ("recommend", |person| person.recommend),
        ("repurchase_intention", |person| person.repurchase_intention),
    ];
    let mut columns: Vec<(&'static str, ArrayRef)> = Vec::new();
    for (name, of) in yes_no {
        columns.push((name, Arc::new(people.iter().map(of).collect::<BooleanArray>())));
    }
    for (name, of) in scales {
        columns.push((name, Arc::new(people.iter().map(|person| of(person).map(f64::from)).collect::<Float64Array>())));
    }
    Answers {
        columns,
        waves: Wave::ALL.map(|wave| wave.name().to_owned()).to_vec(),
        wave_of: people.iter().map(|person| person.wave as i32).collect(),
        weights: people.iter().map(|person| person.weight).collect(),
    }
}

fn results(seed: u64) -> MetricResults {
    let settings = RawSettings { confidence: CONFIDENCE, ..RawSettings::default() };
    compute(&["enterprise-csi"], None, answers(&draw(seed)), Vec::new(), settings, None)
}

#[test]
fn intervals_hold_the_truth_as_often_as_they_say() {
    let mut hits: BTreeMap<(&'static str, Wave), u32> = BTreeMap::new();
    for seed in 0..SAMPLES {
        // Seeds far from those of other tests.
        let results = results(1_000_000 + seed);
        for wave in Wave::ALL {
            for (metric, value) in truth(wave) {
                let [low, high] = results.find(metric, Some(wave.name()), None).unwrap().ci.unwrap();
                *hits.entry((metric, wave)).or_default() += u32::from(low <= value && value <= high);
            }
        }
    }
    // Four standard deviations of a binomial count: about one false alarm in 16,000 comparisons.
    let n = SAMPLES as f64;
    let margin = 4.0 * (n * CONFIDENCE * (1.0 - CONFIDENCE)).sqrt();
    let off: Vec<String> = hits
        .iter()
        .filter(|(_, count)| (f64::from(**count) - n * CONFIDENCE).abs() > margin)
        .map(|((metric, wave), count)| format!("{metric} in {}: {count} of {SAMPLES}", wave.name()))
        .collect();
    assert!(off.is_empty(), "{}", off.join("\n"));

    let share = hits.values().map(|count| f64::from(*count)).sum::<f64>() / (n * hits.len() as f64);
    println!("coverage over {} metrics and waves: {share:.4}", hits.len());
    // Metrics of one sample go together, so the pooled share is allowed one point.
    assert!((share - CONFIDENCE).abs() < 0.01, "pooled coverage is {share:.4}");
}
