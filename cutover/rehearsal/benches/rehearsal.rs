//! How many whole cutovers one core rehearses in a second (the aim: 1,000 of one shift).
//!
//! One cutover is one shift of four stages, there and back, with its journal, its traffic and every rule watched. The
//! first plans have the gate that a wave has by default; the others a thin one, of which a run is a tenth as long.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints its figures")]

#[path = "../tests/common/mod.rs"]
mod common;
#[path = "../tests/common/patient.rs"]
mod patient;

use caravan_cutover_rehearsal::{Intention, Profile, rehearse_many};
use caravan_plans::spec::GateSpec;
use caravan_plans::{Gate, Sealed, Shift};
use cpu_time::ProcessTime;
use patient::patient;

const RUNS: u64 = 2000;

fn main() {
    let one = |name, shift| (name, common::sealed(vec![shift]));
    let plans = [
        ("route53, default gate", by_default(vec![common::records()])),
        ("alb, default gate", by_default(vec![common::rule()])),
        ("route, default gate", by_default(vec![common::http_route()])),
        (
            "all three in one wave, default gate",
            by_default(vec![common::records(), common::rule(), common::http_route()]),
        ),
        one("route53", common::records()),
        one("alb", common::rule()),
        one("route", common::http_route()),
        ("all three in one wave", common::wave()),
        ("hand-overs of a consumer and a schedule", patient(&common::hand_overs())),
        ("shifts and a hand-over in one wave", patient(&common::mixed())),
    ];
    for (name, plan) in plans {
        for profile in [Profile::None, Profile::Single, Profile::Everything] {
            let mut rates: Vec<f64> = (0..5)
                .map(|round| {
                    let start = ProcessTime::now();
                    let report = rehearse_many(&plan, RUNS, round * RUNS, profile, Intention::ThereAndBack, |_, _| {});
                    assert_eq!(report.violations, 0);
                    RUNS as f64 / start.elapsed().as_secs_f64()
                })
                .collect();
            rates.sort_by(f64::total_cmp);
            println!("{name}, {profile:?}: {:.0} whole cutovers a CPU second (median of 5)", rates[2]);
        }
    }
}

/// A wave of shifts whose stages have the gate that a shift has when its wave names none.
fn by_default(mut shifts: Vec<Shift>) -> Sealed {
    let spec = GateSpec::default();
    let gate = Gate {
        bake_ms: u64::from(spec.bake) * 1000,
        every_ms: u64::from(spec.every) * 1000,
        rounds: spec.rounds,
        unknown: spec.unknown,
    };
    shifts.iter_mut().flat_map(|shift| &mut shift.stages).for_each(|stage| stage.gate = gate);
    common::sealed(shifts)
}
