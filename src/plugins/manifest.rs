//! `plugin.yaml`: the declaration of a metric module. [`RawManifest`] is the file, [`Manifest`] the checked form in which each
//! metric is exactly one kind of estimator with the expressions that kind needs.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::KeyPositions;
use crate::config::raw::ColumnType;
use crate::config::validate::{is_identifier, names_in};
use crate::diagnostics::messages::{models as model_messages, plugins as messages};
use crate::diagnostics::{Diagnostic, Diagnostics, Localized};
use crate::plugins::models::{ModelSpec, RawModel, resolve_models};

/// Version of the manifest format that this program reads.
pub const MANIFEST_VERSION: u32 = 1;

/// A metric module: inputs (roles that a project's columns play) and the metrics computed from them.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawManifest {
    /// Version of this file format; always `1`.
    pub manifest: u32,
    /// Id of the plugin; the name of its folder.
    pub id: String,
    /// Version of the definitions, `major.minor.patch`.
    pub version: String,
    /// What the plugin needs.
    #[serde(default)]
    pub requires: RawRequires,
    /// Name.
    pub title: Localized,
    /// What it measures, in a sentence or two.
    #[serde(default)]
    pub description: Option<Localized>,
    /// Where the definitions come from.
    #[serde(default)]
    pub sources: Vec<String>,
    /// Takes the place of a built-in plugin of the same id.
    #[serde(default)]
    pub replace: bool,
    /// Operational table that the inputs come from, such as `tickets`; without it the survey.
    #[serde(default)]
    pub table: Option<String>,
    /// Roles that a project's columns play, by name.
    pub inputs: IndexMap<String, RawInput>,
    /// Metrics, in the order they are printed.
    #[serde(default)]
    pub metrics: Vec<RawMetric>,
    /// Models: what a sum over answers cannot give, such as drivers or reliability.
    #[serde(default)]
    pub models: Vec<RawModel>,
}

/// What a plugin needs of the program.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawRequires {
    /// Versions of manyi that will do, such as `>=0.1`.
    #[serde(default)]
    pub manyi: Option<String>,
}

/// A role that a column of the project plays.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawInput {
    /// Kind of answer.
    #[serde(rename = "type")]
    pub kind: ColumnType,
    /// Lowest and highest value of a scale; a column on another scale is refused.
    #[serde(default)]
    pub range: Option<[f64; 2]>,
    /// Metrics that need it are left out where no column feeds it, instead of being an error.
    #[serde(default)]
    pub optional: bool,
    /// Name for tables.
    #[serde(default)]
    pub title: Option<Localized>,
    /// The question to ask.
    #[serde(default)]
    pub ask: Option<Localized>,
}

/// How a metric is estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum EstimatorName {
    /// Weighted mean of `of`.
    Mean,
    /// Weighted share of answers for which `of` is true.
    Proportion,
    /// Weighted sum of `of` over weighted sum of `per`.
    Ratio,
    /// Share of `positive` minus share of `negative`.
    Net,
    /// Weighted quantile of `of`.
    Quantile,
    /// Weighted mean of other metrics of the module.
    Composite,
    /// A value of a model of the module.
    Model,
}

/// A metric as it is declared.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawMetric {
    /// Id, unique in the plugin: a letter, then letters, digits and `_`; best a-z, 0-9 and `_` only.
    pub id: String,
    /// Name.
    pub title: Localized,
    /// The definition in words: numerator, denominator, coding.
    #[serde(default)]
    pub definition: Option<Localized>,
    /// Metric of which this is a variant.
    #[serde(default)]
    pub variant_of: Option<String>,
    /// Estimator.
    pub estimator: EstimatorName,
    /// Value, condition or numerator: an SQL expression over the inputs.
    #[serde(default)]
    pub of: Option<String>,
    /// Denominator of a ratio.
    #[serde(default)]
    pub per: Option<String>,
    /// Condition for +100 of a net score.
    #[serde(default)]
    pub positive: Option<String>,
    /// Condition for -100 of a net score.
    #[serde(default)]
    pub negative: Option<String>,
    /// Probability of a quantile; 0.5 is the median.
    #[serde(default)]
    pub probability: Option<f64>,
    /// Lowest and highest value of `of` that become 0 and 100.
    #[serde(default)]
    pub rescale: Option<[f64; 2]>,
    /// Components of a composite.
    #[serde(default)]
    pub components: Vec<RawComponent>,
    /// Model of the plugin whose value this metric publishes.
    #[serde(default)]
    pub model: Option<String>,
    /// Id of that value, such as `alpha`.
    #[serde(default)]
    pub value: Option<String>,
    /// Condition for an answer to count at all; default all answers.
    #[serde(default)]
    pub base: Option<String>,
    /// The base in words.
    #[serde(default)]
    pub base_title: Option<Localized>,
    /// Which direction is good.
    #[serde(default)]
    pub better: Better,
    /// What it is about, in words of the strategy library (`waiting`, `price`): strategies are found by them.
    #[serde(default)]
    pub topics: Vec<String>,
    /// The value is an amount of money: its name bears the currency of the project.
    #[serde(default)]
    pub money: bool,
    /// Printed unit. Default: percent for proportions, points for net scores and composites, else score.
    #[serde(default)]
    pub unit: Option<Unit>,
}

/// A component of a composite.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawComponent {
    /// Metric id of the same plugin, on 0 to 100.
    pub metric: String,
    /// Weight; weights are divided by their sum.
    #[serde(default = "one")]
    pub weight: f64,
    /// Enters as 100 minus the value.
    #[serde(default)]
    pub reverse: bool,
}

fn one() -> f64 {
    1.0
}

/// Which direction of a metric is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Better {
    /// More is better.
    #[default]
    Higher,
    /// Less is better.
    Lower,
    /// Neither.
    Neutral,
}

/// Unit of a metric. Estimates carry the printed unit: a percent metric runs from 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// 0 to 100, printed with `%`.
    Percent,
    /// Points, such as NPS from -100 to 100 or a 0-100 index.
    Points,
    /// A score on the question's own scale.
    #[default]
    Score,
    /// A plain number.
    Number,
}

/// A checked plugin declaration.
#[derive(Debug, Clone)]
pub struct Manifest {
    /// Id.
    pub id: String,
    /// Version of the definitions.
    pub version: semver::Version,
    /// Name.
    pub title: Localized,
    /// What it measures.
    pub description: Option<Localized>,
    /// Where the definitions come from.
    pub sources: Vec<String>,
    /// Takes the place of a built-in plugin.
    pub replace: bool,
    /// Operational table that the inputs come from; none for the survey.
    pub table: Option<String>,
    /// Roles by name.
    pub inputs: IndexMap<String, RawInput>,
    /// Metrics in declaration order.
    pub metrics: Vec<MetricSpec>,
    /// Models in declaration order.
    pub models: Vec<ModelSpec>,
}

/// A checked metric.
#[derive(Debug, Clone)]
pub struct MetricSpec {
    /// Id.
    pub id: String,
    /// Name.
    pub title: Localized,
    /// The definition in words.
    pub definition: Localized,
    /// Metric of which this is a variant.
    pub variant_of: Option<String>,
    /// Base condition as written.
    pub base: Option<String>,
    /// The base in words.
    pub base_title: Localized,
    /// Which direction is good.
    pub better: Better,
    /// What it is about, in words of the strategy library.
    pub topics: Vec<String>,
    /// The value is an amount of money.
    pub money: bool,
    /// Printed unit.
    pub unit: Unit,
    /// What is estimated.
    pub estimator: Estimator,
    /// Key path in `plugin.yaml`, for diagnostics.
    pub key_path: String,
}

/// What is estimated, with the expressions as written.
#[derive(Debug, Clone, PartialEq)]
pub enum Estimator {
    /// `sum w*of / sum w`, optionally rescaled to 0-100.
    Mean {
        /// Value.
        of: String,
        /// Values that become 0 and 100.
        rescale: Option<[f64; 2]>,
    },
    /// Share of answers for which `of` is true.
    Proportion {
        /// Condition.
        of: String,
    },
    /// `sum w*of / sum w*per`.
    Ratio {
        /// Numerator.
        of: String,
        /// Denominator.
        per: String,
    },
    /// `100 * (share of positive - share of negative)`.
    Net {
        /// Condition for +100.
        positive: String,
        /// Condition for -100.
        negative: String,
    },
    /// Smallest value at which the weighted distribution reaches `probability`.
    Quantile {
        /// Value.
        of: String,
        /// Between 0 and 1, both excluded.
        probability: f64,
    },
    /// `sum a_k * metric_k / sum a_k`, reversed ones as `100 - metric_k`.
    Composite {
        /// Components with their default weights.
        components: Vec<RawComponent>,
    },
    /// A value of a model.
    Model {
        /// Model of the same plugin.
        model: String,
        /// Id of the value.
        value: String,
    },
}

impl Estimator {
    /// True if an expression names the input.
    pub fn reads(&self, input: &str) -> bool {
        self.expressions().into_iter().any(|(_, text)| names_in(text).any(|name| name == input))
    }

    /// Name as written in `plugin.yaml`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Mean { .. } => "mean",
            Self::Proportion { .. } => "proportion",
            Self::Ratio { .. } => "ratio",
            Self::Net { .. } => "net",
            Self::Quantile { .. } => "quantile",
            Self::Composite { .. } => "composite",
            Self::Model { .. } => "model",
        }
    }

    /// The expressions it evaluates, each with its key.
    pub fn expressions(&self) -> Vec<(&'static str, &str)> {
        match self {
            Self::Mean { of, .. } | Self::Proportion { of } | Self::Quantile { of, .. } => vec![("of", of)],
            Self::Ratio { of, per } => vec![("of", of), ("per", per)],
            Self::Net { positive, negative } => vec![("positive", positive), ("negative", negative)],
            Self::Composite { .. } | Self::Model { .. } => Vec::new(),
        }
    }
}

impl Manifest {
    /// Checks a raw manifest: names, references, the keys each estimator needs. Expressions are checked by the registry.
    pub fn resolve(
        raw: RawManifest,
        folder: &str,
        positions: &KeyPositions,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let before = diagnostics.len();
        let problem = |message, path: &str| Diagnostic::error(message).at(positions.locate(path)).key(path);
        if raw.manifest != MANIFEST_VERSION {
            diagnostics.push(
                problem(&messages::UNKNOWN_MANIFEST, "manifest")
                    .arg("found", raw.manifest)
                    .arg("known", MANIFEST_VERSION),
            );
        }
        if raw.id != folder {
            diagnostics.push(problem(&messages::ID_IS_NOT_FOLDER, "id").arg("id", &raw.id).arg("folder", folder));
        }
        check_requirement(&raw, positions, diagnostics);
        let version = match semver::Version::parse(&raw.version) {
            Ok(version) => version,
            Err(error) => {
                diagnostics.push(
                    problem(&messages::BAD_VERSION, "version").arg("version", &raw.version).arg("problem", error),
                );
                semver::Version::new(0, 0, 0)
            }
        };
        for name in raw.inputs.keys().filter(|name| !is_identifier(name)) {
            diagnostics.push(problem(&messages::BAD_INPUT_NAME, &format!("inputs.{name}")).arg("name", name));
        }
        let mut metrics: Vec<MetricSpec> = Vec::new();
        for (index, metric) in raw.metrics.iter().enumerate() {
            let path = format!("metrics[{index}]");
            if !is_identifier(&metric.id) {
                let path = format!("{path}.id");
                diagnostics.push(problem(&messages::BAD_METRIC_ID, &path).arg("id", &metric.id));
            }
            if metrics.iter().any(|earlier| earlier.id == metric.id) {
                let path = format!("{path}.id");
                diagnostics.push(problem(&messages::REPEATED_METRIC, &path).arg("metric", &metric.id));
            }
            metrics.extend(resolve_metric(metric, path, positions, diagnostics));
        }
        check_metric_references(&metrics, positions, diagnostics);
        let models = resolve_models(&raw.models, &raw.inputs, positions, diagnostics);
        check_something_declared(&raw, &metrics, &models, positions, diagnostics);
        let failed = diagnostics.iter().skip(before).any(|found| found.level == crate::diagnostics::Level::Error);
        (!failed).then_some(Self {
            id: raw.id,
            version,
            title: raw.title,
            description: raw.description,
            sources: raw.sources,
            replace: raw.replace,
            table: raw.table,
            inputs: raw.inputs,
            metrics,
            models,
        })
    }
}

/// Refuses a plugin without metrics and models, and a model that has the id of a metric.
fn check_something_declared(
    raw: &RawManifest,
    metrics: &[MetricSpec],
    models: &[ModelSpec],
    positions: &KeyPositions,
    diagnostics: &mut Diagnostics,
) {
    if raw.metrics.is_empty() && raw.models.is_empty() {
        diagnostics
            .push(Diagnostic::error(&model_messages::NOTHING_DECLARED).at(positions.locate("metrics")).key("metrics"));
    }
    for metric in metrics {
        let Estimator::Model { model, .. } = &metric.estimator else { continue };
        if !models.iter().any(|known| known.id == *model) {
            let path = format!("{}.model", metric.key_path);
            diagnostics.push(
                Diagnostic::error(&model_messages::UNKNOWN_MODEL)
                    .arg("model", model)
                    .suggest(model, models.iter().map(|known| known.id.as_str()))
                    .at(positions.locate(&path))
                    .key(path),
            );
        }
    }
    for model in models.iter().filter(|model| metrics.iter().any(|metric| metric.id == model.id)) {
        let path = format!("{}.id", model.key_path);
        diagnostics.push(
            Diagnostic::error(&model_messages::REPEATED_MODEL)
                .arg("model", &model.id)
                .at(positions.locate(&path))
                .key(path),
        );
    }
}

fn check_requirement(raw: &RawManifest, positions: &KeyPositions, diagnostics: &mut Diagnostics) {
    let Some(wanted) = &raw.requires.manyi else { return };
    let own = env!("CARGO_PKG_VERSION");
    let matches = semver::VersionReq::parse(wanted)
        .ok()
        .zip(semver::Version::parse(own).ok())
        .map(|(requirement, version)| requirement.matches(&version));
    if matches != Some(true) {
        diagnostics.push(
            Diagnostic::error(&messages::NEEDS_OTHER_MANYI)
                .arg("wanted", wanted)
                .arg("own", own)
                .at(positions.locate("requires.manyi"))
                .key("requires.manyi"),
        );
    }
}

fn resolve_metric(
    raw: &RawMetric,
    key_path: String,
    positions: &KeyPositions,
    diagnostics: &mut Diagnostics,
) -> Option<MetricSpec> {
    let mut keys = MetricKeys { raw, key_path: &key_path, positions, problems: Vec::new() };
    let estimator = keys.estimator();
    let problems = keys.problems;
    let failed = !problems.is_empty();
    diagnostics.extend(problems);
    if failed {
        return None;
    }
    let default_unit = match raw.estimator {
        EstimatorName::Proportion => Unit::Percent,
        EstimatorName::Net | EstimatorName::Composite => Unit::Points,
        EstimatorName::Mean if raw.rescale.is_some() => Unit::Points,
        _ => Unit::Score,
    };
    Some(MetricSpec {
        id: raw.id.clone(),
        title: raw.title.clone(),
        definition: raw.definition.clone().unwrap_or_else(|| raw.title.clone()),
        variant_of: raw.variant_of.clone(),
        base: raw.base.clone(),
        base_title: raw.base_title.clone().unwrap_or_else(|| default_base_title(raw.base.as_deref())),
        better: raw.better,
        topics: raw.topics.clone(),
        money: raw.money,
        unit: raw.unit.unwrap_or(default_unit),
        estimator: estimator?,
        key_path,
    })
}

/// The condition itself stands for a base that nobody put into words; "all respondents" would be untrue.
fn default_base_title(base: Option<&str>) -> Localized {
    match base {
        Some(condition) => Localized::from(condition),
        None => Localized::PerLang(crate::diagnostics::lang_texts("全部应答者", "all respondents")),
    }
}

/// Reads the keys that an estimator needs and refuses the ones that it has no use for.
struct MetricKeys<'a> {
    raw: &'a RawMetric,
    key_path: &'a str,
    positions: &'a KeyPositions,
    problems: Vec<Diagnostic>,
}

impl MetricKeys<'_> {
    fn estimator(&mut self) -> Option<Estimator> {
        let raw = self.raw;
        let (wanted, estimator): (&[&str], _) = match raw.estimator {
            EstimatorName::Mean => {
                (&["of", "rescale"], self.need("of", &raw.of).map(|of| Estimator::Mean { of, rescale: raw.rescale }))
            }
            EstimatorName::Proportion => (&["of"], self.need("of", &raw.of).map(|of| Estimator::Proportion { of })),
            EstimatorName::Ratio => {
                let both = self.need("of", &raw.of).zip(self.need("per", &raw.per));
                (&["of", "per"], both.map(|(of, per)| Estimator::Ratio { of, per }))
            }
            EstimatorName::Net => {
                let both = self.need("positive", &raw.positive).zip(self.need("negative", &raw.negative));
                (&["positive", "negative"], both.map(|(positive, negative)| Estimator::Net { positive, negative }))
            }
            EstimatorName::Quantile => {
                let of = self.need("of", &raw.of);
                let probability = raw.probability.unwrap_or(0.5);
                if !(probability > 0.0 && probability < 1.0) {
                    self.report(&messages::BAD_PROBABILITY, "probability", |problem| problem.arg("found", probability));
                }
                (&["of", "probability"], of.map(|of| Estimator::Quantile { of, probability }))
            }
            EstimatorName::Composite => {
                if raw.components.is_empty() {
                    self.report(&messages::KEY_NEEDED, "components", |problem| problem.arg("key", "components"));
                }
                for (index, component) in raw.components.iter().enumerate() {
                    if !(component.weight.is_finite() && component.weight > 0.0) {
                        let key = format!("components[{index}].weight");
                        self.report(&messages::BAD_COMPONENT_WEIGHT, &key, |problem| {
                            problem.arg("metric", &component.metric).arg("found", component.weight)
                        });
                    }
                }
                (&["components"], Some(Estimator::Composite { components: raw.components.clone() }))
            }
            EstimatorName::Model => {
                let both = self.need("model", &raw.model).zip(self.need("value", &raw.value));
                (&["model", "value"], both.map(|(model, value)| Estimator::Model { model, value }))
            }
        };
        let present = [
            ("of", raw.of.is_some()),
            ("per", raw.per.is_some()),
            ("positive", raw.positive.is_some()),
            ("negative", raw.negative.is_some()),
            ("probability", raw.probability.is_some()),
            ("rescale", raw.rescale.is_some()),
            ("components", !raw.components.is_empty()),
            ("model", raw.model.is_some()),
            ("value", raw.value.is_some()),
            ("base", raw.base.is_some() && matches!(raw.estimator, EstimatorName::Composite | EstimatorName::Model)),
        ];
        for (key, _) in present.into_iter().filter(|(key, present)| *present && !wanted.contains(key)) {
            self.report(&messages::KEY_WITHOUT_USE, key, |problem| problem.arg("key", key));
        }
        if let Some([low, high]) = raw.rescale.filter(|[low, high]| low.is_nan() || high.is_nan() || low >= high) {
            self.report(&messages::BAD_RESCALE, "rescale", |problem| problem.arg("low", low).arg("high", high));
        }
        estimator
    }

    fn need(&mut self, key: &'static str, value: &Option<String>) -> Option<String> {
        if value.is_none() {
            self.report(&messages::KEY_NEEDED, key, |problem| problem.arg("key", key));
        }
        value.clone()
    }

    fn report(
        &mut self,
        message: &'static crate::diagnostics::Message,
        key: &str,
        fill: impl FnOnce(Diagnostic) -> Diagnostic,
    ) {
        let path = format!("{}.{key}", self.key_path);
        let problem = Diagnostic::error(message)
            .at(self.positions.locate(&path))
            .key(&path)
            .arg("estimator", format!("{:?}", self.raw.estimator).to_lowercase())
            .arg("id", &self.raw.id);
        self.problems.push(fill(problem));
    }
}

fn check_metric_references(metrics: &[MetricSpec], positions: &KeyPositions, diagnostics: &mut Diagnostics) {
    let ids = || metrics.iter().map(|metric| metric.id.as_str());
    for metric in metrics {
        let mut references: Vec<(String, &str)> = Vec::new();
        if let Some(original) = &metric.variant_of {
            references.push((format!("{}.variant_of", metric.key_path), original));
        }
        if let Estimator::Composite { components } = &metric.estimator {
            for (index, component) in components.iter().enumerate() {
                references.push((format!("{}.components[{index}].metric", metric.key_path), &component.metric));
            }
        }
        for (path, name) in references {
            let problem =
                |message| Diagnostic::error(message).at(positions.locate(&path)).key(&path).arg("metric", name);
            match metrics.iter().find(|candidate| candidate.id == name) {
                None => diagnostics.push(problem(&messages::UNKNOWN_METRIC).suggest(name, ids())),
                Some(target)
                    if path.contains(".components")
                        && matches!(
                            target.estimator,
                            Estimator::Composite { .. } | Estimator::Quantile { .. } | Estimator::Model { .. }
                        ) =>
                {
                    diagnostics.push(problem(&messages::BAD_COMPONENT).arg("estimator", target.estimator.name()));
                }
                Some(_) => {}
            }
        }
    }
}
