//! How the tab book looks: colours, fonts by language, and the cell format of every style.

use std::collections::BTreeMap;

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

use super::sheet::{NumberFormat, Role, Style, Tone};
use crate::diagnostics::Lang;

/// Text.
pub(super) const INK: Color = Color::RGB(0x001b_2530);
/// Text of little weight.
pub(super) const MUTED: Color = Color::RGB(0x005d_6875);
/// Thin lines.
pub(super) const HAIR: Color = Color::RGB(0x00d5_dbe2);
/// What is talked about.
pub(super) const ACCENT: Color = Color::RGB(0x0017_508f);
/// Behind heads.
const ACCENT_WASH: Color = Color::RGB(0x00e1_eaf5);
/// Behind bases.
const WASH: Color = Color::RGB(0x00f3_f6f9);
/// What is worse.
pub(super) const BAD: Color = Color::RGB(0x00d9_771c);
/// Behind what is worse.
const BAD_WASH: Color = Color::RGB(0x00fb_e8d6);

/// Size of the text in points.
pub(super) const SIZE: f64 = 10.0;

/// The font of a language. A workbook names one font and leaves its replacement to the program that opens it: Excel and WPS
/// ship these, LibreOffice takes Noto Sans CJK SC and Carlito for them.
pub(super) fn font(lang: Lang) -> &'static str {
    if lang == Lang::En { "Calibri" } else { "等线" }
}

/// The formats made so far, one a style.
pub(super) struct Formats {
    lang: Lang,
    made: BTreeMap<Style, Format>,
}

impl Formats {
    /// None yet.
    pub fn new(lang: Lang) -> Self {
        Self { lang, made: BTreeMap::new() }
    }

    /// The format of a style.
    pub fn of(&mut self, style: Style) -> Format {
        let lang = self.lang;
        self.made.entry(style).or_insert_with(|| format_of(style, lang)).clone()
    }
}

/// The format of cells without one of their own.
pub(super) fn plain(lang: Lang) -> Format {
    Format::new()
        .set_font_name(font(lang))
        .set_font_size(SIZE)
        .set_font_color(INK)
        .set_align(FormatAlign::VerticalCenter)
}

fn format_of(style: Style, lang: Lang) -> Format {
    let hair = |format: Format| format.set_border_bottom(FormatBorder::Thin).set_border_bottom_color(HAIR);
    let mut format = plain(lang);
    format = match style.role {
        Role::Plain => format,
        Role::Body | Role::Letter => hair(format),
        Role::Title => format.set_font_size(15).set_bold().set_font_color(ACCENT),
        Role::Subtitle => format.set_font_color(MUTED),
        Role::Head => format
            .set_bold()
            .set_background_color(ACCENT_WASH)
            .set_border_top(FormatBorder::Medium)
            .set_border_top_color(ACCENT)
            .set_border_bottom(FormatBorder::Thin)
            .set_border_bottom_color(ACCENT)
            .set_text_wrap(),
        Role::Span => format
            .set_bold()
            .set_background_color(ACCENT_WASH)
            .set_border_top(FormatBorder::Medium)
            .set_border_top_color(ACCENT)
            .set_border_left(FormatBorder::Thin)
            .set_border_left_color(HAIR)
            .set_text_wrap(),
        Role::Section => format.set_bold().set_font_color(ACCENT).set_font_size(11),
        Role::Base => hair(format.set_font_color(MUTED).set_background_color(WASH)),
        Role::Total => format
            .set_bold()
            .set_border_top(FormatBorder::Thin)
            .set_border_top_color(ACCENT)
            .set_border_bottom(FormatBorder::Thin)
            .set_border_bottom_color(ACCENT),
        Role::Note => format.set_font_size(9).set_font_color(MUTED).set_text_wrap().set_align(FormatAlign::Top),
        Role::Link => format.set_font_color(ACCENT),
    };
    if style.role == Role::Letter {
        format = format.set_font_size(8).set_font_color(ACCENT).set_align(FormatAlign::Left);
    }
    format = match style.tone {
        Tone::Neutral => format,
        Tone::Good => format.set_background_color(ACCENT_WASH),
        Tone::Bad => format.set_background_color(BAD_WASH),
        Tone::Faint => format.set_font_color(MUTED),
    };
    if style.strong {
        format = format.set_bold();
    }
    if style.wrap {
        format = format.set_text_wrap().set_align(FormatAlign::Top);
    }
    if style.indent > 0 {
        format = format.set_align(FormatAlign::Left).set_indent(style.indent);
    }
    if style.centred || style.role == Role::Span {
        format = format.set_align(FormatAlign::Center);
    } else if style.right {
        format = format.set_align(FormatAlign::Right);
    }
    if style.quoted {
        format = format.set_quote_prefix();
    }
    match number_format(style.number) {
        Some(number) => format.set_num_format(number),
        None => format,
    }
}

/// The number format in the workbook's own language.
pub(super) fn number_format(format: NumberFormat) -> Option<String> {
    let digits = |decimals: u8| match decimals {
        0 => "#,##0".to_owned(),
        decimals => format!("#,##0.{}", "0".repeat(usize::from(decimals))),
    };
    match format {
        NumberFormat::General => None,
        NumberFormat::Decimals(decimals) => Some(digits(decimals)),
        NumberFormat::Estimate(decimals) => Some(format!("{0}_†;-{0}_†", digits(decimals))),
        NumberFormat::SmallBase(decimals) => Some(format!("{0}\"†\";-{0}\"†\"", digits(decimals))),
        NumberFormat::Signed(decimals) => Some(format!("+{0};-{0};{0}", digits(decimals))),
        NumberFormat::Day => Some("yyyy-mm-dd".to_owned()),
    }
}
