//! The table of contents: a field with every entry in place, so that it is right at first opening and Word can still renew it.

use super::inlines::Format;
use super::writer::{Writer, set_property};
use super::xml::{Element, el, val};

/// Most entries that stand at ease on the page; more move together, so that a few do not spill onto a page of their own.
const ROOMY: usize = 30;

/// A heading as the table of contents shows it.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) id: String,
    pub(super) level: u8,
    pub(super) number: Option<String>,
    pub(super) title: String,
    pub(super) bookmark: String,
}

impl Writer<'_> {
    /// Heading and entries. Pages that are not known are left out rather than guessed; Word fills them in when the field is renewed.
    pub(super) fn contents(&mut self) -> Vec<Element> {
        let depth = self.contents_depth.clamp(1, 3);
        let entries: Vec<Entry> = self.entries.iter().filter(|entry| entry.level <= depth).cloned().collect();
        let heading = self.line("TOCHeading", &self.word("contents"));
        let Some(last) = entries.len().checked_sub(1) else { return vec![heading] };
        let plain = Format::default();
        let mark = |kind: &str| el("w:r").add(el("w:fldChar").with("w:fldCharType", kind));
        let code = format!(" TOC \\o \"1-{depth}\" \\h \\z ");
        let mut content = el("w:sdtContent");
        for (index, entry) in entries.iter().enumerate() {
            const STYLES: [&str; 3] = ["TOC1", "TOC2", "TOC3"];
            let mut paragraph = self.empty(STYLES[usize::from(entry.level.clamp(1, 3) - 1)]);
            if self.own_look && entries.len() > ROOMY {
                let above = if entry.level == 1 { 50 } else { 0 };
                let spacing = el("w:spacing").with("w:before", above).with("w:after", 0);
                set_property(&mut paragraph, spacing.with("w:line", 240).with("w:lineRule", "exact"));
            }
            if index == 0 {
                let instruction = el("w:instrText").with("xml:space", "preserve").text(&code);
                paragraph = paragraph.add_all([mark("begin"), el("w:r").add(instruction), mark("separate")]);
            }
            let mut link = el("w:hyperlink").with("w:anchor", &entry.bookmark).with("w:history", 1);
            if let Some(number) = &entry.number {
                let format = Format { style: Some("Number"), ..Format::default() };
                link = link.add_all(self.text_run(number, &format)).add(el("w:r").add(el("w:tab")));
            }
            link = link.add_all(self.text_run(&entry.title, &plain));
            if let Some(page) = self.page_numbers.get(&entry.id) {
                link.push(el("w:r").add(el("w:tab")));
                link = link.add_all(self.field(&format!("PAGEREF {} \\h", entry.bookmark), &page.to_string(), &plain));
            }
            paragraph.push(link);
            if index == last {
                paragraph.push(mark("end"));
            }
            content.push(paragraph);
        }
        let part = el("w:docPartObj").add(val("w:docPartGallery", "Table of Contents")).add(el("w:docPartUnique"));
        vec![heading, el("w:sdt").add(el("w:sdtPr").add(part)).add(content)]
    }
}
