//! What a sum over answers cannot give: key drivers, reliability, quadrants, latent variables. A declared model and the
//! answers come in; tables and values with bootstrap intervals go out, beside the estimates of the metrics.
//!
//! `registry` knows the methods (`methods`, over the numeric files beside it), `bind` ties declared models to the columns of a
//! project, `sampling` cuts the answers into a [`Frame`] a group, [`Model`] is the door of every method, `result` what it
//! returns, `wasm` is the method that a plugin brings as a module, `bootstrap` puts standard errors and intervals on it, `compute`
//! runs all of it and gives `info`.

pub mod ahp;
pub mod bind;
pub mod bootstrap;
pub mod collinearity;
pub mod compute;
pub mod concentration;
pub mod entropy;
pub mod frame;
pub mod funnel;
pub mod groups;
pub mod hierarchy;
pub mod importance_performance;
pub mod info;
pub mod integrity;
pub mod kano;
pub mod lifetime;
pub mod logrank;
mod methods;
pub mod moments;
pub mod options;
pub mod pls;
pub mod plugin_tests;
pub mod problem;
pub mod registry;
pub mod regression;
pub mod relative_weights;
pub mod reliability;
pub mod result;
pub mod retention;
pub mod sampling;
pub mod shapley;
pub mod stages;
pub mod wasm;
pub mod wilson;

pub use compute::{compute_models, publish};
pub use frame::{Column, Frame, Item, Sample};
pub use groups::GroupModels;
pub use info::{ModelInfo, ModelResult, ModelResults};
pub use problem::ModelProblem;
pub use result::{Cell, Fit, Measure, Row, Table, Value};

use crate::diagnostics::Localized;

/// Fits a model to the answers of one frame with the weights of a replicate.
pub type Refit<'a> = Box<dyn Fn(&[f64]) -> Result<Fit, ModelProblem> + Send + Sync + 'a>;

/// A method with its options settled: built-in or brought by a plugin. It is fitted once with the sampling weights, and
/// once more with the weights of every bootstrap replicate.
pub trait Model: Send + Sync {
    /// Fits the model to the answers of `frame`, all of which are cases that the model uses (see [`Self::cases`]), with
    /// one weight an answer in place of `frame.weights`; a weight may be 0.
    ///
    /// The tables and values must be the same for all weights: same ids in the same order, so that replicates can be compared.
    ///
    /// # Errors
    /// A [`ModelProblem`] that says in both languages why there is no result.
    fn fit(&self, frame: &Frame, weights: &[f64]) -> Result<Fit, ModelProblem>;

    /// The answers that the model uses; by default those with a known value in every column.
    fn cases(&self, frame: &Frame) -> Vec<bool> {
        frame.complete_cases()
    }

    /// How replicates are fitted to the answers of `frame`: by [`Self::fit`], unless a method has work that is the same for
    /// all weights, or must take something over from the fit with the sampling weights.
    ///
    /// # Errors
    /// As [`Self::fit`].
    fn refit<'a>(&'a self, frame: &'a Frame) -> Result<Refit<'a>, ModelProblem> {
        Ok(Box::new(move |weights| self.fit(frame, weights)))
    }

    /// Name of the method with its formula and settings, as `explain` and the method appendix print it.
    fn method(&self) -> Localized;
}
