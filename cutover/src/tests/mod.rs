//! The driver and the journal, over the simulated world and files on disk.

#[expect(dead_code, reason = "shared with other crates' tests, which need other parts of it")]
#[path = "../../rehearsal/tests/common/mod.rs"]
mod common;

mod background;
mod budget;
mod driving;
mod finalising;
mod following;
mod formats;
mod inbox;
mod journal;
mod metering;
mod moves;
mod night;
mod notices;
mod older_journal;
mod operating;
mod order_budget;
mod outbox;
mod owners;
mod soaking;
mod stage;
mod supervising;
mod telling;
mod time;
