//! Messages of every kind in both languages, with what to enter where, and what comes from outside in them.

use super::super::tests::{ALB, caa, leading, now, ours, policy, with, zone};
use super::message::*;
use super::provider::PROVIDERS;
use super::*;
use caravan_inventory::DomainRequest;

fn said() -> DomainPolicy {
    DomainPolicy {
        edge: Some("edge.us.example".to_owned()),
        addresses: vec!["192.0.2.10".parse().unwrap()],
        challenge_zone: Some("acme.us.example".to_owned()),
        keep_days: 30,
        redirect_challenges: Some(false),
        support: Some(Support {
            company: "Us & Co".to_owned(),
            phone: "+43 1 234567".to_owned(),
            mail: "dns@us.example".to_owned(),
        }),
        ..policy()
    }
}

fn at_door(server: &str) -> Domain {
    with("track.customer.example", |look| {
        look.records = Looked::Found(leading("track.customer.example", &[ALB], "203.0.113.5"));
        look.zone = zone("customer.example", server);
    })
}

fn whereabouts() -> Whereabouts {
    let list = |text: &str| vec![text.to_owned()];
    Whereabouts {
        old: list(ALB),
        new: vec!["192.0.2.10".to_owned(), "edge.us.example".to_owned()],
        live: list("203.0.113.77"),
    }
}

fn write(domain: &Domain, kind: MessageKind, language: Language) -> CustomerMessage {
    let (policy, ours, seen) = (said(), ours(), whereabouts());
    let whereabouts = (kind != MessageKind::Prepare).then_some(&seen);
    let input =
        MessageInput { domain, ours: &ours, policy: &policy, language: Some(language), whereabouts, now: now() };
    message(input, kind).unwrap()
}

#[test]
fn every_kind_is_written_in_both_languages_whole_and_tidy() {
    let domain = at_door("ns1.somebody.example");
    let mut subjects = Vec::new();
    for language in Language::ALL {
        for kind in MessageKind::NAMES.map(|name| MessageKind::parse(name).unwrap()) {
            let CustomerMessage { subject, text, .. } = write(&domain, kind, language);
            assert!(subject.contains("track.customer.example") && !subject.contains('\n'), "{subject}");
            assert!(text.contains("+43 1 234567, dns@us.example\n\nUs & Co\n"), "{text}");
            assert!(!text.contains("\n\n\n") && !text.contains("{%") && !text.contains("  \n"), "{text}");
            let enters = !matches!(kind, MessageKind::Moved);
            assert_eq!(text.contains("\n1. "), enters, "{kind:?}: {text}");
            subjects.push(subject);
        }
    }
    let count = subjects.len();
    subjects.sort();
    subjects.dedup();
    assert_eq!(subjects.len(), count, "no two have the same subject");
}

#[test]
fn what_is_entered_already_and_what_on_the_day_are_two_messages() {
    let mut domain = at_door("ns1.somebody.example");
    domain.inspection.as_mut().unwrap().caa = caa("customer.example", &[("issue", "digicert.com")]);
    let text = write(&domain, MessageKind::Prepare, Language::En).text;
    for part in [
        "1. Beside the CAA records that are there, this one more:\n\n   Type: CAA\n",
        "2. Once and for all renewals; please leave it for good:\n\n   Type: CNAME\n   Name: _acme-challenge.track (in the zone customer.example; whole: _acme-challenge.track.customer.example)\n   Value: track.customer.example.acme.us.example\n   TTL: 300 seconds\n",
        "On the day of the move you change 1 record: we write to you what exactly",
        "We agree on the day with you",
    ] {
        assert!(text.contains(part), "{part}\n---\n{text}");
    }
    assert!(!text.contains("edge.us.example\n"), "the new edge is not named before the day: {text}");
    let text = write(&domain, MessageKind::Instruct, Language::De).text;
    let part = "1. Ändern Sie den Eintrag auf dies:\n\n   Typ: CNAME\n   Name: track (in der Zone customer.example; ganz: track.customer.example)\n   Wert: edge.us.example\n   TTL: 300 Sekunden\n";
    assert!(text.contains(part), "{text}");
    assert!(text.contains(&format!("was jetzt dort steht, {ALB}.")), "{text}");
}

#[test]
fn where_a_name_leads_is_said_from_what_was_seen() {
    let domain = at_door("ns1.somebody.example");
    let text = write(&domain, MessageKind::ThirdValue, Language::En).text;
    assert!(
        text.contains("but to: 203.0.113.77. If that is what you want") && text.contains("Value: edge.us.example"),
        "{text}"
    );
    let text = write(&domain, MessageKind::PutBack, Language::En).text;
    assert!(text.contains(&format!("   Value: {ALB}\n")) && !text.contains("The way back"), "{text}");
    let apex = with("customer.example", |look| look.zone = zone("customer.example", "ns1.somebody.example"));
    let text = write(&apex, MessageKind::Instruct, Language::En).text;
    assert!(text.contains("   Type: A\n   Name: @ ") && text.contains("   Value: 192.0.2.10\n"), "{text}");
}

#[test]
fn the_eight_providers_are_named_by_their_own_fields() {
    for (server, field) in [
        ("amy.ns.cloudflare.com", "   Target: edge.us.example\n   TTL: 300\n   Proxy status: DNS only\n"),
        ("ns-1.awsdns-00.com", "   Record name: track\n   Value: edge.us.example\n   TTL (seconds): 300\n"),
        ("ns42.domaincontrol.com", "   Name: track\n   Value: edge.us.example\n"),
        ("dns1.registrar-servers.com", "   Host: track\n"),
        ("ns1.ui-dns.de", "   Hostname: track\n   Points to: edge.us.example\n"),
        ("dns10.ovh.net", "   Sub-domain: track\n"),
        ("ns1.digitalocean.com", "   Is an alias of: edge.us.example\n"),
        ("ns1-01.azure-dns.com", "   Alias: edge.us.example\n"),
    ] {
        let text = write(&at_door(server), MessageKind::Instruct, Language::En).text;
        assert!(text.contains(field) && !text.contains("providers that many use"), "{server}: {text}");
    }
    let text = write(&at_door("ns1.somebody.example"), MessageKind::Instruct, Language::De).text;
    for provider in PROVIDERS {
        assert!(text.contains(&format!("- {}: {}; ", provider.name, provider.path)), "{text}");
    }
}

#[test]
fn a_customer_s_name_begins_no_line_and_turns_no_text() {
    let mut domain = at_door("ns1.somebody.example");
    domain.customer = Some("Evil\r\nBcc: all@us.example\u{202e}".to_owned());
    domain.request = Some(DomainRequest { window: Some("\nX-Header: 1".to_owned()), ..DomainRequest::default() });
    for kind in MessageKind::NAMES.map(|name| MessageKind::parse(name).unwrap()) {
        let CustomerMessage { subject, text, .. } = write(&domain, kind, Language::En);
        let lines = subject.lines().chain(text.lines());
        assert!(lines.clone().all(|line| !line.starts_with("Bcc") && !line.starts_with("X-Header")), "{text}");
        assert!(!text.contains('\u{202e}') && !text.contains('\r'), "{text}");
    }
}
