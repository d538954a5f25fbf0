#![allow(clippy::unwrap_used)]

use super::*;
use crate::analysis::ChartPoint;
use crate::analysis::control::Limits;
use crate::config::raw::ControlChart;
use crate::metrics::Unit;

fn titled(zh: &str, en: &str) -> Localized {
    serde_json::from_value(serde_json::json!({ "zh-CN": zh, "en": en })).unwrap()
}

/// Up or down is told where a limit is crossed; a chart of another period or without limits has its name alone.
#[test]
fn a_control_alarm_says_value_and_limits() {
    let point = |period: &str, value: f64, limits: Option<Limits>| ChartPoint {
        period: period.parse().unwrap(),
        value,
        ci: None,
        n_eff: 200.0,
        limits,
        rules: Vec::new(),
    };
    let limits = Limits { centre: 75.8, sigma: 2.8333, lower: 67.3, upper: 84.3 };
    let chart = |points| IndicatorChart {
        metric: "csat".into(),
        title: titled("顾客满意率", "Satisfied customers"),
        unit: Unit::Percent,
        chart: ControlChart::Xmr,
        points,
        baseline: None,
    };
    let points = vec![point("2026-08", 75.0, Some(limits)), point("2026-09", 53.9, Some(limits))];
    let said = charted(&chart(points.clone()), "2026-09".parse().unwrap());
    assert_eq!(said.get(Lang::ZhCn), "顾客满意率为 53.9%，低于控制下限（控制限 67.3% 至 84.3%）");
    assert_eq!(
        said.get(Lang::En),
        "Satisfied customers is 53.9%, below the lower control limit (control limits 67.3% to 84.3%)"
    );
    let within = charted(&chart(points[..1].to_vec()), "2026-08".parse().unwrap());
    assert_eq!(within.get(Lang::ZhCn), "顾客满意率为 75.0%（控制限 67.3% 至 84.3%）");
    assert_eq!(charted(&chart(points), "2026-10".parse().unwrap()).get(Lang::ZhCn), "顾客满意率");
    let few = vec![point("2026-09", 53.9, None)];
    assert_eq!(charted(&chart(few), "2026-09".parse().unwrap()).get(Lang::En), "Satisfied customers");
}

/// Who is told of a held release is told that it waits and how it is let go; a run that failed waits for nobody.
#[test]
fn a_held_release_says_what_to_do() {
    let gate =
        |action| Verdict { action, problem: Diagnostic::error(&messages::GATE_FEW).arg("found", 3).arg("limit", 20) };
    let project = crate::data::testing::project("  x: { type: text }", "", "");
    let told = |verdicts, stopped, failure: Option<Failure>| {
        let end = End { gates: Some(verdicts), stopped, ended: Some(failure), ..End::default() };
        situation(&project, "2026-03", &end).gates.remove(0)
    };
    let found = "gate `answers`: answers there are: 3, wanted at least: 20";
    let held = told(vec![gate(GateAction::Hold), gate(GateAction::Warn)], true, None);
    assert_eq!(
        (held.holds, held.text.get(Lang::En)),
        (
            true,
            format!(
                "held; look at the folder that manyi watch names, then run manyi approve --period 2026-03: {found}"
            )
            .as_str()
        )
    );
    assert!(
        held.text
            .get(Lang::ZhCn)
            .starts_with("发布被扣住，请审阅 manyi watch 所示文件夹，再运行 manyi approve --period 2026-03：关卡")
    );
    let bad = Failure { text: lang_texts("坏", "bad"), codes: BTreeSet::new() };
    let forbidden = told(vec![gate(GateAction::Fail), gate(GateAction::Hold)], true, Some(bad));
    assert_eq!(forbidden.text.get(Lang::En), format!("{found}; {found}"));
    assert!(!told(vec![gate(GateAction::Warn)], false, None).holds);
    assert!(!told(Vec::new(), true, None).holds);
}

/// Six errors of one slip of the pen: the first two, how many more, what becomes of the release, and what to type.
#[test]
fn a_failed_run_says_what_happened_and_what_to_do() {
    let period: Period = "2026-11".parse().unwrap();
    let few = |found: u64| Diagnostic::error(&messages::GATE_FEW).arg("found", found).arg("limit", 20);
    let text = |found: u64| format!("gate `answers`: answers there are: {found}, wanted at least: 20");
    let code = messages::GATE_FEW.code;
    let one = failure(period, &[few(3), Diagnostic::warning(&messages::GATE_FEW), few(3)], None);
    assert_eq!(one.codes, [code.to_owned()].into());
    let first = format!("the run failed, nothing was published: [{code}] {}. ", text(3));
    assert!(one.text.get(Lang::En).starts_with(&first), "{}", one.text.get(Lang::En));
    let zh = one.text.get(Lang::ZhCn);
    assert!(zh.starts_with("运行失败，未发布：[") && zh.ends_with("。排除后运行：manyi run --period 2026-11"), "{zh}");

    let many: Vec<Diagnostic> = (1..=6).map(few).collect();
    let many = failure(period, &many, Some(2)).text;
    let said = format!(
        "the run failed, nothing was published, revision 2 stays in place: [{code}] {}; [{code}] {}; and 4 more. ",
        text(1),
        text(2)
    );
    assert!(many.get(Lang::En).starts_with(&said), "{}", many.get(Lang::En));
    assert!(many.get(Lang::En).ends_with("Once it is mended: manyi run --period 2026-11"));
    assert!(many.get(Lang::ZhCn).starts_with("运行失败，未发布新版本，第 2 版保持不变：["));
    assert!(many.get(Lang::ZhCn).contains("；另有 4 条。"));

    // The hint that the console prints.
    let gone = Diagnostic::error(&messages::NOT_FINISHED).arg("period", period).arg("revision", 1);
    let hint = gone.hint(Lang::En).unwrap();
    let after = failure(period, &[gone], Some(1)).text;
    assert!(after.get(Lang::En).contains(&format!("What to do: {hint}. After that: manyi run")), "{after:?}");
    assert!(after.get(Lang::ZhCn).starts_with("运行失败，版本已就位"), "{after:?}");
}
