//! The weighted standard deviation of the first column: how far apart the ratings lie.

// Makes Rust types of wit/metrics.wit and exports `Module` below under its interface.
wit_bindgen::generate!({ path: "wit", world: "metric-module" });

use exports::manyi::metrics::module::{Answers, Estimate, Guest, Output, Problem, Sample};

struct Module;

export!(Module);

impl Guest for Module {
    fn compute(sample: Sample) -> Result<Output, Problem> {
        let Some(Answers::Numbers(column)) = sample.columns.first().map(|column| &column.answers) else {
            return Err(problem("no_numbers", "the first column must hold numbers"));
        };
        // One pair of value and weight for each known answer.
        let known = column.known.iter().zip(&column.values).zip(&sample.weights);
        let answers: Vec<(f64, f64)> = known.filter(|((known, _), _)| **known).map(|((_, x), w)| (*x, *w)).collect();
        let spread = Estimate {
            id: "spread".to_owned(),
            value: standard_deviation(&answers),
            standard_error: None,
            interval: None,
            n: answers.len() as u64,
        };
        Ok(Output { estimates: vec![spread], tables: Vec::new() })
    }
}

/// The root of the weighted mean squared distance from the weighted mean; none where no answer has a weight.
fn standard_deviation(answers: &[(f64, f64)]) -> Option<f64> {
    let sum_of_weights: f64 = answers.iter().map(|(_, w)| w).sum();
    if sum_of_weights <= 0.0 {
        return None;
    }
    let mean = answers.iter().map(|(x, w)| w * x).sum::<f64>() / sum_of_weights;
    let variance = answers.iter().map(|(x, w)| w * (x - mean) * (x - mean)).sum::<f64>() / sum_of_weights;
    Some(variance.sqrt())
}

fn problem(code: &str, message: &str) -> Problem {
    Problem { code: code.to_owned(), message: message.to_owned() }
}
