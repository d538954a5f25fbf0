//! Checks a value tree against the JSON Schema of its type, so that all mistakes of a file are reported at once: unknown
//! keys with the nearest known one, missing keys, wrong kinds of value, values outside a list.

use serde_json::Value;

use crate::config::positions::KeyPositions;
use crate::config::yaml::join;
use crate::diagnostics::messages::config as messages;
use crate::diagnostics::{Diagnostic, Message};

/// All mistakes of `value` against `schema` (as `schemars` writes it), in the order of the file.
pub fn check_shape(schema: &Value, value: &Value, positions: &KeyPositions) -> Vec<Diagnostic> {
    let mut checker = Checker { root: schema, positions, problems: Vec::new() };
    checker.check(schema, value, "");
    checker.problems
}

struct Checker<'a> {
    root: &'a Value,
    positions: &'a KeyPositions,
    problems: Vec<Diagnostic>,
}

impl<'a> Checker<'a> {
    fn check(&mut self, schema: &'a Value, value: &Value, path: &str) {
        let schema = self.resolve(schema);
        if let Some(branches) = alternatives(schema) {
            self.check_alternatives(branches, value, path);
            return;
        }
        if let Some(options) = fixed_values(schema) {
            self.check_option(&options, value, path);
            return;
        }
        if !accepts_type(schema, value) {
            self.report(expected_message(schema), path, |problem| problem.arg("found", describe(schema, value)));
            return;
        }
        match value {
            Value::Object(entries) => self.check_mapping(schema, entries, path),
            Value::Array(items) => self.check_list(schema, items, path),
            _ => {}
        }
    }

    fn check_mapping(&mut self, schema: &'a Value, entries: &serde_json::Map<String, Value>, path: &str) {
        let properties = schema.get("properties").and_then(Value::as_object);
        let others = schema.get("additionalProperties");
        for (key, value) in entries {
            let own = join(path, key);
            if let Some(property) = properties.and_then(|properties| properties.get(key)) {
                self.check(property, value, &own);
            } else if others == Some(&Value::Bool(false)) {
                let known: Vec<&str> = properties.into_iter().flatten().map(|(name, _)| name.as_str()).collect();
                let list = known.join(", ");
                self.report(&messages::UNKNOWN_KEY, &own, |problem| {
                    problem.arg("key", key).arg("known", list).suggest(key, known)
                });
            } else if let Some(others) = others.filter(|others| others.is_object()) {
                self.check(others, value, &own);
            }
        }
        for required in schema.get("required").and_then(Value::as_array).into_iter().flatten() {
            if let Some(key) = required.as_str().filter(|key| !entries.contains_key(*key)) {
                self.report(&messages::MISSING_KEY, path, |problem| problem.arg("key", key));
            }
        }
    }

    fn check_list(&mut self, schema: &'a Value, items: &[Value], path: &str) {
        let bound = |name: &str| schema.get(name).and_then(Value::as_u64).and_then(|count| usize::try_from(count).ok());
        if bound("minItems").is_some_and(|count| items.len() < count)
            || bound("maxItems").is_some_and(|count| items.len() > count)
        {
            let wanted = bound("minItems").unwrap_or_default();
            self.report(&messages::WRONG_COUNT, path, |problem| {
                problem.arg("wanted", wanted).arg("found", items.len())
            });
        }
        if let Some(item_schema) = schema.get("items") {
            for (index, item) in items.iter().enumerate() {
                self.check(item_schema, item, &format!("{path}[{index}]"));
            }
        }
    }

    /// Accepts if one branch does; else reports the branch that comes nearest (of the same kind of value).
    fn check_alternatives(&mut self, branches: &'a [Value], value: &Value, path: &str) {
        let mut nearest: Option<(bool, Vec<Diagnostic>)> = None;
        for branch in branches {
            let mut trial = Checker { root: self.root, positions: self.positions, problems: Vec::new() };
            trial.check(branch, value, path);
            if trial.problems.is_empty() {
                return;
            }
            let same_kind = accepts_type(self.resolve(branch), value);
            if nearest.as_ref().is_none_or(|(had_kind, _)| same_kind && !had_kind) {
                nearest = Some((same_kind, trial.problems));
            }
        }
        self.problems.extend(nearest.into_iter().flat_map(|(_, problems)| problems));
    }

    fn check_option(&mut self, options: &[String], value: &Value, path: &str) {
        let written = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        if !options.contains(&written) {
            let list = options.join(", ");
            self.report(&messages::NOT_AN_OPTION, path, |problem| {
                problem
                    .arg("value", &written)
                    .arg("options", list)
                    .suggest(&written, options.iter().map(String::as_str))
            });
        }
    }

    fn report(&mut self, message: &'static Message, path: &str, fill: impl FnOnce(Diagnostic) -> Diagnostic) {
        let problem = Diagnostic::error(message).at(self.positions.locate(path)).key(path);
        self.problems.push(fill(problem));
    }

    fn resolve(&self, schema: &'a Value) -> &'a Value {
        let mut schema = schema;
        while let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            match self.root.pointer(reference.trim_start_matches('#')) {
                Some(target) => schema = target,
                None => break,
            }
        }
        schema
    }
}

fn alternatives(schema: &Value) -> Option<&Vec<Value>> {
    let branches = schema.get("anyOf").or_else(|| schema.get("oneOf"))?.as_array()?;
    branches.iter().any(|branch| branch.get("const").is_none()).then_some(branches)
}

/// The values of an enumeration, written either as `enum` or as one documented `const` a branch.
fn fixed_values(schema: &Value) -> Option<Vec<String>> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        return Some(values.iter().filter_map(text).collect());
    }
    let branches = schema.get("oneOf")?.as_array()?;
    branches
        .iter()
        .map(|branch| branch.get("const").and_then(text).map(|value| vec![value]).or_else(|| fixed_values(branch)))
        .collect::<Option<Vec<_>>>()
        .map(|values| values.concat())
}

fn type_names(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(name)) => vec![name],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn accepts_type(schema: &Value, value: &Value) -> bool {
    let names = type_names(schema);
    names.is_empty()
        || names.iter().any(|name| match *name {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.as_str().is_some_and(|text| {
                schema.get("maxLength").and_then(Value::as_u64).is_none_or(|most| text.chars().count() as u64 <= most)
            }),
            "number" => value.is_number(),
            "integer" => value.as_u64().is_some() || value.as_i64().is_some(),
            "boolean" => value.is_boolean(),
            "null" => value.is_null(),
            _ => false,
        })
}

fn expected_message(schema: &Value) -> &'static Message {
    let names = type_names(schema);
    match names.first().copied() {
        Some("object") => &messages::EXPECTED_MAPPING,
        Some("array") => &messages::EXPECTED_LIST,
        Some("number") => &messages::EXPECTED_NUMBER,
        Some("integer") => &messages::EXPECTED_INTEGER,
        Some("boolean") => &messages::EXPECTED_BOOLEAN,
        _ if schema.get("maxLength").is_some() => &messages::EXPECTED_CHARACTER,
        _ => &messages::EXPECTED_TEXT,
    }
}

/// The value as the user wrote it, shortened; where the schema expects a secret it is not shown.
fn describe(schema: &Value, value: &Value) -> String {
    if schema.get("writeOnly") == Some(&Value::Bool(true)) {
        return "***".to_owned();
    }
    let mut text = value.to_string();
    if let Some((cut, _)) = text.char_indices().nth(40) {
        text.truncate(cut);
        text.push('…');
    }
    text
}
