//! Linearised variance of weighted means, ratios and their combinations under a sampling design (with replacement between
//! units, finite population correction per stratum). Source: Woodruff (1971), Binder (1983); the same formulas as R `survey`.

use crate::config::raw::SingleUnit;
use crate::metrics::cube::{Cell, Cube};
use crate::metrics::design::Design;

/// Answers of one group with the same influence on the estimate.
#[derive(Debug, Clone, Copy, PartialEq)]
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
    /// Sampling units with an answer in the base whose weight is not 0, less their strata.
    pub degrees: f64,
}

/// A stratum that holds a single sampling unit while the project says that this is an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SingleUnitStratum {
    /// Number of the stratum.
    pub stratum: usize,
}

/// What the answers of one group add to one sampling unit (or stratum, without clusters).
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct UnitTotal {
    /// Sampling unit (or stratum, without clusters).
    pub unit: usize,
    /// Answers whose weight is not 0.
    pub answers: f64,
    /// `sum w z`
    pub total: f64,
    /// `sum w^2 z^2`
    pub squares: f64,
    /// `sum w^2 z`
    pub cross: f64,
}

/// Running sums of one stratum.
#[derive(Debug, Clone, Copy, Default)]
struct StratumSums {
    /// Units of the stratum in the wave, in the base or not.
    units: f64,
    /// Units with an answer in the base whose weight is not 0.
    units_in_base: f64,
    total: f64,
    squares: f64,
}

/// The sample of one wave: how many units each stratum holds, whether they answered a question or not.
#[derive(Debug)]
pub struct Frame<'a> {
    cube: &'a Cube,
    design: &'a Design,
    sampled: Vec<f64>,
    /// The wave whose weights were made to agree with known figures; none for several waves.
    wave: Option<usize>,
}

impl<'a> Frame<'a> {
    /// Counts the units of a wave.
    pub fn new(cube: &'a Cube, design: &'a Design, wave: usize) -> Self {
        Self { wave: Some(wave), ..Self::of_waves(cube, design, &[wave]) }
    }

    /// The units of two waves as one sample: a unit that is in both counts once.
    pub fn of_both(cube: &'a Cube, design: &'a Design, waves: [usize; 2]) -> Self {
        Self::of_waves(cube, design, &waves)
    }

    fn of_waves(cube: &'a Cube, design: &'a Design, waves: &[usize]) -> Self {
        let mut sampled = vec![0.0; design.strata.len()];
        let mut seen = vec![false; cube.units()];
        for (unit, rows) in waves.iter().flat_map(|wave| cube.unit_rows[*wave].iter().enumerate()) {
            let whole = design.sampling_unit(unit);
            sampled[design.unit_stratum[unit]] += if !design.clustered {
                count(rows)
            } else {
                f64::from(u8::from(rows.count > 0 && !std::mem::replace(&mut seen[whole], true)))
            };
        }
        Self { cube, design, sampled, wave: None }
    }

    /// The totals by sampling unit, of residuals where the weights of the wave were made to agree with known figures; none where the
    /// totals stay as they are.
    pub fn residuals(&self, totals: &[UnitTotal]) -> Option<Vec<UnitTotal>> {
        let (calibration, wave) = self.design.calibration.as_ref().zip(self.wave)?;
        Some(calibration.residuals(self.cube, wave, totals))
    }

    /// Units sampled in a stratum, whether they answered or not.
    pub fn sampled(&self, stratum: usize) -> f64 {
        self.sampled[stratum]
    }

    /// Sums linearised values by unit, in the order of units.
    pub fn totals(&self, influences: &[Influence]) -> Vec<UnitTotal> {
        let mut ordered: Vec<&Influence> = influences.iter().collect();
        ordered.sort_by_key(|influence| influence.unit);
        let mut totals: Vec<UnitTotal> = Vec::new();
        for influence in ordered {
            let Influence { unit, cell, value } = *influence;
            if totals.last().is_none_or(|last| last.unit != unit) {
                totals.push(UnitTotal { unit, ..UnitTotal::default() });
            }
            if let Some(sums) = totals.last_mut().filter(|_| cell.weight > 0) {
                sums.answers += count(&cell);
                sums.total += self.cube.grid.weight(cell.weight) * value;
                let squared = self.cube.grid.weight_squared(cell.weight_squared) * value;
                sums.squares += squared * value;
                sums.cross += squared;
            }
        }
        totals
    }

    /// Variance of the estimate with these totals. Answers outside the base stay in the design with a linearised value of 0,
    /// so only those inside are listed.
    ///
    /// # Errors
    /// A stratum with a single unit, if the design's policy refuses it.
    pub fn variance(&self, totals: &[UnitTotal]) -> Result<Variance, SingleUnitStratum> {
        let residuals = self.residuals(totals);
        let totals = residuals.as_deref().unwrap_or(totals);
        let mut strata: Vec<StratumSums> =
            self.sampled.iter().map(|units| StratumSums { units: *units, ..StratumSums::default() }).collect();
        for sums in totals {
            let stratum = &mut strata[self.design.unit_stratum[sums.unit]];
            stratum.total += sums.total;
            if self.design.clustered {
                stratum.units_in_base += f64::from(u8::from(sums.answers > 0.0));
                stratum.squares += sums.total * sums.total;
            } else {
                stratum.units_in_base += sums.answers;
                stratum.squares += sums.squares;
            }
        }
        combine(&strata, self.design)
    }
}

/// Turns totals into those of a multiple of the estimate.
pub fn scale(totals: &mut [UnitTotal], factor: f64) {
    for sums in totals {
        sums.total *= factor;
        sums.squares *= factor * factor;
        sums.cross *= factor;
    }
}

/// Totals of the difference of two estimates of disjoint groups: where both have answers in a unit, their covariance is kept.
pub fn subtract(first: &[UnitTotal], second: &[UnitTotal]) -> Vec<UnitTotal> {
    let mut merged: Vec<UnitTotal> = Vec::with_capacity(first.len() + second.len());
    merged.extend_from_slice(first);
    merged.extend(second.iter().map(|sums| UnitTotal { total: -sums.total, cross: -sums.cross, ..*sums }));
    merged.sort_by_key(|sums| sums.unit);
    merged.dedup_by(|next, kept| {
        let same = next.unit == kept.unit;
        if same {
            kept.answers += next.answers;
            kept.total += next.total;
            kept.squares += next.squares;
            kept.cross += next.cross;
        }
        same
    });
    merged
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
        let kept = design.kept_share(number, sampled);
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
