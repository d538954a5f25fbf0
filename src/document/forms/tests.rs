//! The forms of a small project with every kind of question.

use super::*;
use crate::config::fragment;
use crate::config::raw::RawColumn;
use crate::diagnostics::{Diagnostics, Lang};
use crate::document::blocks::AnswerScale;
use crate::document::fixtures::{Canteen, pack};
use crate::plugins::discover;

const COLUMNS: &str = r#"
code: { type: text, from: "1、您的邀请码", personal: true }
place: { type: single, from: "2、请您评价的食堂", labels: { 一: { zh-CN: 一食堂, en: One }, "1": { zh-CN: 一食堂, en: One }, "2": { zh-CN: 二食堂, en: Two } } }
aware: { type: boolean, title: { zh-CN: 知晓, en: Aware } }
praise: { type: scale, range: [1, 5], title: { zh-CN: 评价, en: Rating } }
again: { type: scale, range: [1, 5], title: { zh-CN: 再来, en: Again } }
recommend: { type: scale, range: [1, 5], title: { zh-CN: 推荐, en: Recommend } }
minutes: { type: number, range: [0, 120], from: "21、最近一次晚餐排队几分钟", unit: { zh-CN: 分钟, en: minutes }, title: { zh-CN: 排队, en: Minutes in the queue } }
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
    with_columns(lang, COLUMNS, &INPUTS, test);
}

fn with_columns(lang: Lang, columns: &str, inputs: &[(&str, &str)], test: impl FnOnce(&Material<'_>)) {
    let mut canteen = Canteen::new();
    canteen.plugins = discover(None, &mut Diagnostics::new());
    let columns: indexmap::IndexMap<String, RawColumn> =
        serde_json::from_value(fragment::parse(columns).unwrap()).unwrap();
    canteen.project.raw.columns = columns;
    canteen.project.raw.segments = vec!["place".to_owned()];
    let used = canteen.project.raw.plugins.get_mut("enterprise-csi").unwrap();
    used.inputs = inputs.iter().map(|(input, column)| ((*input).to_owned(), (*column).to_owned())).collect();
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
                    Answer::Blank { unit } => format!("blank {unit}"),
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
                // What is rated comes first; codes of one option are one option.
                "1 请您评价的食堂: 一食堂/二食堂",
                "2 您听说过本企业吗？: 是/否",
                "3 总的来说，您对本企业的评价如何？: 5 很差…很好",
                // On one scale, so in one table, where the first of them stands.
                "4 请就以下各题逐一作答：: 如有需要，您会再来吗？/您会向别人推荐本企业吗？ × 5 ",
                // What a computed column is computed from.
                "5 最近一次晚餐排队几分钟: blank 分钟",
                "6 您的满意程度: 口味/价格 × 5 不适用",
                "7 您的意见或建议: 3 lines",
            ]
        );
    });
}

#[test]
fn a_questionnaire_in_another_language_uses_the_plugins_words_and_the_titles() {
    with_forms(Lang::En, |material| {
        let outline = outline(&questionnaire(material));
        assert_eq!(outline[1], "2 Have you heard of us?: Yes/No");
        assert_eq!(outline[4], "5 Minutes in the queue: please write the number: blank minutes");
        assert!(outline.iter().all(|line| !line.contains("您")), "{outline:?}");
    });
}

#[test]
fn facts_say_how_many_questions_and_how_long() {
    with_forms(Lang::ZhCn, |material| {
        let facts = facts(material);
        assert_eq!(facts["questionnaire"]["questions"], 7);
        // 8 s for 1, 2 and 3 and each row of 4 (two) and 6 (two), 12 s for 5, 40 s for 7: 24 + 32 + 12 + 40 = 108 s.
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
        // 3 + 3 + 2 + 3 + 3 + 4 items of 5 points; the score is the mean of those ticked.
        assert_eq!(facts(material)["evaluation"], json!({ "items": 18, "highest": "5" }));
        assert!(outline(&form).contains(&"合计得分÷ 打勾的项数= 平均分/ 5".to_owned()), "{:?}", outline(&form));
    });
}

/// A survey whose headers are numbered: prompted before unprompted, a reason and an open answer that no indicator needs.
const NUMBERED: &str = r#"
place: { type: single, from: "2、您的年级", labels: { 一: 一, 二: 二 } }
aware: { type: boolean, from: "3、您知道这家食堂吗" }
first: { type: boolean, from: "4、您先想到这家食堂吗", question: { zh-CN: 您先想到哪家？, en: Which comes to mind first? } }
praise: { type: scale, range: [1, 5], from: "5、您的评价如何" }
guest: { type: boolean, from: "6、您来过吗", only_if: aware }
complained: { type: boolean, from: "7、您抱怨过吗" }
told: { type: boolean, from: "8、您向食堂投诉过吗" }
again: { type: scale, range: [1, 5], from: "9、您会再来吗" }
reasons: { type: multi, from: "10、您来的原因是什么", labels: { 近: 近, 便宜: 便宜 } }
comment: { type: text, from: "11、您的意见" }
"#;

#[test]
fn numbered_surveys_keep_their_order_lose_nothing_and_say_who_is_asked() {
    let inputs = [
        ("aware", "aware"),
        ("aware_unaided", "first"),
        ("praise", "praise"),
        ("customer", "guest"),
        ("complained", "complained"),
        ("complained_to_company", "told"),
        ("return_intention", "again"),
    ];
    with_columns(Lang::ZhCn, NUMBERED, &inputs, |material| {
        let form = questionnaire(material);
        let asked: Vec<(String, String)> = form
            .items
            .iter()
            .map(|item| match item {
                FormItem::Question { number, text, hint, .. } => (format!("{} {text}", number.unwrap()), hint.clone()),
                other => panic!("{other:?}"),
            })
            .collect();
        let asked: Vec<(&str, &str)> = asked.iter().map(|(text, hint)| (text.as_str(), hint.as_str())).collect();
        assert_eq!(
            asked,
            [
                ("1 您的年级", ""),
                // Without the prompt first, though the file has it second.
                ("2 您先想到哪家？", ""),
                // The base of reputation, and what the project says of the next one: all that follows hangs on it.
                ("3 您知道这家食堂吗", "（选“否”请跳到第9题）"),
                ("4 您的评价如何", ""),
                ("5 您来过吗", "（选“否”请跳到第9题）"),
                ("6 您抱怨过吗", "（选“否”请跳到第8题）"),
                ("7 您向食堂投诉过吗", ""),
                ("8 您会再来吗", ""),
                // No indicator needs the reasons, and they are asked all the same.
                ("9 您来的原因是什么", "（可多选）"),
                ("10 您的意见", ""),
            ]
        );
    });
}

#[test]
fn a_question_far_from_its_gate_says_who_is_meant() {
    let columns = NUMBERED.replace("9、您会再来吗", "12、您会再来吗");
    let inputs = [("customer", "guest"), ("aware", "aware"), ("return_intention", "again")];
    with_columns(Lang::En, &columns, &inputs, |material| {
        let form = questionnaire(material);
        let hint = form.items.iter().find_map(|item| match item {
            FormItem::Question { text, hint, .. } if text.starts_with("Would you come again") => Some(hint.clone()),
            _ => None,
        });
        // Guests are asked in 4, the reasons of all stand between.
        assert!(hint.unwrap().starts_with("(only if Yes to question "), "{:?}", outline(&form));
    });
}

#[test]
fn items_of_the_service_stages_do_not_repeat_what_the_survey_rates() {
    with_forms(Lang::ZhCn, |material| {
        let form = evaluation(material, None);
        let rows: Vec<&String> = form
            .items
            .iter()
            .filter_map(|item| if let FormItem::Matrix { rows, .. } = item { Some(rows) } else { None })
            .flatten()
            .collect();
        let mut once = rows.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), rows.len(), "{rows:?}");
    });
}

/// Two questions on one feature in the way of Kano, one on importance and one on performance, by the models of a sample's plugin.
const IN_MODELS: &str = r#"
with_bags: { type: number, range: [1, 5], title: { zh-CN: 有免费购物袋, en: "Free bags: with it" } }
without_bags: { type: number, range: [1, 5], title: { zh-CN: 没有免费购物袋, en: "Free bags: without it" } }
imp_clean: { type: number, range: [1, 7], title: { zh-CN: 环境整洁（重要性）, en: Cleanliness (importance) } }
perf_clean: { type: scale, range: [1, 5], from: "Q9. How clean was it? (1 filthy … 5 spotless)", title: { zh-CN: 环境整洁, en: Cleanliness } }
"#;

#[test]
fn what_a_model_asks_has_words_at_its_answers() {
    for (lang, expected) in [
        (
            Lang::ZhCn,
            [
                "1 如果提供下列各项，您会觉得怎样？ (免费购物袋): 我很喜欢/理应如此/无所谓/可以忍受/我不喜欢",
                "2 如果不提供下列各项，您会觉得怎样？ (免费购物袋): 我很喜欢/理应如此/无所谓/可以忍受/我不喜欢",
                "3 下列各项对您有多重要？ (环境整洁): 7 不重要…非常重要",
                "4 您对下列各项的评价如何？ (环境整洁): 5 很差…很好",
            ],
        ),
        (
            Lang::En,
            [
                "1 How would you feel if each of these were offered? (Free bags): \
                 I like it/I expect it/I am neutral/I can live with it/I dislike it",
                "2 How would you feel if each of these were not offered? (Free bags): \
                 I like it/I expect it/I am neutral/I can live with it/I dislike it",
                "3 How important is each of these to you? (Cleanliness): 7 not important…very important",
                // The survey's own words go before those of the model.
                "4 How clean was it?: 5 filthy…spotless",
            ],
        ),
    ] {
        let mut canteen = Canteen::new();
        let sample = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/supermarket-chain");
        canteen.plugins = discover(Some(&sample), &mut Diagnostics::new());
        canteen.project.raw.columns = serde_json::from_value(fragment::parse(IN_MODELS).unwrap()).unwrap();
        canteen.project.raw.segments.clear();
        let inputs = [
            ("with_free_bags", "with_bags"),
            ("without_free_bags", "without_bags"),
            ("imp_clean", "imp_clean"),
            ("perf_clean", "perf_clean"),
        ];
        let mut used = canteen.project.raw.plugins.shift_remove("enterprise-csi").unwrap();
        used.inputs = inputs.iter().map(|(input, column)| ((*input).to_owned(), (*column).to_owned())).collect();
        canteen.project.raw.plugins.clear();
        canteen.project.raw.plugins.insert("store-models".to_owned(), used);
        let pack = pack();
        let form = questionnaire(&Material::new(canteen.inputs(), &pack, lang));
        let labels = |scale: &AnswerScale| scale.labels.join("/");
        let asked: Vec<String> = outline(&form)
            .into_iter()
            .zip(&form.items)
            .map(|(line, item)| match item {
                FormItem::Question { answer: Answer::Scale(scale), .. } if !scale.labels.is_empty() => {
                    line.replace("5 …", &labels(scale))
                }
                _ => line,
            })
            .collect();
        assert_eq!(asked[..4], expected, "{lang}");
    }
}
