//! A run of the demonstration's wave, as it stands at several moments of a night.

use crate::data::{Evidence, Gate, NextCommand, RunView};
use caravan_cutover::operator::{
    DriverStatus, RunState, RunStatus, ShareStatus, StepProgress, StepStatus, StepValue, WaitingFor,
};
use caravan_cutover_engine::{Direction, Moment, Shown};

pub(super) const RUN: &str = "demo-20261128-213000-3fa2";

fn steps(states: [[StepProgress; 4]; 2], stands: [u8; 2]) -> Vec<StepStatus> {
    let names = ["track-web", "日本語-é-service"];
    let of = |shift: usize| {
        [0_u8, 10, 50, 100].into_iter().zip(states[shift]).map(move |(percent, state)| StepStatus {
            name: format!("ecs/417263850914/eu-central-1/tracking-eu/{} {percent} %", names[shift]),
            state,
            target: format!("records {}.tracklark.example. in zone Z1, account 417263850914", names[shift]),
            desired: StepValue::Percent(percent),
            actual: Some(StepValue::Percent(stands[shift])),
        })
    };
    (0..2).flat_map(of).collect()
}

fn view(state: RunState, direction: Direction, steps: Vec<StepStatus>) -> RunView {
    let status = RunStatus {
        schema: "caravan.run/v1",
        run: RUN.to_owned(),
        plan_hash: super::estate::HASH.to_owned(),
        state,
        direction,
        since: None,
        driver: Some(DriverStatus {
            name: "olivia-4711-00c0ffee00c0ffee".to_owned(),
            drives: true,
            silent_seconds: Some(2),
            lease_broken: None,
        }),
        nobody_works: Vec::new(),
        at_risk: Vec::new(),
        soak: None,
        remains: Vec::new(),
        measured: Vec::new(),
        watched: Vec::new(),
        steps,
        conflict: None,
        older_journal: None,
        waiting_for: None,
        queued: Vec::new(),
        refused: Vec::new(),
    };
    RunView {
        status,
        wave: "demo".to_owned(),
        is_production: true,
        entry: 42,
        now: Moment(super::NOW.0 + 120_000),
        gate: None,
        evidence: None,
        next: Vec::new(),
        events: ["   40 2026-11-28T21:31:00Z epoch 1 intend: track", "   41 2026-11-28T21:31:10Z epoch 1 reply"]
            .map(str::to_owned)
            .to_vec(),
    }
}

/// While a stage bakes with a tenth of the users on the new side.
pub(super) fn baking() -> RunView {
    use StepProgress::{Done, Pending, Running};
    let steps = steps([[Done, Running, Pending, Pending], [Pending; 4]], [10, 0]);
    let mut view = view(RunState::Baking, Direction::Forward, steps);
    view.status.at_risk = vec![ShareStatus {
        workload: "ecs/417263850914/eu-central-1/tracking-eu/track-web".to_owned(),
        target: "records track-web.tracklark.example. in zone Z1, account 417263850914".to_owned(),
        percent: 10,
        changed_by_others: false,
    }];
    view.gate = Some(Gate {
        stage: "track-web 10 %".to_owned(),
        asks: "the new side passes for 300 s, asked every 10 s, 3 rounds at least".to_owned(),
        rounds: 12,
        wanted: 3,
        since: Some(super::NOW),
        lasts_ms: 300_000,
    });
    view.next = vec![NextCommand {
        command: format!("caravan --dir caravan-demo cutover rollback {RUN}"),
        does: "puts everything back as it was".to_owned(),
    }];
    view
}

/// While it waits for an approval.
pub(super) fn waiting() -> RunView {
    use StepProgress::{Done, Pending};
    let steps = steps([[Done, Pending, Pending, Pending], [Pending; 4]], [0, 0]);
    let step = "ecs/417263850914/eu-central-1/tracking-eu/track-web 10 %".to_owned();
    let mut view = view(RunState::AwaitingApproval, Direction::Forward, steps);
    view.status.waiting_for = Some(WaitingFor::Approval { step: step.clone() });
    let lines =
        ["stage: track-web 10 %", "  - weight 100", "  + weight 90", "  + weight 10", "the stage before has baked"];
    view.evidence = Some(Evidence {
        step,
        shown: Shown { step: 0, stage: 1, entry: 42 },
        lines: lines.map(str::to_owned).to_vec(),
    });
    view
}

/// While it goes back since its new side failed, and nobody drives it.
pub(super) fn going_back() -> RunView {
    use StepProgress::{Pending, RollingBack};
    let steps = steps([[RollingBack, RollingBack, RollingBack, Pending], [Pending; 4]], [50, 0]);
    let mut view = view(RunState::Guarding, Direction::Back, steps);
    if let Some(driver) = &mut view.status.driver {
        (driver.drives, driver.silent_seconds) = (false, Some(95));
    }
    view
}
