//! The one-page service evaluation form (服务满意度测评表): items with boxes by stage or element of the service, the mean of those
//! ticked, a comment and a date. The items are the scales of the plugins in use, those of `service-stages` first.

use crate::config::project::SURVEY;
use crate::config::raw::ColumnType;
use crate::config::validate::names_in;
use crate::document::blocks::{Answer, AnswerScale, Form, FormItem};
use crate::document::forms::highest_point;
use crate::document::forms::wording::{labelled, points, scale, split_meaning};
use crate::document::material::Material;
use crate::plugins::manifest::{Estimator, Manifest, MetricSpec, RawInput};

/// The plugin whose items the form is made of where there are no others.
const SERVICE_STAGES: &str = "service-stages";
/// Most items that fit a page.
const MOST_ITEMS: usize = 20;
/// Items below which those of [`SERVICE_STAGES`] are added.
const ENOUGH_ITEMS: usize = 12;
/// A plugin with fewer items on one scale is no set of ratings.
const FEWEST_ITEMS: usize = 4;

/// The evaluation form. `plugins` names the plugins whose items are taken, whether in use or not; without it those in use.
pub fn evaluation(material: &Material<'_>, plugins: Option<&[String]>) -> Form {
    let used = &material.inputs.project.raw.plugins;
    let mut sections: Vec<Section> = Vec::new();
    match plugins {
        Some(ids) => ids.iter().for_each(|id| take(&mut sections, all_sections(material, id), MOST_ITEMS)),
        None if used.contains_key(SERVICE_STAGES) => {
            take(&mut sections, used_sections(material, SERVICE_STAGES), MOST_ITEMS);
        }
        None => used.keys().for_each(|id| take(&mut sections, used_sections(material, id), MOST_ITEMS)),
    }
    if plugins.is_none() {
        let limit = if sections.is_empty() { MOST_ITEMS } else { ENOUGH_ITEMS };
        let points = sections.first().map(|section| section.scale.points.clone());
        let mut more = all_sections(material, SERVICE_STAGES);
        more.retain(|section| points.as_ref().is_none_or(|points| *points == section.scale.points));
        let topics = topics_asked(material);
        for section in &mut more {
            section.items.retain(|item| {
                let asked = |held: &Item| held.title == item.title || topics.contains(&item.input);
                !sections.iter().flat_map(|section| &section.items).any(asked)
            });
        }
        more.retain(|section| !section.items.is_empty());
        take(&mut sections, more, limit);
    }
    let mut form = Form::default();
    if sections.is_empty() {
        return form;
    }
    // One head of columns for all: the form asks to tick, whatever the survey called the points.
    let scale = AnswerScale { scored: true, ..sections[0].scale.clone() };
    for section in sections {
        form.items.push(FormItem::Matrix {
            number: None,
            text: section.title,
            scale: scale.clone(),
            rows: section.items.into_iter().map(|item| item.title).collect(),
        });
    }
    finish(material, form)
}

/// The total, the comment and who answered when.
fn finish(material: &Material<'_>, mut form: Form) -> Form {
    let word = |key: &str, zh_cn: &str, en: &str| material.word_or(key, zh_cn, en);
    let highest = highest_point(&form);
    let field = |label: String| (label, String::new());
    // What was not met with counts for nothing, so a sum would punish it.
    form.items.push(FormItem::Fields {
        fields: vec![
            field(word("form_total", "合计得分", "Sum of points")),
            field(word("form_ticked", "÷ 打勾的项数", "÷ items ticked")),
            (word("form_mean", "= 平均分", "= mean score"), format!("/ {highest}")),
        ],
    });
    form.items.push(FormItem::Fields { fields: vec![field(word("form_overall", "综合评语", "In a word"))] });
    form.items.push(FormItem::Question {
        number: None,
        text: word("form_evaluation_comments", "您的意见与建议", "Your comments and suggestions"),
        hint: String::new(),
        answer: Answer::Lines { count: 2 },
    });
    form.items.push(FormItem::Fields {
        fields: vec![
            field(word("form_customer", "顾客（可不填）", "Customer (optional)")),
            field(word("form_contact", "联系方式（可不填）", "Contact (optional)")),
            field(word("form_date", "日期", "Date")),
        ],
    });
    form
}

/// A stage or element with its items.
struct Section {
    title: String,
    scale: AnswerScale,
    items: Vec<Item>,
}

/// A thing to rate.
struct Item {
    /// Input of the plugin.
    input: String,
    title: String,
}

/// What the ratings of the survey are about, in words of the strategy library.
fn topics_asked(material: &Material<'_>) -> Vec<String> {
    let mut topics: Vec<String> = Vec::new();
    for (plugin, used) in &material.inputs.project.raw.plugins {
        let Some(manifest) = material.inputs.plugins.get(plugin).map(|held| &held.manifest) else { continue };
        let rated = |metric: &&MetricSpec| {
            let (Estimator::Mean { of, .. } | Estimator::Proportion { of }) = &metric.estimator else { return false };
            names_in(of).any(|name| {
                let is_scale = manifest.inputs.get(name).is_some_and(|input| input.kind == ColumnType::Scale);
                is_scale && used.inputs.contains_key(name)
            })
        };
        topics.extend(manifest.metrics.iter().filter(rated).flat_map(|metric| metric.topics.clone()));
    }
    topics
}

/// Adds whole sections while they fit.
fn take(sections: &mut Vec<Section>, more: Vec<Section>, limit: usize) {
    let mut count: usize = sections.iter().map(|section| section.items.len()).sum();
    for section in more {
        count += section.items.len();
        if count > limit {
            break;
        }
        sections.push(section);
    }
}

/// The items of a plugin that the survey asks: the largest set of scales with the same answers.
fn used_sections(material: &Material<'_>, plugin: &str) -> Vec<Section> {
    let project = &material.inputs.project.raw;
    let Some((manifest, used)) = material.inputs.plugins.get(plugin).zip(project.plugins.get(plugin)) else {
        return Vec::new();
    };
    let manifest = &manifest.manifest;
    let table = used.table.as_deref().or(manifest.table.as_deref());
    if table.is_some_and(|table| table != SURVEY) {
        return Vec::new();
    }
    let mut sets: Vec<(AnswerScale, Vec<String>)> = Vec::new();
    for (name, expression) in &used.inputs {
        let Some(input) = manifest.inputs.get(name).filter(|input| input.kind == ColumnType::Scale) else { continue };
        let meaning = meaning_of(material, input);
        let scale = match project.columns.get(expression).and_then(|column| Some((column, points(column.range)?))) {
            Some((column, points)) => scale(material, column, &points, &meaning),
            None => continue,
        };
        let scale = AnswerScale { other: String::new(), ..scale };
        match sets.iter_mut().find(|(held, _)| *held == scale) {
            Some((_, names)) => names.push(name.clone()),
            None => sets.push((scale, vec![name.clone()])),
        }
    }
    let largest = sets.into_iter().rev().max_by_key(|(_, names)| names.len());
    match largest {
        Some((scale, names)) if names.len() >= FEWEST_ITEMS => sections_of(material, manifest, &names, &scale),
        _ => Vec::new(),
    }
}

/// All items of a plugin on the scale of its first one.
fn all_sections(material: &Material<'_>, plugin: &str) -> Vec<Section> {
    let Some(manifest) = material.inputs.plugins.get(plugin).map(|held| &held.manifest) else { return Vec::new() };
    let scales: Vec<(&String, AnswerScale)> = manifest
        .inputs
        .iter()
        .filter(|(_, input)| input.kind == ColumnType::Scale)
        .filter_map(|(name, input)| Some((name, input_scale(material, input)?)))
        .collect();
    let Some((_, scale)) = scales.first().cloned() else { return Vec::new() };
    let names: Vec<String> =
        scales.iter().filter(|(_, held)| held.points == scale.points).map(|(name, _)| (*name).clone()).collect();
    sections_of(material, manifest, &names, &scale)
}

/// The scale of an input as its plugin asks for it.
fn input_scale(material: &Material<'_>, input: &RawInput) -> Option<AnswerScale> {
    Some(labelled(&points(input.range)?, &meaning_of(material, input)))
}

/// What the points of an input mean, as its question says.
fn meaning_of(material: &Material<'_>, input: &RawInput) -> Vec<(f64, String)> {
    input.ask.as_ref().map(|ask| split_meaning(ask.get(material.lang)).1).unwrap_or_default()
}

/// Items by the scores that the plugin makes of them (`row_mean(…)`), the others under the plugin's title.
fn sections_of(material: &Material<'_>, manifest: &Manifest, names: &[String], scale: &AnswerScale) -> Vec<Section> {
    let lang = material.lang;
    let item = |name: &String| {
        let input = manifest.inputs.get(name)?;
        let title = input.title.as_ref().or(input.ask.as_ref())?;
        Some(Item { input: name.clone(), title: title.get(lang).to_owned() })
    };
    let mut open: Vec<String> = names.to_vec();
    let mut sections = Vec::new();
    for metric in manifest.metrics.iter().filter(|metric| metric.variant_of.is_none()) {
        let Estimator::Mean { of, .. } = &metric.estimator else { continue };
        let Some(list) = of.trim().strip_prefix("row_mean(").and_then(|rest| rest.strip_suffix(')')) else { continue };
        let members: Vec<String> = list.split(',').map(|name| name.trim().to_owned()).collect();
        let taken: Vec<String> = open.iter().filter(|name| members.contains(name)).cloned().collect();
        open.retain(|name| !members.contains(name));
        let items: Vec<Item> = taken.iter().filter_map(item).collect();
        if !items.is_empty() {
            sections.push(Section { title: metric.title.get(lang).to_owned(), scale: scale.clone(), items });
        }
    }
    let rest: Vec<Item> = open.iter().filter_map(item).collect();
    if !rest.is_empty() {
        sections.push(Section { title: manifest.title.get(lang).to_owned(), scale: scale.clone(), items: rest });
    }
    sections
}
