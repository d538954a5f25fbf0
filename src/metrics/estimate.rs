//! From cells of the answer cube to estimates: value, standard error, interval and bases, for every kind of metric, with
//! the workings that `manyi explain` prints. Formulas: `docs/statistics.md`.

use serde::Serialize;

use crate::config::raw::{ProportionInterval, RawSettings};
use crate::metrics::bind::{Bound, Part};
use crate::metrics::cube::{Answer, Cell, Cube};
use crate::metrics::design::Design;
use crate::metrics::distributions::{beta_quantile, student_t_quantile};
use crate::metrics::estimates::Reason;
use crate::metrics::variance::{Frame, Influence, UnitTotal, Variance, scale};

/// One group of answers: a level of a grouping in a wave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupAddress {
    /// Number of the grouping; 0 is the total.
    pub grouping: usize,
    /// Number of the wave.
    pub wave: usize,
    /// Number of the level.
    pub level: usize,
}

impl GroupAddress {
    /// The total of the same wave.
    pub fn total(self) -> Self {
        Self { grouping: 0, wave: self.wave, level: 0 }
    }
}

/// How an interval was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum IntervalMethod {
    /// Student t around the estimate.
    StudentT,
    /// Student t on the logit scale.
    Logit,
    /// Korn and Graubard: Clopper-Pearson on the effective sample size.
    KornGraubard,
    /// Clopper-Pearson on Kish's effective sample size, because the share is 0 or 1.
    ClopperPearson,
    /// Woodruff: the interval of the share below, turned into values.
    Woodruff,
    /// None: the base has a single unit.
    None,
}

/// A distinct answer with how many gave it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AnswerCount {
    /// Value (numerator) of the item.
    pub value: f64,
    /// Denominator of a ratio.
    pub per: f64,
    /// Unweighted count.
    pub n: u64,
    /// Sum of weights.
    pub weight: f64,
    /// Sum of squared weights.
    pub weight_squared: f64,
}

/// A component of a composite with its number.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PartValue {
    /// Metric id.
    pub metric: String,
    /// Share in the composite.
    pub share: f64,
    /// Entered as 100 minus the value.
    pub reverse: bool,
    /// The component in printed units, before reversing.
    pub value: Option<f64>,
    /// Its base.
    pub n: u64,
}

/// The numbers between cells and estimate.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Workings {
    /// All answers of the wave, in the base or not.
    pub n_wave: u64,
    /// Distinct answers in the base, by value.
    pub answers: Vec<AnswerCount>,
    /// `sum w y`
    pub sum_wy: f64,
    /// `sum w x`
    pub sum_wx: f64,
    /// `sum w`
    pub sum_w: f64,
    /// `sum w^2`
    pub sum_w2: f64,
    /// From item units to printed units.
    pub factor: f64,
    /// Degrees of freedom.
    pub degrees: f64,
    /// Variance in squared item units.
    pub variance: f64,
    /// How the interval was made.
    pub method: Option<IntervalMethod>,
    /// Components of a composite.
    pub parts: Vec<PartValue>,
}

/// An estimate before it is named: the numbers for one metric and one group.
#[derive(Debug, Clone, PartialEq)]
pub struct Computed {
    /// Unweighted answers in the base.
    pub n: u64,
    /// Sum of weights in the base.
    pub n_weighted: f64,
    /// Kish effective number.
    pub n_eff: f64,
    /// Smallest unweighted and effective base that suppression judges (of a composite: over its components).
    pub smallest_base: (u64, f64),
    /// Estimate in printed units.
    pub estimate: Option<f64>,
    /// Standard error in printed units.
    pub se: Option<f64>,
    /// Interval in printed units.
    pub ci: Option<[f64; 2]>,
    /// Why there is none.
    pub reason: Option<Reason>,
    /// Stratum at fault for [`Reason::SingleUnitStratum`].
    pub stratum: Option<usize>,
    /// What each unit adds to the variance, in printed units; empty without an estimate.
    pub totals: Vec<UnitTotal>,
    /// The numbers in between.
    pub workings: Workings,
}

/// Computes metrics from a cube.
#[derive(Debug, Clone, Copy)]
pub struct Estimator<'a> {
    /// The cube.
    pub cube: &'a Cube,
    /// The sampling design.
    pub design: &'a Design,
    /// Statistical settings.
    pub settings: &'a RawSettings,
}

/// Cells of a group, pattern by pattern in order of value.
struct Group<'c> {
    patterns: &'c [Vec<Option<Answer>>],
    cells: Vec<(usize, usize, Cell)>,
}

impl<'a> Estimator<'a> {
    /// Computes a metric for a group. `key_of` gives the cube's key for a list of items.
    pub fn compute(
        &self,
        bound: &Bound,
        address: GroupAddress,
        key_of: &dyn Fn(&[usize]) -> Option<usize>,
    ) -> Computed {
        match bound {
            Bound::Linear { item, proportion, factor } => match key_of(&[*item]) {
                Some(key) => self.linear(&self.group(key, address), address, *proportion, *factor),
                None => impossible(Reason::MissingInput),
            },
            Bound::Quantile { item, probability } => match key_of(&[*item]) {
                Some(key) => self.quantile(&self.group(key, address), address, *probability),
                None => impossible(Reason::MissingInput),
            },
            Bound::Composite { parts } => {
                let items: Vec<usize> = parts.iter().map(|part| part.item).collect();
                match key_of(&items) {
                    Some(key) => self.composite(&self.group(key, address), address, parts),
                    None => impossible(Reason::MissingInput),
                }
            }
            Bound::Model { .. } => impossible(Reason::NoModelResult),
            Bound::Unavailable => impossible(Reason::MissingInput),
        }
    }

    fn group(&self, key: usize, address: GroupAddress) -> Group<'a> {
        let key = &self.cube.keys[key];
        let group = self.cube.group(address.grouping, address.wave, address.level);
        let mut cells = key.cells[address.grouping].of_group(group);
        // Sums run in order of value, so that their rounding does not depend on the order of rows.
        cells.sort_by(|a, b| order(&key.patterns[a.0], &key.patterns[b.0]).then(a.1.cmp(&b.1)));
        Group { patterns: &key.patterns, cells }
    }

    fn linear(&self, group: &Group<'_>, address: GroupAddress, proportion: bool, factor: f64) -> Computed {
        let mut workings = self.workings(group, address, 0);
        workings.factor = factor;
        let mut computed = self.bases(group, 0);
        if computed.n == 0 {
            return Computed { reason: Some(Reason::EmptyBase), workings, ..computed };
        }
        if workings.sum_wx == 0.0 {
            return Computed { reason: Some(Reason::ZeroDenominator), workings, ..computed };
        }
        let theta = workings.sum_wy / workings.sum_wx;
        let influences = group
            .influences(|answers| answers[0].map_or(0.0, |answer| (answer.y - theta * answer.x) / workings.sum_wx));
        let Some(variance) = self.linearised(address.wave, &influences, factor, &mut computed) else {
            return Computed { workings, ..computed };
        };
        workings.variance = variance.variance;
        workings.degrees = variance.degrees;
        let se = variance.variance.sqrt();
        let (interval, method) = if proportion {
            self.proportion_interval(theta, variance, computed.n, computed.n_eff)
        } else {
            (self.student_interval(theta, se, variance.degrees), IntervalMethod::StudentT)
        };
        workings.method = Some(if interval.is_some() { method } else { IntervalMethod::None });
        computed.estimate = Some(theta * factor);
        // A single answer deviates from itself by rounding alone.
        let known = computed.n > 1 && (variance.degrees > 0.0 || variance.variance > 0.0);
        computed.se = known.then_some(se * factor);
        computed.ci = interval.map(|[low, high]| [low * factor, high * factor]);
        Computed { workings, ..computed }
    }

    fn composite(&self, group: &Group<'_>, address: GroupAddress, parts: &[Part]) -> Computed {
        let mut workings = Workings { n_wave: self.wave_rows(address.wave), factor: 1.0, ..Workings::default() };
        let mut computed = impossible(Reason::MissingComponent);
        computed.smallest_base = (u64::MAX, f64::INFINITY);
        let mut ratios: Vec<Option<(f64, f64)>> = Vec::with_capacity(parts.len());
        for (position, part) in parts.iter().enumerate() {
            let own = self.workings(group, address, position);
            let base = self.bases(group, position);
            computed.smallest_base = (computed.smallest_base.0.min(base.n), computed.smallest_base.1.min(base.n_eff));
            let ratio = (base.n > 0 && own.sum_wx != 0.0).then(|| (own.sum_wy / own.sum_wx, own.sum_wx));
            workings.parts.push(PartValue {
                metric: part.metric.clone(),
                share: part.share,
                reverse: part.reverse,
                value: ratio.map(|(theta, _)| theta * part.factor),
                n: base.n,
            });
            ratios.push(ratio);
        }
        let any = group.cells.iter().fold(Cell::default(), |mut sum, (_, _, cell)| {
            sum.merge(cell);
            sum
        });
        computed.n = any.count;
        computed.n_weighted = self.cube.grid.weight(any.weight);
        computed.n_eff = effective_number(computed.n_weighted, self.cube.grid.weight_squared(any.weight_squared));
        workings.sum_w = computed.n_weighted;
        workings.sum_w2 = self.cube.grid.weight_squared(any.weight_squared);
        let Some(ratios) = ratios.into_iter().collect::<Option<Vec<_>>>() else {
            return Computed { workings, ..computed };
        };
        let mut value = 0.0;
        for (part, (theta, _)) in parts.iter().zip(&ratios) {
            let printed = theta * part.factor;
            value += part.share * if part.reverse { 100.0 - printed } else { printed };
        }
        let influences = group.influences(|answers| {
            let mut influence = 0.0;
            for ((part, answer), (theta, sum_wx)) in parts.iter().zip(answers).zip(&ratios) {
                if let Some(answer) = answer {
                    let sign = if part.reverse { -1.0 } else { 1.0 };
                    influence += sign * part.share * part.factor * (answer.y - theta * answer.x) / sum_wx;
                }
            }
            influence
        });
        let Some(variance) = self.linearised(address.wave, &influences, 1.0, &mut computed) else {
            return Computed { workings, ..computed };
        };
        let se = variance.variance.sqrt();
        workings.variance = variance.variance;
        workings.degrees = variance.degrees;
        workings.method = Some(IntervalMethod::StudentT);
        computed.estimate = Some(value);
        computed.se = Some(se);
        computed.ci = self.student_interval(value, se, variance.degrees);
        computed.reason = None;
        Computed { workings, ..computed }
    }

    fn quantile(&self, group: &Group<'_>, address: GroupAddress, probability: f64) -> Computed {
        let mut workings = self.workings(group, address, 0);
        workings.factor = 1.0;
        let mut computed = self.bases(group, 0);
        if computed.n == 0 {
            return Computed { reason: Some(Reason::EmptyBase), workings, ..computed };
        }
        if workings.sum_w == 0.0 {
            return Computed { reason: Some(Reason::ZeroDenominator), workings, ..computed };
        }
        let value = quantile_of(&workings.answers, probability);
        let below = |answer: Answer| if answer.y <= value { 1.0 } else { 0.0 };
        let share =
            workings.answers.iter().filter(|answer| answer.value <= value).map(|answer| answer.weight).sum::<f64>()
                / workings.sum_w;
        let influences =
            group.influences(|answers| answers[0].map_or(0.0, |answer| (below(answer) - share) / workings.sum_w));
        let Some(variance) = self.linearised(address.wave, &influences, 1.0, &mut computed) else {
            return Computed { workings, ..computed };
        };
        workings.variance = variance.variance;
        workings.degrees = variance.degrees;
        let half = self.critical(variance.degrees).map(|critical| critical * variance.variance.sqrt());
        let ci = half
            .map(|half| [quantile_of(&workings.answers, share - half), quantile_of(&workings.answers, share + half)]);
        // Woodruff's standard error: the interval's length in units of the critical value.
        let se = ci.zip(self.critical(variance.degrees)).map(|([low, high], critical)| (high - low) / (2.0 * critical));
        workings.method = Some(if ci.is_some() { IntervalMethod::Woodruff } else { IntervalMethod::None });
        // The totals of the share become those of the value by the same stretch as the standard error.
        let share_se = variance.variance.sqrt();
        scale(&mut computed.totals, se.filter(|_| share_se > 0.0).map_or(0.0, |se| se / share_se));
        Computed { estimate: Some(value), se, ci, workings, ..computed }
    }

    /// Variance in squared item units; `computed` takes the totals behind it in printed units, or why there is no variance.
    fn linearised(
        &self,
        wave: usize,
        influences: &[Influence],
        factor: f64,
        computed: &mut Computed,
    ) -> Option<Variance> {
        let frame = Frame::new(self.cube, self.design, wave);
        let mut totals = frame.totals(influences);
        match frame.variance(&totals) {
            Ok(variance) => {
                scale(&mut totals, factor);
                computed.totals = totals;
                Some(variance)
            }
            Err(single) => {
                computed.stratum = Some(single.stratum);
                computed.reason = Some(Reason::SingleUnitStratum);
                None
            }
        }
    }

    fn critical(&self, degrees: f64) -> Option<f64> {
        student_t_quantile(0.5 + self.settings.confidence / 2.0, degrees)
    }

    fn student_interval(&self, theta: f64, se: f64, degrees: f64) -> Option<[f64; 2]> {
        self.critical(degrees).map(|critical| [theta - critical * se, theta + critical * se])
    }

    fn proportion_interval(
        &self,
        theta: f64,
        variance: Variance,
        n: u64,
        n_eff: f64,
    ) -> (Option<[f64; 2]>, IntervalMethod) {
        let alpha = 1.0 - self.settings.confidence;
        if theta <= 0.0 || theta >= 1.0 {
            let clopper_pearson = |effective: f64| {
                let low = beta_quantile(alpha / 2.0, effective * theta, effective * (1.0 - theta) + 1.0)?;
                let high = beta_quantile(1.0 - alpha / 2.0, effective * theta + 1.0, effective * (1.0 - theta))?;
                Some([low, high])
            };
            return (clopper_pearson(n_eff), IntervalMethod::ClopperPearson);
        }
        if variance.variance == 0.0 {
            return (Some([theta, theta]), IntervalMethod::StudentT);
        }
        let se = variance.variance.sqrt();
        match self.settings.proportion_interval {
            ProportionInterval::Wald => (self.student_interval(theta, se, variance.degrees), IntervalMethod::StudentT),
            ProportionInterval::Logit => {
                let logit = (theta / (1.0 - theta)).ln();
                let logit_se = se / (theta * (1.0 - theta));
                let back = |value: f64| 1.0 / (1.0 + (-value).exp());
                let interval = self.student_interval(logit, logit_se, variance.degrees);
                (interval.map(|[low, high]| [back(low), back(high)]), IntervalMethod::Logit)
            }
            ProportionInterval::Beta => (self.korn_graubard(theta, variance, n), IntervalMethod::KornGraubard),
        }
    }

    /// Korn and Graubard (1998): the effective size implied by the variance, adjusted for the degrees of freedom, in the
    /// Clopper-Pearson formula.
    fn korn_graubard(&self, theta: f64, variance: Variance, n: u64) -> Option<[f64; 2]> {
        let alpha = 1.0 - self.settings.confidence;
        #[allow(clippy::cast_precision_loss, reason = "counts of answers are far below 2^53")]
        let simple = student_t_quantile(alpha / 2.0, n as f64 - 1.0)?;
        let adjusted = simple / student_t_quantile(alpha / 2.0, variance.degrees)?;
        let effective = theta * (1.0 - theta) / variance.variance * adjusted * adjusted;
        let low = beta_quantile(alpha / 2.0, effective * theta, effective * (1.0 - theta) + 1.0)?;
        let high = beta_quantile(1.0 - alpha / 2.0, effective * theta + 1.0, effective * (1.0 - theta))?;
        Some([low, high])
    }

    fn wave_rows(&self, wave: usize) -> u64 {
        self.cube.unit_rows[wave].iter().map(|cell| cell.count).sum()
    }

    /// Sums and distinct answers of one item of the group.
    fn workings(&self, group: &Group<'_>, address: GroupAddress, position: usize) -> Workings {
        let mut workings = Workings { n_wave: self.wave_rows(address.wave), ..Workings::default() };
        for (answer, cell) in group.answers(position) {
            let weight = self.cube.grid.weight(cell.weight);
            let weight_squared = self.cube.grid.weight_squared(cell.weight_squared);
            workings.sum_wy += weight * answer.y;
            workings.sum_wx += weight * answer.x;
            workings.sum_w += weight;
            workings.sum_w2 += weight_squared;
            workings.answers.push(AnswerCount {
                value: answer.y,
                per: answer.x,
                n: cell.count,
                weight,
                weight_squared,
            });
        }
        workings
    }

    fn bases(&self, group: &Group<'_>, position: usize) -> Computed {
        let sum = group.answers(position).into_iter().fold(Cell::default(), |mut sum, (_, cell)| {
            sum.merge(&cell);
            sum
        });
        let n_weighted = self.cube.grid.weight(sum.weight);
        let n_eff = effective_number(n_weighted, self.cube.grid.weight_squared(sum.weight_squared));
        Computed {
            n: sum.count,
            n_weighted,
            n_eff,
            smallest_base: (sum.count, n_eff),
            reason: None,
            ..impossible(Reason::EmptyBase)
        }
    }
}

impl Group<'_> {
    fn influences(&self, value: impl Fn(&[Option<Answer>]) -> f64) -> Vec<Influence> {
        self.cells
            .iter()
            .map(|(pattern, unit, cell)| Influence { unit: *unit, cell: *cell, value: value(&self.patterns[*pattern]) })
            .collect()
    }

    /// Distinct answers of the item at `position` with their cells over all units, in order of value.
    fn answers(&self, position: usize) -> Vec<(Answer, Cell)> {
        let mut listed: Vec<(Answer, Cell)> = self
            .cells
            .iter()
            .filter_map(|(pattern, _, cell)| self.patterns[*pattern][position].map(|answer| (answer, *cell)))
            .collect();
        listed.sort_by(|(a, _), (b, _)| a.y.total_cmp(&b.y).then(a.x.total_cmp(&b.x)));
        let mut merged: Vec<(Answer, Cell)> = Vec::new();
        for (answer, cell) in listed {
            match merged.last_mut() {
                Some((last, sum)) if *last == answer => sum.merge(&cell),
                _ => merged.push((answer, cell)),
            }
        }
        merged
    }
}

fn order(a: &[Option<Answer>], b: &[Option<Answer>]) -> std::cmp::Ordering {
    let key = |answer: &Option<Answer>| answer.map_or((f64::NEG_INFINITY, 0.0), |answer| (answer.y, answer.x));
    for (a, b) in a.iter().zip(b) {
        let ((ay, ax), (by, bx)) = (key(a), key(b));
        let found = ay.total_cmp(&by).then(ax.total_cmp(&bx));
        if found.is_ne() {
            return found;
        }
    }
    std::cmp::Ordering::Equal
}

/// The smallest value at which the weighted distribution reaches `probability` (R's `qrule = "math"`).
fn quantile_of(answers: &[AnswerCount], probability: f64) -> f64 {
    let total: f64 = answers.iter().map(|answer| answer.weight).sum();
    let mut running = 0.0;
    for answer in answers {
        running += answer.weight;
        if running / total >= probability {
            return answer.value;
        }
    }
    answers.last().map_or(f64::NAN, |answer| answer.value)
}

/// Kish's effective number of answers, `(sum w)^2 / sum w^2`; 0 for an empty base.
pub fn effective_number(sum_w: f64, sum_w2: f64) -> f64 {
    if sum_w2 > 0.0 { sum_w * sum_w / sum_w2 } else { 0.0 }
}

fn impossible(reason: Reason) -> Computed {
    Computed {
        n: 0,
        n_weighted: 0.0,
        n_eff: 0.0,
        smallest_base: (0, 0.0),
        estimate: None,
        se: None,
        ci: None,
        reason: Some(reason),
        stratum: None,
        totals: Vec::new(),
        workings: Workings::default(),
    }
}
