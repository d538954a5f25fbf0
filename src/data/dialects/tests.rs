#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::HashSet;
use std::path::Path;

use serde_json::json;
use tempfile::TempDir;

use super::*;
use crate::config::{KeyPositions, Project};
use crate::data::readers::cells::cell_of;
use crate::data::sources::{LoadedSource, load_raw};
use crate::diagnostics::{Diagnostics, Lang};

fn project(root: &Path, sources: serde_json::Value) -> Project {
    let raw = json!({"manyi": 1, "project": {"title": "t"}, "data": {"sources": sources}, "columns": {}});
    let mut positions = KeyPositions::new("manyi.yaml");
    positions.insert("data.sources[0].file", 6, 9);
    Project {
        root: root.to_owned(),
        raw: serde_json::from_value(raw).unwrap(),
        positions,
        table: String::new(),
        window: None,
    }
}

fn load(
    files: &[(&str, &str)],
    sources: serde_json::Value,
    wanted: Option<&[&str]>,
) -> (Vec<LoadedSource>, Diagnostics) {
    let folder = TempDir::new().unwrap();
    for (name, content) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    let wanted: Option<HashSet<String>> = wanted.map(|names| names.iter().map(|&name| name.to_owned()).collect());
    let mut diagnostics = Diagnostics::new();
    let loaded = load_raw(&project(folder.path(), sources), wanted.as_ref(), &mut diagnostics);
    (loaded, diagnostics)
}

fn codes(diagnostics: &Diagnostics) -> Vec<&'static str> {
    diagnostics.iter().map(|diagnostic| diagnostic.message.code).collect()
}

const TEXTS: &str = "序号,提交答卷时间,所用时间,来自IP,1、您的性别,2、满意程度,3、来的原因,4、建议,5、年龄\n\
    1,2026/09/03 12:00:00,153秒,1.2.3.4(北京-北京),男,非常满意,价格实惠┋离得近,很好,20\n\
    2,2026/09/03 12:01:00,2分33秒,1.2.3.5(北京-北京),女,(跳过),离得近,(空),21\n\
    4,2026/09/03 12:03:00,0:02:33,1.2.3.6(北京-北京),其他〖保密〗,不满意,其他〖没得选〗,一般,22\n";
/// Another order, and answer 4 is missing while 3 is there.
const NUMBERS: &str = "序号,提交答卷时间,所用时间,来自IP,1、您的性别,2、满意程度,3、来的原因,4、建议,5、年龄\n\
    2,2026/09/03 12:01:00,153,1.2.3.5,2,-3,2,-2,21\n\
    3,2026/09/03 12:02:00,153,1.2.3.5,2,4,1,无,30\n\
    1,2026/09/03 12:00:00,153,1.2.3.4,1,5,1┋2,很好,20\n";

#[test]
fn both_forms_of_wjx_give_values_and_labels() {
    let files = [("文本.csv", TEXTS), ("数字.csv", NUMBERS)];
    let sources = json!([{"file": "文本.csv", "codes_file": "数字.csv", "wave": "2026-09"}]);
    let (loaded, diagnostics) =
        load(&files, sources, Some(&["1、您的性别", "2、满意程度", "3、来的原因", "4、建议", "所用时间", "5、年龄"]));
    assert_eq!(codes(&diagnostics), ["M0282"]);
    let said = diagnostics.iter().next().unwrap().text(Lang::ZhCn);
    assert!(said.contains("3 份答卷中有 1 份") && said.contains("`序号`"), "{said}");
    let LoadedSource { table, wave, dialect, .. } = &loaded[0];
    assert_eq!((*dialect, wave.as_deref()), (Dialect::Wjx, Some("2026-09")));
    let labels = |name: &str| -> Vec<(String, String)> {
        let header = &table.headers[table.position(name).unwrap()];
        header.value_labels.iter().map(|(code, label)| (code.clone(), label.clone())).collect()
    };
    let pairs = |list: &[(&str, &str)]| -> Vec<(String, String)> {
        list.iter().map(|(code, label)| ((*code).to_owned(), (*label).to_owned())).collect()
    };
    assert_eq!(labels("1、您的性别"), pairs(&[("1", "男"), ("2", "女")]));
    assert_eq!(labels("2、满意程度"), pairs(&[("5", "非常满意")]));
    assert_eq!(labels("3、来的原因"), pairs(&[("1", "价格实惠"), ("2", "离得近")]));
    assert_eq!(labels("4、建议"), [], "an open answer has no codes");
    assert_eq!(labels("5、年龄"), [], "a number stands for itself");
    let seconds = table.chunks[0].columns[table.position("所用时间").unwrap()].as_ref().unwrap();
    assert!((0..3).all(|row| cell_of(seconds, row).text() == "153"));
    assert!(
        table.headers[5].missing.contains(&"(跳过)".to_owned()) && table.headers[5].missing.contains(&"-2".to_owned())
    );
    assert!(table.headers[0].missing.is_empty());
    assert!(table.chunks[0].columns[3].is_none(), "the IP address was not wanted and not read");
}

#[test]
fn tools_are_recognised_by_their_headers() {
    let cases = [
        ("序号,提交答卷时间,所用时间\n1,2026/9/3,1秒\n", Dialect::Wjx),
        ("编号,开始答题时间,结束答题时间,答题时长\n1,a,b,5秒\n", Dialect::Tencent),
        ("序号,答题时长,Q1\n1,5秒,3\n", Dialect::Wenjuan),
        ("id,submitdate,lastpage,startlanguage,Q1[SQ001]\n1,2026-09-03,3,zh,Y\n", Dialect::Limesurvey),
        ("\"id. Response ID\",\"T01. Is it good?\"\n11,Agree\n", Dialect::Limesurvey),
        ("StartDate,Progress,Duration (in seconds),Finished,ResponseId,Q1\n1,2,3,4,5,6\n", Dialect::Qualtrics),
        ("id,score\n1,2\n", Dialect::Plain),
    ];
    for (text, dialect) in cases {
        let (loaded, _) = load(&[("a.csv", text)], json!([{"file": "a.csv"}]), None);
        assert_eq!(loaded[0].dialect, dialect, "{text}");
    }
    assert_eq!((separator(Dialect::Wjx), ranking_separator(Dialect::Wjx)), ("┋", "→"));
    assert_eq!((wjx::option_of("〖其他〗没座位"), wjx::option_of("其他〖没座位〗")), ("其他", "其他"));
}

#[test]
fn globs_are_read_in_order_and_name_what_is_near() {
    let files =
        [("data/b.csv", "a\n2\n"), ("data/a.csv", "a\n1\n"), ("data/~$a.csv", "x"), ("data/c.xlsx", "a,b\n3,4\n")];
    let (loaded, diagnostics) = load(&files, json!([{"file": "data/*.csv"}, {"file": "data/c.xlsx"}]), None);
    let shown: Vec<(&str, usize)> =
        loaded.iter().map(|loaded| (loaded.table.file.as_str(), loaded.source_index)).collect();
    assert_eq!(shown, [("data/a.csv", 0), ("data/b.csv", 0), ("data/c.xlsx", 1)]);
    assert_eq!(codes(&diagnostics), ["M0257"]);
    let (loaded, diagnostics) =
        load(&files, json!([{"file": "data/a*.xls"}, {"file": "date/*.csv"}, {"file": "data/d.csv"}]), None);
    assert!(loaded.is_empty());
    assert_eq!(codes(&diagnostics), ["M0252", "M0252", "M0251"]);
    let first = diagnostics.iter().next().unwrap();
    assert!(first.suggestions.iter().any(|name| name == "data/a.csv"), "{:?}", first.suggestions);
    assert_eq!(first.location, Some(crate::diagnostics::Location::text("manyi.yaml", 6, 9)));
}
