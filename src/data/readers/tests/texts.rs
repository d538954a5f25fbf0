use encoding_rs::{BIG5, EUC_KR, GB18030};
use serde_json::json;

use super::*;

#[test]
fn a_plain_file_of_gbk_is_read() {
    let text = "序号,性别,满意度\n1,男,5\n2,女,\n3,\"说不清,楚\",4\n";
    let outcome = read_bytes("答卷.csv", &GB18030.encode(text).0);
    assert_eq!(outcome.codes(), [""; 0]);
    assert_eq!(outcome.headers(), ["序号", "性别", "满意度"]);
    assert_eq!(outcome.rows(), [["1", "男", "5"], ["2", "女", "-"], ["3", "说不清,楚", "4"]]);
    assert_eq!(outcome.row_numbers(), [2, 3, 4]);
    // sha256sum of the bytes `a\n1\n`, by coreutils.
    let hash = read_bytes("a.csv", b"a\n1\n").table().sha256.clone();
    assert_eq!(hash, "309b0e45a73d3fc5325e2b6ed0a01ef8b9cde6b05a5633c1f893f970d52bfddc");
}

#[test]
fn title_rows_blank_rows_and_rows_below_are_passed_over() {
    let text = "食堂满意度调查,,,\n\n导出时间：,2026-09-03,,\n序号,性别,满意度,建议\n1,男,5,好\n\n2,女,4,\"第一行\n第二行\"\n3,男,3,\n,,,\n\n";
    let outcome = read_bytes("a.csv", text.as_bytes());
    assert_eq!(outcome.headers(), ["序号", "性别", "满意度", "建议"]);
    assert_eq!(outcome.rows().len(), 3);
    assert_eq!(outcome.row_numbers(), [5, 7, 8], "as a spreadsheet shows them");
    let told = read_with("a.csv", text.as_bytes(), json!({"header_row": 5}), None);
    assert_eq!(told.headers(), ["1", "男", "5", "好"]);
    let beyond = read_with("a.csv", text.as_bytes(), json!({"header_row": 500}), None);
    assert_eq!(beyond.codes(), ["M0264"]);
}

#[test]
fn only_wanted_columns_are_read_and_the_row_id_that_joins_files() {
    for (source, id) in [(json!({}), "?"), (json!({ "codes_file": "codes.csv" }), "1")] {
        let outcome = read_with("a.csv", "序号,a,b\n1,2,3\n".as_bytes(), source, Some(&["b"]));
        assert_eq!(outcome.headers(), ["序号", "a", "b"]);
        assert_eq!(outcome.rows(), [[id, "?", "3"]]);
    }
}

#[test]
fn ragged_rows_are_reported_with_their_row() {
    let outcome = read_bytes("a.csv", b"a,b,c\n1,2,3\n1,2,3,4\n1,2,3,\n1\n1,2,3\n1,2,3,4,5\n");
    assert_eq!(outcome.codes(), ["M0266", "M0267"]);
    let said = outcome.diagnostics[0].text(Lang::En);
    assert!(said.contains("ignored: 2;") && said.contains("row 3 with 4 instead of 3"), "{said}");
    assert!(outcome.diagnostics[1].text(Lang::En).contains("row 5 with 1 instead of 3"));
    assert_eq!(outcome.rows()[3], ["1", "-", "-"]);
}

/// A file that is being copied ends anywhere.
#[test]
fn a_file_that_ends_within_a_row_is_refused() {
    let cut = read_bytes("a.csv", b"a,b,c\n1,2,3\n4,5");
    assert_eq!(cut.codes(), ["M0289"]);
    let said = cut.diagnostics[0].text(Lang::En);
    assert!(
        cut.diagnostics[0].level == crate::diagnostics::Level::Error && said.contains("row 3, which has 2 of 3"),
        "{said}"
    );
    for (whole, codes) in [
        (&b"a,b,c\n1,2,3\n4,5,6"[..], Vec::new()),
        (b"a,b,c\n1,2,3\n4,5\n", vec!["M0267"]),
        (b"a,b,c\r\n1,2,3\r\n4,5\r\n", vec!["M0267"]),
        // Who leaves empty fields at the end out, does so in every row.
        (b"a,b,c\n1,2\n4,5,6\n4,5", vec!["M0267"]),
        // A line below the table, blanks and the mark that old systems put behind a text are no answer that was cut.
        (b"a,b,c\n1,2,3\nTotal: 120", vec!["M0267"]),
        (b"a,b,c\n1,2,3\n  \t ", Vec::new()),
        (b"a,b,c\r\n1,2,3\r\n\x1a", Vec::new()),
        (b"a,b,c\r\n1,2,3\r\n\x1a\x1a\r\n", Vec::new()),
        (b"a\nx\n\x1a", Vec::new()),
        // One field may be all that was copied of an answer, if it looks like those above it.
        (b"a,b,c\n17,2,3\n4", vec!["M0289"]),
        (b"a,b,c\nR_17,2,3\nR_", vec!["M0289"]),
        // Nor is a character whole of which a part is there.
        ("a,b,c\n1,2,好\n4,5,好".as_bytes().split_last().unwrap().1, vec!["M0289"]),
        ("a,b,c\n1,2,好\n4,5,6\n7,好".as_bytes().split_last().unwrap().1, vec!["M0289"]),
    ] {
        assert_eq!(read_bytes("a.csv", whole).codes(), codes, "{}", String::from_utf8_lossy(whole));
    }
}

#[test]
fn encodings_can_be_named_and_misnamed() {
    let bytes = BIG5.encode("編號,滿意\n1,非常滿意\n").0.into_owned();
    let named = read_with("a.csv", &bytes, json!({"encoding": "big5"}), None);
    assert_eq!(named.rows(), [["1", "非常滿意"]]);
    let wrong = read_with("a.csv", &bytes, json!({"encoding": "utf-8"}), None);
    assert_eq!(wrong.codes(), ["M0261"]);
    assert!(wrong.diagnostics[0].hint(Lang::En).unwrap().contains("encoding:"));
    let unknown = read_with("a.csv", &bytes, json!({"encoding": "gb18031"}), None);
    assert_eq!(unknown.codes(), ["M0260"]);
    assert_eq!(unknown.diagnostics[0].suggestions[0], "gb18030");
    assert_eq!(unknown.diagnostics[0].key_path.as_deref(), Some("data.sources[0].encoding"));
}

#[test]
fn separators_are_sniffed_or_named() {
    assert_eq!(read_bytes("a.txt", b"a\tb\n1,5\t2\n").rows(), [["1,5", "2"]]);
    assert_eq!(read_bytes("a.csv", b"sep=;\na;b\n1;2\n").rows(), [["1", "2"]]);
    assert_eq!(read_with("a.csv", b"a#b\n1#2\n", json!({"delimiter": "#"}), None).rows(), [["1", "2"]]);
    assert_eq!(read_with("a.csv", b"a#b\n1#2\n", json!({"delimiter": "，"}), None).codes(), ["M0268"]);
    let utf16: Vec<u8> = "\u{feff}序号\t分\r\n1\t5\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(read_bytes("a.csv", &utf16).rows(), [["1", "5"]]);
}

#[test]
fn ids_that_a_spreadsheet_rounded_are_reported() {
    let outcome = read_bytes("a.csv", "卡号,分\n1.10101E+17,5\n".as_bytes());
    assert_eq!(outcome.codes(), ["M0286"]);
    assert_eq!(outcome.diagnostics[0].location, Some(Location::row("a.csv", 2)));
    assert_eq!(read_bytes("a.csv", b"id,v\nE+20,1E+3\n").codes(), [""; 0]);
}

#[test]
fn an_unclosed_quote_names_its_row() {
    let outcome = read_bytes("a.csv", b"a,b\n1,2\n3,\"4\n5,6\n7,8\n");
    assert_eq!(outcome.codes(), ["M0265"]);
    assert_eq!(outcome.diagnostics[0].location, Some(Location::row("a.csv", 3)));
}

#[test]
fn qualtrics_label_rows_become_labels_whatever_is_wanted() {
    let text = "ResponseId,Q1\nResponse ID,How satisfied?\n\"{\"\"ImportId\"\":\"\"_recordId\"\"}\",\"{\"\"ImportId\"\":\"\"QID1\"\"}\"\nR_1,5\n";
    let outcome = read_with("q.csv", text.as_bytes(), json!({}), Some(&["ResponseId"]));
    assert_eq!(outcome.table().headers[1].label.as_deref(), Some("How satisfied?"));
    assert_eq!((outcome.rows(), outcome.row_numbers()), (vec![vec!["R_1".to_owned(), "?".into()]], vec![4]));
}

#[test]
fn many_blocks_give_the_rows_in_order_with_their_numbers() {
    let mut text = "id,text\n".to_owned();
    let count = 200_000;
    for id in 0..count {
        // Line breaks and quotes inside fields, so that blocks must not be cut at any line break.
        text.push_str(&format!("{id},\"第{id}份\n答卷 \"\"好\"\" 用来凑够长度的文字用来凑够长度的文字\"\r\n"));
    }
    assert!(text.len() > 3 * (4 << 20), "several blocks");
    let outcome = read_bytes("a.csv", text.as_bytes());
    assert_eq!(outcome.codes(), [""; 0]);
    let rows = outcome.rows();
    assert_eq!(rows.len(), count);
    assert!(
        rows.iter()
            .enumerate()
            .all(|(id, row)| row[0] == id.to_string() && row[1].starts_with(&format!("第{id}份\n答卷 \"好\"")))
    );
    assert!(outcome.row_numbers().into_iter().eq(2..count as u32 + 2));
    assert!(outcome.table().chunks.iter().all(|chunk| chunk.rows.len() <= crate::data::table::CHUNK_ROWS));
}

/// Forty megabytes of lines with one field for sixty-four columns would take gigabytes; what is said is said once, at the right row.
#[test]
fn rows_that_lack_nearly_all_fields_are_refused_over_all_blocks() {
    let header = (0..64).map(|column| format!("c{column}")).collect::<Vec<_>>().join(",");
    let short = format!("{header}\n{}", "1\n".repeat(6_000_000));
    assert!(short.len() > 2 * (4 << 20), "several blocks");
    let outcome = read_bytes("a.csv", short.as_bytes());
    assert_eq!(outcome.codes(), ["M0249"]);
    assert!(outcome.table.is_none());
    let Some(Location { position: Some(crate::diagnostics::Position::Row { row }), .. }) =
        &outcome.diagnostics[0].location
    else {
        panic!("no row")
    };
    // A thread counts after 65,536 cells, 1,024 rows.
    assert!((1_025..6_000_002).contains(row), "{row}");
    let fewer = format!("{header}\n{}", "1\n".repeat(400_000));
    assert_eq!(read_bytes("a.csv", fewer.as_bytes()).codes(), ["M0267"]);
    let empty = format!("{header}\n{}", format!("1{}\n", ",".repeat(63)).repeat(100_000));
    assert_eq!(read_bytes("a.csv", empty.as_bytes()).codes(), [""; 0], "fields that are written, though empty");
}

#[test]
fn problems_with_the_file_itself() {
    assert_eq!(read_bytes("a.csv", b"").codes(), ["M0256"]);
    assert_eq!(read_bytes("a.csv", b"\n\n,,\n").codes(), ["M0262"]);
    assert_eq!(read_bytes("a.csv", b"a,b\n").codes(), ["M0263"]);
    assert_eq!(read_bytes("a.csv", b"%PDF-1.7 ...").codes(), ["M0258"]);
    assert_eq!(read_bytes("a.csv", b"\x00\x01\x02\x03abc\x05\x06def some program").codes(), ["M0259"]);
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("2026年答卷.csv"), "a\n1\n").unwrap();
    let outcome = read_path(&folder.path().join("2026年答券.csv"), "data/2026年答券.csv", json!({}), None);
    assert_eq!(outcome.codes(), ["M0251"]);
    assert_eq!(outcome.diagnostics[0].suggestions, ["data/2026年答卷.csv"]);
    assert_eq!(outcome.diagnostics[0].location, Some(Location::text("manyi.yaml", 5, 7)));
    assert_eq!(read_path(folder.path(), "data", json!({}), None).codes(), ["M0254"]);
}

/// A file of the reference data, which lies beside the project and not in it.
fn reference(name: &str) -> Option<std::path::PathBuf> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found = project.ancestors().map(|folder| folder.join("shared/refdata").join(name)).find(|path| path.exists());
    if found.is_none() {
        println!("skipped: reference data {name} is absent");
    }
    found
}

#[test]
fn the_korean_original_reads_like_its_utf8_sibling() {
    let Some(folder) = reference("real/kiosk_kservqual") else { return };
    let original = read_path(&folder.join("kiosk_original_cp949.csv"), "original.csv", json!({}), None);
    let sibling = read_path(&folder.join("kiosk_kservqual_utf8.csv"), "sibling.csv", json!({}), None);
    let codebook = read_path(&folder.join("codebook.csv"), "codebook.csv", json!({}), None);
    let (original_rows, sibling_rows) = (original.rows(), sibling.rows());
    assert_eq!((original_rows.len(), sibling_rows.len()), (211, 211));
    let (mut compared, mut identical) = (0, 0);
    for entry in codebook.rows() {
        let (Some(there), Ok(here)) = (sibling.table().position(&entry[0]), entry[1].parse::<usize>()) else {
            continue;
        };
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(
            words(original.headers()[here - 1].split(" (2)").next().unwrap()),
            words(entry[2].split(" (2)").next().unwrap())
        );
        // Where the sibling was coded in numbers, every text has one number and every number one text.
        let pairs: HashSet<(&str, &str)> = original_rows
            .iter()
            .zip(&sibling_rows)
            .map(|(one, other)| (one[here - 1].trim(), other[there].trim()))
            .collect();
        let distinct = |side: fn(&(&str, &str)) -> String| pairs.iter().map(side).collect::<HashSet<_>>().len();
        assert_eq!(
            (distinct(|pair| pair.0.to_owned()), distinct(|pair| pair.1.to_owned())),
            (pairs.len(), pairs.len())
        );
        identical += usize::from(pairs.iter().all(|(one, other)| one == other));
        compared += 1;
    }
    assert!(compared > 150 && identical > 90, "{identical} of {compared}");
}

#[test]
fn the_airport_surveys_read() {
    let Some(folder) = reference("real/sfo") else { return };
    // Rows and columns counted with Python's csv module.
    for (name, rows, first) in
        [("sfo_customer_survey_2016.csv", 3087, "*RESPNUM"), ("sfo_customer_survey_2017.csv", 2831, "RESPNUM")]
    {
        let outcome = read_path(&folder.join(name), name, json!({}), None);
        assert_eq!((outcome.rows().len(), outcome.headers().len(), outcome.headers()[0]), (rows, 97, first));
    }
}

#[test]
fn korean_is_not_taken_for_chinese() {
    let text = "번호,만족도\n1,매우 만족한다\n2,보통이다\n3,직원의 응대가 친절하지 않았습니다\n";
    assert_eq!(read_bytes("a.csv", &EUC_KR.encode(text).0).rows()[0], ["1", "매우 만족한다"]);
}
