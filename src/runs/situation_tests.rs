#![allow(clippy::unwrap_used)]

use super::*;
use crate::analysis::ChartPoint;
use crate::analysis::control::Limits;
use crate::config::raw::ControlChart;
use crate::diagnostics::messages::runs as messages;
use crate::metrics::Unit;

fn titled(zh: &str, en: &str) -> Localized {
    serde_json::from_value(serde_json::json!({ "zh-CN": zh, "en": en })).unwrap()
}

/// Up or down is told by the value and the limits; a chart of another period or without limits has its name alone.
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
    assert_eq!(said.get(Lang::ZhCn), "顾客满意率为 53.9%（控制限 67.3 至 84.3）");
    assert_eq!(said.get(Lang::En), "Satisfied customers is 53.9% (limits 67.3 to 84.3)");
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
    let told = |verdicts, stopped, failure: Option<LocalizedTexts>| {
        let end = End { gates: Some(verdicts), stopped, ended: Some(failure), ..End::default() };
        situation(&project, "2026-03", &end).gates.remove(0)
    };
    let found = "gate `answers`: answers there are: 3, wanted at least: 20";
    let held = told(vec![gate(GateAction::Hold), gate(GateAction::Warn)], true, None);
    assert_eq!(
        (held.holds, held.text.get(Lang::En)),
        (true, format!("held; look at it, then run manyi approve --period 2026-03: {found}").as_str())
    );
    assert!(held.text.get(Lang::ZhCn).starts_with("发布被扣住，看过后运行 manyi approve --period 2026-03：关卡"));
    let forbidden = told(vec![gate(GateAction::Fail), gate(GateAction::Hold)], true, Some(lang_texts("坏", "bad")));
    assert_eq!(forbidden.text.get(Lang::En), format!("{found}; {found}"));
    assert!(!told(vec![gate(GateAction::Warn)], false, None).holds);
    assert!(!told(Vec::new(), true, None).holds);
}
