//! The indicators of one table: scan it once, compute every bound metric for the total and every segment group in every wave.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::OnceLock;

use datafusion::error::DataFusionError;
use indexmap::IndexMap;

use crate::config::Project;
use crate::config::raw::{ColumnType, RawDesign, RawSettings, RawWeighting};
use crate::config::validate::can_group;
use crate::data::expressions::{ExpectedType, Expression, quote_name};
use crate::data::{Column, Responses};
use crate::diagnostics::messages::metrics as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Localized, Location, lang_texts};
use crate::metrics::bind::{Binding, Bound, BoundMetric, Item};
use crate::metrics::calibration::calibrate;
use crate::metrics::cube::{Cell, Cube, Grouping};
use crate::metrics::design::{Design, UnitCodes, resolve_design};
use crate::metrics::differences::{group_differences, wave_differences};
use crate::metrics::estimate::{Computed, Estimator, GroupAddress};
use crate::metrics::estimates::{Estimate, GroupDifference, MetricResults, Reason, SegmentInfo, WaveDifference};
use crate::metrics::hidden::{Hidden, Publications, hidden_in_table};
use crate::metrics::part::{part_of, sampled_units};
use crate::metrics::questions::choice_expression;
use crate::metrics::scan::{ScanRequest, scan, weight_grid};
use crate::metrics::suppression::is_below;
use crate::metrics::variance::Frame;

/// What the indicator stage holds on to: results, and what is needed to explain them.
#[derive(Debug, Clone)]
pub struct Computation {
    /// The results.
    pub results: MetricResults,
    /// The metrics as bound to the project.
    pub metrics: Vec<BoundMetric>,
    cube: Cube,
    design: Design,
    settings: RawSettings,
    keys: Vec<Vec<usize>>,
    pub(super) scales: Vec<(String, usize)>,
    /// Columns with a single answer whose distribution is tested, with their items.
    pub(super) choices: Vec<(String, usize)>,
    hidden: Hidden,
    /// Answers by wave of the group that all numbers are of; none where they are of all answers.
    members: Option<Vec<u64>>,
}

/// The metrics of a table with what their scan needs, ready to be computed for all answers or for one group after the other.
#[derive(Debug, Clone)]
pub struct Prepared<'a> {
    responses: &'a Responses,
    binding: Binding,
    segments: Vec<SegmentInfo>,
    statistics: Statistics,
    scales: Vec<(String, usize)>,
    choices: Vec<(String, usize)>,
    keys: Vec<Vec<usize>>,
    design: Design,
    unit_codes: UnitCodes,
    /// Answers by wave and sampling unit; found when the first group asks.
    sampled: OnceLock<Vec<Vec<Cell>>>,
}

/// Everything computed for one metric.
struct MetricNumbers {
    estimates: Vec<Estimate>,
    differences: Vec<GroupDifference>,
    changes: Vec<WaveDifference>,
    /// Waves and strata with a single sampling unit.
    single_units: Vec<(usize, usize)>,
}

/// A group of answers to compute for, with its names.
pub(super) struct NamedGroup {
    pub(super) address: GroupAddress,
    pub(super) wave: Option<String>,
    pub(super) segment: IndexMap<String, String>,
}

/// Settings and design behind standard errors and intervals.
#[derive(Debug, Clone)]
pub struct Statistics {
    /// Statistical settings.
    pub settings: RawSettings,
    /// Sampling design.
    pub design: Option<RawDesign>,
    /// Where the design is declared, for diagnostics.
    pub place: Location,
    /// How the weights were made, where standard errors depend on it.
    pub weighting: Option<RawWeighting>,
    /// What else is published of the table.
    pub published: Publications,
}

impl Statistics {
    /// Those of a table: `view` is the project as the table sees it. What else is published of it is left open.
    pub fn of(view: &Project) -> Self {
        Self {
            settings: view.raw.settings.clone(),
            design: view.raw.data.design.clone(),
            place: view.at("data.design"),
            weighting: view.raw.data.weighting.clone(),
            published: Publications::default(),
        }
    }

    /// Those of made-up cases, in which no base is too small.
    pub fn of_cases(place: Location) -> Self {
        let settings = RawSettings { suppress_below: 0.0, flag_below: 0.0, ..RawSettings::default() };
        Self { settings, design: None, place, weighting: None, published: Publications::default() }
    }
}

/// A group of a segment column that a whole computation is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Within {
    /// Column.
    pub column: String,
    /// Value.
    pub value: String,
}

/// A group to compute for. The other answers stay in the sample: they count for the design.
#[derive(Debug, Clone, Copy)]
pub struct Group<'a> {
    /// The group.
    pub within: &'a Within,
    /// What the table hides of all groups beside each other.
    pub whole: Option<&'a Hidden>,
}

/// Scans and computes bound metrics; used by [`compute`](crate::metrics::compute) and by plugin tests.
pub fn compute_bound(
    binding: Binding,
    responses: &Responses,
    segments: Vec<SegmentInfo>,
    statistics: Statistics,
    diagnostics: &mut Diagnostics,
) -> Option<Computation> {
    Prepared::new(binding, responses, segments, statistics).compute(None, diagnostics)
}

impl<'a> Prepared<'a> {
    /// Resolves the design and lays out the scan.
    pub fn new(
        mut binding: Binding,
        responses: &'a Responses,
        segments: Vec<SegmentInfo>,
        statistics: Statistics,
    ) -> Self {
        let scales = scale_items(&mut binding, responses);
        let choices = choice_items(&mut binding, responses, &statistics.published.choices);
        let keys = scan_keys(&binding);
        let resolved = resolve_design(statistics.design.as_ref(), responses);
        let (design, unit_codes) = calibrate(resolved, statistics.weighting.as_ref(), responses);
        Self {
            responses,
            binding,
            segments,
            statistics,
            scales,
            choices,
            keys,
            design,
            unit_codes,
            sampled: OnceLock::new(),
        }
    }

    fn sampled(&self) -> &Vec<Vec<Cell>> {
        self.sampled.get_or_init(|| sampled_units(self.responses, &self.design, &self.unit_codes))
    }

    /// The table.
    pub fn responses(&self) -> &'a Responses {
        self.responses
    }

    /// Computes everything, for one group or for all answers.
    pub fn compute(&self, group: Option<Group<'_>>, diagnostics: &mut Diagnostics) -> Option<Computation> {
        match self.computed(group) {
            Ok(mut computation) => {
                computation.fill_estimates(&self.statistics.place, diagnostics);
                Some(computation)
            }
            Err(error) => {
                diagnostics.push(Diagnostic::error(&messages::SCAN_FAILED).quote("problem", error));
                None
            }
        }
    }

    /// The cube and the groups to hide, without estimates yet.
    fn computed(&self, group: Option<Group<'_>>) -> Result<Computation, DataFusionError> {
        let within = group.map(|group| group.within);
        let part = within.map(|within| part_of(self.responses, &self.unit_codes, within));
        let responses = part.as_ref().map_or(self.responses, |part| &part.responses);
        let unit_codes = part.as_ref().map_or(&self.unit_codes, |part| &part.unit_codes);
        let in_use = |segment: &&SegmentInfo| within.is_none_or(|within| segment.column != within.column);
        let segments: Vec<SegmentInfo> = self.segments.iter().filter(in_use).cloned().collect();
        let mut groupings = vec![Grouping { column: None, levels: vec![String::new()] }];
        groupings.extend(segments.iter().map(SegmentInfo::grouping));
        let request = ScanRequest {
            items: &self.binding.items,
            keys: &self.keys,
            groupings,
            units: self.design.unit_stratum.len(),
            unit_codes: unit_codes.clone(),
            grid: weight_grid(self.responses),
        };
        let mut cube = scan(responses, &request)?;
        if part.is_some() {
            // The others stay in the sample: they count for the design.
            cube.unit_rows.clone_from(self.sampled());
        }
        let results = MetricResults {
            metrics: self.binding.metrics.iter().map(|metric| metric.info.clone()).collect(),
            waves: responses.waves.clone(),
            segments,
            estimates: Vec::new(),
            group_differences: Vec::new(),
            wave_differences: Vec::new(),
            own: None,
        };
        let mut computation = Computation {
            results,
            metrics: self.binding.metrics.clone(),
            cube,
            design: self.design.clone(),
            settings: self.statistics.settings.clone(),
            keys: self.keys.clone(),
            scales: self.scales.clone(),
            choices: self.choices.clone(),
            hidden: Hidden::default(),
            members: part.as_ref().map(|part| part.answers.clone()),
        };
        let (published, distributions) = computation.published_items();
        let key_of_item = |item: usize| Some((item, computation.key_of(&[item])?));
        let keys: BTreeMap<usize, usize> = published.into_iter().filter_map(key_of_item).collect();
        let (limit, items) = (computation.settings.suppress_below, &self.binding.items);
        let own = (&keys, &distributions);
        computation.hidden = match group {
            None => hidden_in_table(&computation.cube, responses, items, own, &self.statistics.published, limit)?,
            Some(Group { within, whole }) => {
                let alone = Publications::default();
                let hidden = hidden_in_table(&computation.cube, responses, items, own, &alone, limit)?;
                hidden.within(whole, &within.column, &within.value)
            }
        };
        Ok(computation)
    }
}

impl Computation {
    fn fill_estimates(&mut self, place: &Location, diagnostics: &mut Diagnostics) {
        let groups = self.groups();
        let newest = self.cube.waves - 1;
        let frame = self.frame(newest);
        let of_metric = |metric: &BoundMetric| self.numbers_of(metric, &groups, &frame, newest);
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        let share = self.metrics.len().div_ceil(workers).max(1);
        let numbers: Vec<MetricNumbers> = std::thread::scope(|scope| {
            let parts: Vec<_> = self
                .metrics
                .chunks(share)
                .map(|part| scope.spawn(move || part.iter().map(of_metric).collect::<Vec<_>>()))
                .collect();
            let join = |part: std::thread::ScopedJoinHandle<'_, Vec<MetricNumbers>>| match part.join() {
                Ok(numbers) => numbers,
                Err(payload) => std::panic::resume_unwind(payload),
            };
            parts.into_iter().flat_map(join).collect()
        });
        let mut reported = Vec::new();
        let mut estimates = Vec::with_capacity(groups.len() * self.metrics.len());
        let (mut differences, mut changes) = (Vec::new(), Vec::new());
        for metric in numbers {
            for key in metric.single_units {
                if !reported.contains(&key) {
                    reported.push(key);
                    diagnostics.push(
                        Diagnostic::error(&messages::SINGLE_UNIT)
                            .arg("stratum", &self.design.strata[key.1])
                            .at(place.clone())
                            .key("data.design.single_unit"),
                    );
                }
            }
            estimates.extend(metric.estimates);
            differences.extend(metric.differences);
            changes.extend(metric.changes);
        }
        self.results.estimates = estimates;
        self.results.group_differences = differences;
        self.results.wave_differences = changes;
    }

    /// A metric for every group, what suppression hides hidden, with the differences between the groups of the newest wave.
    fn numbers_of(
        &self,
        metric: &BoundMetric,
        groups: &[NamedGroup],
        frame: &Frame<'_>,
        newest: usize,
    ) -> MetricNumbers {
        let computed: Vec<Computed> = groups.iter().map(|group| self.computed(metric, group.address)).collect();
        let pairs = || groups.iter().zip(&computed);
        let mut estimates: Vec<Estimate> =
            pairs().map(|(group, computed)| self.named(metric, group, computed)).collect();
        // The numbers of groups run wave by wave, as those of the hidden ones do.
        for (group, estimate) in estimates.iter_mut().enumerate() {
            // That nobody is in a base tells what the others said.
            let empty = estimate.reason == Some(Reason::EmptyBase);
            if (estimate.estimate.is_some() || empty) && self.hides(&metric.bound, group) {
                estimate.hide(Reason::Complement);
            }
        }
        let mut differences = Vec::new();
        for place in segment_ranges(groups) {
            if groups[place.start].address.wave == newest {
                differences.extend(group_differences(frame, &estimates[place.clone()], &computed[place]));
            }
        }
        let single_units = pairs()
            .filter_map(|(group, computed)| computed.stratum.map(|stratum| (group.address.wave, stratum)))
            .collect();
        let changes = self.changes(&estimates, &computed, newest);
        MetricNumbers { estimates, differences, changes, single_units }
    }

    /// The changes since the wave before with the covariance of both; none where no unit comes again.
    fn changes(&self, estimates: &[Estimate], computed: &[Computed], newest: usize) -> Vec<WaveDifference> {
        let Some(before) = newest.checked_sub(1).filter(|_| self.design.panel) else { return Vec::new() };
        let count = estimates.len() / self.cube.waves;
        let of_wave =
            |wave: usize| (&estimates[wave * count..(wave + 1) * count], &computed[wave * count..(wave + 1) * count]);
        let frame = Frame::of_both(&self.cube, &self.design, [before, newest]);
        wave_differences([&frame, &self.frame(newest), &self.frame(before)], of_wave(newest), of_wave(before))
    }

    /// What is hidden.
    pub fn hidden(&self) -> &Hidden {
        &self.hidden
    }

    /// The sample of a wave.
    pub(super) fn frame(&self, wave: usize) -> Frame<'_> {
        Frame::new(&self.cube, &self.design, wave)
    }

    /// Every group in printing order: wave by wave, the total, then the segments' groups.
    pub(super) fn groups(&self) -> Vec<NamedGroup> {
        let mut groups = Vec::new();
        for wave in 0..self.cube.waves {
            for (grouping, described) in self.cube.groupings.iter().enumerate() {
                for (level, value) in described.levels.iter().enumerate() {
                    let segment = described.column.iter().map(|column| (column.clone(), value.clone())).collect();
                    groups.push(NamedGroup {
                        address: GroupAddress { grouping, wave, level },
                        wave: self.results.waves.get(wave).cloned(),
                        segment,
                    });
                }
            }
        }
        groups
    }

    /// Place of a group among [`groups`](Self::groups).
    pub(super) fn number_of(&self, group: GroupAddress) -> usize {
        let sizes = || self.cube.groupings.iter().map(|grouping| grouping.levels.len());
        group.wave * sizes().sum::<usize>() + sizes().take(group.grouping).sum::<usize>() + group.level
    }

    /// The numbers of a metric for a group, with workings.
    pub fn computed(&self, metric: &BoundMetric, address: GroupAddress) -> Computed {
        self.estimated(&metric.bound, address)
    }

    pub(super) fn estimated(&self, bound: &Bound, address: GroupAddress) -> Computed {
        let estimator = Estimator { cube: &self.cube, design: &self.design, settings: &self.settings };
        estimator.compute(bound, address, &|items| self.key_of(items))
    }

    pub(super) fn key_of(&self, items: &[usize]) -> Option<usize> {
        self.keys.iter().position(|key| key == items)
    }

    fn named(&self, metric: &BoundMetric, group: &NamedGroup, computed: &Computed) -> Estimate {
        let small = |limit: f64| computed.estimate.is_some() && is_below(computed.smallest_base, limit);
        let suppressed = small(self.settings.suppress_below);
        Estimate {
            metric: metric.info.id.clone(),
            module: metric.info.module.clone(),
            wave: group.wave.clone(),
            segment: group.segment.clone(),
            n: computed.n,
            n_weighted: computed.n_weighted,
            n_eff: computed.n_eff,
            estimate: computed.estimate.filter(|_| !suppressed),
            se: computed.se.filter(|_| !suppressed),
            ci: computed.ci.filter(|_| !suppressed),
            df: computed.estimate.filter(|_| !suppressed).map(|_| computed.workings.degrees),
            unit: metric.info.unit,
            base: metric.info.base.clone(),
            suppressed,
            flagged: !suppressed && small(self.settings.flag_below),
            reason: if suppressed { Some(Reason::SmallBase) } else { computed.reason },
        }
    }

    /// Number of the group that `wave` and `segment` name; `None` if there is no such group.
    pub fn address(&self, wave: Option<&str>, segment: Option<(&str, &str)>) -> Option<GroupAddress> {
        let wave = match wave {
            None => self.cube.waves - 1,
            Some(name) => self.results.waves.iter().position(|known| known == name)?,
        };
        match segment {
            None => Some(GroupAddress { grouping: 0, wave, level: 0 }),
            Some((column, value)) => {
                let grouping =
                    self.cube.groupings.iter().position(|grouping| grouping.column.as_deref() == Some(column))?;
                let level = self.cube.groupings[grouping].levels.iter().position(|level| level == value)?;
                Some(GroupAddress { grouping, wave, level })
            }
        }
    }

    /// Answers by wave, in time order, whether in a base or not.
    pub fn wave_answers(&self) -> Vec<u64> {
        self.members.clone().unwrap_or_else(|| {
            self.cube.unit_rows.iter().map(|units| units.iter().map(|cell| cell.count).sum()).collect()
        })
    }

    /// Scale columns whose distributions were counted.
    pub fn scale_columns(&self) -> impl Iterator<Item = &str> {
        self.scales.iter().map(|(name, _)| name.as_str())
    }

    pub(super) fn cube(&self) -> &Cube {
        &self.cube
    }

    /// The settings that were used.
    pub fn settings(&self) -> &RawSettings {
        &self.settings
    }

    /// The sampling design that was used.
    pub fn design(&self) -> &Design {
        &self.design
    }
}

/// Where the groups of one segment column in one wave stand in the list of all groups.
pub(super) fn segment_ranges(groups: &[NamedGroup]) -> Vec<Range<usize>> {
    let mut start = 0;
    let same =
        |a: &NamedGroup, b: &NamedGroup| (a.address.wave, a.address.grouping) == (b.address.wave, b.address.grouping);
    let mut ranges = Vec::new();
    for chunk in groups.chunk_by(same) {
        if chunk[0].address.grouping > 0 {
            ranges.push(start..start + chunk.len());
        }
        start += chunk.len();
    }
    ranges
}

/// Adds one item a scale column, so that distributions come from the same scan.
fn scale_items(binding: &mut Binding, responses: &Responses) -> Vec<(String, usize)> {
    responses
        .columns
        .iter()
        .filter(|column| column.kind == ColumnType::Scale)
        .filter_map(|column| {
            let own = Expression::parse(&quote_name(&column.name), &responses.schema, ExpectedType::Number).ok()?;
            let item = binding.add_item(Item { value: own.logical().clone(), per: None });
            Some((column.name.clone(), item))
        })
        .collect()
}

/// Adds one item a question with a single answer: the number of the option.
fn choice_items(binding: &mut Binding, responses: &Responses, choices: &[String]) -> Vec<(String, usize)> {
    let item = |column: &Column| {
        let text = choice_expression(column);
        let own = Expression::parse(&text, &responses.schema, ExpectedType::Number).ok()?;
        Some((column.name.clone(), binding.add_item(Item { value: own.logical().clone(), per: None })))
    };
    choices.iter().filter_map(|name| responses.column(name)).filter_map(item).collect()
}

/// One key an item, and one a composite.
fn scan_keys(binding: &Binding) -> Vec<Vec<usize>> {
    let mut keys: Vec<Vec<usize>> = (0..binding.items.len()).map(|item| vec![item]).collect();
    for metric in &binding.metrics {
        if let Bound::Composite { parts } = &metric.bound {
            let items: Vec<usize> = parts.iter().map(|part| part.item).collect();
            if !keys.contains(&items) {
                keys.push(items);
            }
        }
    }
    keys
}

/// The segments of a project with their groups in codebook order.
pub fn segment_infos(project: &Project, responses: &Responses) -> Vec<SegmentInfo> {
    project
        .raw
        .segments
        .iter()
        .filter_map(|name| responses.column(name))
        .filter(|column| can_group(column.kind))
        .map(|column| SegmentInfo {
            column: column.name.clone(),
            title: column.title.clone(),
            groups: groups_of(column),
        })
        .collect()
}

/// The values of a column that forms groups with their titles, in codebook order.
pub fn groups_of(column: &Column) -> Vec<(String, Localized)> {
    match column.kind {
        ColumnType::Boolean => vec![
            ("false".to_owned(), Localized::PerLang(lang_texts("否", "no"))),
            ("true".to_owned(), Localized::PerLang(lang_texts("是", "yes"))),
        ],
        ColumnType::Scale => column.range.map_or_else(Vec::new, |range| scale_levels(range, column)),
        _ => column
            .categories
            .iter()
            .map(|value| {
                let title = column.category_titles.get(value).cloned();
                (value.clone(), title.unwrap_or_else(|| Localized::from(value.as_str())))
            })
            .collect(),
    }
}

/// The whole steps of a scale from its lowest value, at most 101, with their titles.
pub fn scale_levels([low, high]: [f64; 2], column: &Column) -> Vec<(String, Localized)> {
    let mut levels = Vec::new();
    let mut value = low;
    while value <= high && levels.len() < 101 {
        let name = value.to_string();
        let title = column.category_titles.get(&name).cloned().unwrap_or_else(|| Localized::from(name.as_str()));
        levels.push((name, title));
        value += 1.0;
    }
    levels
}
