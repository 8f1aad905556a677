//! The clock of the machine, as the engine wants it.

use caravan_cutover_engine::{Clock, Moment};
use rustix::time::{ClockId, clock_gettime};
use std::sync::OnceLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The longest stretch for which a wait trusts the runtime, whose own clock stands still while the machine sleeps.
const STRETCH: Duration = Duration::from_millis(500);

/// Counts also while the machine sleeps, and nobody can set it.
#[cfg(target_os = "linux")]
const STEADY: ClockId = ClockId::Boottime;
/// Elsewhere this one goes on during sleep.
#[cfg(not(target_os = "linux"))]
const STEADY: ClockId = ClockId::Monotonic;

/// The machine's clocks. The time by which it waits begins with the time of day at which the process first asked, and is
/// not set after that.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

/// The time of day at which a process first asked, and what the steady clock showed.
struct Began {
    time_of_day: Moment,
    steady: Duration,
}

impl Clock for SystemClock {
    fn now(&self) -> Moment {
        static BEGAN: OnceLock<Began> = OnceLock::new();
        let began = BEGAN.get_or_init(|| Began { time_of_day: self.time_of_day(), steady: steady() });
        began.time_of_day.plus_ms(milliseconds(steady().saturating_sub(began.steady)))
    }

    #[expect(clippy::disallowed_methods, reason = "this is the one place where a driver takes the time from")]
    fn time_of_day(&self) -> Moment {
        Moment(milliseconds(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()))
    }

    async fn until(&self, moment: Moment) {
        loop {
            let left = Duration::from_millis(moment.0.saturating_sub(self.now().0));
            tokio::time::sleep(left.min(STRETCH)).await;
            if self.now() >= moment {
                return;
            }
        }
    }
}

/// What the steady clock shows.
fn steady() -> Duration {
    Duration::try_from(clock_gettime(STEADY)).unwrap_or_default()
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
