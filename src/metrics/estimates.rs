//! Estimates: what the indicator stage hands on. One [`Estimate`] is one metric for one group of answers in one wave.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::diagnostics::Localized;
use crate::metrics::cube::Grouping;
pub use crate::plugins::{Better, Unit};

/// What a metric is, as documents and `explain` print it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MetricInfo {
    /// Metric id, unique in the project unless two modules share it; then `module.metric` is used.
    pub id: String,
    /// Plugin id.
    pub module: String,
    /// Plugin version.
    pub module_version: String,
    /// Operational table that it is computed from; none for the survey.
    pub table: Option<String>,
    /// Name.
    pub title: Localized,
    /// Definition in words: who is counted over whom.
    pub definition: Localized,
    /// Printed unit.
    pub unit: Unit,
    /// Good direction.
    pub better: Better,
    /// Id of the metric this one is a variant of (shown under it, not as an indicator of its own).
    pub variant_of: Option<String>,
    /// Numerator or value, as written in the plugin.
    pub of: String,
    /// Denominator of a ratio, as written.
    pub per: Option<String>,
    /// Base condition as written; empty for all answers.
    pub base: String,
    /// The base in words.
    pub base_title: Localized,
    /// Name of the estimator (`proportion`, `composite`, …).
    pub estimator: String,
    /// Why it cannot be computed in this project (inputs without a column); `None` if it can.
    pub unavailable: Option<Unavailable>,
    /// Items of its sets that the project does not feed, which the estimate does without: (input id, question text).
    pub left_out: Vec<(String, Localized)>,
    /// What it is about, in words of the strategy library.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<String>,
    /// Components of a composite; empty for other metrics.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<ComponentShare>,
}

/// A component of a composite.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComponentShare {
    /// Metric id.
    pub metric: String,
    /// Weight; those of a composite add up to 1.
    pub share: f64,
    /// Enters as 100 minus the value.
    pub reverse: bool,
}

/// Why a metric has no estimate in this project.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Unavailable {
    /// Inputs that no column feeds: (input id, question text).
    pub missing_inputs: Vec<(String, Localized)>,
}

/// Why an estimate is null.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Fewer answers than the suppression limit.
    SmallBase,
    /// No answers in the base.
    EmptyBase,
    /// The denominator is zero.
    ZeroDenominator,
    /// A component of the composite is missing.
    MissingComponent,
    /// The project has no column for an input.
    MissingInput,
    /// A stratum has a single sampling unit.
    SingleUnitStratum,
    /// The model whose value this is has no result, or none for this group.
    NoModelResult,
    /// It would give away the only group of the segment that is suppressed for its small base.
    Complement,
}

/// One metric for one group in one wave. Written out, the bases of a hidden estimate are null: how many answered a question that
/// only some are asked tells what the others said.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(into = "PublishedEstimate")]
pub struct Estimate {
    /// Metric id.
    pub metric: String,
    /// Plugin id.
    pub module: String,
    /// Wave; `None` in a project without waves.
    pub wave: Option<String>,
    /// Segment column to its value; empty for the total.
    pub segment: IndexMap<String, String>,
    /// Unweighted number of answers in the base.
    pub n: u64,
    /// Sum of weights in the base.
    pub n_weighted: f64,
    /// Kish effective number of answers, `(sum w)^2 / sum w^2`.
    pub n_eff: f64,
    /// The estimate in the printed unit.
    pub estimate: Option<f64>,
    /// Standard error in the printed unit.
    pub se: Option<f64>,
    /// Confidence interval in the printed unit.
    pub ci: Option<[f64; 2]>,
    /// Degrees of freedom of the standard error: sampling units in the base less their strata; none without an estimate.
    pub df: Option<f64>,
    /// Printed unit.
    pub unit: Unit,
    /// Base condition as written.
    pub base: String,
    /// Not shown because of its own base or, with [`Reason::Complement`], because of another group's.
    pub suppressed: bool,
    /// Few answers: shown with a mark.
    pub flagged: bool,
    /// Why there is no estimate.
    pub reason: Option<Reason>,
}

/// An estimate as it is written out.
#[derive(Serialize)]
struct PublishedEstimate {
    metric: String,
    module: String,
    wave: Option<String>,
    segment: IndexMap<String, String>,
    n: Option<u64>,
    n_weighted: Option<f64>,
    n_eff: Option<f64>,
    estimate: Option<f64>,
    se: Option<f64>,
    ci: Option<[f64; 2]>,
    df: Option<f64>,
    unit: Unit,
    base: String,
    suppressed: bool,
    flagged: bool,
    reason: Option<Reason>,
}

impl From<Estimate> for PublishedEstimate {
    fn from(held: Estimate) -> Self {
        let weights = held.printed_weights();
        Self {
            n: held.printed_n(),
            n_weighted: weights.map(|[n_weighted, _]| n_weighted),
            n_eff: weights.map(|[_, n_eff]| n_eff),
            metric: held.metric,
            module: held.module,
            wave: held.wave,
            segment: held.segment,
            estimate: held.estimate,
            se: held.se,
            ci: held.ci,
            df: held.df,
            unit: held.unit,
            base: held.base,
            suppressed: held.suppressed,
            flagged: held.flagged,
            reason: held.reason,
        }
    }
}

impl Estimate {
    /// A percentage on `n` answers of one wave, for tests.
    #[cfg(test)]
    #[allow(clippy::cast_precision_loss, reason = "small numbers")]
    pub fn percent_of(value: f64, se: f64, n: u64) -> Self {
        Self {
            metric: "m".into(),
            module: "p".into(),
            wave: None,
            segment: IndexMap::new(),
            n,
            n_weighted: n as f64,
            n_eff: n as f64,
            estimate: Some(value),
            se: Some(se),
            ci: None,
            df: Some(n as f64 - 1.0),
            unit: Unit::Percent,
            base: String::new(),
            suppressed: false,
            flagged: false,
            reason: None,
        }
    }

    /// The number of answers; none for a hidden estimate.
    pub fn printed_n(&self) -> Option<u64> {
        (!self.suppressed).then_some(self.n)
    }

    /// Weighted and effective number of answers; none for a hidden estimate.
    pub fn printed_weights(&self) -> Option<[f64; 2]> {
        (!self.suppressed).then_some([self.n_weighted, self.n_eff])
    }

    /// Takes the numbers away; the bases stay for those who compute on, and are not printed.
    pub fn hide(&mut self, reason: Reason) {
        (self.estimate, self.se, self.ci, self.df) = (None, None, None, None);
        (self.suppressed, self.flagged, self.reason) = (true, false, Some(reason));
    }
}

/// Everything the indicator stage computed.
#[derive(Debug, Clone, Default, Serialize)]
pub struct MetricResults {
    /// The metrics in plugin and declaration order, unavailable ones included.
    pub metrics: Vec<MetricInfo>,
    /// Names of the waves in time order; empty if there is a single unnamed wave.
    pub waves: Vec<String>,
    /// Segment columns with their groups in order.
    pub segments: Vec<SegmentInfo>,
    /// Metric by metric; in each wave by wave: the total, then every segment group.
    pub estimates: Vec<Estimate>,
    /// Every pair of groups of a segment column in the newest wave, where both estimates are shown.
    pub group_differences: Vec<GroupDifference>,
    /// The change since the wave before of every estimate shown in both, where the waves share units.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub wave_differences: Vec<WaveDifference>,
    /// The column of rivals and our own group in it, where the project names one.
    #[serde(skip)]
    pub own: Option<(String, String)>,
}

/// The change of a metric between two waves that share sampling units, as a panel does: it does not follow from the two standard
/// errors.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WaveDifference {
    /// Metric id.
    pub metric: String,
    /// Newer wave.
    pub wave: Option<String>,
    /// Segment column to its value; empty for the total.
    pub segment: IndexMap<String, String>,
    /// Newer minus older in the printed unit.
    pub delta: f64,
    /// Standard error of the difference.
    pub se: f64,
    /// Degrees of freedom: sampling units in either base less their strata.
    pub df: f64,
}

/// The difference of a metric between two groups of a segment column in one wave. Groups that share sampling units are
/// correlated, so it does not follow from the two standard errors.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupDifference {
    /// Metric id.
    pub metric: String,
    /// Wave; `None` in a project without waves.
    pub wave: Option<String>,
    /// Segment column.
    pub column: String,
    /// Value of the first group.
    pub a: String,
    /// Value of the second group, which comes later in the segment.
    pub b: String,
    /// First minus second in the printed unit.
    pub delta: f64,
    /// Standard error of the difference.
    pub se: f64,
    /// Degrees of freedom: sampling units in either base less their strata, less one.
    pub df: f64,
}

/// A segment column and its groups.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SegmentInfo {
    /// Column name.
    pub column: String,
    /// Title.
    pub title: Localized,
    /// Values with their titles, in codebook order.
    pub groups: Vec<(String, Localized)>,
}

impl SegmentInfo {
    /// The groups as the scan counts them.
    pub fn grouping(&self) -> Grouping {
        let levels = self.groups.iter().map(|(value, _)| value.clone()).collect();
        Grouping { column: Some(self.column.clone()), levels }
    }
}

/// How the answers of one scale column fall over its levels.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Distribution {
    /// Column name.
    pub column: String,
    /// The question in words.
    pub title: Option<Localized>,
    /// Names of the levels, worst to best.
    pub levels: Vec<Localized>,
    /// One row a group and wave, the total included.
    pub rows: Vec<DistributionRow>,
}

/// The weighted shares of one group in one wave.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct DistributionRow {
    /// Segment column and value; `None` for the total.
    pub segment: Option<(String, String)>,
    /// Wave; `None` in a project without waves.
    pub wave: Option<String>,
    /// Weighted percentages by level, 0 to 100; empty where suppressed, for its own base or another group's.
    pub shares: Vec<f64>,
    /// Unweighted answers on the scale.
    pub n: u64,
}

impl MetricResults {
    /// The estimate of a metric for the total (`segment` none) or one group, in a wave.
    pub fn find(&self, metric: &str, wave: Option<&str>, segment: Option<(&str, &str)>) -> Option<&Estimate> {
        self.estimates.iter().find(|estimate| {
            estimate.metric == metric
                && estimate.wave.as_deref() == wave
                && match segment {
                    None => estimate.segment.is_empty(),
                    Some((column, value)) => {
                        estimate.segment.len() == 1 && estimate.segment.get(column).is_some_and(|held| held == value)
                    }
                }
        })
    }

    /// The number of a wave that documents publish for a metric: our own among rivals, where its table has the column of rivals,
    /// since an average over rivals says nothing of us; else the total.
    pub fn published(&self, metric: &str, wave: Option<&str>) -> Option<&Estimate> {
        let own = self.own.as_ref().and_then(|(column, value)| self.find(metric, wave, Some((column, value))));
        own.or_else(|| self.find(metric, wave, None))
    }

    /// What a metric is.
    pub fn info(&self, metric: &str) -> Option<&MetricInfo> {
        self.metrics.iter().find(|info| info.id == metric)
    }

    /// The newest wave; `None` in a project without waves.
    pub fn current_wave(&self) -> Option<&str> {
        self.waves.last().map(String::as_str)
    }

    /// The wave before the newest.
    pub fn previous_wave(&self) -> Option<&str> {
        self.waves.len().checked_sub(2).and_then(|index| self.waves.get(index)).map(String::as_str)
    }
}
