//! The rules of sealed plans, as far as they are more than their actions: whether they still take the requests that they took.

use super::AwsTargets;
use super::answer;
use super::error::of_sdk;
use crate::xml::ELASTIC_LOAD_BALANCING;
use aws_sdk_elasticloadbalancingv2::Client;
use caravan_providers::target::{ListenerRuleTarget, RuleFrame, Snapshot};
use caravan_providers::{CallError, Write};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// How many rules are read at once: the most that the API gives.
const PAGE: i32 = 400;

/// What is known of the rules of the runs that are driven, by the plans that were sealed.
#[derive(Debug, Default)]
pub(super) struct SealedRules(Mutex<BTreeMap<ListenerRuleTarget, BTreeMap<String, SealedRule>>>);

/// One rule as it was sealed.
#[derive(Clone, Debug)]
struct SealedRule {
    frame: RuleFrame,
    original: Snapshot,
}

/// A listener as it stands, with all of its rules.
struct Stands {
    listener: Value,
    rules: Vec<Value>,
}

impl SealedRules {
    /// A rule as it was sealed. No two runs have one at the same time.
    fn of(&self, target: &ListenerRuleTarget) -> Option<SealedRule> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(target).and_then(|runs| runs.values().last()).cloned()
    }
}

impl AwsTargets {
    /// Takes note of a rule of a run's plan: from now on it is held against this, and no write moves users on where it is otherwise.
    pub fn expect(&self, run: &str, target: &ListenerRuleTarget, frame: RuleFrame, original: Snapshot) {
        let mut all = self.sealed.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(target.clone()).or_default().insert(run.to_owned(), SealedRule { frame, original });
    }

    /// The run is over: what its plan was made for binds nobody any more.
    pub fn forget(&self, run: &str) {
        let mut all = self.sealed.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.values_mut().for_each(|runs| drop(runs.remove(run)));
    }

    /// What of a rule is not its actions, as it stands.
    ///
    /// # Errors
    /// [`CallError::Missing`] where there is no such rule; those of any call.
    pub(super) async fn frame(&self, target: &ListenerRuleTarget) -> Result<RuleFrame, CallError> {
        let stands = self.stands(target).await?;
        let missing = || CallError::Missing(target.arn.clone());
        RuleFrame::of(&target.arn, &stands.listener, &stands.rules).ok_or_else(missing)
    }

    /// What of a rule that was sealed is otherwise now, though it is no part of its actions.
    ///
    /// # Errors
    /// Those of any call.
    pub(super) async fn otherwise(&self, target: &ListenerRuleTarget) -> Result<Vec<String>, CallError> {
        let Some(sealed) = self.sealed.of(target) else { return Ok(Vec::new()) };
        let stands = self.stands(target).await?;
        Ok(match RuleFrame::of(&target.arn, &stands.listener, &stands.rules) {
            Some(now) => sealed.frame.differences(&now),
            None => vec![sealed.frame.gone(&stands.rules)],
        })
    }

    /// Refuses to move users on at a rule that takes other requests than the plan was made for. The way back is always made.
    ///
    /// # Errors
    /// [`CallError::Rejected`]; those of any call.
    pub(super) async fn is_meant(&self, target: &ListenerRuleTarget, write: &Write) -> Result<(), CallError> {
        if self.sealed.of(target).is_none_or(|sealed| sealed.original == write.after) {
            return Ok(());
        }
        let otherwise = self.otherwise(target).await?;
        if otherwise.is_empty() {
            return Ok(());
        }
        Err(CallError::Rejected(format!(
            "somebody else has changed whose requests the rule takes: {}; put it right and `retry`, or take the run back and seal it anew",
            otherwise.join("; ")
        )))
    }

    async fn stands(&self, target: &ListenerRuleTarget) -> Result<Stands, CallError> {
        let visit = self.balancer(target).await?;
        visit.ends(stands(&visit.session.balancing, target).await).await
    }
}

async fn stands(client: &Client, target: &ListenerRuleTarget) -> Result<Stands, CallError> {
    let arn = target.listener();
    let capture = answer::capture();
    let request = client.describe_listeners().listener_arns(&arn);
    request.customize().interceptor(capture.clone()).send().await.map_err(|error| of_sdk(&error))?;
    let listener = answer::list(&capture, &ELASTIC_LOAD_BALANCING, "Listeners")?.into_iter().next();
    let listener = listener.ok_or_else(|| CallError::Missing(arn.clone()))?;
    let (mut rules, mut marker) = (Vec::new(), None);
    loop {
        let capture = answer::capture();
        let request = client.describe_rules().listener_arn(&arn).page_size(PAGE).set_marker(marker);
        let page = request.customize().interceptor(capture.clone()).send().await.map_err(|error| of_sdk(&error))?;
        rules.extend(answer::list(&capture, &ELASTIC_LOAD_BALANCING, "Rules")?);
        marker = page.next_marker().filter(|marker| !marker.is_empty()).map(str::to_owned);
        if marker.is_none() {
            return Ok(Stands { listener, rules });
        }
    }
}
