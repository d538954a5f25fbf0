//! What the schema cannot say about `benchmarks`: numbers that can be compared with, and a source for each.

use crate::config::project::Project;
use crate::config::validate::problem;
use crate::diagnostics::messages::weighting as messages;
use crate::diagnostics::{Diagnostics, Lang};

/// Reports every benchmark that cannot be used.
pub(super) fn validate_benchmarks(project: &Project, diagnostics: &mut Diagnostics) {
    for (metric, held) in &project.raw.benchmarks {
        for (index, benchmark) in held.iter().enumerate() {
            let path = |field: &str| format!("benchmarks.{metric}[{index}].{field}");
            let mut bad = |name: &str, found: f64| {
                let problem = problem(project, &messages::BAD_BENCHMARK, &path(name)).arg("name", name);
                diagnostics.push(problem.arg("metric", metric).arg("found", found));
            };
            if !benchmark.value.is_finite() {
                bad("value", benchmark.value);
            }
            if let Some(se) = benchmark.se.filter(|se| !(se.is_finite() && *se >= 0.0)) {
                bad("se", se);
            }
            if [Lang::ZhCn, Lang::En].iter().all(|lang| benchmark.source.get(*lang).trim().is_empty()) {
                let problem = problem(project, &messages::NO_BENCHMARK_SOURCE, &path("source"));
                diagnostics.push(problem.arg("metric", metric));
            }
        }
    }
}
