//! The demonstration estate as a session answers from it: the very file, in a store in memory.

use crate::data::{
    Detail, Fact, Item, Leads, Member, Overview, PlanText, Row, RunRow, Section, Sieve, Urgency, WaveRow, Window,
};
use crate::effect::{Effect, Question};
use crate::event::Answer;
use caravan_inventory::WorkloadId;
use caravan_inventory_store::{Store, WorkloadFilter};

const ESTATE: &[u8] = include_bytes!("../../../examples/estate/inventory.jsonl");

/// The hash of the plan that is shown.
pub(super) const HASH: &str = "8f14e45fceea167a5a36dedd4bea2543c0ffee00c0ffee00c0ffee00c0ffee00";

pub(super) struct Estate {
    pub(super) store: Store,
    /// The wave, as it stands.
    pub(super) wave: WaveRow,
    /// How many rows of the list were read.
    pub(super) rows_read: usize,
    /// How many entries the journal of the run has, how many were verified, and the one that does not fit.
    pub(super) entries: u64,
    pub(super) verified: u64,
    pub(super) broken: Option<u64>,
    /// What was answered.
    pub(super) answered: bool,
    /// The steps of the wave.
    pub(super) members: Vec<Member>,
    /// What is assessed, and how many of it.
    pub(super) sieve: Option<Sieve>,
    pub(super) assessed: usize,
}

impl Estate {
    pub(super) fn read() -> Self {
        let mut store = Store::in_memory().unwrap();
        store.import(ESTATE).unwrap();
        let wave = WaveRow {
            wave: "demo".to_owned(),
            hash: Some(HASH.to_owned()),
            sealed: "sealed by caravan demo at 2026-11-28T21:29:50Z".to_owned(),
            approvals: Vec::new(),
            changes: "3 shifts".to_owned(),
            is_production: true,
            runs: Vec::new(),
        };
        Self {
            store,
            wave,
            rows_read: 0,
            members: super::moving::members(),
            answered: false,
            entries: 40,
            verified: 0,
            broken: None,
            sieve: None,
            assessed: 0,
        }
    }

    /// A run of the wave, listed.
    pub(super) fn start(&mut self, name: &str, state: &str) {
        let (name, state, is_over) = (name.to_owned(), state.to_owned(), state == "rolled-back");
        let run = RunRow { name, state, is_over, waits: String::new(), taken_back: String::new() };
        self.wave.runs = vec![run];
    }

    pub(super) fn answer(&mut self, effect: &Effect) -> Option<Answer> {
        let Effect::Ask(question) = effect else { return None };
        Some(match question {
            Question::Overview => Answer::Overview(Ok(self.overview())),
            Question::OpenQuestions => Answer::OpenQuestions(Ok(17)),
            Question::Window { text, query, from, limit } => {
                let filter = WorkloadFilter { query: Some(query.clone()), ..WorkloadFilter::default() };
                let ids = self.store.workload_ids(&filter).unwrap();
                let rows: Vec<Row> = ids.iter().skip(*from).take(*limit).map(|id| self.row(id)).collect();
                self.rows_read += rows.len();
                Answer::Window(text.clone(), Ok(Window { total: ids.len(), from: *from, rows }))
            }
            Question::Detail(id) => Answer::Detail(id.clone(), Ok(Box::new(self.detail(id)))),
            Question::Doors { part, from, limit } => Answer::Doors(part.clone(), Ok(self.doors(part, *from, *limit))),
            Question::Graph(id) => Answer::Graph(id.clone(), Ok(Box::new(self.graph(id)))),
            Question::Readiness { sieve, from, limit } => {
                Answer::Readiness(sieve.clone(), Ok(self.readiness(sieve, *from, *limit)))
            }
            Question::Assessed(id) => Answer::Assessed(id.clone(), Ok(Box::new(self.assessed(id)))),
            Question::Journal { run, people, from, limit } => {
                Answer::Journal(run.clone(), *people, Ok(self.journal(*people, *from, *limit)))
            }
            Question::Entry { run, sequence } => {
                Answer::Entry(run.clone(), *sequence, Ok(super::journal::whole(*sequence)))
            }
            Question::Domains { part, from, limit } => {
                Answer::Domains(part.clone(), Ok(self.domains(part, *from, *limit)))
            }
            Question::Domain(hostname) => Answer::Domain(hostname.clone(), Ok(Box::new(self.domain(hostname)))),
            Question::Preview(id) => Answer::Preview(id.clone(), Ok(Box::new(self.preview(id)))),
            Question::PreviewFile { workload, path } => {
                let text = super::preview::text(path);
                Answer::PreviewFile(workload.clone(), path.clone(), Ok(Box::new(text)))
            }
            Question::Waves => Answer::Waves(Ok(vec![self.wave.clone()])),
            Question::Plan(wave) => Answer::Plan(wave.clone(), Ok(plan())),
            Question::Members(wave) => Answer::Members(wave.clone(), Ok(self.members.clone())),
            Question::Run(_) => return None,
        })
    }

    fn row(&self, id: &WorkloadId) -> Row {
        let workload = self.store.workload(id).unwrap().unwrap();
        Row {
            kind: workload.kind.as_str(),
            name: workload.name,
            team: workload.team.to_string(),
            environment: workload.environment.to_string(),
            account: workload.account.map(|account| account.to_string()).unwrap_or_default(),
            region: workload.region.map(|region| region.to_string()).unwrap_or_default(),
            id: workload.id,
        }
    }

    fn detail(&self, id: &WorkloadId) -> Detail {
        let workload = self.store.workload(id).unwrap().unwrap();
        let fact = |text: String, evidence: String| Fact { text, evidence };
        let itself = vec![
            fact(format!("{:<12} {}", "kind", workload.kind.as_str()), String::new()),
            fact(format!("{:<12} {}", "name", workload.name), String::new()),
            fact(format!("{:<12} {}", "team", workload.team), String::new()),
        ];
        let edges = self.store.edges_from(id.as_str()).unwrap().into_iter();
        let needs = edges.map(|edge| {
            let evidence = format!("{}{}", edge.evidence.observation, edge.evidence.path);
            fact(format!("{} ({}, {})", edge.to, edge.kind.as_str(), edge.confidence.as_str()), evidence)
        });
        let sections = vec![
            Section { title: id.to_string(), facts: itself },
            Section { title: "needs".to_owned(), facts: needs.collect() },
        ];
        Detail { id: id.clone(), sections }
    }

    fn overview(&self) -> Overview {
        let coverage = self.store.coverage().unwrap();
        let incomplete = coverage.partial + coverage.denied + coverage.throttled + coverage.failed;
        let lists = coverage.complete + incomplete;
        let wave = Item {
            urgency: Urgency::Next,
            text: "wave demo is sealed and not approved".to_owned(),
            help: "caravan --dir caravan-demo plan approve demo --hash 8f14e45f".to_owned(),
            leads: Leads::Waves,
        };
        let gaps = Item {
            urgency: Urgency::Note,
            text: format!("{incomplete} of {lists} lists are incomplete: what stands behind them may be missing"),
            help: "caravan --dir caravan-demo inventory coverage --incomplete".to_owned(),
            leads: Leads::Filter("coverage!=complete and coverage!=skipped".to_owned()),
        };
        Overview {
            workloads: self.store.workload_count().unwrap(),
            lists,
            incomplete,
            scanned: Some("2026-11-24T02:00:00Z".to_owned()),
            items: vec![wave, gaps],
        }
    }
}

fn plan() -> PlanText {
    let text = "wave demo\n  approved by nobody\n\n1. ecs/417263850914/eu-central-1/tracking-eu/track-web\n   \
        track-web 10 %, after approval, bakes 300 s: asked every 10 s, 3 times at least\n     \
        - A old-4711.eu-central-1.elb.amazonaws.com. weight 100\n     + A gateway.example. weight 10\n     taken back exactly";
    let lines = text.lines().map(str::to_owned).collect();
    PlanText { wave: "demo".to_owned(), hash: HASH.to_owned(), lines }
}
