//! Why a model has no result: a code for programs, words in both languages for people.

use serde::Serialize;

use crate::diagnostics::messages::models as messages;
use crate::diagnostics::{Diagnostic, LocalizedTexts};
use crate::plugins::wasm::{CallSite, Limits, WasmProblem};

/// Why a model has no result for a group.
#[derive(Debug, Clone, PartialEq)]
pub enum ModelProblem {
    /// Fewer complete answers than the method needs.
    TooFewAnswers {
        /// Answers needed.
        needed: usize,
        /// Answers there are.
        found: usize,
    },
    /// A column has the same value in all answers.
    NoVariation {
        /// Id of the item or outcome.
        column: String,
    },
    /// The columns determine each other, so that their parts cannot be told apart.
    Singular,
    /// An iteration did not settle.
    NotConverged {
        /// Steps made.
        steps: usize,
    },
    /// A module of a plugin failed.
    Module {
        /// What it is.
        problem: WasmProblem,
        /// The limits that it was held to.
        limits: Limits,
    },
    /// Anything else, in words.
    Other {
        /// What is wrong: lower case, no full stop.
        problem: LocalizedTexts,
    },
}

/// Why a model result holds no numbers, as JSON says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelReason {
    /// Fewer answers, or effective answers, than the suppression limit.
    SmallBase,
    /// No complete answers.
    EmptyBase,
    /// It would give away the only group of the segment that is suppressed for its small base.
    Complement,
    /// Too many inputs have no column.
    MissingInput,
    /// Fewer complete answers than the method needs.
    TooFewAnswers,
    /// A column has the same value in all answers.
    NoVariation,
    /// The columns determine each other.
    Singular,
    /// An iteration did not settle.
    NotConverged,
    /// The module of a plugin failed, as told in the diagnostics.
    ModuleFailed,
    /// Another problem, told in the diagnostics.
    NotPossible,
}

impl ModelProblem {
    /// The code in JSON.
    pub fn reason(&self) -> ModelReason {
        match self {
            Self::TooFewAnswers { .. } => ModelReason::TooFewAnswers,
            Self::NoVariation { .. } => ModelReason::NoVariation,
            Self::Singular => ModelReason::Singular,
            Self::NotConverged { .. } => ModelReason::NotConverged,
            Self::Module { .. } => ModelReason::ModuleFailed,
            Self::Other { .. } => ModelReason::NotPossible,
        }
    }

    /// The problem in words, without the name of the model; it becomes a warning with that name. That of a module is an error
    /// and names the model itself, so its caller asks [`WasmProblem::diagnostic`].
    pub fn diagnostic(&self) -> Diagnostic {
        match self {
            Self::TooFewAnswers { needed, found } => {
                Diagnostic::warning(&messages::TOO_FEW_ANSWERS).arg("needed", needed).arg("found", found)
            }
            Self::NoVariation { column } => Diagnostic::warning(&messages::NO_VARIATION).arg("column", column),
            Self::Singular => Diagnostic::warning(&messages::SINGULAR),
            Self::NotConverged { steps } => Diagnostic::warning(&messages::NOT_CONVERGED).arg("steps", steps),
            Self::Module { problem, limits } => {
                problem.diagnostic(&CallSite { limits: *limits, ..CallSite::default() })
            }
            Self::Other { problem } => Diagnostic::warning(&messages::NOT_POSSIBLE).words("problem", problem.clone()),
        }
    }
}
