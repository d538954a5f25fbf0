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
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use formats::Format;
use mutate::Mutator;

/// Mutations of each format; `MANYI_FUZZ` asks for another number, or for a range such as `200000..400000`.
const MUTATIONS: u64 = 10_000;
/// Longest time for one input on a busy machine.
const SLOWEST: Duration = Duration::from_secs(10);
/// Longest time for a process with [`MUTATIONS`]; with more it grows along.
const PATIENCE: Duration = Duration::from_secs(600);
/// Most memory of a process at any input, in KiB.
const MEMORY: u64 = 512 << 10;
/// A process with more is ended at once, before the machine has none left; in KiB.
const FAR_TOO_MUCH: u64 = 4 * MEMORY;

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
    let (mut read, mut refused, mut most, mut wrong) = (0_u64, 0_u64, (0_u64, 0_u64), Vec::new());
    end_what_takes_far_too_much();
    for seed in numbers[0]..numbers[0] + numbers[1] {
        SEED.store(seed, Ordering::Relaxed);
        let input = Mutator::new(seed).mutated(format, tried.good());
        // The peak begins anew at what is held now.
        fs::write("/proc/self/clear_refs", "5").unwrap();
        let start = Instant::now();
        match tried.outcome(&input) {
            formats::Outcome::Read => read += 1,
            formats::Outcome::Refused => refused += 1,
            formats::Outcome::Wrong(why) => wrong.push(format!("{seed}: {why}")),
        }
        if start.elapsed() > SLOWEST {
            wrong.push(format!("{seed} took {:?}", start.elapsed()));
        }
        let peak = memory("VmHWM:");
        if peak > MEMORY {
            wrong.push(format!("{seed} took {peak} KiB"));
        }
        most = most.max((peak, seed));
    }
    assert!(wrong.is_empty(), "{}: {wrong:#?}", format.name());
    println!("tried: {read} read, {refused} refused, at most {} KiB, for {}", most.0, most.1);
}

/// The input at work, for the last words of a process.
static SEED: AtomicU64 = AtomicU64::new(0);

/// A field of what the system tells of the process's memory, in KiB.
fn memory(field: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap();
    line.trim().strip_suffix(" kB").unwrap().trim().parse().unwrap()
}

/// A thread that ends the process when an input takes the whole machine or the whole night, and names the input.
fn end_what_takes_far_too_much() {
    std::thread::spawn(|| {
        let (mut seed, mut since) = (u64::MAX, Instant::now());
        loop {
            let now = SEED.load(Ordering::Relaxed);
            if now != seed {
                (seed, since) = (now, Instant::now());
            }
            let held = memory("VmRSS:");
            if held > FAR_TOO_MUCH || since.elapsed() > 6 * SLOWEST {
                eprintln!("input {seed} holds {held} KiB after {:?}", since.elapsed());
                std::process::abort();
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    });
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

/// First mutation, and how many.
fn asked() -> (u64, u64) {
    let Ok(asked) = std::env::var("MANYI_FUZZ") else { return (0, MUTATIONS) };
    let (first, end) = asked.split_once("..").unwrap_or(("0", &asked));
    let (first, end): (u64, u64) = (first.parse().unwrap(), end.parse().unwrap());
    (first, end - first)
}

fn survives(name: &str) {
    let format = Format::named(name);
    let (first, count) = asked();
    let patience = PATIENCE * u32::try_from(count.div_ceil(MUTATIONS)).unwrap();
    let output = finished(format, started(format, first, count), patience);
    let line = output.lines().find(|line| line.contains("tried: ")).unwrap_or_else(|| panic!("{output}"));
    let numbers: Vec<u64> = line.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect();
    println!("{name}: {line}");
    assert_eq!(numbers[0] + numbers[1], count);
    assert!(
        count < 100 || numbers[0] > count / 100 && numbers[1] > count / 100,
        "the mutations of {name} are too tame or too wild: {line}"
    );
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
