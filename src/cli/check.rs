//! `manyi check`: every problem of a project in one run. Data and metrics are looked at even if the project file has
//! problems, as long as something can be said about them.

use std::path::Path;

use serde_json::json;

use crate::cli::args::ProjectOptions;
use crate::cli::console::Console;
use crate::cli::{Outcome, print_json};
use crate::data::load_tables;
use crate::diagnostics::{Diagnostics, Lang, Level};
use crate::document::plan::resolve_plan;
use crate::metrics::compute;
use crate::models::bind::bind_project;
use crate::pipeline;

pub(crate) fn run(options: &ProjectOptions, console: &Console, diagnostics: &mut Diagnostics) -> Outcome {
    let (answers, metrics);
    {
        let _progress = console.progress("正在检查…", "checking …");
        (answers, metrics) = examine(&options.project, diagnostics);
    }
    let errors = diagnostics.count(Level::Error);
    if console.json {
        let data = json!({ "schema": 1, "ok": errors == 0, "answers": answers, "metrics": metrics });
        return print_json(console, data, diagnostics);
    }
    if let (Some(answers), Some(metrics), 0) = (answers, metrics, errors) {
        console.talk(&match console.lang {
            Lang::ZhCn => format!("检查通过：{answers} 份答卷，{metrics} 项指标"),
            Lang::En => format!("checked; answers: {answers}, metrics: {metrics}"),
        });
    }
    Ok(())
}

/// Looks at project, data, metrics and plan as far as each can be had: the number of answers and of metrics.
fn examine(folder: &Path, diagnostics: &mut Diagnostics) -> (Option<usize>, Option<usize>) {
    let Some(open) = pipeline::open(folder, diagnostics) else { return (None, None) };
    let Some(tables) = load_tables(&open.project, diagnostics) else { return (None, None) };
    let answers = Some(tables.survey.row_count());
    let indicators = compute(&open.project, &open.plugins, &tables, diagnostics);
    bind_project(&open.project, &open.plugins, &tables, diagnostics);
    let Some(indicators) = indicators else { return (answers, None) };
    resolve_plan(&open.project, &indicators.results, diagnostics);
    (answers, Some(indicators.results.metrics.len()))
}
