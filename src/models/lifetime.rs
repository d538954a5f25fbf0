//! The value of a retained customer: a margin with the rates of retention and discount comes in, a sum of money today goes out.

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
