//! Hand-overs in trouble: never two owners at work, never none for ever, and always a command that gets out.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that can't go on fails loudly")]

#[path = "../../rehearsal/tests/common/mod.rs"]
#[expect(dead_code, reason = "it holds the plans of other tests, too")]
mod common;

use caravan_cutover_engine::{
    Deferred, Direction, Effect, Event, Hold, Moment, Phase, REVISION, State, Task, effects, transition,
};
use caravan_plans::{Sealed, Step};
use caravan_providers::target::{SimulatedWork, Snapshot};
use caravan_providers::{Activity, Call, CallError, Reply, Verdict};

/// A run of one hand-over, of which the test answers every call.
struct Run {
    plan: Sealed,
    state: State,
    now: Moment,
    /// What stands at the old owner and at the new one.
    standing: [Snapshot; 2],
    is_working: [bool; 2],
    /// Which owners were written to.
    written: Vec<usize>,
}

impl Run {
    fn new() -> Self {
        let mut hand_over = common::hand_over(SimulatedWork::Consumer, "orders");
        hand_over.approval = false;
        let standing = [hand_over.switches[0].original.clone(), hand_over.switches[1].original.clone()];
        let plan = common::sealed_steps(vec![Step::HandOver(hand_over)]);
        let state = State::planned("r1", plan.plan());
        let mut run = Self { plan, state, now: Moment(0), standing, is_working: [true, false], written: Vec::new() };
        run.take(Event::Started { who: "olivia".to_owned(), epoch: 1, at: Moment(0), revision: REVISION });
        run
    }

    fn take(&mut self, event: Event) {
        let state = transition(&self.plan, self.state.clone(), event).unwrap();
        self.state = match state.phase {
            Phase::Recording { .. } => transition(&self.plan, state, Event::Recorded).unwrap(),
            _ => state,
        };
        // What is intended is recorded by itself.
        if matches!(self.state.phase, Phase::Recording { .. }) {
            self.state = transition(&self.plan, self.state.clone(), Event::Recorded).unwrap();
        }
    }

    fn command(&mut self, event: fn(String, Moment) -> Event) {
        self.take(event("olivia".to_owned(), self.now));
    }

    fn reply(&mut self, reply: Result<Reply, CallError>) {
        self.take(Event::Replied { reply, at: self.now });
    }

    fn place(&self, call: &Call) -> Option<usize> {
        let target = call.target()?;
        self.plan.plan().targets().position(|other| other == target)
    }

    /// The call that is wanted now; waits and checks of the lease go by.
    fn wanted(&mut self) -> Option<Call> {
        for _ in 0..10 {
            match effects(&self.plan, &self.state)? {
                Effect::Call(call) => return Some(*call),
                Effect::CheckLease => self.take(Event::Leased(true)),
                Effect::WaitUntil(moment) => {
                    self.now = moment;
                    self.take(Event::Woke { at: moment });
                }
                Effect::Append(_) => self.take(Event::Recorded),
            }
        }
        panic!("no call is wanted: {:?}", self.state.phase)
    }

    /// Answers a call as the world is.
    fn answer(&mut self, call: &Call) {
        let place = self.place(call);
        self.now = self.now.plus_ms(50);
        let reply = match call {
            Call::Observe(_) => Reply::Observed { snapshot: self.standing[place.unwrap()].clone(), token: None },
            Call::Controllers(_) => Reply::Controllers(Vec::new()),
            Call::Activity(_) if self.is_working[place.unwrap()] => Reply::Activity(Activity::Working),
            Call::Activity(_) => Reply::Activity(Activity::Idle),
            Call::Probe(_) => Reply::Probed(Verdict::Pass),
            Call::All(_) | Call::WriteAll(_) => unreachable!("owners share no batch"),
            Call::Status { .. } => Reply::Settled,
            Call::Write(write) => {
                let place = place.unwrap();
                self.standing[place] = write.after.clone();
                self.is_working[place] = matches!(write.after, Snapshot::Activation { active: true, .. });
                self.written.push(place);
                Reply::Accepted { ticket: None }
            }
        };
        self.reply(Ok(reply));
    }

    /// Goes on as the world is until a call of this kind is wanted at the new owner, and gives it unanswered.
    fn until(&mut self, kind: fn(&Call) -> bool) -> Call {
        for _ in 0..100 {
            let call = self.wanted().unwrap_or_else(|| panic!("it rests in {:?}", self.state.phase));
            // The first questions are asked while the old owner still works.
            if kind(&call) && self.place(&call) == Some(1) && self.written == [0] {
                return call;
            }
            self.answer(&call);
        }
        panic!("it never comes to that: {:?}", self.state.phase)
    }

    /// Goes on as the world is until it waits for a person or is over.
    fn rest(&mut self) -> &Phase {
        for _ in 0..300 {
            // What was refused is tried again for ever.
            if self.state.waits_for_person() && self.state.refusals > 0 {
                return &self.state.phase;
            }
            match self.wanted() {
                Some(call) => self.answer(&call),
                None => return &self.state.phase,
            }
        }
        panic!("it never rests: {:?}", self.state.phase)
    }
}

fn is_write(call: &Call) -> bool {
    matches!(call, Call::Write(_))
}

fn is_observation(call: &Call) -> bool {
    matches!(call, Call::Observe(_))
}

fn started(settings: i32) -> Snapshot {
    Snapshot::Activation { active: true, settings: serde_json::json!({"batchSize": settings}) }
}

fn aborted(who: String, at: Moment) -> Event {
    Event::Aborted { who, at, despite_probes: None }
}

#[test]
fn the_old_owner_is_not_started_beside_a_new_one_that_somebody_else_started_in_the_gap() {
    let mut run = Run::new();
    run.until(is_observation);
    (run.standing[1], run.is_working[1]) = (started(10), true);
    assert!(matches!(run.rest(), Phase::Held { reason: Hold::StillAtWork(_), .. }), "{:?}", run.state.phase);
    assert_eq!((run.written.as_slice(), run.is_working), (&[0][..], [false, true]), "the old owner stays stopped");
    // Somebody stops it again: then the old one is started.
    (run.standing[1], run.is_working[1]) = (run.plan.plan().steps[0].original(1).unwrap().clone(), false);
    run.command(|who, at| Event::Retried { who, at });
    assert!(matches!(run.rest(), Phase::Finished(_)));
    assert_eq!(run.is_working, [true, false]);
}

/// Whoever outlasts the time that the plan gives it, and a right that is missing for a while, keep nobody from work for ever.
#[test]
fn an_owner_that_is_not_proved_to_rest_is_asked_on_until_it_does() {
    for denied in [false, true] {
        let mut run = Run::new();
        run.until(is_observation);
        run.command(aborted);
        // The old owner was switched off: it is proved to rest before anybody is started.
        let mut asked = 0;
        while asked < 400 && !matches!(run.state.phase, Phase::Finished(_)) {
            let Some(call) = run.wanted() else { break };
            let is_question = matches!(call, Call::Activity(_)) && run.place(&call) == Some(1);
            match is_question && asked < 200 {
                true if denied => run.reply(Err(CallError::Denied("pods is forbidden".to_owned()))),
                true => run.reply(Ok(Reply::Activity(Activity::Working))),
                false => run.answer(&call),
            }
            asked += u32::from(is_question);
            if let Phase::Held { reason, .. } = &run.state.phase {
                let is_right =
                    matches!((denied, reason), (false, Hold::StillAtWork(_)) | (true, Hold::Inconclusive(_)));
                assert!(is_right, "{reason:?}");
                assert!(!run.is_working[0], "nobody is started beside it");
            }
        }
        assert!(matches!(run.state.phase, Phase::Finished(_)), "{denied}: {:?}", run.state.phase);
        assert_eq!(run.is_working, [true, false]);
    }
}

#[test]
fn the_old_owner_is_not_started_while_the_start_of_the_new_one_may_still_land() {
    let mut run = Run::new();
    let Call::Write(write) = run.until(is_write) else { unreachable!() };
    run.reply(Ok(Reply::Accepted { ticket: Some("C1".to_owned()) }));
    run.command(aborted);
    let sent = run.now;
    run.wanted().unwrap();
    run.reply(Ok(Reply::Pending));
    // It is not to be seen for a while, and lands then.
    while !matches!(run.state.phase, Phase::InDoubt { .. }) {
        let call = run.wanted().unwrap();
        assert_eq!(run.place(&call), Some(1), "{call:?}");
        run.answer(&call);
    }
    run.wanted().unwrap();
    assert!(run.now.0 >= sent.0 + u64::from(write.in_flight) * 1000, "observed after the in-flight bound alone");
    let call = run.wanted().unwrap();
    run.answer(&call);
    (run.standing[1], run.is_working[1]) = (write.after, true);
    assert!(matches!(run.rest(), Phase::Held { reason: Hold::StillAtWork(_), .. }), "{:?}", run.state.phase);
    assert_eq!(run.is_working, [false, true], "never two owners");
}

#[test]
fn a_start_that_nobody_may_look_at_ends_with_a_person_who_can_get_out() {
    let mut run = Run::new();
    run.until(is_write);
    run.reply(Err(CallError::InDoubt("no answer".to_owned())));
    let denied = || CallError::Denied("not any more".to_owned());
    for _ in 0..20 {
        match run.wanted() {
            Some(call) => {
                assert!(is_observation(&call) && run.place(&call) == Some(1), "{call:?}");
                run.reply(Err(denied()));
            }
            None => break,
        }
    }
    assert!(matches!(run.state.phase, Phase::Held { pending: Some(_), .. }), "{:?}", run.state.phase);
    assert_eq!((run.state.direction, run.state.deferred), (Direction::Back, Deferred::None));
    for get_out in [
        Event::Adopted { who: "olivia".to_owned(), at: run.now, shown: None },
        Event::Released { who: "olivia".to_owned(), at: run.now, reason: None },
        Event::Retried { who: "olivia".to_owned(), at: run.now },
    ] {
        transition(&run.plan, run.state.clone(), get_out).unwrap();
    }
    // The right is back, and the write was never made: the old owner goes on.
    run.command(|who, at| Event::Retried { who, at });
    assert!(matches!(run.rest(), Phase::Finished(_)));
    assert_eq!(run.is_working, [true, false]);
}

#[test]
fn a_start_whose_provider_is_away_is_asked_for_until_it_is_back() {
    let mut run = Run::new();
    run.until(is_write);
    run.reply(Err(CallError::InDoubt("no answer".to_owned())));
    for _ in 0..200 {
        run.wanted().unwrap();
        run.reply(Err(CallError::NotSent("no route to host".to_owned())));
    }
    assert!(matches!(run.rest(), Phase::Finished(_)));
    assert_eq!(run.is_working, [true, false]);
}

#[test]
fn a_refused_start_and_somebody_else_s_state_turn_back_instead_of_waiting() {
    let mut run = Run::new();
    run.until(is_write);
    run.standing[1] = Snapshot::Activation { active: false, settings: serde_json::json!({"batchSize": 7}) };
    run.reply(Err(CallError::Conflict("not as believed".to_owned())));
    // The old owner is at work again; what somebody made of the new one keeps the run from saying that all is as it was.
    while !matches!(run.state.phase, Phase::Conflict { .. }) {
        let call = run.wanted().unwrap();
        run.answer(&call);
    }
    assert_eq!(run.is_working, [true, false]);
    run.standing[1] = Snapshot::Activation { active: false, settings: serde_json::json!({"batchSize": 10}) };
    assert!(matches!(run.rest(), Phase::Finished(_)), "{:?}", run.state.phase);
}

#[test]
fn a_pause_waits_until_the_new_owner_is_proved_to_be_at_work() {
    let paused = |who, at| Event::Paused { who, at };
    for in_proof in [false, true] {
        let mut run = Run::new();
        if in_proof {
            let call = run.until(is_write);
            run.answer(&call);
            while !matches!(run.state.phase, Phase::Proving { task: Task::Prove { place: 1, .. }, .. }) {
                let call = run.wanted().unwrap();
                run.answer(&call);
            }
        } else {
            run.until(is_write);
        }
        run.command(paused);
        assert_ne!(run.state.phase, Phase::Paused);
        assert_eq!(run.rest(), &Phase::Paused);
        assert_eq!((run.is_working, run.state.steps[0].unproven), ([false, true], None), "in proof: {in_proof}");
    }
    // One that never comes to work is not waited for: the old one is started again.
    let mut run = Run::new();
    let call = run.until(is_write);
    run.answer(&call);
    run.is_working[1] = false;
    run.command(paused);
    assert_eq!(run.rest(), &Phase::Paused);
    run.command(|who, at| Event::Resumed { who, at });
    assert!(matches!(run.rest(), Phase::Finished(_)), "{:?}", run.state.phase);
    assert_eq!(run.is_working, [true, false]);
}
