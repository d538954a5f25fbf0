//! The methods as models: each file wraps one numeric method, names its numbers in both languages and says why it fails.

mod bursts;
mod concentration;
mod customer_value;
mod drivers;
mod duplicates;
mod funnel;
mod hierarchy;
mod hierarchy_parts;
mod importance_performance;
mod interviewer_funnel;
mod kano;
mod log_rank;
mod pls;
mod pls_tables;
mod reliability;
mod retention;

use crate::diagnostics::lang_texts;
use crate::models::moments::MomentsError;
use crate::models::registry::Method;
use crate::models::{Frame, ModelProblem};

/// Every built-in method.
pub static ALL: &[Method] = &[
    reliability::METHOD,
    drivers::RELATIVE_WEIGHTS,
    drivers::SHAPLEY,
    importance_performance::METHOD,
    kano::METHOD,
    pls::METHOD,
    concentration::METHOD,
    retention::METHOD,
    customer_value::METHOD,
    log_rank::METHOD,
    hierarchy::METHOD,
    funnel::METHOD,
    duplicates::METHOD,
    bursts::METHOD,
    interviewer_funnel::METHOD,
];

/// Why several methods cannot start; their variables are the items, then the outcome.
fn problem_of_moments(error: &MomentsError, frame: &Frame) -> ModelProblem {
    match error {
        MomentsError::TooFewRows { found, needed } => ModelProblem::TooFewAnswers { needed: *needed, found: *found },
        MomentsError::Constant { variable } => {
            let outcome = frame.outcome.as_ref().map(|outcome| outcome.id.as_str());
            let column = frame.items.get(*variable).map(|item| item.id.as_str()).or(outcome).unwrap_or_default();
            ModelProblem::NoVariation { column: column.to_owned() }
        }
        // The frame holds complete answers and sound weights.
        MomentsError::Variables { .. }
        | MomentsError::Rows { .. }
        | MomentsError::Value { .. }
        | MomentsError::Weight { .. } => {
            ModelProblem::Other { problem: lang_texts("数据不完整", error.to_string()) }
        }
    }
}
