//! The strategy library: what can be done about a finding, with actions, costs and risks. In: YAML texts of template packs,
//! plugins and the project. Out: checked entries by id; a later text replaces an entry of an earlier one.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde::Deserialize;

use crate::analysis::FindingKind;
use crate::config::fragment;
use crate::config::prose::prose;
use crate::config::raw::{RawCostLine, StrategyKind};
use crate::diagnostics::messages::plan as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Localized, Location};

/// A file of strategies with its name for diagnostics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StrategyFile {
    /// Path as the user knows it.
    pub origin: String,
    /// YAML.
    pub text: String,
}

/// A file of the library as it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLibrary {
    strategies: Vec<LibraryStrategy>,
}

/// A strategy of the library.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LibraryStrategy {
    /// Unique name.
    pub id: String,
    /// Part of the marketing mix.
    pub kind: StrategyKind,
    /// Lines of business that it is made for; empty for all.
    #[serde(default)]
    pub trades: Vec<String>,
    /// What it is an answer to.
    pub answers: Answers,
    /// Title.
    pub title: Localized,
    /// The strategy in words.
    #[serde(deserialize_with = "prose")]
    pub text: Localized,
    /// What carries it out.
    pub actions: Vec<LibraryAction>,
    /// What it is expected to do.
    pub effect: Effect,
    /// What may go wrong.
    #[serde(default)]
    pub risks: Vec<Risk>,
}

/// What a strategy is an answer to.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Answers {
    /// Metrics as `module/metric`.
    pub metrics: Vec<String>,
    /// Words that metrics of a project share with it.
    pub topics: Vec<String>,
    /// Kinds of finding that it fits; empty for all but strong points.
    pub findings: Vec<String>,
}

/// An action of a strategy.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LibraryAction {
    /// Name, unique in the strategy.
    pub id: String,
    /// What is done.
    #[serde(deserialize_with = "prose")]
    pub what: Localized,
    /// Why.
    #[serde(default, deserialize_with = "prose")]
    pub why: Option<Localized>,
    /// The role that answers for it.
    pub who: Localized,
    /// Where.
    #[serde(rename = "where")]
    pub place: Localized,
    /// How.
    #[serde(deserialize_with = "prose")]
    pub how: Localized,
    /// People it needs.
    #[serde(default, deserialize_with = "prose")]
    pub people: Option<Localized>,
    /// Equipment it needs.
    #[serde(default, deserialize_with = "prose")]
    pub equipment: Option<Localized>,
    /// Days after the plan begins.
    #[serde(default)]
    pub begins: u32,
    /// Days it lasts.
    pub days: u32,
    /// Days of work of the one who answers for it.
    #[serde(default)]
    pub effort: Option<f64>,
    /// Actions of the strategy that must be finished first.
    #[serde(default)]
    pub after: Vec<String>,
    /// Guide prices in yuan.
    #[serde(default)]
    pub costs: Vec<RawCostLine>,
}

/// What a strategy is expected to do, and how that is known.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effect {
    /// In words.
    #[serde(deserialize_with = "prose")]
    pub text: Localized,
    /// A publication, or that it is an assumption and how it is checked.
    #[serde(deserialize_with = "prose")]
    pub source: Localized,
}

/// What may go wrong, and the answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Risk {
    /// What sets it off.
    #[serde(deserialize_with = "prose")]
    pub trigger: Localized,
    /// What is done in the first hour.
    #[serde(deserialize_with = "prose")]
    pub response: Localized,
    /// Who answers for it.
    pub who: Localized,
    /// Who speaks.
    #[serde(default)]
    pub speaker: Option<Localized>,
    /// What those affected are offered.
    #[serde(default, deserialize_with = "prose")]
    pub remedy: Option<Localized>,
    /// What follows.
    #[serde(default, deserialize_with = "prose")]
    pub follow_up: Option<Localized>,
}

/// The strategies by id, in the order of the files.
#[derive(Debug, Clone, Default)]
pub struct Library {
    strategies: IndexMap<String, LibraryStrategy>,
}

impl Library {
    /// Reads the files; what is wrong in one is reported and left out.
    pub fn parse(files: &[StrategyFile], diagnostics: &mut Diagnostics) -> Self {
        let mut library = Self::default();
        for file in files {
            let read = fragment::parse(&file.text)
                .and_then(|value| serde_json::from_value::<RawLibrary>(value).map_err(|error| (error.to_string(), 1)));
            match read {
                Ok(raw) => raw.strategies.into_iter().for_each(|strategy| library.add(strategy, file, diagnostics)),
                Err((problem, line)) => diagnostics.push(
                    Diagnostic::error(&messages::BAD_LIBRARY).arg("problem", problem).at(Location::text(
                        &file.origin,
                        line,
                        1,
                    )),
                ),
            }
        }
        library
    }

    fn add(&mut self, strategy: LibraryStrategy, file: &StrategyFile, diagnostics: &mut Diagnostics) {
        let mut problem = |what: String, known: &[&str]| {
            let error = Diagnostic::error(&messages::BAD_STRATEGY).arg("id", &strategy.id).arg("problem", &what);
            diagnostics.push(error.suggest(&what, known.iter().copied()).at(Location::file(&file.origin)));
        };
        let kinds = FindingKind::ALL.map(FindingKind::word);
        let mut sound = true;
        for kind in strategy.answers.findings.iter().filter(|kind| !kinds.contains(&kind.as_str())) {
            problem(format!("findings: {kind}"), &kinds);
            sound = false;
        }
        let own: Vec<&str> = strategy.actions.iter().map(|action| action.id.as_str()).collect();
        for action in &strategy.actions {
            for id in action.after.iter().filter(|id| !own.contains(&id.as_str())) {
                problem(format!("{}.after: {id}", action.id), &own);
                sound = false;
            }
            if action.days == 0 || action.costs.iter().any(|cost| !(cost.quantity > 0.0 && cost.price >= 0.0)) {
                problem(format!("{}: days, quantity, price", action.id), &[]);
                sound = false;
            }
        }
        if sound {
            self.strategies.insert(strategy.id.clone(), strategy);
        }
    }

    /// A strategy by id.
    pub fn get(&self, id: &str) -> Option<&LibraryStrategy> {
        self.strategies.get(id)
    }

    /// All strategies in order.
    pub fn iter(&self) -> impl Iterator<Item = &LibraryStrategy> {
        self.strategies.values()
    }

    /// The lines of business that strategies are made for, each once.
    pub fn trades(&self) -> BTreeSet<&str> {
        self.iter().flat_map(|strategy| strategy.trades.iter().map(String::as_str)).collect()
    }

    /// All ids.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.strategies.keys().map(String::as_str)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const LANES: &str = "strategies:\n  - id: lanes\n    kind: service\n    answers: { topics: [waiting] }\n    title: 快速通道\n    text: 分流\n    actions:\n      - { id: mark, what: 划线, who: 店长, where: 收银区, how: 贴地标, days: 3 }\n    effect: { text: 等候缩短, source: 假设 }\n";

    fn file(text: &str) -> StrategyFile {
        StrategyFile { origin: "strategies.yaml".into(), text: text.into() }
    }

    #[test]
    fn a_later_file_replaces_a_strategy() {
        let mut diagnostics = Diagnostics::new();
        let own = LANES.replace("title: 快速通道", "title: 五件通道");
        let library = Library::parse(&[file(LANES), file(&own)], &mut diagnostics);
        assert!(diagnostics.is_empty());
        assert_eq!(library.ids().collect::<Vec<_>>(), ["lanes"]);
        assert_eq!(library.get("lanes").unwrap().title.get(crate::diagnostics::Lang::ZhCn), "五件通道");
    }

    #[test]
    fn mistakes_are_named_and_left_out() {
        for (text, code) in [
            (LANES.replace("kind: service", "kind: servce"), "M0650"),
            (LANES.replace("days: 3", "days: 0"), "M0651"),
            (LANES.replace("days: 3", "days: 3, after: [maark]"), "M0651"),
            (LANES.replace("[waiting]", "[waiting], findings: [below_targets]"), "M0651"),
        ] {
            let mut diagnostics = Diagnostics::new();
            let library = Library::parse(&[file(&text)], &mut diagnostics);
            let found: Vec<_> = diagnostics.iter().map(|found| found.message.code).collect();
            assert_eq!((found, library.ids().count()), (vec![code], 0), "{text}");
        }
    }
}
