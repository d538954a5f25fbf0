//! Quantiles of the distributions behind intervals, to nearly full double precision: the library's value is polished by
//! Newton steps on its cumulative distribution, which is accurate to about 1e-15 where its inverse is not.

use statrs::distribution::{Beta, Continuous, ContinuousCDF, Normal, StudentsT};
use statrs::function::beta::checked_beta_reg;
use statrs::function::gamma::checked_gamma_ur;

/// Quantile of Student's t with `degrees` (> 0) degrees of freedom; the normal quantile where `degrees` is infinite.
/// `probability` lies strictly between 0 and 1. `None` for arguments outside these limits.
pub fn student_t_quantile(probability: f64, degrees: f64) -> Option<f64> {
    if !(probability > 0.0 && probability < 1.0) || degrees.is_nan() || degrees <= 0.0 {
        return None;
    }
    // The upper tail loses digits, so the lower one is solved and mirrored.
    if probability > 0.5 {
        return student_t_quantile(1.0 - probability, degrees).map(|quantile| -quantile);
    }
    if degrees.is_infinite() {
        let normal = Normal::new(0.0, 1.0).ok()?;
        return Some(polish(&normal, probability, normal.inverse_cdf(probability), f64::NEG_INFINITY, 0.0));
    }
    let student = StudentsT::new(0.0, 1.0, degrees).ok()?;
    Some(polish(&student, probability, student.inverse_cdf(probability), f64::NEG_INFINITY, 0.0))
}

/// Quantile of the beta distribution; a shape of 0 puts all mass at that end. `None` for negative shapes.
pub fn beta_quantile(probability: f64, shape_a: f64, shape_b: f64) -> Option<f64> {
    if !(0.0..=1.0).contains(&probability) || shape_a.is_nan() || shape_b.is_nan() || shape_a < 0.0 || shape_b < 0.0 {
        return None;
    }
    if shape_a == 0.0 {
        return Some(0.0);
    }
    if shape_b == 0.0 {
        return Some(1.0);
    }
    let beta = Beta::new(shape_a, shape_b).ok()?;
    Some(polish(&beta, probability, beta.inverse_cdf(probability), 0.0, 1.0))
}

/// Two-sided p value of a t statistic.
pub fn student_t_p_value(statistic: f64, degrees: f64) -> Option<f64> {
    if statistic.is_nan() || degrees.is_nan() || degrees <= 0.0 {
        return None;
    }
    let tail = if degrees.is_infinite() {
        Normal::new(0.0, 1.0).ok()?.cdf(-statistic.abs())
    } else {
        StudentsT::new(0.0, 1.0, degrees).ok()?.cdf(-statistic.abs())
    };
    Some((2.0 * tail).min(1.0))
}

/// Probability of an F statistic above `value` with `first` and `second` degrees of freedom, which need not be whole numbers.
/// `None` for degrees of freedom of 0 or less.
pub fn f_upper_tail(value: f64, first: f64, second: f64) -> Option<f64> {
    if value.is_nan() || first.is_nan() || second.is_nan() || first <= 0.0 || second <= 0.0 {
        return None;
    }
    checked_beta_reg(second / 2.0, first / 2.0, second / (second + first * value.max(0.0))).ok()
}

/// Probability of a chi-square statistic above `value` with `degrees` degrees of freedom; `None` where these are 0 or less.
pub fn chi_square_upper_tail(value: f64, degrees: f64) -> Option<f64> {
    if value.is_nan() || degrees.is_nan() || degrees <= 0.0 {
        return None;
    }
    if value <= 0.0 { Some(1.0) } else { checked_gamma_ur(degrees / 2.0, value / 2.0).ok() }
}

fn polish<D: ContinuousCDF<f64, f64> + Continuous<f64, f64>>(
    distribution: &D,
    probability: f64,
    start: f64,
    low: f64,
    high: f64,
) -> f64 {
    let mut best = start;
    for _ in 0..8 {
        let density = distribution.pdf(best);
        if density.is_nan() || density <= 0.0 {
            break;
        }
        let next = best - (distribution.cdf(best) - probability) / density;
        if next.is_nan() || next <= low || next >= high || (next - best).abs() <= f64::EPSILON * best.abs() {
            break;
        }
        best = next;
    }
    best
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{found} is not {expected}");
    }

    /// Expected values printed by R 4.2 `qt` and `qbeta` with 17 digits.
    #[test]
    fn quantiles_agree_with_r() {
        close(student_t_quantile(0.975, 1.0).unwrap(), 12.706204736174694);
        close(student_t_quantile(0.975, 10.0).unwrap(), 2.2281388519862744);
        close(student_t_quantile(0.975, 199.0).unwrap(), 1.9719565442517553);
        // The library's normal distribution is good to eleven digits.
        let normal = student_t_quantile(0.025, f64::INFINITY).unwrap();
        assert!((normal + 1.959963984540054).abs() < 1e-10, "{normal}");
        close(beta_quantile(0.025, 5.0, 10.0).unwrap(), 0.12759842985915937);
        close(beta_quantile(0.975, 1.0, 30.0).unwrap(), 0.11570330822202779);
    }

    #[test]
    fn p_values_agree_with_printed_t_tables() {
        // t(0.975; 10) = 2.228139, t(0.995; 30) = 2.749996 (standard tables).
        assert!((student_t_p_value(2.228_139, 10.0).unwrap() - 0.05).abs() < 1e-6);
        assert!((student_t_p_value(-2.749_996, 30.0).unwrap() - 0.01).abs() < 1e-6);
    }

    /// R 4.2 `pf` and `pchisq` with `lower.tail = FALSE`, printed with 17 digits.
    #[test]
    fn upper_tails_agree_with_r() {
        let relative = |found: f64, expected: f64| {
            assert!((found - expected).abs() <= 1e-11 * expected, "{found} is not {expected}");
        };
        relative(f_upper_tail(0.5, 1.7, 20.1).unwrap(), 0.584_291_534_601_769_6);
        relative(f_upper_tail(3.2, 3.4, 300.5).unwrap(), 0.018_908_187_028_923_7);
        relative(f_upper_tail(25.0, 12.2, 1000.0).unwrap(), 4.113_775_317_551_433e-50);
        relative(chi_square_upper_tail(0.5, 1.0).unwrap(), 0.479_500_122_186_953_5);
        relative(chi_square_upper_tail(9.0, 6.0).unwrap(), 0.17357807091003605);
        relative(chi_square_upper_tail(80.0, 12.0).unwrap(), 4.127_308_729_731_737e-12);
        assert_eq!(f_upper_tail(0.0, 3.0, 9.0), Some(1.0));
        assert_eq!(f_upper_tail(1.0, 0.0, 9.0), None);
    }

    #[test]
    fn degenerate_shapes_are_the_ends() {
        assert_eq!(beta_quantile(0.3, 0.0, 5.0), Some(0.0));
        assert_eq!(beta_quantile(0.3, 5.0, 0.0), Some(1.0));
        assert_eq!(student_t_quantile(0.5, 0.0), None);
    }
}
