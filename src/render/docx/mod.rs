//! Word files, written as WordprocessingML without any library between: from blocks alone, in a client's own styles, or by filling the
//! placeholders of a client's own file. In: a document and pictures of its charts; out: bytes, the same for the same document.

mod contents;
mod fill;
mod form;
mod furniture;
mod inlines;
mod look;
mod numbering;
pub(crate) mod package;
mod panels;
mod pictures;
mod placeholders;
mod properties;
mod reference;
mod sequences;
mod styles;
mod tables;
mod writer;
pub(crate) mod xml;

use std::collections::BTreeMap;

pub use fill::{Fill, FillOptions, NotFilled, fill_docx};
pub use look::DocxLook;

use crate::charts::Chart;
use crate::diagnostics::messages::render as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, LocalizedTexts, Location};
use crate::document::blocks::Document;
use package::{OFFICE, Package, Relations, WORD, resolve};
use reference::{Host, page_of};
use writer::{Room, Writer};
use xml::{Element, Node, el};

/// Content type of the main part of a Word file.
const MAIN_TYPE: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";

/// A chart as a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// The PNG file.
    pub png: Vec<u8>,
    /// Width on the page in points.
    pub width_pt: f64,
    /// Height on the page in points.
    pub height_pt: f64,
}

/// Draws the chart with the given running number (from 0, in reading order); none where it cannot be drawn.
pub type DrawPicture<'d> = &'d dyn Fn(&Chart, usize) -> Option<Picture>;

/// How a Word file is made.
#[derive(Debug, Clone, Default)]
pub struct DocxOptions<'a> {
    /// A client's own Word file, with its name for diagnostics: its styles, page, head and foot are used.
    pub reference: Option<(&'a str, &'a [u8])>,
    /// Pages of the headings by anchor, the cover counted, for the table of contents; without them it names no pages until it is renewed in Word.
    pub page_numbers: BTreeMap<String, u32>,
    /// Number of pages, shown until Word has counted them itself.
    pub pages: Option<u32>,
    /// Headings down to this level (1 to 3) stand in the contents; 0 is 2.
    pub contents_depth: u8,
    /// Colours and fonts.
    pub look: DocxLook,
}

/// Writes a document as a Word file. None if that failed; the diagnostics then say why.
pub fn render_docx(
    document: &Document,
    options: &DocxOptions<'_>,
    draw: DrawPicture<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<u8>> {
    let mut writer = Writer::new(&document.meta, &options.look, &options.page_numbers, draw);
    if options.contents_depth > 0 {
        writer.contents_depth = options.contents_depth;
    }
    let written = match options.reference {
        None => new_file(document, options, writer),
        Some((_, bytes)) => Host::open(bytes).and_then(|host| in_host(document, options, writer, host)),
    };
    match written {
        Ok(bytes) => Some(bytes),
        Err(problem) => {
            diagnostics.push(not_usable(options.reference.map(|(name, _)| name), problem));
            None
        }
    }
}

fn not_usable(file: Option<&str>, problem: LocalizedTexts) -> Diagnostic {
    match file {
        Some(name) => Diagnostic::error(&messages::BAD_WORD_FILE)
            .arg("file", name)
            .words("problem", problem)
            .at(Location::file(name)),
        None => Diagnostic::error(&messages::WORD_NOT_WRITTEN).words("problem", problem),
    }
}

fn document_root() -> Element {
    el("w:document").with("xmlns:w", styles::W).with("xmlns:r", furniture::R).with("xmlns:wp", pictures::ANCHOR)
}

/// A file of our own look.
fn new_file(document: &Document, options: &DocxOptions<'_>, mut writer: Writer<'_>) -> Result<Vec<u8>, LocalizedTexts> {
    const MAIN: &str = "word/document.xml";
    let meta = &document.meta;
    writer.collect_anchors(&document.blocks);
    let room = Room { width: writer.page.text_width(), paragraph: "BodyText", depth: 0 };
    let mut body = el("w:body").add_all(writer.blocks(&document.blocks, room));
    let head = writer.relations.id("header", "header1.xml", false);
    let foot = writer.relations.id("footer", "footer1.xml", false);
    body.push(furniture::section(writer.page, &head, &foot));

    let mut package = Package::default();
    let parts = [
        ("header1.xml", "header", writer.running_head()),
        ("footer1.xml", "footer", writer.running_foot(options.pages)),
        ("styles.xml", "styles", styles::style_sheet(&options.look, meta.lang)),
        ("settings.xml", "settings", furniture::settings(meta.lang)),
        ("fontTable.xml", "fontTable", furniture::font_table(&options.look)),
        ("numbering.xml", "numbering", std::mem::replace(&mut writer.numbering, numbering::Numbering::new("")).part()),
    ];
    package.set_default_type("xml", "application/xml")?;
    package.set_default_type("rels", "application/vnd.openxmlformats-package.relationships+xml")?;
    for (name, kind, root) in parts {
        let part = format!("word/{name}");
        package.set_xml(&part, &root);
        package.set_type(&part, &format!("{WORD}{kind}+xml"))?;
        writer.relations.id(kind, name, false);
    }
    package.set_xml("word/theme/theme1.xml", &furniture::theme(&options.look)?);
    package.set_type("word/theme/theme1.xml", "application/vnd.openxmlformats-officedocument.theme+xml")?;
    writer.relations.id("theme", "theme/theme1.xml", false);
    package.set_xml(MAIN, &document_root().add(body));
    package.set_type(MAIN, MAIN_TYPE)?;
    let mut root = Relations::default();
    root.id("officeDocument", MAIN, false);
    finish(package, root, meta, writer, MAIN)
}

/// The text in a client's file, in place of its own.
fn in_host(
    document: &Document,
    options: &DocxOptions<'_>,
    mut writer: Writer<'_>,
    mut host: Host,
) -> Result<Vec<u8>, LocalizedTexts> {
    let section = host.last_section();
    writer.own_look = false;
    writer.page = page_of(section.as_ref());
    writer.styles = host.adopt_styles(&options.look, document.meta.lang)?;
    writer.numbering = host.numbering(&options.look)?;
    // What belonged to the text that goes: its pictures, links, notes of reviewers.
    const KEPT: [&str; 11] = [
        "styles",
        "settings",
        "webSettings",
        "fontTable",
        "theme",
        "numbering",
        "header",
        "footer",
        "footnotes",
        "endnotes",
        "customXml",
    ];
    host.relations.list.retain(|relation| KEPT.iter().any(|kind| relation.kind == format!("{OFFICE}{kind}")));
    writer.relations = std::mem::take(&mut host.relations);
    writer.collect_anchors(&document.blocks);
    let room = Room { width: writer.page.text_width(), paragraph: "BodyText", depth: 0 };
    let mut body = el("w:body").add_all(writer.blocks(&document.blocks, room));
    let is_furniture = |held: &Element| held.name == "w:headerReference" || held.name == "w:footerReference";
    let mut section = section.unwrap_or_else(|| el("w:sectPr").add_all(furniture::page_size(writer.page)));
    if !section.elements().any(is_furniture) {
        for (name, tag, root) in [
            ("manyi-header.xml", "header", writer.running_head()),
            ("manyi-footer.xml", "footer", writer.running_foot(options.pages)),
        ] {
            let part = resolve(&host.main, name);
            host.package.set_xml(&part, &root);
            host.package.set_type(&part, &format!("{WORD}{tag}+xml"))?;
            let id = writer.relations.id(tag, name, false);
            let reference = el(&format!("w:{tag}Reference")).with("w:type", "default").with("r:id", id);
            let at = usize::from(tag == "footer");
            section.children.insert(at, reference.into());
        }
    }
    body.push(section);
    host.document.children.retain(|node| !matches!(node, Node::Element(held) if held.name == "w:body"));
    host.document.push(body);
    host.package.set_xml(&host.main, &host.document);
    host.relations = std::mem::take(&mut writer.relations);
    let lists = std::mem::replace(&mut writer.numbering, numbering::Numbering::new(""));
    host.save_numbering(lists)?;
    writer.relations = std::mem::take(&mut host.relations);
    let root = Relations::of(&host.package, "");
    finish(host.package, root, &document.meta, writer, &host.main)
}

/// Pictures, relations and properties; then the file.
fn finish(
    mut package: Package,
    mut root: Relations,
    meta: &crate::document::blocks::Meta,
    writer: Writer<'_>,
    main: &str,
) -> Result<Vec<u8>, LocalizedTexts> {
    add_pictures(&mut package, writer.pictures, main)?;
    writer.relations.save(&mut package, main);
    set_properties(&mut package, &mut root, meta)?;
    root.save(&mut package, "");
    package.drop_unreachable()?;
    package.write()
}

fn add_pictures(package: &mut Package, pictures: BTreeMap<String, Vec<u8>>, main: &str) -> Result<(), LocalizedTexts> {
    if !pictures.is_empty() {
        package.set_default_type("png", "image/png")?;
    }
    for (name, png) in pictures {
        package.parts.insert(resolve(main, &name), png);
    }
    Ok(())
}

/// Title, author and date of the file, in place of those it had.
fn set_properties(
    package: &mut Package,
    root: &mut Relations,
    meta: &crate::document::blocks::Meta,
) -> Result<(), LocalizedTexts> {
    const CORE: &str = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties";
    root.list.retain(|relation| relation.kind == format!("{OFFICE}officeDocument"));
    root.id(CORE, "docProps/core.xml", false);
    root.id("extended-properties", "docProps/app.xml", false);
    package.set_xml("docProps/core.xml", &furniture::core_properties(meta));
    package.set_type("docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml")?;
    package.set_xml("docProps/app.xml", &furniture::extended_properties(meta));
    package.set_type("docProps/app.xml", "application/vnd.openxmlformats-officedocument.extended-properties+xml")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
