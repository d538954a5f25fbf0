//! Documents and charts as the JSON that the templates read, free of characters that would disturb the page.

use serde::Serialize;
use serde_json::Value;

use crate::diagnostics::messages::render as messages;
use crate::diagnostics::{Diagnostic, Diagnostics};

/// `value` as JSON text; none, with a diagnostic, where it cannot be written.
pub(super) fn to_json(value: &impl Serialize, diagnostics: &mut Diagnostics) -> Option<String> {
    let written = serde_json::to_value(value).map(clean).and_then(|value| serde_json::to_string(&value));
    match written {
        Ok(text) => Some(text),
        Err(error) => {
            diagnostics.push(Diagnostic::error(&messages::UNWRITABLE_DATA).arg("problem", error));
            None
        }
    }
}

/// Drops control characters, which have no glyph, and directional ones, with which an answer could reorder the text
/// around it.
fn clean(value: Value) -> Value {
    match value {
        Value::String(text) if text.contains(is_disturbing) => Value::String(text.replace(is_disturbing, "")),
        Value::Array(items) => items.into_iter().map(clean).collect(),
        Value::Object(fields) => fields.into_iter().map(|(key, value)| (key, clean(value))).collect(),
        other => other,
    }
}

fn is_disturbing(character: char) -> bool {
    match character {
        '\n' | '\t' => false,
        '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        '\u{fffe}' | '\u{ffff}' | '\u{feff}' => true,
        other => other.is_control(),
    }
}

/// True if `text` has characters of the Chinese script or its full-width punctuation.
pub(super) fn has_chinese(text: &str) -> bool {
    text.chars().any(|character| {
        matches!(character, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn directional_and_control_characters_are_dropped_and_lines_kept() {
        let dirty = serde_json::json!({"a": ["x\u{202e}y\u{0007}z\r\n\tw"], "b": 1.5});
        let text = to_json(&dirty, &mut Diagnostics::new()).unwrap();
        assert_eq!(text, r#"{"a":["xyz\n\tw"],"b":1.5}"#);
    }

    #[test]
    fn chinese_is_seen_in_letters_and_punctuation() {
        assert!(has_chinese("n = 5，好"));
        assert!(has_chinese("（"));
        assert!(!has_chinese("café – “ok” ▲ 3.2"));
    }
}
