//! Churn rates and the value of a retained customer. Takes the dates of customers, or a margin with its rates; gives a share with
//! its interval, and a sum of money today.

use crate::models::wilson::{Share, weighted_share};

/// When the yearly margin of a customer comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Timing {
    /// The first margin is certain and comes at once: `sum_{t=0} m r^t / (1+d)^t` (Berger, P. D. and Nasr, N. I. 1998, *Journal of
    /// Interactive Marketing* 12 (1), 17-30, case 1).
    #[default]
    StartOfYear,
    /// The first margin comes after a year, if the customer stays: `sum_{t=1} m r^t / (1+d)^t` (Gupta, S. and Lehmann, D. R. 2003,
    /// *Journal of Interactive Marketing* 17 (1), 9-24).
    EndOfYear,
}

/// Churn in a period: of the customers at its start, the weighted share lost within it, with Wilson's interval.
///
/// A customer counts who joined at or before `start` and had not left by then (`left` at or after `start`); lost is who left before
/// `end`. Times are of any one unit; `left` is `None` for those still there. `None` for slices of different length, weights that are
/// not at least 0, no customer at the start, or `end` not after `start`.
pub fn churn_in_period(
    joined: &[f64],
    left: &[Option<f64>],
    weights: &[f64],
    (start, end): (f64, f64),
    confidence: f64,
) -> Option<Share> {
    if joined.len() != left.len() || joined.len() != weights.len() || start.is_nan() || end.is_nan() || end <= start {
        return None;
    }
    let there = |row: &usize| joined[*row] <= start && left[*row].is_none_or(|left| left >= start);
    let customers: Vec<usize> = (0..joined.len()).filter(there).collect();
    let lost: Vec<bool> = customers.iter().map(|row| left[*row].is_some_and(|left| left < end)).collect();
    let weights: Vec<f64> = customers.iter().map(|row| weights[*row]).collect();
    weighted_share(&lost, &weights, confidence)
}

/// Value today of a customer who brings in `margin` a year, stays from year to year with the probability `retention` (0 to 1), at
/// a yearly `discount` (at least 0; 0.1 is 10%), over `years` margins, or for ever (`None`).
///
/// With `q = retention / (1 + discount)`: `m (1 - q^years) / (1 - q)` for [`Timing::StartOfYear`], times `q` for
/// [`Timing::EndOfYear`]; for ever that is `m (1+d) / (1+d-r)` and `m r / (1+d-r)`. `None` for arguments outside their limits, or if the
/// sum has no end (retention 1 without discount, for ever).
pub fn customer_value(margin: f64, retention: f64, discount: f64, years: Option<u32>, timing: Timing) -> Option<f64> {
    let valid = margin.is_finite() && (0.0..=1.0).contains(&retention) && discount.is_finite() && discount >= 0.0;
    if !valid {
        return None;
    }
    let factor = retention / (1.0 + discount);
    // `1 - factor` without the rounding of the quotient.
    let rest = (1.0 + discount - retention) / (1.0 + discount);
    let sum = match years {
        None if rest > 0.0 => 1.0 / rest,
        None => return None,
        Some(years) if rest > 0.0 => (1.0 - factor.powf(f64::from(years))) / rest,
        Some(years) => f64::from(years),
    };
    Some(match timing {
        Timing::StartOfYear => margin * sum,
        Timing::EndOfYear => margin * sum * factor,
    })
}

/// Mean number of years that a customer stays, `1 / (1 - retention)`; `None` unless `retention` is at least 0 and below 1.
pub fn expected_years(retention: f64) -> Option<f64> {
    (0.0..1.0).contains(&retention).then(|| 1.0 / (1.0 - retention))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::models::wilson::wilson;
    use Timing::{EndOfYear, StartOfYear};

    fn close(found: Option<f64>, expected: f64) {
        let found = found.unwrap();
        assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{found} is not {expected}");
    }

    /// Gupta and Lehmann (2003): at a retention of 90% and a discount of 12% the multiple of the margin is 4.09.
    #[test]
    fn value_for_ever() {
        assert!((customer_value(1.0, 0.9, 0.12, None, EndOfYear).unwrap() - 4.09).abs() < 0.005);
        // 100 * 1.1 / 0.3 and 100 * 0.8 / 0.3
        close(customer_value(100.0, 0.8, 0.1, None, StartOfYear), 1100.0 / 3.0);
        close(customer_value(100.0, 0.8, 0.1, None, EndOfYear), 800.0 / 3.0);
        assert_eq!(customer_value(100.0, 1.0, 0.0, None, StartOfYear), None);
    }

    /// Retention 1/2 without discount: 100 + 50 + 25 and 50 + 25 + 12.5.
    #[test]
    fn value_of_some_years() {
        close(customer_value(100.0, 0.5, 0.0, Some(3), StartOfYear), 175.0);
        close(customer_value(100.0, 0.5, 0.0, Some(3), EndOfYear), 87.5);
        close(customer_value(100.0, 1.0, 0.0, Some(7), EndOfYear), 700.0);
        close(customer_value(100.0, 0.5, 0.0, Some(0), StartOfYear), 0.0);
        close(customer_value(100.0, 0.0, 0.1, Some(4), StartOfYear), 100.0);
        assert_eq!(customer_value(100.0, 1.1, 0.0, Some(3), StartOfYear), None);
        assert_eq!(customer_value(100.0, 0.5, -0.1, Some(3), StartOfYear), None);
    }

    #[test]
    fn years_of_a_customer() {
        close(expected_years(0.8), 5.0);
        assert_eq!(expected_years(1.0), None);
    }

    /// At 10 there are four: one leaves at 10, one at 12, one at 20 (too late), one stays. One joined too late, one left before.
    #[test]
    fn churn_by_hand() {
        let joined = [0.0, 5.0, 10.0, 3.0, 11.0, 0.0];
        let left = [Some(10.0), Some(12.0), Some(20.0), None, Some(12.0), Some(9.0)];
        let found = churn_in_period(&joined, &left, &[1.0; 6], (10.0, 20.0), 0.95).unwrap();
        assert_eq!((found.cases, found.share), (4, 0.5));
        assert_eq!(Some(found.interval), wilson(0.5, 4.0, 0.95));
        assert_eq!(churn_in_period(&joined, &left, &[1.0; 6], (20.0, 10.0), 0.95), None);
        assert_eq!(churn_in_period(&[30.0], &[None], &[1.0], (10.0, 20.0), 0.95), None);
    }

    proptest! {
        /// Years add up to the value for ever, and better retention is worth more.
        #[test]
        fn value_grows(retention in 0.0f64..0.95, discount in 0.0f64..0.3, more in 0.001f64..0.05) {
            for timing in [StartOfYear, EndOfYear] {
                let ever = customer_value(1.0, retention, discount, None, timing).unwrap();
                let long = customer_value(1.0, retention, discount, Some(2000), timing).unwrap();
                let few = customer_value(1.0, retention, discount, Some(3), timing).unwrap();
                prop_assert!((ever - long).abs() < 1e-9 && few <= ever + 1e-12);
                prop_assert!(customer_value(1.0, retention + more, discount, None, timing).unwrap() > ever);
            }
        }
    }
}
