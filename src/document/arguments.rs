//! Arguments of a directive: YAML in, checked values out. Every wrong key or value is reported at the directive's line.

use serde_json::{Map, Value};

use crate::config::fragment;
use crate::diagnostics::messages::document as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Location};
use crate::document::blocks::Inline;
use crate::document::markdown::{self, Directive};

/// The arguments of one directive.
#[derive(Debug)]
pub struct Arguments<'d> {
    directive: &'d Directive,
    file: &'d str,
    values: Map<String, Value>,
}

impl<'d> Arguments<'d> {
    /// Parses the body of a directive; keys outside `known` are errors. None if it is no mapping.
    pub fn parse(
        directive: &'d Directive,
        file: &'d str,
        known: &[&str],
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let values = match fragment::parse(&directive.body) {
            Ok(Value::Object(values)) => values,
            Ok(Value::Null) => Map::new(),
            Ok(other) => {
                let error = Diagnostic::error(&messages::BAD_DIRECTIVE);
                let error = error.arg("directive", &directive.name).arg("problem", format!("`{other}`"));
                diagnostics.push(error.at(Location::text(file, directive.line, 1)));
                return None;
            }
            Err((problem, line)) => {
                let error = Diagnostic::error(&messages::BAD_DIRECTIVE);
                let error = error.arg("directive", &directive.name).arg("problem", problem);
                diagnostics.push(error.at(Location::text(file, directive.line + line, 1)));
                return None;
            }
        };
        let arguments = Self { directive, file, values };
        for key in arguments.values.keys().filter(|key| !known.contains(&key.as_str())) {
            let error =
                Diagnostic::error(&messages::UNKNOWN_ARGUMENT).arg("directive", &directive.name).arg("key", key);
            diagnostics.push(arguments.place(error.suggest(key, known.iter().copied())));
        }
        Some(arguments)
    }

    /// Puts a diagnostic at the directive.
    pub fn place(&self, diagnostic: Diagnostic) -> Diagnostic {
        diagnostic.at(Location::text(self.file, self.directive.line, 1))
    }

    /// Reports that a value does not fit.
    pub fn refuse(&self, key: &str, value: &str, known: &[&str], diagnostics: &mut Diagnostics) {
        let error = Diagnostic::error(&messages::BAD_ARGUMENT)
            .arg("directive", &self.directive.name)
            .arg("key", key)
            .arg("value", value)
            .arg("options", known.join(", "))
            .suggest(value, known.iter().copied());
        diagnostics.push(self.place(error));
    }

    /// A text; numbers are taken as they are written.
    pub fn text(&self, key: &str) -> Option<String> {
        match self.values.get(key)? {
            Value::String(text) => Some(text.clone()),
            Value::Null => None,
            other => Some(other.to_string()),
        }
    }

    /// A text as an id: Markdown escapes are undone, so that `{{ id | yaml }}` names what it should.
    pub fn id(&self, key: &str, diagnostics: &mut Diagnostics) -> Option<String> {
        self.text(key).map(|text| markdown::plain_text(&self.inline(&text, diagnostics)))
    }

    /// One text or a list of them, as ids.
    pub fn ids(&self, key: &str, diagnostics: &mut Diagnostics) -> Option<Vec<String>> {
        let texts: Vec<String> = match self.values.get(key)? {
            Value::Array(items) => {
                items.iter().map(|item| item.as_str().map_or_else(|| item.to_string(), ToOwned::to_owned)).collect()
            }
            Value::String(text) => vec![text.clone()],
            _ => return None,
        };
        Some(texts.iter().map(|text| markdown::plain_text(&self.inline(text, diagnostics))).collect())
    }

    /// Running text written in Markdown; empty where the key is absent.
    pub fn markdown(&self, key: &str, diagnostics: &mut Diagnostics) -> Vec<Inline> {
        self.text(key).map(|text| self.inline(&text, diagnostics)).unwrap_or_default()
    }

    /// A whole number.
    pub fn count(&self, key: &str, diagnostics: &mut Diagnostics) -> Option<usize> {
        let value = self.values.get(key)?;
        let count = value.as_u64().and_then(|number| usize::try_from(number).ok());
        if count.is_none() {
            self.refuse(key, &value.to_string(), &[], diagnostics);
        }
        count
    }

    /// True or false; false where absent.
    pub fn flag(&self, key: &str) -> bool {
        self.values.get(key).and_then(Value::as_bool).unwrap_or(false)
    }

    /// A list of pairs of texts.
    pub fn pairs(&self, key: &str, diagnostics: &mut Diagnostics) -> Option<Vec<(String, String)>> {
        let rows = self.values.get(key)?.as_array()?;
        Some(
            rows.iter()
                .filter_map(|row| {
                    let text = |index: usize| {
                        row.get(index).map(|held| held.as_str().map_or_else(|| held.to_string(), ToOwned::to_owned))
                    };
                    Some((text(0)?, text(1)?))
                })
                .map(|(label, value)| {
                    let mut plain = |text: &str| markdown::plain_text(&self.inline(text, diagnostics));
                    (plain(&label), plain(&value))
                })
                .collect(),
        )
    }

    fn inline(&self, text: &str, diagnostics: &mut Diagnostics) -> Vec<Inline> {
        markdown::parse_inline(text, self.file, self.directive.line, diagnostics)
    }
}
