//! Strategies of the library as entries of a plan: dates counted from its first day, names for roles, and the planner's changes.

use chrono::Days;
use indexmap::IndexMap;

use crate::config::Project;
use crate::config::raw::{RawAction, RawActionEdit, RawContingency, RawCost, RawCostLine, RawPlan, RawStrategy};
use crate::diagnostics::messages::plan as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Lang, Localized, LocalizedTexts, Verbatim, lang_texts};
use crate::plan::PlanInputs;
use crate::plan::library::LibraryAction;
use crate::plan::suggest::{Limits, Taken};

/// Currencies in which the guide prices of the library stand.
const YUAN: [&str; 8] = ["元", "人民币", "人民币元", "元人民币", "yuan", "rmb", "cny", "¥"];

/// Adds the strategies taken to a plan, with their actions, costs and risks.
pub(super) fn add(
    plan: &mut RawPlan,
    taken: &[Taken<'_>],
    limits: &Limits,
    project: &Project,
    diagnostics: &mut Diagnostics,
) {
    let in_yuan = plan
        .finance
        .currency
        .as_ref()
        .is_none_or(|currency| YUAN.contains(&currency.get(Lang::ZhCn).to_lowercase().as_str()));
    let written = plan.actions.iter().filter_map(|action| action.priority).max().unwrap_or(0);
    for (rank, held) in taken.iter().enumerate() {
        let strategy = held.strategy;
        let edit = plan.edit.get(&strategy.id).cloned().unwrap_or_default();
        plan.strategies.push(RawStrategy {
            id: strategy.id.clone(),
            kind: edit.kind.unwrap_or(strategy.kind),
            serves: held.serves.clone(),
            title: edit.title.unwrap_or_else(|| strategy.title.clone()),
            text: edit.text.unwrap_or_else(|| with_focus(&strategy.text, held.focus.as_ref(), FOCUS_OF_TEXT)),
            effect: Some(strategy.effect.text.clone()),
            effect_source: Some(strategy.effect.source.clone()),
        });
        let kept = strategy.actions.iter().filter(|action| !edit.drop_actions.contains(&action.id));
        for (place, action) in kept.enumerate() {
            let own = edit.actions.get(&action.id).cloned().unwrap_or_default();
            // The first actions of all strategies come before the second ones.
            let priority = written as usize + 1 + rank + place * taken.len();
            let id = format!("{}/{}", strategy.id, action.id);
            let guide = own.costs.is_none() && !action.costs.is_empty();
            if guide && !in_yuan {
                let currency = plan.finance.currency.as_ref().map_or("", |text| text.get(project.lang()));
                let warning = Diagnostic::warning(&messages::OTHER_CURRENCY).arg("id", &id).arg("currency", currency);
                diagnostics.push(warning.at(project.at("plan.finance.currency")).key("plan.finance.currency"));
            } else {
                plan.finance.costs.extend(costs(&id, action, &own));
            }
            let own_place = own.place.is_some();
            let raw = entry(id, &strategy.id, action, own, priority, limits, &edit.drop_actions);
            let focus = held.focus.as_ref().filter(|_| !own_place);
            let place = with_focus(&raw.place, focus, FOCUS_OF_PLACE);
            plan.actions.push(RawAction { who: filled(&raw.who, plan), place, ..raw });
        }
        let risks = strategy.risks.iter().map(|risk| RawContingency {
            trigger: risk.trigger.clone(),
            response: risk.response.clone(),
            who: filled(&risk.who, plan),
            speaker: risk.speaker.clone(),
            remedy: risk.remedy.clone(),
            follow_up: risk.follow_up.clone(),
            strategy: Some(strategy.id.clone()),
        });
        let risks: Vec<RawContingency> = risks.collect();
        plan.contingencies.extend(risks);
    }
}

/// How the text of a strategy and the place of an action name the group or place to begin with, in Chinese and in English.
const FOCUS_OF_TEXT: [[&str; 2]; 2] = [["先从", "做起。"], [" Begin with ", "."]];
const FOCUS_OF_PLACE: [[&str; 2]; 2] = [["（先做", "）"], [" (", " first)"]];

/// A text of the library with the group or place where it is needed most behind it.
fn with_focus(text: &Localized, focus: Option<&Localized>, words: [[&str; 2]; 2]) -> Localized {
    let Some(focus) = focus else { return text.clone() };
    let [zh, en] = words;
    let joined = |lang: Lang, [before, after]: [&str; 2]| {
        let text = text.get(lang);
        format!("{text}{before}{}{after}", focus.get(lang))
    };
    let texts = lang_texts(joined(Lang::ZhCn, zh), joined(Lang::En, en));
    // The library is converted for Taiwan, names of groups are not.
    let tw = joined(Lang::ZhTw, zh);
    let zh_tw = (tw != texts.get(Lang::ZhCn)).then(|| Verbatim::in_parts(tw));
    Localized::PerLang(LocalizedTexts { zh_tw, ..texts })
}

/// An action with its dates counted from the first day of the plan.
fn entry(
    id: String,
    strategy: &str,
    action: &LibraryAction,
    own: RawActionEdit,
    priority: usize,
    limits: &Limits,
    dropped: &[String],
) -> RawAction {
    let day = |after: u32| {
        let day = limits.begins.checked_add_days(Days::new(u64::from(after))).unwrap_or(limits.begins);
        day.to_string()
    };
    let after = action.after.iter().filter(|before| !dropped.contains(before));
    RawAction {
        id,
        strategy: strategy.to_owned(),
        what: own.what.unwrap_or_else(|| action.what.clone()),
        why: own.why.or_else(|| action.why.clone()),
        who: own.who.unwrap_or_else(|| action.who.clone()),
        start: own.start.unwrap_or_else(|| day(action.begins)),
        end: own.end.unwrap_or_else(|| day(action.begins + action.days.saturating_sub(1))),
        place: own.place.unwrap_or_else(|| action.place.clone()),
        how: own.how.unwrap_or_else(|| action.how.clone()),
        groups: IndexMap::new(),
        people: own.people.or_else(|| action.people.clone()),
        equipment: own.equipment.or_else(|| action.equipment.clone()),
        after: after.map(|before| format!("{strategy}/{before}")).collect(),
        effort: own.effort.or(action.effort),
        priority: Some(own.priority.unwrap_or_else(|| u32::try_from(priority).unwrap_or(u32::MAX))),
    }
}

/// The cost lines of an action: the planner's, else those of the library as guide prices.
fn costs(id: &str, action: &LibraryAction, own: &RawActionEdit) -> Vec<RawCost> {
    let lines = own.costs.as_ref().unwrap_or(&action.costs);
    let line = |line: &RawCostLine| RawCost {
        action: id.to_owned(),
        item: line.item.clone(),
        quantity: line.quantity,
        unit: line.unit.clone(),
        price: line.price,
        amount: None,
        estimate: own.costs.is_none(),
    };
    lines.iter().map(line).collect()
}

/// A role with the person who fills it: `门店经理 周敏`, `Zhou Min, store manager`.
fn filled(role: &Localized, plan: &RawPlan) -> Localized {
    let person = [Lang::ZhCn, Lang::En].iter().find_map(|lang| plan.people.get(role.get(*lang).trim()));
    let Some(person) = person else { return role.clone() };
    let english = role.get(Lang::En);
    let mut letters = english.chars();
    let lowered: String = letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect();
    Localized::PerLang(lang_texts(
        format!("{} {}", role.get(Lang::ZhCn), person.get(Lang::ZhCn)),
        format!("{}, {lowered}", person.get(Lang::En)),
    ))
}

/// Reports names under `drop`, `edit` and `order` that stand for nothing.
pub(super) fn check(plan: &RawPlan, inputs: &PlanInputs<'_>, diagnostics: &mut Diagnostics) {
    let mut unknown = |id: &str, key: String| {
        let error = Diagnostic::error(&messages::UNKNOWN_LIBRARY_STRATEGY).arg("id", id);
        diagnostics.push(error.suggest(id, inputs.library.ids()).at(inputs.project.at(&key)).key(key));
    };
    for (index, id) in plan.drop.iter().enumerate().filter(|(_, id)| inputs.library.get(id).is_none()) {
        unknown(id, format!("plan.drop[{index}]"));
    }
    let planned = |id: &str| plan.strategies.iter().any(|strategy| strategy.id == id);
    for (index, id) in plan.order.iter().enumerate().filter(|(_, id)| !planned(id) && inputs.library.get(id).is_none())
    {
        unknown(id, format!("plan.order[{index}]"));
    }
    for id in plan.edit.keys().filter(|id| inputs.library.get(id).is_none()) {
        unknown(id, format!("plan.edit.{id}"));
    }
    for (id, edit) in &plan.edit {
        let Some(strategy) = inputs.library.get(id) else { continue };
        let known = || strategy.actions.iter().map(|action| action.id.as_str());
        let dropped = edit.drop_actions.iter().map(|action| (action, format!("plan.edit.{id}.drop_actions")));
        let changed = edit.actions.keys().map(|action| (action, format!("plan.edit.{id}.actions.{action}")));
        for (action, key) in dropped.chain(changed).filter(|(action, _)| known().all(|held| held != *action)) {
            let error = Diagnostic::error(&messages::UNKNOWN_LIBRARY_ACTION).arg("strategy", id).arg("id", action);
            diagnostics.push(error.suggest(action, known()).at(inputs.project.at(&key)).key(key));
        }
    }
    let filled = |name: &str| {
        inputs
            .library
            .iter()
            .flat_map(|strategy| &strategy.actions)
            .any(|action| [Lang::ZhCn, Lang::En].iter().any(|lang| action.who.get(*lang).trim() == name))
    };
    for role in plan.people.keys().filter(|role| !filled(role.trim())) {
        let key = format!("plan.people.{role}");
        let roles =
            inputs.library.iter().flat_map(|held| &held.actions).map(|held| held.who.get(inputs.project.lang()));
        let warning = Diagnostic::warning(&messages::UNKNOWN_ROLE).arg("role", role);
        diagnostics.push(warning.suggest(role, roles).at(inputs.project.at(&key)).key(key));
    }
}

/// Puts the strategies named under `order` first, in that order.
pub(super) fn reorder(plan: &mut RawPlan) {
    let order = std::mem::take(&mut plan.order);
    plan.strategies.sort_by_key(|strategy| order.iter().position(|id| *id == strategy.id).unwrap_or(usize::MAX));
    plan.order = order;
}
