//! Which groups of a segment column are hidden because of their base, and which one more is hidden so that the total does
//! not give a single hidden group away.

use std::ops::Range;

/// A group of a segment column as suppression sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Base {
    /// Unweighted answers.
    pub n: u64,
    /// Hidden because of its own base.
    pub hidden: bool,
    /// There is a number that could be shown.
    pub shown: bool,
}

/// True if a base of `n` answers, or `n_eff` effective ones, is below a limit.
#[allow(clippy::cast_precision_loss, reason = "counts of answers are far below 2^53")]
pub fn is_below((n, n_eff): (u64, f64), limit: f64) -> bool {
    (n as f64) < limit || n_eff < limit
}

/// The group to hide besides the only hidden one: the shown group with the fewest answers, the first of several. `None` if
/// no group or several are hidden, or if no other is shown.
pub fn complement(groups: &[Base]) -> Option<usize> {
    if groups.iter().filter(|group| group.hidden).count() != 1 {
        return None;
    }
    groups.iter().enumerate().filter(|(_, group)| group.shown).min_by_key(|(_, group)| group.n).map(|(index, _)| index)
}

/// Which groups are hidden for their own base or, as the complement of the only such group, within their segment column.
/// Group 0 is the total; `columns` says where the groups of each column stand.
pub fn hidden_within_columns(bases: &[Base], columns: &[Range<usize>]) -> Vec<bool> {
    let mut hidden: Vec<bool> = bases.iter().map(|base| base.hidden).collect();
    if bases.first().is_some_and(|total| total.shown) {
        for column in columns {
            if let Some(more) = complement(&bases[column.clone()]) {
                hidden[column.start + more] = true;
            }
        }
    }
    hidden
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(bases: &[u64]) -> Vec<Base> {
        bases.iter().map(|&n| Base { n, hidden: n > 0 && n < 20, shown: n >= 20 }).collect()
    }

    #[test]
    fn a_single_hidden_group_takes_the_next_smallest_along() {
        assert_eq!(complement(&groups(&[300, 12, 80, 90])), Some(2));
        assert_eq!(complement(&groups(&[80, 12, 80])), Some(0));
        assert_eq!(complement(&groups(&[300, 12])), Some(0));
    }

    #[test]
    fn nothing_more_is_hidden_where_nothing_is_given_away() {
        assert_eq!(complement(&groups(&[300, 80])), None);
        assert_eq!(complement(&groups(&[300, 12, 19, 80])), None);
        assert_eq!(complement(&groups(&[12])), None);
        // A group that nobody is in hides nothing.
        assert_eq!(complement(&groups(&[300, 0, 80])), None);
    }

    #[test]
    fn either_base_can_be_too_small() {
        assert!(is_below((19, 19.0), 20.0) && is_below((40, 19.9), 20.0) && !is_below((20, 20.0), 20.0));
    }
}
