//! Binds the models of the plugins in use to the columns of a project: inputs are replaced by columns, items without their
//! inputs are left out, and each distinct expression becomes one item of the pass over the data.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::logical_expr::{Expr, cast, lit, when};
use indexmap::IndexMap;

use crate::config::Project;
use crate::config::project::SURVEY;
use crate::config::raw::{RawPluginUse, RawSettings};
use crate::data::Tables;
use crate::data::expressions::Expression;
use crate::diagnostics::messages::models as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Localized};
use crate::metrics::bind::{Binding, Item};
use crate::metrics::hidden::ModelBase;
use crate::metrics::indicators::table_of;
use crate::metrics::inputs::resolve_inputs;
use crate::models::Model;
use crate::models::info::{ItemUse, ModelInfo};
use crate::models::registry::{self, ItemInfo, Need, check_models};
use crate::models::wasm::WasmModel;
use crate::plugins::expressions::{ModelExpressions, parse_model_expressions};
use crate::plugins::wasm::ModuleSpec;
use crate::plugins::{ItemSpec, ModelSpec, Plugin};

/// Replicates for modules whose numbers are to be bootstrapped and whose plugin does not say how many.
const MODULE_REPLICATES: u32 = 1000;

/// A model ready to be computed.
#[derive(Clone)]
pub struct BoundModel {
    /// What it is.
    pub info: ModelInfo,
    /// The method with its options; `None` where inputs are missing.
    pub model: Option<Arc<dyn Model>>,
    /// Number of the outcome's values among the items of the binding.
    pub outcome: Option<usize>,
    /// Number of what an answer belongs to among them.
    pub group: Option<usize>,
    /// Number of the base condition among them.
    pub base: Option<usize>,
    /// Numbers of the values of every item in use.
    pub items: Vec<Vec<usize>>,
    /// Groups of segments are computed as well.
    pub by_segments: bool,
}

impl BoundModel {
    /// The answers that the model rests on, as the protection of small bases sees them.
    pub fn complete_answers(&self, items: &[Item]) -> ModelBase {
        let value = |index: usize| items[index].value.clone();
        let condition = self.base.map(|base| value(base).eq(lit(1.0)));
        let about: Vec<Expr> =
            self.outcome.iter().chain(self.items.iter().flatten()).map(|index| value(*index)).collect();
        let known = about.iter().map(|value| value.clone().is_not_null());
        let complete = condition.clone().into_iter().chain(known).reduce(Expr::and).unwrap_or(lit(true));
        ModelBase {
            complete: when(complete, lit(1.0)).end().unwrap_or(lit(1.0)),
            about,
            condition,
            by_segments: self.by_segments,
        }
    }
}

/// All models of a project with the values that the pass over the data must evaluate.
#[derive(Default)]
pub struct ModelBinding {
    /// Models in plugin and declaration order.
    pub models: Vec<BoundModel>,
    /// Distinct expressions.
    pub values: Binding,
    /// Confidence level of intervals that methods and modules give themselves; the default of the settings without it.
    pub confidence: Option<f64>,
}

/// Binds the models of every plugin that the project uses, table by table. Mistakes of inputs are those of the metrics and
/// reported there.
pub fn bind_project(
    project: &Project,
    plugins: &BTreeMap<String, Plugin>,
    tables: &Tables,
    diagnostics: &mut Diagnostics,
) -> IndexMap<String, ModelBinding> {
    let mut bindings: IndexMap<String, ModelBinding> = IndexMap::new();
    for (id, usage) in &project.raw.plugins {
        let Some(plugin) = plugins.get(id).filter(|plugin| !plugin.manifest.models.is_empty()) else { continue };
        let mut reported = Diagnostics::new();
        let Some(table) = table_of(project, plugin, usage, &mut reported) else { continue };
        let Some(responses) = tables.get(table) else { continue };
        let inputs = resolve_inputs(project, plugin, usage, responses, &mut reported);
        let binding = bindings.entry(table.to_owned()).or_default();
        binding.confidence = Some(project.raw.settings.confidence);
        let own = binding.models.len();
        binding.add_plugin(plugin, usage, &inputs, diagnostics);
        for bound in &mut binding.models[own..] {
            bound.info.table = (table != SURVEY).then(|| table.to_owned());
        }
        report_choice(project, plugin, usage, diagnostics);
        report_items(project, id, &binding.models[own..], diagnostics);
    }
    let models: Vec<&ModelInfo> =
        bindings.values().flat_map(|binding| &binding.models).map(|bound| &bound.info).collect();
    report_ids(project, &models, diagnostics);
    bindings
}

impl ModelBinding {
    /// Adds the models of one plugin. `inputs` holds an expression for every input that the project feeds.
    pub fn add_plugin(
        &mut self,
        plugin: &Plugin,
        usage: &RawPluginUse,
        inputs: &IndexMap<String, Expression>,
        diagnostics: &mut Diagnostics,
    ) {
        if !check_models(plugin, diagnostics) {
            return;
        }
        let expressions = parse_model_expressions(plugin, diagnostics);
        let wanted = |spec: &&ModelSpec| usage.models.as_ref().is_none_or(|wanted| wanted.contains(&spec.id));
        for spec in plugin.manifest.models.iter().filter(wanted) {
            if let Some(parsed) = expressions.get(&spec.id) {
                let bound = self.bind(plugin, spec, parsed, inputs);
                self.models.push(bound);
            }
        }
    }

    fn bind(
        &mut self,
        plugin: &Plugin,
        spec: &ModelSpec,
        parsed: &ModelExpressions,
        inputs: &IndexMap<String, Expression>,
    ) -> BoundModel {
        let fed = |name: &str| inputs.contains_key(name);
        // Items of a set that the project lacks leave their row functions; an item that lacks more is left out itself.
        let without =
            |list: &Vec<Expression>| list.iter().map(|one| one.without_unknown(fed)).collect::<Option<Vec<_>>>();
        let with_inputs = spec.items.iter().zip(&parsed.items).map(|(item, list)| (item, without(list)));
        let (kept, dropped): (Vec<_>, Vec<_>) = with_inputs.partition(|(_, list)| list.is_some());
        let kept: Vec<(&ItemSpec, Vec<Expression>)> =
            kept.into_iter().filter_map(|(item, list)| Some((item, list?))).collect();
        let method = registry::method(&spec.method);
        let rest = |one: &Option<Expression>| match one {
            Some(one) => one.without_unknown(fed).map(Some),
            None => Some(None),
        };
        let optional_group = method.is_none_or(|method| (method.group)(spec) != Need::Yes);
        let group = rest(&parsed.group).or_else(|| optional_group.then_some(None));
        let frame = rest(&parsed.outcome).zip(group).zip(rest(&parsed.base));
        // A module counts on its columns, so it needs all of them.
        let enough = match &spec.module {
            Some(_) => dropped.is_empty(),
            None => method.is_some_and(|method| kept.len() >= method.fewest_items),
        };
        let items: Vec<ItemInfo> = kept.iter().map(|(item, _)| ItemInfo::from(*item)).collect();
        let model = frame.as_ref().filter(|_| enough).and_then(|_| match &spec.module {
            Some(module) => self.module_of(plugin, module),
            None => registry::build(method?, &spec.options, &items, self.confidence()).0,
        });
        let ((outcome, group), base) = frame.unwrap_or_default();
        let used = || outcome.iter().chain(&group).chain(&base).chain(kept.iter().flat_map(|(_, list)| list.iter()));
        let all =
            || parsed.outcome.iter().chain(&parsed.group).chain(&parsed.base).chain(parsed.items.iter().flatten());
        let missing_inputs = if model.is_some() { Vec::new() } else { lacking(all(), inputs, plugin) };
        let mut read: Vec<(String, String)> = Vec::new();
        for name in used().flat_map(Expression::columns) {
            if let Some(expression) = inputs.get(&name).filter(|_| !read.iter().any(|(known, _)| *known == name)) {
                read.push((name, expression.text().to_owned()));
            }
        }
        let of_module = |module: &ModuleSpec| if module.is_bootstrapped() { MODULE_REPLICATES } else { 0 };
        let default_replicates = spec.module.as_ref().map(of_module).or(method.map(|method| method.replicates));
        let info = ModelInfo {
            id: spec.id.clone(),
            module: plugin.manifest.id.clone(),
            module_version: plugin.manifest.version.to_string(),
            title: spec.title.clone(),
            definition: spec.definition.clone(),
            method: if spec.module.is_some() { "wasm".to_owned() } else { spec.method.clone() },
            formula: model.as_ref().map_or_else(|| Localized::from(""), |model| model.method()),
            of: spec.of.clone(),
            of_title: spec.of_title.clone(),
            group: group.as_ref().and(spec.group.clone()),
            items: kept.iter().map(|(item, _)| item_use(item)).collect(),
            left_out: dropped.iter().map(|(item, _)| item.id.clone()).collect(),
            options: spec.options.clone(),
            base: spec.base.clone().unwrap_or_default(),
            table: None,
            base_title: spec.base_title.clone(),
            replicates: spec.bootstrap.or(default_replicates).unwrap_or_default(),
            seed: spec.seed,
            inputs: read,
            missing_inputs,
        };
        let mut bound = BoundModel {
            info,
            outcome: None,
            group: None,
            base: None,
            items: Vec::new(),
            by_segments: spec.by_segments,
            model,
        };
        if bound.model.is_some() {
            let mut add = |expression: &Expression| {
                let value = cast(expression.substitute(inputs).logical().clone(), DataType::Float64);
                self.values.add_item(Item { value, per: None })
            };
            bound.outcome = outcome.as_ref().map(&mut add);
            bound.base = base.as_ref().map(&mut add);
            bound.items = kept.iter().map(|(_, expressions)| expressions.iter().map(&mut add).collect()).collect();
            bound.group = group.as_ref().map(|group| {
                let kind = group.data_type();
                let number = kind.is_numeric() || *kind == DataType::Boolean;
                let kind = if number { DataType::Float64 } else { DataType::Utf8 };
                let value = cast(group.substitute(inputs).logical().clone(), kind);
                self.values.add_item(Item { value, per: None })
            });
        }
        bound
    }
}

impl ModelBinding {
    fn confidence(&self) -> f64 {
        self.confidence.unwrap_or_else(|| RawSettings::default().confidence)
    }

    fn module_of(&self, plugin: &Plugin, module: &ModuleSpec) -> Option<Arc<dyn Model>> {
        let bytes = plugin.modules.get(&module.file)?;
        Some(Arc::new(WasmModel::new(&plugin.manifest.id, module, bytes, self.confidence())))
    }
}

fn item_use(item: &ItemSpec) -> ItemUse {
    ItemUse {
        id: item.id.clone(),
        title: item.title.clone(),
        expressions: item.expressions.values().cloned().collect(),
    }
}

/// The inputs that expressions read and the project does not feed, with their questions.
fn lacking<'e>(
    expressions: impl Iterator<Item = &'e Expression>,
    inputs: &IndexMap<String, Expression>,
    plugin: &Plugin,
) -> Vec<(String, Localized)> {
    let mut missing: Vec<(String, Localized)> = Vec::new();
    for name in expressions.flat_map(Expression::columns) {
        if !inputs.contains_key(&name) && !missing.iter().any(|(known, _)| *known == name) {
            let declared = plugin.manifest.inputs.get(&name);
            let question = declared.and_then(|input| input.ask.clone().or_else(|| input.title.clone()));
            missing.push((name.clone(), question.unwrap_or_else(|| Localized::from(name.as_str()))));
        }
    }
    missing
}

/// Says which items and which models are left out for want of inputs.
fn report_items(project: &Project, plugin: &str, models: &[BoundModel], diagnostics: &mut Diagnostics) {
    let path = format!("plugins.{plugin}.inputs");
    for bound in models {
        let info = &bound.info;
        let problem = if !info.missing_inputs.is_empty() {
            let names: Vec<&str> = info.missing_inputs.iter().map(|(name, _)| name.as_str()).collect();
            Diagnostic::note(&messages::MODEL_WITHOUT_INPUT).arg("inputs", names.join(", "))
        } else if !info.left_out.is_empty() {
            Diagnostic::note(&messages::ITEMS_LEFT_OUT).arg("items", info.left_out.join(", "))
        } else {
            continue;
        };
        diagnostics.push(problem.arg("model", &info.id).at(project.at(&path)).key(&path));
    }
}

/// Checks the models that the project picks.
fn report_choice(project: &Project, plugin: &Plugin, usage: &RawPluginUse, diagnostics: &mut Diagnostics) {
    let known = || plugin.manifest.models.iter().map(|model| model.id.as_str());
    for (index, model) in usage.models.iter().flatten().enumerate() {
        if !known().any(|name| name == model) {
            let path = format!("plugins.{}.models[{index}]", plugin.manifest.id);
            diagnostics.push(
                Diagnostic::error(&messages::UNKNOWN_SELECTED_MODEL)
                    .arg("plugin", &plugin.manifest.id)
                    .arg("model", model)
                    .suggest(model, known())
                    .at(project.at(&path))
                    .key(path),
            );
        }
    }
}

/// Refuses the same model id from two plugins.
fn report_ids(project: &Project, models: &[&ModelInfo], diagnostics: &mut Diagnostics) {
    for (index, info) in models.iter().enumerate() {
        let (id, module) = (&info.id, &info.module);
        if let Some(first) = models[..index].iter().find(|earlier| earlier.id == *id) {
            let path = format!("plugins.{module}");
            diagnostics.push(
                Diagnostic::error(&messages::MODEL_IN_TWO_PLUGINS)
                    .arg("model", id)
                    .arg("first", &first.module)
                    .arg("second", module)
                    .at(project.at(&path))
                    .key(path),
            );
        }
    }
}
