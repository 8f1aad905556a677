//! The rows of Services, Backends and NetworkPolicies.

use crate::render::trace::field::Field::{App, Component, Setting};
use crate::render::trace::find;
use crate::render::trace::row::From::{All, Found, Rule};
use crate::render::trace::row::{Row, row};

pub(super) const SERVICE: &[Row] = &[
    row("", "service", "what runs on and has ports is reached by one name", Found(find::service)),
    row("/spec/selector", "selector", "the label of the component's name", All(&[App("app"), Component("")])),
    row("/spec/ports", "ports", "every port of every container", Found(find::ports)),
    row(
        "/spec/ports/*",
        "port",
        "the port of a container; 80 for the one that serves, unless taken",
        Found(find::port),
    ),
    row(
        "/spec/ports/*/port",
        "service-port",
        "80 for the port that serves, unless another listens there",
        Found(find::service),
    ),
    row(
        "/spec/ports/*/name",
        "port-name",
        "the name of a port: what it speaks, or as it is written",
        Found(find::port_name),
    ),
    row(
        "/spec/ports/*/appProtocol",
        "app-protocol",
        "what the port that serves speaks, for the gateway",
        All(&[Component("protocol"), Component("port"), Component("type")]),
    ),
];

pub(super) const BACKEND: &[Row] = &[
    row("", "backend", "the gateway speaks TLS to the container", All(&[Component("protocol"), Component("ingress")])),
    row(
        "/spec/endpoints/*/fqdn/hostname",
        "backend-host",
        "the Service of the component",
        All(&[App("app"), App("team"), Component(""), Setting("namespace_prefix")]),
    ),
    row(
        "/spec/endpoints/*/fqdn/port",
        "service-port",
        "80 for the port that serves, unless another listens there",
        Found(find::service),
    ),
    row(
        "/spec/tls",
        "backend-tls",
        "whatever certificate the container has, as behind the load balancer",
        All(&[Component("protocol")]),
    ),
];

pub(super) const NETWORK_POLICY: &[Row] = &[
    row(
        "",
        "network-policy",
        "what a component needs beyond the baseline of its team's namespace",
        All(&[Component("network"), Component("ingress")]),
    ),
    row("/spec/podSelector", "selector", "the label of the component's name", All(&[App("app"), Component("")])),
    row("/spec/ingress", "peers-in", "who may reach it", All(&[Component("ingress"), Component("network/from")])),
    row(
        "/spec/ingress/*",
        "peer-in",
        "the gateway where there is an ingress, then whoever is written",
        Found(find::peer_in),
    ),
    row("/spec/ingress/*/from/*/podSelector", "app-in", "the pods of an app", Found(find::app_in)),
    row("/spec/ingress/*/from/*/namespaceSelector", "app-in", "the namespace of a team", Found(find::app_in)),
    row("/spec/egress", "peers-out", "what it may reach", All(&[Component("network/allow")])),
    row("/spec/egress/*", "peer-out", "what it may reach", Found(find::peer_out)),
    row("/spec/egress/*/to/*/podSelector", "app-out", "the pods of an app", Found(find::app_out)),
    row("/spec/egress/*/to/*/namespaceSelector", "app-out", "the namespace of a team", Found(find::app_out)),
    row("/spec/egress/*/to/*/ipBlock/except", "no-metadata", "no pod may ask for the rights of its node", Rule),
];
