//! One scan for all banners of a table: the answers of every item by group, in the cube that indicators are made of too, and the
//! groups that must be hidden.

use datafusion::error::DataFusionError;

use crate::analysis::banner::group::GroupAnswers;
use crate::config::Project;
use crate::data::Responses;
use crate::metrics::SegmentInfo;
use crate::metrics::bind::Binding;
use crate::metrics::calibration::calibrate;
use crate::metrics::cube::{Cube, Grouping, WeightGrid};
use crate::metrics::design::{Design, resolve_design};
use crate::metrics::distribution_tests::compare_distributions;
use crate::metrics::estimate::GroupAddress;
use crate::metrics::hidden::Hidden;
use crate::metrics::rao_scott::RaoScott;
use crate::metrics::scan::{ScanRequest, scan, weight_grid};
use crate::metrics::variance::Frame;

/// What was counted in one table.
#[derive(Debug)]
pub(super) struct Counted {
    cube: Cube,
    pub(super) design: Design,
    hidden: Hidden,
}

impl Counted {
    /// Scans a table once; `hidden` says what is hidden of the questions.
    ///
    /// # Errors
    /// An error of the engine.
    pub(super) fn scan(
        view: &Project,
        responses: &Responses,
        segments: &[SegmentInfo],
        binding: &Binding,
        hidden: Hidden,
    ) -> Result<Self, DataFusionError> {
        let resolved = resolve_design(view.raw.data.design.as_ref(), responses);
        let (design, unit_codes) = calibrate(resolved, view.raw.data.weighting.as_ref(), responses);
        let keys: Vec<Vec<usize>> = (0..binding.items.len()).map(|item| vec![item]).collect();
        let mut groupings = vec![Grouping { column: None, levels: vec![String::new()] }];
        groupings.extend(segments.iter().map(SegmentInfo::grouping));
        let units = design.unit_stratum.len();
        let request = ScanRequest {
            items: &binding.items,
            keys: &keys,
            groupings,
            units,
            unit_codes,
            grid: weight_grid(responses),
        };
        let cube = scan(responses, &request)?;
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

    /// Which groups of a segment column (of the total without one) a question hides in a wave; `across` are the segments of the
    /// banner.
    pub(super) fn hidden(&self, column: &str, across: &[String], segment: Option<&str>, wave: usize) -> Vec<bool> {
        self.hidden.hidden_columns(column, across, segment, wave)
    }

    /// Whether the answers to an item fall alike in some groups of a segment column; `n` counts them.
    pub(super) fn distribution_test(
        &self,
        item: usize,
        segment: &str,
        (wave, levels): (usize, &[usize]),
        n: u64,
    ) -> Option<RaoScott> {
        let grouping = self.cube.groupings.iter().position(|held| held.column.as_deref() == Some(segment))?;
        let groups: Vec<GroupAddress> = levels.iter().map(|&level| GroupAddress { grouping, wave, level }).collect();
        compare_distributions(&self.cube, &self.design, &self.cube.keys[item], &groups, n)
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
