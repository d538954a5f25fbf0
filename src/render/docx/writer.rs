//! Blocks as the elements of a document's body: headings, paragraphs, lists, quotations, code and page breaks; tables, cards and pictures
//! have rooms of their own beside this one. The state of writing (lists, pictures, anchors) lives here.

use std::collections::{BTreeMap, HashMap};

use super::contents::Entry;
use super::inlines::{Format, with_units};
use super::look::{DocxLook, Page};
use super::numbering::{Numbering, unnumbered};
use super::package::Relations;
use super::properties::{indent, paragraph_properties};
use super::reference::StyleNames;
use super::styles::SMALL_HEADINGS;
use super::xml::{Element, clean, el, val};
use super::{DrawPicture, Picture};
use crate::diagnostics::Lang;
use crate::document::blocks::{Block, Figure, Form, Inline, Meta};
use crate::document::markdown::plain_text;

/// Where blocks stand: how much width they have, and what a paragraph looks like there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    /// Twentieths of a point.
    pub(super) width: u32,
    /// Style of a paragraph.
    pub(super) paragraph: &'static str,
    /// How many lists stand around.
    pub(super) depth: u32,
}

/// What an anchor of the document is called in the file.
#[derive(Debug, Clone)]
pub(super) struct Anchor {
    /// Bookmark that references go to.
    pub(super) bookmark: String,
    /// Bookmark of the table of contents; headings only.
    pub(super) contents: Option<String>,
    /// What the bookmark holds, so that a field shows the same text; for a heading its number, if Word counts it.
    pub(super) label: Option<String>,
    pub(super) is_heading: bool,
}

/// The state of writing one file.
pub(super) struct Writer<'d> {
    pub(super) meta: &'d Meta,
    pub(super) look: &'d DocxLook,
    pub(super) styles: StyleNames,
    draw: DrawPicture<'d>,
    charts: usize,
    pub(super) numbering: Numbering,
    /// Relations of the part that is being written.
    pub(super) relations: Relations,
    /// Pictures by part name.
    pub(super) pictures: BTreeMap<String, Vec<u8>>,
    pub(super) anchors: HashMap<String, Anchor>,
    /// Headings in reading order.
    pub(super) entries: Vec<Entry>,
    pub(super) contents_depth: u8,
    pub(super) page_numbers: &'d BTreeMap<String, u32>,
    pub(super) page: Page,
    /// The client's own page and styles: no band on the cover, no section of its own.
    pub(super) own_look: bool,
    /// Blocks are put between those of a client.
    pub(super) filling: bool,
    next_id: u32,
}

impl<'d> Writer<'d> {
    pub(super) fn new(
        meta: &'d Meta,
        look: &'d DocxLook,
        page_numbers: &'d BTreeMap<String, u32>,
        draw: DrawPicture<'d>,
    ) -> Self {
        Self {
            meta,
            look,
            styles: StyleNames::default(),
            draw,
            charts: 0,
            numbering: Numbering::new(&look.accent).in_han(look.form.coursework && meta.lang.is_chinese()),
            relations: Relations::default(),
            pictures: BTreeMap::new(),
            anchors: HashMap::new(),
            entries: Vec::new(),
            contents_depth: 2,
            page_numbers,
            page: Page::of(&look.form),
            own_look: true,
            filling: false,
            next_id: 1,
        }
    }

    pub(super) fn lang(&self) -> Lang {
        self.meta.lang
    }

    /// A word that the document brings.
    pub(super) fn word(&self, key: &str) -> String {
        self.meta.words.get(key).cloned().unwrap_or_default()
    }

    /// An id no bookmark or picture of the file has yet.
    pub(super) fn fresh_id(&mut self) -> u32 {
        self.next_id += 1;
        self.next_id
    }

    /// Ids begin after those of a client's file.
    pub(super) fn ids_after(&mut self, highest: u32) {
        self.next_id = self.next_id.max(highest);
    }

    /// Gives every anchor of the blocks its bookmark, so that references may stand before their targets.
    pub(super) fn collect_anchors(&mut self, blocks: &[Block]) {
        for block in blocks {
            match block {
                Block::Heading { level, small, id, number, content } => {
                    let number = number.clone().filter(|number| !number.is_empty());
                    let name = self.anchor(id, number.clone(), true);
                    self.entries.extend((!small).then(|| Entry {
                        id: id.clone(),
                        level: *level,
                        number,
                        title: plain_text(content),
                        bookmark: format!("_Toc{}", name.trim_start_matches("_Ref")),
                    }));
                }
                Block::Table(table) => {
                    let label = (!table.number.is_empty()).then(|| format!("{} {}", self.word("table"), table.number));
                    self.anchor(&table.id, label, false);
                }
                Block::Figure(figure) => {
                    let label =
                        (!figure.number.is_empty()).then(|| format!("{} {}", self.word("figure"), figure.number));
                    self.anchor(&figure.id, label, false);
                }
                Block::List { items, .. } => items.iter().for_each(|item| self.collect_anchors(item)),
                Block::Quote { blocks } | Block::Callout { blocks, .. } => self.collect_anchors(blocks),
                Block::Columns { columns } => columns.iter().for_each(|column| self.collect_anchors(column)),
                _ => {}
            }
        }
    }

    fn anchor(&mut self, id: &str, label: Option<String>, is_heading: bool) -> String {
        let number = self.fresh_id();
        let bookmark = format!("_Ref{:09}", 310_000_000 + number);
        let contents = is_heading.then(|| format!("_Toc{:09}", 310_000_000 + number));
        if !id.is_empty() {
            let anchor = Anchor { bookmark: bookmark.clone(), contents, label, is_heading };
            self.anchors.insert(id.to_owned(), anchor);
        }
        bookmark
    }

    /// Blocks in reading order.
    pub(super) fn blocks(&mut self, blocks: &[Block], room: Room) -> Vec<Element> {
        let mut body: Vec<Element> = Vec::new();
        let mut new_page = false;
        for (index, block) in blocks.iter().enumerate() {
            if matches!(block, Block::PageBreak) {
                // Behind a table at the foot of a page the empty line would have a page of its own.
                if body.last().is_some_and(|last| *last == self.gap()) && !blocks[index + 1..].is_empty() {
                    body.pop();
                }
                // A cover already ends its page.
                new_page = !matches!(index.checked_sub(1).map(|before| &blocks[before]), Some(Block::Cover { .. }) if self.own_look);
                continue;
            }
            let mut written = self.block(block, room);
            if new_page && !written.is_empty() {
                if written[0].name != "w:p" {
                    written.insert(0, self.gap());
                }
                set_property(&mut written[0], el("w:pageBreakBefore"));
                // Nothing stands above that a heading would have to keep away from.
                set_property(&mut written[0], el("w:spacing").with("w:before", 0));
                new_page = false;
            }
            // Two tables in a row would become one.
            if body.last().is_some_and(|last| last.name == "w:tbl")
                && written.first().is_some_and(|first| first.name == "w:tbl")
            {
                body.push(self.gap());
            }
            body.extend(written);
            new_page |= matches!(block, Block::Cover { .. }) && !self.own_look;
        }
        body
    }

    fn block(&mut self, block: &Block, room: Room) -> Vec<Element> {
        match block {
            Block::Cover { rows } => self.cover(rows, room),
            Block::Contents => self.contents(),
            Block::Heading { level, small, id, number, content } => {
                vec![self.heading((*level, *small), id, number.as_deref(), content)]
            }
            Block::Paragraph { content } => {
                let mut paragraph = self.paragraph(room.paragraph, content);
                // A sentence that announces what follows stays with it.
                if plain_text(content).trim_end().ends_with([':', '：']) {
                    set_property(&mut paragraph, el("w:keepNext"));
                }
                vec![paragraph]
            }
            Block::Lead { content } => vec![self.paragraph("Lead", content)],
            Block::List { ordered, start, items } => self.list(*ordered, *start, items, room),
            Block::Quote { blocks } => self.blocks(blocks, Room { paragraph: "Quote", ..room }),
            Block::Callout { tone, title, blocks } => self.callout(*tone, title.as_deref(), blocks, room),
            Block::Table(table) => self.table(table, room),
            Block::Figure(figure) => self.figure(figure, room),
            Block::Cards { cards } => self.cards(cards, room),
            Block::Form(form) => self.form(form, room),
            Block::Todos { title, items } => self.todos(title, items, room),
            Block::Columns { columns } => self.columns(columns, room),
            Block::Code { text } => vec![self.code(text)],
            Block::PageBreak => Vec::new(),
        }
    }

    /// Questions, each with its answers on one page; a heading stays with the question under it.
    fn form(&mut self, form: &Form, room: Room) -> Vec<Element> {
        let mut written = Vec::new();
        for (is_heading, blocks) in super::form::items(form, self.lang()) {
            let mut item = self.blocks(&blocks, room);
            let kept = if is_heading { item.len() } else { item.len().saturating_sub(1) };
            for (place, element) in item.iter_mut().enumerate().filter(|(_, element)| element.name == "w:p") {
                set_property(element, el("w:ind").with("w:left", 0).with("w:firstLineChars", 0).with("w:firstLine", 0));
                if place < kept {
                    set_property(element, el("w:keepNext"));
                }
            }
            written.extend(item);
        }
        written
    }

    /// A paragraph of running text.
    pub(super) fn paragraph(&mut self, style: &str, content: &[Inline]) -> Element {
        let runs = self.runs(content, &Format::default());
        self.empty(style).add_all(runs)
    }

    /// A paragraph without text.
    pub(super) fn empty(&self, style: &str) -> Element {
        el("w:p").add(paragraph_properties(vec![val("w:pStyle", self.styles.id(style))]))
    }

    /// A paragraph of plain text.
    pub(super) fn line(&self, style: &str, text: &str) -> Element {
        self.empty(style).add_all(self.text_run(text, &Format::default()))
    }

    /// The small paragraph that must stand after a table.
    pub(super) fn gap(&self) -> Element {
        self.empty("TableGap")
    }

    fn heading(&mut self, (level, small): (u8, bool), id: &str, number: Option<&str>, content: &[Inline]) -> Element {
        const STYLES: [&str; 4] = ["Heading1", "Heading2", "Heading3", "Heading4"];
        let level = level.clamp(1, 4);
        let place = usize::from(level - 1);
        let mut paragraph = self.empty(if small { SMALL_HEADINGS[place].0 } else { STYLES[place] });
        if !self.own_look {
            // A client's heading may not say that it stays with its text.
            set_property(&mut paragraph, el("w:keepNext"));
        }
        let mut runs = Vec::new();
        match number.filter(|number| !number.is_empty()) {
            None => leave_list(&mut paragraph),
            Some(number) => match self.numbering.heading(level, number) {
                Ok(None) => {}
                Ok(Some(list)) => set_property(&mut paragraph, list),
                Err(()) => {
                    leave_list(&mut paragraph);
                    let format = Format { style: Some("Number"), ..Format::default() };
                    runs.extend(self.text_run(&format!("{number}\u{2002}"), &format));
                    // A field would show no number here.
                    if let Some(anchor) = self.anchors.get_mut(id) {
                        anchor.label = None;
                    }
                }
            },
        }
        let inner = self.runs(&with_units(content), &Format::default());
        let anchor = self.anchors.get(id).cloned();
        let marks = anchor.into_iter().flat_map(|anchor| anchor.contents.into_iter().chain([anchor.bookmark]));
        let marked = marks.fold(inner, |inner, name| self.bookmarked(&name, inner));
        paragraph.add_all(runs).add_all(marked)
    }

    /// Elements between the ends of a bookmark.
    pub(super) fn bookmarked(&mut self, name: &str, inner: Vec<Element>) -> Vec<Element> {
        let id = self.fresh_id();
        let mut marked = vec![el("w:bookmarkStart").with("w:id", id).with("w:name", name)];
        marked.extend(inner);
        marked.push(el("w:bookmarkEnd").with("w:id", id));
        marked
    }

    fn list(&mut self, ordered: bool, start: u64, items: &[Vec<Block>], room: Room) -> Vec<Element> {
        let depth = room.depth;
        let list = if ordered { self.numbering.begin_ordered(depth, start) } else { 0 };
        let style = if ordered { "ListNumber" } else { "ListBullet" };
        let inner = Room { depth: depth + 1, paragraph: "ListContinue", ..room };
        let mut written = Vec::new();
        for item in items {
            let mark = if ordered { self.numbering.ordered(list, depth) } else { self.numbering.bullet(depth) };
            let (first, rest) = match item.split_first() {
                Some((Block::Paragraph { content }, rest)) => (self.paragraph(style, content), rest),
                _ => (self.empty(style), item.as_slice()),
            };
            let mut first = first;
            set_property(&mut first, mark);
            written.push(first);
            for mut element in self.blocks(rest, inner) {
                let continues = element.child("w:pPr").and_then(|held| held.child_val("w:pStyle"));
                if continues == Some(self.styles.id("ListContinue")) && !has_property(&element, "w:ind") {
                    set_property(&mut element, indent(Numbering::text_edge(depth), 0));
                }
                written.push(element);
            }
        }
        written
    }

    fn code(&self, text: &str) -> Element {
        let mut paragraph = self.empty("Code");
        let mut run = el("w:r");
        for (index, line) in clean(text).lines().enumerate() {
            if index > 0 {
                run.push(el("w:br"));
            }
            run.push(el("w:t").with("xml:space", "preserve").text(&line.replace('\t', "    ")));
        }
        paragraph.push(run);
        paragraph
    }

    /// A figure: picture, caption, notes. Without a drawing the words still carry the message.
    fn figure(&mut self, figure: &Figure, room: Room) -> Vec<Element> {
        let index = self.charts;
        self.charts += 1;
        let mut written = match (self.draw)(&figure.chart, index) {
            Some(picture) => {
                let run = self.picture(&picture, &figure.chart.alt, room.width);
                vec![self.empty("Figure").add(run)]
            }
            None => vec![self.line("Caption", &figure.chart.alt)],
        };
        if !figure.caption.is_empty() {
            let mut caption = self.caption("Caption", "figure", &figure.id, &figure.number, &figure.caption);
            if !figure.notes.is_empty() {
                set_property(&mut caption, el("w:keepNext"));
            }
            written.push(caption);
        } else if figure.notes.is_empty()
            && let Some(paragraph) = written.first_mut()
        {
            // Nothing follows that the picture belongs to.
            set_property(paragraph, val("w:keepNext", 0));
        }
        written.extend(self.notes(&figure.notes));
        written
    }

    /// The run with a picture no wider than `room` and no higher than a page.
    pub(super) fn picture(&mut self, picture: &Picture, alt: &str, room: u32) -> Element {
        let name = loop {
            let name = format!("media/manyi-figure-{}.png", self.pictures.len() + 1);
            if !self.pictures.contains_key(&name) {
                break name;
            }
        };
        self.pictures.insert(name.clone(), picture.png.clone());
        let relation = self.relations.id("image", &name, false);
        let number = self.fresh_id();
        super::pictures::run(picture, &relation, number, &clean(alt), room)
    }

    /// Small print under a table or figure, as one paragraph.
    pub(super) fn notes(&mut self, notes: &[Vec<Inline>]) -> Option<Element> {
        if notes.is_empty() {
            return None;
        }
        let between = if self.lang() == Lang::En { " " } else { "" };
        let joined: Vec<Inline> = notes
            .iter()
            .enumerate()
            .flat_map(|(index, note)| {
                let space = (index > 0 && !between.is_empty()).then(|| Inline::text(between));
                space.into_iter().chain(note.iter().cloned())
            })
            .collect();
        Some(self.paragraph("TableNote", &joined))
    }
}

/// Puts a property into a paragraph, in place of the one of that name.
pub(super) fn set_property(paragraph: &mut Element, property: Element) {
    let at = paragraph
        .children
        .iter()
        .position(|node| matches!(node, super::xml::Node::Element(held) if held.name == "w:pPr"));
    let mut held: Vec<Element> = match at {
        Some(at) => match paragraph.children.remove(at) {
            super::xml::Node::Element(held) => {
                held.elements().filter(|own| own.name != property.name).cloned().collect()
            }
            super::xml::Node::Text(_) => Vec::new(),
        },
        None => Vec::new(),
    };
    held.push(property);
    paragraph.children.insert(0, paragraph_properties(held).into());
}

fn has_property(paragraph: &Element, name: &str) -> bool {
    paragraph.child("w:pPr").is_some_and(|held| held.child(name).is_some())
}

fn leave_list(heading: &mut Element) {
    set_property(heading, unnumbered());
    set_property(heading, indent(0, 0));
}
