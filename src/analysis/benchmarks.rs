//! An estimate against the number of others: the best company, the strengths of all combined, or what experts expect.

use crate::analysis::comparisons::{Difference, differs_from, tested};
use crate::analysis::rounding::{printed_decimals, round_half_away};
use crate::config::raw::RawBenchmark;
use crate::metrics::{Better, Estimate};

/// An estimate against a benchmark.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BenchmarkComparison<'a> {
    /// The benchmark.
    pub benchmark: &'a RawBenchmark,
    /// Estimate minus benchmark, from the printed values.
    pub gap: f64,
    /// The test; `None` where neither number has a standard error above 0, and where the interval decides.
    pub test: Option<Difference>,
    /// Better or worse beyond chance.
    pub standing: Standing,
}

/// Where an estimate stands against a benchmark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Significantly better.
    Ahead,
    /// Significantly worse.
    Behind,
    /// Significantly different, where neither direction is good.
    Different,
    /// Not significantly different.
    Level,
}

impl Standing {
    /// Where a difference beyond chance puts the first number.
    fn of_gap(gap: f64, better: Better) -> Self {
        match better {
            _ if gap == 0.0 => Self::Level,
            Better::Neutral => Self::Different,
            _ if (gap > 0.0) == (better == Better::Higher) => Self::Ahead,
            _ => Self::Behind,
        }
    }

    /// Where a tested difference puts the first number.
    pub(super) fn of(test: Option<Difference>, better: Better) -> Self {
        test.filter(|test| test.significant).map_or(Self::Level, |test| Self::of_gap(test.delta, better))
    }
}

/// `t = (estimate - value) / sqrt(se^2 + se_b^2)` on the degrees of freedom of the estimate: those of a benchmark are unknown,
/// and taking none for it is cautious. A benchmark without a standard error is a constant, which the interval of the estimate
/// judges as it does a target.
pub fn against_benchmark<'a>(
    estimate: &Estimate,
    benchmark: &'a RawBenchmark,
    better: Better,
    confidence: f64,
) -> Option<BenchmarkComparison<'a>> {
    let value = estimate.estimate?;
    let decimals = printed_decimals(estimate.unit);
    let gap = round_half_away(value, decimals) - round_half_away(benchmark.value, decimals);
    if benchmark.se.unwrap_or(0.0) == 0.0 && estimate.ci.is_some() {
        let differs = differs_from(estimate, benchmark.value, confidence) == Some(true);
        let standing = if differs { Standing::of_gap(value - benchmark.value, better) } else { Standing::Level };
        return Some(BenchmarkComparison { benchmark, gap: round_half_away(gap, decimals), test: None, standing });
    }
    let test = estimate
        .se
        .zip(estimate.df)
        .and_then(|(se, df)| tested(value - benchmark.value, se.hypot(benchmark.se.unwrap_or(0.0)), df, confidence));
    let standing = Standing::of(test, better);
    Some(BenchmarkComparison { benchmark, gap: round_half_away(gap, decimals), test, standing })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::config::raw::BenchmarkWay;

    fn benchmark(value: f64, se: Option<f64>) -> RawBenchmark {
        RawBenchmark { value, way: BenchmarkWay::Best, source: "report".into(), period: None, se }
    }

    /// 76.3 against 82.5: gap 6.2. With se 3 alone t = 2.07, beyond t(0.975; 200) = 1.972; with a benchmark's se of 1.5 as well
    /// the standard error is √(9 + 2.25) = 3.354 and t = 1.85, within it.
    #[test]
    fn the_error_of_the_benchmark_counts() {
        let constant = benchmark(82.5, None);
        let found = against_benchmark(&Estimate::percent_of(76.3, 3.0, 201), &constant, Better::Higher, 0.95).unwrap();
        assert_eq!((found.gap, found.standing), (-6.2, Standing::Behind));
        assert!((found.test.unwrap().statistic + 6.2 / 3.0).abs() < 1e-12);
        let uncertain = benchmark(82.5, Some(1.5));
        let found = against_benchmark(&Estimate::percent_of(76.3, 3.0, 201), &uncertain, Better::Higher, 0.95).unwrap();
        assert_eq!(found.standing, Standing::Level);
        assert!((found.test.unwrap().standard_error - 11.25_f64.sqrt()).abs() < 1e-12);
    }

    /// The t test would tell 90 from 83.5 (t = 2.15), Wilson's interval of 90 of 100 holds it and leaves out 95.5 (t = -1.82).
    #[test]
    fn a_constant_is_judged_by_the_printed_interval() {
        let share = Estimate { ci: Some([82.56, 94.48]), ..Estimate::percent_of(90.0, 3.02, 100) };
        for (value, standing) in [(83.5, Standing::Level), (82.5, Standing::Ahead), (95.5, Standing::Behind)] {
            let constant = benchmark(value, None);
            assert_eq!(
                against_benchmark(&share, &constant, Better::Higher, 0.95).unwrap().standing,
                standing,
                "{value}"
            );
        }
    }

    #[test]
    fn lower_is_ahead_where_lower_is_better() {
        let constant = benchmark(10.0, None);
        let standing =
            |better| against_benchmark(&Estimate::percent_of(5.0, 1.0, 201), &constant, better, 0.95).unwrap().standing;
        assert_eq!(
            [Better::Lower, Better::Higher, Better::Neutral].map(standing),
            [Standing::Ahead, Standing::Behind, Standing::Different]
        );
    }
}
