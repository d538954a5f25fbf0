//! A client's own Word file with its placeholders filled: in the text, in tables, in heads and feet, in text boxes.
//! Everything else of the file stays as it is; what is filled in takes the format of the place, and is never read for placeholders again.

use std::collections::{BTreeMap, BTreeSet};

use super::inlines::sequence_name;
use super::look::DocxLook;
use super::package::{Relations, resolve};
use super::placeholders::{Piece, Placeholder, find, paragraph_text, replace, run_format};
use super::reference::{Host, page_of};
use super::sequences::number_captions;
use super::writer::{Room, Writer, set_property};
use super::xml::{Element, Node, clean, el};
use super::{DrawPicture, Picture, add_pictures, not_usable};
use crate::diagnostics::messages::render as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, LocalizedTexts, Location};
use crate::document::blocks::{Block, Meta};

/// What takes the place of a placeholder.
#[derive(Debug, Clone)]
pub enum Fill {
    /// Words; line breaks are kept.
    Text(String),
    /// A picture with its words for those who cannot see it.
    Picture {
        /// The picture.
        picture: Picture,
        /// Its words.
        alt: String,
    },
    /// Tables, figures, paragraphs: whole blocks.
    Blocks(Vec<Block>),
}

/// Why a placeholder cannot be filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotFilled {
    /// The reason.
    pub problem: LocalizedTexts,
    /// Known names close to it, nearest first.
    pub suggestions: Vec<String>,
}

/// What filling needs to know besides the values.
#[derive(Debug, Clone, Copy)]
pub struct FillOptions<'a> {
    /// Name of the client's file for diagnostics.
    pub file: &'a str,
    /// Language and words of what is filled in.
    pub meta: &'a Meta,
    /// Colours of tables and cards.
    pub look: &'a DocxLook,
}

/// Finds the value of an expression between two braces.
pub type Resolve<'r> = &'r dyn Fn(&str) -> Result<Fill, NotFilled>;

/// Fills the placeholders of `template`, a `.docx` or `.dotx`. A placeholder without a value stays and is an error. None if the file
/// cannot be read; the diagnostics then say why.
pub fn fill_docx(
    template: &[u8],
    options: FillOptions<'_>,
    draw: DrawPicture<'_>,
    resolve_value: Resolve<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<u8>> {
    let filled = Host::open(template).and_then(|host| fill_host(host, options, draw, resolve_value, diagnostics));
    match filled {
        Ok(bytes) => Some(bytes),
        Err(problem) => {
            diagnostics.push(not_usable(Some(options.file), problem));
            None
        }
    }
}

fn fill_host(
    mut host: Host,
    options: FillOptions<'_>,
    draw: DrawPicture<'_>,
    resolve_value: Resolve<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<Vec<u8>, LocalizedTexts> {
    let pages = BTreeMap::new();
    let mut writer = Writer::new(options.meta, options.look, &pages, draw);
    writer.own_look = false;
    writer.filling = true;
    writer.ids_after(host.highest_id());
    writer.page = page_of(host.last_section().as_ref());
    // The styles of the file are touched only if blocks are filled in.
    let styles_before = host.package.clone();
    let relations_before = host.relations.clone();
    writer.styles = host.adopt_styles(options.look, options.meta.lang)?;
    writer.numbering = host.numbering(options.look)?;
    writer.relations = std::mem::take(&mut host.relations);
    let room = Room { width: writer.page.text_width(), paragraph: "BodyText", depth: 0 };
    let mut filling =
        Filling { writer, resolve_value, options, diagnostics, said: BTreeSet::new(), found: false, has_blocks: false };
    let mut document = std::mem::take(&mut host.document);
    filling.children(&mut document, room);
    let others: Vec<String> = ["header", "footer", "footnotes", "endnotes"]
        .iter()
        .flat_map(|kind| {
            let kind = format!("{}{kind}", super::package::OFFICE);
            let matching = filling.writer.relations.list.iter().filter(move |held| held.kind == kind && !held.external);
            matching.map(|held| resolve(&host.main, &held.target)).collect::<Vec<_>>()
        })
        .collect();
    let mut parts = Vec::new();
    for part in others {
        let mut root = host.package.xml(&part)?;
        let before = root.clone();
        let own = Relations::of(&host.package, &part);
        let outer = std::mem::replace(&mut filling.writer.relations, own);
        filling.children(&mut root, room);
        let own = std::mem::replace(&mut filling.writer.relations, outer);
        if root != before {
            parts.push((part, root, own));
        }
    }
    let Filling { writer, found, has_blocks, diagnostics, .. } = filling;
    if !found {
        let warning = Diagnostic::warning(&messages::NO_PLACEHOLDER).arg("file", options.file);
        diagnostics.push(warning.at(Location::file(options.file)));
    }
    let names = ["table", "figure"].map(|word| sequence_name(&writer.word(word)).to_owned());
    let Writer { relations, pictures, numbering, .. } = writer;
    if has_blocks {
        number_captions(&mut document, &names);
        host.relations = relations;
        host.save_numbering(numbering)?;
    } else {
        host.package = styles_before;
        // Relations that styles brought along go with them; those of pictures and links stay.
        let without = |held: &&super::package::Relation| {
            held.kind != format!("{}styles", super::package::OFFICE) || relations_before.list.contains(held)
        };
        host.relations = Relations { list: relations.list.iter().filter(without).cloned().collect() };
    }
    for (part, mut root, own) in parts {
        declare_namespaces(&mut root);
        host.package.set_xml(&part, &root);
        own.save(&mut host.package, &part);
    }
    host.package.set_xml(&host.main, &document);
    host.relations.save(&mut host.package, &host.main);
    add_pictures(&mut host.package, pictures, &host.main)?;
    host.package.write()
}

fn declare_namespaces(root: &mut Element) {
    for (name, space) in [("xmlns:r", super::furniture::R), ("xmlns:wp", super::pictures::ANCHOR)] {
        if root.attribute(name).is_none() {
            root.set(name, space);
        }
    }
}

struct Filling<'f, 'd> {
    writer: Writer<'d>,
    resolve_value: Resolve<'f>,
    options: FillOptions<'f>,
    diagnostics: &'f mut Diagnostics,
    /// Problems already named: a text box stands twice in a file, once for old programs.
    said: BTreeSet<(String, String)>,
    found: bool,
    has_blocks: bool,
}

impl Filling<'_, '_> {
    /// Fills every paragraph inside an element.
    fn children(&mut self, element: &mut Element, room: Room) {
        let room = narrowed(element, room);
        let mut children = Vec::with_capacity(element.children.len());
        for node in std::mem::take(&mut element.children) {
            match node {
                Node::Element(mut child) => {
                    self.children(&mut child, room);
                    if child.name == "w:p" {
                        children.extend(self.paragraph(child, room).into_iter().map(Node::Element));
                    } else {
                        children.push(child.into());
                    }
                }
                text => children.push(text),
            }
        }
        let ends_open = children.last().is_some_and(|last| matches!(last, Node::Element(held) if held.name == "w:tbl"));
        if element.name == "w:tc" && ends_open {
            children.push(el("w:p").into());
        }
        element.children = children;
    }

    fn paragraph(&mut self, mut paragraph: Element, room: Room) -> Vec<Element> {
        let text = paragraph_text(&paragraph);
        let (found, open) = find(&text);
        if open && self.said.insert((String::new(), text.clone())) {
            let error = Diagnostic::error(&messages::OPEN_PLACEHOLDER).arg("paragraph", shortened(&text));
            self.diagnostics.push(error.at(Location::file(self.options.file)));
        }
        self.found |= !found.is_empty();
        let mut changes = Vec::new();
        let mut blocks = Vec::new();
        let alone =
            |held: &Placeholder| text[..held.range.start].trim().is_empty() && text[held.range.end..].trim().is_empty();
        for held in &found {
            match (self.resolve_value)(&held.expression) {
                Ok(Fill::Text(words)) => {
                    changes.push((held.range.clone(), vec![Piece::Text(clean(&words).replace('\t', " "))]))
                }
                Ok(Fill::Picture { picture, alt }) => {
                    let run = self.writer.picture(&picture, &alt, room.width);
                    let drawing = run.child("w:drawing").cloned();
                    changes.push((held.range.clone(), drawing.into_iter().map(Piece::Element).collect()));
                    if alone(held) {
                        // A line of fixed height would cut the picture.
                        set_property(&mut paragraph, super::properties::spacing(0.0, 0.0, None));
                    }
                }
                Ok(Fill::Blocks(filled)) => {
                    if !alone(held) {
                        let warning = Diagnostic::warning(&messages::BLOCK_IN_SENTENCE).arg("name", &held.expression);
                        self.diagnostics.push(warning.at(Location::file(self.options.file)));
                    }
                    blocks.extend(self.blocks(&filled, &paragraph, held, room));
                    changes.push((held.range.clone(), Vec::new()));
                }
                Err(problem) => self.not_filled(held, problem, &text),
            }
        }
        let replaced = found.len() == 1 && changes.len() == 1 && !blocks.is_empty() && alone(&found[0]);
        replace(&mut paragraph, &changes);
        if replaced && !holds_more(&paragraph) {
            return blocks;
        }
        let mut written = vec![paragraph];
        written.extend(blocks);
        written
    }

    /// Blocks in place of a paragraph; their paragraphs look like it.
    fn blocks(&mut self, blocks: &[Block], paragraph: &Element, held: &Placeholder, room: Room) -> Vec<Element> {
        self.has_blocks = true;
        let mut written = self.writer.blocks(blocks, room);
        let body = self.writer.styles.id("BodyText").to_owned();
        let mut properties = paragraph.child("w:pPr").cloned().unwrap_or_else(|| el("w:pPr"));
        properties.children.retain(|node| !matches!(node, Node::Element(held) if held.name == "w:sectPr"));
        let format = run_format(paragraph, held.range.start);
        for element in written.iter_mut().filter(|element| element.name == "w:p") {
            if element.child("w:pPr").and_then(|own| own.child_val("w:pStyle")) != Some(&body) {
                continue;
            }
            element.children.retain(|node| !matches!(node, Node::Element(held) if held.name == "w:pPr"));
            element.children.insert(0, properties.clone().into());
            if let Some(format) = &format {
                for run in element.elements_mut().filter(|run| run.name == "w:r" && run.child("w:rPr").is_none()) {
                    run.children.insert(0, format.clone().into());
                }
            }
        }
        written
    }

    fn not_filled(&mut self, held: &Placeholder, problem: NotFilled, text: &str) {
        if self.said.insert((held.expression.clone(), text.to_owned())) {
            let mut error = Diagnostic::error(&messages::NOT_FILLED)
                .arg("name", &held.expression)
                .words("problem", problem.problem)
                .arg("paragraph", shortened(text))
                .at(Location::file(self.options.file));
            error.suggestions = problem.suggestions;
            self.diagnostics.push(error);
        }
    }
}

/// Something besides text that must not be lost with the paragraph: the end of a section, a drawing, a bookmark.
fn holds_more(paragraph: &Element) -> bool {
    let mut more = false;
    paragraph.visit(&mut |element| {
        more |= matches!(
            element.name.as_str(),
            "w:sectPr" | "w:drawing" | "w:pict" | "w:object" | "w:bookmarkStart" | "w:bookmarkEnd"
        );
    });
    more
}

/// The room inside a cell or text box.
fn narrowed(element: &Element, room: Room) -> Room {
    let width = match element.name.as_str() {
        "w:tc" => element.child("w:tcPr").and_then(|held| held.child("w:tcW")).and_then(|held| {
            let is_length = held.attribute("w:type").is_none_or(|kind| kind == "dxa");
            held.attribute("w:w").filter(|_| is_length)?.parse::<f64>().ok()
        }),
        // English Metric Units to twentieths of a point.
        "wp:anchor" | "wp:inline" => element
            .child("wp:extent")
            .and_then(|held| held.attribute("cx")?.parse::<f64>().ok())
            .map(|units| units / 635.0),
        _ => None,
    };
    match width {
        Some(width) if width > 400.0 => Room { width: room.width.min(width as u32 - 216), ..room },
        _ => room,
    }
}

/// The beginning of a paragraph for a diagnostic.
fn shortened(text: &str) -> String {
    const MOST: usize = 60;
    let text = clean(text.trim());
    if text.chars().count() <= MOST {
        return text;
    }
    text.chars().take(MOST).chain(['…']).collect()
}
