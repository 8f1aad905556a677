//! Moves rehearsed by seed over a simulated world: crashes, outages, lost and late answers, authorities that refuse, certificates
//! that end soon, strangers and customers with values of their own. Whatever happens, the rules in `rules.rs` hold.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that can't go on fails loudly")]

mod directed;
mod drive;
mod messages;
mod plans;
mod rules;
mod seeded;
mod totality;
mod world;
