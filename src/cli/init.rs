//! `manyi init`: a first `manyi.yaml`, guessed from survey exports if any are given.

use std::path::Path;

use serde_json::json;

use crate::cli::args::InitOptions;
use crate::cli::console::Console;
use crate::cli::{Outcome, print_json};
use crate::config::PROJECT_FILE;
use crate::diagnostics::messages::output as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Lang, io_problem};
use crate::pipeline::{self, DraftLangs};

pub(crate) fn run(
    options: &InitOptions,
    lang: Option<Lang>,
    console: &Console,
    diagnostics: &mut Diagnostics,
) -> Outcome {
    let path = options.project.join(PROJECT_FILE);
    let shown = path.display().to_string();
    let written = if path.exists() && !options.force {
        diagnostics.push(Diagnostic::error(&messages::PROJECT_EXISTS).arg("file", &shown));
        None
    } else {
        let _progress = console.progress("正在读取问卷…", "reading the survey …");
        let langs = DraftLangs { wished: lang, usual: console.lang };
        pipeline::draft_project(&options.project, &options.from, langs, diagnostics)
            .filter(|text| write(&path, text, diagnostics))
    };
    if console.json {
        return print_json(console, json!({ "schema": 1, "written": written.as_ref().map(|_| &shown) }), diagnostics);
    }
    if let Some(text) = written {
        let next = options.project.display();
        // The file has the language of the survey, which may be another than that of the screen.
        let (zh_cn, zh_tw, en) =
            if options.from.is_empty() { ("示例", "範例", "example") } else { ("推测", "推測", "guessed") };
        let marked = [(zh_cn, format!("“{zh_cn}”")), (zh_tw, format!("「{zh_tw}」"))];
        let mark = marked.into_iter().find(|(_, quoted)| text.contains(quoted.as_str())).map_or(en, |(mark, _)| mark);
        console.talk(&match console.lang {
            Lang::ZhCn | Lang::ZhTw => {
                format!("已写入 {shown}。请核对标有“{mark}”的各行，然后运行：manyi check {next}")
            }
            Lang::En => format!("wrote {shown}; look over the lines marked `{mark}`, then run: manyi check {next}"),
        });
    }
    Ok(())
}

fn write(path: &Path, text: &str, diagnostics: &mut Diagnostics) -> bool {
    let done = path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(path, text));
    if let Err(error) = done {
        let problem = Diagnostic::error(&messages::NOT_WRITTEN).arg("file", path.display());
        diagnostics.push(problem.words("problem", io_problem(&error)));
        return false;
    }
    true
}
