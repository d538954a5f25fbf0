//! A copy in an object store that speaks the protocol of Amazon S3: `prefix/report/period/r2/…`. Each file is one PUT with a signature of
//! its own and the SHA-256 that the store checks; `delivery.json`, which lists them, comes last, so whoever waits for it sees all.
//! Doing it again writes the same bytes under the same names.

use std::time::Duration;

use rusty_s3::{Bucket, Credentials, S3Action as _, UrlStyle};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::http::{Method, Request, request};
use super::message::{Message, base64, media_type};
use super::recipient::Recipient;
use super::secrets::Secret;
use super::{Outcome, Reason, ReasonCode, folder};
use crate::output::manifest::sha256_hex;

/// How long a signature holds.
const VALID: Duration = Duration::from_secs(15 * 60);

/// A bucket with its secrets fetched.
#[derive(Debug, Clone)]
pub struct Store {
    /// Address of the store.
    pub endpoint: String,
    /// Its region.
    pub region: String,
    /// The bucket.
    pub bucket: String,
    /// Beginning of the names.
    pub prefix: String,
    /// True where the bucket is the first part of the path.
    pub path_style: bool,
    /// Key id.
    pub access_key: Secret,
    /// Secret key.
    pub secret_key: Secret,
    /// How long to wait for each step.
    pub timeout: Duration,
    /// Certificates (PEM) in place of the usual ones.
    pub certificates: Option<Vec<u8>>,
}

/// Copies the files of a message; signatures take the time of this machine, which the store compares with its own.
pub fn deliver(store: &Store, recipient: &Recipient, message: &Message, delivery: &str) -> Outcome {
    let unfit = |what: &str| Outcome::Failed(Reason::new(ReasonCode::Unfit, what));
    let (mut files, parts) =
        match folder::collect(message).and_then(|files| Ok((files, folder::place(recipient, message)?))) {
            Ok(found) => found,
            Err(reason) => return Outcome::Failed(reason),
        };
    let style = if store.path_style { UrlStyle::Path } else { UrlStyle::VirtualHost };
    let Ok(endpoint) = store.endpoint.parse() else { return unfit("endpoint") };
    let Ok(bucket) = Bucket::new(endpoint, style, store.bucket.clone(), store.region.clone()) else {
        return unfit("endpoint");
    };
    let listed: Vec<_> = files
        .iter()
        .map(|(name, bytes)| json!({"name": name, "bytes": bytes.len(), "sha256": sha256_hex(bytes)}))
        .collect();
    let list = json!({
        "schema": 1, "delivery": delivery, "report": message.key.report, "period": message.key.period,
        "revision": message.key.revision, "files": listed,
    });
    files.push(("delivery.json".to_owned(), list.to_string().into_bytes()));

    let mut place: Vec<&str> = store.prefix.split('/').filter(|part| !part.is_empty()).collect();
    place.extend(parts.iter().map(String::as_str));
    let place = place.join("/");
    for (name, bytes) in &files {
        let object = format!("{place}/{name}");
        if bucket.object_url(&object).is_err() {
            return unfit(&object);
        }
        if let Err(outcome) = put(store, &bucket, &object, name, bytes) {
            return outcome;
        }
    }
    Outcome::Sent(format!("{}/{place}", store.bucket))
}

fn put(store: &Store, bucket: &Bucket, object: &str, name: &str, bytes: &[u8]) -> Result<(), Outcome> {
    let credentials = Credentials::new(store.access_key.reveal(), store.secret_key.reveal());
    let checksum = base64(&Sha256::digest(bytes));
    let mut action = bucket.put_object(Some(&credentials), object);
    action.headers_mut().insert("x-amz-checksum-sha256", checksum.clone());
    let url = Secret::new(action.sign(VALID).to_string());
    let answer = request(&Request {
        method: Method::Put,
        url: &url,
        headers: &[("x-amz-checksum-sha256", checksum), ("content-type", media_type(name).to_owned())],
        body: bytes,
        timeout: store.timeout,
        certificates: store.certificates.as_deref(),
        secrets: &[&store.access_key, &store.secret_key],
    });
    let answer = match answer {
        Ok(answer) => answer,
        // The same bytes under the same name: once more does no harm.
        Err(outcome) => return Err(outcome.tried_again()),
    };
    let said = format!("HTTP {}: {}", answer.status, error_code(&answer.shown));
    match answer.status {
        200..=299 => Ok(()),
        408 | 409 | 425 | 429 | 500..=599 => {
            Err(Outcome::Retry { reason: Reason::new(ReasonCode::RefusedForNow, said), after: answer.retry_after })
        }
        _ => Err(Outcome::Failed(Reason::new(ReasonCode::Refused, said))),
    }
}

/// The `Code` of the store's answer; the rest may repeat what was signed.
fn error_code(body: &str) -> &str {
    let code = body.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>"));
    code.map_or("", |(code, _)| code)
}
