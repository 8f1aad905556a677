//! What a real driver counts over the simulated world: shares beside the planned ones, over drivers that follow one another.

use super::common::{http_route, records, rule};
use super::stage::Room;
use crate::operator::Run;
use crate::{Command, MeasuredSpan};
use caravan_cutover_engine::{Outcome, Phase};
use caravan_plans::{Gate, Shift};

/// Without approvals, with time enough at each share for some readings.
fn slow(mut shift: Shift) -> Shift {
    for stage in &mut shift.stages {
        stage.gate = Gate { bake_ms: 60_000, every_ms: 5000, rounds: 3, unknown: 5 };
        stage.approval = false;
    }
    shift
}

#[tokio::test]
async fn the_share_at_each_stage_is_measured_and_every_request_is_counted_once_over_two_drivers() {
    for shift in [http_route(), rule()] {
        let room = Room::new(vec![slow(shift), slow(records())]).await;
        let shift = room.plan.plan().shifts().next().unwrap().clone();
        room.world.send_to(shift.clone());
        let there = room.driver("d1").drive("r1", &room.plan, "somebody", |_| {}).await.unwrap();
        assert_eq!(there.state.phase, Phase::Shifted);
        room.submit(Command::Rollback).await;
        let back = room.driver("d2").drive("r1", &room.plan, "somebody", |_| {}).await.unwrap();
        assert_eq!(back.state.phase, Phase::Finished(Outcome::RolledBack));

        let spans: Vec<MeasuredSpan> = room.journal().measured("r1").await.unwrap();
        for stage in &shift.stages {
            let of_stage: Vec<_> = spans.iter().filter(|span| span.planned_percent == stage.percent).collect();
            assert!(!of_stage.is_empty(), "nothing was measured at {} %", stage.percent);
            for span in of_stage.iter().filter(|span| span.old + span.new > 0) {
                let measured = span.percent().unwrap();
                assert!((measured - f64::from(stage.percent)).abs() < 0.01, "{span}");
            }
            assert!(of_stage.iter().any(|span| span.old + span.new > 0), "{of_stage:?}");
        }
        let answered: u64 = spans.iter().map(|span| span.answered).sum();
        let (sent, first) = (room.world.sent(), spans[0].from.0);
        assert!(answered <= sent && answered > sent * 9 / 10, "{answered} of {sent}, from {first} ms on");

        let run = Run::read(&room.journal(), "r1").await.unwrap();
        let status = run.full_status(&room.journal(), back_at(&room)).await.unwrap();
        assert_eq!(status.measured.len(), 2);
        assert!(status.measured[0].not_measured.is_none() && status.measured[0].lost == Some(0));
        // Nobody counts the second one, and that is said.
        assert!(status.measured[1].not_measured.is_some() && status.measured[1].lost.is_none());
    }
}

fn back_at(room: &Room) -> caravan_cutover_engine::Moment {
    use caravan_cutover_engine::Clock as _;
    room.world.now()
}

#[tokio::test]
async fn a_run_that_nobody_counts_ends_at_once_and_keeps_nothing() {
    let room = Room::new(vec![super::stage::quick(http_route())]).await;
    let driven = room.driver("d1").drive("r1", &room.plan, "somebody", |_| {}).await.unwrap();
    assert_eq!(driven.state.phase, Phase::Shifted);
    assert_eq!(room.journal().measured("r1").await.unwrap(), []);
    assert_eq!(room.journal().counter_marks("r1").await.unwrap(), []);
}
