//! A client's own Word file as host: its styles, theme, lists, page, head and foot stay; our style names are mapped to its styles, and
//! the ones it lacks are added.

use std::collections::HashMap;

use super::look::{DocxLook, Page};
use super::numbering::Numbering;
use super::package::{Package, Relations, WORD, resolve};
use super::styles::{W, style_sheet};
use super::xml::{Element, el};
use super::{MAIN_TYPE, furniture, pictures};
use crate::diagnostics::{Lang, LocalizedTexts, lang_texts};

/// Names under which Word and WPS in Chinese, and LibreOffice, may list a style of ours.
const ALIASES: [(&str, &[&str]); 22] = [
    ("Normal", &["正文", "default paragraph style"]),
    ("heading 1", &["标题 1"]),
    ("heading 2", &["标题 2"]),
    ("heading 3", &["标题 3"]),
    ("heading 4", &["标题 4"]),
    ("Title", &["标题"]),
    ("Subtitle", &["副标题"]),
    ("Body Text", &["正文文本", "text body"]),
    ("caption", &["题注"]),
    ("Quote", &["引用"]),
    ("toc 1", &["目录 1", "contents 1"]),
    ("toc 2", &["目录 2", "contents 2"]),
    ("toc 3", &["目录 3", "contents 3"]),
    ("TOC Heading", &["目录标题", "contents heading"]),
    ("header", &["页眉"]),
    ("footer", &["页脚"]),
    ("List Bullet", &["列表项目符号"]),
    ("List Number", &["列表编号"]),
    ("List Continue", &["列表接续"]),
    ("Hyperlink", &["超链接", "internet link"]),
    ("Strong", &["要点", "strong emphasis"]),
    ("Emphasis", &["强调"]),
];

/// Our style ids with those of the file that is written; the same where nothing else is said.
#[derive(Debug, Clone, Default)]
pub(super) struct StyleNames {
    names: HashMap<String, String>,
}

impl StyleNames {
    /// The id in the file.
    pub(super) fn id<'a>(&'a self, own: &'a str) -> &'a str {
        self.names.get(own).map_or(own, String::as_str)
    }
}

/// A client's file, opened.
pub(super) struct Host {
    pub(super) package: Package,
    /// Name of the main part.
    pub(super) main: String,
    /// Its tree.
    pub(super) document: Element,
    /// Its relations.
    pub(super) relations: Relations,
}

impl Host {
    /// Opens a `.docx` or `.dotx`.
    pub(super) fn open(bytes: &[u8]) -> Result<Self, LocalizedTexts> {
        let mut package = Package::read(bytes)?;
        let (main, kind) = package.main_part()?;
        if kind == format!("{WORD}template.main+xml") {
            package.set_type(&main, MAIN_TYPE)?;
        } else if kind != MAIN_TYPE {
            return Err(lang_texts(
                "它不是不含宏的 Word 文档（.docx 或 .dotx）",
                "it is not a Word document without macros (.docx or .dotx)",
            ));
        }
        let mut document = package.xml(&main)?;
        if document.attribute("xmlns:w") != Some(W) {
            return Err(lang_texts(
                "它以“Strict Open XML”格式保存，请在 Word 中另存为“Word 文档 (*.docx)”",
                "it is saved as Strict Open XML; save it in Word as `Word Document (*.docx)`",
            ));
        }
        for (name, space) in [("xmlns:r", furniture::R), ("xmlns:wp", pictures::ANCHOR)] {
            if document.attribute(name).is_none() {
                document.set(name, space);
            }
        }
        let relations = Relations::of(&package, &main);
        Ok(Self { package, main, document, relations })
    }

    /// Highest id of bookmarks and drawings.
    pub(super) fn highest_id(&self) -> u32 {
        let mut highest = 0;
        self.document.visit(&mut |element| {
            let id = match element.name.as_str() {
                "w:bookmarkStart" => element.attribute("w:id"),
                "wp:docPr" => element.attribute("id"),
                _ => None,
            };
            highest = highest.max(id.and_then(|id| id.parse().ok()).unwrap_or(0));
        });
        highest.min(100_000_000)
    }

    /// The section at the end of the text.
    pub(super) fn last_section(&self) -> Option<Element> {
        self.document.child("w:body").and_then(|body| body.child("w:sectPr")).cloned()
    }

    /// Our styles among those of the file. With `save` the missing ones are added.
    pub(super) fn adopt_styles(&mut self, look: &DocxLook, lang: Lang) -> Result<StyleNames, LocalizedTexts> {
        let part = match self.relations.target("styles") {
            Some(target) => resolve(&self.main, target),
            None => {
                let part = resolve(&self.main, "styles.xml");
                self.relations.id("styles", "styles.xml", false);
                self.package.set_xml(&part, &style_sheet(look, lang));
                self.package.set_type(&part, &format!("{WORD}styles+xml"))?;
                part
            }
        };
        let mut sheet = self.package.xml(&part)?;
        let names = merge(&mut sheet, &style_sheet(look, lang));
        self.package.set_xml(&part, &sheet);
        Ok(names)
    }

    /// The lists of the file, ours beside them.
    pub(super) fn numbering(&self, look: &DocxLook) -> Result<Numbering, LocalizedTexts> {
        let held = match self.relations.target("numbering") {
            Some(target) => self.package.xml(&resolve(&self.main, target))?,
            None => el("w:numbering").with("xmlns:w", W),
        };
        Ok(Numbering::beside(held, &look.accent))
    }

    /// Writes the lists back.
    pub(super) fn save_numbering(&mut self, numbering: Numbering) -> Result<(), LocalizedTexts> {
        let target = self.relations.target("numbering").unwrap_or("numbering.xml").to_owned();
        let part = resolve(&self.main, &target);
        self.relations.id("numbering", &target, false);
        self.package.set_xml(&part, &numbering.part());
        self.package.set_type(&part, &format!("{WORD}numbering+xml"))
    }
}

/// Size and margins of a section.
pub(super) fn page_of(section: Option<&Element>) -> Page {
    let mut page = Page::default();
    let Some(section) = section else { return page };
    let read = |child: &str, name: &str, to: &mut u32| {
        let value =
            section.child(child).and_then(|held| held.attribute(name)).and_then(|text| text.parse::<f64>().ok());
        if let Some(value) = value.filter(|value| (0.0..100_000.0).contains(value)) {
            *to = value as u32;
        }
    };
    read("w:pgSz", "w:w", &mut page.width);
    read("w:pgSz", "w:h", &mut page.height);
    read("w:pgMar", "w:top", &mut page.top);
    read("w:pgMar", "w:right", &mut page.right);
    read("w:pgMar", "w:bottom", &mut page.bottom);
    read("w:pgMar", "w:left", &mut page.left);
    page
}

fn same_name(left: &str, right: &str) -> bool {
    let plain = |text: &str| text.split_whitespace().collect::<String>().to_lowercase();
    plain(left) == plain(right)
}

/// Maps our styles to those of `sheet` and adds the ones it lacks. Added styles take the client's fonts.
fn merge(sheet: &mut Element, own: &Element) -> StyleNames {
    let mut names = StyleNames::default();
    let held: Vec<&Element> = sheet.elements().filter(|style| style.name == "w:style").collect();
    let mut missing = Vec::new();
    for style in own.elements().filter(|style| style.name == "w:style") {
        let (Some(id), Some(name)) = (style.attribute("w:styleId"), style.child_val("w:name")) else { continue };
        let kind = style.attribute("w:type");
        let others = ALIASES.iter().find(|(own, _)| *own == name).map_or(&[][..], |(_, others)| others);
        let is_default = style.attribute("w:default").is_some();
        let of_kind = || {
            held.iter()
                .filter(move |style| style.attribute("w:type").unwrap_or("paragraph") == kind.unwrap_or("paragraph"))
        };
        let by_name = |wanted: &str| {
            of_kind().find(|style| style.child_val("w:name").is_some_and(|name| same_name(name, wanted)))
        };
        let marked = |style: &&&Element| matches!(style.attribute("w:default"), Some("1" | "true" | "on"));
        let found = is_default.then(|| of_kind().find(marked)).flatten();
        let found = found.or_else(|| by_name(name)).or_else(|| others.iter().find_map(|other| by_name(other)));
        match found.and_then(|style| style.attribute("w:styleId")) {
            Some(theirs) => {
                names.names.insert(id.to_owned(), theirs.to_owned());
            }
            None => {
                let taken = held.iter().any(|style| style.attribute("w:styleId") == Some(id));
                if taken {
                    names.names.insert(id.to_owned(), format!("{id}Manyi"));
                }
                missing.push(style.clone());
            }
        }
    }
    for mut style in missing {
        for name in ["w:basedOn", "w:next"] {
            if let Some(held) = style.child_mut(name)
                && let Some(id) = held.attribute("w:val").map(ToOwned::to_owned)
            {
                held.set("w:val", names.id(&id).to_owned());
            }
        }
        let id = style.attribute("w:styleId").unwrap_or_default().to_owned();
        style.set("w:styleId", names.id(&id).to_owned());
        style.attributes.retain(|(name, _)| name != "w:default");
        for (properties, dropped) in [("w:rPr", "w:rFonts"), ("w:pPr", "w:numPr")] {
            if let Some(held) = style.child_mut(properties) {
                held.children
                    .retain(|node| !matches!(node, super::xml::Node::Element(element) if element.name == dropped));
            }
        }
        sheet.push(style);
    }
    names
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::super::xml::val;
    use super::*;

    fn style(kind: &str, id: &str, name: &str) -> Element {
        el("w:style").with("w:type", kind).with("w:styleId", id).add(val("w:name", name))
    }

    #[test]
    fn styles_are_found_by_name_whatever_their_id_and_language() {
        let mut sheet = el("w:styles").add_all([
            style("paragraph", "a", "Normal").with("w:default", "1"),
            style("paragraph", "1", "heading 1"),
            style("paragraph", "2", "标题 2"),
            style("paragraph", "TextBody", "Text body"),
            style("character", "Quote", "Quote Char"),
        ]);
        let before = sheet.elements().count();
        let own = style_sheet(&DocxLook::default(), Lang::ZhCn);
        let names = merge(&mut sheet, &own);
        let ids = ["Normal", "Heading1", "Heading2", "BodyText", "Heading3", "Quote"].map(|id| names.id(id).to_owned());
        assert_eq!(ids, ["a", "1", "2", "TextBody", "Heading3", "QuoteManyi"]);
        let total = own.elements().filter(|held| held.name == "w:style").count();
        assert_eq!(sheet.elements().count(), before + total - 4);
        let added = sheet.elements().find(|held| held.attribute("w:styleId") == Some("Heading3")).unwrap();
        assert_eq!(added.child_val("w:basedOn"), Some("a"));
        assert!(added.child("w:rPr").unwrap().child("w:rFonts").is_none());
    }

    #[test]
    fn the_page_is_read_from_the_section() {
        let section = el("w:sectPr")
            .add(el("w:pgSz").with("w:w", 12240).with("w:h", 15840))
            .add(el("w:pgMar").with("w:left", 1000).with("w:right", "1240"));
        assert_eq!(page_of(Some(&section)).text_width(), 10_000);
        assert_eq!(page_of(None), Page::default());
    }
}
