//! `manyi plugins list|show|new|test`.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::json;

use crate::cli::args::{PluginsAction, PluginsOptions};
use crate::cli::console::{Console, TextTable};
use crate::cli::skeleton::{NewPlugin, write_new};
use crate::cli::{Outcome, print_json};
use crate::config::PROJECT_FILE;
use crate::config::validate::kind_name;
use crate::diagnostics::messages::{output, plugins as messages};
use crate::diagnostics::{Diagnostic, Diagnostics, Lang, Location};
use crate::metrics::plugin_tests::TestOutcome;
use crate::models::plugin_tests::run_plugin_tests;
use crate::models::registry::check_models;
use crate::plugins::expressions::{parse_expressions, parse_model_expressions};
use crate::plugins::{Estimator, Origin, Plugin, discover, is_broken};

pub(crate) fn run(options: &PluginsOptions, console: &Console, diagnostics: &mut Diagnostics) -> Outcome {
    match &options.action {
        PluginsAction::List(project) => list(&project.project, console, diagnostics),
        PluginsAction::Show { id, project } => show(id, project, console, diagnostics),
        PluginsAction::New { id, wasm, project } => new(id, *wasm, project, console, diagnostics),
        PluginsAction::Test { id, all: _, project } => test(id.as_deref(), project, console, diagnostics),
    }
}

/// The folder if it is a project; elsewhere only the built-in plugins count.
fn own_root(folder: &Path) -> Option<&Path> {
    folder.join(PROJECT_FILE).is_file().then_some(folder)
}

fn list(project: &Path, console: &Console, diagnostics: &mut Diagnostics) -> Outcome {
    let plugins = discover(own_root(project), diagnostics);
    if console.json {
        let entries: Vec<_> = plugins.values().map(summary).collect();
        return print_json(console, json!({ "schema": 1, "plugins": entries }), diagnostics);
    }
    let head = [
        "id",
        console.say("版本", "version"),
        console.say("指标数", "metrics"),
        console.say("来源", "origin"),
        console.say("名称", "title"),
    ];
    let mut table = TextTable::new(head.map(str::to_owned).to_vec(), vec![false, false, true]);
    for plugin in plugins.values() {
        table.row(vec![
            plugin.manifest.id.clone(),
            plugin.manifest.version.to_string(),
            plugin.manifest.metrics.len().to_string(),
            origin_text(&plugin.origin, console).to_owned(),
            plugin.manifest.title.get(console.lang).to_owned(),
        ]);
    }
    console.data(&table.render())
}

fn origin_text<'t>(origin: &Origin, console: &Console) -> &'t str {
    match origin {
        Origin::BuiltIn => console.say("内置", "built in"),
        Origin::Project(_) => console.say("项目", "project"),
    }
}

fn summary(plugin: &Plugin) -> serde_json::Value {
    json!({
        "id": plugin.manifest.id,
        "version": plugin.manifest.version.to_string(),
        "title": plugin.manifest.title,
        "description": plugin.manifest.description,
        "origin": plugin.origin,
        "sha256": plugin.sha256,
        "metrics": plugin.manifest.metrics.iter().map(|metric| &metric.id).collect::<Vec<_>>(),
        "models": plugin.manifest.models.iter().map(|model| &model.id).collect::<Vec<_>>(),
    })
}

fn show(id: &str, project: &Path, console: &Console, diagnostics: &mut Diagnostics) -> Outcome {
    let plugins = discover(own_root(project), diagnostics);
    let Some(plugin) = plugins.get(id) else {
        report_unknown(id, project, plugins.keys().map(String::as_str), diagnostics);
        return if console.json {
            print_json(console, json!({ "schema": 1, "plugin": null }), diagnostics)
        } else {
            Ok(())
        };
    };
    parse_expressions(plugin, diagnostics);
    parse_model_expressions(plugin, diagnostics);
    check_models(plugin, diagnostics);
    if console.json {
        let mut entry = summary(plugin);
        entry["inputs"] = json!(plugin.manifest.inputs);
        entry["definitions"] = plugin
            .manifest
            .metrics
            .iter()
            .map(|metric| json!({ "id": metric.id, "title": metric.title, "definition": metric.definition, "estimator": metric.estimator.name(), "of": expression_text(&metric.estimator), "base": metric.base, "unit": metric.unit, "better": metric.better, "variant_of": metric.variant_of }))
            .collect();
        return print_json(console, json!({ "schema": 1, "plugin": entry }), diagnostics);
    }
    console.data(&description(plugin, console))
}

fn description(plugin: &Plugin, console: &Console) -> String {
    let lang = console.lang;
    let manifest = &plugin.manifest;
    let mut text = format!("{} ({} {})\n", manifest.title.get(lang), manifest.id, manifest.version);
    if let Some(description) = &manifest.description {
        let _ = writeln!(text, "{}", description.get(lang));
    }
    let _ = writeln!(text, "\n{}", console.say("输入", "inputs"));
    for (name, input) in &manifest.inputs {
        let range = input.range.map_or_else(String::new, |[low, high]| format!(" {low}–{high}"));
        let need = if input.optional { "" } else { console.say("（必需）", " (required)") };
        let ask = input.ask.as_ref().map_or("", |ask| ask.get(lang));
        let _ = writeln!(text, "  {name}: {}{range}{need}  {ask}", kind_name(input.kind));
    }
    let _ = writeln!(text, "\n{}", console.say("指标", "metrics"));
    for metric in &manifest.metrics {
        let indent = if metric.variant_of.is_some() { "    " } else { "  " };
        let _ = writeln!(text, "{indent}{}  {}", metric.id, metric.title.get(lang));
        let _ = writeln!(text, "{indent}  {}", metric.definition.get(lang));
        let base = metric
            .base
            .as_deref()
            .map_or_else(String::new, |base| format!("  {}: {base}", console.say("基数", "base")));
        let _ = writeln!(text, "{indent}  {}: {}{base}", metric.estimator.name(), expression_text(&metric.estimator));
    }
    if !manifest.models.is_empty() {
        let _ = writeln!(text, "\n{}", console.say("模型", "models"));
    }
    for model in &manifest.models {
        let items: Vec<&str> = model.items.iter().map(|item| item.id.as_str()).collect();
        let of = model.of.as_deref().map_or_else(String::new, |of| format!("{of} ← "));
        let _ = writeln!(text, "  {}  {}", model.id, model.title.get(lang));
        let _ = writeln!(text, "    {}", model.definition.get(lang));
        let method = model.module.as_ref().map_or(&model.method, |module| &module.file);
        let _ = writeln!(text, "    {method}: {of}{}", items.join(", "));
    }
    for source in &manifest.sources {
        let _ = writeln!(text, "\n{}: {source}", console.say("来源", "source"));
    }
    text
}

fn expression_text(estimator: &Estimator) -> String {
    match estimator {
        Estimator::Composite { components } => {
            let term = |component: &crate::plugins::manifest::RawComponent| {
                let value =
                    if component.reverse { format!("(100 - {})", component.metric) } else { component.metric.clone() };
                format!("{} × {value}", component.weight)
            };
            components.iter().map(term).collect::<Vec<_>>().join(" + ")
        }
        Estimator::Model { model, value } => format!("{model}.{value}"),
        other => other
            .expressions()
            .into_iter()
            .map(|(key, expression)| if key == "of" { expression.to_owned() } else { format!("{key} {expression}") })
            .collect::<Vec<_>>()
            .join("; "),
    }
}

fn new(id: &str, wasm: bool, project: &Path, console: &Console, diagnostics: &mut Diagnostics) -> Outcome {
    let written = write_new(id, wasm, project, diagnostics);
    if console.json {
        let files = |plugin: &NewPlugin| plugin.files.iter().map(|name| plugin.folder.join(name)).collect::<Vec<_>>();
        return print_json(console, json!({ "schema": 1, "written": written.as_ref().map(files) }), diagnostics);
    }
    if let Some(plugin) = written {
        let folder = plugin.folder.display();
        let at = match plugin.project.as_path() {
            here if here == Path::new(".") => String::new(),
            project => format!(" --project {}", project.display()),
        };
        console.talk(&match console.lang {
            Lang::ZhCn | Lang::ZhTw => {
                format!("已写入 {folder}（{}）。接着运行：manyi plugins test {id}{at}", plugin.files.join("、"))
            }
            Lang::En => format!("wrote {folder} ({}); next: manyi plugins test {id}{at}", plugin.files.join(", ")),
        });
    }
    Ok(())
}

fn test(id: Option<&str>, project: &Path, console: &Console, diagnostics: &mut Diagnostics) -> Outcome {
    let plugins = discover(own_root(project), diagnostics);
    if let Some(id) = id.filter(|id| !plugins.contains_key(*id)) {
        report_unknown(id, project, plugins.keys().map(String::as_str), diagnostics);
    }
    let mut outcomes = Vec::new();
    for plugin in plugins.values().filter(|plugin| id.is_none_or(|id| plugin.manifest.id == id)) {
        match &plugin.tests {
            Some(tests) => outcomes.push((plugin.manifest.id.clone(), run_plugin_tests(plugin, tests, diagnostics))),
            None => diagnostics.push(
                Diagnostic::warning(&output::NO_TESTS)
                    .arg("plugin", &plugin.manifest.id)
                    .at(Location::file(plugin.shown_file("tests.yaml"))),
            ),
        }
    }
    if console.json {
        let entry = |(id, outcome): &(String, TestOutcome)| json!({ "plugin": id, "passed": outcome.passed, "failed": outcome.failed });
        let entries: Vec<_> = outcomes.iter().map(entry).collect();
        return print_json(console, json!({ "schema": 1, "tests": entries }), diagnostics);
    }
    let line = |(id, outcome): &(String, TestOutcome)| match console.lang {
        Lang::ZhCn | Lang::ZhTw => format!("{id}：通过 {}，失败 {}\n", outcome.passed, outcome.failed),
        Lang::En => format!("{id}: {} passed, {} failed\n", outcome.passed, outcome.failed),
    };
    console.data(&outcomes.iter().map(line).collect::<String>())
}

fn report_unknown<'p>(id: &str, folder: &Path, known: impl Iterator<Item = &'p str>, diagnostics: &mut Diagnostics) {
    if is_broken(id, diagnostics) {
        return;
    }
    let problem = match own_root(folder) {
        Some(_) => Diagnostic::error(&messages::UNKNOWN_PLUGIN),
        None => Diagnostic::error(&messages::UNKNOWN_PLUGIN_NO_PROJECT).arg("folder", folder.display()),
    };
    diagnostics.push(problem.arg("id", id).suggest(id, known));
}
