//! From findings to a plan in the words of the project file: objectives on the most urgent indicators, and strategies of the
//! library that answer them. What the planner wrote stands as written; suggestions are added behind it.

use chrono::{Days, Months, NaiveDate};

use crate::analysis::{Finding, FindingKind, IndicatorSummary, Severity, round_half_away};
use crate::config::raw::{RawObjective, RawPlan, RawSuggest, RawSuggestDetail, RawTarget};
use crate::diagnostics::messages::{document as date_messages, plan as messages};
use crate::diagnostics::{Diagnostic, Diagnostics, Lang, Localized, LocalizedTexts, Verbatim, lang_texts};
use crate::metrics::{Better, Unit};
use crate::plan::calendar::parse_date;
use crate::plan::edits;
use crate::plan::library::LibraryStrategy;
use crate::plan::reach::provable_change;
use crate::plan::{PlanInputs, target_value};

/// Objectives suggested at most, unless the project says otherwise.
const OBJECTIVES: usize = 4;
/// Strategies suggested at most.
const STRATEGIES: usize = 6;
/// Strategies an objective at most.
const PER_OBJECTIVE: usize = 2;
/// Days between the date of the document and the first day of the plan.
const LEAD_DAYS: u64 = 7;
/// Months from the first day until objectives are due.
const MONTHS: u32 = 6;

/// What is taken off a strategy made for certain trades that answers a topic alone, in a project that names no trade.
const OTHER_TRADE: f64 = 0.9;
/// What is added to a strategy made for the trade of the project.
const OWN_TRADE: f64 = 0.4;
/// Groups that an objective names at most.
const FOCUSES: usize = 2;

/// How well a strategy must fit an objective to be suggested: a topic in common, or the metric itself.
const FITS: f64 = 1.0;

/// Limits and dates of the suggestions.
#[derive(Debug, Clone)]
pub(super) struct Limits {
    pub objectives: usize,
    pub strategies: usize,
    pub per_objective: usize,
    pub begins: NaiveDate,
    pub until: NaiveDate,
}

/// A strategy of the library that was taken, with the objectives it serves.
#[derive(Debug, Clone)]
pub(super) struct Taken<'a> {
    pub strategy: &'a LibraryStrategy,
    pub serves: Vec<String>,
    /// The group or place where it is needed most.
    pub focus: Option<Localized>,
}

/// The plan of the project with what is suggested. Nothing is suggested where the planner wrote objectives, strategies or
/// actions, unless `suggest` asks for it.
pub fn complete(
    inputs: &PlanInputs<'_>,
    summaries: &[IndicatorSummary<'_>],
    findings: &[Finding],
    diagnostics: &mut Diagnostics,
) -> RawPlan {
    let written = &inputs.project.raw.plan;
    let mut plan = written.clone();
    let wanted = match &written.suggest {
        Some(RawSuggest::Switch(wanted)) => *wanted,
        Some(RawSuggest::Detailed(_)) => true,
        None => written.objectives.is_empty() && written.strategies.is_empty() && written.actions.is_empty(),
    };
    let limits = limits(inputs, diagnostics);
    if let Some(trade) = &inputs.project.raw.project.trade {
        let known = inputs.library.trades();
        if !known.contains(trade.as_str()) {
            let warning = Diagnostic::warning(&messages::UNKNOWN_TRADE).arg("trade", trade);
            let warning = warning.arg("known", known.iter().copied().collect::<Vec<_>>().join(", "));
            let key = "project.trade";
            diagnostics.push(warning.suggest(trade, known).at(inputs.project.at(key)).key(key));
        }
    }
    if let Some(limits) = &limits
        && (wanted || !written.pick.is_empty())
    {
        if wanted {
            plan.objectives.extend(objectives(inputs, summaries, findings, limits));
        }
        let taken = strategies(inputs, &plan, summaries, findings, limits, wanted, diagnostics);
        // A suggested objective that the library has no answer to is of no use to anyone.
        let own = written.objectives.len();
        let served = |id: &str| taken.iter().any(|held| held.serves.iter().any(|served| served == id));
        let mut place = 0..;
        plan.objectives.retain(|held| place.next().is_some_and(|place| place < own) || served(&held.id));
        edits::add(&mut plan, &taken, limits, inputs.project, diagnostics);
    }
    edits::check(&plan, inputs, diagnostics);
    edits::reorder(&mut plan);
    plan
}

fn limits(inputs: &PlanInputs<'_>, diagnostics: &mut Diagnostics) -> Option<Limits> {
    let project = inputs.project;
    let detail = match &project.raw.plan.suggest {
        Some(RawSuggest::Detailed(detail)) => detail.clone(),
        _ => RawSuggestDetail::default(),
    };
    let mut date = |text: &Option<String>, key: &str| {
        let text = text.as_ref()?;
        let date = parse_date(text);
        if date.is_none() {
            let error = Diagnostic::error(&date_messages::BAD_DATE).arg("value", text);
            diagnostics.push(error.at(project.at(key)).key(key));
        }
        date
    };
    let own_begin = date(&detail.begins, "plan.suggest.begins");
    let own_end = date(&detail.until, "plan.suggest.until");
    let document = inputs.date.and_then(parse_date);
    let begins = own_begin.or_else(|| document?.checked_add_days(Days::new(LEAD_DAYS)))?;
    let until = own_end.or_else(|| begins.checked_add_months(Months::new(MONTHS)))?;
    Some(Limits {
        objectives: detail.objectives.unwrap_or(OBJECTIVES),
        strategies: detail.strategies.unwrap_or(STRATEGIES),
        per_objective: detail.per_objective.unwrap_or(PER_OBJECTIVE),
        begins,
        until,
    })
}

/// Objectives on the indicators with the most urgent findings, one an indicator. Composites follow from their parts.
fn objectives(
    inputs: &PlanInputs<'_>,
    summaries: &[IndicatorSummary<'_>],
    findings: &[Finding],
    limits: &Limits,
) -> Vec<RawObjective> {
    let plan = &inputs.project.raw.plan;
    let mut chosen: Vec<RawObjective> = Vec::new();
    let beyond_chance = findings.iter().filter(|finding| finding.severity != Severity::Low);
    let missed = findings.iter().filter(|held| held.severity == Severity::Low && held.kind == FindingKind::BelowTarget);
    for finding in beyond_chance.chain(missed) {
        if plan.objectives.len() + chosen.len() >= limits.objectives {
            break;
        }
        let Some(metric) = finding.metric.as_ref().filter(|_| finding.kind.calls_for_plan()) else { continue };
        let known = plan.objectives.iter().chain(&chosen).any(|held| held.metric == *metric);
        let Some(summary) = summaries.iter().find(|held| held.info.id == *metric) else { continue };
        if known || plan.accept.contains(metric) || summary.info.estimator == "composite" {
            continue;
        }
        let Some(target) = target(inputs, summary, findings) else { continue };
        let own = match inputs.project.raw.targets.get(metric) {
            Some(RawTarget::Detailed(detail)) => detail.by.clone(),
            _ => None,
        };
        chosen.push(RawObjective {
            id: metric.clone(),
            metric: metric.clone(),
            target: Some(target),
            by: own.unwrap_or_else(|| limits.until.to_string()),
            focus: focus(findings, metric),
            text: None,
        });
    }
    chosen
}

/// The groups in which the indicator is weakest, the most urgent first and one a segment column.
fn focus(findings: &[Finding], metric: &str) -> Option<Localized> {
    let weak = findings.iter().filter(|held| {
        held.kind == FindingKind::WeakGroup && held.severity != Severity::Low && held.metric.as_deref() == Some(metric)
    });
    let titles: Vec<&Localized> = weak.filter_map(|held| Some(&held.group.as_ref()?.title)).take(FOCUSES).collect();
    let joined = |lang: Lang, sign: &str| titles.iter().map(|title| title.get(lang)).collect::<Vec<_>>().join(sign);
    let texts = lang_texts(joined(Lang::ZhCn, "、"), joined(Lang::En, " and "));
    // Names of groups stand as the data have them, also where they would be converted.
    let tw = joined(Lang::ZhTw, "、");
    let zh_tw = (tw != texts.get(Lang::ZhCn)).then(|| Verbatim::in_parts(tw));
    (!titles.is_empty()).then_some(Localized::PerLang(LocalizedTexts { zh_tw, ..texts }))
}

/// The value to reach: the project's target if it is missed; none where it is met and nothing else is said of the whole; else the
/// least demanding number that a finding sets it against
/// and that is better than now; else the smallest change that a next wave of the same size can prove.
fn target(inputs: &PlanInputs<'_>, summary: &IndicatorSummary<'_>, findings: &[Finding]) -> Option<f64> {
    let value = summary.current?.estimate?;
    let better = |target: f64| match summary.info.better {
        Better::Higher => target > value,
        Better::Lower => target < value,
        Better::Neutral => false,
    };
    if let Some(target) = target_value(inputs.project, &summary.info.id).filter(|target| better(*target)) {
        return Some(target);
    }
    let met = target_value(inputs.project, &summary.info.id).is_some();
    let comparable =
        [FindingKind::Worsened, FindingKind::BehindBenchmark, FindingKind::BehindRival, FindingKind::Control];
    let own = findings.iter().filter(|held| held.metric.as_ref() == Some(&summary.info.id) && held.group.is_none());
    let set = own.filter(|held| comparable.contains(&held.kind)).map(|held| held.evidence.against);
    let nearest = set.filter(|against| better(*against)).min_by(|a, b| (a - value).abs().total_cmp(&(b - value).abs()));
    let decimals = crate::analysis::printed_decimals(summary.info.unit);
    nearest.map(|against| round_half_away(against, decimals)).or_else(|| {
        if met {
            return None;
        }
        let groups =
            findings.iter().filter(|held| held.metric.as_ref() == Some(&summary.info.id) && held.group.is_some());
        // No more is asked of the whole than its best group has.
        let best = groups.map(|held| held.evidence.against).filter(|against| better(*against));
        let best = best.max_by(|a, b| (a - value).abs().total_cmp(&(b - value).abs()));
        let provable = provable_change(summary.current?, inputs.project.raw.settings.confidence)?;
        let step = if summary.info.better == Better::Lower { -provable } else { provable };
        let whole = matches!(summary.info.unit, Unit::Percent | Unit::Points);
        let aim = if whole { (value + step).round() } else { round_half_away(value + step, decimals) };
        let aim = if summary.info.unit == Unit::Percent { aim.clamp(0.0, 100.0) } else { aim };
        let aim = match (best, summary.info.better) {
            (Some(best), Better::Higher) => aim.min(round_half_away(best, decimals)),
            (Some(best), Better::Lower) => aim.max(round_half_away(best, decimals)),
            _ => aim,
        };
        better(aim).then_some(aim)
    })
}

/// The strategies picked and, if wanted, those that fit the objectives best, in rounds over the objectives, so that each gets
/// its best before any gets a second.
fn strategies<'a>(
    inputs: &PlanInputs<'a>,
    plan: &RawPlan,
    summaries: &[IndicatorSummary<'_>],
    findings: &[Finding],
    limits: &Limits,
    wanted: bool,
    diagnostics: &mut Diagnostics,
) -> Vec<Taken<'a>> {
    let mut taken: Vec<Taken<'a>> = Vec::new();
    let trade = inputs.project.raw.project.trade.as_deref().filter(|trade| inputs.library.trades().contains(trade));
    let fits =
        |strategy: &LibraryStrategy, objective: &RawObjective| fit(strategy, objective, trade, summaries, findings);
    let focused = |serves: &[String]| {
        let mut served = plan.objectives.iter().filter(|objective| serves.contains(&objective.id));
        served.find_map(|objective| objective.focus.clone().or_else(|| focus(findings, &objective.metric)))
    };
    let served = |strategy: &LibraryStrategy| -> Vec<String> {
        let own = plan.edit.get(&strategy.id).and_then(|edit| edit.serves.clone());
        let fitting = plan.objectives.iter().filter(|objective| fits(strategy, objective) >= FITS);
        own.unwrap_or_else(|| fitting.map(|objective| objective.id.clone()).collect())
    };
    for (index, id) in plan.pick.iter().enumerate() {
        let key = format!("plan.pick[{index}]");
        let Some(strategy) = inputs.library.get(id) else {
            let error = Diagnostic::error(&messages::UNKNOWN_LIBRARY_STRATEGY).arg("id", id);
            diagnostics.push(error.suggest(id, inputs.library.ids()).at(inputs.project.at(&key)).key(key));
            continue;
        };
        let serves = served(strategy);
        if serves.is_empty() {
            let error = Diagnostic::error(&messages::PICK_WITHOUT_OBJECTIVE).arg("id", id);
            diagnostics.push(error.at(inputs.project.at(&key)).key(key));
        }
        taken.push(Taken { strategy, focus: focused(&serves), serves });
    }
    if !wanted {
        return taken;
    }
    let most = limits.strategies.max(taken.len());
    for round in 1..=limits.per_objective {
        for objective in &plan.objectives {
            let held = taken.iter().filter(|held| held.serves.contains(&objective.id)).count();
            let written = plan.strategies.iter().filter(|held| held.serves.contains(&objective.id)).count();
            if taken.len() >= most || held + written >= round {
                continue;
            }
            let free = |strategy: &&LibraryStrategy| {
                !plan.drop.contains(&strategy.id)
                    && !taken.iter().any(|held| held.strategy.id == strategy.id)
                    && !plan.strategies.iter().any(|held| held.id == strategy.id)
            };
            let variety = |strategy: &LibraryStrategy| {
                let used = taken.iter().any(|held| held.strategy.kind == strategy.kind);
                if used { 0.0 } else { 0.3 }
            };
            let mut best: Option<(f64, &'a LibraryStrategy)> = None;
            for strategy in inputs.library.iter().filter(free) {
                let score = fits(strategy, objective);
                let score = if score >= FITS { score + variety(strategy) } else { continue };
                if best.is_none_or(|(held, _)| score > held + 1e-9) {
                    best = Some((score, strategy));
                }
            }
            if let Some((_, strategy)) = best {
                let serves = served(strategy);
                taken.push(Taken { strategy, focus: focused(&serves), serves });
            }
        }
    }
    taken
}

/// How well a strategy answers an objective: 3 for its metric, 2.5 for a variant of it, 2 for a topic in common that stands first in
/// the strategy, 0.2 less for each place behind; 0.5 more where it is meant for the kind of finding, 0.4 more where it is made for the
/// `trade` of the project. 0 where it is meant for other findings or other trades only; where the project names no trade, a strategy
/// made for some comes behind the others of its topic.
fn fit(
    strategy: &LibraryStrategy,
    objective: &RawObjective,
    trade: Option<&str>,
    summaries: &[IndicatorSummary<'_>],
    findings: &[Finding],
) -> f64 {
    let Some(summary) = summaries.iter().find(|held| held.info.id == objective.metric) else { return 0.0 };
    let own: Vec<&Finding> = findings
        .iter()
        .filter(|finding| finding.metric.as_ref() == Some(&objective.metric) && finding.kind.calls_for_plan())
        .collect();
    let named = &strategy.answers.findings;
    let meant = own.iter().any(|finding| named.iter().any(|kind| kind == finding.kind.word()));
    if !named.is_empty() && !own.is_empty() && !meant {
        return 0.0;
    }
    let bound = !strategy.trades.is_empty();
    let own_trade = trade.is_some_and(|trade| strategy.trades.iter().any(|held| held == trade));
    if bound && trade.is_some() && !own_trade {
        return 0.0;
    }
    let answers = |metric: &str, module: &str| {
        let bare = metric.strip_prefix(&format!("{module}.")).unwrap_or(metric);
        strategy.answers.metrics.iter().any(|held| *held == format!("{module}/{bare}"))
    };
    let variant = || {
        let mut variants =
            summaries.iter().filter(|held| held.info.variant_of.as_deref() == Some(objective.metric.as_str()));
        variants.any(|held| answers(&held.info.id, &held.info.module))
    };
    // The first topics of a strategy say what it is about, the later ones what it touches.
    let places =
        summary.info.topics.iter().filter_map(|topic| strategy.answers.topics.iter().position(|own| own == topic));
    let nearest = places.min();
    let score = if answers(&objective.metric, &summary.info.module) {
        3.0
    } else if variant() {
        2.5
    } else if let Some(place) = nearest {
        let foreign = if bound && !own_trade { OTHER_TRADE } else { 0.0 };
        (2.0 - 0.2 * place as f64 - foreign).max(FITS)
    } else {
        return 0.0;
    };
    score + if meant { 0.5 } else { 0.0 } + if own_trade { OWN_TRADE } else { 0.0 }
}
