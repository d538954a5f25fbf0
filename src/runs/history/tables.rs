//! The tables of the history, version by version. A step that was released is never changed, only followed by another.

use crate::runs::database::Migration;

/// Name of the component in the database.
pub(super) const COMPONENT: &str = "history";

/// A release is one revision of one period of one project. Estimates hold no number where they are hidden.
pub(super) const STEPS: &[Migration] = &[
    Migration {
        version: 1,
        sql: "
CREATE TABLE releases (
    project TEXT NOT NULL,
    period TEXT NOT NULL,
    revision BIGINT NOT NULL,
    fingerprint TEXT NOT NULL,
    answers BIGINT NOT NULL,
    newest TEXT,
    published_at TEXT NOT NULL,
    program TEXT NOT NULL,
    shapes TEXT NOT NULL,
    reports TEXT NOT NULL,
    PRIMARY KEY (project, period, revision)
);
CREATE TABLE release_inputs (
    project TEXT NOT NULL,
    period TEXT NOT NULL,
    revision BIGINT NOT NULL,
    file TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    row_count BIGINT NOT NULL,
    PRIMARY KEY (project, period, revision, file)
);
CREATE TABLE release_metrics (
    project TEXT NOT NULL,
    period TEXT NOT NULL,
    revision BIGINT NOT NULL,
    place BIGINT NOT NULL,
    metric TEXT NOT NULL,
    module TEXT NOT NULL,
    title TEXT NOT NULL,
    unit TEXT NOT NULL,
    PRIMARY KEY (project, period, revision, metric)
);
CREATE TABLE release_estimates (
    project TEXT NOT NULL,
    period TEXT NOT NULL,
    revision BIGINT NOT NULL,
    place BIGINT NOT NULL,
    metric TEXT NOT NULL,
    module TEXT NOT NULL,
    wave TEXT NOT NULL,
    segment TEXT NOT NULL,
    n BIGINT,
    n_weighted DOUBLE PRECISION,
    n_eff DOUBLE PRECISION,
    estimate DOUBLE PRECISION,
    se DOUBLE PRECISION,
    ci_low DOUBLE PRECISION,
    ci_high DOUBLE PRECISION,
    df DOUBLE PRECISION,
    unit TEXT NOT NULL,
    base TEXT NOT NULL,
    suppressed BIGINT NOT NULL,
    flagged BIGINT NOT NULL,
    reason TEXT,
    PRIMARY KEY (project, period, revision, place)
);
CREATE INDEX release_estimates_by_metric ON release_estimates (project, metric, segment, period, revision);
CREATE TABLE release_findings (
    project TEXT NOT NULL,
    period TEXT NOT NULL,
    revision BIGINT NOT NULL,
    place BIGINT NOT NULL,
    finding TEXT NOT NULL,
    kind TEXT NOT NULL,
    metric TEXT,
    segment TEXT NOT NULL,
    severity TEXT NOT NULL,
    value DOUBLE PRECISION,
    gap DOUBLE PRECISION,
    rule TEXT,
    PRIMARY KEY (project, period, revision, place)
);
CREATE TABLE attempts (
    project TEXT NOT NULL,
    period TEXT NOT NULL,
    started_at TEXT NOT NULL,
    process BIGINT NOT NULL,
    ended_at TEXT NOT NULL,
    outcome TEXT NOT NULL,
    revision BIGINT,
    codes TEXT NOT NULL,
    PRIMARY KEY (project, period, started_at, process)
);
",
    },
    // The order in which they were written, whatever the clock said; those of earlier versions were written before.
    Migration {
        version: 2,
        sql: "
ALTER TABLE releases ADD COLUMN place BIGINT NOT NULL DEFAULT 0;
ALTER TABLE attempts ADD COLUMN place BIGINT NOT NULL DEFAULT 0;
",
    },
];

/// The tables that hold something of one release, with its key.
pub(super) const OF_RELEASES: [&str; 5] =
    ["releases", "release_inputs", "release_metrics", "release_estimates", "release_findings"];
