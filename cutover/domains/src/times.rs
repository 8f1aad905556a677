//! How long everything may take, and how long it must last.

use serde::{Deserialize, Serialize};

const SECOND: u64 = 1_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Times of a move, in milliseconds.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Times {
    /// From one look to the next while something is waited for.
    pub look: u64,
    /// The same while the certificate authority works.
    pub order: u64,
    /// The same while a customer is waited for.
    pub customer: u64,
    /// The same once a customer's name is parked.
    pub parked: u64,
    /// Between the two passes of the new edge before anything is moved.
    pub gap: u64,
    /// How old the last pass of the new edge may be when a name is led there.
    pub guard: u64,
    /// After which an unanswered change can no longer land.
    pub in_flight: u64,
    /// Between the first and the second order, the second and the third: the authority is never hammered.
    pub order_again: [u64; 2],
    /// The stretch in which no more than two validations may fail.
    pub failures: u64,
    /// How long the edge may take to serve a name before a person is called.
    pub edge: u64,
    /// With evidence, before the old side may be released.
    pub soak: u64,
    /// How long both certificates must last beyond the soak.
    pub margin: u64,
    /// After which a customer is reminded, from the instruction on.
    pub reminders: [u64; 3],
    /// After which a customer's name is parked.
    pub park: u64,
}

impl Default for Times {
    /// Those of production: two validations may fail in an hour, of five that Let's Encrypt allows; reminders after 1, 3 and 7 days.
    fn default() -> Self {
        Self {
            look: MINUTE,
            order: 3 * SECOND,
            customer: 10 * MINUTE,
            parked: HOUR,
            gap: HOUR,
            guard: MINUTE,
            in_flight: MINUTE,
            order_again: [10 * MINUTE, 100 * MINUTE],
            failures: HOUR,
            edge: 30 * MINUTE,
            soak: 7 * DAY,
            margin: 7 * DAY,
            reminders: [DAY, 3 * DAY, 7 * DAY],
            park: 14 * DAY,
        }
    }
}
