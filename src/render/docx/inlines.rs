//! Running text as runs: text, emphasis, links, references and captions as fields with their results in place.

use super::properties::{bold, fonts, run_properties};
use super::writer::Writer;
use super::xml::{Element, clean, el, val};
use crate::document::blocks::Inline;
use crate::document::markdown::allowed_link;

/// How a run of text looks beyond its paragraph's style.
#[derive(Debug, Clone, Default)]
pub(super) struct Format {
    /// Character style.
    pub(super) style: Option<&'static str>,
    pub(super) bold: bool,
    pub(super) raised: bool,
    /// Colour and size in points, where no style has them.
    pub(super) colour: Option<String>,
    pub(super) size: Option<f64>,
    /// Properties to begin with: those of the run a placeholder stood in.
    pub(super) base: Option<Element>,
}

impl Writer<'_> {
    /// Running text.
    pub(super) fn runs(&mut self, content: &[Inline], format: &Format) -> Vec<Element> {
        let mut runs = Vec::new();
        for inline in content {
            match inline {
                Inline::Text { text } => runs.extend(self.text_run(text, format)),
                Inline::Strong { content } => {
                    let strong = match format.style {
                        None if format.base.is_none() => Format { style: Some("Strong"), ..format.clone() },
                        _ => Format { bold: true, ..format.clone() },
                    };
                    runs.extend(self.runs(content, &strong));
                }
                Inline::Emphasis { content } => {
                    let bold = format.bold || format.style == Some("Strong");
                    runs.extend(self.runs(content, &Format { style: Some("Emphasis"), bold, ..format.clone() }));
                }
                Inline::Code { text } => {
                    let bold = format.bold || format.style == Some("Strong");
                    runs.extend(self.text_run(text, &Format { style: Some("CodeLetters"), bold, ..format.clone() }));
                }
                Inline::Link { url, content } if allowed_link(url) => {
                    let relation = self.relations.id("hyperlink", &clean(url.trim()), true);
                    let bold = format.bold || format.style == Some("Strong");
                    let inner = self.runs(content, &Format { style: Some("Hyperlink"), bold, ..format.clone() });
                    runs.push(el("w:hyperlink").with("r:id", relation).with("w:history", 1).add_all(inner));
                }
                Inline::Link { content, .. } => runs.extend(self.runs(content, format)),
                Inline::Reference { id, text } => runs.extend(self.reference(id, text, format)),
                Inline::Superscript { text } => {
                    runs.extend(self.text_run(text, &Format { raised: true, ..format.clone() }));
                }
                Inline::LineBreak => runs.push(el("w:r").add(el("w:br"))),
            }
        }
        runs
    }

    /// A text as a run; nothing in it is markup any more. No run for no text.
    pub(super) fn text_run(&self, text: &str, format: &Format) -> Option<Element> {
        let text = clean(text).replace(['\n', '\t'], " ");
        // A sign keeps its number.
        let text = text.replace("≥ ", "≥\u{a0}").replace("≤ ", "≤\u{a0}");
        if text.is_empty() {
            return None;
        }
        Some(self.run_of(vec![el("w:t").with("xml:space", "preserve").text(&text)], format, &text))
    }

    /// A run with the given content. `text` decides which font marks of both scripts take.
    fn run_of(&self, content: Vec<Element>, format: &Format, text: &str) -> Element {
        let mut properties: Vec<Element> =
            format.base.as_ref().map(|base| base.elements().cloned().collect()).unwrap_or_default();
        let mut put = |property: Element| {
            properties.retain(|held| held.name != property.name);
            properties.push(property);
        };
        if let Some(style) = format.style {
            put(val("w:rStyle", self.styles.id(style)));
        }
        if format.bold {
            bold().into_iter().for_each(&mut put);
        }
        if format.raised {
            put(val("w:vertAlign", "superscript"));
        }
        if let Some(colour) = &format.colour {
            put(val("w:color", colour));
        }
        if let Some(points) = format.size {
            super::properties::size(points).into_iter().for_each(&mut put);
        }
        if text == super::form::BOX && format.base.is_none() {
            put(fonts(&self.look.sans_chinese, &self.look.sans_chinese));
        }
        // Quotation marks, dashes and signs belong to both scripts: in Chinese text they are full-width.
        if self.lang().is_chinese() && format.base.is_none() && text.contains(is_shared_mark) {
            put(el("w:rFonts").with("w:hint", "eastAsia"));
        }
        let run = el("w:r");
        let run = if properties.is_empty() { run } else { run.add(run_properties(properties)) };
        run.add_all(content)
    }

    /// A field with its result in place: right before anything is updated.
    pub(super) fn field(&self, instruction: &str, result: &str, format: &Format) -> Vec<Element> {
        let mark = |kind: &str| self.run_of(vec![el("w:fldChar").with("w:fldCharType", kind)], format, "");
        let code = el("w:instrText").with("xml:space", "preserve").text(&format!(" {instruction} "));
        let mut runs = vec![mark("begin"), self.run_of(vec![code], format, ""), mark("separate")];
        runs.extend(self.text_run(result, format));
        runs.push(mark("end"));
        runs
    }

    /// `表 1-2` as a field that follows its target; other words as a link to it.
    fn reference(&mut self, id: &str, text: &str, format: &Format) -> Vec<Element> {
        let Some(anchor) = self.anchors.get(id).cloned() else {
            return self.text_run(text, format).into_iter().collect();
        };
        let bookmark = &anchor.bookmark;
        match anchor.label.as_deref() {
            Some(label) if !anchor.is_heading && label == text => {
                self.field(&format!("REF {bookmark} \\h"), text, format)
            }
            // `第2章`: the number is the field's, the words around it are text.
            Some(number) if anchor.is_heading => match text.split_once(number) {
                Some((before, after)) if !before.contains(|c: char| c.is_ascii_digit()) => {
                    let mut runs: Vec<Element> = self.text_run(before, format).into_iter().collect();
                    runs.extend(self.field(&format!("REF {bookmark} \\r \\h"), number, format));
                    runs.extend(self.text_run(after, format));
                    runs
                }
                _ => self.link_to(bookmark, text, format),
            },
            _ => self.link_to(bookmark, text, format),
        }
    }

    fn link_to(&self, bookmark: &str, text: &str, format: &Format) -> Vec<Element> {
        let link = el("w:hyperlink").with("w:anchor", bookmark).with("w:history", 1);
        vec![link.add_all(self.text_run(text, format))]
    }

    /// A caption: `表 1-2` with its numbers as fields between the ends of a bookmark, then the words.
    pub(super) fn caption(&mut self, style: &str, word: &str, id: &str, number: &str, caption: &[Inline]) -> Element {
        let mut paragraph = self.empty(style);
        if !number.is_empty() {
            let word = self.word(word);
            let format = Format { style: Some("Number"), ..Format::default() };
            let anchor = self.anchors.get(id).map(|anchor| anchor.bookmark.clone());
            let mut label: Vec<Element> = self.text_run(&format!("{word} "), &format).into_iter().collect();
            let sequence = sequence_name(&word);
            match (number.rsplit_once('-'), &anchor) {
                // Counted anew in every chapter.
                (Some((chapter, own)), Some(_)) => {
                    label.extend(self.field("STYLEREF 1 \\s", chapter, &format));
                    label.extend(self.text_run("-", &format));
                    // The first one starts the count for programs that do not look at headings.
                    let count = if own == "1" { "\\r 1" } else { "\\s 1" };
                    label.extend(self.field(&format!("SEQ {sequence} \\* ARABIC {count}"), own, &format));
                }
                // Those outside numbered chapters run through the document.
                (None, Some(_)) => label.extend(self.field(&format!("SEQ {sequence}0 \\* ARABIC"), number, &format)),
                // Between a client's own captions, which count too.
                (None, None) if self.filling => {
                    label.extend(self.field(&format!("SEQ {sequence} \\* ARABIC"), number, &format));
                }
                // In a client's text no chapter of ours counts.
                (_, None) => label.extend(self.text_run(number, &format)),
            }
            if let Some(bookmark) = anchor {
                label = self.bookmarked(&bookmark, label);
            }
            paragraph = paragraph.add_all(label).add_all(self.text_run("\u{2002}", &Format::default()));
        }
        let words = self.runs(caption, &Format::default());
        paragraph.add_all(words)
    }
}

/// The words of a heading with every number on the line of its unit.
pub(super) fn with_units(content: &[Inline]) -> Vec<Inline> {
    let kept = |inline: &Inline| match inline {
        Inline::Text { text } => Inline::text(number_with_unit(text)),
        other => other.clone(),
    };
    content.iter().map(kept).collect()
}

fn number_with_unit(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for piece in text.split_inclusive(' ') {
        let is_unit = piece.starts_with("point") || piece.starts_with("percentage");
        if is_unit && written.trim_end().ends_with(|last: char| last.is_ascii_digit()) && written.ends_with(' ') {
            written.pop();
            written.push('\u{a0}');
        }
        written.push_str(piece);
    }
    written
}

/// The name of the sequence that captions with this word are counted in.
pub(super) fn sequence_name(word: &str) -> &str {
    if word.chars().all(char::is_alphanumeric) { word } else { "Table" }
}

/// Marks that stand in the fonts of both scripts with different widths.
fn is_shared_mark(character: char) -> bool {
    matches!(character, '“' | '”' | '‘' | '’' | '…' | '—' | '·' | '×' | '→' | '±' | '≥' | '≤' | '▲' | '▼')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_stays_with_its_unit() {
        for (text, wanted) in [
            ("falls to −5.0 points, by 21.2 points", "falls to −5.0\u{a0}points, by 21.2\u{a0}points"),
            ("misses it by 3.1 percentage points", "misses it by 3.1\u{a0}percentage points"),
            ("some points at 5 points-like", "some points at 5\u{a0}points-like"),
            ("2027年1月2日", "2027年1月2日"),
            ("", ""),
        ] {
            assert_eq!(number_with_unit(text), wanted);
        }
    }
}
