//! What a brand changes on a web page: variables of the style sheet, and the logo as a picture inside the page.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Page, escape};
use crate::config::colour::Colour;
use crate::diagnostics::Lang;
use crate::document::brand::DocumentBrand;

/// Rules that stand behind those of the style sheet. The families go in front of those that the sheet names, but the Han family of an
/// English page behind them: its quotation marks are full-width.
pub(super) fn variables(brand: &DocumentBrand, lang: Lang) -> String {
    let palette = &brand.palette;
    let colours: [(&str, Option<Colour>); 6] = [
        ("accent", palette.primary),
        ("good", palette.good),
        ("good-wash", palette.good_wash),
        ("warn", palette.bad_text),
        ("bad-wash", palette.bad_wash),
        ("rule", palette.accent),
    ];
    let mut rules = String::new();
    for (name, colour) in colours {
        if let Some(colour) = colour {
            let _ = write!(rules, " --{name}: {colour};");
        }
    }
    for (name, pair, generic) in [("serif", &brand.wished.body, "serif"), ("sans", &brand.wished.heading, "sans-serif")]
    {
        let own = format!("var(--own-{name}, {generic})");
        let (latin, han) = (pair.latin.as_deref().map(quoted), pair.han.as_deref().map(quoted));
        // Chinese families hold Latin letters too: the Latin one has to come first to be seen.
        let families = if lang == Lang::En { [latin, Some(own), han] } else { [latin, han, Some(own)] };
        let families: Vec<String> = families.into_iter().flatten().collect();
        if families.len() > 1 {
            let _ = write!(rules, " --{name}: {};", families.join(", "));
        }
    }
    if rules.is_empty() { rules } else { format!("\n:root {{{rules} }}\n") }
}

/// A family as CSS writes it: a string, in which nothing is markup.
fn quoted(family: &str) -> String {
    let letters = family.chars().filter(|letter| !letter.is_control());
    let escape = |letter| matches!(letter, '"' | '\\').then_some('\\').into_iter().chain([letter]);
    let escaped: String = letters.flat_map(escape).collect();
    format!("\"{escaped}\"")
}

impl Page<'_> {
    /// The logo, with the name of the house for those who cannot see it.
    pub(super) fn logo(&mut self) {
        let Some(brand) = self.document.meta.brand.as_deref() else { return };
        let Some(logo) = &brand.logo else { return };
        let (kind, data) = (logo.kind.media_type(), STANDARD.encode(&logo.bytes));
        let alt = escape(&brand.company);
        let _ = writeln!(self.html, "<img class=\"logo\" src=\"data:{kind};base64,{data}\" alt=\"{alt}\">");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::brand::FontPair;

    #[test]
    fn the_han_family_of_an_english_page_stands_behind_the_latin_ones() {
        let mut brand = DocumentBrand::default();
        brand.wished.heading = FontPair { han: Some("Noto \"Sans\" CJK".into()), latin: None };
        let chinese = "\n:root { --sans: \"Noto \\\"Sans\\\" CJK\", var(--own-sans, sans-serif); }\n";
        let english = "\n:root { --sans: var(--own-sans, sans-serif), \"Noto \\\"Sans\\\" CJK\"; }\n";
        assert_eq!(variables(&brand, Lang::ZhCn), chinese);
        assert_eq!(variables(&brand, Lang::En), english);
        brand.wished.body.latin = Some("Georgia".into());
        assert!(variables(&brand, Lang::En).contains("--serif: \"Georgia\", var(--own-serif, serif);"));
    }
}
