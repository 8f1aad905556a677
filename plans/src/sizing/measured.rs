//! What CloudWatch counted of one metric, as the inventory holds it, and what it is worth.

use super::Confidence;
use crate::readiness::Subject;
use caravan_inventory::{Evidence, Metric, Observation, Statistic, Window, metrics_of};

/// The maxima of a metric's periods of five minutes.
#[derive(Clone, Debug)]
pub(super) struct Measured {
    /// What 95 of 100 maxima stay at or below, in the metric's unit.
    pub(super) p95: f64,
    /// The largest maximum.
    pub(super) max: f64,
    /// How many periods had a value.
    pub(super) samples: u64,
    /// The first day, and the one after the last.
    pub(super) window: (String, String),
    /// The observation of the metric.
    pub(super) at: Evidence,
}

/// Why a metric tells nothing.
pub(super) struct Silent {
    pub(super) reason: String,
    pub(super) remedy: String,
}

/// Periods of five minutes in a week; with fewer values a workload has not been seen through one.
const A_WEEK: u64 = 7 * 24 * 12;
/// With fewer values a percentile says little (KRR's `points_required`).
const FEW: u64 = 100;

/// The maxima of a metric of these things: of several, those of the busiest.
pub(super) fn busiest(
    subject: &Subject<'_>,
    things: &[&Observation],
    name: &str,
    what: &str,
) -> Result<Measured, Silent> {
    let mut found: Option<Measured> = None;
    for thing in things {
        let wanted = |metric: &Metric| {
            metric.name == name && metric.statistic == Statistic::Maximum && metric.window == Window::Load
        };
        let Some(metric) = metrics_of(thing).into_iter().find(wanted) else {
            return Err(Silent::new(
                format!("{what} is known from a file alone, and CloudWatch was not asked about it"),
                "caravan discover --only ecs --only ec2 --only signals",
            ));
        };
        let read = metric.observation(thing).and_then(|id| Some((subject.estate.body_of(id.as_str())?, id)));
        let Some((body, observation)) = read else {
            return Err(Silent::new(
                format!("nobody has read what CloudWatch counted of {what}"),
                "caravan discover --only signals",
            ));
        };
        let number = |field: &str| body[field].as_f64();
        let (Some(p95), Some(max)) = (number("P95"), number("Max")) else {
            return Err(Silent::new(
                format!("CloudWatch has no {name} of {what}: it did not run in the time that was asked about"),
                "look again once it has run: caravan discover --only signals",
            ));
        };
        let day = |field: &str| body[field].as_str().and_then(|time| time.split('T').next()).unwrap_or("?").to_owned();
        let at = Evidence { observation, path: "/Max".to_owned() };
        let samples = body["Values"].as_u64().unwrap_or_default();
        let one = Measured { p95, max, samples, window: (day("From"), day("To")), at };
        found = Some(match found {
            // What is asked for holds for each of them; what it rests on is the least that any has.
            Some(before) => Measured {
                p95: before.p95.max(one.p95),
                max: before.max.max(one.max),
                samples: before.samples.min(one.samples),
                at: if one.max > before.max { one.at } else { before.at },
                window: one.window,
            },
            None => one,
        });
    }
    found.ok_or_else(|| {
        Silent::new(
            format!("there is not {what}: nothing runs, so nothing is counted"),
            format!("caravan inventory show {}", subject.workload.id),
        )
    })
}

impl Silent {
    pub(super) fn new(reason: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { reason: reason.into(), remedy: remedy.into() }
    }
}

impl Measured {
    /// How far it can be relied on, with what lowers it.
    pub(super) fn confidence(&self, reasons: &mut Vec<String>) -> Confidence {
        if self.samples >= A_WEEK {
            return Confidence::High;
        }
        reasons.push(if self.samples < FEW {
            format!("only {} periods of 5 minutes had a value", self.samples)
        } else {
            format!("{} periods of 5 minutes had a value: less than a week", self.samples)
        });
        Confidence::Low
    }
}
