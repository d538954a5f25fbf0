//! Reads files in worker processes with limits, several at once: a hostile file ends its worker, not the run.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::process::{Ended, Limits, run};
use super::read::Answer;
use crate::diagnostics::lang_texts;

/// The hidden verb with which the program reads files and writes an [`Answer`] for each as JSON.
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

/// Most files that one worker reads: starting it costs more than reading a plan.
const MOST_AT_ONCE: usize = 16;

impl Reader {
    /// Reads files; the answers stand in the order of the files.
    pub fn read(&self, files: &[PathBuf]) -> Vec<Answer> {
        let batches = self.batches(files);
        let next = AtomicUsize::new(0);
        let answers: Mutex<Vec<Vec<Answer>>> = Mutex::new(vec![Vec::new(); batches.len()]);
        std::thread::scope(|scope| {
            for _ in 0..self.jobs.clamp(1, 16).min(batches.len()) {
                scope.spawn(|| {
                    while let Some((index, batch)) = {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        batches.get(index).map(|batch| (index, *batch))
                    } {
                        let answer = self.read_batch(batch);
                        answers.lock().unwrap_or_else(std::sync::PoisonError::into_inner)[index] = answer;
                    }
                });
            }
        });
        answers.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner).concat()
    }

    /// Neighbouring files that one worker reads; files that LibreOffice converts have one each. Every worker has several batches, so
    /// that none waits for the last.
    fn batches<'f>(&self, files: &'f [PathBuf]) -> Vec<&'f [PathBuf]> {
        let most = (files.len() / (4 * self.jobs.max(1))).clamp(1, MOST_AT_ONCE);
        let alike = files.chunk_by(|one, other| !is_converted(one) && !is_converted(other));
        alike.flat_map(|run| run.chunks(most)).collect()
    }

    /// Reads files in one worker; if that ends badly, each in a worker of its own, so that one file never costs another its answer.
    fn read_batch(&self, files: &[PathBuf]) -> Vec<Answer> {
        match self.work(files) {
            Ok(answers) => answers,
            Err(failed) if files.len() == 1 => vec![failed],
            Err(_) => files.iter().flat_map(|file| self.read_batch(std::slice::from_ref(file))).collect(),
        }
    }

    fn work(&self, files: &[PathBuf]) -> Result<Vec<Answer>, Answer> {
        let limits = if files.iter().any(|file| is_converted(file)) { CONVERTED } else { USUAL };
        let arguments: Vec<&OsStr> =
            [OsStr::new(VERB), OsStr::new("--")].into_iter().chain(files.iter().map(|file| file.as_os_str())).collect();
        Err(match run(&self.program, &arguments, &[], limits) {
            Ended::Well(bytes) => match serde_json::from_slice::<Vec<Answer>>(&bytes) {
                Ok(answers) if answers.len() == files.len() => return Ok(answers),
                _ => failed("读取进程的回答有误", "the reading process gave a broken answer"),
            },
            Ended::Badly => failed(
                "文件使读取进程异常退出（可能损坏，或超出内存限制）",
                "the file ended its reading process (damaged perhaps, or beyond the memory limit)",
            ),
            Ended::TooLong => failed("读取超时", "reading it took too long"),
            Ended::TooMuch => failed("内容过多", "it holds too much"),
            Ended::NotStarted => failed("无法启动读取进程", "the reading process could not be started"),
        })
    }
}

fn is_converted(file: &Path) -> bool {
    let ending = file.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    matches!(ending.as_str(), "doc" | "rtf" | "wps")
}

fn failed(zh_cn: &str, en: &str) -> Answer {
    Answer::Failed(lang_texts(zh_cn, en))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_keep_the_order_and_set_converted_files_apart() {
        let reader = Reader { program: PathBuf::new(), jobs: 2 };
        let files: Vec<PathBuf> =
            (0..40).map(|at| PathBuf::from(if at == 7 { "7.doc".to_owned() } else { format!("{at}.docx") })).collect();
        let batches = reader.batches(&files);
        assert_eq!(batches.concat(), files);
        assert!(batches.iter().all(|batch| batch.len() <= 5));
        assert!(batches.contains(&&files[7..8]));
        assert_eq!(reader.batches(&files[..3]).len(), 3);
        assert!(reader.batches(&[]).is_empty());
    }
}
