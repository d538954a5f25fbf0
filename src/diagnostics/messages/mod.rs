//! The bilingual message catalogue: one file a stage, one entry a problem, each with a stable code.
//!
//! Style: lower case, no full stop, values in backticks, what to do in the hint. `{name}` is filled from the diagnostic.

pub mod brand;
pub mod coding;
pub mod config;
pub mod delivery;
pub mod document;
pub mod grading;
pub mod metrics;
pub mod models;
pub mod output;
pub mod packs;
pub mod plan;
pub mod plugins;
pub mod readers;
pub mod render;
pub mod runs;
pub mod wasm;
pub mod weighting;
pub mod workbook;

use crate::diagnostics::Lang;

/// One entry of the catalogue.
#[derive(Debug, PartialEq, Eq)]
pub struct Message {
    /// Stable code, `M` and four digits; the first two name the stage.
    pub code: &'static str,
    en: &'static str,
    zh_cn: &'static str,
    hint: Option<(&'static str, &'static str)>,
}

impl Message {
    /// An entry without a fixed hint.
    pub const fn new(code: &'static str, en: &'static str, zh_cn: &'static str) -> Self {
        Self { code, en, zh_cn, hint: None }
    }

    /// Adds what to do about it, English first.
    #[must_use]
    pub const fn hinted(mut self, en: &'static str, zh_cn: &'static str) -> Self {
        self.hint = Some((en, zh_cn));
        self
    }

    /// The wording with its placeholders.
    pub fn text(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.en,
            Lang::ZhCn | Lang::ZhTw => self.zh_cn,
        }
    }

    /// The fixed hint with its placeholders.
    pub fn hint(&self, lang: Lang) -> Option<&'static str> {
        self.hint.map(|(en, zh_cn)| match lang {
            Lang::En => en,
            Lang::ZhCn | Lang::ZhTw => zh_cn,
        })
    }
}

/// Declares the messages of a stage and lists them in `ALL`.
macro_rules! messages {
    ($($(#[$meta:meta])* $name:ident = $message:expr;)*) => {
        $($(#[$meta])* pub static $name: $crate::diagnostics::Message = $message;)*
        /// Every message of this stage.
        pub static ALL: &[&$crate::diagnostics::Message] = &[$(&$name),*];
    };
}
pub(crate) use messages;

/// Every message of the program, by stage.
pub fn all() -> impl Iterator<Item = &'static Message> {
    [
        config::ALL,
        readers::ALL,
        coding::ALL,
        weighting::ALL,
        plugins::ALL,
        wasm::ALL,
        metrics::ALL,
        models::ALL,
        document::ALL,
        plan::ALL,
        render::ALL,
        brand::ALL,
        workbook::ALL,
        output::ALL,
        packs::ALL,
        grading::ALL,
        delivery::ALL,
        runs::ALL,
    ]
    .into_iter()
    .flatten()
    .copied()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn placeholders(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name)).collect()
    }

    #[test]
    fn codes_are_unique_and_well_formed() {
        let mut seen = BTreeSet::new();
        for message in all() {
            assert!(seen.insert(message.code), "code {} stands twice", message.code);
            assert!(
                message.code.len() == 5 && message.code.starts_with('M') && message.code[1..].parse::<u16>().is_ok(),
                "code {} is not M and four digits",
                message.code
            );
        }
    }

    #[test]
    fn both_languages_say_the_same_things() {
        for message in all() {
            assert_eq!(
                placeholders(message.en),
                placeholders(message.zh_cn),
                "placeholders differ in {}",
                message.code
            );
            assert!(!message.en.ends_with('.') && !message.zh_cn.ends_with('。'), "full stop in {}", message.code);
            if let Some((en, zh)) = message.hint {
                assert_eq!(placeholders(en), placeholders(zh), "hint placeholders differ in {}", message.code);
            }
        }
    }
}
