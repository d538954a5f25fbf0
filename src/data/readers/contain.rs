//! Holds the panics of libraries that index into damaged files: the file is at fault and not the program, so the user gets a
//! diagnostic about the file and not the report of a crash.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    /// True while this thread runs contained work; the panic hook has no other way to know.
    static CONTAINED: Cell<bool> = const { Cell::new(false) };
}

/// The hook is a property of the process: it is set once, and passes on every panic that is not contained.
static HOOK: Once = Once::new();

/// Runs `work` and gives `None` if it panicked. Nothing that `work` changed may be used after that.
pub fn contain<T>(work: impl FnOnce() -> T) -> Option<T> {
    HOOK.call_once(|| {
        let report = take_hook();
        set_hook(Box::new(move |panic| {
            if !CONTAINED.get() {
                report(panic);
            }
        }));
    });
    let before = CONTAINED.replace(true);
    let outcome = catch_unwind(AssertUnwindSafe(work));
    CONTAINED.set(before);
    outcome.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_none() {
        let empty: Vec<u8> = Vec::new();
        assert_eq!(contain(|| empty[1]), None);
        assert_eq!(contain(|| 1), Some(1));
    }
}
