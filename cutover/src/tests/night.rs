//! What a person relies on at night: how a run ended, what an approval holds for, what can be read and run by hand.
#![expect(clippy::disallowed_methods, reason = "these tests write and run a script, as a person does")]

use super::common::{http_route, records, rule};
use super::stage::{Room, quick};
use crate::operator::{
    ApprovalEvidence, NewRun, Run, RunState, SubmitError, approve, check_ready, seal, shown, status, submit,
    submit_shown,
};
use crate::{Approval, Command, Journal, Request};
use caravan_cutover_engine::{Clock, Moment, Outcome, Phase, Shown, State, Task};
use caravan_inventory::WorkloadId;
use caravan_plans::{Shift, WavePlan};
use caravan_providers::target::Target;
use caravan_providers_simulated::{Outage, Trouble, touched};
use std::os::unix::fs::PermissionsExt as _;

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
}

async fn drive(room: &Room) -> State {
    room.driver("d1").drive("r1", &room.plan, "somebody", |_| {}).await.unwrap().state
}

fn approved(mut shift: Shift) -> Shift {
    shift = quick(shift);
    shift.stages[1].approval = true;
    shift
}

#[tokio::test]
async fn a_run_whose_target_was_taken_back_by_hand_and_adopted_does_not_end_as_done() {
    for shift in [http_route(), rule(), records()] {
        let room = Room::new(vec![approved(shift)]).await;
        assert!(matches!(drive(&room).await.phase, Phase::AwaitingApproval { .. }));
        let first = room.plan.plan().shifts().next().unwrap();
        room.world.with(|world| world.edit(&first.target, first.original.clone(), None));
        room.submit(Command::Approve).await;
        assert!(matches!(drive(&room).await.phase, Phase::Conflict { .. }));
        for command in [Command::Adopt, Command::Resume, Command::Release] {
            room.submit(command).await;
            drive(&room).await;
        }
        let run = Run::read(&room.journal(), "r1").await.unwrap();
        assert_eq!(run.state().phase, Phase::Finished(Outcome::Elsewhere));
        assert_eq!(serde_json::to_value(run.status()).unwrap()["state"], "ended-elsewhere");
    }
}

/// What somebody says of one conflict is about that one: another that came since refuses it, and says what has changed.
#[tokio::test]
async fn what_is_left_to_others_is_what_its_giver_was_shown() {
    for shift in [http_route(), rule(), records()] {
        let room = Room::new(vec![approved(shift)]).await;
        let journal = room.journal();
        assert!(matches!(drive(&room).await.phase, Phase::AwaitingApproval { .. }));
        let first = room.plan.plan().shifts().next().unwrap();
        let (target, original) = (first.target.clone(), first.original.clone());
        room.world.with(|world| world.edit(&target, touched(&target, &original), None));
        room.submit(Command::Approve).await;
        assert!(matches!(drive(&room).await.phase, Phase::Conflict { .. }));
        let read = Run::read(&journal, "r1").await.unwrap();
        let adopt = Request { shown: shown(&read), ..Command::Adopt.by("olivia", Moment(1)) };
        // They change it once more, and somebody else has the run look again.
        room.world.with(|world| world.edit(&target, original.clone(), None));
        submit(&journal, &read, &Command::Retry.by("rick", Moment(2))).await.unwrap();
        // The word about the first conflict was left before, and is taken in after the second one was found.
        journal.submit("r1", &adopt).await.unwrap();
        let state = drive(&room).await;
        assert!(matches!(state.phase, Phase::Conflict { .. }), "{:?}", state.phase);
        assert!(!state.steps[0].released_to_others, "it was not about this one");
        let refused = journal.refusals("r1").await.unwrap();
        assert!(refused[0].why.contains("has gone on since"), "{}", refused[0].why);
        // Nor is it left any more, and whoever gives it is told what stands there now.
        let mut run = read.clone();
        let error = submit_shown(&journal, &mut run, &adopt).await.unwrap_err();
        let SubmitError::Outdated { changes, .. } = &error else { panic!("{error:?}") };
        assert!(changes.contains("retry by rick") && changes.contains("there now"), "{changes}");
        let adopt = Request { shown: shown(&run), ..adopt };
        submit_shown(&journal, &mut run, &adopt).await.unwrap();
        assert!(drive(&room).await.steps[0].released_to_others);
    }
}

/// What somebody says of what stands is about what they were shown, also where nobody has looked since: the run looks before it takes
/// that for right, on its way forward and back.
#[tokio::test]
async fn what_is_left_to_others_is_looked_at_before() {
    for (shift, back) in
        [http_route(), rule(), records()].into_iter().flat_map(|one| [(one.clone(), false), (one, true)])
    {
        for command in [Command::Adopt, Command::Release] {
            let room = Room::new(vec![approved(shift.clone())]).await;
            let journal = room.journal();
            assert!(matches!(drive(&room).await.phase, Phase::AwaitingApproval { .. }));
            let first = room.plan.plan().shifts().next().unwrap();
            let (target, stage) = (first.target.clone(), first.stages[1].snapshot.clone());
            room.world.with(|world| world.edit(&target, touched(&target, &stage), None));
            room.submit(if back { Command::Rollback } else { Command::Approve }).await;
            assert!(matches!(drive(&room).await.phase, Phase::Conflict { .. }));
            let read = Run::read(&journal, "r1").await.unwrap();
            let request =
                Request { shown: shown(&read), reason: Some("theirs".to_owned()), ..command.by("olivia", Moment(1)) };
            submit(&journal, &read, &request).await.unwrap();
            // It waits for a driver. Meanwhile they change it once more.
            room.world.with(|world| world.edit(&target, stage.clone(), None));
            let state = drive(&room).await;
            // A rule bears no token: on the way back a later stage of the plan counts as the run's own.
            if back && matches!(target, Target::ListenerRule(_)) {
                assert_eq!(state.phase, Phase::Finished(Outcome::RolledBack));
                continue;
            }
            let Phase::Conflict { live, .. } = &state.phase else { panic!("{back} {command}: {:?}", state.phase) };
            assert_eq!((&**live, state.steps[0].released_to_others), (&stage, false));
            let refused = journal.refusals("r1").await.unwrap();
            assert!(
                refused[0].why.contains("has gone on since") && refused[0].why.contains("there now"),
                "{refused:?}"
            );
            // Of what stands now it is taken in.
            let read = Run::read(&journal, "r1").await.unwrap();
            submit(&journal, &read, &Request { shown: shown(&read), ..request }).await.unwrap();
            let state = drive(&room).await;
            assert!(state.steps[0].released_to_others || state.cut_short, "{:?}", state.phase);
        }
    }
}

/// A release means the state in which its giver saw the run.
#[tokio::test]
async fn a_release_given_at_the_end_does_not_end_a_run_that_went_back_since() {
    let room = Room::new(vec![quick(http_route())]).await;
    let journal = room.journal();
    assert_eq!(drive(&room).await.phase, Phase::Shifted);
    let read = Run::read(&journal, "r1").await.unwrap();
    submit(&journal, &read, &Command::Rollback.by("rick", Moment(1))).await.unwrap();
    // Nothing can be written: it repeats.
    let api = room.plan.plan().targets().next().unwrap().kind().budget();
    room.world.with(|world| {
        let from = world.now();
        world.trouble(Trouble { api, outage: Outage::Unreachable, from, until: from + 60_000 });
    });
    let release = Request { reason: Some("done".to_owned()), ..Command::Release.by("olivia", Moment(2)) };
    submit(&journal, &read, &release).await.unwrap();
    assert_eq!(drive(&room).await.phase, Phase::Finished(Outcome::RolledBack));
    assert_eq!(journal.refusals("r1").await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_run_that_is_released_half_way_wants_a_reason_and_ends_elsewhere() {
    let room = Room::new(vec![quick(http_route())]).await;
    let journal = room.journal();
    room.submit(Command::Pause).await;
    assert_eq!(drive(&room).await.phase, Phase::Paused);
    let run = Run::read(&journal, "r1").await.unwrap();
    let release = Command::Release.by("olivia", Moment(1));
    for reason in [None, Some("  ".to_owned())] {
        let error = submit(&journal, &run, &Request { reason, ..release.clone() }).await.unwrap_err();
        assert!(matches!(error, SubmitError::NoReason { .. }), "{error}");
    }
    let reason = Some("the new side stays, by hand".to_owned());
    submit(&journal, &run, &Request { reason: reason.clone(), ..release }).await.unwrap();
    assert_eq!(drive(&room).await.phase, Phase::Finished(Outcome::Elsewhere));
    let entries = journal.entries("r1").await.unwrap();
    assert!(
        entries.iter().any(|entry| serde_json::to_string(&entry.event).unwrap().contains(reason.as_ref().unwrap()))
    );
}

#[tokio::test]
async fn what_is_released_at_its_end_ends_on_the_new_side_without_a_reason() {
    let room = Room::new(vec![quick(rule())]).await;
    let state = drive(&room).await;
    assert_eq!(state.phase, Phase::Shifted);
    let (journal, run) = (room.journal(), Run::read(&room.journal(), "r1").await.unwrap());
    // Its end is when the soak is over: until then somebody must watch.
    let early = submit(&journal, &run, &Command::Release.by("olivia", Moment(1))).await.unwrap_err();
    assert!(matches!(early, SubmitError::NoReason { .. }), "{early}");
    room.soak("d1").await;
    let run = Run::read(&journal, "r1").await.unwrap();
    submit(&journal, &run, &Command::Release.by("olivia", Moment(1))).await.unwrap();
    assert_eq!(drive(&room).await.phase, Phase::Finished(Outcome::Done));
}

#[tokio::test]
async fn an_approval_of_a_wait_that_the_run_has_left_is_refused_and_says_what_has_changed() {
    let room = Room::new(vec![approved(http_route())]).await;
    let journal = room.journal();
    drive(&room).await;
    let mut run = Run::read(&journal, "r1").await.unwrap();
    let evidence = ApprovalEvidence::of(&run).unwrap();
    assert!(evidence.new_side.as_ref().is_some_and(|said| said.passed && said.at.ends_with('Z')), "{evidence:?}");
    // Paused and resumed meanwhile: the same stage waits again, but it is another wait.
    for command in [Command::Pause, Command::Resume] {
        room.submit(command).await;
        drive(&room).await;
    }
    let error = approve(&journal, &mut run, evidence.shown, "olivia", Moment(2)).await.unwrap_err();
    let SubmitError::Outdated { changes, .. } = &error else { panic!("{error}") };
    assert!(changes.contains("pause by somebody") && changes.contains("resume by somebody"), "{changes}");
    assert_eq!(journal.commands("r1").await.unwrap(), []);
    // One that was left in time, and is outdated when a driver looks at it, is refused there, for people to see.
    let shown = ApprovalEvidence::of(&run).unwrap().shown;
    for (wrong, why) in [(evidence.shown, evidence.step.as_str()), (Shown { stage: 0, ..shown }, "has gone on since")] {
        let request = Request { shown: Some(wrong), ..Command::Approve.by("olivia", Moment(3)) };
        journal.submit("r1", &request).await.unwrap();
        assert!(matches!(drive(&room).await.phase, Phase::AwaitingApproval { .. }));
        let refused = journal.refusals("r1").await.unwrap();
        assert!(refused[0].why.contains(why), "{refused:?}");
    }
    // A new driver changes nothing of what was shown.
    approve(&journal, &mut run, shown, "olivia", Moment(4)).await.unwrap();
    assert_eq!(drive(&room).await.phase, Phase::Shifted);
}

#[tokio::test]
async fn a_status_says_why_since_when_and_what_is_at_risk() {
    let mut shift = approved(http_route());
    shift.stages[1].approval = false;
    let room = Room::new(vec![shift]).await;
    room.world.with(|world| world.turn_unhealthy(1, 0, u64::MAX));
    drive(&room).await;
    let journal = room.journal();
    let run = Run::read(&journal, "r1").await.unwrap();
    let status = run.full_status(&journal, room.world.now()).await.unwrap();
    let since = status.since.unwrap();
    let why = since.why.clone().unwrap();
    assert!(why.text.starts_with("the new side of ") && why.at.starts_with("19"), "{why:?}");
    assert_eq!((status.state, since.both_passed()), (RunState::Held, false));
    let driver = status.driver.unwrap();
    assert!(!driver.drives && driver.silent_seconds.is_some(), "{driver:?}");
}

/// Users are on a new side from the moment at which their share may have been written, and not only once it was seen to stand.
#[tokio::test]
async fn a_share_that_is_on_its_way_is_at_risk() {
    for shift in [http_route(), rule(), records()] {
        let room = Room::new(vec![quick(shift)]).await;
        let shift = room.plan.plan().shifts().next().unwrap().clone();
        let mut seen = std::collections::BTreeSet::new();
        let driver = room.driver("d1");
        let driven = driver.drive("r1", &room.plan, "somebody", |state| {
            let Some((Task::Enter { stage, .. }, _)) = state.phase.in_flight() else { return };
            let (percent, status) = (shift.stages[stage].percent, status("r1", &room.plan, state));
            let may_stand = !matches!(state.phase, Phase::CheckingLease { .. });
            if may_stand && percent > 0 {
                assert_eq!(status.at_risk[0].percent, percent, "{:?}", state.phase);
            }
            if matches!(state.phase, Phase::Settling { .. } | Phase::Verifying { .. }) {
                assert_eq!(status.steps[0].actual.unwrap().to_string(), format!("{percent} %"));
            }
            seen.insert((state.phase.name(), percent));
        });
        assert!(matches!(driven.await.unwrap().state.phase, Phase::Shifted));
        assert!(seen.contains(&("applying", 100)) && seen.contains(&("verifying", 100)), "{seen:?}");
    }
}

/// While a write is waited for, whoever looks is told why, and since when; once it has settled nothing of it is left.
#[tokio::test]
async fn a_status_says_why_a_write_is_waited_for() {
    let room = Room::new(vec![quick(records())]).await;
    let journal = room.journal();
    let look = || {
        let read = async { Run::read(&journal, "r1").await.unwrap().status() };
        std::thread::scope(|scope| scope.spawn(|| block_on(read)).join().unwrap())
    };
    let (mut begun, mut seen) = (false, None);
    let driver = room.driver("d1");
    let driven = driver.drive("r1", &room.plan, "somebody", |state| match &state.phase {
        Phase::Settling { .. } if !begun => {
            begun = true;
            let (api, from) = (records().target.kind().budget(), room.world.now().0);
            let trouble = Trouble { api, outage: Outage::Throttled, from, until: from + 60_000 };
            room.world.with(|world| world.trouble(trouble));
        }
        Phase::Settling { .. } if state.trouble.as_ref().is_some_and(|trouble| trouble.tries > 3) && seen.is_none() => {
            seen = Some(look());
        }
        _ => {}
    });
    assert!(matches!(driven.await.unwrap().state.phase, Phase::Shifted));
    let status = seen.unwrap();
    let repeats = status.since.unwrap().repeats.unwrap();
    assert_eq!(status.state, RunState::Settling);
    assert!(repeats.text.starts_with("throttled: ") && repeats.at.starts_with("19"), "{repeats:?}");
    assert_eq!(look().since.unwrap().repeats, None);
}

#[tokio::test]
async fn reading_takes_no_lock_and_leaves_an_older_format_as_it_is() {
    let room = Room::new(vec![quick(http_route())]).await;
    drop(room.journal());
    let mut writer = rusqlite::Connection::open(room.file()).unwrap();
    let began = std::time::Instant::now();
    let writing = writer.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).unwrap();
    assert_eq!(Journal::open_to_read(&room.file()).unwrap().runs().await.unwrap().len(), 1);
    assert!(began.elapsed().as_secs() < 4, "it waited for the writer");
    writing.rollback().unwrap();
    let reading = Journal::open_to_read(&room.file()).unwrap();
    assert!(reading.submit("r1", &Command::Pause.by("olivia", Moment(1))).await.is_err(), "a reader wrote");

    let old = room.file().with_file_name("old.db");
    let v1 = include_str!("../../../tests/formats/v1/journal.sql");
    rusqlite::Connection::open(&old).unwrap().execute_batch(v1).unwrap();
    let before = std::fs::read(&old).unwrap();
    let copy = Journal::open_to_read(&old).unwrap();
    assert!(!copy.is_outdated() && Run::read(&copy, "r1").await.unwrap().state().is_over());
    assert_eq!(std::fs::read(&old).unwrap(), before);
}

/// A view of a journal of an older format opens it once, and anew only where its older program has written to it since.
#[tokio::test]
async fn a_copy_of_an_older_format_is_outdated_once_its_file_was_written_to() {
    let room = Room::unstarted(vec![quick(http_route())]);
    for (at, format) in
        [include_str!("../../../tests/formats/v1/journal.sql"), include_str!("../../../tests/formats/v2/journal.sql")]
            .into_iter()
            .enumerate()
    {
        for mode in ["DELETE", "WAL"] {
            let old = room.file().with_file_name(format!("old-{at}-{mode}.db"));
            let writer = rusqlite::Connection::open(&old).unwrap();
            writer.execute_batch(format).unwrap();
            writer.pragma_update(None, "journal_mode", mode).unwrap();
            let copy = Journal::open_to_read(&old).unwrap();
            for _ in 0..3 {
                assert!(!copy.is_outdated(), "{at} {mode}");
                drop(Journal::open_to_read(&old).unwrap());
            }
            writer.execute("UPDATE lease SET until = until + 1", []).unwrap();
            assert!(copy.is_outdated(), "{at} {mode}");
            assert!(!Journal::open_to_read(&old).unwrap().is_outdated(), "{at} {mode}");
        }
    }
    let now = Journal::open(&room.file()).unwrap();
    now.keep_seal(&room.plan, "tests", Moment(0)).await.unwrap();
    assert!(!now.is_outdated(), "what is no copy shows whatever is written");
}

/// A folder with the script of a run's manual rollback, and programs in the places of `aws` and `kubectl` that note what they are
/// asked and answer what stands.
struct ByHand {
    room: Room,
    folder: camino::Utf8PathBuf,
    run: String,
}

/// What stands at the targets, as the programs tell it.
#[derive(Clone)]
struct Standing {
    account: &'static str,
    /// Whose token stands beside the name and at the route, as a run.
    owner: Option<String>,
    rule: &'static str,
    route: &'static str,
}

/// The first stage of the rule and the original of the route, as `aws` and `kubectl` print them.
const AT_FIRST: Standing = Standing {
    account: "123456789012",
    owner: None,
    rule: "forward\narn:old\t100\narn:new\t0",
    route: r#"[{"backendRefs":[{"group":"gateway.envoyproxy.io","kind":"Backend","name":"rates-legacy","port":443}],"matches":[{"path":{"type":"PathPrefix","value":"/"}}]}]"#,
};

const AWS: &str = r#"#!/bin/sh
echo "aws $*" >> "$LOG"
case "$*" in
*get-caller-identity*) echo "$ACCOUNT" ;;
*list-resource*text*) if [ -n "$OWNER" ]; then echo "\"$OWNER/1/3\""; else echo None; fi ;;
*list-resource*"Action"*) echo '[ {"Action": "DELETE", "ResourceRecordSet": {}} ]' ;;
*list-resource*) echo null ;;
*describe-*) printf '%s\n' "$RULE" ;;
*change-resource*) n=$(grep -c change-resource "$LOG"); [ "$n" -ge "$FITS" ] ;;
esac
"#;

const KUBECTL: &str = r#"#!/bin/sh
echo "kubectl $*" >> "$LOG"
case "$*" in
*epoch}*) if [ -n "$OWNER" ]; then printf '%s' "$OWNER/1/3"; fi ;;
*spec.rules*) printf '%s' "$ROUTE" ;;
esac
"#;

impl ByHand {
    async fn new() -> Self {
        let by_hand = |mut shift: Shift| {
            let stages: Vec<_> = shift.stages.iter().map(|stage| (stage.percent, &stage.snapshot)).collect();
            shift.manual_rollback = shift.target.kind().manual_rollback(&shift.original, &stages);
            // What people call a workload is no command of the script.
            shift.workload = WorkloadId::new(format!("{}\nhalt-now", shift.workload));
            quick(shift)
        };
        let room = Room::new(vec![by_hand(records()), by_hand(rule()), by_hand(http_route())]).await;
        let (journal, folder) = (room.journal(), room.file().parent().unwrap().to_owned());
        let plan = WavePlan { wave: "other".to_owned(), parent: None, ..room.plan.plan().clone() };
        let sealed = seal(&journal, plan, "olivia", Moment(1)).await.unwrap().sealed;
        let approval = Approval { who: "olivia".to_owned(), at: Moment(1), reason: None };
        journal.approve(sealed.hash().as_str(), &approval).await.unwrap();
        // It is another run of the same targets, so the first one ends before.
        room.submit(Command::Rollback).await;
        drive(&room).await;
        let new = NewRun::of(&check_ready(&journal, sealed).await.unwrap(), "0.1.0", Moment(1));
        std::fs::write(folder.join("run.sh"), new.manual_rollback()).unwrap();
        for (name, text) in [("aws", AWS), ("kubectl", KUBECTL)] {
            std::fs::write(folder.join(name), text).unwrap();
            std::fs::set_permissions(folder.join(name), std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        for tool in ["sh", "cat", "grep", "sort"] {
            let mut there = ["/bin", "/usr/bin"].map(|at| format!("{at}/{tool}")).into_iter();
            let there = there.rfind(|path| std::path::Path::new(path).exists()).unwrap();
            std::os::unix::fs::symlink(there, folder.join(tool)).unwrap();
        }
        let run = new.name().to_owned();
        Self { room, folder, run }
    }

    /// Runs the script; gives how it ended, what it asked, and what it said. Route 53 takes the batch of this number.
    fn run(&self, standing: &Standing, fits: usize, force: bool) -> (Option<i32>, String, String) {
        let output = self.shell("run.sh", standing, fits, force);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), std::fs::read_to_string(self.folder.join("log")).unwrap_or_default(), said)
    }

    fn shell(&self, script: &str, standing: &Standing, fits: usize, force: bool) -> std::process::Output {
        let log = self.folder.join("log");
        let _none = std::fs::remove_file(&log);
        let mut shell = std::process::Command::new("/bin/sh");
        shell.arg(self.folder.join(script)).env_clear().env("PATH", &self.folder).env("LOG", &log);
        shell.env("ACCOUNT", standing.account).env("OWNER", standing.owner.as_deref().unwrap_or_default());
        shell.env("RULE", standing.rule).env("ROUTE", standing.route).env("FITS", fits.to_string());
        if force {
            shell.env("FORCE", "1");
        }
        shell.output().unwrap()
    }
}

/// The commands that end the run name the folder of the journal where the script lies in one, and none where it was copied away.
#[tokio::test]
async fn the_script_of_the_manual_rollback_names_the_folder_that_it_lies_in() {
    let by_hand = ByHand::new().await;
    std::fs::create_dir_all(by_hand.folder.join("plans/manual-rollback")).unwrap();
    let kept = "plans/manual-rollback/run.sh";
    std::fs::copy(by_hand.folder.join("run.sh"), by_hand.folder.join(kept)).unwrap();
    let odd = "o'brien/plans/manual-rollback/run.sh";
    std::fs::create_dir_all(by_hand.folder.join("o'brien/plans/manual-rollback")).unwrap();
    std::fs::copy(by_hand.folder.join("run.sh"), by_hand.folder.join(odd)).unwrap();
    std::fs::write(by_hand.folder.join("o'brien/journal.db"), "").unwrap();
    let quoted = format!(" --dir '{}/o'\\''brien'", by_hand.folder);
    for (script, options) in [(kept, format!(" --dir '{}'", by_hand.folder)), ("run.sh", String::new()), (odd, quoted)]
    {
        let output = by_hand.shell(script, &AT_FIRST, 2, false);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let words =
            format!("  caravan{options} cutover rollback {0}\n  caravan{options} cutover run {0}\n", by_hand.run);
        assert!(said.ends_with(&words), "{script}: {said}");
    }
}

#[tokio::test]
async fn the_script_of_the_manual_rollback_runs_whole() {
    let by_hand = ByHand::new().await;
    // Route 53 takes the second batch that it is asked for: another stage stands than the last one.
    for owner in [None, Some(by_hand.run.clone())] {
        let (code, log, said) = by_hand.run(&Standing { owner, ..AT_FIRST }, 2, false);
        assert_eq!(code, Some(0), "{log}\n{said}");
        assert_eq!(log.matches("change-resource-record-sets").count(), 2, "{log}");
        assert!(log.contains("elbv2 modify-") && log.contains("patch httproute") && log.contains("_caravan"), "{log}");
        assert!(log.contains(r#"[{"op":"test","path":"/spec/rules","value":[{"backendRefs""#), "{log}");
    }
    // With another account's credentials nothing is sent to AWS, the cluster is taken back all the same, and it says so.
    let (code, log, said) = by_hand.run(&Standing { account: "111122223333", ..AT_FIRST }, 2, false);
    assert_eq!(code, Some(1), "{log}");
    assert!(!log.contains("change-resource") && !log.contains("modify-") && log.contains("patch httproute"), "{log}");
    assert!(said.contains("not the credentials of account 123456789012") && said.contains("NOT taken back"), "{said}");
    // A program that is missing is named, and keeps no other target from being taken back.
    std::fs::remove_file(by_hand.folder.join("kubectl")).unwrap();
    let (code, log, said) = by_hand.run(&AT_FIRST, 2, false);
    assert!(code == Some(1) && log.contains("modify-") && said.contains("kubectl is not in PATH"), "{log}\n{said}");
}

/// What somebody else made of a target is shown and left, unless it is asked for.
#[tokio::test]
async fn the_script_of_the_manual_rollback_overwrites_nobody_unasked() {
    let by_hand = ByHand::new().await;
    let hotfix = r#"[{"backendRefs":[{"name":"hotfix","port":80}]}]"#;
    let never = 1000;
    for rule in ["forward\narn:hotfix", "forward\narn:old\t100\narn:new\t0\nsticky", "redirect", ""] {
        let theirs = Standing { rule, route: hotfix, ..AT_FIRST };
        let (code, log, said) = by_hand.run(&theirs, never, false);
        assert_eq!(code, Some(1), "{log}\n{said}");
        assert!(!log.contains("modify-") && !log.contains("patch") && !log.contains("annotate"), "{log}");
        // What Route 53 refuses changes nothing; the token is left with what stands beside it.
        assert!(!log.contains("gone") && log.matches("change-resource").count() == 5, "{log}");
        assert_eq!(said.matches("left as it is").count(), 3, "{said}");
        assert!(
            rule.lines().all(|row| said.contains(row)) && said.contains(hotfix) && said.contains("FORCE=1"),
            "{said}"
        );
        let (code, log, said) = by_hand.run(&theirs, 6, true);
        assert_eq!(code, Some(0), "{log}\n{said}");
        assert!(log.contains("modify-") && log.contains("patch") && log.contains("annotate"), "{log}");
        assert!(
            log.contains(r#"{"Changes":[ {"Action": "DELETE", "ResourceRecordSet": {}} ,{"Action":"CREATE""#),
            "{log}"
        );
    }
    // Nor what another run of Caravan has, whatever it made of it.
    let (code, log, said) = by_hand.run(&Standing { owner: Some("other-1".to_owned()), ..AT_FIRST }, 2, false);
    assert_eq!(code, Some(1), "{log}");
    assert!(!log.contains("change-resource") && !log.contains("patch") && log.contains("modify-"), "{log}");
    assert!(said.matches("bears the mark of another run").count() == 2 && said.contains("other-1/1/3"), "{said}");
    drop(by_hand.room);
}

#[tokio::test]
async fn what_the_script_of_the_manual_rollback_leaves_is_found_and_ends_the_run_as_rolled_back() {
    // What such a script leaves is found.
    for shift in [records(), rule(), http_route()] {
        let room = Room::new(vec![approved(shift)]).await;
        drive(&room).await;
        let first = room.plan.plan().shifts().next().unwrap();
        let token = room.world.with(|world| world.held(&first.target).unwrap().token.clone());
        room.world.with(|world| world.edit(&first.target, first.stages[1].snapshot.clone(), token));
        room.submit(Command::Rollback).await;
        let phase = drive(&room).await.phase;
        // A rule bears no token: as a later stage of the plan it counts as the run's own, and goes back.
        if matches!(first.target, Target::ListenerRule(_)) {
            assert_eq!(phase, Phase::Finished(Outcome::RolledBack));
            continue;
        }
        assert!(matches!(phase, Phase::Conflict { .. }), "{phase:?}");
        room.world.with(|world| world.edit(&first.target, first.original.clone(), None));
        room.submit(Command::Retry).await;
        assert_eq!(drive(&room).await.phase, Phase::Finished(Outcome::RolledBack));
    }
}
