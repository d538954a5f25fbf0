//! One document for each group: the numbers are those that the whole gives for the group, the page lists every document, and one
//! that cannot be made does not keep the others.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use manyi::diagnostics::Diagnostics;
use manyi::metrics::{Within, compute_within};
use manyi::models::GroupModels;
use manyi::pipeline::measure;

use crate::support::{close, copy_folder, manyi, root};

/// A document about a group keeps the others in the sample, where they count for the design: its totals are the estimates of the group
/// in the computation of the whole, standard errors included.
#[test]
fn a_group_by_itself_is_the_group_in_the_whole() {
    let mut compared = 0;
    for (sample, column) in [("campus-canteen", "canteen"), ("supermarket-chain", "region")] {
        let mut diagnostics = Diagnostics::new();
        let measured = measure(&root().join("samples").join(sample), &mut diagnostics).unwrap();
        let whole = &measured.indicators.results;
        let segment = whole.segments.iter().find(|held| held.column == column).unwrap();
        for (value, _) in &segment.groups {
            let within = Within { column: column.into(), value: value.clone() };
            let own = compute_within(
                &measured.project,
                &measured.plugins,
                &measured.tables,
                Some((&within, &measured.indicators)),
                &mut diagnostics,
            )
            .unwrap();
            assert!(own.results.segments.iter().all(|held| held.column != column));
            for estimate in own.results.estimates.iter().filter(|held| held.segment.is_empty()) {
                let wave = estimate.wave.as_deref();
                let Some(known) = whole.find(&estimate.metric, wave, Some((column, value))) else { continue };
                assert_eq!(estimate.n, known.n, "{} {value} {wave:?}", estimate.metric);
                if let (Some(one), Some(other)) = (estimate.estimate, known.estimate) {
                    assert!(close(one, other, 1e-12), "{} {value} {wave:?}: {one} and {other}", estimate.metric);
                    let errors = estimate.se.zip(known.se);
                    assert!(
                        errors.is_none_or(|(one, other)| close(one, other, 1e-9)),
                        "{} {errors:?}",
                        estimate.metric
                    );
                    compared += 1;
                }
            }
        }
    }
    assert!(compared > 300, "only {compared} estimates were compared");
}

#[test]
fn every_document_is_listed_and_linked() {
    let out = tempfile::tempdir().unwrap();
    let sample = root().join("samples/campus-canteen");
    let mut command = manyi();
    command.args(["build", "--report", "canteens", "--lang", "en", "--out"]).arg(out.path()).arg(&sample);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let folder = out.path().join("2026-11/canteens");
    let page = fs::read_to_string(folder.join("index.html")).unwrap();
    let links: Vec<String> = page
        .split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|link| link.ends_with(".pdf") || link.ends_with(".html"))
        .map(|link| link.replace("%20", " "))
        .collect();
    assert!(links.len() >= 6, "{links:?}");
    for link in &links {
        assert!(folder.join(link).is_file(), "{link}");
    }
    // 26.5% complained about Canteen 2, 14.2% about all canteens.
    assert!(page.contains("Canteen 2") && page.contains("26.5%") && page.contains("14.2%"), "{page}");
    // The list is a page of the house like the documents.
    let own = tempfile::tempdir().unwrap();
    copy_folder(&sample, own.path());
    fs::write(own.path().join("brand.yaml"), "company: House of Numbers\ncolours: { primary: \"#0b6e4f\" }\n").unwrap();
    let mut command = manyi();
    command.args(["build", "--report", "canteens", "--lang", "en"]).arg(own.path());
    assert!(command.output().unwrap().status.success());
    let branded = fs::read_to_string(own.path().join("out/2026-11/canteens/index.html")).unwrap();
    assert!(branded.contains("--accent: #0b6e4f") && branded.contains("House of Numbers"), "{branded}");
    let second = links.iter().find(|link| link.starts_with("第二食堂") && link.ends_with(".html")).unwrap();
    let document = fs::read_to_string(folder.join(second)).unwrap();
    assert!(document.contains("A plan for better campus canteens: Canteen 2"));
    assert!(document.contains("26.5%") && document.contains("Over all respondents it is 14.2%"), "own and whole");
}

/// How many documents are made at once changes no byte of any.
#[test]
fn one_worker_and_two_make_the_same_files() {
    let sample = root().join("samples/campus-canteen");
    let made = |jobs: &str| {
        let out = tempfile::tempdir().unwrap();
        let mut command = manyi();
        command.args(["build", "--report", "canteens", "--lang", "en", "--jobs", jobs, "--out"]);
        let output = command.arg(out.path()).arg(&sample).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let entries = walkdir::WalkDir::new(out.path()).into_iter().map(Result::unwrap);
        let files: BTreeMap<PathBuf, Vec<u8>> = entries
            .filter(|entry| entry.file_type().is_file())
            .map(|entry| (entry.path().strip_prefix(out.path()).unwrap().to_owned(), fs::read(entry.path()).unwrap()))
            .collect();
        files
    };
    let (one, two) = (made("1"), made("2"));
    assert!(one.len() > 20 && one.keys().eq(two.keys()), "{:?} and {:?}", one.keys(), two.keys());
    let apart: Vec<&PathBuf> = one.iter().filter(|(path, bytes)| two[*path] != **bytes).map(|(path, _)| path).collect();
    assert!(apart.is_empty(), "{apart:?}");
}

#[test]
fn a_choice_of_groups_leaves_the_rest_alone() {
    let folder = tempfile::tempdir().unwrap();
    copy_folder(&root().join("samples/campus-canteen"), folder.path());
    let build = |group: &str| {
        let mut command = manyi();
        command.args(["build", "--report", "canteens", "--lang", "en", "--only", group]).arg(folder.path());
        command.output().unwrap()
    };
    assert!(build("第一食堂").status.success());
    let reports = folder.path().join("out/2026-11/canteens");
    let made: Vec<String> =
        fs::read_dir(&reports).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(made, ["第一食堂"]);
    let wrong = build("第五食堂");
    assert_eq!(wrong.status.code(), Some(1));
    let said = String::from_utf8(wrong.stderr).unwrap();
    assert!(said.contains("M0713") && said.contains("第一食堂"), "{said}");
}

/// What a document says of its answers is of its group; the whole is named beside it.
#[test]
fn a_document_counts_its_own_answers() {
    let out = tempfile::tempdir().unwrap();
    let mut command = manyi();
    command.args(["build", "--report", "canteens", "--lang", "en", "--only", "第二食堂", "--out"]).arg(out.path());
    assert!(command.arg(root().join("samples/campus-canteen")).output().unwrap().status.success());
    let folder = out.path().join("2026-11/canteens/第二食堂");
    let page = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let page = page.into_iter().find(|path| path.extension().is_some_and(|kind| kind == "html")).unwrap();
    let text = fs::read_to_string(page).unwrap();
    let mut diagnostics = Diagnostics::new();
    let measured = measure(&root().join("samples/campus-canteen"), &mut diagnostics).unwrap();
    let canteens = measured.tables.survey.column_texts("canteen");
    let own = canteens.iter().filter(|canteen| *canteen == "第二食堂").count();
    let all = canteens.len();
    let grouped =
        |count: usize| if count < 1000 { count.to_string() } else { format!("{},{:03}", count / 1000, count % 1000) };
    let (own, all) = (grouped(own), grouped(all));
    assert!(text.contains(&format!("There are {own} answers of Canteen 2, out of {all} in all")), "{own} of {all}");
    assert!(text.contains("Answers of Canteen 2"), "the table of steps ends with the group");
    assert!(text.contains("Counts are those of all answers."), "the questions are counted over all");
}

/// The project with another `for_each` for its report of canteens.
fn canteens_for(each: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy_folder(&root().join("samples/campus-canteen"), folder.path());
    let path = folder.path().join("manyi.yaml");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("for_each: canteen,"));
    fs::write(&path, text.replace("for_each: canteen,", &format!("for_each: {each},"))).unwrap();
    folder
}

fn build_canteens(folder: &tempfile::TempDir, more: &[&str]) -> (Option<i32>, String, Vec<String>) {
    let mut command = manyi();
    command.args(["build", "--report", "canteens", "--lang", "en", "-v"]).args(more).arg(folder.path());
    let output = command.output().unwrap();
    let made = fs::read_dir(folder.path().join("out/2026-11/canteens")).into_iter().flatten();
    let mut made: Vec<String> = made.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    made.sort();
    (output.status.code(), String::from_utf8(output.stderr).unwrap(), made)
}

#[test]
fn a_list_of_parameters_says_which_documents_and_what_they_are_called() {
    let list = "{ column: canteen, parameters: [{ value: 第一食堂, title: { zh-CN: 老食堂, en: The old hall }, texts: { manager: Li Min } }, { value: 第九食堂 }] }";
    let (code, said, made) = build_canteens(&canteens_for(list), &[]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(made, ["index.html", "第一食堂"]);
    assert!(said.contains("M0719") && said.contains("第九食堂"), "{said}");
    assert!(said.contains("M0720") && said.contains("第二食堂"), "groups without parameters are named: {said}");
}

#[test]
fn mistakes_of_parameters_are_located() {
    let twice = "{ column: canteen, parameters: [{ value: 第一食堂 }, { value: 第一食堂 }] }";
    let (code, said, _) = build_canteens(&canteens_for(twice), &[]);
    assert_eq!(code, Some(1));
    assert!(said.contains("M0718") && said.contains("parameters[1]"), "{said}");
    let table = "{ column: canteen, table: halls }";
    let (code, said, made) = build_canteens(&canteens_for(table), &[]);
    assert_eq!((code, made.is_empty()), (Some(1), true));
    assert!(said.contains("M0714") && said.contains("for_each.table"), "{said}");
    let column = "canten";
    let (code, said, _) = build_canteens(&canteens_for(column), &[]);
    assert_eq!(code, Some(1));
    assert!(said.contains("M0712") && said.contains("canteen"), "{said}");
}

/// A column that is no segment forms groups too; small groups and what would give them away stay hidden.
#[test]
fn the_column_need_not_be_a_segment() {
    let folder = canteens_for("canteen");
    let path = folder.path().join("manyi.yaml");
    let text = fs::read_to_string(&path).unwrap();
    let line = text.lines().find(|line| line.starts_with("segments:")).unwrap().to_owned();
    fs::write(&path, text.replace(&line, "segments: [grade]")).unwrap();
    let (code, said, made) = build_canteens(&folder, &["--only", "第二食堂"]);
    assert_eq!((code, made), (Some(0), vec!["第二食堂".to_owned()]), "{said}");
}

/// The models of a group are those that the whole gives for the group as a group of a segment, intervals included.
#[test]
fn models_of_a_group_are_those_of_the_group_in_the_whole() {
    let folder = tempfile::tempdir().unwrap();
    copy_folder(&root().join("samples/supermarket-chain"), folder.path());
    let path = folder.path().join("plugins/store-models/plugin.yaml");
    let text = fs::read_to_string(&path).unwrap();
    let models = text.replace("    bootstrap: 200\n", "    bootstrap: 20\n    by: [total, segments]\n");
    assert_ne!(text, models);
    fs::write(&path, models).unwrap();
    let mut diagnostics = Diagnostics::new();
    let measured = measure(folder.path(), &mut diagnostics).unwrap();
    let (project, plugins, tables) = (&measured.project, &measured.plugins, &measured.tables);
    let newest = measured.indicators.results.current_wave();
    let models = GroupModels::bind(project, plugins, tables, "region", newest, &mut diagnostics).unwrap();
    let (mut compared, mut fitted) = (0, 0);
    for value in ["南城", "新区"] {
        let within = Within { column: "region".into(), value: value.into() };
        for own in models.of_group(&within, &mut diagnostics).results {
            assert!(own.segment.is_empty(), "it stands for all answers of its document");
            let known = measured.models.find(&own.model, own.wave.as_deref(), Some(("region", value)));
            let Some(known) = known else { continue };
            assert_eq!((own.n, own.reason), (known.n, known.reason), "{} {value}", own.model);
            assert_eq!((&own.values, &own.tables), (&known.values, &known.tables), "{} {value}", own.model);
            compared += 1;
            fitted += usize::from(own.reason.is_none());
        }
    }
    assert!(compared >= 4 && fitted >= 2, "{compared} compared, {fitted} with numbers");
}

/// A file of the reader's own stands where one document should go: that one is named, the others are in place, and the exit code is 1.
#[test]
fn one_that_fails_does_not_keep_the_others() {
    let out = tempfile::tempdir().unwrap();
    let taken = out.path().join("2026-11/canteens/第一食堂");
    fs::create_dir_all(&taken).unwrap();
    fs::write(taken.join("notes.txt"), "mine").unwrap();
    let mut command = manyi();
    command.args(["build", "--report", "canteens", "--lang", "en", "--out"]).arg(out.path());
    let output = command.arg(root().join("samples/campus-canteen")).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("M0715") && said.contains("第一食堂"), "{said}");
    assert_eq!(fs::read_to_string(taken.join("notes.txt")).unwrap(), "mine");
    assert!(out.path().join("2026-11/canteens/第二食堂/manifest.json").is_file());
    let page = fs::read_to_string(out.path().join("2026-11/canteens/index.html")).unwrap();
    assert!(page.contains("Canteen 2") && !page.contains(">Canteen 1<"), "the list names what is there");
}

/// Two groups whose names differ only in what file names cannot hold have a folder each.
#[test]
fn groups_of_like_names_have_folders_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let row = |shop: &str, n: usize| format!("{shop},4\n").repeat(n);
    fs::write(
        folder.path().join("a.csv"),
        format!("shop,praise\n{}{}{}", row("甲/乙", 60), row("甲:乙", 70), row("丙", 80)),
    )
    .unwrap();
    let yaml = "manyi: 1
project: { title: t, lang: zh-CN, date: 2026-11-20 }
data: { sources: [{ file: a.csv, dialect: plain }] }
columns: { shop: { type: single }, praise: { type: scale, range: [1, 5] } }
segments: [shop]
reports: [{ id: each, for_each: shop, pack: scorecard, formats: [html] }]
plugins: { csat: { inputs: { satisfaction: praise } } }
";
    fs::write(folder.path().join("manyi.yaml"), yaml).unwrap();
    let output = manyi().arg("build").arg(folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let made = fs::read_dir(folder.path().join("out/all/each")).unwrap().map(|entry| entry.unwrap().file_name());
    let mut made: Vec<String> = made.map(|name| name.into_string().unwrap()).collect();
    made.sort();
    assert_eq!(made, ["index.html", "丙", "甲-乙", "甲-乙-2"]);
    // A pack with a title of its own says in it whom the document is about, and its file is named so.
    let own = folder.path().join("out/all/each/丙/顾客满意度记分卡：丙_all.html");
    let page = fs::read_to_string(&own).unwrap_or_else(|_| panic!("no {}", own.display()));
    assert!(page.contains("顾客满意度记分卡：丙"), "the group is not named");
}

/// A group's document prints the actions of the declared plan that concern it, not a plan of its own.
#[test]
fn a_group_prints_its_part_of_the_plan() {
    let folder = tempfile::tempdir().unwrap();
    copy_folder(&root().join("samples/campus-canteen"), folder.path());
    let mut command = manyi();
    command.args(["build", "--report", "canteens", "--lang", "en"]).arg(folder.path());
    assert!(command.output().unwrap().status.success());
    let text = |group: &str| {
        let files = fs::read_dir(folder.path().join("out/2026-11/canteens").join(group)).unwrap();
        let page =
            files.map(|entry| entry.unwrap().path()).find(|path| path.extension().is_some_and(|kind| kind == "html"));
        fs::read_to_string(page.unwrap()).unwrap()
    };
    let (first, second) = (text("第一食堂"), text("第二食堂"));
    assert!(
        second.contains("Two quick-service dinner counters") && !first.contains("Two quick-service dinner counters")
    );
    for document in [&first, &second] {
        assert!(document.contains("Repeat the survey every month"), "what concerns all");
        assert!(document.contains("This is not another plan"));
        assert!(!document.contains("from 14.2%"), "objectives have the group's own numbers");
    }
    let misnamed = fs::read_to_string(folder.path().join("manyi.yaml")).unwrap();
    let misnamed =
        misnamed.replacen("    - id: counters\n", "    - id: counters\n      groups: { canteen: [第五食堂] }\n", 1);
    fs::write(folder.path().join("manyi.yaml"), misnamed).unwrap();
    let mut command = manyi();
    let output = command.args(["build", "--report", "canteens", "--lang", "en"]).arg(folder.path()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("M0713") && said.contains("第五食堂"), "{said}");
}
