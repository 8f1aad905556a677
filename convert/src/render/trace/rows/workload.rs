//! The rows of what runs: accounts, Deployments, StatefulSets and Jobs.

use crate::render::trace::field::Field::{App, Component};
use crate::render::trace::find;
use crate::render::trace::row::From::{All, First, Found, Rule};
use crate::render::trace::row::{Row, row};

pub(super) const SERVICE_ACCOUNT: &[Row] = &[
    row("", "account", "every app has an account of its own", All(&[App("app")])),
    row("/automountServiceAccountToken", "no-token", "no token of the cluster lies in a pod", Rule),
];

const REPLICAS: Row = row(
    "/spec/replicas",
    "replicas",
    "0 while suspended, the fixed number, or 1; an autoscaler's are left out",
    First(&[Component("suspended"), Component("scale")]),
);
const HISTORY: Row = row("/spec/revisionHistoryLimit", "history", "three old versions are kept to go back to", Rule);
const SELECTOR: Row = row(
    "/spec/selector",
    "selector",
    "the label of the component's name, which never changes",
    All(&[App("app"), Component("")]),
);

pub(super) const DEPLOYMENT: &[Row] = &[
    row("", "deployment", "what runs on and keeps nothing", All(&[Component("type")])),
    REPLICAS,
    HISTORY,
    SELECTOR,
    row(
        "/spec/progressDeadlineSeconds",
        "deadline",
        "how long a new version may take",
        All(&[Component("deploy/deadline")]),
    ),
    row(
        "/spec/strategy",
        "strategy",
        "how a new version replaces the old one: a quarter more and none missing unless the plconfig says otherwise",
        All(&[Component("deploy/surge"), Component("deploy/unavailable")]),
    ),
];

pub(super) const STATEFUL_SET: &[Row] = &[
    row("", "stateful-set", "what runs on and keeps a disk of its own", Found(find::kind)),
    REPLICAS,
    HISTORY,
    SELECTOR,
    row("/spec/serviceName", "name", "the Service of the component", All(&[App("app"), Component("")])),
    row("/spec/volumeClaimTemplates", "disks", "a disk for each instance", Found(find::kind)),
    row("/spec/volumeClaimTemplates/*", "disk", "a disk for each instance", Found(find::volume)),
];

pub(super) const JOB: &[Row] = &[row("", "job", "what runs once before each deployment", All(&[Component("type")]))];

pub(super) const CRON_JOB: &[Row] = &[
    row("", "cron-job", "what runs by the clock", All(&[Component("type")])),
    row("/spec/schedule", "schedule", "when it runs: five fields", All(&[Component("schedule")])),
    row("/spec/timeZone", "timezone", "the zone of the schedule; UTC unless said", All(&[Component("timezone")])),
    row(
        "/spec/concurrencyPolicy",
        "overlap",
        "whether a run starts while another runs; not unless said",
        All(&[Component("overlap")]),
    ),
    row("/spec/startingDeadlineSeconds", "late", "a run that is 300 s late is left out", Rule),
    row("/spec/successfulJobsHistoryLimit", "kept-runs", "three runs are kept for reading", Rule),
    row("/spec/failedJobsHistoryLimit", "kept-runs", "three runs are kept for reading", Rule),
    row("/spec/suspend", "suspended", "it does not run before its hand-over", All(&[Component("suspended")])),
];

/// Of a Job, and of a CronJob below its template.
pub(in crate::render::trace) const JOB_SPEC: &[Row] = &[
    row("/spec/activeDeadlineSeconds", "timeout", "how long a run may take", All(&[Component("timeout")])),
    row(
        "/spec/backoffLimit",
        "retries",
        "how often a failed run is repeated; never unless said",
        All(&[Component("retries")]),
    ),
    row("/spec/parallelism", "at-once", "how many run at once", All(&[Component("scale")])),
    row("/spec/completions", "at-once", "how many run at once", All(&[Component("scale")])),
    row("/spec/ttlSecondsAfterFinished", "kept-for-a-day", "a run is kept for a day", Rule),
    row("/spec/suspend", "suspended", "it does not run before its hand-over", All(&[Component("suspended")])),
];
