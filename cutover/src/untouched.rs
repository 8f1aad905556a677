//! What a run that this journal has never driven finds otherwise than its plan found it, where nothing there tells whose work that is.

use caravan_plans::{Step, WavePlan};
use caravan_providers::target::{Guarantee, Target};
use caravan_providers::{Call, Observer, Reply};
use futures_util::future::join_all;

/// Of targets that bear no fencing token the first that does not stand as the plan found it, or that nobody sees, for a person; none
/// where all of them do. Whose work stands at a target with a token the token says.
pub(crate) async fn found_otherwise(world: &impl Observer, plan: &WavePlan) -> Option<String> {
    let of_step = |step| Step::targets(step).enumerate().map(move |(place, target)| (step, place, target));
    let places = plan.steps.iter().flat_map(of_step);
    let unmarked = places.filter(|(_, _, target)| target.guarantee() == Guarantee::Checked);
    let asked = unmarked.map(|(step, place, target)| otherwise(world, step, place, target));
    join_all(asked).await.into_iter().flatten().next()
}

async fn otherwise(world: &impl Observer, step: &Step, place: usize, target: &Target) -> Option<String> {
    match world.observe(&Call::Observe(target.clone())).await {
        Ok(Reply::Observed { snapshot, .. }) if step.standing(place, None) == Some(&snapshot) => None,
        Ok(Reply::Observed { snapshot, .. }) => {
            let stands = target.kind().lines(&snapshot).join("; ");
            Some(format!("{target} does not stand as its plan found it: {stands}"))
        }
        Ok(_) => Some(format!("nobody can tell how {target} stands")),
        Err(error) => Some(format!("nobody can tell how {target} stands: {error}")),
    }
}
