//! The rows of vanity hosts, their certificates, and routes.

use crate::render::trace::field::Field::{App, Component, Setting};
use crate::render::trace::find;
use crate::render::trace::row::From::{All, Found, Inside, Rule};
use crate::render::trace::row::{Row, row};

pub(super) const CERTIFICATE: &[Row] = &[
    row("", "certificate", "every vanity host has a certificate, ordered when its ingress may run", Found(find::host)),
    row("/metadata/name", "certificate", "the host as a label", Found(find::host)),
    row("/spec/issuerRef", "issuer", "the platform's issuer", Rule),
    row(
        "/spec/issuerRef/name",
        "issuer",
        "the platform's issuer",
        All(&[Setting("issuer"), Setting("internal_gateway/issuer")]),
    ),
    row("/spec/privateKey", "private-key", "a new key for every certificate, of an elliptic curve", Rule),
    row("/spec/revisionHistoryLimit", "certificate-history", "one order is kept", Rule),
    row("/spec/usages", "usages", "what a server's certificate is for", Rule),
];

pub(super) const LISTENER_SET: &[Row] = &[
    row("", "listeners", "the listeners of the app's vanity hosts on the shared Gateway", Found(find::hosts)),
    row("/spec/parentRef", "gateway", "the shared Gateway", Rule),
    row(
        "/spec/parentRef/name",
        "gateway",
        "the shared Gateway",
        All(&[Setting("gateway/name"), Setting("internal_gateway/name")]),
    ),
    row(
        "/spec/parentRef/namespace",
        "gateway",
        "the shared Gateway",
        All(&[Setting("gateway/namespace"), Setting("internal_gateway/namespace")]),
    ),
    row("/spec/listeners/*", "listener", "the listener of one host", Found(find::host)),
    row(
        "/spec/listeners/*/allowedRoutes",
        "guests",
        "routes of the app's own namespace, and of guests'",
        All(&[App("hosts/{hostname}"), App("internal_hosts/{hostname}"), App("team"), Setting("namespace_prefix")]),
    ),
];

pub(super) const HTTP_ROUTE: &[Row] = &[
    row(
        "",
        "route",
        "a component with an ingress is reached through the shared Gateway",
        All(&[Component("ingress"), App("hosts"), App("internal_hosts")]),
    ),
    row(
        "/metadata/annotations/caravan.dev~1suspended",
        "suspended",
        "why its hosts must not move before their hand-over",
        All(&[Component("ingress/suspended"), Component("ingress/hosts"), Component("ingress/routes")]),
    ),
    row(
        "/metadata/annotations/external-dns.alpha.kubernetes.io~1controller",
        "no-dns-record",
        "no record is made while the ingress is suspended, nor for a host that another app owns",
        All(&[
            Component("ingress/suspended"),
            Component("ingress/hosts"),
            Component("ingress/routes"),
            App("hosts"),
            App("internal_hosts"),
        ]),
    ),
    row(
        "/spec/parentRefs",
        "parents",
        "the shared Gateway, and the listeners of vanity hosts",
        All(&[Component("ingress"), App("hosts"), App("internal_hosts")]),
    ),
    row("/spec/parentRefs/*", "parent", "the shared Gateway, or the listener of a vanity host", Found(find::parent)),
    row(
        "/spec/hostnames",
        "hosts",
        "the vanity hosts, and the app's own",
        All(&[Component("ingress"), App("hosts"), App("internal_hosts")]),
    ),
    row("/spec/hostnames/*", "host", "a vanity host, or the app's own below the platform's domain", Found(find::host)),
    row(
        "/spec/rules/*/matches/*/path",
        "path",
        "a prefix, an exact path or a regular expression",
        Found(find::condition),
    ),
    row("/spec/rules/*/matches/*", "condition", "which requests", Found(find::condition)),
    row("/spec/rules/*/matches/*/headers", "headers", "conditions on headers", Inside),
    row("/spec/rules/*/matches/*/queryParams", "queries", "conditions on query parameters", Inside),
    row("/spec/rules/*/matches/*/headers/*", "header", "a condition on a header", Found(find::condition)),
    row("/spec/rules/*/matches/*/queryParams/*", "query", "a condition on a query parameter", Found(find::condition)),
    row("/spec/rules/*/matches/*/method", "method", "a condition on the method", Found(find::method)),
    row(
        "/spec/rules/*/filters",
        "answer",
        "what the gateway redirects or answers by itself",
        All(&[Component("ingress/routes"), Component("ingress/response_headers"), App("app"), Component("")]),
    ),
    row(
        "/spec/rules/*/filters/*/responseHeaderModifier",
        "response-headers",
        "headers of every answer",
        All(&[Component("ingress/response_headers"), Component("ingress/routes")]),
    ),
    row(
        "/spec/rules/*/timeouts",
        "request-timeout",
        "how long a request may take",
        All(&[Component("ingress/timeout")]),
    ),
    row(
        "/spec/rules/*/backendRefs",
        "backend",
        "the Service of the component, or the Backend where it speaks TLS",
        All(&[App("app"), Component(""), Component("protocol"), Component("ingress/routes")]),
    ),
    row(
        "/spec/rules/*/backendRefs/*/port",
        "service-port",
        "80 for the port that serves, unless another listens there",
        Found(find::service),
    ),
];

pub(super) const HTTP_ROUTE_FILTER: &[Row] = &[row(
    "",
    "answer",
    "what the gateway answers by itself",
    All(&[App("app"), Component(""), Component("ingress/routes")]),
)];

pub(super) const TRAFFIC_POLICY: &[Row] = &[
    row(
        "",
        "traffic",
        "how long a request may take, and whether a client stays with the instance that it reached first",
        All(&[Component("ingress")]),
    ),
    row(
        "/spec/targetRefs",
        "traffic",
        "the routes of the component",
        All(&[App("app"), Component(""), App("hosts"), App("internal_hosts")]),
    ),
    row("/spec/mergeType", "platform-traffic", "what the platform says of its Gateway holds beside it", Rule),
    row(
        "/spec/timeout",
        "silence",
        "a request may be silent for a minute, and the whole of it has no bound, where nothing else is said",
        All(&[Component("ingress/idle_timeout"), Component("ingress/timeout"), Component("ingress")]),
    ),
    row(
        "/spec/loadBalancer",
        "sticky",
        "a client stays with the instance that it reached first",
        All(&[Component("ingress/sticky")]),
    ),
];
