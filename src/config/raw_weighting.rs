//! The `data.weighting` part of the project file as it is written: known population figures that the weights must agree with.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Weights computed from known population figures, instead of a column of weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawWeighting {
    /// Column with the weight to start from, such as the inverse inclusion probability. Default: every answer 1.
    #[serde(default)]
    pub start: Option<String>,
    /// Known figures by column: category to share, percentage or count. `a × b` crosses columns, with nested categories.
    pub margins: IndexMap<String, IndexMap<String, RawMargin>>,
    /// `rake` (default) to several margins in turn, or `poststratify` to exactly one.
    #[serde(default)]
    pub method: WeightingMethod,
    /// What is made to agree: each `wave` (default), or `all` answers together.
    #[serde(default)]
    pub per: WeightingScope,
    /// What the weights add up to. Default: the sum of the start weights, so that without `start` their mean is 1.
    #[serde(default)]
    pub population: Option<f64>,
    /// Limits of the weights as multiples of their mean.
    #[serde(default)]
    pub trim: Option<RawTrim>,
    /// What an answer without a value in a margin's column does: `error` (default) or `keep`.
    #[serde(default)]
    pub missing: MissingMargin,
    /// Standard errors with the weights as given, `fixed` (default), or `calibrated`: with the agreement taken into account.
    #[serde(default)]
    pub variance: WeightingVariance,
    /// Largest relative difference left between the weights' sum and a margin's figure.
    #[serde(default = "default_tolerance")]
    pub tolerance: f64,
    /// Passes over all margins after which the work is given up.
    #[serde(default = "default_iterations")]
    pub max_iterations: u32,
}

/// The difference that is left where the project names none.
pub fn default_tolerance() -> f64 {
    1e-10
}

/// The passes where the project names none.
pub fn default_iterations() -> u32 {
    500
}

/// A figure, or the categories of the next column of a cross.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum RawMargin {
    /// Share, percentage or count.
    Figure(f64),
    /// Category of the next column to its figure.
    Crossed(IndexMap<String, RawMargin>),
}

/// How weights are made to agree with the margins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum WeightingMethod {
    /// Iterative proportional fitting to one margin after another.
    #[default]
    Rake,
    /// Agreement with one margin in one step.
    Poststratify,
}

/// What standard errors know of the weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum WeightingVariance {
    /// The weights alone, as if they had been known before the survey.
    #[default]
    Fixed,
    /// That they agree with known figures: residuals from the regression on the categories.
    Calibrated,
}

/// Which answers are made to agree with the margins together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum WeightingScope {
    /// Each wave by itself.
    #[default]
    Wave,
    /// All answers.
    All,
}

/// What an answer without a value in a margin's column does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MissingMargin {
    /// It is refused.
    #[default]
    Error,
    /// Such answers keep their share of the start weights; the margin holds among the others.
    Keep,
}

/// Limits of the weights as multiples of their mean.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawTrim {
    /// Smallest weight, below 1.
    #[serde(default)]
    pub low: Option<f64>,
    /// Largest weight, above 1.
    #[serde(default)]
    pub high: Option<f64>,
}

/// The columns that the name of a margin crosses: `grade × gender`, or `grade * gender`.
pub fn margin_columns(name: &str) -> Vec<&str> {
    name.split(['×', '*']).map(str::trim).collect()
}

/// The figures of a margin with the category of each column, in the order of the file.
pub fn margin_figures(margin: &IndexMap<String, RawMargin>) -> Vec<(Vec<String>, f64)> {
    let mut figures = Vec::new();
    for (category, held) in margin {
        match held {
            RawMargin::Figure(figure) => figures.push((vec![category.clone()], *figure)),
            RawMargin::Crossed(inner) => figures.extend(margin_figures(inner).into_iter().map(|(mut path, figure)| {
                path.insert(0, category.clone());
                (path, figure)
            })),
        }
    }
    figures
}
