//! Other programs with limits: time, memory, processor seconds and the amount of output. A program that breaks one is ended, and
//! only it.

use std::ffi::{OsStr, OsString};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// What a program may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Time on the clock.
    pub time: Duration,
    /// Address space in MiB; only where the system can limit it.
    pub memory_mib: u64,
    /// Bytes of output that are taken.
    pub output: u64,
}

/// How a program ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// With this output and success.
    Well(Vec<u8>),
    /// With a failure, or by the system for its memory or processor time.
    Badly,
    /// It took too long and was ended.
    TooLong,
    /// It wrote more than is taken.
    TooMuch,
    /// It could not be started.
    NotStarted,
}

/// How often a running program is looked at.
const LOOK: Duration = Duration::from_millis(4);

/// Runs a program and waits for its end.
pub fn run(program: &Path, arguments: &[&OsStr], environment: &[(&str, &OsStr)], limits: Limits) -> Ended {
    let mut command = limited(program, arguments, limits);
    command.envs(environment.iter().copied());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let Ok(mut child) = command.spawn() else { return Ended::NotStarted };
    let Some(out) = child.stdout.take() else { return Ended::NotStarted };
    let reader = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = out.take(limits.output + 1).read_to_end(&mut bytes);
        read.map(|_| bytes)
    });
    let Some(success) = wait(&mut child, limits.time) else { return Ended::TooLong };
    match reader.join() {
        Ok(Ok(bytes)) if bytes.len() as u64 > limits.output => Ended::TooMuch,
        Ok(Ok(bytes)) if success => Ended::Well(bytes),
        _ => Ended::Badly,
    }
}

/// Waits; `None` if the program had to be ended.
fn wait(child: &mut Child, time: Duration) -> Option<bool> {
    let started = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status.success()),
            Ok(None) if started.elapsed() < time => std::thread::sleep(LOOK),
            _ => {
                end(child);
                return None;
            }
        }
    }
}

/// Ends a program with everything that it has started: LibreOffice's own starter is not the process that works.
fn end(child: &mut Child) {
    #[cfg(unix)]
    {
        let group = format!("-{}", child.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// The shell sets the limits and becomes the program: they hold for what the program starts, too.
#[cfg(unix)]
fn limited(program: &Path, arguments: &[&OsStr], limits: Limits) -> Command {
    let seconds = limits.time.as_secs().max(1) + 1;
    let script = format!("ulimit -v {}; ulimit -t {seconds}; exec \"$@\"", limits.memory_mib * 1024);
    let mut command = Command::new("sh");
    command.arg("-c").arg(script).arg("sh").arg(program).args(arguments);
    // A group of its own, to be ended as a whole.
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command
}

#[cfg(not(unix))]
fn limited(program: &Path, arguments: &[&OsStr], _limits: Limits) -> Command {
    let mut command = Command::new(program);
    command.args(arguments);
    command
}

/// A program of this name on the search path.
pub fn find_program(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).filter(|folder| folder.is_absolute()).collect();
    names.iter().find_map(|name| {
        let file = OsString::from(format!("{name}{}", std::env::consts::EXE_SUFFIX));
        folders.iter().map(|folder| folder.join(&file)).find(|found| found.is_file())
    })
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn shell(script: &str, limits: Limits) -> Ended {
        run(Path::new("/bin/sh"), &[OsStr::new("-c"), OsStr::new(script)], &[], limits)
    }

    const SMALL: Limits = Limits { time: Duration::from_millis(400), memory_mib: 256, output: 1000 };

    #[test]
    fn limits_hold() {
        assert_eq!(shell("echo 好", SMALL), Ended::Well("好\n".into()));
        assert_eq!(shell("exit 3", SMALL), Ended::Badly);
        let started = Instant::now();
        assert_eq!(shell("sleep 20", SMALL), Ended::TooLong);
        assert!(started.elapsed() < Duration::from_secs(5));
        // What it started ends with it: the mark would appear after one second.
        let folder = tempfile::tempdir().unwrap();
        let mark = folder.path().join("mark");
        assert_eq!(shell(&format!("(sleep 1; touch {}) & sleep 20", mark.display()), SMALL), Ended::TooLong);
        std::thread::sleep(Duration::from_millis(1500));
        assert!(!mark.exists(), "a grandchild lives on");
        assert_eq!(shell("head -c 5000 /dev/zero", SMALL), Ended::TooMuch);
        let hungry = "exec head -c 900000000 /dev/zero | tail -c 800000000 | wc -c | grep -q 800000000";
        let patient = Limits { time: Duration::from_secs(20), ..SMALL };
        assert_eq!(shell(hungry, patient), Ended::Badly, "memory is not limited");
        assert_eq!(run(Path::new("/nowhere"), &[], &[], SMALL), Ended::Badly);
    }
}
