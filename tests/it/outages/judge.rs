//! What the journal of a run must say, whatever engine wrote it: read here entry by entry, not by a replay.

use super::outage::Outage;
use crate::places::Case;
use caravan_cutover_engine::{Entry, Event, Moment};
use caravan_plans::Shift;
use caravan_providers::target::Snapshot;
use caravan_providers::{Reply, Verdict};

/// When an outage began and was over, by the driver's clock.
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub(super) begin: Moment,
    pub(super) end: Moment,
}

/// Milliseconds of a machine with more to do: probes of the old side that time out, too, cost rounds.
const SLACK_MS: u64 = 20_000;

/// The next stage is intended only on the evidence of its gate: users follow the write, the rounds of the bake have passed for as
/// long as the plan says, both sides pass right before, and none of it was so while the outage lasted. A round that does not pass
/// ends a bake, also one that was over, once there are users. What a run did otherwise.
pub(super) fn promotions(entries: &[Entry], shift: &Shift, outage: Span) -> Vec<String> {
    let (mut at, mut settled, mut baked, mut passed) = (Moment(0), false, false, Vec::new());
    let (mut entered, mut wrong) = (None, Vec::new());
    for Entry { event, sequence, .. } in entries {
        match (event, entered.map(|stage: usize| &shift.stages[stage])) {
            (Event::Replied { reply, at: now }, stage) => {
                at = *now;
                match reply {
                    Ok(Reply::Settled) => settled = true,
                    Ok(Reply::Probed(Verdict::Pass)) => passed.push(*now),
                    Ok(Reply::Probed(_)) => {
                        passed.clear();
                        baked &= stage.is_some_and(|stage| stage.percent == 0);
                    }
                    _ => {}
                }
                let lasted = passed.last().zip(passed.first()).map_or(0, |(last, first)| last.0 - first.0);
                let gate = stage.map(|stage| stage.gate);
                baked |= gate.is_some_and(|gate| passed.len() >= gate.rounds as usize && lasted >= gate.bake_ms);
            }
            (Event::Intended { write }, before) => {
                let stage = shift.stages.iter().position(|stage| stage.snapshot == write.after);
                // The same stage written once more is no promotion.
                let Some(stage) = stage.filter(|stage| entered.is_none_or(|entered| *stage > entered)) else {
                    continue;
                };
                let within = outage.begin < at && at < outage.end;
                if before.is_some() && (!settled || !baked || within || passed.len() < 2) {
                    let lasts = if within { "in" } else { "outside" };
                    wrong.push(format!(
                        "entry {sequence}: stage {stage} was intended {lasts} the outage, settled {settled}, baked {baked}, {} passes",
                        passed.len(),
                    ));
                }
                (entered, settled, baked) = (Some(stage), false, false);
                passed.clear();
            }
            _ => {}
        }
    }
    wrong
}

/// When the first stage after a moment was intended.
pub(super) fn goes_on(entries: &[Entry], case: &Case, after: Moment) -> Option<Moment> {
    let mut at = Moment(0);
    for Entry { event, .. } in entries {
        match event {
            Event::Replied { at: now, .. } => at = *now,
            Event::Intended { write } if at >= after && case.stages.contains(&write.after) => return Some(at),
            _ => {}
        }
    }
    None
}

/// When the provider took the write that puts the original back.
pub(super) fn back(entries: &[Entry], original: &Snapshot) -> Option<Moment> {
    let mut undoes = false;
    for Entry { event, .. } in entries {
        match event {
            Event::Intended { write } => undoes = write.after == *original && write.before != *original,
            Event::Replied { reply: Ok(Reply::Accepted { .. }), at } if undoes => return Some(*at),
            _ => {}
        }
    }
    None
}

/// The milliseconds that users may stand on a new side that is bad and that no provider keeps them on: the rounds in which
/// nobody can tell, a write in flight, and the slack of the machine.
pub(super) fn bound_ms(shift: &Shift, outage: &Outage) -> u64 {
    let gate = shift.stages[0].gate;
    let round = u64::from(shift.new[0].timeout_ms) + gate.every_ms;
    let away = if outage.during.is_of_sides() { 0 } else { outage.seconds * 1000 + 60_000 };
    u64::from(gate.unknown) * round + u64::from(shift.in_flight) * 1000 + SLACK_MS + away
}
