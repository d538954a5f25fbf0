#![allow(clippy::unwrap_used)]

use super::*;
use crate::diagnostics::Diagnostics;

/// A recipient of one branch hears what changed in the branch, and nothing of all.
#[test]
fn a_message_says_why_and_what_changed_for_its_reader() {
    let site = tempfile::tempdir().unwrap();
    std::fs::write(site.path().join("data.csv"), "branch,q\nA,1\n").unwrap();
    std::fs::write(
        site.path().join("manyi.yaml"),
        "manyi: 1\nproject: { title: 门店, period: 2026-11 }\ndata: { sources: [{ file: data.csv }] }\n\
         columns: { branch: { type: single } }\nsegments: [branch]\n\
         reports: [{ id: monthly, pack: scorecard, for_each: branch, formats: [pdf] }]\n",
    )
    .unwrap();
    let project = crate::config::load_project(site.path(), &mut Diagnostics::new()).unwrap();
    let change = |metric: usize, branch: Option<&str>, after: f64, n: u64| {
        let segment: indexmap::IndexMap<String, String> =
            branch.iter().map(|branch| ("branch".to_owned(), (*branch).to_owned())).collect();
        serde_json::json!({
            "metric": format!("m{metric}"), "segment": segment, "before": 80.0, "after": after, "n_before": 50, "n_after": n,
        })
    };
    let mut changes: Vec<_> = (0..12).map(|metric| change(metric, None, 83.2, 51)).collect();
    changes.push(change(0, Some("东街店"), 80.0, 26));
    let metrics = (0..12).map(|metric| {
        serde_json::json!({ "id": format!("m{metric}"), "module": "csat", "title": format!("指标{metric}"), "unit": "percent" })
    });
    let mut estimates: Vec<_> = (0..12).map(|metric| {
        serde_json::json!({
            "metric": format!("m{metric}"), "module": "csat", "segment": {}, "n": 51, "n_weighted": 51.0, "n_eff": 51.0,
            "estimate": 83.2, "se": 1.0, "ci": null, "df": null, "unit": "percent", "base": "", "suppressed": false,
            "flagged": false, "reason": null,
        })
    })
    .collect();
    let mut east = estimates[0].clone();
    (east["segment"], east["estimate"]) = (serde_json::json!({ "branch": "东街店" }), serde_json::json!(80.0));
    estimates.push(east);
    let release: Release = serde_json::from_value(serde_json::json!({
        "schema": 1, "period": "2026-01", "revision": 2, "fingerprint": "f", "files": "f", "inputs": [], "past": [],
        "reports": [], "gates": [], "approved": false, "signals": [], "changes": changes,
        "cause": { "answers": true, "settings": false, "earlier": [] },
        "numbers": {
            "period": "2026-01", "inputs": [], "answers": 51, "newest": null, "tables": [], "findings": [], "content": "c",
            "metrics": metrics.collect::<Vec<_>>(), "estimates": estimates,
        },
    }))
    .unwrap();
    let recipient = |branch: Option<&str>| -> RawRecipient {
        let parameters: std::collections::BTreeMap<&str, &str> =
            branch.iter().map(|branch| ("branch", *branch)).collect();
        serde_json::from_value(serde_json::json!({ "to": "a@example.com", "parameters": parameters })).unwrap()
    };
    let later = ["2026-02".parse().unwrap()];
    let say = |branch, lang| {
        let wording = Wording { project: &project, release: &release, before: None, later: &later, lang };
        wording.told_to(&recipient(branch), ("monthly", Some(&"月报".into())), Vec::new())
    };
    let all = say(None, Lang::ZhCn);
    assert_eq!(all.reasons[0], "本版的原因：本期答卷有更正或补充。");
    assert!(all.reasons[1].starts_with("之后各期（2026年2月）"), "{:?}", all.reasons);
    assert_eq!((all.changes.len(), all.changes[0].as_str()), (11, "指标0：80.0% → 83.2%"));
    assert_eq!(all.changes.last().unwrap(), "另有 2 处");
    assert_eq!((all.numbers.len(), all.numbers.last().unwrap().0.as_str()), (11, "另有 2 项"));
    let east = say(Some("东街店"), Lang::En);
    assert_eq!(east.changes, ["指标0: 80.0% (n 50 → 26)"]);
    assert_eq!(east.numbers, [("指标0".to_owned(), "80.0%".to_owned())]);
    let west = say(Some("西街店"), Lang::En);
    assert!(west.changes.is_empty() && west.numbers.is_empty());
    let wording = Wording { project: &project, release: &release, before: None, later: &later, lang: Lang::En };
    let mut revised = release.clone();
    revised.cause = serde_json::from_value(serde_json::json!({
        "answers": true, "settings": false, "earlier": [], "findings": true,
        "came": [{ "kind": "worsened", "metric": "m0", "group": ["branch", "西街店"] }],
    }))
    .unwrap();
    let of_findings = |branch| {
        let told = Wording { release: &revised, ..wording };
        told.told_to(&recipient(Some(branch)), ("monthly", None), Vec::new())
    };
    let (east, west) = (of_findings("东街店"), of_findings("西街店"));
    assert!(!east.reasons[0].contains("findings") && west.reasons[0].contains("findings came or went"));
    assert_eq!(west.changes, ["new finding: 指标0 (西街店): worse than before"]);
    let other = wording.told_to(&recipient(Some("东街店")), ("plan", None), Vec::new());
    assert!(other.numbers.is_empty(), "a report about all says no numbers of a group: {:?}", other.numbers);
    assert_eq!(west.reasons[1], "The numbers of this group are those of the revision before.");
}
