//! A resident program ends when it is told to, by SIGTERM or SIGINT, also as process 1 of a container, which hears of no signal that it
//! does not wait for. A run may end at any moment and is gone on with, so that nothing is waited for.

/// Ends the program with 0 as soon as it is told to.
#[cfg(unix)]
#[expect(clippy::exit, reason = "the thread that works may be in the midst of a run")]
pub(super) fn end_when_told() {
    use signal_hook::consts::signal::{SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    // Where nobody can wait for them, signals end the program as ever.
    let Ok(mut told) = Signals::new([SIGTERM, SIGINT]) else { return };
    let handle = told.handle();
    let wait = move || {
        if let Some(signal) = told.forever().next() {
            tracing::info!(signal, "ends");
            std::process::exit(0);
        }
    };
    if std::thread::Builder::new().name("signals".to_owned()).spawn(wait).is_err() {
        handle.close();
    }
}

#[cfg(not(unix))]
pub(super) fn end_when_told() {}
