//! One document for each group: the numbers are those that the whole gives for the group, the page lists every document, and one
//! that cannot be made does not keep the others.

use std::fs;

use manyi::diagnostics::Diagnostics;
use manyi::metrics::{Within, compute_within};
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
    let second = links.iter().find(|link| link.starts_with("第二食堂") && link.ends_with(".html")).unwrap();
    let document = fs::read_to_string(folder.join(second)).unwrap();
    assert!(document.contains("A plan for better campus canteens: Canteen 2"));
    assert!(document.contains("26.5%") && document.contains("Over all respondents it is 14.2%"), "own and whole");
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
