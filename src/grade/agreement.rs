//! How far the proposals agree with a teacher's scores: exact and adjacent levels, mean absolute error, and Cohen's kappa with
//! quadratic weights and a bootstrap interval.
//!
//! A level is a tenth of a criterion's points, rounded; exact means the same level, adjacent at most one apart.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

/// Levels that scores are cut into.
const LEVELS: usize = 10;
/// Draws of the bootstrap.
const DRAWS: usize = 2_000;
const SEED: u64 = 20_261_120;

/// Agreement on one criterion.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Agreement {
    /// Id of the criterion.
    pub criterion: String,
    /// Students with both scores.
    pub n: usize,
    /// Share with the same level.
    pub exact: f64,
    /// Share with levels at most one apart.
    pub adjacent: f64,
    /// Mean absolute error in points.
    pub mean_absolute_error: f64,
    /// Kappa with quadratic weights; `None` where all scores have one level.
    pub kappa: Option<f64>,
    /// Percentile interval of kappa at 95%, over students drawn with replacement.
    pub interval: Option<(f64, f64)>,
}

/// The level of a score.
fn level(score: f64, points: f64) -> usize {
    ((score / points * LEVELS as f64).round().max(0.0) as usize).min(LEVELS)
}

/// Cohen's kappa with quadratic weights, for levels from 0 to `most`; `None` where no disagreement could be expected.
///
/// Source: Cohen, J. (1968), *Psychological Bulletin* 70, 213-220.
pub fn quadratic_kappa(pairs: &[(usize, usize)], most: usize) -> Option<f64> {
    let n = pairs.len() as f64;
    let (mut left, mut right) = (vec![0.0; most + 1], vec![0.0; most + 1]);
    let weight = |one: usize, other: usize| (one as f64 - other as f64).powi(2);
    let mut observed = 0.0;
    for (one, other) in pairs {
        left[*one] += 1.0;
        right[*other] += 1.0;
        observed += weight(*one, *other);
    }
    let mut expected = 0.0;
    for (one, count) in left.iter().enumerate() {
        for (other, against) in right.iter().enumerate() {
            expected += count * against / n * weight(one, other);
        }
    }
    (expected > 0.0).then(|| 1.0 - observed / expected)
}

/// Agreement of proposals and teacher's scores, as pairs, on a criterion worth `points`. `None` without pairs.
pub fn agreement(criterion: &str, scores: &[(f64, f64)], points: f64) -> Option<Agreement> {
    if scores.is_empty() {
        return None;
    }
    let n = scores.len();
    let pairs: Vec<(usize, usize)> =
        scores.iter().map(|(proposal, teacher)| (level(*proposal, points), level(*teacher, points))).collect();
    let share =
        |apart: usize| pairs.iter().filter(|(one, other)| one.abs_diff(*other) <= apart).count() as f64 / n as f64;
    let error = scores.iter().map(|(proposal, teacher)| (proposal - teacher).abs()).sum::<f64>() / n as f64;
    let kappa = quadratic_kappa(&pairs, LEVELS);
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    let mut draws: Vec<f64> = (0..DRAWS)
        .filter_map(|_| {
            let drawn: Vec<(usize, usize)> = (0..n).map(|_| pairs[random.random_range(0..n)]).collect();
            quadratic_kappa(&drawn, LEVELS)
        })
        .collect();
    draws.sort_by(f64::total_cmp);
    let enough = kappa.is_some() && draws.len() * 10 >= DRAWS * 9;
    Some(Agreement {
        criterion: criterion.to_owned(),
        n,
        exact: share(0),
        adjacent: share(1),
        mean_absolute_error: error,
        kappa,
        interval: enough.then(|| (percentile(&draws, 0.025), percentile(&draws, 0.975))),
    })
}

/// Percentile of sorted values, interpolated as R's type 7.
fn percentile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let (low, high) = (place.floor() as usize, place.ceil() as usize);
    sorted[low] + (sorted[high] - sorted[low]) * (place - low as f64)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    /// From scikit-learn 1.9.1 and R `psych` 2.2.9, see `tests/oracle/grading/kappa.py` and `kappa.R`.
    #[test]
    fn kappa_is_that_of_other_programs() {
        let first: [(usize, usize); 12] =
            [(0, 0), (1, 1), (2, 1), (3, 5), (5, 4), (6, 6), (7, 9), (8, 8), (9, 10), (10, 10), (4, 2), (7, 7)];
        let second: [(usize, usize); 8] = [(1, 9), (9, 1), (5, 5), (4, 6), (6, 4), (3, 8), (8, 4), (5, 7)];
        assert!((quadratic_kappa(&first, 10).unwrap() - KAPPA_FIRST).abs() < 1e-12);
        assert!((quadratic_kappa(&second, 10).unwrap() - KAPPA_SECOND).abs() < 1e-12);
        assert_eq!(quadratic_kappa(&[(3, 3), (3, 3)], 10), None);
    }

    const KAPPA_FIRST: f64 = 0.942_307_692_307_692_3;
    const KAPPA_SECOND: f64 = -0.925_531_914_893_617;

    #[test]
    fn shares_and_errors() {
        let found = agreement("plan", &[(40.0, 38.0), (20.0, 20.0), (0.0, 16.0)], 40.0).unwrap();
        assert_eq!((found.n, found.mean_absolute_error), (3, 6.0));
        // Levels 10 and 10 (9.5 is rounded up), 5 and 5, 0 and 4.
        assert!((found.exact - 2.0 / 3.0).abs() < 1e-12 && (found.adjacent - 2.0 / 3.0).abs() < 1e-12);
        assert!(agreement("plan", &[], 40.0).is_none());
    }
}
