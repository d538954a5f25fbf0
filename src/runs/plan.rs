//! What a run would do and why, as a small graph: each step depends on those before it and is done if what it was made of has not
//! changed.

use serde::Serialize;

use crate::diagnostics::{LocalizedTexts, lang_texts};
use crate::pipeline::build::report_ids;
use crate::runs::inputs::Input;
use crate::runs::record::Release;
use crate::runs::release::Places;
use crate::runs::scope::Scope;
use crate::runs::work::Work;

/// A step of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Its name: `measure`, `report:plan`, `gates`, `publish`, `deliver`.
    pub step: String,
    /// Steps that it depends on.
    pub after: Vec<String>,
    /// True if it is to be done.
    pub needed: bool,
    /// Why.
    pub why: LocalizedTexts,
}

/// What a run would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// True if the files are those of the release in place.
    pub unchanged: bool,
    /// The steps in an order that respects their dependencies.
    pub steps: Vec<Step>,
}

/// The steps of a run, looking at the disk only. `told` is false of a release in place whose run did not come to its end.
pub fn plan(scope: &Scope, places: &Places, previous: Option<&Release>, told: bool, force: bool) -> Planned {
    let unchanged = !force && previous.is_some_and(|release| release.files == scope.files);
    let work = Work::look(places.work(scope.period), scope.period);
    let same_work = work.progress.files == scope.files;
    let why = match previous {
        None => lang_texts("尚无此期的版本", "there is no release of the period"),
        Some(release) if unchanged => {
            let revision = release.revision;
            lang_texts(format!("输入与第 {revision} 版相同"), format!("the inputs are those of revision {revision}"))
        }
        Some(_) if force => lang_texts("指定了 --force", "--force is given"),
        Some(release) => changed_text(release, scope),
    };
    let mut steps = Vec::new();
    let mut add = |step: &str, after: Vec<String>, needed: bool, why: &LocalizedTexts| {
        steps.push(Step { step: step.to_owned(), after, needed, why: why.clone() });
    };
    let kept = lang_texts("上次运行已完成", "done by the run before");
    let measured = same_work && work.progress.numbers.is_some();
    add("measure", Vec::new(), !unchanged && !measured, if measured && !unchanged { &kept } else { &why });
    add("gates", vec!["measure".to_owned()], !unchanged, &why);
    let reports = report_ids(&scope.project);
    let content = work.progress.numbers.as_ref().map(|numbers| numbers.content.clone());
    for id in &reports {
        let built = content.as_ref().is_some_and(|content| same_work && work.has(id, &scope.report_key(id, content)));
        let reason = if built && !unchanged { &kept } else { &why };
        add(&format!("report:{id}"), vec!["gates".to_owned()], !unchanged && !built, reason);
    }
    add("publish", reports.iter().map(|id| format!("report:{id}")).collect(), !unchanged, &why);
    let cut_off = lang_texts("上次运行中断，可能尚未通知读者", "the run before was cut off and may have told nobody");
    add("deliver", vec!["publish".to_owned()], !unchanged || !told, if unchanged && !told { &cut_off } else { &why });
    Planned { unchanged, steps }
}

/// Which inputs are not those of a release.
fn changed_text(release: &Release, scope: &Scope) -> LocalizedTexts {
    let changed = changed_files(&release.inputs, &scope.inputs);
    if changed.is_empty() {
        return lang_texts("之前各期的数值有修订", "numbers of earlier periods were revised");
    }
    let mut names = changed.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
    if changed.len() > 5 {
        names.push_str(", …");
    }
    lang_texts(format!("有变动：{names}"), format!("changed: {names}"))
}

/// Files that are new, gone or have another content, sorted.
pub fn changed_files(before: &[Input], now: &[Input]) -> Vec<String> {
    let gone = before.iter().filter(|held| !now.iter().any(|input| input.file == held.file));
    let other = now.iter().filter(|input| !before.contains(input));
    let mut files: Vec<String> = gone.chain(other).map(|input| input.file.clone()).collect();
    files.sort();
    files.dedup();
    files
}
