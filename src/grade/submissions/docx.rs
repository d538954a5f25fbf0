//! Word files: one branch of alternate content, insertions in, deletions out, tables, text boxes and notes in, heads and feet
//! apart, hidden and white letters apart. Bounded by the package and the tree that it is read through.

use super::document::{PieceKind, PlanText};
use super::docx_styles::{Styles, shade};
use super::look::{Collector, Line, Look};
use crate::diagnostics::LocalizedTexts;
use crate::render::docx::package::Package;
use crate::render::docx::xml::{Element, Node};

/// Half points where neither run nor style names a size.
const USUAL_SIZE: i64 = 20;
const MILLIMETRES_PER_TWIP: f64 = 25.4 / 1440.0;

/// Reads a Word file. The error says why that is impossible.
pub fn read_docx(bytes: &[u8]) -> Result<PlanText, LocalizedTexts> {
    read_parts(&Package::read(bytes)?)
}

/// Reads the parts of a Word file.
pub(super) fn read_parts(package: &Package) -> Result<PlanText, LocalizedTexts> {
    let document = package.xml("word/document.xml")?;
    let part = |name: &str| package.parts.contains_key(name).then(|| package.xml(name)).transpose();
    let styles = part("word/styles.xml")?;
    let mut reader = Reader { styles: Styles::read(styles.as_ref()), ..Reader::default() };
    if let Some(body) = document.child("w:body") {
        reader.blocks(body, &Room::default());
    }
    for name in ["word/footnotes.xml", "word/endnotes.xml"] {
        if let Some(notes) = part(name)? {
            for note in notes.elements().filter(|note| note.attribute("w:type").is_none_or(|kind| kind == "normal")) {
                reader.blocks(note, &Room { kind: Some(PieceKind::Note), ..Room::default() });
            }
        }
    }
    let mut plan = reader.held.finish();
    for name in package.parts.keys() {
        let file = name.strip_prefix("word/").unwrap_or_default();
        if (file.starts_with("header") || file.starts_with("footer")) && file.ends_with(".xml") {
            let mut apart = Reader { styles: Styles::read(styles.as_ref()), ..Reader::default() };
            apart.blocks(&package.xml(name)?, &Room::default());
            plan.apart.extend(apart.held.plan.pieces.into_iter().map(|piece| piece.text));
        }
    }
    plan.layout.pages_mm = page_sizes(&document);
    properties(&mut plan, part("docProps/core.xml")?.as_ref(), part("docProps/app.xml")?.as_ref());
    Ok(plan)
}

/// Where a paragraph stands.
#[derive(Debug, Clone, Default)]
struct Room {
    kind: Option<PieceKind>,
    shaded: bool,
}

#[derive(Default)]
struct Reader {
    styles: Styles,
    held: Collector,
}

/// A paragraph that is being read, with the text boxes that are anchored in it.
struct Open<'e> {
    look: Look,
    line: Line,
    boxes: Vec<&'e Element>,
}

impl Reader {
    fn blocks(&mut self, parent: &Element, room: &Room) {
        for element in parent.elements() {
            match element.name.as_str() {
                "w:p" => self.paragraph(element, room),
                "w:tbl" => self.table(element, room),
                "w:sdt" => {
                    if let Some(content) = element.child("w:sdtContent") {
                        self.blocks(content, room);
                    }
                }
                "mc:AlternateContent" => {
                    if let Some(branch) = branch(element) {
                        self.blocks(branch, room);
                    }
                }
                "w:del" | "w:moveFrom" => {}
                "w:ins" | "w:moveTo" | "w:customXml" | "w:smartTag" => self.blocks(element, room),
                _ => {}
            }
        }
    }

    fn table(&mut self, table: &Element, room: &Room) {
        let number = self.held.table();
        let rows = descend(table, "w:tr").into_iter().filter(|row| {
            let deleted = row.child("w:trPr").is_some_and(|held| held.child("w:del").is_some());
            !deleted
        });
        for (row, element) in rows.enumerate() {
            let mut column = 0;
            for cell in descend(element, "w:tc") {
                let properties = cell.child("w:tcPr");
                let kind = match room.kind {
                    // A table inside a note or box stays there.
                    Some(kind @ (PieceKind::Note | PieceKind::TextBox)) => kind,
                    _ => PieceKind::Cell { table: number, row, column },
                };
                let shaded = room.shaded || properties.and_then(shade).unwrap_or(false);
                self.blocks(cell, &Room { kind: Some(kind), shaded });
                let span = properties.and_then(|held| held.child_val("w:gridSpan"));
                column += span.and_then(|span| span.parse::<usize>().ok()).unwrap_or(1).clamp(1, 63);
            }
        }
    }

    fn paragraph(&mut self, element: &Element, room: &Room) {
        let look = self.styles.paragraph(element.child("w:pPr"));
        let line = Line::new(room.shaded, false);
        let mut open = Open { look, line, boxes: Vec::new() };
        self.runs(element, &mut open);
        let Open { look, line, boxes } = open;
        let kind = room.kind.unwrap_or(match look.outline {
            _ if look.title => PieceKind::Title,
            Some(level) => PieceKind::Heading(level + 1),
            None => PieceKind::Paragraph,
        });
        self.held.paragraph(line, kind, self.styles.spacing(&look), USUAL_SIZE);
        for inner in boxes {
            self.blocks(inner, &Room { kind: Some(PieceKind::TextBox), shaded: true });
        }
    }

    fn runs<'e>(&mut self, parent: &'e Element, open: &mut Open<'e>) {
        for element in parent.elements() {
            match element.name.as_str() {
                "w:r" | "m:r" => self.run(element, open),
                "w:del" | "w:moveFrom" => {
                    self.held.plan.revisions.deleted += letters(element, &["w:delText", "w:t"]);
                }
                "w:ins" | "w:moveTo" => {
                    let before = std::mem::replace(&mut open.line.inserted, true);
                    self.runs(element, open);
                    open.line.inserted = before;
                }
                "w:sdt" => {
                    if let Some(content) = element.child("w:sdtContent") {
                        self.runs(content, open);
                    }
                }
                "mc:AlternateContent" => {
                    if let Some(branch) = branch(element) {
                        self.runs(branch, open);
                    }
                }
                "w:hyperlink" | "w:fldSimple" | "w:smartTag" | "w:customXml" | "w:dir" | "w:bdo" => {
                    self.runs(element, open);
                }
                name if name.starts_with("m:") => self.runs(element, open),
                _ => {}
            }
        }
    }

    fn run<'e>(&mut self, run: &'e Element, open: &mut Open<'e>) {
        let look = self.styles.run(run.child("w:rPr"), &open.look);
        let mut text = String::new();
        self.pieces_of_run(run, &mut text, open);
        self.held.run(&mut open.line, &text, &look, USUAL_SIZE);
    }

    fn pieces_of_run<'e>(&mut self, run: &'e Element, text: &mut String, open: &mut Open<'e>) {
        for element in run.elements() {
            match element.name.as_str() {
                "w:t" | "m:t" => push_text(element, text),
                "w:tab" | "w:ptab" => text.push('\t'),
                "w:br" | "w:cr" => text.push('\n'),
                "w:noBreakHyphen" => text.push('-'),
                "w:sym" => text.push('□'),
                "w:delText" => self.held.plan.revisions.deleted += letters(run, &["w:delText"]),
                "mc:AlternateContent" => {
                    if let Some(branch) = branch(element) {
                        self.pieces_of_run(branch, text, open);
                    }
                }
                "w:drawing" | "w:pict" | "w:object" => find_boxes(element, &mut open.boxes),
                _ => {}
            }
        }
    }
}

/// The one branch of alternate content that counts: the first choice that holds a text, else the fallback.
fn branch(element: &Element) -> Option<&Element> {
    let choices = element.elements().filter(|child| child.name == "mc:Choice");
    let chosen = choices.into_iter().find(|choice| letters(choice, &["w:t"]) > 0);
    chosen.or_else(|| element.child("mc:Fallback"))
}

/// Text boxes inside a drawing, of alternate content one branch.
fn find_boxes<'e>(element: &'e Element, boxes: &mut Vec<&'e Element>) {
    for child in element.elements() {
        match child.name.as_str() {
            "w:txbxContent" => boxes.push(child),
            "mc:AlternateContent" => {
                if let Some(branch) = branch(child) {
                    find_boxes(branch, boxes);
                }
            }
            _ => find_boxes(child, boxes),
        }
    }
}

/// Rows or cells, also those wrapped in content controls.
fn descend<'e>(parent: &'e Element, name: &str) -> Vec<&'e Element> {
    let mut found = Vec::new();
    for child in parent.elements() {
        match child.name.as_str() {
            held if held == name => found.push(child),
            "w:sdt" => found.extend(child.child("w:sdtContent").into_iter().flat_map(|held| descend(held, name))),
            "w:customXml" | "w:ins" => found.extend(descend(child, name)),
            _ => {}
        }
    }
    found
}

fn push_text(element: &Element, text: &mut String) {
    for node in &element.children {
        if let Node::Text(held) = node {
            text.push_str(held);
        }
    }
}

/// Letters without spaces in elements of these names.
fn letters(element: &Element, names: &[&str]) -> usize {
    let mut count = 0;
    element.visit(&mut |inner| {
        if names.contains(&inner.name.as_str()) {
            let mut text = String::new();
            push_text(inner, &mut text);
            count += text.chars().filter(|letter| !letter.is_whitespace()).count();
        }
    });
    count
}

fn page_sizes(document: &Element) -> Vec<(f64, f64)> {
    let mut sizes: Vec<(f64, f64)> = Vec::new();
    document.visit(&mut |element| {
        if element.name == "w:pgSz" {
            let side = |name: &str| element.attribute(name).and_then(|twips| twips.parse::<f64>().ok());
            if let (Some(width), Some(height)) = (side("w:w"), side("w:h")) {
                let size = (round(width * MILLIMETRES_PER_TWIP), round(height * MILLIMETRES_PER_TWIP));
                if !sizes.contains(&size) {
                    sizes.push(size);
                }
            }
        }
    });
    sizes
}

fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

fn properties(plan: &mut PlanText, core: Option<&Element>, app: Option<&Element>) {
    let text = |parent: Option<&Element>, name: &str| {
        let mut text = String::new();
        push_text(parent?.child(name)?, &mut text);
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    };
    let held = &mut plan.properties;
    held.author = text(core, "dc:creator");
    held.last_author = text(core, "cp:lastModifiedBy");
    held.created = text(core, "dcterms:created");
    held.modified = text(core, "dcterms:modified");
    held.program = text(app, "Application");
    held.editing_minutes = text(app, "TotalTime").and_then(|minutes| minutes.parse().ok());
    plan.layout.page_count = text(app, "Pages").and_then(|pages| pages.parse().ok()).filter(|pages| *pages > 0);
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#[path = "docx_tests.rs"]
mod tests;
