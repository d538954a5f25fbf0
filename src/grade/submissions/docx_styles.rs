//! What the styles of a Word file make of a paragraph and a run: size, colour, hidden or not, line distance, heading or not.

use std::collections::BTreeMap;

use super::look::{Look, Spacing, is_nearly_white};
use crate::render::docx::xml::Element;

/// Longest chain of styles built on one another.
const LONGEST_CHAIN: usize = 32;

/// Styles by id.
#[derive(Debug, Default)]
pub(super) struct Styles {
    styles: BTreeMap<String, (Option<String>, Look)>,
    defaults: Look,
    usual_paragraph: Option<String>,
}

impl Styles {
    /// Reads `styles.xml`.
    pub fn read(root: Option<&Element>) -> Self {
        let mut styles = Self::default();
        let Some(root) = root else { return styles };
        if let Some(defaults) = root.child("w:docDefaults") {
            let run = defaults.child("w:rPrDefault").and_then(|held| held.child("w:rPr"));
            let paragraph = defaults.child("w:pPrDefault").and_then(|held| held.child("w:pPr"));
            styles.defaults = paragraph.map(paragraph_look).unwrap_or_default().or(run.map(run_look));
        }
        for style in root.elements().filter(|element| element.name == "w:style") {
            let Some(id) = style.attribute("w:styleId") else { continue };
            let paragraph = style.child("w:pPr").map(paragraph_look).unwrap_or_default();
            let mut look = paragraph.or(style.child("w:rPr").map(run_look));
            let name = style.child_val("w:name").unwrap_or_default().to_lowercase();
            look.title = name == "title" || name == "标题";
            if look.outline.is_none()
                && let Some(level) = name.strip_prefix("heading ").and_then(|level| level.parse::<u8>().ok())
            {
                look.outline = Some(level.saturating_sub(1));
            }
            let is_default = style.attribute("w:default").is_some_and(is_on);
            if is_default && style.attribute("w:type") == Some("paragraph") {
                styles.usual_paragraph = Some(id.to_owned());
            }
            styles.styles.insert(id.to_owned(), (style.child_val("w:basedOn").map(str::to_owned), look));
        }
        styles
    }

    /// What a style says, those it is built on included.
    pub fn look(&self, id: Option<&str>) -> Look {
        let mut look = Look::default();
        let mut next = id.map(str::to_owned);
        for _ in 0..LONGEST_CHAIN {
            let Some((base, held)) = next.as_deref().and_then(|id| self.styles.get(id)) else { break };
            look.title |= held.title && next.as_deref() == id;
            let title = look.title;
            look = look.or(Some(held.clone()));
            look.title = title;
            next.clone_from(base);
        }
        look
    }

    /// What a paragraph without a style looks like.
    pub fn paragraph(&self, own: Option<&Element>) -> Look {
        let style = own.and_then(|own| own.child_val("w:pStyle")).or(self.usual_paragraph.as_deref());
        own.map(paragraph_look).unwrap_or_default().or(Some(self.look(style)))
    }

    /// What a run looks like inside a paragraph.
    pub fn run(&self, own: Option<&Element>, paragraph: &Look) -> Look {
        let style = own.and_then(|own| own.child_val("w:rStyle"));
        own.map(run_look)
            .unwrap_or_default()
            .or(style.map(|style| self.look(Some(style))))
            .or(Some(paragraph.clone()))
            .or(Some(self.defaults.clone()))
    }

    /// The line distance of a paragraph.
    pub fn spacing(&self, paragraph: &Look) -> Spacing {
        paragraph.spacing.or(self.defaults.spacing).unwrap_or(Spacing::Lines(1000))
    }
}

/// Whether an on-off value is on.
pub(super) fn is_on(value: &str) -> bool {
    !matches!(value, "0" | "false" | "off" | "none")
}

fn switch(parent: &Element, name: &str) -> Option<bool> {
    parent.child(name).map(|held| held.attribute("w:val").is_none_or(is_on))
}

/// Whether something darker than white lies behind.
pub(super) fn shade(parent: &Element) -> Option<bool> {
    let fill = parent.child("w:shd").and_then(|shade| shade.attribute("w:fill"));
    let marked = parent.child_val("w:highlight").map(|colour| colour != "none" && colour != "white");
    marked.or_else(|| fill.map(|fill| fill != "auto" && !is_nearly_white(fill)))
}

fn run_look(properties: &Element) -> Look {
    Look {
        size: properties.child_val("w:sz").and_then(|size| size.parse().ok()),
        hidden: switch(properties, "w:vanish"),
        colour: properties.child_val("w:color").map(str::to_uppercase),
        shaded: shade(properties),
        ..Look::default()
    }
}

fn paragraph_look(properties: &Element) -> Look {
    let spacing = properties.child("w:spacing").and_then(|spacing| {
        let line: i64 = spacing.attribute("w:line")?.parse().ok()?;
        Some(match spacing.attribute("w:lineRule") {
            Some("exact" | "atLeast") => Spacing::Points(line),
            _ => Spacing::Lines(line.saturating_mul(1000) / 240),
        })
    });
    Look {
        shaded: shade(properties),
        spacing,
        outline: properties.child_val("w:outlineLvl").and_then(|level| level.parse().ok()).filter(|level| *level < 9),
        ..Look::default()
    }
}
