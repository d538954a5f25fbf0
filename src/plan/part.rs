//! A group's part of the plan of the whole: the actions that name the group and those that concern everybody, with the strategies,
//! objectives, costs and risks that hang on them. In: the plan of the whole as printed. Out: a plan that resolves by itself.

use std::collections::BTreeSet;

use crate::config::raw::{RawAction, RawFinance, RawPlan, RawSuggest};
use crate::diagnostics::{Lang, Localized};

/// What a group's part leaves out and adds, beside the plan itself.
#[derive(Debug, Clone)]
pub struct PlanPart {
    /// Title of the plan of the whole.
    pub whole: Localized,
    /// Actions of the group alone.
    pub own: usize,
    /// Actions that concern the group and others.
    pub shared: usize,
    /// Actions that concern other groups only.
    pub others: usize,
    /// What the shared actions cost all together; it stays in the budget of the whole.
    pub shared_cost: f64,
    /// Ids of shared actions that cost something.
    pub paid_elsewhere: Vec<String>,
    /// What the library has for findings of the group that the plan of the whole does not answer.
    pub further: Vec<Further>,
}

/// A strategy that is suggested beside the plan, without dates and costs.
#[derive(Debug, Clone)]
pub struct Further {
    /// Name.
    pub title: Localized,
    /// What it is.
    pub text: Localized,
    /// Metrics with the findings it answers.
    pub metrics: Vec<String>,
}

/// Whom an action concerns, seen from one group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Concern {
    Own,
    Shared,
    Others,
}

/// True if the planner wrote or chose something himself, so that the plan is more than suggestions.
pub fn is_declared(plan: &RawPlan) -> bool {
    !(plan.objectives.is_empty() && plan.strategies.is_empty() && plan.actions.is_empty() && plan.pick.is_empty())
}

/// The part of a plan that concerns the group `value` of `column`, whose groups are `groups`. Texts about the whole, its benefits
/// and the words of objectives, which state numbers of the whole, are left out. `whole` is the title of the plan.
pub fn part_of(
    (plan, whole): (&RawPlan, &Localized),
    column: &str,
    value: &str,
    groups: &[(String, Localized)],
) -> (RawPlan, PlanPart) {
    let mut part = PlanPart {
        whole: whole.clone(),
        own: 0,
        shared: 0,
        others: 0,
        shared_cost: 0.0,
        paid_elsewhere: Vec::new(),
        further: Vec::new(),
    };
    let mut kept: BTreeSet<&str> = BTreeSet::new();
    let mut paid: BTreeSet<&str> = BTreeSet::new();
    for action in &plan.actions {
        match concern(action, column, value, groups) {
            Concern::Own => {
                part.own += 1;
                paid.insert(&action.id);
            }
            Concern::Shared => part.shared += 1,
            Concern::Others => {
                part.others += 1;
                continue;
            }
        }
        kept.insert(&action.id);
    }
    let mut actions: Vec<RawAction> =
        plan.actions.iter().filter(|action| kept.contains(action.id.as_str())).cloned().collect();
    actions.iter_mut().for_each(|action| action.after.retain(|id| kept.contains(id.as_str())));
    let carried = |id: &str| plan.actions.iter().any(|action| action.strategy == id);
    let strategies: Vec<_> = plan
        .strategies
        .iter()
        .filter(|strategy| actions.iter().any(|action| action.strategy == strategy.id) || !carried(&strategy.id))
        .cloned()
        .collect();
    let served = |id: &String| plan.strategies.iter().any(|strategy| strategy.serves.contains(id));
    let mut objectives: Vec<_> = plan
        .objectives
        .iter()
        .filter(|held| strategies.iter().any(|strategy| strategy.serves.contains(&held.id)) || !served(&held.id))
        .cloned()
        .collect();
    objectives.iter_mut().for_each(|objective| (objective.text, objective.focus) = (None, None));
    let mut costs = Vec::new();
    for cost in plan.finance.costs.iter().filter(|cost| kept.contains(cost.action.as_str())) {
        if paid.contains(cost.action.as_str()) {
            costs.push(cost.clone());
        } else {
            part.shared_cost += cost.quantity * cost.price;
            if !part.paid_elsewhere.contains(&cost.action) {
                part.paid_elsewhere.push(cost.action.clone());
            }
        }
    }
    let known = |id: &String| strategies.iter().any(|strategy| strategy.id == *id);
    let contingencies =
        plan.contingencies.iter().filter(|held| held.strategy.as_ref().is_none_or(known)).cloned().collect();
    let plan = RawPlan {
        objectives,
        strategies,
        actions,
        contingencies,
        finance: RawFinance { currency: plan.finance.currency.clone(), costs, ..RawFinance::default() },
        suggest: Some(RawSuggest::Switch(false)),
        accept: plan.accept.clone(),
        ..RawPlan::default()
    };
    (plan, part)
}

/// By its `groups` where it has some for the column, else by the names of groups in its place; one that names none is for all.
fn concern(action: &RawAction, column: &str, value: &str, groups: &[(String, Localized)]) -> Concern {
    let named: BTreeSet<&str> = match action.groups.get(column) {
        Some(listed) => listed.iter().map(String::as_str).collect(),
        // A strategy of the library, `strategy/action`, names where to begin, not where alone.
        None if action.id.contains('/') => BTreeSet::new(),
        None => named_in(&action.place, groups),
    };
    match (named.len(), named.contains(value)) {
        (0, _) => Concern::Shared,
        (1, true) => Concern::Own,
        (_, true) => Concern::Shared,
        (_, false) => Concern::Others,
    }
}

/// The groups that a place names in any language. Names of one character or of digits say too little; a longer name goes before a
/// shorter one that it contains.
fn named_in<'g>(place: &Localized, groups: &'g [(String, Localized)]) -> BTreeSet<&'g str> {
    let mut names: Vec<(&str, &'g str)> = Vec::new();
    for (value, title) in groups {
        for name in [value.as_str(), title.get(Lang::ZhCn), title.get(Lang::En)] {
            let tells = name.chars().count() > 1 && !name.chars().all(|letter| letter.is_ascii_digit());
            if tells && !names.contains(&(name, value.as_str())) {
                names.push((name, value));
            }
        }
    }
    names.sort_by_key(|(name, _)| std::cmp::Reverse(name.chars().count()));
    let mut found = BTreeSet::new();
    for lang in [Lang::ZhCn, Lang::En] {
        let mut text = place.get(lang).to_owned();
        for (name, value) in &names {
            if let Some(without) = without_name(&text, name) {
                found.insert(*value);
                text = without;
            }
        }
    }
    found
}

/// The text with every whole occurrence of a name blotted out; none if there is no such. Latin names end at letters and digits.
fn without_name(text: &str, name: &str) -> Option<String> {
    let latin = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_alphanumeric());
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut found = false;
    while let Some(at) = rest.find(name) {
        let (before, after) = (&rest[..at], &rest[at + name.len()..]);
        let glued = |outer: Option<char>, inner: Option<char>| latin(outer) && latin(inner);
        let previous = before.chars().last().or_else(|| out.chars().last());
        let whole = !glued(previous, name.chars().next()) && !glued(after.chars().next(), name.chars().last());
        out.push_str(before);
        out.push_str(if whole { "\u{fffc}" } else { name });
        found |= whole;
        rest = after;
    }
    out.push_str(rest);
    found.then_some(out)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const PLAN: &str = "
objectives:
  - { id: complaints, metric: complaint_rate, by: '2027-03-31', text: 由16.8%降到9% }
  - { id: late, metric: on_time, by: '2027-03-31' }
strategies:
  - { id: queues, kind: service, serves: [complaints], title: 少排队, text: 少排队 }
  - { id: slots, kind: place, serves: [late], title: 准时到, text: 准时到 }
  - { id: depots, kind: place, serves: [late], title: 仓库, text: 仓库 }
actions:
  - { id: tills, strategy: queues, what: 收银, who: 甲, start: '2026-12-07', end: '2026-12-31', where: { zh-CN: 南城八店, en: 'South, eight branches' }, how: 加开 }
  - { id: online, strategy: slots, what: 时段, who: 乙, start: '2026-12-07', end: '2026-12-31', where: { zh-CN: 应用, en: Southern app }, how: 上线, after: [tills] }
  - { id: depot, strategy: depots, what: 扩仓, who: 丙, start: '2026-12-07', end: '2026-12-31', where: 总仓, how: 扩, groups: { region: [北城, 东城] } }
finance:
  costs:
    - { action: tills, item: 工时, quantity: 10, price: 24 }
    - { action: online, item: 开发, quantity: 1, price: 60000 }
    - { action: depot, item: 货架, quantity: 2, price: 500 }
  benefits: [{ item: 毛利, amount: 880000, assumption: 假设 }]
contingencies:
  - { trigger: 排队, response: 加开, who: 值班, for: queues }
  - { trigger: 停电, response: 发电, who: 值班 }
";

    fn groups() -> Vec<(String, Localized)> {
        [("南城", "South"), ("北城", "North"), ("东城", "East")]
            .map(|(zh, en)| {
                (zh.to_owned(), Localized::PerLang(crate::diagnostics::lang_texts(zh.to_owned(), en.to_owned())))
            })
            .to_vec()
    }

    fn part(value: &str) -> (RawPlan, PlanPart) {
        let plan: RawPlan = serde_yaml::from_str(PLAN).unwrap();
        part_of((&plan, &"策划书".into()), "region", value, &groups())
    }

    fn ids(plan: &RawPlan) -> Vec<&str> {
        plan.actions.iter().map(|action| action.id.as_str()).collect()
    }

    #[test]
    fn a_group_gets_its_own_actions_and_those_for_all() {
        let (south, told) = part("南城");
        assert_eq!(ids(&south), ["tills", "online"]);
        assert_eq!((told.own, told.shared, told.others), (1, 1, 1));
        assert_eq!(south.objectives.len(), 2);
        assert!(south.objectives.iter().all(|held| held.text.is_none()), "the words state numbers of the whole");
        assert_eq!(south.contingencies.len(), 2);
    }

    #[test]
    fn what_concerns_others_is_gone_with_all_that_hangs_on_it() {
        let (west, told) = part("西城");
        assert_eq!(ids(&west), ["online"]);
        assert_eq!((told.own, told.shared, told.others), (0, 1, 2));
        assert_eq!(west.strategies.iter().map(|held| held.id.as_str()).collect::<Vec<_>>(), ["slots"]);
        assert_eq!(west.objectives.iter().map(|held| held.id.as_str()).collect::<Vec<_>>(), ["late"]);
        assert!(west.actions[0].after.is_empty(), "what it waits for is elsewhere");
        assert_eq!(west.contingencies.len(), 1, "a crisis of the whole stays");
    }

    /// 10 × 24 is spent in the South alone; 60,000 for all and 2 × 500 for two regions are nobody's share.
    #[test]
    fn budgets_of_groups_and_what_is_shared_add_up() {
        let own: f64 = ["南城", "北城", "东城"]
            .iter()
            .flat_map(|value| part(value).0.finance.costs)
            .map(|cost| cost.quantity * cost.price)
            .sum();
        assert_eq!(own, 240.0);
        let (north, told) = part("北城");
        assert!(north.finance.costs.is_empty() && north.finance.benefits.is_empty());
        assert_eq!(told.shared_cost, 61_000.0);
        assert_eq!(told.paid_elsewhere, ["online", "depot"]);
    }

    #[test]
    fn names_are_whole_and_the_longer_goes_first() {
        let groups = [("第二食堂", ""), ("第二食堂二楼", ""), ("East", ""), ("2", "")]
            .map(|(value, title)| (value.to_owned(), Localized::from(title)));
        let found = |place: &str| named_in(&place.into(), &groups).into_iter().collect::<Vec<_>>();
        assert_eq!(found("第二食堂二楼西侧"), ["第二食堂二楼"]);
        assert_eq!(found("第二食堂二楼与第二食堂"), ["第二食堂", "第二食堂二楼"]);
        assert_eq!(found("Eastern gate, 2 doors"), Vec::<&str>::new());
        assert_eq!(found("gate East"), ["East"]);
    }
}
