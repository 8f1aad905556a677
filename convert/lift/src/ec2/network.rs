//! Ports of a container, and the names by which it finds others.

use super::container::Plan;
use super::docker::{Key, Setting};
use super::pods::published;
use crate::plconfig::{Component, ComponentType, Container, Dns, is_dns_name, is_label};
use crate::tracker::{Asked, FieldTracker};
use std::net::IpAddr;

pub(super) fn port<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    setting: &Setting,
    container: &mut Container,
    component: &mut Component,
) {
    let (word, place) = (&setting.value, plan.place(&setting.value));
    let read = word.text().filter(|_| setting.key != Key::PublishAll).and_then(|text| published(&text));
    let Some(port) = read else {
        let id = tracker.question_id("port", &format!("{}/{}", plan.member.key, place.detail()));
        let text = format!(
            "The container `{}` publishes ports in a way that is not understood (`{}`). Are they reached by nobody?",
            plan.member.key,
            word.shown()
        );
        return place.ask_to_leave_out(tracker, id, &text, "ports");
    };
    let serves =
        plan.is_main() && !port.udp && component.kind == ComponentType::Web && component.port == Some(port.container);
    let note = match port.host {
        Some(host) if host != port.container => format!("the container's own port; {host} was the machine's"),
        _ => "the container's own port".to_owned(),
    };
    if serves {
        place.approximated(tracker, plan.at("port"), note);
    } else {
        let said = if port.udp { format!("{}/udp", port.container) } else { port.container.to_string() };
        let name = format!("{}{}", if port.udp { "u" } else { "p" }, port.container);
        let target = plan.entry("ports", &name);
        let ports = if plan.is_main() { &mut component.ports } else { &mut container.ports };
        ports.insert(name, said);
        place.approximated(tracker, target, note);
    }
    let Some(host) = port.host.filter(|_| !port.local && !plan.context.balanced) else { return };
    let id = tracker.question_id("direct", &host.to_string());
    let text = format!(
        "Port {host} is reached at the machine's own address, and no target group sends to it. On the platform it is reached from \
         inside, by its Service. Is that enough (`inside`)? What comes from outside needs hosts in `ingress`."
    );
    if let Asked::Open(id) = tracker.ask(id, &text, &["inside"], Some("inside")) {
        place.asked(tracker, &id, format!("port {host} of the machine"));
    }
}

pub(super) fn network<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    setting: &Setting,
    component: &mut Component,
) {
    let (word, place) = (&setting.value, plan.place(&setting.value));
    let text = word.shown();
    let alias = match setting.key {
        Key::Network if text == "none" => {
            let id = tracker.question_id("network", &plan.member.key);
            let asked = format!("The container `{}` has no network at all. May it have the pod's?", plan.member.key);
            return place.ask_to_leave_out(tracker, id, &asked, "network none");
        }
        Key::Network if text == "host" => {
            let note = "it listens on the pod's ports, as on the machine's";
            return place.dropped_because(tracker, "pod-network", note);
        }
        Key::Network => {
            let note = "containers that find each other are one pod, and share its address";
            return place.dropped_because(tracker, "pod-network", note);
        }
        Key::Link => text.rsplit(':').next().unwrap_or_default().to_owned(),
        _ => text,
    };
    let small = alias.to_ascii_lowercase();
    if plan.pod.members.len() > 1 && is_dns_name(&small) {
        place.approximated(tracker, plan.at(&format!("hosts/{small}")), "a name of the pod's own address");
        component.hosts.insert(small, "127.0.0.1".to_owned());
    } else {
        place.dropped_because(tracker, "pod-network", "a name by which no other container looks for it");
    }
}

pub(super) fn names<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    setting: &Setting,
    component: &mut Component,
) {
    let (word, place) = (&setting.value, plan.place(&setting.value));
    let text = word.shown();
    match setting.key {
        Key::Hostname if plan.is_main() && is_label(&text) => {
            component.hostname = Some(text);
            place.exact(tracker, plan.at("hostname"), "hostname");
        }
        Key::Hostname => {
            let note = "a pod has one name, one label of small letters";
            place.dropped_because(tracker, "one-hostname", note);
        }
        Key::AddHost => {
            let (name, address) = text.split_once([':', '=']).unwrap_or((&text, ""));
            let name = name.to_ascii_lowercase();
            if !is_dns_name(&name) || address.parse::<IpAddr>().is_err() {
                let id = tracker.question_id("hosts-line", &format!("{}/{name}", plan.member.key));
                let asked = format!(
                    "`{text}` of the container `{}` is no name with an address. Can it do without?",
                    plan.member.key
                );
                return place.ask_to_leave_out(tracker, id, &asked, "a line of its hosts file");
            }
            place.approximated(
                tracker,
                plan.at(&format!("hosts/{name}")),
                "in the hosts file of every container of the pod",
            );
            component.hosts.insert(name, address.to_owned());
        }
        Key::Dns if text.parse::<IpAddr>().is_ok() => {
            let dns = component.dns.get_or_insert_with(Dns::default);
            dns.servers.push(text);
            dns.only = Some(true);
            place.approximated(tracker, plan.at("dns/servers"), "of all containers of the pod, at most three");
        }
        _ => {
            let id = tracker.question_id("dns", &format!("{}/{}", plan.member.key, place.detail()));
            let asked = format!(
                "The container `{}` resolves names by `{text}`. Can it do with the cluster's?",
                plan.member.key
            );
            place.ask_to_leave_out(tracker, id, &asked, "dns");
        }
    }
}
