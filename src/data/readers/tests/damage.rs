use encoding_rs::GB18030;
use proptest::prelude::*;

use super::*;

fn mutated(good: &[u8], changes: &[(usize, u8)], cut: Option<usize>) -> Vec<u8> {
    let mut bytes = good.to_vec();
    for &(at, value) in changes {
        let at = at % bytes.len();
        bytes[at] = value;
    }
    if let Some(cut) = cut {
        bytes.truncate(cut % (bytes.len() + 1));
    }
    bytes
}

fn changes() -> impl Strategy<Value = (Vec<(usize, u8)>, Option<usize>)> {
    (prop::collection::vec((any::<usize>(), any::<u8>()), 0..12), prop::option::weighted(0.3, any::<usize>()))
}

const SHEET: &str = "<sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>id</t></is></c><c r=\"B1\" t=\"str\"><v>q</v></c></row>\
    <row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"B2\" s=\"0\"><v>5</v></c></row><row r=\"3\"><c r=\"A3\" t=\"b\"><v>1</v></c>\
    <c r=\"B3\" t=\"d\"><v>2026-09-03</v></c></row></sheetData><mergeCells count=\"1\"><mergeCell ref=\"A1:B1\"/></mergeCells>";

/// Bytes in, and a table or a reason comes out.
fn survives(name: &str, bytes: &[u8]) -> Result<(), TestCaseError> {
    let outcome = read_bytes(name, bytes);
    prop_assert!(outcome.table.is_some() || !outcome.diagnostics.is_empty(), "neither table nor reason");
    if let Some(table) = &outcome.table {
        for chunk in &table.chunks {
            prop_assert_eq!(chunk.columns.len(), table.headers.len());
            prop_assert!(chunk.columns.iter().flatten().all(|array| array.len() == chunk.rows.len()));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_text_is_read_or_refused((changes, cut) in changes()) {
        let good = GB18030.encode("序号,性别,\"满意,度\"\n1,男,5\n2,女,\"4\n\"\"好\"\"\"\n\n合计,,9\n").0.into_owned();
        survives("a.csv", &mutated(&good, &changes, cut))?;
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 1..400), ending in "(csv|tsv|xlsx|xls|ods|parquet|json|sav)") {
        survives(&format!("a.{ending}"), &bytes)?;
    }

    #[test]
    fn any_archive_is_read_or_refused((changes, cut) in changes()) {
        survives("a.xlsx", &mutated(&xlsx_of(SHEET), &changes, cut))?;
    }

    #[test]
    fn any_sheet_is_read_or_refused((changes, cut) in changes()) {
        let sheet = mutated(SHEET.as_bytes(), &changes, cut);
        survives("a.xlsx", &xlsx_of(&String::from_utf8_lossy(&sheet)))?;
    }

    #[test]
    fn any_excel_97_file_is_read_or_refused((changes, cut) in changes()) {
        survives("a.xls", &mutated(&super::sheets::xls_of(0), &changes, cut))?;
    }

    #[test]
    fn any_parquet_file_is_read_or_refused((changes, cut) in changes()) {
        let texts = datafusion::arrow::array::StringArray::from(vec![Some("满意"), None, Some("不满意")]);
        let numbers = datafusion::arrow::array::Float64Array::from(vec![Some(5.0), Some(4.5), None]);
        let columns: Vec<(&str, datafusion::arrow::array::ArrayRef)> =
            vec![("a", std::sync::Arc::new(texts)), ("b", std::sync::Arc::new(numbers))];
        survives("a.parquet", &mutated(&super::formats::parquet_of(columns, 2), &changes, cut))?;
    }

    #[test]
    fn any_open_document_is_read_or_refused((changes, cut) in changes()) {
        survives("a.ods", &mutated(&super::sheets::ods(), &changes, cut))?;
    }

    #[test]
    fn any_json_is_read_or_refused((changes, cut) in changes()) {
        let good = br#"[{"id": 1, "a": ["x", "y"], "b": {"c": [1]}}, {"id": 2.5e3, "d": true}]"#;
        survives("a.json", &mutated(good, &changes, cut))?;
    }

    #[test]
    fn any_page_is_read_or_refused((changes, cut) in changes()) {
        let good = "<html><table><tr><td colspan='2'>序&#24207;号</td></tr><tr><td>1</td><td>&lt;5</td></tr></table></html>";
        survives("a.xls", &mutated(good.as_bytes(), &changes, cut))?;
    }
}
