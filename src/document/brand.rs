//! The brand as one document shows it: texts of one language, colours and fonts as the formats write them. The theme reads it
//! as part of `/data.json`.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use crate::config::brand::{Brand, FontPair, Logo, LogoKind, Palette};
use crate::config::colour::Colour;
use crate::diagnostics::taiwan::to_taiwan;
use crate::diagnostics::{Lang, Localized};
use crate::document::blocks::Meta;

/// A brand in the language of a document.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct DocumentBrand {
    /// The house that makes the documents; empty if unknown.
    pub company: String,
    /// Left of the running head; empty for the title.
    pub header: String,
    /// Left of the running foot; empty for the client.
    pub footer: String,
    /// Logo, if there is one that can be drawn.
    pub logo: Option<DocumentLogo>,
    /// Colours by their name in the theme; those that the theme keeps are absent.
    pub colours: BTreeMap<&'static str, String>,
    /// Families that are installed, for the PDF and the charts.
    pub fonts: Fonts,
    /// Families as the brand wishes them, for formats that are set by the reader's program.
    #[serde(skip)]
    pub wished: Fonts,
    /// The colours themselves.
    #[serde(skip)]
    pub palette: Palette,
}

/// Families of headings and of running text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Fonts {
    /// Headings, tables, charts and small print.
    pub heading: FontPair,
    /// Running text.
    pub body: FontPair,
}

/// The logo of a document.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DocumentLogo {
    /// Path under which the theme finds it.
    pub path: String,
    /// Kind of picture.
    #[serde(skip)]
    pub kind: LogoKind,
    /// Content.
    #[serde(skip)]
    pub bytes: Arc<[u8]>,
    /// The same as a picture made of dots, for formats without drawings.
    #[serde(skip)]
    pub dots: Option<LogoDots>,
}

/// A logo as PNG.
#[derive(Debug, Clone, PartialEq)]
pub struct LogoDots {
    /// The file.
    pub png: Arc<[u8]>,
    /// Width on the page in points.
    pub width_pt: f64,
    /// Height on the page in points.
    pub height_pt: f64,
}

impl DocumentLogo {
    /// The logo before it was drawn.
    pub fn new(logo: &Logo) -> Self {
        Self { path: logo_path(logo.kind), kind: logo.kind, bytes: Arc::clone(&logo.bytes), dots: None }
    }
}

/// Path of a logo among the files of a theme.
pub fn logo_path(kind: LogoKind) -> String {
    format!("brand/logo.{}", kind.ending())
}

impl DocumentBrand {
    /// The brand in the language of a document, with the names in its running texts filled. `fonts` are the installed families,
    /// `logo` is the drawn logo.
    pub fn new(brand: &Brand, fonts: &Fonts, logo: Option<&DocumentLogo>, meta: &Meta) -> Self {
        let text = |held: &Option<Localized>| {
            let text = held.as_ref().map_or("", |text| text.get(meta.lang)).trim();
            if meta.lang == Lang::ZhTw { to_taiwan(text) } else { text.to_owned() }
        };
        let company = text(&brand.company);
        let values = [
            ("title", meta.title.as_str()),
            ("client", meta.client.as_deref().unwrap_or_default()),
            ("company", &company),
            ("period", &meta.period),
            ("date", &meta.date_text),
        ];
        let filled = |held| filled(&text(held), &values);
        Self {
            header: filled(&brand.header),
            footer: filled(&brand.footer),
            company: company.clone(),
            logo: logo.cloned(),
            colours: colours(&brand.palette),
            fonts: of_language(fonts, meta.lang),
            wished: of_language(&Fonts { heading: brand.heading.clone(), body: brand.body.clone() }, meta.lang),
            palette: brand.palette.clone(),
        }
    }
}

/// The families of a language: those of Noto and Source Han have a sister, `… TC`, that draws the letters as in Taiwan.
fn of_language(fonts: &Fonts, lang: Lang) -> Fonts {
    let sister = |pair: &FontPair| {
        let han = pair.han.as_deref().map(|family| match family.strip_suffix(" SC") {
            Some(name) if lang == Lang::ZhTw => format!("{name} TC"),
            _ => family.to_owned(),
        });
        FontPair { han, latin: pair.latin.clone() }
    };
    Fonts { heading: sister(&fonts.heading), body: sister(&fonts.body) }
}

/// The text with `{name}` replaced in one go, so that a value with braces stays as it is.
fn filled(text: &str, values: &[(&str, &str)]) -> String {
    let mut written = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        written.push_str(before);
        let value = after
            .split_once('}')
            .and_then(|(name, end)| values.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value, end)));
        match value {
            Some((value, end)) => {
                written.push_str(value);
                rest = end;
            }
            None => {
                written.push('{');
                rest = after;
            }
        }
    }
    written + rest
}

fn colours(palette: &Palette) -> BTreeMap<&'static str, String> {
    let named: [(&'static str, Option<Colour>); 10] = [
        ("accent", palette.primary),
        ("accent-wash", palette.primary_wash),
        ("good", palette.good),
        ("good-wash", palette.good_wash),
        ("chart", palette.chart),
        ("chart-bad", palette.chart_bad),
        ("rule", palette.accent),
        ("bad", palette.bad),
        ("bad-text", palette.bad_text),
        ("bad-wash", palette.bad_wash),
    ];
    named.into_iter().filter_map(|(name, colour)| Some((name, colour?.to_string()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taiwan_has_letters_of_its_own() {
        let pair = |han: &str| FontPair { han: Some(han.to_owned()), latin: Some("Arial SC".to_owned()) };
        let fonts = Fonts { heading: pair("Noto Sans CJK SC"), body: pair("KaiTi") };
        let own = of_language(&fonts, Lang::ZhTw);
        assert_eq!(own, Fonts { heading: pair("Noto Sans CJK TC"), body: pair("KaiTi") });
        assert_eq!(of_language(&fonts, Lang::ZhCn), fonts);
    }

    #[test]
    fn names_in_running_texts_are_filled_once() {
        let values = [("title", "{client} 的计划"), ("client", "第一食堂")];
        assert_eq!(filled("{title} · {client} {x} {", &values), "{client} 的计划 · 第一食堂 {x} {");
    }
}
