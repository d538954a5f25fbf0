//! Kano categories of a feature (Kano 1984, table of Berger et al. 1993): answers to "if it has it" and "if it lacks it" become
//! one category a person, and the categories become shares and coefficients. Coded answers and weights come in.

use crate::models::moments::{MomentsError, check_weights};

/// What a feature is to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Category {
    /// M: taken for granted, missed when absent.
    MustBe,
    /// O: the more the better (one-dimensional, performance).
    OneDimensional,
    /// A: pleases, not missed (attractive, delighter).
    Attractive,
    /// I: makes no difference.
    Indifferent,
    /// R: better without.
    Reverse,
    /// Q: the two answers contradict each other.
    Questionable,
}

impl Category {
    /// All categories in the order that decides a tie: M, O, A, I, R, Q.
    pub const ALL: [Self; 6] =
        [Self::MustBe, Self::OneDimensional, Self::Attractive, Self::Indifferent, Self::Reverse, Self::Questionable];

    /// The usual letter.
    pub fn letter(self) -> char {
        match self {
            Self::MustBe => 'M',
            Self::OneDimensional => 'O',
            Self::Attractive => 'A',
            Self::Indifferent => 'I',
            Self::Reverse => 'R',
            Self::Questionable => 'Q',
        }
    }

    /// Category of a pair of answers, each 1 like, 2 must be, 3 neutral, 4 can live with it, 5 dislike; `None` for other codes.
    ///
    /// | functional \ dysfunctional | 1 | 2 | 3 | 4 | 5 |
    /// |---|---|---|---|---|---|
    /// | 1 like | Q | A | A | A | O |
    /// | 2 must be | R | I | I | I | M |
    /// | 3 neutral | R | I | I | I | M |
    /// | 4 live with | R | I | I | I | M |
    /// | 5 dislike | R | R | R | R | Q |
    pub fn of(functional: u8, dysfunctional: u8) -> Option<Self> {
        Some(match (functional, dysfunctional) {
            (1, 1) | (5, 5) => Self::Questionable,
            (1, 2..=4) => Self::Attractive,
            (1, 5) => Self::OneDimensional,
            (2..=4, 5) => Self::MustBe,
            (2..=4, 2..=4) => Self::Indifferent,
            (2..=4, 1) | (5, 1..=4) => Self::Reverse,
            _ => return None,
        })
    }

    fn index(self) -> usize {
        self as usize
    }
}

/// Why there is no summary.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KanoError {
    /// The weights are no weights or do not fit, or the two columns are not of one length.
    #[error(transparent)]
    Moments(#[from] MomentsError),
    /// An answer is not a whole number from 1 to 5.
    #[error("row {row} has an answer that is not 1, 2, 3, 4 or 5")]
    Answer {
        /// Position of the row.
        row: usize,
    },
}

/// Shares of a category among the answers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CategoryShare {
    /// The category.
    pub category: Category,
    /// Answers with a weight above 0, unweighted.
    pub answers: usize,
    /// Weighted share, 0 to 1.
    pub share: f64,
}

/// A feature as all see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Kano {
    /// Answers with a weight above 0.
    pub rows: usize,
    /// Shares in the order of [`Category::ALL`]; they add up to 1. A weighted count on the unweighted base is share x `rows`.
    pub categories: [CategoryShare; 6],
    /// The category with the largest share; of equal ones the first of [`Category::ALL`].
    pub category: Category,
    /// Largest share − second largest, 0 to 1 (Lee and Newcomb 1997). A small one means that groups differ.
    pub category_strength: f64,
    /// Share of M, O and A together, 0 to 1 (Lee and Newcomb 1997).
    pub total_strength: f64,
    /// (A + O) / (A + O + M + I), 0 to 1: how much having it pleases (Berger et al. 1993); `None` if all answers are Q or R.
    pub better: Option<f64>,
    /// −(O + M) / (A + O + M + I), −1 to 0: how much lacking it displeases; `None` likewise.
    pub worse: Option<f64>,
}

/// Shares that differ by less are equal: weighted sums depend on the order of rows in the last digits.
const EQUAL: f64 = 1e-12;

/// Category of each person from coded answers, the two columns row by row.
///
/// # Errors
/// `Answer` for a code outside 1 to 5, `Rows` for columns of different length.
pub fn classify(functional: &[f64], dysfunctional: &[f64]) -> Result<Vec<Category>, KanoError> {
    if functional.len() != dysfunctional.len() {
        let (found, expected) = (dysfunctional.len(), functional.len());
        return Err(MomentsError::Rows { variable: 1, found, expected }.into());
    }
    let pairs = functional.iter().zip(dysfunctional).enumerate();
    let category = |(row, (functional, dysfunctional)): (usize, (&f64, &f64))| {
        let pair = code(*functional).zip(code(*dysfunctional));
        pair.and_then(|(one, other)| Category::of(one, other)).ok_or(KanoError::Answer { row })
    };
    pairs.map(category).collect()
}

/// A code as a whole number from 1 to 5.
fn code(answer: f64) -> Option<u8> {
    (1_u8..=5).find(|code| f64::from(*code) == answer)
}

/// Shares and coefficients of people's categories, in the rows of `weights`.
///
/// # Errors
/// Of [`MomentsError`]: `Weight`, `Rows` and, if no weight is above 0, `TooFewRows`.
pub fn summarize(people: &[Category], weights: &[f64]) -> Result<Kano, KanoError> {
    if people.len() != weights.len() {
        return Err(MomentsError::Rows { variable: 0, found: people.len(), expected: weights.len() }.into());
    }
    let (total, rows) = check_weights(weights, 1)?;
    let mut categories = Category::ALL.map(|category| CategoryShare { category, answers: 0, share: 0.0 });
    for (category, weight) in people.iter().zip(weights) {
        let place = &mut categories[category.index()];
        place.answers += usize::from(*weight > 0.0);
        place.share += weight;
    }
    for place in &mut categories {
        place.share /= total;
    }
    let share = |category: Category| categories[category.index()].share;
    let largest = categories.iter().map(|place| place.share).fold(0.0, f64::max);
    let winner = categories.iter().find(|place| place.share >= largest - EQUAL);
    let category = winner.map_or(Category::Questionable, |place| place.category);
    let others = categories.iter().filter(|place| place.category != category);
    let second = others.map(|place| place.share).fold(0.0, f64::max);
    let (must_be, one_dimensional) = (share(Category::MustBe), share(Category::OneDimensional));
    let (attractive, indifferent) = (share(Category::Attractive), share(Category::Indifferent));
    let sensible = must_be + one_dimensional + attractive + indifferent;
    let of_sensible = |part: f64| (sensible > EQUAL).then(|| part / sensible);
    Ok(Kano {
        rows,
        categories,
        category,
        category_strength: (share(category) - second).max(0.0),
        total_strength: must_be + one_dimensional + attractive,
        better: of_sensible(attractive + one_dimensional),
        worse: of_sensible(-(one_dimensional + must_be)),
    })
}

/// Shares and coefficients from coded answers: [`classify`], then [`summarize`].
///
/// # Errors
/// Of both.
pub fn kano(functional: &[f64], dysfunctional: &[f64], weights: &[f64]) -> Result<Kano, KanoError> {
    summarize(&classify(functional, dysfunctional)?, weights)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::Category::{Attractive, Indifferent, MustBe, OneDimensional, Questionable, Reverse};
    use super::*;

    fn close(left: f64, right: f64) -> bool {
        (left - right).abs() <= 1e-12
    }

    /// The table of Berger et al. (1993), functional answers down, dysfunctional across.
    #[test]
    fn the_table_is_the_standard_one() {
        for (functional, row) in ["QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ"].into_iter().enumerate() {
            for (dysfunctional, letter) in row.chars().enumerate() {
                let category = Category::of(functional as u8 + 1, dysfunctional as u8 + 1).unwrap();
                assert_eq!(category.letter(), letter, "{} / {}", functional + 1, dysfunctional + 1);
            }
        }
        assert_eq!((Category::of(0, 1), Category::of(1, 6), Category::of(6, 5)), (None, None, None));
    }

    #[test]
    fn categories_stand_at_their_place() {
        assert!(Category::ALL.iter().enumerate().all(|(place, category)| category.index() == place));
    }

    /// Weights of A 2, O 3, M 1, I 2, R 1, Q 1: better 5/8, worse −4/8, O by 3/10 − 2/10, total 6/10.
    #[test]
    fn coefficients_leave_out_questionable_and_reverse() {
        let people = [Attractive, OneDimensional, MustBe, Indifferent, Reverse, Questionable];
        let found = summarize(&people, &[2.0, 3.0, 1.0, 2.0, 1.0, 1.0]).unwrap();
        assert_eq!((found.rows, found.category), (6, OneDimensional));
        assert!(close(found.better.unwrap(), 0.625) && close(found.worse.unwrap(), -0.5));
        assert!(close(found.category_strength, 0.1) && close(found.total_strength, 0.6));
        assert_eq!((found.categories[0].answers, found.categories[0].share), (1, 0.1));
    }

    #[test]
    fn ties_go_to_the_graver_category() {
        let winner = |people: &[Category]| summarize(people, &vec![0.1; people.len()]).unwrap().category;
        assert_eq!(winner(&[Indifferent, Attractive, OneDimensional, MustBe]), MustBe);
        assert_eq!(winner(&[Indifferent, Attractive, OneDimensional]), OneDimensional);
        assert_eq!(winner(&[Indifferent, Attractive]), Attractive);
        assert_eq!(winner(&[Questionable, Reverse, Indifferent]), Indifferent);
        // .1 + .2 is not .3 in floating point, yet as much.
        let tie = summarize(&[OneDimensional, MustBe, MustBe], &[0.3, 0.1, 0.2]).unwrap();
        assert_eq!((tie.category, tie.category_strength < 1e-12), (MustBe, true));
        let tie = summarize(&[OneDimensional, OneDimensional, MustBe], &[0.1, 0.2, 0.3]).unwrap();
        assert_eq!(tie.category, MustBe);
    }

    #[test]
    fn unusable_answers_are_named() {
        let codes = kano(&[1.0, 2.5], &[5.0, 5.0], &[1.0, 1.0]).unwrap_err();
        assert_eq!(codes, KanoError::Answer { row: 1 });
        let missing = kano(&[1.0, 2.0], &[f64::NAN, 5.0], &[1.0, 1.0]).unwrap_err();
        assert_eq!(missing, KanoError::Answer { row: 0 });
        let short = kano(&[1.0, 2.0], &[5.0], &[1.0, 1.0]).unwrap_err();
        assert_eq!(short, MomentsError::Rows { variable: 1, found: 1, expected: 2 }.into());
        let none = kano(&[1.0], &[5.0], &[0.0]).unwrap_err();
        assert_eq!(none, MomentsError::TooFewRows { found: 0, needed: 1 }.into());
        let contradictory = kano(&[1.0], &[1.0], &[2.0]).unwrap();
        assert_eq!((contradictory.category, contradictory.better, contradictory.worse), (Questionable, None, None));
    }

    proptest! {
        #[test]
        fn unit_of_weights_and_order_of_rows_do_not_matter(
            rows in prop::collection::vec((1_u8..=5, 1_u8..=5, 0.1..5.0_f64), 1..60),
            factor in 0.001..1000.0_f64,
        ) {
            let of = |rows: &[(u8, u8, f64)], factor: f64| {
                let column = |pick: fn(&(u8, u8, f64)) -> f64| rows.iter().map(pick).collect::<Vec<f64>>();
                let weights: Vec<f64> = rows.iter().map(|row| factor * row.2).collect();
                kano(&column(|row| f64::from(row.0)), &column(|row| f64::from(row.1)), &weights).unwrap()
            };
            let found = of(&rows, 1.0);
            prop_assert!(close(found.categories.iter().map(|place| place.share).sum(), 1.0));
            let reversed: Vec<_> = rows.iter().rev().copied().collect();
            for same in [of(&rows, factor), of(&reversed, 1.0)] {
                prop_assert_eq!(found.category, same.category);
                prop_assert!(close(found.category_strength, same.category_strength));
                for (left, right) in found.categories.iter().zip(&same.categories) {
                    prop_assert_eq!(left.answers, right.answers);
                    prop_assert!(close(left.share, right.share));
                }
            }
        }
    }
}
