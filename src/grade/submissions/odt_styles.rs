//! What the styles of an OpenDocument text make of a paragraph and a run, and which pages it is set on.

use std::collections::{BTreeMap, BTreeSet};

use super::look::{Look, Spacing, is_nearly_white};
use crate::render::docx::xml::Element;

/// Longest chain of styles built on one another.
const LONGEST_CHAIN: usize = 32;
const MILLIMETRES_PER_POINT: f64 = 25.4 / 72.0;

/// A look with the two sizes that OpenDocument keeps apart.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct OdtLook {
    /// Everything else, and the size of Latin letters.
    pub look: Look,
    /// Size of Han characters in half points.
    pub han: Option<i64>,
}

impl OdtLook {
    /// The size of letters, Han ones or others.
    pub fn size(&self, han: bool) -> Option<i64> {
        if han { self.han.or(self.look.size) } else { self.look.size }
    }

    fn or(self, other: Option<Self>) -> Self {
        let Some(other) = other else { return self };
        Self { han: self.han.or(other.han), look: self.look.or(Some(other.look)) }
    }
}

/// Styles by family and name.
#[derive(Debug, Default)]
pub(super) struct Styles {
    styles: BTreeMap<(String, String), (Option<String>, OdtLook)>,
    defaults: BTreeMap<String, OdtLook>,
    /// Names of the master pages that the text asks for.
    masters: BTreeSet<String>,
}

impl Styles {
    /// Reads the styles of both parts; those of the content come last and count first.
    pub fn read(styles: Option<&Element>, content: &Element) -> Self {
        let mut held = Self::default();
        for root in styles.into_iter().chain([content]) {
            for group in
                root.elements().filter(|group| group.name.ends_with("-styles") || group.name == "office:styles")
            {
                group.elements().for_each(|style| held.add(style));
            }
        }
        let first = styles
            .and_then(|root| root.child("office:master-styles"))
            .and_then(|masters| masters.child("style:master-page"))
            .and_then(|master| master.attribute("style:name"));
        held.masters.extend(first.map(str::to_owned));
        let own = content.child("office:automatic-styles").into_iter().flat_map(Element::elements);
        let asked = own.filter_map(|style| style.attribute("style:master-page-name")).filter(|name| !name.is_empty());
        held.masters.extend(asked.map(str::to_owned));
        held
    }

    fn add(&mut self, style: &Element) {
        let Some(family) = style.attribute("style:family") else { return };
        let mut look = look_of(style);
        match (style.name.as_str(), style.attribute("style:name")) {
            ("style:default-style", _) => {
                self.defaults.insert(family.to_owned(), look);
            }
            ("style:style", Some(name)) => {
                look.look.title = name == "Title";
                let parent = style.attribute("style:parent-style-name").map(str::to_owned);
                self.styles.insert((family.to_owned(), name.to_owned()), (parent, look));
            }
            _ => {}
        }
    }

    /// What a style says, those it is built on included.
    fn look(&self, family: &str, name: Option<&str>) -> OdtLook {
        let mut look = OdtLook::default();
        let mut next = name.map(str::to_owned);
        for _ in 0..LONGEST_CHAIN {
            let Some((parent, held)) = next.and_then(|name| self.styles.get(&(family.to_owned(), name))) else { break };
            look = look.or(Some(held.clone()));
            next = parent.clone();
        }
        look
    }

    /// What a paragraph looks like.
    pub fn paragraph(&self, name: Option<&str>) -> OdtLook {
        self.look("paragraph", name).or(self.defaults.get("paragraph").cloned())
    }

    /// What a run looks like inside a paragraph or another run.
    pub fn span(&self, name: Option<&str>, around: &OdtLook) -> OdtLook {
        self.look("text", name).or(Some(around.clone()))
    }

    /// Whether something darker than white lies behind a cell.
    pub fn is_shaded_cell(&self, name: Option<&str>) -> bool {
        self.look("table-cell", name).look.shaded.unwrap_or(false)
    }

    /// Whether the text stands on pages of this master.
    pub fn is_used(&self, master: &Element) -> bool {
        master.attribute("style:name").is_some_and(|name| self.masters.contains(name))
    }

    /// Width and height in millimetres of the pages that the text stands on.
    pub fn pages(&self, root: &Element) -> Vec<(f64, f64)> {
        let layouts = || root.child("office:automatic-styles").into_iter().flat_map(Element::elements);
        let masters = root.child("office:master-styles").into_iter().flat_map(Element::elements);
        let mut pages = Vec::new();
        for master in masters.filter(|master| self.is_used(master)) {
            let wanted = master.attribute("style:page-layout-name");
            let layout =
                layouts().find(|layout| layout.name == "style:page-layout" && layout.attribute("style:name") == wanted);
            let Some(held) = layout.and_then(|layout| layout.child("style:page-layout-properties")) else { continue };
            let side =
                |name: &str| Some((points(held.attribute(name)?)? * MILLIMETRES_PER_POINT * 10.0).round() / 10.0);
            if let (Some(width), Some(height)) = (side("fo:page-width"), side("fo:page-height"))
                && !pages.contains(&(width, height))
            {
                pages.push((width, height));
            }
        }
        pages
    }
}

fn look_of(style: &Element) -> OdtLook {
    let text = style.child("style:text-properties");
    let paragraph = style.child("style:paragraph-properties");
    let of_text = |name: &str| text.and_then(|held| held.attribute(name));
    let half_points = |name: &str| Some((points(of_text(name)?)? * 2.0).round() as i64);
    let cell = style.child("style:table-cell-properties");
    let behind = [text, paragraph, cell].into_iter().flatten();
    let shaded = behind.filter_map(|held| held.attribute("fo:background-color")).map(is_dark).next();
    let colour =
        if of_text("style:use-window-font-color") == Some("true") { Some("#000000") } else { of_text("fo:color") };
    let spacing = paragraph.and_then(|held| {
        let twentieths = |written: &str| Some(Spacing::Points((points(written)? * 20.0).round() as i64));
        match (held.attribute("fo:line-height"), held.attribute("style:line-height-at-least")) {
            (Some(height), _) if height.ends_with('%') => {
                Some(Spacing::Lines((height.trim_end_matches('%').parse::<f64>().ok()? * 10.0).round() as i64))
            }
            (Some(height), _) | (None, Some(height)) => twentieths(height),
            (None, None) => None,
        }
    });
    OdtLook {
        han: half_points("style:font-size-asian"),
        look: Look {
            size: half_points("fo:font-size"),
            hidden: of_text("text:display").map(|display| display == "none"),
            colour: colour.map(|colour| colour.trim_start_matches('#').to_uppercase()),
            shaded,
            spacing,
            ..Look::default()
        },
    }
}

fn is_dark(colour: &str) -> bool {
    colour.strip_prefix('#').is_some_and(|colour| !is_nearly_white(colour))
}

/// A length such as `12pt` or `2.1cm` in points; `None` for percentages.
fn points(written: &str) -> Option<f64> {
    let at = written.find(|letter: char| letter.is_ascii_alphabetic())?;
    let value: f64 = written[..at].trim().parse().ok()?;
    let unit = match &written[at..] {
        "pt" => 1.0,
        "cm" => 72.0 / 2.54,
        "mm" => 72.0 / 25.4,
        "in" => 72.0,
        "pc" => 12.0,
        "px" => 0.75,
        _ => return None,
    };
    Some(value * unit).filter(|value| value.is_finite())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn lengths_in_every_unit() {
        for (written, expected) in [("12pt", 12.0), ("2.54cm", 72.0), ("25.4mm", 72.0), ("1in", 72.0), ("1pc", 12.0)] {
            assert!((points(written).unwrap() - expected).abs() < 1e-9, "{written}");
        }
        for none in ["120%", "", "cm", "1.2.3cm", "1parsec", "normal"] {
            assert_eq!(points(none), None, "{none}");
        }
    }
}
