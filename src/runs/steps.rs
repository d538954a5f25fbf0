//! The named steps of a run, in their order: what a log names, and where tests kill the program to see that nothing breaks.

/// Environment variable that names the step at which the program kills itself. Only for tests; a step of another name does nothing.
pub const CRASH_AT: &str = "MANYI_CRASH_AT";

/// Every step, in the order of a run. A step of several reports is passed once for each.
pub const STEPS: &[&str] = &[
    "locked",
    "inputs-hashed",
    "measured",
    "numbers-kept",
    "report-built",
    "gates-checked",
    "release-described",
    "release-synced",
    "release-moved",
    "period-linked",
    "latest-linked",
    "recording",
    "recorded",
    "enqueued",
    "old-removed",
    "reported",
];

/// Says that a step is done. Nothing else in the program reads [`CRASH_AT`].
pub fn passed(step: &'static str) {
    debug_assert!(STEPS.contains(&step), "{step}");
    tracing::debug!(step, "step passed");
    if std::env::var_os(CRASH_AT).is_some_and(|wanted| wanted == step) {
        // Without unwinding: nothing is cleaned up, as when the power fails.
        std::process::abort();
    }
}
