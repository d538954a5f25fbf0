//! Reads files in worker processes with limits, several at once: a hostile file ends its worker, not the run.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::process::{Ended, Limits, run};
use super::read::Answer;
use crate::diagnostics::lang_texts;

/// The hidden verb with which the program reads one file and writes the [`Answer`] as JSON.
pub const VERB: &str = "read-submission";

/// What a worker may use. Converters that it starts have limits of their own.
pub const USUAL: Limits = Limits { time: Duration::from_secs(30), memory_mib: 1024, output: 64 << 20 };
/// For files that LibreOffice converts first.
pub const CONVERTED: Limits = Limits { time: Duration::from_secs(60), memory_mib: 8 * 1024, output: 64 << 20 };

/// The program that reads a file.
#[derive(Debug, Clone)]
pub struct Reader {
    /// This program.
    pub program: PathBuf,
    /// Workers at once.
    pub jobs: usize,
}

impl Reader {
    /// Reads files; the answers stand in the order of the files.
    pub fn read(&self, files: &[PathBuf]) -> Vec<Answer> {
        let next = AtomicUsize::new(0);
        let answers: Mutex<Vec<Option<Answer>>> = Mutex::new(vec![None; files.len()]);
        std::thread::scope(|scope| {
            for _ in 0..self.jobs.clamp(1, 16).min(files.len()) {
                scope.spawn(|| {
                    while let Some((index, file)) = {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        files.get(index).map(|file| (index, file))
                    } {
                        let answer = self.read_one(file);
                        answers.lock().unwrap_or_else(std::sync::PoisonError::into_inner)[index] = Some(answer);
                    }
                });
            }
        });
        let answers = answers.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        answers.into_iter().map(|answer| answer.unwrap_or_else(|| failed("无法读取", "it cannot be read"))).collect()
    }

    fn read_one(&self, file: &Path) -> Answer {
        let ending = file.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        let limits = if matches!(ending.as_str(), "doc" | "rtf" | "wps") { CONVERTED } else { USUAL };
        match run(&self.program, &[OsStr::new(VERB), file.as_os_str()], &[], limits) {
            Ended::Well(bytes) => serde_json::from_slice(&bytes)
                .unwrap_or_else(|_| failed("读取进程的回答有误", "the reading process gave a broken answer")),
            Ended::Badly => failed(
                "文件使读取进程异常退出（可能损坏，或超出内存限制）",
                "the file ended its reading process (damaged perhaps, or beyond the memory limit)",
            ),
            Ended::TooLong => failed("读取超时", "reading it took too long"),
            Ended::TooMuch => failed("内容过多", "it holds too much"),
            Ended::NotStarted => failed("无法启动读取进程", "the reading process could not be started"),
        }
    }
}

fn failed(zh_cn: &str, en: &str) -> Answer {
    Answer::Failed(lang_texts(zh_cn, en))
}
