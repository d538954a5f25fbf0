use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use serde_json::json;

use super::*;

fn workbook(fill: impl FnOnce(&mut Workbook)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    fill(&mut workbook);
    workbook.save_to_buffer().unwrap()
}

#[test]
fn kinds_of_cells_are_kept() {
    let bytes = workbook(|workbook| {
        let sheet = workbook.add_worksheet();
        let dated = Format::new().set_num_format("yyyy-mm-dd hh:mm");
        for (column, header) in ["序号", "满意度", "提交时间", "用过", "混合"].iter().enumerate() {
            sheet.write(0, column as u16, *header).unwrap();
        }
        let moment = ExcelDateTime::from_ymd(2026, 9, 3).unwrap().and_hms(12, 30, 0).unwrap();
        sheet.write(1, 0, 1).unwrap();
        sheet.write(1, 1, 4.5).unwrap();
        sheet.write_datetime_with_format(1, 2, &moment, &dated).unwrap();
        sheet.write(1, 3, true).unwrap();
        sheet.write(1, 4, 5).unwrap();
        sheet.write(3, 0, 2).unwrap();
        sheet.write(3, 4, "不清楚").unwrap();
    });
    let outcome = read_bytes("a.xlsx", &bytes);
    assert_eq!(outcome.codes(), [""; 0]);
    assert_eq!(outcome.table().sheet.as_deref(), Some("Sheet1"));
    assert_eq!(outcome.table().headers[3].letter, "D");
    assert_eq!(outcome.rows(), [["1", "4.5", "2026-09-03 12:30:00", "true", "5"], ["2", "-", "-", "-", "不清楚"]]);
    assert_eq!(outcome.row_numbers(), [2, 4]);
    let kinds: Vec<String> =
        outcome.table().chunks[0].columns.iter().map(|array| array.as_ref().unwrap().data_type().to_string()).collect();
    assert_eq!(kinds, ["Int8", "Float64", "Timestamp(ms)", "Boolean", "Utf8"]);
}

#[test]
fn titles_and_merged_headers() {
    let bytes = workbook(|workbook| {
        let sheet = workbook.add_worksheet();
        let plain = Format::new();
        sheet.merge_range(0, 0, 0, 5, "2026年食堂满意度调查", &plain).unwrap();
        sheet.merge_range(2, 0, 3, 0, "序号", &plain).unwrap();
        sheet.merge_range(2, 1, 2, 3, "5、菜品", &plain).unwrap();
        for (column, part) in [(1, "口味"), (2, "价格"), (3, "分量")] {
            sheet.write(3, column, part).unwrap();
        }
        sheet.merge_range(2, 4, 3, 4, "建议", &plain).unwrap();
        sheet.merge_range(2, 5, 3, 5, "来源", &plain).unwrap();
        for row in 4..8 {
            sheet.write(row, 0, row - 3).unwrap();
            for column in 1..4 {
                sheet.write(row, column, 5).unwrap();
            }
            sheet.write(row, 5, "微信").unwrap();
        }
        sheet.write(8, 0, "合计").unwrap();
    });
    let outcome = read_bytes("a.xlsx", &bytes);
    assert_eq!(outcome.headers(), ["序号", "5、菜品(口味)", "5、菜品(价格)", "5、菜品(分量)", "建议", "来源"]);
    assert_eq!(outcome.row_numbers(), [5, 6, 7, 8, 9]);
    assert_eq!(outcome.rows()[0], ["1", "5", "5", "5", "-", "微信"]);
}

#[test]
fn sheets_by_name_or_the_first_with_data() {
    let bytes = workbook(|workbook| {
        workbook.add_worksheet().set_name("说明").unwrap();
        for name in ["答卷", "编码"] {
            let sheet = workbook.add_worksheet().set_name(name).unwrap();
            sheet.write(0, 0, name).unwrap();
            sheet.write(1, 0, 1).unwrap();
        }
    });
    assert_eq!(read_bytes("a.xlsx", &bytes).headers(), ["答卷"]);
    assert_eq!(read_with("a.xlsx", &bytes, json!({"sheet": "编码"}), None).headers(), ["编码"]);
    let unknown = read_with("a.xlsx", &bytes, json!({"sheet": "答卷1"}), None);
    assert_eq!(unknown.codes(), ["M0269"]);
    assert_eq!(unknown.diagnostics[0].suggestions, ["答卷"]);
    assert!(unknown.diagnostics[0].hint(Lang::ZhCn).unwrap().contains("`说明`, `答卷`, `编码`"));
}

#[test]
fn a_stray_cell_in_the_last_corner_costs_nothing() {
    let data = "<sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>id</t></is></c><c r=\"B1\" t=\"inlineStr\"><is><t>q</t></is></c></row>\
                <row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"B2\"><v>5</v></c></row>\
                <row r=\"3\"><c r=\"A3\"><v>2</v></c><c r=\"XFD3\"><v>9</v></c></row>\
                <row r=\"1048576\"><c r=\"XFD1048576\"><v>9</v></c></row></sheetData>";
    let outcome = read_bytes("a.xlsx", &xlsx_of(data));
    assert_eq!(outcome.headers(), ["id", "q"]);
    assert_eq!(outcome.rows(), [["1", "5"], ["2", "-"]]);
    assert_eq!(outcome.codes(), ["M0285"]);
    assert_eq!(outcome.diagnostics[0].location, Some(Location::cell("a.xlsx", "答卷", "XFD3")));
}

/// `ZZZZZZ1` is column 321 million.
#[test]
fn a_column_beyond_the_last_is_refused() {
    let header = "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>id</t></is></c></row>";
    for (cell, codes) in [("XFD2", vec!["M0285"]), ("XFE2", vec!["M0271"]), ("ZZZZZZ2", vec!["M0271"])] {
        let data = format!(
            "<sheetData>{header}<row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"{cell}\"><v>1</v></c></row></sheetData>"
        );
        assert_eq!(read_bytes("a.xlsx", &xlsx_of(&data)).codes(), codes, "{cell}");
    }
}

/// A page that breaks off in its table lacks answers; tools that never close a table close the page.
#[test]
fn pages_that_break_off() {
    let page = |end: &str| {
        let rows = "<tr><td>序号</td><td>分</td></tr><tr><td>1</td><td>5</td></tr><tr><td>2</td>";
        read_bytes("a.xls", format!("<html><body><table>{rows}{end}").as_bytes())
    };
    let cut = page("");
    assert_eq!(cut.codes(), ["M0257", "M0289"]);
    assert_eq!(cut.diagnostics[1].location, Some(Location::row("a.xls", 3)));
    assert!(cut.diagnostics[1].text(Lang::En).contains("row 3, which has 1 of 2"));
    for end in ["</tr></table>", "</tr></body></html>", "</HTML>"] {
        assert_eq!(page(end).codes(), ["M0257"], "{end}");
        assert_eq!(page(end).rows(), [["1", "5"], ["2", "-"]], "{end}");
    }
}

#[test]
fn formula_errors_and_long_ids_are_reported_at_their_cell() {
    let data = "<sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>卡号</t></is></c><c r=\"B1\" t=\"inlineStr\"><is><t>分</t></is></c></row>\
                <row r=\"2\"><c r=\"A2\"><v>110101199003071234</v></c><c r=\"B2\" t=\"e\"><v>#REF!</v></c></row>\
                <row r=\"3\"><c r=\"A3\"><v>110101199003071235</v></c><c r=\"B3\"><v>4</v></c></row></sheetData>";
    let outcome = read_bytes("a.xlsx", &xlsx_of(data));
    assert_eq!(outcome.codes(), ["M0274", "M0273"]);
    assert_eq!(outcome.diagnostics[1].location, Some(Location::cell("a.xlsx", "答卷", "B2")));
    assert!(outcome.diagnostics[1].text(Lang::En).contains("#REF!"));
    assert_eq!(outcome.rows()[0][1], "-");
}

#[test]
fn the_wrong_ending_does_not_matter() {
    let bytes = workbook(|workbook| {
        let sheet = workbook.add_worksheet();
        sheet.write(0, 0, "a").unwrap();
        sheet.write(1, 0, 1).unwrap();
    });
    let outcome = read_bytes("a.csv", &bytes);
    assert_eq!((outcome.codes(), outcome.rows()), (vec!["M0257"], vec![vec!["1".to_owned()]]));
    let text = read_bytes("a.xls", b"a,b\n1,2\n");
    assert_eq!((text.codes(), text.rows()), (vec!["M0257"], vec![vec!["1".to_owned(), "2".into()]]));
    let page = "<html><table><tr><td>序号</td><td>分</td></tr><tr><td>1</td><td>5</td></tr></table></html>";
    let page = read_bytes("a.xls", page.as_bytes());
    assert_eq!((page.codes(), page.rows()), (vec!["M0257"], vec![vec!["1".to_owned(), "5".into()]]));
}

/// An .ods with one sheet of two columns and one answer.
pub fn ods() -> Vec<u8> {
    let content = "<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\">\
         <office:body><office:spreadsheet><table:table table:name=\"答卷\">\
         <table:table-row><table:table-cell office:value-type=\"string\"><text:p>序号</text:p></table:table-cell>\
         <table:table-cell office:value-type=\"string\"><text:p>性别</text:p></table:table-cell></table:table-row>\
         <table:table-row><table:table-cell office:value-type=\"float\" office:value=\"1\"><text:p>1</text:p></table:table-cell>\
         <table:table-cell office:value-type=\"string\"><text:p>男</text:p></table:table-cell></table:table-row>\
         </table:table></office:spreadsheet></office:body></office:document-content>";
    let manifest = "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>";
    zip(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", manifest.as_bytes()),
        ("content.xml", content.as_bytes()),
    ])
}

#[test]
fn open_document_sheets_are_read() {
    let outcome = read_bytes("a.ods", &ods());
    assert_eq!(outcome.rows(), [["1", "男"]]);
    assert_eq!(outcome.table().sheet.as_deref(), Some("答卷"));
}

/// A compound file with one stream.
fn compound(name: &str, stream: &[u8]) -> Vec<u8> {
    let mut stream = stream.to_vec();
    // A stream below 4096 bytes would belong into the small sectors.
    stream.resize(stream.len().max(4096).div_ceil(512) * 512, 0);
    let mut bytes = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    let int = |bytes: &mut Vec<u8>, value: i32| bytes.extend(value.to_le_bytes());
    bytes.extend([0; 16]);
    for value in [0x3e_u16, 3, 0xfffe, 9, 6] {
        bytes.extend(value.to_le_bytes());
    }
    bytes.extend([0; 6]);
    for value in [0, 1, 1, 0, 4096, -2, 0, -2, 0, 0] {
        int(&mut bytes, value);
    }
    (0..108).for_each(|_| int(&mut bytes, -1));
    let last = 1 + stream.len() as i32 / 512;
    let mut table = vec![-3, -2];
    table.extend((2..=last).map(|sector| if sector == last { -2 } else { sector + 1 }));
    table.resize(128, -1);
    table.into_iter().for_each(|entry| int(&mut bytes, entry));
    for (name, kind, child, start, size) in [("Root Entry", 5_u8, 1, -2, 0), (name, 2, -1, 2, stream.len() as u64)] {
        let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let length = entry.len() as u16 + 2;
        entry.resize(64, 0);
        entry.extend(length.to_le_bytes());
        entry.extend([kind, 1]);
        [-1, -1, child].iter().for_each(|&value| int(&mut entry, value));
        entry.resize(116, 0);
        int(&mut entry, start);
        entry.extend(size.to_le_bytes());
        bytes.extend(entry);
    }
    bytes.resize(512 * 3, 0);
    bytes.extend(stream);
    bytes
}

/// A record of an .xls.
fn record(kind: u16, body: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &(body.len() as u16).to_le_bytes(), body].concat()
}

/// A number in a cell, as Excel writes a large one (`NUMBER`).
fn number(row: u16, column: u16, value: f64) -> Vec<u8> {
    record(0x0203, &[&[row, column, 0].map(u16::to_le_bytes).concat()[..], &value.to_le_bytes()].concat())
}

/// The number 4 in a cell, as Excel writes small ones (`RK`).
fn small_number(row: u16, column: u16) -> Vec<u8> {
    record(0x027e, &[&[row, column, 0].map(u16::to_le_bytes).concat()[..], &0x4010_0000_u32.to_le_bytes()].concat())
}

/// An .xls with the sheet `答卷` of one header and one number, the number in this column.
pub fn xls_of(column: u16) -> Vec<u8> {
    xls_with(&[number(1, column, 4.5), number(2, 0, 3.0)].concat())
}

/// An .xls with the sheet `答卷` of the header `满意度` and these records below it.
pub fn xls_with(cells: &[u8]) -> Vec<u8> {
    xls_of_parts(&[], cells)
}

/// The same with the mark of a password (`FILEPASS`) before the list of sheets.
fn xls_locked(cells: &[u8]) -> Vec<u8> {
    xls_of_parts(&record(0x002f, &[0; 6]), cells)
}

fn xls_of_parts(mark: &[u8], cells: &[u8]) -> Vec<u8> {
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let begin = |kind: u16| record(0x0809, &[&0x0600_u16.to_le_bytes()[..], &kind.to_le_bytes(), &[0; 12]].concat());
    let end = record(0x000a, &[]);
    let sheet_at = |offset: u32| record(0x0085, &[&offset.to_le_bytes()[..], &[0, 0, 2, 1], &wide("答卷")].concat());
    let globals = begin(5).len() + mark.len() + sheet_at(0).len() + end.len();
    let label = |column: u16, text: &str| {
        let place = [0_u16, column, 0, text.encode_utf16().count() as u16].map(u16::to_le_bytes).concat();
        record(0x0204, &[&place[..], &[1], &wide(text)].concat())
    };
    let sheets = sheet_at(globals as u32);
    let stream = [begin(5), mark.to_vec(), sheets, end.clone(), begin(0x10), label(0, "满意度"), cells.to_vec(), end];
    compound("Workbook", &stream.concat())
}

#[test]
fn excel_97_is_read_and_a_damaged_column_is_refused() {
    let outcome = read_bytes("a.xls", &xls_of(0));
    assert_eq!(outcome.rows(), [["4.5"], ["3"]]);
    assert_eq!(outcome.table().sheet.as_deref(), Some("答卷"));
    assert_eq!(read_bytes("a.xls", &xls_of(0xff00)).codes(), ["M0271"]);
    assert_eq!(read_bytes("a.xls", &xls_with(&small_number(1, 0))).rows(), [["4"]]);
    assert_eq!(read_bytes("a.xls", &xls_with(&small_number(9, 0xff00))).codes(), ["M0271"]);
}

/// Behind the mark of a password the kinds of the records can be read and what is in them cannot: that is no damage.
#[test]
fn excel_97_with_a_password_is_named_as_such() {
    let locked = xls_locked(&number(1, 0xff00, 4.5));
    assert_eq!(read_bytes("a.xls", &locked).codes(), ["M0270"]);
}

/// The library lays out all cells between: a few far ones are refused with their place.
#[test]
fn excel_97_with_cells_far_apart_is_refused() {
    let far = read_bytes("a.xls", &xls_with(&[small_number(1, 0), small_number(65_535, 255)].concat()));
    assert_eq!(far.codes(), ["M0287"]);
    assert_eq!(far.diagnostics[0].location, Some(Location::cell("a.xls", "答卷", "IV65536")));
    // A thousand rows with a stray cell in the last column cost little.
    let stray: Vec<u8> = (1..=1_000).flat_map(|row| small_number(row, 0)).chain(small_number(1_000, 255)).collect();
    assert_eq!(read_bytes("a.xls", &xls_with(&stray)).rows().len(), 1_000);
}

#[test]
fn encrypted_workbooks_are_named_as_such() {
    let encrypted = compound("EncryptedPackage", b"secret");
    assert_eq!(read_bytes("a.xlsx", &encrypted).codes().last(), Some(&"M0270"));
    assert_eq!(read_bytes("a.xlsx", &compound("WordDocument", b"text")).codes().last(), Some(&"M0271"));
    assert_eq!(read_bytes("a.xlsx", &xlsx_of("<sheetData>")[..400]).codes(), ["M0271"]);
}
