//! How urgent a finding is: importance × gap × reach, each from 0 to 1, and how heavy its evidence weighs.

use serde::Serialize;

use crate::analysis::findings::{Evidence, Importance, Severity};
use crate::metrics::Unit;

/// Importance × gap × reach, with the working.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Priority {
    /// How much the indicator matters, 0 to 1, and how that is known.
    pub importance: Importance,
    /// The shortfall as a share of the scale, 0 to 1: of 100 for percent and points; of the value it is set against for scores
    /// and other numbers, whose ends are not known; of four standard deviations of the answers where one of the two is not above 0.
    pub gap: f64,
    /// Share of all who were asked that the indicator and the group speak of, 0 to 1.
    pub reach: f64,
    /// 100 × importance × gap × reach.
    pub value: f64,
}

impl Priority {
    /// The product of the three; `spread` is a standard deviation of the answers in the unit of the evidence.
    pub fn new(importance: Importance, evidence: &Evidence, spread: Option<f64>, reach: f64) -> Self {
        let gap = relative_gap(evidence, spread);
        let value = 100.0 * importance.value * gap * reach;
        Self { importance, gap, reach, value }
    }
}

/// The shortfall as a share of the scale, 0 to 1.
pub(super) fn relative_gap(evidence: &Evidence, spread: Option<f64>) -> f64 {
    let span = match evidence.unit {
        Unit::Percent | Unit::Points => 100.0,
        Unit::Score | Unit::Number if evidence.value.min(evidence.against) > 0.0 => evidence.against,
        // Of what may lie on either side of 0, such as expectation less perception, 0 is no end: nearly all answers lie within four
        // standard deviations.
        Unit::Score | Unit::Number => 4.0 * spread.unwrap_or_default(),
    };
    if span > 0.0 { (evidence.gap / span).clamp(0.0, 1.0) } else { 0.0 }
}

/// High where the evidence is beyond chance and the gap at least a twentieth of the scale.
pub(super) fn severity(evidence: &Evidence, spread: Option<f64>) -> Severity {
    match (evidence.significant, relative_gap(evidence, spread) >= 0.05) {
        (true, true) => Severity::High,
        (true, false) => Severity::Medium,
        (false, _) => Severity::Low,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn evidence(gap: f64, against: f64, unit: Unit, significant: bool) -> Evidence {
        Evidence {
            value: against - gap,
            interval: None,
            against,
            against_name: None,
            gap,
            unit,
            p_value: None,
            significant,
            n: 100,
            control: None,
        }
    }

    /// 6.2 points of 100 missed by half of those asked, of importance 0.8: 100 × 0.8 × 0.062 × 0.5 = 2.48. A wait of 10.5 minutes
    /// against 8: 2.5 / 8 = 0.3125.
    #[test]
    fn the_priority_is_the_product_of_the_three() {
        let importance = Importance { value: 0.8, ..Importance::default() };
        let found = Priority::new(importance, &evidence(6.2, 14.2, Unit::Percent, true), None, 0.5);
        assert!((found.value - 2.48).abs() < 1e-12);
        assert!((relative_gap(&evidence(2.5, 8.0, Unit::Number, true), None) - 0.3125).abs() < 1e-12);
        // Expectation less perception of −1.96 against −1.03, with a standard deviation of 1.5: 0.93 / 6.
        assert!((relative_gap(&evidence(0.93, -1.03, Unit::Score, true), Some(1.5)) - 0.155).abs() < 1e-12);
        assert_eq!(relative_gap(&evidence(9.0, 0.0, Unit::Score, true), None), 0.0);
    }

    #[test]
    fn what_is_within_the_error_is_never_severe() {
        assert_eq!(severity(&evidence(30.0, 80.0, Unit::Percent, false), None), Severity::Low);
        assert_eq!(severity(&evidence(4.0, 80.0, Unit::Percent, true), None), Severity::Medium);
        assert_eq!(severity(&evidence(5.0, 80.0, Unit::Percent, true), None), Severity::High);
    }
}
