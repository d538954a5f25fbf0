//! All models of a project: one pass over the answers, then each model for the total of every wave and, where asked for, the
//! groups of the newest one, with bootstrap intervals; small bases are hidden as those of metrics are.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use crate::config::Project;
use crate::config::project::SURVEY;
use crate::config::raw::{RawSettings, SingleUnit};
use crate::data::{Responses, Tables};
use crate::diagnostics::messages::{metrics as metric_messages, models as messages};
use crate::diagnostics::{Diagnostic, Diagnostics, Lang, Level, Localized, Location, lang_texts};
use crate::metrics::columns::{Columns, columns};
use crate::metrics::compute::{Computation, Statistics};
use crate::metrics::design::{Design, resolve_design};
use crate::metrics::estimates::{Reason, SegmentInfo};
use crate::metrics::hidden::Hidden;
use crate::metrics::indicators::Indicators;
use crate::metrics::suppression::{Base, complement, is_below};
use crate::models::bind::{BoundModel, ModelBinding, bind_project};
use crate::models::bootstrap::{Plan, Spread, bootstrap};
use crate::models::info::{BootstrapRecord, CaseCounts, ModelResult, ModelResults};
use crate::models::problem::{ModelProblem, ModelReason};
use crate::models::sampling::WaveAnswers;
use crate::models::{Fit, Frame, Model};
use crate::plugins::Plugin;
use crate::plugins::wasm::CallSite;

/// Computes every model that the project uses. `None` after an error.
pub fn compute_models(
    project: &Project,
    plugins: &BTreeMap<String, Plugin>,
    tables: &Tables,
    indicators: &Indicators,
    diagnostics: &mut Diagnostics,
) -> Option<ModelResults> {
    let before = diagnostics.count(Level::Error);
    let bindings = bind_project(project, plugins, tables, diagnostics);
    if diagnostics.count(Level::Error) > before {
        return None;
    }
    let place = |plugin: &str| project.at(&format!("plugins.{plugin}"));
    let mut all = ModelResults::default();
    for (table, binding) in bindings {
        let view = if table == SURVEY { project.clone() } else { project.of_table(&table)? };
        let statistics = Statistics::of(&view);
        let responses = tables.get(&table)?;
        let computation = indicators.tables().find(|(name, _)| *name == table).map(|(_, found)| found);
        let segments = computation.map_or(&[][..], |found| found.results.segments.as_slice());
        let hidden = computation.map(Computation::hidden);
        let mut computed =
            compute_bound_models(binding, responses, (segments, hidden), &statistics, &place, diagnostics)?;
        if responses.waves.is_empty() {
            // As with metrics: what has no waves stands beside the newest of the survey.
            let newest = indicators.results.current_wave();
            computed.results.iter_mut().for_each(|result| result.wave = newest.map(str::to_owned));
        }
        all.models.extend(computed.models);
        all.results.extend(computed.results);
    }
    let order = |module: &String| project.raw.plugins.get_index_of(module);
    all.models.sort_by_key(|info| order(&info.module));
    all.results.sort_by_key(|result| order(&result.module));
    // A model that failed has been reported; the others stand.
    Some(all)
}

/// Computes bound models; used by [`compute_models`] and by plugin tests. `place` says where a plugin is used, `hidden` what the
/// indicators of the table hide.
pub fn compute_bound_models(
    binding: ModelBinding,
    responses: &Responses,
    (segments, hidden): (&[SegmentInfo], Option<&Hidden>),
    statistics: &Statistics,
    place: &dyn Fn(&str) -> Location,
    diagnostics: &mut Diagnostics,
) -> Option<ModelResults> {
    if binding.models.is_empty() {
        return Some(ModelResults::default());
    }
    let by_segments = binding.models.iter().any(|bound| bound.by_segments);
    let segments = if by_segments { segments } else { &[] };
    let (design, unit_codes) = resolve_design(statistics.design.as_ref(), responses);
    let columns = match columns(responses, &binding.values.items, segments, unit_codes) {
        Ok(columns) => columns,
        Err(error) => {
            diagnostics.push(Diagnostic::error(&metric_messages::SCAN_FAILED).quote("problem", error));
            return None;
        }
    };
    let limit = statistics.settings.suppress_below;
    let bases = binding.models.iter().map(|bound| bound.complete_answers(&binding.values.items)).collect::<Vec<_>>();
    let given_away = match hidden.map(|hidden| hidden.with_models(responses, &bases, limit)).transpose() {
        Ok(found) => found.unwrap_or_default(),
        Err(error) => {
            diagnostics.push(Diagnostic::error(&metric_messages::SCAN_FAILED).quote("problem", error));
            return None;
        }
    };
    let run = Run { responses, columns: &columns, design: &design, segments, statistics, place };
    let answers: Vec<WaveAnswers> = (0..responses.waves.len().max(1))
        .map(|wave| WaveAnswers::new(&columns, &design, u32::try_from(wave).unwrap_or(u32::MAX)))
        .collect();
    let mut results = Vec::new();
    for (number, bound) in binding.models.iter().enumerate() {
        let given_away = given_away.get(number).map(Vec::as_slice).unwrap_or_default();
        run.results_of(bound, &answers, given_away, &mut results, diagnostics);
    }
    Some(ModelResults { models: binding.models.into_iter().map(|bound| bound.info).collect(), results })
}

/// What every model of a run shares.
pub(super) struct Run<'a> {
    pub(super) responses: &'a Responses,
    pub(super) columns: &'a Columns,
    pub(super) design: &'a Design,
    pub(super) segments: &'a [SegmentInfo],
    pub(super) statistics: &'a Statistics,
    pub(super) place: &'a dyn Fn(&str) -> Location,
}

/// A group to compute for: wave, and segment with group.
#[derive(Clone, Copy)]
pub(super) struct Group {
    pub(super) wave: usize,
    pub(super) segment: Option<(usize, usize)>,
}

impl Run<'_> {
    fn settings(&self) -> &RawSettings {
        &self.statistics.settings
    }

    /// The results of a model for every group, appended in printing order.
    fn results_of(
        &self,
        bound: &BoundModel,
        answers: &[WaveAnswers],
        given_away: &[bool],
        results: &mut Vec<ModelResult>,
        diagnostics: &mut Diagnostics,
    ) {
        let places = given_away.len() / answers.len().max(1);
        for (wave, wave_answers) in answers.iter().enumerate() {
            let mut place = 0;
            let mut add = |segment| {
                let mut result = self.result(bound, wave_answers, Group { wave, segment }, diagnostics);
                let gives_away = given_away.get(wave * places + place).copied().unwrap_or(false);
                if gives_away && result.reason.is_none() {
                    result.hide(ModelReason::Complement);
                }
                place += 1;
                result
            };
            let total = add(None);
            let shown = total.reason.is_none();
            results.push(total);
            if wave + 1 < answers.len() || !bound.by_segments {
                continue;
            }
            for (number, segment) in self.segments.iter().enumerate() {
                let mut groups: Vec<ModelResult> =
                    (0..segment.groups.len()).map(|level| add(Some((number, level)))).collect();
                if shown {
                    hide_complement(&mut groups);
                }
                results.append(&mut groups);
            }
        }
    }

    /// The result of a model for one group.
    pub(super) fn result(
        &self,
        bound: &BoundModel,
        answers: &WaveAnswers,
        group: Group,
        diagnostics: &mut Diagnostics,
    ) -> ModelResult {
        let mut result = self.named(bound, group);
        let Some(model) = &bound.model else {
            result.reason = Some(ModelReason::MissingInput);
            return result;
        };
        let level = group.segment.map(|(segment, level)| (segment, u32::try_from(level).unwrap_or(u32::MAX)));
        let (frame, counts) = answers.frame(bound, self.columns, level);
        let frame = frame.keep(&model.cases(&frame));
        let base = frame.base();
        (result.n, result.n_weighted, result.n_eff) = (base.n, base.n_weighted, base.n_eff);
        result.counts = CaseCounts { used: base.n, ..counts };
        let small = |limit: f64| is_below((base.n, base.n_eff), limit);
        if base.n == 0 || base.n_weighted <= 0.0 {
            result.reason = Some(ModelReason::EmptyBase);
            return result;
        }
        if small(self.settings().suppress_below) {
            result.hide(ModelReason::SmallBase);
            return result;
        }
        result.flagged = small(self.settings().flag_below);
        result.df = Some(frame.degrees_of_freedom());
        match model.fit(&frame, &frame.weights) {
            Ok(fit) => self.fill(&mut result, bound, model.as_ref(), (&frame, &fit), group, answers, diagnostics),
            Err(problem) => {
                result.reason = Some(problem.reason());
                (result.flagged, result.df) = (false, None);
                self.report(&result, &problem, diagnostics);
            }
        }
        result
    }

    fn named(&self, bound: &BoundModel, group: Group) -> ModelResult {
        let segment = group.segment.map(|(segment, level)| {
            let described = &self.segments[segment];
            (described.column.clone(), described.groups[level].0.clone())
        });
        ModelResult {
            model: bound.info.id.clone(),
            module: bound.info.module.clone(),
            wave: self.responses.waves.get(group.wave).cloned(),
            segment: segment.into_iter().collect(),
            n: 0,
            n_weighted: 0.0,
            n_eff: 0.0,
            df: None,
            suppressed: false,
            flagged: false,
            reason: None,
            values: IndexMap::new(),
            tables: Vec::new(),
            notes: Vec::new(),
            counts: CaseCounts::default(),
            bootstrap: None,
        }
    }

    /// Puts the numbers of a fit with their intervals into a result.
    #[allow(clippy::too_many_arguments, reason = "the parts of one result")]
    fn fill(
        &self,
        result: &mut ModelResult,
        bound: &BoundModel,
        model: &dyn Model,
        (frame, fit): (&Frame, &Fit),
        group: Group,
        answers: &WaveAnswers,
        diagnostics: &mut Diagnostics,
    ) {
        let plan = Plan {
            replicates: bound.info.replicates as usize,
            // Waves are samples of their own, so their draws must not go together.
            seed: bound.info.seed.wrapping_add((group.wave as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)),
            confidence: self.settings().confidence,
        };
        let mut spread = Spread { numbers: vec![None; fit.numbers().len()], ..Spread::default() };
        if plan.replicates > 0 && !spread.numbers.is_empty() && self.may_bootstrap(answers, diagnostics) {
            spread = bootstrap(model, frame, fit, &plan);
            result.bootstrap = Some(BootstrapRecord {
                replicates: plan.replicates,
                failed: spread.failed,
                seed: bound.info.seed,
                confidence: plan.confidence,
            });
            if spread.is_unusable(&plan) {
                let why = spread.problem.clone().unwrap_or(ModelProblem::Singular);
                let problem = Diagnostic::warning(&messages::REPLICATES_FAILED)
                    .arg("model", &result.model)
                    .arg("group", group_name(result))
                    .arg("failed", spread.failed)
                    .arg("replicates", plan.replicates)
                    .words("problem", in_words(&why));
                diagnostics.push(problem.at((self.place)(&result.module)));
            }
            if self.design.single_unit != SingleUnit::Certainty && answers.single_units().next().is_some() {
                result.notes.push(Localized::PerLang(lang_texts(
                    "只有一个抽样单元的层不计入自助法的标准误",
                    "strata with a single sampling unit add nothing to the bootstrap standard errors",
                )));
            }
        }
        result.publish(fit, &spread);
        result.notes.extend(fit.notes.iter().cloned());
    }

    /// False, with the error that metrics report too, where a stratum has a single unit and the project calls that an error.
    fn may_bootstrap(&self, answers: &WaveAnswers, diagnostics: &mut Diagnostics) -> bool {
        if self.design.single_unit != SingleUnit::Error {
            return true;
        }
        let mut may = true;
        for stratum in answers.single_units() {
            may = false;
            diagnostics.push_once(
                Diagnostic::error(&metric_messages::SINGLE_UNIT)
                    .arg("stratum", stratum)
                    .at(self.statistics.place.clone())
                    .key("data.design.single_unit"),
            );
        }
        may
    }

    /// Says why a model has no result: a warning for the total, a note for a group, an error where a module failed.
    fn report(&self, result: &ModelResult, problem: &ModelProblem, diagnostics: &mut Diagnostics) {
        let group = group_name(result);
        if let ModelProblem::Module { problem, limits } = problem {
            let site = CallSite { plugin: &result.module, metric: &result.model, segment: &group, limits: *limits };
            diagnostics.push_once(problem.diagnostic(&site).at((self.place)(&result.module)));
            return;
        }
        let report = if result.segment.is_empty() { Diagnostic::warning } else { Diagnostic::note };
        diagnostics.push(
            report(&messages::NO_RESULT)
                .arg("model", &result.model)
                .arg("group", group)
                .words("problem", in_words(problem))
                .at((self.place)(&result.module)),
        );
    }
}

/// Puts the values of models into the estimates of the metrics that publish them, with bases, standard errors and reasons.
pub fn publish(indicators: &mut Indicators, models: &ModelResults) {
    let newest = indicators.results.current_wave().map(str::to_owned);
    indicators.change_model_estimates(|estimate, model, value| {
        let segment = estimate.segment.iter().next().map(|(column, value)| (column.as_str(), value.as_str()));
        let found = models.find(model, estimate.wave.as_deref(), segment);
        let Some(result) =
            found.or_else(|| models.find(model, newest.as_deref().filter(|_| estimate.wave.is_none()), segment))
        else {
            return;
        };
        (estimate.n, estimate.n_weighted, estimate.n_eff) = (result.n, result.n_weighted, result.n_eff);
        (estimate.suppressed, estimate.flagged) = (result.suppressed, result.flagged);
        let number = result.values.get(value).filter(|number| number.estimate.is_some());
        estimate.estimate = number.and_then(|number| number.estimate);
        estimate.se = number.and_then(|number| number.se);
        estimate.ci = number.and_then(|number| number.ci);
        estimate.df = number.and(result.df);
        estimate.reason = match (number, result.reason) {
            (Some(_), _) => None,
            (None, Some(ModelReason::SmallBase)) => Some(Reason::SmallBase),
            (None, Some(ModelReason::EmptyBase)) => Some(Reason::EmptyBase),
            (None, Some(ModelReason::Complement)) => Some(Reason::Complement),
            (None, Some(ModelReason::MissingInput)) => Some(Reason::MissingInput),
            (None, _) => Some(Reason::NoModelResult),
        };
    });
}

/// A problem in both languages.
fn in_words(problem: &ModelProblem) -> crate::diagnostics::LocalizedTexts {
    let diagnostic = problem.diagnostic();
    lang_texts(diagnostic.text(Lang::ZhCn), diagnostic.text(Lang::En))
}

/// A group as messages name it: wave, then segment; `–` for the total of a project without waves.
fn group_name(result: &ModelResult) -> String {
    let segment = result.segment.iter().map(|(column, value)| format!("{column}={value}"));
    let parts: Vec<String> = result.wave.iter().cloned().chain(segment).collect();
    if parts.is_empty() { "–".to_owned() } else { parts.join(", ") }
}

/// Hides a second group where one alone is hidden for its small base.
fn hide_complement(groups: &mut [ModelResult]) {
    let bases: Vec<Base> = groups
        .iter()
        .map(|group| Base { n: group.n, hidden: group.suppressed, shown: group.reason.is_none() })
        .collect();
    if let Some(more) = complement(&bases) {
        groups[more].hide(ModelReason::Complement);
    }
}
