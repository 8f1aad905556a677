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
    assert!(text.ends_with(" UTC.\n"), "{text}");
    assert!(text.contains("Nothing. Your name leads to a name of ours, and we change what is behind that."), "{text}");
    assert!(!text.contains("CNAME"), "{text}");
    assert!(text.contains("We go back ourselves"), "{text}");
    assert!(text.contains("prints\n\n```text\n200 0\n```"), "{text}");
    let until = "That works for 30 days after the move, but not beyond 2027-02-01 00:00 UTC, when the old platform's certificate ends.";
    assert!(text.contains(until), "{text}");
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

fn in_window(window: &str, domain: Domain) -> Domain {
    Domain { request: Some(DomainRequest { window: Some(window.to_owned()), ..DomainRequest::default() }), ..domain }
}

/// Behind a network of the customer's.
fn behind_network() -> Domain {
    with("track.customer.example", |look| {
        look.records = Looked::Found(leading("track.customer.example", &["d1.cloudfront.net"], "203.0.113.5"));
    })
}

/// In the customer's own zone at Cloudflare, which answers for it.
fn behind_cloudflare(name: &str) -> Domain {
    with(name, |look| {
        look.zone = zone("customer.example", "ada.ns.cloudflare.com");
        let mut records = leading(name, &[], "104.16.1.1");
        records.addresses.push(caravan_inventory::Address { address: "2606:4700::1".parse().unwrap(), ttl: 300 });
        records.https = true;
        look.records = Looked::Found(records);
    })
}

#[test]
fn the_way_back_lasts_from_the_window_on_and_as_long_as_the_old_edge_shows_its_own_certificate() {
    let until = |domain: Domain| {
        let text = of(&domain, &said());
        text.lines().find(|line| line.starts_with("That works ")).map(str::to_owned).unwrap()
    };
    let holds = "until then the old platform answers with a certificate that holds.";
    let vienna = "2026-12-16 02:00-04:00 Europe/Vienna";
    assert_eq!(
        until(in_window(vienna, at_door("track.customer.example"))),
        format!("That works until 2027-01-15 03:00 UTC: {holds}")
    );
    let late = in_window("2027-01-16 02:00-04:00 UTC", at_door("track.customer.example"));
    assert_eq!(until(late), format!("That works until 2027-02-01 00:00 UTC: {holds}"), "the certificate ends before");
    // The network's certificate says nothing of the old platform behind it.
    let network = in_window("2027-01-16 02:00-04:00 UTC", behind_network());
    assert_eq!(until(network), "That works until 2027-02-15 04:00 UTC: until then the old platform answers.");
    assert_eq!(until(behind_network()), "That works for 30 days after the move: until then the old platform answers.");
    let after = in_window("2027-03-16 02:00-04:00 UTC", at_door("track.customer.example"));
    assert_eq!(
        runbook(&after, &ours(), &said(), None, now()).unwrap_err().to_string(),
        "track.customer.example could not go back: the old edge answers for it until 2027-02-01T00:00:00Z, and it has moved at \
         2027-03-16T04:00:00Z at the earliest"
    );
    // A way back that is over already: a window of the past, or a certificate that has ended where no window is agreed on.
    let past = in_window("2026-10-01 02:00-04:00 UTC", at_door("track.customer.example"));
    let mut ended = at_door("track.customer.example");
    if let Some(Looked::Found(certificate)) = ended.inspection.as_mut().map(|look| &mut look.certificate) {
        certificate.not_after = "2026-11-28T00:00:00Z".parse().unwrap();
    }
    for (over, until) in [(past, "2026-10-31T04:00:00Z"), (ended, "2026-11-28T00:00:00Z")] {
        let error = runbook(&over, &ours(), &said(), None, now()).unwrap_err().to_string();
        assert!(error.ends_with(&format!("until {until}, and it has moved at {} at the earliest", now())), "{error}");
    }
}

#[test]
fn behind_a_network_the_origin_changes_and_is_what_one_goes_back_to() {
    for (language, part) in
        [(Language::En, "Set the origin server again"), (Language::De, "Stellen Sie wieder den Ursprungsserver")]
    {
        let text = runbook(&behind_network(), &ours(), &said(), Some(language), now()).unwrap().markdown;
        let back = text
            .split("## ")
            .find(|section| section.starts_with("The way back") || section.starts_with("Der Weg"))
            .unwrap();
        assert!(back.contains(part) && !back.contains("CNAME") && !back.contains("cloudfront"), "{back}");
    }
}

#[test]
fn in_the_customers_own_zone_at_cloudflare_its_record_changes_and_nothing_that_others_see() {
    // Cloudflare flattens an alias at the top: no fixed addresses are needed there.
    let no_addresses = DomainPolicy { addresses: Vec::new(), ..said() };
    for (name, host) in [("track.customer.example", "track"), ("customer.example", "@")] {
        let text = of(&behind_cloudflare(name), &no_addresses);
        let change = text.split("### ").last().unwrap().split("## ").next().unwrap();
        assert!(
            change.contains("Move the name") && change.contains("leave its proxy status and its TTL as they are"),
            "{change}"
        );
        let fields = format!("- **Type**: `CNAME`\n- **Name**: `{host}`\n- **Target**: `edge.us.example`");
        assert!(change.trim_end().ends_with(&fields), "{change}");
        // Its anycast addresses are no records of the zone, and an alias that it answers for is not to be seen.
        for none in [
            "104.16.1.1",
            "2606:4700::1",
            "Take the old",
            "dig +short CNAME track",
            "dig +short CNAME customer",
            "wc -l",
        ] {
            assert!(!text.contains(none), "{none}: {text}");
        }
        assert!(text.contains("again to what it was before, which you have noted"), "{text}");
    }
    // What is for the certificate alone is entered without the proxy.
    let no_redirect = of(&behind_cloudflare("track.customer.example"), &said());
    assert!(
        no_redirect.contains("`track.customer.example.acme.us.example`\n- **TTL**: `300`\n- Proxy status: DNS only\n"),
        "{no_redirect}"
    );
    // A custom hostname of ours is ours to take back, whatever the customer enters for the certificate.
    let of_ours = with("track.customer.example", |look| {
        look.records = Looked::Found(leading("track.customer.example", &["to.saas.example"], "104.16.1.1"));
        look.caa = caa("customer.example", &[("issue", "digicert.com")]);
    });
    let text = of(&of_ours, &said());
    assert!(text.contains("Let our certificate authority sign") && text.contains("We go back ourselves"), "{text}");
}

#[test]
fn each_authority_that_has_to_be_let_in_is_named_and_its_command_prints_nothing_before() {
    let saas =
        DomainPolicy { custom_hostnames: true, redirect_challenges: Some(false), challenge_zone: None, ..said() };
    let mut held = at_door("track.customer.example");
    // Two of the three that Cloudflare may ask.
    let two = caa("customer.example", &[("issue", "pki.goog"), ("issue", "ssl.com")]);
    held.inspection.as_mut().unwrap().caa = two;
    let text = of(&held, &saas);
    assert!(text.contains("- **Value**: `0 issue \"letsencrypt.org\"`"), "{text}");
    assert!(!text.contains("pki.goog") && !text.contains("ssl.com"), "{text}");
    assert!(text.contains("`_cf-custom-hostname.track`") && text.contains("Prove the name, once\n"), "{text}");
    // A record that is pinned is another one than that which is there: the command looks for it alone.
    let pinned = [("issue", "letsencrypt.org; accounturi=https://ca.example/acct/9")];
    held.inspection.as_mut().unwrap().caa = caa("customer.example", &pinned);
    let known = DomainPolicy { account: Some("https://ca.example/acct/1".to_owned()), ..said() };
    let value = "0 issue \"letsencrypt.org; accounturi=https://ca.example/acct/1\"";
    let command = format!("| tr -d '\\\\' | grep -Fx -- '{value}'\n```\n\nprints\n\n```text\n{value}\n```");
    assert!(of(&held, &known).contains(&command), "{command}: {}", of(&held, &known));
    // Fields that are asked for apart.
    held.inspection.as_mut().unwrap().zone = zone("customer.example", "ns42.domaincontrol.com");
    let text = of(&held, &known);
    let fields =
        "- **Flag**: `0`\n- **Tag**: `issue`\n- **Value**: `letsencrypt.org; accounturi=https://ca.example/acct/1`\n";
    assert!(text.contains(fields), "{text}");
}

#[test]
fn whatever_leads_to_the_old_platform_is_named() {
    let top = with("customer.example", |look| {
        let mut records = leading("customer.example", &[], "198.51.100.7");
        for address in ["198.51.100.8", "198.51.100.9"] {
            records.addresses.push(caravan_inventory::Address { address: address.parse().unwrap(), ttl: 60 });
        }
        records.https = true;
        look.records = Looked::Found(records);
    });
    let text = of(&top, &said());
    // Two take the place of two; the third and the HTTPS record would stay.
    assert!(text.contains("Take the old address away") && text.contains("- **Value**: `198.51.100.9`\n"), "{text}");
    assert!(!text.contains("- **Value**: `198.51.100.8`"), "{text}");
    assert!(text.contains("Take the old HTTPS record away\n") && text.contains("- **Type**: `HTTPS`\n"), "{text}");
    assert!(text.contains("dig +short TYPE65 customer.example @ns1.registrar.example | wc -l"), "{text}");
    assert!(!text.contains("dig +short A customer.example @ns1.registrar.example | wc -l"), "{text}");
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
