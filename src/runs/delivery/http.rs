//! Requests over HTTP: bounded in time and size, never following a redirect, and never naming an address in an error, since the
//! addresses of webhooks are secrets.

use std::io::Read as _;
use std::time::Duration;

use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Timeout};

use super::hidden::Hidden;
use super::secrets::Secret;
use super::{Outcome, Reason, ReasonCode};

/// The most that is read of an answer.
const LONGEST_ANSWER: u64 = 64 * 1024;

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub status: u16,
    pub body: String,
    /// The body without the address that was asked and its keys, which pages of errors repeat.
    pub shown: String,
    /// How long the other side wants to be left alone.
    pub retry_after: Option<Duration>,
}

/// What a request is.
pub(super) struct Request<'a> {
    pub method: Method,
    pub url: &'a Secret,
    pub headers: &'a [(&'a str, String)],
    pub body: &'a [u8],
    pub timeout: Duration,
    pub certificates: Option<&'a [u8]>,
    /// Secrets beside the address.
    pub secrets: &'a [&'a Secret],
}

/// How a request is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Post,
    Put,
}

/// Makes a request.
///
/// # Errors
/// The outcome where there is no answer: nothing was taken, or it is unknown.
pub(super) fn request(request: &Request<'_>) -> Result<Answer, Outcome> {
    let agent = agent(request)?;
    let url = request.url.reveal();
    let mut builder = match request.method {
        Method::Post => agent.post(url),
        Method::Put => agent.put(url),
    };
    for (name, value) in request.headers {
        builder = builder.header(*name, value);
    }
    let mut answer = builder.send(request.body).map_err(outcome)?;
    let retry_after = answer.headers().get("retry-after").and_then(|value| value.to_str().ok()?.trim().parse().ok());
    let status = answer.status().as_u16();
    let mut body = Vec::new();
    // A body that breaks off is judged by its status and what came of it.
    let _ = answer.body_mut().as_reader().take(LONGEST_ANSWER).read_to_end(&mut body);
    let body = String::from_utf8_lossy(&body).into_owned();
    let mut hidden = Hidden::of_url(url);
    request.secrets.iter().for_each(|secret| hidden.hide(secret.reveal(), "***"));
    let shown = hidden.redact(&body);
    Ok(Answer { status, body, shown, retry_after: retry_after.map(Duration::from_secs) })
}

fn agent(request: &Request<'_>) -> Result<Agent, Outcome> {
    let unfit = |what: &str| Outcome::Failed(Reason::new(ReasonCode::Unfit, what));
    let mut tls = TlsConfig::builder();
    if let Some(pem) = request.certificates {
        let mut roots: Vec<Certificate<'static>> = Vec::new();
        for item in parse_pem(pem) {
            match item.map_err(|_| unfit("certificates"))? {
                PemItem::Certificate(certificate) => roots.push(certificate),
                _ => return Err(unfit("certificates")),
            }
        }
        tls = tls.root_certs(RootCerts::new_with_certs(&roots));
    }
    let mut config = Agent::config_builder()
        .tls_config(tls.build())
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .max_idle_connections(0)
        .user_agent("manyi")
        .timeout_resolve(Some(request.timeout))
        .timeout_connect(Some(request.timeout))
        .timeout_send_request(Some(request.timeout))
        .timeout_send_body(Some(request.timeout.max(Duration::from_secs(300))))
        .timeout_recv_response(Some(request.timeout))
        .timeout_recv_body(Some(request.timeout));
    if is_loopback(request.url.reveal()) {
        config = config.proxy(None);
    }
    Ok(config.build().new_agent())
}

/// The machine of an address, with its port; what else stands in an address may be secret.
pub(super) fn machine_of(url: &str) -> String {
    let authority = authority_of(url);
    let authority = authority.rsplit_once('@').map_or(authority, |(_, machine)| machine);
    let has_port = authority.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    match url.split_once("://") {
        Some(("https", _)) if !has_port => format!("{authority}:443"),
        Some(("http", _)) if !has_port => format!("{authority}:80"),
        Some(_) => authority.to_owned(),
        // No address at all: a secret in the wrong place, perhaps.
        None => String::new(),
    }
}

fn authority_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}

/// True for an address on this machine.
pub(super) fn is_loopback(url: &str) -> bool {
    let authority = authority_of(url);
    let host = authority.strip_prefix('[').and_then(|inside| inside.split(']').next());
    let host = host.unwrap_or_else(|| authority.split(':').next().unwrap_or_default());
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// What it means that there is no answer. Before the whole request was sent the other side has nothing; after that it may.
fn outcome(error: ureq::Error) -> Outcome {
    let retry = |text: &str| Outcome::Retry { reason: Reason::new(ReasonCode::Unreachable, text), after: None };
    let unknown = |text: String| Outcome::Unknown(Reason::new(ReasonCode::AnswerLost, text));
    let silent = |text: &str| Outcome::Retry { reason: Reason::new(ReasonCode::TimedOut, text), after: None };
    let failed = |text: String| {
        let certificate = text.contains("invalid peer certificate");
        let code = if certificate { ReasonCode::BadCertificate } else { ReasonCode::Refused };
        Outcome::Failed(Reason::new(code, text))
    };
    match error {
        ureq::Error::HostNotFound => retry("host not found"),
        ureq::Error::ConnectionFailed => retry("no connection"),
        ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect) => silent("while connecting"),
        ureq::Error::Timeout(Timeout::SendRequest | Timeout::SendBody) => silent("while sending"),
        ureq::Error::Timeout(_) => unknown("timeout while waiting for the answer".to_owned()),
        ureq::Error::Io(error) => match error.kind() {
            std::io::ErrorKind::ConnectionRefused
            | std::io::ErrorKind::HostUnreachable
            | std::io::ErrorKind::NetworkUnreachable
            | std::io::ErrorKind::NetworkDown
            | std::io::ErrorKind::AddrNotAvailable => retry(&error.to_string()),
            // rustls gives its refusals of certificates as such errors, before anything is sent.
            std::io::ErrorKind::InvalidData => failed(error.to_string()),
            _ => unknown(error.to_string()),
        },
        ureq::Error::Protocol(error) => unknown(error.to_string()),
        ureq::Error::Rustls(error) => failed(error.to_string()),
        ureq::Error::Tls(text) => failed(text.to_owned()),
        // The texts of the others may hold the address.
        _ => failed("the address cannot be used".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_address_only_the_machine_is_named() {
        for (url, machine) in [
            ("https://hooks.example.com/services/SECRET?key=SECRET", "hooks.example.com:443"),
            ("http://user:SECRET@hooks.example.com:8080/x", "hooks.example.com:8080"),
            ("https://[::1]/x", "[::1]:443"),
            ("SECRET", ""),
        ] {
            assert_eq!(machine_of(url), machine, "{url}");
        }
    }

    #[test]
    fn loopback_is_told_from_names_that_look_like_it() {
        for own in ["http://127.0.0.1:8080/x", "http://localhost/x?y", "http://[::1]:80/", "https://127.8.0.1"] {
            assert!(is_loopback(own), "{own}");
        }
        for other in
            ["http://127.0.0.1.example.com/", "http://localhost.example.com", "http://10.0.0.1/", "http://user@evil/"]
        {
            assert!(!is_loopback(other), "{other}");
        }
    }
}
