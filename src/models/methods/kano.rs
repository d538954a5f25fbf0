//! Kano analysis as a model: a row a feature, with the shares of its categories and its coefficients. Each feature is judged by
//! all who answered both of its questions.

use std::sync::Arc;

use crate::diagnostics::{Localized, lang_texts};
use crate::models::kano::{Category, Kano, KanoError, kano};
use crate::models::methods::problem_of_moments;
use crate::models::registry::{ItemInfo, Method, Need};
use crate::models::{Cell, Fit, Frame, Item, Measure, Model, ModelProblem, Row, Table, options::Options};

/// The method in the registry.
pub const METHOD: Method = Method {
    name: "kano",
    outcome: |_| false,
    group: |_| Need::No,
    fewest_items: 1,
    most_items: usize::MAX,
    keys: &["functional", "dysfunctional"],
    optional_keys: &[],
    replicates: 1000,
    build: |_: &mut Options<'_>, _: &[ItemInfo]| Some(Arc::new(Features)),
};

#[derive(Debug)]
struct Features;

/// Answers to both questions of a feature.
fn answered(item: &Item, row: usize) -> bool {
    item.columns.iter().all(|column| column[row].is_finite())
}

impl Model for Features {
    /// Whoever answered both questions of any feature.
    fn cases(&self, frame: &Frame) -> Vec<bool> {
        (0..frame.len()).map(|row| frame.items.iter().any(|item| answered(item, row))).collect()
    }

    fn fit(&self, frame: &Frame, weights: &[f64]) -> Result<Fit, ModelProblem> {
        let mut rows = Vec::with_capacity(frame.items.len());
        for item in &frame.items {
            let kept: Vec<usize> = (0..frame.len()).filter(|row| answered(item, *row)).collect();
            let pick = |values: &[f64]| kept.iter().map(|row| values[*row]).collect::<Vec<f64>>();
            let found = kano(&pick(&item.columns[0]), &pick(&item.columns[1]), &pick(weights));
            let found = found.map_err(|error| problem(&error, item, frame))?;
            rows.push(Row { id: item.id.clone(), title: item.title.clone(), cells: cells(&found) });
        }
        let mut measures = vec![Measure::new("category", "类别", "category")];
        measures.extend(Category::ALL.map(|category| {
            let [zh, en] = name(category);
            Measure::new(&category.letter().to_string(), zh, en).percent()
        }));
        measures.extend([
            Measure::new("category_strength", "类别强度", "category strength").percent(),
            Measure::new("total_strength", "总强度", "total strength").percent(),
            Measure::new("better", "满意系数", "better").decimals(2).with_interval(),
            Measure::new("worse", "不满意系数", "worse").decimals(2).with_interval(),
            Measure::new("n", "n", "n").decimals(0),
        ]);
        let table = Table {
            id: "features".to_owned(),
            title: Localized::PerLang(lang_texts("Kano 类别", "Kano categories")),
            row_title: Localized::PerLang(lang_texts("特性", "feature")),
            measures,
            rows,
        };
        Ok(Fit { values: Vec::new(), tables: vec![table], notes: Vec::new() })
    }

    fn method(&self) -> Localized {
        Localized::PerLang(lang_texts(
            "Kano 分析（Kano 1984；对照表与系数 Berger 等 1993）：满意系数 (A+O)/(A+O+M+I)，不满意系数 −(O+M)/(A+O+M+I)；答案 1 喜欢、2 理应如此、3 无所谓、4 可以忍受、5 不喜欢",
            "Kano analysis (Kano 1984; table and coefficients of Berger et al. 1993): better (A+O)/(A+O+M+I), worse −(O+M)/(A+O+M+I); answers 1 like, 2 must be, 3 neutral, 4 live with, 5 dislike",
        ))
    }
}

#[allow(clippy::cast_precision_loss, reason = "counts of answers are far below 2^53")]
fn cells(found: &Kano) -> Vec<Cell> {
    let [zh, en] = name(found.category);
    let letter = found.category.letter();
    let category = Localized::PerLang(lang_texts(format!("{letter} {zh}"), format!("{letter} {en}")));
    let mut cells = vec![Cell::Text(category)];
    cells.extend(found.categories.iter().map(|place| Cell::from(100.0 * place.share)));
    cells.extend([
        Cell::from(100.0 * found.category_strength),
        Cell::from(100.0 * found.total_strength),
        Cell::from(found.better),
        Cell::from(found.worse),
        Cell::from(found.rows as f64),
    ]);
    cells
}

fn name(category: Category) -> [&'static str; 2] {
    match category {
        Category::MustBe => ["必备", "must-be"],
        Category::OneDimensional => ["期望", "one-dimensional"],
        Category::Attractive => ["魅力", "attractive"],
        Category::Indifferent => ["无差异", "indifferent"],
        Category::Reverse => ["反向", "reverse"],
        Category::Questionable => ["可疑", "questionable"],
    }
}

fn problem(error: &KanoError, item: &Item, frame: &Frame) -> ModelProblem {
    match error {
        KanoError::Moments(error) => problem_of_moments(error, frame),
        KanoError::Answer { .. } => ModelProblem::Other {
            problem: lang_texts(
                format!("`{}` 含有 1 到 5 以外的答案", item.id),
                format!("`{}` has answers other than 1 to 5", item.id),
            ),
        },
    }
}
