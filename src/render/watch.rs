//! Watches documents being made. Neither templates nor typesetting can be bounded from within, and a loop that doubles a text takes
//! all memory in a second: so a thread looks at the memory of the process and at the clock, and hands what took too much to whoever
//! armed the watch, who ends the process. As a library, where nobody arms it, nothing is watched.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::config::raw::RawLimits;
use crate::diagnostics::messages::render as messages;
use crate::diagnostics::{Diagnostic, Location};

/// How often is looked: at most some 20 MiB are touched in between.
const LOOK: Duration = Duration::from_millis(4);

/// Templates write texts and themes are evaluated to content, both of which are small beside laid out pages: each may take one part in
/// so many of what the document may.
const TEXT_SHARE: u64 = 8;

/// The process has one memory and one clock, and so one watch.
static WATCH: OnceLock<Watch> = OnceLock::new();

thread_local! {
    /// The document that this thread makes: the engines below know only templates.
    static OWN: std::cell::RefCell<Option<Arc<Making>>> = const { std::cell::RefCell::new(None) };
}

struct Watch {
    at_work: Mutex<Vec<Arc<Making>>>,
    begun: Condvar,
    stopped: Vec<Excess>,
}

/// What is known of a document that is being made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Digest of what it is made of; the same for all documents of a report.
    pub key: String,
    /// The document as people call it: report, group, language.
    pub document: String,
    /// What it may take.
    pub limits: RawLimits,
}

/// Which limit was passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Measure {
    /// Memory in MiB.
    Memory,
    /// Time in seconds.
    Time,
}

/// A document that took too much.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excess {
    /// Digest of what it is made of.
    pub key: String,
    /// The document as people call it.
    pub document: String,
    /// The template that was at work, as diagnostics name it.
    pub file: Option<String>,
    /// What it took too much of.
    pub measure: Measure,
    /// What it was allowed.
    pub limit: u64,
}

impl Excess {
    /// The error, at the template.
    pub fn diagnostic(&self) -> Diagnostic {
        let message = match self.measure {
            Measure::Memory => &messages::TOO_MUCH_MEMORY,
            Measure::Time => &messages::TOO_MUCH_TIME,
        };
        let error = Diagnostic::error(message).arg("document", &self.document).arg("limit", self.limit);
        match &self.file {
            Some(file) => error.at(Location::file(file)),
            None => error,
        }
    }
}

/// A document being made.
#[derive(Debug)]
pub struct Making {
    subject: Subject,
    begun: Instant,
    /// Bytes that the process had at the beginning.
    memory: u64,
    /// Most bytes that the process was seen to have since.
    peak: AtomicU64,
    /// Most documents at work at once since.
    company: AtomicU64,
    /// The thread at work, with the pages that it had touched first.
    thread: Option<(PathBuf, u64)>,
    now: Mutex<Now>,
}

/// What is being done for a document.
#[derive(Debug, Default)]
struct Now {
    /// The template that is at work, as diagnostics name it.
    file: Option<String>,
    /// Bytes that the process had when the text or the content began to be made; none while pages are laid out.
    text_from: Option<u64>,
}

impl Making {
    /// Notes which file of the theme is at work.
    pub fn setting(&self, file: &str) {
        let mut now = locked(&self.now);
        if now.file.as_deref() != Some(file) {
            now.file = Some(file.to_owned());
        }
    }

    /// Notes that the theme begins to be evaluated to content.
    pub fn evaluating(&self) {
        locked(&self.now).text_from = memory();
    }

    /// Notes that its text or content is made, and that pages come.
    pub fn laying_out(&self) {
        locked(&self.now).text_from = None;
    }

    /// Pages that its thread has touched first since the beginning: with several at work, whose memory it is.
    fn touched(&self) -> u64 {
        let Some((stat, before)) = &self.thread else { return 0 };
        touched_pages(stat).unwrap_or_default().saturating_sub(*before)
    }

    /// What it took too much of, with what it was allowed.
    fn excess(&self, memory: u64) -> Option<(Measure, u64)> {
        let most = self.subject.limits.memory_mb;
        let (from, own) = match locked(&self.now).text_from {
            Some(from) => (from, most.div_ceil(TEXT_SHARE)),
            None => (self.memory, most),
        };
        // The others may be setting pages.
        let allowed = own.saturating_add(most.saturating_mul(self.company.load(Ordering::Relaxed).saturating_sub(1)));
        if memory.saturating_sub(from) >> 20 >= allowed {
            return Some((Measure::Memory, allowed));
        }
        let seconds = self.subject.limits.seconds;
        (self.begun.elapsed().as_secs() >= seconds).then_some((Measure::Time, seconds))
    }
}

/// A document is at work as long as this lives.
#[derive(Debug)]
pub struct AtWork(Option<Arc<Making>>);

impl Drop for AtWork {
    fn drop(&mut self) {
        OWN.with_borrow_mut(Option::take);
        if let (Some(making), Some(watch)) = (&self.0, WATCH.get()) {
            locked(&watch.at_work).retain(|held| !Arc::ptr_eq(held, making));
            let grown_mb = making.peak.load(Ordering::Relaxed).saturating_sub(making.memory) >> 20;
            let (document, seconds) = (&making.subject.document, making.begun.elapsed().as_secs_f64());
            tracing::debug!(document, grown_mb, seconds, "made");
        }
    }
}

/// Watches from now on. `stop` gets what took too much and should end the process; `stopped` is what was stopped before.
pub fn arm(stopped: Vec<Excess>, stop: impl Fn(Excess) + Send + 'static) {
    let watch = Watch { at_work: Mutex::default(), begun: Condvar::new(), stopped };
    if WATCH.set(watch).is_ok() {
        // Without a thread there is no watch, and the work goes on.
        let _ = std::thread::Builder::new().name("watch".to_owned()).spawn(move || look(&stop));
    }
}

/// What was stopped before of documents made of the same.
pub fn stopped(key: &str) -> Option<&'static Excess> {
    WATCH.get()?.stopped.iter().find(|held| held.key == key)
}

/// This thread begins to make a document.
pub fn begin(subject: Subject) -> AtWork {
    let Some(watch) = WATCH.get() else { return AtWork(None) };
    let thread = fs::read_link("/proc/thread-self").ok().map(|thread| Path::new("/proc").join(thread).join("stat"));
    let making = Arc::new(Making {
        subject,
        begun: Instant::now(),
        memory: memory().unwrap_or_default(),
        peak: AtomicU64::new(0),
        company: AtomicU64::new(1),
        thread: thread.and_then(|stat| touched_pages(&stat).map(|pages| (stat, pages))),
        now: Mutex::default(),
    });
    OWN.set(Some(Arc::clone(&making)));
    let mut at_work = locked(&watch.at_work);
    at_work.push(Arc::clone(&making));
    let company = at_work.len() as u64;
    for held in at_work.iter() {
        held.company.fetch_max(company, Ordering::Relaxed);
    }
    drop(at_work);
    watch.begun.notify_one();
    AtWork(Some(making))
}

/// The document that this thread makes.
pub fn own() -> Option<Arc<Making>> {
    OWN.with_borrow(Clone::clone)
}

/// Notes that a template begins to write its text on this thread.
pub fn writing(file: &str) {
    if let Some(making) = own() {
        *locked(&making.now) = Now { file: Some(file.to_owned()), text_from: memory() };
    }
}

/// Notes that the text of the document on this thread is written.
pub fn written() {
    if let Some(making) = own() {
        making.laying_out();
    }
}

fn look(stop: &dyn Fn(Excess)) {
    let Some(watch) = WATCH.get() else { return };
    loop {
        let mut at_work = locked(&watch.at_work);
        while at_work.is_empty() {
            at_work = watch.begun.wait(at_work).unwrap_or_else(PoisonError::into_inner);
        }
        let memory = memory().unwrap_or_default();
        for held in at_work.iter() {
            held.peak.fetch_max(memory, Ordering::Relaxed);
        }
        let passed: Vec<_> = at_work.iter().filter_map(|held| Some((held, held.excess(memory)?))).collect();
        if let Some((_, (measure, limit))) = passed.first() {
            // Time is a document's own; memory is whoever's thread touched most of it.
            let guilty = match measure {
                Measure::Time => passed.first().map(|(held, _)| *held),
                Measure::Memory => at_work.iter().max_by_key(|held| held.touched()),
            };
            if let Some(making) = guilty.map(Arc::clone) {
                let (measure, limit) = (*measure, *limit);
                drop(at_work);
                let file = locked(&making.now).file.clone();
                let Subject { key, document, .. } = making.subject.clone();
                stop(Excess { key, document, file, measure, limit });
                return;
            }
        }
        drop(at_work);
        std::thread::sleep(LOOK);
    }
}

/// Bytes of memory that the process holds of its own, in place or swapped out; none where the system does not tell.
fn memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()
    };
    Some((field("RssAnon:")? + field("VmSwap:").unwrap_or_default()) << 10)
}

/// Minor faults of a thread: the tenth field of its `stat`, the second of which is a name in parentheses.
fn touched_pages(stat: &Path) -> Option<u64> {
    let text = fs::read_to_string(stat).ok()?;
    text.rsplit_once(')')?.1.split_whitespace().nth(7)?.parse().ok()
}

fn locked<T>(held: &Mutex<T>) -> MutexGuard<'_, T> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}
