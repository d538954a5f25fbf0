//! Named facts of a plan, for the expressions of a course's own criteria: counts of what the other criteria find. One place says
//! which there are; an expression over them is checked when the rubric is loaded, with the engine that the data are filtered with.

use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};

use crate::data::expressions::{ExpectedType, Expression, ExpressionError};
use crate::document::length::count_words;
use crate::grade::evidence::length::count;
use crate::grade::evidence::objectives::objectives;
use crate::grade::evidence::plan::{actions, budget, contingencies, is_right, sections_present, trace};
use crate::grade::evidence::sections::{Section, place, text_of};
use crate::grade::rubric::Rubric;
use crate::grade::submissions::document::PlanText;

/// A name with what it counts.
pub struct Fact {
    /// Name in expressions.
    pub name: &'static str,
    /// What it is, in Chinese and English.
    pub title: (&'static str, &'static str),
}

const fn fact(name: &'static str, zh_cn: &'static str, en: &'static str) -> Fact {
    Fact { name, title: (zh_cn, en) }
}

/// All facts, in the order of [`values`].
pub const FACTS: [Fact; 27] = [
    fact("words", "全文字数（按 Word）", "words as Word counts them"),
    fact("words_body", "正文段落字数", "words of the paragraphs alone"),
    fact("words_han", "汉字数", "Han characters"),
    fact("pages", "页数（未知为空）", "pages; null where unknown"),
    fact("tables", "表格数", "tables"),
    fact("notes", "脚注和尾注数", "paragraphs of notes"),
    fact("foreword_words", "前言字数", "words of the foreword"),
    fact("sections", "必需部分中已有的个数（共 6 个）", "required sections that are there, of six"),
    fact("environment_words", "环境分析（SWOT）字数", "words on the environment (SWOT)"),
    fact("objectives", "目标数", "objectives"),
    fact("objectives_with_number", "带数字和单位的目标", "objectives with a number and its unit"),
    fact("objectives_with_target", "写明目标值的目标", "objectives with a target"),
    fact("objectives_with_baseline", "写明现状值的目标", "objectives with a starting point"),
    fact("objectives_with_date", "写明期限的目标", "objectives with a date"),
    fact("objectives_with_measure", "写明衡量办法的目标", "objectives with a measure"),
    fact("actions", "行动数", "actions"),
    fact(
        "actions_complete",
        "五项（谁、何时、何地、为何、如何）至少有四项的行动",
        "actions with four of who, when, where, why, how",
    ),
    fact("budget_lines", "写明数量×单价的费用行", "budget lines with quantity and price"),
    fact("budget_lines_wrong", "其中算错的行", "those of them that are computed wrongly"),
    fact("budget_amounts", "金额个数", "amounts in the budget"),
    fact("budget_sum", "各项金额之和（元）", "sum of these amounts in yuan"),
    fact("budget_total", "写明的合计（元，没有为空）", "total as written in yuan; null where there is none"),
    fact("contingencies", "应急情况数", "contingency cases"),
    fact("contingencies_answered", "其中写有应对办法的", "those of them with a response"),
    fact("problems", "问题数", "problems named"),
    fact("problems_answered", "其中后文有回应的", "those of them that later sections come back to"),
    fact("hidden_letters", "隐藏、白色和极小的字数", "hidden, white and tiny letters"),
];

static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
    Arc::new(Schema::new(FACTS.iter().map(|fact| Field::new(fact.name, DataType::Float64, true)).collect::<Vec<_>>()))
});

/// Parses a condition over the facts.
///
/// # Errors
/// What is wrong with it, names that are no facts among them.
pub fn parse_condition(text: &str) -> Result<Expression, ExpressionError> {
    Expression::parse(text, &SCHEMA, ExpectedType::Boolean)
}

/// The facts of a plan, counted in `counted` and else of `plan`, its words in plain characters; what is unknown is `None`.
pub fn values(counted: &PlanText, plan: &PlanText, rubric: &Rubric) -> Vec<Option<f64>> {
    let counts = count(counted, rubric.length.notes);
    let placed = place(plan);
    let objectives = objectives(plan);
    let actions = actions(plan);
    let budget = budget(plan);
    let contingencies = contingencies(plan);
    let problems = trace(plan);
    let number = |count: usize| Some(count as f64);
    let words = |section| number(count_words(&text_of(&placed, section)));
    let notes = plan.pieces.iter().filter(|piece| piece.kind == crate::grade::submissions::document::PieceKind::Note);
    let hidden = plan.hidden.iter().flat_map(|held| held.text.chars()).filter(|letter| !letter.is_whitespace());
    let of_objectives = |test: fn(&crate::grade::evidence::objectives::Objective) -> bool| {
        number(objectives.iter().filter(|objective| test(objective)).count())
    };
    vec![
        number(counts.word),
        number(counts.body),
        number(counts.han),
        plan.layout.page_count.map(f64::from),
        number(plan.tables().len()),
        number(notes.count()),
        words(Section::Foreword),
        number(sections_present(&placed).len()),
        words(Section::Environment),
        number(objectives.len()),
        of_objectives(|objective| objective.number.is_some()),
        of_objectives(|objective| objective.target),
        of_objectives(|objective| objective.baseline),
        of_objectives(|objective| objective.date),
        of_objectives(|objective| objective.measure),
        number(actions.len()),
        number(actions.iter().filter(|action| action.parts.iter().filter(|part| **part).count() >= 4).count()),
        number(budget.lines.len()),
        number(budget.lines.iter().filter(|line| !is_right(line)).count()),
        number(budget.amounts.len()),
        Some(budget.amounts.iter().sum()),
        budget.total,
        number(contingencies.len()),
        number(contingencies.iter().filter(|(_, answered)| *answered).count()),
        number(problems.len()),
        number(problems.iter().filter(|(_, answered)| *answered).count()),
        number(hidden.count()),
    ]
}

/// Whether a condition holds for a plan with these facts; `None` where it cannot be said.
pub fn holds(condition: &Expression, values: &[Option<f64>]) -> Option<bool> {
    let columns = values.iter().map(|value| Arc::new(Float64Array::from(vec![*value])) as ArrayRef).collect();
    let found = condition.evaluate_columns(&SCHEMA, columns, 1).ok()?;
    let found = found.as_boolean_opt()?;
    (found.len() == 1 && found.is_valid(0)).then(|| found.value(0))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::diagnostics::Diagnostics;
    use crate::grade::rubric::{BUILT_IN, parse_rubric};
    use crate::grade::submissions::text::read_text;

    const PLAN: &str = "食堂满意度策划书\n前言：让同学少排队。\n一、问题\n晚餐窗口排队超过二十分钟。\n二、目标\n到2027年1月，满意度由62%提高到75%，以问卷复测。\n三、策略方案\n晚餐窗口加开两条队，午餐照旧，周末另行安排。\n四、行动方案\n12月1日起由王经理负责，在二楼打饭窗口增设两个刷卡机，缩短排队时间。\n五、财务分析\n扩音喇叭2个×85元=170元，指示牌6块×40元=250元。合计420元。\n六、应急预案\n若停水，立即启用桶装水。";

    /// Counted by hand in the text above.
    #[test]
    fn facts_are_what_stands_in_the_plan() {
        let rubric = parse_rubric(BUILT_IN, &mut Diagnostics::new()).unwrap();
        let plan = read_text(PLAN.as_bytes()).unwrap();
        let found = values(&plan, &plan, &rubric);
        assert_eq!(found.len(), FACTS.len());
        let of = |name: &str| found[FACTS.iter().position(|fact| fact.name == name).unwrap()];
        for (name, expected) in [
            ("pages", None),
            ("tables", Some(0.0)),
            ("sections", Some(6.0)),
            ("objectives", Some(1.0)),
            ("objectives_with_measure", Some(1.0)),
            ("actions_complete", Some(1.0)),
            ("budget_lines", Some(2.0)),
            ("budget_lines_wrong", Some(1.0)),
            ("budget_sum", Some(420.0)),
            ("budget_total", Some(420.0)),
            ("contingencies_answered", Some(1.0)),
            ("problems_answered", Some(1.0)),
            ("hidden_letters", Some(0.0)),
        ] {
            assert_eq!(of(name), expected, "{name}");
        }
        for (condition, expected) in [
            ("budget_lines >= 2 and budget_total = budget_sum", Some(true)),
            ("budget_lines_wrong = 0", Some(false)),
            ("pages <= 2", None),
            ("coalesce(pages, 1) <= 2 or words > 10000", Some(true)),
        ] {
            assert_eq!(holds(&parse_condition(condition).unwrap(), &found), expected, "{condition}");
        }
    }

    #[test]
    fn names_are_known_before_any_plan_is_read() {
        let Err(ExpressionError::UnknownColumn { name, .. }) = parse_condition("word >= 600") else {
            panic!("accepted")
        };
        assert_eq!(name, "word");
        assert!(matches!(parse_condition("words + 1"), Err(ExpressionError::WrongType { .. })));
        assert!(matches!(parse_condition("words >= "), Err(ExpressionError::Syntax { .. })));
    }
}
