//! Too many answers in too short a time, as a model: how many there are, and from which sources.

use std::sync::Arc;

use crate::diagnostics::{Localized, lang_texts};
use crate::models::integrity::{BurstRule, bursts};
use crate::models::registry::{ItemInfo, Method, Need};
use crate::models::{Cell, Fit, Frame, Measure, Model, ModelProblem, Row, Table, options::Options};

/// Sources that are listed.
const LISTED: usize = 20;

/// The method in the registry: the outcome is the moment in seconds, the groups are the sources.
pub const METHOD: Method = Method {
    name: "bursts",
    outcome: |_| true,
    group: |_| Need::Optional,
    fewest_items: 0,
    most_items: 0,
    keys: &[],
    optional_keys: &[],
    replicates: 0,
    build,
};

#[derive(Debug)]
struct Bursts {
    rule: BurstRule,
}

fn build(options: &mut Options<'_>, _items: &[ItemInfo]) -> Option<Arc<dyn Model>> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and 100000")]
    let answers = options.number("answers", [1.0, 100_000.0], 5.0) as usize;
    let seconds = options.number("seconds", [1.0, 86_400.0], 60.0);
    Some(Arc::new(Bursts { rule: BurstRule { answers, seconds } }))
}

impl Model for Bursts {
    /// Answers with a moment and, where there are sources, with a source.
    fn cases(&self, frame: &Frame) -> Vec<bool> {
        let known = |row: usize| frame.groups.as_ref().is_none_or(|groups| groups.of_answers[row].is_some());
        frame.complete_cases().into_iter().enumerate().map(|(row, complete)| complete && known(row)).collect()
    }

    #[allow(clippy::cast_precision_loss, reason = "counts of answers are far below 2^53")]
    fn fit(&self, frame: &Frame, _weights: &[f64]) -> Result<Fit, ModelProblem> {
        let times = frame.outcome.as_ref().map_or(&[][..], |outcome| outcome.values.as_slice());
        let times: Vec<Option<f64>> = times.iter().map(|time| Some(*time)).collect();
        let sources = frame.groups.as_ref().map(|groups| groups.of_answers.as_slice());
        let flags = bursts(&times, sources, self.rule)
            .map_err(|error| ModelProblem::Other { problem: lang_texts("时间不完整", error.to_string()) })?;
        let flagged = flags.iter().filter(|flag| **flag).count();
        let values = vec![
            Measure::new("share", "突击提交的答卷", "answers in a burst")
                .percent()
                .value(100.0 * flagged as f64 / frame.len() as f64),
            Measure::new("answers", "突击提交的答卷数", "number of them").decimals(0).value(flagged as f64),
        ];
        Ok(Fit { values, tables: sources_table(frame, &flags).into_iter().collect(), notes: Vec::new() })
    }

    fn method(&self) -> Localized {
        let BurstRule { answers, seconds } = self.rule;
        Localized::PerLang(lang_texts(
            format!(
                "突击提交：处于任一 {seconds} 秒的时段内（含两端），且该时段内（同一来源）的答卷多于 {answers} 份；不加权"
            ),
            format!(
                "bursts: within any {seconds} seconds, ends included, that hold more than {answers} answers (of one source); unweighted"
            ),
        ))
    }
}

/// The sources with the most answers in bursts; no table without sources.
#[allow(clippy::cast_precision_loss, reason = "counts of answers are far below 2^53")]
fn sources_table(frame: &Frame, flags: &[bool]) -> Option<Table> {
    let groups = frame.groups.as_ref()?;
    let mut counts = vec![(0usize, 0usize); groups.names.len()];
    for (source, flag) in groups.of_answers.iter().zip(flags) {
        if let Some(source) = source {
            counts[*source].0 += 1;
            counts[*source].1 += usize::from(*flag);
        }
    }
    let mut found: Vec<usize> = (0..counts.len()).filter(|source| counts[*source].1 > 0).collect();
    found.sort_by(|a, b| counts[*b].1.cmp(&counts[*a].1).then(a.cmp(b)));
    found.truncate(LISTED);
    let row = |source: &usize| Row {
        id: groups.names[*source].clone(),
        title: Localized::from(groups.names[*source].as_str()),
        cells: vec![Cell::from(counts[*source].0 as f64), Cell::from(counts[*source].1 as f64)],
    };
    Some(Table {
        id: "sources".to_owned(),
        title: Localized::PerLang(lang_texts("突击提交的来源", "Sources of bursts")),
        row_title: Localized::PerLang(lang_texts("来源", "source")),
        measures: vec![
            Measure::new("answers", "答卷数", "answers").decimals(0),
            Measure::new("flagged", "突击提交", "in a burst").decimals(0),
        ],
        rows: found.iter().map(row).collect(),
    })
}
