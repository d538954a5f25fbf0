//! OpenDocument texts written part by part: what counts as the text of a document, and what does not.

use std::collections::BTreeMap;

use super::{minutes, read_odt};
use crate::diagnostics::LocalizedTexts;
use crate::grade::submissions::document::{Hidden, HiddenBy, PieceKind, PlanText};
use crate::render::docx::package::Package;

const SPACES: &str = r#"xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0""#;

fn package(styles: &str, body: &str, others: &[(&str, &str)]) -> Package {
    let content = format!(
        "<office:document-content {SPACES}><office:automatic-styles>{styles}</office:automatic-styles><office:body><office:text>{body}</office:text></office:body></office:document-content>"
    );
    let mut parts: BTreeMap<String, Vec<u8>> = [("content.xml".to_owned(), content.into_bytes())].into();
    parts.extend(others.iter().map(|(name, content)| ((*name).to_owned(), content.as_bytes().to_vec())));
    Package { parts }
}

fn read(styles: &str, body: &str) -> PlanText {
    read_odt(&package(styles, body, &[])).unwrap()
}

#[test]
fn tracked_changes_count_as_accepted() {
    let plan = read(
        "",
        r#"<text:tracked-changes>
             <text:changed-region text:id="c1"><text:insertion/></text:changed-region>
             <text:changed-region text:id="c2"><text:deletion><office:change-info/><text:p>删去的</text:p></text:deletion></text:changed-region>
             <text:changed-region text:id="c3"><text:format-change/></text:changed-region>
           </text:tracked-changes>
           <text:p>满意<text:change-start text:change-id="c1"/>插入<text:change text:change-id="c2"/></text:p>
           <text:p>再插<text:change-end text:change-id="c1"/>原有<text:change-start text:change-id="c3"/>粗体<text:change-end text:change-id="c3"/></text:p>"#,
    );
    assert_eq!(plan.text(), "满意插入\n再插原有粗体");
    assert_eq!((plan.revisions.inserted, plan.revisions.deleted), (4, 3));
}

#[test]
fn pieces_know_their_part() {
    let plan = read(
        r#"<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Title"/><style:style style:name="Title" style:family="paragraph"/>"#,
        r##"<text:p text:style-name="P1">策划书</text:p><text:h text:outline-level="2">一、问题</text:h>
           <text:p>排队<text:s text:c="2"/>太<text:span>长</text:span><text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>来自调查</text:p></text:note-body></text:note>
             <office:annotation><text:p>老师批注</text:p></office:annotation>。<text:line-break/>换行</text:p>
           <text:list><text:list-item><text:p>甲</text:p><text:list><text:list-item><text:p>乙</text:p></text:list-item></text:list></text:list-item></text:list>
           <text:section><text:p>节内</text:p></text:section>
           <text:p>框外<draw:frame><draw:text-box><text:p>框内</text:p></draw:text-box></draw:frame></text:p>
           <draw:g><draw:custom-shape><text:p>图形里</text:p></draw:custom-shape></draw:g>"##,
    );
    let shown: Vec<(PieceKind, &str)> = plan.pieces.iter().map(|piece| (piece.kind, piece.text.as_str())).collect();
    let paragraph = PieceKind::Paragraph;
    let expected = [
        (PieceKind::Title, "策划书"),
        (PieceKind::Heading(2), "一、问题"),
        (paragraph, "排队  太长 。\n换行"),
        (paragraph, "甲"),
        (paragraph, "乙"),
        (paragraph, "节内"),
        (paragraph, "框外"),
        (PieceKind::TextBox, "框内"),
        (PieceKind::TextBox, "图形里"),
        (PieceKind::Note, "来自调查"),
    ];
    assert_eq!(shown, expected);
}

#[test]
fn tables_keep_rows_and_columns() {
    let cell = |text: &str| format!("<table:table-cell><text:p>{text}</text:p></table:table-cell>");
    let plan = read(
        "",
        &format!(
            "<table:table><table:table-column/><table:table-header-rows><table:table-row>{}{}{}</table:table-row></table:table-header-rows><table:table-row><table:table-cell table:number-columns-spanned=\"2\"><text:p>合并</text:p></table:table-cell><table:covered-table-cell/>{}</table:table-row></table:table>",
            cell("项目"),
            cell("数量"),
            cell("金额"),
            cell("20"),
        ),
    );
    assert_eq!(
        plan.tables(),
        [[["项目", "数量", "金额"].map(str::to_owned).to_vec(), vec!["合并".into(), String::new(), "20".into()]]
            .to_vec()]
    );
}

#[test]
fn hidden_letters_stand_apart() {
    let styles = r##"
        <style:default-style style:family="paragraph"><style:text-properties fo:font-size="12pt"/></style:default-style>
        <style:style style:name="W" style:family="text"><style:text-properties fo:color="#fefefe"/></style:style>
        <style:style style:name="A" style:family="text"><style:text-properties fo:color="#ffffff" style:use-window-font-color="true"/></style:style>
        <style:style style:name="H" style:family="text"><style:text-properties text:display="none"/></style:style>
        <style:style style:name="T" style:family="text"><style:text-properties style:font-size-asian="2pt"/></style:style>
        <style:style style:name="D" style:family="table-cell"><style:table-cell-properties fo:background-color="#003366"/></style:style>"##;
    let span = |style: &str, text: &str| format!("<text:span text:style-name=\"{style}\">{text}</text:span>");
    let plan = read(
        styles,
        &format!(
            "<text:p>可见{}{}{}{}</text:p><table:table><table:table-row><table:table-cell table:style-name=\"D\"><text:p>{}</text:p></table:table-cell></table:table-row></table:table><text:section text:display=\"none\"><text:p>整节</text:p></text:section>",
            span("W", "白字"),
            span("A", "自动"),
            span("H", "隐藏"),
            span("T", "小字"),
            span("W", "深底白字"),
        ),
    );
    assert_eq!(plan.text(), "可见自动\n深底白字");
    let hidden = |by, text: &str| Hidden { by, text: text.to_owned() };
    let expected = [
        hidden(HiddenBy::White, "白字"),
        hidden(HiddenBy::Attribute, "隐藏"),
        hidden(HiddenBy::Tiny, "小字"),
        hidden(HiddenBy::Attribute, "整节"),
    ];
    assert_eq!(plan.hidden, expected);
}

#[test]
fn pages_letters_and_distances_are_measured() {
    let styles = format!(
        r##"<office:document-styles {SPACES}>
             <office:styles><style:default-style style:family="paragraph"><style:text-properties fo:font-size="10.5pt" style:font-size-asian="12pt"/></style:default-style></office:styles>
             <office:automatic-styles><style:page-layout style:name="pm1"><style:page-layout-properties fo:page-width="21.001cm" fo:page-height="29.7cm"/></style:page-layout><style:page-layout style:name="pm2"><style:page-layout-properties fo:page-width="5in" fo:page-height="5in"/></style:page-layout></office:automatic-styles>
             <office:master-styles><style:master-page style:name="Standard" style:page-layout-name="pm1"><style:header><text:p>页眉</text:p></style:header></style:master-page><style:master-page style:name="Envelope" style:page-layout-name="pm2"/></office:master-styles>
           </office:document-styles>"##
    );
    let meta = format!(
        r##"<office:document-meta {SPACES} xmlns:meta="m" xmlns:dc="d"><office:meta><meta:initial-creator>张三</meta:initial-creator><meta:editing-duration>P1DT1H2M30S</meta:editing-duration><meta:document-statistic meta:page-count="2"/></office:meta></office:document-meta>"##
    );
    let body = "<text:p text:style-name=\"P1\">七个汉字的一段</text:p><text:p>abc</text:p>";
    let own = "<style:style style:name=\"P1\" style:family=\"paragraph\"><style:paragraph-properties fo:line-height=\"150%\"/></style:style>";
    let plan = read_odt(&package(own, body, &[("styles.xml", &styles), ("meta.xml", &meta)])).unwrap();
    assert_eq!(plan.layout.pages_mm, [(210.0, 297.0)]);
    assert_eq!(plan.layout.font_sizes, [(12.0, 0.7), (10.5, 0.3)]);
    assert_eq!(plan.layout.line_spacings, [(1.5, 0.7), (1.0, 0.3)]);
    assert_eq!(plan.layout.page_count, Some(2));
    assert_eq!(plan.apart, ["页眉"]);
    assert_eq!((plan.properties.author.as_deref(), plan.properties.editing_minutes), (Some("张三"), Some(25 * 60 + 2)));
    assert_eq!([minutes("PT90S"), minutes("P1Y"), minutes("soon"), minutes("PT")], [Some(1), None, None, Some(0)]);
}

#[test]
fn what_is_no_text_is_refused() {
    let refused = |package: Package| -> LocalizedTexts { read_odt(&package).unwrap_err() };
    let manifest = "<manifest:manifest xmlns:manifest=\"m\"><manifest:encryption-data/></manifest:manifest>";
    let shown = |texts: LocalizedTexts| texts.en.unwrap_or_default();
    assert!(shown(refused(package("", "", &[("META-INF/manifest.xml", manifest)]))).contains("encrypted"));
    let sheet = format!(
        "<office:document-content {SPACES}><office:body><office:spreadsheet/></office:body></office:document-content>"
    );
    let parts = [("content.xml".to_owned(), sheet.into_bytes())].into();
    assert!(shown(refused(Package { parts })).contains("spreadsheet"));
    let deep = format!("{}{}", "<text:section>".repeat(5_000), "</text:section>".repeat(5_000));
    assert!(read_odt(&package("", &deep, &[])).is_err());
}
