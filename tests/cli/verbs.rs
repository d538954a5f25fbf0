//! The smaller verbs: init, plugins, templates, schema, and the exit codes of wrong usage.

use std::fs;

use serde_json::Value;

use crate::support::{manyi, root};

#[test]
fn init_writes_a_project_that_checks_without_errors() {
    let folder = tempfile::tempdir().unwrap();
    let data = root().join("samples/campus-canteen/data");
    for file in ["2026-09.xlsx", "2026-10.csv", "2026-11.csv"] {
        let target = folder.path().join(file);
        fs::copy(data.join(file), &target).unwrap();
        for lang in ["zh-CN", "en"] {
            let project = folder.path().join(format!("{file}-{lang}"));
            let output =
                manyi().arg("init").arg(&project).arg("--from").arg(&target).args(["--lang", lang]).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            let check = manyi().arg("check").arg(&project).args(["--json"]).output().unwrap();
            let found: Value = serde_json::from_slice(&check.stdout).unwrap();
            let errors: Vec<&Value> =
                found["diagnostics"].as_array().unwrap().iter().filter(|found| found["level"] == "error").collect();
            // Repeated ids are a fact of the data that the user must decide on.
            let open: Vec<&&Value> = errors.iter().filter(|error| error["code"] != "M0204").collect();
            assert!(open.is_empty(), "{file} {lang}: {open:?}");
        }
    }
}

#[test]
fn init_never_overwrites_without_being_told() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("manyi.yaml"), "mine").unwrap();
    let output = manyi().arg("init").arg(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(fs::read_to_string(folder.path().join("manyi.yaml")).unwrap(), "mine");
}

#[test]
fn built_in_plugins_pass_their_own_cases() {
    let output = manyi().current_dir(root().join("docs")).args(["plugins", "test", "--json"]).output().unwrap();
    let data: Value = serde_json::from_slice(&output.stdout).unwrap();
    for plugin in data["tests"].as_array().unwrap() {
        assert!(plugin["passed"].as_u64().unwrap() > 0 && plugin["failed"] == 0, "{data}");
    }
    assert!(output.status.success());
}

#[test]
fn a_plugin_case_with_a_wrong_number_fails_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let plugin = folder.path().join("plugins/mine");
    fs::create_dir_all(&plugin).unwrap();
    fs::write(folder.path().join("manyi.yaml"), "").unwrap();
    fs::write(
        plugin.join("plugin.yaml"),
        "manifest: 1\nid: mine\nversion: 1.0.0\ntitle: Mine\ninputs: { score: { type: scale, range: [1, 5] } }\nmetrics:\n  - { id: top, title: Top, estimator: proportion, of: score >= 4 }\n",
    )
    .unwrap();
    fs::write(
        plugin.join("tests.yaml"),
        "cases:\n  - name: half\n    rows: [{ score: 5 }, { score: 1 }]\n    expect:\n      top: { estimate: 51, n: 2 }\n",
    )
    .unwrap();
    let output =
        manyi().args(["plugins", "test", "mine", "--lang", "en", "--project"]).arg(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("estimate of `top` is 50, expected 51"), "{stderr}");
    assert!(stderr.contains("plugins/mine/tests.yaml:5:7"), "{stderr}");
}

#[test]
fn a_copied_template_overrules_the_built_in_one() {
    let sample = root().join("samples/campus-canteen");
    let folder = tempfile::tempdir().unwrap();
    for entry in
        walkdir::WalkDir::new(&sample).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file())
    {
        let target = folder.path().join(entry.path().strip_prefix(&sample).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(entry.path(), target).unwrap();
    }
    let copied = manyi().args(["templates", "copy", "satisfaction-plan"]).arg(folder.path()).output().unwrap();
    assert!(copied.status.success(), "{}", String::from_utf8_lossy(&copied.stderr));
    let template = folder.path().join("templates/satisfaction-plan/plan.en.md.tera");
    let text = fs::read_to_string(&template).unwrap();
    fs::write(&template, format!("{text}\n\nPrinted from a template of the project.\n")).unwrap();
    let built = manyi().arg("build").arg(folder.path()).args(["--lang", "en"]).output().unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let html = String::from_utf8(built.stdout).unwrap();
    let html = html.lines().find(|line| line.ends_with(".html")).unwrap();
    assert!(fs::read_to_string(html).unwrap().contains("Printed from a template of the project."));
}

#[test]
fn schemas_are_json_and_know_the_keys() {
    for (name, key) in [("project", "columns"), ("plugin", "metrics")] {
        let output = manyi().args(["schema", name]).output().unwrap();
        let schema: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(schema["properties"][key].is_object(), "{name}");
    }
}

#[test]
fn wrong_usage_is_exit_code_1_and_help_is_0() {
    assert_eq!(manyi().arg("bild").output().unwrap().status.code(), Some(1));
    assert_eq!(manyi().arg("--help").output().unwrap().status.code(), Some(0));
    assert_eq!(manyi().args(["explain", "x", "/nowhere"]).output().unwrap().status.code(), Some(1));
}

/// A project with one plugin of its own, whose manifest and cases are given.
fn project_with_plugin(manifest: &str, cases: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let plugin = folder.path().join("plugins/mine");
    fs::create_dir_all(&plugin).unwrap();
    fs::write(
        folder.path().join("manyi.yaml"),
        "manyi: 1\nproject: { title: t, date: 2026-11-20 }\ndata: { sources: [{ file: a.csv }] }\ncolumns: { score: { type: scale, range: [1, 5] } }\nplugins: { mine: { inputs: { score: score } } }\n",
    )
    .unwrap();
    fs::write(folder.path().join("a.csv"), "score\n5\n1\n").unwrap();
    fs::write(plugin.join("plugin.yaml"), format!("manifest: 1\nid: mine\nversion: 1.0.0\ntitle: Mine\n{manifest}"))
        .unwrap();
    fs::write(plugin.join("tests.yaml"), cases).unwrap();
    folder
}

/// Exit code and what was said in English.
fn said(arguments: &[&str], folder: &std::path::Path) -> (Option<i32>, String) {
    let output = manyi().args(arguments).args(["--lang", "en"]).current_dir(folder).output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

const SCORE: &str = "inputs: { score: { type: scale, range: [1, 5] }, here: { type: boolean, optional: true } }\n";

#[test]
fn a_case_fails_if_its_metric_could_not_be_computed() {
    let folder = project_with_plugin(
        &format!("{SCORE}metrics: [{{ id: top, title: Top, estimator: proportion, of: score >= rnd() }}]\n"),
        "cases: [{ name: half, rows: [{ score: 5 }], expect: { top: { n: 1 } } }]\n",
    );
    let (code, words) = said(&["plugins", "test", "mine"], folder.path());
    assert_eq!(code, Some(1));
    assert!(words.contains("M0331") && words.contains("`top` could not be computed"), "{words}");
    assert!(!words.contains("rand"), "a refused function is suggested: {words}");
}

#[test]
fn values_of_the_wrong_kind_are_reported_at_their_place() {
    let folder = project_with_plugin(
        &format!("{SCORE}metrics: [{{ id: top, title: Top, estimator: proportion, of: score >= 4 }}]\n"),
        "cases:\n  - name: half\n    rows:\n      - { score: \"5\" }\n      - { here: yes }\n    expect: { top: { n: 0 } }\n",
    );
    let (code, words) = said(&["plugins", "test", "mine"], folder.path());
    assert_eq!(code, Some(1));
    assert_eq!(words.matches("M0332").count(), 2, "{words}");
    assert!(words.contains("tests.yaml:4:") && words.contains("tests.yaml:5:"), "{words}");
}

#[test]
fn a_broken_plugin_is_not_called_unknown_too() {
    let folder = project_with_plugin(
        &format!("{SCORE}metrics: [{{ id: my csat, title: Top, estimator: proportion, of: score >= 4 }}]\n"),
        "cases: []\n",
    );
    for arguments in [vec!["plugins", "test", "mine"], vec!["plugins", "show", "mine"], vec!["check"]] {
        let (code, words) = said(&arguments, folder.path());
        assert_eq!(code, Some(1));
        assert!(words.contains("M0330") && words.contains("1 error,"), "{arguments:?}: {words}");
    }
    let elsewhere = tempfile::tempdir().unwrap();
    let (code, words) = said(&["plugins", "test", "mine"], elsewhere.path());
    assert_eq!(code, Some(1));
    assert!(words.contains("M0333") && words.contains("is no project"), "{words}");
}

#[test]
fn the_project_file_stands_for_its_folder() {
    let sample = root().join("samples/campus-canteen");
    let file = sample.join("manyi.yaml");
    for arguments in [vec!["check"], vec!["explain", "reputation"], vec!["metrics"]] {
        let output = manyi().args(&arguments).arg(&file).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let inside = manyi().args(["check", "manyi.yaml"]).current_dir(&sample).output().unwrap();
    assert!(inside.status.success(), "{}", String::from_utf8_lossy(&inside.stderr));
    let (code, words) = said(&["check", "data/2026-10.csv"], &sample);
    assert_eq!(code, Some(1));
    assert!(words.contains("M0131"), "{words}");
}

#[test]
fn a_second_copy_of_templates_is_one_problem() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(said(&["templates", "copy", "satisfaction-plan"], folder.path()).0, Some(0));
    let (code, words) = said(&["templates", "copy", "satisfaction-plan"], folder.path());
    assert_eq!(code, Some(1));
    assert!(words.contains("M0711") && words.contains("1 error,") && !words.contains("os error"), "{words}");
}

#[test]
fn init_without_files_leaves_only_the_data_file_to_find() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(said(&["init"], folder.path()).0, Some(0));
    let (code, words) = said(&["check"], folder.path());
    assert_eq!(code, Some(1));
    assert!(words.contains("M0251") && words.contains("data/survey.csv") && words.contains("1 error,"), "{words}");
}

#[test]
fn the_dictionary_of_themes_is_shown_as_it_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let shown = |folder: &std::path::Path| {
        let output = manyi().args(["themes", "show", "--lang", "en"]).current_dir(folder).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (code, general) = shown(folder.path());
    assert_eq!(code, Some(0));
    assert!(general.starts_with("# the general dictionary\n") && general.contains("  waiting:"), "{general}");
    let own = "themes:\n  soup: { title: Soup, words: [soup] }\n";
    fs::write(folder.path().join("own.yaml"), own).unwrap();
    let project = "manyi: 1\nproject: { title: P }\ndata: { sources: [{ file: a.csv }] }\ncolumns:\n  words: { type: text }\n  topics: { type: multi, themes: { of: words, dictionary: own.yaml } }\nplugins: {}\n";
    fs::write(folder.path().join("manyi.yaml"), project).unwrap();
    assert_eq!(shown(folder.path()), (Some(0), format!("# own.yaml (used by topics)\n{own}")));
    fs::remove_file(folder.path().join("own.yaml")).unwrap();
    assert_eq!(shown(folder.path()).0, Some(1));
}

/// A survey in Chinese makes a project in Chinese on a machine without a locale; the words of its scales stay.
#[test]
fn init_writes_in_the_language_of_the_survey() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.csv"), "您对食堂总体满意吗\n非常满意\n满意\n不满意\n一般\n非常满意\n").unwrap();
    let run = |more: &[&str]| {
        let mut command = manyi();
        command.args(["init", "--force", "--from", "a.csv"]).args(more).env("LC_ALL", "C.UTF-8").env("LANG", "C.UTF-8");
        assert!(command.current_dir(folder.path()).output().unwrap().status.success());
        fs::read_to_string(folder.path().join("manyi.yaml")).unwrap()
    };
    let text = run(&[]);
    assert!(text.contains("lang: zh-CN\n"), "{text}");
    assert!(text.contains("labels: { 2: 不满意, 3: 一般, 4: 满意, 5: 非常满意 }"), "{text}");
    assert!(run(&["--lang", "en"]).contains("lang: en\n"));
}

#[test]
fn init_names_files_beside_the_project_from_there() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.csv"), "aware,praise\n1,5\n0,4\n1,2\n0,3\n").unwrap();
    assert_eq!(said(&["init", "plan", "--from", "a.csv"], folder.path()).0, Some(0));
    let text = fs::read_to_string(folder.path().join("plan/manyi.yaml")).unwrap();
    assert!(text.contains("- file: '../a.csv'\n") && text.contains("lang: en\n"), "{text}");
    let (code, words) = said(&["build", "plan"], folder.path());
    assert_eq!(code, Some(0), "{words}");
    // What was not asked is news once, to the command that looks at the project.
    assert_eq!(words.matches("M0320").count(), 0, "{words}");
    let (_, words) = said(&["check", "plan"], folder.path());
    assert_eq!(words.matches("M0320").count(), 1, "{words}");
    // One line for each metric that the survey did not ask for.
    let output = manyi().args(["metrics", "plan", "--lang", "en"]).current_dir(folder.path()).output().unwrap();
    let table = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(table.lines().filter(|line| line.contains("(named_preference)")).count(), 1, "{table}");
    let (code, words) = said(&["explain", "awareness", "plan", "--segment", "a=b"], folder.path());
    assert_eq!(code, Some(1));
    assert!(words.contains("M0407"), "{words}");
    let explained =
        manyi().args(["explain", "csi", "plan", "--lang", "en"]).current_dir(folder.path()).output().unwrap();
    let explained = String::from_utf8_lossy(&explained.stdout).into_owned();
    assert!(!explained.contains("answers of the wave"), "{explained}");
}
