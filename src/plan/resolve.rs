//! A plan with its links followed: objective, strategy, action, cost, risk. Broken links, bad dates and wrong sums become
//! diagnostics at their place in `manyi.yaml`; what is sound is kept.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::analysis::{IndicatorSummary, round_half_away};
use crate::config::Project;
use crate::config::raw::{RawAction, RawContingency, RawCost, RawObjective, RawPlan, RawStrategy, RawTarget};
use crate::diagnostics::messages::{document as messages, plan as plan_messages};
use crate::diagnostics::{Diagnostic, Diagnostics, Lang, has_han};
use crate::metrics::MetricResults;
use crate::plan::calendar::parse_date;
use crate::plan::reach::{Reachability, reachability};

/// Characters that a foreword may have.
pub const FOREWORD_LIMIT: usize = 100;

/// The plan with every link as an index.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// As written.
    pub raw: RawPlan,
    /// Objectives.
    pub objectives: Vec<Objective>,
    /// Strategies.
    pub strategies: Vec<Strategy>,
    /// Actions in the order written.
    pub actions: Vec<Action>,
    /// Lines of the budget.
    pub costs: Vec<Cost>,
    /// Answers to what may go wrong.
    pub contingencies: Vec<Contingency>,
    /// Sum of the cost lines.
    pub total_cost: f64,
}

/// An objective with what serves it.
#[derive(Debug, Clone)]
pub struct Objective {
    /// As written.
    pub raw: RawObjective,
    /// Value to reach: its own or the metric's.
    pub target: Option<f64>,
    /// By when.
    pub by: Option<NaiveDate>,
    /// Strategies that serve it.
    pub strategies: Vec<usize>,
    /// Whether it can be reached and proved; none without a value now or a target.
    pub reach: Option<Reachability>,
}

/// A strategy with both its sides.
#[derive(Debug, Clone)]
pub struct Strategy {
    /// As written.
    pub raw: RawStrategy,
    /// Objectives it serves.
    pub objectives: Vec<usize>,
    /// Actions that carry it out.
    pub actions: Vec<usize>,
    /// Contingencies that answer its risks.
    pub risks: Vec<usize>,
}

/// An action with its strategy and cost.
#[derive(Debug, Clone)]
pub struct Action {
    /// As written.
    pub raw: RawAction,
    /// Strategy it carries out.
    pub strategy: Option<usize>,
    /// First day.
    pub start: Option<NaiveDate>,
    /// Last day.
    pub end: Option<NaiveDate>,
    /// Actions that must be finished before.
    pub after: Vec<usize>,
    /// Lines of the budget that pay for it.
    pub costs: Vec<usize>,
    /// Their sum.
    pub amount: f64,
}

/// A line of the budget.
#[derive(Debug, Clone)]
pub struct Cost {
    /// As written.
    pub raw: RawCost,
    /// Action it pays for.
    pub action: Option<usize>,
    /// Quantity times price, to hundredths.
    pub amount: f64,
}

/// An answer to what may go wrong.
#[derive(Debug, Clone)]
pub struct Contingency {
    /// As written.
    pub raw: RawContingency,
    /// Strategy whose risk it answers.
    pub strategy: Option<usize>,
}

impl Plan {
    /// True if the project plans nothing at all.
    pub fn is_empty(&self) -> bool {
        self.objectives.is_empty()
            && self.strategies.is_empty()
            && self.actions.is_empty()
            && self.costs.is_empty()
            && self.raw.finance.benefits.is_empty()
            && self.raw.contingencies.is_empty()
    }

    /// Actions by priority (those without one last), then by first day, then as written.
    pub fn actions_by_priority(&self) -> Vec<&Action> {
        let mut actions: Vec<&Action> = self.actions.iter().collect();
        actions.sort_by_key(|action| (action.raw.priority.unwrap_or(u32::MAX), action.start.unwrap_or(NaiveDate::MAX)));
        actions
    }

    /// Judges for every objective whether it can be reached and proved. `least` is the base below which values are flagged.
    pub(super) fn judge(
        &mut self,
        summaries: &[IndicatorSummary<'_>],
        results: &MetricResults,
        confidence: f64,
        least: f64,
    ) {
        for objective in &mut self.objectives {
            let summary = summaries.iter().find(|held| held.info.id == objective.raw.metric);
            objective.reach = summary
                .zip(objective.target)
                .and_then(|(summary, target)| reachability(summary, results, target, confidence, least));
        }
    }
}

/// The goal of a metric in the project file.
pub fn target_value(project: &Project, metric: &str) -> Option<f64> {
    project.raw.targets.get(metric).map(|target| match target {
        RawTarget::Value(value) => *value,
        RawTarget::Detailed(detail) => detail.value,
    })
}

/// Follows the links of the plan. Everything wrong is reported; a broken link is left open.
pub fn resolve_plan(project: &Project, raw: RawPlan, results: &MetricResults, diagnostics: &mut Diagnostics) -> Plan {
    let mut resolver = Resolver { project, diagnostics };
    resolver.check_foreword(&raw);
    let objective_ids = resolver.index("objectives", raw.objectives.iter().map(|held| held.id.as_str()));
    let strategy_ids = resolver.index("strategies", raw.strategies.iter().map(|held| held.id.as_str()));
    let action_ids = resolver.index("actions", raw.actions.iter().map(|held| held.id.as_str()));

    let mut objectives = resolver.objectives(&raw, results);
    let mut strategies = resolver.strategies(&raw, &objective_ids);
    let mut actions = resolver.actions(&raw, &strategy_ids, &action_ids);
    let costs = resolver.costs(&raw, &action_ids);
    let contingencies = resolver.contingencies(&raw, &strategy_ids);
    resolver.check_benefits(&raw, &objective_ids);

    for (index, strategy) in strategies.iter().enumerate() {
        for &objective in &strategy.objectives {
            objectives[objective].strategies.push(index);
        }
    }
    for (index, action) in actions.iter().enumerate() {
        if let Some(strategy) = action.strategy {
            strategies[strategy].actions.push(index);
        }
    }
    for (index, cost) in costs.iter().enumerate() {
        if let Some(action) = cost.action {
            actions[action].costs.push(index);
            actions[action].amount += cost.amount;
        }
    }
    for (index, contingency) in contingencies.iter().enumerate() {
        if let Some(strategy) = contingency.strategy {
            strategies[strategy].risks.push(index);
        }
    }
    resolver.report_orphans(&objectives, &strategies);
    resolver.check_dates(&objectives, &strategies, &actions);
    let total_cost = costs.iter().map(|cost| cost.amount).sum();
    resolver.check_total(&raw, total_cost);
    Plan { raw, objectives, strategies, actions, costs, contingencies, total_cost }
}

struct Resolver<'p, 'd> {
    project: &'p Project,
    diagnostics: &'d mut Diagnostics,
}

impl Resolver<'_, '_> {
    fn report(&mut self, diagnostic: Diagnostic, key: String) {
        self.diagnostics.push(diagnostic.at(self.project.at(&key)).key(key));
    }

    fn check_foreword(&mut self, raw: &RawPlan) {
        let Some(foreword) = &raw.foreword else { return };
        // The limit comes from Chinese coursework and counts characters, so only the Chinese text is held to it.
        let characters = foreword.get(Lang::ZhCn).chars().filter(|letter| !letter.is_whitespace());
        let count = characters.count();
        if has_han(foreword.get(Lang::ZhCn)) && count > FOREWORD_LIMIT {
            let warning =
                Diagnostic::warning(&messages::LONG_FOREWORD).arg("count", count).arg("limit", FOREWORD_LIMIT);
            self.report(warning, "plan.foreword".into());
        }
    }

    fn index<'b>(&mut self, list: &str, ids: impl Iterator<Item = &'b str>) -> HashMap<&'b str, usize> {
        let mut known = HashMap::new();
        for (index, id) in ids.enumerate() {
            if known.contains_key(id) {
                let error = Diagnostic::error(&messages::DUPLICATE_ID).arg("id", id);
                self.report(error, format!("plan.{list}[{index}].id"));
            } else {
                known.insert(id, index);
            }
        }
        known
    }

    fn date(&mut self, text: &str, key: String) -> Option<NaiveDate> {
        let date = parse_date(text);
        if date.is_none() {
            self.report(Diagnostic::error(&messages::BAD_DATE).arg("value", text), key);
        }
        date
    }

    fn objectives(&mut self, raw: &RawPlan, results: &MetricResults) -> Vec<Objective> {
        let mut objectives = Vec::new();
        for (index, held) in raw.objectives.iter().enumerate() {
            let key = |field: &str| format!("plan.objectives[{index}].{field}");
            if results.info(&held.metric).is_none() {
                let known = results.metrics.iter().map(|info| info.id.as_str());
                let error = Diagnostic::error(&messages::UNKNOWN_METRIC).arg("id", &held.metric);
                self.report(error.suggest(&held.metric, known), key("metric"));
            }
            let target = held.target.or_else(|| target_value(self.project, &held.metric));
            if target.is_none() {
                let warning = Diagnostic::warning(&messages::NO_OBJECTIVE_TARGET);
                self.report(warning.arg("id", &held.id).arg("metric", &held.metric), key("target"));
            }
            let by = self.date(&held.by, key("by"));
            objectives.push(Objective { raw: held.clone(), target, by, strategies: Vec::new(), reach: None });
        }
        objectives
    }

    fn strategies(&mut self, raw: &RawPlan, known: &HashMap<&str, usize>) -> Vec<Strategy> {
        let mut strategies = Vec::new();
        for (index, held) in raw.strategies.iter().enumerate() {
            let mut objectives = Vec::new();
            for (place, id) in held.serves.iter().enumerate() {
                match known.get(id.as_str()) {
                    Some(&objective) if !objectives.contains(&objective) => objectives.push(objective),
                    Some(_) => {}
                    None => {
                        let error = Diagnostic::error(&messages::UNKNOWN_OBJECTIVE)
                            .arg("strategy", &held.id)
                            .arg("id", id)
                            .suggest(id, known.keys().copied());
                        self.report(error, format!("plan.strategies[{index}].serves[{place}]"));
                    }
                }
            }
            strategies.push(Strategy { raw: held.clone(), objectives, actions: Vec::new(), risks: Vec::new() });
        }
        strategies
    }

    fn actions(&mut self, raw: &RawPlan, known: &HashMap<&str, usize>, own: &HashMap<&str, usize>) -> Vec<Action> {
        let mut actions = Vec::new();
        for (index, held) in raw.actions.iter().enumerate() {
            let key = |field: &str| format!("plan.actions[{index}].{field}");
            let strategy = known.get(held.strategy.as_str()).copied();
            if strategy.is_none() {
                let error = Diagnostic::error(&messages::UNKNOWN_STRATEGY)
                    .arg("action", &held.id)
                    .arg("id", &held.strategy)
                    .suggest(&held.strategy, known.keys().copied());
                self.report(error, key("strategy"));
            }
            let start = self.date(&held.start, key("start"));
            let end = self.date(&held.end, key("end"));
            if let (Some(first), Some(last)) = (start, end)
                && last < first
            {
                let error = Diagnostic::error(&messages::END_BEFORE_START)
                    .arg("id", &held.id)
                    .arg("start", &held.start)
                    .arg("end", &held.end);
                self.report(error, key("end"));
            }
            let mut after = Vec::new();
            for (place, id) in held.after.iter().enumerate() {
                match own.get(id.as_str()) {
                    Some(&before) => after.push(before),
                    None => {
                        let error = Diagnostic::error(&plan_messages::UNKNOWN_PREDECESSOR)
                            .arg("action", &held.id)
                            .arg("id", id)
                            .suggest(id, own.keys().copied());
                        self.report(error, key(&format!("after[{place}]")));
                    }
                }
            }
            actions.push(Action { raw: held.clone(), strategy, start, end, after, costs: Vec::new(), amount: 0.0 });
        }
        actions
    }

    fn costs(&mut self, raw: &RawPlan, known: &HashMap<&str, usize>) -> Vec<Cost> {
        let lang = self.project.lang();
        let mut costs = Vec::new();
        for (index, held) in raw.finance.costs.iter().enumerate() {
            let key = |field: &str| format!("plan.finance.costs[{index}].{field}");
            let action = known.get(held.action.as_str()).copied();
            if action.is_none() {
                let error = Diagnostic::error(&messages::UNKNOWN_ACTION)
                    .arg("item", held.item.get(lang))
                    .arg("id", &held.action)
                    .suggest(&held.action, known.keys().copied());
                self.report(error, key("action"));
            }
            for (field, value) in [("quantity", held.quantity), ("price", held.price)] {
                if !value.is_finite() || value < 0.0 {
                    let error = Diagnostic::error(&messages::BAD_AMOUNT).arg("item", held.item.get(lang));
                    self.report(error, key(field));
                }
            }
            let amount = round_half_away(held.quantity * held.price, 2);
            if let Some(stated) = held.amount.filter(|stated| (stated - amount).abs() > 0.005) {
                let error = Diagnostic::error(&plan_messages::WRONG_AMOUNT)
                    .arg("item", held.item.get(lang))
                    .arg("stated", stated)
                    .arg("quantity", held.quantity)
                    .arg("price", held.price)
                    .arg("amount", amount);
                self.report(error, key("amount"));
            }
            costs.push(Cost { raw: held.clone(), action, amount });
        }
        costs
    }

    fn contingencies(&mut self, raw: &RawPlan, known: &HashMap<&str, usize>) -> Vec<Contingency> {
        let mut contingencies = Vec::new();
        for (index, held) in raw.contingencies.iter().enumerate() {
            let strategy = held.strategy.as_deref().and_then(|id| known.get(id).copied());
            if let Some(id) = held.strategy.as_ref().filter(|_| strategy.is_none()) {
                let error = Diagnostic::error(&plan_messages::UNKNOWN_RISK_STRATEGY).arg("id", id);
                self.report(error.suggest(id, known.keys().copied()), format!("plan.contingencies[{index}].for"));
            }
            contingencies.push(Contingency { raw: held.clone(), strategy });
        }
        contingencies
    }

    fn check_benefits(&mut self, raw: &RawPlan, objectives: &HashMap<&str, usize>) {
        let lang = self.project.lang();
        for (index, held) in raw.finance.benefits.iter().enumerate() {
            let key = |field: &str| format!("plan.finance.benefits[{index}].{field}");
            let item = held.item.get(lang);
            match (held.amount, &held.objective, held.customers, held.value) {
                (Some(amount), ..) if !amount.is_finite() => {
                    self.report(Diagnostic::error(&messages::BAD_AMOUNT).arg("item", item), key("amount"));
                }
                (Some(_), ..) | (None, _, Some(_), Some(_)) => {}
                _ => {
                    self.report(Diagnostic::error(&plan_messages::INCOMPLETE_BENEFIT).arg("item", item), key("amount"));
                }
            }
            if let Some(id) = held.objective.as_ref().filter(|id| !objectives.contains_key(id.as_str())) {
                let error =
                    Diagnostic::error(&plan_messages::UNKNOWN_BENEFIT_OBJECTIVE).arg("item", item).arg("id", id);
                self.report(error.suggest(id, objectives.keys().copied()), key("objective"));
            }
        }
    }

    fn check_total(&mut self, raw: &RawPlan, total: f64) {
        if let Some(stated) = raw.finance.total.filter(|stated| (stated - total).abs() > 0.005) {
            let error = Diagnostic::error(&plan_messages::WRONG_TOTAL).arg("stated", stated).arg("total", total);
            self.report(error, "plan.finance.total".into());
        }
    }

    /// Actions that end after the objectives they serve are due.
    fn check_dates(&mut self, objectives: &[Objective], strategies: &[Strategy], actions: &[Action]) {
        for (index, action) in actions.iter().enumerate() {
            let Some((end, strategy)) = action.end.zip(action.strategy.and_then(|index| strategies.get(index))) else {
                continue;
            };
            // A strategy that serves several objectives may go on for the later ones.
            let served = strategy.objectives.iter().filter_map(|&objective| objectives.get(objective));
            let Some((by, objective)) = served.filter_map(|held| Some((held.by?, held))).max_by_key(|held| held.0)
            else {
                continue;
            };
            if end > by {
                let warning = Diagnostic::warning(&plan_messages::ENDS_TOO_LATE)
                    .arg("action", &action.raw.id)
                    .arg("end", end)
                    .arg("objective", &objective.raw.id)
                    .arg("by", by);
                self.report(warning, format!("plan.actions[{index}].end"));
            }
        }
    }

    fn report_orphans(&mut self, objectives: &[Objective], strategies: &[Strategy]) {
        for (index, held) in objectives.iter().enumerate().filter(|(_, held)| held.strategies.is_empty()) {
            let warning = Diagnostic::warning(&messages::ORPHAN_OBJECTIVE).arg("id", &held.raw.id);
            self.report(warning, format!("plan.objectives[{index}]"));
        }
        for (index, held) in strategies.iter().enumerate().filter(|(_, held)| held.actions.is_empty()) {
            let warning = Diagnostic::warning(&messages::ORPHAN_STRATEGY).arg("id", &held.raw.id);
            self.report(warning, format!("plan.strategies[{index}]"));
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::document::fixtures;

    fn codes(diagnostics: &Diagnostics) -> Vec<(&'static str, String)> {
        diagnostics.iter().map(|found| (found.message.code, found.key_path.clone().unwrap_or_default())).collect()
    }

    #[test]
    fn a_sound_plan_is_linked_and_added_up() {
        let project = fixtures::project();
        let mut diagnostics = Diagnostics::new();
        let plan = resolve_plan(&project, project.raw.plan.clone(), &fixtures::results(), &mut diagnostics);
        assert_eq!(codes(&diagnostics), []);
        assert_eq!(plan.objectives[0].strategies, [0, 1]);
        assert_eq!(plan.strategies[0].actions, [0]);
        // 3 windows at 6,000; 12 screens at 500; 19,000 once.
        assert_eq!(plan.actions[0].amount, 18_000.0);
        assert_eq!(plan.total_cost, 43_000.0);
        let order: Vec<&str> = plan.actions_by_priority().iter().map(|action| action.raw.id.as_str()).collect();
        assert_eq!(order, ["windows", "reply", "staggered"]);
    }

    #[test]
    fn broken_links_are_named_with_their_key() {
        let mut project = fixtures::project();
        let plan = &mut project.raw.plan;
        plan.objectives[0].metric = "complain_rate".into();
        plan.strategies[0].serves = vec!["nothing".into()];
        plan.actions[1].strategy = "nobody".into();
        plan.actions[2].end = "2026-01-01".into();
        plan.actions[0].start = "2026-02-30".into();
        plan.finance.costs[0].action = "none".into();
        plan.foreword = Some("字".repeat(101).as_str().into());
        let mut diagnostics = Diagnostics::new();
        resolve_plan(&project, project.raw.plan.clone(), &fixtures::results(), &mut diagnostics);
        let found = codes(&diagnostics);
        for expected in [
            ("M0511", "plan.foreword"),
            ("M0504", "plan.objectives[0].metric"),
            ("M0505", "plan.strategies[0].serves[0]"),
            ("M0506", "plan.actions[1].strategy"),
            ("M0501", "plan.actions[0].start"),
            ("M0502", "plan.actions[2].end"),
            ("M0507", "plan.finance.costs[0].action"),
        ] {
            assert!(found.contains(&(expected.0, expected.1.to_owned())), "{expected:?} not in {found:?}");
        }
    }
}
