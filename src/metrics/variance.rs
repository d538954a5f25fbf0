//! Linearised variance of weighted means, ratios and their combinations under a sampling design (with replacement between
//! units, finite population correction per stratum). Source: Woodruff (1971), Binder (1983); the same formulas as R `survey`.

use crate::config::raw::SingleUnit;
use crate::metrics::cube::{Cell, Cube};
use crate::metrics::design::Design;

/// Answers of one group with the same influence on the estimate.
#[derive(Debug, Clone, Copy)]
pub struct Influence {
    /// Sampling unit (or stratum, without clusters).
    pub unit: usize,
    /// The answers.
    pub cell: Cell,
    /// Linearised value of one answer before weighting: `(y - theta x) / sum w x` for a ratio.
    pub value: f64,
}

/// A variance with its degrees of freedom.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Variance {
    /// Estimated variance of the estimate, in its squared unit.
    pub variance: f64,
    /// Sampling units in the base less their strata.
    pub degrees: f64,
}

/// A stratum that holds a single sampling unit while the project says that this is an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SingleUnitStratum {
    /// Number of the stratum.
    pub stratum: usize,
}

/// Running sums of one stratum.
#[derive(Debug, Clone, Copy, Default)]
struct StratumSums {
    /// Units of the stratum in the wave, in the base or not.
    units: f64,
    /// Units with an answer in the base.
    units_in_base: f64,
    total: f64,
    squares: f64,
}

/// Variance of the estimate whose linearised values are given, within one wave. Answers outside the base stay in the design
/// with a linearised value of 0, so only those inside are listed.
///
/// # Errors
/// A stratum with a single unit, if the design's policy refuses it.
pub fn linearised_variance(
    cube: &Cube,
    design: &Design,
    wave: usize,
    influences: &[Influence],
) -> Result<Variance, SingleUnitStratum> {
    let mut strata = vec![StratumSums::default(); design.strata.len()];
    for (unit, rows) in cube.unit_rows[wave].iter().enumerate() {
        let stratum = &mut strata[design.unit_stratum[unit]];
        stratum.units += if design.clustered { f64::from(u8::from(rows.count > 0)) } else { count(rows) };
    }
    if design.clustered {
        let mut totals: Vec<Option<f64>> = vec![None; cube.units()];
        for influence in influences {
            *totals[influence.unit].get_or_insert(0.0) += cube.grid.weight(influence.cell.weight) * influence.value;
        }
        for (unit, total) in totals.into_iter().enumerate() {
            if let Some(total) = total {
                let stratum = &mut strata[design.unit_stratum[unit]];
                stratum.units_in_base += 1.0;
                stratum.total += total;
                stratum.squares += total * total;
            }
        }
    } else {
        for influence in influences {
            let stratum = &mut strata[design.unit_stratum[influence.unit]];
            stratum.units_in_base += count(&influence.cell);
            stratum.total += cube.grid.weight(influence.cell.weight) * influence.value;
            stratum.squares +=
                cube.grid.weight_squared(influence.cell.weight_squared) * influence.value * influence.value;
        }
    }
    combine(&strata, design)
}

#[allow(clippy::cast_precision_loss, reason = "counts of answers are far below 2^53")]
fn count(cell: &Cell) -> f64 {
    cell.count as f64
}

fn combine(strata: &[StratumSums], design: &Design) -> Result<Variance, SingleUnitStratum> {
    let mut variance = 0.0;
    let mut summed = 0.0;
    let mut averaged = 0.0;
    let mut degrees = 0.0;
    for (number, stratum) in strata.iter().enumerate().filter(|(_, stratum)| stratum.units > 0.0) {
        if stratum.units_in_base > 0.0 {
            degrees += stratum.units_in_base - 1.0;
        }
        let sampled = stratum.units;
        let kept = match design.population[number] {
            Some(population) if population > sampled => 1.0 - sampled / population,
            Some(_) => 0.0,
            None => 1.0,
        };
        if sampled > 1.0 {
            let centred = stratum.squares - stratum.total * stratum.total / sampled;
            variance += kept * sampled / (sampled - 1.0) * centred.max(0.0);
            summed += 1.0;
            continue;
        }
        match design.single_unit {
            // A stratum that was taken whole adds nothing whatever the policy.
            _ if kept == 0.0 => {}
            SingleUnit::Error => return Err(SingleUnitStratum { stratum: number }),
            SingleUnit::Certainty => {}
            SingleUnit::Adjust => variance += kept * stratum.squares,
            SingleUnit::Average => averaged += 1.0,
        }
    }
    if averaged > 0.0 && summed > 0.0 {
        variance *= (summed + averaged) / summed;
    }
    Ok(Variance { variance, degrees })
}
