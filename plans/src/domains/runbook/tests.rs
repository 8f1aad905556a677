//! Documents of every class, their commands, and what comes from outside in them.

use super::super::tests::{ALB, caa, domain, leading, now, ours, policy, with, zone};
use super::provider::provider_of;
use super::*;
use caravan_inventory::{DomainRequest, Zone};

fn said() -> DomainPolicy {
    DomainPolicy {
        edge: Some("edge.us.example".to_owned()),
        addresses: vec!["192.0.2.10".parse().unwrap(), "192.0.2.11".parse().unwrap()],
        challenge_zone: Some("acme.us.example".to_owned()),
        keep_days: 30,
        support: Some(Support {
            company: "Us & Co".to_owned(),
            phone: "+43 1 234567".to_owned(),
            mail: "dns@us.example".to_owned(),
        }),
        ..policy()
    }
}

fn of(domain: &Domain, policy: &DomainPolicy) -> String {
    runbook(domain, &ours(), policy, None, now()).unwrap().markdown
}

fn at_door(name: &str) -> Domain {
    with(name, |look| look.records = Looked::Found(leading(name, &[ALB], "203.0.113.5")))
}

#[test]
fn where_we_do_it_all_the_customer_does_nothing() {
    let text = of(&domain("track.customer.example"), &said());
    assert!(text.contains("Nothing. Your name leads to a name of ours, and we change what is behind that."), "{text}");
    assert!(!text.contains("CNAME"), "{text}");
    assert!(text.contains("We go back ourselves"), "{text}");
    assert!(text.contains("prints\n\n```text\n200 0\n```"), "{text}");
    assert!(text.contains("That works until 2026-12-29 12:00 UTC"), "{text}");
}

#[test]
fn where_the_customer_changes_a_record_it_says_what_to_enter_where_and_what_to_see() {
    let customers = with("track.customer.example", |look| {
        look.records = Looked::Found(leading("track.customer.example", &[ALB], "203.0.113.5"));
        look.zone = zone("customer.example", "ns42.domaincontrol.com");
        if let Looked::Found(records) = &mut look.records {
            records.chain[0].ttl = 3_600;
        }
    });
    let text = of(&customers, &said());
    for part in [
        "### 1. Let changes be seen sooner\n",
        "### 2. Move the name\n",
        "At GoDaddy (Domain Portfolio > DNS > DNS Records > Add New Record):",
        "- **Type**: `CNAME`\n- **Name**: `track`\n- **Value**: `edge.us.example`\n- **TTL**: `300`\n",
        "dig +short CNAME track.customer.example @ns42.domaincontrol.com\n```\n\nprints\n\n```text\nedge.us.example.\n```",
        "awk '{print $2}' | sort -u\n```\n\nprints\n\n```text\n300\n```",
        "track.customer.example. 3600 CNAME shop-1.eu-central-1.elb.amazonaws.com.",
        "Us \\& Co: \\+43 1 234567, dns@us.example.",
    ] {
        assert!(text.contains(part), "{part}\n---\n{text}");
    }
}

#[test]
fn each_purpose_has_its_entry() {
    let purposes = |domain: &Domain, policy: &DomainPolicy| {
        let text = of(domain, policy);
        text.lines().filter(|line| line.starts_with("### ")).map(|line| line[7..].to_owned()).collect::<Vec<_>>()
    };
    let mut of_caa = at_door("track.customer.example");
    of_caa.inspection.as_mut().unwrap().caa = caa("customer.example", &[("issue", "digicert.com")]);
    assert_eq!(purposes(&of_caa, &said()), ["Let our certificate authority sign", "Move the name"]);
    let no_redirect = DomainPolicy { redirect_challenges: Some(false), ..said() };
    let door = at_door("track.customer.example");
    assert_eq!(purposes(&door, &no_redirect), ["Let us prove the name, once and for all renewals", "Move the name"]);
    let text = of(&door, &no_redirect);
    assert!(text.contains("`track.customer.example.acme.us.example`"), "{text}");
    let by_mail = DomainPolicy { challenge_zone: None, ..no_redirect };
    assert_eq!(purposes(&door, &by_mail), ["Prove the name, now and at each renewal", "Move the name"]);
    let pinned = with("track.customer.example", |look| {
        look.records = Looked::Found(leading("track.customer.example", &[], "198.51.100.7"));
    });
    assert_eq!(purposes(&pinned, &said()), ["Take the old address away", "Move the name"]);
    assert!(!of(&pinned, &said()).contains("wc -l"));
    let network = with("track.customer.example", |look| {
        look.records = Looked::Found(leading("track.customer.example", &["d1.cloudfront.net"], "203.0.113.5"));
    });
    assert_eq!(purposes(&network, &said()), ["Let us prove the name, once and for all renewals", "Change the origin"]);
}

#[test]
fn the_top_of_a_zone_gets_addresses_and_loses_what_leads_elsewhere() {
    let top = with("customer.example", |look| {
        let mut records = leading("customer.example", &[], "198.51.100.7");
        let six = caravan_inventory::Address { address: "2001:db8::7".parse().unwrap(), ttl: 60 };
        records.addresses.push(six);
        look.records = Looked::Found(records);
    });
    let text = of(&top, &said());
    assert!(text.contains("- **Name**: `@` (in the zone `customer.example`; whole: `customer.example`)"), "{text}");
    assert!(text.contains("```text\n192.0.2.10\n192.0.2.11\n```"), "{text}");
    assert!(text.contains("dig +short AAAA customer.example @ns1.registrar.example | wc -l"), "{text}");
    let none = DomainPolicy { addresses: Vec::new(), ..said() };
    let error = runbook(&top, &ours(), &none, None, now()).unwrap_err();
    assert_eq!(error, RunbookError::Missing { keys: vec!["domains.addresses"] });
}

#[test]
fn a_document_is_in_the_language_of_its_customer() {
    let mut german = at_door("xn--trcking-6wa.customer.example");
    german.request = Some(DomainRequest {
        language: Some(Language::De),
        window: Some("2027-01-16 02:00-04:00 Europe/Vienna".to_owned()),
        ..DomainRequest::default()
    });
    let text = of(&german, &said());
    assert!(text.contains("## Was Sie tun") && text.contains("träcking.customer.example"), "{text}");
    assert!(text.contains("2027-01-16 02:00-04:00 Europe/Vienna."), "{text}");
    let english = runbook(&german, &ours(), &said(), Some(Language::En), now()).unwrap();
    assert!(english.markdown.contains("## What you do"));
    assert!(english.html.starts_with("<!doctype html>\n<html lang=\"en\">"));
}

#[test]
fn what_comes_from_outside_stays_text_in_document_page_and_shell() {
    let mut nasty = at_door("track.customer.example");
    nasty.customer = Some("<script>alert(1)</script> *A* [x](http://y)\n# Boo".to_owned());
    let hostile = Zone {
        name: "customer.example".to_owned(),
        servers: vec!["ns1;rm -rf ~`id`.example".to_owned()],
        signed: false,
        negative_ttl: None,
    };
    nasty.inspection.as_mut().unwrap().zone = Looked::Found(hostile);
    let made = runbook(&nasty, &ours(), &said(), None, now()).unwrap();
    assert!(!made.html.contains("<script"), "{}", made.html);
    assert!(made.html.contains("&lt;script&gt;alert(1)&lt;/script&gt; *A* [x](http://y) # Boo"), "{}", made.html);
    assert!(made.markdown.contains("'@ns1;rm -rf ~ id .example'"), "{}", made.markdown);
    assert!(!made.html.contains("http-equiv") && !made.html.contains("src="));
}

#[test]
fn what_is_missing_is_named_at_once() {
    let name = "track.customer.example";
    let error =
        |domain: &Domain, policy: &DomainPolicy| runbook(domain, &ours(), policy, None, now()).unwrap_err().to_string();
    assert_eq!(
        error(&domain(name), &policy()),
        "caravan.yaml does not say what the document needs: domains.edge, domains.support, domains.keep_days"
    );
    let nobody = Domain { customer: None, ..domain(name) };
    assert!(error(&nobody, &said()).starts_with("track.customer.example has no customer"));
    let unseen = Domain { inspection: None, ..domain(name) };
    assert_eq!(
        error(&unseen, &said()),
        "track.customer.example has no class: nobody has looked it up: caravan domains inspect"
    );
    let unknown = with(name, |look| look.caa = Looked::Unknown("SERVFAIL".to_owned()));
    assert!(error(&unknown, &said()).contains("has no way to its certificate yet: "));
}

#[test]
fn a_provider_is_known_by_its_name_servers() {
    let provider = |servers: &[&str]| {
        let servers = servers.iter().map(|server| (*server).to_owned()).collect();
        let zone = Zone { name: "customer.example".to_owned(), servers, signed: false, negative_ttl: None };
        provider_of(&zone).map(|provider| provider.name)
    };
    for (servers, name) in [
        (["ada.ns.cloudflare.com", "rob.ns.cloudflare.com"], "Cloudflare"),
        (["ns-1.awsdns-01.com", "ns-2.awsdns-02.co.uk"], "Amazon Route 53"),
        (["ns01.domaincontrol.com", "ns02.domaincontrol.com"], "GoDaddy"),
        (["dns1.registrar-servers.com", "dns2.registrar-servers.com"], "Namecheap"),
        (["ns1023.ui-dns.de", "ns1091.ui-dns.org"], "IONOS"),
        (["dns100.ovh.net", "ns100.ovh.net"], "OVHcloud"),
        (["ns1.digitalocean.com", "ns2.digitalocean.com"], "DigitalOcean"),
        (["ns1-01.azure-dns.com", "ns2-01.azure-dns.net"], "Azure DNS"),
    ] {
        assert_eq!(provider(&servers), Some(name));
    }
    assert_eq!(provider(&["ns01.domaincontrol.com", "ns1.other.example"]), None);
    assert_eq!(provider(&[]), None);
    assert_eq!(provider(&["evil-ns.cloudflare.com.example"]), None);
}
