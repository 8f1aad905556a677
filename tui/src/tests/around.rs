//! Hostnames of the demonstration estate, and what stands around things of it, as a session would tell it.

use super::estate::Estate;
use crate::data::{DoorRow, Graph, GraphLine, GraphPart, Window};
use caravan_inventory::{EdgeKind, WorkloadId};

/// Ways in, as the real ones are told.
const STEPS: &[(&str, &str, Option<&str>)] = &[
    ("DNS", "A alias of track-web-1904.eu-central-1.elb.amazonaws.com. in zone tracklark.example.", None),
    ("load balancer", "track-web, internet-facing", Some("load-balancer/aws/417263850914/eu-central-1/track-web")),
    ("listener", "HTTPS 443", Some("listener/aws/417263850914/eu-central-1/track-web-443")),
    ("rule", "20: host track.tracklark.example", Some("listener-rule/aws/417263850914/eu-central-1/track-web-20")),
    ("target group", "track-web", Some("target-group/aws/417263850914/eu-central-1/track-web")),
    ("certificate", "*.tracklark.example until 2027-02-01", Some("certificate/aws/417263850914/eu-central-1/7c")),
];

impl Estate {
    pub(super) fn doors(&mut self, part: &str, from: usize, limit: usize) -> Window<DoorRow> {
        let domains = self.hostnames();
        let fits: Vec<&String> = domains.iter().filter(|name| name.contains(part)).collect();
        let rows = fits.iter().skip(from).take(limit).map(|name| DoorRow {
            hostname: (*name).clone(),
            ends: vec!["ecs/417263850914/eu-central-1/tracking-eu/track-web".to_owned(), "redirect".to_owned()],
        });
        let rows: Vec<DoorRow> = rows.collect();
        self.rows_read += rows.len();
        Window { total: fits.len(), from, rows }
    }

    fn hostnames(&self) -> Vec<String> {
        (0..90).map(|number| format!("shop-{number:02}.tracklark.example")).collect()
    }

    pub(super) fn graph(&self, id: &str) -> Graph {
        let workload = self.store.workload(&WorkloadId::new(id)).unwrap().map(|workload| workload.id);
        let step = |(what, text, leads): &(&'static str, &str, Option<&str>)| GraphLine {
            depth: 0,
            what,
            text: (*text).to_owned(),
            evidence: leads.map(|leads| format!("{leads}/Actions/0")).unwrap_or_default(),
            leads: leads.map(str::to_owned),
        };
        let hostname = if workload.is_some() { "shop-01.tracklark.example, shop-02.tracklark.example" } else { id };
        let mut parts = vec![GraphPart { title: hostname.to_owned(), lines: STEPS.iter().map(step).collect() }];
        let line = |what, other: &str, evidence: String| GraphLine {
            depth: 0,
            what,
            text: other.to_owned(),
            evidence,
            leads: Some(other.to_owned()),
        };
        let edges = self.store.edges_to(id).unwrap().into_iter().filter(|edge| edge.kind != EdgeKind::Routes);
        let users: Vec<GraphLine> = edges
            .map(|edge| line("breaks", &edge.from, format!("{}{}", edge.evidence.observation, edge.evidence.path)))
            .collect();
        let needs: Vec<GraphLine> = self
            .store
            .edges_from(id)
            .unwrap()
            .iter()
            .map(|edge| line("", &edge.to, format!("{}{}", edge.evidence.observation, edge.evidence.path)))
            .collect();
        let breaks = users.len();
        parts.push(GraphPart { title: "needed by".to_owned(), lines: users });
        parts.push(GraphPart { title: "needs".to_owned(), lines: needs });
        parts.retain(|part| !part.lines.is_empty());
        let missing = "8 lists are incomplete: more may be there".to_owned();
        Graph { id: id.to_owned(), workload, breaks, missing, parts }
    }
}
