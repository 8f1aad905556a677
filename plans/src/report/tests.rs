//! The page shows what the data says: each figure is read from the page and looked up at its place.

use super::*;
use crate::cost::{CostInput, Hosts, NodeSettings, estimate};
use crate::readiness::assess;
use crate::readiness::checks::fixture::{Fixture, edge, service};
use crate::waves::{Candidate, WavePolicy, propose};
use caravan_inventory::{EdgeKind, WorkloadId, WorkloadKind};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Three that need one another in a chain, one that stays, and one that nobody can price.
fn made() -> Report {
    let named = |name: &str, fixture: Fixture| {
        let mut fixture = fixture;
        fixture.workload.id = WorkloadId::new(format!("{}/{name}", fixture.workload.kind.as_str()));
        fixture
    };
    let plain = |name| named(name, service(json!({}), json!({}), json!({})));
    let mut all: Vec<Fixture> = ["a", "b", "c"].map(plain).into();
    all.push(plain("stays").answered("verdict/ecs/stays", "keep"));
    all.push(named("edge", Fixture::new(WorkloadKind::Worker, &[])));
    let edges = [edge("ecs/a", "ecs/b", EdgeKind::Calls), edge("ecs/b", "ecs/c", EdgeKind::Calls)];
    let assessed: Vec<_> = all.iter().map(Fixture::assess).collect();
    let candidates: Vec<Candidate> =
        all.iter().zip(&assessed).map(|(one, assessment)| Candidate::new(&one.workload, assessment)).collect();
    let policy = WavePolicy::default();
    let proposal = propose(&candidates, &edges, &policy).unwrap();
    let inputs = all.iter().map(|one| one.look(|subject| CostInput::read(subject, &assess(subject), false))).collect();
    let order: Vec<String> = proposal.waves.iter().map(|wave| wave.name.clone()).collect();
    let waves: BTreeMap<WorkloadId, String> = proposal
        .waves
        .iter()
        .flat_map(|wave| wave.placements.iter().map(|one| (one.workload.clone(), wave.name.clone())))
        .collect();
    let settings = NodeSettings::new("eu-central-1", "50Gi").unwrap();
    let estimate = estimate(inputs, &Hosts::default(), &settings, &waves, &order);
    let rows = all
        .iter()
        .zip(&assessed)
        .map(|(one, assessment)| ReadinessRow {
            id: one.workload.id.to_string(),
            team: one.workload.team.to_string(),
            environment: one.workload.environment.to_string(),
            verdict: assessment.verdict,
            reason: "<b>because</b>".to_owned(),
            blockers: 1,
            warnings: 2,
        })
        .collect();
    let coverage = Coverage { complete: 7, denied: 3, ..Coverage::default() };
    report(&proposal, rows, &estimate, "eu-central-1", coverage)
}

/// The figures of a page: the place that each names, and its text.
fn figures(page: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for part in page.split("data-at=\"").skip(1) {
        let (at, rest) = part.split_once('"').unwrap();
        let text = rest.split_once('>').unwrap().1.split_once('<').unwrap().0;
        found.push((at.replace("&#x2f;", "/"), text.to_owned()));
    }
    found
}

#[test]
fn every_figure_of_the_page_is_the_one_of_the_data() {
    let report = made();
    let (page, data) = (report.html().unwrap(), serde_json::to_value(&report).unwrap());
    let figures = figures(&page);
    assert!(figures.len() > 40, "{}", figures.len());
    for (at, text) in &figures {
        let value = data.pointer(at).unwrap_or_else(|| panic!("the data has no {at}"));
        let said = match value {
            Value::Number(number) if number.is_f64() => format!("{:.2}", number.as_f64().unwrap()),
            other => other.to_string(),
        };
        assert_eq!(&said, text, "{at}");
    }
    let places: Vec<&str> = figures.iter().map(|(at, _)| at.as_str()).collect();
    for wanted in [
        "/workloads",
        "/moving",
        "/cost/total/moves/now/month/low",
        "/waves/2/cost/then/month/high",
        "/coverage/denied",
    ] {
        assert!(places.contains(&wanted), "{wanted} is not on the page");
    }
}

#[test]
fn the_page_needs_nothing_and_lets_nothing_in() {
    let page = made().html().unwrap();
    assert!(
        page.starts_with("<!doctype html>")
            && page.contains("prefers-color-scheme: dark")
            && page.contains("@media print")
    );
    for fetching in ["<script", "src=", "url(", "<link", "@import", "<iframe"] {
        assert!(!page.contains(fetching), "{fetching}");
    }
    assert!(!page.contains("<b>because"), "what comes from outside is text");
}

#[test]
fn who_needs_whom_is_a_line_from_the_later_wave_to_the_earlier() {
    let graph = made().graph;
    assert_eq!((graph.nodes.len(), graph.edges.len(), graph.bands.len()), (3, 2, 3), "{graph:?}");
    let node = |title: &str| graph.nodes.iter().find(|node| node.title == title).unwrap();
    assert!(node("ecs/a").x > node("ecs/b").x && node("ecs/b").x > node("ecs/c").x);
    for edge in &graph.edges {
        assert!(edge.x1 > edge.x2 && !edge.crossed, "{edge:?}");
        assert!(edge.x1 <= graph.width && edge.y1 <= graph.height);
    }
}

#[test]
fn what_nobody_knows_is_said_on_the_page() {
    let report = made();
    let page = report.html().unwrap();
    assert!(page.contains("What of it is not known") && page.contains("Cloudflare"), "the Worker has no price");
    assert!(page.contains("+ ?"));
    assert!(report.cost.total.stays.workloads > 0);
}
