//! How far the profit of a company rests on few customers, and what the worst take away again (20/80/30 rule). Takes the profit
//! of each customer, which may be negative, and weights; gives shares, the curves and two Gini coefficients.

use thiserror::Error;

/// Why profits cannot be used.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum ConcentrationError {
    /// Not one weight a profit.
    #[error("{profits} profits have {weights} weights")]
    Size {
        /// Number of profits.
        profits: usize,
        /// Number of weights.
        weights: usize,
    },
    /// A profit is not a finite number. Rows count from 0.
    #[error("the profit in row {row} is not a number")]
    Profit {
        /// Row.
        row: usize,
    },
    /// A weight is not a finite number of at least 0. Rows count from 0.
    #[error("the weight in row {row} is not a number of at least 0")]
    Weight {
        /// Row.
        row: usize,
    },
    /// The weights sum to 0, or there is no customer.
    #[error("there is no customer")]
    Empty,
    /// A share of the rule does not lie between 0 and 1.
    #[error("the shares of the rule must lie between 0 and 1")]
    Rule,
}

/// The shares that are looked at, each between 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rule {
    /// Share of the customers, best first, whose profit is summed.
    pub best: f64,
    /// Share of the customers, worst first, whose profit is summed.
    pub worst: f64,
    /// Share of the whole profit that the best customers are counted up to.
    pub reach: f64,
}

impl Concentration {
    /// Share of the whole profit that this share of the customers bring, the best first; both 0 to 1. None unless the whole is
    /// above 0. A customer across the border counts in part.
    pub fn share_of_best(&self, customers: f64) -> Option<f64> {
        at(&self.curve, customers, self.total).share
    }
}

impl Default for Rule {
    /// The rule of 20/80/30: the best 20% of the customers, 80% of the profit, the worst 30% of the customers.
    fn default() -> Self {
        Self { best: 0.2, worst: 0.3, reach: 0.8 }
    }
}

/// Id of the table with the points of the curve.
pub const CURVE: &str = "curve";
/// Shares of the customers, in percent, at which the curve is given.
pub const GRID: [f64; 15] = [0.0, 1.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 100.0];

/// A point of a curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Share of the customers up to here, 0 to 1.
    pub customers: f64,
    /// Their profit in the unit given, times weights.
    pub profit: f64,
    /// Their share of the whole profit; `None` unless the whole is above 0. Can lie below 0 and above 1.
    pub share: Option<f64>,
}

/// The best customers that make a share of the profit together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reached {
    /// Number of rows.
    pub rows: usize,
    /// Sum of their weights.
    pub customers: f64,
    /// Their share of all customers, 0 to 1.
    pub share: f64,
}

/// Concentration of profit.
#[derive(Debug, Clone, PartialEq)]
pub struct Concentration {
    /// Sum of the weights.
    pub customers: f64,
    /// Whole profit.
    pub total: f64,
    /// Sum of the profits above 0.
    pub gains: f64,
    /// Sum of the profits below 0, as a number of at least 0.
    pub losses: f64,
    /// Share of the customers with a profit below 0.
    pub loss_makers: f64,
    /// The best customers of the rule; a customer across the border counts in part, so that ties need no order.
    pub best: Point,
    /// The worst customers of the rule, likewise.
    pub worst: Point,
    /// What the worst take away, as a share of what the best bring in: `-worst / best` ("half" in the rule). `None` unless the
    /// worst lose and the best gain.
    pub lost_again: Option<f64>,
    /// How many of the best make the share of the rule; `None` unless the whole profit is above 0.
    pub reached: Option<Reached>,
    /// Cumulated profit, best customers first (the "whale curve"), one point for each distinct profit, from (0, 0) on.
    pub curve: Vec<Point>,
    /// The highest point of that curve: what the profit would be without loss makers.
    pub peak: Point,
    /// Cumulated profit, worst customers first (Lorenz curve), likewise.
    pub lorenz: Vec<Point>,
    /// Gini coefficient: twice the area between the Lorenz curve and the diagonal. `None` unless the whole profit is above 0;
    /// above 1 where losses are large.
    pub gini: Option<f64>,
    /// Gini coefficient of Raffinetti, Siletti and Vernizzi (2015, *Statistical Methods & Applications* 24, 507-521), whose
    /// divisor is the mean of the absolute profits: 0 to 1 with losses too, and the usual coefficient without losses. In its
    /// form for weights, as in the R package `GiniWegNeg`. `None` if all profits are 0.
    pub gini_normalised: Option<f64>,
}

/// Concentration of profits, one row a customer (or group of like customers) with its weight: 1, the number of customers that
/// the row stands for, or a sampling weight.
///
/// # Errors
/// Slices of different length, no customer, a profit or weight that is no number, or a rule outside 0 to 1.
pub fn concentration(profits: &[f64], weights: &[f64], rule: Rule) -> Result<Concentration, ConcentrationError> {
    validate(profits, weights, rule)?;
    // The order of rows must not change a bit of the sums, so equal profits are put in order of weight.
    let mut ordered: Vec<(f64, f64)> = profits.iter().copied().zip(weights.iter().copied()).collect();
    ordered.retain(|(_, weight)| *weight > 0.0);
    ordered.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.total_cmp(&a.1)));
    let customers: f64 = ordered.iter().map(|(_, weight)| weight).sum();
    let total: f64 = ordered.iter().map(|(profit, weight)| profit * weight).sum();
    let sum_where = |keep: fn(f64) -> bool| -> f64 {
        ordered.iter().filter(|(profit, _)| keep(*profit)).map(|(profit, weight)| profit * weight).sum()
    };
    let gains = sum_where(|profit| profit > 0.0);
    let losses = -sum_where(|profit| profit < 0.0);
    let losing: f64 = ordered.iter().filter(|(profit, _)| *profit < 0.0).map(|(_, weight)| weight).sum();

    let curve = cumulate(ordered.iter().copied(), customers, total);
    let lorenz = cumulate(ordered.iter().rev().copied(), customers, total);
    let best = at(&curve, rule.best, total);
    let worst = at(&lorenz, rule.worst, total);
    let mut peak = curve[0];
    for point in &curve {
        if point.profit > peak.profit {
            peak = *point;
        }
    }
    // Half the mean difference of two customers: the area between curve and diagonal, in units of profit.
    let area: f64 = lorenz
        .windows(2)
        .map(|pair| (pair[1].customers - pair[0].customers) * (pair[0].profit + pair[1].profit))
        .sum::<f64>();
    let half_difference = ((total - area) / customers).max(0.0);
    Ok(Concentration {
        customers,
        total,
        gains,
        losses,
        loss_makers: losing / customers,
        best,
        worst,
        lost_again: (worst.profit < 0.0 && best.profit > 0.0).then(|| -worst.profit / best.profit),
        reached: reached(&ordered, rule.reach, customers, total),
        curve,
        peak,
        lorenz,
        gini: (total > 0.0).then(|| half_difference * customers / total),
        gini_normalised: (gains + losses > 0.0).then(|| half_difference * customers / (gains + losses)),
    })
}

fn validate(profits: &[f64], weights: &[f64], rule: Rule) -> Result<(), ConcentrationError> {
    if profits.len() != weights.len() {
        return Err(ConcentrationError::Size { profits: profits.len(), weights: weights.len() });
    }
    if let Some(row) = profits.iter().position(|profit| !profit.is_finite()) {
        return Err(ConcentrationError::Profit { row });
    }
    if let Some(row) = weights.iter().position(|weight| !weight.is_finite() || *weight < 0.0) {
        return Err(ConcentrationError::Weight { row });
    }
    if weights.iter().all(|weight| *weight == 0.0) {
        return Err(ConcentrationError::Empty);
    }
    if [rule.best, rule.worst, rule.reach].iter().any(|share| !(*share > 0.0 && *share < 1.0)) {
        return Err(ConcentrationError::Rule);
    }
    Ok(())
}

/// Cumulated weights and profits from (0, 0) on, with one point for each run of equal profits.
fn cumulate(rows: impl Iterator<Item = (f64, f64)>, customers: f64, total: f64) -> Vec<Point> {
    let mut points = vec![point(0.0, 0.0, total)];
    let mut before: Option<f64> = None;
    let (mut weight, mut profit) = (0.0, 0.0);
    for (row_profit, row_weight) in rows {
        if before.is_some_and(|before| before != row_profit) {
            points.push(point(weight / customers, profit, total));
        }
        before = Some(row_profit);
        weight += row_weight;
        profit += row_profit * row_weight;
    }
    // Both curves end in the same place, whatever the order of the sums.
    points.push(point(1.0, total, total));
    points
}

fn point(customers: f64, profit: f64, total: f64) -> Point {
    Point { customers, profit, share: (total > 0.0).then(|| profit / total) }
}

/// The curve at a share of the customers, along the line between its points.
fn at(curve: &[Point], customers: f64, total: f64) -> Point {
    let after = curve.partition_point(|point| point.customers < customers).clamp(1, curve.len() - 1);
    let (left, right) = (curve[after - 1], curve[after]);
    let way = (customers - left.customers) / (right.customers - left.customers);
    point(customers, left.profit + way * (right.profit - left.profit), total)
}

fn reached(ordered: &[(f64, f64)], reach: f64, customers: f64, total: f64) -> Option<Reached> {
    if total <= 0.0 {
        return None;
    }
    // Sums that equal the border but for rounding reach it.
    let border = reach * total * (1.0 - 1e-12);
    let (mut weight, mut profit) = (0.0, 0.0);
    for (row, (row_profit, row_weight)) in ordered.iter().enumerate() {
        weight += row_weight;
        profit += row_profit * row_weight;
        if profit >= border {
            return Some(Reached { rows: row + 1, customers: weight, share: weight / customers });
        }
    }
    None
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{found} is not {expected}");
    }

    fn plain(profits: &[f64]) -> Concentration {
        concentration(profits, &vec![1.0; profits.len()], Rule::default()).unwrap()
    }

    /// Ten customers; the whole is 100, the best two bring in 50 + 30 = 80, the worst three lose 25 + 10 + 5 = 40, half of it.
    #[test]
    fn the_rule_of_20_80_30() {
        let found = plain(&[50.0, 30.0, 25.0, 15.0, 10.0, 6.0, 4.0, -5.0, -10.0, -25.0]);
        close(found.total, 100.0);
        close(found.best.profit, 80.0);
        close(found.best.share.unwrap(), 0.8);
        close(found.worst.profit, -40.0);
        close(found.worst.share.unwrap(), -0.4);
        close(found.lost_again.unwrap(), 0.5);
        close(found.gains, 140.0);
        close(found.losses, 40.0);
        close(found.loss_makers, 0.3);
        assert_eq!(found.reached.unwrap(), Reached { rows: 2, customers: 2.0, share: 0.2 });
        close(found.peak.customers, 0.7);
        close(found.peak.profit, 140.0);
    }

    /// 1, 2, 3, 4: the Lorenz points are 0, .1, .3, .6, 1 and the area under them (.1/2 + .2 + .45 + .8) / 4 = .375, so the
    /// coefficient is 1 - 2 * .375 = .25. Without losses both coefficients are the same.
    #[test]
    fn gini_by_hand() {
        let found = plain(&[3.0, 1.0, 4.0, 2.0]);
        let shares: Vec<f64> = found.lorenz.iter().map(|point| point.share.unwrap()).collect();
        for (share, expected) in shares.iter().zip([0.0, 0.1, 0.3, 0.6, 1.0]) {
            close(*share, expected);
        }
        close(found.gini.unwrap(), 0.25);
        close(found.gini_normalised.unwrap(), 0.25);
        // A fifth of four customers is .8 of the best one.
        close(found.best.share.unwrap(), 0.32);
        assert_eq!(found.reached.unwrap().rows, 3);
    }

    /// -2, 1, 3: the absolute differences of the six ordered pairs are 3, 5, 2, twice each: mean 20/9, half of it 10/9. The mean
    /// is 2/3, so the coefficient is 5/3; the mean of the absolute values is 2, so the normalised one is 5/9.
    #[test]
    fn gini_with_losses_by_hand() {
        let found = plain(&[1.0, -2.0, 3.0]);
        close(found.gini.unwrap(), 5.0 / 3.0);
        close(found.gini_normalised.unwrap(), 5.0 / 9.0);
    }

    /// 50, 30, 25, ... of the first test: two customers of ten bring 80 of 100, one and a half 50 + 15.
    #[test]
    fn the_curve_between_its_points() {
        let found = plain(&[50.0, 30.0, 25.0, 15.0, 10.0, 6.0, 4.0, -5.0, -10.0, -25.0]);
        for (customers, share) in [(0.0, 0.0), (0.1, 0.5), (0.15, 0.65), (0.2, 0.8), (0.7, 1.4), (1.0, 1.0)] {
            close(found.share_of_best(customers).unwrap(), share);
        }
        assert_eq!(plain(&[1.0, -3.0]).share_of_best(0.5), None);
    }

    /// The example of Raffinetti, Siletti and Vernizzi (2015): .555 (50.01 / 90.01), 1 and .8346 with their divisor for small
    /// numbers, which is `(n - 1) / n` of this one.
    #[test]
    fn gini_of_the_published_example() {
        let cases = [
            ([-5.0, -5.0, -5.0, -5.0, -5.0, -5.0, -5.0, -5.0, -5.0, 45.01], 0.5556),
            ([-45.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 45.01], 1.0),
            ([-15.0, -10.0, -8.0, -7.0, -5.0, 0.0, 0.0, 0.0, 0.0, 45.01], 0.8346),
        ];
        for (profits, expected) in cases {
            let found = plain(&profits).gini_normalised.unwrap() * 10.0 / 9.0;
            assert!((found - expected).abs() < 0.0001, "{found} is not {expected}");
        }
    }

    #[test]
    fn ties_are_one_point_and_weights_are_frequencies_of_customers() {
        let rows = plain(&[5.0, 5.0, 5.0, 1.0, 1.0, -2.0]);
        let groups = concentration(&[1.0, 5.0, -2.0, 9.0], &[2.0, 3.0, 1.0, 0.0], Rule::default()).unwrap();
        assert_eq!(rows.curve.len(), 4);
        assert_eq!((&rows.curve, &rows.lorenz, rows.gini), (&groups.curve, &groups.lorenz, groups.gini));
        assert_eq!((rows.best, rows.worst, rows.loss_makers), (groups.best, groups.worst, groups.loss_makers));
    }

    #[test]
    fn a_whole_of_loss_has_no_shares() {
        let found = plain(&[1.0, -3.0]);
        assert_eq!((found.gini, found.reached, found.best.share), (None, None, None));
        // The worst .6 of a customer lose 1.8, the best .4 bring in .4.
        close(found.lost_again.unwrap(), 4.5);
        // Half the mean difference is 1, the mean of the absolute values 2.
        close(found.gini_normalised.unwrap(), 0.5);
        assert_eq!(plain(&[0.0, 0.0]).gini_normalised, None);
    }

    #[test]
    fn errors_name_the_row() {
        let rule = Rule::default();
        let size = concentration(&[1.0], &[], rule);
        assert_eq!(size, Err(ConcentrationError::Size { profits: 1, weights: 0 }));
        let profit = concentration(&[1.0, f64::NAN], &[1.0, 1.0], rule);
        assert_eq!(profit, Err(ConcentrationError::Profit { row: 1 }));
        assert_eq!(concentration(&[1.0], &[-1.0], rule), Err(ConcentrationError::Weight { row: 0 }));
        assert_eq!(concentration(&[], &[], rule), Err(ConcentrationError::Empty));
        assert_eq!(concentration(&[1.0], &[0.0], rule), Err(ConcentrationError::Empty));
        assert_eq!(concentration(&[1.0], &[1.0], Rule { best: 1.0, ..rule }), Err(ConcentrationError::Rule));
    }

    proptest! {
        /// Another currency and another order change no share.
        #[test]
        fn scale_and_order_do_not_matter(profits in prop::collection::vec(-50.0f64..100.0, 3..40), scale in 0.01f64..100.0) {
            let found = plain(&profits);
            let other = plain(&profits.iter().rev().map(|profit| profit * scale).collect::<Vec<_>>());
            prop_assert!((found.gini_normalised.unwrap() - other.gini_normalised.unwrap()).abs() < 1e-9);
            prop_assert!((-1e-12..=1.0).contains(&found.gini_normalised.unwrap()));
            if found.total > 1.0 && other.total > 0.0 {
                let (left, right) = (found.gini.unwrap(), other.gini.unwrap());
                prop_assert!((left - right).abs() < 1e-9 * left.max(1.0));
            }
            let reordered = plain(&profits.iter().rev().copied().collect::<Vec<_>>());
            prop_assert_eq!(found, reordered);
        }
    }
}
