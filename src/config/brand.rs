//! `brand.yaml`: how the documents of a house look. In: the project's file, those of template packs behind it, and the logo;
//! out: one checked brand, every colour with the shades in which it can be read.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::KeyPositions;
use crate::config::colour::{Colour, GRAPHICS_CONTRAST, Hue, TEXT_CONTRAST};
use crate::config::load::parse_yaml;
use crate::diagnostics::messages::brand as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Lang, Localized, io_problem};

/// Name of the file, in a project and in a template pack.
pub const BRAND_FILE: &str = "brand.yaml";
/// The largest logo that is read.
const MOST_LOGO_BYTES: u64 = 2 << 20;
/// Share of a colour in the wash made of it.
const WASH: f64 = 0.12;
/// The main colour of charts and the colour of what is bad, where a brand names none or none that will do; as in the base theme.
const OWN: [&str; 2] = ["#17508f", "#d9771c"];

/// `brand.yaml` as it is written.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawBrand {
    /// The house that makes the documents.
    #[serde(default)]
    pub company: Option<Localized>,
    /// Logo: a PNG, JPEG or SVG file beside `brand.yaml` or below it, at most 2 MB.
    #[serde(default)]
    pub logo: Option<String>,
    /// Colours, written `"#0b6e4f"`.
    #[serde(default)]
    pub colours: RawColours,
    /// Font families.
    #[serde(default)]
    pub fonts: RawFonts,
    /// In place of the title in the running head; may hold `{title}`, `{client}`, `{company}`, `{period}` and `{date}`.
    #[serde(default)]
    pub header: Option<Localized>,
    /// At the left of the running foot, beside the page; the same names are filled in.
    #[serde(default)]
    pub footer: Option<Localized>,
}

/// The colours of a brand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawColours {
    /// Covers, numbers of headings, links, and unless it is a warm colour what is good and the main series of charts.
    #[serde(default)]
    pub primary: Option<String>,
    /// The rule on the cover.
    #[serde(default)]
    pub accent: Option<String>,
    /// What is bad.
    #[serde(default)]
    pub bad: Option<String>,
}

/// The fonts of a brand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawFonts {
    /// Headings, tables, charts and small print.
    #[serde(default)]
    pub heading: FontPair,
    /// Running text.
    #[serde(default)]
    pub body: FontPair,
}

/// A family for each script.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FontPair {
    /// Family of Chinese characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub han: Option<String>,
    /// Family of Latin letters and digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latin: Option<String>,
}

/// Colours in the shades in which they are used; none where the theme's own stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Palette {
    /// Text and grounds behind white text.
    pub primary: Option<Colour>,
    /// Ground of heads and panels.
    pub primary_wash: Option<Colour>,
    /// Text and marks of what is good.
    pub good: Option<Colour>,
    /// Ground of what is good.
    pub good_wash: Option<Colour>,
    /// Main series of charts.
    pub chart: Option<Colour>,
    /// What is bad in charts.
    pub chart_bad: Option<Colour>,
    /// Rule on the cover.
    pub accent: Option<Colour>,
    /// Marks of what is bad.
    pub bad: Option<Colour>,
    /// Text of what is bad.
    pub bad_text: Option<Colour>,
    /// Ground of what is bad.
    pub bad_wash: Option<Colour>,
}

/// What the colours of good and bad are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToneNames {
    /// What is good, and the main series of charts.
    pub good: Hue,
    /// What is bad.
    pub bad: Hue,
}

impl Default for ToneNames {
    /// The colours of the base theme.
    fn default() -> Self {
        Self { good: Hue::Blue, bad: Hue::Orange }
    }
}

impl Palette {
    /// What the colours of good and bad are called.
    pub fn tone_names(&self) -> ToneNames {
        let usual = ToneNames::default();
        ToneNames { good: self.good.map_or(usual.good, Colour::hue), bad: self.bad.map_or(usual.bad, Colour::hue) }
    }
}

/// Kind of picture of a logo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogoKind {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// SVG.
    Svg,
}

impl LogoKind {
    /// What the content says; the name of the file does not matter.
    fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            return Some(Self::Png);
        }
        if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
            return Some(Self::Jpeg);
        }
        let text = std::str::from_utf8(bytes).ok()?;
        text.contains("<svg").then_some(Self::Svg)
    }

    /// Usual ending of the file.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Svg => "svg",
        }
    }

    /// Media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Svg => "image/svg+xml",
        }
    }
}

/// A logo, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    /// As `brand.yaml` names it.
    pub file: String,
    /// Kind of picture.
    pub kind: LogoKind,
    /// Content, shared by all documents.
    pub bytes: Arc<[u8]>,
}

/// A checked brand.
#[derive(Debug, Clone, Default)]
pub struct Brand {
    /// The house that makes the documents.
    pub company: Option<Localized>,
    /// Logo.
    pub logo: Option<Logo>,
    /// Colours.
    pub palette: Palette,
    /// Families of headings as wished for, with the place of the wish.
    pub heading: FontPair,
    /// Families of running text as wished for.
    pub body: FontPair,
    /// Left of the running head, with names in braces.
    pub header: Option<Localized>,
    /// Left of the running foot, with names in braces.
    pub footer: Option<Localized>,
    /// The files, the foremost first: for placing what is found out later.
    files: Vec<BrandFile>,
}

/// Names that `header` and `footer` may hold.
pub const FURNITURE_NAMES: [&str; 5] = ["title", "client", "company", "period", "date"];

/// One `brand.yaml`.
#[derive(Debug, Clone)]
pub struct BrandFile {
    /// Content.
    raw: RawBrand,
    /// Where its keys stand.
    positions: KeyPositions,
    /// Folder that the logo is looked for in.
    folder: PathBuf,
}

impl BrandFile {
    /// Parses a `brand.yaml`; `file` is its name in diagnostics, `folder` where it lies.
    pub fn parse(text: &str, file: &str, folder: &Path, diagnostics: &mut Diagnostics) -> Option<Self> {
        let (raw, positions) = parse_yaml::<RawBrand>(text, file, diagnostics)?;
        Some(Self { raw, positions, folder: folder.to_path_buf() })
    }

    /// The file of its logo, if it names one.
    pub fn logo_path(&self) -> Option<PathBuf> {
        self.raw.logo.as_ref().map(|file| self.folder.join(file))
    }
}

impl Brand {
    /// The brand of several files, each filling what those before it leave open. Problems are reported; what has one is left out.
    pub fn new(files: Vec<BrandFile>, diagnostics: &mut Diagnostics) -> Self {
        let mut brand = Self { files, ..Self::default() };
        brand.company = brand.first(|raw| raw.company.clone());
        brand.header = brand.first(|raw| raw.header.clone());
        brand.footer = brand.first(|raw| raw.footer.clone());
        let font = |pick: fn(&RawFonts) -> &Option<String>| brand.first(|raw| pick(&raw.fonts).clone());
        let heading = FontPair { han: font(|held| &held.heading.han), latin: font(|held| &held.heading.latin) };
        let body = FontPair { han: font(|held| &held.body.han), latin: font(|held| &held.body.latin) };
        (brand.heading, brand.body) = (heading, body);
        brand.check_furniture(diagnostics);
        brand.palette = brand.read_palette(diagnostics);
        brand.logo = brand.read_logo(diagnostics);
        brand
    }

    fn first<T>(&self, pick: impl Fn(&RawBrand) -> Option<T>) -> Option<T> {
        self.files.iter().find_map(|file| pick(&file.raw))
    }

    /// A problem at the place of a key, in the foremost file that has it.
    pub fn place(&self, key: &str, problem: Diagnostic) -> Diagnostic {
        let has = |file: &&BrandFile| file.positions.holds(key);
        match self.files.iter().find(has).or(self.files.first()) {
            Some(file) => problem.at(file.positions.locate(key)).key(key),
            None => problem,
        }
    }

    fn check_furniture(&self, diagnostics: &mut Diagnostics) {
        for (key, text) in [("header", &self.header), ("footer", &self.footer)] {
            let Some(text) = text else { continue };
            let mut names: Vec<String> = [Lang::ZhCn, Lang::En, Lang::ZhTw]
                .iter()
                .flat_map(|lang| text.get(*lang).split('{').skip(1))
                .filter_map(|rest| rest.split_once('}').map(|(name, _)| name.to_owned()))
                .filter(|name| !FURNITURE_NAMES.contains(&name.as_str()))
                .collect();
            names.sort();
            names.dedup();
            for name in names {
                let problem = Diagnostic::error(&messages::UNKNOWN_NAME).arg("key", key).arg("name", &name);
                let problem = problem.arg("known", FURNITURE_NAMES.join(", ")).suggest(&name, FURNITURE_NAMES);
                diagnostics.push(self.place(key, problem));
            }
        }
    }

    fn colour(&self, name: &str, diagnostics: &mut Diagnostics) -> Option<Colour> {
        let written = self.first(|raw| {
            let colours = &raw.colours;
            match name {
                "primary" => colours.primary.clone(),
                "accent" => colours.accent.clone(),
                _ => colours.bad.clone(),
            }
        });
        // Without quotes a colour is a comment of YAML, and its key empty.
        let key = format!("colours.{name}");
        let written = written.or_else(|| self.files.iter().any(|file| file.positions.holds(&key)).then(String::new))?;
        let colour = Colour::parse(&written);
        if colour.is_none() {
            let problem = Diagnostic::error(&messages::BAD_COLOUR).arg("value", &written);
            diagnostics.push(self.place(&key, problem));
        }
        colour
    }

    fn read_palette(&self, diagnostics: &mut Diagnostics) -> Palette {
        let primary = self.colour("primary", diagnostics);
        let accent = self.colour("accent", diagnostics);
        let bad = self.colour("bad", diagnostics);
        let mut shade = |name: &str, colour: Colour, least: f64| {
            let used = colour.readable(least);
            if used != colour {
                let message = if least == TEXT_CONTRAST { &messages::PALE_TEXT } else { &messages::PALE_GRAPHICS };
                let contrast = format!("{:.2}", (colour.contrast_with_white() * 100.0).floor() / 100.0);
                let problem = Diagnostic::warning(message).arg("colour", colour).arg("contrast", contrast);
                diagnostics.push(self.place(&format!("colours.{name}"), problem.arg("used", used)));
            }
            used
        };
        let graphic = primary.map(|colour| shade("primary", colour, GRAPHICS_CONTRAST));
        let bad_mark = bad.map(|colour| shade("bad", colour, GRAPHICS_CONTRAST));
        let palette = Palette {
            primary: primary.map(|colour| shade("primary", colour, TEXT_CONTRAST)),
            primary_wash: primary.map(|colour| colour.wash(WASH)),
            good: None,
            good_wash: primary.map(|colour| colour.wash(WASH)),
            chart: graphic,
            chart_bad: bad_mark,
            // Decoration on the cover: nothing is understood by it.
            accent,
            bad: bad_mark,
            bad_text: bad.map(|colour| shade("bad", colour, TEXT_CONTRAST)),
            bad_wash: bad.map(|colour| colour.wash(WASH)),
        };
        self.keep_apart(palette, diagnostics)
    }

    /// Good and bad stay apart, whatever the brand: a main colour that warns, or that could be taken for the colour of what is
    /// bad, is not used for what is good.
    fn keep_apart(&self, mut palette: Palette, diagnostics: &mut Diagnostics) -> Palette {
        palette.good = palette.primary;
        let [Some(own_main), Some(own_bad)] = OWN.map(Colour::parse) else { return palette };
        let (main, bad) = (palette.chart.unwrap_or(own_main), palette.chart_bad.unwrap_or(own_bad));
        let mixed = |main: Colour, bad: Colour| main.is_confusable_with(bad) || main.hue() == bad.hue();
        if !main.hue().is_warm() && !mixed(main, bad) {
            return palette;
        }
        (palette.chart, palette.good, palette.good_wash) = (Some(own_main), Some(own_main), Some(own_main.wash(WASH)));
        let key = if main == own_main { "colours.bad" } else { "colours.primary" };
        let problem =
            Diagnostic::warning(&messages::CONFUSABLE).arg("colour", main).arg("bad", bad).arg("good", own_main);
        if !mixed(own_main, bad) {
            diagnostics.push(self.place(key, problem.arg("kept", bad)));
            return palette;
        }
        palette.chart_bad = Some(own_bad);
        (palette.bad, palette.bad_text) = (Some(own_bad), Some(own_bad.readable(TEXT_CONTRAST)));
        palette.bad_wash = Some(own_bad.wash(WASH));
        diagnostics.push(self.place(key, problem.arg("kept", own_bad)));
        palette
    }

    fn read_logo(&self, diagnostics: &mut Diagnostics) -> Option<Logo> {
        let holder = self.files.iter().find(|file| file.raw.logo.is_some())?;
        let file = holder.raw.logo.clone()?;
        let mut refuse = |problem: Diagnostic| {
            diagnostics.push(self.place("logo", problem.arg("file", &file)));
            None
        };
        let relative = Path::new(&file);
        if !relative.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
            return refuse(Diagnostic::error(&messages::LOGO_OUTSIDE));
        }
        let path = holder.folder.join(relative);
        // A link may lead out of the project as well.
        let (real, root) = match (path.canonicalize(), holder.folder.canonicalize()) {
            (Ok(real), Ok(root)) => (real, root),
            (Err(error), _) | (_, Err(error)) => {
                return refuse(Diagnostic::error(&messages::LOGO_UNREADABLE).words("problem", io_problem(&error)));
            }
        };
        if !real.starts_with(&root) {
            return refuse(Diagnostic::error(&messages::LOGO_OUTSIDE));
        }
        if std::fs::metadata(&real).is_ok_and(|held| held.len() > MOST_LOGO_BYTES) {
            return refuse(Diagnostic::error(&messages::LOGO_LARGE).arg("limit", MOST_LOGO_BYTES >> 20));
        }
        match std::fs::read(&real) {
            Ok(bytes) => match LogoKind::of(&bytes) {
                Some(kind) => Some(Logo { file, kind, bytes: bytes.into() }),
                None => refuse(Diagnostic::error(&messages::LOGO_KIND)),
            },
            Err(error) => refuse(Diagnostic::error(&messages::LOGO_UNREADABLE).words("problem", io_problem(&error))),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::diagnostics::Position;

    /// The brand of a text, and what was said: code, line and key.
    fn brand(text: &str, folder: &Path) -> (Option<Brand>, Vec<(&'static str, usize, String)>) {
        let mut diagnostics = Diagnostics::new();
        let file = BrandFile::parse(text, BRAND_FILE, folder, &mut diagnostics);
        let brand = file.map(|file| Brand::new(vec![file], &mut diagnostics));
        let said = diagnostics.iter().map(|found| {
            let line = match found.location.as_ref().and_then(|place| place.position.clone()) {
                Some(Position::Text { line, .. }) => line,
                _ => 0,
            };
            (found.message.code, line, found.key_path.clone().unwrap_or_default())
        });
        (brand, said.collect())
    }

    fn said(text: &str) -> Vec<(&'static str, usize, String)> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("words.txt"), "no picture").unwrap();
        std::fs::write(folder.path().join("large.png"), vec![0; 3 << 20]).unwrap();
        brand(text, folder.path()).1
    }

    #[test]
    fn every_mistake_is_reported_at_its_line() {
        for (text, code, line, key) in [
            ("company: A\ncolour: red", "M0104", 2, "colour"),
            ("colours: { primary: red }", "M0570", 1, "colours.primary"),
            ("colours:\n  accent: \"#12\"", "M0570", 2, "colours.accent"),
            ("colours:\n  primary: #b5121b", "M0570", 2, "colours.primary"),
            ("footer: { zh-TW: \"{titel}\" }", "M0579", 1, "footer"),
            ("colours:\n  primary: 3", "M0111", 2, "colours.primary"),
            ("company: A\nlogo: logo.svg", "M0574", 2, "logo"),
            ("logo: ../logo.svg", "M0577", 1, "logo"),
            ("logo: /etc/hostname", "M0577", 1, "logo"),
            ("logo: words.txt", "M0576", 1, "logo"),
            ("logo: large.png", "M0575", 1, "logo"),
            ("footer: \"{titel}\"", "M0579", 1, "footer"),
            ("colours: { primary: \"#cf8a1a\" }", "M0578", 1, "colours.primary"),
        ] {
            let said = said(text);
            let found = said.iter().find(|found| found.0 == code);
            let (_, found_line, found_key) = found.unwrap_or_else(|| panic!("{text}: {said:?}"));
            assert_eq!((*found_line, found_key.as_str()), (line, key), "{text}");
        }
    }

    #[test]
    fn a_link_out_of_the_project_is_no_logo() {
        let (inside, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::fs::write(outside.path().join("logo.svg"), "<svg xmlns='http://www.w3.org/2000/svg'/>").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(outside.path().join("logo.svg"), inside.path().join("logo.svg")).unwrap();
        let (brand, said) = brand("logo: logo.svg", inside.path());
        assert!(brand.unwrap().logo.is_none());
        assert_eq!(said.len(), 1, "{said:?}");
    }

    #[test]
    fn pale_colours_are_darkened_for_text_and_less_for_charts() {
        let (found, said) = brand("colours: { primary: \"#4aa3df\" }", Path::new("."));
        let palette = found.unwrap().palette;
        // #4aa3df has a contrast of 2.76 against white.
        assert_eq!(said.iter().map(|found| found.0).collect::<Vec<_>>(), ["M0572", "M0571"]);
        let (text, chart) = (palette.primary.unwrap(), palette.chart.unwrap());
        assert!(text.contrast_with_white() >= TEXT_CONTRAST && chart.contrast_with_white() >= GRAPHICS_CONTRAST);
        assert!(chart.contrast_with_white() < text.contrast_with_white());
    }

    #[test]
    fn charts_keep_their_own_colours_where_the_brand_would_mix_good_and_bad() {
        let (found, _) = brand("colours: { primary: \"#b35a00\" }", Path::new("."));
        let palette = found.unwrap().palette;
        let [good, bad] = OWN.map(Colour::parse);
        assert_eq!([palette.chart, palette.good, palette.chart_bad], [good, good, None]);
        assert_eq!(palette.primary.unwrap().to_string(), "#b35a00");
        // A colour of the brand for what is bad stays, unless it is taken for blue.
        let (found, _) = brand("colours: { primary: \"#c8102e\", bad: \"#8b4513\" }", Path::new("."));
        let palette = found.unwrap().palette;
        assert_eq!(palette.tone_names(), ToneNames { good: Hue::Blue, bad: Hue::Brown });
        let (found, said) = brand("colours: { bad: \"#1f5aa6\" }", Path::new("."));
        let palette = found.unwrap().palette;
        assert_eq!([palette.good, palette.bad], [good, bad]);
        assert_eq!(said.last().unwrap().2, "colours.bad");
    }

    #[test]
    fn good_looks_like_the_brand_where_its_colour_does_not_warn() {
        let names = |text: &str| {
            let text = format!("colours: {{ primary: \"{text}\" }}");
            let (found, said) = brand(&text, Path::new("."));
            (found.unwrap().palette.tone_names().good, said.iter().any(|found| found.0 == "M0578"))
        };
        assert_eq!(names("#0b6e4f"), (Hue::Green, false));
        assert_eq!(names("#5b2a86"), (Hue::Purple, false));
        for warm in ["#c8102e", "#b5121b", "#800000", "#8b4513"] {
            assert_eq!(names(warm), (Hue::Blue, true), "{warm}");
        }
    }

    #[test]
    fn the_project_stands_in_front_of_the_pack_key_by_key() {
        let mut diagnostics = Diagnostics::new();
        let parse = |text: &str, file: &str, diagnostics: &mut Diagnostics| {
            BrandFile::parse(text, file, Path::new("."), diagnostics).unwrap()
        };
        let own = parse("colours: { primary: \"#0b6e4f\" }", "brand.yaml", &mut diagnostics);
        let text = "company: House\ncolours: { primary: \"#17508f\", accent: nothing }\nfonts: { body: { han: Kai } }";
        let pack = parse(text, "templates/house/brand.yaml", &mut diagnostics);
        let brand = Brand::new(vec![own, pack], &mut diagnostics);
        assert_eq!(brand.palette.primary.unwrap().to_string(), "#0b6e4f");
        assert_eq!(brand.company.as_ref().unwrap().get(Lang::En), "House");
        assert_eq!(brand.body.han.as_deref(), Some("Kai"));
        let found: Vec<_> = diagnostics.iter().collect();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].location.as_ref().unwrap().file, "templates/house/brand.yaml");
    }
}
