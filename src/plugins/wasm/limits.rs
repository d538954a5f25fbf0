//! Holds a running module to its limits: memory and tables are counted as they grow, and time runs in ticks of a clock of the
//! engine that a thread of its own moves on.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use wasmtime::{Engine, ResourceLimiter};

use super::Limits;

/// Length of a tick: how exactly time limits are kept.
const TICK: Duration = Duration::from_millis(10);

/// Bytes that an entry of a table takes.
const TABLE_ENTRY_BYTES: usize = 16;

/// Counts the memory of one call.
pub(super) struct Memory {
    most: usize,
    used: usize,
    /// True once the module asked for more than it may have.
    pub(super) refused: bool,
}

impl Memory {
    pub(super) fn new(limits: &Limits) -> Self {
        Self { most: (limits.memory_mb as usize) << 20, used: 0, refused: false }
    }

    fn grow(&mut self, bytes: usize) -> bool {
        let wanted = self.used.saturating_add(bytes);
        if wanted > self.most {
            self.refused = true;
            return false;
        }
        self.used = wanted;
        true
    }
}

impl ResourceLimiter for Memory {
    fn memory_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        Ok(self.grow(desired.saturating_sub(current)))
    }

    fn table_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        Ok(self.grow(desired.saturating_sub(current).saturating_mul(TABLE_ENTRY_BYTES)))
    }

    fn instances(&self) -> usize {
        16
    }

    fn tables(&self) -> usize {
        16
    }

    fn memories(&self) -> usize {
        4
    }
}

/// Ticks after which a call has used up its time.
pub(super) fn ticks(limits: &Limits) -> u64 {
    // A tick may fall right after the call began; one more makes the limit a least time.
    Duration::try_from_secs_f64(limits.seconds).map_or(u64::MAX >> 1, |time| {
        u64::try_from(time.as_millis().div_ceil(TICK.as_millis())).unwrap_or(u64::MAX >> 1) + 1
    })
}

/// Moves the clock of an engine on until it is dropped.
pub(super) struct Clock {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Clock {
    /// Starts the clock.
    pub(super) fn start(engine: &Engine) -> std::io::Result<Self> {
        let (stop, stopped) = channel::<()>();
        let engine = engine.clone();
        let thread = std::thread::Builder::new().name("module clock".to_owned()).spawn(move || {
            while stopped.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                engine.increment_epoch();
            }
        })?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Clock {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
