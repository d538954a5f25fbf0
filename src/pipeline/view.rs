//! A project as one period sees it: the answers of that period and, where earlier ones are not read any more, the estimates that
//! were published for them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::config::{Period, Project};
use crate::metrics::{Estimate, Indicators};

/// Published estimates of groups by column and group, as those of the whole: without a segment.
pub type GroupSeries = BTreeMap<(String, String), Vec<Estimate>>;

/// The period that a project is looked at from.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PeriodView {
    /// The newest period and those before it whose answers are read, in time order.
    pub window: Vec<Period>,
    /// Published estimates of earlier periods, with the period as their wave; what is read from the files comes first.
    pub past: Vec<Estimate>,
    /// Published totals of the indicators with a control chart, of all earlier periods: limits need more of them than a trend shows.
    pub charted: Vec<Estimate>,
    /// The same of the groups that have documents of their own.
    pub charted_groups: Arc<GroupSeries>,
}

impl PeriodView {
    /// The period itself; none of an empty view.
    pub fn period(&self) -> Option<Period> {
        self.window.last().copied()
    }

    /// Narrows a project to the window. Without a date of its own its documents bear the last day of the period.
    pub(super) fn narrow(&self, project: &mut Project) {
        let Some(period) = self.period() else { return };
        project.window = Some(self.window.clone());
        project.raw.project.period = Some(period.to_string());
        project.raw.project.date.get_or_insert_with(|| period.last_day().to_string());
    }

    /// Puts the past estimates of the project's metrics in front of the measured ones, as waves of their own. Groups that a segment
    /// does not have any more are left out.
    pub(super) fn join(&self, indicators: &mut Indicators) {
        let results = &mut indicators.results;
        let measured: BTreeSet<String> = results.waves.iter().cloned().collect();
        let known = |estimate: &&Estimate| {
            let group = |(column, value): (&String, &String)| {
                let segment = results.segments.iter().find(|segment| segment.column == *column);
                segment.is_some_and(|segment| segment.groups.iter().any(|(held, _)| held == value))
            };
            estimate.wave.as_ref().is_some_and(|wave| !measured.contains(wave))
                && results.metrics.iter().any(|info| info.id == estimate.metric && info.unit == estimate.unit)
                && estimate.segment.iter().all(group)
        };
        let past: Vec<Estimate> = self.past.iter().filter(known).cloned().collect();
        let waves: BTreeSet<Period> =
            past.iter().filter_map(|estimate| estimate.wave.as_deref()?.parse().ok()).collect();
        let waves = waves.into_iter().map(|period| period.to_string());
        results.waves.splice(0..0, waves);
        // One whose answers are gone may lie between others that are read.
        if results.waves.iter().all(|wave| wave.parse::<Period>().is_ok()) {
            results.waves.sort_by_key(|wave| wave.parse::<Period>().ok());
        }
        // An operational table may hold rows of a wave that is shown as it was published.
        let is_shown = |own: &Estimate| {
            let same = |shown: &Estimate| {
                (&shown.wave, &shown.metric, &shown.segment) == (&own.wave, &own.metric, &own.segment)
            };
            own.wave.as_ref().is_some_and(|wave| !measured.contains(wave)) && past.iter().any(same)
        };
        results.estimates.retain(|own| !is_shown(own));
        results.estimates.splice(0..0, past);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::config::load_project;
    use crate::diagnostics::Diagnostics;

    #[test]
    fn a_project_without_a_date_bears_that_of_the_period() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/campus-canteen");
        let project = load_project(&root, &mut Diagnostics::new()).unwrap();
        let view = PeriodView { window: vec!["2026-10".parse().unwrap()], ..PeriodView::default() };
        let mut own = project.clone();
        view.narrow(&mut own);
        assert_eq!(own.raw.project.date.as_deref(), Some("2026-11-30"), "the project's own date stands");
        let mut undated = project;
        undated.raw.project.date = None;
        view.narrow(&mut undated);
        assert_eq!(undated.raw.project.date.as_deref(), Some("2026-10-31"));
        assert_eq!(undated.raw.project.period.as_deref(), Some("2026-10"));
    }
}
