//! What was counted while a shift stood at one share.

use caravan_cutover_engine::Moment;
use caravan_providers::Counted;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// What was counted of one shift while it stood at one share.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct MeasuredSpan {
    /// The shift's step in the plan.
    pub step: usize,
    /// The share of the new side that the plan has for it, in percent.
    pub planned_percent: u8,
    /// The first reading of it.
    pub from: Moment,
    /// The last reading of it.
    pub until: Moment,
    /// Requests that were sent to the old side between readings of this very share.
    pub old: u64,
    /// Requests that were sent to the new side between readings of this very share.
    pub new: u64,
    /// Requests that were answered since the reading before, whichever side they were sent to: also while the share moved.
    pub answered: u64,
    /// Those of them that were answered with a status of 500 or above, by a side or in its place when it brought none.
    pub lost: u64,
    /// Who counted.
    pub by: String,
    /// Why it could not be measured when it was last tried; none when it could.
    pub unmeasured: Option<String>,
}

/// The counters of one shift as they were last read: the next driver goes on from them.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CounterMark {
    /// The shift's step in the plan.
    pub step: usize,
    /// When they were read.
    pub at: Moment,
    /// The counters.
    pub counted: Counted,
}

/// What has come between two readings.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Grown {
    pub(super) old: u64,
    pub(super) new: u64,
    pub(super) answered: u64,
    pub(super) lost: u64,
}

impl Grown {
    /// What has come since a mark.
    ///
    /// # Errors
    /// Why nobody can tell: the counters of the rules went back although what counts them was running all the time.
    pub(super) fn since(mark: &CounterMark, counted: &Counted, at: Moment) -> Result<Self, String> {
        let elapsed = at.0.saturating_sub(mark.at.0).saturating_add(CLOCKS_MS);
        // Without a word on it, what starts at 0 is taken for one that was started anew.
        let is_fresh = |address: &str| counted.running_ms.get(address).is_none_or(|running| *running <= elapsed);
        let grown = |before: &BTreeMap<String, u64>, after: &BTreeMap<String, u64>, is_of_endpoint: bool| {
            after.iter().try_fold(0_u64, |sum, (series, value)| {
                let address = series.split(' ').next().unwrap_or_default();
                let more = match before.get(series) {
                    Some(was) if value >= was => value - was,
                    Some(_) if is_of_endpoint || is_fresh(address) => *value,
                    Some(_) => {
                        return Err(format!("the counters at {address} went back while it was running: {TURNS}"));
                    }
                    // A counter that nobody had needed yet, or one of a replica that is new.
                    None if mark.counted.running_ms.contains_key(address) || is_fresh(address) => *value,
                    None => 0,
                };
                Ok(sum.saturating_add(more))
            })
        };
        // Endpoints come and go while a gateway runs; what a side counts itself goes back with itself alone.
        let of_endpoints = !counted.answered.is_empty();
        let was = &mark.counted;
        Ok(Self {
            old: grown(&was.old, &counted.old, of_endpoints)?,
            new: grown(&was.new, &counted.new, of_endpoints)?,
            answered: grown(&was.answered, &counted.answered, false)?,
            lost: grown(&was.lost, &counted.lost, false)?,
        })
    }
}

/// Whole seconds are told of how long something has been running, and no two clocks are the same.
const CLOCKS_MS: u64 = 3_000;
const TURNS: &str = "several gateways may answer at one address in turn; name one that has the address of each, such as a headless Service's";

impl MeasuredSpan {
    /// The share of the new side that was measured, in percent; none when no request was counted by side.
    #[must_use]
    pub fn percent(&self) -> Option<f64> {
        let all = self.old.saturating_add(self.new);
        #[expect(clippy::cast_precision_loss, reason = "a share for people, shown with one digit")]
        (all > 0).then(|| self.new as f64 * 100.0 / all as f64)
    }
}

impl fmt::Display for MeasuredSpan {
    /// `measured share: 24.6 % of 4,812 requests in 60 s (planned 25 %), 12 lost of 4,812 answered`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { planned_percent: planned, old, new, answered, lost, unmeasured, .. } = self;
        let seconds = self.until.0.saturating_sub(self.from.0) / 1000;
        let all = thousands(old.saturating_add(*new));
        match (self.percent(), unmeasured) {
            (Some(percent), _) => {
                write!(f, "measured share: {percent:.1} % of {all} requests in {seconds} s (planned {planned} %)")?;
            }
            (None, None) => write!(f, "measured share: no request in {seconds} s (planned {planned} %)")?,
            (None, Some(_)) => write!(f, "share not measured (planned {planned} %)")?,
        }
        if *answered > 0 {
            write!(f, ", {} lost of {} answered", thousands(*lost), thousands(*answered))?;
        }
        match unmeasured {
            Some(why) => write!(f, "; not measured when last tried: {why}"),
            None => Ok(()),
        }
    }
}

/// A number with commas between its thousands.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
