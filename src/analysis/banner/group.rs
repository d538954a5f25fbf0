//! The numbers of one column of a banner for one question: bases, weighted shares and means with what each sampling unit adds
//! to their variance, and the test between two columns.

use crate::analysis::banner::PairTest;
use crate::analysis::banner::questions::Measure;
use crate::metrics::cube::{Cell, WeightGrid};
use crate::metrics::differences::boundary_error;
use crate::metrics::distributions::student_t_p_value;
use crate::metrics::estimate::effective_number;
use crate::metrics::variance::{Frame, Influence, SingleUnitStratum, UnitTotal, scale, subtract};

/// The answers of one group to one item: value, sampling unit and cell, in order of value.
#[derive(Debug, Clone, Default)]
pub(super) struct GroupAnswers {
    cells: Vec<(f64, usize, Cell)>,
}

/// Who answered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Answered {
    pub(super) n: u64,
    pub(super) n_weighted: f64,
    pub(super) n_eff: f64,
}

/// A weighted mean with its variance.
#[derive(Debug, Clone, Default)]
pub(super) struct Measured {
    pub(super) estimate: f64,
    /// None for a standard deviation, and where the base is a single unit.
    pub(super) se: Option<f64>,
    /// What each unit adds to the variance; empty for a standard deviation.
    pub(super) totals: Vec<UnitTotal>,
    /// Effective number of answers behind a share; none of other measures.
    pub(super) n_eff: Option<f64>,
}

impl GroupAnswers {
    /// Adds a cell.
    pub(super) fn push(&mut self, value: f64, unit: usize, cell: Cell) {
        self.cells.push((value, unit, cell));
    }

    /// Puts the cells in order, so that the rounding of sums does not depend on the order of rows.
    pub(super) fn sort(&mut self) {
        self.cells.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    }

    /// The base.
    pub(super) fn answered(&self, grid: WeightGrid) -> Answered {
        let sum = self.cells.iter().fold(Cell::default(), |mut sum, (_, _, cell)| {
            sum.merge(cell);
            sum
        });
        let n_weighted = grid.weight(sum.weight);
        let n_eff = effective_number(n_weighted, grid.weight_squared(sum.weight_squared));
        Answered { n: sum.count, n_weighted, n_eff }
    }

    /// Share, mean or standard deviation; `None` without any weight in the base.
    ///
    /// The standard deviation is the root of `n / (n - 1) * sum w (y - mean)^2 / sum w` over the `n` answers of weight above 0
    /// (R's `svyvar`).
    ///
    /// # Errors
    /// A stratum with a single unit, if the design's policy refuses it.
    pub(super) fn measured(
        &self,
        measure: Measure,
        frame: &Frame<'_>,
        grid: WeightGrid,
    ) -> Result<Option<Measured>, SingleUnitStratum> {
        let inside = |limits: [f64; 2], value: f64| f64::from(u8::from((limits[0]..=limits[1]).contains(&value)));
        match measure {
            Measure::Share(limits) => {
                let share = self.mean(|value| inside(limits, value), 100.0, frame, grid)?;
                Ok(share.map(|share| Measured { n_eff: Some(self.answered(grid).n_eff), ..share }))
            }
            Measure::Mean => self.mean(|value| value, 1.0, frame, grid),
            Measure::Deviation => {
                let Some(mean) = self.mean(|value| value, 1.0, frame, grid)? else { return Ok(None) };
                let squared = |value: f64| (value - mean.estimate) * (value - mean.estimate);
                let Some(variance) = self.mean(squared, 1.0, frame, grid)? else { return Ok(None) };
                let n: f64 = mean.totals.iter().map(|sums| sums.answers).sum();
                let estimate = (variance.estimate * n / (n - 1.0)).sqrt();
                Ok((n > 1.0).then_some(Measured { estimate, ..Measured::default() }))
            }
        }
    }

    fn mean(
        &self,
        score: impl Fn(f64) -> f64,
        factor: f64,
        frame: &Frame<'_>,
        grid: WeightGrid,
    ) -> Result<Option<Measured>, SingleUnitStratum> {
        let (mut sum_wy, mut sum_w) = (0.0, 0.0);
        for (value, _, cell) in &self.cells {
            let weight = grid.weight(cell.weight);
            sum_wy += weight * score(*value);
            sum_w += weight;
        }
        if sum_w <= 0.0 {
            return Ok(None);
        }
        let mean = sum_wy / sum_w;
        let influence = |(value, unit, cell): &(f64, usize, Cell)| Influence {
            unit: *unit,
            cell: *cell,
            value: (score(*value) - mean) / sum_w,
        };
        let mut totals = frame.totals(&self.cells.iter().map(influence).collect::<Vec<_>>());
        let variance = frame.variance(&totals)?;
        scale(&mut totals, factor);
        let known = variance.degrees > 0.0 || variance.variance > 0.0;
        let se = known.then(|| variance.variance.sqrt() * factor);
        Ok(Some(Measured { estimate: mean * factor, se, totals, n_eff: None }))
    }
}

/// The test between columns `a` and `b`, disjoint groups of the wave that `frame` describes; `None` where the difference has no
/// variance or no degrees of freedom.
pub(super) fn pair_test(
    (a, first): (usize, &Measured),
    (b, second): (usize, &Measured),
    frame: &Frame<'_>,
) -> Option<PairTest> {
    first.se.zip(second.se)?;
    let variance = frame.variance(&subtract(&first.totals, &second.totals)).ok()?;
    let share = |held: &Measured| held.n_eff.map(|n_eff| (held.estimate, n_eff));
    let least = share(first).zip(share(second)).map_or(0.0, |(one, other)| boundary_error(one, other));
    let (se, df) = (variance.variance.sqrt().max(least), variance.degrees - 1.0);
    if se.is_nan() || se <= 0.0 || df < 1.0 {
        return None;
    }
    let delta = first.estimate - second.estimate;
    Some(PairTest { a, b, delta, se, df, p: student_t_p_value(delta / se, df)? })
}
