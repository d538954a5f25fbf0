//! The look of Word files: colours, fonts and sizes, the same as in the PDF. A brand replaces single entries.

use crate::config::brand::{FontPair, Palette};
use crate::config::colour::Colour;
use crate::diagnostics::Lang;
use crate::document::blocks::Meta;
use crate::document::pack::WordForm;

/// Colours (six hexadecimal digits), font families and form of a Word file.
#[derive(Debug, Clone, PartialEq)]
pub struct DocxLook {
    /// Text.
    pub ink: String,
    /// Small print.
    pub muted: String,
    /// Hairlines.
    pub hair: String,
    /// Ground of cards and remarks.
    pub wash: String,
    /// Rule on the cover.
    pub rule: String,
    /// Accent: numbers of headings, links.
    pub accent: String,
    /// Ground of heads and panels.
    pub accent_wash: String,
    /// Text and rules of what is good.
    pub good: String,
    /// Ground of good cells.
    pub good_wash: String,
    /// Rules of what is bad.
    pub bad: String,
    /// Text of what is bad.
    pub bad_text: String,
    /// Ground of bad cells.
    pub bad_wash: String,
    /// Grey of what stands back.
    pub plain: String,
    /// Body text, Latin letters.
    pub serif: String,
    /// Body text, Chinese letters.
    pub serif_chinese: String,
    /// Headings and tables, Latin letters.
    pub sans: String,
    /// Headings and tables, Chinese letters.
    pub sans_chinese: String,
    /// Code.
    pub mono: String,
    /// Sizes, page and beginning.
    pub form: WordForm,
}

impl Default for DocxLook {
    fn default() -> Self {
        Self {
            ink: "1B2530".into(),
            muted: "5D6875".into(),
            hair: "D5DBE2".into(),
            wash: "F3F6F9".into(),
            rule: "D9771C".into(),
            accent: "17508F".into(),
            accent_wash: "E1EAF5".into(),
            good: "17508F".into(),
            good_wash: "E1EAF5".into(),
            bad: "D9771C".into(),
            bad_text: "A85208".into(),
            bad_wash: "FBE8D6".into(),
            plain: "AAB4C0".into(),
            serif: "Times New Roman".into(),
            serif_chinese: "Noto Serif CJK SC".into(),
            sans: "Arial".into(),
            sans_chinese: "Noto Sans CJK SC".into(),
            mono: "Consolas".into(),
            form: WordForm::default(),
        }
    }
}

impl DocxLook {
    /// The look of a document: the fonts of its language, what its brand changes, and the form of its pack.
    pub fn of(meta: &Meta, form: WordForm) -> Self {
        let mut look = Self { form, ..Self::default() };
        if meta.lang == Lang::ZhTw {
            look.serif_chinese = "Noto Serif CJK TC".into();
            look.sans_chinese = "Noto Sans CJK TC".into();
        }
        if form.coursework {
            let inks =
                [&mut look.ink, &mut look.rule, &mut look.accent, &mut look.good, &mut look.bad, &mut look.bad_text];
            inks.into_iter().for_each(|ink| "000000".clone_into(ink));
            let grounds = [&mut look.wash, &mut look.accent_wash, &mut look.good_wash, &mut look.bad_wash];
            grounds.into_iter().for_each(|ground| "FFFFFF".clone_into(ground));
            return look;
        }
        let Some(brand) = &meta.brand else { return look };
        let Palette { primary, primary_wash, good, good_wash, accent, bad, bad_text, bad_wash, .. } = brand.palette;
        let set = |held: &mut String, colour: Option<Colour>| {
            if let Some(colour) = colour {
                *held = colour.digits();
            }
        };
        set(&mut look.accent, primary);
        set(&mut look.accent_wash, primary_wash);
        set(&mut look.good, good);
        set(&mut look.good_wash, good_wash);
        set(&mut look.bad, bad);
        set(&mut look.bad_text, bad_text);
        set(&mut look.bad_wash, bad_wash);
        set(&mut look.rule, accent.or(bad));
        let families = |pair: &FontPair, latin: &mut String, han: &mut String| {
            for (family, held) in [(&pair.latin, latin), (&pair.han, han)] {
                family.iter().for_each(|family| family.clone_into(held));
            }
        };
        families(&brand.wished.body, &mut look.serif, &mut look.serif_chinese);
        families(&brand.wished.heading, &mut look.sans, &mut look.sans_chinese);
        look
    }
}

impl DocxLook {
    /// Size of the text in points.
    pub(super) fn body(&self) -> f64 {
        self.form.size.filter(|size| (6.0..=24.0).contains(size)).unwrap_or(10.5)
    }

    /// Width of the text of a page in points.
    pub fn text_width(&self) -> f64 {
        f64::from(Page::of(&self.form).text_width()) / 20.0
    }

    /// Height of a line of text in points, fixed, so that pages break alike whatever font stands in; none: single spacing.
    pub(super) fn line(&self, chinese: bool) -> Option<f64> {
        (!self.form.coursework).then(|| self.body() * if chinese { 1.66 } else { 1.48 })
    }
}

/// Families that stand in where a font is not installed, first those of Windows, then of macOS.
pub(super) const SUBSTITUTES: [(&str, &str, &str); 7] = [
    ("Noto Serif CJK SC", "SimSun", "roman"),
    ("Noto Sans CJK SC", "Microsoft YaHei", "swiss"),
    ("Noto Serif CJK TC", "PMingLiU", "roman"),
    ("Noto Sans CJK TC", "Microsoft JhengHei", "swiss"),
    ("Times New Roman", "Liberation Serif", "roman"),
    ("Arial", "Liberation Sans", "swiss"),
    ("Consolas", "DejaVu Sans Mono", "modern"),
];

/// Page of every report: A4 with the margins of the PDF, in twentieths of a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) top: u32,
    pub(super) right: u32,
    pub(super) bottom: u32,
    pub(super) left: u32,
}

impl Default for Page {
    fn default() -> Self {
        Self { width: 11_906, height: 16_838, top: 1_531, right: 1_417, bottom: 1_417, left: 1_417 }
    }
}

impl Page {
    /// The page of a form.
    pub(super) fn of(form: &WordForm) -> Self {
        const TWIPS: f64 = 1_440.0 / 25.4;
        let mut page = Self::default();
        if form.landscape {
            (page.width, page.height) = (page.height, page.width);
        }
        let Some(margins) = form.margins else { return page };
        let [top, right, bottom, left] = margins.map(|margin| (margin.clamp(0.0, 80.0) * TWIPS).round() as u32);
        Self { top, right, bottom, left, ..page }
    }

    /// Width of the text in twentieths of a point.
    pub(super) fn text_width(self) -> u32 {
        self.width.saturating_sub(self.left + self.right).max(1_000)
    }
}
