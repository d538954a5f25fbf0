//! Whole files: every part is well-formed, everything named exists, texts print as typed, a client's file stays itself.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::xml::{Element, el, parse, val};
use super::*;
use crate::charts::{Axis, ChartKind};
use crate::diagnostics::{Lang, lang_texts};
use crate::document::blocks::{
    Align, Block, Card, Figure, Inline, Meta, Table, TableCell, TableColumn, TableRow, Todo, Tone,
};

const HOSTILE: &str = "{{ x }} # <script>alert(1)</script> =cmd|' /C calc'!A0 ]]> &amp; ](x) \" ' % \\ \u{1f600}";

fn meta(lang: Lang) -> Meta {
    Meta {
        title: "食堂满意度提升策划书 <A&B>".into(),
        subtitle: Some("第三期".into()),
        client: Some("后勤集团".into()),
        planner: Some("策划组".into()),
        lang,
        date: "2026-11-20".into(),
        date_text: "2026年11月20日".into(),
        period: "2026年11月".into(),
        words: crate::document::builder::usual_words(lang),
        brand: None,
    }
}

fn chart() -> Chart {
    let axis = Axis { min: 0.0, max: 100.0, ticks: Vec::new(), unit: "%".into() };
    Chart { kind: ChartKind::Bar { bars: Vec::new(), axis, target: None }, alt: format!("alt {HOSTILE}") }
}

fn draw(_: &Chart, _: usize) -> Option<Picture> {
    Some(Picture { png: b"png".to_vec(), width_pt: 453.0, height_pt: 200.0 })
}

fn paragraph(text: &str) -> Block {
    Block::Paragraph { content: vec![Inline::text(text)] }
}

fn heading(level: u8, id: &str, number: Option<&str>, text: &str) -> Block {
    Block::Heading {
        level,
        small: false,
        id: id.into(),
        number: number.map(ToOwned::to_owned),
        content: vec![Inline::text(text)],
    }
}

fn table(id: &str, number: &str) -> Table {
    let column = |title: &str, align| TableColumn { title: vec![Inline::text(title)], align, parts: 0.0 };
    let cell = |text: &str, tone| TableCell { content: vec![Inline::text(text)], tone };
    Table {
        id: id.into(),
        number: number.into(),
        caption: vec![Inline::text("抱怨的原因")],
        columns: vec![column("原因", Align::Left), column("占比", Align::Right), column("评", Align::Center)],
        rows: vec![
            TableRow {
                cells: vec![cell(HOSTILE, Tone::Bad), cell("61.2%", Tone::Good), cell("", Tone::Neutral)],
                strong: false,
            },
            TableRow { cells: vec![cell("", Tone::Info)], strong: false },
            TableRow { cells: vec![cell("合计", Tone::Warning), cell("100%", Tone::Neutral)], strong: true },
        ],
        notes: vec![vec![Inline::text("注一。")], vec![Inline::text("注二。")]],
    }
}

fn figure(id: &str, number: &str) -> Block {
    let caption = if number.is_empty() { Vec::new() } else { vec![Inline::text("第二食堂低于目标")] };
    Block::Figure(Figure { id: id.into(), number: number.into(), caption, chart: Box::new(chart()), notes: Vec::new() })
}

fn card(title: &str) -> Card {
    Card {
        title: title.into(),
        value: "76.4".into(),
        unit: "%".into(),
        interval: "95% 区间 73.9–78.8".into(),
        change: "▲ 3.2".into(),
        change_significant: true,
        target: "目标 ≥ 75%".into(),
        progress: Some(0.98),
        tone: Tone::Good,
    }
}

/// Every kind of block, hostile texts included.
fn document(lang: Lang) -> Document {
    let reference = |id: &str, text: &str| Inline::Reference { id: id.into(), text: text.into() };
    let rich = vec![
        Inline::text(HOSTILE),
        Inline::Strong { content: vec![Inline::Emphasis { content: vec![Inline::text("重")] }] },
        Inline::Code { text: "csi = a".into() },
        Inline::Link { url: "https://example.org/?a=1&b=<2>".into(), content: vec![Inline::text("链接")] },
        Inline::Link { url: "javascript:alert(1)".into(), content: vec![Inline::text("不是链接")] },
        Inline::Superscript { text: "a".into() },
        Inline::LineBreak,
        reference("t1", if lang == Lang::En { "Table 1-1" } else { "表 1-1" }),
        reference("c1", "第1章"),
        reference("f1", "见图"),
        reference("gone", "别处"),
    ];
    let nested =
        vec![Block::List { ordered: false, start: 1, items: vec![vec![paragraph("内")], vec![]] }, paragraph("续")];
    let item = [vec![paragraph("甲")], nested].concat();
    let blocks = vec![
        Block::Cover {
            rows: vec![("委托方".into(), HOSTILE.into()), ("日期".into(), "2026年11月20日".into())]
        },
        Block::Contents,
        Block::PageBreak,
        heading(1, "s", None, "摘要"),
        Block::Lead { content: rich.clone() },
        Block::Table(table("t0", "1")),
        Block::Cards { cards: ["甲", "乙", "丙", "丁", "戊", "己", "庚"].map(card).to_vec() },
        Block::Todos {
            title: "要做".into(),
            items: vec![Todo { title: "一".into(), detail: "谁".into(), amount: "3 万元".into() }],
        },
        heading(1, "c1", Some("1"), "第一"),
        heading(2, "s11", Some("1.1"), "节"),
        Block::Paragraph { content: rich },
        Block::Table(table("t1", "1-1")),
        Block::Table(Table { caption: Vec::new(), number: String::new(), notes: Vec::new(), ..table("t2", "") }),
        Block::Table(Table { caption: Vec::new(), number: String::new(), notes: Vec::new(), ..table("t3", "") }),
        figure("f1", "1-1"),
        Block::Columns {
            columns: vec![vec![figure("f2", "")], vec![Block::Table(table("t4", "1-2")), paragraph("旁")]],
        },
        Block::List { ordered: true, start: 3, items: vec![item, vec![Block::Table(table("t5", "1-3"))]] },
        Block::Quote { blocks: vec![paragraph("“排队太长”")] },
        Block::Callout {
            tone: Tone::Bad,
            title: Some("为何".into()),
            blocks: vec![paragraph("因为"), Block::Table(table("t6", "1-4"))],
        },
        Block::Code { text: "a\n\tb\u{0}".into() },
        heading(1, "c9", Some("9"), "号码不连"),
        heading(4, "h4", None, "四级"),
        heading(1, "a", Some("A"), "附录"),
        heading(2, "a1", Some("A.1"), "附录的节"),
        Block::PageBreak,
        Block::Table(table("ta", "A-1")),
    ];
    Document { meta: meta(lang), blocks }
}

fn render(document: &Document, options: &DocxOptions<'_>) -> Vec<u8> {
    let mut diagnostics = Diagnostics::new();
    let bytes = render_docx(document, options, &draw, &mut diagnostics);
    let found: Vec<String> = diagnostics.iter().map(|found| found.text(Lang::En)).collect();
    bytes.unwrap_or_else(|| panic!("{found:?}"))
}

/// Everything that Word would call damage.
fn assert_sound(bytes: &[u8]) -> (Package, Element) {
    let package = Package::read(bytes).unwrap();
    let types = package.xml(package::CONTENT_TYPES).unwrap();
    let endings: BTreeSet<&str> = types.elements().filter_map(|held| held.attribute("Extension")).collect();
    for (name, content) in &package.parts {
        let stated = types.elements().any(|held| held.attribute("PartName") == Some(&format!("/{name}")));
        assert!(stated || endings.contains(name.rsplit('.').next().unwrap()), "{name} has no content type");
        if name.ends_with(".xml") || name.ends_with(".rels") {
            parse(content).unwrap_or_else(|problem| panic!("{name}: {problem:?}"));
        }
    }
    let (main, _) = package.main_part().unwrap();
    let document = package.xml(&main).unwrap();
    let relations = Relations::of(&package, &main);
    let mut ids = BTreeSet::new();
    for relation in &relations.list {
        assert!(ids.insert(relation.id.as_str()), "{relation:?} stands twice");
        assert!(relation.external || package.parts.contains_key(&resolve(&main, &relation.target)), "{relation:?}");
    }
    let styles = package.xml(&resolve(&main, relations.target("styles").unwrap())).unwrap();
    let style_ids: BTreeSet<&str> = styles.elements().filter_map(|style| style.attribute("w:styleId")).collect();
    let lists = relations.target("numbering").map(|target| package.xml(&resolve(&main, target)).unwrap());
    let list_ids: BTreeSet<String> = lists
        .iter()
        .flat_map(Element::elements)
        .filter_map(|list| list.attribute("w:numId").map(ToOwned::to_owned))
        .collect();
    let (mut marks, mut wanted, mut drawings, mut open) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new(), 0);
    document.visit(&mut |element| {
        let value = element.attribute("w:val");
        match element.name.as_str() {
            "w:pStyle" | "w:rStyle" | "w:tblStyle" => assert!(style_ids.contains(value.unwrap()), "no style {value:?}"),
            "w:numId" => assert!(value == Some("0") || list_ids.contains(value.unwrap()), "no list {value:?}"),
            "w:bookmarkStart" => assert!(marks.insert(element.attribute("w:name").unwrap().to_owned()), "{element:?}"),
            "wp:docPr" => assert!(drawings.insert(element.attribute("id").unwrap().to_owned())),
            "w:instrText" => {
                let words = element.all_text();
                let mut words = words.split_whitespace();
                if matches!(words.next(), Some("REF" | "PAGEREF")) {
                    wanted.insert(words.next().unwrap().to_owned());
                }
            }
            "w:fldChar" => {
                let kind = element.attribute("w:fldCharType").unwrap();
                open += i32::from(kind == "begin") - i32::from(kind == "end");
                assert!((0..=2).contains(&open));
            }
            "w:tc" => assert_eq!(element.elements().last().unwrap().name, "w:p", "a cell must end with a paragraph"),
            "w:tr" => assert!(element.elements().any(|cell| cell.name == "w:tc"), "a row without cells"),
            _ => {}
        }
        wanted.extend(element.attribute("w:anchor").map(ToOwned::to_owned));
        for name in ["r:id", "r:embed"] {
            assert!(element.attribute(name).is_none_or(|id| ids.contains(id)), "no relation for {element:?}");
        }
        let children: Vec<&Element> = element.elements().collect();
        assert!(
            !children.windows(2).any(|pair| pair.iter().all(|held| held.name == "w:tbl")),
            "two tables run together"
        );
    });
    assert_eq!(open, 0, "a field does not end");
    assert!(wanted.is_subset(&marks), "no bookmark for {:?}", wanted.difference(&marks));
    (package, document)
}

/// The text that a reader sees, fields with their results.
fn visible(element: &Element) -> String {
    let mut text = String::new();
    element.visit(&mut |held| match held.name.as_str() {
        "w:t" => text.push_str(&held.all_text()),
        "w:p" => text.push('\n'),
        "w:tab" => text.push('\t'),
        _ => {}
    });
    text
}

fn paragraphs_of<'e>(document: &'e Element, style: &str) -> Vec<&'e Element> {
    let mut found = Vec::new();
    document.visit(&mut |element| {
        if element.child("w:pPr").and_then(|held| held.child_val("w:pStyle")) == Some(style) {
            found.push(element);
        }
    });
    found
}

/// A scorecard's cards are those of its PDF: the change under the number, the interval last, the first on the ground of its tone.
#[test]
fn cards_on_a_page_across_are_those_of_a_scorecard() {
    let cards = Document {
        meta: meta(Lang::ZhCn),
        blocks: vec![Block::Cards { cards: vec![card("甲"), Card { interval: String::new(), ..card("乙") }] }],
    };
    for (landscape, order, washed) in
        [(false, ["95% 区间", "▲ 3.2", "目标"], 0), (true, ["▲ 3.2", "目标", "95% 区间"], 1)]
    {
        let form = crate::document::pack::WordForm { landscape, ..Default::default() };
        let look = DocxLook { form, ..DocxLook::default() };
        let wash = look.good_wash.clone();
        let (_, tree) = assert_sound(&render(&cards, &DocxOptions { look, ..DocxOptions::default() }));
        let text = visible(&tree);
        let places = order.map(|words| text.find(words).unwrap());
        assert!(places.is_sorted(), "{text}");
        let mut found = 0;
        tree.visit(&mut |held| found += u32::from(held.attribute("w:fill") == Some(wash.as_str())));
        assert_eq!(found, washed);
    }
}

#[test]
fn every_block_gives_a_sound_file_in_both_languages() {
    for lang in Lang::ALL {
        let (package, tree) = assert_sound(&render(&document(lang), &DocxOptions::default()));
        let text = visible(&tree);
        assert!(text.contains(HOSTILE), "{text}");
        assert!(!text.contains('\u{0}') && !text.contains("javascript"));
        let caption = visible(paragraphs_of(&tree, "TableCaption")[1]);
        let expected =
            if lang == Lang::En { "Table 1-1\u{2002}抱怨的原因" } else { "表 1-1\u{2002}抱怨的原因" };
        assert_eq!(caption.trim(), expected);
        let core = package.xml("docProps/core.xml").unwrap();
        assert_eq!(core.child("dc:title").unwrap().all_text(), meta(lang).title);
        assert_eq!(core.child("dcterms:created").unwrap().all_text(), "2026-11-20T00:00:00Z");
        assert!(package.xml("word/settings.xml").unwrap().child("w:updateFields").is_none());
    }
}

#[test]
fn numbers_of_headings_are_the_list_s_or_typed_where_the_list_would_err() {
    let (_, tree) = assert_sound(&render(&document(Lang::ZhCn), &DocxOptions::default()));
    let headings = paragraphs_of(&tree, "Heading1");
    let list = |element: &Element| {
        let numbers = element.child("w:pPr").and_then(|held| held.child("w:numPr"));
        numbers.and_then(|held| held.child_val("w:numId")).map(ToOwned::to_owned)
    };
    let seen: Vec<(String, Option<String>)> =
        headings.iter().map(|held| (visible(held).trim().to_owned(), list(held))).collect();
    let expected = [("摘要", Some("0")), ("第一", None), ("9\u{2002}号码不连", Some("0")), ("附录", Some("2"))];
    let expected: Vec<_> = expected.map(|(text, list)| (text.to_owned(), list.map(ToOwned::to_owned))).to_vec();
    assert_eq!(seen, expected);
}

#[test]
fn references_and_contents_are_fields_with_their_text() {
    let pages = BTreeMap::from([("c1".to_owned(), 4)]);
    let options = DocxOptions { page_numbers: pages, ..DocxOptions::default() };
    let (_, tree) = assert_sound(&render(&document(Lang::ZhCn), &options));
    let body = visible(paragraphs_of(&tree, "BodyText")[0]);
    assert!(body.contains("a表 1-1第1章见图别处"), "{body}");
    let entries: Vec<String> =
        paragraphs_of(&tree, "TOC1").into_iter().map(|held| visible(held).trim().to_owned()).collect();
    // A page that nobody knows is left out.
    assert_eq!(entries, ["摘要", "1\t第一\t4", "9\t号码不连", "A\t附录"]);
    let mut codes = Vec::new();
    tree.visit(&mut |element| {
        if element.name == "w:instrText" {
            codes.push(element.all_text().trim().to_owned());
        }
    });
    assert!(codes.iter().any(|code| code.starts_with("TOC \\o \"1-2\"")), "{codes:?}");
    assert_eq!(codes.iter().filter(|code| code.starts_with("PAGEREF")).count(), 1);
    assert!(codes.iter().any(|code| code.starts_with("REF") && code.ends_with("\\r \\h")), "{codes:?}");
    assert!(codes.contains(&"SEQ 表 \\* ARABIC \\s 1".to_owned()) && codes.contains(&"SEQ 表0 \\* ARABIC".to_owned()));
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    let held = document(Lang::ZhCn);
    assert!(render(&held, &DocxOptions::default()) == render(&held, &DocxOptions::default()));
}

#[test]
fn tables_repeat_their_head_and_keep_rows_whole() {
    let (_, tree) = assert_sound(&render(&document(Lang::ZhCn), &DocxOptions::default()));
    let mut heads = 0;
    tree.visit(&mut |element| {
        if element.child("w:tblPr").and_then(|held| held.child_val("w:tblStyle")) == Some("ThreeLineTable") {
            let rows: Vec<&Element> = element.elements().filter(|held| held.name == "w:tr").collect();
            let has = |row: &Element, name: &str| row.child("w:trPr").is_some_and(|held| held.child(name).is_some());
            heads += usize::from(has(rows[0], "w:tblHeader"));
            assert!(rows.iter().all(|row| has(row, "w:cantSplit")));
            let grid: u32 = element
                .child("w:tblGrid")
                .unwrap()
                .elements()
                .map(|held| held.attribute("w:w").unwrap().parse::<u32>().unwrap())
                .sum();
            assert!(grid <= Page::default().text_width(), "{grid}");
        }
    });
    assert_eq!(heads, 8);
}

use super::look::Page;

/// A client's file: styles with Chinese names and ids of their own, a head, a picture in the text that goes.
fn client_file() -> Vec<u8> {
    let own = render(&document(Lang::ZhCn), &DocxOptions::default());
    let mut package = Package::read(&own).unwrap();
    let style =
        |id: &str, name: &str| el("w:style").with("w:type", "paragraph").with("w:styleId", id).add(val("w:name", name));
    let sheet = el("w:styles").with("xmlns:w", styles::W).add_all([
        style("a", "Normal").with("w:default", "1"),
        style("1", "heading 1"),
        style("2", "标题 2"),
        style("a5", "Body Text"),
    ]);
    package.set_xml("word/styles.xml", &sheet);
    let head = el("w:hdr")
        .with("xmlns:w", styles::W)
        .add(el("w:p").add(el("w:r").add(el("w:t").text("客户抬头 {{ client }}"))));
    package.set_xml("word/header1.xml", &head);
    package.write().unwrap()
}

#[test]
fn a_client_s_file_lends_its_styles_page_and_head() {
    let client = client_file();
    let options = DocxOptions { reference: Some(("house.docx", &client)), ..DocxOptions::default() };
    let (package, tree) = assert_sound(&render(&document(Lang::ZhCn), &options));
    assert_eq!(paragraphs_of(&tree, "1").len(), 4);
    assert_eq!(paragraphs_of(&tree, "2").len(), 2);
    assert!(!paragraphs_of(&tree, "a5").is_empty());
    assert!(visible(&package.xml("word/header1.xml").unwrap()).contains("客户抬头"));
    let styles = package.xml("word/styles.xml").unwrap();
    assert_eq!(styles.elements().filter(|style| style.child_val("w:name") == Some("heading 1")).count(), 1);
    assert!(styles.elements().any(|style| style.child_val("w:name") == Some("Table Caption")));
    let pictures = package.parts.keys().filter(|name| name.ends_with(".png")).count();
    assert_eq!(pictures, 2, "pictures of the text that went are gone: {:?}", package.parts.keys());
}

/// A file to fill: a placeholder over three runs, one in a cell, one in a text box that stands twice, blocks, a picture, mistakes.
fn form() -> Vec<u8> {
    let run = |text: &str| el("w:r").add(el("w:rPr").add(el("w:b"))).add(el("w:t").text(text));
    let one = |text: &str| el("w:p").add(run(text));
    let cell =
        el("w:tc").add(el("w:tcPr").add(el("w:tcW").with("w:w", 4000).with("w:type", "dxa"))).add(one("{{ table }}"));
    let in_box = || el("w:txbxContent").add(one("框：{{ client }} {{ nobody }}"));
    let boxed =
        el("w:p")
            .add(el("w:r").add(
                el("mc:AlternateContent").add(el("mc:Choice").add(in_box())).add(el("mc:Fallback").add(in_box())),
            ));
    let body = el("w:body").add_all([
        el("w:p").add(run("给 {")).add(run("{ cli")).add(run("ent }} 的信")),
        el("w:tbl").add(el("w:tr").add(cell)),
        one("{{ chart }}"),
        one("{{ blocks }}"),
        one("句中 {{ blocks }} 之后"),
        one("{{ clinet }}"),
        one("{{ never closed"),
        boxed,
        el("w:sectPr"),
    ]);
    let client = client_file();
    let mut package = Package::read(&client).unwrap();
    let root = document_root().with("xmlns:mc", "http://schemas.openxmlformats.org/markup-compatibility/2006");
    package.set_xml("word/document.xml", &root.add(body));
    package.write().unwrap()
}

fn fill(template: &[u8], resolve_value: fill::Resolve<'_>) -> (Option<Vec<u8>>, Vec<(String, String)>) {
    let held = meta(Lang::ZhCn);
    let look = DocxLook::default();
    let mut diagnostics = Diagnostics::new();
    let options = FillOptions { file: "form.docx", meta: &held, look: &look };
    let bytes = fill_docx(template, options, &draw, resolve_value, &mut diagnostics);
    let said = diagnostics.iter().map(|found| {
        let hint = found.hint(Lang::En).unwrap_or_default();
        (found.message.code.to_owned(), format!("{} | {hint}", found.text(Lang::En)))
    });
    (bytes, said.collect())
}

#[test]
fn placeholders_are_filled_wherever_they_stand() {
    let asked = RefCell::new(Vec::new());
    let values = |expression: &str| {
        asked.borrow_mut().push(expression.to_owned());
        match expression {
            "client" => Ok(Fill::Text(format!("后勤集团 {HOSTILE}"))),
            "table" => Ok(Fill::Blocks(vec![Block::Table(table("t", "1"))])),
            "chart" => Ok(Fill::Picture { picture: draw(&chart(), 0).unwrap(), alt: "走势".into() }),
            "blocks" => Ok(Fill::Blocks(vec![paragraph("第一段"), paragraph("第二段")])),
            _ => Err(NotFilled {
                problem: lang_texts("没有这个名称", "there is no such name"),
                suggestions: vec!["client".into()],
            }),
        }
    };
    let (bytes, said) = fill(&form(), &values);
    let (package, tree) = assert_sound(&bytes.unwrap());
    let text = visible(&tree);
    assert!(text.contains(&format!("给 后勤集团 {HOSTILE} 的信")), "{text}");
    assert_eq!(text.matches("框：后勤集团").count(), 2, "{text}");
    assert!(text.contains("抱怨的原因") && text.contains("61.2%"), "{text}");
    assert!(text.contains("\n第一段\n第二段\n句中  之后\n第一段\n第二段\n"), "{text}");
    assert!(text.contains("{{ clinet }}") && text.contains("{{ nobody }}"), "what is not known stays: {text}");
    assert!(visible(&package.xml("word/header1.xml").unwrap()).contains("客户抬头 后勤集团"));
    assert!(package.parts.keys().any(|name| name.ends_with(".png")));
    // The blocks took the letters of the place.
    let mut bold = 0;
    tree.visit(&mut |element| {
        if element.name == "w:r" && element.all_text() == "第一段" {
            bold += usize::from(element.child("w:rPr").is_some_and(|held| held.child("w:b").is_some()));
        }
    });
    assert_eq!(bold, 2);
    assert!(!asked.borrow().iter().any(|name| name == "x"), "what was filled in is not read again");
    let codes: Vec<&str> = said.iter().map(|(code, _)| code.as_str()).collect();
    assert_eq!(codes, ["M0564", "M0562", "M0563", "M0562"], "{said:?}");
    let unknown = &said[1].1;
    assert!(
        unknown.contains("`clinet`") && unknown.contains("“{{ clinet }}”") && unknown.contains("did you mean `client`"),
        "{unknown}"
    );
}

#[test]
fn filling_words_alone_touches_no_other_part() {
    let template = form();
    let (bytes, _) = fill(&template, &|_| Ok(Fill::Text("好".into())));
    let (before, after) = (Package::read(&template).unwrap(), Package::read(&bytes.unwrap()).unwrap());
    let changed: Vec<&String> =
        before.parts.keys().filter(|name| before.parts.get(*name) != after.parts.get(*name)).collect();
    assert_eq!(changed, ["word/document.xml", "word/header1.xml"]);
    assert_eq!(before.parts.len(), after.parts.len());
}

#[test]
fn files_that_are_no_word_files_are_refused_in_both_languages() {
    let mut macros = Package::read(&client_file()).unwrap();
    macros.set_type("word/document.xml", "application/vnd.ms-word.document.macroEnabled.main+xml").unwrap();
    let mut entity = Package::read(&client_file()).unwrap();
    entity.parts.insert("word/document.xml".into(), b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>".to_vec());
    let mut strict = Package::read(&client_file()).unwrap();
    strict.set_xml(
        "word/document.xml",
        &el("w:document").with("xmlns:w", "http://purl.oclc.org/ooxml/wordprocessingml/main"),
    );
    let cases = [
        ("a text", b"hello".to_vec(), "ZIP"),
        ("macros", macros.write().unwrap(), "macros"),
        ("entities", entity.write().unwrap(), "document type"),
        ("strict", strict.write().unwrap(), "Strict"),
        ("nothing", Package::default().write().unwrap(), "no Word document"),
    ];
    for (name, bytes, expected) in cases {
        let (filled, said) = fill(&bytes, &|_| Ok(Fill::Text(String::new())));
        assert!(filled.is_none(), "{name}");
        assert_eq!(said.len(), 1, "{name}");
        assert!(said[0].0 == "M0560" && said[0].1.contains(expected), "{name}: {said:?}");
        let mut diagnostics = Diagnostics::new();
        let options = DocxOptions { reference: Some(("x.docx", &bytes)), ..DocxOptions::default() };
        assert!(render_docx(&document(Lang::En), &options, &draw, &mut diagnostics).is_none());
        let texts: Vec<String> = diagnostics.iter().flat_map(|found| Lang::ALL.map(|lang| found.text(lang))).collect();
        assert!(texts.len() == 2 && texts[0] != texts[1], "{texts:?}");
    }
}

/// In Word a table needs no paragraph behind it where the next one begins a page; an empty one that no longer fits the page would
/// have a page of its own.
#[test]
fn nothing_empty_stands_between_a_table_and_the_page_after_it() {
    let bare = Table { notes: Vec::new(), ..table("t", "1-1") };
    let blocks = vec![Block::Table(bare.clone()), Block::PageBreak, heading(1, "next", Some("2"), "下一章")];
    let (_, tree) = assert_sound(&render(&Document { meta: meta(Lang::En), blocks }, &DocxOptions::default()));
    let body: Vec<&Element> = tree.child("w:body").unwrap().elements().collect();
    let place = body.iter().position(|held| held.name == "w:tbl").unwrap();
    let breaks = |held: &Element| held.child("w:pPr").is_some_and(|held| held.child("w:pageBreakBefore").is_some());
    assert!(breaks(body[place + 1]), "{:?}", body[place + 1]);
    // Between two tables there is still one.
    let blocks = vec![Block::Table(bare.clone()), Block::Table(Table { caption: Vec::new(), ..bare })];
    assert_sound(&render(&Document { meta: meta(Lang::En), blocks }, &DocxOptions::default()));
}

#[test]
fn small_headings_have_the_level_they_stand_on() {
    let small = |level| Block::Heading {
        level,
        small: true,
        id: format!("s{level}"),
        number: None,
        content: vec![Inline::text("小题")],
    };
    let blocks = vec![heading(1, "c", None, "摘要"), small(2), paragraph("文"), heading(2, "d", None, "节"), small(3)];
    let (package, tree) = assert_sound(&render(&Document { meta: meta(Lang::ZhCn), blocks }, &DocxOptions::default()));
    let styles = package.xml("word/styles.xml").unwrap();
    for (id, level) in [("SmallHeading2", "1"), ("SmallHeading3", "2")] {
        assert_eq!(paragraphs_of(&tree, id).len(), 1);
        let style = styles.elements().find(|held| held.attribute("w:styleId") == Some(id)).unwrap();
        assert_eq!(style.child("w:pPr").unwrap().child_val("w:outlineLvl"), Some(level));
        assert_eq!(style.child_val("w:basedOn"), Some("Heading4"));
    }
}
