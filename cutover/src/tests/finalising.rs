//! What a person does after the soak: what is shown, who may, and what is told until nothing strange stays.

use super::common::{http_route, records, rule};
use super::stage::{Room, quick};
use crate::notice::{Courier, Notice, NoticeKind, Sender, Sending};
use crate::operator::{Advice, FinaliseEvidence, Run, RunState, RunStatus, SubmitError, approve, submit};
use crate::{Command, Journal, Request};
use caravan_cutover_engine::{Clock, Moment, Outcome, Phase, Shown, State};
use std::sync::{Arc, Mutex};

async fn drive(room: &Room) -> State {
    room.driver("d1").drive("r1", &room.plan, "somebody", |_| {}).await.unwrap().state
}

async fn read(room: &Room) -> Run {
    Run::read(&room.journal(), "r1").await.unwrap()
}

/// A run of all kinds of targets that has come to the new side.
async fn shifted() -> (Room, State) {
    let room = Room::new([records(), rule(), http_route()].map(quick).into()).await;
    let state = drive(&room).await;
    assert_eq!(state.phase, Phase::Shifted);
    (room, state)
}

async fn finalise(room: &Room, who: &str) -> Result<(), SubmitError> {
    let mut run = read(room).await;
    let shown = FinaliseEvidence::of(&run)?.shown;
    approve(&room.journal(), &mut run, shown, who, room.world.now()).await
}

fn status(run: &Run) -> serde_json::Value {
    serde_json::to_value(run.status()).unwrap()
}

#[tokio::test]
async fn two_persons_finalise_a_run_after_its_soak_and_until_then_its_status_says_what_remains() {
    let (room, _) = shifted().await;
    let run = read(&room).await;
    let RunStatus { soak: said, remains, .. } = run.status();
    let said = said.unwrap();
    assert_eq!((said.watched_seconds, said.left_seconds), (0, 600));
    assert!(said.approved_by.is_empty() && !said.no_way_back, "{said:?}");
    assert_eq!(remains.len(), 3);
    for (remains, strange) in remains.iter().zip(["set caravan-old", "weight 0", "weight 0"]) {
        let says = |lines: &[String]| lines.iter().any(|line| line.contains(strange));
        assert!(says(&remains.stands) && !says(&remains.becomes) && remains.commands.is_empty(), "{remains:#?}");
    }
    let evidence = FinaliseEvidence::of(&run).unwrap();
    assert_eq!((evidence.changes.len(), evidence.shown.entry), (3, run.sequence()));
    assert!(matches!(finalise(&room, "olivia").await, Err(SubmitError::Soaks { .. })));
    room.soak("d1").await;
    finalise(&room, "olivia").await.unwrap();
    // Nobody drives yet: what waits for a driver is an approval as well, however the name is spelt.
    for name in ["olivia", " Olivia "] {
        assert!(matches!(finalise(&room, name).await, Err(SubmitError::SamePerson { .. })), "{name}");
    }
    assert_eq!(drive(&room).await.phase, Phase::Shifted);
    let run = read(&room).await;
    assert_eq!(status(&run)["soak"]["approved_by"], serde_json::json!(["olivia"]));
    assert_eq!(status(&run)["waiting_for"], "another person, who approves as olivia did that it is finalised");
    assert!(matches!(finalise(&room, "olivia").await, Err(SubmitError::SamePerson { .. })));
    finalise(&room, "oscar").await.unwrap();
    assert_eq!(drive(&room).await.phase, Phase::Finished(Outcome::Done));
    assert!(room.world.stands(room.plan.plan(), false, |shift| { Box::leak(Box::new(shift.finalised().unwrap())) }));
    let run = read(&room).await;
    let told = status(&run);
    assert!(told.get("remains").is_none() && told.get("soak").is_none(), "{told}");
    assert!(matches!(FinaliseEvidence::of(&run), Err(SubmitError::Unexpected { .. })));
    // What was kept of its end alone says so as well.
    let end = room.journal().end("r1").await.unwrap().unwrap();
    assert!(end.state("r1", room.plan.plan()).steps.iter().all(|step| step.finalised));
}

#[tokio::test]
async fn a_run_that_is_released_says_for_ever_what_remains_and_how_it_is_turned_by_hand() {
    let (room, _) = shifted().await;
    let release = Request { reason: Some("the lab".to_owned()), ..Command::Release.by("olivia", Moment(1)) };
    submit(&room.journal(), &read(&room).await, &release).await.unwrap();
    assert_eq!(drive(&room).await.phase, Phase::Finished(Outcome::Done));
    let remains = read(&room).await.status().remains;
    assert_eq!(remains.len(), 3);
    let commands = [
        ["aws route53 change-resource-record-sets", "new.elb.amazonaws.com."],
        ["aws elbv2 modify-rule", "arn:new"],
        ["kubectl --context 'main'", "\"name\":\"rates\""],
    ];
    for (remains, says) in remains.iter().zip(commands) {
        let is_said = |line: &String| says.iter().all(|text| line.contains(text));
        assert!(remains.commands.iter().any(is_said), "{remains:#?}");
    }
}

#[tokio::test]
async fn a_run_that_ends_half_way_says_what_it_leaves_and_one_that_went_back_leaves_nothing() {
    let mut shift = quick(records());
    shift.stages[1].approval = true;
    for (command, remains) in [(Command::Release, 1), (Command::Rollback, 0)] {
        let room = Room::new(vec![shift.clone()]).await;
        assert!(matches!(drive(&room).await.phase, Phase::AwaitingApproval { .. }));
        for command in [Command::Pause, command] {
            room.submit(command).await;
            drive(&room).await;
        }
        let told = read(&room).await.status();
        assert_eq!((told.state == RunState::EndedElsewhere, told.remains.len()), (remains > 0, remains));
        let is_bare = |one: &crate::operator::RemainsStatus| one.becomes.is_empty() && one.commands.is_empty();
        assert!(told.remains.iter().all(is_bare), "nobody knows what it should become: {:?}", told.remains);
    }
}

#[tokio::test]
async fn an_approval_to_finalise_holds_for_what_was_shown_and_is_refused_until_a_driver_has_watched() {
    let (room, state) = shifted().await;
    let (journal, mut run) = (room.journal(), read(&room).await);
    let shown = FinaliseEvidence::of(&run).unwrap().shown;
    // No clock that is ahead makes it soak, neither where it is left nor where it is taken in.
    let ahead = Moment(state.as_of.0 + 10 * room.plan.plan().soak_ms);
    let early = approve(&journal, &mut run, shown, "olivia", ahead).await;
    assert!(matches!(early, Err(SubmitError::Soaks { left_seconds: 600, .. })), "{early:?}");
    let request = Request { shown: Some(shown), ..Command::Finalise.by("olivia", ahead) };
    journal.submit("r1", &request).await.unwrap();
    room.world.with(|world| world.pass_until(ahead.0));
    assert!(drive(&room).await.finalise_approved_by.is_empty());
    assert!(journal.refusals("r1").await.unwrap()[0].why.contains("the soak is not over for another"));
    room.soak("d1").await;
    for wrong in [Shown { step: 0, ..shown }, Shown { entry: 1, ..shown }] {
        let request = Request { shown: Some(wrong), ..Command::Finalise.by("olivia", room.world.now()) };
        journal.submit("r1", &request).await.unwrap();
        assert!(drive(&room).await.finalise_approved_by.is_empty());
        assert!(journal.refusals("r1").await.unwrap()[0].why.contains("has gone on since"));
    }
    // Without anything that was shown no driver takes it in.
    journal.submit("r1", &Command::Finalise.by("olivia", room.world.now())).await.unwrap();
    assert!(drive(&room).await.finalise_approved_by.is_empty());
    // Drivers that came and went have changed nothing of what was shown.
    approve(&journal, &mut run, shown, "olivia", room.world.now()).await.unwrap();
    assert_eq!(drive(&room).await.finalise_approved_by.len(), 1);
    submit(&journal, &read(&room).await, &Command::Rollback.by("olivia", room.world.now())).await.unwrap();
    assert_eq!(drive(&room).await.phase, Phase::Finished(Outcome::RolledBack));
    let error = approve(&journal, &mut run, shown, "oscar", room.world.now()).await.unwrap_err();
    assert!(matches!(error, SubmitError::Outdated { .. }), "{error}");
}

#[derive(Clone, Default)]
struct Inbox(Arc<Mutex<Vec<Notice>>>);

impl Sender for Inbox {
    fn send<'a>(&'a self, notice: &'a Notice) -> Sending<'a> {
        Box::pin(async {
            self.0.lock().unwrap().push(notice.clone());
            Ok(())
        })
    }
}

#[tokio::test]
async fn people_are_told_of_the_soak_and_that_another_person_is_waited_for() {
    let (room, inbox) = (Room::new(vec![quick(http_route())]).await, Inbox::default());
    let receiver = crate::notice::Receiver {
        name: "team".to_owned(),
        kinds: NoticeKind::ALL.into(),
        sender: Box::new(inbox.clone()),
    };
    let command = |advice: &Advice| format!("caravan {}", advice.args.join(" "));
    let courier: Courier<Journal, _> =
        Courier::new(room.journal(), room.world.clone(), vec![receiver], command).await.unwrap();
    drive(&room).await;
    room.soak("d1").await;
    finalise(&room, "olivia").await.unwrap();
    drive(&room).await;
    for _ in 0..3 {
        room.world.with(|world| world.pass_until(world.now() + 1_000));
        courier.make_round(&|_, _| {}).await.unwrap();
    }
    let told = inbox.0.lock().unwrap().clone();
    let whys: Vec<(NoticeKind, &str)> = told.iter().map(|notice| (notice.kind, notice.why.as_str())).collect();
    assert_eq!(whys.len(), 2, "{whys:?}");
    assert!(whys[0].1.contains("its soak and two persons"), "{whys:?}");
    assert_eq!(whys[1], (NoticeKind::Approval, "another person, who approves as olivia did that it is finalised"));
    assert!(told[1].next[0].starts_with("caravan cutover finalise r1 --run-name r1 --entry "), "{:?}", told[1].next);
}
