//! The built-in methods by name, with what each wants of a declaration: an outcome or none, how many items, which expressions
//! an item has. Declarations are checked here without data.

use std::sync::Arc;

use indexmap::IndexMap;

use crate::config::raw::RawSettings;
use crate::diagnostics::messages::models as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Level, Localized};
use crate::models::methods;
use crate::models::{Model, options::Options};
use crate::plugins::{ItemSpec, ModelSpec, Plugin};

/// Whether a method has a use for something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// It has none.
    No,
    /// It can do without.
    Optional,
    /// It cannot do without.
    Yes,
}

/// A built-in method.
#[derive(Debug, Clone, Copy)]
pub struct Method {
    /// Name in `model:`.
    pub name: &'static str,
    /// True if a declaration needs an outcome, `of:`; else it must have none.
    pub outcome: fn(&ModelSpec) -> bool,
    /// Whether a declaration says what an answer belongs to, `group:`.
    pub group: fn(&ModelSpec) -> Need,
    /// Fewest items.
    pub fewest_items: usize,
    /// Most items.
    pub most_items: usize,
    /// Expressions that every item has.
    pub keys: &'static [&'static str],
    /// Expressions that all items have or none has.
    pub optional_keys: &'static [&'static str],
    /// Bootstrap replicates where the plugin does not say how many; 0 where the method has intervals of its own or none.
    pub replicates: u32,
    /// Reads the options and gives the model.
    pub build: Build,
}

/// Makes a model of options and items; what is wrong with the options is reported to them.
pub type Build = fn(&mut Options<'_>, &[ItemInfo]) -> Option<Arc<dyn Model>>;

/// Problems of options, each with its key path inside `options`.
pub type OptionProblems = Vec<(String, Diagnostic)>;

/// What a method may know about an item before it sees answers.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemInfo {
    /// Id.
    pub id: String,
    /// Name in tables.
    pub title: Localized,
    /// Lowest and highest possible value.
    pub range: Option<[f64; 2]>,
    /// Keys of its expressions, in the order of its columns.
    pub keys: Vec<&'static str>,
}

impl From<&ItemSpec> for ItemInfo {
    fn from(item: &ItemSpec) -> Self {
        Self {
            id: item.id.clone(),
            title: item.title.clone(),
            range: item.range,
            keys: item.expressions.keys().copied().collect(),
        }
    }
}

/// The built-in method of this name.
pub fn method(name: &str) -> Option<&'static Method> {
    methods::ALL.iter().find(|method| method.name == name)
}

/// Checks the models of a plugin against their methods: names, outcome, items, options. True if all are sound.
pub fn check_models(plugin: &Plugin, diagnostics: &mut Diagnostics) -> bool {
    let before = diagnostics.count(Level::Error);
    for spec in &plugin.manifest.models {
        let mut report = |key: &str, problem: Diagnostic| {
            let path = format!("{}{key}", spec.key_path);
            diagnostics.push(problem.arg("model", &spec.id).at(plugin.positions.locate(&path)).key(path));
        };
        if spec.module.is_some() {
            for key in spec.options.keys() {
                let problem = Diagnostic::error(&messages::UNKNOWN_OPTION).arg("method", "wasm").arg("option", key);
                report(&format!(".options.{key}"), problem);
            }
            continue;
        }
        let Some(method) = method(&spec.method) else {
            let names = || methods::ALL.iter().map(|method| method.name);
            let problem = Diagnostic::error(&messages::UNKNOWN_METHOD)
                .arg("method", &spec.method)
                .arg("known", names().collect::<Vec<_>>().join(", "))
                .suggest(&spec.method, names());
            report(".model", problem);
            continue;
        };
        check_shape(spec, method, &mut report);
        for (key, problem) in problems_of_options(spec, method) {
            report(&format!(".options.{key}"), problem.arg("method", method.name));
        }
    }
    diagnostics.count(Level::Error) == before
}

fn check_shape(spec: &ModelSpec, method: &Method, report: &mut impl FnMut(&str, Diagnostic)) {
    let named = |message| Diagnostic::error(message).arg("method", method.name);
    match ((method.outcome)(spec), spec.of.is_some()) {
        (true, false) => report("", named(&messages::OUTCOME_NEEDED)),
        (false, true) => report(".of", named(&messages::OUTCOME_WITHOUT_USE)),
        _ => {}
    }
    match ((method.group)(spec), spec.group.is_some()) {
        (Need::Yes, false) => report("", named(&messages::GROUP_NEEDED)),
        (Need::No, true) => report(".group", named(&messages::GROUP_WITHOUT_USE)),
        _ => {}
    }
    let count = spec.items.len();
    if count < method.fewest_items || count > method.most_items {
        let most = if method.most_items == usize::MAX { "…".to_owned() } else { method.most_items.to_string() };
        let problem =
            named(&messages::WRONG_ITEM_COUNT).arg("fewest", method.fewest_items).arg("most", most).arg("found", count);
        report(".items", problem);
    }
    let optional = |item: &ItemSpec| item.expressions.keys().any(|key| method.optional_keys.contains(key));
    let all_optional = spec.items.iter().any(optional);
    for (index, item) in spec.items.iter().enumerate() {
        let place = format!(".items[{index}]");
        let needed = method.keys.iter().chain(method.optional_keys.iter().filter(|_| all_optional));
        for key in needed.filter(|key| !item.expressions.contains_key(*key)) {
            report(&place, named(&messages::ITEM_KEY_NEEDED).arg("item", &item.id).arg("key", key));
        }
        for key in
            item.expressions.keys().filter(|key| !method.keys.contains(key) && !method.optional_keys.contains(key))
        {
            report(&place, named(&messages::ITEM_KEY_WITHOUT_USE).arg("item", &item.id).arg("key", key));
        }
    }
}

fn problems_of_options(spec: &ModelSpec, method: &Method) -> OptionProblems {
    let items: Vec<ItemInfo> = spec.items.iter().map(ItemInfo::from).collect();
    build(method, &spec.options, &items, RawSettings::default().confidence).1
}

/// A model of its options and items, with the problems found. `confidence` is for intervals that the method gives itself.
pub fn build(
    method: &Method,
    options: &IndexMap<String, serde_json::Value>,
    items: &[ItemInfo],
    confidence: f64,
) -> (Option<Arc<dyn Model>>, OptionProblems) {
    let mut options = Options::new(options, confidence);
    let model = (method.build)(&mut options, items);
    (model, options.finish())
}
