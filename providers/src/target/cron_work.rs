//! What is known of a CronJob that is to be at work: that it is not suspended says little.

use super::cluster_work::ClusterWorkTarget;
use super::utc::{utc_ms, utc_text};
use serde_json::Value;

/// Milliseconds after a firing within which its controller makes the Job, also after a restart.
const FIRES_WITHIN_MS: u64 = 120_000;

/// What is known of a CronJob that is not suspended, for a person, and what speaks against that it works.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct KnownOfCronJob {
    /// When it last ended well or fired, or that it has not yet and when it does next.
    pub known: String,
    /// Its last run that ended since it was started has failed, or it was due and has not fired.
    pub against: Option<String>,
}

impl KnownOfCronJob {
    /// Of an object as the API gives it, with the Jobs that are its own. Jobs from before it was started say nothing: somebody may have
    /// tried it by hand.
    #[must_use]
    pub fn of(target: &ClusterWorkTarget, cron_job: &Value, jobs: &[Value], now_ms: u64) -> Self {
        let time = |field: &str| cron_job["status"][field].as_str().and_then(utc_ms);
        let since = started_at(cron_job);
        let (fired, ended_well) = (time("lastScheduleTime"), time("lastSuccessfulTime"));
        let is_since = |moment: Option<u64>| moment.filter(|moment| since.is_none_or(|since| *moment + 60_000 > since));
        let firings = target.snapshot(cron_job).ok().and_then(|snapshot| ClusterWorkTarget::firings(&snapshot));
        let next = |after: u64| firings.as_ref().and_then(|firings| firings.next_after(after));
        let coming = || match next(now_ms) {
            Some(at) => format!("next at {}", utc_text(at)),
            None => "when it fires next can't be reckoned here".to_owned(),
        };
        let known = match (is_since(ended_well), is_since(fired)) {
            (Some(well), Some(fired)) => {
                format!("its last run that ended well ended at {}, last fired at {}", utc_text(well), utc_text(fired))
            }
            (Some(well), None) => format!("its last run that ended well ended at {}; {}", utc_text(well), coming()),
            (None, Some(fired)) => {
                format!("last fired at {}, and no run has ended well yet; {}", utc_text(fired), coming())
            }
            (None, None) => format!("it has not fired yet; {}", coming()),
        };
        // The first firing that it owes since it was started, or since it last fired.
        let owed = since.and_then(|since| next(since.max(is_since(fired).unwrap_or(0))));
        let missed = owed.filter(|owed| owed + FIRES_WITHIN_MS < now_ms);
        let missed = missed.map(|owed| format!("it was due at {} and has not fired", utc_text(owed)));
        Self { known, against: failed(jobs, since).or(missed) }
    }
}

/// When it was started, to the second: when whoever owns `spec.suspend` last changed something of it. None where nobody does.
fn started_at(cron_job: &Value) -> Option<u64> {
    let entries = cron_job["metadata"]["managedFields"].as_array()?;
    let owns = |entry: &&Value| !entry["fieldsV1"]["f:spec"]["f:suspend"].is_null();
    entries.iter().filter(owns).filter_map(|entry| entry["time"].as_str().and_then(utc_ms)).max()
}

/// How the last run that ended since then has failed; none where it ended well, or none has ended.
fn failed(jobs: &[Value], since: Option<u64>) -> Option<String> {
    let since = since?;
    let ended = jobs.iter().filter_map(|job| {
        let conditions = job["status"]["conditions"].as_array()?;
        let is_end = |one: &&Value| (one["type"] == "Complete" || one["type"] == "Failed") && one["status"] == "True";
        let made = job["metadata"]["creationTimestamp"].as_str().and_then(utc_ms).filter(|made| *made >= since)?;
        Some((made, job, conditions.iter().find(is_end)?))
    });
    let (_, job, end) = ended.max_by_key(|(made, _, _)| *made)?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let name = text(&job["metadata"]["name"]);
    (end["type"] == "Failed")
        .then(|| format!("its Job {name} failed: {} ({})", text(&end["reason"]), text(&end["message"])))
}

#[cfg(test)]
mod tests {
    use super::super::cluster_work::ClusterWork;
    use super::*;
    use serde_json::json;

    const STARTED: u64 = 1_795_996_800_000;

    fn of(status: &Value, jobs: &[Value], now_ms: u64) -> KnownOfCronJob {
        let text = |text: &str| text.to_owned();
        let target = ClusterWorkTarget {
            kind: ClusterWork::CronJob,
            cluster: text("prod"),
            namespace: text("shop"),
            name: text("close"),
        };
        let by = |manager: &str, field: &str, at: u64| json!({"manager": manager, "time": utc_text(at), "fieldsV1": {"f:spec": {field: {}}}});
        let cron_job = json!({
            "metadata": {"managedFields": [by("caravan", "f:suspend", STARTED), by("other", "f:schedule", STARTED + 90_000)]},
            "spec": {"schedule": "15 2 * * *", "timeZone": "Etc/UTC", "suspend": false}, "status": status,
        });
        KnownOfCronJob::of(&target, &cron_job, jobs, now_ms)
    }

    fn job(name: &str, made: u64, end: &str) -> Value {
        let end = json!({"type": end, "status": "True", "reason": "DeadlineExceeded", "message": "too long"});
        json!({"metadata": {"name": name, "creationTimestamp": utc_text(made)}, "status": {"conditions": [end]}})
    }

    #[test]
    fn what_has_not_fired_yet_works_until_it_was_due_and_did_not() {
        let due = STARTED + (2 * 60 + 15) * 60_000;
        let fresh = of(&json!({}), &[], STARTED + 1000);
        assert_eq!(fresh.known, "it has not fired yet; next at 2026-11-30T02:15:00Z");
        assert_eq!(fresh.against, None);
        assert_eq!(of(&json!({}), &[], due + FIRES_WITHIN_MS).against, None);
        let missed = of(&json!({}), &[], due + FIRES_WITHIN_MS + 1000);
        assert_eq!(missed.against.unwrap(), "it was due at 2026-11-30T02:15:00Z and has not fired");
        let fired = of(&json!({"lastScheduleTime": utc_text(due)}), &[], due + FIRES_WITHIN_MS + 1000);
        assert_eq!(fired.against, None);
        assert!(fired.known.starts_with("last fired at 2026-11-30T02:15:00Z, and no run has ended well"), "{fired:?}");
    }

    #[test]
    fn the_last_run_that_ended_since_it_was_started_counts() {
        let (early, first, second) = (STARTED - 60_000, STARTED + 60_000, STARTED + 120_000);
        let against = |jobs: &[Value]| of(&json!({}), jobs, second).against;
        assert_eq!(against(&[job("tried-before", early, "Failed")]), None);
        assert_eq!(
            against(&[job("tried-before", early, "Complete"), job("a", first, "Failed")]).unwrap(),
            "its Job a failed: DeadlineExceeded (too long)"
        );
        assert_eq!(against(&[job("a", first, "Failed"), job("b", second, "Complete")]), None);
        assert!(against(&[job("b", second, "Failed"), job("a", first, "Complete")]).is_some());
    }
}
