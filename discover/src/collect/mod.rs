//! Collectors: one answer becomes elements to record and reads to make. One table of calls for each provider, one file
//! for each service with its rows and what reads their answers. Pure.
//!
//! A collector never fails: what it does not find in an answer it leaves out, and an answer without the list that its API
//! promises names nothing. What was asked for by name and not answered is said, so that the unit is not called complete.

mod aws;
mod call;
mod cloudflare;
mod found;

#[cfg(test)]
mod testing;

use crate::request::Request;
use call::Collector;
use caravan_inventory::Provider;
use serde_json::Value;

pub(crate) use aws::{METRIC_DATA, metric_reads};
pub use call::Source;
pub(crate) use call::{CallRow, Start};
pub(crate) use found::{Collected, Element, Found};

/// The calls that a scan of a provider makes, in the order in which it begins them.
pub(crate) fn calls(provider: Provider) -> impl Iterator<Item = &'static CallRow> {
    let services = match provider {
        Provider::Aws => aws::SERVICES,
        Provider::Cloudflare => cloudflare::SUBJECTS,
        // Files have no calls.
        Provider::Files => &[],
    };
    services.iter().copied().flatten()
}

/// The names of the calls that a scan of a provider makes: its reader must know each of them.
pub fn call_names(provider: Provider) -> impl Iterator<Item = &'static str> {
    calls(provider).map(|call| call.api)
}

/// The names of the calls that a scan of these sources makes; of none, of every source.
pub fn calls_of(provider: Provider, only: &[Source]) -> impl Iterator<Item = &'static str> {
    calls(provider).filter(|call| only.is_empty() || only.contains(&call.source)).map(|call| call.api)
}

/// The call of that name.
pub(crate) fn call(provider: Provider, api: &str) -> Option<&'static CallRow> {
    calls(provider).find(|call| call.api == api)
}

/// Reads the answer to a request, or to a batch of them: one [`Collected`] for each, in their order.
pub(crate) fn collect(batch: &[Request], body: &Value) -> Vec<Collected> {
    let Some(first) = batch.first() else { return Vec::new() };
    match call(first.read.scope.provider, &first.read.api).map(|call| &call.collector) {
        Some(Collector::One(one)) => batch.iter().map(|request| Collected::Found(one(request, body))).collect(),
        Some(Collector::Batch(all)) => all(batch, body),
        None => batch.iter().map(|_| Collected::Found(Found::default())).collect(),
    }
}

/// What is recorded of a request whose answer will never come: what was read of the thing before.
pub(crate) fn without_answer(request: &Request) -> Option<Element> {
    request.carried.clone().map(Element::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feeder_is_in_the_table_and_of_the_same_source() {
        for provider in Provider::ALL.iter().copied() {
            for one in calls(provider) {
                for feeder in one.fed_by {
                    let feeder = call(provider, feeder).expect(feeder);
                    let whole = feeder.source == one.source && feeder.global == one.global;
                    assert!(whole, "{} would be partial when its feeder is not asked for", one.api);
                }
                assert_eq!(matches!(one.start, Start::Root(_) | Start::Last(_)), one.fed_by.is_empty(), "{}", one.api);
                let batches = matches!(one.start, Start::Batch(..) | Start::Last(_));
                assert_eq!(matches!(one.collector, Collector::Batch(_)), batches, "{}", one.api);
            }
        }
    }
}
