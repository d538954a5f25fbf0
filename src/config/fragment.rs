//! Small pieces of YAML that stand inside other texts, such as the arguments of a directive in a template.
//! They are read here because this stage is the only one that knows YAML.

use serde_json::Value;

/// Parses a piece of YAML into a JSON value; an empty text is an empty mapping.
///
/// # Errors
/// The parser's message and the line inside `text`, from 1.
pub fn parse(text: &str) -> Result<Value, (String, usize)> {
    if text.trim().is_empty() {
        return Ok(Value::Object(serde_json::Map::new()));
    }
    serde_yaml::from_str(text).map_err(|error| {
        let line = error.location().map_or(1, |place| place.line());
        (error.to_string(), line)
    })
}

/// A value as YAML.
///
/// # Errors
/// The writer's message, where the value has keys that are no texts.
pub fn print<T: serde::Serialize>(value: &T) -> Result<String, String> {
    serde_yaml::to_string(value).map_err(|error| error.to_string())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn arguments_become_json() {
        let value = parse("kind: bar\nmetrics: [a, b]\ncaption: \"抱怨率 \\\"高\\\"\"").unwrap();
        assert_eq!(value["kind"], "bar");
        assert_eq!(value["metrics"][1], "b");
        assert_eq!(value["caption"], "抱怨率 \"高\"");
        assert!(parse("").unwrap().as_object().unwrap().is_empty());
    }

    #[test]
    fn an_error_names_its_line() {
        let (_, line) = parse("kind: bar\ncaption: \"open").unwrap_err();
        assert!(line >= 2);
    }
}
