//! The answers that a model sees: numeric columns with NaN where the value is unknown, a weight and a sampling unit each.
//! One frame is one group of answers in one wave; its sample is that of the whole wave, as groups are domains of it.

use std::sync::Arc;

use crate::diagnostics::Localized;

/// A named numeric column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Id: the outcome's, or that of the item.
    pub id: String,
    /// Name for tables.
    pub title: Localized,
    /// One value an answer; NaN where it is unknown. Yes and no are 1 and 0.
    pub values: Vec<f64>,
}

/// An item of a model: one column for most methods, several where an item is asked in several ways.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Id, unique in the model.
    pub id: String,
    /// Name for tables.
    pub title: Localized,
    /// The columns in the order of the method's item keys, never empty. Each holds one value an answer; NaN where unknown.
    pub columns: Vec<Vec<f64>>,
}

impl Item {
    /// The first column, the only one of most methods.
    pub fn values(&self) -> &[f64] {
        &self.columns[0]
    }
}

/// The sample of a wave: the sampling units of each stratum, whether an answer of theirs is in the frame or not.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sample {
    /// The strata.
    pub strata: Vec<Stratum>,
    /// Number of units; units are numbered from 0.
    pub units: usize,
}

/// A stratum of a sample.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stratum {
    /// Name as in the data; empty where there is one nameless stratum.
    pub name: String,
    /// Numbers of its sampling units, each once.
    pub units: Vec<u32>,
    /// Units in the population; `None` without a finite population correction.
    pub population: Option<f64>,
}

impl Sample {
    /// A plain sample in which every answer is its own unit.
    pub fn simple(answers: usize) -> Self {
        let units = (0..u32::try_from(answers).unwrap_or(u32::MAX)).collect();
        Self { strata: vec![Stratum { name: String::new(), units, population: None }], units: answers }
    }
}

/// What the answers belong to, for methods that compare.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Groups {
    /// Number of the group of each answer; `None` where it is unknown.
    pub of_answers: Vec<Option<usize>>,
    /// Names of the groups by number, in natural order; groups without an answer in the frame are among them.
    pub names: Arc<[String]>,
}

/// The answers of one group in one wave.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// The outcome, for methods that explain one.
    pub outcome: Option<Column>,
    /// The items, in declaration order.
    pub items: Vec<Item>,
    /// What each answer belongs to, for methods that compare.
    pub groups: Option<Groups>,
    /// Sampling weight of each answer, at least 0.
    pub weights: Vec<f64>,
    /// Sampling unit of each answer.
    pub units: Vec<u32>,
    /// The sample of the wave.
    pub sample: Arc<Sample>,
}

/// How many answers stand behind a result.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Base {
    /// Unweighted answers.
    pub n: u64,
    /// Sum of their weights.
    pub n_weighted: f64,
    /// Kish's effective number, `(sum w)^2 / sum w^2`; 0 without answers.
    pub n_eff: f64,
}

impl Frame {
    /// Number of answers.
    pub fn len(&self) -> usize {
        self.weights.len()
    }

    /// True without answers.
    pub fn is_empty(&self) -> bool {
        self.weights.is_empty()
    }

    /// The first column of every item: what most methods work on.
    pub fn item_values(&self) -> Vec<&[f64]> {
        self.items.iter().map(Item::values).collect()
    }

    /// Every column of the frame, the outcome first.
    pub fn columns(&self) -> impl Iterator<Item = &[f64]> {
        let outcome = self.outcome.iter().map(|outcome| outcome.values.as_slice());
        outcome.chain(self.items.iter().flat_map(|item| item.columns.iter().map(Vec::as_slice)))
    }

    /// The answers with a known value in every column.
    pub fn complete_cases(&self) -> Vec<bool> {
        let mut complete = vec![true; self.len()];
        for column in self.columns() {
            complete.iter_mut().zip(column).for_each(|(complete, value)| *complete &= value.is_finite());
        }
        complete
    }

    /// The answers for which `keep` is true; the sample stays that of the wave.
    #[must_use]
    pub fn keep(&self, keep: &[bool]) -> Self {
        let numbers = |values: &[f64]| kept(values, keep);
        Self {
            outcome: self.outcome.as_ref().map(|outcome| Column {
                id: outcome.id.clone(),
                title: outcome.title.clone(),
                values: numbers(&outcome.values),
            }),
            items: self
                .items
                .iter()
                .map(|item| Item {
                    id: item.id.clone(),
                    title: item.title.clone(),
                    columns: item.columns.iter().map(|column| numbers(column)).collect(),
                })
                .collect(),
            groups: self
                .groups
                .as_ref()
                .map(|groups| Groups { of_answers: kept(&groups.of_answers, keep), names: Arc::clone(&groups.names) }),
            weights: numbers(&self.weights),
            units: kept(&self.units, keep),
            sample: Arc::clone(&self.sample),
        }
    }

    /// Sampling units with an answer of weight above 0, less their strata.
    #[allow(clippy::cast_precision_loss, reason = "numbers of units are below 2^53")]
    pub fn degrees_of_freedom(&self) -> f64 {
        let mut used = vec![false; self.sample.units];
        for (unit, _) in self.units.iter().zip(&self.weights).filter(|(_, weight)| **weight > 0.0) {
            used[*unit as usize] = true;
        }
        let per_stratum =
            self.sample.strata.iter().map(|stratum| stratum.units.iter().filter(|unit| used[**unit as usize]).count());
        per_stratum.map(|units| units.saturating_sub(1)).sum::<usize>() as f64
    }

    /// The base of all answers in the frame.
    pub fn base(&self) -> Base {
        let sum: f64 = self.weights.iter().sum();
        let squares: f64 = self.weights.iter().map(|weight| weight * weight).sum();
        let n_eff = if squares > 0.0 { sum * sum / squares } else { 0.0 };
        Base { n: self.len() as u64, n_weighted: sum, n_eff }
    }
}

fn kept<T: Copy>(values: &[T], keep: &[bool]) -> Vec<T> {
    values.iter().zip(keep).filter(|(_, keep)| **keep).map(|(value, _)| *value).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A plain sample of items without an outcome.
    pub(crate) fn plain(items: &[&[f64]], weights: &[f64]) -> Frame {
        let item = |(index, values): (usize, &&[f64])| Item {
            id: format!("i{}", index + 1),
            title: Localized::from(format!("i{}", index + 1).as_str()),
            columns: vec![values.to_vec()],
        };
        Frame {
            outcome: None,
            items: items.iter().enumerate().map(item).collect(),
            groups: None,
            weights: weights.to_vec(),
            units: (0..u32::try_from(weights.len()).unwrap_or(0)).collect(),
            sample: Arc::new(Sample::simple(weights.len())),
        }
    }

    #[test]
    fn only_complete_answers_stay() {
        let frame = plain(&[&[1.0, f64::NAN, 3.0], &[1.0, 2.0, 4.0]], &[1.0, 5.0, 3.0]);
        let complete = frame.keep(&frame.complete_cases());
        assert_eq!(complete.items[1].values(), [1.0, 4.0]);
        assert_eq!(complete.units, [0, 2]);
        assert_eq!(complete.sample.units, 3);
        // (1 + 3)^2 / (1 + 9)
        assert_eq!(complete.base(), Base { n: 2, n_weighted: 4.0, n_eff: 1.6 });
    }
}
