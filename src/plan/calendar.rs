//! Days and people: when the plan runs, whether dependent actions follow each other, and what each person has on at once.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::config::Project;
use crate::diagnostics::messages::plan as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Lang, Localized};
use crate::plan::Plan;

/// Actions at once that one person is thought to manage.
pub const MANAGEABLE: usize = 3;

/// A date `2026-11-20`, if it is one.
pub fn parse_date(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok()
}

/// When the plan runs and who carries it.
#[derive(Debug, Clone, Default)]
pub struct Calendar {
    /// First day of the first action.
    pub first: Option<NaiveDate>,
    /// Last day of the last action.
    pub last: Option<NaiveDate>,
    /// By person, the one with most actions first.
    pub people: Vec<Load>,
}

/// What one person answers for.
#[derive(Debug, Clone)]
pub struct Load {
    /// Who.
    pub who: Localized,
    /// Indices of the actions.
    pub actions: Vec<usize>,
    /// Days of work, as far as they are stated.
    pub effort: Option<f64>,
    /// Most actions on one day.
    pub at_once: usize,
    /// First and last of the days on which that many run.
    pub busiest: Option<(NaiveDate, NaiveDate)>,
}

impl Calendar {
    /// Looks at the days of a plan. Dependent actions that overlap, circles and overloaded people are reported.
    pub fn of(plan: &Plan, project: &Project, diagnostics: &mut Diagnostics) -> Self {
        check_order(plan, project, diagnostics);
        let people = loads(plan);
        for load in people.iter().filter(|load| load.at_once > MANAGEABLE) {
            let Some((start, end)) = load.busiest else { continue };
            let warning = Diagnostic::warning(&messages::OVERLOADED)
                .arg("who", load.who.get(project.lang()))
                .arg("count", load.at_once)
                .arg("start", start)
                .arg("end", end);
            diagnostics.push(warning.at(project.at("plan.actions")).key("plan.actions"));
        }
        Self {
            first: plan.actions.iter().filter_map(|action| action.start).min(),
            last: plan.actions.iter().filter_map(|action| action.end).max(),
            people,
        }
    }
}

fn loads(plan: &Plan) -> Vec<Load> {
    let mut by_person: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, action) in plan.actions.iter().enumerate() {
        by_person.entry(action.raw.who.get(Lang::ZhCn).trim()).or_default().push(index);
    }
    let mut loads: Vec<Load> = by_person
        .into_values()
        .filter_map(|actions| {
            let who = plan.actions.get(*actions.first()?)?.raw.who.clone();
            let efforts: Vec<f64> = actions.iter().filter_map(|&index| plan.actions[index].raw.effort).collect();
            let spans: Vec<(NaiveDate, NaiveDate)> =
                actions.iter().filter_map(|&index| plan.actions[index].start.zip(plan.actions[index].end)).collect();
            let (at_once, busiest) = busiest(&spans);
            let effort = (!efforts.is_empty()).then(|| efforts.iter().sum());
            Some(Load { who, actions, effort, at_once, busiest })
        })
        .collect();
    loads.sort_by(|a, b| b.actions.len().cmp(&a.actions.len()).then(b.at_once.cmp(&a.at_once)));
    loads
}

/// The most spans on one day, and the first stretch of days on which that many run. Both ends belong to a span.
fn busiest(spans: &[(NaiveDate, NaiveDate)]) -> (usize, Option<(NaiveDate, NaiveDate)>) {
    let running = |day: NaiveDate| spans.iter().filter(|(start, end)| *start <= day && day <= *end).count();
    let best =
        spans.iter().map(|(start, _)| (running(*start), *start)).max_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
    let Some((count, day)) = best else { return (0, None) };
    let until = spans.iter().filter(|(start, end)| *start <= day && day <= *end).map(|(_, end)| *end).min();
    (count, until.map(|until| (day, until)))
}

fn check_order(plan: &Plan, project: &Project, diagnostics: &mut Diagnostics) {
    for (index, action) in plan.actions.iter().enumerate() {
        for before in action.after.iter().filter_map(|&before| plan.actions.get(before)) {
            if let (Some(start), Some(end)) = (action.start, before.end)
                && start <= end
            {
                let key = format!("plan.actions[{index}].start");
                let error = Diagnostic::error(&messages::STARTS_TOO_EARLY)
                    .arg("action", &action.raw.id)
                    .arg("start", start)
                    .arg("before", &before.raw.id)
                    .arg("end", end);
                diagnostics.push(error.at(project.at(&key)).key(key));
            }
        }
    }
    if let Some(circle) = circle(plan) {
        let names: Vec<&str> = circle.iter().map(|&index| plan.actions[index].raw.id.as_str()).collect();
        let error = Diagnostic::error(&messages::CIRCLE).arg("actions", names.join(" → "));
        diagnostics.push(error.at(project.at("plan.actions")).key("plan.actions"));
    }
}

/// Actions that wait for each other: whatever is left when those that wait for nothing are taken away again and again.
fn circle(plan: &Plan) -> Option<Vec<usize>> {
    let mut left: Vec<usize> = (0..plan.actions.len()).collect();
    loop {
        let free: Vec<usize> =
            left.iter().copied().filter(|&index| !plan.actions[index].after.iter().any(|b| left.contains(b))).collect();
        if free.is_empty() {
            return (!left.is_empty()).then_some(left);
        }
        left.retain(|index| !free.contains(index));
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        parse_date(text).unwrap()
    }

    /// 1-10, 5-12 and 10-20 December meet on the 10th alone.
    #[test]
    fn the_busiest_day_is_found() {
        let spans = [
            (day("2026-12-01"), day("2026-12-10")),
            (day("2026-12-05"), day("2026-12-12")),
            (day("2026-12-10"), day("2026-12-20")),
        ];
        assert_eq!(busiest(&spans), (3, Some((day("2026-12-10"), day("2026-12-10")))));
        assert_eq!(busiest(&spans[..1]).0, 1);
        assert_eq!(busiest(&[]), (0, None));
    }
}
