//! How the tab book looks: colours, fonts by language, and the cell format of every style.

use std::collections::BTreeMap;

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

use super::sheet::{NumberFormat, Role, Style, Tone};
use crate::config::colour::Colour;
use crate::diagnostics::Lang;
use crate::document::brand::DocumentBrand;

/// Text.
pub(super) const INK: Color = Color::RGB(0x001b_2530);
/// Text of little weight.
pub(super) const MUTED: Color = Color::RGB(0x005d_6875);
/// Thin lines.
pub(super) const HAIR: Color = Color::RGB(0x00d5_dbe2);
/// What is talked about.
const ACCENT: Color = Color::RGB(0x0017_508f);
/// Behind heads.
const ACCENT_WASH: Color = Color::RGB(0x00e1_eaf5);
/// Behind bases.
const WASH: Color = Color::RGB(0x00f3_f6f9);
/// What is worse.
const BAD: Color = Color::RGB(0x00d9_771c);
/// Behind what is worse.
const BAD_WASH: Color = Color::RGB(0x00fb_e8d6);

/// Size of the text in points.
pub(super) const SIZE: f64 = 10.0;

/// The font of a language. A workbook names one font and leaves its replacement to the program that opens it: Excel and WPS
/// ship these, LibreOffice takes Noto Sans CJK SC and Carlito for them.
fn font(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "Calibri",
        Lang::ZhCn => "等线",
        Lang::ZhTw => "Microsoft JhengHei",
    }
}

/// What a brand may change.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Look {
    /// Titles, links, rules of heads.
    pub accent: Color,
    /// Behind heads.
    pub accent_wash: Color,
    /// Main series of charts.
    pub chart: Color,
    /// What is worse in charts.
    pub chart_bad: Color,
    /// Behind what is better.
    pub good_wash: Color,
    /// Behind what is worse.
    pub bad_wash: Color,
    /// The font.
    pub font: String,
}

impl Look {
    /// The look of a language and a brand.
    pub fn of(lang: Lang, brand: Option<&DocumentBrand>) -> Self {
        let palette = brand.map(|brand| brand.palette.clone()).unwrap_or_default();
        let wished = brand.map(|brand| &brand.wished.body);
        let family = wished.and_then(|pair| if lang == Lang::En { pair.latin.clone() } else { pair.han.clone() });
        let or = |own: Color, colour: Option<Colour>| colour.map_or(own, |colour| Color::RGB(colour.number()));
        Self {
            accent: or(ACCENT, palette.primary),
            accent_wash: or(ACCENT_WASH, palette.primary_wash),
            chart: or(ACCENT, palette.chart),
            good_wash: or(ACCENT_WASH, palette.good_wash),
            chart_bad: or(BAD, palette.chart_bad),
            bad_wash: or(BAD_WASH, palette.bad_wash),
            font: family.unwrap_or_else(|| font(lang).to_owned()),
        }
    }
}

/// The formats made so far, one a style.
pub(super) struct Formats {
    pub look: Look,
    made: BTreeMap<Style, Format>,
}

impl Formats {
    /// None yet.
    pub fn new(look: Look) -> Self {
        Self { look, made: BTreeMap::new() }
    }

    /// The format of a style.
    pub fn of(&mut self, style: Style) -> Format {
        let look = &self.look;
        self.made.entry(style).or_insert_with(|| format_of(style, look)).clone()
    }
}

/// The format of cells without one of their own.
pub(super) fn plain(look: &Look) -> Format {
    Format::new()
        .set_font_name(&look.font)
        .set_font_size(SIZE)
        .set_font_color(INK)
        .set_align(FormatAlign::VerticalCenter)
}

fn format_of(style: Style, look: &Look) -> Format {
    let (accent, accent_wash) = (look.accent, look.accent_wash);
    let hair = |format: Format| format.set_border_bottom(FormatBorder::Thin).set_border_bottom_color(HAIR);
    let mut format = plain(look);
    format = match style.role {
        Role::Plain => format,
        Role::Body | Role::Letter => hair(format),
        Role::Title => format.set_font_size(15).set_bold().set_font_color(accent),
        Role::Subtitle => format.set_font_color(MUTED),
        Role::Head => format
            .set_bold()
            .set_background_color(accent_wash)
            .set_border_top(FormatBorder::Medium)
            .set_border_top_color(accent)
            .set_border_bottom(FormatBorder::Thin)
            .set_border_bottom_color(accent)
            .set_text_wrap(),
        Role::Span => format
            .set_bold()
            .set_background_color(accent_wash)
            .set_border_top(FormatBorder::Medium)
            .set_border_top_color(accent)
            .set_border_left(FormatBorder::Thin)
            .set_border_left_color(HAIR)
            .set_text_wrap(),
        Role::Section => format.set_bold().set_font_color(accent).set_font_size(11),
        Role::Base => hair(format.set_font_color(MUTED).set_background_color(WASH)),
        Role::Total => format
            .set_bold()
            .set_border_top(FormatBorder::Thin)
            .set_border_top_color(accent)
            .set_border_bottom(FormatBorder::Thin)
            .set_border_bottom_color(accent),
        Role::Note => format.set_font_size(9).set_font_color(MUTED).set_text_wrap().set_align(FormatAlign::Top),
        Role::Link => format.set_font_color(accent),
    };
    if style.role == Role::Letter {
        format = format.set_font_size(8).set_font_color(accent).set_align(FormatAlign::Left);
    }
    format = match style.tone {
        Tone::Neutral => format,
        Tone::Good => format.set_background_color(look.good_wash),
        Tone::Bad => format.set_background_color(look.bad_wash),
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
        NumberFormat::Goal(decimals, least) => {
            let sign = if least { "≥" } else { "≤" };
            Some(format!("\"{sign} \"{0};\"{sign} -\"{0}", digits(decimals)))
        }
        NumberFormat::Probability => Some("[<0.0005]\"<0.001\";0.000".to_owned()),
        NumberFormat::Day => Some("yyyy-mm-dd".to_owned()),
    }
}
