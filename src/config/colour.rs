//! Colours of a brand: reading `#0b6e4f`, contrast as the W3C defines it, shades that keep a contrast, and what is left of a
//! difference for readers who do not see red and green apart. In: a text; out: a colour and numbers about it.

use std::fmt;

use crate::diagnostics::Lang;

/// An opaque sRGB colour, eight bits a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour {
    red: u8,
    green: u8,
    blue: u8,
}

/// Least contrast of text against its ground: WCAG 2.2, success criterion 1.4.3.
pub const TEXT_CONTRAST: f64 = 4.5;
/// Least contrast of what a picture is understood by: WCAG 2.2, success criterion 1.4.11.
pub const GRAPHICS_CONTRAST: f64 = 3.0;
/// Least distance of two colours that carry opposite meanings, in CIELAB units; about eight times what is just seen.
const LEAST_DISTANCE: f64 = 20.0;

/// How linear red, green and blue arrive without the cones for long waves: Machado, Oliveira and Fernandes (2009), severity 1.
const PROTANOPIA: [[f64; 3]; 3] =
    [[0.152_286, 1.052_583, -0.204_868], [0.114_503, 0.786_281, 0.099_216], [-0.003_882, -0.048_116, 1.051_998]];
/// The same without the cones for middle waves.
const DEUTERANOPIA: [[f64; 3]; 3] =
    [[0.367_322, 0.860_646, -0.227_968], [0.280_085, 0.672_501, 0.047_413], [-0.011_820, 0.042_940, 0.968_881]];
const FULL_SIGHT: [[f64; 3]; 3] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];

/// What a colour is called in everyday words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hue {
    /// 红
    Red,
    /// 橙
    Orange,
    /// 褐
    Brown,
    /// 黄
    Yellow,
    /// 绿
    Green,
    /// 青
    Teal,
    /// 蓝
    Blue,
    /// 紫
    Purple,
    /// 粉
    Pink,
    /// 灰, black and white too
    Grey,
}

impl Hue {
    /// Its name as it stands before 色 or 底, or inside an English sentence.
    pub fn word(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Self::Red => ("红", "red"),
            Self::Orange => ("橙", "orange"),
            Self::Brown => ("褐", "brown"),
            Self::Yellow => ("黄", "yellow"),
            Self::Green => ("绿", "green"),
            Self::Teal => ("青", "teal"),
            Self::Blue => ("蓝", "blue"),
            Self::Purple => ("紫", "purple"),
            Self::Pink => ("粉", "pink"),
            Self::Grey => ("灰", "grey"),
        };
        if lang.is_chinese() { zh } else { en }
    }

    /// True for colours that warn: whoever sees them does not expect good news.
    pub fn is_warm(self) -> bool {
        matches!(self, Self::Red | Self::Orange | Self::Brown | Self::Yellow | Self::Pink)
    }
}

impl Colour {
    /// What it is called, by the angle of its hue, its saturation and its value (HSV).
    pub fn hue(self) -> Hue {
        let [red, green, blue] = [self.red, self.green, self.blue].map(|channel| f64::from(channel) / 255.0);
        let (most, least) = (red.max(green).max(blue), red.min(green).min(blue));
        let range = most - least;
        if most < 0.15 || range / most < 0.06 {
            return Hue::Grey;
        }
        let sixth = if most == red {
            ((green - blue) / range).rem_euclid(6.0)
        } else if most == green {
            (blue - red) / range + 2.0
        } else {
            (red - green) / range + 4.0
        };
        match sixth * 60.0 {
            angle if !(15.0..345.0).contains(&angle) => Hue::Red,
            angle if angle < 45.0 && most < 0.6 => Hue::Brown,
            angle if angle < 45.0 => Hue::Orange,
            angle if angle < 70.0 => Hue::Yellow,
            angle if angle < 165.0 => Hue::Green,
            angle if angle < 195.0 => Hue::Teal,
            angle if angle < 255.0 => Hue::Blue,
            angle if angle < 320.0 => Hue::Purple,
            _ if most < 0.75 => Hue::Red,
            _ => Hue::Pink,
        }
    }

    /// Reads `#rgb` or `#rrggbb`; none for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.trim().strip_prefix('#')?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        let value = |from: usize, count: usize| u8::from_str_radix(digits.get(from..from + count)?, 16).ok();
        match digits.len() {
            3 => Some(Self { red: value(0, 1)? * 17, green: value(1, 1)? * 17, blue: value(2, 1)? * 17 }),
            6 => Some(Self { red: value(0, 2)?, green: value(2, 2)?, blue: value(4, 2)? }),
            _ => None,
        }
    }

    /// Six hexadecimal digits without a mark before them, as Word writes them.
    pub fn digits(self) -> String {
        format!("{:02X}{:02X}{:02X}", self.red, self.green, self.blue)
    }

    /// The colour as one number, red in the highest of its three bytes.
    pub fn number(self) -> u32 {
        u32::from(self.red) << 16 | u32::from(self.green) << 8 | u32::from(self.blue)
    }

    fn linear(self) -> [f64; 3] {
        [self.red, self.green, self.blue].map(|channel| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        })
    }

    /// Contrast against white, 1 to 21 (WCAG 2.2, definition of contrast ratio).
    pub fn contrast_with_white(self) -> f64 {
        let [red, green, blue] = self.linear();
        1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
    }

    /// The lightest shade of this colour with at least this contrast against white; itself where that is enough.
    #[must_use]
    pub fn readable(self, contrast: f64) -> Self {
        let shades = (0..=100).map(|step| self.mixed(0, f64::from(step) / 100.0));
        shades.into_iter().find(|shade| shade.contrast_with_white() >= contrast).unwrap_or(self)
    }

    /// A wash: this share of the colour, the rest white.
    #[must_use]
    pub fn wash(self, share: f64) -> Self {
        self.mixed(255, 1.0 - share)
    }

    fn mixed(self, other: u8, share: f64) -> Self {
        let mix = |own: u8| (f64::from(own) * (1.0 - share) + f64::from(other) * share).round().clamp(0.0, 255.0) as u8;
        Self { red: mix(self.red), green: mix(self.green), blue: mix(self.blue) }
    }

    /// True if someone who does not see red and green apart, or anyone else, could take one colour for the other.
    pub fn is_confusable_with(self, other: Self) -> bool {
        [FULL_SIGHT, PROTANOPIA, DEUTERANOPIA].iter().any(|sight| self.distance(other, sight) < LEAST_DISTANCE)
    }

    /// CIE 1976 distance of two colours as they arrive with this sight.
    fn distance(self, other: Self, sight: &[[f64; 3]; 3]) -> f64 {
        let (own, other) = (lab(self.linear(), sight), lab(other.linear(), sight));
        own.iter().zip(other).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
    }
}

/// CIELAB (white point D65) of linear sRGB seen with `sight`.
fn lab(linear: [f64; 3], sight: &[[f64; 3]; 3]) -> [f64; 3] {
    const XYZ: [[f64; 3]; 3] = [
        [0.412_456_4, 0.357_576_1, 0.180_437_5],
        [0.212_672_9, 0.715_152_2, 0.072_175_0],
        [0.019_333_9, 0.119_192_0, 0.950_304_1],
    ];
    const WHITE: [f64; 3] = [0.950_47, 1.0, 1.088_83];
    let times = |matrix: &[[f64; 3]; 3], vector: [f64; 3]| {
        matrix.map(|row| row.iter().zip(vector).map(|(factor, value)| factor * value).sum::<f64>())
    };
    let seen = times(sight, linear).map(|channel| channel.clamp(0.0, 1.0));
    let root =
        |value: f64| if value > 216.0 / 24_389.0 { value.cbrt() } else { (24_389.0 / 27.0 * value + 16.0) / 116.0 };
    let xyz = times(&XYZ, seen);
    let [x, y, z] = [root(xyz[0] / WHITE[0]), root(xyz[1] / WHITE[1]), root(xyz[2] / WHITE[2])];
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

/// `#rrggbb`.
impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn colour(text: &str) -> Colour {
        Colour::parse(text).unwrap()
    }

    #[test]
    fn colours_are_read_as_web_pages_write_them() {
        assert_eq!(colour("#0b6e4f").digits(), "0B6E4F");
        assert_eq!(colour("#ABC").to_string(), "#aabbcc");
        assert_eq!(colour("#0b6e4f").number(), 0x000b_6e4f);
        for wrong in ["0b6e4f", "#0b6e4", "#0b6e4fff", "green", "#ééé", "#12345é", "", "#", "rgb(1,2,3)", "#+12"] {
            assert_eq!(Colour::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn contrast_is_that_of_the_w3c() {
        // The lightest greys that pass 4.5 and 3, with the next that fail: known from the guidelines' own examples.
        for (text, expected) in
            [("#ffffff", 1.0), ("#000000", 21.0), ("#767676", 4.54), ("#777777", 4.48), ("#949494", 3.03)]
        {
            let contrast = colour(text).contrast_with_white();
            assert!((contrast - expected).abs() < 0.005, "{text}: {contrast}");
        }
    }

    #[test]
    fn a_shade_keeps_the_contrast_and_no_more() {
        let pale = colour("#f2c14e");
        for least in [GRAPHICS_CONTRAST, TEXT_CONTRAST] {
            let shade = pale.readable(least);
            let contrast = shade.contrast_with_white();
            assert!(contrast >= least && contrast < least + 0.25, "{shade}: {contrast}");
        }
        assert_eq!(colour("#17508f").readable(TEXT_CONTRAST), colour("#17508f"));
    }

    #[test]
    fn colours_have_the_names_that_people_use() {
        for (text, word) in [
            ("#17508f", "blue"),
            ("#e1eaf5", "blue"),
            ("#d9771c", "orange"),
            ("#fbe8d6", "orange"),
            ("#0b6e4f", "green"),
            ("#008080", "teal"),
            ("#c8102e", "red"),
            ("#800000", "red"),
            ("#8b4513", "brown"),
            ("#ffd400", "yellow"),
            ("#6a0dad", "purple"),
            ("#ff69b4", "pink"),
            ("#777777", "grey"),
            ("#000000", "grey"),
            ("#ffffff", "grey"),
        ] {
            assert_eq!(colour(text).hue().word(Lang::En), word, "{text}");
        }
    }

    #[test]
    fn red_and_orange_are_taken_for_each_other_blue_and_orange_are_not() {
        let orange = colour("#d9771c");
        assert!(!colour("#17508f").is_confusable_with(orange));
        assert!(!colour("#0b6e4f").is_confusable_with(orange));
        assert!(colour("#cf8a1a").is_confusable_with(orange));
        // Apart for most readers, alike for those without one kind of cones.
        let olive = colour("#9a8a10");
        assert!(olive.distance(orange, &FULL_SIGHT) > LEAST_DISTANCE);
        assert!(olive.is_confusable_with(orange));
    }
}
