//! Secrets, fetched from the environment or from files at the moment of sending, and never shown.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Serialize, Serializer};

use super::{Reason, ReasonCode};
use crate::config::secret_text::{SecretPart, SecretText};
use crate::diagnostics::messages::delivery as messages;
use crate::diagnostics::{Diagnostic, Lang, io_problem};

/// The largest file that is taken for a secret.
const LARGEST: u64 = 64 * 1024;

/// A secret; only [`Secret::reveal`] shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself, for the one place that sends it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("***")
    }
}

/// An environment: the value of a variable by its name.
type Variables = Box<dyn Fn(&str) -> Option<String>>;

/// Where secrets are fetched: an environment, and the folder that paths of files start from.
pub struct Secrets {
    variable: Variables,
    folder: PathBuf,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({})", self.folder.display())
    }
}

impl Secrets {
    /// The environment of this program, and files relative to the project.
    pub fn of_process(folder: &Path) -> Self {
        Self::new(|name| std::env::var(name).ok(), folder)
    }

    /// An environment of one's own.
    pub fn new(variable: impl Fn(&str) -> Option<String> + 'static, folder: &Path) -> Self {
        Self { variable: Box::new(variable), folder: folder.to_path_buf() }
    }

    /// The text with its references replaced by what they stand for.
    ///
    /// # Errors
    /// A variable that is not set, a file that cannot be read or is empty; said by name, never by content.
    pub fn resolve(&self, text: &SecretText) -> Result<Secret, Reason> {
        let missing = |what: String| Reason::new(ReasonCode::NoSecret, what);
        let parts = text.parts().ok_or_else(|| missing("${…}".to_owned()))?;
        let mut whole = String::new();
        for part in parts {
            match part {
                SecretPart::Literal(text) => whole.push_str(text),
                SecretPart::Variable(name) => {
                    let value = (self.variable)(name).filter(|value| !value.trim().is_empty());
                    whole.push_str(value.ok_or_else(|| missing(format!("env:{name}")))?.trim());
                }
                SecretPart::File(name) => {
                    let value = self.read(name).map_err(|problem| missing(format!("file:{name} ({problem})")))?;
                    whole.push_str(&value);
                }
            }
        }
        Ok(Secret(whole))
    }

    fn read(&self, name: &str) -> Result<String, String> {
        let path = self.folder.join(name);
        let words = |error: std::io::Error| io_problem(&error).get(Lang::En).to_owned();
        if std::fs::metadata(&path).map_err(words)?.len() > LARGEST {
            return Err("too large for a secret".to_owned());
        }
        let text = std::fs::read_to_string(&path).map_err(words)?;
        match text.trim() {
            "" => Err("empty".to_owned()),
            text => Ok(text.to_owned()),
        }
    }

    /// The content of a file relative to the project that is no secret, such as certificates.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn file(&self, name: &str) -> Result<Vec<u8>, Reason> {
        std::fs::read(self.folder.join(name))
            .map_err(|error| Reason::new(ReasonCode::NoSecret, format!("{name}: {}", io_problem(&error).get(Lang::En))))
    }

    /// Warnings about files of secrets that everybody on the machine may read. What a container mounts under `/run/secrets` is left
    /// out: others are shut out there by the container itself.
    pub fn open_files<'a>(&self, texts: impl IntoIterator<Item = &'a SecretText>) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for text in texts {
            for part in text.parts().unwrap_or_default() {
                let SecretPart::File(name) = part else { continue };
                if !name.starts_with("/run/secrets/") && others_may_read(&self.folder.join(name)) {
                    found.push(Diagnostic::warning(&messages::OPEN_SECRET).arg("file", name));
                }
            }
        }
        found
    }
}

#[cfg(unix)]
fn others_may_read(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).is_ok_and(|data| data.permissions().mode() & 0o004 != 0)
}

#[cfg(not(unix))]
fn others_may_read(_: &Path) -> bool {
    false
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn secrets_come_from_variables_and_files_and_are_not_shown() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("token"), "abc123\n").unwrap();
        std::fs::write(folder.path().join("empty"), "\n").unwrap();
        std::fs::write(folder.path().join("large"), "x".repeat(70_000)).unwrap();
        let secrets = Secrets::new(|name| (name == "KEY").then(|| "k e y".to_owned()), folder.path());
        let text = |text: &str| SecretText::new(text);
        let whole = secrets.resolve(&text("https://h/?k=${env:KEY}&t=${file:token}")).unwrap();
        assert_eq!(whole.reveal(), "https://h/?k=k e y&t=abc123");
        assert_eq!(format!("{whole} {whole:?} {}", serde_json::to_string(&whole).unwrap()), "*** *** \"***\"");
        for (wrong, named) in [
            ("${env:NONE}", "env:NONE"),
            ("${file:none}", "file:none"),
            ("${file:empty}", "empty"),
            ("${file:large}", "too large"),
        ] {
            let reason = secrets.resolve(&text(wrong)).unwrap_err();
            assert!(reason.code == ReasonCode::NoSecret && reason.detail.contains(named), "{reason:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_everybody_reads_is_warned_of() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        std::fs::write(&path, "x").unwrap();
        let secrets = Secrets::of_process(folder.path());
        for (mode, warnings) in [(0o644, 1), (0o600, 0), (0o640, 0)] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            let found = secrets.open_files([&SecretText::new("${file:token}"), &SecretText::new("${env:A}")]);
            assert_eq!(found.len(), warnings, "{mode:o}");
        }
    }
}
