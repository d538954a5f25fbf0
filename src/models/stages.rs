//! A funnel of stages that cases pass one after another, such as complaints: received, settled, satisfied, back again. Takes a yes
//! or no a stage and case, with weights; gives how many pass each stage of those that passed the one before.

use crate::models::wilson::{Share, weighted_share};

/// One stage.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stage {
    /// Cases that passed all stages before.
    pub before: usize,
    /// Of these, cases of which it is known whether they passed this stage.
    pub known: usize,
    /// Of these, cases that passed it.
    pub passed: usize,
    /// Weight of the known cases that did not pass it.
    pub lost: f64,
    /// Weighted share of the known cases that passed it, with Wilson's interval; `None` without a known case.
    pub share: Option<Share>,
    /// Product of the shares up to this stage; `None` where one is missing.
    pub through: Option<f64>,
}

/// The stages of a funnel: one column a stage (above 0 for passed, 0 for not, NaN where it is unknown), all with the rows of `weights`
/// (at least 0). A case of which a stage is unknown is left out of that stage and of those after it.
pub fn stages(columns: &[&[f64]], weights: &[f64], confidence: f64) -> Vec<Stage> {
    let mut cases: Vec<usize> = (0..weights.len()).collect();
    let mut through = Some(1.0);
    let mut found = Vec::with_capacity(columns.len());
    for column in columns {
        let before = cases.len();
        cases.retain(|case| column[*case].is_finite());
        let yes: Vec<bool> = cases.iter().map(|case| column[*case] > 0.0).collect();
        let held: Vec<f64> = cases.iter().map(|case| weights[*case]).collect();
        let share = weighted_share(&yes, &held, confidence);
        through = through.zip(share).map(|(through, share)| through * share.share);
        let lost = held.iter().zip(&yes).filter(|(_, yes)| !**yes).map(|(weight, _)| weight).sum();
        let known = cases.len();
        cases.retain(|case| column[*case] > 0.0);
        found.push(Stage { before, known, passed: cases.len(), lost, share, through });
    }
    found
}

/// Number of the stage that loses the largest weight of cases, the first of several; `None` if none is lost.
pub fn largest_leak(stages: &[Stage]) -> Option<usize> {
    let mut largest: Option<usize> = None;
    for (number, stage) in stages.iter().enumerate().filter(|(_, stage)| stage.lost > 0.0) {
        if largest.is_none_or(|known| stage.lost > stages[known].lost) {
            largest = Some(number);
        }
    }
    largest
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::models::wilson::wilson;

    const NAN: f64 = f64::NAN;

    /// Eight came in, six were settled; of five who were asked three were satisfied, of these two came back: 6/8 3/5 2/3 = 3/10.
    #[test]
    fn a_funnel_by_hand() {
        let settled = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0];
        // Who was not settled cannot be satisfied, whatever the table says; one of the settled was not asked.
        let satisfied = [1.0, 1.0, 1.0, 0.0, 0.0, NAN, 1.0, NAN];
        let returned = [1.0, 1.0, 0.0, 1.0, NAN, 1.0, 1.0, 1.0];
        let found = stages(&[&settled, &satisfied, &returned], &[1.0; 8], 0.95);
        let counts: Vec<[usize; 3]> = found.iter().map(|stage| [stage.before, stage.known, stage.passed]).collect();
        assert_eq!(counts, [[8, 8, 6], [6, 5, 3], [3, 3, 2]]);
        assert_eq!(Some(found[1].share.unwrap().interval), wilson(0.6, 5.0, 0.95));
        assert!((found[2].through.unwrap() - 0.3).abs() < 1e-15);
        // Two are lost at the first and at the second stage: the first is named.
        assert_eq!(largest_leak(&found), Some(0));
    }

    /// Weights 3, 1, 1, 1: the one lost at the second stage weighs more than the two lost at the first.
    #[test]
    fn weights_decide_where_most_is_lost() {
        let found = stages(&[&[1.0, 1.0, 0.0, 0.0], &[0.0, 1.0, 1.0, 1.0]], &[3.0, 1.0, 1.0, 1.0], 0.95);
        assert_eq!((found[0].lost, found[1].lost), (2.0, 3.0));
        assert_eq!(largest_leak(&found), Some(1));
        assert!((found[1].through.unwrap() - 4.0 / 6.0 * 0.25).abs() < 1e-15);
    }

    #[test]
    fn nothing_known_has_no_share() {
        let found = stages(&[&[1.0, 1.0], &[NAN, NAN], &[1.0, 1.0]], &[1.0, 1.0], 0.95);
        assert_eq!((found[1].share, found[1].through, found[2].through), (None, None, None));
        assert_eq!(largest_leak(&found), None);
    }

    proptest! {
        /// Where everything is known, the product of the shares is the share of the first that passed all, and no stage gains cases.
        #[test]
        fn shares_multiply(rows in prop::collection::vec([any::<bool>(); 3], 1..40)) {
            let column = |stage: usize| rows.iter().map(|row| f64::from(u8::from(row[stage]))).collect::<Vec<f64>>();
            let columns = [column(0), column(1), column(2)];
            let weights = vec![1.0; rows.len()];
            let found = stages(&columns.each_ref().map(Vec::as_slice), &weights, 0.95);
            let all = rows.iter().filter(|row| row.iter().all(|yes| *yes)).count();
            prop_assert_eq!(found[2].passed, all);
            for two in found.windows(2) {
                prop_assert!(two[1].before == two[0].passed && two[1].passed <= two[1].known);
            }
            if let Some(through) = found[2].through {
                prop_assert!((through - all as f64 / rows.len() as f64).abs() < 1e-12);
            }
        }
    }
}
