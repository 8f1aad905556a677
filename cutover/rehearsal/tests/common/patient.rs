//! Plans for rehearsals in which more goes wrong in a gap than a person can answer in the time that the tests' plans give.

use caravan_plans::{Sealed, Step};

/// A plan that bears a longer time without an owner: in so many runs some have more faults in the gap than a person can
/// answer in the time that the tests' plans give.
pub(crate) fn patient(plan: &Sealed) -> Sealed {
    let mut plan = plan.plan().clone();
    for step in &mut plan.steps {
        if let Step::HandOver(hand_over) = step {
            hand_over.longest_gap_ms = 600_000;
        }
    }
    Sealed::seal(plan).unwrap()
}
