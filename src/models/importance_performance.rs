//! Importance-performance analysis (Martilla and James 1977): items placed by how much they matter and how well they do, cut
//! into four quadrants. Answers and weights, or means that are known already, come in; a position an item goes out.

use crate::models::moments::{MomentsError, weighted_means};

/// A value this near a cut, as a share of it, is on the cut: rounding must not move an item.
const ON_THE_CUT: f64 = 1e-12;

/// Where the quadrants meet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cuts {
    /// Means over the items of both axes.
    GrandMeans,
    /// Medians over the items of both axes.
    Medians,
    /// Given values, in the units of the axes.
    At {
        /// On the axis of importance.
        importance: f64,
        /// On the axis of performance.
        performance: f64,
    },
}

impl Cuts {
    /// The middle of both scales, each given by its lowest and highest answer. Derived importance has no scale.
    pub fn midpoints(importance: (f64, f64), performance: (f64, f64)) -> Self {
        let middle = |(low, high): (f64, f64)| f64::midpoint(low, high);
        Self::At { importance: middle(importance), performance: middle(performance) }
    }
}

/// Where importance comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Importance {
    /// Asked on the scale of performance, so that the two can be subtracted.
    Stated,
    /// Computed, such as relative weights: in units of its own.
    Derived,
}

/// A quadrant; a value on a cut counts as high.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quadrant {
    /// High importance, high performance.
    KeepUp,
    /// High importance, low performance.
    ConcentrateHere,
    /// Low importance, low performance.
    LowPriority,
    /// Low importance, high performance.
    PossibleOverkill,
}

/// Where an item lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Position {
    /// Importance, in the units given.
    pub importance: f64,
    /// Performance, in the units given.
    pub performance: f64,
    /// Performance − importance; `None` where importance is derived.
    pub gap: Option<f64>,
    /// The quadrant.
    pub quadrant: Quadrant,
}

/// The map of *k* items.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportancePerformance {
    /// The cut on the axis of importance.
    pub importance_cut: f64,
    /// The cut on the axis of performance.
    pub performance_cut: f64,
    /// The items in their order, length *k*.
    pub items: Vec<Position>,
}

/// Why items cannot be placed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportancePerformanceError {
    /// The answers have no means; items of performance are counted on from the last item of importance.
    #[error(transparent)]
    Moments(#[from] MomentsError),
    /// The two sides do not have the same items.
    #[error("{importance} items of importance, {performance} of performance")]
    Items {
        /// Items of importance.
        importance: usize,
        /// Items of performance.
        performance: usize,
    },
    /// An importance, a performance or a cut is missing or infinite.
    #[error("item {item} has no finite position")]
    Position {
        /// Position of the item; the number of items if it is a cut.
        item: usize,
    },
}

/// Places items by means of the answers on importance and on performance, one slice an item on each side, all with the rows of
/// `weights`.
///
/// # Errors
/// Sides of different length, none at all, rows that do not fit, values or weights that are no numbers.
pub fn stated<C: AsRef<[f64]>>(
    importance: &[C],
    performance: &[C],
    weights: &[f64],
    cuts: Cuts,
) -> Result<ImportancePerformance, ImportancePerformanceError> {
    let columns: Vec<&[f64]> = importance.iter().chain(performance).map(AsRef::as_ref).collect();
    check_sides(importance.len(), performance.len())?;
    let means = weighted_means(&columns, weights)?;
    let (importance, performance) = means.split_at(importance.len());
    place(importance, performance, Importance::Stated, cuts)
}

/// Places items by importance computed elsewhere and means of the answers on performance, one slice an item, all with the rows
/// of `weights`.
///
/// # Errors
/// As [`stated`].
pub fn derived<C: AsRef<[f64]>>(
    importance: &[f64],
    performance: &[C],
    weights: &[f64],
    cuts: Cuts,
) -> Result<ImportancePerformance, ImportancePerformanceError> {
    check_sides(importance.len(), performance.len())?;
    place(importance, &weighted_means(performance, weights)?, Importance::Derived, cuts)
}

/// Places items whose importance and performance are known, such as means that each have a base of their own.
///
/// # Errors
/// `Items` and `Position`.
pub fn place(
    importance: &[f64],
    performance: &[f64],
    source: Importance,
    cuts: Cuts,
) -> Result<ImportancePerformance, ImportancePerformanceError> {
    check_sides(importance.len(), performance.len())?;
    let (importance_cut, performance_cut) = match cuts {
        Cuts::GrandMeans => (mean(importance), mean(performance)),
        Cuts::Medians => (median(importance), median(performance)),
        Cuts::At { importance, performance } => (importance, performance),
    };
    let pairs = || importance.iter().copied().zip(performance.iter().copied());
    let finite = |(importance, performance): (f64, f64)| importance.is_finite() && performance.is_finite();
    if let Some(item) = pairs().chain([(importance_cut, performance_cut)]).position(|pair| !finite(pair)) {
        return Err(ImportancePerformanceError::Position { item });
    }
    let high = |value: f64, cut: f64| value >= cut - ON_THE_CUT * cut.abs();
    let position = |(importance, performance): (f64, f64)| Position {
        importance,
        performance,
        gap: (source == Importance::Stated).then_some(performance - importance),
        quadrant: match (high(importance, importance_cut), high(performance, performance_cut)) {
            (true, true) => Quadrant::KeepUp,
            (true, false) => Quadrant::ConcentrateHere,
            (false, false) => Quadrant::LowPriority,
            (false, true) => Quadrant::PossibleOverkill,
        },
    };
    Ok(ImportancePerformance { importance_cut, performance_cut, items: pairs().map(position).collect() })
}

fn check_sides(importance: usize, performance: usize) -> Result<(), ImportancePerformanceError> {
    if importance != performance {
        return Err(ImportancePerformanceError::Items { importance, performance });
    }
    if importance == 0 {
        return Err(MomentsError::Variables { found: 0, needed: 1 }.into());
    }
    Ok(())
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The middle value, or the mean of the two middle ones; `values` is not empty.
fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { f64::midpoint(sorted[middle - 1], sorted[middle]) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::Quadrant::{ConcentrateHere, KeepUp, LowPriority, PossibleOverkill};
    use super::*;

    fn quadrants(map: &ImportancePerformance) -> Vec<Quadrant> {
        map.items.iter().map(|item| item.quadrant).collect()
    }

    const IMPORTANCE: [f64; 4] = [4.0, 5.0, 2.0, 1.0];
    const PERFORMANCE: [f64; 4] = [4.0, 1.0, 1.0, 3.0];

    /// Grand means 12/4 and 9/4, medians (2 + 4)/2 and (1 + 3)/2, middles of 1 to 5 and of 0 to 8.
    #[test]
    fn the_three_cuts_by_hand() {
        let of = |cuts| place(&IMPORTANCE, &PERFORMANCE, Importance::Stated, cuts).unwrap();
        let means = of(Cuts::GrandMeans);
        assert_eq!((means.importance_cut, means.performance_cut), (3.0, 2.25));
        assert_eq!(quadrants(&means), [KeepUp, ConcentrateHere, LowPriority, PossibleOverkill]);
        assert_eq!(means.items[1].gap, Some(-4.0));
        let medians = of(Cuts::Medians);
        assert_eq!((medians.importance_cut, medians.performance_cut), (3.0, 2.0));
        let middles = of(Cuts::midpoints((1.0, 5.0), (0.0, 8.0)));
        assert_eq!((middles.importance_cut, middles.performance_cut), (3.0, 4.0));
        assert_eq!(quadrants(&middles), [KeepUp, ConcentrateHere, LowPriority, LowPriority]);
    }

    /// Weights 3 : 1 give importance 1.5 and 3.5, performance 4.5 and 2.5; cuts 2.5 and 3.5.
    #[test]
    fn answers_are_weighted() {
        let map = stated(&[[1.0, 3.0], [3.0, 5.0]], &[[5.0, 3.0], [2.0, 4.0]], &[3.0, 1.0], Cuts::GrandMeans).unwrap();
        assert_eq!((map.importance_cut, map.performance_cut), (2.5, 3.5));
        assert_eq!(quadrants(&map), [PossibleOverkill, ConcentrateHere]);
        assert_eq!(map.items[1].gap, Some(-1.0));
        let map = derived(&[0.7, 0.3], &[[5.0, 3.0], [2.0, 4.0]], &[3.0, 1.0], Cuts::GrandMeans).unwrap();
        assert_eq!(quadrants(&map), [KeepUp, LowPriority]);
        assert_eq!(map.items[0].gap, None);
    }

    /// Three times the same importance: the mean of the three is off by rounding, yet all lie on it.
    #[test]
    fn a_value_on_the_cut_is_high() {
        let map = place(&[0.1; 3], &[1.0, 2.0, 3.0], Importance::Derived, Cuts::GrandMeans).unwrap();
        assert_eq!(quadrants(&map), [ConcentrateHere, KeepUp, KeepUp]);
    }

    #[test]
    fn sides_that_do_not_match_are_named() {
        let of = |importance: &[f64], performance: &[f64], cuts| {
            place(importance, performance, Importance::Stated, cuts).unwrap_err()
        };
        let unequal = ImportancePerformanceError::Items { importance: 1, performance: 2 };
        assert_eq!(of(&[1.0], &[1.0, 2.0], Cuts::Medians), unequal);
        let gap = of(&[1.0, 2.0], &[1.0, f64::NAN], Cuts::Medians);
        assert_eq!(gap, ImportancePerformanceError::Position { item: 1 });
        let cut = of(&[1.0], &[1.0], Cuts::At { importance: f64::INFINITY, performance: 1.0 });
        assert_eq!(cut, ImportancePerformanceError::Position { item: 1 });
        assert_eq!(of(&[], &[], Cuts::Medians), MomentsError::Variables { found: 0, needed: 1 }.into());
        let missing = stated(&[[1.0, 2.0]], &[[1.0, f64::NAN]], &[1.0, 1.0], Cuts::Medians).unwrap_err();
        assert_eq!(missing, MomentsError::Value { variable: 1, row: 1 }.into());
    }

    proptest! {
        #[test]
        fn unit_of_weights_and_order_do_not_matter(
            rows in prop::collection::vec((prop::array::uniform6(1_u8..=7), 0.1..5.0_f64), 3..40),
            factor in 0.001..1000.0_f64,
            medians in any::<bool>(),
        ) {
            let cuts = if medians { Cuts::Medians } else { Cuts::GrandMeans };
            let map = |rows: &[([u8; 6], f64)], order: [usize; 3], factor: f64| {
                let column = |item: usize| rows.iter().map(|row| f64::from(row.0[item])).collect::<Vec<f64>>();
                let weights: Vec<f64> = rows.iter().map(|row| factor * row.1).collect();
                stated(&order.map(column), &order.map(|item| column(item + 3)), &weights, cuts).unwrap()
            };
            let found = map(&rows, [0, 1, 2], 1.0);
            let reversed: Vec<_> = rows.iter().rev().copied().collect();
            for same in [map(&rows, [0, 1, 2], factor), map(&reversed, [0, 1, 2], 1.0)] {
                prop_assert_eq!(quadrants(&found), quadrants(&same));
                prop_assert!((found.importance_cut - same.importance_cut).abs() < 1e-12);
            }
            let moved = map(&rows, [2, 0, 1], 1.0);
            for (place, item) in [2, 0, 1].into_iter().enumerate() {
                prop_assert_eq!(found.items[item], moved.items[place]);
            }
        }
    }
}
