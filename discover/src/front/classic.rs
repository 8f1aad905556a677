//! From a classic load balancer through each of its listeners to what receives from it: it has no rules.

use super::answer::received;
use super::certificate::behind_cloudflare;
use super::say::{self, step};
use super::{Doors, Step, StepKind};
use crate::link::View;
use caravan_inventory::{Evidence, Observation};
use serde_json::Value;

/// Every way of a request from a classic load balancer on.
pub(super) fn through(
    doors: &Doors,
    balancer: &Observation,
    before: &[Step],
    evidence: Option<Evidence>,
) -> Vec<Vec<Step>> {
    let view = View::of(balancer);
    let here = step(StepKind::LoadBalancer, Some(balancer.id.as_str()), say::classic(&view), evidence);
    let before = [before, &[here]].concat();
    let mut ways = Vec::new();
    for (at, listener) in view.list("/ListenerDescriptions").iter().enumerate() {
        let pointer = format!("/ListenerDescriptions/{at}/Listener");
        let Some(listener) = listener.get("Listener") else { continue };
        let here = step(
            StepKind::Listener,
            Some(balancer.id.as_str()),
            say::classic_listener(listener),
            Some(view.evidence(&pointer)),
        );
        let before = [&before[..], &[here]].concat();
        let shown = certificate(&view, listener, &pointer).map(|shown| behind_cloudflare(shown, &before));
        let received = received(doors, balancer.id.as_str(), &before);
        ways.extend(received.into_iter().map(|way| way.into_iter().chain(shown.clone()).collect()));
    }
    if ways.is_empty() {
        let says = "no listener of it was read".to_owned();
        ways.push([&before[..], &[step(StepKind::Outside, None, says, None)]].concat());
    }
    ways
}

fn certificate(view: &View<'_>, listener: &Value, pointer: &str) -> Option<Step> {
    let arn = listener.get("SSLCertificateId").and_then(Value::as_str).filter(|arn| !arn.is_empty())?;
    let evidence = Some(view.evidence(&format!("{pointer}/SSLCertificateId")));
    Some(step(StepKind::Certificate, None, arn.to_owned(), evidence))
}
