//! Jobs and CronJobs: what runs and ends.

use super::RenderError;
use super::app::{Part, annotate, int};
use super::pod::Pod;
use super::suspension::mark;
use caravan_convert_lift::plconfig::Overlap;
use k8s_openapi::api::batch::v1::{CronJob, CronJobSpec, Job, JobSpec, JobTemplateSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

/// Seconds that a run may be late before it is left out.
const LATE: i64 = 300;
/// Runs that are kept for reading, of those that went well and those that did not.
const KEPT: i32 = 3;
/// Seconds that a run is kept: a day.
const KEPT_SECONDS: i32 = 86_400;

/// The CronJob of a component that runs by the clock.
pub(super) fn cron_job(part: &Part<'_>, pod: &Pod) -> Result<CronJob, RenderError> {
    let component = part.component;
    let schedule = component.schedule.as_deref().unwrap_or_default();
    if schedule.split_whitespace().count() != 5 {
        return Err(part.error(
            "schedule",
            format!("`{schedule}` has not five fields such as `0 5 * * *`"),
        ));
    }
    let overlap = match component.overlap {
        Some(Overlap::Allow) => "Allow",
        Some(Overlap::Replace) => "Replace",
        Some(Overlap::Forbid) | None => "Forbid",
    };
    Ok(CronJob {
        metadata: metadata(part, pod),
        spec: Some(CronJobSpec {
            schedule: schedule.to_owned(),
            time_zone: Some(component.timezone.clone().unwrap_or_else(|| "Etc/UTC".to_owned())),
            concurrency_policy: Some(overlap.to_owned()),
            starting_deadline_seconds: Some(LATE),
            successful_jobs_history_limit: Some(KEPT),
            failed_jobs_history_limit: Some(KEPT),
            suspend: component.suspended.as_ref().map(|_| true),
            job_template: JobTemplateSpec {
                metadata: None,
                spec: Some(spec(part, pod)),
            },
        }),
        status: None,
    })
}

/// The Job of a component that runs once before each deployment.
///
/// It is a hook of Argo CD's sync in a wave before the rest and after what it needs; before the sync its account and
/// its secrets would not be there the first time. A suspended one is no hook: the sync would wait for it.
pub(super) fn job(part: &Part<'_>, pod: &Pod) -> Job {
    let mut metadata = metadata(part, pod);
    let mut spec = spec(part, pod);
    if part.component.suspended.is_some() {
        spec.suspend = Some(true);
        // A Job can't be changed, only replaced.
        annotate(
            &mut metadata,
            "argocd.argoproj.io/sync-options",
            "Force=true,Replace=true",
        );
    } else {
        annotate(&mut metadata, "argocd.argoproj.io/hook", "Sync");
        annotate(
            &mut metadata,
            "argocd.argoproj.io/hook-delete-policy",
            "BeforeHookCreation",
        );
        annotate(&mut metadata, "argocd.argoproj.io/sync-wave", "-1");
    }
    Job {
        metadata,
        spec: Some(spec),
        status: None,
    }
}

fn metadata(part: &Part<'_>, pod: &Pod) -> ObjectMeta {
    let mut metadata = part.runner_metadata();
    mark(part, &mut metadata);
    if let Some(needed) = &pod.security {
        annotate(&mut metadata, "caravan.dev/pod-security", needed.as_str());
    }
    metadata
}

fn spec(part: &Part<'_>, pod: &Pod) -> JobSpec {
    let mut template = pod.template.clone();
    if let Some(pod) = &mut template.spec {
        pod.restart_policy = Some("Never".to_owned());
    }
    let at_once = Some(int(part.bounds().0.max(1))).filter(|count| *count > 1);
    JobSpec {
        active_deadline_seconds: part.component.timeout.map(|length| i64::from(length.0.max(1))),
        backoff_limit: Some(int(part.component.retries.unwrap_or(0))),
        parallelism: at_once,
        completions: at_once,
        ttl_seconds_after_finished: Some(KEPT_SECONDS),
        template,
        ..JobSpec::default()
    }
}
