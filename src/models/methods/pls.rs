//! Partial least squares path models: constructs measured by items and paths between them, out of the options; indices from 0 to
//! 100, paths, effects and the quality of the measurement go out as tables.

use std::sync::Arc;

use serde_json::Value as Json;

use crate::diagnostics::messages::models as messages;
use crate::diagnostics::{Diagnostic, Lang, Localized, LocalizedTexts, lang_texts};
use crate::models::methods::pls_tables::tables;
use crate::models::pls::{
    Answers, Construct, Failure, Fit as Estimated, Indicator, Mode, Model as Structure, ModelProblem as Mistake, Path,
    Scale, Scheme, Settings, fit, refit,
};
use crate::models::registry::{ItemInfo, Method, Need};
use crate::models::{Fit, Frame, Model, ModelProblem, Refit, options::Options};

/// The method in the registry.
pub const METHOD: Method = Method {
    name: "pls",
    outcome: |_| false,
    group: |_| Need::No,
    fewest_items: 2,
    most_items: usize::MAX,
    keys: &["of"],
    optional_keys: &[],
    replicates: 1000,
    build,
};

/// A path model with the names of its constructs.
#[derive(Debug)]
pub(super) struct PathModel {
    pub(super) names: Vec<(String, Localized)>,
    pub(super) structure: Structure,
    settings: Settings,
}

fn build(options: &mut Options<'_>, items: &[ItemInfo]) -> Option<Arc<dyn Model>> {
    let scheme = match options.choice("scheme", &["path", "factorial", "centroid"], "path") {
        "factorial" => Scheme::Factorial,
        "centroid" => Scheme::Centroid,
        _ => Scheme::Path,
    };
    let tolerance = options.number("tolerance", [1e-12, 1e-3], Settings::default().tolerance);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and 100000")]
    let max_iterations = options.number("iterations", [1.0, 100_000.0], 300.0) as usize;
    let (constructs, paths) = (options.take("constructs"), options.take("paths"));
    let Some(Json::Object(constructs)) = constructs else {
        options.refuse("constructs", "{ id: { items: [...] } }", constructs.unwrap_or(&Json::Null));
        return None;
    };
    let names: Vec<(String, Localized)> =
        constructs.iter().map(|(id, given)| (id.clone(), title_of(id, given))).collect();
    let mut measured = Vec::new();
    for (id, given) in constructs {
        measured.push(construct(options, id, given, items)?);
    }
    let paths = read_paths(options, paths.unwrap_or(&Json::Null), &names)?;
    match Structure::new(measured, paths) {
        Ok(structure) => {
            Some(Arc::new(PathModel { names, structure, settings: Settings { scheme, tolerance, max_iterations } }))
        }
        Err(mistakes) => {
            for mistake in mistakes {
                let problem =
                    Diagnostic::error(&messages::BAD_STRUCTURE).words("problem", in_words(mistake, &names, items));
                options.problem(if is_of_path(mistake) { "paths" } else { "constructs" }, problem);
            }
            None
        }
    }
}

/// Name of a construct, `title:` or its id.
fn title_of(id: &str, given: &Json) -> Localized {
    let title = given.get("title").and_then(|title| serde_json::from_value(title.clone()).ok());
    title.unwrap_or_else(|| Localized::from(id))
}

/// A construct out of `{ title, items, mode }`. Items that the project does not feed are passed over.
fn construct(options: &mut Options<'_>, id: &str, given: &Json, items: &[ItemInfo]) -> Option<Construct> {
    let place = |key: &str| format!("constructs.{id}.{key}");
    let listed = given.get("items").and_then(Json::as_array);
    let (Some(listed), Some(entries)) = (listed, given.as_object()) else {
        options.refuse(&format!("constructs.{id}"), "{ items: [...] }", given);
        return None;
    };
    for key in entries.keys().filter(|key| !["title", "items", "mode"].contains(&key.as_str())) {
        options.refuse(&place(key), "title, items, mode", &Json::String(key.clone()));
    }
    let mode = match given.get("mode").map(|mode| mode.as_str().unwrap_or_default()) {
        None | Some("A") => Mode::A,
        Some("B") => Mode::B,
        Some(_) => {
            options.refuse(&place("mode"), "A, B", given.get("mode").unwrap_or(&Json::Null));
            Mode::A
        }
    };
    let mut indicators = Vec::new();
    for name in listed {
        let written = name.as_str().unwrap_or_default();
        let Some(column) = items.iter().position(|item| item.id == written) else {
            let problem = Diagnostic::error(&messages::UNKNOWN_MODEL_ITEM)
                .arg("item", written)
                .suggest(written, items.iter().map(|item| item.id.as_str()));
            options.problem(place("items"), problem);
            continue;
        };
        let Some([lowest, highest]) = items[column].range else {
            let problem = Diagnostic::error(&messages::RANGE_NEEDED).arg("option", format!("constructs.{id}"));
            options.problem(place("items"), problem);
            return None;
        };
        indicators.push(Indicator { column, scale: Scale { lowest, highest } });
    }
    Some(Construct { mode, indicators })
}

/// Paths out of `[[from, to], ...]`.
fn read_paths(options: &mut Options<'_>, given: &Json, names: &[(String, Localized)]) -> Option<Vec<Path>> {
    let number = |name: &Json| names.iter().position(|(id, _)| Some(id.as_str()) == name.as_str());
    let Some(listed) = given.as_array() else {
        options.refuse("paths", "[[from, to], …]", given);
        return None;
    };
    let mut paths = Vec::new();
    for (index, path) in listed.iter().enumerate() {
        match path.as_array().map(Vec::as_slice) {
            Some([from, to]) if number(from).is_some() && number(to).is_some() => {
                paths.extend(number(from).zip(number(to)).map(|(from, to)| Path { from, to }));
            }
            _ => {
                let known: Vec<&str> = names.iter().map(|(id, _)| id.as_str()).collect();
                options.refuse(&format!("paths[{index}]"), &format!("[from, to] ({})", known.join(", ")), path);
            }
        }
    }
    Some(paths)
}

impl PathModel {
    fn answers(&self, frame: &Frame) -> Result<Answers, ModelProblem> {
        Answers::new(&frame.item_values()).map_err(|failure| self.problem(failure, frame))
    }

    fn result(&self, found: &Estimated, moments: &crate::models::pls::Moments, frame: &Frame) -> Fit {
        tables(self, found, moments, frame)
    }

    fn problem(&self, failure: Failure, frame: &Frame) -> ModelProblem {
        let name = |construct: usize, lang| self.names[construct].1.get(lang).to_owned();
        let (zh, en) = (Lang::ZhCn, Lang::En);
        match failure {
            Failure::ConstantIndicator { column, .. } => ModelProblem::NoVariation {
                column: frame.items.get(column).map_or_else(String::new, |item| item.id.clone()),
            },
            Failure::NoWeight => ModelProblem::TooFewAnswers { needed: 2, found: 0 },
            Failure::NotConverged { iterations, .. } => ModelProblem::NotConverged { steps: iterations },
            Failure::SingularBlock { construct } => other(
                format!("“{}”的题项彼此完全决定", name(construct, zh)),
                format!("the items of “{}” determine each other", name(construct, en)),
            ),
            Failure::SingularRegression { construct } => other(
                format!("指向“{}”的各构念彼此完全决定", name(construct, zh)),
                format!("the constructs that lead to “{}” determine each other", name(construct, en)),
            ),
            Failure::NoOuterWeights { construct } => other(
                format!("“{}”的题项与相邻构念不相关", name(construct, zh)),
                format!("the items of “{}” are uncorrelated with its neighbours", name(construct, en)),
            ),
            // The frame holds complete answers and sound weights, and the structure its columns.
            Failure::UnequalColumns { .. }
            | Failure::IncompleteRow { .. }
            | Failure::WeightsDoNotFit
            | Failure::InvalidWeight { .. }
            | Failure::UnknownColumn { .. } => other("数据不完整".to_owned(), "the answers are incomplete".to_owned()),
        }
    }
}

fn other(zh_cn: String, en: String) -> ModelProblem {
    ModelProblem::Other { problem: lang_texts(zh_cn, en) }
}

impl Model for PathModel {
    fn fit(&self, frame: &Frame, weights: &[f64]) -> Result<Fit, ModelProblem> {
        let failed = |failure| self.problem(failure, frame);
        let moments = self.answers(frame)?.moments(weights).map_err(failed)?;
        let found = fit(&moments, &self.structure, &self.settings).map_err(failed)?;
        Ok(self.result(&found, &moments, frame))
    }

    /// Replicates take over the signs of the whole sample, so that a construct does not turn round by chance.
    fn refit<'a>(&'a self, frame: &'a Frame) -> Result<Refit<'a>, ModelProblem> {
        let failed = |failure| self.problem(failure, frame);
        let answers = self.answers(frame)?;
        let moments = answers.moments(&frame.weights).map_err(failed)?;
        let original = fit(&moments, &self.structure, &self.settings).map_err(failed)?;
        Ok(Box::new(move |weights| {
            let moments = answers.moments(weights).map_err(|failure| self.problem(failure, frame))?;
            let found = refit(&moments, &self.structure, &self.settings, &original);
            found.map(|found| self.result(&found, &moments, frame)).map_err(|failure| self.problem(failure, frame))
        }))
    }

    fn method(&self) -> Localized {
        let (zh, en) = match self.settings.scheme {
            Scheme::Path => ("路径", "path"),
            Scheme::Factorial => ("因子", "factorial"),
            Scheme::Centroid => ("重心", "centroid"),
        };
        Localized::PerLang(lang_texts(
            format!(
                "偏最小二乘路径模型（Wold 1982；Lohmöller 1989），{zh}加权；指数为 100(Σvᵢ·均值ᵢ − Σvᵢ·最低ᵢ)/(Σvᵢ·最高ᵢ − Σvᵢ·最低ᵢ)，vᵢ 为非标准化外部权重（Fornell 等 1996）"
            ),
            format!(
                "partial least squares path model (Wold 1982, Lohmöller 1989), {en} scheme; index 100 (Σ vᵢ meanᵢ − Σ vᵢ lowestᵢ) / (Σ vᵢ highestᵢ − Σ vᵢ lowestᵢ) with unstandardised outer weights vᵢ (Fornell et al. 1996)"
            ),
        ))
    }
}

fn is_of_path(mistake: Mistake) -> bool {
    use Mistake as M;
    !matches!(
        mistake,
        M::NoIndicators { .. } | M::IndicatorTwice { .. } | M::InvalidScale { .. } | M::Unconnected { .. }
    )
}

fn in_words(mistake: Mistake, names: &[(String, Localized)], items: &[ItemInfo]) -> LocalizedTexts {
    let name = |construct: usize| names.get(construct).map_or("", |(id, _)| id.as_str());
    let item = |column: usize| items.get(column).map_or("", |item| item.id.as_str());
    match mistake {
        Mistake::NoIndicators { construct } => lang_texts(
            format!("构念 `{}` 没有题项", name(construct)),
            format!("the construct `{}` has no items", name(construct)),
        ),
        Mistake::IndicatorTwice { column, .. } => lang_texts(
            format!("题项 `{}` 用了两次", item(column)),
            format!("the item `{}` is used twice", item(column)),
        ),
        Mistake::InvalidScale { column, .. } => lang_texts(
            format!("题项 `{}` 的 range 应由低到高", item(column)),
            format!("the range of `{}` must go from low to high", item(column)),
        ),
        Mistake::UnknownConstruct { path } => {
            lang_texts(format!("第 {} 条路径的构念不存在", path + 1), format!("path {} names no construct", path + 1))
        }
        Mistake::PathToItself { path } => {
            lang_texts(format!("第 {} 条路径指向自身", path + 1), format!("path {} leads to itself", path + 1))
        }
        Mistake::PathTwice { path } => {
            lang_texts(format!("第 {} 条路径重复", path + 1), format!("path {} stands twice", path + 1))
        }
        Mistake::Unconnected { construct } => lang_texts(
            format!("构念 `{}` 没有路径", name(construct)),
            format!("the construct `{}` has no path to or from any other", name(construct)),
        ),
        Mistake::Circle { construct } => lang_texts(
            format!("路径成环，经过或通向 `{}`", name(construct)),
            format!("the paths lead in a circle at or before `{}`", name(construct)),
        ),
    }
}
