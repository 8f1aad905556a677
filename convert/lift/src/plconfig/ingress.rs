//! How a component is reached from outside.

use super::auth::Auth;
use super::shapes::Seconds;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How long nothing may be sent while a request is on its way, where nothing is said of it: an Application Load Balancer's own
/// default (Elastic Load Balancing API reference, LoadBalancerAttribute).
pub const SILENCE: Seconds = Seconds(60);

/// How a component is reached from outside. Beside `hosts`, `<app>.<apps_domain>` leads to it, unless `internal` is true or
/// `own_host` is false (`platform.apps_domain`).
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Ingress {
    /// Vanity hosts; each gets a certificate of its own. `*.` at the front matches one label.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<String>,
    /// Paths: `/api` is a prefix by path elements, `=/login` exact, `~/v[12]/.*` a regular expression over the whole path.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<String>,
    /// Further conditions, in the order in which they were tried; with any, `hosts` and `paths` are not used.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub routes: Vec<Route>,
    /// How long a request may take as a whole, `0s` without bound; none is without bound too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Seconds>,
    /// How long nothing may be sent by either side while a request is on its way, `0s` without bound; none is [`SILENCE`],
    /// or as long as the whole may take where `timeout` says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idle_timeout: Option<Seconds>,
    /// Headers of every answer, in place of what the app says by these names; an empty text takes one away.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub response_headers: BTreeMap<String, String>,
    /// Whether it is only reached from inside: its hosts by the platform's internal Gateway, all else by its Service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub internal: Option<bool>,
    /// Whether it has the host `<app>.<apps_domain>`, where it is reached from outside; none is yes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own_host: Option<bool>,
    /// Whether a client stays with the instance that it reached first, and for how long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sticky: Option<Seconds>,
    /// Who may come in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth: Option<Auth>,
    /// Why its vanity hosts must not move yet (C6): their routes and listeners are there, but no certificate is ordered
    /// and no DNS record made until the hand-over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suspended: Option<String>,
}

/// One set of conditions that must all hold.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Route {
    /// As in [`Ingress::hosts`]; none is every host of the app.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<String>,
    /// As in [`Ingress::paths`]; none is `/`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<String>,
    /// Header → value, exact; `~` at the front makes it a regular expression.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Query parameter → value, exact; `~` at the front makes it a regular expression.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub query: BTreeMap<String, String>,
    /// Request methods; none is all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub methods: Vec<String>,
    /// Whether only the internal Gateway has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub internal: Option<bool>,
    /// The port of the pod that serves it; none is the component's `port`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// As in [`Ingress::response_headers`], whose names these come before.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub response_headers: BTreeMap<String, String>,
    /// What the gateway answers by itself: the component is not reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub respond: Option<Respond>,
    /// Where the gateway sends the caller: the component is not reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect: Option<Redirect>,
}

/// An answer of the gateway's own.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Respond {
    /// From 200 to 599.
    pub status: u16,
    /// The media type of `body`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// What is answered, at most 4096 bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

/// A redirect; what is not said stays as in the request.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Redirect {
    /// `http` or `https`, with the port that belongs to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheme: Option<String>,
    /// The host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// The port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// The whole path, from `/` on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// 301 or 302.
    pub status: u16,
}

impl Ingress {
    /// All hosts that it names on the internal Gateway or on the public one, each once, in the order of their names.
    #[must_use]
    pub fn vanity_hosts(&self, internal: bool) -> BTreeSet<&str> {
        let whole = self.internal == Some(true);
        let written = if self.routes.is_empty() {
            if whole == internal { vec![&self.hosts] } else { Vec::new() }
        } else {
            let there = |route: &&Route| (whole || route.internal == Some(true)) == internal;
            self.routes.iter().filter(there).map(|route| &route.hosts).collect()
        };
        written.into_iter().flatten().map(String::as_str).collect()
    }
}

/// Whose a host is that several apps serve: exactly one of both is given. Apps are written `team/app`.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct HostShare {
    /// The app whose listener, certificate and DNS record the host has: routes of this app attach to that listener.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The host is this app's own, and these apps may attach their routes to its listener.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub guests: Vec<String>,
    /// Which of the owner's sets of listeners has the host's, counted from 1: one set holds 64. Owner and guests say the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set: Option<u32>,
}
