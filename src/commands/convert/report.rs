//! The report of a conversion.

use super::changes::Change;
use super::commit::CommitRow;
use super::finding::{Finding, FindingKind};
use super::marks::{Mark, Marks};
use super::outcome::{AcceptedRow, Open};
use super::places::Places;
use super::prove::Told;
use super::shared::SharedOutcome;
use crate::exit::Exit;
use crate::tree::FileOutcome;
use caravan_convert::{Closed, Conflict, Converted, Open as Untold, PlatformTree, Refused, SharedConverted};
use caravan_convert_lift::{Counts, HostVerdict};
use caravan_inventory::{Acceptances, Question, QuestionId, Standing, WorkloadId, refusal_id};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// What a conversion ends with.
pub(crate) struct ConversionReport {
    pub(super) check: bool,
    /// How many workloads it accounts for.
    pub(super) found: u64,
    pub(super) fields: Counts,
    pub(super) tree: FileOutcome,
    pub(super) refused: Vec<(Refused, Standing)>,
    pub(super) conflicts: Vec<Conflict>,
    /// What lets nobody in, since nobody says who callers are.
    pub(super) closed: Vec<Closed>,
    /// What is to become of machines.
    pub(super) hosts: BTreeMap<WorkloadId, HostVerdict>,
    /// Many workloads may share one.
    pub(super) questions: BTreeMap<QuestionId, Standing>,
    /// Those of them that stand accepted because nothing comes of who asks: the workload is refused, and that is accepted.
    covered: BTreeSet<QuestionId>,
    pub(super) stale: Vec<String>,
    /// Lists of the clouds that the inventory has not whole: what they name may be missing.
    pub(super) unread: Vec<String>,
    pub(super) remains: Vec<String>,
    pub(super) findings: Vec<Finding>,
    pub(super) changes: Vec<Change>,
    pub(super) accepted: Acceptances,
    /// Whether every app was looked at.
    pub(super) everything: bool,
    today: Date,
    /// What is left out of the platform until it is told.
    pub(super) untold: BTreeSet<Untold>,
    pub(super) platform_stale: Vec<String>,
    pub(super) shared: SharedOutcome,
    /// What was shown of the Workers, where somebody asked for it.
    pub(super) proof: Option<Told>,
    /// What was committed.
    pub(super) commits: Vec<CommitRow>,
}

impl ConversionReport {
    /// Nothing yet. `today` decides which acceptances hold.
    pub(super) fn new(check: bool, everything: bool, accepted: Acceptances, today: Date) -> Self {
        Self {
            check,
            found: 0,
            fields: Counts::default(),
            tree: FileOutcome::default(),
            refused: Vec::new(),
            conflicts: Vec::new(),
            closed: Vec::new(),
            hosts: BTreeMap::new(),
            questions: BTreeMap::new(),
            covered: BTreeSet::new(),
            stale: Vec::new(),
            unread: Vec::new(),
            remains: Vec::new(),
            findings: Vec::new(),
            changes: Vec::new(),
            accepted,
            everything,
            today,
            untold: BTreeSet::new(),
            platform_stale: Vec::new(),
            shared: SharedOutcome::default(),
            proof: None,
            commits: Vec::new(),
        }
    }

    /// Whether files of apps are in conflict.
    pub(super) fn has_conflicts(&self) -> bool {
        !self.conflicts.is_empty()
    }

    /// Adds what lies under the apps.
    pub(super) fn add_platform(&mut self, made: PlatformTree) {
        self.conflicts.extend(made.conflicts);
        self.platform_stale = made.stale;
        self.untold.extend(made.open);
    }

    /// Whether apps of the tree are lifted no longer, and the inventory has not seen everything: they may be there all the same.
    pub(super) fn may_miss_apps(&self) -> bool {
        !self.stale.is_empty() && !self.unread.is_empty()
    }

    /// What lies under the apps stays as it is: not all that they ask for is known.
    pub(super) fn leave_platform(&mut self) {
        let (why, remedy) = match self.may_miss_apps() {
            true => (
                "the inventory is not whole, and apps of the tree are not in it",
                "scan with the rights that were missing, and convert again",
            ),
            false => ("apps are in conflict", "bring their files together, and convert again"),
        };
        let what = format!("everything below deployment/platform and of the teams' jails: {why}");
        self.untold.insert(Untold { what, remedy: remedy.to_owned() });
    }

    /// Adds what workloads share.
    pub(super) fn add_shared(&mut self, mut converted: SharedConverted) {
        self.shared = SharedOutcome::of(&mut converted);
        let marks = Marks::of_shared(converted.questions.iter().map(|question| question.workload.clone()));
        for question in converted.questions {
            self.ask(question, &marks);
        }
        self.conflicts.extend(converted.conflicts);
    }

    /// Adds what lets nobody in.
    pub(super) fn close(&mut self, closed: Vec<Closed>) {
        for one in &closed {
            self.findings.push(Finding {
                kind: FindingKind::Closed,
                rule: "closed".to_owned(),
                id: format!("closed/{}/{}", one.path, one.environment),
                workload: None,
                file: one.path.clone(),
                line: 1,
                source: None,
                text: closed_text(one),
                standing: Standing::Open,
            });
        }
        self.closed.extend(closed);
    }

    /// Adds one app; `marks` say where its fields stand.
    pub(super) fn add(&mut self, converted: Converted, marks: &Marks) {
        self.found += converted.workloads;
        self.fields += converted.fields;
        self.hosts.extend(converted.hosts);
        for (workload, mark) in &marks.unknown {
            let text = format!("no API model knows the field {}", mark.pointer);
            let id = format!("unknown/{workload}{}", mark.pointer);
            self.find(FindingKind::UnknownField, "unknown-field", id, Some(workload), mark, text, Standing::Open);
        }
        let mut accepted: BTreeMap<WorkloadId, Standing> = BTreeMap::new();
        for refused in converted.refused {
            let standing = self.refuse(refused.clone(), marks);
            if standing.is_accepted() && !marks.lifted_in_part.contains(&refused.source) {
                accepted.insert(refused.source, standing);
            }
        }
        for question in converted.questions {
            match accepted.get(&question.workload) {
                Some(standing) => self.cover(question, marks, standing),
                None => self.ask(question, marks),
            }
        }
        self.conflicts.extend(converted.conflicts);
        self.close(converted.closed);
    }

    /// A workload that is not converted: one finding for each field that blocks it, or one for the workload.
    /// Gives whether that is accepted.
    fn refuse(&mut self, refused: Refused, marks: &Marks) -> Standing {
        let id = refusal_id(&refused.source);
        let standing = self.accepted.standing(&id, self.today);
        let blocks = |(workload, reason, _): &&(WorkloadId, String, Mark)| {
            *workload == refused.source && *reason == refused.reason
        };
        let fields: Vec<&Mark> = marks.blockers.iter().filter(blocks).map(|(.., mark)| mark).collect();
        for mark in &fields {
            let (source, text) = (Some(&refused.source), refused.reason.clone());
            self.find(FindingKind::Blocker, "blocker", id.to_string(), source, mark, text, standing.clone());
        }
        if fields.is_empty() {
            let file = marks.ledgers.get(&refused.source).cloned().unwrap_or_default();
            self.findings.push(Finding {
                kind: FindingKind::Refusal,
                rule: "refusal".to_owned(),
                id: id.to_string(),
                workload: Some(refused.source.clone()),
                file,
                line: 1,
                source: None,
                text: refused.reason.clone(),
                standing: standing.clone(),
            });
        }
        self.refused.push((refused, standing.clone()));
        standing
    }

    /// A question about a workload that is refused, which is accepted: nothing that is written hangs on its answer. Where
    /// another workload asks the same, it is open as ever.
    fn cover(&mut self, question: Question, marks: &Marks, standing: &Standing) {
        if !self.questions.contains_key(&question.id) {
            self.covered.insert(question.id.clone());
            self.ask_as(question, marks, standing.clone());
        }
    }

    /// A question that nobody answered; what many workloads share is found once.
    fn ask(&mut self, question: Question, marks: &Marks) {
        if self.covered.remove(&question.id) {
            self.questions.remove(&question.id);
            self.findings.retain(|finding| finding.id != question.id.as_str());
        }
        let standing = self.accepted.standing(&question.id, self.today);
        if !self.questions.contains_key(&question.id) {
            self.ask_as(question, marks, standing);
        }
    }

    fn ask_as(&mut self, question: Question, marks: &Marks, standing: Standing) {
        self.questions.insert(question.id.clone(), standing.clone());
        let topic = question.id.as_str().split('/').next().unwrap_or_default();
        let rule = format!("question/{topic}");
        let mut text = question.text;
        if !question.options.is_empty() {
            text.push_str(&format!(" Answers: {}.", question.options.join(", ")));
        }
        if let Some(assumed) = &question.assumed {
            text.push_str(&format!(" Assumed until then: {assumed}."));
        }
        let id = question.id.to_string();
        match marks.questions.get(&question.id) {
            Some(mark) => {
                self.find(FindingKind::Question, &rule, id, Some(&question.workload), mark, text, standing);
            }
            None => {
                let file = marks.ledgers.get(&question.workload).cloned().unwrap_or_default();
                let workload = Some(question.workload);
                let (kind, line, source) = (FindingKind::Question, 1, None);
                self.findings.push(Finding { kind, rule, id, workload, file, line, source, text, standing });
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "each is one field of what is found")]
    fn find(
        &mut self,
        kind: FindingKind,
        rule: &str,
        id: String,
        workload: Option<&WorkloadId>,
        mark: &Mark,
        text: String,
        standing: Standing,
    ) {
        let (file, line, source) = (mark.ledger.clone(), mark.line, Some(mark.source()));
        let (rule, workload) = (rule.to_owned(), workload.cloned());
        self.findings.push(Finding { kind, rule, id, workload, file, line, source, text, standing });
    }

    /// Adds what differs in the files of one app.
    pub(super) fn differ(&mut self, changes: Vec<Change>, workload: Option<&WorkloadId>) {
        for change in &changes {
            // A ledger follows what it accounts for: one finding says that it differs.
            let places = change.places.iter().take(if change.path.starts_with("ledger/") { 1 } else { usize::MAX });
            for place in places {
                let rule = place.rule.map_or("gone", |(name, _)| name);
                self.findings.push(Finding {
                    kind: FindingKind::Difference,
                    rule: if change.missing { "difference/missing".to_owned() } else { format!("difference/{rule}") },
                    id: format!("difference/{}:{}", change.path, place.line),
                    workload: workload.cloned(),
                    file: change.path.clone(),
                    line: place.line,
                    source: place.source.clone(),
                    text: place.text(change.missing),
                    standing: Standing::Open,
                });
            }
        }
        self.changes.extend(changes);
    }

    /// Takes what became of the files, finds the place of everything, and sorts what came app by app.
    pub(super) fn finish(&mut self, tree: FileOutcome, remains: Vec<String>, places: &mut Places<'_>) {
        self.tree = tree;
        self.remains = remains;
        self.refused.sort_by(|one, other| one.0.source.cmp(&other.0.source));
        self.conflicts.sort_by(|one, other| one.path.cmp(&other.path));
        for Conflict { path, reason } in &self.conflicts {
            self.findings.push(Finding {
                kind: FindingKind::Conflict,
                rule: "conflict".to_owned(),
                id: format!("conflict/{path}"),
                workload: None,
                file: path.clone(),
                line: 1,
                source: None,
                text: reason.clone(),
                standing: Standing::Open,
            });
        }
        let told: BTreeSet<String> = self.changes.iter().map(|change| change.path.clone()).collect();
        for path in self.tree.differences.iter().filter(|path| self.check && !told.contains(*path)) {
            self.findings.push(Finding {
                kind: FindingKind::Difference,
                rule: "difference/file".to_owned(),
                id: format!("difference/{path}:1"),
                workload: None,
                file: path.clone(),
                line: 1,
                source: None,
                text: "is missing, or not what would be written".to_owned(),
                standing: Standing::Open,
            });
        }
        self.find_unproven();
        if self.check {
            self.findings.iter_mut().for_each(|finding| places.put(finding));
        }
        let key = |one: &Finding| (one.standing.is_accepted(), one.kind, one.file.clone(), one.line, one.id.clone());
        self.findings.sort_by_key(key);
    }

    /// What a proof did not show.
    fn find_unproven(&mut self) {
        let found = self.proof.iter().flat_map(Told::findings).map(|(source, rule, text)| {
            let workload = WorkloadId::new(source);
            Finding {
                kind: FindingKind::Difference,
                rule: rule.to_owned(),
                id: format!("{rule}/{source}"),
                file: caravan_convert::ledger_path(source),
                workload: Some(workload),
                line: 1,
                source: None,
                text,
                standing: Standing::Open,
            }
        });
        let found: Vec<Finding> = found.collect();
        self.findings.extend(found);
    }

    /// What was found: what is open before what is accepted, and the most severe first.
    pub(super) fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The files that differ, as far as it was asked how.
    pub(super) fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// How many workloads were converted.
    pub(super) fn converted(&self) -> u64 {
        let refused: BTreeSet<_> = self.refused.iter().map(|(one, _)| &one.source).collect();
        self.found.saturating_sub(refused.len() as u64)
    }

    /// What keeps it from being green, apart.
    pub(super) fn open(&self) -> Open {
        let refused: BTreeSet<_> =
            self.refused.iter().filter(|(_, standing)| !standing.is_accepted()).map(|(one, _)| &one.source).collect();
        Open {
            conflicts: self.conflicts.len() as u64,
            unaccounted: self.fields.unknown + self.shared.unaccounted(),
            refused: refused.len() as u64,
            closed: self.closed.len() as u64,
            unanswered: self.questions.values().filter(|standing| !standing.is_accepted()).count() as u64,
            differs: self.tree.differences.len() as u64,
            expired: self.acceptances(|standing| matches!(standing, Standing::Expired(_))).len() as u64,
        }
    }

    /// The acceptances of what is open, of one state.
    pub(super) fn acceptances(&self, of: impl Fn(&Standing) -> bool) -> Vec<AcceptedRow<'_>> {
        let refused = self.refused.iter().map(|(one, standing)| (refusal_id(&one.source), standing));
        let asked = self.questions.iter().map(|(id, standing)| (id.clone(), standing));
        let all: BTreeMap<QuestionId, &Standing> = refused.chain(asked).filter(|(_, one)| of(one)).collect();
        let row = |(id, standing): (QuestionId, &'_ Standing)| match standing {
            Standing::Open => None,
            Standing::Accepted(_) | Standing::Expired(_) => {
                let (id, one) = self.accepted.0.get_key_value(&id)?;
                Some(AcceptedRow { id: id.as_str(), until: one.until, reason: &one.reason })
            }
        };
        all.into_iter().filter_map(row).collect()
    }

    /// What is accepted and no longer open; nothing where not everything was looked at.
    pub(super) fn strays(&self) -> Vec<&str> {
        let open: BTreeSet<QuestionId> =
            self.refused.iter().map(|(one, _)| refusal_id(&one.source)).chain(self.questions.keys().cloned()).collect();
        let strays = self.accepted.0.keys().filter(|id| self.everything && !open.contains(*id));
        strays.map(QuestionId::as_str).collect()
    }

    /// Every id that can be accepted.
    pub(crate) fn acceptable(&self) -> BTreeSet<QuestionId> {
        self.refused.iter().map(|(one, _)| refusal_id(&one.source)).chain(self.questions.keys().cloned()).collect()
    }

    /// The most severe outcome.
    pub(crate) fn exit(&self) -> Exit {
        let open = self.open();
        if open.conflicts > 0 {
            Exit::Failed
        } else if self.proof.as_ref().is_some_and(Told::differs) {
            // What is refused or not shown is known to be open; what answers otherwise was about to be believed.
            Exit::Differences
        } else if open.refused > 0
            || open.unaccounted > 0
            || open.closed > 0
            || self.may_miss_apps()
            || (self.check && open.unanswered > 0)
            || self.proof.as_ref().is_some_and(Told::lacks)
        {
            Exit::NotReady
        } else if self.check && open.differs > 0 {
            Exit::Differences
        } else {
            Exit::Done
        }
    }
}

/// Why something lets nobody in, and what to do.
pub(super) fn closed_text(closed: &Closed) -> String {
    let Closed { environment, components, .. } = closed;
    format!(
        "nobody comes in to {} in {environment} but by public paths: it asks who callers are, and nobody says it; write `platform: {{auth: \
         {{issuer: https://id.example.com/realms/company}}}}` into caravan.yaml",
        components.join(", ")
    )
}
