//! Damaged and hostile input: thousands of seeded mutations of valid files in every format end in a result or in a diagnostic that
//! says where, never in a panic, a hang or hundreds of megabytes. `make fuzz` makes many more.
//!
//! Each format is tried in a process of its own, which is this test binary again with [`worker`] alone: so a stack overflow or an
//! abort is seen too, and the peak of memory is that of the format.

mod bombs;
mod endless;
mod formats;
mod mutate;

use std::fs;
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use formats::Format;
use mutate::Mutator;

/// Mutations of each format; `MANYI_FUZZ` asks for another number.
const MUTATIONS: u64 = 10_000;
/// Longest time for one input on a busy machine.
const SLOWEST: Duration = Duration::from_secs(10);
/// Longest time for a process with [`MUTATIONS`]; with more it grows along.
const PATIENCE: Duration = Duration::from_secs(600);
/// Most memory of a process, in KiB.
const MEMORY: u64 = 512 << 10;

/// What the process works on: format, first and number of mutations.
const TASK: &str = "MANYI_HOSTILE_TASK";

/// Tries the inputs that the environment names.
#[test]
#[ignore = "started by the tests beside it, in a process of its own"]
fn worker() {
    let task = std::env::var(TASK).expect("started by the tests beside it");
    let mut parts = task.split(' ');
    let format = Format::named(parts.next().unwrap());
    let numbers: Vec<u64> = parts.map(|part| part.parse().unwrap()).collect();
    let place = tempfile::tempdir().unwrap();
    let tried = formats::Tried::new(format, place.path());
    let (mut read, mut refused) = (0_u64, 0_u64);
    for seed in numbers[0]..numbers[0] + numbers[1] {
        // Seen by whoever finds the process dead.
        fs::write(place.path().with_extension("seed"), seed.to_string()).unwrap();
        let input = Mutator::new(seed).mutated(format, tried.good());
        let start = Instant::now();
        match tried.outcome(&input) {
            formats::Outcome::Read => read += 1,
            formats::Outcome::Refused => refused += 1,
            formats::Outcome::Wrong(why) => panic!("{} {seed}: {why}", format.name()),
        }
        assert!(start.elapsed() < SLOWEST, "{} {seed} took {:?}", format.name(), start.elapsed());
    }
    fs::remove_file(place.path().with_extension("seed")).unwrap();
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.trim().parse().ok());
    println!("tried: {read} read, {refused} refused, {} KiB", peak.unwrap_or(0));
}

/// A process that tries a range of mutations of a format, with its output.
fn started(format: Format, first: u64, count: u64) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "hostile::worker", "--ignored", "--nocapture", "--test-threads=1"])
        .env(TASK, format!("{} {first} {count}", format.name()))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// What the process printed; it fails the test if it did, and is stopped if it takes too long.
fn finished(format: Format, mut child: Child, patience: Duration) -> String {
    let read = |mut pipe: Box<dyn Read + Send>| {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            pipe.read_to_end(&mut bytes).unwrap();
            String::from_utf8_lossy(&bytes).into_owned()
        })
    };
    let output = read(Box::new(child.stdout.take().unwrap()));
    let errors = read(Box::new(child.stderr.take().unwrap()));
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if start.elapsed() > patience {
            child.kill().unwrap();
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let (output, errors) = (output.join().unwrap(), errors.join().unwrap());
    let tail: Vec<&str> = errors.lines().rev().take(30).collect();
    let tail: Vec<&str> = tail.into_iter().rev().collect();
    assert!(
        status.success(),
        "{} ended with {status} after {:?}:\n{output}\n{}",
        format.name(),
        start.elapsed(),
        tail.join("\n")
    );
    output
}

fn survives(name: &str) {
    let format = Format::named(name);
    let count = std::env::var("MANYI_FUZZ").map_or(MUTATIONS, |given| given.parse().unwrap());
    let patience = PATIENCE * u32::try_from(count.div_ceil(MUTATIONS)).unwrap();
    let output = finished(format, started(format, 0, count), patience);
    let line = output.lines().find(|line| line.contains("tried: ")).unwrap_or_else(|| panic!("{output}"));
    let numbers: Vec<u64> = line.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect();
    println!("{name}: {line}");
    assert_eq!(numbers[0] + numbers[1], count);
    assert!(
        numbers[0] > count / 100 && numbers[1] > count / 100,
        "the mutations of {name} are too tame or too wild: {line}"
    );
    assert!(numbers[2] < MEMORY, "{name} took {} KiB", numbers[2]);
}

#[test]
fn text_files() {
    survives("csv");
}

#[test]
fn workbooks() {
    survives("xlsx");
}

#[test]
fn old_workbooks() {
    survives("xls");
}

#[test]
fn open_documents() {
    survives("ods");
}

#[test]
fn parquet_files() {
    survives("parquet");
}

#[test]
fn json_files() {
    survives("json");
}

#[test]
fn spss_files() {
    survives("sav");
}

#[test]
fn compressed_spss_files() {
    survives("zsav");
}

#[test]
fn project_files() {
    survives("yaml");
}

#[test]
fn plugin_manifests() {
    survives("manifest");
}

#[test]
fn templates() {
    survives("template");
}
