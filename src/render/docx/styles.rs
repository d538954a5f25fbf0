//! The style sheet: every look of a Word file is a named style, so that a client can change it in one place.
//! Built-in names are those of Word (`heading 1`, `toc 1`, `caption`), under which Word, WPS and LibreOffice know them in any language.

use super::look::DocxLook;
use super::properties::{
    bold, border, border_apart, fonts, indent, margins, no_border, paragraph_properties, run_properties, shading, size,
    spacing, table_properties, twips, width,
};
use super::xml::{Element, el, val};
use crate::diagnostics::Lang;

/// Namespace of WordprocessingML.
pub(super) const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

/// Sizes of headings in points with the space above and below them, by level.
const HEADINGS: [(f64, f64, f64); 4] = [(19.0, 26.0, 15.0), (13.5, 20.0, 10.0), (11.5, 15.0, 8.0), (10.5, 12.0, 7.0)];

/// A paragraph style: id, name as Word knows it, parent, style of the paragraph that follows.
struct Paragraph(&'static str, &'static str, &'static str, &'static str);

/// `styles.xml` for a language.
pub(super) fn style_sheet(look: &DocxLook, lang: Lang) -> Element {
    let chinese = lang.is_chinese();
    let mut sheet = el("w:styles").with("xmlns:w", W).add(defaults(look, lang));
    sheet.push(normal(look, chinese));
    sheet.push(
        el("w:style")
            .with("w:type", "character")
            .with("w:default", 1)
            .with("w:styleId", "DefaultParagraphFont")
            .add_all([val("w:name", "Default Paragraph Font"), val("w:uiPriority", 1), el("w:semiHidden")]),
    );
    sheet.push(el("w:style").with("w:type", "table").with("w:default", 1).with("w:styleId", "TableNormal").add_all([
        val("w:name", "Normal Table"),
        val("w:uiPriority", 99),
        el("w:semiHidden"),
        table_properties(vec![width("w:tblInd", 0), margins("w:tblCellMar", [0, 108, 0, 108])]),
    ]));
    body_styles(&mut sheet, look, chinese);
    heading_styles(&mut sheet, look);
    cover_styles(&mut sheet, look);
    table_styles(&mut sheet, look);
    remark_styles(&mut sheet, look);
    furniture_styles(&mut sheet, look);
    character_styles(&mut sheet, look);
    sheet
}

fn defaults(look: &DocxLook, lang: Lang) -> Element {
    let mut run = vec![
        fonts(&look.serif, &look.serif_chinese),
        val("w:color", &look.ink),
        el("w:lang").with("w:val", "en-US").with("w:eastAsia", east_asian(lang)).with("w:bidi", "ar-SA"),
    ];
    run.extend(size(look.body()));
    el("w:docDefaults").add_all([
        el("w:rPrDefault").add(run_properties(run)),
        el("w:pPrDefault").add(paragraph_properties(Vec::new())),
    ])
}

/// The language of Chinese characters in a document of this language.
pub(super) fn east_asian(lang: Lang) -> &'static str {
    if lang == Lang::ZhTw { "zh-TW" } else { "zh-CN" }
}

fn normal(look: &DocxLook, chinese: bool) -> Element {
    el("w:style").with("w:type", "paragraph").with("w:default", 1).with("w:styleId", "Normal").add_all([
        val("w:name", "Normal"),
        el("w:qFormat"),
        paragraph_properties(vec![el("w:widowControl"), spacing(0.0, 0.0, look.line(chinese))]),
    ])
}

fn add(sheet: &mut Element, names: &Paragraph, paragraph: Vec<Element>, run: Vec<Element>) {
    let Paragraph(id, name, parent, next) = names;
    let mut style = el("w:style").with("w:type", "paragraph");
    if !is_built_in(name) {
        style = style.with("w:customStyle", 1);
    }
    style = style.with("w:styleId", id).add(val("w:name", name));
    if !parent.is_empty() {
        style.push(val("w:basedOn", parent));
    }
    style.push(val("w:next", if next.is_empty() { id } else { next }));
    style.push(el("w:qFormat"));
    style.push(paragraph_properties(paragraph));
    if !run.is_empty() {
        style.push(run_properties(run));
    }
    sheet.push(style);
}

/// Names of Word's own styles begin with a small letter or are one of these.
fn is_built_in(name: &str) -> bool {
    name.starts_with(char::is_lowercase)
        || ["Title", "Subtitle", "Body Text", "Quote", "TOC Heading"].contains(&name)
        || name.starts_with("List ")
}

fn sans(look: &DocxLook) -> Element {
    fonts(&look.sans, &look.sans_chinese)
}

fn with<const N: usize>(mut properties: Vec<Element>, more: [Element; N]) -> Vec<Element> {
    properties.extend(more);
    properties
}

fn body_styles(sheet: &mut Element, look: &DocxLook, chinese: bool) {
    let line = look.line(chinese);
    let (after, first) = if chinese {
        (0.0, el("w:ind").with("w:firstLineChars", 200).with("w:firstLine", twips(2.0 * look.body())))
    } else {
        (5.0, el("w:ind").with("w:firstLine", 0))
    };
    let body = vec![spacing(0.0, after, line), first, val("w:jc", "both")];
    add(sheet, &Paragraph("BodyText", "Body Text", "Normal", ""), body, Vec::new());
    let lead = if chinese { 12.0 } else { 10.5 };
    let properties = vec![spacing(6.0, 8.0, Some(lead * 1.6)), indent(0, 0), val("w:jc", "both")];
    add(sheet, &Paragraph("Lead", "Lead", "Normal", "BodyText"), properties, size(lead).to_vec());
    for (id, name) in [("ListBullet", "List Bullet"), ("ListNumber", "List Number"), ("ListContinue", "List Continue")]
    {
        let properties = vec![spacing(0.0, if look.form.coursework { 0.0 } else { 3.0 }, line), val("w:jc", "both")];
        add(sheet, &Paragraph(id, name, "Normal", ""), properties, Vec::new());
    }
    let code = vec![
        spacing(6.0, 6.0, Some(13.5)),
        indent(120, 0),
        shading(&look.wash),
        el("w:keepLines"),
        val("w:jc", "left"),
        el("w:suppressAutoHyphens"),
    ];
    let letters = with(vec![fonts(&look.mono, &look.sans_chinese), el("w:noProof")], size(9.0));
    add(sheet, &Paragraph("Code", "Code", "Normal", ""), code, letters);
}

/// Styles of the small headings of level 1 to 4, with their names.
pub(super) const SMALL_HEADINGS: [(&str, &str); 4] = [
    ("SmallHeading1", "Small Heading 1"),
    ("SmallHeading2", "Small Heading 2"),
    ("SmallHeading3", "Small Heading 3"),
    ("Heading4", "heading 4"),
];

fn heading_styles(sheet: &mut Element, look: &DocxLook) {
    const NAMES: [(&str, &str); 4] =
        [("Heading1", "heading 1"), ("Heading2", "heading 2"), ("Heading3", "heading 3"), ("Heading4", "heading 4")];
    let coursework = look.form.coursework;
    let sizes = if coursework { [(look.body(), 6.0, 3.0); 4] } else { HEADINGS };
    for (level, ((points, above, below), (id, name))) in sizes.into_iter().zip(NAMES).enumerate() {
        let mut properties = vec![
            el("w:keepNext"),
            el("w:keepLines"),
            spacing(above, below, if coursework { None } else { Some(points * 1.38) }),
            val("w:jc", "left"),
            val("w:outlineLvl", level),
            el("w:suppressAutoHyphens"),
        ];
        if level < 3 {
            // The list of chapter numbers; unnumbered headings leave it one by one.
            properties
                .push(el("w:numPr").add(val("w:ilvl", level)).add(val("w:numId", super::numbering::HEADING_LIST)));
        }
        let letters = with(with(vec![sans(look)], bold()), size(points));
        add(sheet, &Paragraph(id, name, "Normal", "BodyText"), properties, letters);
    }
    // Small ones look like the fourth level and stand on the level they have.
    for (level, (id, name)) in SMALL_HEADINGS.into_iter().enumerate().take(3) {
        add(sheet, &Paragraph(id, name, "Heading4", "BodyText"), vec![val("w:outlineLvl", level)], Vec::new());
    }
}

fn cover_styles(sheet: &mut Element, look: &DocxLook) {
    let white = || val("w:color", "FFFFFF");
    let line = |before: f64, after: f64, height: f64| vec![spacing(before, after, Some(height)), val("w:jc", "left")];
    let above = look.form.title_above;
    let (points, height, after) = match (above, look.form.coursework) {
        (true, true) => (16.0, 22.0, 4.0),
        (true, false) => (20.0, 27.0, 6.0),
        _ => (28.0, 40.0, 14.0),
    };
    let title = with(with(vec![sans(look), val("w:color", &look.accent)], bold()), size(points));
    add(sheet, &Paragraph("Title", "Title", "Normal", "Subtitle"), line(0.0, after, height), title);
    let (points, height, after) = if above { (11.0, 15.0, 4.0) } else { (14.0, 20.0, 8.0) };
    let subtitle = with(vec![sans(look), val("w:color", &look.muted)], size(points));
    add(sheet, &Paragraph("Subtitle", "Subtitle", "Normal", "BodyText"), line(0.0, after, height), subtitle);
    add(sheet, &Paragraph("CoverTitle", "Cover Title", "Title", ""), line(0.0, 16.0, 40.0), vec![white()]);
    add(sheet, &Paragraph("CoverSubtitle", "Cover Subtitle", "Subtitle", ""), line(0.0, 0.0, 20.0), vec![white()]);
    let client = with(with(vec![sans(look), white()], bold()), size(11.0));
    add(sheet, &Paragraph("CoverClient", "Cover Client", "Normal", ""), line(0.0, 0.0, 16.0), client);
    let period = with(with(vec![sans(look), val("w:color", &look.accent)], bold()), size(20.0));
    add(sheet, &Paragraph("CoverPeriod", "Cover Period", "Normal", ""), line(26.0, 0.0, 28.0), period);
    add(sheet, &Paragraph("CoverText", "Cover Text", "Normal", ""), line(0.0, 0.0, 16.0), vec![sans(look)]);
    let rule = vec![
        el("w:pBdr").add(border("w:top", 32, &look.rule)),
        spacing(0.0, 0.0, Some(20.0)),
        el("w:ind").with("w:left", 0).with("w:right", 6_600),
    ];
    add(sheet, &Paragraph("CoverRule", "Cover Rule", "Normal", "CoverTitle"), rule, Vec::new());
}

fn table_styles(sheet: &mut Element, look: &DocxLook) {
    let caption = with(with(vec![sans(look)], bold()), size(9.0));
    let lines = |before: f64, after: f64| vec![spacing(before, after, Some(13.0)), val("w:jc", "left")];
    // A page that lies on its long side has to hold everything.
    let tight = |usual: f64, across: f64| if look.form.landscape { across } else { usual };
    add(sheet, &Paragraph("Caption", "caption", "Normal", "BodyText"), lines(5.0, 8.0), caption);
    let above = with(lines(13.0, 5.0), [el("w:keepNext"), el("w:keepLines")]);
    add(sheet, &Paragraph("TableCaption", "Table Caption", "Caption", "TableText"), above, Vec::new());
    for (id, name, points) in [
        ("TableText", "Table Text", 9.0),
        ("TableTextSmall", "Table Text Small", 8.5),
        ("TableTextTiny", "Table Text Tiny", 7.5),
    ] {
        let parent = if id == "TableText" { "Normal" } else { "TableText" };
        let properties = vec![spacing(0.0, 0.0, Some(points * 1.38)), val("w:jc", "left"), el("w:suppressAutoHyphens")];
        let letters = with(vec![sans(look)], size(points));
        add(sheet, &Paragraph(id, name, parent, ""), properties, letters);
    }
    let note = with(vec![sans(look), val("w:color", &look.muted)], size(8.0));
    add(sheet, &Paragraph("TableNote", "Table Note", "Normal", "BodyText"), lines(4.0, tight(12.0, 2.0)), note);
    let gap = vec![spacing(0.0, 0.0, Some(tight(10.0, 4.0)))];
    add(sheet, &Paragraph("TableGap", "Table Gap", "Normal", "BodyText"), gap, size(2.0).to_vec());
    let figure = vec![el("w:keepNext"), spacing(tight(10.0, 2.0), 2.0, None), val("w:jc", "left")];
    add(sheet, &Paragraph("Figure", "Figure", "Normal", "Caption"), figure, Vec::new());

    let borders = el("w:tblBorders").add(border("w:top", 12, &look.ink)).add(border("w:bottom", 12, &look.ink));
    let head = el("w:tblStylePr")
        .with("w:type", "firstRow")
        .add(run_properties(bold().to_vec()))
        .add(super::properties::cell_properties(vec![el("w:tcBorders").add(border("w:bottom", 6, &look.ink))]));
    sheet.push(
        el("w:style").with("w:type", "table").with("w:customStyle", 1).with("w:styleId", "ThreeLineTable").add_all([
            val("w:name", "Three-Line Table"),
            val("w:basedOn", "TableNormal"),
            el("w:qFormat"),
            table_properties(vec![borders, margins("w:tblCellMar", [50, 110, 50, 110])]),
            head,
        ]),
    );
    let none =
        el("w:tblBorders").add_all(["w:top", "w:left", "w:bottom", "w:right", "w:insideH", "w:insideV"].map(no_border));
    sheet.push(
        el("w:style").with("w:type", "table").with("w:customStyle", 1).with("w:styleId", "LayoutTable").add_all([
            val("w:name", "Layout Table"),
            val("w:basedOn", "TableNormal"),
            table_properties(vec![none, margins("w:tblCellMar", [0, 0, 0, 0])]),
        ]),
    );
}

fn remark_styles(sheet: &mut Element, look: &DocxLook) {
    let quote = vec![
        spacing(2.0, 4.0, Some(16.5)),
        el("w:ind").with("w:left", 360).with("w:right", 200).with("w:firstLineChars", 0).with("w:firstLine", 0),
        el("w:pBdr").add(border_apart("w:left", 16, &look.plain, 10)),
        val("w:jc", "both"),
    ];
    add(sheet, &Paragraph("Quote", "Quote", "Normal", ""), quote, vec![val("w:color", &look.muted)]);
    let remark = || vec![spacing(0.0, 3.0, Some(16.5)), indent(0, 0), val("w:jc", "both")];
    add(sheet, &Paragraph("Callout", "Callout", "Normal", ""), remark(), Vec::new());
    let title = with(with(vec![sans(look)], bold()), size(look.body()));
    let kept = with(remark(), [el("w:keepNext")]);
    add(sheet, &Paragraph("CalloutTitle", "Callout Title", "Callout", "Callout"), kept, title);

    let line = |before: f64, after: f64, height: f64| vec![spacing(before, after, Some(height)), val("w:jc", "left")];
    let card = with(with(vec![sans(look)], bold()), size(9.0));
    add(sheet, &Paragraph("CardTitle", "Card Title", "Normal", ""), line(0.0, 3.0, 12.0), card);
    let value = with(with(vec![sans(look)], bold()), size(21.0));
    add(sheet, &Paragraph("CardValue", "Card Value", "Normal", ""), line(0.0, 3.0, 25.0), value);
    let words = with(with(vec![sans(look)], bold()), size(12.0));
    add(sheet, &Paragraph("CardWords", "Card Words", "Normal", ""), line(0.0, 3.0, 16.0), words);
    let small = with(vec![sans(look), val("w:color", &look.muted)], size(7.5));
    add(sheet, &Paragraph("CardSmall", "Card Small", "Normal", ""), line(0.0, 3.0, 10.0), small);
    let todo = with(with(vec![sans(look)], bold()), size(10.0));
    add(sheet, &Paragraph("Todo", "Todo", "Normal", ""), line(0.0, 2.0, 14.0), todo);
    let heading = with(with(vec![sans(look)], bold()), size(10.5));
    let kept = with(line(8.0, 5.0, 15.0), [el("w:keepNext")]);
    add(sheet, &Paragraph("TodoHeading", "Todo Heading", "Normal", "Todo"), kept, heading);
    let detail = with(vec![sans(look), val("w:color", &look.muted)], size(8.5));
    add(sheet, &Paragraph("TodoDetail", "Todo Detail", "Normal", ""), line(0.0, 0.0, 12.0), detail);
}

fn furniture_styles(sheet: &mut Element, look: &DocxLook) {
    let right = super::look::Page::of(&look.form).text_width();
    let tab = |leader: &str| {
        let stop = el("w:tab").with("w:val", "right").with("w:leader", leader).with("w:pos", right);
        el("w:tabs").add(stop)
    };
    let title = with(with(vec![sans(look)], bold()), size(HEADINGS[0].0));
    let properties = vec![el("w:keepNext"), spacing(26.0, 12.0, Some(26.0)), val("w:jc", "left")];
    add(sheet, &Paragraph("TOCHeading", "TOC Heading", "Normal", "BodyText"), properties, title);
    for (id, name, left, before, strong) in
        [("TOC1", "toc 1", 0, 6.0, true), ("TOC2", "toc 2", 420, 2.0, false), ("TOC3", "toc 3", 960, 2.0, false)]
    {
        let hanging = if left == 0 { 420 } else { 540 };
        let mut tabs = el("w:tabs").add(el("w:tab").with("w:val", "left").with("w:pos", left + hanging));
        tabs.children.extend(tab("dot").children);
        let indents = el("w:ind").with("w:left", left + hanging).with("w:right", 0).with("w:hanging", hanging);
        let properties = vec![tabs, spacing(before, 0.0, Some(13.5)), indents, val("w:jc", "left")];
        let letters = if strong { with(vec![sans(look)], bold()) } else { Vec::new() };
        add(sheet, &Paragraph(id, name, "Normal", "Normal"), properties, letters);
    }
    let small = || with(vec![sans(look), val("w:color", &look.muted)], size(7.5));
    let head =
        vec![tab("none"), el("w:pBdr").add(border_apart("w:bottom", 4, &look.hair, 4)), spacing(0.0, 0.0, Some(11.0))];
    add(sheet, &Paragraph("Header", "header", "Normal", ""), head, small());
    add(sheet, &Paragraph("Footer", "footer", "Normal", ""), vec![tab("none"), spacing(0.0, 0.0, Some(11.0))], small());
}

fn character_styles(sheet: &mut Element, look: &DocxLook) {
    let mut add = |id: &str, name: &str, custom: bool, run: Vec<Element>| {
        let mut style = el("w:style").with("w:type", "character");
        if custom {
            style = style.with("w:customStyle", 1);
        }
        let names = [val("w:name", name), val("w:basedOn", "DefaultParagraphFont"), el("w:qFormat")];
        sheet.push(style.with("w:styleId", id).add_all(names).add(run_properties(run)));
    };
    add("Strong", "Strong", false, bold().to_vec());
    // Chinese letters are never slanted: emphasis changes the family, as in the PDF.
    add("Emphasis", "Emphasis", false, vec![sans(look)]);
    add("Hyperlink", "Hyperlink", false, vec![val("w:color", &look.accent)]);
    add("CodeLetters", "Code Letters", true, vec![fonts(&look.mono, &look.sans_chinese), el("w:noProof")]);
    add("Number", "Caption Number", true, vec![val("w:color", &look.accent)]);
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_style_has_one_id_and_an_existing_parent() {
        for lang in Lang::ALL {
            let sheet = style_sheet(&DocxLook::default(), lang);
            let styles: Vec<&Element> = sheet.elements().filter(|held| held.name == "w:style").collect();
            let ids: BTreeSet<&str> = styles.iter().filter_map(|style| style.attribute("w:styleId")).collect();
            assert_eq!(ids.len(), styles.len());
            for style in styles {
                for name in ["w:basedOn", "w:next"] {
                    assert!(style.child_val(name).is_none_or(|id| ids.contains(id)), "{name} of {style:?}");
                }
            }
        }
    }

    #[test]
    fn chinese_paragraphs_begin_two_characters_in() {
        let indent = |lang| {
            let sheet = style_sheet(&DocxLook::default(), lang);
            let body = sheet.elements().find(|held| held.attribute("w:styleId") == Some("BodyText")).unwrap();
            let indent = body.child("w:pPr").unwrap().child("w:ind").unwrap();
            indent.attribute("w:firstLineChars").map(ToOwned::to_owned)
        };
        assert_eq!((indent(Lang::ZhCn).as_deref(), indent(Lang::En)), (Some("200"), None));
    }
}
