//! One change of a route: what its patch tests, and how often it is made.

use crate::Routes;
use crate::controllers::MANAGER;
use crate::pace::Pace;
use crate::route::{ANNOTATION_POINTER, Seen, patch, within};
use caravan_providers::target::{FencingToken, HttpRouteTarget, Snapshot};
use caravan_providers::{CallError, Write};
use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};

impl Routes {
    /// Gives the generation that the patch has made.
    async fn patch(&self, target: &HttpRouteTarget, operations: &[Value]) -> Result<i64, CallError> {
        within(self.api(target).patch(
            &target.name,
            &PatchParams { field_manager: Some(MANAGER.to_owned()), ..PatchParams::default() },
            &Patch::Json::<()>(patch(operations)?),
        ))
        .await
        .map(|route| route.metadata.generation.unwrap_or_default())
    }

    /// Makes a change, and again at a pace while it is refused and what it changes stands as it believes: a refused patch has changed
    /// nothing. Gives the generation.
    pub(crate) async fn change(&self, target: &HttpRouteTarget, write: &Write) -> Result<i64, CallError> {
        let sealed = self.sealed.of(target);
        let forward =
            write.before != write.after && !sealed.as_ref().is_some_and(|sealed| sealed.is_way_back(&write.after));
        let tests = sealed.as_ref().map(|sealed| sealed.tests(forward)).unwrap_or_default();
        let (mut pace, mut last) = (Pace::begin(), None);
        loop {
            // A claim is made over a reading, and so is what moves users on.
            let is_seen = write.token_before.is_none() || last.is_some() || (forward && sealed.is_some());
            let seen = match is_seen {
                true => Some(self.get(target).await.map_err(CallError::before_write)?),
                false => None,
            };
            if let Some(seen) = &seen {
                if seen.token != write.token_before || seen.snapshot != write.before {
                    let text = || CallError::Conflict(format!("{target} is not as the write believes"));
                    return Err(last.unwrap_or_else(text));
                }
                if let Some(sealed) = sealed.as_ref().filter(|_| forward) {
                    sealed.is_meant(seen)?;
                }
            }
            let operations = operations(write, seen.as_ref(), &tests)?;
            match self.patch(target, &operations).await {
                Err(conflict @ CallError::Conflict(_)) => {
                    pace.refused(&conflict).await?;
                    last = Some(conflict);
                }
                other => return other,
            }
        }
    }
}

/// A patch can't assert that there is no annotation, so that a claim tests the resourceVersion.
fn operations(write: &Write, seen: Option<&Seen>, tests: &[Value]) -> Result<Vec<Value>, CallError> {
    let token = |token: &FencingToken| Value::from(token.to_string());
    let mut all = tests.to_vec();
    match (&write.token_before, seen) {
        (Some(before), _) => {
            all.push(json!({"op": "test", "path": ANNOTATION_POINTER, "value": token(before)}));
            all.extend(swap(write)?);
            all.push(match &write.token_after {
                Some(after) => json!({"op": "replace", "path": ANNOTATION_POINTER, "value": token(after)}),
                None => json!({"op": "remove", "path": ANNOTATION_POINTER}),
            });
        }
        (None, Some(seen)) => {
            all.push(json!({"op": "test", "path": "/metadata/resourceVersion", "value": seen.version}));
            all.extend(swap(write)?);
            if let Some(after) = &write.token_after {
                if !seen.has_annotations {
                    all.push(json!({"op": "add", "path": "/metadata/annotations", "value": {}}));
                }
                all.push(json!({"op": "add", "path": ANNOTATION_POINTER, "value": token(after)}));
            }
        }
        (None, None) => return Err(CallError::NotSent("a claim without a reading".to_owned())),
    }
    Ok(all)
}

/// Tests the rules and replaces them.
fn swap(write: &Write) -> Result<[Value; 2], CallError> {
    let (Snapshot::Rules(before), Snapshot::Rules(after)) = (&write.before, &write.after) else {
        return Err(CallError::NotSent("not a change of a route".to_owned()));
    };
    Ok([
        json!({"op": "test", "path": "/spec/rules", "value": before}),
        json!({"op": "replace", "path": "/spec/rules", "value": after}),
    ])
}
