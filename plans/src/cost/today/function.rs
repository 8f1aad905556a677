//! Lambda: GB-seconds and invocations, by what CloudWatch counted in fourteen days.

use super::{Today, region};
use crate::cost::book;
use crate::cost::item::{Item, ItemKind};
use crate::cost::money::Range;
use crate::readiness::Subject;
use caravan_convert_lift::plconfig::Arch;
use caravan_inventory::{Observation, ObservationKind, Statistic, Window, metrics_of};
use serde_json::Value;

pub(super) fn today(subject: &Subject<'_>) -> Today {
    let Some(function) = subject.of_kind(ObservationKind::LambdaFunction).next() else {
        let items = vec![Item::unknown(ItemKind::Compute, "a function", "it was not read")];
        return Today { items, running: None, hosted: None };
    };
    let mut items = match Counted::of(subject, function) {
        Some(counted) => vec![counted.item(&function.body, region(subject, function))],
        None => vec![Item::unknown(
            ItemKind::Compute,
            "invocations and their duration",
            "nobody has read what CloudWatch counted: caravan discover --only signals",
        )],
    };
    if subject.of_kind(ObservationKind::ProvisionedConcurrency).next().is_some() {
        items.push(Item::unknown(ItemKind::Compute, "provisioned concurrency", "the price book does not have it"));
    }
    Today { items, running: concurrency(subject, function), hosted: None }
}

/// What was counted of a function in [`Window::Load`].
struct Counted {
    invocations: u64,
    /// Milliseconds of one: what half of all 5-minute means stay at or below, and what 95 of 100 do. The mean of all lies between,
    /// unless a few are very long.
    usual: u64,
    long: u64,
    /// Hours that were counted.
    hours: u64,
}

impl Counted {
    fn of(subject: &Subject<'_>, function: &Observation) -> Option<Self> {
        let invocations = number(metric(subject, function, "Invocations", Statistic::Sum)?, "Sum")?;
        let hours = u64::from(Window::Load.days()) * 24;
        if invocations == 0 {
            return Some(Self { invocations, usual: 0, long: 0, hours });
        }
        let duration = metric(subject, function, "Duration", Statistic::Average)?;
        Some(Self { invocations, usual: number(duration, "P50")?, long: number(duration, "P95")?, hours })
    }

    fn item(&self, body: &Value, region: &str) -> Item {
        let body = body.get("Configuration").unwrap_or(body);
        let days = self.hours / 24;
        let what = format!("{} invocations in {days} days", self.invocations);
        let Some(memory) = body["MemorySize"].as_u64() else {
            return Item::unknown(ItemKind::Compute, what, "how much memory it has is not said");
        };
        let arm =
            body["Architectures"].as_array().is_some_and(|all| all.iter().any(|one| one.as_str() == Some("arm64")));
        let arch = if arm { Arch::Arm64 } else { Arch::Amd64 };
        let what = format!("{what}, {} to {} ms of {memory} MB", self.usual, self.long);
        let prices = [book::function_memory(region, arch), book::function_request(region)];
        Item::priced(ItemKind::Compute, what, prices, |[second, million]| {
            // GB-seconds are MB-milliseconds by 1024 and 1000 (Lambda's GB is of 1024 MB).
            let used = |each: u64| second.part(self.invocations.saturating_mul(each).saturating_mul(memory), 1_024_000);
            let duration = Range::between(used(self.usual).low(), used(self.long).high());
            duration.plus(million.part(self.invocations, 1_000_000)).part(1, self.hours)
        })
    }
}

/// How many run at once: at least one where it was called at all, at most what was ever counted.
fn concurrency(subject: &Subject<'_>, function: &Observation) -> Option<(u64, u64)> {
    let most = number(metric(subject, function, "ConcurrentExecutions", Statistic::Maximum)?, "Max")?;
    Some((most.min(1), most))
}

fn metric<'a>(subject: &Subject<'a>, function: &Observation, name: &str, statistic: Statistic) -> Option<&'a Value> {
    let mut metrics = metrics_of(function).into_iter();
    let wanted = metrics.find(|one| one.name == name && one.statistic == statistic && one.window == Window::Load)?;
    subject.estate.body_of(wanted.observation(function)?.as_str())
}

fn number(body: &Value, field: &str) -> Option<u64> {
    let value = body[field].as_f64()?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "what is counted is zero or more")]
    let whole = value.ceil() as u64;
    Some(whole)
}
