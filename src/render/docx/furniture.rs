//! What stands around the text: page and section, running head and foot, settings, font table, theme and document properties.

use super::inlines::Format;
use super::look::{DocxLook, Page, SUBSTITUTES};
use super::styles::{W, east_asian};
use super::writer::{Writer, set_property};
use super::xml::{Element, clean, el, parse, val};
use crate::diagnostics::Lang;
use crate::document::blocks::Meta;
use crate::document::brand::DocumentBrand;

/// Namespace of relations inside parts.
pub(super) const R: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const CORE: &str = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties";
const EXTENDED: &str = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties";

/// Size and margins of the page.
pub(super) fn page_size(page: Page) -> [Element; 2] {
    let size = el("w:pgSz").with("w:w", page.width).with("w:h", page.height);
    [
        if page.width > page.height { size.with("w:orient", "landscape") } else { size },
        el("w:pgMar")
            .with("w:top", page.top)
            .with("w:right", page.right)
            .with("w:bottom", page.bottom)
            .with("w:left", page.left)
            .with("w:header", 700)
            .with("w:footer", 650)
            .with("w:gutter", 0),
    ]
}

/// The section of the text; `head` and `foot` are relations. A cover counts as a page: only then do all programs agree on the total.
pub(super) fn section(page: Page, head: &str, foot: &str) -> Element {
    let reference = |name: &str, id: &str| el(name).with("w:type", "default").with("r:id", id);
    let mut section =
        el("w:sectPr").add(reference("w:headerReference", head)).add(reference("w:footerReference", foot));
    section.push(val("w:type", "nextPage"));
    section.add_all(page_size(page))
}

impl Writer<'_> {
    /// The running head: who it is about and what it is.
    pub(super) fn running_head(&self) -> Element {
        let plain = Format::default();
        let left = self.meta.client.as_deref().filter(|client| !client.is_empty()).unwrap_or(&self.meta.period);
        let right = self.brand_text(|brand| &brand.header).unwrap_or(&self.meta.title);
        let mut paragraph = self.empty("Header").add_all(self.text_run(left, &plain));
        paragraph.push(el("w:r").add(el("w:tab")));
        self.furniture("w:hdr", paragraph.add_all(self.text_run(right, &plain)))
    }

    /// The running foot: the period, and the page of all pages.
    pub(super) fn running_foot(&self, pages: Option<u32>) -> Element {
        let plain = Format::default();
        let left = self.brand_text(|brand| &brand.footer).unwrap_or(&self.meta.period);
        let mut paragraph = self.empty("Footer").add_all(self.text_run(left, &plain));
        paragraph.push(el("w:r").add(el("w:tab")));
        let words = self.word("page_of");
        for (index, piece) in words.split('{').enumerate() {
            let (name, rest) = if index == 0 { ("", piece) } else { piece.split_once('}').unwrap_or(("", piece)) };
            let field = match name {
                "page" => self.field("PAGE", "1", &plain),
                "pages" => self.field("NUMPAGES", &pages.unwrap_or(1).to_string(), &plain),
                _ => Vec::new(),
            };
            paragraph = paragraph.add_all(field).add_all(self.text_run(rest, &plain));
        }
        self.furniture("w:ftr", paragraph)
    }

    /// A text of the brand, if it has it.
    fn brand_text(&self, pick: impl Fn(&DocumentBrand) -> &String) -> Option<&str> {
        self.meta.brand.as_deref().map(pick).map(String::as_str).filter(|text| !text.is_empty())
    }

    fn furniture(&self, name: &str, mut paragraph: Element) -> Element {
        // On a client's page the tab of the line stands where its text ends.
        if !self.own_look {
            let stop = el("w:tab").with("w:val", "right").with("w:pos", self.page.text_width());
            set_property(&mut paragraph, el("w:tabs").add(stop));
        }
        el(name).with("xmlns:w", W).with("xmlns:r", R).add(paragraph)
    }
}

/// `settings.xml`. Fields are not renewed at opening: their results are right, and Word would ask a question first.
pub(super) fn settings(lang: Lang) -> Element {
    let compatible = |name: &str, value: &str| {
        let setting = el("w:compatSetting").with("w:name", name);
        setting.with("w:uri", "http://schemas.microsoft.com/office/word").with("w:val", value)
    };
    let colours = [
        ("bg1", "light1"),
        ("t1", "dark1"),
        ("bg2", "light2"),
        ("t2", "dark2"),
        ("accent1", "accent1"),
        ("accent2", "accent2"),
        ("accent3", "accent3"),
        ("accent4", "accent4"),
        ("accent5", "accent5"),
        ("accent6", "accent6"),
        ("hyperlink", "hyperlink"),
        ("followedHyperlink", "followedHyperlink"),
    ];
    let mapping = colours
        .iter()
        .fold(el("w:clrSchemeMapping"), |mapping, (name, value)| mapping.with(&format!("w:{name}"), value));
    el("w:settings").with("xmlns:w", W).add_all([
        el("w:zoom").with("w:percent", 100),
        val("w:defaultTabStop", 420),
        val("w:characterSpacingControl", "compressPunctuation"),
        el("w:compat").add_all([
            compatible("compatibilityMode", "15"),
            compatible("overrideTableStyleFontSizeAndJustification", "1"),
            compatible("enableOpenTypeFeatures", "1"),
            compatible("doNotFlipMirrorIndents", "1"),
        ]),
        el("w:themeFontLang").with("w:val", "en-US").with("w:eastAsia", east_asian(lang)),
        mapping,
        val("w:decimalSymbol", "."),
        val("w:listSeparator", ","),
    ])
}

/// `fontTable.xml`: what stands in for a family that is not installed.
pub(super) fn font_table(look: &DocxLook) -> Element {
    let mut used: Vec<&str> = vec![&look.serif, &look.serif_chinese, &look.sans, &look.sans_chinese, &look.mono];
    used.sort_unstable();
    used.dedup();
    let fonts = used.into_iter().map(|name| {
        let known = SUBSTITUTES.iter().find(|(family, _, _)| *family == name);
        let mut font = el("w:font").with("w:name", name);
        if let Some((_, substitute, _)) = known {
            font.push(val("w:altName", substitute));
        }
        let chinese = name == look.serif_chinese || name == look.sans_chinese;
        let traditional = name.ends_with(" TC");
        font.push(val(
            "w:charset",
            if chinese && traditional {
                "88"
            } else if chinese {
                "86"
            } else {
                "00"
            },
        ));
        font.push(val("w:family", known.map_or("auto", |(_, _, family)| family)));
        font.push(val("w:pitch", if name == look.mono { "fixed" } else { "variable" }));
        font
    });
    el("w:fonts").with("xmlns:w", W).add_all(fonts)
}

/// `theme1.xml`: the families and colours that Word's menus offer.
pub(super) fn theme(look: &DocxLook) -> Result<Element, crate::diagnostics::LocalizedTexts> {
    let mut theme = parse(include_bytes!("theme.xml"))?;
    let value = |name: &str| -> Option<&str> {
        Some(match name {
            "ink" => &look.ink,
            "wash" => &look.wash,
            "accent" => &look.accent,
            "muted" => &look.muted,
            "bad" => &look.bad,
            "plain" => &look.plain,
            "accent-wash" => &look.accent_wash,
            "bad-text" => &look.bad_text,
            "sans" => &look.sans,
            "serif" => &look.serif,
            "sans-chinese" => &look.sans_chinese,
            "serif-chinese" => &look.serif_chinese,
            _ => return None,
        })
    };
    theme.visit_mut(&mut |element| {
        for (key, held) in &mut element.attributes {
            let own = (key == "val" || key == "typeface").then(|| held.strip_prefix('$').and_then(value)).flatten();
            if let Some(own) = own {
                *held = own.to_owned();
            }
        }
    });
    Ok(theme)
}

/// `core.xml`: title, who signs, language, and the document's own date, never the clock's.
pub(super) fn core_properties(meta: &Meta) -> Element {
    let text = |name: &str, text: &str| el(name).text(&clean(text));
    let mut root = el("cp:coreProperties")
        .with("xmlns:cp", CORE)
        .with("xmlns:dc", "http://purl.org/dc/elements/1.1/")
        .with("xmlns:dcterms", "http://purl.org/dc/terms/")
        .with("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
        .add(text("dc:title", &meta.title));
    if let Some(subtitle) = meta.subtitle.as_deref().filter(|text| !text.is_empty()) {
        root.push(text("dc:subject", subtitle));
    }
    let author = [&meta.planner, &meta.client].into_iter().flatten().find(|name| !name.is_empty());
    if let Some(author) = author {
        root.push(text("dc:creator", author));
    }
    root.push(text("dc:language", if meta.lang == Lang::En { "en-US" } else { meta.lang.tag() }));
    let is_date = meta.date.len() == 10 && meta.date.chars().all(|c| c.is_ascii_digit() || c == '-');
    if is_date {
        for name in ["dcterms:created", "dcterms:modified"] {
            root.push(el(name).with("xsi:type", "dcterms:W3CDTF").text(&format!("{}T00:00:00Z", meta.date)));
        }
    }
    root
}

/// `app.xml`.
pub(super) fn extended_properties(meta: &Meta) -> Element {
    let mut root = el("Properties").with("xmlns", EXTENDED).add(el("Application").text("manyi"));
    if let Some(client) = meta.client.as_deref().filter(|client| !client.is_empty()) {
        root.push(el("Company").text(&clean(client)));
    }
    root
}
