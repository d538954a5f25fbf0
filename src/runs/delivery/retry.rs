//! When to try again: waits that grow, spread by a jitter that depends on the row alone, so that a simulation repeats itself.

use std::time::Duration;

use sha2::{Digest as _, Sha256};

use crate::config::raw::RawRetry;

/// The longest that another side may ask us to wait.
const LONGEST_ASKED: Duration = Duration::from_secs(24 * 60 * 60);

/// How often and when to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Most attempts.
    pub attempts: u32,
    /// The wait before the second attempt; each further one is three times as long.
    pub first: Duration,
    /// The longest wait.
    pub longest: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::from(RawRetry::default())
    }
}

impl From<RawRetry> for RetryPolicy {
    fn from(raw: RawRetry) -> Self {
        Self {
            attempts: raw.attempts,
            first: Duration::from_secs(raw.first.into()),
            longest: Duration::from_secs(raw.longest.into()),
        }
    }
}

impl RetryPolicy {
    /// The wait after a number of attempts, in whole seconds; `None` when there were enough. It grows threefold up to the longest, is
    /// spread by up to a fifth in both directions, and is never shorter than the other side asked for.
    pub fn wait(&self, id: &str, attempts: u32, asked: Option<Duration>) -> Option<Duration> {
        if attempts >= self.attempts {
            return None;
        }
        let grown = self.first.as_secs().saturating_mul(3_u64.saturating_pow(attempts.saturating_sub(1)));
        let seconds = grown.min(self.longest.as_secs());
        let spread = seconds * 2 / 5;
        let jitter = if spread == 0 { 0 } else { draw(id, attempts) % (spread + 1) };
        let wait = Duration::from_secs(seconds - spread / 2 + jitter);
        Some(wait.max(asked.unwrap_or_default().min(LONGEST_ASKED)))
    }

    /// No wait of this policy is longer; a time further ahead was written by a clock that has been set back since.
    pub fn longest_wait(&self) -> Duration {
        LONGEST_ASKED.max(self.longest.saturating_mul(2))
    }
}

/// A number from the id of a row and the attempt, the same on every machine.
fn draw(id: &str, attempts: u32) -> u64 {
    let digest = Sha256::digest(format!("{id}/{attempts}"));
    digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_within_bounds_and_repeat_themselves() {
        let policy = RetryPolicy::default();
        let expected = [60, 180, 540, 1620, 4860, 14_580, 21_600];
        for (attempts, middle) in (1..).zip(expected) {
            for id in ["a", "b", "c", "d"] {
                let wait = policy.wait(id, attempts, None).unwrap();
                assert!((middle * 4 / 5..=middle * 6 / 5).contains(&wait.as_secs()), "{attempts}: {wait:?}");
                assert_eq!(policy.wait(id, attempts, None), Some(wait));
            }
        }
        assert_eq!(policy.wait("a", 8, None), None);
        let waits: std::collections::BTreeSet<_> = (0..50).map(|id| policy.wait(&id.to_string(), 6, None)).collect();
        assert!(waits.len() > 30, "the jitter hardly spreads: {}", waits.len());
    }

    #[test]
    fn the_other_side_may_ask_for_longer_but_not_for_ever() {
        let policy = RetryPolicy::default();
        assert_eq!(policy.wait("a", 1, Some(Duration::from_secs(900))).unwrap().as_secs(), 900);
        assert_eq!(policy.wait("a", 1, Some(Duration::from_secs(u64::MAX))).unwrap(), LONGEST_ASKED);
        assert!(policy.longest_wait() >= LONGEST_ASKED);
    }
}
