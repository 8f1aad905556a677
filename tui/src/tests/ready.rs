//! Readiness of the demonstration estate, as a session would tell it: verdicts by kind, and notes of every severity.

use super::estate::Estate;
use crate::data::{Assessed, Progress, ReadinessPart, ReadinessRow, Sieve, Window};
use caravan_inventory::{Evidence, ObservationId, WorkloadId, WorkloadKind};
use caravan_inventory_store::WorkloadFilter;
use caravan_plans::readiness::{Actor, Assessment, How, Note, NoteKind, Severity, Verdict};
use caravan_plans::sizing::{Size, Sizing, Whole};

/// Workloads that are assessed with one question.
const EACH: usize = 20;

impl Estate {
    /// As the real one answers: with each question it knows further.
    pub(super) fn readiness(&mut self, sieve: &Sieve, from: usize, limit: usize) -> ReadinessPart {
        let filter = WorkloadFilter { query: Some(sieve.query.clone()), ..WorkloadFilter::default() };
        let ids = self.store.workload_ids(&filter).unwrap();
        if self.sieve.as_ref() != Some(sieve) {
            (self.sieve, self.assessed) = (Some(sieve.clone()), 0);
        }
        self.assessed = (self.assessed + EACH).min(ids.len());
        let assessed: Vec<ReadinessRow> = ids.iter().map(|id| self.ready_row(id)).collect();
        let mut verdicts: Vec<(Verdict, usize)> = Verdict::ALL.iter().map(|verdict| (*verdict, 0)).collect();
        for row in &assessed[..self.assessed] {
            verdicts.iter_mut().filter(|(verdict, _)| *verdict == row.verdict).for_each(|(_, count)| *count += 1);
        }
        let is_all = sieve.severity.is_none() && sieve.verdict.is_none();
        let known = if is_all { ids.len() } else { self.assessed };
        let passes = |row: &&ReadinessRow| {
            let grave = match sieve.severity {
                None => true,
                Some(Severity::Blocker) => row.notes[0] > 0,
                Some(_) => row.notes[0] + row.notes[1] > 0,
            };
            grave && sieve.verdict.is_none_or(|verdict| verdict == row.verdict)
        };
        let passing: Vec<ReadinessRow> = assessed[..known].iter().filter(passes).cloned().collect();
        let rows = passing.iter().skip(from).take(limit).cloned().collect();
        let progress = Progress { assessed: self.assessed, of: ids.len(), verdicts };
        ReadinessPart { window: Window { total: passing.len(), from, rows }, progress }
    }

    fn ready_row(&self, id: &WorkloadId) -> ReadinessRow {
        let workload = self.store.workload(id).unwrap().unwrap();
        let (verdict, notes) = match workload.kind {
            WorkloadKind::Ecs => (Verdict::Move, [0, 2, 1]),
            WorkloadKind::Lambda => (Verdict::Move, [0, 0, 2]),
            WorkloadKind::Ec2 => (Verdict::Undecided, [1, 12, 0]),
            WorkloadKind::Worker => (Verdict::Keep, [0, 1, 0]),
        };
        let (kind, team) = (workload.kind.as_str(), workload.team.to_string());
        ReadinessRow { id: workload.id, kind, name: workload.name, team, verdict, notes }
    }

    pub(super) fn assessed(&self, id: &WorkloadId) -> Assessed {
        let workload = self.store.workload(id).unwrap().unwrap();
        let place = |path: &str| {
            let observation =
                ObservationId::new(format!("ecs-service/aws/417263850914/eu-central-1/{}", workload.name));
            Evidence { observation, path: path.to_owned() }
        };
        let note = |kind: NoteKind, text: &str, remedy: &str, evidence| {
            let (severity, text, remedy) = (kind.severity(), text.to_owned(), remedy.to_owned());
            Note { severity, kind, text, evidence, remedy, who: kind.who() }
        };
        let mut notes = vec![
            note(
                NoteKind::NoOwner,
                "no rule of `ownership` says which team owns it, so nobody can say whether it is needed",
                "caravan --dir caravan-demo decide owner/x=TEAM",
                Vec::new(),
            ),
            note(
                NoteKind::OpenQuestion,
                "2 questions are open: exposure, secret",
                "caravan --dir caravan-demo decide lists and answers them",
                (0..7).map(|at| place(&format!("/containerDefinitions/{at}/environment"))).collect(),
            ),
        ];
        notes.sort_by_key(|note| (note.severity, note.kind));
        assert!(notes.iter().all(|note| matches!(note.who, Actor::Team | Actor::Platform)));
        let unknown = "CloudWatch was not asked what it used".to_owned();
        Assessed {
            id: id.clone(),
            team: workload.team.to_string(),
            environment: workload.environment.to_string(),
            assessment: Assessment {
                verdict: Verdict::Move,
                how: Some(How::Rehost),
                reasons: vec![
                    "its image runs on the platform as it is; 1 warnings, 1 of them open questions".to_owned(),
                ],
                notes,
                size: Sizing {
                    of: Whole::Pod,
                    cpu: Size::Unknown { declared: None, reason: unknown.clone(), remedy: String::new() },
                    memory: Size::Unknown { declared: None, reason: unknown, remedy: String::new() },
                    autoscaling: Vec::new(),
                    take_over: None,
                },
            },
            size: vec![
                ("size".to_owned(), "unknown, cpu 256m and memory 512Mi declared".to_owned()),
                (String::new(), "CloudWatch was not asked what it used".to_owned()),
                (String::new(), "→ caravan --dir caravan-demo discover --only signals".to_owned()),
            ],
        }
    }
}
