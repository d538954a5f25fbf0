//! `options:` of a model, read by its method: each option is asked for by name, and what is wrong or left over becomes a
//! problem at its place.

use indexmap::IndexMap;
use serde_json::Value;

use crate::diagnostics::Diagnostic;
use crate::diagnostics::messages::models as messages;

/// The options of one model while its method reads them.
#[derive(Debug)]
pub struct Options<'a> {
    given: &'a IndexMap<String, Value>,
    known: Vec<&'static str>,
    problems: Vec<(String, Diagnostic)>,
    /// Confidence level of the intervals that a method gives itself.
    pub confidence: f64,
}

impl<'a> Options<'a> {
    /// Options as written.
    pub fn new(given: &'a IndexMap<String, Value>, confidence: f64) -> Self {
        Self { given, known: Vec::new(), problems: Vec::new(), confidence }
    }

    /// The value of an option, if it is given.
    pub fn take(&mut self, key: &'static str) -> Option<&'a Value> {
        self.known.push(key);
        self.given.get(key)
    }

    /// One of several words.
    pub fn choice(&mut self, key: &'static str, words: &[&'static str], default: &'static str) -> &'static str {
        let Some(value) = self.take(key) else { return default };
        let written = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        if let Some(word) = words.iter().find(|word| **word == written) {
            return word;
        }
        let problem = wrong(key, &words.join(", "), value).suggest(&written, words.iter().copied());
        self.problem(key, problem);
        default
    }

    /// A number within limits.
    pub fn number(&mut self, key: &'static str, [least, most]: [f64; 2], default: f64) -> f64 {
        let Some(value) = self.take(key) else { return default };
        match value.as_f64().filter(|number| (least..=most).contains(number)) {
            Some(number) => number,
            None => {
                self.problem(key, wrong(key, &span(least, most), value));
                default
            }
        }
    }

    /// Yes or no.
    pub fn flag(&mut self, key: &'static str, default: bool) -> bool {
        let Some(value) = self.take(key) else { return default };
        value.as_bool().unwrap_or_else(|| {
            self.problem(key, wrong(key, "true, false", value));
            default
        })
    }

    /// A list of numbers of at least 0 in rising order, which must be given.
    pub fn rising(&mut self, key: &'static str) -> Option<Vec<f64>> {
        let given = self.take(key).unwrap_or(&Value::Null);
        let numbers: Option<Vec<f64>> = given.as_array().and_then(|values| values.iter().map(Value::as_f64).collect());
        let rises = |numbers: &Vec<f64>| {
            numbers.first().is_some_and(|first| *first >= 0.0) && numbers.windows(2).all(|two| two[0] < two[1])
        };
        let numbers = numbers.filter(rises);
        if numbers.is_none() {
            self.problem(key, wrong(key, "[1, 2, …]", given));
        }
        numbers
    }

    /// Reports an option: `path` is its key, with what follows inside it.
    pub fn problem(&mut self, path: impl Into<String>, problem: Diagnostic) {
        self.problems.push((path.into(), problem));
    }

    /// Reports that the value of an option is not what the method wants.
    pub fn refuse(&mut self, path: &str, wanted: &str, found: &Value) {
        self.problem(path, wrong(path, wanted, found));
    }

    /// All problems with the key path inside `options`, those of options that nobody asked for included.
    pub fn finish(mut self) -> Vec<(String, Diagnostic)> {
        let known = self.known;
        for key in self.given.keys().filter(|key| !known.contains(&key.as_str())) {
            let list = if known.is_empty() { "–".to_owned() } else { known.join(", ") };
            let problem = Diagnostic::error(&messages::UNKNOWN_OPTION)
                .arg("option", key)
                .arg("known", list)
                .suggest(key, known.iter().copied());
            self.problems.push((key.clone(), problem));
        }
        self.problems
    }
}

fn wrong(option: &str, wanted: &str, found: &Value) -> Diagnostic {
    Diagnostic::error(&messages::BAD_OPTION).arg("option", option).arg("wanted", wanted).arg("found", found)
}

fn span(least: f64, most: f64) -> String {
    match (least.is_finite(), most.is_finite()) {
        (true, true) => format!("{least} – {most}"),
        (true, false) => format!("≥ {least}"),
        _ => format!("≤ {most}"),
    }
}
