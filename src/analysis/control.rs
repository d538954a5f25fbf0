//! Control charts of an indicator over its periods: XmR (individuals and moving range) and p (shares with their number of
//! answers), with the run rules of Western Electric and of Nelson. Points come in in time order; limits and signals go out.

use serde::{Deserialize, Serialize};

pub use crate::config::raw::{ControlChart as Chart, RuleSet as Rules};

/// The expected range of two independent standard normal values, 2/√π (the constant d₂ for n = 2; tables print 1.128).
const MEAN_RANGE_OF_TWO: f64 = std::f64::consts::FRAC_2_SQRT_PI;

/// One period of a chart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ControlPoint {
    /// The indicator in its unit; for a p chart a percentage, 0 to 100.
    pub value: f64,
    /// Effective number of answers; only p charts look at it.
    pub answers: f64,
}

/// A pattern that chance seldom makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunRule {
    /// One point beyond 3σ.
    BeyondLimits,
    /// Two of three points in a row beyond 2σ on one side.
    TwoOfThree,
    /// Four of five points in a row beyond 1σ on one side.
    FourOfFive,
    /// Eight points in a row on one side of the centre.
    EightOnOneSide,
    /// Nine points in a row on one side of the centre.
    NineOnOneSide,
    /// Six points in a row, each above the one before, or each below.
    SixTrending,
    /// Fourteen points in a row, alternately up and down.
    FourteenAlternating,
}

impl RunRule {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::BeyondLimits,
        Self::TwoOfThree,
        Self::FourOfFive,
        Self::EightOnOneSide,
        Self::NineOnOneSide,
        Self::SixTrending,
        Self::FourteenAlternating,
    ];

    /// The word of JSON and of the history.
    pub fn word(self) -> &'static str {
        match self {
            Self::BeyondLimits => "beyond_limits",
            Self::TwoOfThree => "two_of_three",
            Self::FourOfFive => "four_of_five",
            Self::EightOnOneSide => "eight_on_one_side",
            Self::NineOnOneSide => "nine_on_one_side",
            Self::SixTrending => "six_trending",
            Self::FourteenAlternating => "fourteen_alternating",
        }
    }
}

/// Limits of one period.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// Centre line.
    pub centre: f64,
    /// Standard deviation that the zones are made of.
    pub sigma: f64,
    /// Centre less 3σ, at least 0 on a p chart.
    pub lower: f64,
    /// Centre plus 3σ, at most 100 on a p chart.
    pub upper: f64,
}

/// A rule that fires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Signal {
    /// Period at which the pattern is complete, from 0.
    pub at: usize,
    /// The rule.
    pub rule: RunRule,
}

/// A chart with its limits and signals.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ControlResult {
    /// Limits of every period.
    pub limits: Vec<Limits>,
    /// Limit of the moving ranges, D₄ times their mean (3.267 times), on an XmR chart.
    pub range_limit: Option<f64>,
    /// Signals in time order.
    pub signals: Vec<Signal>,
}

/// The chart of a series, its limits from the points of `baseline` (all if none). None with fewer than two points in the baseline
/// or values that are not finite, and on a p chart without answers.
pub fn control_chart(
    points: &[ControlPoint],
    chart: Chart,
    rules: Rules,
    baseline: Option<std::ops::Range<usize>>,
) -> Option<ControlResult> {
    let base = points.get(baseline.unwrap_or(0..points.len()))?;
    if base.len() < 2 || points.iter().any(|point| !point.value.is_finite()) {
        return None;
    }
    let (limits, range_limit) = match chart {
        Chart::Xmr => xmr(base, points.len()),
        Chart::P => (p_chart(base, points)?, None),
    };
    let values: Vec<f64> = points.iter().map(|point| point.value).collect();
    let zones: Vec<f64> = points.iter().zip(&limits).map(|(point, held)| zone(point.value, held)).collect();
    Some(ControlResult { signals: signals(&values, &zones, rules), limits, range_limit })
}

#[allow(clippy::cast_precision_loss, reason = "numbers of periods are small")]
fn xmr(base: &[ControlPoint], length: usize) -> (Vec<Limits>, Option<f64>) {
    let centre = base.iter().map(|point| point.value).sum::<f64>() / base.len() as f64;
    let ranges: f64 = base.windows(2).map(|pair| (pair[1].value - pair[0].value).abs()).sum();
    let range = ranges / (base.len() - 1) as f64;
    let sigma = range / MEAN_RANGE_OF_TWO;
    let limits = Limits { centre, sigma, lower: centre - 3.0 * sigma, upper: centre + 3.0 * sigma };
    // D₄ = 1 + 3 d₃/d₂ with d₃ = √(2 − d₂²), the standard deviation of that range.
    let spread = (2.0 - MEAN_RANGE_OF_TWO * MEAN_RANGE_OF_TWO).sqrt();
    (vec![limits; length], Some(range * (1.0 + 3.0 * spread / MEAN_RANGE_OF_TWO)))
}

fn p_chart(base: &[ControlPoint], points: &[ControlPoint]) -> Option<Vec<Limits>> {
    if points
        .iter()
        .any(|point| point.answers.is_nan() || point.answers <= 0.0 || !(0.0..=100.0).contains(&point.value))
    {
        return None;
    }
    let answers: f64 = base.iter().map(|point| point.answers).sum();
    let share = base.iter().map(|point| point.answers * point.value / 100.0).sum::<f64>() / answers;
    let centre = 100.0 * share;
    let limits = points.iter().map(|point| {
        let sigma = 100.0 * (share * (1.0 - share) / point.answers).max(0.0).sqrt();
        Limits { centre, sigma, lower: (centre - 3.0 * sigma).max(0.0), upper: (centre + 3.0 * sigma).min(100.0) }
    });
    Some(limits.collect())
}

/// Distance from the centre in σ. Where nothing ever varied, any distance is beyond all limits.
fn zone(value: f64, limits: &Limits) -> f64 {
    let distance = value - limits.centre;
    // Rounding of the mean must not make a constant series signal.
    if distance.abs() <= 1e-9 * limits.centre.abs().max(1.0) {
        0.0
    } else if limits.sigma > 0.0 {
        distance / limits.sigma
    } else {
        distance.signum() * f64::INFINITY
    }
}

/// What fires, each rule at every point where its pattern is complete; a pattern of several points needs its last point to be
/// part of it.
fn signals(values: &[f64], zones: &[f64], rules: Rules) -> Vec<Signal> {
    let set: &[RunRule] = match rules {
        Rules::WesternElectric => {
            &[RunRule::BeyondLimits, RunRule::TwoOfThree, RunRule::FourOfFive, RunRule::EightOnOneSide]
        }
        Rules::Nelson => {
            &[RunRule::BeyondLimits, RunRule::NineOnOneSide, RunRule::SixTrending, RunRule::FourteenAlternating]
        }
    };
    let fires = |rule: RunRule, at: usize| {
        let last = |length: usize| (at + 1).checked_sub(length).map(|first| (&values[first..=at], &zones[first..=at]));
        let beyond = |length: usize, least: usize, limit: f64| {
            last(length).is_some_and(|(_, zones)| {
                [1.0, -1.0].iter().any(|side| {
                    let out = |zone: &f64| zone * side > limit;
                    zones.last().is_some_and(out) && zones.iter().filter(|zone| out(zone)).count() >= least
                })
            })
        };
        match rule {
            RunRule::BeyondLimits => beyond(1, 1, 3.0),
            RunRule::TwoOfThree => beyond(3, 2, 2.0),
            RunRule::FourOfFive => beyond(5, 4, 1.0),
            RunRule::EightOnOneSide => beyond(8, 8, 0.0),
            RunRule::NineOnOneSide => beyond(9, 9, 0.0),
            RunRule::SixTrending => last(6).is_some_and(|(values, _)| {
                values.windows(2).all(|pair| pair[1] > pair[0]) || values.windows(2).all(|pair| pair[1] < pair[0])
            }),
            RunRule::FourteenAlternating => last(14).is_some_and(|(values, _)| {
                values.windows(3).all(|three| (three[1] - three[0]) * (three[2] - three[1]) < 0.0)
            }),
        }
    };
    let each = (0..values.len()).flat_map(|at| set.iter().map(move |&rule| Signal { at, rule }));
    each.filter(|signal| fires(signal.rule, signal.at)).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn of_values(values: &[f64]) -> Vec<ControlPoint> {
        values.iter().map(|&value| ControlPoint { value, answers: 100.0 }).collect()
    }

    /// Each rule on zones made by hand: the place where it fires, and one point fewer where it does not.
    #[test]
    fn rules_fire_where_their_pattern_is_complete() {
        let cases: &[(RunRule, &[f64], &[usize])] = &[
            (RunRule::BeyondLimits, &[0.5, 3.1, -3.1, 3.0], &[1, 2]),
            (RunRule::TwoOfThree, &[2.1, 0.0, 2.2, 0.0, -2.1], &[2]),
            (RunRule::TwoOfThree, &[2.1, 2.2, 0.0], &[]),
            (RunRule::TwoOfThree, &[2.1, -2.2, 0.0, 2.0, 2.0], &[]),
            (RunRule::FourOfFive, &[1.1, 1.2, 0.0, 1.1, 1.3, 0.5], &[4]),
            (RunRule::FourOfFive, &[1.1, 1.2, 0.0, -1.1, 1.3, 1.1], &[]),
            (RunRule::EightOnOneSide, &[0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, -0.1], &[7, 8]),
            (RunRule::EightOnOneSide, &[0.1, 0.1, 0.1, 0.1, 0.0, 0.1, 0.1, 0.1, 0.1], &[]),
        ];
        for (rule, zones, wanted) in cases {
            let found: Vec<usize> = signals(zones, zones, Rules::WesternElectric)
                .into_iter()
                .filter(|signal| signal.rule == *rule)
                .map(|signal| signal.at)
                .collect();
            assert_eq!(found, *wanted, "{rule:?} {zones:?}");
        }
        let rising: Vec<f64> = (0..7).map(|value| f64::from(value) / 10.0 - 0.3).collect();
        let found = signals(&rising, &rising, Rules::Nelson);
        assert_eq!(
            found.iter().map(|held| (held.at, held.rule)).collect::<Vec<_>>(),
            [(5, RunRule::SixTrending), (6, RunRule::SixTrending)]
        );
        let alternating: Vec<f64> = (0..14).map(|at| if at % 2 == 0 { 0.1 } else { -0.1 }).collect();
        let found = signals(&alternating, &alternating, Rules::Nelson);
        assert_eq!(found, [Signal { at: 13, rule: RunRule::FourteenAlternating }]);
        assert!(signals(&alternating[1..], &alternating[1..], Rules::Nelson).is_empty());
        let nine = [0.2; 9];
        assert_eq!(signals(&nine, &nine, Rules::Nelson), [Signal { at: 8, rule: RunRule::NineOnOneSide }]);
    }

    #[test]
    fn a_constant_series_is_quiet_and_any_departure_from_it_is_not() {
        let constant = control_chart(&of_values(&[0.1 + 0.2; 30]), Chart::Xmr, Rules::WesternElectric, None).unwrap();
        assert!(constant.signals.is_empty(), "{:?}", constant.signals);
        let mut values = vec![5.0; 10];
        values.push(5.1);
        let jump = control_chart(&of_values(&values), Chart::Xmr, Rules::WesternElectric, Some(0..10)).unwrap();
        assert_eq!(jump.signals, [Signal { at: 10, rule: RunRule::BeyondLimits }]);
    }

    /// Worked examples of the NIST/SEMATECH e-Handbook: flow rates (6.3.2.2) and defective chips, fifty a wafer (6.3.3.2). It takes
    /// 1.128 for d₂ and four digits for p̄.
    #[test]
    fn examples_of_the_nist_handbook() {
        let flow = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1];
        let chart = control_chart(&of_values(&flow), Chart::Xmr, Rules::WesternElectric, None).unwrap();
        let limits = chart.limits[0];
        assert!((limits.centre - 50.81).abs() < 1e-9);
        assert!((limits.upper - 55.8041).abs() < 0.002 && (limits.lower - 45.8159).abs() < 0.002, "{limits:?}");
        assert!(chart.signals.is_empty());

        let defective = [
            12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6,
        ];
        let shares: Vec<ControlPoint> =
            defective.iter().map(|&count| ControlPoint { value: 2.0 * f64::from(count), answers: 50.0 }).collect();
        let chart = control_chart(&shares, Chart::P, Rules::Nelson, None).unwrap();
        let limits = chart.limits[0];
        assert!((limits.centre - 23.13).abs() < 0.005, "{limits:?}");
        assert!((limits.upper - 41.03).abs() < 0.03 && (limits.lower - 5.24).abs() < 0.03, "{limits:?}");
        let beyond: Vec<usize> = chart
            .signals
            .iter()
            .filter(|signal| signal.rule == RunRule::BeyondLimits)
            .map(|signal| signal.at)
            .collect();
        assert_eq!(beyond, [14, 22]);
    }

    #[test]
    fn what_cannot_be_charted() {
        let chart = |values: &[f64], chart| control_chart(&of_values(values), chart, Rules::Nelson, None);
        assert_eq!(chart(&[], Chart::Xmr), None);
        assert_eq!(chart(&[1.0], Chart::Xmr), None);
        assert_eq!(chart(&[1.0, f64::NAN], Chart::Xmr), None);
        assert_eq!(chart(&[50.0, 101.0], Chart::P), None);
        let nobody = [ControlPoint { value: 50.0, answers: 0.0 }; 3];
        assert_eq!(control_chart(&nobody, Chart::P, Rules::Nelson, None), None);
        assert_eq!(control_chart(&of_values(&[1.0, 2.0, 3.0]), Chart::Xmr, Rules::Nelson, Some(1..9)), None);
        let all = chart(&[100.0, 100.0], Chart::P).unwrap();
        assert_eq!((all.limits[0].lower, all.limits[0].upper, all.signals.len()), (100.0, 100.0, 0));
    }
}
