//! The object store against moto's server, which speaks the protocol of Amazon S3.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use manyi::diagnostics::Lang;
use manyi::runs::delivery::recipient::Recipient;
use manyi::runs::delivery::s3::{Store, deliver};
use manyi::runs::delivery::secrets::Secret;
use manyi::runs::delivery::{Outcome, ReasonCode};

use super::message;
use super::python::{Server, python};

/// Runs a piece of Python with boto3's client `s3`; what it prints.
fn boto(python: &Path, port: u16, code: &str) -> String {
    let head = format!(
        "import boto3\ns3 = boto3.client('s3', endpoint_url='http://127.0.0.1:{port}', region_name='us-east-1', \
         aws_access_key_id='KEY', aws_secret_access_key='SECRET')\n"
    );
    let output = Command::new(python).args(["-c", &(head + code)]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_store_holds_the_files_and_the_list_of_them() {
    let Some(python) = python("a_store_holds_the_files_and_the_list_of_them", "moto.server, boto3") else { return };
    let server = Server::start_on_port(|port| {
        let mut command = Command::new(&python);
        command.args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &port.to_string()]);
        command
    });
    boto(&python, server.port, "s3.create_bucket(Bucket='reports')");
    let store = Store {
        endpoint: format!("http://127.0.0.1:{}", server.port),
        region: "us-east-1".into(),
        bucket: "reports".into(),
        prefix: "/kpi/满意度/".into(),
        path_style: true,
        access_key: Secret::new("KEY"),
        secret_key: Secret::new("SECRET"),
        timeout: Duration::from_secs(20),
        certificates: None,
    };
    let share = Recipient::parse("store", Lang::ZhCn);
    for _ in 0..2 {
        let outcome = deliver(&store, &share, &message(2), "d1");
        assert_eq!(outcome, Outcome::Sent("reports/kpi/满意度/plan/2026-11/r2".into()));
    }
    let found = boto(
        &python,
        server.port,
        "import hashlib, json\n\
         keys = [o['Key'] for o in s3.list_objects_v2(Bucket='reports')['Contents']]\n\
         body = {k.rsplit('/', 1)[1]: s3.get_object(Bucket='reports', Key=k)['Body'].read() for k in keys}\n\
         listed = json.loads(body.pop('delivery.json'))\n\
         assert {f['name']: f['sha256'] for f in listed['files']} == {k: hashlib.sha256(v).hexdigest() for k, v in body.items()}, listed\n\
         print(len(keys), all(k.startswith('kpi/满意度/plan/2026-11/r2/') for k in keys), sorted(body))",
    );
    assert_eq!(found.trim(), "3 True ['plan.csv', '满意度策划书（2026年11月）第二食堂.pdf']");

    let elsewhere = Store { bucket: "nowhere".into(), ..store.clone() };
    let Outcome::Failed(reason) = deliver(&elsewhere, &share, &message(2), "d1") else { panic!("taken") };
    assert!(reason.code == ReasonCode::Refused && reason.detail.contains("NoSuchBucket"), "{reason:?}");
    drop(server);
    assert!(matches!(deliver(&store, &share, &message(2), "d1"), Outcome::Retry { .. }));
}
