//! Standard errors and intervals of whatever a model returns: the rescaled bootstrap of Rao and Wu (1988), as weights of
//! Rao, Wu and Yue (1992). The same seed gives the same bits, whatever the number of threads.

use std::sync::atomic::{AtomicUsize, Ordering};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::models::{Fit, Frame, Model, ModelProblem, Refit, Sample};

/// How to bootstrap.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    /// Number of replicates.
    pub replicates: usize,
    /// Seed of the draws.
    pub seed: u64,
    /// Confidence level of the intervals, between 0 and 1.
    pub confidence: f64,
}

/// Largest share of replicates that may fail before standard errors are withheld.
pub const MOST_FAILURES: f64 = 0.1;

/// What the replicates say about the numbers of a fit.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Spread {
    /// One entry a number of [`Fit::numbers`]; `None` where more than a tenth of the replicates do not give it.
    pub numbers: Vec<Option<Interval>>,
    /// One entry a cell of [`Fit::followed`]: the share of the replicates in which it is as in the fit, 0 to 1.
    pub kept: Vec<Option<f64>>,
    /// Replicates without a result.
    pub failed: usize,
    /// The problem of the first of them.
    pub problem: Option<ModelProblem>,
}

/// Standard error and percentile interval of a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Standard deviation over the replicates (divisor: replicates less 1).
    pub se: f64,
    /// Ends of the interval: quantiles of the replicates, interpolated between order statistics (type 7 of R's `quantile`).
    pub ci: [f64; 2],
}

impl Spread {
    /// True if so many replicates failed that nothing can be said.
    #[allow(clippy::cast_precision_loss, reason = "numbers of replicates are small")]
    pub fn is_unusable(&self, plan: &Plan) -> bool {
        self.failed as f64 > MOST_FAILURES * plan.replicates as f64
    }
}

/// Weights of one replicate as multiples of the sampling weight, by sampling unit of the wave.
///
/// In each stratum of *n* units *n* - 1 are drawn with replacement; a unit drawn *m* times gets 1 - k + k m n / (n - 1) with
/// k = sqrt(1 - n / N) where the stratum has a population of *N* units, else k = 1. A single unit keeps its weight.
#[allow(clippy::cast_precision_loss, reason = "numbers of units are below 2^53")]
pub fn multipliers(sample: &Sample, seed: u64, replicate: u64) -> Vec<f64> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(replicate);
    let mut factors = vec![1.0; sample.units];
    for stratum in &sample.strata {
        let units = &stratum.units;
        let Some(draws) = units.len().checked_sub(1).filter(|draws| *draws > 0) else { continue };
        let size = units.len() as f64;
        let part = stratum.population.map_or(1.0, |population| (1.0 - size / population).max(0.0).sqrt());
        for unit in units {
            factors[*unit as usize] = 1.0 - part;
        }
        let step = part * size / draws as f64;
        let most = u32::try_from(units.len()).unwrap_or(u32::MAX);
        for _ in 0..draws {
            let drawn = units[random.random_range(0..most) as usize];
            factors[drawn as usize] += step;
        }
    }
    factors
}

/// Refits the model with the weights of every replicate. `point` is the fit with the sampling weights.
#[allow(clippy::cast_precision_loss, reason = "numbers of replicates are small")]
pub fn bootstrap(model: &dyn Model, frame: &Frame, point: &Fit, plan: &Plan) -> Spread {
    let count = point.numbers().len();
    if count == 0 || plan.replicates < 2 {
        return Spread { numbers: vec![None; count], ..Spread::default() };
    }
    let refit = match model.refit(frame) {
        Ok(refit) => refit,
        Err(problem) => {
            return Spread {
                numbers: vec![None; count],
                failed: plan.replicates,
                problem: Some(problem),
                ..Spread::default()
            };
        }
    };
    let results = replicate_numbers(&refit, frame, point, plan);
    let failed: Vec<&ModelProblem> = results.iter().filter_map(|result| result.as_ref().err()).collect();
    let drawn: Vec<&Vec<f64>> = results.iter().filter_map(|result| result.as_ref().ok()).collect();
    let mut spread = Spread {
        numbers: vec![None; count],
        kept: Vec::new(),
        failed: failed.len(),
        problem: failed.first().map(|problem| (*problem).clone()),
    };
    if !spread.is_unusable(plan) {
        spread.numbers = (0..count)
            .map(|index| {
                interval_of(drawn.iter().map(|numbers| numbers[index]).collect(), plan.replicates, plan.confidence)
            })
            .collect();
        let followed = point.followed().len();
        let share = |place: usize| {
            let stayed: f64 = drawn.iter().map(|numbers| numbers[count + place]).sum();
            (!drawn.is_empty()).then(|| stayed / drawn.len() as f64)
        };
        spread.kept = (0..followed).map(share).collect();
    }
    spread
}

/// The numbers of every replicate, in order, and behind them 1 for every followed cell that stayed as it is, else 0.
fn replicate_numbers(
    refit: &Refit<'_>,
    frame: &Frame,
    point: &Fit,
    plan: &Plan,
) -> Vec<Result<Vec<f64>, ModelProblem>> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut own = Vec::new();
        loop {
            let replicate = next.fetch_add(1, Ordering::Relaxed);
            if replicate >= plan.replicates {
                return own;
            }
            let factors = multipliers(&frame.sample, plan.seed, replicate as u64);
            let weights: Vec<f64> =
                frame.weights.iter().zip(&frame.units).map(|(weight, unit)| weight * factors[*unit as usize]).collect();
            let result = refit(&weights).and_then(|fit| {
                // A row that comes and goes with the weights cannot be followed through the replicates.
                if !fit.has_layout_of(point) {
                    return Err(ModelProblem::Singular);
                }
                let stayed = fit.followed().into_iter().zip(point.followed());
                let stayed = stayed.map(|(now, point)| f64::from(u8::from(now == point)));
                Ok(fit.numbers().into_iter().chain(stayed).collect())
            });
            own.push((replicate, result));
        }
    };
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(plan.replicates);
    let mut results: Vec<_> = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        let join = |handle: std::thread::ScopedJoinHandle<'_, Vec<_>>| match handle.join() {
            Ok(own) => own,
            Err(payload) => std::panic::resume_unwind(payload),
        };
        handles.into_iter().flat_map(join).collect()
    });
    results.sort_by_key(|(replicate, _)| *replicate);
    results.into_iter().map(|(_, result)| result).collect()
}

/// Standard error and interval of one number; `None` if too few replicates give it.
#[allow(clippy::cast_precision_loss, reason = "numbers of replicates are small")]
fn interval_of(mut drawn: Vec<f64>, replicates: usize, confidence: f64) -> Option<Interval> {
    drawn.retain(|number| number.is_finite());
    let missing = replicates - drawn.len();
    if drawn.len() < 2 || missing as f64 > MOST_FAILURES * replicates as f64 {
        return None;
    }
    drawn.sort_by(f64::total_cmp);
    let count = drawn.len() as f64;
    let mean = drawn.iter().sum::<f64>() / count;
    let squares: f64 = drawn.iter().map(|number| (number - mean) * (number - mean)).sum();
    let tail = (1.0 - confidence) / 2.0;
    Some(Interval { se: (squares / (count - 1.0)).sqrt(), ci: [quantile(&drawn, tail), quantile(&drawn, 1.0 - tail)] })
}

/// Quantile of sorted numbers, linear between order statistics.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the position lies between 0 and the number of replicates"
)]
fn quantile(sorted: &[f64], probability: f64) -> f64 {
    let position = probability * (sorted.len() - 1) as f64;
    let below = position.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (position - position.floor()) * (sorted[above] - sorted[below])
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::diagnostics::Localized;
    use crate::models::{Cell, Measure, Row, Table};

    /// Says whether the first of four answers was drawn.
    struct Drawn;

    impl Model for Drawn {
        fn fit(&self, _: &Frame, weights: &[f64]) -> Result<Fit, ModelProblem> {
            let words = if weights[0] > 0.0 { "drawn" } else { "left out" };
            let always = Cell::Text(Localized::from("always"));
            let row = |id: &str, words: Cell| Row {
                id: id.to_owned(),
                title: Localized::from(id),
                cells: vec![words, Cell::Empty],
            };
            let table = Table {
                id: "items".to_owned(),
                title: Localized::from(""),
                row_title: Localized::from(""),
                measures: vec![Measure::new("words", "", ""), Measure::new("stability", "", "").of_stability()],
                rows: vec![row("first", Cell::Text(Localized::from(words))), row("second", always)],
            };
            let mean = Measure::new("sum", "", "").with_interval().value(weights.iter().sum::<f64>());
            Ok(Fit { values: vec![mean], tables: vec![table], notes: Vec::new() })
        }

        fn method(&self) -> Localized {
            Localized::from("drawn")
        }
    }

    /// Of four units three are drawn with replacement: one is left out with the probability (3/4)³ = 0.4219. Over 4,000 replicates the
    /// share has a standard error of 0.0078.
    #[test]
    fn stability_is_the_share_of_replicates_that_say_the_same() {
        let frame = Frame {
            outcome: None,
            items: Vec::new(),
            groups: None,
            weights: vec![1.0; 4],
            units: vec![0, 1, 2, 3],
            sample: Arc::new(Sample::simple(4)),
        };
        let point = Drawn.fit(&frame, &frame.weights).unwrap();
        let spread = bootstrap(&Drawn, &frame, &point, &Plan { replicates: 4000, seed: 7, confidence: 0.95 });
        assert!((spread.kept[0].unwrap() - (1.0 - 0.75_f64.powi(3))).abs() < 0.032, "{:?}", spread.kept);
        assert_eq!(spread.kept[1], Some(1.0));
        assert_eq!(spread.numbers.len(), 1);
        let none = bootstrap(&Drawn, &frame, &point, &Plan { replicates: 0, seed: 7, confidence: 0.95 });
        assert!(none.kept.is_empty());
    }
}
