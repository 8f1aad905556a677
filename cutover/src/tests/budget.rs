//! What calls draw on. Route 53: 10 requests a second, 50 at once, 15 of them for the way back; a look makes two.

use super::common::{records, sealed};
use crate::Budgets;
use caravan_cutover_engine::{Effect, Going, Moment, State};
use caravan_providers::Call;

fn look(plan: &caravan_plans::Sealed) -> Effect {
    Effect::Call(Box::new(Call::Observe(plan.plan().shifts[0].target.clone())))
}

#[test]
fn forward_leaves_the_reserve_and_back_may_take_it() {
    let plan = sealed(vec![records()]);
    let budgets = Budgets::default();
    let forward = State::planned("r1", plan.plan());
    let back = State { going: Going::Back, ..forward.clone() };
    let effect = look(&plan);
    let now = Moment(1_000_000);
    assert_eq!(budgets.take(&effect, &forward, now), Err(now.plus_ms(200)), "a process begins with the reserve");
    let taken = (0..100).take_while(|_| budgets.take(&effect, &back, now).is_ok()).count();
    assert_eq!(taken, 7);
    let later = now.plus_ms(60_000);
    let forwards = (0..100).take_while(|_| budgets.take(&effect, &forward, later).is_ok()).count();
    assert_eq!(forwards, 17);
    assert_eq!(budgets.take(&effect, &back, later), Ok(()));
}

#[test]
fn over_a_minute_no_more_goes_out_than_the_provider_allows() {
    let plan = sealed(vec![records()]);
    let budgets = Budgets::default();
    let state = State::planned("r1", plan.plan());
    let (mut now, mut looks) = (Moment(0), 0);
    while now < Moment(60_000) {
        match budgets.take(&look(&plan), &state, now) {
            Ok(()) => looks += 1,
            Err(until) => now = until,
        }
    }
    assert!((590..=600).contains(&(looks * 2)), "{looks} looks");
}
