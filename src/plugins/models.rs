//! `models:` of `plugin.yaml`: what a plugin asks of the methods that a sum over answers cannot give. [`RawModel`] is the file,
//! [`ModelSpec`] the checked form; whether the method exists and takes its options is checked where the methods are.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::config::KeyPositions;
use crate::config::validate::is_identifier;
use crate::diagnostics::messages::{models as messages, wasm as wasm_messages};
use crate::diagnostics::{Diagnostic, Diagnostics, Localized, lang_texts};
use crate::plugins::manifest::RawInput;
use crate::plugins::wasm::manifest::{ModuleSpec, RawModule};

/// A model as it is declared.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawModel {
    /// Id, unique among the models and metrics of the plugin.
    pub id: String,
    /// Name.
    pub title: Localized,
    /// What it says, in words.
    #[serde(default)]
    pub definition: Option<Localized>,
    /// The method: `reliability`, `relative_weights`, `shapley`, `importance_performance`, `kano`, `pls`, …; left out where
    /// there is a module instead.
    #[serde(default)]
    pub model: String,
    /// A module in WebAssembly in place of a method.
    #[serde(default)]
    pub wasm: Option<RawModule>,
    /// The outcome that the items explain, for methods that have one: an SQL expression over the inputs.
    #[serde(default)]
    pub of: Option<String>,
    /// Name of the outcome in tables. Default: that of the input.
    #[serde(default)]
    pub of_title: Option<Localized>,
    /// What an answer belongs to, for methods that compare groups, interviewers, units or sources: an SQL expression over the inputs.
    #[serde(default)]
    pub group: Option<String>,
    /// The items, in the order of the tables. An item whose inputs the project does not feed is left out.
    #[serde(default)]
    pub items: Vec<RawModelItem>,
    /// Settings of the method.
    #[serde(default)]
    pub options: IndexMap<String, Value>,
    /// Condition for an answer to count at all; default all answers.
    #[serde(default)]
    pub base: Option<String>,
    /// The base in words.
    #[serde(default)]
    pub base_title: Option<Localized>,
    /// Bootstrap replicates for standard errors and intervals; 0 for none. Default: 1000 where the method needs them.
    #[serde(default)]
    pub bootstrap: Option<u32>,
    /// Seed of the bootstrap; default 1.
    #[serde(default)]
    pub seed: Option<u64>,
    /// Groups to compute for: `total` in every wave (default), `segments` in the newest wave as well.
    #[serde(default)]
    pub by: Vec<ModelScope>,
}

/// Groups that a model is computed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ModelScope {
    /// All answers of a wave, wave by wave.
    Total,
    /// Every group of the project's segments, in the newest wave.
    Segments,
}

/// An item: an input, or an expression over inputs with a name.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum RawModelItem {
    /// An input by its name.
    Input(String),
    /// An item in full.
    Detailed(RawModelItemDetail),
}

/// An item in full. Most methods want `of`; a method says which other expressions it takes instead or besides.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawModelItemDetail {
    /// Id in tables and options. Default: the name of the input that the item is.
    #[serde(default)]
    pub id: Option<String>,
    /// Name in tables. Default: that of the input.
    #[serde(default)]
    pub title: Option<Localized>,
    /// Value: an SQL expression over the inputs.
    #[serde(default)]
    pub of: Option<String>,
    /// Stated importance, for importance-performance analysis.
    #[serde(default)]
    pub importance: Option<String>,
    /// Answer to the functional question, for Kano.
    #[serde(default)]
    pub functional: Option<String>,
    /// Answer to the dysfunctional question, for Kano.
    #[serde(default)]
    pub dysfunctional: Option<String>,
    /// Lowest and highest possible value. Default: the range of the input that the item is.
    #[serde(default)]
    pub range: Option<[f64; 2]>,
}

/// A checked model.
#[derive(Debug, Clone)]
pub struct ModelSpec {
    /// Id.
    pub id: String,
    /// Name.
    pub title: Localized,
    /// What it says, in words.
    pub definition: Localized,
    /// Name of the method; empty where there is a module.
    pub method: String,
    /// The module, if it is one in place of a method.
    pub module: Option<ModuleSpec>,
    /// Outcome as written.
    pub of: Option<String>,
    /// Name of the outcome.
    pub of_title: Localized,
    /// What an answer belongs to, as written.
    pub group: Option<String>,
    /// The items.
    pub items: Vec<ItemSpec>,
    /// Settings of the method.
    pub options: IndexMap<String, Value>,
    /// Base condition as written.
    pub base: Option<String>,
    /// The base in words.
    pub base_title: Localized,
    /// Replicates, if the plugin says how many.
    pub bootstrap: Option<u32>,
    /// Seed of the bootstrap.
    pub seed: u64,
    /// True if the groups of segments are computed as well.
    pub by_segments: bool,
    /// Key path in `plugin.yaml`.
    pub key_path: String,
}

/// A checked item.
#[derive(Debug, Clone)]
pub struct ItemSpec {
    /// Id, unique in the model.
    pub id: String,
    /// Name in tables.
    pub title: Localized,
    /// Its expressions by their key (`of`, `importance`, …), in that order; at least one.
    pub expressions: IndexMap<&'static str, String>,
    /// Lowest and highest possible value.
    pub range: Option<[f64; 2]>,
    /// Key path in `plugin.yaml`.
    pub key_path: String,
}

/// Most replicates that a plugin may ask for.
const MOST_REPLICATES: u32 = 100_000;

/// Checks the models of a manifest: ids, items, replicates.
pub(super) fn resolve_models(
    raw: &[RawModel],
    inputs: &IndexMap<String, RawInput>,
    positions: &KeyPositions,
    diagnostics: &mut Diagnostics,
) -> Vec<ModelSpec> {
    let mut models: Vec<ModelSpec> = Vec::new();
    for (index, model) in raw.iter().enumerate() {
        let path = format!("models[{index}]");
        let mut problem = |message, path: String, id: &str| {
            diagnostics.push(Diagnostic::error(message).arg("model", id).at(positions.locate(&path)).key(path));
        };
        if !is_identifier(&model.id) {
            problem(&messages::BAD_MODEL_ID, format!("{path}.id"), &model.id);
        }
        if models.iter().any(|earlier| earlier.id == model.id) {
            problem(&messages::REPEATED_MODEL, format!("{path}.id"), &model.id);
        }
        if model.bootstrap.is_some_and(|replicates| replicates == 1 || replicates > MOST_REPLICATES) {
            problem(&messages::BAD_REPLICATES, format!("{path}.bootstrap"), &model.id);
        }
        if model.model.is_empty() == model.wasm.is_none() {
            problem(&wasm_messages::METHOD_OR_MODULE, format!("{path}.id"), &model.id);
        }
        let of_module = |raw| ModuleSpec::resolve(raw, format!("{path}.wasm"), positions, diagnostics);
        let module = model.wasm.as_ref().map(of_module);
        let items = resolve_items(model, &path, inputs, positions, diagnostics);
        models.push(ModelSpec {
            id: model.id.clone(),
            title: model.title.clone(),
            definition: model.definition.clone().unwrap_or_else(|| model.title.clone()),
            method: model.model.clone(),
            module,
            of: model.of.clone(),
            group: model.group.clone(),
            of_title: model.of_title.clone().unwrap_or_else(|| title_of(model.of.as_deref().unwrap_or(""), inputs)),
            items,
            options: model.options.clone(),
            base: model.base.clone(),
            base_title: model.base_title.clone().unwrap_or_else(|| match &model.base {
                Some(condition) => Localized::from(condition.as_str()),
                None => Localized::PerLang(lang_texts("全部应答者", "all respondents")),
            }),
            bootstrap: model.bootstrap,
            seed: model.seed.unwrap_or(1),
            by_segments: model.by.contains(&ModelScope::Segments),
            key_path: path,
        });
    }
    models
}

fn resolve_items(
    model: &RawModel,
    path: &str,
    inputs: &IndexMap<String, RawInput>,
    positions: &KeyPositions,
    diagnostics: &mut Diagnostics,
) -> Vec<ItemSpec> {
    let mut items: Vec<ItemSpec> = Vec::new();
    for (index, raw) in model.items.iter().enumerate() {
        let key_path = format!("{path}.items[{index}]");
        let detail = match raw {
            RawModelItem::Input(name) => RawModelItemDetail { of: Some(name.clone()), ..RawModelItemDetail::default() },
            RawModelItem::Detailed(detail) => detail.clone(),
        };
        let written = [
            ("of", detail.of),
            ("importance", detail.importance),
            ("functional", detail.functional),
            ("dysfunctional", detail.dysfunctional),
        ];
        let expressions: IndexMap<&'static str, String> =
            written.into_iter().filter_map(|(key, text)| Some((key, text?))).collect();
        let problem =
            |message| Diagnostic::error(message).arg("model", &model.id).at(positions.locate(&key_path)).key(&key_path);
        let Some(first) = expressions.values().next().cloned() else {
            diagnostics.push(problem(&messages::EMPTY_ITEM));
            continue;
        };
        let Some(id) = detail.id.or_else(|| is_identifier(&first).then(|| first.clone())) else {
            diagnostics.push(problem(&messages::ITEM_WITHOUT_ID).arg("item", &first));
            continue;
        };
        if items.iter().any(|earlier| earlier.id == id) {
            diagnostics.push(problem(&messages::REPEATED_ITEM).arg("item", &id));
        }
        items.push(ItemSpec {
            title: detail.title.unwrap_or_else(|| title_of(&first, inputs)),
            range: detail.range.or_else(|| inputs.get(&first)?.range),
            id,
            expressions,
            key_path,
        });
    }
    items
}

/// Name of an expression for tables: that of the input it is, else the expression itself.
fn title_of(expression: &str, inputs: &IndexMap<String, RawInput>) -> Localized {
    let input = inputs.get(expression);
    input
        .and_then(|input| input.title.clone().or_else(|| input.ask.clone()))
        .unwrap_or_else(|| Localized::from(expression))
}
