//! `manyi check`: every problem of a project in one run. Data and metrics are looked at even if the project file has
//! problems, as long as something can be said about them.

use serde_json::json;

use crate::cli::args::ProjectOptions;
use crate::cli::console::Console;
use crate::cli::{Outcome, print_json};
use crate::data::load::load;
use crate::diagnostics::{Diagnostics, Level};
use crate::metrics::compute;
use crate::pipeline;

pub(crate) fn run(options: &ProjectOptions, console: &Console, diagnostics: &mut Diagnostics) -> Outcome {
    let mut answers = None;
    let mut metrics = None;
    {
        let _progress = console.progress("正在检查…", "checking …");
        if let Some(open) = pipeline::open(&options.project, diagnostics) {
            if let Some(responses) = load(&open.project, diagnostics) {
                answers = Some(responses.row_count());
                if let Some(computation) = compute(&open.project, &open.plugins, &responses, diagnostics) {
                    metrics = Some(computation.metrics.len());
                    crate::document::plan::resolve_plan(&open.project, &computation.results, diagnostics);
                }
            }
        }
    }
    let errors = diagnostics.count(Level::Error);
    if console.json {
        let data = json!({ "schema": 1, "ok": errors == 0, "answers": answers, "metrics": metrics });
        return print_json(console, data, diagnostics);
    }
    if let (Some(answers), Some(metrics), 0) = (answers, metrics, errors) {
        console.talk(&match console.lang {
            crate::diagnostics::Lang::ZhCn => format!("检查通过：{answers} 份答卷，{metrics} 项指标"),
            crate::diagnostics::Lang::En => format!("checked: {answers} answers, {metrics} metrics"),
        });
    }
    Ok(())
}
