//! A cluster of PostgreSQL for tests: made in a temporary folder, on a socket there, ended with the test.

use std::path::PathBuf;
use std::process::Command;

/// A running cluster, stopped at the end.
pub struct Cluster {
    folder: tempfile::TempDir,
    bin: PathBuf,
}

impl Cluster {
    /// The password of the user `manyi`, as it stands in addresses.
    pub const PASSWORD: &'static str = "p%40ss%2Fword";

    /// Starts one; says why there is none.
    pub fn start() -> Option<Self> {
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
        cluster.run(
            cluster.program("initdb").args(["--no-sync", "-U", "manyi", "-A", "scram-sha-256", "-E", "UTF8"]).args([
                "--locale=C.UTF-8",
                "-D",
                &cluster.path("data"),
                "--pwfile",
                &cluster.path("password"),
            ]),
        );
        let options = format!("-c listen_addresses= -c unix_socket_directories={} -c fsync=off", cluster.path(""));
        cluster.run(
            cluster
                .program("pg_ctl")
                .args(["-w", "-D", &cluster.path("data"), "-l", &cluster.path("log")])
                .args(["-o", &options, "start"]),
        );
        Some(cluster)
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
