//! What a brand changes on a web page: variables of the style sheet, and the logo as a picture inside the page.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Page, escape};
use crate::config::brand::FontPair;
use crate::config::colour::Colour;
use crate::document::brand::DocumentBrand;

/// Rules that stand behind those of the style sheet. The families go in front of those that the sheet names.
pub(super) fn variables(brand: &DocumentBrand) -> String {
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
        if let Some(families) = families(pair) {
            let _ = write!(rules, " --{name}: {families}, var(--own-{name}, {generic});");
        }
    }
    if rules.is_empty() { rules } else { format!("\n:root {{{rules} }}\n") }
}

/// The families of both scripts as CSS writes them: strings, in which nothing is markup.
fn families(pair: &FontPair) -> Option<String> {
    let quoted = |family: &String| {
        let letters = family.chars().filter(|letter| !letter.is_control());
        let escape = |letter| matches!(letter, '"' | '\\').then_some('\\').into_iter().chain([letter]);
        let escaped: String = letters.flat_map(escape).collect();
        format!("\"{escaped}\"")
    };
    // Chinese families hold Latin letters too: the Latin one has to come first to be seen.
    let named: Vec<String> = [&pair.latin, &pair.han].into_iter().flatten().map(quoted).collect();
    (!named.is_empty()).then(|| named.join(", "))
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
