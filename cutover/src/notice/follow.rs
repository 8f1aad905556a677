//! Which entries a person is told of.

use super::types::{Notice, NoticeKind};
use crate::operator::{Advice, Run, RunState, WaitingFor, time_text};
use caravan_cutover_engine::{Deferred, Direction, Moment, State};

/// Calls in a row that bring nothing on the way back before people are told: a minute, as the waits between them grow.
const ESCALATED_TRIES: u32 = 9;

/// What a run was before an entry, as far as notices depend on it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stood {
    state: RunState,
    direction: Direction,
    tries: u32,
    /// How many have approved that it is finalised.
    approvals: usize,
}

impl Stood {
    pub(super) fn of(state: &State) -> Self {
        let approvals = state.finalise_approved_by.len();
        Self { state: RunState::from(&state.phase), direction: state.direction, tries: tries(state), approvals }
    }
}

/// The notice of the entry that brought a run to where it stands; none when nobody is needed.
pub(super) fn notice(before: Stood, run: &Run, command: &dyn Fn(&Advice) -> String) -> Option<Notice> {
    let (state, status) = (run.state(), run.status());
    let kind = kind(before, state)?;
    let since = status.since.as_ref()?;
    let why = match (&state.trouble, &since.why) {
        (Some(trouble), _) if kind == NoticeKind::Failure => {
            format!("{} times in a row since {}: {}", trouble.tries, time_text(trouble.since), trouble.reason)
        }
        (_, Some(why)) => format!("{} (at {})", why.text, why.at),
        _ => status.waiting_for.as_ref().map(ToString::to_string).unwrap_or_default(),
    };
    let waiting = match &status.waiting_for {
        Some(WaitingFor::Approval { step }) => Some(step.clone()),
        _ => None,
    };
    let moving = || status.steps.iter().find(|step| step.state.is_moving()).map(|step| step.name.clone());
    Some(Notice {
        schema: "caravan.notice/v1".to_owned(),
        id: format!("{}/{}/{}", run.name(), run.sequence(), kind.as_str()),
        kind,
        run: run.name().to_owned(),
        wave: run.plan().plan().wave.clone(),
        state: status.state.as_str().to_owned(),
        step: waiting.or_else(moving),
        why,
        since: since.at.clone(),
        at_risk: status.at_risk.clone(),
        // Who made the entry drives it.
        next: Advice::next(run, true).iter().map(command).collect(),
    })
}

/// The notice that a run can't be driven; it has one id for one reason.
pub(super) fn not_driven(run: &str, wave: &str, why: &str, at: Moment, next: Vec<String>) -> Notice {
    let digest = why
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    Notice {
        schema: "caravan.notice/v1".to_owned(),
        id: format!("{run}/not-driven/{digest:016x}"),
        kind: NoticeKind::Failure,
        run: run.to_owned(),
        wave: wave.to_owned(),
        state: "not driven".to_owned(),
        step: None,
        why: why.to_owned(),
        since: time_text(at),
        at_risk: Vec::new(),
        next,
    }
}

fn kind(before: Stood, state: &State) -> Option<NoticeKind> {
    let word = RunState::from(&state.phase);
    if word != before.state {
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
    if state.direction == Direction::Back && before.direction != Direction::Back {
        return Some(NoticeKind::Rollback);
    }
    (before.tries < ESCALATED_TRIES && tries(state) >= ESCALATED_TRIES).then_some(NoticeKind::Failure)
}

/// How often in a row a call has brought nothing on the way back.
fn tries(state: &State) -> u32 {
    let goes_back = state.direction == Direction::Back || state.deferred == Deferred::Rollback;
    state.trouble.as_ref().filter(|_| goes_back).map_or(0, |trouble| trouble.tries)
}
