//! Wires the stages: the only place that knows their order.

use std::collections::BTreeMap;
use std::path::Path;

use crate::config::{Project, load_project};
use crate::data::{Responses, load::load};
use crate::diagnostics::Diagnostics;
use crate::metrics::{Computation, compute};
use crate::plugins::{Plugin, discover};

/// A project with its plugins, before any data is read.
#[derive(Debug, Clone)]
pub struct OpenProject {
    /// The project.
    pub project: Project,
    /// All plugins by id.
    pub plugins: BTreeMap<String, Plugin>,
}

/// A project with its answers and numbers.
#[derive(Debug, Clone)]
pub struct Measured {
    /// The project.
    pub project: Project,
    /// All plugins by id.
    pub plugins: BTreeMap<String, Plugin>,
    /// The answers.
    pub responses: Responses,
    /// The numbers.
    pub computation: Computation,
}

/// Reads the project file and the plugins. `None` if the project file cannot be used at all.
pub fn open(root: &Path, diagnostics: &mut Diagnostics) -> Option<OpenProject> {
    let project = load_project(root, diagnostics)?;
    let plugins = discover(Some(root), diagnostics);
    Some(OpenProject { project, plugins })
}

/// Reads the project, its plugins and its data and computes every metric, stopping after the first stage with errors.
pub fn measure(root: &Path, diagnostics: &mut Diagnostics) -> Option<Measured> {
    let OpenProject { project, plugins } = open(root, diagnostics)?;
    if diagnostics.has_errors() {
        return None;
    }
    let responses = load(&project, diagnostics)?;
    if diagnostics.has_errors() {
        return None;
    }
    let computation = compute(&project, &plugins, &responses, diagnostics)?;
    Some(Measured { project, plugins, responses, computation })
}
