//! The rows of names, labels and annotations, which all kinds share.

use crate::render::trace::field::Field::{App, Component, Environment, Setting};
use crate::render::trace::find;
use crate::render::trace::row::From::{All, Found, Inside, Rule};
use crate::render::trace::row::{Row, row};

pub(in crate::render::trace) const METADATA: &[Row] = &[
    row("/metadata", "metadata", "what every object carries", All(&[App("app"), Component("")])),
    row(
        "/metadata/name",
        "name",
        "the app's name, and behind it the component's where that is not `web`",
        All(&[App("app"), Component("")]),
    ),
    row(
        "/metadata/namespace",
        "namespace",
        "the namespace of the team",
        All(&[App("team"), Setting("namespace_prefix")]),
    ),
    row("/metadata/labels", "labels", "by which objects are found and selected", All(&[App("app"), Component("")])),
    row("/metadata/labels/app.kubernetes.io~1managed-by", "managed-by", "who wrote the object", Rule),
    row("/metadata/labels/*~1part-of", "part-of", "the app", All(&[App("app")])),
    row("/metadata/labels/*~1team", "team-label", "the team", All(&[App("team"), Setting("group")])),
    row("/metadata/labels/*~1app", "app-label", "the app", All(&[App("app"), Setting("group")])),
    row("/metadata/labels/*~1component", "component-label", "the component", All(&[Component(""), Setting("group")])),
    row(
        "/metadata/labels/tags.datadoghq.com~1env",
        "datadog-environment",
        "the environment, as Datadog reads it",
        All(&[Environment]),
    ),
    row(
        "/metadata/labels/tags.datadoghq.com~1version",
        "datadog-version",
        "the tag of the image, or the first digits of its digest, as Datadog reads it",
        Found(find::main_image),
    ),
    row(
        "/metadata/labels/admission.datadoghq.com~1enabled",
        "datadog-traces",
        "traces are collected",
        All(&[App("monitoring/apm")]),
    ),
    row("/metadata/annotations", "annotations", "what tools and people read", Inside),
    row("/metadata/annotations/caravan.dev~1role", "role", "the role that the app takes over", Found(find::roles)),
    row(
        "/metadata/annotations/caravan.dev~1suspended",
        "suspended",
        "why it must not start before its hand-over",
        All(&[Component("suspended")]),
    ),
    row(
        "/metadata/annotations/caravan.dev~1replicas-after-hand-over",
        "replicas-after-hand-over",
        "how many there are to be after the hand-over",
        All(&[Component("suspended"), Component("scale")]),
    ),
    row(
        "/metadata/annotations/caravan.dev~1pod-security",
        "pod-security",
        "the pod security standard that it needs beyond `restricted`",
        Found(find::security),
    ),
    row("/metadata/annotations/caravan.dev~1tag.*", "tag", "a word for cost reports and searches", Found(find::tag)),
    row(
        "/metadata/annotations/caravan.dev~1files",
        "files-digest",
        "a digest of the configuration files: other content replaces the pods",
        Found(find::files),
    ),
    row(
        "/metadata/annotations/caravan.dev~1hosts",
        "hosts-of-policy",
        "the hosts that a NetworkPolicy can't name",
        All(&[Component("network/allow")]),
    ),
    row(
        "/metadata/annotations/ad.datadoghq.com~1logs_exclude",
        "datadog-logs",
        "logs are not collected",
        All(&[App("monitoring/logs")]),
    ),
    row(
        "/metadata/annotations/karpenter.sh~1do-not-disrupt",
        "do-not-disrupt",
        "a run that is interrupted starts again from its beginning",
        All(&[Component("type")]),
    ),
    row(
        "/metadata/annotations/argocd.argoproj.io~1sync-options",
        "replace",
        "a suspended Job is replaced, since it can't be changed",
        All(&[Component("type"), Component("suspended")]),
    ),
    row(
        "/metadata/annotations/argocd.argoproj.io~1hook",
        "hook",
        "a Job runs before what it prepares",
        All(&[Component("type")]),
    ),
    row(
        "/metadata/annotations/argocd.argoproj.io~1hook-delete-policy",
        "hook",
        "a Job runs before what it prepares",
        All(&[Component("type")]),
    ),
    row(
        "/metadata/annotations/argocd.argoproj.io~1sync-wave",
        "sync-wave",
        "what a Job before the deployment needs is there before it",
        Found(find::jobs),
    ),
    row(
        "/metadata/annotations/autoscaling.keda.sh~1paused-replicas",
        "paused",
        "KEDA keeps it at 0 until its hand-over",
        All(&[Component("suspended")]),
    ),
];
