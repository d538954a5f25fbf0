//! A resident program ends when it is told to, by SIGTERM or SIGINT, also as process 1 of a container, which hears of no signal that it
//! does not wait for. A run may end at any moment and is gone on with, so that nothing is waited for.

/// Ends the program with 0 as soon as it is told to. Called before any other thread begins, since threads take over what is blocked
/// where they begin.
#[cfg(unix)]
#[expect(clippy::exit, reason = "the thread that works may be in the midst of a run")]
pub(super) fn end_when_told() {
    use nix::sys::signal::{SigSet, Signal};

    let mut told = SigSet::empty();
    told.add(Signal::SIGTERM);
    told.add(Signal::SIGINT);
    if told.thread_block().is_err() {
        return;
    }
    let wait = move || {
        if let Ok(signal) = told.wait() {
            tracing::info!(signal = signal.as_str(), "ends");
            std::process::exit(0);
        }
    };
    // Without a thread that waits, signals end the program as ever.
    if std::thread::Builder::new().name("signals".to_owned()).spawn(wait).is_err() {
        let _ = told.thread_unblock();
    }
}

#[cfg(not(unix))]
pub(super) fn end_when_told() {}
