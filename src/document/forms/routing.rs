//! Who is asked what: a question is put to those whom the metrics over it count (their bases), or to whom the project says
//! (`only_if`). Here the conditions are found and turned into the words of a paper questionnaire: where to go on after a no,
//! and who is meant where that does not suffice.

use std::collections::HashMap;

use crate::config::validate::names_in;
use crate::document::blocks::FormItem;
use crate::document::material::Material;
use crate::plugins::manifest::{Manifest, MetricSpec};

/// An item with the columns that it asks.
pub(super) struct Placed {
    /// As it is printed, not yet numbered.
    pub item: FormItem,
    /// Its columns: one, or the rows of a matrix.
    pub columns: Vec<String>,
    /// Yes-or-no columns to which a yes is needed; all of them where there are several.
    pub gates: Vec<String>,
}

/// Columns to which a yes is needed before a column is asked.
pub(super) fn gates(material: &Material<'_>, column: &str) -> Vec<String> {
    let project = &material.inputs.project.raw;
    if let Some(gate) = project.columns.get(column).and_then(|held| held.only_if.clone()) {
        return vec![gate];
    }
    let mut found: Option<Vec<String>> = None;
    for (plugin, used) in &project.plugins {
        let Some(manifest) = material.inputs.plugins.get(plugin).map(|held| &held.manifest) else { continue };
        for (input, _) in used.inputs.iter().filter(|(_, expression)| *expression == column) {
            let needed = input_gates(manifest, input);
            let columns: Vec<String> = needed.iter().filter_map(|name| used.inputs.get(name).cloned()).collect();
            found = Some(match found {
                Some(held) => held.into_iter().filter(|name| columns.contains(name)).collect(),
                None => columns,
            });
        }
    }
    let mut found = found.unwrap_or_default();
    found.retain(|gate| gate != column && project.columns.contains_key(gate));
    found
}

/// Inputs that must be true wherever an input is counted: what all metrics that read it have in common, those that stand for
/// themselves before their variants. An input that is itself a base is asked of all.
fn input_gates(manifest: &Manifest, input: &str) -> Vec<String> {
    let is_base = |metric: &MetricSpec| metric.base.as_deref().is_some_and(|base| terms(base).contains(&input));
    let reads = |metric: &&MetricSpec| metric.estimator.reads(input);
    let all: Vec<&MetricSpec> = manifest.metrics.iter().filter(reads).collect();
    let main: Vec<&MetricSpec> = all.iter().copied().filter(|metric| metric.variant_of.is_none()).collect();
    let counted = if main.is_empty() { &all } else { &main };
    if counted.is_empty() && manifest.metrics.iter().any(is_base) {
        return Vec::new();
    }
    let needed = |metric: &MetricSpec| -> Vec<String> {
        let base = metric.base.iter().flat_map(|base| terms(base));
        let before = metric.estimator.expressions().into_iter().flat_map(|(_, text)| {
            terms(text).into_iter().take_while(|term| !names_in(term).any(|name| name == input)).collect::<Vec<_>>()
        });
        base.chain(before).filter(|term| manifest.inputs.contains_key(*term)).map(str::to_owned).collect()
    };
    let mut common: Option<Vec<String>> = None;
    for metric in counted {
        let own = needed(metric);
        common = Some(match common {
            Some(held) => held.into_iter().filter(|name| own.contains(name)).collect(),
            None => own,
        });
    }
    let mut common = common.unwrap_or_default();
    common.dedup();
    common
}

/// The parts of an expression that all have to hold; none where it holds in more than one way.
fn terms(text: &str) -> Vec<&str> {
    let mut depth = 0_i32;
    let mut starts = vec![0];
    let mut ends = Vec::new();
    for (place, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            ' ' if depth == 0 => {
                let rest = text.get(place..).unwrap_or_default();
                let word = rest.get(..5).unwrap_or_default();
                if word.eq_ignore_ascii_case(" and ") {
                    ends.push(place);
                    starts.push(place + 5);
                } else if rest.get(..4).unwrap_or_default().eq_ignore_ascii_case(" or ") {
                    return Vec::new();
                }
            }
            _ => {}
        }
    }
    ends.push(text.len());
    starts.iter().zip(ends).filter_map(|(&start, end)| text.get(start..end).map(str::trim)).collect()
}

/// Numbers the items and adds to their remarks who is meant and where to go on.
pub(super) fn numbered(material: &Material<'_>, mut placed: Vec<Placed>) -> Vec<FormItem> {
    let mut next = 0;
    let mut numbers: Vec<Option<u32>> = Vec::new();
    for held in &mut placed {
        let number = match &mut held.item {
            FormItem::Question { number, .. } | FormItem::Matrix { number, .. } => {
                next += 1;
                *number = Some(next);
                *number
            }
            FormItem::Section { .. } | FormItem::Fields { .. } => None,
        };
        numbers.push(number);
    }
    let place: HashMap<&str, usize> = placed
        .iter()
        .enumerate()
        .filter(|(_, held)| held.columns.len() == 1)
        .map(|(index, held)| (held.columns[0].as_str(), index))
        .collect();
    // The gate asked last says most: who is no guest has not complained either.
    let gate = |index: usize| -> Option<usize> {
        placed[index]
            .gates
            .iter()
            .filter_map(|name| place.get(name.as_str()).copied())
            .filter(|&held| held < index)
            .max()
    };
    let gate_of: Vec<Option<usize>> = (0..placed.len()).map(gate).collect();
    let depends = |index: usize, on: usize| {
        let mut held = gate_of.get(index).copied().flatten();
        while let Some(place) = held {
            if place == on {
                return true;
            }
            held = gate_of.get(place).copied().flatten();
        }
        false
    };
    let mut remarks: Vec<Vec<String>> = vec![Vec::new(); placed.len()];
    for (index, gate) in gate_of.iter().enumerate() {
        let Some(gate) = *gate else { continue };
        let passed_over = (gate + 1..=index).all(|between| depends(between, gate));
        if let Some(number) = numbers[gate].filter(|_| !passed_over) {
            let words = [("number", number.to_string())];
            let only = fill(
                material,
                "form_only_if",
                &words,
                "（第{number}题选“是”者回答）",
                "(only if Yes to question {number})",
            );
            remarks[index].push(only);
            // Where questions that hang on the same gate follow, all others have to be led past them.
            let end = (index + 1..placed.len()).find(|&later| !depends(later, gate)).unwrap_or(placed.len());
            if end > index + 1 {
                remarks[index].push(match numbers[end..].iter().flatten().next() {
                    Some(target) => {
                        let words = [("number", target.to_string())];
                        fill(
                            material,
                            "form_others",
                            &words,
                            "（其他人请跳到第{number}题）",
                            "(all others go to question {number})",
                        )
                    }
                    None => fill(
                        material,
                        "form_others_end",
                        &[],
                        "（其他人到此结束）",
                        "(all others have reached the end)",
                    ),
                });
            }
        }
    }
    for (index, remark) in remarks.iter_mut().enumerate() {
        let end = (index + 1..placed.len()).find(|&later| !depends(later, index)).unwrap_or(placed.len());
        if end == index + 1 {
            continue;
        }
        let target = numbers[end..].iter().flatten().next();
        remark.push(match target {
            Some(number) => {
                let words = [("number", number.to_string())];
                fill(material, "form_skip", &words, "（选“否”请跳到第{number}题）", "(if No, go to question {number})")
            }
            None => fill(material, "form_skip_end", &[], "（选“否”到此结束）", "(if No, you have reached the end)"),
        });
    }
    placed
        .into_iter()
        .zip(remarks)
        .map(|(held, remarks)| with_remarks(held.item, &remarks, material.lang.is_chinese()))
        .collect()
}

fn fill(material: &Material<'_>, key: &str, values: &[(&str, String)], zh_cn: &str, en: &str) -> String {
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    material.fill_or(key, &values, zh_cn, en)
}

fn with_remarks(item: FormItem, remarks: &[String], chinese: bool) -> FormItem {
    let between = if chinese { "" } else { " " };
    let joined = |held: &str| {
        let own = (!held.is_empty()).then_some(held);
        own.into_iter().chain(remarks.iter().map(String::as_str)).collect::<Vec<_>>().join(between)
    };
    match item {
        FormItem::Question { number, text, hint, answer } => {
            FormItem::Question { number, text, hint: joined(&hint), answer }
        }
        FormItem::Matrix { number, text, scale, rows } => {
            let text = if remarks.is_empty() { text } else { format!("{text}{between}{}", joined("")) };
            FormItem::Matrix { number, text, scale, rows }
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::terms;

    #[test]
    fn parts_of_a_condition_are_those_that_must_all_hold() {
        for (text, expected) in [
            ("aware", vec!["aware"]),
            ("first_choice AND strict_choice", vec!["first_choice", "strict_choice"]),
            ("customer and (a IS NOT NULL OR b = 2)", vec!["customer", "(a IS NOT NULL OR b = 2)"]),
            ("a OR b", vec![]),
            ("顾客 AND praise >= 4", vec!["顾客", "praise >= 4"]),
        ] {
            assert_eq!(terms(text), expected, "{text}");
        }
    }
}
