//! A document in Taiwan's Chinese: every text of it converted, what the data say left as typed.

use serde_json::Value;

use crate::diagnostics::Lang;
use crate::diagnostics::taiwan::to_taiwan;
use crate::document::blocks::Document;

/// The document as its language has it: one in Taiwan's Chinese is written as the mainland's and converted here, whole sentences at
/// once, so that no word is missed; all others stay as they are.
pub fn in_its_language(mut document: Document) -> Document {
    if document.meta.lang != Lang::ZhTw {
        return document;
    }
    // Texts stand in fifty kinds of fields. Anchors and the references to them are converted alike and still meet; everything
    // else that is a text in this tree, but for addresses, is read by someone.
    let brand = document.meta.brand.take();
    let converted = serde_json::to_value(&document).map(|tree| convert(tree, "")).and_then(serde_json::from_value);
    // The tree was written by the same types that read it.
    let mut document: Document = converted.unwrap_or(document);
    document.meta.brand = brand;
    document
}

fn convert(value: Value, key: &str) -> Value {
    match value {
        Value::String(text) if key != "url" => Value::String(to_taiwan(&text)),
        Value::Array(items) => Value::Array(items.into_iter().map(|item| convert(item, key)).collect()),
        Value::Object(fields) => {
            let pairs = fields.into_iter().map(|(key, value)| {
                let value = convert(value, &key);
                (key, value)
            });
            Value::Object(pairs.collect())
        }
        other => other,
    }
}
