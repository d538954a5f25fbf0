//! Finds plugin folders: the built-in ones embedded in the program, and those in a project's `plugins/`. A folder is a plugin
//! if it holds `plugin.yaml`; a project's plugin takes the place of a built-in one only if it says so.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use include_dir::{Dir, include_dir};
use sha2::{Digest, Sha256};
use walkdir::WalkDir;

use crate::config::{KeyPositions, parse_yaml, read_text};
use crate::diagnostics::messages::{plugins as messages, wasm as wasm_messages};
use crate::diagnostics::{Diagnostic, Diagnostics, Level, Location};
use crate::plugins::manifest::{Manifest, RawManifest};
use crate::plugins::wasm::MOST_MODULE_BYTES;

static BUILT_IN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/plugins");

/// Name of the manifest in a plugin's folder.
pub const MANIFEST_FILE: &str = "plugin.yaml";

/// Where a plugin comes from.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Embedded in the program.
    BuiltIn,
    /// A folder of the project.
    Project(PathBuf),
}

/// A plugin whose manifest is sound.
#[derive(Debug, Clone)]
pub struct Plugin {
    /// The checked manifest.
    pub manifest: Manifest,
    /// Where it comes from.
    pub origin: Origin,
    /// Places of the manifest's keys.
    pub positions: KeyPositions,
    /// SHA-256 of `plugin.yaml` and behind it of its modules in order of their names, lower-case hex.
    pub sha256: String,
    /// Contents of its modules by file name.
    pub modules: BTreeMap<String, Vec<u8>>,
    /// Text of `tests.yaml`, if there is one.
    pub tests: Option<String>,
    /// Text of `README.md`, if there is one.
    pub readme: Option<String>,
    /// Text of `strategies.yaml`, if there is one.
    pub strategies: Option<String>,
}

impl Plugin {
    /// Path of a file of this plugin as diagnostics name it.
    pub fn shown_file(&self, name: &str) -> String {
        format!("plugins/{}/{name}", self.manifest.id)
    }
}

/// The texts of one plugin folder, before anything is parsed.
struct Folder {
    name: String,
    origin: Origin,
    manifest: String,
    tests: Option<String>,
    readme: Option<String>,
    strategies: Option<String>,
}

impl Folder {
    /// Contents of a file in the folder.
    fn bytes(&self, file: &str) -> Option<Vec<u8>> {
        match &self.origin {
            Origin::BuiltIn => BUILT_IN.get_file(format!("{}/{file}", self.name)).map(|file| file.contents().to_vec()),
            Origin::Project(folder) => {
                let path = folder.join(file);
                // Reading stops behind the largest allowed file, which tells a larger one from it.
                let most = u64::try_from(MOST_MODULE_BYTES).unwrap_or(u64::MAX).saturating_add(1);
                let mut bytes = Vec::new();
                std::fs::File::open(path).ok()?.take(most).read_to_end(&mut bytes).ok()?;
                Some(bytes)
            }
        }
    }
}

/// Loads every plugin: built-in ones, then the project's, by id. Broken ones are reported and left out.
pub fn discover(project_root: Option<&Path>, diagnostics: &mut Diagnostics) -> BTreeMap<String, Plugin> {
    // The embedded ones never change, so they are read once, with what is to be said about them.
    static LOADED: LazyLock<(BTreeMap<String, Plugin>, Diagnostics)> = LazyLock::new(built_in);
    diagnostics.extend(LOADED.1.iter().cloned());
    let mut plugins = LOADED.0.clone();
    for folder in project_root.into_iter().flat_map(|root| project_folders(root, diagnostics)).collect::<Vec<_>>() {
        let Some(plugin) = load_plugin(folder, diagnostics) else { continue };
        let id = plugin.manifest.id.clone();
        if plugins.contains_key(&id) && !plugin.manifest.replace {
            diagnostics
                .push(Diagnostic::error(&messages::SAME_ID).arg("id", &id).at(plugin.positions.locate("id")).key("id"));
        } else {
            plugins.insert(id, plugin);
        }
    }
    plugins
}

/// The built-in plugins by id.
fn built_in() -> (BTreeMap<String, Plugin>, Diagnostics) {
    let mut found = Diagnostics::new();
    let loaded = built_in_folders().into_iter().filter_map(|folder| load_plugin(folder, &mut found));
    let plugins = loaded.map(|plugin| (plugin.manifest.id.clone(), plugin)).collect();
    (plugins, found)
}

/// True if a plugin of the project was left out for its own mistakes, which are among the diagnostics already.
pub fn is_broken(id: &str, diagnostics: &Diagnostics) -> bool {
    let file = format!("plugins/{id}/{MANIFEST_FILE}");
    diagnostics.iter().filter(|found| found.level == Level::Error).any(|found| {
        let renamed = || found.arguments.iter().any(|(name, value)| *name == "id" && value == id);
        found.location.as_ref().is_some_and(|place| place.file == file)
            || (*found.message == messages::ID_IS_NOT_FOLDER && renamed())
    })
}

fn built_in_folders() -> Vec<Folder> {
    let mut folders: Vec<Folder> = BUILT_IN
        .dirs()
        .filter_map(|dir| {
            let text = |name: &str| {
                dir.get_file(dir.path().join(name)).and_then(|file| file.contents_utf8()).map(str::to_owned)
            };
            Some(Folder {
                name: dir.path().file_name()?.to_string_lossy().into_owned(),
                origin: Origin::BuiltIn,
                manifest: text(MANIFEST_FILE)?,
                tests: text("tests.yaml"),
                readme: text("README.md"),
                strategies: text("strategies.yaml"),
            })
        })
        .collect();
    folders.sort_by(|a, b| a.name.cmp(&b.name));
    folders
}

fn project_folders(root: &Path, diagnostics: &mut Diagnostics) -> Vec<Folder> {
    let parent = root.join("plugins");
    let mut folders = Vec::new();
    let entries = WalkDir::new(&parent).min_depth(1).max_depth(1).sort_by_file_name();
    for entry in entries.into_iter().filter_map(Result::ok).filter(|entry| entry.file_type().is_dir()) {
        let name = entry.file_name().to_string_lossy().into_owned();
        let shown = format!("plugins/{name}/{MANIFEST_FILE}");
        let path = entry.path().join(MANIFEST_FILE);
        if !path.is_file() {
            diagnostics.push(
                Diagnostic::warning(&messages::NO_PLUGIN_FILE)
                    .arg("folder", format!("plugins/{name}"))
                    .at(Location::file(format!("plugins/{name}"))),
            );
            continue;
        }
        let Some(manifest) = read_text(&path, &shown, diagnostics) else { continue };
        let optional = |file: &str| std::fs::read_to_string(entry.path().join(file)).ok();
        folders.push(Folder {
            tests: optional("tests.yaml"),
            readme: optional("README.md"),
            strategies: optional("strategies.yaml"),
            origin: Origin::Project(entry.path().to_path_buf()),
            manifest,
            name,
        });
    }
    folders
}

fn load_plugin(folder: Folder, diagnostics: &mut Diagnostics) -> Option<Plugin> {
    let shown = format!("plugins/{}/{MANIFEST_FILE}", folder.name);
    let (raw, positions) = parse_yaml::<RawManifest>(&folder.manifest, &shown, diagnostics)?;
    let manifest = Manifest::resolve(raw, &folder.name, &positions, diagnostics)?;
    let modules = load_modules(&folder, &manifest, &positions, diagnostics)?;
    let mut digest = Sha256::new_with_prefix(folder.manifest.as_bytes());
    modules.values().for_each(|bytes| digest.update(bytes));
    Some(Plugin {
        manifest,
        origin: folder.origin,
        positions,
        sha256: hex(&digest.finalize()),
        modules,
        tests: folder.tests,
        readme: folder.readme,
        strategies: folder.strategies,
    })
}

/// Reads the modules that the manifest names; without one of them the plugin is left out.
fn load_modules(
    folder: &Folder,
    manifest: &Manifest,
    positions: &KeyPositions,
    diagnostics: &mut Diagnostics,
) -> Option<BTreeMap<String, Vec<u8>>> {
    let mut modules = BTreeMap::new();
    let mut complete = true;
    for module in manifest.models.iter().filter_map(|model| model.module.as_ref()) {
        if let Some(bytes) = folder.bytes(&module.file) {
            modules.insert(module.file.clone(), bytes);
            continue;
        }
        complete = false;
        let path = format!("{}.file", module.key_path);
        diagnostics.push(
            Diagnostic::error(&wasm_messages::NO_MODULE_FILE)
                .arg("file", &module.file)
                .arg("plugin", &manifest.id)
                .at(positions.locate(&path))
                .key(path),
        );
    }
    complete.then_some(modules)
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
