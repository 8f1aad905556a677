//! How many whole cutovers one core rehearses in a second (the aim: 1,000 of one shift).
//!
//! One cutover is one shift of four stages, there and back, with its journal, its traffic and every rule watched.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints its figures")]

#[path = "../tests/common/mod.rs"]
mod common;

use caravan_cutover_rehearsal::{Intention, Profile, rehearse_many};
use cpu_time::ProcessTime;

const RUNS: u64 = 2000;

fn main() {
    let one = |name, shift| (name, common::sealed(vec![shift]));
    let plans = [
        one("route53", common::records()),
        one("alb", common::rule()),
        one("route", common::http_route()),
        ("all three in one wave", common::wave()),
        ("hand-overs of a consumer and a schedule", common::hand_overs()),
        ("shifts and a hand-over in one wave", common::mixed()),
    ];
    for (name, plan) in plans {
        for profile in [Profile::None, Profile::Everything] {
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
