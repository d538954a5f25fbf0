//! One scan for all banners of a table: the answers of every item by group, in the cube that indicators are made of too.

use datafusion::error::DataFusionError;

use crate::analysis::banner::group::GroupAnswers;
use crate::config::Project;
use crate::data::Responses;
use crate::metrics::SegmentInfo;
use crate::metrics::bind::Binding;
use crate::metrics::cube::{Cube, Grouping, WeightGrid};
use crate::metrics::design::{Design, resolve_design};
use crate::metrics::scan::{ScanRequest, scan};
use crate::metrics::variance::Frame;

/// What was counted in one table.
#[derive(Debug)]
pub(super) struct Counted {
    cube: Cube,
    pub(super) design: Design,
}

impl Counted {
    /// Scans a table once.
    ///
    /// # Errors
    /// An error of the engine.
    pub(super) fn scan(
        view: &Project,
        responses: &Responses,
        segments: &[SegmentInfo],
        binding: &Binding,
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
        Ok(Self { cube: scan(responses, &request)?, design })
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
