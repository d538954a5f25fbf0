//! Frames out of the evaluated columns: the answers of a wave with their sampling units, and of each group in it.

use std::sync::Arc;

use crate::metrics::columns::Columns;
use crate::metrics::design::Design;
use crate::models::bind::BoundModel;
use crate::models::frame::Groups;
use crate::models::frame::Stratum;
use crate::models::info::CaseCounts;
use crate::models::{Column, Frame, Item, Sample};

/// The answers of one wave.
#[derive(Debug)]
pub struct WaveAnswers {
    /// Numbers of its rows among all answers.
    rows: Vec<usize>,
    /// Sampling unit of each of these rows, counted within the wave.
    units: Vec<u32>,
    sample: Arc<Sample>,
}

impl WaveAnswers {
    /// The answers of a wave with its sample.
    pub fn new(columns: &Columns, design: &Design, wave: u32) -> Self {
        let rows: Vec<usize> = (0..columns.waves.len()).filter(|row| columns.waves[*row] == wave).collect();
        let mut strata: Vec<Stratum> = design
            .strata
            .iter()
            .zip(&design.population)
            .map(|(name, population)| Stratum { name: name.clone(), units: Vec::new(), population: *population })
            .collect();
        let mut numbers: Vec<Option<u32>> = vec![None; design.unit_stratum.len()];
        let mut count: u32 = 0;
        let mut units = Vec::with_capacity(rows.len());
        for row in &rows {
            let code = columns.units[*row] as usize;
            // Without clusters the code tells the stratum, and every answer is a unit of its own.
            let known = numbers[code].filter(|_| design.clustered);
            let unit = known.unwrap_or_else(|| {
                strata[design.unit_stratum[code]].units.push(count);
                numbers[code] = Some(count);
                count += 1;
                count - 1
            });
            units.push(unit);
        }
        strata.retain(|stratum| !stratum.units.is_empty());
        Self { rows, units, sample: Arc::new(Sample { strata, units: count as usize }) }
    }

    /// Names of the strata with a single unit.
    pub fn single_units(&self) -> impl Iterator<Item = &str> {
        self.sample.strata.iter().filter(|stratum| stratum.units.len() == 1).map(|stratum| stratum.name.as_str())
    }

    /// The answers of a group that are in the base of a model, with the counts so far. `group` is the number of a segment
    /// and of its group; `None` for all.
    pub fn frame(&self, bound: &BoundModel, columns: &Columns, group: Option<(usize, u32)>) -> (Frame, CaseCounts) {
        let in_group = |row: usize| group.is_none_or(|(segment, level)| columns.groups[segment][row] == level);
        let in_base = |row: usize| bound.base.is_none_or(|base| columns.values[base][row] == 1.0);
        let mut counts = CaseCounts { wave: self.rows.len() as u64, ..CaseCounts::default() };
        let mut kept: Vec<usize> = Vec::new();
        let mut units = Vec::new();
        for (row, unit) in self.rows.iter().zip(&self.units).filter(|(row, _)| in_group(**row)) {
            counts.group += 1;
            if in_base(*row) {
                kept.push(*row);
                units.push(*unit);
            }
        }
        counts.base = kept.len() as u64;
        let values = |index: usize| kept.iter().map(|row| columns.values[index][*row]).collect::<Vec<f64>>();
        let outcome = bound.outcome.map(|index| Column {
            id: "of".to_owned(),
            title: bound.info.of_title.clone(),
            values: values(index),
        });
        let items: Vec<Item> = bound
            .info
            .items
            .iter()
            .zip(&bound.items)
            .map(|(item, indices)| Item {
                id: item.id.clone(),
                title: item.title.clone(),
                columns: indices.iter().map(|index| values(*index)).collect(),
            })
            .collect();
        let known = |columns: &[&[f64]]| {
            (0..kept.len()).filter(|row| columns.iter().all(|column| column[*row].is_finite())).count() as u64
        };
        if let Some(outcome) = &outcome {
            counts.known.push((outcome.id.clone(), known(&[&outcome.values])));
        }
        for item in &items {
            let columns: Vec<&[f64]> = item.columns.iter().map(Vec::as_slice).collect();
            counts.known.push((item.id.clone(), known(&columns)));
        }
        let groups = bound.group.map(|index| groups(&values(index), &columns.names[index]));
        let weights = kept.iter().map(|row| columns.weights[*row]).collect();
        (Frame { outcome, items, groups, weights, units, sample: Arc::clone(&self.sample) }, counts)
    }
}

/// The groups of a column; numbers are groups too.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "numbers of names are whole and small")]
fn groups(values: &[f64], names: &[String]) -> Groups {
    let known = |value: &f64| value.is_finite();
    if !names.is_empty() {
        let of_answers = values.iter().map(|value| known(value).then_some(*value as usize)).collect();
        return Groups { of_answers, names: names.into() };
    }
    let mut distinct: Vec<f64> = values.iter().copied().filter(known).map(|value| value + 0.0).collect();
    distinct.sort_by(f64::total_cmp);
    distinct.dedup();
    let number = |value: &f64| distinct.binary_search_by(|known| known.total_cmp(&(value + 0.0))).ok();
    Groups {
        of_answers: values.iter().map(|value| number(value).filter(|_| known(value))).collect(),
        names: distinct.iter().map(ToString::to_string).collect(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::config::raw::SingleUnit;

    /// Two waves of two strata; the second wave meets only one cluster of the second stratum.
    fn columns() -> Columns {
        Columns {
            waves: vec![0, 0, 0, 0, 1, 1, 1],
            weights: vec![1.0; 7],
            units: vec![0, 1, 2, 3, 1, 0, 2],
            ..Columns::default()
        }
    }

    fn design(clustered: bool) -> Design {
        Design {
            strata: vec!["north".to_owned(), "south".to_owned()],
            unit_stratum: vec![0, 0, 1, 1],
            panel: false,
            clustered,
            population: vec![None, Some(40.0)],
            single_unit: SingleUnit::Certainty,
            calibration: None,
        }
    }

    #[test]
    fn units_are_those_of_the_wave() {
        let wave = WaveAnswers::new(&columns(), &design(true), 1);
        assert_eq!(wave.rows, [4, 5, 6]);
        assert_eq!(wave.units, [0, 1, 2]);
        assert_eq!(wave.sample.units, 3);
        assert_eq!(wave.sample.strata[0].units, [0, 1]);
        assert_eq!(wave.sample.strata[1].population, Some(40.0));
        assert_eq!(wave.single_units().collect::<Vec<_>>(), ["south"]);
    }

    #[test]
    fn without_clusters_every_answer_is_a_unit() {
        let mut columns = columns();
        columns.units = vec![0, 0, 2, 2, 2, 2, 2];
        let wave = WaveAnswers::new(&columns, &design(false), 0);
        assert_eq!(wave.units, [0, 1, 2, 3]);
        assert_eq!(wave.sample.strata[1].units, [2, 3]);
        let later = WaveAnswers::new(&columns, &design(false), 1);
        assert_eq!(later.sample.strata.len(), 1, "a stratum without answers in the wave is none");
    }
}
