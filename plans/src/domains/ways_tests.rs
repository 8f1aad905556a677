//! Ways to a certificate: which holds, and what the customer does for it.

use super::tests::*;
use super::*;
use crate::budget::LimitKind;
use caravan_inventory::{Domain, Hostname, Looked};

pub(super) fn chosen(domain: &Domain, policy: &DomainPolicy) -> (Option<Method>, u8, String) {
    let class = class_of(domain).unwrap();
    let choice = choose_method(domain, class, &ours(), policy, now());
    (choice.method, choice.customer, choice.reason)
}

#[test]
fn the_cheapest_way_that_holds_is_chosen() {
    let name = "track.customer.example";
    let all = DomainPolicy {
        old_keys: Some(true),
        account: Some("https://ca.example/acct/1".to_owned()),
        redirect_challenges: Some(true),
        challenge_zone: Some("acme.us.example".to_owned()),
        custom_hostnames: true,
        ..DomainPolicy::default()
    };
    assert_eq!(chosen(&domain(name), &all).0, Some(Method::Import));
    let ends_soon = with(name, |look| {
        if let Looked::Found(certificate) = &mut look.certificate {
            certificate.not_after = at("2026-12-10T00:00:00Z");
        }
    });
    assert_eq!(chosen(&ends_soon, &all).0, Some(Method::Renew));
    let of_amazon = with(name, |look| {
        if let Looked::Found(certificate) = &mut look.certificate {
            certificate.issuer = "Amazon".to_owned();
        }
    });
    assert_eq!(chosen(&of_amazon, &all).0, Some(Method::HttpRedirect));
    let no_redirect = DomainPolicy { redirect_challenges: Some(false), ..all.clone() };
    let (method, customer, _) = chosen(&of_amazon, &no_redirect);
    assert_eq!(
        (method, customer),
        (Some(Method::DelegatedDns), 1),
        "nothing proves a custom hostname by itself, either"
    );
    let no_hostnames = DomainPolicy { custom_hostnames: false, ..no_redirect.clone() };
    let (method, customer, _) = chosen(&of_amazon, &no_hostnames);
    assert_eq!((method, customer), (Some(Method::DelegatedDns), 1));
    let delegated = with(name, |look| {
        look.certificate = Looked::Unknown("refused".to_owned());
        look.challenge = Looked::Found(Some("x.acme.us.example".to_owned()));
    });
    let (method, customer, _) = chosen(&delegated, &no_hostnames);
    assert_eq!((method, customer), (Some(Method::DelegatedDns), 0));
    let taken = with(name, |look| {
        look.certificate = Looked::Unknown("refused".to_owned());
        look.challenge = Looked::Found(Some("x.other.example".to_owned()));
    });
    let (method, customer, _) = chosen(&taken, &no_hostnames);
    assert_eq!((method, customer), (Some(Method::CustomerTxt), 2));
}

/// The outcome of one way.
pub(super) fn outcome(domain: &Domain, policy: &DomainPolicy, method: Method) -> Outcome {
    let choice = choose_method(domain, class_of(domain).unwrap(), &ours(), policy, now());
    choice.candidates.into_iter().find(|one| one.method == method).unwrap().outcome
}

fn steps(domain: &Domain, policy: &DomainPolicy, method: Method) -> Vec<Step> {
    match outcome(domain, policy, method) {
        Outcome::Possible { steps, .. } => steps,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_certificate_comes_only_by_a_way_that_the_new_edge_can_prove_before_the_name_moves() {
    let name = "track.customer.example";
    let account = Some("https://ca.example/acct/1".to_owned());
    let dark = DomainPolicy { redirect_challenges: Some(false), account, ..policy() };
    // Renewed by the same account it is validated again, as any other order is.
    assert_eq!(
        outcome(&domain(name), &dark, Method::Renew),
        Outcome::Open("say `domains.challenge_zone`, our zone to which _acme-challenge names may lead".to_owned())
    );
    assert_eq!(chosen(&domain(name), &dark).0, Some(Method::CustomerTxt));
    let zone_of_ours = DomainPolicy { challenge_zone: Some("acme.us.example".to_owned()), ..dark.clone() };
    let (method, customer, _) = chosen(&domain(name), &zone_of_ours);
    assert_eq!((method, customer), (Some(Method::Renew), 1));
    let bright = DomainPolicy { redirect_challenges: Some(true), ..dark.clone() };
    assert_eq!(
        chosen(&domain(name), &bright),
        (Some(Method::Renew), 0, "the same account renews it: exempt from all limits".to_owned())
    );
    // What could be said of the redirect would do, too.
    let unsaid = DomainPolicy { redirect_challenges: None, ..dark.clone() };
    let taken = with(name, |look| look.challenge = Looked::Found(Some("x.other.example".to_owned())));
    assert!(
        matches!(outcome(&taken, &unsaid, Method::Renew), Outcome::Open(what) if what.contains("redirect_challenges"))
    );

    // Cloudflare wants the hostname shown to be ours, and the certificate's challenge answered.
    let saas = DomainPolicy { custom_hostnames: true, ..dark };
    for (records, class) in [
        (leading(name, &["edge.us.example"], "203.0.113.5"), Class::B),
        (leading(name, &[ALB], "203.0.113.5"), Class::C),
        (leading(name, &[], "198.51.100.7"), Class::D),
    ] {
        let domain = with(name, |look| look.records = Looked::Found(records));
        assert_eq!(class_of(&domain), Ok(class));
        assert_eq!(steps(&domain, &saas, Method::CustomHostname), [Step::Ownership, Step::ChallengeOnce], "{class:?}");
        assert_eq!(chosen(&domain, &saas).0, Some(Method::CustomHostname), "once, and not at each renewal");
        let line = &plan_domains(&[domain], &ours(), &saas, now()).domains[0];
        assert_eq!((line.ready_at, line.waits_for_customer), (None, true));
    }
    let behind =
        with(name, |look| look.records = Looked::Found(leading(name, &["d111.cloudfront.net"], "203.0.113.5")));
    assert_eq!(class_of(&behind), Ok(Class::E));
    assert!(
        matches!(outcome(&behind, &saas, Method::CustomHostname), Outcome::Excluded(why) if why.contains("network"))
    );
    let both = DomainPolicy { challenge_zone: Some("acme.us.example".to_owned()), ..saas.clone() };
    assert_eq!(
        steps(&domain(name), &both, Method::CustomHostname),
        [Step::Challenge { zone: "acme.us.example".to_owned() }, Step::Ownership]
    );
    let redirected = DomainPolicy { redirect_challenges: Some(true), ..saas.clone() };
    assert_eq!(steps(&domain(name), &redirected, Method::CustomHostname), []);
    let in_our_zone = with("shop.us.example", |look| look.zone = zone("us.example", "ns-2.awsdns-02.net"));
    assert_eq!(steps(&in_our_zone, &saas, Method::CustomHostname), []);
}

#[test]
fn a_shared_certificate_is_not_renewed_once_for_each_of_its_names() {
    let account = Some("https://ca.example/acct/1".to_owned());
    let said = DomainPolicy { account, ..policy() };
    let shared = |name: &str| {
        with(name, |look| {
            if let Looked::Found(certificate) = &mut look.certificate {
                certificate.names = vec!["a.customer.example".to_owned(), "b.customer.example".to_owned()];
            }
        })
    };
    let both = [shared("a.customer.example"), shared("b.customer.example")];
    assert!(matches!(outcome(&both[0], &said, Method::Renew), Outcome::Excluded(why) if why.contains("1 other names")));
    let plan = plan_domains(&both, &ours(), &said, now());
    let used = |kind| plan.budgets.iter().find(|line| line.kind == kind).unwrap().used;
    assert_eq!((plan.planned, used(LimitKind::NewOrders)), (2, 2), "each order counts");
}

#[test]
fn what_caa_lacks_is_asked_for_by_authority_and_tag_and_lets_in_no_more_than_before() {
    let name = "track.customer.example";
    let held = |records: &[(&str, &str)]| with(name, |look| look.caa = caa("customer.example", records));
    let asked = |domain: &Domain, policy: &DomainPolicy, method| {
        let steps = steps(domain, policy, method);
        let record = |step: &Step| match step {
            Step::Authority { at, record } => format!("{at} {} {} {}", record.flags, record.tag, record.value),
            other => format!("{other:?}"),
        };
        steps.iter().map(record).collect::<Vec<_>>()
    };
    let account = Some("https://ca.example/acct/1".to_owned());
    let saas = DomainPolicy { custom_hostnames: true, ..policy() };
    // Those that Cloudflare may ask and the records don't have, and no other.
    assert_eq!(
        asked(&held(&[("issue", "letsencrypt.org"), ("issue", "sectigo.com")]), &saas, Method::CustomHostname),
        ["customer.example 0 issue pki.goog", "customer.example 0 issue ssl.com"]
    );
    assert_eq!(
        asked(&held(&[("issue", "digicert.com")]), &policy(), Method::HttpRedirect),
        ["customer.example 0 issue letsencrypt.org"]
    );
    // Another record without the pin would void it.
    let pinned = held(&[("issue", "letsencrypt.org; accounturi=https://ca.example/acct/9; validationmethods=dns-01")]);
    let known = DomainPolicy { account, ..policy() };
    assert_eq!(
        asked(&pinned, &known, Method::HttpRedirect),
        ["customer.example 0 issue letsencrypt.org; accounturi=https://ca.example/acct/1; validationmethods=http-01"]
    );
    assert!(
        matches!(outcome(&pinned, &policy(), Method::HttpRedirect), Outcome::Open(what) if what.contains("`domains.account`"))
    );
    // Cloudflare orders by accounts that are its own, also where ours is the one that the records name.
    let of_ours = held(&[("issue", "letsencrypt.org; accounturi=https://ca.example/acct/1")]);
    let both = DomainPolicy { custom_hostnames: true, ..known };
    assert!(
        matches!(outcome(&of_ours, &both, Method::CustomHostname), Outcome::Excluded(why) if why.contains("one account"))
    );
    // Records of their own kind decide for a wildcard.
    let mut wild = held(&[("issue", "letsencrypt.org"), ("issuewild", "digicert.com")]);
    wild.name = Hostname::new("*.customer.example");
    let delegated = DomainPolicy { challenge_zone: Some("acme.us.example".to_owned()), ..policy() };
    assert_eq!(asked(&wild, &delegated, Method::DelegatedDns)[0], "customer.example 0 issuewild letsencrypt.org");
    // Nothing that is added helps beside a tag that nobody knows, or at a name that is somebody else's.
    let mut critical = held(&[("issue", "letsencrypt.org"), ("tbs", "x")]);
    if let Looked::Found(Some(set)) = &mut critical.inspection.as_mut().unwrap().caa {
        set.records[1].flags = 128;
    }
    assert!(
        matches!(outcome(&critical, &policy(), Method::HttpRedirect), Outcome::Excluded(why) if why.contains("critical"))
    );
    let mut by_alias = with(name, |look| look.caa = caa("cdn.example", &[("issue", "digicert.com")]));
    if let Looked::Found(Some(set)) = &mut by_alias.inspection.as_mut().unwrap().caa {
        set.by_alias = true;
    }
    assert!(
        matches!(outcome(&by_alias, &policy(), Method::HttpRedirect), Outcome::Excluded(why) if why.contains("not the customer's"))
    );
}

#[test]
fn what_nobody_has_said_is_asked_for_and_not_taken_for_granted() {
    let (method, _, reason) = chosen(&domain("track.customer.example"), &DomainPolicy::default());
    assert_eq!(method, Some(Method::CustomerTxt));
    assert_eq!(reason, "the customer enters a TXT record, now and at each renewal: one order");
    let unreadable = with("track.customer.example", |look| look.caa = Looked::Unknown("SERVFAIL".to_owned()));
    let (method, _, reason) = chosen(&unreadable, &DomainPolicy::default());
    assert_eq!(method, None);
    assert!(reason.starts_with("import could do: say `domains.old_keys: true`"), "{reason}");
}

#[test]
fn caa_records_in_a_zone_of_ours_keep_nobody_waiting_and_a_customers_do() {
    let of_customer = with("track.customer.example", |look| {
        look.caa = caa("customer.example", &[("issue", "amazon.com")]);
    });
    let (method, customer, reason) = chosen(&of_customer, &policy());
    assert_eq!((method, customer), (Some(Method::HttpRedirect), 1));
    assert!(reason.ends_with("the customer allows it by a CAA record first"), "{reason}");
    let of_ours = with("shop.us.example", |look| {
        look.zone = zone("us.example", "ns-1.awsdns-01.com");
        look.caa = caa("us.example", &[("issue", "amazon.com")]);
    });
    assert_eq!(chosen(&of_ours, &policy()).1, 0);
}

#[test]
fn a_custom_hostname_of_ours_at_cloudflare_redirects_its_challenge_and_a_zone_of_the_customers_does_not() {
    let name = "track.customer.example";
    let of_ours = with(name, |look| look.records = Looked::Found(leading(name, &["to.saas.example"], "104.16.1.1")));
    assert_eq!(chosen(&of_ours, &policy()).0, Some(Method::HttpRedirect));
    let of_customer = with(name, |look| {
        look.zone = zone("customer.example", "ada.ns.cloudflare.com");
        look.records = Looked::Found(leading(name, &[], "104.16.1.1"));
    });
    assert_eq!(chosen(&of_customer, &policy()).0, Some(Method::CustomerTxt));
}

#[test]
fn a_wildcard_is_proven_by_dns_alone() {
    let wildcard = with("*.customer.example", |look| look.certificate = Looked::Unknown("refused".to_owned()));
    let all = DomainPolicy { challenge_zone: Some("acme.us.example".to_owned()), custom_hostnames: true, ..policy() };
    assert_eq!(chosen(&wildcard, &all).0, Some(Method::DelegatedDns));
}
