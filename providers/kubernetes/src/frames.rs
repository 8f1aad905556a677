//! The routes of sealed plans, as far as they are more than their rules: whether a route is still the one that was sealed.

use crate::Routes;
use crate::route::Seen;
use caravan_providers::CallError;
use caravan_providers::target::{HttpRouteTarget, OtherRoute, RouteFrame, Snapshot};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What is known of the routes of the runs that are driven, by the plans that were sealed.
#[derive(Clone, Debug, Default)]
pub struct SealedRoutes(Arc<Mutex<BTreeMap<HttpRouteTarget, BTreeMap<String, SealedRoute>>>>);

/// One route as it was sealed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct SealedRoute {
    frame: RouteFrame,
    original: Snapshot,
}

impl SealedRoutes {
    /// Takes note of a route of a run's plan.
    pub fn expect(&self, run: &str, target: &HttpRouteTarget, frame: RouteFrame, original: Snapshot) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(target.clone()).or_default().insert(run.to_owned(), SealedRoute { frame, original });
    }

    /// The run is over.
    pub fn forget(&self, run: &str) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.values_mut().for_each(|runs| drop(runs.remove(run)));
    }

    /// A route as it was sealed. No two runs have one at the same time.
    pub(crate) fn of(&self, target: &HttpRouteTarget) -> Option<SealedRoute> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(target).and_then(|runs| runs.values().last()).cloned()
    }
}

impl SealedRoute {
    /// The snapshot of what was seen. A route that was made anew is another one, whatever its rules are; where it stands as the original
    /// did and bears no token, somebody has put everything back, and nothing is left to do.
    pub(crate) fn snapshot(&self, seen: &Seen) -> Snapshot {
        let is_same = self.frame.uid == seen.frame.uid;
        let is_put_back = seen.token.is_none() && seen.snapshot == self.original;
        match &seen.snapshot {
            Snapshot::Rules(rules) if !(is_same || is_put_back) => {
                let (uid, sealed) = (seen.frame.uid.clone(), self.frame.uid.clone());
                Snapshot::OtherRoute(Box::new(OtherRoute { rules: rules.clone(), uid, sealed }))
            }
            same => same.clone(),
        }
    }

    /// Whether a change leads to users' old side: that is made whatever names and gateways the route has by now.
    pub(crate) fn is_way_back(&self, after: &Snapshot) -> bool {
        *after == self.original
    }

    /// Refuses to move users of names, or at gateways, that the plan was not made for.
    ///
    /// # Errors
    /// [`CallError::Rejected`].
    pub(crate) fn is_meant(&self, seen: &Seen) -> Result<(), CallError> {
        let differences = self.differences(seen);
        if differences.is_empty() {
            return Ok(());
        }
        let text = format!(
            "somebody else has changed whose requests the route takes: {}; put it right and `retry`, or take the run back and seal it anew",
            differences.join("; ")
        );
        Err(CallError::Rejected(text))
    }

    /// What is otherwise than it was sealed, though it is no part of its rules.
    fn differences(&self, seen: &Seen) -> Vec<String> {
        seen.is_deleted().into_iter().chain(self.frame.differences(&seen.frame)).collect()
    }

    /// Tests that the very route is written that was sealed; on the way forward its names and gateways, too.
    pub(crate) fn tests(&self, forward: bool) -> Vec<Value> {
        let test = |path: &str, value: &Value| json!({"op": "test", "path": path, "value": value});
        let mut tests = vec![test("/metadata/uid", &Value::from(self.frame.uid.as_str()))];
        // A patch can't test that there is none.
        let fields = [("/spec/hostnames", &self.frame.hostnames), ("/spec/parentRefs", &self.frame.parents)];
        let there = fields.into_iter().filter(|(_, value)| forward && !value.is_null());
        tests.extend(there.map(|(path, value)| test(path, value)));
        tests
    }
}

impl Routes {
    /// What of a route is not its rules, as it stands.
    ///
    /// # Errors
    /// [`CallError::Rejected`] where it is being deleted; those of any call.
    pub async fn frame(&self, target: &HttpRouteTarget) -> Result<RouteFrame, CallError> {
        let seen = self.see(target).await?;
        match seen.is_deleted() {
            Some(deleted) => Err(CallError::Rejected(deleted)),
            None => Ok(seen.frame),
        }
    }

    /// What of a route is otherwise now than it was sealed, though it is no part of its rules; of any route that it is being deleted.
    ///
    /// # Errors
    /// Those of any call.
    pub(crate) async fn otherwise(&self, target: &HttpRouteTarget) -> Result<Vec<String>, CallError> {
        let seen = self.see(target).await?;
        Ok(match self.sealed.of(target) {
            Some(sealed) => sealed.differences(&seen),
            None => seen.is_deleted().into_iter().collect(),
        })
    }
}

impl Seen {
    /// What to say of a route that stands only until its finalizers are done; none of any other.
    fn is_deleted(&self) -> Option<String> {
        let text =
            "it is being deleted (metadata.deletionTimestamp): nobody is served by it once its finalizers are done";
        self.deleted.then(|| text.to_owned())
    }
}
