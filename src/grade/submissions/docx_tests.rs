//! Word files written part by part: what counts as the text of a document, and what does not.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;

use super::read_docx;
use crate::grade::submissions::document::{HiddenBy, PieceKind, PlanText};

const SPACES: &str = r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships""#;

fn package(body: &str, others: &[(&str, String)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let mut put = |name: &str, content: &str| {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    };
    put("[Content_Types].xml", "<Types/>");
    put("word/document.xml", &format!("<w:document {SPACES}><w:body>{body}</w:body></w:document>"));
    for (name, content) in others {
        put(name, content);
    }
    writer.finish().unwrap().into_inner()
}

fn read(body: &str) -> PlanText {
    read_docx(&package(body, &[])).unwrap()
}

fn run(text: &str) -> String {
    format!("<w:r><w:t>{text}</w:t></w:r>")
}

#[test]
fn tracked_changes_count_as_accepted() {
    let plan = read(&format!(
        "<w:p>{}<w:ins w:id=\"1\">{}</w:ins><w:del w:id=\"2\"><w:r><w:delText>删去</w:delText></w:r></w:del><w:moveFrom w:id=\"3\">{}</w:moveFrom><w:moveTo w:id=\"4\">{}</w:moveTo></w:p>",
        run("满意"),
        run("插入"),
        run("移走"),
        run("移来"),
    ));
    assert_eq!(plan.text(), "满意插入移来");
    assert_eq!((plan.revisions.inserted, plan.revisions.deleted), (4, 4));
}

#[test]
fn one_branch_of_alternate_content() {
    let boxed = |inner: &str| format!("<w:txbxContent><w:p>{}</w:p></w:txbxContent>", run(inner));
    let both = format!(
        "<w:p>{}<w:r><mc:AlternateContent><mc:Choice Requires=\"wps\"><w:drawing><wp:anchor><a:graphic><a:graphicData><wps:wsp><wps:txbx>{}</wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape><v:textbox>{}</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>",
        run("正文"),
        boxed("框内文字"),
        boxed("框内文字"),
    );
    let plan = read(&both);
    assert_eq!(plan.text(), "正文\n框内文字");
    assert_eq!(plan.pieces[1].kind, PieceKind::TextBox);
    let only = "<w:p><mc:AlternateContent><mc:Choice Requires=\"x\"><w:r/></mc:Choice><mc:Fallback><w:r><w:t>后备</w:t></w:r></mc:Fallback></mc:AlternateContent></w:p>";
    assert_eq!(read(only).text(), "后备");
}

#[test]
fn tables_keep_rows_and_columns() {
    let cell = |text: &str| format!("<w:tc><w:p>{}</w:p></w:tc>", run(text));
    let wide = "<w:tc><w:tcPr><w:gridSpan w:val=\"2\"/></w:tcPr><w:p><w:r><w:t>合并</w:t></w:r></w:p></w:tc>";
    let plan = read(&format!(
        "<w:tbl><w:tr>{}{}{}</w:tr><w:tr>{wide}{}</w:tr></w:tbl><w:p>{}</w:p>",
        cell("项目"),
        cell("数量"),
        cell("金额"),
        cell("300"),
        run("合计"),
    ));
    let tables = plan.tables();
    assert_eq!(tables[0][0], ["项目", "数量", "金额"]);
    assert_eq!(tables[0][1], ["合并", "", "300"]);
    assert_eq!(plan.body(), "合计");
}

#[test]
fn notes_are_in_and_heads_apart() {
    let part = |root: &str, inner: &str| format!("<w:{root} {SPACES}>{inner}</w:{root}>");
    let note = format!(
        "<w:footnote w:type=\"separator\" w:id=\"0\"><w:p>{}</w:p></w:footnote><w:footnote w:id=\"2\"><w:p>{}</w:p></w:footnote>",
        run("分隔"),
        run("脚注文字"),
    );
    let others = [
        ("word/footnotes.xml", part("footnotes", &note)),
        ("word/header1.xml", part("hdr", &format!("<w:p>{}</w:p>", run("页眉")))),
    ];
    let plan = read_docx(&package(&format!("<w:p>{}</w:p>", run("正文")), &others)).unwrap();
    assert_eq!(plan.text(), "正文\n脚注文字");
    assert_eq!(plan.without_notes(), "正文");
    assert_eq!(plan.apart, ["页眉"]);
}

#[test]
fn hidden_white_and_tiny_letters_are_apart() {
    let styled = |properties: &str, text: &str| format!("<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>");
    let dark = "<w:tbl><w:tr><w:tc><w:tcPr><w:shd w:val=\"clear\" w:fill=\"1F3864\"/></w:tcPr><w:p><w:r><w:rPr><w:color w:val=\"FFFFFF\"/></w:rPr><w:t>表头</w:t></w:r></w:p></w:tc></w:tr></w:tbl>";
    let plan = read(&format!(
        "<w:p>{}{}{}{}{}</w:p>{dark}",
        run("看得见"),
        styled("<w:vanish/>", "藏"),
        styled("<w:color w:val=\"FFFFFF\"/>", "白"),
        styled("<w:sz w:val=\"2\"/>", "小"),
        styled("<w:vanish w:val=\"0\"/>", "不藏"),
    ));
    assert_eq!(plan.text(), "看得见不藏\n表头");
    let by: Vec<HiddenBy> = plan.hidden.iter().map(|held| held.by).collect();
    assert_eq!(by, [HiddenBy::Attribute, HiddenBy::White, HiddenBy::Tiny]);
}

#[test]
fn sizes_and_distances_come_through_styles() {
    let styles = format!(
        "<w:styles {SPACES}><w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val=\"21\"/></w:rPr></w:rPrDefault></w:docDefaults><w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"a\"><w:name w:val=\"Normal\"/><w:pPr><w:spacing w:line=\"360\" w:lineRule=\"auto\"/></w:pPr></w:style><w:style w:type=\"paragraph\" w:styleId=\"b\"><w:basedOn w:val=\"a\"/><w:name w:val=\"Body\"/><w:rPr><w:sz w:val=\"24\"/></w:rPr></w:style><w:style w:type=\"paragraph\" w:styleId=\"1\"><w:name w:val=\"heading 1\"/></w:style></w:styles>"
    );
    let body = "<w:p><w:pPr><w:pStyle w:val=\"1\"/></w:pPr><w:r><w:t>一、前言</w:t></w:r></w:p><w:p><w:pPr><w:pStyle w:val=\"b\"/></w:pPr><w:r><w:t>八个汉字八个汉字</w:t></w:r></w:p><w:p><w:pPr><w:spacing w:line=\"240\" w:lineRule=\"auto\"/></w:pPr><w:r><w:t>两字</w:t></w:r></w:p><w:sectPr><w:pgSz w:w=\"11906\" w:h=\"16838\"/></w:sectPr>";
    let plan = read_docx(&package(body, &[("word/styles.xml", styles)])).unwrap();
    assert_eq!(plan.pieces[0].kind, PieceKind::Heading(1));
    assert_eq!(plan.layout.font_sizes, [(12.0, 0.8), (10.5, 0.2)]);
    assert_eq!(plan.layout.line_spacings, [(1.5, 0.8), (1.0, 0.2)]);
    assert_eq!(plan.layout.pages_mm, [(210.0, 297.0)]);
}

#[test]
fn fields_links_and_controls_show_what_is_read() {
    let plan = read(&format!(
        "<w:p><w:hyperlink>{}</w:hyperlink><w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r><w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt></w:p><w:sdt><w:sdtContent><w:p>{}</w:p></w:sdtContent></w:sdt>",
        run("链接"),
        run("控件"),
        run("块"),
    ));
    assert_eq!(plan.text(), "链接控件\n块");
}

#[test]
fn hostile_files_are_refused() {
    let deep = format!("{}{}", "<w:p><w:r>".repeat(400), "</w:r></w:p>".repeat(400));
    assert!(read_docx(&package(&deep, &[])).is_err());
    assert!(read_docx(b"PK\x03\x04 nothing").is_err());
    let bomb = package("<w:p/>", &[("word/media/zeros.xml", " ".repeat(80 << 20))]);
    assert!(bomb.len() < 1 << 20 && read_docx(&bomb).is_err());
    let escape = package("<w:p/>", &[("../../evil.xml", "<x/>".to_owned())]);
    assert!(read_docx(&escape).is_err());
    let entity = package("<w:p/>", &[("word/styles.xml", "<!DOCTYPE x [<!ENTITY a \"aa\">]><x>&a;</x>".to_owned())]);
    assert!(read_docx(&entity).is_err());
}
