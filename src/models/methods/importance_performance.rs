//! Importance-performance analysis as a model: importance asked beside performance, or derived from an outcome; four quadrants.

use std::sync::Arc;

use crate::diagnostics::messages::models as messages;
use crate::diagnostics::{Diagnostic, Localized, LocalizedTexts, lang_texts};
use crate::models::importance_performance::{
    Cuts, ImportancePerformance, ImportancePerformanceError, Position, Quadrant, derived, stated,
};
use crate::models::methods::drivers::Decomposition;
use crate::models::methods::problem_of_moments;
use crate::models::registry::{ItemInfo, Method, Need};
use crate::models::{Cell, Fit, Frame, Measure, Model, ModelProblem, Row, Table, options::Options};

/// The method in the registry.
pub const METHOD: Method = Method {
    name: "importance_performance",
    outcome: |spec| !spec.items.iter().any(|item| item.expressions.contains_key("importance")),
    group: |_| Need::No,
    fewest_items: 2,
    most_items: usize::MAX,
    keys: &["of"],
    optional_keys: &["importance"],
    replicates: 1000,
    build,
};

#[derive(Debug)]
struct Map {
    /// How importance is derived; `None` where it is asked.
    derive: Option<Decomposition>,
    cuts: Cuts,
}

fn build(options: &mut Options<'_>, items: &[ItemInfo]) -> Option<Arc<dyn Model>> {
    let asked = items.iter().any(|item| item.keys.contains(&"importance"));
    let by = if asked {
        None
    } else {
        Some(match options.choice("derive", &["relative_weights", "shapley"], "relative_weights") {
            "shapley" => Decomposition::Shapley,
            _ => Decomposition::RelativeWeights,
        })
    };
    let words: &[&'static str] =
        if asked { &["grand_means", "medians", "midpoints"] } else { &["grand_means", "medians"] };
    let cuts = match options.choice("cuts", words, "grand_means") {
        "medians" => Cuts::Medians,
        "midpoints" => {
            let Some([low, high]) = items.iter().find_map(|item| item.range) else {
                options.problem("cuts", Diagnostic::error(&messages::RANGE_NEEDED).arg("option", "cuts: midpoints"));
                return None;
            };
            Cuts::midpoints((low, high), (low, high))
        }
        _ => Cuts::GrandMeans,
    };
    Some(Arc::new(Map { derive: by, cuts }))
}

impl Model for Map {
    fn fit(&self, frame: &Frame, weights: &[f64]) -> Result<Fit, ModelProblem> {
        let performance = frame.item_values();
        let found = match self.derive {
            Some(by) => {
                let shares = by.shares(frame, weights)?;
                let importance: Vec<f64> = shares.rescaled.iter().map(|share| 100.0 * share).collect();
                derived(&importance, &performance, weights, self.cuts)
            }
            None => {
                let importance: Vec<&[f64]> = frame.items.iter().map(|item| item.columns[1].as_slice()).collect();
                stated(&importance, &performance, weights, self.cuts)
            }
        };
        let found = found.map_err(|error| problem(&error, frame))?;
        let values = vec![
            self.importance("importance_cut", "重要性分界", "cut of importance").value(found.importance_cut),
            Measure::new("performance_cut", "表现分界", "cut of performance").decimals(2).value(found.performance_cut),
        ];
        Ok(Fit { values, tables: vec![self.table(&found, frame)], notes: Vec::new() })
    }

    fn method(&self) -> Localized {
        let cuts = match self.cuts {
            Cuts::GrandMeans => lang_texts("各题项的总均值", "the means over the items"),
            Cuts::Medians => lang_texts("各题项的中位数", "the medians over the items"),
            Cuts::At { .. } => lang_texts("量表中点", "the middle of the scale"),
        };
        let importance = match self.derive {
            None => lang_texts("受访者给出的重要性均值", "the mean of the importance that was asked"),
            Some(Decomposition::RelativeWeights) => lang_texts("由相对权重得出", "derived by relative weights"),
            Some(Decomposition::Shapley) => lang_texts("由 Shapley 分解得出", "derived by Shapley values"),
        };
        let text = |texts: &LocalizedTexts, lang| texts.get(lang).to_owned();
        let (zh, en) = (crate::diagnostics::Lang::ZhCn, crate::diagnostics::Lang::En);
        Localized::PerLang(lang_texts(
            format!(
                "重要性-表现分析（Martilla 与 James 1977）：重要性{}，表现为均值；分界为{}",
                text(&importance, zh),
                text(&cuts, zh)
            ),
            format!(
                "importance-performance analysis (Martilla and James 1977): importance is {}, performance a mean; cut at {}",
                text(&importance, en),
                text(&cuts, en)
            ),
        ))
    }
}

impl Map {
    /// A measure on the axis of importance: percent where derived, a score where asked.
    fn importance(&self, id: &str, zh_cn: &str, en: &str) -> Measure {
        let measure = Measure::new(id, zh_cn, en).decimals(2);
        if self.derive.is_some() { measure.percent() } else { measure }
    }

    fn table(&self, found: &ImportancePerformance, frame: &Frame) -> Table {
        let mut measures = vec![
            self.importance("importance", "重要性", "importance").with_interval(),
            Measure::new("performance", "表现", "performance").decimals(2).with_interval(),
        ];
        if self.derive.is_none() {
            measures.push(
                Measure::new("gap", "差距（表现 − 重要性）", "gap (performance − importance)")
                    .decimals(2)
                    .with_interval(),
            );
        }
        measures.push(Measure::new("quadrant", "象限", "quadrant"));
        measures.push(Measure::new("stability", "象限稳定度", "stays in its quadrant").of_stability());
        let cells = |position: &Position| {
            let mut cells = vec![Cell::from(position.importance), Cell::from(position.performance)];
            if self.derive.is_none() {
                cells.push(Cell::from(position.gap));
            }
            cells.push(Cell::Text(Localized::PerLang(quadrant(position.quadrant))));
            cells.push(Cell::Empty);
            cells
        };
        let rows = frame.items.iter().zip(&found.items);
        Table {
            id: "items".to_owned(),
            title: Localized::PerLang(lang_texts("重要性与表现", "Importance and performance")),
            row_title: Localized::PerLang(lang_texts("题项", "item")),
            measures,
            rows: rows
                .map(|(item, position)| Row { id: item.id.clone(), title: item.title.clone(), cells: cells(position) })
                .collect(),
        }
    }
}

fn quadrant(quadrant: Quadrant) -> LocalizedTexts {
    match quadrant {
        Quadrant::KeepUp => lang_texts("继续保持", "keep up"),
        Quadrant::ConcentrateHere => lang_texts("优先改进", "concentrate here"),
        Quadrant::LowPriority => lang_texts("次要", "low priority"),
        Quadrant::PossibleOverkill => lang_texts("可能过度", "possible overkill"),
    }
}

fn problem(error: &ImportancePerformanceError, frame: &Frame) -> ModelProblem {
    match error {
        ImportancePerformanceError::Moments(error) => problem_of_moments(error, frame),
        ImportancePerformanceError::Items { .. } | ImportancePerformanceError::Position { .. } => {
            ModelProblem::Other { problem: lang_texts("有题项无法定位", error.to_string()) }
        }
    }
}
