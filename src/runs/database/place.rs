//! Where a database is: a path or an address of PostgreSQL, shown without passwords.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr as _;
use std::time::Duration;

use postgres::config::{Host, SslMode};

use super::{DatabaseError, Problem};

/// The place of a database.
#[derive(Clone)]
pub enum Place {
    /// A file of SQLite.
    File(PathBuf),
    /// A database that ends with the program; for tests and simulations.
    Memory,
    /// A server of PostgreSQL.
    Server(Box<Server>),
}

/// The settings of a connection to PostgreSQL; never shown with its password.
#[derive(Clone)]
pub struct Server {
    pub(super) config: postgres::Config,
    /// Certificates (PEM) that may sign the server's, in place of those of the system.
    pub(super) certificates: Option<PathBuf>,
    shown: String,
}

impl Server {
    /// True where nothing is sent before the connection is encrypted and the server's certificate was checked.
    pub(super) fn is_encrypted(&self) -> bool {
        self.config.get_ssl_mode() == SslMode::Require
    }
}

impl Place {
    /// True for the address of a server: `postgresql://…` or `postgres://…`.
    pub fn is_url(text: &str) -> bool {
        text.starts_with("postgresql://") || text.starts_with("postgres://")
    }

    /// Reads an address of PostgreSQL, such as `postgresql://manyi:password@localhost:5432/manyi`. On this machine the connection is plain
    /// unless `sslmode` asks for more; to others it is encrypted, with the certificate checked, unless it says `sslmode=disable`.
    /// `sslrootcert=FILE` names certificates in place of those of the system.
    ///
    /// # Errors
    /// Not such an address ([`Problem::BadUrl`]).
    pub fn server(url: &str) -> Result<Self, DatabaseError> {
        let bad = || DatabaseError::new("PostgreSQL", Problem::BadUrl);
        if !Self::is_url(url) {
            return Err(bad());
        }
        let (url, mode, certificates) = encryption_of(url);
        let mut config = postgres::Config::from_str(&url).map_err(|_| bad())?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(bad());
        }
        let shown = shown(&config);
        let local =
            config.get_hosts().iter().all(is_local) && config.get_hostaddrs().iter().all(std::net::IpAddr::is_loopback);
        config.ssl_mode(match mode.as_deref() {
            Some("disable") => SslMode::Disable,
            Some("require" | "verify-ca" | "verify-full") => SslMode::Require,
            None | Some("prefer" | "allow") if local && certificates.is_none() => SslMode::Disable,
            None | Some("prefer" | "allow") => SslMode::Require,
            Some(_) => return Err(bad()),
        });
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(10));
        }
        if config.get_application_name().is_none() {
            config.application_name("manyi");
        }
        config.keepalives_idle(Duration::from_secs(30));
        config.tcp_user_timeout(Duration::from_secs(30));
        Ok(Self::Server(Box::new(Server { config, certificates, shown })))
    }
}

/// Takes `sslmode` and `sslrootcert` out of the query of an address, since the library does not know all of their values.
fn encryption_of(url: &str) -> (String, Option<String>, Option<PathBuf>) {
    let Some((head, query)) = url.split_once('?') else { return (url.to_owned(), None, None) };
    let (mut mode, mut certificates, mut rest) = (None, None, Vec::new());
    for pair in query.split('&') {
        match pair.split_once('=') {
            Some(("sslmode", value)) => mode = Some(value.to_owned()),
            Some(("sslrootcert", value)) => certificates = Some(PathBuf::from(value.replace("%2F", "/"))),
            _ => rest.push(pair),
        }
    }
    let joint = if rest.is_empty() { "" } else { "?" };
    (format!("{head}{joint}{}", rest.join("&")), mode, certificates)
}

fn is_local(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

/// The address without its password, made of its parts.
fn shown(config: &postgres::Config) -> String {
    let user = config.get_user().map(|user| format!("{user}@")).unwrap_or_default();
    let hosts: Vec<String> = config
        .get_hosts()
        .iter()
        .map(|host| match host {
            Host::Tcp(name) => name.clone(),
            #[cfg(unix)]
            Host::Unix(path) => path.display().to_string(),
        })
        .collect();
    let port = config.get_ports().first().map(|port| format!(":{port}")).unwrap_or_default();
    format!("postgresql://{user}{}{port}/{}", hosts.join(","), config.get_dbname().unwrap_or_default())
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Memory => f.write_str(":memory:"),
            Self::Server(server) => write!(f, "{server}"),
        }
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Place({self})")
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Server({self})")
    }
}
