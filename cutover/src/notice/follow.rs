//! Which entries a person is told of.

use super::types::{Notice, NoticeKind};
use crate::operator::{Advice, Run, RunState, WaitingFor, WatchedStatus, time_text};
use caravan_cutover_engine::{Direction, Moment, State, is_going_back};

/// Calls in a row that bring nothing before people are told: a minute, as the waits between them grow.
const ESCALATED_TRIES: u32 = 9;
/// Milliseconds after the first of them by which people are told, too: a call that hangs takes far longer than one that is refused.
const ESCALATED_MS: u64 = 60_000;

pub(super) const SCHEMA: &str = "caravan.notice/v1";

/// What a run was before an entry, as far as notices depend on it.
#[derive(Clone, Debug)]
pub(super) struct Stood {
    state: RunState,
    goes_back: bool,
    /// Whether it has brought nothing for so long that people are told.
    escalated: bool,
    /// How many have approved that it is finalised.
    approvals: usize,
    back_alone: Vec<bool>,
}

/// A notice, with the entry that it was made of.
pub(super) struct Made {
    pub(super) sequence: u64,
    pub(super) at: Moment,
    pub(super) notice: Notice,
}

impl Stood {
    pub(super) fn of(state: &State) -> Self {
        Self {
            state: RunState::from(&state.phase),
            goes_back: is_going_back(state),
            escalated: is_escalated(state),
            approvals: state.finalise_approved_by.len(),
            back_alone: back_alone(state).collect(),
        }
    }
}

impl Made {
    /// Whether this, the last notice of a run, still says how the run stands.
    pub(super) fn stands(&self, run: &Run) -> bool {
        let state = run.state();
        let is_there = match self.notice.kind {
            NoticeKind::Rollback | NoticeKind::Failure => is_going_back(state),
            NoticeKind::Approval | NoticeKind::Hold => self.notice.state == RunState::from(&state.phase).as_str(),
        };
        is_there && !state.is_over()
    }
}

/// The notices of the entry that brought a run to where it stands; none when nobody is needed.
pub(super) fn notices(before: &Stood, run: &Run, command: &dyn Fn(&Advice) -> String) -> Vec<Made> {
    let (state, status) = (run.state(), run.status());
    let why = |kind| match (
        &state.trouble,
        status.since.as_ref().and_then(|since| since.stopped.as_ref().or(since.why.as_ref())),
    ) {
        (Some(trouble), _) if matches!(kind, NoticeKind::Failure | NoticeKind::Hold) && !state.waits_for_person() => {
            format!("{} times in a row since {}: {}", trouble.tries, time_text(trouble.since), trouble.reason)
        }
        (_, Some(why)) => format!("{} (at {})", why.text, why.at),
        _ => status.waiting_for.as_ref().map(ToString::to_string).unwrap_or_default(),
    };
    let mut told: Vec<(NoticeKind, String)> = kind(before, state).map(|kind| (kind, why(kind))).into_iter().collect();
    told.extend(came_back(before, run).map(|why| (NoticeKind::Rollback, why)));
    told.into_iter().map(|(kind, why)| of_entry(run, kind, why, command)).collect()
}

fn of_entry(run: &Run, kind: NoticeKind, why: String, command: &dyn Fn(&Advice) -> String) -> Made {
    let status = run.status();
    let waiting = match &status.waiting_for {
        Some(WaitingFor::Approval { step }) => Some(step.clone()),
        _ => None,
    };
    let moving = || status.steps.iter().find(|step| step.state.is_moving()).map(|step| step.name.clone());
    let notice = Notice {
        schema: SCHEMA.to_owned(),
        id: format!("{}/{}/{}", run.name(), run.sequence(), kind.as_str()),
        kind,
        run: run.name().to_owned(),
        wave: run.plan().plan().wave.clone(),
        state: status.state.as_str().to_owned(),
        step: waiting.or_else(moving),
        why,
        since: status.since.as_ref().map(|since| since.at.clone()).unwrap_or_default(),
        at_risk: status.at_risk.clone(),
        // Who made the entry drives it.
        next: Advice::next(run, true).iter().map(command).collect(),
    };
    Made { sequence: run.sequence(), at: run.moment(), notice }
}

/// The notice that a run can't be driven. Since its last entry nobody has driven it: with the reason that tells one time from
/// the next, whatever process says so.
pub(super) fn not_driven(run: &str, last: u64, why: &str, at: Moment, next: Vec<String>) -> Notice {
    let digest = why
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    Notice {
        schema: SCHEMA.to_owned(),
        id: format!("{run}/{last}/not-driven/{digest:016x}"),
        kind: NoticeKind::Failure,
        run: run.to_owned(),
        wave: String::new(),
        state: "not driven".to_owned(),
        step: None,
        why: why.to_owned(),
        since: time_text(at),
        at_risk: Vec::new(),
        next,
    }
}

/// The notice that users are on a new side of a run that nobody drives any more.
pub(super) fn unwatched(run: &Run, at: Moment, command: &dyn Fn(&Advice) -> String) -> Notice {
    let why = "its driver has ended: users are on a new side, and nobody watches them";
    let notice = of_entry(run, NoticeKind::Hold, why.to_owned(), command).notice;
    Notice {
        id: format!("{}/{}/unwatched", run.name(), run.sequence()),
        since: time_text(at),
        next: Advice::back_first(run, false).iter().map(command).collect(),
        ..notice
    }
}

/// The notices of a shift that is watched and that a person must look at: neither side passes while users are on its new one, so that
/// nothing is taken back by itself; somebody else has changed its target; or nobody sees what stands there.
pub(super) fn of_watched(
    run: &Run,
    step: usize,
    watched: &WatchedStatus,
    command: &dyn Fn(&Advice) -> String,
) -> Vec<Notice> {
    let what = if watched.is_work { "works-badly" } else { "neither-passes" };
    let neither = watched.neither_since.clone().filter(|_| watched.neither_is_long).map(|since| (what, since));
    let changed = watched.changed_by_others.as_ref().map(|drift| ("changed-by-others", drift.since.clone()));
    let of = |(what, since): (&str, String)| Notice {
        id: format!("{}/{step}/{what}/{since}", run.name()),
        since,
        next: Advice::back_first(run, true).iter().map(command).collect(),
        ..of_entry(run, NoticeKind::Hold, watched.to_string(), command).notice
    };
    let unseen = watched.unseen_since.clone().map(|since| ("unseen", since));
    neither.into_iter().chain(changed).chain(unseen).map(of).collect()
}

fn kind(before: &Stood, state: &State) -> Option<NoticeKind> {
    let word = RunState::from(&state.phase);
    // What was refused is tried again by itself: people were told the first time.
    let is_told = state.refusals > 1 && matches!(word, RunState::Held | RunState::Stuck);
    if word != before.state && !is_told {
        match word {
            RunState::AwaitingApproval | RunState::Shifted => return Some(NoticeKind::Approval),
            RunState::Held | RunState::Conflict => return Some(NoticeKind::Hold),
            RunState::Stuck => return Some(NoticeKind::Failure),
            RunState::RolledBack => return Some(NoticeKind::Rollback),
            _ => {}
        }
    }
    // The second approval waits for another person.
    if word == RunState::Shifted && state.finalise_approved_by.len() > before.approvals {
        return Some(NoticeKind::Approval);
    }
    if is_going_back(state) && !before.goes_back {
        return Some(NoticeKind::Rollback);
    }
    let gets_no_further = !before.escalated && is_escalated(state);
    gets_no_further.then(|| if is_going_back(state) { NoticeKind::Failure } else { NoticeKind::Hold })
}

/// What to say of shifts that were taken back alone, and are back by this entry. Where the whole run goes back or is over, its
/// own notice says so.
fn came_back(before: &Stood, run: &Run) -> Option<String> {
    let state = run.state();
    if matches!(state.direction, Direction::Back | Direction::Release) || state.is_over() {
        return None;
    }
    let is_new =
        |(step, is_back): (usize, bool)| (is_back && before.back_alone.get(step) != Some(&true)).then_some(step);
    let workload = |step: usize| run.plan().plan().steps.get(step).map(|step| step.workload().to_string());
    let back: Vec<String> = back_alone(state).enumerate().filter_map(is_new).filter_map(workload).collect();
    (!back.is_empty()).then(|| format!("{} is back on its old side; the others go on", back.join(", ")))
}

/// Of each step whether its new side has failed and it was taken back alone.
fn back_alone(state: &State) -> impl Iterator<Item = bool> + '_ {
    state
        .steps
        .iter()
        .map(|step| step.failed && !step.released_to_others && step.stage.is_none() && step.unproven.is_none())
}

/// Whether calls have brought nothing for so often, or for so long, that people are told.
fn is_escalated(state: &State) -> bool {
    let is_long = |since: Moment| state.as_of.0.saturating_sub(since.0) >= ESCALATED_MS;
    state
        .trouble
        .as_ref()
        .is_some_and(|trouble| trouble.tries >= ESCALATED_TRIES || (trouble.tries > 1 && is_long(trouble.since)))
}
