//! How long the way back of a wave of names takes, and by how many calls: in the simulated world's time, where each call takes
//! 50 ms and a change takes a minute until it is everywhere.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints its figures")]

#[expect(dead_code, reason = "it holds the plans of tests, too")]
#[path = "../tests/common/mod.rs"]
mod common;
#[path = "../tests/common/names.rs"]
mod names;

use caravan_cutover_engine::{Effect, Event, Outcome, Phase};
use caravan_cutover_rehearsal::{FaultPlan, Intention, Made, rehearse, world_of};
use caravan_providers::Call;
use cpu_time::ProcessTime;

fn main() {
    for (count, zones) in [(10, 1), (40, 4), (200, 4), (40, 40)] {
        let plan = names::names(count, zones);
        let mut world = world_of(plan.plan(), 1);
        world.set_propagation(60_000);
        let start = ProcessTime::now();
        let run = rehearse(&plan, world, Intention::ThereAndBack, &FaultPlan::default());
        let took = start.elapsed();
        assert_eq!((run.violations.len(), run.state.phase), (0, Phase::Finished(Outcome::RolledBack)));
        let is_wanted = |made: &Made| matches!(&made.effect, Effect::Append(Event::Aborted { .. }));
        let back = &run.effects[run.effects.iter().position(is_wanted).unwrap()..];
        let of = |is: fn(&Call) -> bool| {
            back.iter().filter(move |made| matches!(&made.effect, Effect::Call(call) if is(call)))
        };
        let written = of(|call| matches!(call, Call::Write(_) | Call::WriteAll(_)));
        let (begin, end) = (back[0].at, back.last().unwrap().at);
        let put_back = written.clone().map(|made| made.at + 50 - begin).max().unwrap();
        let asked = of(|call| match call {
            Call::All(calls) => matches!(calls.first(), Some(Call::Status { .. })),
            other => matches!(other, Call::Status { .. }),
        });
        let (all, asked) = (of(|_| true).count(), asked.count());
        println!(
            "{count} names in {zones} zones: put back after {put_back} ms by {} writes, everywhere after {} ms; {} calls and {asked} \
             questions whether they are everywhere ({} ms of CPU there and back)",
            written.count(),
            end - begin,
            all - asked,
            took.as_millis(),
        );
    }
}
