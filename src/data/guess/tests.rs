//! Guesses on small surveys, and that what is written loads.

#![allow(clippy::unwrap_used, clippy::panic)]

use proptest::prelude::*;

use super::*;
use crate::config::validate::validate_project;
use crate::data::load::assemble;
use crate::data::testing::{codes, project_from, source, texts};
use crate::diagnostics::{Diagnostics, Lang};

const SURVEY: &str = "序号|提交答卷时间|所用时间|来自IP|1、您的年级|2、您听说过本食堂吗|3、总体来说您的评价|4、来本食堂的原因|5、菜品(口味)|5、菜品(价格)|6、您抱怨过吗|7、您会推荐吗|8、原因(近)|8、原因(其他)|9、每月花费|10、意见
    1|2026/09/03 12:00:00|153秒|1.2.3.4(北京)|大二|听说过|非常满意|近┋便宜|5|4|抱怨过|一定会|1|0|1,200元|菜有点咸，希望改进
    2|2026/09/04 12:00:00|2分33秒|1.2.3.5(北京)|大一|没听说过|(跳过)|便宜|4|-3|没有抱怨过|可能会|0|朋友说的|800|
    3|2026/10/04 08:00:00|61秒|1.2.3.6(上海)|大二|听说过|满意|近|3|-2|没有抱怨过|不适用|1|0|500|很好
    4|2026/10/05 08:00:00|75秒|1.2.3.7(上海)|大三|听说过|一般|〖其他〗路过|1|2|抱怨过|不确定|0|0|300|挺好的，没有意见";

fn survey() -> Vec<LoadedSource> {
    let mut file = source("data/wjx.csv", SURVEY);
    file.dialect = Dialect::Wjx;
    vec![file]
}

/// The first project file of a guess.
fn written(guess: &Guess, lang: Lang, title: &str) -> String {
    let inputs = [
        ("aware", "您听说过本企业吗？"),
        ("aware_unaided", "想到哪些企业？"),
        ("praise", "评价如何？（1 很差 … 5 很好）"),
    ];
    let inputs = inputs.map(|(input, question)| (input.to_owned(), question.to_owned()));
    write_manyi_yaml(guess, &Draft { lang, title, date: "2026-11-20", inputs: &inputs })
}

#[test]
fn a_survey_is_understood() {
    use ColumnType as T;
    let guessed = guess(&survey());
    let kinds: Vec<(&str, T)> = guessed.columns.iter().map(|column| (column.name.as_str(), column.kind)).collect();
    let expected = [
        ("id", T::Text),
        ("submitted", T::Date),
        ("duration", T::Number),
        ("ip", T::Text),
        ("grade", T::Single),
        ("aware", T::Boolean),
        ("overall", T::Scale),
        ("q4", T::Multi),
        ("q5_1", T::Scale),
        ("q5_2", T::Scale),
        ("q6", T::Boolean),
        ("recommend", T::Scale),
        ("q8", T::Multi),
        ("q9", T::Number),
        ("opinion", T::Text),
    ];
    assert_eq!(kinds, expected);
    assert_eq!(guessed.id.as_deref(), Some("id"));
    assert_eq!(guessed.wave.as_deref(), Some("submitted"));
    assert_eq!(guessed.segments, ["grade"]);
    let inputs: Vec<(&str, &str)> =
        guessed.inputs.iter().map(|(input, column)| (input.as_str(), column.as_str())).collect();
    assert_eq!(inputs, [("aware", "aware"), ("praise", "overall"), ("complained", "q6"), ("recommend", "recommend")]);
}

#[test]
fn the_written_file_loads_the_same_data() {
    for lang in Lang::ALL {
        let text = written(&guess(&survey()), lang, "食堂: 满意度 #1");
        let project = project_from(&text);
        let mut diagnostics = Diagnostics::new();
        validate_project(&project, &mut diagnostics);
        let responses = assemble(&project, &survey(), &indexmap::IndexMap::new(), &mut diagnostics);
        let responses = responses.unwrap_or_else(|| panic!("{:?}\n{text}", codes(&diagnostics)));
        assert!(!diagnostics.has_errors());
        assert_eq!(texts(&responses, "overall"), ["5.0", "-", "4.0", "3.0"]);
        assert_eq!(texts(&responses, "q4"), ["近+便宜", "便宜", "近", "其他"]);
        assert_eq!(texts(&responses, "q6"), ["true", "false", "false", "true"]);
        assert_eq!(texts(&responses, "q8"), ["近", "其他", "近", ""]);
        assert_eq!(texts(&responses, "duration"), ["153.0", "153.0", "61.0", "75.0"]);
        assert_eq!(responses.waves, ["2026-09", "2026-10"]);
    }
}

#[test]
fn option_numbers_are_told_from_ratings_and_quantities() {
    use ColumnType as T;
    let guessed = guess(&[source(
        "a.csv",
        "1、您是否来过|2、您常吃哪一餐|3、来过几次|4、评分|5、年级
         1|1|3|5|1
         2|3|1|4|5
         1|2|12|3|2
         2|3|4|1|4
         1|1|2|2|1",
    )]);
    let kinds: Vec<T> = guessed.columns.iter().map(|column| column.kind).collect();
    assert_eq!(kinds, [T::Boolean, T::Single, T::Number, T::Scale, T::Single]);
    assert_eq!(guessed.columns[0].no, ["2"]);
}

#[test]
fn a_project_without_files_is_an_example_that_lacks_only_its_data() {
    for lang in Lang::ALL {
        let text = written(&guess(&[]), lang, "t");
        let project = project_from(&text);
        let mut diagnostics = Diagnostics::new();
        validate_project(&project, &mut diagnostics);
        assert!(diagnostics.is_empty(), "{:?}\n{text}", codes(&diagnostics));
        assert_eq!(project.raw.project.lang, Some(lang));
        assert!(project.raw.project.date.is_some());
        let file = source("data/survey.csv", "h1|h2|h3\n大一|是|5\n大二|否|3");
        let mut file = file;
        for (header, column) in file.table.headers.iter_mut().zip(project.raw.columns.values()) {
            header.name = column.from.iter().flat_map(|from| from.as_slice()).cloned().collect();
        }
        assert!(
            assemble(&project, &[file], &indexmap::IndexMap::new(), &mut diagnostics).is_some(),
            "{:?}",
            codes(&diagnostics)
        );
    }
}

#[test]
fn every_input_stands_in_the_file_with_its_question() {
    let text = written(&guess(&survey()), Lang::ZhCn, "t");
    assert!(text.contains("      # 您听说过本企业吗？\n      aware: aware  # 推测"), "{text}");
    assert!(text.contains("      # 想到哪些企业？\n      #aware_unaided: 栏目名  # 未找到对应的题目\n"), "{text}");
    assert!(!text.contains("  date:"), "the answers have dates");
    let undated = written(&guess(&[source("a.csv", "x\n是\n否")]), Lang::En, "t");
    assert!(undated.contains("  date: '2026-11-20'"), "{undated}");
}

#[test]
fn buyers_of_anyone_are_not_taken_for_customers() {
    let inputs = |question: &str| -> Vec<String> {
        guess(&[source("a.csv", &format!("{question}\n是\n否"))]).inputs.into_keys().collect()
    };
    assert_eq!(inputs("9、最近一个月您在学校及周边买过饭吗"), ["category_buyer"]);
    assert_eq!(inputs("12、本学期您在这家食堂吃过饭吗"), ["bought", "customer"]);
    assert!(inputs("最近一个月您买过咖啡吗").is_empty());
    assert_eq!(inputs("bought"), ["bought", "customer"]);
}

#[test]
fn columns_of_two_answers_are_yes_or_no() {
    for answers in ["1|0|1", "是|否|是", "有|没有|有", "知道|不知道|知道", "Yes|No|Yes", "TRUE|FALSE|TRUE"]
    {
        let guessed = guess(&[source("a.csv", &format!("x\n{}", answers.replace('|', "\n")))]);
        assert_eq!(guessed.columns[0].kind, ColumnType::Boolean, "{answers}");
    }
}

#[test]
fn words_mixed_with_numbers_are_pointed_out() {
    let mixed = guess(&[source("a.csv", "1、您常吃哪一餐\n早餐\n午餐\n1\n2\n早餐\n1")]);
    assert_eq!(mixed.columns[0].kind, ColumnType::Single);
    assert!(written(&mixed, Lang::En, "t").contains("`labels`"));
    let plain = guess(&[source("a.csv", "1、您常吃哪一餐\n早餐\n午餐\n早餐")]);
    assert!(!written(&plain, Lang::En, "t").contains("`labels`"));
}

#[test]
fn codes_beside_a_rating_become_missing() {
    let guessed = guess(&[source("a.csv", "overall_satisfaction|weight\n5|1.5\n4|0.5\n0|1\n1|1\n99|1")]);
    assert_eq!(guessed.columns[0].range, Some([1.0, 5.0]));
    assert_eq!(guessed.columns[0].missing, ["0", "99"]);
    assert_eq!(guessed.weight.as_deref(), Some("weight"));
}

/// Nobody chose 0 in the first month; somebody will.
#[test]
fn the_question_of_the_net_promoter_score_begins_at_0() {
    let points = |question: &str, answers: &str| {
        guess(&[source("a.csv", &format!("{question}\n{}", answers.replace(' ', "\n")))]).columns[0].range
    };
    let ten = "10 9 8 7 10 6 5 3 1 9";
    for question in ["7、您有多大可能把我们推荐给朋友？", "How likely are you to recommend us?"] {
        assert_eq!(points(question, ten), Some([0.0, 10.0]), "{question}");
        assert_eq!(points(question, "5 4 3 2 1 5"), Some([1.0, 5.0]), "{question}");
    }
    assert_eq!(points("7、您有多大可能推荐我们（1-10分）？", ten), Some([1.0, 10.0]));
    assert_eq!(points("6、总体评分", ten), Some([1.0, 10.0]));
}

#[test]
fn own_words_are_no_options_and_stand_in_no_comment() {
    let kind_and_text = |survey: &str| {
        let guessed = guess(&[source("a.csv", survey)]);
        (guessed.columns[0].kind, written(&guessed, Lang::ZhCn, "t"))
    };
    let told = "没有\n没有\n请打13812345678\n很好\n很好\n很好";
    for question in ["9、您还有什么话想对我们说？", "9、其他"] {
        let (kind, text) = kind_and_text(&format!("{question}\n{told}"));
        assert_eq!(kind, ColumnType::Text, "{question}");
        assert!(!text.contains("13812345678"), "{text}");
    }
    let long = "洗得很干净但是送回来的时候比约定晚了整整两天\n洗得很干净但是送回来的时候比约定晚了整整两天\n很好";
    assert_eq!(kind_and_text(&format!("9、备注\n{long}")).0, ColumnType::Text);
    assert_eq!(kind_and_text("1、门店\n城东店\n城西店\n城东店").0, ColumnType::Single);
    for (text, contact) in [
        ("138-1234-5678", true),
        ("wang@example.com", true),
        ("１３８１２３４５６７８", true),
        ("2026-11", false),
        ("3@5元", false),
        ("100-200元", false),
        ("2000-2999", false),
        ("+86 138 1234 5678", true),
        ("联系 010-62345678 转 8", true),
        ("415-555-2671", true),
        ("06 12 34 56 78", true),
        ("10 000 - 20 000", false),
        ("10000 - 20000", false),
        ("5000000-9999999", false),
        ("1 000 000 000", false),
        ("2026-11-03 10:30", false),
        ("1 2 3 4 5 6 7 8 9 10", false),
    ] {
        assert_eq!(crate::data::guess_roles::holds_contact(text), contact, "{text}");
    }
}

/// 问卷星 counts anew in every export; taken as an id, the second month would repeat the first.
#[test]
fn numbers_that_begin_anew_are_offered_and_not_taken() {
    let text = written(&guess(&survey()), Lang::ZhCn, "t");
    assert!(text.contains("\n  #id: id  # ") && !text.contains("\n  id: id"), "{text}");
    let other = written(&guess(&[source("a.csv", "答卷编号|x\nA1|是\nA2|否")]), Lang::ZhCn, "t");
    assert!(other.contains("\n  id: id  # 推测"), "{other}");
}

/// What the program says is written for Taiwan; what stands in the data, here a header and options, stays as typed.
#[test]
fn comments_for_taiwan_are_written_as_there() {
    let example = written(&guess(&[]), Lang::ZhTw, "t");
    for part in
        ["# 初始專案檔。請把每一處標有「範例」的內容", "範例：問卷匯出檔", "範例：對應的欄位", "然後執行 `manyi check`"]
    {
        assert!(example.contains(part), "{part}\n{example}");
    }
    let text = written(&guess(&survey()), Lang::ZhTw, "t");
    assert!(text.contains("的初始專案檔。請核對每一處標有「推測」的內容"), "{text}");
    assert!(text.contains("您的年级") && text.contains("# 出現過的選項："), "{text}");
}

/// Text in which the lines that wait as comments lack exactly one `#`: those that have no blank, or more than one, behind it.
fn without_one_mark(text: &str) -> String {
    let waits = |rest: &str| rest.starts_with("  ") || rest.starts_with(|letter: char| letter.is_ascii_lowercase());
    text.lines()
        .map(|line| match line.split_once('#') {
            Some((before, rest)) if before.trim().is_empty() && waits(rest) => format!("{before}{rest}\n"),
            _ => format!("{line}\n"),
        })
        .collect()
}

/// With the `#` taken off, the last lines are sections that load.
#[test]
fn the_lines_about_runs_are_valid() {
    for (lang, dated) in [(Lang::ZhCn, true), (Lang::En, true), (Lang::ZhTw, false)] {
        let guessed = if dated { guess(&survey()) } else { guess(&[source("data/2026-11/a.csv", "x\n是\n否")]) };
        let text = written(&guessed, lang, "t");
        let (before, lines) = text.split_once("\n#runs:").unwrap();
        let text = format!("{before}\n{}", without_one_mark(&format!("#runs:{lines}")));
        let text = text.replace("data/2026-11/a.csv", "\"data/{period}/a.csv\"");
        let project = project_from(&text);
        let mut diagnostics = Diagnostics::new();
        validate_project(&project, &mut diagnostics);
        assert!(!diagnostics.has_errors(), "{:?}\n{text}", codes(&diagnostics));
        assert!(project.raw.runs.is_some() && project.raw.delivery.mail.is_some());
    }
}

/// The other lines that wait: the id, the segments, the plugin that nothing feeds.
#[test]
fn lines_that_wait_stand_where_they_belong() {
    let idle = "序号|7、您有多大可能把我们推荐给朋友？\n1|10\n2|9\n3|8\n4|7\n5|10\n6|6\n7|5\n8|3\n9|1\n10|9";
    let text = written(&guess(&[source("a.csv", idle)]), Lang::ZhCn, "t");
    let woken = without_one_mark(&text);
    for (waiting, line) in [
        ("\n  #id: ", "\n  id: "),
        ("\n#segments: ", "\nsegments: "),
        ("\n#  enterprise-csi:\n#    inputs: {}", "\n  enterprise-csi:\n    inputs: {}"),
        ("\n#      #aware: ", "\n      #aware: "),
    ] {
        assert!(text.contains(waiting) && woken.contains(line), "{waiting}\n{text}");
    }
    // Parsed, not validated: the segment of the comment is no column here.
    project_from(&woken);
}

#[test]
fn file_names_give_waves_where_no_date_does() {
    let files = guess(&[source("d/s-2026Q3.csv", "x\n1"), source("d/s-2026Q4.csv", "x\n1")]).files;
    let waves: Vec<Option<&str>> = files.iter().map(|(_, wave)| wave.as_deref()).collect();
    assert_eq!(waves, [Some("2026-Q3"), Some("2026-Q4")]);
    assert_eq!(guess(&[source("s-202609.csv", "x\n1")]).files, [("s-202609.csv".to_owned(), None)]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn whatever_is_guessed_loads(
        headers in proptest::collection::vec(
            prop::sample::select(vec!["序号", "1、满意度", "weight", "日期", "2、原因(近)", "2、原因(远)", "end", "年级", "q'1: #", "Order", "-x", "您会推荐吗"]), 1..5),
        cells in proptest::collection::vec(
            prop::sample::select(vec!["", "1", "5", "99", "满意", "非常满意", "不适用", "是", "否", "2026-09-03", "近", "近,远", "a、b", "-3", "1,200", "很长的一句话，没有重复", "0"]), 1..40),
        wjx: bool,
    ) {
        let mut unique: Vec<&str> = headers;
        unique.sort_unstable();
        unique.dedup();
        let rows: Vec<String> = cells.chunks(unique.len()).map(|row| row.join("|")).collect();
        let mut file = source("a.csv", &format!("{}\n{}", unique.join("|"), rows.join("\n")));
        file.dialect = if wjx { Dialect::Wjx } else { Dialect::Plain };
        prop_assume!(file.table.row_count() > 0);
        let files = [file];
        let text = written(&guess(&files), Lang::En, "t");
        let project = project_from(&text);
        let mut diagnostics = Diagnostics::new();
        validate_project(&project, &mut diagnostics);
        let responses = assemble(&project, &files, &indexmap::IndexMap::new(), &mut diagnostics);
        prop_assert!(responses.is_some() && !diagnostics.has_errors(), "{:?}\n{}", codes(&diagnostics), text);
    }

    #[test]
    fn quoted_texts_read_back(text in "\\PC{0,12}", odd in "[-:#'\"\\\\\n\t{}\\[\\],&*!|>%@`? ~a1.]{0,8}") {
        for text in [text, odd] {
            let mut diagnostics = Diagnostics::new();
            let yaml = format!("plain: {}", crate::data::guess_yaml::quoted(&text));
            let read = crate::config::parse_yaml::<IndexMap<String, String>>(&yaml, "t.yaml", &mut diagnostics);
            prop_assert_eq!(read.map(|(map, _)| map["plain"].clone()), Some(text), "{}", yaml);
        }
    }
}
