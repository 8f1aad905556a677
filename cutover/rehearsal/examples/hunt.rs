//! hunt
#[path = "../tests/common/mod.rs"]
mod common;
use caravan_cutover_rehearsal::*;
fn main() {
    let plans = [
        common::wave(),
        common::sealed(vec![common::records()]),
        common::sealed(vec![common::rule()]),
        common::sealed(vec![common::http_route()]),
    ];
    for (at, plan) in plans.iter().enumerate() {
        for intention in [Intention::Through, Intention::ThereAndBack, Intention::BackAfter(17)] {
            let r = rehearse_many(plan, 8000, 0, Profile::Everything, intention, |seed, v| {
                println!("plan {at} seed {seed} {intention:?} {v:?}")
            });
            println!(
                "plan {at} {intention:?} {:?} lost {}",
                r.rollback_seconds, r.lost_requests
            );
        }
    }
}
