//! What one run looks at: the project narrowed to its period, the files it depends on, and the releases of earlier periods whose
//! numbers it shows.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::config::raw::RawForEach;
use crate::config::{Period, Project};
use crate::data::tables::{Tables, load_tables};
use crate::diagnostics::messages::coding::NO_ROWS;
use crate::diagnostics::messages::runs as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Level};
use crate::metrics::Estimate;
use crate::output::manifest::sha256_hex;
use crate::pipeline::{GroupSeries, Measured, PeriodView, measure_view};
use crate::render::templates::lineage;
use crate::runs::gone::table_of;
use crate::runs::history::{History, Listed};
use crate::runs::inputs::{Input, are_there, fingerprint, list};
use crate::runs::numbers::{Numbers, content_digest, inputs_of};

/// Earlier periods whose numbers a release shows.
const MOST_PAST: usize = 24;

/// What one run looks at.
#[derive(Debug)]
pub struct Scope {
    /// The period.
    pub period: Period,
    /// The project, narrowed to the period.
    pub project: Project,
    /// The files.
    pub inputs: Vec<Input>,
    /// The releases whose numbers are shown, in time order.
    pub past: Vec<Listed>,
    /// What the files and the past releases come to.
    pub files: String,
    /// Earlier periods that would be read and of which the files hold no answers any more: they are shown as they were published.
    pub gone: Vec<Period>,
    view: PeriodView,
}

impl Scope {
    /// The scope of a period. None after an error.
    pub fn of(
        project: &Project,
        period: Period,
        history: Option<&mut History>,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let before = diagnostics.count(Level::Error);
        let runs = project.raw.runs.as_ref()?;
        let mut narrowed = project.clone();
        narrowed.window = Some(window(project, period));
        let mut inputs = list(&narrowed, diagnostics);
        if diagnostics.count(Level::Error) > before {
            return None;
        }
        // When a project runs, whom it tells and what a document may take changes none.
        let mut raw = project.raw.clone();
        raw.runs = None;
        raw.delivery = crate::config::raw::RawDelivery::default();
        raw.limits = crate::config::raw::RawLimits::default();
        let mut settings = serde_json::to_string(&raw).unwrap_or_default();
        // Control charts are shown, and their signals are findings.
        if !runs.control.metrics.is_empty() {
            settings += &serde_json::to_string(&runs.control).unwrap_or_default();
        }
        for input in inputs.iter_mut().filter(|input| input.file == crate::config::PROJECT_FILE) {
            input.sha256 = sha256_hex(settings.as_bytes());
        }
        Self::showing(narrowed, period, inputs, Vec::new(), history, diagnostics)
    }

    /// The scope of a narrowed project with its inputs, and the past that it shows.
    fn showing(
        project: Project,
        period: Period,
        inputs: Vec<Input>,
        gone: Vec<Period>,
        history: Option<&mut History>,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let past = match history {
            Some(history) => past_of(&project, period, &gone, history, diagnostics)?,
            None => Past::default(),
        };
        let view = PeriodView {
            window: window(&project, period),
            past: past.shown,
            charted: past.charted,
            charted_groups: Arc::new(past.charted_groups),
        };
        let mut scope = Self { period, project, inputs, past: past.listed, files: String::new(), gone, view };
        scope.files = fingerprint(&scope.inputs, &[&scope.past_text()]);
        Some(scope)
    }

    /// The same where the files hold no answers of these earlier periods. None after an error of the history.
    pub(super) fn without(
        &self,
        gone: Vec<Period>,
        history: &mut History,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let (project, inputs) = (self.project.clone(), self.inputs.clone());
        Self::showing(project, self.period, inputs, gone, Some(history), diagnostics)
    }

    /// The scope with which something was made, if that was made of these files: which periods were not there, and what the files came
    /// to then. Otherwise the scope as it is. None after an error of the history.
    pub(super) fn recalled(
        self,
        made: [(Vec<Period>, String); 2],
        history: &mut History,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        for (gone, files) in made.into_iter().filter(|(gone, _)| !gone.is_empty()) {
            let made = self.without(gone, history, diagnostics)?;
            if made.files == files {
                return Some(made);
            }
        }
        Some(self)
    }

    fn past_text(&self) -> String {
        let text = |held: &Listed| format!("{} r{} {}", held.period, held.revision, held.fingerprint);
        self.past.iter().map(text).collect::<Vec<_>>().join("\n")
    }

    /// Measures the project as the period sees it. None after an error.
    pub fn measure(&self, root: &Path, diagnostics: &mut Diagnostics) -> Option<Measured> {
        tracing::info!(period = %self.period, "measuring");
        let mut found = Diagnostics::new();
        let measured = measure_view(root, &self.view, &mut found);
        let sound = !found.has_errors();
        // What a run says is kept in alarms, in logs and in the histories of databases: no answer goes there.
        found.into_iter().for_each(|problem| diagnostics.push_once(problem.without_quotes()));
        measured.filter(|_| sound)
    }

    /// The answers of the period alone, where earlier periods are read with it. What is wrong with them was said when all were read.
    pub(super) fn own_tables(&self) -> Option<Tables> {
        if self.view.window.len() < 2 { None } else { self.tables_of(self.period) }
    }

    /// The answers of one period of the window alone, without the operational tables that have no row of it.
    pub(super) fn tables_of(&self, period: Period) -> Option<Tables> {
        let mut own = self.project.clone();
        own.window = Some(vec![period]);
        let mut found = Diagnostics::new();
        load_tables(&own, &mut found).or_else(|| {
            let errors: Vec<&Diagnostic> = found.iter().filter(|one| one.level == Level::Error).collect();
            let empty = errors.iter().map(|one| table_of(one).filter(|_| one.message.code == NO_ROWS.code));
            let empty: Vec<&str> = empty.collect::<Option<_>>()?;
            own.raw.tables.retain(|name, _| !empty.contains(&name.as_str()));
            load_tables(&own, &mut Diagnostics::new())
        })
    }

    /// SHA-256 of the answers of a period as they stand in the files of the survey. None where there are none.
    pub(super) fn survey_content(&self, period: Period) -> Option<String> {
        self.survey_alone(period, &mut Diagnostics::new()).map(|survey| content_digest(&survey))
    }

    /// True if the files of the survey were read and hold no answer of the period.
    pub(super) fn has_no_answers(&self) -> bool {
        let mut found = Diagnostics::new();
        let read = self.survey_alone(self.period, &mut found);
        let mut errors = found.iter().filter(|one| one.level == Level::Error);
        read.is_none() && found.has_errors() && errors.all(|one| one.message.code == NO_ROWS.code)
    }

    /// The survey without the operational tables and what is made of its answers or of theirs.
    fn survey_alone(&self, period: Period, diagnostics: &mut Diagnostics) -> Option<Tables> {
        let mut own = self.project.clone();
        own.window = Some(vec![period]);
        own.raw.tables.clear();
        own.raw.columns.retain(|_, column| column.is_read());
        own.raw.data.filters.clear();
        (own.raw.data.weight, own.raw.data.weighting) = (None, None);
        load_tables(&own, diagnostics)
    }

    /// The first file that was another one when these answers were read than when it was hashed.
    pub(super) fn changed_since(&self, tables: &Tables) -> Option<String> {
        let read = inputs_of(tables).into_iter();
        let same =
            |file: &str, sha256: &str| self.inputs.iter().any(|input| input.file == file && input.sha256 == sha256);
        read.map(|read| (same(&read.file, &read.sha256), read.file)).find(|(same, _)| !same).map(|(_, file)| file)
    }

    /// What everything comes to, answers instead of the files that hold them.
    pub fn fingerprint(&self, numbers: &Numbers) -> String {
        let files = self.inputs.iter().filter(|input| !input.data);
        fingerprint(files, &[&numbers.content, &self.past_text()])
    }

    /// What one report depends on: everything but the templates of other packs.
    pub fn report_key(&self, report: &str, content: &str) -> String {
        let reports = &self.project.raw.reports;
        let pack = reports.iter().find(|held| held.id == report).map(|held| held.pack.clone());
        let templates = self.project.path("templates");
        let pack = pack.unwrap_or_else(crate::config::raw::default_pack);
        let mut packs = lineage(&pack, Some(&templates), &mut Diagnostics::new());
        packs.extend(["base".to_owned(), "charts".to_owned()]);
        let of_pack = |input: &&Input| match input.file.strip_prefix("templates/") {
            Some(rest) => packs.iter().any(|pack| rest.split('/').next() == Some(pack)),
            None => true,
        };
        let files = self.inputs.iter().filter(|input| !input.data).filter(of_pack);
        fingerprint(files, &[content, &self.past_text(), report])
    }

    /// The earlier periods whose answers are read with those of the period.
    pub(super) fn read_with(&self) -> &[Period] {
        self.view.window.split_last().map_or(&[], |(_, earlier)| earlier)
    }

    /// The date column by which the freshness of answers is judged.
    pub fn freshness_column(&self) -> Option<String> {
        let raw = &self.project.raw;
        let named = raw.runs.as_ref().and_then(|runs| runs.gates.freshness.as_ref()?.column.clone());
        named.or_else(|| raw.data.wave.as_ref().filter(|wave| wave.by.is_some()).map(|wave| wave.column.clone()))
    }
}

/// The periods whose answers a release reads, its own last.
pub(super) fn window(project: &Project, period: Period) -> Vec<Period> {
    let read = project.raw.runs.as_ref().map_or(1, |runs| runs.read);
    let read = std::iter::successors(Some(period), |period| period.predecessor()).take(read as usize);
    let mut window: Vec<Period> = read.collect();
    window.reverse();
    window
}

/// The newest releases of the periods before one, in time order: of those whose answers are not read with it, `gone` among them.
fn earlier(project: &Project, period: Period, gone: &[Period], newest: &BTreeMap<Period, Listed>) -> Vec<Listed> {
    let window = window(project, period);
    let is_read = |held: &Period| window.contains(held) && !gone.contains(held) && are_there(project, *held);
    let before = newest.range(..period).filter(|(held, _)| held.cadence() == period.cadence() && !is_read(held));
    before.map(|(_, listed)| listed.clone()).collect()
}

/// From which of so many earlier releases on the estimates are shown. Respondents who come again cannot be told from estimates, so
/// that a panel shows none.
fn first_shown(project: &Project, earlier: usize) -> usize {
    if is_panel(project) { earlier } else { earlier.saturating_sub(MOST_PAST) }
}

/// From which on numbers are used: the limits of a control chart test nothing between two periods and take all.
fn first_used(project: &Project, earlier: usize) -> usize {
    let charts = project.raw.runs.as_ref().is_some_and(|runs| !runs.control.metrics.is_empty());
    if charts { 0 } else { first_shown(project, earlier) }
}

fn is_panel(project: &Project) -> bool {
    project.raw.data.design.as_ref().is_some_and(|design| design.panel.is_some())
}

/// The releases of earlier periods whose numbers a release of a period would show now, in time order, where the files hold no answers
/// of those that are `gone`.
pub(super) fn shown_past(
    project: &Project,
    period: Period,
    gone: &[Period],
    newest: &BTreeMap<Period, Listed>,
) -> Vec<Listed> {
    let earlier = earlier(project, period, gone, newest);
    let first = first_used(project, earlier.len());
    earlier.into_iter().skip(first).collect()
}

/// The columns whose groups have documents of their own and are known to the history.
fn columns_of_groups(project: &Project) -> Vec<&str> {
    let each = project.raw.reports.iter().filter_map(|report| report.for_each.as_ref());
    let mut columns: Vec<&str> = each.map(RawForEach::column).collect();
    columns.retain(|column| project.raw.segments.iter().any(|segment| segment == column));
    columns.sort_unstable();
    columns.dedup();
    columns
}

/// What is known of the periods before the window.
#[derive(Debug, Default)]
struct Past {
    /// The releases, in time order.
    listed: Vec<Listed>,
    /// Estimates of the newest of them.
    shown: Vec<Estimate>,
    /// Totals of the indicators with a control chart in all of them.
    charted: Vec<Estimate>,
    /// The same of the groups that have documents of their own.
    charted_groups: GroupSeries,
}

/// The past of a period.
fn past_of(
    project: &Project,
    period: Period,
    gone: &[Period],
    history: &mut History,
    diagnostics: &mut Diagnostics,
) -> Option<Past> {
    let runs = project.raw.runs.as_ref()?;
    let mut read = |history: &mut History| {
        let earlier = earlier(project, period, gone, &history.newest_of(period.cadence())?);
        let recent = first_shown(project, earlier.len());
        let mut past = Past::default();
        for listed in &earlier[recent..] {
            let own = history.estimates(listed.period, listed.revision)?;
            past.shown.extend(own.iter().map(|held| held.in_wave(listed.period)));
        }
        let metrics: Vec<&str> = runs.control.metrics.keys().map(String::as_str).collect();
        for entry in history.series_of(&metrics, &columns_of_groups(project), &earlier)? {
            let estimate = entry.estimate.in_wave(entry.period);
            match estimate.segment.first().map(|(column, value)| (column.clone(), value.clone())) {
                None => past.charted.push(estimate),
                // In a document of its own the group is the whole.
                Some(group) => {
                    let own = Estimate { segment: IndexMap::new(), ..estimate };
                    past.charted_groups.entry(group).or_default().push(own);
                }
            }
        }
        past.listed = earlier[first_used(project, earlier.len())..].to_vec();
        if is_panel(project) && !earlier.is_empty() {
            diagnostics.push_once(Diagnostic::note(&messages::PANEL_PAST).at(project.at("data.design.panel")));
        }
        Ok::<_, crate::runs::database::DatabaseError>(past)
    };
    read(history).map_err(|error| diagnostics.push(error.diagnostic())).ok()
}
