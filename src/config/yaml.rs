//! YAML text to a plain value tree and the place of every key. Errors of syntax, repeated keys and oversized alias
//! expansions are reported here; what the keys mean is checked by [`super::shape`].

use std::collections::HashSet;

use saphyr_parser::{Event, Parser, Span};
use serde_json::{Map, Value};

use crate::config::positions::KeyPositions;
use crate::diagnostics::messages::config as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Location};

/// Parses one YAML document. `file` is its name in diagnostics. Keys with an empty value are left out, and keys that are
/// numbers or booleans become texts. `None` after an error.
pub fn parse_value(text: &str, file: &str, diagnostics: &mut Diagnostics) -> Option<(Value, KeyPositions)> {
    let positions = index_keys(text, file, diagnostics)?;
    let value: serde_yaml::Value = match serde_yaml::from_str(text) {
        Ok(value) => value,
        Err(error) => {
            let location = error
                .location()
                .map_or_else(|| Location::file(file), |place| Location::text(file, place.line(), place.column()));
            diagnostics.push(Diagnostic::error(&messages::YAML_SYNTAX).arg("problem", error).at(location));
            return None;
        }
    };
    let texts = check_texts(&value, "", &positions, diagnostics);
    texts.then(|| (plain(value), positions))
}

/// Languages that a text may be written in.
const LANGUAGES: [&str; 3] = ["zh-CN", "en", "zh-TW"];

/// Reports texts by language in which a key has nothing behind it: an empty text, or the rest of a text without quotes that YAML
/// ended at its comma. True without any.
fn check_texts(value: &serde_yaml::Value, path: &str, positions: &KeyPositions, diagnostics: &mut Diagnostics) -> bool {
    match value {
        serde_yaml::Value::Mapping(mapping) => {
            let keys = || mapping.iter().map(|(key, value)| (key_text(key), value));
            let by_language = keys().any(|(key, value)| LANGUAGES.contains(&key.as_str()) && !value.is_mapping());
            let mut sound = true;
            for (key, value) in keys() {
                let own = join(path, &key);
                if by_language && value.is_null() {
                    let known = LANGUAGES.contains(&key.as_str());
                    let message = if known { &messages::EMPTY_TEXT } else { &messages::CUT_TEXT };
                    diagnostics.push(Diagnostic::error(message).arg("key", &key).at(positions.locate(&own)).key(own));
                    sound = false;
                } else {
                    sound &= check_texts(value, &own, positions, diagnostics);
                }
            }
            sound
        }
        serde_yaml::Value::Sequence(items) => items.iter().enumerate().fold(true, |sound, (index, item)| {
            check_texts(item, &format!("{path}[{index}]"), positions, diagnostics) && sound
        }),
        _ => true,
    }
}

/// Strips tags, drops empty entries of mappings and turns scalar keys into texts.
fn plain(value: serde_yaml::Value) -> Value {
    match value {
        serde_yaml::Value::Null => Value::Null,
        serde_yaml::Value::Bool(value) => Value::Bool(value),
        serde_yaml::Value::Number(number) => number
            .as_i64()
            .map(Value::from)
            .or_else(|| number.as_u64().map(Value::from))
            .or_else(|| number.as_f64().map(Value::from))
            .unwrap_or(Value::Null),
        serde_yaml::Value::String(text) => Value::String(text),
        serde_yaml::Value::Sequence(items) => Value::Array(items.into_iter().map(plain).collect()),
        serde_yaml::Value::Mapping(mapping) => Value::Object(
            mapping
                .into_iter()
                .filter_map(|(key, value)| {
                    let value = plain(value);
                    (!value.is_null()).then(|| (key_text(&key), value))
                })
                .collect::<Map<_, _>>(),
        ),
        serde_yaml::Value::Tagged(tagged) => plain(tagged.value),
    }
}

fn key_text(key: &serde_yaml::Value) -> String {
    match plain(key.clone()) {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// A collection that is being read: the path of its parent entry and where we are inside.
enum Level {
    Mapping { path: String, key: Option<String>, seen: HashSet<String> },
    Sequence { path: String, next: usize },
}

/// Walks the parser's events and records line and column of every key and list item.
fn index_keys(text: &str, file: &str, diagnostics: &mut Diagnostics) -> Option<KeyPositions> {
    let mut positions = KeyPositions::new(file);
    let mut levels: Vec<Level> = Vec::new();
    let mut documents = 0;
    let mut failed = false;
    for event in Parser::new_from_str(text) {
        let (event, span) = match event {
            Ok(event) => event,
            Err(error) => {
                let place = error.marker();
                let location = Location::text(file, place.line(), place.col() + 1);
                diagnostics.push(Diagnostic::error(&messages::YAML_SYNTAX).arg("problem", error.info()).at(location));
                return None;
            }
        };
        match event {
            Event::DocumentStart(_) => documents += 1,
            Event::Scalar(value, ..) => {
                let node = begin_node(&mut levels, Some(&value), span, &mut positions);
                if matches!(node, Some(NodeKind::RepeatedKey)) {
                    let (line, column) = place(span);
                    diagnostics.push(
                        Diagnostic::error(&messages::REPEATED_KEY)
                            .arg("key", &value)
                            .at(Location::text(file, line, column)),
                    );
                    failed = true;
                }
            }
            Event::Alias(_) => {
                begin_node(&mut levels, None, span, &mut positions);
            }
            Event::MappingStart(..) => {
                let path = child_path(&mut levels, span, &mut positions);
                levels.push(Level::Mapping { path, key: None, seen: HashSet::new() });
            }
            Event::SequenceStart(..) => {
                let path = child_path(&mut levels, span, &mut positions);
                levels.push(Level::Sequence { path, next: 0 });
            }
            Event::MappingEnd | Event::SequenceEnd => {
                levels.pop();
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
    }
    if documents > 1 {
        diagnostics.push(Diagnostic::error(&messages::SEVERAL_DOCUMENTS).at(Location::file(file)));
        failed = true;
    }
    (!failed).then_some(positions)
}

enum NodeKind {
    Key,
    RepeatedKey,
    Value,
}

fn place(span: Span) -> (usize, usize) {
    (span.start.line(), span.start.col() + 1)
}

/// Handles a scalar: a key of the mapping we are in, or a value.
fn begin_node(
    levels: &mut [Level],
    scalar: Option<&str>,
    span: Span,
    positions: &mut KeyPositions,
) -> Option<NodeKind> {
    let (line, column) = place(span);
    match levels.last_mut()? {
        Level::Mapping { path, key, seen } => match (key.take(), scalar) {
            (None, Some(name)) => {
                positions.insert(join(path, name), line, column);
                let fresh = seen.insert(name.to_owned());
                *key = Some(name.to_owned());
                Some(if fresh { NodeKind::Key } else { NodeKind::RepeatedKey })
            }
            _ => Some(NodeKind::Value),
        },
        Level::Sequence { path, next } => {
            positions.insert(format!("{path}[{next}]"), line, column);
            *next += 1;
            Some(NodeKind::Value)
        }
    }
}

/// Path of a collection that begins here.
fn child_path(levels: &mut [Level], span: Span, positions: &mut KeyPositions) -> String {
    let (line, column) = place(span);
    match levels.last_mut() {
        None => String::new(),
        Some(Level::Mapping { path, key, .. }) => join(path, &key.take().unwrap_or_default()),
        Some(Level::Sequence { path, next }) => {
            let own = format!("{path}[{next}]");
            positions.insert(own.clone(), line, column);
            *next += 1;
            own
        }
    }
}

/// `parent.key`, or the key alone at the top.
pub fn join(parent: &str, key: &str) -> String {
    if parent.is_empty() { key.to_owned() } else { format!("{parent}.{key}") }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::diagnostics::Position;

    fn parse(text: &str) -> (Option<(Value, KeyPositions)>, Vec<&'static str>) {
        let mut diagnostics = Diagnostics::new();
        let parsed = parse_value(text, "manyi.yaml", &mut diagnostics);
        let codes = diagnostics.iter().map(|diagnostic| diagnostic.message.code).collect();
        (parsed, codes)
    }

    #[test]
    fn every_key_has_its_place() {
        let (parsed, _) = parse("a:\n  b: 1\n  c:\n    - x: 2\n    - 满意: [3, 4]\n");
        let (value, positions) = parsed.unwrap();
        assert_eq!(value["a"]["c"][1]["满意"][1], 4);
        let at = |path: &str| match positions.locate(path).position {
            Some(Position::Text { line, column }) => (line, column),
            other => panic!("{other:?}"),
        };
        assert_eq!(at("a.b"), (2, 3));
        assert_eq!(at("a.c[1]"), (5, 7));
        assert_eq!(at("a.c[1].满意"), (5, 7));
        assert_eq!(at("a.c[1].满意[1]"), (5, 15));
        assert_eq!(at("a.c[0].nothing"), (4, 7), "unknown paths fall back to their parent");
    }

    #[test]
    fn number_keys_become_texts_and_empty_values_go() {
        let (parsed, _) = parse("labels: {1: 差, 5: 好}\nempty:\n");
        let (value, _) = parsed.unwrap();
        assert_eq!(value, serde_json::json!({"labels": {"1": "差", "5": "好"}}));
    }

    #[test]
    fn texts_that_yaml_cut_at_a_comma_are_refused() {
        let cut = "actions:\n  - what: { zh-CN: 反馈码, en: A code on every table, answered within 24 hours }\n";
        let mut diagnostics = Diagnostics::new();
        assert!(parse_value(cut, "manyi.yaml", &mut diagnostics).is_none());
        let found = diagnostics.iter().next().unwrap();
        assert_eq!(
            (found.message.code, found.key_path.as_deref()),
            ("M0133", Some("actions[0].what.answered within 24 hours"))
        );
        let place = found.location.as_ref().and_then(|held| held.position.clone());
        assert!(matches!(place, Some(Position::Text { line: 2, column: 52 })), "{place:?}");
        assert_eq!(parse("title: { zh-CN: 满意, en: }\n").1, ["M0134"]);
        assert_eq!(parse("title: { zh-CN: 满意, en: \"A code, answered\" }\nother:\n").1, [] as [&str; 0]);
    }

    #[test]
    fn broken_repeated_and_bomb_are_refused() {
        assert_eq!(parse("a: [1, 2").1, ["M0101"]);
        assert_eq!(parse("a: 1\na: 2\n").1, ["M0102"]);
        assert_eq!(parse("a: 1\n---\nb: 2\n").1, ["M0103"]);
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for level in 1..12 {
            let previous = format!("*a{}", level - 1);
            bomb.push_str(&format!("a{level}: &a{level} [{}]\n", vec![previous; 9].join(", ")));
        }
        assert_eq!(parse(&bomb).1, ["M0101"]);
    }
}
