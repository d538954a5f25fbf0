//! Texts of the project file that hold secrets only by reference: `${env:NAME}` or `${file:/path}`, resolved when something is sent.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};

/// A text with references to secrets; one without any is shown as `***`, since it may be a secret written out.
#[derive(Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(extend("writeOnly" = true))]
pub struct SecretText(String);

/// A piece of such a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretPart<'a> {
    /// As written.
    Literal(&'a str),
    /// The value of an environment variable.
    Variable(&'a str),
    /// The content of a file.
    File(&'a str),
}

impl SecretText {
    /// The text as written.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The pieces; `None` where a reference is not closed, names nothing, or is of another kind than `env` and `file`.
    pub fn parts(&self) -> Option<Vec<SecretPart<'_>>> {
        let mut parts = Vec::new();
        let mut rest = self.0.as_str();
        while let Some(open) = rest.find("${") {
            if open > 0 {
                parts.push(SecretPart::Literal(&rest[..open]));
            }
            let inside = &rest[open + 2..];
            let close = inside.find('}')?;
            let (kind, name) = inside[..close].split_once(':')?;
            parts.push(match kind {
                "env" if is_variable(name) => SecretPart::Variable(name),
                "file" if !name.trim().is_empty() => SecretPart::File(name),
                _ => return None,
            });
            rest = &inside[close + 1..];
        }
        if !rest.is_empty() {
            parts.push(SecretPart::Literal(rest));
        }
        Some(parts)
    }

    /// True for a single reference with nothing around it.
    pub fn is_reference(&self) -> bool {
        self.parts().is_some_and(|parts| matches!(parts[..], [SecretPart::Variable(_) | SecretPart::File(_)]))
    }

    /// True where at least one part is a reference.
    pub fn has_reference(&self) -> bool {
        self.parts().is_some_and(|parts| parts.iter().any(|part| !matches!(part, SecretPart::Literal(_))))
    }

    /// The text where it holds no reference, such as the address of a webhook without a secret.
    pub fn literal(&self) -> Option<&str> {
        (!self.0.contains("${")).then_some(&self.0)
    }

    /// The text before the first reference, such as the scheme and host of an address.
    pub fn beginning(&self) -> Option<&str> {
        self.0.split("${").next().filter(|beginning| !beginning.is_empty())
    }

    fn shown(&self) -> &str {
        if self.has_reference() { &self.0 } else { "***" }
    }
}

fn is_variable(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && name.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.shown())
    }
}

impl Serialize for SecretText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.shown())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found_and_nothing_else() {
        use SecretPart::{File, Literal, Variable};
        let cases: [(&str, Option<Vec<SecretPart<'_>>>); 9] = [
            ("${env:SMTP_PASSWORD}", Some(vec![Variable("SMTP_PASSWORD")])),
            ("${file:/run/secrets/smtp}", Some(vec![File("/run/secrets/smtp")])),
            ("https://a/?key=${env:KEY}&x=1", Some(vec![Literal("https://a/?key="), Variable("KEY"), Literal("&x=1")])),
            ("plain $ text", Some(vec![Literal("plain $ text")])),
            ("${env:A}${file:b}", Some(vec![Variable("A"), File("b")])),
            ("${env:}", None),
            ("${env:1A}", None),
            ("${vault:x}", None),
            ("${env:A", None),
        ];
        for (text, expected) in cases {
            assert_eq!(SecretText::new(text).parts(), expected, "{text}");
        }
    }

    #[test]
    fn a_secret_written_out_is_never_shown() {
        let secret = SecretText::new("hunter2");
        assert_eq!(format!("{secret:?} {}", serde_json::to_string(&secret).unwrap()), "*** \"***\"");
        let reference = SecretText::new("${env:A}");
        assert_eq!(format!("{reference:?}"), "${env:A}");
        assert!(reference.is_reference() && !secret.is_reference());
        assert!(!SecretText::new("x${env:A}").is_reference() && SecretText::new("x${env:A}").has_reference());
    }
}
