//! A part against the whole it belongs to, such as a branch against the chain.

use crate::analysis::benchmarks::Standing;
use crate::analysis::comparisons::{Difference, tested};
use crate::analysis::rounding::{printed_decimals, round_half_away};
use crate::metrics::differences::boundary_error;
use crate::metrics::{Better, Estimate, Unit};

/// A part against the whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WholeComparison {
    /// Value of the whole.
    pub value: f64,
    /// Part minus whole, from the printed values.
    pub gap: f64,
    /// The test; `None` where there is no variance.
    pub test: Option<Difference>,
    /// Better or worse beyond chance.
    pub standing: Standing,
}

/// The whole holds the part, so both are correlated: with `s` the part's share of the weights and a rest that is independent of the
/// part, `Cov(part, whole) = s Var(part)` and `Var(part - whole) = Var(whole) + (1 - 2 s) Var(part)`. Exact for means and
/// shares, an approximation for composites. On the degrees of freedom of the part. Since `part - whole = (1 - s) (part - rest)`, a share
/// of 0 or 100 % in the part or the rest has [`boundary_error`] with the rest, times `1 - s`.
pub fn against_whole(part: &Estimate, whole: &Estimate, better: Better, confidence: f64) -> Option<WholeComparison> {
    let (value, of_whole) = (part.estimate?, whole.estimate?);
    let decimals = printed_decimals(part.unit);
    let gap = round_half_away(value, decimals) - round_half_away(of_whole, decimals);
    let share = if whole.n_weighted > 0.0 { (part.n_weighted / whole.n_weighted).clamp(0.0, 1.0) } else { 0.0 };
    let test = part.se.zip(whole.se).zip(part.df).and_then(|((se, se_whole), df)| {
        let variance = se_whole.powi(2) + (1.0 - 2.0 * share) * se.powi(2);
        let rest = (of_whole - share * value) / (1.0 - share);
        let least = match part.unit {
            Unit::Percent if share < 1.0 => {
                (1.0 - share) * boundary_error((value, part.n_eff), (rest, whole.n_eff - part.n_eff))
            }
            _ => 0.0,
        };
        tested(value - of_whole, variance.max(0.0).sqrt().max(least), df, confidence)
    });
    let standing = Standing::of(test, better);
    Some(WholeComparison { value: of_whole, gap: round_half_away(gap, decimals), test, standing })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// A variance of 900 an answer, 100 answers of 1,000: Var(part − whole) = 900 (1/100 − 1/1000) = 8.1, so a difference of 6 has
    /// t = 6 / 2.846 = 2.108, beyond t(0.975; 99) = 1.984, and one of 5.5 has not. Taken as independent it would be 9.9 and 1.907.
    #[test]
    fn the_part_is_in_the_whole() {
        let part = Estimate::percent_of(76.0, 3.0, 100);
        let whole = Estimate::percent_of(70.0, 0.9_f64.sqrt(), 1000);
        let found = against_whole(&part, &whole, Better::Higher, 0.95).unwrap();
        assert!((found.test.unwrap().standard_error - 8.1_f64.sqrt()).abs() < 1e-12);
        assert_eq!((found.gap, found.standing), (6.0, Standing::Ahead));
        let near = against_whole(&Estimate::percent_of(75.5, 3.0, 100), &whole, Better::Higher, 0.95).unwrap();
        assert_eq!(near.standing, Standing::Level);
        // None of 22 against 8 of 124: the rest has 8 of 102, and R's prop.test without correction gives chi-square 1.84449 for the two.
        let whole = Estimate::percent_of(800.0 / 124.0, 2.2, 124);
        let found = against_whole(&Estimate::percent_of(0.0, 0.0, 22), &whole, Better::Lower, 0.95).unwrap();
        assert!((found.test.unwrap().statistic.powi(2) - 1.84449).abs() < 5e-6);
        // The whole against itself differs in nothing.
        assert_eq!(against_whole(&whole, &whole, Better::Higher, 0.95).unwrap().test, None);
    }
}
