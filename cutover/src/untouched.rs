//! What a run that this journal has never driven finds otherwise than its plan found it, where nothing tells whose work that is.

use caravan_plans::{Step, WavePlan};
use caravan_providers::target::{Guarantee, Target};
use caravan_providers::{Call, CallError, Observer, Reply};
use futures_util::future::join_all;

/// Of targets that bear no fencing token the first that does not stand as the plan found it, or that nobody sees, for a person. None where
/// all of them do, and where the run's own token stands at another target of the plan: an older journal, by which it is taken back.
pub(crate) async fn found_otherwise(world: &impl Observer, run: &str, plan: &WavePlan) -> Option<String> {
    let of_step = |step| Step::targets(step).enumerate().map(move |(place, target)| (step, place, target));
    let seen = plan.steps.iter().flat_map(of_step).map(|(step, place, target): (&Step, usize, &Target)| async move {
        (step, place, target, world.observe(&Call::Observe(target.clone())).await)
    });
    let seen = join_all(seen).await;
    let is_own = |reply: &Result<Reply, CallError>| matches!(reply, Ok(Reply::Observed { token: Some(token), .. }) if token.run == run);
    if seen.iter().any(|(.., reply)| is_own(reply)) {
        return None;
    }
    let mut unmarked = seen.iter().filter(|(_, _, target, _)| target.guarantee() == Guarantee::Checked);
    unmarked.find_map(|(step, place, target, reply)| otherwise(step, *place, target, reply))
}

fn otherwise(step: &Step, place: usize, target: &Target, reply: &Result<Reply, CallError>) -> Option<String> {
    match reply {
        Ok(Reply::Observed { snapshot, .. }) if step.standing(place, None) == Some(snapshot) => None,
        Ok(Reply::Observed { snapshot, .. }) => {
            let stands = target.kind().lines(snapshot).join("; ");
            Some(format!("{target} does not stand as its plan found it: {stands}"))
        }
        Ok(_) => Some(format!("nobody can tell how {target} stands")),
        Err(error) => Some(format!("nobody can tell how {target} stands: {error}")),
    }
}
