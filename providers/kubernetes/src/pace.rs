//! How often and how fast one change is made again that was refused though nobody has changed what it changes: a status that moves the
//! resourceVersion, a server whose own tries are used up.

use caravan_providers::CallError;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;
use tokio::time::Instant;

/// How often it is made at the most.
const TRIES: u32 = 12;
/// The first wait; each further one is twice as long.
const FIRST: Duration = Duration::from_millis(20);
/// The longest wait.
const LONGEST: Duration = Duration::from_secs(1);

/// The tries of one change.
pub(crate) struct Pace {
    tries: u32,
    begun: Instant,
}

impl Pace {
    pub(crate) fn begin() -> Self {
        Self { tries: 0, begun: Instant::now() }
    }

    /// A try was refused. Waits before the next one.
    ///
    /// # Errors
    /// Where there is none: trouble that passes, since what stands there is as it is believed to be.
    pub(crate) async fn refused(&mut self, last: &CallError) -> Result<(), CallError> {
        self.tries += 1;
        if self.tries >= TRIES {
            let (CallError::Conflict(text) | CallError::Throttled(text)) = last else { return Err(last.clone()) };
            let seconds = self.begun.elapsed().as_secs();
            return Err(CallError::Throttled(format!(
                "the API server refused it {} times in {seconds} s, though it stands as it is believed to: {text}",
                self.tries
            )));
        }
        tokio::time::sleep(self.wait()).await;
        Ok(())
    }

    /// Between half of a doubling wait and all of it: those who were refused together don't come again together.
    fn wait(&self) -> Duration {
        let all = FIRST.saturating_mul(1 << (self.tries - 1).min(10)).min(LONGEST);
        let half = all / 2;
        let lot = RandomState::new().build_hasher().finish() % 1000;
        half + half.mul_f64(f64::from(u32::try_from(lot).unwrap_or_default()) / 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_bound_and_are_never_none() {
        let waits: Vec<Duration> = (1..TRIES).map(|tries| Pace { tries, begun: Instant::now() }.wait()).collect();
        assert!(waits.iter().all(|wait| (FIRST / 2..=LONGEST).contains(wait)), "{waits:?}");
        assert!(waits[10] >= LONGEST / 2 && waits[0] <= FIRST, "{waits:?}");
        assert!(waits.iter().sum::<Duration>() < Duration::from_secs(8), "{waits:?}");
    }
}
