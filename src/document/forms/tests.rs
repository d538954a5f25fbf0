//! The forms of a small project with every kind of question.

use super::*;
use crate::config::fragment;
use crate::config::raw::RawColumn;
use crate::diagnostics::{Diagnostics, Lang};
use crate::document::fixtures::{Canteen, pack};
use crate::plugins::discover;

const COLUMNS: &str = r#"
code: { type: text, from: "1、您的邀请码", personal: true }
place: { type: single, from: "2、请您评价的食堂", labels: { 一: { zh-CN: 一食堂, en: One }, "1": { zh-CN: 一食堂, en: One }, "2": { zh-CN: 二食堂, en: Two } } }
aware: { type: boolean, title: { zh-CN: 知晓, en: Aware } }
praise: { type: scale, range: [1, 5], title: { zh-CN: 评价, en: Rating } }
again: { type: scale, range: [1, 5], title: { zh-CN: 再来, en: Again } }
recommend: { type: scale, range: [1, 5], title: { zh-CN: 推荐, en: Recommend } }
minutes: { type: number, range: [0, 120], from: "21、最近一次晚餐排队几分钟", title: { zh-CN: 排队, en: Minutes in the queue } }
long: { type: boolean, derive: minutes > 10 }
taste: { type: scale, range: [1, 5], from: "20、您的满意程度(口味)", title: { zh-CN: 口味, en: Taste }, not_applicable: [6], labels: { 1: 差, 2: 较差, 3: 一般, 4: 较好, 5: 好 } }
price: { type: scale, range: [1, 5], from: "20、您的满意程度(价格)", title: { zh-CN: 价格, en: Prices }, not_applicable: [6], labels: { 1: 差, 2: 较差, 3: 一般, 4: 较好, 5: 好 } }
comment: { type: text, from: "23、您的意见或建议", title: { zh-CN: 意见, en: Comments } }
"#;

const INPUTS: [(&str, &str); 8] = [
    ("aware", "aware"),
    ("praise", "praise"),
    ("return_intention", "again"),
    ("complained", "long"),
    ("customer", "aware"),
    ("recommend", "recommend"),
    ("bought", "place = '一'"),
    ("repurchased", "taste >= 4 AND price >= 4"),
];

fn with_forms(lang: Lang, test: impl FnOnce(&Material<'_>)) {
    let mut canteen = Canteen::new();
    canteen.plugins = discover(None, &mut Diagnostics::new());
    let columns: indexmap::IndexMap<String, RawColumn> =
        serde_json::from_value(fragment::parse(COLUMNS).unwrap()).unwrap();
    canteen.project.raw.columns = columns;
    canteen.project.raw.segments = vec!["place".to_owned()];
    let used = canteen.project.raw.plugins.get_mut("enterprise-csi").unwrap();
    used.inputs = INPUTS.iter().map(|(input, column)| ((*input).to_owned(), (*column).to_owned())).collect();
    let pack = pack();
    test(&Material::new(canteen.inputs(), &pack, lang));
}

/// Number, text and answer of every item in a word or two.
fn outline(form: &Form) -> Vec<String> {
    let number = |number: &Option<u32>| number.map_or_else(String::new, |number| format!("{number} "));
    form.items
        .iter()
        .map(|item| match item {
            FormItem::Section { title } => format!("# {title}"),
            FormItem::Question { number: held, text, answer, .. } => {
                let answer = match answer {
                    Answer::Options { options, .. } => options.join("/"),
                    Answer::Scale(scale) => format!("{} {}…{}", scale.points.len(), scale.low, scale.high),
                    Answer::Blank { .. } => "blank".to_owned(),
                    Answer::Date => "date".to_owned(),
                    Answer::Lines { count } => format!("{count} lines"),
                };
                format!("{}{text}: {answer}", number(held))
            }
            FormItem::Matrix { number: held, text, rows, scale } => {
                format!("{}{text}: {} × {} {}", number(held), rows.join("/"), scale.points.len(), scale.other)
            }
            FormItem::Fields { fields } => fields.iter().map(|(label, unit)| format!("{label}{unit}")).collect(),
        })
        .collect()
}

#[test]
fn the_questionnaire_asks_every_column_once_in_the_words_of_the_survey() {
    with_forms(Lang::ZhCn, |material| {
        assert_eq!(
            outline(&questionnaire(material)),
            [
                "1 您听说过本企业吗？: 是/否",
                "2 总的来说，您对本企业的评价如何？: 5 很差…很好",
                // On one scale, so in one table, where the first of them stands.
                "3 请就以下各题逐一作答：: 如有需要，您会再来吗？/您会向别人推荐本企业吗？ × 5 ",
                // What a computed column is computed from.
                "4 最近一次晚餐排队几分钟: blank",
                "5 您的满意程度: 口味/价格 × 5 不适用",
                "# 关于您",
                // Codes of one option are one option.
                "6 请您评价的食堂: 一食堂/二食堂",
                "7 您的意见或建议: 3 lines",
            ]
        );
    });
}

#[test]
fn a_questionnaire_in_another_language_uses_the_plugins_words_and_the_titles() {
    with_forms(Lang::En, |material| {
        let outline = outline(&questionnaire(material));
        assert_eq!(outline[0], "1 Have you heard of us?: Yes/No");
        assert_eq!(outline[3], "4 Minutes in the queue: blank");
        assert!(outline.iter().all(|line| !line.contains("您")), "{outline:?}");
    });
}

#[test]
fn facts_say_how_many_questions_and_how_long() {
    with_forms(Lang::ZhCn, |material| {
        let facts = facts(material);
        assert_eq!(facts["questionnaire"]["questions"], 7);
        // 8 s for 1, 2 and 6 and each row of 3 (two) and 5 (two), 12 s for 4, 40 s for 7: 24 + 32 + 12 + 40 = 108 s.
        assert_eq!(facts["questionnaire"]["minutes"], 2);
    });
}

#[test]
fn without_ratings_of_its_own_a_project_gets_the_items_of_the_service_stages() {
    with_forms(Lang::ZhCn, |material| {
        let form = evaluation(material, None);
        let titles: Vec<&str> = form
            .items
            .iter()
            .filter_map(|item| if let FormItem::Matrix { text, .. } = item { Some(text.as_str()) } else { None })
            .collect();
        assert_eq!(titles, ["时间高效性", "技术准确性", "承诺可靠性", "售前服务", "售中服务", "售后服务"]);
        // 3 + 3 + 2 + 3 + 3 + 4 items of 5 points.
        assert_eq!(facts(material)["evaluation"], json!({ "items": 18, "highest": "90" }));
        assert!(outline(&form).contains(&"合计得分/ 90综合评语".to_owned()), "{:?}", outline(&form));
    });
}
