//! Servers written in Python: found in `target/test-servers`, where `make test-servers` puts them, started on a free port, ended with the test.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Python with the packages of the test servers; `None`, with a printed line, where they are absent.
pub fn python(test: &str, module: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("MANYI_TEST_SERVERS").map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target/test-servers"));
    let python = folder.join("bin/python");
    let ran = Command::new(&python).args(["-c", &format!("import {module}")]).stderr(Stdio::null()).status();
    if ran.is_ok_and(|status| status.success()) {
        return Some(python);
    }
    eprintln!("skipped {test}: Python's {module} is not in {} (make test-servers)", folder.display());
    None
}

/// A program that is ended with the test.
pub struct Server {
    child: Child,
    pub port: u16,
}

impl Server {
    /// Starts a program that says its port in the first line of its output.
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { port: line.trim().parse().unwrap(), child }
    }

    /// Starts a program that is told its port, and waits until it listens.
    pub fn start_on_port(command: impl FnOnce(u16) -> Command) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = command(port).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let server = Self { child, port };
        for _ in 0..300 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return server;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        panic!("the server does not listen after 30 seconds");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
