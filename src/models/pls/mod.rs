//! Partial least squares path modelling (Wold 1982, Lohmöller 1989): constructs measured by indicators, and paths between them.
//! Columns of answers, weights and a checked model come in; weights, loadings, path coefficients, quality measures and indices go out.
//!
//! Everything is computed from means, standard deviations and one correlation matrix, never from construct scores, so that a
//! refit with other case weights costs one pass over the answers and then nothing that grows with their number:
//!
//! ```text
//! let answers = Answers::new(&columns)?;
//! let original = fit(&answers.moments(&weights)?, &model, &settings)?;
//! let replicate = refit(&answers.moments(&replicate_weights)?, &model, &settings, &original)?;
//! ```
//!
//! Formulas, conventions and what they were checked against: `docs/models/pls.md`.

mod algorithm;
mod assess;
mod effects;
mod fit;
mod index;
mod inner;
mod linear;
mod model;
mod moments;
mod outer;
mod problems;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod fixtures;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod properties_tests;

pub use algorithm::Settings;
pub use assess::Reliability;
pub use effects::{Effect, RSquared};
pub use fit::{ConstructFit, Fit, fit, refit};
pub use index::Index;
pub use inner::Scheme;
pub use model::{Construct, Indicator, Mode, Model, Path, Scale};
pub use moments::{Answers, Moments};
pub use problems::{Failure, ModelProblem, Note};
