//! What is published of a table beside its indicators, and what of all of it is hidden: banners, themes, models and documents
//! about single groups ask here.

use std::collections::{BTreeMap, BTreeSet};

use datafusion::error::DataFusionError;
use datafusion::logical_expr::Expr;

use crate::data::Responses;
use crate::data::expressions::{ExpectedType, Expression};
use crate::metrics::bind::{Bound, Item};
use crate::metrics::compute::Computation;
use crate::metrics::cube::{Cell, Cube, Grouping};
use crate::metrics::overlaps::Areas;
use crate::metrics::protection::{MODEL, Origins, PublishedBase, base_of, columns_of, condition_of, hidden_areas};
use crate::metrics::suppression::Base;

/// What is published of a table beside its indicators.
#[derive(Debug, Clone, Default)]
pub struct Publications {
    /// Banners: the columns down the side with those across the top.
    pub banners: Vec<PublishedQuestion>,
    /// Themes of open answers, with the segments that they are counted by.
    pub themes: Vec<PublishedQuestion>,
    /// Columns with a document for each group.
    pub repeated: Vec<Grouping>,
    /// Columns by the columns they are derived from.
    pub origins: Origins,
    /// Questions with a single answer whose distribution is tested.
    pub choices: Vec<String>,
}

/// A question of a banner, or themes.
#[derive(Debug, Clone, PartialEq)]
pub struct PublishedQuestion {
    /// Column.
    pub column: String,
    /// Expression that is known for those who answered.
    pub item: String,
    /// Segments whose groups have it beside the total.
    pub segments: Vec<Grouping>,
}

/// The complete answers of a model.
#[derive(Debug, Clone)]
pub struct ModelBase {
    /// 1 for the complete answers in its base, null for others.
    pub complete: Expr,
    /// Values that it is about.
    pub about: Vec<Expr>,
    /// Condition of its base.
    pub condition: Option<Expr>,
    /// Groups of segments have it too.
    pub by_segments: bool,
}

/// What is hidden in a table.
#[derive(Debug, Clone, Default)]
pub struct Hidden {
    areas: Areas,
    /// Groups of the indicators: the total, then those of every segment column.
    groups: usize,
    /// Groupings of the indicators, which come first among all.
    own: usize,
    origins: Origins,
    /// Bases with what is hidden of them, wave by wave and area by area.
    bases: Vec<PublishedBase>,
    /// Item of an indicator to its base.
    items: BTreeMap<usize, usize>,
    /// Column and segments of a banner to the base of the question.
    questions: Vec<(PublishedQuestion, usize)>,
    /// Column of themes to the base of the answers with words.
    themes: BTreeMap<String, usize>,
}

impl Hidden {
    /// True if the documents about the groups of a column are protected against who reads all of them: not with too many of them.
    pub fn links_groups_of(&self, column: &str) -> bool {
        let Some(outer) = self.areas.grouping(Some(column)) else { return true };
        let others = (1..self.own).any(|inner| inner != outer);
        !others || self.areas.crossings.iter().any(|crossing| crossing.0 == outer)
    }

    /// True if an item hides the group with this number; groups run wave by wave.
    pub fn hides_item(&self, item: usize, group: usize) -> bool {
        let (wave, area) = (group / self.groups.max(1), group % self.groups.max(1));
        self.items.get(&item).is_some_and(|base| self.is_hidden(*base, wave, area))
    }

    fn is_hidden(&self, base: usize, wave: usize, area: usize) -> bool {
        let flags = self.bases[base].decided.as_deref().unwrap_or_default();
        flags.get(wave * self.areas.count() + area).copied().unwrap_or(false)
    }

    /// The groups of a segment column (the total without one) that a question of a banner hides in a wave.
    pub fn hidden_columns(&self, column: &str, across: &[String], segment: Option<&str>, wave: usize) -> Vec<bool> {
        let asked = |held: &&(PublishedQuestion, usize)| {
            held.0.column == column
                && held.0.segments.iter().filter_map(|grouping| grouping.column.as_ref()).eq(across.iter())
        };
        let Some((_, base)) = self.questions.iter().find(asked) else { return Vec::new() };
        let Some(grouping) = self.areas.grouping(segment) else { return Vec::new() };
        let levels = 0..self.areas.groupings[grouping].levels.len();
        levels.map(|level| self.is_hidden(*base, wave, self.areas.group(grouping, level))).collect()
    }

    /// True if the themes of a column show a group (the total without one) in a wave.
    pub fn shows_themes(&self, column: &str, group: Option<(&str, &str)>, wave: usize) -> bool {
        let area = match group {
            None => Some(0),
            Some((segment, value)) => self.areas.grouping(Some(segment)).and_then(|grouping| {
                let level = self.areas.groupings[grouping].levels.iter().position(|level| level == value)?;
                Some(self.areas.group(grouping, level))
            }),
        };
        let base = self.themes.get(column);
        base.zip(area).is_some_and(|(base, area)| !self.is_hidden(*base, wave, area))
    }

    /// The groups within `value` of `column` that the whole hides are hidden here too.
    fn hide_within(&mut self, whole: &Self, column: &str, value: &str) {
        let Some(outer) = whole.areas.grouping(Some(column)) else { return };
        let Some(level) = whole.areas.groupings[outer].levels.iter().position(|held| held == value) else { return };
        let count = self.areas.count();
        for (item, base) in &self.items {
            let Some(&outer_base) = whole.items.get(item) else { continue };
            let Some(flags) = &mut self.bases[*base].decided else { continue };
            for (number, grouping) in self.areas.groupings.iter().enumerate() {
                let Some(inner) = whole.areas.grouping(grouping.column.as_deref()) else { continue };
                for (own, name) in grouping.levels.iter().enumerate() {
                    let place = whole.areas.groupings[inner].levels.iter().position(|held| held == name);
                    let area = match (inner, place) {
                        (0, _) => Some(whole.areas.group(outer, level)),
                        (_, Some(place)) => whole.areas.crossed((outer, level), (inner, place)),
                        (_, None) => None,
                    };
                    let Some(area) = area else { continue };
                    for wave in 0..flags.len() / count.max(1) {
                        let own_area = self.areas.group(number, own);
                        flags[wave * count + own_area] |= whole.is_hidden(outer_base, wave, area);
                    }
                }
            }
        }
    }

    /// What models hide beside what is hidden already, model by model: wave by wave the total, then the groups of the segments.
    ///
    /// # Errors
    /// An error of the engine.
    pub fn with_models(
        &self,
        responses: &Responses,
        models: &[ModelBase],
        limit: f64,
    ) -> Result<Vec<Vec<bool>>, DataFusionError> {
        if models.iter().all(|model| !model.by_segments) {
            return Ok(vec![Vec::new(); models.len()]);
        }
        let first = self.bases.len();
        let models = models.iter().map(|model| PublishedBase {
            item: Item { value: model.complete.clone(), per: None },
            about: self.origins.of(model.about.iter().flat_map(columns_of).collect()),
            conditions: self.origins.of(model.condition.iter().flat_map(columns_of).collect()),
            groupings: if model.by_segments { (0..self.own).collect() } else { Vec::new() },
            repeated: false,
            rank: MODEL,
            exact: false,
            decided: None,
        });
        let bases: Vec<PublishedBase> = self.bases.iter().cloned().chain(models).collect();
        let flags = hidden_areas(responses, &bases, &self.areas, limit)?;
        let count = self.areas.count().max(1);
        let groups = |flags: &Vec<bool>| flags.chunks(count).flat_map(|wave| wave[..self.groups].to_vec()).collect();
        Ok(flags[first..].iter().map(groups).collect())
    }
}

/// Areas above which the groups within other groups are not looked at together: the work grows with their third power.
const MOST_AREAS: usize = 1000;

/// What a table hides. `items` are those of the indicators and distributions that are published, by their number; `keys` gives the
/// cube's keys, `distributions` those of distributions alone, which give way to indicators.
///
/// # Errors
/// An error of the engine.
pub fn hidden_in_table(
    cube: &Cube,
    responses: &Responses,
    items: &[Item],
    (keys, distributions): (&BTreeMap<usize, usize>, &BTreeSet<usize>),
    published: &Publications,
    limit: f64,
) -> Result<Hidden, DataFusionError> {
    let mut areas = Areas { groupings: cube.groupings.clone(), crossings: Vec::new() };
    let own: Vec<usize> = (0..areas.groupings.len()).collect();
    let groups = areas.count();
    // The documents about groups show them all the same where their column is no segment.
    let known = areas.groupings.clone();
    areas
        .groupings
        .extend(published.repeated.iter().filter(|each| !known.iter().any(|own| own.column == each.column)).cloned());
    let all: Vec<usize> = (0..areas.groupings.len()).collect();
    let base = |item: &usize| PublishedBase {
        rank: u8::from(distributions.contains(item)),
        exact: !distributions.contains(item),
        ..PublishedBase::of_item(&items[*item], all.clone(), &published.origins)
    };
    let bases: Vec<PublishedBase> = keys.keys().map(base).collect();
    let numbers = keys.keys().copied().zip(0..).collect();
    for each in &published.repeated {
        if let Some(outer) = areas.grouping(each.column.as_deref()) {
            let mut linked = areas.clone();
            linked
                .crossings
                .extend(own.iter().filter(|inner| **inner > 0 && **inner != outer).map(|inner| (outer, *inner)));
            if linked.count() <= MOST_AREAS {
                areas = linked;
            }
        }
    }
    let origins = published.origins.clone();
    let mut hidden = Hidden { areas, groups, own: own.len(), origins, bases, items: numbers, ..Hidden::default() };
    hidden.add_questions(responses, published);
    let small = |key: &usize| sizes_of(cube, *key, limit).iter().any(|base| base.hidden);
    let together = !hidden.questions.is_empty() || !hidden.themes.is_empty() || !hidden.areas.crossings.is_empty();
    // Two bases of the same columns may differ by few answers.
    let mut conditions: BTreeMap<&BTreeSet<String>, BTreeSet<String>> = BTreeMap::new();
    for base in hidden.bases.iter().filter(|base| base.exact) {
        conditions.entry(&base.about).or_default().insert(condition_of(&base.item.value));
    }
    let nested = conditions.values().any(|held| held.len() > 1);
    let needed = together || nested || keys.values().any(small);
    let flags = if needed {
        hidden_areas(responses, &hidden.bases, &hidden.areas, limit)?
    } else {
        vec![vec![false; cube.waves * groups]; hidden.bases.len()]
    };
    hidden.bases.iter_mut().zip(flags).for_each(|(base, flags)| base.decided = Some(flags));
    Ok(hidden)
}

/// What the banners of a table without indicators hide.
///
/// # Errors
/// An error of the engine.
pub fn hidden_in_banners(
    responses: &Responses,
    published: &Publications,
    limit: f64,
) -> Result<Hidden, DataFusionError> {
    let total = Grouping { column: None, levels: vec![String::new()] };
    let mut hidden =
        Hidden { areas: Areas { groupings: vec![total], ..Areas::default() }, groups: 1, own: 1, ..Hidden::default() };
    hidden.add_questions(responses, published);
    let flags = hidden_areas(responses, &hidden.bases, &hidden.areas, limit)?;
    hidden.bases.iter_mut().zip(flags).for_each(|(base, flags)| base.decided = Some(flags));
    Ok(hidden)
}

impl Hidden {
    fn add_questions(&mut self, responses: &Responses, published: &Publications) {
        // Areas are numbered grouping by grouping, so all groupings come first.
        let all = || published.banners.iter().chain(&published.themes);
        for grouping in all().flat_map(|question| &question.segments) {
            if self.areas.grouping(grouping.column.as_deref()).is_none() {
                self.areas.groupings.push(grouping.clone());
            }
        }
        for question in &published.banners {
            if let Some(base) = self.add_question(responses, published, question) {
                self.questions.push((question.clone(), base));
            }
        }
        for question in &published.themes {
            if let Some(base) = self.add_question(responses, published, question) {
                self.themes.insert(question.column.clone(), base);
            }
        }
    }

    /// Number of the base of a question, whose groupings are known already.
    fn add_question(
        &mut self,
        responses: &Responses,
        published: &Publications,
        question: &PublishedQuestion,
    ) -> Option<usize> {
        let parsed = Expression::parse(&question.item, &responses.schema, ExpectedType::Number).ok()?;
        let across = question.segments.iter().filter_map(|held| self.areas.grouping(held.column.as_deref()));
        let groupings = std::iter::once(0).chain(across).collect();
        let item = Item { value: parsed.logical().clone(), per: None };
        let base = PublishedBase::of_item(&item, groupings, &published.origins);
        self.bases.push(PublishedBase { repeated: false, rank: 2, exact: false, ..base });
        Some(self.bases.len() - 1)
    }
}

/// The bases of all groups in all waves.
fn sizes_of(cube: &Cube, key: usize, limit: f64) -> Vec<Base> {
    let mut sizes = Vec::new();
    for (grouping, store) in cube.groupings.iter().zip(&cube.keys[key].cells) {
        let mut sums = vec![Cell::default(); cube.waves * grouping.levels.len()];
        store.for_each(|_, group, _, cell| sums[group].merge(cell));
        sizes.extend(sums.iter().map(|cell| base_of(cell, cube.grid, limit)));
    }
    sizes
}

/// Items that a metric is made of.
fn items_of(bound: &Bound) -> Vec<usize> {
    match bound {
        Bound::Linear { item, .. } | Bound::Quantile { item, .. } => vec![*item],
        Bound::Composite { parts } => parts.iter().map(|part| part.item).collect(),
        Bound::Model { .. } | Bound::Unavailable => Vec::new(),
    }
}

impl Computation {
    /// Items of metrics and distributions, and of the latter alone.
    pub(super) fn published_items(&self) -> (BTreeSet<usize>, BTreeSet<usize>) {
        let of_metrics: BTreeSet<usize> = self.metrics.iter().flat_map(|metric| items_of(&metric.bound)).collect();
        let tested = self.scales.iter().chain(&self.choices).map(|(_, item)| *item);
        let tested: BTreeSet<usize> = tested.collect();
        (&of_metrics | &tested, &tested - &of_metrics)
    }

    /// True if an item of a metric hides the group with this number. A composite is hidden with each of its components, since
    /// it would give the component away where the others are shown.
    pub(super) fn hides(&self, bound: &Bound, group: usize) -> bool {
        items_of(bound).iter().any(|item| self.hides_item(*item, group))
    }

    /// True if an item hides the group with this number.
    pub(super) fn hides_item(&self, item: usize, group: usize) -> bool {
        self.hidden().hides_item(item, group)
    }
}

impl Hidden {
    /// Takes over what the whole hides, where these are the numbers of one group in it.
    pub(super) fn within(mut self, whole: Option<&Self>, column: &str, value: &str) -> Self {
        if let Some(whole) = whole {
            self.hide_within(whole, column, value);
        }
        self
    }
}
