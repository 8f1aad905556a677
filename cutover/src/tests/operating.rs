//! The operator's library: what is refused, and why; the words of a status.

use super::common::{http_route, records, rule};
use super::stage::{Room, quick};
use crate::operator::{
    Advice, ApprovalEvidence, NewRun, NewestSealError, NotReady, Run, RunState, StepProgress, SubmitError, WaitingFor,
    approve, approve_seal, check_ready, makes_sense, newest_seal, reviewed_seal, seal, submit,
};
use crate::{Approval, Command, JournalError, RunRecord};
use caravan_cutover_engine::{Hold, Moment, Outcome, Phase, State, Task};
use caravan_plans::{Drivers, WavePlan};

fn approval() -> Approval {
    Approval { who: "olivia".to_owned(), at: Moment(1), reason: None }
}

#[tokio::test]
async fn a_seal_follows_the_one_that_was_reviewed() {
    let room = Room::unstarted(vec![quick(http_route())]);
    let journal = room.journal();
    let error = newest_seal(&journal, "wave-1").await.unwrap_err();
    assert!(matches!(error, NewestSealError::NeverSealed { .. }), "{error}");
    let first = seal(&journal, room.plan.plan().clone(), "olivia", Moment(1)).await.unwrap();
    assert!(!first.unchanged && seal(&journal, room.plan.plan().clone(), "olivia", Moment(2)).await.unwrap().unchanged);
    let hash = first.sealed.hash().as_str();
    for short in [&hash[..7], "00000000"] {
        let error = approve_seal(&journal, "wave-1", short, &approval()).await.unwrap_err();
        assert!(matches!(error, NewestSealError::OtherSeal { .. }), "{error}");
    }
    assert_eq!(approve_seal(&journal, "wave-1", &hash[..8], &approval()).await.unwrap(), hash);
    let drivers = match room.plan.plan().drivers {
        Drivers::Shared => Drivers::OneMachine,
        Drivers::OneMachine => Drivers::Shared,
    };
    let changed = WavePlan { drivers, ..room.plan.plan().clone() };
    let second = seal(&journal, changed, "olivia", Moment(3)).await.unwrap().sealed;
    assert_eq!(second.plan().parent.as_ref(), Some(first.sealed.hash()));
    let error = reviewed_seal(&journal, "wave-1", hash).await.unwrap_err();
    assert!(matches!(error, NewestSealError::OtherSeal { newest, .. } if newest == second.hash().as_str()));
}

#[tokio::test]
async fn only_what_is_approved_and_safe_is_ready() {
    let room = Room::unstarted(vec![quick(rule())]);
    let journal = room.journal();
    let of = async |drivers, now| {
        let plan = WavePlan { drivers, ..room.plan.plan().clone() };
        seal(&journal, plan, "olivia", Moment(now)).await.unwrap().sealed
    };
    let shared = of(Drivers::Shared, 1).await;
    let error = check_ready(&journal, shared.clone()).await.unwrap_err();
    assert!(matches!(error, NotReady::Unapproved { .. }), "{error}");
    journal.approve(shared.hash().as_str(), &approval()).await.unwrap();
    let error = check_ready(&journal, shared).await.unwrap_err();
    assert!(matches!(error, NotReady::SeveralDrivers { .. }), "{error}");
    let alone = of(Drivers::OneMachine, 2).await;
    journal.approve(alone.hash().as_str(), &approval()).await.unwrap();
    let ready = check_ready(&journal, alone.clone()).await.unwrap();
    assert_eq!(ready.approvals(), [approval()]);

    // What can't be kept for people to take back by hand is not started.
    let backup = room.file().with_file_name("backup.db");
    let new = NewRun::of(&ready, "0.1.0", Moment(1_764_291_600_000));
    assert!(new.name().starts_with("wave-1-20251128-010000-"), "{}", new.name());
    let full = |_: &NewRun| Err(JournalError::DiskFull { file: backup.clone() });
    new.clone().create(&journal, &backup, full).await.unwrap_err();
    assert_eq!(journal.runs().await.unwrap(), []);
    let other = backup.with_file_name("backup-2.db");
    let kept = new.manual_rollback().to_owned();
    let keep = |new: &NewRun| {
        assert_eq!(new.manual_rollback(), kept);
        Ok::<_, JournalError>(())
    };
    let record: RunRecord = new.create(&journal, &other, keep).await.unwrap();
    assert!(
        kept.contains(&record.name)
            && crate::Journal::open_to_read(&other).unwrap().runs().await.unwrap() == [record.clone()]
    );
    let error = check_ready(&journal, alone).await.unwrap_err();
    assert!(matches!(error, NotReady::Busy { run, .. } if run == record.name));
}

#[tokio::test]
async fn a_command_that_makes_no_sense_says_where_the_run_stands() {
    let mut shift = quick(http_route());
    shift.stages[1].approval = true;
    let room = Room::new(vec![shift]).await;
    let journal = room.journal();
    let run = Run::read(&journal, "r1").await.unwrap();
    let error = submit(&journal, &run, &Command::Resume.by("olivia", Moment(1))).await.unwrap_err();
    let SubmitError::Unexpected { state: RunState::Planned, waiting_for: Some(waiting), .. } = &error else {
        panic!("{error:?}");
    };
    assert_eq!(**waiting, WaitingFor::Driver);
    assert_eq!(error.to_string(), "`resume` makes no sense now: run r1 is planned");
    assert!(matches!(ApprovalEvidence::of(&run), Err(SubmitError::Unexpected { command: Command::Approve, .. })));
    assert_eq!(journal.commands("r1").await.unwrap(), []);

    room.driver("d1").drive("r1", &room.plan, "olivia", |_| {}).await.unwrap();
    let run = Run::read(&journal, "r1").await.unwrap();
    let status = run.status();
    let evidence = ApprovalEvidence::of(&run).unwrap();
    assert_eq!(status.waiting_for, Some(WaitingFor::Approval { step: evidence.step.clone() }));
    assert_eq!(
        (evidence.baked, &evidence.change.after),
        (true, room.plan.plan().steps[0].standing(0, Some(1)).unwrap())
    );
    assert!(evidence.old_side.as_ref().is_some_and(|said| said.passed), "{evidence:?}");
    evidence.is_of(&evidence.step).unwrap();
    assert!(matches!(evidence.is_of("another"), Err(SubmitError::OtherStep { .. })));
    let mut run = run;
    approve(&journal, &mut run, evidence.shown, "olivia", Moment(2)).await.unwrap();
    let json = serde_json::to_value(run.full_status(&journal, Moment(9)).await.unwrap()).unwrap();
    assert_eq!(json["queued"], serde_json::json!(["approve by olivia"]));
    assert_eq!(json["waiting_for"], format!("approval of `{}`", evidence.step));
    assert_eq!(json["steps"][0]["state"], "done");
    // Nobody drives: a second approval of the same stage would only be refused later.
    let error = approve(&journal, &mut run, evidence.shown, "oscar", Moment(3)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("olivia has approved `{}` already: the approval waits for a driver", evidence.step)
    );
    assert_eq!(journal.commands("r1").await.unwrap().len(), 1);
}

/// Also where the journal ends between an answer and the intent that follows, which is where a driver that was killed leaves it.
#[tokio::test]
async fn a_rollback_can_be_commanded_after_every_entry_of_a_run() {
    let room = Room::new(vec![quick(http_route()), quick(rule())]).await;
    let journal = room.journal();
    room.driver("d1").drive("r1", &room.plan, "olivia", |_| {}).await.unwrap();
    let record = Run::read(&journal, "r1").await.unwrap().record().clone();
    let mut run = Run::untouched(&journal, record).await.unwrap();
    let (mut entries, mut recording) = (0, 0);
    let see = |(), run: &Run| {
        entries += 1;
        recording += usize::from(matches!(run.state().phase, Phase::Recording { .. }));
        let allowed = makes_sense(run, &Command::Rollback.by("olivia", Moment(1)));
        assert!(allowed.is_ok(), "at entry {}: {allowed:?}", run.sequence());
        assert!(next_commands(run).contains(&"rollback".to_owned()), "at entry {}", run.sequence());
    };
    run.follow(&journal, |_| (), see).await.unwrap();
    assert_eq!(run.state().phase, Phase::Shifted);
    assert!(entries > 30 && recording > 3, "{entries} entries, {recording} of them before an intent");
}

/// What whoever looks at a run is told that can be done.
fn next_commands(run: &Run) -> Vec<String> {
    Advice::next(run, false).iter().filter_map(|advice| advice.args.get(1).cloned()).collect()
}

/// The words of a status are those of the engine's phases, in JSON and for people.
#[test]
fn every_state_has_the_word_of_its_phase() {
    let plan = super::common::sealed(vec![records()]);
    let task = Task::Bake { step: 0 };
    let reason = || "full".to_owned();
    let phases = [
        Phase::Planned,
        Phase::FindingControllers { task, place: 0, tries: 0, not_before: None },
        Phase::Observing { task, tries: 0, not_before: None },
        Phase::Guarding { task, passed: 0, tries: 0, not_before: None },
        Phase::AwaitingApproval { task },
        Phase::Baking { task, since: None, rounds: 0, passed: 0, not_before: None, unknown: 0, blind: 0, old: None },
        Phase::Proving { task, since: None, rounds: 0, not_before: None },
        Phase::Paused,
        Phase::Held { reason: Hold::Adopted, pending: None },
        Phase::Stuck { task, reason: reason() },
        Phase::Shifted,
        Phase::JournalUnavailable { reason: reason() },
        Phase::LeaseLost,
    ];
    for phase in phases {
        let recording = Phase::Recording {
            event: Box::new(Command::Pause.by("olivia", Moment(1)).event()),
            then: Box::new(State { phase: phase.clone(), ..State::planned("r1", plan.plan()) }),
        };
        for phase in [&phase, &recording] {
            let state = RunState::from(phase);
            let expected = if let Phase::Recording { then, .. } = phase { then.phase.name() } else { phase.name() };
            assert_eq!((state.as_str(), serde_json::to_value(state).unwrap()), (expected, expected.into()));
        }
    }
    for (outcome, word) in
        [(Outcome::Done, "done"), (Outcome::RolledBack, "rolled-back"), (Outcome::Elsewhere, "ended-elsewhere")]
    {
        let state = RunState::from(&Phase::Finished(outcome));
        assert_eq!((state.as_str(), serde_json::to_value(state).unwrap()), (word, word.into()));
    }
    for state in [
        StepProgress::Pending,
        StepProgress::Running,
        StepProgress::Done,
        StepProgress::RollingBack,
        StepProgress::Released,
    ] {
        assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
    }
}

/// Who reads next morning of a run that was ended early sees who did it, and why: on its way there, and once it is over.
#[tokio::test]
async fn the_status_of_a_released_run_says_who_released_it_and_why() {
    use super::inbox::{approved, drive};
    use super::stage::Room;
    use crate::Request;
    use crate::operator::shown;
    use caravan_cutover_engine::Clock as _;
    for reason in [Some("the customer moves next week"), None] {
        let room = Room::new(vec![approved(super::common::http_route())]).await;
        drive(&room).await;
        // What waits for an approval is stopped first.
        room.submit(Command::Pause).await;
        drive(&room).await;
        let (journal, at) = (room.journal(), room.world.now());
        let shown = shown(&Run::read(&journal, "r1").await.unwrap());
        let request = Request { shown, reason: reason.map(str::to_owned), ..Command::Release.by("olivia", at) };
        journal.submit("r1", &request).await.unwrap();
        drive(&room).await;
        let run = Run::read(&journal, "r1").await.unwrap();
        assert!(run.state().is_over(), "{:?}", run.state().phase);
        let why = run.status().since.unwrap().why.expect("it says why").text;
        assert_eq!(why, reason.map_or("olivia released it".to_owned(), |why| format!("olivia released it: {why}")));
    }
}

/// Nothing at a rule of a load balancer tells whose work it is. A run that this journal has never driven has nothing there to take back: what
/// stands may be the work of the same run's twin in another journal.
#[tokio::test]
async fn the_rollback_of_a_run_that_was_never_driven_takes_back_nothing_that_is_not_its_own() {
    use super::stage::Room;
    use crate::DriverError;
    use caravan_cutover_engine::Clock as _;
    let room = Room::new(vec![quick(rule())]).await;
    let shift = room.plan.plan().shifts().next().unwrap().clone();
    let held = || room.world.with(|world| world.held(&shift.target).unwrap().snapshot.clone());
    let twins = shift.stages.last().unwrap().snapshot.clone();
    room.world.with(|world| world.edit(&shift.target, twins.clone(), None));
    room.submit(Command::Rollback).await;
    let drive = async || room.driver("d1").drive("r1", &room.plan, "somebody", |_| {}).await;
    let error = drive().await.unwrap_err();
    assert!(matches!(&error, DriverError::NotOfHere { .. }) && error.needs_person(), "{error}");
    assert!(error.to_string().contains("was never driven by this journal"), "{error}");
    assert_eq!(held(), twins, "it is as the other journal's run left it");
    assert!(room.journal().driver_of("r1").await.unwrap().is_none_or(|lease| !lease.holds(room.world.now())));
    // Once it stands as its plan found it, the run ends.
    room.world.with(|world| world.edit(&shift.target, shift.original.clone(), None));
    let driven = drive().await.unwrap();
    assert_eq!((driven.state.phase, held()), (Phase::Finished(Outcome::RolledBack), shift.original.clone()));
}
