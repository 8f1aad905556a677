//! Reads the counters of every shift of a run beside whatever its driver is doing.

use super::span::{CounterMark, Grown, MeasuredSpan};
use caravan_cutover_engine::{Direction, Moment, Phase, State, Task};
use caravan_plans::{Shift, Step, WavePlan};
use caravan_providers::{Count, Counted, NotCounted};
use std::collections::BTreeMap;

/// What was counted of the shifts of a run, while one driver drives it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meter {
    shifts: BTreeMap<usize, Metered>,
    /// The longest time that a request may take where something was counted.
    answers_within_ms: Option<u64>,
}

/// One shift.
#[derive(Clone, Debug)]
struct Metered {
    /// The next reading begins then; none when nobody counts it, or one is under way.
    next: Option<Moment>,
    /// The share that it stood at when it was last looked at; none while it moves.
    stands: Option<u8>,
    /// Raised with each change of that.
    moves: u64,
    /// What was last read, and how often the share had moved by then; none of another driver's.
    mark: Option<(CounterMark, Option<u64>)>,
    /// The span that goes on, and how often the share had moved when it began.
    span: Option<(MeasuredSpan, u64)>,
}

/// A reading that is due.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Due {
    pub(crate) step: usize,
    pub(crate) count: Count,
    moves: u64,
}

impl Meter {
    /// Goes on from the counters that a driver before has read.
    pub(crate) fn after(marks: Vec<CounterMark>) -> Self {
        let metered = |mark: CounterMark| Metered { mark: Some((mark, None)), ..Metered::new() };
        Self { shifts: marks.into_iter().map(|mark| (mark.step, metered(mark))).collect(), answers_within_ms: None }
    }

    /// The readings that begin now: of each shift that stands at a share, when it has just come to it and then as often as its
    /// sides are watched.
    pub(crate) fn begin_readings(&mut self, plan: &WavePlan, state: &State, now: Moment) -> Vec<Due> {
        let mut due = Vec::new();
        for (step, shift) in shifts(plan) {
            let metered = self.shifts.entry(step).or_insert_with(Metered::new);
            let stands = stands(state, step, shift);
            if metered.stands != stands {
                (metered.stands, metered.moves) = (stands, metered.moves + 1);
                metered.next = metered.next.map(|_| now);
            }
            // A clock that was put back makes nobody wait for it.
            let latest = now.plus_ms(shift.analysis.every_ms);
            if stands.is_some() && metered.next.is_some_and(|next| next <= now || next > latest) {
                metered.next = None;
                due.push(Due { step, count: counted_of(shift), moves: metered.moves });
            }
        }
        due
    }

    /// A reading is over. Gives what is to be kept of it; nothing of one that came while the share moved, or of what nobody
    /// counts.
    pub(crate) fn take_in(
        &mut self,
        plan: &WavePlan,
        due: &Due,
        read: Result<Counted, NotCounted>,
        at: Moment,
    ) -> Option<(MeasuredSpan, Option<CounterMark>)> {
        let Some(Step::Shift(shift)) = plan.steps.get(due.step) else { return None };
        let metered = self.shifts.get_mut(&due.step)?;
        if read == Err(NotCounted::Unnamed) {
            return None;
        }
        metered.next = Some(at.plus_ms(shift.analysis.every_ms));
        let percent = metered.stands.filter(|_| metered.moves == due.moves);
        let Some(percent) = percent else {
            // What was read while the share moved tells nothing of either share: it is read anew.
            metered.next = Some(at);
            return None;
        };
        let before = metered.span.take().filter(|(_, moves)| *moves == due.moves).map(|(span, _)| span);
        let mut span = before.unwrap_or_else(|| MeasuredSpan {
            step: due.step,
            planned_percent: percent,
            from: at,
            until: at,
            old: 0,
            new: 0,
            answered: 0,
            lost: 0,
            by: String::new(),
            unmeasured: None,
        });
        let mark = match read {
            Ok(counted) => {
                self.answers_within_ms = self.answers_within_ms.max(Some(counted.answers_within_ms));
                span.by.clone_from(&counted.by);
                span.until = at;
                span.unmeasured.clone_from(&counted.sides_unknown);
                if let Some((mark, moves)) = &metered.mark {
                    match Grown::since(mark, &counted, at) {
                        Ok(grown) => add(&mut span, grown, *moves == Some(due.moves)),
                        Err(why) => span.unmeasured = Some(why),
                    }
                }
                Some(CounterMark { step: due.step, at, counted })
            }
            Err(why) => {
                span.unmeasured = Some(why.to_string());
                None
            }
        };
        if let Some(mark) = &mark {
            metered.mark = Some((mark.clone(), Some(due.moves)));
        }
        metered.span = Some((span.clone(), due.moves));
        Some((span, mark))
    }

    /// The time in milliseconds after which every request that is under way is counted; none when nothing was counted.
    pub(crate) const fn answers_within_ms(&self) -> Option<u64> {
        self.answers_within_ms
    }

    /// Wants every shift that is counted read at once.
    pub(crate) fn read_anew(&mut self, now: Moment) {
        for metered in self.shifts.values_mut().filter(|metered| metered.span.is_some()) {
            metered.next = Some(now);
        }
    }
}

impl Metered {
    const fn new() -> Self {
        Self { next: Some(Moment(0)), stands: None, moves: 0, mark: None, span: None }
    }
}

/// `is_of_share`: whether all of it came at the share of the span.
fn add(span: &mut MeasuredSpan, grown: Grown, is_of_share: bool) {
    span.answered = span.answered.saturating_add(grown.answered);
    span.lost = span.lost.saturating_add(grown.lost);
    if is_of_share && span.unmeasured.is_none() {
        span.old = span.old.saturating_add(grown.old);
        span.new = span.new.saturating_add(grown.new);
    }
}

/// The share at which a shift stands; none while it moves from one to another, or is left to others.
fn stands(state: &State, step: usize, shift: &Shift) -> Option<u8> {
    let reached = state.steps.get(step)?;
    let percent = |stage: usize| shift.stages.get(stage).map(|stage| stage.percent);
    let now = reached.stage.map_or(Some(0), percent)?;
    let moves = match state.phase.in_flight() {
        Some((task, _)) if task.step() != step => false,
        Some((Task::Enter { stage, .. }, _)) => percent(stage)? != now,
        Some(_) => now > 0,
        None => false,
    };
    let goes_back = (reached.failed || state.direction == Direction::Back && !state.is_over()) && now > 0;
    // A write may be on its way behind these.
    let is_unknown = matches!(
        state.phase,
        Phase::Recording { .. } | Phase::JournalUnavailable { .. } | Phase::LeaseLost | Phase::Conflict { .. }
    );
    (!moves && !goes_back && !is_unknown && !reached.released_to_others).then_some(now)
}

fn counted_of(shift: &Shift) -> Count {
    Count {
        workload: shift.workload.clone(),
        target: shift.target.clone(),
        original: shift.original.clone(),
        split: shift.stages.last().map_or_else(|| shift.original.clone(), |stage| stage.snapshot.clone()),
    }
}

fn shifts(plan: &WavePlan) -> impl Iterator<Item = (usize, &Shift)> {
    plan.steps.iter().enumerate().filter_map(|(step, planned)| match planned {
        Step::Shift(shift) => Some((step, shift)),
        Step::HandOver(_) => None,
    })
}
