//! One scan for all banners of a table: the answers of every item by group, in the cube that indicators are made of too, and the
//! groups that must be hidden.

use std::collections::BTreeMap;
use std::ops::Range;

use datafusion::error::DataFusionError;

use crate::analysis::banner::group::GroupAnswers;
use crate::config::Project;
use crate::data::Responses;
use crate::metrics::SegmentInfo;
use crate::metrics::bind::Binding;
use crate::metrics::cube::{Cube, Grouping, WeightGrid};
use crate::metrics::design::{Design, resolve_design};
use crate::metrics::protection::{HiddenGroups, column_ranges, hidden_groups};
use crate::metrics::scan::{ScanRequest, scan};
use crate::metrics::variance::Frame;

/// What was counted in one table.
#[derive(Debug)]
pub(super) struct Counted {
    cube: Cube,
    pub(super) design: Design,
    hidden: HiddenGroups,
}

impl Counted {
    /// Scans a table once; `questions` are the items that hold the bases of the questions.
    ///
    /// # Errors
    /// An error of the engine.
    pub(super) fn scan(
        view: &Project,
        responses: &Responses,
        segments: &[SegmentInfo],
        binding: &Binding,
        questions: &[usize],
    ) -> Result<Self, DataFusionError> {
        let (design, unit_codes) = resolve_design(view.raw.data.design.as_ref(), responses);
        let keys: Vec<Vec<usize>> = (0..binding.items.len()).map(|item| vec![item]).collect();
        let mut groupings = vec![Grouping { column: None, levels: vec![String::new()] }];
        groupings.extend(segments.iter().map(|segment| Grouping {
            column: Some(segment.column.clone()),
            levels: segment.groups.iter().map(|(value, _)| value.clone()).collect(),
        }));
        let units = design.unit_stratum.len();
        let request = ScanRequest { items: &binding.items, keys: &keys, groupings, units, unit_codes };
        let cube = scan(responses, &request)?;
        let keys: BTreeMap<usize, usize> = questions.iter().map(|item| (*item, *item)).collect();
        let limit = view.raw.settings.suppress_below;
        let hidden = hidden_groups(&cube, responses, &binding.items, &keys, limit)?;
        Ok(Self { cube, design, hidden })
    }

    /// The grid of the weights.
    pub(super) fn grid(&self) -> WeightGrid {
        self.cube.grid
    }

    /// The sample of a wave.
    pub(super) fn frame(&self, wave: usize) -> Frame<'_> {
        Frame::new(&self.cube, &self.design, wave)
    }

    /// Number of waves, at least 1.
    pub(super) fn waves(&self) -> usize {
        self.cube.waves
    }

    /// Which groups of a segment column (of the total without one) an item that holds a base hides in a wave.
    pub(super) fn hidden(&self, item: usize, segment: Option<&str>, wave: usize) -> Vec<bool> {
        let columns = column_ranges(&self.cube.groupings);
        let groups = columns.last().map_or(1, |last| last.end);
        let named = self.cube.groupings.iter().skip(1).position(|held| held.column.as_deref() == segment);
        let own: Range<usize> = named.map_or(0..1, |column| columns[column].clone());
        let flags = self.hidden.get(&item).map(Vec::as_slice).unwrap_or_default();
        flags.get(wave * groups + own.start..wave * groups + own.end).map_or_else(Vec::new, <[bool]>::to_vec)
    }

    /// The answers to an item in a wave, group by group of a segment column; the single group of the total without one.
    pub(super) fn answers(&self, item: usize, segment: Option<&str>, wave: usize) -> Vec<GroupAnswers> {
        let Some(grouping) = self.cube.groupings.iter().position(|held| held.column.as_deref() == segment) else {
            return Vec::new();
        };
        let key = &self.cube.keys[item];
        let levels = self.cube.groupings[grouping].levels.len();
        let first = self.cube.group(grouping, wave, 0);
        let mut groups = vec![GroupAnswers::default(); levels];
        key.cells[grouping].for_each(|pattern, group, unit, cell| {
            let level = group.checked_sub(first).filter(|level| *level < levels);
            if let (Some(level), Some(Some(answer))) = (level, key.patterns[pattern].first()) {
                groups[level].push(answer.y, unit, *cell);
            }
        });
        groups.iter_mut().for_each(GroupAnswers::sort);
        groups
    }
}
