//! Small files through the whole of the stage.

#![allow(clippy::unwrap_used, clippy::panic)]

use proptest::prelude::*;

use super::*;
use crate::data::table::ColumnCounts;
use crate::data::testing::{codes, project, source, texts};
use crate::diagnostics::Lang;

fn run(project: &Project, sources: &[LoadedSource]) -> (Option<Responses>, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let responses = assemble(project, sources, &IndexMap::new(), &mut diagnostics);
    (responses, diagnostics)
}

fn good(project: &Project, sources: &[LoadedSource]) -> Responses {
    let (responses, diagnostics) = run(project, sources);
    responses.unwrap_or_else(|| panic!("{:?}", codes(&diagnostics)))
}

#[test]
fn answers_of_every_kind_are_typed() {
    let project = project(
        "  grade: { type: single, from: 年级 }
  praise: { type: scale, range: [1, 5], from: [3.满意度, 满意度], not_applicable: [9] }
  aware: { type: boolean, from: 听说 }
  why: { type: multi, from: 原因, separator: ',' }
  spent: { type: number, from: 花费 }
  when: { type: date, from: 时间 }
  comment: { type: text, from: 意见 }
  happy: { type: boolean, derive: praise >= 4 and spent > 10 }
  heavy: { type: single, derive: \"case when twice > 40 then 'much' else 'little' end\" }
  twice: { type: number, derive: spent * 2 }",
        "  wave: { column: when, by: month }",
        "segments: [grade]",
    );
    let file = source(
        "a.csv",
        "年级|满意度|听说|原因|花费|时间|意见
         大二|非常满意|是|近,便宜|12.5元|2026-10-01|很好
         大一|9|否|近|1,000|2026/9/30 23:59|
         大一|２|有||20|2026-09-01|慢",
    );
    let responses = good(&project, &[file]);
    let expected: [(&str, [&str; 3]); 11] = [
        ("grade", ["大二", "大一", "大一"]),
        ("praise", ["5.0", "-", "2.0"]),
        ("aware", ["true", "false", "true"]),
        ("why", ["近+便宜", "近", "-"]),
        ("spent", ["12.5", "1000.0", "20.0"]),
        ("comment", ["很好", "-", "慢"]),
        ("happy", ["true", "-", "false"]),
        ("twice", ["25.0", "2000.0", "40.0"]),
        ("heavy", ["little", "much", "little"]),
        (WAVE, ["2026-10", "2026-09", "2026-09"]),
        (WEIGHT, ["1.0", "1.0", "1.0"]),
    ];
    for (name, cells) in expected {
        assert_eq!(texts(&responses, name), cells, "{name}");
    }
    assert_eq!(responses.waves, ["2026-09", "2026-10"]);
    assert_eq!(responses.newest.as_deref(), Some("2026-10-01"));
    assert_eq!(responses.column("grade").unwrap().categories, ["大一", "大二"]);
    assert_eq!(responses.column("why").unwrap().categories, ["便宜", "近"]);
    let counts = ColumnCounts { valid: 2, missing: 0, not_applicable: 1, invalid: 0 };
    assert_eq!(responses.column("praise").unwrap().counts, counts);
}

#[test]
fn several_option_columns_become_one() {
    let project = project(
        "  why: { type: multi, from: ['4、原因(近)', '4、原因(便宜)', '4、原因(其他)'], labels: { 便宜: 价格低, 近: 近, 其他: 其他 } }
  order: { type: ranking, from: ['排(甲)', '排(乙)'] }",
        "",
        "",
    );
    let mut file = source(
        "a.csv",
        "4、原因(近)|4、原因(便宜)|4、原因(其他)|排(甲)|排(乙)
         1|1|0|2|1
         0|0|0|1|-2
         -3|-3|-3|-3|-3
         0|0|朋友说的|1|2",
    );
    file.dialect = crate::config::raw::Dialect::Wjx;
    let responses = good(&project, &[file]);
    assert_eq!(texts(&responses, "why"), ["近+价格低", "", "-", "其他"]);
    assert_eq!(texts(&responses, "order"), ["乙+甲", "甲", "-", "甲+乙"]);
    assert_eq!(responses.column("why").unwrap().categories, ["价格低", "近", "其他"]);
    assert_eq!(responses.column("order").unwrap().counts.not_applicable, 1);
}

#[test]
fn unreadable_cells_are_told_once_with_examples() {
    let project = project("  praise: { type: scale, range: [1, 5] }", "", "");
    let (responses, diagnostics) = run(&project, &[source("a.csv", "praise\n5\n7\n7\n好评\n\n9")]);
    assert!(responses.is_none());
    let found: Vec<String> = diagnostics.iter().map(|found| found.text(Lang::En)).collect();
    let expected =
        "column `praise`: cells of `a.csv` that are not within 1 to 5: 4, such as `7`, `好评`, `9` (row 3, 4, 5, 7)";
    assert_eq!(found, [expected]);
}

#[test]
fn headers_absent_everywhere_are_errors_and_in_one_file_warnings() {
    let project = project("  a: { type: text, from: 甲栏 }\n  b: { type: text, from: 乙栏目 }", "", "");
    let files = [source("1.csv", "甲栏|乙栏\nx|y"), source("2.csv", "乙栏\nz")];
    let (responses, diagnostics) = run(&project, &files);
    assert!(responses.is_none());
    let found: Vec<&str> = diagnostics.iter().map(|found| found.message.code).collect();
    assert_eq!(found, ["M0201", "M0200"]);
    assert_eq!(diagnostics.iter().last().unwrap().suggestions, ["乙栏"]);
}

#[test]
fn files_without_a_header_give_nulls_and_files_share_one_dictionary() {
    let project = project("  g: { type: single }\n  x: { type: number }", "", "");
    let files = [source("1.csv", "g|x\nb|1\na|2"), source("2.csv", "x\n3"), source("3.csv", "g|x\nc|4")];
    let responses = good(&project, &files);
    assert_eq!(texts(&responses, "g"), ["b", "a", "-", "c"]);
    let dictionaries: Vec<_> = responses
        .batches
        .column_by_name("g")
        .map(|groups| {
            use datafusion::arrow::array::AsArray;
            Arc::clone(groups.as_dictionary::<Int32Type>().values())
        })
        .collect();
    assert!(dictionaries.iter().all(|values| values == &dictionaries[0] && values.len() == 3));
    assert_eq!(responses.steps.iter().map(|step| step.rows).collect::<Vec<_>>(), [2, 3, 4]);
}

#[test]
fn repeated_ids_follow_the_policy() {
    let file = || source("a.csv", "id|x\n1|10\n2|20\n1|30\n|40\n|50");
    let of = |policy: &str| project("  id: { type: text }\n  x: { type: number }", &format!("  id: id\n{policy}"), "");
    let (refused, diagnostics) = run(&of(""), &[file()]);
    assert!(refused.is_none());
    assert_eq!(codes(&diagnostics), ["!M0204: rows that repeat an id of `id`: 1, such as `1` (a.csv: 4)"]);
    let first = good(&of("  duplicates: keep_first"), &[file()]);
    assert_eq!(texts(&first, "x"), ["10.0", "20.0", "40.0", "50.0"]);
    assert_eq!(first.steps.last().unwrap().dropped, 1);
    assert_eq!(good(&of("  duplicates: keep_all"), &[file()]).row_count(), 5);
}

/// 问卷星 counts from 1 in every export: what another month holds repeats nothing of this one.
#[test]
fn ids_of_other_periods_repeat_nothing() {
    let dated = |policy: &str| {
        let columns = "  id: { type: text }\n  when: { type: date }";
        let mut project = project(columns, &format!("  id: id\n{policy}  wave: {{ column: when, by: month }}"), "");
        project.window = Some(vec!["2026-02".parse().unwrap()]);
        project
    };
    let months = || {
        let january = source("a.csv", "id|when\n1|2026-01-03\n2|2026-01-04\n3|2026-01-05");
        let february = source("b.csv", "id|when\n1|2026-02-03\n2|2026-02-04");
        [january, february]
    };
    for policy in ["", "  duplicates: keep_first\n"] {
        let (responses, diagnostics) = run(&dated(policy), &months());
        let responses = responses.unwrap();
        assert_eq!(texts(&responses, "id"), ["1", "2"], "{policy}");
        assert_eq!(codes(&diagnostics), Vec::<String>::new(), "{policy}");
    }
    // Within the period they do.
    let twice = [source("b.csv", "id|when\n1|2026-01-03\n1|2026-02-03\n1|2026-02-04")];
    let (refused, diagnostics) = run(&dated(""), &twice);
    assert!(refused.is_none());
    assert_eq!(codes(&diagnostics), ["!M0204: rows that repeat an id of `id`: 1, such as `1` (b.csv: 4)"]);
}

#[test]
fn many_repeated_ids_are_warned_of() {
    let of = |rows: &[&str]| {
        let file = source("a.csv", &format!("id|x\n{}", rows.iter().map(|id| format!("{id}|1\n")).collect::<String>()));
        let project = project("  id: { type: text }\n  x: { type: number }", "  id: id\n  duplicates: keep_first", "");
        codes(&run(&project, &[file]).1)
    };
    let ten = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "1"];
    assert_eq!(of(&ten), Vec::<String>::new());
    let warned = ["M0209: answers that are dropped because they repeat an id of `id`: 1 of 9"];
    assert_eq!(of(&ten[1..].iter().map(|id| if *id == "1" { "2" } else { *id }).collect::<Vec<_>>()), warned);
}

#[test]
fn personal_cells_and_ids_are_never_quoted() {
    let columns = "  phone: { type: number, personal: true }\n  code: { type: text, personal: true }";
    let file = source("a.csv", "phone|code\n+86 13812345678 李雷|A-771\n1|A-771");
    let (refused, diagnostics) = run(&project(columns, "  id: code", ""), &[file]);
    assert!(refused.is_none());
    let said = diagnostics.iter().map(|found| format!("{found:?}")).collect::<String>();
    assert!(!said.contains("13812345678") && !said.contains("A-771"), "{said}");
    let expected = [
        "!M0203: column `phone`: cells of `a.csv` that cannot be read: 1, such as … (row 2)",
        "!M0204: rows that repeat an id of `code`: 1, such as … (a.csv: 3)",
    ];
    assert_eq!(codes(&diagnostics), expected);
}

#[test]
fn filters_count_their_losses_and_drop_unknown() {
    let project = project(
        "  x: { type: number }\n  done: { type: boolean }",
        "  filters:\n  - { keep: done, reason: 未完成 }\n  - { keep: x < 50 }",
        "",
    );
    let responses = good(&project, &[source("a.csv", "x|done\n1|是\n2|否\n3|\n99|是\n5|是")]);
    assert_eq!(texts(&responses, "x"), ["1.0", "5.0"]);
    let steps: Vec<(u64, u64)> = responses.steps.iter().map(|step| (step.rows, step.dropped)).collect();
    assert_eq!(steps, [(5, 0), (3, 2), (2, 1)]);
    assert_eq!(responses.column("x").unwrap().counts.valid, 2);
}

#[test]
fn weights_must_be_there_and_not_negative() {
    let of = |filter: &str| project("  w: { type: number }", &format!("  weight: w\n{filter}"), "");
    let (refused, diagnostics) = run(&of(""), &[source("a.csv", "w\n1\n\n-2\n0")]);
    assert!(refused.is_none());
    assert_eq!(
        codes(&diagnostics),
        [
            "!M0206: rows without a weight in `w`: 1 (a.csv: 3)",
            "!M0207: rows with a negative weight in `w`: 1 (a.csv: 4)"
        ]
    );
    let filtered = good(&of("  filters: [{ keep: w >= 0 }]"), &[source("a.csv", "w\n1\n\n-2\n0")]);
    assert_eq!(texts(&filtered, WEIGHT), ["1.0", "0.0"]);
    assert!(filtered.weighted);
}

#[test]
fn waves_come_from_files_quarters_or_a_column() {
    let wave = |mut file: LoadedSource, name: &str| {
        file.wave = Some(name.to_owned());
        file
    };
    let plain = project("  x: { type: number }", "", "");
    let files = [wave(source("b.csv", "x\n1"), "2026-10"), wave(source("a.csv", "x\n2"), "2026-9")];
    let responses = good(&plain, &files);
    assert_eq!(responses.waves, ["2026-9", "2026-10"]);
    assert_eq!(texts(&responses, WAVE), ["2026-10", "2026-9"]);
    let (refused, diagnostics) = run(&plain, &[files[0].clone(), source("c.csv", "x\n3")]);
    assert!(refused.is_none() && diagnostics.iter().any(|found| found.message.code == "M0211"));

    let quarters = project("  d: { type: date }", "  wave: { column: d, by: quarter }", "");
    let (responses, diagnostics) = run(&quarters, &[source("a.csv", "d\n2026-12-31\n\n2026-01-01")]);
    let responses = responses.unwrap();
    assert_eq!(texts(&responses, WAVE), ["2026-Q4", "2026-Q1"]);
    assert_eq!(
        codes(&diagnostics),
        ["M0212: rows left out because their `d` is empty, so that they have no wave: 1 (a.csv: 3)"]
    );
    assert_eq!(responses.steps.last().unwrap().dropped, 1);

    let labelled = project("  w: { type: single, labels: { 二: 第二波, 一: 第一波 } }", "  wave: { column: w }", "");
    assert_eq!(good(&labelled, &[source("a.csv", "w\n一\n二")]).waves, ["第二波", "第一波"]);
    let unnamed = good(&plain, &[source("a.csv", "x\n1")]);
    assert!(unnamed.waves.is_empty());
    assert_eq!(texts(&unnamed, WAVE), [""]);
}

#[test]
fn segments_without_groups_are_warned_of() {
    let project = project("  a: { type: single }\n  b: { type: single }", "", "segments: [a, b]");
    let (responses, diagnostics) = run(&project, &[source("a.csv", "a|b\n|x\n|x")]);
    assert!(responses.is_some());
    let found: Vec<&str> = diagnostics.iter().map(|found| found.message.code).collect();
    assert_eq!(found, ["M0214", "M0215"]);
}

#[test]
fn options_that_nobody_chose_are_warned_of() {
    let project = project(
        "  g: { type: single }\n  m: { type: multi, separator: ',' }\n  d: { type: boolean, derive: \"selected(m, '近处')\" }",
        "  filters: [{ keep: \"g in ('大一', '大儿') or g = '大二'\" }]",
        "",
    );
    let (responses, diagnostics) = run(&project, &[source("a.csv", "g|m\n大一|近,远\n大二|远")]);
    assert!(responses.is_some());
    assert_eq!(codes(&diagnostics), ["M0218: no answer to `m` is `近处`", "M0218: no answer to `g` is `大儿`"]);
}

#[test]
fn all_mistakes_of_expressions_are_reported() {
    let project = project(
        "  x: { type: number }\n  y: { type: number, derive: x + z }\n  p: { type: number, derive: q }\n  q: { type: number, derive: p }",
        "  filters: [{ keep: xx > 1 }]",
        "",
    );
    let (_, diagnostics) = run(&project, &[source("a.csv", "x\n1")]);
    let found: Vec<&str> = diagnostics.iter().map(|found| found.message.code).collect();
    assert_eq!(found, ["M0231", "M0216"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn permuting_rows_permutes_the_output(order in Just((0..7).collect::<Vec<usize>>()).prop_shuffle()) {
        let project = project(
            "  g: { type: single }\n  m: { type: multi, separator: ',' }\n  s: { type: scale, range: [1, 5] }\n  d: { type: date }",
            "  wave: { column: d, by: month }",
            "",
        );
        let rows = [
            "a|x,y|5|2026-01-03", "b|y|非常满意|2026-02-01", "|z|1|2026-01-09", "c||不满意|2026-03-01", "a|x||2026-02-11",
            "d|y,x|3|2026-03-30", "b|z|4|2026-01-01",
        ];
        let table = |order: &[usize]| {
            let lines: Vec<&str> = order.iter().map(|&row| rows[row]).collect();
            source("a.csv", &format!("g|m|s|d\n{}", lines.join("\n")))
        };
        let plain = good(&project, &[table(&[0, 1, 2, 3, 4, 5, 6])]);
        let permuted = good(&project, &[table(&order)]);
        prop_assert_eq!(&plain.waves, &permuted.waves);
        for name in ["g", "m", "s", "d", WAVE] {
            let before = texts(&plain, name);
            let expected: Vec<String> = order.iter().map(|&row| before[row].clone()).collect();
            prop_assert_eq!(texts(&permuted, name), expected);
        }
        for (before, after) in plain.columns.iter().zip(&permuted.columns) {
            prop_assert_eq!(&before.categories, &after.categories);
            prop_assert_eq!(before.counts, after.counts);
        }
    }
}

#[test]
fn counts_tell_the_rows_kept_apart() {
    let lines = "q|keep\n1|是\n9|是\n|否\n9|否\n2|否\n|是";
    let columns = "  q: { type: scale, range: [1, 5], not_applicable: [9] }\n  keep: { type: boolean }";
    let of = |data: &str| good(&project(columns, data, ""), &[source("a.csv", lines)]).column("q").unwrap().counts;
    assert_eq!(of(""), ColumnCounts { valid: 2, missing: 2, not_applicable: 2, invalid: 0 });
    let kept = of("  filters: [{ keep: keep }]");
    assert_eq!(kept, ColumnCounts { valid: 1, missing: 1, not_applicable: 1, invalid: 0 });
}
