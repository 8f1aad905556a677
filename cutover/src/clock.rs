//! The clock of the machine, as the engine wants it.

use caravan_cutover_engine::{Clock, Moment};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place where a driver takes the time from")]
    fn now(&self) -> Moment {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Moment(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }

    async fn until(&self, moment: Moment) {
        let left = moment.0.saturating_sub(self.now().0);
        tokio::time::sleep(Duration::from_millis(left)).await;
    }
}
