//! A funnel of stages as a model: how many cases pass each stage of those that passed the one before, and where most are lost.

use std::sync::Arc;

use crate::diagnostics::{Lang, Localized, lang_texts};
use crate::models::registry::{ItemInfo, Method, Need};
use crate::models::stages::{Stage, largest_leak, stages};
use crate::models::{Cell, Fit, Frame, Measure, Model, ModelProblem, Row, Table, options::Options};

/// The method in the registry. The items are the stages in order; Wilson's intervals take the place of a bootstrap.
pub const METHOD: Method = Method {
    name: "funnel",
    outcome: |_| false,
    group: |_| Need::No,
    fewest_items: 2,
    most_items: usize::MAX,
    keys: &["of"],
    optional_keys: &[],
    replicates: 0,
    build,
};

#[derive(Debug)]
struct Stages {
    confidence: f64,
}

fn build(options: &mut Options<'_>, _items: &[ItemInfo]) -> Option<Arc<dyn Model>> {
    Some(Arc::new(Stages { confidence: options.confidence }))
}

impl Model for Stages {
    /// Cases of which the first stage is known; what is unknown later is left out there.
    fn cases(&self, frame: &Frame) -> Vec<bool> {
        frame
            .items
            .first()
            .map_or_else(Vec::new, |first| first.values().iter().map(|value| value.is_finite()).collect())
    }

    fn fit(&self, frame: &Frame, weights: &[f64]) -> Result<Fit, ModelProblem> {
        let found = stages(&frame.item_values(), weights, self.confidence);
        let leak = largest_leak(&found);
        let percent = |share: Option<f64>| share.map(|share| 100.0 * share);
        let mut values = vec![
            Measure::new("through", "走完全程的比例", "share that passes every stage")
                .percent()
                .value(found.last().and_then(|last| percent(last.through))),
        ];
        if let Some((leak, share)) = leak.and_then(|leak| Some((leak, found[leak].share?))) {
            let name = |lang| frame.items[leak].title.get(lang).to_owned();
            let measure = Measure::new("largest_leak", "", "").percent();
            let title = Localized::PerLang(lang_texts(
                format!("最大流失环节“{}”的流失率", name(Lang::ZhCn)),
                format!("lost at the largest leak, “{}”", name(Lang::En)),
            ));
            let mut value = Measure { title, ..measure }.value(100.0 * (1.0 - share.share));
            value.ci = Some([100.0 * (1.0 - share.interval.upper), 100.0 * (1.0 - share.interval.lower)]);
            values.push(value);
        } else {
            values.push(
                Measure::new("largest_leak", "最大流失环节的流失率", "lost at the largest leak").percent().value(None),
            );
        }
        Ok(Fit { values, tables: vec![table(&found, leak, frame)], notes: notes(&found) })
    }

    fn method(&self) -> Localized {
        Localized::PerLang(lang_texts(
            "漏斗：通过某环节的加权比例，以通过前一环节且本环节结果已知者为基数；区间为 Wilson（1927）区间，加权时以有效个数代替个数；流失最多的环节为漏点",
            "funnel: the weighted share that passes a stage, of those that passed the one before and are known at this one; Wilson intervals (1927), on the effective number of cases where there are weights; the leak is where most cases are lost",
        ))
    }
}

#[allow(clippy::cast_precision_loss, reason = "counts of cases are far below 2^53")]
fn table(found: &[Stage], leak: Option<usize>, frame: &Frame) -> Table {
    let row = |(number, stage): (usize, &Stage)| {
        let share = stage.share.map_or(Cell::Empty, |share| Cell::Estimate {
            number: 100.0 * share.share,
            ci: [100.0 * share.interval.lower, 100.0 * share.interval.upper],
        });
        let mark = Cell::Text(Localized::PerLang(lang_texts("最大流失", "largest leak")));
        Row {
            id: frame.items[number].id.clone(),
            title: frame.items[number].title.clone(),
            cells: vec![
                Cell::from(stage.before as f64),
                Cell::from(stage.known as f64),
                Cell::from(stage.passed as f64),
                share,
                Cell::from(stage.through.map(|through| 100.0 * through)),
                Cell::from((stage.known - stage.passed) as f64),
                if leak == Some(number) { mark } else { Cell::Empty },
            ],
        }
    };
    Table {
        id: "stages".to_owned(),
        title: Localized::PerLang(lang_texts("漏斗", "Funnel")),
        row_title: Localized::PerLang(lang_texts("环节", "stage")),
        measures: vec![
            Measure::new("before", "进入", "came to it").decimals(0),
            Measure::new("known", "结果已知", "known").decimals(0),
            Measure::new("passed", "通过", "passed").decimals(0),
            Measure::new("share", "通过率", "passed, of those known").percent(),
            Measure::new("through", "累计通过率", "passed all so far").percent(),
            Measure::new("lost", "流失", "lost").decimals(0),
            Measure::new("leak", "漏点", "leak"),
        ],
        rows: found.iter().enumerate().map(row).collect(),
    }
}

fn notes(found: &[Stage]) -> Vec<Localized> {
    let unknown: usize = found.iter().map(|stage| stage.before - stage.known).sum();
    let note = Localized::PerLang(lang_texts(
        format!("有 {unknown} 件在某一环节结果未知，自该环节起不计入"),
        format!("{unknown} cases are unknown at some stage and left out from there on"),
    ));
    if unknown > 0 { vec![note] } else { Vec::new() }
}
