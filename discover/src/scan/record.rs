//! What a job came to, recorded: each read one transaction, so that a kill loses at most the page on its way (D4).

use super::perform::{Performed, Told};
use super::queue::{Job, Pending};
use super::{Run, ScanError, ScanEvent};
use crate::collect::{Element, without_answer};
use crate::request::Request;
use caravan_inventory::{Observation, ObservationId, Scope, UnitState};
use caravan_inventory_store::{NewWork, PageRecord};
use caravan_providers::{Read, ReadError, ReadErrorKind};

/// A list that can't be read to its end in this many attempts changes faster than it can be read.
const MOST_RESTARTS: usize = 3;

impl Run<'_> {
    pub(super) fn record(&mut self, job: Job, performed: Performed) -> Result<(), ScanError> {
        self.queue.done(&job);
        match performed {
            Performed::Page(told, next) => {
                self.note_answer(&job);
                job.into_iter().zip(told).try_for_each(|(pending, told)| self.record_told(pending, told, next.clone()))
            }
            Performed::Failed(error, left) => self.record_failure(job, error, left),
        }
    }

    fn record_told(&mut self, pending: Pending, told: Told, next: Option<String>) -> Result<(), ScanError> {
        match told {
            Told::Found { count, elements, follow_up } => self.record_page(&pending, count, elements, follow_up, next),
            Told::Partly(why, told) => {
                let unit = pending.item.unit.clone();
                let state = UnitState::Partial;
                self.context.progress.tell(ScanEvent::Failed { unit: unit.clone(), state, reason: why.clone() });
                // The state first: were the process killed between the two, the read would be made again.
                self.store.set_unit_state(&self.scan, &unit, state, Some(&why))?;
                self.record_told(pending, *told, next)
            }
            Told::Unanswered(why, element) => self.record_loss(&pending, UnitState::Partial, &why, element),
        }
    }

    fn record_page(
        &mut self,
        pending: &Pending,
        found: u64,
        elements: Vec<Element>,
        follow_up: Vec<NewWork>,
        next: Option<String>,
    ) -> Result<(), ScanError> {
        // A call that the scan was begun without is not made: what waits for it is recorded as it is.
        let (follow_up, unknown): (Vec<NewWork>, Vec<NewWork>) =
            follow_up.into_iter().partition(|work| self.units.contains(&work.unit));
        let waiting = unknown.iter().filter_map(|work| without_answer(&Request::parse(&work.request)?));
        let elements: Vec<Element> = elements.into_iter().chain(waiting).collect();
        let observations =
            elements.into_iter().map(|element| self.observation(&pending.request.read, element)).collect();
        let page = PageRecord { work: pending.item.clone(), next, observations, found, units: Vec::new(), follow_up };
        let added = self.store.record_page(&page)?;
        let added = self.parse(added)?;
        self.queue.add(added);
        let unit = pending.item.unit.clone();
        let left = self.queue.left(&unit) as u64;
        self.context.progress.tell(ScanEvent::Page { unit, found, left });
        Ok(())
    }

    fn record_failure(&mut self, job: Job, error: ReadError, left: Vec<Option<Element>>) -> Result<(), ScanError> {
        let state = match error.kind {
            ReadErrorKind::Missing if job.len() > 1 => {
                // One of them was deleted since it was listed, and the answer doesn't say which.
                self.queue.split(job);
                return Ok(());
            }
            ReadErrorKind::Missing => {
                return job.iter().try_for_each(|pending| self.record_page(pending, 0, Vec::new(), Vec::new(), None));
            }
            ReadErrorKind::StaleToken if self.may_restart(&job) => return self.restart(job),
            // The account proved its identity, so credentials that were never taken in a region mean the region: that is
            // how AWS answers in one that the account has not enabled.
            ReadErrorKind::Credentials if !self.has_answered(&error) => UnitState::Denied,
            ReadErrorKind::Credentials => {
                // Their reads stay unmade in the store; the unit's state says why.
                for pending in &job {
                    self.store.set_unit_state(&self.scan, &pending.item.unit, UnitState::Denied, Some(&error.text))?;
                }
                return self.stop(&error.scope.provider_account(), &error.text);
            }
            ReadErrorKind::Denied => UnitState::Denied,
            ReadErrorKind::Throttled => UnitState::Throttled,
            ReadErrorKind::StaleToken | ReadErrorKind::Unusable | ReadErrorKind::Rejected => UnitState::Failed,
        };
        for (pending, element) in job.iter().zip(left) {
            let reason = match subject(pending) {
                Some(subject) => format!("{} (for {subject})", error.text),
                None => error.text.clone(),
            };
            self.record_loss(pending, state, &reason, element)?;
        }
        Ok(())
    }

    /// Records that a read gave nothing, and what was known of its thing before.
    fn record_loss(
        &mut self,
        pending: &Pending,
        state: UnitState,
        reason: &str,
        element: Option<Element>,
    ) -> Result<(), ScanError> {
        let unit = pending.item.unit.clone();
        self.context.progress.tell(ScanEvent::Failed { unit: unit.clone(), state, reason: reason.to_owned() });
        match element {
            None => Ok(self.store.fail_work(&pending.item, state, reason)?),
            Some(element) => {
                // The state first: were the process killed between the two, the read would be made again.
                self.store.set_unit_state(&self.scan, &unit, state, Some(reason))?;
                self.record_page(pending, 0, vec![element], Vec::new(), None)
            }
        }
    }

    fn note_answer(&mut self, job: &[Pending]) {
        if let Some(pending) = job.first() {
            self.answered.insert(pending.request.read.scope.clone());
        }
    }

    fn has_answered(&self, error: &ReadError) -> bool {
        self.answered.contains(&error.scope)
    }

    fn may_restart(&self, job: &[Pending]) -> bool {
        let restarted = |pending: &Pending| self.restarts.iter().filter(|id| **id == pending.item.id).count();
        job.iter().all(|pending| restarted(pending) < MOST_RESTARTS)
    }

    fn restart(&mut self, job: Job) -> Result<(), ScanError> {
        for pending in job {
            self.restarts.push(pending.item.id);
            let item = self.store.restart_work(&pending.item)?;
            self.queue.add([Pending { item, request: pending.request }]);
        }
        Ok(())
    }

    fn observation(&self, read: &Read, element: Element) -> Observation {
        let now = (self.context.now)();
        let Element { kind, name, api, body } = element;
        let Scope { provider: _, account, region } = &read.scope;
        Observation {
            id: ObservationId::of(kind, &read.scope, &name),
            kind,
            name,
            account: Some(account.clone()),
            region: Some(region.clone()),
            api,
            first_seen: now,
            last_seen: now,
            body,
        }
    }
}

/// What a read asked for, for a person.
fn subject(pending: &Pending) -> Option<&str> {
    let input = pending.request.read.input.as_object();
    let named = input.and_then(|input| input.values().find_map(serde_json::Value::as_str));
    pending.request.member.as_deref().or(named)
}
