//! The rows of containers.

use crate::render::trace::field::Field::{App, Component, Container, Setting};
use crate::render::trace::find;
use crate::render::trace::row::From::{All, First, Found};
use crate::render::trace::row::{Row, row};

pub(in crate::render::trace) const CONTAINER: &[Row] = &[
    row("", "container", "one container, main or beside it", Found(find::container)),
    row("/name", "container-name", "the component's name, or that of the container beside it", Found(find::container)),
    row(
        "/image",
        "image",
        "its own image, else the component's, else the app's, else the one that is built for its function",
        Found(find::image),
    ),
    row("/command", "command", "replaces the image's entry point", All(&[Container("command")])),
    row("/args", "args", "replaces the image's command", All(&[Container("args")])),
    row("/workingDir", "workdir", "the working directory", All(&[Container("workdir")])),
    row("/ports", "ports", "the ports of the container", All(&[Container("port"), Container("ports")])),
    row("/ports/*", "port", "a port of the container", Found(find::port)),
    row(
        "/ports/*/name",
        "port-name",
        "the name of a port: what it speaks, or as it is written",
        Found(find::port_name),
    ),
    row(
        "/env",
        "environment",
        "the app's variables, over them the container's own",
        All(&[Container("env"), Container("secrets"), App("env"), App("secrets"), App("uses")]),
    ),
    row(
        "/env/*",
        "variable",
        "the container's own before the app's, a secret before a plain value",
        Found(find::variable),
    ),
    row("/env/*/valueFrom/secretKeyRef/name", "secret-name", "the Secret of the app", All(&[App("app")])),
    row(
        "/env/*/valueFrom/secretKeyRef/key",
        "secret-key",
        "the variable's name, behind the container's where two secrets share it",
        Found(find::variable_key),
    ),
    row("/resources", "resources", "what it needs; what is not said stays unsaid", All(&[Container("resources")])),
    row("/resources/requests/cpu", "cpu", "requested, never limited", All(&[Container("resources/cpu")])),
    row("/resources/requests/memory", "memory", "requested", All(&[Container("resources/memory")])),
    row("/resources/requests/ephemeral-storage", "disk", "local disk", All(&[Container("resources/disk")])),
    row(
        "/resources/limits/memory",
        "memory-limit",
        "limited to what is requested unless said",
        First(&[Container("resources/memory_limit"), Container("resources/memory")]),
    ),
    row("/resources/limits/nvidia.com~1gpu", "gpu", "whole GPUs", All(&[Container("resources/gpu")])),
    row("/readinessProbe", "ready", "whether it can serve; the port answers unless said", Found(find::ready)),
    row(
        "/readinessProbe/tcpSocket",
        "ready-port",
        "the port that is asked",
        All(&[Container("health"), Container("port"), Container("ports")]),
    ),
    row(
        "/readinessProbe/httpGet/port",
        "ready-port",
        "the port that is asked",
        First(&[Container("health/ready/port"), Container("port"), Container("ports")]),
    ),
    row("/livenessProbe", "live", "whether it lives", First(&[Container("health/live"), Container("health")])),
    row(
        "/livenessProbe/httpGet/port",
        "live-port",
        "the port that is asked",
        First(&[Container("health/live/port"), Container("port"), Container("ports")]),
    ),
    row(
        "/livenessProbe/tcpSocket",
        "live-port",
        "the port that is asked",
        All(&[Container("health/live"), Container("port"), Container("ports")]),
    ),
    row(
        "/startupProbe",
        "startup",
        "the check of `live`, else of `ready`, for as long as it may take to come up",
        All(&[Container("health"), Container("port"), Container("ports")]),
    ),
    row(
        "/securityContext",
        "restricted",
        "what the pod security standard `restricted` wants",
        All(&[Container("capabilities"), Container("user"), Container("writable")]),
    ),
    row(
        "/securityContext/readOnlyRootFilesystem",
        "read-only-root",
        "the root can't be written unless said",
        All(&[Container("writable")]),
    ),
    row(
        "/securityContext/allowPrivilegeEscalation",
        "no-escalation",
        "no process gains rights unless the container runtime's are kept",
        All(&[Container("capabilities/default")]),
    ),
    row(
        "/securityContext/capabilities",
        "capabilities",
        "everything is dropped and what is written is added, unless the container runtime's are kept",
        All(&[Container("capabilities")]),
    ),
    row(
        "/securityContext/runAsUser",
        "user",
        "the platform's user unless said",
        First(&[Container("user"), Setting("user")]),
    ),
    row(
        "/securityContext/runAsGroup",
        "user",
        "the platform's user unless said",
        First(&[Container("user"), Setting("user")]),
    ),
    row(
        "/securityContext/runAsNonRoot",
        "user",
        "the platform's user unless said",
        First(&[Container("user"), Setting("user")]),
    ),
    row(
        "/volumeMounts",
        "mounts",
        "what it mounts; /tmp where its root can't be written",
        All(&[Container("volumes"), Container("files"), Container("writable"), Component("trigger")]),
    ),
    row("/volumeMounts/*", "mount", "what it mounts; /tmp where its root can't be written", Found(find::mount)),
    row("/stdin", "stdin", "standard input stays open", All(&[Container("stdin")])),
    row("/tty", "tty", "it has a terminal", All(&[Container("tty")])),
    row(
        "/lifecycle",
        "drain",
        "it goes on serving after the order to stop, 10 s for `web` unless said",
        All(&[Component("drain"), Component("stop"), Component("type")]),
    ),
    row(
        "/restartPolicy",
        "sidecar",
        "what runs beside the main container starts before it and ends after it",
        All(&[Container("")]),
    ),
];
