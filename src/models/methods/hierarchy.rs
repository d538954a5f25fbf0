//! An index hierarchy as a model: items put together over one to three levels into an index from 0 to 100, with weights that are
//! given, judged in pairs, taken from how far groups differ, or derived from an outcome.

use std::sync::Arc;

use serde_json::Value as Json;

use crate::diagnostics::{Lang, Localized, lang_texts};
use crate::models::ahp::{RandomIndex, WeightMethod};
use crate::models::entropy::{Direction, Normalisation, ObjectiveWeightError, entropy_weights};
use crate::models::hierarchy::{Hierarchy, Node};
use crate::models::methods::hierarchy_parts::{Judging, Siblings, Source, Tree, read_tree};
use crate::models::registry::{ItemInfo, Method, Need};
use crate::models::regression::RegressionError;
use crate::models::relative_weights::relative_weights;
use crate::models::{Cell, Fit, Frame, Measure, Model, ModelProblem, Row, Table, options::Options};
use crate::plugins::ModelSpec;

/// The method in the registry: an outcome for derived weights, groups for those by entropy.
pub const METHOD: Method = Method {
    name: "hierarchy",
    outcome: |spec| asks_for(spec, "derived"),
    group: |spec| if asks_for(spec, "entropy") { Need::Yes } else { Need::No },
    fewest_items: 1,
    most_items: usize::MAX,
    keys: &["of"],
    optional_keys: &[],
    replicates: 1000,
    build,
};

/// True if the weights of any siblings are of this kind.
fn asks_for(spec: &ModelSpec, kind: &str) -> bool {
    fn below(value: &Json, kind: &str) -> bool {
        value.get("weights").is_some_and(|weights| weights.as_str() == Some(kind))
            || value
                .get("parts")
                .and_then(Json::as_object)
                .is_some_and(|parts| parts.values().any(|part| below(part, kind)))
    }
    spec.options.get("weights").is_some_and(|weights| weights.as_str() == Some(kind))
        || spec
            .options
            .get("parts")
            .and_then(Json::as_object)
            .is_some_and(|parts| parts.values().any(|part| below(part, kind)))
}

#[derive(Debug)]
struct Index {
    tree: Tree,
    judging: Judging,
    normalisation: Normalisation,
    /// Lowest and highest possible value of each item.
    ranges: Vec<[f64; 2]>,
}

fn build(options: &mut Options<'_>, items: &[ItemInfo]) -> Option<Arc<dyn Model>> {
    let method = match options.choice("priorities", &["eigenvector", "geometric_mean"], "eigenvector") {
        "geometric_mean" => WeightMethod::GeometricMean,
        _ => WeightMethod::Eigenvector,
    };
    let tables = ["saaty_1980", "saaty_2005", "donegan_dodd_1991"];
    let table = match options.choice("random_index", &tables, "saaty_1980") {
        "saaty_2005" => RandomIndex::Saaty2005,
        "donegan_dodd_1991" => RandomIndex::DoneganDodd1991,
        _ => RandomIndex::Saaty1980,
    };
    let normalisation = match options.choice("normalisation", &["min_max", "share"], "min_max") {
        "share" => Normalisation::Share,
        _ => Normalisation::MinMax,
    };
    let judging = Judging { method, table };
    let tree = read_tree(options, items, judging)?;
    let ranges = items.iter().map(|item| item.range).collect::<Option<Vec<_>>>()?;
    Some(Arc::new(Index { tree, judging, normalisation, ranges }))
}

impl Model for Index {
    /// Whoever answered any item: each item has its own base.
    fn cases(&self, frame: &Frame) -> Vec<bool> {
        (0..frame.len()).map(|row| frame.items.iter().any(|item| item.values()[row].is_finite())).collect()
    }

    fn fit(&self, frame: &Frame, weights: &[f64]) -> Result<Fit, ModelProblem> {
        let count = self.tree.parts.len();
        let mut scores: Vec<Vec<f64>> = vec![Vec::new(); count];
        for (part, score) in self.tree.parts.iter().zip(&mut scores) {
            if let Some(item) = part.item {
                let [low, high] = self.ranges[item];
                let points = frame.items[item].values().iter().map(|value| 100.0 * (value - low) / (high - low));
                *score = points.map(|points| if part.reverse { 100.0 - points } else { points }).collect();
            }
        }
        let values: Vec<Option<f64>> =
            scores.iter().zip(&self.tree.parts).map(|(score, part)| part.item.and(mean(score, weights))).collect();
        // From the lowest level up, as the scores of a part rest on the weights below it.
        let mut local = vec![0.0; count];
        for siblings in self.tree.siblings.iter().rev() {
            let found = self.local_weights(siblings, &scores, frame, weights)?;
            siblings.members.iter().zip(&found).for_each(|(member, weight)| local[*member] = *weight);
            if let Some(parent) = siblings.parent {
                scores[parent] = mixed(siblings, &found, &scores, frame.len());
            }
        }
        let tree = Hierarchy::new(&self.tree.parents(), &local).map_err(|_| no_weights())?;
        let total = tree.total(&values);
        let mut fit = Fit { notes: self.notes(), ..Fit::default() };
        fit.values.push(Measure::new("index", "指数", "index").decimals(1).with_interval().value(total));
        let indices = tree.roll_up(&values);
        for (part, index) in self.tree.parts.iter().zip(&indices).filter(|(part, _)| part.item.is_none()) {
            let measure = Measure::new(&format!("index_{}", part.id), "", "").decimals(1).with_interval();
            let title = Localized::PerLang(lang_texts(
                format!("{}指数", part.title.get(Lang::ZhCn)),
                format!("{}: index", part.title.get(Lang::En)),
            ));
            fit.values.push(Measure { title, ..measure }.value(*index));
        }
        fit.tables.push(self.parts(&tree, &indices, &scores));
        fit.tables.extend(self.judgements());
        Ok(fit)
    }

    fn method(&self) -> Localized {
        let of = |kind: fn(&Source) -> bool| self.tree.siblings.iter().any(|siblings| kind(&siblings.source));
        let (mut zh, mut en) = (vec!["直接给定"], vec!["given"]);
        if !of(|source| *source == Source::Given) {
            (zh, en) = (Vec::new(), Vec::new());
        }
        if of(|source| matches!(source, Source::Judged(_))) {
            match self.judging.method {
                WeightMethod::Eigenvector => {
                    zh.push("层次分析法（主特征向量，Saaty 1980）");
                    en.push("AHP (principal eigenvector, Saaty 1980)");
                }
                WeightMethod::GeometricMean => {
                    zh.push("层次分析法（几何平均，Crawford 与 Williams 1985）");
                    en.push("AHP (geometric means, Crawford and Williams 1985)");
                }
            }
        }
        if of(|source| *source == Source::Entropy) {
            zh.push("熵值法（反映各组之间的差异，不反映重要性）");
            en.push("entropy (how far the groups differ, not what is important)");
        }
        if of(|source| *source == Source::Derived) {
            zh.push("由结果变量推得（相对权重，Johnson 2000）");
            en.push("derived from the outcome (relative weights, Johnson 2000)");
        }
        Localized::PerLang(lang_texts(
            format!("指标体系：题项均值换算为 0–100，逐层按权重加权平均；权重：{}", zh.join("、")),
            format!(
                "index hierarchy: means of items on 0 to 100, averaged by weight level by level; weights: {}",
                en.join(", ")
            ),
        ))
    }
}

/// Weighted mean of the known values.
fn mean(values: &[f64], weights: &[f64]) -> Option<f64> {
    let known = || values.iter().zip(weights).filter(|(value, _)| value.is_finite());
    let total: f64 = known().map(|(_, weight)| weight).sum();
    (total > 0.0).then(|| known().map(|(value, weight)| value * weight).sum::<f64>() / total)
}

/// The score of each person over siblings; NaN where one that carries weight is unknown.
fn mixed(siblings: &Siblings, local: &[f64], scores: &[Vec<f64>], rows: usize) -> Vec<f64> {
    let carrying = || siblings.members.iter().zip(local).filter(|(_, weight)| **weight > 0.0);
    (0..rows).map(|row| carrying().map(|(member, weight)| weight * scores[*member][row]).sum()).collect()
}

fn no_weights() -> ModelProblem {
    ModelProblem::Other { problem: lang_texts("各部分没有权重", "the parts have no weights") }
}

impl Index {
    /// Weights of siblings, with sum 1.
    fn local_weights(
        &self,
        siblings: &Siblings,
        scores: &[Vec<f64>],
        frame: &Frame,
        weights: &[f64],
    ) -> Result<Vec<f64>, ModelProblem> {
        let members = || siblings.members.iter().map(|member| &scores[*member]);
        match &siblings.source {
            _ if siblings.members.len() == 1 => Ok(vec![1.0]),
            Source::Given => {
                let given: Vec<f64> = siblings.members.iter().map(|member| self.tree.parts[*member].weight).collect();
                let total: f64 = given.iter().sum();
                Ok(given.iter().map(|weight| weight / total).collect())
            }
            Source::Judged(found) => Ok(found.weights.clone()),
            Source::Derived => {
                let outcome = frame.outcome.as_ref().map_or(&[][..], |outcome| outcome.values.as_slice());
                let known = |row: &usize| outcome[*row].is_finite() && members().all(|score| score[*row].is_finite());
                let rows: Vec<usize> = (0..frame.len()).filter(known).collect();
                let pick = |values: &[f64]| rows.iter().map(|row| values[*row]).collect::<Vec<f64>>();
                let columns: Vec<Vec<f64>> = members().map(|score| pick(score)).collect();
                let found = relative_weights(&columns, &pick(outcome), &pick(weights));
                found.map(|found| found.rescaled).map_err(|error| match error {
                    RegressionError::Singular => ModelProblem::Singular,
                    other => ModelProblem::Other {
                        problem: lang_texts(
                            "无法由结果变量推得权重",
                            format!("no weights follow from the outcome: {other}"),
                        ),
                    },
                })
            }
            Source::Entropy => {
                let matrix = group_means(&members().map(Vec::as_slice).collect::<Vec<_>>(), frame, weights);
                let directions = vec![Direction::Benefit; siblings.members.len()];
                let found =
                    entropy_weights(&matrix, &directions, self.normalisation).map_err(|error| ModelProblem::Other {
                        problem: match error {
                            ObjectiveWeightError::Size { .. } => lang_texts(
                                "熵值法至少需要两个各部分都有答案的组",
                                "entropy needs two groups with answers to every part",
                            ),
                            _ => lang_texts("各组在任何部分上都没有差异", "the groups differ in no part"),
                        },
                    })?;
                Ok(found.weights)
            }
        }
    }

    fn is_estimated(&self) -> bool {
        self.tree.siblings.iter().any(|siblings| matches!(siblings.source, Source::Entropy | Source::Derived))
    }

    fn notes(&self) -> Vec<Localized> {
        let mut notes = Vec::new();
        if self.tree.siblings.iter().any(|siblings| siblings.source == Source::Entropy) {
            notes.push(Localized::PerLang(lang_texts(
                "熵值法的权重反映各组差异的大小，不反映顾客看重什么",
                "weights by entropy say in which parts the groups differ, not what customers find important",
            )));
        }
        for (name, ratio) in self.inconsistent() {
            notes.push(Localized::PerLang(lang_texts(
                format!("“{}”的判断一致性比率为 {ratio:.3}，大于 0.1：判断相互矛盾", name.get(Lang::ZhCn)),
                format!(
                    "the judgements of “{}” have a consistency ratio of {ratio:.3}, above 0.1: they contradict each other",
                    name.get(Lang::En)
                ),
            )));
        }
        notes
    }

    /// The sets of siblings whose judgements contradict each other, with the consistency ratio.
    fn inconsistent(&self) -> Vec<(Localized, f64)> {
        let judged = self.tree.siblings.iter().filter_map(|siblings| match &siblings.source {
            Source::Judged(found) if found.consistent == Some(false) => {
                Some((self.name(siblings.parent), found.consistency_ratio?))
            }
            _ => None,
        });
        judged.collect()
    }

    /// Name of a part; the whole has none of its own.
    fn name(&self, part: Option<usize>) -> Localized {
        let whole = || Localized::PerLang(lang_texts("总指数", "the whole"));
        part.map_or_else(whole, |part| self.tree.parts[part].title.clone())
    }

    /// Parts in reading order: each followed by its own.
    fn reading_order(&self) -> Vec<usize> {
        fn visit(tree: &Tree, parent: Option<usize>, order: &mut Vec<usize>) {
            for siblings in tree.siblings.iter().filter(|siblings| siblings.parent == parent) {
                for member in &siblings.members {
                    order.push(*member);
                    visit(tree, Some(*member), order);
                }
            }
        }
        let mut order = Vec::with_capacity(self.tree.parts.len());
        visit(&self.tree, None, &mut order);
        order
    }

    #[allow(clippy::cast_precision_loss, reason = "levels and counts of answers are small")]
    fn parts(&self, tree: &Hierarchy, indices: &[Option<f64>], scores: &[Vec<f64>]) -> Table {
        let sure = |measure: Measure| if self.is_estimated() { measure.with_interval() } else { measure };
        let row = |part: usize| {
            let Node { level, local, global, .. } = tree.nodes[part];
            let source = self.tree.siblings.iter().find(|siblings| siblings.members.contains(&part));
            let answers = scores[part].iter().filter(|score| score.is_finite()).count();
            Row {
                id: self.tree.parts[part].id.clone(),
                title: self.tree.parts[part].title.clone(),
                cells: vec![
                    Cell::from(level as f64),
                    source.map_or(Cell::Empty, |siblings| Cell::Text(named(&siblings.source))),
                    Cell::from(100.0 * local),
                    Cell::from(100.0 * global),
                    Cell::from(indices[part]),
                    Cell::from(indices[part].map(|index| global * index)),
                    Cell::from(answers as f64),
                ],
            }
        };
        Table {
            id: "parts".to_owned(),
            title: Localized::PerLang(lang_texts("指标体系", "Index hierarchy")),
            row_title: Localized::PerLang(lang_texts("部分", "part")),
            measures: vec![
                Measure::new("level", "层次", "level").decimals(0),
                Measure::new("source", "权重来源", "weights"),
                sure(Measure::new("local", "层内权重", "local weight").percent()),
                sure(Measure::new("global", "总权重", "global weight").percent()),
                Measure::new("index", "指数", "index").decimals(1).with_interval(),
                Measure::new("contribution", "对总指数的贡献", "points of the whole").decimals(1).with_interval(),
                Measure::new("n", "n", "n").decimals(0),
            ],
            rows: self.reading_order().into_iter().map(row).collect(),
        }
    }

    /// How consistent the judgements are; no table without any.
    #[allow(clippy::cast_precision_loss, reason = "numbers of parts are small")]
    fn judgements(&self) -> Option<Table> {
        let mut rows = Vec::new();
        for siblings in &self.tree.siblings {
            let Source::Judged(found) = &siblings.source else { continue };
            let id = siblings.parent.map_or("whole", |parent| self.tree.parts[parent].id.as_str());
            let title = |place: usize| &self.tree.parts[siblings.members[place]].title;
            let verdict = match found.consistent {
                Some(true) => Cell::Text(Localized::PerLang(lang_texts("一致", "consistent"))),
                Some(false) => Cell::Text(Localized::PerLang(lang_texts("相互矛盾", "contradictory"))),
                None => Cell::Empty,
            };
            let worst = found.worst.map_or(Cell::Empty, |worst| {
                let pair = |lang| format!("{} / {}", title(worst.row).get(lang), title(worst.column).get(lang));
                Cell::Text(Localized::PerLang(lang_texts(
                    format!("{}：{:.2}，其余意味着 {:.2}", pair(Lang::ZhCn), worst.given, worst.implied),
                    format!("{}: {:.2}, others imply {:.2}", pair(Lang::En), worst.given, worst.implied),
                )))
            });
            rows.push(Row {
                id: id.to_owned(),
                title: self.name(siblings.parent),
                cells: vec![
                    Cell::from(siblings.members.len() as f64),
                    Cell::from(found.lambda_max),
                    Cell::from(found.consistency_index),
                    Cell::from(found.random_index),
                    Cell::from(found.consistency_ratio),
                    verdict,
                    worst,
                ],
            });
        }
        (!rows.is_empty()).then(|| Table {
            id: "judgements".to_owned(),
            title: Localized::PerLang(lang_texts("判断的一致性", "Consistency of the judgements")),
            row_title: Localized::PerLang(lang_texts("部分", "part")),
            measures: vec![
                Measure::new("elements", "要素数", "elements").decimals(0),
                Measure::new("lambda_max", "λmax", "λmax"),
                Measure::new("consistency_index", "CI", "CI"),
                Measure::new("random_index", "RI", "RI").decimals(4),
                Measure::new("consistency_ratio", "CR", "CR"),
                Measure::new("verdict", "结论", "verdict"),
                Measure::new("worst", "偏离最大的判断", "farthest judgement"),
            ],
            rows,
        })
    }
}

fn named(source: &Source) -> Localized {
    Localized::PerLang(match source {
        Source::Given => lang_texts("给定", "given"),
        Source::Judged(_) => lang_texts("层次分析法", "AHP"),
        Source::Entropy => lang_texts("熵值法", "entropy"),
        Source::Derived => lang_texts("推得", "derived"),
    })
}

/// Weighted means by group, row by row; groups that lack one are left out.
fn group_means(columns: &[&[f64]], frame: &Frame, weights: &[f64]) -> Vec<f64> {
    let Some(groups) = &frame.groups else { return Vec::new() };
    let mut matrix = Vec::new();
    for group in 0..groups.names.len() {
        let rows: Vec<usize> = (0..frame.len()).filter(|row| groups.of_answers[*row] == Some(group)).collect();
        let pick = |values: &[f64]| rows.iter().map(|row| values[*row]).collect::<Vec<f64>>();
        let means = columns.iter().map(|column| mean(&pick(column), &pick(weights))).collect::<Option<Vec<f64>>>();
        matrix.extend(means.into_iter().flatten());
    }
    matrix
}
