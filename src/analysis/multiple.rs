//! Many tests at once: p values adjusted for the number of tests of a family, as R `p.adjust` does it.

use crate::config::raw::Correction;

/// Adjusted p values, in the order given: a test is significant at the level alpha if its adjusted p value is below alpha. NaN
/// stays NaN and is no test of the family.
///
/// Holm (1979): the running maximum of (m − i + 1) p(i), from the smallest up. Benjamini and Hochberg (1995): the running minimum of
/// (m / i) p(i), from the largest down. Bonferroni: m p. None exceeds 1.
pub fn adjusted(p_values: &[f64], correction: Correction) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).filter(|index| !p_values[*index].is_nan()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let tests = order.len() as f64;
    let mut adjusted = p_values.to_vec();
    match correction {
        Correction::None => {}
        Correction::Bonferroni => adjusted.iter_mut().for_each(|p| *p = capped(*p * tests)),
        Correction::Holm => {
            let mut most: f64 = 0.0;
            for (rank, &index) in order.iter().enumerate() {
                most = most.max((tests - rank as f64) * p_values[index]);
                adjusted[index] = capped(most);
            }
        }
        Correction::Bh => {
            let mut least: f64 = 1.0;
            for (rank, &index) in order.iter().enumerate().rev() {
                least = least.min(tests / (rank as f64 + 1.0) * p_values[index]);
                adjusted[index] = least;
            }
        }
    }
    adjusted
}

/// At most 1; NaN stays.
fn capped(p: f64) -> f64 {
    if p > 1.0 { 1.0 } else { p }
}

#[cfg(test)]
mod tests {
    use super::*;

    const P: [f64; 9] = [0.030, 0.010, 0.040, 0.016, 0.2, 0.0004, 0.010, f64::NAN, 0.9];

    fn agrees(correction: Correction, expected: [f64; 9]) {
        for (found, expected) in adjusted(&P, correction).iter().zip(expected) {
            let close = (found - expected).abs() <= 1e-12 || (found.is_nan() && expected.is_nan());
            assert!(close, "{correction:?}: {found} is not {expected}");
        }
    }

    /// R 4.2: `p.adjust(c(0.030, 0.010, 0.040, 0.016, 0.2, 0.0004, 0.010, NA, 0.9), method)`.
    #[test]
    fn agrees_with_p_adjust() {
        let nan = f64::NAN;
        agrees(Correction::Holm, [0.12, 0.07, 0.12, 0.08, 0.4, 0.0032, 0.07, nan, 0.9]);
        agrees(Correction::Bonferroni, [0.24, 0.08, 0.32, 0.128, 1.0, 0.0032, 0.08, nan, 1.0]);
        let third = 0.08 / 3.0;
        agrees(Correction::Bh, [0.048, third, 0.16 / 3.0, 0.032, 1.6 / 7.0, 0.0032, third, nan, 0.9]);
        agrees(Correction::None, P);
    }

    #[test]
    fn no_tests_give_no_p_values() {
        assert!(adjusted(&[], Correction::Bh).is_empty());
    }
}
