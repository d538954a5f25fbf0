//! Raking: weights are multiplied by one margin's factors after another until all margins agree with their figures at once
//! (Deming and Stephan 1940; iterative proportional fitting). Plain numbers come in and go out; nothing here knows files.

/// One margin: the category of every class of answers, and the sum of weights that each category must have.
#[derive(Debug, Clone, PartialEq)]
pub struct Margin {
    /// Category of each class, an index into `targets`.
    pub of_class: Vec<usize>,
    /// Sum of weights by category; 0 asks for nothing and changes nothing.
    pub targets: Vec<f64>,
}

/// When to stop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Largest relative difference left between a category's sum of weights and its target.
    pub tolerance: f64,
    /// Most passes over all margins.
    pub iterations: u32,
}

/// How far the weights agree with the margins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Agreement {
    /// Passes over all margins.
    pub iterations: u32,
    /// Largest `|sum of weights / target - 1|` over all categories.
    pub error: f64,
    /// Margin of the category with the largest difference.
    pub margin: usize,
    /// The category.
    pub category: usize,
}

/// Rakes weights in place. `answers` is the number of answers of each class, which all have the class's weight.
///
/// The weights of a class whose weight is 0 stay 0. A category whose weights add up to 0 cannot be reached and is left alone.
pub fn rake(weights: &mut [f64], answers: &[f64], margins: &[Margin], limits: Limits) -> Agreement {
    let mut reached = agreement(weights, answers, margins, 0);
    while reached.iterations < limits.iterations {
        for margin in margins {
            let factors: Vec<f64> = category_sums(weights, answers, margin)
                .iter()
                .zip(&margin.targets)
                .map(|(sum, target)| if *sum > 0.0 && *target > 0.0 { target / sum } else { 1.0 })
                .collect();
            for (weight, category) in weights.iter_mut().zip(&margin.of_class) {
                *weight *= factors[*category];
            }
        }
        reached = agreement(weights, answers, margins, reached.iterations + 1);
        if reached.error <= limits.tolerance {
            break;
        }
    }
    reached
}

/// Sum of weights by category.
fn category_sums(weights: &[f64], answers: &[f64], margin: &Margin) -> Vec<f64> {
    let mut sums = vec![0.0; margin.targets.len()];
    for ((weight, answers), category) in weights.iter().zip(answers).zip(&margin.of_class) {
        sums[*category] += weight * answers;
    }
    sums
}

fn agreement(weights: &[f64], answers: &[f64], margins: &[Margin], iterations: u32) -> Agreement {
    let mut worst = Agreement { iterations, error: 0.0, margin: 0, category: 0 };
    for (number, margin) in margins.iter().enumerate() {
        for (category, (sum, target)) in category_sums(weights, answers, margin).iter().zip(&margin.targets).enumerate()
        {
            let error = (sum / target - 1.0).abs();
            if *target > 0.0 && error > worst.error {
                worst = Agreement { iterations, error, margin: number, category };
            }
        }
    }
    worst
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { tolerance: 1e-12, iterations: 1000 };

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-9 * expected.abs(), "{found} is not {expected}");
    }

    /// Two by two answers 10, 20, 30, 40 to rows 50, 50 and columns 40, 60. The odds ratio 10 · 40 / (20 · 30) = 2/3 stays, so
    /// x (10 + x) = 2/3 (50 - x) (40 - x) for the first cell x, that is x² + 210 x - 4000 = 0: x = √15025 - 105.
    #[test]
    fn odds_ratios_stay_while_margins_change() {
        let answers = [10.0, 20.0, 30.0, 40.0];
        let mut weights = [1.0; 4];
        let rows = Margin { of_class: vec![0, 0, 1, 1], targets: vec![50.0, 50.0] };
        let columns = Margin { of_class: vec![0, 1, 0, 1], targets: vec![40.0, 60.0] };
        let reached = rake(&mut weights, &answers, &[rows, columns], LIMITS);
        assert!(reached.error <= 1e-12 && reached.iterations > 1);
        close(10.0 * weights[0], 15025.0_f64.sqrt() - 105.0);
    }

    #[test]
    fn one_margin_needs_one_pass() {
        let mut weights = [1.0, 1.0, 2.0];
        let margin = Margin { of_class: vec![0, 1, 1], targets: vec![30.0, 70.0] };
        let reached = rake(&mut weights, &[3.0, 5.0, 1.0], &[margin], LIMITS);
        // 30 / 3 = 10; 70 / (5 + 2) = 10 and 20.
        assert_eq!((weights, reached.iterations), ([10.0, 10.0, 20.0], 1));
    }

    /// Without answers in two opposite corners each margin alone fixes the weights, to different values.
    #[test]
    fn margins_that_contradict_each_other_are_told() {
        let mut weights = [1.0, 1.0];
        let first = Margin { of_class: vec![0, 1], targets: vec![1.0, 1.0] };
        let second = Margin { of_class: vec![0, 1], targets: vec![0.5, 1.5] };
        let reached = rake(&mut weights, &[1.0, 1.0], &[first, second], Limits { tolerance: 1e-9, iterations: 50 });
        assert_eq!((reached.iterations, reached.margin), (50, 0));
        close(reached.error, 0.5);
    }
}
