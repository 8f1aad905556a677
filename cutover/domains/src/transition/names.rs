//! What the name servers of a customer's zone answer.

use super::Step;
use crate::{CustomerRecord, Hold, Lead, ServerAnswer, Stage};
use std::collections::BTreeSet;

/// Where a customer's name leads.
enum Leads {
    /// Every server says: to the new edge.
    New,
    /// Every server says: to the old edge.
    Old,
    /// To one or the other, by what is asked.
    Both,
    /// Some server says: elsewhere.
    Third(BTreeSet<String>),
    /// Some server says nothing.
    Unknown,
}

impl Leads {
    fn of(record: &CustomerRecord, answers: &[ServerAnswer]) -> Self {
        let said = || answers.iter().filter_map(|one| one.answer.as_ref().ok());
        let known = |values: &BTreeSet<String>| values.is_subset(&record.old) || values.is_subset(&record.new);
        // A name without a record is a third value, too: it leads nowhere.
        if let Some(third) = said().find(|values| values.is_empty() || !known(values)) {
            return Self::Third(third.clone());
        }
        if answers.is_empty() || answers.iter().any(|one| one.answer.is_err()) {
            return Self::Unknown;
        }
        match (said().all(|values| values.is_subset(&record.new)), said().all(|values| values.is_subset(&record.old))) {
            (true, _) => Self::New,
            (_, true) => Self::Old,
            _ => Self::Both,
        }
    }
}

impl Step<'_> {
    pub(super) fn names(&mut self, answers: &[ServerAnswer]) {
        let Lead::Customer(record) = &self.plan.lead else { return };
        let leads = Leads::of(record, answers);
        if self.state.stage == Stage::Back {
            return self.names_on_the_way_back(&leads);
        }
        self.state.watch.leads = Some(matches!(leads, Leads::New));
        match leads {
            Leads::Third(values) => {
                self.hold_if_free(Hold::ThirdValue(values));
                self.state.watch.evidence = None;
            }
            Leads::Unknown => self.state.watch.evidence = None,
            Leads::New => {
                self.state.regressed = false;
                self.clear_hold(|hold| matches!(hold, Hold::ThirdValue(_) | Hold::Parked));
                if self.state.stage == Stage::Flip {
                    self.state.moved = Some(self.at);
                    self.enter(Stage::Converging);
                }
            }
            Leads::Both => {
                self.state.watch.evidence = None;
                self.clear_hold(|hold| matches!(hold, Hold::ThirdValue(_)));
            }
            Leads::Old => self.leads_to_the_old(),
        }
    }

    fn leads_to_the_old(&mut self) {
        self.state.watch.evidence = None;
        self.clear_hold(|hold| matches!(hold, Hold::ThirdValue(_)));
        if self.state.stage != Stage::Flip {
            // They went back by themselves: both edges serve the name, and the soak begins anew.
            self.state.regressed = true;
            self.state.watch = crate::Watch { leads: Some(false), ..crate::Watch::default() };
            self.state.moved = None;
            self.state.released_by = None;
            self.state.told.remove(&crate::Message::Regressed);
            self.enter(Stage::Flip);
        }
        let is_late = self.state.instructed.is_some_and(|at| self.at >= at.plus_ms(self.plan.times.park));
        if is_late && !self.state.regressed {
            self.hold_if_free(Hold::Parked);
        }
    }

    fn names_on_the_way_back(&mut self, leads: &Leads) {
        self.state.watch.leads = Some(false);
        match leads {
            Leads::Old => {
                self.clear_hold(|hold| matches!(hold, Hold::ThirdValue(_)));
                self.state.restored = Some(self.at);
            }
            Leads::Third(values) => self.hold_if_free(Hold::ThirdValue(values.clone())),
            Leads::New | Leads::Both | Leads::Unknown => {}
        }
    }
}
