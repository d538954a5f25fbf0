//! One run at a time: a lock of the operating system on a file beside the releases. It is freed by the death of its holder,
//! whatever the cause, so there is no stale lock to remove.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use chrono::{DateTime, SecondsFormat, Utc};

use crate::diagnostics::messages::runs::{BUSY, NO_LOCKS};
use crate::diagnostics::{Diagnostic, io_problem};

/// How often a waiting run tries again.
const POLL: Duration = Duration::from_millis(100);

/// The lock; freed when dropped.
#[derive(Debug)]
pub struct RunLock {
    file: File,
}

/// What came of asking for the lock.
#[derive(Debug)]
pub enum Locked {
    /// It is ours.
    Held(RunLock),
    /// Another run has it: its process number and since when, as it wrote them.
    Busy {
        /// Process number.
        pid: String,
        /// Time it began, RFC 3339.
        since: String,
    },
}

impl RunLock {
    /// Takes the lock, waiting at most so long.
    ///
    /// # Errors
    /// The file cannot be opened, or the file system has no locks.
    pub fn take(path: &Path, wait: Duration, now: DateTime<Utc>) -> io::Result<Locked> {
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        let asked = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::Error(error)) => return Err(error),
                Err(TryLockError::WouldBlock) if asked.elapsed() < wait => {
                    std::thread::sleep(POLL.min(wait.saturating_sub(asked.elapsed())));
                }
                Err(TryLockError::WouldBlock) => return Ok(busy(&mut file)),
            }
        }
        let since = now.to_rfc3339_opts(SecondsFormat::Secs, true);
        file.set_len(0)?;
        file.seek(SeekFrom::Start(0))?;
        writeln!(file, "{} {since}", std::process::id())?;
        Ok(Locked::Held(Self { file }))
    }
}

/// The lock of a project, or what to tell who cannot have it.
///
/// # Errors
/// Another run has it, or the file system has no locks.
pub fn held(path: &Path, wait: Duration, now: DateTime<Utc>) -> Result<RunLock, Box<Diagnostic>> {
    match RunLock::take(path, wait, now) {
        Ok(Locked::Held(lock)) => Ok(lock),
        Ok(Locked::Busy { pid, since }) => Err(Box::new(taken(&pid, &since))),
        Err(error) => Err(Box::new(none(path, &error))),
    }
}

/// What to tell when another run has the lock.
pub fn taken(pid: &str, since: &str) -> Diagnostic {
    Diagnostic::error(&BUSY).arg("pid", pid).arg("since", since)
}

/// What to tell when there can be no lock.
pub fn none(path: &Path, error: &io::Error) -> Diagnostic {
    Diagnostic::error(&NO_LOCKS).arg("file", path.display()).words("problem", io_problem(error))
}

impl Drop for RunLock {
    fn drop(&mut self) {
        // A failure leaves the lock to the end of the process.
        let _ = self.file.unlock();
    }
}

/// Who has the lock; the holder may be about to write it.
fn busy(file: &mut File) -> Locked {
    let mut text = String::new();
    let _ = file.seek(SeekFrom::Start(0)).and_then(|_| file.take(200).read_to_string(&mut text));
    let (pid, since) = text.trim().split_once(' ').unwrap_or(("?", "?"));
    Locked::Busy { pid: pid.to_owned(), since: since.to_owned() }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn a_second_run_hears_who_has_the_lock_and_gets_it_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.lock");
        let now = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        let Locked::Held(first) = RunLock::take(&path, Duration::ZERO, now).unwrap() else { panic!("free") };
        let Locked::Busy { pid, since } = RunLock::take(&path, Duration::ZERO, now).unwrap() else { panic!("taken") };
        assert_eq!((pid, since.as_str()), (std::process::id().to_string(), "2026-09-21T14:13:20Z"));
        let waiting = std::thread::spawn({
            let path = path.clone();
            move || matches!(RunLock::take(&path, Duration::from_secs(20), now).unwrap(), Locked::Held(_))
        });
        std::thread::sleep(Duration::from_millis(150));
        assert!(!waiting.is_finished());
        drop(first);
        assert!(waiting.join().unwrap());
    }
}
