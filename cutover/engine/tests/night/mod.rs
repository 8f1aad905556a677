//! A run, and what goes wrong in its night.

use crate::common;
use caravan_cutover_engine::{
    Effect, Event, Moment, Outcome, Phase, REVISION, State, effects, replay, soak_left_ms, transition,
};
use caravan_plans::{Sealed, Step};
use caravan_providers::target::{FencingToken, Snapshot, Target};
use caravan_providers::{Activity, Call, CallError, Reply, Verdict, Write};

pub(crate) type Answer = Result<Reply, CallError>;
type Trouble = Box<dyn Fn(&Call, u64) -> Option<Answer>>;

/// A run against targets that are written to as they should be, but for what the trouble answers.
pub(crate) struct Night {
    pub(crate) plan: Sealed,
    pub(crate) state: State,
    pub(crate) now: u64,
    pub(crate) held: Vec<(Snapshot, Option<FencingToken>)>,
    pub(crate) journal: Vec<Event>,
    pub(crate) trouble: Trouble,
}

impl Night {
    pub(crate) fn new(step: Step, trouble: impl Fn(&Call, u64) -> Option<Answer> + 'static) -> Self {
        Self::wave(vec![step], trouble)
    }

    pub(crate) fn wave(steps: Vec<Step>, trouble: impl Fn(&Call, u64) -> Option<Answer> + 'static) -> Self {
        let plan = common::sealed_steps(steps);
        let steps = plan.plan().steps.iter();
        let originals = steps.flat_map(|step| (0..step.places()).filter_map(|place| step.original(place)));
        let held = originals.map(|original| (original.clone(), None)).collect();
        let state = State::planned("r1", plan.plan());
        let mut night = Self { plan, state, now: 0, held, journal: Vec::new(), trouble: Box::new(trouble) };
        night.take(Event::Started { who: "olivia".to_owned(), epoch: 1, at: Moment(0), revision: REVISION });
        night
    }

    pub(crate) fn take(&mut self, event: Event) {
        self.state = transition(&self.plan, self.state.clone(), event).unwrap();
        while let Some(Effect::Append(event)) = effects(&self.plan, &self.state) {
            self.journal.push(event);
            self.state = transition(&self.plan, self.state.clone(), Event::Recorded).unwrap();
        }
    }

    /// A driver watches for so many milliseconds of the soak, with evidence.
    pub(crate) fn watched(&mut self, watched_ms: u64) {
        self.now += watched_ms;
        self.take(Event::Soaked { watched_ms, at: Moment(self.now) });
    }

    /// A driver watches until the soak is over.
    pub(crate) fn soak(&mut self) {
        self.watched(soak_left_ms(self.plan.plan(), &self.state).unwrap());
    }

    pub(crate) fn command(&mut self, event: fn(String, Moment) -> Event) {
        self.take(event("olivia".to_owned(), Moment(self.now)));
    }

    /// Goes on until a moment, or until it rests; each call takes 50 ms. Nobody does anything but approve.
    pub(crate) fn until(&mut self, moment: u64) -> &mut Self {
        while self.now < moment {
            let Some(event) = self.next(moment) else { break };
            self.take(event);
        }
        self
    }

    /// What the next effect brings; none where the run rests, or waits until after a moment.
    pub(crate) fn next(&mut self, moment: u64) -> Option<Event> {
        Some(match effects(&self.plan, &self.state) {
            Some(Effect::CheckLease) => Event::Leased(true),
            Some(Effect::WaitUntil(at)) if at.0 > moment => {
                self.now = moment;
                return None;
            }
            Some(Effect::WaitUntil(at)) => {
                self.now = self.now.max(at.0);
                Event::Woke { at }
            }
            Some(Effect::Call(call)) => {
                self.now += 50;
                let reply = (self.trouble)(&call, self.now).unwrap_or_else(|| self.answer(&call));
                Event::Replied { reply, at: Moment(self.now) }
            }
            None if matches!(self.state.phase, Phase::AwaitingApproval { .. }) => {
                Event::Approved { who: "olivia".to_owned(), at: Moment(self.now), shown: None }
            }
            _ => return None,
        })
    }

    pub(crate) fn answer(&mut self, call: &Call) -> Answer {
        let place = call.target().map(|target| self.place(target));
        match call {
            Call::Observe(_) => {
                let (snapshot, token) = self.held[place.unwrap()].clone();
                Ok(Reply::Observed { snapshot, token })
            }
            Call::Controllers(_) => Ok(Reply::Controllers(Vec::new())),
            Call::Write(write) => {
                self.held[place.unwrap()] = (write.after.clone(), write.token_after.clone());
                Ok(Reply::Accepted { ticket: Some("C1".to_owned()) })
            }
            Call::Status { .. } => Ok(Reply::Settled),
            Call::Activity(_) => {
                let works = matches!(self.held[place.unwrap()].0, Snapshot::Activation { active: true, .. });
                Ok(Reply::Activity(if works { Activity::Working } else { Activity::Idle }))
            }
            Call::Probe(_) => Ok(Reply::Probed(Verdict::Pass)),
            Call::All(calls) => Ok(Reply::All(calls.iter().map(|call| self.answer_one(call)).collect())),
            // All or nothing, as Route 53 does it.
            Call::WriteAll(writes) => {
                let places: Vec<usize> = writes.iter().map(|write| self.place(&write.target)).collect();
                let stands = |(write, place): (&Write, &usize)| {
                    self.held[*place] == (write.before.clone(), write.token_before.clone())
                };
                if !writes.iter().zip(&places).all(stands) {
                    return Err(CallError::Conflict("a name is not as the batch believes".to_owned()));
                }
                for (write, place) in writes.iter().zip(places) {
                    self.held[place] = (write.after.clone(), write.token_after.clone());
                }
                Ok(Reply::Accepted { ticket: Some("C1".to_owned()) })
            }
        }
    }

    /// What several questions at once bring of one: the trouble of its target is its own.
    fn answer_one(&mut self, call: &Call) -> Answer {
        (self.trouble)(call, self.now).unwrap_or_else(|| self.answer(call))
    }

    fn place(&self, target: &Target) -> usize {
        self.plan.plan().targets().position(|other| other == target).unwrap()
    }

    pub(crate) fn is_back(&self) -> bool {
        matches!(self.state.phase, Phase::Finished(Outcome::RolledBack))
    }

    /// Whether what stands is what stood at first, and the journal tells the same story.
    pub(crate) fn assert_exact(&self) {
        let original = self.plan.plan().steps[0].original(0).unwrap().clone();
        assert_eq!(self.held[0], (original, None));
        assert_eq!(replay("r1", &self.plan, &self.journal).unwrap(), self.state);
    }
}
