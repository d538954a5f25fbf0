//! One document for each group of a segment column: which groups, their numbers, and all documents side by side.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use indexmap::IndexMap;

use crate::analysis::control_charts;
use crate::config::Project;
use crate::config::raw::{RawForEach, RawPlan, RawSuggest, RawSuggestDetail};
use crate::config::validate::can_group;
use crate::diagnostics::messages::output as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Lang, Level, Localized, LocalizedTexts, Verbatim, lang_texts};
use crate::document::material::Subject;
use crate::metrics::{BoundTables, Estimate, Indicators, MetricResults, SegmentInfo, Within};
use crate::models::{GroupModels, publish};
use crate::output::publish_file;
use crate::pipeline::Measured;
use crate::pipeline::build::{BuildRequest, Published};
use crate::pipeline::files::{distinct_names, encoded};
use crate::pipeline::listing::{Listed, index_page, listed_values};
use crate::pipeline::planning::plan_with;
use crate::pipeline::report::{Content, Release, Report};
use crate::pipeline::subjects::subjects;
use crate::plan::part::{self, Further};
use crate::plan::{Library, Plan, Planned, Strategy};
use crate::render::html::render_html;

/// What the documents of groups share.
pub(super) struct Batch<'a> {
    /// The project with the numbers of all answers.
    pub(super) measured: &'a Measured,
    /// The report that is repeated.
    pub(super) report: &'a Report<'a>,
    /// Strategies to choose from.
    pub(super) library: &'a Library,
    /// The plan of the whole, of which each group prints its part.
    pub(super) planned: &'a Planned,
    /// Date, period, fonts.
    pub(super) release: &'a Release,
    /// The metrics, ready to be computed for each group.
    pub(super) metrics: &'a BoundTables<'a>,
    /// The models, ready to be fitted to each group; none where the report leaves them out.
    pub(super) models: Option<&'a GroupModels<'a>>,
    /// The numbers of all groups beside each other, from which follows what must not be shown.
    pub(super) groups: &'a Indicators,
}

/// A document in place, with its line in the list in every language.
type Done = (Published, Vec<(Lang, Listed)>);

/// What became of one of many documents.
struct Made {
    index: usize,
    done: Option<Done>,
    found: Diagnostics,
}

impl Batch<'_> {
    /// Publishes the report for each group, side by side on the machine's cores, and the page that lists them. One that fails is
    /// named; the others are finished.
    pub(super) fn publish(
        &self,
        each: &RawForEach,
        request: &BuildRequest,
        folder: &Path,
        diagnostics: &mut Diagnostics,
    ) -> Vec<Published> {
        let place = self.place();
        let Some(segment) = self.groups.results.segments.iter().find(|held| held.column == each.column()) else {
            let error = Diagnostic::error(&messages::NO_SEGMENT_FOR_EACH).arg("column", each.column());
            let columns = &self.measured.tables.survey.columns;
            let known = columns.iter().filter(|column| can_group(column.kind)).map(|column| column.name.as_str());
            let key = format!("{place}.for_each");
            diagnostics.push(error.suggest(each.column(), known).at(self.measured.project.at(&key)).key(&key));
            return Vec::new();
        };
        if !self.groups.survey().hidden().links_groups_of(each.column()) {
            let key = format!("{place}.for_each");
            let problem = Diagnostic::warning(&messages::GROUPS_NOT_LINKED).arg("column", each.column());
            diagnostics.push(problem.at(self.measured.project.at(&key)).key(&key));
        }
        self.check_groups(segment, diagnostics);
        let subjects = subjects(self.measured, each, &place, segment, &request.only, diagnostics);
        let mut published = Vec::new();
        let mut listed: BTreeMap<Lang, Vec<Listed>> = BTreeMap::new();
        for made in self.publish_subjects(&subjects, request.jobs, folder) {
            made.found.iter().for_each(|problem| diagnostics.push_once(problem.clone()));
            let Some((done, lines)) = made.done else { continue };
            lines.into_iter().for_each(|(lang, line)| listed.entry(lang).or_default().push(line));
            published.push(done);
        }
        // A choice of groups leaves the list of all as it is.
        if request.only.is_empty() {
            let langs = self.report.langs.iter().filter_map(|lang| Some((lang, listed.get(lang)?)));
            for (index, (lang, lines)) in langs.enumerate() {
                let page = self.report.branded(index_page(self.measured, lines, &self.release.date, *lang));
                let html = render_html(&page, self.report.css(), &|_, _| None);
                let name = if index == 0 { "index.html".to_owned() } else { format!("index.{lang}.html") };
                publish_file(&folder.join(name), html.as_bytes(), diagnostics);
            }
        }
        published
    }

    /// Reports groups of actions that the column does not have.
    fn check_groups(&self, segment: &SegmentInfo, diagnostics: &mut Diagnostics) {
        let project = &self.measured.project;
        let known = || segment.groups.iter().map(|(value, _)| value.as_str());
        for (index, action) in project.raw.plan.actions.iter().enumerate() {
            let named = action.groups.get(&segment.column).into_iter().flatten();
            for (place, value) in named.enumerate().filter(|(_, value)| !known().any(|held| held == *value)) {
                let key = format!("plan.actions[{index}].groups.{}[{place}]", segment.column);
                let error = Diagnostic::error(&messages::NO_SUCH_GROUP).arg("column", &segment.column);
                let error = error.arg("value", value).suggest_cells(value, known());
                diagnostics.push_once(error.at(project.at(&key)).key(&key));
            }
        }
    }

    /// Key path of the report.
    fn place(&self) -> String {
        let reports = &self.measured.project.raw.reports;
        let index = reports.iter().position(|report| report.id == self.report.declared.id);
        format!("reports[{}]", index.unwrap_or_default())
    }

    /// The documents in the order of the groups, made by as many workers as wanted; by default one a core.
    fn publish_subjects(&self, subjects: &[Subject], jobs: Option<usize>, folder: &Path) -> Vec<Made> {
        let names = distinct_names(subjects.iter().map(|subject| subject.value.as_str()));
        let next = AtomicUsize::new(0);
        let made: Mutex<Vec<Made>> = Mutex::new(Vec::new());
        let work = || {
            while let Some((index, subject)) = {
                let index = next.fetch_add(1, Ordering::Relaxed);
                subjects.get(index).map(|subject| (index, subject))
            } {
                let mut found = Diagnostics::new();
                let done = self.publish_subject((subject, &names[index]), folder, &mut found);
                if done.is_none() && found.has_errors() {
                    let title = subject.title.get(self.measured.project.lang());
                    let failed = Diagnostic::error(&messages::DOCUMENT_FAILED).arg("value", title);
                    found.push(failed.arg("report", &self.report.declared.id));
                }
                let mut made = made.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                made.push(Made { index, done, found });
            }
        };
        let workers = jobs.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)).max(1);
        std::thread::scope(|scope| {
            for _ in 0..workers.min(subjects.len()) {
                scope.spawn(work);
            }
        });
        let mut made = made.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        made.sort_by_key(|held| held.index);
        made
    }

    /// The document of one group, in a folder of its own.
    fn publish_subject(
        &self,
        (subject, name): (&Subject, &str),
        folder: &Path,
        diagnostics: &mut Diagnostics,
    ) -> Option<Done> {
        let Self { measured, report, library, release, .. } = self;
        let mut own = measure_subject((self.measured, self.groups), self.metrics, self.models, subject, diagnostics)?;
        let mut remarks = Diagnostics::new();
        let planned = match part::is_declared(&measured.project.raw.plan) {
            true => self.part_of_whole(&mut own, subject, &mut remarks),
            false => plan_with(&own, library, Some(&release.date), &mut remarks),
        };
        // A group's plan is suggested, or was remarked on as part of the whole.
        remarks.retain(|remark| remark.level == Level::Error);
        diagnostics.extend(remarks);
        let content =
            Content::of_group(&own, &planned, subject, (&measured.indicators.results, self.groups.survey().hidden()));
        let published = report.publish(&content, release, folder.join(name), diagnostics)?;
        let langs = &report.langs;
        let lines = langs.iter().map(|&lang| {
            let own_lang = |document: &&String| langs.len() == 1 || document.contains(&format!("_{lang}."));
            let link = |document: &String| {
                let kind = document.rsplit('.').next().unwrap_or_default().to_uppercase();
                (kind, format!("{}/{}", encoded(name), encoded(document)))
            };
            let line = Listed {
                title: subject.title.clone(),
                links: published.documents.iter().filter(own_lang).map(link).collect(),
                values: listed_values(&own, lang),
            };
            (lang, line)
        });
        let lines = lines.collect();
        Some((published, lines))
    }

    /// What the plan of the whole has for a group, with its own numbers; and what the library has for findings of the group that
    /// no objective of the whole answers, unless the project wants no suggestions.
    fn part_of_whole(&self, own: &mut Measured, subject: &Subject, remarks: &mut Diagnostics) -> Planned {
        let date = Some(self.release.date.as_str());
        let whole = &self.planned.plan.raw;
        let groups = self.groups.results.segments.iter().find(|held| held.column == subject.column);
        let groups = groups.map_or(&[][..], |held| &held.groups);
        let title = &self.measured.project.raw.project.title;
        let (plan, mut part) = part::part_of((whole, title), &subject.column, &subject.value, groups);
        if whole.suggest != Some(RawSuggest::Switch(false)) {
            let answered = whole.objectives.iter().map(|objective| objective.metric.clone());
            own.project.raw.plan.suggest = Some(RawSuggest::Detailed(few_suggestions()));
            own.project.raw.plan.accept = whole.accept.iter().cloned().chain(answered).collect();
            own.project.raw.plan.drop.extend(whole.strategies.iter().map(|strategy| strategy.id.clone()));
            let suggested = plan_with(own, self.library, date, &mut Diagnostics::new()).plan;
            part.further = further(&suggested);
        }
        own.project.raw.plan = plan;
        Planned { part: Some(part), ..plan_with(own, self.library, date, remarks) }
    }
}

/// The strategies of a suggested plan, each with the metrics of the objectives that it serves.
fn further(suggested: &Plan) -> Vec<Further> {
    let metric = |index: &usize| Some(suggested.objectives.get(*index)?.raw.metric.clone());
    let one = |strategy: &Strategy| Further {
        title: strategy.raw.title.clone(),
        text: strategy.raw.text.clone(),
        metrics: strategy.objectives.iter().filter_map(metric).collect(),
    };
    suggested.strategies.iter().map(one).collect()
}

/// A document about a group has fewer answers and less room.
fn few_suggestions() -> RawSuggestDetail {
    RawSuggestDetail { objectives: Some(3), strategies: Some(4), ..RawSuggestDetail::default() }
}

/// The project and its numbers as a document about one group sees them: the title names the group, all numbers are of its answers,
/// and the plan follows from its own findings. `metrics` and `models` are ready to be computed for groups, `groups` are the numbers
/// of all of them beside each other. `None` after an error, or if the group is too small to be shown at all.
pub fn measure_subject(
    (measured, groups): (&Measured, &Indicators),
    metrics: &BoundTables<'_>,
    models: Option<&GroupModels<'_>>,
    subject: &Subject,
    diagnostics: &mut Diagnostics,
) -> Option<Measured> {
    let within = Within { column: subject.column.clone(), value: subject.value.clone() };
    let project = project_of(&measured.project, subject);
    let mut found = Diagnostics::new();
    let indicators = metrics.compute(Some((&within, groups)), &mut found);
    // What is to be said of the whole project was said when it was measured.
    found.retain(|problem| problem.level == Level::Error);
    diagnostics.extend(found);
    let mut indicators = indicators?;
    let hidden = groups.results.estimates.iter().filter(|estimate| {
        estimate.suppressed
            && estimate.segment.len() == 1
            && estimate.segment.get(&subject.column).is_some_and(|value| *value == subject.value)
    });
    // What is hidden beside other groups stays hidden in a document of its own.
    let hidden: Vec<_> =
        hidden.filter_map(|held| Some((held.metric.clone(), held.wave.clone(), held.reason?))).collect();
    for estimate in &mut indicators.results.estimates {
        let same = hidden.iter().find(|(metric, wave, _)| *metric == estimate.metric && *wave == estimate.wave);
        if let Some((.., reason)) = same.filter(|_| estimate.estimate.is_some()) {
            estimate.hide(*reason);
        }
    }
    if indicators.results.estimates.iter().all(|estimate| estimate.estimate.is_none()) {
        let note =
            Diagnostic::warning(&messages::GROUP_TOO_SMALL).arg("value", subject.title.get(measured.project.lang()));
        diagnostics.push(note);
        return None;
    }
    let models = models.map(|models| models.of_group(&within, diagnostics)).unwrap_or_default();
    publish(&mut indicators, &models);
    join_past(&mut indicators, &measured.indicators.results, subject);
    // Last, when everything that is hidden is hidden: it is neither a point nor a part of the limits.
    let past = measured.charted_groups.get(&(subject.column.clone(), subject.value.clone()));
    let past = past.map_or(&[][..], Vec::as_slice);
    let controls = control_charts(&project, &indicators.results, past, &mut Diagnostics::new());
    Some(Measured {
        project,
        plugins: Arc::clone(&measured.plugins),
        tables: Arc::clone(&measured.tables),
        indicators,
        models,
        controls,
        charted_groups: Arc::clone(&measured.charted_groups),
    })
}

/// Puts what was published of the group in earlier periods, which are not read any more, in front of its own numbers: beside other
/// groups it was one of many, here it is the whole. Nothing where the groups are those of no segment, which the history does not know.
fn join_past(own: &mut Indicators, all: &MetricResults, subject: &Subject) {
    let past: Vec<&String> = all.waves.iter().filter(|wave| !own.results.waves.contains(wave)).collect();
    let of_group = |held: &&Estimate| {
        held.wave.as_ref().is_some_and(|wave| past.contains(&wave))
            && held.segment.len() == 1
            && held.segment.get(&subject.column).is_some_and(|value| *value == subject.value)
            && own.results.metrics.iter().any(|info| info.id == held.metric && info.unit == held.unit)
    };
    let earlier: Vec<Estimate> = all
        .estimates
        .iter()
        .filter(of_group)
        .map(|held| Estimate { segment: IndexMap::new(), ..held.clone() })
        .collect();
    let known = past.into_iter().filter(|wave| earlier.iter().any(|held| held.wave.as_ref() == Some(*wave)));
    let waves: Vec<String> = known.cloned().collect();
    own.results.waves.splice(0..0, waves);
    own.results.estimates.splice(0..0, earlier);
}

/// The project with the group in its title, without the subtitle and the plan that are made for all.
fn project_of(project: &Project, subject: &Subject) -> Project {
    let mut own = project.clone();
    let title = |lang| (project.raw.project.title.get(lang), subject.title.get(lang));
    let ((zh, zh_group), (en, en_group)) = (title(Lang::ZhCn), title(Lang::En));
    // Each part is written for Taiwan as it asks for itself.
    let (tw, tw_group) = title(Lang::ZhTw);
    let zh_tw = Verbatim::in_parts(format!("{tw}：{tw_group}"));
    let texts = lang_texts(format!("{zh}：{zh_group}"), format!("{en}: {en_group}"));
    own.raw.project.title = Localized::PerLang(LocalizedTexts { zh_tw: Some(zh_tw), ..texts });
    own.raw.project.subtitle = None;
    let written = &project.raw.plan;
    own.raw.plan = RawPlan {
        suggest: Some(match &written.suggest {
            Some(RawSuggest::Detailed(detail)) => RawSuggest::Detailed(detail.clone()),
            Some(RawSuggest::Switch(wanted)) => RawSuggest::Switch(*wanted),
            None => RawSuggest::Detailed(few_suggestions()),
        }),
        drop: written.drop.clone(),
        people: written.people.clone(),
        ..RawPlan::default()
    };
    own
}
