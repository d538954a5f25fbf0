//! The part of `plugin.yaml` that declares a module: its file, its limits and what it yields, so that a project is checked
//! without running anything. [`RawModule`] is the file, [`ModuleSpec`] the checked form.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Limits, TableShape, Yields};
use crate::config::KeyPositions;
use crate::config::validate::is_identifier;
use crate::diagnostics::messages::wasm as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Localized, lang_texts};
use crate::plugins::manifest::Unit;

/// A module as it is declared.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawModule {
    /// File in the plugin's folder, such as `module.wasm`.
    pub file: String,
    /// What it may use.
    #[serde(default)]
    pub limits: RawLimits,
    /// What it returns.
    pub yields: RawYields,
}

/// What a module may use.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawLimits {
    /// Memory of one call in MiB, answers included; default 64.
    pub memory_mb: u32,
    /// Seconds of one call; default 5.
    pub seconds: f64,
    /// Output of one call in KiB; default 256.
    pub output_kb: u32,
}

impl Default for RawLimits {
    fn default() -> Self {
        let Limits { memory_mb, seconds, output_kb } = Limits::default();
        Self { memory_mb, seconds, output_kb }
    }
}

/// What a module returns.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawYields {
    /// Its single numbers.
    #[serde(default)]
    pub values: Vec<RawMeasure>,
    /// Its tables.
    #[serde(default)]
    pub tables: Vec<RawTable>,
}

/// A number, or a column of numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawMeasure {
    /// Id, as the module writes it.
    pub id: String,
    /// Name.
    pub title: Localized,
    /// Printed unit; default `number`.
    #[serde(default)]
    pub unit: Option<Unit>,
    /// Printed decimals; default 3.
    #[serde(default)]
    pub decimals: Option<u32>,
    /// True if the bootstrap gives it a standard error and an interval; the module is then called for every replicate.
    #[serde(default)]
    pub bootstrapped: bool,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawTable {
    /// Id, as the module writes it.
    pub id: String,
    /// Caption.
    pub title: Localized,
    /// Heading over the names of the rows.
    #[serde(default)]
    pub row_title: Option<Localized>,
    /// Columns, in the order of the module.
    pub columns: Vec<RawMeasure>,
}

/// A checked declaration.
#[derive(Debug, Clone, PartialEq)]
pub struct ModuleSpec {
    /// Name of its file in the plugin's folder.
    pub file: String,
    /// What it may use.
    pub limits: Limits,
    /// Its single numbers.
    pub values: Vec<RawMeasure>,
    /// Its tables.
    pub tables: Vec<RawTable>,
    /// Key path in `plugin.yaml`.
    pub key_path: String,
}

/// Most that a plugin may ask for: MiB, seconds, KiB.
const MOST: (u32, f64, u32) = (4096, 3600.0, 65_536);

impl ModuleSpec {
    /// Checks file name, limits and ids; mistakes are reported with their place.
    pub(in crate::plugins) fn resolve(
        raw: &RawModule,
        key_path: String,
        positions: &KeyPositions,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mut report = |message, key: &str, fill: &dyn Fn(Diagnostic) -> Diagnostic| {
            let path = format!("{key_path}.{key}");
            diagnostics.push(fill(Diagnostic::error(message).at(positions.locate(&path)).key(path)));
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if !raw.file.ends_with(".wasm") || raw.file.starts_with('.') || !raw.file.chars().all(plain) {
            report(&messages::BAD_FILE_NAME, "file", &|problem| problem.arg("file", &raw.file));
        }
        let RawLimits { memory_mb, seconds, output_kb } = raw.limits;
        let limits = [
            ("memory_mb", memory_mb >= 1 && memory_mb <= MOST.0, f64::from(MOST.0)),
            ("seconds", seconds > 0.0 && seconds <= MOST.1, MOST.1),
            ("output_kb", output_kb >= 1 && output_kb <= MOST.2, f64::from(MOST.2)),
        ];
        for (name, _, most) in limits.into_iter().filter(|(_, sound, _)| !sound) {
            let fill = |problem: Diagnostic| problem.arg("limit", name).arg("most", most);
            report(&messages::BAD_LIMIT, &format!("limits.{name}"), &fill);
        }
        if raw.yields.values.is_empty() && raw.yields.tables.is_empty() {
            report(&messages::YIELDS_NOTHING, "yields", &|problem| problem);
        }
        let mut lists = vec![("yields.values".to_owned(), ids(&raw.yields.values))];
        lists.push(("yields.tables".to_owned(), raw.yields.tables.iter().map(|table| table.id.as_str()).collect()));
        for (index, table) in raw.yields.tables.iter().enumerate() {
            lists.push((format!("yields.tables[{index}].columns"), ids(&table.columns)));
        }
        for (key, ids) in lists {
            for (index, id) in ids.iter().enumerate() {
                let fill = |problem: Diagnostic| problem.arg("id", id);
                if !is_identifier(id) || ids[..index].contains(id) {
                    report(&messages::BAD_YIELD_ID, &format!("{key}[{index}].id"), &fill);
                }
            }
        }
        Self {
            file: raw.file.clone(),
            limits: Limits { memory_mb, seconds, output_kb },
            values: raw.yields.values.clone(),
            tables: raw.yields.tables.clone(),
            key_path,
        }
    }

    /// True if any of its numbers gets an interval from the bootstrap.
    pub fn is_bootstrapped(&self) -> bool {
        let mut columns = self.tables.iter().flat_map(|table| &table.columns);
        self.values.iter().any(|value| value.bootstrapped) || columns.any(|column| column.bootstrapped)
    }

    /// What the host holds the module's output against.
    pub fn yields(&self) -> Yields {
        let owned = |ids: Vec<&str>| ids.into_iter().map(str::to_owned).collect();
        Yields {
            estimates: owned(ids(&self.values)),
            tables: self
                .tables
                .iter()
                .map(|table| TableShape { id: table.id.clone(), columns: owned(ids(&table.columns)) })
                .collect(),
        }
    }
}

fn ids(measures: &[RawMeasure]) -> Vec<&str> {
    measures.iter().map(|measure| measure.id.as_str()).collect()
}

/// Heading of the rows of a table that does not say its own.
pub fn default_row_title() -> Localized {
    Localized::PerLang(lang_texts("项目", "item"))
}
