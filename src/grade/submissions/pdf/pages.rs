//! The letters of a PDF file with their places, sizes and colours: the only place that knows the interpreter. Pictures are not
//! decoded and outlines are not drawn.

use std::collections::HashMap;

use hayro_interpret::font::Glyph;
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::hayro_syntax::object::DateTime;
use hayro_interpret::hayro_syntax::{LoadPdfError, Pdf};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, GlyphDrawMode, Image, InterpreterCache, InterpreterSettings, Paint,
    PathDrawMode, RectExt, SoftMask, TransformExt, interpret_page,
};
use kurbo::{Affine, BezPath, Point, Rect, Shape};

use crate::diagnostics::{LocalizedTexts, lang_texts};
use crate::grade::submissions::document::{HiddenBy, Properties};

/// Most pages of a plan that is one sheet.
const MOST_PAGES: usize = 200;
/// Most letters of a page, spaces included.
const MOST_LETTERS: usize = 60_000;
/// Points below which letters cannot be read.
const TINY: f64 = 3.05;
/// Smallest channel of a colour that cannot be told from white paper.
const WHITE: u8 = 0xf0;
/// Opacity below which nothing is seen.
const CLEAR: u8 = 0x18;

/// A file.
#[derive(Debug, Default)]
pub(super) struct File {
    pub pages: Vec<Page>,
    pub properties: Properties,
}

/// A page, in points from its upper left corner.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub width: f64,
    pub height: f64,
    pub letters: Vec<Letter>,
}

/// A letter, or what one glyph stands for.
#[derive(Debug, Clone)]
pub(super) struct Letter {
    pub text: String,
    /// Where it begins.
    pub x: f64,
    /// Its base line.
    pub y: f64,
    pub width: f64,
    pub size: f64,
    /// It stands upright.
    pub upright: bool,
    pub hidden: Option<HiddenBy>,
}

/// What is said of a file that cannot be read.
pub(super) fn damaged() -> LocalizedTexts {
    lang_texts("PDF 已损坏", "the PDF is damaged")
}

/// Reads all letters of a file.
pub(super) fn read(bytes: Vec<u8>) -> Result<File, LocalizedTexts> {
    let pdf = Pdf::new(bytes).map_err(|error| match error {
        LoadPdfError::Decryption(_) => lang_texts("PDF 已加密", "the PDF is encrypted"),
        LoadPdfError::Invalid => damaged(),
    })?;
    let mut file = File::default();
    let settings = InterpreterSettings { render_annotations: false, ..InterpreterSettings::default() };
    let cache = InterpreterCache::new();
    let pages = pdf.pages();
    if pages.len() > MOST_PAGES {
        return Err(lang_texts(
            format!("PDF 超过 {MOST_PAGES} 页"),
            format!("the PDF has more than {MOST_PAGES} pages"),
        ));
    }
    for page in pages.iter() {
        let (width, height) = page.render_dimensions();
        let mut letters = Letters {
            page: Page { width: f64::from(width), height: f64::from(height), letters: Vec::new() },
            grounds: Vec::new(),
            seen: HashMap::new(),
        };
        let bounds = page.intersected_crop_box().to_kurbo();
        let mut context =
            Context::new(page.initial_transform(true).to_kurbo(), bounds, &cache, pdf.xref(), settings.clone());
        interpret_page(page, &mut context, &mut letters);
        if letters.page.letters.len() >= MOST_LETTERS {
            return Err(lang_texts("PDF 的一页字符过多", "a page of the PDF holds too many letters"));
        }
        file.pages.push(letters.page);
    }
    let told = pdf.metadata();
    file.properties = Properties {
        author: told.author.as_deref().and_then(string),
        program: told.creator.as_deref().or(told.producer.as_deref()).and_then(string),
        created: told.creation_date.map(moment),
        modified: told.modification_date.map(moment),
        ..Properties::default()
    };
    Ok(file)
}

/// A text of the file's properties: UTF-16 or UTF-8 with a mark, else Latin.
fn string(bytes: &[u8]) -> Option<String> {
    let text = match bytes {
        [0xfe, 0xff, ..] => encoding_rs::UTF_16BE.decode(bytes).0.into_owned(),
        [0xff, 0xfe, ..] => encoding_rs::UTF_16LE.decode(bytes).0.into_owned(),
        _ => std::str::from_utf8(bytes)
            .map_or_else(|_| bytes.iter().map(|byte| char::from(*byte)).collect(), str::to_owned),
    };
    Some(text.trim_matches(['\u{feff}', ' ', '\0']).to_owned()).filter(|text| !text.is_empty())
}

fn moment(at: DateTime) -> String {
    format!("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", at.year, at.month, at.day, at.hour, at.minute, at.second)
}

/// Collects the letters of one page.
struct Letters {
    page: Page,
    /// What was painted so far, with whether it is dark.
    grounds: Vec<(Rect, bool)>,
    /// Places of the letters by what they are: letters painted twice for bold type count once.
    seen: HashMap<String, Vec<(f64, f64)>>,
}

impl Letters {
    /// Whether something darker than white lies behind a point.
    fn is_on_dark(&self, point: Point) -> bool {
        self.grounds.iter().rev().find(|(area, _)| area.contains(point)).is_some_and(|(_, dark)| *dark)
    }

    fn ground(&mut self, area: Rect, dark: bool) {
        let page = Rect::new(0.0, 0.0, self.page.width, self.page.height);
        if area.intersect(page).area() > 1.0 && self.grounds.len() < MOST_LETTERS {
            self.grounds.push((area, dark));
        }
    }

    fn hidden(&self, middle: Point, size: f64, paint: &Paint<'_>, mode: &GlyphDrawMode) -> Option<HiddenBy> {
        let outside = !Rect::new(0.0, 0.0, self.page.width, self.page.height).contains(middle);
        if outside || matches!(mode, GlyphDrawMode::Invisible) {
            return Some(HiddenBy::Attribute);
        }
        if size <= TINY {
            return Some(HiddenBy::Tiny);
        }
        let Paint::Color(colour) = paint else { return None };
        let [red, green, blue, opacity] = colour.to_rgba().to_rgba8();
        let white = red.min(green).min(blue) >= WHITE;
        (opacity < CLEAR || (white && !self.is_on_dark(middle))).then_some(HiddenBy::White)
    }
}

impl<'a> Device<'a> for Letters {
    fn draw_glyph(
        &mut self,
        glyph: &Glyph<'a>,
        transform: Affine,
        glyph_transform: Affine,
        paint: &Paint<'a>,
        mode: &GlyphDrawMode,
    ) {
        if self.page.letters.len() >= MOST_LETTERS {
            return;
        }
        let text = match glyph.as_unicode() {
            Some(BfString::Char(letter)) => letter.to_string(),
            Some(BfString::String(text)) => text,
            None => '\u{fffd}'.to_string(),
        };
        let text: String = text.chars().filter(|letter| !letter.is_control()).collect();
        let [along_x, along_y, up_x, up_y, x, y] = (transform * glyph_transform).as_coeffs();
        let (advance, size) = (along_x.hypot(along_y) * 1000.0, up_x.hypot(up_y) * 1000.0);
        if text.is_empty() || !(x.is_finite() && y.is_finite() && advance.is_finite() && size.is_finite()) {
            return;
        }
        let units = match glyph {
            Glyph::Outline(glyph) => glyph.advance_width().map_or(0.5, |width| f64::from(width) / 1000.0),
            Glyph::Type3(_) => 0.5,
        };
        let places = self.seen.entry(text.clone()).or_default();
        let near = |held: &&(f64, f64)| (held.0 - x).abs() < 0.2 * size && (held.1 - y).abs() < 0.2 * size;
        if text.trim().is_empty() || places.iter().rev().find(near).is_none() {
            places.push((x, y));
        } else {
            return;
        }
        let width = advance * units;
        let middle = Point::new(x + along_x.signum() * width / 2.0, y - size / 3.0);
        let hidden = self.hidden(middle, size, paint, mode);
        let upright = along_y.abs() < 0.1 * along_x.abs() && along_x > 0.0;
        self.page.letters.push(Letter { text, x, y, width, size, upright, hidden });
    }

    fn draw_path(&mut self, path: &BezPath, transform: Affine, paint: &Paint<'a>, mode: &PathDrawMode) {
        if !matches!(mode, PathDrawMode::Fill(_)) {
            return;
        }
        let area = transform.transform_rect_bbox(path.bounding_box());
        match paint {
            Paint::Color(colour) => {
                let [red, green, blue, opacity] = colour.to_rgba().to_rgba8();
                if opacity >= CLEAR {
                    self.ground(area, red.min(green).min(blue) < WHITE);
                }
            }
            Paint::Pattern(_) => self.ground(area, true),
        }
    }

    fn draw_image(&mut self, _: Image<'a, '_>, transform: Affine) {
        self.ground(transform.transform_rect_bbox(Rect::new(0.0, 0.0, 1.0, 1.0)), true);
    }

    fn set_soft_mask(&mut self, _: Option<SoftMask<'a>>) {}
    fn set_blend_mode(&mut self, _: BlendMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn pop_clip_path(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}
