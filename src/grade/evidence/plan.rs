//! Concrete and feasible: sections, actions with who, when, where, why and how, a budget that adds up, contingency cases with
//! responses, and problems that the actions come back to.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;
use serde::Serialize;

use crate::grade::evidence::sections::{Placed, Section, place, sentences, text_of};
use crate::grade::evidence::{Mark, Reason};
use crate::grade::submissions::document::{PieceKind, PlanText};
use crate::grade::submissions::gate::is_han;

fn pattern(text: &str) -> Option<Regex> {
    Regex::new(text).ok()
}

static WHO: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"(?:负责|牵头|经理|主管|主任|店长|馆长|队长|班长|组长|领班|部长|老师|后勤|师傅|店员|员工|阿姨|窗口长|[信收服管宣配理安保监检接讲导]\p{Han}员|药师|厨师|技师|保洁|保安|客服|小[李王张刘陈杨赵吴周徐孙朱胡郭何林罗郑梁谢宋唐许邓韩冯曹彭曾肖董潘袁蔡蒋杜叶程魏苏吕丁任卢姚沈崔谭陆范汪廖韦贾邹熊孟秦邱侯尹薛]|[李王张刘陈杨赵吴周徐孙朱胡郭何林罗郑梁谢宋唐许邓韩冯曹彭曾肖董潘袁蔡蒋杜叶程魏苏吕丁任卢姚沈崔谭陆范汪廖韦贾邹熊孟秦邱侯尹薛](?:姐|哥|师|同学|叔|姨|某)|志愿者|学生会|勤工助学|值班|专人|小组|委员会|团队|[一两二三四五\d]+\s*名)",
    )
});
static WHEN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"(?:\d{4}-\d{1,2}|\d{1,2}\s*月|\d{1,2}[:：]\d{2}|\d+\s*(?:日|号|天|周|点)|每(?:天|日|周|月|学期|晚|隔)|第[一二三四五六七八九十\d]+\s*(?:周|月|天|阶段)|周[一二三四五六日末]|星期|学期|月底|月初|午餐|晚餐|早餐|高峰|开学|期末|国庆|元旦|寒假|暑假|[两一二三四半]个?(?:月|周)(?:内|后)?)",
    )
});
static WHERE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"(?:门口|入口|出口|窗口|柜台|收银台|前台|服务台|大厅|楼|层|区|店|馆|台|处|角|室|架|线上|小程序|公众号|微信群|校门|广场|后厨|通道|货架|仓库)",
    )
});
static WHY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(r"(?:为了|为解决|以便|从而|使得|让|避免|防止|减少|缩短|提高|提升|降低|解决|针对|因为|由于|方便|保证|确保)")
});
static HOW: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"(?:通过|采用|利用|使用|设置|设立|增设|增加|安装|购买|采购|更换|增开|改造|加装|试运行|轮值|公示|考核|培训|制作|张贴|公布|推出|开通|建立|实行|改为|分成|安排|组织|开展|引入|调整|划|贴|换|装)",
    )
});
static PRODUCT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"(\d+(?:\.\d+)?)\s*(?:元|块|个|台|张|份|人|次|天|件|套|小时|月|周|/[^\d\s×xX*＊=＝]{1,3}|[^\d\s×xX*＊=＝，。；]{0,4})\s*[×xX*＊乘]\s*(\d+(?:\.\d+)?)\s*(?:[^\d\s×xX*＊=＝，。；]{0,6})\s*(?:[×xX*＊乘]\s*(\d+(?:\.\d+)?)\s*[^\d\s=＝，。；]{0,6})?\s*[=＝]\s*(\d+(?:[.,]\d+)*)",
    )
});
static AMOUNT: LazyLock<Option<Regex>> = LazyLock::new(|| pattern(r"(\d+(?:,\d{3})*(?:\.\d+)?)\s*(万?)元"));
/// What stands before the price of one thing: 锁一个25元, 每份3元.
static OF_ONE: LazyLock<Option<Regex>> = LazyLock::new(|| pattern(r"(?:[一每]\p{Han}{1,3}|单价)[为约是]?$"));
static TOTAL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"(?:合计|总计|共计|总共|总费用|总投入|总预算|预算共|共需|一共|共)[^\d。；]{0,10}?(\d+(?:,\d{3})*(?:\.\d+)?)\s*(万?)元?",
    )
});
static CASE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(r"(?:如果|若|如遇|一旦|万一|假如|倘若|如[^何此]|遇到|遇|出现|发生|当[^前年地天日]|\bif\b|\bshould\b)")
});
static OPENS_CASE: LazyLock<Option<Regex>> =
    LazyLock::new(|| pattern(r"^(?:如果|若|如遇|一旦|万一|假如|倘若|要是|\bif\b)"));
static RESPONSE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"(?:立即|马上|立刻|当天|当场|第一时间|启动|启用|小时内|分钟内|则|就|由|改用|安排|暂停|公布|道歉|赔|退|上报|联系|疏散|调换|增派|预留|备用|送医)",
    )
});

fn has(pattern: &LazyLock<Option<Regex>>, text: &str) -> bool {
    pattern.as_ref().is_some_and(|pattern| pattern.is_match(text))
}

/// A line of the budget that says how its amount comes about.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BudgetLine {
    /// The passage.
    pub passage: String,
    /// The amount that is written.
    pub written: f64,
    /// Quantity times price.
    pub computed: f64,
}

/// The budget of a plan.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Budget {
    /// Lines with quantity, price and amount.
    pub lines: Vec<BudgetLine>,
    /// All amounts that are lines of it, in yuan.
    pub amounts: Vec<f64>,
    /// The total that is written.
    pub total: Option<f64>,
}

fn number(text: &str) -> Option<f64> {
    text.replace(',', "").parse().ok()
}

/// Two amounts are the same, up to a rounding to whole yuan.
fn same(left: f64, right: f64) -> bool {
    (left - right).abs() < 0.51
}

/// Whether quantity times price is the amount that is written.
pub fn is_right(line: &BudgetLine) -> bool {
    same(line.written, line.computed)
}

/// The budget in text and tables.
pub fn budget(plan: &PlanText) -> Budget {
    let placed = place(plan);
    let section = text_of(&placed, Section::Finance);
    let text = if section.trim().is_empty() { plan.text() } else { section };
    let mut found = Budget::default();
    let mut spans = Vec::new();
    for held in PRODUCT.as_ref().into_iter().flat_map(|pattern| pattern.captures_iter(&text)) {
        let part = |index: usize| held.get(index).and_then(|part| number(part.as_str()));
        let (Some(quantity), Some(price), Some(written)) = (part(1), part(2), part(4)) else { continue };
        let computed = quantity * price * part(3).unwrap_or(1.0);
        let passage = held.get(0).map_or("", |whole| whole.as_str()).to_owned();
        spans.extend(held.get(0).map(|whole| whole.range()));
        found.lines.push(BudgetLine { passage, written, computed });
        found.amounts.push(written);
    }
    let in_text = found.amounts.len();
    for table in plan.tables() {
        table_lines(&table, &mut found);
    }
    let from_tables = found.amounts.len() > in_text;
    let scaled = |held: &regex::Captures<'_>| {
        let scale = if held.get(2).is_some_and(|unit| unit.as_str() == "万") { 10_000.0 } else { 1.0 };
        number(held.get(1)?.as_str()).map(|value| value * scale)
    };
    let totals = TOTAL.as_ref().into_iter().flat_map(|pattern| pattern.captures_iter(&text));
    let totals: Vec<(f64, std::ops::Range<usize>)> =
        totals.filter_map(|held| Some((scaled(&held)?, held.get(0)?.range()))).collect();
    found.total = found.total.or_else(|| totals.last().map(|held| held.0));
    spans.extend(totals.into_iter().map(|held| held.1));
    let costs = AMOUNT.as_ref().into_iter().flat_map(|pattern| pattern.captures_iter(&text));
    let mut apart = Vec::new();
    for held in costs {
        let place = held.get(0).map_or(0..0, |whole| whole.range());
        let inside = spans.iter().any(|span| span.start < place.end && place.start < span.end);
        if let Some(cost) = scaled(&held).filter(|cost| !inside && found.total != Some(*cost)) {
            apart.push((cost, has(&OF_ONE, &text[..place.start])));
        }
    }
    let all: Vec<f64> = apart.iter().map(|held| held.0).collect();
    let without_prices: Vec<f64> = apart.iter().filter(|held| !held.1).map(|held| held.0).collect();
    let reckoned: f64 = found.amounts.iter().sum();
    let adds_up =
        |amounts: &[f64]| found.total.is_some_and(|total| same(reckoned + amounts.iter().sum::<f64>(), total));
    // The amounts that make the total are its lines; prices of one thing, benefits and repetitions are not.
    let lines = [&all, &without_prices].into_iter().find(|amounts| !amounts.is_empty() && adds_up(amounts));
    match lines {
        Some(lines) if found.amounts.is_empty() => found.amounts.clone_from(lines),
        Some(lines) if !from_tables && !adds_up(&[]) => found.amounts.extend(lines),
        _ if found.amounts.is_empty() => found.amounts = all,
        _ => {}
    }
    found
}

/// Lines of a table with columns of quantity, price and amount.
fn table_lines(table: &[Vec<String>], found: &mut Budget) {
    let Some(head) = table.first() else { return };
    let column = |words: &[&str]| head.iter().position(|title| words.iter().any(|word| title.contains(word)));
    let Some(amount) = column(&["金额", "小计", "费用（元）", "费用(元)", "合计", "费用"]) else {
        return;
    };
    let (quantity, price) = (column(&["数量"]), column(&["单价"]));
    let digits = |text: &str| {
        let cut: String = text.chars().filter(|letter| letter.is_ascii_digit() || *letter == '.').collect();
        number(&cut)
    };
    for row in &table[1..] {
        let cell = |index: Option<usize>| index.and_then(|index| row.get(index)).and_then(|text| digits(text));
        let Some(written) = cell(Some(amount)) else { continue };
        if row.first().is_some_and(|name| ["合计", "总计", "共计"].iter().any(|word| name.contains(word))) {
            found.total = Some(written);
            continue;
        }
        found.amounts.push(written);
        if let (Some(quantity), Some(price)) = (cell(quantity), cell(price)) {
            found.lines.push(BudgetLine { passage: row.join(" | "), written, computed: quantity * price });
        }
    }
}

/// An action with what is said about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Action {
    /// The passage.
    pub passage: String,
    /// Who, when, where, why, how; what is the passage itself.
    pub parts: [bool; 5],
}

const PARTS: [(&str, &str); 5] = [("谁", "who"), ("何时", "when"), ("何地", "where"), ("为何", "why"), ("如何", "how")];

/// The actions: rows of a table with someone in charge, else sentences of the sections of actions and strategies.
pub fn actions(plan: &PlanText) -> Vec<Action> {
    let placed = place(plan);
    let mut passages: Vec<String> = Vec::new();
    for table in plan.tables() {
        let head = table.first().map(|row| row.join("")).unwrap_or_default();
        let of_actions =
            ["负责", "时间", "地点", "措施", "行动", "任务"].iter().filter(|word| head.contains(**word)).count() >= 2;
        if of_actions {
            passages.extend(table[1..].iter().map(|row| row.join(" ")));
        }
    }
    let of = |section| {
        let held = placed.iter().filter(|piece| piece.section == Some(section) && !is_cell(piece.kind));
        held.flat_map(|piece| statements(piece.text)).collect::<Vec<_>>()
    };
    passages.extend(of(Section::Actions));
    if passages.len() < 3 {
        passages.extend(of(Section::Strategies));
    }
    // A plan without these headings may still say what is to be done.
    if passages.is_empty() {
        passages.extend(plan.body().lines().flat_map(statements));
    }
    let actions = passages.into_iter().filter(|passage| passage.chars().count() >= 8).map(|passage| {
        let parts = [&WHO, &WHEN, &WHERE, &WHY, &HOW].map(|pattern| has(pattern, &passage));
        Action { passage, parts }
    });
    actions.filter(|action| action.parts.iter().filter(|held| **held).count() >= 2).collect()
}

fn is_cell(kind: PieceKind) -> bool {
    matches!(kind, PieceKind::Cell { .. })
}

/// Letters and digits that a section has at least.
const FEWEST_LETTERS: usize = 10;
/// Longest paragraph that is taken for one action.
const ONE_ACTION: usize = 130;

/// What a paragraph says is to be done: the paragraph if it is short, else its sentences.
fn statements(paragraph: &str) -> Vec<String> {
    if paragraph.chars().count() <= ONE_ACTION {
        return vec![paragraph.trim().to_owned()];
    }
    sentences(paragraph).into_iter().map(str::to_owned).collect()
}

/// Contingency cases with their responses.
pub fn contingencies(plan: &PlanText) -> Vec<(String, bool)> {
    let placed = place(plan);
    let text = text_of(&placed, Section::Contingency);
    let headed = !text.trim().is_empty();
    let text = if headed { text } else { plan.body() };
    let is_case = |sentence: &str| match headed {
        true => has(&CASE, sentence) || has(&RESPONSE, sentence),
        false => has(&OPENS_CASE, sentence) && has(&RESPONSE, sentence),
    };
    let held = sentences(&text);
    held.into_iter()
        .filter(|sentence| is_case(sentence))
        .map(|sentence| (sentence.to_owned(), has(&RESPONSE, sentence)))
        .collect()
}

/// Pairs of Han characters in a text that carry meaning enough to link two passages.
fn terms(text: &str) -> BTreeSet<[char; 2]> {
    const COMMON: &str = "的了是在和与及对为有不就都而也很更把被让到从中等个这那一其以可能会要将上下我们他你时人大多后前问题同学顾客满意服务提高提升";
    let letters: Vec<char> = text.chars().collect();
    let pairs =
        letters.windows(2).filter(|pair| pair.iter().all(|letter| is_han(*letter) && !COMMON.contains(*letter)));
    pairs.map(|pair| [pair[0], pair[1]]).collect()
}

/// Problems of a plan with whether its strategies and actions come back to them.
pub fn trace(plan: &PlanText) -> Vec<(String, bool)> {
    let placed = place(plan);
    let problem = text_of(&placed, Section::Problem);
    let answer = [Section::Strategies, Section::Actions, Section::Contingency]
        .map(|section| text_of(&placed, section))
        .join("\n");
    let answered = terms(&answer);
    // What ends with a colon introduces a table or a list.
    let says = |sentence: &&str| sentence.chars().count() >= 8 && !sentence.trim_end().ends_with(['：', ':']);
    let problems = sentences(&problem).into_iter().filter(says);
    problems.map(|sentence| (sentence.to_owned(), terms(sentence).intersection(&answered).count() >= 1)).collect()
}

/// Share of the points, and why.
pub(super) fn judge(plan: &PlanText) -> (f64, Vec<Reason>) {
    let mut reasons = Vec::new();
    let placed = place(plan);
    let share = 0.25 * sections_share(&placed, &mut reasons)
        + 0.30 * actions_share(plan, &mut reasons)
        + 0.20 * budget_share(plan, &mut reasons)
        + 0.15 * contingency_share(plan, &mut reasons)
        + 0.10 * trace_share(plan, &mut reasons);
    (share, reasons)
}

/// Sections that a plan must have.
const REQUIRED: [Section; 6] = [
    Section::Problem,
    Section::Objectives,
    Section::Strategies,
    Section::Actions,
    Section::Finance,
    Section::Contingency,
];

/// Those of them that it has, with something in them.
pub fn sections_present(placed: &[Placed<'_>]) -> Vec<Section> {
    let written = |section: &Section| {
        text_of(placed, *section).chars().filter(|letter| letter.is_alphanumeric()).count() >= FEWEST_LETTERS
    };
    REQUIRED.into_iter().filter(written).collect()
}

fn sections_share(placed: &[Placed<'_>], reasons: &mut Vec<Reason>) -> f64 {
    let present = sections_present(placed);
    for section in REQUIRED.into_iter().filter(|section| !present.contains(section)) {
        let (zh, en) = section.title();
        reasons.push(Reason::new(Mark::Missing, format!("缺少部分：{zh}"), format!("section missing: {en}")));
    }
    if present.len() == REQUIRED.len() {
        reasons.push(Reason::new(
            Mark::Found,
            "各部分齐全（SWOT 可选）",
            "all sections are present (SWOT is optional)",
        ));
    }
    present.len() as f64 / REQUIRED.len() as f64
}

fn actions_share(plan: &PlanText, reasons: &mut Vec<Reason>) -> f64 {
    let held = actions(plan);
    if held.is_empty() {
        reasons.push(Reason::new(Mark::Missing, "没有找到具体行动", "no concrete action was found"));
        return 0.0;
    }
    for action in held.iter().take(6) {
        let missing: Vec<usize> = (0..5).filter(|part| !action.parts[*part]).collect();
        let list = |zh: bool| {
            let names = missing.iter().map(|part| if zh { PARTS[*part].0 } else { PARTS[*part].1 });
            names.collect::<Vec<_>>().join(if zh { "、" } else { ", " })
        };
        let reason = if missing.is_empty() {
            Reason::new(Mark::Found, "行动完整（5W1H）", "the action is complete (5W1H)")
        } else {
            Reason::new(
                Mark::Missing,
                format!("行动缺少：{}", list(true)),
                format!("the action lacks: {}", list(false)),
            )
        };
        reasons.push(reason.quoting(&action.passage));
    }
    // Three actions with most of their cells earn full points.
    let mut complete: Vec<f64> =
        held.iter().map(|action| (action.parts.iter().filter(|part| **part).count() as f64 / 4.0).min(1.0)).collect();
    complete.sort_by(|left, right| right.total_cmp(left));
    complete.iter().take(3).sum::<f64>() / 3.0
}

fn budget_share(plan: &PlanText, reasons: &mut Vec<Reason>) -> f64 {
    let held = budget(plan);
    if held.amounts.is_empty() && held.total.is_none() {
        reasons.push(Reason::new(Mark::Missing, "没有费用明细", "there is no budget"));
        return 0.0;
    }
    let mut share = if held.amounts.len() >= 2 { 0.4 } else { 0.2 };
    let mut right = true;
    for line in &held.lines {
        if !is_right(line) {
            right = false;
            reasons.push(
                Reason::new(
                    Mark::Missing,
                    format!("数量×单价应为 {}，写的是 {}", line.computed, line.written),
                    format!("quantity times price is {}, written {}", line.computed, line.written),
                )
                .quoting(&line.passage),
            );
        }
    }
    if held.lines.is_empty() {
        reasons.push(Reason::new(Mark::Missing, "费用没有写出数量与单价", "no line says quantity and price"));
    } else if right {
        share += 0.3;
        reasons.push(Reason::new(
            Mark::Found,
            format!("{} 行费用的数量×单价均正确", held.lines.len()),
            format!("quantity times price is right in {} lines", held.lines.len()),
        ));
    }
    let sum: f64 = held.amounts.iter().sum();
    match held.total {
        None => reasons.push(Reason::new(Mark::Missing, "没有合计", "there is no total")),
        Some(total) if held.amounts.len() >= 2 && !same(sum, total) => {
            // A part of the amounts may be benefits or repetitions: the teacher looks.
            share += 0.1;
            reasons.push(Reason::new(
                Mark::Note,
                format!("各项相加为 {sum} 元，合计写的是 {total} 元，请核对"),
                format!("the amounts add up to {sum}, the total says {total}: please check"),
            ));
        }
        Some(total) => {
            share += 0.3;
            reasons.push(Reason::new(Mark::Found, format!("合计 {total} 元"), format!("the total is {total} yuan")));
        }
    }
    share
}

fn contingency_share(plan: &PlanText, reasons: &mut Vec<Reason>) -> f64 {
    let held = contingencies(plan);
    let paired = held.iter().filter(|(_, paired)| *paired).count();
    for (case, paired) in held.iter().take(3) {
        let reason = match paired {
            true => Reason::new(Mark::Found, "预案有应对办法", "the case has a response"),
            false => Reason::new(Mark::Missing, "预案没有应对办法", "the case has no response"),
        };
        reasons.push(reason.quoting(case));
    }
    if held.is_empty() {
        reasons.push(Reason::new(Mark::Missing, "没有应急预案", "there is no contingency plan"));
    }
    (paired as f64 / 2.0).min(1.0)
}

fn trace_share(plan: &PlanText, reasons: &mut Vec<Reason>) -> f64 {
    let held = trace(plan);
    if held.is_empty() {
        return 0.0;
    }
    for (problem, _) in held.iter().filter(|(_, answered)| !answered).take(3) {
        let reason = Reason::new(Mark::Missing, "这个问题后文没有回应", "nothing answers this problem");
        reasons.push(reason.quoting(problem));
    }
    held.iter().filter(|(_, answered)| *answered).count() as f64 / held.len() as f64
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::grade::submissions::text::read_text;

    fn plan(text: &str) -> PlanText {
        read_text(text.as_bytes()).unwrap()
    }

    /// Lump sums beside lines that are reckoned; a price and a benefit beside them are no lines.
    #[test]
    fn lump_sums_stand_beside_reckoned_lines() {
        let of = |finance: &str| budget(&plan(&format!("五、财务分析\n{finance}")));
        let held = of("展架460元；奖励30元×6人=180元；补贴12元×20人×6月=1440元；印刷120元。合计2200元。");
        assert_eq!((held.amounts.iter().sum::<f64>(), held.total, held.lines.len()), (2200.0, Some(2200.0), 2));
        // Prices of one thing are no lines.
        let held = of("锁一个25元，换60个要1500元；防滑垫一平方米40元，30平方米要1200元；显示牌500元，总共3200元。");
        assert_eq!((held.amounts, held.total), (vec![1500.0, 1200.0, 500.0], Some(3200.0)));
        let held = of("奖励30元×6人=180元；补贴12元×20人=240元。合计420元，预计每月多收900元。");
        assert_eq!(held.amounts, [180.0, 240.0]);
    }

    #[test]
    fn people_are_named_by_trade_and_by_name() {
        for (text, who) in [
            ("信息员小周在小程序上线菜单页面", true),
            ("收银员每天清点三次", true),
            ("由李姐在门口登记", true),
            ("在小高峰时加开一个窗口", false),
            ("向会员发放优惠券", false),
        ] {
            assert_eq!(has(&WHO, text), who, "{text}");
        }
    }

    #[test]
    fn budgets_are_computed_again() {
        let held = budget(&plan("六、财务分析\n扩音喇叭2个×85元=170元，指示牌6块×40元＝250元。合计420元。"));
        let lines: Vec<(f64, f64)> = held.lines.iter().map(|line| (line.written, line.computed)).collect();
        assert_eq!(lines, [(170.0, 170.0), (250.0, 240.0)]);
        assert_eq!(held.total, Some(420.0));
        let three = budget(&plan("六、预算\n志愿者3人×20元×10天=600元。"));
        assert_eq!((three.lines[0].computed, three.lines[0].written), (600.0, 600.0));
    }

    #[test]
    fn actions_say_who_when_where_why_and_how() {
        let held = actions(&plan(
            "五、行动方案\n12月1日起由王经理负责，在二楼打饭窗口增设两个刷卡机，缩短排队时间。\n大家一起努力。",
        ));
        assert_eq!(held.len(), 1);
        assert_eq!(held[0].parts, [true; 5]);
    }

    #[test]
    fn cases_need_responses_and_problems_answers() {
        let text = "一、问题\n晚餐窗口排队超过二十分钟。\n餐具油腻没有消毒。\n四、策略方案\n晚餐窗口加开两条队。\n七、应急预案\n若停水，立即启用桶装水。\n如果发生食物中毒，后果很严重。";
        let held = plan(text);
        let paired: Vec<bool> = contingencies(&held).into_iter().map(|(_, paired)| paired).collect();
        assert_eq!(paired, [true, false]);
        let answered: Vec<bool> = trace(&held).into_iter().map(|(_, answered)| answered).collect();
        assert_eq!(answered, [true, false]);
    }
}
