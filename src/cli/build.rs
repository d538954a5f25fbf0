//! `manyi build`: the documents of a project.

use serde_json::json;

use crate::cli::args::BuildOptions;
use crate::cli::console::Console;
use crate::cli::{Outcome, print_json};
use crate::diagnostics::{Diagnostics, Lang};
use crate::pipeline;
use crate::pipeline::build::{BuildRequest, build, look_for_fonts};

pub(crate) fn run(
    options: &BuildOptions,
    lang: Option<Lang>,
    console: &Console,
    diagnostics: &mut Diagnostics,
) -> Outcome {
    look_for_fonts();
    let measured = {
        let _progress = console.progress("正在计算指标…", "computing the indicators …");
        pipeline::measure(&options.project, diagnostics)
    };
    let published = {
        let _progress = console.progress("正在排版…", "typesetting …");
        let request = BuildRequest {
            lang,
            out: options.out.clone(),
            reports: options.report.clone(),
            only: options.only.clone(),
            jobs: options.jobs,
        };
        measured.map(|measured| build(&measured, &request, diagnostics)).unwrap_or_default()
    };
    if console.json {
        return print_json(console, json!({ "schema": 1, "published": published }), diagnostics);
    }
    for report in &published {
        for document in &report.documents {
            console.data(&format!("{}\n", report.folder.join(document).display()))?;
        }
    }
    Ok(())
}
