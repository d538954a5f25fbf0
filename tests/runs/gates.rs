//! Gates from the outside: what warns, what holds until somebody approves, what forbids.

use std::fs;

use super::{Site, codes};

#[test]
fn a_held_release_waits_for_approval_and_a_changed_file_needs_a_new_one() {
    let site = Site::new("  gates: { answers: { least: 100 } }\n");
    site.month("2026-01", 60, 7);
    let (code, printed) = site.run("2026-01", &[]);
    assert_eq!((code, printed["runs"][0]["outcome"].as_str()), (Some(1), Some("held")), "{printed:#}");
    assert_eq!(codes(&printed), ["M0963", "M0971"]);
    assert!(site.seen().is_empty() && site.recorded().is_empty());
    // What waits can be looked at.
    let folder = printed["runs"][0]["folder"].as_str().unwrap().to_owned();
    assert!(site.path(&folder).join("short").is_dir(), "{folder}");

    // Running again does not help; other answers are another release.
    assert_eq!(site.run("2026-01", &[]).0, Some(1));
    let approve = |site: &Site| site.call(super::NOW, &["approve", "--period", "2026-01", "--json"]);
    site.month("2026-01", 61, 7);
    assert_eq!(site.run("2026-01", &[]).0, Some(1));
    let done = approve(&site);
    let printed: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!((done.status.code(), codes(&printed)), (Some(0), vec!["M0963".to_owned()]), "{printed:#}");
    assert_eq!(printed["runs"][0]["outcome"], "published");
    assert_eq!(site.run("2026-01", &[]).1["runs"][0]["outcome"], "unchanged");
    // What nobody can have looked at is not published by an approval: the file changed after the release was held.
    site.month("2026-01", 62, 7);
    let done = approve(&site);
    let printed: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(
        (done.status.code(), codes(&printed)),
        (Some(1), vec!["M0975".to_owned()]),
        "nothing waits: {printed:#}"
    );
    assert_eq!(site.run("2026-01", &[]).1["runs"][0]["outcome"], "held");
    site.month("2026-01", 63, 7);
    let done = approve(&site);
    let printed: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!((done.status.code(), printed["runs"][0]["outcome"].as_str()), (Some(1), Some("held")), "{printed:#}");
    assert!(codes(&printed).contains(&"M0987".to_owned()), "{printed:#}");
    assert_eq!(approve(&site).status.code(), Some(0), "after another look");
    assert_eq!(site.run("2026-01", &[]).1["runs"][0]["outcome"], "unchanged");
    let nothing: serde_json::Value = serde_json::from_slice(&approve(&site).stdout).unwrap();
    assert_eq!(codes(&nothing), ["M0975"]);
}

#[test]
fn what_waits_is_named_by_every_verb() {
    let site = Site::new("  gates: { answers: { least: 100 } }\n");
    let call = |arguments: &[&str]| -> (Option<i32>, serde_json::Value) {
        let done = site.call(super::NOW, arguments);
        (done.status.code(), serde_json::from_slice(&done.stdout).unwrap())
    };
    for period in ["2026-01", "2026-02"] {
        site.month(period, 60, 7);
        assert_eq!(site.run(period, &[]).1["runs"][0]["outcome"], "held");
    }
    // The report that is kept says why.
    let kept = fs::read(site.path("out/.manyi/runs/2026-01.json")).unwrap();
    let kept: serde_json::Value = serde_json::from_slice(&kept).unwrap();
    assert_eq!(
        (kept["outcome"].as_str(), codes(&kept)),
        (Some("held"), vec!["M0963".into(), "M0971".into()]),
        "{kept:#}"
    );
    assert!(kept["diagnostics"][0]["text"]["zh-CN"].as_str().unwrap().contains("60"), "{kept:#}");

    assert_eq!(call(&["history", "--json"]).1["held"], serde_json::json!(["2026-01", "2026-02"]));
    let (code, watched) = call(&["watch", "--json"]);
    let held = |printed: &serde_json::Value| codes(printed).iter().filter(|code| *code == "M0172").count();
    assert_eq!((code, held(&watched)), (Some(1), 2), "{watched:#}");
    let (code, which) = call(&["approve", "--json"]);
    assert_eq!((code, codes(&which)), (Some(1), vec!["M0173".to_owned()]), "{which:#}");
    assert_eq!(call(&["approve", "--period", "2026-02", "--json"]).0, Some(0));
    // One is left, and needs no name.
    let (code, last) = call(&["approve", "--json"]);
    assert_eq!((code, last["runs"][0]["period"].as_str()), (Some(0), Some("2026-01")), "{last:#}");
    assert_eq!(call(&["history", "--json"]).1["held"], serde_json::json!([]));
}

#[test]
fn a_gate_that_forbids_leaves_the_release_before() {
    let site = Site::new("  gates: { jump: { limits: { csat_top2: 15 }, then: fail } }\n");
    site.month("2026-01", 60, 7);
    site.publish("2026-01", &[]);
    let before = site.seen();
    site.month("2026-02", 60, 4);
    let (code, printed) = site.run("2026-02", &[]);
    assert_eq!((code, codes(&printed)), (Some(1), vec!["M0969".to_owned(), "M0972".to_owned()]), "{printed:#}");
    assert_eq!(site.seen(), before);
    assert_eq!(site.call(super::NOW, &["approve", "--period", "2026-02"]).status.code(), Some(1), "no approval helps");
    site.month("2026-02", 60, 6);
    site.publish("2026-02", &[]);
}

/// Half of two months is not missing, but most of the newer one is; and an answer of 2062 is not fresh.
#[test]
fn gates_look_at_the_period_alone() {
    let site = Site::new(
        "  read: 2
  gates:
    missing: { most: 0.5, columns: [satisfaction], then: hold }
    freshness: { column: day, days: 3, then: warn }
",
    );
    site.month("2026-01", 60, 7);
    site.publish("2026-01", &[]);
    let mut text = "id,day,branch,satisfaction\n".to_owned();
    for number in 0..60 {
        let score = if number % 10 < 7 { "" } else { "4" };
        let day = if number == 9 { "2062-02-05" } else { "2026-02-05" };
        text += &format!("f{number},{day},{},{score}\n", ["North", "South"][number % 2]);
    }
    site.write("data/2026-02/answers.csv", &text);
    let (code, printed) = site.run("2026-02", &[]);
    assert_eq!((code, printed["runs"][0]["outcome"].as_str()), (Some(1), Some("held")), "{printed:#}");
    let found = codes(&printed);
    assert!(found.contains(&"M0964".to_owned()) && found.contains(&"M0962".to_owned()), "{printed:#}");
}

/// Whoever approves has seen what the gates said when the release was held; a gate that came later was not seen.
#[test]
fn a_gate_that_came_after_the_look_is_not_approved() {
    let site = Site::new("  gates: { answers: { least: 100 } }\n");
    site.month("2026-01", 60, 7);
    assert_eq!(site.run("2026-01", &[]).1["runs"][0]["outcome"], "held");
    let project = fs::read_to_string(site.path("manyi.yaml")).unwrap();
    let more = "answers: { least: 100 }, limits: { csat_top2: { least: 99 } }";
    site.write("manyi.yaml", &project.replace("answers: { least: 100 }", more));
    let approve = || {
        let done = site.call(super::NOW, &["approve", "--period", "2026-01", "--json"]);
        (done.status.code(), serde_json::from_slice::<serde_json::Value>(&done.stdout).unwrap())
    };
    let (code, printed) = approve();
    assert_eq!((code, printed["runs"][0]["outcome"].as_str()), (Some(1), Some("held")), "{printed:#}");
    assert!(codes(&printed).contains(&"M0987".to_owned()), "{printed:#}");
    let (code, printed) = approve();
    assert_eq!((code, printed["runs"][0]["outcome"].as_str()), (Some(0), Some("published")), "{printed:#}");
}

#[test]
fn old_answers_missing_cells_and_a_changed_questionnaire_are_said() {
    let gates = "  gates:
    freshness: { column: day, days: 3, then: warn }
    missing: { most: 0.05, then: warn }
    schema: { new: warn, missing: warn }
";
    let site = Site::new(gates);
    site.month("2026-01", 60, 7);
    site.publish("2026-01", &[]);
    let mut text = "id,day,branch,satisfaction,channel\n".to_owned();
    for number in 0..60 {
        let score = if number % 8 == 0 { "" } else { "4" };
        text += &format!("f{number},2026-02-{:02},{},{score},web\n", number % 20 + 1, ["North", "East"][number % 2]);
    }
    site.write("data/2026-02/answers.csv", &text);
    let (code, printed) = site.run("2026-02", &[]);
    assert_eq!(code, Some(0), "{printed:#}");
    // The newest answer is of the 20th, eight of sixty are empty, a column came, South went and East came.
    assert_eq!(codes(&printed), ["M0962", "M0964", "M0966", "M0967", "M0966"], "{printed:#}");
    let text = |code: &str| {
        let problems = printed["diagnostics"].as_array().unwrap();
        problems.iter().find(|problem| problem["code"] == code).unwrap()["message"].as_str().unwrap().to_owned()
    };
    assert!(text("M0962").contains("2026-02-20") && text("M0962").contains("end of 2026-02: 8,"), "{}", text("M0962"));
    assert!(text("M0964").contains("13.33 %") && text("M0964").contains("`satisfaction`"), "{}", text("M0964"));
    assert!(text("M0967").contains("`South`"), "{}", text("M0967"));
}

#[test]
fn a_signal_of_the_control_chart_is_a_finding_of_the_release() {
    let control = "  control: { metrics: { csat_top2: xmr, csat_mean: p }, baseline: [2026-01, 2026-08] }\n";
    let site = Site::new(control);
    let project = fs::read_to_string(site.path("manyi.yaml")).unwrap();
    site.write(
        "manyi.yaml",
        &project.replace("id: brief, pack: brief,", "id: brief, pack: brief, langs: [zh-CN, en],"),
    );
    site.write("templates/brief/short.md.tera", "{% for f in urgent %}- {{ f.sentence }}\n{% endfor %}\n");
    for (month, happy) in (1..=9).zip([7, 8, 7, 8, 7, 7, 8, 7, 3]) {
        let period = format!("2026-{month:02}");
        site.month(&period, 100, happy);
        let run = site.publish(&period, &[]);
        let rules: Vec<&str> =
            run["signals"].as_array().unwrap().iter().map(|held| held["rule"].as_str().unwrap()).collect();
        assert_eq!(rules, if month == 9 { vec!["beyond_limits"] } else { Vec::new() }, "{period}");
    }
    // It stands among the findings with evidence and weight, in the documents with its limits, and in the history.
    let release: serde_json::Value =
        serde_json::from_slice(&fs::read(site.path("out/2026-09/release.json")).unwrap()).unwrap();
    let found = release["numbers"]["findings"].as_array().unwrap();
    let signal = found.iter().find(|held| held["id"] == "control:csat_top2:beyond_limits").expect("a finding");
    assert_eq!((signal["severity"].as_str(), signal["value"].as_f64()), (Some("high"), Some(30.0)), "{signal:#}");
    // The mean of 70, 80, 70, 80, 70, 70, 80, 70 is 73.75; they move by 10, 10, 10, 10, 0, 10, 10, so σ = 60/7 × √π/2 = 7.596.
    assert!((signal["gap"].as_f64().unwrap() - 43.75).abs() < 1e-9, "{signal:#}");
    let text = |lang: &str| {
        let mut files = fs::read_dir(site.path("out/2026-09/brief")).unwrap().map(|file| file.unwrap().path());
        let file = files.find(|file| file.to_string_lossy().ends_with(&format!("_{lang}.md"))).unwrap();
        fs::read_to_string(file).unwrap()
    };
    let (zh, en) = (text("zh-CN"), text("en"));
    assert!(zh.contains("低于控制下限51.0%（中心线73.8，控制限51.0至96.5，由2026年1月至8月的8期算得）"), "{zh}");
    assert!(
        en.contains("below the lower control limit of 51.0%")
            && en.contains("limits 51.0 to 96.5, from the 8 periods January to August 2026"),
        "{en}"
    );
    let (_, printed) = site.run("2026-09", &["--force"]);
    assert_eq!(codes(&printed), ["M0988", "M0970"], "a score has no p chart: {printed:#}");
}
