//! Whether what runs by the clock on Cloudflare runs by the same clock here.

use crate::compare::Difference;
use caravan_convert_lift::plconfig::WORKER_CLOCK;
use caravan_convert_lift::{is_same_clock, schedule_of_trigger};
use serde_json::Value;
use std::collections::BTreeMap;

/// Holds the CronJobs among the manifests to the triggers: each has one, with the trigger as its last word, by the schedule that it is.
/// `files` is the context of the image. Gives the triggers that are called here, and what is wrong.
pub(crate) fn held(
    crons: &[String],
    manifests: &[Value],
    files: Option<&BTreeMap<String, String>>,
) -> (Vec<String>, Vec<Difference>) {
    let jobs: Vec<(&Value, &str)> = manifests.iter().filter_map(|one| Some((one, trigger(one)?))).collect();
    let program = WORKER_CLOCK.rsplit('/').next().unwrap_or(WORKER_CLOCK);
    let (mut called, mut wrong) = (Vec::new(), Vec::new());
    let mut differ = |cron: &str, original: &str, converted: String| {
        let request = format!("scheduled {cron}");
        wrong.push(Difference { request, what: "clock".to_owned(), original: original.to_owned(), converted });
    };
    for cron in crons {
        let own: Vec<&Value> = jobs.iter().filter(|(_, trigger)| trigger == cron).map(|(job, _)| *job).collect();
        match own.as_slice() {
            [] => differ(cron, "it runs", "no CronJob has this trigger as its last argument".to_owned()),
            [_] if files.is_none_or(|files| !files.contains_key(program)) => {
                differ(cron, "it runs", format!("its image has no `{program}`"));
            }
            [job] => {
                called.push(cron.clone());
                let wanted = schedule_of_trigger(cron);
                let (schedule, zone) = (text(job, "/spec/schedule"), text(job, "/spec/timeZone"));
                if !wanted.as_ref().is_some_and(|wanted| is_same_clock(wanted, schedule)) {
                    differ(cron, wanted.as_deref().unwrap_or("it runs"), format!("its CronJob runs at `{schedule}`"));
                }
                if !matches!(zone, "" | "UTC" | "Etc/UTC") {
                    differ(cron, "it runs by UTC", format!("its CronJob runs by {zone}"));
                }
                // Until its hand-over it waits, and says so.
                let waits = job.pointer("/metadata/annotations").and_then(|all| all.get("caravan.dev/suspended"));
                if job.pointer("/spec/suspend") == Some(&Value::Bool(true)) && waits.is_none() {
                    differ(cron, "it runs", "its CronJob is suspended, and nothing says until when".to_owned());
                }
            }
            several => differ(cron, "it runs once", format!("{} CronJobs run it", several.len())),
        }
    }
    for (job, trigger) in jobs.iter().filter(|(_, trigger)| !crons.iter().any(|cron| cron == trigger)) {
        differ(trigger, "it has no such trigger", format!("a CronJob runs it at `{}`", text(job, "/spec/schedule")));
    }
    (called, wrong)
}

/// The trigger that a CronJob calls: the last word behind the program that does it.
fn trigger(manifest: &Value) -> Option<&str> {
    let container = manifest.pointer("/spec/jobTemplate/spec/template/spec/containers/0")?;
    let list = |field: &str| container.get(field).and_then(Value::as_array).into_iter().flatten();
    let words: Vec<&str> = list("command").chain(list("args")).filter_map(Value::as_str).collect();
    let is_cron_job = manifest.get("kind").and_then(Value::as_str) == Some("CronJob");
    let at = words.iter().position(|word| *word == WORKER_CLOCK).filter(|_| is_cron_job)?;
    words.get(at + 1..)?.last().copied()
}

fn text<'v>(manifest: &'v Value, pointer: &str) -> &'v str {
    manifest.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::held;
    use caravan_convert_lift::plconfig::WORKER_CLOCK;
    use serde_json::{Value, json};
    use std::collections::BTreeMap;

    fn job(schedule: &str, cron: &str) -> Value {
        let container = json!({"name": "clock", "command": ["node", WORKER_CLOCK, cron]});
        json!({"kind": "CronJob", "metadata": {"name": "a"}, "spec": {"schedule": schedule, "timeZone": "Etc/UTC",
            "jobTemplate": {"spec": {"template": {"spec": {"containers": [container]}}}}}})
    }

    fn said(crons: &[&str], manifests: &[Value], has_program: bool) -> (usize, Vec<String>) {
        let crons: Vec<String> = crons.iter().map(|cron| (*cron).to_owned()).collect();
        let name = if has_program { "clock.mjs" } else { "clock.js" };
        let files = BTreeMap::from([(name.to_owned(), String::new())]);
        let (called, wrong) = held(&crons, manifests, Some(&files));
        assert!(wrong.iter().all(|one| one.what == "clock"));
        (called.len(), wrong.into_iter().map(|one| one.converted).collect())
    }

    #[test]
    fn every_trigger_has_its_cron_job_with_its_schedule() {
        // Cloudflare counts Sunday as 1, a CronJob as 0.
        let good = [job("0 * * * *", "0 * * * *"), job("30 5 * * 0", "30 5 * * 1")];
        assert_eq!(said(&["0 * * * *", "30 5 * * 1"], &good, true), (2, Vec::new()));
        let other = job("17 4 1 1 *", "0 * * * *");
        assert_eq!(said(&["0 * * * *"], &[other], true), (1, vec!["its CronJob runs at `17 4 1 1 *`".to_owned()]));
        let missing = vec!["no CronJob has this trigger as its last argument".to_owned()];
        assert_eq!(said(&["0 * * * *"], &[], true), (0, missing.clone()));
        // Another trigger in its place is none, and one too many.
        let (called, wrong) = said(&["0 * * * *"], &[job("0 * * * *", "5 * * * *")], true);
        assert_eq!((called, wrong.len()), (0, 2), "{wrong:?}");
        let twice = [job("0 * * * *", "0 * * * *"), job("0 * * * *", "0 * * * *")];
        assert_eq!(said(&["0 * * * *"], &twice, true), (0, vec!["2 CronJobs run it".to_owned()]));
        let without = (0, vec!["its image has no `clock.mjs`".to_owned()]);
        assert_eq!(said(&["0 * * * *"], &good[..1], false), without);
    }

    #[test]
    fn a_cron_job_runs_by_the_clock_of_cloudflare_and_waits_only_where_it_says_so() {
        let mut zone = job("0 5 * * *", "0 5 * * *");
        zone["spec"]["timeZone"] = "Europe/Berlin".into();
        assert_eq!(said(&["0 5 * * *"], &[zone], true).1, ["its CronJob runs by Europe/Berlin"]);
        let mut suspended = job("0 5 * * *", "0 5 * * *");
        suspended["spec"]["suspend"] = true.into();
        assert_eq!(said(&["0 5 * * *"], &[suspended.clone()], true).1.len(), 1);
        suspended["metadata"]["annotations"] = json!({"caravan.dev/suspended": "the old side runs it"});
        assert_eq!(said(&["0 5 * * *"], &[suspended], true), (1, Vec::new()));
    }
}
