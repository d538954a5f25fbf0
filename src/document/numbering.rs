//! The last pass over the blocks: headings without content are taken out, levels made continuous, chapters, tables and figures are numbered, anchors
//! made unique and references filled with `表 1-2`, `图 2-1` or the name of a chapter.

use std::collections::HashMap;

use crate::diagnostics::messages::document as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Location};
use crate::document::blocks::{Block, Inline, TableCell};
use crate::document::markdown::{self, APPENDIX};
use crate::document::pack::Words;

/// Numbers everything and fills references; `file` names the Markdown in diagnostics.
pub fn finish(blocks: &mut Vec<Block>, words: &Words, file: &str, diagnostics: &mut Diagnostics) {
    drop_empty_headings(blocks);
    join_levels(blocks, &mut Vec::new());
    let mut counter = Counter::new(words, file);
    counter.number(blocks, diagnostics);
    let labels = counter.labels;
    fill_references(blocks, &labels, file, diagnostics);
}

/// A heading directly before one of its own or a higher level, or at the end, has nothing to say.
fn drop_empty_headings(blocks: &mut Vec<Block>) {
    loop {
        let empty = blocks.iter().enumerate().position(|(index, block)| {
            let Block::Heading { level, .. } = block else { return false };
            match blocks[index + 1..].iter().find(|next| !matches!(next, Block::PageBreak)) {
                None => true,
                Some(Block::Heading { level: next, .. }) => next <= level,
                Some(_) => false,
            }
        });
        match empty {
            Some(index) => {
                blocks.remove(index);
            }
            None => break,
        }
    }
    // Leading, trailing and doubled page breaks would print empty pages.
    blocks.dedup_by(|next, previous| *next == Block::PageBreak && *previous == Block::PageBreak);
    while blocks.last() == Some(&Block::PageBreak) {
        blocks.pop();
    }
}

/// Gives every heading the level after that of the nearest one above it that is higher, so that no level is left out: readers of tags
/// and outlines need that. `above` holds the levels, as written, of the headings that enclose the place. What is drawn small stays so.
fn join_levels(blocks: &mut [Block], above: &mut Vec<u8>) {
    for block in blocks {
        match block {
            Block::Heading { level, .. } => {
                above.truncate(above.iter().position(|held| held >= level).unwrap_or(above.len()));
                above.push(*level);
                *level = u8::try_from(above.len()).unwrap_or(*level);
            }
            Block::Quote { blocks } | Block::Callout { blocks, .. } => join_levels(blocks, above),
            Block::List { items: parts, .. } | Block::Columns { columns: parts } => {
                parts.iter_mut().for_each(|part| join_levels(part, above));
            }
            _ => {}
        }
    }
}

struct Counter<'w> {
    words: &'w Words,
    file: &'w str,
    chapters: u32,
    appendices: u32,
    sections: [u32; 2],
    /// Number of the chapter as printed; empty in an unnumbered one.
    chapter: String,
    tables: u32,
    figures: u32,
    /// Tables and figures outside numbered chapters run through the document.
    loose_tables: u32,
    loose_figures: u32,
    labels: HashMap<String, String>,
}

impl<'w> Counter<'w> {
    fn new(words: &'w Words, file: &'w str) -> Self {
        Self {
            words,
            file,
            chapters: 0,
            appendices: 0,
            sections: [0; 2],
            chapter: String::new(),
            tables: 0,
            figures: 0,
            loose_tables: 0,
            loose_figures: 0,
            labels: HashMap::new(),
        }
    }

    fn number(&mut self, blocks: &mut [Block], diagnostics: &mut Diagnostics) {
        for block in blocks {
            match block {
                Block::Heading { level, small, id, number, content } => {
                    let title = markdown::plain_text(content);
                    let label = if *small { title.clone() } else { self.heading(*level, number, &title) };
                    self.anchor(id, &slug(&title), label, diagnostics);
                }
                Block::Table(table) => {
                    table.number = if table.caption.is_empty() {
                        String::new()
                    } else {
                        item_number(&self.chapter, &mut self.tables, &mut self.loose_tables)
                    };
                    let label = self.words.fill("ref_table", &[("n", &table.number)]);
                    self.anchor(&mut table.id, "tbl", label, diagnostics);
                }
                Block::Figure(figure) => {
                    figure.number = if figure.caption.is_empty() {
                        String::new()
                    } else {
                        item_number(&self.chapter, &mut self.figures, &mut self.loose_figures)
                    };
                    let label = self.words.fill("ref_figure", &[("n", &figure.number)]);
                    self.anchor(&mut figure.id, "fig", label, diagnostics);
                }
                Block::Quote { blocks } | Block::Callout { blocks, .. } => self.number(blocks, diagnostics),
                Block::Columns { columns } => {
                    for column in columns {
                        self.number(column, diagnostics);
                    }
                }
                Block::List { items, .. } => {
                    for item in items {
                        self.number(item, diagnostics);
                    }
                }
                _ => {}
            }
        }
    }

    /// Assigns the number of a heading and returns what a reference to it says.
    fn heading(&mut self, level: u8, number: &mut Option<String>, title: &str) -> String {
        let kept = match (level, number.as_deref()) {
            (1, None) => {
                self.chapter.clear();
                self.start_chapter();
                None
            }
            (1, Some(APPENDIX)) => {
                let letter = char::from(b'A' + u8::try_from(self.appendices % 26).unwrap_or(0));
                self.appendices += 1;
                self.chapter = letter.to_string();
                self.start_chapter();
                Some(("ref_appendix", self.chapter.clone()))
            }
            (1, Some(_)) => {
                self.chapters += 1;
                self.chapter = self.chapters.to_string();
                self.start_chapter();
                Some(("ref_chapter", self.chapter.clone()))
            }
            (2 | 3, Some(_)) if !self.chapter.is_empty() => {
                let depth = usize::from(level - 2);
                self.sections[depth] += 1;
                self.sections[depth + 1..].fill(0);
                let parts: Vec<String> = self.sections[..=depth].iter().map(u32::to_string).collect();
                Some(("ref_section", format!("{}.{}", self.chapter, parts.join("."))))
            }
            _ => None,
        };
        *number = kept.as_ref().map(|(_, text)| text.clone());
        kept.map_or_else(|| title.to_owned(), |(key, text)| self.words.fill(key, &[("n", &text)]))
    }

    fn start_chapter(&mut self) {
        self.sections = [0; 2];
        self.tables = 0;
        self.figures = 0;
    }

    fn anchor(&mut self, id: &mut String, fallback: &str, label: String, diagnostics: &mut Diagnostics) {
        let given = !id.is_empty();
        let wanted = if given { id.clone() } else { fallback.to_owned() };
        let mut unique = wanted.clone();
        let mut copy = 2;
        while self.labels.contains_key(&unique) {
            unique = format!("{wanted}-{copy}");
            copy += 1;
        }
        if given && unique != wanted {
            let warning = Diagnostic::warning(&messages::DUPLICATE_ANCHOR).arg("id", &wanted);
            diagnostics.push(warning.at(Location::file(self.file)));
        }
        self.labels.insert(unique.clone(), label);
        *id = unique;
    }
}

fn item_number(chapter: &str, in_chapter: &mut u32, loose: &mut u32) -> String {
    if chapter.is_empty() {
        *loose += 1;
        loose.to_string()
    } else {
        *in_chapter += 1;
        format!("{chapter}-{in_chapter}")
    }
}

/// Letters and digits of a title, lower case, with dashes between: `客户满意度-2026`.
fn slug(title: &str) -> String {
    let mut text = String::new();
    for letter in title.chars() {
        if letter.is_alphanumeric() {
            text.extend(letter.to_lowercase());
        } else if !text.is_empty() && !text.ends_with('-') {
            text.push('-');
        }
    }
    let trimmed: String = text.trim_end_matches('-').chars().take(40).collect();
    if trimmed.is_empty() { "section".to_owned() } else { trimmed }
}

fn fill_references(blocks: &mut [Block], labels: &HashMap<String, String>, file: &str, diagnostics: &mut Diagnostics) {
    let mut unknown = Vec::new();
    for block in blocks {
        visit_inlines(block, &mut |inline| {
            if let Inline::Reference { id, text } = inline {
                match labels.get(id.as_str()) {
                    Some(label) if text.is_empty() => *text = label.clone(),
                    Some(_) => {}
                    None => {
                        unknown.push(id.clone());
                        *inline = Inline::text(if text.is_empty() { format!("#{id}") } else { text.clone() });
                    }
                }
            }
        });
    }
    for id in unknown {
        let error = Diagnostic::error(&messages::UNKNOWN_REFERENCE).arg("id", &id);
        let error = error.suggest(&id, labels.keys().map(String::as_str));
        diagnostics.push(error.at(Location::file(file)));
    }
}

fn visit_inlines(block: &mut Block, visit: &mut dyn FnMut(&mut Inline)) {
    match block {
        Block::Heading { content, .. } | Block::Paragraph { content } | Block::Lead { content } => each(content, visit),
        Block::List { items, .. } => items.iter_mut().flatten().for_each(|block| visit_inlines(block, visit)),
        Block::Quote { blocks } | Block::Callout { blocks, .. } => {
            blocks.iter_mut().for_each(|block| visit_inlines(block, visit));
        }
        Block::Columns { columns } => columns.iter_mut().flatten().for_each(|block| visit_inlines(block, visit)),
        Block::Table(table) => {
            each(&mut table.caption, visit);
            table.notes.iter_mut().for_each(|note| each(note, visit));
            table.columns.iter_mut().for_each(|column| each(&mut column.title, visit));
            let cells = table.rows.iter_mut().flat_map(|row| row.cells.iter_mut());
            cells.for_each(|TableCell { content, .. }| each(content, visit));
        }
        Block::Figure(figure) => {
            each(&mut figure.caption, visit);
            figure.notes.iter_mut().for_each(|note| each(note, visit));
        }
        Block::Cover { .. }
        | Block::Contents
        | Block::Cards { .. }
        | Block::Todos { .. }
        | Block::Code { .. }
        | Block::Form(_)
        | Block::PageBreak => {}
    }
}

fn each(content: &mut [Inline], visit: &mut dyn FnMut(&mut Inline)) {
    for inline in content {
        visit(inline);
        if let Inline::Strong { content } | Inline::Emphasis { content } | Inline::Link { content, .. } = inline {
            each(content, visit);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::diagnostics::Lang;
    use crate::document::fixtures;
    use crate::document::markdown::{Directive, Directives, parse_markdown};

    struct Nothing;
    impl Directives for Nothing {
        fn resolve(&mut self, _: &Directive, _: &mut Diagnostics) -> Vec<Block> {
            Vec::new()
        }
    }

    /// Level (with `s` for small), number and title of every heading, also inside containers.
    fn headings(blocks: &[Block], found: &mut Vec<String>) {
        for block in blocks {
            match block {
                Block::Heading { level, small, number, content, .. } => {
                    let small = if *small { "s" } else { "" };
                    let number = number.as_deref().unwrap_or("-");
                    found.push(format!("{level}{small} {number} {}", markdown::plain_text(content)));
                }
                Block::Columns { columns } => columns.iter().for_each(|column| headings(column, found)),
                Block::Callout { blocks, .. } => headings(blocks, found),
                _ => {}
            }
        }
    }

    #[test]
    fn no_heading_is_more_than_one_level_below_the_one_before() {
        fixtures::with_material(Lang::En, |material| {
            for (text, expected) in [
                // A panel in a chapter, a chapter without sections, and a section after it.
                ("# A\n\n#### b\n\nx\n\n### C\n\nx\n", vec!["1 1 A", "2s - b", "2 1.1 C"]),
                ("# A\n\n### B\n\nx\n\n### C\n\nx\n", vec!["1 1 A", "2 1.1 B", "2 1.2 C"]),
                ("#### a\n\nx\n\n# B\n\nx\n", vec!["1s - a", "1 1 B"]),
                (
                    "# A { .small }\n\nx\n\n````columns\n#### b\n\nx\n===\n##### c\n\nx\n````\n\n## D\n\nx\n",
                    vec!["1s - A", "2s - b", "2s - c", "2 - D"],
                ),
            ] {
                let mut diagnostics = Diagnostics::new();
                let mut blocks = parse_markdown(text, "a.md", &mut Nothing, &mut diagnostics);
                finish(&mut blocks, &material.words, "a.md", &mut diagnostics);
                let mut found = Vec::new();
                headings(&blocks, &mut found);
                assert_eq!(found, expected, "{text}");
            }
        });
    }
}
