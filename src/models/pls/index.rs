//! The index of a construct from 0 to 100: its indicators in their own units, weighted by the unstandardised outer weights.
//! Outer weights, means and standard deviations come in; the index and its weights go out.
//!
//! Fornell, Johnson, Anderson, Cha and Bryant (1996), Journal of Marketing 60(4), 7-18:
//! 100 (Σ vᵢ meanᵢ - Σ vᵢ lowestᵢ) / (Σ vᵢ highestᵢ - Σ vᵢ lowestᵢ) with vᵢ = weightᵢ / standard deviationᵢ.

use crate::models::pls::model::Construct;
use crate::models::pls::moments::Moments;

/// Index of a construct.
#[derive(Debug, Clone, PartialEq)]
pub struct Index {
    /// 0 (everyone gives the lowest answers) to 100 (everyone gives the highest).
    pub value: f64,
    /// Share of each indicator, adding up to 1: the index is the mean, so weighted, of 100 (mean - lowest)/(highest - lowest).
    pub weights: Vec<f64>,
}

/// Index of `construct`; a negative outer weight counts as 0. `None` if none is positive.
pub fn index(construct: &Construct, outer_weights: &[f64], moments: &Moments) -> Option<Index> {
    let indicators = construct.indicators.iter().zip(outer_weights);
    let mut weights: Vec<f64> = indicators
        .map(|(indicator, weight)| {
            let length = indicator.scale.highest - indicator.scale.lowest;
            weight.max(0.0) * length / moments.deviations()[indicator.column]
        })
        .collect();
    let total: f64 = weights.iter().sum();
    if total <= 0.0 {
        return None;
    }
    weights.iter_mut().for_each(|weight| *weight /= total);
    let value = construct
        .indicators
        .iter()
        .zip(&weights)
        .map(|(indicator, weight)| {
            let scale = indicator.scale;
            weight * 100.0 * (moments.means()[indicator.column] - scale.lowest) / (scale.highest - scale.lowest)
        })
        .sum();
    Some(Index { value, weights })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::models::pls::fixtures::{close, construct};
    use crate::models::pls::model::{Mode, Scale};
    use nalgebra::DMatrix;

    fn moments() -> Moments {
        Moments::given(9, vec![7.0, 4.0, 3.0], vec![2.0, 1.5, 0.5], DMatrix::identity(3, 3))
    }

    /// v = .6/2 and .3/1.5 on scales of 1 to 10: shares .6 and .4, index 100(.6 · 6/9 + .4 · 3/9) = 160/3.
    #[test]
    fn index_by_hand() {
        let found = index(&construct(Mode::A, &[0, 1]), &[0.6, 0.3], &moments()).unwrap();
        assert!(close(found.value, 160.0 / 3.0, 1e-14) && close(found.weights[0], 0.6, 1e-15), "{found:?}");
    }

    /// v = .6/2 and .1/.5 on scales of 1 to 10 and 1 to 5: 100 (.3 · 6 + .2 · 2)/(.3 · 9 + .2 · 4) = 220/3.5.
    #[test]
    fn scales_of_unequal_length_by_hand() {
        let mut mixed = construct(Mode::A, &[0, 2]);
        mixed.indicators[1].scale = Scale { lowest: 1.0, highest: 5.0 };
        let found = index(&mixed, &[0.6, 0.1], &moments()).unwrap();
        assert!(close(found.value, 220.0 / 3.5, 1e-14) && close(found.weights[0], 2.7 / 3.5, 1e-15), "{found:?}");
    }

    #[test]
    fn negative_weights_count_as_nothing() {
        let found = index(&construct(Mode::B, &[0, 1]), &[0.6, -0.3], &moments()).unwrap();
        assert_eq!(found.weights, [1.0, 0.0]);
        assert!(close(found.value, 200.0 / 3.0, 1e-14));
        assert_eq!(index(&construct(Mode::B, &[0, 1]), &[-0.6, 0.0], &moments()), None);
    }
}
