//! A certificate for servers of tests.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A certificate for `localhost` that nobody else has signed, and its key; says why there is none.
pub fn certificate(folder: &Path) -> Option<(PathBuf, PathBuf)> {
    let (certificate, key) = (folder.join("certificate.pem"), folder.join("key.pem"));
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "30",
            "-subj",
        ])
        .args([
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost",
            "-addext",
            "basicConstraints=critical,CA:FALSE",
        ])
        .arg("-keyout")
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .output();
    if made.is_ok_and(|output| output.status.success()) {
        return Some((certificate, key));
    }
    eprintln!("skipped: openssl is not installed");
    None
}
