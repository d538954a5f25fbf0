//! A cluster of PostgreSQL for tests: made in a temporary folder, on a socket there, ended with the test. The unit tests and
//! the integration tests share it, and neither uses all of it.
#![allow(dead_code)]

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A running cluster, stopped at the end.
pub struct Cluster {
    folder: tempfile::TempDir,
    bin: PathBuf,
}

impl Cluster {
    /// The password of the user `manyi`, as it stands in addresses.
    pub const PASSWORD: &'static str = "p%40ss%2Fword";

    /// Starts one on a socket; says why there is none.
    pub fn start() -> Option<Self> {
        let cluster = Self::made()?;
        cluster.run_server("-c listen_addresses=");
        Some(cluster)
    }

    /// Starts one on a port of `localhost`. With a certificate and its key it takes encrypted connections only, without it none.
    pub fn start_on_port(certificate: Option<(&Path, &Path)>) -> Option<(Self, u16)> {
        let cluster = Self::made()?;
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut options = format!("-c listen_addresses=localhost -c port={port}");
        if let Some((certificate, key)) = certificate {
            for (file, name) in [(certificate, "server.crt"), (key, "server.key")] {
                let copy = cluster.path(&format!("data/{name}"));
                cluster.run(Command::new("cp").arg(file).arg(&copy));
                cluster.run(Command::new("chmod").arg("600").arg(&copy));
                if cluster.is_root() {
                    cluster.run(Command::new("chown").arg("nobody").arg(&copy));
                }
            }
            let rules = cluster.path("data/pg_hba.conf");
            let encrypted = std::fs::read_to_string(&rules).unwrap().replace("\nhost ", "\nhostssl ");
            std::fs::write(&rules, encrypted).unwrap();
            options.push_str(" -c ssl=on");
        }
        cluster.run_server(&options);
        Some((cluster, port))
    }

    /// A cluster that does not run yet.
    fn made() -> Option<Self> {
        let found = std::fs::read_dir("/usr/lib/postgresql").ok().and_then(|versions| {
            versions.flatten().map(|version| version.path().join("bin")).find(|bin| bin.join("initdb").exists())
        });
        let Some(bin) = found else {
            eprintln!("skipped: PostgreSQL is not installed (Debian package postgresql)");
            return None;
        };
        let cluster = Self { folder: tempfile::Builder::new().prefix("pg").tempdir_in("/tmp").unwrap(), bin };
        if cluster.is_root() {
            cluster.run(Command::new("chown").arg("nobody").arg(cluster.folder.path()));
        }
        std::fs::write(cluster.folder.path().join("password"), "p@ss/word").unwrap();
        let (data, password) = (cluster.path("data"), cluster.path("password"));
        let made = ["--no-sync", "-U", "manyi", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8"];
        cluster.run(cluster.program("initdb").args(made).args(["-D", &data, "--pwfile", &password]));
        Some(cluster)
    }

    fn run_server(&self, options: &str) {
        let options = format!("{options} -c unix_socket_directories={} -c fsync=off", self.path(""));
        let (data, log) = (self.path("data"), self.path("log"));
        self.run(self.program("pg_ctl").args(["-w", "-D", &data, "-l", &log, "-o", &options, "start"]));
    }

    fn is_root(&self) -> bool {
        let who = Command::new("id").arg("-u").output().unwrap();
        who.stdout == b"0\n"
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().trim_end_matches('/').to_owned()
    }

    /// A program of PostgreSQL, which refuses to run as root.
    fn program(&self, name: &str) -> Command {
        let path = self.bin.join(name);
        let mut command = if self.is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        command.current_dir("/");
        command
    }

    fn run(&self, command: &mut Command) {
        let output = command.stdin(std::process::Stdio::null()).output().unwrap();
        assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// The address of a database with the user `manyi`; the password as it stands in addresses.
    pub fn url(&self, password: &str, name: &str) -> String {
        format!("postgresql://manyi:{password}@{}/{name}", self.path("").replace('/', "%2F"))
    }

    /// Starts a stopped one on the port that it had.
    pub fn start_again(&self, port: u16) {
        self.run_server(&format!("-c listen_addresses=localhost -c port={port}"));
    }

    /// Stops the server: `smart`, `fast` or `immediate`.
    pub fn stop(&self, mode: &str) {
        let _ = self.program("pg_ctl").args(["-w", "-m", mode, "-D", &self.path("data"), "stop"]).output();
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop("immediate");
    }
}
