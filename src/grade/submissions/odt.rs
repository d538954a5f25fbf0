//! OpenDocument texts: insertions in, deletions out, tables, text boxes and notes in, heads and feet apart, comments out, hidden and
//! white letters apart. Bounded by the package and the tree that it is read through.

use std::collections::BTreeSet;

use super::document::{PieceKind, PlanText};
use super::look::{Collector, Line, Look, Spacing};
use super::odt_styles::{OdtLook, Styles};
use crate::diagnostics::{LocalizedTexts, lang_texts};
use crate::grade::submissions::gate::is_han;
use crate::render::docx::package::Package;
use crate::render::docx::xml::{Element, Node};

/// Half points where no style names a size.
const USUAL_SIZE: i64 = 24;
/// Most spaces that one element stands for.
const MOST_SPACES: usize = 200;
/// Columns that a cell may span.
const WIDEST: usize = 63;

/// Reads the parts of an OpenDocument text. The error says why that is impossible.
pub(super) fn read_odt(package: &Package) -> Result<PlanText, LocalizedTexts> {
    let encrypted = package
        .parts
        .get("META-INF/manifest.xml")
        .is_some_and(|manifest| String::from_utf8_lossy(manifest).contains("encryption-data"));
    if encrypted {
        return Err(lang_texts("文件已加密", "it is encrypted"));
    }
    let part = |name: &str| package.parts.contains_key(name).then(|| package.xml(name)).transpose();
    let content = package.xml("content.xml")?;
    let text = content.child("office:body").and_then(|body| body.child("office:text")).ok_or_else(|| {
        lang_texts(
            "其中没有文本（可能是表格或演示文稿）",
            "it holds no text document (a spreadsheet or slides perhaps)",
        )
    })?;
    let styled = part("styles.xml")?;
    let styles = Styles::read(styled.as_ref(), &content);
    let mut reader = Reader::new(&styles);
    reader.changes(text);
    reader.blocks(text, &Room::default());
    for note in std::mem::take(&mut reader.notes) {
        reader.blocks(note, &Room { kind: Some(PieceKind::Note), shaded: false });
    }
    let mut plan = reader.held.finish();
    let masters = styled.iter().flat_map(|root| root.child("office:master-styles")).flat_map(Element::elements);
    for master in masters.filter(|master| styles.is_used(master)) {
        for part in master.elements().filter(|part| part.name.contains("header") || part.name.contains("footer")) {
            let mut apart = Reader::new(&styles);
            apart.blocks(part, &Room::default());
            plan.apart.extend(apart.held.plan.pieces.into_iter().map(|piece| piece.text));
        }
    }
    plan.layout.pages_mm = styled.as_ref().map(|root| styles.pages(root)).unwrap_or_default();
    if let Some(meta) = part("meta.xml")? {
        properties(&mut plan, &meta);
    }
    Ok(plan)
}

/// Where a paragraph stands.
#[derive(Debug, Clone, Copy, Default)]
struct Room {
    kind: Option<PieceKind>,
    shaded: bool,
}

struct Reader<'e> {
    styles: &'e Styles,
    held: Collector,
    /// Ids of tracked insertions; the other changes are formats.
    insertions: BTreeSet<&'e str>,
    /// Insertions that have begun and not ended.
    open: usize,
    notes: Vec<&'e Element>,
}

impl<'e> Reader<'e> {
    fn new(styles: &'e Styles) -> Self {
        Self { styles, held: Collector::default(), insertions: BTreeSet::new(), open: 0, notes: Vec::new() }
    }

    /// Takes down tracked changes: what was deleted stands beside the text, what was inserted in it.
    fn changes(&mut self, text: &'e Element) {
        for region in text.child("text:tracked-changes").into_iter().flat_map(Element::elements) {
            if let Some(id) = region.attribute("text:id").or_else(|| region.attribute("xml:id"))
                && region.child("text:insertion").is_some()
            {
                self.insertions.insert(id);
            }
            if let Some(deletion) = region.child("text:deletion") {
                let paragraphs = deletion.elements().filter(|element| element.name != "office:change-info");
                self.held.plan.revisions.deleted += paragraphs.map(letters).sum::<usize>();
            }
        }
    }

    fn blocks(&mut self, parent: &'e Element, room: &Room) {
        for element in parent.elements() {
            match element.name.as_str() {
                "text:p" | "text:h" => self.paragraph(element, room),
                "table:table" => self.table(element, room),
                "text:section" if element.attribute("text:display") == Some("none") => {
                    self.hidden(element);
                }
                "text:tracked-changes" | "office:forms" | "office:annotation" => {}
                "text:change-start" | "text:change-end" => self.change(element),
                name if name.starts_with("draw:") => self.boxes(vec![element]),
                // Lists, sections, indexes with their bodies, and what is wrapped otherwise.
                name if name.starts_with("text:") => self.blocks(element, room),
                _ => {}
            }
        }
    }

    /// A passage that is not shown at all.
    fn hidden(&mut self, element: &'e Element) {
        let mut text = String::new();
        all_text(element, &mut text);
        let look = Look { hidden: Some(true), ..Look::default() };
        self.held.run(&mut Line::default(), &text, &look, USUAL_SIZE);
    }

    fn change(&mut self, element: &Element) {
        let known = element.attribute("text:change-id").is_some_and(|id| self.insertions.contains(id));
        match element.name.as_str() {
            "text:change-start" if known => self.open += 1,
            "text:change-end" if known => self.open = self.open.saturating_sub(1),
            _ => {}
        }
    }

    fn table(&mut self, table: &'e Element, room: &Room) {
        let number = self.held.table();
        let mut rows = Vec::new();
        descend(table, "table:table-row", &mut rows);
        for (row, element) in rows.into_iter().enumerate() {
            let mut column = 0;
            for cell in element.elements() {
                let times = |name: &str| cell.attribute(name).and_then(|times| times.parse::<usize>().ok());
                let wide = times("table:number-columns-repeated").unwrap_or(1).clamp(1, WIDEST);
                if cell.name == "table:table-cell" {
                    let kind = match room.kind {
                        // A table inside a note or box stays there.
                        Some(kind @ (PieceKind::Note | PieceKind::TextBox)) => kind,
                        _ => PieceKind::Cell { table: number, row, column },
                    };
                    let shaded = room.shaded || self.styles.is_shaded_cell(cell.attribute("table:style-name"));
                    self.blocks(cell, &Room { kind: Some(kind), shaded });
                }
                // Cells covered by a wide one are written out behind it.
                column = (column + wide).min(WIDEST * WIDEST);
            }
        }
    }

    fn paragraph(&mut self, element: &'e Element, room: &Room) {
        let look = self.styles.paragraph(element.attribute("text:style-name"));
        let mut line = Line::new(room.shaded, self.open > 0);
        let mut boxes = Vec::new();
        self.runs(element, &look, &mut line, &mut boxes);
        let level = || element.attribute("text:outline-level").and_then(|level| level.parse().ok()).unwrap_or(1_u8);
        let kind = room.kind.unwrap_or_else(|| match element.name.as_str() {
            _ if look.look.title => PieceKind::Title,
            "text:h" => PieceKind::Heading(level().clamp(1, 9)),
            _ => PieceKind::Paragraph,
        });
        let spacing = look.look.spacing.unwrap_or(Spacing::Lines(1000));
        self.held.paragraph(line, kind, spacing, look.size(true).unwrap_or(USUAL_SIZE));
        self.boxes(boxes);
    }

    fn runs(&mut self, parent: &'e Element, look: &OdtLook, line: &mut Line, boxes: &mut Vec<&'e Element>) {
        for node in &parent.children {
            let element = match node {
                Node::Text(text) => {
                    self.run(&collapsed(text), look, line);
                    continue;
                }
                Node::Element(element) => element,
            };
            match element.name.as_str() {
                "text:s" => {
                    let count = element.attribute("text:c").and_then(|count| count.parse().ok()).unwrap_or(1_usize);
                    self.run(&" ".repeat(count.min(MOST_SPACES)), look, line);
                }
                "text:tab" => self.run("\t", look, line),
                "text:line-break" => self.run("\n", look, line),
                "text:note" => self.notes.extend(element.child("text:note-body")),
                "text:change-start" | "text:change-end" => {
                    self.change(element);
                    line.inserted = self.open > 0;
                }
                "text:span" => {
                    let own = self.styles.span(element.attribute("text:style-name"), look);
                    self.runs(element, &own, line, boxes);
                }
                "text:ruby" => {
                    if let Some(base) = element.child("text:ruby-base") {
                        self.runs(base, look, line, boxes);
                    }
                }
                "text:hidden-text" | "text:hidden-paragraph" | "text:script" => {}
                name if name.starts_with("draw:") => boxes.push(element),
                // Links, fields and marks with something inside.
                name if name.starts_with("text:") => self.runs(element, look, line, boxes),
                _ => {}
            }
        }
    }

    fn run(&mut self, text: &str, look: &OdtLook, line: &mut Line) {
        let mut own = look.look.clone();
        own.size = look.size(text.chars().any(is_han));
        self.held.run(line, text, &own, USUAL_SIZE);
    }

    /// The text boxes and labelled shapes among drawings.
    fn boxes(&mut self, drawings: Vec<&'e Element>) {
        for drawing in drawings {
            let room = Room { kind: Some(PieceKind::TextBox), shaded: true };
            let inner = drawing.elements().filter(|inner| inner.name.starts_with("draw:")).collect();
            if drawing.name == "draw:text-box" || drawing.elements().any(|inner| inner.name == "text:p") {
                self.blocks(drawing, &room);
            } else {
                self.boxes(inner);
            }
        }
    }
}

/// Elements of a name, also those in groups.
fn descend<'e>(parent: &'e Element, name: &str, found: &mut Vec<&'e Element>) {
    for child in parent.elements() {
        match child.name.as_str() {
            held if held == name => found.push(child),
            "table:table-header-rows" | "table:table-rows" | "table:table-row-group" => descend(child, name, found),
            _ => {}
        }
    }
}

/// White space as OpenDocument takes it: runs of it are one space.
fn collapsed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        let space = matches!(letter, ' ' | '\t' | '\n' | '\r');
        if !space {
            out.push(letter);
        } else if !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out
}

fn all_text(element: &Element, text: &mut String) {
    for node in &element.children {
        match node {
            Node::Text(held) => text.push_str(&collapsed(held)),
            Node::Element(inner) => all_text(inner, text),
        }
    }
}

/// Letters without spaces inside an element.
fn letters(element: &Element) -> usize {
    let mut text = String::new();
    all_text(element, &mut text);
    text.chars().filter(|letter| !letter.is_whitespace()).count()
}

fn properties(plan: &mut PlanText, meta: &Element) {
    let Some(held) = meta.child("office:meta") else { return };
    let text = |name: &str| {
        let mut text = String::new();
        all_text(held.child(name)?, &mut text);
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    };
    plan.properties.author = text("meta:initial-creator");
    plan.properties.last_author = text("dc:creator");
    plan.properties.created = text("meta:creation-date");
    plan.properties.modified = text("dc:date");
    plan.properties.program = text("meta:generator");
    plan.properties.editing_minutes = text("meta:editing-duration").and_then(|duration| minutes(&duration));
    let counted = held.child("meta:document-statistic").and_then(|held| held.attribute("meta:page-count"));
    plan.layout.page_count = counted.and_then(|pages| pages.parse().ok()).filter(|pages| *pages > 0);
}

/// Minutes of a duration such as `P1DT2H3M4S`.
fn minutes(duration: &str) -> Option<u32> {
    let mut seconds = 0.0;
    let mut number = String::new();
    let mut clock = false;
    for letter in duration.strip_prefix('P')?.chars() {
        match letter {
            '0'..='9' | '.' => number.push(letter),
            'T' => clock = true,
            unit => {
                let value: f64 = std::mem::take(&mut number).parse().ok()?;
                seconds += value
                    * match (unit, clock) {
                        ('D', false) => 86_400.0,
                        ('H', true) => 3_600.0,
                        ('M', true) => 60.0,
                        ('S', true) => 1.0,
                        _ => return None,
                    };
            }
        }
    }
    // No duration of years of editing is true.
    (seconds < 1e9).then_some((seconds / 60.0) as u32)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#[path = "odt_tests.rs"]
mod tests;
