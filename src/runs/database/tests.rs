#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]
//! Both engines through the same cases; PostgreSQL is a cluster of our own in a temporary folder.

#[path = "../../../tests/support/certificate.rs"]
mod certificate;
#[path = "../../../tests/support/postgres.rs"]
mod cluster;

use self::cluster::Cluster;
use super::*;
use crate::diagnostics::Lang;

const STEPS: &[Migration] = &[
    Migration {
        version: 1,
        sql: "CREATE TABLE runs (id BIGINT PRIMARY KEY, report TEXT NOT NULL, score DOUBLE PRECISION, note TEXT, UNIQUE (report, note));
              CREATE TABLE parts (run BIGINT NOT NULL REFERENCES runs (id), part TEXT NOT NULL)",
    },
    Migration { version: 2, sql: "ALTER TABLE runs ADD COLUMN revision BIGINT NOT NULL DEFAULT 1" },
];

fn now() -> chrono::DateTime<chrono::Utc> {
    "2026-11-22T08:00:00Z".parse().unwrap()
}

fn check_engine(place: &Place) {
    let mut database = Database::open(place).unwrap();
    database.migrate("test", &STEPS[..1], now()).unwrap();
    let insert = "INSERT INTO runs (id, report, score, note) VALUES ($1, $2, $4, $3)";
    assert_eq!(database.execute(insert, &[1.into(), "满意度".into(), "a'b\"".into(), 83.25.into()]).unwrap(), 1);
    database.migrate("test", STEPS, now()).unwrap();
    database.migrate("test", STEPS, now()).unwrap();
    database.migrate("other", &[], now()).unwrap();

    let row = database.query_first("SELECT * FROM runs WHERE id = $1", &[1.into()]).unwrap().unwrap();
    assert_eq!((row.text("report").unwrap(), row.text("note").unwrap()), ("满意度", "a'b\""));
    assert!((row.real("score").unwrap() - 83.25).abs() < f64::EPSILON && row.integer("revision").unwrap() == 1);
    assert!(row.text("score").is_err() && row.text("nothing").is_err() && row.integer("report").is_err());

    // A key that is there, and a parameter used twice.
    let again = database.execute(insert, &[1.into(), "x".into(), Value::Null, Value::Null]).unwrap_err();
    assert!(again.is_conflict(), "{again:?}");
    let quiet = "INSERT INTO runs (id, report) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET report = $2";
    assert_eq!(database.execute(quiet, &[1.into(), "new".into()]).unwrap(), 1);
    let row = database.query_first("SELECT report, score FROM runs WHERE report = $1 OR note = $1", &["new".into()]);
    assert_eq!(row.unwrap().unwrap().values(), [Value::from("new"), Value::from(83.25)]);

    // Undone as a whole; the error is that of the work.
    let undone = database.transaction(|transaction| {
        transaction.execute("DELETE FROM runs", &[])?;
        transaction.execute(insert, &[7.into(), "y".into(), Value::Null, Value::Null])?;
        transaction.query("SELECT wrong FROM nowhere", &[])
    });
    assert!(matches!(undone.unwrap_err().problem, Problem::Statement(_)));
    let rows = database.query("SELECT id, note, score FROM runs ORDER BY id", &[]).unwrap();
    assert_eq!(rows.len(), 1);
    let kept: Result<i64, DatabaseError> = database.transaction(|transaction| {
        transaction.execute(insert, &[2.into(), "y".into(), Value::Null, Value::Null])?;
        let row = transaction.query_first("SELECT COUNT(*) AS n, CAST(SUM(id) AS BIGINT) AS total FROM runs", &[])?;
        let row = row.unwrap();
        assert_eq!(row.integer("total")?, 3);
        row.integer("n")
    });
    assert_eq!(kept.unwrap(), 2);
    let row = database.query_first("SELECT note, score FROM runs WHERE id = 2", &[]).unwrap().unwrap();
    assert_eq!(row.values(), [Value::Null, Value::Null]);
    assert_eq!((row.optional_text("note").unwrap(), row.optional_real("score").unwrap()), (None, None));

    // What the engines would store differently, references, wrong counts of parameters.
    for value in [Value::from(f64::NAN), Value::from("a\0b")] {
        assert!(database.execute("UPDATE runs SET note = $1, score = $1", &[value]).is_err());
    }
    assert!(database.execute("INSERT INTO parts (run, part) VALUES (99, 'x')", &[]).is_err());
    assert!(database.query("SELECT id FROM runs WHERE id = $1", &[]).is_err());
    assert!(database.query("SELECT id FROM runs", &[1.into()]).is_err());

    // A newer database and a list with a gap.
    let newer = database.migrate("test", &STEPS[..1], now()).unwrap_err();
    assert_eq!(newer.problem, Problem::NewerDatabase { component: "test".into(), found: 2, known: 1 });
    assert!(newer.diagnostic().text(Lang::ZhCn).contains("第 2 版"));
    assert!(database.migrate("gap", &STEPS[1..], now()).is_err());
    let applied = database.query("SELECT component, version, applied_at FROM schema_version ORDER BY version", &[]);
    let applied = applied.unwrap();
    assert_eq!(applied.len(), 2);
    assert_eq!(applied[1].text("applied_at").unwrap(), "2026-11-22T08:00:00Z");

    // A step that fails leaves nothing of itself.
    let bad = [Migration { version: 1, sql: "CREATE TABLE half (id BIGINT); CREATE TABLE runs (id BIGINT)" }];
    assert!(database.migrate("bad", &bad, now()).is_err());
    assert!(database.query("SELECT id FROM half", &[]).is_err());
}

/// Writers from several connections that read, then write what they read plus one: none is lost.
fn check_writers(place: &Place) {
    let mut database = Database::open(place).unwrap();
    database
        .migrate("counter", &[Migration { version: 1, sql: "CREATE TABLE counter (n BIGINT NOT NULL)" }], now())
        .unwrap();
    database.execute("INSERT INTO counter (n) VALUES (0)", &[]).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut own = Database::open(place).unwrap();
                for _ in 0..10 {
                    own.transaction(|transaction| {
                        let n = transaction.query_first("SELECT n FROM counter", &[])?.unwrap().integer("n")?;
                        transaction.execute("UPDATE counter SET n = $1", &[(n + 1).into()])
                    })
                    .unwrap();
                }
            });
        }
    });
    let row = database.query_first("SELECT n FROM counter", &[]).unwrap().unwrap();
    assert_eq!(row.integer("n").unwrap(), 40);
}

#[test]
fn sqlite_does_what_is_asked() {
    check_engine(&Place::Memory);
    let folder = tempfile::tempdir().unwrap();
    let place = Place::File(folder.path().join("new/历史.db"));
    check_engine(&place);
    check_writers(&place);
    let Place::File(path) = &place else { unreachable!() };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let mut database = Database::open(&place).unwrap();
    let mode = database.query_first("PRAGMA journal_mode", &[]).unwrap().unwrap();
    assert_eq!(mode.values(), [Value::from("wal")]);
    let safety = database.query_first("PRAGMA synchronous", &[]).unwrap().unwrap();
    assert_eq!(safety.values(), [Value::Integer(2)]);
}

#[test]
fn broken_files_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text.db");
    std::fs::write(&text, "this is a text of some length, and not a database at all ".repeat(40)).unwrap();
    let error = Database::open(&Place::File(text.clone())).unwrap_err();
    assert_eq!(error.problem, Problem::NotADatabase);
    assert!(error.to_string().contains("text.db") && std::fs::read_to_string(&text).unwrap().starts_with("this is"));

    let error = Database::open(&Place::File(folder.path().to_path_buf())).unwrap_err();
    assert!(matches!(error.problem, Problem::CannotOpen(_)), "{error:?}");

    // Damage in the middle of a real file.
    let path = folder.path().join("damaged.db");
    let place = Place::File(path.clone());
    let mut database = Database::open(&place).unwrap();
    database.migrate("test", STEPS, now()).unwrap();
    for id in 0..500_i64 {
        database
            .execute("INSERT INTO runs (id, report) VALUES ($1, $2)", &[id.into(), "x".repeat(100).into()])
            .unwrap();
    }
    drop(database);
    let mut bytes = std::fs::read(&path).unwrap();
    for byte in &mut bytes[8192..40_000] {
        *byte = 0xA5;
    }
    std::fs::write(&path, bytes).unwrap();
    let found = Database::open(&place).and_then(|mut database| database.query("SELECT * FROM runs ORDER BY id", &[]));
    assert_eq!(found.unwrap_err().problem, Problem::Corrupt);
}

#[test]
fn a_full_database_says_so_and_keeps_what_it_had() {
    let folder = tempfile::tempdir().unwrap();
    let mut database = Database::open(&Place::File(folder.path().join("full.db"))).unwrap();
    database.migrate("test", STEPS, now()).unwrap();
    database.query("PRAGMA max_page_count = 20", &[]).unwrap();
    let error = database
        .transaction(|transaction| {
            for id in 0..10_000_i64 {
                transaction
                    .execute("INSERT INTO runs (id, report) VALUES ($1, $2)", &[id.into(), "x".repeat(500).into()])?;
            }
            Ok::<_, DatabaseError>(())
        })
        .unwrap_err();
    assert_eq!(error.problem, Problem::Full);
    assert_eq!(database.query_first("SELECT COUNT(*) AS n FROM runs", &[]).unwrap().unwrap().integer("n").unwrap(), 0);
    assert_eq!(database.execute("INSERT INTO runs (id, report) VALUES (1, 'x')", &[]).unwrap(), 1);
}

#[test]
fn addresses_are_never_shown_with_passwords() {
    for url in ["postgresql://u:geheim@localhost/db", "postgres://u:geheim@127.0.0.1:5433/db?connect_timeout=3"] {
        let place = Place::server(url).unwrap();
        let shown = format!("{place} {place:?}");
        assert!(shown.contains("localhost") || shown.contains("127.0.0.1"));
        assert!(!shown.contains("geheim"), "{shown}");
    }
    for url in [
        "postgresql://u:geheim@localhost:port/x",
        "postgresql://u:geheim@localhost/x?sslmode=maybe",
        "postgresql://",
        "mysql://u:geheim@localhost/x",
    ] {
        let error = Place::server(url).unwrap_err();
        assert_eq!(error.problem, Problem::BadUrl, "{url}");
        assert!(!format!("{error} {error:?}").contains("geheim"));
    }
}

#[test]
fn only_this_machine_is_spoken_to_in_the_clear() {
    for (rest, encrypted) in [
        ("localhost/x", false),
        ("127.0.0.1,localhost/x", false),
        ("%2Frun%2Fpostgresql/x", false),
        ("localhost/x?sslmode=require", true),
        ("localhost/x?sslmode=verify-full&connect_timeout=3", true),
        ("localhost/x?sslrootcert=%2Fetc%2Fca.pem", true),
        ("db.example.com/x", true),
        ("localhost,db.example.com/x", true),
        ("127.0.0.1.example.com/x?sslmode=prefer", true),
        ("db.example.com/x?sslmode=disable", false),
    ] {
        let Place::Server(server) = Place::server(&format!("postgresql://u:p@{rest}")).unwrap() else { unreachable!() };
        assert_eq!(server.is_encrypted(), encrypted, "{rest}");
    }
}

#[test]
fn nobody_listening_is_unreachable() {
    let place = Place::server("postgresql://u:geheim@127.0.0.1:1/db").unwrap();
    let error = Database::open(&place).unwrap_err();
    assert!(matches!(error.problem, Problem::Unreachable(_)) && error.is_temporary(), "{error:?}");
    assert!(!error.to_string().contains("geheim"));
}

#[test]
fn postgresql_does_the_same() {
    let Some(cluster) = Cluster::start() else { return };
    let url = cluster.url(Cluster::PASSWORD, "postgres");
    let place = Place::server(&url).unwrap();
    check_engine(&place);
    check_writers(&place);

    for (url, problem) in [
        (cluster.url("wrong", "postgres"), Problem::WrongPassword),
        (cluster.url(Cluster::PASSWORD, "nowhere"), Problem::NoSuchDatabase),
        (cluster.url("", "postgres"), Problem::WrongPassword),
    ] {
        let error = Database::open(&Place::server(&url).unwrap()).unwrap_err();
        assert_eq!(error.problem, problem, "{error:?}");
        assert!(!format!("{error:?}").contains("ss/word"));
    }

    // The server goes away and comes back between two transactions, and within one.
    let mut database = Database::open(&place).unwrap();
    let end =
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename = 'manyi'";
    let terminate = || {
        let counted = format!("SELECT COUNT(*) FROM ({end}) AS ended");
        Database::open(&place).unwrap().query(&counted, &[]).unwrap();
    };
    // Whether the engine knows by then or finds out: nothing was done, so that it is asked again.
    for wait in [20, 300] {
        terminate();
        std::thread::sleep(std::time::Duration::from_millis(wait));
        assert_eq!(database.query("SELECT id FROM runs", &[]).unwrap().len(), 2, "{wait} ms");
        terminate();
        std::thread::sleep(std::time::Duration::from_millis(wait));
        let read: Result<usize, DatabaseError> =
            database.transaction(|transaction| Ok(transaction.query("SELECT id FROM runs", &[])?.len()));
        assert_eq!(read.unwrap(), 2, "{wait} ms");
    }
    let within: Result<(), DatabaseError> = database.transaction(|transaction| {
        transaction.execute("DELETE FROM runs", &[])?;
        cluster.stop("immediate");
        transaction.execute("DELETE FROM runs", &[]).map(drop)
    });
    assert!(within.unwrap_err().is_temporary());
    assert!(Database::open(&place).unwrap_err().is_temporary());
}

#[test]
fn postgresql_is_spoken_to_encrypted_and_its_certificate_is_checked() {
    let folder = tempfile::tempdir().unwrap();
    let Some((certificate, key)) = certificate::certificate(folder.path()) else { return };
    let Some((cluster, port)) = Cluster::start_on_port(Some((&certificate, &key))) else { return };
    let address =
        |host: &str, more: &str| format!("postgresql://manyi:{}@{host}:{port}/postgres{more}", Cluster::PASSWORD);
    let open = |url: String| Place::server(&url).and_then(|place| Database::open(&place));
    let root = format!("sslrootcert={}", certificate.display());

    let mut database = open(address("localhost", &format!("?sslmode=verify-full&{root}"))).unwrap();
    let row = database.query_first("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()", &[]).unwrap().unwrap();
    assert_eq!(row.values(), [Value::Integer(1)]);

    // Signed by nobody we know, issued for another name, a file without certificates.
    let unknown = open(address("localhost", "?sslmode=require")).unwrap_err();
    assert!(matches!(&unknown.problem, Problem::NoEncryption(why) if why.contains("certificate")), "{unknown:?}");
    let other = open(address("127.0.0.1", &format!("?{root}"))).unwrap_err();
    assert!(matches!(&other.problem, Problem::NoEncryption(why) if why.contains("certificate")), "{other:?}");
    let none = open(address("localhost", &format!("?sslrootcert={}", key.display()))).unwrap_err();
    assert!(matches!(none.problem, Problem::NoEncryption(_)), "{none:?}");
    // The server takes encrypted connections only.
    assert!(open(address("localhost", "?sslmode=disable")).is_err());
    drop(cluster);

    // A server without encryption is not spoken to in the clear.
    let Some((_plain, port)) = Cluster::start_on_port(None) else { return };
    let url = format!("postgresql://manyi:{}@localhost:{port}/postgres", Cluster::PASSWORD);
    assert!(open(url.clone()).is_ok());
    let refused = open(format!("{url}?sslmode=require")).unwrap_err();
    assert!(!format!("{refused:?}").contains("ss/word"), "{refused:?}");
    assert!(matches!(refused.problem, Problem::NoEncryption(_)), "{refused:?}");
}
